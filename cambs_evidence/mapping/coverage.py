"""Coverage: for each criterion how much evidence, of which polarity, how old, from how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

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


def coverage(
    framework: Framework,
    tallies: Iterable[Tally],
    documents: Iterable[Document],
    facts: CaseFacts,
    limits: Limits,
    *,
    before: Coverage | None = None,
    codes: Collection[str] = (),
) -> Coverage:
    """The state of every criterion at the case's reference date.

    The reference date is the end of the case's period, or without one the date of its newest
    document; never today. Where links to some ``codes`` alone have changed since ``before``, what
    is not among them is as it was there, and only the tallies of ``codes`` are needed.
    """
    known = {document.id: document for document in documents}
    reference = facts.period_until or max(
        (document.date for document in known.values() if document.date),
        key=last_day,
        default=None,
    )
    by_code: dict[str, list[Tally]] = {}
    for tally in tallies:
        by_code.setdefault(tally.code, []).append(tally)

    kept: dict[str, CriterionCoverage] = {}
    if before is not None:
        known_before = [*before.criteria, *(each.itself for each in before.sections if each.itself)]
        kept = {each.code: each for each in known_before if each.code not in codes}

    def state_of(code: str, marked: bool) -> CriterionCoverage:
        if code in kept:
            return kept[code]
        return _criterion(code, marked, by_code.get(code, []), known, reference, limits)

    criteria: list[CriterionCoverage] = []
    sections: list[SectionCoverage] = []
    for section in framework.sections:
        states = [state_of(each.code, each.marked) for each in section.criteria]
        criteria.extend(states)
        itself = None if section.criteria else state_of(str(section.number), False)
        sections.append(
            SectionCoverage(
                number=section.number,
                criteria=len(states),
                covered=sum(each.state is State.COVERED for each in states),
                gaps=sum(each.state is State.NONE for each in states),
                itself=itself,
            )
        )
    return Coverage(reference, tuple(criteria), tuple(sections))


def _criterion(
    code: str,
    marked: bool,
    tallies: list[Tally],
    documents: dict[str, Document],
    reference: str | None,
    limits: Limits,
) -> CriterionCoverage:
    ids = {tally.document_id for tally in tallies}
    dates = sorted(
        (when for each in ids if each in documents and (when := documents[each].date) is not None),
        key=last_day,
    )
    latest = dates[-1] if dates else None
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
        count[tally.polarity] += tally.count
    return CriterionCoverage(
        code=code,
        marked=marked,
        strength=count[Polarity.STRENGTH],
        development=count[Polarity.DEVELOPMENT],
        neutral=count[Polarity.NEUTRAL],
        documents=len(ids),
        latest=latest,
        oldest=dates[0] if dates else None,
        state=state,
        conflict=conflicts.is_conflict(
            (tally.polarity, documents.get(tally.document_id)) for tally in tallies
        ),
    )


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
    if reference is None:
        return False
    end = last_day(reference)
    if end.year <= limits.old_after_years:
        return False
    try:
        limit = end.replace(year=end.year - limits.old_after_years)
    except ValueError:  # 29 February
        limit = end.replace(year=end.year - limits.old_after_years, day=28)
    return last_day(when) < limit


def checked(limits: Limits) -> Limits:
    """Limits that something can be measured by; raises WordsOff for others."""
    if not 1 <= limits.old_after_years <= HIGHEST:
        raise WordsOff(f"Evidence can be old after 1 to {HIGHEST} years; say one of them.")
    if not 1 <= limits.thin_below_documents <= HIGHEST:
        raise WordsOff(f"Evidence can be thin below 1 to {HIGHEST} documents; say one of them.")
    return limits
