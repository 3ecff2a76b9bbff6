"""Pages in one scroll: which are in view, at which zoom, and where everything on them lies."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from cambs_evidence.model import Box, PageShape
from ui.viewer import geometry
from ui.viewer.marks import rectangle


class Sheets(QAbstractScrollArea):
    """A column of pages that can be scrolled, zoomed and turned.

    Signals:
        moved: page (0-based) or zoom in view are others.
    """

    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shapes: Sequence[PageShape] = ()
        self._column = geometry.Column((), 1.0, 1.0)
        self._fit: str | None = "width"
        self._turn = 0
        self._page = 0
        self._way, self._last_value = 1, 0
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)

    def _lay_sheets(self, shapes: Sequence[PageShape], turn: int) -> None:
        """Shows other pages, from the first one; ``turn`` in degrees beyond what they say."""
        self._turn = turn
        self._shapes = geometry.turned(shapes, turn)
        self._page, self._way = 0, 1
        self._lay_out()
        self.verticalScrollBar().setValue(0)

    # --- what is in view -----------------------------------------------------------------

    @property
    def shapes(self) -> Sequence[PageShape]:
        """The pages as they are shown: turned by the file and by the reader."""
        return self._shapes

    @property
    def turn(self) -> int:
        """Clockwise degrees by which the pages are shown turned beyond what the file says."""
        return self._turn

    @property
    def page(self) -> int:
        """The page in view (0-based)."""
        return self._page

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return len(self._shapes)

    @property
    def shape_in_view(self) -> PageShape | None:
        """The shape of the page in view."""
        return self._shapes[self._page] if self._shapes else None

    @property
    def zoom(self) -> float:
        """1.0 at 96 dots to the inch."""
        return self._column.zoom

    @property
    def fit(self) -> str | None:
        """``width`` or ``page`` while pages are fitted into the view."""
        return self._fit

    def page_named(self, typed: str) -> int | None:
        """The page (0-based) with a number counted from 1, else with a printed label."""
        if typed.isdecimal() and len(typed) < 10 and 1 <= int(typed) <= len(self._shapes):
            return int(typed) - 1
        labels = (shape.label.lower() if shape.label else None for shape in self._shapes)
        return next((page for page, label in enumerate(labels) if label == typed.lower()), None)

    def position(self) -> tuple[int, float]:
        """Page and the share of it that lies above the view, to come back to."""
        if not self._shapes:
            return 0, 0.0
        y = self.verticalScrollBar().value() * self._column.ratio
        page = self._column.at(y)
        return page, (y - self._column.top(page)) / self._column.page_size(page)[1]

    def restore(self, page: int, share: float) -> None:
        """Comes back to a position."""
        if self._shapes:
            page = min(max(page, 0), len(self._shapes) - 1)
            y = self._column.top(page) + share * self._column.page_size(page)[1]
            self.verticalScrollBar().setValue(round(y / self._column.ratio))

    def share_of(self, page: int, y: float | None = None) -> float:
        """Where a page (0-based), or a height in user space on it, lies in the column: 0 to 1."""
        column = self._column
        top = float(column.top(page))
        if y is not None:
            x0, y0, _, _ = self._shapes[page].media
            lying = self._shapes[page].rotation % 180
            down = column.map(page).to_page(y if lying else x0, y0 if lying else y)[1]
            top += min(max(down, 0.0), column.page_size(page)[1])
        return top / max(column.height * column.ratio, 1.0)

    def span_in_view(self) -> tuple[float, float]:
        """The part of the column that is in view: from and to, 0 to 1."""
        whole = max(self._column.height, 1.0)
        top = self.verticalScrollBar().value()
        return top / whole, min((top + self.viewport().height()) / whole, 1.0)

    def go_to_share(self, share: float) -> None:
        """Brings a part of the column, 0 to 1, into the middle of the view."""
        y = share * self._column.height - self.viewport().height() / 2
        self.verticalScrollBar().setValue(round(y))

    def go_to(self, page: int, boxes: Sequence[Box] = ()) -> None:
        """Brings a page, or boxes on it, into view; what is in view already does not move."""
        if not 0 <= page < len(self._shapes):
            return
        ratio = self._column.ratio
        bar = self.verticalScrollBar()
        if not boxes:
            bar.setValue(round(self._column.top(page) / ratio) - geometry.MARGIN // 2)
        else:
            where = self.rectangle(page, boxes[0])
            for box in boxes[1:]:
                where = where.united(self.rectangle(page, box))
            height = self.viewport().height()
            if where.top() < 0.06 * height or where.bottom() > 0.9 * height:
                bar.setValue(round(bar.value() + where.top() - 0.28 * height))
            across, width = self.horizontalScrollBar(), self.viewport().width()
            if where.left() < 0 or where.right() > width:
                across.setValue(round(across.value() + where.left() - 0.1 * width))

    def bring_to_top(self, page: int, box: Box) -> None:
        """Scrolls so that a box of user space on a page begins just below the view's upper edge."""
        bar = self.verticalScrollBar()
        top = self.rectangle(page, box).top()
        bar.setValue(round(bar.value() + top) - geometry.MARGIN // 2)

    # --- zooming and turning -------------------------------------------------------------

    def set_zoom(self, zoom: float, about: QPointF | None = None) -> None:
        """Zooms about a point of the view, its middle unless told."""
        self._fit = None
        self._rezoom(zoom, about)

    def set_fit(self, fit: str | None) -> None:
        """Fits pages into the view: ``width``, ``page``, or None to leave them as they are."""
        self._fit = fit
        page = self._page
        self._refit()
        if fit == "page":
            self.go_to(page)

    def zoom_step(self, *, larger: bool) -> None:
        """The next zoom by key."""
        self.set_zoom(geometry.next_step(self.zoom, larger=larger))

    def _refit(self) -> None:
        if self._fit is None or not self._shapes:
            return
        view = self.viewport().size()
        shape = self._shapes[min(self._page, len(self._shapes) - 1)]
        if self._fit == "width":
            # As wide as the pages usually are: one plan in landscape does not make all small.
            shape = geometry.usual(self._shapes)
        height = view.height() if self._fit == "page" else None
        self._rezoom(geometry.fitting(shape, view.width(), height, self._gutter))
        # Pages of usual width stand in the middle, where some are wider than the view.
        bar = self.horizontalScrollBar()
        bar.setValue((bar.minimum() + bar.maximum()) // 2)

    def _rezoom(self, zoom: float, about: QPointF | None = None) -> None:
        if about is None:
            about = QPointF(self.viewport().width() / 2, self.viewport().height() / 3)
        column, ratio = self._column, self._column.ratio
        if not self._shapes:
            self._column = geometry.Column((), zoom, self.devicePixelRatioF())
            self.moved.emit()
            return
        y = (self.verticalScrollBar().value() + about.y()) * ratio
        page = column.at(y)
        share = (y - column.top(page)) / column.page_size(page)[1]
        x = self.horizontalScrollBar().value() + about.x()
        left = column.left(page, self.viewport().width()) / ratio
        across = (x - left) / (column.page_size(page)[0] / ratio)
        self._column = self._column_at(zoom)
        self._set_bars()
        column, ratio = self._column, self._column.ratio
        y = column.top(page) + share * column.page_size(page)[1]
        self.verticalScrollBar().setValue(round(y / ratio - about.y()))
        left = column.left(page, self.viewport().width()) / ratio
        self.horizontalScrollBar().setValue(
            round(left + across * column.page_size(page)[0] / ratio - about.x())
        )
        self.viewport().update()
        self.moved.emit()

    @property
    def _gutter(self) -> int:
        """Logical pixels beside the pages, for tags; a narrow view has none."""
        return geometry.GUTTER if self.viewport().width() >= geometry.ROOMY else 0

    def _column_at(self, zoom: float) -> geometry.Column:
        return geometry.Column(self._shapes, zoom, self.devicePixelRatioF(), self._gutter)

    def _lay_out(self) -> None:
        self._column = self._column_at(self.zoom)
        self._set_bars()
        self._refit()

    def _set_bars(self) -> None:
        view = self.viewport().size()
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        down.setRange(0, max(round(self._column.height) - view.height(), 0))
        down.setPageStep(view.height())
        down.setSingleStep(40)
        across.setRange(0, max(round(self._column.width) - view.width(), 0))
        across.setPageStep(view.width())
        across.setSingleStep(40)

    def _scrolled(self) -> None:
        self._note_place()
        self._tell_place()

    def _note_place(self) -> None:
        if self._shapes:
            middle = self.verticalScrollBar().value() + self.viewport().height() * 0.4
            page = self._column.at(middle * self._column.ratio)
            self._page = page
        value = self.verticalScrollBar().value()
        if value != self._last_value:
            self._way = 1 if value > self._last_value else -1
            self._last_value = value

    def _tell_place(self) -> None:
        self.viewport().update()
        self.moved.emit()

    def set_turn(self, turn: int) -> None:
        """Shows the pages turned clockwise by so many degrees beyond what the file says."""
        by = (turn - self._turn) % 360
        if not by:
            return
        page = self._page
        self._turn = turn % 360
        self._shapes = geometry.turned(self._shapes, by)
        self._lay_out()
        self.go_to(page)

    # --- where things are ----------------------------------------------------------------

    def origin(self, page: int) -> QPointF:
        """The upper left corner of a page, in logical pixels of the viewport."""
        ratio = self._column.ratio
        x = self._column.left(page, self.viewport().width())
        x -= round(self.horizontalScrollBar().value() * ratio)
        y = self._column.top(page) - round(self.verticalScrollBar().value() * ratio)
        return QPointF(x / ratio, y / ratio)

    def rectangle(self, page: int, box: Box) -> QRectF:
        """A box of user space on a page (0-based) in logical pixels of the viewport."""
        return rectangle(self._column.map(page), box, self.origin(page), self._column.ratio)

    def rectangle_of(self, page: int, boxes: Sequence[Box]) -> QRectF:
        """The rectangle round boxes of user space on a page, in logical pixels of the viewport."""
        where = QRectF()
        for box in boxes:
            where = where.united(self.rectangle(page, box))
        return where

    def box_of(self, page: int, where: QRectF) -> Box:
        """A rectangle of the viewport in user space of a page (0-based), within the page."""
        ratio, origin, mapped = self._column.ratio, self.origin(page), self._column.map(page)
        corners = [
            mapped.to_user((x - origin.x()) * ratio, (y - origin.y()) * ratio)
            for x, y in ((where.left(), where.top()), (where.right(), where.bottom()))
        ]
        (ax, ay), (bx, by) = corners
        x0, y0, x1, y1 = self._shapes[page].media
        return (
            round(min(max(min(ax, bx), x0), x1), 2), round(min(max(min(ay, by), y0), y1), 2),
            round(max(min(max(ax, bx), x1), x0), 2), round(max(min(max(ay, by), y1), y0), 2),
        )  # fmt: skip

    def sheet(self, page: int) -> QRectF:
        """Where a page (0-based) lies, in logical pixels of the viewport."""
        width, height = self._column.page_size(page)
        origin, ratio = self.origin(page), self._column.ratio
        return QRectF(origin.x(), origin.y(), width / ratio, height / ratio)

    def map(self, page: int) -> geometry.PageMap:
        """From user space to device pixels of a page (0-based)."""
        return self._column.map(page)

    @property
    def ratio(self) -> float:
        """Device pixels for each logical pixel."""
        return self._column.ratio

    @property
    def has_gutter(self) -> bool:
        """True where there is room for tags beside the pages."""
        return self._column.gutter > 0

    def in_view(self) -> range:
        """The pages (0-based) of which something can be seen."""
        top = self.verticalScrollBar().value() * self._column.ratio
        return self._column.between(top, top + self.viewport().height() * self._column.ratio)

    def point_on_page(self, position: QPointF) -> tuple[int, float, float]:
        """The page at, or nearest to, a point of the viewport, and the point in user space."""
        ratio = self._column.ratio
        y = (self.verticalScrollBar().value() + position.y()) * ratio
        page = self._column.at(y)
        foot = self._column.top(page) + self._column.page_size(page)[1]
        if y > foot and page + 1 < len(self._shapes) and y - foot > self._column.top(page + 1) - y:
            page += 1
        origin = self.origin(page)
        mapped = self._column.map(page)
        user = mapped.to_user(
            (position.x() - origin.x()) * ratio, (position.y() - origin.y()) * ratio
        )
        return page, *user

    # --- events --------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Keeps the page in its place while the view changes."""
        super().resizeEvent(event)
        if self._column.gutter != self._gutter:
            self._column = self._column_at(self.zoom)
        self._set_bars()
        self._refit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: ARG002, N802
        """The bars have moved; everything is drawn anew from bitmaps at hand."""
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        """Notices when the window moves to a screen with other pixels."""
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        return super().event(event)
