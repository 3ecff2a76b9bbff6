"""Rows → model: what the case holds, read in few queries."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from cambs_evidence.counts import POLARITY_PLACES, Counts
from cambs_evidence.documents.layer import PackedLayers, PageLayer, shape
from cambs_evidence.model import (
    MADE_BY,
    Anchor,
    Box,
    CaseFacts,
    Criterion,
    Document,
    Framework,
    Hold,
    Limits,
    Link,
    PageShape,
    PageSpan,
    Passage,
    Polarity,
    Region,
    Rehold,
    Section,
)
from cambs_evidence.review import Verdict, gravest
from cambs_evidence.store.tables import (
    Base,
    BlobRow,
    CriterionRow,
    DecisionRow,
    DocumentRow,
    FactRow,
    LinkRow,
    PageRow,
    PassageRow,
    SectionRow,
)

_DOCUMENT = DocumentRow.__table__.c
_PAGE = PageRow.__table__.c
_PASSAGE = PassageRow.__table__.c
_LINK = LinkRow.__table__.c
_DECISION = DecisionRow.__table__.c

#: The fact that holds the filters of the evidence, as JSON.
FILTERS = "filters"
#: Ids asked for in one query; a database takes only so many values.
_AT_ONCE = 500

#: The columns of a passage beside its id.
_EXTENT = tuple(each.name for each in _PASSAGE if each.name != "id")

_LINKS = (
    select(
        _LINK.id,
        _LINK.passage_id,
        _LINK.section_id,
        _LINK.criterion_id,
        _LINK.polarity,
        _LINK.note,
        _LINK.by,
        _LINK.at,
        *(_PASSAGE[name].label(f"passage_{name}") for name in _EXTENT),
        _DOCUMENT.filename,
        func.coalesce(_DOCUMENT.identity, _DOCUMENT.id).label("identity"),
        func.coalesce(_DOCUMENT.replaced_by, _DOCUMENT.id).label("newest"),
        func.coalesce(CriterionRow.code, SectionRow.number).label("code"),
    )
    .join(PassageRow, _PASSAGE.id == _LINK.passage_id)
    .join(DocumentRow, _DOCUMENT.id == _PASSAGE.document_id)
    .join(SectionRow, SectionRow.id == _LINK.section_id)
    .outerjoin(CriterionRow, CriterionRow.id == _LINK.criterion_id)
    .where(_DOCUMENT.removed.is_(False))
    .order_by(
        SectionRow.number,
        func.coalesce(CriterionRow.position, 0),
        _DOCUMENT.position,
        _PASSAGE.page,
        _PASSAGE.start,
        _LINK.at,
        _LINK.id,
    )
)


def facts(connection: Connection) -> dict[str, str | None]:
    """All facts of the case by name."""
    return {row.id: row.value for row in connection.execute(select(FactRow.__table__))}


def case_facts(connection: Connection) -> CaseFacts:
    """The facts a person knows the case by."""
    known = facts(connection)
    return CaseFacts(
        title=known.get("title") or "",
        **{
            name: known.get(name)
            for name in ("authority", "period_from", "period_until", "author", "status", "marking")
        },
    )


def limits(connection: Connection) -> Limits:
    """The limits of coverage that were set in the case, otherwise the usual ones."""
    known = facts(connection)
    usual = asdict(Limits())
    # What is no whole number was not written by this program.
    found = {name: known.get(name) or "" for name in usual}
    return Limits(**usual | {name: int(v) for name, v in found.items() if v.isdecimal()})


def filters(connection: Connection) -> dict[str, dict[str, Any]]:
    """The filters of the evidence that are kept, by name; none where what is kept is rubbish."""
    try:
        kept = json.loads(facts(connection).get(FILTERS) or "{}")
    except ValueError:
        return {}
    found = kept.items() if isinstance(kept, dict) else ()
    return {name: told for name, told in found if isinstance(told, dict)}


def framework(connection: Connection) -> Framework:
    """The tree the case stands on."""
    known = facts(connection)
    criteria: dict[str, list[RowMapping]] = {}
    ordered = select(CriterionRow.__table__).order_by(CriterionRow.position)
    for each in connection.execute(ordered).mappings():
        criteria.setdefault(each["section_id"], []).append(each)
    sections = []
    for row in connection.execute(select(SectionRow.__table__).order_by(SectionRow.number)):
        members = criteria.get(row.id, [])
        blocks: dict[int, list[str]] = {}
        for each in members:
            blocks.setdefault(each["block"], []).append(each["code"])
        sections.append(
            Section(
                row.id,
                row.number,
                row.title,
                tuple(
                    Criterion(each["id"], each["code"], each["label"], each["marked"],
                              each["statement"], each["not_applicable"])
                    for each in members
                ),
                tuple(tuple(codes) for _, codes in sorted(blocks.items())) or ((),),
            )
        )  # fmt: skip
    return Framework(
        known.get("framework_name") or "", known.get("framework_version") or "", tuple(sections)
    )


def documents(
    connection: Connection,
    *,
    counted: bool = True,
    replaced: bool | None = False,
    only: Collection[str] | None = None,
) -> list[Document]:
    """The documents of the case in the order they came, with the number of their links.

    Not ``counted``, their links are 0; counting takes most of the time. ``replaced`` asks for the
    older versions instead, None for all, the newest version of each first. ``only`` are the ids of
    those that are wanted.
    """
    there = [_DOCUMENT.removed.is_(False)]
    if only is not None:
        there.append(_DOCUMENT.id.in_(only))
    if replaced is not None:
        newer = _DOCUMENT.replaced_by
        there.append(newer.is_not(None) if replaced else newer.is_(None))
    order = (_DOCUMENT.position, func.coalesce(_DOCUMENT.version, 1).desc())
    if not counted:
        plain = select(DocumentRow.__table__).where(*there)
        found = connection.execute(plain.order_by(*order))
        return [document(row) for row in found.mappings()]
    counts = select(_PASSAGE.document_id, func.count()).join(
        LinkRow, _LINK.passage_id == _PASSAGE.id
    )
    links: dict[str, int] = {}
    newest = newest_versions(connection)
    if only is not None:
        older = (old for old, now in newest.items() if now in only)
        counts = counts.where(_PASSAGE.document_id.in_([*only, *older]))
    for document_id, count in connection.execute(counts.group_by(_PASSAGE.document_id)):
        now = newest.get(document_id, document_id)
        links[now] = links.get(now, 0) + count
    query = select(DocumentRow.__table__).where(*there).order_by(*order)
    rows = connection.execute(query).mappings()
    return [document(row, links.get(row["id"], 0)) for row in rows]


def newest_versions(connection: Connection) -> dict[str, str]:
    """The id of the newest version of a document by the id of each older one."""
    query = select(_DOCUMENT.id, _DOCUMENT.replaced_by).where(_DOCUMENT.replaced_by.is_not(None))
    return {row.id: row.replaced_by for row in connection.execute(query)}


def older_versions(connection: Connection, document_id: str) -> list[str]:
    """The ids of the older versions of a document, by the id of its newest one."""
    query = select(_DOCUMENT.id).where(_DOCUMENT.replaced_by == document_id)
    return [row.id for row in connection.execute(query.order_by(_DOCUMENT.version))]


def document(row: RowMapping, links: int = 0) -> Document:
    """A document out of its row."""
    names = (
        "id", "sha256", "filename", "media_type", "size", "title", "date", "kind", "issuer",
        "period", "pages", "rendition_sha256", "layer_version", "added_at", "added_by",
        "replaced_by",
    )  # fmt: skip
    told = {name: row[name] for name in names}
    return Document(
        **told,
        links=links,
        made_by=_made_by(row["media_type"], row["layer_version"]),
        identity=row["identity"] or row["id"],
        version=row["version"] or 1,
    )


_OURS = "this program"


def _made_by(media_type: str, layer_version: str) -> str | None:
    """The program that made the pages of a document, None for one that came with pages."""
    _, mark, program = layer_version.partition(MADE_BY)
    if mark:
        return program
    return None if media_type == "application/pdf" or media_type.startswith("image/") else _OURS


def document_row(connection: Connection, document_id: str) -> dict[str, object] | None:
    """A document's row as it stands."""
    query = select(DocumentRow.__table__).where(_DOCUMENT.id == document_id)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def hashes(connection: Connection) -> dict[str, str]:
    """The SHA-256 of every document's bytes, by its id."""
    return {
        row.id: row.sha256 for row in connection.execute(select(_DOCUMENT.id, _DOCUMENT.sha256))
    }


