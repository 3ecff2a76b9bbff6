"""How lines of lists and trees are drawn: two lines a document, signs and colours for states."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cambs_evidence.model import Polarity, SectionProgress, State
from ui.models import documents, evidence, framework
from ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex


def _ground(painter: QPainter, option: QStyleOptionViewItem, theme: Theme) -> None:
    """Background of a line; the one that keys act on is framed."""
    selected = option.state & QStyle.StateFlag.State_Selected
    rect: QRect = option.rect
    if selected:
        painter.fillRect(rect, QColor(theme.colours.soft))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, QColor(theme.colours.raised))


class Plain(QStyledItemDelegate):
    """Draws the line's background our way, and what is in it the style's way."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Words keep their colour where a line is selected."""
        super().initStyleOption(option, index)
        palette: QPalette = option.palette
        text = QColor(self._theme.colours.text)
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, QPalette.ColorRole.HighlightedText, text)
            palette.setColor(group, QPalette.ColorRole.Highlight, QColor(self._theme.colours.soft))
        option.palette = palette


class DocumentDelegate(Plain):
    """A title, and below it date, pages and links."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one document."""
        _ground(painter, option, self._theme)
        rect: QRect = option.rect.adjusted(12, 7, -10, -7)
        painter.save()
        font: QFont = option.font
        metrics = QFontMetrics(font)
        painter.setPen(QColor(self._theme.colours.text))
        title = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignTop, title)
        small = QFont(font)
        small.setPointSizeF(font.pointSizeF() * 0.9)
        painter.setFont(small)
        document = index.data(documents.DOCUMENT)
        undated = document.date is None
        colour = self._theme.colours.state[State.OLD] if undated else self._theme.colours.muted
        painter.setPen(QColor(colour))
        below = QFontMetrics(small).elidedText(
            index.data(documents.BELOW), Qt.TextElideMode.ElideRight, rect.width()
        )
        painter.drawText(rect, Qt.AlignmentFlag.AlignBottom, below)
        painter.restore()
        _frame(painter, option, self._theme)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """Room for two lines."""
        height = QFontMetrics(option.font).height()
        return QSize(120, round(height * 1.9) + 18)


class CriterionDelegate(Plain):
    """Code, name, counts and state; on the line under the pointer, a way to tag what is selected.

    Signals:
        tag_wanted: the code of a line whose “Tag” was clicked.
    """

    tag_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.offers_tag = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell."""
        _ground(painter, option, self._theme)
        row: framework.Row = index.data(framework.ROW)
        column = index.column()
        colours = self._theme.colours
        rect: QRect = option.rect.adjusted(4, 0, -4, 0)
        font: QFont = QFont(option.font)
        painter.save()
        ink = QColor(colours.text)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        words = index.data()
        if column == 0:
            if row.criterion is None:
                font.setWeight(QFont.Weight.DemiBold)
            if row.not_applicable is not None:
                ink = QColor(colours.muted)
            if self._offers(option, row):
                pill = self._pill(option.rect, font)
                rect.setRight(pill.left() - 6)
                self._draw_pill(painter, pill, font)
        elif column == 4:
            if row.coverage is not None:
                ink = self._theme.colour(row.coverage.state)
                if row.coverage.state is State.NONE:
                    font.setWeight(QFont.Weight.DemiBold)
            else:
                ink = QColor(colours.muted)
        else:
            flags = Qt.AlignmentFlag.AlignCenter
            ink = QColor(colours.muted)
            if words not in {"·", ""}:
                ink = self._theme.colour(tuple(Polarity)[column - 1])
        painter.setFont(font)
        painter.setPen(ink)
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        if column == 4 and row.criterion is None:
            self._draw_progress(painter, rect, row.progress)
            rect = rect.adjusted(0, 0, 0, -5)
        painter.drawText(rect, flags, shown)
        painter.restore()
        if column == 0:
            _frame(painter, option, self._theme)

    def _draw_progress(self, painter: QPainter, rect: QRect, told: SectionProgress) -> None:
        """A box for each block of a section, filled where it is judged."""
        width = min(14, rect.width() // max(told.blocks, 1) - 3)
        painter.save()
        painter.setPen(QPen(QColor(self._theme.colours.muted), 1))
        for place in range(told.blocks):
            box = QRect(rect.left() + place * (width + 3), rect.bottom() - 6, width, 4)
            if place < told.judged:
                painter.fillRect(box.adjusted(0, 0, 1, 1), QColor(self._theme.colours.accent))
            else:
                painter.drawRect(box)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """A little air round each line."""
        size = super().sizeHint(option, index)
        height = QFontMetrics(option.font).height() + 10
        return QSize(size.width(), height)

    def _offers(self, option: QStyleOptionViewItem, row: framework.Row) -> bool:
        over = option.state & QStyle.StateFlag.State_MouseOver
        return self.offers_tag and bool(over) and row.code is not None

    def _pill(self, rect: QRect, font: QFont) -> QRect:
        metrics = QFontMetrics(font)
        width = metrics.horizontalAdvance("Tag") + 18
        height = metrics.height() + 4
        return QRect(rect.right() - width - 4, rect.center().y() - height // 2, width, height)

    def _draw_pill(self, painter: QPainter, pill: QRect, font: QFont) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colours.accent))
        painter.drawRoundedRect(pill, 5, 5)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colours.on_accent))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, "Tag")
        painter.restore()

    def editorEvent(  # noqa: N802 - the name is Qt's
        self, event: QEvent, model: object, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click on “Tag” tags what is selected."""
        if event.type() is QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            row: framework.Row = index.data(framework.ROW)
            pill = self._pill(option.rect, option.font)
            on_pill = index.column() == 0 and pill.contains(event.position().toPoint())
            if self.offers_tag and row.code is not None and on_pill:
                self.tag_wanted.emit(row.code)
                return True
        return super().editorEvent(event, model, option, index)  # type: ignore[arg-type]


