"""All pages of a document in one scroll: bitmaps below, what is said of the words painted above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTimer,
    QVariantAnimation,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QDrag,
    QFocusEvent,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from cambs_evidence.model import Box, Document, Link, PageShape, Place
from ui.theme import CURRENT_HIT, FLASH, HIT, SELECTED, Theme, plain
from ui.viewer import geometry
from ui.viewer.bitmaps import Bitmaps, wishes_for
from ui.viewer.marks import Drawing, Mark, Tag, marks_by_page, rectangle
from ui.viewer.selection import Grain, Selection

if TYPE_CHECKING:
    from cambs_evidence.documents.anchors import DocumentText
    from cambs_evidence.documents.rendering import Wish

#: What a dragged selection is known by.
PASSAGE_MIME = "application/x-cambs-passage"
#: Milliseconds that a passage flashes; between two steps while a drag is held past the edge.
FLASHING, SCROLLING = 1400, 30
#: Zoom for one notch of the wheel.
_NOTCH = 1.15
#: Pages whose highlights are kept worked out.
_DRAWINGS = 64
#: Points above and below a line of what is selected where it can still be taken hold of.
_NEAR = 4.0

#: What is said of a page instead of its text, by the quality of its text.
SAYS = {
    "none": "No text on this page: it is a picture. It can be read here, but not quoted.",
    "nonsense": "The text of this page is nonsense in the file, so it cannot be quoted.",
}


class PageView(QAbstractScrollArea):
    """Shows pages, lets words be selected, and shows what is tagged.

    Signals:
        selection_changed: other words are selected, or none.
        link_chosen: a link whose highlight or tag was clicked.
        moved: page (0-based) or zoom in view are others.
        tag_wanted: Enter was pressed on a selection.
        content_changed: another document, its text, or other highlights are there.
    """

    selection_changed = Signal()
    link_chosen = Signal(object)
    moved = Signal()
    tag_wanted = Signal()
    content_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.document: Document | None = None
        self._bitmaps: Bitmaps | None = None
        self._shapes: Sequence[PageShape] = ()
        self._column = geometry.Column((), 1.0, 1.0)
        self._fit: str | None = "width"
        self._marks: dict[int, list[Mark]] = {}
        self._drawings: dict[int, tuple[tuple[float, float], Drawing]] = {}
        self._tags: list[Tag] = []
        self._active: str | None = None
        self._found: list[Place] = []
        self._hits: dict[int, list[Place]] = {}
        self._hit: tuple[int, tuple[Box, ...]] | None = None
        self._flash: dict[int, tuple[Box, ...]] = {}
        self._page = 0
        self._pressed: QPointF | None = None
        self._dragging = self._may_drag = False
        self._clicks = 0
        self._last_click = (0, QPointF())
        self.selection = Selection(self)
        self.selection.changed.connect(self._selected)

        self._flashing = QVariantAnimation(self)
        self._flashing.setStartValue(1.0)
        self._flashing.setEndValue(0.0)
        self._flashing.setDuration(FLASHING)
        self._flashing.valueChanged.connect(lambda _: self.viewport().update())
        self._flashing.finished.connect(self._flash.clear)
        self._scroller = QTimer(self, interval=SCROLLING)
        self._scroller.timeout.connect(self._scroll_on)
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._wish)

        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Pages")
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
        theme.changed.connect(self.viewport().update)

    # --- what is shown -------------------------------------------------------------------

    def use(self, bitmaps: Bitmaps | None) -> None:
        """Takes bitmaps from here on; None when there is no case."""
        self._bitmaps = bitmaps
        if bitmaps is not None:
            bitmaps.arrived.connect(self._arrived)
        else:
            self.show_document(None, ())

    def show_document(self, document: Document | None, shapes: Sequence[PageShape]) -> None:
        """Shows a document from its beginning; its text comes with :meth:`read`."""
        self.document = document
        self._shapes = shapes
        self.selection.read(None)
        self._marks, self._hits, self._hit, self._active = {}, {}, None, None
        self._found = []
        self._drawings.clear()
        self._flash.clear()
        self._page = 0
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        self._announce()
        self.viewport().update()
        self.content_changed.emit()

    def read(self, text: DocumentText) -> None:
        """Takes the text of the document that is shown, so that words can be selected."""
        self.selection.read(text)
        self.content_changed.emit()

    def show_links(self, links: Sequence[Link], pages: set[int] | None = None) -> None:
        """Shows the highlights of links; only some pages are looked at anew, if named."""
        if pages is None:
            self._marks = marks_by_page(links)
            self._drawings.clear()
        else:
            on_them = [
                link
                for link in links
                if any(span.page in pages for span in link.passage.anchor.spans)
            ]
            fresh = marks_by_page(on_them)
            self._marks |= {page: fresh.get(page, []) for page in pages}
            for page in pages:
                self._drawings.pop(page, None)
        self.viewport().update()
        self.content_changed.emit()

    @property
    def active(self) -> str | None:
        """The passage that is framed."""
        return self._active

    def set_active(self, passage_id: str | None) -> None:
        """Frames a passage."""
        self._active = passage_id
        self.viewport().update()

    def show_hits(self, places: Sequence[Place]) -> None:
        """Marks places that were found."""
        self._hit = None
        if list(places) != self._found:
            self._found = list(places)
            self._hits = {}
            for place in places:
                self._hits.setdefault(place.start[0], []).append(place)
        self.viewport().update()

    def show_hit(self, place: Place) -> None:
        """Marks one of the places found as the one looked at, and goes there."""
        text = self.selection.text
        if text is not None:
            boxes = text.quads(place)
            page = place.start[0]
            self._hit = (page, boxes.get(page, ()))
            self.go_to(page, boxes.get(page, ()))
            self.viewport().update()

    # --- moving --------------------------------------------------------------------------

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

    def go_to(self, page: int, boxes: Sequence[Box] = (), *, flash: bool = False) -> None:
        """Brings a page, or boxes on it, into view; what is in view already does not move."""
        if not 0 <= page < len(self._shapes):
            return
        ratio = self._column.ratio
        bar = self.verticalScrollBar()
        if not boxes:
            bar.setValue(round(self._column.top(page) / ratio) - geometry.MARGIN // 2)
        else:
            where = self._rectangle(page, boxes[0])
            for box in boxes[1:]:
                where = where.united(self._rectangle(page, box))
            height = self.viewport().height()
            if where.top() < 0.06 * height or where.bottom() > 0.9 * height:
                bar.setValue(round(bar.value() + where.top() - 0.28 * height))
            across, width = self.horizontalScrollBar(), self.viewport().width()
            if where.left() < 0 or where.right() > width:
                across.setValue(round(across.value() + where.left() - 0.1 * width))
        if flash:
            self.flash({page: tuple(boxes)})

    def flash(self, boxes: dict[int, tuple[Box, ...]]) -> None:
        """Lets boxes flash, by page."""
        self._flashing.stop()
        self._flash = dict(boxes)
        self._flashing.start()

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
            shape = _usual(self._shapes)
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
        if self._shapes:
            middle = self.verticalScrollBar().value() + self.viewport().height() * 0.4
            page = self._column.at(middle * self._column.ratio)
            if page != self._page:
                self._page = page
                self._announce()
        self.viewport().update()
        self.moved.emit()

    def _announce(self) -> None:
        self.setAccessibleDescription(
            f"{self.document.title}, page {self._page + 1} of {self.pages}"
            if self.document
            else "No document is shown"
        )

    # --- where things are ----------------------------------------------------------------

    def _origin(self, page: int) -> QPointF:
        """The upper left corner of a page, in logical pixels of the viewport."""
        ratio = self._column.ratio
        x = self._column.left(page, self.viewport().width())
        x -= round(self.horizontalScrollBar().value() * ratio)
        y = self._column.top(page) - round(self.verticalScrollBar().value() * ratio)
        return QPointF(x / ratio, y / ratio)

    def _rectangle(self, page: int, box: Box) -> QRectF:
        return rectangle(self._column.map(page), box, self._origin(page), self._column.ratio)

    def rectangle_of(self, page: int, boxes: Sequence[Box]) -> QRectF:
        """The rectangle round boxes of a page, in logical pixels of the viewport."""
        where = QRectF()
        for box in boxes:
            where = where.united(self._rectangle(page, box))
        return where

    def marks_of(self, page: int) -> Sequence[Mark]:
        """The highlights of a page (0-based), in reading order."""
        return self._marks.get(page, ())

    def _in_view(self) -> range:
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
        origin = self._origin(page)
        mapped = self._column.map(page)
        user = mapped.to_user(
            (position.x() - origin.x()) * ratio, (position.y() - origin.y()) * ratio
        )
        return page, *user

    def selection_rectangle(self) -> QRectF | None:
        """Where the end of what is selected stands, in logical pixels of the viewport."""
        for page in reversed(list(self.selection.quads)):
            if page in self._in_view() and self.selection.quads[page]:
                return self._rectangle(page, self.selection.quads[page][-1])
        return None

    def _mark_at(self, position: QPointF) -> Mark | None:
        if not self._shapes:
            return None
        page, x, y = self.point_on_page(position)
        found = [
            mark
            for mark in self._marks.get(page, ())
            for box in mark.boxes
            if box[0] <= x <= box[2] and box[1] <= y <= box[3]
        ]
        # Of several on the same words the shortest is meant: it is the hardest to hit.
        return min(found, key=lambda mark: mark.end - mark.start, default=None)

    def _tag_at(self, position: QPointF) -> Tag | None:
        return next((tag for tag in self._tags if tag.rect.contains(position)), None)

    # --- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - the name is Qt's
        """Draws the pages in view."""
        painter = QPainter(self.viewport())
        colours = self._theme.colours
        painter.fillRect(event.rect(), QColor(colours.canvas))
        self._tags = []
        if self.document is None or self._bitmaps is None:
            painter.end()
            return
        ratio = self.devicePixelRatioF()
        if ratio != self._column.ratio:
            self._column = self._column_at(self.zoom)
            self._set_bars()
        for page in self._in_view():
            self._draw_page(painter, page)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1))
        painter.end()
        self._soon.start()

    def _draw_page(self, painter: QPainter, page: int) -> None:
        ratio = self._column.ratio
        origin = self._origin(page)
        width, height = self._column.page_size(page)
        sheet = QRectF(origin.x(), origin.y(), width / ratio, height / ratio)
        painter.fillRect(sheet.adjusted(-1, -1, 1, 1), QColor(self._theme.colours.border))
        painter.fillRect(sheet, Qt.GlobalColor.white)
        self._draw_bitmap(painter, page, sheet)
        painter.save()
        painter.setClipRect(sheet.adjusted(-3, -3, 3, 8))
        drawing = self._drawing(page)
        if drawing is not None:
            drawing.draw(painter, origin, self._active)
        self._lay_over(painter, page, self._boxes_of_hits(page), HIT)
        if self._hit is not None and self._hit[0] == page:
            self._lay_over(painter, page, self._hit[1], CURRENT_HIT)
        self._lay_over(painter, page, self.selection.quads.get(page, ()), SELECTED)
        self._draw_caret(painter, page)
        self._draw_flash(painter, page)
        painter.restore()
        self._draw_words(painter, page, sheet)
        if drawing is not None:
            inks = {each: self._theme.colour(each) for each in self._theme.colours.polarity}
            font = painter.font()
            painter.setFont(_small(font))
            ground = QColor(self._theme.colours.base)
            self._tags += drawing.draw_tags(
                painter, origin, sheet.right(), self.viewport().height(), self._active, inks,
                ground, beside=self._column.gutter > 0,
            )  # fmt: skip
            painter.setFont(font)

    def _drawing(self, page: int) -> Drawing | None:
        """The highlights of a page as they are drawn at this zoom."""
        marks = self._marks.get(page)
        if not marks:
            return None
        at = (self._column.scale, self._column.ratio)
        kept = self._drawings.get(page)
        if kept is None or kept[0] != at:
            kept = (at, Drawing(marks, self._column.map(page), self._column.ratio))
            while len(self._drawings) >= _DRAWINGS:
                self._drawings.pop(next(iter(self._drawings)))
            self._drawings[page] = kept
        return kept[1]

    def _draw_bitmap(self, painter: QPainter, page: int, sheet: QRectF) -> None:
        assert self.document is not None and self._bitmaps is not None  # noqa: S101, PT018
        wishes = self._wishes_of(page)
        images = [self._bitmaps.get(wish) for wish in wishes]
        if not images or any(image is None for image in images):
            old = self._bitmaps.stand_in(self._sha256, page)
            if old is not None:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(sheet, old, QRectF(old.rect()))
        ratio = self._column.ratio
        for wish, image in zip(wishes, images, strict=True):
            if image is not None:
                x, y, width, height = wish.clip
                where = QRectF(
                    sheet.x() + x / ratio, sheet.y() + y / ratio, width / ratio, height / ratio
                )
                painter.drawImage(where, image, QRectF(image.rect()))

    def _boxes_of_hits(self, page: int) -> list[Box]:
        """Boxes of what was found on a page; worked out when it is seen."""
        text = self.selection.text
        if text is None:
            return []
        found: list[Box] = []
        for place in self._hits.get(page, ()):
            found.extend(text.quads(place).get(page, ()))
        return found

    def _lay_over(self, painter: QPainter, page: int, boxes: Sequence[Box], colour: QColor) -> None:
        if not boxes:
            return
        painter.save()
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        for box in boxes:
            painter.fillRect(self._rectangle(page, box).adjusted(-0.5, 0, 0.5, 0), colour)
        painter.restore()

    def _draw_caret(self, painter: QPainter, page: int) -> None:
        head, text = self.selection.head, self.selection.text
        if head is None or text is None or head[0] != page or not self.hasFocus():
            return
        where = self._rectangle(page, text.lines(page).caret_box(head[1]))
        painter.fillRect(
            QRectF(where.left() - 0.75, where.top(), 1.5, max(where.height(), 8)), FLASH
        )

    def _draw_flash(self, painter: QPainter, page: int) -> None:
        boxes = self._flash.get(page)
        if not boxes:
            return
        strength = float(self._flashing.currentValue() or 0.0)
        colour = QColor(FLASH)
        colour.setAlphaF(0.45 * strength)
        frame = QColor(FLASH)
        frame.setAlphaF(strength)
        for box in boxes:
            where = self._rectangle(page, box).adjusted(-3, -2, 3, 2)
            painter.fillRect(where, colour)
            painter.setPen(QPen(frame, 2))
            painter.drawRect(where)

    def _draw_words(self, painter: QPainter, page: int, sheet: QRectF) -> None:
        """What has to be said of a page in its place."""
        assert self._bitmaps is not None  # noqa: S101 - drawn only then
        why = self._bitmaps.why_not(self._sha256, page)
        words = f"This page is not shown: {why}." if why else SAYS.get(self._shapes[page].quality)
        if not words:
            return
        colours = self._theme.colours
        font = painter.font()
        painter.setFont(_small(font))
        room = sheet.adjusted(10, 10, -10, 0)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        needed = painter.boundingRect(room, flags, words)
        painter.fillRect(needed.adjusted(-8, -5, 8, 5), QColor(colours.notice))
        painter.setPen(QColor(colours.on_notice))
        painter.drawText(room, flags, words)
        painter.setFont(font)

    @property
    def painted(self) -> bool:
        """True when all that is in view is there at its own size, or will not be."""
        if self.document is None or self._bitmaps is None:
            return True
        bitmaps = self._bitmaps
        return all(
            bitmaps.get(wish) is not None or bitmaps.why_not(wish.sha256, wish.page) is not None
            for page in self._in_view()
            for wish in self._wishes_of(page)
        )

    # --- bitmaps -------------------------------------------------------------------------

    @property
    def _sha256(self) -> str:
        assert self.document is not None  # noqa: S101 - asked only while one is shown
        return self.document.rendition_sha256 or self.document.sha256

    def _wishes_of(self, page: int) -> list[Wish]:
        def visible() -> tuple[int, int, int, int]:
            ratio, origin = self._column.ratio, self._origin(page)
            view = self.viewport()
            left, top = -origin.x() * ratio, -origin.y() * ratio
            return (
                round(left), round(top),
                round(left + view.width() * ratio), round(top + view.height() * ratio),
            )  # fmt: skip

        return wishes_for(self._sha256, page, self._column.page_size(page), visible)

    def _wish(self) -> None:
        """Says which bitmaps are wanted: what is in view, then the next and the one before."""
        if self.document is None or self._bitmaps is None or not self._shapes:
            return
        pages = list(self._in_view())
        if not pages:
            return
        pages.sort(key=lambda page: abs(page - self._page))
        wishes = [wish for page in pages for wish in self._wishes_of(page)]
        for near in (max(pages) + 1, min(pages) - 1):
            if 0 <= near < len(self._shapes):
                wishes += self._wishes_of(near)
        self._bitmaps.wish(wishes)

    def _arrived(self, wish: Wish) -> None:
        if self.document is not None and wish.sha256 == self._sha256:
            self.viewport().update()

    # --- events --------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keeps the page in its place while the view changes."""
        super().resizeEvent(event)
        if self._column.gutter != self._gutter:
            self._column = self._column_at(self.zoom)
        self._set_bars()
        self._refit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: ARG002, N802
        """The bars have moved; everything is drawn anew from bitmaps at hand."""
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Ctrl and the wheel zoom about the pointer."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            notches = event.angleDelta().y() / 120
            if notches:
                self.set_zoom(self.zoom * _NOTCH**notches, event.position())
            event.accept()
            return
        super().wheelEvent(event)

    def event(self, event: QEvent) -> bool:
        """Notices when the window moves to a screen with other pixels."""
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begins to select, or takes hold of what is selected."""
        if event.button() is not Qt.MouseButton.LeftButton or not self._shapes:
            super().mousePressEvent(event)
            return
        position = event.position()
        tag = self._tag_at(position)
        if tag is not None:
            self.link_chosen.emit(tag.link)
            return
        self._pressed, self._dragging = position, False
        page, x, y = self.point_on_page(position)
        self._count_click(event)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.selection.extend(page, x, y)
        elif self._clicks == 1 and self._on_selection(page, x, y):
            self._may_drag = True
        else:
            grain = (Grain.CHARACTER, Grain.WORD, Grain.PARAGRAPH)[min(self._clicks, 3) - 1]
            self.selection.press(page, x, y, grain)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Counts as a press like any other."""
        self.mousePressEvent(event)

    def _count_click(self, event: QMouseEvent) -> None:
        then, where = self._last_click
        near = (event.position() - where).manhattanLength() < QApplication.startDragDistance()
        soon = event.timestamp() - then < QApplication.doubleClickInterval()
        self._clicks = self._clicks + 1 if near and soon and self._clicks else 1
        self._last_click = (event.timestamp(), event.position())

    def _on_selection(self, page: int, x: float, y: float) -> bool:
        """True on what is selected, and on the white between its lines."""
        return any(
            x0 <= x <= x1 and y0 - _NEAR <= y <= y1 + _NEAR
            for x0, y0, x1, y1 in self.selection.quads.get(page, ())
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Selects on, or shows what a click would do."""
        position = event.position()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._show_cursor(position)
            return
        far = (position - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if self._may_drag:
            if far:
                self._may_drag = False
                self._pressed = None
                self.drag_selection()
            return
        if far or self._dragging:
            self._dragging = True
            self.selection.move(*self.point_on_page(position))
            inside = 0 <= position.y() <= self.viewport().height()
            if inside:
                self._scroller.stop()
            elif not self._scroller.isActive():
                self._scroller.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Ends a selection; a click that selected nothing chooses what it was on."""
        self._scroller.stop()
        if self._pressed is None:
            return
        clicked = not self._dragging and self._clicks == 1
        self._pressed = None
        if self._may_drag:
            self._may_drag = False
            self.selection.clear()
        if clicked and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            mark = self._mark_at(event.position())
            if mark is not None:
                self.link_chosen.emit(mark.links[0])

    def _scroll_on(self) -> None:
        """While a drag is held past an edge the pages go on."""
        position = QPointF(self.viewport().mapFromGlobal(self.cursor().pos()))
        height = self.viewport().height()
        past = position.y() - height if position.y() > height else min(position.y(), 0.0)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + round(past / 2))
        edge = QPointF(position.x(), min(max(position.y(), 1), height - 1))
        self.selection.move(*self.point_on_page(edge))

    def _show_cursor(self, position: QPointF) -> None:
        shape = Qt.CursorShape.ArrowCursor
        tip = ""
        if self._shapes:
            tag, mark = self._tag_at(position), self._mark_at(position)
            if tag is not None or mark is not None:
                shape = Qt.CursorShape.PointingHandCursor
                links = (tag.link,) if tag else mark.links if mark else ()
                tip = plain("\n".join(_told(link) for link in links))
            elif self.selection.text is not None:
                page, x, y = self.point_on_page(position)
                if self.selection.text.lines(page).character(x, y) is not None:
                    shape = Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)
        if self.viewport().toolTip() != tip:
            self.viewport().setToolTip(tip)

    def drag_selection(self) -> None:
        """Starts dragging what is selected, to be dropped on a criterion."""
        data = QMimeData()
        data.setText(self.selected_text())
        data.setData(PASSAGE_MIME, b"selection")
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self._drag_picture(data.text()))
        drag.setHotSpot(QPoint(-12, -8))
        drag.exec(Qt.DropAction.CopyAction)

    def _drag_picture(self, text: str) -> QPixmap:
        words = text if len(text) <= 48 else f"{text[:47]}…"
        metrics = self.fontMetrics()
        size = QSize(metrics.horizontalAdvance(words) + 20, metrics.height() + 12)
        ratio = self.devicePixelRatioF()
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(self._theme.colours.soft))
        painter = QPainter(picture)
        painter.setFont(self.font())
        painter.setPen(QColor(self._theme.colours.text))
        painter.drawText(QRectF(QPointF(0, 0), size), Qt.AlignmentFlag.AlignCenter, words)
        painter.end()
        return picture

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Shows that keys act here."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Shows that keys act elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Moves through pages; with Shift through the text, selecting."""
        key, held = event.key(), event.modifiers()
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        arrows = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}
        bar = self.verticalScrollBar()
        if shift and (key in arrows or key in {Qt.Key.Key_Home, Qt.Key.Key_End}):
            self._select_by_key(key, control)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.selection.place is not None:
            self.tag_wanted.emit()
        elif key == Qt.Key.Key_Escape and self.selection.head is not None:
            self.selection.clear()
        elif key == Qt.Key.Key_Home:
            bar.setValue(bar.minimum())
        elif key == Qt.Key.Key_End:
            bar.setValue(bar.maximum())
        elif key == Qt.Key.Key_Space:
            step = round(bar.pageStep() * 0.9)
            bar.setValue(bar.value() + (-step if shift else step))
        elif control and key in {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            self.go_to(self._page + (1 if key == Qt.Key.Key_PageDown else -1))
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _select_by_key(self, key: int, control: bool) -> None:
        if self.selection.text is None:
            return
        if self.selection.head is None:
            self.selection.begin_at(self._page)
        if key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self.selection.line_edge(end=key == Qt.Key.Key_End)
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.selection.line(1 if key == Qt.Key.Key_Down else -1)
        else:
            self.selection.step(words=control, back=key == Qt.Key.Key_Left)
        head, text = self.selection.head, self.selection.text
        if head is not None:
            box = text.lines(head[0]).caret_box(head[1])
            self.go_to(head[0], (box,))

    # --- words ---------------------------------------------------------------------------

    def selected_text(self) -> str:
        """What is selected, as it would be quoted."""
        place, text = self.selection.place, self.selection.text
        return text.quote(place) if place is not None and text is not None else ""

    def copy(self) -> None:
        """Puts what is selected on the clipboard."""
        words = self.selected_text()
        if words:
            QGuiApplication.clipboard().setText(words)

    def _selected(self) -> None:
        self.viewport().update()
        self.selection_changed.emit()


def _usual(shapes: Sequence[PageShape]) -> PageShape:
    counts: dict[int, tuple[int, PageShape]] = {}
    for shape in shapes[:2000]:
        width = round(geometry.size(shape)[0])
        counts[width] = (counts.get(width, (0, shape))[0] + 1, shape)
    return max(counts.values(), key=lambda each: each[0])[1]


def _small(font: QFont) -> QFont:
    smaller = QFont(font)
    smaller.setPointSizeF(font.pointSizeF() * 0.9)
    return smaller


def _told(link: Link) -> str:
    note = f": {link.note}" if link.note else ""
    return f"{link.code}, {link.polarity.value}, {link.by}{note}"
