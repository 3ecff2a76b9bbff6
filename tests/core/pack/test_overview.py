"""What a pack says at a glance: the picture of coverage, a page for each section, the index."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.exchange.pieces import Grid
from cambs_evidence.exchange.report import compose
from cambs_evidence.model import PackOptions, Polarity, State
from cambs_evidence.pack.contents import Contents, Part
from cambs_evidence.pack.digest import MOST, digest, index, matrix
from cambs_evidence.pack.geometry import Geometry
from cambs_evidence.pack.layout import LaidOut, lay_out
from cambs_evidence.pack.summed import rank
from cambs_evidence.wording import GRADES

from .conftest import DATE, build
from .standards import failures

OPTIONS = PackOptions(date=DATE, annex="none")


@pytest.fixture
def contents(sample: Case) -> Contents:
    """What a pack of the sample case says."""
    return sample.pack_contents(OPTIONS)


def _with_documents(contents: Contents, count: int, years: int) -> Contents:
    """The same with its quotes from so many documents, of so many years, the last undated."""
    first = contents.documents[0]
    documents = tuple(
        replace(first, id=f"d{n}", identity=f"d{n}", date=str(2000 + n % years) if n else None)
        for n in range(count)
    )
    numbers = iter(range(10_000))
    parts = tuple(
        replace(
            part,
            blocks=tuple(
                replace(
                    block,
                    chapters=tuple(
                        replace(
                            chapter,
                            excerpts=tuple(
                                replace(each, document=documents[next(numbers) % count])
                                for each in chapter.excerpts
                            ),
                        )
                        for chapter in block.chapters
                    ),
                )
                for block in part.blocks
            ),
        )
        for part in contents.parts
    )
    return replace(contents, parts=parts, documents=documents)


def test_the_picture_counts_every_quote_once_by_document(contents: Contents) -> None:
    told = matrix(contents)
    assert told.by == "document"
    assert len(told.columns) == len(contents.documents) <= MOST
    criteria = [each for each in told.lines if each.chapter is not None]
    assert sum(sum(each.total) for each in criteria) == len(contents.excerpts)
    for line in told.lines:
        assert tuple(map(sum, zip(*line.cells, strict=True))) == line.total
    # What is old stands left of what is not.
    assert [each.old for each in told.columns].index(False) == told.limit == 1


def test_where_there_are_many_documents_time_takes_their_place(contents: Contents) -> None:
    told = matrix(_with_documents(contents, 12, 4))
    assert told.by == "year"
    assert [each.title for each in told.columns] == ["2000", "2001", "2002", "2003", "undated"]
    long = matrix(_with_documents(contents, 30, 15))
    assert len(long.columns) == MOST
    assert (long.columns[0].title, long.columns[1].title) == ("to 2008", "2009")
    assert sum(sum(each.total) for each in long.lines if each.chapter) == len(contents.excerpts)


def test_filters_leave_out_cells_and_not_what_is_a_gap(sample: Case) -> None:
    told = sample.pack_contents(replace(OPTIONS, polarity=Polarity.STRENGTH, marked_only=True))
    lines = [each for each in matrix(told).lines if each.chapter is not None]
    assert all(each.chapter and each.chapter.coverage.marked for each in lines)
    assert sum(each.total[0] for each in lines) == len(told.excerpts) > 0
    assert not any(each.total[1] or each.total[2] for each in lines)
    assert any(not any(each.total) and each.state is not State.NONE for each in lines)


def test_a_section_comes_to_what_stands_in_it(contents: Contents) -> None:
    for part in contents.parts:
        told = digest(contents, part)
        excerpts = [each for chapter in part.chapters for each in chapter.excerpts]
        assert sum(told.counts) == len(excerpts)
        assert sum(told.states.values()) == told.total == len(part.chapters)
        assert told.documents == len({each.document.identity for each in excerpts})
        assert len(told.developments) == told.counts[1]
    assert [each.number for each in contents.parts if digest(contents, each).whole] == [18]


def test_the_best_grade_has_all_steps_and_the_worst_one() -> None:
    for scale in GRADES:
        assert [rank(each) for each in scale] == [
            (steps, len(scale)) for steps in range(len(scale), 0, -1)
        ]


@pytest.fixture(scope="module")
def crowded(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of a case with more on its first section than any page holds."""
    folder = tmp_path_factory.mktemp("crowded")
    path, pack = folder / "crowded.cambs", folder / "pack.pdf"
    shutil.copyfile(sample_file, path)
    with Case.open(path, by="Author") as case:
        lines = [f"Paragraph {n}. " + "Much is said here. " * 30 for n in range(40)]
        case.judge("1.1", summary="\n\n".join(lines), grade="good")
        for number in range(40):
            case.add_action("1.4", f"Do this and that, number {number}", owner="Head of service")
        case.judge("4.7", grade="amber")
        case.tag_also([case.evidence(code="1.1")[0].id], "2.1")
        build(case, pack, OPTIONS)
    return pack


