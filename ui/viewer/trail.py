"""Where a person is and has been: spots in documents, back and forward, how a document was left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

#: Spots kept; who goes further back looks for something else.
_MOST = 200
#: Share of a page within which two spots are one.
_NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Stand:
    """How a document was left: page (0-based), share of it above the view, degrees turned."""

    page: int
    share: float
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a document: its id, page (0-based), share of the page above the view."""

    document: str
    page: int
    share: float

    def near(self, other: Spot) -> bool:
        """True where one can hardly be told from the other."""
        same = self.document == other.document
        return same and abs(self.page + self.share - other.page - other.share) < _NEAR


@dataclass(slots=True)
class Trail:
    """The spots that were left by a jump, to go back to, and forward again."""

    behind: list[Spot] = field(default_factory=list)
    ahead: list[Spot] = field(default_factory=list)

    def leave(self, here: Spot | None) -> None:
        """A jump goes elsewhere from here; what was ahead is no longer."""
        if here is None:
            return
        self.ahead.clear()
        self._put(self.behind, here)

    def back(self, here: Spot | None, there: Callable[[Spot], bool]) -> Spot | None:
        """The last spot that was left; ``there`` says of one whether it still exists."""
        return self._go(self.behind, self.ahead, here, there)

    def forward(self, here: Spot | None, there: Callable[[Spot], bool]) -> Spot | None:
        """The spot that was gone back from last."""
        return self._go(self.ahead, self.behind, here, there)

    def _go(
        self,
        come_from: list[Spot],
        lead_to: list[Spot],
        here: Spot | None,
        there: Callable[[Spot], bool],
    ) -> Spot | None:
        while come_from:
            spot = come_from.pop()
            if there(spot) and (here is None or not spot.near(here)):
                if here is not None:
                    self._put(lead_to, here)
                return spot
        return None

    def _put(self, spots: list[Spot], spot: Spot) -> None:
        if not spots or not spots[-1].near(spot):
            spots.append(spot)
            del spots[:-_MOST]
