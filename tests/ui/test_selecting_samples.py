"""What is selected by mouse is what the eye reads there: on typeset pages and on real documents.

Where words of real documents stand is asked of pdfplumber, which reads them by another engine.
"""

from __future__ import annotations

import random
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.documents.tables import user_space
from cambs_evidence.model import Box, Document
from tests.e2e.shared import REPORTS, SAMPLES, needs
from tests.support import take_in
from tests.ui.support import Left, None_, drag, move_held, offset_of, point_of, wait, words_in
from tests.ui.typeset import (
    ACROSS,
    ARABIC,
    BROKEN,
    COLUMNS,
    CROPPED,
    CUT_READ,
    EMPTY,
    FOOTER,
    HEADER,
    HEBREW,
    JOINED,
    LEFT,
    LIGATURES_READ,
    LYING,
    LYING_BACK,
    RIGHT,
    RIGHT_TO_LEFT,
    TURNED,
    UPSIDE_DOWN,
    WIDTH,
    furnished,
    nonsense,
    odd_pages,
    sheet_lines,
)
from ui.session import Session
from ui.theme import Theme
from ui.viewer.desk import Desk
from ui.viewer.mouse import SCROLLING
from ui.viewer.page_view import PageView

#: Real documents by what is hard about them, and how many of their pages are looked at.
SAMPLE_FILES = {
    "003_tracemonkey.pdf": 3,  # two columns, ligatures, words cut at line ends
    "048_senate-expenditures.pdf": 1,  # shown turned
    "054_nics-background-checks-2015-11-rotated.pdf": 1,  # its words lie as it is shown
    "005_160F-2019.pdf": 1,  # its CropBox is shifted
    "061_2023-06-20-PV.pdf": 2,
}
RIGHT_TO_LEFT_FILES = ("065_FC60_Times.pdf", "068_hello3.pdf")
PICTURES = ("013_personwithdog.pdf", "023_bitmap-halftone-template3.pdf")
REPORT_FILES = {
    "Briefing-Child-Disability-Estimates.pdf": 4,
    "carers_service_data_sep_2009.pdf": 4,
    "quality_assurance_in_children__s_residential_care_service_level_summary_2013.pdf": 5,
    "SEND-Survey-Summary-Report-2015.pdf": 4,
}
Show = Callable[[str], PageView]


@pytest.fixture(scope="module")
def _taken_in(tmp_path_factory: pytest.TempPathFactory, _blank: Path) -> Path:
    """A closed case with typeset pages, and with real documents where they are there."""
    folder = tmp_path_factory.mktemp("samples")
    path = Path(shutil.copyfile(_blank, folder / "samples.cambs"))
    given = [odd_pages(folder / "odd.pdf"), nonsense(folder / "nonsense.pdf")]
    given.append(furnished(folder / "furnished.pdf"))
    given += [SAMPLES / each for each in (*SAMPLE_FILES, *RIGHT_TO_LEFT_FILES, *PICTURES)]
    given += [REPORTS / each for each in REPORT_FILES]
    with Case.open(path, by="Maker") as case:
        took = take_in(case, *(each for each in given if each.is_file()))
    assert {each.status for each in took} == {"imported"}
    return path


@pytest.fixture
def case_path(_taken_in: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(_taken_in, tmp_path / "case.cambs"))


@pytest.fixture
def show(qtbot: QtBot, theme: Theme, session: Session) -> Iterator[Show]:
    """Shows a document by its file name, with its text."""
    desk = Desk(theme)
    desk.resize(1000, 1000)
    with qtbot.waitExposed(desk):
        desk.show()
    desk.use(session)

    def call(filename: str) -> PageView:
        documents: dict[str, Document] = {
            each.filename: each for each in session.held.documents.values()
        }
        done: list[bool] = []
        desk.show_document(documents[filename], then=lambda: done.append(True))
        wait(qtbot, lambda: done)
        desk.pages.setFocus()
        return desk.pages

    yield call
    desk.use(None)
    desk.close()
    desk.deleteLater()


