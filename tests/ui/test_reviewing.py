"""The review in the window: queue and decisions by keys, nothing of the author's can be changed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from cambs_evidence import settings
from cambs_evidence.case import Case
from cambs_evidence.model import Polarity
from cambs_evidence.review import Stand, Verdict
from tests.support import ONCE_P1, ONCE_P2, ONCE_P3
from tests.ui.support import Answer, None_, said, select_words, settle, settled, show_case, wait
from ui import commands
from ui.dialogs.merging import MergeDialog
from ui.dialogs.review_summary import SummaryDialog
from ui.main_window import MainWindow
from ui.models.evidence import DECISION
from ui.models.queue import MISSING
from ui.session import Session

Key = Qt.Key
AUTHOR, AUDITOR = "Author", "Auditor"
STRENGTH = Polarity.STRENGTH


@pytest.fixture
def tagged(case_path: Path) -> Path:
    """A closed case with three links, and a file for review beside it."""
    with Case.open(case_path, by=AUTHOR) as case:
        report = case.document("report.pdf")
        case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH)
        case.tag(report, ONCE_P3, "2.1", Polarity.DEVELOPMENT)
        case.tag(report, ONCE_P2, "3.1", Polarity.STRENGTH, note="a note")
        list(case.review_export(case_path.with_name("out.cambsreview"), pages="all"))
    return case_path


@pytest.fixture
def reviewing(qtbot: QtBot, empty_window: MainWindow, tagged: Path) -> MainWindow:
    """A window in which an auditor has opened the file for review."""
    settings.write(settings.Settings(name=AUDITOR))
    show_case(qtbot, empty_window, tagged.with_name("out.cambsreview"))
    return empty_window


def _session(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


def _key(window: MainWindow, key: Key, held: Qt.KeyboardModifier = None_) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, held)


def _shown(window: MainWindow) -> str:
    each = window.review.shown
    assert each is not None
    return each.code


def _said(window: MainWindow) -> dict[str, tuple[Verdict, str | None, bool]]:
    held = _session(window).held
    found = {}
    for link in held.links.values():
        own = held.review(link.id).of(AUDITOR)
        if own is not None:
            found[link.code] = (own.verdict, own.comment, own.seen)
    return found


def test_a_review_goes_from_link_to_link_by_keys_alone(qtbot: QtBot, reviewing: MainWindow) -> None:
    window = reviewing
    assert "(review)" in window.windowTitle()
    assert window.reviewing.bar.isVisible()
    assert _shown(window) == "1.1"
    first = window.review.shown
    assert first is not None
    wait(qtbot, lambda: first.id in window.reviewing.looked)  # its passage stands on the page
    _key(window, Key.Key_Y)
    assert _shown(window) == "2.1"
    _key(window, Key.Key_Q)
    assert window.review.comment.hasFocus()
    QTest.keyClicks(window.review.comment, "why?")
    _key(window, Key.Key_Return)
    assert _shown(window) == "3.1"
    _key(window, Key.Key_W)
    _key(window, Key.Key_Return)  # a comment is asked for, and may be left out
    settled(qtbot, window)
    wait(qtbot, lambda: len(_said(window)) == 3)
    said = _said(window)
    assert said["1.1"] == (Verdict.ACCEPT, None, True)
    assert said["2.1"][:2] == (Verdict.QUERY, "why?")
    assert said["3.1"][:2] == (Verdict.REJECT, None)
    assert window.review.progress.text() == "3 of 3 decided"
    assert window.reviewing.button.text() == "✓ 3 of 3 reviewed"
    assert "Queried by Auditor" in _words(window, "2.1")
    window.session.undo()  # type: ignore[union-attr]
    wait(qtbot, lambda: len(_said(window)) == 2)
    assert _shown(window) == "3.1"
    _key(window, Key.Key_K, Qt.KeyboardModifier.ShiftModifier)
    assert _shown(window) == "2.1"
    window.review.choose_kind(Stand.QUERIED.value)
    assert [window.review.list.model().rowCount(), _shown(window)] == [1, "2.1"]


def _words(window: MainWindow, code: str) -> str:
    """What the card says of a link."""
    link = next(x for x in _session(window).held.links.values() if x.code == code)
    window.review.show_one(link)
    card = window.review.card.widget()
    assert card is not None
    return "\n".join(each.text() for each in card.findChildren(QLabel))


def test_nothing_of_the_author_can_be_changed_but_a_missed_passage_is_noted(
    qtbot: QtBot, reviewing: MainWindow
) -> None:
    window = reviewing
    named = window.actions_.named
    off = ("untag", "retag", "split", "merge", "import", "rename", "remove", "export", "backup")
    assert not any(named[each].isEnabled() for each in off)
    select_words(window.reader.pages, 0, "guarding is everybody")
    assert named["tag"].isEnabled()
    window.tagging.ask()
    window.tagging.palette.field.setText("4.1")
    assert window.tagging.palette.tag_button.text() == "Note"
    _key(window, Key.Key_Return)
    wait(qtbot, lambda: _session(window).held.findings)
    [found] = _session(window).held.findings.values()
    assert (found.code, found.by, len(_session(window).held.links)) == ("4.1", AUDITOR, 3)
    window.review.choose_kind(MISSING)
    assert window.review.shown == found
    window.review.back_wanted.emit(found)
    wait(qtbot, lambda: not _session(window).held.findings)


def test_a_sample_is_shown_alone_and_the_summary_tells_what_was_said(
    qtbot: QtBot, reviewing: MainWindow
) -> None:
    session, panel = _session(reviewing), reviewing.review
    ids = session.case.sample(1, "7", marked=False)
    panel.choose_sample(ids[:2])
    assert panel.list.model().rowCount() == 2
    link = session.held.links[ids[0]]
    panel.show_one(link)
    panel.comment.setPlainText("which year?")
    settle(qtbot, session, lambda: panel.press(Verdict.QUERY))

    def look(dialog: SummaryDialog) -> None:
        words = dialog.page.toPlainText()
        assert "1 of 3 links decided" in words
        assert "Queries and disagreements (1)" in words
        assert "which year?" in words
        dialog.close()

    with Answer(look) as answer:
        reviewing.reviewing.show_summary()
        wait(qtbot, lambda: answer.done)


def _send(qtbot: QtBot, window: MainWindow) -> Path:
    """Tags two passages and exports them for review."""
    session = _session(window)
    session.case.by = AUTHOR
    report = session.case.document("report.pdf")
    for words, code in ((ONCE_P1, "1.1"), (ONCE_P3, "2.1")):
        place, target = session.case.find(report, words), session.case.target(code)
        settle(qtbot, session, partial(commands.tag, session, report, place, [target], STRENGTH))
    out = session.case.path.with_name("out.cambsreview")
    window.bringing.write(session, out, "cited")
    wait(qtbot, lambda: "2 links, 1 document, " in _told(window))
    return out


def _told(window: MainWindow) -> str:
    """What was told of the last long work."""
    dialog = window.results.dialog
    return dialog.headline.text() if dialog is not None else ""


def _audit(path: Path) -> dict[str, str]:
    """What an auditor does elsewhere; the ids of the links."""
    with Case.open(path, by=AUDITOR) as file:
        ids = {link.code: link.id for link in file.evidence()}
        file.decide(ids["1.1"], Verdict.ACCEPT)
        file.decide(ids["2.1"], Verdict.QUERY, "of which year?")
        source = file.document("report.pdf")
        anchor = file.anchor(source, file.find(source, "guarding is everybody"))
        file.note_missing(source, anchor, file.target("3.1"), STRENGTH, "seen")
    return ids


def _bring_back(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    def look(dialog: MergeDialog) -> None:
        assert "3 added, 0 changed, 0 in conflict" in dialog.headline.text()
        dialog.merge.click()

    with Answer(look):
        window.bringing.compare(_session(window), path)
        wait(qtbot, lambda: "is merged" in _told(window))
    settled(qtbot, window)


def test_what_an_auditor_said_comes_back_is_answered_and_undone(
    qtbot: QtBot, window: MainWindow
) -> None:
    session = _session(window)
    out = _send(qtbot, window)
    ids = _audit(out)
    _bring_back(qtbot, window, out)
    assert window.reviewing.button.text() == "? 1 query + 1 noted"
    said = {x.code: x.decision for x in session.held.links.values()}
    assert said == {"1.1": "accept", "2.1": "query"}
    assert not window.evidence.table.isColumnHidden(DECISION)

    window.reviewing.go_to_queries()
    link = session.held.links[ids["2.1"]]
    assert window.review.shown == link
    window.choose_link(link)
    field = window.details._answers[link.id]
    QTest.keyClicks(field, "Of 2024.")
    QTest.keyClick(field, Key.Key_Return)
    wait(qtbot, lambda: session.held.review(link.id).stand is Stand.ANSWERED)
    assert [x.text for x in session.held.review(link.id).thread] == ["of which year?", "Of 2024."]

    [found] = session.held.findings.values()
    settle(qtbot, session, partial(window.review.take_wanted.emit, found))
    assert session.held.links[found.id].code == "3.1"

    for _ in range(3):  # taking the passage, the answer, the merge
        settle(qtbot, session, session.undo)
    assert not session.held.findings
    assert all(x.decision is None for x in session.held.links.values())


def test_an_export_for_review_that_is_stopped_leaves_nothing_behind(
    qtbot: QtBot, window: MainWindow
) -> None:
    session = _session(window)
    out = session.case.path.with_name("out.cambsreview")
    before = set(out.parent.iterdir())
    window.bringing.write(session, out, "all")
    wait(qtbot, lambda: window.jobs.running)
    window.jobs.running[-1].cancel()
    wait(qtbot, lambda: not window.jobs.running)
    assert said(window) == "The export was stopped; nothing was written."
    assert {each for each in out.parent.iterdir() if "cambsreview" in each.name} <= before


def test_a_section_is_signed_off_reopened_by_a_change_and_the_log_tells_of_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    session, signing = _session(window), window.signing
    session.case.by = AUTHOR
    report = session.case.document("report.pdf")
    signing.show(1)
    assert signing.dialog is not None
    signing.dialog.sign.click()
    wait(qtbot, lambda: [x.section for x in signing.found] == [1])
    window.judgement.show_for("1.1")
    assert signing.button.text() == "✓ §1"
    place, target = session.case.find(report, ONCE_P1), session.case.target("1.1")
    settle(qtbot, session, partial(commands.tag, session, report, place, [target], STRENGTH))
    wait(qtbot, lambda: signing.button.text() == "↻ §1")
    wait(qtbot, lambda: signing.dialog.tree.topLevelItem(0).child(0).childCount() == 1)  # type: ignore[union-attr]
    signing.dialog.close()

    [link] = session.held.links.values()
    signing.show_log(link=link.id)
    log = signing.log
    assert log is not None
    wait(qtbot, lambda: log.model.rowCount() == 1)
    assert log.intact.text().startswith("✓")
    log.table.selectRow(0)
    assert "polarity: strength" in log.detail.toPlainText()
    log.whole.click()
    wait(qtbot, lambda: log.model.rowCount() > 1)
    log.words.setText("sign")
    assert [each.what for each in log.model.events] == ["sign off section 1"]
