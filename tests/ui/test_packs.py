"""Packs and checks in the window: exported, proved, and every finding one click from its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.model import PackOptions
from tests.support import IN_LETTER, ONCE_P3, Files, assert_plain, edit
from tests.ui.support import Answer, Left, both, ok, press, show_case, text_is_there, wait
from ui.dialogs.export import ExportDialog
from ui.dialogs.findings import FindingsDialog
from ui.dialogs.verify import VerifyDialog
from ui.main_window import MainWindow

#: Milliseconds in which a pack must be built or proved, in a process that has yet to begin.
PATIENCE = 90_000


@pytest.fixture
def tagged_path(_tagged: Path, case_path: Path) -> Path:
    """A closed case of its own with four links."""
    return Path(shutil.copyfile(_tagged, case_path))


@pytest.fixture
def tagged_window(qtbot: QtBot, empty_window: MainWindow, tagged_path: Path) -> MainWindow:
    show_case(qtbot, empty_window, tagged_path)
    return empty_window


def _result(qtbot: QtBot, window: MainWindow) -> FindingsDialog:
    """The result of the job that goes on, once it is there."""
    qtbot.waitUntil(
        lambda: window.results.dialog is not None and not window.jobs.running, timeout=PATIENCE
    )
    assert window.results.dialog is not None
    return window.results.dialog


def _lines(dialog: FindingsDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def _click(dialog: FindingsDialog, row: int) -> None:
    item = dialog.list.item(row)
    dialog.list.scrollToItem(item)
    where = dialog.list.visualItemRect(item).center()
    viewport = dialog.list.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)


def _close(qtbot: QtBot, window: MainWindow, dialog: FindingsDialog) -> None:
    dialog.close()
    wait(qtbot, lambda: window.results.dialog is None)


def _export(
    qtbot: QtBot, window: MainWindow, fill: Callable[[ExportDialog], object]
) -> FindingsDialog:
    with Answer(both(fill, press("Export"))):
        window.actions_.named["export"].trigger()
    return _result(qtbot, window)


def test_a_pack_is_proved_against_its_sources_and_each_failure_is_shown_in_its_place(
    qtbot: QtBot, tagged_window: MainWindow, tagged_path: Path, tmp_path: Path, files: Files
) -> None:
    window = tagged_window
    pack = tmp_path / "pack.pdf"
    with Case.open(tagged_path, by="Tester", readonly=True) as case:
        list(case.build_pack(pack, PackOptions(annex="none", date="2025-01-01")))

    def against_case(ask: VerifyDialog) -> None:
        ask.pack.setText(str(pack))
        assert ask.chosen() == (pack, True, None)
        press("Verify")(ask)

    with Answer(against_case):
        window.actions_.named["verify"].trigger()
    proved = _result(qtbot, window)
    assert proved.headline.text() == (
        "All 4 quotes of pack.pdf stand in their sources, word for word."
    )
    assert len(_lines(proved)) == 3
    _close(qtbot, window, proved)

    # Against a folder in which the letter is another one.
    folder = tmp_path / "sources"
    folder.mkdir()
    for each in files.all():
        shutil.copy(each, folder)
    letter = folder / files.letter.name
    letter.write_text("Dear director,\n\nNothing of this was said.\n", encoding="utf-8")

    def against_folder(ask: VerifyDialog) -> None:
        ask.pack.setText(str(pack))
        ask.folder.setChecked(True)
        assert not ask._ok.isEnabled()
        ask.sources.setText(str(folder))
        press("Verify")(ask)

    with Answer(against_folder):
        window.actions_.named["verify"].trigger()
    failed = _result(qtbot, window)
    assert failed.headline.text() == "3 of 4 quotes of pack.pdf verified."
    lines = _lines(failed)
    assert lines[0].startswith(f"“{IN_LETTER}”\nletter.txt: ")
    assert any(line.startswith("letter.txt is another version") for line in lines)
    for line in lines[1:]:
        assert_plain(line)
    assert window.reader.document is not None
    assert window.reader.document.filename == "report.pdf"
    _click(failed, 0)
    wait(qtbot, lambda: text_is_there(window) and window.reader.document.filename == "letter.txt")  # type: ignore[union-attr]
    wait(qtbot, lambda: window.reader.pages._flash)
    active = window.details.active_link()
    assert active is not None
    assert active.passage.anchor.quote == IN_LETTER
    _close(qtbot, window, failed)


def test_the_evidence_is_exported_in_other_formats_with_the_filters_of_a_pack(
    qtbot: QtBot, tagged_window: MainWindow, tagged_path: Path
) -> None:
    window = tagged_window
    seen: list[str] = []

    def fill(dialog: ExportDialog) -> None:
        shown = [dialog.kind.itemData(row) for row in range(dialog.kind.count())]
        assert shown == ["docx", "html", "xlsx", "csv", "json"]
        assert dialog.path() == tagged_path.with_name("case-evidence.docx")
        dialog.kind.setCurrentIndex(dialog.kind.findData("csv"))
        assert dialog.path() == tagged_path.with_name("case-evidence.csv")
        form = dialog.form
        assert "annex" not in form.fields
        seen.append(dialog.told.text())
        since = form.fields["since"]
        since.setText("soon")
        assert not dialog._ok.isEnabled()
        assert_plain(dialog.told.text())
        since.setText("2024")  # nothing is dated
        seen.append(dialog.told.text())
        since.clear()
        QTest.mouseClick(form.sections.none, Left)
        assert not dialog._ok.isEnabled()
        assert_plain(dialog.told.text())
        form.sections.list.item(11).setCheckState(Qt.CheckState.Checked)
        seen.append(dialog.told.text())
        QTest.mouseClick(form.sections.every, Left)
        form.documents.list.item(1).setCheckState(Qt.CheckState.Unchecked)
        form.documents.list.item(2).setCheckState(Qt.CheckState.Unchecked)
        seen.append(dialog.told.text())

    dialog = _export(qtbot, window, fill)
    assert [each.partition(";")[0] for each in seen] == [
        "4 quotes from 3 documents", "0 quotes from 0 documents", "2 quotes from 2 documents",
        "2 quotes from 1 document",
    ]  # fmt: skip
    assert dialog.headline.text() == (
        "case-evidence.csv is written, with case-evidence-coverage.csv and "
        "case-evidence-register.csv: 2 quotes."
    )
    assert {"Open it", "Open the folder"} <= {
        button.text() for button in dialog.findChildren(QPushButton)
    }
    for name in ("", "-coverage", "-register"):
        there = tagged_path.with_name(f"case-evidence{name}.csv")
        assert there.read_bytes().startswith(b"\xef\xbb\xbf")
    _close(qtbot, window, dialog)


def test_an_export_that_is_there_is_replaced_only_after_asking(
    tagged_window: MainWindow, tmp_path: Path
) -> None:
    there = tmp_path / "case-evidence.docx"
    there.write_bytes(b"something dear")
    with Answer(press("Export"), press("Cancel")):
        tagged_window.actions_.named["export"].trigger()
    assert tagged_window.jobs.running == []
    assert there.read_bytes() == b"something dear"


def test_verifying_what_is_no_pack_is_told_without_a_case_open(
    qtbot: QtBot, empty_window: MainWindow, files: Files
) -> None:
    def fill(dialog: VerifyDialog) -> None:
        assert not dialog.case.isEnabled()
        assert not dialog._ok.isEnabled()
        dialog.pack.setText(str(files.report.with_name("absent.pdf")))
        assert not dialog._ok.isEnabled()
        dialog.pack.setText(str(files.report))
        press("Verify")(dialog)

    said: list[str] = []
    with Answer(fill, both(lambda told: said.append(told.words.text()), ok)) as answer:
        empty_window.actions_.named["verify"].trigger()
        qtbot.waitUntil(lambda: answer.done, timeout=PATIENCE)
    assert_plain(said[0])
    assert "report.pdf" in said[0]
    qtbot.waitUntil(lambda: not empty_window.jobs.running, timeout=PATIENCE)


def test_a_sound_case_is_said_to_be_sound(qtbot: QtBot, tagged_window: MainWindow) -> None:
    tagged_window.actions_.named["check"].trigger()
    dialog = _result(qtbot, tagged_window)
    assert dialog.headline.text() == "case.cambs is sound: storage, pages, anchors and log."
    assert _lines(dialog) == []
    _close(qtbot, tagged_window, dialog)


def test_what_a_check_finds_is_said_plainly_and_a_click_leads_there(
    qtbot: QtBot, empty_window: MainWindow, tagged_path: Path
) -> None:
    edit(tagged_path, f"UPDATE passage SET quote = 'Other words' WHERE quote = '{ONCE_P3}'")
    show_case(qtbot, empty_window, tagged_path)
    empty_window.actions_.named["check"].trigger()
    dialog = _result(qtbot, empty_window)
    assert "found in case.cambs" in dialog.headline.text()
    lines = _lines(dialog)
    assert lines
    for line in lines:
        assert_plain(line.split("\n")[0])
        assert_plain(line.split("\n")[1])
    empty_window.reader.pages.go_to(0)
    row = next(n for n, line in enumerate(lines) if dialog.list.item(n).toolTip())
    _click(dialog, row)
    wait(qtbot, lambda: empty_window.reader.pages.page == 2)
    _close(qtbot, empty_window, dialog)


def test_a_backup_is_made_beside_the_case(
    qtbot: QtBot, tagged_window: MainWindow, tagged_path: Path
) -> None:
    before = set(tagged_path.parent.rglob("*"))
    tagged_window.actions_.named["backup"].trigger()
    wait(qtbot, lambda: tagged_window.statusBar().currentMessage().startswith("Backed up to "))
    wait(qtbot, lambda: not tagged_window.jobs.running)
    made = [path for path in set(tagged_path.parent.rglob("*")) - before if path.is_file()]
    assert made
    assert any(str(path) in tagged_window.statusBar().currentMessage() for path in made)
