"""Pages that the tests typeset, read in the order a person would."""

from __future__ import annotations

import random

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table, TableStyle

from cambs_evidence.documents.anchors import quads
from cambs_evidence.documents.fragments import Fragment
from cambs_evidence.documents.layer import NO_TEXT, PageLayer
from cambs_evidence.documents.reading_order import _bands, _cost, _costs
from tests.core.documents.sheets import (
    HEIGHT,
    WIDTH,
    Painter,
    altered,
    broken,
    column,
    inked,
    layers,
    painted,
    sentences,
    wide_face,
)

LEFT, RIGHT, TOP = 60.0, 320.0, 700.0


def _page(*painters: Painter) -> PageLayer:
    [page] = layers(painted(*painters))
    return page


def _columns(seed: int = 3, lines: int = 20) -> tuple[list[str], list[str]]:
    left = broken(" ".join(sentences(seed, 40)), 44)[:lines]
    right = broken(" ".join(sentences(seed + 1, 40)), 44)[:lines]
    return left, right


def _assert_boxes_are_sound(page: PageLayer) -> None:
    assert page.boxes.shape == (len(page.text), 4)
    for item, letter in enumerate(page.text):
        missing = bool(np.isnan(page.boxes[item]).any())
        assert missing == (letter in "\n\t")
    x0, y0, x1, y1 = page.media
    for item in inked(page):
        box = page.boxes[item]
        assert box[2] > box[0]
        assert box[3] > box[1]
        assert x0 - 5 <= box[0]
        assert box[2] <= x1 + 5
        assert y0 - 5 <= box[1]
        assert box[3] <= y1 + 5


def _flow(page: PageLayer) -> list[str]:
    return page.text.split()


# --- columns -------------------------------------------------------------------------------


def test_two_columns_are_read_one_after_the_other() -> None:
    left, right = _columns()

    def paint(canvas: Canvas) -> None:
        column(canvas, left, LEFT, TOP)
        column(canvas, right, RIGHT, TOP)

    page = _page(paint)
    assert _flow(page) == " ".join([*left, *right]).split()
    _assert_boxes_are_sound(page)


def test_two_columns_drawn_line_by_line_across_are_still_read_one_after_the_other() -> None:
    left, right = _columns()

    def paint(canvas: Canvas) -> None:
        y = TOP
        for one, other in zip(left, right, strict=True):
            canvas.drawString(LEFT, y, one)
            canvas.drawString(RIGHT, y, other)
            y -= 13

    assert _flow(_page(paint)) == " ".join([*left, *right]).split()


def test_columns_whose_lines_stand_at_other_heights_are_read_one_after_the_other() -> None:
    left, right = _columns(9)

    def paint(canvas: Canvas) -> None:
        column(canvas, right, RIGHT, TOP - 6)
        column(canvas, left, LEFT, TOP)

    assert _flow(_page(paint)) == " ".join([*left, *right]).split()


def test_three_columns_are_read_from_left_to_right() -> None:
    texts = [broken(" ".join(sentences(seed, 30)), 28)[:18] for seed in (5, 6, 7)]

    def paint(canvas: Canvas) -> None:
        for place, lines in enumerate(texts):
            column(canvas, lines, 50 + 175 * place, TOP)

    assert _flow(_page(paint)) == " ".join(line for lines in texts for line in lines).split()


def test_a_heading_over_both_columns_is_read_before_them() -> None:
    left, right = _columns(11, 12)
    after, last = _columns(13, 12)

    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(LEFT, TOP + 40, "A heading that runs over both of the columns below it")
        canvas.setFont("Helvetica", 10)
        column(canvas, left, LEFT, TOP)
        column(canvas, right, RIGHT, TOP)
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(LEFT, TOP - 200, "Another heading that runs over both of the columns")
        canvas.setFont("Helvetica", 10)
        column(canvas, after, LEFT, TOP - 240)
        column(canvas, last, RIGHT, TOP - 240)

    wanted = " ".join([
        "A heading that runs over both of the columns below it", *left, *right,
        "Another heading that runs over both of the columns", *after, *last,
    ])  # fmt: skip
    page = _page(paint)
    assert _flow(page) == wanted.split()
    kinds = {page.text[start.offset :].split()[0]: start.kind for start in page.starts}
    assert kinds["Another"] == "heading"
    assert kinds["A"] == "heading"


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**16), st.integers(8, 16))
def test_the_order_in_which_prose_was_drawn_does_not_matter(seed: int, size: int) -> None:
    lines = broken(" ".join(sentences(seed, 12)), 70)
    drawn = list(enumerate(lines))
    random.Random(seed).shuffle(drawn)

    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", size)
        for place, line in drawn:
            canvas.drawString(40, TOP - 1.4 * size * place, line)

    assert _flow(_page(paint)) == " ".join(lines).split()


