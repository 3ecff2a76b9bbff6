"""A narrow strip beside the pages: where in the whole document something is highlighted or found.

Each polarity has a lane and a shape of its own: a full bar, a hollow one, dots. What was found is
a thin line in a lane of its own.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from cambs_evidence.model import Box, PageShape, Polarity
from ui.theme import Theme
from ui.viewer.geometry import PageMap, size
from ui.viewer.marks import Mark, counted
from ui.viewer.page_view import PageView

#: Logical pixels of the strip's width; from where and how wide each lane is.
WIDTH = 18
_LANES = {
    Polarity.STRENGTH: (1, 3), Polarity.DEVELOPMENT: (5, 4), Polarity.NEUTRAL: (10, 3),
}  # fmt: skip
_FOUND = (14, 4)
#: Logical pixels of the shortest bar, of the part in view, and within which a place is meant.
_SHORTEST, _BAND, _NEAR = 6.0, 6.0, 3.0
#: Logical pixels of a page from which it shows where on it something was found.
_TALL = 6.0

#: From and to, in logical pixels of the strip.
Stretch = tuple[float, float]


class Strip(QWidget):
    """Where highlights and found places lie; a click or drag goes there."""

    def __init__(self, theme: Theme, view: PageView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._view = theme, view
        #: Worked out once for each list of marks: each box, from and to in shares of the page.
        self._parts: dict[int, tuple[list[Mark], list[tuple[Mark, float, float]]]] = {}
        #: Where pages lie in the strip, by number.
        self._pages: dict[int, Stretch] = {}
        self._stretches: dict[Polarity, list[Stretch]] = {}
        self._lines: list[Stretch] = []
        self._picture: QPixmap | None = None
        self._drawn_at: object = None
        self._active: str | None = None
        self.setFixedWidth(WIDTH)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Where highlights lie in the document")
        view.marks_changed.connect(self._forget)
        view.redrawn.connect(self._start_anew)
        view.moved.connect(self.update)
        # Which passage is framed is told by no signal; the pages are painted anew for it.
        view.viewport().installEventFilter(self)
        theme.changed.connect(self._forget)

    def sizeHint(self) -> QSize:  # noqa: N802 - the name is Qt's
        """As wide as it is."""
        return QSize(WIDTH, 100)

    def _start_anew(self) -> None:
        self._parts.clear()
        self._pages.clear()
        self._forget()

    def _forget(self) -> None:
        self._picture = None
        self.update()

    # --- where things lie ----------------------------------------------------------------

    def _parts_of(self, page: int) -> list[tuple[Mark, float, float]]:
        """Each box of each mark of a page, as shares of the page's height."""
        marks = self._view.marks_of(page)
        kept = self._parts.get(page)
        if kept is None or kept[0] is not marks:
            shape = self._view.shapes[page]
            boxes = [(mark, box) for mark in marks for box in mark.boxes]
            shares = _shares(shape, [box for _, box in boxes])
            parts = [(mark, *share) for (mark, _), share in zip(boxes, shares, strict=True)]
            kept = self._parts[page] = (marks, parts)
        return kept[1]

    def _page(self, page: int) -> Stretch:
        """Where a page lies in the strip."""
        known = self._pages.get(page)
        if known is None:
            x0, y0, x1, y1 = self._view.shapes[page].media
            last = {90: x1, 180: y1, 270: x0}.get(self._view.shapes[page].rotation, y0)
            shares = self._view.share_of(page), self._view.share_of(page, last)
            known = self._pages[page] = (shares[0] * self.height(), shares[1] * self.height())
        return known

    def _work_out(self) -> None:
        view = self._view
        raw: dict[Polarity, list[Stretch]] = {each: [] for each in Polarity}
        pages = view.marked_pages()
        for page in pages:
            top, foot = self._page(page)
            for mark, begins, ends in self._parts_of(page):
                stretch = _long((top + begins * (foot - top), top + ends * (foot - top)))
                for polarity in mark.polarities:
                    raw[polarity].append(stretch)
        self._stretches = {each: _joined(stretches) for each, stretches in raw.items()}
        found = view.found_pages()
        self._lines = _joined([line for page in found for line in self._lines_of(page)])
        said = counted(mark for page in pages for mark in view.marks_of(page))
        if found:
            said += f"; something found on {len(found)} page{'s' if len(found) != 1 else ''}"
        self.setAccessibleDescription(said)

    def _lines_of(self, page: int) -> list[Stretch]:
        """Where something was found on a page; its middle, where it is too low to show more."""
        top, foot = self._page(page)
        boxes = self._view.boxes_found(page) if foot - top > _TALL else []
        if not boxes:
            middle = (top + foot) / 2
            return [(middle - 1, middle + 1)]
        shares = _shares(self._view.shapes[page], boxes)
        middles = [top + (begins + ends) / 2 * (foot - top) for begins, ends in shares]
        return [(each - 1, each + 1) for each in middles]

    def _pages_at(self, y: float) -> range:
        """The pages that lie within reach of a height of the strip."""
        numbers = range(self._view.pages)
        height = max(self.height(), 1)

        def at(where: float) -> int:
            return max(bisect.bisect_right(numbers, where / height, key=self._view.share_of) - 1, 0)

        return range(at(y - _NEAR), at(y + _NEAR) + 1)

    def words_at(self, y: float) -> str:
        """What lies at a height of the strip: ``Page 12: 3 highlights (2 strength, …)``."""
        view = self._view
        if not view.pages:
            return ""
        near = self._pages_at(y)
        found = set(near).intersection(view.found_pages())
        told = sorted({page for page in near if view.marks_of(page)} | found)
        if not told:
            height = max(self.height(), 1)
            told = [min(near, key=lambda page: abs(view.share_of(page) * height - y))]
            return f"Page {told[0] + 1}"
        first, last = told[0] + 1, told[-1] + 1
        where = f"Page {first}" if first == last else f"Pages {first} to {last}"
        marks = [mark for page in told for mark in view.marks_of(page)]
        said = [counted(marks)] if marks else []
        said += ["something found"] if found else []
        return f"{where}: {', '.join(said)}"

    # --- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draws the part in view, and what is at hand of the rest."""
        painter = QPainter(self)
        colours, view = self._theme.colours, self._view
        painter.fillRect(self.rect(), QColor(colours.window))
        painter.fillRect(QRect(0, 0, 1, self.height()), QColor(colours.border))
        if view.document is not None and view.pages:
            self._draw_band(painter)
            at = (self.size(), self.devicePixelRatioF(), view.zoom)
            if self._drawn_at != at:
                self._drawn_at, self._picture = at, None
                self._pages.clear()
            if self._picture is None:
                self._work_out()
                self._picture = self._drawn()
            painter.drawPixmap(QPoint(), self._picture)
            self._draw_active(painter)
        painter.end()

    def _draw_band(self, painter: QPainter) -> None:
        height = self.height()
        top, foot = (share * height for share in self._view.span_in_view())
        long = round(max(foot - top, _BAND))
        first = min(max(round((top + foot - long) / 2), 0), max(height - long, 0))
        band = QRectF(1, first, WIDTH - 1, long)
        painter.fillRect(band, QColor(self._theme.colours.soft))
        painter.setPen(QPen(QColor(self._theme.colours.muted), 1))
        for y in (band.top() + 0.5, band.bottom() - 0.5):
            painter.drawLine(QPointF(band.left(), y), QPointF(band.right(), y))

    def _drawn(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        for polarity, (left, width) in _LANES.items():
            ink = self._theme.colour(polarity)
            for stretch in self._stretches[polarity]:
                _draw_bar(painter, _on_pixels(left, width, stretch, ratio), polarity, ink)
        ink = QColor(self._theme.colours.accent)
        for stretch in self._lines:
            painter.fillRect(_on_pixels(*_FOUND, stretch, ratio), ink)
        painter.end()
        return picture

    def _draw_active(self, painter: QPainter) -> None:
        """The passage that is framed on the page is framed here."""
        self._active = self._view.active
        passage = self._view.active_passage()
        if passage is None:
            return
        left, (last, width) = 0.0, _LANES[Polarity.NEUTRAL]
        painter.setPen(QPen(QColor(self._theme.colours.text), 2))
        for page in range(passage.page, min(passage.page_end + 1, self._view.pages)):
            top, foot = self._page(page)
            parts = [each for each in self._parts_of(page) if each[0].passage_id == passage.id]
            if parts:
                begins, ends = min(each[1] for each in parts), max(each[2] for each in parts)
                y0, y1 = _long((top + begins * (foot - top), top + ends * (foot - top)))
                painter.drawRect(QRectF(left, y0 - 2, last + width + 0.5, y1 - y0 + 4))

    # --- events --------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Notices when another passage is framed."""
        if event.type() is QEvent.Type.Paint and self._view.active != self._active:
            self._active = self._view.active
            self.update()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Says what lies under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            y = event.pos().y()
            near = QRect(0, y - 1, WIDTH, 3)
            QToolTip.showText(event.globalPos(), self.words_at(y), self, near)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Goes there; what is marked nearby is meant itself."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._go_to(self._nearest(event.position().y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Goes along with a drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position().y())

    def _nearest(self, y: float) -> float:
        middles = [
            (max(top, min(y, foot)) if foot - top > 2 * _SHORTEST else (top + foot) / 2)
            for stretches in (*self._stretches.values(), self._lines)
            for top, foot in stretches
        ]
        nearest = min(middles, key=lambda each: abs(each - y), default=y)
        return nearest if abs(nearest - y) <= _NEAR else y

    def _go_to(self, y: float) -> None:
        if self._view.pages:
            self._view.go_to_share(min(max(y / max(self.height(), 1), 0.0), 1.0))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Turns the pages as it does on them."""
        viewport = self._view.viewport()
        passed = QWheelEvent(
            QPointF(viewport.mapFromGlobal(event.globalPosition())), event.globalPosition(),
            event.pixelDelta(), event.angleDelta(), event.buttons(), event.modifiers(),
            event.phase(), event.inverted(),
        )  # fmt: skip
        QApplication.sendEvent(viewport, passed)
        event.accept()


def _shares(shape: PageShape, boxes: Iterable[Box]) -> list[Stretch]:
    """Where boxes of user space begin and end, as shares of the page's height as it is shown."""
    mapped, height = PageMap(shape.media, shape.rotation, 1.0), size(shape)[1]
    found = []
    for box in boxes:
        _, top, _, down = mapped.box(box)
        found.append((min(max(top / height, 0.0), 1.0), min(max((top + down) / height, 0.0), 1.0)))
    return found


def _long(stretch: Stretch) -> Stretch:
    """A stretch that is long enough to have a shape."""
    more = max(_SHORTEST - (stretch[1] - stretch[0]), 0.0) / 2
    return stretch[0] - more, stretch[1] + more


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Stretches without a gap that could be seen, as one."""
    joined: list[Stretch] = []
    for top, foot in sorted(stretches):
        if joined and top < joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(foot, joined[-1][1]))
        else:
            joined.append((top, foot))
    return joined


def _on_pixels(left: float, width: float, stretch: Stretch, ratio: float) -> QRectF:
    top, foot = (round(each * ratio) / ratio for each in stretch)
    return QRectF(left, top, width, max(foot - top, 1 / ratio))


def _draw_bar(painter: QPainter, where: QRectF, polarity: Polarity, ink: QColor) -> None:
    if polarity is Polarity.STRENGTH:
        painter.fillRect(where, ink)
    elif polarity is Polarity.DEVELOPMENT:
        painter.setPen(QPen(ink, 1))
        painter.drawRect(where.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        y = where.top()
        while y < where.bottom():
            painter.fillRect(QRectF(where.left(), y, where.width(), 2), ink)
            y += 4
