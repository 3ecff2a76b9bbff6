"""PDF bytes → text layers, page by page, with furniture, footnotes and labels recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cambs_evidence.documents import pdfium
from cambs_evidence.documents.furniture import DEPTH, REACH, EdgeLine, Furniture
from cambs_evidence.documents.layer import NO_TEXT, NONSENSE, TEXT, PageLayer, Start
from cambs_evidence.documents.reading_order import Line, lines_in_order

#: Name and version of what makes these layers; a stored layer keeps the one it was made by.
LAYER_VERSION = "pdfium-1"
#: Pages held at once while furniture is being learned; a longer document is read in stretches.
STRETCH = 400

_HEADER, _BODY, _NOTES, _FOOTER = range(4)
_NOTE_MARK = re.compile(r"^(?:\d{1,3}|[*†‡§])[\s.)]*[^\W\d_‘“(]")
_BULLET = re.compile(r"^(?:[•▪●◦○■□➢➤✓‣∙·*\-–—o]|\d{1,3}[.)]|\(?[a-z]{1,3}[.)]|\d+(?:\.\d+)+)\s")
_ENDS_SENTENCE = (".", ":", ";", "?", "!", ".”", ".’", ".)")
# Symbol and Wingdings put their bullets into the private-use area.
_BULLETS = {0xF0B7: 0x2022, 0xF0A7: 0x25AA, 0xF0D8: 0x27A2, 0xF0FC: 0x2713, 0xF0A8: 0x25AB}
_HYPHENS = (0x02, 0xFFFE)


@dataclass(slots=True)
class _Draft:
    """A page whose lines are read but whose furniture is not yet known."""

    raw: pdfium.RawPage
    lines: list[Line]
    texts: list[str]
    edges: list[EdgeLine]
    edge_lines: dict[tuple[str, int], int]
    size: tuple[float, float]
    turned: npt.NDArray[np.float64]
    height: float
    quality: str


def layers(data: bytes, password: str | None = None) -> Iterator[PageLayer]:
    """The text layer of every page of a PDF, in order.

    Raises DocumentRefused where the file cannot be opened or has no pages.
    """
    document = pdfium.open_pdf(data, password)
    furniture = Furniture()
    drafts: list[_Draft] = []
    for raw in pdfium.pages(document):
        draft = _draft(raw)
        furniture.see(raw.index, draft.edges)
        drafts.append(draft)
        if len(drafts) >= STRETCH:
            yield from (_layer(each, furniture) for each in drafts)
            drafts = []
    yield from (_layer(each, furniture) for each in drafts)
    document.close()


def _draft(raw: pdfium.RawPage) -> _Draft:
    turned, rulings, size = _as_shown(raw)
    codes = raw.codes.copy()
    lines = lines_in_order(codes, turned, rulings, size)
    for before, after in _BULLETS.items():
        codes[codes == before] = after
    for code in _HYPHENS:
        codes[codes == code] = 0x2D
    codes[((codes >= 0xD800) & (codes < 0xE000)) | (codes > 0x10FFFF)] = 0xFFFD
    texts = [_text(line, codes) for line in lines]
    edges, edge_lines = _edges(lines, texts, size[1])
    raw = pdfium.RawPage(
        raw.index, raw.media, raw.rotation, codes, raw.boxes, rulings, raw.label
    )
    return _Draft(
        raw, lines, texts, edges, edge_lines, size, turned, _usual_height(lines, texts),
        _quality(raw.codes, lines),
    )  # fmt: skip


def _as_shown(
    raw: pdfium.RawPage,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32], tuple[float, float]]:
    """Boxes of characters and rulings turned as the page is shown, y downwards, and its size."""
    x0, y0, x1, y1 = raw.media
    width, height = x1 - x0, y1 - y0

    def turn(boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        left, bottom = boxes[:, 0] - x0, boxes[:, 1] - y0
        right, top = boxes[:, 2] - x0, boxes[:, 3] - y0
        columns = {
            0: (left, height - top, right, height - bottom),
            90: (bottom, left, top, right),
            180: (width - right, bottom, width - left, top),
            270: (height - top, width - right, height - bottom, width - left),
        }[raw.rotation % 360]
        return np.column_stack(columns)

    size = (width, height) if raw.rotation % 180 == 0 else (height, width)
    characters = turn(raw.boxes.astype(np.float64))
    rulings = turn(raw.rulings.astype(np.float64)).astype(np.float32)
    return characters, rulings, size


def _text(line: Line, codes: npt.NDArray[np.uint32]) -> str:
    parts = []
    for fragment in line.fragments:
        text = codes[fragment.characters].tobytes().decode("utf-32-le", "replace")
        for place in reversed(np.flatnonzero(fragment.spaces).tolist()):
            text = f"{text[:place]} {text[place:]}"
        parts.append(text)
    return line.between.join(parts)


def _edges(
    lines: list[Line], texts: list[str], height: float
) -> tuple[list[EdgeLine], dict[tuple[str, int], int]]:
    """The outermost lines of a page, and which line each of them is."""
    edges: list[EdgeLine] = []
    index: dict[tuple[str, int], int] = {}
    order = sorted(range(len(lines)), key=lambda item: lines[item].y0)
    for edge, items in (("top", order), ("bottom", order[::-1])):
        for rank, item in enumerate(items[:DEPTH]):
            line = lines[item]
            within = line.y1 <= REACH * height if edge == "top" else line.y0 >= (1 - REACH) * height
            if not within:
                break
            edges.append(EdgeLine(edge, rank, texts[item]))
            index[edge, rank] = item
    return edges, index


def _usual_height(lines: list[Line], texts: list[str]) -> float:
    """The height of most of the page's characters, in points."""
    if not lines:
        return 0.0
    heights = np.repeat(
        [line.height for line in lines], [max(len(text), 1) for text in texts]
    )
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
    raw = draft.raw
    zones = _zones(draft, furniture)
    order = sorted(range(len(draft.lines)), key=lambda item: zones[item])
    text, boxes, at = _assemble(draft, order, zones)
    edges = [at[zone] for zone in range(4)] + [len(text)]
    return PageLayer(
        index=raw.index,
        media=raw.media,
        rotation=raw.rotation,
        text=text,
        boxes=boxes,
        body=(edges[_BODY], edges[_NOTES]),
        notes=(edges[_NOTES], edges[_FOOTER]),
        starts=_starts(draft, order, zones, text),
        label=furniture.label(raw.index) or raw.label,
        quality=draft.quality,
    )


