"""A new version of a document: its passages are sought in it, and it takes the old one's place.

The old version keeps its id, bytes and pages, and the passages that a person has yet to confirm.
So a quote can ever be proved against the version that it stands in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from cambs_evidence.documents import closely, regions
from cambs_evidence.documents.anchors import DocumentText
from cambs_evidence.documents.folding import search_key
from cambs_evidence.documents.intake import Reading, digest
from cambs_evidence.documents.layer import PackedLayers
from cambs_evidence.documents.numbering import Numbering
from cambs_evidence.documents.reanchoring import Successor
from cambs_evidence.errors import EvidenceError, Refused, Unknown
from cambs_evidence.model import (
    Anchor,
    Box,
    Change,
    Document,
    Hold,
    Progress,
    Region,
    Rehold,
    Replaced,
    RowChange,
)
from cambs_evidence.store import evidence, importing, log, passages, reading
from cambs_evidence.store.engine import Store, open_store


@dataclass(frozen=True, slots=True)
class Sought:
    """One passage: its row when it was sought, how it holds, and its extent in the new version."""

    row: dict[str, object]
    hold: Hold
    anchor: Anchor | None = None
    page_label: str | None = None
    paragraph: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A new version that was read, and what would become of the passages; nothing is kept yet."""

    document: Document
    read: Reading
    sought: tuple[Sought, ...]


def seek(case: Path, document: Document, read: Reading) -> Iterator[Progress | tuple[Sought, ...]]:
    """Seeks the passages of all versions of a document in a new one; at last what was found."""
    store = open_store(case, readonly=True)
    try:
        new = _text_of(store, read)
        found: list[Sought] = []
        with store.reading() as connection:
            ids = [*reading.older_versions(connection, document.id), document.id]
            rows = {each: reading.passage_rows(connection, [each]) for each in ids}
        total = sum(map(len, rows.values()))
        for version, theirs in rows.items():
            if not theirs:
                continue
            seeker = _Seeker(store, version, new, read)
            for row in theirs.values():
                found.append(seeker.sought(row))
                yield Progress("passages", len(found), total)
        yield tuple(found)
    finally:
        store.close()


def _text_of(store: Store, read: Reading) -> DocumentText:
    facts = read.facts or {}
    pages = PackedLayers([(page.text, page.layer) for page in read.read], store.damaged)
    numbering = Numbering.load(facts["numbering"])
    return DocumentText(read.sha256, facts["layer_version"], pages, numbering)


class _Seeker:
    """Seeks passages of one version of a document in another."""

    def __init__(self, store: Store, version: str, new: DocumentText, read: Reading) -> None:
        with store.reading() as connection:
            row = reading.document_row(connection, version) or {}
            pages = reading.layers(connection, version, store.damaged)
            shown = str(row["rendition_sha256"] or row["sha256"])
            self._old_pages = reading.blob(connection, shown) or b""
        numbering = Numbering.load(str(row["numbering"]))
        old = DocumentText(str(row["sha256"]), str(row["layer_version"]), pages, numbering)
        self._texts = Successor(old, new)
        self._new_pages: bytes = (read.facts or {})["rendition"] or read.data
        self._name = read.path.name
        self._same: dict[int, bool] = {}

    def sought(self, row: dict[str, object]) -> Sought:
        """What becomes of a passage."""
        anchor = reading.anchor(row)
        if anchor.region is not None:
            hold, found = self._part(anchor, anchor.region)
        else:
            hold, found = self._words(anchor)
        if found is None:
            return Sought(row, hold)
        new, first = self._texts.new, found.spans[0]
        paragraph = new.numbering.at(first.page, first.start) if first.end > first.start else None
        return Sought(row, hold, found, new.label(first.page), paragraph)

    def _words(self, anchor: Anchor) -> tuple[Hold, Anchor | None]:
        resolved = self._texts.resolve(anchor)
        if resolved.place is None:
            return Hold.LOST, None
        found = self._texts.new.anchor(resolved.place, like=anchor.quote)
        if resolved.hold is Hold.EXACT:  # the same words: they are quoted as they were
            found = replace(found, quote=anchor.quote)
        return resolved.hold, found

    def _part(self, anchor: Anchor, region: Region) -> tuple[Hold, Anchor | None]:
        """A part of a page: exact on a page that looks just the same, moved with its words."""
        page = anchor.spans[0].page
        if page < len(self._texts.new.pages) and self._looks_the_same(page):
            found = regions.anchored(self._texts.new, page, region)
            if search_key(found.quote) == search_key(anchor.quote):
                return Hold.EXACT, replace(found, quote=anchor.quote)
        moved = self._moved_part(anchor, region) if anchor.quote else None
        return (Hold.MOVED, moved) if moved is not None else (Hold.LOST, None)

    def _moved_part(self, anchor: Anchor, region: Region) -> Anchor | None:
        resolved = self._texts.resolve(replace(anchor, region=None))
        if resolved.place is None:
            return None
        new = self._texts.new
        [page, *others], [quads, *_] = zip(*new.quads(resolved.place).items(), strict=True)
        if others or not quads:
            return None
        was = _round([quad for span in anchor.spans for quad in span.quads])
        is_now = _round(quads)
        x, y = is_now[0] - was[0], is_now[1] - was[1]
        box = (region.box[0] + x, region.box[1] + y, region.box[2] + x, region.box[3] + y)
        try:
            box = regions.clipped(new.pages[page], box)
            found = regions.anchored(new, page, replace(region, box=box))
            if search_key(found.quote) != search_key(anchor.quote):
                return None
            picture = closely.picture(self._new_pages, page, box, self._name)
        except EvidenceError:
            return None  # what cannot be shown cannot be confirmed
        taken = replace(region, box=box, picture=picture, picture_sha256=digest(picture))
        return replace(found, region=taken)

    def _looks_the_same(self, page: int) -> bool:
        """True where a page (0-based) shows the same pixels in both versions."""
        if page not in self._same:
            media = self._texts.new.pages[page].media
            try:
                one, other = (
                    closely.picture(data, page, media, self._name)
                    for data in (self._old_pages, self._new_pages)
                )
                alike = self._texts.old.pages[page].media == media
                self._same[page] = alike and one == other
            except EvidenceError:
                self._same[page] = False
        return self._same[page]


