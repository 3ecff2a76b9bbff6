"""The pages in small, with what is highlighted on them: the way through a long document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import (
    QEvent,
    QMetaObject,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QListView,
    QStackedLayout,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from cambs_evidence.documents.rendering import Wish
from cambs_evidence.model import PageShape, Polarity
from ui.models import pages as model
from ui.models.pages import PagesModel
from ui.panels.delegates import Plain
from ui.theme import DAY, LIGHT, SIGNS, Paper, Theme
from ui.viewer import geometry
from ui.viewer.bitmaps import Bitmaps
from ui.viewer.marks import Mark, laid_over
from ui.viewer.page_view import PageView

Index = QModelIndex | QPersistentModelIndex
#: Logical pixels of the largest picture, the room beside it for bars, and above and below it.
_WIDTH, _HEIGHT, _BESIDE, _ABOVE = 130, 184, 22, 10
#: Logical pixels of a bar's width, its least length, and from one bar to the next.
_BAR, _SHORTEST, _STEP = 3.0, 10.0, 5.0
#: Lines of pictures beyond those in sight that are asked for as well.
_BEYOND = 2
#: Milliseconds by which the list may be behind the page while one scrolls.
_BEHIND = 60
#: Milliseconds in which keys typed one after the other name one page.
_TYPING = 1200


@dataclass(slots=True)
class _Signs:
    """Highlights of a page in logical pixels from its picture's upper left corner."""

    tints: dict[Polarity, list[QRectF]] = field(default_factory=dict)
    bars: dict[Polarity, list[tuple[float, float]]] = field(default_factory=dict)


