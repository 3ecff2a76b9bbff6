"""Reading order of a page, worked out from the boxes of its characters.

Characters are joined to fragments (a stretch of one line without a wide gap), fragments to the
areas they stand in (ruled cells, columns, rows), and areas are read in the order a person would:
columns one after the other, tables row by row and cell by cell. Where the boxes alone leave two
readings open, the one is taken that follows the file's own order.

All boxes here are in display space: points, turned as the page is shown, y growing downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cambs_evidence.documents.grid import Grid, grids

#: A gap wider than this many heights of the line parts two fragments.
WIDE_GAP = 0.9
#: A gap wider than this many heights between fragments on a line is a space.
SPACE_GAP = 0.12
#: Share of the smaller height that two boxes must share to stand on one line.
SAME_LINE = 0.5
#: Above this many fragments a page is a drawing; its text is read in bands.
MOST_FRAGMENTS = 1500
#: How deep areas are looked into.
DEEPEST = 12


@dataclass(slots=True, eq=False)
class Fragment:
    """A stretch of one line: indices into the page's characters, and its box."""

    characters: npt.NDArray[np.int64]
    spaces: npt.NDArray[np.bool_]  # True where a space stands before the character
    x0: float
    y0: float
    x1: float
    y1: float
    height: float
    stream: int  # place in the file's own order
    rows: list[list[Line]] | None = None  # for a table standing in the flow: rows of cells

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


@dataclass(slots=True, eq=False)
class Line:
    """One line of text in reading order; ``ends`` says what follows it: newline or tab."""

    fragments: list[Fragment]
    area: int  # which column or cell it stands in; lines of one area may be one paragraph
    ends: str = "\n"
    between: str = " "
    table: bool = False
    x0: float = field(init=False)
    y0: float = field(init=False)
    x1: float = field(init=False)
    y1: float = field(init=False)
    height: float = field(init=False)

    def __post_init__(self) -> None:
        if len(self.fragments) == 1:
            (only,) = self.fragments
            self.x0, self.x1, self.y0, self.y1 = only.x0, only.x1, only.y0, only.y1
            self.height = only.height
            return
        self.x0 = min(part.x0 for part in self.fragments)
        self.x1 = max(part.x1 for part in self.fragments)
        self.y0 = min(part.y0 for part in self.fragments)
        self.y1 = max(part.y1 for part in self.fragments)
        self.height = max(part.height for part in self.fragments)


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
    return reader.read(_merged(outside), 0)


def lines_across(parts: list[Fragment]) -> list[Line]:
    """Fragments as lines right across the page, from top to bottom, whatever columns there are."""
    return _Reader(np.zeros(0, np.uint32)).rows(_bands(parts), table=False)


# --- characters to fragments ---------------------------------------------------------------


