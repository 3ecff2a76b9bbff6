"""Bitmaps of pages, painted in a watched process of their own behind a queue of what is in view.

The same process answers questions about documents: where a file leads is as untrusted as how it
looks.
"""

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
from pathlib import Path
from typing import Any, overload

from cambs_evidence.documents import painter
from cambs_evidence.documents.painter import SLOT, SLOTS
from cambs_evidence.documents.watched import FAULT, LOOK, Process
from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Heading, PageLink

_log = logging.getLogger(__name__)

#: Pixels of the largest bitmap; what is larger is asked for in pieces.
LARGEST = SLOT // 4
#: Documents the process keeps open.
_OPEN = 4
#: Bitmaps that are painted at most before a question that waits gets its turn.
_BEFORE = 4

_BROKEN = "painting it broke off; it is damaged, or made to do harm"


@dataclass(frozen=True, slots=True)
class Wish:
    """A bitmap of a page, or of a piece of it.

    ``width`` and ``height`` are of the whole page as it is shown, in pixels, ``clip`` is the piece
    of it: left, top, width and height, at most :data:`LARGEST` pixels. ``turn`` are the clockwise
    degrees, 0, 90, 180 or 270, by which it is shown turned beyond what the file says; ``night``
    turns light into dark and keeps the colours.
    """

    sha256: str
    page: int
    width: int
    height: int
    clip: tuple[int, int, int, int]
    turn: int = 0
    night: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """Asks for the contents that a document has in its file."""

    sha256: str


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Asks for the links on a page (0-based)."""

    sha256: str
    page: int


#: Called with a wish and its pixels (BGRx, rows without gaps, valid during the call only), or with
#: a wish, None and the reason why it cannot be painted; in the renderer's own thread.
Deliver = Callable[[Wish, memoryview | None, str], None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, who is told the answer, and after how many times of forgetting it was asked."""

    question: Outline | PageLinks
    answer: Callable[[list[Any]], None]
    era: int

    @property
    def sha256(self) -> str:
        return self.question.sha256


@dataclass(slots=True)
class _Errand:
    """One thing under way; what the watch over the process asks of a job."""

    request: tuple[Any, ...]
    weight: int
    pages: int = 0
    wanted: Wish | _Asked | None = None
    slot: int = 0
    ended: bool = field(default=False)

    def take(self, message: tuple[Any, ...]) -> None:
        """Messages are taken in by the renderer itself."""

    def fail(self, reason: str) -> None:
        """Failures are told by the renderer itself."""


