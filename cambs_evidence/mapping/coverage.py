"""Coverage: for each criterion how much evidence, of which polarity, how old, from how many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt

from cambs_evidence.counts import POLARITY_PLACES, Counts
from cambs_evidence.errors import WordsOff
from cambs_evidence.mapping import conflicts
from cambs_evidence.model import (
    CaseFacts,
    Coverage,
    CriterionCoverage,
    Document,
    Framework,
    Limits,
    Polarity,
    SectionCoverage,
    State,
)
from cambs_evidence.wording import last_day

#: The most years and documents that a limit of coverage can be.
HIGHEST = 50
_STRENGTH, _DEVELOPMENT = (
    POLARITY_PLACES[each] for each in (Polarity.STRENGTH, Polarity.DEVELOPMENT)
)


class _Counted:
    """What is known of each code out of the counts, worked out for all of them at once."""

    def __init__(self, counts: Counts, documents: Collection[Document]) -> None:
        """O(codes × documents), all of it in arrays."""
        self._counts = counts
        self._rows = {code: row for row, code in enumerate(counts.codes)}
        self._documents = {each.id: each for each in documents}
        dates = [each.date if each else None for each in map(self._of, counts.documents)]
        days = [(last_day(each), each) if each else None for each in dates]
        # Of two dates with the same last day, 2014-12-31 is newer than 2014.
        self._days = sorted({each for each in days if each is not None})
        ranks = {each: rank for rank, each in enumerate(self._days)}
        rank = np.array([ranks[each] if each else -1 for each in days], np.int64)
        there = counts.links.any(axis=1)
        self._links = counts.links.sum(axis=2).tolist()
        self._spread = there.sum(axis=1).tolist()
        self._latest = np.where(there, rank, -1).max(axis=1, initial=-1).tolist()
        beyond = len(self._days)
        dated = there & (rank >= 0)
        self._oldest = np.where(dated, rank, beyond).min(axis=1, initial=beyond).tolist()
        self._sides: list[npt.NDArray[np.bool_]] = [
            counts.links[:, each] > 0 for each in (_STRENGTH, _DEVELOPMENT)
        ]
        self._in_one = np.any(self._sides[0] & self._sides[1], axis=1).tolist()

    def _of(self, document_id: str) -> Document | None:
        return self._documents.get(document_id)

    def criterion(
        self, code: str, marked: bool, reference: str | None, limits: Limits
    ) -> CriterionCoverage:
        """How a code is covered, whether or not it applies."""
        row = self._rows.get(code)
        if row is None or not self._spread[row]:
            return CriterionCoverage(code, marked, 0, 0, 0, 0, None, None, State.NONE)
        latest = self._day(self._latest[row])
        if is_old(latest, reference, limits):
            state = State.OLD
        elif self._spread[row] < limits.thin_below_documents:
            state = State.THIN
        else:
            state = State.COVERED
        links = self._links[row]
        return CriterionCoverage(
            code=code,
            marked=marked,
            strength=links[_STRENGTH],
            development=links[_DEVELOPMENT],
            neutral=links[POLARITY_PLACES[Polarity.NEUTRAL]],
            documents=self._spread[row],
            latest=latest,
            oldest=self._day(self._oldest[row]),
            state=state,
            # A document is of the same period as itself; so most need no closer look.
            conflict=self._in_one[row] or self._opposed(row),
        )

    def _day(self, rank: int) -> str | None:
        return self._days[rank][1] if 0 <= rank < len(self._days) else None

    def _opposed(self, row: int) -> bool:
        strengths, developments = (
            {
                self._counts.documents[column]: self._stretch(self._counts.documents[column])
                for column in np.flatnonzero(side[row]).tolist()
            }
            for side in self._sides
        )
        return bool(conflicts.opposed(strengths, developments)[0])

    def _stretch(self, document_id: str) -> conflicts.Stretch:
        return conflicts.told_of(self._of(document_id))


def coverage(
    framework: Framework,
    counts: Counts,
    documents: Collection[Document],
    facts: CaseFacts,
    limits: Limits,
    *,
    before: Coverage | None = None,
    codes: Collection[str] = (),
) -> Coverage:
    """The state of every criterion at the case's reference date.

    The first that applies: not applicable, none, old, thin, covered. The reference date is the end
    of the case's period, or without one the date of its newest document; never today. Where links
    to some ``codes`` alone have changed since ``before``, what is not among them is as it was
    there, and only the counts of ``codes`` are needed.
    """
    if before is not None:
        reference = before.reference
    else:
        dated = ((last_day(each.date), each.date) for each in documents if each.date)
        reference = facts.period_until or max(dated, default=(None, None))[1]
    kept: dict[str, CriterionCoverage] = {}
    if before is not None:
        known_before = [*before.criteria, *(each.itself for each in before.sections if each.itself)]
        kept = {each.code: each for each in known_before if each.code not in codes}
    counted = _Counted(counts, documents)

    def state_of(code: str, marked: bool, applies: bool = True) -> CriterionCoverage:
        if code in kept:
            return kept[code]
        found = counted.criterion(code, marked, reference, limits)
        return found if applies else replace(found, state=State.NOT_APPLICABLE)

    criteria: list[CriterionCoverage] = []
    sections: list[SectionCoverage] = []
    for section in framework.sections:
        states = [
            state_of(each.code, each.marked, each.not_applicable is None)
            for each in section.criteria
        ]
        criteria.extend(states)
        itself = None if section.criteria else state_of(str(section.number), False)
        sections.append(
            SectionCoverage(
                number=section.number,
                criteria=len(states),
                covered=sum(each.state is State.COVERED for each in states),
                gaps=sum(each.state is State.NONE for each in states),
                itself=itself,
                not_applicable=sum(each.state is State.NOT_APPLICABLE for each in states),
            )
        )
    day = old_before(reference, limits)
    return Coverage(reference, tuple(criteria), tuple(sections), day.isoformat() if day else None)


def is_old(when: str | None, reference: str | None, limits: Limits) -> bool:
    """True for evidence more than the limit of years before the reference date.

    Undated evidence never counts as new, so it is old; a month or a year counts from its
    last day, since the document may be of any day in it.
    """
    if when is None:
        return True
    limit = old_before(reference, limits)
    return limit is not None and last_day(when) < limit


def old_before(reference: str | None, limits: Limits) -> date | None:
    """The first day of which evidence is not old yet; None where none can be named."""
    if reference is None:
        return None
    end = last_day(reference)
    if end.year <= limits.old_after_years:
        return None
    try:
        return end.replace(year=end.year - limits.old_after_years)
    except ValueError:  # 29 February
        return end.replace(year=end.year - limits.old_after_years, day=28)


def checked(limits: Limits) -> Limits:
    """Limits that something can be measured by; raises WordsOff for others."""
    if not 1 <= limits.old_after_years <= HIGHEST:
        raise WordsOff(f"Evidence can be old after 1 to {HIGHEST} years; say one of them.")
    if not 1 <= limits.thin_below_documents <= HIGHEST:
        raise WordsOff(f"Evidence can be thin below 1 to {HIGHEST} documents; say one of them.")
    return limits