def _round(boxes: Sequence[Box]) -> Box:
    """The box round some boxes."""
    left, foot, right, top = zip(*boxes, strict=True)
    return min(left), min(foot), max(right), max(top)


# --- keeping it ------------------------------------------------------------------------------


def carry_out(store: Store, prepared: Prepared, by: str) -> Replaced:
    """Puts a new version in a document's place, all in one transaction.

    Raises Refused where document or passages have changed since they were sought.
    """
    what, old_id = "replace document", prepared.document.id
    with store.writing() as connection:
        row = _unchanged(connection, prepared)
        version = row["version"]
        new_id = importing.keep(
            store, connection, prepared.read, by, "take in version",
            position=row["position"], title=row["title"], date=row["date"], kind=row["kind"],
            issuer=row["issuer"], period=row["period"], identity=row["identity"] or old_id,
            version=(version if isinstance(version, int) else 1) + 1, removed=True,
        )  # fmt: skip
        # It was kept as removed: what follows can be undone, and done again, with its pages there.
        hidden = reading.document_row(connection, new_id) or {}
        rows = [RowChange("document", new_id, hidden, hidden | {"removed": False})]
        for each in (*reading.older_versions(connection, old_id), old_id):
            before = reading.document_row(connection, each) or {}
            rows.append(RowChange("document", each, before, before | {"replaced_by": new_id}))
        found, moves = _reheld(connection, prepared.sought, new_id)
        rows += moves
        store.carry_out(connection, rows)
        log.append(connection, by, what, prepared.document.filename, rows, log.now())
        [document] = [each for each in reading.documents(connection) if each.id == new_id]
    by_hold = {hold: tuple(each for each in found if each.hold is hold) for hold in Hold}
    change = Change(what, prepared.document.filename, tuple(rows))
    return Replaced(document, by_hold[Hold.EXACT], by_hold[Hold.MOVED], by_hold[Hold.LOST], change)


def _unchanged(connection: Connection, prepared: Prepared) -> dict[str, object]:
    """The document's row, where it and its passages are as they were when they were sought."""
    document = prepared.document
    evidence.present(connection, document)
    ids = [*reading.older_versions(connection, document.id), document.id]
    seen = {str(each.row["id"]): each.row for each in prepared.sought}
    if reading.passage_rows(connection, ids) != seen:
        raise Refused(
            f"Passages of {document.filename} were changed meanwhile; replace it again.",
            code="changed",
        )
    return reading.document_row(connection, document.id) or {}


def _reheld(
    connection: Connection, sought: Sequence[Sought], new_id: str
) -> tuple[list[Rehold], list[RowChange]]:
    """What becomes of each passage, and the changes of their rows."""
    found: list[Rehold] = []
    rows: list[RowChange] = []
    taken: set[tuple[object, object]] = set()
    for each in sought:
        hold, key = each.hold, str(each.row["id"])
        extent = None
        if each.anchor is not None:
            extent = passages.extent(each.anchor, each.page_label, each.paragraph)
            passages.keep_picture(connection, each.anchor.region)
            place = (extent["spans"], extent["region"])
            if hold is Hold.EXACT and place in taken:
                hold = Hold.MOVED  # two versions' passages that would be one are put to a person
            taken.add(place)
        if hold is Hold.EXACT and extent is not None:
            after = each.row | {"document_id": new_id} | extent | {"rehold": None}
        else:
            told = {"hold": hold.value, "document_id": new_id, "extent": extent}
            after = each.row | {"rehold": log.canonical(told)}
        rows.append(RowChange("passage", key, each.row, after))
        found.append(Rehold(key, hold, reading.anchor(each.row), each.anchor))
    return found, rows


def accept(store: Store, passage_id: str, by: str) -> Change:
    """Moves a passage to where it was found in the new version of its document.

    Raises Unknown, and Refused where it waits for nothing, is lost, or another stands there.
    """
    what = "accept passage"
    with store.writing() as connection:
        before = reading.table_row(connection, "passage", passage_id)
        if before is None:
            raise Unknown(f"There is no passage {passage_id}.", code="unknown-passage")
        sought = reading.rehold(before)
        if sought is None:
            raise Refused(
                "This passage stands in the newest version of its document already.",
                code="not-waiting",
            )
        document_id, extent = sought
        if extent is None:
            raise Refused(
                "This passage was not found in the new version; untag it, or tag the words that "
                "took its place.",
                code="lost",
            )
        target = reading.document_row(connection, document_id)
        if target is None or target["removed"] or target["replaced_by"]:
            raise Refused(
                "The document was replaced again since this passage was sought; untag it and tag "
                "it anew.",
                code="replaced",
            )
        after = before | {"document_id": document_id} | extent | {"rehold": None}
        if reading.passage_at(connection, document_id, after, but=passage_id) is not None:
            raise Refused(
                "Another passage stands exactly there already; untag one of the two.",
                code="already-there",
            )
        rows = (RowChange("passage", passage_id, before, after),)
        store.carry_out(connection, rows)
        log.append(connection, by, what, passage_id, rows, log.now())
    return Change(what, passage_id, rows)
