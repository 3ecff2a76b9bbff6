"""The window's measures, drawn into memory: differences to a named reference in the same run."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROUNDS = 5
#: Links of the case that is tagged in, and that is exported while documents are imported.
MANY, SOME = 10_000, 2_000

_EMPTY = """
import time
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1200, 800)
window.show()
application.processEvents()
print("shown", flush=True)
"""
_OURS = """
from ui.app import make_application
from ui.main_window import MainWindow
from ui.theme import Theme
application = make_application()
theme = Theme(application)
window = MainWindow(theme)
window.resize(1200, 800)
window.show()
application.processEvents()
print("shown", flush=True)
"""


def start(_: list[Path]) -> Iterator[str]:
    """From starting the program to a window that is shown."""
    with tempfile.TemporaryDirectory() as home:
        _at_home(home)

        def shown(code: str) -> float:
            begin = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", code],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            return time.perf_counter() - begin

        for code in (_EMPTY, _OURS):
            shown(code)  # what is read from disk is read once
        ours = theirs = float("inf")
        for _each in range(ROUNDS):
            theirs = min(theirs, shown(_EMPTY))
            ours = min(ours, shown(_OURS))
    yield _line("window shown", ours, theirs, "s", "an empty QMainWindow (≤ 0.6 more)")


def page(files: list[Path]) -> Iterator[str]:
    """From wishing for a page at 96 dots to the inch to having its bitmap in the window."""
    import pypdfium2

    from cambs_evidence.documents.rendering import LARGEST, Wish
    from ui.viewer.bitmaps import Bitmaps

    with _window(files) as (window, _):
        case = window.session.case
        bitmaps = Bitmaps(case)
        more, whole = [], []
        for document in case.documents():
            sha256 = document.rendition_sha256 or document.sha256
            pdf = pypdfium2.PdfDocument(case.page_bytes(document))
            pdf.init_forms()
            for number in range(min(len(pdf), 24)):
                width, height = (round(side * 96 / 72) for side in pdf.get_page_size(number))
                if width * height > LARGEST:
                    continue  # a poster: it is painted in pieces
                wish = Wish(sha256, number, width, height, (0, 0, width, height))
                # Each twice: the first time hands over the document and finds the fonts.
                plain = [_painted(pdf, number, width, height) for _each in range(2)][-1]
                ours = [_fulfilled(bitmaps, wish) for _each in range(2)][-1]
                more.append(ours - plain)
                whole.append(ours)
            pdf.close()
        bitmaps.close()
    middle = statistics.median(more) * 1000
    high, total = (statistics.quantiles(each, n=20)[-1] * 1000 for each in (more, whole))
    yield f"{'page into view, beyond raw PDFium':<44}{middle:>8.1f} ms   median (≤ 4)"
    yield f"{'':<44}{high:>8.1f} ms   95th of 100"
    yield f"{'page into view, as a whole':<44}{total:>8.1f} ms   95th of 100 (≤ 30)"


def _painted(pdf: Any, number: int, width: int, height: int) -> float:
    """Seconds that PDFium takes by itself for a bitmap."""
    from pypdfium2 import raw

    begin = time.perf_counter()
    handle = raw.FPDF_LoadPage(pdf.raw, number)
    bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGRx, None, 0)
    raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
    where = (bitmap, handle, 0, 0, width, height, 0, raw.FPDF_ANNOT)
    raw.FPDF_RenderPageBitmap(*where)
    if pdf.formenv is not None:
        raw.FPDF_FFLDraw(pdf.formenv.raw, *where)
    raw.FPDFBitmap_Destroy(bitmap)
    raw.FPDF_ClosePage(handle)
    return time.perf_counter() - begin


def _fulfilled(bitmaps: Any, wish: Any) -> float:
    """Seconds from a wish to its bitmap in the window."""
    bitmaps.forget(wish.sha256)
    bitmaps.wish(bitmaps, [])
    return _signalled(lambda: bitmaps.wish(bitmaps, [wish]), bitmaps.arrived)


def loop(files: list[Path]) -> Iterator[str]:
    """How long the window's thread is held while importing, exporting and scrolling at once."""
    from PySide6.QtCore import Qt, QTimer

    from cambs_evidence.model import PackOptions
    from ui.jobs import Job

    with _window(files, SOME) as (window, folder):
        pages = window.reader.pages
        gaps: list[float] = []
        last = [time.perf_counter()]

        def tick() -> None:
            now = time.perf_counter()
            gaps.append(now - last[0])
            last[0] = now

        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)

        def watched(until: Callable[[], bool]) -> tuple[float, float]:
            gaps.clear()
            last[0] = time.perf_counter()
            timer.start(2)
            _until(until)
            timer.stop()
            return statistics.quantiles(gaps, n=100)[-1] * 1000, max(gaps) * 1000

        end = time.perf_counter() + 3
        idle = watched(lambda: time.perf_counter() > end)
        jobs = []
        for name, make in (
            ("import", lambda: window.session.case.import_files(_copies(files, folder))),
            ("export", lambda: window.session.case.export_pack(
                folder / "pack.pdf", PackOptions(annex="none", date="2025-01-01"))),
        ):  # fmt: skip
            job = Job(name, make, window)
            jobs.append(job)
            job.start()
        bar = pages.verticalScrollBar()
        scroll = QTimer()
        scroll.timeout.connect(
            lambda: bar.setValue(0 if bar.value() == bar.maximum() else bar.value() + 60)
        )
        scroll.start(16)
        busy = watched(lambda: all(job.wait(0) for job in jobs))
        scroll.stop()
    yield _milliseconds("loop held, 99th of 100", busy[0], idle[0], "idle (≤ 16 more)")
    yield _milliseconds("loop held, at most", busy[1], idle[1], "idle (≤ 50 in all)")