def layers(
    connection: Connection, document_id: str, damaged: Callable[[], Exception]
) -> PackedLayers:
    """The text layers of a document's pages, in order; ``damaged`` makes the error for a bad one.

    They are unpacked when they are looked at.
    """
    query = (
        select(_PAGE.text, _PAGE.layer)
        .where(_PAGE.document_id == document_id)
        .order_by(_PAGE.number)
    )
    return PackedLayers([(row.text, row.layer) for row in connection.execute(query)], damaged)


def layer(connection: Connection, document_id: str, number: int) -> PageLayer | None:
    """The text layer of one page (0-based)."""
    query = select(_PAGE.text, _PAGE.layer).where(
        _PAGE.document_id == document_id, _PAGE.number == number
    )
    row = connection.execute(query).first()
    return PageLayer.unpack(row.text, row.layer) if row else None


def faces(
    connection: Connection,
    document_id: str,
    numbers: Sequence[int],
    damaged: Callable[[], Exception],
) -> dict[int, tuple[PageShape, str]]:
    """How some pages (0-based) of a document are shown, and their texts, by their numbers.

    ``damaged`` makes the error to raise where one cannot be read.
    """
    try:
        return {
            number: (shape(packed), text)
            for number, text, packed in _pages(connection, document_id, numbers)
        }
    except (struct.error, zlib.error, ValueError, KeyError) as error:
        raise damaged() from error


