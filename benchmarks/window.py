"""The window's measures, drawn into memory: differences to a named reference in the same run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import stage

ROUNDS = 5
#: Pages of each document that are gone to, spread over it; seconds without a bitmap that are rest.
_PAGES, _QUIET = 8, 0.03
#: How often each is gone to; the smallest figure is the one least disturbed.
_TIMES = 4
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
        stage.at_home(home)

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
    yield stage.beyond("window shown", ours, theirs, "s", "an empty QMainWindow (≤ 0.6 more)")


def page(files: list[Path]) -> Iterator[str]:
    """From going to a page at 96 dots to the inch to having it painted in the window."""
    import pypdfium2

    from cambs_evidence.documents.rendering import LARGEST

    with stage.Window(files) as (window, _):
        pages, case = window.desk.pages, window.session.case
        pages.set_zoom(1.0)
        painted = stage.Painted(pages.viewport())
        plains: list[float] = []
        whole: list[float] = []
        for document in case.documents():
            stage.show(window, document)
            pdf = pypdfium2.PdfDocument(case.page_bytes(document))
            pdf.init_forms()
            for number in range(0, len(pdf), max(len(pdf) // _PAGES, 1)):
                wish = pages.whole_page(number)
                if wish.width * wish.height > LARGEST:
                    continue  # a poster: it is painted in pieces
                # The first time hands over the document and finds the fonts.
                size = (wish.width, wish.height)
                plain = min(_painted(pdf, number, *size) for _each in range(_TIMES))
                ours = min(_into_view(window.desk, painted, wish) for _each in range(_TIMES))
                plains.append(plain)
                whole.append(ours)
            pdf.close()
    for share, aim in ((50, " (≤ 4 more)"), (95, "")):
        ours, raw = (stage.of_100(each, share) * 1000 for each in (whole, plains))
        yield stage.beyond(
            f"page into view, {share}th of 100", ours, raw, "ms", f"raw PDFium's bitmap{aim}"
        )
    of_all = stage.of_100(whole, 95) * 1000
    yield stage.alone("", of_all, "ms", "95th of 100 as a whole (≤ 30)")


def _into_view(desk: Any, painted: stage.Painted, wish: Any) -> float:
    """Seconds from going to a page whose bitmap is not there until it is painted."""
    pages, bitmaps = desk.pages, desk.bitmaps
    pages.go_to(0 if wish.page else pages.pages - 1)
    _settle(pages)
    bitmaps.forget(wish.sha256)

    def go() -> None:
        pages.go_to(wish.page)
        pages.viewport().update()  # a document of one page stands where it stood

    return painted.seconds(go, lambda: bitmaps.get(wish) is not None)


def _settle(pages: Any) -> None:
    """Waits until the pages beyond the view are painted too, as they are while one reads."""
    came = [time.perf_counter()]

    def hear() -> None:
        came[0] = time.perf_counter()

    pages.bitmaps.arrived.connect(hear)
    stage.until(lambda: pages.painted and time.perf_counter() - came[0] > _QUIET)
    pages.bitmaps.arrived.disconnect(hear)


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


def loop(files: list[Path]) -> Iterator[str]:
    """How long the window's thread is held while importing, exporting and scrolling at once."""
    from cambs_evidence.model import PackOptions
    from ui.jobs import Job

    with stage.Window(files, SOME) as (window, folder):
        still = stage.idle()
        case = window.session.case
        again = stage.copies(files, folder)
        options = PackOptions(annex="none", date="2025-01-01")
        jobs = [
            Job("import", lambda: case.import_files(again), window),
            Job("export", lambda: case.export_pack(folder / "pack.pdf", options), window),
        ]
        for job in jobs:
            job.start()
        bar = window.reader.pages.verticalScrollBar()

        def on() -> None:
            bar.setValue(0 if bar.value() == bar.maximum() else bar.value() + 60)

        with stage.every(16, on):
            busy = stage.watched(lambda: all(job.wait(0) for job in jobs))
    yield from stage.held("loop held", busy, still)


def tag(files: list[Path]) -> Iterator[str]:
    """From Enter to the highlight on the page and the counts in the framework."""
    with stage.Window(files, MANY) as (window, _):
        took = tag_to_screen(window)
    yield stage.alone(
        f"tag to screen with {MANY:,} links", statistics.median(took) * 1000, "ms", "median (≤ 50)"
    )
    yield stage.alone("", max(took) * 1000, "ms", f"of {len(took)} at most")


def tag_to_screen(window: Any, *more: Any) -> list[float]:
    """Seconds that each of some tags takes until everything that tells of it is painted.

    ``more`` are views that tell of it too.
    """
    from cambs_evidence.model import Place, Polarity
    from ui import commands

    session, pages = window.session, window.reader.pages
    text = pages.selection.text
    took = []
    for number in range(20):
        start = text.pages[0].body[0] + 3 * number
        place = Place(((0, start, start + 40),))
        target = session.case.target("12.4")
        tag_it = partial(commands.tag, session, pages.document, place, [target], Polarity.NEUTRAL)
        taken = stage.signalled(tag_it, session.changed)
        begin = time.perf_counter()
        for view in (
            pages,
            window.framework.tree,
            window.evidence.table,
            window.documents.view,
            *more,
        ):
            view.viewport().repaint()
        took.append(taken + time.perf_counter() - begin)
    return took


def frames(files: list[Path]) -> Iterator[str]:
    """Some thousands of painted frames of pages with highlights, without a fault."""
    count = 3000
    with stage.Window(files, SOME) as (window, _):
        pages = window.reader.pages
        bar = pages.verticalScrollBar()
        begin = time.perf_counter()
        for number in range(count):
            bar.setValue(number * 37 % max(bar.maximum(), 1))
            pages.viewport().repaint()
        each = (time.perf_counter() - begin) / count * 1000
    yield stage.alone(f"{count:,} frames painted", each, "ms", "each, none lost")


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {
    "start": start,
    "page": page,
    "loop": loop,
    "window-tag": tag,
    "frames": frames,
}
