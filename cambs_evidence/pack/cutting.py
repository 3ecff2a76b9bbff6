"""Crops that are drawn as their pages are: the page itself, seen through a hole of the crop's size.

The page hangs behind the sheet as a pattern does. So it is as sharp as it was printed at any size,
takes no room beside the page in the annex, and whoever searches the pack or copies from it finds
the words of the page once, not again under each of its crops.
"""

from __future__ import annotations

import pikepdf

from cambs_evidence.documents.regions import FINEST
from cambs_evidence.model import Box
from cambs_evidence.pack.crops import Frame
from cambs_evidence.pack.geometry import Matrix, upright

#: The name of a page where it is drawn.
SOURCE = "/Source"


def pattern(
    pdf: pikepdf.Pdf, page: pikepdf.Object | None, frame: Frame, box: Box, shape: tuple[Box, int]
) -> pikepdf.Object:
    """What fills a box of a sheet, in points, with part of a page.

    Args:
        pdf: the file it is for.
        page: what the page draws, a form of that file in the page's user space; None for nothing.
        frame: the part of the page as it is shown, in pixels, :data:`FINEST` to a point.
        box: where it is shown, in points of the sheet.
        shape: the visible box of the page and how it is turned, clockwise degrees.
    """
    made = pdf.make_stream(b"" if page is None else b"%s Do" % SOURCE.encode())
    told = pikepdf.Object.parse(_said(frame, box, shape))
    for name, value in told.items():
        made[name] = value
    if page is not None:
        made.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({SOURCE: page}))
    return made


def _said(frame: Frame, box: Box, shape: tuple[Box, int]) -> bytes:
    x0, y0, x1, y1 = _part(frame, shape)
    a, b, c, d, e, f = matrix(frame, box, shape)
    return (
        f"<</Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 "
        # The next tile lies far off: one is all that is seen.
        f"/BBox [{x0:.4f} {y0:.4f} {x1:.4f} {y1:.4f}] "
        f"/XStep {2 * (x1 - x0):.4f} /YStep {2 * (y1 - y0):.4f} "
        f"/Matrix [{a:.7f} {b:.7f} {c:.7f} {d:.7f} {e:.5f} {f:.5f}]>>"
    ).encode()


def _part(frame: Frame, shape: tuple[Box, int]) -> Box:
    """The part of a page in its user space."""
    (x0, y0, x1, y1), rotation = shape
    left, top, across, down = (value / FINEST for value in frame)
    right, foot = left + across, top + down
    return {
        0: (x0 + left, y1 - foot, x0 + right, y1 - top),
        90: (x0 + top, y0 + left, x0 + foot, y0 + right),
        180: (x1 - right, y0 + top, x1 - left, y0 + foot),
        270: (x1 - foot, y1 - right, x1 - top, y1 - left),
    }[rotation % 360]


def matrix(frame: Frame, box: Box, shape: tuple[Box, int]) -> Matrix:
    """User space of a page → sheet, for a part that fills a box of the sheet."""
    k = (box[2] - box[0]) * FINEST / frame[2]
    m = (box[3] - box[1]) * FINEST / frame[3]
    corner = (box[0] - k * frame[0] / FINEST, box[3] + m * frame[1] / FINEST)
    return upright(shape, corner, (k, m))


def operators(name: str, box: Box) -> str:
    """What draws the pattern of a name in a box of a sheet."""
    x0, y0, x1, y1 = box
    return f"q /Pattern cs {name} scn {x0:.3f} {y0:.3f} {x1 - x0:.3f} {y1 - y0:.3f} re f Q"
