"""The extent of a passage: its row, the picture that goes with it, and moving it."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from cambs_evidence.documents.intake import digest
from cambs_evidence.errors import Refused, Unknown
from cambs_evidence.model import Anchor, Change, Region, RowChange
from cambs_evidence.store import log, reading
from cambs_evidence.store.engine import Store
from cambs_evidence.store.tables import BlobRow, DocumentRow, FindingRow, PassageRow


def extent(anchor: Anchor, page_label: str | None, paragraph: str | None) -> dict[str, object]:
    """All columns of a passage's row that say where it stands and what it says."""
    return {
        "document_sha256": anchor.document_sha256,
        "layer_version": anchor.layer_version,
        "page": anchor.spans[0].page,
        "page_end": anchor.spans[-1].page,
        "start": anchor.spans[0].start,
        "spans": log.canonical(
            [
                [span.page, span.start, span.end, [list(quad) for quad in span.quads]]
                for span in anchor.spans
            ]
        ),
        "quote": anchor.quote,
        "prefix": anchor.prefix,
        "suffix": anchor.suffix,
        "source_start": anchor.source[0] if anchor.source else None,
        "source_end": anchor.source[1] if anchor.source else None,
        "page_label": page_label,
        "paragraph": paragraph,
        "region": _told(anchor.region),
    }


def _told(region: Region | None) -> str | None:
    if region is None:
        return None
    return log.canonical(
        {
            "kind": region.kind,
            "box": list(region.box),
            "cells": region.cells,
            "picture": region.picture_sha256,
        }
    )


def keep_picture(connection: Connection, region: Region | None) -> None:
    """Stores the picture of a region, once for each SHA-256.

    Raises Refused where there is none to store and the case does not hold it either.
    """
    if region is None or region.picture_sha256 is None:
        return
    sha256 = region.picture_sha256
    held = connection.execute(select(BlobRow.sha256).where(BlobRow.sha256 == sha256)).first()
    if held is not None:
        return
    if not region.picture or digest(region.picture) != sha256:
        raise Refused("The picture of this area was not kept; mark the area again.", code="gone")
    row = {"sha256": sha256, "size": len(region.picture), "data": region.picture}
    connection.execute(insert(BlobRow), row)


def move(
    store: Store,
    passage_id: str,
    anchor: Anchor,
    *,
    page_label: str | None,
    paragraph: str | None,
    by: str,
) -> Change:
    """Gives a passage another extent in its document; its links stay as they are.

    Where nothing differs, the change has no rows and the log no entry. Raises Unknown, and
    Refused where the anchor is of another document or another passage stands exactly there.
    """
    what = "move passage"
    with store.writing() as connection:
        before = reading.table_row(connection, "passage", passage_id)
        if before is None:
            raise Unknown(f"There is no passage {passage_id}.", code="unknown-passage")
        if before["rehold"]:
            raise Refused(
                "This passage waits to be found in the new version of its document; accept it "
                "there or untag it.",
                code="waiting",
            )
        if before["document_sha256"] != anchor.document_sha256:
            raise Refused(
                "A passage stays in its document; tag the words of the other document instead.",
                code="other-document",
            )
        after = before | extent(anchor, page_label, paragraph)
        if after == before:
            return Change(what, passage_id, ())
        twin = reading.passage_at(connection, str(before["document_id"]), after, but=passage_id)
        if twin is not None:
            raise Refused(
                "Another passage stands exactly there already; tag that one instead.",
                code="already-there",
            )
        keep_picture(connection, anchor.region)
        rows = (RowChange("passage", passage_id, before, after),)
        store.carry_out(connection, rows)
        log.append(connection, by, what, passage_id, rows, log.now())
    return Change(what, passage_id, rows)


def spare_blobs(connection: Connection) -> list[str]:
    """The SHA-256 of the blobs that neither a document, a passage nor a finding holds."""
    documents = select(DocumentRow.sha256, DocumentRow.rendition_sha256)
    held = {sha256 for row in connection.execute(documents) for sha256 in row}
    regions = select(PassageRow.region, PassageRow.rehold).where(PassageRow.region.is_not(None))
    told = "".join(each for row in connection.execute(regions) for each in row if each)
    told += "".join(row.extent for row in connection.execute(select(FindingRow.extent)))
    known = [row.sha256 for row in connection.execute(select(BlobRow.sha256))]
    return sorted(sha256 for sha256 in known if sha256 not in held and sha256 not in told)
