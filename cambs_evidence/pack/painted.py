"""Pages of the sources as pictures, painted by PDFium in watched processes.

Requests are ``("pages", data, pages)`` with a PDF and ``(number, visible box)`` for each page,
0-based; the answers ``("page", number, picture)``, the picture being None where it cannot be
painted, then ``("done",)`` or ``("unread", reason)``.
"""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cambs_evidence import apart
from cambs_evidence.documents import watched
from cambs_evidence.documents.watched import Pool
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import Box

_log = logging.getLogger(__name__)

#: Pages that one process paints before another may take over.
_AT_ONCE = 25
#: Of JPEG; letters stay sharp, and their colour is kept for each pixel.
_QUALITY = 88


class Picture(NamedTuple):
    """A page as it is shown, in the form in which a PDF takes it.

    ``data`` are rows of grey pixels filtered and deflated as in a PNG, or a JPEG in colour.
    """

    grey: bool
    width: int
    height: int
    data: bytes


@dataclass(slots=True)
class _Task:
    """Some pages of one document."""

    key: str
    request: tuple[Any, ...]
    weight: int
    pages: int
    pictures: dict[int, Picture] = field(default_factory=dict)
    done: bool = False

    @property
    def ended(self) -> bool:
        return self.done

    def take(self, message: tuple[Any, ...]) -> None:
        what, *rest = message
        if what == "page":
            if rest[1] is not None:
                self.pictures[rest[0]] = rest[1]
            return
        if what == "fault":
            _log.error("Painting pages failed with %s\n%s", *rest)
        self.done = True

    def fail(self, _reason: str) -> None:
        self.done = True


def pictures(
    wanted: dict[str, tuple[bytes, list[tuple[int, Box]]]],
) -> Generator[int | dict[tuple[str, int], Picture], None, None]:
    """Pictures of pages of several PDFs: the bytes of each, and its pages with their boxes.

    Yields how many are painted, and at last the pictures; such as cannot be painted are not there.
    """
    tasks = [
        _Task(key, ("pages", data, pages[begin : begin + _AT_ONCE]), 4 * len(data), _AT_ONCE)
        for key, (data, pages) in wanted.items()
        for begin in range(0, len(pages), _AT_ONCE)
    ]
    with Pool[_Task](serve) as pool:
        for _ in pool.run(tasks):
            yield sum(len(task.pictures) for task in tasks)
    yield {
        (task.key, number): picture for task in tasks for number, picture in task.pictures.items()
    }


# --- in the other process --------------------------------------------------------------------


def serve(connection: Connection) -> None:
    """Answers requests until the other end is closed."""
    apart.step_back()
    watched.serve(connection, _answer)


def _answer(
    connection: Connection, _what: str, data: bytes, pages: Sequence[tuple[int, Box]]
) -> None:
    try:
        _paint(connection, data, pages)
    except DocumentRefused as error:
        connection.send(("unread", error.reason))
    except Exception as error:  # noqa: BLE001 - told to the parent, which logs it
        connection.send(("fault", type(error).__name__, traceback.format_exc()))
    else:
        connection.send(("done",))


def _paint(connection: Connection, data: bytes, pages: Sequence[tuple[int, Box]]) -> None:
    from cambs_evidence.documents import crops, pdfium  # noqa: PLC0415 - in such processes only

    document = pdfium.open_pdf(data)
    document.init_forms()
    try:
        for number, box in pages:
            try:
                picture = encoded(crops.painted(document, number, box))
            except DocumentRefused:
                picture = None
            connection.send(("page", number, picture))
    finally:
        document.close()


def encoded(pixels: npt.NDArray[np.uint8]) -> Picture:
    """Pixels ``(height, width, 3)`` as a PDF takes them: grey where there is no colour."""
    from PIL import Image  # noqa: PLC0415

    height, width, _ = pixels.shape
    out = io.BytesIO()
    first = pixels[:, :, 0]
    if np.array_equal(first, pixels[:, :, 1]) and np.array_equal(first, pixels[:, :, 2]):
        Image.fromarray(np.ascontiguousarray(first)).save(out, "PNG")
        return Picture(True, width, height, _deflated(out.getvalue()))
    Image.fromarray(pixels).save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return Picture(False, width, height, out.getvalue())


def _deflated(png: bytes) -> bytes:
    """What a PNG holds of pixels, its chunks joined."""
    found, at = b"", 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            found += png[at + 8 : at + 8 + size]
        at += size + 12
    return found
