"""Suggestions in the window: offered in the palette and in a list, applied by a person alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support import ONCE_P2, ONCE_P3
from tests.ui.support import Control, Shift, links_on_disk, select_words, settled, wait
from ui.main_window import MainWindow
from ui.offered import OFFER
from ui.panels.tagging import TARGET

Key = Qt.Key


def test_the_palette_offers_what_is_likely_and_enter_does_not_take_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    assert window.session is not None
    palette, path = window.tagging.palette, window.session.case.path
    select_words(window.reader.pages, 1, ONCE_P2)
    window.reader.pages.setFocus()
    QTest.keyClick(window.reader.pages, Key.Key_T)
    highlighted = palette.list.currentItem().data(TARGET)
    wait(qtbot, lambda: palette.likely)

    offered = palette.list.item(0)
    assert offered.data(TARGET).code == palette.likely[0].code == "4.4"
    assert all(f"“{words}”" in offered.text() for words in palette.likely[0].because)
    assert "Supervision is recorded" in offered.data(OFFER).because
    assert palette.list.item(len(palette.likely)).text() == "All criteria"
    # Enter means what it meant before they came.
    assert palette.list.currentItem().data(TARGET) == highlighted
    assert palette.list.currentRow() > len(palette.likely)

    QTest.keyClicks(palette.field, "fost")
    assert palette.list.item(0).data(OFFER) is None
    for _ in "fost":
        QTest.keyClick(palette.field, Key.Key_Backspace)
    assert palette.list.item(0).data(TARGET).code == "4.4"

    # Passing over the line between, up to the likeliest.
    for _ in palette.likely:
        QTest.keyClick(palette.field, Key.Key_Up)
    assert palette.list.currentRow() == 0
    QTest.keyClick(palette.field, Key.Key_Return)
    settled(qtbot, window)
    assert [link.code for link in links_on_disk(path)] == ["4.4"]


def test_perhaps_evidence_leads_to_the_page_and_to_the_palette(
    qtbot: QtBot, window: MainWindow
) -> None:
    assert window.session is not None
    path = window.session.case.path
    window.framework.select("4.4")
    QTest.keyClick(window, Key.Key_P, Control | Shift)
    dialog = window.perhaps.dialog
    assert dialog is not None
    wait(qtbot, dialog.list.count)
    assert dialog.code == "4.4"
    each = dialog.chosen()
    assert each is not None
    assert each.quote.startswith(ONCE_P2)
    assert "page 2" in dialog.list.currentItem().text()

    pages = window.reader.pages
    QTest.keyClick(dialog.list, Key.Key_Return)
    wait(qtbot, lambda: pages.selection.place == each.place and window.isActiveWindow())
    assert pages.hasFocus()
    QTest.keyClick(pages, Key.Key_T)
    assert window.tagging.palette.field.text() == "4.4"
    assert links_on_disk(path) == []  # only now is it tagged
    QTest.keyClick(window.tagging.palette.note, Key.Key_Return)
    settled(qtbot, window)
    assert [link.code for link in links_on_disk(path)] == ["4.4"]
    # It is not offered any more.
    wait(qtbot, lambda: dialog.list.count() == 0)
    assert "No passage" in dialog.told.text()

    dialog.activateWindow()
    dialog.criterion.setFocus()
    wait(qtbot, dialog.criterion.hasFocus)
    QTest.keyClicks(dialog.criterion, "10.2")
    wait(qtbot, lambda: dialog.code == "10.2" and dialog.list.count())
    found = dialog.chosen()
    assert found is not None
    assert found.quote.startswith(ONCE_P3)
    QTest.keyClick(dialog, Key.Key_Escape)
    assert window.perhaps.dialog is None
