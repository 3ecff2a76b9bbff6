"""Whether two pictures show the same, though two builds of the painter may have painted them."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt

#: By how much a pixel may differ, of 255: what edges of letters and lines differ by from one build
#: of PDFium to the next (measured: 26 at most on nine of ten pages, between builds a year apart).
SHADE = 32
#: Pixels across and down of what is looked at together, and how much more than :data:`SHADE` its
#: pixels may differ in all. A digit of six points that became another differs by 200 and more.
WINDOW, MOST = 5, 150

_Pixels = npt.NDArray[np.int32]


def alike(one: bytes, other: bytes) -> bool:
    """True where two PNGs have the same size and no spot of them differs to the eye."""
    first, second = _pixels(one), _pixels(other)
    return first is not None and second is not None and alike_pixels(first, second)


def alike_pixels(first: npt.NDArray[np.uint8], second: npt.NDArray[np.uint8]) -> bool:
    """:func:`alike` for pixels ``(height, width, 3)``."""
    if first.shape != second.shape:
        return False
    differ = np.maximum(first, second) - np.minimum(first, second)
    if int(differ.max(initial=0)) <= SHADE:
        return True
    beyond = np.maximum(differ.max(axis=2).astype(np.int32) - SHADE, 0)
    return _largest_spot(beyond) <= MOST


def _pixels(png: bytes) -> npt.NDArray[np.uint8] | None:
    """Red, green and blue ``(height, width, 3)``; None where there is no picture."""
    from PIL import Image  # noqa: PLC0415 - heavy, and seldom needed

    if not png:
        return None
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


def _largest_spot(beyond: _Pixels) -> int:
    """The largest sum over a window of pixels."""
    height, width = (min(WINDOW, size) for size in beyond.shape)
    sums = np.pad(beyond.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    spots = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width]
    return int((spots + sums[:-height, :-width]).max())
