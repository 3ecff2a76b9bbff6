"""Tries the frozen program as a person would, without a screen; `make bundle` calls it.

Usage: python try_bundle.py PROGRAM FOLDER

Says one line for each thing that holds and ends with 1 at the first that does not, with what was
seen instead. FOLDER is made anew; settings and logs of the person at this computer stay untouched.
What needs no window is tried by building the sample case; of the window it is seen from outside
that pages were painted, since the program has no switch for being tried.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, Self, TypeVar

import psutil

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "resources" / "sample"
#: Seconds that anything may take; many times what it takes on a slow computer.
LONGEST = 120.0
#: Seconds that the window and the process that paints for it have to live on.
STEADY = 3.0
#: Bytes of the shared memory that are looked at: the beginning of the first bitmap.
LOOKED_AT = 1024 * 1024

_T = TypeVar("_T")


def say(words: str) -> None:
    """One line for what holds."""
    print(f"  {words}", flush=True)


def stop(words: str, seen: str = "") -> NoReturn:
    """Ends with what was expected and what was seen instead."""
    print(f"The bundle does not work: {words}", file=sys.stderr)
    if seen.strip():
        print(seen.strip(), file=sys.stderr)
    sys.exit(1)


def awaited(look: Callable[[], _T | None], seconds: float = LONGEST) -> _T | None:
    """What ``look`` gives as soon as that is anything; None where it gave nothing in time."""
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None or time.monotonic() > until:
            return found
        time.sleep(0.05)


class Trial:
    """The program, a folder to work in, and what has been tried in it."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program.absolute()
        self.folder = folder.absolute()
        self.case = self.folder / "sample" / "wealdshire.cambs"
        # The checkout must not lend the bundle anything, nor the person at this computer.
        dropped = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH"}
        self.surroundings = {k: v for k, v in os.environ.items() if k not in dropped}
        homes = (
            "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME",
            "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA",
        )  # fmt: skip
        self.surroundings |= {each: str(self.folder / "home" / each.lower()) for each in homes}
        self.surroundings["QT_QPA_PLATFORM"] = "offscreen"

    def run(self, *words: str | Path, command: Path | None = None) -> str:
        """Runs a command of the program to its end and gives what it said."""
        line = [str(command or self.program), *map(str, words)]
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                line, env=self.surroundings, cwd=self.folder, check=False, capture_output=True,
                encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL, timeout=5 * LONGEST,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            stop(f"{' '.join(line)} did not run.", str(error))
        if done.returncode != 0:
            stop(
                f"{' '.join(line)} ended with status {done.returncode}.",
                f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}\n{self.faults()}",
            )
        return done.stdout

    def faults(self) -> str:
        """What was written to the log of faults so far."""
        found = (self.folder / "home").rglob("faults.log*")
        return "\n".join(each.read_text(encoding="utf-8") for each in found)


def commands(trial: Trial) -> None:
    """Everything that needs no window."""
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    version = known["project"]["version"]
    told = trial.run("--version").strip()
    if told != version:
        stop(f"it says it is version {told!r}, and pyproject.toml {version!r}.")
    say(f"says its version, {told}")

    sample = trial.case.parent
    line = (SAMPLE / "build.py", "--command", trial.program, "--out", sample)
    trial.run(*line, command=Path(sys.executable))
    pack = sample / "evidence-pack.pdf"
    say("made a case by its migrations, read the sample documents in its worker processes,")
    say(f"tagged, built {pack.name} ({pack.stat().st_size // 1024} KiB) and verified it")

    trial.run("check", trial.case)
    say("finds the case sound")


