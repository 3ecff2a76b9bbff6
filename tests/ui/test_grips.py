"""What a passage holds is changed by its ends and sides, by mouse and keys, and that is undone."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.model import Box, Link, Polarity
from tests.support import ONCE_P1, OVER_PAGES
from tests.ui.conftest import Open
from tests.ui.support import (
    Answer,
    Control,
    Left,
    None_,
    Shift,
    both,
    click_on,
    documents_of,
    drag,
    keep_words,
    links_on_disk,
    move_held,
    offset_of,
    ok,
    only,
    place_of,
    point_of,
    said,
    settle,
    settled,
    show_case,
    wait,
    words_in,
)
from ui import commands
from ui.main_window import MainWindow
from ui.pieces import Piece
from ui.viewer.grips import Grip
from ui.viewer.page_view import PageView

Key = Qt.Key
SENTENCE = f"{ONCE_P1} and see them often."
AREA: Box = (60.0, 700.0, 300.0, 780.0)


def _tag(qtbot: QtBot, window: MainWindow, words: str, code: str = "12.4") -> Link:
    """Tags words of the report, as if it had been done before, and frames them by a click."""
    session, document = window.session, documents_of(window)["report.pdf"]
    assert session is not None
    known = set(session.held.links)
    place, target = place_of(session.case, document, words), session.case.target(code)
    settle(
        qtbot,
        session,
        lambda: commands.tag(session, document, place, [target], Polarity.STRENGTH),
    )
    page, start, _ = place.spans[0]
    window.reader.pages.go_to(page)
    click_on(window.reader.pages, page, start + 4)
    return only([link for link in session.held.links.values() if link.id not in known])


@pytest.fixture
def pages(window: MainWindow) -> PageView:
    window.reader.pages.setFocus()
    return window.reader.pages


@pytest.fixture
def link(qtbot: QtBot, window: MainWindow, pages: PageView) -> Link:
    """Words of the report that are tagged and framed."""
    made = _tag(qtbot, window, ONCE_P1)
    assert pages.active == made.passage.id
    return made


@pytest.fixture
def area(qtbot: QtBot, window: MainWindow, pages: PageView) -> Link:
    """A part of the report's first page that is tagged and framed."""
    session, document = window.session, documents_of(window)["report.pdf"]
    assert session is not None
    target = session.case.target("1.1")
    settle(
        qtbot,
        session,
        lambda: commands.tag(
            session, document, Piece(0, AREA), [target], Polarity.DEVELOPMENT, "a chart"
        ),
    )
    made = only(list(session.held.links.values()))
    assert pages.active == made.passage.id  # what is new is framed
    return made


def _grip(pages: PageView, *, begins: bool = False, side: tuple[int, int] = (0, 0)) -> Grip:
    return only([each for each in pages.grips() if each.begins is begins and each.side == side])


def _pull(pages: PageView, grip: Grip, to: QPoint) -> None:
    drag(pages, grip.knob.toPoint(), to)


def _now(qtbot: QtBot, window: MainWindow) -> Link:
    """The link as it is once all is acknowledged, in the window as on disk."""
    settled(qtbot, window)
    session = window.session
    assert session is not None
    held = only(list(session.held.links.values()))
    assert held.passage == only(links_on_disk(session.case.path)).passage
    return held


def _quote_is(qtbot: QtBot, window: MainWindow, before: Link, quote: str) -> None:
    """Holds where the same link of the same passage holds other words, and nothing else differs."""
    wait(qtbot, lambda: _now(qtbot, window).passage.anchor.quote == quote)
    now = _now(qtbot, window)
    assert (now.id, now.passage.id) == (before.id, before.passage.id)
    assert (now.code, now.note, now.at, now.by) == (before.code, before.note, before.at, before.by)


# --- ends of words ---------------------------------------------------------------------------


def test_the_ends_of_a_framed_passage_can_be_taken_hold_of(pages: PageView, link: Link) -> None:
    start = offset_of(pages, 0, ONCE_P1)
    first, last = pages.grips()
    assert (first.begins, last.begins) == (True, False)
    for grip, offset in ((first, start), (last, start + len(ONCE_P1))):
        near = QPointF(point_of(pages, 0, offset)) - grip.knob
        assert near.manhattanLength() < 22
        QTest.mouseMove(pages.viewport(), grip.knob.toPoint())
        assert pages.viewport().cursor().shape() is Qt.CursorShape.SplitHCursor
        assert "Drag" in pages.viewport().toolTip()
    click_on(pages, 0, offset_of(pages, 0, "Inspection"))
    words_in(pages, 0, "Visits")
    drag(pages, *words_in(pages, 0, "Inspection"))
    assert pages.grips() == []  # something else is selected
    assert link.passage.anchor.quote == ONCE_P1


