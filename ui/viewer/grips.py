"""Taking hold of a passage to make it longer or shorter, and of an area to move its sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from cambs_evidence.model import Box, Passage, Place
from ui.pieces import Piece
from ui.viewer.painting import bar_of, knob_of

if TYPE_CHECKING:
    from cambs_evidence.documents.selecting import Caret
    from ui.viewer.page_view import PageView

#: Logical pixels round a grip within which it is taken hold of.
_REACH = 9.0
_SIDES = ((-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1))


@dataclass(frozen=True, slots=True)
class Grip:
    """What can be dragged, on a page (0-based), in logical pixels of the viewport.

    ``side`` says which sides of an area it moves (left or up -1, right or down 1); for words
    ``begins`` says that it is where they begin.
    """

    page: int
    knob: QPointF
    bar: QRectF | None = None
    begins: bool = False
    side: tuple[int, int] = (0, 0)


class Stretching:
    """The passage of a view whose extent is being changed, if any."""

    def __init__(self, view: PageView) -> None:
        self._view = view
        self.passage: Passage | None = None

    def grips(self) -> list[Grip]:
        """What can be taken hold of now."""
        view = self._view
        if not view.may_change or view.document is None:
            return []
        if view.piece is not None:
            return [] if view.piece.kind != "area" else self._round(view.piece.page, view.piece.box)
        if self.passage is not None:
            place = view.selection.place
            return self._ends(*ends_of(place)) if place is not None else []
        passage = view.active_passage()
        if passage is None or view.selection.place is not None:
            return []
        region = passage.anchor.region
        if region is None:
            return self._ends(*ends_of(place_of(passage)))
        return self._round(passage.page, region.box) if region.kind == "area" else []

    def at(self, position: QPointF) -> Grip | None:
        """The grip at a point of the viewport."""
        near = (
            ((each.knob - position).manhattanLength(), number, each)
            for number, each in enumerate(self.grips())
        )
        found = min(near, default=None, key=lambda each: each[:2])
        return found[2] if found is not None and found[0] <= _REACH else None

    def begin(self, passage: Passage, *, begins: bool = False) -> bool:
        """Makes the extent of a passage what is selected, to be changed; False for a table."""
        region = passage.anchor.region
        if region is not None:
            if region.kind != "area":
                return False
            self._view.select_piece(Piece(passage.page, region.box))
        else:
            first, last = ends_of(place_of(passage))
            self._view.selection.put_between(*((last, first) if begins else (first, last)))
        self.passage = passage
        self._view.viewport().update()
        return True

    def leave(self) -> bool:
        """Leaves everything as it was; False where nothing was being changed."""
        if self.passage is None:
            return False
        self.passage = None
        self._view.select_nothing()
        return True

    def keep(self) -> None:
        """Has the passage be what is selected now."""
        passage, chosen = self.passage, self._view.chosen
        self.passage = None
        self._view.select_nothing()
        if passage is None or chosen is None:
            return
        region = passage.anchor.region
        before: Place | Piece = (
            place_of(passage) if region is None else Piece(passage.page, region.box)
        )
        if chosen != before:
            self._view.stretched.emit(passage, chosen)

    def _ends(self, first: Caret, last: Caret) -> list[Grip]:
        view = self._view
        text = view.selection.text
        found: list[Grip] = []
        if text is None:
            return found
        for (page, offset), begins in ((first, True), (last, False)):
            if page in view.in_view():
                bar = bar_of(view.rectangle(page, text.lines(page).caret_box(offset)))
                found.append(Grip(page, knob_of(bar, begins=begins), bar, begins))
        return found

    def _round(self, page: int, box: Box) -> list[Grip]:
        if page not in self._view.in_view():
            return []
        where, grips = self._view.rectangle(page, box), []
        middle, half = where.center(), QPointF(where.width() / 2, where.height() / 2)
        for x, y in _SIDES:
            knob = QPointF(middle.x() + x * half.x(), middle.y() + y * half.y())
            grips.append(Grip(page, knob, side=(x, y)))
        return grips


def place_of(passage: Passage) -> Place:
    """Where the words of a passage stand."""
    return Place(tuple((span.page, span.start, span.end) for span in passage.anchor.spans))


def ends_of(place: Place) -> tuple[Caret, Caret]:
    """The carets before and behind a place."""
    first, last = place.spans[0], place.spans[-1]
    return (first[0], first[1]), (last[0], last[2])
