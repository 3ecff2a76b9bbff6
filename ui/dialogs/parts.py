"""What several dialogs are put together from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLayout, QPushButton, QWidget


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
