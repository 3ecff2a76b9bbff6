"""About the program, and its keys."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence import paths
from ui.dialogs.told import LogDialog, open_log_folder
from ui.theme import Theme

#: What is done without an action of its own.
_BY_HAND = (
    (
        "Select words",
        "Drag; two clicks: a word, three: a line, four: a paragraph; Shift+click goes on",
    ),
    (
        "Select without a mouse",
        "F7, or find words and press Esc; Shift and the arrows (Ctrl: words, paragraphs)",
    ),
    ("Tag what is selected", "T or Enter; or drop it on a criterion, or a criterion on it"),
    ("Tag to a criterion used before", "1 to 9, as the menu Evidence and the palette number them"),
    (
        "In the tag palette",
        "↑ the likeliest, ↑ ↓ choose, Ctrl+Enter adds another criterion, Alt+S, D, N polarity",
    ),
    ("In a note", "Ctrl+Enter or Esc keeps it and goes back to where you were"),
    ("In a summary", "Ctrl+Enter shows what is referred to, Enter goes on with a list, Esc leaves"),
    ("Among actions", "Enter changes one, Space ticks it as done, Del takes it away"),
    (
        "Several rows of the evidence",
        "Chosen with Shift or Ctrl (Ctrl+A: all); Shift+T, N, Del, Alt+S, D, N act on all of them",
    ),
    ("Links to another criterion", "Drop rows or the sign beside the page on it; Ctrl tags both"),
    (
        "In the window of the pack",
        "F6 goes round, Ctrl+B to the bookmarks, Ctrl+G to a page; Ctrl+Enter exports, Esc closes",
    ),
    ("Zoom about the pointer", "Ctrl and the wheel"),
    ("Through the pages", "Space, Page Up and Down; with Ctrl a page at a time; Home, End"),
)


class KeysDialog(QDialog):
    """All keys, from the very actions that have them."""

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.resize(640, 620)
        rows = [
            (
                action.text().replace("&", "").rstrip("…"),
                ", ".join(
                    key.toString(QKeySequence.SequenceFormat.NativeText)
                    for key in action.shortcuts()
                ),
            )
            for action in actions
            if action.shortcuts()
        ]
        table = QTableWidget(len(rows) + len(_BY_HAND), 2)
        table.setAccessibleName("Keys")
        table.setHorizontalHeaderLabels(["What", "Keys"])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setWordWrap(True)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        for row, (what, keys) in enumerate([*_BY_HAND, *rows]):
            for place, words in enumerate((what, keys)):
                item = QTableWidgetItem(words)
                item.setTextAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
                table.setItem(row, place, item)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(table, 1)
        column.addWidget(buttons)


class AboutDialog(QDialog):
    """What this is, whose it is, and what it stands on."""

    def __init__(self, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About")
        self.setMinimumWidth(460)
        icon = QLabel()
        icon.setPixmap(theme.icon("book-open", theme.colours.accent).pixmap(40, 40))
        title = QLabel(f"cambs-evidence {program_version()}")
        title.setProperty("heading", True)
        words = QLabel(
            "Maps evidence to a self-assessment framework for children’s services, and proves "
            "every quote in a pack. Nothing goes to the network.\n\n"
            "MIT licence. Built with Qt for Python (LGPL), SQLAlchemy, PDFium, pdfplumber, "
            "reportlab and pikepdf. Faces: Noto and DejaVu. Icons: Lucide (ISC). Their licences "
            f"lie in {paths.resources()}."
        )
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        log = buttons.addButton("Show the log", QDialogButtonBox.ButtonRole.ActionRole)
        log.clicked.connect(lambda: LogDialog(self).exec())
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        folder = buttons.addButton("Open the log folder", QDialogButtonBox.ButtonRole.ActionRole)
        folder.clicked.connect(open_log_folder)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 16)
        column.setSpacing(12)
        for widget in (icon, title, words, buttons):
            column.addWidget(widget)


def program_version() -> str:
    """The version that is installed; of a frozen program, the one it was made from."""
    try:
        return version("cambs-evidence")
    except PackageNotFoundError:
        return "(unknown version)"
