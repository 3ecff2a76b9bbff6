"""What is shared while a pack is laid out: its sheets, its tags, and where everything stands."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from cambs_evidence.model import Box
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import AnnexPage, Contents
from cambs_evidence.pack.crops import Crop
from cambs_evidence.pack.figures import Figure
from cambs_evidence.pack.geometry import Geometry
from cambs_evidence.pack.sheet import Column, Sheet
from cambs_evidence.pack.tags import Tags
from cambs_evidence.typography import measure


@dataclass(slots=True)
class Printed:
    """Where the parts of an excerpt stand in the pack: ``(page, box)`` for each stretch."""

    head: list[tuple[int, Box]] = field(default_factory=list)
    picture: list[tuple[int, Box]] = field(default_factory=list)
    quote: list[tuple[int, Box]] = field(default_factory=list)
    citation: list[tuple[int, Box]] = field(default_factory=list)
    note: list[tuple[int, Box]] = field(default_factory=list)
    meta: list[tuple[int, Box]] = field(default_factory=list)
    crops: list[tuple[int, Box]] = field(default_factory=list)
    cells: list[list[tuple[int, Box]]] = field(default_factory=list)
    stand: list[tuple[int, Box]] = field(default_factory=list)


class Press:
    """What the parts of a pack are set on.

    Attributes:
        sheets: what was set so far, in order.
        running: the words that head the sheets turned from now on.
        printed: by reference, where an excerpt stands; empty until :meth:`number`.
        first_annex: by document id and 0-based page, the place of a page in the annex.
        annex: the sheets of the annex, and the source's page on each.
    """

    def __init__(
        self,
        contents: Contents,
        geometry: Geometry,
        figures: Mapping[str, Figure],
        crops: Mapping[str, tuple[Crop, ...]],
    ) -> None:
        self.contents = contents
        self.geometry = geometry
        self.figures = figures
        self.crops = crops
        self.sheets: list[Sheet] = []
        self.tags = Tags()
        self.running = ""
        self.printed: dict[str, Printed] = {}
        self.annex: list[tuple[Sheet, AnnexPage]] = []
        self._stretches: list[tuple[list[tuple[int, Box]], list[tuple[Sheet, Box]]]] = []
        self.first_annex = {
            (entry.document.id, entry.page): f"annex-{number}"
            for number, entry in enumerate(contents.annex, start=1)
        }

    def turn(self) -> Sheet:
        """A new sheet."""
        made = Sheet(running=self.running, tags=self.tags)
        self.sheets.append(made)
        return made

    def column(self, running: str) -> Column:
        """A column that begins on a new sheet, headed by some words."""
        self.running = running
        return Column(self.turn)

    def heading(self, column: Column, text: str, name: str, *, outline: int) -> None:
        """A heading of the first rank, with its place and its bookmark."""
        column.sheet.places.append((name, column.y))
        column.sheet.outline.append((outline, text, name))
        with self.tags.open("H2"):
            column.text(text, s.H1, keep=1)
        column.y -= 8

    def stands(self, part: list[tuple[int, Box]], stretches: list[tuple[Sheet, Box]]) -> None:
        """Notes where a part of an excerpt stands, to be told once the pages have numbers."""
        self._stretches.append((part, stretches))

    def number(self) -> None:
        """Turns the sheets of printed excerpts into page numbers."""
        for printed, stretches in self._stretches:
            printed.extend((each.index, box) for each, box in stretches)

    def link(self, target: str | None) -> AbstractContextManager[None]:
        """Where what leads somewhere is put down."""
        return nullcontext() if target is None else self.tags.open("Link")


def cut(text: str, style: s.Style, width: float) -> str:
    """Text shortened to fit a width, with an ellipsis."""
    text = " ".join(text.split())
    if measure(text, style.face, style.size) <= width:
        return text
    while text and measure(f"{text}…", style.face, style.size) > width:
        text = text[: max(len(text) - 1 - len(text) // 20, 0)]
    return f"{text.rstrip()}…"
