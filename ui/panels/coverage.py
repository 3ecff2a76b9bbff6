"""Coverage seen as a whole: criteria by documents, sections over time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.periods import By, bounds
from cambs_evidence.wording import in_words
from ui.choice import Choice
from ui.models.coverage import CoverageModel, Order, Show
from ui.models.filters import Filter
from ui.models.timeline import TimelineModel
from ui.panels.coverage_grid import CoverageGrid, Grid, TimelineGrid
from ui.session import News, Session
from ui.theme import Theme

#: Logical pixels below which the panel is low.
_LOW = 330
_PERIODS = {By.QUARTER: "By quarter", By.YEAR: "By year"}


class CoveragePanel(QWidget):
    """Two pictures with what they show, and ways to their evidence.

    Signals:
        chosen: the :class:`Filter` of a cell.
        opened: the same, to be gone to.
        document_chosen: the id of a document whose evidence is wanted.
        limits_wanted: the limits of coverage are to be set.
        export_wanted: the picture that is shown is to be kept in a file.
        large_wanted: the panel is to fill the window, or not any longer.
    """

    chosen = Signal(object)
    opened = Signal(object)
    document_chosen = Signal(str)
    limits_wanted = Signal()
    export_wanted = Signal()
    large_wanted = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session: Session | None = None
        self.model: CoverageModel | None = None
        self.timeline: TimelineModel | None = None
        self._stale = True
        self._kept: tuple[str, str] = ("", "")

        self.show_ = _box("Which criteria", list(Show))
        self.order = _box("Order of documents", list(Order))
        self.period = Choice(self)
        self.period.setAccessibleName("Length of a period")
        for by, words in _PERIODS.items():
            self.period.addItem(words, by)
        for box in (self.show_, self.order, self.period):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            box.setMinimumWidth(80)
        self.marked = QToolButton(self)
        self.marked.setText("(M) only")
        self.marked.setCheckable(True)
        self.marked.setToolTip("Show only criteria that the framework marks (M)")
        self.more = QToolButton(self)
        self.more.setText("More")
        self.more.setAccessibleName("More of coverage")
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.large = QToolButton(self)
        self.large.setCheckable(True)
        self.large.setAccessibleName("Fill the window")
        self.large.setToolTip("Fill the window with coverage and its evidence (Ctrl+Shift+M)")
        menu = QMenu(self.more)
        self.fold_all = menu.addAction("&Fold all sections")
        self.unfold_all = menu.addAction("&Unfold all sections")
        menu.addSeparator()
        self.limits = menu.addAction("Set &limits: old and thin…")
        menu.addSeparator()
        self.export = menu.addAction("&Export picture or table…")
        self.more.setMenu(menu)

        self.grid = CoverageGrid(theme, self)
        self.over_time = TimelineGrid(theme, self)
        self.tabs = QTabBar(self)
        self.tabs.setAccessibleName("Pictures of coverage")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self._pictures = QStackedWidget(self)
        for picture, words in ((self.grid, "By document"), (self.over_time, "Over time")):
            self._pictures.addWidget(picture)
            self.tabs.addTab(words)
        self.told = QLabel(self)
        self.told.setProperty("muted", True)
        self.told.setWordWrap(True)
        self.told.setContentsMargins(10, 3, 10, 4)

        self._boxes = _row(self, self.show_, self.order, self.period, self.marked)
        self._tools = _row(self, self.more, self.large)
        self._top = QGridLayout()
        self._top.setContentsMargins(2, 4, 8, 4)
        self._top.setVerticalSpacing(2)
        self._top.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._top)
        column.addWidget(self._pictures, 1)
        column.addWidget(self.told)

        for box in (self.show_, self.order):
            box.currentIndexChanged.connect(self._choose)
        self.marked.toggled.connect(self._choose)
        self.period.currentIndexChanged.connect(self._choose_period)
        self.tabs.currentChanged.connect(self._turn)
        self.fold_all.triggered.connect(lambda: self._fold(folded=True))
        self.unfold_all.triggered.connect(lambda: self._fold(folded=False))
        self.limits.triggered.connect(self.limits_wanted)
        self.export.triggered.connect(self.export_wanted)
        self.large.toggled.connect(self.large_wanted)
        self.grid.opened.connect(lambda index: self.opened.emit(self._cell(index)))
        self.grid.chosen.connect(lambda index: self.chosen.emit(self._cell(index)))
        self.grid.row_chosen.connect(self._row)
        self.grid.column_chosen.connect(self._column)
        self.over_time.opened.connect(lambda index: self.opened.emit(self._period(index)))
        self.over_time.chosen.connect(lambda index: self.chosen.emit(self._period(index)))
        self.over_time.row_chosen.connect(self._section)
        theme.changed.connect(self._paint)
        self._paint()
        self._turn()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - the name is Qt's
        """Small: the dock that it lies in may be narrow."""
        return QSize(200, 120)

    # --- what is shown -------------------------------------------------------------------

    def use(self, session: Session | None) -> None:
        """Shows the coverage of a case, or nothing."""
        old = (self.model, self.timeline)
        self._session = session
        self.model = self.timeline = None
        if session is not None:
            self.model = CoverageModel(session, self)
            self.model.choose(*self._chosen(), marked=self.marked.isChecked())
            self.timeline = TimelineModel(session, self.model, self)
            self.timeline.choose(By(self.period.currentData()))
            session.changed.connect(self._hear)
            self.model.modelAboutToBeReset.connect(self._keep_place)
        self.grid.setModel(self.model)
        self.over_time.setModel(self.timeline)
        if self.model is not None:
            # After the view, which forgets its place first.
            self.model.modelReset.connect(self._come_back)
        for each in old:
            if each is not None:
                each.deleteLater()
        self._tell()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Where there is little room, it is for the picture."""
        super().resizeEvent(event)
        self.told.setVisible(self.height() > _LOW)
        self._lay_out()

    def _lay_out(self) -> None:
        """One row of tools, or two where they would be cut."""
        tabs, tools = self.tabs.sizeHint().width(), self._tools.sizeHint().width()
        narrow = self.width() < tabs + tools + self._boxes.sizeHint().width() + 30
        self._top.addWidget(self.tabs, 0, 0)
        self._top.addWidget(self._tools, 0, 2)
        if narrow:
            self._top.addWidget(self._boxes, 1, 0, 1, 3)
        else:
            self._top.addWidget(self._boxes, 0, 1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - the name is Qt's
        """What was never looked at has not been counted: behind a tab nothing is painted."""
        super().paintEvent(event)
        if self.model is not None:
            self.model.load()
        if self._stale and self.shown is self.over_time:
            QTimer.singleShot(0, self, self._count_time)  # no model changes while it is painted

    def prepared(self, then: Callable[[], None]) -> None:
        """Calls back once all is counted, also where nobody has looked yet."""

        def counted() -> None:
            if self._stale and self.timeline is not None:
                self._stale = False
                self.timeline.read()
            then()

        if self.model is not None:
            self.model.ready(counted)

    @property
    def shown(self) -> Grid:
        """The picture that is shown."""
        return self.over_time if self.tabs.currentIndex() else self.grid

    def current_key(self) -> str:
        """The code or section's number of the line that keys act on, "" for none."""
        index = self.grid.currentIndex()
        if self.model is None or not index.isValid():
            return ""
        return self.model.lines[index.row()].key

    def select(self, code: str) -> None:
        """Goes to a criterion; its section is unfolded, filters that hide it are taken away."""
        if self.model is None:
            return
        section = self.model.section_of(code)
        if section is not None and str(section) != code:
            self.model.fold(section, folded=False)
        if self.model.row_of(code) < 0:
            self.show_.setCurrentIndex(0)
            self.marked.setChecked(False)
        row = self.model.row_of(code)
        if row >= 0:
            index = self.model.index(row, max(self.grid.currentIndex().column(), 0))
            self.grid.setCurrentIndex(index)
            self.grid.scrollTo(index)

    def below(self) -> str:
        """What is said below a picture in a file."""
        session, model = self._session, self.model
        if session is None or model is None:
            return ""
        said = [self._limits_in_words()]
        if self.shown is self.grid and model.filtered:
            said.append(self.show_.currentText() if self.show_.currentIndex() else "")
            said.append("criteria marked (M)" if self.marked.isChecked() else "")
        if any(line.row.not_applicable is not None for line in model.lines):
            said.append("– N/A: not applicable")
        return " · ".join(each for each in said if each)

    # --- how -----------------------------------------------------------------------------

    def _choose(self) -> None:
        if self.model is not None:
            self.model.choose(*self._chosen(), marked=self.marked.isChecked())
        self._tell()

    def _chosen(self) -> tuple[Show, Order]:
        # A box gives them back as mere text.
        return Show(self.show_.currentData()), Order(self.order.currentData())

    def _choose_period(self) -> None:
        if self.timeline is not None:
            self.timeline.choose(By(self.period.currentData()))
            self._scroll_to_end()

    def _turn(self) -> None:
        """The tools of the picture that is shown."""
        self._pictures.setCurrentWidget(self.shown)
        by_document = self.shown is self.grid
        for widget in (self.show_, self.order, self.marked):
            widget.setVisible(by_document)
        for action in (self.fold_all, self.unfold_all):
            action.setEnabled(by_document)
        self.period.setVisible(not by_document)
        self.setFocusProxy(self.shown)
        if not by_document and self._stale and self.timeline is not None:
            self._stale = False
            self.timeline.read()
            self._scroll_to_end()
        self._tell()

    def _scroll_to_end(self) -> None:
        bar = self.over_time.horizontalScrollBar()
        self.over_time.updateGeometry()
        bar.setValue(bar.maximum())

    def _fold(self, *, folded: bool) -> None:
        if self.model is not None:
            self.model.fold_all(folded=folded)

    def _keep_place(self) -> None:
        index = self.grid.currentIndex()
        if self.model is not None and index.isValid() and index.row() < len(self.model.lines):
            document = self.model.document(index.column())
            self._kept = (self.model.lines[index.row()].key, document.id if document else "")

    def _come_back(self) -> None:
        model = self.model
        if model is not None and model.rowCount():
            row = model.row_of(self._kept[0])
            if row < 0 and self._kept[0]:
                row = model.row_of(self._kept[0].partition(".")[0])
            self.grid.setCurrentIndex(model.index(max(row, 0), model.column_of(self._kept[1])))
        self._count_time()
        self._tell()

    def _hear(self, _: News) -> None:
        self._count_time()
        self._tell()

    def _count_time(self) -> None:
        """Counts over time anew where that is looked at, else once it is."""
        self._stale = True
        seen = not self.over_time.viewport().visibleRegion().isEmpty()
        if seen and self.shown is self.over_time and self.timeline is not None:
            self._stale = False
            self.timeline.read()

    def _tell(self) -> None:
        model = self.model
        if self._session is None or model is None:
            self.told.clear()
            self.grid.hint = self.over_time.hint = ""
            return
        self.told.setText(self._limits_in_words())
        documents = self._session.held.documents
        nothing = (
            "No documents yet: press Ctrl+I to take some in, then select words on a page and press "
            "T to tag them to a criterion."
        )
        self.grid.hint = "" if documents else nothing
        if documents and not model.rowCount():
            self.grid.hint = (
                "No criterion passes the filters: choose “Every criterion”, and all of them, not "
                "only those marked (M)."
            )
        no_links = "No evidence yet: select words on a page and press T to tag them to a criterion."
        self.over_time.hint = "" if self._session.held.links else no_links if documents else nothing
        for grid in (self.grid, self.over_time):
            grid.viewport().update()

    def _limits_in_words(self) -> str:
        assert self._session is not None  # noqa: S101 - asked while a case is shown
        limits, old = self._session.held.limits, self._session.held.coverage.old_before
        years, fewest = limits.old_after_years, limits.thin_below_documents
        since = f" (before {in_words(old)})" if old else ""
        return (
            f"◔ old: newest evidence more than {years} year{'s' if years != 1 else ''} before the "
            f"reference date{since}; ◑ thin: fewer than {fewest} "
            f"document{'s' if fewest != 1 else ''}"
        )

    def _cell(self, index: QModelIndex) -> Filter:
        assert self.model is not None  # noqa: S101 - it has cells
        document = self.model.document(index.column())
        key = self.model.lines[index.row()].key
        return replace(_filter(key), document=document.id if document is not None else None)

    def _period(self, index: QModelIndex) -> Filter:
        assert self.timeline is not None  # noqa: S101 - it has cells
        since, until = bounds(self.timeline.periods[index.column()]) or (None, None)
        return replace(_filter(self.timeline.key(index.row())), since=since, until=until)

    def _section(self, row: int) -> None:
        if self.timeline is not None:
            self.chosen.emit(_filter(self.timeline.key(row)))

    def _row(self, row: int) -> None:
        """A section is folded or unfolded, the evidence of a criterion shown."""
        if self.model is None:
            return
        line = self.model.lines[row]
        self.grid.setFocus()
        self.grid.setCurrentIndex(self.model.index(row, max(self.grid.currentIndex().column(), 0)))
        if line.whole and line.row.section.criteria:
            self.grid.fold(row)
        else:
            self.chosen.emit(_filter(line.key))

    def _column(self, column: int) -> None:
        document = self.model.document(column) if self.model is not None else None
        if document is not None:
            self.document_chosen.emit(document.id)

    def _paint(self) -> None:
        self.more.setIcon(self._theme.icon("chevron-down"))
        self.large.setIcon(self._theme.icon("maximize"))


def _filter(key: str) -> Filter:
    """What lets the evidence of a criterion or section pass."""
    return Filter(code=key) if "." in key else Filter(section=int(key))


def _box(name: str, choices: list[Show] | list[Order]) -> QComboBox:
    box = Choice()
    box.setAccessibleName(name)
    for each in choices:
        box.addItem(each.value, each)
    return box


def _row(parent: QWidget, *widgets: QWidget) -> QWidget:
    """Widgets beside one another, as one."""
    made = QWidget(parent)
    row = QHBoxLayout(made)
    row.setContentsMargins(6, 0, 0, 0)
    row.setSpacing(6)
    for each in widgets:
        row.addWidget(each)
    row.addStretch(1)
    return made
