"""Judging in the window: what is typed is kept, evidence is referred to, actions are made."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.model import Action, Change, Grade, Judgement, Link, Polarity, RowChange
from cambs_evidence.store import reading
from cambs_evidence.summaries import LONGEST, token
from tests.support import ONCE_P1, ONCE_P3
from tests.ui.support import (
    Answer,
    drop,
    ok,
    press,
    select_words,
    settle,
    settled,
    show_case,
    wait,
)
from ui import commands
from ui.dialogs.action import ActionDialog
from ui.dialogs.history import HistoryDialog
from ui.main_window import MainWindow
from ui.panels.judgement import JudgementPanel
from ui.panels.summary import SummaryEdit
from ui.session import Session
from ui.theme import Theme
from ui.viewer.page_view import PASSAGE_MIME

Key, Control, Alt = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def _session(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


def _open(window: MainWindow, code: str = "4.2") -> JudgementPanel:
    """Chooses a criterion and goes to its judgement with a key; keeping takes no long pause."""
    window.framework.select(code)
    QTest.keyClick(window, Key.Key_8, Alt)
    panel = window.judgement
    panel._pause.setInterval(60)
    assert panel.edit.hasFocus()
    return panel


def _kept(window: MainWindow, code: str = "4.1") -> str | None:
    told = _session(window).held.judgements.get(code)
    return told.summary if told else None


def _grade(session: Session) -> Grade | None:
    return session.held.judgements["4.1"].grade


def _come_back(qtbot: QtBot, window: MainWindow) -> None:
    """Without a window manager, nobody gives the keys back when a dialog has gone."""
    window.activateWindow()
    wait(qtbot, window.isActiveWindow)


def _is_gone(panel: JudgementPanel, link: Link) -> bool:
    return not panel.edit.cited(link.id).known


def _on_disk(window: MainWindow) -> list[Judgement]:
    with Case.open(_session(window).case.path, by="Looker", readonly=True) as case:
        return case.judgements()


def _tag(qtbot: QtBot, window: MainWindow, words: str, code: str, polarity: Polarity) -> Link:
    session = _session(window)
    document = session.case.document("report.pdf")
    target = session.case.target(code)
    place = session.case.find(document, words)
    settle(qtbot, session, partial(commands.tag, session, document, place, [target], polarity))
    return next(x for x in session.held.links.values() if x.passage.anchor.quote == words)


def test_what_is_typed_is_kept_after_a_pause_and_undone_in_one_step(
    qtbot: QtBot, window: MainWindow
) -> None:
    panel, session = _open(window), _session(window)
    assert panel.block is not None
    assert panel.block.name == "4.1–4.6"
    QTest.keyClicks(panel.edit, "Staff stay")
    assert panel.state.text() == "Not saved yet"
    wait(qtbot, lambda: _kept(window) == "Staff stay")
    assert panel.state.text().startswith("Saved ")
    assert [(each.code, each.summary) for each in _on_disk(window)] == [("4.1", "Staff stay")]
    QTest.keyClicks(panel.edit, " longer")
    wait(qtbot, lambda: _kept(window) == "Staff stay longer")
    assert session.undo_stack.count() == 1
    assert [each.what for each in session.case.events()].count("judge 4.1") == 2
    # In the field Ctrl+Z is the text's own, and what that leaves is kept as any change is.
    QTest.keyClick(panel.edit, Key.Key_Z, Control)
    assert panel.edit.summary() != "Staff stay longer"
    assert session.undo_stack.index() == 1
    QTest.keyClick(panel.edit, Key.Key_Y, Control)
    assert panel.edit.summary() == "Staff stay longer"
    window.framework.tree.setFocus()
    wait(qtbot, lambda: _kept(window) == "Staff stay longer" and not session.busy)
    # Elsewhere it is the last change that was kept: all that was written in one go.
    QTest.keyClick(window.framework.tree, Key.Key_Z, Control)
    wait(qtbot, lambda: _kept(window) is None)
    assert panel.edit.summary() == ""
    QTest.keyClick(window.framework.tree, Key.Key_Z, Control | Qt.KeyboardModifier.ShiftModifier)
    wait(qtbot, lambda: _kept(window) == "Staff stay longer")
    assert panel.edit.summary() == "Staff stay longer"
    assert session.case.log_is_intact()


def test_what_is_typed_is_kept_by_leaving_going_on_and_closing(
    qtbot: QtBot, window: MainWindow, case_path: Path
) -> None:
    panel = _open(window)
    panel._pause.setInterval(60_000)
    QTest.keyClicks(panel.edit, "One")
    window.framework.tree.setFocus()
    wait(qtbot, lambda: _kept(window) == "One")
    panel.edit.setFocus()
    QTest.keyClicks(panel.edit, ", two ")
    window.framework.select("18")
    assert panel.edit.summary() == ""
    wait(qtbot, lambda: _kept(window) == "One, two")
    panel.edit.setFocus()
    QTest.keyClicks(panel.edit, "Of eighteen")
    # What is undone by a button, while something is being typed, is that.
    QTest.mouseClick(window.actions_.undo_button, Qt.MouseButton.LeftButton)
    settled(qtbot, window)
    assert (_kept(window, "18"), panel.edit.summary()) == (None, "")
    QTest.keyClicks(panel.edit, "At last")
    assert window.close_case()
    with Case.open(case_path, by="Looker", readonly=True) as case:
        assert {each.code: each.summary for each in case.judgements()} == {
            "4.1": "One, two", "18": "At last",
        }  # fmt: skip


def test_evidence_is_referred_to_by_drag_key_and_selection(
    qtbot: QtBot, window: MainWindow
) -> None:
    link = _tag(qtbot, window, ONCE_P1, "4.1", Polarity.STRENGTH)
    panel, session = _open(window, "4.1"), _session(window)
    QTest.keyClicks(panel.edit, "It is so:")
    table = window.evidence.table
    window.evidence.select(link.id)
    data = table.model().mimeData(table.selectionModel().selectedIndexes())
    # Words are dropped where the pointer is; here that is behind them.
    end = panel.edit.cursorRect().center()
    assert drop(panel.edit.viewport(), data, end)
    assert panel.edit.summary() == f"It is so: {token(link.id)}"
    assert "Report" in panel.edit.accessibleDescription()
    assert ONCE_P1 in panel.edit.accessibleDescription()
    # The key refers to the link that is chosen.
    table.setFocus()
    QTest.keyClick(table, Key.Key_R)
    assert panel.edit.summary() == f"It is so: {token(link.id)} {token(link.id)}"
    # Words on the page that are not tagged yet are tagged first.
    pages = window.reader.pages
    window.show_document(session.case.document("report.pdf"))
    wait(qtbot, lambda: pages.selection.text is not None)
    select_words(pages, 0, "often")
    dropped = QMimeData()
    dropped.setData(PASSAGE_MIME, b"selection")
    assert drop(panel.edit.viewport(), dropped, panel.edit.cursorRect().center())
    palette = window.tagging.palette
    wait(qtbot, palette.isVisible)
    QTest.keyClick(palette.note, Key.Key_Return)
    wait(qtbot, lambda: len(session.held.links) == 2)
    new = next(each for each in session.held.links.values() if each.id != link.id)
    assert panel.edit.summary().endswith(token(new.id))
    wait(qtbot, lambda: _kept(window) == panel.edit.summary())
    # What is no longer tagged is said to be so, and not lost.
    settle(qtbot, session, lambda: commands.untag(session, [link]))
    assert "no longer tagged" in panel.edit.accessibleDescription()
    assert _is_gone(panel, link)
    assert (_kept(window) or "").count(token(link.id)) == 2
    settle(qtbot, session, session.undo)
    assert not _is_gone(panel, link)


def test_a_grade_is_chosen_by_keys_and_the_history_puts_back_what_was(
    qtbot: QtBot, window: MainWindow
) -> None:
    panel, session = _open(window), _session(window)
    QTest.keyClicks(panel.edit, "First")
    panel.grade.setFocus()
    QTest.keyClicks(panel.grade, "g")
    wait(qtbot, lambda: "4.1" in session.held.judgements)
    settled(qtbot, window)
    assert _grade(session) is Grade.GOOD
    assert (panel.grade.currentText(), _kept(window)) == ("Good", "First")
    panel.edit.setFocus()
    panel.edit.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(panel.edit, " and second")

    def put_back(dialog: HistoryDialog) -> None:
        assert "First and second" in dialog.text.toPlainText()
        assert dialog.text.isReadOnly()
        assert not dialog.back.isEnabled()
        dialog.list.setCurrentRow(dialog.list.count() - 1)
        assert dialog.grade.text() == "Grade: none"
        press("Put this back")(dialog)

    with Answer(put_back) as answer:
        window.actions_.named["history"].trigger()
        wait(qtbot, lambda: answer.done)
    wait(qtbot, lambda: _kept(window) == "First")
    assert _grade(session) is None
    assert panel.edit.summary() == "First"
    assert len(session.case.judgement_history("4.1")) == 4
    # Progress is in view, and J goes to what is left.
    assert window.judging.progress.text() == "1 of 34 blocks judged"
    index = window.framework._model.index_of("4.1").parent()  # type: ignore[union-attr]
    assert "1 of 2 judged" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    _come_back(qtbot, window)
    window.framework.tree.setFocus()
    QTest.keyClick(window.framework.tree, Key.Key_J)
    assert panel.choice.currentData() == "4.7"
    assert panel.edit.hasFocus()


def test_what_is_refused_stays_in_the_field_and_is_tried_again(
    qtbot: QtBot, window: MainWindow
) -> None:
    panel, session = _open(window), _session(window)
    panel._pause.setInterval(60_000)
    QTest.keyClicks(panel.edit, "Half ")
    panel.edit.textCursor().insertText("x" * LONGEST)  # more than is ever kept
    with Answer(QDialog.close) as answer:
        window.framework.select("18")
        wait(qtbot, lambda: answer.done)
    assert panel.edit.summary() == ""
    window.framework.select("4.1")
    assert panel.edit.summary().startswith("Half ")
    assert panel.state.text().startswith("Not saved")
    panel.edit.selectAll()
    QTest.keyClicks(panel.edit, "Half mended")
    panel.keep()
    wait(qtbot, lambda: _kept(window) == "Half mended")
    assert session.case.log_is_intact()


def test_an_area_for_development_becomes_an_action(qtbot: QtBot, window: MainWindow) -> None:
    link = _tag(qtbot, window, ONCE_P3, "4.4", Polarity.DEVELOPMENT)
    session = _session(window)
    window.evidence.select(link.id)
    window.evidence.table.setFocus()
    seen: list[str] = []

    def answer(dialog: ActionDialog) -> None:
        assert dialog.criterion.currentData() == "4.4"
        QTest.keyClicks(dialog.text, "Look at care plans")
        QTest.keyClicks(dialog.owner, "Head of service")
        QTest.keyClicks(dialog.due, "soon")
        ok(dialog)
        seen.append(dialog.wrong.text())
        dialog.due.setText("June 2031")
        ok(dialog)

    with Answer(answer) as asked:
        QTest.keyClick(window.evidence.table, Key.Key_D)
        wait(qtbot, lambda: asked.done)
    assert "no date" in seen[0]
    wait(qtbot, lambda: session.held.actions)
    (action,) = session.held.actions.values()
    assert (action.text, action.owner, action.due, action.link) == (
        "Look at care plans", "Head of service", "2031-06", link.id,
    )  # fmt: skip
    actions = window.judgement.actions_
    wait(qtbot, actions.isVisible)
    assert actions.list.count() == 1
    assert actions.list.item(0).text() == "4.4  Look at care plans\nHead of service  ·  June 2031"
    # Ticked and taken away by keys; the link stays, and all of it is undone.
    actions.list.setFocus()
    actions.list.setCurrentRow(0)
    QTest.keyClick(actions.list, Key.Key_Space)
    wait(qtbot, lambda: _only(session).done)
    assert actions.list.item(0).checkState() is Qt.CheckState.Checked
    _come_back(qtbot, window)
    actions.list.setFocus()
    QTest.keyClick(actions.list, Key.Key_Delete)
    wait(qtbot, lambda: not session.held.actions)
    assert link.id in session.held.links
    assert actions.list.hint
    for _ in range(2):
        settle(qtbot, session, session.undo)
    assert _only(session) == action


def _only(session: Session) -> Action:
    (action,) = session.held.actions.values()
    return action


def test_another_framework_leaves_what_is_being_written(qtbot: QtBot, window: MainWindow) -> None:
    panel, session = _open(window, "4.1"), _session(window)
    panel._pause.setInterval(60_000)
    QTest.keyClicks(panel.edit, "Begun")

    def moved(case: Case) -> list[Change]:
        """The first block of section 4 ends with 4.5, and 4.6 joins 4.7."""
        with case._store.reading() as connection:
            (row,) = (each for each in reading.framework(connection).sections if each.number == 4)
            before = reading.table_row(connection, "criterion", row.criteria[5].id)
        assert before is not None
        change = RowChange("criterion", row.criteria[5].id, before, {**before, "block": 1})
        return [case._store.commit("Ann", "adopt framework", "another", [change])]

    settle(qtbot, session, lambda: session.edit("adopt", moved))
    assert panel.block is not None
    assert panel.block.name == "4.1–4.5"
    assert panel.edit.summary() == "Begun"
    panel.keep()
    wait(qtbot, lambda: _kept(window) == "Begun")
    panel.show_for("4.6")
    assert panel.block.name == "4.6–4.7"
    settle(qtbot, session, session.undo)
    settle(qtbot, session, session.undo)
    panel.show_for("4.6")
    assert (panel.block.name, panel.edit.summary()) == ("4.1–4.6", "")


def test_a_case_for_reading_only_shows_what_was_judged(
    qtbot: QtBot, empty_window: MainWindow, case_path: Path
) -> None:
    with Case.open(case_path, by="Ann") as case:
        case.judge("4.1", summary="Kept", grade="amber")
        case.add_action("4.1", "Meet")
    window = empty_window
    with Case.open(case_path, by="Writer"):
        show_case(qtbot, window, case_path)
        assert _session(window).readonly
        panel = _open(window, "4.1")
        assert panel.edit.summary() == "Kept"
        assert panel.edit.isReadOnly()
        assert not panel.grade.isEnabled()
        assert panel.grade.currentText() == "Amber"
        panel.tabs.setCurrentWidget(panel.actions_)
        wait(qtbot, lambda: not panel.actions_.add.isEnabled())
        QTest.keyClicks(panel.edit, "x")
        assert panel.edit.summary() == "Kept"


# --- the field alone -------------------------------------------------------------------------

LINK = "0a1b2c3d-0000-4000-8000-0123456789ab"


@pytest.fixture
def field(qtbot: QtBot, theme: Theme) -> SummaryEdit:
    made = SummaryEdit(theme)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_field_gives_back_what_it_was_given(field: SummaryEdit) -> None:
    for text in (
        "",
        "One\n\n- two\n- three",
        f"<b>bold</b> & 👩‍⚖️ {token(LINK)}{token(LINK)} end\n{token(LINK)}",
        "[[link:nothing]]",
    ):
        field.set_summary(text)
        assert field.summary() == text
        assert not field.document().isUndoAvailable()


def test_a_chip_is_deleted_whole_copied_and_pasted_and_undone(field: SummaryEdit) -> None:
    field.set_summary(f"👩 is {token(LINK)}")
    field.selectAll()
    field.copy()
    assert QApplication.clipboard().text().startswith("👩 is [")
    assert LINK not in QApplication.clipboard().text()
    field.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClick(field, Key.Key_Backspace)
    assert field.summary() == "👩 is "
    field.paste()
    assert field.summary() == f"👩 is 👩 is {token(LINK)}"
    field.undo()
    assert field.summary() == "👩 is "
    cursor = field.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(2, QTextCursor.MoveMode.KeepAnchor)  # one sign, two of Qt's
    field.setTextCursor(cursor)
    assert field.createMimeDataFromSelection().text() == "👩"
    pasted = QMimeData()
    pasted.setHtml("<img src='file:///etc/passwd'><b>rich</b>")
    pasted.setText("rich\ufffc\x00 words")
    field.insertFromMimeData(pasted)
    assert field.summary() == "rich words is "


def test_enter_goes_on_with_a_list_and_leaves_it(field: SummaryEdit) -> None:
    QTest.keyClicks(field, "- one")
    QTest.keyClick(field, Key.Key_Return)
    QTest.keyClicks(field, "two")
    QTest.keyClick(field, Key.Key_Return)
    QTest.keyClick(field, Key.Key_Return)
    QTest.keyClicks(field, "9. nine")
    QTest.keyClick(field, Key.Key_Return)
    QTest.keyClicks(field, "ten")
    assert field.summary() == "- one\n- two\n9. nine\n10. ten"
