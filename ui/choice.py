"""A box to choose from, as the panels have it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

_NONE = Qt.KeyboardModifier.NoModifier
#: Logical pixels beside the words: the arrow and the frame.
_ARROW = 36


class Choice(QComboBox):
    """A box whose choice the wheel leaves alone: it would change what was judged, unseen.

    Letters choose in it, and are no keys of the window meanwhile.
    """

    def event(self, event: QEvent) -> bool:
        """Keeps letters and figures to itself."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain_key = event.modifiers() in {_NONE, Qt.KeyboardModifier.ShiftModifier}
            if plain_key and event.text().isalnum():
                event.accept()
                return True
        return super().event(event)

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
