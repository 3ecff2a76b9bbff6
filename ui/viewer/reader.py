"""The pages with what belongs to them: find in the document, and a word when nothing is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.documents.finding import Wanted
from cambs_evidence.documents.sought import understood
from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Box, Document, Link, PageLink, PageShape, Place
from ui.session import Session
from ui.stands import said_in_words
from ui.theme import Theme
from ui.viewer.bitmaps import Bitmaps
from ui.viewer.find_bar import FindBar
from ui.viewer.page_view import PageView
from ui.viewer.shown import ShownBar
from ui.viewer.strip import Strip
from ui.viewer.trail import Stand

if TYPE_CHECKING:
    from cambs_evidence.documents.anchors import DocumentText

#: What is selected is offered to be found up to so many characters.
LONGEST_QUOTED = 80


class Reader(QWidget):
    """Find bar and pages of one document of a case at a time.

    Signals:
        shown: the document that is shown is another one, or none.
    """

    shown = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._bitmaps: Bitmaps | None = None
        self._wanted: Document | None = None
        self._back: tuple[int, float] | None = None
        self._then: Callable[[], None] | None = None
        #: How each document was left; several readers may share it.
        self.stands: dict[str, Stand] = {}
        self.pages = PageView(theme, self)
        self.strip = Strip(theme, self.pages)
        self.find_bar = FindBar(theme, self)
        self.shown_bar = ShownBar(theme, self)
        self.empty = QLabel(self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setProperty("muted", True)
        self.empty.setContentsMargins(40, 40, 40, 40)
        sheets = QWidget(self)
        row = QHBoxLayout(sheets)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.pages, 1)
        row.addWidget(self.strip)
        inner = QWidget(self)
        self._stack = QStackedLayout(inner)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(sheets)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.find_bar)
        column.addWidget(self.shown_bar)
        column.addWidget(inner, 1)
        self.find_bar.found.connect(self._mark)
        self.find_bar.closed.connect(self._close_find)
        self.shown_bar.chosen.connect(lambda _: self.show_links())
        self.shown_bar.closed.connect(self.pages.setFocus)
        self.pages.links_wanted.connect(self._ask_links)

    # --- case and document ---------------------------------------------------------------

    @property
    def document(self) -> Document | None:
        """The document that is shown, or about to be."""
        return self._wanted

    def use(self, session: Session | None, bitmaps: Bitmaps | None) -> None:
        """Takes a case, of which nothing is shown yet; None lets go of the one before."""
        self.find_bar.use(None, None)
        self.pages.use(None)
        self.pages.use(bitmaps)
        self._wanted = self._then = self._back = None
        self._bitmaps = bitmaps
        self._session = session
        self.pages.may_change = session is not None and not session.readonly
        bundle = session.held.bundle if session is not None else None
        self.pages.only_cited = bundle is not None and bundle.pages == "cited"
        self.pages.label_of = self._label
        self.pages.review_of = self._review
        self._stack.setCurrentIndex(0)
        self.find_bar.hide()
        if self.shown_bar.isVisible():
            self.shown_bar.leave()

    def _label(self, code: str) -> str:
        try:
            return self._session.case.target(code).label if self._session is not None else ""
        except EvidenceError:
            return ""  # the framework has it no longer

    def _review(self, link: Link) -> str:
        """How a link stands with its reviewers, empty while nobody has said anything."""
        return said_in_words(self._session, link.id).lower() if self._session is not None else ""

    def show_words(self, words: str) -> None:
        """Shows some words in place of pages."""
        self.leave()
        self._wanted = None
        self.pages.show_document(None, ())
        self.find_bar.use(self._session, None)
        self.find_bar.hide()
        self.empty.setText(words)
        self._stack.setCurrentIndex(0)
        self.shown.emit()

    def leave(self) -> None:
        """Takes note of how the document that is shown is left."""
        left = self.pages.document
        if left is not None:
            self.stands.pop(left.id, None)  # so that the last one left is the last one kept
            self.stands[left.id] = Stand(*self.pages.position(), self.pages.turn)

    def show_document(
        self,
        document: Document,
        *,
        back: tuple[int, float] | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Shows a document; ``then`` is called once its pages and its text are there.

        ``back`` is a position to come back to, as :meth:`PageView.position` gives it.
        """
        session = self._session
        if session is None:
            return
        self._then = then
        if self._wanted is not None and self._wanted.id == document.id:
            self._wanted = document
            self._back = back or self._back
            if self.pages.document is not None and self.pages.document.id == document.id:
                if self._back is not None:
                    self.pages.restore(*self._back)
                self._back = None
            self._go_on()
            return
        self.leave()
        stand = self.stands.get(document.id)
        if back is None and then is None and stand is not None:
            back = stand.page, stand.share
        self._wanted, self._back = document, back
        session.read(
            lambda: session.case.shapes(document), lambda shapes: self._show(document, shapes)
        )

    def _show(self, document: Document, shapes: list[PageShape]) -> None:
        session = self._session
        if session is None or self._wanted is None or self._wanted.id != document.id:
            return  # something else is wanted by now
        self._stack.setCurrentIndex(1)
        stand = self.stands.get(document.id)
        self.pages.show_document(document, shapes, stand.turn if stand is not None else 0)
        self.show_links()
        self.show_noted()
        if self._back is not None:
            self.pages.restore(*self._back)
            self._back = None
        self.find_bar.use(session, document)
        self.shown.emit()

        def look() -> DocumentText:
            text = session.case.text(document)
            text.warm()
            return text

        session.read(look, lambda text: self._read(document, text))

    def read_again(self, document: Document) -> None:
        """Reads pages and text anew, where this is the document that is shown."""
        shown = self.pages.document
        if shown is not None and shown.id == document.id:
            self.leave()
            self._wanted = None
            position = self.pages.position()
            self.show_document(document, back=position)

    def _read(self, document: Document, text: DocumentText) -> None:
        if self._wanted is not None and self._wanted.id == document.id:
            self.pages.read(text)
            self._go_on()

    def _go_on(self) -> None:
        then = self._then
        if then is not None and self.pages.selection.text is not None:
            self._then = None
            then()

    def show_links(self, touched: Sequence[Link] | None = None) -> None:
        """Shows the highlights as they are now; ``touched`` are the links that are others."""
        session, document = self._session, self._wanted
        if session is None or document is None or self.pages.document is None:
            return
        pages: set[int] | None = None
        if touched is not None:
            ours = [link for link in touched if link.passage.document_id == document.id]
            if not ours:
                return
            pages = {span.page for link in ours for span in link.passage.anchor.spans}
            pages |= self.pages.pages_of({link.passage.id for link in ours})
        session.want(document.id)
        links = session.links_of_document(document.id)
        if self.shown_bar.isVisible():
            self.shown_bar.offer(links)
        self.pages.show_links([each for each in links if self.shown_bar.shown.lets(each)], pages)

    def show_noted(self) -> None:
        """Shows the passages that reviewers noted as missing and that wait for the author."""
        session, document = self._session, self.pages.document
        if session is not None and document is not None:
            found = session.held.findings.values()
            waiting = [x for x in found if x.outcome is None and x.document_id == document.id]
            self.pages.show_noted(waiting)

    def _ask_links(self, page: int) -> None:
        document = self.pages.document
        if document is None or self._bitmaps is None:
            return

        def take(found: list[PageLink]) -> None:
            shown = self.pages.document
            if shown is not None and shown.id == document.id:
                self.pages.show_page_links(page, found)

        self._bitmaps.links(document.rendition_sha256 or document.sha256, page, take)

    def choose_shown(self) -> None:
        """Asks which highlights are shown."""
        session, document = self._session, self._wanted
        if session is not None and document is not None:
            self.shown_bar.offer(session.links_of_document(document.id))
            self.shown_bar.open()

    # --- going somewhere -----------------------------------------------------------------

    def go_to_link(self, link: Link) -> None:
        """Shows a passage of the document that is shown, flashing."""
        self.pages.set_active(link.passage.id)
        if not self.shown_bar.shown.lets(link):
            self.shown_bar.leave()  # what is gone to is seen
        spans, region = link.passage.anchor.spans, link.passage.anchor.region
        if region is not None:
            self.pages.go_to(spans[0].page, (region.box,))
            self.pages.flash({spans[0].page: (region.box,)})
            return
        self.pages.go_to(spans[0].page, spans[0].quads)
        boxes: dict[int, tuple[Box, ...]] = {}
        for span in spans:
            boxes[span.page] = boxes.get(span.page, ()) + span.quads
        self.pages.flash(boxes)

    def go_to_stretch(self, place: Place) -> None:
        """Shows words of the document that is shown, flashing."""
        text, (page, _) = self.pages.selection.text, place.start
        boxes = text.quads(place) if text is not None else {}
        self.pages.go_to(page, boxes.get(page, ()))
        self.pages.flash(boxes)

    def go_to_words(self, page: int, query: str, snippet: str = "") -> None:
        """Marks the words of a search on a page (0-based), and goes to those of the snippet."""
        text = self.pages.selection.text
        places: list[Place] = []
        first = 0
        if text is not None:
            words = text.pages[page].text
            places = [Place(((page, start, end),)) for start, end in understood(query).on(words)]
            shown = Wanted(snippet.strip("… ")).on(words)
            first = shown[0][0] if shown else 0
        self.pages.show_hits(places)
        if places:
            after = (each for each in places if each.start[1] >= first)
            self.pages.show_hit(next(after, places[0]))
        else:
            self.pages.go_to(page)

    def select_round(self, place: Place) -> None:
        """Selects the paragraph that words stand in, in the document that is shown."""
        text, (page, start) = self.pages.selection.text, place.start
        if text is not None:
            whole = text.between(*text.whole_paragraph((page, start)))
            self.pages.selection.take(whole or place)

    def ask(self) -> None:
        """Asks for words to be found in the document."""
        if self._wanted is not None:
            words = self.pages.brief_text()
            self.find_bar.open(words if len(words) <= LONGEST_QUOTED else "", self.pages.page)

    def _mark(self, places: list[Place], current: int) -> None:
        self.pages.show_hits(places)
        if 0 <= current < len(places):
            self.pages.show_hit(places[current])

    def _close_find(self, place: Place | None) -> None:
        """What was looked at last is selected, so that it can be tagged at once."""
        if place is not None:
            self.pages.selection.take(place)
        self.pages.setFocus()
