"""What a witness is asked of a quote, and what it says."""

from __future__ import annotations

from typing import NamedTuple

from cambs_evidence.model import Box
from cambs_evidence.pack.cells import Rows
from cambs_evidence.pack.crops import Frame
from cambs_evidence.pack.images import Image


class Cropped(NamedTuple):
    """A part of a page (0-based) that is shown; its box on the sheet, if it is cut out of it."""

    page: int
    frame: Frame
    cut: Box | None


class Quote(NamedTuple):
    """What is to be found again: its number, words, spans, context, place in the source.

    Of what was ``recognised`` by machine no reader finds the words: only its picture is taken.
    ``crops`` are parts of pages (0-based) that are shown, its words marked in ``marker``; ``cells``
    are the rows of the table that it is, of some ``kind``.
    """

    item: int
    quote: str
    spans: tuple[tuple[int, int, int, tuple[Box, ...]], ...]
    prefix: str
    suffix: str
    source: tuple[int, int] | None
    paragraph: str | None
    label: str | None
    part: Box | None = None
    pictured: bool = False
    recognised: bool = False
    crops: tuple[Cropped, ...] = ()
    marker: tuple[float, float, float] = (1.0, 1.0, 1.0)
    kind: str = ""
    cells: Rows = ()


class Seen(NamedTuple):
    """What a witness says: found in its place or not, and why not; its picture as a PNG.

    ``crops`` are what its page shows where the pack says it, ``remark`` what could not be told.
    """

    item: int
    found: bool
    reason: str
    picture: bytes = b""
    crops: tuple[Image, ...] = ()
    remark: str = ""
