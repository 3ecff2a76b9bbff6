"""The whole way from a document to its judgement, and a round of review, by real keys alone.

Nothing here calls what a key would do. After each key, what has the keys is in view.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from cambs_evidence import settings
from cambs_evidence.case import Case
from cambs_evidence.model import Polarity
from cambs_evidence.review import Stand, Verdict
from tests.support import ONCE_P1, ONCE_P2, ONCE_P3
from tests.ui.support import show_case, text_is_there, wait
from ui.main_window import MainWindow
from ui.session import Session

Key = Qt.Key
None_, Shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
Control, Alt = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
AUTHOR, AUDITOR = "Author", "Auditor"


class Hands:
    """Two hands on a keyboard."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot, self.window = qtbot, window

    @property
    def session(self) -> Session:
        assert self.window.session is not None
        return self.window.session

    def press(self, key: Key, held: Qt.KeyboardModifier = None_, times: int = 1) -> None:
        """Presses a key, and holds that what has the keys now can be seen."""
        for _ in range(times):
            QTest.keyClick(self._focus(), key, held)
        QApplication.processEvents()
        focus = QApplication.focusWidget()
        if focus is not None and focus.window() is self.window:
            assert self.window.docks.in_view(focus), f"{key}: {focus.accessibleName()}"

    def type(self, words: str) -> None:
        """Types words where the keys are."""
        QTest.keyClicks(self._focus(), words)

    def until(self, met: Callable[[], object]) -> None:
        """Waits for what a key has begun."""
        wait(self.qtbot, met)

    def settle(self) -> None:
        """Waits until all is kept."""
        self.until(lambda: not self.session.busy)

    def tab_to(self, name: str, *, back: bool = False) -> None:
        """Presses Tab until something of that name has the keys."""
        for _ in range(60):
            if _named(self._focus()).startswith(name):
                return
            self.press(Key.Key_Backtab if back else Key.Key_Tab, Shift if back else None_)
        raise AssertionError(f"Tab does not lead to {name}.")

    def has(self, name: str) -> bool:
        """True where something of that name has the keys."""
        return _named(self._focus()).startswith(name)

    def codes(self) -> list[str]:
        """The criteria of all links."""
        return sorted(each.code for each in self.session.held.links.values())

    def _focus(self) -> QWidget:
        asking = QApplication.activeModalWidget()
        if asking is not None:
            return asking.focusWidget() or asking
        if QApplication.activeWindow() is None:  # what a window manager does after a dialog
            self.window.activateWindow()
            self.until(self.window.isActiveWindow)
        return QApplication.focusWidget() or QApplication.activeWindow() or self.window


def _named(widget: QWidget) -> str:
    said = widget.accessibleName()
    return said or (widget.text() if isinstance(widget, QAbstractButton) else "")


@pytest.fixture
def hands(qtbot: QtBot, empty_window: MainWindow) -> Hands:
    """Hands on the keyboard of an empty window."""
    settings.write(settings.Settings(name=AUTHOR))
    return Hands(qtbot, empty_window)


def test_a_whole_mapping_is_done_by_keys_alone(hands: Hands, case_path: Path) -> None:
    show_case(hands.qtbot, hands.window, case_path)
    _open_a_document(hands)
    _tag_at_the_caret(hands)
    _go_to_gaps(hands)
    _tag_from_a_hit(hands)
    _split_merge_undo(hands)
    _judge(hands)
    _look_at_coverage_and_filters(hands)
    for pane in range(12):
        hands.press(Key.Key_F6, Shift if pane % 2 else None_)


def _open_a_document(hands: Hands) -> None:
    hands.press(Key.Key_1, Alt)
    hands.press(Key.Key_Home)
    hands.press(Key.Key_Return)
    hands.until(lambda: text_is_there(hands.window))


