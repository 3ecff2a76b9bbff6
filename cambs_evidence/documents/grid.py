"""Ruled cells of a page: from thin drawn lines to the rectangles they enclose.

All boxes here are in display space: points, turned as the page is shown, y growing downwards.
Follows the grid method of table detection: lines that touch form a component; its distinct x and
y positions make a raster; raster squares that no line parts belong to one cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cambs_evidence.model import Box

#: A drawn rectangle thinner than this is a line, in points.
THIN = 3.0
#: Lines closer than this are the same line, in points.
SNAP = 3.0
#: A line shorter than this parts nothing, in points.
SHORTEST = 5.0
#: A component with more raster positions than this is a drawing, not a table.
MOST_POSITIONS = 160
MOST_LINES = 3000

_Lines = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """One ruled table or frame: its extent and its cells, row by row, left to right."""

    box: Box
    cells: tuple[Box, ...]


def grids(
    rulings: npt.NDArray[np.float32], areas: npt.NDArray[np.float32], width: float, height: float
) -> list[Grid]:
    """The ruled or shaded tables and frames of a page of the given size, from top to bottom.

    ``rulings`` are lines as boxes ``(n, 4)``, ``areas`` filled boxes with their colour ``(m, 5)``.
    """
    if len(rulings) + len(areas) == 0:
        return []
    across, down = _lines(rulings.astype(np.float64), _whole(areas, width, height))
    if len(across) < 2 or len(down) < 2 or len(across) + len(down) > MOST_LINES:
        return []
    found = []
    for across_part, down_part in _components(across, down):
        grid = _grid(across_part, down_part)
        if grid is not None:
            found.append(grid)
    found.sort(key=lambda grid: (grid.box[1], grid.box[0]))
    return found


def _whole(areas: npt.NDArray[np.float32], width: float, height: float) -> _Lines:
    """Filled areas, those of one colour that lie against each other joined to one.

    Word processors shade a cell paragraph by paragraph; the seams between are no lines.
    """
    small = (areas[:, 2] - areas[:, 0] < 0.97 * width) & (areas[:, 3] - areas[:, 1] < 0.97 * height)
    boxes = [tuple(box) for box in areas[small].astype(np.float64).tolist()]
    if len(boxes) > MOST_LINES // 4:
        return np.zeros((0, 4))
    for across, low, high in ((0, 1, 3), (1, 0, 2)):
        other = 2 if across == 0 else 3
        boxes.sort(key=lambda box: (box[4], round(box[across]), round(box[other]), box[low]))
        joined: list[tuple[float, ...]] = []
        for box in boxes:
            last = joined[-1] if joined else None
            if (
                last is not None
                and last[4] == box[4]
                and abs(last[across] - box[across]) < 1.5
                and abs(last[other] - box[other]) < 1.5
                and box[low] - last[high] < 1.0
            ):
                x0, y0, x1, y1, colour = box
                joined[-1] = (
                    min(last[0], x0), min(last[1], y0), max(last[2], x1), max(last[3], y1), colour,
                )  # fmt: skip
            else:
                joined.append(box)
        boxes = joined
    return np.array(boxes).reshape(-1, 5)[:, :4]


def _lines(boxes: _Lines, areas: _Lines) -> tuple[_Lines, _Lines]:
    """Horizontal lines as ``(y, x0, x1)`` and vertical ones as ``(x, y0, y1)``."""
    w = boxes[:, 2] - boxes[:, 0]
    h = boxes[:, 3] - boxes[:, 1]
    flat = boxes[(h <= THIN) & (w >= SHORTEST)]
    upright = boxes[(w <= THIN) & (h >= SHORTEST)]
    across = np.concatenate(
        [
            np.column_stack([(flat[:, 1] + flat[:, 3]) / 2, flat[:, 0], flat[:, 2]]),
            areas[:, [1, 0, 2]],
            areas[:, [3, 0, 2]],
        ]
    )
    down = np.concatenate(
        [
            np.column_stack([(upright[:, 0] + upright[:, 2]) / 2, upright[:, 1], upright[:, 3]]),
            areas[:, [0, 1, 3]],
            areas[:, [2, 1, 3]],
        ]
    )
    return _joined(across), _joined(down)


def _joined(lines: _Lines) -> _Lines:
    """Lines at the same position that touch or overlap become one."""
    if len(lines) == 0:
        return lines
    ordered = sorted(lines.tolist())
    joined: list[tuple[float, float, float]] = []
    start = 0
    for end in range(1, len(ordered) + 1):
        if end < len(ordered) and ordered[end][0] - ordered[end - 1][0] <= SNAP / 2:
            continue
        position = ordered[(start + end) // 2][0]
        group = sorted((low, high) for _, low, high in ordered[start:end])
        low, high = group[0]
        for begin, stop in group[1:]:
            if begin <= high + SNAP:
                high = max(high, stop)
            else:
                joined.append((position, low, high))
                low, high = begin, stop
        joined.append((position, low, high))
        start = end
    return np.array(joined)


def _components(across: _Lines, down: _Lines) -> list[tuple[_Lines, _Lines]]:
    """Sets of lines that touch, each with at least two of either direction."""
    y, x0, x1 = across.T[:, :, None]
    x, y0, y1 = down.T[:, None, :]
    touch = (x >= x0 - SNAP) & (x <= x1 + SNAP) & (y >= y0 - SNAP) & (y <= y1 + SNAP)
    parts: list[tuple[_Lines, _Lines]] = []
    seen = np.zeros(len(across), bool)
    for first in range(len(across)):
        if seen[first]:
            continue
        rows = np.zeros(len(across), bool)
        rows[first] = True
        while True:
            columns = touch[rows].any(axis=0)
            more = rows | touch[:, columns].any(axis=1) if columns.any() else rows
            if bool((more == rows).all()):
                break
            rows = more
        seen |= rows
        if int(rows.sum()) >= 2 and int(columns.sum()) >= 2:
            parts.append((across[rows], down[columns]))
    return parts


def _positions(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    ordered = np.sort(values)
    keep = np.concatenate([[True], np.diff(ordered) > SNAP])
    positions: npt.NDArray[np.float64] = ordered[keep]
    return positions


def _grid(across: _Lines, down: _Lines) -> Grid | None:
    ys, xs = _positions(across[:, 0]), _positions(down[:, 0])
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 1 or rows > MOST_POSITIONS or columns > MOST_POSITIONS:
        return None
    # parted_below[r, c]: a line runs under raster square (r, c), or over the first row.
    level = np.zeros((rows + 1, columns), bool)
    middle_x = (xs[:-1] + xs[1:]) / 2
    for row, parts in zip(_nearest(ys, across[:, 0]), _between(middle_x, across), strict=True):
        level[row] |= parts
    upright = np.zeros((columns + 1, rows), bool)
    middle_y = (ys[:-1] + ys[1:]) / 2
    for column, parts in zip(_nearest(xs, down[:, 0]), _between(middle_y, down), strict=True):
        upright[column] |= parts
    cells = _cells(xs, ys, level, upright.T)
    if not cells:
        return None
    box = (float(xs[0]), float(ys[0]), float(xs[-1]), float(ys[-1]))
    return Grid(box, tuple(sorted(cells, key=lambda cell: (cell[1], cell[0]))))


def _nearest(positions: npt.NDArray[np.float64], values: npt.NDArray[np.float64]) -> list[int]:
    """For each value which position is nearest to it."""
    found: list[int] = np.abs(positions - values[:, None]).argmin(axis=1).tolist()
    return found


def _between(middles: npt.NDArray[np.float64], lines: _Lines) -> npt.NDArray[np.bool_]:
    """For each line which middles lie between its ends."""
    return (middles > lines[:, 1:2]) & (middles < lines[:, 2:3])


def _cells(
    xs: npt.NDArray[np.float64],
    ys: npt.NDArray[np.float64],
    level: npt.NDArray[np.bool_],
    upright: npt.NDArray[np.bool_],
) -> list[Box]:
    """Raster squares flooded together where nothing parts them; only closed ones are cells."""
    rows, columns = len(ys) - 1, len(xs) - 1
    alone = level[:-1] & level[1:] & upright[:, :-1] & upright[:, 1:]
    cells = [
        (float(xs[column]), float(ys[row]), float(xs[column + 1]), float(ys[row + 1]))
        for row, column in np.argwhere(alone).tolist()
    ]
    if bool(alone.all()):
        return cells
    seen = alone.tolist()
    below, right = level.tolist(), upright.tolist()
    for row in range(rows):
        for column in range(columns):
            if seen[row][column]:
                continue
            stack, members, closed = [(row, column)], [], True
            seen[row][column] = True
            while stack:
                r, c = stack.pop()
                members.append((r, c))
                for parted, nr, nc in (
                    (below[r][c], r - 1, c),
                    (below[r + 1][c], r + 1, c),
                    (right[r][c], r, c - 1),
                    (right[r][c + 1], r, c + 1),
                ):
                    if parted:
                        continue
                    if not (0 <= nr < rows and 0 <= nc < columns):
                        closed = False
                    elif not seen[nr][nc]:
                        seen[nr][nc] = True
                        stack.append((nr, nc))
            if not closed:
                continue
            r0, r1 = min(r for r, _ in members), max(r for r, _ in members)
            c0, c1 = min(c for _, c in members), max(c for _, c in members)
            if (r1 - r0 + 1) * (c1 - c0 + 1) == len(members):  # a rectangle, not an L
                cells.append((float(xs[c0]), float(ys[r0]), float(xs[c1 + 1]), float(ys[r1 + 1])))
    return cells
