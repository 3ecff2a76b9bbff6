"""PDF bytes → text layers, page by page, with furniture, footnotes and labels recognised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cambs_evidence.documents import codepoints, pdfium
from cambs_evidence.documents.fragments import Fragment, Line, fragments
from cambs_evidence.documents.furniture import DEPTH, REACH, EdgeLine, Furniture
from cambs_evidence.documents.layer import NO_TEXT, NONSENSE, TEXT, PageLayer, Start
from cambs_evidence.documents.reading_order import lines_across, lines_in_order
from cambs_evidence.model import Box

#: Name and version of what makes these layers; a stored layer keeps the one it was made by.
LAYER_VERSION = "pdfium-3"
#: Pages held at once while furniture is being learned; a longer document is read in stretches.
STRETCH = 400

_HEADER, _BODY, _NOTES, _FOOTER = range(4)
# What stands for characters that the file does not have.
_SEPARATOR, _SPACE = -1, -2
# What may stand between two lines, as places of characters.
_GAPS = {
    gap: np.full(len(gap), _SPACE if gap == " " else _SEPARATOR, np.int64)
    for gap in (" ", "\t", "\n", "\n\n")
}
_NOTE_MARK = re.compile(r"^(?:\d{1,3}|[*†‡§])[\s.)]*[^\W\d_‘“(]")
_BULLET = re.compile(r"^(?:[•▪●◦○■□➢➤✓‣∙·*\-–—o]|\d{1,3}[.)]|\(?[a-z]{1,3}[.)]|\d+(?:\.\d+)+)\s")
_ENDS_SENTENCE = (".", ":", ";", "?", "!", ".”", ".’", ".)")


@dataclass(slots=True)
class _Sheet:
    """A page in fragments, whose furniture is not yet known."""

    raw: pdfium.RawPage
    parts: list[Fragment]
    edges: list[EdgeLine]
    edge_parts: dict[tuple[str, int], list[Fragment]]
    size: tuple[float, float]
    turned: npt.NDArray[np.float64]


@dataclass(slots=True)
class _Draft:
    """A page as lines in reading order, each in its zone."""

    sheet: _Sheet
    lines: list[Line]
    zones: list[int]
    texts: list[str]
    places: list[npt.NDArray[np.int64]]
    height: float


def layers(data: bytes, password: str | None = None) -> Iterator[PageLayer]:
    """The text layer of every page of a PDF, in order.

    Raises DocumentRefused where the file cannot be opened or has no pages.
    """
    document = pdfium.open_pdf(data, password)
    furniture = Furniture()
    taken: list[Callable[[], PageLayer]] = []
    for raw in pdfium.pages(document):
        taken.append(taken_in(raw, furniture))
        if len(taken) >= STRETCH:
            yield from (finished() for finished in taken)
            taken = []
    yield from (finished() for finished in taken)
    document.close()


def taken_in(raw: pdfium.RawPage, furniture: Furniture) -> Callable[[], PageLayer]:
    """Takes a page in; what is returned makes its layer, once the pages around are taken in."""
    sheet = _sheet(raw)
    furniture.see(raw.index, sheet.edges)
    return lambda: _layer(_draft(sheet, furniture), furniture)


def _sheet(raw: pdfium.RawPage) -> _Sheet:
    turned, rulings, areas, size = _as_shown(raw)
    parts = fragments(raw.codes, turned)
    codes = codepoints.as_meant(raw.codes)
    raw = pdfium.RawPage(
        raw.index, raw.media, raw.rotation, codes, raw.boxes, rulings, areas, raw.label
    )
    edges: list[EdgeLine] = []
    edge_parts: dict[tuple[str, int], list[Fragment]] = {}
    found = list(_edge_lines(parts, size[1]))
    apart = [Line([part], 0) for _, line, _ in found for part in line.fragments]
    pieces = iter(_rendered(apart, codes)[0])
    usual = _median([part.height for part in parts])
    for edge, line, rank in found:
        beside = tuple(next(pieces) for _ in line.fragments)
        text = " ".join(beside)
        large = line.height > 1.3 * usual
        worded = large and sum(map(str.isalpha, text)) >= 8  # more than “Page 12”
        edges.append(EdgeLine(edge, rank, text, beside, worded))
        edge_parts[edge, rank] = line.fragments
    return _Sheet(raw, parts, edges, edge_parts, size, turned)


def _edge_lines(parts: list[Fragment], height: float) -> Iterator[tuple[str, Line, int]]:
    """The outermost lines of a page, right across it, with their rank from the edge."""
    top = [part for part in parts if part.y1 <= REACH * height]
    bottom = [part for part in parts if part.y0 >= (1 - REACH) * height]
    for edge, near in (("top", top), ("bottom", bottom)):
        lines = lines_across(near)
        if edge == "bottom":
            lines.reverse()
        for rank, line in enumerate(lines[:DEPTH]):
            yield edge, line, rank


def _draft(sheet: _Sheet, furniture: Furniture) -> _Draft:
    """Reads a page, its furniture apart from the rest."""
    above: list[Line] = []
    below: list[Line] = []
    apart: set[int] = set()
    for edge, rank in sorted(furniture.furniture(sheet.raw.index, sheet.edges)):
        members = sheet.edge_parts[edge, rank]
        apart.update(map(id, members))
        (above if edge == "top" else below).append(Line(members, -1 - len(apart)))
    below.reverse()
    rest = [part for part in sheet.parts if id(part) not in apart]
    raw = sheet.raw
    body = lines_in_order(rest, raw.codes, sheet.turned, raw.rulings, raw.areas, sheet.size)
    lines = [*above, *body, *below]
    texts, places = _rendered(lines, raw.codes)
    height = _usual_height(body, texts[len(above) : len(above) + len(body)])
    zones = [_HEADER] * len(above) + [_BODY] * len(body) + [_FOOTER] * len(below)
    draft = _Draft(sheet, lines, zones, texts, places, height)
    for item in _note_lines(draft):
        zones[item] = _NOTES
    return draft


def _as_shown(
    raw: pdfium.RawPage,
) -> tuple[
    npt.NDArray[np.float64], npt.NDArray[np.float32], npt.NDArray[np.float32], tuple[float, float]
]:
    """Boxes of characters, rulings and areas as the page is shown, y downwards; its size."""
    rotation = raw.rotation % 360
    characters = _turned(raw.boxes, raw.media, rotation)
    extra = _direction(raw.codes, characters)
    if extra:
        # The words lie or stand on their heads: the page is read as its words run.
        rotation = (rotation + extra) % 360
        characters = _turned(raw.boxes, raw.media, rotation)
    rulings = _turned(raw.rulings, raw.media, rotation).astype(np.float32)
    areas = _turned(raw.areas, raw.media, rotation).astype(np.float32)
    width, height = raw.media[2] - raw.media[0], raw.media[3] - raw.media[1]
    size = (width, height) if rotation % 180 == 0 else (height, width)
    return characters, rulings, np.column_stack([areas, raw.areas[:, 4]]), size


def _turned(boxes: npt.NDArray[np.float32], media: Box, rotation: int) -> npt.NDArray[np.float64]:
    """User-space boxes as they are on the page when it is shown turned, y downwards.

    Each of the four columns lies together in memory: they are worked on one by one.
    """
    x0, y0, x1, y1 = media
    width, height = x1 - x0, y1 - y0
    columns = boxes.T[:4].astype(np.float64, order="C")
    columns[0::2] -= x0
    columns[1::2] -= y0
    left, bottom, right, top = columns
    if rotation == 0:
        columns[1], columns[3] = height - top, height - bottom
        return columns.T
    turned = {
        90: (bottom, left, top, right),
        180: (width - right, bottom, width - left, top),
        270: (height - top, width - right, height - bottom, width - left),
    }[rotation]
    return np.array(turned).T


def _direction(codes: npt.NDArray[np.uint32], boxes: npt.NDArray[np.float64]) -> int:
    """By how much more a page must be turned so that most of its words run to the right."""
    x0, y0, x1, y1 = boxes.T
    rightward = (codepoints.kinds(codes) & codepoints.RIGHTWARD).astype(bool)
    places = np.flatnonzero(rightward & (y1 - y0 > 0.01))
    if len(places) < 4:
        return 0
    begins = places[:-1][places[1:] - places[:-1] == 1]
    # A part of the page tells already that not most of its words run elsewhere.
    for some in (begins[: len(begins) // 3], begins):
        following = some + 1
        across = ((x0[following] + x1[following]) - (x0[some] + x1[some])) / 2
        down = ((y0[following] + y1[following]) - (y0[some] + y1[some])) / 2
        size = np.maximum(y1[following] - y0[following], x1[following] - x0[following])
        close = np.hypot(across, down) < 2.5 * size
        flat = close & (np.abs(across) > 2 * np.abs(down))
        to_the_right = int((flat & (across > 0)).sum())
        if to_the_right > 0.2 * len(begins):
            return 0
    steep = close & (np.abs(down) > 2 * np.abs(across))
    counts = {
        0: to_the_right,
        180: int((flat & (across < 0)).sum()),
        270: int((steep & (down > 0)).sum()),
        90: int((steep & (down < 0)).sum()),
    }
    most = max(counts, key=counts.__getitem__)
    return most if counts[most] > 0.8 * max(sum(counts.values()), 1) else 0


def _rendered(
    lines: list[Line], codes: npt.NDArray[np.uint32]
) -> tuple[list[str], list[npt.NDArray[np.int64]]]:
    """The words of each line, and for each of their characters which of the page's it is.

    What the page does not have, a space between words or a tab between columns, is told by
    ``_SPACE`` and ``_SEPARATOR``. The whole page is done at once: this runs for every page.
    """
    parts = [part for line in lines for part in line.fragments]
    if not parts:
        return [], []
    characters = np.concatenate([part.characters for part in parts])
    ahead = np.concatenate([part.spaces for part in parts]).astype(np.int64)
    firsts = np.cumsum([0, *(len(part.characters) for part in parts)])
    inner: list[int] = []
    tabs: list[int] = []
    begins: list[int] = []
    item = 0
    for line in lines:
        begins.append(int(firsts[item]))
        following = range(item + 1, item + len(line.fragments))
        inner.extend(following)
        if line.between != " ":
            tabs.extend(following)
        item += len(line.fragments)
    ahead[firsts[inner]] = 1
    at = np.cumsum(ahead + 1) - 1
    places = np.full(int(at[-1]) + 1, _SPACE)
    places[at] = characters
    points = np.full(len(places), 32, np.uint32)
    points[at] = codes[characters]
    places[at[firsts[tabs]] - 1] = _SEPARATOR
    points[at[firsts[tabs]] - 1] = 9
    text = points.astype("<u4").tobytes().decode("utf-32-le", "replace")
    bounds = [*at[begins].tolist(), len(places)]
    spans = list(pairwise(bounds))
    return [text[start:end] for start, end in spans], [places[start:end] for start, end in spans]


def _usual_height(lines: list[Line], texts: list[str]) -> float:
    """The height of most of the page's characters, in points."""
    heights = [(line.height, max(len(text), 1)) for line, text in zip(lines, texts, strict=True)]
    return _median_of_counted(heights)


