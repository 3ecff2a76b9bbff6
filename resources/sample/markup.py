"""Reads the small markup in which the sample documents are written.

A text opens with facts, one ``name: value`` a line, up to a line ``---``. Blocks
follow, parted by blank lines:

========================  ==================================================
``# Heading``, ``## …``   a heading of the first or second level
``12. text``              a numbered paragraph; the number is printed as written
``- text``                one item a line: a list
``| a | b |``             one row a line: a table, its second line ``|---|-|``,
                          whose dashes give the widths of the columns
``[^1]: text``            a footnote, called by ``[^1]`` in a paragraph
``{word} a | b``          an order to the layout, with its lines of text
anything else             a paragraph
========================  ==================================================

Inside a block ``**bold**`` and ``*italic*``.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

_HEADING = re.compile(r"(#+) +(.+)")
_NUMBERED = re.compile(r"(\d+\.) +(.+)", re.DOTALL)
_NOTE = re.compile(r"\[\^(\d+)\]: +(.+)", re.DOTALL)
_NOTE_MARK = re.compile(r"\[\^(\d+)\]")
_ORDER = re.compile(r"\{(\w+)\} *(.*)")
_SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True)
class Heading:
    """A heading; ``level`` counts from 1."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, with its printed number ("12.") or an empty ``number``."""

    text: str
    number: str = ""


@dataclass(frozen=True)
class Items:
    """A list with bullets."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table; the first row holds the headings, ``weights`` are relative widths."""

    rows: tuple[tuple[str, ...], ...]
    weights: tuple[int, ...]


@dataclass(frozen=True)
class Order:
    """Something the layout is to do at this place."""

    name: str
    lines: tuple[str, ...]


Block = Heading | Paragraph | Items | Table | Order


@dataclass(frozen=True)
class Source:
    """A text as read: its facts, its blocks in order and its footnotes by label."""

    name: str
    facts: dict[str, str]
    blocks: tuple[Block, ...]
    notes: dict[str, str]

    def fact(self, name: str) -> str:
        """The fact called ``name``, or an empty string."""
        return self.facts.get(name, "")


def parts(line: str) -> tuple[str, ...]:
    """The parts of ``line`` between upright strokes."""
    return tuple(part.strip() for part in line.strip().strip("|").split("|") if part.strip())


def read_source(path: Path) -> Source:
    """Reads the text at ``path``; its name without the ending names the document."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    facts = {
        name: value.strip()
        for name, _, value in (line.partition(":") for line in head.splitlines())
    }
    blocks: list[Block] = []
    notes: dict[str, str] = {}
    for chunk in re.split(r"\n\s*\n", body.strip()):
        if note := _NOTE.fullmatch(chunk):
            notes[note[1]] = note[2]
        else:
            blocks.append(_read_block(chunk))
    return Source(path.stem, facts, tuple(blocks), notes)


def _read_block(chunk: str) -> Block:
    """One block out of its lines."""
    if heading := _HEADING.fullmatch(chunk):
        return Heading(len(heading[1]), heading[2])
    if order := _ORDER.fullmatch(chunk):
        return Order(order[1], parts(order[2]))
    if chunk.startswith("- "):
        return Items(tuple(line.removeprefix("- ") for line in chunk.splitlines()))
    if chunk.startswith("|"):
        first, ruler, *rest = (parts(line) for line in chunk.splitlines())
        return Table((first, *rest), tuple(len(dashes) for dashes in ruler))
    if numbered := _NUMBERED.fullmatch(chunk):
        return Paragraph(numbered[2], numbered[1])
    return Paragraph(chunk)


def to_reportlab(text: str) -> str:
    """``text`` in the tags of reportlab's paragraphs.

    Each footnote mark also calls back by the name ``note_called``, to tell the layout on
    which page the mark came to stand.
    """
    text = escape(text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"\*(.+?)\*", r"<i>\1</i>", text)
    return _NOTE_MARK.sub(
        r'<super size="7" rise="4">\1</super><onDraw name="note_called" label="\1"/>',
        text,
    )


def read_hyphenation(path: Path) -> dict[str, str]:
    """Words and their places for a hyphen, from a file with one "ex-am-ple" a line."""
    words = path.read_text(encoding="utf-8").split()
    return {word.replace("-", ""): word.replace("-", _SOFT_HYPHEN) for word in words}


def hyphenate(text: str, hyphenation: dict[str, str]) -> str:
    """``text`` with soft hyphens in those words that ``hyphenation`` knows."""

    def soften(match: re.Match[str]) -> str:
        word = match[0]
        softened = hyphenation.get(word.lower(), word)
        return word[0] + softened[1:]

    return re.sub(r"[A-Za-z]+", soften, text)
