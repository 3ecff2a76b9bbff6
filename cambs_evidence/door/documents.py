"""The documents of a case: taking them in, what is known of them, their pages and texts."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cambs_evidence.documents import closely, regions, tesseract
from cambs_evidence.documents.anchors import DocumentText
from cambs_evidence.documents.finding import Wanted
from cambs_evidence.documents.layer import RECOGNISED, PageLayer
from cambs_evidence.documents.numbering import Numbering
from cambs_evidence.documents.outline import headings_of
from cambs_evidence.documents.sought import understood
from cambs_evidence.errors import Unknown, WordsOff
from cambs_evidence.model import (
    Change,
    Document,
    Heading,
    Hit,
    Imported,
    PageShape,
    Place,
    Progress,
    Recognised,
    Suggestion,
    Suggestions,
    Table,
)
from cambs_evidence.store import (
    evidence,
    importing,
    log,
    reading,
    recognising,
    searching,
)
from cambs_evidence.store.engine import Store
from cambs_evidence.wording import as_period, title_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cambs_evidence.documents.rendering import Deliver, Renderer, Wish
from cambs_evidence.door.opened import Opened, checked_date

#: Documents whose text is kept ready for searching.
_READY = 4


class Documents(Opened):
    """The documents of an open case."""

    def __init__(self, store: Store, by: str) -> None:
        super().__init__(store, by)
        self._texts: dict[str, DocumentText] = {}
        self._ready = threading.Lock()
        self._documents_found: tuple[tuple[int, str], dict[str, Document]] | None = None

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

    def versions(self) -> list[Document]:
        """The older versions of documents that were replaced."""
        with self._store.reading() as connection:
            # Links count as those of the newest version: there are none of the older ones.
            return reading.documents(connection, counted=False, replaced=True)

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

    def remove(self, document: Document, *, with_links: bool = False) -> tuple[int, Change]:
        """Takes a document away; refused while passages hang on it, unless told."""
        with self._ready:
            self._texts.clear()
        return evidence.remove(self._store, document, with_links=with_links, by=self.by)

    # --- what is known of them -----------------------------------------------------------------

    def describe(self, document: Document, **facts: str | None) -> Change:
        """Sets title, date, period, kind or issuer of a document; None takes one away."""
        if facts.get("date") is not None:
            facts["date"] = checked_date(str(facts["date"]))
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

    # --- bytes, pages, text --------------------------------------------------------------------

    def document_bytes(self, document: Document) -> bytes:
        """The bytes of a document as they were received."""
        return self._blob(document.sha256)

    def page_bytes(self, document: Document) -> bytes:
        """The PDF that shows a document's pages: its rendition, or itself."""
        return self._blob(document.rendition_sha256 or document.sha256)

    def _blob(self, sha256: str) -> bytes:
        with self._store.reading() as connection:
            return reading.blob(connection, sha256) or b""

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

    def faces(self, document: Document, numbers: Sequence[int]) -> dict[int, tuple[PageShape, str]]:
        """How some pages (0-based) are shown, and their texts, by their numbers."""
        with self._store.reading() as connection:
            return reading.faces(connection, document.id, numbers, self._store.damaged)

    def some_layers(self, document: Document, numbers: Sequence[int]) -> dict[int, PageLayer]:
        """The text layers of some pages (0-based) by their numbers."""
        with self._store.reading() as connection:
            return reading.some_layers(connection, document.id, numbers, self._store.damaged)

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

    def renderer(
        self,
        deliver: Deliver,
        begun: Callable[[Wish], None] = lambda _: None,
        rested: Callable[[], None] = lambda: None,
    ) -> Renderer:
        """Paints pages of this case's documents; the caller closes it before the case."""
        from cambs_evidence.documents.rendering import Renderer  # noqa: PLC0415 - for windows

        return Renderer(self._blob, deliver, begun, rested)

    def search(
        self, query: str, limit: int = 200, *, untagged: bool = False
    ) -> tuple[int, list[Hit]]:
        """Full text over all documents: how many pages hold it, and the best of them.

        ``query`` is as :mod:`cambs_evidence.documents.sought` says. ``untagged`` leaves out the
        pages on which all that is sought stands in passages already.
        """
        wanted = understood(query)
        with self._store.reading() as connection:
            total, found = searching.search(connection, wanted, limit, untagged=untagged)
            known = self._found_in(connection, {each.document_id for each in found})
        return total, [
            Hit(known[document], page, snippet, Place(((page, *place),)) if place else None, tagged)
            for document, page, snippet, place, tagged in found
        ]

    def _found_in(self, connection: Connection, ids: set[str]) -> dict[str, Document]:
        """Some documents by their ids; those found before will do while the log has nothing new.

        One search follows the other, letter by letter, and most find the same documents.
        """
        head, known = log.last(connection), self._documents_found
        if known is None or known[0] != head:
            known = self._documents_found = (head, {})
        if missing := ids - known[1].keys():
            known[1].update({each.id: each for each in reading.documents(connection, only=missing)})
        return known[1]

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

    # --- tables --------------------------------------------------------------------------------

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

    # --- recognition ---------------------------------------------------------------------------

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

    def _recognised(self, document: Document) -> dict[int, PageLayer]:
        """The layers of pages that were recognised, and of those beside them."""
        machine = [shape.quality == RECOGNISED for shape in self.shapes(document)]
        return {
            number: self.page(document, number)
            for number in range(len(machine))
            if any(machine[max(number - 1, 0) : number + 2])
        }


def _checked_period(value: str) -> str:
    """``FROM..UNTIL`` in ISO text; raises WordsOff."""
    period = as_period(value)
    if period is None:
        raise WordsOff(
            f"{value.strip()!r} is no period; write 2024-04..2025-03, April 2024 to March 2025, or "
            "2024/25."
        )
    return period