def _median(values: Iterable[float]) -> float:
    return _median_of_counted([(value, 1) for value in values])


def _median_of_counted(values: list[tuple[float, int]]) -> float:
    """The middle one of values each of which there are so many; 0 where there are none."""
    if not values:
        return 0.0
    values.sort()
    half = sum(count for _, count in values) / 2
    seen = 0
    for place, (value, count) in enumerate(values):
        seen += count
        if seen > half:
            return value
        if seen == half:
            return (value + values[place + 1][0]) / 2
    return values[-1][0]


def _quality(codes: npt.NDArray[np.uint32], lines: list[Line]) -> str:
    inked = int(np.count_nonzero(codes > 32))
    if inked == 0 or not lines:
        return NO_TEXT
    senseless = codepoints.ODD | codepoints.CONTROL
    odd = int(np.count_nonzero(codepoints.kinds(codes) & senseless))
    return NONSENSE if odd / inked > 0.3 else TEXT


# --- zones, text, paragraphs ---------------------------------------------------------------


def _layer(draft: _Draft, furniture: Furniture) -> PageLayer:
    raw = draft.sheet.raw
    order = sorted(range(len(draft.lines)), key=draft.zones.__getitem__)
    begins = _paragraph_begins(draft, order)
    text, boxes, at, offsets = _assemble(draft, order, begins)
    edges = [*at, len(text)]
    return PageLayer(
        index=raw.index,
        media=raw.media,
        rotation=raw.rotation,
        text=text,
        boxes=boxes,
        body=(edges[_BODY], edges[_NOTES]),
        notes=(edges[_NOTES], edges[_FOOTER]),
        starts=_starts(draft, order, begins, offsets),
        label=furniture.label(raw.index) or raw.label,
        quality=_quality(raw.codes, draft.lines),
    )


