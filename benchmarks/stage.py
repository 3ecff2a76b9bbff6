"""The window on a case, drawn into memory, and how its loop is watched."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QWidget

from benchmarks import invented

#: Width and height of the window, in logical pixels.
_SIZE = 1400, 900
#: Milliseconds between two ticks of the timer that watches a loop.
_TICK = 2
#: Seconds after which something is not waited for any longer.
_LONGEST = 300


class Window:
    """The program's window on a copy of a case with some files and links, offscreen."""

    def __init__(
        self,
        files: list[Path],
        links: int = 0,
        cap: int | None = None,
        case: Path | None = None,
    ) -> None:
        """``cap`` are the bytes of bitmaps kept at most, as many as usual unless told.

        ``case`` is a case that is made already, in place of one with files and links.
        """
        self._files, self._links, self._cap, self._made = tuple(files), links, cap, case

    def __enter__(self) -> tuple[Any, Path]:
        from ui.app import make_application
        from ui.main_window import MainWindow
        from ui.theme import Theme

        qInstallMessageHandler(lambda *_: None)  # what a window without a screen says of itself
        self._home = tempfile.TemporaryDirectory()
        folder = Path(self._home.name)
        at_home(self._home.name)
        path = folder / "case.cambs"
        shutil.copyfile(self._made or case_with(self._files, self._links), path)
        window = self._window = MainWindow(Theme(make_application()))
        window.asks = False
        if self._cap is not None:
            window.desk.cap = self._cap
        window.resize(*_SIZE)
        window.show()
        window.open_case(path)
        until(lambda: window.session is not None and shown(window.reader.pages))
        until(lambda: window.session.whole and window.evidence.settled)
        return window, folder

    def __exit__(self, *_: object) -> None:
        self._window.close()
        self._window.deleteLater()
        QEventLoop().processEvents()
        self._home.cleanup()


def shown(pages: Any) -> bool:
    """True once a view's document can be read: all in view is painted and its text is there."""
    return pages.document is not None and pages.selection.text is not None and pages.painted


def show(window: Any, document: Any) -> None:
    """Shows a document in the window, and waits until it can be read."""
    window.show_document(document)
    pages = window.reader.pages
    until(lambda: pages.document is not None and pages.document.id == document.id and shown(pages))


@cache
def _home() -> tempfile.TemporaryDirectory[str]:
    """Where cases lie until the program ends."""
    return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


def home() -> str:
    """A folder for what is made once."""
    return _home().name


@cache
def long_document() -> Path:
    """A document of a thousand pages, typeset once."""
    return invented.long_document(Path(_home().name) / "annual-account.pdf")


@cache
def case_with(files: tuple[Path, ...], links: int) -> Path:
    """A case with some files and links, made once."""
    from cambs_evidence.case import Case

    path = Path(tempfile.mkdtemp(dir=_home().name)) / "case.cambs"
    with Case.create(path, by="benchmark") as case:
        list(case.import_files(list(files)))
        if links:
            _tag_evenly(case, links)
    return path


def _tag_evenly(case: Any, count: int) -> None:
    """Tags passages of two lines, as many on each page of all documents."""
    from cambs_evidence.model import Place, Polarity

    codes = [each.code for section in case.framework().sections for each in section.criteria]
    documents = case.documents()
    whole = sum(each.pages for each in documents)
    done = 0
    for document in documents:
        text = case.text(document)
        for layer in text.pages:
            share = round(count * (layer.index + 1) / whole) - round(count * layer.index / whole)
            start, end = layer.body
            with case.together():
                for part in range(share):
                    at = start + (end - start - 200) * part // max(share, 1)
                    if at < start or not layer.text[at : at + 180].strip():
                        break
                    anchor = text.anchor(Place(((layer.index, at, at + 180),)))
                    target = case.target(codes[done % len(codes)])
                    polarity = list(Polarity)[done % 3]
                    case.tag_anchor(document, anchor, target, polarity, note="As read.")
                    done += 1


def copies(files: list[Path], folder: Path) -> list[Path]:
    """The same files with other bytes, so that they are taken in again."""
    made = []
    for path in files:
        copy = folder / f"again-{random.randrange(10**9)}-{path.name}"  # noqa: S311
        copy.write_bytes(path.read_bytes() + f"\n% {random.random()}\n".encode())  # noqa: S311
        made.append(copy)
    return made


