"""How the evidence of a case covers its framework."""

from __future__ import annotations

from collections.abc import Sequence

from cambs_evidence.door.evidence import Evidence
from cambs_evidence.framework import lookup
from cambs_evidence.mapping import conflicts
from cambs_evidence.mapping import coverage as mapping
from cambs_evidence.model import (
    Change,
    Conflict,
    Coverage,
    Limits,
)
from cambs_evidence.store import (
    reading,
)


class Mapping(Evidence):
    """The framework of an open case against its evidence."""

    def coverage(self, limits: Limits | None = None) -> Coverage:
        """The state of every criterion at the case's reference date.

        Judged by the case's own limits, unless others are given.
        """
        with self._store.reading() as connection:
            tallies = reading.tallies(connection)
            documents = reading.documents(connection, counted=False)
            facts = reading.case_facts(connection)
            limits = limits or reading.limits(connection)
        return mapping.coverage(self.framework(), tallies, documents, facts, limits)

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
        untold = {"passage", "judgement", "action"}
        rows = [row for change in changes for row in change.rows if row.table not in untold]
        if not rows:
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
            tallies = reading.tallies(connection, places)
            documents = reading.documents(connection, counted=False)
            facts = reading.case_facts(connection)
            limits = reading.limits(connection)
        return mapping.coverage(tree, tallies, documents, facts, limits, before=before, codes=codes)