def _note_lines(draft: _Draft) -> list[int]:
    """Lines of footnotes: small, at the foot, the first with a mark and under a rule or raised."""
    body = [item for item in range(len(draft.lines)) if draft.zones[item] == _BODY]
    body.sort(key=lambda item: draft.lines[item].y0)
    small: list[int] = []
    for item in reversed(body):
        line = draft.lines[item]
        if line.table or line.height > 0.93 * draft.height or line.y0 < 0.4 * draft.sheet.size[1]:
            break
        small.append(item)
    small.reverse()
    for place, item in enumerate(small):
        if _NOTE_MARK.match(draft.texts[item]) and _is_note(draft, draft.lines[item]):
            return small[place:]
    return []


def _is_note(draft: _Draft, line: Line) -> bool:
    first = line.fragments[0].characters
    box = draft.sheet.turned[first]
    tall = box[:, 3] - box[:, 1]
    raised = len(first) > 2 and tall[0] < 0.85 * float(np.median(tall))
    rules = draft.sheet.raw.rulings
    if len(rules) == 0:
        return raised
    flat = (rules[:, 3] - rules[:, 1] < 3) & (rules[:, 2] - rules[:, 0] > 60)
    above = (rules[:, 3] <= line.y0 + 3) & (rules[:, 3] > line.y0 - 20)
    begins = np.abs(rules[:, 0] - line.x0) < 12
    return raised or bool((flat & above & begins).any())


