"""Where a PDF leads: its outline, and the links on its pages.

Both are what whoever made the file put there, and may be made to do harm: they may lead in
circles, be of any number and depth, and say anything. PDFium is not thread-safe and a document is
untrusted: this module is imported in the process that paints only.
"""

from __future__ import annotations

import ctypes
import math
import time
from collections.abc import Iterator
from itertools import islice

import pypdfium2
import pypdfium2.raw as pdfium

from cambs_evidence.documents.outline import plain
from cambs_evidence.documents.pdfium import visible
from cambs_evidence.model import Box, Heading, PageLink

#: Entries of an outline, and links on a page, that are looked at.
MOST_ENTRIES, MOST_LINKS = 20_000, 2000
#: Entries within entries.
DEEPEST = 12
#: Characters of an address; bytes of an address or a title in the file.
LONGEST_ADDRESS, MOST_BYTES = 2048, 1 << 20
#: Seconds after which an outline or a page's links are given as far as they were read.
PATIENCE = 4.0

#: What an address that goes on in the next line ends in.
_HYPHENS = "-\u00ad\u2010\u2011\u2013\ufffe"
#: Where top stands among the figures of a view, and where left.
_TOP = {pdfium.PDFDEST_VIEW_FITH: 0, pdfium.PDFDEST_VIEW_FITBH: 0, pdfium.PDFDEST_VIEW_FITR: 3}
_LEFT = {pdfium.PDFDEST_VIEW_FITV: 0, pdfium.PDFDEST_VIEW_FITBV: 0, pdfium.PDFDEST_VIEW_FITR: 0}
#: The farthest a page reaches, in points.
_FARTHEST = 14_400.0
_UNSEEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW

_Point = tuple[int | None, float | None, float | None]


def outline(document: pypdfium2.PdfDocument) -> list[Heading]:
    """The entries of a document's outline, in order; those without a title are left out."""
    found = []
    until = time.monotonic() + PATIENCE
    seen: set[int] = set()
    waiting = [(pdfium.FPDFBookmark_GetFirstChild(document.raw, None), 0)]
    while waiting and len(seen) < MOST_ENTRIES and time.monotonic() < until:
        entry, level = waiting.pop()
        address = _address(entry)
        if not address or address in seen:
            continue
        seen.add(address)
        title = plain(_title(entry))
        if title:
            found.append(Heading(title, level, *_led_to(document, entry)))
        waiting.append((pdfium.FPDFBookmark_GetNextSibling(document.raw, entry), level))
        if level + 1 < DEEPEST:
            waiting.append((pdfium.FPDFBookmark_GetFirstChild(document.raw, entry), level + 1))
    return found


def links(document: pypdfium2.PdfDocument, number: int) -> list[PageLink]:
    """The links on a page (0-based), then the web addresses in its text that none of them covers.

    A page that cannot be loaded has none.
    """
    page = pdfium.FPDF_LoadPage(document.raw, number)
    if not page:
        return []
    try:
        until = time.monotonic() + PATIENCE
        found = list(islice(_annotated(document, page, until), MOST_LINKS))
        for link in islice(_written(page, until), MOST_LINKS):
            x, y = (link.box[0] + link.box[2]) / 2, (link.box[1] + link.box[3]) / 2
            if not any(_holds(each.box, x, y) for each in found):
                found.append(link)
        return found[:MOST_LINKS]
    finally:
        pdfium.FPDF_ClosePage(page)


def _address(pointer: object) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


# --- outline -------------------------------------------------------------------------------


def _title(entry: object) -> str:
    size = pdfium.FPDFBookmark_GetTitle(entry, None, 0)
    if not 2 < size <= MOST_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFBookmark_GetTitle(entry, buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "ignore")


def _led_to(document: pypdfium2.PdfDocument, entry: object) -> tuple[int | None, float | None]:
    action = pdfium.FPDFBookmark_GetAction(entry)
    if action and pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_GOTO:
        return None, None
    page, y, _ = _point(document, pdfium.FPDFBookmark_GetDest(document.raw, entry))
    return page, y


def _point(document: pypdfium2.PdfDocument, destination: object) -> _Point:
    """Page (0-based), height and left of a destination, each None where it is not said."""
    if not destination:
        return None, None, None
    page = pdfium.FPDFDest_GetDestPageIndex(document.raw, destination)
    if not 0 <= page < pdfium.FPDF_GetPageCount(document.raw):
        return None, None, None
    count, figures = ctypes.c_ulong(), (ctypes.c_float * 4)()
    view = pdfium.FPDFDest_GetView(destination, ctypes.byref(count), figures)
    if view != pdfium.PDFDEST_VIEW_XYZ:
        top, left = _TOP.get(view, 4), _LEFT.get(view, 4)
        y = figures[top] if top < count.value else None
        x = figures[left] if left < count.value else None
        return page, _sound(y), _sound(x)
    said = [ctypes.c_int() for _ in range(3)]
    at = [ctypes.c_float() for _ in range(3)]
    pdfium.FPDFDest_GetLocationInPage(destination, *map(ctypes.byref, said), *map(ctypes.byref, at))
    x, y = (at[item].value if said[item].value else None for item in (0, 1))
    return page, _sound(y), _sound(x)


