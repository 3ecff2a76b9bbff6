"""The evidence as a table: filter, sort, go there, take away."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Link, Polarity
from cambs_evidence.wording import POLARITIES
from ui.models import evidence as model
from ui.models.evidence import EvidenceModel, Filter
from ui.panels.delegates import EvidenceDelegate, row_height
from ui.session import News, Session
from ui.theme import Theme

#: Milliseconds after the last key before words are looked for.
_PAUSE = 120
#: Logical pixels round the words of a box: its frame, room and arrow.
_ROUND = 44
_ALL = "All criteria"


class _Table(QTableView):
    """A table whose quotes take the room that the other columns leave.

    ``hint`` is what it says while it is empty.
    """

    hint = ""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - the name is Qt's
        """Says what to do where there is nothing to show."""
        super().paintEvent(event)
        if self.hint and self.model() is not None and not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(20, 8, -20, -8), flags, self.hint)
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Gives the quotes what there is."""
        super().resizeEvent(event)
        self.give_room()

    def give_room(self) -> None:
        """Makes the quotes as wide as can be, and never narrower than can be read."""
        header = self.horizontalHeader()
        others = sum(header.sectionSize(n) for n in range(header.count()) if n != model.QUOTE)
        least = self.fontMetrics().horizontalAdvance("x" * 48)
        header.resizeSection(model.QUOTE, max(self.viewport().width() - others, least))