def fragments(codes: npt.NDArray[np.uint32], boxes: npt.NDArray[np.float64]) -> list[Fragment]:
    """The characters of a page joined to stretches of line, in the file's order.

    Args:
        codes: code points in the file's order, white space included.
        boxes: ``(n, 4)`` in display space; white space may have empty boxes.
    """
    white = (codes <= 32) & (codes != 2) | (codes == 0xA0) | (codes == 0xFEFF)
    white |= (codes >= 0x2000) & (codes <= 0x200B) | (codes == 0x3000) | (codes == 0x202F)
    white |= (codes >= 0x7F) & (codes < 0xA0) | (codes == 0xFFFF) | (codes == 0xAD)
    inked = np.flatnonzero(~white & (boxes[:, 3] - boxes[:, 1] > 0.01))
    if len(inked) == 0:
        return []
    box = boxes[inked]
    height = np.maximum(box[:, 3] - box[:, 1], 0.1)
    whites = np.cumsum(white)
    spaced = np.concatenate([[False], np.diff(whites[inked]) > 0])
    middle = (box[:, 1] + box[:, 3]) / 2
    lower = np.minimum(height[1:], height[:-1])
    upper = np.maximum(height[1:], height[:-1])
    code = codes[inked]
    leftward = ((code >= 0x590) & (code < 0x900)) | ((code >= 0xFB1D) & (code < 0xFF00))
    gap = np.where(leftward[1:] & leftward[:-1], box[:-1, 0] - box[1:, 2], box[1:, 0] - box[:-1, 2])
    shared = np.minimum(box[1:, 3], box[:-1, 3]) - np.maximum(box[1:, 1], box[:-1, 1])
    along = (shared >= SAME_LINE * lower) & (gap < WIDE_GAP * upper) & (gap > -0.6 * upper)
    # The letters of a ligature share its box.
    along |= (np.abs(np.diff(box, axis=0)) < 0.05).all(axis=1)
    # Text that runs up or down the page: one character above the other, hardly any sideways step.
    step = np.abs(np.diff(middle))
    aside = np.abs(np.diff((box[:, 0] + box[:, 2]) / 2))
    stacked = (shared < SAME_LINE * lower) & (aside < 0.2 * upper) & (step < 1.3 * upper)
    stacked &= np.diff(inked) == 1
    breaks = np.flatnonzero(~(along | (stacked & _runs_of(stacked, 3)))) + 1
    bounds = [0, *breaks.tolist(), len(inked)]
    starts = bounds[:-1]
    x0 = np.minimum.reduceat(box[:, 0], starts).tolist()
    y0 = np.minimum.reduceat(box[:, 1], starts).tolist()
    x1 = np.maximum.reduceat(box[:, 2], starts).tolist()
    y1 = np.maximum.reduceat(box[:, 3], starts).tolist()
    tall = np.maximum.reduceat(height, starts).tolist()
    found = []
    for place, (start, end) in enumerate(zip(starts, bounds[1:], strict=True)):
        before = spaced[start:end]
        before[0] = False
        found.append(
            Fragment(
                inked[start:end],
                before,
                x0[place],
                y0[place],
                x1[place],
                y1[place],
                tall[place],
                place,
            )
        )
    return found


def _runs_of(flags: npt.NDArray[np.bool_], least: int) -> npt.NDArray[np.bool_]:
    """True where a flag stands in a run of at least ``least``."""
    if not bool(flags.any()):
        return flags
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    kept = np.zeros(len(flags), bool)
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - start >= least:
            kept[start:end] = True
    return kept


def _merged(parts: list[Fragment]) -> list[Fragment]:
    """Fragments that follow each other on a line without a wide gap become one."""
    if len(parts) < 2:
        return parts
    x0 = np.array([part.x0 for part in parts])
    x1 = np.array([part.x1 for part in parts])
    y0 = np.array([part.y0 for part in parts])
    y1 = np.array([part.y1 for part in parts])
    height = np.array([part.height for part in parts])
    plain = np.array([part.rows is None for part in parts])
    shared = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)
    lower = np.minimum(height[:, None], height)
    gap = x0[None, :] - x1[:, None]
    near = (shared >= SAME_LINE * lower) & (gap < WIDE_GAP * lower) & (gap > -0.4 * lower)
    near &= (x0[None, :] > x0[:, None]) & plain[:, None] & plain[None, :]
    # A tall upright text beside lines is no part of any of them.
    near &= np.maximum(height[:, None], height) < 3 * lower
    left, right = np.nonzero(near)
    if len(left) == 0:
        return parts
    root = list(range(len(parts)))

    def find(item: int) -> int:
        while root[item] != item:
            root[item] = root[root[item]]
            item = root[item]
        return item

    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        a, b = find(one), find(other)
        if a != b:
            root[max(a, b)] = min(a, b)
    groups: dict[int, list[Fragment]] = {}
    for item, part in enumerate(parts):
        groups.setdefault(find(item), []).append(part)
    return [_joined(group) if len(group) > 1 else group[0] for group in groups.values()]


def _joined(group: list[Fragment]) -> Fragment:
    group.sort(key=lambda part: (part.x0, part.stream))
    spaces = [group[0].spaces]
    for before, after in pairwise(group):
        first = after.spaces.copy()
        first[0] = after.x0 - before.x1 > SPACE_GAP * min(before.height, after.height)
        spaces.append(first)
    return Fragment(
        np.concatenate([part.characters for part in group]),
        np.concatenate(spaces),
        group[0].x0,
        min(part.y0 for part in group),
        max(part.x1 for part in group),
        max(part.y1 for part in group),
        max(part.height for part in group),
        min(part.stream for part in group),
    )


