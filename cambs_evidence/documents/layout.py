"""How the lines of a page lie to one another: what is above and below, and what is one line.

Boxes are as the page is shown: x to the right and y up.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt

from cambs_evidence.documents.layer import PageLayer

#: What a new paragraph begins with, whatever stands before it.
_NEW = re.compile(r"\s*(?:[•▪●◦○■□➢✓‣∙·\uf0b7\uf0a7–-]\s|\d+(?:\.\d+)+\s|\(?\w{1,3}[.)]\s)")
_ENDED = (".", "!", "?", ":", ";")
#: Lines on either side that show how wide a column is, and how far its edges may differ, in points.
_AROUND, _FLUSH = 6, 3.0
#: Widest gap between words of a line that is set wide, in heights of the line, and how much wider
#: it is than the narrowest.
_WIDEST, _UNEVEN = 2.6, 2.6
#: Zones of a page in reading order: running header, body, footnotes, running footer.
_BODY = 1
#: Share of the lower of two lines by which they stand at the same height.
_LEVEL = 0.5
_FIGURES = re.compile(r"[\W\d_]+")


class Layout:
    """The lines of one page and where they stand.

    Args:
        layer: the page.
        ranges: the code points of each line, in reading order; a cell is a line.
        boxes: a box for each line, as the page is shown.
    """

    def __init__(
        self, layer: PageLayer, ranges: list[tuple[int, int]], boxes: npt.NDArray[np.float64]
    ) -> None:
        self._layer = layer
        self._ranges = ranges
        self._boxes: list[list[float]] = boxes.tolist()

    # --- what is above and below -----------------------------------------------------------

    def beyond(self, line: int, step: int, across: float) -> int | None:
        """The line below another (``step`` 1) or above it (-1), None where there is none.

        ``across`` says which of several cells is meant. From the foot of a column it is the first
        of the next. A line of the body is followed by lines of the body only; others by those
        too.
        """
        ahead, turn = self._ahead(line, step)
        rows = self._row[line]
        if rows is not None:
            ahead = [
                each
                for each in ahead
                if self._row[each] is None
                or self._meets(line, each)
                or (self._row[each] != rows and not self._has_below(line, ahead))
            ]
        if not ahead:
            return turn
        nearest = min(ahead, key=lambda each: (self._gap(line, each), abs(each - line)))
        if not self._is_cell(nearest):
            return nearest
        band = [each for each in ahead if self._is_cell(each) and self._level(nearest, each)]
        return min(band, key=lambda each: (self._aside(each, across), abs(each - line)))

    def _ahead(self, line: int, step: int) -> tuple[list[int], int | None]:
        """Lines further on in the same column, and the line at which another column begins."""
        allowed = {self._zones[line], _BODY}
        ahead: list[int] = []
        before, at = line, line + step
        while 0 <= at < len(self._ranges):
            if self._zones[at] in allowed:
                if self._turns(before, at, step):
                    return ahead, None if ahead else at
                if self._is_ahead(line, at, step):
                    ahead.append(at)
                before = at
            at += step
        return ahead, None

    def _is_ahead(self, one: int, other: int, step: int) -> bool:
        return not self._level(one, other) and (self._middle(one) - self._middle(other)) * step > 0

    def _turns(self, before: int, at: int, step: int) -> bool:
        """True where reading goes on at the other end of the page, but for cells of a table."""
        if self._row[before] is not None and self._row[at] is not None:
            return False
        return self._is_ahead(at, before, step)

    def _has_below(self, line: int, ahead: list[int]) -> bool:
        return any(self._meets(line, each) for each in ahead)

    @cached_property
    def _zones(self) -> list[int]:
        layer = self._layer
        edges = [layer.body[0], layer.notes[0], layer.notes[1]]
        return [bisect.bisect_right(edges, start) for start, _ in self._ranges]

    @cached_property
    def _row(self) -> list[int | None]:
        """For each line the number of the paragraph that is a row of a table, None for others."""
        starts = self._layer.starts
        offsets = [start.offset for start in starts]
        found: list[int | None] = []
        for line, (start, _) in enumerate(self._ranges):
            paragraph = bisect.bisect_right(offsets, start) - 1
            is_row = paragraph >= 0 and starts[paragraph].kind == "row"
            found.append(paragraph if is_row and line not in self.set_wide else None)
        return found

    def _is_cell(self, line: int) -> bool:
        """True where other cells, or other words of the same line, may stand beside a line."""
        return self._row[line] is not None or line in self.set_wide or self._is_tabbed(line)

    def _is_tabbed(self, line: int) -> bool:
        start, end = self._ranges[line]
        text = self._layer.text
        return text[end : end + 1] == "\t" or text[max(start - 1, 0) : start] == "\t"

    def _middle(self, line: int) -> float:
        return (self._boxes[line][1] + self._boxes[line][3]) / 2

    def _height(self, line: int) -> float:
        return max(self._boxes[line][3] - self._boxes[line][1], 1.0)

    def _level(self, one: int, other: int) -> bool:
        """True for two lines at the same height."""
        a, b = self._boxes[one], self._boxes[other]
        shared = min(a[3], b[3]) - max(a[1], b[1])
        return shared > _LEVEL * min(self._height(one), self._height(other))

    def _meets(self, one: int, other: int) -> bool:
        """True for two lines one of which is above the other."""
        a, b = self._boxes[one], self._boxes[other]
        return min(a[2], b[2]) > max(a[0], b[0])

    def _gap(self, one: int, other: int) -> float:
        """The empty height between two lines."""
        a, b = self._boxes[one], self._boxes[other]
        return max(a[1] - b[3], b[1] - a[3], 0.0)

    def _aside(self, line: int, across: float) -> float:
        x0, _, x1, _ = self._boxes[line]
        return max(x0 - across, across - x1, 0.0)

    # --- what is one line ------------------------------------------------------------------

    @cached_property
    def set_wide(self) -> dict[int, tuple[int, int]]:
        """The first and the last part of a line that is set wide, for each of its parts.

        Words that are set far apart to fill the measure were read as cells of a table. They are one
        line where its gaps are even and no wider than such gaps are, and it fills the same measure
        as lines of running text around it.
        """
        found = {}
        for first, last in self._tabbed():
            if self._is_set_wide(first, last):
                found.update(dict.fromkeys(range(first, last + 1), (first, last)))
        return found

    def _tabbed(self) -> Iterator[tuple[int, int]]:
        """First and last of lines that stand beside one another with a tab between each two."""
        first = 0
        for line in range(1, len(self._ranges) + 1):
            if line < len(self._ranges):
                between = self._layer.text[self._ranges[line - 1][1] : self._ranges[line][0]]
                if between == "\t" and self._level(line - 1, line):
                    continue
            if line - 1 > first:
                yield first, line - 1
            first = line

    def _is_set_wide(self, first: int, last: int) -> bool:
        parts = range(first, last + 1)
        said = [self._layer.text[slice(*self._ranges[each])] for each in parts]
        if any(_FIGURES.fullmatch(words) for words in said[1:]):
            return False
        # A single wide gap is the one behind a sentence; between two words it parts two cells.
        if len(said) == 2 and said[1][:1].isupper() and not said[0].endswith((*_ENDED, ",")):
            return False
        gaps = [self._boxes[each][0] - self._boxes[each - 1][2] for each in parts[1:]]
        height = max(map(self._height, parts))
        if min(gaps) <= 0 or max(gaps) > min(_WIDEST * height, _UNEVEN * min(gaps)):
            return False
        around = range(max(first - _AROUND, 0), min(last + _AROUND + 1, len(self._ranges)))
        return any(
            self._fills(each, first, last, height)
            for each in around
            if each not in parts and not self._is_tabbed(each)
        )

    def _fills(self, line: int, first: int, last: int, height: float) -> bool:
        """True where a line fills the measure of another; either may begin with an indent."""
        x0, x1 = self._boxes[first][0], self._boxes[last][2]
        indent = abs(self._boxes[line][0] - x0)
        return indent < _FLUSH + 2.0 * height and abs(self._boxes[line][2] - x1) < _FLUSH

    @cached_property
    def goes_on(self) -> frozenset[int]:
        """Offsets of parts of lines set wide, and of lines that go on with or from such a line."""
        found: set[int] = set()
        for first, last in set(self.set_wide.values()):
            found.update(self._ranges[each][0] for each in range(first + 1, last + 1))
            if first > 0 and self._is_next(first - 1, first):
                found.add(self._ranges[first][0])
            if last + 1 < len(self._ranges) and self._is_next(last, last + 1):
                found.add(self._ranges[last + 1][0])
        return frozenset(found)

    def _is_next(self, one: int, other: int) -> bool:
        """True where a line is read on from the one above it; one of the two is set wide."""
        first = self.set_wide.get(one, (one, one))[0]
        last = self.set_wide.get(other, (other, other))[1]
        text = self._layer.text
        if text[: self._ranges[one][1]].rstrip().endswith(_ENDED):
            return False
        if _NEW.match(text, self._ranges[other][0]) or self._zones[one] != self._zones[other]:
            return False
        below = self._boxes[one][1] - self._boxes[other][3]
        beside = min(self._boxes[one][2], self._boxes[last][2]) - max(
            self._boxes[first][0], self._boxes[other][0]
        )
        # The one above fills its measure, as it would not at a paragraph's end.
        full = self._boxes[one][2] > self._boxes[last][2] - _FLUSH
        return beside > 0 and full and -0.5 < below / self._height(one) < 0.6
