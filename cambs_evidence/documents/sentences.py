"""Where sentences end, and what stands before a paragraph without being a word of it."""

from __future__ import annotations

import re
from itertools import pairwise

_END = re.compile(r"(?<=[.!?])[”’\"')\]]*\s+(?=[“‘\"'(]?[A-Z0-9£•▪])")
_SHORTENED = re.compile(
    r"\b(?:e\.g|i\.e|etc|cf|vs|no|Mr|Mrs|Ms|Dr|St|approx|para|pp?)\.\s*$", re.IGNORECASE
)
_STOP = re.compile(r"[.!?:;][”’\"')\]¹²³⁴-⁹]*\s*\Z")
#: A printed number or bullet before a paragraph, which is no part of what it says.
MARKER = re.compile(
    r"\s*(?:[-–•▪▫●○◦■□➢➤✓·]\s*)?(?:\d{1,3}(?:\.\d{1,3})*\s?[.)]?(?=\s))?"
    r"(?:\(?[a-z]\)\s)?\s*(?:[-–•▪▫●○◦■□➢➤✓·]\s*)?"
)


def sentence_ends(text: str, start: int, end: int) -> list[int]:
    """Where sentences end between two code points of a text, behind the white space after them.

    The last one, which ends with the range, is not among them.
    """
    return [
        match.end()
        for match in _END.finditer(text, start, end)
        if not _SHORTENED.search(text, max(start, match.start() - 8), match.start())
    ]


def is_open(words: str) -> bool:
    """True where words break off within a sentence."""
    return bool(words.strip()) and _STOP.search(words) is None


def sentence_at(text: str, start: int, end: int, offset: int) -> tuple[int, int]:
    """The sentence of a paragraph (a range of code points) that an offset stands in.

    Behind the last word of a sentence the next one is meant, so that one leads on to another.
    """
    marker = MARKER.match(text, start, end)
    first = marker.end() if marker is not None and marker.end() < end else start
    edges = [first, *sentence_ends(text, first, end), end]
    for low, high in pairwise(edges):
        stop = low + len(text[low:high].rstrip())
        if offset < stop or high == end:
            return low, stop
    return first, end
