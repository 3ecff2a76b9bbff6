"""Tesseract, the program that recognises text in pictures: whether it is there, and what it reads.

It is a program of its own that people install; nothing of it is part of ours.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import RECOGNISED_BY

#: What its text layers are made by: this and its version.
NAME = RECOGNISED_BY.removesuffix("-")
#: Seconds between signs of life while a page is read.
_BREATH = 20.0
#: CPU seconds for one page, and seconds for asking what it is.
LONGEST, _ANSWER = 180.0, 15.0
#: How to get it, in one sentence.
GET_IT = (
    "Text is recognised by the program Tesseract, which is not installed here; on Windows install "
    "it from github.com/UB-Mannheim/tesseract, on Linux install the package tesseract-ocr."
)
_VERSION = re.compile(r"tesseract\s+v?(\d+(?:\.\d+){0,3})")
_ROTATE = re.compile(r"^Rotate: (0|90|180|270)$", re.MULTILINE)
_WORD = "5"


@dataclass(frozen=True, slots=True)
class Engine:
    """The program where it was found, its version, the language it is to read, and whether it can
    tell that a page lies on its side.
    """

    path: str
    version: str
    language: str
    tells_direction: bool

    @property
    def layer_version(self) -> str:
        """Name and version of what makes a text layer."""
        return f"{NAME}-{self.version}"


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was recognised: its box and that of its line, in pixels from the top left.

    ``confidence`` is 0 to 100; ``line`` tells the lines of the page apart.
    """

    text: str
    box: tuple[int, int, int, int]
    line_box: tuple[int, int, int, int]
    line: tuple[int, int, int]
    confidence: float


def found() -> Engine | None:
    """The program as it is installed now, or None; asked of it once for each place it is found."""
    for folder in _folders():
        path = folder / ("tesseract.exe" if sys.platform == "win32" else "tesseract")
        if path.is_file() and os.access(path, os.X_OK):
            engine = _asked(str(path), path.stat().st_mtime_ns)
            if engine is not None:
                return engine
    return None


def _folders() -> Iterator[Path]:
    """Where programs lie: the search path, never the folder at hand, then where it installs."""
    for each in os.environ.get("PATH", "").split(os.pathsep):
        folder = Path(each)
        if folder.is_absolute():
            yield folder
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if (base := os.environ.get(variable)) and Path(base).is_absolute():
            yield Path(base, "Tesseract-OCR")
            yield Path(base, "Programs", "Tesseract-OCR")
    if sys.platform != "win32":
        yield from (Path("/usr/bin"), Path("/usr/local/bin"), Path("/opt/homebrew/bin"))


@cache
def _asked(path: str, _changed: int) -> Engine | None:
    version = _VERSION.search(_said([path, "--version"]))
    languages = [line.strip() for line in _said([path, "--list-langs"]).splitlines()[1:]]
    known = [each for each in languages if re.fullmatch(r"[A-Za-z_]{3,}", each) and each != "osd"]
    if version is None or not known:
        return None
    language = "eng" if "eng" in known else known[0]
    return Engine(path, version[1], language, "osd" in languages)


def _said(words: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a program found by its full path, fixed words
            words, capture_output=True, timeout=_ANSWER, check=False, stdin=subprocess.DEVNULL,
            creationflags=_quiet(),
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace").lstrip()


def _quiet() -> int:
    """On Windows, no console shows itself."""
    return int(getattr(subprocess, "CREATE_NO_WINDOW", 0))


def read(engine: Engine, picture: bytes, dpi: int, alive: Callable[[], None]) -> list[Word]:
    """The words of a picture in the order the program gives them.

    It is told to expect one column: numbers in a margin are dropped otherwise, and columns are told
    apart by our own reading order.

    Args:
        engine: the program.
        picture: in a format it knows, such as PNM.
        dpi: dots per inch of the picture.
        alive: called now and then meanwhile.

    Raises:
        DocumentRefused: where it takes too long, gives up or is no longer there.
    """
    asked = ("-l", engine.language, "--psm", "4", "tsv")
    return list(_words(_run(engine, picture, dpi, alive, *asked)))


def turns(engine: Engine, picture: bytes, dpi: int, alive: Callable[[], None]) -> int:
    """Quarters by which a picture must be turned to the left for its text to stand upright."""
    try:
        said = _run(engine, picture, dpi, alive, "--psm", "0")
    except DocumentRefused:
        return 0  # too little text to tell
    found = _ROTATE.search(said)
    return (360 - int(found[1])) // 90 % 4 if found else 0


def _run(engine: Engine, picture: bytes, dpi: int, alive: Callable[[], None], *words: str) -> str:
    """What the program says of a picture; raises DocumentRefused."""
    asked = [engine.path, "stdin", "stdout", "--dpi", str(dpi), *words]
    try:
        process = subprocess.Popen(  # noqa: S603 - a program found by its full path, fixed words
            asked,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # One thread: two pages are read at once, and a window wants to stay alive.
            env=os.environ | {"OMP_THREAD_LIMIT": "1"},
            creationflags=_quiet(),
        )
    except OSError as error:
        raise DocumentRefused("Tesseract could not be started") from error
    with process:
        said = _said_by(process, picture, alive)
    if process.returncode != 0:
        raise DocumentRefused("Tesseract gave up on it")
    return said.decode("utf-8", "replace")


def _said_by(process: subprocess.Popen[bytes], picture: bytes, alive: Callable[[], None]) -> bytes:
    """What it says until it ends; it is ended where that takes too long."""
    watched = psutil.Process(process.pid)
    given: bytes | None = picture
    try:
        while True:
            try:
                return process.communicate(given, timeout=_BREATH)[0]
            except subprocess.TimeoutExpired as error:
                given = None  # it is being given already
                if _busy_for(watched) > LONGEST:
                    why = f"recognising it took more than {LONGEST:.0f} seconds of work"
                    raise DocumentRefused(why) from error
                alive()
    finally:
        if process.poll() is None:
            process.kill()


def _busy_for(process: psutil.Process) -> float:
    """CPU seconds: how long it takes by the clock depends on what else goes on."""
    with contextlib.suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def _words(table: str) -> Iterator[Word]:
    """The words of its table; a line that is no such line is left out."""
    line_box = (0, 0, 0, 0)
    for row in csv.reader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if len(row) < 12 or not row[0].isdecimal():
            continue
        try:
            _, block, paragraph, line, _, left, top, width, height = map(int, row[1:10])
            confidence = float(row[10])
        except ValueError:
            continue
        box = (left, top, left + width, top + height)
        if row[0] == "4":
            line_box = box
        text = "".join(letter for letter in row[11] if letter.isprintable()).strip()
        if row[0] == _WORD and text and width > 0 and height > 0:
            place = (block, paragraph, line)
            yield Word(text, box, line_box, place, min(max(confidence, 0.0), 100.0))
