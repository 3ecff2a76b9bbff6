"""The picture of coverage as a table: heads stay where they are, cells are painted at one go."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, Qt, Signal, SignalInstance
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.models.coverage import Counts, CoverageModel, Index
from ui.models.timeline import TimelineModel
from ui.panels.coverage_drawing import UPRIGHT, Drawing
from ui.theme import Theme

#: Pictures of cells that are kept: there are so many shapes with so many numbers at most.
_KEPT = 4000
_OPENS = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class Heads(QHeaderView):
    """Heads of lines or of columns, which its grid draws."""

    def __init__(self, orientation: Qt.Orientation, grid: Grid) -> None:
        super().__init__(orientation, grid)
        self._grid = grid
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMouseTracking(True)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:  # noqa: N802
        """Draws one head."""
        painter.save()
        self._grid.paint_head(painter, rect, logical, self.orientation())
        painter.setPen(QPen(QColor(self._grid.drawing.colours.border), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.restore()


class _Corner(QWidget):
    """Where both heads meet: what the signs mean."""

    def __init__(self, grid: Grid) -> None:
        super().__init__(grid)
        self._grid = grid

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - the name is Qt's
        """Draws it."""
        painter = QPainter(self)
        self._grid.paint_corner(painter, self.rect())
        painter.setPen(QPen(QColor(self._grid.drawing.colours.border), 1))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        painter.drawLine(self.rect().topRight(), self.rect().bottomRight())
        painter.end()


class Grid(QTableView):
    """A table of equal cells.

    Signals:
        chosen: a click on a cell; its index.
        opened: Enter or a double click on a cell; its index.
        row_chosen: a click on the head of a line; its row.
        column_chosen: a click on the head of a column; its column.
    """

    chosen = Signal(QModelIndex)
    opened = Signal(QModelIndex)
    row_chosen = Signal(int)
    column_chosen = Signal(int)
    hint = ""

    def __init__(self, theme: Theme, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.drawing = Drawing(theme.colours, self.font())
        self.setAccessibleName(name)
        self._rows = Heads(Qt.Orientation.Vertical, self)
        self._columns = Heads(Qt.Orientation.Horizontal, self)
        self.setVerticalHeader(self._rows)
        self.setHorizontalHeader(self._columns)
        self._rows.setAccessibleName(f"{name}: lines")
        self._columns.setAccessibleName(f"{name}: columns")
        self._corner = _Corner(self)
        self.setCornerButtonEnabled(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._rows.sectionClicked.connect(self.row_chosen)
        self._columns.sectionClicked.connect(self.column_chosen)
        theme.changed.connect(self.look_anew)
        self.look_anew()

    def look_anew(self) -> None:
        """Takes up colours and face that are in force now."""
        self.drawing = Drawing(self._theme.colours, self.font())
        for header, size in zip((self._columns, self._rows), self.cell_size(), strict=True):
            header.setMinimumSectionSize(8)
            header.setDefaultSectionSize(size)
        self._lay_out()
        self.viewport().update()
        self._repaint_heads()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Shares the room between heads and cells."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        wide, high = self.heads_size()
        if (self._rows.width(), self._columns.height()) != (wide, high):
            self._rows.setFixedWidth(wide)
            self._columns.setFixedHeight(high)
            self.updateGeometries()
        frame = self.frameWidth()
        self._corner.setGeometry(frame, frame, wide, high)
        self._corner.raise_()
        self._corner.update()

    def _repaint_heads(self) -> None:
        self._rows.viewport().update()
        self._columns.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802
        """The heads of the line and column that keys act on stand out."""
        super().currentChanged(current, previous)
        self._repaint_heads()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter opens a cell."""
        if event.key() in _OPENS and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click chooses a cell."""
        super().mouseReleaseEvent(event)
        self._tell(event, self.chosen)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A second click opens it."""
        super().mouseDoubleClickEvent(event)
        self._tell(event, self.opened)

    def _tell(self, event: QMouseEvent, signal: SignalInstance) -> None:
        index = self.indexAt(event.position().toPoint())
        left = event.button() is Qt.MouseButton.LeftButton
        if left and index.isValid() and index == self.currentIndex():
            signal.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draws the cells in view; what to do where there are none."""
        painter = QPainter(self.viewport())
        model, area = self.model(), event.rect()
        painter.fillRect(area, QColor(self.drawing.colours.base))
        if self.hint:
            painter.setPen(QColor(self.drawing.colours.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(20, 8, -20, -8), flags, self.hint)
        elif model is not None:
            columns = _seen(self._columns, area.left(), area.right(), model.columnCount())
            rows = _seen(self._rows, area.top(), area.bottom(), model.rowCount())
            if columns and rows:
                self._paint_cells(painter, columns, rows)
        painter.end()

    def _paint_cells(self, painter: QPainter, columns: range, rows: range) -> None:
        wide, high = self._columns.defaultSectionSize(), self._rows.defaultSectionSize()
        left, top = -self._columns.offset(), -self._rows.offset()
        for row in rows:
            y = top + row * high
            for column in columns:
                at = QRect(left + column * wide, y, wide, high)
                self.paint_cell(painter, at, row, column)
        xs = [left + each * wide for each in (*columns, columns.stop)]
        ys = [top + each * high for each in (*rows, rows.stop)]
        self.drawing.grid(painter, xs, ys)
        self.paint_over(painter, xs, ys, columns)
        index = self.currentIndex()
        if index.row() in rows and index.column() in columns:
            at = QRect(left + index.column() * wide, top + index.row() * high, wide, high)
            focused = self.hasFocus()
            colour = self.drawing.colours.accent if focused else self.drawing.colours.muted
            painter.setPen(QPen(QColor(colour), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(at.adjusted(1, 1, -2, -2))

    # --- what each kind of grid draws ----------------------------------------------------

    def cell_size(self) -> tuple[int, int]:
        """Width and height of a cell."""
        return self.drawing.column_width, self.drawing.row_height

    def heads_size(self) -> tuple[int, int]:
        """Width of the heads of lines, height of those of columns."""
        upright = min(150, self.height() * 3 // 10)
        low = 2 * self.drawing.metrics.height() + 12
        return self.drawing.heads_width(self.width()), upright if upright >= UPRIGHT else low

    def paint_head(
        self, painter: QPainter, rect: QRect, logical: int, orientation: Qt.Orientation
    ) -> None:
        """Draws a head."""
        raise NotImplementedError

    def paint_corner(self, painter: QPainter, rect: QRect) -> None:
        """Draws where both heads meet."""
        self.drawing.legend(painter, rect)

    def paint_cell(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        """Draws a cell."""
        raise NotImplementedError

    def paint_over(self, painter: QPainter, xs: list[int], ys: list[int], columns: range) -> None:
        """Draws what lies over the cells, whose edges are given."""


def _seen(header: QHeaderView, low: int, high: int, count: int) -> range:
    """The sections between two places of the view, in pixels."""
    size = header.defaultSectionSize()
    first = max((low + header.offset()) // size, 0)
    return range(first, min((high + header.offset()) // size, count - 1) + 1)


class CoverageGrid(Grid):
    """Sections and criteria by documents."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        self._pictures: dict[tuple[object, ...], QPixmap] = {}
        super().__init__(theme, "Coverage by document", parent)

    @property
    def coverage(self) -> CoverageModel | None:
        """What is shown."""
        model = self.model()
        return model if isinstance(model, CoverageModel) else None

    def look_anew(self) -> None:
        """Takes up colours and face that are in force now."""
        self._pictures.clear()
        super().look_anew()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Space folds the section that keys act in, or unfolds it."""
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.fold(self.currentIndex().row())
            event.accept()
            return
        super().keyPressEvent(event)

    def fold(self, row: int) -> None:
        """Folds or unfolds the section of a row, and stays in it."""
        model = self.coverage
        if model is None:
            return
        line = model.lines[row]
        column = max(self.currentIndex().column(), 0)
        head = model.row_of(str(line.section))
        folded = model.lines[head].folded
        if not line.whole:
            self.setCurrentIndex(model.index(head, column))
        model.fold(line.section, folded=not folded)

    def paint_head(
        self, painter: QPainter, rect: QRect, logical: int, orientation: Qt.Orientation
    ) -> None:
        """Draws a criterion with its state, or a document."""
        model = self.coverage
        if model is None:
            return
        index = self.currentIndex()
        if orientation is Qt.Orientation.Vertical:
            current = index.row() == logical
            self.drawing.row_head(painter, rect, model.lines[logical], current=current)
        else:
            current = index.isValid() and index.column() == logical
            document = model.document(logical)
            old = document is not None and model.is_old(document)
            self.drawing.column_head(painter, rect, document, old=old, current=current)

    def paint_cell(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        """Draws how many links there are, of which polarities."""
        model = self.coverage
        if model is not None:
            counts = model.counts(row, column)
            whole = model.lines[row].whole or column == 0
            painter.drawPixmap(rect.topLeft(), self._picture(counts, rect, whole=whole))

    def _picture(self, counts: Counts, rect: QRect, *, whole: bool) -> QPixmap:
        """A cell as it was drawn before: many look alike."""
        total, ratio = sum(counts), self.devicePixelRatioF()
        kinds = tuple(bool(each) for each in counts)
        key = (kinds, total, whole, ratio, rect.width(), rect.height())
        found = self._pictures.get(key)
        if found is None:
            if len(self._pictures) > _KEPT:
                self._pictures.clear()
            found = QPixmap(rect.size() * ratio)
            found.setDevicePixelRatio(ratio)
            painter = QPainter(found)
            self.drawing.cell(painter, QRect(0, 0, rect.width(), rect.height()), counts,
                              whole=whole)  # fmt: skip
            painter.end()
            self._pictures[key] = found
        return found


class TimelineGrid(Grid):
    """Sections by quarters or years."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "Evidence over time", parent)

    @property
    def timeline(self) -> TimelineModel | None:
        """What is shown."""
        model = self.model()
        return model if isinstance(model, TimelineModel) else None

    def cell_size(self) -> tuple[int, int]:
        """Room for a bar to each side."""
        return self.drawing.period_size

    def heads_size(self) -> tuple[int, int]:
        """Room for titles, and for a year with its quarter."""
        return max(150, min(330, self.width() * 40 // 100)), self.drawing.period_head

    def paint_head(
        self, painter: QPainter, rect: QRect, logical: int, orientation: Qt.Orientation
    ) -> None:
        """Draws a section, or a period."""
        model, index = self.timeline, self.currentIndex()
        if model is None:
            return
        if orientation is Qt.Orientation.Vertical:
            current = index.row() == logical
            self.drawing.section_head(painter, rect, model.title(logical), current=current)
        else:
            current = index.isValid() and index.column() == logical
            self.drawing.period_head_of(
                painter, rect, model.periods[logical], old=model.is_old(logical), current=current
            )

    def paint_corner(self, painter: QPainter, rect: QRect) -> None:
        """What the bars mean."""
        self.drawing.legend_over_time(painter, rect)

    def paint_cell(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        """Draws the bars of a section and period."""
        model = self.timeline
        if model is not None:
            self.drawing.bars(painter, rect, model.counts(row, column), model.most)

    def paint_over(self, painter: QPainter, xs: list[int], ys: list[int], columns: range) -> None:
        """The line before which evidence is old."""
        model = self.timeline
        if model is not None and model.old_before in model.periods:
            place = model.periods.index(model.old_before)
            if place in columns:
                self.drawing.limit(painter, xs[place - columns.start], ys[0], ys[-1])
