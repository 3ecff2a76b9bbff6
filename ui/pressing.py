"""Enter presses a button of the window, as Space does; Qt itself has it so in dialogs alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QWidget
from shiboken6 import isValid


class Pressing(QObject):
    """Listens to the one button that has the keys, and to nothing else."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._button: QAbstractButton | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._moved)

    def _moved(self, _: QWidget | None, now: QWidget | None) -> None:
        if self._button is not None and isValid(self._button):
            self._button.removeEventFilter(self)
        self._button = None
        if not isinstance(now, QAbstractButton) or now.isCheckable():
            return
        if not isinstance(now.window(), QDialog):
            self._button = now
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Presses."""
        if (
            watched is self._button
            and event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            == Qt.KeyboardModifier.NoModifier
        ):
            self._button.click()
            return True
        return False
