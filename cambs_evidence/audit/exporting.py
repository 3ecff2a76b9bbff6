"""Making a file for review out of a case; the case itself is only read."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import uuid
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select, text

from cambs_evidence.audit import bundle, cutting
from cambs_evidence.documents.intake import digest
from cambs_evidence.documents.layer import NO_TEXT, PackedLayers, PageLayer
from cambs_evidence.errors import Refused, Unwritable, WordsOff
from cambs_evidence.model import Progress
from cambs_evidence.review import Bundle, Exported
from cambs_evidence.store import log, reading, seal
from cambs_evidence.store.engine import REVIEW_ID, Store, create
from cambs_evidence.store.tables import Base, BlobRow, EventRow, PageRow

#: How much of the documents goes along.
CITED, ALL = "cited", "all"
#: How many more characters a context may take on its page than it has itself.
_SPACES = 16
#: Rows written at once.
_AT_ONCE = 500

_Row = dict[str, Any]


def export(store: Store, path: Path, *, by: str, pages: str) -> Iterator[Progress | Exported]:
    """Writes a file for review; yields progress, and at last what was written.

    With ``pages`` cited, only pages that a passage stands on are given along, and nothing else of
    any document; otherwise all pages and the documents themselves. Stopped, it leaves nothing
    behind. Raises Refused for a name that is taken and where a document cannot be taken apart.
    """
    if pages not in {CITED, ALL}:
        raise WordsOff("Say which pages are to go along: cited or all.")
    if store.review:
        raise Refused(
            f"{store.path.name} is a file for review itself; send that one on.", code="review-only"
        )
    if path.exists():
        raise Refused(f"{path} exists already; choose another name.", code="exists")
    if not path.parent.is_dir():
        raise Unwritable(f"The folder {path.parent} does not exist; make it first.")
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        made = create(part)
        try:
            outcome = yield from _filled(store, made, by, pages)
        finally:
            made.close()
        _closed_for_good(part)
        part.replace(path)
    except OSError as error:
        raise Unwritable(f"{path} cannot be written; choose another place.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    yield replace(outcome, path=str(path))


def _closed_for_good(part: Path) -> None:
    with contextlib.closing(sqlite3.connect(part)) as raw:
        raw.execute(f"PRAGMA application_id={REVIEW_ID}")
        raw.commit()
    seal.put(part)


def _filled(store: Store, made: Store, by: str, pages: str) -> Generator[Progress, None, Exported]:
    with store.reading() as source, made.writing() as target:
        chosen = _Chosen(source, pages)
        for name in (*bundle.FIXED[: bundle.FIXED.index("document")], *bundle.GROWING):
            _put(target, name, chosen.rows(name))
        total = len(chosen.documents)
        for done, (key, row) in enumerate(chosen.documents.items()):
            yield Progress("documents", done, total, str(row["filename"]))
            _put_document(source, target, row, chosen.cited.get(key, set()), pages, store)
        _put(target, "passage", chosen.passages(pages))
        _put(target, "link", chosen.links)
        _put_blobs(source, target, chosen.pictures())
        yield Progress("proof", total, total)
        first = source.execute(select(EventRow.hash).where(EventRow.seq == 1)).scalar_one()
        last = source.execute(
            select(EventRow.seq, EventRow.hash).order_by(EventRow.seq.desc()).limit(1)
        ).one()
        title = reading.case_facts(source).title
        about = Bundle(title, by, log.now(), pages, str(first), (int(last.seq), str(last.hash)))
        bundle.written(target, about)
    count = sum(map(len, chosen.cited.values()))
    if pages == ALL:
        count = sum(int(row["pages"]) for row in chosen.documents.values())
    return Exported("", len(chosen.links), total, count)


class _Chosen:
    """What of a case goes along."""

    def __init__(self, source: Connection, pages: str) -> None:
        self._source = source
        every = {row["id"]: row for row in bundle.rows_of(source, "document")}
        there = {key: row for key, row in every.items() if not row["removed"]}
        self._passages = {
            row["id"]: row
            for row in bundle.rows_of(source, "passage")
            if row["document_id"] in there
        }
        self.links = [
            row for row in bundle.rows_of(source, "link") if row["passage_id"] in self._passages
        ]
        self._findings = [
            row for row in bundle.rows_of(source, "finding") if row["document_id"] in there
        ]
        self.cited: dict[str, set[int]] = {}
        for row in (*self._passages.values(), *map(_as_passage, self._findings)):
            spans = {int(span[0]) for span in json.loads(row["spans"])}
            self.cited.setdefault(row["document_id"], set()).update(spans)
        wanted = set(there) if pages == ALL else set(self.cited)
        # A passage that waits leads to the newest version, which has to be there too.
        wanted |= {there[key]["replaced_by"] for key in wanted if there[key]["replaced_by"]}
        self.documents = {key: row for key, row in there.items() if key in wanted}

    def rows(self, name: str) -> Iterable[_Row]:
        """The rows of a table that go along."""
        if name == "finding":
            return self._findings
        if name in {"decision", "message"}:
            ids = {row["id"] for row in self.links}
            return (row for row in bundle.rows_of(self._source, name) if row["link_id"] in ids)
        return bundle.rows_of(self._source, name)

    def passages(self, pages: str) -> Iterator[_Row]:
        """The passages; their context does not tell of pages that do not go along."""
        for row in self._passages.values():
            yield row if pages == ALL else self._within_pages(row)

    def _within_pages(self, row: _Row) -> _Row:
        document, spans = row["document_id"], json.loads(row["spans"])
        (first, start, _, _), (last, _, end, _) = spans[0], spans[-1]
        texts = reading.page_texts(self._source, [(document, last)])
        left = len(texts.get((document, last), "")) - end
        cited = self.cited[document]
        if first > 0 and first - 1 not in cited and start < len(row["prefix"]) + _SPACES:
            row = row | {"prefix": ""}
        more = last + 1 < self.documents[document]["pages"]
        if more and last + 1 not in cited and left < len(row["suffix"]) + _SPACES:
            row = row | {"suffix": ""}
        return row

    def pictures(self) -> set[str]:
        """The pictures of the passages that are parts of pages."""
        found = set()
        for row in (*self._passages.values(), *map(_as_passage, self._findings)):
            extents = [row, (reading.rehold(row) or ("", None))[1] or {}]
            for each in extents:
                if told := each.get("region"):
                    found.add(reading.region(str(told)).picture_sha256)
        return {each for each in found if each}


def _as_passage(finding: _Row) -> _Row:
    extent: _Row = json.loads(finding["extent"])
    return extent | {"document_id": finding["document_id"], "rehold": None}


def _put(target: Connection, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    table, some = Base.metadata.tables[name], []
    for row in rows:
        some.append(dict(row))
        if len(some) == _AT_ONCE:
            target.execute(insert(table), some)
            some = []
    if some:
        target.execute(insert(table), some)


def _put_blobs(source: Connection, target: Connection, wanted: Iterable[str]) -> None:
    known = {row.sha256 for row in target.execute(select(BlobRow.sha256))}
    for sha256 in sorted(set(wanted) - known):
        data = reading.blob(source, sha256)
        if data is not None:
            target.execute(insert(BlobRow), {"sha256": sha256, "size": len(data), "data": data})


def _put_document(
    source: Connection, target: Connection, row: _Row, cited: set[int], pages: str, store: Store
) -> None:
    """One document with its pages; in a file of cited pages without those that nobody cites."""
    shown = str(row["rendition_sha256"] or row["sha256"])
    query = select(PageRow.__table__).where(PageRow.document_id == row["id"])
    every = [dict(each) for each in source.execute(query.order_by(PageRow.number)).mappings()]
    if pages == ALL:
        _put_blobs(source, target, [str(row["sha256"]), shown])
    else:
        packed = PackedLayers([(each["text"], each["layer"]) for each in every], store.damaged)
        data = cutting.cut(
            reading.blob(source, shown) or b"", cited, packed.shapes(), str(row["filename"])
        )
        there = {each.sha256 for each in target.execute(select(BlobRow.sha256))}
        bare = {"sha256": str(row["sha256"]), "size": row["size"], "data": b""}
        made = {"sha256": digest(data), "size": len(data), "data": data}
        for blob in (bare, made):
            if blob["sha256"] not in there:
                target.execute(insert(BlobRow), blob)
        row = row | {"rendition_sha256": made["sha256"]}
        every = [
            each if each["number"] in cited else _blank(each, packed[each["number"]])
            for each in every
        ]
    _put(target, "document", [row])
    _put(target, "page", every)
    given = {each["id"]: pages == ALL or each["number"] in cited for each in every}
    _put_words(source, target, given)


def _blank(row: _Row, layer: PageLayer) -> _Row:
    """A page of which only the size is known."""
    bare = PageLayer(
        layer.index, layer.media, layer.rotation, "", np.zeros((0, 4), np.float32), (0, 0), (0, 0),
        (), layer.label, NO_TEXT,
    )  # fmt: skip
    return row | {"quality": NO_TEXT, "text": "", "layer": bare.pack()}


def _put_words(source: Connection, target: Connection, given: Mapping[int, bool]) -> None:
    """The words that are searched by the ids of pages; of one that is not given there are none."""
    asked = text("SELECT words FROM page_words WHERE rowid = :id")
    put = text("INSERT INTO page_words (rowid, words) VALUES (:id, :words)")
    for key, along in given.items():
        words = source.execute(asked, {"id": key}).scalar_one_or_none() if along else None
        target.execute(put, {"id": key, "words": words or ""})
