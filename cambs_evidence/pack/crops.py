"""Crops: a passage as it stands on its page, with a line before and after, to be painted later.

Lengths are points and pixels of the page as it is shown, from its left and from its top.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import groupby

import numpy as np
import numpy.typing as npt

from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.regions import FINEST, shown
from cambs_evidence.model import Anchor, Box
from cambs_evidence.pack.contents import Contents, Excerpt

#: From the left, from the top, across and down.
Frame = tuple[int, int, int, int]

#: Points round what is shown, across and down.
_ACROSS, _DOWN = 5.0, 2.5
#: Of the height of a line, how far the next may stand from it.
_NEAR = 1.6
#: Points down a page that are shown of one passage, and of each of its pages at least.
_MOST, _LEAST = 300.0, 110.0
#: How many times as tall as wide a line is that runs up or down.
_SIDEWAYS = 2.0
#: Pages that are read at once, and held.
_AT_ONCE = 64
#: Of the width of a line, how much the next must share with it to be of the same column.
_SHARED = 0.3


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a page (0-based) with a passage on it, at :data:`FINEST` pixels to a point.

    ``marks`` are the words of the passage, in pixels of the crop; ``caption`` says what it is.
    """

    page: int
    frame: Frame
    marks: tuple[Frame, ...]
    caption: str
    alternative: str

    @property
    def size(self) -> tuple[float, float]:
        """Points across and down, as on its own page."""
        return self.frame[2] / FINEST, self.frame[3] / FINEST

    def fitted(self, width: float, height: float) -> tuple[float, float]:
        """Points across and down within width and height; never more than on its own page."""
        scale = min(width / self.size[0], height / self.size[1], 1.0)
        return self.size[0] * scale, self.size[1] * scale

    def runs(self) -> Iterator[tuple[int, int]]:
        """Where the marks begin and end down the crop, those in one taken together, in pixels."""
        run: tuple[int, int] | None = None
        for _, top, _, height in sorted(self.marks, key=lambda mark: mark[1]):
            if run is not None and top <= run[1] + _APART:
                run = (run[0], max(run[1], top + height))
                continue
            if run is not None:
                yield run
            run = (top, top + height)
        if run is not None:
            yield run

    def marks_on(self, box: Box) -> list[Box]:
        """The marks where the crop fills a box of a sheet, in its points."""
        return on_sheet(self.frame, self.marks, box)


#: Pixels.
_HAIR = 0.004
#: Pixels between two lines of one run at most.
_APART = 30


def crops(
    contents: Contents, read: Callable[[str, Sequence[int]], Mapping[int, PageLayer]]
) -> dict[str, tuple[Crop, ...]]:
    """The crops of a pack's quotes by their references; those of areas and tables are pictures.

    ``read`` gives text layers of a document by its id and the 0-based numbers of the pages.
    """
    found: dict[str, tuple[Crop, ...]] = {}
    quoted = [each for each in contents.excerpts if each.link.passage.anchor.region is None]
    for key, some in groupby(sorted(quoted, key=_place), key=lambda each: each.document.id):
        excerpts = list(some)
        spans = (span for each in excerpts for span in each.link.passage.anchor.spans)
        pages = _Pages(partial(read, key), sorted({span.page for span in spans}))
        for excerpt in excerpts:
            anchor = excerpt.link.passage.anchor
            made = tuple(of_passage(anchor, pages.page, excerpt.document.title))
            if made:
                found[excerpt.reference] = made
    return found


def _place(excerpt: Excerpt) -> tuple[str, int]:
    spans = excerpt.link.passage.anchor.spans
    return excerpt.document.id, spans[0].page if spans else -1


class Page:
    """A page, and where its letters stand as it is shown; worked out once for all its crops."""

    def __init__(self, layer: PageLayer) -> None:
        self.layer = layer

    @cached_property
    def letters(self) -> tuple[npt.NDArray[np.float64], ...]:
        """The left, upper, right and lower edges of all letters of the page as it is shown, and
        how far down their middles are.
        """
        boxes = self.layer.boxes[~np.isnan(self.layer.boxes[:, 0])].astype(np.float64)
        x0, y0, x1, y1 = boxes.T
        left, foot, right, top = self.layer.media
        match self.layer.rotation % 360:
            case 90:
                edges = (y0 - foot, x0 - left, y1 - foot, x1 - left)
            case 180:
                edges = (right - x1, y0 - foot, right - x0, y1 - foot)
            case 270:
                edges = (top - y1, right - x1, top - y0, right - x0)
            case _:
                edges = (x0 - left, top - y1, x1 - left, top - y0)
        return (*edges, (edges[1] + edges[3]) / 2)


