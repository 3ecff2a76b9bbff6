"""The documents that are open: tabs, one side or two, and the way back to where one has been."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabBar, QVBoxLayout, QWidget

from cambs_evidence.model import Document, Link
from ui.session import Session
from ui.theme import Theme, plain
from ui.viewer.bitmaps import CAP, Bitmaps
from ui.viewer.page_view import PageView
from ui.viewer.reader import Reader
from ui.viewer.trail import Spot, Stand, Trail

_CHOOSE = "Choose a document in the list to read it here."


class Side(QWidget):
    """A reader with the tabs of its documents above it.

    Signals:
        wanted: the id of a document whose tab was chosen.
        closed: a tab was closed.
        emptied: the last tab was closed.
    """

    wanted = Signal(str)
    closed = Signal()
    emptied = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = QTabBar(self)
        self.tabs.setAccessibleName("Open documents")
        self.tabs.setDocumentMode(True)
        self.tabs.setTabsClosable(True)
        self.tabs.setMovable(True)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.setDrawBase(False)
        self.tabs.installEventFilter(self)
        self.reader = Reader(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.reader, 1)
        self.tabs.currentChanged.connect(self._changed)
        self.tabs.tabCloseRequested.connect(self.close_tab)

    def documents(self) -> list[str]:
        """Ids of the documents that have a tab, in order."""
        return [str(self.tabs.tabData(tab)) for tab in range(self.tabs.count())]

    def put(self, document: Document, *, new_tab: bool) -> None:
        """Gives a document the tab it has already, a new one, or the one in use."""
        known = self.documents()
        self.tabs.blockSignals(True)
        if document.id in known:
            tab = known.index(document.id)
        elif new_tab or not known:
            tab = self.tabs.insertTab(self.tabs.currentIndex() + 1, "")
        else:
            tab = self.tabs.currentIndex()
        self._name(tab, document)
        self.tabs.setCurrentIndex(tab)
        self.tabs.blockSignals(False)

    def name_again(self, documents: Mapping[str, Document]) -> None:
        """Takes titles as they are now; tabs of documents that are gone are closed."""
        for tab, each in reversed(list(enumerate(self.documents()))):
            document = documents.get(each)
            if document is None:
                self.tabs.blockSignals(True)
                self.tabs.removeTab(tab)
                self.tabs.blockSignals(False)
            else:
                self._name(tab, document)

    def _name(self, tab: int, document: Document) -> None:
        self.tabs.setTabData(tab, document.id)
        self.tabs.setTabText(tab, " ".join(document.title.split()).replace("&", "&&"))
        for side in (QTabBar.ButtonPosition.LeftSide, QTabBar.ButtonPosition.RightSide):
            button = self.tabs.tabButton(tab, side)
            if button is not None:
                button.setAccessibleName(f"Close {document.title}")
                button.setToolTip("Close the tab (Ctrl+W)")
        self.tabs.setTabToolTip(tab, plain(f"{document.title}\n{document.filename}"))

    def clear(self) -> None:
        """Takes all tabs away."""
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        self.tabs.blockSignals(False)

    def close_tab(self, tab: int | None = None) -> None:
        """Closes a tab, the one in use unless told; its neighbour is shown instead."""
        tab = self.tabs.currentIndex() if tab is None else tab
        if 0 <= tab < self.tabs.count():
            self.tabs.removeTab(tab)
            self.closed.emit()
            if not self.tabs.count():
                self.emptied.emit()

    def step(self, by: int) -> None:
        """Goes to the next tab, or the one before."""
        if self.tabs.count():
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())

    def _changed(self, tab: int) -> None:
        if tab >= 0:
            self.wanted.emit(str(self.tabs.tabData(tab)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The middle button closes a tab."""
        if (
            watched is self.tabs
            and event.type() is QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and event.button() is Qt.MouseButton.MiddleButton
        ):
            self.close_tab(self.tabs.tabAt(event.position().toPoint()))
            return True
        return super().eventFilter(watched, event)