@pytest.fixture
def odd(show: Show) -> PageView:
    return show("odd.pdf")


def _point(pages: PageView, page: int, x: float, y: float) -> QPoint:
    return pages.rectangle(page, (x, y, x, y)).topLeft().toPoint()


def _dragged(
    pages: PageView, page: int, start: tuple[float, float], end: tuple[float, float]
) -> str:
    """Drags between two points of a page in user space, brought into view; what is selected."""
    (ax, ay), (bx, by) = start, end
    pages.go_to(page, ((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)),))
    viewport = pages.viewport()
    one, other = _point(pages, page, ax, ay), _point(pages, page, bx, by)
    assert viewport.rect().contains(one)
    assert viewport.rect().contains(other)
    QTest.mouseClick(viewport, Left, None_, QPoint(2, 2))
    pages.selection.clear()
    drag(pages, one, other)
    return pages.selected_text()


# --- pages that are typeset ------------------------------------------------------------------


def test_columns_are_followed_and_not_crossed(odd: PageView) -> None:
    left, right = " ".join(LEFT), " ".join(RIGHT)
    foot = 700 - 13 * (len(LEFT) - 1) + 3
    assert _dragged(odd, COLUMNS, (60, 703), (240, foot)) == left
    assert _dragged(odd, COLUMNS, (320, 703), (530, foot)) == right
    assert _dragged(odd, COLUMNS, (60, 703), (530, foot)) == f"{left} {right}"
    # From the margin, up from below the column, and from between two lines.
    assert _dragged(odd, COLUMNS, (20, 703), (240, 690)) == " ".join(LEFT[:2])
    assert _dragged(odd, COLUMNS, (240, foot - 40), (60, 690)) == " ".join(LEFT[1:])
    assert _dragged(odd, COLUMNS, (320, 698), (530, 690)) == " ".join(RIGHT[:2])


@pytest.mark.parametrize("page", [LYING, UPSIDE_DOWN, LYING_BACK])
def test_words_on_a_page_that_is_shown_turned_are_selected_as_they_are_seen(
    odd: PageView, page: int
) -> None:
    odd.set_fit("page")
    odd.go_to(page)
    text = odd.selection.text
    assert text is not None
    sheet = odd.sheet(page)
    scale = sheet.width() / (842 if page != UPSIDE_DOWN else WIDTH)
    # As it is shown, the first line begins 72 points from the left, 120 from the upper edge.
    begin = sheet.topLeft() + QPointF(72, 117) * scale
    end = sheet.topLeft() + QPointF(400, 130) * scale
    drag(odd, begin.toPoint(), end.toPoint())
    assert odd.selected_text() == " ".join(TURNED)
    drag(
        odd,
        QPoint(round(begin.x()) - 30, round(begin.y())),
        QPoint(round(end.x()), round(begin.y())),
    )
    assert odd.selected_text() == TURNED[0]


def test_a_shifted_crop_box_shifts_no_selection(odd: PageView) -> None:
    assert odd.shapes[CROPPED].media == pytest.approx((30, 120, 520, 760))
    assert _dragged(odd, CROPPED, (72, 603), (400, 590)) == " ".join(TURNED)
    sheet = odd.sheet(CROPPED)
    # What stands 42 points from the left of the CropBox is seen there.
    seen = _point(odd, CROPPED, 72, 603) - sheet.topLeft().toPoint()
    assert seen.x() / sheet.width() == pytest.approx(42 / 490, abs=0.005)
    assert seen.y() / sheet.height() == pytest.approx(157 / 640, abs=0.005)


def test_words_from_right_to_left_are_selected_as_they_are_read(odd: PageView) -> None:
    first, second = HEBREW
    assert _dragged(odd, RIGHT_TO_LEFT, (452, 704), (150, 704)) == first
    assert _dragged(odd, RIGHT_TO_LEFT, (150, 704), (452, 704)) == first
    assert _dragged(odd, RIGHT_TO_LEFT, (452, 704), (150, 680)) == f"{first} {second}"
    assert _dragged(odd, RIGHT_TO_LEFT, (452, 656), (150, 656)) == ARABIC


