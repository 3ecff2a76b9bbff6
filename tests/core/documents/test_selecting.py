"""Pointing at pages and selecting on them, as a mouse and keys do."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table, TableStyle

from cambs_evidence.documents import pdf
from cambs_evidence.documents.anchors import DocumentText, quads
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.numbering import Numbering
from cambs_evidence.documents.selecting import Caret, Lines, paragraph_at, step, word_at
from cambs_evidence.model import Hold, Place
from tests.core.documents.sheets import (
    HEIGHT,
    REPORTS,
    WIDTH,
    altered,
    broken,
    column,
    flat_layer,
    layers,
    painted,
    sentences,
    wide_face,
)

LEFT, RIGHT, TOP = 60.0, 320.0, 700.0
TURNS = [0, 90, 180, 270]

needs_reports = pytest.mark.skipif(
    not REPORTS.is_dir(), reason="../shared/samples/reports is not here"
)


def _text(pages: Sequence[PageLayer]) -> DocumentText:
    return DocumentText("0" * 64, "test-1", pages, Numbering())


def _standing(layer: PageLayer) -> list[int]:
    """The characters that have a box one can point at."""
    boxes = layer.boxes
    wide = (boxes[:, 2] - boxes[:, 0] > 0.5) & (boxes[:, 3] - boxes[:, 1] > 0.5)
    return [item for item in np.flatnonzero(wide).tolist() if not layer.text[item].isspace()]


def _part(layer: PageLayer, item: int, x: float, y: float) -> tuple[float, float]:
    """A point of a character's box: so much of its width from the left, of its height from below.

    For text that runs up or down the page the caller turns it.
    """
    x0, y0, x1, y1 = map(float, layer.boxes[item])
    return x0 + x * (x1 - x0), y0 + y * (y1 - y0)


def _at(layer: PageLayer, words: str) -> tuple[float, float]:
    """A point on the left half of the first letter of some words."""
    return _part(layer, layer.text.index(words), 0.25, 0.5)


def _behind(layer: PageLayer, words: str) -> tuple[float, float]:
    """A point on the right half of the last letter of some words."""
    return _part(layer, layer.text.index(words) + len(words) - 1, 0.75, 0.5)


def _dragged(text: DocumentText, page: int, start: str, other: int, end: str) -> str:
    """What is quoted of a drag of the mouse from before some words to behind others."""
    one = (page, text.lines(page).caret(*_at(text.pages[page], start)))
    two = (other, text.lines(other).caret(*_behind(text.pages[other], end)))
    place = text.between(one, two)
    assert place is not None
    return text.quote(place)


# --- pages to point at ---------------------------------------------------------------------


@cache
def _columns() -> tuple[PageLayer, tuple[str, ...], tuple[str, ...]]:
    left = broken(" ".join(sentences(3, 40)), 44)[:20]
    right = broken(" ".join(sentences(4, 40)), 44)[:14]

    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(LEFT, TOP + 30, "A heading that runs over both of the columns below it")
        canvas.setFont("Helvetica", 10)
        column(canvas, left, LEFT, TOP)
        column(canvas, right, RIGHT, TOP - 6.5)  # no line of it at the height of one beside it

    [page] = layers(painted(paint))
    return page, tuple(left), tuple(right)


@cache
def _prose() -> tuple[PageLayer, tuple[str, ...]]:
    """Three paragraphs, each with a short last line."""
    said = [broken(each, 60) for each in sentences(43, 3, 33)]

    def paint(canvas: Canvas) -> None:
        y = TOP
        for lines in said:
            y = column(canvas, lines, 72, y) - 9

    [page] = layers(painted(paint))
    return page, tuple(line for lines in said for line in lines)


@cache
def _turned(turn: int) -> PageLayer:
    """Prose that is upright once the viewer has turned the page clockwise."""
    lines = broken(" ".join(sentences(29, 10)), 70)

    def paint(canvas: Canvas) -> None:
        height = WIDTH if turn % 180 else HEIGHT
        canvas.translate(*{0: (0, 0), 90: (WIDTH, 0), 180: (WIDTH, HEIGHT), 270: (0, HEIGHT)}[turn])
        canvas.rotate(turn)
        column(canvas, lines, 72, height - 120)

    def set_rotation(page: pikepdf.Page) -> None:
        page.Rotate = turn

    [page] = layers(altered(painted(paint), set_rotation))
    assert page.rotation == turn
    return page


@cache
def _table() -> tuple[PageLayer, tuple[tuple[str, ...], ...]]:
    said = iter(sentences(17, 12, 12))
    cells = tuple(tuple(next(said) for _ in range(3)) for _ in range(4))

    def paint(canvas: Canvas) -> None:
        style = getSampleStyleSheet()["BodyText"]
        table = Table([[Paragraph(cell, style) for cell in row] for row in cells], colWidths=150)
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
        _, height = table.wrapOn(canvas, 500, 700)
        table.drawOn(canvas, 60, TOP - height)

    [page] = layers(painted(paint))
    return page, cells


@cache
def _hebrew() -> PageLayer:
    face = wide_face()

    def paint(canvas: Canvas) -> None:
        canvas.setFont(face, 14)
        for place, words in enumerate((["שלום", "עולם", "טוב"], ["ספר", "הילד", "הגדול"])):
            canvas.drawRightString(400, 600 - 20 * place, " ".join(words)[::-1])

    [page] = layers(painted(paint))
    return page


#: What footnotes are about; what is the same on every page would be a running footer.
NOTES = (
    "the table of that year",
    "what is meant here",
    "a law of 1989",
    "figures that are rounded",
)


def _report() -> list[PageLayer]:
    """Four pages with running headers and footers and a footnote on each."""

    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        canvas.drawString(72, HEIGHT - 45, "Running header of the county")
        column(canvas, broken(" ".join(sentences(page, 45)), 80)[:34], 72, HEIGHT - 110)
        canvas.line(72, 160, 216, 160)
        canvas.setFont("Helvetica", 7.5)
        column(canvas, [f"{page} Footnote about {NOTES[page - 1]}", "by it."], 72, 148, 9)
        canvas.setFont("Helvetica", 10)
        canvas.drawCentredString(WIDTH / 2, 40, f"Page {page}")

    pages = layers(painted(*[paint] * 4))
    for page in pages:
        assert 0 < page.body[0] < page.body[1] <= page.notes[0] < page.notes[1] < len(page.text)
    return pages


def _body(layer: PageLayer) -> tuple[int, int]:
    """The body of a page without the line ends behind it."""
    low, high = layer.body
    return low, low + len(layer.text[low:high].rstrip())


@cache
def _furnished() -> DocumentText:
    return _text(_report())


def _pages() -> list[PageLayer]:
    return [
        _columns()[0], _prose()[0], _table()[0], _hebrew(), *map(_turned, TURNS),
        *_furnished().pages[:1],
    ]  # fmt: skip


PAGES = ["columns", "prose", "table", "hebrew", *(f"turned {turn}" for turn in TURNS), "furnished"]
every_page = pytest.mark.parametrize("page", range(len(PAGES)), ids=PAGES)


# --- pointing ------------------------------------------------------------------------------


def _halves(layer: PageLayer, item: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """The middle of the half of a character that is read first, and of the other half."""
    first, second = 0.25, 0.75
    if layer.text[item] in "אבגדהוזחטיכלמנסעפצקרשתםןץףך" or layer.rotation == 180:
        first, second = second, first
    if layer.rotation in {90, 270}:
        if layer.rotation == 270:
            first, second = second, first
        return _part(layer, item, 0.5, first), _part(layer, item, 0.5, second)
    return _part(layer, item, first, 0.5), _part(layer, item, second, 0.5)


@every_page
def test_the_first_half_of_a_letter_is_before_it_and_the_second_behind_it(page: int) -> None:
    layer = _pages()[page]
    lines = Lines(layer)
    standing = _standing(layer)
    assert len(standing) > 20
    for item in standing:
        first, second = _halves(layer, item)
        assert lines.caret(*first) == item
        assert lines.caret(*second) == item + 1


@every_page
def test_a_letter_is_found_under_a_point_on_it_and_none_beside_the_text(page: int) -> None:
    layer = _pages()[page]
    lines = Lines(layer)
    for item in _standing(layer):
        assert lines.character(*_part(layer, item, 0.5, 0.5)) == item
    x0, y0, x1, y1 = layer.media
    for x, y in ((x0 + 1, y0 + 1), (x1 - 1, y1 - 1), (-1e6, 1e6)):
        assert lines.character(x, y) is None


@given(st.lists(st.text("abcdef ", min_size=1, max_size=40).filter(str.strip), max_size=12))
def test_any_point_of_any_page_is_at_a_place_in_its_text(said: list[str]) -> None:
    layer = flat_layer("\n".join(said))
    lines = Lines(layer)
    for x, y in itertools.product((-1e5, 0, 73, 90, 200, 1e5), (-1e5, 0, 700, 752, 775, 1e5)):
        caret = lines.caret(x, y)
        assert 0 <= caret <= len(layer.text)
        nearest = lines.nearest(x, y)
        assert (nearest is None) == (not said)
        if nearest is not None:
            start, end = lines.ranges[nearest]
            assert start <= caret <= end


@given(st.lists(st.text("ab ", min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=9))
def test_every_character_of_every_line_can_be_pointed_at(said: list[str]) -> None:
    layer = flat_layer("\n".join(said))
    lines = Lines(layer)
    for item, letter in enumerate(layer.text):
        if letter != "\n":
            assert lines.caret(*_part(layer, item, 0.25, 0.5)) == item
            assert lines.caret(*_part(layer, item, 0.75, 0.5)) == item + 1
            assert lines.character(*_part(layer, item, 0.5, 0.5)) == item


def test_left_and_right_of_a_line_are_its_beginning_and_its_end() -> None:
    layer, said = _prose()
    lines = Lines(layer)
    for line, (start, end) in enumerate(lines.ranges):
        assert layer.text[start:end] == said[line]
        middle = float(lines.boxes[line, 1] + lines.boxes[line, 3]) / 2
        assert lines.nearest(0, middle) == lines.nearest(WIDTH, middle) == line
        assert (lines.caret(0, middle), lines.caret(WIDTH, middle)) == (start, end)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_beside_a_line_of_a_page_that_is_shown_turned_that_line_is_meant(turn: int) -> None:
    layer = _turned(turn)
    lines = Lines(layer)
    along = int(turn in {90, 270})
    assert len({round(float(box[along + 2] - box[along])) for box in lines.boxes}) > 1
    for line, box in enumerate(lines.boxes):
        point = [float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2]
        for edge in (layer.media[along], layer.media[along + 2]):
            point[along] = edge
            assert lines.nearest(*point) == line


def test_above_and_below_the_text_are_its_first_and_its_last_line() -> None:
    layer, _ = _prose()
    lines = Lines(layer)
    assert lines.nearest(200, HEIGHT) == 0
    assert lines.nearest(200, 0) == len(lines.ranges) - 1


def test_the_empty_room_behind_the_last_line_of_a_paragraph_belongs_to_it() -> None:
    layer, said = _prose()
    lines = Lines(layer)
    short = [line for line, words in enumerate(said) if len(words) < 40]
    assert short
    for line in short:
        x = float(lines.boxes[line, 2]) + 60
        y = float(lines.boxes[line, 1] + lines.boxes[line, 3]) / 2
        assert lines.nearest(x, y) == line
        assert lines.caret(x, y) == lines.ranges[line][1]


def test_between_two_lines_of_a_column_the_other_column_is_never_meant() -> None:
    layer, left, right = _columns()
    lines = Lines(layer)
    inside = {layer.text[a:b]: (a, b) for a, b in lines.ranges}
    for said, x in ((left, LEFT + 100), (right, RIGHT + 100)):
        here = {inside[line] for line in said}
        for line in said[:-1]:
            start, _ = inside[line]
            foot = float(layer.boxes[start, 1])
            for down in np.arange(-2, 4, 0.5).tolist():
                nearest = lines.nearest(x, foot - down)
                assert nearest is not None
                assert lines.ranges[nearest] in here


def test_text_of_several_rows_that_was_read_as_one_line_is_pointed_at_row_by_row() -> None:
    layer = flat_layer("upper row lower row")
    layer.boxes[10:, [0, 2]] -= 60
    layer.boxes[10:, [1, 3]] -= 14
    lines = Lines(layer)
    for item in range(len(layer.text)):
        assert lines.caret(*_part(layer, item, 0.25, 0.5)) == item


@pytest.mark.parametrize("text", ["", "\n"])
def test_a_page_without_text_has_one_caret_and_no_line(text: str) -> None:
    empty = flat_layer(text)
    lines = Lines(empty)
    assert lines.ranges == []
    assert lines.caret(100, 100) == 0
    assert lines.character(100, 100) is None
    assert lines.nearest(100, 100) is None
    assert lines.beside(0, 1, None) is None
    x0, _, _, y1 = empty.media
    assert lines.caret_box(0) == (x0, y1, x0, y1)


def test_a_picture_alone_is_a_page_without_text() -> None:
    [page] = layers(painted(lambda canvas: canvas.rect(100, 100, 200, 200)))
    text = _text([page])
    assert text.lines(0).caret(150, 150) == 0
    assert text.between((0, 0), (0, 0)) is None
    assert text.step((0, 0), words=False, back=False) == (0, 0)
    assert text.word_around(0, 0) == ((0, 0), (0, 0))
    assert text.paragraph_around(0, 0) == ((0, 0), (0, 0))


@cache
def _lying() -> PageLayer:
    """A page that is not turned, with a word that runs up it and one that runs down."""

    def paint(canvas: Canvas) -> None:
        column(canvas, broken(" ".join(sentences(31, 6)), 60), 150, TOP)
        for angle, x, y, words in (
            (90, 60, 300, "Upward"), (-90, 540, 600, "Downward"),
        ):  # fmt: skip
            canvas.saveState()
            canvas.translate(x, y)
            canvas.rotate(angle)
            canvas.drawString(0, 0, words)
            canvas.restoreState()

    [page] = layers(painted(paint))
    return page


@pytest.mark.parametrize(("words", "up"), [("Upward", True), ("Downward", False)])
def test_a_caret_in_a_line_that_lies_is_a_bar_across_it(words: str, up: bool) -> None:
    layer = _lying()
    lines = Lines(layer)
    start = layer.text.index(words)
    carets = [lines.caret_box(start + place) for place in range(len(words) + 1)]
    for x0, y0, x1, y1 in carets:
        assert y0 == y1
        assert 5 < x1 - x0 < 20
    heights = [y for _, y, _, _ in carets]
    assert heights == sorted(heights, reverse=not up)
    for place in range(len(words)):
        x0, y0, x1, y1 = map(float, layer.boxes[start + place])
        assert carets[place][1] == (y0 if up else y1)
        across = (x0 + x1) / 2
        first, second = ((y0 * 3 + y1) / 4, (y0 + y1 * 3) / 4)[:: 1 if up else -1]
        assert lines.caret(across, first) == start + place
        assert lines.caret(across, second) == start + place + 1
    assert lines.range_at(across, (y0 + y1) / 2) == (start, start + len(words))


# --- where a caret stands ------------------------------------------------------------------


@every_page
def test_a_caret_stands_at_the_edge_of_its_letter_and_has_no_width(page: int) -> None:
    layer = _pages()[page]
    lines = Lines(layer)
    lying = layer.rotation in {90, 270}
    for item in _standing(layer):
        x0, y0, x1, y1 = map(float, layer.boxes[item])
        at = lines.caret_box(item)
        first, second = _halves(layer, item)
        if lying:
            assert (at[0], at[2]) == (x0, x1)
            assert at[1] == at[3] == (y0 if first[1] < second[1] else y1)
        else:
            assert (at[1], at[3]) == (y0, y1)
            assert at[0] == at[2] == (x0 if first[0] < second[0] else x1)


@every_page
def test_a_caret_is_found_again_where_it_stands(page: int) -> None:
    layer = _pages()[page]
    lines = Lines(layer)
    for item in _standing(layer):
        assert lines.caret(*lines.point(item)) in {item, item - 1, item + 1}
    for start, end in lines.ranges:
        assert lines.caret(*lines.point(end)) == end
        assert lines.caret(*lines.point(start)) == start


@every_page
def test_a_line_down_and_up_again_comes_back_to_where_it_was(page: int) -> None:
    layer = _pages()[page]
    lines = Lines(layer)
    for item in _standing(layer):
        wished = lines.point(item)
        down = lines.beside(item, 1, wished)
        if down is None:
            continue
        assert lines.line_of(down) > lines.line_of(item)
        back = lines.beside(down, -1, wished)
        if back is None:  # into the body, which is not left again
            assert item < layer.body[0] <= down
        else:
            assert abs(back - item) <= 1


@pytest.mark.parametrize("page", [0, 1, 4, 5, 6, 7], ids=lambda page: PAGES[page])
def test_lines_of_prose_are_gone_through_as_they_are_read(page: int) -> None:
    lines = Lines(_pages()[page])
    starts = [start for start, _ in lines.ranges]
    for back in (False, True):
        for one, other in itertools.pairwise(reversed(starts) if back else starts):
            found = lines.beside(one, -1 if back else 1, None)
            assert found is not None
            assert lines.line_of(found) == lines.line_of(other)
    assert lines.beside(starts[0], -1, None) is None
    assert lines.beside(starts[-1], 1, None) is None


def test_in_a_table_up_and_down_keep_to_the_column() -> None:
    layer, cells = _table()
    lines = Lines(layer)
    for place in range(3):
        expected = " ".join(row[place] for row in cells)
        caret = layer.text.index(cells[0][place].split()[0])
        caret = next(
            start
            for (start, _), box in zip(lines.ranges, lines.boxes, strict=True)
            if 60 + 150 * place < box[0] < 60 + 150 * place + 20
        )
        said = []
        at: int | None = caret
        while at is not None:
            start, end = lines.ranges[lines.line_of(at)]
            said.append(layer.text[start:end])
            last, at = at, lines.beside(at, 1, lines.point(caret))
        assert " ".join(said) == expected
        climbed = []
        at = last
        while at is not None:
            start, end = lines.ranges[lines.line_of(at)]
            climbed.append(layer.text[start:end])
            at = lines.beside(at, -1, lines.point(caret))
        assert climbed == said[::-1]


@pytest.mark.parametrize("page", range(4))
def test_the_body_is_not_left_for_headers_footers_or_footnotes(page: int) -> None:
    layer = _furnished().pages[page]
    lines = Lines(layer)
    low, high = _body(layer)
    for step_by in (1, -1):
        for start in range(low, high, 11):
            at: int | None = start
            count = 0
            while at is not None:
                assert low <= at <= high
                at = lines.beside(at, step_by, None)
                count += 1
                assert count <= len(lines.ranges)


def test_from_a_footnote_or_a_header_one_comes_back_to_the_body() -> None:
    layer = _furnished().pages[1]
    lines = Lines(layer)
    low, high = _body(layer)
    note = layer.notes[0]
    up = lines.beside(note, -1, None)
    assert up is not None
    assert lines.line_of(up) == lines.line_of(high - 1)
    second = lines.beside(note, 1, None)
    assert second is not None
    assert note < second <= layer.notes[1]
    assert lines.beside(second, 1, None) is None
    down = lines.beside(0, 1, None)
    assert down is not None
    assert lines.line_of(down) == lines.line_of(low)
    assert lines.beside(0, -1, None) is None
    foot = len(layer.text) - 1
    assert lines.beside(foot, 1, None) is None
    above = lines.beside(foot, -1, None)
    assert above is not None
    assert low <= above <= high


def test_several_lines_at_once_are_as_many_single_ones() -> None:
    layer, _, _ = _columns()
    lines = Lines(layer)
    wished = lines.point(3)
    at = 3
    for count in range(1, len(lines.ranges)):
        single = lines.beside(at, 1, wished)
        assert single is not None
        assert lines.line_of(single) == lines.line_of(lines.beside(3, count, wished) or 0)
        at = single
    assert lines.beside(3, 0, wished) == 3


# --- lines as wholes -----------------------------------------------------------------------


@every_page
def test_a_line_is_found_at_each_of_its_letters(page: int) -> None:
    layer = _pages()[page]
    lines = Lines(layer)
    for item in _standing(layer):
        found = lines.range_at(*_part(layer, item, 0.5, 0.5))
        assert found == lines.ranges[lines.line_of(item)]
        assert lines.range_around(item) == found


WIDE = "extraordinarily longwinded considerations however"


@cache
def _set_wide() -> tuple[PageLayer, tuple[str, ...]]:
    """A column set to fill its measure, one line of it with few long words."""
    words = [word.strip(".").lower() for word in " ".join(sentences(5, 16)).split()]
    lines = broken(" ".join(words), 58)
    said = ["The " + lines[0], lines[1], WIDE, *lines[2:5], "here."]

    def paint(canvas: Canvas) -> None:
        def wide(text: str) -> float:
            return float(canvas.stringWidth(text, "Helvetica", 10))

        measure = max(map(wide, said))
        for place, line in enumerate(said):
            parts = line.split()
            gap = (measure - sum(map(wide, parts))) / max(len(parts) - 1, 1)
            x = 72.0
            for part in parts:
                canvas.drawString(x, TOP - 13 * place, part)
                x += wide(part) + gap
        canvas.drawString(72, 400, "Another paragraph stands apart from what is above it.")

    [page] = layers(painted(paint))
    return page, tuple(said)


def test_words_set_far_apart_to_fill_the_measure_are_one_line_and_one_paragraph() -> None:
    layer, said = _set_wide()
    assert WIDE.replace(" ", "\t") in layer.text  # as cells are
    lines = Lines(layer)
    for word in WIDE.split():
        found = lines.range_at(*_at(layer, word))
        assert found is not None
        assert layer.text[slice(*found)].split() == WIDE.split()
        assert lines.range_around(layer.text.index(word)) == found
    text = _text([layer])
    for line in said:
        at = layer.text.index(line.split()[0])
        (_, start), (_, end) = text.paragraph_around(0, at)
        assert layer.text[start:end].split() == " ".join(said).split()
    apart = layer.text.index("Another")
    (_, start), (_, end) = text.paragraph_around(0, apart)
    assert layer.text[start:end].startswith("Another paragraph")


def test_up_and_down_go_through_a_line_set_wide_once() -> None:
    layer, said = _set_wide()
    lines = Lines(layer)
    for caret in (5, 40):
        wished = lines.point(caret)
        passed = []
        at: int | None = caret
        while at is not None:
            whole = lines.range_around(at)
            assert whole is not None
            passed.append(" ".join(layer.text[slice(*whole)].split()))
            at = lines.beside(at, 1, wished)
        assert passed[: len(said)] == list(said)
        assert len(passed) == len(said) + 1


def test_cells_of_a_table_stay_lines_of_their_own() -> None:
    rows = [("Ashford", "Visits made", "12"), ("Weald", "Visits late", "3"), ("Coast", "None", "0")]

    def paint(canvas: Canvas) -> None:
        column(canvas, broken(" ".join(sentences(9, 12)), 60), 72, TOP)
        table = Table(rows, colWidths=[80, 90, 60])
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
        table.wrapOn(canvas, 400, 400)
        table.drawOn(canvas, 72, 400)

    [layer] = layers(painted(paint))
    lines = Lines(layer)
    for row in rows:
        for cell in row[:2]:
            found = lines.range_at(*_at(layer, cell))
            assert found is not None
            assert layer.text[slice(*found)] == cell


def test_the_first_line_in_view_is_the_first_that_is_read_of_those_within() -> None:
    layer, left, right = _columns()
    lines = Lines(layer)
    assert lines.first_within(layer.media) == 0
    x0, _, x1, _ = layer.media
    middle = float(lines.boxes[:, 1].min()) + 60
    seen = lines.first_within((x0, 0, x1, middle))
    assert seen is not None
    assert layer.text[seen : layer.text.index("\n", seen)] in left
    beside = lines.first_within((RIGHT - 5, 0, x1, TOP - 60))
    assert beside is not None
    assert layer.text[beside : layer.text.index("\n", beside)] in right
    assert lines.first_within((x0, 1, x1, 2)) is None
    assert Lines(flat_layer("")).first_within(layer.media) is None


def test_what_is_in_view_begins_in_the_body_where_any_of_it_is_seen() -> None:
    layer = _furnished().pages[2]
    lines = Lines(layer)
    assert lines.first_within(layer.media) == layer.body[0]
    assert lines.first_within((0, HEIGHT - 60, WIDTH, HEIGHT)) == 0
    assert lines.first_within((0, 0, WIDTH, 155)) == layer.notes[0]


def test_a_caret_keeps_to_the_measure_where_lines_are_as_wide() -> None:
    for turn in TURNS:
        layer = _turned(turn)
        lines = Lines(layer)
        start, _ = lines.ranges[0]
        caret = start + 20
        for line in range(1, 5):
            found = lines.beside(caret, 1, None)
            assert found is not None
            assert lines.line_of(found) == line
            assert 14 <= found - lines.ranges[line][0] <= 26
            caret = found


def test_there_is_no_line_above_the_first_or_below_the_last() -> None:
    layer, _ = _prose()
    lines = Lines(layer)
    assert lines.beside(0, -1, None) is None
    assert lines.beside(len(layer.text), 1, None) is None
    assert lines.beside(0, len(lines.ranges), None) is None
    assert lines.beside(0, len(lines.ranges) - 1, None) is not None


# --- words and paragraphs ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marked", "word"),
    [
        ("the wo|rd here", "word"),
        ("the |word here", "word"),
        ("the word| here", "word"),
        ("the word|", "word"),
        ("|word", "word"),
        ("well-kn|own fact", "well-known"),
        ("the child’s| own", "child’s"),
        ("the chi|ld's own", "child's"),
        ("one\ntw|o\nthree", "two"),
        ("one\ttw|o\tthree", "two"),
        ("one|\ttwo", "one"),
        ("one\t|two", "two"),
        ("end|. Next", "."),
        ("end.| Next", "."),
        ("(in| it)", "in"),
        ("café|s", "cafés"),
        ("cafe\u0301s in| it", "in"),
        ("ca|fe\u0301s in it", "cafe\u0301s"),
        ("2014-15| year", "2014-15"),
        ("of|ﬁce hours", "ofﬁce"),
        ("של|ום עולם", "שלום"),
    ],
)
def test_a_word_is_what_a_double_click_is_meant_for(marked: str, word: str) -> None:
    offset = marked.index("|")
    text = marked.replace("|", "")
    start, end = word_at(text, offset)
    if (marked, word) == ("end.| Next", "."):
        assert (start, end) in {(3, 4), (4, 5)}  # the stop or the space behind it
        return
    assert text[start:end] == word


@given(st.text("ab. -’\n\t", max_size=30), st.data())
def test_a_word_holds_the_letter_that_is_pointed_at_and_no_white_space(
    text: str, data: st.DataObject
) -> None:
    offset = data.draw(st.integers(0, len(text)))
    start, end = word_at(text, offset)
    assert 0 <= start <= offset <= end <= len(text)
    if offset < len(text) and not text[offset].isspace():
        assert start <= offset < end
        assert not any(map(str.isspace, text[start:end]))


def test_a_word_of_any_length_is_found_whole() -> None:
    text = "a " + "x" * 5000 + " b"
    assert word_at(text, 1000) == (2, 5002)


@every_page
def test_every_offset_stands_in_one_paragraph_and_they_fill_the_page(page: int) -> None:
    layer = _pages()[page]
    found = dict.fromkeys(paragraph_at(layer, offset) for offset in range(len(layer.text) + 1))
    assert [start for start, _ in found] == [0, *(end for _, end in found)][:-1]
    assert [*found][-1][1] == len(layer.text)
    for offset in range(len(layer.text)):
        start, end = paragraph_at(layer, offset)
        assert start <= offset < end


def test_a_paragraph_is_selected_whole_and_alone() -> None:
    layer, said = _prose()
    text = _text([layer])
    paragraphs = layer.text.split("\n\n")
    assert len(paragraphs) == 3
    for words in paragraphs:
        place = text.between(*text.paragraph_around(0, layer.text.index(words) + 5))
        assert place is not None
        assert text.quote(place) == " ".join(words.split())
    assert text.between(*text.word_around(0, 2)) == Place(((0, 0, len(said[0].split()[0])),))


def test_a_footnote_and_a_running_header_are_paragraphs_of_their_own() -> None:
    text = _furnished()
    layer = text.pages[1]
    for words in ("Running header", "2 Footnote about", "Page 2"):
        place = text.between(*text.paragraph_around(1, layer.text.index(words)))
        assert place is not None
        assert text.quote(place).startswith(words)
        assert "." not in text.quote(place)[: -len("by it.")]


# --- dragging ------------------------------------------------------------------------------


def test_a_drag_from_one_column_to_the_next_follows_the_columns() -> None:
    layer, left, right = _columns()
    text = _text([layer])
    said = _dragged(text, 0, left[15], 0, right[3])
    assert said == " ".join([*left[15:], *right[:4]])
    said = _dragged(text, 0, left[2], 0, left[4])
    assert said == " ".join(left[2:5])


def test_a_drag_over_cells_of_a_table_follows_the_cells() -> None:
    layer, cells = _table()
    text = _text([layer])
    assert _dragged(text, 0, cells[1][1][:20], 0, cells[1][1][-12:]) == cells[1][1]
    said = _dragged(text, 0, cells[0][2][:12], 0, cells[1][0][-12:])
    assert said == f"{cells[0][2]} {cells[1][0]}"


@pytest.mark.parametrize("turn", TURNS)
def test_a_drag_on_a_turned_page_takes_what_is_read_there(turn: int) -> None:
    layer = _turned(turn)
    text = _text([layer])
    lines = text.lines(0)
    start, end = layer.text.index("\n") + 8, layer.text.index("\n") + 150
    assert not layer.text[start].isspace()
    assert not layer.text[end - 1].isspace()
    one = lines.caret(*_halves(layer, start)[0])
    other = lines.caret(*_halves(layer, end - 1)[1])
    place = text.between((0, one), (0, other))
    assert place == Place(((0, start, end),))
    boxes = text.quads(place)[0]
    assert len(boxes) == len(layer.text[start:end].split("\n"))


def test_a_drag_over_right_to_left_words_takes_them_as_they_are_read() -> None:
    layer = _hebrew()
    text = _text([layer])
    lines = text.lines(0)
    start = layer.text.index("עולם")
    end = layer.text.index("הילד") + len("הילד")
    one = lines.caret(*_part(layer, start, 0.75, 0.5))
    other = lines.caret(*_part(layer, end - 1, 0.25, 0.5))
    place = text.between((0, one), (0, other))
    assert place is not None
    assert text.quote(place) == "עולם טוב ספר הילד"


def test_only_lines_that_are_read_from_right_to_left_as_shown_run_leftwards() -> None:
    hebrew = _hebrew()
    assert Lines(hebrew).leftwards(next(iter(_standing(hebrew))))
    for turn in (0, 90, 180, 270):
        layer = _turned(turn)
        assert not any(map(Lines(layer).leftwards, _standing(layer)))
    assert not Lines(flat_layer("")).leftwards(0)


def test_a_drag_over_page_ends_leaves_out_what_belongs_to_the_pages_alone() -> None:
    text = _furnished()
    first, last = text.pages[0], text.pages[2]
    start = " ".join(first.text[slice(*first.body)].split("\n")[-3].split()[:5])
    end = " ".join(last.text[slice(*last.body)].split("\n")[2].split()[:5])
    said = _dragged(text, 0, start, 2, end)
    assert said.startswith(start)
    assert said.endswith(end)
    for page in text.pages[1:2]:
        assert " ".join(page.text[slice(*page.body)].split()) in said
    for words in ("header", "Footnote", "Page", "by it"):
        assert words not in said


def test_a_footnote_that_a_selection_begins_in_is_quoted_before_the_next_page() -> None:
    text = _furnished()
    second = " ".join(text.pages[1].text[slice(*text.pages[1].body)].split("\n")[0].split()[:4])
    for start in ("1 Footnote", "Footnote about"):
        said = _dragged(text, 0, start, 1, second)
        assert said == f"{start.split('Foot')[0]}Footnote about {NOTES[0]} by it. {second}"


def test_dragging_down_to_the_foot_of_a_later_page_takes_its_text_and_no_more() -> None:
    text = _furnished()
    second = text.pages[1]
    place = text.between((0, text.pages[0].body[1] - 30), (1, text.lines(1).caret(WIDTH / 2, 5)))
    assert place is not None
    assert place.spans[-1] == (1, *_body(second))


def test_on_one_page_everything_can_be_selected() -> None:
    text = _furnished()
    length = len(text.pages[0].text)
    assert text.between((0, 0), (0, length)) == Place(((0, 0, length),))


def _carets(text: DocumentText) -> st.SearchStrategy[Caret]:
    return st.integers(0, len(text.pages) - 1).flatmap(
        lambda page: st.tuples(st.just(page), st.integers(0, len(text.pages[page].text)))
    )


@given(st.data())
def test_a_selection_is_the_same_from_either_end(data: st.DataObject) -> None:
    text = _furnished()
    one, other = data.draw(_carets(text)), data.draw(_carets(text))
    place = text.between(one, other)
    assert place == text.between(other, one)
    assert text.between(one, one) is None
    if place is None:
        return
    assert min(one, other) <= place.start
    last = place.spans[-1]
    assert (last[0], last[2]) <= max(one, other)
    assert [span[0] for span in place.spans] == sorted({span[0] for span in place.spans})
    for page, start, end in place.spans:
        words = text.pages[page].text[start:end]
        assert words
        assert words == words.strip()


@given(st.data())
def test_a_selection_over_pages_never_holds_a_running_header_or_footer(data: st.DataObject) -> None:
    text = _furnished()
    one, other = sorted((data.draw(_carets(text)), data.draw(_carets(text))))
    if one[0] == other[0]:
        return
    place = text.between(one, other)
    if place is None:
        return
    for page, start, end in place.spans:
        layer = text.pages[page]
        assert layer.body[0] <= start
        assert end <= layer.notes[1]
        if page not in {one[0], other[0]}:
            assert (start, end) == _body(layer)
    said = text.quote(place)
    assert "Running header" not in said
    assert "Page" not in said


@settings(max_examples=40)
@given(st.data())
def test_what_is_selected_can_be_anchored_and_holds(data: st.DataObject) -> None:
    text = _furnished()
    place = text.between(data.draw(_carets(text)), data.draw(_carets(text)))
    if place is None:
        return
    anchor = text.anchor(place)
    assert anchor.quote == text.quote(place)
    assert text.resolve(anchor).hold is Hold.EXACT
    assert text.resolve(anchor).place == place
    assert text.quads(place) == {span.page: span.quads for span in anchor.spans}


def test_boxes_of_a_selection_are_one_for_each_line_on_each_page() -> None:
    text = _furnished()
    first, second = text.pages[:2]
    place = text.between((0, first.body[0]), (1, second.body[1]))
    assert place is not None
    found = text.quads(place)
    assert set(found) == {0, 1}
    assert [len(found[page]) for page in (0, 1)] == [34, 34]
    assert found[0] == quads(first, *first.body)


def test_pages_without_text_are_passed_over() -> None:
    pages = [flat_layer("alpha"), flat_layer("", index=1), flat_layer("omega", index=2)]
    text = _text(pages)
    assert text.between((0, 0), (2, 5)) == Place(((0, 0, 5), (2, 0, 5)))
    assert text.between((0, 5), (2, 0)) is None
    assert text.between((1, 0), (1, 0)) is None


# --- steps ---------------------------------------------------------------------------------


def _letters(text: DocumentText, one: Caret, other: Caret) -> int:
    """Characters between two carets that stand on a page, of what is read on from one another."""
    count = 0
    for page in range(one[0], other[0] + 1):
        layer = text.pages[page]
        start = one[1] if page == one[0] else layer.body[0]
        end = other[1] if page == other[0] else layer.body[1]
        count += sum(letter not in "\n\t" for letter in layer.text[start:end])
    return count


def _walk(text: DocumentText, caret: Caret, *, words: bool, back: bool) -> Iterator[Caret]:
    while True:
        yield caret
        after = text.step(caret, words=words, back=back)
        if after == caret:
            return
        assert (after < caret) == back
        caret = after


@pytest.mark.parametrize("words", [False, True])
def test_steps_go_on_over_the_whole_text_and_come_to_an_end(words: bool) -> None:
    text = _furnished()
    last = len(text.pages) - 1
    there = list(_walk(text, (0, text.pages[0].body[0]), words=words, back=False))
    assert there[-1] == (last, _body(text.pages[last])[1])
    back = list(_walk(text, there[-1], words=words, back=True))
    assert back[-1] == (0, text.pages[0].body[0])
    for page, offset in [*there, *back]:
        low, high = _body(text.pages[page])
        assert low <= offset <= high
    said = text.between(there[0], there[-1])
    assert said == Place(tuple((page, *_body(layer)) for page, layer in enumerate(text.pages)))


def test_a_step_takes_one_letter_more_and_the_next_back_gives_it_up() -> None:
    text = _furnished()
    caret: Caret = (0, text.pages[0].body[0])
    for after in itertools.islice(_walk(text, caret, words=False, back=False), 1, None):
        assert _letters(text, caret, after) == (1 if after[0] == caret[0] else 0)
        back = text.step(after, words=False, back=True)
        assert _letters(text, *sorted((caret, back))) == 0
        caret = after


@given(st.text("ab \n\t", max_size=30), st.data())
def test_a_step_within_a_page_passes_one_character_that_stands_on_it(
    words: str, data: st.DataObject
) -> None:
    offset = data.draw(st.integers(0, len(words)))
    after = step(words, offset, words=False, back=False)
    if after is not None:
        assert offset < after <= len(words)
        passed = words[offset:after].replace("\n", "").replace("\t", "")
        assert len(passed) == 1 or (passed == "" and not words[offset:].strip("\n\t"))
    before = step(words, offset, words=False, back=True)
    if before is not None:
        passed = words[before:offset].replace("\n", "").replace("\t", "")
        assert len(passed) == 1


@given(st.text("ab. \n\t", max_size=40), st.data())
def test_a_step_by_words_ends_behind_a_word_or_back_before_one(
    words: str, data: st.DataObject
) -> None:
    offset = data.draw(st.integers(0, len(words)))
    after = step(words, offset, words=True, back=False)
    if after is not None:
        assert len(words[offset:after].split()) <= 1
        assert after == len(words) or words[after].isspace()
    before = step(words, offset, words=True, back=True)
    if before is not None:
        assert len(words[before:offset].split()) == 1
        assert before == 0 or words[before - 1].isspace()


def test_steps_back_from_a_word_of_any_length_come_to_its_beginning() -> None:
    long = "a " + "x" * 900
    at: int | None = len(long)
    seen = []
    while at is not None:
        seen.append(at)
        at = step(long, at, words=True, back=True)
    assert 2 in seen
    assert seen[-1] == 0
    assert len(seen) < 8


def test_at_either_end_of_the_text_a_step_stays_where_it_is() -> None:
    text = _text([flat_layer("alpha"), flat_layer("", index=1)])
    assert text.step((0, 0), words=False, back=True) == (0, 0)
    assert text.step((1, 0), words=True, back=False) == (1, 0)
    assert text.step((0, 5), words=False, back=False) == (1, 0)
    assert text.step((1, 0), words=False, back=True) == (0, 5)


def test_steps_within_a_footnote_or_a_header_go_through_it_and_on() -> None:
    text = _furnished()
    layer = text.pages[1]
    there = list(_walk(text, (1, layer.notes[0]), words=True, back=False))
    assert (1, layer.notes[0] + len("2 Footnote")) in there
    assert (2, text.pages[2].body[0]) in there
    assert there[-1][0] == 3
    head = list(_walk(text, (1, 0), words=True, back=False))
    assert head[-1] == (3, _body(text.pages[3])[1])


# --- what is kept ready --------------------------------------------------------------------


def test_the_lines_of_many_pages_are_not_all_kept() -> None:
    text = _text([flat_layer(f"page {index}", index=index) for index in range(300)])
    first = text.lines(0)
    assert text.lines(0) is first
    for page in range(300):
        assert text.lines(page).layer is text.pages[page]
    assert len(text._lines) <= 128
    assert text.lines(0).layer is text.pages[0]


def test_warming_a_text_changes_nothing_of_what_it_says() -> None:
    pages = [
        flat_layer("a well-\nknown safe-\nguard of long-\nterm use"),
        flat_layer("it is well-known", index=1),
    ]
    cold, warm = _text(pages), _text(pages)
    warm.warm()
    place = cold.between((0, 0), (1, 5))
    assert place is not None
    assert warm.between((0, 0), (1, 5)) == place
    said = "a well-known safeguard of longterm use it is"
    assert cold.quote(place) == warm.quote(place) == said


# --- real reports --------------------------------------------------------------------------

#: Reports with columns, and pages (1-based) on which they have them.
SET_IN_COLUMNS = {
    "TCNA-FINAL-report.pdf": (3, 4, 5, 6),
    "evidence_engagement_children_young_people_final_report.pdf": (3, 4, 5),
    "Briefing-Child-Disability-Estimates.pdf": (1, 2, 3),
}


@cache
def _pages_of(name: str, most: int) -> list[PageLayer]:
    return list(itertools.islice(pdf.layers((REPORTS / name).read_bytes()), most))


@needs_reports
@pytest.mark.parametrize("name", sorted(SET_IN_COLUMNS))
def test_letters_of_real_reports_are_pointed_at(name: str) -> None:
    for layer in _pages_of(name, 6):
        lines = Lines(layer)
        standing = _standing(layer)[::7]
        missed = [item for item in standing if lines.caret(*_part(layer, item, 0.25, 0.5)) != item]
        assert len(missed) <= 0.005 * len(standing)


@needs_reports
@pytest.mark.parametrize("name", sorted(SET_IN_COLUMNS))
def test_any_two_carets_in_a_real_report_select_what_can_be_anchored(name: str) -> None:
    text = _text(_pages_of(name, 6))
    carets = [
        (page, offset)
        for page, layer in enumerate(text.pages)
        for offset in range(0, len(layer.text), max(len(layer.text) // 3, 1))
    ]
    for one, other in itertools.combinations(carets, 2):
        place = text.between(one, other)
        assert place == text.between(other, one)
        if place is not None:
            assert text.resolve(text.anchor(place)).hold is Hold.EXACT


#: A report whose columns are set to fill the measure, and a page (1-based) where that shows.
SET_WIDE = ("needs_assessment_of_vulnerable_and_looked_after_children___full_report.pdf", 45)


@needs_reports
def test_lines_of_a_real_report_that_are_set_wide_reach_over_their_column() -> None:
    name, page = SET_WIDE
    layer = _pages_of(name, page)[page - 1]
    text = _text([layer])
    lines = text.lines(0)
    width = float(np.percentile(lines.boxes[:, 2] - lines.boxes[:, 0], 90))
    wholes = {lines.range_around(start) for start, _ in lines.ranges}
    wide = [each for each in wholes if each is not None and "\t" in layer.text[slice(*each)]]
    assert len(wide) > 5
    for start, end in wide:
        boxes = layer.boxes[start:end]
        assert np.nanmax(boxes[:, 2]) - np.nanmin(boxes[:, 0]) > 0.85 * width
        (_, low), (_, high) = text.paragraph_around(0, start)
        assert low <= start + 2  # but for a bullet
        assert end <= high


@needs_reports
@pytest.mark.parametrize("name", sorted({*SET_IN_COLUMNS, SET_WIDE[0]}))
def test_up_and_down_through_real_reports_come_to_an_end_within_the_body(name: str) -> None:
    for layer in _pages_of(name, 6):
        lines = Lines(layer)
        low, high = layer.body
        for start, _ in lines.ranges[::9]:
            if not low <= start < high:
                continue
            for way in (1, -1):
                at: int | None = start
                wished = lines.point(start)
                count = 0
                while at is not None:
                    assert low <= at <= high
                    at = lines.beside(at, way, wished)
                    count += 1
                    assert count <= len(lines.ranges)