class _List(QListView):
    """A list in which keys name a page and Enter chooses it.

    Signals:
        entered_on: Enter was pressed on a line.
        named: what was typed so far.
        laid_out: the room for the lines is another.
        seen: some of it was painted, since it is in sight.
    """

    entered_on = Signal(QModelIndex)
    named = Signal(str)
    laid_out = Signal()
    seen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._typed = ""
        self._typing = QTimer(self, interval=_TYPING, singleShot=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Enter goes to the page."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.entered_on.emit(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Goes to the page that is typed."""
        self._typed = self._typed + search if self._typing.isActive() else search
        self._typing.start()
        self.named.emit(self._typed)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """As many pictures stand side by side as there is room for."""
        self.laid_out.emit()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Nobody is told otherwise when it comes forward from behind another's tab."""
        super().paintEvent(event)
        self.seen.emit()


class ThumbnailsPanel(QWidget):
    """A picture of each page of the document in a page view.

    Signals:
        chosen: the page (0-based) to go to.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = PagesModel(self)
        self._bitmaps: Bitmaps | None = None
        self._view: PageView | None = None
        self._heard: list[QMetaObject.Connection] = []
        self._arriving: QMetaObject.Connection | None = None
        self._shown: object = None
        self._wanted: set[Wish] = set()
        self._columns = 1
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._wish)
        self._behind = QTimer(self, interval=_BEHIND, singleShot=True)
        self._behind.timeout.connect(self._catch_up)

        self.list = _List(self)
        self.list.setAccessibleName("Pages in small")
        self._delegate = _PageDelegate(theme, self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.setModel(self._model)
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setWrapping(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.laid_out.connect(self._lay_out)
        self.list.clicked.connect(self._choose)
        self.list.entered_on.connect(self._choose)
        self.list.named.connect(self._go_to_named)
        self.list.seen.connect(self._seen)
        self.list.verticalScrollBar().valueChanged.connect(lambda _: self._soon.start())
        theme.changed.connect(self.list.viewport().update)

        self._empty = QLabel("No document is shown.", self)
        self._empty.setProperty("muted", True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.list)

    # --- what is shown -------------------------------------------------------------------

    def use(self, bitmaps: Bitmaps | None) -> None:
        """Takes bitmaps from here on; None when there is no case."""
        if self._arriving is not None:
            QObject.disconnect(self._arriving)
            self._arriving = None
        if self._bitmaps is not None:
            self._bitmaps.wish(self, ())
        self._wanted = set()
        self._bitmaps = self._delegate.bitmaps = bitmaps
        if bitmaps is not None:
            self._arriving = bitmaps.arrived.connect(self._arrived)
        self._soon.start()
        self.list.viewport().update()

    def follow(self, view: PageView | None) -> None:
        """Shows the pages of a view from here on, until told to follow another or none."""
        if view is self._view:
            return
        for each in self._heard:
            QObject.disconnect(each)
        self._view = self._delegate.view = view
        self._heard = []
        if view is not None:
            self._heard = [
                view.moved.connect(self._moved),
                view.marks_changed.connect(self._marked),
                view.redrawn.connect(self._redrawn),
            ]
        self._redrawn()

    def _redrawn(self) -> None:
        """Another document is shown, or the same in another way."""
        view = self._view
        document = view.document if view is not None else None
        shown = (view, document.id if document else None, self._pages())
        if shown != self._shown:
            self._shown = shown
            self._model.show(view)
            self.list.scrollToTop()
        self._stack.setCurrentIndex(1 if self._pages() else 0)
        self._delegate.measure()
        self._lay_out()
        self._delegate.page = -1
        self._catch_up()

    def _pages(self) -> int:
        return self._view.pages if self._view is not None and self._view.document else 0

    def _marked(self) -> None:
        self._delegate.signs.clear()
        self._model.look()
        self.list.viewport().update()

    def _moved(self) -> None:
        if not self._behind.isActive():
            self._behind.start()

    def _catch_up(self) -> None:
        page = self._view.page if self._view is not None else -1
        if page == self._delegate.page or not 0 <= page < self._model.rowCount():
            return
        self._delegate.page = page
        self.list.setCurrentIndex(self._model.index(page))
        self._reveal()
        self.list.viewport().update()

    def _reveal(self) -> None:
        if self.isVisible():
            self.list.scrollTo(self._model.index(self._delegate.page))
            self._soon.start()

    def _lay_out(self) -> None:
        # With room for the scroll bar even where there is none: it cannot come and go for ever.
        room = self.list.width() - self.list.verticalScrollBar().sizeHint().width() - 4
        self._columns = max(room // (_WIDTH + 2 * _BESIDE), 1)
        cell = self._delegate.fit(max(room // self._columns, 40))
        if cell != self.list.gridSize():
            self.list.setGridSize(cell)
            self.list.verticalScrollBar().setSingleStep(cell.height() // 4)
        self._soon.start()

    # --- bitmaps -------------------------------------------------------------------------

    def in_sight(self) -> range:
        """The pages (0-based) whose pictures are in sight, wholly or in part."""
        height = max(self.list.gridSize().height(), 1)
        top = self.list.verticalScrollBar().value()
        last = (top + self.list.viewport().height() - 1) // height + 1
        pages = self._pages()
        return range(min(top // height * self._columns, pages), min(last * self._columns, pages))

    def _wish(self) -> None:
        """Says which pictures are wanted: those in sight from the middle on, then the next."""
        if self._bitmaps is None:
            return
        wishes: list[Wish] = []
        # Behind another's tab it is visible to Qt, and nothing of it is.
        if self._pages() and not self.visibleRegion().isEmpty():
            sight = self.in_sight()
            middle = (sight.start + sight.stop - 1) / 2
            more = _BEYOND * self._columns
            pages = range(max(sight.start - more, 0), min(sight.stop + more, self._pages()))
            nearest = sorted(pages, key=lambda page: abs(page - middle))
            wishes = [self._delegate.wish(page) for page in nearest]
        self._wanted = set(wishes)
        # What is in view on the page itself always comes first.
        self._bitmaps.wish(self, (), wishes)

    def _seen(self) -> None:
        if not self._wanted:
            self._soon.start()

    def _arrived(self, wish: Wish) -> None:
        if wish in self._wanted:
            self.list.update(self._model.index(wish.page))

    # --- moving --------------------------------------------------------------------------

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.row())

    def _go_to_named(self, typed: str) -> None:
        page = self._view.page_named(typed) if self._view is not None else None
        if page is not None:
            self.list.setCurrentIndex(self._model.index(page))

    # --- events --------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - the name is Qt's
        """Pictures are wanted, and the page in view is in sight."""
        super().showEvent(event)
        # The list gets its size only after this.
        QTimer.singleShot(0, self, self._reveal)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nothing is wanted any more."""
        super().hideEvent(event)
        self._soon.start()

    def event(self, event: QEvent) -> bool:
        """Notices when the window moves to a screen with other pixels."""
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._soon.start()
        return super().event(event)


class _PageDelegate(Plain):
    """A page's picture, its number below, and bars beside it where something is highlighted."""

    def __init__(self, theme: Theme, parent: QListView) -> None:
        super().__init__(theme, parent)
        self._list = parent
        self.bitmaps: Bitmaps | None = None
        self.view: PageView | None = None
        self.page = -1
        self.signs: dict[int, _Signs] = {}
        self._room = QSize(_WIDTH, _HEIGHT)
        self._highest = _HEIGHT / _WIDTH
        self._cell = QSize(_WIDTH + 2 * _BESIDE, _HEIGHT)

    # --- where things are ----------------------------------------------------------------

    def measure(self) -> None:
        """Looks how high pages are: landscape pages alone need no room for portrait ones."""
        sizes = map(geometry.size, self.view.shapes) if self.view is not None else ()
        highest = max((height / width for width, height in sizes), default=1.0)
        self._highest = min(max(highest, 0.5), _HEIGHT / _WIDTH)
        self.signs.clear()

    def fit(self, width: int) -> QSize:
        """The size of a cell of a width, in logical pixels."""
        across = min(width - 2 * _BESIDE, _WIDTH)
        room = QSize(max(across, 24), round(max(across, 24) * self._highest))
        if room != self._room:
            self._room = room
            self.signs.clear()
        words = QFontMetrics(self._list.font()).height()
        self._cell = QSize(width, room.height() + words + 2 * _ABOVE + 6)
        return self._cell

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """All cells are alike."""
        return self._cell

    def _scale(self, shape: PageShape) -> float:
        width, height = geometry.size(shape)
        return min(self._room.width() / width, self._room.height() / height)

    def _picture(self, page: int) -> tuple[int, int]:
        """Width and height of a picture in device pixels."""
        assert self.view is not None  # noqa: S101 - asked only while there are pages
        shape = self.view.shapes[page]
        scale = self._scale(shape) * self._list.devicePixelRatioF()
        width, height = geometry.size(shape)
        return max(round(width * scale), 1), max(round(height * scale), 1)

    def wish(self, page: int) -> Wish:
        """The wish for the picture of a page."""
        assert self.view is not None  # noqa: S101
        return self.view.whole(page, *self._picture(page))

    def _sheet(self, cell: QRect, page: int) -> QRectF:
        """Where the picture stands, on whole device pixels."""
        ratio = self._list.devicePixelRatioF()
        width, height = (each / ratio for each in self._picture(page))
        left = cell.left() + (cell.width() - width) / 2
        top = cell.top() + _ABOVE + (self._room.height() - height) / 2
        return QRectF(round(left * ratio) / ratio, round(top * ratio) / ratio, width, height)

    def _signs_of(self, page: int) -> _Signs:
        assert self.view is not None  # noqa: S101
        found = self.signs.get(page)
        if found is None:
            shape = self.view.shapes[page]
            scale = self._scale(shape)
            mapped = geometry.PageMap(shape.media, shape.rotation, scale)
            foot = geometry.size(shape)[1] * scale
            found = self.signs[page] = _signs(self.view.marks_of(page), mapped, foot)
        return found

    # --- painting ------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one page."""
        page = index.row()
        if self.view is None or self.view.document is None or page >= self.view.pages:
            return
        colours = self._theme.colours
        cell: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(cell, QColor(colours.soft))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(cell, QColor(colours.window))
        sheet = self._sheet(cell, page)
        self._draw_sheet(painter, page, sheet)
        signs = self._signs_of(page)
        _draw_tints(painter, signs, sheet, self.view.paper)
        self._draw_bars(painter, signs, sheet)
        if index.data(model.FOUND):
            self._draw_found(painter, sheet)
        self._draw_words(painter, cell, page, index.data())
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colours.accent), 1, Qt.PenStyle.DashLine))
            painter.drawRect(QRectF(cell).adjusted(1.5, 1.5, -1.5, -1.5))
        painter.restore()

    def _draw_sheet(self, painter: QPainter, page: int, sheet: QRectF) -> None:
        assert self.view is not None  # noqa: S101
        colours = self._theme.colours
        line = 3 if page == self.page else 1
        edge = colours.accent if page == self.page else colours.muted
        painter.fillRect(sheet.adjusted(-line, -line, line, line), QColor(edge))
        painter.fillRect(sheet, self.view.paper.sheet)
        if self.bitmaps is None:
            return
        wish = self.wish(page)
        image = self.bitmaps.get(wish)
        if image is None:
            image = self.bitmaps.stand_in(wish)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if image is not None:
            painter.drawImage(sheet, image, QRectF(image.rect()))
        elif self.bitmaps.why_not(wish.sha256, page):
            painter.setPen(self.view.paper.mark)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(sheet.adjusted(4, 4, -4, -4), flags, "This page is not shown")

    def _draw_bars(self, painter: QPainter, signs: _Signs, sheet: QRectF) -> None:
        """A bar for each stretch: whole, in dashes or in dots, each kind in its own place."""
        for place, polarity in enumerate(Polarity):
            middle = sheet.left() - 6 - place * _STEP
            pen = QPen(self._theme.colour(polarity), _BAR)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if SIGNS[polarity][2]:
                dash = 4.0 if polarity is Polarity.DEVELOPMENT else 2.0
                pen.setDashPattern([dash / _BAR, 2.0 / _BAR])
            painter.setPen(pen)
            for top, foot in signs.bars.get(polarity, ()):
                where = QRectF(middle, sheet.top() + top, 0, foot - top)
                painter.drawLine(where.topLeft(), where.bottomLeft())

    def _draw_found(self, painter: QPainter, sheet: QRectF) -> None:
        badge = QRectF(sheet.right() - 21, sheet.top() + 3, 18, 18)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(LIGHT.text), 1))
        painter.setBrush(DAY.hit)
        painter.drawEllipse(badge)
        painter.restore()
        icon = self._theme.icon("search", LIGHT.text)
        icon.paint(painter, badge.toAlignedRect().adjusted(3, 3, -3, -3))

    def _draw_words(self, painter: QPainter, cell: QRect, page: int, words: str) -> None:
        colours = self._theme.colours
        font = QFont(self._list.font())
        font.setBold(page == self.page)
        painter.setFont(font)
        painter.setPen(QColor(colours.text if page == self.page else colours.muted))
        metrics = QFontMetrics(font)
        top = cell.top() + _ABOVE + self._room.height() + 6
        where = QRect(cell.left() + 2, top, cell.width() - 4, metrics.height())
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, where.width())
        painter.drawText(where, Qt.AlignmentFlag.AlignCenter, shown)