def at_home(home: str) -> None:
    """Settings and memory lie in a folder from here on."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        os.environ[name] = home


# --- waiting ---------------------------------------------------------------------------------


def until(ready: Callable[[], bool]) -> None:
    """Runs the loop as the program does, which sleeps while there is nothing to do."""
    wait = QEventLoop()
    look = _precise(5, lambda: wait.quit() if ready() else None)
    late = _late(wait)
    if not ready():
        wait.exec()
    look.stop()
    late.stop()
    if not ready():
        sys.exit("The window did not get there.")


def signalled(begin: Callable[[], object], signal: Any) -> float:
    """Seconds from the beginning of something to a signal, in the running loop."""
    wait = QEventLoop()
    signal.connect(wait.quit)
    started = time.perf_counter()
    begin()
    wait.exec()
    taken = time.perf_counter() - started
    signal.disconnect(wait.quit)
    return taken


def _late(wait: QEventLoop) -> QTimer:
    """Ends a wait that takes too long."""
    timer = QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(wait.quit)
    timer.start(_LONGEST * 1000)
    return timer


def rest(milliseconds: int) -> None:
    """Runs the loop for a while."""
    wait = QEventLoop()
    QTimer.singleShot(milliseconds, wait.quit)
    wait.exec()


class Painted(QObject):
    """Notices when a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._seen: Callable[[], object] = lambda: None
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802
        """Lets all pass."""
        if event.type() is QEvent.Type.Paint:
            self._seen()  # the loop goes on to its end first: the painting counts too
        return False

    def seconds(self, act: Callable[[], object], ready: Callable[[], bool] = lambda: True) -> float:
        """Seconds from doing something until it has been painted, and something is so."""
        wait = QEventLoop()
        late = _late(wait)
        self._seen = lambda: wait.quit() if ready() else None
        begun = time.perf_counter()
        act()
        wait.exec()
        taken = time.perf_counter() - begun
        self._seen = lambda: None
        if not late.isActive():
            sys.exit("It was never painted.")
        return taken


@contextmanager
def every(milliseconds: int, act: Callable[[], object]) -> Iterator[None]:
    """Does something again and again meanwhile, in the running loop."""
    timer = _precise(milliseconds, act)
    yield
    timer.stop()


def _precise(milliseconds: int, act: Callable[[], object]) -> QTimer:
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(act)
    timer.start(milliseconds)
    return timer


def watched(ready: Callable[[], bool]) -> tuple[float, float]:
    """How long the loop is held until something is so, told by a timer in it.

    Milliseconds between two ticks: the 99th of 100, and the most.
    """
    return watched_closely(ready)[0]


def watched_closely(ready: Callable[[], bool]) -> tuple[tuple[float, float], float]:
    """As :func:`watched`, and the most that the loop's own thread worked between two ticks.

    Others who use the processor at the same time add to the first, and not to that.
    """
    gaps: list[float] = []
    own: list[float] = []
    last, busy = time.perf_counter(), time.thread_time()

    def tick() -> None:
        nonlocal last, busy
        now, used = time.perf_counter(), time.thread_time()
        gaps.append(now - last)
        own.append(used - busy)
        last, busy = now, used

    with every(_TICK, tick):
        until(ready)
    return (of_100(gaps, 99) * 1000, max(gaps) * 1000), max(own) * 1000


def idle(seconds: float = 3) -> tuple[float, float]:
    """How long the loop is held while there is nothing to do, as :func:`watched`."""
    end = time.perf_counter() + seconds
    return watched(lambda: time.perf_counter() > end)


# --- telling ---------------------------------------------------------------------------------


def of_100(figures: list[float], which: int) -> float:
    """The figure that so many of 100 do not exceed."""
    return statistics.quantiles(figures, n=100, method="inclusive")[which - 1]


def beyond(what: str, ours: float, theirs: float, unit: str, against: str) -> str:
    """A line of the table: a figure, its reference, and how much more it is."""
    places = 3 if unit == "s" else 1
    more = f"{ours - theirs:+.{places}f}"
    figures = f"{ours:>8.{places}f} {unit:<2}{theirs:>9.{places}f} {unit:<2}{more:>9}"
    return f"{what:<34}{figures}   beyond {against}"


def held(what: str, busy: tuple[float, float], still: tuple[float, float]) -> Iterator[str]:
    """The lines that say how long a loop was held, against the same loop idle."""
    yield beyond(f"{what}, 99th of 100", busy[0], still[0], "ms", "the same loop idle (≤ 16 more)")
    yield beyond(f"{what}, at most", busy[1], still[1], "ms", "the same loop idle (≤ 50 in all)")


def alone(what: str, figure: float, unit: str, aim: str) -> str:
    """A line of the table: a figure by itself."""
    return f"{what:<34}{figure:>8.1f} {unit:<2}{'':>21}   {aim}"
