"""Raw characters and rulings of a page, out of PDFium, as numpy arrays.

PDFium is not thread-safe and a document is untrusted: this module is imported in worker processes
only. The functions that are called once per character are bound a second time with plain integer
arguments, which halves the cost of a call.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import Box

#: Drawn objects looked at on one page when rulings are sought; maps have tens of thousands.
MOST_OBJECTS = 6000
#: Points of one drawn path looked at.
MOST_SEGMENTS = 400
#: Form XObjects within form XObjects looked into.
DEEPEST_FORM = 4
#: Characters taken from one page; a page of print holds some thousands.
MOST_CHARACTERS = 400_000


def _address(function: object) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


# The worker has one thread: nothing is gained by releasing the interpreter's lock in each call.
_box_of = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    _address(pdfium.FPDFText_GetLooseCharBox)
)
_unicode_of = ctypes.PYFUNCTYPE(ctypes.c_uint, ctypes.c_void_p, ctypes.c_int)(
    _address(pdfium.FPDFText_GetUnicode)
)
_text_of = ctypes.PYFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p
)(_address(pdfium.FPDFText_GetText))
_bounds_of = ctypes.PYFUNCTYPE(
    ctypes.c_int,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
)(_address(pdfium.FPDFPageObj_GetBounds))


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as the engine has it.

    ``codes`` are Unicode code points in the file's own order, ``boxes`` float32 ``(n, 4)``
    ``x0, y0, x1, y1`` in user space; ``rulings`` are thin or framed drawn rectangles as boxes;
    ``label`` is the one in the file's page labels.
    """

    index: int
    media: Box
    rotation: int
    codes: npt.NDArray[np.uint32]
    boxes: npt.NDArray[np.float32]
    rulings: npt.NDArray[np.float32]
    label: str | None


def open_pdf(data: bytes, password: str | None = None) -> pypdfium2.PdfDocument:
    """Opens a PDF, raises DocumentRefused with the reason where that is impossible."""
    try:
        document = pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or "password" in str(error):
            reason = (
                "the password given does not open it"
                if password
                else "it is protected by a password; give it with --password"
            )
            raise DocumentRefused(reason, code="encrypted") from error
        raise DocumentRefused("it is damaged and cannot be opened as a PDF") from error
    return document


def pages(document: pypdfium2.PdfDocument) -> Iterator[RawPage]:
    """All pages in order; a page that cannot be loaded comes as an empty one."""
    count = len(document)
    for index in range(count):
        yield _page(document, index)


def _page(document: pypdfium2.PdfDocument, index: int) -> RawPage:
    page = pdfium.FPDF_LoadPage(document.raw, index)
    if not page:
        empty = np.zeros((0, 4), np.float32)
        return RawPage(
            index, (0.0, 0.0, 595.0, 842.0), 0, np.zeros(0, np.uint32), empty, empty, None
        )
    try:
        codes, boxes = _characters(page)
        return RawPage(
            index=index,
            media=_visible(page),
            rotation=pdfium.FPDFPage_GetRotation(page) * 90,
            codes=codes,
            boxes=boxes,
            rulings=_rulings(page),
            label=_label(document, index),
        )
    finally:
        pdfium.FPDF_ClosePage(page)


def _visible(page: object) -> Box:
    """CropBox within MediaBox, in user space; the page's size where neither is sound."""
    edges = [ctypes.c_float() for _ in range(4)]

    def read(get: object) -> Box | None:
        if not get(page, *map(ctypes.byref, edges)):  # type: ignore[operator]
            return None
        left, bottom, right, top = (edge.value for edge in edges)
        box = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
        return box if box[2] - box[0] > 0 and box[3] - box[1] > 0 else None

    media = read(pdfium.FPDFPage_GetMediaBox)
    crop = read(pdfium.FPDFPage_GetCropBox)
    if media and crop:
        both = (
            max(media[0], crop[0]),
            max(media[1], crop[1]),
            min(media[2], crop[2]),
            min(media[3], crop[3]),
        )
        if both[2] > both[0] and both[3] > both[1]:
            return both
    if media or crop:
        return media or crop  # type: ignore[return-value]
    width = float(pdfium.FPDF_GetPageWidthF(page))
    height = float(pdfium.FPDF_GetPageHeightF(page))
    if pdfium.FPDFPage_GetRotation(page) % 2:
        width, height = height, width
    return (0.0, 0.0, width or 595.0, height or 842.0)


