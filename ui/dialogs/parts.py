"""What several dialogs are put together from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Target

#: Files that a framework may be read from.
SELF_ASSESSMENTS = (
    "Self-assessments (*.pdf *.docx *.doc *.odt *.rtf *.txt *.md *.html);;All files (*)"
)
#: Kinds of annex in plain words.
ANNEXES = (
    ("cited", "The pages that are cited"),
    ("full", "All pages of the cited documents"),
    ("pictures", "Pictures of the pages that are cited"),
    ("none", "No pages"),
)


#: Logical pixels between a dialog that is put aside and the window's edge.
_EDGE = 24
#: Letters of a criterion that a box of criteria shows, at most.
_IN_A_BOX = 80


class Lines(QPlainTextEdit):
    """A field of several lines in which Enter answers; Shift+Enter begins another line.

    Signals:
        entered: Enter was pressed.
        left: Esc was pressed.
    """

    entered = Signal()
    left = Signal()

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Enter and Esc leave."""
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not shift:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def add_criteria(box: QComboBox, targets: Iterable[Target]) -> None:
    """Offers criteria in a box, long wordings cut so that its list stays within the screen."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for each in targets:
        words = each.label
        if len(words) > _IN_A_BOX:
            words = f"{words[:_IN_A_BOX].rsplit(' ', 1)[0]} …"
        box.addItem(f"{each.code}  {words}", each.code)


def form() -> QFormLayout:
    """Fields below one another, each with its label; long ones go below their label."""
    made = QFormLayout()
    made.setSpacing(8)
    made.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return made


def add_row(to: QFormLayout, label: str, row: QLayout, buddy: QWidget) -> None:
    """A row of several widgets; the label's key leads to one of them."""
    words = QLabel(label)
    words.setBuddy(buddy)
    to.addRow(words, row)


def browsed(field: QWidget, text: str, browse: Callable[[], None]) -> QHBoxLayout:
    """A field with a button beside it that looks for what goes in."""
    button = QPushButton(text)
    button.setAutoDefault(False)  # Enter is for the dialog
    button.clicked.connect(lambda _=False: browse())
    row = QHBoxLayout()
    row.addWidget(field, 1)
    row.addWidget(button)
    return row


def answers(dialog: QDialog, yes: str) -> tuple[QDialogButtonBox, QPushButton]:
    """Buttons that accept and reject a dialog; Enter accepts."""
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    accept = buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
    accept.setDefault(True)
    # While what was typed is not complete, Enter does nothing, rather than throw it away.
    buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons, accept


def stack(dialog: QDialog, *parts: QWidget | QLayout) -> None:
    """Puts the parts of a dialog below one another."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(20, 18, 20, 16)
    column.setSpacing(12)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)


def muted(words: str) -> QLabel:
    """Words that explain, in a paler colour."""
    label = QLabel(words)
    label.setWordWrap(True)
    label.setProperty("muted", True)
    return label


def typed_path(field: QLineEdit, suffix: str) -> Path | None:
    """The path in a field, with a suffix where it has another; None where it names no file."""
    try:
        path = Path(field.text().strip()).expanduser()
        path.exists()
    except (OSError, RuntimeError, ValueError):  # nobody of that name, or too long for any disk
        return None
    if not field.text().strip() or not path.name or field.text().endswith(("/", "\\")):
        return None
    return (
        path
        if not suffix or path.suffix.lower() == suffix
        else path.with_name(f"{path.name}{suffix}")
    )


def put_aside(dialog: QDialog, beside: QWidget) -> None:
    """Puts a dialog that stays open to the right of a window's middle, where no pages are.

    What is chosen in it is shown on the pages, and nobody who works by keys could move it away.
    """
    room = beside.window().frameGeometry()
    left = max(room.right() - dialog.width() - _EDGE, room.left())
    dialog.move(left, room.top() + max(room.height() - dialog.height(), 0) // 2)
