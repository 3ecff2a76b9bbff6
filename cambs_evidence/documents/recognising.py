"""Recognising the text of pages, in watched processes: page by page, what is finished is kept.

The parent sends ``(data, pages, engine)`` and gets back ``("begun", page)`` before each page, now
and then ``("alive",)``, and some pages later ``("page", page, words, confidence, packed)`` with a
page as the worker of an import packs it, or ``("failed", page, reason)``; at the end ``("done",)``,
``("unread", reason)`` or ``("fault", kind, trace)``.
"""

from __future__ import annotations

import logging
import math
import traceback
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from cambs_evidence import apart
from cambs_evidence.documents import watched
from cambs_evidence.documents.intake import ReadPage
from cambs_evidence.documents.tesseract import Engine, Word
from cambs_evidence.documents.watched import Pool
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import Recognised

_log = logging.getLogger(__name__)

#: Dots per inch that text is recognised at, and pixels of a page at most.
DPI, MOST_PIXELS = 300, 20_000_000
#: A page takes as much CPU time of ours as so many pages to be read.
_HEAVY = 8
#: Processes that work at once.
_AT_ONCE = 2
#: Below this mean confidence a page may lie on its side.
_POOR = 50.0

Answer = tuple[Recognised, ReadPage | None]


@dataclass(slots=True)
class _Share:
    """Some pages for one process, and what has come of them so far."""

    data: bytes
    engine: Engine
    todo: list[int]
    answers: list[Answer] = field(default_factory=list)
    current: int | None = None
    trouble: str | None = None
    done: bool = False

    @property
    def request(self) -> tuple[Any, ...]:
        return self.data, list(self.todo), self.engine

    @property
    def weight(self) -> int:
        return 3 * len(self.data)

    @property
    def pages(self) -> int:
        return _HEAVY * (len(self.todo) + 1)

    @property
    def ended(self) -> bool:
        return self.done

    def take(self, message: tuple[Any, ...]) -> None:
        """Takes in one message, as this module's head says."""
        what, *rest = message
        if what == "begun":
            self.current = rest[0]
        elif what == "page":
            page, words, confidence, packed = rest
            self._answer(Recognised(page, words, confidence), packed and ReadPage(*packed))
        elif what == "failed":
            self._answer(Recognised(rest[0], 0, None, rest[1]), None)
        elif what == "alive":
            pass
        elif what == "done":
            self.done = True
        elif what == "unread":
            self.done = True
            for page in list(self.todo):
                self._answer(Recognised(page, 0, None, rest[0]), None)
        else:
            _log.error("Recognising a page failed with %s\n%s", *rest)
            self.fail(watched.FAULT)

    def _answer(self, told: Recognised, page: ReadPage | None) -> None:
        self.todo.remove(told.page)
        self.answers.append((told, page))

    def fail(self, reason: str) -> None:
        """The process had to be ended: the page it was at is given up, the others are not."""
        self.trouble, self.done = reason, True
        page = self.current if self.current in self.todo else next(iter(self.todo), None)
        if page is not None:
            self._answer(Recognised(page, 0, None, reason), None)


def recognise(
    data: bytes, pages: Sequence[int], engine: Engine
) -> Generator[Answer | None, None, None]:
    """Recognises pages (0-based) of a PDF; yields what became of each, and None meanwhile.

    With a page that words were found on comes what is to be stored of it.
    """
    half = math.ceil(len(pages) / _AT_ONCE)
    shares = [_Share(data, engine, list(pages[at : at + half])) for at in (0, half)]
    shares = [share for share in shares if share.todo]
    with Pool[_Share](serve, count=_AT_ONCE) as pool:
        while shares:
            for _ in pool.run(shares):
                for share in shares:
                    while share.answers:
                        yield share.answers.pop(0)
                yield None
            shares = [_Share(data, engine, share.todo) for share in shares if share.todo]


# --- in the watched process ------------------------------------------------------------------


def serve(connection: Connection) -> None:
    """Answers requests until the other end is closed."""
    apart.step_back()
    watched.serve(connection, _answer)


def _answer(connection: Connection, data: bytes, pages: Sequence[int], engine: Engine) -> None:
    try:
        _recognise(connection, data, pages, engine)
        connection.send(("done",))
    except DocumentRefused as error:
        connection.send(("unread", error.reason))
    except MemoryError:
        connection.send(("unread", "it needs more memory than a page may take"))
    except Exception as error:  # noqa: BLE001 - told to the parent, which logs it
        connection.send(("fault", type(error).__name__, traceback.format_exc()))


def _recognise(connection: Connection, data: bytes, pages: Sequence[int], engine: Engine) -> None:
    from cambs_evidence.documents import pdfium  # noqa: PLC0415
    from cambs_evidence.documents.recognition import Recogniser  # noqa: PLC0415
    from cambs_evidence.documents.worker import packed  # noqa: PLC0415

    document = pdfium.open_pdf(data)
    document.init_forms()
    recogniser = Recogniser(engine.layer_version)

    def send(layer: Any) -> None:
        told = layer.recognition
        if told is None:
            connection.send(("page", layer.index, 0, None, None))
        else:
            count = len(layer.text.split())
            connection.send(("page", layer.index, count, told.confidence, packed(layer)))

    for number in pages:
        connection.send(("begun", number))
        try:
            words, scale, turns = _read(
                document, number, engine, lambda: connection.send(("alive",))
            )
        except DocumentRefused as error:
            connection.send(("failed", number, error.reason))
            continue
        for layer in recogniser.see(pdfium.page(document, number), words, scale, turns):
            send(layer)
    for layer in recogniser.rest():
        send(layer)


def _read(
    document: Any, number: int, engine: Engine, alive: Callable[[], None]
) -> tuple[list[Word], float, int]:
    """The words of a page in pixels, pixels to a point, and by how much it was turned for them."""
    import numpy as np  # noqa: PLC0415

    from cambs_evidence.documents import tesseract  # noqa: PLC0415

    pixels, scale = _painted(document, number)
    dpi = round(scale * 72)
    words = tesseract.read(engine, _pnm(pixels), dpi, alive)
    if engine.tells_direction and _mean(words) < _POOR:
        turns = tesseract.turns(engine, _pnm(pixels), dpi, alive)
        if turns:
            turned = np.ascontiguousarray(np.rot90(pixels, turns))
            again = tesseract.read(engine, _pnm(turned), dpi, alive)
            if _mean(again) > _mean(words):
                return again, scale, turns
    return words, scale, 0


def _mean(words: Sequence[Word]) -> float:
    return sum(word.confidence for word in words) / max(len(words), 1)


def _painted(document: Any, number: int) -> tuple[Any, float]:
    """A page in grey as it is shown, and pixels to a point; raises DocumentRefused."""
    import pypdfium2  # noqa: PLC0415

    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        raise DocumentRefused("the page is damaged and cannot be painted") from error
    try:
        width, height = page.get_size()
        room = math.sqrt(MOST_PIXELS / max(width * height, 1e-3))
        scale = min(DPI / 72, room)
        if min(width, height) * scale < 2:
            raise DocumentRefused("the page is too narrow to be painted")
        bitmap = page.render(scale=scale, grayscale=True)
        try:
            return bitmap.to_numpy().copy().reshape(bitmap.height, -1)[:, : bitmap.width], scale
        finally:
            bitmap.close()
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise DocumentRefused("the page is damaged and cannot be painted") from error
    finally:
        page.close()


def _pnm(pixels: Any) -> bytes:
    """Pixels in the plainest format there is."""
    height, width = pixels.shape
    return b"P5 %d %d 255\n" % (width, height) + bytes(pixels.tobytes())
