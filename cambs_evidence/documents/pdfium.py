"""Raw characters and rulings of a page, out of PDFium, as numpy arrays.

PDFium is not thread-safe and a document is untrusted: this module is imported in worker processes
only. The functions that are called once per character are bound a second time with plain integer
arguments, which halves the cost of a call.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from cambs_evidence.documents import fields
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
#: Fields and notes looked at on one page.
MOST_FIELDS = 5_000


_HANDLE, _INT = ctypes.c_void_p, ctypes.c_int


def _address(pointer: object) -> int:
    return ctypes.cast(pointer, _HANDLE).value or 0  # type: ignore[arg-type]


def _bound(function: object, result: object, *arguments: object) -> Callable[..., int]:
    """The engine's function with plain integers for handles.

    The worker has one thread: nothing is gained by releasing the interpreter's lock in each call.
    """
    return ctypes.PYFUNCTYPE(result, *arguments)(_address(function))  # type: ignore[arg-type]


_box_of = _bound(pdfium.FPDFText_GetLooseCharBox, _INT, _HANDLE, _INT, _HANDLE)
_unicode_of = _bound(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _HANDLE, _INT)
_text_of = _bound(pdfium.FPDFText_GetText, _INT, _HANDLE, _INT, _INT, _HANDLE)
_object_of = _bound(pdfium.FPDFText_GetTextObject, _HANDLE, _HANDLE, _INT)
_count_on = _bound(pdfium.FPDFPage_CountObjects, _INT, _HANDLE)
_drawn_on = _bound(pdfium.FPDFPage_GetObject, _HANDLE, _HANDLE, _INT)
_kind_of = _bound(pdfium.FPDFPageObj_GetType, _INT, _HANDLE)
_bounds_of = _bound(pdfium.FPDFPageObj_GetBounds, _INT, *[_HANDLE] * 5)
_matrix_of = _bound(pdfium.FPDFPageObj_GetMatrix, _INT, _HANDLE, _HANDLE)
_transparent = _bound(pdfium.FPDFPageObj_HasTransparency, _INT, _HANDLE)
_fill_of = _bound(pdfium.FPDFPageObj_GetFillColor, _INT, *[_HANDLE] * 5)
_mode_of = _bound(pdfium.FPDFPath_GetDrawMode, _INT, _HANDLE, _HANDLE, _HANDLE)
_segments_of = _bound(pdfium.FPDFPath_CountSegments, _INT, _HANDLE)
_segment_of = _bound(pdfium.FPDFPath_GetPathSegment, _HANDLE, _HANDLE, _INT)
_point_of = _bound(pdfium.FPDFPathSegment_GetPoint, _INT, _HANDLE, _HANDLE, _HANDLE)
_segment_kind = _bound(pdfium.FPDFPathSegment_GetType, _INT, _HANDLE)
_closes = _bound(pdfium.FPDFPathSegment_GetClose, _INT, _HANDLE)
_count_in = _bound(pdfium.FPDFFormObj_CountObjects, _INT, _HANDLE)
_drawn_in = _bound(pdfium.FPDFFormObj_GetObject, _HANDLE, _HANDLE, ctypes.c_ulong)

#: An opaque filled rectangle and its place in the order of painting.
_Cover = tuple[float, float, float, float, int]


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as the engine has it.

    ``codes`` are Unicode code points in the file's own order, ``boxes`` float32 ``(n, 4)``
    ``x0, y0, x1, y1`` in user space; ``rulings`` are drawn straight lines as boxes; ``areas`` are
    filled rectangles with the colour they are filled with, ``(m, 5)``; ``label`` is the one in
    the file's page labels.
    """

    index: int
    media: Box
    rotation: int
    codes: npt.NDArray[np.uint32]
    boxes: npt.NDArray[np.float32]
    rulings: npt.NDArray[np.float32]
    areas: npt.NDArray[np.float32]
    label: str | None


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


def page(document: pypdfium2.PdfDocument, index: int) -> RawPage:
    """One page (0-based); one that cannot be loaded comes as an empty one.

    Its characters are followed by those that are filled in on forms; where there are any, the
    fields are part of the page from then on, in this opened document.
    """
    handle = pdfium.FPDF_LoadPage(document.raw, index)
    if not handle:
        empty, none = np.zeros((0, 4), np.float32), np.zeros((0, 5), np.float32)
        a4 = (0.0, 0.0, 595.0, 842.0)
        return RawPage(index, a4, 0, np.zeros(0, np.uint32), empty, empty, none, None)
    try:
        rulings, areas, covers = _drawn(_address(handle))
        codes, boxes = _characters(handle, covers)
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
            rulings=rulings,
            areas=areas,
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
        codes, boxes = _characters(flat, [])
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
    page: object, covers: list[_Cover]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32]]:
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
        codes = _codes(handle, count)
        if covers and count:
            boxes[_covered(_address(page), handle, codes, boxes, covers)] = 0
        return codes, boxes
    finally:
        pdfium.FPDFText_ClosePage(text_page)


def _covered(
    page: int,
    handle: int,
    codes: npt.NDArray[np.uint32],
    boxes: npt.NDArray[np.float32],
    covers: list[_Cover],
) -> npt.NDArray[np.bool_]:
    """True for characters that an opaque area hides: it was painted over them later.

    What nobody can see on the page is no quote.
    """
    hidden = np.zeros(len(codes), bool)
    order: dict[int, int] = {}
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    inked = codes > 32
    word = np.concatenate([[True], ~inked[:-1]]) & inked
    for x0, y0, x1, y1, painted in covers:
        inside = inked & (middle[:, 0] > x0) & (middle[:, 0] < x1)
        inside &= (middle[:, 1] > y0) & (middle[:, 1] < y1)
        if not bool(inside.any()):
            continue
        if not order:
            order = {_drawn_on(page, item): item for item in range(_count_on(page))}
        # One question for each word: a word is painted at once. Characters come in the order of
        # painting, so that the first one painted after the area ends the search.
        firsts = np.flatnonzero(inside & (word | ~np.concatenate([[False], inside[:-1]])))
        ends = [*firsts[1:].tolist(), len(codes)]
        for at, until in zip(firsts.tolist(), ends, strict=True):
            if order.get(_object_of(handle, at) or 0, painted) >= painted:
                break
            hidden[at:until] |= inside[at:until]
    return hidden


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


