"""A source cut into pieces: lines, and within them what block tags and bullets set apart.

A piece is what could be a line of its own; what it is and whether it goes on with the one before
is decided in ``blocks``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from cambs_evidence.documents.inline import BLOCK_TAGS, PRIVATE_BULLETS, tag_name

Range = tuple[int, int]

#: Bullets that are recognised at the start of a line.
BULLETS = "•▪▫●○◦■□◾◽‣▸►➢➤✓✔✗☐☑☒·"
#: Bullets that set items apart within a line.
_INNER_BULLET = re.compile(rf"(?<=\s)[•▪●◦■◾‣➢{PRIVATE_BULLETS}](?=\s)")
_LINE_ENDS = "\r\n\x0b\x0c\x85\u2028\u2029"
_STRUCTURE = re.compile(
    rf"[{_LINE_ENDS}]+|</?(?:{'|'.join(sorted(BLOCK_TAGS))})(?=[\s/>])[^<>]*>", re.IGNORECASE
)
_EDGE = " \r\xa0\ufeff\u200b"
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
#: Share of lines with closing block tags from which on a file is taken for HTML.
_MOSTLY_HTML = 0.3
_CLOSING = re.compile(r"</(?:p|li|td|th|tr|div|h[1-6]|table|ul|ol|body)\s*>", re.IGNORECASE)
_DOCUMENT = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE)


class Gap(IntEnum):
    """What stands between a piece and the one before."""

    LINE = 1
    BLOCK = 2


class Piece(NamedTuple):
    """A stretch of source, ``start`` to ``end``, trimmed of spaces but not of tabs.

    Attributes:
        start: offset of its first character.
        end: offset behind its last.
        gap: what stands between it and the piece before.
        indent: columns of white space before it in its line.
        heading: level of the HTML heading it stands in, or 0.
        marker: marker that HTML asks for: ``•``, or ``3.`` in a numbered list; or empty.
        depth: number of HTML lists it stands in.
        cells: ranges of the cells, for a row of an HTML table.
        header: whether these are column headings.
    """

    start: int
    end: int
    gap: Gap
    indent: int = 0
    heading: int = 0
    marker: str = ""
    depth: int = 0
    cells: tuple[Range, ...] = ()
    header: bool = False


def is_html(source: str) -> bool:
    """Whether a file is HTML through and through, where line ends mean nothing."""
    if _DOCUMENT.match(source):
        return True
    closing = sum(1 for _ in _CLOSING.finditer(source))
    return closing > _MOSTLY_HTML * (source.count("\n") + 1) and closing > 1


def trimmed(source: str, start: int, end: int, characters: str = _EDGE) -> Range:
    """The range without the given characters at its ends."""
    text = source[start:end]
    begin = start + len(text) - len(text.lstrip(characters))
    return begin, max(begin, start + len(text.rstrip(characters)))


class Cutter:
    """Goes through a source once and cuts it into pieces."""

    def __init__(self, source: str, *, html: bool) -> None:
        self._source = source
        self._html = html
        self._gap = Gap.BLOCK
        self._line_is_empty = True
        self._line_start = 0
        self._lists: list[int] = []  # for each open list the number of its last item, -1: bullets
        self._item = False
        self._marker = ""
        self._heading = 0
        self._cell: int | None = None
        self._cells: list[Range] = []
        self._header = False

    def pieces(self) -> Iterator[Piece]:
        """All pieces that hold anything, in order."""
        at = 0
        for match in _STRUCTURE.finditer(self._source):
            start, end = match.span()
            name = tag_name(match[0]) if match[0][0] == "<" else ""
            if name is None or (not name and self._html):
                continue
            if self._cell is None:
                yield from self._text(at, start)
            if name:
                yield from self._tag(name, start, end)
            elif self._cell is None:
                self._line_end(match[0], end)
            at = end
        if self._cell is None:
            yield from self._text(at, len(self._source))
        yield from self._row(len(self._source))

    def _text(self, start: int, end: int) -> Iterator[Piece]:
        begin, end = trimmed(self._source, start, end)
        if begin == end or not self._source[begin:end].strip(" \t\xa0"):
            return
        yield from self._row(start)  # text between cells ends their row
        indent = begin - self._line_start if self._line_is_empty else 0
        self._line_is_empty = False
        cuts = [begin]
        if self._lists or self._source[begin] in BULLETS or self._source[begin] in PRIVATE_BULLETS:
            cuts += [m.start() for m in _INNER_BULLET.finditer(self._source, begin + 1, end)]
        cuts.append(end)
        for first, last in pairwise(cuts):
            yield Piece(
                *trimmed(self._source, first, last),
                self._gap,
                indent if first == begin else 0,
                self._heading,
                self._marker,
                len(self._lists),
            )
            self._marker = ""
            self._gap = Gap.LINE

    def _line_end(self, ends: str, end: int) -> None:
        lines = len(ends) - ends.count("\r\n")
        if lines > 1 or self._line_is_empty or "\x0c" in ends:
            self._gap = Gap.BLOCK
            self._lists.clear()
            self._item = False
        else:
            self._gap = max(self._gap, Gap.LINE)
        self._line_is_empty = True
        self._line_start = end

    def _tag(self, name: str, start: int, end: int) -> Iterator[Piece]:
        if name.lstrip("/") in {"td", "th", "tr", "table", "tbody", "thead", "tfoot"}:
            yield from self._table_tag(name, start, end)
            return
        if self._cell is not None:
            return
        self._gap = max(self._gap, Gap.LINE) if name == "br" else Gap.BLOCK
        if name in _HEADINGS:
            self._heading = _HEADINGS[name]
        elif name.startswith("/h"):
            self._heading = 0
        elif name in {"ul", "ol"}:
            self._lists.append(0 if name == "ol" else -1)
        elif name in {"/ul", "/ol"}:
            if self._lists:
                self._lists.pop()
        elif name == "li":
            self._begin_item()
        elif name == "/li":
            self._item, self._marker = False, ""
        elif name == "p" and not self._item:
            self._lists.clear()  # stray markup: the list was never closed

    def _begin_item(self) -> None:
        self._item = True
        self._marker = "•"
        if self._lists and self._lists[-1] >= 0:
            self._lists[-1] += 1
            self._marker = f"{self._lists[-1]}."

    def _table_tag(self, name: str, start: int, end: int) -> Iterator[Piece]:
        if self._cell is not None:
            self._cells.append((self._cell, start))
            self._cell = None
        if name in {"td", "th"}:
            self._cell = end
            self._header = self._header or name == "th"
        elif name not in {"/td", "/th"}:
            yield from self._row(start)
            self._gap = Gap.BLOCK if name in {"table", "/table"} else max(self._gap, Gap.LINE)

    def _row(self, end: int) -> Iterator[Piece]:
        if self._cell is not None:
            self._cells.append((self._cell, end))
            self._cell = None
        if self._cells:
            cells = tuple(trimmed(self._source, *cell) for cell in self._cells)
            gap = self._gap
            yield Piece(cells[0][0], cells[-1][1], gap, cells=cells, header=self._header)
            self._gap = Gap.LINE
        self._cells, self._header = [], False
