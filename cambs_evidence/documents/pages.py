"""Pages that are being set: what is drawn on them and, with it, their text layer.

The layer comes from here and never from reading the PDF back: whatever draws a line also says which
characters stand on it, where, and where in the source they come from.
"""

from __future__ import annotations

import io

import numpy as np

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


class Press:
    """Pages one after the other; ``y`` is where the next thing on the page begins, in points."""

    def __init__(self, title: str) -> None:
        self._file = io.BytesIO()
        self._canvas = new_canvas(self._file, title, (WIDTH, HEIGHT))
        self._layers: list[PageLayer] = []
        self._page = _Page()
        self.y = HEIGHT - TOP

    @property
    def room(self) -> float:
        """Points left on the page."""
        return self.y - BOTTOM

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands on the page yet."""
        return not self._page.placed

    def turn(self) -> None:
        """Goes on to a new page."""
        self._finish()
        self._page = _Page()
        self.y = HEIGHT - TOP

    def begin(self, kind: str, separator: str) -> None:
        """A block begins here; ``separator`` stands between it and what came before."""
        self._page.separate(separator)
        self._page.flush()
        self._page.starts.append(Start(self._page.length, kind))

    def separate(self, separator: str, source: int = -1) -> None:
        """Something that stands nowhere on the page, kept only if more follows on the page."""
        self._page.separate(separator, source)

    def end_cell(self) -> None:
        """The end of a cell that is not the last of its row."""
        self._page.separate("")
        self._page.add("\t", np.full((1, 4), np.nan, np.float32), np.array([-1], np.int32))

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
        self._page.flush()
        self._page.add(text[shown], boxes, source[shown])
        self._page.placed.append(Placed(line, x, y))
        rest = text[line.shown : line.end]
        if "\t" in rest:
            boxes = np.full((len(rest), 4), np.nan, np.float32)
            self._page.add("\t" * len(rest), boxes, source[line.shown : line.end])
        elif rest:
            self._page.separate("\n", int(source[line.shown]))

    def put_gap(self, source: int, box: tuple[float, float, float, float]) -> None:
        """A space that is set by moving on, such as that between a marker and its text."""
        self._page.flush()
        self._page.add(" ", np.array([box], np.float32), np.array([source], np.int32))

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A thin grey line, in points."""
        self._page.rules.append((x0, y0, x1, y1))

    def finish(self) -> tuple[bytes, list[PageLayer]]:
        """The PDF and the layers of its pages."""
        self._finish()
        self._canvas.save()
        return self._file.getvalue(), self._layers

    def _finish(self) -> None:
        self._layers.append(self._page.layer(len(self._layers)))
        canvas, page = self._canvas, self._page
        if page.rules:
            canvas.setStrokeGray(_RULE_GREY)
            canvas.setLineWidth(_RULE_WIDTH)
            canvas.lines(page.rules)
            canvas.setStrokeGray(0)
        draw(canvas, page.placed)
        canvas.showPage()


class _Page:
    """What stands on one page so far."""

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self.rules: list[tuple[float, float, float, float]] = []
        self.starts: list[Start] = []
        self.length = 0
        self._texts: list[str] = []
        self._boxes: list[FloatArray] = []
        self._sources: list[IntArray] = []
        self._separator, self._separator_source = "", -1

    def add(self, text: str, boxes: FloatArray, source: IntArray) -> None:
        self._texts.append(text)
        self._boxes.append(boxes)
        self._sources.append(source)
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

    def layer(self, index: int) -> PageLayer:
        text = "".join(self._texts)
        return PageLayer(
            index=index,
            media=(0.0, 0.0, WIDTH, HEIGHT),
            rotation=0,
            text=text,
            boxes=np.concatenate(self._boxes) if self._boxes else np.zeros((0, 4), np.float32),
            body=(0, len(text)),
            notes=(len(text), len(text)),
            starts=tuple(self.starts),
            quality=TEXT if any(map(str.isalnum, text)) else NO_TEXT,
            source=np.concatenate(self._sources) if self._sources else np.zeros(0, np.int32),
        )
