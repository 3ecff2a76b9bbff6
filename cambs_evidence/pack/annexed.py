"""The sheets of the annex, on which the sources' pages are seen once they are in the file."""

from __future__ import annotations

from cambs_evidence.model import Box
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import AnnexPage, Excerpt
from cambs_evidence.pack.cutting import SOURCE
from cambs_evidence.pack.figures import marked
from cambs_evidence.pack.geometry import FRAME
from cambs_evidence.pack.press import Press, cut
from cambs_evidence.pack.sheet import Cell, Sheet
from cambs_evidence.pack.words import MARKERS, SIGNS, annex_warning


def put_opening(press: Press) -> None:
    """The sheet before the pages: what must be known of them, and which there are."""
    contents = press.contents
    column = press.column("Annex")
    press.heading(column, "Annex: pages of the sources", "annex", outline=0)
    top = column.y
    column.y -= 10
    with press.tags.open("H3"):
        column.text("Before you pass this annex on", s.H3, x=s.LEFT + 16, keep=1)
    column.text(annex_warning(contents), s.BODY, x=s.LEFT + 16, width=s.MEASURE - 32)
    column.y -= 12
    column.sheet.area((s.LEFT, column.y, s.WIDTH - s.RIGHT, top), s.INK, framed=True)
    column.space(18)
    column.text(
        "Pages stand as they were printed, scaled to fit. Quoted passages are marked: strength "
        "by a solid frame, development by a dashed one, neutral by a dotted one. The reference "
        "in the margin leads back to the quote.",
        s.BODY,
    )
    column.space(10)
    widths = [s.MEASURE - 90, 90]
    head = [Cell("Document", s.CELL_BOLD), Cell("Pages here", s.CELL_BOLD, "right")]
    rows = []
    for document in contents.documents:
        pages = [each for each in contents.annex if each.document.id == document.id]
        if pages:
            link = press.first_annex[document.id, pages[0].page]
            count = f"{len(pages)} of {document.pages}"
            rows.append([Cell(document.title, link=link), Cell(count, align="right")])
    s.table(column, widths, head, rows)


def put_page(press: Press, number: int, page: AnnexPage) -> None:
    """The sheet of a source's page, with the references in its margin."""
    press.running = "Annex"
    sheet = press.turn()
    name = f"annex-{number}"
    sheet.places.append((name, s.HEIGHT))
    label = f", printed {page.label}" if page.label and page.label != str(page.page + 1) else ""
    where = f"page {page.page + 1} of {page.document.pages}{label}"
    sheet.outline.append((1, f"{page.document.title}, {where}", name))
    title = cut(page.document.title, s.STRONG, s.MEASURE - 150)
    with press.tags.open("H3"):
        sheet.write(title, s.LEFT, s.HEIGHT - 76, s.STRONG)
        sheet.write(where, s.WIDTH - s.RIGHT, s.HEIGHT - 76, s.CITE, align="right")
    box = press.geometry.on_sheet(page, press.geometry.of(page)[0])
    said = f"{page.document.title}, {where}: {press.geometry.words(page)}"
    with press.tags.open("Figure", alternative=said, attributes=s.placed_at(box)):
        press.annex.append((sheet, page))
        sheet.under += [sheet.begin(sheet.content()), _source(press, page), "EMC"]
    sheet.under += _framed(press, page, box)
    sheet.shines |= bool(page.excerpts)
    taken: list[float] = []
    for excerpt in page.excerpts:
        _margin(press, sheet, page, excerpt, taken)


def _source(press: Press, page: AnnexPage) -> str:
    """What draws the page of a source, or a picture of it, on its sheet."""
    geometry = press.geometry
    if press.contents.carries_pages:
        a, b, c, d, e, f = geometry.matrix(page)
        where = f"{a:.5f} {b:.5f} {c:.5f} {d:.5f} {e:.4f} {f:.4f}"
    else:
        x0, y0, x1, y1 = geometry.on_sheet(page, geometry.of(page)[0])
        where = f"{x1 - x0:.4f} 0 0 {y1 - y0:.4f} {x0:.4f} {y0:.4f}"
    return f"q {where} cm {SOURCE} Do Q"


def _framed(press: Press, page: AnnexPage, box: Box) -> list[str]:
    """The line round a page, and what marks its quotes."""
    code = [s.ADORNMENT, f"q 0.6 w 0.76 0.79 0.82 RG {_rectangle(box)} S Q"]
    for excerpt in page.excerpts:
        polarity = excerpt.link.polarity
        fill = " ".join(f"{value:.2f}" for value in MARKERS[polarity])
        _, _, ink, dash = SIGNS[polarity]
        stroke = " ".join(f"{value:.2f}" for value in ink)
        dashes = " ".join(f"{value / 2:.1f}" for value in dash)
        quads = marked(excerpt.link.passage.anchor, page.page)
        boxes = [_rectangle(press.geometry.on_sheet(page, quad)) for quad in quads]
        code.append(f"q {s.SHINE} gs {fill} rg")
        code.extend(f"{each} f" for each in boxes)
        # The frame tells the polarity in black and white too.
        code.append(f"Q q 0.7 w {stroke} RG [{dashes}] 0 d")
        code.extend(f"{each} S" for each in boxes)
        code.append("Q")
    return [*code, "EMC"]


def _rectangle(box: Box) -> str:
    x0, y0, x1, y1 = box
    return f"{x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re"


def _margin(
    press: Press,
    sheet: Sheet,
    page: AnnexPage,
    excerpt: Excerpt,
    taken: list[float],
) -> None:
    """The reference in the margin beside a passage, linked back to its quote."""
    sign, _, colour, _ = SIGNS[excerpt.link.polarity]
    quads = marked(excerpt.link.passage.anchor, page.page)
    boxes = [press.geometry.on_sheet(page, quad) for quad in quads]
    left, right = FRAME[2] + 8, s.WIDTH - 18
    y = (boxes[0][3] if boxes else FRAME[3]) - 9
    while (near := next((each for each in taken if abs(y - each) < 23), None)) is not None:
        y = near - 23.5
    taken.append(y)
    style = s.Style(s.STRONG.face, 7.6, 10, colour)
    small = s.Style(s.SMALL.face, 7.2, 9, s.SOFT)
    with press.tags.text(), press.tags.open("Link"):
        sheet.write(f"{sign} {excerpt.reference} ↑", left, y, style)
        sheet.write(f"{excerpt.link.code}, back to quote", left, y - 9, small)
        box = (left, y - 12, right, y + 9)
        sheet.jump(box, excerpt.reference, f"Back to quote {excerpt.reference}")