def _characters(page: object) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32]]:
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return np.zeros(0, np.uint32), np.zeros((0, 4), np.float32)
    try:
        handle = _address(text_page)
        count = min(max(pdfium.FPDFText_CountChars(text_page), 0), MOST_CHARACTERS)
        boxes = np.zeros((count, 4), np.float32)
        start = boxes.ctypes.data
        deque(
            map(_box_of, repeat(handle), range(count), range(start, start + 16 * count, 16)),
            maxlen=0,
        )
        # FS_RECTF is left, top, right, bottom.
        boxes = boxes[:, [0, 3, 2, 1]]
        return _codes(handle, count), boxes
    finally:
        pdfium.FPDFText_ClosePage(text_page)


def _codes(handle: int, count: int) -> npt.NDArray[np.uint32]:
    """Code points, one for each character index.

    The engine's string is used where it has one unit for each index (on 99 % of real pages, and
    then the two agree but for the mark of a line-end hyphen); otherwise each character is asked.
    """
    units = np.zeros(count + 2, np.uint16)
    written = _text_of(handle, 0, count, units.ctypes.data) - 1
    if written == count:
        text = units[:count]
        if not bool(((text >= 0xD800) & (text < 0xE000)).any()):
            return text.astype(np.uint32)
    return np.fromiter(map(_unicode_of, repeat(handle), range(count)), np.uint32, count)


def _label(document: pypdfium2.PdfDocument, index: int) -> str | None:
    size = pdfium.FPDF_GetPageLabel(document.raw, index, None, 0)
    if size <= 2 or size > 400:
        return None
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDF_GetPageLabel(document.raw, index, buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").strip() or None


def _rulings(page: object) -> npt.NDArray[np.float32]:
    found: list[Box] = []
    count = pdfium.FPDFPage_CountObjects(page)
    budget = [MOST_OBJECTS]
    if count <= MOST_OBJECTS:
        _collect(
            (pdfium.FPDFPage_GetObject(page, index) for index in range(count)), found, budget, 0
        )
    if not found:
        return np.zeros((0, 4), np.float32)
    return np.array(found, np.float32)


def _collect(objects: Iterator[object], found: list[Box], budget: list[int], depth: int) -> None:
    edges = (ctypes.c_float * 4)()
    at = ctypes.addressof(edges)
    for drawn in objects:
        budget[0] -= 1
        if budget[0] < 0:
            return
        kind = pdfium.FPDFPageObj_GetType(drawn)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            segments = pdfium.FPDFPath_CountSegments(drawn)
            if segments > 5:
                found.extend(_pieces(drawn, min(segments, MOST_SEGMENTS)))
            elif segments >= 2 and _bounds_of(_address(drawn), at, at + 4, at + 8, at + 12):
                found.append((edges[0], edges[1], edges[2], edges[3]))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST_FORM:
            inner: list[Box] = []
            total = min(pdfium.FPDFFormObj_CountObjects(drawn), max(budget[0], 0))
            members = (pdfium.FPDFFormObj_GetObject(drawn, index) for index in range(total))
            _collect(members, inner, budget, depth + 1)
            found.extend(_moved(inner, drawn))


def _matrix(drawn: object) -> tuple[float, float, float, float, float, float]:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(drawn, ctypes.byref(matrix)):
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _moved(boxes: list[Box], drawn: object) -> Iterator[Box]:
    a, b, c, d, e, f = _matrix(drawn)
    for x0, y0, x1, y1 in boxes:
        xs = (a * x0 + c * y0 + e, a * x1 + c * y1 + e)
        ys = (b * x0 + d * y0 + f, b * x1 + d * y1 + f)
        yield (min(xs), min(ys), max(xs), max(ys))


def _pieces(drawn: object, count: int) -> Iterator[Box]:
    """The straight pieces of a path; curved ones are no rulings."""
    a, b, c, d, e, f = _matrix(drawn)
    x, y = ctypes.c_float(), ctypes.c_float()
    at: tuple[float, float] | None = None
    opened: tuple[float, float] | None = None
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(drawn, index)
        if not segment or not pdfium.FPDFPathSegment_GetPoint(
            segment, ctypes.byref(x), ctypes.byref(y)
        ):
            return
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            opened = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and at is not None:
            yield _between(at, point)
        at = point
        if pdfium.FPDFPathSegment_GetClose(segment) and opened is not None:
            yield _between(at, opened)
            at = opened


def _between(p: tuple[float, float], q: tuple[float, float]) -> Box:
    return (min(p[0], q[0]), min(p[1], q[1]), max(p[0], q[0]), max(p[1], q[1]))
