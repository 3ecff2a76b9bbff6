"""Another program at work on untrusted bytes, watched like our own processes."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import psutil

#: Seconds between looks at the program, and between words to whoever waits.
_LOOK, _SAY = 0.1, 1.0
#: Bytes that it may write into one file.
_LARGEST_FILE = 1024**3


class Beyond(Exception):
    """The program used more time or memory than it may, and was ended."""


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    memory: int,
    cpu: float,
    longest: float,
    tell: Callable[[], None],
) -> None:
    """Runs a program in a folder, without a terminal; it and all it began have ended at the return.

    Args:
        command: the program and its words.
        folder: where it works.
        environment: its whole environment.
        memory: bytes that it and those it begins may hold together.
        cpu: seconds of CPU that they may use together.
        longest: seconds that may pass.
        tell: called every second.

    Raises:
        Beyond: where it went beyond a limit.
        OSError: where it cannot be begun.
    """
    process = subprocess.Popen(  # noqa: S603 - found by the caller, and no shell
        list(command),
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    tree = _Tree(process.pid, cpu)
    begun = said = time.monotonic()
    try:
        while process.poll() is None:
            now = time.monotonic()
            held, used = tree.look()
            if held > memory or used > cpu or now - begun > longest:
                raise Beyond
            if now - said > _SAY:
                said = now
                tell()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK)
    finally:
        tree.end()
        process.wait()


class _Tree:
    """A process with all that it began, also what outlived the one that began it."""

    def __init__(self, pid: int, cpu: float) -> None:
        self._known: dict[int, psutil.Process] = {}
        self._used: dict[int, float] = {}
        with contextlib.suppress(psutil.Error):
            first = psutil.Process(pid)
            self._known[pid] = first
            if sys.platform == "linux":
                # Should the watcher itself be ended, the program ends by itself.
                seconds = int(cpu) + 1
                first.rlimit(psutil.RLIMIT_CPU, (seconds, seconds))
                first.rlimit(psutil.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))

    def look(self) -> tuple[int, float]:
        """Bytes that are held now, and seconds of CPU that were used so far."""
        for each in list(self._known.values()):
            with contextlib.suppress(psutil.Error):
                for child in each.children(recursive=True):
                    self._known.setdefault(child.pid, child)
        held = 0
        for pid, each in self._known.items():
            with contextlib.suppress(psutil.Error):
                if each.is_running():
                    held += each.memory_info().rss
                    times = each.cpu_times()
                    self._used[pid] = times.user + times.system
        return held, sum(self._used.values())

    def end(self) -> None:
        """Ends all of it."""
        with contextlib.suppress(psutil.Error):
            self.look()
        for each in self._known.values():
            with contextlib.suppress(psutil.Error):
                each.kill()
        psutil.wait_procs(list(self._known.values()), timeout=5)


@cache
def without_network() -> tuple[str, ...]:
    """Words before a command by which it sees no network; none where the system has no such."""
    program = shutil.which("unshare")
    if program is None:
        return ()
    words = (program, "--user", "--map-root-user", "--net")
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        tried = subprocess.run(  # noqa: S603
            [*words, "true"], capture_output=True, timeout=5, check=False, env=dict(os.environ)
        )
        if tried.returncode == 0:
            return words
    return ()
