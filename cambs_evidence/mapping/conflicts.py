"""Conflicts: one criterion with evidence of strength and of development, of the same period.

The rule stands here alone; coverage, window, command line and pack ask for it.
"""

from __future__ import annotations

import bisect
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from itertools import accumulate
from typing import TypeVar

from cambs_evidence.model import Conflict, Document, Link, Polarity
from cambs_evidence.wording import first_day, last_day

#: Years that two documents can lie apart and still tell of the same period: reports come once a
#: year, and what one finds the next one answers.
YEARS_APART = 1

#: The days (ordinals) that a document tells of, first and last; None where nobody knows.
Stretch = tuple[int, int] | None
_K = TypeVar("_K", bound=Hashable)


def told_of(document: Document | None) -> Stretch:
    """The days that a document tells of: its period where it has one, otherwise its date."""
    if document is None:
        return None
    if document.period:
        start, _, until = document.period.partition("..")
        return first_day(start).toordinal(), last_day(until).toordinal()
    if document.date is None:
        return None
    return first_day(document.date).toordinal(), last_day(document.date).toordinal()


def opposed(
    strengths: Mapping[_K, Stretch], developments: Mapping[_K, Stretch]
) -> tuple[set[_K], set[_K]]:
    """The strengths that some development speaks against, and the other way round.

    Two are of the same period that overlap or lie no more than :data:`YEARS_APART` from one
    another. What is undated could be of any time, so nothing is ruled out by it.
    """
    if not strengths or not developments:
        return set(), set()
    return _answered(strengths, developments), _answered(developments, strengths)


def _answered(these: Mapping[_K, Stretch], those: Mapping[_K, Stretch]) -> set[_K]:
    """Those of ``these`` that are of the same period as any of ``those``."""
    known = sorted(each for each in those.values() if each is not None)
    if len(known) < len(those):
        return set(these)
    starts = [start for start, _ in known]
    #: How far what began by then reaches at most, a year added.
    reach = list(accumulate((_a_year_on(end) for _, end in known), max))

    def meets(stretch: Stretch) -> bool:
        if stretch is None:
            return True
        begun = bisect.bisect_right(starts, _a_year_on(stretch[1]))
        return begun > 0 and reach[begun - 1] >= stretch[0]

    return {key for key, stretch in these.items() if meets(stretch)}


def _a_year_on(day: int) -> int:
    when = date.fromordinal(day)
    year = when.year + YEARS_APART
    if year > date.max.year:
        return date.max.toordinal()
    try:
        return when.replace(year=year).toordinal()
    except ValueError:  # 29 February
        return when.replace(year=year, day=28).toordinal()


def is_conflict(evidence: Iterable[tuple[Polarity, Document | None]]) -> bool:
    """True where evidence for one criterion speaks for and against it in the same period."""
    sides: dict[Polarity, dict[object, Stretch]] = {each: {} for each in Polarity}
    for polarity, document in evidence:
        sides[polarity][document.id if document else None] = told_of(document)
    strengths, _ = opposed(sides[Polarity.STRENGTH], sides[Polarity.DEVELOPMENT])
    return bool(strengths)


def conflicts(links: Iterable[Link], documents: Iterable[Document]) -> list[Conflict]:
    """The conflicts among links, by criterion in the order of the links."""
    stretches = {each.id: told_of(each) for each in documents}
    by_code: dict[str, dict[Polarity, list[Link]]] = {}
    for link in links:
        sides = by_code.setdefault(link.code, {each: [] for each in Polarity})
        sides[link.polarity].append(link)
    found = []
    for code, sides in by_code.items():
        strengths, developments = sides[Polarity.STRENGTH], sides[Polarity.DEVELOPMENT]
        for_it, against = opposed(
            *({_of(each): stretches.get(_of(each)) for each in side}
              for side in (strengths, developments))
        )  # fmt: skip
        if for_it:
            found.append(
                Conflict(
                    code,
                    tuple(each for each in strengths if _of(each) in for_it),
                    tuple(each for each in developments if _of(each) in against),
                )
            )
    return found


def _of(link: Link) -> str:
    return link.newest or link.passage.document_id
