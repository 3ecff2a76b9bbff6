"""Checking a case: storage, documents, anchors, index and log; and verified copies of it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.exc import DatabaseError

from cambs_evidence.documents import regions
from cambs_evidence.errors import CannotOpen, EvidenceError, Refused, Unreadable, Unwritable
from cambs_evidence.model import Event, Link, Problem, Progress
from cambs_evidence.store import evidence, log, passages, reading
from cambs_evidence.store.engine import Store, open_store
from cambs_evidence.store.tables import Base, BlobRow, DocumentRow, PageRow

_RESTORE = "Restore a backup of the case."


def check(store: Store) -> Iterator[Progress | Problem]:
    """Looks at everything that can go wrong; yields progress and each problem found."""
    sound = True
    for step in _looked_at(store):
        sound = sound and not isinstance(step, Problem)
        yield step
    if sound and not store.review:  # what is wrong was told where it is, and a file is proved
        with store.reading() as connection:
            other = stray(connection, log.events(connection))
        if other is not None:
            yield Problem(
                f"A row of {other[0]} is not what the log says was made of it",
                "change log",
                "Somebody changed the case outside the program; compare it with a backup.",
            )
    yield Progress("log", 5, 5)


def _looked_at(store: Store) -> Iterator[Progress | Problem]:
    yield Progress("storage", 0, 5)
    try:
        yield from _storage(store)
        yield Progress("documents", 1, 5)
        yield from _bytes(store)
        yield Progress("pages", 2, 5)
        yield from _pages(store)
        yield Progress("anchors", 3, 5)
        with store.reading() as connection:
            links = list(reading.links(connection))
        stand = evidence.standing(store, links)
        for link in links:
            if not stand[link.passage.id]:
                yield Problem(
                    f"The quote of link {link.id} does not stand where its anchor points",
                    f"{link.filename}, page {link.passage.page + 1}",
                    "Untag it and tag the passage again.",
                    document=link.passage.document_id,
                    page=link.passage.page,
                    link=link.id,
                )
        yield from _regions(store, links)
        yield Progress("log", 4, 5)
        with store.reading() as connection:
            broken = log.first_break(log.events(connection))
        if broken is not None:
            yield Problem(
                f"Entry {broken} of the log does not fit the one before it",
                "change log",
                "Somebody changed the case outside the program; compare it with a backup.",
            )
    except (DatabaseError, EvidenceError, ValueError):
        yield Problem("The file can be read no further", store.path.name, _RESTORE)


def stray(connection: Connection, events: Iterable[Event]) -> tuple[str, str] | None:
    """Table and id of a row that is not what the log made of it; None where all are.

    So an entry that was cut off the end of the log is found too, which its chain cannot tell. What
    older versions of the log do not know of a row is not compared.
    """
    said: dict[str, dict[str, dict[str, Any] | None]] = {name: {} for name in _LOGGED}
    whole = None
    for event in events:
        # The log of a case that was not made by this program may tell of its later days alone.
        whole = event.what == _BEGINNING if whole is None else whole
        for table, key, row in json.loads(event.after):
            if table in said:
                said[table][key] = row
    if whole is None:  # nothing at all: then nothing was taken in
        first = connection.execute(select(DocumentRow.id).limit(1)).scalar()
        return None if first is None else ("document", str(first))
    for name, rows in said.items():
        table = Base.metadata.tables[name]
        there: dict[str, dict[str, Any]] = {
            row["id"]: dict(row) for row in connection.execute(select(table)).mappings()
        }
        for key in rows.keys() | (there.keys() if whole else set()):
            if not _as_said(name, there.get(key), rows.get(key)):
                return name, str(key)
    return None


#: Tables of which the log has every row, and columns that the program works out by itself.
_LOGGED = (
    "fact", "section", "criterion", "narrative", "judgement", "action", "document", "passage",
    "link", "decision", "message", "finding", "sign_off",
)  # fmt: skip
_WORKED_OUT = {"numbering"}
#: What the first entry of a log says was done.
_BEGINNING = "make case"


def _as_said(name: str, row: Mapping[str, Any] | None, told: dict[str, Any] | None) -> bool:
    if row is None or told is None:
        # What was removed goes for good when the case is closed.
        purged = name == "document" and row is None and (told is None or told["removed"])
        return purged or (row is None and told is None)
    return all(
        row[column] == value
        for column, value in told.items()
        if column in row and column not in _WORKED_OUT
    )


def _storage(store: Store) -> Iterator[Problem]:
    with store.reading() as connection:
        for row in connection.execute(text("PRAGMA integrity_check(20)")):
            if row[0] != "ok":
                said = " ".join(str(row[0]).split())[:120]
                yield Problem(f"The file is damaged: {said}", store.path.name, _RESTORE)
        for row in connection.execute(text("PRAGMA foreign_key_check")):
            yield Problem(
                f"A row of {row[0]} points at a row of {row[2]} that is not there",
                store.path.name,
                _RESTORE,
            )


def _bytes(store: Store) -> Iterator[Problem]:
    with store.reading() as connection:
        owners = {
            sha256: row
            for row in connection.execute(
                select(
                    DocumentRow.id,
                    DocumentRow.filename,
                    DocumentRow.sha256,
                    DocumentRow.rendition_sha256,
                ).order_by(DocumentRow.removed.desc())  # what is still there comes last and counts
            )
            for sha256 in (row.sha256, row.rendition_sha256)
            if sha256
        }
        known = [row.sha256 for row in connection.execute(select(BlobRow.sha256))]
        for sha256 in known:
            data = reading.blob(connection, sha256) or b""
            owner = owners.get(sha256)
            if store.review and not data:
                continue  # only pages of it were given along
            # Pictures of passages are looked at with the passages.
            if owner is not None and hashlib.sha256(data).hexdigest() != sha256:
                yield Problem(
                    "The stored bytes are not the ones that were imported",
                    owner.filename,
                    "Remove the document and import it again, or restore a backup.",
                    document=owner.id,
                )


def _regions(store: Store, links: Iterable[Link]) -> Iterator[Problem]:
    """Passages that are parts of pages: their boxes and their pictures."""
    with store.reading() as connection:
        for link in {link.passage.id: link for link in links}.values():
            passage, anchor = link.passage, link.passage.anchor
            if anchor.region is None:
                continue
            layer = reading.layer(connection, passage.document_id, passage.page)
            odd = layer is None or not regions.sound(anchor, layer)
            sha256 = anchor.region.picture_sha256
            held = reading.blob(connection, sha256) if sha256 else None
            if sha256 and (held is None or hashlib.sha256(held).hexdigest() != sha256):
                what = "The picture of a passage is not the one that was taken"
            elif odd:
                what = "A passage is not the part of its page that its words are from"
            else:
                continue
            yield Problem(
                what,
                f"{link.filename}, page {passage.page + 1}",
                "Untag it and mark that part of the page again, or restore a backup.",
                document=passage.document_id,
                page=passage.page,
                link=link.id,
            )


def _pages(store: Store) -> Iterator[Problem]:
    from cambs_evidence.documents.layer import PageLayer  # noqa: PLC0415

    with store.reading() as connection:
        documents = reading.documents(connection, counted=False, replaced=None)
        for document in documents:
            query = select(PageRow.number, PageRow.text, PageRow.layer).where(
                PageRow.document_id == document.id
            )
            count = 0
            for row in connection.execute(query):
                count += 1
                try:
                    sound = len(PageLayer.unpack(row.text, row.layer).boxes) == len(row.text)
                except Exception:  # noqa: BLE001 - whatever a damaged layer raises, it is damaged
                    sound = False
                if not sound:
                    yield Problem(
                        "The text layer of a page is damaged",
                        f"{document.filename}, page {row.number + 1}",
                        _RESTORE,
                        document=document.id,
                        page=row.number,
                    )
            if count != document.pages:
                yield Problem(
                    f"{document.pages - count} pages are missing",
                    document.filename,
                    _RESTORE,
                    document=document.id,
                )
        missing = connection.execute(
            text(
                "SELECT count(*) FROM page LEFT JOIN page_words ON page_words.rowid = page.id "
                "WHERE page_words.rowid IS NULL"
            )
        ).scalar_one()
        if missing:
            yield Problem(f"{missing} pages are not in the search index", store.path.name, _RESTORE)


def purge(store: Store) -> None:
    """Takes what was removed out of the file for good; called when the case is closed."""
    with store.reading() as connection:
        gone = [
            row.id
            for row in connection.execute(
                select(DocumentRow.id).where(DocumentRow.removed.is_(True))
            )
        ]
        spare = passages.spare_blobs(connection)
    if not gone and not spare:
        return
    with store.writing() as connection:
        for document_id in gone:
            one = {"id": document_id}
            connection.execute(
                text(
                    "DELETE FROM page_words WHERE rowid IN "
                    "(SELECT id FROM page WHERE document_id = :id)"
                ),
                one,
            )
            connection.execute(text("DELETE FROM page WHERE document_id = :id"), one)
            connection.execute(text("DELETE FROM document WHERE id = :id"), one)
        for sha256 in passages.spare_blobs(connection):
            connection.execute(delete(BlobRow).where(BlobRow.sha256 == sha256))
    with store.writing() as connection:
        # The index keeps deleted words until it is rebuilt in part; what is gone must be gone.
        connection.execute(text("INSERT INTO page_words(page_words) VALUES ('optimize')"))
    store.shrink()


def backup(store: Store, target: Path | None) -> Path:
    """A verified copy of the case; beside it and named by the time, unless told where."""
    if target is None:
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        named, number = f"{store.path.stem}.backup-{stamp}", 1
        target = store.path.with_name(f"{named}{store.path.suffix}")
        while target.exists():
            number += 1
            target = store.path.with_name(f"{named}-{number}{store.path.suffix}")
    if target.exists():
        raise Refused(f"{target} exists already; choose another name.", code="exists")
    _copy(store, target)
    return target


def restore(source: Path, target: Path) -> Path:
    """Makes a case out of a backup, which is checked first; refuses a name that is taken."""
    if target.exists():
        raise Refused(f"{target} exists already; choose another name.", code="exists")
    if not os.access(source, os.R_OK) and source.exists():
        raise Unreadable(f"{source} cannot be read; check that you may open it.")
    store = open_store(source, readonly=True)
    try:
        problems = [each for each in check(store) if isinstance(each, Problem)]
        if problems:
            raise CannotOpen(
                f"{source.name} is damaged; choose another backup.",
                code="damaged",
            )
        _copy(store, target)
    finally:
        store.close()
    return target


def _copy(store: Store, target: Path) -> None:
    """Copies under another name, checks the copy, and only then gives it its name."""
    if not target.parent.is_dir():
        raise Unwritable(f"The folder {target.parent} does not exist; make it first.")
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        part.touch()  # a place that cannot be written is told as that, not as a damaged case
        store.copy_to(part)
        copy = open_store(part, readonly=True)
        try:
            problems = [each for each in check(copy) if isinstance(each, Problem)]
        finally:
            copy.close()
        if problems:
            raise CannotOpen(
                f"{store.path.name} is damaged; no copy was made. Run check to see where.",
                code="damaged",
            )
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise Unwritable(f"{target} cannot be written; choose another place.") from error
    finally:
        with contextlib.suppress(OSError):  # what could not be made need not be taken away
            part.unlink(missing_ok=True)
