"""What was read from a document: the tree, its doubts, and each line to be mended by hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.errors import WordsOff
from cambs_evidence.framework import mending
from cambs_evidence.model import Doubt, Proposal
from ui.dialogs import parts
from ui.models.proposal import DOUBT, Line, ProposalModel

_DOUBT = Qt.ItemDataRole.UserRole


class ReadPage(QWidget):
    """The preview; nothing of it touches a case.

    Signals:
        changed: something was mended.
    """

    changed = Signal()

    def __init__(self, proposal: Proposal, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ProposalModel(proposal, self)
        self._past: list[tuple[str, Proposal]] = []
        self._filling = False
        self.headline = QLabel()
        self.headline.setProperty("title", True)
        self.headline.setWordWrap(True)
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.name, self.version = QLineEdit(proposal.name), QLineEdit(proposal.version)
        self._make_tree()
        self._make_doubts()
        self._make_editor()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.tree, 3)
        column.addWidget(self._doubts_head)
        column.addWidget(self.doubts, 1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setChildrenCollapsible(False)
        both.addWidget(left)
        around = QScrollArea()
        around.setWidgetResizable(True)
        around.setFrameShape(QFrame.Shape.NoFrame)
        around.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        around.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around.setWidget(self.editor)
        right = QWidget()
        right.setMinimumWidth(290)
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(around, 1)
        for pair in ((self.settle, self.remove), (self.add, self.add_section)):
            row = QHBoxLayout()
            for button in pair:
                row.addWidget(button)
            column.addLayout(row)
        both.addWidget(right)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 2)
        both.setSizes([540, 340])
        named = QHBoxLayout()
        for words, field, stretch in (("&Name", self.name, 3), ("&Version", self.version, 1)):
            label = QLabel(words)
            label.setBuddy(field)
            field.setAccessibleName(words.replace("&", ""))
            named.addWidget(label)
            named.addWidget(field, stretch)
        self.name.textEdited.connect(
            lambda words: self._mend("name", lambda some: mending.named(some, name=words))
        )
        self.version.textEdited.connect(
            lambda words: self._mend("version", lambda some: mending.named(some, version=words))
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.headline)
        layout.addLayout(named)
        layout.addWidget(both, 1)
        undo = QShortcut(QKeySequence("Ctrl+Z"), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self.take_back)
        self._show()
        self.tree.setCurrentIndex(self.model.index(0, 0))
        self.tree.setFocus()

    @property
    def proposal(self) -> Proposal:
        """What is shown, with all that was mended."""
        return self.model.proposal

    def trouble(self) -> str:
        """Why no case could stand on it; empty where one can."""
        try:
            mending.checked(self.proposal)
        except WordsOff as error:
            return error.reason
        return ""

    # --- parts ----------------------------------------------------------------------------------

    def _make_tree(self) -> None:
        self.tree = QTreeView()
        self.tree.setAccessibleName("What was read")
        self.tree.setModel(self.model)
        self.tree.setUniformRowHeights(True)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setIndentation(14)
        self.tree.setMinimumSize(300, 160)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        metrics = self.tree.fontMetrics()
        for place, words in ((1, "Block"), (2, f"{DOUBT} Doubt  ")):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(place, metrics.horizontalAdvance(max(words, "To look at")) + 22)
        header.resizeSection(1, metrics.horizontalAdvance("Block") + 22)
        self.tree.expandAll()
        self.tree.selectionModel().currentChanged.connect(self._show_line)

    def _make_doubts(self) -> None:
        self._doubts_head = QLabel()
        self.doubts = QListWidget()
        self.doubts.setAccessibleName("Doubts")
        self.doubts.setWordWrap(True)
        self.doubts.setMinimumHeight(70)
        self.doubts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubts.currentItemChanged.connect(self._go_to)
        self.doubts.itemClicked.connect(lambda item: self._go_to(item, None))
        self._doubts_head.setBuddy(self.doubts)

    def _make_editor(self) -> None:
        self.editor = QWidget()
        self.place = parts.muted("")
        self.code = QLineEdit()
        self.code.setAccessibleName("Code")
        self.code.editingFinished.connect(self._recode)
        self.wording = QPlainTextEdit()
        self.wording.setAccessibleName("Wording")
        self.wording.setTabChangesFocus(True)
        self.wording.textChanged.connect(self._reword)
        self.label = QLineEdit()
        self.label.setAccessibleName("Short label")
        self.label.textEdited.connect(self._relabel)
        self.mark = QCheckBox("&Marked (M)")
        self.mark.clicked.connect(self._remark)
        self.begins = QCheckBox("A &block begins here")
        self.begins.setToolTip("Criteria of one block share one summary")
        self.begins.clicked.connect(self._reblock)
        self.settle = QPushButton("Right &as it is")
        self.settle.setToolTip("Takes the doubts about this line away")
        self.add = QPushButton("A&dd a criterion")
        self.add_section = QPushButton("Add a &section")
        self.remove = QPushButton("&Remove this line")
        for button, slot in (
            (self.settle, self._settle), (self.add, self._add),
            (self.add_section, self._add_section), (self.remove, self._remove),
        ):  # fmt: skip
            button.setAutoDefault(False)
            button.clicked.connect(slot)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self._code_label, self._label_label = QLabel("&Code"), QLabel("Short &label")
        self._code_label.setBuddy(self.code)
        self._label_label.setBuddy(self.label)
        self._words_label = QLabel("&Wording")
        self._words_label.setBuddy(self.wording)
        layout = QVBoxLayout(self.editor)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.setSpacing(6)
        first = QHBoxLayout()
        first.addWidget(self._code_label)
        first.addWidget(self.code, 1)
        layout.addLayout(first)
        layout.addWidget(self._words_label)
        layout.addWidget(self.wording, 4)
        layout.addWidget(self._label_label)
        layout.addWidget(self.label)
        layout.addWidget(self.mark)
        layout.addWidget(self.begins)
        layout.addWidget(self.place)
        layout.addWidget(self.told)
        layout.addStretch(1)

    # --- what is shown --------------------------------------------------------------------------

    def line(self) -> Line | None:
        """The line that is shown on the right."""
        return self.model.line(self.tree.currentIndex())

    def _show(self) -> None:
        some = self.proposal
        criteria = [one for s in some.sections for block in s.blocks for one in block.criteria]
        marked = sum(each.marked for each in criteria)
        blocks = sum(len(each.blocks) for each in some.sections)
        read = f"Read from {some.filename}: " if some.filename else ""
        self.headline.setText(
            f"{read}{_counted(len(some.sections), 'section')}, "
            f"{_counted(len(criteria), 'criterion', 'criteria')}, {marked} marked (M), "
            f"{_counted(blocks, 'block')}."
        )
        self.doubts.blockSignals(True)
        self.doubts.clear()
        for each in some.doubts:
            item = QListWidgetItem(f"{DOUBT} {_where(each)}{each.what}")
            item.setData(_DOUBT, each)
            self.doubts.addItem(item)
        self.doubts.blockSignals(False)
        count = len(some.doubts)
        self._doubts_head.setText(
            f"&To look at: {_counted(count, 'doubt')}" if count else "Nothing is in doubt."
        )
        self.doubts.setEnabled(count > 0)
        self._show_line(self.tree.currentIndex())

    def _show_line(self, index: QModelIndex, _: QModelIndex | None = None) -> None:
        line = self.model.line(index)
        self._filling = True
        one = line.criterion if line is not None else None
        is_criterion = one is not None
        for widget in (
            self.code, self._code_label, self.label, self._label_label, self.mark, self.begins,
        ):  # fmt: skip
            widget.setVisible(is_criterion)
        self._words_label.setText("&Wording" if is_criterion else "T&itle")
        self.wording.setAccessibleName("Wording" if is_criterion else "Title")
        self.wording.setEnabled(line is not None)
        lines = self.fontMetrics().lineSpacing()
        self.wording.setMaximumHeight(lines * (12 if is_criterion else 4))
        self.wording.setMinimumHeight(lines * 4)
        self.add.setEnabled(line is not None)
        self.remove.setEnabled(line is not None)
        self.settle.setEnabled(line is not None and bool(line.doubts))
        if line is None:
            words = ""
        elif one is None:
            words = line.section.title
        else:
            words = one.statement
        if self.wording.toPlainText() != words:
            self.wording.setPlainText(words)
        if one is not None and line is not None:
            self.code.setText(one.code)
            if self.label.text() != one.label:
                self.label.setText(one.label)
                self.label.setCursorPosition(0)
            self.mark.setChecked(one.marked)
            first = line.section.blocks[line.block].criteria[0].code == one.code
            self.begins.setChecked(first)
            self.begins.setEnabled(not (first and line.block == 0))
        held = one or (line.section if line is not None else None)
        stands = held.place if held is not None else None
        self.place.setText(f"Read on page {stands.start[0] + 1}." if stands is not None else "")
        self.told.setText(
            "\n".join(f"{DOUBT} {each.what}" for each in line.doubts) if line is not None else ""
        )
        self._filling = False

    def _go_to(self, item: QListWidgetItem | None, _: object) -> None:
        doubt = item.data(_DOUBT) if item is not None else None
        if isinstance(doubt, Doubt):
            index = self.model.index_of(doubt.code)
            if index.isValid():
                self.tree.setCurrentIndex(index)
                self.tree.scrollTo(index)

    def next_doubt(self) -> None:
        """Goes to the doubt after the one that is chosen, from the top after the last."""
        if self.doubts.count():
            self.doubts.setCurrentRow((self.doubts.currentRow() + 1) % self.doubts.count())

    # --- mending --------------------------------------------------------------------------------

    def _mend(
        self, kind: str, change: Callable[[Proposal], Proposal], then: str | None = None
    ) -> None:
        """Carries a mend out; ``kind`` says what goes together in one step back."""
        before = self.proposal
        after = change(before)
        if after == before:
            return
        if not (self._past and kind and self._past[-1][0] == kind):
            self._past.append((kind, before))
        self._take(after, then)

    def take_back(self) -> None:
        """Takes the last mend back."""
        if self._past:
            _, before = self._past.pop()
            self._take(before, None)
            self.name.setText(before.name)
            self.version.setText(before.version)

    def _take(self, proposal: Proposal, then: str | None) -> None:
        line = self.line()
        row = self.tree.currentIndex().row()
        parent = self.tree.currentIndex().parent()
        if self.model.take(proposal):
            self.tree.expandAll()
            index = self.model.index_of(then or (line.key if line is not None else ""))
            if not index.isValid():  # what stood there is gone: the line after it, or before
                above = self.model.index(parent.row(), 0) if parent.isValid() else QModelIndex()
                count = self.model.rowCount(above)
                index = self.model.index(min(row, count - 1), 0, above) if count else above
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)
        self._show()
        self.changed.emit()

    def _reword(self) -> None:
        line, words = self.line(), self.wording.toPlainText()
        if self._filling or line is None:
            return
        if line.criterion is None:
            number = line.section.number
            self._mend(f"title {number}", lambda some: mending.titled(some, number, words))
        else:
            key = line.key
            self._mend(f"wording {key}", lambda some: mending.reworded(some, key, words))

    def _relabel(self, words: str) -> None:
        line = self.line()
        if line is not None and line.criterion is not None:
            key = line.key
            self._mend(f"label {key}", lambda some: mending.labelled(some, key, words))

    def _recode(self) -> None:
        line, code = self.line(), self.code.text().strip()
        if self._filling or line is None or line.criterion is None or code == line.key:
            return
        key = line.key
        if not code or self.model.index_of(code).isValid():
            self.code.setText(key)  # what stands elsewhere already is no code for this
            return
        self._mend("", lambda some: mending.recoded(some, key, code), code)

    def _remark(self, on: bool) -> None:
        line = self.line()
        if line is not None and line.criterion is not None:
            key = line.key
            self._mend("", lambda some: mending.marked(some, key, on))

    def _reblock(self, on: bool) -> None:
        line = self.line()
        if line is not None and line.criterion is not None:
            key, change = line.key, mending.split_block if on else mending.join_block
            self._mend("", lambda some: change(some, key))

    def _settle(self) -> None:
        line = self.line()
        if line is None:
            return

        def settled(some: Proposal) -> Proposal:
            for each in line.doubts:
                some = mending.settled(some, each)
            return some

        self._mend("", settled)

    def _add(self) -> None:
        line = self.line()
        if line is not None:
            after, code = mending.added(self.proposal, line.section.number)
            self._mend("", lambda _: after, code)
            self.wording.setFocus()

    def _add_section(self) -> None:
        after, number = mending.added_section(self.proposal)
        self._mend("", lambda _: after, number)
        self.wording.setFocus()
        self.wording.selectAll()

    def _remove(self) -> None:
        line = self.line()
        if line is not None:
            key = line.key
            self._mend("", lambda some: mending.removed(some, key))


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _where(doubt: Doubt) -> str:
    code = f"{doubt.code}, " if doubt.code else ""
    return f"{code}page {doubt.place.start[0] + 1}: " if doubt.place else ""