@pytest.fixture
def drawn(crowded: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(crowded) as document:
        yield document


def _bookmarks(document: pikepdf.Pdf) -> list[tuple[str, int]]:
    """Titles of bookmarks with their 0-based pages, in order."""
    pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
    found = []

    def follow(items: object) -> None:
        for each in items:  # type: ignore[attr-defined]
            where = each.destination
            name = document.Root.Dests[where] if isinstance(where, pikepdf.Name) else where
            found.append((each.title, pages[name[0].objgen]))
            follow(each.children)

    with document.open_outline() as outline:
        follow(outline.root)
    return found


def _texts(pack: Path) -> list[str]:
    with pypdfium2.PdfDocument(pack) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    return [re.sub(r"\s+", " ", each.replace("\ufffe", "-")) for each in texts]


def test_each_section_has_one_page_of_its_own_however_much_it_holds(
    crowded: Path, drawn: pikepdf.Pdf
) -> None:
    marks = _bookmarks(drawn)
    texts = _texts(crowded)
    sections = [place for place, (title, _) in enumerate(marks) if re.match(r"\d+ ", title)
                and "." not in title.split()[0]]  # fmt: skip
    assert len(sections) == 18
    for place in sections:
        (title, page), (block, following) = marks[place], marks[place + 1]
        assert block.startswith(("Block ", "The section as a whole"))
        assert following == page + 1
        assert title.split(" ", 1)[1].strip()[:20] in texts[page]
    first = texts[marks[sections[0]][1]]
    assert "7 criteria" in first
    assert "Paragraph 0." in first
    assert "Paragraph 39." not in first
    assert "in full on the pages that follow" in first
    assert re.search(r"Do this and that, number 0 .*And \d+ more on the pages that follow", first)
    assert "Amber" in texts[marks[sections[3]][1]]


def test_a_section_with_more_blocks_than_a_page_holds_has_one_page_all_the_same(
    contents: Contents, tmp_path: Path
) -> None:
    blocks = tuple(block for part in contents.parts[:-1] for block in part.blocks)
    long = "What is told here goes on for longer than a line of any page has room for"
    merged = Part(1, f"{long}; {long}", blocks)
    pack = tmp_path / "pack.pdf"
    told = replace(contents, parts=(merged,))
    with pack.open("wb+") as out:
        *_, laid = lay_out(told, Geometry({}), {}, {}, paths.fonts(), out)
    assert isinstance(laid, LaidOut)
    with pikepdf.open(pack) as document:
        marks = _bookmarks(document)
    place = next(n for n, (title, _) in enumerate(marks) if long in title)
    assert marks[place + 1] == ("Block 1.1–1.7", marks[place][1] + 1)
    text = _texts(pack)[marks[place][1]]
    assert re.search(r"And \d+ criteria more", text)
    assert re.search(r"And \d+ blocks more on the pages that follow", text)


def test_the_index_says_on_which_page_each_quote_is_printed(
    sample: Case, crowded: Path, drawn: pikepdf.Pdf
) -> None:
    texts = _texts(crowded)
    marks = dict(_bookmarks(drawn))
    begin, end = marks["Index by document"], marks["Sign-off"]
    words = " ".join(texts[begin:end])
    listed = dict(re.findall(r"\b(E\d+) (\d+)\b", words))
    printed = {
        name: page
        for page, text in enumerate(texts, start=1)
        for name in re.findall(r"(?:Strength|Development|Neutral) · [\d.]+ · (E\d+)", text)
    }
    assert {name: int(page) for name, page in listed.items()} == printed
    assert len(printed) == len(sample.evidence()) + 1
    assert "the same passage" in words


def test_the_picture_says_in_words_what_it_shows(drawn: pikepdf.Pdf, crowded: Path) -> None:
    assert failures(crowded) == []
    figures = [
        str(each.Alt)
        for each in drawn.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
    ]
    figures.sort(key=lambda each: int(re.search(r"section\D*(\d+)", each)[1]))  # type: ignore[index]
    assert figures[0].startswith("Coverage of sections 1 to ")
    assert "Without evidence: 1.2, 1.3" in figures[0]
    assert "By document: " in figures[0]
    assert sum(int(re.search(r": (\d+) criteri", each)[1]) for each in figures) == 82  # type: ignore[index]


def test_the_index_holds_each_passage_once_with_all_its_quotes(contents: Contents) -> None:
    told = index(contents)
    assert [each.document for each in told] == list(contents.documents)
    assert sum(each.excerpts for each in told) == len(contents.excerpts)
    for each in told:
        spans = [some[0].link.passage.anchor.spans[0] for some in each.passages]
        places = [(span.page, span.start) for span in spans]
        assert places == sorted(places)


def test_a_report_says_the_same_at_a_glance_as_the_pack(contents: Contents) -> None:
    grids = [each for each in compose(contents, {}).pieces if isinstance(each, Grid)]
    [cells] = [each for each in grids if each.caption.startswith("Quotes here by document")]
    totals = ["".join(run.text for run in row[3]) for row in cells.rows if len(row) > 1]
    counted = [int(each) for words in totals for each in re.findall(r"[▲▼◆](\d+)", words)]
    assert sum(counted) == len(contents.excerpts)
    assert len([each for each in grids if each.caption.endswith("at a glance")]) == 18
    [register] = [each for each in grids if each.caption == "Register of sources"]
    after = grids[grids.index(register) + 1 :]
    assert [each.caption.split(" · ")[0] for each in after] == [
        each.title for each in contents.documents
    ]
    leading = [run.to for each in after for row in each.rows for run in row[2] if run.to]
    assert sorted(leading) == sorted(each.reference for each in contents.excerpts)
