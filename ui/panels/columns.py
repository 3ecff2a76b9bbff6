"""Which columns a table shows and in which order, chosen by key as well as by mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs.parts import answers, muted, stack

_SECTION = Qt.ItemDataRole.UserRole


class _Order(QListWidget):
    """A list whose lines go up and down with Alt and an arrow."""

    def move(self, by: int) -> None:  # type: ignore[override]
        """Takes the line that keys act on up or down."""
        row = self.currentRow()
        if 0 <= row < self.count() and 0 <= row + by < self.count():
            self.insertItem(row + by, self.takeItem(row))
            self.setCurrentRow(row + by)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Alt and an arrow move the line."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.move(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


class ColumnsDialog(QDialog):
    """Asks which columns are shown, in which order."""

    def __init__(self, header: QHeaderView, names: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._header = header
        self.setWindowTitle("Columns")
        self.list = _Order(self)
        self.list.setAccessibleName("Columns, from left to right")
        self.list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        for place in range(header.count()):
            section = header.logicalIndex(place)
            item = QListWidgetItem(names[section])
            item.setData(_SECTION, section)
            shown = not header.isSectionHidden(section)
            item.setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        up, down = QPushButton("Move &up"), QPushButton("Move &down")
        for button, by in ((up, -1), (down, 1)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, step=by: self.list.move(step))
        side = QVBoxLayout()
        side.addWidget(up)
        side.addWidget(down)
        side.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self.list, 1)
        row.addLayout(side)
        buttons, self._accept = answers(self, "&OK")
        words = muted("Space shows and hides a column, Alt with an arrow moves it.")
        self.list.itemChanged.connect(lambda _: self._look())
        stack(self, words, row, buttons)
        self.resize(380, 420)
        self.list.setFocus()

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _look(self) -> None:
        """A table without columns would be lost."""
        shown = any(each.checkState() is Qt.CheckState.Checked for each in self._items())
        self._accept.setEnabled(shown)

    def carry_out(self) -> None:
        """Arranges the columns as they were chosen."""
        for place, item in enumerate(self._items()):
            section = item.data(_SECTION)
            self._header.moveSection(self._header.visualIndex(section), place)
            self._header.setSectionHidden(section, item.checkState() is Qt.CheckState.Unchecked)
