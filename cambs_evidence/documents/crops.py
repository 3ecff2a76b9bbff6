"""Pictures of parts of pages, painted by PDFium; imported in watched processes only."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from cambs_evidence.documents.pdfium import visible
from cambs_evidence.documents.regions import LARGEST, scale_of, shown
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import Box

Pixels = npt.NDArray[np.uint8]

_WHITE = 0xFFFFFFFF
#: Pixels.
_HAIR = 0.05


#: A part of a page as it is shown: from the left and from the top, across and down, in pixels.
Frame = tuple[int, int, int, int]


def painted(document: pypdfium2.PdfDocument, number: int, box: Box) -> Pixels:
    """A box of a page (0-based, user space) as it is shown: uint8 ``(height, width, 3)``, RGB.

    At 150 dpi, coarser where that were more than two megapixels. Raises DocumentRefused.
    """
    with _page(document, number) as page:
        turned = pdfium.FPDFPage_GetRotation(page)
        left, top, right, bottom = shown(box, visible(page), turned * 90)
        scale = scale_of(box)
        x, y = math.floor(left * scale), math.floor(top * scale)
        frame = (x, y, math.ceil(right * scale) - x, math.ceil(bottom * scale) - y)
        return np.ascontiguousarray(_painted(document, page, frame, scale)[:, :, 2::-1])


def painted_frames(
    document: pypdfium2.PdfDocument, number: int, frames: Sequence[Frame], scale: float
) -> list[Pixels]:
    """Parts of a page (0-based) at so many pixels to a point.

    Of each uint8 ``(height, width, 4)``: blue, green, red and nothing, as PDFium paints them.
    """
    with _page(document, number) as page:
        return [_painted(document, page, frame, scale) for frame in frames]


def turned(document: pypdfium2.PdfDocument, number: int) -> tuple[int, Box]:
    """How a page (0-based) is shown: clockwise degrees, and its visible box in user space."""
    with _page(document, number) as page:
        return 90 * pdfium.FPDFPage_GetRotation(page), visible(page)


@contextlib.contextmanager
def _page(document: pypdfium2.PdfDocument, number: int) -> Iterator[Any]:
    page = pdfium.FPDF_LoadPage(document.raw, number)
    if not page:
        raise DocumentRefused("the page is damaged and cannot be painted")
    try:
        yield page
    finally:
        pdfium.FPDF_ClosePage(page)


def _painted(document: pypdfium2.PdfDocument, page: Any, frame: Frame, scale: float) -> Pixels:
    media = visible(page)
    across, down = media[2] - media[0], media[3] - media[1]
    whole = (down, across) if pdfium.FPDFPage_GetRotation(page) % 2 else (across, down)
    x, y, *size = frame
    with _canvas((size[0], size[1])) as (bitmap, pixels):
        where = (
            bitmap, page, -x, -y, round(whole[0] * scale), round(whole[1] * scale), 0,
            pdfium.FPDF_ANNOT,
        )  # fmt: skip
        pdfium.FPDF_RenderPageBitmap(*where)
        if document.formenv is not None:
            pdfium.FPDF_FFLDraw(document.formenv.raw, *where)
    return pixels


def painted_to(
    document: pypdfium2.PdfDocument, number: int, box: Box, size: tuple[int, int]
) -> Pixels:
    """A box of an upright page (0-based) that fills just so many pixels across and down.

    Given as by :func:`painted_frames`. What was drawn in the box as a picture of that size comes
    back pixel by pixel. Raises DocumentRefused.
    """
    with _page(document, number) as page:
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
        return pixels


def png(pixels: Pixels) -> bytes:
    """Pixels, red, green and blue, as a PNG, which says nothing but them."""
    from PIL import Image  # noqa: PLC0415 - a picture is seldom asked for

    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "PNG", optimize=True)
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
