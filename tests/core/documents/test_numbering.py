"""Printed paragraph numbers."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.documents.numbering import Numbering, Opening, numbering, openings
from tests.core.documents.sheets import (
    HEIGHT,
    broken,
    column,
    flat_layer,
    layers,
    painted,
    sentences,
)

LONG = sentences(77, 1, 30)[0]


def _openings(texts: Iterable[str | tuple[str, str]], on_page: int = 8) -> list[Opening]:
    """Paragraphs one after the other, so many on each page; a pair names the kind first."""
    found = []
    for item, text in enumerate(texts):
        kind, said = ("paragraph", text) if isinstance(text, str) else text
        page, offset = divmod(item, on_page)
        titled = len(said) < 60 and "\n" in said
        found.append(Opening(page, offset * 1000, kind, said[:40], len(said), titled))
    return found


def _numbers(paragraphs: list[Opening]) -> list[str | None]:
    """The number in force at the beginning of each paragraph."""
    found = numbering(paragraphs)
    return [found.at(each.page, each.offset) for each in paragraphs]


def _paragraph(number: int | str, mark: str = ".") -> str:
    return f"{number}{mark} {LONG}"


@pytest.mark.parametrize("mark", [".", ")", ""])
def test_a_document_that_counts_its_paragraphs_is_numbered(mark: str) -> None:
    paragraphs = _openings([_paragraph(n, mark) for n in range(1, 31)])
    assert _numbers(paragraphs) == [str(n) for n in range(1, 31)]


def test_headings_end_a_paragraph_and_lists_belong_to_it() -> None:
    texts: list[str | tuple[str, str]] = []
    wanted: list[str | None] = []
    for n in range(1, 21):
        if n % 6 == 0:
            texts.append(("heading", "Some heading"))
            wanted.append(None)
        texts.append(_paragraph(n))
        wanted.append(str(n))
        if n % 4 == 0:
            texts += [("item", "• first of them"), ("item", "a) second of them")]
            wanted += [str(n), str(n)]
    assert _numbers(_openings(texts)) == wanted


def test_a_numbered_list_inside_a_paragraph_does_not_break_the_count() -> None:
    texts = [_paragraph(n) for n in range(1, 26)]
    texts[10:10] = ["1. first of them", "2. second of them", "3. third of them"]
    found = _numbers(_openings(texts))
    assert found[:10] == [str(n) for n in range(1, 11)]
    assert found[10:13] == ["10"] * 3
    assert found[13:] == [str(n) for n in range(11, 26)]


@pytest.mark.parametrize("lost", [[7], [7, 8], [4, 12, 19], [1], [1, 2]])
def test_a_lost_number_does_not_end_the_count(lost: list[int]) -> None:
    numbers = [n for n in range(1, 26) if n not in lost]
    assert _numbers(_openings(map(_paragraph, numbers))) == [str(n) for n in numbers]


def test_a_paragraph_that_lost_its_number_belongs_to_the_one_before() -> None:
    texts = [_paragraph(n) if n != 9 else LONG for n in range(1, 21)]
    assert _numbers(_openings(texts))[7:10] == ["8", "8", "10"]


def test_an_annex_may_begin_again_at_one() -> None:
    texts: list[str | tuple[str, str]] = [_paragraph(n) for n in range(1, 21)]
    texts.append(("heading", "Annex A"))
    texts += [_paragraph(n) for n in range(1, 16)]
    wanted = [str(n) for n in range(1, 21)] + [None] + [str(n) for n in range(1, 16)]
    assert _numbers(_openings(texts)) == wanted


@pytest.mark.parametrize(
    "line", ["2014 was the year of it", "307 families said so", "15% of them", "3.5 per cent", "12"]
)
def test_figures_at_the_beginning_of_a_paragraph_are_no_numbers(line: str) -> None:
    texts: list[str] = []
    for n in range(1, 21):
        texts.append(_paragraph(n))
        if n in {5, 10, 15}:
            texts.append(f"{line} {LONG}")
    found = _numbers(_openings(texts))
    between = [each for each, text in zip(found, texts, strict=True) if text == f"{line} {LONG}"]
    assert between == ["5", "10", "15"]


def test_figures_alone_make_no_numbered_document() -> None:
    texts = [f"{figure} families {LONG}" for figure in (307, 12, 2, 88, 5, 61, 9, 4, 77, 30, 2, 8)]
    assert set(_numbers(_openings(texts))) == {None}
    years = [f"{year} {LONG}" for year in range(2001, 2020)]
    assert set(_numbers(_openings(years))) == {None}


def test_a_document_without_numbers_has_none() -> None:
    assert set(_numbers(_openings([LONG] * 20))) == {None}
    assert numbering([]) == Numbering()
    assert Numbering().at(0, 0) is None


def test_a_list_of_contents_is_not_counted() -> None:
    pages = [
        flat_layer("\n\n".join(f"{n}. Part of it ........ {n * 3}" for n in range(1, 15))),
        flat_layer("\n\n".join(_paragraph(n) for n in range(1, 15)), index=1),
    ]
    found = numbering(openings(pages))
    assert {found.at(0, start.offset) for start in pages[0].starts} == {None}
    assert [found.at(1, start.offset) for start in pages[1].starts] == [
        str(n) for n in range(1, 15)
    ]


@pytest.mark.parametrize("kind", ["note", "furniture", "row"])
def test_notes_furniture_and_tables_are_not_counted(kind: str) -> None:
    texts = [(kind, _paragraph(n)) for n in range(1, 20)]
    assert set(_numbers(_openings(texts))) == {None}


def test_a_note_between_two_paragraphs_changes_nothing() -> None:
    texts: list[str | tuple[str, str]] = [_paragraph(n) for n in range(1, 21)]
    texts[10:10] = [("note", "3 see above"), ("furniture", "4")]
    found = _numbers(_openings(texts))
    assert found[9] == "10"
    assert found[12] == "11"


def test_a_short_list_of_recommendations_is_numbered_and_nothing_else() -> None:
    texts: list[str | tuple[str, str]] = [LONG] * 6
    texts += [("heading", "Recommendations")]
    texts += [_paragraph(n) for n in range(1, 6)]
    texts += [("heading", "Next steps"), LONG, LONG]
    wanted = [None] * 7 + ["1", "2", "3", "4", "5"] + [None] * 3
    assert _numbers(_openings(texts)) == wanted


def test_two_figures_are_no_list() -> None:
    texts = [LONG, _paragraph(1), _paragraph(2), LONG]
    assert set(_numbers(_openings(texts))) == {None}


def test_nested_numbers_before_text_are_paragraph_numbers() -> None:
    texts: list[str | tuple[str, str]] = []
    wanted: list[str | None] = []
    for part in range(1, 4):
        texts.append(("heading", f"{part} Part"))
        wanted.append(None)
        for n in range(1, 6):
            texts.append(f"{part}.{n} {LONG}")
            wanted.append(f"{part}.{n}")
    assert _numbers(_openings(texts)) == wanted


def test_nested_numbers_before_headings_alone_are_no_paragraph_numbers() -> None:
    texts: list[str | tuple[str, str]] = []
    for n in range(1, 15):
        texts += [("heading", f"2.{n} Title"), LONG]
    assert set(_numbers(_openings(texts))) == {None}


@given(st.integers(12, 60), st.integers(2, 12), st.data())
def test_the_count_survives_what_stands_between_its_paragraphs(
    count: int, on_page: int, data: st.DataObject
) -> None:
    texts: list[str | tuple[str, str]] = []
    wanted: list[str] = []
    between: st.SearchStrategy[str | tuple[str, str]] = st.sampled_from(
        [LONG, ("item", "• an item"), ("note", "9 a note"), ("row", "4\t5")]
    )
    for n in range(1, count + 1):
        texts.append(_paragraph(n))
        wanted.append(str(n))
        others: list[str | tuple[str, str]] = data.draw(st.lists(between, max_size=2))
        texts += others
        wanted += [str(n)] * len(others)
    paragraphs = _openings(texts, on_page)
    found = _numbers(paragraphs)
    last = max(item for item, text in enumerate(texts) if text == _paragraph(count))
    kept = [
        (each, want)
        for each, want, text in zip(found[:last], wanted, texts, strict=False)
        if isinstance(text, str)
    ]
    assert all(each == want for each, want in kept)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 999)), unique=True), st.data())
def test_a_numbering_comes_back_as_it_was_stored(
    places: list[tuple[int, int]], data: st.DataObject
) -> None:
    numbers = tuple(data.draw(st.none() | st.sampled_from(["1", "4.12"])) for _ in places)
    made = Numbering(tuple(sorted(places)), numbers)
    assert Numbering.load(made.dump()) == made


def test_paragraphs_of_a_typeset_report_are_numbered_over_its_pages() -> None:
    said = [f"{n}. {text}" for n, text in enumerate(sentences(83, 40, 40), start=1)]
    per_page = 8

    def paint(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        y = HEIGHT - 100
        if page == 3:
            canvas.setFont("Helvetica-Bold", 14)
            y = column(canvas, ["What was found"], 72, y) - 14
            canvas.setFont("Helvetica", 10)
        for text in said[(page - 1) * per_page : page * per_page]:
            y = column(canvas, broken(text, 85), 72, y) - 9
        canvas.drawCentredString(300, 40, f"Page {page}")

    pages = layers(painted(*[paint] * 5))
    found = numbering(openings(pages))
    for number, text in enumerate(said, start=1):
        page = pages[(number - 1) // per_page]
        begin = page.text.index(" ".join(text.split()[:4]))
        end = begin + len(text) - 10
        assert found.at(page.index, begin) == str(number)
        assert found.at(page.index, end) == str(number)
    heading = pages[2].text.index("What was found")
    assert found.at(2, heading) is None
