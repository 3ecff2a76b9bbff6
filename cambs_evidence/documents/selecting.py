"""Pointing at text: which character a point of a page means, words, paragraphs, steps of a caret.

A caret is ``(page, offset)``: a 0-based page, and the code point of the page's text before which it
stands. Points and boxes are in unrotated user space, in PDF points.
"""

from __future__ import annotations

import bisect
import re
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.layout import Layout
from cambs_evidence.model import Box

Caret = tuple[int, int]

#: How much further a point is from a line above or below it than from one beside it.
_ACROSS = 2.0
#: A letter with the accents that stand behind it as characters of their own.
_LETTERS = r"(?:\w[\u0300-\u036f]*)+"
_WORD = re.compile(rf"{_LETTERS}(?:[’'‐‑-]{_LETTERS})*")
_WORD_END = re.compile(r"\s*\S+")
_SPACE = re.compile(r"\s")


class Lines:
    """The lines of one page; a cell of a table is a line of its own.

    What was read as one line although it lies in several rows is several lines.
    """

    def __init__(self, layer: PageLayer) -> None:
        self.layer = layer
        text, boxes = layer.text, layer.boxes
        real = ~np.isnan(boxes[:, 0]) if len(text) else np.zeros(0, bool)
        new = real & ~np.concatenate([[False], _goes_on(boxes)])
        starts = np.flatnonzero(new)
        last = np.flatnonzero(real & np.concatenate([(new | ~real)[1:], [True]]))
        self.ranges = [(int(a), int(b) + 1) for a, b in zip(starts, last, strict=True)]
        self._starts = [start for start, _ in self.ranges]
        self.boxes: npt.NDArray[np.float64] = np.array(
            [[*boxes[a:b, :2].min(axis=0), *boxes[a:b, 2:].max(axis=0)] for a, b in self.ranges],
            np.float64,
        ).reshape(-1, 4)
        self._shown = _shown(self.boxes, layer.rotation)
        self._reach = _reach(self._shown)
        self._layout = Layout(layer, self.ranges, self._shown)

    def caret(self, x: float, y: float) -> int:
        """The offset nearest to a point, wherever on the page it is."""
        line = self.nearest(x, y)
        return self._within(line, x, y) if line is not None else 0

    def character(self, x: float, y: float) -> int | None:
        """The offset of the character that a point is on, None where it is on none."""
        boxes = self.layer.boxes
        if not len(boxes):
            return None
        on = (boxes[:, 0] <= x) & (x <= boxes[:, 2]) & (boxes[:, 1] <= y) & (y <= boxes[:, 3])
        found = np.flatnonzero(on)
        return int(found[0]) if len(found) else None

    def nearest(self, x: float, y: float) -> int | None:
        """The number of the line nearest to a point, None on a page without text."""
        if not self.ranges:
            return None
        x, y = _shown(np.array([[x, y, x, y]]), self.layer.rotation)[0, :2].tolist()
        reach, boxes = self._reach, self._shown
        beside = np.maximum(np.maximum(reach[:, 0] - x, x - reach[:, 2]), 0)
        across = np.maximum(np.maximum(reach[:, 1] - y, y - reach[:, 3]), 0)
        # Where two lines reach as far, the one whose own words are nearer is meant.
        own = np.maximum(np.maximum(boxes[:, 0] - x, x - boxes[:, 2]), 0)
        return int(np.argmin(beside**2 + (_ACROSS * across) ** 2 + 1e-6 * own))

    def _within(self, line: int, x: float, y: float) -> int:
        start, end = self.ranges[line]
        boxes = self.layer.boxes[start:end].astype(np.float64)
        axis, forward = self._way(line)
        before = forward * (boxes[:, axis] + boxes[:, axis + 2]) / 2 < forward * (x, y)[axis]
        return start + int(before.sum())

    def _way(self, line: int) -> tuple[int, float]:
        """Along which axis a line runs, 0 for x or 1 for y, and -1 where it runs down it."""
        start, end = self.ranges[line]
        if end - start < 2:
            axis = int(self.layer.rotation in {90, 270})
            return axis, -1.0 if self.layer.rotation in {180, 270} else 1.0
        first, last = self.layer.boxes[[start, end - 1]].astype(np.float64)
        way = (last[:2] + last[2:] - first[:2] - first[2:]).tolist()
        axis = int(abs(way[1]) > abs(way[0]))
        return axis, -1.0 if way[axis] < 0 else 1.0

    def leftwards(self, offset: int) -> bool:
        """True where the line that an offset stands in is read from right to left as it is shown.

        A line that does not lie across the page as it is shown never is.
        """
        if not self.ranges:
            return False
        axis, forward = self._way(self.line_of(offset))
        turn = self.layer.rotation
        return axis == int(turn in {90, 270}) and forward != (-1.0 if turn in {180, 270} else 1.0)

    def line_of(self, offset: int) -> int:
        """The number of the line that an offset stands in or behind; 0 before the first."""
        return max(bisect.bisect_right(self._starts, offset) - 1, 0)

    def range_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The code points of the line nearest to a point, None on a page without text.

        A cell of a table is a line of its own; words that are set far apart to fill the measure
        are not.
        """
        line = self.nearest(x, y)
        return self._whole(line) if line is not None else None

    def range_around(self, offset: int) -> tuple[int, int] | None:
        """The code points of the line that an offset stands in or behind, as :meth:`range_at`."""
        return self._whole(self.line_of(offset)) if self.ranges else None

    def _whole(self, line: int) -> tuple[int, int]:
        first, last = self._layout.set_wide.get(line, (line, line))
        return self.ranges[first][0], self.ranges[last][1]

    def first_within(self, box: Box) -> int | None:
        """The offset of the first line, as they are read, whose middle lies in a box.

        One of the running header, the footer or a footnote only where there is none of the body.
        """
        x, y = (self.boxes[:, :2] + self.boxes[:, 2:]).T / 2
        inside = np.flatnonzero((box[0] <= x) & (x <= box[2]) & (box[1] <= y) & (y <= box[3]))
        found = [self.ranges[line][0] for line in inside.tolist()]
        low, high = self.layer.body
        return next((start for start in found if low <= start < high), min(found, default=None))

    def beside(self, offset: int, lines: int, wished: tuple[float, float] | None) -> int | None:
        """The offset some lines below (or above, if negative), at the same height of the measure.

        ``wished`` is a point that the caret would like to be above or below, as lines run; None
        for where it is now. From the foot of a column it goes on at the top of the next. What
        stands in the body stays in it: past its first or last line there is None, and so there is
        past the page's end.
        """
        if not self.ranges:
            return None
        x, y = self.point(offset) if wished is None else wished
        across = float(_shown(np.array([[x, y, x, y]]), self.layer.rotation)[0, 0])
        line = self.line_of(offset)
        for _ in range(abs(lines)):
            found = self._layout.beyond(line, 1 if lines > 0 else -1, across)
            if found is None:
                return None
            line = found
        return self._within(line, x, y)

    @property
    def goes_on(self) -> frozenset[int]:
        """Offsets of lines and of parts of lines that go on with the paragraph before them.

        They are told by a line whose words are set far apart to fill the measure.
        """
        return self._layout.goes_on

    def point(self, offset: int) -> tuple[float, float]:
        """The middle of a caret."""
        x0, y0, x1, y1 = self.caret_box(offset)
        return (x0 + x1) / 2, (y0 + y1) / 2

    def caret_box(self, offset: int) -> Box:
        """The box of a caret: where its character begins, else where the last of its line ends.

        It has no extent along the line: ``x0 == x1`` where the line runs along x, ``y0 == y1``
        where it lies and runs up or down the page. Drawn from one corner to the other it is a bar
        across the line either way. At the page's corner where there is no text.
        """
        if not self.ranges:
            x0, _, _, y1 = self.layer.media
            return (x0, y1, x0, y1)
        line = self.line_of(offset)
        start, end = self.ranges[line]
        behind = offset >= end
        box = self.layer.boxes[end - 1 if behind else max(offset, start)].tolist()
        axis, forward = self._way(line)
        edge = box[axis + 2 if behind == (forward > 0) else axis]
        box[axis] = box[axis + 2] = edge
        return (box[0], box[1], box[2], box[3])


def _goes_on(boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """For each character but the first, whether it stands on the line of the one before it.

    Where either has no box it does not; on one line two share height or, if it lies, width.
    """
    one, other = boxes[:-1], boxes[1:]
    shared = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    return np.asarray((shared > 0).any(axis=1))


def _shown(boxes: npt.NDArray[np.float64], rotation: int) -> npt.NDArray[np.float64]:
    """Boxes as the page is shown: x to the right and y up, wherever the origin."""
    x0, y0, x1, y1 = boxes.T
    turned = {
        90: (y0, -x1, y1, -x0),
        180: (-x1, -y1, -x0, -y0),
        270: (-y1, x0, -y0, x1),
    }.get(rotation, (x0, y0, x1, y1))
    return np.column_stack(turned)


def _reach(boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Each line's box, as it is shown, as wide as those above and below that it is read on from.

    The empty room behind the short last line of a paragraph belongs to that line, but never what
    stands in it, nor what is beyond that.
    """
    reach = boxes.copy()
    first = 0
    for line in range(1, len(boxes) + 1):
        if line < len(boxes):
            above, below = boxes[line - 1], boxes[line]
            height = max(above[3] - above[1], 1.0)
            follows = below[3] <= above[3] - 0.3 * height and above[1] - below[3] < 3 * height
            if follows and min(above[2], below[2]) > max(above[0], below[0]):
                continue
        reach[first:line, 0] = boxes[first:line, 0].min()
        reach[first:line, 2] = boxes[first:line, 2].max()
        first = line
    for line, (x0, y0, x1, y1) in enumerate(boxes):
        level = boxes[(boxes[:, 1] < y1) & (boxes[:, 3] > y0)]
        reach[line, 0] = max([reach[line, 0], *level[level[:, 2] <= x0, 2]])
        reach[line, 2] = min([reach[line, 2], *level[level[:, 0] >= x1, 0]])
    return reach


