"""Recognised text into a case: a page at a time, each kept as soon as it is there."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence

from sqlalchemy import Connection, select, text, update

from cambs_evidence.documents import recognising, tesseract
from cambs_evidence.documents.intake import ReadPage, digest
from cambs_evidence.documents.layer import NO_TEXT, NONSENSE, RECOGNISED, TEXT, PageLayer
from cambs_evidence.documents.numbering import Numbering, Opening, merged, numbering, openings
from cambs_evidence.errors import Refused, Unknown
from cambs_evidence.model import Document, PageShape, Progress, Recognised, RowChange
from cambs_evidence.store import log, reading
from cambs_evidence.store.engine import Store
from cambs_evidence.store.tables import DocumentRow, PageRow, PassageRow

_HAS_TEXT = "the page has text of its own"
_HOLDS_PASSAGES = "passages stand on its words; untag them first"

Wanted = tuple[list[int], list[Recognised]]


def wanted(shapes: Sequence[PageShape], pages: Sequence[int] | None) -> Wanted:
    """The pages (0-based) to be recognised, and those asked for that are left as they are."""
    if pages is None:
        return [n for n, shape in enumerate(shapes) if shape.quality in {NO_TEXT, NONSENSE}], []
    asked = sorted(set(pages))
    left = [Recognised(n, 0, None, _HAS_TEXT) for n in asked if shapes[n].quality == TEXT]
    return [n for n in asked if shapes[n].quality != TEXT], left


def recognise(
    store: Store, document: Document, pages: Wanted, data: bytes, by: str
) -> Generator[Progress | Recognised | None, None, None]:
    """Recognises pages of a document, whose PDF is ``data``; as the door says."""
    if store.readonly:
        raise Refused(
            f"{store.path.name} is open for reading only, so recognised text cannot be kept; close "
            "it where it is open for writing.",
            code="read-only",
        )
    engine = tesseract.found()
    if engine is None:
        raise Refused(tesseract.GET_IT, code="no-tesseract")
    todo, left = pages
    total, done = len(todo) + len(left), 0
    with store.reading() as connection:
        held = [page for page in todo if _holds_words(connection, document.id, page)]
        known = _recognised(connection, document.id)
    for told in [*left, *(Recognised(page, 0, None, _HOLDS_PASSAGES) for page in held)]:
        done += 1
        yield told
    yield Progress("recognise", done, total)
    todo = [page for page in todo if page not in held]
    for answer in recognising.recognise(data, todo, engine) if todo else ():
        if answer is None:
            yield None
            continue
        told, page = answer
        if page is not None and not _kept(store, document, told, page, known, by):
            told = Recognised(told.page, 0, None, _HOLDS_PASSAGES)
        done += 1
        yield told
        yield Progress("recognise", done, total, f"page {told.page + 1}")


def _holds_words(connection: Connection, document_id: str, page: int) -> bool:
    """True where a passage stands on words of a page (0-based)."""
    query = select(PassageRow.spans).where(
        PassageRow.document_id == document_id, PassageRow.page <= page, PassageRow.page_end >= page
    )
    return any(
        number == page and end > start
        for row in connection.execute(query)
        for number, start, end, _ in json.loads(row.spans)
    )


def _recognised(connection: Connection, document_id: str) -> dict[int, list[Opening]]:
    """The paragraphs of pages that were recognised before, by page."""
    query = select(PageRow.number, PageRow.text, PageRow.layer).where(
        PageRow.document_id == document_id, PageRow.quality == RECOGNISED
    )
    return {
        row.number: openings([PageLayer.unpack(row.text, row.layer)])
        for row in connection.execute(query)
    }


def _kept(
    store: Store,
    document: Document,
    told: Recognised,
    page: ReadPage,
    known: dict[int, list[Opening]],
    by: str,
) -> bool:
    """Stores one page; False where somebody tagged words on it meanwhile."""
    layer = PageLayer.unpack(page.text, page.layer)
    with store.writing() as connection:
        row = reading.document_row(connection, document.id)
        if row is None or row["removed"]:
            raise Unknown(
                f"{document.filename} has been removed from the case.", code="unknown-document"
            )
        if _holds_words(connection, document.id, told.page):
            return False
        this = (PageRow.document_id == document.id) & (PageRow.number == told.page)
        before = connection.execute(
            select(PageRow.id, PageRow.quality, PageRow.label, PageRow.text).where(this)
        ).one()
        known[told.page] = openings([layer])
        own = numbering([each for number in sorted(known) for each in known[number]])
        numbers = merged(Numbering.load(str(row["numbering"])), own, set(known))
        connection.execute(
            update(PageRow)
            .where(PageRow.id == before.id)
            .values(label=page.label, quality=page.quality, text=page.text, layer=page.layer)
        )
        connection.execute(
            text("UPDATE page_words SET words = :words WHERE rowid = :id"),
            {"id": before.id, "words": page.words},
        )
        connection.execute(
            update(DocumentRow)
            .where(DocumentRow.id == document.id)
            .values(numbering=numbers.dump())
        )
        change = RowChange(
            "page",
            str(before.id),
            {"quality": before.quality, "text_sha256": _sha256(before.text)},
            {
                "quality": page.quality,
                "text_sha256": _sha256(page.text),
                "made_by": layer.recognition.made_by if layer.recognition else None,
                "confidence": told.confidence,
            },
        )
        subject = f"{document.filename}, page {told.page + 1}"
        log.append(connection, by, "recognise page", subject, [change], log.now())
    return True


def _sha256(words: str) -> str:
    return digest(words.encode("utf-8", "surrogatepass"))
