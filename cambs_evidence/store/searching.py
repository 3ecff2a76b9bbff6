"""Full text over all documents: which pages hold some words, the best first, each in context."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from cambs_evidence.documents.sought import Group, Sought, Term
from cambs_evidence.store.tables import PassageRow

#: Characters of a page that are shown round the words that were sought.
_SHOWN, _BEFORE = 220, 60

_Range = tuple[int, int]
_FROM = (
    "FROM page_words JOIN page ON page.id = page_words.rowid "
    "JOIN document ON document.id = page.document_id "
    "WHERE page_words MATCH :match AND NOT document.removed AND document.replaced_by IS NULL "
)
_COUNT = text(f"SELECT count(*) {_FROM}")
_PAGES = text(
    "SELECT page.id, page.document_id, page.number, page.text "  # noqa: S608 - the same
    f"{_FROM} ORDER BY page.id NOT IN "
    "(SELECT rowid FROM page_words WHERE page_words MATCH :phrase), "
    "rank, document.position, page.number LIMIT :limit"
)
_TOUCHED = text(
    "SELECT page.id, page.document_id, page.number, page.text "  # noqa: S608 - the same
    f"{_FROM} AND EXISTS (SELECT 1 FROM passage WHERE passage.document_id = page.document_id "
    "AND page.number BETWEEN passage.page AND passage.page_end)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A page (0-based) that holds what was sought, with the words round its best place.

    ``place`` is that one, as code points of the page; None where the words are joined over a
    line's end in a way that only the index knows. ``tagged`` where it stands in a passage.
    """

    document_id: str
    page: int
    snippet: str
    place: _Range | None
    tagged: bool


def search(
    connection: Connection, sought: Sought, limit: int, *, untagged: bool = False
) -> tuple[int, list[Found]]:
    """How many pages hold what is sought, and the best of them.

    ``untagged`` leaves out the pages on which it stands in passages alone.
    """
    if not sought.groups:
        return 0, []
    match = _match(sought)
    total = int(connection.execute(_COUNT, {"match": match}).scalar_one())
    left_out = _all_tagged(connection, sought, match) if untagged else set()
    asked = {
        "match": match,
        "phrase": _quoted(Term(sought.phrase)),
        "limit": limit + len(left_out),
    }
    rows = [row for row in connection.execute(_PAGES, asked) if row.id not in left_out][:limit]
    passages = _Passages(connection, {row.document_id for row in rows})
    found = []
    for row in rows:
        taken = passages.on(row.document_id, row.number)
        places = sought.on(row.text)
        free = [place for place in places if not _within(place, taken)]
        start, end, place = _window(row.text, free if untagged and free else places)
        snippet = " ".join(row.text[start:end].split())
        snippet = f"{'… ' if start else ''}{snippet}{' …' if end < len(row.text) else ''}"
        tagged = place is not None and _within(place, taken)
        found.append(Found(row.document_id, row.number, snippet, place, tagged))
    return total - len(left_out), found


def _match(sought: Sought) -> str:
    """The query in the index's own language, each word quoted so that none is a command."""
    parts = [
        _quoted(group.terms[0]) if len(group.terms) == 1 else _near(group)
        for group in sought.groups
    ]
    match = " AND ".join(parts)
    for term in sought.without:
        match = f"({match}) NOT {_quoted(term)}"
    return match


def _near(group: Group) -> str:
    return f"NEAR({' '.join(_quoted(term) for term in group.terms)}, {group.words})"


def _quoted(term: Term) -> str:
    words = term.words.replace('"', " ")
    return f'"{words}"{" *" if term.begins else ""}'


def _all_tagged(connection: Connection, sought: Sought, match: str) -> set[int]:
    """The pages on which all that is sought stands in passages."""
    rows = connection.execute(_TOUCHED, {"match": match}).all()
    passages = _Passages(connection, {row.document_id for row in rows})
    return {
        row.id
        for row in rows
        if (places := sought.on(row.text))
        and all(_within(place, passages.on(row.document_id, row.number)) for place in places)
    }


class _Passages:
    """Where the passages of some documents stand."""

    def __init__(self, connection: Connection, documents: set[str]) -> None:
        self._on: dict[tuple[str, int], list[_Range]] = {}
        asked = select(PassageRow.document_id, PassageRow.spans)
        for document in documents:
            for row in connection.execute(asked.where(PassageRow.document_id == document)):
                for page, start, end, *_ in json.loads(row.spans):
                    self._on.setdefault((row.document_id, page), []).append((start, end))

    def on(self, document: str, page: int) -> Sequence[_Range]:
        """The ranges of code points on a page that are in passages."""
        return self._on.get((document, page), ())


def _within(place: _Range, taken: Sequence[_Range]) -> bool:
    return any(start < place[1] and place[0] < end for start, end in taken)


def _window(words: str, places: Sequence[_Range]) -> tuple[int, int, _Range | None]:
    """What to show of a page: the stretch with most of some places, and the first of them."""
    if not places:
        return 0, _at_space(words, _SHOWN, back=False), None
    best = max(
        range(len(places)),
        key=lambda first: (
            sum(places[first][0] <= at < places[first][0] + _SHOWN - _BEFORE for at, _ in places),
            -first,
        ),
    )
    place = places[best]
    start = _at_space(words, max(place[0] - _BEFORE, 0), back=True)
    return start, _at_space(words, start + _SHOWN, back=False), place


def _at_space(words: str, offset: int, *, back: bool) -> int:
    """The next place to cut a text, within a word's length."""
    if offset <= 0 or offset >= len(words):
        return min(max(offset, 0), len(words))
    for by in range(30):
        at = offset - by if back else offset + by
        if 0 < at < len(words) and words[at - 1 if back else at].isspace():
            return at
    return offset
