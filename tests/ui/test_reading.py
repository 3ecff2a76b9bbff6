"""Reading: light, turns, zoom, links in the document, which highlights are shown, copying."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.model import Anchor, Link, PageShape, Passage, Polarity
from tests.support import ONCE_P1, ONCE_P2, ONCE_P3, REPEATED, take_in
from tests.ui.conftest import Open
from tests.ui.support import (
    Answer,
    Browser,
    Choose,
    Control,
    Left,
    None_,
    Shift,
    both,
    click_on,
    documents_of,
    is_shown,
    keep_words,
    offset_of,
    point_on,
    press,
    said,
    select_words,
    show,
    show_case,
    wait,
    wheel,
    words_in,
)
from tests.ui.typeset import ADDRESS, INWARD, LINKS, counted, links
from ui.main_window import MainWindow
from ui.theme import DAY, NIGHT
from ui.viewer.geometry import turned
from ui.viewer.page_view import PageView
from ui.viewer.shown import Shown

Key = Qt.Key
Alt = Qt.KeyboardModifier.AltModifier
#: Without a screen, this is said of every menu that is shown.
menus = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
#: Tagged by two people; ONCE_P1 also as development.
TAGGED = (
    ("Jane Doe", ONCE_P1, "12.4", Polarity.STRENGTH, "seen twice"),
    ("Jane Doe", ONCE_P2, "1.1", Polarity.DEVELOPMENT, None),
    ("Ali Roe", ONCE_P3, "12.4", Polarity.NEUTRAL, None),
    ("Ali Roe", "know their children", "1.1", Polarity.DEVELOPMENT, None),
)


@pytest.fixture(scope="module")
def _with_links(tmp_path_factory: pytest.TempPathFactory, _prepared: Path) -> Path:
    folder = tmp_path_factory.mktemp("links")
    path = Path(shutil.copyfile(_prepared, folder / "links.cambs"))
    with Case.open(path, by="Maker") as case:
        take_in(case, links(folder / "links.pdf"))
        report = next(each for each in case.documents() if each.filename == "report.pdf")
        case.describe(report, date="2024-03-08")
        for by, quote, code, polarity, note in TAGGED:
            case.by = by
            case.tag(report, quote, code, polarity, note=note)
    return path


@pytest.fixture
def case_path(_with_links: Path, tmp_path: Path) -> Path:
    """A case with links in its report, and a document with links of its own."""
    return Path(shutil.copyfile(_with_links, tmp_path / "case.cambs"))


@pytest.fixture
def pages(window: MainWindow) -> PageView:
    window.reader.pages.setFocus()
    return window.reader.pages


@pytest.fixture
def linked(qtbot: QtBot, window: MainWindow) -> PageView:
    """The pages of the document with links, which are known."""
    show(qtbot, window, "links.pdf")
    made = window.reader.pages
    wait(qtbot, lambda: made.links_on(0))
    return made


def _press(pages: PageView, *keys: Qt.Key, held: Qt.KeyboardModifier = None_) -> None:
    for key in keys:
        QTest.keyClick(pages, key, held)


def _colour(pages: PageView, point: QPointF) -> QColor:
    image = pages.viewport().grab().toImage()
    return image.pixelColor((point * image.devicePixelRatio()).toPoint())


def _paper(pages: PageView) -> str:
    """The colour of the page's margin."""
    sheet = pages.sheet(pages.page)
    return _colour(pages, QPointF(sheet.left() + 20, max(sheet.top(), 0) + 20)).name()


# --- light and turn --------------------------------------------------------------------------


