"""Bitmaps of pages: a cache of bounded size in front of the process that paints them."""

from __future__ import annotations

import contextlib
import ctypes
import math
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from cambs_evidence.documents.rendering import LARGEST, Outline, PageLinks, Wish

if TYPE_CHECKING:
    from cambs_evidence.case import Case
    from cambs_evidence.model import Heading, PageLink
    from cambs_evidence.previews import Previews

#: Bytes of bitmaps kept, unless told otherwise.
CAP = 256 * 1024 * 1024
#: Device pixels of a side of a piece, where a whole page is too large for one bitmap.
PIECE = 1024
#: Bitmaps that are painted at once, at most.
_AT_ONCE = 2
#: What share of the bytes may lie ready: so many times as many are kept in all.
_READY = 8
#: Pixels from which it is worth while to have memory ready.
_WORTH = 500_000
#: Bytes from which a piece of memory is given back to the system as soon as it is let go of, and
#: the number by which glibc calls that (M_MMAP_THRESHOLD in malloc.h).
_APART, _MMAP_THRESHOLD = 1024 * 1024, -3


class Bitmaps(QObject):
    """What has been painted of the pages of a case, or of previews of its pack.

    Signals:
        arrived: a wish that has been fulfilled, or cannot be.
    """

    arrived = Signal(object)
    _came = Signal(object, object, str)
    _answered = Signal(object, object)

    def __init__(
        self, case: Case | Previews, parent: QObject | None = None, cap: int = CAP
    ) -> None:
        super().__init__(parent)
        _give_back_at_once()
        self._cap = cap
        self._held: OrderedDict[Wish, QImage] = OrderedDict()
        self._bytes = 0
        #: Whole pages by what they show, at whatever sizes.
        self._pages: dict[tuple[str, int, int, bool], list[Wish]] = {}
        self._unpainted: dict[tuple[str, int], str] = {}
        #: Of each part of the window that shows pages: what is in view, and what may be next.
        self._asked: dict[object, tuple[list[Wish], list[Wish]]] = {}
        self._wished: list[Wish] = []
        self._came.connect(self._take)
        self._answered.connect(lambda then, answer: then(answer))
        #: Memory for what is being painted, and for what is next; of the renderer's thread alone.
        self._blank: dict[Wish, QImage] = {}
        self._spare: list[QImage] = []
        self._ready = 0
        self._usual: tuple[int, int] | None = None
        self._renderer = case.renderer(self._deliver, self._expect, self._prepare)

    @property
    def size(self) -> int:
        """Bytes held, with those that are ready for what comes next."""
        return self._bytes + self._ready

    def get(self, wish: Wish) -> QImage | None:
        """The bitmap, if it is there."""
        image = self._held.get(wish)
        if image is not None:
            self._held.move_to_end(wish)
        return image

    def stand_in(self, like: Wish) -> QImage | None:
        """The same page as it was painted at another size, to be shown scaled meanwhile."""
        wishes = self._pages.get(_shown(like))
        return self.get(max(wishes, key=lambda each: each.width)) if wishes else None

    def why_not(self, sha256: str, page: int) -> str | None:
        """The reason why a page cannot be painted."""
        return self._unpainted.get((sha256, page))

    def wish(self, who: object, now: Sequence[Wish], later: Sequence[Wish] = ()) -> None:
        """Says what a part of the window wants, the most wanted first.

        ``now`` is what is in view, ``later`` what may be in view next. What it wanted before is
        no longer painted, unless another part wants it too.
        """
        if now or later:
            self._asked[who] = (list(now), list(later))
        else:
            self._asked.pop(who, None)
        self._ask()

    def _ask(self) -> None:
        in_view = chain.from_iterable(now for now, _ in self._asked.values())
        next_ones = chain.from_iterable(later for _, later in self._asked.values())
        wanted = [
            each
            for each in dict.fromkeys(chain(in_view, next_ones))
            if each not in self._held and (each.sha256, each.page) not in self._unpainted
        ]
        if wanted != self._wished:
            self._wished = wanted
            self._renderer.wish(wanted)

    def outline(self, sha256: str, then: Callable[[list[Heading]], None]) -> None:
        """Asks for the outline in a document's file; ``then`` is called in the window's thread."""
        self._renderer.ask(Outline(sha256), lambda found: self._answered.emit(then, found))

    def links(self, sha256: str, page: int, then: Callable[[list[PageLink]], None]) -> None:
        """Asks for the links on a page (0-based); ``then`` is called in the window's thread."""
        self._renderer.ask(PageLinks(sha256, page), lambda found: self._answered.emit(then, found))

    def forget(self, sha256: str) -> None:
        """Lets go of a document's bitmaps."""
        for wish in [each for each in self._held if each.sha256 == sha256]:
            self._drop(wish)

    def leave(self, sha256: str) -> None:
        """Lets go of a document that is not shown any more, with its bitmaps."""
        self.forget(sha256)
        self._unpainted = {key: why for key, why in self._unpainted.items() if key[0] != sha256}
        self._renderer.let_go(sha256)

    def close(self) -> None:
        """Ends the process."""
        self._renderer.close()
        self._blank.clear()
        self._spare.clear()
        self._ready = 0
        self._held.clear()
        self._pages.clear()
        self._asked.clear()

    def _expect(self, wish: Wish) -> None:
        """Called in the renderer's thread as a bitmap is begun: which memory it will lie in."""
        while len(self._blank) >= _AT_ONCE:  # what came to nothing
            del self._blank[next(iter(self._blank))]
        size = wish.clip[2], wish.clip[3]
        if size[0] * size[1] >= _WORTH:
            self._usual = size
        for each in self._spare:
            if (each.width(), each.height()) == size:
                self._spare.remove(each)
                self._ready -= each.sizeInBytes()
                self._blank[wish] = each
                break

    def _prepare(self) -> None:
        """Called in the renderer's thread, which has nothing to do: memory for the next bitmaps.

        The system gives memory page by page as it is first written to, which takes longer than to
        copy the pixels. Done when a page is wanted it would take the time from its painting.
        """
        if self._usual is None:
            return
        self._spare = [each for each in self._spare if (each.width(), each.height()) == self._usual]
        room = self._reserved
        if room and self._bytes + room <= self._cap:  # otherwise once others were let go of
            while len(self._spare) < _AT_ONCE:
                blank = _blank(*self._usual)
                ctypes.memset(_address(blank), 0, blank.sizeInBytes())
                self._spare.append(blank)
        self._ready = sum(each.sizeInBytes() for each in self._spare)

    def _deliver(self, wish: Wish, pixels: memoryview | None, reason: str) -> None:
        """Called in the renderer's thread, where the pixels are copied."""
        image = self._blank.pop(wish, None)
        if pixels is None:
            image = None
        else:
            image = image or _blank(*wish.clip[2:])
            ctypes.memmove(_address(image), _address_of(pixels), pixels.nbytes)
        self._came.emit(wish, image, reason)

    def _take(self, wish: Wish, image: QImage | None, reason: str) -> None:
        if image is None:
            self._unpainted[wish.sha256, wish.page] = reason
        elif wish not in self._held:
            self._held[wish] = image
            self._bytes += image.sizeInBytes()
            if wish.clip == (0, 0, wish.width, wish.height):
                self._pages.setdefault(_shown(wish), []).append(wish)
            while self._bytes + self._reserved > self._cap and len(self._held) > 1:
                self._drop(next(iter(self._held)))
        if wish in self._wished:
            self._wished.remove(wish)
        self.arrived.emit(wish)

    @property
    def _reserved(self) -> int:
        """Bytes of what lies ready for the next bitmaps, or will; none where it were too much."""
        wanted = 4 * math.prod(self._usual) * _AT_ONCE if self._usual is not None else 0
        return wanted if wanted <= self._cap // _READY else 0

    def _drop(self, wish: Wish) -> None:
        image = self._held.pop(wish)
        self._bytes -= image.sizeInBytes()
        key = _shown(wish)
        if wish in self._pages.get(key, ()):
            self._pages[key].remove(wish)
            if not self._pages[key]:
                del self._pages[key]


