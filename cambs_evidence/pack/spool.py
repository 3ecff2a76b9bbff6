"""Pictures put by on the disk until they go into a pack, so that they need not all be held.

They lie in a PDF that holds nothing else, out of which a picture is copied when the pack is
written, and not before.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pikepdf

from cambs_evidence.pack.images import Image


class Spool:
    """Pictures in a file without a name in some folder; to be closed.

    Raises OSError where there is no room, or no right to write.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
        self._places: list[int] = []
        self._pdf: pikepdf.Pdf | None = None
        self._file.write(b"%PDF-1.7\n")
        self._object(b"<</Type /Catalog /Pages 2 0 R>>")
        self._object(b"<</Type /Pages /Kids [] /Count 0>>")

    def add(self, image: Image) -> int:
        """Puts a picture by; the number by which it is had again."""
        head = f"<<{image.dictionary} /Length {len(image.data)}>>\nstream\n".encode()
        return self._object(head + image.data + b"\nendstream")

    def _object(self, data: bytes) -> int:
        self._places.append(self._file.tell())
        number = len(self._places)
        self._file.write(b"%d 0 obj\n%s\nendobj\n" % (number, data))
        return number

    def image(self, number: int) -> pikepdf.Object:
        """A picture, to be copied into another file while this is open; no more can be put by."""
        if self._pdf is None:
            start = self._file.tell()
            size = len(self._places) + 1
            self._file.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
            self._file.writelines(b"%010d 00000 n \n" % place for place in self._places)
            self._file.write(b"trailer\n<</Size %d /Root 1 0 R>>\n" % size)
            self._file.write(b"startxref\n%d\n%%%%EOF\n" % start)
            self._file.flush()
            # Mapped into memory, all that is read of it would count as held.
            self._pdf = pikepdf.open(self._file, access_mode=pikepdf.AccessMode.stream)
        return self._pdf.get_object(number, 0)

    def close(self) -> None:
        """Lets the file go."""
        if self._pdf is not None:
            self._pdf.close()
        with contextlib.suppress(OSError):  # there was no room: that was told before
            self._file.close()
