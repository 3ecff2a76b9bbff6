"""Bitmaps of pages, painted in a watched process of their own behind a queue of what is in view."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import wait
from multiprocessing.shared_memory import SharedMemory
from typing import Any

from cambs_evidence.documents import painter
from cambs_evidence.documents.painter import SLOT, SLOTS
from cambs_evidence.documents.watched import LOOK, Process
from cambs_evidence.errors import EvidenceError

_log = logging.getLogger(__name__)

#: Pixels of the largest bitmap; what is larger is asked for in pieces.
LARGEST = SLOT // 4
#: Documents the process keeps open.
_OPEN = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """A bitmap of a page, or of a piece of it.

    ``width`` and ``height`` are of the whole page in pixels, ``clip`` is the piece of it: left,
    top, width and height, at most :data:`LARGEST` pixels.
    """

    sha256: str
    page: int
    width: int
    height: int
    clip: tuple[int, int, int, int]
    turn: int = 0
    night: bool = False


#: Called with a wish and its pixels (BGRx, rows without gaps, valid during the call only), or with
#: a wish, None and the reason why it cannot be painted; in the renderer's own thread.
Deliver = Callable[[Wish, memoryview | None, str], None]


@dataclass(slots=True)
class _Errand:
    """One wish under way; what the watch over the process asks of a job."""

    request: tuple[Any, ...]
    weight: int
    pages: int = 0
    wish: Wish | None = None
    slot: int = 0
    ended: bool = field(default=False)

    def take(self, message: tuple[Any, ...]) -> None:
        """Messages are taken in by the renderer itself."""

    def fail(self, reason: str) -> None:
        """Failures are told by the renderer itself."""


class Renderer:
    """Paints what is wished for, the most wanted first.

    Args:
        source: the PDF with a given SHA-256; called in the renderer's own thread.
        deliver: is given each bitmap.
    """

    def __init__(self, source: Callable[[str], bytes], deliver: Deliver) -> None:
        self._source = source
        self._deliver = deliver
        self._wishes: deque[Wish] = deque()
        self._lock = threading.Lock()
        self._closing = False
        self._bell, self._wake = Pipe(duplex=False)
        self._rung = False
        self._memory: SharedMemory | None = None
        self._process: Process | None = None
        self._open: dict[str, int] = {}
        self._under_way: deque[_Errand] = deque()
        self._bad: dict[tuple[str, int], str] = {}
        self._failed_once: Wish | None = None
        self._thread = threading.Thread(target=self._run, name="renderer", daemon=True)
        self._thread.start()

    def wish(self, wishes: Sequence[Wish]) -> None:
        """Says what is wanted now, the most wanted first; what was wished for before is dropped."""
        with self._lock:
            self._wishes = deque(wishes)
        self._ring()

    def close(self) -> None:
        """Ends the process and lets go of the memory."""
        self._closing = True
        self._ring()
        self._thread.join(10)

    def _ring(self) -> None:
        with self._lock:
            if self._rung:
                return
            self._rung = True
        with contextlib.suppress(OSError):  # it has been closed meanwhile
            self._wake.send_bytes(b"!")

    # --- in the renderer's own thread ----------------------------------------------------

    def _run(self) -> None:
        try:
            self._memory = SharedMemory(create=True, size=SLOT * SLOTS)
            self._process = Process(painter.serve, (self._memory.name,))  # before it is needed
            while not self._closing:
                self._send()
                self._listen()
        except Exception:  # noqa: BLE001 - a bug: logged, the window goes on without it
            _log.exception("Pages can no longer be painted")
        finally:
            if self._process is not None:
                self._process.end()
            if self._memory is not None:
                self._memory.close()
                self._memory.unlink()
            self._bell.close()
            self._wake.close()

    def _send(self) -> None:
        while len(self._under_way) < SLOTS:
            wish = self._next()
            if wish is None:
                return
            reason = self._bad.get((wish.sha256, wish.page))
            if reason is not None:
                self._deliver(wish, None, reason)
                continue
            try:
                self._begin(wish)
            except EvidenceError as error:  # its document cannot be read out of the case
                self._bad[wish.sha256, wish.page] = error.reason.rstrip(".")
                self._deliver(wish, None, error.reason.rstrip("."))
            except OSError:
                self._failed(wish)

    def _next(self) -> Wish | None:
        """Takes the most wanted wish that can be begun now."""
        busy = {each.wish for each in self._under_way}
        with self._lock:
            while self._wishes and self._wishes[0] in busy:
                self._wishes.popleft()
            # A document is more than a pipe holds: it is handed over only to a process that
            # listens, since nothing watches over the process meanwhile.
            if not self._wishes or (busy and self._wishes[0].sha256 not in self._open):
                return None
            return self._wishes.popleft()

    def _failed(self, wish: Wish) -> None:
        """The process was no longer there when a wish was sent: it is sent to another, once."""
        reason = "painting it broke off; it is damaged, or made to do harm"
        if self._under_way or self._failed_once != wish:
            if not self._under_way:
                self._failed_once = wish
            with self._lock:
                self._wishes.appendleft(wish)
        else:
            self._bad[wish.sha256, wish.page] = reason
            self._deliver(wish, None, reason)
        self._restart(reason)

    def _begin(self, wish: Wish) -> None:
        assert self._memory is not None  # noqa: S101 - made before anything is sent
        if self._process is None:
            self._process = Process(painter.serve, (self._memory.name,))
            self._open.clear()
        if wish.sha256 not in self._open:
            data = self._source(wish.sha256)
            while len(self._open) >= _OPEN:
                oldest = next(iter(self._open))
                self._process.begin(_Errand(("close", oldest), 0))
                del self._open[oldest]
            self._process.begin(_Errand(("open", wish.sha256, data), 2 * len(data)))
            self._open[wish.sha256] = len(data)
        else:
            self._open[wish.sha256] = self._open.pop(wish.sha256)
        free = {*range(SLOTS)} - {each.slot for each in self._under_way}
        slot = free.pop()
        request = (
            "paint", slot, wish.sha256, wish.page, wish.width, wish.height, wish.clip, slot,
        )  # fmt: skip
        weight = 2 * sum(self._open.values()) + SLOT * SLOTS
        errand = _Errand(request, weight, wish=wish, slot=slot)
        self._process.begin(errand)
        self._under_way.append(errand)

    def _listen(self) -> None:
        process = self._process
        sources: list[Any] = [self._bell]
        if process is not None:
            sources.append(process.connection)
        # With nothing under way there is nothing to watch: the thread sleeps until it is rung.
        ready = wait(sources, LOOK if self._under_way else None)
        if self._bell in ready:
            with self._lock:
                self._bell.recv_bytes()
                self._rung = False
        if process is None:
            return
        if process.connection in ready:
            try:
                while process.connection.poll():
                    self._take(process, process.connection.recv())
            except (EOFError, OSError):
                self._restart("painting it broke off; it is damaged, or made to do harm")
                return
        if self._under_way:
            reason = process.beyond()
            if reason is not None:
                self._restart(reason.replace("to read", "to paint"))

    def _take(self, process: Process, message: tuple[Any, ...]) -> None:
        what, slot, *rest = message
        process.sign_of_life()
        errand = next(each for each in self._under_way if each.slot == slot)
        wish = errand.wish
        assert wish is not None and self._memory is not None  # noqa: S101, PT018 - it was painted
        if what == "painted":
            size = 4 * wish.clip[2] * wish.clip[3]
            pixels = self._memory.buf[slot * SLOT : slot * SLOT + size]  # type: ignore[index]
            try:
                self._deliver(wish, pixels, "")
            finally:
                pixels.release()
        else:
            reason = rest[0]
            if what == "fault":
                _log.error("Painting a page failed\n%s", reason)
                reason = "this program made a mistake, which was logged"
            self._bad[wish.sha256, wish.page] = reason
            self._deliver(wish, None, reason)
        self._under_way.remove(errand)

    def _restart(self, reason: str) -> None:
        """The process had to be ended: the page it was at is not tried again, others are."""
        if self._process is not None:
            self._process.end()
            self._process = None
        if self._under_way:
            wish = self._under_way.popleft().wish
            assert wish is not None  # noqa: S101 - only wishes are under way
            self._bad[wish.sha256, wish.page] = reason
            self._deliver(wish, None, reason)
        with self._lock:
            again = [each.wish for each in self._under_way if each.wish is not None]
            self._wishes.extendleft(reversed(again))
        self._under_way.clear()