def some_layers(
    connection: Connection,
    document_id: str,
    numbers: Sequence[int],
    damaged: Callable[[], Exception],
) -> dict[int, PageLayer]:
    """The text layers of some pages (0-based) of a document, all of which are there.

    ``damaged`` makes the error to raise where one cannot be read.
    """
    try:
        found = {
            number: PageLayer.unpack(text, packed)
            for number, text, packed in _pages(connection, document_id, numbers)
        }
    except (struct.error, zlib.error, ValueError, KeyError) as error:
        raise damaged() from error
    if not found.keys() >= set(numbers):
        raise damaged()
    return found


def _pages(
    connection: Connection, document_id: str, numbers: Sequence[int]
) -> Iterator[tuple[int, str, bytes]]:
    for begin in range(0, len(numbers), _AT_ONCE):
        some = _PAGE.number.in_(numbers[begin : begin + _AT_ONCE])
        query = select(_PAGE.number, _PAGE.text, _PAGE.layer).where(
            _PAGE.document_id == document_id, some
        )
        for row in connection.execute(query):
            yield row.number, row.text, row.layer


def page_texts(
    connection: Connection, places: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], str]:
    """The texts of single pages, by document id and 0-based number."""
    wanted: dict[str, set[int]] = {}
    for document_id, number in places:
        wanted.setdefault(document_id, set()).add(number)
    found = {}
    for document_id, numbers in wanted.items():
        query = select(_PAGE.number, _PAGE.text).where(
            _PAGE.document_id == document_id,
            _PAGE.number.between(min(numbers), max(numbers)),
        )
        for row in connection.execute(query):
            if row.number in numbers:
                found[document_id, row.number] = row.text
    return found


def page_ids(connection: Connection, document_ids: Iterable[str]) -> frozenset[str]:
    """The ids of all pages of some versions of documents, as the log names them."""
    query = select(_PAGE.id).where(_PAGE.document_id.in_(list(document_ids)))
    return frozenset(str(each) for each in connection.execute(query).scalars())


def page_labels(connection: Connection) -> dict[tuple[str, int], str | None]:
    """The printed labels of all pages, by document id and 0-based number."""
    query = select(_PAGE.document_id, _PAGE.number, _PAGE.label).where(_PAGE.label.is_not(None))
    return {(row.document_id, row.number): row.label for row in connection.execute(query)}


def blob(connection: Connection, sha256: str) -> bytes | None:
    """The bytes with a given SHA-256."""
    row = connection.execute(select(BlobRow.data).where(BlobRow.sha256 == sha256)).first()
    return row.data if row else None