def test_an_end_is_dragged_and_that_is_undone_and_done_again(
    qtbot: QtBot, window: MainWindow, pages: PageView, link: Link
) -> None:
    _, end = words_in(pages, 0, SENTENCE)
    _pull(pages, _grip(pages), end)
    _quote_is(qtbot, window, link, SENTENCE)
    assert said(window) == "Changed what the passage holds."
    assert pages.marks_of(0)[0].end == offset_of(pages, 0, SENTENCE) + len(SENTENCE)
    _, end = words_in(pages, 0, "Social workers")
    _pull(pages, _grip(pages), end)
    _quote_is(qtbot, window, link, "Social workers")
    for key, quote in (
        (Key.Key_Z, SENTENCE), (Key.Key_Z, ONCE_P1), (Key.Key_Y, SENTENCE),
        (Key.Key_Y, "Social workers"), (Key.Key_Z, SENTENCE),
    ):  # fmt: skip
        QTest.keyClick(pages, key, Control)
        _quote_is(qtbot, window, link, quote)
        assert pages.active == link.passage.id


def test_the_beginning_is_dragged_and_an_end_dragged_past_the_other_becomes_it(
    qtbot: QtBot, window: MainWindow, pages: PageView, link: Link
) -> None:
    start, _ = words_in(pages, 0, "know their children")
    _pull(pages, _grip(pages, begins=True), start)
    _quote_is(qtbot, window, link, "know their children well")
    start, _ = words_in(pages, 0, "county of Camshire")
    _pull(pages, _grip(pages, begins=True), start)
    _quote_is(qtbot, window, link, f"county of Camshire {ONCE_P1}")
    start, _ = words_in(pages, 0, "Inspection")
    _pull(pages, _grip(pages), start)
    _quote_is(qtbot, window, link, "Inspection of the")


