"""Everything can be reached: by key, by name, in either theme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cambs_evidence.model import CaseFacts, Limits, Polarity, Revision, State
from cambs_evidence.settings import Settings
from tests.support import ONCE_P1
from tests.ui.support import Control, show_case, wait
from ui import commands
from ui.actions import ACTIONS
from ui.dialogs.action import ActionDialog
from ui.dialogs.case_facts import CaseDialog
from ui.dialogs.export import ExportDialog
from ui.dialogs.findings import Finding, FindingsDialog
from ui.dialogs.help import AboutDialog, KeysDialog
from ui.dialogs.history import HistoryDialog
from ui.dialogs.settings import SettingsDialog
from ui.dialogs.told import ErrorDialog, LogDialog
from ui.dialogs.verify import VerifyDialog
from ui.main_window import MainWindow
from ui.panels.pack import PackWindow
from ui.theme import DARK, LIGHT, Colours

Key = Qt.Key
_INTERACTIVE = (
    QAbstractButton, QLineEdit, QComboBox, QAbstractItemView, QPlainTextEdit, QSpinBox,
)  # fmt: skip


@pytest.fixture
def tagged(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """A window on a case with a link, which the details show."""
    session = window.session
    assert session is not None
    document = next(iter(session.held.documents.values()))
    place = session.case.find(document, ONCE_P1)
    commands.tag(session, document, place, [session.case.target("12.4")], Polarity.STRENGTH)
    wait(qtbot, lambda: session.held.links and not session.busy)
    return window


def _dialogs(window: MainWindow) -> Iterator[QWidget]:
    session = window.session
    assert session is not None
    yield CaseDialog(CaseFacts("Title"), window, folder=session.case.path.parent)
    yield CaseDialog(session.held.facts, window)
    yield ExportDialog(session, session.case.path, window)
    yield PackWindow(window.theme, session.held, "cited", session.case.path.with_suffix(".pdf"))
    yield VerifyDialog("Title", None, window)
    yield SettingsDialog(Settings(), Limits(), window, readonly=False)
    yield KeysDialog(window.actions_.every(), window)
    yield AboutDialog(window.theme, window)
    yield LogDialog(window)
    yield ErrorDialog(window.theme, "It cannot be done.", is_bug=True, parent=window)
    yield ActionDialog(session.case.matching("4."), window, said="From somewhere")
    revision = Revision("2025-03-01T12:00:00.000Z", "Ann", "judge 4.1", "Words", None)
    yield HistoryDialog("4.1–4.6", [revision], str, window)
    finding = Finding("Something.", "Somewhere", ("document", "x", 0))
    yield FindingsDialog(window.theme, "Check", "One problem.", [finding], window, good=False)


def _is_inner(widget: QWidget) -> bool:
    """True for what Qt puts into a widget of ours, which bears the name."""
    parent = widget.parentWidget()
    if widget.objectName().startswith(("qt_", "ScrollLeft", "ScrollRight")):
        return True
    while parent is not None:
        if isinstance(parent, (QComboBox, QSpinBox, QLineEdit, QAbstractItemView)):
            return True
        parent = parent.parentWidget()
    return False


def _nameless(whole: QWidget) -> list[str]:
    found = []
    for widget in whole.findChildren(QWidget):
        if isinstance(widget, _INTERACTIVE) and not _is_inner(widget):
            named = widget.accessibleName()
            if isinstance(widget, QAbstractButton):
                action = getattr(widget, "defaultAction", lambda: None)()
                named = named or widget.text() or (action.text() if action else "")
            if not named.strip():
                found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


def test_everything_in_the_window_that_can_be_used_has_a_name(tagged: MainWindow) -> None:
    assert len(tagged.findChildren(QLineEdit)) > 5
    assert _nameless(tagged) == []
    tagged.show_document(next(iter(tagged.session.held.documents.values())))  # type: ignore[union-attr]
    assert _nameless(tagged) == []


def test_everything_in_the_dialogs_that_can_be_used_has_a_name(tagged: MainWindow) -> None:
    for dialog in _dialogs(tagged):
        assert _nameless(dialog) == [], dialog.windowTitle()
        assert dialog.windowTitle()
        dialog.deleteLater()


# --- actions ---------------------------------------------------------------------------------


def _in_menus(menu: QMenu) -> list[QAction]:
    found = []
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            found += _in_menus(inner)
        elif not action.isSeparator():
            found.append(action)
    return found


def _menus(window: MainWindow) -> list[QMenu]:
    found = [action.menu() for action in window.menuBar().actions()]
    return [menu for menu in found if isinstance(menu, QMenu)]


def test_every_action_stands_in_a_menu(window: MainWindow) -> None:
    there = [action for menu in _menus(window) for action in _in_menus(menu)]
    for name in ACTIONS:
        assert window.actions_.named[name] in there, name
    assert window.actions_.undo in there
    assert window.actions_.redo in there


def test_no_two_actions_share_a_key(window: MainWindow) -> None:
    keys = Counter(
        key.toString() for action in window.findChildren(QAction) for key in action.shortcuts()
    )
    assert len(keys) > 30
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_action_with_a_key_is_listed_among_the_keys(qtbot: QtBot, window: MainWindow) -> None:
    dialog = KeysDialog(window.actions_.every(), window)
    qtbot.addWidget(dialog)
    table = dialog.findChildren(QAbstractItemView)[0]
    model = table.model()
    said = [model.index(row, 1).data() for row in range(model.rowCount())]
    for action in window.actions_.every():
        for key in action.shortcuts():
            shown = key.toString(QKeySequence.SequenceFormat.NativeText)
            assert any(shown in each.split(", ") for each in said), shown


def _letters(words: Iterator[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in words:
        place = text.replace("&&", "").find("&")
        if place >= 0:
            found[text.replace("&&", "")[place + 1].lower()] += 1
    return found


def test_no_two_entries_of_a_menu_share_a_letter(window: MainWindow) -> None:
    for menu in _menus(window):
        letters = _letters(action.text() for action in menu.actions())
        assert [each for each, count in letters.items() if count > 1] == [], menu.title()


def test_no_letter_with_alt_means_two_things_in_the_window(window: MainWindow) -> None:
    """Menus, the find bar and the details of a document can all be in view at once."""
    window.reader.ask()
    words = [menu.title() for menu in _menus(window)]
    words += [each.text() for each in window.findChildren(QLabel) if each.buddy() is not None]
    palette = window.tagging.palette
    words += [
        each.text()
        for each in window._case_page.findChildren(QAbstractButton)
        if not palette.isAncestorOf(each)
    ]
    letters = _letters(iter(words))
    assert [each for each, count in letters.items() if count > 1] == []


def test_no_two_letters_of_a_dialog_are_the_same(tagged: MainWindow) -> None:
    for dialog in _dialogs(tagged):
        words = [each.text() for each in dialog.findChildren(QLabel) if each.buddy() is not None]
        words += [each.text() for each in dialog.findChildren(QAbstractButton)]
        letters = _letters(iter(words))
        assert [e for e, count in letters.items() if count > 1] == [], dialog.windowTitle()
        dialog.deleteLater()


# --- keyboard alone --------------------------------------------------------------------------


def _pane(window: MainWindow) -> str:
    focus = QApplication.focusWidget()
    assert focus is not None
    stops = window._stops()
    return next(
        stop.accessibleName() for stop in stops if stop is focus or stop.isAncestorOf(focus)
    )


@pytest.mark.parametrize(
    "held", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier]
)
def test_f6_goes_round_all_panes(window: MainWindow, held: Qt.KeyboardModifier) -> None:
    window.reader.pages.setFocus()
    seen = []
    for _ in range(6):
        QTest.keyClick(QApplication.focusWidget(), Key.Key_F6, held)
        seen.append(_pane(window))
    assert seen[-1] == "Pages"
    status = window.judging.progress.accessibleName()
    assert set(seen) == {
        "Documents", "Pages", "Framework", "Details", "Evidence", status,
    }  # fmt: skip


def test_tab_leads_through_what_can_be_seen_and_never_behind_another_panel(
    window: MainWindow,
) -> None:
    """Panels that share a place lie behind one another; keys must not act on what is hidden."""
    window.documents.view.setFocus()
    for key in (Key.Key_Tab, Key.Key_Backtab):
        for _ in range(30):
            QTest.keyClick(QApplication.focusWidget(), key)
            focus = QApplication.focusWidget()
            assert focus is not None
            assert window.docks.in_view(focus), focus.accessibleName()


def test_what_comes_to_the_front_takes_the_keys_from_what_it_hides(
    qtbot: QtBot, tagged: MainWindow
) -> None:
    window = tagged
    window.evidence.table.setFocus()
    QTest.keyClick(window.evidence.table, Key.Key_Home)
    QTest.keyClick(window.evidence.table, Key.Key_R)  # into the summary, which covers the table
    wait(qtbot, window.judgement.edit.hasFocus)


def test_panels_lie_at_the_next_start_as_they_were_left(
    qtbot: QtBot, window: MainWindow, another: Callable[[], MainWindow]
) -> None:
    def lie(of: MainWindow) -> dict[str, QSize]:
        return {name: dock.size() for name, dock in of.docks._docks.items()}

    assert window.session is not None
    path, left = window.session.case.path, lie(window)
    window.close()
    again = another()
    show_case(qtbot, again, path)
    assert {name: lie(again)[name] for name in ("documents", "framework", "evidence")} == {
        name: left[name] for name in ("documents", "framework", "evidence")
    }


def test_alt_and_a_figure_go_to_a_panel(window: MainWindow) -> None:
    for key, name in (
        (Key.Key_1, "Documents"), (Key.Key_2, "Search all documents"), (Key.Key_3, "Framework"),
        (Key.Key_4, "Details"), (Key.Key_5, "Evidence"),
    ):  # fmt: skip
        QTest.keyClick(window.reader.pages, key, Qt.KeyboardModifier.AltModifier)
        assert _pane(window) == name


def test_from_opening_to_a_link_without_a_mouse(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, Key.Key_F, Control)
    QTest.keyClicks(QApplication.focusWidget(), ONCE_P1)
    wait(qtbot, lambda: window.reader.find_bar.count.text() == "1 of 1")
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Escape)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
    QTest.keyClicks(QApplication.focusWidget(), "12.4")
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
    session = window.session
    assert session is not None
    wait(qtbot, lambda: session.held.links)


# --- themes ----------------------------------------------------------------------------------


def _inks(image: QImage) -> list[int]:
    """Lightness of what is drawn in a picture."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return [pixel.lightness() for pixel in pixels if pixel.alpha() > 200]


