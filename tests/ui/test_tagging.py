"""From words on a page to a link on disk, by every way there is, and what can be done to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from cambs_evidence.model import Link, Polarity, State
from tests.support import IN_LETTER, ONCE_P1, ONCE_P2, ONCE_P3, REPEATED
from tests.ui.support import (
    Answer,
    Control,
    Left,
    Shift,
    both,
    click_on,
    drop,
    keep_words,
    links_on_disk,
    offset_of,
    ok,
    only,
    select_words,
    text_is_there,
    wait,
    words_of,
)
from ui.main_window import MainWindow
from ui.models import evidence as of_evidence
from ui.models import framework as of_framework
from ui.pieces import Piece
from ui.viewer.page_view import PASSAGE_MIME

Key = Qt.Key


@pytest.fixture
def disk(window: MainWindow) -> Callable[[], list[Link]]:
    """The links of the window's case as they are on disk."""
    assert window.session is not None
    path = window.session.case.path
    return lambda: links_on_disk(path)


Disk = Callable[[], list[Link]]


def _settled(qtbot: QtBot, window: MainWindow) -> None:
    wait(qtbot, lambda: window.session is not None and not window.session.busy)


def _links(window: MainWindow) -> list[Link]:
    assert window.session is not None
    return list(window.session.held.links.values())


def _select(window: MainWindow, words: str = ONCE_P1, page: int = 0) -> None:
    select_words(window.reader.pages, page, words)
    window.reader.pages.setFocus()


def _ask(window: MainWindow) -> None:
    QTest.keyClick(window.reader.pages, Key.Key_T)
    assert window.tagging.palette.isVisible()
    assert window.tagging.palette.field.hasFocus()


def _tag(
    qtbot: QtBot, window: MainWindow, typed: str = "12.4", words: str = ONCE_P1, page: int = 0
) -> Link:
    """Tags words as a person does."""
    before = {link.id for link in _links(window)}
    _select(window, words, page)
    _ask(window)
    QTest.keyClicks(window.tagging.palette.field, typed)
    QTest.keyClick(window.tagging.palette.field, Key.Key_Return)
    wait(qtbot, lambda: len(_links(window)) > len(before))
    _settled(qtbot, window)
    return next(link for link in _links(window) if link.id not in before)


def _line(window: MainWindow, code: str) -> list[str]:
    tree = window.framework.tree
    window.framework.select(code)
    index = tree.currentIndex()
    assert index.data(of_framework.CODE) == code
    return [index.siblingAtColumn(column).data() for column in range(5)]


def _gaps(window: MainWindow) -> int:
    return int(window.gaps.text().split()[1])


# --- tagging ---------------------------------------------------------------------------------


def test_select_t_a_code_and_enter_make_a_link(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    before = _gaps(window)
    _select(window)
    _ask(window)
    palette = window.tagging.palette
    QTest.keyClicks(palette.field, "12.4")
    assert palette.targets_shown()[0].code == "12.4"
    QTest.keyClick(palette.field, Key.Key_Return)
    assert not palette.isVisible()
    wait(qtbot, lambda: _links(window))
    (link,) = disk()
    assert link == only(_links(window))
    assert (link.code, link.polarity, link.passage.anchor.quote) == (
        "12.4", Polarity.STRENGTH, ONCE_P1,
    )  # fmt: skip
    assert window.reader.pages._marks[0][0].links == (link,)
    assert window.evidence.table.model().rowCount() == 1
    assert window.evidence.links() == [link]
    assert window.details.active_link() == link
    assert _gaps(window) == before - 1
    assert _line(window, "12.4")[1:4] == ["1", "·", "·"]
    assert window.statusBar().currentMessage() == "Tagged 12.4 as strength."
    assert window.reader.pages.hasFocus()
    assert window.reader.pages.selected_text() == ""


def test_a_few_words_find_the_criterion(qtbot: QtBot, window: MainWindow) -> None:
    link = _tag(qtbot, window, "timely permanence")
    assert link.code == "12.4"


def test_arrows_choose_another_criterion_while_the_cursor_stays_in_the_field(
    qtbot: QtBot, window: MainWindow
) -> None:
    _select(window)
    _ask(window)
    palette = window.tagging.palette
    QTest.keyClicks(palette.field, "foster")
    codes = [target.code for target in palette.targets_shown()]
    assert len(codes) > 2
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Up):
        QTest.keyClick(palette.field, key)
    assert palette.field.hasFocus()
    QTest.keyClick(palette.field, Key.Key_Return)
    wait(qtbot, lambda: _links(window))
    assert only(_links(window)).code == codes[1]