def test_night_is_dark_paper_with_light_words_and_is_remembered(
    qtbot: QtBot, window: MainWindow, pages: PageView, another: Open, case_path: Path
) -> None:
    wait(qtbot, lambda: pages.painted)
    assert _paper(pages) == DAY.sheet.name()
    _press(pages, Key.Key_N, held=Control | Shift)
    assert window.actions_.named["night"].isChecked()
    wait(qtbot, lambda: pages.painted and _paper(pages) == NIGHT.sheet.name())
    start, end = words_in(pages, 0, "Inspection")
    image = pages.viewport().grab().toImage()
    lightest = max(image.pixelColor(x, start.y()).lightness() for x in range(start.x(), end.x()))
    assert lightest > 150
    window.close()
    second = another()
    show_case(qtbot, second, case_path)
    assert second.actions_.named["night"].isChecked()
    assert all(side.reader.pages.night for side in second.desk.sides)
    _press(second.reader.pages, Key.Key_N, held=Control | Shift)
    wait(qtbot, lambda: _paper(second.reader.pages) == DAY.sheet.name())


def test_pages_are_turned_and_words_stand_where_they_are_seen(
    qtbot: QtBot, pages: PageView
) -> None:
    pages.go_to(1)
    for turn in (90, 180, 270, 0):
        _press(pages, Key.Key_R, held=Control)
        assert pages.turn == turn
        assert pages.page == 1
        sheet = pages.sheet(1)
        assert (sheet.width() > sheet.height()) is (turn % 180 == 90)
        start = offset_of(pages, 1, ONCE_P2)
        words_in(pages, 1, ONCE_P2)
        wait(qtbot, lambda: pages.painted)
        one, other = point_on(pages, 1, start), point_on(pages, 1, start + 11)
        lying = abs(one.y() - other.y()) > abs(one.x() - other.x())
        assert lying is (turn % 180 == 90)
        image = pages.viewport().grab().toImage()
        ratio = image.devicePixelRatio()
        box = pages.rectangle(1, pages.selection.text.lines(1).boxes[1].tolist())  # type: ignore[union-attr]
        dark = sum(
            image.pixelColor(round(x * ratio), round(y * ratio)).lightness() < 128
            for x in range(round(box.left()), round(box.right()))
            for y in range(round(box.top()), round(box.bottom()))
            if pages.viewport().rect().contains(x, y)
        )
        assert dark > 20  # there is ink where the words are said to be
        select_words(pages, 1, "Supervision is recorded")
        pages.select_nothing()
    _press(pages, Key.Key_R, held=Control | Shift)
    assert pages.turn == 270


