"""Parts of pages: which words stand in a box, and what a table's rows and cells are."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence.documents import regions
from cambs_evidence.documents.anchors import DocumentText
from cambs_evidence.documents.layer import Start
from cambs_evidence.documents.numbering import Numbering
from cambs_evidence.errors import Refused, WordsOff
from cambs_evidence.model import Box, Cell, Hold, Region, Table

from .sheets import HEIGHT, WIDTH, flat_layer

PAGE = flat_layer("One two three\nfour five six\n\nseven eight", footer="foot")
TEXT = DocumentText("a" * 64, "layer", [PAGE], Numbering())
WHOLE: Box = (0.0, 0.0, WIDTH, HEIGHT)


def box_of(words: str) -> Box:
    start = PAGE.text.index(words)
    boxes = PAGE.boxes[start : start + len(words)]
    x0, y0 = boxes[:, :2].min(axis=0).tolist()
    x1, y1 = boxes[:, 2:].max(axis=0).tolist()
    return (x0, y0, x1, y1)


def said(box: Box) -> list[str]:
    return [PAGE.text[start:end] for start, end in regions.ranges(PAGE, box)]


def test_the_words_of_a_box_are_those_of_which_half_lies_in_it() -> None:
    x0, y0, x1, y1 = box_of("two three")
    letter = (x1 - x0) / len("two three")
    assert said((x0, y0, x1, y1)) == ["two three"]
    assert said((x0 + letter, y0, x1 - 2 * letter, y1)) == ["two three"]
    assert said((x0 + 2 * letter, y0, x1 - 3 * letter, y1)) == []


def test_lines_and_paragraphs_that_follow_each_other_are_one_stretch() -> None:
    assert said(WHOLE) == [PAGE.text]


def test_a_box_over_parts_of_lines_holds_one_stretch_of_each() -> None:
    left, right = box_of("two"), box_of("eight")
    assert said((left[0], right[1], left[2], left[3])) == ["two", "five"]


def test_a_box_without_words_holds_none() -> None:
    assert said((0, 0, 40, 40)) == []
    assert TEXT.within(0, (0, 0, 40, 40)) is None


@given(st.tuples(*[st.floats(0, 600)] * 4))
def test_a_word_is_in_a_box_with_half_its_letters_and_otherwise_not(
    edges: tuple[float, ...],
) -> None:
    x0, x1 = sorted(edges[:2])
    y0, y1 = sorted((edges[2] + 240, edges[3] + 240))
    inside = {
        item
        for item, (a, b, c, d) in enumerate(PAGE.boxes.tolist())
        if x0 <= (a + c) / 2 <= x1 and y0 <= (b + d) / 2 <= y1
    }
    words = [match.span() for match in re.finditer(r"\S+", PAGE.text)]
    wanted = {
        (start, end)
        for start, end in words
        if 2 * len(inside.intersection(range(start, end))) >= end - start
    }
    told = {
        (start, end)
        for start, end in words
        for first, last in regions.ranges(PAGE, (x0, y0, x1, y1))
        if first <= start and end <= last
    }
    assert told == wanted


def test_a_part_with_words_is_anchored_by_them() -> None:
    region = Region("area", box_of("four five"), picture_sha256="0" * 64, picture=b"png")
    anchor = regions.anchored(TEXT, 0, region)
    assert anchor.quote == "four five"
    assert anchor.region is region
    assert TEXT.resolve(anchor).hold is Hold.EXACT
    assert regions.sound(anchor, PAGE)


def test_a_part_without_words_is_anchored_by_its_box() -> None:
    anchor = regions.anchored(TEXT, 0, Region("area", (0, 0, 40, 40)))
    assert anchor.quote == ""
    (span,) = anchor.spans
    assert (span.page, span.start, span.end, span.quads) == (0, 0, 0, ((0, 0, 40, 40),))
    assert TEXT.resolve(anchor).hold is Hold.EXACT
    assert regions.sound(anchor, PAGE)
    elsewhere = DocumentText("b" * 64, "layer", [PAGE], Numbering())
    assert elsewhere.resolve(anchor).hold is Hold.LOST


def test_a_part_whose_words_are_not_those_in_its_box_is_not_sound() -> None:
    anchor = regions.anchored(TEXT, 0, Region("area", box_of("four five")))
    assert not regions.sound(replace(anchor, region=Region("area", box_of("six"))), PAGE)
    assert not regions.sound(replace(anchor, region=Region("piece", box_of("four five"))), PAGE)
    assert not regions.sound(replace(anchor, region=None), PAGE)


def test_an_area_is_clipped_to_its_page() -> None:
    assert regions.clipped(PAGE, (-50, 10, 5000, 20.123)) == (0, 10, round(WIDTH, 2), 20.12)
    assert regions.clipped(PAGE, (30, 40, 10, 20)) == (10, 20, 30, 40)


@pytest.mark.parametrize("box", [(0, 0, 3.9, 50), (0, 0, 50, 3), (-50, 0, 2, 50)])
def test_an_area_too_small_to_be_seen_is_refused(box: Box) -> None:
    with pytest.raises(WordsOff, match="too small"):
        regions.clipped(PAGE, box)


@pytest.mark.parametrize("box", [(700, 0, 800, 50), (0, -90, 50, -10), (0, 0, float("nan"), 9)])
def test_an_area_off_the_page_is_refused(box: Box) -> None:
    with pytest.raises((WordsOff, Refused)):
        regions.clipped(PAGE, box)


def _table() -> Table:
    """Three rows; the first cell goes down over the second row, the last row is one cell."""
    return Table(
        0,
        (0, 0, 90, 60),
        (
            (
                Cell((0, 20, 30, 60), "tall"),
                Cell((30, 40, 60, 60), "b"),
                Cell((60, 40, 90, 60), "c"),
            ),
            (Cell(None, ""), Cell((30, 20, 60, 40), "e"), Cell((60, 20, 90, 40), "f")),
            (Cell((0, 0, 90, 20), "wide"), Cell(None, ""), Cell(None, "")),
        ),
    )


def test_a_whole_table_is_its_box_and_all_its_words() -> None:
    part = regions.part(_table(), None, None, 0)
    assert (part.kind, part.box) == ("table", (0, 0, 90, 60))
    assert part.cells == (("tall", "b", "c"), ("", "e", "f"), ("wide", "", ""))


@pytest.mark.parametrize(
    ("row", "box"), [(0, (0, 40, 90, 60)), (1, (30, 20, 90, 40)), (2, (0, 0, 90, 20))]
)
def test_a_row_is_the_strip_that_its_cells_share(row: int, box: Box) -> None:
    part = regions.part(_table(), row, None, 0)
    assert (part.kind, part.box) == ("row", box)
    assert part.cells == (tuple(cell.text for cell in _table().rows[row]),)


def test_a_row_of_a_turned_page_runs_up_the_page() -> None:
    turned = Table(
        0,
        (0, 0, 60, 90),
        ((Cell((0, 0, 40, 30), "tall"), Cell((0, 30, 20, 60), "b")),),
    )
    assert regions.part(turned, 0, None, 90).box == (0, 0, 20, 60)


def test_a_cell_is_its_own_box() -> None:
    part = regions.part(_table(), 1, 2, 0)
    assert (part.kind, part.box, part.cells) == ("cell", (60, 20, 90, 40), (("f",),))


@pytest.mark.parametrize(("row", "column"), [(3, None), (-1, None), (0, 3), (1, 0), (None, 1)])
def test_what_the_table_does_not_have_is_refused(row: int | None, column: int | None) -> None:
    with pytest.raises(WordsOff):
        regions.part(_table(), row, column, 0)


def test_cells_say_what_the_text_layer_says_and_else_what_the_finder_says() -> None:
    table = Table(
        0, WHOLE, ((Cell(box_of("two"), "tvvo"), Cell((0, 0, 9, 9), "kept"), Cell(None, "")),)
    )
    assert [cell.text for cell in regions.filled(table, PAGE).rows[0]] == ["two", "kept", ""]


def test_rows_under_each_other_make_a_band() -> None:
    text = "before\nname\tcount\nred\t4\nafter"
    layer = replace(
        flat_layer(text.replace("\t", " ")),
        starts=(Start(0, "paragraph"), Start(7, "row"), Start(18, "row"), Start(24, "paragraph")),
    )
    (band,) = regions.bands(layer)
    assert band[1] < band[3]
    assert [layer.text[a:b] for a, b in regions.ranges(layer, band)] == ["name count\nred 4"]
    alone = replace(layer, starts=(Start(0, "paragraph"), Start(7, "row"), Start(18, "item")))
    assert regions.bands(alone) == []
