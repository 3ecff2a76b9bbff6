"""An interpreted text onto A4 pages, with the text layer of each.

Readable rather than true to anything: a text file has no pages of its own. Headers, footers, notes
and pictures are those that the source has; there are no page numbers, and nothing that does not
stand in the source but the markers of lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from cambs_evidence.documents import looks, rows
from cambs_evidence.documents.flow import Block, Flow, Kind, Running
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.looks import Look
from cambs_evidence.documents.pages import LEFT, MEASURE, Margins, Press
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.typography import (
    Face,
    Run,
    break_lines,
    extent,
    iterate_lines,
    measure,
    register,
)

#: Size, leading, space above and below of headings from level 1 on; deeper ones look like the last.
_HEADINGS = ((15.0, 20.0, 18.0, 6.0), (12.5, 17.0, 14.0, 4.0), (11.0, 15.0, 11.0, 3.0))
_PARAGRAPH_GAP, _ITEM_GAP, _TIGHT_GAP, _TABLE_GAP = 7.5, 3.5, 0.0, 9.0
#: Indents in points: of the marker of an item by its level, of text behind markers.
_ITEM_INDENT, _LEVEL_INDENT, _ITEM_HANG, _NUMBER_HANG = 8.0, 16.0, 14.0, 29.0
_MARKER_GAP = 5.0
_HANGS = {Kind.PARAGRAPH: _NUMBER_HANG, Kind.NOTE: _ITEM_HANG}
#: Lines of text that must fit below a heading, and of a paragraph that must stand together.
_WITH_HEADING, _TOGETHER = 3, 2
#: Points that must be left on a page for a table to begin on it.
_TABLE_BEGINS = 60.0
#: Lines of a header or footer that are shown.
_MOST_RUNNING = 10


@dataclass(frozen=True, slots=True)
class Typeset:
    """A rendition that the program made itself: the PDF and the text layer of each page."""

    pdf: bytes
    layers: list[PageLayer]


def typeset(flow: Flow, fonts: Path, title: str) -> Typeset:
    """Sets a text on A4 pages; the same flow and title always give the same bytes.

    In each page's text lines end in a line end where the source has a space, blocks in an empty
    line, cells in a tab and rows in a line end. Nothing is inserted where a word that is wider than
    the measure had to be broken, so that the word stays whole; other words are never broken.

    Args:
        flow: the interpreted text.
        fonts: the folder with the program's fonts.
        title: title in the PDF's metadata.

    Raises:
        DocumentRefused: if the flow holds nothing.
    """
    if not flow.blocks:
        raise DocumentRefused("it holds no text", code="empty")
    register(fonts)
    press = Press(title)
    before, indent = None, 0.0
    for group in _grouped(flow.blocks):
        first = group[0]
        if first.running is not None:
            _run(press, first.running)
        if first.kind is Kind.ROW:
            _make_room(press, _space_between(before, first), _TABLE_BEGINS)
            rows.set_table(press, group)
        elif first.inset is not None:
            _make_room(press, _space_between(before, first), first.inset.height)
            press.show(first.inset, LEFT)
            press.y -= first.inset.height
        else:
            indent = _set_block(press, before, first, indent)
        before = group[-1]
    return Typeset(*press.finish())


def _grouped(blocks: tuple[Block, ...]) -> Iterator[list[Block]]:
    """Blocks one by one, but rows that follow each other as one table."""
    table: list[Block] = []
    for block in blocks:
        if table and not (block.kind is Kind.ROW and block.tight):
            yield table
            table = []
        if block.kind is Kind.ROW:
            table.append(block)
        else:
            yield [block]
    if table:
        yield table


def _run(press: Press, running: Running) -> None:
    first = running.first or running
    press.run(_margins(first), _margins(running))


def _margins(running: Running) -> Margins:
    both = (looks.small_lines(texts, looks.RUNNING) for texts in (running.top, running.foot))
    return Margins(*(lines[:_MOST_RUNNING] for lines in both))


def _space_between(before: Block | None, block: Block) -> float:
    if before is None:
        return 0.0
    kinds = {before.kind, block.kind}
    space = _PARAGRAPH_GAP
    if Kind.HEADING in kinds:
        above = _HEADINGS[min(block.level, 3) - 1][2] if block.kind is Kind.HEADING else 0.0
        below = _HEADINGS[min(before.level, 3) - 1][3] if before.kind is Kind.HEADING else 0.0
        space = below + above / (2 if below else 1)
    elif Kind.ROW in kinds:
        space = _TABLE_GAP
    elif kinds == {Kind.ITEM}:
        space = _ITEM_GAP
    elif block.tight and not block.marker.text and before.kind is Kind.PARAGRAPH:
        space = _TIGHT_GAP
    return space


def _make_room(press: Press, space: float, needed: float) -> None:
    """Leaves space above what follows, or turns the page if it does not fit there."""
    if press.is_empty:
        return
    if press.room < space + needed:
        press.turn()
    else:
        press.y -= space


def _set_block(press: Press, before: Block | None, block: Block, indent: float) -> float:
    """Sets a heading, paragraph or item, over as many pages as it takes.

    ``indent`` is that of the text before, in points, at which its second half goes on; returns the
    indent of this one.
    """
    look, needed = looks.NOTE if block.kind is Kind.NOTE else looks.TEXT, 0.0
    if block.kind is Kind.HEADING:
        size, leading, _, _ = _HEADINGS[min(block.level, 3) - 1]
        look = Look(Face.HEADING_BOLD, size, leading)
        needed = _WITH_HEADING * looks.TEXT.leading
    x, hang = (indent, 0.0) if block.continues else _indents(block, look)
    [text] = block.cells
    lines = iterate_lines(looks.runs_of(text, look), MEASURE - x - hang, at_spaces_only=True)
    ahead = list(islice(lines, _TOGETHER))
    needed += look.leading * len(ahead)
    _make_room(press, _space_between(before, block), needed)
    press.begin(block.kind.value, "\n\n")
    if block.marker.text:
        _set_marker(press, block, look, LEFT + x, LEFT + x + hang)
    if ahead:
        everything = chain(ahead, lines)
        source, left = text.source(), LEFT + x + hang
        looks.set_lines(press, everything, text.text, source, look, left, text.notes)
    else:
        press.y -= look.leading
    return x + hang


def _indents(block: Block, look: Look) -> tuple[float, float]:
    """Indent of the marker, and of the text behind it, in points."""
    if not block.marker.text:  # a paragraph with a level is a quotation
        return (_LEVEL_INDENT * block.level if block.kind is Kind.PARAGRAPH else 0.0), 0.0
    if block.kind is Kind.ITEM:
        x, hang = _ITEM_INDENT + _LEVEL_INDENT * block.level, _ITEM_HANG
    else:
        x, hang = 0.0, _HANGS.get(block.kind, 0.0)
    return x, max(hang, measure(block.marker.text, look.face, look.size) + _MARKER_GAP)


def _set_marker(press: Press, block: Block, look: Look, x: float, text_x: float) -> None:
    [line] = break_lines([Run(block.marker.text, look.face, look.size)], MEASURE)
    baseline = press.y - look.drop()
    press.put(line, block.marker.text, block.marker.source(), x, baseline)
    if not block.cells[0].text:
        return
    ascent, descent = extent(look.face, look.size)
    box = (x + line.width, baseline + descent, text_x, baseline + ascent)
    press.put_gap(block.gap.source, box)
