"""The contents list: a sound tree whatever its levels, found in, followed, and gone to from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cambs_evidence.model import Heading
from tests.ui.support import Left, None_, wait
from ui.models.contents import HEADING, MARKED, ContentsModel
from ui.panels.contents import ContentsPanel
from ui.theme import Theme

Key = Qt.Key
REPORT = [
    Heading("1 What we found in Camshire", 0, 0, 700.0),
    Heading("1.1 Help and protection", 1, 1, 760.0),
    Heading("1.1.1 Strategy meetings", 2, 1, 400.0),
    Heading("1.2 Children in care", 1, 3, None),
    Heading("2 What has to change", 0, 5, 700.0),
    Heading("Left over from the template", 1, None, None),
    Heading("2.1 Supervision & <i>recording</i>", 1, 5, 300.0),
]


def _tester(model: ContentsModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)


def _lines(model: ContentsModel) -> list[tuple[int, str]]:
    """Depth and title of all lines, in order."""
    found = []
    todo = [(0, model.index(row, 0)) for row in reversed(range(model.rowCount()))]
    while todo:
        depth, index = todo.pop()
        found.append((depth, index.data()))
        below = reversed(range(model.rowCount(index)))
        todo += [(depth + 1, model.index(row, 0, index)) for row in below]
    return found


# --- the tree ----------------------------------------------------------------------------------


def test_headings_stand_below_each_other_by_their_levels() -> None:
    model = ContentsModel()
    tester = _tester(model)
    model.show(REPORT)
    assert _lines(model) == [(each.level, each.title) for each in REPORT]
    assert [model.index(row, 1).data() for row in range(2)] == ["1", "6"]
    tester.deleteLater()


def test_levels_that_are_left_out_are_not_missed() -> None:
    model = ContentsModel()
    tester = _tester(model)
    levels = (2, 0, 3, 5, 2, 4, 1, 0)
    model.show([Heading(str(number), level, 0, None) for number, level in enumerate(levels)])
    assert [depth for depth, _ in _lines(model)] == [0, 0, 1, 2, 1, 2, 1, 0]
    tester.deleteLater()


@settings(max_examples=60, deadline=None)
@given(levels=some.lists(some.integers(0, 40), max_size=60), words=some.sampled_from("0123"))
def test_any_levels_make_a_sound_tree_of_all_headings(levels: list[int], words: str) -> None:
    model = ContentsModel()
    tester = _tester(model)
    headings = [Heading(f"Part {n}", level, n, None) for n, level in enumerate(levels)]
    model.show(headings)
    assert [title for _, title in _lines(model)] == [each.title for each in headings]
    model.choose(words)
    shown = [title for _, title in _lines(model)]
    assert {each.title for each in headings if words in each.title} <= set(shown)
    assert shown == [each.title for each in headings if each.title in shown]
    model.choose("")
    assert len(_lines(model)) == len(headings)
    tester.deleteLater()


def test_a_list_that_only_goes_deeper_does_not_exhaust_the_stack(panel: ContentsPanel) -> None:
    panel.show_headings([Heading(f"Part {n}", n, n, None) for n in range(5000)])
    panel.tree.expandAll()
    assert len(_lines(panel._model)) == 5000
    assert max(depth for depth, _ in _lines(panel._model)) < 30


def test_titles_stand_on_one_line_and_are_never_markup() -> None:
    model = ContentsModel()
    odd = [Heading("Two\nlines <b>", 0, 0, None), Heading("  ", 0, 1, None)]
    model.show([*odd, Heading("x" * 5000, 0, 2, None)])
    assert model.index(0, 0).data() == "Two lines <b>"
    tip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "<span>Two lines &lt;b&gt;<br>Page 1</span>"
    assert model.index(1, 0).data() == "(without a title)"
    assert len(model.index(2, 0).data()) == 300


def test_a_line_is_read_out_with_its_page() -> None:
    model = ContentsModel()
    model.show(REPORT)
    first, second = model.index(0, 0), model.index(1, 0)
    model.mark(first)
    said = Qt.ItemDataRole.AccessibleTextRole
    assert first.data(said) == "1 What we found in Camshire, page 1, the page in view"
    assert model.index(0, 0, second).data(said).endswith(", leads to no page")


# --- which one the page belongs to --------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "y", "title"),
    [
        (0, 750.0, None),
        (0, 700.0, "1 What we found in Camshire"),
        (1, 800.0, "1 What we found in Camshire"),
        (1, 500.0, "1.1 Help and protection"),
        (1, 400.0, "1.1.1 Strategy meetings"),
        (2, 800.0, "1.1.1 Strategy meetings"),
        (3, 800.0, "1.2 Children in care"),
        (9, 0.0, "2.1 Supervision & <i>recording</i>"),
        (0, None, "1 What we found in Camshire"),
        (1, None, "1.1 Help and protection"),
        (2, None, "1.1.1 Strategy meetings"),
        (5, None, "2 What has to change"),
    ],
)
def test_a_place_belongs_to_the_last_heading_above_it(
    page: int, y: float | None, title: str | None
) -> None:
    model = ContentsModel()
    model.show(REPORT)
    assert model.at(page, y).data() == title


def test_a_list_out_of_order_is_followed_by_page() -> None:
    model = ContentsModel()
    model.show([Heading(each, 0, 0, None) for each in ("First", "Second")])
    assert model.at(0, 400.0).data() == "First"  # where on the page the second begins is not known
    assert model.at(1, 400.0).data() == "Second"
    model.show([Heading("Annex", 0, 9, None), Heading("Summary", 0, 2, None)])
    assert model.at(4).data() == "Summary"
    assert model.at(12).data() == "Annex"
    assert not model.at(1).isValid()


# --- the panel -----------------------------------------------------------------------------------


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> Iterator[ContentsPanel]:
    made = ContentsPanel(theme)
    made.resize(280, 300)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(made)


@pytest.fixture
def chosen(panel: ContentsPanel) -> list[str]:
    titles: list[str] = []
    panel.chosen.connect(lambda heading: titles.append(heading.title))
    return titles


def _index(panel: ContentsPanel, title: str) -> QModelIndex:
    found = panel._model.match(
        panel._model.index(0, 0), Qt.ItemDataRole.DisplayRole, title, 1,
        Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive,
    )  # fmt: skip
    return found[0]


def _marked(panel: ContentsPanel) -> str | None:
    QTest.qWait(1)
    index = panel._model.marked()
    return index.data() if index.isValid() else None


def test_without_headings_the_panel_says_why(panel: ContentsPanel) -> None:
    said = []
    for show in (
        panel.clear,
        lambda: panel.show_headings(None),
        lambda: panel.show_headings([]),
    ):
        show()
        assert panel.told.isVisible()
        assert not panel.field.isEnabled()
        said.append(panel.told.text())
    assert said == [
        "No document is shown.",
        "The contents list is being read…",
        "This document has no contents list.",
    ]
    panel.show_headings(REPORT)
    assert panel.tree.isVisible()
    assert panel.field.isEnabled()


def test_two_levels_are_unfolded_at_first(panel: ContentsPanel) -> None:
    panel.show_headings(REPORT)
    assert panel.tree.isExpanded(_index(panel, "1 What"))
    assert not panel.tree.isExpanded(_index(panel, "1.1 Help"))
    whole = [Heading("Report", 0, 0, None)]
    panel.show_headings(whole + [Heading(x.title, x.level + 1, x.page, x.y) for x in REPORT])
    assert panel.tree.isExpanded(_index(panel, "1 What"))


def test_a_click_or_enter_goes_to_the_heading(panel: ContentsPanel, chosen: list[str]) -> None:
    panel.show_headings(REPORT)
    for title in ("1.2 Children", "Left over"):
        where = panel.tree.visualRect(_index(panel, title)).center()
        QTest.mouseClick(panel.tree.viewport(), Left, None_, where)
    assert chosen == ["1.2 Children in care"]
    panel.tree.setCurrentIndex(_index(panel, "2 What"))
    QTest.keyClick(panel.tree, Key.Key_Return)
    QTest.keyClick(panel.tree, Key.Key_Down)
    QTest.keyClick(panel.tree, Key.Key_Return)
    assert chosen == ["1.2 Children in care", "2 What has to change"]


def test_the_heading_in_view_is_marked_and_what_keys_act_on_stays(panel: ContentsPanel) -> None:
    panel.show_headings(REPORT)
    panel.tree.setCurrentIndex(_index(panel, "1 What"))
    panel.field.setFocus()
    panel.follow(3)
    assert _marked(panel) == "1.2 Children in care"
    marked = panel._model.marked()
    assert marked.data(Qt.ItemDataRole.FontRole).bold()
    assert panel.field.hasFocus()
    assert panel.tree.currentIndex() == _index(panel, "1 What")
    panel.follow(0)
    assert not marked.data(MARKED)


def test_a_heading_that_is_folded_away_is_marked_by_the_one_above(panel: ContentsPanel) -> None:
    panel.show_headings(REPORT)
    panel.follow(1, 300.0)
    assert _marked(panel) == "1.1 Help and protection"
    panel.tree.expand(_index(panel, "1.1 Help"))
    assert _marked(panel) == "1.1.1 Strategy meetings"
    panel.tree.collapse(_index(panel, "1 What"))
    assert _marked(panel) == "1 What we found in Camshire"


def test_what_is_marked_is_brought_into_sight(qtbot: QtBot, panel: ContentsPanel) -> None:
    panel.show_headings([Heading(f"Part {n}", 0, n, None) for n in range(400)])
    panel.follow(390)

    def in_sight() -> bool:
        line = panel.tree.visualRect(panel._model.marked())
        return panel.tree.viewport().rect().contains(line.center())

    assert in_sight()
    panel.hide()
    panel.follow(3)
    panel.show()
    wait(qtbot, in_sight)
    assert _marked(panel) == "Part 3"


def test_headings_are_found_with_those_above_them(
    qtbot: QtBot, panel: ContentsPanel, chosen: list[str]
) -> None:
    panel.show_headings(REPORT)
    QTest.keyClicks(panel.field, "MEETINGS strategy")
    wait(qtbot, lambda: panel._model.shown == 3)
    assert panel.tree.isExpanded(_index(panel, "1.1 Help"))
    QTest.keyClick(panel.field, Key.Key_Return)
    assert chosen == ["1.1.1 Strategy meetings"]
    assert panel.tree.hasFocus()
    panel.field.setText("housing")
    wait(qtbot, panel.told.isVisible)
    assert panel.told.text() == "No heading holds these words."
    panel.field.clear()
    wait(qtbot, lambda: panel._model.shown == len(REPORT))
    assert panel.tree.isVisible()


def test_another_document_begins_without_what_was_sought(panel: ContentsPanel) -> None:
    panel.show_headings(REPORT)
    panel.field.setText("supervision")
    panel.search()
    panel.show_headings(REPORT[:2])
    assert panel.field.text() == ""
    assert panel._model.shown == 2
    assert _marked(panel) is None


def test_a_title_that_is_too_long_does_not_push_its_page_out(panel: ContentsPanel) -> None:
    panel.show_headings([Heading("A very long title " * 20, 0, 11_999, None)])
    index = panel._model.index(0, 1)
    where = panel.tree.visualRect(index)
    assert panel.tree.viewport().rect().contains(where)
    assert where.width() > panel.tree.fontMetrics().horizontalAdvance(index.data())
    assert index.data(HEADING).page == 11_999
