"""A tree of two levels, sections with their criteria, as Qt asks for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
_L = TypeVar("_L")


class Branches(QAbstractItemModel, Generic[_L]):
    """Lines of sections, each with the lines of its criteria.

    ``columns`` are the words over the columns, ``heads`` what each means in a sentence.
    """

    columns: Sequence[str] = ()
    heads: Sequence[str] = ()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[_L, list[_L]]] = []

    # A section's index carries 0, a criterion's the place of its section from 1.

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """The index of a line."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        """The section of a criterion."""
        place = int(index.internalId()) if index.isValid() else 0
        return self.createIndex(place - 1, 0, 0) if place else QModelIndex()

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Sections, or the criteria of one."""
        if not parent.isValid():
            return len(self._rows)
        if parent.internalId() or parent.column():
            return 0
        return len(self._rows[parent.row()][1])

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: ARG002, N802
        """As many for every line."""
        return len(self.columns)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Heads of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section]
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self.heads[section]
        return None

    def row(self, index: Index) -> _L:
        """The line of a valid index."""
        place = int(index.internalId())
        return self._rows[place - 1][1][index.row()] if place else self._rows[index.row()][0]

    def _tell_of(self, before: Sequence[tuple[_L, Sequence[_L]]]) -> None:
        """Says which lines are not what they were ``before``, where the same lines stand."""
        last = len(self.columns) - 1
        for place, ((was, olds), (now, news)) in enumerate(zip(before, self._rows, strict=True)):
            top = self.index(place, 0)
            if was != now:
                self.dataChanged.emit(top, self.index(place, last))
            for row, (old, new) in enumerate(zip(olds, news, strict=True)):
                if old != new:
                    self.dataChanged.emit(self.index(row, 0, top), self.index(row, last, top))
