"""The framework of a case beside the one it is to move to, and what only a person can say."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Comparison, Fate, Framework, Pairing, Proposal, Question
from cambs_evidence.wording import FATES, held_in_words
from ui.dialogs.moved import differences
from ui.theme import plain

_PAIRING = Qt.ItemDataRole.UserRole
#: The column of the boxes.
_GOES = 4


class _List(QTreeWidget):
    """A list in which Enter or Space leads to the box of a line."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Goes to the box of a line, where it has one: arrows and a typed code choose there."""
        item = self.currentItem()
        holder = self.itemWidget(item, _GOES) if item is not None else None
        box = holder.findChild(QComboBox) if holder is not None else None
        keys = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F2}
        if event.key() in keys and isinstance(box, QComboBox):
            box.setFocus()
            event.accept()
            return
        super().keyPressEvent(event)


class ChangesPage(QWidget):
    """What becomes of each criterion, with a box for each question.

    Signals:
        answered: an answer was given or taken away.
    """

    answered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: dict[str, str] = {}
        self._after: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._questions: dict[str, Question] = {}
        self._boxes: dict[str, QComboBox] = {}
        self._comparison: Comparison | None = None
        self.headline = QLabel()
        self.headline.setProperty("title", True)
        self.counts = QLabel()
        for label in (self.headline, self.counts):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.all_lines = QCheckBox("Show what is &unchanged too")
        self.all_lines.toggled.connect(self._fill)
        self.suggested = QPushButton("Take all &suggestions")
        self.suggested.setAutoDefault(False)
        self.suggested.clicked.connect(self.take_suggestions)
        self.list = _List()
        self.list.setAccessibleName("What becomes of the criteria")
        self.list.setHeaderLabels(["What", "Before", "Now", "Holds", "Goes to, or says"])
        self.list.setRootIsDecorated(False)
        self.list.setMinimumHeight(150)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_: self._show())
        header = self.list.header()
        header.setStretchLastSection(True)
        for column in range(4):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.old, self.new = _pane("Wording before"), _pane("Wording now")
        sides = QWidget()
        grid = QGridLayout(sides)
        grid.setContentsMargins(0, 0, 0, 0)
        for column, (name, pane) in enumerate((("Before", self.old), ("Now", self.new))):
            head = QLabel(name)
            head.setProperty("muted", True)
            grid.addWidget(head, 0, column)
            grid.addWidget(pane, 1, column)
            grid.setColumnStretch(column, 1)
        both = QSplitter(Qt.Orientation.Vertical)
        both.setChildrenCollapsible(False)
        both.addWidget(self.list)
        both.addWidget(sides)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 1)
        row = QHBoxLayout()
        row.addWidget(self.all_lines)
        row.addStretch(1)
        row.addWidget(self.suggested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.headline)
        layout.addWidget(self.counts)
        layout.addLayout(row)
        layout.addWidget(both, 1)

    def take(self, comparison: Comparison, before: Framework, after: Proposal) -> None:
        """Shows a comparison; nothing is answered yet."""
        self._comparison = comparison
        self._before = {
            each.code: each.statement or each.label for s in before.sections for each in s.criteria
        } | {str(s.number): s.title for s in before.sections if not s.criteria}
        self._after, self._labels = {}, {}
        for section in after.sections:
            criteria = [each for block in section.blocks for each in block.criteria]
            self._after |= {each.code: each.statement or each.label for each in criteria}
            self._labels |= {each.code: each.label for each in criteria}
            if not criteria:
                number = str(section.number)
                self._after[number] = self._labels[number] = section.title
        self._questions = {each.old: each for each in comparison.questions}
        self._fill()

    def answers(self) -> dict[str, str]:
        """The new code by each old one that was answered."""
        return {
            old: str(box.currentData()) for old, box in self._boxes.items() if box.currentData()
        }

    def open_questions(self) -> int:
        """How many questions are not answered."""
        return len(self._questions) - len(self.answers())

    def take_suggestions(self) -> None:
        """Answers what is open as is suggested, where something is."""
        given = self.answers()
        for old, question in self._questions.items():
            if old not in given and question.suggested:
                box = self._boxes[old]
                box.setCurrentIndex(box.findData(question.suggested))

    # --- what is shown --------------------------------------------------------------------------

    def _fill(self) -> None:
        told = self._comparison
        if told is None:
            return
        given = self.answers()
        self._boxes = {}
        self.list.clear()
        nothing_else = told.count(Fate.UNCHANGED) == len(told.pairings)
        every = self.all_lines.isChecked() or nothing_else
        self.all_lines.setVisible(not nothing_else)
        shown = [
            each
            for each in told.pairings
            if every
            or each.fate is not Fate.UNCHANGED
            or each.remark
            or each.old in self._questions
        ]
        # What is to be answered comes first.
        shown.sort(key=lambda each: each.old not in self._questions)
        for each in shown:
            self._add(each)
        for old, new in given.items():
            if old in self._boxes:
                self._boxes[old].setCurrentIndex(max(self._boxes[old].findData(new), 0))
        links = told.carried
        self.counts.setText("   ".join(
            f"{FATES[fate][0]} {told.count(fate)} {fate.value}" for fate in Fate
        ))  # fmt: skip
        count = len(self._questions)
        self.suggested.setVisible(any(each.suggested for each in self._questions.values()))
        if not told.changes:
            words = "The case stands on this framework already; there is nothing to change."
        elif count:
            asked = "1 question" if count == 1 else f"{count} questions"
            words = f"{asked} to answer: what hangs on these criteria goes where you say."
        else:
            words = "Nothing is to be asked: everything is certain."
        went = f" {links} {'link goes' if links == 1 else 'links go'} along." if links else ""
        self.headline.setText(words + went)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
        self._show()

    def _add(self, each: Pairing) -> None:
        sign, word = FATES[each.fate]
        now = ", ".join(each.parts) or each.new or ""
        question = self._questions.get(each.old or "")
        remark = f", {each.remark}" if each.remark else ""
        item = QTreeWidgetItem(
            [f"{sign} {word}{remark}", each.old or "", now,
             held_in_words(question.held) if question else "", ""]
        )  # fmt: skip
        item.setData(0, _PAIRING, each)
        words = self._after.get(each.new or "") or self._before.get(each.old or "", "")
        for column in range(4):
            item.setToolTip(column, plain(words))
        self.list.addTopLevelItem(item)
        if question is not None and each.old is not None:
            box = self._box(question)
            self._boxes[each.old] = box
            holder = QWidget()
            around = QHBoxLayout(holder)
            around.setContentsMargins(0, 3, 6, 3)
            around.addWidget(box)
            self.list.setItemWidget(item, _GOES, holder)
        else:
            item.setText(_GOES, words)

    def _box(self, question: Question) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(f"Where what hangs on {question.old} goes")
        box.setToolTip(plain(question.because))
        box.setMinimumContentsLength(18)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.addItem("? Choose a criterion", None)
        for code in question.choices:
            tail = "  (suggested)" if code == question.suggested else ""
            box.addItem(f"{code}{tail}  {self._labels.get(code, '')}", code)
        box.insertSeparator(box.count())
        for code, words in self._labels.items():
            if code not in question.choices:
                box.addItem(f"{code}  {words}", code)
        box.view().setMinimumWidth(self.fontMetrics().horizontalAdvance("x" * 60))
        box.currentIndexChanged.connect(lambda _: self._changed())
        return box

    def _changed(self) -> None:
        self._show()
        self.answered.emit()

    def _show(self) -> None:
        """The two wordings of the line that is chosen; what the other has not is bold."""
        item = self.list.currentItem()
        each = item.data(0, _PAIRING) if item is not None else None
        for pane in (self.old, self.new):
            pane.clear()
        if not isinstance(each, Pairing):
            return
        chosen = self.answers().get(each.old or "")
        before = self._before.get(each.old or "", "")
        codes = [chosen] if chosen else list(each.parts) or ([each.new] if each.new else [])
        after = "\n\n".join(self._after.get(code, "") for code in codes)
        certain = each.fate in {Fate.UNCHANGED, Fate.MOVED}
        _fill_pane(self.old, before, before if certain else after or before)
        _fill_pane(self.new, after, after if certain else before or after)


def _pane(name: str) -> QTextEdit:
    pane = QTextEdit()
    pane.setReadOnly(True)
    pane.setTabChangesFocus(True)
    pane.setAccessibleName(name)
    pane.setMinimumHeight(80)
    return pane


def _fill_pane(pane: QTextEdit, words: str, other: str) -> None:
    cursor = QTextCursor(pane.document())
    usual, differs = QTextCharFormat(), QTextCharFormat()
    differs.setFontWeight(QFont.Weight.Bold)
    differs.setFontUnderline(True)
    for some, same in differences(words, other):
        cursor.insertText(some, usual if same else differs)
        cursor.insertText(" ", usual)
