"""The door: an open case and everything that can be done to it.

Every window and every command comes through here. The door delegates; a room does the work.
Changes return the :class:`Change` whose exact inverse :meth:`Case.revert` carries out.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cambs_evidence import apart, paths
from cambs_evidence.documents import closely, regions, tesseract
from cambs_evidence.documents.anchors import DocumentText, choose
from cambs_evidence.documents.finding import Wanted
from cambs_evidence.documents.intake import digest
from cambs_evidence.documents.layer import RECOGNISED, PageLayer
from cambs_evidence.documents.numbering import Numbering
from cambs_evidence.documents.outline import headings_of
from cambs_evidence.errors import QuoteNotFound, Unknown, WordsOff
from cambs_evidence.framework import bundled, lookup
from cambs_evidence.mapping import coverage as mapping
from cambs_evidence.model import (
    Anchor,
    Box,
    CaseFacts,
    Change,
    Coverage,
    Document,
    Event,
    Framework,
    Heading,
    Hit,
    Imported,
    Limits,
    Link,
    PackOptions,
    PackResult,
    PageShape,
    Place,
    Polarity,
    Problem,
    Progress,
    Recognised,
    Region,
    Rehold,
    Replaced,
    RowChange,
    Suggestion,
    Suggestions,
    Table,
    Target,
    Verification,
)
from cambs_evidence.pack import part
from cambs_evidence.store import (
    evidence,
    importing,
    log,
    passages,
    reading,
    recognising,
    replacing,
    soundness,
)
from cambs_evidence.store.engine import Store, create, open_store
from cambs_evidence.wording import as_iso, as_period, cited, last_day, title_of

if TYPE_CHECKING:
    from cambs_evidence.documents.rendering import Deliver, Renderer
    from cambs_evidence.pack.contents import Contents
    from cambs_evidence.pack.manifest import Source
    from cambs_evidence.pack.material import Material
    from cambs_evidence.pack.verify import Found

#: Documents whose text is kept ready for searching.
_READY = 4


class Case:
    """An open case."""

    def __init__(self, store: Store, by: str) -> None:
        self._store = store
        self.by = by
        self._texts: dict[str, DocumentText] = {}
        self._ready = threading.Lock()
        self._framework: Framework | None = None

    # --- opening and closing -------------------------------------------------------------

    @staticmethod
    def create(path: Path, *, by: str, title: str | None = None) -> Case:
        """Makes a case with the bundled framework; refuses a name that is taken."""
        tree = bundled.read(paths.resources() / "framework.toml")
        store = create(path)
        try:
            facts = {
                "title": (title or "").strip() or path.stem,
                "framework_name": tree.name,
                "framework_version": tree.version,
            }
            rows = [
                RowChange("fact", name, None, {"id": name, "value": value})
                for name, value in facts.items()
            ]
            store.commit(by, "make case", facts["title"], rows + _framework_rows(tree))
        except BaseException:
            store.close()
            path.unlink(missing_ok=True)
            raise
        return Case(store, by)

    @staticmethod
    def open(path: Path, *, by: str, readonly: bool = False, patience: float = 5.0) -> Case:
        """Opens a case; see :func:`cambs_evidence.store.engine.open_store` for refusals."""
        return Case(open_store(path, readonly=readonly, patience=patience), by)

    def close(self) -> None:
        """Takes out for good what was removed, folds the journal back, lets go of the file."""
        try:
            if not self._store.readonly:
                soundness.purge(self._store)
        finally:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def together(self) -> contextlib.AbstractContextManager[None]:
        """What this thread changes meanwhile is kept as a whole or not at all."""
        return self._store.together()

    @property
    def path(self) -> Path:
        """Where the case lies."""
        return self._store.path

    @property
    def readonly(self) -> bool:
        """True when nothing can be changed."""
        return self._store.readonly

    # --- facts and framework -------------------------------------------------------------

    def facts(self) -> CaseFacts:
        """What is known of the case itself."""
        with self._store.reading() as connection:
            return reading.case_facts(connection)

    def set_facts(self, **facts: str | None) -> Change:
        """Sets facts by the names of :class:`CaseFacts`; None takes one away."""
        for name in ("period_from", "period_until"):
            if facts.get(name) is not None:
                facts[name] = _checked_date(str(facts[name]))
        with self._store.reading() as connection:
            known = reading.facts(connection)
        start = facts.get("period_from", known.get("period_from"))
        until = facts.get("period_until", known.get("period_until"))
        if start and until and last_day(until) < last_day(start):
            raise WordsOff(f"The period {start}..{until} ends before it begins.")
        rows = _fact_rows(known, facts)
        return self._store.commit(self.by, "describe case", ", ".join(facts), rows)

    def limits(self) -> Limits:
        """The limits of coverage that this case is judged by."""
        with self._store.reading() as connection:
            return reading.limits(connection)

    def set_limits(self, limits: Limits) -> Change:
        """Sets the limits of coverage; a change without rows where they are so already.

        They belong to the case, so that it gives the same pack wherever it is opened. Raises
        WordsOff for limits that nothing could be measured by.
        """
        with self._store.reading() as connection:
            known, before = reading.facts(connection), reading.limits(connection)
        what = "set limits of coverage"
        wanted = mapping.checked(limits)
        if wanted == before:
            return Change(what, "", ())
        named = {name: str(value) for name, value in asdict(wanted).items()}
        subject = ", ".join(f"{name} {value}" for name, value in named.items())
        return self._store.commit(self.by, what, subject, _fact_rows(known, named))

    def framework(self) -> Framework:
        """The tree the case stands on."""
        tree = self._framework  # another thread may take it away meanwhile
        if tree is None:
            with self._store.reading() as connection:
                tree = self._framework = reading.framework(connection)
        return tree

    def target(self, code: str) -> Target:
        """What a code names; raises Unknown."""
        return bundled.target(self.framework(), code)

    def matching(self, typed: str) -> list[Target]:
        """The criteria meant by some words or a code, the likeliest first; all for nothing.

        Several codes one after the other give just those, if the framework has them all.
        """
        tree = self.framework()
        several = lookup.listed(tree, typed)
        return several if len(several) > 1 else lookup.matching(tree, typed)

    # --- documents -----------------------------------------------------------------------

    def import_files(
        self, given: Sequence[Path], *, recursive: bool = False, password: str | None = None
    ) -> Iterator[Progress | Imported]:
        """Imports files and folders; yields progress and what became of each path."""
        return importing.import_files(
            self._store, given, by=self.by, recursive=recursive, password=password
        )

    def documents(self) -> list[Document]:
        """The documents, in the order they came."""
        with self._store.reading() as connection:
            return reading.documents(connection)

    def document(self, name: str) -> Document:
        """The document with this id, or the one with this file name; raises Unknown.

        The id of an older version names the newest.
        """
        known = self.documents()
        with self._store.reading() as connection:
            newest = reading.newest_versions(connection).get(name, name)
        found = [each for each in known if each.id == newest]
        found = found or [each for each in known if each.filename == name]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(each.identity for each in found)
            raise Unknown(
                f"{len(found)} documents are called {name}; name one by its id: {ids}.",
                code="ambiguous-document",
            )
        raise Unknown(
            f"There is no document {name!r} in {self.path.name}; the documents command lists them.",
            code="unknown-document",
        )

    def describe(self, document: Document, **facts: str | None) -> Change:
        """Sets title, date, period, kind or issuer of a document; None takes one away."""
        if facts.get("date") is not None:
            facts["date"] = _checked_date(str(facts["date"]))
        if facts.get("period") is not None:
            facts["period"] = _checked_period(str(facts["period"]))
        if "title" in facts and not (facts["title"] or "").strip():
            raise WordsOff("A document needs a title.")
        return evidence.describe(self._store, document, facts, self.by)

    def suggestions(self, document: Document) -> Suggestions:
        """What a document's text says of it, with where; nothing is set by that."""
        from cambs_evidence.documents import facts  # noqa: PLC0415 - for documents that are new

        numbers = {*range(facts.PAGES), document.pages - 1} & set(range(document.pages))
        return facts.suggest([self.page(document, number) for number in sorted(numbers)])

    def untaken(self, document: Document) -> dict[str, Suggestion]:
        """The suggestions by the names of facts that nobody has set yet.

        The title counts as one while it is the one made from the file's name.
        """
        told = self.suggestions(document)
        named = document.title == title_of(document.filename)
        known = {name: getattr(document, name) for name in ("date", "period", "kind", "issuer")}
        known = {"title": None if named else document.title, **known}
        found = {name: getattr(told, name) for name, value in known.items() if value is None}
        return {name: each for name, each in found.items() if each is not None}

    def take_suggestions(self, document: Document) -> Change | None:
        """Sets what is suggested and nobody has set yet; None where there is nothing of it.

        What is known is read anew: what was set meanwhile stays.
        """
        document = self.document(document.id)
        facts = {name: each.value for name, each in self.untaken(document).items()}
        return self.describe(document, **facts) if facts else None

    def remove(self, document: Document, *, with_links: bool = False) -> tuple[int, Change]:
        """Takes a document away; refused while passages hang on it, unless told."""
        with self._ready:
            self._texts.clear()
        return evidence.remove(self._store, document, with_links=with_links, by=self.by)

    def versions(self) -> list[Document]:
        """The older versions of documents that were replaced."""
        with self._store.reading() as connection:
            return reading.documents(connection, replaced=True)

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

    def document_bytes(self, document: Document) -> bytes:
        """The bytes of a document as they were received."""
        return self._blob(document.sha256)

    def page_bytes(self, document: Document) -> bytes:
        """The PDF that shows a document's pages: its rendition, or itself."""
        return self._blob(document.rendition_sha256 or document.sha256)

    def _blob(self, sha256: str) -> bytes:
        with self._store.reading() as connection:
            return reading.blob(connection, sha256) or b""

    def source_of(self, source: Source) -> Found:
        """The document that a pack's manifest names, for verifying."""
        from cambs_evidence.pack.verify import Found  # noqa: PLC0415

        with self._store.reading() as connection:
            known = reading.documents(connection, counted=False, replaced=None)
        for document in known:
            if document.sha256 == source.sha256:
                data = self.document_bytes(document)
                kept = self._recognised(document)
                if digest(data) != document.sha256:
                    return Found("changed", data, self.page_bytes(document), kept)
                return Found("same", data, self.page_bytes(document), kept)
        for document in self.documents():
            if document.filename == source.filename:
                return Found(
                    "changed", self.document_bytes(document), self.page_bytes(document), {}
                )
        return Found("missing")

    def _recognised(self, document: Document) -> dict[int, PageLayer]:
        """The layers of pages that were recognised, and of those beside them."""
        machine = [shape.quality == RECOGNISED for shape in self.shapes(document)]
        return {
            number: self.page(document, number)
            for number in range(len(machine))
            if any(machine[max(number - 1, 0) : number + 2])
        }

    # --- recognition ---------------------------------------------------------------------

    def can_recognise(self) -> str | None:
        """The version of Tesseract that recognises text here; None where it is not installed."""
        engine = tesseract.found()
        return engine.version if engine is not None else None

    def recognise(
        self, document: Document, pages: Sequence[int] | None = None
    ) -> Iterator[Progress | Recognised | None]:
        """Recognises the text of pages (0-based), in processes of their own.

        Without ``pages``, of all that have no text or nonsense. Yields what became of each page
        once it is kept, and None meanwhile, so that a window can stop it; what was finished stays.
        Pages that hold passages with words are left as they are. Raises Refused where Tesseract is
        not installed or the case is open for reading only, Unknown where there is no such page.
        """
        for page in pages or ():
            self.page(document, page)
        wanted = recognising.wanted(self.shapes(document), pages)
        data = self.page_bytes(document)
        for step in recognising.recognise(self._store, document, wanted, data, self.by):
            if isinstance(step, Recognised) and step.reason is None:
                with self._ready:  # what was read of it before is no longer so
                    self._texts.pop(document.id, None)
            yield step

    def text(self, document: Document) -> DocumentText:
        """The text of a document, ready to be searched; kept for the last few asked for."""
        with self._ready:
            ready = self._texts.pop(document.id, None)
        if ready is None:
            with self._store.reading() as connection:
                layers = reading.layers(connection, document.id, self._store.damaged)
                row = reading.document_row(connection, document.id) or {"numbering": "[[],[]]"}
                numbering = Numbering.load(str(row["numbering"]))
            ready = DocumentText(document.sha256, document.layer_version, layers, numbering)
        with self._ready:
            self._texts[document.id] = ready
            while len(self._texts) > _READY:
                self._texts.pop(next(iter(self._texts)))
        return ready

    def shapes(self, document: Document) -> list[PageShape]:
        """Size, rotation, label and quality of each page."""
        with self._store.reading() as connection:
            return reading.layers(connection, document.id, self._store.damaged).shapes()

    def headings(self, document: Document) -> list[Heading]:
        """The headings in a document's text, for one whose file has no outline.

        Empty where they would make no list of contents. Goes through the whole document: not to be
        waited for by a window.
        """
        with self._store.reading() as connection:
            return headings_of(reading.layers(connection, document.id, self._store.damaged))

    def renderer(self, deliver: Deliver) -> Renderer:
        """Paints pages of this case's documents; the caller closes it before the case."""
        from cambs_evidence.documents.rendering import Renderer  # noqa: PLC0415 - for windows

        return Renderer(self._blob, deliver)

    def find_words(
        self,
        document: Document,
        query: str,
        *,
        match_case: bool = False,
        whole_words: bool = False,
    ) -> Iterator[list[Place]]:
        """Where the pages of a document hold some words, page by page; an empty list for none."""
        wanted = Wanted(query, match_case=match_case, whole_words=whole_words)
        with self._store.reading() as connection:
            layers = reading.layers(connection, document.id, self._store.damaged)
        for page in range(0 if wanted.empty else len(layers)):
            yield [Place(((page, start, end),)) for start, end in wanted.on(layers.text(page))]

    def page(self, document: Document, number: int) -> PageLayer:
        """The text layer of one page (0-based); raises Unknown."""
        with self._store.reading() as connection:
            layer = reading.layer(connection, document.id, number)
        if layer is None:
            raise Unknown(
                f"{document.filename} has pages 1 to {document.pages}; there is no page "
                f"{number + 1}.",
                code="unknown-page",
            )
        return layer

    def search(self, query: str, limit: int = 200) -> tuple[int, list[Hit]]:
        """Full text over all documents: how many pages hold it, and the best of them."""
        with self._store.reading() as connection:
            total, found = reading.search(connection, query, limit)
            known = {document.id: document for document in reading.documents(connection)}
        return total, [
            Hit(known[row["document_id"]], number, snippet) for row, number, snippet in found
        ]

    # --- evidence ------------------------------------------------------------------------

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

    def anchor(self, document: Document, place: Place) -> Anchor:
        """What holds a place of a document."""
        return self.text(document).anchor(place)

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

    def _document_of(self, passage_id: str) -> Document:
        with self._store.reading() as connection:
            row = reading.table_row(connection, "passage", passage_id) or {}
        for document in (*self.documents(), *self.versions()):
            if document.id == row.get("document_id"):
                return document
        raise Unknown(f"There is no passage {passage_id}.", code="unknown-passage")

    def links_of_passages(self, ids: Sequence[str]) -> list[Link]:
        """The links of some passages, each with what it holds."""
        with self._store.reading() as connection:
            found = list(reading.links(connection, passage_ids=ids))
        return evidence.with_holds(self._store, found)

    def cited(self, document: Document, what: Place | Anchor) -> str:
        """Words and where they stand, on one line, for the clipboard."""
        anchor = what if isinstance(what, Anchor) else self.anchor(document, what)
        return cited(document, anchor, *self._printed(document, anchor))

    # --- parts of pages ------------------------------------------------------------------

    def tables(
        self, document: Document, page: int | None = None
    ) -> Iterator[Progress | Table | None]:
        """The tables on one page (0-based) or on all, sought in a process of its own.

        Yields progress and tables, and None meanwhile, so that a window can stop it. Raises
        Refused where a page cannot be read, Unknown where there is no such page.
        """
        if page is not None:
            layers = [self.page(document, page)]
        else:
            layers = list(self.text(document).pages)
        wanted = [(layer.index, regions.bands(layer)) for layer in layers]
        steps = closely.tables(self.page_bytes(document), wanted, document.filename)
        done = 0
        with contextlib.closing(steps):
            for step in steps:
                if step is None:
                    yield None
                    continue
                yield from (regions.filled(table, layers[done]) for table in step[1])
                done += 1
                yield Progress("tables", done, len(layers))

    def tables_on(self, document: Document, page: int) -> list[Table]:
        """The tables on a page (0-based); waits for them. Raises as :meth:`tables`."""
        return [each for each in self.tables(document, page) if isinstance(each, Table)]

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

    def revert(self, change: Change) -> Change:
        """Carries out the exact inverse of a change; returns the change that brings it back."""
        self._framework = None
        return evidence.revert(self._store, change, self.by)

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

    def coverage(self, limits: Limits | None = None) -> Coverage:
        """The state of every criterion at the case's reference date.

        Judged by the case's own limits, unless others are given.
        """
        with self._store.reading() as connection:
            tallies = reading.tallies(connection)
            documents = reading.documents(connection, counted=False)
            facts = reading.case_facts(connection)
            limits = limits or reading.limits(connection)
        return mapping.coverage(self.framework(), tallies, documents, facts, limits)

    def coverage_after(self, before: Coverage, changes: Sequence[Change]) -> Coverage:
        """What coverage has become by some changes; quick where they touch links alone."""
        rows = [row for change in changes for row in change.rows if row.table != "passage"]
        if any(row.table != "link" for row in rows):
            return self.coverage()
        images = [image for row in rows for image in (row.before, row.after) if image]
        places = {str(image["criterion_id"] or image["section_id"]) for image in images}
        tree = self.framework()
        codes = {
            target.code
            for target in lookup.targets(tree)
            if (target.criterion_id or target.section_id) in places
        }
        with self._store.reading() as connection:
            tallies = reading.tallies(connection, places)
            documents = reading.documents(connection, counted=False)
            facts = reading.case_facts(connection)
            limits = reading.limits(connection)
        return mapping.coverage(tree, tallies, documents, facts, limits, before=before, codes=codes)

    # --- pack, log, soundness ------------------------------------------------------------

    def build_pack(
        self, path: Path, options: PackOptions, limits: Limits | None = None
    ) -> Iterator[Progress | PackResult]:
        """Builds the evidence pack; yields progress, and at last the result.

        Coverage is judged by the case's own limits, unless others are given.
        """
        from cambs_evidence.pack.build import build  # noqa: PLC0415 - reportlab is heavy

        limits = limits or self.limits()
        for each in build(self._material(limits), path, options, limits):
            if isinstance(each, PackResult):
                self._record(each, options)
            yield each

    def export_pack(
        self, path: Path, options: PackOptions
    ) -> Iterator[Progress | PackResult | None]:
        """Builds the evidence pack in a process of its own, by the case's own limits.

        Yields progress and at last the result, and None meanwhile, so that a window can stop it;
        raises as :func:`cambs_evidence.apart.run`. Stopped, it leaves nothing behind.
        """
        path = path.absolute()
        before = part.lying_by(path)
        steps = apart.run(_build_pack, self.path.absolute(), self.by, path, options)
        try:
            with contextlib.closing(steps):
                for each in steps:
                    if isinstance(each, PackResult):
                        self._record(each, options)
                    yield each
        finally:
            # A process that had to be killed could not clean up.
            for left in part.lying_by(path) - before:
                with contextlib.suppress(OSError):
                    left.unlink()

    def pack_contents(self, options: PackOptions, limits: Limits | None = None) -> Contents:
        """What a pack with these options would say, for a preview."""
        from cambs_evidence.pack.build import contents_of  # noqa: PLC0415

        limits = limits or self.limits()
        return contents_of(self._material(limits), options, limits)

    def _material(self, limits: Limits) -> Material:
        from cambs_evidence.pack.material import Material  # noqa: PLC0415

        def geometry(document: Document, number: int) -> tuple[Box, int]:
            layer = self.page(document, number)
            return layer.media, layer.rotation

        with self._store.reading() as connection:
            links = tuple(reading.links(connection))
            documents = tuple(reading.documents(connection, replaced=None))
            labels = reading.page_labels(connection)
            head = log.head(connection)
        now = [each for each in documents if each.replaced_by is None]
        return Material(
            facts=self.facts(),
            framework=self.framework(),
            links=links,
            documents=documents,
            coverage=mapping.coverage(
                self.framework(), mapping.tallied(links), now, self.facts(), limits
            ),
            labels=labels,
            log_head=head,
            geometry=geometry,
            page_bytes=self.page_bytes,
            picture=self._blob,
        )

    def _record(self, result: PackResult, options: PackOptions) -> None:
        if self.readonly:
            return
        import json  # noqa: PLC0415
        import uuid  # noqa: PLC0415

        row: dict[str, object] = {
            "id": str(uuid.uuid4()),
            "at": log.now(),
            "by": self.by,
            "sha256": result.sha256,
            "pages": result.pages,
            "excerpts": result.excerpts,
            "options": json.dumps(asdict(options)),
        }
        with self._store.writing() as connection:
            self._store.carry_out(connection, [RowChange("pack", str(row["id"]), None, row)])

    def events(self) -> list[Event]:
        """The change log, oldest first."""
        with self._store.reading() as connection:
            return list(log.events(connection))

    def log_is_intact(self) -> bool:
        """True when every entry of the log fits the one before it."""
        return log.first_break(self.events()) is None

    def check(self) -> Iterator[Progress | Problem]:
        """Looks at storage, documents, anchors and log; yields progress and problems."""
        return soundness.check(self._store)

    def check_apart(self) -> Iterator[Progress | Problem | None]:
        """The same in a process of its own; None meanwhile, so that a window can stop it."""
        return apart.run(_check, self.path.absolute(), self.by)

    def backup(self, target: Path | None = None) -> Path:
        """Makes a verified copy; its path."""
        return soundness.backup(self._store, target)


