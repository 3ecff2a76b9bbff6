"""The same content as a pack, set the usual way: platypus, with as many passes as it takes.

Cover, contents list, coverage table, every quote with its heading, citation, note and line of who
tagged it beside a rule, conflicting ones side by side, register, running heads and page x of y.
What platypus is spared: links from quote to page, and the manifest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    LongTable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

from cambs_evidence import paths
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.chapters import OPPOSITE
from cambs_evidence.pack.contents import Chapter, Contents, Excerpt
from cambs_evidence.pack.words import SIGNS, head_words, note_words
from cambs_evidence.typography import register
from cambs_evidence.wording import in_words, meta_words

_WIDTH = s.MEASURE


def _style(name: str, like: s.Style) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=like.face.value, fontSize=like.size, leading=like.leading,
        textColor=colors.Color(*like.colour),
    )  # fmt: skip


_H1, _H2, _H3 = _style("h1", s.H1), _style("h2", s.H2), _style("h3", s.H3)
_BODY, _QUOTE, _CITE = _style("body", s.BODY), _style("quote", s.QUOTE), _style("cite", s.CITE)
_NOTE, _META, _HEAD = _style("note", s.NOTE), _style("meta", s.SMALL), _style("head", s.STRONG)
_CELL = _style("cell", s.CELL)


class _Numbered(Canvas):
    """Pages kept until their number is known, for page x of y."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for state in self._kept:
            self.__dict__.update(state)
            self.setFont("NotoSans-Regular", 8.2)
            self.drawRightString(
                A4[0] - s.RIGHT, 44, f"Page {self._pageNumber} of {len(self._kept)}"
            )
            Canvas.showPage(self)
        Canvas.save(self)


class _Document(BaseDocTemplate):
    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802 - reportlab's name
        style = getattr(getattr(flowable, "style", None), "name", "")
        if style in {"h1", "h2", "h3"}:
            key = f"h{self.seq.nextf('h')}"
            level = int(style[1]) - 1
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(flowable.getPlainText(), key, level=level, closed=level > 0)
            if style != "h2":
                self.notify("TOCEntry", (level // 2, flowable.getPlainText(), self.page, key))


def multi_build(target: Path, contents: Contents) -> None:
    """Sets a pack's contents, without annex."""
    register(paths.fonts())
    listed = TableOfContents()
    listed.levelStyles = [_HEAD, _CITE]
    story: list[Any] = [Paragraph(escape(contents.facts.title), _H1), PageBreak(), listed]
    story += [PageBreak(), Paragraph("Coverage at a glance", _H1), _coverage(contents), PageBreak()]
    for part in contents.parts:
        story += [CondPageBreak(300), Paragraph(escape(f"{part.number} {part.title}"), _H1)]
        for block in part.blocks:
            story.append(Paragraph(f"Block {block.name}", _H2))
            for chapter in block.chapters:
                story += _chapter(chapter)
    story += [PageBreak(), Paragraph("Register of sources", _H1), _register(contents)]
    document = _Document(str(target), pagesize=A4)
    frame = Frame(s.LEFT, s.FOOT, _WIDTH, s.CEILING - s.FLOOR, 0, 0, 0, 0)

    def heads(canvas: Any, _document: Any) -> None:
        canvas.setFont("NotoSans-Regular", 8.2)
        canvas.drawString(s.LEFT, s.HEIGHT - 54, contents.facts.title)
        canvas.line(s.LEFT, s.HEIGHT - 60, s.WIDTH - s.RIGHT, s.HEIGHT - 60)

    document.addPageTemplates([PageTemplate("all", [frame], onPage=heads)])
    document.multiBuild(story, canvasmaker=_Numbered)


def _coverage(contents: Contents) -> LongTable:
    rows: list[list[Any]] = [["Code", "", "Criterion", "S", "D", "N", "Docs", "Dates", "State"]]
    for chapter in contents.chapters:
        told = chapter.coverage
        label = chapter.criterion.label if chapter.criterion else "The section as a whole"
        rows.append(
            [
                chapter.code, "(M)" if told.marked else "", Paragraph(escape(label), _CELL),
                told.strength, told.development, told.neutral, told.documents,
                f"{told.oldest or ''} {told.latest or ''}", told.state.value,
            ]
        )  # fmt: skip
    widths = [30, 25, _WIDTH - 292, 19, 19, 19, 31, 74, 75]
    made = LongTable(rows, colWidths=widths, repeatRows=1)
    made.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), "NotoSans-Regular", 8.4),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.grey),
            ]
        )
    )
    return made


def _chapter(chapter: Chapter) -> list[Any]:
    label = chapter.criterion.label if chapter.criterion else "The section as a whole"
    story: list[Any] = [
        CondPageBreak(100),
        Paragraph(escape(f"{chapter.code} {label}"), _H3),
        Paragraph(escape(chapter.coverage.state.value), _META),
    ]
    if not chapter.excerpts:
        return [*story, Paragraph("No evidence: this is a gap.", _HEAD)]
    waiting = list(chapter.excerpts)
    while waiting:
        pair = waiting[:2]
        if [each.link.polarity for each in pair] == OPPOSITE:
            del waiting[:2]
            half = (_WIDTH - 18) / 2
            cells = [[_excerpt(pair[0], half), "", _excerpt(pair[1], half)]]
            both = Table(cells, colWidths=[half, 18, half])
            both.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_NO_PADDING]))
            story.append(both)
        else:
            story.append(_excerpt(waiting.pop(0), _WIDTH))
        story.append(Spacer(1, 14))
    return story


_NO_PADDING = [
    (f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")
]


def _excerpt(excerpt: Excerpt, width: float) -> Table:
    """One row for each part, so that it can break over pages, with a rule on its left."""
    rows = [
        [Paragraph(escape(head_words(excerpt)), _HEAD)],
        [Paragraph(escape(f"“{excerpt.quote}”"), _QUOTE)],
        [Paragraph(escape(excerpt.citation), _CITE)],
    ]
    if excerpt.link.note:
        rows.append([Paragraph(escape(note_words(excerpt)), _NOTE)])
    rows.append([Paragraph(escape(meta_words(excerpt.link.by, excerpt.link.at)), _META)])
    _, _, colour, dash = SIGNS[excerpt.link.polarity]
    made = Table(rows, colWidths=[width])
    made.setStyle(
        TableStyle(
            [
                *_NO_PADDING,
                ("LEFTPADDING", (0, 0), (-1, -1), 14),
                ("LINEBEFORE", (0, 0), (0, -1), 2.2, colors.Color(*colour), None, list(dash)),
            ]
        )
    )
    return made


def _register(contents: Contents) -> LongTable:
    rows: list[list[Any]] = [["Document", "Date", "Pages", "File and SHA-256"]]
    for document in contents.documents:
        told = f"{document.filename} {document.sha256[:32]} {document.sha256[32:]}"
        rows.append(
            [
                Paragraph(escape(document.title), _CELL), in_words(document.date), document.pages,
                Paragraph(escape(told), _CELL),
            ]
        )  # fmt: skip
    return LongTable(rows, colWidths=[150, 66, 40, _WIDTH - 256], repeatRows=1)