class Renderer:
    """Paints what is wished for, the most wanted first, and answers what is asked.

    Args:
        source: the PDF with a given SHA-256, or the file that it lies in; called in the renderer's
            own thread.
        deliver: is given each bitmap.
        begun: is told of each bitmap that is being painted from now on, in the renderer's own
            thread, which has nothing else to do meanwhile. What was begun is delivered, or wished
            for and begun anew, or no longer wanted.
        rested: is told in the renderer's own thread, once for each time, that it has nothing to do.
    """

    def __init__(
        self,
        source: Callable[[str], bytes | Path],
        deliver: Deliver,
        begun: Callable[[Wish], None] = lambda _: None,
        rested: Callable[[], None] = lambda: None,
    ) -> None:
        self._source = source
        self._deliver = deliver
        self._begun = begun
        self._rested = rested
        self._wishes: deque[Wish] = deque()
        self._questions: deque[_Asked] = deque()
        self._left: deque[str] = deque()
        self._painted = 0  # bitmaps begun while questions wait
        self._era = 0
        self._lock = threading.Lock()
        self._closing = False
        self._bell, self._wake = Pipe(duplex=False)
        self._rung = False
        self._memory: SharedMemory | None = None
        self._process: Process | None = None
        self._open: dict[str, int] = {}
        self._under_way: deque[_Errand] = deque()
        self._bad: dict[tuple[str, int] | Outline | PageLinks, str] = {}
        self._failed_once: Wish | _Asked | None = None
        self._thread = threading.Thread(target=self._run, name="renderer", daemon=True)
        self._thread.start()

    def wish(self, wishes: Sequence[Wish]) -> None:
        """Says what is wanted now, the most wanted first; what was wished for before is dropped."""
        with self._lock:
            self._wishes = deque(wishes)
        self._ring()

    @overload
    def ask(self, question: Outline, answer: Callable[[list[Heading]], None]) -> None: ...
    @overload
    def ask(self, question: PageLinks, answer: Callable[[list[PageLink]], None]) -> None: ...
    def ask(self, question: Outline | PageLinks, answer: Callable[[list[Any]], None]) -> None:
        """Has a question answered, once what is in view is painted or has had its turn.

        ``answer`` is called in the renderer's own thread, with an empty list where the document or
        the page cannot be read. Questions are answered in the order they were asked.
        """
        with self._lock:
            self._questions.append(_Asked(question, answer, self._era))
        self._ring()

    def forget(self) -> None:
        """Drops all questions that were asked: none of them is answered any more."""
        with self._lock:
            self._era += 1
            self._questions.clear()

    def let_go(self, sha256: str) -> None:
        """Has the process close a document, of which nothing is wanted any more."""
        with self._lock:
            self._wishes = deque(each for each in self._wishes if each.sha256 != sha256)
            self._left.append(sha256)
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
                if not self._under_way:
                    self._rested()
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
        self._leave()
        while len(self._under_way) < SLOTS:
            wanted = self._next()
            if wanted is None:
                return
            reason = self._why_not(wanted)
            if reason is not None:
                self._refuse(wanted, reason)
                continue
            try:
                self._begin(wanted)
            except EvidenceError as error:  # its document cannot be read out of the case
                self._give_up(wanted, error.reason.rstrip("."))
            except OSError:
                self._failed(wanted)

    def _leave(self) -> None:
        """Closes documents that were let go of; one that something is under way of waits."""
        busy = {each.wanted.sha256 for each in self._under_way if each.wanted is not None}
        with self._lock:
            left = [each for each in self._left if each not in busy]
            self._left = deque(each for each in self._left if each in busy)
        for sha256 in left:
            if self._process is not None and self._open.pop(sha256, None) is not None:
                with contextlib.suppress(OSError):  # it has ended: so has what it had open
                    self._process.begin(_Errand(("close", sha256), self._weight()))

    def _next(self) -> Wish | _Asked | None:
        """Takes the most wanted of what can be begun now: bitmaps, and questions in their turn."""
        busy = {each.wanted for each in self._under_way}
        with self._lock:
            while self._wishes and self._wishes[0] in busy:
                self._wishes.popleft()
            asking = bool(self._questions) and (not self._wishes or self._painted >= _BEFORE)
            queue: deque[Any] = self._questions if asking else self._wishes
            # A document is more than a pipe holds: it is handed over only to a process that
            # listens, since nothing watches over the process meanwhile.
            if not queue or (busy and queue[0].sha256 not in self._open):
                return None
            self._painted = 0 if asking or not self._questions else self._painted + 1
            wanted: Wish | _Asked = queue.popleft()
            return wanted

    def _why_not(self, wanted: Wish | _Asked) -> str | None:
        """The reason why something is not tried again; a page that broke off is not asked about."""
        if isinstance(wanted, Wish):
            return self._bad.get((wanted.sha256, wanted.page))
        question = wanted.question
        reason = self._bad.get(question)
        if reason is None and isinstance(question, PageLinks):
            reason = self._bad.get((question.sha256, question.page))
        return reason

    def _give_up(self, wanted: Wish | _Asked, reason: str) -> None:
        """Something cannot be had, now or later."""
        if isinstance(wanted, Wish):
            self._bad[wanted.sha256, wanted.page] = reason
        else:
            self._bad[wanted.question] = reason
        self._refuse(wanted, reason)

    def _refuse(self, wanted: Wish | _Asked, reason: str) -> None:
        if isinstance(wanted, Wish):
            self._deliver(wanted, None, reason)
        else:
            self._answer(wanted, [])

    def _answer(self, asked: _Asked, result: list[Any]) -> None:
        if asked.era != self._era:
            return
        try:
            asked.answer(result)
        except Exception:  # noqa: BLE001 - a bug of who asked: pages are painted all the same
            _log.exception("An answer about a document could not be taken in")

    def _again(self, wanted: Wish | _Asked) -> None:
        """Puts something back to where it was taken from."""
        with self._lock:
            queue: deque[Any] = self._wishes if isinstance(wanted, Wish) else self._questions
            queue.appendleft(wanted)

    def _failed(self, wanted: Wish | _Asked) -> None:
        """The process was no longer there when something was sent: it is sent to another, once."""
        if self._under_way or self._failed_once != wanted:
            if not self._under_way:
                self._failed_once = wanted
            self._again(wanted)
        else:
            self._give_up(wanted, _BROKEN)
        self._restart(_BROKEN)

    def _begin(self, wanted: Wish | _Asked) -> None:
        assert self._memory is not None  # noqa: S101 - made before anything is sent
        if self._process is None:
            self._process = Process(painter.serve, (self._memory.name,))
            self._open.clear()
        self._have_open(self._process, wanted.sha256)
        free = {*range(SLOTS)} - {each.slot for each in self._under_way}
        slot = free.pop()
        errand = _Errand(_request(slot, wanted), self._weight(), wanted=wanted, slot=slot)
        self._process.begin(errand)
        self._under_way.append(errand)
        if isinstance(wanted, Wish):
            self._begun(wanted)

    def _weight(self) -> int:
        """Bytes that the process may hold because of what it was given."""
        return 2 * sum(self._open.values()) + SLOT * SLOTS

    def _have_open(self, process: Process, sha256: str) -> None:
        if sha256 in self._open:
            self._open[sha256] = self._open.pop(sha256)
            return
        data = self._source(sha256)
        while len(self._open) >= _OPEN:
            oldest = next(iter(self._open))
            process.begin(_Errand(("close", oldest), 0))
            del self._open[oldest]
        size = data.stat().st_size if isinstance(data, Path) else len(data)
        process.begin(_Errand(("open", sha256, data), 2 * size))
        self._open[sha256] = size

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
                self._restart(_BROKEN)
                return
        if self._under_way:
            reason = process.beyond()
            if reason is not None:
                self._restart(reason.replace("to read", "to paint"))

    def _take(self, process: Process, message: tuple[Any, ...]) -> None:
        what, slot, *rest = message
        process.sign_of_life()
        errand = next(each for each in self._under_way if each.slot == slot)
        wanted = errand.wanted
        if what == "fault":
            _log.error("Painting a page or reading where it leads failed\n%s", rest[0])
        if what == "answered" and isinstance(wanted, _Asked):
            self._answer(wanted, rest[0])
        elif what == "painted" and isinstance(wanted, Wish):
            self._hand_over(wanted, slot)
        elif wanted is not None:
            fault = FAULT
            self._give_up(wanted, fault if what == "fault" else rest[0])
        self._under_way.remove(errand)

    def _hand_over(self, wish: Wish, slot: int) -> None:
        assert self._memory is not None  # noqa: S101 - it was painted into it
        size = 4 * wish.clip[2] * wish.clip[3]
        pixels = self._memory.buf[slot * SLOT : slot * SLOT + size]  # type: ignore[index]
        try:
            self._deliver(wish, pixels, "")
        finally:
            pixels.release()

    def _restart(self, reason: str) -> None:
        """The process had to be ended: what it was at is not tried again, the rest is."""
        if self._process is not None:
            self._process.end()
            self._process = None
        if self._under_way:
            wanted = self._under_way.popleft().wanted
            assert wanted is not None  # noqa: S101 - only what is wanted is under way
            self._give_up(wanted, reason)
        for each in reversed(self._under_way):
            if each.wanted is not None:
                self._again(each.wanted)
        self._under_way.clear()


def _request(slot: int, wanted: Wish | _Asked) -> tuple[Any, ...]:
    """What is sent for something that is wanted."""
    if isinstance(wanted, Wish):
        return (
            "paint", slot, wanted.sha256, wanted.page, wanted.width, wanted.height, wanted.clip,
            wanted.turn, wanted.night,
        )  # fmt: skip
    question = wanted.question
    if isinstance(question, Outline):
        return ("outline", slot, question.sha256)
    return ("links", slot, question.sha256, question.page)
