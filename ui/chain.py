"""The order in which Tab leads through what is put together anew again and again."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def put_behind(before: QWidget, within: QWidget) -> None:
    """Has Tab lead from a widget through all stops within another, in the order they were made.

    Qt puts what is made later at the end of the window, where nobody looks for it.
    """
    tab = Qt.FocusPolicy.TabFocus
    for each in within.findChildren(QWidget):
        if each.focusPolicy() & tab == tab and each.focusProxy() is None:
            QWidget.setTabOrder(before, each)
            before = each
