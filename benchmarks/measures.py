"""The measures. Each is repeated, ours and the reference in turn; the smallest figure counts."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.model import PackOptions, Polarity

#: How often a thing is measured; the smallest figure is the one least disturbed.
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One result; seconds, and the aim for ours divided by the reference."""

    what: str
    ours: float
    reference: float
    against: str

    def line(self) -> str:
        """As a line of the table."""
        ratio = self.ours / self.reference if self.reference else float("nan")
        return (
            f"{self.what:<34}{_shown(self.ours):>10}{_shown(self.reference):>12}{ratio:>9.2f}   "
            f"{self.against}"
        )


def _shown(seconds: float) -> str:
    return f"{seconds:.3f} s" if seconds >= 0.1 else f"{seconds * 1e6:.0f} µs"


def reports() -> tuple[list[Path], str]:
    """The PDF files to measure on, and where they are from."""
    root = Path(__file__).resolve().parent.parent
    shared = root.parent / "shared" / "samples" / "reports"
    if shared.is_dir():
        return sorted(shared.glob("*.pdf")), "../shared/samples/reports"
    own = paths.resources() / "sample" / "documents"
    return sorted(own.glob("*.pdf")), "the sample case (the reports are not here)"


def cpu() -> float:
    """CPU seconds of this process and the children it has waited for."""
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        total += used.ru_utime + used.ru_stime
    return total


def seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Seconds that some work takes once."""
    begin = clock()
    work()
    return clock() - begin


def least(work: Callable[[], object], clock: Callable[[], float] = cpu) -> float:
    """The fewest seconds that some work took, which was least disturbed then."""
    return min(seconds(work, clock) for _ in range(ROUNDS))


def pdftotext(files: list[Path]) -> None:
    """The words of some files with their boxes, by poppler."""
    for path in files:
        command = ["pdftotext", "-bbox", str(path), "/dev/null"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def text(files: list[Path]) -> Iterator[Figure]:
    """Text with a box for each character, in reading order."""
    from cambs_evidence.documents import pdf

    data = [path.read_bytes() for path in files]
    ours = least(lambda: [list(pdf.layers(each)) for each in data])
    yield Figure("text and boxes", ours, least(lambda: pdftotext(files)), "pdftotext -bbox (≤ 2.5)")
    yield Figure("text and boxes", ours, words(files), "pdfplumber's words (≤ 0.05)")


def words(files: list[Path], clock: Callable[[], float] = cpu) -> float:
    """Seconds of pdfplumber for all pages, worked out from every fifth."""
    import pdfplumber

    seen = total = 0
    begin = clock()
    for path in files:
        with pdfplumber.open(path) as document:
            total += len(document.pages)
            for page in document.pages[::5]:
                page.extract_words()
                page.close()
                seen += 1
    return (clock() - begin) * total / seen


def pack(files: list[Path]) -> Iterator[Figure]:
    """A pack of 2,000 quotes, layout and file, against the same content through platypus."""
    from benchmarks.platypus import multi_build

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.cambs"
        with Case.create(path, by="benchmark") as case:
            list(case.import_files(files))
            _tag_many(case, 2000)
        with Case.open(path, by="benchmark") as case:
            out = Path(folder) / "pack.pdf"
            options = PackOptions(annex="none", date="2025-01-01")
            ours = least(lambda: list(case.build_pack(out, options)))
            contents = case.pack_contents(options)
            theirs = least(lambda: multi_build(Path(folder) / "platypus.pdf", contents))
        yield Figure("pack of 2,000 quotes", ours, theirs, "platypus multiBuild (≤ 0.25)")


def _tag_many(case: Case, count: int) -> None:
    """Tags sentences from all over the documents to all criteria in turn."""
    codes = [each.code for section in case.framework().sections for each in section.criteria]
    polarities = list(Polarity)
    done = 0
    documents = [each for each in case.documents() if each.pages > 1]
    share = count // max(len(documents), 1) + 1
    for document in documents:
        text = case.text(document)
        made = 0
        for layer in list(text.pages) * (count // max(text_length(text.pages), 1) + 1):
            for start in range(layer.body[0], layer.body[1] - 260, 230):
                if made >= share or done >= count:
                    break
                place = text.find(layer.text[start + made % 7 : start + 180 + made % 60].strip())
                if not place:
                    continue
                anchor = text.anchor(place[0])
                target = case.target(codes[done % len(codes)])
                case.tag_anchor(document, anchor, target, polarities[done % 3], note="As read.")
                made, done = made + 1, done + 1


def text_length(pages: object) -> int:
    """How many passages of 230 characters fit on some pages."""
    return sum(max(layer.body[1] - layer.body[0] - 30, 0) // 230 for layer in pages)  # type: ignore[attr-defined]


def tagging(files: list[Path]) -> Iterator[Figure]:
    """One tag, committed durably, against one bare commit of a row of the same size."""
    count = 200
    with tempfile.TemporaryDirectory() as folder:
        smallest = min(files, key=lambda path: path.stat().st_size)
        source = Path(folder) / smallest.name
        shutil.copyfile(smallest, source)
        with Case.create(Path(folder) / "case.cambs", by="benchmark") as case:
            list(case.import_files([source]))
            document = case.documents()[0]
            text = case.text(document)
            layer = text.pages[0]
            target = case.target("1.1")
            anchors = []
            for start in range(layer.body[0], layer.body[0] + 100):
                place = type(text.find(layer.text[layer.body[0] : layer.body[0] + 40])[0])(
                    ((0, start, start + 120),), 0
                )
                anchors.append(text.anchor(place))

            def ours() -> float:
                begin = time.perf_counter()
                changes = [
                    case.tag_anchor(document, anchor, target, Polarity.STRENGTH)[1]
                    for anchor in anchors
                ]
                taken = (time.perf_counter() - begin) / len(anchors)
                for change in reversed(changes):
                    case.revert(change)
                return taken

            best = min(ours() for _ in range(ROUNDS))
        yield Figure("tag, durably", best, _bare(Path(folder), count), "bare SQLite commit (≤ 4)")


def _bare(folder: Path, count: int) -> float:
    """Seconds for one commit of one row with the same settings."""
    best = float("inf")
    for _ in range(ROUNDS):
        connection = sqlite3.connect(folder / f"{uuid.uuid4().hex}.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE link (id TEXT PRIMARY KEY, quote TEXT)")
        begin = time.perf_counter()
        for _ in range(count):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO link VALUES (?, ?)", (str(uuid.uuid4()), "q" * 600))
            connection.execute("COMMIT")
        best = min(best, (time.perf_counter() - begin) / count)
        connection.close()
    return best


ALL: dict[str, Callable[[list[Path]], Iterator[Figure]]] = {
    "text": text,
    "pack": pack,
    "tag": tagging,
}
