"""Running headers, footers and printed page numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.documents.furniture import EdgeLine, Furniture
from cambs_evidence.documents.layer import PageLayer
from tests.core.documents.sheets import HEIGHT, WIDTH, broken, column, layers, painted, sentences

Edge = Callable[[int], str]
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


def _nothing(_page: int) -> str:
    return ""


def _report(count: int, head: Edge = _nothing, foot: Edge = _nothing, lines: int = 40) -> bytes:
    """A report of prose with something at the head and foot of each page (1-based)."""

    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        column(canvas, broken(" ".join(sentences(page, 45)), 80)[:lines], 72, HEIGHT - 110)
        canvas.drawString(72, HEIGHT - 45, head(page))
        canvas.drawCentredString(WIDTH / 2, 40, foot(page))

    return painted(*[paint] * count)


def _head(page: PageLayer) -> str:
    return " ".join(page.text[: page.body[0]].split())


def _foot(page: PageLayer) -> str:
    return " ".join(page.text[page.notes[1] :].split())


def _assert_prose_is_the_body(pages: Sequence[PageLayer], lines: int = 40) -> None:
    for number, page in enumerate(pages, start=1):
        wanted = " ".join(broken(" ".join(sentences(number, 45)), 80)[:lines])
        assert " ".join(page.text[slice(*page.body)].split()) == wanted


@pytest.mark.parametrize("count", [3, 6, 12])
def test_a_running_header_and_footer_are_no_part_of_the_body(count: int) -> None:
    pages = layers(_report(count, lambda _: "County review 2014", lambda n: f"Page {n}"))
    _assert_prose_is_the_body(pages)
    assert [_head(page) for page in pages] == ["County review 2014"] * count
    assert [_foot(page) for page in pages] == [f"Page {n + 1}" for n in range(count)]
    for page in pages:
        kinds = {start.kind for start in page.starts if start.offset < page.body[0]}
        assert kinds == {"furniture"}


@pytest.mark.parametrize(
    "style", ["{}", "Page {}", "- {} -", "{} of 9", "Page {} of 9", "p. {}", "| {}", "Page | {}"]
)
def test_printed_page_numbers_are_the_labels(style: str) -> None:
    pages = layers(_report(9, foot=style.format))
    assert [page.label for page in pages] == [str(n) for n in range(1, 10)]
    _assert_prose_is_the_body(pages)


def test_labels_may_begin_on_the_second_page() -> None:
    pages = layers(_report(6, foot=lambda n: "" if n == 1 else f"Page | {n - 1}"))
    assert [page.label for page in pages] == [None, "1", "2", "3", "4", "5"]


def test_labels_may_begin_at_any_number() -> None:
    pages = layers(_report(7, foot=lambda n: str(n + 40)))
    assert [page.label for page in pages] == [str(n) for n in range(41, 48)]


def test_roman_numerals_before_the_first_chapter_are_labels() -> None:
    pages = layers(_report(10, foot=lambda n: ROMAN[n - 1] if n < 5 else str(n - 4)))
    assert [page.label for page in pages] == ["i", "ii", "iii", "iv", "1", "2", "3", "4", "5", "6"]


def test_numbers_at_the_outer_edge_of_left_and_right_pages_are_labels() -> None:
    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        column(canvas, broken(" ".join(sentences(page, 45)), 80)[:40], 72, HEIGHT - 110)
        if page % 2:
            canvas.drawRightString(WIDTH - 60, 40, f"County review {page}")
        else:
            canvas.drawString(60, 40, f"{page} County review")

    pages = layers(painted(*[paint] * 8))
    assert [page.label for page in pages] == [str(n) for n in range(1, 9)]
    _assert_prose_is_the_body(pages)


def test_without_printed_numbers_there_is_no_label() -> None:
    for data in (_report(6), _report(6, head=lambda _: "County review 2014")):
        assert [page.label for page in layers(data)] == [None] * 6


def test_a_number_between_two_columns_is_furniture() -> None:
    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        left = broken(" ".join(sentences(page, 40)), 40)[:45]
        right = broken(" ".join(sentences(page + 50, 40)), 40)[:45]
        column(canvas, left, 60, HEIGHT - 100)
        column(canvas, right, 330, HEIGHT - 100)
        canvas.drawCentredString(WIDTH / 2 + 10, 45, str(page))

    for number, page in enumerate(layers(painted(*[paint] * 4)), start=1):
        left = broken(" ".join(sentences(number, 40)), 40)[:45]
        right = broken(" ".join(sentences(number + 50, 40)), 40)[:45]
        assert page.label == str(number)
        assert page.text[slice(*page.body)].split() == " ".join([*left, *right]).split()
        assert _foot(page) == str(number)


def test_the_label_in_the_file_serves_where_none_is_printed() -> None:
    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        canvas.addPageLabel(page - 1, style="ROMAN_LOWER", start=page)
        column(canvas, sentences(page, 20, 8), 72, 600)

    assert [page.label for page in layers(painted(*[paint] * 3))] == ["i", "ii", "iii"]


# --- what is no furniture ------------------------------------------------------------------


def test_a_figure_that_begins_each_page_of_text_is_no_label() -> None:
    figures = (307, 12, 2014, 88, 5, 61)
    pages = layers(_report(6, lambda n: f"{figures[n - 1]} families said so"))
    assert [page.label for page in pages] == [None] * 6


def test_years_at_the_foot_of_pages_are_no_labels() -> None:
    pages = layers(_report(6, foot=lambda n: f"Source: census of {2014 - 2 * n}"))
    assert [page.label for page in pages] == [None] * 6


def test_a_table_of_figures_at_the_head_of_pages_stays_in_the_body() -> None:
    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        y = HEIGHT - 50
        for row in range(30):
            for x, value in ((80, page * 31 + row), (200, page * 7 + 3 * row), (320, row * row)):
                canvas.drawString(x, y, str(value))
            y -= 15

    pages = layers(painted(*[paint] * 6))
    for number, page in enumerate(pages, start=1):
        assert str(number * 31) in page.text[slice(*page.body)].split()
        assert page.text.split() == page.text[slice(*page.body)].split()


def test_headings_that_count_up_at_the_head_of_pages_stay_in_the_body() -> None:
    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(72, HEIGHT - 80, f"Recommendation {page}")
        canvas.setFont("Helvetica", 10)
        column(canvas, broken(" ".join(sentences(page, 45)), 80)[:40], 72, HEIGHT - 110)
        canvas.drawCentredString(WIDTH / 2, 40, str(page + 10))

    for number, page in enumerate(layers(painted(*[paint] * 5)), start=1):
        assert page.label == str(number + 10)
        assert page.text[slice(*page.body)].startswith(f"Recommendation {number}")


@pytest.mark.parametrize("shape", ["Annex A of the plan for 2011", "Page {} of 9 of the plan"])
def test_a_running_header_is_furniture_though_it_is_set_larger_than_the_text(shape: str) -> None:
    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        canvas.setFont("Helvetica", 15)
        # Wide gaps part what stands left and right in the header.
        canvas.drawString(72, HEIGHT - 60, shape.format(page).split(" of the ")[0])
        canvas.drawRightString(WIDTH - 72, HEIGHT - 60, shape.split(" of the ")[1])
        canvas.setFont("Helvetica", 10)
        column(canvas, broken(" ".join(sentences(page, 45)), 80)[:40], 72, HEIGHT - 110)

    pages = layers(painted(*[paint] * 9))
    _assert_prose_is_the_body(pages)
    assert all(_head(page) for page in pages)


def test_the_last_paragraph_of_a_page_is_no_footer_though_its_number_counts_up() -> None:
    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        column(canvas, broken(" ".join(sentences(page, 45)), 80)[:40], 72, HEIGHT - 110)
        said = broken(f"{page}. {sentences(page + 90, 1, 22)[0]}", 80)
        column(canvas, said, 72, 110)

    for number, page in enumerate(layers(painted(*[paint] * 6)), start=1):
        body = page.text[slice(*page.body)]
        assert f"{number}. {sentences(number + 90, 1, 22)[0]}" in " ".join(body.split())


def test_a_document_of_one_page_has_no_furniture_but_a_page_number_that_says_so() -> None:
    [page] = layers(_report(1, lambda _: "County review", lambda _: "Page 1 of 1"))
    assert page.label == "1"
    assert "County review" in page.text[slice(*page.body)]


# --- the rule itself -----------------------------------------------------------------------


@given(st.integers(1, 300), st.integers(6, 30), st.sampled_from(["top", "bottom"]))
def test_any_count_that_goes_with_the_pages_is_their_label(
    first: int, count: int, edge: str
) -> None:
    furniture = Furniture()
    lines = [[EdgeLine(edge, 0, f"Review {first + page}")] for page in range(count)]
    for page, each in enumerate(lines):
        furniture.see(page, each)
    for page, each in enumerate(lines):
        assert furniture.label(page) == str(first + page)
        assert furniture.furniture(page, each) == {(edge, 0)}


@given(st.lists(st.integers(1, 99999), min_size=6, max_size=20, unique=True))
def test_figures_that_do_not_count_are_no_labels(values: list[int]) -> None:
    offsets = [value - page for page, value in enumerate(values)]
    if max(offsets.count(offset) for offset in offsets) > 2:
        return
    furniture = Furniture()
    for page, value in enumerate(values):
        furniture.see(page, [EdgeLine("bottom", 0, str(value))])
    assert all(furniture.label(page) is None for page in range(len(values)))


def test_furniture_ends_where_other_text_begins() -> None:
    furniture = Furniture()
    lines = [
        [EdgeLine("top", 0, "Review"), EdgeLine("top", 1, f"{page} a b"), EdgeLine("top", 2, "Re")]
        for page in (5, 2, 9, 4, 4, 7)
    ]
    for page, each in enumerate(lines):
        each[1] = EdgeLine("top", 1, "abcdef"[page] * 7)
        furniture.see(page, each)
    assert furniture.furniture(0, lines[0]) == {("top", 0)}


def test_a_page_without_edge_lines_has_no_furniture() -> None:
    furniture = Furniture()
    furniture.see(0, [])
    assert furniture.furniture(0, []) == set()
    assert furniture.label(0) is None
