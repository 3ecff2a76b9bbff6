"""A list of contents out of the text itself, for documents whose file has none.

What is numbered as chapters are, or printed larger than the text, is a heading; what is merely
short is one only where a document has nothing better. Titles of tables and figures, entries of a
printed list of contents, dates and what comes again and again are none. Where what is left would be
no list that a person could use, there is none at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cambs_evidence.documents.layer import TEXT, PageLayer
from cambs_evidence.model import Heading

#: Headings to a page on average, from which on a list of them is of no use; fewest in a list.
MOST_TO_A_PAGE, FEWEST = 15, 2
#: Headings in a list at most, and the longest paragraph that can be one, in characters.
MOST, LONGEST = 20_000, 160
#: The longest title that is shown, in characters.
LONGEST_TITLE = 300
#: Joiners that letters of some scripts are written with; other formatting signs say nothing.
_JOINERS = "\u200c\u200d"
#: How much larger than the text a heading is; two sizes that differ by less are one.
_LARGER, _ALIKE = 1.05, 1.04
#: Levels told apart by size alone.
_LEVELS = 4
#: A title that stands in a document more often is no heading but a label.
_OFTEN = 4

_NUMBER = re.compile(
    r"(?P<number>[1-9]\d?(?:\.\d{1,2}){0,4})[.)]?\s+(?=[“‘\"'(]?[A-Z])"
    r"|(?P<word>Part|Chapter|Section|Appendix|Annex|Annexe)\s+(?:\d{1,2}|[A-Z]|[IVX]{1,4})\b",
)
_CAPTION = re.compile(
    r"(?:Table|Figure|Fig\.?|Chart|Graph|Map|Box|Diagram|Picture|Exhibit)s?\s*[A-Z]?\d"
    r"|(?:Source|Note|Notes|Key|Available at|Website|Tel|Telephone|Email)\s*:|Source\b|https?:",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"(?:table of )?contents(?: page)?|list of (?:tables|figures|charts)", re.IGNORECASE
)
_LEADERS = re.compile(r"\.{4}|(?:\. ){3}|…{2}|_{4}|[\t ]\d{1,3}\Z")
_DATE = re.compile(
    r"(?:date:?\s*)?(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:january|february|march|april|may|june|july|"
    r"august|september|october|november|december)\s+\d{4}",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class _Found:
    """What could be a heading.

    ``size`` is the height of its letters in points; ``depth`` how many numbers it bears, 0 for
    none; ``sure`` is True where the typesetter says that it is one.
    """

    title: str
    page: int
    y: float
    size: float
    depth: int
    sure: bool


def headings_of(pages: Iterable[PageLayer]) -> list[Heading]:
    """The headings of a document's pages, which are looked at one after the other, in order.

    Levels go from 0; the height is that of a heading's upper edge. Empty where there is no list
    worth showing.
    """
    sizes: Counter[float] = Counter()
    found: list[_Found] = []
    count = 0
    for layer in pages:
        count += 1
        if layer.quality == TEXT and len(found) < MOST:
            heights = _heights(layer)
            _weigh(heights[slice(*layer.body)], sizes)
            found.extend(_on(layer, heights))
    chosen = _chosen(found, _usual(sizes))
    if not FEWEST <= len(chosen) <= min(MOST_TO_A_PAGE * count, MOST):
        return []
    levels = _nested(_levels(chosen))
    return [
        Heading(each.title, level, each.page, each.y)
        for each, level in zip(chosen, levels, strict=True)
    ]


def plain(text: str) -> str:
    """Text of a file on one line, without signs that would steer how it is shown.

    Longer than 300 characters it is cut, with an ellipsis.
    """
    line = " ".join("".join(map(_inert, text)).split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"


def _inert(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind in {"Cc", "Zl", "Zp"}:
        return " "
    return sign if kind not in {"Cf", "Cs", "Cn"} or sign in _JOINERS else ""


def _heights(layer: PageLayer) -> npt.NDArray[np.float32]:
    """How tall each letter is, as the page is shown."""
    axis = int(layer.rotation not in {90, 270})
    heights: npt.NDArray[np.float32] = layer.boxes[:, axis + 2] - layer.boxes[:, axis]
    return heights


def _weigh(heights: npt.NDArray[np.float32], sizes: Counter[float]) -> None:
    values, counts = np.unique(np.round(heights[~np.isnan(heights)], 1), return_counts=True)
    for value, number in zip(values.tolist(), counts.tolist(), strict=True):
        sizes[value] += number


def _usual(sizes: Counter[float]) -> float:
    """The size of the text: that of most letters."""
    return max(sizes, key=lambda size: (sizes[size], size), default=0.0)


# --- what could be one ---------------------------------------------------------------------


def _on(layer: PageLayer, heights: npt.NDArray[np.float32]) -> Iterator[_Found]:
    low, high = layer.body
    starts = [start for start in layer.starts if low <= start.offset < high]
    ends = [*[start.offset for start in starts], high][1:]
    said = [layer.text[start.offset : end].strip() for start, end in zip(starts, ends, strict=True)]
    if any(_CONTENTS.fullmatch(text.rstrip(":. ")) for text in said):
        return
    for start, text, after in zip(starts, said, [*said, ""][1:], strict=True):
        if after[:1].islower():  # the first line of a sentence
            continue
        title, depth = _title(text, start.kind, typeset=layer.source is not None)
        if title is None:
            continue
        size = heights[start.offset : start.offset + len(text)]
        boxes = layer.boxes[start.offset : start.offset + len(text)]
        if not bool(np.isnan(size).all()):
            sure = start.kind == "heading" and layer.source is not None
            top = float(np.nanmax(boxes[:, 3]))
            yield _Found(title, layer.index, top, float(np.nanmedian(size)), depth, sure)


def _title(text: str, kind: str, *, typeset: bool) -> tuple[str | None, int]:
    """What a paragraph would be called as a heading, None where it is none; its depth."""
    number = _NUMBER.match(text)
    numbered = number is not None and kind in {"paragraph", "row"} and not typeset
    if (kind != "heading" and not numbered) or len(text) > LONGEST or text.count("\n") > 1:
        return None, 0
    if (kind == "row" and text.count("\t") != 1) or _LEADERS.search(text) or not _WORD.search(text):
        return None, 0
    if kind != "heading" and text.endswith((".", ";", ",", "?")):
        return None, 0
    title = plain(text).rstrip(" :‐-–")
    if _CAPTION.match(title) or _DATE.fullmatch(title):
        return None, 0
    return title, _depth(number)


def _depth(number: re.Match[str] | None) -> int:
    if number is None:
        return 0
    if number["word"]:
        return 1
    parts = number["number"].split(".")
    # Chapters are 1.0, 2.0 where their parts are 1.1, 1.2.
    return len(parts) - (len(parts) > 1 and parts[-1] == "0")


# --- which are -----------------------------------------------------------------------------


def _chosen(found: Sequence[_Found], usual: float) -> list[_Found]:
    """Those that are headings: numbered or large ones, and others only where there are none."""
    often = Counter(each.title.casefold() for each in found)
    found = [each for each in found if often[each.title.casefold()] <= _OFTEN]
    strong = [
        each
        for each in found
        if each.sure
        or each.size >= _LARGER * usual
        or (each.depth > 1 and each.size >= usual / _LARGER)
    ]
    if len(strong) >= FEWEST:
        return strong
    return [each for each in found if not each.depth and each.size >= usual / _LARGER]


def _levels(chosen: Sequence[_Found]) -> list[int]:
    """How deep each is, by its number, otherwise by its size among all."""
    ranks = _ranks(chosen)
    numbered = [each for each in chosen if each.depth]
    return [each.depth or _by_size(each, numbered, ranks) for each in chosen]


def _by_size(one: _Found, numbered: Sequence[_Found], ranks: dict[float, int]) -> int:
    """The depth of one without a number: that of numbered ones as large, or below larger ones."""
    alike = Counter(
        each.depth for each in numbered if one.size / _ALIKE <= each.size <= one.size * _ALIKE
    )
    if alike:
        return max(alike, key=lambda depth: (alike[depth], -depth))
    larger = [each.depth for each in numbered if each.size > one.size]
    if numbered:
        return max(larger) + 1 if larger else 1
    return 1 + ranks[one.size]


def _ranks(chosen: Sequence[_Found]) -> dict[float, int]:
    """The rank of each size, the largest first; what stands on the first page alone counts not."""
    first = min((each.page for each in chosen), default=0)
    later = {each.size for each in chosen if each.page > first} or {each.size for each in chosen}
    ranks: dict[float, int] = {}
    rank, above = 0, max(later, default=0.0)
    for size in sorted({each.size for each in chosen}, reverse=True):
        if size < above / _ALIKE:
            rank, above = rank + 1, size
        ranks[size] = min(rank, _LEVELS - 1)
    return ranks


def _nested(depths: Sequence[int]) -> list[int]:
    """Levels without gaps: each is one deeper than the nearest before it that is less deep."""
    levels, above = [], list[int]()
    for depth in depths:
        while above and above[-1] >= depth:
            above.pop()
        levels.append(len(above))
        above.append(depth)
    return levels