def tag(files: list[Path]) -> Iterator[str]:
    """From Enter to the highlight on the page and the counts in the framework."""
    from cambs_evidence.model import Place, Polarity
    from ui import commands

    with _window(files, MANY) as (window, _):
        session, pages = window.session, window.reader.pages
        text = pages.selection.text
        took = []
        for number in range(20):
            start = text.pages[0].body[0] + 3 * number
            place = Place(((0, start, start + 40),))
            target = session.case.target("12.4")
            tag_it = partial(
                commands.tag, session, pages.document, place, [target], Polarity.NEUTRAL
            )
            taken = _signalled(tag_it, session.changed)
            begin = time.perf_counter()
            for view in (
                pages,
                window.framework.tree,
                window.evidence.table,
                window.documents.view,
            ):
                view.viewport().repaint()
            took.append(taken + time.perf_counter() - begin)
        middle, most = statistics.median(took) * 1000, max(took) * 1000
    yield f"{f'tag to screen with {MANY:,} links':<44}{middle:>8.1f} ms   median (≤ 50)"
    yield f"{'':<44}{most:>8.1f} ms   of 20 at most"


def frames(files: list[Path]) -> Iterator[str]:
    """Some thousands of painted frames of pages with highlights, without a fault."""
    count = 3000
    with _window(files, SOME) as (window, _):
        pages = window.reader.pages
        bar = pages.verticalScrollBar()
        begin = time.perf_counter()
        for number in range(count):
            bar.setValue(number * 37 % max(bar.maximum(), 1))
            pages.viewport().repaint()
        each = (time.perf_counter() - begin) / count * 1000
    yield f"{f'{count:,} frames painted':<44}{each:>8.2f} ms   each, none lost"


# --- how -------------------------------------------------------------------------------------


class _window:  # noqa: N801 - reads as the word it is used as
    """The window on a case with some files and links, offscreen."""

    def __init__(self, files: list[Path], links: int = 0) -> None:
        self._files, self._links = files, links

    def __enter__(self) -> tuple[Any, Path]:
        from PySide6.QtCore import qInstallMessageHandler

        from cambs_evidence.case import Case
        from ui.app import make_application
        from ui.main_window import MainWindow
        from ui.theme import Theme

        qInstallMessageHandler(lambda *_: None)  # what a window without a screen says of itself
        self._home = tempfile.TemporaryDirectory()
        folder = Path(self._home.name)
        _at_home(self._home.name)
        path = folder / "case.cambs"
        with Case.create(path, by="benchmark") as case:
            list(case.import_files(self._files))
            if self._links:
                _tag_evenly(case, self._links)
        self._window = MainWindow(Theme(make_application()))
        self._window.resize(1400, 900)
        self._window.show()
        self._window.open_case(path)
        pages = self._window.reader.pages
        _until(lambda: self._window.session is not None and pages.selection.text is not None)
        _until(lambda: pages.painted)
        return self._window, folder

    def __exit__(self, *_: object) -> None:
        self._window.close()
        self._window.deleteLater()
        self._home.cleanup()


def _at_home(home: str) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        os.environ[name] = home


def _until(ready: Callable[[], bool]) -> None:
    """Runs the loop as the program does, which sleeps while there is nothing to do."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    wait = QEventLoop()
    look = QTimer()
    look.setTimerType(Qt.TimerType.PreciseTimer)
    look.timeout.connect(lambda: wait.quit() if ready() else None)
    late = QTimer()
    late.setSingleShot(True)
    late.timeout.connect(wait.quit)
    look.start(5)
    late.start(300_000)
    if not ready():
        wait.exec()
    if not ready():
        sys.exit("The window did not get there.")


def _signalled(begin: Callable[[], object], signal: Any) -> float:
    """Seconds from the beginning of something to a signal, in the running loop."""
    from PySide6.QtCore import QEventLoop

    wait = QEventLoop()
    signal.connect(wait.quit)
    started = time.perf_counter()
    begin()
    wait.exec()
    taken = time.perf_counter() - started
    signal.disconnect(wait.quit)
    return taken


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
            for part in range(share):
                at = start + (end - start - 200) * part // max(share, 1)
                if at < start:
                    break
                anchor = text.anchor(Place(((layer.index, at, at + 180),)))
                target = case.target(codes[done % len(codes)])
                polarity = list(Polarity)[done % 3]
                case.tag_anchor(document, anchor, target, polarity, note="As read.")
                done += 1


def _copies(files: list[Path], folder: Path) -> list[Path]:
    """The same files with other bytes, so that they are taken in again."""
    made = []
    for path in files:
        copy = folder / f"again-{path.name}"
        copy.write_bytes(path.read_bytes() + f"\n% {random.random()}\n".encode())  # noqa: S311
        made.append(copy)
    return made


def _line(what: str, ours: float, theirs: float, unit: str, against: str) -> str:
    more = ours - theirs
    return f"{what:<34}{ours:>9.3f}{theirs:>11.3f}{more:>+9.3f} {unit} beyond {against}"


def _milliseconds(what: str, ours: float, theirs: float, against: str) -> str:
    return f"{what:<34}{ours:>7.1f} ms{theirs:>8.1f} ms{ours - theirs:>+8.1f}   against {against}"


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {
    "start": start,
    "page": page,
    "loop": loop,
    "window-tag": tag,
    "frames": frames,
}
