"""Lists of contents out of the text."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.case import Case
from cambs_evidence.documents import pdf
from cambs_evidence.documents.outline import headings_of, plain
from cambs_evidence.model import Heading
from tests.core.documents.sheets import (
    HEIGHT,
    REPORTS,
    Painter,
    broken,
    column,
    layers,
    painted,
    sentences,
)

needs_reports = pytest.mark.skipif(
    not REPORTS.is_dir(), reason="../shared/samples/reports is not here"
)


CHAPTERS = ("Introduction", "Visits", "Reviews", "Foster care", "Health", "What comes next")


def _sheet(canvas: Canvas, *said: tuple[str, float]) -> None:
    """Headings one below the other, each with its size and a paragraph below it."""
    y = HEIGHT - 120
    for place, (words, size) in enumerate(said):
        canvas.setFont("Helvetica-Bold", size)
        canvas.drawString(72, y, words)
        canvas.setFont("Helvetica", 10)
        text = broken(" ".join(sentences(len(words) + place, 3)), 80)
        y = column(canvas, text, 72, y - 24) - 20


def _found(*pages: tuple[tuple[str, float], ...], header: str = "") -> list[Heading]:
    def page(said: tuple[tuple[str, float], ...]) -> Painter:
        def paint(canvas: Canvas) -> None:
            if header:
                canvas.drawString(72, HEIGHT - 45, header)
            _sheet(canvas, *said)
            canvas.drawCentredString(300, 40, f"Page {canvas.getPageNumber()}")

        return paint

    return headings_of(layers(painted(*map(page, pages))))


def _told(found: list[Heading]) -> list[tuple[int, str]]:
    return [(each.level, each.title) for each in found]


def test_levels_come_from_numbers() -> None:
    found = _found(
        (("1 Introduction", 14), ("1.1 Aims", 12), ("1.2 Methods", 12)),
        (("2. Findings", 14), ("2.1 Safety", 12), ("2.1.1 At home", 10), ("2.2 Health", 12)),
    )
    assert _told(found) == [
        (0, "1 Introduction"), (1, "1.1 Aims"), (1, "1.2 Methods"), (0, "2. Findings"),
        (1, "2.1 Safety"), (2, "2.1.1 At home"), (1, "2.2 Health"),
    ]  # fmt: skip
    assert [each.page for each in found] == [0, 0, 0, 1, 1, 1, 1]


def test_levels_come_from_sizes_where_nothing_is_numbered() -> None:
    found = _found(
        (("What we did", 18), ("Whom we asked", 13), ("What they said", 13)),
        (("What we found", 18), ("Help that came late", 13)),
    )
    assert [each.level for each in found] == [0, 1, 1, 0, 1]


def test_unnumbered_headings_stand_where_numbered_ones_of_their_size_do() -> None:
    found = _found(
        (("Foreword", 14), ("1. Findings", 14), ("Scope", 12), ("1.1 Safety", 12)),
        (("Annual figures", 12), ("References", 14)),
    )
    assert _told(found) == [
        (0, "Foreword"), (0, "1. Findings"), (1, "Scope"), (1, "1.1 Safety"),
        (1, "Annual figures"), (0, "References"),
    ]  # fmt: skip


def test_a_title_page_does_not_push_everything_a_level_down() -> None:
    found = _found((("A survey of carers", 28),), (("Methods", 14),), (("Findings", 14),))
    assert [each.level for each in found] == [0, 0, 0]


def test_the_height_is_where_the_heading_begins() -> None:
    found = _found((("1 Introduction", 14), ("2 Findings", 14)))
    first, second = (each.y or 0.0 for each in found)
    assert HEIGHT - 121 < first < HEIGHT - 100
    assert 20 < first - second < 200


def test_running_headers_captions_dates_and_contents_are_no_headings() -> None:
    def contents(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(72, 700, "Contents")
        canvas.setFont("Helvetica", 11)
        column(canvas, ["1 Introduction", "2 Findings"], 72, 660, 20)

    def more(canvas: Canvas) -> None:
        column(canvas, [f"{each} Chapter {'.' * 60} {each}" for each in range(1, 4)], 72, 700, 24)
        _sheet(canvas, ("1 Introduction", 14), ("Table 3: Visits", 14), ("March 2021", 14))

    def last(canvas: Canvas) -> None:
        _sheet(canvas, ("2 Findings", 14), ("Source: the county", 14))

    found = headings_of(layers(painted(contents, more, last)))
    assert [each.title for each in found] == ["1 Introduction", "2 Findings"]
    same = _found(*[((each, 14),) for each in CHAPTERS], header="County of Weald")
    assert [each.title for each in same] == list(CHAPTERS)


def test_lists_and_numbered_paragraphs_are_no_headings() -> None:
    def paint(canvas: Canvas) -> None:
        _sheet(canvas, ("Introduction", 14), ("Findings", 14))
        canvas.setFont("Helvetica", 10)
        column(canvas, ["1. Visit more often", "2. Listen to carers", "3. Write it down"], 72, 400)
        column(canvas, ["4.12 The county agreed to do so.", "", "0.86 Posts were filled"], 72, 300)

    found = headings_of(layers(painted(paint)))
    assert [each.title for each in found] == ["Introduction", "Findings"]


def test_a_label_that_comes_again_and_again_is_no_heading() -> None:
    found = _found(*[((each, 14), ("Key points", 12)) for each in CHAPTERS])
    assert [each.title for each in found] == list(CHAPTERS)


def test_short_lines_are_headings_only_where_there_is_nothing_better() -> None:
    small = (("Our visits", 10), ("What carers said", 10))
    assert [each.title for each in _found(small)] == [words for words, _ in small]
    found = _found((("1 Visits", 14), *small, ("2 Carers", 14)))
    assert [each.title for each in found] == ["1 Visits", "2 Carers"]


def test_where_everything_looks_like_a_heading_there_is_no_list() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        column(canvas, broken(" ".join(sentences(1, 12)), 80), 72, 200)
        canvas.setFont("Helvetica-Bold", 12)
        for place in range(20):
            canvas.drawString(72, 750 - 26 * place, f"Team {chr(65 + place)} of the county")

    assert headings_of(layers(painted(paint))) == []
    assert headings_of([]) == []
    assert _found((("Only one", 14),)) == []
    assert headings_of(layers(painted(lambda canvas: canvas.rect(1, 1, 99, 99)))) == []


@given(st.text(max_size=400))
def test_any_title_comes_out_short_on_one_line_and_inert(text: str) -> None:
    shown = plain(text)
    assert len(shown) <= 300
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", shown)
    assert shown == " ".join(shown.split())
    assert plain(shown) == shown


def test_a_case_tells_the_headings_of_its_documents(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "chapters.pdf"
    path.write_bytes(painted(*[lambda canvas: _sheet(canvas, *[(x, 14) for x in CHAPTERS[:3]])]))
    (tmp_path / "chapters.md").write_text("# One\n\nWords.\n\n## Two\n\nWords.\n", encoding="utf-8")
    list(case.import_files([path, tmp_path / "chapters.md"]))
    for document in case.documents():
        found = case.headings(document)
        text = case.text(document)
        assert found == headings_of(text.pages)
        for each in found:
            assert each.page is not None
            words = " ".join(text.pages[each.page].text.split())
            assert each.title in words
    assert _told(case.headings(case.document("chapters.pdf"))) == [(0, x) for x in CHAPTERS[:3]]
    assert _told(case.headings(case.document("chapters.md"))) == [(0, "One"), (1, "Two")]


# --- real reports --------------------------------------------------------------------------


@cache
def _report(name: str) -> tuple[Heading, ...]:
    return tuple(headings_of(pdf.layers((REPORTS / name).read_bytes())))


@needs_reports
@pytest.mark.parametrize(
    ("name", "chapters", "depth"),
    [
        ("TCNA-FINAL-report.pdf", 9, 4),
        ("child_disability_mapping_project.pdf", 4, 3),
        ("evidence_engagement_children_young_people_final_report.pdf", 6, 2),
        ("needs_assessment_of_vulnerable_and_looked_after_children___full_report.pdf", 12, 4),
    ],
)
def test_reports_with_numbered_chapters_have_them_in_order(
    name: str, chapters: int, depth: int
) -> None:
    found = _report(name)
    assert max(each.level for each in found) == depth - 1
    tops = [re.match(r"(\d+)[. ]", each.title) for each in found if each.level == 0]
    numbers = [int(match[1]) for match in tops if match]
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= chapters
    for each in found:
        numbered = re.match(r"\d+(?:\.[1-9]\d*)+\s", each.title)
        if numbered:
            assert each.level <= numbered[0].count(".")
    # What is printed as a list of contents leads there, it is not the way there.
    assert not any(re.search(r"\.{3}|\s\d+$", each.title) for each in found)


@needs_reports
def test_no_list_of_a_real_report_is_longer_than_a_person_would_want() -> None:
    for path in sorted(REPORTS.glob("*.pdf")):
        found = _report(path.name)
        assert len(found) < 120
        assert [each.page for each in found] == sorted(each.page or 0 for each in found)
        assert all(each.level <= before.level + 1 for before, each in pairwise(found))
