"""The evidence as plain tables: for spreadsheets, in whatever format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cambs_evidence.exchange.pieces import legible
from cambs_evidence.model import Document
from cambs_evidence.pack.contents import Chapter, Contents, Excerpt
from cambs_evidence.wording import POLARITIES, STATES, citation

#: A cell: words, a whole number, a day, or nothing.
Cell = str | int | date | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a name, heads, and widths of its columns in characters."""

    name: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: Sequence[tuple[Cell, ...]]


def tables(contents: Contents) -> tuple[Table, ...]:
    """Evidence, coverage and sources; a pack's order, its filters applied."""
    evidence = [row for chapter in contents.chapters for row in _evidence(chapter)]
    told = [_coverage(part.number, part.title, each) for part in contents.parts
            for each in part.chapters]  # fmt: skip
    quotes = Counter(each.document.id for each in contents.excerpts)
    sources = [_source(each, quotes[each.id]) for each in contents.documents]
    return (
        Table("Evidence", *_split(_EVIDENCE), evidence),
        Table("Coverage", *_split(_COVERAGE), told),
        Table("Register", *_split(_REGISTER), sources),
    )


_EVIDENCE = (
    ("Reference", 10), ("Criterion", 10), ("(M)", 6), ("Label", 32), ("Polarity", 14),
    ("Quote", 70), ("Note", 36), ("Document", 34), ("File", 26), ("Document date", 14),
    ("Page", 7), ("Last page", 7), ("Printed page", 9), ("Paragraph", 11), ("Old", 6),
    ("Anchor", 10), ("Version", 18), ("Tagged by", 18), ("Tagged at", 22), ("Citation", 44),
    ("Link", 38), ("Document SHA-256", 66),
)  # fmt: skip
_COVERAGE = (
    ("Section", 8), ("Section title", 32), ("Code", 8), ("(M)", 6), ("Criterion", 50),
    ("State", 16), ("Why not applicable", 30), ("Strength", 10), ("Development", 12),
    ("Neutral", 10), ("Documents", 11), ("Oldest", 12), ("Newest", 12), ("Conflict", 9),
)  # fmt: skip
_REGISTER = (
    ("Document", 40), ("File", 30), ("Date", 12), ("Kind", 20), ("Issuer", 24), ("Pages", 8),
    ("Quotes", 8), ("Version", 8), ("SHA-256", 66), ("Id", 38),
)  # fmt: skip


def _split(columns: tuple[tuple[str, int], ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    return tuple(name for name, _ in columns), tuple(width for _, width in columns)


def _evidence(chapter: Chapter) -> Iterator[tuple[Cell, ...]]:
    criterion = chapter.criterion
    for each in chapter.excerpts:
        yield _excerpt(each, criterion.label if criterion else "", marked=chapter.coverage.marked)


def _excerpt(each: Excerpt, label: str, *, marked: bool) -> tuple[Cell, ...]:
    link, document, passage = each.link, each.document, each.link.passage
    return (
        each.reference, link.code, "(M)" if marked else None, label or None,
        POLARITIES[link.polarity][1], each.quote, link.note, document.title, document.filename,
        _day(document.date), passage.page + 1, passage.page_end + 1, passage.page_label,
        passage.paragraph, "old" if each.old else None, link.hold.value, each.version or None,
        link.by, link.at, citation(link, document), link.id, document.sha256,
    )  # fmt: skip


def _coverage(number: int, title: str, chapter: Chapter) -> tuple[Cell, ...]:
    told, criterion = chapter.coverage, chapter.criterion
    words = (criterion.statement or criterion.label) if criterion else title
    return (
        number, title, chapter.code, "(M)" if told.marked else None, words,
        STATES[told.state][1], chapter.not_applicable, told.strength, told.development,
        told.neutral, told.documents, _day(told.oldest), _day(told.latest),
        "conflict" if told.conflict else None,
    )  # fmt: skip


def _source(document: Document, quotes: int) -> tuple[Cell, ...]:
    return (
        document.title, document.filename, _day(document.date), document.kind, document.issuer,
        document.pages, quotes, document.version, document.sha256, document.identity,
    )  # fmt: skip


def _day(when: str | None) -> Cell:
    """A day as a day; of a month or a year nobody knows which, so it stays in words."""
    return date.fromisoformat(when) if when and when.count("-") == 2 else when


def fitting(text: str, most: int) -> str:
    """Text that a cell can hold: legible, and where it is too long, cut and said to be."""
    text = legible(text)
    # Spreadsheets count as UTF-16 does.
    if len(text) <= most // 2 or _units(text) <= most:
        return text
    left = f" … [cut here; {len(text):,} characters in all, the rest is in the case]"
    kept = text[: most - len(left)]
    while _units(kept) > most - len(left):
        kept = kept[: len(kept) - max(1, (_units(kept) - most + len(left)) // 2)]
    return kept + left


def _units(text: str) -> int:
    return len(text) + sum(each > "\uffff" for each in text)
