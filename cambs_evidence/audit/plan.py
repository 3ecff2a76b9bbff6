"""What a merge would do, worked out before it does anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from cambs_evidence.model import RowChange
from cambs_evidence.review import Conflict, Incoming, Merging


@dataclass(slots=True)
class Plan:
    """The rows that a merge changes, what has to be there first, and what is told of it.

    ``subject`` names the file's state, so that a later merge knows what it brought. ``first`` are
    steps of what cannot be undone, such as keeping bytes that a document needs; each takes the
    connection that writes and the name of who acts, and logs itself where it has to.
    """

    path: str
    review: bool
    subject: str
    people: set[str] = field(default_factory=set)
    rows: list[RowChange] = field(default_factory=list)
    first: list[Callable[[Connection, str], None]] = field(default_factory=list)
    incoming: list[Incoming] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def merging(self) -> Merging:
        """What is told of it."""
        return Merging(
            self.path,
            self.review,
            tuple(sorted(self.people)),
            tuple(self.incoming),
            tuple(self.conflicts),
        )
