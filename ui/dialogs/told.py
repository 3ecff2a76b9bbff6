"""What went wrong, in one calm sentence, and the log one click away."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence import paths
from cambs_evidence.errors import EvidenceError
from ui.theme import Theme

#: Bytes of the log that are shown, from its end.
_SHOWN = 200_000


def sentence(error: BaseException) -> str:
    """What to tell a person of an error."""
    if isinstance(error, EvidenceError):
        return error.reason
    return "This program made a mistake. It was written to the log; your work so far is kept."


class ErrorDialog(QDialog):
    """One sentence; for a mistake of the program, a way to the log."""

    def __init__(self, theme: Theme, words: str, *, is_bug: bool, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setWindowTitle("Something went wrong" if is_bug else "That was not possible")
        icon = QLabel()
        name = "circle-x" if is_bug else "circle-alert"
        icon.setPixmap(theme.icon(name, theme.colours.accent).pixmap(32, 32))
        self.words = QLabel(words)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setMinimumWidth(380)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(icon)
        row.addWidget(self.words, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        if is_bug:
            log = buttons.addButton("Show the log", QDialogButtonBox.ButtonRole.ActionRole)
            log.clicked.connect(lambda: LogDialog(self).exec())
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(16)
        column.addLayout(row)
        column.addWidget(buttons)


class LogDialog(QDialog):
    """The log of faults, as it is on disk."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Log of faults")
        self.resize(820, 520)
        path = paths.log_file()
        text = QPlainTextEdit(_tail(path))
        text.setReadOnly(True)
        text.setAccessibleName("Log of faults")
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        text.verticalScrollBar().setValue(text.verticalScrollBar().maximum())
        where = QLabel(str(path))
        where.setProperty("muted", True)
        where.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        folder = QPushButton("Open its folder")
        folder.clicked.connect(open_log_folder)
        buttons.addButton(folder, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(text, 1)
        column.addWidget(where)
        column.addWidget(buttons)


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(file.tell() - _SHOWN, 0))
            return file.read().decode("utf-8", "replace") or "Nothing has been logged."
    except OSError:
        return "Nothing has been logged."


def open_log_folder() -> None:
    """Shows the folder of the log in the system's own file manager."""
    folder = paths.log_file().parent
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def tell(theme: Theme, error: BaseException, parent: QWidget | None) -> None:
    """Tells a person of an error."""
    is_bug = not isinstance(error, EvidenceError)
    ErrorDialog(theme, sentence(error), is_bug=is_bug, parent=parent).exec()


def ask(parent: QWidget, title: str, words: str, yes: str, no: str = "Cancel") -> bool:
    """Asks before something that a person may not mean; Enter alone leaves all as it is."""
    box = QMessageBox(QMessageBox.Icon.Question, title, words, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    reject = box.addButton(no, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(reject)
    box.exec()
    return box.clickedButton() is accept
