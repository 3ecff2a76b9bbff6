"""What a text document says once its markup is interpreted: blocks in order.

Every character knows where it comes from, so that a passage of a page can be traced to the decoded
source. Offsets are code points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from typing import NamedTuple

import numpy as np

from cambs_evidence.documents.layer import IntArray


class Kind(StrEnum):
    """What a block is; the values are those of ``Start.kind``."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    NOTE = "note"
    PICTURE = "picture"


class Style(IntFlag):
    """Inline styles, which may be combined."""

    BOLD = 1
    ITALIC = 2
    UNDERLINE = 4
    SUPERIOR = 8
    INFERIOR = 16


class Span(NamedTuple):
    """A stretch of a text, ``start`` to ``end``, in one style."""

    start: int
    end: int
    style: Style


class Segment(NamedTuple):
    """``length`` characters that stand in the source one after the other from ``source`` on.

    ``source`` is -1 where the characters are generated and stand nowhere in it.
    """

    length: int
    source: int


@dataclass(frozen=True, slots=True)
class Styled:
    """Interpreted text: without markup, white space folded to single spaces.

    Attributes:
        text: the characters.
        segments: where they come from, in order, together as long as ``text``. What was made from
            several characters (an entity, white space) carries the offset of the first; a space
            made from a line end that of the line end.
        spans: the styles, ascending and without overlap.
        notes: the footnotes that it refers to, ascending by where the mark of each ends.

    A line ends at each U+2028, wherever the measure does.
    """

    text: str
    segments: tuple[Segment, ...]
    spans: tuple[Span, ...] = ()
    notes: tuple[Note, ...] = ()

    def source(self) -> IntArray:
        """For each character its offset in the decoded source, -1 where it is generated."""
        parts = [
            np.full(length, -1, np.int32)
            if start < 0
            else np.arange(start, start + length, dtype=np.int32)
            for length, start in self.segments
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.int32)


NOTHING = Styled("", ())
#: Ends a line within a text.
LINE_END = "\u2028"


class Note(NamedTuple):
    """A footnote: its text, and the offset behind its mark in the text that refers to it."""

    at: int
    text: Styled


@dataclass(frozen=True, slots=True)
class Running:
    """Lines at the top and foot of each page; ``first`` are those of the first, where they differ.

    They are furniture: no part of what a page says.
    """

    top: tuple[Styled, ...] = ()
    foot: tuple[Styled, ...] = ()
    first: Running | None = None


@dataclass(frozen=True, slots=True)
class Inset:
    """A picture: width and height on the page in points, a PNG or JPEG that was made from it.

    ``data`` is empty where the picture cannot be shown: a frame then stands in its place.
    """

    width: float
    height: float
    data: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, table row, endnote or picture.

    Attributes:
        kind: what it is.
        cells: its text; one, save for a row, which has one for each cell, empty ones included.
        level: of a heading 1 to 6, of a list item 0 for the outermost, of a paragraph the number
            of quotations it stands in; otherwise 0.
        marker: what is printed before the text of an item or a numbered paragraph: ``•``, ``12.``.
        gap: the space between marker and text, with its offset.
        tight: no empty line stands between the block before and this one.
        continues: the second half of a paragraph that was cut in two by the end of a page.
        header: a row of column headings.
        inset: the picture, where it is one.
        running: what runs on all pages from here on, where that changes.
    """

    kind: Kind
    cells: tuple[Styled, ...]
    level: int = 0
    marker: Styled = NOTHING
    gap: Segment = field(default=Segment(1, -1))
    tight: bool = False
    continues: bool = False
    header: bool = False
    inset: Inset | None = None
    running: Running | None = None

    @property
    def text(self) -> str:
        """All that is printed: marker and text, the cells of a row separated by tabs."""
        body = "\t".join(cell.text for cell in self.cells)
        return f"{self.marker.text} {body}" if self.marker.text else body

    def source(self) -> IntArray:
        """For each character of :attr:`text` its offset in the decoded source, or -1."""
        parts: list[IntArray] = []
        if self.marker.text:
            parts += [self.marker.source(), np.array([self.gap.source], np.int32)]
        for index, cell in enumerate(self.cells):
            if index:
                parts.append(np.array([-1], np.int32))
            parts.append(cell.source())
        return np.concatenate(parts)


@dataclass(frozen=True, slots=True)
class Flow:
    """The blocks of a document in order; consecutive rows form a table.

    ``rules`` is the version of the rules it was interpreted under.
    """

    blocks: tuple[Block, ...]
    rules: str

    @property
    def text(self) -> str:
        """Everything that is printed, one block a line."""
        return "\n".join(block.text for block in self.blocks)
