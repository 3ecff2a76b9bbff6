"""What suggestions are learnt from and sought in: narratives, links, pages with some words."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text

from cambs_evidence.store import searching
from cambs_evidence.store.tables import (
    CriterionRow,
    DocumentRow,
    EventRow,
    LinkRow,
    NarrativeRow,
    PageRow,
    PassageRow,
    SectionRow,
)

_DOCUMENT = DocumentRow.__table__.c
_PAGE = PageRow.__table__.c
_PASSAGE = PassageRow.__table__.c
_LINK = LinkRow.__table__.c
_EVENT = EventRow.__table__.c
#: Ids asked for in one query; a database takes only so many values.
_AT_ONCE = 500

_TAGGED = (
    select(
        _LINK.id,
        _PASSAGE.quote,
        func.coalesce(CriterionRow.code, SectionRow.number).label("code"),
    )
    .join(PassageRow, _PASSAGE.id == _LINK.passage_id)
    .join(DocumentRow, _DOCUMENT.id == _PASSAGE.document_id)
    .join(SectionRow, SectionRow.id == _LINK.section_id)
    .outerjoin(CriterionRow, CriterionRow.id == _LINK.criterion_id)
    .where(_DOCUMENT.removed.is_(False))
    .order_by(_LINK.at.desc(), _LINK.id)
)


class Tagged(NamedTuple):
    """One link: its id, the words of its passage, and the code of what it is tagged to."""

    id: str
    quote: str
    code: str


class FoundPage(NamedTuple):
    """One page that may hold evidence: its row, its document's id, its 0-based number."""

    id: int
    document_id: str
    number: int


def narratives(connection: Connection) -> dict[tuple[int, int], str]:
    """The narratives by number of the section and place of the block in it."""
    query = select(SectionRow.number, NarrativeRow.block, NarrativeRow.text).join(
        SectionRow, SectionRow.id == NarrativeRow.section_id
    )
    return {(row.number, row.block): row.text for row in connection.execute(query)}


def tagged(connection: Connection, ids: Iterable[str] | None = None) -> Iterator[Tagged]:
    """The links that stand in documents of the case, the newest first; all, or those with ids."""
    queries = [_TAGGED]
    if ids is not None:
        every = list(ids)
        queries = [
            _TAGGED.where(_LINK.id.in_(every[start : start + _AT_ONCE]))
            for start in range(0, len(every), _AT_ONCE)
        ]
    for query in queries:
        for row in connection.execute(query):
            yield Tagged(row.id, row.quote, str(row.code))


def newest_event(connection: Connection) -> int:
    """The number of the newest entry of the log; 0 where there is none."""
    return int(connection.execute(select(func.max(_EVENT.seq))).scalar_one() or 0)


def touched(connection: Connection, since: int, most: int) -> dict[str, set[str]] | None:
    """The keys of the rows, by table, that were changed after an entry of the log.

    None where there were more than ``most`` entries.
    """
    query = select(_EVENT.before, _EVENT.after).where(_EVENT.seq > since).limit(most + 1)
    rows = connection.execute(query).all()
    if len(rows) > most:
        return None
    found: dict[str, set[str]] = {}
    for row in rows:
        for table, key, _ in (*json.loads(row.before), *json.loads(row.after)):
            found.setdefault(table, set()).add(key)
    return found


def pages_with(connection: Connection, beginnings: Collection[str], most: int) -> list[FoundPage]:
    """The pages that hold most of some words, by how these begin; the best first.

    Pages of removed documents and of older versions are left out.
    """
    match = " OR ".join(f'"{each}"*' for each in beginnings if each.isalnum())
    if not match:
        return []
    best, _ = searching.first_pages(connection, match, most)
    query = text(
        "SELECT page.id, page.document_id, page.number, document.position "
        "FROM page JOIN document ON document.id = page.document_id "
        "WHERE page.id IN (SELECT value FROM json_each(:pages))"
    )
    rows = connection.execute(query, {"pages": json.dumps(list(best))}).all()
    rows = sorted(rows, key=lambda row: (best[row[0]], row[3], row[2]))
    return [FoundPage(*row[:3]) for row in rows[:most]]


def page_holding(connection: Connection, words: str) -> FoundPage | None:
    """The first page that holds some words one after the other, in a document of the case."""
    query = text(
        "SELECT page.id AS id, page.document_id AS document_id, page.number AS number "
        "FROM page_words JOIN page ON page.id = page_words.rowid "
        "JOIN document ON document.id = page.document_id "
        "WHERE page_words MATCH :match AND NOT document.removed "
        "AND document.replaced_by IS NULL "
        "ORDER BY document.position, page.number LIMIT 1"
    )
    found = connection.execute(query, {"match": _phrase(words)}).one_or_none()
    return None if found is None else FoundPage(*found)


def pages_before(connection: Connection, page: FoundPage, most: int) -> Iterator[tuple[str, bytes]]:
    """Text and packed layer of a page, then of those before it in its document, so many at most."""
    query = (
        select(_PAGE.text, _PAGE.layer)
        .where(_PAGE.document_id == page.document_id)
        .where(_PAGE.number.between(page.number - most + 1, page.number))
        .order_by(_PAGE.number.desc())
    )
    for row in connection.execute(query):
        yield str(row.text), bytes(row.layer)


def layer(connection: Connection, page: int) -> tuple[str, bytes]:
    """The text of a page and its packed layer, by its row."""
    row = connection.execute(select(_PAGE.text, _PAGE.layer).where(_PAGE.id == page)).one()
    return str(row.text), bytes(row.layer)


def tagged_stretches(
    connection: Connection, document_ids: Collection[str]
) -> dict[tuple[str, int], list[tuple[int, int]]]:
    """Where passages with links stand: ranges by document and page (0-based)."""
    found: dict[tuple[str, int], list[tuple[int, int]]] = {}
    every = list(document_ids)
    for start in range(0, len(every), _AT_ONCE):
        query = (
            select(_PASSAGE.document_id, _PASSAGE.spans)
            .where(_PASSAGE.document_id.in_(every[start : start + _AT_ONCE]))
            .where(_PASSAGE.id.in_(select(_LINK.passage_id)))
        )
        for row in connection.execute(query):
            for page, low, high, _ in json.loads(row.spans):
                found.setdefault((row.document_id, page), []).append((low, high))
    return found


def stands_on(connection: Connection, document_id: str, words: str) -> int:
    """How many pages of a document hold some words one after the other."""
    # Joined, the index would be asked anew for each page of the document.
    query = text(
        "SELECT count(*) FROM page WHERE page.document_id = :document "
        "AND page.id IN (SELECT rowid FROM page_words WHERE page_words MATCH :match)"
    )
    told = {"match": _phrase(words), "document": document_id}
    return int(connection.execute(query, told).scalar_one())


def _phrase(words: str) -> str:
    return '"' + words.replace('"', " ") + '"'
