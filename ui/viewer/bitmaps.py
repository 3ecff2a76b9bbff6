"""Bitmaps of pages: a cache of bounded size in front of the process that paints them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from cambs_evidence.documents.rendering import LARGEST, Wish

if TYPE_CHECKING:
    from cambs_evidence.case import Case

#: Bytes of bitmaps kept, unless told otherwise.
CAP = 256 * 1024 * 1024
#: Device pixels of a side of a piece, where a whole page is too large for one bitmap.
PIECE = 1024


class Bitmaps(QObject):
    """What has been painted of the pages of a case.

    Signals:
        arrived: a wish that has been fulfilled, or cannot be.
    """

    arrived = Signal(object)
    _came = Signal(object, object, str)

    def __init__(self, case: Case, parent: QObject | None = None, cap: int = CAP) -> None:
        super().__init__(parent)
        self._cap = cap
        self._held: OrderedDict[Wish, QImage] = OrderedDict()
        self._bytes = 0
        #: Whole pages by document and page, the latest painted last.
        self._pages: dict[tuple[str, int], list[Wish]] = {}
        self._unpainted: dict[tuple[str, int], str] = {}
        self._wished: list[Wish] = []
        self._came.connect(self._take)
        self._renderer = case.renderer(self._deliver)

    @property
    def size(self) -> int:
        """Bytes held."""
        return self._bytes

    def get(self, wish: Wish) -> QImage | None:
        """The bitmap, if it is there."""
        image = self._held.get(wish)
        if image is not None:
            self._held.move_to_end(wish)
        return image

    def stand_in(self, sha256: str, page: int) -> QImage | None:
        """The page as it was last painted at whatever size, to be shown scaled meanwhile."""
        wishes = self._pages.get((sha256, page))
        return self.get(wishes[-1]) if wishes else None

    def why_not(self, sha256: str, page: int) -> str | None:
        """The reason why a page cannot be painted."""
        return self._unpainted.get((sha256, page))

    def wish(self, wishes: Sequence[Wish]) -> None:
        """Says what is wanted now, the most wanted first; the rest is no longer painted."""
        wanted = [
            each
            for each in wishes
            if each not in self._held and (each.sha256, each.page) not in self._unpainted
        ]
        if wanted != self._wished:
            self._wished = wanted
            self._renderer.wish(wanted)

    def forget(self, sha256: str) -> None:
        """Lets go of a document's bitmaps."""
        for wish in [each for each in self._held if each.sha256 == sha256]:
            self._drop(wish)

    def close(self) -> None:
        """Ends the process."""
        self._renderer.close()
        self._held.clear()
        self._pages.clear()

    def _deliver(self, wish: Wish, pixels: memoryview | None, reason: str) -> None:
        """Called in the renderer's thread, where the pixels are copied."""
        image: QImage | None = None
        if pixels is not None:
            _, _, width, height = wish.clip
            shared = QImage(pixels, width, height, 4 * width, QImage.Format.Format_RGB32)
            image = shared.copy()
            del shared
        self._came.emit(wish, image, reason)

    def _take(self, wish: Wish, image: QImage | None, reason: str) -> None:
        if image is None:
            self._unpainted[wish.sha256, wish.page] = reason
        elif wish not in self._held:
            self._held[wish] = image
            self._bytes += image.sizeInBytes()
            if wish.clip == (0, 0, wish.width, wish.height):
                self._pages.setdefault((wish.sha256, wish.page), []).append(wish)
            while self._bytes > self._cap and len(self._held) > 1:
                self._drop(next(iter(self._held)))
        if wish in self._wished:
            self._wished.remove(wish)
        self.arrived.emit(wish)

    def _drop(self, wish: Wish) -> None:
        image = self._held.pop(wish)
        self._bytes -= image.sizeInBytes()
        key = (wish.sha256, wish.page)
        if wish in self._pages.get(key, ()):
            self._pages[key].remove(wish)
            if not self._pages[key]:
                del self._pages[key]


def wishes_for(
    sha256: str,
    page: int,
    size: tuple[int, int],
    visible: Callable[[], tuple[int, int, int, int]],
) -> list[Wish]:
    """The bitmaps that show a page: one, or the visible pieces of one that is too large.

    ``size`` is the page's in device pixels; ``visible`` its part in view: left, top, right, foot.
    """
    width, height = size
    if width * height <= LARGEST:
        return [Wish(sha256, page, width, height, (0, 0, width, height))]
    left, top, right, foot = visible()
    pieces = []
    for y in range(max(top, 0) // PIECE * PIECE, min(foot, height), PIECE):
        for x in range(max(left, 0) // PIECE * PIECE, min(right, width), PIECE):
            clip = (x, y, min(PIECE, width - x), min(PIECE, height - y))
            pieces.append(Wish(sha256, page, width, height, clip))
    return pieces
