"""Links and passages that there are, changed by key and by hand: each in one step, and undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.model import Link, Polarity
from tests.support import IN_LETTER, IN_NOTES, ONCE_P1, ONCE_P2, ONCE_P3, REPEATED
from tests.ui.support import (
    Answer,
    Control,
    Left,
    None_,
    Shift,
    click_on,
    drop,
    links_on_disk,
    offset_of,
    press,
    select_words,
    settled,
    show_case,
    wait,
)
from ui import carried
from ui.dialogs.note import NoteDialog
from ui.main_window import MainWindow
from ui.models import evidence as of_evidence
from ui.models.filters import Filter

Key = Qt.Key
Alt = Qt.KeyboardModifier.AltModifier
FIRST = f"{ONCE_P1} and see them often."


@pytest.fixture
def window(qtbot: QtBot, empty_window: MainWindow, case_path: Path) -> MainWindow:
    """A window on a case with links on the first page of the report, and elsewhere."""
    with Case.open(case_path, by="Tester") as case:
        report = case.document("report.pdf")
        for quote, codes, polarity, name in (
            (FIRST, "1.1 2.1", Polarity.STRENGTH, "report.pdf"),
            (REPEATED, "1.1", Polarity.DEVELOPMENT, "report.pdf"),
            (ONCE_P2, "1.2", Polarity.STRENGTH, "report.pdf"),
            (IN_LETTER, "3.1", Polarity.NEUTRAL, "letter.txt"),
        ):
            for code in codes.split():
                place = case.find(case.document(name), quote, occurrence=None if quote != REPEATED
                                  else 1)  # fmt: skip
                anchor = case.anchor(case.document(name), place)
                case.tag_anchor(case.document(name), anchor, case.target(code), polarity)
        assert report.pages == 3
    show_case(qtbot, empty_window, case_path)
    return empty_window


def _disk(window: MainWindow) -> list[Link]:
    assert window.session is not None
    return links_on_disk(window.session.case.path)


def _said(window: MainWindow) -> set[tuple[str, str, str]]:
    """Quote, code and polarity of each link on disk."""
    return {(x.passage.anchor.quote, x.code, x.polarity.value) for x in _disk(window)}


def _done_and_undone(
    qtbot: QtBot, window: MainWindow, act: Callable[[], object], name: str
) -> list[Link]:
    """Does something that is one step; what is then on disk. Undone, all is as it was; redone."""
    assert window.session is not None
    stack = window.session.undo_stack
    before, steps = _disk(window), stack.index()
    act()
    wait(qtbot, lambda: stack.index() == steps + 1)
    settled(qtbot, window)
    after = _disk(window)
    assert stack.undoText() == name
    assert window.actions_.undo is not None
    assert name in window.actions_.undo.text()
    window.session.undo()
    settled(qtbot, window)
    assert _disk(window) == before
    window.session.redo()
    settled(qtbot, window)
    assert _disk(window) == after
    return after


# --- many at once ----------------------------------------------------------------------------


def test_all_rows_that_a_filter_leaves_are_changed_in_one_step_by_keys(
    qtbot: QtBot, window: MainWindow
) -> None:
    table = window.evidence.table
    window.evidence.show_filter(Filter(section=1))
    table.setFocus()
    table.selectAll()
    assert window.evidence.count.text() == "3 chosen, 3 of 5 links"

    links = _done_and_undone(
        qtbot, window, lambda: QTest.keyClick(table, Key.Key_D, Alt),
        "change 3 links to development",
    )  # fmt: skip
    assert {x.polarity for x in links if x.code in {"1.1", "1.2"}} == {Polarity.DEVELOPMENT}
    assert len(window.evidence.links()) == 3  # they stay chosen, though all was done anew

    def retag() -> None:
        table.setFocus()
        QTest.keyClick(table, Key.Key_T, Shift)
        palette = window.tagging.palette
        assert palette.isVisible()
        assert palette.note.isHidden()
        QTest.keyClicks(palette.field, "1.4")
        QTest.keyClick(palette.field, Key.Key_Return)

    links = _done_and_undone(qtbot, window, retag, "change 3 links to 1.4")
    assert sorted(x.code for x in links) == ["1.4", "1.4", "1.4", "2.1", "3.1"]

    links = _done_and_undone(
        qtbot, window, lambda: QTest.keyClick(table, Key.Key_Delete), "untag 3 links"
    )
    assert sorted(x.code for x in links) == ["2.1", "3.1"]

    def note() -> None:
        def write(dialog: NoteDialog) -> None:
            QTest.keyClicks(dialog.note, "of all")
            QTest.keyClick(dialog.note, Key.Key_Return)

        window.evidence.show_all()
        table.setFocus()
        QTest.keyClick(table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        with Answer(write):
            QTest.keyClick(table, Key.Key_N)

    links = _done_and_undone(qtbot, window, note, "change 2 links: note")
    assert [x.note for x in links].count("of all") == 2


# --- dragging --------------------------------------------------------------------------------


def _drop_rows(window: MainWindow, rows: list[int], code: str, held: Qt.KeyboardModifier) -> None:
    table, tree = window.evidence.table, window.framework.tree
    data = table.model().mimeData([table.model().index(row, 0) for row in rows])
    window.framework.select(code)
    where = tree.visualRect(tree.currentIndex()).center()
    both = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    for event in (
        QDragEnterEvent(where, both, data, Left, held),
        QDragMoveEvent(where, both, data, Left, held),
        QDropEvent(QPointF(where), both, data, Left, held),
    ):
        QApplication.sendEvent(tree.viewport(), event)
        assert event.isAccepted()


def test_rows_dropped_on_a_criterion_move_there_and_with_ctrl_are_tagged_to_it_too(
    qtbot: QtBot, window: MainWindow
) -> None:
    codes = [window.evidence.table.model().index(row, 0).data() for row in range(5)]
    assert codes == ["1.1", "1.1", "1.2", "2.1", "3.1"]
    links = _done_and_undone(
        qtbot, window, lambda: _drop_rows(window, [2, 4], "5.1", None_), "change 2 links to 5.1"
    )
    assert sorted(x.code for x in links) == ["1.1", "1.1", "2.1", "5.1", "5.1"]
    window.evidence.show_all()
    links = _done_and_undone(
        qtbot, window, lambda: _drop_rows(window, [0, 1], "5.1", Control),
        "tag 2 passages to 5.1",
    )  # fmt: skip
    assert sorted(x.code for x in links) == ["1.1", "1.1", "2.1", "5.1", "5.1", "5.1", "5.1"]


def test_a_criterion_dropped_on_a_highlight_or_on_what_is_selected_tags_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    pages, tree = window.reader.pages, window.framework.tree
    window.framework.select("6.1")
    data = tree.model().mimeData([tree.currentIndex()])
    assert carried.criterion_in(data) == "6.1"
    mark = pages.rectangle(0, pages.marks_of(0)[0].boxes[0]).center().toPoint()
    links = _done_and_undone(qtbot, window, lambda: drop(pages.viewport(), data, mark), "tag 6.1")
    (made,) = [x for x in links if x.code == "6.1"]
    assert (made.passage.anchor.quote, made.polarity) == (FIRST, Polarity.STRENGTH)
    select_words(pages, 2, ONCE_P3)
    there = pages.selection_rectangle()
    assert there is not None
    drop(pages.viewport(), data, there.center().toPoint())
    wait(qtbot, lambda: (ONCE_P3, "6.1", "strength") in _said(window))
    assert not drop(pages.viewport(), data, QPoint(4, 4))  # nothing stands there
    assert not drop(pages.viewport(), QMimeData(), mark)


# --- the last nine ---------------------------------------------------------------------------


def test_figures_tag_to_the_criteria_used_last_and_are_remembered(
    qtbot: QtBot, window: MainWindow, case_path: Path
) -> None:
    pages, recent = window.reader.pages, window.retagging.recent
    select_words(pages, 0, "Practice is strong where")
    pages.setFocus()
    QTest.keyClick(pages, Key.Key_1)  # no criterion is on it yet
    QTest.keyClick(pages, Key.Key_T)
    QTest.keyClicks(window.tagging.palette.field, "4.1, 4.2")
    QTest.keyClick(window.tagging.palette.field, Key.Key_D, Alt)
    QTest.keyClick(window.tagging.palette.field, Key.Key_Return)
    settled(qtbot, window)
    assert [x.code for x in recent.targets()] == ["4.1", "4.2"]
    select_words(pages, 2, ONCE_P3)
    pages.setFocus()
    QTest.keyClick(pages, Key.Key_2)
    wait(qtbot, lambda: (ONCE_P3, "4.2", "development") in _said(window))
    settled(qtbot, window)
    assert [x.code for x in recent.targets()] == ["4.1", "4.2"]  # each keeps its key
    assert next(x.text() for x in recent.menu.actions() if x.isVisible()).startswith("4.1")
    QTest.keyClick(pages, Key.Key_T)  # once more the same passage
    palette = window.tagging.palette
    assert [x.code for x in palette.targets_shown()][:3] == ["4.1", "4.2", "1.1"]
    assert palette.list.item(0).text().startswith("1  ")
    QTest.keyClick(palette.field, Key.Key_1, Alt)
    wait(qtbot, lambda: (ONCE_P3, "4.1", "development") in _said(window))
    settled(qtbot, window)
    window.retagging._used([f"{n}.1" for n in range(5, 14)])
    assert len(recent.targets()) == 9
    window.close_case()
    assert recent.targets() == []
    show_case(qtbot, window, case_path)
    assert {x.code for x in recent.targets()} == {f"{n}.1" for n in range(5, 14)}
    table = window.evidence.table
    table.setFocus()
    table.selectRow(0)
    code = recent.targets()[0].code
    links = _done_and_undone(qtbot, window, lambda: QTest.keyClick(table, Key.Key_1), f"tag {code}")
    assert [x.code for x in links if x.passage.anchor.quote == FIRST] == ["1.1", "2.1", code]


# --- splitting and merging -------------------------------------------------------------------


def test_s_splits_a_passage_and_m_merges_it_again(qtbot: QtBot, window: MainWindow) -> None:
    pages = window.reader.pages
    pages.go_to(0)
    click_on(pages, 0, offset_of(pages, 0, "and see them"))
    pages.setFocus()
    _done_and_undone(qtbot, window, lambda: QTest.keyClick(pages, Key.Key_S), "split a passage")
    assert {each[:2] for each in _said(window) if "know" in each[0] or "see" in each[0]} == {
        (ONCE_P1, "1.1"), (ONCE_P1, "2.1"), ("and see them often.", "1.1"),
        ("and see them often.", "2.1"),
    }  # fmt: skip
    select_words(pages, 0, FIRST)
    pages.setFocus()
    _done_and_undone(qtbot, window, lambda: QTest.keyClick(pages, Key.Key_M), "merge 2 passages")
    assert {each[:2] for each in _said(window) if "know" in each[0]} == {
        (FIRST, "1.1"), (FIRST, "2.1"),
    }  # fmt: skip
    select_words(pages, 0, "know their children")
    pages.setFocus()
    _done_and_undone(qtbot, window, lambda: QTest.keyClick(pages, Key.Key_S), "split a passage")
    quotes = {each[0] for each in _said(window)}
    assert {"Social workers", "know their children", "well and see them often."} <= quotes
    # Chosen in the table, they are merged too.
    table = window.evidence.table
    window.evidence.show_filter(Filter(code="2.1"))
    table.selectAll()
    table.setFocus()
    _done_and_undone(qtbot, window, lambda: QTest.keyClick(table, Key.Key_M), "merge 3 passages")
    assert FIRST in {each[0] for each in _said(window)}


def test_what_cannot_be_split_or_merged_says_what_to_do(window: MainWindow) -> None:
    pages = window.reader.pages
    pages.select_nothing()
    pages.set_active(None)
    window.evidence.table.clearSelection()
    pages.setFocus()
    QTest.keyClick(pages, Key.Key_S)
    assert "press S" in window.statusBar().currentMessage()
    QTest.keyClick(pages, Key.Key_M)
    assert "press M" in window.statusBar().currentMessage()


# --- the table -------------------------------------------------------------------------------


def test_filters_are_saved_with_the_case_and_columns_are_remembered(
    qtbot: QtBot, window: MainWindow, case_path: Path
) -> None:
    panel = window.evidence
    window.actions_.named["find-evidence"].trigger()
    assert panel.card.isVisible()
    QTest.keyClicks(panel.card.since, "nonsense")
    wait(qtbot, panel.card._doubt.isVisible)
    assert "no date yet" in panel.card._doubt.text()
    panel.card.since.clear()
    QTest.keyClick(panel.card, Key.Key_Escape)
    assert not panel.card.isVisible()
    panel.polarity.setCurrentIndex(panel.polarity.findData("development"))
    panel.criterion.setCurrentIndex(panel.criterion.findData("1"))
    assert panel.count.text() == "1 of 5 links"
    assert len(panel.chips.words()) == 2

    def name(dialog: QInputDialog) -> None:
        dialog.setTextValue("To look at")
        press("OK")(dialog)

    with Answer(name):
        panel.save_filter()
    settled(qtbot, window)
    wait(qtbot, lambda: panel._saved)
    header = panel.table.horizontalHeader()
    header.moveSection(header.visualIndex(of_evidence.DOCUMENT), 0)
    header.setSectionHidden(of_evidence.STATE, False)
    panel.table.sortByColumn(of_evidence.PAGE, Qt.SortOrder.DescendingOrder)
    window.close_case()
    show_case(qtbot, window, case_path)
    assert header.logicalIndex(0) == of_evidence.DOCUMENT
    assert not header.isSectionHidden(of_evidence.STATE)
    assert panel.count.text() == "5 links"
    assert panel.table.model().sorting == (of_evidence.PAGE, True)
    wait(qtbot, lambda: panel._saved)
    panel._fill_saved()
    (saved,) = [x for x in panel._saved_menu.actions() if x.text() == "To look at"]
    saved.trigger()
    assert panel.filter == Filter(section=1, polarity=Polarity.DEVELOPMENT)
    assert panel.count.text() == "1 of 5 links"


# --- conflicts -------------------------------------------------------------------------------


def test_conflicts_are_counted_and_shown_side_by_side(qtbot: QtBot, window: MainWindow) -> None:
    button = window.conflicting.button
    assert button.text() == "≠ 1 conflict"
    assert button.isVisible()
    window.framework.select("1.1")
    assert "≠" in window.framework.tree.currentIndex().siblingAtColumn(4).data()
    QTest.keyClick(window.reader.pages, Key.Key_X)
    dialog = window.conflicting.dialog
    assert dialog is not None
    wait(qtbot, lambda: dialog.list.count() == 1)
    strengths, developments = dialog.sides.values()
    assert FIRST in strengths.item(0).text()
    assert "page 1" in developments.item(0).text()
    window.reader.pages.go_to(2)
    QTest.keyClick(dialog.list, Key.Key_Right)
    assert strengths.hasFocus()
    QTest.keyClick(strengths, Key.Key_Return)
    wait(qtbot, lambda: window.reader.pages.page == 0)
    (against,) = [x for x in _disk(window) if x.polarity is Polarity.DEVELOPMENT]
    window.retagging.polarise([against], Polarity.NEUTRAL)
    wait(qtbot, lambda: dialog.list.count() == 0)
    assert not button.isVisible()
    assert "No conflicts" in dialog.headline.text()
    dialog.close()
    assert window.conflicting.dialog is None
    assert IN_NOTES not in {x.passage.anchor.quote for x in _disk(window)}
