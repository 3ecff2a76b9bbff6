"""The queue of a review: one link after the other, with all that a decision needs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Link
from cambs_evidence.review import Finding, Verdict
from ui.chain import put_behind
from ui.choice import Choice
from ui.dialogs.parts import Lines
from ui.models.queue import KINDS, MISSING, SAMPLE, QueueModel, Wanted
from ui.panels.queue_table import QueueTable
from ui.panels.review_card import Card
from ui.session import News, Session
from ui.stands import VERDICTS
from ui.theme import Theme

#: The key of each decision, as its action has it.
KEYS = {Verdict.ACCEPT: "Y", Verdict.QUERY: "Q", Verdict.REJECT: "W"}
_WORDS = {Verdict.ACCEPT: "Accept", Verdict.QUERY: "Query", Verdict.REJECT: "Reject"}
_ASKED = {
    Verdict.ACCEPT: "",
    Verdict.QUERY: "What do you ask? Enter queries, Esc leaves it.",
    Verdict.REJECT: "Why not? Enter rejects, Esc leaves it.",
}
_COMMENT = "Comment (C), if there is something to say"


class Comment(Lines):
    """A comment on a decision; Enter sends it, Shift+Enter begins another line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName("Comment")
        self.setPlaceholderText(_COMMENT)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * 2 + 14)


