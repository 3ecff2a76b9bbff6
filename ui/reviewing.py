"""The review in the window: going through the queue, deciding, and what the bar says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QToolButton,
    QWidget,
)

from cambs_evidence import settings
from cambs_evidence.model import Link, Place, State
from cambs_evidence.review import Bundle, Finding, Stand, Verdict
from cambs_evidence.wording import moment_in_words
from ui import commands
from ui.dialogs.told import ask
from ui.models.queue import MISSING
from ui.models.standing import Remarked
from ui.panels.review import ReviewPanel
from ui.session import News, Session
from ui.theme import plain

if TYPE_CHECKING:
    from ui.main_window import MainWindow

#: Milliseconds between looks at the page, and looks in a row after which a passage was seen.
_LOOK, _LOOKS = 200, 4
#: Share of the window's height that the queue is given.
_SHARE = 0.72
#: Letters below which the bar says little.
_NARROW = 72
#: What can be done in a file for review alone.
DECIDING = ("accept", "query", "reject", "comment", "send-back")


class _Bar(QFrame):
    """Tells when there is more or less room for its words."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Another size."""
        super().resizeEvent(event)
        self.resized.emit()


class Reviewing(QObject):
    """What leads from the queue to the page and back, and to what is kept."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session: Session | None = None
        #: How many links reviewers said what of, once all are there.
        self._remarked: Remarked | None = None
        #: The links whose passage was in view on its page for a moment.
        self.looked: set[str] = set()
        self._looks = 0
        self._timer = QTimer(self, interval=_LOOK)
        self._timer.timeout.connect(self._look)
        self._seed, self._each = "1", 5

    # --- building ------------------------------------------------------------------------

    def build(self) -> ReviewPanel:
        """The panel."""
        window = self._window
        self.panel = panel = ReviewPanel(window.theme, window)
        panel.chosen.connect(self._show)
        panel.decided.connect(self._decide)
        panel.link_wanted.connect(self._show_neighbour)
        panel.answered.connect(self.answer)
        panel.take_wanted.connect(lambda found: self._with(commands.take_missing, found))
        panel.back_wanted.connect(lambda found: self._with(commands.take_back_missing, found))
        panel.decline_wanted.connect(self._decline)
        panel.sample_wanted.connect(self.choose_sample)
        panel.summary_wanted.connect(self.show_summary)
        self.button = QToolButton(window)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(lambda _=False: self.go_to_queries())
        self.button.setAccessibleName("Review")
        self.button.hide()
        window.theme.changed.connect(self._paint)
        self._paint()
        return panel

    def build_bar(self, parent: QWidget) -> QFrame:
        """The bar above the pages of a file for review."""
        self.bar = _Bar(parent)
        self.bar.setProperty("notice", True)
        self.bar.resized.connect(self._tell_bundle)
        self._told = QLabel(self.bar)
        self._told.setWordWrap(True)
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        name = self._name = QToolButton(self.bar)
        name.setText("Your name…")
        name.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        name.setToolTip("Change who reviews: the name under your decisions (Ctrl+,)")
        name.clicked.connect(lambda _=False: self._window.edit_settings())
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(14, 7, 10, 7)
        row.addWidget(self._told, 1)
        row.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        self.bar.hide()
        return self.bar

    def slots(self) -> dict[str, Callable[[], object]]:
        """What the actions of the window do here."""
        return {
            "accept": lambda: self._press(Verdict.ACCEPT),
            "query": lambda: self._press(Verdict.QUERY),
            "reject": lambda: self._press(Verdict.REJECT),
            "comment": self._comment,
            "next-review": self.step,
            "previous-review": lambda: self.step(back=True),
            "sample-review": self.choose_sample,
            "review-summary": self.show_summary,
            "send-back": self.send_back,
        }

    def _paint(self) -> None:
        self._name.setIcon(self._window.theme.icon("user"))
        colour = self._window.theme.colours.state[State.OLD]
        self.button.setStyleSheet(f"color: {colour}; font-weight: 600;")

    # --- a case --------------------------------------------------------------------------

    def use(self, session: Session | None) -> None:
        """Takes a case, or none."""
        self._timer.stop()
        self.looked.clear()
        self._session, self._remarked = session, None
        self.panel.use(session)
        bundle = session.held.bundle if session is not None else None
        self.bar.setVisible(bundle is not None)
        self.button.setVisible(False)
        if session is None:
            return
        session.changed.connect(self._hear)
        session.filled.connect(self._count_all)
        if bundle is not None:
            self._timer.start()
        self.name_person()
        self._count_all()

    def begin(self) -> None:
        """A file for review has been opened: the queue comes to the front, at its first link."""
        session = self._session
        if session is None or not session.reviewing or self.panel.model is None:
            return
        self._reveal()
        self._window.docks.give_share("review", _SHARE)
        first = self.panel.model.after(None, is_open=True) or self.panel.model.row(0)
        if first is not None:
            self.panel.show_one(first)
        self.panel.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def name_person(self) -> None:
        """Says who reviews."""
        session = self._session
        if session is None:
            return
        self.panel.name_person(session.case.by)
        self._window.evidence.name_person(session.case.by)
        self._tell_bundle()

    def _tell_bundle(self) -> None:
        """Says what is reviewed and by whom, in few words where there is little room."""
        session = self._session
        if session is None or session.held.bundle is None:
            return
        known = bool(self._window.by or settings.read().name.strip())
        words = bundle_in_words(session.held.bundle, session.case.by, known=known)
        narrow = self.bar.width() < self.bar.fontMetrics().averageCharWidth() * _NARROW
        brief = f"You review as {session.case.by}." if known else "Say your name first."
        self._told.setText(brief if narrow else words)
        self._told.setToolTip(plain(words) if narrow else "")
        style = Qt.ToolButtonStyle
        self._name.setToolButtonStyle(
            style.ToolButtonIconOnly if narrow and known else style.ToolButtonTextBesideIcon
        )

    def _hear(self, news: News) -> None:
        if self._session is None or not (news.reviews or news.findings or news.links):
            return
        if self._remarked is not None:
            self._remarked.take(news.reviews)
        if news.findings:
            self._window.desk.show_noted()
        self._count()
        [*undone] = news.reviews if len(news.reviews) == 1 else ()
        link = self._session.held.links.get(undone[0]) if undone else None
        model = self.panel.model
        if (
            self._session.reviewing
            and link is not None
            and model is not None
            and model.stand(link.id) is Stand.OPEN
        ):
            self.panel.show_one(link)  # a decision was taken back

    def _count_all(self) -> None:
        """Counts what was said anew, once all links are there."""
        session = self._session
        if session is not None and session.whole:
            self._remarked = Remarked(session)
        self._count()

    def _count(self) -> None:
        session = self._session
        if session is None or not session.whole:
            return
        if session.reviewing and self.panel.model is not None:
            done, there = self.panel.model.decided()[None]
            self.button.setText(f"✓ {done:,} of {there:,} reviewed")
            self.button.setAccessibleName(f"{done} of {there} links reviewed")
            self.button.setToolTip("Links that you have decided on; click for the next one (K)")
            self.button.show()
            return
        said = self._remarked
        waiting = said.waiting if said is not None else 0
        rejected, differing = (
            said.count(each) if said is not None else 0
            for each in (Stand.REJECTED, Stand.CONFLICTING)
        )
        noted = sum(each.outcome is None for each in session.held.findings.values())
        words = [f"? {waiting} quer{'ies' if waiting != 1 else 'y'}"] if waiting else []
        words += [f"+ {noted} noted"] if noted else []
        self.button.setText(" ".join(words))
        told = ", ".join((
            f"{waiting:,} open {'query' if waiting == 1 else 'queries'}",
            f"{_links(noted, 'passage')} noted as missing",
            f"{_links(rejected)} rejected",
            f"{_links(differing)} on which reviewers differ",
        ))  # fmt: skip
        self.button.setToolTip(f"{told}; click to see what waits for an answer")
        self.button.setAccessibleName(told)
        self.button.setVisible(bool(words))

    # --- going through it ----------------------------------------------------------------

    def _reveal(self) -> None:
        self._window.docks.reveal("review")

    def step(self, *, back: bool = False) -> None:
        """Shows the next in the queue, or what was shown before."""
        if self._session is None:
            return
        self._reveal()
        if not self.panel.step(back=back):
            self._window.say("There is nothing before it." if back else "The queue is empty.")

    def go_to_queries(self) -> None:
        """Shows what waits for the author; in a file for review the next link."""
        session = self._session
        if session is None:
            return
        if session.reviewing:
            self.step()
            return
        self._reveal()
        self._window.docks.give_share("review", _SHARE)
        asked = self._remarked is not None and self._remarked.waiting
        self.panel.choose_kind(Stand.QUERIED.value if asked else MISSING)
        self.panel.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show(self, each: Link | Finding) -> None:
        self._looks = 0
        window, session = self._window, self._session
        if session is None:
            return
        if isinstance(each, Link):
            window.go_to_link(each)
            window.evidence.select(each.id)
            return
        document = session.document(each.document_id)
        spans = each.anchor.spans
        place = Place(tuple((span.page, span.start, span.end) for span in spans))
        if document is not None:
            window.details.show_document(document)
            window.show_document(document, then=lambda: self._show_noted(place))

    def _show_noted(self, place: Place) -> None:
        """A passage that is noted is no link, and has no highlight: it is shown selected."""
        reader = self._window.reader
        reader.go_to_stretch(place)
        reader.pages.selection.take(place)

    def _show_neighbour(self, link: Link) -> None:
        self._window.go_to_link(link)

    def _look(self) -> None:
        """Takes note of a passage that has been in view on its page for a moment."""
        each = self.panel.shown
        if not isinstance(each, Link) or each.id in self.looked:
            return
        self._looks = self._looks + 1 if self._in_view(each) else 0
        if self._looks >= _LOOKS:
            self.looked.add(each.id)

    def _in_view(self, link: Link) -> bool:
        pages, anchor = self._window.reader.pages, link.passage.anchor
        document = pages.document
        if document is None or document.id != link.passage.document_id or not pages.isVisible():
            return False
        span = anchor.spans[0]
        boxes = (anchor.region.box,) if anchor.region is not None else span.quads
        where = pages.rectangle_of(span.page, boxes).toRect()
        return pages.painted and pages.viewport().rect().intersects(where)

    # --- deciding ------------------------------------------------------------------------

    def _press(self, verdict: Verdict) -> None:
        self._reveal()
        self.panel.press(verdict)

    def _comment(self) -> None:
        self._reveal()
        self.panel.write_comment()

    def _decide(self, verdict: Verdict, words: str) -> None:
        session, link = self._session, self.panel.shown
        if session is None or not isinstance(link, Link):
            return
        seen = link.id in self.looked
        last = not self.panel.go_on(link.id)
        commands.decide(session, link, verdict, words or None, seen=seen)
        if last:
            self._window.say("That was the last open link. Review → “Send it back…” goes on.")

    def answer(self, link: Link, words: str) -> None:
        """Answers in the thread of a link."""
        if self._session is not None and self._session.may_say:
            commands.answer(self._session, link, words)

    def _with(self, act: Callable[[Session, Finding], None], found: Finding) -> None:
        if self._session is not None and self._session.may_say:
            act(self._session, found)

    def _decline(self, found: Finding) -> None:
        words, given = QInputDialog.getText(
            self._window, "Decline a passage",
            plain(f"Why is the passage for {found.code} not taken? {found.by} will read it:"),
        )  # fmt: skip
        if given and words.strip() and self._session is not None:
            commands.decline_missing(self._session, found, words.strip())

    # --- sample and summary --------------------------------------------------------------

    def choose_sample(self) -> None:
        """Asks how many links of each section are to be looked at, and shows those alone."""
        from ui.dialogs.sampling import SampleDialog  # noqa: PLC0415 - when it is needed

        session = self._session
        if session is None:
            return
        self._reveal()
        dialog = SampleDialog(self._each, self._seed, self._window)
        if not dialog.exec():
            return
        self._each, self._seed = dialog.each.value(), dialog.seed.text().strip()
        marked = dialog.marked.isChecked()
        session.read(
            lambda: session.case.sample(self._each, self._seed, marked=marked), self._sampled
        )

    def _sampled(self, ids: list[str]) -> None:
        self.panel.choose_sample(ids)
        self._window.say(f"{len(ids):,} links chosen; the same seed chooses the same.")

    def show_summary(self) -> None:
        """Shows the review in figures."""
        from ui.dialogs.review_summary import SummaryDialog  # noqa: PLC0415 - when it is needed

        session, window = self._session, self._window
        if session is None:
            return

        def take(told: object) -> None:
            dialog = SummaryDialog(session, told, session.case.by, window)  # type: ignore[arg-type]
            dialog.shown.connect(self._show_from_summary)
            dialog.exec()

        session.read(session.case.review_summary, take)

    def send_back(self) -> None:
        """Says how the file gets back to the author; it is closed first, so that it is whole."""
        session, model = self._session, self.panel.model
        if session is None or model is None or session.held.bundle is None:
            return
        path, (done, there) = session.case.path, model.decided()[None]
        words = (
            f"You have decided on {done:,} of {there:,} links. All that you said is in "
            f"{path.name}, in {path.parent}. Send that file to {session.held.bundle.by}, who "
            "merges it into the case. It has to be closed before it is sent; you can open it again "
            "and go on."
        )
        close = "Close it and show the folder"
        if ask(self._window, "Send it back", words, close) and self._window.close_case():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def _show_from_summary(self, link_id: str) -> None:
        link = self._session.held.links.get(link_id) if self._session is not None else None
        if link is not None:
            self._reveal()
            self.panel.show_one(link)


def _links(count: int, what: str = "link") -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"


def bundle_in_words(bundle: Bundle, person: str, *, known: bool) -> str:
    """What a file for review is, and who reviews; ``known`` where they have said their name."""
    pages = "all pages" if bundle.pages == "all" else "the cited pages"
    who = (
        f"You review as {person}; nothing else can be changed."
        if known
        else f"You review as {person}, as you are called at this computer: say your name before "
        "you decide."
    )
    sent = f"by {bundle.by}, {moment_in_words(bundle.at)}, with {pages}"
    return f"{bundle.title} for review, {sent}. {who}"