def _blank(width: int, height: int) -> QImage:
    """Memory for the pixels of a bitmap, not written to yet."""
    return QImage(width, height, QImage.Format.Format_RGB32)


def _address(image: QImage) -> int:
    """Where an image lies, for what writes to it without holding up the window's thread."""
    return _address_of(memoryview(image.bits()))


def _address_of(memory: memoryview) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


@cache
def _give_back_at_once() -> None:
    """Has glibc give the memory of a bitmap back as soon as that is let go of.

    Left to itself it does so only from the size of the largest one freed so far: the others leave
    holes, and all of it stays with the program after a case is closed.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL("libc.so.6").mallopt(_MMAP_THRESHOLD, _APART)


def _shown(wish: Wish) -> tuple[str, int, int, bool]:
    """What a bitmap shows, whatever its size."""
    return wish.sha256, wish.page, wish.turn, wish.night


def wishes_for(whole: Wish, visible: Callable[[], tuple[int, int, int, int]]) -> list[Wish]:
    """The bitmaps that show a page: one, or the visible pieces of one that is too large.

    ``whole`` is the wish for all of it; ``visible`` its part in view in device pixels: left, top,
    right, foot.
    """
    width, height = whole.width, whole.height
    if width * height <= LARGEST:
        return [whole]
    left, top, right, foot = visible()
    pieces = []
    for y in range(max(top, 0) // PIECE * PIECE, min(foot, height), PIECE):
        for x in range(max(left, 0) // PIECE * PIECE, min(right, width), PIECE):
            clip = (x, y, min(PIECE, width - x), min(PIECE, height - y))
            pieces.append(replace(whole, clip=clip))
    return pieces
