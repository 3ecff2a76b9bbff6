"""One writer at a time: a lock beside the case that the system itself lets go with the process."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path

from cambs_evidence.errors import InUse


class WriterLock:
    """Held from :meth:`take` to :meth:`release` by the one process that writes to a case."""

    def __init__(self, case: Path) -> None:
        self._case = case
        whole = case.resolve()  # one case under two names has one lock
        self._path = whole.with_name(whole.name + "-lock")
        self._handle: int | None = None

    def take(self, patience: float) -> None:
        """Waits up to ``patience`` seconds; raises InUse, or OSError where it cannot be made."""
        until = time.monotonic() + patience
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        while True:
            try:
                _lock(handle)
            except OSError as error:
                if time.monotonic() >= until:
                    os.close(handle)
                    raise InUse(
                        f"{self._case.name} is open for writing in another window or program; "
                        "close it there first."
                    ) from error
                time.sleep(0.05)
                continue
            # The one before may have taken the file away between opening and locking it.
            if self._path.exists() and os.path.samestat(os.fstat(handle), self._path.stat()):
                self._handle = handle
                return
            os.close(handle)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)

    def release(self) -> None:
        """Lets go; harmless when nothing is held."""
        if self._handle is None:
            return
        if sys.platform != "win32":
            with contextlib.suppress(OSError):  # the file may stay; what locks is the handle
                self._path.unlink()
        os.close(self._handle)
        self._handle = None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
