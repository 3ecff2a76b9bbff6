"""Work that is heavy in Python, in a process of its own, so that a window stays alive.

One busy thread of Python holds up the painting of a window; a process holds up nothing. What is
worked on in one is named and opened there anew: nothing open crosses over, only what can be
pickled.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from enum import IntEnum
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, ParamSpec, TypeVar

import psutil

from cambs_evidence.errors import EvidenceError

_log = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")

#: Seconds after which a waiting caller is given None, so that it can stop.
LOOK = 0.05
#: Seconds in which a process that is to stop can clean up, before it is killed.
GRACE = 5.0
#: The same for one that stands ready: whoever waits wants it for something else by now.
SHORT_GRACE = 1.0
#: Bytes from which a process that stands ready is let go of once its work is done.
LARGE = 400 * 1024**2


class Behind(IntEnum):
    """How far a process steps back, as Unix counts it.

    What a window paints with goes first, then what a person waits for, last the taking in of
    documents, beside which people go on working.
    """

    PAINTING = 5
    WORK = 10
    READING = 19


class Fault(RuntimeError):
    """A mistake of this program in another process; its traceback was logged."""


def run(
    work: Callable[_P, Iterator[_T]], *args: _P.args, **kwargs: _P.kwargs
) -> Generator[_T | None, None, None]:
    """Iterates ``work(*args, **kwargs)`` in another process; yields its items, and None meanwhile.

    ``work`` is a generator function at the top of its module; it may start processes itself.
    Closing the generator closes that of the work, which cleans up in its ``finally``; what does
    not end in time is killed, with the processes it started. Raises the EvidenceError that the
    work raised, one with the code ``broken-off`` where its process died, and Fault where it made
    a mistake.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    # No daemon: those may not start processes of their own.
    process = context.Process(target=_serve, args=(theirs, work, args, kwargs), daemon=False)
    # Python waits for such processes when it exits, and this one for the end of the pipe.
    atexit.register(ours.close)
    try:
        try:
            process.start()
        finally:
            theirs.close()
        yield from _heard(ours, getattr(work, "__name__", str(work)))
    finally:
        atexit.unregister(ours.close)
        _end(process, ours)


class Workbench:
    """A process that stands ready for one piece of work after the other.

    What the first one had to import is there for the next, which so begins at once. The work is as
    for :func:`run`, but must leave nothing behind: it is killed where it does not stop soon.
    """

    def __init__(self) -> None:
        self._one = threading.Lock()
        self._process: BaseProcess | None = None
        self._ours: Connection | None = None
        self._closed = False

    def run(
        self, work: Callable[_P, Iterator[_T]], *args: _P.args, **kwargs: _P.kwargs
    ) -> Generator[_T | None, None, None]:
        """Iterates ``work(*args, **kwargs)`` there, as :func:`run` does.

        One piece of work goes on at a time: another begins when the one before has ended.
        """
        with self._one:
            if self._is_closed():
                return
            connection, ready = self._begin(), False
            try:
                connection.send((work, args, kwargs))
                for each in _heard(connection, getattr(work, "__name__", str(work))):
                    if self._is_closed():  # another thread did so
                        return
                    yield each
                ready = True
            except (EvidenceError, Fault) as error:
                ready = getattr(error, "code", "") != "broken-off"
                raise
            finally:
                if not (ready or self._stopped(connection)) or self._is_large():
                    self._let_go()

    def close(self) -> None:
        """Ends the process, and with it what is worked on; nothing more is begun."""
        self._closed = True
        with self._one:
            self._let_go()

    def _is_closed(self) -> bool:
        return self._closed

    def _begin(self) -> Connection:
        if self._process is None or self._ours is None or not self._process.is_alive():
            self._let_go()
            context = multiprocessing.get_context("spawn")
            self._ours, theirs = context.Pipe()
            self._process = context.Process(target=_stand_ready, args=(theirs,), daemon=False)
            atexit.register(self._ours.close)
            try:
                self._process.start()
            finally:
                theirs.close()
        return self._ours

    def _stopped(self, connection: Connection) -> bool:
        """Has the work stop; True where the process is ready for more."""
        until = time.monotonic() + (0.0 if self._closed else SHORT_GRACE)
        with contextlib.suppress(EOFError, OSError):
            connection.send("stop")
            while time.monotonic() < until:
                if connection.poll(LOOK) and connection.recv()[0] in _LAST:
                    return True
        return False

    def _is_large(self) -> bool:
        with contextlib.suppress(psutil.Error, AttributeError):
            return bool(psutil.Process(self._process.pid).memory_info().rss > LARGE)  # type: ignore[union-attr]
        return True

    def _let_go(self) -> None:
        process, ours = self._process, self._ours
        self._process = self._ours = None
        if ours is not None:
            atexit.unregister(ours.close)
            ours.close()
        if process is not None:
            if process.pid is not None:
                _kill(process)
            process.close()