# --- tables --------------------------------------------------------------------------------


def _table(canvas: Canvas, cells: list[list[str]], *, grid: bool = True) -> None:
    style = getSampleStyleSheet()["BodyText"]
    table = Table([[Paragraph(cell, style) for cell in row] for row in cells], colWidths=150)
    if grid:
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
    else:
        table.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, -1), colors.lightgrey)]))
    _, height = table.wrapOn(canvas, 500, 700)
    table.drawOn(canvas, 60, TOP - height)


def _cells(rows: int, words: int, seed: int = 17) -> list[list[str]]:
    said = iter(sentences(seed, rows * 3, words))
    return [[next(said) for _ in range(3)] for _ in range(rows)]


@pytest.mark.parametrize("words", [2, 12, 25])
def test_a_ruled_table_is_read_row_by_row_and_cell_by_cell(words: int) -> None:
    cells = _cells(4, words)
    page = _page(lambda canvas: _table(canvas, cells))
    wanted = [cell for row in cells for cell in row]
    assert _flow(page) == " ".join(wanted).split()
    read = [" ".join(cell.split()) for row in page.text.split("\n\n") for cell in row.split("\t")]
    assert read == wanted
    assert {start.kind for start in page.starts} == {"row"}
    _assert_boxes_are_sound(page)


def test_a_ruled_table_with_cells_of_different_height_keeps_each_cell_together() -> None:
    said = sentences(19, 4, 30)
    cells = [["A1", said[0], "C1"], [said[1], "B2", "C2"], ["A3", "B3", said[2]]]
    page = _page(lambda canvas: _table(canvas, cells))
    assert _flow(page) == " ".join(" ".join(row) for row in cells).split()


def test_a_ruled_table_between_paragraphs_is_read_between_them() -> None:
    cells = _cells(2, 6)
    before, after = sentences(23, 2, 10)

    def paint(canvas: Canvas) -> None:
        canvas.drawString(60, TOP + 30, before)
        _table(canvas, cells)
        canvas.drawString(60, TOP - 250, after)

    page = _page(paint)
    wanted = [before, *(cell for row in cells for cell in row), after]
    assert _flow(page) == " ".join(wanted).split()


def test_an_unruled_table_of_figures_is_read_row_by_row() -> None:
    rows = [[f"Area {place}", f"{place * 37}", f"{place * 11}.5%"] for place in range(1, 9)]

    def paint(canvas: Canvas) -> None:
        for place, row in enumerate(rows):
            for x, cell in zip((80, 250, 400), row, strict=True):
                canvas.drawString(x, TOP - 15 * place, cell)

    page = _page(paint)
    assert [line.split() for line in page.text.split("\n") if line] == [
        " ".join(row).split() for row in rows
    ]


def test_cells_that_are_side_by_side_are_parted_by_a_tab() -> None:
    page = _page(lambda canvas: _table(canvas, [["one", "two", "three"], ["4", "5", "6"]]))
    assert page.text.replace("\n\n", "\n") == "one\ttwo\tthree\n4\t5\t6"


# --- boxes, rotation, crop -----------------------------------------------------------------


def _prose(seed: int = 29) -> tuple[list[str], bytes]:
    lines = broken(" ".join(sentences(seed, 10)), 70)
    return lines, painted(lambda canvas: column(canvas, lines, 72, TOP))


def test_boxes_are_where_the_characters_were_drawn() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.drawString(100, 500, "abc")
        canvas.drawString(200, 300, "x")

    page = _page(paint)
    a, x = page.boxes[page.text.index("a")], page.boxes[page.text.index("x")]
    assert a[0] == pytest.approx(100, abs=1)
    assert a[1] <= 500 <= a[3]
    assert x[0] == pytest.approx(200, abs=1)
    assert x[1] <= 300 <= x[3]
    assert page.media == pytest.approx((0, 0, WIDTH, HEIGHT), abs=0.01)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_is_shown_turned_has_the_text_of_the_way_it_is_shown(turn: int) -> None:
    lines = broken(" ".join(sentences(29, 10)), 70)

    def paint(canvas: Canvas) -> None:
        # Drawn so that it is upright once the viewer has turned the page clockwise.
        height = WIDTH if turn % 180 else HEIGHT
        canvas.translate(*{90: (WIDTH, 0), 180: (WIDTH, HEIGHT), 270: (0, HEIGHT)}[turn])
        canvas.rotate(turn)
        column(canvas, lines, 72, height - 120)

    upright = painted(paint)

    def set_rotation(page: pikepdf.Page) -> None:
        page.Rotate = turn

    [page] = layers(altered(upright, set_rotation))
    assert page.rotation == turn
    assert _flow(page) == " ".join(lines).split()
    _assert_boxes_are_sound(page)


