"""Pictures within documents: decoded with limits and made anew, never passed on as they came."""

from __future__ import annotations

import io
import warnings

import PIL.Image
from PIL.Image import Image

from cambs_evidence.documents.flow import Inset
from cambs_evidence.documents.pages import DEPTH, MEASURE

#: Pixels of a picture that are decoded at most, and kept to a point on the page (200 dpi).
MOST_PIXELS = 40_000_000
_FINENESS = 200 / 72
#: Points of a picture that says no size of its own, to a pixel; the smallest edge of any.
_TO_A_PIXEL, _SMALLEST = 0.75, 1.0
_QUALITY = 85
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}


def inset(data: bytes, size: tuple[float, float] | None) -> Inset | None:
    """A picture to be set in a page, no larger than the page.

    Only PNG and JPEG are decoded; what is neither, damaged or too large comes without data. The
    same bytes and size always give the same picture.

    Args:
        data: the file of the picture.
        size: width and height in points, None where nothing says.

    Returns:
        None where there is neither a picture nor a size for its frame.
    """
    form = next((name for sign, name in _BEGINNINGS.items() if data.startswith(sign)), None)
    decoded = _decoded(data, form) if form else None
    if decoded is None:
        return Inset(*_fitting(*size)) if size else None
    image = decoded
    width, height = _fitting(*(size or (each * _TO_A_PIXEL for each in image.size)))
    pixels = round(width * _FINENESS), round(height * _FINENESS)
    if image.width > pixels[0] and image.height > pixels[1]:
        image = image.resize((max(pixels[0], 1), max(pixels[1], 1)))
    out = io.BytesIO()
    image.save(out, form, **({"quality": _QUALITY} if form == "JPEG" else {}))
    return Inset(width, height, out.getvalue())


def _decoded(data: bytes, form: str) -> Image | None:
    """The picture in grey or RGB on white; None where it cannot be decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = PIL.Image.open(io.BytesIO(data), formats=(form,))
            if image.width * image.height > MOST_PIXELS:
                return None
            image.load()
            if image.mode in {"L", "RGB"} and "transparency" not in image.info:
                return image
            if image.mode == "CMYK":
                return image.convert("RGB")
            seen = image.convert("RGBA")
            white = PIL.Image.new("RGBA", seen.size, "white")
            return PIL.Image.alpha_composite(white, seen).convert("RGB")
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError, MemoryError):
        return None


def _fitting(width: float, height: float) -> tuple[float, float]:
    """A size that fits on a page."""
    width, height = max(width, _SMALLEST), max(height, _SMALLEST)
    share = min(1.0, MEASURE / width, 0.9 * DEPTH / height)
    return max(width * share, _SMALLEST), max(height * share, _SMALLEST)
