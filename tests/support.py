"""What the tests share: documents they make, ways to run the program, things to look at."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.case import Case
from cambs_evidence.model import Imported, Problem

#: Stands in three places of the report: once on page 1, twice on page 3.
REPEATED = "Visits are made on time."
#: Runs over the end of page 1 of the report.
OVER_PAGES = "The board meets every month and its decisions are carried out without delay."
#: Words that stand once.
ONCE_P1 = "Social workers know their children well"
ONCE_P2 = "Supervision is recorded on every file"
ONCE_P3 = "Care plans drift where managers change"
IN_LETTER = "The naïve résumé of Zoë was read at the café"
IN_NOTES = "Audits are moderated by the principal social worker"

REPORT = (
    (
        "Inspection of the county of Camshire",
        "",
        f"{ONCE_P1} and see them often.",
        REPEATED,
        "",
        "Practice is strong where teams are stable, and safe-",
        "guarding is everybody's business in the county.",
        "",
        "The board meets every month and its decisions are",
    ),
    (
        "carried out without delay.",
        "",
        f"{ONCE_P2} of the teams seen.",
        "",
        "Thresholds are understood by partners across the county.",
    ),
    (
        f"{ONCE_P3} too often.",
        "",
        f"{REPEATED} Records are kept.",
        "",
        f"Another team was seen. {REPEATED}",
    ),
)


def make_pdf(path: Path, pages: tuple[tuple[str, ...], ...]) -> Path:
    """A PDF with one line of text for each string."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for lines in pages:
        canvas.setFont("Helvetica", 11)
        for number, line in enumerate(lines):
            canvas.drawString(72, 760 - 15 * number, line)
        canvas.showPage()
    canvas.save()
    return path


@dataclass(frozen=True)
class Files:
    """Documents on disk: a report of three pages, a letter, and notes."""

    report: Path
    letter: Path
    notes: Path

    def all(self) -> list[Path]:
        return [self.report, self.letter, self.notes]


Run = Callable[..., tuple[int, dict[str, Any]]]


def take_in(case: Case, *given: Path, **options: Any) -> list[Imported]:
    """Imports and gives what became of each path."""
    return [each for each in case.import_files(given, **options) if isinstance(each, Imported)]


def run_program(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs the program as a process of its own."""
    options.setdefault("timeout", 60)
    return subprocess.run(
        [sys.executable, "-m", "cambs_evidence", *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        **options,
    )


def assert_plain(reason: object) -> None:
    """A reason is one plain sentence a person can act on."""
    assert isinstance(reason, str)
    assert reason.strip() == reason
    assert reason
    assert "\n" not in reason
    assert reason.endswith((".", "!", "?"))
    for sign in ("Traceback", "Error(", "sqlite3", "sqlalchemy", "[SQL", 'File "'):
        assert sign not in reason


def assert_error(data: dict[str, Any], code: str | None = None) -> str:
    """A command that did nothing says code and reason and no more; the reason."""
    assert set(data) == {"error"}
    assert set(data["error"]) == {"code", "reason"}
    assert isinstance(data["error"]["code"], str)
    assert data["error"]["code"] != "fault"
    assert_plain(data["error"]["reason"])
    if code is not None:
        assert data["error"]["code"] == code
    return str(data["error"]["reason"])


def until(met: Callable[[], bool]) -> bool:
    """Waits for something about processes, with a deadline; False where it does not come."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if met():
            return True
        psutil.wait_procs(psutil.Process().children(), timeout=0.02)
    return False


def children() -> set[psutil.Process]:
    """The processes that run on behalf of this one; not the one that Python itself keeps."""
    found = set()
    for each in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it has just ended
            if "resource_tracker" not in " ".join(each.cmdline()):
                found.add(each)
    return found


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in a closed case, read past the program."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
        return list(raw.execute(query))


def edit(path: Path, statement: str, values: tuple[Any, ...] = ()) -> None:
    """Changes a closed case behind the program's back."""
    with closing(sqlite3.connect(path)) as raw, raw:
        assert raw.execute(statement, values).rowcount != 0


def beside(path: Path) -> list[str]:
    """The names of all that lies in a file's folder."""
    return sorted(each.name for each in path.parent.iterdir())


def problems(path: Path) -> list[str]:
    """What a check of a case finds."""
    with Case.open(path, by="Checker", readonly=True) as opened:
        return [each.what for each in opened.check() if isinstance(each, Problem)]


def make_scan(path: Path, pages: tuple[tuple[str, ...], ...], dpi: int = 200) -> Path:
    """A TIFF of pages as a scanner would see them: no text, only its picture."""
    import pypdfium2  # noqa: PLC0415 - for few tests

    printed = make_pdf(path.with_suffix(".printed.pdf"), pages)
    document = pypdfium2.PdfDocument(printed.read_bytes())
    seen = [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    document.close()
    printed.unlink()
    seen[0].save(path, "TIFF", save_all=True, append_images=seen[1:], dpi=(dpi, dpi))
    return path
