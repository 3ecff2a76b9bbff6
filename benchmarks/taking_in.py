"""Taking documents in, and what is quick ever after: opening them again.

Both on one case of twenty thousand pages, the reports again and again with other bytes. It is made
once; making it is what is measured first.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import psutil

from benchmarks import invented, measures, stage
from cambs_evidence.case import Case
from cambs_evidence.documents import intake
from cambs_evidence.model import Imported

#: Pages taken in, at least.
PAGES = 20_000
#: Documents taken in to see whether memory grows with their number.
_FEW, _MORE, _MANY = 50, 200, 800
#: MB by which memory may still settle between a few documents and many.
_LEVEL = 16
_MB = 1024 * 1024


def importing(files: list[Path]) -> Iterator[str]:
    """Import with index and storage: CPU of all its processes, then how long one waits for it."""
    files = list(files)
    # What is done once and long is as much disturbed as the computer is busy: so is the reference.
    before = measures.seconds(lambda: measures.pdftotext(files), measures.cpu)
    _, pages, ours, waited = _large(tuple(files))
    after = measures.seconds(lambda: measures.pdftotext(files), measures.cpu)
    share = pages / _pages_of(files)
    theirs = (before + after) / 2 * share
    what = f"{pages:,} pages taken in"
    yield measures.Figure(f"{what}, CPU", ours, theirs, "pdftotext -bbox (≤ 3)").line()
    words = measures.words(files) * share
    yield measures.Figure(f"{what}, CPU", ours, words, "pdfplumber's words").line()
    words = measures.words(files, time.perf_counter) * share
    against = "pdfplumber's words (≤ 0.05)"
    yield measures.Figure(f"{what}, clock", waited, words, against).line()


@cache
def _large(files: tuple[Path, ...]) -> tuple[Path, int, float, float]:
    """A case of so many pages, how many they are, the CPU seconds and the seconds it took."""
    path = Path(stage.home()) / "large.cambs"
    pages = _pages_of(files)
    with tempfile.TemporaryDirectory() as folder:
        many = list(files)
        for _ in range(-(-PAGES // pages) - 1):
            many += stage.copies(list(files), Path(folder))
        begun, since = measures.cpu(), time.perf_counter()
        with Case.create(path, by="benchmark") as case:
            _import(case, many)
    waited = time.perf_counter() - since
    return path, pages * len(many) // len(files), measures.cpu() - begun, waited


def _import(case: Case, files: Sequence[Path]) -> None:
    results = [each for each in case.import_files(files) if isinstance(each, Imported)]
    assert all(each.status == "imported" for each in results)


def _pages_of(files: Sequence[Path]) -> int:
    import pypdfium2

    total = 0
    for path in files:
        document = pypdfium2.PdfDocument(path)
        total += len(document)
        document.close()
    return total


# --- processes -------------------------------------------------------------------------------


def workers(files: list[Path]) -> Iterator[str]:
    """How much sooner two processes have read the reports than one, by the clock."""

    def seconds(count: int) -> float:
        intake.AT_ONCE = count
        with (
            tempfile.TemporaryDirectory() as folder,
            Case.create(Path(folder) / "case.cambs", by="benchmark") as case,
        ):
            some = [*files, *stage.copies(files, Path(folder))]
            begun = time.perf_counter()
            _import(case, some)
            return time.perf_counter() - begun

    usual = intake.AT_ONCE
    try:
        one, two = (min(seconds(count) for _ in range(measures.ROUNDS)) for count in (1, 2))
    finally:
        intake.AT_ONCE = usual
    yield measures.Figure("two processes", two, one, "one (≤ 0.625)").line()


def memory(_: list[Path]) -> Iterator[str]:
    """What an import holds at most, after some documents and after many."""
    figures = {}
    for count in (_FEW, _MORE, _MANY):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            figures[count] = pool.submit(_held, count).result()
    for place, who in enumerate(("program", "readers")):
        for count in (_MORE, _MANY):
            yield stage.beyond(
                f"{count} documents taken in: {who}",
                figures[count][place],
                figures[_FEW][place],
                "MB",
                f"{_FEW} documents (≤ {_LEVEL} more)",
            )


def _held(count: int) -> tuple[float, float]:
    """MB of this process, and of those that read, at most, while documents are taken in."""
    process = psutil.Process()
    own = theirs = 0
    with tempfile.TemporaryDirectory() as folder:
        files = invented.short_documents(Path(folder), count)
        with Case.create(Path(folder) / "case.cambs", by="benchmark") as case:
            for _ in case.import_files(files):
                own = max(own, process.memory_info().rss)
                theirs = max(theirs, _rss(process.children(recursive=True)))
    return own / _MB, theirs / _MB


def _rss(processes: Sequence[psutil.Process]) -> int:
    total = 0
    for each in processes:
        try:
            total += each.memory_info().rss
        except psutil.Error:
            continue
    return total


# --- afterwards ------------------------------------------------------------------------------


def opening(files: list[Path]) -> Iterator[str]:
    """Text and boxes of each page of all documents, as they are stored."""
    path, *_ = _large(tuple(files))
    taken: list[float] = []
    with Case.open(path, by="benchmark") as case:
        for document in case.documents()[: 4 * len(files)]:
            begun = time.process_time()
            layers = case.text(document).pages
            share = (time.process_time() - begun) / document.pages
            for number in range(document.pages):
                begun = time.process_time()
                assert len(layers[number].boxes) == len(layers[number].text)
                taken.append((time.process_time() - begun + share) * 1000)
    usual, most = statistics.median(taken), stage.of_100(taken, 99)
    yield stage.alone("a page opened again", usual, "ms", "text and boxes (≤ 5)")
    yield stage.alone("a page opened again, 99th of 100", most, "ms", "text and boxes (≤ 5)")


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {
    "import": importing,
    "workers": workers,
    "flat": memory,
    "reopen": opening,
}
