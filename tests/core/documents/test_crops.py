"""Pictures of parts of pages: what is shown there, whatever way the page is turned."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.documents import crops, pdfium
from cambs_evidence.documents.regions import FINEST, LARGEST
from cambs_evidence.errors import DocumentRefused

from .sheets import altered, painted


def _corner(canvas: Canvas) -> None:
    """A black square with a red one in its lower left quarter, in user space."""
    canvas.rect(100, 200, 80, 80, fill=1)
    canvas.setFillColorRGB(1, 0, 0)
    canvas.rect(100, 200, 40, 40, fill=1, stroke=0)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_picture_is_turned_as_its_page_is_shown(rotation: int) -> None:
    def change(page: pikepdf.Page) -> None:
        page.MediaBox = [-20, 30, 575, 872]
        page.CropBox = [0, 50, 500, 800]
        page.Rotate = rotation

    document = pdfium.open_pdf(altered(painted(_corner), change))
    seen = crops.painted(document, 0, (100, 200, 180, 280))
    half = seen.shape[0] // 2
    quarters = {
        "top left": seen[5 : half - 5, 5 : half - 5],
        "top right": seen[5 : half - 5, half + 5 : -5],
        "foot right": seen[half + 5 : -5, half + 5 : -5],
        "foot left": seen[half + 5 : -5, 5 : half - 5],
    }
    red = [name for name, part in quarters.items() if part[..., 0].min() > 200]
    turned = ["foot left", "top left", "top right", "foot right"][rotation // 90]
    assert red == [turned]


def test_a_picture_has_150_dots_to_the_inch() -> None:
    document = pdfium.open_pdf(painted(_corner))
    height, width, _ = crops.painted(document, 0, (100, 200, 172, 236)).shape
    assert (width, height) == pytest.approx((72 * FINEST, 36 * FINEST), abs=1.01)


def test_a_large_picture_is_coarser() -> None:
    document = pdfium.open_pdf(painted(_corner))
    height, width, _ = crops.painted(document, 0, (0, 0, 595, 842)).shape
    assert 0.98 * LARGEST < height * width < 1.01 * LARGEST


def test_what_is_filled_into_a_form_is_seen() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.acroForm.textfield(
            name="seen", value="WWWW", x=100, y=200, width=80, height=20, borderWidth=0,
            fillColor=None, forceBorder=False,
        )  # fmt: skip

    document = pdfium.open_pdf(painted(paint))
    document.init_forms()
    assert crops.painted(document, 0, (104, 203, 170, 217)).min() < 100


def test_a_page_that_is_not_there_is_refused() -> None:
    document = pdfium.open_pdf(painted(_corner))
    with pytest.raises(DocumentRefused):
        crops.painted(document, 1, (0, 0, 50, 50))


@pytest.mark.parametrize("width", [33.33, 100.0, 464.28, 215.64])
def test_a_printed_picture_comes_back_pixel_by_pixel(width: float) -> None:
    pixels = np.random.default_rng(7).integers(0, 255, (60, 210, 3), np.uint8)
    png = crops.png(pixels)
    box = (74.0, 301.37, round(74.0 + width, 2), 340.89)

    def paint(canvas: Canvas) -> None:
        image = ImageReader(io.BytesIO(png))
        canvas.drawImage(image, box[0], box[1], box[2] - box[0], box[3] - box[1])

    document = pdfium.open_pdf(painted(paint))
    assert (crops.painted_to(document, 0, box, (210, 60))[:, :, 2::-1] == pixels).all()


def test_a_png_says_the_same_pixels() -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (9, 14, 3), np.uint8)
    assert (np.asarray(Image.open(io.BytesIO(crops.png(pixels)))) == pixels).all()
    assert crops.png(pixels) == crops.png(pixels)
