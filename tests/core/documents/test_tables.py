"""Tables: found where they are, in user space, and nowhere else."""

from __future__ import annotations

import io

import pdfplumber
import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence import paths
from cambs_evidence.documents import regions
from cambs_evidence.documents.plain import interpret, typeset
from cambs_evidence.documents.tables import found, user_space
from cambs_evidence.model import Table

from .sheets import REPORTS, SHARED, altered, broken, column, layers, painted, sentences

FONTS = paths.fonts()
ROWS = [["Team", "Visits", "On time"], ["North", "412", "91%"], ["South", "388", "84%"]]


def grid(canvas: Canvas, rows: list[list[str]], x: float = 90, y: float = 700) -> None:
    """A table with all its rulings; cells are 100 by 20 points."""
    across, down = len(rows[0]), len(rows)
    canvas.grid([x + 100 * n for n in range(across + 1)], [y - 20 * n for n in range(down + 1)])
    words(canvas, rows, x, y)


def words(canvas: Canvas, rows: list[list[str]], x: float = 90, y: float = 700) -> None:
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            canvas.drawString(x + 100 * c + 6, y - 20 * r - 14, text)


def tables(data: bytes) -> list[Table]:
    """All tables of a PDF, as the door gives them."""
    seen = []
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page, layer in zip(document.pages, layers(data), strict=True):
            seen += [
                regions.filled(each, layer)
                for each in found(page, layer.index, regions.bands(layer))
            ]
    return seen


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def test_a_ruled_table_is_found_cell_by_cell() -> None:
    (table,) = tables(painted(lambda canvas: grid(canvas, ROWS)))
    assert texts(table) == ROWS
    assert table.box == pytest.approx((90, 640, 390, 700), abs=1)
    assert table.rows[1][2].box == pytest.approx((290, 660, 390, 680), abs=1)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("corner", [(0, 0), (-30, 40)])
def test_boxes_are_in_unrotated_user_space(rotation: int, corner: tuple[int, int]) -> None:
    def change(page: pikepdf.Page) -> None:
        x, y = corner
        page.MediaBox = [x, y, 595 + x, 842]
        page.CropBox = [x + 5, y + 20, 590 + x, 830]
        page.Rotate = rotation

    def paint(canvas: Canvas) -> None:
        # Upright as the page is shown, so that its rows are rows.
        canvas.translate(300, 400)
        canvas.rotate(rotation)
        grid(canvas, ROWS, -150, 60)

    (table,) = tables(altered(painted(paint), change))
    assert texts(table) == ROWS
    width, height = table.box[2] - table.box[0], table.box[3] - table.box[1]
    assert (width, height) == pytest.approx((300, 60) if rotation % 180 == 0 else (60, 300), abs=1)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_letters_stand_where_the_text_layer_has_them(rotation: int) -> None:
    def change(page: pikepdf.Page) -> None:
        page.MediaBox = [20, -30, 615, 812]
        page.Rotate = rotation

    data = altered(painted(lambda canvas: canvas.drawString(120, 300, "X")), change)
    (layer,) = layers(data)
    with pdfplumber.open(io.BytesIO(data)) as document:
        page = document.pages[0]
        (letter,) = page.chars
        box = user_space(page, [(letter["x0"], letter["top"], letter["x1"], letter["bottom"])])[0]
    assert box.tolist() == pytest.approx(layer.boxes[0].tolist(), abs=2.5)


def test_a_merged_cell_leaves_gaps() -> None:
    def paint(canvas: Canvas) -> None:
        grid(canvas, [["", "Visits", "On time"], ["North", "412", "91%"]])
        canvas.rect(90, 700, 300, 20)
        canvas.drawString(96, 706, "By team")

    (table,) = tables(painted(paint))
    assert texts(table)[0][0] == "By team"
    assert [cell.box is None for cell in table.rows[0]] == [False, True, True]


def test_words_shaded_line_by_line_on_a_shaded_cell_stay_one_cell() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.8)
        for across in range(2):
            for up in range(2):
                x, y = 90 + 203 * across, 600 + 63 * up
                canvas.rect(x, y, 200, 60, stroke=0, fill=1)
                for line in range(3):
                    canvas.rect(x + 5, y + 20 * line, 190, 20, stroke=0, fill=1)
        canvas.setFillGray(0)
        for line, text in enumerate(("Children are", "seen alone at", "every visit.")):
            canvas.drawString(100, 708 - 20 * line, text)
        for x, y, text in (
            (300, 708, "Mostly"),
            (100, 645, "Plans are written."),
            (300, 645, "No"),
        ):
            canvas.drawString(x, y, text)

    (table,) = tables(painted(draw))
    assert texts(table) == [
        ["Children are seen alone at every visit.", "Mostly"], ["Plans are written.", "No"]
    ]  # fmt: skip


