"""The pages: words are selected to the character, and everything stays where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cambs_evidence.documents.rendering import Wish
from cambs_evidence.model import Document, Link, Place, Polarity
from cambs_evidence.wording import moment_in_words
from tests.support import ONCE_P1, ONCE_P2, ONCE_P3, OVER_PAGES, REPEATED
from tests.ui.support import (
    Control,
    Left,
    None_,
    Shift,
    click_on,
    drag,
    move_held,
    offset_of,
    place_of,
    point_of,
    point_on,
    settle,
    wait,
)
from ui import commands
from ui.session import Session
from ui.theme import HIGHLIGHT, SELECTED, Theme
from ui.viewer import page_view
from ui.viewer.bitmaps import Bitmaps
from ui.viewer.desk import Desk
from ui.viewer.geometry import LEAST_ZOOM, MOST_ZOOM, STEPS
from ui.viewer.page_view import PageView
from ui.viewer.reader import Reader

Key = Qt.Key


@pytest.fixture
def reader(qtbot: QtBot, theme: Theme, session: Session) -> Iterator[Reader]:
    """A reader that shows the report, with its text."""
    desk = Desk(theme)
    desk.resize(820, 620)
    with qtbot.waitExposed(desk):
        desk.show()
    desk.use(session)
    made = desk.reader
    _show(qtbot, made, _document(session))
    made.pages.setFocus()
    yield made
    desk.use(None)
    desk.close()
    desk.deleteLater()


@pytest.fixture
def pages(reader: Reader) -> PageView:
    return reader.pages


def _document(session: Session, filename: str = "report.pdf") -> Document:
    return next(each for each in session.held.documents.values() if each.filename == filename)


def _show(qtbot: QtBot, reader: Reader, document: Document) -> None:
    done: list[bool] = []
    reader.show_document(document, then=lambda: done.append(True))
    wait(qtbot, lambda: done)


def _view(pages: PageView) -> tuple[int, int]:
    return pages.viewport().width(), pages.viewport().height()


def _picture(pages: PageView) -> QImage:
    return pages.viewport().grab().toImage()


def _colours(pages: PageView, page: int, words: str) -> set[str]:
    """The colours between two words, where no letter stands."""
    image = _picture(pages)
    ratio = image.devicePixelRatio()
    found = set()
    start = offset_of(pages, page, words)
    for place, letter in enumerate(words):
        if letter == " ":
            before = point_of(pages, page, start + place)
            where = (before + point_of(pages, page, start + place + 1)) / 2
            found.add(image.pixelColor(where * ratio).name())
    return found


# --- selecting with the mouse ----------------------------------------------------------------


def test_a_drag_selects_to_the_character(pages: PageView) -> None:
    start = offset_of(pages, 0, ONCE_P1)
    for first, last in ((0, 6), (7, 14), (3, len(ONCE_P1))):
        drag(pages, point_of(pages, 0, start + first), point_of(pages, 0, start + last))
        assert pages.selected_text() == ONCE_P1[first:last].strip()
        assert pages.selection.place == Place(((0, start + first, start + last),))


def test_a_drag_backwards_selects_the_same(pages: PageView) -> None:
    start = offset_of(pages, 0, ONCE_P1)
    drag(pages, point_of(pages, 0, start + 14), point_of(pages, 0, start + 7))
    assert pages.selected_text() == ONCE_P1[7:14]
    assert pages.selection.head == (0, start + 7)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=some.data(), zoom=some.sampled_from([0.5, 0.9, 1.3, 2.0]))
def test_wherever_a_drag_goes_from_and_to_the_characters_between_are_selected(
    pages: PageView, data: some.DataObject, zoom: float
) -> None:
    pages.set_zoom(zoom)
    line = data.draw(some.sampled_from([ONCE_P1, REPEATED, "Practice is strong where"]))
    first = data.draw(some.integers(0, len(line) - 2))
    last = data.draw(some.integers(first + 2, len(line)))
    start = offset_of(pages, 0, line)
    pages.go_to(0, pages.selection.text.quads(Place(((0, start, start + len(line)),)))[0])  # type: ignore[union-attr]
    one, other = point_of(pages, 0, start + first), point_of(pages, 0, start + last)
    if (other - one).manhattanLength() < QApplication.startDragDistance():
        return
    QTest.mouseClick(pages.viewport(), Left, None_, QPoint(2, 2))
    pages.selection.clear()
    drag(pages, one, other)
    assert pages.selected_text() == line[first:last].strip()


def test_a_drag_over_lines_is_quoted_as_it_is_read(pages: PageView) -> None:
    start = offset_of(pages, 0, "and safe-")
    end = offset_of(pages, 0, "guarding") + len("guarding")
    drag(pages, point_of(pages, 0, start), point_of(pages, 0, end))
    assert pages.selected_text() == "and safeguarding"


def test_a_drag_over_the_end_of_a_page_selects_on_both(pages: PageView) -> None:
    pages.set_zoom(0.4)
    pages.go_to(0)
    start = offset_of(pages, 0, "The board meets")
    end = offset_of(pages, 1, "without delay.") + len("without delay.")
    drag(pages, point_of(pages, 0, start), point_of(pages, 1, end))
    assert pages.selected_text() == OVER_PAGES
    assert set(pages.selection.quads) == {0, 1}


def test_a_double_click_selects_the_word(pages: PageView) -> None:
    where = point_on(pages, 0, offset_of(pages, 0, "workers know") + 2)
    _double_click(pages, where)
    assert pages.selected_text() == "workers"


def test_a_third_click_selects_the_line_and_a_fourth_the_paragraph(pages: PageView) -> None:
    where = point_on(pages, 0, offset_of(pages, 0, "strong where") + 2)
    _double_click(pages, where)
    _mouse(pages, QEvent.Type.MouseButtonPress, where, Left)
    QTest.mouseRelease(pages.viewport(), Left, None_, where)
    assert pages.selected_text() == "Practice is strong where teams are stable, and safe-"
    _mouse(pages, QEvent.Type.MouseButtonPress, where, Left)
    QTest.mouseRelease(pages.viewport(), Left, None_, where)
    assert pages.selected_text().startswith("Practice is strong")
    assert "everybody's business in the county." in pages.selected_text()
    assert "Visits" not in pages.selected_text()


def test_a_drag_after_a_double_click_goes_by_words(pages: PageView) -> None:
    start = offset_of(pages, 0, ONCE_P1)
    where = point_on(pages, 0, start + 9)
    viewport = pages.viewport()
    _mouse(pages, QEvent.Type.MouseButtonPress, where, Left)
    QTest.mouseRelease(viewport, Left, None_, where)
    _mouse(pages, QEvent.Type.MouseButtonDblClick, where, Left)
    for offset in (16, 23):
        _mouse(pages, QEvent.Type.MouseMove, point_on(pages, 0, start + offset), None)
    QTest.mouseRelease(viewport, Left, None_, point_on(pages, 0, start + 23))
    assert pages.selected_text() == "workers know their"
    assert ONCE_P1[23] in "their"


def _double_click(pages: PageView, point: QPoint) -> None:
    """Clicks twice as the window system tells it: press, release, double click, release."""
    window = pages.window()
    QTest.mouseDClick(window.windowHandle(), Left, None_, pages.viewport().mapTo(window, point))


def _mouse(pages: PageView, kind: QEvent.Type, point: QPoint, button: object) -> None:
    viewport = pages.viewport()
    pressed = Left if button is Left else Qt.MouseButton.NoButton
    event = QMouseEvent(
        kind, QPointF(point), QPointF(viewport.mapToGlobal(point)), pressed, Left, None_
    )
    if kind is not QEvent.Type.MouseMove:
        event.setTimestamp(pages._mouse.last_click[0] + 1)
    QApplication.sendEvent(viewport, event)


def test_shift_and_a_click_go_on_from_where_the_selection_began(pages: PageView) -> None:
    start = offset_of(pages, 0, ONCE_P1)
    drag(pages, point_of(pages, 0, start), point_of(pages, 0, start + 6))
    QTest.mouseClick(pages.viewport(), Left, Shift, point_of(pages, 0, start + len(ONCE_P1)))
    assert pages.selected_text() == ONCE_P1
    QTest.mouseClick(pages.viewport(), Left, Shift, point_of(pages, 0, start + 14))
    assert pages.selected_text() == ONCE_P1[:14]


def test_a_click_elsewhere_selects_nothing(qtbot: QtBot, pages: PageView) -> None:
    start = offset_of(pages, 0, ONCE_P1)
    drag(pages, point_of(pages, 0, start), point_of(pages, 0, start + 6))
    with qtbot.waitSignal(pages.selection_changed):
        click_on(pages, 0, offset_of(pages, 0, "Inspection"))
    assert pages.selected_text() == ""
    assert pages.selection.place is None


def test_a_click_on_what_is_selected_selects_nothing_once_it_is_let_go(pages: PageView) -> None:
    start = offset_of(pages, 0, ONCE_P1)
    drag(pages, point_of(pages, 0, start), point_of(pages, 0, start + 14))
    QTest.mousePress(pages.viewport(), Left, None_, point_on(pages, 0, start + 4))
    assert pages.selected_text() == ONCE_P1[:14]
    QTest.mouseRelease(pages.viewport(), Left, None_, point_on(pages, 0, start + 4))
    assert pages.selected_text() == ""


def test_escape_selects_nothing(pages: PageView) -> None:
    start = offset_of(pages, 0, ONCE_P1)
    drag(pages, point_of(pages, 0, start), point_of(pages, 0, start + 6))
    QTest.keyClick(pages, Key.Key_Escape)
    assert pages.selection.place is None
    assert pages.selection.head is None


def test_what_is_selected_is_coloured_where_it_stands(qtbot: QtBot, pages: PageView) -> None:
    wait(qtbot, lambda: pages.bitmaps.size > 0)  # type: ignore[union-attr]
    assert SELECTED.name() not in _colours(pages, 0, ONCE_P1)
    start = offset_of(pages, 0, ONCE_P1)
    drag(pages, point_of(pages, 0, start), point_of(pages, 0, start + len(ONCE_P1)))
    assert SELECTED.name() in _colours(pages, 0, ONCE_P1)
    assert SELECTED.name() not in _colours(pages, 0, "in the county.")


# --- selecting with keys ---------------------------------------------------------------------


def test_shift_and_arrows_select_by_character_word_and_line(pages: PageView) -> None:
    start = offset_of(pages, 0, ONCE_P1)
    click_on(pages, 0, start)
    pages.selection.begin_at(0)
    QTest.keyClick(pages, Key.Key_Right, Shift)
    QTest.keyClick(pages, Key.Key_Right, Shift)
    assert pages.selected_text() == "In"
    QTest.keyClick(pages, Key.Key_Left, Shift)
    assert pages.selected_text() == "I"
    QTest.keyClick(pages, Key.Key_Right, Control | Shift)
    assert pages.selected_text() == "Inspection"
    QTest.keyClick(pages, Key.Key_Right, Control | Shift)
    assert pages.selected_text() == "Inspection of"
    QTest.keyClick(pages, Key.Key_Left, Control | Shift)
    assert pages.selected_text() == "Inspection"
    QTest.keyClick(pages, Key.Key_Down, Shift)
    assert pages.selected_text().startswith("Inspection of the county of Camshire")
    assert "Social" in pages.selected_text()
    QTest.keyClick(pages, Key.Key_Up, Shift)
    assert pages.selected_text() == "Inspection"


def test_selecting_with_keys_begins_at_the_first_word_of_the_page_in_view(
    pages: PageView,
) -> None:
    pages.go_to(1)
    assert pages.page == 1
    QTest.keyClick(pages, Key.Key_Right, Control | Shift)
    assert pages.selected_text() == "carried"


def test_keys_select_over_the_end_of_a_page(pages: PageView) -> None:
    start = offset_of(pages, 0, "decisions are")
    where = pages.selection.text.quads(Place(((0, start, start + 9),)))[0]  # type: ignore[union-attr]
    pages.go_to(0, where)
    drag(pages, point_of(pages, 0, start), point_of(pages, 0, start + len("decisions are")))
    for _ in range(4):
        QTest.keyClick(pages, Key.Key_Right, Control | Shift)
    text = pages.selected_text()
    assert text.startswith("decisions are carried out")
    assert pages.selection.head is not None
    assert pages.selection.head[0] == 1
    for _ in range(4):
        QTest.keyClick(pages, Key.Key_Left, Control | Shift)
    assert pages.selected_text() == "decisions are"


def test_what_keys_select_stays_in_view(pages: PageView) -> None:
    pages.set_zoom(2.0)
    pages.selection.begin_at(0)
    QTest.keyClick(pages, Key.Key_Right, Shift)
    for _ in range(14):
        QTest.keyClick(pages, Key.Key_Down, Shift)
    head = pages.selection.head
    assert head is not None
    assert head[0] >= 1
    where = point_of(pages, *head)
    assert pages.viewport().rect().contains(where)


def test_keys_select_nothing_where_there_is_no_text_yet(pages: PageView) -> None:
    pages.selection.read(None)
    QTest.keyClick(pages, Key.Key_Right, Shift)
    assert pages.selected_text() == ""


def test_enter_asks_for_a_tag_only_while_words_are_selected(qtbot: QtBot, pages: PageView) -> None:
    with qtbot.assertNotEmitted(pages.tag_wanted):
        QTest.keyClick(pages, Key.Key_Return)
    QTest.keyClick(pages, Key.Key_Right, Control | Shift)
    with qtbot.waitSignal(pages.tag_wanted):
        QTest.keyClick(pages, Key.Key_Return)


def test_copying_gives_the_quote(pages: PageView) -> None:
    start = offset_of(pages, 0, "and safe-")
    end = offset_of(pages, 0, "guarding") + len("guarding")
    drag(pages, point_of(pages, 0, start), point_of(pages, 0, end))
    pages.copy()
    assert QGuiApplication.clipboard().text() == "and safeguarding"
    pages.selection.clear()
    pages.copy()
    assert QGuiApplication.clipboard().text() == "and safeguarding"


# --- highlights ------------------------------------------------------------------------------


Tag = Callable[..., Link]


@pytest.fixture
def tag(qtbot: QtBot, session: Session, reader: Reader) -> Tag:
    """Tags words of the report and shows the highlight."""

    def call(words: str, code: str, polarity: Polarity = Polarity.STRENGTH) -> Link:
        document, known = _document(session), set(session.held.links)
        place, target = place_of(session.case, document, words), session.case.target(code)
        settle(qtbot, session, lambda: commands.tag(session, document, place, [target], polarity))
        reader.show_links()
        return next(link for key, link in session.held.links.items() if key not in known)

    return call


@pytest.fixture
def link(tag: Tag) -> Link:
    return tag(ONCE_P1, "12.4")


def test_a_highlight_is_drawn_in_the_colour_of_its_polarity(
    qtbot: QtBot, pages: PageView, link: Link
) -> None:
    wait(qtbot, lambda: pages.bitmaps.size > 0)  # type: ignore[union-attr]
    tint = HIGHLIGHT[link.polarity][0].name()
    assert tint in _colours(pages, 0, ONCE_P1)
    assert tint not in _colours(pages, 0, "in the county.")


def test_a_click_on_a_highlight_chooses_its_link(qtbot: QtBot, pages: PageView, link: Link) -> None:
    with qtbot.waitSignal(pages.link_chosen) as signal:
        click_on(pages, 0, offset_of(pages, 0, ONCE_P1) + 8)
    assert signal.args == [link]
    with qtbot.assertNotEmitted(pages.link_chosen):
        click_on(pages, 0, offset_of(pages, 0, "Inspection"))


def test_a_drag_that_begins_on_a_highlight_selects(
    qtbot: QtBot, pages: PageView, link: Link
) -> None:
    start = offset_of(pages, 0, ONCE_P1)
    assert link.passage.anchor.spans[0].start == start
    with qtbot.assertNotEmitted(pages.link_chosen):
        drag(pages, point_of(pages, 0, start), point_of(pages, 0, start + 6))
    assert pages.selected_text() == ONCE_P1[:6]


def test_a_click_on_the_tag_beside_the_page_chooses_its_link(
    qtbot: QtBot, pages: PageView, tag: Tag, link: Link
) -> None:
    other = tag(ONCE_P1, "1.1", Polarity.DEVELOPMENT)
    _picture(pages)
    tags = {tag.link.code: tag.rect for tag in pages._tags}
    assert tags.keys() == {"12.4", "1.1"}
    assert not tags["12.4"].intersects(tags["1.1"])
    for code, expected in (("1.1", other), ("12.4", link)):
        with qtbot.waitSignal(pages.link_chosen) as signal:
            qtbot.mouseClick(pages.viewport(), Left, None_, tags[code].center().toPoint())
        assert signal.args == [expected]


def test_of_passages_on_the_same_words_the_shortest_is_chosen(
    qtbot: QtBot, pages: PageView, tag: Tag, link: Link
) -> None:
    inner = tag("know their children", "1.1")
    with qtbot.waitSignal(pages.link_chosen) as signal:
        click_on(pages, 0, offset_of(pages, 0, "know their") + 1)
    assert signal.args == [inner]
    with qtbot.waitSignal(pages.link_chosen) as signal:
        click_on(pages, 0, offset_of(pages, 0, ONCE_P1) + 1)
    assert signal.args == [link]


def test_the_pointer_on_a_highlight_says_what_it_is_evidence_for(
    pages: PageView, link: Link
) -> None:
    QTest.mouseMove(pages.viewport(), point_on(pages, 0, offset_of(pages, 0, ONCE_P1) + 3))
    day = moment_in_words(link.at)
    said = pages.viewport().toolTip().splitlines()
    assert said[0].startswith("12.4 ")
    assert said[1:] == [f"Strength, by Tester, {day}"]
    assert pages.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(pages.viewport(), point_on(pages, 0, offset_of(pages, 0, "Inspection")))
    assert pages.viewport().toolTip() == ""
    assert pages.viewport().cursor().shape() is Qt.CursorShape.IBeamCursor
    assert link.code == "12.4"


def test_a_passage_over_two_pages_is_drawn_on_both_and_named_once(
    pages: PageView, tag: Tag
) -> None:
    made = tag(OVER_PAGES, "1.1")
    assert set(pages._marks) == {0, 1}
    pages.set_zoom(0.4)
    _picture(pages)
    assert [tag.link.id for tag in pages._tags] == [made.id]


# --- zoom and place --------------------------------------------------------------------------


def _wheel(pages: PageView, point: QPoint, notches: float, held: Qt.KeyboardModifier) -> None:
    viewport = pages.viewport()
    event = QWheelEvent(
        QPointF(point), QPointF(viewport.mapToGlobal(point)), QPoint(),
        QPoint(0, round(120 * notches)), Qt.MouseButton.NoButton, held,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def test_control_and_the_wheel_zoom_and_the_wheel_alone_scrolls(pages: PageView) -> None:
    before, where = pages.zoom, pages.verticalScrollBar().value()
    _wheel(pages, QPoint(300, 300), -1, None_)
    assert pages.zoom == before
    assert pages.verticalScrollBar().value() > where
    _wheel(pages, QPoint(300, 300), 1, Control)
    assert pages.zoom == pytest.approx(before * 1.15)
    _wheel(pages, QPoint(300, 300), -2, Control)
    assert pages.zoom == pytest.approx(before / 1.15)
    assert pages.fit is None


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    zoom=some.floats(0.6, 4),
    factor=some.floats(0.7, 1.6),
    x=some.integers(150, 600),
    y=some.integers(0, 600),
    share=some.floats(0.2, 0.8),
)
def test_zooming_keeps_the_point_under_the_pointer(
    pages: PageView, zoom: float, factor: float, x: int, y: int, share: float
) -> None:
    pages.set_zoom(zoom)
    down, across = pages.verticalScrollBar(), pages.horizontalScrollBar()
    down.setValue(round(share * down.maximum()))
    across.setValue(round(share * across.maximum()))
    page, user_x, user_y = pages.point_on_page(QPointF(x, y))
    height = pages._column.page_size(page)[1]
    sheet_y = down.value() + y - pages._column.top(page)
    if not 0 <= sheet_y <= height:
        return  # between two pages there is no point of a page
    pages.set_zoom(zoom * factor, QPointF(x, y))
    seen = pages.rectangle(page, (user_x, user_y, user_x, user_y)).topLeft()
    if 0 < down.value() < down.maximum():
        assert abs(seen.y() - y) <= 1.5
    if 0 < across.value() < across.maximum() and across.maximum() > 0:
        assert abs(seen.x() - x) <= 1.5


def test_zoom_by_key_goes_through_the_steps_to_the_ends(pages: PageView) -> None:
    pages.set_zoom(1.0)
    seen = []
    for _ in range(len(STEPS)):
        pages.zoom_step(larger=True)
        seen.append(pages.zoom)
    assert seen[:3] == [1.1, 1.25, 1.5]
    assert pages.zoom == MOST_ZOOM
    for _ in range(len(STEPS) + 1):
        pages.zoom_step(larger=False)
    assert pages.zoom == LEAST_ZOOM


@pytest.mark.parametrize("fit", ["width", "page"])
def test_what_is_fitted_stays_fitted_while_the_window_changes(
    qtbot: QtBot, reader: Reader, pages: PageView, fit: str
) -> None:
    pages.set_fit(fit)
    zooms = []
    for width, height in ((820, 620), (1100, 500), (600, 900)):
        reader.resize(width, height)
        wait(qtbot, lambda size=(width, height): reader.size().toTuple() == size)
        QApplication.processEvents()
        assert pages.horizontalScrollBar().maximum() == 0
        zooms.append(pages.zoom)
        if fit == "page":
            size = pages._column.page_size(0)
            assert size[1] / pages._column.ratio <= _view(pages)[1]
    assert len(set(zooms)) == 3
    pages.set_zoom(1.0)
    reader.resize(700, 600)
    QApplication.processEvents()
    assert pages.zoom == 1.0


def test_a_narrower_window_keeps_the_page_in_its_place(reader: Reader, pages: PageView) -> None:
    pages.go_to(1)
    before = pages.position()
    for width in (640, 1000, 820):
        reader.resize(width, 620)
        QApplication.processEvents()
        assert pages.page == 1
    page, share = pages.position()
    assert page == before[0]
    assert share == pytest.approx(before[1], abs=0.03)


def test_a_position_comes_back_at_any_zoom(pages: PageView) -> None:
    pages.set_zoom(1.5)
    pages.restore(1, 0.4)
    assert pages.position() == (1, pytest.approx(0.4, abs=0.01))
    pages.set_zoom(0.8)
    pages.restore(1, 0.4)
    assert pages.position() == (1, pytest.approx(0.4, abs=0.01))
    pages.restore(99, 0.0)
    assert pages.page == 2


def test_a_page_is_named_by_its_number_before_what_is_printed_on_it(pages: PageView) -> None:
    assert pages.page_named("2") == 1
    assert pages.page_named("0") is None
    assert pages.page_named("4") is None
    assert pages.page_named("") is None
    assert pages.page_named("two") is None
    labels = ("ii", "1", None)
    shapes = [replace(s, label=n) for s, n in zip(pages._shapes, labels, strict=True)]
    pages.show_document(pages.document, shapes)
    assert pages.page_named("II") == 0
    assert pages.page_named("1") == 0
    assert pages.page_named("3") == 2
    assert pages.page_named("2") == 1


def test_going_to_words_that_are_in_view_moves_nothing(pages: PageView) -> None:
    text = pages.selection.text
    assert text is not None
    start = offset_of(pages, 0, ONCE_P1)
    boxes = text.quads(Place(((0, start, start + 5),)))[0]
    pages.go_to(0, boxes)
    before = pages.verticalScrollBar().value()
    pages.go_to(0, boxes)
    assert pages.verticalScrollBar().value() == before
    start = offset_of(pages, 2, ONCE_P3)
    boxes = text.quads(Place(((2, start, start + 5),)))[2]
    pages.go_to(2, boxes)
    assert pages.verticalScrollBar().value() != before
    assert pages.viewport().rect().contains(point_on(pages, 2, start))
    pages.go_to(7)
    assert pages.viewport().rect().contains(point_on(pages, 2, start))


def test_keys_go_through_the_pages(qtbot: QtBot, pages: PageView) -> None:
    bar = pages.verticalScrollBar()
    QTest.keyClick(pages, Key.Key_End)
    assert bar.value() == bar.maximum()
    assert pages.page == 2
    QTest.keyClick(pages, Key.Key_Home)
    assert bar.value() == 0
    with qtbot.waitSignal(pages.moved):
        QTest.keyClick(pages, Key.Key_PageDown, Control)
    assert pages.page == 1
    QTest.keyClick(pages, Key.Key_PageUp, Control)
    assert pages.page == 0
    QTest.keyClick(pages, Key.Key_Home)
    QTest.keyClick(pages, Key.Key_Space)
    assert 0 < bar.value() < bar.pageStep()
    QTest.keyClick(pages, Key.Key_Space, Shift)
    assert bar.value() == 0


def test_the_page_in_view_is_told_to_those_who_cannot_see_it(pages: PageView) -> None:
    assert pages.accessibleDescription().endswith("page 1 of 3")
    pages.go_to(2)
    assert pages.accessibleDescription().endswith("page 3 of 3")


# --- what is painted -------------------------------------------------------------------------


def _ink(pages: PageView, page: int, words: str) -> bool:
    """True where there is ink on some words of the screen."""
    image = _picture(pages)
    ratio = image.devicePixelRatio()
    start = offset_of(pages, page, words)
    first, last = point_of(pages, page, start), point_of(pages, page, start + len(words))
    middle = round(first.y() * ratio)
    for y in range(middle - 4, middle + 5):
        for x in range(max(round(first.x() * ratio), 0), round(last.x() * ratio)):
            if QColor(image.pixel(x, y)).lightness() < 140:
                return True
    return False


def test_the_words_of_a_page_come_where_they_can_be_selected(qtbot: QtBot, pages: PageView) -> None:
    wait(qtbot, lambda: _ink(pages, 0, ONCE_P1))
    pages.go_to(2)
    wait(qtbot, lambda: _ink(pages, 2, ONCE_P3))


def test_while_a_page_is_painted_anew_the_old_one_stands_in(qtbot: QtBot, pages: PageView) -> None:
    wait(qtbot, lambda: _ink(pages, 0, ONCE_P1))
    pages.set_zoom(pages.zoom * 1.4)
    pages.go_to(0)
    (wish,) = pages.wishes_of(0)
    assert pages.bitmaps is not None
    assert pages.bitmaps.get(wish) is None
    assert _ink(pages, 0, "Social workers")
    wait(qtbot, lambda: pages.bitmaps.get(wish))  # type: ignore[union-attr]


@pytest.mark.parametrize("shown", [True, False])
def test_what_changes_between_scrolling_and_drawing_is_wished_for_as_it_is_drawn(
    qtbot: QtBot, reader: Reader, pages: PageView, *, shown: bool
) -> None:
    wait(qtbot, lambda: pages.painted)
    if not shown:
        reader.hide()
    bar = pages.verticalScrollBar()
    bar.setValue(bar.value() + 7)
    wait(qtbot, lambda: pages.painted)
    bar.setValue(bar.value() - 7)
    pages.set_night(night=True)
    reader.show()
    wait(qtbot, lambda: pages.painted)


def test_no_page_is_wished_for_that_is_in_view_on_the_way_alone(
    qtbot: QtBot, reader: Reader, pages: PageView, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.set_zoom(4)
    pages.go_to(1)
    bar = pages.verticalScrollBar()
    bar.setValue(bar.value() + pages.viewport().height())
    wait(qtbot, lambda: pages.painted)
    bitmaps = pages.bitmaps
    assert bitmaps is not None
    wished: list[Wish] = []

    def wish(who: object, now: Sequence[Wish], later: Sequence[Wish] = ()) -> None:
        wished.extend(now if who is pages else ())
        Bitmaps.wish(bitmaps, who, now, later)

    monkeypatch.setattr(bitmaps, "wish", wish)
    pages.set_zoom(2)
    wait(qtbot, lambda: wished and pages.painted)
    assert {each.page for each in wished} == {1}
    wished.clear()
    reader.pages.show_document(pages.document, reader.pages.shapes)
    wait(qtbot, lambda: wished and pages.painted)
    assert {each.page for each in wished} <= set(pages.in_view())


def test_a_page_that_cannot_be_painted_says_why_in_its_place(
    qtbot: QtBot, pages: PageView, theme: Theme
) -> None:
    document = pages.document
    assert document is not None
    more = [*pages._shapes, pages._shapes[0]]  # the file has no fourth page
    pages.show_document(document, more)
    pages.go_to(3)
    _picture(pages)
    wait(qtbot, lambda: pages.bitmaps.why_not(document.sha256, 3))  # type: ignore[union-attr]
    image = _picture(pages)
    origin = pages.origin(3)
    ratio = image.devicePixelRatio()
    where = QPointF(origin.x() + 6, max(origin.y(), 0) + 8) * ratio
    assert image.pixelColor(where.toPoint()).name() == theme.colours.notice


def test_a_page_without_text_says_so(qtbot: QtBot, pages: PageView, theme: Theme) -> None:
    document = pages.document
    shapes = [replace(pages._shapes[0], quality="none"), *pages._shapes[1:]]
    pages.show_document(document, shapes)
    wait(qtbot, lambda: pages.bitmaps.size > 0)  # type: ignore[union-attr]
    image = _picture(pages)
    origin = pages.origin(0)
    where = QPointF(origin.x() + 6, origin.y() + 8) * image.devicePixelRatio()
    assert image.pixelColor(where.toPoint()).name() == theme.colours.notice


def test_another_document_is_shown_from_its_beginning_with_nothing_selected(
    qtbot: QtBot, reader: Reader, pages: PageView, session: Session
) -> None:
    pages.go_to(2)
    QTest.keyClick(pages, Key.Key_Right, Control | Shift)
    assert pages.selected_text()
    _show(qtbot, reader, _document(session, "letter.txt"))
    assert pages.document is not None
    assert pages.document.filename == "letter.txt"
    assert (pages.page, pages.verticalScrollBar().value()) == (0, 0)
    assert pages.selected_text() == ""
    wait(qtbot, lambda: _ink(pages, 0, "Dear director"))


def test_a_drag_ends_where_another_document_is_shown(
    qtbot: QtBot, reader: Reader, pages: PageView, session: Session
) -> None:
    pages.go_to(pages.pages - 1)
    pages.draw_area(on=True)
    middle = pages.viewport().rect().center()
    QTest.mousePress(pages.viewport(), Left, None_, middle)
    move_held(pages.viewport(), middle + QPoint(60, 60))
    assert pages.piece is not None
    reader.show_words("Nothing is open.")
    move_held(pages.viewport(), middle + QPoint(80, 80))
    assert pages.piece is None
    _show(qtbot, reader, _document(session))
    move_held(pages.viewport(), middle + QPoint(90, 90))
    QTest.mouseRelease(pages.viewport(), Left, None_, middle + QPoint(90, 90))
    assert pages.chosen is None


def test_of_documents_asked_for_one_after_the_other_the_last_is_shown(
    qtbot: QtBot, reader: Reader, session: Session
) -> None:
    shown: list[str] = []
    for name in ("letter.txt", "report.pdf", "notes.md"):
        reader.show_document(_document(session, name), then=lambda n=name: shown.append(n))
    wait(qtbot, lambda: shown)
    assert shown == ["notes.md"]
    assert reader.pages.document is not None
    assert reader.pages.document.filename == "notes.md"
    assert reader.pages.selection.text is not None
    assert ONCE_P2 not in reader.pages.selection.text.pages[0].text


def test_of_much_that_is_selected_beginning_and_end_are_said(
    pages: PageView, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.select_page()
    words = pages.selected_text()
    assert not pages.long
    assert pages.brief_text() == words
    monkeypatch.setattr(page_view, "LONG", 100)
    monkeypatch.setattr(page_view, "_BRIEF", 30)
    assert pages.long
    head, tail = pages.brief_text().split(" … ")
    assert words.startswith(head)
    assert words.endswith(tail)
    assert len(head) + len(tail) < len(words)
