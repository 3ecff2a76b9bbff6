"""Work on untrusted bytes, in processes that are watched and ended when they go too far."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Protocol, Self, TypeVar

import psutil

_log = logging.getLogger(__name__)

#: Memory a process and its children may hold, in bytes.
MEMORY = 1024**3
#: Bytes that another program may hold beside a process that has it work on a document.
ELSEWHERE = 1024**3
#: CPU seconds a process may use without a sign of progress.
PATIENCE = 20.0
#: Seconds of any kind without a sign of progress: a busy computer may leave it little time.
LONGEST_SILENCE = 240.0
#: CPU seconds for a whole job: a beginning and so much for each page.
BEGINNING, EACH_PAGE = 30.0, 0.5
#: Seconds between looks at the processes.
LOOK = 0.1
#: Seconds between looks at the children that a process may have.
CHILDREN = 2.0


class Job(Protocol):
    """One piece of work: what is sent, and what is done with what comes back."""

    @property
    def request(self) -> tuple[Any, ...]:
        """What is sent to the process."""

    @property
    def weight(self) -> int:
        """Bytes that the process holds because it was given them."""

    @property
    def pages(self) -> int:
        """Pages to be worked on, 0 while not known."""

    @property
    def ended(self) -> bool:
        """True when nothing more is to come."""

    def take(self, message: tuple[Any, ...]) -> None:
        """Takes in one message of the process."""

    def fail(self, reason: str) -> None:
        """The process had to be ended, or ended by itself."""


_J = TypeVar("_J", bound=Job)

#: Why there is no answer, where the process was at fault itself.
FAULT = "this program made a mistake, which was logged"


@dataclass(slots=True)
class Asked:
    """A job of one request, and what came of it.

    The process ends with ``("done",)`` or ``("done", result)``, ``("unread", reason)`` or
    ``("fault", kind, trace)``. ``trouble`` is the reason why there is no whole answer.
    """

    request: tuple[Any, ...]
    weight: int
    pages: int
    result: Any = field(default=None, kw_only=True)
    trouble: str | None = field(default=None, kw_only=True)
    done: bool = field(default=False, kw_only=True)

    @property
    def ended(self) -> bool:
        """True when nothing more is to come."""
        return self.done

    def take(self, message: tuple[Any, ...]) -> None:
        """Takes in one message of the process."""
        what, *rest = message
        if what == "done":
            self.result, self.done = rest[0] if rest else None, True
        elif what == "unread":
            self.fail(rest[0])
        elif what == "fault":
            _log.error("What was asked for with “%s” failed with %s\n%s", self.request[0], *rest)
            self.fail(FAULT)
        else:
            self.hear(message)

    def hear(self, message: tuple[Any, ...]) -> None:
        """Takes in a part of the answer; all else is a sign of life."""

    def fail(self, reason: str) -> None:
        """The process had to be ended, or could not read what it was given."""
        self.trouble, self.done = reason, True


class Process:
    """One process that is watched; ``serve`` is called in it as :class:`Pool` says."""

    def __init__(self, serve: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=serve, args=(theirs, *arguments), daemon=True
        )
        self.process.start()
        theirs.close()
        self._watched = psutil.Process(self.process.pid)
        self.job: Any = None
        self._cpu_at_begin = self._cpu_at_sign = 0.0
        self._sign = self._children_seen = time.monotonic()
        self._children_memory = 0

    def begin(self, job: Job) -> None:
        """Sends a job; raises OSError where the process is no longer there."""
        self.job = job
        self._cpu_at_begin = self._cpu_at_sign = self._cpu()
        self._sign = time.monotonic()
        self.connection.send(job.request)

    def sign_of_life(self) -> None:
        """It has said something: the time it may take without a word begins anew."""
        self._sign = time.monotonic()
        self._cpu_at_sign = self._cpu()

    def _cpu(self) -> float:
        with contextlib.suppress(psutil.Error):
            times = self._watched.cpu_times()
            return float(times.user + times.system)
        return 0.0

    def _memory_of_children(self) -> int:
        """Bytes that its children hold; looked at now and then, since all processes are listed."""
        now = time.monotonic()
        if now - self._children_seen > CHILDREN:
            self._children_seen = now
            children = self._watched.children(recursive=True)
            self._children_memory = sum(child.memory_info().rss for child in children)
        return self._children_memory

    def beyond(self) -> str | None:
        """The reason why the process must be ended, or None."""
        try:
            memory = self._watched.memory_info().rss + self._memory_of_children()
        except psutil.Error:
            return None
        if memory > MEMORY + self.job.weight:
            return "it needs more memory than a file may take; it may have been made to do harm"
        cpu = self._cpu()
        allowed = BEGINNING + EACH_PAGE * self.job.pages
        if cpu - self._cpu_at_sign > PATIENCE or cpu - self._cpu_at_begin > allowed:
            return "it takes too long to read; it may be damaged or made to do harm"
        if time.monotonic() - self._sign > LONGEST_SILENCE:
            return "reading it did not get on; try again, or open it in another program first"
        return None

    def end(self) -> None:
        """Ends the process with its children."""
        with contextlib.suppress(psutil.Error):
            for child in self._watched.children(recursive=True):
                child.kill()
        self.process.kill()
        self.process.join(5)
        self.connection.close()


class Pool(Generic[_J]):
    """At most ``count`` processes that do one job after the other.

    ``serve`` is called in each with a connection and ``arguments``; it receives requests and sends
    messages until the other end is closed.
    """

    def __init__(
        self, serve: Callable[..., None], arguments: tuple[Any, ...] = (), count: int = 2
    ) -> None:
        self._serve = serve
        self._arguments = arguments
        self._count = count
        self._idle: list[Process] = []
        self._busy: list[Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in [*self._idle, *self._busy]:
            each.end()

    def run(self, jobs: Sequence[_J]) -> Iterator[_J | None]:
        """Yields each job as it ends, in any order, and None while waiting."""
        waiting = list(reversed(jobs))
        while waiting or self._busy:
            while waiting and len(self._busy) < self._count:
                self._busy.append(self._begun(waiting.pop()))
            ready = wait([each.connection for each in self._busy], LOOK)
            for each in list(self._busy):
                if self._look(each, each.connection in ready):
                    yield each.job
            yield None

    def _begun(self, job: _J) -> Process:
        """A process that has a job in hand; one that died while it was idle is replaced."""
        while self._idle:
            one = self._idle.pop()
            if one.process.is_alive():
                try:
                    one.begin(job)
                except OSError:
                    pass  # it has just died
                else:
                    return one
            one.end()
        fresh = Process(self._serve, self._arguments)
        fresh.begin(job)
        return fresh

    def _look(self, each: Process, ready: bool) -> bool:
        """Takes in what a process has sent; True when its job has ended."""
        job = each.job
        broken = False
        # Asked before its messages are read: what it said before it died still counts.
        dead = not each.process.is_alive()
        if ready or dead:
            try:
                while not job.ended and each.connection.poll():
                    job.take(each.connection.recv())
                    each.sign_of_life()
            except (EOFError, OSError):
                broken = True
        if job.ended:
            self._busy.remove(each)
            self._idle.append(each)
            return True
        reason = each.beyond()
        if broken or dead:
            reason = "reading it broke off; it is damaged, or made to do harm"
        if reason is None:
            return False
        job.fail(reason)
        self._busy.remove(each)
        each.end()
        return True


def serve(connection: Connection, handle: Callable[..., None]) -> None:
    """The loop of a process: calls ``handle(connection, *request)`` until the end is closed."""
    while True:
        try:
            request = connection.recv()
        except (EOFError, OSError):
            return
        handle(connection, *request)