# --- tables --------------------------------------------------------------------------------


def _taken(
    grid: Grid, parts: list[Fragment], boxes_of: npt.NDArray[np.float64]
) -> tuple[list[list[list[Fragment]]], list[Fragment]]:
    """Rows of cells of fragments inside a grid, and the fragments that stand outside it."""
    cells: list[list[Fragment]] = [[] for _ in grid.cells]
    outside: list[Fragment] = []
    left, top, right, bottom = grid.box
    boxes = np.array(grid.cells)
    for part in parts:
        x, y = (part.x0 + part.x1) / 2, part.middle
        if not (left - 2 <= x <= right + 2 and top - 2 <= y <= bottom + 2) or part.rows is not None:
            outside.append(part)
            continue
        over = np.flatnonzero(
            (boxes[:, 0] - 1 < part.x1)
            & (boxes[:, 2] + 1 > part.x0)
            & (boxes[:, 1] - 1 <= y)
            & (boxes[:, 3] + 1 >= y)
        )
        if len(over) == 0:
            outside.append(part)
        elif len(over) == 1:
            cells[int(over[0])].append(part)
        else:
            for cell, piece in _spread(part, over.tolist(), grid, boxes_of):
                cells[cell].append(piece)
    rows: list[list[list[Fragment]]] = []
    top_of_row: float | None = None
    for box, members in zip(grid.cells, cells, strict=True):
        if top_of_row is None or box[1] > top_of_row + 1:
            rows.append([])
            top_of_row = box[1]
        if members:
            rows[-1].append(members)
    rows = [row for row in rows if row]
    return rows, outside


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
                    self.rows(_bands(_merged([p for cell in row for p in cell])), table=True)
                )
                continue
            line: list[Line] = []
            for place, cell in enumerate(row):
                lines = self.read(_merged(cell), 1)
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
            for part in sorted(band, key=lambda part: (part.x0, part.y0)):
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
        by_row = [part for band in bands for part in sorted(band, key=lambda part: part.x0)]
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
    for part in sorted(parts, key=lambda part: part.y0):
        tall = part.y1 - part.y0
        if bands and bottom - part.y0 > 0.4 * min(tall, lowest):
            bands[-1].append(part)
            if part.y1 > bottom:
                bottom, lowest = part.y1, min(tall, part.height)
        else:
            bands.append([part])
            bottom, lowest = part.y1, min(tall, part.height)
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

    def cost(part: list[list[Fragment]]) -> int:
        return _jumps([each for column in _split(part, gutters) for each in _in_rows(column)])

    places = _white_across(bands)
    if not places or (whole := cost(bands)) == 0:
        return [bands]
    best = min((cost(bands[:place]) + cost(bands[place:]), place) for place in places)
    if best[0] >= whole:
        return [bands]
    place = best[1]
    return _stretches(bands[:place], gutters) + _stretches(bands[place:], gutters)


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
    for part in sorted(band, key=lambda part: part.x0):
        if reach is not None and part.x0 > reach + 1:
            found.append((reach, part.x0))
        reach = part.x1 if reach is None else max(reach, part.x1)
    return found


def _open(gutters: list[tuple[float, float]], band: list[Fragment]) -> list[tuple[float, float]]:
    """What a band leaves free of the gutters so far; narrower than 4 points is not free."""
    left = []
    for low, high in gutters:
        pieces = [(low, high)]
        for part in band:
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
    edges = [(low + high) / 2 for low, high in gutters]
    columns: list[list[Fragment]] = [[] for _ in range(len(edges) + 1)]
    for band in bands:
        for part in band:
            middle = (part.x0 + part.x1) / 2
            columns[sum(middle > edge for edge in edges)].append(part)
    return [column for column in columns if column]


def _in_rows(parts: list[Fragment]) -> list[Fragment]:
    return [part for band in _bands(parts) for part in sorted(band, key=lambda part: part.x0)]


def _jumps(parts: list[Fragment]) -> int:
    """How often an order goes back in the file's own order."""
    return sum(after.stream < before.stream for before, after in pairwise(parts))


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
    by_band = [part for band in bands for part in sorted(band, key=lambda part: part.x0)]
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
