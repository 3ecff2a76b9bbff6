"""Where pages lie: zoom, dots per inch and device pixels are known here and nowhere else.

Three systems: *user space* of a page (PDF points, origin at the lower left, unrotated); *sheet*,
device pixels of the whole column of pages from its upper left; and the widget's logical pixels,
``sheet / ratio``. Pages lie on whole device pixels, so that bitmaps are drawn without scaling.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cambs_evidence.model import Box, PageShape

#: Logical pixels for each point at 100 %: 96 to the inch.
AT_100 = 96 / 72
LEAST_ZOOM, MOST_ZOOM = 0.1, 16.0
#: Steps of zooming by key.
STEPS = (0.1, 0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0,
         6.0, 8.0, 12.0, 16.0)  # fmt: skip
#: Logical pixels between pages, round them, and for the tags beside them.
GAP, MARGIN, GUTTER = 14, 16, 84
#: Logical pixels of a view from which there is room for tags beside the pages.
ROOMY = 520
#: Points: a page that says it is larger is shown at this size.
LARGEST = 14_400.0


@dataclass(frozen=True, slots=True)
class PageMap:
    """From user space of one page to pixels of its upper left corner and back."""

    media: Box
    rotation: int
    scale: float

    def to_page(self, x: float, y: float) -> tuple[float, float]:
        """A point of user space in pixels."""
        x0, y0, x1, y1 = self.media
        s = self.scale
        if self.rotation == 90:
            return (y - y0) * s, (x - x0) * s
        if self.rotation == 180:
            return (x1 - x) * s, (y - y0) * s
        if self.rotation == 270:
            return (y1 - y) * s, (x1 - x) * s
        return (x - x0) * s, (y1 - y) * s

    def to_user(self, px: float, py: float) -> tuple[float, float]:
        """A point in pixels in user space."""
        x0, y0, x1, y1 = self.media
        u, v = px / self.scale, py / self.scale
        if self.rotation == 90:
            return x0 + v, y0 + u
        if self.rotation == 180:
            return x1 - u, y0 + v
        if self.rotation == 270:
            return x1 - v, y1 - u
        return x0 + u, y1 - v

    def box(self, box: Box) -> tuple[float, float, float, float]:
        """A box of user space as left, top, width, height in pixels."""
        ax, ay = self.to_page(box[0], box[1])
        bx, by = self.to_page(box[2], box[3])
        return min(ax, bx), min(ay, by), abs(bx - ax), abs(by - ay)


class Column:
    """The pages of a document in one column, at one zoom and device pixel ratio."""

    def __init__(
        self, shapes: Sequence[PageShape], zoom: float, ratio: float, gutter: int = GUTTER
    ) -> None:
        self.shapes = shapes
        self.zoom = min(max(zoom, LEAST_ZOOM), MOST_ZOOM)
        self.ratio = ratio
        self.gutter = gutter
        self._tops: list[int] = []
        self._sizes: list[tuple[int, int]] = []
        top = round(MARGIN * ratio)
        widest = 0
        for shape in shapes:
            width, height = size(shape)
            shown = shrink(width, height) * self.scale
            across, down = max(round(width * shown), 1), max(round(height * shown), 1)
            self._tops.append(top)
            self._sizes.append((across, down))
            widest = max(widest, across)
            top += down + round(GAP * ratio)
        self._widest = widest
        self._height = top - round(GAP * ratio) + round(MARGIN * ratio) if shapes else 0

    @property
    def scale(self) -> float:
        """Device pixels for each point."""
        return AT_100 * self.zoom * self.ratio

    @property
    def width(self) -> float:
        """Logical pixels that the widest page takes, with its margins."""
        return self._widest / self.ratio + 2 * MARGIN + self.gutter

    @property
    def height(self) -> float:
        """Logical pixels of all pages with the room between them."""
        return self._height / self.ratio

    def page_size(self, page: int) -> tuple[int, int]:
        """Width and height of a page in device pixels."""
        return self._sizes[page]

    def top(self, page: int) -> int:
        """Where a page begins, in device pixels from the column's upper end."""
        return self._tops[page]

    def left(self, page: int, view: float) -> int:
        """Where a page begins from the left, in device pixels; ``view`` is the width in view."""
        whole = max(view, self.width) - self.gutter
        return max(round((whole * self.ratio - self._sizes[page][0]) / 2), 0)

    def at(self, y: float) -> int:
        """The page at a height (device pixels), or the one above the gap there."""
        return max(bisect.bisect_right(self._tops, y) - 1, 0)

    def between(self, top: float, foot: float) -> range:
        """The pages that lie between two heights, in device pixels."""
        if not self._tops:
            return range(0)
        first = self.at(top)
        if self._tops[first] + self._sizes[first][1] < top:
            first += 1
        return range(first, bisect.bisect_left(self._tops, foot))

    def map(self, page: int) -> PageMap:
        """From user space to device pixels of a page."""
        shape = self.shapes[page]
        return PageMap(shape.media, shape.rotation, self.scale * shrink(*size(shape)))


def turned(shapes: Sequence[PageShape], turn: int) -> Sequence[PageShape]:
    """Pages turned clockwise by so many degrees more."""
    if not turn % 360:
        return shapes
    return [replace(shape, rotation=(shape.rotation + turn) % 360) for shape in shapes]


def usual(shapes: Sequence[PageShape]) -> PageShape:
    """A page as wide as most are."""
    counts: dict[int, tuple[int, PageShape]] = {}
    for shape in shapes[:2000]:
        width = round(size(shape)[0])
        counts[width] = (counts.get(width, (0, shape))[0] + 1, shape)
    return max(counts.values(), key=lambda each: each[0])[1]


def size(shape: PageShape) -> tuple[float, float]:
    """Width and height of a page as it is shown, in points."""
    x0, y0, x1, y1 = shape.media
    width, height = max(x1 - x0, 1.0), max(y1 - y0, 1.0)
    return (height, width) if shape.rotation % 180 else (width, height)


def shrink(width: float, height: float) -> float:
    """What a page that says it is enormous is made smaller by."""
    return min(1.0, LARGEST / max(width, height))


def fitting(shape: PageShape, width: float, height: float | None, gutter: int = GUTTER) -> float:
    """The zoom at which a page fits a view of so many logical pixels; by width alone if told."""
    across, down = size(shape)
    smaller = shrink(across, down)
    zoom = (width - 2 * MARGIN - gutter) / (across * smaller * AT_100)
    if height is not None:
        zoom = min(zoom, (height - 2 * MARGIN) / (down * smaller * AT_100))
    return min(max(zoom, LEAST_ZOOM), MOST_ZOOM)


def next_step(zoom: float, *, larger: bool) -> float:
    """The next zoom by key."""
    if larger:
        return next((each for each in STEPS if each > zoom * 1.01), MOST_ZOOM)
    return next((each for each in reversed(STEPS) if each < zoom * 0.99), LEAST_ZOOM)
