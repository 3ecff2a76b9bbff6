"""The file for review: a case of its own with what a reviewer needs, and proof of all of it.

Its manifest has the hash of everything that was put into it; the first entry of its own log has the
hash of the manifest. What reviewers say comes after that in the log, so that each of their rows is
proved too. Whoever merges it compares it with the case that it was made of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text

from cambs_evidence.audit import sound
from cambs_evidence.model import Event
from cambs_evidence.review import Bundle
from cambs_evidence.store import log, seal
from cambs_evidence.store.engine import Store
from cambs_evidence.store.tables import Base, BlobRow, BundleRow

FORMAT = 1
#: What the first entry of a bundle's log says was done.
MADE = "make file for review"
#: Tables that nobody changes in a bundle, and those that reviewers add to.
FIXED = (
    "fact", "section", "criterion", "narrative", "judgement", "action", "document", "page",
    "passage", "link",
)  # fmt: skip
GROWING = ("decision", "message", "finding", "sign_off")
#: A bundle that holds more rows of one kind than this was not made by this program.
MOST_ROWS = 2_000_000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle was when it was made; ``given`` the hashes of the rows that may be added to."""

    about: Bundle
    fixed: dict[str, str]
    given: dict[str, dict[str, str]]
    blobs: frozenset[str]

    def dump(self) -> str:
        """As JSON text, the same for the same."""
        about = self.about
        return log.canonical(
            {
                "format": FORMAT,
                "title": about.title,
                "by": about.by,
                "at": about.at,
                "pages": about.pages,
                "case": about.case,
                "head": list(about.head),
                "fixed": self.fixed,
                "given": self.given,
                "blobs": sorted(self.blobs),
            }
        )

    @staticmethod
    def load(told: str) -> Manifest:
        """The inverse of :meth:`dump`; raises ValueError for rubbish."""
        try:
            data = json.loads(told)
            if data["format"] != FORMAT:
                raise ValueError(f"format {data['format']!r}")
            seq, head = data["head"]
            about = Bundle(
                str(data["title"]), str(data["by"]), str(data["at"]), str(data["pages"]),
                str(data["case"]), (int(seq), str(head)),
            )  # fmt: skip
            return Manifest(
                about,
                {str(name): str(each) for name, each in data["fixed"].items()},
                {name: dict(data["given"][name]) for name in GROWING},
                frozenset(map(str, data["blobs"])),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(told[:80]) from error


def told(connection: Connection) -> Bundle | None:
    """What a bundle says of itself; None for a case."""
    row = connection.execute(select(BundleRow.manifest)).first()
    return Manifest.load(row.manifest).about if row else None


def written(connection: Connection, about: Bundle) -> Manifest:
    """The manifest of all that a bundle holds by now, put into it and into its log."""
    made = Manifest(
        about,
        _fixed(connection),
        {name: _hashes(connection, name) for name in GROWING},
        frozenset(row.sha256 for row in connection.execute(select(BlobRow.sha256))),
    )
    dumped = made.dump()
    connection.execute(insert(BundleRow), {"id": "manifest", "manifest": dumped})
    log.append(connection, about.by, MADE, _sha256(dumped), [], about.at)
    return made


def prove(store: Store) -> Manifest:
    """The manifest of an open bundle, once all that it holds is proved; else raises CannotOpen."""
    with store.reading() as connection:
        try:
            return _proved(connection)
        except ValueError as error:
            raise seal.tampered(store.path) from error


def _proved(connection: Connection) -> Manifest:
    """Raises ValueError, which says what does not fit."""
    _prove_shape(connection)
    rows = list(connection.execute(select(BundleRow.manifest)))
    if len(rows) != 1:
        raise ValueError("no manifest")
    dumped = rows[0].manifest
    events = list(log.events(connection))
    if log.first_break(events) is not None or not events:
        raise ValueError("log")
    if (events[0].what, events[0].subject) != (MADE, _sha256(dumped)):
        raise ValueError("manifest")
    manifest = Manifest.load(dumped)
    if _fixed(connection) != manifest.fixed:
        raise ValueError("content")
    _prove_said(connection, manifest, events)
    _prove_blobs(connection, manifest)
    return manifest


def _prove_shape(connection: Connection) -> None:
    """Nothing in it acts, and there is no more of anything than there can be."""
    kinds = text("SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view')")
    if connection.execute(kinds).scalar_one():
        raise ValueError("it holds what could act")
    for name in (*FIXED, *GROWING, "event", "blob"):
        count = text(f"SELECT count(*) FROM {name}")  # noqa: S608 - the names are ours
        if connection.execute(count).scalar_one() > MOST_ROWS:
            raise ValueError(f"too many rows of {name}")


def _prove_said(connection: Connection, manifest: Manifest, events: Iterable[Event]) -> None:
    """What reviewers added is what their log says, and nothing that would break a case."""
    said: dict[tuple[str, str], Row | None] = {}
    for event in events:
        for name, key, row in json.loads(event.after):
            said[name, key] = row
    for name in GROWING:
        own = {key: row and _row_hash(row) for (kind, key), row in said.items() if kind == name}
        wanted = {key: each for key, each in (manifest.given[name] | own).items() if each}
        if _hashes(connection, name) != wanted:
            raise ValueError(name)
    for name in (*GROWING, "passage", "link", "judgement", "action"):
        for row in rows_of(connection, name):
            if sound.odd(name, row):
                raise ValueError(f"{name} {row['id']!r}")


def _prove_blobs(connection: Connection, manifest: Manifest) -> None:
    there = set()
    for row in connection.execute(select(BlobRow.sha256, BlobRow.data)):
        # The bytes of a document of which only pages were given along are empty.
        left_out = not row.data and manifest.about.pages == "cited"
        if not left_out and hashlib.sha256(row.data).hexdigest() != row.sha256:
            raise ValueError("blob")
        there.add(row.sha256)
    if manifest.blobs - there:
        raise ValueError("blobs")


def _fixed(connection: Connection) -> dict[str, str]:
    """The hash of each table that nobody changes, and of the words that are searched."""
    found = {name: _table_hash(rows_of(connection, name)) for name in FIXED}
    words = connection.execute(text("SELECT rowid, words FROM page_words ORDER BY rowid"))
    found["page_words"] = _table_hash({"id": row[0], "words": row[1]} for row in words)
    return found


def table(name: str) -> Table:
    """A table by its name."""
    return Base.metadata.tables[name]


def rows_of(connection: Connection, name: str) -> Iterable[Row]:
    """All rows of a table in the order of their ids."""
    chosen = table(name)
    ordered = select(chosen).order_by(*chosen.primary_key.columns)
    return (dict(row) for row in connection.execute(ordered).mappings())


def _hashes(connection: Connection, name: str) -> dict[str, str]:
    return {str(row["id"]): _row_hash(row) for row in rows_of(connection, name)}


def _table_hash(rows: Iterable[Row]) -> str:
    hashed = hashlib.sha256()
    for row in rows:
        hashed.update(_row_hash(row).encode())
    return hashed.hexdigest()


def _row_hash(row: Mapping[str, Any]) -> str:
    plain = {
        name: hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value
        for name, value in row.items()
    }
    return _sha256(log.canonical(plain))


def _sha256(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
