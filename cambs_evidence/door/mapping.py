"""How the evidence of a case covers its framework."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from cambs_evidence.counts import Counts
from cambs_evidence.door.evidence import Evidence
from cambs_evidence.errors import Refused, WordsOff
from cambs_evidence.exchange import spreadsheet
from cambs_evidence.framework import lookup
from cambs_evidence.mapping import conflicts, table
from cambs_evidence.mapping import coverage as mapping
from cambs_evidence.model import (
    Change,
    Conflict,
    Coverage,
    Document,
    Limits,
    Link,
    RowChange,
    Tally,
)
from cambs_evidence.store import (
    evidence,
    log,
    reading,
)
from cambs_evidence.wording import last_day

#: Criteria up to which their links alone are counted; beyond, all are, which is quicker.
_FEW = 20

#: Tables of which coverage says nothing.
_UNTOLD = frozenset(
    {"passage", "judgement", "action", "decision", "message", "finding", "sign_off"}
)


class Mapping(Evidence):
    """The framework of an open case against its evidence."""

    #: The links as they were counted last, with number and hash of the newest entry of the log.
    _links_counted: tuple[tuple[int, str], Counts] | None = None

    def coverage(self, limits: Limits | None = None) -> Coverage:
        """The state of every criterion at the case's reference date.

        Judged by the case's own limits, unless others are given.
        """
        return self.documents_and_coverage(limits)[1]

    def documents_and_coverage(
        self, limits: Limits | None = None
    ) -> tuple[list[Document], Coverage]:
        """:meth:`documents` and :meth:`coverage`, for which the links are counted once."""
        with self._store.reading() as connection:
            counts = self._counts(connection)
            documents = reading.documents(connection, counted=False)
            facts = reading.case_facts(connection)
            limits = limits or reading.limits(connection)
        links = counts.by_document()
        documents = [replace(each, links=links.get(each.id, 0)) for each in documents]
        return documents, mapping.coverage(self.framework(), counts, documents, facts, limits)

    def first_links(self, most: int) -> list[Link]:
        """The first links in the order of the framework, each with what it holds.

        How many there are of each criterion is known, so only those of the first few are ordered.
        """
        found: list[Link] = []
        with self._store.reading() as connection:
            there = self._counts(connection).by_code()
            for target in lookup.targets(self.framework()):
                if there.get(target.code) and len(found) < most:
                    section = target.section_id if target.criterion_id is None else None
                    found += reading.links(
                        connection, criterion_id=target.criterion_id, section_id=section,
                        most=most - len(found),
                    )  # fmt: skip
        return evidence.with_holds(self._store, found)

    def _counts(self, connection: Connection) -> Counts:
        """The links counted; what was counted before will do while the log has nothing new.

        Every change has its entry there, in the same transaction, also one of another program.
        """
        head, known = log.last(connection), self._links_counted
        if known is None or known[0] != head:
            known = self._links_counted = (head, reading.counts(connection))
        return known[1]

    def conflicts(self) -> list[Conflict]:
        """The criteria with evidence of strength and of development of the same period.

        In the order of the framework; links with what they hold.
        """
        told = self.coverage()
        every = [*told.criteria, *(each.itself for each in told.sections if each.itself)]
        codes = [each.code for each in every if each.conflict]
        links = [link for code in codes for link in self.evidence(code=code)]
        found = {each.code: each for each in conflicts.conflicts(links, self.documents())}
        order = [target.code for target in lookup.targets(self.framework())]
        return [found[code] for code in order if code in found]

    def coverage_after(self, before: Coverage, changes: Sequence[Change]) -> Coverage:
        """What coverage has become by some changes; quick where they touch links alone."""
        entries = sum(bool(change.rows) for change in changes)
        rows = [row for change in changes for row in change.rows if row.table not in _UNTOLD]
        if not rows:
            self._counted_still(entries)
            return before
        if any(row.table != "link" for row in rows):
            return self.coverage()
        images = [image for row in rows for image in (row.before, row.after) if image]
        places = {str(image["criterion_id"] or image["section_id"]) for image in images}
        tree = self.framework()
        codes = {
            target.code
            for target in lookup.targets(tree)
            if (target.criterion_id or target.section_id) in places
        }
        with self._store.reading() as connection:
            counts = self._counts_after(connection, places, codes, entries)
            documents = reading.documents(connection, counted=False)
            facts = reading.case_facts(connection)
            limits = reading.limits(connection)
        return mapping.coverage(tree, counts, documents, facts, limits, before=before, codes=codes)

    def _counts_after(
        self, connection: Connection, places: Collection[str], codes: Collection[str], entries: int
    ) -> Counts:
        """The links counted after changes of links of ``places``, whose codes are ``codes``.

        Only those are counted anew where the log has got no more ``entries`` since the last count.
        """
        head, known = log.last(connection), self._links_counted
        if known is None or known[0][0] + entries != head[0] or len(places) > _FEW:
            return self._counts(connection)
        counts = known[1].with_rows(codes, reading.counts(connection, places))
        self._links_counted = (head, counts)
        return counts

    def _counted_still(self, entries: int) -> None:
        """Takes note that so many new entries of the log change nothing that was counted."""
        known = self._links_counted
        if known is not None and entries:
            with self._store.reading() as connection:
                head = log.last(connection)
            if known[0][0] + entries == head[0]:
                self._links_counted = (head, known[1])

    def tallies(self) -> list[Tally]:
        """The links counted by criterion (or section without criteria), polarity and document."""
        with self._store.reading() as connection:
            return self._counts(connection).tallies()

    def set_not_applicable(self, code: str, reason: str | None) -> Change:
        """Says why a criterion does not apply, or with None that it does.

        It is then no gap, whatever evidence it has. Where nothing differs, the change has no rows
        and the log no entry. Raises Unknown, Refused for a section without criteria, which is
        no gap either, and WordsOff for an empty reason.
        """
        target = self.target(code)
        if target.criterion_id is None:
            raise Refused(
                f"Section {target.code} has no criteria; only a criterion can be not applicable.",
                code="no-criterion",
            )
        if reason is not None and not (reason := reason.strip()):
            raise WordsOff(f"Say why {target.code} does not apply; the pack prints the reason.")
        what = f"set {target.code} {'applicable' if reason is None else 'not applicable'}"
        with self._store.writing() as connection:
            before = reading.table_row(connection, "criterion", target.criterion_id)
            if before is None:
                raise Refused(f"{target.code} is no longer part of the framework.", code="gone")
            if before["not_applicable"] == reason:
                return Change(what, target.code, ())
            after = {**before, "not_applicable": reason}
            rows = (RowChange("criterion", target.criterion_id, before, after),)
            self._store.carry_out(connection, rows)
            log.append(connection, self.by, what, target.code, rows, log.now())
        self._framework = None
        return Change(what, target.code, rows)

    def write_coverage(self, path: Path) -> None:
        """Writes coverage as a table for spreadsheets: criteria by documents; raises Unwritable."""
        documents = sorted(self.documents(), key=lambda each: _newest_first(each.date))
        found = table.rows(self.framework(), self.coverage(), self.tallies(), documents)
        spreadsheet.write(path, found)


def _newest_first(when: str | None) -> tuple[bool, int]:
    return when is None, -last_day(when).toordinal() if when else 0
