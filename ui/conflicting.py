"""The conflicts of the case: how many there are, and the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QToolButton

from cambs_evidence.model import Conflict, State
from ui.dialogs.conflicts import ConflictsDialog
from ui.dialogs.parts import put_aside
from ui.session import Session

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Conflicting(QObject):
    """Counts conflicts in the status bar and shows them side by side when asked."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: ConflictsDialog | None = None
        self.button = QToolButton(window)
        self.button.setToolTip(
            "Criteria with strength and development of the same period; click to see them (X)"
        )
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(lambda _=False: self.show())
        self.button.hide()
        window.theme.changed.connect(self.paint)
        self.paint()

    def paint(self) -> None:
        """Takes the colours in force."""
        colour = self._window.theme.colours.state[State.OLD]
        self.button.setStyleSheet(f"color: {colour}; font-weight: 600;")

    def show(self, code: str | None = None) -> None:
        """Shows all conflicts, that of a criterion first where it is given."""
        session = self._window.session
        if session is None:
            return
        self._window.details.keep()
        if self.dialog is None:
            dialog = self.dialog = ConflictsDialog(self._window.theme, session, self._window)
            dialog.shown.connect(self._window.go_to_link)
            dialog.finished.connect(self._forget)
            put_aside(dialog, self._window)
        self.dialog.show()
        self.dialog.activateWindow()
        self._read(session, code)

    def hear(self) -> None:
        """The case has changed."""
        session = self._window.session
        count = conflicts_of(session) if session is not None else 0
        self.button.setText(f"≠ {count} conflict{'s' if count != 1 else ''}")
        self.button.setVisible(count > 0)
        if session is not None and self.dialog is not None:
            self._read(session, None)

    def _read(self, session: Session, code: str | None) -> None:
        dialog = self.dialog

        def take(found: list[Conflict]) -> None:
            if dialog is not None and self.dialog is dialog:
                dialog.take(found, code)

        session.read(session.case.conflicts, take)

    def close(self) -> None:
        """The case is closed."""
        if self.dialog is not None:
            self.dialog.close()
            self.dialog = None
        self.button.hide()

    def _forget(self) -> None:
        self.dialog = None


def conflicts_of(session: Session) -> int:
    """How many criteria are in conflict."""
    told = session.held.coverage
    every = [*told.criteria, *(each.itself for each in told.sections if each.itself)]
    return sum(each.conflict for each in every)
