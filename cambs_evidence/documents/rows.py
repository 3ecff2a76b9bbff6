"""Tables: column widths by content, cells wrapped, rows over pages where they must."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from cambs_evidence.documents.flow import LINE_END, Block, Styled
from cambs_evidence.documents.looks import NOTE, Look, notes_on, runs_of, set_lines, small_lines
from cambs_evidence.documents.pages import DEPTH, LEFT, MEASURE, Press
from cambs_evidence.typography import Face, Line, Run, break_lines, iterate_lines, measure

#: A table of more columns is set as running text, a row a paragraph.
MOST_COLUMNS = 20
#: Up to so many columns: size, leading and space at the sides of a cell, in points.
_LOOKS = ((4, 9.5, 13.0, 5.0), (8, 8.5, 12.0, 4.0), (12, 7.5, 10.5, 3.0), (20, 6.0, 8.5, 1.5))
#: Space above and below the text of a cell, in points.
_ABOVE = 2.5
#: Narrowest column, and the width from which on a cell counts as long, in points.
_NARROWEST, _LONG = 12.0, 2 * MEASURE
#: Share of the measure that the longest word of one column may claim.
_LONGEST_WORD = 0.4
#: A cell up to this width is not wrapped for the sake of longer ones, in points.
_SHORT = 64.0
#: A row up to this height is not broken but goes onto the next page.
_UNBROKEN = DEPTH / 2
_FEWEST_LINES = 2
_TAB_WIDTH = 1.8  # of a space, where a row is set as running text


@dataclass(frozen=True, slots=True)
class _Grid:
    """How a table is set: its look, and left edge and width of each column in points."""

    look: Look
    side: float
    lefts: tuple[float, ...]
    widths: tuple[float, ...]

    @property
    def width(self) -> float:
        return sum(self.widths)


def set_table(press: Press, table: Sequence[Block]) -> None:
    """Sets consecutive rows as a table from ``press.y`` down, over as many pages as it takes.

    In the text layer the cells of a row follow each other, each whole, as far as the row stands on
    the page; where the end of a page cuts a row, the rest of each cell follows on the next.
    """
    columns = max(len(row.cells) for row in table)
    if columns > MOST_COLUMNS:
        for index, row in enumerate(table):
            _set_running(press, row, first=index == 0)
        return
    grid = _grid(table, columns)
    for index, row in enumerate(table):
        _Row(press, grid, row).set(first=index == 0)


def _set_running(press: Press, row: Block, *, first: bool) -> None:
    look = Look(Face.TEXT, *_LOOKS[0][1:3])
    runs: list[Run] = []
    for index, cell in enumerate(row.cells):
        if index:
            runs.append(Run("\t", look.face, look.size * _TAB_WIDTH))
        runs += runs_of(cell, look)
    if press.room < look.leading:
        press.turn()
    press.begin(row.kind.value, "\n\n" if first else "\n")
    lines = iterate_lines(runs, MEASURE, at_spaces_only=True)
    set_lines(press, lines, row.text, row.source(), look, LEFT)
    for cell in row.cells:
        press.annotate(small_lines([note.text for note in cell.notes], NOTE))


def _spans(row: Block) -> bool:
    """Whether the first cell is the only one that holds anything: it may then use them all."""
    return not any(cell.text for cell in row.cells[1:])


def _grid(table: Sequence[Block], columns: int) -> _Grid:
    size, leading, side = next(look[1:] for look in _LOOKS if columns <= look[0])
    look = Look(Face.TEXT, size, leading)
    natural, least = [_NARROWEST] * columns, [_NARROWEST] * columns
    for row in table:
        if columns > 1 and _spans(row):
            continue
        for index, cell in enumerate(row.cells):
            if cell.text:
                width, word = _cell_widths(cell, look)
                natural[index] = max(natural[index], min(width, _LONG))
                must = max(min(word, _LONGEST_WORD * MEASURE), min(width, _SHORT))
                least[index] = max(least[index], must)
    widths = [width + 2 * side for width in _shared(natural, least, MEASURE - 2 * side * columns)]
    return _Grid(look, side, tuple(accumulate(widths[:-1], initial=LEFT)), tuple(widths))


def _cell_widths(cell: Styled, look: Look) -> tuple[float, float]:
    """The width of a cell as it would be without a measure, and that of its longest word."""
    if LINE_END in cell.text:
        parts = cell.text.split(LINE_END)
        width = max(measure(part, look.face, look.size) for part in parts)
    else:
        width = sum(measure(run.text, run.face, run.size) for run in runs_of(cell, look))
    bold = Face.TEXT_BOLD if cell.spans else look.face
    return width, measure(max(cell.text.split(), key=len, default=""), bold, look.size)


def _shared(natural: list[float], least: list[float], available: float) -> list[float]:
    """The measure shared out between columns that would be so wide, and must be so wide."""
    if sum(natural) <= available:
        spare = available - sum(natural)
        return [width + spare * width / sum(natural) for width in natural]
    if sum(least) >= available:
        return [width * available / sum(least) for width in least]
    wanted = [wide - narrow for wide, narrow in zip(natural, least, strict=True)]
    spare = (available - sum(least)) / sum(wanted)
    return [narrow + want * spare for narrow, want in zip(least, wanted, strict=True)]


class _Row:
    """A row that is being set."""

    def __init__(self, press: Press, grid: _Grid, row: Block) -> None:
        self._press = press
        self._grid = grid
        self._row = row
        self._spans = len(grid.widths) > 1 and _spans(row)
        self._lines = [self._broken(index) for index in range(len(row.cells))]
        self._sources = [cell.source() for cell in row.cells]
        self._done = 0

    def _broken(self, index: int) -> list[Line]:
        grid, cell = self._grid, self._row.cells[index]
        width = grid.width if self._spans and index == 0 else grid.widths[index]
        runs = runs_of(cell, grid.look)
        if self._row.header:
            runs = [Run(run.text, Face.TEXT_BOLD, run.size, run.underline) for run in runs]
        return break_lines(runs, width - 2 * grid.side, at_spaces_only=True)

    def set(self, *, first: bool) -> None:
        """Sets the row; ``first`` if it is the first of its table."""
        press, leading = self._press, self._grid.look.leading
        total = max(len(lines) for lines in self._lines)
        if not press.is_empty and not self._may_begin_here(total):
            press.turn()
        top_rule = first or press.is_empty
        press.begin(self._row.kind.value, "\n\n" if first else "\n")
        while True:
            fitting = max(int((press.room - 2 * _ABOVE) // leading), 1)
            count = min(fitting, total - self._done)
            self._set_part(count, top_rule=top_rule)
            self._done += count
            if self._done >= total:
                return
            press.turn()
            top_rule = True

    def _may_begin_here(self, total: int) -> bool:
        leading = self._grid.look.leading
        if total * leading + 2 * _ABOVE <= self._press.room:
            return True
        if total * leading <= _UNBROKEN:
            return False
        return self._press.room >= _FEWEST_LINES * leading + 2 * _ABOVE

    def _set_part(self, count: int, *, top_rule: bool) -> None:
        """Sets the next ``count`` lines of each cell."""
        press, grid = self._press, self._grid
        top = press.y
        baseline = top - _ABOVE - grid.look.drop()
        for index, lines in enumerate(self._lines):
            if index:
                press.end_cell()
            x = grid.lefts[index] + grid.side
            part = lines[self._done : self._done + count]
            for number, line in enumerate(part):
                y = baseline - number * grid.look.leading
                press.put(line, self._row.cells[index].text, self._sources[index], x, y)
        press.y -= count * grid.look.leading + 2 * _ABOVE
        self._draw_rules(top, press.y, top_rule=top_rule)
        for cell, lines in zip(self._row.cells, self._lines, strict=True):
            for line in lines[self._done : self._done + count] if cell.notes else ():
                press.annotate(notes_on(cell.notes, line))

    def _draw_rules(self, top: float, bottom: float, *, top_rule: bool) -> None:
        press, grid = self._press, self._grid
        right = LEFT + grid.width
        if top_rule:
            press.rule(LEFT, top, right, top)
        press.rule(LEFT, bottom, right, bottom)
        inner = () if self._spans else grid.lefts[1:]
        for x in (LEFT, *inner, right):
            press.rule(x, top, x, bottom)
