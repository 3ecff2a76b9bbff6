"""Pages in small: the right pictures at the right time, what is on them, and a way there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from cambs_evidence.model import Document, Polarity
from tests.support import ONCE_P1, ONCE_P2
from tests.ui.beside import long_document, report_of, show, tag, view_of
from tests.ui.support import Left, None_, place_of, wait
from ui.models.pages import FOUND, PagesModel, numbered
from ui.panels.thumbnails import ThumbnailsPanel
from ui.session import Session
from ui.theme import DAY, NIGHT, Theme
from ui.viewer.page_view import PageView

Key = Qt.Key
Tip, Said = Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def view(session: Session, theme: Theme) -> Iterator[PageView]:
    with view_of(session, theme, report_of(session)) as made:
        yield made


@pytest.fixture
def panel(qtbot: QtBot, view: PageView, theme: Theme) -> Iterator[ThumbnailsPanel]:
    """A panel that follows the view; both are seen."""
    made = ThumbnailsPanel(theme)
    made.resize(210, 700)
    view.show()
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.use(view.bitmaps)
    made.follow(view)
    yield made
    made.follow(None)
    made.use(None)
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(made)


@pytest.fixture
def long(session: Session, view: PageView, tmp_path: Path) -> Document:
    """A document of 120 pages, which is then shown."""
    made = long_document(session, tmp_path, 120)
    show(session, view, made)
    return made


@pytest.fixture
def chosen(panel: ThumbnailsPanel) -> list[int]:
    pages: list[int] = []
    panel.chosen.connect(pages.append)
    return pages


def _painted(panel: ThumbnailsPanel, view: PageView) -> bool:
    """True when all that is in sight has its picture."""
    assert view.bitmaps is not None
    sight = panel.in_sight()
    wishes = [panel._delegate.wish(page) for page in sight]
    return bool(sight) and all(view.bitmaps.get(wish) is not None for wish in wishes)


def _cell(panel: ThumbnailsPanel, page: int) -> QImage:
    """What a page's cell looks like."""
    where = panel.list.visualRect(panel._model.index(page))
    return panel.list.viewport().grab(where).toImage()


def _colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in _rows(image)}


def _rows(image: QImage) -> range:
    return range(image.height())


# --- what stands in a line -----------------------------------------------------------------------