def _tag_at_the_caret(hands: Hands) -> None:
    hands.press(Key.Key_F7)
    assert hands.has("Pages")
    hands.press(Key.Key_End, Shift)
    hands.press(Key.Key_T)
    hands.type("1.1")
    hands.press(Key.Key_Return, Control)
    hands.type("1.2")
    hands.press(Key.Key_D, Alt)
    hands.press(Key.Key_Tab)
    hands.type("of two criteria")
    hands.press(Key.Key_Return)
    hands.until(lambda: hands.codes() == ["1.1", "1.2"])
    hands.press(Key.Key_Down, Control)
    hands.press(Key.Key_P)  # the sentence
    sentence = hands.window.reader.pages.selected_text()
    hands.press(Key.Key_P)  # its paragraph
    assert sentence in hands.window.reader.pages.selected_text()
    hands.press(Key.Key_1)  # the last criteria are on the figures
    hands.until(lambda: hands.codes() == ["1.1", "1.1", "1.2"])
    polarities = {each.polarity for each in hands.session.held.links.values()}
    assert polarities == {Polarity.DEVELOPMENT}
    hands.press(Key.Key_N)
    hands.type(" and kept")
    hands.press(Key.Key_Return, Control)  # back to where the keys were
    assert hands.has("Pages")
    hands.until(lambda: any(
        "and kept" in (each.note or "") for each in hands.session.held.links.values()
    ))  # fmt: skip


def _go_to_gaps(hands: Hands) -> None:
    hands.press(Key.Key_G)
    assert hands.window.framework.current_key() == "1.3"
    assert "a gap" in hands.window.evidence.table.hint
    hands.press(Key.Key_G)
    assert hands.window.framework.current_key() == "1.4"


def _tag_from_a_hit(hands: Hands) -> None:
    hands.press(Key.Key_F, Control | Shift)
    hands.type("thresholds NEAR partners")
    hands.until(hands.window.search_panel.view.topLevelItemCount)
    hands.press(Key.Key_Return)
    assert hands.has("Search results")
    hands.press(Key.Key_Down)
    hands.press(Key.Key_T)
    hands.until(lambda: hands.has("Criterion"))
    hands.type("2.1")
    hands.press(Key.Key_S, Alt)
    hands.press(Key.Key_Return)
    hands.until(lambda: "2.1" in hands.codes())
    hands.press(Key.Key_T, Shift)
    hands.type("2.2")
    hands.press(Key.Key_Return)
    hands.until(lambda: "2.2" in hands.codes() and not hands.session.busy)


def _split_merge_undo(hands: Hands) -> None:
    before = dict(hands.session.held.links)
    assert hands.has("Pages")
    hands.press(Key.Key_Escape)
    if not hands.window.reader.pages.caret_on:
        hands.press(Key.Key_F7)  # the caret begins at the framed passage
    hands.press(Key.Key_Right, Control, times=2)
    pages = hands.window.reader.pages

    def step(key: Key, held: Qt.KeyboardModifier, count: int) -> None:
        hands.press(key, held)
        hands.until(lambda: hands.codes().count("2.2") == count and not hands.session.busy)

    step(Key.Key_S, None_, 2)
    parts = [each.passage for each in hands.session.held.links.values() if each.code == "2.2"]
    first = min(parts, key=lambda each: each.anchor.spans[0].start)
    hands.until(lambda: pages.active is not None)
    while pages.active != first.id:
        hands.press(Key.Key_Up, Alt)
    step(Key.Key_M, None_, 1)
    step(Key.Key_Z, Control, 2)
    step(Key.Key_Z, Control, 1)
    step(Key.Key_Y, Control, 2)
    step(Key.Key_Z, Control, 1)
    assert hands.session.held.links.keys() == before.keys()


def _show_all(hands: Hands) -> None:
    hands.press(Key.Key_5, Alt)
    if hands.window.evidence.filter.active:
        hands.tab_to("Show all", back=True)
        hands.press(Key.Key_Return)
    assert not hands.window.evidence.filter.active


def _judge(hands: Hands) -> None:
    hands.press(Key.Key_J)
    assert hands.has("Summary of block")
    hands.type("Said in words. ")
    _show_all(hands)
    hands.press(Key.Key_5, Alt)
    hands.press(Key.Key_R)  # into the summary, which now lies over the table
    hands.until(lambda: hands.has("Summary of block"))
    hands.press(Key.Key_G, Alt)
    hands.press(Key.Key_G)
    hands.until(lambda: any(each.grade for each in hands.session.held.judgements.values()))
    said = next(iter(hands.session.held.judgements.values())).summary
    hands.until(lambda: "[[link:" in next(iter(hands.session.held.judgements.values())).summary)
    assert said.startswith("Said in words.")
    hands.tab_to("Criteria and evidence of the block")
    hands.press(Key.Key_Down)


