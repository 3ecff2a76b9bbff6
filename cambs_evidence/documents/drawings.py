"""What is drawn on a page beside its text: straight lines, filled areas, and what they cover.

Imported in worker processes only, as :mod:`cambs_evidence.documents.pdfium` is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from cambs_evidence.documents import calls
from cambs_evidence.model import Box

#: Drawn objects looked at on one page when rulings are sought; maps have tens of thousands.
MOST_OBJECTS = 6000
#: Points of one drawn path looked at.
MOST_SEGMENTS = 400
#: Form XObjects within form XObjects looked into.
DEEPEST_FORM = 4
#: Areas whose characters are sought at once.
_AT_ONCE = 32

#: A line or an area with its colour.
Drawn = tuple[float, float, float, float, float]
#: An opaque filled rectangle and its place in the order of painting.
Cover = tuple[float, float, float, float, int]

#: Colour of a drawn line, as the fifth value of what is drawn; fills have their own, 0 and up.
_LINE = -1.0
_THIN = 3.0
_WHITE = float(0xFFFFFF)

# Where the engine writes: one thing after the other is read from the same place.
_EDGES, _MATRIX = [calls.Rows(512, 1) for _ in range(4)], calls.Rows(1, 6)
_MODES, _COLOUR = calls.Rows(2, 1, np.int32), calls.Rows(4, 1, np.uint32)
_X, _Y = calls.Rows(MOST_SEGMENTS, 1), calls.Rows(MOST_SEGMENTS, 1)


@dataclass(frozen=True, slots=True)
class Drawings:
    """What is drawn on a page, in user space.

    ``rulings`` are straight lines as boxes ``(n, 4)``, ``areas`` filled rectangles with their
    colour ``(m, 5)``, ``covers`` those that hide what was painted before them, ``objects`` the
    handles of all that is on the page, in the order of painting.
    """

    rulings: npt.NDArray[np.float32]
    areas: npt.NDArray[np.float32]
    covers: Sequence[Cover]
    objects: Sequence[int]


def drawings(page: int) -> Drawings:
    """What is drawn on a page, given by its handle; nothing where that is too much."""
    found: list[Drawn] = []
    covers: list[Cover] = []
    handle = calls.argument(page)
    count = calls.count_on(handle)
    objects: list[int] = []
    if count <= MOST_OBJECTS:
        objects = list(map(calls.drawn_on, repeat(handle), range(count)))
        _collect(objects, found, covers, MOST_OBJECTS, 0)
    if not found:
        return Drawings(np.zeros((0, 4), np.float32), np.zeros((0, 5), np.float32), covers, objects)
    drawn = np.array(found, np.float32)
    lines = drawn[:, 4] == _LINE
    return Drawings(drawn[lines][:, :4], drawn[~lines], covers, objects)


def covered(
    drawn: Drawings, text_page: int, codes: npt.NDArray[np.uint32], boxes: npt.NDArray[np.float32]
) -> npt.NDArray[np.bool_]:
    """True for characters that an opaque area hides: it was painted over them later.

    What nobody can see on the page is no quote.
    """
    hidden = np.zeros(len(codes), bool)
    inked = codes > 32
    word = np.concatenate([[True], ~inked[:-1]]) & inked
    order: dict[int | None, int] = {}
    handle = calls.argument(text_page)
    for painted, inside in _areas_with_text(drawn.covers, np.flatnonzero(inked), boxes):
        order = order or dict(zip(drawn.objects, range(len(drawn.objects)), strict=True))
        # One question for each word: a word is painted at once. Characters come in the order of
        # painting, so that the first one painted after the area ends the search.
        firsts = np.flatnonzero(inside & (word | ~np.concatenate([[False], inside[:-1]])))
        ends = [*firsts[1:].tolist(), len(codes)]
        for at, until in zip(firsts.tolist(), ends, strict=True):
            if order.get(calls.object_of(handle, at), painted) >= painted:
                break
            hidden[at:until] |= inside[at:until]
    return hidden


def _areas_with_text(
    covers: Sequence[Cover], inked: npt.NDArray[np.int64], boxes: npt.NDArray[np.float32]
) -> Iterator[tuple[int, npt.NDArray[np.bool_]]]:
    """For each area with characters on it its place, and which of all characters they are."""
    middle = (boxes[inked, :2] + boxes[inked, 2:]) / 2
    x, y = np.ascontiguousarray(middle.T)
    for start in range(0, len(covers), _AT_ONCE):
        some = covers[start : start + _AT_ONCE]
        x0, y0, x1, y1 = np.array([cover[:4] for cover in some], np.float32).T[:, :, None]
        within = (x > x0) & (x < x1)
        within &= (y > y0) & (y < y1)
        for item in np.flatnonzero(within.any(axis=1)).tolist():
            inside = np.zeros(len(boxes), bool)
            inside[inked[within[item]]] = True
            yield some[item][4], inside


def _collect(
    objects: Sequence[int], found: list[Drawn], covers: list[Cover], budget: int, depth: int
) -> int:
    """Collects what is drawn by some objects; at most ``budget``, of which it gives the rest."""
    looked_at = 0
    kinds = list(map(calls.kind_of, objects))
    paths = _paths([handle for handle, kind in zip(objects, kinds, strict=True)
                    if kind == pdfium.FPDF_PAGEOBJ_PATH])  # fmt: skip
    for place, kind in enumerate(kinds):
        if kind not in {pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM}:
            continue
        budget -= place + 1 - looked_at
        looked_at = place + 1
        if budget < 0:
            return budget
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            drawn, segments, box = next(paths)
            if segments > 5:
                found.extend(_pieces(drawn, min(segments, MOST_SEGMENTS)))
            elif box is not None:
                _simple(drawn, box, found, covers, place if depth == 0 else None)
        elif depth < DEEPEST_FORM:
            drawn = calls.argument(objects[place])
            inner: list[Drawn] = []
            total = min(calls.count_in(drawn), max(budget, 0))
            members = list(map(calls.drawn_in, repeat(objects[place]), range(total)))
            budget = _collect(members, inner, covers, budget, depth + 1)
            found.extend(_moved(inner, drawn))
    return budget - (len(objects) - looked_at)


def _paths(handles: Sequence[int]) -> Iterator[tuple[object, int, Box | None]]:
    """Each path with the number of its segments and, where those are few, its box."""
    rows = len(_EDGES[0].places)
    for start in range(0, len(handles), rows):
        some = list(map(calls.argument, handles[start : start + rows]))
        counts = list(map(calls.segments_of, some))
        few = [drawn for drawn, count in zip(some, counts, strict=True) if 2 <= count <= 5]
        there = list(map(calls.bounds_of, few, *(each.places for each in _EDGES)))
        edges = [each.values[: len(few), 0].tolist() for each in _EDGES]
        boxes = zip(there, zip(*edges, strict=True), strict=True)
        for drawn, count in zip(some, counts, strict=True):
            is_there, box = next(boxes) if 2 <= count <= 5 else (0, None)
            yield drawn, count, box if is_there else None


def _simple(
    drawn: object, box: Box, found: list[Drawn], covers: list[Cover], place: int | None
) -> None:
    x0, y0, x1, y1 = box
    if x1 - x0 <= _THIN or y1 - y0 <= _THIN:
        found.append((x0, y0, x1, y1, _LINE))
    else:
        _area(drawn, box, found, covers, place)


def _area(
    drawn: object, box: Box, found: list[Drawn], covers: list[Cover], place: int | None
) -> None:
    """A framed rectangle is four lines, a filled one an area, and it may cover what it is on."""
    _MODES.values[:] = 0
    calls.mode_of(drawn, *_MODES.places)
    filled, framed = _MODES.values[:, 0].tolist()
    x0, y0, x1, y1 = box
    if framed:
        found.append((x0, y0, x1, y0, _LINE))
        found.append((x0, y1, x1, y1, _LINE))
        found.append((x0, y0, x0, y1, _LINE))
        found.append((x1, y0, x1, y1, _LINE))
    elif filled:
        _COLOUR.values[:] = 0
        calls.fill_of(drawn, *_COLOUR.places)
        red, green, blue, _ = _COLOUR.values[:, 0].tolist()
        colour = float((red & 0xFF) << 16 | (green & 0xFF) << 8 | blue & 0xFF)
        if colour != _WHITE:  # white on white is no shading
            found.append((x0, y0, x1, y1, colour))
    if filled and place is not None and not calls.transparent(drawn):
        covers.append((x0, y0, x1, y1, place))


def _matrix(drawn: object) -> list[float]:
    if not calls.matrix_of(drawn, _MATRIX.places[0]):
        return [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    values: list[float] = _MATRIX.values[0].tolist()
    return values


def _moved(boxes: Sequence[Drawn], drawn: object) -> Iterator[Drawn]:
    a, b, c, d, e, f = _matrix(drawn)
    for x0, y0, x1, y1, colour in boxes:
        xs = (a * x0 + c * y0 + e, a * x1 + c * y1 + e)
        ys = (b * x0 + d * y0 + f, b * x1 + d * y1 + f)
        yield (min(xs), min(ys), max(xs), max(ys), colour)


def _pieces(drawn: object, count: int) -> Iterator[Drawn]:
    """The straight pieces of a path; curved ones are no rulings."""
    a, b, c, d, e, f = _matrix(drawn)
    handles = list(map(calls.segment_of, repeat(drawn), range(count)))
    segments = list(map(calls.argument, handles))
    there = list(map(calls.point_of, segments, _X.places, _Y.places))
    if not all(there):
        count = there.index(0)  # nothing is known of what comes after it
    kinds = map(calls.segment_kind, segments)
    ends = map(calls.closes, segments)
    xs, ys = _X.values[:count, 0].tolist(), _Y.values[:count, 0].tolist()
    at: tuple[float, float] | None = None
    opened: tuple[float, float] | None = None
    for x, y, kind, closed in zip(xs, ys, kinds, ends, strict=False):
        point = (a * x + c * y + e, b * x + d * y + f)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            opened = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and at is not None:
            yield _between(at, point)
        at = point
        if closed and opened is not None:
            yield _between(at, opened)
            at = opened


def _between(p: tuple[float, float], q: tuple[float, float]) -> Drawn:
    return (min(p[0], q[0]), min(p[1], q[1]), max(p[0], q[0]), max(p[1], q[1]), _LINE)
