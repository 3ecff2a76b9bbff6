"""Facts of the field put into words, the same on paper, in the terminal and in the window."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime
from pathlib import PurePath

from cambs_evidence.model import (
    RECOGNISED_BY,
    Anchor,
    Document,
    Fate,
    Grade,
    Held,
    Link,
    Polarity,
    Region,
    State,
    Suggestion,
)

#: Sign and word of each polarity and state: nothing is told by colour alone.
POLARITIES = {
    Polarity.STRENGTH: ("▲", "Strength"),
    Polarity.DEVELOPMENT: ("▼", "Development"),
    Polarity.NEUTRAL: ("◆", "Neutral"),
}
STATES = {
    State.NONE: ("○", "No evidence"),
    State.OLD: ("◔", "Old"),
    State.THIN: ("◑", "Thin"),
    State.COVERED: ("●", "Covered"),
    State.NOT_APPLICABLE: ("–", "Not applicable"),
}

#: The two scales of grades, in the order in which they are offered.
GRADES = (
    (Grade.OUTSTANDING, Grade.GOOD, Grade.ADEQUATE, Grade.INADEQUATE),
    (Grade.GREEN, Grade.AMBER, Grade.RED),
)
#: What becomes of a criterion between two versions of a framework: its sign and word.
FATES = {
    Fate.UNCHANGED: ("=", "Unchanged"),
    Fate.MOVED: ("→", "Moved"),
    Fate.REWORDED: ("≈", "Reworded"),
    Fate.SPLIT: ("⋔", "Split"),
    Fate.NEW: ("+", "New"),
    Fate.GONE: ("−", "Gone"),
}

#: What the evidence can be exported as.
EXPORTS = {
    "docx": "Word document",
    "html": "Web page, all in one file",
    "xlsx": "Excel workbook",
    "csv": "Tables as CSV, three files",
    "json": "JSON with everything, for programs",
}

#: Offered for the kind of a document; anything else can be typed.
DOCUMENT_KINDS = (
    "Letter", "Minutes", "Self-assessment", "Needs assessment", "Inspection report",
    "Progress review", "Survey", "Audit", "Briefing", "Data report",
)  # fmt: skip

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def held_in_words(held: Held) -> str:
    """What hangs on a criterion, such as "3 links, 1 action"."""
    some = [
        f"{count} {name}{'' if count == 1 else 's'}"
        for count, name in ((held.links, "link"), (held.actions, "action"))
        if count
    ]
    some += ["the judgement of its block"] if held.judged else []
    some += ["a reason why it does not apply"] if held.excluded else []
    return ", ".join(some)


def last_day(when: str) -> date:
    """The last day that ISO text of a day, month or year can mean."""
    parts = [int(part) for part in when.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
    return date(year, month, day)


def first_day(when: str) -> date:
    """The first day that ISO text of a day, month or year can mean."""
    year, month, day = [*(int(part) for part in when.split("-")), 1, 1][:3]
    return date(year, month, day)


def within(when: str | None, since: str | None, until: str | None) -> bool:
    """True where a day, month or year lies in a period of such; None for an open end.

    A month or a year does where one of its days would. What is undated lies in no period that
    has an end, since nobody can say that it is of it.
    """
    if since is None and until is None:
        return True
    if when is None:
        return False
    return (since is None or last_day(when) >= first_day(since)) and (
        until is None or first_day(when) <= last_day(until)
    )


def in_words(when: str | None) -> str:
    """ISO text of a day, month or year as people write it; "undated" for None."""
    if when is None:
        return "undated"
    end = last_day(when)
    parts = when.count("-")
    if parts == 0:
        return str(end.year)
    month = f"{_MONTHS[end.month - 1]} {end.year}"
    return month if parts == 1 else f"{end.day} {month}"


def moment_in_words(at: str) -> str:
    """The day of a moment of the log."""
    return in_words(datetime.fromisoformat(at).date().isoformat())


def citation(link: Link, document: Document) -> str:
    """Document, date, page and paragraph, as a reader finds them.

    The page is the printed one where there is one, with the page of the file where that differs.
    Text that the program typeset has no pages of its own: its paragraph or place is named.
    """
    passage = link.passage
    return citation_words(
        document.title,
        document.date,
        passage.page,
        passage.page_end,
        passage.page_label,
        passage.paragraph,
        recognised=is_recognised(passage.anchor),
    )


def is_recognised(anchor: Anchor) -> bool:
    """True for words that were recognised by machine."""
    return anchor.layer_version.startswith(RECOGNISED_BY)


def citation_words(
    title: str,
    date: str | None,
    page: int,
    page_end: int,
    label: str | None,
    paragraph: str | None,
    *,
    recognised: bool = False,
) -> str:
    """A citation out of its facts; pages are 0-based. Words that a machine read are said to be."""
    said = [title, in_words(date), page_in_words(page, page_end, label)]
    if paragraph:
        said.append(f"paragraph {paragraph}")
    if recognised:
        said.append("recognised text")
    return ", ".join(said)


_KINDS = {"area": "Area of page", "table": "Table, page", "row": "Table row, page",
          "cell": "Table cell, page"}  # fmt: skip


def region_in_words(region: Region, page: int) -> str:
    """What part of a page (0-based) a passage is: "Area of page 12", "Table, page 12"."""
    return f"{_KINDS[region.kind]} {page + 1}"


def quote_in_words(anchor: Anchor) -> str:
    """What a passage says, for people: its quote, after what part of a page it is, if it is one."""
    if anchor.region is None:
        return anchor.quote
    named = f"[{region_in_words(anchor.region, anchor.spans[0].page)}]"
    return f"{named} {anchor.quote}".rstrip()


def printed_quote(quote: str, kind: str | None) -> str:
    """The words of a passage as a pack prints them; ``kind`` is of its region, None for text."""
    if not quote:
        return ""
    return f"Text in the picture: “{quote}”" if kind == "area" else f"“{quote}”"


def cited(document: Document, anchor: Anchor, label: str | None, paragraph: str | None) -> str:
    """A passage and where it stands, on one line, as it is put into another text."""
    pages = anchor.spans[0].page, anchor.spans[-1].page
    where = citation_words(
        document.title, document.date, *pages, label, paragraph, recognised=is_recognised(anchor)
    )
    said = f"“{anchor.quote}”" if anchor.quote else quote_in_words(anchor)
    return f"{said} ({where})"


def meta_words(by: str, at: str) -> str:
    """Who tagged a passage, and when."""
    return f"Tagged by {by}, {moment_in_words(at)}"


def decision_in_words(decision: str | None) -> str:
    """What a reviewer has said of a link."""
    said = {"accept": "Accepted", "query": "Queried", "reject": "Rejected"}
    return said.get(decision or "", "Undecided")


def mark_behind(words: str, *, marked: bool) -> str:
    """What is put behind the wording of a criterion: its mark, unless the wording ends with it."""
    return "(M)" if marked and not words.endswith("(M)") else ""


def page_in_words(page: int, page_end: int, label: str | None) -> str:
    """Pages (0-based) as a citation names them."""
    shown = f"page {page + 1}" if page == page_end else f"pages {page + 1}–{page_end + 1}"
    if label and label != str(page + 1):
        return f"{shown} (printed {label})"
    return shown


_MONTH = {name[:3].lower(): number for number, name in enumerate(_MONTHS, 1)}
_BETWEEN = re.compile(
    r"\s*\.\.\s*|\s+(?:to|until)\s+|\s+[-–]\s+|(?<=\b[0-9]{4})\s?[-–]\s?(?=[0-9]{4}\b)"
)
_JOINED = re.compile(r"([0-9]{4})/([0-9]{2}|[0-9]{4})")
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_FIGURES = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_NAMED = re.compile(r"(?:([0-9]{1,2})(?:st|nd|rd|th)?\s+)?([A-Za-z]{3,9})\.?,?\s+([0-9]{4})")


def as_iso(typed: str) -> str | None:
    """ISO text of a day, month or year as people write it in Britain; None where it is no date.

    ``2024-03-31``, ``2024-03``, ``2024``, ``31/3/2024``, ``31.3.2024``, ``31 March 2024`` and
    ``March 2024`` are understood; the day comes before the month.
    """
    typed = typed.strip()
    year: str | None
    if found := _ISO.fullmatch(typed):
        year, month, day = found.groups()
    elif found := _FIGURES.fullmatch(typed):
        day, month, year = found.groups()
    elif found := _NAMED.fullmatch(typed):
        day, name, year = found.groups()
        number = _MONTH.get(name[:3].lower())
        if number is None or not _MONTHS[number - 1].lower().startswith(name.lower()):
            return None
        month = str(number)
    else:
        return None
    iso = "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])
    try:
        last_day(iso)
    except ValueError:
        return None
    return iso


def as_period(typed: str) -> str | None:
    """``FROM..UNTIL`` as people write a period; None where it is none or ends before it begins.

    ``2009-04..2010-03``, ``April 2009 to March 2010``, ``2013-2015``, ``2016/17`` and, for one year
    or month alone, ``2016`` are understood.
    """
    if joined := _JOINED.fullmatch(typed.strip()):
        first, last = joined.groups()
        typed = f"{first}..{first[: 4 - len(last)]}{last}"
    ends = [as_iso(each) for each in _BETWEEN.split(typed.strip(), maxsplit=1)]
    start, until = ends[0], ends[-1]
    if start is None or until is None or last_day(until) < last_day(start):
        return None
    return f"{start}..{until}"


def period_in_words(period: str) -> str:
    """A period ``FROM..UNTIL`` as people write it."""
    start, _, until = period.partition("..")
    if start == until:
        return in_words(start)
    return f"{in_words(start)} to {in_words(until)}"


def suggestion_in_words(name: str, value: str) -> str:
    """What is suggested for a fact, as people write it; dates and periods come as ISO text."""
    if name == "date":
        return in_words(value)
    return period_in_words(value) if name == "period" else value


#: Characters of a place that are shown.
_LONGEST_READ = 120


def title_of(filename: str) -> str:
    """A readable title out of a file name; the officer can say a better one."""
    stem = PurePath(filename).stem
    words = " ".join(stem.replace("_", " ").split())
    if " " not in words:
        words = words.replace("-", " ")
    return (words[:1].upper() + words[1:]) or filename


def read_at(suggestion: Suggestion, text: str) -> str:
    """Where a suggestion was read: ``page 1: “8 August 2014”``; ``text`` is that of its page."""
    words = " ".join(text[suggestion.start : suggestion.end].split())
    words = words if len(words) <= _LONGEST_READ else f"{words[: _LONGEST_READ - 1].rstrip()}…"
    return f"page {suggestion.page + 1}: “{words}”"
