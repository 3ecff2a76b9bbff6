"""Word documents read by the program itself: headings, lists, tables, notes, headers, pictures.

What a document says is a text of its own, the decoded source: every block that is printed, in
order, with the markers of lists as they are counted. It depends on nothing but the file and the
version of the rules, so that a stored page can be proved against the file later. What is struck
out as deleted, hidden or a comment is not printed; templates, links, embedded files and parts in
other formats are never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cambs_evidence.documents import insets
from cambs_evidence.documents.blocks import MOST_BLOCKS, MOST_CELLS
from cambs_evidence.documents.flow import (
    LINE_END,
    NOTHING,
    Block,
    Flow,
    Inset,
    Kind,
    Note,
    Running,
    Segment,
    Style,
    Styled,
)
from cambs_evidence.documents.inline import BULLET
from cambs_evidence.documents.package import Package
from cambs_evidence.documents.phrases import Drawing, Fields, Mark, Phrase, Phrases, Piece, Writer
from cambs_evidence.documents.wordml import (
    Lists,
    Marker,
    Styles,
    W,
    child,
    local,
    switch,
    value,
    whole,
)
from cambs_evidence.errors import DocumentRefused

#: Stored with each text layer; changes whenever any document could come out differently.
RULES_VERSION = "docx-1"

#: Different pictures in a document, and bytes of them as they are kept.
MOST_PICTURES, MOST_PICTURE_BYTES = 2_000, 200 * 1024**2
#: Lines of a running header or footer that are kept.
_MOST_RUNNING = 8
_WRAPPERS = frozenset({
    "sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "body", "footnote", "endnote",
    "hdr", "ftr", "txbxContent",
})  # fmt: skip
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*\.|\d{1,3}(?:\.\d{1,3})+\)?")
_NESTED = re.compile(r"\d{1,3}\.\d")


def read(data: bytes) -> tuple[str, Flow]:
    """What a document says: the decoded source, and its blocks, whose offsets count in it.

    Raises:
        DocumentRefused: for a file that is damaged, made to do harm, or says nothing.
    """
    source, flow = _Reader(Package(data)).read()
    if not flow.blocks:
        raise DocumentRefused("it holds no text", code="empty")
    return source, flow


def _wrapped(root: Any) -> Iterator[Any]:
    """Paragraphs, tables and ends of sections within an element, in order."""
    stack = [iter(root)]
    while stack:
        each = next(stack[-1], None)
        if each is None:
            stack.pop()
        elif local(each) in {"p", "tbl", "sectPr"}:
            yield each
        elif local(each) in _WRAPPERS:
            stack.append(iter(each))


def _within(row: Any, name: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also within wrappers."""
    stack = [iter(row)]
    while stack:
        each = next(stack[-1], None)
        if each is None:
            stack.pop()
        elif local(each) == name:
            yield each
        elif local(each) in _WRAPPERS:
            stack.append(iter(each))


