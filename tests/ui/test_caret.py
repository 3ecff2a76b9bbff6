"""Reading and tagging with the keyboard alone: a caret in the page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from tests.support import ONCE_P1, ONCE_P2, OVER_PAGES, take_in
from tests.ui.support import (
    Control,
    Left,
    None_,
    Shift,
    click_on,
    links_on_disk,
    offset_of,
    point_of,
    said,
    settled,
    show,
    wait,
)
from tests.ui.typeset import EMPTY, HEBREW, LYING, RIGHT_TO_LEFT, TURNED, odd_pages
from ui.main_window import MainWindow
from ui.viewer.page_view import PageView

Key = Qt.Key


@pytest.fixture(scope="module")
def _with_odd(tmp_path_factory: pytest.TempPathFactory, _prepared: Path) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    path = Path(shutil.copyfile(_prepared, folder / "odd.cambs"))
    with Case.open(path, by="Maker") as case:
        take_in(case, odd_pages(folder / "odd.pdf"))
    return path


@pytest.fixture
def case_path(_with_odd: Path, tmp_path: Path) -> Path:
    """A case with pages that are turned, empty, or written from right to left."""
    return Path(shutil.copyfile(_with_odd, tmp_path / "case.cambs"))


@pytest.fixture
def pages(window: MainWindow) -> PageView:
    """The pages of the report, with a caret in them."""
    made = window.reader.pages
    made.setFocus()
    QTest.keyClick(made, Key.Key_F7)
    assert made.caret_on
    return made


def _press(pages: PageView, *keys: Qt.Key, held: Qt.KeyboardModifier = None_) -> None:
    for key in keys:
        QTest.keyClick(pages, key, held)


def _head(pages: PageView) -> tuple[int, int]:
    head = pages.selection.head
    assert head is not None
    return head


def _behind(pages: PageView, count: int = 8) -> str:
    """The words that follow the caret."""
    page, offset = _head(pages)
    text = pages.selection.text
    assert text is not None
    return text.pages[page].text[offset : offset + count]


def _before(pages: PageView, count: int = 8) -> str:
    page, offset = _head(pages)
    text = pages.selection.text
    assert text is not None
    return text.pages[page].text[max(offset - count, 0) : offset]


def _in_view(pages: PageView) -> bool:
    return pages.viewport().rect().contains(point_of(pages, *_head(pages)))


# --- on and off ------------------------------------------------------------------------------


def test_f7_puts_a_caret_before_the_first_line_in_view_and_takes_it_away(
    window: MainWindow, pages: PageView
) -> None:
    action = window.actions_.named["caret"]
    assert _behind(pages, 10) == "Inspection"
    assert "F7" in said(window)
    assert action.isChecked()
    before = pages.verticalScrollBar().value()
    _press(pages, Key.Key_Down, Key.Key_Right)
    assert pages.verticalScrollBar().value() == before
    _press(pages, Key.Key_F7)
    assert not pages.caret_on
    assert not action.isChecked()
    assert pages.selection.head is None
    _press(pages, Key.Key_Down)
    assert pages.verticalScrollBar().value() > before
    pages.go_to(2)
    _press(pages, Key.Key_F7)
    assert _head(pages)[0] == 2
    assert _behind(pages, 10) == "Care plans"


def test_the_caret_is_seen_and_only_while_the_keys_act_there(
    window: MainWindow, pages: PageView
) -> None:
    _press(pages, Key.Key_Right, held=Control)

    def seen() -> bool:
        image, ratio = pages.viewport().grab().toImage(), pages.devicePixelRatioF()
        where = point_of(pages, *_head(pages)) * ratio
        near = {image.pixelColor(where + QPoint(x, 0)).name() for x in (-1, 0, 1)}
        return pages.paper.mark.name() in near

    assert seen()
    window.documents.view.setFocus()
    assert not seen()


# --- moving ----------------------------------------------------------------------------------


def test_arrows_go_by_character_word_and_line(pages: PageView) -> None:
    _press(pages, Key.Key_Right, Key.Key_Right)
    assert _before(pages) == "In"
    _press(pages, Key.Key_Left)
    assert _before(pages) == "I"
    _press(pages, Key.Key_Right, Key.Key_Right, held=Control)
    assert _before(pages) == "ction of"
    _press(pages, Key.Key_Down)
    assert _head(pages)[1] > offset_of(pages, 0, ONCE_P1)
    x = point_of(pages, *_head(pages)).x()
    _press(pages, Key.Key_Down)
    assert offset_of(pages, 0, "Visits") < _head(pages)[1] < offset_of(pages, 0, "Practice")
    assert abs(point_of(pages, *_head(pages)).x() - x) < 8  # it keeps to its height of the measure
    _press(pages, Key.Key_Up, Key.Key_Up)
    assert _before(pages) == "ction of"
    _press(pages, Key.Key_Left, Key.Key_Left, held=Control)
    assert _behind(pages, 10) == "Inspection"
    _press(pages, Key.Key_Left)
    assert _head(pages) == (0, 0)
    assert pages.selected_text() == ""


def test_home_and_end_go_to_the_ends_of_line_and_document(pages: PageView) -> None:
    _press(pages, Key.Key_Down, Key.Key_End)
    assert _before(pages, 6) == "often."
    _press(pages, Key.Key_Home)
    assert _behind(pages, 6) == "Social"
    _press(pages, Key.Key_End, held=Control)
    assert _head(pages)[0] == 2
    assert _before(pages, 5) == "time."
    assert _behind(pages) == ""
    assert _in_view(pages)
    _press(pages, Key.Key_Home, held=Control)
    assert _head(pages) == (0, 0)
    assert _in_view(pages)


def test_page_down_goes_on_by_many_lines_and_the_caret_stays_in_view(pages: PageView) -> None:
    _press(pages, Key.Key_PageDown)
    down = _head(pages)
    assert down[0] >= 1
    assert _in_view(pages)
    _press(pages, Key.Key_PageDown, Key.Key_PageDown)
    assert _head(pages)[0] == 2
    _press(pages, Key.Key_PageUp, held=Shift)
    assert len(pages.selected_text()) > 40
    for _ in range(4):
        _press(pages, Key.Key_PageUp)
    assert _head(pages)[0] == 0
    assert _in_view(pages)
    pages.set_zoom(3.0)
    for _ in range(12):
        _press(pages, Key.Key_Down)
        assert _in_view(pages)


def test_a_click_puts_the_caret_where_it_is_clicked_and_lines_go_over_page_ends(
    pages: PageView,
) -> None:
    offset = offset_of(pages, 0, "Practice is")
    QTest.mouseClick(pages.viewport(), Left, None_, point_of(pages, 0, offset) + QPoint(1, 0))
    _press(pages, Key.Key_Right, held=Control)
    assert _before(pages) == "Practice"
    click_on(pages, 0, offset_of(pages, 0, "The board"))
    _press(pages, Key.Key_Down)
    assert _head(pages)[0] == 1
    _press(pages, Key.Key_Up)
    assert _head(pages)[0] == 0


# --- selecting -------------------------------------------------------------------------------


def test_shift_selects_whatever_moves_the_caret(pages: PageView) -> None:
    _press(pages, Key.Key_Down)
    _press(pages, Key.Key_Right, Key.Key_Right, held=Control | Shift)
    assert pages.selected_text() == "Social workers"
    _press(pages, Key.Key_Left, held=Shift)
    assert pages.selected_text() == "Social worker"
    _press(pages, Key.Key_End, held=Shift)
    assert pages.selected_text() == f"{ONCE_P1} and see them often."
    _press(pages, Key.Key_Down, held=Shift)
    assert pages.selected_text().endswith("on time.")
    _press(pages, Key.Key_Home, held=Control | Shift)
    assert pages.selected_text() == "Inspection of the county of Camshire"
    _press(pages, Key.Key_End, held=Control | Shift)
    assert pages.selected_text().startswith(ONCE_P1)
    assert ONCE_P2 in pages.selected_text()
    assert pages.selected_text().endswith("on time.")
    for key, at in ((Key.Key_Left, 0), (Key.Key_Right, len("Inspection"))):
        _press(pages, Key.Key_Home, held=Control)
        _press(pages, Key.Key_Right, held=Control | Shift)
        assert pages.selected_text() == "Inspection"
        _press(pages, key)
        assert pages.selected_text() == ""
        assert _head(pages) == (0, at)


def test_a_sentence_over_a_page_end_is_selected_by_keys_alone(pages: PageView) -> None:
    while _behind(pages, 9) != "The board":
        _press(pages, Key.Key_Down)
        _press(pages, Key.Key_Home)
    _press(pages, Key.Key_Down, Key.Key_End, held=Shift)
    assert pages.selected_text() == OVER_PAGES


# --- tagging and leaving ---------------------------------------------------------------------


def test_from_the_caret_to_a_link_and_to_another_document_without_a_mouse(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    _press(pages, Key.Key_Down)
    for _ in ONCE_P1.split():
        _press(pages, Key.Key_Right, held=Control | Shift)
    assert pages.selected_text() == ONCE_P1
    _press(pages, Key.Key_Return)
    palette = window.tagging.palette
    assert palette.isVisible()
    assert palette.field.hasFocus()
    QTest.keyClicks(palette.field, "12.4")
    QTest.keyClick(palette.field, Key.Key_Return)
    wait(qtbot, lambda: window.session is not None and window.session.held.links)
    settled(qtbot, window)
    assert window.session is not None
    (link,) = links_on_disk(window.session.case.path)
    assert (link.code, link.passage.anchor.quote) == ("12.4", ONCE_P1)
    assert pages.hasFocus()
    assert pages.caret_on  # one reads on from where one was
    assert pages.selected_text() == ""
    _press(pages, Key.Key_Right, held=Control)
    assert _before(pages, 3) == "and"
    _press(pages, Key.Key_End, held=Control)
    show(qtbot, window, "letter.txt")
    assert pages.caret_on
    assert _behind(pages, 4) == "Dear"
    _press(pages, Key.Key_Right, held=Control | Shift)
    assert pages.selected_text() == "Dear"


def test_escape_leaves_one_thing_after_the_other(window: MainWindow, pages: PageView) -> None:
    _press(pages, Key.Key_Right, held=Control | Shift)
    _press(pages, Key.Key_Return)
    palette = window.tagging.palette
    assert palette.isVisible()
    QTest.keyClick(palette.field, Key.Key_Escape)
    assert not palette.isVisible()
    assert pages.hasFocus()
    assert pages.selected_text() == "Inspection"
    _press(pages, Key.Key_Escape)
    assert pages.selected_text() == ""
    assert pages.caret_on
    assert _head(pages) == (0, len("Inspection"))
    _press(pages, Key.Key_Escape)
    assert not pages.caret_on
    assert pages.selection.head is None
    _press(pages, Key.Key_Return)
    assert not window.tagging.palette.isVisible()


# --- other documents, turned and empty pages -------------------------------------------------


def test_arrows_lead_where_they_point_also_from_right_to_left(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    show(qtbot, window, "odd.pdf")
    pages.go_to(RIGHT_TO_LEFT)
    click_on(pages, RIGHT_TO_LEFT, offset_of(pages, RIGHT_TO_LEFT, HEBREW[0]))
    _press(pages, Key.Key_Home)
    before = point_of(pages, *_head(pages)).x()
    for _ in range(4):
        _press(pages, Key.Key_Left, held=Shift)
        assert point_of(pages, *_head(pages)).x() < before
        before = point_of(pages, *_head(pages)).x()
    assert pages.selected_text() == HEBREW[0][:4]
    _press(pages, Key.Key_Left, held=Control | Shift)
    assert pages.selected_text() == " ".join(HEBREW[0].split()[:2])
    _press(pages, Key.Key_Right, Key.Key_Right, held=Shift)
    assert point_of(pages, *_head(pages)).x() > before - 80
    assert pages.selected_text() == HEBREW[0][: len(pages.selected_text())]
    _press(pages, Key.Key_End, held=Shift)
    assert pages.selected_text() == HEBREW[0]
    _press(pages, Key.Key_Right)
    assert point_of(pages, *_head(pages)).x() > before  # the right side of what was selected


def test_arrows_follow_the_words_of_turned_pages_and_pass_over_pages_without_any(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    show(qtbot, window, "odd.pdf")
    for page in (LYING, LYING + 1, LYING + 2):
        click_on_first(pages, page)
        _press(pages, Key.Key_Home)
        x = point_of(pages, *_head(pages)).x()
        _press(pages, Key.Key_Right)
        assert point_of(pages, *_head(pages)).x() > x
        _press(pages, Key.Key_Home)
        _press(pages, Key.Key_Down, Key.Key_End, held=Shift)
        assert pages.selected_text() == " ".join(TURNED)
    show(qtbot, window, "odd.pdf")
    pages.go_to(EMPTY)
    _press(pages, Key.Key_F7, Key.Key_F7)
    for key in (Key.Key_Right, Key.Key_Down, Key.Key_End, Key.Key_PageDown):
        _press(pages, key)
        _press(pages, key, held=Shift)
    QApplication.processEvents()
    assert pages.selected_text() == ""
    _press(pages, Key.Key_Up)
    assert _head(pages)[0] == EMPTY - 1


def click_on_first(pages: PageView, page: int) -> None:
    """Brings a page into view and clicks its first word."""
    pages.go_to(page)
    click_on(pages, page, offset_of(pages, page, TURNED[0]))