def _heard(connection: Connection, name: str) -> Iterator[Any]:
    """What the other process says, until it is done."""
    while True:
        if not connection.poll(LOOK):
            yield None
            continue
        try:
            what, *rest = connection.recv()
        except (EOFError, OSError) as error:
            raise EvidenceError(
                "The work was broken off, since the process that did it ended unexpectedly; "
                "try again.",
                code="broken-off",
            ) from error
        if what == "step":
            yield rest[0]
        elif what == "log":
            logger, level, words = rest
            logging.getLogger(logger).log(level, "%s", words)
        elif what == "refused":
            raise rest[0]
        elif what == "fault":
            _log.error("%s failed in a process of its own\n%s", name, rest[0])
            raise Fault(f"{name} failed in a process of its own; see the log")
        else:
            return


def _end(process: BaseProcess, connection: Connection) -> None:
    """Has the process stop and clean up; kills it with its children if it does not in time."""
    if process.pid is None:
        connection.close()
        return  # it never began
    until = time.monotonic() + GRACE
    try:
        with contextlib.suppress(EOFError, OSError):  # the pipe ends when the process is done
            connection.send("stop")
            while time.monotonic() < until:
                # What it still has to say is taken in, or it would wait for ever to be heard.
                if connection.poll(LOOK):
                    connection.recv_bytes()
        process.join(max(0.0, until - time.monotonic()))
    finally:
        _kill(process)
        connection.close()
        process.close()


def _kill(process: BaseProcess) -> None:
    if process.is_alive():
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    child.kill()
        process.kill()
    process.join()


# --- in the other process --------------------------------------------------------------------

#: What is said last of a piece of work.
_LAST = frozenset({"done", "stopped", "refused", "fault"})


class _Gone(Exception):
    """Nobody listens any more."""


class _Line:
    """The connection to whoever waits for the work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._one = threading.Lock()  # whatever thread of the work logs something

    def say(self, *message: Any) -> None:
        """Sends a message; raises _Gone, or whatever is wrong with pickling it."""
        with self._one:
            try:
                self._connection.send(message)
            except OSError as error:
                raise _Gone from error

    def is_to_stop(self) -> bool:
        """True when the other end said so, or is no more."""
        try:
            return self._connection.poll()
        except OSError:
            return True


class _ToParent(logging.Handler):
    """Faults are logged where the log is: in the process that began the work."""

    def __init__(self, line: _Line) -> None:
        super().__init__(logging.WARNING)
        self._line = line

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(_Gone):
            self._line.say("log", record.name, record.levelno, self.format(record))


def step_back(by: Behind = Behind.WORK) -> None:
    """Called in a process that works for a window, which goes first."""
    with contextlib.suppress(psutil.Error, OSError):
        own = psutil.Process()
        if not psutil.WINDOWS:
            own.nice(by)
        elif by is Behind.READING:
            own.nice(psutil.IDLE_PRIORITY_CLASS)
        else:
            own.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)


def _serve(
    connection: Connection,
    work: Callable[..., Iterator[Any]],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> None:
    line = _made_ready(connection)
    with contextlib.suppress(_Gone):
        _tell(line, work, args, kwargs)


def _stand_ready(connection: Connection) -> None:
    """Does one piece of work after the other, until nobody is there to ask for more."""
    line = _made_ready(connection)
    with contextlib.suppress(_Gone, EOFError, OSError):
        while True:
            message = connection.recv()
            if message != "stop":  # that may have come when the work was done already
                _tell(line, *message)


def _made_ready(connection: Connection) -> _Line:
    # Ctrl+C reaches every process of a terminal; the one that began the work decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    step_back()
    _be_silent()
    line = _Line(connection)
    logging.getLogger().addHandler(_ToParent(line))
    return line


def _tell(
    line: _Line,
    work: Callable[..., Iterator[Any]],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> None:
    """Carries the work out and says how it ended."""
    try:
        line.say("done" if _done(line, work(*args, **kwargs)) else "stopped")
    except EvidenceError as error:
        line.say("refused", error)
    except _Gone:
        raise
    except Exception:  # noqa: BLE001 - told to the parent, which logs it
        line.say("fault", traceback.format_exc())


def _done(line: _Line, steps: Iterator[Any]) -> bool:
    """Carries the work out; False where it was stopped."""
    try:
        for step in steps:
            line.say("step", step)
            if line.is_to_stop():
                return False
        return True
    finally:
        if isinstance(steps, Generator):
            steps.close()


def _be_silent() -> None:
    """What is printed by mistake, also by a library in C, must not mix with a result."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError):
        os.dup2(nowhere, 1)
    sys.stdout = open(nowhere, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for as long as it lives
