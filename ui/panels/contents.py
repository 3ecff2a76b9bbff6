"""The document's own contents list: where the page in view stands in it, and a way there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette, QPen, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStackedLayout,
    QStyle,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Heading
from ui.models import contents as model
from ui.models.contents import ContentsModel
from ui.panels.delegates import Plain
from ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
#: Milliseconds without a key after which headings are looked for.
_PAUSE = 120
#: Headings up to which all that are found are unfolded.
_MANY = 3000
_NO_DOCUMENT = "No document is shown."
_READING = "The contents list is being read…"
_NONE = "This document has no contents list."
_NOT_FOUND = "No heading holds these words."


class _Tree(QTreeView):
    """A tree whose Enter chooses, once.

    Signals:
        entered_on: Enter was pressed on a line.
    """

    entered_on = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Enter goes to the heading."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.entered_on.emit(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)


class ContentsPanel(QWidget):
    """Headings as a tree with their pages, and a field to find one.

    Signals:
        chosen: the :class:`Heading` to go to; it leads to a page.
        seen: the panel came into sight.
    """

    chosen = Signal(object)
    seen = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ContentsModel(self)
        self._at: tuple[int, float | None] | None = None
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Find a heading")
        self.field.setAccessibleName("Find a heading")
        self.field.setClearButtonEnabled(True)
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self._pause.timeout.connect(self.search)
        self.field.textChanged.connect(lambda _: self._pause.start())
        self.field.returnPressed.connect(self._enter)

        self.tree = _Tree(self)
        self.tree.setAccessibleName("Contents of the document")
        self.tree.setModel(self._model)
        self.tree.setItemDelegate(_HeadingDelegate(theme, self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setMouseTracking(True)
        self.tree.setIndentation(14)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(16)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.tree.clicked.connect(self._choose)
        self.tree.entered_on.connect(self._choose)
        # Thousands of lines are unfolded at once.
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._mark)
        self.tree.expanded.connect(lambda _: self._soon.start())
        self.tree.collapsed.connect(lambda _: self._soon.start())

        self.told = QLabel(_NO_DOCUMENT, self)
        self.told.setProperty("muted", True)
        self.told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.told.setWordWrap(True)
        self.told.setContentsMargins(18, 18, 18, 18)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.told)
        self._stack.addWidget(self.tree)
        top = QVBoxLayout()
        top.setContentsMargins(8, 6, 8, 6)
        top.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(self._stack, 1)
        self.clear()

    # --- what is shown -------------------------------------------------------------------

    def clear(self) -> None:
        """Says that no document is shown."""
        self._take((), _NO_DOCUMENT)

    def show_headings(self, headings: Sequence[Heading] | None) -> None:
        """Shows the headings of a document; None while they are being read."""
        self._take(headings or (), _READING if headings is None else _NONE)

    def _take(self, headings: Sequence[Heading], otherwise: str) -> None:
        self._at = None
        self._pause.stop()
        self.field.blockSignals(True)
        self.field.clear()
        self.field.blockSignals(False)
        self.field.setEnabled(bool(headings))
        self._model.show(headings)
        last = max((each.page + 1 for each in headings if each.page is not None), default=0)
        room = self.tree.fontMetrics().horizontalAdvance("8" * max(len(str(last)), 2)) + 16
        self.tree.header().resizeSection(1, room)
        self._unfold()
        self._tell(otherwise)

    def _unfold(self) -> None:
        """Two levels to begin with; a single heading over all others does not count as one."""
        self.tree.expandToDepth(1 if self._model.rowCount() == 1 else 0)

    def _tell(self, otherwise: str) -> None:
        full = self._model.rowCount() > 0
        self.told.setText("" if full else otherwise)
        self._stack.setCurrentIndex(1 if full else 0)

    # --- finding -------------------------------------------------------------------------

    def search(self) -> None:
        """Shows the headings that hold the words in the field."""
        self._pause.stop()
        words = self.field.text().strip()
        self._model.choose(words)
        if words and self._model.shown <= _MANY:
            self.tree.expandAll()
        else:
            self._unfold()
        self._tell(_NOT_FOUND)
        self._mark()

    def _enter(self) -> None:
        """Goes to the first heading that was found, which is then the one keys act on."""
        self.search()
        index = self._model.index(0, 0)
        while index.isValid() and not self._model.holds(index):
            index = self.tree.indexBelow(index)
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.tree.setFocus()
            self._choose(index)

    def _choose(self, index: QModelIndex) -> None:
        heading = index.data(model.HEADING)
        if heading is not None and heading.page is not None:
            self.chosen.emit(heading)

    # --- where the reader is ---------------------------------------------------------------

    def follow(self, page: int, y: float | None = None) -> None:
        """Marks the heading that a page (0-based) belongs to, at a height of it in user space.

        Where that heading is folded away, the one above it is marked. It is brought into sight
        when it is another than before; what keys act on stays.
        """
        self._at = (page, y)
        self._mark()

    def _mark(self) -> None:
        index = self._model.at(*self._at) if self._at is not None else QModelIndex()
        above = index.parent()
        while above.isValid():
            if not self.tree.isExpanded(above):
                index = above
            above = above.parent()
        if self._model.mark(index):
            self.tree.viewport().update()  # the bar stands left of what Qt draws anew
            self._reveal(index)

    def _reveal(self, index: QModelIndex) -> None:
        if index.isValid() and self.isVisible():
            self.tree.scrollTo(index)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - the name is Qt's
        """What is marked is in sight again."""
        super().showEvent(event)
        self.seen.emit()
        # The tree gets its size only after this.
        QTimer.singleShot(0, self, lambda: self._reveal(self._model.marked()))


class _HeadingDelegate(Plain):
    """A bar before the heading in view, which is in bold as well; pages are muted."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Pages, and headings that lead nowhere, are muted."""
        super().initStyleOption(option, index)
        heading: Heading = index.data(model.HEADING)
        if (index.column() == 1 or heading.page is None) and not index.data(model.MARKED):
            muted = QColor(self._theme.colours.muted)
            palette: QPalette = option.palette
            for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
                palette.setColor(group, QPalette.ColorRole.Text, muted)
                palette.setColor(group, QPalette.ColorRole.HighlightedText, muted)
            option.palette = palette

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """A little air round each line."""
        return QSize(super().sizeHint(option, index).width(), option.fontMetrics.height() + 7)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell; the line that keys act on is framed."""
        super().paint(painter, option, index)
        view = self.parent()
        assert isinstance(view, QTreeView)  # noqa: S101 - it was made for one
        painter.save()
        accent = QColor(self._theme.colours.accent)
        line = option.rect
        if index.column() == 0 and index.data(model.MARKED):
            painter.fillRect(0, line.top() + 2, 3, line.height() - 4, accent)
        focused = option.state & QStyle.StateFlag.State_HasFocus
        if focused and index.row() == view.currentIndex().row():
            painter.setPen(QPen(accent, 1))
            foot, right = line.bottom(), line.right()
            painter.drawLine(line.left(), line.top(), right, line.top())
            painter.drawLine(line.left(), foot, right, foot)
        painter.restore()
