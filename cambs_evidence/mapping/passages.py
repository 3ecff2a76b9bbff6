"""The passages of a page that could be evidence: paragraphs, list items, cells; long ones in parts.

Headings, running heads, notes and contents lists are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from cambs_evidence.documents.folding import readable
from cambs_evidence.documents.layer import PageLayer, Start
from cambs_evidence.documents.sentences import MARKER, sentence_ends

#: Passages are no longer than this, in characters, unless one sentence is.
_LONGEST = 320
#: What is shorter, in characters and words, says too little by itself.
_SHORTEST, _FEWEST_WORDS = 40, 6
_KINDS = frozenset({"paragraph", "item", "row"})
_CODE = re.compile(r"\s*(\d{1,2}\.\d{1,2})\s?\)")
_WORD = re.compile(r"\w+(?:-\w+)*")


class Stretch(NamedTuple):
    """A passage of one page: the range of code points and its words as they are quoted.

    ``code`` is what stands before it as before a criterion (``12.4)``), otherwise empty.
    """

    start: int
    end: int
    quote: str
    code: str = ""


def passages(layer: PageLayer) -> Iterator[Stretch]:
    """The passages of a page, in reading order."""
    text, (first, last) = layer.text, layer.body
    words = frozenset(_WORD.findall(text.lower().replace("‐", "-")))

    def keeps(left: str, right: str) -> bool:
        left, right = left.lower(), right.lower()
        return f"{left}-{right}" in words and f"{left}{right}" not in words

    inside = [each for each in layer.starts if first <= each.offset < last]
    ends = [*(each.offset for each in inside[1:]), last][: len(inside)]
    for begin, end in zip(inside, ends, strict=True):
        if begin.kind not in _KINDS:
            continue
        coded = _CODE.match(text, begin.offset, end)
        for low, high in _parts(text, begin.offset, end):
            quote = readable(text[low:high], keeps)
            if len(quote) >= _SHORTEST and len(quote.split()) >= _FEWEST_WORDS:
                yield Stretch(low, high, quote, coded[1] if coded else "")


def standing_in(layers: Iterable[PageLayer], words: Sequence[str]) -> tuple[str, ...]:
    """The paragraph that holds some words one after the other, and the heading that it is under.

    ``layers`` are of the page that holds them, then of those before it, which are looked at as far
    as a heading is sought. What there is not is left out.
    """
    found: list[str] = []
    for layer in layers:
        text, first = layer.text, not found
        starts = [*layer.starts, Start(len(text), "")]
        at = len(text)
        if first:
            match = re.search(r"\W+".join(map(re.escape, words)), text, re.IGNORECASE)
            if match is None:
                return ()
            at = match.start()
        above = [
            (each, text[each.offset : after.offset])
            for each, after in pairwise(starts)
            if each.offset <= at
        ]
        if first:
            found.append(" ".join(above[-1][1].split()) if above else "")
        headings = [said for each, said in above if each.kind == "heading"]
        if headings:
            found.append(" ".join(headings[-1].split()))
            break
    return tuple(filter(None, found))


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A paragraph in parts of whole sentences, each cell of a row by itself."""
    at = start
    for cell in text[start:end].split("\t"):
        yield from _sentences(text, at, at + len(cell))
        at += len(cell) + 1


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    marker = MARKER.match(text, start, end)
    start = marker.end() if marker else start
    low = last = start
    for here in (*sentence_ends(text, start, end), end):
        if here - low > _LONGEST and last > low:
            yield from _trimmed(text, low, last)
            low = last
        last = here
    yield from _trimmed(text, low, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end = start + len(words.strip())
    if end > start:
        yield start, end