@pytest.mark.parametrize("turn", [90, 180, 270, -90, 450])
def test_turning_a_page_changes_neither_its_text_nor_its_boxes(turn: int) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 20)
        canvas.drawString(100, 420, "unturned")

    data = painted(paint)

    def set_rotation(page: pikepdf.Page) -> None:
        page.Rotate = turn

    [before] = layers(data)
    [after] = layers(altered(data, set_rotation))
    assert after.rotation == turn % 360
    assert after.text == before.text == "unturned"
    assert np.allclose(after.boxes, before.boxes, atol=0.1, equal_nan=True)
    assert after.media == pytest.approx(before.media)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_prose_that_is_shown_lying_or_upside_down_keeps_its_words_in_order(turn: int) -> None:
    lines, data = _prose()

    def set_rotation(page: pikepdf.Page) -> None:
        page.Rotate = turn

    [before] = layers(data)
    [after] = layers(altered(data, set_rotation))
    assert after.rotation == turn
    assert after.text == before.text
    assert _flow(after) == " ".join(lines).split()
    assert np.allclose(after.boxes, before.boxes, atol=0.1, equal_nan=True)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_space_has_the_room_between_its_neighbours_whichever_way_lines_run(turn: int) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(turn)
        canvas.drawString(0, 0, "one two three")

    page = _page(paint)
    assert page.text == "one two three"
    along = int(turn in {90, 270})
    for space in (3, 7):
        before, at, after = page.boxes[space - 1 : space + 2]
        first, last = sorted((before, after), key=lambda box: float(box[along]))
        assert (at[along], at[along + 2]) == (first[along + 2], last[along])
        assert at[along + 2] - at[along] > 1
        assert (at[1 - along], at[3 - along]) == (before[1 - along], before[3 - along])
    assert len(quads(page, 0, len(page.text))) == 1


def test_a_lying_table_on_an_upright_page_is_read_as_it_was_written() -> None:
    lines = broken(" ".join(sentences(31, 10)), 70)

    def paint(canvas: Canvas) -> None:
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
        column(canvas, lines, 72, WIDTH - 120)

    page = _page(paint)
    assert _flow(page) == " ".join(lines).split()
    assert page.rotation == 0


def test_a_chart_with_many_words_that_run_up_the_page_does_not_turn_it() -> None:
    names = [f"category {place:02d} of the chart" for place in range(22)]

    def paint(canvas: Canvas) -> None:
        column(canvas, broken(" ".join(sentences(33, 2, 20)), 70), 72, TOP)
        canvas.setFont("Helvetica", 7)
        for place, name in enumerate(names):
            canvas.saveState()
            canvas.translate(80 + 20 * place, 200)
            canvas.rotate(90)
            canvas.drawString(0, 0, name)
            canvas.restoreState()
        canvas.setFont("Helvetica", 10)
        canvas.drawCentredString(WIDTH / 2, 40, "Page 47")

    page = _page(paint)
    letters = sum(len("".join(name.split())) for name in names)
    assert letters > 0.6 * sum(not letter.isspace() for letter in page.text)
    assert page.label == "47"
    assert " ".join(_flow(page)).startswith(" ".join(sentences(33, 2, 20)))


def test_a_shifted_crop_box_leaves_text_and_boxes_as_they_are() -> None:
    lines, data = _prose()
    [before] = layers(data)

    def crop(page: pikepdf.Page) -> None:
        page.CropBox = pikepdf.Array([40, 100, 560, 800])

    [after] = layers(altered(data, crop))
    assert after.media == pytest.approx((40, 100, 560, 800))
    assert _flow(after) == _flow(before) == " ".join(lines).split()
    assert np.allclose(after.boxes, before.boxes, atol=0.1, equal_nan=True)


def test_a_media_box_that_does_not_begin_at_nought_shifts_nothing() -> None:
    _, data = _prose()
    [before] = layers(data)

    def shift(page: pikepdf.Page) -> None:
        page.MediaBox = pikepdf.Array([-100, -50, 700, 900])

    [after] = layers(altered(data, shift))
    assert after.media == pytest.approx((-100, -50, 700, 900))
    assert after.text == before.text
    assert np.allclose(after.boxes, before.boxes, atol=0.1, equal_nan=True)


