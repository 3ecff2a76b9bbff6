"""Pictures of parts of pages, painted by PDFium; imported in watched processes only."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from cambs_evidence.documents.pdfium import visible
from cambs_evidence.documents.regions import LARGEST, scale_of
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import Box

Pixels = npt.NDArray[np.uint8]

_WHITE = 0xFFFFFFFF
#: Pixels.
_HAIR = 0.05


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
        scale = scale_of(box)
        x, y = math.floor(left * scale), math.floor(top * scale)
        size = math.ceil(right * scale) - x, math.ceil(bottom * scale) - y
        across, down = media[2] - media[0], media[3] - media[1]
        whole = (down, across) if turned % 2 else (across, down)
        with _canvas(size) as (bitmap, pixels):
            where = (
                bitmap, page, -x, -y, round(whole[0] * scale), round(whole[1] * scale), 0,
                pdfium.FPDF_ANNOT,
            )  # fmt: skip
            pdfium.FPDF_RenderPageBitmap(*where)
            if document.formenv is not None:
                pdfium.FPDF_FFLDraw(document.formenv.raw, *where)
        return _rgb(pixels)
    finally:
        pdfium.FPDF_ClosePage(page)


def painted_to(
    document: pypdfium2.PdfDocument, number: int, box: Box, size: tuple[int, int]
) -> Pixels:
    """A box of an upright page (0-based) that fills just so many pixels across and down.

    What was drawn in the box as a picture of that size comes back pixel by pixel. Raises
    DocumentRefused.
    """
    page = pdfium.FPDF_LoadPage(document.raw, number)
    if not page:
        raise DocumentRefused("the page is damaged and cannot be painted")
    try:
        left, _, _, top = visible(page)
        # PDFium lays a picture over every pixel it touches: a hair less, and it touches its own.
        across = (size[0] - 2 * _HAIR) / (box[2] - box[0])
        down = (size[1] - 2 * _HAIR) / (box[3] - box[1])
        matrix = pdfium.FS_MATRIX(
            across, 0, 0, down, _HAIR - (box[0] - left) * across, _HAIR - (top - box[3]) * down
        )
        clip = pdfium.FS_RECTF(0, 0, *size)
        with _canvas(size) as (bitmap, pixels):
            pdfium.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, clip, pdfium.FPDF_ANNOT)
        return _rgb(pixels)
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


@contextlib.contextmanager
def _canvas(size: tuple[int, int]) -> Iterator[tuple[object, Pixels]]:
    """A white bitmap and the pixels it is painted into, BGRx."""
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
        yield bitmap, pixels
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)


def _rgb(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, :, 2::-1])
