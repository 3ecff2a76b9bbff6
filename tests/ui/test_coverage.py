"""The picture of coverage: in step with the case, read and gone through by key, kept in files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.model import Coverage, CriterionCoverage, Limits, Polarity, State
from cambs_evidence.periods import By
from tests.support import IN_LETTER, IN_NOTES, ONCE_P1, ONCE_P2, ONCE_P3
from tests.ui.support import Answer, documents_of, said, settle, settled, show_case, wait
from ui import commands
from ui.covering import next_gap
from ui.dialogs.not_applicable import NotApplicableDialog
from ui.main_window import MainWindow
from ui.models.coverage import CoverageModel, Order, Show
from ui.models.timeline import TimelineModel
from ui.session import Session

S, D, N = Polarity


@pytest.fixture
def tagged(case_path: Path) -> Path:
    """A case whose report is of 2023, its letter of 2014, its notes undated, with seven links."""
    with Case.open(case_path, by="Tester") as case:
        report, letter, notes = case.documents()
        case.describe(report, date="2023-05", title="Report")
        case.describe(letter, date="2014-01-31", title="Letter")
        for document, words, code, polarity in (
            (report, ONCE_P1, "1.1", S), (report, ONCE_P2, "1.1", D), (letter, IN_LETTER, "1.1", N),
            (letter, IN_LETTER, "1.3", S), (report, ONCE_P3, "2.1", S), (notes, IN_NOTES, "18", D),
            (report, ONCE_P1, "18", S),
        ):  # fmt: skip
            case.tag(document, words, code, polarity)
    return case_path


def _loaded(qtbot: QtBot, session: Session) -> CoverageModel:
    model = CoverageModel(session, session)
    model.load()
    wait(qtbot, lambda: model.loaded)
    return model


def _cells(model: CoverageModel) -> dict[tuple[str, str], str]:
    """What stands in the cells that hold something, by line and column."""
    found = {}
    for row, line in enumerate(model.lines):
        for column in range(model.columnCount()):
            document = model.document(column)
            if words := model.index(row, column).data():
                found[line.key, document.title if document else "all"] = words
    return found


def test_lines_and_columns_say_what_the_case_holds(
    qtbot: QtBot, tagged: Path, session: Session, qtmodeltester: ModelTester
) -> None:
    assert session.case.path == tagged
    model = CoverageModel(session, session)
    assert _cells(model) == {}  # nobody has looked yet
    model.load()
    wait(qtbot, lambda: model.loaded)
    qtmodeltester.check(model)
    assert [each.title for each in model.documents][:2] == ["Report", "Letter"]  # the newest first
    notes = model.documents[2].title
    assert _cells(model) == {
        ("1", "all"): "▲2 ▼1 ◆1", ("1", "Report"): "▲1 ▼1", ("1", "Letter"): "▲1 ◆1",
        ("1.1", "all"): "▲1 ▼1 ◆1", ("1.1", "Report"): "▲1 ▼1", ("1.1", "Letter"): "◆1",
        ("1.3", "all"): "▲1", ("1.3", "Letter"): "▲1",
        ("2", "all"): "▲1", ("2", "Report"): "▲1", ("2.1", "all"): "▲1", ("2.1", "Report"): "▲1",
        ("18", "all"): "▲1 ▼1", ("18", "Report"): "▲1", ("18", notes): "▼1",
    }  # fmt: skip
    role = Qt.ItemDataRole.AccessibleTextRole
    cell = model.index(model.row_of("1.1"), 1)
    assert cell.data(role) == "1.1, Report, May 2023: 1 strength, 1 development."
    empty = model.index(model.row_of("1.2"), 2)
    assert empty.data(role) == "1.2, Letter, 31 January 2014, old: no evidence."
    told = model.headerData(model.row_of("1.3"), Qt.Orientation.Vertical, role)
    assert "Old: 1 strength" in told
    assert [model.is_old(each) for each in model.documents] == [False, True, True]


def test_lines_are_filtered_folded_and_documents_ordered(
    qtbot: QtBot, tagged: Path, session: Session, qtmodeltester: ModelTester
) -> None:
    assert session.case.path == tagged
    model = _loaded(qtbot, session)
    assert len(model.lines) == 18 + 82
    model.choose(Show.WEAK, Order.OLDEST, marked=True)
    marked = [line.row.criterion for line in model.lines if not line.whole]
    assert len(marked) == 34
    assert all(each is not None and each.marked for each in marked)
    assert [each.title for each in model.documents][:2] == ["Letter", "Report"]  # undated last
    model.choose(Show.GAPS, Order.MOST, marked=False)
    assert [each.title for each in model.documents][:2] == ["Report", "Letter"]
    keys = [line.key for line in model.lines]
    assert not {"1.1", "1.3", "2.1", "18"} & set(keys)
    assert "1.2" in keys
    model.choose(Show.ALL, Order.NEWEST, marked=False)
    model.fold(1, folded=True)
    qtmodeltester.check(model)
    assert [line.key for line in model.lines][:2] == ["1", "2"]
    model.fold(1, folded=False)
    assert len(model.lines) == 100
    model.fold_all(folded=True)
    assert len(model.lines) == 18


def test_what_is_changed_meanwhile_is_counted_once(
    qtbot: QtBot, tagged: Path, session: Session
) -> None:
    assert session.case.path == tagged
    report = next(each for each in session.held.documents.values() if each.title == "Report")
    place = session.case.find(report, ONCE_P2)
    model = CoverageModel(session, session)
    for code in ("3.1", "3.2", "3.3"):  # not waited for: before, while and after it is counted
        commands.tag(session, report, place, [session.case.target(code)], S)
        model.load()
    wait(qtbot, lambda: model.loaded and not session.busy)
    assert model.index(model.row_of("3"), 0).data() == "▲3"
    assert _cells(model) == _cells(_loaded(qtbot, session))


def test_what_changes_is_counted_as_if_all_were_counted_anew(
    qtbot: QtBot, tagged: Path, session: Session, qtmodeltester: ModelTester
) -> None:
    assert session.case.path == tagged
    model = _loaded(qtbot, session)
    report = next(each for each in session.held.documents.values() if each.title == "Report")
    held = session.held

    def same() -> bool:
        return _cells(model) == _cells(_loaded(qtbot, session))

    def link(code: str) -> object:
        return next(each for each in held.links.values() if each.code == code)

    place = session.case.find(report, ONCE_P2)
    target = [session.case.target(code) for code in ("1.3", "18")]
    first = session.held.coverage
    settle(qtbot, session, lambda: commands.tag(session, report, place, target, N))
    assert _cells(model)["1.3", "Report"] == "◆1"
    assert same()
    settle(qtbot, session, lambda: commands.amend(session, link("2.1"), code="1.2", polarity=D))  # type: ignore[arg-type]
    assert ("2", "all") not in _cells(model)
    assert same()
    settle(qtbot, session, lambda: commands.untag(session, list(held.links.values())[:3]))
    assert same()
    settle(qtbot, session, lambda: commands.set_not_applicable(session, "1.2", "None here"))
    told = model.lines[model.row_of("1.2")].row
    assert told.not_applicable == "None here"
    assert told.coverage is not None
    assert told.coverage.state is State.NOT_APPLICABLE
    settle(qtbot, session, lambda: commands.set_limits(session, Limits(20, 1)))
    assert not model.is_old(model.documents[1])
    settle(qtbot, session, lambda: commands.describe(session, report, date="2001"))
    assert [each.title for each in model.documents][:2] == ["Letter", "Report"]
    settle(qtbot, session, lambda: commands.remove(session, report))
    wait(qtbot, lambda: model.loaded)
    assert model.columnCount() == 3
    assert same()
    while session.undo_stack.canUndo():
        settle(qtbot, session, session.undo)
    wait(qtbot, lambda: model.loaded)
    assert same()
    qtmodeltester.check(model)
    assert session.held.coverage == first


def test_evidence_is_counted_by_quarter_and_by_year(
    qtbot: QtBot, tagged: Path, session: Session, qtmodeltester: ModelTester
) -> None:
    assert session.case.path == tagged
    coverage = _loaded(qtbot, session)
    model = TimelineModel(session, coverage, session)
    qtmodeltester.check(model)
    assert (model.periods[0], model.periods[-2:]) == ("2014 Q1", ["2023 Q2", "undated"])
    assert len(model.periods) == 39
    assert model.index(0, 0).data() == "▲1 ◆1"
    assert model.index(17, 38).data() == "▼1"
    model.choose(By.YEAR)
    assert [*model.periods[:2], model.periods[-1]] == ["2014", "2015", "undated"]
    assert model.index(0, 9).data() == "▲1 ▼1"
    assert model.old_before == "2020"
    assert [model.is_old(column) for column in (0, 5, 6, 9, 10)] == [True, True, False, False, True]
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(0, 0).data(role) == "Section 1, 2014, old: 1 strength, 1 neutral."


# --- going through gaps ----------------------------------------------------------------------


def _coverage(**states: State) -> Coverage:
    """Criteria ``1.1`` and on, by the names ``c1_1``."""
    criteria = tuple(
        CriterionCoverage(
            code=name[1:].replace("_", "."), marked=False, strength=0, development=0, neutral=0,
            documents=0, latest=None, oldest=None, state=state,
        )
        for name, state in states.items()
    )  # fmt: skip
    return Coverage(None, criteria, ())


def test_gaps_come_first_then_old_then_thin_and_then_from_the_top() -> None:
    none, old, thin = State.NONE, State.OLD, State.THIN
    known = _coverage(
        c1_1=thin, c1_2=none, c1_3=State.COVERED, c2_1=old, c2_2=none, c2_3=State.NOT_APPLICABLE,
        c3_1=old,
    )  # fmt: skip

    def through(start: str, *, back: bool = False) -> list[str]:
        found, here = [], start
        for _ in range(6):
            step = next_gap(known, here, back=back)
            assert step is not None
            here = step.code
            found.append(here)
        return found

    assert through("") == ["1.2", "2.2", "2.1", "3.1", "1.1", "1.2"]
    assert through("1.3")[:2] == ["2.2", "2.1"]  # below it first
    assert through("2")[:2] == ["2.2", "2.1"]  # a section: from its first criterion
    assert through("2.3")[:2] == ["1.2", "2.2"]
    assert through("1.2", back=True) == ["1.1", "3.1", "2.1", "2.2", "1.2", "1.1"]
    assert through("1.3", back=True)[:2] == ["1.2", "1.1"]
    # A gap that has been filled meanwhile, if thinly, leads on to the gaps that are left.
    filled = _coverage(c1_1=thin, c1_2=thin, c1_3=thin, c2_1=none)
    found = next_gap(filled, "1.2", was=none)
    assert found is not None
    assert found.code == "2.1"
    found = next_gap(filled, "1.2", was=thin)
    assert found is not None
    assert found.code == "1.3"
    assert next_gap(_coverage(c1_1=State.COVERED, c1_2=State.NOT_APPLICABLE), "1.1") is None


# --- in the window ---------------------------------------------------------------------------


@pytest.fixture
def shown(qtbot: QtBot, empty_window: MainWindow, tagged: Path) -> MainWindow:
    """A window on the tagged case with coverage in front and the keys in it."""
    show_case(qtbot, empty_window, tagged)
    QTest.keyClick(empty_window, Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier)
    model = empty_window.coverage.model
    assert model is not None
    wait(qtbot, lambda: model.loaded and empty_window.coverage.grid.hasFocus())
    return empty_window


def _key(window: MainWindow, key: Qt.Key, *, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(window.coverage.grid, key, modifier)


def _evidence(window: MainWindow) -> list[str]:
    table = window.evidence.table.model()
    return [table.index(row, 0).data() for row in range(table.rowCount())]


def test_cells_are_gone_through_folded_and_opened_by_key(qtbot: QtBot, shown: MainWindow) -> None:
    grid, model = shown.coverage.grid, shown.coverage.model
    assert model is not None
    assert shown.coverage.current_key() == "1"
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):  # 1.1 of the report
        _key(shown, key)
    assert _evidence(shown) == ["1.1", "1.1"]
    assert shown.evidence.document.currentText() == "Report"
    assert shown.framework.current_key() == "1.1"
    shown.docks.reveal("coverage")
    grid.setFocus()
    _key(shown, Qt.Key.Key_Right)
    _key(shown, Qt.Key.Key_Return)  # one link alone is shown on its page
    assert _evidence(shown) == ["1.1"]
    letter = documents_of(shown)["letter.txt"]
    wait(qtbot, lambda: shown.reader.document is not None and shown.reader.document.id == letter.id)
    shown.docks.reveal("coverage")
    grid.setFocus()
    _key(shown, Qt.Key.Key_Space)
    assert shown.coverage.current_key() == "1"
    assert [line.key for line in model.lines][:2] == ["1", "2"]
    _key(shown, Qt.Key.Key_Return)  # the letter's evidence for the whole section
    assert _evidence(shown) == ["1.1", "1.3"]
    shown.docks.reveal("coverage")
    cell = model.index(model.row_of("18"), 0)
    grid.scrollTo(cell)
    where = grid.visualRect(cell).center()
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert _evidence(shown) == ["18", "18"]
    assert shown.docks.in_view(grid)
    face = QAccessible.queryAccessibleInterface(grid)
    assert face.role() is QAccessible.Role.Table
    assert face.text(QAccessible.Text.Name) == "Coverage by document"


def test_a_bar_leads_to_the_evidence_of_its_period(shown: MainWindow) -> None:
    shown.coverage.tabs.setCurrentIndex(1)
    grid, model = shown.coverage.over_time, shown.coverage.timeline
    assert model is not None
    grid.setFocus()
    grid.setCurrentIndex(model.index(0, model.periods.index("2014 Q1")))
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert _evidence(shown) == ["1.1", "1.3"]
    found = shown.evidence.filter
    assert (found.section, found.since, found.until) == (1, "2014-01", "2014-03")


def test_the_next_gap_is_one_key_wherever_the_keys_are(qtbot: QtBot, shown: MainWindow) -> None:
    def go(*, back: bool = False) -> tuple[str, str]:
        _key(shown, Qt.Key.Key_G, shift=back)
        return shown.coverage.current_key(), shown.framework.current_key()

    assert go() == ("1.2", "1.2")
    assert said(shown).startswith("No evidence yet for 1.2:")
    assert shown.coverage.grid.hasFocus()
    assert go() == ("1.4", "1.4")
    assert go(back=True) == ("1.2", "1.2")
    assert go(back=True) == ("2.1", "2.1")  # around: the last of what is thin
    assert said(shown).startswith("Thin evidence for 2.1, from 1 document:")
    assert go(back=True) == ("1.3", "1.3")
    assert said(shown).startswith("Old evidence for 1.3, the newest is of 31 January 2014:")
    shown.coverage.show_.setCurrentIndex(1)
    shown.coverage.grid.setFocus()
    assert go()[0] == "1.2"
    assert go(back=True)[0] == "2.1"  # it is no gap: the filter is taken away
    assert shown.coverage.show_.currentIndex() == 0
    shown.framework.tree.setFocus()
    QTest.keyClick(shown.framework.tree, Qt.Key.Key_G)
    assert shown.framework.current_key() == "1.2"
    settled(qtbot, shown)


def _wake(qtbot: QtBot, window: MainWindow) -> None:
    """Gives the keys back after a dialog, as a window system does."""
    with qtbot.waitActive(window):
        window.activateWindow()


def test_what_does_not_apply_is_said_with_one_key_and_undone(
    qtbot: QtBot, shown: MainWindow
) -> None:
    session = shown.session
    assert session is not None
    shown.framework.go_to("1.2")
    shown.framework.tree.setFocus()

    def give(dialog: NotApplicableDialog) -> None:
        QTest.keyClicks(dialog.reason, "None here")
        dialog.accept()

    with Answer(give):
        QTest.keyClick(shown.framework.tree, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    settled(qtbot, shown)
    tip = shown.framework.tree.currentIndex().data(Qt.ItemDataRole.ToolTipRole)
    assert "Not applicable: None here." in tip
    assert shown.framework.tree.currentIndex().siblingAtColumn(4).data() == "– N/A"
    assert shown.framework.summary.text().endswith("1 not applicable")
    assert session.undo_stack.undoText() == "set 1.2 not applicable"
    _wake(qtbot, shown)
    shown.framework.tree.setFocus()
    with Answer(lambda dialog: dialog.clear.click()):
        QTest.keyClick(shown.framework.tree, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    settled(qtbot, shown)
    assert session.held.framework.sections[0].criteria[1].not_applicable is None
    settle(qtbot, session, session.undo)
    assert session.held.framework.sections[0].criteria[1].not_applicable == "None here"
    settle(qtbot, session, session.undo)
    assert session.held.framework.sections[0].criteria[1].not_applicable is None
    _wake(qtbot, shown)
    shown.framework.tree.setCurrentIndex(shown.framework.tree.model().index(0, 0))
    QTest.keyClick(
        shown.framework.tree, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier
    )  # a section
    assert said(shown).startswith("Choose a criterion")


def test_coverage_fills_the_window_and_gives_it_back(qtbot: QtBot, shown: MainWindow) -> None:
    before = shown.docks.state()
    QTest.keyClick(
        shown, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert shown.coverage.large.isChecked()
    assert not shown.desk.isVisible()
    assert not shown.framework.isVisible()
    wait(qtbot, lambda: shown.coverage.height() > shown.height() // 2)
    assert shown.evidence.isVisible()
    assert shown.docks.state() == before  # at the next start it is as it was
    shown.coverage.grid.setCurrentIndex(shown.coverage.grid.model().index(1, 2))
    shown.coverage.grid.setFocus()
    _key(shown, Qt.Key.Key_Return)
    assert _evidence(shown) == ["1.1"]
    assert not shown.desk.isVisible()
    QTest.keyClick(shown.evidence.table, Qt.Key.Key_Return)
    shown.evidence.table.setCurrentIndex(shown.evidence.table.model().index(0, 0))
    QTest.keyClick(shown.evidence.table, Qt.Key.Key_Return)  # to its page, which is then seen
    assert shown.desk.isVisible()
    assert shown.framework.isVisible()
    assert not shown.coverage.large.isChecked()


def test_pictures_and_table_hold_all_of_it(qtbot: QtBot, shown: MainWindow, tmp_path: Path) -> None:
    def save(name: str) -> Path:
        shown.covering.save(tmp_path / name)
        wait(qtbot, lambda: not shown.jobs.running)
        return tmp_path / name

    shown.theme.choose("dark")
    whole = QImage(str(save("whole.png")))
    assert whole.height() > 100 * shown.coverage.grid.drawing.row_height
    assert whole.pixelColor(3, 3).lightness() > 250  # light, whatever the window is
    vector = QSvgRenderer(str(save("whole.svg")))
    assert vector.isValid()
    assert vector.viewBox().size().height() > 100 * shown.coverage.grid.drawing.row_height
    assert save("whole.pdf").read_bytes().startswith(b"%PDF-")
    rows = list(csv.reader(save("table.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 84
    shown.coverage.model.fold_all(folded=True)  # type: ignore[union-attr]
    folded = QImage(str(save("folded.png")))
    assert folded.size().height() < whole.height() // 3
    shown.coverage.tabs.setCurrentIndex(1)
    assert QImage(str(save("time.png"))).size() != QSize(folded.size())
    shown.theme.choose("light")
    assert list(tmp_path.glob(".*part*")) == []


def test_a_picture_nobody_has_looked_at_holds_all_too(
    qtbot: QtBot, empty_window: MainWindow, tagged: Path, tmp_path: Path
) -> None:
    show_case(qtbot, empty_window, tagged)
    assert empty_window.coverage.model is not None
    assert not empty_window.coverage.model.loaded
    empty_window.covering.save(tmp_path / "coverage.svg")
    wait(qtbot, lambda: said(empty_window).startswith("Wrote "))
    assert ">Report<" in (tmp_path / "coverage.svg").read_text(encoding="utf-8")


def test_an_empty_case_says_what_to_do(
    qtbot: QtBot, empty_window: MainWindow, blank_path: Path
) -> None:
    show_case(qtbot, empty_window, blank_path)
    empty_window.docks.reveal("coverage")
    assert "Ctrl+I" in empty_window.coverage.grid.hint
    empty_window.coverage.tabs.setCurrentIndex(1)
    assert "Ctrl+I" in empty_window.coverage.over_time.hint
    empty_window.grab()