def links(
    connection: Connection,
    *,
    criterion_id: str | None = None,
    section_id: str | None = None,
    polarity: Polarity | None = None,
    document_id: str | None = None,
    version_id: str | None = None,
    link_id: str | None = None,
    passage_id: str | None = None,
    link_ids: Iterable[str] | None = None,
    passage_ids: Iterable[str] | None = None,
    version_ids: Iterable[str] | None = None,
    most: int | None = None,
) -> Iterator[Link]:
    """The links that match all that is given, in the order of the framework.

    ``document_id`` is the newest version of a document and asks for the links of all,
    ``version_id`` for those of one. ``link_ids`` or else ``passage_ids`` or ``version_ids`` are
    asked for in batches; the order holds within each. At ``most`` so many, the first of each batch.
    """
    wanted = []
    for column, value in (
        (_LINK.criterion_id, criterion_id),
        (_LINK.section_id, section_id),
        (_LINK.polarity, polarity.value if polarity else None),
        (func.coalesce(_DOCUMENT.replaced_by, _DOCUMENT.id), document_id),
        (_PASSAGE.document_id, version_id),
        (_LINK.id, link_id),
        (_LINK.passage_id, passage_id),
    ):
        if value is not None:
            wanted.append(column == value)
    asked = [wanted]
    if link_ids is not None:
        asked = [[*wanted, _LINK.id.in_(some)] for some in _batches(link_ids)]
    elif passage_ids is not None:
        asked = [[*wanted, _LINK.passage_id.in_(some)] for some in _batches(passage_ids)]
    elif version_ids is not None:
        asked = [[*wanted, _PASSAGE.document_id.in_(some)] for some in _batches(version_ids)]
    for each in asked:
        yield from _links(connection, each, most)


def _links(
    connection: Connection, wanted: Sequence[ColumnElement[bool]], most: int | None
) -> Iterator[Link]:
    decided = _verdicts(connection, wanted)
    passages: dict[str, Passage] = {}
    held: dict[str, Hold] = {}
    # The columns come as _LINKS names them.
    for key, passage_id, section_id, criterion_id, polarity, note, by, at, *rest in _raw(
        connection, _LINKS.where(*wanted).limit(most)
    ):
        *extent, filename, identity, newest, code = rest
        passage = passages.get(passage_id)
        if passage is None:
            told = dict(zip(_EXTENT, extent, strict=True))
            passage = passages[passage_id] = _passage(passage_id, told)
            held[passage_id] = hold(told["rehold"])
        yield Link(
            key, passage, section_id, criterion_id, str(code), Polarity(polarity), note, by, at,
            filename, held[passage_id], decided.get(key), identity, newest,
        )  # fmt: skip


def _verdicts(connection: Connection, wanted: Sequence[ColumnElement[bool]]) -> dict[str, str]:
    """What reviewers say of links by their ids: of several that differ, the gravest."""
    query = (
        select(_DECISION.link_id, _DECISION.by, _DECISION.verdict)
        .join(LinkRow, _LINK.id == _DECISION.link_id)
        .join(PassageRow, _PASSAGE.id == _LINK.passage_id)
        .join(DocumentRow, _DOCUMENT.id == _PASSAGE.document_id)
        .where(*wanted)
        .order_by(_DECISION.at, _DECISION.id)  # so that the newest of each reviewer comes last
    )
    said: dict[str, dict[str, Verdict]] = {}
    for link_id, by, verdict in connection.execute(query):
        said.setdefault(link_id, {})[by] = Verdict(verdict)
    found = {link_id: gravest(each.values()) for link_id, each in said.items()}
    return {link_id: verdict.value for link_id, verdict in found.items() if verdict}


def hold(told: str | None) -> Hold:
    """How a passage holds: exact, or what it waits as since its document was replaced."""
    return Hold(json.loads(told)["hold"]) if told else Hold.EXACT


