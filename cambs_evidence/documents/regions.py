"""Parts of a page that are more than words: areas, tables, rows and cells.

The words of a part are those of which half lies within its box, so that what an area is said to
hold is what a reader sees in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.errors import Refused, WordsOff
from cambs_evidence.model import Anchor, Box, Cell, PageSpan, Region, Table

if TYPE_CHECKING:
    from cambs_evidence.documents.anchors import DocumentText

#: Pixels to a point of a picture at 150 dpi, and pixels of one picture at most.
FINEST, LARGEST = 150 / 72, 2_000_000
#: Points that an area measures at least, across and down.
SMALLEST = 4.0
_WORD = re.compile(r"\S+")
KINDS = ("area", "table", "row", "cell")


def ranges(layer: PageLayer, box: Box) -> list[tuple[int, int]]:
    """The stretches of a page's text in a box, in reading order: whole words.

    A word of which half the letters have their middles in the box is in it. Words that follow
    each other are one stretch: the ends of lines and cells stand nowhere.
    """
    middle = (layer.boxes[:, :2] + layer.boxes[:, 2:]) / 2
    x, y = middle[:, 0], middle[:, 1]
    inside = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    if not bool(inside.any()):
        return []
    found: list[tuple[int, int]] = []
    follows = False
    for word in _WORD.finditer(layer.text):
        start, end = word.span()
        if 2 * int(inside[start:end].sum()) < end - start:
            follows = False
        elif follows:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
            follows = True
    return found


def words(layer: PageLayer, box: Box) -> str:
    """The words of a page in a box, white space folded."""
    return " ".join(" ".join(layer.text[a:b] for a, b in ranges(layer, box)).split())


def filled(table: Table, layer: PageLayer) -> Table:
    """The table with the words of the text layer in its cells, where it has some there.

    The words of the finder stay where the layer has none.
    """
    rows = tuple(
        tuple(
            replace(cell, text=words(layer, cell.box) or cell.text) if cell.box else cell
            for cell in row
        )
        for row in table.rows
    )
    return replace(table, rows=rows)


def clipped(layer: PageLayer, box: Box) -> Box:
    """A box within the page, in hundredths of a point.

    Raises WordsOff where it is no box or too small, Refused where it lies off the page.
    """
    if len(box) != 4 or not all(map(math.isfinite, box)):
        raise WordsOff("An area is told by four numbers: left, foot, right and top.")
    left, right = sorted((box[0], box[2]))
    foot, top = sorted((box[1], box[3]))
    x0, y0, x1, y1 = layer.media
    if right <= x0 or left >= x1 or top <= y0 or foot >= y1:
        raise Refused("The area lies off the page; draw it on the page.", code="off-page")
    left, foot, right, top = max(left, x0), max(foot, y0), min(right, x1), min(top, y1)
    if right - left < SMALLEST or top - foot < SMALLEST:
        raise WordsOff("The area is too small to be seen; draw a larger one.")
    return (round(left, 2), round(foot, 2), round(right, 2), round(top, 2))


def anchored(text: DocumentText, page: int, region: Region) -> Anchor:
    """The anchor of a part of a page (0-based): the words in its box, or the box alone."""
    place = text.within(page, region.box)
    if place is not None:
        return replace(text.anchor(place), region=region)
    span = PageSpan(page, 0, 0, (region.box,))
    return Anchor(text.sha256, text.layer_version, (span,), "", "", "", region=region)


def scale_of(box: Box) -> float:
    """Pixels to a point in the picture of a box: 150 dpi, less where it would be too large."""
    return min(FINEST, math.sqrt(LARGEST / max((box[2] - box[0]) * (box[3] - box[1]), 1e-6)))


def shown(box: Box, media: Box, rotation: int) -> Box:
    """A box in user space as left, top, right and bottom on the page as it is shown, in points."""
    x0, y0, x1, y1 = box
    left, foot, right, top = media
    return {
        0: (x0 - left, top - y1, x1 - left, top - y0),
        90: (y0 - foot, x0 - left, y1 - foot, x1 - left),
        180: (right - x1, y0 - foot, right - x0, y1 - foot),
        270: (top - y1, right - x1, top - y0, right - x0),
    }[rotation % 360]


def sound(anchor: Anchor, layer: PageLayer) -> bool:
    """True where an anchor with a region stands on a page just as it would be made there."""
    region, page = anchor.region, layer.index
    if region is None or region.kind not in KINDS or not all(map(math.isfinite, region.box)):
        return False
    spans = [(span.page, span.start, span.end) for span in anchor.spans]
    if layer.recognition is not None and spans == [(page, 0, 0)]:
        return True  # it was marked before the words were recognised, and stays what it was
    wanted = [(page, start, end) for start, end in ranges(layer, region.box)] or [(page, 0, 0)]
    return spans == wanted


def part(table: Table, row: int | None, column: int | None, rotation: int) -> Region:
    """The whole table, one of its rows, or one cell (0-based), without a picture.

    ``rotation`` is how the page is shown turned. Raises WordsOff where the table has no such row
    or cell.
    """
    if row is None and column is None:
        return Region("table", table.box, _texts(table.rows))
    if row is None:
        raise WordsOff("A cell is told by its row and its column.")
    if not 0 <= row < len(table.rows):
        raise WordsOff(f"The table has {len(table.rows)} rows; there is no row {row + 1}.")
    cells = table.rows[row]
    if column is None:
        boxes = [cell.box for cell in cells if cell.box is not None]
        if not boxes:
            raise WordsOff(f"Row {row + 1} of the table is merged into another; choose that one.")
        return Region("row", _strip(boxes, upright=rotation % 180 == 0), _texts([cells]))
    if not 0 <= column < len(cells):
        raise WordsOff(f"The row has {len(cells)} cells; there is no cell {column + 1}.")
    box = cells[column].box
    if box is None:
        raise WordsOff("This cell is merged into another; choose that one.")
    return Region("cell", box, ((cells[column].text,),))


def _texts(rows: Sequence[Sequence[Cell]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(cell.text for cell in row) for row in rows)


def _strip(boxes: Sequence[Box], *, upright: bool) -> Box:
    """The strip that the cells of a row share; one that is merged downwards goes on below it."""
    low, high = ((1, 3) if upright else (0, 2)), ((0, 2) if upright else (1, 3))
    strip = [0.0] * 4
    strip[low[0]] = max(box[low[0]] for box in boxes)
    strip[low[1]] = min(box[low[1]] for box in boxes)
    strip[high[0]] = min(box[high[0]] for box in boxes)
    strip[high[1]] = max(box[high[1]] for box in boxes)
    return (strip[0], strip[1], strip[2], strip[3])


def bands(layer: PageLayer) -> list[Box]:
    """Where on a page the text layer has rows of cells, at least two under each other."""
    ends = [*(start.offset for start in layer.starts), len(layer.text)][1:]
    rows = np.zeros(len(layer.text), bool)
    for start, end in zip(layer.starts, ends, strict=True):
        rows[start.offset : end] = start.kind == "row"
    runs: list[list[tuple[int, int]]] = [[]]
    at = 0
    for line in layer.text.split("\n"):
        end = at + len(line) + 1
        if line.strip() and ("\t" in line.strip() or bool(rows[at:end].any())):
            runs[-1].append((at, end))
        elif line.strip() and runs[-1]:
            runs.append([])
        at = end
    return [_round(layer, run[0][0], run[-1][1]) for run in runs if len(run) > 1]


def _round(layer: PageLayer, start: int, end: int) -> Box:
    """The box round a stretch of a page's text that stands somewhere."""
    boxes = layer.boxes[start:end]
    boxes = boxes[~np.isnan(boxes[:, 0])].astype(np.float64)
    low, high = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    return (low[0], low[1], high[0], high[1])