def test_an_end_is_dragged_over_the_end_of_a_page(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    link = _tag(qtbot, window, "The board meets every month")
    pages.set_zoom(0.5)
    _, end = words_in(pages, 1, "carried out without delay.")
    pages.go_to(0)
    _, end = point_of(pages, 1, 0), point_of(pages, 1, len("carried out without delay."))
    _pull(pages, _grip(pages), end)
    _quote_is(qtbot, window, link, OVER_PAGES)
    now = _now(qtbot, window).passage
    assert (now.page, now.page_end) == (0, 1)
    assert set(pages.marked_pages()) == {0, 1}
    QTest.keyClick(pages, Key.Key_Z, Control)
    _quote_is(qtbot, window, link, "The board meets every month")
    assert pages.marked_pages() == [0]


def test_what_is_only_clicked_or_left_changes_nothing(
    qtbot: QtBot, window: MainWindow, pages: PageView, link: Link
) -> None:
    session = window.session
    assert session is not None
    before = session.undo_stack.count()
    for begins in (True, False):
        knob = _grip(pages, begins=begins).knob.toPoint()
        QTest.mouseClick(pages.viewport(), Left, None_, knob)
        assert pages.selected_text() == ""
        assert pages.active == link.passage.id
    assert _now(qtbot, window) == link
    assert session.undo_stack.count() == before
    viewport, grip = pages.viewport(), _grip(pages)
    _, end = words_in(pages, 0, SENTENCE)
    QTest.mousePress(viewport, Left, None_, grip.knob.toPoint())
    move_held(viewport, end)
    assert pages.selected_text() == SENTENCE
    QTest.keyClick(pages, Key.Key_Escape)
    move_held(viewport, end + QPoint(0, 30))
    QTest.mouseRelease(viewport, Left, None_, end)
    assert pages.stretching.passage is None
    assert pages.selected_text() == ""
    assert _now(qtbot, window) == link
    QTest.keyClick(pages, Key.Key_E)
    QTest.keyClick(pages, Key.Key_Left, Control | Shift)
    QTest.keyClick(pages, Key.Key_Escape)
    assert pages.selected_text() == ""
    assert pages.active == link.passage.id
    QTest.keyClick(pages, Key.Key_Return)
    assert _now(qtbot, window) == link


# --- by keys ---------------------------------------------------------------------------------


def test_e_and_arrows_move_the_ends_and_enter_keeps_them(
    qtbot: QtBot, window: MainWindow, pages: PageView, link: Link
) -> None:
    QTest.keyClick(pages, Key.Key_E)
    assert pages.selected_text() == ONCE_P1
    assert "Enter keeps" in said(window)
    QTest.keyClick(pages, Key.Key_End, Shift)
    assert pages.selected_text() == SENTENCE
    QTest.keyClick(pages, Key.Key_E)
    QTest.keyClick(pages, Key.Key_Right, Control | Shift)
    assert pages.selected_text() == SENTENCE.removeprefix("Social ")
    assert _now(qtbot, window) == link  # not yet
    QTest.keyClick(pages, Key.Key_Return)
    assert not window.tagging.palette.isVisible()
    _quote_is(qtbot, window, link, SENTENCE.removeprefix("Social "))
    QTest.keyClick(pages, Key.Key_Z, Control)
    _quote_is(qtbot, window, link, ONCE_P1)


def test_e_with_nothing_framed_says_what_to_do(window: MainWindow, pages: PageView) -> None:
    QTest.keyClick(pages, Key.Key_E)
    assert "Click a highlight first" in said(window)
    assert pages.selected_text() == ""


# --- what is not done ------------------------------------------------------------------------


def test_where_another_passage_stands_exactly_nothing_is_changed_and_that_is_said(
    qtbot: QtBot, window: MainWindow, pages: PageView, link: Link
) -> None:
    other = _tag(qtbot, window, "Social workers", "1.1")
    click_on(pages, 0, offset_of(pages, 0, "know their"))
    assert pages.active == link.passage.id
    told: list[str] = []
    _, end = words_in(pages, 0, "Social workers")
    with Answer(both(keep_words(told), ok)):
        _pull(pages, _grip(pages), end)
        settled(qtbot, window)
    assert "Another passage stands exactly there already" in told[0]
    quotes = {each.id: each.passage.anchor.quote for each in links_on_disk(_path(window))}
    assert quotes == {link.id: ONCE_P1, other.id: "Social workers"}
    window.activateWindow()  # without a screen nothing else does
    wait(qtbot, lambda: QApplication.activeWindow() is window)
    QTest.keyClick(pages, Key.Key_Z, Control)  # what is undone is the tag before
    settled(qtbot, window)
    assert only(links_on_disk(_path(window))).id == link.id


def _path(window: MainWindow) -> Path:
    assert window.session is not None
    return window.session.case.path


def test_in_a_case_that_can_only_be_read_there_is_nothing_to_take_hold_of(
    qtbot: QtBot, another: Open, case_path: Path
) -> None:
    with Case.open(case_path, by="First") as case:
        report = next(each for each in case.documents() if each.filename == "report.pdf")
        link, _ = case.tag(report, ONCE_P1, "12.4", Polarity.STRENGTH)
        second = another()
        show_case(qtbot, second, case_path)
        assert second.session is not None
        assert second.session.readonly
        pages = second.reader.pages
        click_on(pages, 0, offset_of(pages, 0, ONCE_P1) + 4)
        assert pages.active == link.passage.id
        assert pages.grips() == []
        QTest.keyClick(pages, Key.Key_E)
        assert "reading only" in said(second)
        assert pages.stretching.passage is None
        second.say("")
        QTest.keyClick(pages, Key.Key_A)
        QTest.keyClick(pages, Key.Key_Return)
        assert "reading only" in said(second)
        assert not second.tagging.palette.isVisible()
        second.close()


def test_a_table_is_not_stretched_and_that_is_said(
    qtbot: QtBot, window: MainWindow, pages: PageView, area: Link
) -> None:
    anchor = area.passage.anchor
    assert anchor.region is not None
    passage = replace(
        area.passage, anchor=replace(anchor, region=replace(anchor.region, kind="table"))
    )
    pages.show_links([replace(area, passage=passage)])
    assert pages.grips() == []
    QTest.keyClick(pages, Key.Key_E)
    assert "choosing another one" in said(window)
    settled(qtbot, window)


# --- areas -----------------------------------------------------------------------------------


def _box(link: Link) -> Box:
    assert link.passage.anchor.region is not None
    return link.passage.anchor.region.box


def _picture_holds(qtbot: QtBot, window: MainWindow) -> bytes:
    """The picture of the area, which is the one it names."""
    now, session = _now(qtbot, window), window.session
    assert session is not None
    assert now.passage.anchor.region is not None
    data = session.case.picture(now.passage.id)
    assert hashlib.sha256(data).hexdigest() == now.passage.anchor.region.picture_sha256
    return data


def test_each_side_of_an_area_is_dragged_and_the_others_stay(
    qtbot: QtBot, window: MainWindow, pages: PageView, area: Link
) -> None:
    first = _picture_holds(qtbot, window)
    assert len(pages.grips()) == 8
    boxes = [AREA]
    for side, by, moves in (
        ((1, 0), QPoint(80, 0), (False, False, True, False)),
        ((0, 1), QPoint(0, 50), (False, True, False, False)),
        ((-1, -1), QPoint(40, 20), (True, False, False, True)),
    ):
        grip = _grip(pages, side=side)
        QTest.mouseMove(pages.viewport(), grip.knob.toPoint())
        assert pages.viewport().cursor().shape() is not Qt.CursorShape.ArrowCursor
        _pull(pages, grip, grip.knob.toPoint() + by)
        wait(qtbot, lambda: _box(_now(qtbot, window)) != boxes[-1])
        now = _now(qtbot, window)
        boxes.append(_box(now))
        changed = [abs(a - b) > 1 for a, b in zip(boxes[-1], boxes[-2], strict=True)]
        assert tuple(changed) == moves
        assert (now.id, now.passage.id, now.note) == (area.id, area.passage.id, "a chart")
        assert _picture_holds(qtbot, window) != first
    for expected in reversed(boxes[:-1]):
        QTest.keyClick(pages, Key.Key_Z, Control)
        wait(qtbot, lambda box=expected: _box(_now(qtbot, window)) == box)
    assert _picture_holds(qtbot, window) == first
    assert _now(qtbot, window) == area


def test_an_area_stays_on_its_page_and_is_never_turned_inside_out(
    qtbot: QtBot, window: MainWindow, pages: PageView, area: Link
) -> None:
    grip = _grip(pages, side=(1, 0))
    _pull(pages, grip, grip.knob.toPoint() - QPoint(2000, 0))
    x0, y0, x1, y1 = _box(_now(qtbot, window))
    assert x0 == pytest.approx(AREA[0], abs=1)
    assert x1 > x0
    assert (y0, y1) == pytest.approx((AREA[1], AREA[3]), abs=1)
    assert area.passage.anchor.quote != ""
    QTest.keyClick(pages, Key.Key_E)
    for key in (Key.Key_Left, Key.Key_Up):
        for _ in range(30):
            QTest.keyClick(pages, key)
        for _ in range(30):
            QTest.keyClick(pages, key, Shift)
    assert pages.piece is not None
    x0, y0, x1, y1 = pages.piece.box
    left, foot, right, top = pages.shapes[0].media
    assert left <= x0 < x1 <= right
    assert foot <= y0 < y1 <= top
    QTest.keyClick(pages, Key.Key_Escape)
    assert pages.piece is None
    assert pages.active == area.passage.id


def test_an_area_is_moved_and_sized_by_keys(
    qtbot: QtBot, window: MainWindow, pages: PageView, area: Link
) -> None:
    QTest.keyClick(pages, Key.Key_E)
    assert pages.piece is not None
    assert pages.piece.box == AREA
    assert "Arrows move it" in said(window)
    before = pages.rectangle(0, AREA)
    for _ in range(3):
        QTest.keyClick(pages, Key.Key_Right)
    QTest.keyClick(pages, Key.Key_Up, Control)
    after = pages.rectangle(0, pages.piece.box)
    assert after.width() == pytest.approx(before.width(), abs=1)
    assert after.left() - before.left() == pytest.approx(36, abs=1)
    assert after.top() - before.top() == pytest.approx(-1, abs=0.5)
    QTest.keyClick(pages, Key.Key_Right, Shift)
    QTest.keyClick(pages, Key.Key_Down, Shift)
    grown = pages.rectangle(0, pages.piece.box)
    assert grown.topLeft().toPoint() == after.topLeft().toPoint()
    assert (grown.width() - after.width(), grown.height() - after.height()) == pytest.approx(
        (12, 12), abs=1
    )
    chosen = pages.piece.box
    QTest.keyClick(pages, Key.Key_Return)
    assert not window.tagging.palette.isVisible()
    wait(qtbot, lambda: _box(_now(qtbot, window)) == chosen)
    assert _now(qtbot, window).id == area.id
    QTest.keyClick(pages, Key.Key_Z, Control)
    wait(qtbot, lambda: _box(_now(qtbot, window)) == AREA)


def test_what_is_taken_back_while_it_is_being_changed_is_let_go_of(
    qtbot: QtBot, window: MainWindow, pages: PageView, link: Link
) -> None:
    session = window.session
    assert session is not None
    QTest.keyClick(pages, Key.Key_E)
    QTest.keyClick(pages, Key.Key_Right, Shift)
    assert pages.stretching.passage == link.passage
    settle(qtbot, session, session.undo)
    assert session.held.links == {}
    assert pages.stretching.passage is None
    assert pages.chosen is None
    assert pages.grips() == []
