"""A box to choose from, as the panels have it."""

from __future__ import annotations

import re
import time

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

#: What may stand before the words of an entry.
_SIGNS = re.compile(r"^\W+")
_NONE = Qt.KeyboardModifier.NoModifier
#: Logical pixels beside the words: the arrow and the frame.
_ARROW = 36


class Choice(QComboBox):
    """A box whose choice the wheel leaves alone: it would change what was judged, unseen.

    Letters choose in it, and are no keys of the window meanwhile.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typed, self._when = "", 0.0

    def event(self, event: QEvent) -> bool:
        """Keeps letters and figures to itself."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain_key = event.modifiers() in {_NONE, Qt.KeyboardModifier.ShiftModifier}
            if plain_key and event.text().isalnum():
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """What is typed chooses what begins so, whatever sign stands before it."""
        plain_key = event.modifiers() in {_NONE, Qt.KeyboardModifier.ShiftModifier}
        if plain_key and event.text().strip() and event.text().isprintable():
            self._seek(event.text().lower())
        else:
            super().keyPressEvent(event)

    def _seek(self, letter: str) -> None:
        now = time.monotonic()
        going_on = now - self._when < QApplication.keyboardInputInterval() / 1000
        self._typed, self._when = (self._typed if going_on else "") + letter, now
        first = self.currentIndex() + (len(self._typed) == 1)
        for step in range(self.count()):
            row = (first + step) % self.count()
            if _SIGNS.sub("", self.itemText(row)).lower().startswith(self._typed):
                if row != self.currentIndex():
                    self.setCurrentIndex(row)
                    self.activated.emit(row)
                return

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - the name is Qt's
        """Left to what the box stands in."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Words that have no room end in an ellipsis."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, self.width() - _ARROW
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
