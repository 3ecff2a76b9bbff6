"""From selected words to a link: what the palette asks, and what is done with the answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRect, QSize, Signal
from PySide6.QtWidgets import QWidget

from cambs_evidence.model import Document, Link, Passage, Place, Polarity, Target
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
        used: the codes that have just been tagged to.
    """

    said = Signal(str)
    used = Signal(object)

    def __init__(self, theme: Theme, desk: Desk, over: QWidget) -> None:
        super().__init__(over)
        self._desk = desk
        self._over = over
        self._session: Session | None = None
        self._retagged: list[Link] = []
        #: The polarity that was tagged with last.
        self.polarity = Polarity.STRENGTH
        #: What was selected when it was asked about: an answer is for nothing else.
        self._asked: tuple[PageView, Document, Place | Piece] | None = None
        self._expected: tuple[Place, str] | None = None
        self.palette = TagPalette(theme, over)
        self.palette.accepted.connect(self._accept)
        self.palette.closed.connect(self._give_back)

    def use(self, session: Session | None) -> None:
        """Tags in a case from here on."""
        self.palette.leave()
        self._session = session
        self._retagged, self._asked = [], None

    def _give_back(self) -> None:
        self._pages.setFocus()

    @property
    def _pages(self) -> PageView:
        return self._desk.pages

    @property
    def possible(self) -> bool:
        """True while words are selected and can be tagged, or noted in a file for review."""
        return self._pages.chosen is not None and self._may_take

    @property
    def _may_take(self) -> bool:
        session = self._session
        return session is not None and session.may_say

    def ask(self, code: str | None = None) -> None:
        """Asks what the selected words are evidence for, with a criterion chosen already."""
        if self._session is None:
            return
        found = self._selected()
        if found is None:
            return
        self._retagged, self._asked = [], found
        if code is None and self._expected is not None and self._expected[0] == found[2]:
            code = self._expected[1]
        words = self._pages.brief_text()
        near = self._near_selection()
        self.palette.open_for(self._session, words, near, code=code, polarity=self.polarity)

    def expect(self, place: Place, code: str) -> None:
        """What a place is shown for: asked about it, the palette has that criterion chosen."""
        self._expected = (place, code)

    def _selected(self) -> tuple[PageView, Document, Place | Piece] | None:
        """What can be tagged: what is selected, else the passage that is framed.

        None where there is nothing, which is said.
        """
        if not self._may_take:
            self.said.emit(self._session.why_readonly if self._session else "")
            return None
        if self._pages.chosen is None:
            self._take_active()
        if not self.possible:
            self.said.emit(
                "Select words on the page first (or press A for an area), then tag them."
            )
            return None
        if self._pages.drawing_area:  # the area is drawn
            self._pages.draw_area(on=False)
        chosen, document = self._pages.chosen, self._pages.document
        if chosen is None or document is None:
            return None
        return self._pages, document, chosen

    def at_once(self, code: str) -> None:
        """Tags what is selected, else the framed passage, with the polarity used last."""
        session = self._session
        if session is None:
            return
        if self.palette.isVisible():
            codes = [each.code for each in self.palette.recent]
            self.palette.accept_recent(codes.index(code) + 1 if code in codes else 0)
            return
        found = self._selected()
        if found is not None:
            self._tag(session, *found, [session.case.target(code)], None)

    def tag_passage(self, pages: PageView, passage: Passage, code: str) -> None:
        """Tags a passage to one more criterion, with the polarity used last."""
        session, document = self._session, pages.document
        if session is None or document is None or session.readonly:
            return
        held: Place | Piece = place_of(passage)
        region = passage.anchor.region
        if region is not None:
            held = Piece(passage.page, region.box, held=passage.anchor)
        self._tag(session, pages, document, held, [session.case.target(code)], None)

    def _tag(
        self,
        session: Session,
        pages: PageView,
        document: Document,
        chosen: Place | Piece,
        targets: list[Target],
        note: str | None,
    ) -> None:
        def done() -> None:
            if pages.chosen == chosen:  # nothing else has been selected since
                pages.select_nothing()

        pages.stretching.passage = None
        if session.reviewing:
            commands.note_missing(
                session, document, chosen, targets, self.polarity, note, then=done
            )
            return
        commands.tag(session, document, chosen, targets, self.polarity, note, then=done)
        self.used.emit([each.code for each in targets])

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

    def retag(self, links: Sequence[Link]) -> None:
        """Asks for another criterion of links; of one for its polarity and note too."""
        if self._session is None or self._session.readonly or not links:
            return
        self._retagged, one = list(links), links[0]
        middle = QRect(self._over.rect().center(), QSize(1, 1))
        if len(links) > 1:
            words = f"{len(links):,} links to another criterion"
            self.palette.open_for(self._session, words, middle, retag=True, many=len(links))
            return
        words = quote_in_words(one.passage.anchor)
        self.palette.open_for(
            self._session, words, middle, code=one.code, polarity=one.polarity, note=one.note,
            retag=True,
        )  # fmt: skip

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
        if self._retagged:
            links, self._retagged = self._retagged, []
            code = targets[0].code
            if len(links) > 1:
                commands.amend_many(session, links, code=code)
            else:
                commands.amend(session, links[0], code=code, polarity=polarity, note=note)
            self.used.emit([code])
            return
        if self._asked is not None:
            found, self._asked = self._asked, None
            self.polarity = polarity
            self._tag(session, *found, targets, note or None)
