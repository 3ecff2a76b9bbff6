"""Quarters and years that dates fall into, for evidence seen over time."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from cambs_evidence.wording import last_day

#: Where evidence without a date goes; it comes last.
UNDATED = "undated"


class By(StrEnum):
    """How long a period is."""

    QUARTER = "quarter"
    YEAR = "year"


def period_of(when: str | None, by: By) -> str:
    """The period of ISO text of a day, month or year: ``2014 Q3`` or ``2014``.

    A date that is not known to the day counts from its last day, as everywhere.
    """
    if when is None:
        return UNDATED
    day = last_day(when)
    return str(day.year) if by is By.YEAR else f"{day.year} Q{(day.month + 2) // 3}"


def span(dates: Iterable[str | None], by: By) -> list[str]:
    """All periods from the first to the last of some dates, those between them too, in order."""
    known = list(dates)
    days = [last_day(each) for each in known if each is not None]
    last = [UNDATED] if None in known else []
    if not days:
        return last
    first, end = min(days), max(days)
    if by is By.YEAR:
        return [*map(str, range(first.year, end.year + 1)), *last]
    begin, stop = (each.year * 4 + (each.month - 1) // 3 for each in (first, end))
    return [*(f"{n // 4} Q{n % 4 + 1}" for n in range(begin, stop + 1)), *last]


def bounds(period: str) -> tuple[str, str] | None:
    """The first and the last month of a period, as ISO text; None for undated evidence."""
    year, _, quarter = period.partition(" Q")
    if period == UNDATED:
        return None
    if not quarter:
        return year, year
    last = 3 * int(quarter)
    return f"{year}-{last - 2:02}", f"{year}-{last:02}"
