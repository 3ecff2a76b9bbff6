"""Parts of a page that are no stretch of text: an area, or a table, a row or a cell of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cambs_evidence.documents import regions
from cambs_evidence.model import Anchor, Box, Document, Table

if TYPE_CHECKING:
    from cambs_evidence.case import Case


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page (0-based), in user space.

    With a ``table`` it is that table, or its ``row`` and ``column`` where they are given. ``held``
    is its anchor where it is a passage already.
    """

    page: int
    box: Box
    table: Table | None = None
    row: int | None = None
    column: int | None = None
    held: Anchor | None = None

    @property
    def kind(self) -> str:
        """``area``, ``table``, ``row`` or ``cell``."""
        if self.held is not None and self.held.region is not None:
            return self.held.region.kind
        if self.table is None:
            return "area"
        if self.row is None:
            return "table"
        return "row" if self.column is None else "cell"

    def anchored(self, case: Case, document: Document) -> Anchor:
        """What holds it in its place; takes its time, and is called in a thread."""
        if self.held is not None:
            return self.held
        if self.table is None:
            return case.area(document, self.page, self.box)
        return case.table_anchor(document, self.table, self.row, self.column)

    def wider(self, rotation: int = 0) -> Piece:
        """The row of a cell, the table of a row, the table itself.

        ``rotation`` is how the file says its page is shown turned, in degrees.
        """
        assert self.table is not None  # noqa: S101 - asked of parts of tables
        if self.column is not None:
            box = regions.part(self.table, self.row, None, rotation).box
            return replace(self, column=None, box=box)
        return replace(self, row=None, box=self.table.box)


def cell_at(tables: Sequence[Table], x: float, y: float) -> Piece | None:
    """The cell of a table that a point is in, else the table; None where there is none."""
    for table in tables:
        x0, y0, x1, y1 = table.box
        if not (x0 <= x <= x1 and y0 <= y <= y1):
            continue
        for row, cells in enumerate(table.rows):
            for column, cell in enumerate(cells):
                box = cell.box
                if box is not None and box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                    return Piece(table.page, box, table, row, column)
        return Piece(table.page, table.box, table)
    return None
