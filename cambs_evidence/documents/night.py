"""Pages as they are shown at night: light turned into dark, colours kept.

What is black on white becomes light on a soft dark, and a picture keeps its hues: red stays red.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

#: What white and black become, as blue, green and red.
PAPER, INK = (0x1E, 0x1C, 0x1C), (0xE6, 0xE6, 0xE6)

_COLOUR = np.uint32(0xFFFFFF)
_SOLID = np.uint32(0xFF000000)
_WHITE = np.uint32(0xFF000000 | PAPER[2] << 16 | PAPER[1] << 8 | PAPER[0])
#: Pixels done at once: what is worked out meanwhile stays in the processor's cache.
_BAND = 1 << 15
#: Share of pixels that are not white up to which those alone are worked out.
_SPARSE = 0.6


def darken(pixels: npt.NDArray[np.uint32]) -> None:
    """Turns BGRx pixels (one integer each) into those of the night, in place."""
    for start in range(0, len(pixels), _BAND):
        band = pixels[start : start + _BAND]
        inked = np.flatnonzero((band & _COLOUR) != _COLOUR)
        if len(inked) > _SPARSE * len(band):
            band[:] = _turned(band)
        else:
            few = _turned(band[inked])
            band[:] = _WHITE
            band[inked] = few


def _turned(pixels: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """The same colours with their lightness turned round.

    All three parts of a colour are moved by as much, which keeps its hue; lightness is weighed as
    the eye does, so that blue on white is as easy to read as it was.
    """
    parts = [
        ((pixels >> np.uint32(8 * place)) & np.uint32(255)).astype(np.int16) for place in range(3)
    ]
    blue, green, red = (part.astype(np.uint16) for part in parts)
    light = (red * np.uint16(77) + green * np.uint16(150) + blue * np.uint16(29)) >> np.uint16(7)
    moved = np.int16(255) - light.astype(np.int16)
    turned = np.full(len(pixels), _SOLID, np.uint32)
    for place, part in enumerate(parts):
        lightness = np.clip(part + moved, 0, 255).astype(np.uint16)
        # In whole numbers: 255 becomes INK - PAPER.
        step = np.uint16(INK[place] - PAPER[place] + 1)
        scaled = ((lightness * step) >> np.uint16(8)) + np.uint16(PAPER[place])
        turned |= scaled.astype(np.uint32) << np.uint32(8 * place)
    return turned
