"""What a report of the evidence says, piece by piece: the same for a web page and for Word."""

from __future__ import annotations

from dataclasses import dataclass

from cambs_evidence.model import Polarity
from cambs_evidence.pack.figures import Figure

#: Code points that XML and HTML cannot hold, or that turn the words beside them round, are told by
#: this sign instead.
REPLACED = "\ufffd"
_KEPT_CONTROLS = "\t\n"
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def legible(text: str) -> str:
    """Text that every format can hold, with line ends alike.

    Control characters, lone surrogates and noncharacters become U+FFFD, so that it is seen that
    something stood there; so do the signs that override the direction of writing, which could
    make a quote be read otherwise than it is.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isprintable():
        return text  # also none that turns: such are not printable
    return "".join(
        each if each.isprintable() or each in _KEPT_CONTROLS or _is_fit(each) else REPLACED
        for each in text
    )


def _is_fit(sign: str) -> bool:
    code = ord(sign)
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000:
        return False
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return False
    return sign not in _TURNING


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one kind; ``to`` is the name of the place that they lead to, empty for none."""

    text: str
    to: str = ""
    strong: bool = False


Runs = tuple[Run, ...]


def said(text: str, to: str = "", *, strong: bool = False) -> Runs:
    """Words of one kind alone."""
    return (Run(text, to, strong),)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` counts from 1, below the title; ``name`` is its place."""

    level: int
    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; ``kind`` is ``body``, ``small``, ``gap``, or ``lead``, which is small and stays
    with what comes next.

    An item of a list has its ``marker``, such as ``•`` or ``2.``.
    """

    runs: Runs
    kind: str = "body"
    marker: str = ""

    @property
    def number(self) -> int | None:
        """The number of an item of a numbered list, None for all else."""
        digits = self.marker.rstrip(".)")
        return int(digits) if digits.isdigit() else None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a row of heads, read row by row.

    ``widths`` are shares of the measure; ``numbers`` the columns set to the right; ``heads`` says
    that the first cell of each row is the head of that row; ``bands`` the rows that are one cell
    over all columns. A table without ``head`` is one of the sources', as it stands there.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Runs, ...], ...]
    widths: tuple[int, ...]
    numbers: frozenset[int] = frozenset()
    heads: bool = True
    bands: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote with all that belongs to it; ``name`` is its place, such as ``E17``.

    ``quote`` is what it says, word for word, empty where it is a picture without words;
    ``about`` are the lines below: citation, note, who tagged it.
    """

    name: str
    polarity: Polarity
    head: str
    quote: str
    printed: str
    picture: Figure | None
    table: Grid | None
    about: tuple[tuple[str, str], ...]


Piece = Heading | Words | Grid | Quoted


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the list of contents."""

    level: int
    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report says: its title, its facts, its contents, its pieces in order."""

    title: str
    authority: str
    marking: str
    facts: tuple[tuple[str, str], ...]
    entries: tuple[Entry, ...]
    pieces: tuple[Piece, ...]
