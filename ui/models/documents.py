"""The documents of the case as a list."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cambs_evidence.model import Document
from cambs_evidence.wording import in_words
from ui.session import News, Session
from ui.theme import plain

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
#: Gives the :class:`Document` of a row; the line below its title.
DOCUMENT, BELOW = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class DocumentsModel(QAbstractListModel):
    """Documents in the order they came."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._documents = list(session.held.documents.values())
        session.changed.connect(self._hear)

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - the name is Qt's
        """How many documents."""
        return 0 if parent.isValid() else len(self._documents)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Title, what stands below it, or the document itself."""
        if not index.isValid():
            return None
        document = self._documents[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return document.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(f"{document.title}\n{document.filename}\n{below(document)}")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{document.title}, {below(document)}"
        if role == DOCUMENT:
            return document
        return below(document) if role == BELOW else None

    def document(self, row: int) -> Document | None:
        """The document of a row."""
        return self._documents[row] if 0 <= row < len(self._documents) else None

    def row_of(self, document_id: str) -> int:
        """The row of a document, -1 where it is not there."""
        found = (row for row, each in enumerate(self._documents) if each.id == document_id)
        return next(found, -1)

    def _hear(self, news: News) -> None:
        if not news.documents:
            return
        fresh = list(self._session.held.documents.values())
        if [each.id for each in fresh] == [each.id for each in self._documents]:
            self._documents = fresh
            if fresh:
                self.dataChanged.emit(self.index(0), self.index(len(fresh) - 1))
            return
        self.beginResetModel()
        self._documents = fresh
        self.endResetModel()


def below(document: Document) -> str:
    """Date, pages and links of a document in one line."""
    pages = f"{document.pages} page{'s' if document.pages != 1 else ''}"
    links = f"{document.links} link{'s' if document.links != 1 else ''}"
    return f"{in_words(document.date)}  ·  {pages}  ·  {links}"