def _look_at_coverage_and_filters(hands: Hands) -> None:
    hands.press(Key.Key_9, Alt)
    assert hands.has("Coverage by document")
    hands.press(Key.Key_Down)
    hands.press(Key.Key_Return)  # to the evidence of the cell, which lies over the picture
    hands.until(lambda: hands.has("Evidence"))
    hands.press(Key.Key_E, Control | Shift)
    hands.tab_to("Polarity")
    hands.press(Key.Key_D)
    assert hands.window.evidence.filter.polarity is Polarity.DEVELOPMENT
    hands.press(Key.Key_Escape)
    _show_all(hands)


def test_a_review_goes_out_and_its_query_is_answered_by_keys_alone(
    hands: Hands, case_path: Path
) -> None:
    sent = case_path.with_name("out.cambsreview")
    with Case.open(case_path, by=AUTHOR) as case:
        report = case.document("report.pdf")
        for words, code in ((ONCE_P1, "1.1"), (ONCE_P3, "2.1")):
            case.tag(report, words, code, Polarity.STRENGTH)
        list(case.review_export(sent, pages="all"))
    settings.write(settings.Settings(name=AUDITOR))
    show_case(hands.qtbot, hands.window, sent)
    _review(hands)
    hands.press(Key.Key_W, Control | Shift)  # closed, as it has to be before it is sent
    with Case.open(case_path, by=AUTHOR) as case:
        list(case.merge(sent))
    settings.write(settings.Settings(name=AUTHOR))
    show_case(hands.qtbot, hands.window, case_path)
    _answer(hands)


def _review(hands: Hands) -> None:
    assert hands.has("To be reviewed")
    hands.press(Key.Key_Y)
    hands.press(Key.Key_Q)
    hands.type("Of which year?")
    hands.press(Key.Key_Return)
    hands.press(Key.Key_F, Control)
    hands.type(ONCE_P2)
    hands.until(lambda: hands.window.reader.find_bar.count.text() == "1 of 1")
    hands.press(Key.Key_Escape)
    hands.press(Key.Key_T)
    hands.type("3.1")
    hands.press(Key.Key_Tab)
    hands.type("You missed this")
    hands.press(Key.Key_Return)
    held = hands.session.held
    hands.until(lambda: held.findings and not hands.session.busy)
    hands.until(
        lambda: _noted(hands) == ["3.1"]
    )  # it has a mark on its page, though it is no evidence yet
    said = {x.code: held.review(x.id).of(AUDITOR) for x in held.links.values()}
    verdicts = {code: each.verdict for code, each in said.items() if each is not None}
    assert verdicts == {"1.1": Verdict.ACCEPT, "2.1": Verdict.QUERY}
    hands.press(Key.Key_0, Alt)
    hands.tab_to("What is shown", back=True)
    hands.press(Key.Key_M)
    hands.press(Key.Key_0, Alt)
    hands.tab_to("Take it back")  # what is shown of a passage comes right after the list


def _noted(hands: Hands) -> list[str]:
    pages = hands.window.reader.pages
    return [each.code for page in range(pages.pages) for each in pages.noting.on(page)]


def _answer(hands: Hands) -> None:
    hands.press(Key.Key_F6, Shift)
    hands.tab_to("1 open query, 1 passage noted as missing")
    hands.press(Key.Key_Space)
    assert hands.has("To be reviewed")
    hands.tab_to("Answer")
    hands.type("Of 2024.")
    hands.press(Key.Key_Return)
    held = hands.session.held
    [link] = (each for each in held.links.values() if each.code == "2.1")
    hands.until(lambda: held.review(link.id).stand is Stand.ANSWERED)
    hands.until(lambda: hands.has("To be reviewed"))  # and nowhere else
    hands.tab_to("What is shown", back=True)
    hands.press(Key.Key_M)
    hands.press(Key.Key_0, Alt)
    hands.tab_to("Take as evidence")
    hands.press(Key.Key_Space)
    hands.until(lambda: "3.1" in hands.codes())
    hands.until(lambda: _noted(hands) == [])