def test_columns_without_rulings_are_told_by_their_words() -> None:
    rows = [[f"Area {place}", f"{place * 37}", f"{place * 11}.5%"] for place in range(1, 9)]

    def paint(canvas: Canvas) -> None:
        for number, row in enumerate(rows):
            for x, text in zip((80, 250, 400), row, strict=True):
                canvas.drawString(x, 700 - 18 * number, text)

    (table,) = tables(painted(paint))
    assert texts(table) == rows
    assert table.box[3] - table.box[1] < 160


def test_prose_in_columns_is_no_table() -> None:
    def paint(canvas: Canvas) -> None:
        column(canvas, broken(" ".join(sentences(1, 20)), 40), 72, 760)
        column(canvas, broken(" ".join(sentences(2, 20)), 40), 320, 760)

    assert tables(painted(paint)) == []


def test_who_said_what_is_no_table() -> None:
    said = zip(
        ["Asked:", "Mia:", "Asked:", "Tom:", "Asked:", "Mia:"], sentences(6, 6, 7), strict=True
    )

    def paint(canvas: Canvas) -> None:
        for number, (who, what) in enumerate(said):
            canvas.drawString(80, 700 - 15 * number, who)
            canvas.drawString(180, 700 - 15 * number, what)

    assert tables(painted(paint)) == []


def test_the_grid_of_a_chart_is_no_table() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.grid([100 + 40 * n for n in range(9)], [400 + 30 * n for n in range(8)])
        for n in range(8):
            canvas.rect(110 + 40 * n, 400, 20, 20 * n + 5, fill=1)
            canvas.drawString(110 + 40 * n, 388, str(2010 + n))

    assert tables(painted(paint)) == []


def test_boxes_of_a_flow_chart_are_no_table() -> None:
    def paint(canvas: Canvas) -> None:
        for x, y, text in ((100, 700, "Ask"), (200, 680, "Plan"), (300, 660, "Do")):
            canvas.rect(x, y, 100, 20)
            canvas.drawString(x + 6, y + 6, text)

    assert tables(painted(paint)) == []


def test_a_row_that_the_end_of_a_page_parts_from_the_others_is_a_table() -> None:
    answer = "An answer to it. " * 10
    rows = "".join(f"Question {row}\t{answer}\tG\n" for row in range(8))
    made = typeset(interpret("A line of its own.\n\n" * 28 + rows, False), FONTS, "A text")
    assert [layer.text.count("Question") for layer in made.layers] == [1, 7]
    with pdfplumber.open(io.BytesIO(made.pdf)) as document:
        seen = [
            regions.filled(each, layer)
            for page, layer in zip(document.pages, made.layers, strict=True)
            for each in found(page, layer.index, regions.bands(layer))
        ]
    assert [len(each.rows) for each in seen] == [1, 7]
    assert texts(seen[0]) == [["Question 0", answer.strip(), "G"]]
    assert tables(painted(lambda canvas: grid(canvas, ROWS[:1]))) == []  # a banner, it may be


def test_a_framed_paragraph_is_no_table() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.rect(60, 600, 480, 150)
        column(canvas, broken(" ".join(sentences(5, 6)), 80), 72, 730)

    assert tables(painted(paint)) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize(
    ("name", "page", "shape"),
    [
        ("037_eu-002.pdf", 0, (6, 6)),
        ("045_us-006.pdf", 0, (4, 3)),
        ("039_us-030.pdf", 1, (7, 7)),
        ("057_issue-33-lorem-ipsum.pdf", 1, (17, 4)),
    ],
)
def test_tables_of_other_peoples_files(name: str, page: int, shape: tuple[int, int]) -> None:
    seen = [x for x in tables((SHARED / "samples" / name).read_bytes()) if x.page == page]
    assert [(len(each.rows), len(each.rows[0])) for each in seen] == [shape]


@pytest.mark.skipif(not REPORTS.exists(), reason="the shared reports are not here")
def test_an_infographic_has_no_tables() -> None:
    assert tables((REPORTS / "SEND-Infographic.pdf").read_bytes()) == []
