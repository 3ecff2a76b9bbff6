"""What is selected on the pages: two carets in the text, moved by mouse or keys."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cambs_evidence.model import Box, Place

if TYPE_CHECKING:
    from cambs_evidence.documents.anchors import DocumentText
    from cambs_evidence.documents.selecting import Caret


#: Pages and pieces of pages whose boxes are kept while a selection grows.
_BOXES = 8000


class Grain(Enum):
    """By what a selection grows."""

    CHARACTER = 1
    WORD = 2
    LINE = 3
    PARAGRAPH = 4


class Selection(QObject):
    """A stretch of a document's text, over page ends if need be."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.text: DocumentText | None = None
        self._fixed: tuple[Caret, Caret] | None = None  # what it began with: both its ends
        self._ends: tuple[Caret, Caret] | None = None  # the fixed end and the one that moves
        self._grain = Grain.CHARACTER
        self._wished: tuple[float, float] | None = None
        self._boxes: dict[tuple[int, int, int], tuple[Box, ...]] = {}
        self.place: Place | None = None
        self.quads: dict[int, tuple[Box, ...]] = {}

    @property
    def head(self) -> Caret | None:
        """The end that moves."""
        return self._ends[1] if self._ends else None

    def read(self, text: DocumentText | None) -> None:
        """Takes another text, of which nothing is selected."""
        self.text = text
        self._boxes.clear()
        self.clear()

    def clear(self) -> None:
        """Selects nothing."""
        had = self._ends is not None
        self._fixed = self._ends = self.place = self._wished = None
        self.quads = {}
        if had:
            self.changed.emit()

    # --- by mouse ------------------------------------------------------------------------

    def press(self, page: int, x: float, y: float, grain: Grain = Grain.CHARACTER) -> None:
        """Begins at a point of a page (user space): with nothing, or a word, line or paragraph."""
        if self.text is None:
            return
        self._grain, self._wished = grain, None
        self._fixed = self._unit(page, x, y)
        self._set(*self._fixed)

    def move(self, page: int, x: float, y: float) -> None:
        """The moving end goes to a point of a page, by whole words or lines if so begun."""
        if self._fixed is None:
            return
        start, end = self._unit(page, x, y)
        if start < self._fixed[0]:
            self._set(self._fixed[1], start)
        else:
            self._set(self._fixed[0], max(end, self._fixed[1]))

    def extend(self, page: int, x: float, y: float) -> None:
        """The moving end of what is selected goes to a point of a page."""
        if self._ends is None:
            self.press(page, x, y)
            return
        self._grain = Grain.CHARACTER
        fixed = self._ends[0]
        self._fixed = (fixed, fixed)
        self.move(page, x, y)

    def _unit(self, page: int, x: float, y: float) -> tuple[Caret, Caret]:
        assert self.text is not None  # noqa: S101 - asked only where there is a text
        lines = self.text.lines(page)
        if self._grain is Grain.CHARACTER:
            caret = (page, lines.caret(x, y))
            return caret, caret
        if self._grain is Grain.LINE:
            start, end = lines.range_at(x, y) or (0, 0)
            return (page, start), (page, end)
        offset = lines.character(x, y)
        if offset is None:
            offset = lines.caret(x, y)
        if self._grain is Grain.WORD:
            return self.text.word_around(page, offset)
        return self.text.whole_paragraph((page, offset))

    # --- by keys -------------------------------------------------------------------------

    def begin_at(self, page: int, seen: Box | None = None) -> None:
        """Puts a caret before the first line of a page that is seen, for keys to go on from.

        ``seen`` is the part in view in user space, all of the page unless told.
        """
        if self.text is None:
            return
        first = self.text.lines(page).first_within(seen) if seen is not None else None
        caret = (page, first) if first is not None else self.text.edge(page, back=False)
        self.put(caret)

    def put(self, caret: Caret) -> None:
        """Selects nothing, with a caret at a place."""
        self._grain, self._wished = Grain.CHARACTER, None
        self._fixed = (caret, caret)
        self._set(caret, caret)

    def put_between(self, fixed: Caret, moving: Caret) -> None:
        """Selects from one caret to another, of which the second is the one that moves on."""
        self._grain, self._wished = Grain.CHARACTER, None
        self._fixed = (fixed, fixed)
        self._set(fixed, moving)

    def swap(self) -> None:
        """The end that moved is fixed from here on, the other one moves."""
        if self._ends is not None:
            self.put_between(self._ends[1], self._ends[0])

    def take(self, place: Place) -> None:
        """Selects a place that was found."""
        first, last = place.spans[0], place.spans[-1]
        self.put_between((first[0], first[1]), (last[0], last[2]))

    def _go(self, caret: Caret, *, on: bool) -> None:
        """The moving end goes to a caret; without ``on`` both do, and nothing is selected."""
        assert self._ends is not None  # noqa: S101 - asked only where there is a caret
        fixed = self._ends[0] if on else caret
        self._fixed = (fixed, fixed)
        self._set(fixed, caret)

    def step(self, *, words: bool, back: bool, on: bool = True) -> None:
        """Moves the moving end by a character or a word, over page ends too.

        Without ``on`` it selects nothing; a selection there was collapses to that side of it.
        """
        if self.text is None or self._ends is None:
            return
        self._wished = None
        if not on and not words and self._ends[0] != self._ends[1]:
            self._go(min(self._ends) if back else max(self._ends), on=False)
        else:
            self._go(self.text.step(self._ends[1], words=words, back=back), on=on)

    def grow(self) -> bool:
        """Selects the sentence at the caret; of whole sentences the paragraph. False at the end."""
        if self.text is None or self._ends is None:
            return False
        before = min(self._ends), max(self._ends)
        after = self.text.grown(*before)
        if after == before:
            return False
        self.put_between(*after)
        return True

    def paragraph(self, *, back: bool, on: bool = True) -> None:
        """Moves the moving end to the beginning of the next paragraph, or of the one before."""
        if self.text is not None and self._ends is not None:
            self._wished = None
            self._go(self.text.paragraph_beside(self._ends[1], back=back), on=on)

    def page_edge(self, page: int, *, back: bool, on: bool = True) -> None:
        """Moves the moving end before the first word of a page, or (going on) behind its last."""
        if self.text is not None and self._ends is not None:
            self._wished = None
            self._go(self.text.edge(page, back=not back), on=on)

    def line_edge(self, *, end: bool, on: bool = True) -> None:
        """Moves the moving end to the beginning or the end of its line."""
        if self.text is None or self._ends is None:
            return
        page, offset = self._ends[1]
        lines = self.text.lines(page)
        around = lines.range_around(offset)
        if around is not None:
            self._wished = None
            self._go((page, around[int(end)]), on=on)

    def line(self, count: int, *, on: bool = True) -> None:
        """Moves the moving end by lines, at the height of the measure it began at."""
        if self.text is None or self._ends is None:
            return
        page, offset = self._ends[1]
        lines = self.text.lines(page)
        if self._wished is None:
            self._wished = lines.point(offset)
        found = lines.beside(offset, count, self._wished)
        other = page + (1 if count > 0 else -1)
        if found is not None:
            self._go((page, found), on=on)
        elif 0 <= other < len(self.text.pages):
            self._go(self.text.edge(other, back=count < 0), on=on)

    def _set(self, fixed: Caret, moving: Caret) -> None:
        assert self.text is not None  # noqa: S101 - set only where there is a text
        self._ends = (fixed, moving)
        self.place = self.text.between(fixed, moving)
        self.quads = self._quads(self.place) if self.place else {}
        self.changed.emit()

    def _quads(self, place: Place) -> dict[int, tuple[Box, ...]]:
        """Boxes by page; those of whole pages between are worked out once."""
        assert self.text is not None  # noqa: S101 - asked only where there is a text
        found: dict[int, tuple[Box, ...]] = {}
        for span in place.spans:
            if span not in self._boxes:
                if len(self._boxes) > _BOXES:
                    self._boxes.clear()
                self._boxes[span] = self.text.quads(Place((span,)))[span[0]]
            found[span[0]] = found.get(span[0], ()) + self._boxes[span]
        return found
