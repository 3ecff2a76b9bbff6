"""From selected words to a link: what the palette asks, and what is done with the answer."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QSize, Signal
from PySide6.QtWidgets import QWidget

from cambs_evidence.model import Document, Link, Place, Polarity, Target
from cambs_evidence.wording import quote_in_words
from ui import commands
from ui.panels.tagging import TagPalette
from ui.pieces import Piece
from ui.session import Session
from ui.theme import Theme
from ui.viewer.desk import Desk
from ui.viewer.grips import place_of
from ui.viewer.page_view import PageView


class Tagging(QObject):
    """Tags what is selected on a desk.

    Signals:
        said: a line for the status bar.
    """

    said = Signal(str)

    def __init__(self, theme: Theme, desk: Desk, over: QWidget) -> None:
        super().__init__(over)
        self._desk = desk
        self._over = over
        self._session: Session | None = None
        self._retagged: Link | None = None
        #: What was selected when it was asked about: an answer is for nothing else.
        self._asked: tuple[PageView, Document, Place | Piece] | None = None
        self.palette = TagPalette(theme, over)
        self.palette.accepted.connect(self._accept)
        self.palette.closed.connect(self._give_back)

    def use(self, session: Session | None) -> None:
        """Tags in a case from here on."""
        self.palette.leave()
        self._session = session
        self._retagged = self._asked = None

    def _give_back(self) -> None:
        self._pages.setFocus()

    @property
    def _pages(self) -> PageView:
        return self._desk.pages

    @property
    def possible(self) -> bool:
        """True while words are selected and the case can be changed."""
        selected = self._pages.chosen is not None
        return selected and self._session is not None and not self._session.readonly

    def ask(self, code: str | None = None) -> None:
        """Asks what the selected words are evidence for, with a criterion chosen already."""
        if self._session is None:
            return
        if self._session.readonly:
            self.said.emit("This case is open for reading only.")
            return
        if self._pages.chosen is None:
            self._take_active()
        if not self.possible:
            self.said.emit(
                "Select words on the page first (or press A for an area), then tag them."
            )
            return
        if self._pages.drawing_area:  # the area is drawn
            self._pages.draw_area(on=False)
        chosen, document = self._pages.chosen, self._pages.document
        if chosen is None or document is None:
            return
        self._retagged, self._asked = None, (self._pages, document, chosen)
        words = self._pages.brief_text()
        self.palette.open_for(self._session, words, self._near_selection(), code=code)

    def _take_active(self) -> None:
        """The passage that is framed is selected, so that it can be tagged once more."""
        pages = self._pages
        passage = pages.active_passage()
        if passage is None:
            return
        region = passage.anchor.region
        if region is None:
            pages.selection.take(place_of(passage))
        else:
            pages.select_piece(Piece(passage.page, region.box, held=passage.anchor))

    def retag(self, link: Link) -> None:
        """Asks for another criterion, polarity or note of a link."""
        if self._session is None or self._session.readonly:
            return
        self._retagged = link
        self.palette.open_for(
            self._session,
            quote_in_words(link.passage.anchor),
            QRect(self._over.rect().center(), QSize(1, 1)),
            code=link.code,
            polarity=link.polarity,
            note=link.note,
            retag=True,
        )

    def _near_selection(self) -> QRect:
        pages = self._pages
        viewport = pages.viewport()
        where = pages.selection_rectangle()
        if where is None:
            return QRect(viewport.mapTo(self._over, viewport.rect().center()), QSize(1, 1))
        seen = where.toRect().intersected(viewport.rect())
        return QRect(viewport.mapTo(self._over, seen.topLeft()), seen.size())

    def _accept(self, targets: list[Target], polarity: Polarity, note: str) -> None:
        session = self._session
        if session is None:
            return
        if self._retagged is not None:
            link, self._retagged = self._retagged, None
            commands.amend(session, link, code=targets[0].code, polarity=polarity, note=note)
            return
        if self._asked is not None:
            (pages, document, chosen), self._asked = self._asked, None

            def done() -> None:
                if pages.chosen == chosen:  # nothing else has been selected since
                    pages.select_nothing()

            pages.stretching.passage = None
            commands.tag(session, document, chosen, targets, polarity, note or None, then=done)