def _zones(draft: _Draft, furniture: Furniture) -> list[int]:
    zones = [_BODY] * len(draft.lines)
    for edge, rank in furniture.furniture(draft.raw.index, draft.edges):
        item = draft.edge_lines[edge, rank]
        zones[item] = _HEADER if edge == "top" else _FOOTER
    for item in _note_lines(draft, zones):
        zones[item] = _NOTES
    return zones


def _note_lines(draft: _Draft, zones: list[int]) -> list[int]:
    """Lines of footnotes: small, at the foot, the first with a mark and under a rule or raised."""
    body = [item for item in range(len(draft.lines)) if zones[item] == _BODY]
    body.sort(key=lambda item: draft.lines[item].y0)
    small: list[int] = []
    for item in reversed(body):
        line = draft.lines[item]
        if line.table or line.height > 0.93 * draft.height or line.y0 < 0.4 * draft.size[1]:
            break
        small.append(item)
    small.reverse()
    for place, item in enumerate(small):
        if _NOTE_MARK.match(draft.texts[item]) and _is_note(draft, draft.lines[item]):
            return small[place:]
    return []


def _is_note(draft: _Draft, line: Line) -> bool:
    first = line.fragments[0].characters
    box = draft.turned[first]
    tall = box[:, 3] - box[:, 1]
    raised = len(first) > 2 and tall[0] < 0.85 * float(np.median(tall))
    rules = draft.raw.rulings
    if len(rules) == 0:
        return raised
    flat = (rules[:, 3] - rules[:, 1] < 3) & (rules[:, 2] - rules[:, 0] > 60)
    above = (rules[:, 3] <= line.y0 + 3) & (rules[:, 3] > line.y0 - 20)
    begins = np.abs(rules[:, 0] - line.x0) < 12
    return raised or bool((flat & above & begins).any())