def test_ligatures_and_words_cut_at_line_ends_are_quoted_as_they_are_read(odd: PageView) -> None:
    joined = _dragged(odd, JOINED, (70, 704), (400, 704))
    assert unicodedata.normalize("NFKC", joined) == LIGATURES_READ
    assert _dragged(odd, BROKEN, (70, 703), (400, 677)) == CUT_READ


def test_a_drag_over_a_page_end_leaves_running_headers_and_footers_out(show: Show) -> None:
    pages = show("furnished.pdf")
    for page, (last, first) in enumerate(ACROSS):
        pages.set_zoom(0.5)
        pages.go_to(page)
        begin, _ = words_in(pages, page, last)
        pages.go_to(page)
        end = point_of(pages, page + 1, offset_of(pages, page + 1, first) + len(first))
        begin = point_of(pages, page, offset_of(pages, page, last))
        drag(pages, begin, end)
        assert pages.selected_text() == f"{last} {first}"


def test_a_drag_held_past_the_edge_scrolls_on_and_selects_on(qtbot: QtBot, show: Show) -> None:
    pages = show("furnished.pdf")
    pages.set_zoom(1.0)
    viewport = pages.viewport()
    start, _ = words_in(pages, 0, sheet_lines(0)[3])
    below = QPoint(start.x() + 200, viewport.height() + 160)
    QTest.mousePress(viewport, Left, None_, start)
    QCursor.setPos(viewport.mapToGlobal(below))
    move_held(viewport, below)
    wait(qtbot, lambda: (pages.selection.head or (0, 0))[0] == 2)
    above = QPoint(start.x(), -200)
    QCursor.setPos(viewport.mapToGlobal(above))
    move_held(viewport, above)
    wait(qtbot, lambda: (pages.selection.head or (9, 9))[0] == 1)
    inside = QPoint(start.x(), viewport.height() // 2)
    QCursor.setPos(viewport.mapToGlobal(inside))
    move_held(viewport, inside)
    QTest.mouseRelease(viewport, Left, None_, inside)
    chosen, where = pages.selected_text(), pages.verticalScrollBar().value()
    assert chosen.startswith(" ".join(sheet_lines(0)[3:]))
    assert f"{ACROSS[0][0]} {ACROSS[0][1]} {sheet_lines(1)[0]}" in chosen
    assert HEADER not in chosen
    assert FOOTER not in chosen
    qtbot.wait(3 * SCROLLING)  # nothing is to happen any more
    assert (pages.selected_text(), pages.verticalScrollBar().value()) == (chosen, where)


@pytest.mark.parametrize("filename", ["odd.pdf", "nonsense.pdf"])
def test_a_page_without_words_gives_none_and_says_why_in_its_place(
    qtbot: QtBot, show: Show, theme: Theme, filename: str
) -> None:
    pages = show(filename)
    page, quality = (EMPTY, "none") if filename == "odd.pdf" else (0, "nonsense")
    assert pages.quality(page) == quality
    pages.go_to(page)
    wait(qtbot, lambda: pages.painted)
    image = pages.viewport().grab().toImage()
    sheet = pages.sheet(page)
    where = QPointF(sheet.left() + 6, max(sheet.top(), 0) + 10) * image.devicePixelRatio()
    assert image.pixelColor(where.toPoint()).name() == theme.colours.notice
    if quality == "none":
        assert _dragged(pages, page, (90, 520), (350, 280)) == ""


# --- real documents --------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """Words that stand side by side in one line, where they are seen and as they are read.

    ``box`` is in user space; the others are measured along the line and down from line to line.
    ``lying`` words run down the page as it is shown.
    """

    box: Box
    left: float
    top: float
    right: float
    foot: float
    text: str
    lying: bool

    @property
    def height(self) -> float:
        return self.foot - self.top


def _words(page: Any) -> Iterator[tuple[float, float, float, float, dict[str, Any]]]:
    """The words of a page of pdfplumber with left, top, right and foot as they are read."""
    for word in page.extract_words(extra_attrs=["upright"]):
        if word["upright"]:
            yield word["x0"], word["top"], word["x1"], word["bottom"], word
        else:
            yield word["top"], -word["x1"], word["bottom"], -word["x0"], word


def _runs(page: Any) -> list[Run]:
    """The runs of words on a page of pdfplumber that are parted by no wide gap."""
    words = sorted(_words(page), key=lambda x: (x[4]["upright"], round(x[3]), x[0]))
    runs: list[list[Any]] = []
    for word in words:
        last = runs[-1][-1] if runs else None
        beside = last is not None and abs(word[3] - last[3]) < 1
        if beside and last and 0 <= word[0] - last[2] < 0.6 * (word[3] - word[1]):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [_run(page, run) for run in runs]


def _run(page: Any, run: Sequence[Any]) -> Run:
    left, top = min(x[0] for x in run), min(x[1] for x in run)
    right, foot = max(x[2] for x in run), max(x[3] for x in run)
    lying = not run[0][4]["upright"]
    shown = (-foot, left, -top, right) if lying else (left, top, right, foot)
    (box,) = user_space(page, [shown]).tolist()
    return Run(tuple(box), left, top, right, foot, " ".join(x[4]["text"] for x in run), lying)


def _letters(text: str) -> str:
    """What stays of a text without white space, hyphens and the like, ligatures taken apart."""
    return "".join(x for x in unicodedata.normalize("NFKC", text) if x.isalnum())


def _select(pages: PageView, page: int, first: Run, last: Run) -> str:
    """Drags from where a run is seen to begin to where another is seen to end."""
    pages.go_to(page, (first.box, last.box))
    one, other = pages.rectangle(page, first.box), pages.rectangle(page, last.box)
    QTest.mouseClick(pages.viewport(), Left, None_, QPoint(2, 2))
    pages.selection.clear()
    if first.lying:
        start = QPointF(one.center().x(), one.top())
        end = QPointF(other.center().x(), other.bottom())
    else:
        start = QPointF(one.left(), one.center().y())
        end = QPointF(other.right(), other.center().y())
    drag(pages, start.toPoint(), end.toPoint())
    return pages.selected_text()


def _blocks(runs: Sequence[Run]) -> list[list[Run]]:
    """Lines of prose that follow one another in a column, three to five of them."""
    found = []
    for first in runs:
        block = [first]
        while len(block) < 5:
            last = block[-1]
            below = [
                each
                for each in runs
                if abs(each.left - first.left) < 1.5
                and 0.9 * last.height < each.top - last.top < 1.5 * last.height
                and abs(each.height - last.height) < 0.5
            ]
            if len(below) != 1:
                break
            block.append(below[0])
        if len(block) >= 3 and _is_prose(block, runs):
            found.append(block)
    return found


def _is_prose(block: Sequence[Run], runs: Sequence[Run]) -> bool:
    """True where lines are long, and nothing short stands beside them: no sign, number, cell."""
    if any(len(each.text.split()) < 5 for each in block[:-1]):
        return False
    left, right = block[0].left, max(each.right for each in block)
    return not any(
        each.top < block[-1].foot and block[0].top < each.foot
        and each.left < right + 150 and left - 150 < each.right
        and len(each.text.split()) < 5
        for each in runs
        if each not in block
    )  # fmt: skip


def _alone(run: Run, runs: Sequence[Run]) -> bool:
    """True where nothing else is printed over a run, and it is no head over several columns.

    Such a head is read cell by cell, with what stands below each part of it.
    """
    others = [
        each for each in runs
        if each is not run and each.left < run.right and run.left < each.right
    ]  # fmt: skip
    over = [each for each in others if each.top < run.foot - 1 and run.top + 1 < each.foot]
    below = [each for each in others if 0 <= each.top - run.foot + 2 < run.height]
    return not over and len(below) < 2


def _assert_selected_as_printed(pages: PageView, path: Path, count: int, seed: int) -> int:
    """Lines and blocks of a document, selected by mouse, are what pdfplumber reads; how many."""
    chance, seen = random.Random(seed), 0
    with pdfplumber.open(path) as document:
        for page in document.pages[:count]:
            number = page.page_number - 1
            runs = _runs(page)
            lines = [each for each in runs if len(_letters(each.text)) > 12 and _alone(each, runs)]
            for run in chance.sample(lines, min(6, len(lines))):
                assert _letters(_select(pages, number, run, run)) == _letters(run.text)
                seen += 1
            blocks = [each for each in _blocks(runs) if all(x in lines for x in each)]
            for block in chance.sample(blocks, min(4, len(blocks))):
                expected = _letters("".join(each.text for each in block))
                assert _letters(_select(pages, number, block[0], block[-1])) == expected
                seen += 1
    return seen


@needs(SAMPLES)
@pytest.mark.parametrize("filename", SAMPLE_FILES)
def test_what_is_selected_in_a_sample_is_what_stands_there(show: Show, filename: str) -> None:
    pages = show(filename)
    pages.set_zoom(1.1)
    assert _assert_selected_as_printed(pages, SAMPLES / filename, SAMPLE_FILES[filename], 7) >= 6


@needs(REPORTS)
@pytest.mark.parametrize("filename", REPORT_FILES)
def test_what_is_selected_in_a_report_is_what_stands_there(show: Show, filename: str) -> None:
    pages = show(filename)
    pages.set_zoom(1.1)
    assert _assert_selected_as_printed(pages, REPORTS / filename, REPORT_FILES[filename], 11) >= 12


@needs(SAMPLES)
@pytest.mark.parametrize("filename", RIGHT_TO_LEFT_FILES)
def test_words_from_right_to_left_in_a_sample_are_read_so(show: Show, filename: str) -> None:
    pages = show(filename)
    pages.set_zoom(2.0)
    seen = 0
    with pdfplumber.open(SAMPLES / filename) as document:
        page = document.pages[0]
        for word in page.extract_words():
            inside = [
                each
                for each in page.chars
                if word["x0"] - 0.1 <= (each["x0"] + each["x1"]) / 2 <= word["x1"] + 0.1
                and word["top"] - 1 <= (each["top"] + each["bottom"]) / 2 <= word["bottom"] + 1
            ]
            ways = {"R", "AL", "NSM"}
            letters = [x for x in inside if unicodedata.bidirectional(x["text"][0]) in ways]
            if len(letters) < 2 or len(letters) != len(inside):
                continue
            read = "".join(x["text"] for x in sorted(inside, key=lambda x: -float(x["x0"])))
            box = (word["x0"], word["top"], word["x1"], word["bottom"])
            (there,) = user_space(page, [box]).tolist()
            pages.go_to(0, (tuple(there),))
            where = pages.rectangle(0, tuple(there))
            pages.selection.clear()
            middle = round(where.center().y())
            drag(pages, QPoint(round(where.right()), middle), QPoint(round(where.left()), middle))
            assert _letters(pages.selected_text()) == _letters(read)
            seen += 1
    assert seen


@needs(SAMPLES)
@pytest.mark.parametrize("filename", PICTURES)
def test_a_sample_that_is_a_picture_gives_no_words(show: Show, filename: str) -> None:
    pages = show(filename)
    pages.set_fit("page")
    assert pages.quality(0) == "none"
    sheet = pages.sheet(0)
    drag(pages, (sheet.topLeft() + QPointF(9, 9)).toPoint(), sheet.center().toPoint())
    assert pages.selected_text() == ""
    assert pages.viewport().cursor().shape() is not Qt.CursorShape.IBeamCursor
