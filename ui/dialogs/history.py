"""What a block's summary and grade were before, who wrote them, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Revision
from cambs_evidence.wording import in_words


def at_in_words(at: str) -> str:
    """A moment of the log in the time of this place: its day, hour and minute."""
    here = datetime.fromisoformat(at).astimezone()
    return f"{in_words(here.date().isoformat())}, {here:%H:%M}"


class HistoryDialog(QDialog):
    """The judgement of a block as each change left it, the newest first; nothing can be typed.

    ``shown`` gives a summary as people read it.

    Signals:
        wanted: a revision that is to be put back.
    """

    wanted = Signal(object)

    def __init__(
        self,
        name: str,
        revisions: Sequence[Revision],
        shown: Callable[[str], str],
        parent: QWidget | None = None,
        *,
        readonly: bool = False,
    ) -> None:
        super().__init__(parent)
        self._revisions = list(revisions)
        self._shown = shown
        self._readonly = readonly
        self.setWindowTitle(f"What was written about block {name}")
        self.list = QListWidget(self)
        self.list.setAccessibleName("Changes, the newest first")
        self.list.setMinimumWidth(self.fontMetrics().horizontalAdvance("x" * 34))
        for number, each in enumerate(self._revisions):
            now = " (as it is now)" if number == 0 else ""
            undone = ", undone" if each.what.startswith("undo ") else ""
            self.list.addItem(f"{at_in_words(each.at)}{now}\n{each.by}{undone}")
        self.grade = QLabel(self)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName("The summary then")
        self.text.setTabChangesFocus(True)
        self.back = QPushButton("&Put this back", self)
        self.back.setAutoDefault(False)
        self.back.clicked.connect(self._put_back)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(self.back, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        right = QVBoxLayout()
        right.addWidget(self.grade)
        right.addWidget(self.text, 1)
        row = QHBoxLayout()
        row.addWidget(self.list)
        row.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.addLayout(row, 1)
        column.addWidget(buttons)
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)
        self.resize(760, 440)

    def _show(self, row: int) -> None:
        there = 0 <= row < len(self._revisions)
        if there:
            chosen = self._revisions[row]
            grade = chosen.grade.value.capitalize() if chosen.grade else "none"
            self.grade.setText(f"Grade: {grade}")
            self.text.setPlainText(self._shown(chosen.summary) or "No summary.")
        else:
            self.grade.setText("")
            self.text.setPlainText("Nothing has been written about this block yet.")
        self.back.setEnabled(there and row > 0 and not self._readonly)

    def _put_back(self) -> None:
        self.wanted.emit(self._revisions[self.list.currentRow()])
        self.accept()
