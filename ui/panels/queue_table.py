"""The lines of the queue, fluid with tens of thousands of them."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.panels.delegates import QueueDelegate
from ui.theme import Theme

#: Pixels that a line is higher than its words, as its delegate has it.
_PADDING = 6
_Move = QAbstractItemView.CursorAction


class QueueTable(QTableView):
    """Lines of words, one below the other.

    A list would lay all its lines out anew whenever one comes or goes; a table does not.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setItemDelegate(QueueDelegate(theme, self))
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - the name is Qt's
        """A line is as high as its words."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._give_height()

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802
        """Shows lines."""
        super().setModel(model)
        self._give_height()

    def _give_height(self) -> None:
        height = QFontMetrics(self.font()).height() + _PADDING
        self.verticalHeader().setDefaultSectionSize(height)

    def moveCursor(self, action: _Move, held: Qt.KeyboardModifier) -> QModelIndex:  # noqa: N802
        """Home and End are the first and the last line, where a table means the columns."""
        model = self.model()
        if model is not None and action in {_Move.MoveHome, _Move.MoveEnd}:
            return model.index(0 if action is _Move.MoveHome else model.rowCount() - 1, 0)
        return super().moveCursor(action, held)