def test_control_and_enter_add_a_criterion_and_stay(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    _select(window)
    _ask(window)
    palette = window.tagging.palette
    for code in ("12.4", "1.1"):
        QTest.keyClicks(palette.field, code)
        QTest.keyClick(palette.field, Key.Key_Return, Control)
        assert palette.isVisible()
        assert palette.field.text() == ""
    QTest.keyClick(palette.field, Key.Key_Return)
    wait(qtbot, lambda: len(_links(window)) == 2)
    assert {link.code for link in disk()} == {"12.4", "1.1"}
    assert len({link.passage.id for link in disk()}) == 1
    QTest.keyClick(window.reader.pages, Key.Key_Z, Control)
    wait(qtbot, lambda: not _links(window))
    _settled(qtbot, window)
    assert disk() == []


def test_several_codes_typed_one_after_the_other_are_all_tagged(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    _tag(qtbot, window, "12.4, 12.5 18")
    assert [link.code for link in disk()] == ["12.4", "12.5", "18"]
    assert window.session is not None
    assert window.session.undo_stack.undoText() == "tag 12.4, 12.5, 18"
    active = window.details.active_link()
    assert active is not None
    assert active.code == "12.4"


@pytest.mark.parametrize(
    ("key", "polarity"),
    [
        (Key.Key_D, Polarity.DEVELOPMENT),
        (Key.Key_N, Polarity.NEUTRAL),
        (Key.Key_S, Polarity.STRENGTH),
    ],
)
def test_alt_and_a_letter_choose_the_polarity_and_open_no_menu(
    qtbot: QtBot, window: MainWindow, key: Qt.Key, polarity: Polarity
) -> None:
    _select(window)
    _ask(window)
    palette = window.tagging.palette
    QTest.keyClicks(palette.field, "12.4")
    QTest.keyClick(palette.field, key, Qt.KeyboardModifier.AltModifier)
    assert QApplication.activePopupWidget() is None
    assert palette.isVisible()
    assert palette.polarity.polarity is polarity
    assert palette.field.text() == "12.4"
    QTest.keyClick(palette.field, Key.Key_Return)
    wait(qtbot, lambda: _links(window))
    assert only(_links(window)).polarity is polarity


def test_polarity_stays_for_the_next_passage_and_the_note_does_not(
    qtbot: QtBot, window: MainWindow
) -> None:
    _select(window)
    _ask(window)
    palette = window.tagging.palette
    QTest.keyClicks(palette.field, "12.4")
    qtbot.mouseClick(palette.polarity._buttons[Polarity.NEUTRAL], Left)
    palette.note.setFocus()
    QTest.keyClicks(palette.note, "The team manager said so")
    QTest.keyClick(palette.note, Key.Key_Return)
    wait(qtbot, lambda: _links(window))
    link = only(_links(window))
    assert (link.polarity, link.note) == (Polarity.NEUTRAL, "The team manager said so")
    second = _tag(qtbot, window, "1.1", "Practice is strong where")
    assert (second.polarity, second.note) == (Polarity.NEUTRAL, None)


def test_escape_leaves_the_palette_with_the_words_still_selected(
    window: MainWindow, disk: Disk
) -> None:
    _select(window)
    _ask(window)
    QTest.keyClicks(window.tagging.palette.field, "12.4")
    QTest.keyClick(window.tagging.palette.field, Key.Key_Escape)
    assert not window.tagging.palette.isVisible()
    assert window.reader.pages.hasFocus()
    assert window.reader.pages.selected_text() == ONCE_P1
    assert disk() == []


def test_tab_goes_round_in_the_palette(window: MainWindow) -> None:
    _select(window)
    _ask(window)
    palette = window.tagging.palette
    seen = []
    for _ in range(6):
        focus = QApplication.focusWidget()
        assert focus is not None
        assert palette.isAncestorOf(focus)
        seen.append(focus)
        QTest.keyClick(focus, Key.Key_Tab)
    assert len(set(seen)) == 4
    assert seen[1] is palette.note  # straight from the criterion
    assert seen[4] is seen[0]
    QTest.keyClick(palette.field, Key.Key_Escape)


def test_a_click_elsewhere_leaves_the_palette(window: MainWindow) -> None:
    _select(window)
    _ask(window)
    QTest.mouseClick(window.framework.field, Left)
    assert not window.tagging.palette.isVisible()


def test_keys_typed_into_the_palette_do_nothing_else_in_the_window(window: MainWindow) -> None:
    _select(window)
    _ask(window)
    palette = window.tagging.palette
    QTest.keyClicks(palette.field, "gtn foster")
    assert palette.field.text() == "gtn foster"
    assert palette.isVisible()
    QTest.keyClick(palette.field, Key.Key_Escape)


def test_what_was_asked_about_is_tagged_whatever_is_selected_meanwhile(
    qtbot: QtBot, window: MainWindow
) -> None:
    _select(window)
    _ask(window)
    pages = window.reader.pages
    pages.select_piece(Piece(0, (60.0, 700.0, 300.0, 780.0)))  # as an answer that came late does
    QTest.keyClicks(window.tagging.palette.field, "12.4")
    QTest.keyClick(window.tagging.palette.field, Key.Key_Return)
    wait(qtbot, lambda: len(_links(window)) == 1)
    assert _links(window)[0].passage.anchor.quote == ONCE_P1
    assert pages.piece is not None  # what is selected since then stays so


def test_the_palette_opens_below_the_area_it_asks_about(window: MainWindow) -> None:
    pages = window.reader.pages
    pages.setFocus()
    pages.select_piece(Piece(0, (60.0, 700.0, 300.0, 780.0)))
    area = pages.selection_rectangle()
    assert area == pages.rectangle(0, (60.0, 700.0, 300.0, 780.0))
    _ask(window)
    palette = window.tagging.palette
    foot = pages.viewport().mapTo(window, area.toRect().bottomLeft())
    assert palette.mapTo(window, palette.rect().topLeft()).y() >= foot.y()


def test_t_without_words_says_what_to_do(window: MainWindow) -> None:
    QTest.keyClick(window.reader.pages, Key.Key_T)
    assert not window.tagging.palette.isVisible()
    window.tagging.ask()
    assert "Select words" in window.statusBar().currentMessage()


def test_tagging_the_same_words_twice_is_told_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    _tag(qtbot, window)
    before = disk()
    _select(window)
    _ask(window)
    QTest.keyClicks(window.tagging.palette.field, "12.4")
    said: list[str] = []
    with Answer(both(keep_words(said), ok)) as answer:
        QTest.keyClick(window.tagging.palette.field, Key.Key_Return)
        wait(qtbot, lambda: answer.done)
    assert "12.4" in said[0]
    assert "already" in said[0]
    assert disk() == before
    assert window.reader.pages.selection.place is not None  # to be tagged to something else
    assert window.session is not None
    assert window.session.undo_stack.count() == 1


def test_t_on_a_framed_passage_tags_it_once_more(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    _tag(qtbot, window)
    assert window.reader.pages.selection.place is None
    QTest.keyClick(window.reader.pages, Key.Key_T)
    assert window.tagging.palette.isVisible()
    QTest.keyClicks(window.tagging.palette.field, "18")
    QTest.keyClick(window.tagging.palette.field, Key.Key_Return)
    wait(qtbot, lambda: len(disk()) == 2)
    assert {link.code for link in disk()} == {"12.4", "18"}
    assert len({link.passage.id for link in disk()}) == 1


def test_a_passage_dropped_on_a_criterion_is_tagged_to_it_at_once(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    window.tagging.polarity = Polarity.DEVELOPMENT  # as the last one was tagged
    _select(window)
    tree = window.framework.tree
    window.framework.select("12.4")
    where = tree.visualRect(tree.currentIndex()).center()
    data = QMimeData()
    data.setData(PASSAGE_MIME, b"selection")
    assert drop(tree.viewport(), data, where)
    wait(qtbot, lambda: _links(window))
    assert not window.tagging.palette.isVisible()
    assert [(link.code, link.polarity) for link in disk()] == [("12.4", Polarity.DEVELOPMENT)]


def test_a_passage_dropped_on_a_section_with_criteria_is_not_taken(
    window: MainWindow,
) -> None:
    _select(window)
    tree = window.framework.tree
    tree.scrollToTop()
    data = QMimeData()
    data.setData(PASSAGE_MIME, b"selection")
    drop(tree.viewport(), data, tree.visualRect(tree.model().index(0, 0)).center())
    QApplication.processEvents()
    assert not window.tagging.palette.isVisible()


def test_tag_on_the_line_of_a_criterion_tags_what_is_selected(
    qtbot: QtBot, window: MainWindow
) -> None:
    tree = window.framework.tree
    window.framework.select("12.4")
    rect = tree.visualRect(tree.currentIndex())
    pill = window.framework._delegate._pill(rect, tree.font()).center()
    QTest.mouseClick(tree.viewport(), Left, Qt.KeyboardModifier.NoModifier, pill)
    assert not window.tagging.palette.isVisible()  # nothing is selected
    _select(window)
    QTest.mouseClick(tree.viewport(), Left, Qt.KeyboardModifier.NoModifier, pill)
    palette = window.tagging.palette
    assert palette.isVisible()
    QTest.keyClick(palette.note, Key.Key_Return)
    wait(qtbot, lambda: _links(window))
    assert only(_links(window)).code == "12.4"


def test_details_of_a_document_with_one_link_say_one_link(qtbot: QtBot, window: MainWindow) -> None:
    _tag(qtbot, window)
    assert window.session is not None
    report = window.reader.document
    assert report is not None
    window.details.show_document(window.session.document(report.id))
    assert "3 pages, " in words_of(window.details)
    assert ", 1 link\nTaken in by" in words_of(window.details)


def test_enter_on_a_criterion_tags_what_is_selected(qtbot: QtBot, window: MainWindow) -> None:
    _select(window)
    window.framework.select("1.1")
    window.framework.tree.setFocus()
    QTest.keyClick(window.framework.tree, Key.Key_Return)
    assert window.tagging.palette.isVisible()
    QTest.keyClick(window.tagging.palette.note, Key.Key_Return)
    wait(qtbot, lambda: _links(window))
    assert only(_links(window)).code == "1.1"


# --- what can be done to a link --------------------------------------------------------------


def test_a_click_on_a_highlight_shows_it_in_details_and_chooses_its_row(
    qtbot: QtBot, window: MainWindow
) -> None:
    first, second = _tag(qtbot, window), _tag(qtbot, window, "1.1", "Practice is strong where")
    assert window.evidence.links() == [second]
    click_on(window.reader.pages, 0, offset_of(window.reader.pages, 0, ONCE_P1) + 3)
    assert window.details.active_link() == first
    assert window.evidence.links() == [first]


def test_del_takes_the_chosen_link_away_and_undo_brings_it_back(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    link = _tag(qtbot, window)
    before = _gaps(window)
    window.evidence.table.setFocus()
    QTest.keyClick(window.evidence.table, Key.Key_Delete)
    wait(qtbot, lambda: not _links(window))
    assert disk() == []
    assert not any(window.reader.pages._marks.values())
    assert _gaps(window) == before + 1
    _settled(qtbot, window)
    QTest.keyClick(window.evidence.table, Key.Key_Z, Control)
    wait(qtbot, lambda: _links(window))
    assert disk() == [link]
    assert window.reader.pages._marks[0][0].links == (link,)
    QTest.keyClick(window.evidence.table, Key.Key_Z, Control | Shift)
    wait(qtbot, lambda: not _links(window))


def test_undo_pressed_before_the_tag_is_on_disk_undoes_that_tag(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    link = _tag(qtbot, window)
    _select(window, "Practice is strong where")
    _ask(window)
    QTest.keyClicks(window.tagging.palette.field, "1.1")
    QTest.keyClick(window.tagging.palette.field, Key.Key_Return)
    assert window.session is not None
    assert window.session.busy
    QTest.keyClick(window.reader.pages, Key.Key_Z, Control)
    _settled(qtbot, window)
    assert disk() == [link]


def test_several_rows_are_taken_away_at_once(qtbot: QtBot, window: MainWindow, disk: Disk) -> None:
    _tag(qtbot, window, "12.4, 1.1, 2.1")
    window.evidence.table.selectAll()
    assert len(window.evidence.links()) == 3
    QTest.keyClick(window.evidence.table, Key.Key_Delete)
    wait(qtbot, lambda: not _links(window))
    assert disk() == []


def test_shift_t_tags_a_link_to_another_criterion(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    link = _tag(qtbot, window)
    window.evidence.table.setFocus()
    QTest.keyClick(window.evidence.table, Key.Key_T, Shift)
    palette = window.tagging.palette
    assert palette.isVisible()
    assert palette.field.text() == "12.4"
    QTest.keyClicks(palette.field, "2.1")  # what was there is selected, and so replaced
    QTest.keyClick(palette.field, Key.Key_Return)
    wait(qtbot, lambda: only(_links(window)).code == "2.1")
    (now,) = disk()
    assert (now.id, now.code) == (link.id, "2.1")
    _settled(qtbot, window)
    assert _line(window, "12.4")[1] == "·"
    assert _line(window, "2.1")[1] == "1"


def _buttons(window: MainWindow, name: str) -> list[QToolButton]:
    found = window.details.findChildren(QToolButton)
    return [each for each in found if each.accessibleName() == name]


def test_details_have_a_button_to_retag_and_one_to_untag(qtbot: QtBot, window: MainWindow) -> None:
    _tag(qtbot, window)
    qtbot.mouseClick(only(_buttons(window, "Tag to another criterion than 12.4")), Left)
    assert window.tagging.palette.isVisible()
    QTest.keyClick(window.tagging.palette.field, Key.Key_Escape)
    qtbot.mouseClick(only(_buttons(window, "Untag 12.4")), Left)
    wait(qtbot, lambda: not _links(window))
    assert window.details.active_link() is None


def test_a_note_is_kept_when_it_is_left(qtbot: QtBot, window: MainWindow, disk: Disk) -> None:
    _tag(qtbot, window)
    QTest.keyClick(window.reader.pages, Key.Key_N)
    note = only(window.details._notes)
    assert note.hasFocus()
    QTest.keyClicks(note, "n and t and g are letters here")
    assert disk()[0].note is None
    window.reader.pages.setFocus()
    wait(qtbot, lambda: only(_links(window)).note)
    assert disk()[0].note == "n and t and g are letters here"


def test_a_note_is_kept_when_the_window_is_closed(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    _tag(qtbot, window)
    QTest.keyClick(window.reader.pages, Key.Key_N)
    QTest.keyClicks(only(window.details._notes), "typed and not left")
    window.close()
    assert disk()[0].note == "typed and not left"


def test_a_button_in_details_changes_the_polarity(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    _tag(qtbot, window)
    buttons = window.details.findChildren(type(window.tagging.palette.polarity))
    qtbot.mouseClick(only(buttons)._buttons[Polarity.DEVELOPMENT], Left)
    wait(qtbot, lambda: only(_links(window)).polarity is Polarity.DEVELOPMENT)
    assert disk()[0].polarity is Polarity.DEVELOPMENT
    assert window.evidence.table.model().index(0, of_evidence.POLARITY).data() == "▼ Development"


def test_a_note_and_a_polarity_changed_one_after_the_other_are_both_kept(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    _tag(qtbot, window)
    QTest.keyClick(window.reader.pages, Key.Key_N)
    QTest.keyClicks(only(window.details._notes), "look again")
    buttons = window.details.findChildren(type(window.tagging.palette.polarity))
    qtbot.mouseClick(only(buttons)._buttons[Polarity.NEUTRAL], Left)
    wait(qtbot, lambda: only(_links(window)).polarity is Polarity.NEUTRAL)
    _settled(qtbot, window)
    assert (disk()[0].polarity, disk()[0].note) == (Polarity.NEUTRAL, "look again")


# --- evidence --------------------------------------------------------------------------------


def test_a_click_on_a_row_brings_its_page_into_view_and_flashes(
    qtbot: QtBot, window: MainWindow
) -> None:
    pages = window.reader.pages
    pages.go_to(2)
    link = _tag(qtbot, window, "1.1", ONCE_P3, 2)
    pages.go_to(0)
    table = window.evidence.table
    where = table.visualRect(table.model().index(0, of_evidence.QUOTE)).center()
    QTest.mouseClick(table.viewport(), Left, Qt.KeyboardModifier.NoModifier, where)
    wait(qtbot, lambda: pages.page == 2)
    assert pages._flash.keys() == {2}
    assert pages._active == link.passage.id
    rect = pages.rectangle(2, link.passage.anchor.spans[0].quads[0])
    assert pages.viewport().rect().contains(rect.toRect())


def test_a_row_of_another_document_opens_it(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    assert session is not None
    letter = next(d for d in session.held.documents.values() if d.filename == "letter.txt")
    window.show_document(letter)
    wait(qtbot, lambda: text_is_there(window))
    _tag(qtbot, window, "1.1", IN_LETTER)
    report = next(d for d in session.held.documents.values() if d.filename == "report.pdf")
    window.show_document(report)
    wait(qtbot, lambda: text_is_there(window))
    table = window.evidence.table
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 0))
    QTest.keyClick(table, Key.Key_Return)
    wait(qtbot, lambda: text_is_there(window) and window.reader.document.id == letter.id)  # type: ignore[union-attr]
    wait(qtbot, lambda: window.reader.pages._flash)
    assert window.documents.current() == session.held.documents[letter.id]


def test_filters_of_the_table_show_what_is_asked_for(qtbot: QtBot, window: MainWindow) -> None:
    _tag(qtbot, window, "12.4, 1.1")
    _tag(qtbot, window, "1.1", "Practice is strong where")
    panel, model = window.evidence, window.evidence.table.model()
    panel.criterion.setCurrentIndex(panel.criterion.findData("1.1"))
    assert model.rowCount() == 2
    assert panel.count.text() == "2 of 3 links"
    panel.criterion.setCurrentIndex(panel.criterion.findData("12"))
    assert model.rowCount() == 1
    qtbot.mouseClick(panel.everything, Left)
    assert model.rowCount() == 3
    QTest.keyClicks(panel.text, "practice strong")
    QTest.keyClick(panel.text, Key.Key_Return)
    assert model.rowCount() == 1
    panel.text.clear()
    panel.polarity.setCurrentIndex(panel.polarity.findData(Polarity.NEUTRAL))
    assert model.rowCount() == 0
    panel.polarity.setCurrentIndex(panel.polarity.findData(Polarity.STRENGTH))
    assert model.rowCount() == 3
    assert panel.everything.isEnabled()


def test_a_criterion_chosen_in_the_framework_shows_its_evidence(
    qtbot: QtBot, window: MainWindow
) -> None:
    _tag(qtbot, window, "12.4, 1.1")
    window.framework.select("12.4")
    model = window.evidence.table.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["12.4"]
    window.framework.select("18")
    assert model.rowCount() == 0


def test_g_goes_from_gap_to_gap(qtbot: QtBot, window: MainWindow) -> None:
    _tag(qtbot, window, "1.2")
    session = window.session
    assert session is not None
    window.evidence.show_all()
    window.framework.tree.setCurrentIndex(window.framework.tree.model().index(0, 0))
    seen = []
    for _ in range(3):
        QTest.keyClick(window.reader.pages, Key.Key_G)
        seen.append(window.framework.tree.currentIndex().data(of_framework.CODE))
    assert seen == ["1.1", "1.3", "1.4"]
    assert "1.4" in window.statusBar().currentMessage()
    gaps = [e.code for e in session.held.coverage.criteria if e.state is State.NONE]
    window.framework.select(gaps[-1])
    seen = []
    for _ in range(2):  # after the gaps what is thin, then from the top again
        QTest.keyClick(window.reader.pages, Key.Key_G)
        seen.append(window.framework.tree.currentIndex().data(of_framework.CODE))
    assert seen == ["1.2", "1.1"]


def test_gaps_only_shows_no_criterion_that_has_been_tagged_meanwhile(
    qtbot: QtBot, window: MainWindow
) -> None:
    panel = window.framework
    qtbot.mouseClick(panel.gaps, Left)
    assert panel.gaps.isChecked()
    _tag(qtbot, window, "1.1")
    codes = [
        panel.tree.model().index(row, 0, panel.tree.model().index(0, 0)).data(of_framework.CODE)
        for row in range(panel.tree.model().rowCount(panel.tree.model().index(0, 0)))
    ]
    assert "1.1" not in codes
    assert "1.2" in codes


# --- finding ---------------------------------------------------------------------------------


def test_words_are_found_marked_counted_and_gone_through(qtbot: QtBot, window: MainWindow) -> None:
    pages, bar = window.reader.pages, window.reader.find_bar
    QTest.keyClick(pages, Key.Key_F, Control)
    assert bar.isVisible()
    assert bar.field.hasFocus()
    QTest.keyClicks(bar.field, REPEATED.lower())
    wait(qtbot, lambda: bar.count.text() == "1 of 3")
    assert {page: len(places) for page, places in pages._hits.items()} == {0: 1, 2: 2}
    QTest.keyClick(bar.field, Key.Key_Return)
    assert bar.count.text() == "2 of 3"
    assert pages.page == 2
    QTest.keyClick(bar.field, Key.Key_Return)
    QTest.keyClick(bar.field, Key.Key_Return)
    assert bar.count.text() == "1 of 3"
    assert pages.page == 0
    QTest.keyClick(bar.field, Key.Key_Return, Shift)
    assert bar.count.text() == "3 of 3"
    QTest.keyClick(pages, Key.Key_F3, Shift)
    assert bar.count.text() == "2 of 3"
    qtbot.mouseClick(bar.case, Left, pos=QPoint(8, bar.case.height() // 2))
    assert bar.case.isChecked()
    wait(qtbot, lambda: bar.count.text() == "No such words")
    assert pages._hits == {}


def test_escape_in_the_find_bar_selects_what_was_found_so_that_it_can_be_tagged(
    qtbot: QtBot, window: MainWindow
) -> None:
    pages, bar = window.reader.pages, window.reader.find_bar
    QTest.keyClick(pages, Key.Key_F, Control)
    QTest.keyClicks(bar.field, ONCE_P2)
    QTest.keyClick(bar.field, Key.Key_Escape)  # sooner than it is found
    wait(qtbot, lambda: not bar.isVisible())
    assert pages.hasFocus()
    assert pages.selected_text() == ONCE_P2
    assert pages._hits == {}
    _ask(window)
    QTest.keyClicks(window.tagging.palette.field, "4.4")
    QTest.keyClick(window.tagging.palette.field, Key.Key_Return)
    wait(qtbot, lambda: _links(window))
    assert only(_links(window)).passage.anchor.quote == ONCE_P2


def test_what_is_selected_is_offered_to_be_found(qtbot: QtBot, window: MainWindow) -> None:
    _select(window, "Visits are made")
    QTest.keyClick(window.reader.pages, Key.Key_F, Control)
    assert window.reader.find_bar.field.text() == "Visits are made"
    wait(qtbot, lambda: window.reader.find_bar.count.text() == "1 of 3")


def _search(qtbot: QtBot, window: MainWindow, words: str) -> list[str]:
    panel = window.search_panel
    panel.field.clear()
    QTest.keyClicks(panel.field, words)
    QTest.keyClick(panel.field, Key.Key_Return)
    wait(qtbot, lambda: panel._asked == words and not panel.told.text().startswith("Finds"))
    wait(qtbot, lambda: window.session is not None)
    return [panel.view.topLevelItem(row).text(0) for row in range(panel.view.topLevelItemCount())]


def test_all_documents_are_searched_and_a_click_leads_to_the_words(
    qtbot: QtBot, window: MainWindow
) -> None:
    panel, pages = window.search_panel, window.reader.pages
    QTest.keyClick(pages, Key.Key_F, Control | Shift)
    assert panel.field.hasFocus()
    QTest.keyClicks(panel.field, '"principal social worker"')
    QTest.keyClick(panel.field, Key.Key_Return)
    wait(qtbot, lambda: panel.view.topLevelItemCount() == 1)
    assert panel.told.text() == "1 page in 1 document"
    hit = panel.view.topLevelItem(0).child(0)
    where = panel.view.visualItemRect(hit).center()
    QTest.mouseClick(panel.view.viewport(), Left, Qt.KeyboardModifier.NoModifier, where)
    wait(qtbot, lambda: pages.document is not None and pages.document.filename == "notes.md")
    wait(qtbot, lambda: pages._hits)
    (place,) = pages._hits[0]
    text = pages.selection.text
    assert text is not None
    assert text.quote(place) == "principal social worker"


def test_the_paragraph_of_a_hit_is_tagged_straight_from_the_list(
    qtbot: QtBot, window: MainWindow
) -> None:
    panel, palette = window.search_panel, window.tagging.palette
    window.search()
    _search(qtbot, window, '"principal social worker"')
    wait(qtbot, lambda: panel.view.topLevelItemCount() == 1)
    QTest.keyClick(panel.field, Key.Key_Return)
    assert panel.view.hasFocus()
    QTest.keyClick(panel.view, Key.Key_T)
    wait(qtbot, palette.isVisible)
    QTest.keyClicks(palette.field, "12.4")
    QTest.keyClick(palette.field, Key.Key_Return)
    wait(qtbot, lambda: len(_links(window)) == 1)
    assert "principal social worker" in only(_links(window)).passage.anchor.quote
    wait(qtbot, lambda: "tagged" in panel.view.topLevelItem(0).child(0).toolTip(0).lower())
    panel.untagged.click()
    wait(qtbot, lambda: panel.view.topLevelItemCount() == 0)
    assert panel.told.text() == "No page holds these words outside of passages."


def test_a_search_that_finds_nothing_says_so(qtbot: QtBot, window: MainWindow) -> None:
    window.search()
    _search(qtbot, window, "unheard")
    wait(qtbot, lambda: window.search_panel.told.text().startswith("No page"))
    assert window.search_panel.view.topLevelItemCount() == 0


def test_words_of_another_search_on_the_same_page_are_marked_in_place_of_those_before(
    qtbot: QtBot, window: MainWindow
) -> None:
    panel, pages = window.search_panel, window.reader.pages
    window.search()
    for query, first in (("Care often", "Care"), ("plans often", "plans")):
        panel.field.clear()
        panel.search()
        assert panel.view.topLevelItemCount() == 0
        QTest.keyClicks(panel.field, query)
        QTest.keyClick(panel.field, Key.Key_Return)
        wait(qtbot, lambda: panel.view.topLevelItemCount() == 1)
        where = panel.view.visualItemRect(panel.view.topLevelItem(0).child(0)).center()
        QTest.mouseClick(panel.view.viewport(), Left, Qt.KeyboardModifier.NoModifier, where)
        wait(qtbot, lambda: pages._hits)
        text = pages.selection.text
        assert text is not None
        hits = [text.quote(place) for place in pages._hits[2]]
        assert hits == [first, "often"]


def test_a_note_that_is_being_typed_stays_while_another_link_of_the_passage_changes(
    qtbot: QtBot, window: MainWindow, disk: Disk
) -> None:
    _tag(qtbot, window, "12.4, 1.1")
    session = window.session
    assert session is not None
    first, second = window.details._notes
    first.setFocus()
    QTest.keyClicks(first, "kept")
    second.setFocus()  # leaves the first, which is kept in a moment
    QTest.keyClicks(second, "half of a no")
    _settled(qtbot, window)
    now = window.details._notes[1]
    assert now.hasFocus()
    assert now.toPlainText() == "half of a no"
    assert [each.note for each in disk()] == [None, "kept"]
    QTest.keyClicks(now, "te")
    window.reader.pages.setFocus()
    wait(qtbot, lambda: all(link.note for link in _links(window)))
    assert {each.note for each in disk()} == {"kept", "half of a note"}
    assert session.undo_stack.count() == 3
