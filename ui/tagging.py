"""From selected words to a link: what the palette asks, and what is done with the answer."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QSize, Signal
from PySide6.QtWidgets import QWidget

from cambs_evidence.model import Link, Place, Polarity, Target
from ui import commands
from ui.panels.tagging import TagPalette
from ui.session import Session
from ui.theme import Theme
from ui.viewer.reader import Reader


class Tagging(QObject):
    """Tags what is selected in a reader.

    Signals:
        said: a line for the status bar.
    """

    said = Signal(str)

    def __init__(self, theme: Theme, reader: Reader, over: QWidget) -> None:
        super().__init__(over)
        self._reader = reader
        self._over = over
        self._session: Session | None = None
        self._retagged: Link | None = None
        self.palette = TagPalette(theme, over)
        self.palette.accepted.connect(self._accept)
        self.palette.closed.connect(self._reader.pages.setFocus)

    def use(self, session: Session | None) -> None:
        """Tags in a case from here on."""
        self.palette.leave()
        self._session = session
        self._retagged = None

    @property
    def possible(self) -> bool:
        """True while words are selected and the case can be changed."""
        selected = self._reader.pages.selection.place is not None
        return selected and self._session is not None and not self._session.readonly

    def ask(self, code: str | None = None) -> None:
        """Asks what the selected words are evidence for, with a criterion chosen already."""
        if self._session is None or self._session.readonly:
            return
        if self._reader.pages.selection.place is None:
            self._take_active()
        if not self.possible:
            self.said.emit("Select words on the page first, then tag them.")
            return
        self._retagged = None
        words = self._reader.pages.selected_text()
        self.palette.open_for(self._session, words, self._near_selection(), code=code)

    def _take_active(self) -> None:
        """The passage that is framed is selected, so that it can be tagged once more."""
        session, pages = self._session, self._reader.pages
        links = session.links_of_passage(pages.active or "") if session is not None else []
        if links and pages.document is not None:
            passage = links[0].passage
            if passage.document_id == pages.document.id:
                spans = passage.anchor.spans
                pages.selection.take(Place(tuple((x.page, x.start, x.end) for x in spans)))

    def retag(self, link: Link) -> None:
        """Asks for another criterion, polarity or note of a link."""
        if self._session is None or self._session.readonly:
            return
        self._retagged = link
        self.palette.open_for(
            self._session,
            link.passage.anchor.quote,
            QRect(self._over.rect().center(), QSize(1, 1)),
            code=link.code,
            polarity=link.polarity,
            note=link.note,
            retag=True,
        )

    def _near_selection(self) -> QRect:
        pages = self._reader.pages
        viewport = pages.viewport()
        where = pages.selection_rectangle()
        if where is None:
            return QRect(viewport.mapTo(self._over, viewport.rect().center()), QSize(1, 1))
        seen = where.toRect().intersected(viewport.rect())
        return QRect(viewport.mapTo(self._over, seen.topLeft()), seen.size())

    def _accept(self, targets: list[Target], polarity: Polarity, note: str) -> None:
        session, pages = self._session, self._reader.pages
        if session is None:
            return
        if self._retagged is not None:
            link, self._retagged = self._retagged, None
            commands.amend(session, link, code=targets[0].code, polarity=polarity, note=note)
            return
        place, document = pages.selection.place, pages.document
        if place is not None and document is not None:

            def done() -> None:
                if pages.selection.place == place:  # nothing else has been selected since
                    pages.selection.clear()

            commands.tag(session, document, place, targets, polarity, note or None, then=done)
