"""Pictures put by on the disk until the file of a pack is saved, so that they need not be held."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self, cast

from cambs_evidence.pack.images import Image


class Spooled(NamedTuple):
    """A picture in a spool: where it begins, bytes that it takes, and its print as in a pack."""

    begin: int
    length: int
    print: bytes


class Spool:
    """Pictures in a file without a name in some folder; to be closed. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None
        self._busy = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):  # there was no room: that was told before
                self._file.close()

    def add(self, image: Image, seen: bytes) -> Spooled:
        """Puts a picture with its print by; raises OSError where there is no room, or no right."""
        head = f"<<{image.dictionary} /Length {len(image.data)}>>\nstream\n".encode()
        with self._busy:
            if self._file is None:
                made = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - see __exit__
                self._file = cast("BinaryIO", made)
            begin = self._file.seek(0, 2)
            for part in (head, image.data, b"\nendstream"):
                self._file.write(part)
            return Spooled(begin, self._file.tell() - begin, seen)

    def read(self, picture: Spooled) -> bytes:
        """A picture as it stands in a file, without its number."""
        assert self._file is not None  # noqa: S101 - something was put by
        with self._busy:
            self._file.seek(picture.begin)
            return self._file.read(picture.length)
