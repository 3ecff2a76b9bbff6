"""Tabs, two sides, the way back, and where each document was left."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QTabBar
from pytestqt.qtbot import QtBot

from cambs_evidence.model import Polarity
from tests.support import ONCE_P1
from tests.ui.conftest import Open
from tests.ui.support import (
    Answer,
    Control,
    Left,
    None_,
    Shift,
    documents_of,
    is_shown,
    press,
    select_words,
    settled,
    show,
    show_case,
    text_is_there,
    wait,
)
from ui import commands
from ui.main_window import MainWindow
from ui.viewer.desk import Side
from ui.viewer.trail import Spot, Trail

Key = Qt.Key
Alt = Qt.KeyboardModifier.AltModifier
Middle = Qt.MouseButton.MiddleButton


def _tabs(side: Side) -> list[str]:
    return [side.tabs.tabText(tab) for tab in range(side.tabs.count())]


def _current(side: Side) -> str:
    return side.tabs.tabText(side.tabs.currentIndex())


def _tab_point(tabs: QTabBar, title: str) -> QPoint:
    tab = [tabs.tabText(each) for each in range(tabs.count())].index(title)
    return tabs.tabRect(tab).center()


def _press(window: MainWindow, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
    """Presses a key where the keys act on the pages."""
    window.reader.pages.setFocus()
    QTest.keyClick(window.reader.pages, key, held)


def _three_tabs(qtbot: QtBot, window: MainWindow) -> Side:
    show(qtbot, window, "letter.txt", new_tab=True)
    show(qtbot, window, "notes.md", new_tab=True)
    side = window.desk.side
    assert _tabs(side) == ["Report", "Letter", "Notes"]
    return side


def _beside(qtbot: QtBot, window: MainWindow) -> None:
    """Puts the report on both sides; the keys act at the second."""
    _press(window, Key.Key_Backslash, Control)
    assert window.desk.beside
    assert window.desk.active == 1
    wait(qtbot, lambda: is_shown(window, "report.pdf"))


# --- tabs ------------------------------------------------------------------------------------


def test_one_document_has_no_tab_and_more_have_one_each(qtbot: QtBot, window: MainWindow) -> None:
    side = window.desk.side
    assert not side.tabs.isVisible()
    show(qtbot, window, "letter.txt")
    assert side.tabs.count() == 1  # in place of the report
    show(qtbot, window, "notes.md", new_tab=True)
    assert side.tabs.isVisible()
    show(qtbot, window, "letter.txt")  # it has a tab, which is gone to
    assert (side.tabs.count(), side.tabs.currentIndex()) == (2, 0)
    show(qtbot, window, "letter.txt", new_tab=True)
    assert side.tabs.count() == 2


def test_tabs_are_gone_through_by_keys_and_clicks_and_named_by_titles(
    qtbot: QtBot, window: MainWindow
) -> None:
    side = _three_tabs(qtbot, window)
    for held, expected in (
        (Control, "report.pdf"), (Control, "letter.txt"), (Control | Shift, "report.pdf"),
        (Control | Shift, "notes.md"),
    ):  # fmt: skip
        _press(window, Key.Key_Tab, held)
        wait(qtbot, lambda name=expected: is_shown(window, name))
    QTest.mouseClick(side.tabs, Left, None_, _tab_point(side.tabs, "Letter"))
    wait(qtbot, lambda: is_shown(window, "letter.txt"))
    assert window.documents.current() == documents_of(window)["letter.txt"]
    side = _three_tabs(qtbot, window)
    assert window.session is not None
    commands.describe(window.session, documents_of(window)["letter.txt"], title="To & fro")
    wait(qtbot, lambda: _tabs(side) == ["Report", "To && fro", "Notes"])


def test_a_closed_tab_leaves_its_neighbour_and_the_last_one_leaves_words(
    qtbot: QtBot, window: MainWindow
) -> None:
    side = _three_tabs(qtbot, window)
    _press(window, Key.Key_W, Control)
    wait(qtbot, lambda: is_shown(window, "letter.txt"))
    _press(window, Key.Key_F4, Control)
    wait(qtbot, lambda: is_shown(window, "report.pdf"))
    assert not side.tabs.isVisible()
    _press(window, Key.Key_W, Control)
    assert window.reader.document is None
    assert window.reader.empty.isVisible()
    assert "Choose a document" in window.reader.empty.text()
    assert not window.actions_.named["find"].isEnabled()
    show(qtbot, window, "notes.md")
    assert _tabs(side) == ["Notes"]
    session, document = window.session, documents_of(window)["report.pdf"]
    assert session is not None
    _press(window, Key.Key_W, Control)
    place = session.case.find(document, ONCE_P1)
    commands.tag(session, document, place, [session.case.target("12.4")], Polarity.STRENGTH)
    settled(qtbot, window)
    assert len(session.held.links) == 1
    assert window.reader.document is None


def test_the_middle_button_and_the_cross_close_a_tab_wherever_it_stands(
    qtbot: QtBot, window: MainWindow
) -> None:
    side = _three_tabs(qtbot, window)
    show(qtbot, window, "report.pdf")
    QTest.mouseClick(side.tabs, Middle, None_, _tab_point(side.tabs, "Letter"))
    assert _tabs(side) == ["Report", "Notes"]
    assert is_shown(window, "report.pdf")
    cross = next(
        button
        for where in (QTabBar.ButtonPosition.LeftSide, QTabBar.ButtonPosition.RightSide)
        if isinstance(button := side.tabs.tabButton(1, where), QAbstractButton)
    )
    assert cross.accessibleName() == "Close Notes"
    QTest.mouseClick(cross, Left)
    assert _tabs(side) == ["Report"]
    assert is_shown(window, "report.pdf")
    assert not side.tabs.isVisible()  # one document alone needs none
    assert documents_of(window).keys() == {"report.pdf", "letter.txt", "notes.md"}


# --- two sides -------------------------------------------------------------------------------


def test_two_sides_show_two_documents_and_the_keys_act_where_one_clicks(
    qtbot: QtBot, window: MainWindow
) -> None:
    _beside(qtbot, window)
    first, second = window.desk.sides
    show(qtbot, window, "letter.txt")
    assert first.reader.document == documents_of(window)["report.pdf"]
    assert second.reader.document == documents_of(window)["letter.txt"]
    select_words(second.reader.pages, 0, "Dear director")
    QTest.mouseClick(first.reader.pages.viewport(), Left, None_, QPoint(5, 200))
    assert window.desk.active == 0
    assert window.documents.current() == first.reader.document  # what F2 and Del would act on
    select_words(first.reader.pages, 0, ONCE_P1)
    assert second.reader.pages.selected_text() == "Dear director"
    zoom = second.reader.pages.zoom
    _press(window, Key.Key_0, Control)
    assert (first.reader.pages.zoom, second.reader.pages.zoom) == (1.0, zoom)
    second.reader.pages.setFocus()
    assert window.desk.active == 1
    _press(window, Key.Key_Backslash, Control)
    assert not second.isVisible()
    assert is_shown(window, "report.pdf")
    assert window.reader is first.reader


def test_a_link_made_on_one_side_is_shown_on_both(qtbot: QtBot, window: MainWindow) -> None:
    _beside(qtbot, window)
    first, second = (side.reader.pages for side in window.desk.sides)
    select_words(second, 0, ONCE_P1)
    QTest.keyClick(second, Key.Key_T)
    QTest.keyClicks(window.tagging.palette.field, "12.4")
    QTest.keyClick(window.tagging.palette.field, Key.Key_Return)
    wait(qtbot, lambda: first.marks_of(0) and second.marks_of(0))
    assert first.marks_of(0)[0].links == second.marks_of(0)[0].links


def test_closing_the_last_tab_of_a_side_leaves_the_other(qtbot: QtBot, window: MainWindow) -> None:
    _beside(qtbot, window)
    show(qtbot, window, "letter.txt")
    window.desk.sides[0].reader.pages.setFocus()
    _press(window, Key.Key_W, Control)  # what the second side shows takes the place of the first
    assert not window.desk.beside
    wait(qtbot, lambda: is_shown(window, "letter.txt"))
    _press(window, Key.Key_Backslash, Control)
    show(qtbot, window, "notes.md")
    _press(window, Key.Key_W, Control)
    assert not window.desk.beside
    wait(qtbot, lambda: is_shown(window, "letter.txt"))
    assert _tabs(window.desk.side) == ["Letter"]


# --- documents that are taken away -----------------------------------------------------------


def _remove(qtbot: QtBot, window: MainWindow, filename: str) -> None:
    window.documents.select(documents_of(window)[filename].id)
    window.documents.view.setFocus()
    QTest.keyClick(window.documents.view, Key.Key_Delete)
    wait(qtbot, lambda: filename not in documents_of(window))
    settled(qtbot, window)


def test_a_document_taken_away_takes_its_tab_and_undo_brings_it_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    side = _three_tabs(qtbot, window)
    _remove(qtbot, window, "letter.txt")
    assert _tabs(side) == ["Report", "Notes"]
    assert is_shown(window, "notes.md")
    _remove(qtbot, window, "notes.md")
    wait(qtbot, lambda: is_shown(window, "report.pdf"))
    _press(window, Key.Key_Z, Control)
    wait(qtbot, lambda: "notes.md" in documents_of(window))
    show(qtbot, window, "notes.md")
    assert "Minutes" in window.reader.pages.selection.text.pages[0].text  # type: ignore[union-attr]


def test_the_only_document_shown_is_taken_away_and_another_one_is_shown(
    qtbot: QtBot, window: MainWindow
) -> None:
    for name, left in (("report.pdf", True), ("letter.txt", True), ("notes.md", False)):
        _remove(qtbot, window, name)
        wait(qtbot, lambda more=left: (window.reader.document is not None) is more)
    assert window.reader.empty.isVisible()
    assert "Drop files" in window.reader.empty.text()
    _press(window, Key.Key_Z, Control)
    wait(qtbot, lambda: is_shown(window, "notes.md"))


@pytest.mark.parametrize("more", [False, True])
def test_a_document_on_both_sides_is_taken_away_from_both(
    qtbot: QtBot, window: MainWindow, more: bool
) -> None:
    _beside(qtbot, window)
    if more:
        show(qtbot, window, "letter.txt", new_tab=True)
        show(qtbot, window, "report.pdf")
    gone = documents_of(window)["report.pdf"]
    _remove(qtbot, window, "report.pdf")
    wait(qtbot, lambda: text_is_there(window))
    for side in window.desk.sides:
        assert gone.id not in side.documents()
        assert side.reader.document is not None
        assert side.reader.document.id == documents_of(window)["letter.txt"].id
        assert side.documents() == [side.reader.document.id]


# --- back and forward ------------------------------------------------------------------------


def _where(window: MainWindow) -> tuple[str, int]:
    document = window.reader.document
    return document.filename if document else "", window.reader.pages.page


def _go_to_page(window: MainWindow, number: int) -> None:
    _press(window, Key.Key_G, Control)
    QTest.keyClicks(window.tools.page, str(number))
    QTest.keyClick(window.tools.page, Key.Key_Return)
    assert window.reader.pages.page == number - 1


def test_back_and_forward_lead_through_pages_and_documents(
    qtbot: QtBot, window: MainWindow
) -> None:
    back, forward = (window.actions_.named[name] for name in ("back", "forward"))
    assert not back.isEnabled()
    _go_to_page(window, 3)
    show(qtbot, window, "letter.txt")
    show(qtbot, window, "notes.md")
    assert (back.isEnabled(), forward.isEnabled()) == (True, False)
    for key, expected in (
        (Key.Key_Left, ("letter.txt", 0)), (Key.Key_Left, ("report.pdf", 2)),
        (Key.Key_Left, ("report.pdf", 0)), (Key.Key_Right, ("report.pdf", 2)),
        (Key.Key_Right, ("letter.txt", 0)),
    ):  # fmt: skip
        _press(window, key, Alt)
        wait(qtbot, lambda told=expected: text_is_there(window) and _where(window) == told)
        assert window.documents.current() == window.reader.document
    assert forward.isEnabled()
    show(qtbot, window, "report.pdf")  # another way: what was ahead is no longer
    assert not forward.isEnabled()
    _go_to_page(window, 1)
    _go_to_page(window, 3)
    viewport = window.reader.pages.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.BackButton, None_, QPoint(200, 200))
    assert _where(window) == ("report.pdf", 0)
    QTest.mouseClick(viewport, Qt.MouseButton.ForwardButton, None_, QPoint(200, 200))
    assert _where(window) == ("report.pdf", 2)


def test_the_way_back_passes_over_documents_that_are_no_longer_there(
    qtbot: QtBot, window: MainWindow
) -> None:
    show(qtbot, window, "letter.txt")
    show(qtbot, window, "notes.md")
    _remove(qtbot, window, "letter.txt")
    _press(window, Key.Key_Left, Alt)
    wait(qtbot, lambda: is_shown(window, "report.pdf"))
    assert not window.actions_.named["back"].isEnabled()
    _press(window, Key.Key_Z, Control)
    wait(qtbot, lambda: "letter.txt" in documents_of(window))
    _press(window, Key.Key_Right, Alt)
    wait(qtbot, lambda: is_shown(window, "notes.md"))


_SPOTS = some.builds(Spot, some.sampled_from("abc"), some.integers(0, 9), some.floats(0, 0.9))


@given(spots=some.lists(_SPOTS, max_size=12))
def test_going_all_the_way_back_and_forward_again_ends_where_it_began(spots: list[Spot]) -> None:
    trail = Trail()
    for spot in spots:
        trail.leave(spot)
    here = end = Spot("d", 0, 0.0)
    passed = []
    while (found := trail.back(here, lambda _: True)) is not None:
        here = found
        passed.append(found)
    assert not trail.behind
    assert len(passed) <= len(spots)
    assert all(not one.near(other) for one, other in pairwise(passed))
    for expected in [*reversed(passed[:-1]), *([end] if passed else [])]:
        here = trail.forward(here, lambda _: True) or here
        assert here == expected
    assert trail.forward(here, lambda _: True) is None


@given(spots=some.lists(_SPOTS, max_size=12), gone=some.sets(some.sampled_from("abc")))
def test_a_trail_never_leads_to_what_is_gone(spots: list[Spot], gone: set[str]) -> None:
    trail = Trail()
    for spot in spots:
        trail.leave(spot)
    here = Spot("d", 0, 0.0)
    for turn in [trail.back] * 13 + [trail.forward] * 13:
        found = turn(here, lambda each: each.document not in gone)
        if found is not None:
            assert found.document not in gone
            here = found


def test_a_trail_has_an_end() -> None:
    trail = Trail()
    for page in range(1000):
        trail.leave(Spot("a", page, 0.0))
    assert len(trail.behind) == 200
    assert trail.behind[-1].page == 999


# --- where documents were left ---------------------------------------------------------------


def test_each_document_comes_back_as_it_was_left(qtbot: QtBot, window: MainWindow) -> None:
    pages = window.reader.pages
    _press(window, Key.Key_R, Control)
    pages.restore(1, 0.3)
    left = pages.position()
    show(qtbot, window, "letter.txt")
    assert (pages.turn, pages.page) == (0, 0)
    show(qtbot, window, "report.pdf")
    assert pages.turn == 90
    assert pages.position() == (left[0], pytest.approx(left[1], abs=0.02))


def test_tabs_sides_pages_and_turns_are_there_after_closing_and_opening(
    qtbot: QtBot, window: MainWindow, another: Open, case_path: Path
) -> None:
    _three_tabs(qtbot, window)
    _press(window, Key.Key_R, Control | Shift)  # the notes lie
    show(qtbot, window, "report.pdf")
    _press(window, Key.Key_Backslash, Control)
    wait(qtbot, lambda: text_is_there(window))
    second = window.reader.pages
    _press(window, Key.Key_1, Control)
    second.restore(2, 0.1)
    window.desk.sides[0].reader.pages.setFocus()
    show(qtbot, window, "letter.txt")
    window.close()
    again = another()
    show_case(qtbot, again, case_path)
    wait(qtbot, lambda: all(side.reader.pages.document for side in again.desk.sides))
    assert [_tabs(side) for side in again.desk.sides] == [["Report", "Letter", "Notes"], ["Report"]]
    assert [_current(side) for side in again.desk.sides] == ["Letter", "Report"]
    assert (again.desk.active, again.reader) == (0, again.desk.sides[0].reader)
    pages = again.desk.sides[1].reader.pages
    assert (pages.page, pages.fit) == (2, "width")
    show(qtbot, again, "notes.md")
    assert again.reader.pages.turn == 270


def test_what_was_left_in_a_document_since_taken_away_is_forgotten(
    qtbot: QtBot, window: MainWindow, another: Open, case_path: Path
) -> None:
    _beside(qtbot, window)
    show(qtbot, window, "letter.txt")
    window.close()
    second = another()
    show_case(qtbot, second, case_path)
    session, document = second.session, documents_of(second)["letter.txt"]
    assert session is not None
    session.case.remove(document)  # behind the window's back
    second.close()
    third = another()
    show_case(qtbot, third, case_path)
    assert not third.desk.beside
    assert is_shown(third, "report.pdf")


def test_a_document_with_links_is_asked_for_once_although_it_has_a_tab(
    qtbot: QtBot, window: MainWindow
) -> None:
    session, document = window.session, documents_of(window)["report.pdf"]
    assert session is not None
    place = session.case.find(document, ONCE_P1)
    commands.tag(session, document, place, [session.case.target("12.4")], Polarity.STRENGTH)
    settled(qtbot, window)
    show(qtbot, window, "letter.txt", new_tab=True)
    window.documents.select(document.id)
    window.documents.view.setFocus()
    with Answer(press("Remove it")):
        QTest.keyClick(window.documents.view, Key.Key_Delete)
    wait(qtbot, lambda: "report.pdf" not in documents_of(window))
    assert _tabs(window.desk.side) == ["Letter"]
    assert is_shown(window, "letter.txt")