def word_at(text: str, offset: int) -> tuple[int, int]:
    """The word that an offset stands in or beside; otherwise the one sign there."""
    low = max(text.rfind(" ", 0, offset), text.rfind("\n", 0, offset), 0)
    space = _SPACE.search(text, offset)
    for match in _WORD.finditer(text, low, space.start() if space else len(text)):
        if match.start() <= offset <= match.end():
            if match.end() == offset and text[offset : offset + 1].strip():
                continue  # it is the sign behind the word that is pointed at
            return match.span()
    return offset, min(offset + 1, len(text))


def paragraph_at(layer: PageLayer, offset: int, lines: Lines | None = None) -> tuple[int, int]:
    """The paragraph of its page that an offset stands in.

    Wide lines can look like paragraphs of their own; where a sentence goes on from one to the next
    they are one. With the page's ``lines`` those are known too that are set wide to fill the
    measure.
    """
    zones = {0, *layer.body, *layer.notes, len(layer.text)}
    kinds = {start.offset: start.kind for start in layer.starts}
    runs_on = lines.goes_on if lines else frozenset[int]()
    edges = sorted(
        zones
        | {at for at in kinds if at in zones or not (at in runs_on or _runs_on(layer, kinds, at))}
    )
    for start, end in pairwise(edges):
        if start <= offset < end:
            return start, end
    return edges[-2] if len(edges) > 1 else 0, len(layer.text)


def _runs_on(layer: PageLayer, kinds: dict[int, str], at: int) -> bool:
    """True where what begins at an offset is the middle of a sentence."""
    before, after = layer.text[:at].rstrip(), layer.text[at : at + 40].lstrip()
    running = kinds[at] == "paragraph" and before[-1:].isalpha() | (before[-1:] in {",", "-", "–"})
    return running and after[:1].islower()


def step(text: str, offset: int, *, words: bool, back: bool) -> int | None:
    """The next offset by a character or a word; None past the text's end.

    White space between lines, which stands nowhere on the page, is passed at once.
    """
    if back:
        before = text[:offset].rstrip("\n\t")
        if not before:
            return None
        if not words:
            return len(before) - 1
        before = before.rstrip()
        found = None
        for match in re.finditer(r"\S+", before[-400:]):
            found = match
        return len(before) - len(before[-400:]) + found.start() if found else None
    if not text[offset:].strip("\n\t"):
        return None
    at = offset
    if words:
        ends = _WORD_END.search(text, at)
        return ends.end() if ends else len(text)
    at += 1
    while at < len(text) and text[at - 1] in "\n\t":
        at += 1
    return at
