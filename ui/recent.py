"""The last nine criteria, each on a key of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Target
from ui.memory import Memory
from ui.session import Session

#: As many as there are keys.
MOST = 9


class Recent(QObject):
    """The criteria on the keys 1 to 9; each keeps its key until it is the one not used longest."""

    def __init__(self, memory: Memory, window: QMainWindow, tag: Callable[[str], None]) -> None:
        """``tag`` tags what is selected to a criterion, at once."""
        super().__init__(window)
        self._memory = memory
        self._session: Session | None = None
        self._slots: list[str] = []
        self._used: list[str] = []
        self.menu = QMenu("Tag to a re&cent criterion", window)
        self.actions_: list[QAction] = []
        for number in range(1, MOST + 1):
            action = QAction(window)
            action.setShortcut(QKeySequence(str(number)))
            action.setAutoRepeat(False)
            action.triggered.connect(partial(self._tag, tag, number - 1))
            window.addAction(action)
            self.menu.addAction(action)
            self.actions_.append(action)
        self._none = self.menu.addAction("No criterion has been used in this case yet")
        self._none.setEnabled(False)
        self._show()

    def use(self, session: Session | None) -> None:
        """Takes up what was used in a case."""
        self._session = session
        self._slots, self._used = [], []
        if session is not None:
            slots, used = self._memory.recent_codes(session.case.path)
            self._slots = [code for code in dict.fromkeys(slots) if self._target(code)][:MOST]
            self._used = [code for code in dict.fromkeys(used) if code in self._slots]
            self._used += [code for code in self._slots if code not in self._used]
        self._show()

    def take(self, codes: list[str]) -> None:
        """Some criteria have just been used."""
        session = self._session
        if session is None:
            return
        for code in codes:
            if code in self._used:
                self._used.remove(code)
            elif len(self._slots) < MOST:
                self._slots.append(code)
            else:
                self._slots[self._slots.index(self._used.pop())] = code
            self._used.insert(0, code)
        self._memory.set_recent_codes(session.case.path, self._slots, self._used)
        self._show()

    def targets(self) -> list[Target]:
        """What the keys lead to, from 1 on."""
        found = [self._target(code) for code in self._slots]
        return [each for each in found if each is not None]

    def _target(self, code: str) -> Target | None:
        try:
            return self._session.case.target(code) if self._session is not None else None
        except EvidenceError:
            return None  # the framework has it no longer

    def _tag(self, tag: Callable[[str], None], place: int) -> None:
        if place < len(self._slots):
            tag(self._slots[place])

    def _show(self) -> None:
        targets = self.targets()
        for place, action in enumerate(self.actions_):
            target = targets[place] if place < len(targets) else None
            words = f"{target.code}  {target.label}" if target is not None else "–"
            # In the list of keys each says what it is for.
            action.setText(f"{words[:70]}".replace("&", "&&"))
            action.setToolTip(
                f"Tag to {target.code} at once ({place + 1})" if target is not None
                else f"The key {place + 1} will tag to a criterion that is used"
            )  # fmt: skip
            action.setVisible(target is not None)
            action.setEnabled(
                target is not None and self._session is not None and not self._session.readonly
            )
        self._none.setVisible(not targets)