class _Reader:
    """A document that is being read."""

    def __init__(self, package: Package) -> None:
        self._package = package
        mains = [each for each in package.targets("").values() if each.kind == "officeDocument"]
        name = mains[0].name if mains else "word/document.xml"
        self._main = package.xml(name)
        self._targets = package.targets(name)
        self._styles = Styles(self._part("styles"))
        self._lists = Lists(self._part("numbering"), self._styles)
        self._notes = {kind: self._notes_of(kind) for kind in ("footnotes", "endnotes")}
        self._endnotes: list[tuple[str, Any]] = []
        self._writer = Writer()
        self._phrases = Phrases(self._styles)
        self._fields = Fields()
        self._blocks: list[Block] = []
        self._running: Running | None = None
        self._margins: dict[str, tuple[Styled, ...]] = {}
        self._insets: dict[Drawing, Inset | None] = {}
        self._picture_bytes = 0

    def _part(self, kind: str) -> Any:
        """The root of a part that the document itself refers to; None for none."""
        for target in self._targets.values():
            if target.kind == kind and not target.external and target.name in self._package:
                return self._package.xml(target.name)
        return None

    def _notes_of(self, kind: str) -> dict[str, Any]:
        root = self._part(kind)
        found: dict[str, Any] = {}
        for each in () if root is None else root:
            if value(each, "type") in {None, "normal"}:
                found.setdefault(value(each, "id") or "", each)
        return found

    def read(self) -> tuple[str, Flow]:
        body = child(self._main, "body")
        if body is None:
            raise DocumentRefused(
                "it holds no document; open it in Word and save it anew", code="damaged"
            )
        sections = self._sections(body)
        self._begin_section(next(sections, None))
        for each in _wrapped(body):
            if local(each) == "p":
                self._paragraph(each)
            elif local(each) == "tbl":
                self._table(each)
            ends = local(each) == "p" and child(each, "pPr", "sectPr") is not None
            if ends:
                self._begin_section(next(sections, None))
        for mark, note in self._endnotes:
            text = self._note_text(note, "")
            marker = self._writer.written(mark)
            self._add(Block(Kind.NOTE, (text,), marker=marker, tight=True))
        if self._running is not None and (self._running.top or self._running.foot):
            self._add(Block(Kind.PARAGRAPH, (NOTHING,)))  # a page that only its margins fill
        return self._writer.text, Flow(tuple(self._blocks), RULES_VERSION)

    def _add(self, block: Block) -> None:
        if len(self._blocks) >= MOST_BLOCKS:
            raise DocumentRefused(
                "it has more lines than any document that can be cited; split it", code="too-large"
            )
        if self._running is not None:
            block = replace(block, running=self._running)
            self._running = None
        self._blocks.append(block)

    # Paragraphs

    def _paragraph(self, paragraph: Any) -> None:
        phrase = self._phrases.of(paragraph, self._fields)
        marker = self._lists.marker(paragraph)
        if phrase.says or (marker and not phrase.insets):
            level = self._styles.heading(paragraph)
            shown, gap = NOTHING, Segment(1, -1)
            if marker is not None:
                shown = self._writer.written(marker.text, " ")
                gap = Segment(1, shown.segments[-1].source + shown.segments[-1].length)
            text = self._with_notes(*self._writer.take(phrase.pieces))
            if text.text or shown.text:
                kind = Kind.HEADING if level else _kind(marker)
                if kind is Kind.ITEM and marker is not None:
                    level = marker.level
                self._add(Block(kind, (text,), min(level, 8), shown, gap))
        self._beside(phrase)

    def _beside(self, phrase: Phrase) -> None:
        """Pictures and boxes of text that are fastened to a paragraph."""
        for drawing in phrase.insets:
            picture = self._picture(drawing)
            if picture is not None:
                self._add(Block(Kind.PICTURE, (NOTHING,), inset=picture))
        for box in phrase.boxes:
            for each in _wrapped(box):
                if local(each) == "p":
                    self._paragraph(each)
                elif local(each) == "tbl":
                    self._table(each)

    def _with_notes(self, text: Styled, marks: list[tuple[int, Mark]]) -> Styled:
        """A text with the notes that it refers to; endnotes wait for the end of the document."""
        notes = []
        for at, mark in marks:
            # Once each: what is referred to a thousand times is no thousand notes.
            note = self._notes[mark.kind].pop(mark.id, None)
            if note is None:
                continue
            if mark.kind == "endnotes":
                self._endnotes.append((mark.text, note))
            else:
                within = min(at, len(text.text))
                notes.append(Note(within, self._note_text(note, mark.text)))
        return replace(text, notes=tuple(notes)) if notes else text

    def _note_text(self, note: Any, mark: str) -> Styled:
        marked = [Piece(mark, Style.SUPERIOR), Piece(" ")] if mark else []
        return self._writer.take([*marked, *self._joined(note)[0]])[0]

    def _joined(self, root: Any) -> tuple[list[Piece], list[Phrase]]:
        """All paragraphs within an element as one text, a line each; and what they were read as."""
        pieces: list[Piece] = []
        phrases: list[Phrase] = []
        waiting: list[Iterator[Any]] = [_wrapped(root)]
        while waiting:
            each = next(waiting[-1], None)
            if each is None:
                waiting.pop()
                continue
            if local(each) == "tbl":
                cells = [cell for row in _within(each, "tr") for cell in _within(row, "tc")]
                waiting.append(iter([part for cell in cells for part in _wrapped(cell)]))
                continue
            if local(each) != "p":
                continue
            phrase = self._phrases.of(each, self._fields)
            marker = self._lists.marker(each)
            phrases.append(phrase)
            if not phrase.says and marker is None:
                continue
            if pieces:
                pieces.append(Piece(LINE_END))
            if marker is not None:
                pieces.append(Piece(f"{marker.text} "))
            pieces += phrase.pieces
        return pieces, phrases

    # Tables

    def _table(self, table: Any) -> None:
        rows = [
            row for row in _within(table, "tr") if child(row, "trPr", "del") is None
        ]  # fmt: skip
        cells = [list(_within(row, "tc")) for row in rows]
        if all(len(each) <= 1 for each in cells):
            # A table of one column is a frame round paragraphs.
            for row in cells:
                for cell in row:
                    for each in _wrapped(cell):
                        if local(each) == "p":
                            self._paragraph(each)
                        elif local(each) == "tbl":
                            self._table(each)
            return
        beside: list[Phrase] = []
        first = True
        for row, its in zip(rows, cells, strict=True):
            block = self._row(row, its, beside, first=first)
            if any(cell.text for cell in block.cells):
                self._add(block)
                first = False
        for phrase in beside:
            self._beside(phrase)

    def _row(self, row: Any, cells: list[Any], beside: list[Phrase], *, first: bool) -> Block:
        properties = child(row, "trPr")
        before = whole(value(child(properties, "gridBefore"))) or 0
        found: list[Styled] = [NOTHING] * min(max(before, 0), MOST_CELLS)
        for cell in cells:
            if len(found) >= MOST_CELLS:
                raise DocumentRefused(
                    "it has a table with more columns than can be read; split it", code="too-large"
                )
            settings = child(cell, "tcPr")
            merged = child(settings, "vMerge")
            if merged is not None and value(merged) != "restart":
                found.append(NOTHING)
            else:
                pieces, phrases = self._joined(cell)
                if found:
                    self._writer.separate("\t")
                found.append(self._with_notes(*self._writer.take(pieces, end="")))
                beside += [each for each in phrases if each.insets or each.boxes]
            span = whole(value(child(settings, "gridSpan"))) or 1
            found += [NOTHING] * (min(max(span, 1), MOST_CELLS) - 1)
        self._writer.separate("\n")
        header = bool(switch(properties, "tblHeader"))
        return Block(Kind.ROW, tuple(found[:MOST_CELLS]), tight=not first, header=header)

    # Headers and footers

    def _sections(self, body: Any) -> Iterator[Running | None]:
        """What runs on the pages of each section, None where it is what ran before.

        A section goes on with what it does not say.
        """
        kept: dict[tuple[str, str], Any] = {}
        before = None
        for section in body.iter(W + "sectPr"):
            if local(section.getparent()) == "sectPrChange":
                continue
            for each in section:
                name = local(each)
                if name in {"headerReference", "footerReference"}:
                    kept[name, value(each, "type") or "default"] = each
            titled = bool(switch(section, "titlePg"))
            if before == (kept, titled):
                yield None
                continue
            before = (dict(kept), titled)
            top, foot, first_top, first_foot = (
                kept.get((name, way)) for way in ("default", "first") for name in _RUNNING
            )
            running = Running(self._lines(top), self._lines(foot))
            if titled:
                first = Running(self._lines(first_top), self._lines(first_foot))
                running = replace(running, first=first)
            yield running

    def _begin_section(self, running: Running | None) -> None:
        if running is not None:
            self._running = running

    def _lines(self, reference: Any) -> tuple[Styled, ...]:
        """The lines of a header or footer, without the numbers of Word's pages."""
        if reference is None:
            return ()
        ids = [each for name, each in reference.attrib.items() if name.endswith("}id")]
        target = self._targets.get(ids[0]) if ids else None
        if target is None or target.external or target.name not in self._package:
            return ()
        if target.name not in self._margins:
            self._margins[target.name] = self._lines_of(target.name)
        return self._margins[target.name]

    def _lines_of(self, name: str) -> tuple[Styled, ...]:
        lines: list[Styled] = []
        fields = Fields(paged=False)
        for each in self._package.xml(name).iter(W + "p"):
            phrase = self._phrases.of(each, fields)
            text, _ = self._writer.take(phrase.pieces)
            if text.text and len(lines) < _MOST_RUNNING:
                lines.append(text)
        return tuple(lines)

    # Pictures

    def _picture(self, drawing: Drawing) -> Inset | None:
        target = self._targets.get(drawing.id)
        data = b""
        if drawing in self._insets:
            return self._insets[drawing]
        if len(self._insets) >= MOST_PICTURES:
            raise DocumentRefused("it has more pictures than can be read; split it")
        if target is not None and not target.external and target.name in self._package:
            data = self._package.read(target.name)
        found = self._insets[drawing] = insets.inset(data, drawing.size)
        self._picture_bytes += len(found.data) if found else 0
        if self._picture_bytes > MOST_PICTURE_BYTES:
            raise DocumentRefused("its pictures are larger than can be read; split it")
        return found


_RUNNING = ("headerReference", "footerReference")


def _kind(marker: Marker | None) -> Kind:
    """A numbered paragraph is one that is cited by its number; all else before a text is a list."""
    if marker is None:
        return Kind.PARAGRAPH
    if marker.bullet or marker.text == BULLET or not _NUMBER.fullmatch(marker.text):
        return Kind.ITEM
    cited = marker.level == 0 or _NESTED.match(marker.text)
    return Kind.PARAGRAPH if cited else Kind.ITEM
