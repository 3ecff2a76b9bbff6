"""Whether the cells that a pack prints are those of a table that is found on its page again."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from cambs_evidence.documents import regions
from cambs_evidence.documents.folding import likeness
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Box, Region, Table

Rows = tuple[tuple[str, ...], ...]


class Claim(NamedTuple):
    """The cells of a part of a page (0-based): its kind and box, in user space."""

    page: int
    kind: str
    box: Box
    rows: Rows


def found_again(
    data: bytes, layers: Sequence[PageLayer], claims: Sequence[Claim], sign: Callable[[], None]
) -> list[bool | None]:
    """For each claim whether the same cells are found on its page; None where nothing is found.

    ``sign`` is called for each page as a sign of life.
    """
    import pdfplumber  # noqa: PLC0415 - heavy, and only in watched processes

    from cambs_evidence.documents.tables import found  # noqa: PLC0415

    tables: dict[int, list[Table]] = {}
    for page in sorted({claim.page for claim in claims if claim.page < len(layers)}):
        sign()
        try:
            with pdfplumber.open(io.BytesIO(data), pages=[page + 1]) as document:
                bands = regions.bands(layers[page])
                tables[page] = list(found(document.pages[0], page, bands))
        except Exception:  # noqa: BLE001 - whatever the reader gives up on: it finds nothing
            tables[page] = []
    return [_judged(claim, tables.get(claim.page, []), layers) for claim in claims]


def _judged(claim: Claim, tables: Sequence[Table], layers: Sequence[PageLayer]) -> bool | None:
    seen: bool | None = None
    for table in tables:
        layer = layers[claim.page]
        # What the text layer has in a cell goes before what the finder read there.
        for told in (regions.filled(table, layer), table):
            for part in _parts(told, claim.kind, layer.rotation):
                if _same_box(part.box, claim.box):
                    if _same_cells(part.cells, claim.rows):
                        return True
                    seen = False
    return seen


def _parts(table: Table, kind: str, rotation: int) -> Iterator[Region]:
    places: list[tuple[int | None, int | None]] = [(None, None)]
    if kind != "table":
        places = [
            (row, column if kind == "cell" else None)
            for row, cells in enumerate(table.rows)
            for column in range(len(cells) if kind == "cell" else 1)
        ]
    for row, column in places:
        try:
            yield regions.part(table, row, column, rotation)
        except EvidenceError:
            continue  # it is merged into another


def _same_box(one: Box, other: Box) -> bool:
    return all(abs(a - b) <= 1 for a, b in zip(one, other, strict=True))


def _same_cells(one: Rows, other: Rows) -> bool:
    across = max(map(len, one), default=0)
    if len(one) != len(other) or any(len(row) != across for row in other):
        return False
    padded = [(*row, *[""] * (across - len(row))) for row in one]
    return all(
        likeness(told, seen) is not None if told or seen else True
        for row, others in zip(padded, other, strict=True)
        for told, seen in zip(row, others, strict=True)
    )


def of_quote(rows: Rows, quote: str) -> bool:
    """True where the cells hold no words but those of the quote."""
    words = Counter("".join(f"{cell} " for row in rows for cell in row).split())
    return not words - Counter(quote.split())
