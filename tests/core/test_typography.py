"""Breaking, measuring and drawing text, with the program's own fonts."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics

from cambs_evidence.typography import (
    UNKNOWN,
    Face,
    Line,
    Placed,
    Run,
    break_lines,
    char_boxes,
    draw,
    measure,
    new_canvas,
    register,
)

FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"


@pytest.fixture(autouse=True, scope="module")
def _fonts() -> None:
    register(FONTS)
    register(FONTS)


def broken(text: str, width: float, **options: bool) -> list[str]:
    lines = break_lines([Run(text, Face.TEXT, 10)], width, **options)
    return [text[line.start : line.shown] for line in lines]


def test_a_width_is_the_one_the_pdf_uses() -> None:
    text = "Fünf Wörter – “quoted”, 2016/17"
    assert measure(text, Face.TEXT, 10) == pytest.approx(
        pdfmetrics.stringWidth(text, Face.TEXT.value, 10)
    )


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(alphabet="ab cde-/ \n\t▪😀\u0301\x07é", max_size=60),
            st.sampled_from([Face.TEXT, Face.TEXT_BOLD, Face.HEADING]),
            st.sampled_from([7.0, 10.5]),
        ),
        max_size=5,
    ),
    st.floats(min_value=0, max_value=300),
    st.booleans(),
)
def test_lines_cover_the_text_without_gap_or_overlap(
    runs: list[tuple[str, Face, float]], width: float, at_spaces_only: bool
) -> None:
    text = "".join(run[0] for run in runs)
    lines = break_lines([Run(*run) for run in runs], width, at_spaces_only=at_spaces_only)
    assert [line.start for line in lines] == [0, *(line.end for line in lines)][: len(lines)]
    assert (lines[-1].end if lines else 0) == len(text)
    for line in lines:
        assert line.start <= line.shown <= line.end
        assert not text[line.shown : line.end].strip()
        covered = [(fragment.start, fragment.end) for fragment in line.fragments]
        assert covered == sorted(covered)
        assert sum(end - start for start, end in covered) == line.shown - line.start
        edges = line.edges
        assert len(edges) == line.end - line.start + 1
        assert (np.diff(edges) >= 0).all()
        for fragment in line.fragments:
            assert fragment.x == pytest.approx(edges[fragment.start - line.start])
        if line.shown - line.start > 1:
            assert line.width <= width + 1e-3


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_long_text_breaks_like_its_parts(count: int) -> None:
    sentence = "Every word of it comes again and again in the same order; "
    once = broken(sentence * 40, 200)
    text = sentence * (700 * count)
    many = broken(text, 200)
    assert many[: len(once) - 1] == once[:-1]
    assert " ".join(many) == text.rstrip()


def test_lines_end_at_spaces_hyphens_and_slashes_but_not_before_figures() -> None:
    assert broken("one two", 20) == ["one", "two"]
    assert broken("multi-agency", 40) == ["multi-", "agency"]
    assert broken("parents/carers", 50) == ["parents/", "carers"]
    assert broken("x 2016-17", 40) == ["x", "2016-17"]
    assert broken("multi-agency", 40, at_spaces_only=True) == ["multi-ag", "ency"]


def test_a_word_wider_than_the_measure_is_broken_inside() -> None:
    lines = break_lines([Run("a" * 100, Face.TEXT, 10)], 50)
    assert all(line.hard for line in lines[:-1])
    assert len(lines) == 13


def test_at_least_one_character_stands_on_each_line() -> None:
    assert broken("abc", 0) == ["a", "b", "c"]


def test_spaces_at_a_line_end_have_no_width() -> None:
    [first, second] = break_lines([Run("one   two", Face.TEXT, 10)], 20)
    assert (first.start, first.shown, first.end) == (0, 3, 6)
    boxes = char_boxes(first, 100, 200)
    assert boxes.shape == (6, 4)
    assert (boxes[3:, 0] == boxes[3:, 2]).all()
    assert second.fragments[0].text == "two"


def test_indents_move_the_first_line_and_the_others() -> None:
    [first, second] = break_lines([Run("one two", Face.TEXT, 10)], 40, first=20, hanging=5)
    assert first.fragments[0].x == 20
    assert second.fragments[0].x == 5


def test_boxes_reach_from_descent_to_ascent_and_follow_a_rise() -> None:
    [line] = break_lines([Run("x", Face.TEXT, 10), Run("2", Face.TEXT, 5, rise=4)], 100)
    low, high = char_boxes(line, 0, 100)
    assert tuple(low[[1, 3]]) == pytest.approx((97.07, 110.69))
    assert tuple(high[[1, 3]]) == pytest.approx((102.535, 109.345))


def test_what_a_face_lacks_is_set_in_another() -> None:
    [line] = break_lines([Run("a▪\ue123😀b\x07", Face.TEXT, 10)], 500)
    drawn = [(fragment.text, fragment.face) for fragment in line.fragments]
    assert drawn == [
        ("a", Face.TEXT),
        ("▪", Face.FALLBACK),
        (UNKNOWN * 2, Face.FALLBACK),
        ("b", Face.TEXT),
        ("", Face.TEXT),
    ]


def placed(text: str) -> list[Placed]:
    lines: list[Line] = break_lines([Run(text, Face.TEXT, 10, underline=True)], 400)
    return [Placed(line, 50, 700 - 15 * index) for index, line in enumerate(lines)]


def drawn(text: str) -> bytes:
    target = io.BytesIO()
    canvas = new_canvas(target, "A title", (500, 750))
    draw(canvas, placed(text))
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def test_a_pdf_reads_as_it_was_drawn_and_embeds_all_its_fonts() -> None:
    text = "Brackets (a) \\ and 'quotes' “curly” – ▪ ✓ → ½ £ ě ŵ ő Ω я " * 4
    pdf = drawn(text)
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    assert "".join(page.get_text_range().split()) == "".join(text.split())
    assert b"Helvetica" not in pdf


def test_more_than_one_subset_of_a_font_is_drawn() -> None:
    text = " ".join(chr(code) for code in range(0xC0, 0x250) if chr(code).isalpha())
    page = pypdfium2.PdfDocument(drawn(text))[0].get_textpage()
    assert "".join(page.get_text_range().split()) == "".join(text.split())


def test_the_same_text_gives_the_same_bytes() -> None:
    assert drawn("twice the same") == drawn("twice the same")
