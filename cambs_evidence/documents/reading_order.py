"""Reading order of a page, worked out from the boxes of its characters.

Fragments (:mod:`cambs_evidence.documents.fragments`) are put into the
areas they stand in (ruled cells, columns, rows), and areas are read in the order a person would:
columns one after the other, tables row by row and cell by cell. Where the boxes alone leave two
readings open, the one is taken that follows the file's own order.

All boxes here are in display space: points, turned as the page is shown, y growing downwards.
"""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from cambs_evidence.documents.fragments import Fragment, Line, merged
from cambs_evidence.documents.grid import Grid, grids

#: Above this many fragments a page is a drawing; its text is read in bands.
MOST_FRAGMENTS = 1500
#: How deep areas are looked into.
DEEPEST = 12
#: Fragments times cells that are compared at once.
_AT_ONCE = 1_000_000

# By what fragments are sorted; quicker than a function of our own, and this is done very often.
_left, _top, _place = (operator.attrgetter(name) for name in ("x0", "y0", "stream"))
_left_then_top = operator.attrgetter("x0", "y0")


def lines_in_order(
    parts: list[Fragment],
    codes: npt.NDArray[np.uint32],
    boxes: npt.NDArray[np.float64],
    rulings: npt.NDArray[np.float32],
    areas: npt.NDArray[np.float32],
    size: tuple[float, float],
) -> list[Line]:
    """The lines of a page in reading order.

    Args:
        parts: the page's fragments, furniture left out.
        codes: code points of the page's characters.
        boxes: of the page's characters, ``(n, 4)`` in display space.
        rulings: drawn lines, ``(m, 4)`` in display space.
        areas: filled areas with their colour, ``(k, 5)`` in display space.
        size: width and height of the page as shown, in points.
    """
    if not parts:
        return []
    reader = _Reader(codes)
    if len(parts) > MOST_FRAGMENTS:
        parts = sorted(parts, key=lambda part: (round(part.middle / 4), part.x0))
        return reader.rows(_bands(parts), table=False)
    outside = parts
    for grid in grids(rulings, areas, *size):
        inside, rest = _taken(grid, outside, boxes)
        if inside and _is_whole(inside, rest):
            outside = [*rest, reader.table(inside)]
    return reader.read(merged(outside), 0)


def lines_across(parts: list[Fragment]) -> list[Line]:
    """Fragments as lines right across the page, from top to bottom, whatever columns there are."""
    return _Reader(np.zeros(0, np.uint32)).rows(_bands(parts), table=False)


# --- tables --------------------------------------------------------------------------------


def _taken(
    grid: Grid, parts: list[Fragment], boxes_of: npt.NDArray[np.float64]
) -> tuple[list[list[list[Fragment]]], list[Fragment]]:
    """Rows of cells of fragments inside a grid, and the fragments that stand outside it."""
    cells: list[list[Fragment]] = [[] for _ in grid.cells]
    left, top, right, bottom = grid.box
    near = [
        part
        for part in parts
        if part.rows is None
        and left - 2 <= (part.x0 + part.x1) / 2 <= right + 2
        and top - 2 <= part.middle <= bottom + 2
    ]
    inside: set[int] = set()
    for part, over in _over(grid, near):
        if not over:
            continue
        inside.add(id(part))
        if len(over) == 1:
            cells[over[0]].append(part)
            continue
        for cell, piece in _spread(part, over, grid, boxes_of):
            cells[cell].append(piece)
    rows: list[list[list[Fragment]]] = []
    top_of_row: float | None = None
    for box, members in zip(grid.cells, cells, strict=True):
        if top_of_row is None or box[1] > top_of_row + 1:
            rows.append([])
            top_of_row = box[1]
        if members:
            rows[-1].append(members)
    return [row for row in rows if row], [part for part in parts if id(part) not in inside]