def restore(source: Path, target: Path) -> Path:
    """Makes a case out of a backup, which is checked first."""
    return soundness.restore(source, target)


def verify_pack(
    pack: Path, *, by: str, case: Path | None = None, sources: Path | None = None
) -> Iterator[Progress | Verification]:
    """Verifies a pack against a case, or against the files of a folder; at last the result.

    With neither, the sources are sought in the folder that the pack lies in.
    """
    from cambs_evidence.pack import verify as proof  # noqa: PLC0415 - PDF libraries are heavy

    if case is None:
        yield from proof.verify(pack, proof.in_folder(sources or pack.absolute().parent), None)
        return
    with Case.open(case, by=by, readonly=True) as opened:
        links = {link.id: link for link in opened.evidence()}
        yield from proof.verify(pack, opened.source_of, links)


def verify_apart(
    pack: Path, *, by: str, case: Path | None = None, sources: Path | None = None
) -> Iterator[Progress | Verification | None]:
    """:func:`verify_pack` in a process of its own; None meanwhile, so that a window can stop it."""
    return apart.run(
        verify_pack,
        pack.absolute(),
        by=by,
        case=case and case.absolute(),
        sources=sources and sources.absolute(),
    )


def _build_pack(
    case: Path, by: str, path: Path, options: PackOptions
) -> Iterator[Progress | PackResult]:
    with Case.open(case, by=by, readonly=True) as opened:
        yield from opened.build_pack(path, options)


