"""The same content as a pack, set the usual way: platypus with a table of contents."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer
from reportlab.platypus.tableofcontents import TableOfContents

from cambs_evidence import paths
from cambs_evidence.model import Framework, Link
from cambs_evidence.typography import register

_TITLE = ParagraphStyle("title", fontName="NotoSans-Bold", fontSize=17, leading=22)
_HEAD = ParagraphStyle("head", fontName="NotoSans-Bold", fontSize=11.5, leading=15.5)
_QUOTE = ParagraphStyle("quote", fontName="NotoSerif-Regular", fontSize=10.5, leading=15.5)
_CITE = ParagraphStyle("cite", fontName="NotoSans-Regular", fontSize=8.6, leading=12)


class _Document(BaseDocTemplate):
    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802 - reportlab's name
        style = getattr(getattr(flowable, "style", None), "name", "")
        if style in {"title", "head"}:
            key = f"h{self.seq.nextf('h')}"
            self.canv.bookmarkPage(key)
            level = 0 if style == "title" else 1
            self.notify("TOCEntry", (level, flowable.getPlainText(), self.page, key))


def multi_build(target: Path, tree: Framework, links: list[Link]) -> None:
    """Sets all quotes under their criteria, with contents list, in as many passes as it takes."""
    register(paths.fonts())
    by_code: dict[str, list[Link]] = {}
    for link in links:
        by_code.setdefault(link.code, []).append(link)
    contents = TableOfContents()
    contents.levelStyles = [_CITE, _CITE]
    story: list[Any] = [contents]
    for section in tree.sections:
        story.append(Paragraph(escape(f"{section.number} {section.title}"), _TITLE))
        for criterion in section.criteria:
            story.append(Paragraph(escape(f"{criterion.code} {criterion.label}"), _HEAD))
            for link in by_code.get(criterion.code, []):
                quote = escape(f"“{link.passage.anchor.quote}”")
                where = f"{link.filename}, page {link.passage.page + 1}"
                said = f"{link.polarity.value}. {link.note or ''} Tagged by {link.by}, {link.at}"
                story += [
                    Paragraph(quote, _QUOTE),
                    Paragraph(escape(where), _CITE),
                    Paragraph(escape(said), _CITE),
                    Spacer(1, 14),
                ]
    document = _Document(str(target), pagesize=A4)
    frame = Frame(68, 74, 465, 680)
    document.addPageTemplates([PageTemplate("all", [frame])])
    document.multiBuild(story)
