"""What is known of code points, looked up for a whole page at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

#: White space and what prints nothing; letters that run to the left, and such as run to the right;
#: signs of a text without sense: such as no text has, and control characters; what stands for
#: another sign.
WHITE, LEFTWARD, RIGHTWARD, ODD, CONTROL, OTHER = 1, 2, 4, 8, 16, 32

_LAST = 0x10FFFF
_HYPHEN, _NOT_KNOWN = 0x2D, 0xFFFD
# A hyphen at a line's end comes as one of these.
_LINE_END_HYPHENS = (0x02, 0xFFFE)
# Symbol and Wingdings put their bullets into the private-use area.
_BULLETS = {0xF0B7: 0x2022, 0xF0A7: 0x25AA, 0xF0D8: 0x27A2, 0xF0FC: 0x2713, 0xF0A8: 0x25AB}


def _kinds() -> npt.NDArray[np.uint8]:
    found = np.zeros(_LAST + 2, np.uint8)

    def are(kind: int, *ranges: tuple[int, int]) -> None:
        for first, last in ranges:
            found[first : last + 1] |= kind

    are(WHITE, (0, 1), (3, 32), (0x7F, 0xA0), (0xAD, 0xAD), (0x2000, 0x200B), (0x202F, 0x202F))
    are(WHITE, (0x3000, 0x3000), (0xFEFF, 0xFEFF), (0xFFFF, 0xFFFF))
    are(LEFTWARD, (0x590, 0x8FF), (0xFB1D, 0xFEFF))
    are(RIGHTWARD, (33, 0x58F), (0x900, 0xFB1C))
    are(ODD, (0x7F, 0x9F), (0xE000, 0xEFFF), (_NOT_KNOWN, _NOT_KNOWN), (0xFFFF, 0xFFFF))
    are(ODD, (0xF0001, _LAST + 1))
    are(CONTROL, (0, 1), (3, 8), (11, 12), (14, 31))
    are(OTHER, (0xD800, 0xDFFF), (_LAST + 1, _LAST + 1))
    for code in (*_LINE_END_HYPHENS, *_BULLETS):
        are(OTHER, (code, code))
    return found


_KINDS = _kinds()


def kinds(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """For each code the kinds it is of, added up."""
    return _KINDS.take(codes, mode="clip")


def as_meant(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """The code points of the signs that are meant: hyphens, bullets, and what is no sign at all."""
    others = np.flatnonzero(kinds(codes) & OTHER)
    if len(others) == 0:
        return codes
    meant = codes.copy()
    meant[others] = [_meant(code) for code in codes[others].tolist()]
    return meant


def _meant(code: int) -> int:
    if code in _LINE_END_HYPHENS:
        return _HYPHEN
    return _BULLETS.get(code, _NOT_KNOWN)
