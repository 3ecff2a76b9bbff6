"""The process in which pages are painted: what goes off there costs one page, not the window.

The parent sends ``("open", sha256, bytes or path)``, which is not answered, and ``("paint", ticket,
sha256, page, width, height, clip, turn, night)``, answered by ``("painted", ticket)`` when the
bitmap lies in the slot of the shared memory that the ticket names, or by ``("unpainted", ticket,
reason)``.
``("outline", ticket, sha256)`` and ``("links", ticket, sha256, page)`` are answered by
``("answered", ticket, result)``. ``("close", sha256)`` lets go of a document. Pixels are BGRx, rows
without gaps.
"""

from __future__ import annotations

import traceback
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cambs_evidence import apart
from cambs_evidence.documents import watched
from cambs_evidence.errors import DocumentRefused

if TYPE_CHECKING:
    import pypdfium2

#: Bytes of one slot: a bitmap of eight megapixels.
SLOT = 8_000_000 * 4
SLOTS = 2

_WHITE = 0xFFFFFFFF


def serve(connection: Connection, memory: str) -> None:
    """Paints until the other end is closed; ``memory`` names the shared memory."""
    apart.step_back(apart.Behind.PAINTING)
    shared = SharedMemory(memory)
    try:
        easel = _Easel(connection, shared)
        watched.serve(connection, lambda _, *request: easel.answer(*request))
    finally:
        easel.close()
        shared.close()


class _Easel:
    def __init__(self, connection: Connection, shared: SharedMemory) -> None:
        import ctypes  # noqa: PLC0415 - only this process needs what is below

        from cambs_evidence.documents import pdfium  # noqa: F401, PLC0415 - ready for the first page

        self._connection = connection
        self._open: dict[str, pypdfium2.PdfDocument | str] = {}
        self._view = (ctypes.c_char * (SLOT * SLOTS)).from_buffer(shared.buf)  # type: ignore[arg-type]
        self._address = ctypes.addressof(self._view)

    def close(self) -> None:
        del self._view  # shared memory cannot be let go while something points into it

    def answer(self, what: str, *rest: Any) -> None:
        if what == "open":
            self._take(*rest)
        elif what == "close":
            document = self._open.pop(rest[0], None)
            if document is not None and not isinstance(document, str):
                document.close()
        else:
            ticket, *request = rest
            try:
                message = self._told(what, ticket, *request)
            except Exception:  # noqa: BLE001 - told to the parent, which logs it
                message = ("fault", ticket, traceback.format_exc())
            self._connection.send(message)

    def _told(self, what: str, ticket: int, sha256: str, *request: Any) -> tuple[Any, ...]:
        from cambs_evidence.documents import destinations  # noqa: PLC0415

        document = self._open.get(sha256)
        if what == "paint":
            if document is None or isinstance(document, str):
                return ("unpainted", ticket, document or "its document is not there")
            reason = self._paint(ticket, document, *request)
            return ("painted", ticket) if reason is None else ("unpainted", ticket, reason)
        if document is None or isinstance(document, str):
            return ("answered", ticket, [])
        read = destinations.outline if what == "outline" else destinations.links
        return ("answered", ticket, read(document, *request))

    def _take(self, sha256: str, data: bytes | Path) -> None:
        from cambs_evidence.documents import pdfium  # noqa: PLC0415

        try:
            document = pdfium.open_pdf(data)
            document.init_forms()  # what is filled in stands in the fields
            self._open[sha256] = document
        except DocumentRefused as error:
            self._open[sha256] = error.reason

    def _paint(
        self,
        slot: int,
        document: pypdfium2.PdfDocument,
        number: int,
        width: int,
        height: int,
        clip: tuple[int, int, int, int],
        turn: int,
        night: bool,
    ) -> str | None:
        import pypdfium2.raw as pdfium  # noqa: PLC0415

        left, top, across, down = clip
        if not 0 < 4 * across * down <= SLOT:
            return "it is too large to be painted at once"
        page = pdfium.FPDF_LoadPage(document.raw, number)
        if not page:
            return "it is damaged and cannot be painted"
        try:
            bitmap = pdfium.FPDFBitmap_CreateEx(
                across, down, pdfium.FPDFBitmap_BGRx, self._address + slot * SLOT, 4 * across
            )
            if not bitmap:
                return "it is too large to be painted"
            try:
                pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, across, down, _WHITE)
                turns = turn // 90 % 4
                where = (bitmap, page, -left, -top, width, height, turns, pdfium.FPDF_ANNOT)
                pdfium.FPDF_RenderPageBitmap(*where)
                if document.formenv is not None:
                    pdfium.FPDF_FFLDraw(document.formenv.raw, *where)
            finally:
                pdfium.FPDFBitmap_Destroy(bitmap)
        finally:
            pdfium.FPDF_ClosePage(page)
        if night:
            self._darken(slot, across * down)
        return None

    def _darken(self, slot: int, pixels: int) -> None:
        import numpy as np  # noqa: PLC0415

        from cambs_evidence.documents.night import darken  # noqa: PLC0415

        darken(np.frombuffer(memoryview(self._view), np.uint32, pixels, slot * SLOT))
