"""All pages of a document in one scroll: bitmaps below, what is said of the words painted above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from cambs_evidence.model import Box, Document, Link, PageLink, PageShape, Passage, Place
from cambs_evidence.review import Finding
from ui.pieces import Piece
from ui.theme import Theme
from ui.viewer.bitmaps import Bitmaps
from ui.viewer.dropping import Dropping
from ui.viewer.grips import Grip, Stretching
from ui.viewer.keys import Keys
from ui.viewer.leaves import Leaves
from ui.viewer.marks import Mark, Tag, marks_by_page
from ui.viewer.mouse import PASSAGE_MIME, Mouse
from ui.viewer.noted import Noting
from ui.viewer.painting import Painting
from ui.viewer.selection import Selection

if TYPE_CHECKING:
    from cambs_evidence.documents.anchors import DocumentText

__all__ = ["FLASHING", "PASSAGE_MIME", "PageView"]

#: Milliseconds that a passage flashes.
FLASHING = 1400
#: Code points selected from which on they are put into words in a thread; of which is a brief.
LONG, _BRIEF = 20_000, 200
#: Points of a side that an area has at least.
_SMALLEST = 4.0


class PageView(Leaves):
    """Shows pages, lets words be selected, and shows what is tagged.

    Signals:
        selection_changed: something else is selected, or nothing.
        link_chosen: a link whose highlight or tag was clicked.
        moved: page (0-based) or zoom in view are others.
        tag_wanted: Enter was pressed on what is selected.
        stretched: a :class:`Passage` and what it shall hold, a :class:`Place` or :class:`Piece`.
        followed: a :class:`PageLink` that was clicked.
        menu_wanted: a menu is asked for, at a point of the screen.
        back_wanted: the mouse's own key for back (-1) or forward (1) was pressed.
        content_changed: another document is shown, its text has come, or its highlights changed.
        marks_changed: other highlights are shown, or other places are marked as found.
        redrawn: another document is shown, or the same one turned or in other light.
        focused: the keys act here from now on.
        caret_switched: the caret in the text, or the drawing of an area, is on or off.
        criterion_dropped: a code, and the :class:`Passage` it was dropped on; None for what is
            selected.
    """

    selection_changed = Signal()
    link_chosen = Signal(object)
    tag_wanted = Signal()
    stretched = Signal(object, object)
    followed = Signal(object)
    menu_wanted = Signal(QPoint)
    back_wanted = Signal(int)
    content_changed = Signal()
    marks_changed = Signal()
    redrawn = Signal()
    focused = Signal()
    caret_switched = Signal()
    criterion_dropped = Signal(str, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.document: Document | None = None
        super().__init__(theme, parent)
        #: False while the case can only be read.
        self.may_change = False
        #: True in a file for review of which the pages that nothing is cited from are blank.
        self.only_cited = False
        #: Gives the label of a criterion or section by its code.
        self.label_of: Callable[[str], str] = lambda _: ""
        self.review_of: Callable[[Link], str] = lambda _: ""
        self._marks: dict[int, list[Mark]] = {}
        self._passages: dict[str, Passage] = {}
        self._tags: list[Tag] = []
        self._active: str | None = None
        self._found: list[Place] = []
        self._hits: dict[int, list[Place]] = {}
        self._hit: tuple[int, tuple[Box, ...]] | None = None
        self._flash: dict[int, tuple[Box, ...]] = {}
        self._piece: Piece | None = None
        self._drawing_area = self._caret_on = False
        self.selection = Selection(self)
        self.selection.changed.connect(self._selected)
        self.stretching = Stretching(self)
        self.noting = Noting(self)
        self._painting = Painting(self)
        self._mouse, self._keys = Mouse(self), Keys(self)
        self._dropping = Dropping(self)
        self.setAcceptDrops(True)

        self._flashing = QVariantAnimation(self)
        self._flashing.setStartValue(1.0)
        self._flashing.setEndValue(0.0)
        self._flashing.setDuration(FLASHING)
        self._flashing.valueChanged.connect(lambda _: self.viewport().update())
        self._flashing.finished.connect(self._flash.clear)

        self._lit = True
        self._blink = QTimer(
            self, interval=max(QGuiApplication.styleHints().cursorFlashTime(), 0) // 2
        )
        self._blink.timeout.connect(self._blinked)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Pages")
        self.moved.connect(self._announce)

    # --- what is shown -------------------------------------------------------------------

    def use(self, bitmaps: Bitmaps | None) -> None:
        """Takes bitmaps from here on; None when there is no case."""
        super().use(bitmaps)
        if bitmaps is None:
            self.show_document(None, ())

    def show_document(
        self, document: Document | None, shapes: Sequence[PageShape], turn: int = 0
    ) -> None:
        """Shows a document from its beginning; its text comes with :meth:`read`.

        ``shapes`` are its pages as the file says, ``turn`` the degrees they are turned beyond.
        """
        self.document = document
        self._mouse.forget()
        self.stretching.passage = None
        self._piece = None
        self._drawing_area = False
        self.selection.read(None)
        self._marks, self._hits, self._hit, self._active = {}, {}, None, None
        self._passages, self._links, self._found = {}, {}, []
        self.noting.take(())
        self._painting.forget()
        self._flash.clear()
        self._lay_sheets(shapes, turn)
        self._announce()
        self.viewport().update()
        self.redrawn.emit()
        self.content_changed.emit()
        self.selection_changed.emit()

    def read(self, text: DocumentText) -> None:
        """Takes the text of the document that is shown, so that words can be selected."""
        self.selection.read(text)
        if self._caret_on:
            self.put_caret_in_view()
        self.content_changed.emit()

    def show_links(self, links: Sequence[Link], pages: set[int] | None = None) -> None:
        """Shows the highlights of links; only some pages are looked at anew, if named."""
        self._passages = {link.passage.id: link.passage for link in links}
        changed = self.stretching.passage
        if changed is not None and changed.id not in self._passages:
            self.stretching.leave()
        if pages is None:
            self._marks = marks_by_page(links)
        else:
            on_them = [
                link
                for link in links
                if any(span.page in pages for span in link.passage.anchor.spans)
            ]
            fresh = marks_by_page(on_them)
            self._marks |= {page: fresh.get(page, []) for page in pages}
        self._painting.forget(pages)
        self.viewport().update()
        self.marks_changed.emit()
        self.content_changed.emit()

    def show_noted(self, found: Sequence[Finding]) -> None:
        """Shows what reviewers noted as missing."""
        self.noting.take(found)
        self.viewport().update()
        self.content_changed.emit()

    def marks_of(self, page: int) -> list[Mark]:
        """The highlights of a page (0-based)."""
        return self._marks.get(page, [])

    def marked_pages(self) -> list[int]:
        """The pages that have highlights, in order."""
        return sorted(page for page, marks in self._marks.items() if marks)

    def pages_of(self, passages: set[str]) -> set[int]:
        """The pages on which some passages are highlighted now."""
        return {
            page
            for page, marks in self._marks.items()
            if any(mark.passage_id in passages for mark in marks)
        }

    def found_pages(self) -> list[int]:
        """The pages on which something was found, in order."""
        return sorted(self._hits)

    @property
    def active(self) -> str | None:
        """The passage that is framed."""
        return self._active

    def active_passage(self) -> Passage | None:
        """The passage that is framed, where it is one of those shown."""
        return self._passages.get(self._active or "")

    def passages(self) -> list[Passage]:
        """The passages whose highlights are shown, as they are read."""
        return sorted(self._passages.values(), key=lambda x: (x.page, x.anchor.spans[0].start))

    @property
    def hit(self) -> tuple[int, tuple[Box, ...]] | None:
        """Page and boxes of the place found that is looked at."""
        return self._hit

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
            self.marks_changed.emit()
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

    # --- what is selected ----------------------------------------------------------------

    @property
    def piece(self) -> Piece | None:
        """The part of a page that is selected, where it is no stretch of text."""
        return self._piece

    @property
    def chosen(self) -> Place | Piece | None:
        """What is selected: words or a part of a page."""
        return self._piece or self.selection.place

    def select_piece(self, piece: Piece | None) -> None:
        """Selects a part of a page, or none."""
        if piece == self._piece:
            return
        self._piece = piece
        if piece is not None:
            self.selection.clear()
        self.viewport().update()
        self.selection_changed.emit()

    def select_nothing(self) -> None:
        """Selects nothing."""
        self.select_piece(None)
        if self._caret_on and self.selection.head is not None:
            self.selection.put(self.selection.head)
        else:
            self.selection.clear()

    def select_page(self) -> None:
        """Selects the words of the page in view."""
        text = self.selection.text
        if text is not None and self._shapes:
            self.select_piece(None)
            edges = (text.edge(self._page, back=each) for each in (False, True))
            self.selection.put_between(*edges)

    @property
    def drawing_area(self) -> bool:
        """True while a drag draws an area."""
        return self._drawing_area

    def draw_area(self, *, on: bool) -> None:
        """Has a drag draw an area from here on, or select words again.

        An area in the middle of the view is there at once, to be shaped by keys.
        """
        if on and self._shapes:
            page = self._page
            view = QRectF(self.viewport().rect()).intersected(self.sheet(page))
            middle = view.center()
            size = view.width() / 3, view.height() / 4
            where = QRectF(middle.x() - size[0] / 2, middle.y() - size[1] / 2, *size)
            self.selection.clear()
            self.select_piece(Piece(page, self.box_of(page, where)))
        self._drawing_area = on and bool(self._shapes)
        self.viewport().setCursor(
            Qt.CursorShape.CrossCursor if self._drawing_area else Qt.CursorShape.ArrowCursor
        )
        self.caret_switched.emit()

    def end_area(self) -> None:
        """What was drawn is the area; what is too small to be one is none."""
        piece = self._piece
        if (
            piece is None
            or min(piece.box[2] - piece.box[0], piece.box[3] - piece.box[1]) < _SMALLEST
        ):
            self.select_piece(None)
        else:
            self.draw_area(on=False)

    def grips(self) -> list[Grip]:
        """What ends of passages and sides of areas can be dragged by."""
        return self.stretching.grips()

    def selection_rectangle(self) -> QRectF | None:
        """Where the end of what is selected stands, in logical pixels of the viewport."""
        piece = self._piece
        if piece is not None:
            return self.rectangle(piece.page, piece.box) if piece.page in self.in_view() else None
        for page in reversed(list(self.selection.quads)):
            if page in self.in_view() and self.selection.quads[page]:
                return self.rectangle(page, self.selection.quads[page][-1])
        return None

    # --- the caret -----------------------------------------------------------------------

    @property
    def caret_on(self) -> bool:
        """True while arrows move a caret in the text."""
        return self._caret_on

    @property
    def caret_shown(self) -> bool:
        """False between two blinks, and while the keys act elsewhere."""
        return self._lit and self.hasFocus()

    def set_caret(self, *, on: bool) -> None:
        """Has arrows move a caret in the text from here on, or the pages again."""
        if on == self._caret_on:
            return
        self._caret_on = on
        if on and self.selection.text is not None:
            if self.selection.head is None or self.selection.head[0] not in self.in_view():
                self.put_caret_in_view()
            self._keep_lit()
        elif not on:
            self._blink.stop()
            self._lit = True
            if self.selection.place is None:
                self.selection.clear()
        self.viewport().update()
        self.caret_switched.emit()

    def put_caret_in_view(self) -> None:
        """Puts the caret before the framed passage if it can be seen, else the first line."""
        if not self._shapes:
            return
        framed = self._passages.get(self._active or "")
        if framed is not None:
            span = framed.anchor.spans[0]
            where = self.rectangle_of(span.page, span.quads[:1])
            if span.quads and self.viewport().rect().contains(where.toRect().center()):
                self.selection.put((span.page, span.start))
                return
        page = self._page
        seen = QRectF(self.viewport().rect()).intersected(self.sheet(page))
        self.selection.begin_at(page, self.box_of(page, seen))

    def show_caret(self) -> None:
        """Brings the caret into view."""
        head, text = self.selection.head, self.selection.text
        if head is not None and text is not None:
            self._keep_lit()
            self.go_to(head[0], (text.lines(head[0]).caret_box(head[1]),))

    def _keep_lit(self) -> None:
        self._lit = True
        if self._caret_on and self._blink.interval() > 0 and self.hasFocus():
            self._blink.start()

    def _blinked(self) -> None:
        self._lit = not self._lit
        head = self.selection.head
        if head is not None and head[0] in self.in_view():
            self.viewport().update()

    def flash(self, boxes: dict[int, tuple[Box, ...]]) -> None:
        """Lets boxes flash, by page."""
        self._flashing.stop()
        self._flash = dict(boxes)
        self._flashing.start()

    def _announce(self) -> None:
        self.setAccessibleDescription(
            f"{self.document.title}, page {self._page + 1} of {self.pages}"
            if self.document
            else "No document is shown"
        )

    def flashing(self, page: int) -> tuple[tuple[Box, ...], float]:
        """The boxes that flash on a page (0-based), and how strongly: 0 to 1."""
        return self._flash.get(page, ()), float(self._flashing.currentValue() or 0.0)

    def mark_at(self, position: QPointF) -> Mark | None:
        """The highlight at a point of the viewport."""
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

    def tag_at(self, position: QPointF) -> Tag | None:
        """The tag beside a page at a point of the viewport."""
        return next((tag for tag in self._tags if tag.rect.contains(position)), None)

    def page_link_at(self, position: QPointF) -> PageLink | None:
        """The link in the document at a point of the viewport."""
        if not self._shapes:
            return None
        page, x, y = self.point_on_page(position)
        return next(
            (
                link
                for link in self._links.get(page, ())
                if link.box[0] <= x <= link.box[2] and link.box[1] <= y <= link.box[3]
            ),
            None,
        )

    # --- painting ------------------------------------------------------------------------

    def set_night(self, *, night: bool) -> None:
        """Shows light words on dark paper, or the pages as they are."""
        if night != self._night:
            self._night = night
            self.viewport().update()
            self.redrawn.emit()

    def set_turn(self, turn: int) -> None:
        """Shows the pages turned clockwise by so many degrees beyond what the file says."""
        before = self._turn
        super().set_turn(turn)
        if self._turn != before:
            self._painting.forget()
            self.viewport().update()
            self.redrawn.emit()

    def quality(self, page: int) -> str:
        """What the text of a page (0-based) is worth: ``text``, ``none`` or ``nonsense``."""
        return self._shapes[page].quality

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - the name is Qt's
        """Draws the pages in view."""
        painter = QPainter(self.viewport())
        colours = self.theme.colours
        painter.fillRect(event.rect(), QColor(colours.canvas))
        self._tags = []
        if self.document is None or self.bitmaps is None:
            painter.end()
            return
        self._keep_ratio()
        # Before anything else gets a turn: the panels that follow the pages ask for bitmaps too.
        self._wish_once()
        for page in self.in_view():
            self._tags += self._painting.page(painter, page)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def boxes_found(self, page: int) -> list[Box]:
        """Boxes of what was found on a page; worked out when it is seen."""
        text = self.selection.text
        if text is None:
            return []
        found: list[Box] = []
        for place in self._hits.get(page, ()):
            found.extend(text.quads(place).get(page, ()))
        return found

    # --- bitmaps -------------------------------------------------------------------------

    @property
    def source(self) -> str | None:
        """The SHA-256 of what is painted of the document that is shown."""
        document = self.document
        return (document.rendition_sha256 or document.sha256) if document is not None else None

    # --- events --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begins to select, or takes hold of what is selected."""
        steps = {Qt.MouseButton.BackButton: -1, Qt.MouseButton.ForwardButton: 1}
        if event.button() in steps:
            self.back_wanted.emit(steps[event.button()])
        elif not self._mouse.press(event):
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Counts as a press like any other."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Selects on, or shows what a click would do."""
        self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Ends a selection; a click that selected nothing chooses what it was on."""
        self._mouse.release(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Asks for a menu; what is pointed at is chosen first."""
        if not self._shapes:
            return
        where = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            seen = self.selection_rectangle()
            point = seen.bottomLeft().toPoint() if seen else self.viewport().rect().center()
            where = self.viewport().mapToGlobal(point)
        else:
            mark = self.mark_at(QPointF(event.pos()))
            if mark is not None and self.chosen is None:
                self.link_chosen.emit(mark.links[0])
        self.menu_wanted.emit(where)
        event.accept()

    def selected_at(self, position: QPointF) -> bool:
        """True on what is selected."""
        return bool(self._shapes) and self._mouse.on_selection(*self.point_on_page(position))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Takes criteria; files are the window's."""
        if not self._dropping.enter(event):
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        """Shows where a criterion would be dropped."""
        if not self._dropping.move(event):
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: ARG002, N802
        """The criterion is carried on."""
        self._dropping.leave()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Tells what a criterion was dropped on."""
        dropped = self._dropping.drop(event)
        if dropped is not None:
            # The drag is still under way in the tree it came from.
            QTimer.singleShot(0, self, lambda: self.criterion_dropped.emit(*dropped))

    def drag_selection(self) -> None:
        """Starts dragging what is selected, to be dropped on a criterion."""
        self._mouse.drag_selection()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Shows that keys act here."""
        super().focusInEvent(event)
        self._keep_lit()
        self.viewport().update()
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Shows that keys act elsewhere."""
        super().focusOutEvent(event)
        self._blink.stop()
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Moves through pages; with Shift, or with the caret, through the text."""
        if self._keys.press(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    # --- words ---------------------------------------------------------------------------

    def selected_text(self) -> str:
        """What is selected, as it would be quoted; a part of a page by what it is."""
        piece, place, text = self._piece, self.selection.place, self.selection.text
        if piece is not None:
            kind = "Area" if piece.kind == "area" else piece.kind.capitalize()
            return f"[{kind} of page {piece.page + 1}]"
        return text.quote(place) if place is not None and text is not None else ""

    @property
    def long(self) -> bool:
        """True where so much is selected that putting it into words would hold the window up."""
        place = self.selection.place
        return place is not None and sum(end - start for _, start, end in place.spans) > LONG

    def brief_text(self) -> str:
        """What is selected, in so few words that it takes no time: of much, beginning and end."""
        place, text = self.selection.place, self.selection.text
        if self._piece is not None or place is None or text is None or not self.long:
            return self.selected_text()
        (first, start, upto), (last, back, end) = place.spans[0], place.spans[-1]
        head = text.quote(Place(((first, start, min(upto, start + _BRIEF)),)))
        tail = text.quote(Place(((last, max(back, end - _BRIEF), end),)))
        return f"{head} … {tail}"

    def copy(self) -> None:
        """Puts what is selected on the clipboard."""
        words = self.selected_text()
        if words:
            QGuiApplication.clipboard().setText(words)

    def _selected(self) -> None:
        if self.selection.place is not None and self._piece is not None:
            self._piece = None
        self._keep_lit()
        self.viewport().update()
        self.selection_changed.emit()