class Window:
    """The window while it is open; gone afterwards whatever happens, with its other processes."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._heard = trial.folder / "window.txt"

    def __enter__(self) -> Self:
        with self._heard.open("wb") as heard:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [str(self._trial.program), "open", str(self._trial.case)],
                env=self._trial.surroundings, cwd=self._trial.folder, stdin=subprocess.DEVNULL,
                stdout=heard, stderr=subprocess.STDOUT,
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.others():
            with contextlib.suppress(psutil.Error):
                each.kill()
        self.process.kill()
        self.process.wait()

    def others(self) -> list[psutil.Process]:
        """The processes that it has begun."""
        with contextlib.suppress(psutil.Error):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def said(self) -> str:
        """What it printed."""
        return self._heard.read_text(encoding="utf-8", errors="replace")

    def steadily(self, look: Callable[[], _T | None], seconds: float = LONGEST) -> _T | None:
        """What ``look`` gives in time, or None; the window has to be well all the while."""

        def well() -> _T | None:
            if self.process.poll() is not None:
                stop(f"the window ended with status {self.process.returncode}.", self.said())
            if self._trial.faults():
                stop("the window wrote to its log of faults.", self._trial.faults())
            return look()

        return awaited(well, seconds)


def window(trial: Trial) -> None:
    """The window, on the sample case: it comes up, pages are painted, it ends without a trace."""
    with Window(trial) as opened:
        painter = opened.steadily(lambda: next(filter(_is_worker, opened.others()), None))
        if painter is None:
            stop("no process came up to paint the pages.", opened.said())
        say("opened its window, which began the process that paints pages")

        if sys.platform == "linux":
            colours = opened.steadily(lambda: _colours(painter))
            if colours is None:
                stop("no page was painted.", opened.said())
            say(f"painted a page, in {colours} colours")
            if strange := _strange_libraries(trial, opened):
                stop("it loads libraries of this system that the bundle has.", strange)
            say("loads from the bundle what the bundle has")
        if opened.steadily(lambda: None if _is_there(painter) else True, STEADY):
            stop("the process that paints pages ended.", opened.said())

        others, memory = opened.others(), _memory(painter)
        opened.process.terminate()
        if awaited(opened.process.poll) is None:
            stop("the window did not end when it was told to.")
        if not awaited(lambda: not any(map(_is_there, others)) or None):
            left = [str(each) for each in others if _is_there(each)]
            stop("the window ended, but not all of its processes.", "\n".join(left))
    say(f"ended, and with it its {len(others)} other processes")
    # Where it is a file, it is gone with the process that tracks it for Python.
    if left := [str(each) for each in memory if each.exists()]:
        stop("the window left shared memory behind.", "\n".join(left))
    trial.run("check", trial.case)
    say("finds the case sound after the window was cut off")
    if trial.faults():
        stop("something was written to the log of faults.", trial.faults())
    say("wrote nothing to its log of faults")


def _is_worker(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return "--multiprocessing-fork" in process.cmdline()
    return False


def _strange_libraries(trial: Trial, opened: Window) -> str:
    """Libraries that come from elsewhere though the bundle has them; other systems lack them."""
    folder = trial.program.parent
    own = {each.name.partition(".so")[0] for each in folder.rglob("*.so*")}
    loaded = {
        Path(each.path)
        for process in [psutil.Process(opened.process.pid), *opened.others()]
        for each in process.memory_maps()
        if ".so" in each.path
    }
    strange = (each for each in loaded if not each.is_relative_to(folder))
    return "\n".join(sorted(str(each) for each in strange if each.name.partition(".so")[0] in own))


def _is_there(process: psutil.Process) -> bool:
    """False once it has ended, also where nobody has taken note of that."""
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _memory(process: psutil.Process) -> set[Path]:
    """The shared memory of a process, which Linux shows as files."""
    with contextlib.suppress(psutil.Error):
        return {Path(each.path) for each in process.memory_maps() if "/psm_" in each.path}
    return set()


def _colours(painter: psutil.Process) -> int | None:
    """How many colours the first bitmap has; None while it is empty or of one colour."""
    for path in _memory(painter):
        with contextlib.suppress(OSError), path.open("rb") as file:
            found = len(set(memoryview(file.read(LOOKED_AT)).cast("I")) - {0})
            if found > 1:
                return found
    return None


def main() -> None:
    """Reads the words and tries."""
    parser = argparse.ArgumentParser(description="Try the frozen program without a screen.")
    parser.add_argument("program", type=Path)
    parser.add_argument("folder", type=Path)
    words = parser.parse_args()
    trial = Trial(words.program, words.folder)
    shutil.rmtree(trial.folder, ignore_errors=True)
    trial.folder.mkdir(parents=True)
    print(f"Trying {words.program}:", flush=True)
    commands(trial)
    window(trial)
    print("The bundle works.")


if __name__ == "__main__":
    main()
