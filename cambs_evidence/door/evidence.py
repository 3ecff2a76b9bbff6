"""Passages and links of a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from cambs_evidence import apart
from cambs_evidence.documents import closely, cutting, regions
from cambs_evidence.documents.anchors import choose
from cambs_evidence.documents.intake import digest
from cambs_evidence.door.documents import Documents
from cambs_evidence.errors import QuoteNotFound, Refused, Unknown, WordsOff
from cambs_evidence.model import (
    Amended,
    Anchor,
    Box,
    Change,
    Document,
    Link,
    Place,
    Polarity,
    Progress,
    Region,
    Rehold,
    Replaced,
    Table,
    Target,
)
from cambs_evidence.store import (
    evidence,
    importing,
    joining,
    many,
    passages,
    reading,
    replacing,
)
from cambs_evidence.wording import cited

#: Links that are handed over at once of many.
_PORTION = 500


class Evidence(Documents):
    """The passages of an open case, and what they are tagged to."""

    # --- finding, anchoring, tagging -----------------------------------------------------------

    def find(
        self, document: Document, quote: str, page: int | None = None, occurrence: int | None = None
    ) -> Place:
        """The one place of a quote; raises QuoteNotFound or QuoteAmbiguous.

        ``page`` is 0-based and names where the quote starts; ``occurrence`` counts from 1.
        """
        if not quote.strip():
            raise QuoteNotFound("The quote is empty.")
        if page is not None and not 0 <= page < document.pages:
            self.page(document, page)
        ready = self.text(document)
        places = ready.find(quote)
        if not places:
            near = ready.nearest_words(quote)
            if near is not None:
                where, words = near
                words = words if len(words) <= 160 else f"{words[:157]}…"
                raise QuoteNotFound(
                    f"The quote does not stand in {document.filename}; nearest to it, on page "
                    f"{where + 1}, stands “{words}”."
                )
        return choose(places, quote, document.filename, page=page, occurrence=occurrence)

    def anchor(self, document: Document, place: Place) -> Anchor:
        """What holds a place of a document."""
        return self.text(document).anchor(place)

    def tag(
        self,
        document: Document,
        quote: str,
        code: str,
        polarity: Polarity,
        *,
        note: str | None = None,
        page: int | None = None,
        occurrence: int | None = None,
    ) -> tuple[Link, Change]:
        """Finds a quote in a document and tags it to a criterion."""
        target = self.target(code)
        place = self.find(document, quote, page, occurrence)
        anchor = self.text(document).anchor(place, like=quote)
        return self.tag_anchor(document, anchor, target, polarity, note=note)

    def tag_anchor(
        self,
        document: Document,
        anchor: Anchor,
        target: Target,
        polarity: Polarity,
        *,
        note: str | None = None,
    ) -> tuple[Link, Change]:
        """Tags a passage that is already anchored."""
        label, paragraph = self._printed(document, anchor)
        return evidence.tag(
            self._store,
            document,
            anchor,
            target,
            polarity,
            note=(note or "").strip() or None,
            page_label=label,
            paragraph=paragraph,
            by=self.by,
        )

    def _printed(self, document: Document, anchor: Anchor) -> tuple[str | None, str | None]:
        """The printed page label and paragraph number of an anchor, each where there is one."""
        text = self.text(document)
        first = anchor.spans[0]
        # Where no words are, no paragraph is.
        paragraph = text.numbering.at(first.page, first.start) if first.end > first.start else None
        return text.label(first.page), paragraph

    def amend(
        self,
        link_id: str,
        *,
        code: str | None = None,
        polarity: Polarity | None = None,
        note: str | None = None,
    ) -> tuple[Link, Change]:
        """Changes criterion, polarity or note of a link; it stays the same link.

        None leaves each as it is, an empty note takes the note away. Raises Unknown, and Refused
        where the passage has such a link already.
        """
        target = self.target(code) if code is not None else None
        note = note.strip() if note is not None else None
        link, change = evidence.amend(
            self._store, link_id, target=target, polarity=polarity, note=note, by=self.by
        )
        return evidence.with_holds(self._store, [link])[0], change

    def untag(self, link_id: str) -> Change:
        """Takes a link away."""
        return evidence.untag(self._store, link_id, self.by)

    def move_passage(self, passage_id: str, anchor: Anchor) -> Change:
        """Gives a passage another extent in its document; its links stay as they are.

        Where nothing differs, the change has no rows. Raises Unknown, and Refused where the
        anchor is of another document or another passage stands exactly there.
        """
        document = self._document_of(passage_id)
        label, paragraph = self._printed(document, anchor)
        return passages.move(
            self._store, passage_id, anchor, page_label=label, paragraph=paragraph, by=self.by
        )

    # --- many at once, split and merged --------------------------------------------------------

    def amend_many(
        self,
        link_ids: Sequence[str],
        *,
        code: str | None = None,
        polarity: Polarity | None = None,
        note: str | None = None,
    ) -> Amended:
        """Changes criterion, polarity or note of many links, in one change.

        None leaves each as it is, an empty note takes the notes away. Links whose passage is
        tagged so already stay as they were. Raises Unknown, and Refused where all stay for that.
        """
        target = self.target(code) if code is not None else None
        note = note.strip() if note is not None else None
        return many.amend(
            self._store, link_ids, target=target, polarity=polarity, note=note, by=self.by
        )

    def tag_also(self, link_ids: Sequence[str], code: str) -> Amended:
        """Tags the passages of links to one more criterion, in one change.

        Each new link has the polarity of the one it is made from. Raises as :meth:`amend_many`.
        """
        return many.add(self._store, link_ids, self.target(code), self.by)

    def untag_many(self, link_ids: Sequence[str]) -> Change:
        """Takes links away in one change. Raises Unknown, and then takes none."""
        return many.untag(self._store, link_ids, self.by)

    def split_passage(
        self, passage_id: str, cuts: Sequence[tuple[int, int]]
    ) -> tuple[tuple[str, ...], Change]:
        """Splits a passage at carets ``(page, code point)``, both 0-based; the ids of its parts.

        All parts keep its links. A caret within a word cuts before it. Raises Unknown, and
        Refused where no caret stands between two words of it, and for a part of a page.
        """
        document = self._document_of(passage_id)
        with self._store.reading() as connection:
            [row] = joining.rows_of(connection, [passage_id])
        text, anchor = self.text(document), reading.anchor(row)
        places = cutting.parts(text, self._standing(document, anchor), cuts)
        parts = [self._part(document, each, anchor.quote) for each in places]
        return joining.split(self._store, row, parts, self.by)

    def split_before(
        self, passage_id: str, words: str, occurrence: int | None = None
    ) -> tuple[tuple[str, ...], Change]:
        """Splits a passage before some of its words; ``occurrence`` counts from 1 within it.

        Raises as :meth:`split_passage`, and QuoteNotFound or QuoteAmbiguous for the words.
        """
        document = self._document_of(passage_id)
        with self._store.reading() as connection:
            [row] = joining.rows_of(connection, [passage_id])
        spans = reading.anchor(row).spans
        inside = [
            place
            for place in self.text(document).find(words)
            if any(
                each.page == place.start[0] and each.start <= place.start[1] < each.end
                for each in spans
            )
        ]
        if not inside:
            raise QuoteNotFound(f"The passage does not hold the words “{words}”; give others.")
        place = choose(inside, words, document.filename, page=None, occurrence=occurrence)
        return self.split_passage(passage_id, [place.start])

    def merge_passages(self, passage_ids: Sequence[str]) -> tuple[str, Change]:
        """Makes one passage of several that overlap or follow one another; its id.

        It has the links of all; of those that say the same, the oldest stays with all notes.
        Raises Unknown, WordsOff for fewer than two, and Refused where they are of different
        documents, where words stand between them, and for parts of pages.
        """
        ids = list(dict.fromkeys(passage_ids))
        if len(ids) < 2:
            raise WordsOff("Merging takes two passages or more; choose another one too.")
        with self._store.reading() as connection:
            rows = joining.rows_of(connection, ids)
        document = self._document_of(ids[0])
        if any(row["document_id"] != document.id for row in rows):
            raise Refused(
                "These passages stand in different documents; only passages of one can be merged.",
                code="other-document",
            )
        anchors = [reading.anchor(row) for row in rows]
        places = [self._standing(document, each) for each in anchors]
        whole = cutting.joined(self.text(document), places)
        like = " ".join(each.quote for each in anchors)
        return joining.merge(self._store, rows, self._part(document, whole, like), self.by)

    def _standing(self, document: Document, anchor: Anchor) -> Place:
        """Where the words of an anchor stand; raises Refused where they no longer do."""
        place = Place(tuple((span.page, span.start, span.end) for span in anchor.spans))
        if not self.text(document).holds(place, anchor.quote):
            raise Refused(
                "The words of this passage no longer stand where it is; untag it and tag it again.",
                code="lost",
            )
        return place

    def _part(self, document: Document, place: Place, like: str) -> joining.Part:
        anchor = self.text(document).anchor(place, like=like)
        return joining.Part(anchor, *self._printed(document, anchor))

    def _document_of(self, passage_id: str) -> Document:
        with self._store.reading() as connection:
            row = reading.table_row(connection, "passage", passage_id) or {}
        for document in (*self.documents(), *self.versions()):
            if document.id == row.get("document_id"):
                return document
        raise Unknown(f"There is no passage {passage_id}.", code="unknown-passage")

    # --- parts of pages ------------------------------------------------------------------------

    def area(self, document: Document, page: int, box: Box) -> Anchor:
        """What holds a part of a page (0-based, user space), with its picture.

        Raises WordsOff for a box too small, Refused for one off the page and where no picture
        can be taken.
        """
        clipped = regions.clipped(self.page(document, page), box)
        return self._region(document, page, Region("area", clipped))

    def table_anchor(
        self, document: Document, table: Table, row: int | None = None, column: int | None = None
    ) -> Anchor:
        """What holds a table, one of its rows, or one cell (0-based), with its picture.

        Raises as :meth:`area`, and WordsOff where the table has no such row or cell.
        """
        layer = self.page(document, table.page)
        region = regions.part(table, row, column, layer.rotation)
        return self._region(
            document, table.page, replace(region, box=regions.clipped(layer, region.box))
        )

    def _region(self, document: Document, page: int, region: Region) -> Anchor:
        taken = closely.picture(self.page_bytes(document), page, region.box, document.filename)
        region = replace(region, picture_sha256=digest(taken), picture=taken)
        return regions.anchored(self.text(document), page, region)

    def picture(self, passage_id: str) -> bytes:
        """The PNG of a passage that is a part of a page; raises Unknown where it has none."""
        with self._store.reading() as connection:
            row = reading.table_row(connection, "passage", passage_id) or {}
            told = row.get("region")
            sha256 = reading.region(str(told)).picture_sha256 if told else None
            found = reading.blob(connection, sha256) if sha256 else None
        if found is None:
            raise Unknown("This passage has no picture.", code="no-picture")
        return found

    # --- looking at them -----------------------------------------------------------------------

    def link(self, link_id: str) -> Link:
        """One link; raises Unknown."""
        with self._store.reading() as connection:
            for link in reading.links(connection, link_id=link_id):
                return link
        raise Unknown(f"There is no link {link_id}.", code="unknown-link")

    def links_by_id(self, ids: Sequence[str]) -> list[Link]:
        """Those of some links that exist, in the order asked for, each with what it holds."""
        with self._store.reading() as connection:
            found = {link.id: link for link in reading.links(connection, link_ids=ids)}
        known = [found[each] for each in dict.fromkeys(ids) if each in found]
        return evidence.with_holds(self._store, known)

    def links_in(self, version_ids: Sequence[str]) -> Iterator[list[Link]]:
        """The links that hang on some versions of documents, a few hundred at a time.

        Each with what it holds, in no order. What is read is of one moment; a window that shows a
        large case rests between two of them.
        """
        with self._store.reading() as connection:
            found = reading.links(connection, version_ids=version_ids)
            while some := list(islice(found, _PORTION)):
                yield evidence.with_holds(self._store, some)

    def links_of_passages(self, ids: Sequence[str]) -> list[Link]:
        """The links of some passages, each with what it holds."""
        with self._store.reading() as connection:
            found = list(reading.links(connection, passage_ids=ids))
        return evidence.with_holds(self._store, found)

    def evidence(
        self,
        *,
        code: str | None = None,
        section: int | None = None,
        polarity: Polarity | None = None,
        document: Document | None = None,
    ) -> list[Link]:
        """The links that match all that is given, in the order of the framework."""
        target = self.target(code) if code is not None else None
        section_id = None
        if section is not None:
            found = [each.id for each in self.framework().sections if each.number == section]
            if not found:
                raise Unknown(f"There is no section {section}.", code="unknown-section")
            section_id = found[0]
        if target is not None and target.criterion_id is None:
            if section_id not in {None, target.section_id}:
                return []
            section_id = target.section_id
        with self._store.reading() as connection:
            links = list(
                reading.links(
                    connection,
                    criterion_id=target.criterion_id if target else None,
                    section_id=section_id,
                    polarity=polarity,
                    document_id=(document.replaced_by or document.id) if document else None,
                )
            )
        return evidence.with_holds(self._store, links)

    def cited(self, document: Document, what: Place | Anchor) -> str:
        """Words and where they stand, on one line, for the clipboard."""
        anchor = what if isinstance(what, Anchor) else self.anchor(document, what)
        return cited(document, anchor, *self._printed(document, anchor))

    # --- new versions of documents -------------------------------------------------------------

    def replace(
        self, document: Document, path: Path, *, password: str | None = None
    ) -> Iterator[Progress | Replaced]:
        """Replaces a document by a new version; yields progress, and at last what became of it.

        The old version is kept beside it, with the passages that a person has yet to confirm.
        Closed before it is done, it leaves all as it was. Raises Refused for a file that cannot
        be taken in, and for one whose bytes the case holds already.
        """
        last = Progress("reading", 0, 0)
        for step in self.prepare_replacement(document, path, password=password):
            if isinstance(step, replacing.Prepared):
                yield self.carry_out_replacement(step)
                return
            last = step or last
            yield last

    def prepare_replacement(
        self, document: Document, path: Path, *, password: str | None = None
    ) -> Iterator[Progress | replacing.Prepared | None]:
        """Reads a new version and seeks the passages in it, in processes of their own.

        Yields progress, None meanwhile, and at last what :meth:`carry_out_replacement` takes;
        nothing is kept before. Raises as :meth:`replace`.
        """
        for step in importing.read_one(self._store, path, password):
            if isinstance(step, Progress):
                yield step
                continue
            if not self.evidence(document=document):  # nothing to seek
                yield replacing.Prepared(document, step, ())
                return
            for found in apart.run(replacing.seek, self.path.absolute(), document, step):
                if isinstance(found, tuple):
                    yield replacing.Prepared(document, step, found)
                else:
                    yield found

    def carry_out_replacement(self, prepared: replacing.Prepared) -> Replaced:
        """Puts a new version in the place of its document, all of it or nothing."""
        return replacing.carry_out(self._store, prepared, self.by)

    def waiting(self, document: Document | None = None) -> list[Rehold]:
        """The passages that have not been confirmed in the new version, of one document or all."""
        wanted = (document.replaced_by or document.id) if document is not None else None
        with self._store.reading() as connection:
            return reading.waiting(connection, wanted)

    def accept(self, passage_id: str) -> Change:
        """Moves a passage to where it was found in the new version of its document.

        Raises Unknown, and Refused where it was not found or another passage stands there.
        """
        return replacing.accept(self._store, passage_id, self.by)