def _pictures(window: MainWindow) -> dict[str, QImage]:
    found = {}
    for button in window.findChildren(QAbstractButton):
        if not button.icon().isNull() and not _is_inner(button):
            name = button.accessibleName() or button.text() or button.toolTip()
            found[name] = button.icon().pixmap(QSize(20, 20)).toImage()
    for action in window.actions_.every():
        if not action.icon().isNull():
            found[action.text()] = action.icon().pixmap(QSize(20, 20)).toImage()
    return found


def test_pictures_are_drawn_anew_in_the_colours_of_the_theme(tagged: MainWindow) -> None:
    primary = {button.text() for button, _, primary in tagged.start._buttons if primary}
    for theme, dark in (("dark", True), ("light", False), ("dark", True)):
        tagged.theme.choose(theme)
        assert tagged.theme.dark is dark
        pictures = _pictures(tagged)
        assert len(pictures) > 30
        for name, image in pictures.items():
            inks = _inks(image)
            if name not in primary and inks:
                assert (sum(inks) / len(inks) > 128) is dark, name


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_words_stand_out_from_their_ground(colours: Colours) -> None:
    grounds = (colours.window, colours.base, colours.raised, colours.soft)
    inks = [colours.text, *colours.polarity.values(), *colours.state.values()]
    for ground in grounds:
        assert min(_contrast(ink, ground) for ink in inks) >= 4.5
    for ground in grounds[:3]:
        assert _contrast(colours.muted, ground) >= 4.5
    assert _contrast(colours.on_accent, colours.accent) >= 4.5
    assert _contrast(colours.on_notice, colours.notice) >= 4.5
    assert set(colours.polarity) == set(Polarity)
    assert set(colours.state) == set(State)


def test_a_window_in_dark_is_dark(tagged: MainWindow) -> None:
    for theme, dark in (("light", False), ("dark", True)):
        tagged.theme.choose(theme)
        QApplication.processEvents()
        image = tagged.framework.grab().toImage()
        corner = image.pixelColor(image.width() // 2, image.height() - 30)
        assert (corner.lightness() < 100) is dark