def _over(grid: Grid, parts: list[Fragment]) -> Iterator[tuple[Fragment, list[int]]]:
    """For each fragment the cells that it stands in."""
    x0, y0, x1, y1 = np.array(grid.cells).T
    x0, y0, x1, y1 = x0 - 1, y0 - 1, x1 + 1, y1 + 1
    step = max(_AT_ONCE // len(grid.cells), 1)
    for start in range(0, len(parts), step):
        some = parts[start : start + step]
        edges = np.array([(part.x0, part.x1, part.middle) for part in some])
        first, last, middle = edges.T[:, :, None]
        over = (x0 < last) & (x1 > first)
        over &= (y0 <= middle) & (y1 >= middle)
        found: list[list[int]] = [[] for _ in some]
        for place, cell in zip(*(each.tolist() for each in np.nonzero(over)), strict=True):
            found[place].append(cell)
        yield from zip(some, found, strict=True)


def _is_whole(rows: list[list[list[Fragment]]], rest: list[Fragment]) -> bool:
    """False for shading within a larger table: the file writes its words between the others'."""
    order = [part.stream for row in rows for cell in row for part in cell]
    low, high = min(order), max(order)
    between = sum(low < part.stream < high for part in rest)
    return between <= 0.3 * len(order)


def _spread(
    part: Fragment, over: list[int], grid: Grid, boxes_of: npt.NDArray[np.float64]
) -> list[tuple[int, Fragment]]:
    """Parts a fragment that runs on from one cell to the next, character by character."""
    boxes = boxes_of[part.characters]
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    inner = np.array([max(grid.cells[cell][0], -1e9) for cell in over])
    order = np.argsort(inner, kind="stable")
    belongs = np.maximum(np.searchsorted(inner[order], middle, side="right") - 1, 0)
    edges = (np.flatnonzero(np.diff(belongs)) + 1).tolist()
    pieces = []
    for start, end in zip([0, *edges], [*edges, len(middle)], strict=True):
        box = boxes[start:end]
        spaces = part.spaces[start:end].copy()
        spaces[0] = False
        piece = Fragment(
            part.characters[start:end],
            spaces,
            float(box[:, 0].min()),
            float(box[:, 1].min()),
            float(box[:, 2].max()),
            float(box[:, 3].max()),
            part.height,
            part.stream,
        )
        pieces.append((over[int(order[belongs[start]])], piece))
    return pieces


# --- areas to lines ------------------------------------------------------------------------


class _Reader:
    """Reads areas into lines; counts the areas, so that paragraphs never run over two."""

    def __init__(self, codes: npt.NDArray[np.uint32]) -> None:
        self._codes = codes
        self._areas = 0

    def _area(self) -> int:
        self._areas += 1
        return self._areas

    def table(self, rows: list[list[list[Fragment]]]) -> Fragment:
        """One fragment that stands for a whole table in the flow around it."""
        members = [part for row in rows for cell in row for part in cell]
        read: list[list[Line]] = []
        for row in rows:
            if len(row) > 1 and _is_figures(row):
                read.append(
                    self.rows(_bands(merged([p for cell in row for p in cell])), table=True)
                )
                continue
            line: list[Line] = []
            for place, cell in enumerate(row):
                lines = self.read(merged(cell), 1)
                if len(row) > 1:
                    for each in lines:
                        each.table = True
                    lines[-1].ends = "\t" if place < len(row) - 1 else "\n"
                line.extend(lines)
            read.append(line)
        return Fragment(
            np.zeros(0, np.int64),
            np.zeros(0, bool),
            min(part.x0 for part in members),
            min(part.y0 for part in members),
            max(part.x1 for part in members),
            max(part.y1 for part in members),
            max(part.height for part in members),
            min(part.stream for part in members),
            read,
        )

    def read(self, parts: list[Fragment], depth: int) -> list[Line]:
        """The lines of an area, in reading order."""
        lines: list[Line] = []
        for run, gutters in _runs(_bands(parts)):
            if not gutters or depth >= DEEPEST:
                lines.extend(self.rows(run, table=False))
                continue
            for part in _stretches(run, gutters):
                lines.extend(self._columns(part, gutters, depth))
        return lines

    def rows(self, bands: Sequence[list[Fragment]], *, table: bool) -> list[Line]:
        """Band by band, from left to right."""
        lines: list[Line] = []
        area = self._area()
        for band in bands:
            row: list[Fragment] = []
            for part in sorted(band, key=_left_then_top):
                if part.rows is None:
                    row.append(part)
                    continue
                if row:
                    lines.append(Line(row, area))
                    row = []
                lines.extend(line for each in part.rows for line in each)
                area = self._area()
            if row:
                between = "\t" if table and len(row) > 1 else " "
                lines.append(Line(row, area, between=between, table=table))
        return lines

    def _columns(
        self, bands: list[list[Fragment]], gutters: list[tuple[float, float]], depth: int
    ) -> list[Line]:
        gutters = _beside_boxes(bands, gutters) or gutters
        columns = _split(bands, gutters)
        if len(columns) < 2:
            return self.rows(bands, table=False)
        by_column = [part for column in columns for part in _in_rows(column)]
        by_row = [part for band in bands for part in _across(band)]
        cost_of_columns, cost_of_rows = _jumps(by_column), _jumps(by_row)
        prose = _is_prose(columns)
        flows = prose and all(self._flows(column) for column in columns)
        if flows or cost_of_columns < cost_of_rows or (cost_of_columns == cost_of_rows and prose):
            return [line for column in columns for line in self.read(column, depth + 1)]
        marked = _is_marks(columns[0])
        costs = []
        for blocks in (_table_rows(bands, gutters), _table_rows(bands, gutters, tight=True)):
            by_block = [
                part
                for block in blocks
                for column in _split(block, gutters)
                for part in _in_rows(column)
            ]
            costs.append((_jumps(by_block), blocks))
        cost, blocks = min(costs, key=lambda item: item[0])
        if cost < cost_of_rows or (marked and cost <= cost_of_rows):
            return self._blocks(blocks, gutters, depth, marked=marked)
        return self.rows(bands, table=not marked)

    def _flows(self, column: list[Fragment]) -> bool:
        """True where sentences mostly go on from one line to the next."""
        lines = [part for part in _in_rows(column) if part.rows is None]
        first = [int(self._codes[part.characters[0]]) for part in lines[1:]]
        low = sum(0x61 <= code <= 0x7A for code in first)
        return len(first) >= 3 and low > 0.5 * len(first)

    def _blocks(
        self,
        blocks: list[list[list[Fragment]]],
        gutters: list[tuple[float, float]],
        depth: int,
        *,
        marked: bool,
    ) -> list[Line]:
        lines: list[Line] = []
        for block in blocks:
            cells = [column for column in _split(block, gutters) if column]
            for place, cell in enumerate(cells):
                read = self.read(cell, depth + 1)
                for each in read:
                    each.table = each.table or not marked
                if place < len(cells) - 1:
                    read[-1].ends = " " if marked and place == 0 and len(read) == 1 else "\t"
                lines.extend(read)
        return lines


def _bands(parts: list[Fragment]) -> list[list[Fragment]]:
    """Fragments that share height with each other, from top to bottom."""
    bands: list[list[Fragment]] = []
    bottom = -1e9
    lowest = 0.0
    for part in sorted(parts, key=_top):
        top, foot, height = part.y0, part.y1, part.height
        tall = foot - top
        if bands and (bottom - top > 0.4 * tall or bottom - top > 0.4 * lowest):
            bands[-1].append(part)
            if foot <= bottom:
                continue
        else:
            bands.append([part])
        bottom, lowest = foot, min(tall, height)
    return bands


def _runs(
    bands: list[list[Fragment]],
) -> list[tuple[list[list[Fragment]], list[tuple[float, float]]]]:
    """Bands that follow each other and leave the same gutters free."""
    runs: list[tuple[list[list[Fragment]], list[tuple[float, float]]]] = []
    current: list[list[Fragment]] = []
    gutters: list[tuple[float, float]] = []
    for band in bands:
        free = _gaps(band)
        if current and gutters:
            left = _open(gutters, band)
            if left:
                current.append(band)
                gutters = left
                continue
            runs.append((current, gutters))
            current, gutters = [], []
        if free:
            # Lines before it that keep to one side are the heads of its columns.
            heads: list[list[Fragment]] = []
            while current and (left := _open(free, current[-1])):
                heads.insert(0, current.pop())
                free = left
            if current:
                runs.append((current, []))
            current, gutters = [*heads, band], free
        else:
            current.append(band)
    if current:
        runs.append((current, gutters))
    return [_trimmed(run) for run in runs]


def _stretches(
    bands: list[list[Fragment]], gutters: list[tuple[float, float]]
) -> list[list[list[Fragment]]]:
    """Parts a run of columns where white space runs right across it, if the file reads it so.

    Two columns of text over a picture with words left and right are one run by their gutter, but
    the columns are read before the picture.
    """
    places = _white_across(bands)
    if not places:
        return [bands]
    whole, *parted = _costs(bands, gutters, [0, *places])
    least = min(parted)
    if least >= whole:
        return [bands]
    place = places[parted.index(least)]
    return _stretches(bands[:place], gutters) + _stretches(bands[place:], gutters)


def _costs(
    bands: list[list[Fragment]], gutters: list[tuple[float, float]], places: list[int]
) -> list[int]:
    """For each place (a band's number) how often reading goes back if a run is parted there.

    What is above is read first, then what is below, each column by column. At 0 nothing is parted.
    """
    band_of = {id(part): number for number, band in enumerate(bands) for part in band}
    columns: list[tuple[list[int], list[int], list[int]]] = []
    for column in _split(bands, gutters):
        rows = _bands(column)
        if any(band_of[id(part)] != band_of[id(row[0])] for row in rows for part in row):
            # By itself a column is not read in the bands of the whole.
            return [_cost(bands[:place], gutters) + _cost(bands[place:], gutters)
                    for place in places]  # fmt: skip
        parts = [part for row in rows for part in _across(row)]
        order = list(map(_place, parts))
        back = list(accumulate(map(operator.lt, order[1:], order), initial=0))
        columns.append(([band_of[id(part)] for part in parts], order, back))
    found = []
    for place in places:
        cost = 0
        above: int | None = None
        below: int | None = None
        for numbers, order, back in columns:
            first = bisect_left(numbers, place)
            if first > 0:
                cost += back[first - 1] + (above is not None and order[0] < above)
                above = order[first - 1]
            if first < len(order):
                cost += back[-1] - back[first] + (below is not None and order[first] < below)
                below = order[-1]
        found.append(cost)
    return found


def _cost(bands: list[list[Fragment]], gutters: list[tuple[float, float]]) -> int:
    return _jumps([each for column in _split(bands, gutters) for each in _in_rows(column)])


def _white_across(bands: list[list[Fragment]]) -> list[int]:
    """Bands before which more white stands than between lines."""
    places = []
    bottom = max(part.y1 for part in bands[0])
    for place in range(1, len(bands)):
        band = bands[place]
        if min(part.y0 for part in band) - bottom > 0.5 * max(part.height for part in band):
            places.append(place)
        bottom = max(bottom, *(part.y1 for part in band))
    return places if len(bands) >= 3 else []


def _trimmed(
    run: tuple[list[list[Fragment]], list[tuple[float, float]]],
) -> tuple[list[list[Fragment]], list[tuple[float, float]]]:
    """Gutters that still part something."""
    bands, gutters = run
    parts = [part for band in bands for part in band]
    left, right = min(part.x0 for part in parts), max(part.x1 for part in parts)
    return bands, [gap for gap in gutters if gap[0] > left and gap[1] < right]


def _gaps(band: list[Fragment]) -> list[tuple[float, float]]:
    """Free stretches between the fragments of a band."""
    found: list[tuple[float, float]] = []
    reach: float | None = None
    for part in _across(band):
        if reach is not None and part.x0 > reach + 1:
            found.append((reach, part.x0))
        reach = part.x1 if reach is None else max(reach, part.x1)
    return found


def _open(gutters: list[tuple[float, float]], band: list[Fragment]) -> list[tuple[float, float]]:
    """What a band leaves free of the gutters so far; narrower than 4 points is not free."""
    left = []
    for low, high in gutters:
        pieces = [(low, high)] if high - low >= 4 else []
        for part in band:
            if high <= part.x0 <= part.x1 or part.x0 <= part.x1 <= low:
                continue
            pieces = [
                piece
                for start, end in pieces
                for piece in ((start, min(end, part.x0)), (max(start, part.x1), end))
                if piece[1] - piece[0] >= 4
            ]
        left.extend(sorted(set(pieces)))
    return left


def _beside_boxes(
    bands: list[list[Fragment]], gutters: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """The gutters next to framed boxes and tables that stand beside several lines."""
    chosen: set[tuple[float, float]] = set()
    for band in bands:
        for box in band:
            if box.rows is None:
                continue
            others = [part for part in band if part is not box]
            if len(_bands(others)) < 2:
                continue
            before = [gap for gap in gutters if gap[1] <= box.x0 + 1]
            after = [gap for gap in gutters if gap[0] >= box.x1 - 1]
            chosen.update([*before[-1:], *after[:1]])
    return sorted(chosen)


def _split(bands: list[list[Fragment]], gutters: list[tuple[float, float]]) -> list[list[Fragment]]:
    edges = [(low + high) / 2 for low, high in gutters]  # from left to right
    columns: list[list[Fragment]] = [[] for _ in range(len(edges) + 1)]
    for band in bands:
        for part in band:
            middle = (part.x0 + part.x1) / 2
            columns[bisect_left(edges, middle)].append(part)
    return [column for column in columns if column]


def _across(band: list[Fragment]) -> list[Fragment]:
    return band if len(band) == 1 else sorted(band, key=_left)


def _in_rows(parts: list[Fragment]) -> list[Fragment]:
    return [part for band in _bands(parts) for part in _across(band)]


def _jumps(parts: list[Fragment]) -> int:
    """How often an order goes back in the file's own order."""
    places = list(map(_place, parts))
    return sum(map(operator.lt, places[1:], places))


def _is_prose(columns: list[list[Fragment]]) -> bool:
    """At least two columns whose lines mostly fill them and hold several words."""
    full = 0
    for column in columns:
        width = max(part.x1 for part in column) - min(part.x0 for part in column)
        lines = [part for part in column if part.rows is None]
        if len(lines) < 3 or width <= 0:
            continue
        filled = sum(part.x1 - part.x0 for part in lines) / (len(lines) * width)
        letters = sorted(len(part.characters) for part in lines)[len(lines) // 2]
        full += filled > 0.6 and letters >= 18
    return full >= 2


def _is_figures(cells: list[list[Fragment]]) -> bool:
    """True for shaded columns of figures, which are read across: each band is a row of its own."""
    by_cell = [part for cell in cells for part in _in_rows(cell)]
    bands = _bands(by_cell)
    if len(bands) < 3 or max(len(_bands(cell)) for cell in cells) < 3:
        return False
    by_band = [part for band in bands for part in _across(band)]
    across, down = _jumps(by_band), _jumps(by_cell)
    letters = sorted(len(part.characters) for part in by_cell)[len(by_cell) // 2]
    tall = [len(_bands(cell)) for cell in cells]
    alike = sum(count == max(tall) for count in tall) > len(tall) / 2
    return across < down if not (alike and letters <= 12) else across <= 2 * down + len(bands)


def _is_marks(column: list[Fragment]) -> bool:
    """True for a column of bullets or numbers before the text they belong to."""
    return all(part.rows is None and len(part.characters) <= 5 for part in column)


def _table_rows(
    bands: list[list[Fragment]], gutters: list[tuple[float, float]], *, tight: bool = False
) -> list[list[list[Fragment]]]:
    """Bands grouped to rows of a table, which white space parts.

    With ``tight`` a row begins also wherever its first column has something.
    """
    edge = (gutters[0][0] + gutters[0][1]) / 2
    blocks: list[list[list[Fragment]]] = []
    last_bottom = 0.0
    for band in bands:
        first = any((part.x0 + part.x1) / 2 < edge for part in band)
        top = min(part.y0 for part in band)
        loose = top - last_bottom > 0.45 * max(part.height for part in band)
        if not blocks or loose or (tight and first and len(band) > 1):
            blocks.append([band])
        else:
            blocks[-1].append(band)
        last_bottom = max(part.y1 for part in band)
    return blocks
