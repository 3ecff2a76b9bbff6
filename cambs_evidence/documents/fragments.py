"""Characters joined to fragments, stretches of one line without a wide gap, and lines of those.

All boxes here are in display space: points, turned as the page is shown, y growing downwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cambs_evidence.documents import codepoints

#: A gap wider than this many heights of the line parts two fragments.
WIDE_GAP = 0.9
#: A gap wider than this many heights between fragments on a line is a space.
SPACE_GAP = 0.12
#: Share of the smaller height that two boxes must share to stand on one line.
SAME_LINE = 0.5
#: Fewer fragments than this are compared one by one.
_FEW = 10


@dataclass(slots=True, eq=False)
class Fragment:
    """A stretch of one line: indices into the page's characters, and its box."""

    characters: npt.NDArray[np.int64]
    spaces: npt.NDArray[np.bool_]  # True where a space stands before the character
    x0: float
    y0: float
    x1: float
    y1: float
    height: float
    stream: int  # place in the file's own order
    rows: list[list[Line]] | None = None  # for a table standing in the flow: rows of cells

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


@dataclass(slots=True, eq=False)
class Line:
    """One line of text in reading order; ``ends`` says what follows it: newline or tab."""

    fragments: list[Fragment]
    area: int  # which column or cell it stands in; lines of one area may be one paragraph
    ends: str = "\n"
    between: str = " "
    table: bool = False
    x0: float = field(init=False)
    y0: float = field(init=False)
    x1: float = field(init=False)
    y1: float = field(init=False)
    height: float = field(init=False)

    def __post_init__(self) -> None:
        if len(self.fragments) == 1:
            (only,) = self.fragments
            self.x0, self.x1, self.y0, self.y1 = only.x0, only.x1, only.y0, only.y1
            self.height = only.height
            return
        self.x0 = min(part.x0 for part in self.fragments)
        self.x1 = max(part.x1 for part in self.fragments)
        self.y0 = min(part.y0 for part in self.fragments)
        self.y1 = max(part.y1 for part in self.fragments)
        self.height = max(part.height for part in self.fragments)


def fragments(codes: npt.NDArray[np.uint32], boxes: npt.NDArray[np.float64]) -> list[Fragment]:
    """The characters of a page joined to stretches of line, in the file's order.

    Args:
        codes: code points in the file's order, white space included.
        boxes: ``(n, 4)`` in display space; white space may have empty boxes. Quickest where each
            of the four columns lies together in memory.
    """
    kinds = codepoints.kinds(codes)
    white = (kinds & codepoints.WHITE).astype(bool)
    columns = boxes.T
    inked = np.flatnonzero(~white & (columns[3] - columns[1] > 0.01))
    if len(inked) == 0:
        return []
    x0, y0, x1, y1 = columns.take(inked, axis=1)
    height = np.maximum(y1 - y0, 0.1)
    leftward = (kinds.take(inked) & codepoints.LEFTWARD).astype(bool)
    bounds = [0, *(_breaks(inked, x0, y0, x1, y1, height, leftward) + 1).tolist(), len(inked)]
    starts = bounds[:-1]
    whites = np.cumsum(white).take(inked)
    spaced = np.zeros(len(inked), bool)
    np.greater(whites[1:], whites[:-1], out=spaced[1:])
    spaced[starts] = False
    edges = zip(
        np.minimum.reduceat(x0, starts).tolist(),
        np.minimum.reduceat(y0, starts).tolist(),
        np.maximum.reduceat(x1, starts).tolist(),
        np.maximum.reduceat(y1, starts).tolist(),
        np.maximum.reduceat(height, starts).tolist(),
        strict=True,
    )
    return [
        Fragment(inked[start:end], spaced[start:end], *box, place)
        for place, ((start, end), box) in enumerate(zip(pairwise(bounds), edges, strict=True))
    ]


