"""What is done to links and passages that there are: moved, copied, split, merged, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cambs_evidence.model import Link, Passage, Polarity
from ui import commands
from ui.dialogs.note import NoteDialog
from ui.recent import Recent
from ui.session import News, Session

if TYPE_CHECKING:
    from ui.main_window import MainWindow
    from ui.viewer.page_view import PageView

_NO_CUT = (
    "Click into the passage where it is to be split (or put the caret there, F7), or select some "
    "of its words, then press S."
)
_NO_PAIR = (
    "Select over the passages that are to be one, or choose their rows in the evidence, then press "
    "M."
)


class Retagging(QObject):
    """Changes what is chosen, each time in one step that can be undone."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.recent = Recent(window.memory, window, self.quick)
        window.tagging.used.connect(self._used)

    def use(self, session: Session | None) -> None:
        """Takes up a case, or none."""
        self._take_up(session)
        if session is not None:
            session.changed.connect(lambda news: self._hear(session, news))

    def _hear(self, session: Session, news: News) -> None:
        """Another framework has other criteria."""
        if news.framework and session is self._window.session:
            self._take_up(session)

    def _take_up(self, session: Session | None) -> None:
        self.recent.use(session)
        self._window.tagging.palette.recent = self.recent.targets()

    def _used(self, codes: list[str]) -> None:
        self.recent.take(codes)
        self._window.tagging.palette.recent = self.recent.targets()

    @property
    def _session(self) -> Session | None:
        """The case, where it can be changed."""
        session = self._window.session
        return session if session is not None and not session.readonly else None

    def chosen(self) -> list[Link]:
        """What is chosen in the table, else the link that the details show."""
        links = self._window.evidence.links()
        active = self._window.details.active_link()
        return links or ([active] if active is not None else [])

    # --- links ---------------------------------------------------------------------------

    def quick(self, code: str) -> None:
        """Tags to a criterion at once: rows of the table where keys act there, else the page."""
        window, session = self._window, self._session
        links = window.evidence.links()
        if session is not None and links and window.evidence.table.hasFocus():
            commands.tag_also(session, links, code)
            self._used([code])
        else:
            window.tagging.at_once(code)

    def retag(self) -> None:
        """Asks for another criterion for the chosen links."""
        self.retag_links(self.chosen())

    def retag_links(self, links: Sequence[Link]) -> None:
        """Asks for another criterion for some links."""
        self._window.details.keep()
        self._window.tagging.retag(links)

    def untag(self) -> None:
        """Takes the chosen links away; in the list of documents, the document that is chosen."""
        if self._window.documents.view.hasFocus():
            self._window.remove_document()
        elif not self._window.judging.remove_chosen_action():
            self.untag_links(self.chosen())

    def untag_links(self, links: Sequence[Link]) -> None:
        """Takes links away."""
        if self._session is not None:
            commands.untag(self._session, links)

    def polarise(self, links: Sequence[Link], polarity: Polarity) -> None:
        """Gives links another polarity."""
        if self._session is not None and links:
            self._window.details.keep()
            commands.amend_many(self._session, links, polarity=polarity)

    def edit_note(self) -> None:
        """Puts the cursor into the note of the chosen link; for several asks for one."""
        links = self.chosen()
        if len(links) == 1:
            self._window.details.show_link(links[0])
            self._window.docks.reveal("details")
            self._window.details.edit_note()
        elif links and self._session is not None:
            notes = {each.note for each in links}
            usual = (notes.pop() or "") if len(notes) == 1 else ""
            dialog = NoteDialog(len(links), usual, self._window)
            if dialog.exec():
                commands.amend_many(self._session, links, note=dialog.answer())
            dialog.deleteLater()

    # --- dropping ------------------------------------------------------------------------

    def drop_links(self, code: str, ids: Sequence[str], *, copy: bool) -> None:
        """Links were dropped on a criterion: they are moved there, or tagged to it too."""
        session = self._session
        if session is None:
            return
        known = [session.held.links[each] for each in ids if each in session.held.links]
        if copy:
            commands.tag_also(session, known, code)
        else:
            others = [each for each in known if each.code != code]
            commands.amend_many(session, others, code=code)
            if not others:
                self._window.say(f"That is tagged to {code} already.")
        if known:
            self._used([code])

    def drop_criterion(self, code: str, passage: Passage | None) -> None:
        """A criterion was dropped on a passage, or on what is selected."""
        if passage is None:
            self._window.tagging.at_once(code)
        else:
            self._window.tagging.tag_passage(self._window.reader.pages, passage, code)

    # --- passages ------------------------------------------------------------------------

    def split(self) -> None:
        """Splits a passage at the caret, or so that the selected words are one of their own."""
        session, pages = self._session, self._window.reader.pages
        if session is None:
            return
        place, caret = pages.selection.place, pages.selection.head
        cuts = [caret] if caret is not None else []
        if place is not None:
            first, last = place.spans[0], place.spans[-1]
            cuts = [(first[0], first[1]), (last[0], last[2])]
        passage = _held(pages, cuts)
        if passage is None:
            self._window.say(_NO_CUT)
            return
        pages.select_nothing()
        commands.split(session, passage, cuts)

    def merge(self) -> None:
        """Makes one passage of those selected over, else of those chosen in the table."""
        session, pages = self._session, self._window.reader.pages
        if session is None:
            return
        ids = _touched(pages)
        if len(ids) < 2:
            ids = list(dict.fromkeys(each.passage.id for each in self._window.evidence.links()))
        if len(ids) < 2:
            ids = _neighbours(pages)
        if len(ids) < 2:
            self._window.say(_NO_PAIR)
            return
        self._window.details.keep()

        def show(passage: str) -> None:
            links = session.links_of_passage(passage)
            if links:
                self._window.choose_link(links[0])

        pages.select_nothing()
        commands.merge(session, ids, show)


_Caret = tuple[int, int]


def _extent(passage: Passage) -> tuple[_Caret, _Caret]:
    first, last = passage.anchor.spans[0], passage.anchor.spans[-1]
    return (first.page, first.start), (last.page, last.end)


def _held(pages: PageView, cuts: Sequence[_Caret]) -> Passage | None:
    """The passage that a caret stands in, the framed one first."""
    active = pages.active_passage()
    there = [active] if active is not None else []
    for passage in (*there, *pages.passages()):
        start, end = _extent(passage)
        if passage.anchor.region is None and any(start < each < end for each in cuts):
            return passage
    return None


def _touched(pages: PageView) -> list[str]:
    """The passages of words that the selection touches, in the order they are read."""
    place = pages.selection.place
    if place is None:
        return []
    first, last = place.spans[0], place.spans[-1]
    low, high = (first[0], first[1]), (last[0], last[2])
    found = []
    for passage in pages.passages():
        start, end = _extent(passage)
        if passage.anchor.region is None and start < high and end > low:
            found.append((start, passage.id))
    return [key for _, key in sorted(found)]


def _neighbours(pages: PageView) -> list[str]:
    """The framed passage and the one that follows it."""
    active = pages.active_passage()
    if active is None or active.anchor.region is not None:
        return []
    after = sorted(
        (_extent(each)[0], each.id) for each in pages.passages()
        if each.anchor.region is None and each.id != active.id
        and _extent(each)[0] >= _extent(active)[0]
    )  # fmt: skip
    return [active.id, after[0][1]] if after else []
