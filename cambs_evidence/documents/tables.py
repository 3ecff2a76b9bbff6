"""Tables as pdfplumber finds them; imported in watched processes only.

What has rulings is taken by its rulings. What has none is taken only where our own text layer
saw rows too, and only within those rows: no table is better than a page of prose cut in columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cambs_evidence.model import Box, Cell, Table

Floats = npt.NDArray[np.float64]


def user_space(page: Any, boxes: Sequence[tuple[float, float, float, float]]) -> Floats:
    """Boxes of pdfplumber (left, top, right, bottom as the page is shown) in user space."""
    turned = np.array(boxes, np.float64).reshape(-1, 4)
    # They are told from the corner of the MediaBox as that is turned.
    left, top, right, bottom = (turned - np.array([*page.mediabox[:2]] * 2)).T
    raw = [float(value) for value in page.page_obj.mediabox]
    (x0, x1), (y0, y1) = sorted(raw[0::2]), sorted(raw[1::2])
    return np.column_stack(
        {
            0: (left + x0, y1 - bottom, right + x0, y1 - top),
            90: (top + x0, left + y0, bottom + x0, right + y0),
            180: (x1 - right, top + y0, x1 - left, bottom + y0),
            270: (x1 - bottom, y1 - right, x1 - top, y1 - left),
        }[_angle(page)]
    )


def _angle(page: Any) -> int:
    """How a page is turned; one that is turned by anything but right angles is read upright."""
    turned = int(page.rotation or 0) % 360
    return turned if turned % 90 == 0 else 0


def _turned(page: Any, box: Box) -> tuple[float, float, float, float]:
    """The inverse of :func:`user_space` for one box."""
    raw = [float(value) for value in page.page_obj.mediabox]
    (x0, x1), (y0, y1) = sorted(raw[0::2]), sorted(raw[1::2])
    left, foot, right, top = box
    a, b, c, d = {
        0: (left - x0, y1 - top, right - x0, y1 - foot),
        90: (foot - y0, left - x0, top - y0, right - x0),
        180: (x1 - right, foot - y0, x1 - left, top - y0),
        270: (y1 - top, x1 - right, y1 - foot, x1 - left),
    }[_angle(page)]
    x, y = page.mediabox[:2]
    return (a + x, b + y, c + x, d + y)


def found(page: Any, number: int, bands: Sequence[Box]) -> Iterator[Table]:
    """The tables on a page of pdfplumber (0-based number), from the top.

    ``bands`` is where the text layer saw rows, in user space.
    """
    areas = [_turned(page, band) for band in bands]
    ruled = [
        each
        for each in _without_shading(page).find_tables()
        if _sane(each, ruled=True) or _is_cut_off(each, areas)
    ]
    # Double lines are strips without words; where there are no lines, every gap is a strip.
    kept = [(each, _THIN) for each in ruled if not any(_holds(other, each) for other in ruled)]
    for area in areas:
        if not any(_overlap(each.bbox, area) for each, _ in kept):
            kept += [(each, math.inf) for each in _by_words(page, area)]
    for each, thin in sorted(kept, key=lambda one: (one[0].bbox[1], one[0].bbox[0])):
        yield _told(page, number, each, thin)


#: Points that a shading may reach over what it lies on; shadings up to which they are looked at.
_OVER, _SHADES = 1.0, 4000


def _without_shading(page: Any) -> Any:
    """The page without rectangles that lie on a larger one of their own colour.

    The words of a cell are often shaded line by line on the shaded cell: nobody sees their edges.
    """
    shades = [each for each in page.rects if each["fill"] and not each["stroke"]]
    if not 1 < len(shades) <= _SHADES:
        return page
    edges = np.array([[x["x0"], x["top"], x["x1"], x["bottom"]] for x in shades], np.float64)
    sizes = (edges[:, 2] - edges[:, 0]) * (edges[:, 3] - edges[:, 1])
    colours = [repr(each["non_stroking_color"]) for each in shades]
    seen = {colour: number for number, colour in enumerate(dict.fromkeys(colours))}
    colour = np.array([seen[each] for each in colours])
    hidden = set()
    for number, (left, top, right, bottom) in enumerate(edges):
        under = (
            (colour == colour[number])
            & (sizes > 1.005 * sizes[number])
            & (edges[:, 0] <= left + _OVER)
            & (edges[:, 1] <= top + _OVER)
            & (edges[:, 2] >= right - _OVER)
            & (edges[:, 3] >= bottom - _OVER)
        )
        # A strip along a ruling of its own colour is part of that ruling.
        if min(right - left, bottom - top) >= _THIN and bool(under.any()):
            hidden.add(id(shades[number]))
    return page.filter(lambda each: id(each) not in hidden) if hidden else page


#: Fewest cells that hold words, of all and without thin strips; where there are no rulings, of
#: those in rows with words.
_RULED, _WORDED = (0.2, 0.4), (0.7, 0.7)
#: Points: a row or column without words that is thinner than this is a double line.
_THIN = 6.0
#: Points that part two columns at least, all the way down.
_GAP = 5.0
#: Points that a band is wider on each side, so that what stands at its edge is within.
_ROUND = 3.0
#: Words in the longest cell of a table that is told by its words alone, and its fewest cells.
_LONGEST, _FEWEST = 25, 6


def _by_words(page: Any, area: tuple[float, float, float, float]) -> list[Any]:
    """Tables without rulings in an area that is known to hold rows."""
    left, top, right, bottom = page.bbox
    within = (
        max(area[0] - _ROUND, left),
        max(area[1] - _ROUND, top),
        min(area[2] + _ROUND, right),
        min(area[3] + _ROUND, bottom),
    )
    if within[2] - within[0] < 20 or within[3] - within[1] < 10:
        return []
    cut = page.crop(within)
    said = cut.extract_words()
    edges = _gaps(said)
    first = min((word["bottom"] for word in said), default=within[1])
    below = [word for word in said if word["top"] > first]
    if len(_gaps(below)) > len(edges):  # a title stood over the columns
        cut, edges = page.crop((within[0], first, *within[2:])), _gaps(below)
    if len(edges) < 3:
        return []
    by_words = {
        "vertical_strategy": "explicit",
        "explicit_vertical_lines": edges,
        "horizontal_strategy": "text",
        "intersection_tolerance": 12,
    }
    return [
        each
        for each in cut.find_tables(by_words)
        if len(each.cells) >= _FEWEST and _sane(each, ruled=False) and _tabular(each)
    ]


def _gaps(words: Sequence[Any]) -> list[float]:
    """Where columns begin and end: no word reaches over any of these."""
    edges: list[float] = []
    right = None
    for word in sorted(words, key=lambda each: each["x0"]):
        if right is None:
            edges.append(word["x0"] - 1)
        elif word["x0"] - right >= _GAP:
            edges.append((word["x0"] + right) / 2)
        right = max(right or 0.0, word["x1"])
    return edges if right is None else [*edges, right + 1]


def _least(box: Sequence[float]) -> float:
    """Points across or down, whichever is less."""
    return min(box[2] - box[0], box[3] - box[1])


def _sane(table: Any, *, ruled: bool) -> bool:
    """True for words in rows and columns; the grid of a chart or a flow chart is no table."""
    texts = [[text if text is None else text.strip() for text in row] for row in table.extract()]
    rows = [
        list(zip(each.cells, said, strict=True))
        for each, said in zip(table.rows, texts, strict=True)
    ]
    worded = [row for row in rows if any(text for _, text in row)]
    cells = [cell for row in (rows if ruled else worded) for cell in row if cell[0] is not None]
    thick = [cell for cell in cells if cell[1] or not ruled or _least(cell[0]) >= _THIN]
    filled = sum(bool(text) for _, text in cells)
    least_of_all, least_of_thick = _RULED if ruled else _WORDED
    if filled < least_of_all * len(cells) or filled < least_of_thick * len(thick):
        return False
    columns = sum(any(column) for column in zip(*texts, strict=True))
    # What is merged counts as said, but in one row at least two cells say something themselves.
    beside = sum(sum(text is None or bool(text) for _, text in row) > 1 for row in worded)
    full = any(sum(bool(text) for _, text in row) > 1 for row in worded)
    return columns >= 2 and len(worded) >= 2 and full and 3 * beside >= len(worded)


def _is_cut_off(table: Any, areas: Sequence[tuple[float, float, float, float]]) -> bool:
    """True for the one row of a table that the end of a page parts from the others.

    A single row is taken for that where the text layer saw a row as well, and where each of three
    cells or more says something: frames round headings are no rows.
    """
    texts = [[(text or "").strip() for text in row] for row in table.extract()]
    return (
        len(texts) == 1
        and len(texts[0]) >= 3
        and all(texts[0])
        and any(_overlap(table.bbox, area) for area in areas)
    )


def _tabular(table: Any) -> bool:
    """True for short cells in three columns or more, or for figures in the second of two.

    What was said by whom, and what stands after a dash, makes two columns as well.
    """
    texts = [[(text or "").strip() for text in row] for row in table.extract()]
    columns = [column for column in zip(*texts, strict=True) if any(column)]
    if max(len(text.split()) for row in texts for text in row) > _LONGEST:
        return False
    figures = [any(map(str.isdigit, text)) for text in columns[-1] if text]
    return len(columns) > 2 or 2 * sum(figures) >= len(figures)


def _holds(table: Any, other: Any) -> bool:
    """True where another, smaller table lies within a table."""
    if table is other or len(table.cells) <= len(other.cells):
        return False
    one, two = table.bbox, other.bbox
    return bool(one[0] <= two[0] and one[1] <= two[1] and one[2] >= two[2] and one[3] >= two[3])


def _overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > 0 and down > 0


def _told(page: Any, number: int, table: Any, thin: float) -> Table:
    """A table in user space, without empty rows and columns that are thinner than ``thin``."""
    texts = [[" ".join((cell or "").split()) for cell in row] for row in table.extract()]
    boxes = [list(row.cells) for row in table.rows]
    rows = [r for r in range(len(texts)) if any(texts[r]) or _thickness(boxes[r], 1) >= thin]
    columns = [
        c
        for c in range(len(texts[0]))
        if any(row[c] for row in texts) or _thickness([row[c] for row in boxes], 0) >= thin
    ]
    return Table(
        number,
        _box(page, table.bbox),
        tuple(
            tuple(
                Cell(None if boxes[r][c] is None else _box(page, boxes[r][c]), texts[r][c])
                for c in columns
            )
            for r in rows
        ),
    )


def _thickness(cells: Sequence[Any], axis: int) -> float:
    """Points of the thinnest of some cells, along an axis; 0 where all are merged."""
    return min((cell[axis + 2] - cell[axis] for cell in cells if cell is not None), default=0.0)


def _box(page: Any, box: Any) -> Box:
    x0, y0, x1, y1 = user_space(page, [box])[0].round(2).tolist()
    return (x0, y0, x1, y1)
