"""A framework from a document, in the window: seen, mended by keys, compared, taken, undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from cambs_evidence.framework import mending
from cambs_evidence.model import Fate, Polarity
from tests.core.framework.assessments import TEXT, proposed
from tests.support import ONCE_P1, ONCE_P2
from tests.ui.support import Answer, settled, wait
from ui import commands
from ui.dialogs.framework import FrameworkDialog
from ui.dialogs.framework_read import ReadPage
from ui.main_window import MainWindow
from ui.models.framework import FrameworkModel
from ui.models.proposal import ProposalModel
from ui.opening import make_case
from ui.session import Session

Enter, Down, Tab, Space = (
    Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Space,
)  # fmt: skip
Alt, Control = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
OURS = proposed(TEXT)
NEXT = TEXT.replace("in SPRING", "in WINTER").replace("2032", "2033").replace("2031", "2033")


@pytest.fixture
def page(qtbot: QtBot) -> ReadPage:
    made = ReadPage(OURS)
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


def _session(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


def _dialog(qtbot: QtBot, window: MainWindow) -> FrameworkDialog:
    wait(qtbot, lambda: window.adopting.dialog is not None)
    wait(qtbot, lambda: QApplication.activeWindow() is window.adopting.dialog)
    assert window.adopting.dialog is not None
    return window.adopting.dialog


def _tag(window: MainWindow, quote: str, code: str) -> None:
    session = _session(window)
    document = session.case.document("report.pdf")
    place = session.case.find(document, quote)
    commands.tag(session, document, place, [session.case.target(code)], Polarity.STRENGTH)


def _said(page: ReadPage, code: str) -> str:
    """The wording of a criterion as it is now."""
    criteria = [c for s in page.proposal.sections for b in s.blocks for c in b.criteria]
    return next(each.statement for each in criteria if each.code == code)


# --- the model ----------------------------------------------------------------------------------


def test_the_tree_of_what_was_read_is_a_proper_model(qtmodeltester: ModelTester) -> None:
    model = ProposalModel(OURS)
    qtmodeltester.check(model)
    section = model.index(1, 0)
    assert section.data() == "2  Fruit, nuts and other good things for the kitchen"
    line = model.index_of("2.3")
    assert line.data().startswith("2.3 (M)  There are enough baskets")
    assert line.siblingAtColumn(1).data() == "1"
    assert line.siblingAtColumn(2).data() == "⚠ Doubt"
    assert "Doubt: The mark (M) stands" in line.data(Qt.ItemDataRole.AccessibleTextRole)
    assert not model.take(mending.reworded(OURS, "2.3", "Baskets."))
    assert model.index_of("2.3").data() == "2.3 (M)  Baskets."
    assert model.take(mending.removed(OURS, "2.3"))
    assert not model.index_of("2.3").isValid()
    qtmodeltester.check(model)


# --- the preview --------------------------------------------------------------------------------


def test_the_preview_says_what_was_read_and_leads_through_the_doubts(page: ReadPage) -> None:
    assert page.headline.text() == (
        "Read from ours.txt: 3 sections, 9 criteria, 4 marked (M), 5 blocks."
    )
    assert [page.doubts.item(row).text()[:12] for row in range(3)] == [
        "⚠ 2, page 1:", "⚠ 2.3, page ", "⚠ 2.5, page ",
    ]  # fmt: skip
    page.doubts.setFocus()
    QTest.keyClick(page.doubts, Down)
    QTest.keyClick(page.doubts, Down)
    line = page.line()
    assert line is not None
    assert line.key == page.doubts.currentItem().text()[2:5]
    assert page.place.text().startswith("Read on page ")
    page.settle.click()
    assert page.doubts.count() == 2
    assert page.trouble() == ""


def test_each_line_can_be_mended_by_keys_and_each_mend_taken_back(page: ReadPage) -> None:
    page.tree.setCurrentIndex(page.model.index_of("1.2"))
    page.wording.setFocus()
    page.wording.selectAll()
    QTest.keyClicks(page.wording, "Rain is kept")
    assert _said(page, "1.2") == "Rain is kept"
    assert page.model.index_of("1.2").data() == "1.2 (M)  Rain is kept"
    QTest.keyClick(page.mark, Space)
    assert page.model.index_of("1.2").data() == "1.2  Rain is kept"
    QTest.keyClick(page.begins, Space)
    assert [[c.code for c in b.criteria] for b in page.proposal.sections[0].blocks] == [
        ["1.1"], ["1.2", "1.3"], ["1.4"],
    ]  # fmt: skip
    page.code.setFocus()
    page.code.selectAll()
    QTest.keyClicks(page.code, "1.7")
    QTest.keyClick(page.code, Tab)
    assert page.model.index_of("1.7").isValid()
    page.code.setFocus()
    page.code.selectAll()
    QTest.keyClicks(page.code, "1.1")  # which there is already
    QTest.keyClick(page.code, Tab)
    assert page.code.text() == "1.7"
    for _ in range(4):
        QTest.keyClick(page.tree, Qt.Key.Key_Z, Control)
    assert page.proposal == OURS
    assert not page._past


def test_lines_come_and_go_and_what_no_case_can_stand_on_is_told(page: ReadPage) -> None:
    page.tree.setCurrentIndex(page.model.index_of("2.5"))
    page.remove.click()
    assert not page.model.index_of("2.5").isValid()
    assert page.doubts.count() == 2
    page.add_section.click()
    page.add.click()
    assert page.model.index_of("4.1").isValid()
    assert "4.1 has no wording" in page.trouble()
    QTest.keyClicks(page.wording, "Wasps are left alone.")
    assert page.trouble() == ""
    page.version.setFocus()
    page.version.selectAll()
    QTest.keyClick(page.version, Qt.Key.Key_Delete)
    assert "version" in page.trouble()
    for _ in range(9):
        page.take_back()
    assert page.proposal == OURS
    assert page.version.text() == "2032"


# --- the whole way, by keys ---------------------------------------------------------------------


def test_a_case_is_moved_to_a_framework_and_back(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    session = _session(window)
    window.evidence.criterion.setCurrentIndex(2)
    path = tmp_path / "ours.txt"
    path.write_text(TEXT, encoding="utf-8")
    _tag(window, ONCE_P1, "18")
    settled(qtbot, window)
    before = session.held.framework
    window.adopting.read(path)
    dialog = _dialog(qtbot, window)
    QTest.keyClick(dialog.go_on, Enter)
    wait(qtbot, lambda: dialog.steps.currentWidget() is dialog.changes)
    assert dialog.changes.headline.text().startswith("1 question to answer")
    assert not dialog.go_on.isEnabled()
    assert dialog.changes.list.hasFocus()
    QTest.keyClick(dialog.changes.list, Enter)
    box = dialog.changes.list.findChild(QComboBox)
    assert box is not None
    assert box.hasFocus()
    QTest.keyClicks(box, "3")
    assert box.currentData() == "3"
    assert dialog.go_on.text() == "&Move the case to 2032"
    QTest.keyClick(dialog.changes.list, Qt.Key.Key_M, Alt)
    wait(qtbot, lambda: window.adopting.dialog is None)
    settled(qtbot, window)
    assert [link.code for link in session.held.links.values()] == ["3"]
    assert session.held.framework.version == "2032"
    assert window.framework.standing.text() == "Version 2032"
    assert "read from ours.txt" in window.framework.standing.toolTip()
    tree = window.framework.tree.model()
    assert [tree.index(row, 0).data() for row in range(tree.rowCount())] == [
        "1  Gardens and greenhouses",
        "2  Fruit, nuts and other good things for the kitchen",
        "3  Bees and hives",
    ]
    assert tree.index(1, 0, tree.index(0, 0)).data().startswith("1.2 (M)  Watering follows")
    assert window.evidence.criterion.findData("2.5") > 0
    assert window.evidence.criterion.findData("12.4") < 0
    assert session.undo_stack.undoText() == "move to Ours 2032"
    window.details.show_link(next(iter(session.held.links.values())))

    session.undo()
    settled(qtbot, window)
    assert session.held.framework == before
    assert [link.code for link in session.held.links.values()] == ["18"]
    assert tree.rowCount() == 18
    assert session.held.source is None
    session.redo()
    settled(qtbot, window)
    assert tree.rowCount() == 3


def test_next_years_rewording_is_asked_with_a_suggestion_that_one_key_takes(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    session = _session(window)
    session.edit("adopt", lambda case: [case.adopt(OURS).change])
    settled(qtbot, window)
    _tag(window, ONCE_P2, "2.1")
    settled(qtbot, window)
    path = tmp_path / "next.txt"
    path.write_text(NEXT, encoding="utf-8")
    window.adopting.read(path)
    dialog = _dialog(qtbot, window)
    QTest.keyClick(dialog.go_on, Enter)
    wait(qtbot, lambda: dialog.steps.currentWidget() is dialog.changes)
    assert [dialog.changes.list.topLevelItem(0).text(n) for n in range(4)] == [
        "≈ Reworded", "2.1", "2.1", "1 link",
    ]  # fmt: skip
    assert "SPRING" in dialog.changes.old.toPlainText()
    QTest.keyClick(dialog.changes.list, Qt.Key.Key_S, Alt)
    wait(qtbot, lambda: dialog.changes.answers() == {"2.1": "2.1"})
    _tag(window, ONCE_P1, "2.1")  # the case is worked on meanwhile: what was answered stays
    wait(qtbot, lambda: dialog.changes.list.topLevelItem(0).text(3) == "2 links")
    assert dialog.changes.answers() == {"2.1": "2.1"}
    QTest.keyClick(dialog.changes.list, Qt.Key.Key_M, Alt)
    wait(qtbot, lambda: window.adopting.dialog is None)
    settled(qtbot, window)
    assert session.held.framework.version == "2033"
    assert [link.code for link in session.held.links.values()] == ["2.1", "2.1"]


def test_what_the_case_stands_on_already_and_what_holds_none_is_told(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ours.txt"
    path.write_text(TEXT, encoding="utf-8")
    _session(window).edit("adopt", lambda case: [case.adopt(proposed(TEXT)).change])
    settled(qtbot, window)
    told: list[BaseException] = []
    monkeypatch.setattr(window, "tell", told.append)
    letter = tmp_path / "letter.txt"
    letter.write_text("All is well.\n", encoding="utf-8")
    window.adopting.read(letter)
    wait(qtbot, lambda: told)
    assert "No framework was found in letter.txt" in str(told[0])
    wait(qtbot, lambda: not window.jobs.running)
    changes = _session(window).case.compare_framework(OURS)
    dialog = FrameworkDialog(OURS, window)
    qtbot.addWidget(dialog)
    dialog.go_on.click()
    dialog.take(changes, _session(window).held.framework)
    assert "stands on this framework already" in dialog.changes.headline.text()
    assert not dialog.go_on.isEnabled()
    assert dialog.changes.list.topLevelItemCount() == changes.count(Fate.UNCHANGED)
    dialog.back.click()
    assert dialog.steps.currentWidget() is dialog.read
    dialog.reject()


def test_a_new_case_begins_with_a_framework_that_was_read_and_mended(
    qtbot: QtBot, empty_window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "ours.txt"
    path.write_text(TEXT, encoding="utf-8")
    made = tmp_path / "made.cambs"

    def make(told: object) -> None:
        empty_window._open(made, lambda: make_case(made, "Ann", {"title": "Made"}, told))  # type: ignore[arg-type]

    with Answer(lambda dialog: dialog.go_on.click()):
        empty_window.adopting.begin(path, make)
        wait(qtbot, lambda: empty_window.session is not None)
    assert _session(empty_window).held.framework.version == "2032"
    assert _session(empty_window).held.source is not None


def test_the_tree_of_a_case_stays_a_proper_model_when_its_framework_is_another(
    qtbot: QtBot, session: Session, qtmodeltester: ModelTester
) -> None:
    model = FrameworkModel(session)
    qtmodeltester.check(model)
    session.edit("adopt", lambda case: [case.adopt(OURS).change])
    qtbot.waitUntil(lambda: not session.busy)
    assert model.rowCount() == 3
    qtmodeltester.check(model)
    session.undo()
    qtbot.waitUntil(lambda: not session.busy)
    assert model.rowCount() == 18


def test_links_have_the_codes_that_their_criteria_have_now(qtbot: QtBot, session: Session) -> None:
    session.edit("adopt", lambda case: [case.adopt(OURS).change])
    document = session.case.document("report.pdf")
    for quote, code in ((ONCE_P1, "2.1"), (ONCE_P2, "2.2")):
        session.edit(
            "tag", lambda case, q=quote, c=code: [case.tag(document, q, c, Polarity.STRENGTH)[1]]
        )
    qtbot.waitUntil(lambda: not session.busy)
    text = TEXT.replace("in SPRING", "in X").replace("in AUTUMN", "in SPRING")
    swapped = proposed(text.replace("in X", "in AUTUMN"))
    with qtbot.waitSignal(session.changed) as heard:
        session.edit("adopt", lambda case: [case.adopt(swapped).change])
    assert len(heard.args[0].altered) == 2
    assert session.held.links == {each.id: each for each in session.case.evidence()}
    assert {each.code: each.passage.anchor.quote for each in session.held.links.values()} == {
        "2.2": ONCE_P1, "2.1": ONCE_P2,
    }  # fmt: skip
    session.undo()
    qtbot.waitUntil(lambda: not session.busy)
    assert session.held.links == {each.id: each for each in session.case.evidence()}
