"""The framework with its gaps, always in view."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import State
from ui.carried import LINKS_MIME, links_in
from ui.models import framework as model
from ui.models.framework import FrameworkFilter, FrameworkModel
from ui.panels.delegates import CriterionDelegate
from ui.session import Held, News, Session
from ui.theme import Theme, plain
from ui.viewer.page_view import PASSAGE_MIME

#: The columns that say how many links there are of each polarity.
_COUNTS = (1, 2, 3)


class _Tree(QTreeView):
    """A tree that takes passages and links dropped on criteria.

    Signals:
        dropped: the code that a passage was dropped on.
        links_dropped: a code, the ids of links dropped on it, and whether they were copied (Ctrl).
        tag_wanted: Enter was pressed on a line; its code.
    """

    dropped = Signal(str)
    links_dropped = Signal(str, object, bool)
    tag_wanted = Signal(str)
    #: True while a passage is held over the tree: lines that it passes are not chosen.
    dragged_over = False
    #: True while the tree becomes the one that keys act on.
    passed_over = False

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - the name is Qt's
        """The passage is carried on."""
        self.dragged_over = False
        super().dragLeaveEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - the name is Qt's
        """Takes passages and links alone."""
        self.dragged_over = _taken(event)
        event.setAccepted(self.dragged_over)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        """Shows which criterion it would be dropped on."""
        super().dragMoveEvent(event)  # scrolls at the edges
        index = self.indexAt(event.position().toPoint())
        if _taken(event) and index.data(model.CODE) is not None:
            self.setCurrentIndex(index.siblingAtColumn(0))
            event.setDropAction(_action(event))
            event.accept()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Tags what was dropped."""
        self.dragged_over = False
        code, data = self.indexAt(event.position().toPoint()).data(model.CODE), event.mimeData()
        if code is None or not _taken(event):
            return
        event.setDropAction(_action(event))
        event.accept()
        # The drag is still under way in the view it came from.
        if data.hasFormat(LINKS_MIME):
            copied = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            ids = links_in(data)
            QTimer.singleShot(0, self, lambda: self.links_dropped.emit(code, ids, copied))
        else:
            QTimer.singleShot(0, self, lambda: self.dropped.emit(code))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Coming here chooses nothing."""
        self.passed_over = True
        super().focusInEvent(event)
        self.passed_over = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter tags what is selected on the page."""
        code = self.currentIndex().data(model.CODE)
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and code is not None:
            self.tag_wanted.emit(code)
            event.accept()
            return
        super().keyPressEvent(event)


def _taken(event: QDropEvent) -> bool:
    """True for what can be dropped on a criterion."""
    data = event.mimeData()
    return data.hasFormat(PASSAGE_MIME) or data.hasFormat(LINKS_MIME)


def _action(event: QDropEvent) -> Qt.DropAction:
    """Links are moved, with Ctrl copied; a selection stays where it is."""
    moves = event.mimeData().hasFormat(LINKS_MIME)
    held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return Qt.DropAction.MoveAction if moves and not held else Qt.DropAction.CopyAction


