"""Pictures of parts of pages, painted by PDFium; imported in watched processes only."""

from __future__ import annotations

import io
import math

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from cambs_evidence.documents.pdfium import visible
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import Box

Pixels = npt.NDArray[np.uint8]

#: Pixels to a point at 150 dpi, and pixels of one picture at most.
FINEST, LARGEST = 150 / 72, 2_000_000
_WHITE = 0xFFFFFFFF


def painted(document: pypdfium2.PdfDocument, number: int, box: Box) -> Pixels:
    """A box of a page (0-based, user space) as it is shown: uint8 ``(height, width, 3)``, RGB.

    At 150 dpi, coarser where that were more than two megapixels. Raises DocumentRefused.
    """
    page = pdfium.FPDF_LoadPage(document.raw, number)
    if not page:
        raise DocumentRefused("the page is damaged and cannot be painted")
    try:
        turned = pdfium.FPDFPage_GetRotation(page)
        media = visible(page)
        left, top, right, bottom = shown(box, media, turned * 90)
        scale = min(FINEST, math.sqrt(LARGEST / max((right - left) * (bottom - top), 1e-6)))
        x, y = math.floor(left * scale), math.floor(top * scale)
        size = math.ceil(right * scale) - x, math.ceil(bottom * scale) - y
        across, down = media[2] - media[0], media[3] - media[1]
        whole = (down, across) if turned % 2 else (across, down)
        return _paint(document, page, (x, y), size, (whole[0] * scale, whole[1] * scale))
    finally:
        pdfium.FPDF_ClosePage(page)


def painted_to(
    document: pypdfium2.PdfDocument, number: int, box: Box, size: tuple[int, int]
) -> Pixels:
    """A box of an upright page that fills just so many pixels across and down."""
    page = pdfium.FPDF_LoadPage(document.raw, number)
    if not page:
        raise DocumentRefused("the page is damaged and cannot be painted")
    try:
        x0, _, _, y1 = visible(page)
        x_scale, y_scale = size[0] / (box[2] - box[0]), size[1] / (box[3] - box[1])
        media = visible(page)
        left, top = (box[0] - x0) * x_scale, (y1 - box[3]) * y_scale
        whole = (media[2] - media[0]) * x_scale, (media[3] - media[1]) * y_scale
        return _paint(document, page, (round(left), round(top)), size, whole)
    finally:
        pdfium.FPDF_ClosePage(page)


def shown(box: Box, media: Box, rotation: int) -> Box:
    """A box in user space as left, top, right and bottom on the page as it is shown, in points."""
    x0, y0, x1, y1 = box
    left, foot, right, top = media
    return {
        0: (x0 - left, top - y1, x1 - left, top - y0),
        90: (y0 - foot, x0 - left, y1 - foot, x1 - left),
        180: (right - x1, y0 - foot, right - x0, y1 - foot),
        270: (top - y1, right - x1, top - y0, right - x0),
    }[rotation % 360]


def png(pixels: Pixels) -> bytes:
    """Pixels as a PNG, which says nothing but them."""
    from PIL import Image  # noqa: PLC0415 - a picture is seldom asked for

    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", optimize=True)
    return out.getvalue()


def _paint(
    document: pypdfium2.PdfDocument,
    page: object,
    corner: tuple[int, int],
    size: tuple[int, int],
    whole: tuple[float, float],
) -> Pixels:
    width, height = size
    if not (width > 0 and height > 0 and width * height <= 2 * LARGEST):
        raise DocumentRefused("the picture would be too large")
    pixels = np.empty((height, width, 4), np.uint8)
    bitmap = pdfium.FPDFBitmap_CreateEx(
        width, height, pdfium.FPDFBitmap_BGRx, pixels.ctypes.data, 4 * width
    )
    if not bitmap:
        raise DocumentRefused("the picture would be too large")
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, _WHITE)
        where = (
            bitmap, page, -corner[0], -corner[1], round(whole[0]), round(whole[1]), 0,
            pdfium.FPDF_ANNOT,
        )  # fmt: skip
        pdfium.FPDF_RenderPageBitmap(*where)
        if document.formenv is not None:
            pdfium.FPDF_FFLDraw(document.formenv.raw, *where)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return np.ascontiguousarray(pixels[:, :, 2::-1])