def test_control_and_the_wheel_zoom_about_the_pointer_however_pages_lie(pages: PageView) -> None:
    wheeled = ((QPoint(300, 200), 3), (QPoint(350, 420), 2), (QPoint(300, 300), -2))
    for turn, (point, notches) in product((0, 90, 180, 270), wheeled):
        pages.set_turn(turn)
        pages.set_zoom(1.2)
        pages.restore(1, 0.2)
        bar = pages.horizontalScrollBar()
        bar.setValue(bar.maximum() // 2)
        page, *before = pages.point_on_page(QPointF(point))
        wheel(pages, point, notches, Control)
        there, *after = pages.point_on_page(QPointF(point))
        assert there == page
        assert after == pytest.approx(before, abs=1.5)
    for notches, limit in ((60, 16.0), (-90, 0.1)):
        wheel(pages, QPoint(300, 300), notches, Control)
        assert pages.zoom == limit
    pages.set_turn(0)
    view = pages.viewport()
    _press(pages, Key.Key_2, held=Control)
    assert pages.sheet(pages.page).height() == pytest.approx(view.height() - 32, abs=3)
    _press(pages, Key.Key_1, held=Control)
    assert pages.sheet(0).width() > 0.8 * view.width()
    _press(pages, Key.Key_0, held=Control)
    assert pages.zoom == 1.0
    _press(pages, Key.Key_Plus, held=Control)
    assert pages.zoom == 1.1


_SHAPES = some.builds(
    PageShape, some.just((0.0, 0.0, 100.0, 200.0)), some.sampled_from([0, 90, 180, 270]),
    some.none(), some.just("text"),
)  # fmt: skip


@given(shapes=some.lists(_SHAPES, max_size=4), turns=some.lists(some.integers(-8, 8), max_size=5))
def test_turns_add_up_and_a_whole_one_changes_nothing(
    shapes: list[PageShape], turns: list[int]
) -> None:
    step = shapes
    for turn in turns:
        step = list(turned(step, 90 * turn))
        assert all(0 <= each.rotation < 360 for each in step)
    assert step == list(turned(shapes, 90 * sum(turns)))
    assert turned(shapes, 360) == shapes


# --- going to a page -------------------------------------------------------------------------


def test_a_printed_page_label_is_typed_and_gone_to(window: MainWindow, linked: PageView) -> None:
    assert "printed i" in window.tools.count.text()
    for typed, page in (("2", 1), ("II", 1), ("iv", 1), ("i", 0), ("4", 3), ("1", 0)):
        _press(linked, Key.Key_G, held=Control)
        QTest.keyClicks(window.tools.page, typed)
        QTest.keyClick(window.tools.page, Key.Key_Return)
        assert linked.page == page, typed
        assert linked.hasFocus()
        if typed == "iv":
            assert said(window) == "There is no page iv."
    _press(linked, Key.Key_Left, held=Alt)
    assert linked.page == 3


# --- links in the document -------------------------------------------------------------------


def _click(pages: PageView, words: str) -> None:
    click_on(pages, 0, offset_of(pages, 0, words) + 1)


def test_a_link_within_the_document_is_followed_and_one_comes_back(
    linked: PageView, browser: Browser
) -> None:
    QTest.mouseMove(linked.viewport(), point_on(linked, 0, offset_of(linked, 0, INWARD) + 1))
    assert linked.viewport().toolTip() == "Goes to page 3"
    assert linked.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    _click(linked, INWARD)
    assert linked.page == 2
    where = point_on(linked, 2, offset_of(linked, 2, "Appendix"))
    assert 0 < where.y() < 120  # its place on the page, not only the page
    _press(linked, Key.Key_Left, held=Alt)
    assert linked.page == 0
    assert browser.opened == []


def test_an_address_is_shown_before_it_is_opened(linked: PageView, browser: Browser) -> None:
    words = LINKS[0][0]
    QTest.mouseMove(linked.viewport(), point_on(linked, 0, offset_of(linked, 0, words) + 1))
    assert linked.viewport().toolTip() == ADDRESS
    told: list[str] = []
    with Answer(both(keep_words(told), press("Cancel"))):
        _click(linked, words)
    assert ADDRESS in told[0]
    assert browser.opened == []
    with Answer(lambda dialog: QTest.keyClick(dialog, Key.Key_Return)):
        _click(linked, words)  # Enter alone opens nothing
    assert browser.opened == []
    with Answer(press("Open it")):
        _click(linked, words)
    assert browser.opened == [ADDRESS]


def test_what_is_no_web_address_is_never_opened(
    window: MainWindow, linked: PageView, browser: Browser
) -> None:
    for words, address in LINKS[1:]:
        _click(linked, words)
        assert said(window).startswith("Only web addresses are opened")
        assert address in said(window)
        assert browser.opened == []
    select_words(linked, 0, LINKS[0][0])
    assert browser.opened == []


@menus
def test_the_links_of_a_page_are_listed_for_the_keyboard(
    window: MainWindow, linked: PageView, browser: Browser
) -> None:
    with Choose(INWARD) as menu:
        _press(linked, Key.Key_L, held=Control)
    assert len(menu.offered) == len(LINKS) + 1
    assert f"{LINKS[0][0]}: {ADDRESS.replace('&', '&&')}" in menu.offered
    assert linked.page == 2
    _press(linked, Key.Key_L, held=Control)
    assert said(window) == "There are no links on page 3."
    assert browser.opened == []


# --- which highlights are shown --------------------------------------------------------------


def _quotes(pages: PageView) -> list[str]:
    return [each.anchor.quote for each in pages.passages()]


def test_highlights_are_chosen_by_polarity_criterion_and_person(
    window: MainWindow, pages: PageView
) -> None:
    bar = window.reader.shown_bar
    _press(pages, Key.Key_H, held=Control | Shift)
    assert bar.isVisible()
    assert bar.polarities[Polarity.STRENGTH].hasFocus()
    assert bar.count.text() == "4 of 4 shown"
    QTest.keyClick(bar.polarities[Polarity.STRENGTH], Key.Key_Space)
    assert sorted(_quotes(pages)) == sorted(quote for _, quote, *_ in TAGGED[1:])
    assert bar.count.text() == "3 of 4 shown"
    QTest.keyClick(bar.people, Key.Key_Down)
    bar.people.activated.emit(bar.people.currentIndex())
    assert bar.people.currentText() == "Ali Roe"
    assert _quotes(pages) == ["know their children", ONCE_P3]
    QTest.mouseClick(bar.all, Left)
    assert len(_quotes(pages)) == 4
    QTest.keyClick(bar.codes, Key.Key_Down)
    bar.codes.activated.emit(bar.codes.currentIndex())
    assert bar.codes.currentText() == "1.1"
    assert _quotes(pages) == ["know their children", ONCE_P2]
    assert pages.marked_pages() == [0, 1]
    QTest.keyClick(bar.codes, Key.Key_Escape)
    assert not bar.isVisible()
    assert len(_quotes(pages)) == 4
    assert pages.hasFocus()


def test_a_highlight_that_is_hidden_is_shown_when_one_goes_to_it(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    _press(pages, Key.Key_H, held=Control | Shift)
    bar = window.reader.shown_bar
    QTest.mouseClick(bar.polarities[Polarity.NEUTRAL], Left)
    assert ONCE_P3 not in _quotes(pages)
    assert window.session is not None
    link = next(x for x in window.session.held.links.values() if x.polarity is Polarity.NEUTRAL)
    window.evidence.select(link.id)
    window.evidence.table.setFocus()
    QTest.keyClick(window.evidence.table, Key.Key_Return)
    wait(qtbot, lambda: pages.active == link.passage.id)
    assert ONCE_P3 in _quotes(pages)
    assert pages.page == 2


def test_what_is_tagged_while_some_are_hidden_is_counted(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    _press(pages, Key.Key_H, held=Control | Shift)
    bar = window.reader.shown_bar
    QTest.mouseClick(bar.polarities[Polarity.DEVELOPMENT], Left)
    assert bar.count.text() == "2 of 4 shown"
    pages.setFocus()
    select_words(pages, 0, "Inspection of the county")
    _press(pages, Key.Key_T)
    QTest.keyClicks(window.tagging.palette.field, "3.1")
    QTest.keyClick(window.tagging.palette.field, Key.Key_Return)
    wait(qtbot, lambda: bar.count.text() == "3 of 5 shown")
    show(qtbot, window, "letter.txt")
    assert bar.count.text() == "0 of 0 shown"
    show(qtbot, window, "report.pdf")
    assert bar.count.text() == "3 of 5 shown"


def _link(polarity: Polarity, code: str, by: str) -> Link:
    passage = Passage("p", "d", Anchor("", "", (), "", "", ""), 0, 0, None, None)
    return Link("l", passage, "s", None, code, polarity, None, by, "", "")


@given(
    polarity=some.sampled_from(Polarity),
    code=some.sampled_from(["1.1", "12.4"]),
    by=some.sampled_from(["Jane", "Ali"]),
    polarities=some.frozensets(some.sampled_from(Polarity)),
    wanted=some.sampled_from([None, "1.1", "12.4"]),
    person=some.sampled_from([None, "Jane", "Ali"]),
)
def test_a_filter_lets_through_what_meets_all_it_asks(
    polarity: Polarity,
    code: str,
    by: str,
    polarities: frozenset[Polarity],
    wanted: str | None,
    person: str | None,
) -> None:
    shown = Shown(polarities, wanted, person)
    link = _link(polarity, code, by)
    expected = polarity in polarities and wanted in {None, code} and person in {None, by}
    assert shown.lets(link) is expected
    assert shown.everything is (len(polarities) == 3 and wanted is None and person is None)


# --- from highlight to highlight -------------------------------------------------------------


def test_alt_and_arrows_go_from_highlight_to_highlight(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    seen = []
    for key in (*[Key.Key_Down] * 5, Key.Key_Up, Key.Key_Up):
        _press(pages, key, held=Alt)
        passage = pages.active_passage()
        assert passage is not None
        assert pages.page in {passage.page, passage.page - 1}
        assert pages.hasFocus()
        link = window.details.active_link()
        assert link is not None
        assert link.passage == passage
        seen.append(passage.anchor.quote)
    inner = "know their children"
    assert seen == [ONCE_P1, inner, ONCE_P2, ONCE_P3, ONCE_P1, ONCE_P3, ONCE_P2]
    show(qtbot, window, "letter.txt")
    _press(window.reader.pages, Key.Key_Down, held=Alt)
    assert said(window) == "No passage of this document is highlighted."


# --- copying ---------------------------------------------------------------------------------


def _clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_what_is_selected_is_copied_with_and_without_its_citation(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    select_words(pages, 1, ONCE_P2)
    _press(pages, Key.Key_C, held=Control)
    assert _clipboard() == ONCE_P2
    _press(pages, Key.Key_C, held=Control | Shift)
    wait(qtbot, lambda: said(window) == "Copied with its citation.")
    assert _clipboard() == f"“{ONCE_P2}” (Report, 8 March 2024, page 2)"
    _press(pages, Key.Key_Escape)
    click_on(pages, 0, offset_of(pages, 0, ONCE_P1) + 1)
    _press(pages, Key.Key_C, held=Control | Shift)
    wait(qtbot, lambda: ONCE_P1 in _clipboard())
    assert _clipboard() == f"“{ONCE_P1}” (Report, 8 March 2024, page 1)"
    show(qtbot, window, "links.pdf")
    select_words(pages, 1, counted(7))
    _press(pages, Key.Key_C, held=Control | Shift)
    wait(qtbot, lambda: counted(7) in _clipboard())
    assert _clipboard() == f"“{counted(7)}” (Links, undated, page 2 (printed ii), paragraph 7)"


def test_with_nothing_to_copy_that_is_said_and_the_clipboard_is_left(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    QGuiApplication.clipboard().setText("before")
    show(qtbot, window, "letter.txt")
    _press(window.reader.pages, Key.Key_C, held=Control)
    _press(window.reader.pages, Key.Key_C, held=Control | Shift)
    assert "Select words" in said(window)
    assert _clipboard() == "before"
    show(qtbot, window, "report.pdf")
    select_words(pages, 0, ONCE_P1)
    _press(pages, Key.Key_G, held=Control)
    window.tools.page.setText("17")
    window.tools.page.selectAll()
    QTest.keyClick(window.tools.page, Key.Key_C, Control)
    assert _clipboard() == "17"
    QApplication.processEvents()
    assert pages.selected_text() == ONCE_P1


# --- the menu on the pages -------------------------------------------------------------------


@menus
def test_the_menu_on_the_pages_acts_on_what_is_pointed_at(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    where = point_on(pages, 0, offset_of(pages, 0, ONCE_P1) + 2)
    with Choose("Copy with") as menu:
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, where, pages.viewport().mapToGlobal(where)
        )
        QApplication.sendEvent(pages.viewport(), event)
    assert menu.offered[0].startswith("&Tag")
    wait(qtbot, lambda: ONCE_P1 in _clipboard())
    assert is_shown(window, "report.pdf")
    assert documents_of(window)["report.pdf"].title in _clipboard()
    assert REPEATED not in _clipboard()
