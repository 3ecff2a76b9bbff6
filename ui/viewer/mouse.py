"""What the mouse does to pages: select, choose, drag, follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QDrag, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from cambs_evidence.model import Link, PageLink
from cambs_evidence.wording import moment_in_words, quote_in_words
from ui.carried import carried
from ui.pieces import Piece
from ui.theme import plain
from ui.viewer.grips import Grip
from ui.viewer.noted import noted_in_words
from ui.viewer.selection import Grain

if TYPE_CHECKING:
    from ui.viewer.page_view import PageView

#: What a dragged selection is known by.
PASSAGE_MIME = "application/x-cambs-passage"
#: Milliseconds between two steps while a drag is held past the edge.
SCROLLING = 30
#: Points above and below a line of what is selected where it can still be taken hold of.
_NEAR = 4.0

_GRAINS = (Grain.CHARACTER, Grain.WORD, Grain.LINE, Grain.PARAGRAPH)
_SHAPES = {
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (0, 0): Qt.CursorShape.SplitHCursor,
}


class Mouse:
    """The mouse over a view, from press to release."""

    def __init__(self, view: PageView) -> None:
        self._view = view
        self._pressed: QPointF | None = None
        self._dragging = self._may_drag = False
        self._grip: Grip | None = None
        self._area: tuple[int, QPointF] | None = None
        self._panned: QPointF | None = None
        #: The link whose tag beside the page is held, and where it was taken hold of.
        self._carried: tuple[QPointF, Link] | None = None
        self._clicks = 0
        self.last_click = (0, QPointF())
        self._scroller = QTimer(view, interval=SCROLLING)
        self._scroller.timeout.connect(self._scroll_on)

    def forget(self) -> None:
        """Lets go of what is held: the pages that it was held on are gone."""
        self._pressed = self._grip = self._area = self._panned = self._carried = None
        self._dragging = self._may_drag = False
        self._scroller.stop()

    # --- pressing ------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> bool:
        """Begins to select, or takes hold of something; False where that is nothing of ours."""
        view, position = self._view, event.position()
        if not view.shapes:
            return False
        if event.button() is Qt.MouseButton.MiddleButton:
            self._panned = position
            view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            return True
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        self._grip = view.stretching.at(position)
        tag = view.tag_at(position)
        if self._grip is None and tag is not None:
            self._carried = (position, tag.link) if view.may_change else None
            view.link_chosen.emit(tag.link)
            return True
        self._pressed, self._dragging, self._may_drag = position, False, False
        self._count_click(event)
        if self._grip is not None:
            self._take_hold(self._grip)
        elif view.drawing_area:
            page, _, _ = view.point_on_page(position)
            self._area = (page, position)
            view.select_nothing()
        else:
            self._press_on_words(event)
        return True

    def _press_on_words(self, event: QMouseEvent) -> None:
        view = self._view
        page, x, y = view.point_on_page(event.position())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            view.selection.extend(page, x, y)
        elif self._clicks == 1 and self.on_selection(page, x, y):
            self._may_drag = True
        else:
            view.stretching.passage = None
            view.select_piece(None)
            view.selection.press(page, x, y, _GRAINS[min(self._clicks, len(_GRAINS)) - 1])

    def _take_hold(self, grip: Grip) -> None:
        view = self._view
        passage = view.stretching.passage
        if passage is None and view.piece is None:
            passage = view.active_passage()
        if passage is not None and (view.piece is None or not any(grip.side)):
            view.stretching.begin(passage, begins=grip.begins)
        elif grip.begins:
            view.selection.swap()

    def _count_click(self, event: QMouseEvent) -> None:
        then, where = self.last_click
        near = (event.position() - where).manhattanLength() < QApplication.startDragDistance()
        soon = event.timestamp() - then < QApplication.doubleClickInterval()
        self._clicks = self._clicks + 1 if near and soon and self._clicks else 1
        self.last_click = (event.timestamp(), event.position())

    def on_selection(self, page: int, x: float, y: float) -> bool:
        """True on what is selected, and on the white between its lines."""
        view = self._view
        boxes = view.selection.quads.get(page, ())
        if view.piece is not None and view.piece.page == page:
            boxes = (view.piece.box,)
        return any(x0 <= x <= x1 and y0 - _NEAR <= y <= y1 + _NEAR for x0, y0, x1, y1 in boxes)

    # --- moving --------------------------------------------------------------------------

    def move(self, event: QMouseEvent) -> None:
        """Selects on, or shows what a click would do."""
        view, position = self._view, event.position()
        if self._panned is not None:
            by = position - self._panned
            self._panned = position
            for bar, step in (
                (view.horizontalScrollBar(), by.x()),
                (view.verticalScrollBar(), by.y()),
            ):
                bar.setValue(bar.value() - round(step))
            return
        if self._carried is not None and event.buttons() & Qt.MouseButton.LeftButton:
            begun, link = self._carried
            if (position - begun).manhattanLength() >= QApplication.startDragDistance():
                self._carried = None
                self.drag_link(link)
            return
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._hover(position)
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
            self._drag_to(position)
            inside = 0 <= position.y() <= view.viewport().height()
            if inside:
                self._scroller.stop()
            elif not self._scroller.isActive():
                self._scroller.start()

    def _drag_to(self, position: QPointF) -> None:
        view = self._view
        if self._area is not None:
            page, start = self._area
            rect = QRectF(start, position).normalized()
            view.select_piece(Piece(page, view.box_of(page, rect)))
        elif self._grip is not None and any(self._grip.side):
            self._move_sides(self._grip, position)
        else:
            view.selection.move(*view.point_on_page(position))

    def _move_sides(self, grip: Grip, position: QPointF) -> None:
        view, piece = self._view, self._view.piece
        if piece is None:
            return
        where = view.rectangle(piece.page, piece.box)
        if grip.side[0] < 0:
            where.setLeft(position.x())
        elif grip.side[0] > 0:
            where.setRight(position.x())
        if grip.side[1] < 0:
            where.setTop(position.y())
        elif grip.side[1] > 0:
            where.setBottom(position.y())
        if where.width() < 2 or where.height() < 2:
            return  # it is not turned inside out
        view.select_piece(Piece(piece.page, view.box_of(piece.page, where)))

    def _scroll_on(self) -> None:
        """While a drag is held past an edge the pages go on."""
        view = self._view
        position = QPointF(view.viewport().mapFromGlobal(view.cursor().pos()))
        height = view.viewport().height()
        past = position.y() - height if position.y() > height else min(position.y(), 0.0)
        bar = view.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + round(past / 2))
        if self._area is not None:
            page, start = self._area
            self._area = (page, start - QPointF(0, bar.value() - before))
        edge = QPointF(position.x(), min(max(position.y(), 1), height - 1))
        self._drag_to(edge)

    # --- releasing -----------------------------------------------------------------------

    def release(self, event: QMouseEvent) -> None:
        """Ends a selection; a click that selected nothing chooses what it was on."""
        view = self._view
        self._scroller.stop()
        self._carried = None
        if self._panned is not None and event.button() is Qt.MouseButton.MiddleButton:
            self._panned = None
            self._hover(event.position())
            return
        if self._pressed is None:
            return
        clicked = not self._dragging and self._clicks == 1
        grip, area = self._grip, self._area
        self._pressed = self._grip = self._area = None
        if self._may_drag:
            self._may_drag = False
            view.select_nothing()
        if area is not None:
            view.end_area()
        elif grip is not None:
            if view.stretching.passage is not None:
                view.stretching.keep()
        elif clicked and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._click(event)

    def _click(self, event: QMouseEvent) -> None:
        view = self._view
        mark = view.mark_at(event.position())
        link = view.page_link_at(event.position())
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if link is not None and (mark is None or held):
            view.followed.emit(link)
        elif mark is not None:
            view.link_chosen.emit(mark.links[0])

    # --- showing what a click would do ---------------------------------------------------

    def _hover(self, position: QPointF) -> None:
        view = self._view
        shape, tip = Qt.CursorShape.ArrowCursor, ""
        if view.shapes:
            tag, mark = view.tag_at(position), view.mark_at(position)
            grip, link = view.stretching.at(position), view.page_link_at(position)
            if grip is not None:
                shape, tip = _SHAPES[grip.side], "Drag to change what the passage holds"
            elif view.drawing_area:
                shape = Qt.CursorShape.CrossCursor
            elif tag is not None or mark is not None:
                shape = Qt.CursorShape.PointingHandCursor
                links = (tag.link,) if tag else mark.links if mark else ()
                tip = plain("\n\n".join(
                    told(each, view.label_of(each.code), view.review_of(each)) for each in links
                ))  # fmt: skip
            elif (noted := view.noting.at(position)) is not None:
                tip = plain(noted_in_words(noted, view.label_of(noted.code)))
            elif link is not None:
                shape, tip = Qt.CursorShape.PointingHandCursor, plain(leads_to(link))
            elif view.selection.text is not None:
                page, x, y = view.point_on_page(position)
                if view.selection.text.lines(page).character(x, y) is not None:
                    shape = Qt.CursorShape.IBeamCursor
        view.viewport().setCursor(shape)
        if view.viewport().toolTip() != tip:
            view.viewport().setToolTip(tip)

    # --- dragging to the framework -------------------------------------------------------

    def drag_selection(self) -> None:
        """Starts dragging what is selected, to be dropped on a criterion."""
        data = QMimeData()
        data.setText(self._view.brief_text())
        data.setData(PASSAGE_MIME, b"selection")
        drag = QDrag(self._view)
        drag.setMimeData(data)
        drag.setPixmap(self._drag_picture(data.text()))
        drag.setHotSpot(QPoint(-12, -8))
        drag.exec(Qt.DropAction.CopyAction)

    def drag_link(self, link: Link) -> None:
        """Starts dragging a link by its tag, to be dropped on another criterion."""
        drag = QDrag(self._view)
        drag.setMimeData(carried([link]))
        drag.setPixmap(self._drag_picture(f"{link.code}  {quote_in_words(link.passage.anchor)}"))
        drag.setHotSpot(QPoint(-12, -8))
        drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.DropAction.MoveAction)

    def _drag_picture(self, text: str) -> QPixmap:
        view = self._view
        words = text if len(text) <= 48 else f"{text[:47]}…"
        metrics = view.fontMetrics()
        size = QSize(metrics.horizontalAdvance(words) + 20, metrics.height() + 12)
        ratio = view.devicePixelRatioF()
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(view.theme.colours.soft))
        painter = QPainter(picture)
        painter.setFont(view.font())
        painter.setPen(QColor(view.theme.colours.text))
        painter.drawText(QRectF(QPointF(0, 0), size), Qt.AlignmentFlag.AlignCenter, words)
        painter.end()
        return picture


def told(link: Link, label: str, review: str = "") -> str:
    """What a highlight says when it is pointed at: criterion, polarity, who, when, note.

    ``review`` is how it stands with its reviewers.
    """
    head = f"{link.code} {label}".strip()
    said = f"{head}\n{link.polarity.value.capitalize()}, by {link.by}, {moment_in_words(link.at)}"
    said += f"\nReview: {review}" if review else ""
    return f"{said}\n{link.note}" if link.note else said


def leads_to(link: PageLink) -> str:
    """Where a link in a document leads, in words."""
    if link.page is not None:
        return f"Goes to page {link.page + 1}"
    return link.uri or ""
