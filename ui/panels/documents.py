"""The documents of the case: choose, open, rename, remove; drop files to take them in."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QLabel,
    QListView,
    QMenu,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Document
from ui.models.documents import DocumentsModel
from ui.panels.delegates import DocumentDelegate
from ui.session import Session
from ui.theme import Theme


class DocumentsPanel(QWidget):
    """A list of the documents.

    Signals:
        opened: a document is to be shown.
        import_wanted: files are to be chosen.
    """

    opened = Signal(object)
    import_wanted = Signal()

    def __init__(self, theme: Theme, actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: DocumentsModel | None = None
        self._chosen: str | None = None
        self._actions = actions
        self.view = QListView(self)
        self.view.setAccessibleName("Documents")
        self.view.setItemDelegate(DocumentDelegate(theme, self.view))
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._menu)
        self.view.activated.connect(self._open)
        self.view.clicked.connect(self._open)

        empty = QWidget(self)
        words = QLabel("No documents yet.\nDrop files or folders here, or choose them.", empty)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setWordWrap(True)
        words.setProperty("muted", True)
        self._theme = theme
        self._choose = QPushButton("Import files…", empty)
        theme.changed.connect(self._paint)
        self._paint()
        self._choose.clicked.connect(self.import_wanted)
        column = QVBoxLayout(empty)
        column.setContentsMargins(18, 18, 18, 18)
        column.addStretch(1)
        column.addWidget(words)
        column.addSpacing(10)
        column.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.view)

    def _paint(self) -> None:
        self._choose.setIcon(self._theme.icon("import"))

    def use(self, session: Session | None) -> None:
        """Shows the documents of a case, or none."""
        old = self._model
        self._model = DocumentsModel(session, self) if session else None
        self._chosen = None
        self.view.setModel(self._model)
        if old is not None:
            old.deleteLater()
        self._choose.setVisible(session is not None and not session.readonly)
        if self._model is not None:
            self._model.modelAboutToBeReset.connect(self._remember)
            self._model.modelReset.connect(self._show_page)
        self._show_page()

    def _remember(self) -> None:
        document = self.current()
        self._chosen = document.id if document is not None else None

    def _show_page(self) -> None:
        full = self._model is not None and self._model.rowCount() > 0
        self._stack.setCurrentIndex(1 if full else 0)
        if self._chosen is not None:
            self.select(self._chosen)

    def current(self) -> Document | None:
        """The document that is chosen."""
        return self._model.document(self.view.currentIndex().row()) if self._model else None

    def select(self, document_id: str) -> None:
        """Chooses a document without opening it."""
        if self._model is not None:
            row = self._model.row_of(document_id)
            if row >= 0:
                self.view.setCurrentIndex(self._model.index(row))

    def _open(self, index: QModelIndex) -> None:
        if self._model is not None:
            document = self._model.document(index.row())
            if document is not None:
                self.opened.emit(document)

    def _menu(self, where: QPoint) -> None:
        if self.view.indexAt(where).isValid():
            menu = QMenu(self)
            menu.addActions(self._actions)
            menu.exec(self.view.viewport().mapToGlobal(where))
