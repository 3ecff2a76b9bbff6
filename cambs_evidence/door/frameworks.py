"""The framework of an open case against another that was read from a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from cambs_evidence.door.opened import Opened
from cambs_evidence.errors import Refused
from cambs_evidence.framework import bundled, comparing, mending, moving
from cambs_evidence.framework.moving import Plan
from cambs_evidence.model import (
    Adopted,
    Change,
    Comparison,
    Fate,
    Framework,
    Held,
    Proposal,
    Question,
    RowChange,
)
from cambs_evidence.store import adopting, log, reading


class Frameworks(Opened):
    """Moving an open case from one version of its framework to another."""

    def compare_framework(
        self, proposal: Proposal, answers: Mapping[str, str] | None = None
    ) -> Comparison:
        """What moving to a framework would mean; nothing is changed.

        ``answers`` are new codes by old ones; what they answer is asked no more. Raises Unknown
        for codes that are not there, and WordsOff for a framework that cannot be taken.
        """
        with self._store.reading() as connection:
            return self._prepared(connection, proposal, answers or {}).comparison

    def adopt(self, proposal: Proposal, answers: Mapping[str, str] | None = None) -> Adopted:
        """Moves the case to a framework, with all that hangs on it, as one change.

        Links, actions, judgements and reasons go along where the wording is the same, and where
        ``answers`` say so. Where the case stands on it already, the change has no rows and the log
        no entry. Raises as :meth:`compare_framework`, and Refused while a question is open:
        nothing is left behind on a criterion that is gone.
        """
        with self._store.writing() as connection:
            ready = self._prepared(connection, proposal, answers or {})
            told = ready.comparison
            if told.questions:
                raise Refused(_asked(told.questions), code="asked")
            subject = f"{proposal.name} {told.version}"
            change = Change("adopt framework", subject, tuple(ready.rows))
            if ready.rows:
                self._store.carry_out(connection, ready.rows)
                log.append(connection, self.by, change.what, subject, ready.rows, log.now())
        self._framework = None
        codes = [(each.fate, each.new or each.old or "") for each in told.pairings]
        return Adopted(
            carried=sum(each.links for each in ready.held.values()),
            added=tuple(code for fate, code in codes if fate is Fate.NEW),
            removed=tuple(code for fate, code in codes if fate is Fate.GONE),
            change=change,
        )

    def framework_source(self) -> tuple[str, str] | None:
        """Name and SHA-256 of the file that the framework was read from, None where bundled."""
        with self._store.reading() as connection:
            known = reading.facts(connection)
        name, sha256 = known.get("framework_file"), known.get("framework_sha256")
        return (name, sha256 or "") if name else None

    def _prepared(
        self, connection: Connection, proposal: Proposal, answers: Mapping[str, str]
    ) -> _Ready:
        proposal = mending.checked(proposal)
        before = reading.framework(connection)
        found = comparing.match(before, proposal, bundled.came_with_it())
        pairings = comparing.pairings(found, before, proposal)
        version = moving.named(before, proposal, pairings)
        plan = moving.planned(found, before, proposal, answers, version)
        held = _held(connection, before, plan)
        asked = moving.questions(found, held, answers)
        rows = adopting.rows(connection, before, plan, proposal) if not asked else []
        carried = sum(each.links for code, each in held.items() if code in plan.goes)
        comparison = Comparison(pairings, asked, version, carried, bool(rows) or bool(asked))
        return _Ready(comparison, held, rows)


class _Ready:
    """A comparison, and what carrying it out would change."""

    def __init__(
        self, comparison: Comparison, held: dict[str, Held], rows: list[RowChange]
    ) -> None:
        self.comparison = comparison
        self.held = held
        self.rows = rows


def _held(connection: Connection, before: Framework, plan: Plan) -> dict[str, Held]:
    """What hangs on each old code; a judgement where no criterion of its block has a home."""
    held = adopting.held(connection, before)
    for first, codes in adopting.judged(connection, before).items():
        if all(plan.home(code) is None for code in codes):
            held[first] = replace(held[first], judged=True)
    return held


def _asked(questions: tuple[Question, ...]) -> str:
    first = questions[0]
    more = f" (and {len(questions) - 1} more)" if len(questions) > 1 else ""
    return (
        f"Nothing was changed: say where what hangs on {first.old}{more} goes. "
        f"{first.because} Answer with --map {first.old}={first.suggested or 'CODE'}, "
        "or take what is suggested with --as-suggested."
    )