class _Pages:
    """Pages of a document that are asked for mostly in order, read some at once."""

    def __init__(
        self, read: Callable[[Sequence[int]], Mapping[int, PageLayer]], wanted: Sequence[int]
    ) -> None:
        self._read, self._wanted = read, wanted
        self._held: dict[int, Page] = {}

    def page(self, number: int) -> Page:
        if number not in self._held:
            at = bisect_left(self._wanted, number)
            some = self._read(self._wanted[at : at + _AT_ONCE])
            self._held = {each: Page(layer) for each, layer in some.items()}
        return self._held[number]


def of_passage(anchor: Anchor, at: Callable[[int], Page], title: str) -> Iterator[Crop]:
    """The crops of one passage: one for each page and column that it stands in.

    ``at`` gives the pages by their 0-based numbers.
    """
    pages = len({span.page for span in anchor.spans})
    for span in anchor.spans:
        page = at(span.page)
        columns = list(_columns(_lines(page.layer, span.start, span.end)))
        total = sum(map(len, columns))
        room = max(_MOST / pages, _LEAST)
        left = total
        for column in columns:
            kept = _within(column, room)
            if not kept:
                break
            left -= len(kept)
            room -= kept[-1].box[3] - kept[0].box[1]
            cut = len(kept) < len(column)
            told = (total - left, total) if cut else (total, total)
            crop = _crop(page, kept, anchor, title, told)
            if crop.marks:  # what lies off the page cannot be shown
                yield crop
            if cut:
                break


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page: where it starts and ends in the text, and its box as it is shown."""

    start: int
    end: int
    box: Box


def _lines(layer: PageLayer, start: int, end: int) -> Iterator[_Line]:
    """The lines that a stretch of text touches."""
    text = layer.text
    at = text.rfind("\n", 0, start) + 1
    while at < min(end, len(text)):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        box = _box(layer, at, stop)
        if box is not None and _stands(layer, max(start, at), min(end, stop)):
            yield _Line(at, stop, box)
        at = stop + 1


def _stands(layer: PageLayer, start: int, end: int) -> bool:
    """True where any of a stretch of text stands on the page."""
    return not bool(np.isnan(layer.boxes[start:end, 0]).all())


def _shown(layer: PageLayer, box: Box) -> Box:
    return shown(box, layer.media, layer.rotation)


def _box(layer: PageLayer, start: int, end: int) -> Box | None:
    """The box of a stretch of text as it is shown; None where it stands nowhere."""
    boxes: npt.NDArray[np.float32] = layer.boxes[start:end]
    boxes = boxes[~np.isnan(boxes[:, 0])]
    if not len(boxes):
        return None
    low, high = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    return _shown(layer, (low[0], low[1], high[0], high[1]))


def _columns(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    """Lines that follow each other down the page."""
    column: list[_Line] = []
    for line in lines:
        if column and not _follows(column[-1].box, line.box, 4 * _NEAR):
            yield column
            column = []
        column.append(line)
    if column:
        yield column


def _follows(one: Box, other: Box, near: float) -> bool:
    """True where a line stands under another, not far off, in the same column.

    Lines that run up or down the page as it is shown stand beside each other.
    """
    if all(box[3] - box[1] > _SIDEWAYS * (box[2] - box[0]) for box in (one, other)):
        shared = min(one[3], other[3]) - max(one[1], other[1])
        height = min(one[3] - one[1], other[3] - other[1])
        thick = max(one[2] - one[0], other[2] - other[0], 1.0)
        step = abs(one[0] + one[2] - other[0] - other[2]) / 2
        return shared > _SHARED * height and step < near * thick + thick
    height = max(one[3] - one[1], other[3] - other[1], 1.0)
    width = max(min(one[2] - one[0], other[2] - other[0]), 1.0)
    shared = min(one[2], other[2]) - max(one[0], other[0])
    down = (other[1] + other[3] - one[1] - one[3]) / 2
    return shared > _SHARED * width and -0.3 * height < down < near * height + height


def _within(column: Sequence[_Line], room: float) -> list[_Line]:
    """As many lines as there is room for; one, or none where there is no room at all."""
    if room <= 0:
        return []
    top = column[0].box[1]
    kept = [line for line in column if line.box[3] - top <= room]
    return kept or list(column[:1])


def _crop(
    page: Page, lines: Sequence[_Line], anchor: Anchor, title: str, told: tuple[int, int]
) -> Crop:
    """The crop of some lines; ``told`` is how many of how many on the page are in the crops."""
    count, total = told
    layer = page.layer
    boxes = [line.box for line in lines]
    before = _beside(layer, lines[0].start - 1, after=False)
    if before is not None and _follows(before, lines[0].box, _NEAR):
        boxes.append(before)
    if count == total:
        after = _beside(layer, lines[-1].end + 1, after=True)
        if after is not None and _follows(lines[-1].box, after, _NEAR):
            boxes.append(after)
    left, top = (min(box[axis] for box in boxes) for axis in (0, 1))
    right, foot = (max(box[axis] for box in boxes) for axis in (2, 3))
    frame = _frame(_clear(page, (left, top, right, foot)))
    words = f"As it stands on page {layer.index + 1}"
    if count < total:
        words += f": the first {count} of its {total} lines there"
    marks = marked(
        frame,
        [_shown(layer, box) for span in anchor.spans if span.page == layer.index
         for box in span.quads],
    )  # fmt: skip
    return Crop(layer.index, frame, marks, words, f"{words}, of {title}; the quote is marked.")


def _clear(page: Page, box: Box) -> Box:
    """A box with some room round it, but not so much that parts of other lines stand in it."""
    across, down = _size(page.layer)
    left, right = max(box[0] - _ACROSS, 0.0), min(box[2] + _ACROSS, across)
    top, foot = max(box[1] - _DOWN, 0.0), min(box[3] + _DOWN, down)
    starts, tops, ends, feet, middles = page.letters
    beside = (starts < right) & (ends > left)
    over, under = feet[beside & (middles < box[1])], tops[beside & (middles > box[3])]
    if len(over):
        top = max(top, min(float(over.max()), box[1]))
    if len(under):
        foot = min(foot, max(float(under.min()), box[3]))
    return (left, top, right, foot)


def _beside(layer: PageLayer, at: int, *, after: bool) -> Box | None:
    """The line that starts or ends at a place of the text, past an empty one."""
    text = layer.text
    while 0 <= at < len(text) and text[at] == "\n":
        at += 1 if after else -1
    if not 0 <= at < len(text):
        return None
    if after:
        stop = text.find("\n", at)
        return _box(layer, at, len(text) if stop < 0 else stop)
    return _box(layer, text.rfind("\n", 0, at + 1) + 1, at + 1)


def _size(layer: PageLayer) -> tuple[float, float]:
    x0, y0, x1, y1 = layer.media
    return (y1 - y0, x1 - x0) if layer.rotation % 180 else (x1 - x0, y1 - y0)


def _frame(box: Box) -> Frame:
    """The pixels that a box touches; a hair's breadth counts for nothing.

    What is told in hundredths of a point often ends just between two pixels, and the size of a page
    is known a hair less exactly where it is read again.
    """
    x, y = (math.floor(value * FINEST + _HAIR) for value in box[:2])
    right, foot = (math.ceil(value * FINEST - _HAIR) for value in box[2:])
    return x, y, max(right - x, 1), max(foot - y, 1)


def on_sheet(frame: Frame, marks: Sequence[Frame], box: Box) -> list[Box]:
    """Parts of a crop, in its pixels, where it fills a box of a sheet, in points."""
    across, down = (box[2] - box[0]) / frame[2], (box[3] - box[1]) / frame[3]
    return [
        (
            box[0] + x * across,
            box[3] - (y + height) * down,
            box[0] + (x + width) * across,
            box[3] - y * down,
        )
        for x, y, width, height in marks
    ]


def marked(frame: Frame, boxes: Sequence[Box]) -> tuple[Frame, ...]:
    """Boxes of a page as it is shown, in points, as pixels of a crop; what lies off it is not."""
    found = []
    for box in boxes:
        left, top, across, down = _frame(box)
        x0, y0 = max(left - frame[0], 0), max(top - frame[1], 0)
        x1 = min(left - frame[0] + across, frame[2])
        y1 = min(top - frame[1] + down, frame[3])
        if x1 > x0 and y1 > y0:
            found.append((x0, y0, x1 - x0, y1 - y0))
    return tuple(found)