def _signs(marks: Sequence[Mark], mapped: geometry.PageMap, foot: float) -> _Signs:
    """Highlights of a page of a height, at the scale of its picture."""
    found = _Signs()
    for mark in marks:
        for box in mark.boxes:
            where = QRectF(*mapped.box(box))
            found.tints.setdefault(mark.polarities[0], []).append(where)
            least = max(_SHORTEST - where.height(), 0) / 2
            stretch = (max(where.top() - least, 0.0), min(where.bottom() + least, foot))
            for polarity in mark.polarities:
                found.bars.setdefault(polarity, []).append(stretch)
    found.bars = {polarity: _joined(each) for polarity, each in found.bars.items()}
    return found


def _joined(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches that touch, as one."""
    joined: list[tuple[float, float]] = []
    for top, foot in sorted(stretches):
        if joined and top <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(foot, joined[-1][1]))
        else:
            joined.append((top, foot))
    return joined


def _draw_tints(painter: QPainter, signs: _Signs, sheet: QRectF, paper: Paper) -> None:
    painter.save()
    painter.setClipRect(sheet)
    painter.translate(sheet.topLeft())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setCompositionMode(laid_over(paper))
    for polarity, where in signs.tints.items():
        painter.setBrush(paper.tint[polarity])
        painter.drawRects(where)
    painter.restore()
