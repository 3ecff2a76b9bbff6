"""Whole sentences and paragraphs, over page ends too: what is selected by one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambs_evidence.documents.sentences import is_open, sentence_at

if TYPE_CHECKING:
    from cambs_evidence.documents.anchors import DocumentText
    from cambs_evidence.documents.selecting import Caret

Stretch = tuple["Caret", "Caret"]


def paragraph(text: DocumentText, caret: Caret) -> Stretch:
    """The paragraph that a caret stands in, with what of it stands on the pages beside."""
    start, end = _trimmed(text, *text.paragraph_around(*caret))
    while _begins_before(text, start):
        start = text.paragraph_around(*_last(text, start[0] - 1))[0]
    while _goes_on(text, end):
        end = _trimmed(text, *text.paragraph_around(*text.edge(end[0] + 1, back=False)))[1]
    return start, end


def sentence(text: DocumentText, caret: Caret) -> Stretch:
    """The sentence that a caret stands in; behind its last word the next of its paragraph."""
    (page, low), (_, high) = _trimmed(text, *text.paragraph_around(*caret))
    words = text.pages[page].text
    start, end = sentence_at(words, low, high, caret[1])
    first: Caret = (page, start)
    last: Caret = (page, end)
    if start == low and _begins_before(text, first):
        before = text.paragraph_around(*_last(text, page - 1))[0]
        there, at = _last(text, page - 1)
        begun = sentence_at(text.pages[there].text, before[1], at + 1, at)
        if is_open(text.pages[there].text[slice(*begun)]):
            first = (there, begun[0])
    if end == high and is_open(words[start:end]) and _goes_on(text, last):
        there, at = text.edge(page + 1, back=False)
        rest = text.paragraph_around(there, at)[1][1]
        last = (there, sentence_at(text.pages[there].text, at, rest, at)[1])
    return first, last


def grown(text: DocumentText, low: Caret, high: Caret) -> Stretch:
    """Of a stretch (a caret: both ends alike) the sentences it touches; of these the paragraphs."""
    inside = max(low, (high[0], high[1] - 1)) if high[1] else low
    whole = sentence(text, low)[0], sentence(text, inside)[1]
    if low < high and low <= whole[0] and high >= whole[1]:
        whole = paragraph(text, low)[0], paragraph(text, inside)[1]
    return whole


def beside(text: DocumentText, caret: Caret, *, back: bool) -> Caret:
    """The beginning of the next paragraph; going back that of the one, or of the one before."""
    start, end = paragraph(text, caret)
    if not back:
        return _onward(text, end, caret)
    if start < caret:
        return start
    at = start
    while (before := text.step(at, words=True, back=True)) < at:
        found = paragraph(text, before)[0]
        if found < start:  # the sign before an item is a word of its own
            return found
        at = before
    return start


def _onward(text: DocumentText, end: Caret, caret: Caret) -> Caret:
    page, offset = end
    words = text.pages[page].text
    bottom = text.edge(page, back=True)[1]
    rest = words[offset:bottom] if offset < bottom else ""
    if rest.strip():
        at: Caret = (page, offset + len(rest) - len(rest.lstrip()))
    elif page + 1 < len(text.pages):
        at = text.edge(page + 1, back=False)
    else:
        return max(end, caret)
    return max(text.paragraph_around(*at)[0], at)


def _last(text: DocumentText, page: int) -> Caret:
    """The last character of a page's body."""
    offset = text.edge(page, back=True)[1]
    return page, max(offset - 1, text.pages[page].body[0])


def _trimmed(text: DocumentText, start: Caret, end: Caret) -> Stretch:
    words = text.pages[start[0]].text[start[1] : end[1]]
    return start, (end[0], start[1] + len(words.rstrip()))


def _begins_before(text: DocumentText, start: Caret) -> bool:
    page, offset = start
    at_top = page > 0 and offset <= text.edge(page, back=False)[1]
    return at_top and _joined(text, page - 1)


def _goes_on(text: DocumentText, end: Caret) -> bool:
    page, offset = end
    at_end = page + 1 < len(text.pages) and offset == text.edge(page, back=True)[1]
    return at_end and _joined(text, page)


def _joined(text: DocumentText, page: int) -> bool:
    """True where the last paragraph of a page goes on at the head of the next one.

    Of pages that are typeset here it is known: nothing begins there. Of others it is taken from
    the words.
    """
    above, below = text.pages[page], text.pages[page + 1]
    top = below.body[0]
    if top >= below.body[1] or not above.text[slice(*above.body)].strip():
        return False
    kind = next((each.kind for each in below.starts if each.offset == top), None)
    if kind is None:
        return True
    running = kind == "paragraph" and is_open(above.text[slice(*above.body)])
    return running and below.text[top : below.body[1]].lstrip()[:1].islower()