def _check(case: Path, by: str) -> Iterator[Progress | Problem]:
    with Case.open(case, by=by, readonly=True) as opened:
        yield from opened.check()


def _fact_rows(
    known: Mapping[str, str | None], wanted: Mapping[str, str | None]
) -> list[RowChange]:
    """The rows of the facts that are not yet as wanted."""
    rows = []
    for name, value in wanted.items():
        after: dict[str, object] = {"id": name, "value": value}
        before = {**after, "value": known[name]} if name in known else None
        if before != after:
            rows.append(RowChange("fact", name, before, after))
    return rows


def _framework_rows(tree: Framework) -> list[RowChange]:
    rows = []
    for section in tree.sections:
        facts: dict[str, object] = {
            "id": section.id,
            "number": section.number,
            "title": section.title,
        }
        rows.append(RowChange("section", section.id, None, facts))
        block_of = {code: place for place, block in enumerate(section.blocks) for code in block}
        for position, criterion in enumerate(section.criteria):
            facts = {
                "id": criterion.id,
                "section_id": section.id,
                "code": criterion.code,
                "position": position,
                "block": block_of[criterion.code],
                "label": criterion.label,
                "statement": criterion.statement,
                "marked": criterion.marked,
            }
            rows.append(RowChange("criterion", criterion.id, None, facts))
    return rows


def _checked_date(value: str) -> str:
    """ISO text of a day, month or year; raises WordsOff."""
    iso = as_iso(value)
    if iso is None:
        raise WordsOff(
            f"{value.strip()!r} is no date; write 2024-03-31 or 31 March 2024, or 2024-03 or 2024 "
            "where the day is not known."
        )
    return iso


def _checked_period(value: str) -> str:
    """``FROM..UNTIL`` in ISO text; raises WordsOff."""
    period = as_period(value)
    if period is None:
        raise WordsOff(
            f"{value.strip()!r} is no period; write 2024-04..2025-03, April 2024 to March 2025, or "
            "2024/25."
        )
    return period
