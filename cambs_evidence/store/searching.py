"""Full text over all documents: which pages hold some words, the best first, each in context."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, TextClause, text

from cambs_evidence.documents.finding import Plain
from cambs_evidence.documents.sought import Group, Sought, Term, seeker

#: Characters of a page that are shown round the words that were sought.
_SHOWN, _BEFORE = 220, 60

#: Pages asked for beyond the limit, since those of the same rank are put in order afterwards.
_EVEN = 40

_Range = tuple[int, int]
_FROM = (
    "FROM page_words JOIN page ON page.id = page_words.rowid "
    "JOIN document ON document.id = page.document_id "
    "WHERE page_words MATCH :match AND NOT document.removed AND document.replaced_by IS NULL "
)
# Most cases have nothing to leave out: the document of each page need not be looked up then.
_HIDDEN = text("SELECT EXISTS (SELECT 1 FROM document WHERE removed OR replaced_by IS NOT NULL)")
_SHOWN_ONLY = (
    " AND rowid NOT IN (SELECT page.id FROM page JOIN document ON document.id = page.document_id "
    "WHERE document.removed OR document.replaced_by IS NOT NULL)"
)
_MATCHING = "FROM page_words WHERE page_words MATCH :match"
_IS_NO_PHRASE = "rowid NOT IN (SELECT rowid FROM page_words WHERE page_words MATCH :phrase)"
# Most words are found in the text as it is stored, before it is decoded.
_PAGES = text(
    "SELECT page.id, page.document_id, page.number, CAST(page.text AS BLOB), document.position "
    "FROM page JOIN document ON document.id = page.document_id "
    "WHERE page.id IN (SELECT value FROM json_each(:pages))"
)
_PASSAGES = text(
    "SELECT DISTINCT passage.id, passage.document_id, passage.spans "
    "FROM page JOIN passage ON passage.document_id = page.document_id "
    "AND page.number BETWEEN passage.page AND passage.page_end "
    "WHERE page.id IN (SELECT value FROM json_each(:pages))"
)
_TOUCHED = text(
    "SELECT page.id, page.document_id, page.number, page.text "  # noqa: S608 - the same
    f"{_FROM} AND EXISTS (SELECT 1 FROM passage WHERE passage.document_id = page.document_id "
    "AND page.number BETWEEN passage.page AND passage.page_end)"
)


class Found(NamedTuple):
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
    match, phrase = _match(sought), _quoted(Term(sought.phrase))
    left_out = _all_tagged(connection, sought, match) if untagged else set()
    best, all_found = first_pages(connection, match, limit, phrase, left_out)
    total = len(best) + len(left_out) if all_found else _total(connection, match)
    if not best:
        return total - len(left_out), []
    rows = connection.execute(_PAGES, {"pages": json.dumps(list(best))}).all()
    rows = sorted(rows, key=lambda row: (best[row[0]], row[4], row[2]))[:limit]
    passages = _Passages(connection, [row[0] for row in rows])
    places_in = seeker(sought).within
    found = []
    for _, document, number, stored, _ in rows:
        page = Plain(stored)
        words, taken, places = page.text, passages.on(document, number), places_in(page)
        if untagged and taken:
            places = [place for place in places if not _within(place, taken)] or places
        start, end, place = _window(words, places)
        snippet = " ".join(words[start:end].split())
        snippet = f"{'… ' if start else ''}{snippet}{' …' if end < len(words) else ''}"
        tagged = bool(taken) and place is not None and _within(place, taken)
        found.append(Found(document, number, snippet, place, tagged))
    return total - len(left_out), found


def first_pages(
    connection: Connection,
    match: str,
    limit: int,
    phrase: str | None = None,
    left_out: Collection[int] = frozenset(),
) -> tuple[dict[int, tuple[bool, float]], bool]:
    """The rows of the pages that come first, with what they are put in order by; True for all.

    These are the pages with a phrase, if there is one, then by rank. All are there that come out
    even with the last, so that there may be more than the limit. Pages of removed documents and
    of older versions are left out, and others that may be named.
    """
    by_phrase = phrase not in (None, match)
    query = _ranked(by_phrase, _some_hidden(connection))
    told = {"match": match} | ({"phrase": phrase} if by_phrase else {})
    most = limit + len(left_out) + _EVEN
    while True:
        rows = connection.execute(query, told | {"most": most}).all()
        kept = {page: (other, rank) for page, other, rank in rows if page not in left_out}
        if len(rows) < most:
            return kept, True
        ranks = list(kept.values())
        if ranks[limit:] and ranks[-1] != ranks[limit - 1]:
            break
        most *= 4
    last = ranks[limit - 1]
    return {page: rank for page, rank in kept.items() if rank <= last}, False


def _some_hidden(connection: Connection) -> bool:
    return bool(connection.execute(_HIDDEN).scalar_one())


def _total(connection: Connection, match: str) -> int:
    return int(connection.execute(_count(_some_hidden(connection)), {"match": match}).scalar_one())


@lru_cache
def _count(hidden: bool) -> TextClause:
    return text(f"SELECT count(*) {_MATCHING}{_SHOWN_ONLY if hidden else ''}")


@lru_cache
def _ranked(by_phrase: bool, hidden: bool) -> TextClause:
    """Pages with whether they lack the phrase, and their rank; the best come first.

    Asked for its own order, the index would put all pages that match in order, not the best alone.
    """
    other = _IS_NO_PHRASE if by_phrase else "0"
    return text(
        f"SELECT rowid, {other} AS other, bm25(page_words) AS worth {_MATCHING}"
        f"{_SHOWN_ONLY if hidden else ''} ORDER BY other, worth LIMIT :most"
    )


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
    passages = _Passages(connection, [row.id for row in rows])
    places_in = seeker(sought).within
    return {
        row.id
        for row in rows
        if (taken := passages.on(row.document_id, row.number))
        and (places := places_in(Plain(row.text)))
        and all(_within(place, taken) for place in places)
    }


class _Passages:
    """Where the passages of some pages stand."""

    def __init__(self, connection: Connection, pages: list[int]) -> None:
        self._on: dict[tuple[str, int], list[_Range]] = {}
        for row in connection.execute(_PASSAGES, {"pages": json.dumps(pages)}):
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
    chosen = most = end = 0
    for first, (start, _) in enumerate(places):
        while end < len(places) and places[end][0] < start + _SHOWN - _BEFORE:
            end += 1
        if end - first > most:
            chosen, most = first, end - first
        if end == len(places):
            break
    place = places[chosen]
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