def _assemble(
    draft: _Draft, order: list[int], zones: list[int]
) -> tuple[str, npt.NDArray[np.float32], list[int]]:
    """The page's string, a box for each of its characters, and where each zone begins."""
    begins = _paragraph_begins(draft, order, zones)
    at = [-1] * 4
    texts: list[str] = []
    places: list[npt.NDArray[np.int64]] = []
    length = 0

    def add(text: str, characters: npt.NDArray[np.int64]) -> None:
        nonlocal length
        texts.append(text)
        places.append(characters)
        length += len(text)

    for position, item in enumerate(order):
        line = draft.lines[item]
        if position:
            before = draft.lines[order[position - 1]]
            gap = before.ends
            if zones[order[position - 1]] != zones[item] or (gap == "\n" and begins[position]):
                gap = "\n\n"
            if gap == " ":
                add(gap, np.array([-2]))
            else:
                add(gap, np.full(len(gap), -1))
        for zone in range(zones[item] + 1):
            if at[zone] < 0:
                at[zone] = length
        add(draft.texts[item], _places(line))
    at = [length if begin < 0 else begin for begin in at]
    return "".join(texts), _boxes_of(draft, np.concatenate(places or [np.zeros(0, int)])), at


def _places(line: Line) -> npt.NDArray[np.int64]:
    """Index of the page's character for each of a line's; -2 for a space, -1 for a tab."""
    parts: list[npt.NDArray[np.int64]] = []
    for fragment in line.fragments:
        if parts:
            parts.append(np.array([-2 if line.between == " " else -1]))
        spaces = np.flatnonzero(fragment.spaces)
        parts.append(np.insert(fragment.characters, spaces, -2))
    return np.concatenate(parts)


def _boxes_of(draft: _Draft, places: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """User-space boxes; a space takes the room between its neighbours."""
    boxes = np.full((len(places), 4), np.nan, np.float32)
    inked = places >= 0
    boxes[inked] = draft.raw.boxes[places[inked]]
    for at in np.flatnonzero(places == -2).tolist():
        before = boxes[at - 1] if at else boxes[at + 1]
        after = boxes[at + 1] if at + 1 < len(boxes) and places[at + 1] >= 0 else before
        boxes[at] = _room_between(before, after)
    return boxes


def _room_between(
    before: npt.NDArray[np.float32], after: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    same_line = min(before[3], after[3]) - max(before[1], after[1]) > 0
    if same_line and after[0] >= before[2]:
        return np.array([before[2], before[1], after[0], before[3]], np.float32)
    return np.array([before[2], before[1], before[2], before[3]], np.float32)


def _paragraph_begins(draft: _Draft, order: list[int], zones: list[int]) -> list[bool]:
    """For each line in order: does a paragraph begin with it?"""
    usual = _usual_pitch(draft, order)
    begins = [True] * len(order)
    for position, (one, other) in enumerate(pairwise(order), start=1):
        if zones[one] == zones[other]:
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
    draft: _Draft, order: list[int], zones: list[int], text: str
) -> tuple[Start, ...]:
    begins = _paragraph_begins(draft, order, zones)
    starts: list[Start] = []
    offset = 0
    for position, item in enumerate(order):
        offset = text.index(draft.texts[item], offset)
        if begins[position]:
            last = position + 1 == len(order) or begins[position + 1]
            starts.append(Start(offset, _kind(draft, item, zones[item], alone=last)))
        offset += len(draft.texts[item])
    return tuple(starts)


def _kind(draft: _Draft, item: int, zone: int, *, alone: bool) -> str:
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
