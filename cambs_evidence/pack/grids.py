"""The tables of sources set as real ones: cell by cell, over as many pages as they take."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cambs_evidence.model import Box, Region
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.sheet import Column, Sheet
from cambs_evidence.pack.tags import Element
from cambs_evidence.typography import Face, Line, measure

#: Sizes tried one after the other until the longest words fit their columns, and their leading.
_SIZES = ((8.4, 11.2), (7.6, 10.2), (6.8, 9.2))
_PAD = 3.0
#: Points over and under a table.
AROUND = 5.0
#: Points down a page beyond which a row is parted where a page ends.
_TALL = 180.0
#: Points that a column takes at least.
_NARROWEST = 14.0
#: Of the cells of a column, how many are figures where it is set to the right.
_FIGURES = 0.75
_FIGURE = re.compile(r"[£€$<>~≈±+(–-]?\s*\d[\d,.\s]*\s*[%)*†a-z]{0,3}")
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s*[-/–]\s*\d{2,4})?")

#: For each cell, row by row, where it stands: a stretch for each page.
Stretches = list[list[tuple[Sheet, Box]]]


@dataclass(slots=True)
class _Row:
    lines: list[list[Line]]
    style: s.Style
    heads: frozenset[int]
    scope: str = "Row"

    @property
    def height(self) -> float:
        return 2 * _PAD + max(1, *map(len, self.lines)) * self.style.leading


@dataclass(slots=True)
class Grid:
    """A table that was broken to lines for a width; ``legible`` if no word had to be parted."""

    widths: list[float]
    rows: list[_Row]
    right: list[bool]
    headed: bool
    legible: bool
    height: float = field(init=False)

    def __post_init__(self) -> None:
        self.height = sum(row.height for row in self.rows) + 2 * AROUND

    @property
    def opening(self) -> float:
        """Points that its first rows take, so that its head is not alone."""
        first = sum(min(row.height, _TALL) for row in self.rows[: 3 if self.headed else 2])
        return AROUND + first

    def put(
        self, column: Column, x: float, beside: Callable[[Sheet, float, float], None]
    ) -> Stretches:
        """Puts the table down; ``beside`` is called for each stretch with sheet, top and bottom."""
        where: Stretches = []
        _space(column, beside)
        with column.tags.open("Table"):
            if self.headed:
                with column.tags.open("THead"):
                    where += self._row(column, 0, x, beside)
            with column.tags.open("TBody"):
                for number in range(int(self.headed), len(self.rows)):
                    where += self._row(column, number, x, beside)
        _space(column, beside)
        return where

    def _row(
        self, column: Column, number: int, x: float, beside: Callable[[Sheet, float, float], None]
    ) -> Stretches:
        row = self.rows[number]
        tags = column.tags
        where: Stretches = [[] for _ in row.lines]
        cells: list[Element | None] = []
        with tags.open("TR"):
            for place in range(len(row.lines)):
                heads = place in row.heads
                scope = f"<</O /Table /Scope /{row.scope}>>" if heads else ""
                with tags.open("TH" if heads else "TD", attributes=scope):
                    cells.append(tags.current)
            done, most = 0, max(1, *map(len, row.lines))
            while done < most:
                fits = int((column.room - 2 * _PAD + 0.01) // row.style.leading)
                parted = row.height > _TALL and fits > 1
                if fits < most - done and not parted and not column.fresh:
                    self._turn(column, x, beside, repeat=number > 0)
                    fits = int((column.room - 2 * _PAD + 0.01) // row.style.leading)
                some = slice(done, done + max(fits, 1))
                self._stretch(column, row, some, x, cells, where, beside)
                done = some.stop
                if done < most:
                    self._turn(column, x, beside, repeat=number > 0)
        return where

    def _turn(
        self,
        column: Column,
        x: float,
        beside: Callable[[Sheet, float, float], None],
        *,
        repeat: bool,
    ) -> None:
        """Goes on at the top of the next page, under the head of the table."""
        column.turn()
        if self.headed and repeat and self.rows[0].height < _TALL:
            with column.tags.artefact():  # it was said when the table began
                head = self.rows[0]
                nobody: list[Element | None] = [None] * len(head.lines)
                nowhere: Stretches = [[] for _ in head.lines]
                self._stretch(column, head, slice(None), x, nobody, nowhere, beside)

    def _stretch(
        self,
        column: Column,
        row: _Row,
        some: slice,
        x: float,
        cells: Sequence[Element | None],
        where: Stretches,
        beside: Callable[[Sheet, float, float], None],
    ) -> None:
        """Some lines of each cell of a row, which all fit on the page."""
        sheet, top = column.sheet, column.y
        shown = [lines[some] for lines in row.lines]
        foot = top - 2 * _PAD - max(1, *map(len, shown)) * row.style.leading
        across = sum(self.widths)
        if row.scope == "Column":
            sheet.area((x, foot, x + across, top), s.SHADE)
        left = x
        for place, lines in enumerate(shown):
            width = self.widths[place]
            with column.tags.within(cells[place]):
                y = top - _PAD
                for line in lines:
                    y -= row.style.leading
                    shift = width - 2 * _PAD - line.width if self.right[place] else 0.0
                    sheet.put(line, left + _PAD + shift, y + 0.28 * row.style.leading, s.INK)
            where[place].append((sheet, (left, foot, left + width, top)))
            left += width
        if column.fresh or row is self.rows[0]:
            sheet.rule(x, top, x + across, top, width=0.8, colour=s.SOFT)
        strong = row.scope == "Column" or row is self.rows[-1]
        sheet.rule(x, foot, x + across, foot, width=0.8 if strong else 0.4,
                   colour=s.SOFT if strong else s.LINE)  # fmt: skip
        beside(sheet, top, foot)
        column.y = foot


def _space(column: Column, beside: Callable[[Sheet, float, float], None]) -> None:
    if not column.fresh:
        beside(column.sheet, column.y, column.y - AROUND)
        column.y -= AROUND


def cells_of(region: Region | None) -> tuple[tuple[str, ...], ...]:
    """The rows of cells that are set as a table, all of one length; none where nothing is said.

    One cell is no table: its words are quoted.
    """
    if region is None or not any(any(row) for row in region.cells):
        return ()
    across = max(map(len, region.cells))
    if across * len(region.cells) == 1:
        return ()
    return tuple((*row, *[""] * (across - len(row))) for row in region.cells)


def grid(rows: Sequence[Sequence[str]], kind: str, width: float) -> Grid:
    """Breaks a table to lines within a width; ``kind`` is of its region."""
    columns = list(zip(*rows, strict=True))
    headed = kind == "table" and _is_head(rows)
    body = [column[int(headed) :] for column in columns]
    right = [_is_figures(column) for column in body]
    for size, leading in _SIZES:
        style = s.Style(Face.HEADING, size, leading)
        strong = s.Style(Face.HEADING_BOLD, size, leading)
        least, most = _needs(columns, style, strong, headed=headed)
        legible = sum(least) <= width
        if legible:
            break
    widths = _shared(least, most, width)
    made = []
    for number, row in enumerate(rows):
        head = headed and number == 0
        # What has no heads above is read out with what begins its row.
        heads = frozenset(range(len(row)) if head else [0] if not headed or not right[0] else [])
        made.append(
            _Row(
                [
                    s.broken(text, strong if head else style, across - 2 * _PAD)
                    for text, across in zip(row, widths, strict=True)
                ],
                strong if head else style,
                heads,
                "Column" if head else "Row",
            )
        )
    return Grid(widths, made, right, headed, legible)


def _is_head(rows: Sequence[Sequence[str]]) -> bool:
    """True where the first row says what the columns are: in words or years, not in figures."""
    if len(rows) < 2:
        return False
    said = [text for text in rows[0] if text]
    figures = [text for text in said if _FIGURE.fullmatch(text) and not _YEAR.fullmatch(text)]
    return 2 * len(said) > len(rows[0]) and not figures


def _is_figures(cells: Sequence[str]) -> bool:
    said = [text for text in cells if text]
    return len(said) > 0 and sum(map(bool, map(_FIGURE.fullmatch, said))) >= _FIGURES * len(said)


def _needs(
    columns: Sequence[Sequence[str]], style: s.Style, strong: s.Style, *, headed: bool
) -> tuple[list[float], list[float]]:
    """Points that each column needs for its longest word, and for its longest cell on one line."""
    least, most = [], []
    for column in columns:
        words, cells = _NARROWEST, _NARROWEST
        for number, text in enumerate(column):
            used = strong if headed and number == 0 else style
            for word in text.split():
                words = max(words, measure(word, used.face, used.size) + 2 * _PAD + 0.2)
            cells = max(cells, measure(text, used.face, used.size) + 2 * _PAD + 0.2)
        least.append(words)
        most.append(max(words, cells))
    return least, most


def _shared(least: Sequence[float], most: Sequence[float], width: float) -> list[float]:
    """The widths of columns: no more than they need, no less than their longest word if it fits."""
    if sum(most) <= width:
        return list(most)
    if sum(least) >= width:
        return [each * width / sum(least) for each in least]
    spare = width - sum(least)
    wanted = [(top - low) ** 0.7 for low, top in zip(least, most, strict=True)]
    widths = list(least)
    open_ = [number for number, each in enumerate(wanted) if each > 0]
    while open_ and spare > 0.01:
        total = sum(wanted[number] for number in open_)
        given = {n: min(spare * wanted[n] / total, most[n] - widths[n]) for n in open_}
        for number, points in given.items():
            widths[number] += points
        spare -= sum(given.values())
        open_ = [number for number in open_ if most[number] - widths[number] > 0.01]
    return widths
