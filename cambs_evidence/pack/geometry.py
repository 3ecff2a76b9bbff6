"""Where the sources' pages stand on the sheets of the annex."""

from __future__ import annotations

from cambs_evidence.model import Box
from cambs_evidence.pack.contents import AnnexPage

#: Where a source page stands on a sheet of the annex: left, foot, right, top.
FRAME: Box = (62.0, 70.0, 490.0, 752.0)

Matrix = tuple[float, float, float, float, float, float]


def upright(
    shape: tuple[Box, int], corner: tuple[float, float], scale: tuple[float, float]
) -> Matrix:
    """User space of a page → sheet, as the page is shown.

    Args:
        shape: the visible box of the page and how it is turned, clockwise degrees.
        corner: where its left upper corner, as it is shown, lies on the sheet.
        scale: points of the sheet to one of the page as it is shown, across and down.
    """
    (x0, y0, x1, y1), rotation = shape
    (left, top), (k, m) = corner, scale
    return {
        0: (k, 0.0, 0.0, m, left - k * x0, top - m * y1),
        90: (0.0, -m, k, 0.0, left - k * y0, top + m * x0),
        180: (-k, 0.0, 0.0, -m, left + k * x1, top + m * y0),
        270: (0.0, m, -k, 0.0, left + k * y1, top - m * x1),
    }[rotation % 360]


class Geometry:
    """Visible boxes, rotations and words of the sources' pages."""

    def __init__(self, pages: dict[tuple[str, int], tuple[Box, int, str]]) -> None:
        self._pages = pages
        self._matrices: dict[tuple[str, int], Matrix] = {}

    def of(self, page: AnnexPage) -> tuple[Box, int]:
        """Visible box in user space, and clockwise rotation."""
        return self._pages[page.document.id, page.page][:2]

    def shape(self, document: str, page: int) -> tuple[Box, int]:
        """:meth:`of`, by document id and 0-based page."""
        return self._pages[document, page][:2]

    def words(self, page: AnnexPage) -> str:
        """What is written on the page."""
        return self._pages[page.document.id, page.page][2]

    def matrix(self, page: AnnexPage) -> Matrix:
        """Source user space → sheet: fitted into the frame, upright, never enlarged."""
        (x0, y0, x1, y1), rotation = shape = self.of(page)
        width, height = x1 - x0, y1 - y0
        turned = rotation % 180 == 90
        shown = (height, width) if turned else (width, height)
        left, foot, right, top = FRAME
        scale = min((right - left) / shown[0], (top - foot) / shown[1], 1.0)
        beside = (right - left - shown[0] * scale) / 2
        return upright(shape, (left + beside, top), (scale, scale))

    def on_sheet(self, page: AnnexPage, box: Box) -> Box:
        """A box of the source page on the sheet."""
        key = (page.document.id, page.page)
        if key not in self._matrices:
            self._matrices[key] = self.matrix(page)
        a, b, c, d, e, f = self._matrices[key]
        # Pages are turned by right angles only: two corners tell.
        x0, y0 = a * box[0] + c * box[1] + e, b * box[0] + d * box[1] + f
        x1, y1 = a * box[2] + c * box[3] + e, b * box[2] + d * box[3] + f
        return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
