"""Passages and links: tagging, taking away, listing; each change with its exact inverse."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from cambs_evidence.documents.folding import likeness
from cambs_evidence.errors import Refused, Unknown
from cambs_evidence.model import (
    Anchor,
    Change,
    Document,
    Hold,
    Link,
    Passage,
    Polarity,
    RowChange,
    Target,
)
from cambs_evidence.store import log, passages, reading
from cambs_evidence.store.engine import Store


def tag(
    store: Store,
    document: Document,
    anchor: Anchor,
    target: Target,
    polarity: Polarity,
    *,
    note: str | None,
    page_label: str | None,
    paragraph: str | None,
    by: str,
    link_id: str | None = None,
) -> tuple[Link, Change]:
    """Tags a passage; the link, and the change.

    A passage that is tagged already is the same passage; the same link twice is refused.
    ``link_id`` is the id that the link is to have, where it had one before.
    """
    at = log.now()
    extent = passages.extent(anchor, page_label, paragraph)
    with store.writing() as connection:
        present(connection, document)
        rows: list[RowChange] = []
        passage_id = reading.passage_at(connection, document.id, extent)
        if passage_id is None:
            passage_id = str(uuid.uuid4())
            row = {"id": passage_id, "document_id": document.id, **extent, "rehold": None}
            passages.keep_picture(connection, anchor.region)
            rows.append(RowChange("passage", passage_id, None, row))
        else:
            _refuse_twice(connection, passage_id, target.code, polarity)
        link_id = link_id or str(uuid.uuid4())
        rows.append(
            RowChange(
                "link",
                link_id,
                None,
                {
                    "id": link_id,
                    "passage_id": passage_id,
                    "section_id": target.section_id,
                    "criterion_id": target.criterion_id,
                    "polarity": polarity.value,
                    "note": note,
                    "by": by,
                    "at": at,
                },
            )
        )
        store.carry_out(connection, rows)
        what = f"tag {target.code}"
        log.append(connection, by, what, link_id, rows, at)
    passage = Passage(
        passage_id,
        document.id,
        anchor,
        anchor.spans[0].page,
        anchor.spans[-1].page,
        page_label,
        paragraph,
    )
    link = Link(
        id=link_id,
        passage=passage,
        section_id=target.section_id,
        criterion_id=target.criterion_id,
        code=target.code,
        polarity=polarity,
        note=note,
        by=by,
        at=at,
        filename=document.filename,
        document=document.identity,
        newest=document.id,
    )
    return link, Change(what, link_id, tuple(rows))


def amend(
    store: Store,
    link_id: str,
    *,
    target: Target | None,
    polarity: Polarity | None,
    note: str | None,
    by: str,
) -> tuple[Link, Change]:
    """Changes what a link says of its passage; the link, and the change.

    None leaves each as it is, an empty note takes the note away. Who tagged the passage, and
    when, stays. Where nothing differs, the change has no rows and the log no entry. Raises
    Unknown, and Refused where the passage has such a link already.
    """
    with store.writing() as connection:
        link = _known(connection, link_id)
        before = reading.table_row(connection, "link", link_id) or {}
        after = dict(before)
        if target is not None:
            after |= {"section_id": target.section_id, "criterion_id": target.criterion_id}
        if polarity is not None:
            after["polarity"] = polarity.value
        if note is not None:
            after["note"] = note or None
        code = link.code if target is None else target.code
        what = f"change link {code}"
        if after == before:
            return link, Change(what, link_id, ())
        _refuse_twice(connection, link.passage.id, code, polarity or link.polarity, but=link_id)
        rows = (RowChange("link", link_id, before, after),)
        store.carry_out(connection, rows)
        log.append(connection, by, what, link_id, rows, log.now())
        return _known(connection, link_id), Change(what, link_id, rows)


def _known(connection: Connection, link_id: str) -> Link:
    """The link with this id; raises Unknown."""
    for link in reading.links(connection, link_id=link_id):
        return link
    raise Unknown(
        f"There is no link {link_id}; the evidence command lists them.", code="unknown-link"
    )


def _refuse_twice(
    connection: Connection, passage_id: str, code: str, polarity: Polarity, but: str | None = None
) -> None:
    """Refuses what another link than ``but`` says of the same passage already."""
    for other in reading.links(connection, passage_id=passage_id):
        if other.id != but and other.code == code and other.polarity == polarity:
            raise Refused(
                f"This passage of {other.filename} is tagged to {code} as {polarity.value} "
                "already.",
                code="already-tagged",
            )


def untag(store: Store, link_id: str, by: str) -> Change:
    """Takes a link away, and its passage when no other link holds it."""
    with store.writing() as connection:
        link = _known(connection, link_id)
        rows = [_gone(connection, "link", link_id)]
        others = reading.links(connection, passage_id=link.passage.id)
        if not any(other.id != link_id for other in others):
            rows.append(_gone(connection, "passage", link.passage.id))
        store.carry_out(connection, rows)
        what = f"untag {link.code}"
        log.append(connection, by, what, link_id, rows, log.now())
    return Change(what, link_id, tuple(rows))


def remove(store: Store, document: Document, *, with_links: bool, by: str) -> tuple[int, Change]:
    """Takes a document away, with its links if told; the number of links, and the change."""
    with store.writing() as connection:
        present(connection, document)
        found = list(reading.links(connection, document_id=document.id))
        if found and not with_links:
            raise Refused(
                f"{document.filename} holds {len(found)} tagged passages; "
                "remove it with its links (--with-links), or untag them first.",
                code="has-links",
            )
        rows = [_gone(connection, "link", link.id) for link in found]
        passages = dict.fromkeys(link.passage.id for link in found)
        rows += [_gone(connection, "passage", passage) for passage in passages]
        for each in (*reading.older_versions(connection, document.id), document.id):
            before = reading.document_row(connection, each) or {}
            rows.append(RowChange("document", each, before, {**before, "removed": True}))
        store.carry_out(connection, rows)
        log.append(connection, by, "remove document", document.filename, rows, log.now())
    return len(found), Change("remove document", document.filename, tuple(rows))


def _gone(connection: Connection, table: str, key: str) -> RowChange:
    return RowChange(table, key, reading.table_row(connection, table, key), None)


def present(connection: Connection, document: Document) -> None:
    """Refuses to touch a document that has been removed or replaced meanwhile."""
    row = reading.document_row(connection, document.id)
    if row is None or row["removed"]:
        raise Unknown(
            f"{document.filename} has been removed from the case.", code="unknown-document"
        )
    if row["replaced_by"]:
        raise Refused(
            f"{document.filename} is an older version of this document; use the new one.",
            code="replaced",
        )


def describe(store: Store, document: Document, facts: dict[str, str | None], by: str) -> Change:
    """Sets what is known of a document."""
    with store.writing() as connection:
        present(connection, document)
        before = reading.document_row(connection, document.id) or {}
        row = RowChange("document", document.id, before, {**before, **facts})
        store.carry_out(connection, [row])
        log.append(connection, by, "describe document", document.filename, [row], log.now())
    return Change("describe document", document.filename, (row,))


def revert(store: Store, change: Change, by: str) -> Change:
    """Carries out the exact inverse of a change: the same rows come back, the same ids."""
    rows = tuple(
        RowChange(row.table, row.key, row.after, row.before) for row in reversed(change.rows)
    )
    changed = Refused(
        f"“{change.what}” cannot be undone: what it made has been changed since.",
        code="changed-since",
    )
    with store.writing() as connection:
        for table in {row.table for row in rows}:
            ours = {row.key: row.before for row in rows if row.table == table}
            found = reading.table_rows(connection, table, ours)
            if any(found.get(key) != before for key, before in ours.items()):
                raise changed
        try:
            store.carry_out(connection, rows)
        except IntegrityError as error:
            raise changed from error  # something else hangs on it by now
        touched = {row.table for row in rows} & {"document", "passage"}
        if touched and reading.hangs_on_removed(connection):
            raise changed
        if any(reading.said_twice(connection, _passages(rows))):
            raise changed
        if any(_stands_there_too(connection, row) for row in rows):
            raise changed
        what = change.what.removeprefix("undo ")
        what = what if change.what.startswith("undo ") else f"undo {what}"
        log.append(connection, by, what, change.subject, rows, log.now())
    return Change(what, change.subject, rows)


def _passages(rows: Iterable[RowChange]) -> set[str]:
    """The passages whose links are brought back or changed."""
    return {str(row.after["passage_id"]) for row in rows if row.table == "link" and row.after}


def _stands_there_too(connection: Connection, row: RowChange) -> bool:
    """True where a passage was moved, or is brought back, to where another one stands."""
    if row.table != "passage" or row.after is None:
        return False
    document = str(row.after["document_id"])
    return reading.passage_at(connection, document, row.after, but=row.key) is not None


def with_holds(store: Store, links: Iterable[Link]) -> list[Link]:
    """Links, each with what its anchor holds: the quote stands there exactly, or not.

    One that waits to be found in a new version is moved or lost, though it stands in the old one.
    """
    found = list(links)
    stand = standing(store, found)
    return [link if stand[link.passage.id] else replace(link, hold=Hold.LOST) for link in found]


def standing(store: Store, found: Sequence[Link]) -> dict[str, bool]:
    """Whether each of the passages of links stands in its own version where it points."""
    places = {
        (link.passage.document_id, span.page)
        for link in found
        for span in link.passage.anchor.spans
    }
    with store.reading() as connection:
        texts = reading.page_texts(connection, places)
        # Few passages are without words, and none of a large case may be.
        bare = any(not link.passage.anchor.quote for link in found)
        hashes = reading.hashes(connection) if bare else {}
    stand: dict[str, bool] = {}
    for link in found:
        if link.passage.id not in stand:
            anchor = link.passage.anchor
            raw = "\n".join(
                texts.get((link.passage.document_id, span.page), "")[span.start : span.end]
                for span in anchor.spans
            )
            exact = likeness(raw, anchor.quote) is not None
            if not anchor.quote:  # a part of a page without words is held by its document alone
                exact = hashes.get(link.passage.document_id) == anchor.document_sha256
            stand[link.passage.id] = exact
    return stand
