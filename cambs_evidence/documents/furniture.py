"""Running headers and footers, and the page numbers printed in them.

Furniture is what stands at the edge of several pages with the same words, figures aside. A
printed page number is a figure at the edge that counts up with the pages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

#: Lines looked at from each edge of a page.
DEPTH = 5
#: Share of the page's height in which furniture stands, from each edge.
REACH = 0.16

_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
# A Roman number stands alone or between such signs.
_TOKEN = re.compile(
    r"\d+|(?<![^|\-–— ().])[ivxlcdm]+(?![^|\-–— ().])",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_WORDS_OF_NUMBER = re.compile(
    r"^(?:page|p|pg)?[|.:\-–—\s]*#[|.:\-–—\s]*(?:(?:of|/)\d+)?[|\-–—\s]*$"
)
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


@dataclass(frozen=True)
class EdgeLine:
    """A line near an edge: ``edge`` is ``top`` or ``bottom``, ``rank`` 0 for the outermost.

    ``parts`` are the stretches of text on it that wide gaps part. A ``large`` line is set as
    headings are and is no furniture, whatever it counts.
    """

    edge: str
    rank: int
    text: str
    parts: tuple[str, ...] = ()
    large: bool = False

    @cached_property
    def squeezed(self) -> str:
        """Its text without white space, in small letters."""
        return "".join(self.text.lower().split())

    @cached_property
    def shape(self) -> str:
        """The same with a sign for each figure."""
        return _DIGITS.sub("#", self.squeezed)


@dataclass(frozen=True, slots=True)
class _Figure:
    page: int
    edge: str
    shape: str
    value: int
    printed: str
    offset: int


class Furniture:
    """Learns from the edges of pages what is furniture; then tells for each page.

    Pages are told in order with :meth:`see`; :meth:`furniture` and :meth:`label` may be asked
    for every page seen.
    """

    def __init__(self) -> None:
        self._shapes: Counter[tuple[str, str]] = Counter()
        self._series: Counter[tuple[str, str, int]] = Counter()
        self._words: Counter[tuple[str, str]] = Counter()
        self._shape_pages: Counter[tuple[str, str]] = Counter()
        self._figures: defaultdict[int, list[_Figure]] = defaultdict(list)
        self._pages = 0

    def see(self, page: int, lines: Sequence[EdgeLine]) -> None:
        """Takes in the edge lines of one page (0-based)."""
        self._pages += 1
        self._shapes.update({(line.edge, line.shape) for line in lines})
        self._words.update({(line.edge, line.squeezed) for line in lines})
        figures = [each for line in lines for each in _figures(page, line)]
        self._figures[page] = figures
        self._series.update({(f.edge, f.shape, f.offset) for f in figures})

    def furniture(self, page: int, lines: Sequence[EdgeLine]) -> set[tuple[str, int]]:
        """``(edge, rank)`` of the lines of a page that are furniture, from the edge inwards."""
        found: set[tuple[str, int]] = set()
        numbered = {(f.edge, f.shape) for f in self._figures[page] if self._counts(f)}
        for edge in ("top", "bottom"):
            for line in sorted((x for x in lines if x.edge == edge), key=lambda x: x.rank):
                repeats = self._repeats(line) or (numbered and self._is_counted(line, numbered))
                if self._is_title(line) or not repeats:
                    break
                found.add((edge, line.rank))
        return found

    def label(self, page: int) -> str | None:
        """The page number printed on the page, as it is printed, or None."""
        candidates = [figure for figure in self._figures[page] if self._counts(figure)]
        if not candidates:
            return None
        best = max(
            candidates,
            key=lambda f: (self._series[f.edge, f.shape, f.offset], f.edge == "bottom"),
        )
        return best.printed

    def _counts(self, figure: _Figure) -> bool:
        seen = self._series[figure.edge, figure.shape, figure.offset]
        if _WORDS_OF_NUMBER.match(figure.shape) and figure.shape.startswith("page"):
            return True
        return seen >= (2 if self._pages < 6 else 3)

    @staticmethod
    def _is_counted(line: EdgeLine, numbered: set[tuple[str, str]]) -> bool:
        """True for a line with a figure that counts up with the pages."""
        whole = EdgeLine(line.edge, line.rank, line.text)
        return any((line.edge, figure.shape) in numbered for figure in _figures(0, whole))

    def _is_title(self, line: EdgeLine) -> bool:
        """A large line, unless it is the same on several pages or has a page number beside it."""
        if not line.large:
            return False
        same = self._words[line.edge, line.squeezed] >= (2 if self._pages < 5 else 3)
        shapes = (shape for part in line.parts for shape, _ in _tokens(part))
        return not same and not any(_WORDS_OF_NUMBER.match(shape) for shape in shapes)

    def _repeats(self, line: EdgeLine) -> bool:
        if not any(map(str.isalpha, line.shape)):
            return False  # rows of figures repeat their shape without being furniture
        return self._shapes[line.edge, line.shape] >= (2 if self._pages < 5 else 3)


def _tokens(text: str) -> Iterable[tuple[str, str]]:
    """Each figure of a line, with the line's shape where that figure stands for a number."""
    squeezed = " ".join(text.split())
    for match in _TOKEN.finditer(squeezed):
        token = match.group()
        before, after = squeezed[: match.start()], squeezed[match.end() :]
        if not token.isdigit():
            if not _ROMAN.fullmatch(token.lower()):
                continue
        elif len(token) > 5 or before[-1:] in {".", ",", "/"} or after[:1] in {"%", "/", ","}:
            continue
        yield "".join(f"{before}#{after}".lower().split()), token


def _figures(page: int, line: EdgeLine) -> Iterable[_Figure]:
    texts = set() if line.large else {line.text}
    if 1 < len(line.parts) < 12:
        texts.update(line.parts)
    for shape, token in (each for text in sorted(texts) for each in _tokens(text)):
        value = int(token) if token.isdigit() else _roman(token)
        if value > 0:
            kind = "" if token.isdigit() else "roman:"
            yield _Figure(page, line.edge, kind + shape, value, token, value - page)


def _roman(token: str) -> int:
    values = [_VALUES[letter] for letter in token.lower()]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))