def _assemble(
    draft: _Draft, order: list[int], begins: list[bool]
) -> tuple[str, npt.NDArray[np.float32], list[int], list[int]]:
    """The page's string, a box for each character, where zones begin and where lines do."""
    at = [-1] * 4
    texts: list[str] = []
    places: list[npt.NDArray[np.int64]] = []
    offsets: list[int] = []
    length = 0
    for position, item in enumerate(order):
        if position:
            gap = draft.lines[order[position - 1]].ends
            apart = draft.zones[order[position - 1]] != draft.zones[item]
            if apart or (gap == "\n" and begins[position]):
                gap = "\n\n"
            texts.append(gap)
            places.append(_GAPS[gap])
            length += len(gap)
        for zone in range(draft.zones[item] + 1):
            if at[zone] < 0:
                at[zone] = length
        offsets.append(length)
        texts.append(draft.texts[item])
        places.append(draft.places[item])
        length += len(draft.texts[item])
    at = [length if begin < 0 else begin for begin in at]
    joined = np.concatenate(places) if places else np.zeros(0, np.int64)
    return "".join(texts), _boxes_of(draft, joined), at, offsets


def _boxes_of(draft: _Draft, places: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """User-space boxes; a space takes the room between its neighbours."""
    if len(places) == 0:
        return np.zeros((0, 4), np.float32)
    boxes = draft.sheet.raw.boxes.take(np.maximum(places, 0), axis=0)
    boxes[places < 0] = np.nan
    spaces = np.flatnonzero(places == _SPACE)
    if len(spaces) == 0:
        return boxes
    before = boxes.take(spaces - 1, axis=0).T
    after = boxes.take(np.minimum(spaces + 1, len(boxes) - 1), axis=0).T
    x0, y0, x1, y1 = before
    # On one line two share height or, where it runs up or down the page, width.
    (low_x, low_y), (high_x, high_y) = np.maximum(before, after)[:2], np.minimum(before, after)[2:]
    across, down = low_x - high_x, low_y - high_y
    level = (down < 0) & (across >= 0) & ((across <= 2 * (y1 - y0)) | (after[0] > x0))
    lying = (across < 0) & (down >= 0) & (down <= 2 * (x1 - x0))
    found = np.array([x1, y0, x1, y1])
    found[0, level], found[2, level] = high_x[level], low_x[level]
    found[0, lying], found[1, lying], found[3, lying] = x0[lying], high_y[lying], low_y[lying]
    boxes[spaces] = found.T
    return boxes


def _paragraph_begins(draft: _Draft, order: list[int]) -> list[bool]:
    """For each line in order: does a paragraph begin with it?"""
    usual = _usual_pitch(draft, order)
    begins = [True] * len(order)
    for position, (one, other) in enumerate(pairwise(order), start=1):
        if draft.zones[one] == draft.zones[other]:
            begins[position] = _begins(draft, one, other, usual)
    return begins


def _usual_pitch(draft: _Draft, order: list[int]) -> float:
    """The usual step from one line to the next, in heights of the line."""
    steps = []
    for one, other in pairwise(order):
        before, after = draft.lines[one], draft.lines[other]
        step = (after.y0 - before.y0) / max(after.height, 1.0)
        if before.area == after.area and 0.5 < step < 2.5:
            steps.append(step)
    return _median(steps) if steps else 1.2


def _begins(draft: _Draft, one: int, other: int, usual: float) -> bool:
    before, after = draft.lines[one], draft.lines[other]
    said, says = draft.texts[one], draft.texts[other]
    if before.ends in {"\t", " "}:
        return before.ends == "\t"
    if before.table and after.table and before.area != after.area:
        return True
    if before.area != after.area:
        # A sentence goes on in the next column.
        return said.endswith(_ENDS_SENTENCE) or not says[:1].islower()
    if _BULLET.match(says):
        return True
    if abs(before.height - after.height) > 0.15 * max(before.height, after.height):
        return not says[:1].islower()
    step = (after.y0 - before.y0) / max(after.height, 1.0)
    if step > 1.25 * usual + 0.1 or step < 0:
        return True
    short = before.x1 < after.x1 - 0.2 * max(after.x1 - after.x0, 1.0)
    return short and said.endswith(_ENDS_SENTENCE) and not says[:1].islower()


def _starts(
    draft: _Draft, order: list[int], begins: list[bool], offsets: list[int]
) -> tuple[Start, ...]:
    return tuple(
        Start(
            offsets[position],
            _kind(draft, item, alone=position + 1 == len(order) or begins[position + 1]),
        )
        for position, item in enumerate(order)
        if begins[position]
    )


def _kind(draft: _Draft, item: int, *, alone: bool) -> str:
    zone = draft.zones[item]
    line, text = draft.lines[item], draft.texts[item]
    if zone in {_HEADER, _FOOTER}:
        return "furniture"
    if zone == _NOTES:
        return "note"
    if line.table:
        return "row"
    if _BULLET.match(text) and not text[:1].isdigit():
        return "item"
    short = alone and len(text) < 90 and not text.rstrip().endswith(_ENDS_SENTENCE)
    if short and text[:1].isupper() and line.height >= 0.98 * draft.height:
        return "heading"
    return "paragraph"