# --- characters ----------------------------------------------------------------------------


def test_a_superior_figure_stays_at_its_word() -> None:
    def paint(canvas: Canvas) -> None:
        text = canvas.beginText(72, 600)
        text.setFont("Helvetica", 11)
        text.textOut("as was said")
        text.setRise(4)
        text.setFont("Helvetica", 6)
        text.textOut("12")
        text.setRise(0)
        text.setFont("Helvetica", 11)
        text.textOut(" before, m")
        text.setRise(-3)
        text.setFont("Helvetica", 6)
        text.textOut("2")
        text.setRise(0)
        text.setFont("Helvetica", 11)
        text.textOut(" too")
        canvas.drawText(text)
        canvas.drawString(72, 586, "and the next line")

    page = _page(paint)
    assert " ".join(_flow(page)) == "as was said12 before, m2 too and the next line"


def test_what_is_painted_over_is_not_in_the_text() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.drawString(72, 600, "kept before")
        canvas.drawString(72, 580, "hidden 4711 words")
        canvas.setFillColor(colors.white)
        canvas.rect(60, 574, 300, 16, stroke=0, fill=1)
        canvas.setFillColor(colors.black)
        canvas.drawString(72, 560, "kept after")

    page = _page(paint)
    assert _flow(page) == ["kept", "before", "kept", "after"]


def test_what_is_painted_on_an_area_is_in_the_text() -> None:
    def paint(canvas: Canvas) -> None:
        for shade, y in ((colors.white, 580), (colors.lightblue, 560), (colors.black, 540)):
            canvas.setFillColor(shade)
            canvas.rect(60, y - 6, 300, 16, stroke=0, fill=1)
            canvas.setFillColor(colors.gray)
            canvas.drawString(72, y, f"shown {y}")

    assert sorted(_flow(_page(paint))) == ["540", "560", "580", "shown", "shown", "shown"]


def test_half_a_line_painted_over_leaves_the_other_half() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.drawString(72, 600, "name")
        canvas.drawString(130, 600, "of the child")
        canvas.setFillColor(colors.black)
        canvas.rect(125, 594, 100, 16, stroke=0, fill=1)

    assert _flow(_page(paint)) == ["name"]


def test_a_ligature_is_read_as_what_it_stands_for_or_as_itself() -> None:
    face = wide_face()

    def paint(canvas: Canvas) -> None:
        canvas.setFont(face, 11)
        canvas.drawString(72, 600, "of\ufb01ce \ufb02oor a\ufb00air")

    page = _page(paint)
    folded = page.text.replace("\ufb01", "fi").replace("\ufb02", "fl").replace("\ufb00", "ff")
    assert folded == "office floor affair"
    _assert_boxes_are_sound(page)


def test_words_cut_at_line_ends_keep_hyphen_and_line_end() -> None:
    lines = ["The visitors follow long-", "term plans in every edu-", "cation setting."]
    page = _page(lambda canvas: column(canvas, lines, 72, 600))
    assert page.text == "\n".join(lines)
    _assert_boxes_are_sound(page)


@pytest.mark.parametrize("text", ["Ελληνικά και", "Привет мир", "naïve café £5 – “so”", "½ × 3²"])
def test_other_scripts_and_signs_come_as_they_are(text: str) -> None:
    face = wide_face()

    def paint(canvas: Canvas) -> None:
        canvas.setFont(face, 11)
        canvas.drawString(72, 600, text)

    assert _page(paint).text == text


def test_hebrew_is_in_the_order_in_which_it_is_read() -> None:
    face = wide_face()
    words = ["שלום", "עולם", "טוב"]

    def paint(canvas: Canvas) -> None:
        canvas.setFont(face, 14)
        # A typesetter that knows no direction: what is read first is drawn rightmost.
        canvas.drawRightString(400, 600, " ".join(words)[::-1])

    page = _page(paint)
    assert page.text.split() == words
    _assert_boxes_are_sound(page)


def test_letters_set_wide_apart_are_one_word() -> None:
    def paint(canvas: Canvas) -> None:
        text = canvas.beginText(72, 600)
        text.setFont("Helvetica", 12)
        text.setCharSpace(1.2)
        text.textOut("spaced words here")
        canvas.drawText(text)

    assert _page(paint).text == "spaced words here"


