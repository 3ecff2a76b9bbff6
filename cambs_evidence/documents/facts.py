"""What a document's own text says of it: title, date, period, kind and issuing body.

Each is only suggested, with the place it was read at, and none rather than a wrong one: a person
sees at once what is missing, but believes what is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cambs_evidence.documents import issuers, titles
from cambs_evidence.documents.front import Front, Line, front_of
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.times import When, dates_in, periods_in
from cambs_evidence.model import Suggestion, Suggestions
from cambs_evidence.wording import DOCUMENT_KINDS

#: First pages that are looked at, beside the last.
PAGES = 3

#: What documents of each kind are called, in the order of :data:`DOCUMENT_KINDS`. Of several in a
#: title the first counts: "Survey report on self-assessment" is a survey.
_FORMS = (
    r"letter",
    r"minutes",
    r"self[- ]?(?:assessment|evaluation)",
    r"needs?[- ]assessment",
    r"inspection|joint area review",
    r"progress (?:review|report)",
    r"survey",
    r"audits?(?! commission)",
    r"briefing",
    r"(?:service|performance) data|data (?:report|set|pack|profile)|scorecard",
)
_KIND = re.compile(
    "|".join(rf"(?P<k{number}>\b(?:{form})\b)" for number, form in enumerate(_FORMS)),
    re.IGNORECASE,
)
#: A title that names another document, which this one is about.
_ABOUT = re.compile(
    r"\b(?:response|reply|action plan|guidance|guide|handbook|polic(?:y|ies)|template|framework|"
    r"terms of reference|training|preparing|preparation|inspectorate|questionnaire)\b",
    re.IGNORECASE,
)
_THIS = re.compile(
    r"\b(?:this|(?:body|rest|purpose|end) of (?:this|the))\s+"
    r"(?=(?P<said>(?:[\w-]+\s+)?[\w-]+))",
    re.IGNORECASE,
)

# "Date of next meeting", "Inspection date" and the like do not begin so.
_LABEL = re.compile(
    r"(?:(?P<published>(?:(?:this )?(?:report|document)\s+)?(?:first )?publi(?:shed|cation)"
    r"(?:\s+date|\s+on)?|date (?:of )?(?:publication|issue)|date published|"
    r"issued?(?:\s+on|\s+date)?)"
    r"|(?:dated?|(?:report|letter|document) date|date of (?:this )?(?:report|letter|document|"
    r"meeting|audit|survey)|(?:meeting )?held on))(?:\s*:\s*|\s+)",
    re.IGNORECASE,
)
_REVISED = re.compile(r"version\b|revised\b|updated\b|final\b|draft\b", re.IGNORECASE)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|\bcopyright\b)[^\n]{0,60}?\b(?P<year>(?:19|20)\d\d)\b(?!\s*[-–/]\s*\d)",
    re.IGNORECASE,
)
_AS_AT = re.compile(
    r"(?:snapshot|picture|position|data|figures|information|correct|accurate)\W+as\s+(?:of|at)\s+",
    re.IGNORECASE,
)
_TOLD_OF = re.compile(
    r"\b(?:inspection dates?|(?:inspection |review )?field\s?work(?: dates?)?|dates? of (?:the )?"
    r"(?:inspection|review|visit|audit|field\s?work)|(?:reporting|review|audit|reference) period|"
    r"period (?:covered|under review|of (?:the )?(?:review|report|audit))|"
    r"(?:covers|covering|for) the (?:period|years?))\b[^\n.;]{0,40}?",
    re.IGNORECASE,
)
_DEAR = re.compile(r"Dear\s+\S")
#: How much larger than the text a heading is; what makes a date that of something else.
_LARGER = 1.1
_OF_ANOTHER = re.compile(
    r"\b(?:born|dates?|due|since|from|until|till|by|before|after|between|next|to|and)\W*\Z",
    re.IGNORECASE,
)
_WRAPPED = "()[] .,;:–-"


def suggest(pages: Sequence[PageLayer]) -> Suggestions:
    """What may be known of a document whose first pages, and the last, are given.

    They bear their numbers; none of them has to be there.
    """
    front = front_of(pages)
    if not front.pages:
        return Suggestions()
    dear = next((line for line in front.lines if _DEAR.match(line.text)), None)
    title = titles.title_of(front, dear)
    kind = _kind(front, title, dear)
    return Suggestions(
        title=title,
        date=_date(front, dear),
        period=_period(front, title),
        kind=kind,
        issuer=issuers.issuer_of(front, kind.value if kind else None, dear),
    )


# --- kind ----------------------------------------------------------------------------------


def _kind(front: Front, title: Suggestion | None, dear: Line | None) -> Suggestion | None:
    """By the form of a letter, then by the title, then by what the text calls itself."""
    if dear is not None:
        return Suggestion("Letter", dear.page, dear.start, dear.end)
    if title is not None and _ABOUT.search(title.value):
        return None
    bearer = title or next(iter(front.lines), None)
    if bearer is not None:
        found = _named(front, bearer.page, bearer.start, bearer.end)
        if found is not None:
            return found
    for layer in front.pages[:PAGES]:
        for this in _THIS.finditer(front.text(layer.index)):
            found = _named(front, layer.index, *this.span("said"))
            if found is not None and found.start == this.start("said"):
                return found
    return None


def _named(front: Front, page: int, start: int, end: int) -> Suggestion | None:
    """The kind that a stretch of a page names, if it is not about another document."""
    text = front.text(page)
    found = _KIND.search(text, start, end) if not _ABOUT.search(text, start, end) else None
    if found is None or found.lastgroup is None:
        return None
    return Suggestion(DOCUMENT_KINDS[int(found.lastgroup[1:])], page, *found.span())


# --- date ----------------------------------------------------------------------------------


def _date(front: Front, dear: Line | None) -> Suggestion | None:
    """The day or month that a document bears as its own.

    A date that says what it is comes first, of publication before any other; then one that stands
    by itself, as over a letter or on a cover, or ends a line of a cover; then the time that figures
    are told to be of; at last the year of a copyright. Where several stand by themselves and
    disagree, none is taken. A day within the month that was taken is more exact and goes before it.
    """
    alone = list(_alone(front.lines, dear))
    ranks: list[list[Suggestion]] = [
        list(_labelled(front, published=True)),
        list(_labelled(front, published=False)),
        _agreed(alone),
        _agreed(list(_ending(front))),
        list(_as_at(front)),
        list(_copyright(front)),
    ]
    taken = next((found[0] for found in ranks if found), None)
    if taken is None:
        return None
    finer = (one for one in (*_revised(front), *alone) if _is_finer(one, taken))
    return next(finer, taken)


def _is_finer(one: Suggestion, taken: Suggestion) -> bool:
    return len(one.value) > len(taken.value) and one.value.startswith(f"{taken.value}-")


def _agreed(found: Sequence[Suggestion]) -> list[Suggestion]:
    """All, if they say the same more or less exactly; none if they disagree."""
    finest = max((each.value for each in found), key=len, default="")
    return list(found) if all(finest.startswith(each.value) for each in found) else []


def _labelled(front: Front, *, published: bool) -> Iterator[Suggestion]:
    later = (line for lines in front.every for line in lines if line.page > 0)
    for line in (*front.lines, *later):
        label = _LABEL.match(line.text)
        if label is None or (label["published"] is not None) is not published:
            continue
        for when in dates_in(line.text):
            if when.start == label.end() and not line.text[when.end :][:1].isalnum():
                yield _at(line, when)


def _alone(lines: Iterable[Line], dear: Line | None) -> Iterator[Suggestion]:
    """Dates that have a line of the front for themselves, those of tables aside."""
    for line in lines:
        if dear is not None and line.start >= dear.start:
            return
        if line.kind == "row":
            continue
        for when in dates_in(line.text):
            if not (line.text[: when.start] + line.text[when.end :]).strip(_WRAPPED):
                yield _at(line, when)


def _ending(front: Front) -> Iterator[Suggestion]:
    """Dates that end a line as large as headings are, such as "Summary of findings, 4 May 2016".

    Sizes that were given to a text here tell nothing.
    """
    for line in front.lines:
        if line.kind == "row" or line.typeset or line.size < front.usual * _LARGER:
            continue
        for when in dates_in(line.text):
            before, after = line.text[: when.start], line.text[when.end :]
            if not after.strip(_WRAPPED) and not _OF_ANOTHER.search(before):
                yield _at(line, when)


def _revised(front: Front) -> Iterator[Suggestion]:
    for line in front.lines:
        if _REVISED.match(line.text):
            yield from (_at(line, when) for when in dates_in(line.text))


def _as_at(front: Front) -> Iterator[Suggestion]:
    page = front.pages[0].index
    flat = front.text(page)
    for told in _AS_AT.finditer(flat):
        for when in dates_in(flat[told.end() : told.end() + 40]):
            if when.start == 0:
                start = told.end()
                yield Suggestion(when.value, page, start, start + when.end)


def _copyright(front: Front) -> Iterator[Suggestion]:
    for line in front.lines:
        for found in _COPYRIGHT.finditer(line.text):
            start = line.start + found.start()
            yield Suggestion(found["year"], line.page, start, line.start + found.end())


def _at(line: Line, when: When) -> Suggestion:
    return Suggestion(when.value, line.page, line.start + when.start, line.start + when.end)


# --- period --------------------------------------------------------------------------------


def _period(front: Front, title: Suggestion | None) -> Suggestion | None:
    """What a document tells of: as its front or first pages say in so many words, or its title."""
    for line in front.lines:
        if (told := _TOLD_OF.search(line.text)) is not None:
            found = _after(line.text, told.end())
            if found is not None:
                return _at(line, found)
    if title is not None:
        words = front.text(title.page)[title.start : title.end]
        for when in periods_in(words):
            start = title.start + when.start
            return Suggestion(when.value, title.page, start, title.start + when.end)
    for line in front.lines:
        for when in periods_in(line.text):
            if line.kind != "row" and not (line.text[: when.start] + line.text[when.end :]).strip(
                _WRAPPED
            ):
                return _at(line, when)
    return None


def _after(text: str, start: int) -> When | None:
    """The first period that stands close behind, or a month or day that is one by itself."""
    near = 40
    for when in periods_in(text):
        if start <= when.start <= start + near:
            return when
    for when in dates_in(text):
        if start <= when.start <= start + near:
            return When(f"{when.value}..{when.value}", when.start, when.end)
    return None