def counts(connection: Connection, places: Collection[str] | None = None) -> Counts:
    """The links counted by criterion, polarity and document; none of them is made an object.

    Links of an older version count as those of the newest. ``places`` are ids of criteria and of
    sections without criteria, None for all; the others are 0 then. O(links).
    """
    criteria = connection.execute(select(CriterionRow.id, CriterionRow.code))
    sections = connection.execute(select(SectionRow.id, SectionRow.number))
    codes: dict[str, str] = {row[0]: str(row[1]) for each in (sections, criteria) for row in each}
    there: dict[str, str] = {}
    query = select(_DOCUMENT.id, _DOCUMENT.replaced_by).where(_DOCUMENT.removed.is_(False))
    for row in connection.execute(query.order_by(_DOCUMENT.position)):
        there[row.id] = str(row.replaced_by or row.id)
    documents = tuple(dict.fromkeys(there.values()))
    columns = {key: place for place, key in enumerate(documents)}
    # What hangs on a removed document is counted into one more column, which is cut off.
    beyond = len(documents)
    of_document = {key: columns[newest] for key, newest in there.items()}
    per_row, per_polarity = Counts.strides(beyond + 1)
    rows = {key: place * per_row for place, key in enumerate(codes)}
    kinds = {each.value: place * per_polarity for each, place in POLARITY_PLACES.items()}
    place = func.coalesce(_LINK.criterion_id, _LINK.section_id)
    if places is None:
        # Joined here: the database would look up each passage, at twice the price.
        passages = _raw(connection, select(_PASSAGE.id, _PASSAGE.document_id))
        of_passage = {key: of_document.get(held, beyond) for key, held in passages}
        links = _raw(connection, select(place, _LINK.polarity, _LINK.passage_id))
        keys = [rows[at] + kinds[kind] + of_passage[passage] for at, kind, passage in links]
    else:
        whole = _LINK.section_id.in_(places) & _LINK.criterion_id.is_(None)
        joined = select(place, _LINK.polarity, _PASSAGE.document_id).select_from(LinkRow)
        joined = joined.join(PassageRow, _PASSAGE.id == _LINK.passage_id)
        some = _raw(connection, joined.where(_LINK.criterion_id.in_(places) | whole))
        keys = [rows[at] + kinds[kind] + of_document.get(held, beyond) for at, kind, held in some]
    return Counts(tuple(codes.values()), documents, keys, beyond=1)


def _raw(connection: Connection, query: Select[Any]) -> Iterable[tuple[Any, ...]]:
    """Rows as the driver gives them, one by one: a row object for each takes half of the time."""
    return cast("Iterable[tuple[Any, ...]]", connection.execute(query).cursor or ())


def _passage(passage_id: str, extent: Mapping[str, Any]) -> Passage:
    return Passage(
        id=passage_id,
        document_id=extent["document_id"],
        anchor=anchor(extent),
        page=extent["page"],
        page_end=extent["page_end"],
        page_label=extent["page_label"],
        paragraph=extent["paragraph"],
    )


def anchor(extent: Mapping[str, Any]) -> Anchor:
    """The anchor out of the columns of a passage's row."""
    source = None
    if extent["source_start"] is not None:
        source = (extent["source_start"], extent["source_end"])
    spans = tuple(
        PageSpan(page, start, end, tuple(tuple(quad) for quad in quads))
        for page, start, end, quads in json.loads(extent["spans"])
    )
    return Anchor(
        document_sha256=extent["document_sha256"],
        layer_version=extent["layer_version"],
        spans=spans,
        quote=extent["quote"],
        prefix=extent["prefix"],
        suffix=extent["suffix"],
        source=source,
        region=region(extent["region"]) if extent["region"] else None,
    )


