"""The evidence as a table: filter, sort, choose, go there, change many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QDrag,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Link, Polarity, State
from cambs_evidence.wording import POLARITIES
from ui import commands
from ui.memory import Memory
from ui.models import evidence as model
from ui.models import filters
from ui.models.evidence import EvidenceModel
from ui.models.filters import Filter
from ui.panels.columns import ColumnsDialog
from ui.panels.delegates import EvidenceDelegate, row_height
from ui.panels.filtering import Chips, FilterCard, with_words
from ui.session import News, Session
from ui.theme import Theme, plain

#: Milliseconds after the last key before words are looked for.
_PAUSE = 120
#: Letters that a panel has room for where all is said in few words.
_NARROW = 60
#: Rows that stay chosen while the table is filled anew.
_KEPT = 20_000


class _Table(QTableView):
    """A table whose quotes take the room that the other columns leave.

    ``hint`` is what it says while it is empty.

    Signals:
        polarity_wanted: Alt and the first letter of a polarity were pressed.
    """

    polarity_wanted = Signal(object)
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

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - the name is Qt's
        """Whoever comes by key finds a row chosen, which the next keys are about."""
        super().focusInEvent(event)
        by_key = event.reason() in {
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        }
        rows, chosen = self.model(), self.selectionModel()
        if by_key and rows is not None and rows.rowCount() and not chosen.hasSelection():
            self.selectRow(max(self.currentIndex().row(), 0))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Gives the quotes what there is."""
        super().resizeEvent(event)
        self.give_room()

    def give_room(self) -> None:
        """Makes the quotes as wide as can be, and never narrower than can be read."""
        header = self.horizontalHeader()
        if header.isSectionHidden(model.QUOTE):
            return
        others = sum(header.sectionSize(n) for n in range(header.count()) if n != model.QUOTE)
        least = self.fontMetrics().horizontalAdvance("x" * 48)
        header.resizeSection(model.QUOTE, max(self.viewport().width() - others, least))

    def event(self, event: QEvent) -> bool:
        """Alt and a letter choose a polarity here, and open no menu."""
        asked = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride
        if asked and polarity_of(event) is not None:  # type: ignore[arg-type]  # it is a key
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Alt and the first letter of a polarity."""
        polarity = polarity_of(event)
        if polarity is not None:
            self.polarity_wanted.emit(polarity)
        else:
            super().keyPressEvent(event)

    def startDrag(self, _: Qt.DropAction) -> None:  # noqa: N802 - the name is Qt's
        """Drags the chosen rows; a line of words goes along, not a picture of all of them."""
        data = self.model().mimeData(self.selectionModel().selectedRows())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.DropAction.MoveAction)


def polarity_of(event: QKeyEvent) -> Polarity | None:
    """The polarity that Alt and a letter mean."""
    if event.modifiers() != Qt.KeyboardModifier.AltModifier:
        return None
    letter = chr(event.key()).lower() if event.key() < 0x80 else ""
    return next((each for each in Polarity if each.value[0] == letter), None)


class EvidencePanel(QWidget):
    """The links of the case.

    Signals:
        chosen: a link that is to be shown on its page, or None.
        polarity_wanted: links and the polarity that they are to have.
    """

    chosen = Signal(object)
    polarity_wanted = Signal(object, object)

    def __init__(
        self,
        theme: Theme,
        actions: Sequence[QAction | None],
        memory: Memory,
        parent: QWidget | None = None,
    ) -> None:
        """``actions`` are those of the menu of rows; None parts them."""
        super().__init__(parent)
        self._session: Session | None = None
        self._model: EvidenceModel | None = None
        self._theme, self._memory = theme, memory
        self._actions = actions
        self._icons: dict[QToolButton, str] = {}
        self._kept: set[str] = set()
        #: False until reviewers have said anything.
        self._decided = False
        self._saved: dict[str, dict[str, Any]] = {}

        self.card = FilterCard(self)
        self.card.changed.connect(self._filter)
        self.criterion, self.polarity = self.card.criterion, self.card.polarity
        self.document = self.card.document
        self.text = QLineEdit(self)
        self.text.setAccessibleName("Words in quote or note")
        self.text.setPlaceholderText("Words in quote or note")
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(64)
        self.filter_button = self._button("funnel", "Filter by criterion, date, person and more")
        self.filter_button.clicked.connect(self.open_filters)
        self.saved_button = self._button("list", "Saved filters")
        self._saved_menu = QMenu(self.saved_button)
        self._saved_menu.aboutToShow.connect(self._fill_saved)
        self.saved_button.setMenu(self._saved_menu)
        self.saved_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.columns_button = self._button("columns-2", "Choose and order the columns")
        self.columns_button.clicked.connect(self.choose_columns)
        self.count = QLabel(self)
        self.count.setProperty("muted", True)
        self.chips = Chips(self)
        self.everything = self.chips.everything
        self.chips.cleared.connect(self.show_all)
        self.chips.changed.connect(self.show_filter)
        self.chips.opened.connect(self.open_filters)
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self._pause.timeout.connect(self._filter)
        self.text.textChanged.connect(lambda _: self._pause.start())
        self.text.returnPressed.connect(self._filter)
        self._make_table(theme)

        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        for widget, stretch in (
            (self.text, 1), (self.filter_button, 0), (self.saved_button, 0),
            (self.columns_button, 0), (self.count, 0),
        ):  # fmt: skip
            row.addWidget(widget, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.chips)
        column.addWidget(self.table, 1)
        self.chips.hide()
        theme.changed.connect(self._paint)
        self._paint()

    def open_filters(self) -> None:
        """Opens what the evidence can be filtered by."""
        session = self._session
        if session is not None:
            session.when_whole(lambda: self._open_filters(session))

    def _open_filters(self, session: Session) -> None:
        """Everybody is known who has tagged anything."""
        if session is self._session:
            self.card.offer_people(session)
            self.card.open_by(self.filter_button)

    def _button(self, icon: str, words: str) -> QToolButton:
        button = QToolButton(self)
        self._icons[button] = icon
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _paint(self) -> None:
        for button, icon in self._icons.items():
            button.setIcon(self._theme.icon(icon))

    def _make_table(self, theme: Theme) -> None:
        self.table = _Table(self)
        self.table.setAccessibleName("Evidence")
        self.table.setItemDelegate(EvidenceDelegate(theme, self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSortingEnabled(True)
        self.table.setMouseTracking(True)
        self.table.setTabKeyNavigation(False)
        self.table.setCornerButtonEnabled(False)
        self.table.setDragEnabled(True)
        self.table.verticalHeader().hide()
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.clicked.connect(self._go)
        self.table.activated.connect(self._go)
        self.table.polarity_wanted.connect(
            lambda polarity: self.polarity_wanted.emit(self.links(), polarity)
        )
        header = self.table.horizontalHeader()
        header.setSectionsMovable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._header_menu)

    # --- what is shown -------------------------------------------------------------------

    def use(self, session: Session | None) -> None:
        """Shows the evidence of a case, or none."""
        if self._model is not None:
            self._memory.set_columns(self.table.horizontalHeader().saveState())
        self._session = session
        old = self._model
        self._model = EvidenceModel(session, self) if session else None
        self.table.setModel(self._model)
        if old is not None:
            old.deleteLater()
        self.card.use(session)
        self.text.clear()
        self._saved = {}
        self.chips.hide()
        if session is None or self._model is None:
            self.count.clear()
            return
        session.changed.connect(self._hear)
        session.filled.connect(self._filled)
        self._read_saved()
        self._model.modelAboutToBeReset.connect(self._keep_chosen)
        self._model.changing.connect(self._keep_chosen)
        self._model.modelReset.connect(self._choose_kept)
        for signal in (self._model.modelReset, self._model.rowsInserted, self._model.rowsRemoved):
            signal.connect(self._tell)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._count())
        # Heads do not show what is chosen; asking would take seconds of many chosen rows.
        header = self.table.horizontalHeader()
        header.setSelectionModel(QItemSelectionModel(self._model, self._model))
        self.table.verticalHeader().setDefaultSectionSize(row_height(self.table))
        self._arrange()
        self._tell()

    def _arrange(self) -> None:
        """Puts the columns where they were left, or where they are at first."""
        metrics = self.table.fontMetrics()
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, sample in (
            (model.CRITERION, "Criterion ▲ "), (model.POLARITY, "▼ Development"),
            (model.QUOTE, "x" * 44), (model.DOCUMENT, "x" * 24), (model.PAGE, "12–13 (printed 12)"),
            (model.DATE, "30 September 2024"), (model.NOTE, "x" * 20), (model.BY, "x" * 22),
            (model.STATE, "Moved ▲ "), (model.DECISION, "Undecided ▲ "),
        ):  # fmt: skip
            header.resizeSection(column, metrics.horizontalAdvance(sample) + 20)
        for column in (model.STATE, model.DECISION):
            header.setSectionHidden(column, True)
        header.setSortIndicator(model.CRITERION, Qt.SortOrder.AscendingOrder)
        kept = self._memory.columns()
        if kept is not None:
            before = header.saveState()
            if not header.restoreState(kept) or header.count() != len(model.COLUMNS):
                header.restoreState(before)
        header.setSectionsMovable(True)
        if not 0 <= header.sortIndicatorSection() < len(model.COLUMNS):
            header.setSortIndicator(model.CRITERION, Qt.SortOrder.AscendingOrder)
        self.table.sortByColumn(header.sortIndicatorSection(), header.sortIndicatorOrder())
        header.setMinimumSectionSize(metrics.horizontalAdvance("xxxxxx"))
        session = self._session
        self._decided = session is not None and bool(session.held.reviews)
        if session is not None and (session.reviewing or (kept is None and self._decided)):
            self._show_decisions()
        self.table.give_room()

    def _show_decisions(self) -> None:
        """Has what reviewers decided be seen, beside the polarity unless it was put elsewhere."""
        header = self.table.horizontalHeader()
        header.setSectionHidden(model.DECISION, False)
        if header.visualIndex(model.DECISION) == model.DECISION:
            header.moveSection(model.DECISION, header.visualIndex(model.POLARITY) + 1)

    def _show_column(self, section: int, shown: bool) -> None:
        self.table.horizontalHeader().setSectionHidden(section, not shown)
        self.table.give_room()

    def choose_columns(self) -> None:
        """Asks which columns are shown, in which order."""
        dialog = ColumnsDialog(self.table.horizontalHeader(), model.COLUMNS, self)
        if dialog.exec():
            dialog.carry_out()
            self.table.give_room()
            self._memory.set_columns(self.table.horizontalHeader().saveState())
        dialog.deleteLater()

    def name_person(self, person: str) -> None:
        """Another person acts from here on."""
        if self._model is not None:
            self._model.name_person(person)

    def links(self) -> list[Link]:
        """The links that are chosen, in the order they are shown."""
        selection = self.table.selectionModel()
        if self._model is None or selection is None:
            return []
        # A range of rows is asked for its ends: thousands of rows would be slow one by one.
        ranges = selection.selection().toList()
        rows = {row for each in ranges for row in range(each.top(), each.bottom() + 1)}
        found = [self._model.link(row) for row in sorted(rows)]
        return [link for link in found if link is not None]

    @property
    def settled(self) -> bool:
        """False while filtering or sorting is under way."""
        return self._model is None or self._model.settled

    def shown(self) -> list[Link]:
        """All links that pass the filter, in the order they are shown."""
        return self._model.every() if self._model is not None else []

    @property
    def filter(self) -> Filter:
        """What is shown."""
        return self._model.filter if self._model is not None else Filter()

    def show_filter(self, wanted: Filter) -> None:
        """Shows what passes a filter."""
        self.card.show_filter(wanted)
        self._pause.stop()
        self.text.blockSignals(True)
        self.text.setText(wanted.text)
        self.text.blockSignals(False)
        self._filter()

    def show_for(self, code_or_section: str) -> None:
        """Shows the evidence of a criterion or of a section."""
        if self._session is not None:
            place = self.criterion.findData(code_or_section)
            self.criterion.setCurrentIndex(max(place, 0))

    def show_document(self, document_id: str) -> None:
        """Shows the evidence of a document."""
        self.show_filter(Filter(document=document_id))

    def show_all(self) -> None:
        """Takes the filters away."""
        had_focus = self.chips.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.show_filter(Filter())
        if had_focus:
            self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)  # a row is chosen with it

    def select(self, link_id: str) -> None:
        """Chooses a link, where it is shown."""
        if self._model is None:
            return
        row = self._model.row_of(link_id)
        if row >= 0:
            index = self._model.index(row, self._first())
            if index.row() != self.table.currentIndex().row() or len(self.links()) != 1:
                self.table.setCurrentIndex(index)
            self.table.scrollTo(index)
        else:
            self.table.clearSelection()

    def _first(self) -> int:
        """The first column that is shown."""
        header = self.table.horizontalHeader()
        places = (header.logicalIndex(place) for place in range(header.count()))
        return next((each for each in places if not header.isSectionHidden(each)), 0)

    # --- saved filters -------------------------------------------------------------------

    def _read_saved(self) -> None:
        session = self._session
        if session is None:
            return

        def take(found: dict[str, dict[str, Any]]) -> None:
            if session is self._session:
                self._saved = found

        session.read(session.case.filters, take)

    def _fill_saved(self) -> None:
        menu, session = self._saved_menu, self._session
        menu.clear()
        if session is None:
            return
        documents = session.held.documents
        for name, told in sorted(self._saved.items()):
            action = menu.addAction(plain(name.replace("&", "&&")))
            action.triggered.connect(
                lambda _=False, kept=told: self.show_filter(filters.as_used(kept, documents))
            )
        if not self._saved:
            menu.addAction("No filter is saved in this case yet").setEnabled(False)
        menu.addSeparator()
        save = menu.addAction("&Save this filter…")
        save.setEnabled(self.filter.active and not session.readonly)
        save.triggered.connect(lambda _=False: self.save_filter())
        forget = menu.addMenu("&Forget a filter")
        forget.setEnabled(bool(self._saved) and not session.readonly)
        for name in sorted(self._saved):
            action = forget.addAction(name.replace("&", "&&"))
            action.triggered.connect(
                lambda _=False, gone=name: commands.keep_filter(session, gone, None)
            )

    def save_filter(self) -> None:
        """Asks for a name and keeps the filter with the case."""
        session = self._session
        if session is None or session.readonly or not self.filter.active:
            return
        documents = session.held.documents
        usual = ", ".join(words for words, _ in filters.in_parts(self.filter, documents))
        name, given = QInputDialog.getText(
            self, "Save the filter", "Name (a filter of that name is replaced):",
            QLineEdit.EchoMode.Normal, usual or self.filter.text,
        )  # fmt: skip
        if given and name.strip():
            told = filters.as_kept(self.filter, documents)
            commands.keep_filter(session, " ".join(name.split()), told)

    # --- how -----------------------------------------------------------------------------

    def _hear(self, news: News) -> None:
        if news.reviews and not self._decided:
            self._decided = True
            self._show_decisions()
            self.table.give_room()
        if news.framework:
            kept = self.filter
            self.card.use(self._session)
            self.show_filter(kept)
        if news.documents and self.card.offer_documents(self._session):
            self._filter()
        self._choose_kept()
        if news.facts:
            self._read_saved()
        self._tell()

    def _filled(self) -> None:
        """All links of a large case have been read."""
        if self._session is not None and self._session.held.reviews and not self._decided:
            self._decided = True
            self._show_decisions()
            self.table.give_room()
        self._tell()

    def _filter(self) -> None:
        if self._model is None:
            return
        self._pause.stop()
        self._model.choose(with_words(self.card.chosen(), self.text.text()))
        self._tell()

    def _keep_chosen(self) -> None:
        chosen = self.links()
        self._kept = {each.id for each in chosen} if len(chosen) <= _KEPT else set()

    def _choose_kept(self) -> None:
        """Chooses the rows that were chosen before they were filled in anew."""
        if not self._kept or self._model is None:
            return
        chosen = QItemSelection()
        last = self._model.columnCount() - 1
        rows = self._model.rows_of(self._kept)
        # Rows one below the other are one range: each by itself would be slow.
        for _, run in groupby(enumerate(rows), lambda each: each[1] - each[0]):
            some = [row for _, row in run]
            chosen.select(self._model.index(some[0], 0), self._model.index(some[-1], last))
        self._kept = set()
        if not chosen.isEmpty():
            model_ = self.table.selectionModel()
            first = self._model.index(chosen.first().top(), self._first())
            model_.setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            model_.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _tell(self) -> None:
        if self._model is None or self._session is None:
            return
        wanted = self._model.filter
        self.chips.show_filter(wanted, self._session)
        self._count()
        self.table.hint = self._hint(wanted)
        self.table.viewport().update()

    def _hint(self, wanted: Filter) -> str:
        """What stands in place of rows where there are none."""
        session = self._session
        if session is not None and not session.whole:
            return (
                f"The {session.held.number:,} links are being read; what is asked for is shown "
                "once all are there."
            )
        if session is None or not session.held.links:
            return (
                "No evidence yet: select words on a page and press T, or drop them on a criterion."
            )
        if replace(wanted, code=None, section=None) != Filter():
            return "No link passes the filters; “Show all” takes them away."
        states = {each.code: each.state for each in session.held.coverage.criteria}
        if states.get(wanted.code or "") is State.NOT_APPLICABLE:
            return "No evidence, and none is asked for: this criterion does not apply (Shift+N)."
        if session.readonly:
            return "No evidence: a gap."
        return "No evidence yet: a gap. Select words on a page and press T to tag them to it."

    def _count(self) -> None:
        if self._model is None or self._session is None:
            return
        shown, there = self._model.rowCount(), self._session.held.number
        words = f"{there:,} link{'s' if there != 1 else ''}"
        brief = f"{shown:,} of {there:,}"
        if not self._session.whole:  # how many pass is not known yet
            words = f"first {shown:,} of {words}, being read…" if shown else f"{words}, being read…"
            brief = f"{there:,}, being read…"
        elif shown != there:
            words = f"{shown:,} of {words}"
        ranges = self.table.selectionModel().selection().toList()
        chosen = sum(each.height() for each in ranges)
        words = f"{chosen:,} chosen, {words}" if chosen > 1 else words
        narrow = self.width() < self.fontMetrics().averageCharWidth() * _NARROW
        self.count.setText(brief if narrow else words)
        self.text.setPlaceholderText("Words" if narrow else "Words in quote or note")
        self.count.setToolTip(words if narrow else "")
        self.count.setAccessibleName(words)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Says in fewer words how many there are where there is little room."""
        super().resizeEvent(event)
        self._count()

    def _go(self, index: QModelIndex) -> None:
        if self._model is not None and len(self.links()) <= 1:
            self.chosen.emit(self._model.link(index.row()))

    def _menu(self, where: QPoint) -> None:
        if not self.table.indexAt(where).isValid():
            return
        menu = QMenu(self)
        for action in self._actions:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        polarity = menu.addMenu("&Polarity")
        polarity.setEnabled(self._session is not None and not self._session.readonly)
        for each in Polarity:
            sign, word = POLARITIES[each]
            action = polarity.addAction(f"{sign} &{word}\tAlt+{word[0]}")
            action.triggered.connect(self._repolarise(each))
        menu.exec(self.table.viewport().mapToGlobal(where))
        menu.deleteLater()

    def _repolarise(self, polarity: Polarity) -> Callable[[], None]:
        return lambda: self.polarity_wanted.emit(self.links(), polarity)

    def _header_menu(self, where: QPoint) -> None:
        header = self.table.horizontalHeader()
        menu = QMenu(self)
        shown = [n for n in range(header.count()) if not header.isSectionHidden(n)]
        for place in range(header.count()):
            section = header.logicalIndex(place)
            action = menu.addAction(model.COLUMNS[section])
            action.setCheckable(True)
            action.setChecked(section in shown)
            action.setEnabled(shown != [section])
            action.toggled.connect(partial(self._show_column, section))
        menu.addSeparator()
        menu.addAction("&Order the columns…").triggered.connect(
            lambda _=False: self.choose_columns()
        )
        menu.exec(header.mapToGlobal(where))
        menu.deleteLater()