class Desk(QWidget):
    """One side or two at which documents are read; the keys act at one of them.

    Signals:
        shown: the document that is shown where the keys act is another one, or none.
        selection_changed, moved, caret_switched: as of the pages there.
        link_chosen, tag_wanted, stretched, followed, menu_wanted, criterion_dropped: as of the
            pages, which are those where the keys act from then on.
        trail_changed: there is another way back or forward.
        wanted: the id of a document whose tab was chosen.
    """

    shown = Signal()
    selection_changed = Signal()
    moved = Signal()
    caret_switched = Signal()
    link_chosen = Signal(object)
    tag_wanted = Signal()
    stretched = Signal(object, object)
    followed = Signal(object)
    menu_wanted = Signal(QPoint)
    back_wanted = Signal(int)
    criterion_dropped = Signal(str, object)
    trail_changed = Signal()
    wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self.bitmaps: Bitmaps | None = None
        #: Bytes of bitmaps kept at most, for cases that are opened from here on.
        self.cap = CAP
        self._active = 0
        self._trail = Trail()
        self._stands: dict[str, Stand] = {}
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._theme = theme
        #: The sides that are there, from the left.
        self.sides: list[Side] = []
        self._add_side()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._splitter)

    def _add_side(self) -> None:
        side = Side(self._theme, self)
        side.reader.stands = self._stands
        if self.sides:
            side.reader.pages.set_night(night=self.sides[0].reader.pages.night)
        self.sides.append(side)
        self._splitter.addWidget(side)
        self._listen(len(self.sides) - 1, side)

    def _listen(self, number: int, side: Side) -> None:
        pages = side.reader.pages
        side.wanted.connect(partial(self._tab_chosen, number))
        side.closed.connect(self._show_tabs)
        side.emptied.connect(partial(self._side_emptied, number))
        side.reader.shown.connect(partial(self._if_active, number, self.shown.emit))
        pages.selection_changed.connect(
            partial(self._if_active, number, self.selection_changed.emit)
        )
        pages.moved.connect(partial(self._if_active, number, self.moved.emit))
        pages.caret_switched.connect(partial(self._if_active, number, self.caret_switched.emit))
        pages.focused.connect(partial(self.activate, number))
        for signal, relay in (
            (pages.link_chosen, self.link_chosen),
            (pages.tag_wanted, self.tag_wanted),
            (pages.stretched, self.stretched),
            (pages.followed, self.followed),
            (pages.menu_wanted, self.menu_wanted),
            (pages.back_wanted, self.back_wanted),
            (pages.criterion_dropped, self.criterion_dropped),
        ):
            signal.connect(partial(self._relay, number, relay.emit))

    def _if_active(self, number: int, emit: Callable[[], None], *_: object) -> None:
        if number == self._active:
            emit()

    def _relay(self, number: int, emit: Callable[..., None], *told: object) -> None:
        self.activate(number)
        emit(*told)

    # --- what is there -------------------------------------------------------------------

    @property
    def side(self) -> Side:
        """The side where the keys act."""
        return self.sides[self._active]

    @property
    def reader(self) -> Reader:
        """The reader where the keys act."""
        return self.side.reader

    @property
    def pages(self) -> PageView:
        """The pages where the keys act."""
        return self.reader.pages

    @property
    def active(self) -> int:
        """The number of the side where the keys act, 0 or 1."""
        return self._active

    @property
    def beside(self) -> bool:
        """True while there are two sides."""
        return len(self.sides) > 1

    def stands(self) -> dict[str, Stand]:
        """How each document was left or stands now, the ones left last at the end."""
        for side in self.sides:
            side.reader.leave()
        return dict(self._stands)

    def use(self, session: Session | None) -> None:
        """Takes a case, of which nothing is shown yet; None lets go of the one before."""
        old, self.bitmaps = self.bitmaps, None
        self._session = session
        self._trail = Trail()
        if session is not None:
            self.bitmaps = Bitmaps(session.case, self, self.cap)
        self.set_beside(on=False)
        self.sides[0].clear()
        self.sides[0].reader.use(session, self.bitmaps)
        self._stands.clear()
        if old is not None:
            old.close()
            old.deleteLater()
        self.trail_changed.emit()

    def remember(self, stands: Mapping[str, Stand]) -> None:
        """Takes how documents were left when the case was open last."""
        self._stands.update(stands)

    def activate(self, number: int) -> None:
        """Has the keys act at a side."""
        if number != self._active:
            self._active = number
            self.shown.emit()
            self.selection_changed.emit()
            self.moved.emit()
            self.caret_switched.emit()

    # --- documents -----------------------------------------------------------------------

    def show_document(
        self,
        document: Document,
        *,
        back: tuple[int, float] | None = None,
        then: Callable[[], None] | None = None,
        new_tab: bool = False,
    ) -> None:
        """Shows a document where the keys act; see :meth:`Reader.show_document`.

        In the tab it has already, in a new one if told, else in place of the one shown.
        """
        shown = self.reader.document
        if then is not None or (shown is not None and shown.id != document.id):
            self.leave_here()
        self._show(document, back, then, new_tab=new_tab)

    def _show(
        self,
        document: Document,
        back: tuple[int, float] | None,
        then: Callable[[], None] | None = None,
        *,
        new_tab: bool = False,
    ) -> None:
        self.side.put(document, new_tab=new_tab)
        self._show_tabs()
        self.reader.show_document(document, back=back, then=then)

    def show_words(self, words: str) -> None:
        """Shows some words in place of pages; no document is open."""
        self.set_beside(on=False)
        for side in self.sides:
            side.clear()
        self._show_tabs()
        self.reader.show_words(words)

    def open_tabs(self, number: int, documents: Sequence[Document]) -> None:
        """Opens tabs at a side without showing their documents yet."""
        for document in documents:
            self.sides[number].put(document, new_tab=True)
        self._show_tabs()

    def take_documents(self, documents: Mapping[str, Document]) -> bool:
        """Takes the documents as they are now; False where one was shown and now none is."""
        gone = False
        for number, side in reversed(list(enumerate(self.sides))):
            shown, position = side.reader.document, side.reader.pages.position()
            side.name_again(documents)
            if shown is None or shown.id in documents:
                continue
            other = [each for each in documents.values() if each.identity == shown.identity]
            if other:  # another version of it has taken its place
                side.put(other[0], new_tab=True)
                side.reader.show_document(other[0], back=position)
                continue
            gone = True
            left = [documents[each] for each in side.documents()]
            if left:
                side.reader.show_document(left[max(side.tabs.currentIndex(), 0)])
            else:
                self._side_emptied(number)
        self._show_tabs()
        return not gone or self.reader.document is not None

    def show_links(self, touched: Collection[Link]) -> None:
        """Shows highlights as they are now; ``touched`` are the links that are others."""
        for side in self.sides:
            side.reader.show_links(list(touched))

    def show_noted(self) -> None:
        """Shows what reviewers noted as missing as it is now."""
        for side in self.sides:
            side.reader.show_noted()

    def close_tab(self) -> None:
        """Closes the tab in use; the last one of a second side closes that side."""
        self.side.close_tab()

    def step_tab(self, by: int) -> None:
        """Goes to the next tab where the keys act, or the one before."""
        self.side.step(by)

    def set_beside(self, *, on: bool, empty: bool = False) -> None:
        """Has two sides, or one; the second begins with the document of the first, or ``empty``."""
        if on == self.beside:
            return
        if on:
            self._add_side()
            self.sides[1].reader.use(self._session, self.bitmaps)
            whole = self._splitter.width()
            self._splitter.setSizes([whole // 2, whole // 2])
            shown = self.sides[0].reader.document
            if shown is not None and not empty:
                back = self.sides[0].reader.pages.position()
                self.sides[1].put(shown, new_tab=True)
                self.sides[1].reader.show_document(shown, back=back)
                self.sides[1].reader.pages.setFocus()
                self.activate(1)
        else:
            second = self.sides[1]
            second.reader.leave()
            self.activate(0)
            del self.sides[1]
            second.reader.use(None, None)
            second.hide()
            second.deleteLater()
            self.sides[0].reader.pages.setFocus()
        self._show_tabs()
        self.caret_switched.emit()

    def _show_tabs(self) -> None:
        """One document alone needs no tab."""
        needed = self.beside or self.sides[0].tabs.count() > 1
        for side in self.sides:
            side.tabs.setVisible(needed)

    def _tab_chosen(self, number: int, document_id: str) -> None:
        self.activate(number)
        self.wanted.emit(document_id)

    def _side_emptied(self, number: int) -> None:
        if number == 1:
            self.set_beside(on=False)
        elif self.beside:
            # What the second side shows takes the place of the first.
            documents = self.sides[1].documents()
            current = self.sides[1].reader.document
            pages = self.sides[1].reader.pages
            there = current is not None and pages.document == current
            position = pages.position() if there else None
            self.set_beside(on=False)
            known = self._session.held.documents if self._session is not None else {}
            left = [known[each] for each in documents if each in known]
            self.open_tabs(0, left)
            if current is not None and current.id in known:
                self._show(known[current.id], position)
            elif left:
                self._show(left[0], None)
            else:
                self._side_emptied(0)
        else:
            self.reader.show_words(_CHOOSE)

    # --- back and forward ----------------------------------------------------------------

    def here(self) -> Spot | None:
        """Where a person is."""
        pages = self.pages
        return Spot(pages.document.id, *pages.position()) if pages.document is not None else None

    def leave_here(self) -> None:
        """A jump goes elsewhere: takes note of the place to come back to."""
        self._trail.leave(self.here())
        self.trail_changed.emit()

    @property
    def can_go(self) -> tuple[bool, bool]:
        """Whether there is a way back, and forward."""
        return bool(self._trail.behind), bool(self._trail.ahead)

    def go(self, by: int) -> None:
        """Goes back to where a person was (-1), or forward again (1)."""
        known = self._session.held.documents if self._session is not None else {}
        turn = self._trail.back if by < 0 else self._trail.forward
        spot = turn(self.here(), lambda each: each.document in known)
        self.trail_changed.emit()
        if spot is not None:
            self._show(known[spot.document], (spot.page, spot.share))
