"""Coverage: for each criterion how much evidence, of which polarity, how old, from how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from cambs_evidence.errors import WordsOff
from cambs_evidence.mapping import conflicts
from cambs_evidence.model import (
    CaseFacts,
    Coverage,
    CriterionCoverage,
    Document,
    Framework,
    Limits,
    Link,
    Polarity,
    SectionCoverage,
    State,
    Tally,
)
from cambs_evidence.wording import last_day

#: The most years and documents that a limit of coverage can be.
HIGHEST = 50


class _Known(NamedTuple):
    """Of a document: the last day that its date can mean, with the date; what it tells of."""

    day: tuple[date, str] | None
    tells_of: conflicts.Stretch


def coverage(
    framework: Framework,
    tallies: Iterable[Tally],
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
    there, and only the tallies of ``codes`` are needed.
    """
    by_code: dict[str, list[Tally]] = {}
    ids: set[str] = set()
    for tally in tallies:
        by_code.setdefault(tally.code, []).append(tally)
        ids.add(tally.document_id)
    # Looked up once for each document: there are many more tallies.
    known = {
        each.id: _Known((last_day(each.date), each.date) if each.date else None,
                        conflicts.told_of(each))
        for each in documents if each.id in ids
    }  # fmt: skip
    if before is not None:
        reference = before.reference
    else:
        dated = ((last_day(each.date), each.date) for each in documents if each.date)
        reference = facts.period_until or max(dated, default=(None, None))[1]

    kept: dict[str, CriterionCoverage] = {}
    if before is not None:
        known_before = [*before.criteria, *(each.itself for each in before.sections if each.itself)]
        kept = {each.code: each for each in known_before if each.code not in codes}

    def state_of(code: str, marked: bool, applies: bool = True) -> CriterionCoverage:
        if code in kept:
            return kept[code]
        found = _criterion(code, marked, by_code.get(code, []), known, reference, limits)
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


def _criterion(
    code: str,
    marked: bool,
    tallies: list[Tally],
    known: dict[str, _Known],
    reference: str | None,
    limits: Limits,
) -> CriterionCoverage:
    ids = {tally.document_id for tally in tallies}
    found = [day for each in ids if each in known and (day := known[each].day) is not None]
    latest = max(found)[1] if found else None
    if not tallies:
        state = State.NONE
    elif is_old(latest, reference, limits):
        state = State.OLD
    elif len(ids) < limits.thin_below_documents:
        state = State.THIN
    else:
        state = State.COVERED
    count = dict.fromkeys(Polarity, 0)
    for tally in tallies:
        count[tally.polarity] += tally.links
    return CriterionCoverage(
        code=code,
        marked=marked,
        strength=count[Polarity.STRENGTH],
        development=count[Polarity.DEVELOPMENT],
        neutral=count[Polarity.NEUTRAL],
        documents=len(ids),
        latest=latest,
        oldest=min(found)[1] if found else None,
        state=state,
        conflict=_is_conflict(tallies, known),
    )


def _is_conflict(tallies: list[Tally], known: dict[str, _Known]) -> bool:
    sides: dict[Polarity, dict[str, conflicts.Stretch]] = {each: {} for each in Polarity}
    for tally in tallies:
        document = known.get(tally.document_id)
        sides[tally.polarity][tally.document_id] = document.tells_of if document else None
    strengths, developments = sides[Polarity.STRENGTH], sides[Polarity.DEVELOPMENT]
    if strengths.keys() & developments.keys():  # a document is of the same period as itself
        return True
    return bool(conflicts.opposed(strengths, developments)[0])


def tallied(links: Iterable[Link]) -> list[Tally]:
    """Links counted by criterion, polarity and document, whatever version they stand in."""
    counts = Counter(
        (link.code, link.polarity, link.newest or link.passage.document_id) for link in links
    )
    return [Tally(*key, count) for key, count in counts.items()]


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
