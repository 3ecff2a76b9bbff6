"""What is known of an open case, and the tree it stands on."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cambs_evidence.errors import WordsOff
from cambs_evidence.framework import bundled, lookup
from cambs_evidence.mapping import coverage as mapping
from cambs_evidence.model import (
    CaseFacts,
    Change,
    Event,
    Framework,
    Limits,
    RowChange,
    Target,
)
from cambs_evidence.store import (
    evidence,
    log,
    reading,
    soundness,
)
from cambs_evidence.store.engine import Store
from cambs_evidence.wording import as_iso, last_day


class Opened:
    """An open case, its facts, its framework and its log."""

    def __init__(self, store: Store, by: str) -> None:
        self._store = store
        self.by = by
        self._framework: Framework | None = None

    def together(self) -> contextlib.AbstractContextManager[None]:
        """What this thread changes meanwhile is kept as a whole or not at all."""
        return self._store.together()

    @property
    def path(self) -> Path:
        """Where the case lies."""
        return self._store.path

    @property
    def readonly(self) -> bool:
        """True when nothing can be changed."""
        return self._store.readonly

    def revert(self, change: Change) -> Change:
        """Carries out the exact inverse of a change; returns the change that brings it back."""
        try:
            return evidence.revert(self._store, change, self.by)
        finally:
            self._framework = None

    # --- facts ---------------------------------------------------------------------------------

    def facts(self) -> CaseFacts:
        """What is known of the case itself."""
        with self._store.reading() as connection:
            return reading.case_facts(connection)

    def set_facts(self, **facts: str | None) -> Change:
        """Sets facts by the names of :class:`CaseFacts`; None takes one away."""
        for name in ("period_from", "period_until"):
            if facts.get(name) is not None:
                facts[name] = checked_date(str(facts[name]))
        with self._store.reading() as connection:
            known = reading.facts(connection)
        start = facts.get("period_from", known.get("period_from"))
        until = facts.get("period_until", known.get("period_until"))
        if start and until and last_day(until) < last_day(start):
            raise WordsOff(f"The period {start}..{until} ends before it begins.")
        rows = _fact_rows(known, facts)
        return self._store.commit(self.by, "describe case", ", ".join(facts), rows)

    def limits(self) -> Limits:
        """The limits of coverage that this case is judged by."""
        with self._store.reading() as connection:
            return reading.limits(connection)

    def set_limits(self, limits: Limits) -> Change:
        """Sets the limits of coverage; a change without rows where they are so already.

        They belong to the case, so that it gives the same pack wherever it is opened. Raises
        WordsOff for limits that nothing could be measured by.
        """
        with self._store.reading() as connection:
            known, before = reading.facts(connection), reading.limits(connection)
        what = "set limits of coverage"
        wanted = mapping.checked(limits)
        if wanted == before:
            return Change(what, "", ())
        named = {name: str(value) for name, value in asdict(wanted).items()}
        subject = ", ".join(f"{name} {value}" for name, value in named.items())
        return self._store.commit(self.by, what, subject, _fact_rows(known, named))

    def filters(self) -> dict[str, dict[str, Any]]:
        """The filters of the evidence that are kept with the case, by their names.

        What stands in one is the window's own; it belongs to the case, since what is asked for
        may be as personal as what the case holds.
        """
        with self._store.reading() as connection:
            return reading.filters(connection)

    def keep_filter(self, name: str, told: Mapping[str, Any] | None) -> Change:
        """Keeps a filter under a name, in place of another of that name; None takes it away.

        A change without rows where nothing differs. Raises WordsOff for a name without words.
        """
        name = " ".join(name.split())
        if not name:
            raise WordsOff("A filter needs a name to be found by.")
        with self._store.reading() as connection:
            known, before = reading.facts(connection), reading.filters(connection)
        wanted = {each: kept for each, kept in before.items() if each != name}
        if told is not None:
            wanted[name] = dict(told)
        what = "keep filter" if told is not None else "forget filter"
        if wanted == before:
            return Change(what, name, ())
        rows = _fact_rows(known, {reading.FILTERS: log.canonical(wanted)})
        return self._store.commit(self.by, what, name, rows)

    # --- framework -----------------------------------------------------------------------------

    def framework(self, *, anew: bool = False) -> Framework:
        """The tree the case stands on; what was read before will do unless asked ``anew``."""
        tree = self._framework  # another thread may take it away meanwhile
        if tree is None or anew:
            with self._store.reading() as connection:
                tree = self._framework = reading.framework(connection)
        return tree

    def target(self, code: str) -> Target:
        """What a code names; raises Unknown."""
        return bundled.target(self.framework(), code)

    def matching(self, typed: str) -> list[Target]:
        """The criteria meant by some words or a code, the likeliest first; all for nothing.

        Several codes one after the other give just those, if the framework has them all.
        """
        tree = self.framework()
        several = lookup.listed(tree, typed)
        return several if len(several) > 1 else lookup.matching(tree, typed)

    # --- log -----------------------------------------------------------------------------------

    def events(self) -> list[Event]:
        """The change log, oldest first."""
        with self._store.reading() as connection:
            return list(log.events(connection))

    def log_is_intact(self) -> bool:
        """True when every entry of the log fits the one before it, and all together the case.

        So an entry that was cut off the end is missed too.
        """
        events = self.events()
        if log.first_break(events) is not None:
            return False
        with self._store.reading() as connection:
            return self._store.review or soundness.stray(connection, events) is None


def _fact_rows(
    known: Mapping[str, str | None], wanted: Mapping[str, str | None]
) -> list[RowChange]:
    """The rows of the facts that are not yet as wanted."""
    rows = []
    for name, value in wanted.items():
        after: dict[str, object] = {"id": name, "value": value}
        before = {**after, "value": known[name]} if name in known else None
        if before != after:
            rows.append(RowChange("fact", name, before, after))
    return rows


def checked_date(value: str) -> str:
    """ISO text of a day, month or year; raises WordsOff."""
    iso = as_iso(value)
    if iso is None:
        raise WordsOff(
            f"{value.strip()!r} is no date; write 2024-03-31 or 31 March 2024, or 2024-03 or 2024 "
            "where the day is not known."
        )
    return iso