def test_words_that_only_their_distance_parts_are_parted() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.drawString(72, 600, "one")
        canvas.drawString(72 + canvas.stringWidth("one") + 3, 600, "two")

    assert _page(paint).text == "one two"


def test_text_that_runs_up_the_page_is_read_as_one_piece() -> None:
    lines = broken(" ".join(sentences(37, 8)), 60)

    def paint(canvas: Canvas) -> None:
        column(canvas, lines, 120, TOP)
        canvas.saveState()
        canvas.translate(60, 400)
        canvas.rotate(90)
        canvas.drawString(0, 0, "upright")
        canvas.restoreState()

    page = _page(paint)
    assert "upright" in "".join(page.text.split())
    assert " ".join(lines) in " ".join(page.text.split())


def test_an_empty_page_has_no_text_and_says_so() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.rect(100, 100, 200, 200)

    page = _page(paint)
    assert page.text == ""
    assert page.quality == NO_TEXT
    assert page.boxes.shape == (0, 4)
    assert page.body == page.notes == (0, 0)


def test_a_page_with_thousands_of_scattered_words_is_read_whole() -> None:
    chance = random.Random(5)
    words = [f"w{place}" for place in range(2000)]
    spots = [(x * 28.0 + 20, y * 10.0 + 30) for x in range(20) for y in range(78)]
    chance.shuffle(spots)

    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 5)
        for word, (x, y) in zip(words, spots, strict=False):
            canvas.drawString(x, y, word)

    page = _page(paint)
    assert sorted(_flow(page)) == sorted(words[: len(spots)])


# --- paragraphs and footnotes --------------------------------------------------------------


def test_paragraphs_are_parted_by_an_empty_line() -> None:
    said = [broken(each, 60) for each in sentences(43, 4, 30)]

    def paint(canvas: Canvas) -> None:
        y = TOP
        for lines in said:
            y = column(canvas, lines, 72, y) - 9

    page = _page(paint)
    assert page.text == "\n\n".join("\n".join(lines) for lines in said)
    assert [start.offset for start in page.starts] == [page.text.index(lines[0]) for lines in said]


def test_bulleted_items_are_items() -> None:
    said = sentences(47, 3, 7)

    def paint(canvas: Canvas) -> None:
        column(canvas, [f"• {each}" for each in said], 72, TOP)

    page = _page(paint)
    assert [start.kind for start in page.starts] == ["item"] * 3


def test_a_footnote_under_its_rule_is_no_part_of_the_body() -> None:
    lines = broken(" ".join(sentences(53, 14)), 70)

    def paint(canvas: Canvas) -> None:
        column(canvas, lines, 72, TOP)
        canvas.line(72, 160, 216, 160)
        canvas.setFont("Helvetica", 7.5)
        column(canvas, ["1 See the table of 2014 for what is meant", "by it."], 72, 148, 9)

    page = _page(paint)
    assert page.text[slice(*page.body)].split() == " ".join(lines).split()
    assert page.text[slice(*page.notes)].startswith("1 See the table")
    assert [start.kind for start in page.starts if start.offset >= page.notes[0]] == ["note"]


def test_small_print_without_a_mark_stays_in_the_body() -> None:
    lines = broken(" ".join(sentences(59, 14)), 70)

    def paint(canvas: Canvas) -> None:
        column(canvas, lines, 72, TOP)
        canvas.setFont("Helvetica", 7.5)
        column(canvas, ["Source: the census of that year"], 72, 240, 9)

    page = _page(paint)
    assert page.notes[0] == page.notes[1]
    assert "Source:" in page.text[slice(*page.body)]


_corners = st.lists(
    st.tuples(st.sampled_from([0, 60, 130, 200]), st.integers(0, 200), st.integers(4, 30)),
    min_size=2,
    max_size=24,
)


@given(_corners, st.randoms(use_true_random=False))
def test_what_parting_a_run_costs_is_what_reading_its_parts_costs(
    corners: list[tuple[int, int, int]], chance: random.Random
) -> None:
    order = list(range(len(corners)))
    chance.shuffle(order)
    none, no_space = np.zeros(0, np.int64), np.zeros(0, bool)
    parts = [
        Fragment(none, no_space, x, y, x + 50.0, y + tall, tall, stream)
        for (x, y, tall), stream in zip(corners, order, strict=True)
    ]
    bands, gutters = _bands(parts), [(50.0, 60.0), (110.0, 130.0), (180.0, 200.0)]
    places = list(range(len(bands)))
    assert _costs(bands, gutters, places) == [
        _cost(bands[:place], gutters) + _cost(bands[place:], gutters) for place in places
    ]