class FrameworkPanel(QWidget):
    """Sections and criteria with counts and states.

    Signals:
        chosen: a section (its number as text) or criterion (its code) whose evidence is wanted.
        tag_wanted: the code that what is selected is to be tagged to, once more is asked.
        dropped: the code that what is selected was dropped on.
        links_dropped: a code, the ids of links dropped on it, and whether they were copied.
    """

    chosen = Signal(str)
    tag_wanted = Signal(str)
    dropped = Signal(str)
    links_dropped = Signal(str, object, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: FrameworkModel | None = None
        self._session: Session | None = None
        self._proxy = FrameworkFilter(self)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Find a criterion")
        self.field.setAccessibleName("Find a criterion")
        self.field.setClearButtonEnabled(True)
        self.gaps = QToolButton(self)
        self.gaps.setText("○ Gaps only")
        self.gaps.setCheckable(True)
        self.gaps.setToolTip("Show only criteria that have no evidence")
        self.field.textChanged.connect(self._filter)
        self.gaps.toggled.connect(self._filter)

        self.tree = _Tree(self)
        self.tree.setAccessibleName("Framework")
        self.tree.setModel(self._proxy)
        self._delegate = CriterionDelegate(theme, self.tree)
        self.tree.setItemDelegate(self._delegate)
        self.tree.setUniformRowHeights(True)
        self.tree.setMouseTracking(True)
        self.tree.setAcceptDrops(True)
        self.tree.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.tree.setDropIndicatorShown(False)
        self.tree.setIndentation(14)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.dropped.connect(self.dropped)
        self.tree.links_dropped.connect(self.links_dropped)
        self.tree.tag_wanted.connect(self.tag_wanted)
        self.tree.doubleClicked.connect(self._double)
        self._delegate.tag_wanted.connect(self.tag_wanted)

        self.standing = QLabel(self)
        self.standing.setProperty("muted", True)
        self.standing.setTextFormat(Qt.TextFormat.PlainText)
        self.standing.setWordWrap(True)
        self.standing.setContentsMargins(10, 0, 10, 4)
        self.summary = QLabel(self)
        self.summary.setProperty("muted", True)
        self.summary.setWordWrap(True)
        self.summary.setContentsMargins(10, 4, 10, 6)
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.addWidget(self.field, 1)
        row.addWidget(self.gaps)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.standing)
        column.addWidget(self.tree, 1)
        column.addWidget(self.summary)

    def use(self, session: Session | None) -> None:
        """Shows the framework of a case, or nothing."""
        old = self._model
        self._session = session
        self._model = FrameworkModel(session, self) if session else None
        self._proxy.setSourceModel(self._model)  # type: ignore[arg-type]  # None takes it away
        if old is not None:
            old.deleteLater()
        if session is None or self._model is None:
            self.summary.clear()
            self.standing.clear()
            return
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(16)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in _COUNTS:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(4, self.tree.fontMetrics().horizontalAdvance("● Covered ≠") + 22)
        self.tree.selectionModel().currentChanged.connect(self._choose)
        self._proxy.modelReset.connect(self._tell)
        self._proxy.modelReset.connect(self.tree.expandAll)
        session.changed.connect(self._hear)
        self.tree.expandAll()
        self._tell()

    def offer_tag(self, offers: bool) -> None:
        """Whether something is selected that can be tagged."""
        if offers != self._delegate.offers_tag:  # asked at every move of a drag over the pages
            self._delegate.offers_tag = offers
            self.tree.viewport().update()

    def select(self, code: str) -> None:
        """Shows a criterion, or a section without criteria."""
        if self._model is not None:
            index = self._proxy.mapFromSource(self._model.index_of(code))
            if index.isValid():
                self.tree.setCurrentIndex(index)
                self.tree.scrollTo(index)

    def code(self) -> str | None:
        """The code of the criterion, or section without criteria, that is chosen."""
        code = self.tree.currentIndex().siblingAtColumn(0).data(model.CODE)
        return str(code) if code is not None else None

    def current_key(self) -> str:
        """The code of the line that keys act on, or its section's number; "" for none."""
        row = self.tree.currentIndex().data(model.ROW)
        return (row.code or str(row.section.number)) if row is not None else ""

    def go_to(self, code: str) -> None:
        """Goes to a criterion, whatever is filtered."""
        self.field.clear()
        self.select(code)
        if self.current_key() != code:
            self.gaps.setChecked(False)
            self.select(code)

    def _filter(self) -> None:
        self._proxy.choose(self.field.text(), gaps=self.gaps.isChecked())
        self.tree.expandAll()

    def _choose(self, current: QModelIndex, _: QModelIndex) -> None:
        row = current.data(model.ROW)
        if row is not None and not (self.tree.dragged_over or self.tree.passed_over):
            self.chosen.emit(row.code or str(row.section.number))

    def _double(self, index: QModelIndex) -> None:
        code = index.data(model.CODE)
        if code is not None:
            self.tag_wanted.emit(code)
        else:
            self.tree.setExpanded(index, not self.tree.isExpanded(index))

    def _hear(self, _: News) -> None:
        if self.gaps.isChecked():
            self._filter()
        self._tell()

    def _give_room(self, held: Held) -> None:
        """Has the counts be read whole, of two figures or of more."""
        every = [*held.coverage.criteria, *(x.itself for x in held.coverage.sections if x.itself)]
        most = max((max(x.strength, x.development, x.neutral) for x in every), default=0)
        figures = "8" * max(len(str(most)), 2)
        width, header = self.tree.fontMetrics().horizontalAdvance(figures) + 14, self.tree.header()
        for column in _COUNTS:
            if header.sectionSize(column) != width:
                header.resizeSection(column, width)

    def _tell(self) -> None:
        if self._session is not None:
            self._give_room(self._session.held)
            self.summary.setText(gaps_in_words(self._session))
            held = self._session.held
            self.standing.setText(f"Version {held.framework.version}")
            self.standing.setToolTip(plain(stands_in_words(held)))
            self.standing.setAccessibleName(stands_in_words(held))


def stands_in_words(held: Held) -> str:
    """Which framework a case stands on, and what it was read from."""
    tree = held.framework
    if held.source is None:
        return f"{tree.name} {tree.version}, as it comes with the program, in short labels"
    name, sha256 = held.source
    return f"{tree.name} {tree.version}, read from {name} (SHA-256 {sha256[:12]}…)"


def gaps_in_words(session: Session) -> str:
    """How much of the framework is without evidence."""
    criteria = session.held.coverage.criteria
    gaps = sum(each.state is State.NONE for each in criteria)
    covered = sum(each.state is State.COVERED for each in criteria)
    thin = sum(each.state is State.THIN for each in criteria)
    old = sum(each.state is State.OLD for each in criteria)
    torn = sum(each.conflict for each in criteria)
    apart = sum(each.state is State.NOT_APPLICABLE for each in criteria)
    more = f", {torn} in conflict" if torn else ""
    more += f", {apart} not applicable" if apart else ""
    return (
        f"{gaps} of {len(criteria)} criteria without evidence, {old} old, {thin} thin, "
        f"{covered} covered{more}"
    )
