"""Pages that the tests of the reader typeset: what stands on them is known to the letter."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.core.documents.sheets import (
    altered,
    broken,
    column,
    painted,
    sentences,
    wide_face,
)

WIDTH, HEIGHT = A4

LEFT = (
    "Foster carers told us that training",
    "came too late for many of them, and",
    "that evening courses were rare. Most",
    "would like to meet other carers more",
    "often, near to where they live, and",
    "at hours that suit those who work.",
    "The county has since asked each team",
    "to name a person who plans this.",
)
RIGHT = (
    "Twelve of twenty placements lasted",
    "longer than the county had planned,",
    "which children said they valued. Of",
    "the eight that ended early, five had",
    "been made in a hurry and three far",
    "away from brothers and sisters. Each",
    "was looked into within a month, and",
    "what was learnt was passed on.",
)
TURNED = (
    "Reviews are held within the month and",
    "chaired by somebody from another team.",
)
HEBREW = ("שלום עולם טוב", "מים רבים לא")
ARABIC = "باب كبير"
LIGATURES = "The o\ufb03ce \ufb01led the \ufb02ow of a\ufb00airs."
LIGATURES_READ = "The office filed the flow of affairs."
CUT = (
    "The visitors follow long-term plans in every edu-",
    "cation setting and note the well-",
    "being of carers.",
)
CUT_READ = (
    "The visitors follow long-term plans in every education setting and note the wellbeing "
    "of carers."
)
#: Where they stand in :func:`odd_pages`, 0-based.
COLUMNS, LYING, UPSIDE_DOWN, LYING_BACK, CROPPED, RIGHT_TO_LEFT, JOINED, BROKEN, EMPTY = range(9)


def odd_pages(path: Path) -> Path:
    """A PDF with one page for each kind of page that is easily read wrongly."""

    def columns(canvas: Canvas) -> None:
        column(canvas, LEFT, 60, 700)
        column(canvas, RIGHT, 320, 700)

    def turned(canvas: Canvas, turn: int) -> None:
        # Drawn so that it is upright once the page is shown turned.
        canvas.translate(*{90: (WIDTH, 0), 180: (WIDTH, HEIGHT), 270: (0, HEIGHT)}[turn])
        canvas.rotate(turn)
        column(canvas, TURNED, 72, (WIDTH if turn % 180 else HEIGHT) - 120)

    def right_to_left(canvas: Canvas) -> None:
        canvas.setFont(wide_face(), 14)
        for number, line in enumerate((*HEBREW, ARABIC)):
            # A typesetter that knows no direction: what is read first is drawn rightmost.
            canvas.drawRightString(450, 700 - 24 * number, line[::-1])

    def joined(canvas: Canvas) -> None:
        canvas.setFont(wide_face(), 12)
        canvas.drawString(72, 700, LIGATURES)

    data = painted(
        columns,
        *(lambda canvas, by=turn: turned(canvas, by) for turn in (90, 180, 270)),  # type: ignore[misc]
        lambda canvas: column(canvas, TURNED, 72, 600),
        right_to_left,
        joined,
        lambda canvas: column(canvas, CUT, 72, 700),
        lambda canvas: canvas.rect(100, 300, 200, 200, fill=1),
    )
    turns = iter((0, 90, 180, 270, 0, 0, 0, 0, 0))

    def change(page: pikepdf.Page) -> None:
        page.Rotate = next(turns)
        if page.index == CROPPED:
            page.MediaBox = [-40, -60, 640, 880]
            page.CropBox = [30, 120, 520, 760]

    path.write_bytes(altered(data, change))
    return path


HEADER, FOOTER = "Camshire County Council: annual self-assessment", "Children's services, page"
#: Runs over the ends of the pages of :func:`furnished`, one line of it last on each, one first.
ACROSS = (
    ("Teams review what they learn from", "complaints in every second month,"),
    ("and what changed is written down for", "the board, which reads it in June."),
)


def sheet_lines(number: int) -> list[str]:
    """The forty lines between those that run over the ends of a page (0-based)."""
    return broken(" ".join(sentences(number + 1, 50)), 80)[:40]


def furnished(path: Path) -> Path:
    """A PDF of four pages with a running header and footer; sentences run over page ends."""

    def page(canvas: Canvas, number: int) -> None:
        canvas.drawString(72, 805, HEADER)
        canvas.drawString(72, 30, f"{FOOTER} {number + 1}")
        first = [ACROSS[number - 1][1]] if 0 < number <= len(ACROSS) else []
        last = [ACROSS[number][0]] if number < len(ACROSS) else []
        column(canvas, [*first, *sheet_lines(number), *last], 72, 760)

    path.write_bytes(painted(*(lambda canvas, n=n: page(canvas, n) for n in range(4))))  # type: ignore[misc]
    return path


def nonsense(path: Path) -> Path:
    """A PDF that says wrongly of each of its letters which one it is."""
    file = io.BytesIO(painted(lambda canvas: column(canvas, (*LEFT, *RIGHT), 72, 600)))
    lines = "\n".join(f"<{code:02x}> <{0xE000 + code:04x}>" for code in range(32, 127))
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapName /Wrong def /CMapType 2 def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"95 beginbfchar\n{lines}\nendbfchar\nendcmap end end"
    )
    with pikepdf.open(file) as document:
        for font in document.pages[0].Resources.Font.values():
            font.ToUnicode = document.make_stream(table.encode())
        document.save(path, deterministic_id=True)
    return path


#: What stands in the ruled table, row by row.
CELLS = (
    ("Team", "Visits", "On time"),
    ("North", "412", "91%"),
    ("South", "388", "87%"),
    ("West", "405", "94%"),
)
CHART = (100.0, 180.0, 300.0, 330.0)
CAPTION = "Visits by quarter"


def tables(path: Path) -> Path:
    """A PDF with a ruled table above a chart (in :data:`CHART`) with a caption, on one page."""

    def paint(canvas: Canvas) -> None:
        column(canvas, ["Visits of the year, by team"], 72, 760)
        xs, ys = [100, 220, 320, 420], [700 - 24 * n for n in range(5)]
        canvas.grid(xs, ys)
        for row, y in zip(CELLS, ys, strict=False):
            for words, x in zip(row, xs, strict=False):
                canvas.drawString(x + 6, y - 16, words)
        canvas.setFillColor(colors.teal)
        for number in range(4):
            canvas.rect(120 + 40 * number, 200, 24, 20 + 18 * number, stroke=0, fill=1)
        canvas.setFillColor(colors.black)
        canvas.drawString(130, 310, CAPTION)

    path.write_bytes(painted(paint, lambda canvas: column(canvas, ["No table here."], 72, 700)))
    return path


ADDRESS = "https://camshire.example/reports?year=2024&part=2"
#: Words of the first page and where each leads to; one to the third page of the same document.
LINKS = (
    ("The published report", ADDRESS),
    ("A script", "javascript:app.alert(1)"),
    ("A file", "file:///etc/hostname"),
    ("Nothing at all", "http://"),
)
INWARD = "See the appendix"
LABELS = ("i", "ii", "1", "2")


def counted(number: int) -> str:
    """How a numbered paragraph of the second page begins."""
    return f"In area {'ABCDEFGHIJKLMN'[number - 1]} most young people were asked for their view"


def links(path: Path) -> Path:
    """A PDF of four pages with links on the first, numbered i, ii, 1, 2 in print.

    The second has fourteen numbered paragraphs.
    """
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    canvas.setFont("Helvetica", 12)
    for number, (words, address) in enumerate(LINKS):
        y = 700 - 30 * number
        canvas.drawString(72, y, words)
        canvas.linkURL(address, (70, y - 4, 200, y + 12))
    canvas.drawString(72, 500, INWARD)
    canvas.linkAbsolute("", "appendix", (70, 496, 200, 512))
    for page in range(1, 4):
        canvas.showPage()
        canvas.setFont("Helvetica", 12)
        canvas.drawString(72, 700, f"Words of sheet {page + 1}.")
        if page == 1:
            for number in range(1, 15):
                y = 690 - 40 * number
                canvas.drawString(72, y, f"{number}. {counted(number)} while others")
                canvas.drawString(
                    72, y - 14, "waited for a place nearer to their school and friends."
                )
        if page == 2:
            canvas.drawString(72, 300, "Appendix: how the audit was done")
            canvas.bookmarkPage("appendix", fit="XYZ", left=0, top=320)
    canvas.showPage()
    canvas.save()
    with pikepdf.open(file) as document:
        document.Root.PageLabels = pikepdf.Dictionary(
            Nums=[0, pikepdf.Dictionary(S=pikepdf.Name.r), 2, pikepdf.Dictionary(S=pikepdf.Name.D)]
        )
        document.save(path, deterministic_id=True)
    return path