def test_a_page_says_its_numbers_and_what_is_on_it(
    session: Session, view: PageView, panel: ThumbnailsPanel
) -> None:
    tester = QAbstractItemModelTester(
        panel._model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    tag(session, view, ONCE_P1, Polarity.STRENGTH)
    tag(session, view, "safeguarding is everybody's business", Polarity.DEVELOPMENT)
    view.show_hits([place_of(session.case, report_of(session), ONCE_P1)])
    first, second = panel._model.index(0), panel._model.index(1)
    assert first.data() == "1"
    two = "2 highlights (1 strength, 1 development)"
    assert first.data(Tip) == f"Page 1\n{two}\nWhat is sought was found here"
    assert first.data(Said) == f"Page 1. {two}. What is sought was found here"
    assert first.data(FOUND)
    assert second.data(Said) == "Page 2. No highlights"
    assert not second.data(FOUND)
    tester.deleteLater()


def test_a_printed_number_is_told_where_it_differs() -> None:
    assert numbered(11, "10") == "12 (printed 10)"
    assert numbered(11, "12") == "12"
    assert numbered(0, None) == numbered(0, "") == "1"


def test_labels_are_no_markup(session: Session, view: PageView) -> None:
    document = report_of(session)
    shapes = [replace(each, label="<b>i") for each in session.case.shapes(document)]
    view.show_document(document, shapes)
    model = PagesModel()
    model.show(view)
    assert "&lt;b&gt;i" in model.index(0).data(Tip)


# --- pictures ----------------------------------------------------------------------------------


def test_without_a_document_the_panel_says_so(
    session: Session, view: PageView, panel: ThumbnailsPanel
) -> None:
    assert panel.list.isVisible()
    view.show_document(None, ())
    assert panel._empty.isVisible()
    assert panel._empty.text() == "No document is shown."
    show(session, view, report_of(session))
    assert panel.list.isVisible()
    panel.follow(None)
    assert panel._empty.isVisible()
    assert panel._model.rowCount() == 0


def test_pictures_are_asked_for_only_of_pages_in_sight_and_a_few_beyond(
    qtbot: QtBot, long: Document, view: PageView, panel: ThumbnailsPanel
) -> None:
    wait(qtbot, lambda: panel._wanted and _painted(panel, view))
    sight = panel.in_sight()
    wanted = {wish.page for wish in panel._wanted}
    assert set(sight) <= wanted
    assert len(wanted) <= len(sight) + 4
    bar = panel.list.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    wait(qtbot, lambda: panel.in_sight()[0] in {wish.page for wish in panel._wanted})
    assert panel.in_sight()[0] > 50
    wait(qtbot, lambda: _painted(panel, view))
    assert long.pages - 1 not in {wish.page for wish in panel._wanted}


@pytest.mark.parametrize("width", [120, 210, 420, 800])
def test_what_is_in_sight_is_what_the_list_shows(
    long: Document, panel: ThumbnailsPanel, width: int
) -> None:
    panel.resize(width, 650)
    for share in (0, 1 / 3, 1):
        bar = panel.list.verticalScrollBar()
        bar.setValue(round(share * bar.maximum()))
        port = panel.list.viewport().rect()
        seen = [
            page
            for page in range(long.pages)
            if panel.list.visualRect(panel._model.index(page)).intersects(port)
        ]
        assert list(panel.in_sight()) == seen
        cell = panel.list.gridSize().width()
        assert panel._columns == max((width - 20) // 174, 1)
        assert cell * panel._columns <= panel.list.viewport().width()


def test_nothing_is_asked_for_while_the_panel_is_hidden(
    qtbot: QtBot, session: Session, long: Document, view: PageView, panel: ThumbnailsPanel
) -> None:
    assert long.pages == 120
    wait(qtbot, lambda: panel._wanted)
    panel.hide()
    wait(qtbot, lambda: not panel._wanted)
    view.go_to(80)
    show(session, view, report_of(session))
    QTest.qWait(50)
    assert not panel._wanted
    panel.show()
    wait(qtbot, lambda: panel._wanted and _painted(panel, view))


def test_nothing_is_asked_for_behind_another_panels_tab(
    qtbot: QtBot, long: Document, view: PageView, panel: ThumbnailsPanel
) -> None:
    assert long.pages == 120
    window = QMainWindow()
    docks = [QDockWidget(title, window) for title in ("Pages", "Contents")]
    for dock, widget in zip(docks, (panel, QLineEdit()), strict=True):
        dock.setWidget(widget)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.tabifyDockWidget(*docks)
    window.resize(400, 700)
    window.show()
    docks[0].raise_()
    wait(qtbot, lambda: panel._wanted and _painted(panel, view))
    docks[1].raise_()
    view.go_to(80)
    wait(qtbot, lambda: not panel._wanted)
    assert panel.isVisible()  # as Qt sees it
    docks[0].raise_()
    wait(qtbot, lambda: panel._wanted and _painted(panel, view))
    docks[0].setWidget(QLineEdit())
    panel.setParent(None)
    window.close()
    window.deleteLater()


def test_bitmaps_that_are_let_go_of_are_asked_for_nothing_more(
    qtbot: QtBot, view: PageView, panel: ThumbnailsPanel
) -> None:
    wait(qtbot, lambda: panel._wanted)
    assert view.bitmaps is not None
    assert panel in view.bitmaps._asked
    panel.use(None)
    QTest.qWait(20)
    assert panel not in view.bitmaps._asked
    panel.use(view.bitmaps)
    wait(qtbot, lambda: panel._wanted and _painted(panel, view))


def test_a_page_is_shown_as_the_view_shows_it(
    qtbot: QtBot, view: PageView, panel: ThumbnailsPanel
) -> None:
    wait(qtbot, lambda: _painted(panel, view))
    assert DAY.sheet.name() in _colours(_cell(panel, 1))
    upright = panel._delegate.wish(1)
    assert upright.height > upright.width == 130
    view.set_turn(90)
    view.set_night(night=True)
    lying = panel._delegate.wish(1)
    assert (lying.turn, lying.night) == (90, True)
    assert lying.width == 130 > lying.height
    wait(qtbot, lambda: _painted(panel, view))
    assert view.bitmaps is not None
    image = view.bitmaps.get(lying)
    assert image is not None
    shown = _cell(panel, 1)
    sheet = panel._delegate._sheet(shown.rect(), 1).toRect()
    assert shown.copy(sheet).convertedTo(image.format()) == image
    assert NIGHT.sheet.name() in _colours(shown)


def test_a_page_that_cannot_be_painted_says_so(
    qtbot: QtBot, session: Session, view: PageView, panel: ThumbnailsPanel
) -> None:
    document = report_of(session)
    shapes = session.case.shapes(document)
    view.show_document(document, [*shapes, shapes[0]])  # a page that the file does not have
    panel.list.scrollToBottom()
    sha256 = panel._delegate.wish(3).sha256
    assert view.bitmaps is not None
    wait(qtbot, lambda: view.bitmaps.why_not(sha256, 3))
    cell = _cell(panel, 3)
    sheet = panel._delegate._sheet(cell.rect(), 3).toRect()
    assert DAY.mark.name() in _colours(cell.copy(sheet))


def test_highlights_are_drawn_on_the_page_and_told_by_shape_beside_it(
    qtbot: QtBot, session: Session, view: PageView, panel: ThumbnailsPanel, theme: Theme
) -> None:
    for quote, polarity in (
        (ONCE_P1, Polarity.STRENGTH),
        ("Practice is strong where teams are stable", Polarity.DEVELOPMENT),
        ("The board meets every month", Polarity.NEUTRAL),
    ):
        tag(session, view, quote, polarity)
    wait(qtbot, lambda: _painted(panel, view))
    cell = _cell(panel, 0)
    sheet = panel._delegate._sheet(cell.rect(), 0).toRect()
    assert {DAY.tint[each].name() for each in Polarity} <= _colours(cell.copy(sheet))
    runs = {}
    for polarity in Polarity:
        ink = theme.colour(polarity).name()
        columns = [
            [y for y in range(cell.height()) if cell.pixelColor(x, y).name() == ink]
            for x in range(sheet.left() - 4)
        ]
        column = max(columns, key=len)
        assert column, polarity
        # A line goes on where the row above is of it as well.
        runs[polarity] = sum(y - 1 not in column for y in column)
    assert runs == {Polarity.STRENGTH: 1, Polarity.DEVELOPMENT: 2, Polarity.NEUTRAL: 3}


def test_what_was_found_is_ticked(
    qtbot: QtBot, session: Session, view: PageView, panel: ThumbnailsPanel
) -> None:
    wait(qtbot, lambda: _painted(panel, view))
    view.show_hits([place_of(session.case, report_of(session), ONCE_P2)])
    assert DAY.hit.name() in _colours(_cell(panel, 1))
    assert DAY.hit.name() not in _colours(_cell(panel, 0))
    view.show_hits([])
    assert DAY.hit.name() not in _colours(_cell(panel, 1))


# --- following ----------------------------------------------------------------------------------


def test_the_page_in_view_is_framed_and_in_sight_and_focus_stays(
    qtbot: QtBot,
    long: Document,
    view: PageView,
    panel: ThumbnailsPanel,
    theme: Theme,
    chosen: list[int],
) -> None:
    assert long.pages == 120
    field = QLineEdit(panel)
    field.show()
    field.setFocus()
    for page in (70, 3, 119):
        view.go_to(page)
        assert view.page == page
        wait(qtbot, lambda page=page: panel.list.currentIndex().row() == page)
        where = panel.list.visualRect(panel._model.index(page))
        assert panel.list.viewport().rect().contains(where)
        cell = _cell(panel, page)
        sheet = panel._delegate._sheet(cell.rect(), page)
        edge = cell.pixelColor(round(sheet.left()) - 2, round(sheet.center().y()))
        assert edge.name() == theme.colours.accent
    assert field.hasFocus()
    assert chosen == []


def test_what_is_scrolled_to_stays_until_another_page_is_in_view(
    long: Document, view: PageView, panel: ThumbnailsPanel
) -> None:
    assert long.pages == 120
    bar = panel.list.verticalScrollBar()
    bar.setValue(bar.maximum())
    view.verticalScrollBar().setValue(10)
    assert view.page == 0
    assert bar.value() == bar.maximum()


def test_turning_the_pages_leaves_the_list_where_it_was(
    long: Document, view: PageView, panel: ThumbnailsPanel
) -> None:
    assert long.pages == 120
    view.go_to(60)
    view.set_night(night=True)
    assert panel.list.currentIndex().row() == view.page == 60
    assert 60 in panel.in_sight()


def test_another_view_can_be_followed_at_any_time(
    qtbot: QtBot, session: Session, theme: Theme, view: PageView, panel: ThumbnailsPanel
) -> None:
    letter = next(each for each in session.case.documents() if each.filename == "letter.txt")
    with view_of(session, theme, letter) as other:
        panel.follow(other)
        assert panel._model.rowCount() == letter.pages
        view.go_to(2)
        view.show_document(None, ())
        assert panel.list.isVisible()
        assert panel.list.currentIndex().row() == 0
        wait(qtbot, lambda: _painted(panel, view))
        panel.follow(view)
        assert panel._empty.isVisible()
    show(session, view, report_of(session))
    assert panel._model.rowCount() == 3


# --- going there --------------------------------------------------------------------------------


def test_a_click_or_enter_chooses_a_page(panel: ThumbnailsPanel, chosen: list[int]) -> None:
    where = panel.list.visualRect(panel._model.index(1)).center()
    QTest.mouseClick(panel.list.viewport(), Left, None_, where)
    assert chosen == [1]
    panel.list.setFocus()
    QTest.keyClick(panel.list, Key.Key_Down)
    assert chosen == [1]
    QTest.keyClick(panel.list, Key.Key_Return)
    assert chosen == [1, 2]


def test_keys_go_through_the_pages(
    long: Document, panel: ThumbnailsPanel, chosen: list[int]
) -> None:
    panel.resize(400, 700)  # two side by side
    panel.list.setFocus()
    seen = []
    for key in (Key.Key_Right, Key.Key_Down, Key.Key_Left, Key.Key_Up, Key.Key_End, Key.Key_Home):
        QTest.keyClick(panel.list, key)
        seen.append(panel.list.currentIndex().row())
    assert seen == [1, 3, 2, 0, long.pages - 1, 0]
    assert chosen == []


def test_a_number_that_is_typed_goes_to_its_page(
    long: Document, panel: ThumbnailsPanel, chosen: list[int]
) -> None:
    panel.list.setFocus()
    QTest.keyClicks(panel.list, "107")
    assert panel.list.currentIndex().row() == 106
    assert 106 in panel.in_sight()
    QTest.keyClicks(panel.list, "9")  # there is no page 1079
    assert panel.list.currentIndex().row() == 106
    panel.list._typing.stop()
    QTest.keyClicks(panel.list, "9")
    assert panel.list.currentIndex().row() == 8
    QTest.keyClick(panel.list, Key.Key_Enter)
    assert chosen == [8]
    assert long.pages == 120


def test_a_click_beside_the_pages_chooses_none(panel: ThumbnailsPanel, chosen: list[int]) -> None:
    panel.resize(210, 1200)
    QTest.mouseClick(panel.list.viewport(), Left, None_, QPoint(100, 1150))
    assert chosen == []
