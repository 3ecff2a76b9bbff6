"""What the processes of test_apart do: a module of its own, so that they start lightly."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cambs_evidence.errors import EvidenceError


def count(most: int, *, beginning: int = 0) -> Iterator[int]:
    yield from range(beginning, most)


def refuse(error: EvidenceError) -> Iterator[int]:
    yield 0
    raise error


def fail() -> Iterator[int]:
    yield 0
    yield 1 // 0


def unpicklable() -> Iterator[Any]:
    yield threading.Lock()


def chatter() -> Iterator[int]:
    print("said by mistake")  # noqa: T201
    subprocess.run([sys.executable, "-c", "print('said by a child')"], check=True)
    logging.getLogger("works").error("something %s", "odd")
    yield 0


def wait_for(path: Path) -> Iterator[str]:
    while not path.exists():
        time.sleep(0.01)
    yield path.name


def endless(mark: Path) -> Iterator[int]:
    """Its own process id again and again; a file once it was closed."""
    try:
        while True:
            yield os.getpid()
            time.sleep(0.01)
    finally:
        mark.touch()


def flood(mark: Path) -> Iterator[bytes]:
    """More than a pipe holds, as fast as it goes."""
    try:
        while True:
            yield bytes(1_000_000)
    finally:
        mark.touch()


def stubborn() -> Iterator[tuple[int, int]]:
    """Its process id and that of its child; then it hears no more."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as child:
        yield os.getpid(), child.pid
        threading.Event().wait()


def die() -> Iterator[int]:
    yield 0
    os._exit(3)
