"""Cutting a passage's words in two, and making one of the words of several."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cambs_evidence.documents.anchors import DocumentText
from cambs_evidence.documents.selecting import Caret
from cambs_evidence.errors import Refused
from cambs_evidence.model import Place

_IN_WORD = re.compile(r"[\w'’-]")
_Span = tuple[int, int, int]


def parts(text: DocumentText, place: Place, cuts: Sequence[Caret]) -> list[Place]:
    """The parts of a place between carets ``(page, code point)``, in reading order.

    A caret within a word cuts before the word. Raises Refused where nothing is cut.
    """
    carets = sorted({_before_word(text, each) for each in cuts})
    groups: dict[int, list[_Span]] = {}
    group = 0
    for page, start, end in place.spans:
        inside = [at for on, at in carets if on == page and start < at < end]
        for low, high in zip([start, *inside], [*inside, end], strict=True):
            # Words may stand on a page in another order than they are read in: never back.
            group = max(group, sum(each <= (page, low) for each in carets))
            span = _without_blanks(text, (page, low, high))
            if span is not None:
                groups.setdefault(group, []).append(span)
    if len(groups) < 2:
        raise Refused(
            "A passage is split between two of its words: put the caret there (F7), or select "
            "some of its words.",
            code="not-inside",
        )
    return [Place(tuple(spans)) for _, spans in sorted(groups.items())]


def _before_word(text: DocumentText, caret: Caret) -> Caret:
    page, at = caret
    if not 0 <= page < len(text.pages):
        return caret
    words = text.pages[page].text
    if 0 < at < len(words) and _IN_WORD.match(words[at]):
        while at > 0 and _IN_WORD.match(words[at - 1]):
            at -= 1
    return page, at


def _without_blanks(text: DocumentText, span: _Span) -> _Span | None:
    page, start, end = span
    words = text.pages[page].text[start:end]
    blank = len(words) - len(words.lstrip())
    return (page, start + blank, start + len(words.rstrip())) if words.strip() else None


def joined(text: DocumentText, places: Sequence[Place]) -> Place:
    """The one place of several that overlap or follow one another as the words are read.

    Raises Refused where words stand between them.
    """
    ordered = sorted(places, key=text.letters)
    reach = text.letters(ordered[0])[1]
    for each in ordered[1:]:
        low, high = text.letters(each)
        if any(letter.isalnum() for letter in text.key[reach:low]):
            raise Refused(
                "Between these passages stand words of neither; make one longer (E) until they "
                "meet, then merge them.",
                code="apart",
            )
        reach = max(reach, high)
    spans: list[_Span] = []
    for page, start, end in (span for each in ordered for span in sorted(each.spans)):
        before = spans[-1] if spans else None
        if before is not None and before[0] == page and _meet(text, before, start):
            spans[-1] = (page, min(before[1], start), max(before[2], end))
        else:
            spans.append((page, start, end))
    return Place(tuple(spans))


def _meet(text: DocumentText, span: _Span, start: int) -> bool:
    page, _, end = span
    between = text.pages[page].text[end:start] if start > end else ""
    return not any(letter.isalnum() for letter in between)
