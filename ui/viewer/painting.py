"""How a page is drawn: its bitmap below, what is said of its words above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from cambs_evidence.model import Box, Place
from ui.viewer.marks import Drawing, Tag, laid_over

if TYPE_CHECKING:
    from ui.viewer.page_view import PageView

#: Pages whose highlights are kept worked out.
_DRAWINGS = 64
#: Logical pixels: how wide a caret is, and how short at least; the radius of a grip.
_CARET, _LEAST, _GRIP = 1.8, 8.0, 4.5
#: What underlines words that a machine is not sure of, and how many on a page at most.
_DOUBT, _DOUBTS = QColor(200, 60, 40), 1500

#: What is said of a page whose text is worth nothing, by its quality.
SAYS = {
    "none": "No text on this page: it is a picture. Press A to mark an area of it as a passage, "
    "or have its text recognised (menu Document).",
    "nonsense": "The text of this page is nonsense in the file, so it cannot be quoted. Have it "
    "recognised (menu Document), or press A to mark an area as a passage.",
}
#: What is said of one without words in a file for review of which only cited pages come along.
LEFT_OUT = "This page did not come along: nothing on it is cited."


class Painting:
    """Draws the pages of a view."""

    def __init__(self, view: PageView) -> None:
        self._view = view
        self._drawings: dict[int, tuple[tuple[float, float], Drawing]] = {}

    def _says(self, page: int) -> str | None:
        """What is said of a page whose text is worth nothing, None where it is worth something."""
        view = self._view
        quality = view.quality(page)
        if view.only_cited and quality == "none" and not view.marks_of(page):
            return LEFT_OUT
        return SAYS.get(quality)

    def forget(self, pages: set[int] | None = None) -> None:
        """The highlights of some pages are others, or of all."""
        if pages is None:
            self._drawings.clear()
        else:
            for page in pages:
                self._drawings.pop(page, None)

    def page(self, painter: QPainter, page: int) -> list[Tag]:
        """Draws a page; the tags drawn beside it."""
        view = self._view
        colours, paper = view.theme.colours, view.paper
        origin, sheet = view.origin(page), view.sheet(page)
        painter.fillRect(sheet.adjusted(-1, -1, 1, 1), QColor(colours.border))
        painter.fillRect(sheet, paper.sheet)
        view.draw_bitmap(painter, page, sheet)
        painter.save()
        painter.setClipRect(sheet.adjusted(-3, -3, 3, 8))
        drawing = self._drawing(page)
        if drawing is not None:
            drawing.draw(painter, origin, view.active, paper)
        self._doubts(painter, page)
        self._lay_over(painter, page, view.boxes_found(page), paper.hit)
        hit = view.hit
        if hit is not None and hit[0] == page:
            self._lay_over(painter, page, hit[1], paper.current_hit)
        self._lay_over(painter, page, view.selection.quads.get(page, ()), paper.selected)
        self._piece(painter, page)
        self._caret(painter, page)
        self._flash(painter, page)
        painter.restore()
        self._grips(painter, page)
        self._noted(painter, page, sheet)
        self._words(painter, page, sheet)
        if drawing is None:
            return []
        inks = {each: view.theme.colour(each) for each in colours.polarity}
        font = painter.font()
        painter.setFont(_small(font))
        tags = drawing.draw_tags(
            painter, origin, sheet.right(), view.viewport().height(), view.active, inks,
            QColor(colours.base), beside=view.has_gutter,
        )  # fmt: skip
        painter.setFont(font)
        return tags

    def _drawing(self, page: int) -> Drawing | None:
        """The highlights of a page as they are drawn at this zoom."""
        marks = self._view.marks_of(page)
        if not marks:
            return None
        mapped, ratio = self._view.map(page), self._view.ratio
        at = (mapped.scale, ratio)
        kept = self._drawings.get(page)
        if kept is None or kept[0] != at:
            kept = (at, Drawing(marks, mapped, ratio))
            while len(self._drawings) >= _DRAWINGS:
                self._drawings.pop(next(iter(self._drawings)))
            self._drawings[page] = kept
        return kept[1]

    def _lay_over(self, painter: QPainter, page: int, boxes: Sequence[Box], colour: QColor) -> None:
        if not boxes:
            return
        painter.save()
        painter.setCompositionMode(laid_over(self._view.paper))
        for box in boxes:
            painter.fillRect(self._view.rectangle(page, box).adjusted(-0.5, 0, 0.5, 0), colour)
        painter.restore()

    def _doubts(self, painter: QPainter, page: int) -> None:
        """Words that a machine read and is not sure of are underlined by a broken line."""
        view, text = self._view, self._view.selection.text
        if text is None or view.quality(page) != "recognised":
            return
        recognition = text.pages[page].recognition
        if recognition is None:
            return
        painter.setPen(QPen(_DOUBT, 1, Qt.PenStyle.DashDotDotLine))
        for start, end in recognition.doubtful[:_DOUBTS]:
            for box in text.quads(Place(((page, start, end),))).get(page, ()):
                where = view.rectangle(page, box)
                painter.drawLine(where.bottomLeft(), where.bottomRight())

    def _piece(self, painter: QPainter, page: int) -> None:
        """What is selected that is no stretch of text: framed, with the rest of a table faint."""
        piece = self._view.piece
        if piece is None or piece.page != page:
            return
        paper = self._view.paper
        self._lay_over(painter, page, (piece.box,), paper.selected)
        if piece.table is not None:
            painter.setPen(QPen(paper.mark, 1, Qt.PenStyle.DotLine))
            for row in piece.table.rows:
                for cell in row:
                    if cell.box is not None:
                        painter.drawRect(self._view.rectangle(page, cell.box))
        painter.setPen(QPen(paper.mark, 1.8))
        painter.drawRect(self._view.rectangle(page, piece.box))

    def _caret(self, painter: QPainter, page: int) -> None:
        view = self._view
        head, text = view.selection.head, view.selection.text
        if head is None or text is None or head[0] != page or not view.caret_shown:
            return
        box = text.lines(page).caret_box(head[1])
        painter.fillRect(bar_of(view.rectangle(page, box)), view.paper.mark)

    def _flash(self, painter: QPainter, page: int) -> None:
        boxes, strength = self._view.flashing(page)
        if not boxes:
            return
        colour, frame = QColor(self._view.paper.mark), QColor(self._view.paper.mark)
        colour.setAlphaF(0.45 * strength)
        frame.setAlphaF(strength)
        for box in boxes:
            where = self._view.rectangle(page, box).adjusted(-3, -2, 3, 2)
            painter.fillRect(where, colour)
            painter.setPen(QPen(frame, 2))
            painter.drawRect(where)

    def _grips(self, painter: QPainter, page: int) -> None:
        """What the ends of a passage, and the sides of an area, can be dragged by."""
        found = [each for each in self._view.grips() if each.page == page]
        if not found:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mark, ground = self._view.paper.mark, QColor(self._view.theme.colours.base)
        for grip in found:
            if grip.bar is not None:
                painter.fillRect(grip.bar, mark)
            painter.setPen(QPen(mark, 1.8))
            painter.setBrush(ground)
            painter.drawEllipse(grip.knob, _GRIP, _GRIP)
        painter.restore()

    def _noted(self, painter: QPainter, page: int, sheet: QRectF) -> None:
        font = painter.font()
        painter.setFont(_small(font))
        self._view.noting.draw(painter, page, sheet)
        painter.setFont(font)

    def _words(self, painter: QPainter, page: int, sheet: QRectF) -> None:
        """What has to be said of a page in its place."""
        why = self._view.why_not(page)
        words = f"This page is not shown: {why}." if why else self._says(page)
        if not words:
            return
        colours = self._view.theme.colours
        font = painter.font()
        painter.setFont(_small(font))
        # Said where it can be read, also of a page wider than the view.
        seen = sheet.intersected(QRectF(self._view.viewport().rect()))
        room = QRectF(seen.left(), sheet.top(), seen.width(), sheet.height())
        room.adjust(10, 10, -10, 0)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        needed = painter.boundingRect(room, flags, words)
        painter.fillRect(needed.adjusted(-8, -5, 8, 5), QColor(colours.notice))
        painter.setPen(QColor(colours.on_notice))
        painter.drawText(room, flags, words)
        painter.setFont(font)


def _small(font: QFont) -> QFont:
    smaller = QFont(font)
    smaller.setPointSizeF(font.pointSizeF() * 0.9)
    return smaller


def bar_of(box: QRectF) -> QRectF:
    """The bar of a caret's box: across its line, whichever way that runs as the page is shown."""
    if box.width() > box.height():
        long = max(box.width(), _LEAST)
        return QRectF(box.left(), box.center().y() - _CARET / 2, long, _CARET)
    return QRectF(box.center().x() - _CARET / 2, box.top(), _CARET, max(box.height(), _LEAST))


def knob_of(bar: QRectF, *, begins: bool) -> QPointF:
    """Where a bar is taken hold of: above what begins there, below what ends."""
    if bar.width() > bar.height():
        return QPointF(bar.right() + _GRIP if begins else bar.left() - _GRIP, bar.center().y())
    return QPointF(bar.center().x(), bar.top() - _GRIP if begins else bar.bottom() + _GRIP)