def _sound(figure: float | None) -> float | None:
    """A coordinate that a page can have."""
    if figure is None or not math.isfinite(figure) or abs(figure) > _FARTHEST:
        return None
    return figure


# --- links ---------------------------------------------------------------------------------


def _annotated(document: pypdfium2.PdfDocument, page: object, until: float) -> Iterator[PageLink]:
    media = visible(page)
    at, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page, ctypes.byref(at), ctypes.byref(link)):
        if time.monotonic() > until:
            return
        leads = _leads(document, link) if _is_seen(page, link) else None
        if leads is not None:
            uri, (number, y, x) = leads
            for box in _boxes(link, media):
                yield PageLink(box, uri, number, y, x)


def _is_seen(page: object, link: object) -> bool:
    annotation = pdfium.FPDFLink_GetAnnot(page, link)
    if not annotation:
        return True
    try:
        return not pdfium.FPDFAnnot_GetFlags(annotation) & _UNSEEN
    finally:
        pdfium.FPDFPage_CloseAnnot(annotation)


def _leads(document: pypdfium2.PdfDocument, link: object) -> tuple[str | None, _Point] | None:
    """An address, or a point in the document; None for anything else that a link may do."""
    action = pdfium.FPDFLink_GetAction(link)
    kind = pdfium.FPDFAction_GetType(action) if action else pdfium.PDFACTION_GOTO
    if kind == pdfium.PDFACTION_URI:
        uri = _uri(document, action)
        return (uri, (None, None, None)) if uri else None
    if kind != pdfium.PDFACTION_GOTO:
        return None
    point = _point(document, pdfium.FPDFLink_GetDest(document.raw, link))
    return (None, point) if point[0] is not None else None


def _uri(document: pypdfium2.PdfDocument, action: object) -> str | None:
    size = pdfium.FPDFAction_GetURIPath(document.raw, action, None, 0)
    if not 1 < size <= MOST_BYTES:
        return None
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFAction_GetURIPath(document.raw, action, buffer, size)
    said = buffer.raw[: size - 1]
    coding = "utf-16" if said.startswith((b"\xfe\xff", b"\xff\xfe")) else "utf-8"
    return _printable(said.decode(coding, "ignore"))


def _printable(address: str) -> str | None:
    """An address without what cannot be seen; None for one so long that it would be cut."""
    kept = "".join(sign for sign in address if sign.isprintable()).strip()
    return kept if 0 < len(kept) <= LONGEST_ADDRESS else None


def _boxes(link: object, media: Box) -> Iterator[Box]:
    """Where a link is: its parts if it is broken over lines, else its one rectangle."""
    edges = pdfium.FS_RECTF()
    if not pdfium.FPDFLink_GetAnnotRect(link, ctypes.byref(edges)):
        return
    whole = _common((edges.left, edges.bottom, edges.right, edges.top), media)
    if whole is None:
        return
    parts = []
    corners = pdfium.FS_QUADPOINTSF()
    for part in range(min(pdfium.FPDFLink_CountQuadPoints(link), 64)):
        if pdfium.FPDFLink_GetQuadPoints(link, part, ctypes.byref(corners)):
            across = (corners.x1, corners.x2, corners.x3, corners.x4)
            down = (corners.y1, corners.y2, corners.y3, corners.y4)
            parts.append(_common((min(across), min(down), max(across), max(down)), whole))
    yield from [part for part in parts if part is not None] or [whole]


def _common(box: Box, other: Box) -> Box | None:
    """What two boxes share; None for nothing."""
    x0, y0 = max(min(box[0], box[2]), other[0]), max(min(box[1], box[3]), other[1])
    x1, y1 = min(max(box[0], box[2]), other[2]), min(max(box[1], box[3]), other[3])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _written(page: object, until: float) -> Iterator[PageLink]:
    """The web addresses that stand in the page's text."""
    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        return
    try:
        found = pdfium.FPDFLink_LoadWebLinks(text)
        if not found:
            return
        try:
            for link in range(pdfium.FPDFLink_CountWebLinks(found)):
                if time.monotonic() > until:
                    return
                uri = _web_address(found, link)
                if uri is not None:
                    for box in _web_boxes(found, link, visible(page)):
                        yield PageLink(box, uri)
        finally:
            pdfium.FPDFLink_CloseWebLinks(found)
    finally:
        pdfium.FPDFText_ClosePage(text)


def _web_address(found: object, link: int) -> str | None:
    size = pdfium.FPDFLink_GetURL(found, link, None, 0)
    if not 1 < size <= MOST_BYTES:
        return None
    units = (ctypes.c_ushort * size)()
    pdfium.FPDFLink_GetURL(found, link, units, size)
    address = _printable(bytes(units)[:-2].decode("utf-16-le", "ignore"))
    if address is None or not address.lower().startswith(("http://", "https://")):
        return None
    # One that a line's end has cut off would lead elsewhere.
    return None if address[-1] in _HYPHENS else address


def _web_boxes(found: object, link: int, media: Box) -> Iterator[Box]:
    edges = [ctypes.c_double() for _ in range(4)]
    for part in range(min(pdfium.FPDFLink_CountRects(found, link), 64)):
        if pdfium.FPDFLink_GetRect(found, link, part, *map(ctypes.byref, edges)):
            left, top, right, bottom = (edge.value for edge in edges)
            box = _common((left, bottom, right, top), media)
            if box is not None:
                yield box
