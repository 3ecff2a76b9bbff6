"""Cases and documents in the window: made, opened, filled, closed, and found again as they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from cambs_evidence import settings
from cambs_evidence.case import Case
from cambs_evidence.model import Document, Limits, Polarity
from tests.support import IN_LETTER, ONCE_P1, Files, assert_plain, problems
from tests.ui.support import (
    Answer,
    Control,
    Left,
    both,
    drop,
    files_as_data,
    keep_words,
    links_on_disk,
    ok,
    press,
    show_case,
    text_is_there,
    wait,
)
from ui.dialogs.case_facts import CaseDialog
from ui.dialogs.settings import SettingsDialog
from ui.dialogs.told import ErrorDialog
from ui.main_window import MainWindow
from ui.theme import Theme

Shift, Alt = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
Key = Qt.Key
Open = Callable[[], MainWindow]


@pytest.fixture
def blank_window(qtbot: QtBot, empty_window: MainWindow, blank_path: Path) -> MainWindow:
    """A window on a case without documents."""
    show_case(qtbot, empty_window, blank_path)
    return empty_window


def _documents(window: MainWindow) -> list[Document]:
    assert window.session is not None
    return list(window.session.held.documents.values())


def _named(window: MainWindow, filename: str) -> Document:
    return next(each for each in _documents(window) if each.filename == filename)


def _show(qtbot: QtBot, window: MainWindow, filename: str) -> None:
    window.show_document(_named(window, filename))
    wait(qtbot, lambda: text_is_there(window))


def _tell(window: MainWindow, words: str, name: str = "report.pdf", code: str = "1.1") -> None:
    """Tags words through the case, as if it had been done before."""
    assert window.session is not None
    from ui import commands  # noqa: PLC0415

    document = _named(window, name)
    place = window.session.case.find(document, words)
    target = window.session.case.target(code)
    commands.tag(window.session, document, place, [target], Polarity.STRENGTH)


# --- making and opening ----------------------------------------------------------------------


def test_a_new_case_is_made_by_the_dialog_and_shown(
    qtbot: QtBot, empty_window: MainWindow, tmp_path: Path
) -> None:
    window, path = empty_window, tmp_path / "camshire.cambs"
    seen: list[str] = []

    def fill(dialog: CaseDialog) -> None:
        assert not dialog._ok.isEnabled()
        QTest.keyClicks(dialog._fields["title"], "Camshire 2017")
        QTest.keyClicks(dialog._fields["period_until"], "31.13.2017")
        seen.append(dialog._told.text())
        assert not dialog._ok.isEnabled()
        dialog._fields["period_until"].clear()
        QTest.keyClicks(dialog._fields["period_until"], "2017-03-31")
        dialog.where.setText(str(tmp_path / "nowhere" / "x.cambs"))
        seen.append(dialog._told.text())
        dialog.where.setText(str(path))
        press("Make the case")(dialog)

    with Answer(fill):
        window.actions_.named["new"].trigger()
    wait(qtbot, lambda: window.session is not None)
    for words in seen:
        assert_plain(words)
    assert window.session is not None
    facts = window.session.held.facts
    assert (facts.title, facts.period_until) == ("Camshire 2017", "2017-03-31")
    assert window.windowTitle().startswith("Camshire 2017")
    assert window.reader.empty.isVisible()
    assert "Ctrl+I" in window.reader.empty.text()
    assert not window.session.readonly
    window.close()
    assert problems(path) == []


def test_a_name_that_is_taken_is_not_offered_and_not_accepted(
    empty_window: MainWindow, case_path: Path
) -> None:
    window = empty_window
    window.memory.opened(case_path, "Camshire")
    (case_path.parent / "self-assessment.cambs").write_bytes(b"")

    def fill(dialog: CaseDialog) -> None:
        assert dialog.path().name == "self-assessment-2.cambs"
        QTest.keyClicks(dialog._fields["title"], "Camshire")
        dialog.where.setText(str(case_path))
        assert "already" in dialog._told.text()
        assert not dialog._ok.isEnabled()
        press("Cancel")(dialog)

    with Answer(fill):
        window.actions_.named["new"].trigger()
    assert window.session is None


@pytest.mark.parametrize("what", ["damaged", "cut short", "no case", "missing", "folder"])
def test_what_cannot_be_opened_is_told_in_one_sentence_and_the_start_page_stays(
    qtbot: QtBot, empty_window: MainWindow, case_path: Path, tmp_path: Path, what: str
) -> None:
    path = tmp_path / "other.cambs"
    data = case_path.read_bytes()
    if what == "damaged":
        path.write_bytes(data[:100] + bytes(4000) + data[4100:])
    elif what == "cut short":
        path.write_bytes(data[: len(data) // 2])
    elif what == "no case":
        path.write_text("These are minutes, not a case.\n" * 200, encoding="utf-8")
    elif what == "folder":
        path.mkdir()
    said: list[str] = []
    with Answer(both(keep_words(said), ok)) as answer:
        empty_window.open_case(path)
        wait(qtbot, lambda: answer.done)
    assert_plain(said[0])
    assert "other.cambs" in said[0]
    wait(qtbot, lambda: not empty_window._opening)
    assert empty_window.session is None
    assert empty_window.start.isVisible()
    assert empty_window.memory.last is None
    # The window can go on with another one.
    show_case(qtbot, empty_window, case_path)


def test_a_case_stays_open_where_another_cannot_be_opened(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "other.cambs"
    path.write_text("These are minutes, not a case.\n" * 200, encoding="utf-8")
    before = window.session
    with Answer(ok) as answer:
        window.open_case(path)
        wait(qtbot, lambda: answer.done)
    wait(qtbot, lambda: not window._opening)
    assert window.session is before
    assert window.reader.pages.selection.text is not None


def test_the_start_page_lists_the_cases_that_were_open_and_opens_them(
    qtbot: QtBot, window: MainWindow, blank_path: Path, case_path: Path
) -> None:
    show_case(qtbot, window, blank_path)
    QTest.keyClick(window, Key.Key_W, Control | Shift)
    assert window.session is None
    assert window.start.isVisible()
    listed = window.start.recent
    paths = [listed.item(row).data(Qt.ItemDataRole.UserRole) for row in range(listed.count())]
    assert paths == [str(blank_path), str(case_path)]
    assert listed.item(1).text().startswith("Camshire 2024")
    where = listed.visualItemRect(listed.item(1)).center()
    QTest.mouseClick(listed.viewport(), Left, Qt.KeyboardModifier.NoModifier, where)
    wait(qtbot, lambda: window.session is not None)
    assert window.session is not None
    assert window.session.case.path == case_path
    wait(qtbot, lambda: text_is_there(window))


def test_a_recent_case_that_is_gone_says_so(
    qtbot: QtBot, window: MainWindow, case_path: Path
) -> None:
    window.close_case()
    case_path.unlink()
    window.start.show_recent(window.memory.recent())
    assert "not found" in window.start.recent.item(0).text()
    said: list[str] = []
    with Answer(both(keep_words(said), ok)) as answer:
        window.start.recent.itemClicked.emit(window.start.recent.item(0))
        wait(qtbot, lambda: answer.done)
    assert_plain(said[0])


def test_without_a_case_what_needs_one_cannot_be_done(empty_window: MainWindow) -> None:
    named = empty_window.actions_.named
    for name in ("import", "export", "check", "backup", "facts", "close", "find", "tag", "untag"):
        assert not named[name].isEnabled(), name
    for name in ("new", "open", "sample", "verify", "settings", "quit", "keys", "about"):
        assert named[name].isEnabled(), name
    assert not empty_window.documents.isVisible()
    assert not empty_window.tools.isVisible()


# --- reading only ----------------------------------------------------------------------------


def test_a_second_window_reads_only_says_why_and_writes_once_the_first_is_closed(
    qtbot: QtBot, window: MainWindow, another: Open, case_path: Path
) -> None:
    second = another()
    show_case(qtbot, second, case_path)
    assert second.session is not None
    assert second.session.readonly
    assert second.notice.isVisible()
    assert case_path.name in second._notice_words.text()
    assert "closed" in second._notice_words.text()
    assert "reading only" in second.windowTitle()
    for name in ("import", "untag", "retag", "remove", "rename"):
        assert not second.actions_.named[name].isEnabled(), name
    window.close()
    qtbot.mouseClick(second.notice.findChildren(type(second.start._buttons[0][0]))[0], Left)
    wait(qtbot, lambda: second.session is not None and not second.session.readonly)
    assert not second.notice.isVisible()
    wait(qtbot, lambda: text_is_there(second))
    _tell(second, ONCE_P1)
    wait(qtbot, lambda: second.session is not None and second.session.held.links)
    assert len(links_on_disk(case_path)) == 1


def test_while_the_first_window_is_open_trying_again_changes_nothing(
    qtbot: QtBot, window: MainWindow, another: Open, case_path: Path
) -> None:
    second = another()
    show_case(qtbot, second, case_path)
    first = second.session
    second.reload()
    wait(qtbot, lambda: second.session is not None and second.session is not first)
    assert second.session is not None
    assert second.session.readonly
    assert second.notice.isVisible()
    assert window.session is not None
    wait(qtbot, lambda: text_is_there(second))


def test_what_is_read_only_cannot_be_changed_in_details(
    qtbot: QtBot, window: MainWindow, another: Open, case_path: Path
) -> None:
    _tell(window, ONCE_P1)
    wait(qtbot, lambda: window.session is not None and window.session.held.links)
    second = another()
    show_case(qtbot, second, case_path)
    fields = second.details._fields
    assert fields
    assert all(field.isReadOnly() for field in fields.values())
    assert second.session is not None
    second.go_to_link(next(iter(second.session.held.links.values())))
    assert second.details._notes[0].isReadOnly()
    assert not second.details.findChildren(type(second.tagging.palette.polarity))[0].isEnabled()
    second.reader.pages.selection.begin_at(0)
    second.tagging.ask()
    assert not second.tagging.palette.isVisible()


# --- documents -------------------------------------------------------------------------------


def test_files_are_taken_in_and_shown(qtbot: QtBot, blank_window: MainWindow, files: Files) -> None:
    window = blank_window
    window.import_files([files.report, files.letter])
    assert window.jobs.isVisible()
    wait(qtbot, lambda: not window.jobs.running and len(_documents(window)) == 2)
    wait(qtbot, lambda: text_is_there(window))
    assert window.statusBar().currentMessage() == "2 documents taken in."
    assert window.documents.view.model().rowCount() == 2
    assert {each.filename for each in _documents(window)} == {"report.pdf", "letter.txt"}
    assert window.results.dialog is None


def test_files_and_folders_can_be_dropped_anywhere(
    qtbot: QtBot, blank_window: MainWindow, files: Files, tmp_path: Path
) -> None:
    window = blank_window
    folder = tmp_path / "folder" / "within"
    folder.mkdir(parents=True)
    (folder / "minutes.txt").write_text("Minutes of the board.\n", encoding="utf-8")
    data = files_as_data(files.letter, tmp_path / "folder")
    assert drop(window.framework.tree.viewport(), data, window.framework.rect().center())
    wait(qtbot, lambda: not window.jobs.running and len(_documents(window)) == 2)
    assert {each.filename for each in _documents(window)} == {"letter.txt", "minutes.txt"}
    wait(qtbot, lambda: text_is_there(window))


def test_a_case_that_is_dropped_is_opened(
    qtbot: QtBot, empty_window: MainWindow, case_path: Path
) -> None:
    assert drop(empty_window, files_as_data(case_path), empty_window.rect().center())
    wait(qtbot, lambda: empty_window.session is not None)
    wait(qtbot, lambda: text_is_there(empty_window))


def test_files_dropped_without_a_case_say_what_to_do_first(
    empty_window: MainWindow, files: Files
) -> None:
    drop(empty_window, files_as_data(files.letter), empty_window.rect().center())
    assert "case first" in empty_window.statusBar().currentMessage()
    assert not empty_window.jobs.running


def test_what_was_not_taken_in_is_told_with_the_reason(
    qtbot: QtBot, window: MainWindow, files: Files, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nthis is no PDF at all\n")
    window.import_files([files.report, broken, tmp_path / "absent.pdf"])
    wait(qtbot, lambda: window.results.dialog is not None)
    dialog = window.results.dialog
    assert dialog is not None
    assert dialog.headline.text() == "0 documents taken in, 1 there already, 2 refused."
    lines = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert len(lines) == 3
    for line in lines:
        assert_plain(line.split("\n", maxsplit=1)[0])
    # What is there already leads to the document.
    last = dialog.list.item(2)
    where = dialog.list.visualItemRect(last).center()
    QTest.mouseClick(dialog.list.viewport(), Left, Qt.KeyboardModifier.NoModifier, where)
    wait(qtbot, lambda: text_is_there(window))
    assert window.reader.document is not None
    assert window.reader.document.filename == "report.pdf"
    dialog.close()
    wait(qtbot, lambda: window.results.dialog is None)


def _field(window: MainWindow, name: str) -> QLineEdit:
    return window.details._fields[name]


def _type(field: QLineEdit, words: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, words)


def test_title_and_date_are_changed_in_details(qtbot: QtBot, window: MainWindow) -> None:
    _show(qtbot, window, "letter.txt")
    QTest.keyClick(window.reader.pages, Key.Key_F2)
    assert _field(window, "title").hasFocus()
    QTest.keyClicks(_field(window, "title"), "Letter to the director")
    QTest.keyClick(_field(window, "title"), Key.Key_Return)
    wait(qtbot, lambda: _named(window, "letter.txt").title == "Letter to the director")
    _type(_field(window, "date"), "2016-05")
    window.reader.pages.setFocus()
    wait(qtbot, lambda: _named(window, "letter.txt").date == "2016-05")
    row = window.documents.view.currentIndex()
    assert row.data() == "Letter to the director"
    assert window.session is not None
    assert window.session.undo_stack.count() == 2
    assert _field(window, "date").text() == "2016-05"


def test_a_date_that_is_none_is_told_and_put_back(qtbot: QtBot, window: MainWindow) -> None:
    _show(qtbot, window, "letter.txt")
    _type(_field(window, "date"), "31.13.2024")
    said: list[str] = []
    with Answer(both(keep_words(said), ok)) as answer:
        QTest.keyClick(_field(window, "date"), Key.Key_Return)
        wait(qtbot, lambda: answer.done)
    assert_plain(said[0])
    assert "31.13.2024" in said[0]
    assert "2024-03-31" in said[0]
    assert _field(window, "date").text() == ""
    assert _named(window, "letter.txt").date is None
    assert window.session is not None
    assert window.session.undo_stack.count() == 0


def test_from_one_field_to_the_next_nothing_that_is_typed_is_lost(
    qtbot: QtBot, window: MainWindow
) -> None:
    _show(qtbot, window, "letter.txt")
    _type(_field(window, "title"), "Letter to the director")
    QTest.keyClick(_field(window, "title"), Key.Key_Tab)
    QTest.keyClicks(QApplication.focusWidget(), "2016")  # type: ignore[arg-type]
    wait(qtbot, lambda: _named(window, "letter.txt").title == "Letter to the director")
    assert _field(window, "date").hasFocus()
    QTest.keyClicks(QApplication.focusWidget(), "-05")  # type: ignore[arg-type]
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
    wait(qtbot, lambda: _named(window, "letter.txt").date == "2016-05")


def test_what_is_being_typed_stays_while_documents_are_taken_in(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    _show(qtbot, window, "letter.txt")
    _type(_field(window, "title"), "Letter to the")
    more = tmp_path / "more.txt"
    more.write_text("One more letter.\n", encoding="utf-8")
    window.import_files([more])
    wait(qtbot, lambda: not window.jobs.running and len(_documents(window)) == 4)
    assert _field(window, "title").hasFocus()
    assert _field(window, "title").text() == "Letter to the"
    QTest.keyClicks(_field(window, "title"), " director")
    QTest.keyClick(_field(window, "title"), Key.Key_Return)
    wait(qtbot, lambda: _named(window, "letter.txt").title == "Letter to the director")


def test_a_document_with_links_is_removed_only_after_asking(
    qtbot: QtBot, window: MainWindow
) -> None:
    _tell(window, IN_LETTER, "letter.txt")
    wait(qtbot, lambda: window.session is not None and window.session.held.links)
    _show(qtbot, window, "letter.txt")
    said: list[str] = []
    with Answer(both(keep_words(said), press("Cancel"))):
        window.actions_.named["remove"].trigger()
    assert "1 link" in said[0]
    assert len(_documents(window)) == 3
    with Answer(press("Remove it")):
        window.actions_.named["remove"].trigger()
    wait(qtbot, lambda: len(_documents(window)) == 2)
    assert window.session is not None
    assert not window.session.held.links
    wait(qtbot, lambda: text_is_there(window))
    assert window.reader.document is not None
    assert window.reader.document.filename == "report.pdf"
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window.reader.pages, Key.Key_Z, Control)
    wait(qtbot, lambda: len(_documents(window)) == 3)
    assert len(window.session.held.links) == 1


def test_a_document_without_links_is_removed_at_once(qtbot: QtBot, window: MainWindow) -> None:
    _show(qtbot, window, "notes.md")
    window.actions_.named["remove"].trigger()
    wait(qtbot, lambda: len(_documents(window)) == 2)
    wait(qtbot, lambda: text_is_there(window))


def test_alt_and_page_down_go_through_the_documents(qtbot: QtBot, window: MainWindow) -> None:
    seen = []
    for _ in range(3):
        QTest.keyClick(window.reader.pages, Key.Key_PageDown, Alt)
        wait(qtbot, lambda: text_is_there(window))
        assert window.reader.document is not None
        seen.append(window.reader.document.filename)
    assert seen == ["letter.txt", "notes.md", "report.pdf"]
    current = window.documents.current()
    assert current is not None
    assert current.filename == "report.pdf"


def test_a_click_in_the_list_shows_a_document(qtbot: QtBot, window: MainWindow) -> None:
    view = window.documents.view
    where = view.visualRect(view.model().index(1, 0)).center()
    QTest.mouseClick(view.viewport(), Left, Qt.KeyboardModifier.NoModifier, where)
    wait(qtbot, lambda: text_is_there(window))
    assert window.reader.document is not None
    assert window.reader.document.filename == "letter.txt"
    assert _field(window, "title").text() == window.reader.document.title


def test_a_page_that_is_typed_is_shown_and_one_that_is_not_there_is_said(
    window: MainWindow,
) -> None:
    QTest.keyClick(window.reader.pages, Key.Key_G, Control)
    assert window.tools.page.hasFocus()
    QTest.keyClicks(window.tools.page, "3")
    QTest.keyClick(window.tools.page, Key.Key_Return)
    assert window.reader.pages.page == 2
    assert window.tools.count.text().startswith("of 3")
    QTest.keyClick(window.reader.pages, Key.Key_G, Control)
    QTest.keyClicks(window.tools.page, "99")
    QTest.keyClick(window.tools.page, Key.Key_Return)
    assert window.statusBar().currentMessage() == "There is no page 99."
    assert window.reader.pages.page == 2
    assert window.tools.page.text() == "3"


# --- closing and coming back -----------------------------------------------------------------


def test_reopening_comes_back_to_the_same_page_of_the_same_document(
    qtbot: QtBot, window: MainWindow, another: Open, case_path: Path
) -> None:
    pages = window.reader.pages
    pages.set_zoom(1.25)
    pages.restore(1, 0.35)
    before = pages.position()
    window.close()
    second = another()
    assert second.memory.last == case_path
    show_case(qtbot, second, case_path)
    assert second.reader.pages.zoom == 1.25
    assert second.reader.pages.position() == (1, pytest.approx(before[1], abs=0.01))
    _show(qtbot, second, "notes.md")
    second.reader.pages.set_fit("page")
    second.close()
    third = another()
    show_case(qtbot, third, case_path)
    assert third.reader.document is not None
    assert third.reader.document.filename == "notes.md"
    assert third.reader.pages.fit == "page"


def test_a_panel_that_was_hidden_stays_hidden(
    qtbot: QtBot, window: MainWindow, another: Open, case_path: Path
) -> None:
    hidden = window.docks._docks["evidence"]
    hidden.toggleViewAction().trigger()
    assert not window.evidence.isVisible()
    window.close()
    second = another()
    show_case(qtbot, second, case_path)
    assert not second.evidence.isVisible()
    assert second.framework.isVisible()
    second.reset_panels()
    assert second.evidence.isVisible()


def _many(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        text = f"Letter {number}\n\nThe team of area {number} meets each week.\n"
        (folder / f"letter-{number:03}.txt").write_text(text, encoding="utf-8")
    return folder


def test_closing_while_an_import_goes_on_asks_and_keeps_what_is_finished(
    qtbot: QtBot, blank_window: MainWindow, blank_path: Path, tmp_path: Path
) -> None:
    window = blank_window
    window.import_files([_many(tmp_path / "many", 400)])
    wait(qtbot, lambda: len(_documents(window)) >= 2)
    said: list[str] = []
    with Answer(both(keep_words(said), press("Go on"))):
        assert not window.close()
    assert "importing" in said[0]
    assert window.isVisible()
    assert window.jobs.running
    finished = len(_documents(window))
    with Answer(press("Stop it and close")):
        assert window.close()
    assert window.session is None
    with Case.open(blank_path, by="Looker", readonly=True) as case:
        assert finished <= len(case.documents()) < 400
    assert problems(blank_path) == []


def test_an_import_is_stopped_by_its_button_and_says_so(
    qtbot: QtBot, blank_window: MainWindow, tmp_path: Path
) -> None:
    window = blank_window
    window.import_files([_many(tmp_path / "many", 400)])
    wait(qtbot, lambda: _documents(window))
    qtbot.mouseClick(window.jobs.cancel, Left)
    wait(qtbot, lambda: not window.jobs.running)
    wait(qtbot, lambda: "stopped" in window.statusBar().currentMessage())
    assert 1 <= len(_documents(window)) < 400
    wait(qtbot, lambda: text_is_there(window))


# --- facts and settings ----------------------------------------------------------------------


def test_the_facts_of_the_case_are_changed_in_their_dialog(
    qtbot: QtBot, window: MainWindow
) -> None:
    def fill(dialog: CaseDialog) -> None:
        assert dialog._fields["title"].text() == "Camshire 2024"
        dialog._fields["title"].selectAll()
        QTest.keyClicks(dialog._fields["title"], "Camshire 2017")
        QTest.keyClicks(dialog._fields["period_until"], "2017-03-31")
        press("Keep")(dialog)

    with Answer(fill):
        window.actions_.named["facts"].trigger()
    wait(qtbot, lambda: window.windowTitle().startswith("Camshire 2017"))
    assert window.session is not None
    assert window.session.held.coverage.reference == "2017-03-31"


def test_settings_are_kept_and_applied(
    qtbot: QtBot, window: MainWindow, another: Open, case_path: Path
) -> None:
    def fill(dialog: SettingsDialog) -> None:
        QTest.keyClicks(dialog.name, "Ada Lovelace")
        dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
        dialog.annex.setCurrentIndex(dialog.annex.findData("none"))
        dialog.years.setValue(5)
        ok(dialog)

    with Answer(fill):
        window.actions_.named["settings"].trigger()
    wait(qtbot, lambda: window.session is not None and not window.session.busy)
    assert settings.read() == settings.Settings("Ada Lovelace", "dark", "none")
    assert window.theme.dark
    assert window.who.text() == "Ada Lovelace"
    assert window.session is not None
    assert window.session.held.limits == Limits(5, 2)
    _tell(window, ONCE_P1)
    wait(qtbot, lambda: window.session is not None and window.session.held.links)
    assert links_on_disk(case_path)[0].by == "Ada Lovelace"
    window.close()
    second = another()
    show_case(qtbot, second, case_path)
    assert second.who.text() == "Ada Lovelace"
    assert second.session is not None
    assert second.session.held.limits == Limits(5, 2)


def test_an_error_dialog_says_one_sentence_and_a_fault_leads_to_the_log(
    qtbot: QtBot, theme: Theme
) -> None:
    from ui.dialogs.told import sentence  # noqa: PLC0415

    words = sentence(ZeroDivisionError("division by zero"))
    assert_plain(words)
    dialog = ErrorDialog(theme, words, is_bug=True, parent=None)
    qtbot.addWidget(dialog)
    seen: list[str] = []
    with Answer(both(lambda log: seen.append(log.windowTitle()), press("Close"))):
        press("Show the log")(dialog)
    assert seen == ["Log of faults"]


def test_del_in_the_list_of_documents_takes_the_document_away_and_no_link(
    qtbot: QtBot, window: MainWindow
) -> None:
    _tell(window, ONCE_P1)
    wait(qtbot, lambda: window.session is not None and window.session.held.links)
    wait(qtbot, window.evidence.links)  # the link is chosen in the table all the while
    _show(qtbot, window, "notes.md")
    window.documents.view.setFocus()
    QTest.keyClick(window.documents.view, Key.Key_Delete)
    wait(qtbot, lambda: len(_documents(window)) == 2)
    assert {each.filename for each in _documents(window)} == {"report.pdf", "letter.txt"}
    assert window.session is not None
    assert len(window.session.held.links) == 1
    wait(qtbot, lambda: text_is_there(window))
