"""The pages of the document in a page view as a list."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.theme import plain
from ui.viewer.marks import counted
from ui.viewer.page_view import PageView

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
#: True for a page on which something was found.
FOUND = Qt.ItemDataRole.UserRole


class PagesModel(QAbstractListModel):
    """One line a page: its number, and what is on it in words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view: PageView | None = None
        self._pages = 0
        self._found: set[int] = set()

    def show(self, view: PageView | None) -> None:
        """Takes the pages from the view's document as it is now; None for no pages."""
        self.beginResetModel()
        self._view = view
        self._pages = view.pages if view is not None and view.document is not None else 0
        self._found = set(view.found_pages()) if view is not None else set()
        self.endResetModel()

    def look(self) -> None:
        """Other highlights are shown, or other places are found."""
        if self._view is not None and self._pages:
            self._found = set(self._view.found_pages())
            said = [Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole, FOUND]
            self.dataChanged.emit(self.index(0), self.index(self._pages - 1), said)

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - the name is Qt's
        """How many pages."""
        return 0 if parent.isValid() else self._pages

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Number and printed label, and what is on the page."""
        view, page = self._view, index.row()
        # The view may be about to say that it shows another document.
        if not index.isValid() or view is None or page >= len(view.shapes):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return numbered(page, view.shapes[page].label)
        if role == FOUND:
            return page in self._found
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            said = [f"Page {numbered(page, view.shapes[page].label)}"]
            said.append(counted(view.marks_of(page)))
            if page in self._found:
                said.append("What is sought was found here")
            tip = role == Qt.ItemDataRole.ToolTipRole
            return plain("\n".join(said)) if tip else ". ".join(said)
        return None


def numbered(page: int, label: str | None) -> str:
    """The number of a page (given 0-based) counted from 1, and the printed one where it differs."""
    number = str(page + 1)
    return number if not label or label == number else f"{number} (printed {label})"
