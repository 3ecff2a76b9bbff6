"""The window of the pack: what is chosen is seen at once, what is written is proved."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from cambs_evidence import paths
from cambs_evidence.model import Polarity
from tests.support import IN_NOTES, assert_plain
from tests.ui.support import Answer, Browser, Control, Left, move_held, press, show_case, wait
from ui import commands
from ui.main_window import MainWindow
from ui.panels.pack import PackWindow

Key = Qt.Key
Alt = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def owner(
    qtbot: QtBot, empty_window: MainWindow, _tagged: Path, case_path: Path
) -> Iterator[MainWindow]:
    """A window on a case with four links; nothing of a preview may stay behind."""
    shutil.copyfile(_tagged, case_path)
    show_case(qtbot, empty_window, case_path)
    yield empty_window
    if empty_window.session is not None:
        empty_window.asks = False
        empty_window.close_case()
    assert empty_window.packing.view is None
    assert not paths.previews().exists() or list(paths.previews().iterdir()) == []


@pytest.fixture
def view(qtbot: QtBot, owner: MainWindow) -> PackWindow:
    """The window of the pack, opened by its key; its preview is there."""
    QTest.keyClick(owner.reader.pages, Key.Key_P, Control)
    made = owner.packing.view
    assert made is not None
    assert made.preview.pages.shown is None
    assert made.preview.words.text() == "The preview is being made…"
    wait(qtbot, made.isActiveWindow)
    _settled(qtbot, owner)
    return made


def _settled(qtbot: QtBot, owner: MainWindow) -> None:
    """Waits until what is shown is what was asked for last."""
    packing = owner.packing

    def there() -> bool:
        made = packing.view
        if made is None or packing._job is not None or packing._soon.isActive():
            return False
        shown = made.preview.pages.shown
        return made.preview.settled and shown is not None and not shown.unfinished

    wait(qtbot, there)


def _cut_off(view: PackWindow) -> list[str]:
    """The words of the window that are cut off."""
    found = []
    for each in view.findChildren(QWidget):
        if isinstance(each.parent(), QLineEdit):  # Qt puts it in and sees to its size
            continue
        if isinstance(each, (QLabel, QAbstractButton)) and each.isVisible():
            if each.width() < each.minimumSizeHint().width():
                found.append(each.text())
            if isinstance(each, QLabel) and each.height() < each.heightForWidth(each.width()):
                found.append(each.text())
    return found


def test_the_preview_follows_what_is_chosen_and_what_is_tagged(
    qtbot: QtBot, owner: MainWindow, view: PackWindow
) -> None:
    pages, form = view.preview.pages, view.form
    assert view.preview.facts.figures.text().startswith(f"{pages.pages} pages, 4 quotes from 3 ")
    assert pages.painted
    every, first = pages.pages, pages.source

    # Fewer sections, fewer pages; the old ones stay until the new ones are there.
    QTest.mouseClick(form.sections.none, Left)
    wait(qtbot, lambda: "at least one section" in view.preview.state.words.text())
    assert_plain(view.fault.text())
    assert not view.export.export.isEnabled()
    assert pages.source == first
    form.sections.list.item(11).setCheckState(Qt.CheckState.Checked)
    assert form.tabs.tabText(0) == "Sections: 1 of 18"
    assert pages.source == first
    _settled(qtbot, owner)
    assert pages.pages < every
    assert view.preview.facts.figures.text().startswith(f"{pages.pages} pages, 2 quotes from 2 ")
    assert not view.preview.state.isVisible()

    # What cannot be built is said, and the last preview stays.
    since = form.fields["since"]
    assert isinstance(since, QWidget)
    since.setFocus()
    QTest.keyClicks(since, "soon")
    assert_plain(view.fault.text())
    wait(qtbot, lambda: view.preview.state.words.text() == view.fault.text())
    QTest.keyClick(since, Key.Key_A, Control)
    QTest.keyClick(since, Key.Key_Delete)
    _settled(qtbot, owner)

    # The case changes: so does its pack.
    session = owner.session
    assert session is not None
    document = next(each for each in session.held.documents.values() if "notes" in each.filename)
    place = session.case.find(document, IN_NOTES)
    commands.tag(session, document, place, [session.case.target("12.1")], Polarity.STRENGTH)
    wait(qtbot, lambda: ", 3 quotes from 3 " in view.preview.facts.figures.text())

    # All that was chosen comes back, but for the date, and is forgotten by one button.
    form.fields["annex"].put("none")
    form.fields["date"].put("2020-01-01")
    _settled(qtbot, owner)
    assert not any("whole page" in each for each in pages.shown.remarks)  # type: ignore[union-attr]
    view.close()
    assert owner.packing.view is None
    owner.actions_.named["pack"].trigger()
    again = owner.packing.view
    assert again is not None
    options = again.form.options()
    assert (options.sections, options.annex) == ((12,), "none")
    assert options.date != "2020-01-01"
    QTest.mouseClick(again.form.reset_button, Left)
    assert again.form.options().sections == ()
    assert again.form.options().annex == "cited"


def _press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget(), key, held)


def test_a_pack_is_looked_at_by_keys_or_mouse_alone(
    qtbot: QtBot, owner: MainWindow, view: PackWindow
) -> None:
    pages, last = view.preview.pages, view.preview.pages.pages - 1
    tree = view.preview.contents.tree
    view.resize(1280, 860)  # the bookmarks have room beside the pages
    QApplication.processEvents()
    for stop in (tree, pages, view.export.where, view.form.sections, tree):
        _press(Key.Key_F6)
        focus = QApplication.focusWidget()
        assert stop is focus or stop.isAncestorOf(focus)
    _press(Key.Key_End)
    _press(Key.Key_Return)
    assert pages.page > 3
    _press(Key.Key_F6)
    _press(Key.Key_Home)
    assert pages.page == 0
    _press(Key.Key_PageDown, Control)
    assert pages.page == 1
    _press(Key.Key_G, Control)
    QTest.keyClicks(QApplication.focusWidget(), str(last + 1))
    _press(Key.Key_Return)
    assert pages.page == last
    # A click on a line of the contents list leads where it says; a drag moves the pages.
    pages.go_to(1)
    wait(qtbot, lambda: pages.painted and pages.links_on(1))
    link = pages.links_on(1)[3]
    assert link.page is not None
    where = pages.rectangle(1, link.box).center().toPoint()
    QTest.mouseClick(pages.viewport(), Left, Qt.KeyboardModifier.NoModifier, where)
    assert pages.page == link.page > 1
    before = pages.verticalScrollBar().value()
    QTest.mousePress(pages.viewport(), Left, Qt.KeyboardModifier.NoModifier, where)
    move_held(pages.viewport(), where - QPoint(0, 60))
    QTest.mouseRelease(
        pages.viewport(), Left, Qt.KeyboardModifier.NoModifier, where - QPoint(0, 60)
    )
    assert pages.verticalScrollBar().value() == before + 60
    pages.setFocus()
    wide = pages.zoom
    _press(Key.Key_2, Control)
    assert pages.fit == "page"
    whole = pages.zoom
    _press(Key.Key_Plus, Control)
    assert pages.zoom > whole
    _press(Key.Key_1, Control)
    assert pages.zoom == pytest.approx(wide)
    _press(Key.Key_Escape)
    assert owner.packing.view is None


def test_a_pack_is_exported_and_proved_by_keys_alone(
    qtbot: QtBot, owner: MainWindow, view: PackWindow, tmp_path: Path, browser: Browser
) -> None:
    _press(Key.Key_G, Alt)  # no pages in the annex
    wait(qtbot, lambda: view.form.options().annex == "none")
    _press(Key.Key_Return, Control)
    assert view.export.busy
    assert QApplication.focusWidget() is view.export.cancel
    pack = tmp_path / "case-evidence-pack.pdf"
    wait(qtbot, lambda: not owner.jobs.running)
    assert pack.read_bytes().startswith(b"%PDF")
    _settled(qtbot, owner)
    assert view.export.said.text() == (
        f"case-evidence-pack.pdf is written: {view.preview.pages.pages} pages, 4 quotes."
    )
    assert QApplication.focusWidget() is view.export.open_it
    _press(Key.Key_Space)
    wait(qtbot, lambda: browser.opened)
    assert browser.opened[-1] == pack.as_uri()
    _press(Key.Key_H, Alt)
    wait(qtbot, lambda: len(browser.opened) == 2)
    assert browser.opened[-1] == tmp_path.as_uri()
    _press(Key.Key_V, Alt)
    wait(qtbot, lambda: view.export.said.text().startswith("All "))
    assert view.export.said.text() == (
        "All 4 quotes of case-evidence-pack.pdf stand in their sources, word for word."
    )
    assert list(tmp_path.glob("*.part")) == []

    # What does not hold any more is listed, each failure one click from its place.
    session = owner.session
    assert session is not None
    commands.untag(session, [next(iter(session.held.links.values()))])
    wait(qtbot, lambda: len(session.held.links) == 3 and not session.busy)
    wait(qtbot, lambda: not view.export.busy)
    _press(Key.Key_V, Alt)
    wait(qtbot, lambda: owner.results.dialog is not None and not owner.jobs.running)
    assert "3 of 4 quotes" in view.export.said.text()
    assert owner.results.dialog is not None
    assert owner.results.dialog.list.count() > 3
    owner.results.dialog.close()

    # Whoever closes the window meanwhile is told in the one of the case, and nothing is amiss.
    view.export.verify.click()
    view.close()
    assert owner.packing.view is None
    view.deleteLater()
    wait(qtbot, lambda: owner.results.dialog is not None and not owner.jobs.running)
    assert owner.results.dialog is not None
    owner.results.dialog.close()


def test_what_is_stopped_or_cannot_be_written_leaves_what_was_there(
    qtbot: QtBot, owner: MainWindow, view: PackWindow, tmp_path: Path
) -> None:
    there = tmp_path / "case-evidence-pack.pdf"
    there.write_bytes(b"%PDF-1.7 something dear")
    before = sorted(tmp_path.iterdir())
    with Answer(press("Cancel")):
        view.export.export.click()
    assert not view.export.busy
    with Answer(press("Put the new one there")):
        view.export.export.click()
    wait(qtbot, lambda: view.export.words.text() != "Exporting…")
    QTest.mouseClick(view.export.cancel, Left)
    wait(qtbot, lambda: not owner.jobs.running)
    assert view.export.said.text() == "The export was stopped; nothing was written."
    assert not view.export.open_it.isVisible()

    # A folder that is no more, and a file that is something else.
    other = tmp_path / "notes.txt"
    other.write_text("Not to be lost")
    folder = tmp_path / "stick"
    folder.mkdir()
    for target, gone in ((folder / "pack.pdf", folder), (tmp_path / "letter.pdf", None)):
        view.export.where.setText(str(target))
        assert view.export.export.isEnabled()
        if gone is not None:
            gone.rmdir()
            view.export.export.click()
        else:
            target.write_bytes(b"a letter")
            with Answer(press("Put the new one there")):
                view.export.export.click()
        wait(qtbot, lambda: not owner.jobs.running and view.export.outcome.isVisible())
        assert_plain(view.export.said.text())
        assert target.name in view.export.said.text() or str(gone) in view.export.said.text()
    assert (tmp_path / "letter.pdf").read_bytes() == b"a letter"
    assert there.read_bytes() == b"%PDF-1.7 something dear"
    made = {other, tmp_path / "letter.pdf"}
    assert sorted(set(tmp_path.iterdir()) - made) == before

    view.export.where.setText(str(folder / "pack.pdf"))
    assert not view.export.export.isEnabled()
    assert_plain(view.fault.text())


def test_it_may_be_closed_with_its_case_while_it_is_being_made(
    qtbot: QtBot, owner: MainWindow
) -> None:
    owner.actions_.named["pack"].trigger()
    wait(qtbot, lambda: owner.packing._job is not None)
    assert owner.packing.view is not None
    owner.packing.view.close()
    assert owner.packing.view is None
    owner.actions_.named["pack"].trigger()
    wait(qtbot, lambda: owner.packing._job is not None)
    owner.close_case()
    assert owner.packing.view is None
    assert not any(isinstance(each, PackWindow) and each.isVisible()
                   for each in QGuiApplication.topLevelWindows())  # fmt: skip


def test_in_either_theme_and_size_nothing_of_it_is_cut_off(
    qtbot: QtBot, owner: MainWindow, view: PackWindow
) -> None:
    for theme, dark in (("dark", True), ("light", False)):
        owner.theme.choose(theme)
        for size in ((820, 600), (1520, 960)):
            view.resize(*size)
            QApplication.processEvents()
            assert (view.width(), view.height()) == size
            assert _cut_off(view) == []
        wait(qtbot, lambda: view.preview.pages.painted)
        ground = view.grab().toImage().pixelColor(4, 4)
        assert (ground.lightness() < 128) is dark
    # Bookmarks stand beside the pages where there is room, and the pages are as wide as they can.
    assert view.preview.contents.isVisible()
    view.resize(820, 600)
    QApplication.processEvents()
    assert not view.preview.contents.isVisible()
    assert view.preview.pages.page == 0
