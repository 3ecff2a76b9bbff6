"""A report as a Word document that its author goes on writing in.

Written part by part as the report comes, so that its size does not matter; the same report gives
the same bytes. Headings, quotes, captions and lists have Word's own styles, so that its list of
contents, its navigation and its screen readers know them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from cambs_evidence.exchange import word_parts as fixed
from cambs_evidence.exchange.pieces import (
    Grid,
    Heading,
    Piece,
    Quoted,
    Report,
    Run,
    Runs,
    Words,
    legible,
    said,
)
from cambs_evidence.model import Polarity
from cambs_evidence.pack.figures import Figure

#: Points that a picture may take across and down.
_ROOM = (460.0, 560.0)
_EMU = 12_700  # of a point
#: How the rule beside a quote is drawn, and its colour: told apart without colour too.
_RULES = {
    Polarity.STRENGTH: ("single", "14532D"),
    Polarity.DEVELOPMENT: ("dashed", "7A3D00"),
    Polarity.NEUTRAL: ("dotted", "3D4753"),
}
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_SPACES = (
    f'xmlns:w="{fixed.W}" xmlns:r="{fixed.R}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    f'xmlns:pic="{_PICTURE}"'
)


def write(path: Path, report: Report, day: str) -> Iterator[int]:
    """Writes a report; yields how many of its pieces are written. ``day`` is ISO text."""
    body = _Body()
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (
            ("[Content_Types].xml", fixed.CONTENT_TYPES),
            ("_rels/.rels", fixed.RELATIONS),
            ("docProps/core.xml", fixed.core(legible(report.title), day)),
            ("docProps/app.xml", fixed.APP),
            ("word/styles.xml", fixed.STYLES),
            ("word/settings.xml", fixed.SETTINGS),
            ("word/header1.xml", _margin("hdr", "Header", _running(report))),
            ("word/footer1.xml", _margin("ftr", "Footer", _pages(report))),
        ):
            archive.writestr(_entry(name), text)
        with archive.open(_entry("word/document.xml"), "w", force_zip64=True) as file:
            file.write(f"{fixed.HEAD}<w:document {_SPACES}><w:body>".encode())
            file.write("".join(body.front(report)).encode())
            for number, piece in enumerate(report.pieces, 1):
                file.write(body.piece(piece).encode())
                yield number
            file.write(f"{_LAST}</w:body></w:document>".encode())
        archive.writestr(_entry("word/numbering.xml"), fixed.numbering(body.starts))
        relations = fixed.relations(len(body.pictures))
        archive.writestr(_entry("word/_rels/document.xml.rels"), relations)
        for number, png in enumerate(body.pictures.values(), 1):
            archive.writestr(_entry(f"word/media/picture{number}.png"), png)


def is_untouched(path: Path) -> bool:
    """True for a document that was written here and that nobody has saved since."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read("docProps/app.xml") == fixed.APP.encode()
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without the moment at which it was written, or by which system."""
    made = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    made.compress_type = zipfile.ZIP_DEFLATED
    made.create_system = 0
    return made


_LAST = (
    '<w:sectPr><w:headerReference w:type="default" r:id="header"/>'
    '<w:footerReference w:type="default" r:id="footer"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1304" w:right="1134" w:bottom="1304" w:left="1134" w:header="624" '
    'w:footer="624" w:gutter="0"/></w:sectPr>'
)


def _margin(root: str, style: str, inside: str) -> str:
    return (
        f"{fixed.HEAD}<w:{root} {_SPACES}><w:p><w:pPr><w:pStyle w:val={quoteattr(style)}/></w:pPr>"
        f"{inside}</w:p></w:{root}>"
    )


def _running(report: Report) -> str:
    words = f"{report.marking}   {report.title}" if report.marking else report.title
    return _run(Run(words))


def _pages(report: Report) -> str:
    return (
        f"{_run(Run(report.marking))}<w:r><w:tab/></w:r>{_run(Run('Page '))}{_field('PAGE')}"
        f"{_run(Run(' of '))}{_field('NUMPAGES')}"
    )


def _field(words: str, shown: str = "1") -> str:
    return f'<w:fldSimple w:instr=" {words} "><w:r><w:t>{shown}</w:t></w:r></w:fldSimple>'


def _paragraph(style: str, inside: str, more: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties = f"<w:pPr>{named}{more}</w:pPr>" if named or more else ""
    return f"<w:p>{properties}{inside}</w:p>"


def _run(run: Run, properties: str = "") -> str:
    properties = f"<w:b/>{properties}" if run.strong else properties
    if _is_turned(run.text):
        properties += "<w:rtl/>"
    about = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f"<w:r>{about}{_text(run.text)}</w:r>" if run.text else ""


def _text(text: str) -> str:
    made = []
    for number, line in enumerate(legible(text).split("\n")):
        made.append("<w:br/>" if number else "")
        for place, words in enumerate(line.split("\t")):
            made.append("<w:tab/>" if place else "")
            made.append(f'<w:t xml:space="preserve">{escape(words)}</w:t>' if words else "")
    return "".join(made)


def _is_turned(text: str) -> bool:
    """True for words that are written from right to left: their first letter says so."""
    if text.isascii():
        return False
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return False


def _bookmark(name: str) -> str:
    """The name of a place as Word can hold it: letters, digits and lines below."""
    return re.sub(r"[^A-Za-z0-9]", "_", name)[:40]


class _Body:
    """The text of a document that is being written."""

    def __init__(self) -> None:
        #: The different pictures, by their hash, in the order in which they come.
        self.pictures: dict[bytes, bytes] = {}
        #: Where each numbered list begins.
        self.starts: list[int] = []
        self._places = self._shown = self._tables = self._next = 0
        self._opened = False

    def front(self, report: Report) -> Iterator[str]:
        """Title, facts, and a list of contents that Word can make anew."""
        if report.marking:
            yield _paragraph("Subtitle", _run(Run(report.marking, strong=True)))
        if report.authority:
            yield _paragraph("Subtitle", _run(Run(report.authority)))
        yield _paragraph("Title", _run(Run(report.title)))
        for name, value in report.facts:
            inside = f"{_run(Run(name, strong=True))}<w:r><w:tab/></w:r>{_run(Run(value))}"
            yield _paragraph("Facts", inside)
        yield _paragraph("TOCHeading", _run(Run("Contents")))
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
            ' TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        for number, entry in enumerate(report.entries):
            inside = _runs(said(entry.text, entry.name))
            yield _paragraph(f"TOC{entry.level}", inside if number else begin + inside)
        yield _paragraph("", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')

    def piece(self, piece: Piece) -> str:
        """One piece of the report."""
        if not isinstance(piece, Words) or not piece.marker:
            self._next = 0
        if isinstance(piece, Heading):
            first = "" if self._opened else "<w:pageBreakBefore/>"
            self._opened = True
            inside = self._place(piece.name, _run(Run(piece.text)))
            return _paragraph(f"Heading{piece.level}", inside, first)
        if isinstance(piece, Words):
            return self._words(piece)
        if isinstance(piece, Grid):
            return self._grid(piece)
        return self._quoted(piece)

    def _words(self, piece: Words) -> str:
        style = {"small": "Small", "lead": "Small", "gap": "Gap"}.get(piece.kind, "")
        if not piece.marker:
            keep = "<w:keepNext/>" if piece.kind == "lead" else ""
            return _paragraph(style, _runs(piece.runs), keep)
        number = piece.number
        if number is None:
            kind = 1
        else:
            if number != self._next:
                self.starts.append(number)
            self._next = number + 1
            kind = len(self.starts) + 1
        listed = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{kind}"/></w:numPr>'
        return _paragraph("ListParagraph", _runs(piece.runs), listed)

    def _quoted(self, piece: Quoted) -> str:
        line, colour = _RULES[piece.polarity]
        head = _run(Run(piece.head), f'<w:color w:val="{colour}"/>')
        made = [_paragraph("Excerpt", self._place(piece.name, head))]
        bar = f'<w:pBdr><w:left w:val="{line}" w:sz="18" w:space="10" w:color="{colour}"/></w:pBdr>'
        if piece.picture is not None:
            made.append(_paragraph("Quote", self._drawing(piece.picture), "<w:keepNext/>" + bar))
        if piece.table is not None:
            made.append(self._grid(piece.table))
        elif piece.printed:
            turned = "<w:bidi/>" if _is_turned(piece.quote) else ""
            made.append(_paragraph("Quote", _run(Run(piece.printed)), bar + turned))
        for kind, words in piece.about:
            style = {"citation": "Citation", "note": "Note"}.get(kind, "Small")
            more = '<w:ind w:left="397"/>' if style == "Small" else ""
            made.append(_paragraph(style, _run(Run(words)), more))
        return "".join(made)

    def _place(self, name: str, inside: str) -> str:
        self._places += 1
        number = self._places
        return (
            f'<w:bookmarkStart w:id="{number}" w:name="{_bookmark(name)}"/>{inside}'
            f'<w:bookmarkEnd w:id="{number}"/>'
        )

    def _drawing(self, picture: Figure) -> str:
        key = hashlib.sha256(picture.png).digest()
        self.pictures.setdefault(key, picture.png)
        named = f"picture{list(self.pictures).index(key) + 1}"
        self._shown += 1
        across, down = (round(each * _EMU) for each in picture.fitted(*_ROOM))
        about = f'id="{self._shown}" name="Picture {self._shown}"'
        told = quoteattr(legible(picture.alternative).replace("\n", " "))
        return (
            '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{across}" cy="{down}"/><wp:docPr {about} descr={told}/>'
            f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic><pic:nvPicPr>'
            f"<pic:cNvPr {about} descr={told}/><pic:cNvPicPr/></pic:nvPicPr>"
            f'<pic:blipFill><a:blip r:embed="{named}"/><a:stretch><a:fillRect/></a:stretch>'
            '</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="{across}" cy="{down}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
            "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>"
            "</w:drawing></w:r>"
        )

    def _grid(self, grid: Grid) -> str:
        self._tables += 1
        number = _field("SEQ Table \\* ARABIC", str(self._tables))
        caption = f"{_run(Run('Table '))}{number}{_run(Run(f': {grid.caption}'))}"
        # Edges are rounded, not widths, so that these add up to the measure.
        edges = [0]
        for share in grid.widths:
            edges.append(edges[-1] + share)
        places = [round(each * fixed.MEASURE / edges[-1]) for each in edges]
        widths = [b - a for a, b in pairwise(places)]
        columns = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
        look = f'w:firstRow="{int(bool(grid.head))}" w:firstColumn="{int(grid.heads)}"'
        told = quoteattr(legible(grid.caption).replace("\n", " "))
        about = (
            '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>'
            f'<w:tblW w:w="{fixed.MEASURE}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/>'
            f'</w:tblCellMar><w:tblLook w:val="04A0" {look} w:lastRow="0" w:lastColumn="0" '
            f'w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val={told}/></w:tblPr>'
            f"<w:tblGrid>{columns}</w:tblGrid>"
        )
        made = [_paragraph("Caption", caption), about]
        if grid.head:
            cells = "".join(
                self._cell(
                    said(words, strong=True), width, right=place in grid.numbers, shaded=True
                )
                for place, (words, width) in enumerate(zip(grid.head, widths, strict=True))
            )
            made.append(f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>")
        for row, runs in enumerate(grid.rows):
            if row in grid.bands:
                band = self._cell(
                    runs[0], fixed.MEASURE, across=len(widths), shaded=True, keep=True
                )
                made.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{band}</w:tr>")
                continue
            cells = "".join(
                self._cell(cell, width, right=place in grid.numbers)
                for place, (cell, width) in enumerate(zip(runs, widths, strict=True))
            )
            made.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
        made.append("</w:tbl>")
        made.append(_paragraph("Small", ""))  # two tables that touch would be one
        return "".join(made)

    @staticmethod
    def _cell(
        runs: Runs,
        width: int,
        *,
        right: bool = False,
        across: int = 1,
        shaded: bool = False,
        keep: bool = False,
    ) -> str:
        span = f'<w:gridSpan w:val="{across}"/>' if across > 1 else ""
        fill = '<w:shd w:val="clear" w:color="auto" w:fill="EEF1F5"/>' if shaded else ""
        about = "<w:keepNext/>" if keep else ""
        about += '<w:jc w:val="right"/>' if right else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{fill}</w:tcPr>'
            f"{_paragraph('TableText', _runs(runs), about)}</w:tc>"
        )


def _runs(runs: Runs) -> str:
    made = []
    for run in runs:
        if run.to:
            inside = _run(run, '<w:rStyle w:val="Hyperlink"/>' if not run.strong else "")
            made.append(f'<w:hyperlink w:anchor="{_bookmark(run.to)}">{inside}</w:hyperlink>')
        else:
            made.append(_run(run))
    return "".join(made)
