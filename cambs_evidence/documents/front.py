"""The first and last pages of a document as lines, and what stands in front of its text.

What a document says of itself stands on its cover, in its letterhead or above its first sentences;
a date or a body named later is as likely another's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cambs_evidence.documents.layer import NO_TEXT, NONSENSE, PageLayer

#: Characters from which on a paragraph with a sentence in it is text and no longer front.
PROSE = 140
#: Lines that a front has at most.
MOST = 60
FURNITURE = "furniture"

_FLAT = {ord("\n"): " ", ord("\t"): " "}
_SENTENCE = re.compile(r"[a-z)’”][.!?](?:\s|\Z)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page (0-based), ``start`` to ``end`` in its text.

    ``size`` is the height of its letters in points, ``kind`` that of its paragraph, which is the
    ``paragraph``-th of the page; the page was ``typeset`` here or came with its own sizes.
    """

    text: str
    page: int
    start: int
    end: int
    size: float
    kind: str
    paragraph: int
    typeset: bool


@dataclass(frozen=True, slots=True)
class Front:
    """What was read: ``lines`` before the first sentences, ``pages`` in full, ``usual`` size.

    ``every`` has all lines of each page, running headers and footers among them.
    """

    lines: tuple[Line, ...]
    pages: tuple[PageLayer, ...]
    every: tuple[tuple[Line, ...], ...]
    usual: float

    def on(self, page: int) -> list[Line]:
        """The lines of one of the pages (0-based), running headers and footers left out."""
        found = (lines for layer, lines in zip(self.pages, self.every, strict=True)
                 if layer.index == page)  # fmt: skip
        return [line for line in next(found, ()) if line.kind != FURNITURE]

    @property
    def last(self) -> list[Line]:
        """The lines of the last page, running headers and footers left out."""
        return self.on(self.pages[-1].index) if self.pages else []

    def text(self, page: int) -> str:
        """The text of one of the pages (0-based), on one line and as long as it is."""
        found = next(layer.text for layer in self.pages if layer.index == page)
        return found.translate(_FLAT)


def front_of(pages: Sequence[PageLayer]) -> Front:
    """What stands in front of the text of a document, whose first and last pages are given."""
    good = tuple(each for each in pages if each.quality not in {NO_TEXT, NONSENSE})
    every = tuple(tuple(_lines_of(each)) for each in good)
    first = every[0] if good and good[0].index == 0 else ()
    front = list(_before_prose([line for line in first if line.kind != FURNITURE]))
    sizes = [line.size for lines in every for line in lines for _ in line.text]
    usual = float(np.median(sizes)) if sizes else 0.0
    return Front(tuple(front[:MOST]), good, every, usual)


def _lines_of(layer: PageLayer) -> Iterator[Line]:
    axis = int(layer.rotation not in {90, 270})
    heights = (layer.boxes[:, axis + 2] - layer.boxes[:, axis]).tolist()
    starts = list(layer.starts)
    current = -1
    at = 0
    for raw in layer.text.split("\n"):
        while current + 1 < len(starts) and starts[current + 1].offset <= at:
            current += 1
        kind = starts[current].kind if current >= 0 else "paragraph"
        text = raw.strip()
        start = at + len(raw) - len(raw.lstrip())
        if text:
            sizes = sorted(
                each for each in heights[start : start + len(text)] if not math.isnan(each)
            )
            yield Line(
                text,
                layer.index,
                start,
                start + len(text),
                sizes[len(sizes) // 2] if sizes else 0.0,
                kind,
                current,
                layer.source is not None,
            )
        at += len(raw) + 1


def _before_prose(lines: Sequence[Line]) -> Iterator[Line]:
    said: dict[int, str] = {}
    for line in lines:
        said[line.paragraph] = f"{said.get(line.paragraph, '')} {line.text}"
    for line in lines:
        text = said[line.paragraph]
        if len(text) > PROSE and _SENTENCE.search(text):
            return
        yield line
