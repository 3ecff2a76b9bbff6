"""Dates and periods as they are written in British documents, and where they stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cambs_evidence.wording import as_iso, last_day

#: Years that a period in a document spans at most; more is a plan or a history.
LONGEST = 10

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:19|20)\d\d"
_DAY = r"[0-3]?\d(?:\s?(?:st|nd|rd|th))?(?:\s+of)?"
#: A day, or a month of a year. What only looks like one is sorted out by :func:`as_iso`.
DATE = (
    rf"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?:{_DAY}\s+)?{_MONTH},?\s+{_YEAR}(?!\d)"
    rf"|(?<![\d/.])[0-3]?\d[/.][01]?\d[/.]{_YEAR}(?![\d/])|(?<![\d-]){_YEAR}-[01]\d-[0-3]\d(?!\d)"
)
_BETWEEN = r"\s*(?:-|–|—|‐|to|until|and)\s*"
_DATES = re.compile(DATE, re.IGNORECASE)
_NO_DATE = re.compile(
    r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+|\s+of(?=\s)", re.IGNORECASE
)
_ORDINAL = re.compile(r"(?<=\d)\s?(?:st|nd|rd|th)\b", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?P<from>{DATE}|(?:{_DAY}\s+)?{_MONTH}|{_DAY}(?=[\s\d–—‐to-]))"
    rf"{_BETWEEN}(?P<until>{DATE})",
    re.IGNORECASE,
)
_YEARS = re.compile(
    rf"(?<![\d/.,-])(?P<from>{_YEAR})(?:\s?[-–‐/]\s?|\s+to\s+)(?P<until>{_YEAR}|\d\d)"
    r"(?![\d/%-]|[.,]\d)"
)


@dataclass(frozen=True, slots=True)
class When:
    """A date (ISO text) or a period (``FROM..UNTIL``), at ``start`` to ``end`` of a text."""

    value: str
    start: int
    end: int


def dates_in(text: str) -> Iterator[When]:
    """The days and months of years that a text names, but not the ends of periods."""
    taken = [(each.start, each.end) for each in periods_in(text)]
    for found in _DATES.finditer(text):
        iso = _iso(found.group())
        within = any(start < found.end() and found.start() < end for start, end in taken)
        if iso is not None and not within:
            yield When(iso, found.start(), found.end())


def periods_in(text: str) -> Iterator[When]:
    """The periods that a text names, such as ``3 to 25 June 2014``, ``2016/17``, ``2013-2015``.

    Years that are joined are taken as years, since ``2016/17`` may be a school's year or a
    treasurer's.
    """
    past = 0
    for found in _RANGE.finditer(text):
        until = _iso(found["until"])
        start = _begin(found["from"], found["until"])
        if until and start and _is_period(start, until):
            past = found.end()
            yield When(f"{start}..{until}", found.start(), found.end())
    for found in _YEARS.finditer(text, past):
        first, last = found["from"], found["until"]
        if len(last) == 2:
            if int(last) <= 12 and "/" not in found.group():
                continue  # 2001-07 is as likely a month
            last = first[:2] + last
        if first < last and _is_period(first, last):
            yield When(f"{first}..{last}", found.start(), found.end())


def _begin(first: str, until: str) -> str | None:
    """ISO text of the beginning of a period, which may leave month or year to its end."""
    if (whole := _iso(first)) is not None:
        return whole
    year = until[-4:]
    if re.search(r"[a-z]{3}", first, re.IGNORECASE):
        return _iso(f"{first} {year}")
    month = re.search(rf"{_MONTH},?\s+{_YEAR}", until, re.IGNORECASE)
    return _iso(f"{first} {month.group()}") if month else None


def _is_period(start: str, until: str) -> bool:
    return last_day(start) <= last_day(until) and int(until[:4]) - int(start[:4]) <= LONGEST


def _iso(written: str) -> str | None:
    words = " ".join(written.split())
    return as_iso(_ORDINAL.sub("", _NO_DATE.sub("", words)).replace(" ,", ","))
