"""The picture of coverage as a file: all of it, on light ground, as PNG, SVG or PDF."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRect, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetrics,
    QImage,
    QPageLayout,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPdfWriter,
    QPen,
)
from PySide6.QtSvg import QSvgGenerator

from cambs_evidence.errors import Unwritable
from cambs_evidence.model import Progress
from ui.models.coverage import Counts, CoverageModel, Line
from ui.models.timeline import TimelineModel
from ui.panels.coverage_drawing import Drawing, sized
from ui.theme import LIGHT

#: Pixels of a picture at most, and of its sides: what other programs still open.
_PIXELS, _SIDE = 40_000_000, 32_000
_MARGIN = 24
#: Logical pixels of the heads of lines at most.
_WIDEST = 900


@dataclass(frozen=True, slots=True)
class Shot:
    """What a picture shows, apart from the window: it is drawn in a thread.

    Each of ``steps`` draws a part of it; ``size`` is in logical pixels.
    """

    title: str
    below: str
    size: QSize
    steps: tuple[Callable[[QPainter], None], ...]


def face(font: QFont) -> QFont:
    """A face of the same size in pixels whatever it is drawn on."""
    made = QFont(font)
    made.setPixelSize(QFontInfo(font).pixelSize())
    return made


def of_coverage(model: CoverageModel, font: QFont, title: str, below: str) -> Shot:
    """The picture of criteria by documents, as it is filtered and folded."""
    drawing = Drawing(LIGHT, font)
    wide, high = drawing.column_width, drawing.row_height
    heads, top = min(drawing.heads_needed(model.lines), _WIDEST), 200
    columns = [(each, each is not None and model.is_old(each))
               for each in (None, *model.documents)]  # fmt: skip
    lines = [
        (line, [model.counts(row, column) for column in range(len(columns))])
        for row, line in enumerate(model.lines)
    ]

    def head(painter: QPainter) -> None:
        drawing.legend(painter, QRect(0, 0, heads, top))
        for place, (document, old) in enumerate(columns):
            at = QRect(heads + place * wide, 0, wide, top)
            drawing.column_head(painter, at, document, old=old, current=False)
            _framed(painter, at)
        _framed(painter, QRect(0, 0, heads, top))

    def one(row: int, line: Line, cells: list[Counts]) -> Callable[[QPainter], None]:
        def draw(painter: QPainter) -> None:
            y = top + row * high
            drawing.row_head(painter, QRect(0, y, heads, high), line, current=False)
            _framed(painter, QRect(0, y, heads, high))
            for place, counts in enumerate(cells):
                at = QRect(heads + place * wide, y, wide, high)
                if any(counts) or line.whole:
                    drawing.cell(painter, at, counts, whole=line.whole or place == 0)
            xs = [heads + place * wide for place in range(len(cells) + 1)]
            drawing.grid(painter, xs, [y, y + high])

        return draw

    steps = (head, *(one(row, *each) for row, each in enumerate(lines)))
    size = QSize(heads + wide * len(columns), top + high * len(lines))
    return Shot(title, below, size, steps)


def of_timeline(model: TimelineModel, font: QFont, title: str, below: str) -> Shot:
    """The picture of sections over time."""
    drawing = Drawing(LIGHT, font)
    (wide, high), heads, top = drawing.period_size, 330, max(drawing.period_head, 56)
    periods = [(each, model.is_old(column)) for column, each in enumerate(model.periods)]
    lines = [
        (model.title(row), [model.counts(row, column) for column in range(len(periods))])
        for row in range(model.rowCount())
    ]
    most = model.most
    limit = model.periods.index(model.old_before) if model.old_before in model.periods else None

    def head(painter: QPainter) -> None:
        drawing.legend_over_time(painter, QRect(0, 0, heads, top))
        for place, (period, old) in enumerate(periods):
            at = QRect(heads + place * wide, 0, wide, top)
            drawing.period_head_of(painter, at, period, old=old, current=False)
            _framed(painter, at)
        _framed(painter, QRect(0, 0, heads, top))

    def one(row: int, name: str, cells: list[Counts]) -> Callable[[QPainter], None]:
        def draw(painter: QPainter) -> None:
            y = top + row * high
            drawing.section_head(painter, QRect(0, y, heads, high), name, current=False)
            _framed(painter, QRect(0, y, heads, high))
            for place, counts in enumerate(cells):
                drawing.bars(painter, QRect(heads + place * wide, y, wide, high), counts, most)
            xs = [heads + place * wide for place in range(len(cells) + 1)]
            drawing.grid(painter, xs, [y, y + high])
            if limit is not None:
                drawing.limit(painter, xs[limit], y, y + high)

        return draw

    steps = (head, *(one(row, *each) for row, each in enumerate(lines)))
    return Shot(title, below, QSize(heads + wide * len(periods), top + high * len(lines)), steps)


def _framed(painter: QPainter, rect: QRect) -> None:
    painter.setPen(QPen(QColor(LIGHT.border), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(0, 0, -1, -1))


# --- files -----------------------------------------------------------------------------------


def save(shot: Shot, path: Path, font: QFont) -> Iterator[Path | Progress]:
    """Draws into a file whose suffix says what it becomes; yields progress, and its path at last.

    Whole or not at all: closed before, it leaves nothing. Raises Unwritable.
    """
    part = path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}.part{path.suffix}")
    whole = shot.size + QSize(2 * _MARGIN, 2 * _MARGIN + _title_height(font))
    cannot = Unwritable(f"{path} cannot be written; choose another place.")
    try:
        if path.suffix.lower() == ".png":
            scale = _scale(whole)
            image = QImage(whole * scale, QImage.Format.Format_RGB32)
            if image.isNull():
                raise Unwritable("There is no memory for so large a picture; fold some sections.")
            image.fill(QColor(LIGHT.base))
            yield from _drawn(shot, image, scale, font)
            if not image.save(str(part)):
                raise cannot
        elif path.suffix.lower() == ".svg":
            made = QSvgGenerator()
            made.setFileName(str(part))
            made.setResolution(96)
            made.setSize(whole)
            made.setViewBox(QRect(0, 0, whole.width(), whole.height()))
            made.setTitle(shot.title)
            yield from _drawn(shot, made, 1.0, font)
        else:
            writer = QPdfWriter(str(part))
            writer.setTitle(shot.title)
            writer.setCreator("cambs-evidence")
            writer.setResolution(96)
            size = QSizeF(whole.width() * 0.75, whole.height() * 0.75)  # points of 1/72 inch
            page = QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
            writer.setPageLayout(
                QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
            )
            yield from _drawn(shot, writer, 1.0, font)
        try:
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            raise cannot from error
    finally:
        part.unlink(missing_ok=True)
    yield path


def _scale(whole: QSize) -> float:
    """Twice as fine as a screen where that is not too much for a picture."""
    pixels = whole.width() * whole.height()
    side = max(whole.width(), whole.height())
    return float(min(2.0, (_PIXELS / pixels) ** 0.5, _SIDE / side))


def _title_height(font: QFont) -> int:
    return 4 * QFontMetrics(font).height()


def _drawn(shot: Shot, device: QPaintDevice, scale: float, font: QFont) -> Iterator[Progress]:
    painter = QPainter()
    if not painter.begin(device):
        raise Unwritable("The picture cannot be written there; choose another place.")
    try:
        painter.scale(scale, scale)
        painter.fillRect(QRect(0, 0, 10 * _SIDE, 10 * _SIDE), QColor(LIGHT.base))
        large = sized(font, 1.4)
        large.setWeight(QFont.Weight.DemiBold)
        painter.setFont(large)
        painter.setPen(QColor(LIGHT.text))
        high = _title_height(font)
        room = QRect(_MARGIN, _MARGIN - 6, shot.size.width(), high // 2)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, flags, shot.title)
        painter.setFont(font)
        painter.setPen(QColor(LIGHT.muted))
        painter.drawText(room.translated(0, high // 2), flags, shot.below)
        painter.translate(_MARGIN, _MARGIN + high)
        for done, step in enumerate(shot.steps, 1):
            step(painter)
            yield Progress("drawing", done, len(shot.steps))
    finally:
        painter.end()