Drawn = tuple[float, float, float, float, float]
#: Colour of a drawn line, as the fifth value of what is drawn; fills have their own, 0 and up.
_LINE = -1.0
_THIN = 3.0
_WHITE = float(0xFFFFFF)


def _drawn(
    page: int,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], list[_Cover]]:
    """Drawn lines ``(n, 4)``, filled areas with their colour ``(m, 5)``, and what covers."""
    found: list[Drawn] = []
    covers: list[_Cover] = []
    count = _count_on(page)
    budget = [MOST_OBJECTS]
    if count <= MOST_OBJECTS:
        _collect(
            (_drawn_on(page, index) for index in range(count)),
            found,
            covers,
            budget,
            0,
        )
    if not found:
        return np.zeros((0, 4), np.float32), np.zeros((0, 5), np.float32), covers
    drawn = np.array(found, np.float32)
    lines = drawn[:, 4] == _LINE
    return drawn[lines][:, :4], drawn[~lines], covers


def _collect(
    objects: Iterator[int],
    found: list[Drawn],
    covers: list[_Cover],
    budget: list[int],
    depth: int,
) -> None:
    edges = (ctypes.c_float * 4)()
    at = ctypes.addressof(edges)
    for place, drawn in enumerate(objects):
        budget[0] -= 1
        if budget[0] < 0:
            return
        kind = _kind_of(drawn)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            segments = _segments_of(drawn)
            if segments > 5:
                found.extend(_pieces(drawn, min(segments, MOST_SEGMENTS)))
            elif segments >= 2 and _bounds_of(drawn, at, at + 4, at + 8, at + 12):
                x0, y0, x1, y1 = edges
                if x1 - x0 <= _THIN or y1 - y0 <= _THIN:
                    found.append((x0, y0, x1, y1, _LINE))
                else:
                    _area(drawn, (x0, y0, x1, y1), found, covers, place if depth == 0 else None)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST_FORM:
            inner: list[Drawn] = []
            total = min(_count_in(drawn), max(budget[0], 0))
            members = (_drawn_in(drawn, index) for index in range(total))
            _collect(members, inner, covers, budget, depth + 1)
            found.extend(_moved(inner, drawn))


def _area(
    drawn: int, box: Box, found: list[Drawn], covers: list[_Cover], place: int | None
) -> None:
    """A framed rectangle is four lines, a filled one an area, and it may cover what it is on."""
    modes = (ctypes.c_int * 2)()
    _mode_of(drawn, ctypes.addressof(modes), ctypes.addressof(modes) + 4)
    filled, framed = modes
    x0, y0, x1, y1 = box
    if framed:
        found.append((x0, y0, x1, y0, _LINE))
        found.append((x0, y1, x1, y1, _LINE))
        found.append((x0, y0, x0, y1, _LINE))
        found.append((x1, y0, x1, y1, _LINE))
    elif filled:
        parts = (ctypes.c_uint * 4)()
        at = ctypes.addressof(parts)
        _fill_of(drawn, at, at + 4, at + 8, at + 12)
        colour = float((parts[0] & 0xFF) << 16 | (parts[1] & 0xFF) << 8 | parts[2] & 0xFF)
        if colour != _WHITE:  # white on white is no shading
            found.append((x0, y0, x1, y1, colour))
    if filled and place is not None and not _transparent(drawn):
        covers.append((x0, y0, x1, y1, place))


def _matrix(drawn: int) -> tuple[float, float, float, float, float, float]:
    values = (ctypes.c_float * 6)()
    if not _matrix_of(drawn, ctypes.addressof(values)):
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    a, b, c, d, e, f = values
    return (a, b, c, d, e, f)


def _moved(boxes: list[Drawn], drawn: int) -> Iterator[Drawn]:
    a, b, c, d, e, f = _matrix(drawn)
    for x0, y0, x1, y1, colour in boxes:
        xs = (a * x0 + c * y0 + e, a * x1 + c * y1 + e)
        ys = (b * x0 + d * y0 + f, b * x1 + d * y1 + f)
        yield (min(xs), min(ys), max(xs), max(ys), colour)


def _pieces(drawn: int, count: int) -> Iterator[Drawn]:
    """The straight pieces of a path; curved ones are no rulings."""
    a, b, c, d, e, f = _matrix(drawn)
    values = (ctypes.c_float * 2)()
    x_at, y_at = ctypes.addressof(values), ctypes.addressof(values) + 4
    at: tuple[float, float] | None = None
    opened: tuple[float, float] | None = None
    for index in range(count):
        segment = _segment_of(drawn, index)
        if not segment or not _point_of(segment, x_at, y_at):
            return
        x, y = values
        point = (a * x + c * y + e, b * x + d * y + f)
        kind = _segment_kind(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            opened = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and at is not None:
            yield _between(at, point)
        at = point
        if opened is not None and _closes(segment):
            yield _between(at, opened)
            at = opened


def _between(p: tuple[float, float], q: tuple[float, float]) -> Drawn:
    return (min(p[0], q[0]), min(p[1], q[1]), max(p[0], q[0]), max(p[1], q[1]), _LINE)
