"""Pages of the sources and parts of them as pictures, painted by PDFium in watched processes.

Requests are ``("pages", data, pages)`` with a PDF and ``(number, visible box)`` for each page,
0-based, or ``("frames", data, pages)`` with ``(number, frames)``; the answers ``("page", number,
picture, print)`` or ``("frame", (number, frame), picture, print)``, the picture being None where it
cannot be painted, then ``("done",)`` or ``("unread", reason)``.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Self

from cambs_evidence import apart
from cambs_evidence.documents import watched
from cambs_evidence.documents.watched import Asked, Pool
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import Box
from cambs_evidence.pack import images
from cambs_evidence.pack.crops import Frame
from cambs_evidence.pack.images import Image
from cambs_evidence.pack.spool import Spool, Spooled

#: Pages that one process paints before another may take over.
_AT_ONCE = 25
#: Pages of which one process paints parts before another may take over.
_PARTS_AT_ONCE = 100


@dataclass(slots=True)
class _Task(Asked):
    """Some pages of the document with the id ``key``."""

    key: str
    spool: Spool
    pictures: dict[Any, Spooled] = field(default_factory=dict)
    painted: dict[Any, tuple[Image, bytes]] = field(default_factory=dict)

    def hear(self, message: tuple[Any, ...]) -> None:
        _, part, picture, seen = message
        if picture is not None:
            self.painted[part] = (picture, seen)

    def put_by(self) -> None:
        """Puts what was painted into the spool; raises OSError where there is no room."""
        for part, (picture, seen) in self.painted.items():
            self.pictures[part] = self.spool.add(picture, seen)
        self.painted.clear()


def pictures(
    wanted: dict[str, tuple[bytes, list[tuple[int, Box]]]], spool: Spool
) -> Generator[int | dict[tuple[str, int], Spooled], None, None]:
    """Pictures of pages of several PDFs: the bytes of each, and its pages with their boxes.

    Yields how many are painted, and at last the pictures; such as cannot be painted are not there.
    """
    tasks = [
        _Task(("pages", data, pages[begin : begin + _AT_ONCE]), 4 * len(data), _AT_ONCE, key, spool)
        for key, (data, pages) in wanted.items()
        for begin in range(0, len(pages), _AT_ONCE)
    ]
    with Pool[_Task](serve) as pool:
        for task in pool.run(tasks):
            if task is not None:
                task.put_by()
            yield sum(len(each.pictures) for each in tasks)
    yield {
        (task.key, number): picture for task in tasks for number, picture in task.pictures.items()
    }


#: A part of a document's page: the document's id, the page (0-based), the part.
Part = tuple[str, int, Frame]


class Painting:
    """Parts of pages, painted while the pack is laid out; to be closed.

    ``wanted`` gives for a document's id its PDF, and parts of pages by their 0-based number. What
    is painted lies in a spool.
    """

    def __init__(
        self, wanted: Mapping[str, tuple[Callable[[], bytes], dict[int, list[Frame]]]], spool: Spool
    ) -> None:
        self._wanted = wanted
        self._total = sum(len(some) for _, pages in wanted.values() for some in pages.values())
        self._images: dict[Part, Spooled] = {}
        self._spool = spool
        self._stopped = threading.Event()
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="painting", daemon=True)
        if wanted:
            self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._wanted:
            self._thread.join()

    def images(self) -> Generator[tuple[int, int], None, dict[Part, Spooled]]:
        """What was painted; what cannot be is missing.

        Yields how many of how many are done, until all are.
        """
        while self._wanted and self._thread.is_alive():
            yield len(self._images), self._total
            self._thread.join(_LOOK)
        if self._trouble is not None:
            raise self._trouble
        return self._images

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
                request = ("frames", pdf, some)
                tasks.append(_Task(request, 4 * len(pdf), len(some), key, self._spool))
        with Pool[_Task](serve) as pool:
            for task in pool.run(tasks):
                if self._stopped.is_set():
                    return
                if task is not None:
                    task.put_by()
                    self._images |= {(task.key, *part): it for part, it in task.pictures.items()}
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
    from cambs_evidence.pack import seal  # noqa: PLC0415

    document = pdfium.open_pdf(data)
    document.init_forms()
    try:
        for number, wanted in pages:
            try:
                if what == "pages":
                    whole = images.whole(crops.painted(document, number, wanted))
                    connection.send(("page", number, whole, seal.of_image(whole)))
                    continue
                painted = crops.painted_frames(document, number, wanted, FINEST)
                for frame, pixels in zip(wanted, painted, strict=True):
                    small = images.small(pixels)
                    connection.send(("frame", (number, frame), small, seal.of_image(small)))
            except DocumentRefused:
                connection.send(("page", number, None, b""))
    finally:
        document.close()