def passage_rows(connection: Connection, document_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The rows of all passages of some versions of documents, by their ids, as they stand."""
    query = (
        select(PassageRow.__table__)
        .where(_PASSAGE.document_id.in_(list(document_ids)))
        .order_by(_PASSAGE.page, _PASSAGE.start, _PASSAGE.id)
    )
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def waiting(connection: Connection, document_id: str | None) -> list[Rehold]:
    """The passages that wait to be confirmed in a new version, of one document or of all.

    ``document_id`` is the id of its newest version.
    """
    query = (
        select(PassageRow.__table__)
        .join(DocumentRow, _DOCUMENT.id == _PASSAGE.document_id)
        .where(_PASSAGE.rehold.is_not(None), _DOCUMENT.removed.is_(False))
        .order_by(_DOCUMENT.position, _PASSAGE.page, _PASSAGE.start, _PASSAGE.id)
    )
    if document_id is not None:
        query = query.where(_DOCUMENT.replaced_by == document_id)
    found = []
    for row in map(dict, connection.execute(query).mappings()):
        sought = rehold(row)
        new = anchor(sought[1]) if sought is not None and sought[1] else None
        found.append(Rehold(row["id"], hold(row["rehold"]), anchor(row), new))
    return found


def rehold(row: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None] | None:
    """Where a passage would stand in a newer version: its document's id, and its columns there.

    The columns are None where it is lost; None altogether where it waits for nothing.
    """
    if not row["rehold"]:
        return None
    told = json.loads(row["rehold"])
    return str(told["document_id"]), told["extent"]


def region(told: str) -> Region:
    """A region as it is stored, without its picture; raises ValueError for rubbish."""
    try:
        facts = json.loads(told)
        x0, y0, x1, y1 = map(float, facts["box"])
        return Region(
            kind=str(facts["kind"]),
            box=(x0, y0, x1, y1),
            cells=tuple(tuple(map(str, row)) for row in facts["cells"]),
            picture_sha256=facts["picture"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(told[:80]) from error


def hangs_on_removed(connection: Connection) -> bool:
    """True where a passage stands in a document that has been removed.

    Or in one that was replaced, without having been sought in the new version.
    """
    unsought = _DOCUMENT.replaced_by.is_not(None) & _PASSAGE.rehold.is_(None)
    query = (
        select(_PASSAGE.id)
        .join(DocumentRow, _DOCUMENT.id == _PASSAGE.document_id)
        .where(_DOCUMENT.removed.is_(True) | unsought)
        .limit(1)
    )
    return connection.execute(query).first() is not None


def said_twice(connection: Connection, passage_ids: Iterable[str]) -> Iterator[str]:
    """Those of some passages that have two links of the same criterion and polarity."""
    same = (_LINK.passage_id, _LINK.section_id, _LINK.criterion_id, _LINK.polarity)
    for some in _batches(passage_ids):
        query = select(_LINK.passage_id).where(_LINK.passage_id.in_(some))
        for row in connection.execute(query.group_by(*same).having(func.count() > 1)):
            yield str(row.passage_id)


def _batches(ids: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Ids in such numbers as one query takes."""
    every = tuple(dict.fromkeys(ids))
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]


def passage_at(
    connection: Connection, document_id: str, extent: Mapping[str, object], but: str | None = None
) -> str | None:
    """The id of another passage than ``but`` with just this extent, if there is one.

    Two are alike that have the same spans, and the same kind of region in the same box.
    """
    query = select(_PASSAGE.id, _PASSAGE.spans, _PASSAGE.region).where(
        _PASSAGE.document_id == document_id,
        _PASSAGE.page == extent["page"],
        _PASSAGE.start == extent["start"],
    )
    wanted = _outline(extent["region"])
    for row in connection.execute(query):
        if row.id != but and row.spans == extent["spans"] and _outline(row.region) == wanted:
            return str(row.id)
    return None


def _outline(told: object) -> tuple[str, Box] | None:
    if told is None:
        return None
    found = region(str(told))
    return found.kind, found.box


def table_row(connection: Connection, table: str, key: str) -> dict[str, object] | None:
    """One row as it stands, by its id."""
    chosen = Base.metadata.tables[table]
    row = connection.execute(select(chosen).where(chosen.c.id == key)).mappings().first()
    return dict(row) if row else None


def table_rows(
    connection: Connection, table: str, keys: Iterable[str]
) -> dict[str, dict[str, object]]:
    """Those of some rows that there are, as they stand, by their ids."""
    chosen = Base.metadata.tables[table]
    found = {}
    for some in _batches(keys):
        for row in connection.execute(select(chosen).where(chosen.c.id.in_(some))).mappings():
            found[str(row["id"])] = dict(row)
    return found


def link_rows(connection: Connection, passage_ids: Iterable[str]) -> list[dict[str, object]]:
    """The rows of all links of some passages, as they stand."""
    found: list[dict[str, object]] = []
    for some in _batches(passage_ids):
        query = select(LinkRow.__table__).where(_LINK.passage_id.in_(some))
        rows = connection.execute(query.order_by(_LINK.at, _LINK.id)).mappings()
        found += [dict(row) for row in rows]
    return found
