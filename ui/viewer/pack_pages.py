"""The pages of a pack that is being put together: looked at, moved through, nothing selected."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from cambs_evidence.documents.rendering import LARGEST, Wish
from cambs_evidence.model import PackPreview, PageLink, PageShape
from ui.theme import Theme
from ui.viewer.leaves import Leaves

#: Said where a document's own page stands in the pack and not in the preview.
_ON_ITS_WAY = "The document’s page is being brought in…"
_PICTURES = "The pictures of this page are being painted…"
_LEFT_OUT = "The document’s page stands here in the pack.\nThe preview leaves it out."


class PackPages(Leaves):
    """Shows previews of a pack, one after the other, without losing the place."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._shown: PackPreview | None = None
        super().__init__(theme, parent)
        self._old: str | None = None
        self._moved_by = 0
        self._pressed: QPointF | None = None
        self._panned = False
        self.setAccessibleName("Pages of the pack")
        self.viewport().setMouseTracking(True)
        self.moved.connect(self._announce)

    # --- what is shown -------------------------------------------------------------------

    @property
    def source(self) -> str | None:
        """The name of the preview that is shown."""
        return self._shown.name if self._shown is not None else None

    @property
    def shown(self) -> PackPreview | None:
        """The preview that is shown."""
        return self._shown

    def wishes_before(self, preview: PackPreview, page: int) -> list[Wish]:
        """What is to be painted of another preview before it takes the place of this one.

        ``page`` (0-based) is where the page in view stands in it.
        """
        shown = self._shown
        if shown is None or shown.size != preview.size or not self._shapes:
            return []
        by = page - self._page
        seen = [each + by for each in self.in_view() if 0 <= each + by < preview.pages]
        sizes = {each: self._column.page_size(each - by) for each in seen}
        whole = [
            Wish(preview.name, each, *sizes[each], (0, 0, *sizes[each]), 0, self._night)
            for each in seen
        ]
        return [each for each in whole if each.width * each.height <= LARGEST]

    def show_preview(self, preview: PackPreview | None, page: int = 0) -> None:
        """Shows another preview; ``page`` (0-based) is where the page in view stands in it."""
        before, share = self.position()
        by, first = page - self._page, self._shown is None
        self._old = self.source
        self._moved_by = by
        self._shown = preview
        self._links = {}
        shapes: list[PageShape] = []
        if preview is not None:
            shapes = [PageShape((0.0, 0.0, *preview.size), 0, None, "text")] * preview.pages
        across = self.horizontalScrollBar().value()
        self._lay_sheets(shapes, 0)
        if not first:
            self.restore(before + by, share)
            self.horizontalScrollBar().setValue(across)
        self.viewport().update()
        self.moved.emit()

    @property
    def _gutter(self) -> int:
        return 0  # nothing stands beside the pages

    def _rezoom(self, zoom: float, about: QPointF | None = None) -> None:
        begins = about is None and self.verticalScrollBar().value() == 0
        super()._rezoom(zoom, about)
        if begins:  # the head of the first page stays where it is
            self.verticalScrollBar().setValue(0)

    def _before(self, page: int) -> QImage | None:
        """The same page of the preview before, until the new one is painted."""
        if self._old is None or self.bitmaps is None:
            return None
        like = replace(self.whole_page(page), sha256=self._old, page=page - self._moved_by)
        return self.bitmaps.stand_in(like)

    def _announce(self) -> None:
        self.setAccessibleDescription(
            f"Page {self._page + 1} of {self.pages}" if self._shapes else "There is no page yet"
        )

    # --- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - the name is Qt's
        """Draws the pages in view."""
        painter = QPainter(self.viewport())
        colours = self.theme.colours
        painter.fillRect(event.rect(), QColor(colours.canvas))
        if self._shown is not None and self.bitmaps is not None:
            self._keep_ratio()
            self._wish_once()
            for page in self.in_view():
                self._page_drawn(painter, page)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _page_drawn(self, painter: QPainter, page: int) -> None:
        colours, sheet, shown = self.theme.colours, self.sheet(page), self._shown
        painter.fillRect(sheet.adjusted(-1, -1, 1, 1), QColor(colours.border))
        painter.fillRect(sheet, self.paper.sheet)
        self.draw_bitmap(painter, page, sheet)
        why = self.why_not(page)
        if why:
            self._say(painter, sheet, f"This page is not shown: {why}.")
        elif shown is not None and page in shown.left_out:
            self._say(painter, sheet, _ON_ITS_WAY if shown.unfinished else _LEFT_OUT)
        elif shown is not None and page in shown.unpainted:
            foot = sheet.adjusted(0, sheet.height() * 0.9, 0, -sheet.height() * 0.04)
            self._say(painter, foot, _PICTURES)

    def _say(self, painter: QPainter, sheet: QRectF, words: str) -> None:
        """Words in the middle of a page, in a frame, as something that is not of the pack."""
        colours = self.theme.colours
        room = sheet.adjusted(16, 0, -16, 0)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        needed = painter.boundingRect(room, flags, words)
        painter.fillRect(needed.adjusted(-12, -8, 12, 8), QColor(colours.notice))
        painter.setPen(QColor(colours.on_notice))
        painter.drawText(room, flags, words)

    # --- mouse and keys ------------------------------------------------------------------

    def link_at(self, position: QPointF) -> PageLink | None:
        """The link that leads to another page, at a point of the viewport."""
        if not self._shapes:
            return None
        page, x, y = self.point_on_page(position)
        for link in self._links.get(page, ()):
            x0, y0, x1, y1 = link.box
            if link.page is not None and x0 <= x <= x1 and y0 <= y <= y1:
                return link
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Takes hold of the pages."""
        if event.button() in {Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton}:
            self._pressed, self._panned = event.position(), False
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Moves the pages with the pointer, or shows that a click would lead somewhere."""
        if self._pressed is None:
            leads = self.link_at(event.position()) is not None
            shape = Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.OpenHandCursor
            self.viewport().setCursor(shape if self._shapes else Qt.CursorShape.ArrowCursor)
            return
        by = event.position() - self._pressed
        if not self._panned and by.manhattanLength() < QApplication.startDragDistance():
            return
        self._panned, self._pressed = True, event.position()
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        for bar, step in ((self.horizontalScrollBar(), by.x()), (self.verticalScrollBar(), by.y())):
            bar.setValue(bar.value() - round(step))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click on a link follows it."""
        pressed, self._pressed = self._pressed, None
        link = self.link_at(event.position())
        if pressed is not None and not self._panned and link is not None and link.page is not None:
            self.go_to_point(link.page, link.y)
        self.mouseMoveEvent(event)

    def go_to_point(self, page: int, y: float | None) -> None:
        """Brings a page (0-based), or a height of it in user space, to the top of the view."""
        if y is None:
            self.go_to(page)
        elif 0 <= page < self.pages:
            self.bring_to_top(page, (0.0, y, 1.0, y))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Moves through the pages."""
        held = event.modifiers()
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        if self.move_by_key(event.key(), shift=shift, control=control):
            event.accept()
        else:
            super().keyPressEvent(event)
