"""What comes along with the rows of another file: documents, pictures, text that was recognised.

And where a passage of an older version would stand in the newest one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update

from cambs_evidence.audit.ancestry import Key, Row, Touched
from cambs_evidence.audit.bundle import rows_of
from cambs_evidence.audit.plan import Plan
from cambs_evidence.audit.twins import Twins
from cambs_evidence.documents.anchors import DocumentText
from cambs_evidence.documents.intake import digest
from cambs_evidence.documents.numbering import Numbering, merged
from cambs_evidence.documents.reanchoring import Successor
from cambs_evidence.errors import CannotOpen
from cambs_evidence.model import Hold, RowChange
from cambs_evidence.review import Conflict
from cambs_evidence.store import log, passages, reading
from cambs_evidence.store.tables import BlobRow, DocumentRow, PageRow

#: Rows written at once.
_AT_ONCE = 500


class Arrivals:
    """Brings into a plan what its rows need."""

    def __init__(self, ours: Connection, theirs: Connection, twins: Twins, plan: Plan) -> None:
        self._ours, self._theirs, self._twins, self._plan = ours, theirs, twins, plan
        self._here = {str(row["id"]): row for row in rows_of(ours, "document")}
        self._there = {str(row["id"]): row for row in rows_of(theirs, "document")}
        self._texts: dict[str, DocumentText] = {}
        self._alike: dict[tuple[str, int], bool] = {}
        self._pages: set[tuple[str, int]] = set()
        self._new = 0

    # --- documents -----------------------------------------------------------------------------

    def document(self, now: Row) -> Row:
        """The row that a document will have; its bytes and pages are kept first, as removed.

        So it is there for what follows, which can be undone and done again.
        """
        family = [
            row
            for key, row in self._here.items()
            if now["identity"] is not None and now["identity"] in {key, row["identity"]}
        ]
        if family:
            position = family[0]["position"]
        else:
            self._new += 1
            last = self._ours.execute(select(func.max(DocumentRow.position))).scalar_one()
            position = (last or 0) + self._new
        row = now | {"position": position}

        def keep(ours: Connection, by: str) -> None:
            for sha256 in {str(row["sha256"]), str(row["rendition_sha256"] or row["sha256"])}:
                self._keep_bytes(sha256, ours)
            hidden = row | {"removed": True}
            ours.execute(insert(DocumentRow), hidden)
            self._keep_pages(str(row["id"]), ours)
            change = RowChange("document", str(row["id"]), None, hidden)
            log.append(ours, by, "take in copy", str(row["filename"]), [change], log.now())

        self._plan.first.append(keep)
        return row

    def _keep_bytes(self, sha256: str, ours: Connection, _by: str = "") -> None:
        if reading.blob(ours, sha256) is not None:
            return
        data = reading.blob(self._theirs, sha256) or b""
        if digest(data) != sha256:
            raise CannotOpen(
                "The other file holds bytes that are not the ones that were put into it; "
                "nothing was merged. Run check on that file.",
                code="damaged",
            )
        ours.execute(insert(BlobRow), {"sha256": sha256, "size": len(data), "data": data})

    def _keep_pages(self, document_id: str, ours: Connection) -> None:
        first = (ours.execute(select(func.max(PageRow.id))).scalar_one() or 0) + 1
        query = select(PageRow.__table__).where(PageRow.document_id == document_id)
        words = text("SELECT words FROM page_words WHERE rowid = :id")
        some: list[Row] = []
        indexed: list[Row] = []
        for row in self._theirs.execute(query.order_by(PageRow.number)).mappings():
            key = first + len(some)
            some.append(dict(row) | {"id": key})
            said = self._theirs.execute(words, {"id": row["id"]}).scalar_one_or_none()
            indexed.append({"id": key, "words": said or ""})
        if some:
            ours.execute(insert(PageRow), some)
            put = text("INSERT INTO page_words (rowid, words) VALUES (:id, :words)")
            ours.execute(put, indexed)

    def picture(self, row: Row) -> None:
        """Keeps the picture of a part of a page, and that of where it would stand now."""
        extents = [json.loads(row["extent"])] if "extent" in row else [row]
        sought = reading.rehold(row) if "rehold" in row else None
        extents.append((sought and sought[1]) or {})
        for each in extents:
            told = each.get("region")
            sha256 = reading.region(str(told)).picture_sha256 if told else None
            if sha256 is not None:
                self._plan.first.append(partial(self._keep_bytes, sha256))

    # --- text ----------------------------------------------------------------------------------

    def pages(self, touched: Mapping[Key, Touched]) -> None:
        """Takes over text that was recognised there, on pages where nothing stands on words."""
        for (name, key), each in touched.items():
            if name != "page" or each.now is None:
                continue
            query = select(PageRow.__table__).where(PageRow.id == int(key))
            there = self._theirs.execute(query).mappings().first()
            document = there and self._twins.own(("document", there["document_id"]))[1]
            if there is None or document not in self._here:
                continue  # removed since, or it comes with all its pages
            this = (PageRow.document_id == document) & (PageRow.number == there["number"])
            here = self._ours.execute(select(PageRow.__table__).where(this)).mappings().first()
            if here is None or here["text"] == there["text"]:
                continue
            base = (each.base or {}).get("text_sha256")
            where = f"{self._here[document]['filename']}, page {here['number'] + 1}"
            if _sha256(here["text"]) != base or self._holds_words(document, here["number"]):
                reason = f"The text of {where} was recognised there; here it is another by now."
                self._plan.conflicts.append(Conflict("page", str(here["id"]), reason))
                continue
            self._pages.add((document, here["number"]))
            self._take_page(dict(here), dict(there), document, where)

    def _take_page(self, here: Row, there: Row, document: str, where: str) -> None:
        def take(connection: Connection, by: str) -> None:
            columns = ("label", "quality", "text", "layer")
            values = {name: there[name] for name in columns}
            connection.execute(update(PageRow).where(PageRow.id == here["id"]).values(**values))
            asked = text("SELECT words FROM page_words WHERE rowid = :id")
            words = self._theirs.execute(asked, {"id": there["id"]}).scalar_one_or_none()
            put = text("UPDATE page_words SET words = :words WHERE rowid = :id")
            connection.execute(put, {"id": here["id"], "words": words or ""})
            row = reading.document_row(connection, document) or {}
            theirs = self._there[there["document_id"]]
            numbers = merged(
                Numbering.load(str(row["numbering"])),
                Numbering.load(str(theirs["numbering"])),
                {int(here["number"])},
            )
            this = DocumentRow.id == document
            connection.execute(update(DocumentRow).where(this).values(numbering=numbers.dump()))
            images = [
                {"quality": each["quality"], "text_sha256": _sha256(each["text"])}
                for each in (here, there)
            ]
            change = RowChange("page", str(here["id"]), images[0], images[1])
            log.append(connection, by, "recognise page", where, [change], log.now())

        self._plan.first.append(take)

    def _holds_words(self, document: str, page: int) -> bool:
        rows = reading.passage_rows(self._ours, [document]).values()
        return any(
            number == page and end > start
            for row in rows
            for number, start, end, _ in json.loads(row["spans"])
        )

    def reads_alike(self, now: Row) -> bool:
        """True where the pages that a passage stands on have the same text on both sides."""
        document = str(now["document_id"])
        if document not in self._here:
            return True  # it comes with its pages
        return all(
            (document, int(span[0])) in self._pages or self._same_page(document, int(span[0]))
            for span in json.loads(now["spans"])
        )

    def _same_page(self, document: str, page: int) -> bool:
        if (document, page) not in self._alike:
            other = self._twins.other(("document", document))
            here = reading.page_texts(self._ours, [(document, page)])
            there = reading.page_texts(self._theirs, [(other, page)])
            same = list(here.values()) == list(there.values())
            self._alike[document, page] = same
        return self._alike[document, page]

    # --- versions ------------------------------------------------------------------------------

    def sought(self, row: Row, newest: str) -> Row:
        """A passage of an older version, waiting for a person in the newest one.

        It is found by its words; a part of a page has to be marked anew.
        """
        extent, hold = None, Hold.LOST
        anchor = reading.anchor(row)
        old, new = self._text(str(row["document_id"])), self._text(newest)
        if anchor.region is None and old is not None and new is not None:
            found = Successor(old, new).resolve(anchor)
            if found.place is not None:
                hold = Hold.MOVED
                there = new.anchor(found.place, like=anchor.quote)
                first = there.spans[0]
                paragraph = new.numbering.at(first.page, first.start)
                extent = passages.extent(there, new.label(first.page), paragraph)
        told = {"hold": hold.value, "document_id": newest, "extent": extent}
        return row | {"rehold": log.canonical(told)}

    def _text(self, document: str) -> DocumentText | None:
        if document not in self._texts:
            connection, key, rows = self._ours, document, self._here
            if document not in rows:
                other = self._twins.other(("document", document))
                connection, key, rows = self._theirs, other, self._there
            row: Mapping[str, Any] | None = rows.get(key)
            if row is None:
                return None
            layers = reading.layers(connection, key, _damaged)
            numbering = Numbering.load(str(row["numbering"]))
            self._texts[document] = DocumentText(
                str(row["sha256"]), str(row["layer_version"]), layers, numbering
            )
        return self._texts[document]


def _damaged() -> CannotOpen:
    return CannotOpen("A text layer is damaged; run check on both files.", code="damaged")


def _sha256(words: str) -> str:
    return digest(words.encode("utf-8", "surrogatepass"))