def _breaks(
    inked: npt.NDArray[np.int64],
    x0: npt.NDArray[np.float64],
    y0: npt.NDArray[np.float64],
    x1: npt.NDArray[np.float64],
    y1: npt.NDArray[np.float64],
    height: npt.NDArray[np.float64],
    leftward: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int64]:
    """The characters after which another fragment begins."""
    lower = np.minimum(height[1:], height[:-1])
    upper = np.maximum(height[1:], height[:-1])
    gap = x0[1:] - x1[:-1]
    if leftward.any():
        gap = np.where(leftward[1:] & leftward[:-1], x0[:-1] - x1[1:], gap)
    shared = np.minimum(y1[1:], y1[:-1]) - np.maximum(y0[1:], y0[:-1])
    enough = SAME_LINE * lower
    along = (shared >= enough) & (gap < WIDE_GAP * upper) & (gap > -0.6 * upper)
    # The letters of a ligature share its box.
    same = np.abs(x0[1:] - x0[:-1]) < 0.05
    if same.any():
        for edge in (y0, x1, y1):
            same &= np.abs(edge[1:] - edge[:-1]) < 0.05
        along |= same
    under = np.flatnonzero(shared < enough)
    if len(under) >= 3:
        # Text that runs up or down the page: one character above the other, hardly any step aside.
        following = under + 1
        aside = np.abs((x0[following] + x1[following]) / 2 - (x0[under] + x1[under]) / 2)
        step = np.abs((y0[following] + y1[following]) / 2 - (y0[under] + y1[under]) / 2)
        stacked = (aside < 0.2 * upper[under]) & (step < 1.3 * upper[under])
        stacked &= inked[following] - inked[under] == 1
        along[_in_runs(under[stacked], 3)] = True
    breaks: npt.NDArray[np.int64] = np.flatnonzero(~along)
    return breaks


def _in_runs(places: npt.NDArray[np.int64], least: int) -> npt.NDArray[np.int64]:
    """Those of some ascending places that follow each other, at least so many of them."""
    if len(places) < least:
        return places[:0]
    begins = np.concatenate([[True], np.diff(places) != 1])
    run = np.cumsum(begins) - 1
    kept: npt.NDArray[np.int64] = places[np.bincount(run)[run] >= least]
    return kept


def merged(parts: list[Fragment]) -> list[Fragment]:
    """Fragments that follow each other on a line without a wide gap become one."""
    if len(parts) < 2:
        return parts
    pairs = _neighbours(parts) if len(parts) < _FEW else _neighbours_of_many(parts)
    root = list(range(len(parts)))

    def find(item: int) -> int:
        while root[item] != item:
            root[item] = root[root[item]]
            item = root[item]
        return item

    for one, other in pairs:
        a, b = find(one), find(other)
        if a != b:
            root[max(a, b)] = min(a, b)
    groups: dict[int, list[Fragment]] = {}
    for item, part in enumerate(parts):
        groups.setdefault(find(item), []).append(part)
    if len(groups) == len(parts):
        return parts
    return [_joined(group) if len(group) > 1 else group[0] for group in groups.values()]


def _neighbours(parts: list[Fragment]) -> Iterator[tuple[int, int]]:
    """Left and right of each two fragments between which there is no wide gap on a line."""
    for left, one in enumerate(parts):
        for right, other in enumerate(parts):
            if other.x0 > one.x0 and one.rows is None and other.rows is None:
                lower, upper = sorted((one.height, other.height))
                gap = other.x0 - one.x1
                shared = min(one.y1, other.y1) - max(one.y0, other.y0)
                # A tall upright text beside lines is no part of any of them.
                if (
                    -0.4 * lower < gap < WIDE_GAP * lower
                    and shared >= SAME_LINE * lower
                    and upper < 3 * lower
                ):
                    yield left, right


def _neighbours_of_many(parts: list[Fragment]) -> Iterator[tuple[int, int]]:
    """The same, all at once."""
    x0, y0, x1, y1, height = np.array(
        [(part.x0, part.y0, part.x1, part.y1, part.height) for part in parts]
    ).T
    plain = np.array([part.rows is None for part in parts])
    gap = x0[None, :] - x1[:, None]
    lower = np.minimum(height[:, None], height)
    near = (gap < WIDE_GAP * lower) & (gap > -0.4 * lower)
    near &= x0[None, :] > x0[:, None]
    near &= plain[:, None] & plain
    left, right = np.nonzero(near)
    shared = np.minimum(y1[left], y1[right]) - np.maximum(y0[left], y0[right])
    lower = lower[left, right]
    level = (shared >= SAME_LINE * lower) & (np.maximum(height[left], height[right]) < 3 * lower)
    return zip(left[level].tolist(), right[level].tolist(), strict=True)


def _joined(group: list[Fragment]) -> Fragment:
    group.sort(key=lambda part: (part.x0, part.stream))
    spaces = [group[0].spaces]
    for before, after in pairwise(group):
        first = after.spaces.copy()
        first[0] = after.x0 - before.x1 > SPACE_GAP * min(before.height, after.height)
        spaces.append(first)
    return Fragment(
        np.concatenate([part.characters for part in group]),
        np.concatenate(spaces),
        group[0].x0,
        min(part.y0 for part in group),
        max(part.x1 for part in group),
        max(part.y1 for part in group),
        max(part.height for part in group),
        min(part.stream for part in group),
    )
