"""Judging a block: its summary and grade are written beside its criteria, evidence and actions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Framework, Judgement, Link
from cambs_evidence.summaries import Block, block_of, blocks, in_plain_words, references
from cambs_evidence.wording import GRADES, POLARITIES, citation, page_in_words, quote_in_words
from ui import commands
from ui.choice import Choice
from ui.dialogs.history import at_in_words
from ui.panels.block import BlockActions, BlockEvidence
from ui.panels.summary import Cited, SummaryEdit
from ui.session import News, Session
from ui.theme import Theme, plain

#: Milliseconds without a key after which what was typed is kept, and at most while keys go on.
PAUSE, LONGEST = 2_500, 12_000
#: Seconds between two keepings that are undone in one step at most.
ONE_STEP = 30.0
#: Logical pixels from which writing and evidence stand side by side.
_BESIDE = 520
#: Characters of a title on a chip.
_TITLE = 44


class JudgementPanel(QScrollArea):
    """The judgement of the block that was chosen in the framework.

    Signals:
        link_chosen: a link to be shown on its page.
        history_wanted: the block whose history is to be shown.
        action_wanted: a block that an action is to be added to.
        edit_wanted, remove_wanted: an action.
        passage_dropped: what is selected on the page was dropped into the summary.
    """

    link_chosen = Signal(object)
    history_wanted = Signal(object)
    action_wanted = Signal(object)
    edit_wanted = Signal(object)
    remove_wanted = Signal(object)
    passage_dropped = Signal()
    block_shown = Signal()

    def __init__(self, theme: Theme, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session: Session | None = None
        self.block: Block | None = None
        self._tree: Framework | None = None
        #: What the field said when it was last handed over, and how often that is under way.
        self._kept, self._keeping = "", 0
        self._failed = False
        #: What could not be kept of blocks that are not shown, by their codes.
        self._unkept: dict[str, str] = {}
        self._step, self._stepped = 0, 0.0
        self._stale = True
        #: What is told of the documents that the evidence is from.
        self._told_of: list[tuple[str, str | None]] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Judgement")
        self._pause = QTimer(self, interval=PAUSE, singleShot=True)
        self._longest = QTimer(self, interval=LONGEST, singleShot=True)
        self._pause.timeout.connect(self.keep)
        self._longest.timeout.connect(self.keep)
        self._build_writing()
        self.evidence = BlockEvidence(theme, actions, self)
        self.evidence.chosen.connect(self.link_chosen)
        self.actions_ = BlockActions(theme, self)
        self.actions_.add_wanted.connect(lambda: self.action_wanted.emit(self.block))
        self.actions_.edit_wanted.connect(self.edit_wanted)
        self.actions_.remove_wanted.connect(self.remove_wanted)
        self.actions_.ticked.connect(self._tick)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.evidence, "Evidence")
        self.tabs.addTab(self.actions_, "Actions")
        self.tabs.tabBar().setAccessibleName("Evidence and actions of the block")
        self.tabs.setMinimumHeight(self.fontMetrics().lineSpacing() * 7)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._writing)
        self.splitter.addWidget(self.tabs)
        self.splitter.setStretchFactor(0, 5)
        self.splitter.setStretchFactor(1, 4)
        self.setWidget(self.splitter)
        theme.changed.connect(self._paint)
        self._paint()

    def _build_writing(self) -> None:
        self._writing = QWidget(self)
        self.choice = Choice(self._writing)
        self.choice.setAccessibleName("Block")
        self.choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.choice.setMinimumContentsLength(6)
        self.choice.activated.connect(lambda _: self._choose(self.choice.currentData()))
        self.before, self.after = QToolButton(self._writing), QToolButton(self._writing)
        for button, words, by in (
            (self.before, "Block before", -1), (self.after, "Next block", 1),
        ):  # fmt: skip
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(lambda _=False, step=by: self.step(step))
        first = QHBoxLayout()
        first.setSpacing(4)
        first.addWidget(self.before)
        first.addWidget(self.choice, 1)
        first.addWidget(self.after)
        self._first = first
        self.edit = SummaryEdit(self._theme, self._writing)
        self.edit.setMinimumHeight(self.fontMetrics().lineSpacing() * 4 + 16)
        self.edit.cite = self._cited
        self.edit.viewport().installEventFilter(self)
        self.edit.typed.connect(self._typed)
        self.edit.left.connect(self._left)
        self.edit.passage_dropped.connect(self.passage_dropped)
        self.edit.reference_chosen.connect(self._go_to)
        grade = QLabel("&Grade", self._writing)
        self.grade = Choice(self._writing)
        self.grade.setAccessibleName("Grade")
        self.grade.addItem("No grade", "")
        for scale in GRADES:
            self.grade.insertSeparator(self.grade.count())
            for each in scale:
                self.grade.addItem(each.value.capitalize(), each.value)
        self.grade.activated.connect(lambda _: self._grade())
        grade.setBuddy(self.grade)
        self.state = QLabel(self._writing)
        self.state.setProperty("muted", True)
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setWordWrap(True)
        self.history = QToolButton(self._writing)
        self.history.setText("Histor&y…")
        self.history.setToolTip("What was written here before, by whom and when")
        self.history.clicked.connect(lambda: self.history_wanted.emit(self.block))
        last = QHBoxLayout()
        last.setSpacing(6)
        last.addWidget(grade)
        last.addWidget(self.grade)
        last.addStretch(1)
        last.addWidget(self.history)
        column = QVBoxLayout(self._writing)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        column.addLayout(first)
        column.addWidget(self.edit, 1)
        column.addWidget(self.state)
        column.addLayout(last)

    def _paint(self) -> None:
        self.before.setIcon(self._theme.icon("chevron-left"))
        self.after.setIcon(self._theme.icon("chevron-right"))
        if self._session is not None:
            self._fill_around()

    def put_beside(self, widget: QWidget) -> None:
        """Shows something beside the name of the block."""
        self._first.addWidget(widget)

    # --- which block ---------------------------------------------------------------------

    def use(self, session: Session | None) -> None:
        """Takes a case, of which the first block is shown."""
        self.keep()
        self._session, self.block = session, None
        self._keeping, self._failed = 0, False
        self._unkept.clear()
        self.choice.clear()
        if session is None:
            self.edit.set_summary("")
            return
        session.changed.connect(self._hear)
        session.filled.connect(self._filled)
        session.turning.connect(self.keep)
        self._take_framework(session)

    def _take_framework(self, session: Session) -> None:
        """Shows the blocks of the framework in use; the same as before, if there is such a one."""
        shown = self.block.code if self.block else ""
        if self.unsaved:
            self._unkept[shown] = self.edit.summary()
        self._tree, self.block = session.held.framework, None
        self.choice.clear()
        for each in blocks(self._tree):
            self.choice.addItem("", each.code)
        self._name_blocks()
        self._choose(self.choice.itemData(max(self.choice.findData(shown), 0)))

    def show_for(self, code_or_section: str) -> None:
        """Shows the block of a criterion, or the first one of a section."""
        if self._session is None:
            return
        found = block_of(self._session.held.framework, code_or_section)
        if found is not None and found != self.block:
            self._choose(found.code)
        if found is not None and code_or_section in found.codes:
            self.evidence.choose(code_or_section)

    def step(self, by: int) -> None:
        """Shows the next block, or the one before."""
        count = self.choice.count()
        if count:
            self._choose(self.choice.itemData((self.choice.currentIndex() + by) % count))

    def next_unjudged(self, *, onward: bool = True) -> Block | None:
        """Shows the next block without a summary, from the top after the last; None if all have.

        Unless told to go ``onward`` that may be the one that is chosen already.
        """
        session = self._session
        if session is None:
            return None
        known = blocks(session.held.framework)
        here = known.index(self.block) + onward if self.block in known else 0
        for each in (*known[here:], *known[:here]):
            told = session.held.judgements.get(each.code)
            if told is None or not told.summary:
                self._choose(each.code)
                return each
        return None

    def _choose(self, code: str | None) -> None:
        session = self._session
        if session is None or code is None:
            return
        self.keep()
        self.block = block_of(session.held.framework, code)
        self._step += 1
        self._failed = False
        self.choice.setCurrentIndex(self.choice.findData(code))
        self._take_up()
        self._fill_around()
        self.block_shown.emit()

    # --- what is said of it --------------------------------------------------------------

    @property
    def _judgement(self) -> Judgement | None:
        if self._session is None or self.block is None:
            return None
        return self._session.held.judgements.get(self.block.code)

    @property
    def unsaved(self) -> bool:
        """True while the field says something else than what was handed over."""
        return self.block is not None and self.edit.summary().strip() != self._kept

    def _take_up(self) -> None:
        """The field says what is kept."""
        told = self._judgement
        self._kept = told.summary if told else ""
        unkept = self._unkept.pop(self.block.code, None) if self.block else None
        self._failed = unkept is not None
        self.edit.set_summary(self._kept if unkept is None else unkept)
        self._dress()
        self._say()

    def _dress(self) -> None:
        """What can be done with the block, and what is to be done while it says nothing."""
        session, block = self._session, self.block
        if session is None or block is None:
            return
        self.grade.setEnabled(not session.readonly)
        self.edit.lock(readonly=session.readonly)
        self.edit.setAccessibleName(f"Summary of block {block.name}")
        self.edit.hint = (
            "No summary has been written."
            if session.readonly
            else f"Write the summary of block {block.name} here. Drag evidence into it, or choose "
            "some and press R, to refer to it."
        )

    def _typed(self) -> None:
        if not self._failed:  # what was refused is not tried again at every pause
            self._pause.start()
        if not self._longest.isActive():
            self._longest.start()
        self._say()

    def _left(self) -> None:
        self.keep()
        self._step += 1

    def keep(self) -> None:
        """Keeps what was typed and is not kept yet."""
        self._pause.stop()
        self._longest.stop()
        session, block = self._session, self.block
        if session is None or block is None or session.readonly or not self.unsaved:
            return
        text = self.edit.summary().strip()
        now = time.monotonic()
        if now - self._stepped > ONE_STEP:
            self._step += 1
        self._stepped = now
        self._kept, self._failed = text, False
        self._keeping += 1
        commands.judge(
            session, block.code, summary=text, merge=f"{block.code} {self._step}",
            then=lambda: self._came(block), otherwise=lambda: self._refused(block, text),
        )  # fmt: skip
        self._say()

    def _came(self, block: Block) -> None:
        self._keeping = max(self._keeping - 1, 0)
        self._meet(block)

    def _refused(self, block: Block, text: str) -> None:
        self._keeping = max(self._keeping - 1, 0)
        if block != self.block:
            self._unkept[block.code] = text
        else:  # what was typed stays, and is tried again when it is left
            told = self._judgement
            self._kept, self._failed = (told.summary if told else ""), True
            self._say()

    def _meet(self, block: Block) -> None:
        """What is kept may have been changed elsewhere, as by undoing."""
        if block != self.block or self._keeping:
            return
        told = self._judgement
        summary = told.summary if told else ""
        if summary != self._kept and not self.unsaved:
            self._take_up()
        self._say()

    def _grade(self) -> None:
        session, block = self._session, self.block
        if session is not None and block is not None and not session.readonly:
            self.keep()
            commands.judge(
                session, block.code, grade=self.grade.currentData(),
                merge=f"grade {block.code} {self._step}",
            )  # fmt: skip

    def put_back(self, block: Block, summary: str, grade: str) -> None:
        """Says again what was said before, as a new change."""
        if self._session is not None:
            self.keep()
            commands.judge(self._session, block.code, summary=summary, grade=grade)

    def refer_to(self, links: Sequence[Link]) -> None:
        """Puts references into the summary, where the cursor is."""
        if self._session is not None and not self._session.readonly and links:
            self.edit.insert_references([link.id for link in links])

    def least_height(self) -> int:
        """Logical pixels from which a summary can be written without scrolling."""
        return self._writing.minimumSizeHint().height() + 2 * self.fontMetrics().lineSpacing()

    # --- showing -------------------------------------------------------------------------

    def _hear(self, news: News) -> None:
        session = self._session
        if session is None or self.block is None:
            return
        if session.held.framework is not self._tree:
            self._take_framework(session)
            return
        if news.judgements:
            self._name_blocks()
            self._meet(self.block)
        if news.documents or news.gone or news.altered or news.added:
            self.edit.draw_anew()
        touched = {link.code for link in (*news.added, *news.gone)} & set(self.block.targets)
        described = news.documents and self._told_of != self.evidence.told_of(session)
        if touched or news.altered or news.actions or described or news.facts:
            self._fill_around()

    def _filled(self) -> None:
        """All links of a large case are there: what is referred to, and what lies beside."""
        self.edit.draw_anew()
        self._fill_around()

    def _name_blocks(self) -> None:
        session = self._session
        if session is None:
            return
        titles = {each.id: each.title for each in session.held.framework.sections}
        for row, each in enumerate(blocks(session.held.framework)):
            told = session.held.judgements.get(each.code)
            done = "✓" if told and told.summary else "○"
            words = f"{done} {each.name}  {titles[each.section_id]}"
            self.choice.setItemText(row, words)
            said = "has a summary" if done == "✓" else "no summary yet"
            self.choice.setItemData(row, f"{words}\n{said}", Qt.ItemDataRole.ToolTipRole)

    def _fill_around(self) -> None:
        """Evidence and actions, once they can be seen."""
        session, block = self._session, self.block
        if session is None or block is None:
            return
        # Behind another's tab it is visible to Qt, and nothing of it is.
        if self.visibleRegion().isEmpty():
            self._stale = True
            return
        if not session.whole:
            self._stale = True
            self.evidence.clear()
            self.tabs.setTabText(0, "Evidence (being read…)")
            return
        self._stale = False
        count = self.evidence.fill(session, block)
        self._told_of = self.evidence.told_of(session)
        codes = {*block.targets, str(block.section)}
        todo = [each for each in session.held.actions.values() if each.code in codes]
        self.actions_.fill(todo, readonly=session.readonly)
        self.tabs.setTabText(0, f"Evidence ({count:,})")
        left = sum(not each.done for each in todo)
        self.tabs.setTabText(1, f"Actions ({left} to do)" if left else f"Actions ({len(todo)})")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """What has changed meanwhile is shown as soon as the summary beside it is painted."""
        if self._stale and event.type() is QEvent.Type.Paint:
            QTimer.singleShot(0, self, self._fill_around)
        return bool(super().eventFilter(watched, event))

    def _say(self) -> None:
        """Grade, and whether what was typed is kept."""
        session, block = self._session, self.block
        if session is None or block is None:
            return
        told = self._judgement
        grade = told.grade.value if told and told.grade else ""
        self.grade.setCurrentIndex(self.grade.findData(grade))
        if self._failed:
            words = "Not saved; leave the field to try again."
        elif self.unsaved:
            words = "Not saved yet"
        elif self._keeping:
            words = "Saving…"
        elif told is None:
            words = "" if session.readonly else "Nothing written yet"
        else:
            words = f"Saved {_moment(told.at)}"
        self.state.setText(words)
        whole = f"Saved {at_in_words(told.at)} by {told.by}" if told else ""
        self.state.setToolTip(plain(whole))

    def _cited(self, link_id: str) -> Cited:
        session, colours = self._session, self._theme.colours
        link = session.held.links.get(link_id) if session else None
        if session is not None and link is None and not session.whole:
            return Cited("…", colours.muted, "a passage that is being read")
        if session is None or link is None:
            words = "✕ no longer tagged"
            return Cited(words, colours.muted, "a passage that is no longer tagged", known=False)
        sign, word = POLARITIES[link.polarity]
        document = session.document(link.passage.document_id)
        title = document.title if document else link.filename
        title = title if len(title) <= _TITLE else f"{title[: _TITLE - 1].rstrip()}…"
        passage = link.passage
        page = page_in_words(passage.page, passage.page_end, None).replace("page ", "p. ")
        where = citation(link, document) if document else title
        told = f"“{quote_in_words(passage.anchor)}” ({where}; {word.lower()}, {link.code})"
        colour = colours.polarity[link.polarity]
        return Cited(f"{sign} {title}, {page.replace('pages ', 'pp. ')}", colour, told)

    def in_words(self, summary: str) -> str:
        """A summary as people read it, references by what they say."""
        return in_plain_words(
            summary, {each: self._cited(each).told for each in references(summary)}
        )

    def _go_to(self, link_id: str) -> None:
        link = self._session.held.links.get(link_id) if self._session else None
        if link is not None:
            self.keep()
            self.link_chosen.emit(link)

    def _tick(self, action: object, done: bool) -> None:
        if self._session is not None:
            day = date.today().isoformat() if done else ""  # noqa: DTZ011 - the day on the wall
            commands.change_action(self._session, action, done=day)  # type: ignore[arg-type]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Side by side where there is room, else one above the other."""
        super().resizeEvent(event)
        wide = self.width() >= _BESIDE
        turned = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self.splitter.orientation() is not turned:
            self.splitter.setOrientation(turned)

    def event(self, event: QEvent) -> bool:
        """Comes to the keys through its field."""
        if event.type() is QEvent.Type.FocusIn:
            self.edit.setFocus()
        return super().event(event)


def _moment(at: str) -> str:
    """When something was saved: today the hour and minute, else the day too."""
    here = datetime.fromisoformat(at).astimezone()
    return f"{here:%H:%M}" if here.date() == date.today() else at_in_words(at)  # noqa: DTZ011 - the day on the wall
