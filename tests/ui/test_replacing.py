"""A new version in the window: replaced, looked at side by side, accepted by one key, undone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cambs_evidence.model import Hold, Polarity
from tests.support import ONCE_P1, ONCE_P2, ONCE_P3, REPORT, make_pdf
from tests.ui.support import Answer, keep_words, settle, text_is_there, wait
from ui import commands
from ui.dialogs.moved import MovedDialog, differences
from ui.main_window import MainWindow
from ui.models.evidence import DOCUMENT
from ui.session import Session

REWORDED = ONCE_P1.replace("know", "knew")
#: Enter, wherever the keys are in the dialog.
Enter, Escape, Down = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    first, second, _ = REPORT
    lines = tuple(line.replace(ONCE_P1, REWORDED) for line in first)
    return make_pdf(tmp_path / "final.pdf", (lines, second, ("Nothing of it is left.",)))


def _session(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


def _replace(qtbot: QtBot, window: MainWindow, newer: Path) -> None:
    """Tags three passages of the report and replaces it."""
    session = _session(window)
    document = session.case.document("report.pdf")
    target = session.case.target("1.1")
    for words in (ONCE_P1, ONCE_P2, ONCE_P3):
        tag = partial(commands.tag, session, document, session.case.find(document, words))
        settle(qtbot, session, partial(tag, [target], Polarity.STRENGTH))
    window.show_document(document)
    wait(qtbot, lambda: text_is_there(window))
    window.replacing.replace(document, newer)
    wait(qtbot, lambda: session.held.versions and not window.jobs.running and not session.busy)
    wait(
        qtbot, lambda: window.replacing.dialog is not None and window.replacing.dialog.list.count()
    )


def _dialog(window: MainWindow) -> MovedDialog:
    assert window.replacing.dialog is not None
    return window.replacing.dialog


def _holds(window: MainWindow) -> dict[str, Hold]:
    links = _session(window).held.links.values()
    return {link.passage.anchor.quote: link.hold for link in links}


def test_a_replaced_document_is_shown_in_place_of_the_old_one(
    qtbot: QtBot, window: MainWindow, newer: Path
) -> None:
    _replace(qtbot, window, newer)
    wait(qtbot, lambda: text_is_there(window))
    shown = window.reader.document
    assert shown is not None
    assert (shown.filename, shown.version, shown.links) == ("final.pdf", 2, 3)
    assert _holds(window) == {ONCE_P1: Hold.MOVED, ONCE_P2: Hold.EXACT, ONCE_P3: Hold.LOST}
    table = window.evidence.table.model()
    told = [table.index(row, DOCUMENT).data() for row in range(table.rowCount())]
    assert sorted(told) == ["Report", "Report (version 1), lost", "Report (version 1), moved"]


def test_old_and_new_stand_side_by_side_with_their_differences_marked(
    qtbot: QtBot, window: MainWindow, newer: Path
) -> None:
    _replace(qtbot, window, newer)
    dialog = _dialog(window)
    assert not dialog.isModal()
    assert dialog.headline.text().startswith("1 moved, 1 lost.")
    assert ONCE_P1 in dialog.old.toPlainText()
    assert REWORDED in dialog.new.toPlainText()
    assert (dialog.old_place.text(), dialog.new_place.text()) == (
        "Old version, page 1",
        "New version, page 1",
    )
    cursor = QTextCursor(dialog.new.document().find("knew"))
    assert cursor.charFormat().fontUnderline()
    assert not QTextCursor(dialog.new.document().find("children")).charFormat().fontUnderline()


def test_it_is_gone_through_by_keys_alone(qtbot: QtBot, window: MainWindow, newer: Path) -> None:
    _replace(qtbot, window, newer)
    session, dialog = _session(window), _dialog(window)
    with qtbot.waitSignal(session.settled):
        QTest.keyClick(dialog.list, Enter)
    assert _holds(window) == {REWORDED: Hold.EXACT, ONCE_P2: Hold.EXACT, ONCE_P3: Hold.LOST}
    wait(qtbot, lambda: dialog.list.count() == 1)
    assert not dialog.accept_it.isEnabled()  # what is lost cannot be accepted
    assert "was not found" in dialog.new.toPlainText()
    QTest.keyClick(dialog.list, Enter)
    with qtbot.waitSignal(session.settled):
        QTest.keyClick(dialog, Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    wait(qtbot, lambda: dialog.list.count() == 0)
    assert set(_holds(window)) == {REWORDED, ONCE_P2}
    QTest.keyClick(dialog.list, Escape)
    wait(qtbot, lambda: window.replacing.dialog is None)


def test_each_step_is_undone_in_its_turn(qtbot: QtBot, window: MainWindow, newer: Path) -> None:
    before = [each.id for each in _session(window).held.documents.values()]
    _replace(qtbot, window, newer)
    session = _session(window)
    settle(qtbot, session, lambda: QTest.keyClick(_dialog(window).list, Enter))
    settle(qtbot, session, session.undo)
    assert _holds(window)[ONCE_P1] is Hold.MOVED
    wait(qtbot, lambda: _dialog(window).list.count() == 2)
    settle(qtbot, session, session.undo)
    assert set(_holds(window).values()) == {Hold.EXACT}
    assert list(session.held.documents) == before
    wait(qtbot, lambda: text_is_there(window))
    assert window.reader.document is not None
    assert window.reader.document.filename == "report.pdf"
    settle(qtbot, session, session.redo)
    assert _holds(window)[ONCE_P1] is Hold.MOVED


def test_it_can_be_opened_again_and_leads_to_the_pages(
    qtbot: QtBot, window: MainWindow, newer: Path
) -> None:
    _replace(qtbot, window, newer)
    _dialog(window).close()
    wait(qtbot, lambda: window.replacing.dialog is None)
    window.actions_.named["moved"].trigger()
    dialog = _dialog(window)
    wait(qtbot, lambda: dialog.list.count() == 2)
    dialog.show_it.click()
    wait(qtbot, lambda: text_is_there(window) and window.reader.document.version == 2)  # type: ignore[union-attr]
    QTest.keyClick(dialog.list, Down)
    dialog.show_it.click()  # what is lost is shown where it is quoted from
    wait(qtbot, lambda: text_is_there(window) and window.reader.document.version == 1)  # type: ignore[union-attr]
    assert window.reader.pages.page == 2


def test_a_file_that_is_refused_is_told_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    session = _session(window)
    document = session.case.document("report.pdf")
    same = tmp_path / "again.pdf"
    same.write_bytes(session.case.document_bytes(document))
    told: list[str] = []
    with Answer(lambda dialog: (keep_words(told)(dialog), dialog.close())) as answer:
        window.replacing.replace(document, same)
        wait(qtbot, lambda: answer.done and not window.jobs.running)
    assert "holds the same bytes" in told[0]
    assert not session.held.versions


def test_differences_are_told_word_by_word() -> None:
    assert list(differences("one two three four", "one too three")) == [
        ("one", True), ("two", False), ("three", True), ("four", False),
    ]  # fmt: skip
