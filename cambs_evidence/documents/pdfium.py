"""Raw characters and rulings of a page, out of PDFium, as numpy arrays.

PDFium is not thread-safe and a document is untrusted: this module is imported in worker processes
only.
"""

from __future__ import annotations

import ctypes
import gc
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from cambs_evidence.documents import calls, fields
from cambs_evidence.documents.drawings import Drawings, covered, drawings
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import Box

#: Characters taken from one page; a page of print holds some thousands.
MOST_CHARACTERS = 400_000
#: Fields and notes looked at on one page.
MOST_FIELDS = 5_000

#: Where the engine writes the boxes of characters, some at a time.
_BOXES = calls.Rows(4096, 4)
#: A hyphen at a line's end, which the engine tells by a code that else stands for white space.
_LINE_END_HYPHEN = 2


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as the engine has it.

    ``codes`` are Unicode code points in the file's own order, ``boxes`` float32 ``(n, 4)``
    ``x0, y0, x1, y1`` in user space, of spaces and line ends only where they were asked for;
    ``rulings`` are drawn straight lines as boxes; ``areas`` are filled rectangles with the colour
    they are filled with, ``(m, 5)``; ``label`` is the one in the file's page labels.
    """

    index: int
    media: Box
    rotation: int
    codes: npt.NDArray[np.uint32]
    boxes: npt.NDArray[np.float32]
    rulings: npt.NDArray[np.float32]
    areas: npt.NDArray[np.float32]
    label: str | None


def begin_anew() -> None:
    """Has the engine forget all documents before, of which nobody may hold one open.

    A font that a file does not bring with it is made out of one that all such fonts share, and how
    that was shaped last stays with it: after pages were painted, letters of other documents would
    stand some points from where they stand to an engine that has painted nothing.
    """
    gc.collect()  # what work that failed left open is closed while there is an engine
    pdfium.FPDF_DestroyLibrary()
    pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(version=2))


def open_pdf(data: bytes | Path, password: str | None = None) -> pypdfium2.PdfDocument:
    """Opens a PDF or a file that is one; raises DocumentRefused where that is impossible."""
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
        yield page(document, index)


def page(document: pypdfium2.PdfDocument, index: int, *, spaces: bool = False) -> RawPage:
    """One page (0-based); one that cannot be loaded comes as an empty one.

    With ``spaces`` those and line ends have their boxes too; otherwise theirs are empty.
    Its characters are followed by those that are filled in on forms; where there are any, the
    fields are part of the page from then on, in this opened document.
    """
    handle = pdfium.FPDF_LoadPage(document.raw, index)
    if not handle:
        empty, none = np.zeros((0, 4), np.float32), np.zeros((0, 5), np.float32)
        a4 = (0.0, 0.0, 595.0, 842.0)
        return RawPage(index, a4, 0, np.zeros(0, np.uint32), empty, empty, none, None)
    try:
        drawn = drawings(calls.address(handle))
        codes, boxes = _characters(handle, drawn, spaces=spaces)
        filled = list(_filled_in(document, handle))
        seen = _seen(document, index, handle, filled) if filled else []
        if seen:
            codes = np.concatenate([codes, *(each for each, _ in seen)])
            boxes = np.concatenate([boxes, *(each for _, each in seen)])
        return RawPage(
            index=index,
            media=visible(handle),
            rotation=pdfium.FPDFPage_GetRotation(handle) * 90,
            codes=codes,
            boxes=boxes,
            rulings=drawn.rulings,
            areas=drawn.areas,
            label=_label(document, index),
        )
    finally:
        pdfium.FPDF_ClosePage(handle)


_Letters = tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32]]
_Filled = tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32], Box]
_TEXTUAL = (
    pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX,
)  # fmt: skip
_UNSEEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
#: Flags of a text field: of several lines, and for passwords.
_SEVERAL_LINES, _SECRET = 1 << 12, 1 << 13


def _filled_in(document: pypdfium2.PdfDocument, page: object) -> Iterator[_Filled]:
    """Code points, boxes and rectangle of what is filled in, field by field."""
    count = min(pdfium.FPDFPage_GetAnnotCount(page), MOST_FIELDS)
    for place in range(count):
        note = pdfium.FPDFPage_GetAnnot(page, place)
        if not note:
            continue
        try:
            if pdfium.FPDFAnnot_GetSubtype(note) != pdfium.FPDF_ANNOT_WIDGET:
                continue
            if document.formenv is None:
                document.init_forms()
            if document.formenv is None:
                return  # it has fields, but no form that they belong to
            found = _field(document.formenv.raw, note)
        finally:
            pdfium.FPDFPage_CloseAnnot(note)
        if found is not None:
            yield found


def _seen(
    document: pypdfium2.PdfDocument, index: int, page: object, filled: Sequence[_Filled]
) -> list[_Letters]:
    """Those of the values of fields that are to be seen on the page.

    A field may show something else than its value, or nothing: that is no part of the text.
    """
    for place in reversed(range(pdfium.FPDFPage_GetAnnotCount(page))):
        note = pdfium.FPDFPage_GetAnnot(page, place)
        kind = pdfium.FPDFAnnot_GetSubtype(note) if note else pdfium.FPDF_ANNOT_WIDGET
        if note:
            pdfium.FPDFPage_CloseAnnot(note)
        if kind != pdfium.FPDF_ANNOT_WIDGET:
            pdfium.FPDFPage_RemoveAnnot(page, place)
    pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
    flat = pdfium.FPDF_LoadPage(document.raw, index)
    if not flat:
        return []
    try:
        codes, boxes = _characters(flat)
    finally:
        pdfium.FPDF_ClosePage(flat)
    inked = (codes > 32) & (codes != 0xA0)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    seen = []
    for letters, at, field in filled:
        real = (letters > 32) & (letters != 0xA0)
        x0, y0, x1, y1 = field
        inside = inked & (x > x0) & (x < x1) & (y > y0) & (y < y1)
        if _text(letters[real]) in _text(codes[inside]):
            seen.append((letters, at))
    return seen


def _text(codes: npt.NDArray[np.uint32]) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", "replace")


def _field(form: object, note: object) -> _Filled | None:
    if pdfium.FPDFAnnot_GetFlags(note) & _UNSEEN:
        return None
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, note)
    flags = pdfium.FPDFAnnot_GetFormFieldFlags(form, note)
    is_text = kind == pdfium.FPDF_FORMFIELD_TEXTFIELD
    if kind not in _TEXTUAL or (is_text and flags & _SECRET):
        return None
    size = pdfium.FPDFAnnot_GetFormFieldValue(form, note, None, 0)
    edges = pdfium.FS_RECTF()
    if not 2 < size <= 8 * fields.LONGEST or not pdfium.FPDFAnnot_GetRect(note, edges):
        return None
    buffer = (ctypes.c_ushort * (size // 2))()
    pdfium.FPDFAnnot_GetFormFieldValue(form, note, buffer, size)
    value = bytes(buffer)[: size - 2].decode("utf-16-le", "replace")
    box = (edges.left, edges.bottom, edges.right, edges.top)
    several_lines = is_text and bool(flags & _SEVERAL_LINES)
    text, boxes = fields.laid(box, value, several_lines=several_lines)
    if not text:
        return None
    codes = np.frombuffer(f"\n{text}".encode("utf-32-le", "replace"), "<u4").astype(np.uint32)
    return codes, np.concatenate([np.zeros((1, 4), np.float32), boxes]), box


def visible(page: object) -> Box:
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


def _characters(
    page: object, drawn: Drawings | None = None, *, spaces: bool = False
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32]]:
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return np.zeros(0, np.uint32), np.zeros((0, 4), np.float32)
    try:
        address = calls.address(text_page)
        count = min(max(pdfium.FPDFText_CountChars(text_page), 0), MOST_CHARACTERS)
        codes = _codes(address, count)
        asked = None if spaces else np.flatnonzero((codes > 32) | (codes == _LINE_END_HYPHEN))
        boxes = _boxes(address, count, asked)
        if drawn is not None and drawn.covers and count:
            boxes[covered(drawn, address, codes, boxes)] = 0
        return codes, boxes
    finally:
        pdfium.FPDFText_ClosePage(text_page)


def _boxes(
    text_page: int, count: int, asked: npt.NDArray[np.int64] | None
) -> npt.NDArray[np.float32]:
    """Boxes ``(count, 4)`` of the characters that are asked for, empty ones of the others."""
    handle = calls.argument(text_page)
    which: Sequence[int] = range(count) if asked is None else asked.tolist()
    found = np.zeros((len(which), 4), np.float32)
    rows = len(_BOXES.places)
    for start in range(0, len(which), rows):
        some = which[start : start + rows]
        _BOXES.values[:] = 0
        deque(map(calls.box_of, repeat(handle), some, _BOXES.places), maxlen=0)
        # FS_RECTF is left, top, right, bottom.
        found[start : start + rows] = _BOXES.values[: len(some), [0, 3, 2, 1]]
    if asked is None:
        return found
    boxes = np.zeros((count, 4), np.float32)
    boxes[asked] = found
    return boxes


def _codes(text_page: int, count: int) -> npt.NDArray[np.uint32]:
    """Code points, one for each character index.

    The engine's string is used where it has one unit for each index (on 99 % of real pages, and
    then the two agree but for the mark of a line-end hyphen); otherwise each character is asked.
    """
    handle = calls.argument(text_page)
    units = np.zeros(count + 2, np.uint16)
    written = calls.text_of(handle, 0, count, calls.argument(units.ctypes.data)) - 1
    if written == count:
        text = units[:count]
        if not bool(((text >= 0xD800) & (text < 0xE000)).any()):
            return text.astype(np.uint32)
    return np.fromiter(map(calls.unicode_of, repeat(handle), range(count)), np.uint32, count)


def _label(document: pypdfium2.PdfDocument, index: int) -> str | None:
    size = pdfium.FPDF_GetPageLabel(document.raw, index, None, 0)
    if size <= 2 or size > 400:
        return None
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDF_GetPageLabel(document.raw, index, buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").strip() or None
