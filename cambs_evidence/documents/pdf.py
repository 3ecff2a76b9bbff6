"""PDF bytes → text layers, page by page, with furniture, footnotes and labels recognised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cambs_evidence.documents import pdfium
from cambs_evidence.documents.furniture import DEPTH, REACH, EdgeLine, Furniture
from cambs_evidence.documents.layer import NO_TEXT, NONSENSE, TEXT, PageLayer, Start
from cambs_evidence.documents.reading_order import (
    Fragment,
    Line,
    fragments,
    lines_across,
    lines_in_order,
)
from cambs_evidence.model import Box

#: Name and version of what makes these layers; a stored layer keeps the one it was made by.
LAYER_VERSION = "pdfium-3"
#: Pages held at once while furniture is being learned; a longer document is read in stretches.
STRETCH = 400

_HEADER, _BODY, _NOTES, _FOOTER = range(4)
# What stands for characters that the file does not have.
_SEPARATOR, _SPACE = -1, -2
_NOTE_MARK = re.compile(r"^(?:\d{1,3}|[*†‡§])[\s.)]*[^\W\d_‘“(]")
_BULLET = re.compile(r"^(?:[•▪●◦○■□➢➤✓‣∙·*\-–—o]|\d{1,3}[.)]|\(?[a-z]{1,3}[.)]|\d+(?:\.\d+)+)\s")
_ENDS_SENTENCE = (".", ":", ";", "?", "!", ".”", ".’", ".)")
# Symbol and Wingdings put their bullets into the private-use area.
_BULLETS = {0xF0B7: 0x2022, 0xF0A7: 0x25AA, 0xF0D8: 0x27A2, 0xF0FC: 0x2713, 0xF0A8: 0x25AB}
_HYPHENS = (0x02, 0xFFFE)


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
    codes = raw.codes
    for before, after in _BULLETS.items():
        codes[codes == before] = after
    for code in _HYPHENS:
        codes[codes == code] = 0x2D
    codes[((codes >= 0xD800) & (codes < 0xE000)) | (codes > 0x10FFFF)] = 0xFFFD
    raw = pdfium.RawPage(
        raw.index, raw.media, raw.rotation, codes, raw.boxes, rulings, areas, raw.label
    )
    edges: list[EdgeLine] = []
    edge_parts: dict[tuple[str, int], list[Fragment]] = {}
    found = list(_edge_lines(parts, size[1]))
    texts, _ = _rendered([line for _, line, _ in found], codes)
    apart = [Line([part], 0) for _, line, _ in found for part in line.fragments]
    pieces = iter(_rendered(apart, codes)[0] if len(apart) > len(found) else texts)
    usual = float(np.median([part.height for part in parts])) if parts else 0.0
    for (edge, line, rank), text in zip(found, texts, strict=True):
        beside = tuple(next(pieces) for _ in line.fragments)
        worded = sum(letter.isalpha() for letter in text) >= 8  # more than “Page 12”
        large = worded and line.height > 1.3 * usual
        edges.append(EdgeLine(edge, rank, text, beside, large))
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
    characters = _turned(raw.boxes.astype(np.float64), raw.media, rotation)
    extra = _direction(raw.codes, characters)
    if extra:
        # The words lie or stand on their heads: the page is read as its words run.
        rotation = (rotation + extra) % 360
        characters = _turned(raw.boxes.astype(np.float64), raw.media, rotation)
    rulings = _turned(raw.rulings.astype(np.float64), raw.media, rotation).astype(np.float32)
    areas = _turned(raw.areas.astype(np.float64), raw.media, rotation).astype(np.float32)
    width, height = raw.media[2] - raw.media[0], raw.media[3] - raw.media[1]
    size = (width, height) if rotation % 180 == 0 else (height, width)
    return characters, rulings, np.column_stack([areas, raw.areas[:, 4]]), size


def _turned(boxes: npt.NDArray[np.float64], media: Box, rotation: int) -> npt.NDArray[np.float64]:
    """User-space boxes as they are on the page when it is shown turned, y downwards."""
    x0, y0, x1, y1 = media
    width, height = x1 - x0, y1 - y0
    left, bottom = boxes[:, 0] - x0, boxes[:, 1] - y0
    right, top = boxes[:, 2] - x0, boxes[:, 3] - y0
    columns = {
        0: (left, height - top, right, height - bottom),
        90: (bottom, left, top, right),
        180: (width - right, bottom, width - left, top),
        270: (height - top, width - right, height - bottom, width - left),
    }[rotation]
    return np.column_stack(columns)


def _direction(codes: npt.NDArray[np.uint32], boxes: npt.NDArray[np.float64]) -> int:
    """By how much more a page must be turned so that most of its words run to the right."""
    letters = (codes > 32) & (boxes[:, 3] - boxes[:, 1] > 0.01)
    letters &= (codes < 0x590) | ((codes >= 0x900) & (codes < 0xFB1D))  # these run to the left
    places = np.flatnonzero(letters)
    if len(places) < 4:
        return 0
    near = np.diff(places) == 1
    box = boxes[places]
    across = np.diff(box[:, 0] + box[:, 2])[near] / 2
    down = np.diff(box[:, 1] + box[:, 3])[near] / 2
    size = np.maximum(box[:, 3] - box[:, 1], box[:, 2] - box[:, 0])[1:][near]
    close = np.hypot(across, down) < 2.5 * size
    across, down = across[close], down[close]
    flat = np.abs(across) > 2 * np.abs(down)
    steep = np.abs(down) > 2 * np.abs(across)
    counts = {
        0: int((flat & (across > 0)).sum()),
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
    if not lines:
        return 0.0
    heights = np.repeat([line.height for line in lines], [max(len(text), 1) for text in texts])
    return float(np.median(heights))


def _quality(codes: npt.NDArray[np.uint32], lines: list[Line]) -> str:
    inked = codes[codes > 32]
    if len(inked) == 0 or not lines:
        return NO_TEXT
    private = (inked >= 0xE000) & (inked < 0xF900) & (inked < 0xF000)
    odd = private | (inked == 0xFFFD) | ((inked >= 0x7F) & (inked < 0xA0)) | (inked == 0xFFFF)
    odd |= codes[codes > 32] > 0xF0000
    controls = int(((codes < 32) & ~np.isin(codes, (2, 9, 10, 13))).sum())
    return NONSENSE if (int(odd.sum()) + controls) / len(inked) > 0.3 else TEXT


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
            places.append(np.full(len(gap), _SPACE if gap == " " else _SEPARATOR))
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
    boxes = np.full((len(places), 4), np.nan, np.float32)
    inked = places >= 0
    boxes[inked] = draft.sheet.raw.boxes[places[inked]]
    spaces = np.flatnonzero(places == _SPACE)
    if len(spaces) == 0:
        return boxes
    before = boxes[spaces - 1]
    after = boxes[np.minimum(spaces + 1, len(boxes) - 1)]
    boxes[spaces] = before
    boxes[spaces, 0] = before[:, 2]
    # On one line two share height or, where it runs up or down the page, width.
    low, high = np.maximum(before[:, :2], after[:, :2]), np.minimum(before[:, 2:], after[:, 2:])
    gap = low - high
    near = gap <= 2 * (before[:, 2:] - before[:, :2])[:, ::-1]
    level = (gap[:, 1] < 0) & (gap[:, 0] >= 0) & (near[:, 0] | (after[:, 0] > before[:, 0]))
    lying = (gap[:, 0] < 0) & (gap[:, 1] >= 0) & near[:, 1]
    for axis, free in ((0, level), (1, lying)):
        boxes[spaces[free]] = before[free]
        boxes[spaces[free], axis] = high[free, axis]
        boxes[spaces[free], axis + 2] = low[free, axis]
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
    return float(np.median(steps)) if steps else 1.2


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
