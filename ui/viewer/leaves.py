"""Pages that are painted elsewhere, as they come into view: whatever document they are of."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QFrame, QWidget

from cambs_evidence.documents.rendering import Wish
from cambs_evidence.model import PageLink
from ui.theme import DAY, NIGHT, Paper, Theme
from ui.viewer.bitmaps import Bitmaps, wishes_for
from ui.viewer.sheets import Sheets

#: Zoom for one notch of the wheel.
_NOTCH = 1.15
#: Pages painted beforehand in the direction of movement, and against it.
_AHEAD, _BEHIND = 2, 1

_KEY = Qt.Key


class Leaves(Sheets):
    """A column of pages with their bitmaps; what is in view is painted, and what comes next.

    Signals:
        links_wanted: a page (0-based) came into view whose links are not known.
    """

    links_wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._links: dict[int, list[PageLink]] = {}
        self.theme = theme
        self.bitmaps: Bitmaps | None = None
        self._night = False
        #: True where what is in view was wished for since it was last drawn.
        self._wished = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self.viewport().update)

    @property
    def source(self) -> str | None:
        """What the bitmaps of the pages that are shown are asked for by; None while none are."""
        return None

    @property
    def night(self) -> bool:
        """True while light words stand on dark paper."""
        return self._night

    @property
    def paper(self) -> Paper:
        """The colours on the pages."""
        return NIGHT if self._night else DAY

    def use(self, bitmaps: Bitmaps | None) -> None:
        """Takes bitmaps from here on; None when there is no case."""
        if self.bitmaps is not None:
            self.bitmaps.arrived.disconnect(self._arrived)
            self.bitmaps.wish(self, ())
        self.bitmaps = bitmaps
        if bitmaps is not None:
            bitmaps.arrived.connect(self._arrived)

    # --- bitmaps -------------------------------------------------------------------------

    def whole(self, page: int, width: int, height: int) -> Wish:
        """The wish for all of a page as it is shown, at a size in device pixels."""
        source = self.source
        assert source is not None  # noqa: S101 - asked only while pages are shown
        return Wish(source, page, width, height, (0, 0, width, height), self._turn, self._night)

    def whole_page(self, page: int) -> Wish:
        """The wish for all of a page at the size in which it is shown."""
        return self.whole(page, *self._column.page_size(page))

    def wishes_of(self, page: int) -> list[Wish]:
        """The wishes for what is seen of a page."""

        def visible() -> tuple[int, int, int, int]:
            ratio, origin = self._column.ratio, self.origin(page)
            view = self.viewport()
            left, top = -origin.x() * ratio, -origin.y() * ratio
            return (
                round(left), round(top),
                round(left + view.width() * ratio), round(top + view.height() * ratio),
            )  # fmt: skip

        return wishes_for(self.whole_page(page), visible)

    def why_not(self, page: int) -> str | None:
        """The reason why a page (0-based) cannot be painted."""
        source = self.source
        if self.bitmaps is None or source is None:
            return None
        return self.bitmaps.why_not(source, page)

    @property
    def painted(self) -> bool:
        """True when all that is in view is there at its own size, or will not be."""
        bitmaps = self.bitmaps
        if self.source is None or bitmaps is None:
            return True
        return all(
            bitmaps.get(wish) is not None or bitmaps.why_not(wish.sha256, wish.page) is not None
            for page in self.in_view()
            for wish in self.wishes_of(page)
        )

    def _wish(self) -> None:
        """Says which bitmaps are wanted: what is in view, then what comes next on the way."""
        if self.source is None or self.bitmaps is None or not self._shapes:
            return
        pages = sorted(self.in_view(), key=lambda page: abs(page - self._page))
        if not pages:
            return
        now = [wish for page in pages for wish in self.wishes_of(page)]
        first, last = min(pages), max(pages)
        ahead, behind = (last, first) if self._way > 0 else (first, last)
        near = [ahead + step * self._way for step in range(1, _AHEAD + 1)]
        near += [behind - step * self._way for step in range(1, _BEHIND + 1)]
        known = [page for page in near if 0 <= page < len(self._shapes)]
        self.bitmaps.wish(self, now, [wish for page in known for wish in self.wishes_of(page)])
        for page in pages:
            if page not in self._links:
                self._links[page] = []
                self.links_wanted.emit(page)

    def show_page_links(self, page: int, links: list[PageLink]) -> None:
        """Takes the links that stand on a page (0-based)."""
        self._links[page] = links

    def links_on(self, page: int) -> list[PageLink]:
        """The links that stand on a page (0-based), as far as they are known."""
        return self._links.get(page, [])

    def _scrolled(self) -> None:
        """What comes into view is wished for at once: all else can be done while it is painted."""
        self._note_place()
        self._wish()
        self._wished = True
        self._tell_place()

    def _wish_once(self) -> None:
        """As pages are drawn: wishes for them, unless that was done when they came into view."""
        if not self._wished:
            self._wish()
        self._wished = False

    def _arrived(self, wish: Wish) -> None:
        """At once, not when the loop comes to it: one waits for the page."""
        if wish.sha256 == self.source and wish.page in self.in_view():
            self.viewport().repaint()

    def _keep_ratio(self) -> None:
        """Lays the pages out anew where the screen has other pixels now."""
        if self.devicePixelRatioF() != self._column.ratio:
            self._column = self._column_at(self.zoom)
            self._set_bars()

    def draw_bitmap(self, painter: QPainter, page: int, sheet: QRectF) -> None:
        """Draws what is there of a page: its bitmap, or meanwhile one of another size."""
        bitmaps = self.bitmaps
        if bitmaps is None or self.source is None:
            return
        wishes = self.wishes_of(page)
        images = [bitmaps.get(wish) for wish in wishes]
        if not images or any(image is None for image in images):
            old = bitmaps.stand_in(self.whole_page(page)) or self._before(page)
            if old is not None:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(sheet, old, QRectF(old.rect()))
        ratio = self.ratio
        for wish, image in zip(wishes, images, strict=True):
            if image is not None:
                x, y, width, height = wish.clip
                where = QRectF(
                    sheet.x() + x / ratio, sheet.y() + y / ratio, width / ratio, height / ratio
                )
                painter.drawImage(where, image, QRectF(image.rect()))

    def _before(self, page: int) -> QImage | None:  # noqa: ARG002 - others know
        """What was shown of a page before, until something better is there."""
        return None

    # --- moving --------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - the name is Qt's
        """Ctrl and the wheel zoom about the pointer; Shift and the wheel go sideways."""
        held = event.modifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            notches = event.angleDelta().y() / 120
            if notches:
                self.set_zoom(self.zoom * _NOTCH**notches, event.position())
            event.accept()
        elif held & Qt.KeyboardModifier.ShiftModifier and event.angleDelta().y():
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - event.angleDelta().y())
            event.accept()
        else:
            super().wheelEvent(event)

    def move_by_key(self, key: int, *, shift: bool, control: bool) -> bool:
        """Moves through the pages as a key says; False where it says nothing of that."""
        bar = self.verticalScrollBar()
        if key == _KEY.Key_Home:
            bar.setValue(bar.minimum())
        elif key == _KEY.Key_End:
            bar.setValue(bar.maximum())
        elif key == _KEY.Key_Space:
            step = round(bar.pageStep() * 0.9)
            bar.setValue(bar.value() + (-step if shift else step))
        elif control and key in {_KEY.Key_PageUp, _KEY.Key_PageDown}:
            self.go_to(self.page + (1 if key == _KEY.Key_PageDown else -1))
        else:
            return False
        return True