class ReviewPanel(QWidget):
    """What is to be reviewed, what is shown of it, and the decisions.

    Signals:
        chosen: the link or the passage noted as missing that is shown from now on.
        decided: a verdict and the comment that was typed.
        link_wanted: another link that is to be shown on its page.
        answered: a link and the answer that was typed.
        take_wanted, decline_wanted, back_wanted: a passage that was noted as missing.
        sample_wanted, summary_wanted: a button was pressed.
    """

    chosen = Signal(object)
    decided = Signal(object, str)
    link_wanted = Signal(object)
    answered = Signal(object, str)
    take_wanted = Signal(object)
    decline_wanted = Signal(object)
    back_wanted = Signal(object)
    sample_wanted = Signal()
    summary_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session: Session | None = None
        self.model: QueueModel | None = None
        #: The id of what is shown, and what was shown before it.
        self._shown: str | None = None
        self._trail: list[str] = []
        self._drafts: dict[str, str] = {}
        self._asked: Verdict | None = None
        #: True while something has happened that the queue does not show yet.
        self._stale = False
        self.progress = QLabel(self)
        self.progress.setProperty("title", True)
        self.progress.setWordWrap(True)
        self.progress.installEventFilter(self)
        self.sample, self.summary = QPushButton("Sample…", self), QPushButton("Summary…", self)
        self.sample.setToolTip("Choose links at random, and all marked (M)")
        self.summary.setToolTip("The review in figures, with the list of queries")
        self.sample.clicked.connect(lambda _=False: self.sample_wanted.emit())
        self.summary.clicked.connect(lambda _=False: self.summary_wanted.emit())
        self.kind, self.section = Choice(self), Choice(self)
        for box, name in ((self.kind, "What is shown"), (self.section, "Section")):
            box.setAccessibleName(name)
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.activated.connect(lambda _: self._choose_kind())
        self.list = QueueTable(theme, self)
        self.list.setAccessibleName("To be reviewed")
        self.list.clicked.connect(self._clicked)
        self.list.activated.connect(self._clicked)
        self.empty = QLabel(self)
        self.empty.setProperty("muted", True)
        self.empty.setWordWrap(True)
        self.card = QScrollArea(self)
        self.card.setWidgetResizable(True)
        self.card.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.card.setAccessibleName("What is reviewed")
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.split.addWidget(self.list)
        self.split.addWidget(self.card)
        self.split.setStretchFactor(1, 3)
        self.split.setSizes([110, 330])
        self.split.setChildrenCollapsible(False)
        self.list.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self.card.setMinimumHeight(self.fontMetrics().lineSpacing() * 6)
        self.comment = Comment(self)
        self.comment.entered.connect(self._entered)
        self.comment.left.connect(self._give_up)
        self.buttons: dict[Verdict, QPushButton] = {}
        decisions = QHBoxLayout()
        decisions.setSpacing(4)
        for verdict in Verdict:
            sign = VERDICTS[verdict][0]
            button = QPushButton(f"{sign} {_WORDS[verdict]}  {KEYS[verdict]}", self)
            button.setAccessibleName(f"{_WORDS[verdict]} ({KEYS[verdict]})")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, told=verdict: self.press(told))
            self.buttons[verdict] = button
            decisions.addWidget(button)
        self.foot = QWidget(self)
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(6)
        foot.addWidget(self.comment)
        foot.addLayout(decisions)
        head = QGridLayout()
        head.setSpacing(6)
        head.addWidget(self.kind, 0, 0)
        head.addWidget(self.section, 0, 1)
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.progress, 1)
        top.addWidget(self.sample)
        top.addWidget(self.summary)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(6)
        column.addLayout(top)
        column.addLayout(head)
        column.addWidget(self.empty)
        column.addWidget(self.split, 1)
        column.addWidget(self.foot)
        theme.changed.connect(self._show)

    # --- a case --------------------------------------------------------------------------

    def use(self, session: Session | None) -> None:
        """Takes a case, or none."""
        self._session, self._shown, self._asked = session, None, None
        self._trail.clear()
        self._drafts.clear()
        old, self.model = self.model, None
        self.list.setModel(None)
        if old is not None:
            old.deleteLater()
        if session is None:
            self._show()
            return
        self.model = QueueModel(session, session.case.by, self)
        self.list.setModel(self.model)
        session.changed.connect(self._hear)
        session.filled.connect(self.update)
        self.foot.setVisible(session.reviewing and session.may_say)
        self._stale = True
        if session.reviewing:
            self.catch_up()

    def catch_up(self) -> None:
        """Takes in what has happened while the queue could not be seen."""
        if self._stale and self.model is not None and self._session is not None:
            if not self._session.whole:
                self._session.when_whole(self.catch_up)
                return
            self._stale = False
            self.model.again(None)
            self._fill_boxes()
            self._mark()
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """What has happened meanwhile is taken in as soon as the queue is painted."""
        if self._stale and event.type() is QEvent.Type.Paint:
            QTimer.singleShot(0, self, self.catch_up)
        return bool(super().eventFilter(watched, event))

    def name_person(self, person: str) -> None:
        """Another person acts from here on."""
        if self.model is not None and self.model.person != person:
            self.model.person = person
            self._stale = True
            self.catch_up()

    def _hear(self, news: News) -> None:
        if self._session is None or self.model is None:
            return
        if not (news.links or news.reviews or news.findings or news.framework):
            return
        # An author seldom looks at the queue: it is not gone through at every tag. A reviewer does.
        if self._stale or not (
            self._session.reviewing or not self.progress.visibleRegion().isEmpty()
        ):
            self._stale = True
            return
        self.model.again(None if news.framework else _moved(news), news.reviews)
        self._fill_boxes()
        self._mark()
        ours = self._shown in {*(each.id for each in news.links), *news.reviews}
        if ours or news.findings or news.framework:
            self._show()

    # --- what is shown -------------------------------------------------------------------

    def choose_kind(self, kind: str) -> None:
        """Shows links that stand so."""
        self.catch_up()
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self.section.setCurrentIndex(0)
        self._choose_kind()

    def choose_sample(self, ids: list[str]) -> None:
        """Shows a sample, from its first open link on."""
        self.catch_up()
        if self.model is not None:
            self.model.choose_sample(ids)
            self._fill_boxes()
            self.choose_kind(SAMPLE)

    def _choose_kind(self) -> None:
        if self.model is not None:
            self.model.choose(Wanted(self.kind.currentData(), self.section.currentData()))
            if self.model.place(self._shown) < 0:
                first = self.model.after(None, is_open=True) or self.model.row(0)
                self.show_one(first)
            self._fill_boxes()
            self._mark()

    def _fill_boxes(self) -> None:
        session, model = self._session, self.model
        if session is None or model is None:
            return
        counts = model.counts()
        decided = model.decided()
        done, there = decided[None]
        self.progress.setText(f"{done:,} of {there:,} decided")
        self.kind.clear()
        for kind, words in KINDS.items():
            self.kind.addItem(f"{words} ({counts[kind]:,})", kind)
        self.kind.setCurrentIndex(self.kind.findData(model.wanted.kind))
        self.section.clear()
        self.section.addItem("All sections", None)
        for section in session.held.framework.sections:
            done, there = decided.get(section.number, (0, 0))
            if there:
                words = f"{section.number} ({done:,} of {there:,}) {section.title}"
                self.section.addItem(words, section.number)
        self.section.setCurrentIndex(max(self.section.findData(model.wanted.section), 0))
        self.empty.setText(self._hint())
        self.empty.setVisible(not model.rowCount())

    def _hint(self) -> str:
        session, model = self._session, self.model
        if session is None or model is None:
            return ""
        if not session.held.links:
            return "There are no links to be reviewed."
        if model.wanted.kind == MISSING:
            if session.reviewing:
                return "Select words on a page and press T to note what the author missed."
            return "No reviewer has noted a passage as missing."
        if model.wanted.kind == SAMPLE and not model.sample:
            return "No sample has been chosen yet: press “Sample…”."
        return "No link stands so. Choose “All” above to see the others."

    @property
    def shown(self) -> Link | Finding | None:
        """What is shown."""
        held = self._session.held if self._session is not None else None
        if held is None or self._shown is None:
            return None
        return held.links.get(self._shown) or held.findings.get(self._shown)

    def show_one(self, each: Link | Finding | None, *, back: bool = False) -> None:
        """Shows a link or a passage that was noted."""
        if each is not None and each.id == self._shown:
            self._mark()
            return
        self._keep_draft()
        if self._shown is not None and not back:
            self._trail.append(self._shown)
        self._shown = each.id if each is not None else None
        self._ask(None)
        self.comment.setPlainText(self._drafts.get(self._shown or "", ""))
        self._mark()
        self._show()
        if each is not None:
            self.chosen.emit(each)

    def step(self, *, back: bool = False) -> bool:
        """Shows the next one, or the one that was shown before; False where there is none."""
        if self.model is None or self._session is None:
            return False
        self.catch_up()
        held = self._session.held
        while back and self._trail:
            key = self._trail.pop()
            each = held.links.get(key) or held.findings.get(key)
            if each is not None and key != self._shown:
                self.show_one(each, back=True)
                return True
        if back:
            each = self.model.row(self.model.place(self._shown) - 1)
            self.show_one(each, back=True) if each is not None else None
            return each is not None
        following = self.model.after(self._shown, is_open=False)
        if following is not None:
            self.show_one(following)
        return following is not None

    def go_on(self, decided: str) -> bool:
        """Shows the next link without a decision after one that is being decided; False if none."""
        following = self.model.after(decided, is_open=True) if self.model is not None else None
        if following is None or following.id == decided:
            return False
        self.show_one(following)
        return True

    def _clicked(self, index: QModelIndex) -> None:
        if self.model is not None:
            self.show_one(self.model.row(index.row()))

    def _mark(self) -> None:
        """The line of what is shown is the one that is chosen in the list."""
        if self.model is None:
            return
        place = self.model.place(self._shown)
        index = self.model.index(place) if place >= 0 else QModelIndex()
        if index != self.list.currentIndex():
            self.list.setCurrentIndex(index)
        if place >= 0:
            self.list.scrollTo(index)

    def _show(self) -> None:
        session, each = self._session, self.shown
        focus = QApplication.focusWidget()
        old = self.card.takeWidget()
        # What had the keys is built anew: whoever was typing goes on, others are back at the list.
        had_keys = focus is not None and old is not None and old.isAncestorOf(focus)
        if session is not None and self.model is not None:
            card = Card(
                self._theme, session, each, self.model.person, self._drafts, self.model.of_code
            )
            card.link_wanted.connect(self.link_wanted)
            card.answered.connect(self.answered)
            card.take_wanted.connect(self.take_wanted)
            card.decline_wanted.connect(self.decline_wanted)
            card.back_wanted.connect(self.back_wanted)
            self.card.setWidget(card)
            put_behind(self.card, card)
            if had_keys:
                field = card.answer_field
                typing = field is not None and bool(field.text())
                (field if field is not None and typing else self.list).setFocus()
        if old is not None:
            old.deleteLater()
        may = isinstance(each, Link)
        self.comment.setEnabled(may)
        for button in self.buttons.values():
            button.setEnabled(may)

    # --- deciding ------------------------------------------------------------------------

    def press(self, verdict: Verdict) -> None:
        """Decides so; a query or rejection without words is asked for them first."""
        if not isinstance(self.shown, Link) or not self.foot.isVisibleTo(self):
            return
        words = self.comment.toPlainText().strip()
        if verdict is not Verdict.ACCEPT and not words and self._asked is not verdict:
            self._ask(verdict)
            self.comment.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self._ask(None)
        self._drafts.pop(self._shown or "", None)
        self.comment.clear()
        if self.comment.hasFocus():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.decided.emit(verdict, words)

    def write_comment(self) -> None:
        """Puts the cursor into the comment."""
        self.comment.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _ask(self, verdict: Verdict | None) -> None:
        self._asked = verdict
        self.comment.setPlaceholderText(_ASKED[verdict] if verdict else _COMMENT)

    def _entered(self) -> None:
        if self._asked is not None:
            self.press(self._asked)
        else:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give_up(self) -> None:
        self._ask(None)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep_draft(self) -> None:
        words = self.comment.toPlainText().strip()
        if self._shown is not None:
            if words:
                self._drafts[self._shown] = words
            else:
                self._drafts.pop(self._shown, None)


def _moved(news: News) -> list[str]:
    """The links that came or went or are not what they were."""
    return [link.id for link in (*news.added, *news.gone, *news.altered)]