class EvidencePanel(QWidget):
    """The links of the case.

    Signals:
        chosen: a link that is to be shown on its page, or None.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._model: EvidenceModel | None = None
        self._actions = actions
        self._setting = False

        self.criterion = QComboBox(self)
        self.criterion.setAccessibleName("Section or criterion")
        self.polarity = QComboBox(self)
        self.polarity.setAccessibleName("Polarity")
        self.document = QComboBox(self)
        self.document.setAccessibleName("Document")
        self.text = QLineEdit(self)
        self.text.setAccessibleName("Words in quote or note")
        self.text.setPlaceholderText("Words in quote or note")
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(64)
        self.everything = QToolButton(self)
        self.everything.setText("Show all")
        self.everything.setToolTip("Take the filters away")
        self.everything.clicked.connect(self.show_all)
        self.count = QLabel(self)
        self.count.setProperty("muted", True)
        for box, chars in ((self.criterion, 8), (self.polarity, 8), (self.document, 8)):
            box.setMinimumContentsLength(chars)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            box.setMinimumWidth(64)
            box.currentIndexChanged.connect(self._filter)
        # Its few words are never cut.
        words = self.fontMetrics().horizontalAdvance("Any polarity")
        self.polarity.setMinimumWidth(words + _ROUND)
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self._pause.timeout.connect(self._filter)
        self.text.textChanged.connect(lambda _: self._pause.start())
        self.text.returnPressed.connect(self._filter)

        self.table = _Table(self)
        self.table.setAccessibleName("Evidence")
        self.table.setItemDelegate(EvidenceDelegate(theme, self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setDragEnabled(True)
        self.table.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSortingEnabled(True)
        self.table.setMouseTracking(True)
        self.table.setTabKeyNavigation(False)
        self.table.setCornerButtonEnabled(False)
        self.table.verticalHeader().hide()
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.clicked.connect(self._go)
        self.table.activated.connect(self._go)

        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        for widget, stretch in (
            (self.criterion, 3), (self.polarity, 2), (self.document, 3), (self.text, 3),
            (self.everything, 0), (self.count, 0),
        ):  # fmt: skip
            row.addWidget(widget, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.table, 1)

    # --- what is shown -------------------------------------------------------------------

    def use(self, session: Session | None) -> None:
        """Shows the evidence of a case, or none."""
        self._session = session
        old = self._model
        self._model = EvidenceModel(session, self) if session else None
        self.table.setModel(self._model)
        if old is not None:
            old.deleteLater()
        self._fill_boxes()
        if session is None or self._model is None:
            self.count.clear()
            return
        session.changed.connect(self._hear)
        for signal in (self._model.modelReset, self._model.rowsInserted, self._model.rowsRemoved):
            signal.connect(self._tell)
        self.table.sortByColumn(model.CRITERION, Qt.SortOrder.AscendingOrder)
        self.table.verticalHeader().setDefaultSectionSize(row_height(self.table))
        metrics = self.table.fontMetrics()
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, sample in (
            (model.CRITERION, "Criterion ▲ "), (model.POLARITY, "▼ Development"),
            (model.QUOTE, "x" * 44), (model.DOCUMENT, "x" * 24), (model.PAGE, "12–13 (printed 12)"),
            (model.DATE, "30 September 2024"), (model.NOTE, "x" * 20), (model.BY, "x" * 22),
        ):  # fmt: skip
            header.resizeSection(column, metrics.horizontalAdvance(sample) + 20)
        header.setMinimumSectionSize(metrics.horizontalAdvance("xxxxxx"))
        self.table.give_room()
        self._tell()

    def links(self) -> list[Link]:
        """The links that are chosen."""
        if self._model is None or self.table.selectionModel() is None:
            return []
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        found = [self._model.link(row) for row in rows]
        return [link for link in found if link is not None]

    def show_for(self, code_or_section: str) -> None:
        """Shows the evidence of a criterion or of a section."""
        if self._session is None:
            return
        place = self.criterion.findData(code_or_section)
        self.criterion.setCurrentIndex(max(place, 0))

    def show_document(self, document_id: str) -> None:
        """Shows the evidence of a document."""
        self.show_all()
        self.document.setCurrentIndex(max(self.document.findData(document_id), 0))

    def show_all(self) -> None:
        """Takes the filters away."""
        self._setting = True
        self.criterion.setCurrentIndex(0)
        self.polarity.setCurrentIndex(0)
        self.document.setCurrentIndex(0)
        self.text.clear()
        self._setting = False
        self._filter()

    def select(self, link_id: str) -> None:
        """Chooses a link, where it is shown."""
        if self._model is None:
            return
        row = self._model.row_of(link_id)
        if row >= 0:
            index = self._model.index(row, 0)
            if index.row() != self.table.currentIndex().row():
                self.table.setCurrentIndex(index)
            self.table.scrollTo(index)
        else:
            self.table.clearSelection()

    # --- how -----------------------------------------------------------------------------

    def _fill_boxes(self) -> None:
        self._setting = True
        self.criterion.clear()
        self.polarity.clear()
        self.criterion.addItem(_ALL, None)
        self.polarity.addItem("Any polarity", None)
        if self._session is not None:
            for section in self._session.held.framework.sections:
                self.criterion.addItem(f"{section.number}  {section.title}", str(section.number))
                for each in section.criteria:
                    label = each.statement or each.label
                    self.criterion.addItem(f"    {each.code}  {label[:80]}", each.code)
            for polarity in Polarity:
                self.polarity.addItem(" ".join(POLARITIES[polarity]), polarity)
        self.criterion.view().setMinimumWidth(self.fontMetrics().horizontalAdvance("x" * 56))
        self._setting = False
        self._fill_documents()

    def _fill_documents(self) -> None:
        self._setting = True
        chosen = self.document.currentData()
        self.document.clear()
        self.document.addItem("All documents", None)
        if self._session is not None:
            for document in self._session.held.documents.values():
                self.document.addItem(document.title, document.id)
        self.document.setCurrentIndex(max(self.document.findData(chosen), 0))
        self._setting = False

    def _hear(self, news: News) -> None:
        if news.documents:
            before = [self.document.itemData(row) for row in range(1, self.document.count())]
            titles = [self.document.itemText(row) for row in range(1, self.document.count())]
            assert self._session is not None  # noqa: S101 - news come from it
            known = self._session.held.documents.values()
            if before != [each.id for each in known] or titles != [each.title for each in known]:
                self._fill_documents()
                self._filter()
        self._tell()

    def _filter(self) -> None:
        if self._model is None or self._setting:
            return
        code = self.criterion.currentData()
        section = None
        assert self._session is not None  # noqa: S101 - a model has one
        if code is not None and "." not in code:
            section, code = int(code), None
        polarity = self.polarity.currentData()
        self._model.choose(
            Filter(
                section, code,
                Polarity(polarity) if polarity else None,  # the box gives it back as mere text
                self.document.currentData(),
                self.text.text().strip(),
            )
        )  # fmt: skip
        self._tell()

    def _tell(self) -> None:
        if self._model is None or self._session is None:
            return
        shown, there = self._model.rowCount(), len(self._session.held.links)
        words = f"{there:,} link{'s' if there != 1 else ''}"
        self.count.setText(words if shown == there else f"{shown:,} of {words}")
        self.everything.setEnabled(self._model.filter.active)
        alone = replace(self._model.filter, code=None, section=None) == Filter()
        self.table.hint = (
            "No evidence yet: a gap. Select words on a page and press T to tag them to it."
            if there and alone
            else "No link passes the filters; “Show all” takes them away."
            if there
            else "No evidence yet: select words on a page and press T, or drop them on a criterion."
        )
        self.table.viewport().update()

    def _go(self, index: QModelIndex) -> None:
        if self._model is not None:
            self.chosen.emit(self._model.link(index.row()))

    def _menu(self, where: QPoint) -> None:
        if self.table.indexAt(where).isValid():
            menu = QMenu(self)
            menu.addActions(self._actions)
            menu.exec(self.table.viewport().mapToGlobal(where))
