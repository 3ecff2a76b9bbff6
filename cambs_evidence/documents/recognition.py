"""Recognised words into a text layer, by the same reading order as any other page's.

Imported in watched processes only: it uses PDFium for the lines that are drawn on a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from statistics import median

import numpy as np
import numpy.typing as npt

from cambs_evidence.documents import pdf, pdfium
from cambs_evidence.documents.furniture import Furniture
from cambs_evidence.documents.layer import RECOGNISED, PageLayer, Recognition
from cambs_evidence.documents.tesseract import Word
from cambs_evidence.model import Box

#: Words below this confidence, 0 to 100, are doubtful.
DOUBTFUL = 60.0
#: Pages that must have been seen after a page before its headers and footers are told.
AHEAD = 3
#: A line is taken for level where its box is no taller than so many of its words.
_LEVEL = 1.6
#: A word's letters end so many heights within its box: words that touch stay two.
_APART = 0.07
#: Widths of letters, as shares of the usual one.
_NARROW, _WIDE = frozenset("iljtfI.,;:!|'’‘()[]1"), frozenset("mwMW—…@%")

_WORD = re.compile(r"\S+")

Boxes = npt.NDArray[np.float32]


class Recogniser:
    """Makes layers of recognised pages; they come some pages later, when furniture is known."""

    def __init__(self, made_by: str) -> None:
        self._made_by = made_by
        self._furniture = Furniture()
        self._waiting: list[Callable[[], PageLayer]] = []

    def see(
        self, page: pdfium.RawPage, words: Sequence[Word], scale: float, turns: int = 0
    ) -> Iterator[PageLayer]:
        """Takes a page in; gives the layers that are ready.

        Args:
            page: as PDFium has it; its own characters are left aside.
            words: what was recognised, in pixels of the page as it is shown.
            scale: pixels to a point.
            turns: quarters by which the page was turned to the left before.
        """
        codes, shown, unsure = _characters(words)
        boxes = in_user_space(shown / scale, page.media, page.rotation - 90 * turns)
        raw = replace(page, codes=codes, boxes=boxes)
        finished = pdf.taken_in(raw, self._furniture)
        # A layer has the very boxes that it was given.
        doubtful = {box.tobytes() for box in boxes[unsure]}
        confidence = round(float(np.mean([word.confidence for word in words])), 1) if words else 0.0
        self._waiting.append(lambda: self._marked(finished(), confidence, doubtful))
        while len(self._waiting) > AHEAD:
            yield self._waiting.pop(0)()

    def rest(self) -> Iterator[PageLayer]:
        """The layers that still wait, once there are no more pages."""
        while self._waiting:
            yield self._waiting.pop(0)()

    def _marked(self, layer: PageLayer, confidence: float, doubtful: set[bytes]) -> PageLayer:
        if not layer.text.strip():
            return layer
        flags = [box.tobytes() in doubtful for box in layer.boxes]
        ranges = tuple(
            (match.start(), match.end())
            for match in _WORD.finditer(layer.text)
            if any(flags[match.start() : match.end()])
        )
        told = Recognition(self._made_by, confidence, ranges)
        return replace(layer, quality=RECOGNISED, recognition=told)


def _characters(
    words: Sequence[Word],
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Code points, boxes in pixels from the top left, and which are doubtful; spaces between."""
    codes: list[int] = []
    boxes: list[tuple[float, float, float, float]] = []
    unsure: list[bool] = []
    heights = _heights(words)
    before: Word | None = None
    for word, (top, foot) in zip(words, heights, strict=True):
        if before is not None:
            codes.append(32 if before.line == word.line else 10)
            boxes.append((0.0, 0.0, 0.0, 0.0))
            unsure.append(False)
        edges = _edges(word)
        codes += map(ord, word.text)
        boxes += [(left, top, right, foot) for left, right in pairwise(edges)]
        unsure += [word.confidence < DOUBTFUL] * len(word.text)
        before = word
    return (
        np.array(codes, np.uint32),
        np.array(boxes, np.float64).reshape(-1, 4),
        np.array(unsure, bool),
    )


def _heights(words: Sequence[Word]) -> list[tuple[float, float]]:
    """Top and foot of each word: those of its line, where that is level."""
    tall: dict[tuple[int, int, int], list[int]] = {}
    for word in words:
        tall.setdefault(word.line, []).append(word.box[3] - word.box[1])
    usual = {line: median(heights) for line, heights in tall.items()}
    found = []
    for word in words:
        _, top, _, foot = word.line_box
        level = top <= word.box[1] and foot >= word.box[3]
        if not level or foot - top > _LEVEL * usual[word.line]:
            _, top, _, foot = word.box
        found.append((float(top), float(foot)))
    return found


def _edges(word: Word) -> list[float]:
    """Where the letters of a word begin and end, worked out from how wide such letters are."""
    shares = [0.5 if letter in _NARROW else 1.5 if letter in _WIDE else 1.0 for letter in word.text]
    left, top, right, foot = (float(edge) for edge in word.box)
    inset = min(_APART * (foot - top), (right - left) / 8)
    left, right = left + inset, right - inset
    scale = (right - left) / sum(shares)
    return [left + scale * at for at in accumulate(shares, initial=0.0)]


def in_user_space(boxes: npt.NDArray[np.float64], media: Box, rotation: int) -> Boxes:
    """Boxes on a page as it is shown (points, y downwards) in its unrotated user space."""
    x0, y0, x1, y1 = media
    left, top, right, foot = boxes.T if len(boxes) else np.zeros((4, 0))
    columns = {
        0: (x0 + left, y1 - foot, x0 + right, y1 - top),
        90: (x0 + top, y0 + left, x0 + foot, y0 + right),
        180: (x1 - right, y0 + top, x1 - left, y0 + foot),
        270: (x1 - foot, y1 - right, x1 - top, y1 - left),
    }[rotation % 360]
    return np.column_stack(columns).astype(np.float32)
