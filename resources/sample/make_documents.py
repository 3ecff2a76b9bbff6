"""Typesets the PDF documents of the sample case.

Usage: python make_documents.py FONTS_DIR OUT_DIR

FONTS_DIR holds the Noto fonts (NotoSans-Regular.ttf and its kin); the texts lie
beside this script in ``texts/``. The same texts and fonts give the same bytes.

Where a footnote stands, and on which page a heading falls, is known only when the
pages have been made. So each document is made again, with what the last run found
out, until a run finds nothing new.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from markup import (
    Block,
    Heading,
    Items,
    Order,
    Paragraph,
    Source,
    Table,
    hyphenate,
    parts,
    read_hyphenation,
    read_source,
    to_reportlab,
)
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_JUSTIFY, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    HRFlowable,
    PageBreak,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

TEXTS = Path(__file__).parent / "texts"
FAMILIES = {"sans": "NotoSans", "serif": "NotoSerif"}
INK = HexColor("#1f3a5f")
RULE = HexColor("#8a96a3")
SHADE = HexColor("#e9edf2")
WIDTH, HEIGHT = A4
TOP, BOTTOM = 27 * mm, 24 * mm
SIDE = {"report": 27 * mm, "letter": 27 * mm, "columns": 18 * mm}
SIZES = {"report": (10.5, 15.6), "letter": (9.5, 12.8), "columns": (9.6, 13.6)}  # with leading
GUTTER = 8 * mm
COLUMNS_OPENING = 47 * mm  # height kept for the title above the columns
COLUMN_STEP = 2 * mm  # by which the last columns are shortened to balance them
LEAST_COLUMN = 40 * mm  # no column is made shorter than this
MOST_RUNS = 8


@dataclass(frozen=True)
class Findings:
    """What a run found out and the next one needs; pages count from 1."""

    pages: int = 1
    headings: tuple[tuple[str, int], ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    shorten_last: float = 0.0  # points taken off the columns of the last page


def register_fonts(fonts: Path) -> None:
    """Makes both Noto families known to reportlab, from the folder ``fonts``."""
    for family in FAMILIES.values():
        for cut in ("Regular", "Bold", "Italic", "BoldItalic"):
            pdfmetrics.registerFont(TTFont(f"{family}-{cut}", fonts / f"{family}-{cut}.ttf"))
        pdfmetrics.registerFontFamily(
            f"{family}-Regular",
            normal=f"{family}-Regular",
            bold=f"{family}-Bold",
            italic=f"{family}-Italic",
            boldItalic=f"{family}-BoldItalic",
        )


def make_styles(layout: str, family: str) -> dict[str, ParagraphStyle]:
    """The paragraph styles of a layout, by name; sizes in points."""
    size, leading = SIZES[layout]
    body = ParagraphStyle(
        "body",
        fontName=f"{family}-Regular",
        fontSize=size,
        bulletFontName=f"{family}-Regular",
        bulletFontSize=size,
        leading=leading,
        spaceAfter=leading * 0.5,
        allowWidows=0,
        allowOrphans=0,
        alignment=TA_JUSTIFY if layout == "columns" else 0,
    )
    bold = f"{family}-Bold"

    def style(name: str, like: ParagraphStyle = body, **changes: object) -> ParagraphStyle:
        return ParagraphStyle(name, parent=like, **changes)

    heading = style(
        "heading1", fontName=bold, fontSize=size + 3, leading=size + 7, textColor=INK,
        spaceBefore=leading * 0.7, spaceAfter=leading * 0.4, keepWithNext=1, alignment=0,
    )  # fmt: skip
    all_styles = [
        body,
        heading,
        style("heading2", heading, fontName=f"{family}-BoldItalic", fontSize=size,
              leading=leading, spaceBefore=leading * 0.3, spaceAfter=leading * 0.2),
        style("numbered", leftIndent=9 * mm),
        style("item", leftIndent=6 * mm, bulletIndent=2 * mm, spaceAfter=leading * 0.25),
        style("numbered_item", leftIndent=15 * mm, bulletIndent=11 * mm,
              spaceAfter=leading * 0.25),
        style("cell", spaceAfter=0, alignment=0),
        style("number", spaceAfter=0, alignment=TA_RIGHT),
        style("note", fontSize=8, leading=10.5, spaceAfter=2, alignment=0),
        style("title", fontName=bold, fontSize=22, leading=28, textColor=INK, spaceAfter=8,
              alignment=0),
        style("subtitle", fontSize=13, leading=18, textColor=INK, spaceAfter=10, alignment=0),
        style("lead", fontName=f"{family}-Italic", spaceAfter=0, alignment=0),
        style("furniture", fontSize=8, leading=10, textColor=HexColor("#444444"), alignment=0),
    ]  # fmt: skip
    return {each.name: each for each in all_styles}


class Typesetter(BaseDocTemplate):  # type: ignore[misc]  # reportlab carries no types
    """One run over one source, with what the run before found out."""

    def __init__(self, source: Source, hyphenation: dict[str, str], known: Findings) -> None:
        self.source = source
        self.layout = source.fact("layout")
        self.known = known
        self.hyphenation = hyphenation if self.layout == "columns" else {}
        family = FAMILIES[source.fact("font") or "sans"]
        self.styles = make_styles(self.layout, family)
        self.side = SIDE[self.layout]
        self.measure = WIDTH - 2 * self.side
        self.column = (self.measure - GUTTER) / 2 if self.layout == "columns" else self.measure
        self.headings: list[tuple[str, int]] = []
        self.notes: list[tuple[int, str]] = []
        self.output = BytesIO()
        super().__init__(
            self.output,
            pagesize=A4,
            invariant=1,
            pageCompression=1,
            lang="en-GB",
            initialFontName=f"{family}-Regular",  # else Helvetica, which is not embedded
            title=source.fact("title"),
            author=source.fact("author"),
            subject=source.fact("subject"),
            pageTemplates=list(self._page_templates()),
        )

    def run(self) -> tuple[bytes, Findings]:
        """Makes the document; gives its bytes and what was found out on the way."""
        self.build(list(self._story()))
        found = replace(
            self.known,
            pages=self.page,
            headings=tuple(self.headings),
            notes=tuple(self.notes),
        )
        return self.output.getvalue(), found

    # -- pages -----------------------------------------------------------------

    def _page_templates(self) -> Iterator[PageTemplate]:
        """A template for each page known of, since footnotes make each one different."""
        count = self.known.pages + 1
        for page in range(1, count + 1):
            yield PageTemplate(
                id=str(page),
                frames=list(self._frames(page)),
                onPage=self._begin_page,
            )

    def _frames(self, page: int) -> Iterator[Frame]:
        """The frames of a page, in reading order."""
        bottom = BOTTOM + sum(height for _, height in self._page_notes(page))
        height = HEIGHT - TOP - bottom
        no_padding = dict.fromkeys(
            ("leftPadding", "rightPadding", "topPadding", "bottomPadding"), 0
        )
        if self.layout != "columns":
            yield Frame(self.side, bottom, self.measure, height, **no_padding)
            return
        if page == 1:
            height -= COLUMNS_OPENING
            yield Frame(self.side, bottom + height, self.measure, COLUMNS_OPENING, **no_padding)
        if page == self.known.pages:
            bottom += self.known.shorten_last
            height -= self.known.shorten_last
        for left in (self.side, self.side + self.column + GUTTER):
            yield Frame(left, bottom, self.column, height, **no_padding)

    def _page_notes(self, page: int) -> list[tuple[Text, float]]:
        """The footnotes that the last run found on ``page``, each with its height."""
        notes = []
        for note_page, label in self.known.notes:
            if note_page == page:
                text = f"<super>{label}</super> {to_reportlab(self.source.notes[label])}"
                note = Text(text, self.styles["note"])
                notes.append((note, note.wrap(self.measure, HEIGHT)[1] + 4))
        return notes

    def _begin_page(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        """Gives the page its furniture and the next page its template."""
        canvas.setNamedCB("note_called", self._note_called)
        page = canvas.getPageNumber()
        self.handle_nextPageTemplate(str(min(page, self.known.pages) + 1))
        self._draw_furniture(canvas, page)

    def _draw_furniture(self, canvas: Canvas, page: int) -> None:
        """Draws header, footer and footnotes; the cover has none of them."""
        has_cover = bool(self.source.fact("cover"))
        if has_cover and page == 1:
            return
        if page > 1 or self.layout == "columns":
            self._draw_line(canvas, self.source.fact("header"), HEIGHT - 16 * mm, "left")
            self._draw_line(canvas, self.source.fact("marking"), HEIGHT - 16 * mm, "right")
            canvas.setStrokeColor(RULE)
            canvas.setLineWidth(0.5)
            canvas.line(self.side, HEIGHT - 18 * mm, WIDTH - self.side, HEIGHT - 18 * mm)
        number, last = page - has_cover, self.known.pages - has_cover
        label = str(number) if self.layout == "columns" else f"Page {number} of {last}"
        self._draw_line(canvas, label, 13 * mm, "centre")
        self._draw_notes(canvas, page)

    def _draw_line(self, canvas: Canvas, text: str, y: float, place: str) -> None:
        """Draws one line of furniture at height ``y`` (points from the page's foot)."""
        style = self.styles["furniture"]
        canvas.setFont(style.fontName, style.fontSize)
        canvas.setFillColor(style.textColor)
        if place == "left":
            canvas.drawString(self.side, y, text)
        elif place == "right":
            canvas.drawRightString(WIDTH - self.side, y, text)
        else:
            canvas.drawCentredString(WIDTH / 2, y, text)

    def _draw_notes(self, canvas: Canvas, page: int) -> None:
        """Draws the footnotes of ``page`` upwards from the foot, under a short rule."""
        notes = self._page_notes(page)
        y = BOTTOM - 4 * mm
        for note, height in reversed(notes):
            note.drawOn(canvas, self.side, y)
            y += height
        if notes:
            canvas.setStrokeColor(RULE)
            canvas.line(self.side, y + 2, self.side + 50 * mm, y + 2)

    def _note_called(self, canvas: Canvas, _: str, label: str) -> None:
        """Called by reportlab when a footnote mark is drawn."""
        self.notes.append((canvas.getPageNumber(), label))

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 (reportlab's name)
        """Notes where a heading fell and gives it a bookmark."""
        heading = getattr(flowable, "heading", None)
        if heading is None:
            return
        key = f"heading-{len(self.headings)}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(heading.text, key, level=0)
        self.headings.append((heading.text, self.page))

    # -- contents --------------------------------------------------------------

    def _story(self) -> Iterator[Flowable]:
        """All flowables, in order."""
        yield from self._opening()
        before: Block | None = None
        for block in self.source.blocks:
            yield from self._flowables(block, before)
            before = block

    def _opening(self) -> Iterator[Flowable]:
        """A cover, a letterhead or a title, whichever the facts ask for."""
        fact = self.source.fact
        if fact("cover"):
            yield Spacer(0, 45 * mm)
            yield self._text(fact("authority"), "subtitle")
            yield self._text(fact("title"), "title")
            yield self._rule()
            yield Spacer(0, 12 * mm)
            for line in parts(fact("cover")):
                yield self._text(line, "subtitle")
            yield PageBreak()
        elif fact("letterhead"):
            first, *rest = parts(fact("letterhead"))
            yield self._text(first, "subtitle")
            for line in rest:
                yield self._text(line, "furniture")
            yield Spacer(0, 4 * mm)
            yield self._rule()
            yield Spacer(0, 8 * mm)
        else:
            yield self._text(fact("authority"), "furniture")
            yield Spacer(0, 2 * mm)
            yield self._text(fact("title"), "title")
            yield self._text(fact("subtitle"), "subtitle")
            if fact("lead"):
                yield self._text(fact("lead"), "lead")
            if self.layout == "columns":
                yield FrameBreak()
            else:
                yield self._rule()

    def _flowables(self, block: Block, before: Block | None) -> Iterator[Flowable]:
        """The flowables of one block; ``before`` is the block that it follows."""
        match block:
            case Heading(level, text):
                heading = self._text(text, f"heading{level}")
                if level == 1:
                    heading.heading = block
                yield heading
            case Paragraph(text, number):
                style = self.styles["numbered" if number else "body"]
                if text.endswith(":"):  # never part a list from what announces it
                    style = ParagraphStyle("announcing", parent=style, keepWithNext=1)
                yield Text(self._inline(text), style, bulletText=number or None)
            case Items(texts):
                under_number = isinstance(before, Paragraph) and before.number
                for text in texts:
                    name = "numbered_item" if under_number else "item"
                    yield Text(self._inline(text), self.styles[name], bulletText="•")
                yield Spacer(0, self.styles["item"].spaceAfter)
            case Table():
                yield self._grid(block)
            case Order(name, lines):
                yield from self._carry_out(name, lines)

    def _grid(self, table: Table) -> Grid:
        """A ruled table as wide as its column of text."""
        rows = [
            [self._text(f"**{cell}**" if row == 0 else cell, "cell") for cell in cells]
            for row, cells in enumerate(table.rows)
        ]
        widths = [self.column * weight / sum(table.weights) for weight in table.weights]
        space = self.styles["body"].leading * 0.6
        return Grid(
            rows,
            widths,
            repeatRows=1,
            spaceBefore=space,
            spaceAfter=space,
            style=[
                ("FONTNAME", (0, 0), (-1, -1), self.styles["cell"].fontName),
                ("GRID", (0, 0), (-1, -1), 0.6, RULE),
                ("BACKGROUND", (0, 0), (-1, 0), SHADE),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ],
        )

    def _carry_out(self, name: str, lines: tuple[str, ...]) -> Iterator[Flowable]:
        """What an order in the text asks for."""
        match name:
            case "page":
                yield PageBreak()
            case "contents":
                yield self._text("Contents", "heading1")
                yield self._contents()
            case "address":
                for line in lines:
                    yield self._text(line, "cell")
                yield Spacer(0, 8 * mm)
            case "signature":
                yield Spacer(0, 14 * mm)
            case _:
                raise ValueError(f"{self.source.name}: no such order: {name}")

    def _contents(self) -> Flowable:
        """The list of headings with their printed pages, from the last run."""
        has_cover = bool(self.source.fact("cover"))
        rows = [
            [self._text(text, "cell"), self._text(str(page - has_cover), "number")]
            for text, page in self.known.headings
        ]
        if not rows:
            return Spacer(0, 0)
        return Grid(
            rows,
            [self.measure - 12 * mm, 12 * mm],
            spaceAfter=10 * mm,
            style=[
                ("FONTNAME", (0, 0), (-1, -1), self.styles["cell"].fontName),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE, "round", (1, 2)),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ],
        )

    def _rule(self) -> Flowable:
        return HRFlowable(self.measure, thickness=1.2, color=INK, spaceBefore=2, spaceAfter=4)

    def _text(self, text: str, style: str) -> Text:
        return Text(self._inline(text), self.styles[style])

    def _inline(self, text: str) -> str:
        return to_reportlab(hyphenate(text, self.hyphenation))


def settle(source: Source, hyphenation: dict[str, str], known: Findings) -> tuple[bytes, Findings]:
    """Makes ``source`` again and again until a run finds nothing new.

    Raises:
        RuntimeError: when the pages do not come to rest.
    """
    for _ in range(MOST_RUNS):
        made, found = Typesetter(source, hyphenation, known).run()
        if found == known:
            return made, found
        known = found
    raise RuntimeError(f"{source.name}: the pages do not come to rest")


def make_document(source: Source, hyphenation: dict[str, str]) -> bytes:
    """The finished PDF of ``source``; columns on the last page end at one height."""
    made, found = settle(source, hyphenation, Findings())
    if source.fact("layout") != "columns":
        return made
    height = HEIGHT - TOP - BOTTOM
    while height - found.shorten_last > LEAST_COLUMN:
        shorter = replace(found, shorten_last=found.shorten_last + COLUMN_STEP)
        attempt, outcome = Typesetter(source, hyphenation, shorter).run()
        if outcome != shorter:
            break
        made, found = attempt, shorter
    return made


def main() -> None:
    """Makes every document of ``texts/``."""
    parser = argparse.ArgumentParser(description="Typesets the PDFs of the sample case.")
    parser.add_argument("fonts", type=Path, metavar="FONTS_DIR")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    arguments = parser.parse_args()
    register_fonts(arguments.fonts)
    arguments.out.mkdir(parents=True, exist_ok=True)
    hyphenation = read_hyphenation(TEXTS / "hyphenation.lst")
    for path in sorted(TEXTS.glob("*.txt")):
        target = arguments.out / f"{path.stem}.pdf"
        target.write_bytes(make_document(read_source(path), hyphenation))
        print(target.name)


if __name__ == "__main__":
    main()