class EvidenceDelegate(Plain):
    """Polarity in its colour; quotes that no longer hold are struck through."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell."""
        _ground(painter, option, self._theme)
        link = index.data(evidence.LINK)
        rect: QRect = option.rect.adjusted(8, 0, -6, 0)
        painter.save()
        font = QFont(option.font)
        ink = QColor(self._theme.colours.text)
        if index.column() == evidence.POLARITY:
            ink = self._theme.colour(link.polarity)
        elif index.column() in {evidence.DATE, evidence.BY, evidence.PAGE}:
            ink = QColor(self._theme.colours.muted)
        elif index.column() == evidence.CRITERION:
            font.setWeight(QFont.Weight.DemiBold)
        elif index.column() == evidence.QUOTE and link.hold.value != "exact":
            font.setStrikeOut(True)
        painter.setFont(font)
        painter.setPen(ink)
        metrics = QFontMetrics(font)
        words = metrics.elidedText(
            index.data().replace("\n", " "), Qt.TextElideMode.ElideRight, rect.width()
        )
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.restore()
        if index.column() == 0:
            _frame(painter, option, self._theme)


class QueueDelegate(Plain):
    """A sign, and beside it the words, so that the words of all lines stand below one another."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one line."""
        _ground(painter, option, self._theme)
        rect: QRect = option.rect.adjusted(8, 0, -6, 0)
        metrics = QFontMetrics(option.font)
        beside = metrics.horizontalAdvance("MM")
        sign, _, words = str(index.data()).partition(" ")
        painter.save()
        painter.setFont(option.font)
        painter.setPen(QColor(self._theme.colours.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignLeft, sign)
        rect.setLeft(rect.left() + beside)
        words = metrics.elidedText(words.strip(), Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignLeft, words)
        painter.restore()
        _frame(painter, option, self._theme)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """Room for one line."""
        return QSize(120, QFontMetrics(option.font).height() + 6)


def _frame(painter: QPainter, option: QStyleOptionViewItem, theme: Theme) -> None:
    """A bar before the line that keys act on."""
    focused = option.state & QStyle.StateFlag.State_HasFocus
    selected = option.state & QStyle.StateFlag.State_Selected
    if not focused and not selected:
        return
    rect: QRect = option.rect
    painter.save()
    painter.setPen(QPen(QColor(theme.colours.accent), 3))
    painter.drawLine(rect.left() + 1, rect.top() + 2, rect.left() + 1, rect.bottom() - 2)
    painter.restore()


def row_height(widget: QWidget) -> int:
    """The height of a line of a table at the face in use."""
    return QFontMetrics(QApplication.font(widget)).height() + 10
