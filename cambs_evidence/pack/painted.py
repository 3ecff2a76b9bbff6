"""Pages of the sources and parts of them as pictures, painted by PDFium in watched processes.

Requests are ``("pages", data, pages)`` with a PDF and ``(number, visible box)`` for each page,
0-based, or ``("frames", data, pages)`` with ``(number, frames)``; the answers ``("page", number,
picture)`` or ``("frame", (number, frame), picture)``, the picture being None where it cannot be
painted, then ``("done",)`` or ``("unread", reason)``.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

import pikepdf

from cambs_evidence import apart
from cambs_evidence.documents import watched
from cambs_evidence.documents.watched import Asked, Pool
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import Box
from cambs_evidence.pack import images
from cambs_evidence.pack.crops import Frame
from cambs_evidence.pack.images import Image
from cambs_evidence.pack.spool import Spool

#: Pages that one process paints before another may take over.
_AT_ONCE = 25
#: Pages of which one process paints parts before another may take over.
_PARTS_AT_ONCE = 100


@dataclass(slots=True)
class _Task(Asked):
    """Some pages of the document with the id ``key``."""

    key: str
    pictures: dict[Any, Image] = field(default_factory=dict)

    def hear(self, message: tuple[Any, ...]) -> None:
        _, part, picture = message
        if picture is not None:
            self.pictures[part] = picture


def pictures(
    wanted: dict[str, tuple[bytes, list[tuple[int, Box]]]],
) -> Generator[int | dict[tuple[str, int], Image], None, None]:
    """Pictures of pages of several PDFs: the bytes of each, and its pages with their boxes.

    Yields how many are painted, and at last the pictures; such as cannot be painted are not there.
    """
    tasks = [
        _Task(("pages", data, pages[begin : begin + _AT_ONCE]), 4 * len(data), _AT_ONCE, key)
        for key, (data, pages) in wanted.items()
        for begin in range(0, len(pages), _AT_ONCE)
    ]
    with Pool[_Task](serve) as pool:
        for _ in pool.run(tasks):
            yield sum(len(task.pictures) for task in tasks)
    yield {
        (task.key, number): picture for task in tasks for number, picture in task.pictures.items()
    }


#: A part of a document's page: the document's id, the page (0-based), the part.
Part = tuple[str, int, Frame]


class Painting:
    """Parts of pages, painted while the pack is laid out; to be closed.

    ``wanted`` gives for a document's id its PDF, and parts of pages by their 0-based number. What
    is painted lies in a file in ``folder`` meanwhile.
    """

    def __init__(
        self, wanted: Mapping[str, tuple[Callable[[], bytes], dict[int, list[Frame]]]], folder: Path
    ) -> None:
        self._wanted = wanted
        self._total = sum(len(some) for _, pages in wanted.values() for some in pages.values())
        self._images: dict[Part, int] = {}
        self._spool = Spool(folder) if wanted else None
        self._stopped = threading.Event()
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="painting", daemon=True)
        if wanted:
            self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._spool is not None:
            self._thread.join()
            self._spool.close()

    def images(self) -> Generator[tuple[int, int], None, dict[Part, pikepdf.Object]]:
        """What was painted, to be copied into a file before this is closed; what cannot is missing.

        Yields how many of how many are done, until all are.
        """
        while self._wanted and self._thread.is_alive():
            yield len(self._images), self._total
            self._thread.join(_LOOK)
        if self._trouble is not None:
            raise self._trouble
        if self._spool is None:
            return {}
        return {part: self._spool.image(number) for part, number in self._images.items()}

    def _run(self) -> None:
        try:
            self._paint()
        except BaseException as error:  # noqa: BLE001 - raised where the images are asked for
            self._trouble = error

    def _paint(self) -> None:
        tasks = []
        for key, (data, pages) in self._wanted.items():
            told = sorted(pages.items())
            pdf = data()
            for begin in range(0, len(told), _PARTS_AT_ONCE):
                some = told[begin : begin + _PARTS_AT_ONCE]
                tasks.append(_Task(("frames", pdf, some), 4 * len(pdf), len(some), key))
        with Pool[_Task](serve) as pool:
            for task in pool.run(tasks):
                if self._stopped.is_set():
                    return
                if task is not None and self._spool is not None:
                    for part, image in task.pictures.items():
                        self._images[task.key, *part] = self._spool.add(image)
                    task.pictures.clear()


#: Seconds between looks at how far the painting is.
_LOOK = 0.1


# --- in the other process --------------------------------------------------------------------


def serve(connection: Connection) -> None:
    """Answers requests until the other end is closed."""
    apart.step_back()
    watched.serve(connection, _answer)


def _answer(
    connection: Connection, what: str, data: bytes, pages: Sequence[tuple[int, Any]]
) -> None:
    try:
        _paint(connection, what, data, pages)
    except DocumentRefused as error:
        connection.send(("unread", error.reason))
    except Exception as error:  # noqa: BLE001 - told to the parent, which logs it
        connection.send(("fault", type(error).__name__, traceback.format_exc()))
    else:
        connection.send(("done",))


def _paint(
    connection: Connection, what: str, data: bytes, pages: Sequence[tuple[int, Any]]
) -> None:
    from cambs_evidence.documents import crops, pdfium  # noqa: PLC0415 - in such processes only
    from cambs_evidence.documents.regions import FINEST  # noqa: PLC0415

    document = pdfium.open_pdf(data)
    document.init_forms()
    try:
        for number, wanted in pages:
            try:
                if what == "pages":
                    whole = images.whole(crops.painted(document, number, wanted))
                    connection.send(("page", number, whole))
                    continue
                painted = crops.painted_frames(document, number, wanted, FINEST)
                for frame, pixels in zip(wanted, painted, strict=True):
                    connection.send(("frame", (number, frame), images.small(pixels)))
            except DocumentRefused:
                connection.send(("page", number, None))
    finally:
        document.close()
