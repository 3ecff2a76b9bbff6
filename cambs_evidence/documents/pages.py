"""Pages that are being set: what is drawn on them and, with it, their text layer.

The layer comes from here and never from reading the PDF back: whatever draws a line also says which
characters stand on it, where, and where in the source they come from.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from cambs_evidence.documents.flow import Inset
from cambs_evidence.documents.layer import NO_TEXT, TEXT, FloatArray, IntArray, PageLayer, Start
from cambs_evidence.typography import Line, Placed, char_boxes, draw, new_canvas

#: A4, and the margins around what is set, in points.
WIDTH, HEIGHT = 595.276, 841.89
LEFT = RIGHT = 72.0
TOP = BOTTOM = 68.0
MEASURE = WIDTH - LEFT - RIGHT
DEPTH = HEIGHT - TOP - BOTTOM

_RULE_WIDTH = 0.4
_RULE_GREY = 0.62
#: Points above footnotes, with the rule over them, and that rule's length.
_ABOVE_NOTES, _NOTE_RULE = 9.0, 120.0
#: Share of a page that footnotes carried over from the one before may take.
_MOST_CARRIED = 0.5


class SmallLine(NamedTuple):
    """A line of a note, header or footer; ``first`` of its text, ``drop`` to its baseline."""

    line: Line
    text: str
    source: IntArray
    leading: float
    drop: float
    first: bool


class Margins(NamedTuple):
    """What is printed above and below the body of a page."""

    top: Sequence[SmallLine] = ()
    foot: Sequence[SmallLine] = ()


class Press:
    """Pages one after the other; ``y`` is where the next thing on the page begins, in points."""

    def __init__(self, title: str) -> None:
        self._file = io.BytesIO()
        self._canvas = new_canvas(self._file, title, (WIDTH, HEIGHT))
        self._layers: list[PageLayer] = []
        self._margins = Margins()
        self._carried: deque[SmallLine] = deque()
        self._begin_page()

    @property
    def room(self) -> float:
        """Points left on the page."""
        return self.y - self._bottom

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands on the page yet."""
        return not self._page.used

    def turn(self) -> None:
        """Goes on to a new page."""
        self._finish()
        self._begin_page()

    def run(self, first: Margins, others: Margins) -> None:
        """What is printed above and below from here on: on this page, and on all that follow."""
        if not self.is_empty:
            self._finish()
        self._margins = first
        self._begin_page()
        self._margins = others

    def _begin_page(self) -> None:
        top, foot = self._margins
        self._page = _Page()
        self.y = HEIGHT - TOP - _height(top[_IN_MARGIN:])
        self._bottom = BOTTOM + _height(foot[_IN_MARGIN:])
        self._at_foot = foot
        at = HEIGHT - TOP / 2 + _height(top[:_IN_MARGIN]) / 2 if top else 0.0
        self._page.set_small(_TOP, "furniture", top, at)
        self._page.used = False
        self._notes: list[SmallLine] = []
        waiting, self._carried = self._carried, deque()
        if waiting:
            self._page.used = True
            self._take_notes(waiting, self.room * _MOST_CARRIED)

    def room_for(self, notes: Sequence[SmallLine]) -> float:
        """Points that notes need at least on the page of the line that refers to them."""
        if not notes:
            return 0.0
        return _height(notes[:_TOGETHER]) + (0.0 if self._notes else _ABOVE_NOTES)

    def annotate(self, notes: Sequence[SmallLine]) -> None:
        """Puts notes at the foot of the page; what does not fit there comes on those after it."""
        if notes:
            self._take_notes(deque(notes), self.room)

    def _take_notes(self, waiting: deque[SmallLine], room: float) -> None:
        while waiting and not self._carried:
            needed = waiting[0].leading + (0.0 if self._notes else _ABOVE_NOTES)
            if needed > room:
                break
            room -= needed
            self._bottom += needed
            self._notes.append(waiting.popleft())
        self._carried.extend(waiting)

    def show(self, inset: Inset, x: float) -> None:
        """Draws a picture from ``y`` down, without moving on."""
        self._page.insets.append((inset, x, self.y - inset.height))
        self._page.used = True

    def begin(self, kind: str, separator: str) -> None:
        """A block begins here; ``separator`` stands between it and what came before."""
        body = self._page.body
        body.separate(separator)
        body.flush()
        body.starts.append((body.length, kind))

    def separate(self, separator: str, source: int = -1) -> None:
        """Something that stands nowhere on the page, kept only if more follows on the page."""
        self._page.body.separate(separator, source)

    def end_cell(self) -> None:
        """The end of a cell that is not the last of its row."""
        self._page.body.separate("")
        self._page.body.add("\t", np.full((1, 4), np.nan, np.float32), np.array([-1], np.int32))

    def put(self, line: Line, text: str, source: IntArray, x: float, y: float) -> None:
        """Draws a line and adds its characters to the layer.

        Args:
            line: a line of ``text``.
            text: the text it was broken from.
            source: for each of its characters the offset in the source, or -1.
            x: left edge of the measure, in points.
            y: baseline, in points.
        """
        shown = slice(line.start, line.shown)
        boxes = char_boxes(line, x, y)[: line.shown - line.start]
        if "\t" in text[shown]:
            boxes[[character == "\t" for character in text[shown]]] = np.nan
        self._page.body.flush()
        self._page.used = True
        self._page.body.add(text[shown], boxes, source[shown])
        self._page.placed.append(Placed(line, x, y))
        rest = text[line.shown : line.end]
        if "\t" in rest:
            boxes = np.full((len(rest), 4), np.nan, np.float32)
            self._page.body.add("\t" * len(rest), boxes, source[line.shown : line.end])
        elif rest:
            self._page.body.separate("\n", int(source[line.shown]))

    def put_gap(self, source: int, box: tuple[float, float, float, float]) -> None:
        """A space that is set by moving on, such as that between a marker and its text."""
        self._page.body.flush()
        self._page.body.add(" ", np.array([box], np.float32), np.array([source], np.int32))

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A thin grey line, in points."""
        self._page.rules.append((x0, y0, x1, y1))

    def finish(self) -> tuple[bytes, list[PageLayer]]:
        """The PDF and the layers of its pages."""
        while self._carried:
            self.turn()
        self._finish()
        self._canvas.save()
        return self._file.getvalue(), self._layers

    def _finish(self) -> None:
        canvas, page = self._canvas, self._page
        if self._notes:
            top = BOTTOM + _height(self._at_foot[_IN_MARGIN:]) + _height(self._notes)
            rule = top + _ABOVE_NOTES / 3
            page.rules.append((LEFT, rule, LEFT + _NOTE_RULE, rule))
            page.set_small(_NOTES, "note", self._notes, top)
        if self._at_foot:
            lifted = _height(self._at_foot[_IN_MARGIN:])
            within = _height(self._at_foot[:_IN_MARGIN])
            page.set_small(_FOOT, "furniture", self._at_foot, BOTTOM / 2 + within / 2 + lifted)
        self._layers.append(page.layer(len(self._layers)))
        for inset, x, y in page.insets:
            _draw_inset(canvas, inset, x, y)
        if page.rules:
            canvas.setStrokeGray(_RULE_GREY)
            canvas.setLineWidth(_RULE_WIDTH)
            canvas.lines(page.rules)
            canvas.setStrokeGray(0)
        draw(canvas, page.placed)
        canvas.showPage()


#: Lines of a header or footer that the margin has room for; more make the body shorter.
_IN_MARGIN = 3
_TOGETHER = 2
_TOP, _BODY, _NOTES, _FOOT = range(4)


def _height(lines: Sequence[SmallLine]) -> float:
    return sum(line.leading for line in lines)


def _draw_inset(canvas: Any, inset: Inset, x: float, y: float) -> None:
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415

    if inset.data:
        picture = ImageReader(io.BytesIO(inset.data))
        canvas.drawImage(picture, x, y, inset.width, inset.height)
        return
    canvas.setStrokeGray(_RULE_GREY)
    canvas.setLineWidth(_RULE_WIDTH)
    canvas.rect(x, y, inset.width, inset.height)
    canvas.setStrokeGray(0)


class _Zone:
    """The text of one zone of a page so far."""

    def __init__(self) -> None:
        self.starts: list[tuple[int, str]] = []
        self.length = 0
        self.texts: list[str] = []
        self.boxes: list[FloatArray] = []
        self.sources: list[IntArray] = []
        self._separator, self._separator_source = "", -1

    def add(self, text: str, boxes: FloatArray, source: IntArray) -> None:
        self.texts.append(text)
        self.boxes.append(boxes)
        self.sources.append(source)
        self.length += len(text)

    def separate(self, separator: str, source: int = -1) -> None:
        self._separator, self._separator_source = separator, source

    def flush(self) -> None:
        """Adds the separator that waits, unless nothing stands before it."""
        separator = self._separator
        if separator and self.length:
            source = np.full(len(separator), -1, np.int32)
            source[0] = self._separator_source
            self.add(separator, np.full((len(separator), 4), np.nan, np.float32), source)
        self._separator, self._separator_source = "", -1


class _Page:
    """What stands on one page so far."""

    def __init__(self) -> None:
        self.used = False
        self.placed: list[Placed] = []
        self.rules: list[tuple[float, float, float, float]] = []
        self.insets: list[tuple[Inset, float, float]] = []
        self.zones = [_Zone() for _ in range(4)]
        self.body = self.zones[_BODY]

    def set_small(self, zone: int, kind: str, lines: Sequence[SmallLine], y: float) -> None:
        """Sets lines of a zone other than the body from ``y`` down."""
        to = self.zones[zone]
        for line, text, source, leading, drop, first in lines:
            if first or not to.length:
                to.separate("\n\n")
                to.flush()
                to.starts.append((to.length, kind))
            else:
                to.flush()
            boxes = char_boxes(line, LEFT, y - drop)[: line.shown - line.start]
            shown = slice(line.start, line.shown)
            to.add(text[shown], boxes, source[shown])
            self.placed.append(Placed(line, LEFT, y - drop))
            if line.shown < line.end:
                to.separate("\n", int(source[line.shown]))
            y -= leading

    def layer(self, index: int) -> PageLayer:
        whole, edges = _Zone(), []
        starts: list[Start] = []
        for zone in self.zones:
            if zone.length:
                whole.separate("\n\n")
                whole.flush()
            edges.append(whole.length)
            starts += [Start(whole.length + offset, kind) for offset, kind in zone.starts]
            for part in zip(zone.texts, zone.boxes, zone.sources, strict=True):
                whole.add(*part)
        text = "".join(whole.texts)
        _, body, notes, foot = edges
        return PageLayer(
            index=index,
            media=(0.0, 0.0, WIDTH, HEIGHT),
            rotation=0,
            text=text,
            boxes=np.concatenate(whole.boxes) if whole.boxes else np.zeros((0, 4), np.float32),
            body=(body, notes),
            notes=(notes, foot),
            starts=tuple(starts),
            quality=TEXT if any(map(str.isalnum, text)) else NO_TEXT,
            source=np.concatenate(whole.sources) if whole.sources else np.zeros(0, np.int32),
        )
