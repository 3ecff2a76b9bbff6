"""What a document's text says of it, offered in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.model import Document
from tests.support import take_in
from tests.ui.support import Left, documents_of, show, show_case, wait
from ui.main_window import MainWindow

COVERS = {
    "scan_17.md": (
        "# Survey of carers in Wealdshire\n\nDate: 4 May 2016\n\nPeriod covered: 2014/15\n"
    ),
    "scan_18.md": "# Audit of visits in Wealdshire\n\nPublished: 8 August 2014\n",
}


@pytest.fixture
def covers(blank_path: Path) -> list[Path]:
    made = [blank_path.with_name(name) for name in COVERS]
    for path in made:
        path.write_text(COVERS[path.name])
    return made


@pytest.fixture
def shown(
    qtbot: QtBot, empty_window: MainWindow, blank_path: Path, covers: list[Path]
) -> MainWindow:
    """A window that shows the survey, whose facts are suggested."""
    with Case.open(blank_path, by="A") as case:
        take_in(case, *covers)
    show_case(qtbot, empty_window, blank_path)
    show(qtbot, empty_window, "scan_17.md")
    wait(qtbot, lambda: "date" in empty_window.details.offers)
    return empty_window


def _survey(window: MainWindow) -> Document:
    return documents_of(window)["scan_17.md"]


def test_an_empty_field_offers_what_the_text_says(shown: MainWindow) -> None:
    offers = shown.details.offers
    assert set(offers) == {"title", "date", "period", "kind"}
    assert offers["date"].take.accessibleName() == "Take 4 May 2016 – page 1"
    assert "4 May 2016" in offers["date"].take.toolTip()
    assert _survey(shown).date is None


def test_an_offer_is_taken_with_a_click_and_undone(qtbot: QtBot, shown: MainWindow) -> None:
    QTest.mouseClick(shown.details.offers["date"].take, Left)
    wait(qtbot, lambda: _survey(shown).date == "2016-05-04")
    wait(qtbot, lambda: set(shown.details.offers) == {"title", "period", "kind"})
    assert shown.details._fields["date"].text() == "2016-05-04"
    assert shown.session is not None
    shown.session.undo()
    wait(qtbot, lambda: _survey(shown).date is None)
    wait(qtbot, lambda: "date" in shown.details.offers)


def test_an_offer_is_reached_and_taken_by_keyboard(qtbot: QtBot, shown: MainWindow) -> None:
    shown.activateWindow()
    field = shown.details._fields["date"]
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Tab)
    take = shown.details.offers["date"].take
    assert take.hasFocus()
    QTest.keyClick(take, Qt.Key.Key_Tab)
    assert shown.details.offers["date"].see.hasFocus()
    take.setFocus()
    QTest.keyClick(take, Qt.Key.Key_Space)
    wait(qtbot, lambda: _survey(shown).date == "2016-05-04")
    wait(qtbot, lambda: "date" not in shown.details.offers)
    assert shown.details._fields["date"].hasFocus()


def test_where_it_was_read_flashes_on_its_page(qtbot: QtBot, shown: MainWindow) -> None:
    session = shown.session
    assert session is not None
    told = session.case.suggestions(_survey(shown)).date
    assert told is not None
    QTest.mouseClick(shown.details.offers["date"].see, Left)
    wait(qtbot, lambda: shown.reader.pages.flashing(told.page)[0])
    (box,), _ = shown.reader.pages.flashing(told.page)
    boxes = session.case.page(_survey(shown), told.page).boxes[told.start : told.end]
    assert box[0] == pytest.approx(boxes[:, 0].min(), abs=2)
    assert box[2] == pytest.approx(boxes[:, 2].max(), abs=2)
    assert "date" in shown.details.offers  # nothing was taken by looking


def test_all_of_a_document_is_taken_in_one_step(qtbot: QtBot, shown: MainWindow) -> None:
    shown.actions_.named["suggestions"].trigger()
    wait(qtbot, lambda: _survey(shown).kind == "Survey")
    survey = _survey(shown)
    assert (survey.title, survey.date) == ("Survey of carers in Wealdshire", "2016-05-04")
    assert survey.period == "2014..2015"
    assert documents_of(shown)["scan_18.md"].date is None
    assert shown.session is not None
    assert shown.session.undo_stack.count() == 1
    shown.actions_.named["suggestions"].trigger()
    wait(qtbot, lambda: "Nothing is suggested" in shown.statusBar().currentMessage())
    assert shown.session.undo_stack.count() == 1


def test_after_an_import_all_is_offered_as_one_step(
    qtbot: QtBot, empty_window: MainWindow, blank_path: Path, covers: list[Path]
) -> None:
    show_case(qtbot, empty_window, blank_path)
    empty_window.import_files(covers)
    wait(qtbot, lambda: empty_window.results.offer is not None)
    offer = empty_window.results.offer
    assert offer is not None
    assert offer.take.text() == "Take suggestions for 2 new documents"
    wait(qtbot, lambda: len(documents_of(empty_window)) == 2)
    QTest.mouseClick(offer.take, Left)
    wait(qtbot, lambda: documents_of(empty_window)["scan_18.md"].date == "2014-08-08")
    assert _survey(empty_window).date == "2016-05-04"
    assert offer.isHidden()
    assert empty_window.session is not None
    assert empty_window.session.undo_stack.count() == 1
    empty_window.session.undo()
    wait(qtbot, lambda: documents_of(empty_window)["scan_18.md"].date is None)
    assert _survey(empty_window).title == "Scan 17"


def test_an_offer_after_an_import_can_be_left(
    qtbot: QtBot, empty_window: MainWindow, blank_path: Path, covers: list[Path]
) -> None:
    show_case(qtbot, empty_window, blank_path)
    empty_window.import_files(covers)
    wait(qtbot, lambda: empty_window.results.offer is not None)
    offer = empty_window.results.offer
    assert offer is not None
    QTest.mouseClick(offer.leave, Left)
    assert offer.isHidden()
    assert _survey(empty_window).date is None
