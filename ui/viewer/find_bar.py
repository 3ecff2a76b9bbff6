"""The bar in which words are found in the document that is shown."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from cambs_evidence.model import Document, Place
from ui.jobs import Job
from ui.session import Session
from ui.theme import Theme

#: Milliseconds after the last key before a document is searched.
_PAUSE = 150
#: Places marked at once; more would only colour whole pages.
_MOST = 5000


class FindBar(QFrame):
    """Finds words in the document that is shown, and marks them all.

    Signals:
        found: all places so far, and the place in them of the one looked at (-1 for none).
        closed: the last place looked at, or None.
    """

    found = Signal(object, int)
    closed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._document: Document | None = None
        self._from_page = 0
        self._places: list[Place] = []
        self._current = -1
        self._job: Job | None = None
        self._typed = False  # since it was opened
        self._leaving = False  # as soon as what was typed has been found
        self._theme = theme
        self._icons: list[tuple[QToolButton, str]] = []
        self.setProperty("panel", True)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Find in this document")
        self.field.setAccessibleName("Find in this document")
        self.field.setClearButtonEnabled(True)
        self.field.installEventFilter(self)
        self.count = QLabel(self)
        self.count.setProperty("muted", True)
        self.count.setMinimumWidth(self.fontMetrics().horizontalAdvance("No such words"))
        self.case = _switch("Aa", "Match case", self)
        self.whole = _switch("[ab]", "Whole words", self)
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self._pause.timeout.connect(self.search)
        self.field.textChanged.connect(lambda _: self._pause.start())
        self.field.textEdited.connect(self._edited)
        self.case.toggled.connect(lambda _: self.search())
        self.whole.toggled.connect(lambda _: self.search())
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        for icon, words, step in (
            ("chevron-up", "The one before (Shift+Enter)", -1),
            ("chevron-down", "The next (Enter)", 1),
        ):
            button = self._button(icon)
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(lambda _=False, by=step: self.step(by))
            row.addWidget(button)
        row.addWidget(self.case)
        row.addWidget(self.whole)
        done = self._button("x")
        done.setToolTip("Close (Esc)")
        done.setAccessibleName("Close")
        done.clicked.connect(self.leave)
        row.addWidget(done)
        theme.changed.connect(self._paint)
        self._paint()
        self.hide()

    def _button(self, icon: str) -> QToolButton:
        button = QToolButton(self)
        self._icons.append((button, icon))
        return button

    def _paint(self) -> None:
        for button, icon in self._icons:
            button.setIcon(self._theme.icon(icon))

    def use(self, session: Session | None, document: Document | None) -> None:
        """Finds in a document from here on."""
        self._stop()
        self._session, self._document = session, document
        self._places, self._current = [], -1
        if self.isVisible() and document is not None and self.field.text().strip():
            self.search()

    def open(self, words: str, page: int) -> None:
        """Asks for words; finding begins on a page (0-based)."""
        self._from_page = page
        self._typed = self._leaving = False
        self.show()
        if words:
            self.field.setText(words)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self.search()

    def _edited(self) -> None:
        self._typed, self._leaving = True, False

    def _escape(self) -> None:
        """Closes; whoever types fast gets what they typed, and presses once more to do without."""
        sought = self._pause.isActive() or (self._job is not None and self._current < 0)
        if not (sought and self._typed and self.field.text().strip()) or self._leaving:
            self.leave()
            return
        self._leaving = True
        if self._pause.isActive():
            self.search()

    def leave(self) -> None:
        """Closes, and says what was looked at last."""
        self._leaving = False
        self._stop()
        self._pause.stop()
        self.hide()
        place = self._places[self._current] if 0 <= self._current < len(self._places) else None
        self._places, self._current = [], -1
        self.found.emit([], -1)
        self.closed.emit(place)

    def search(self) -> None:
        """Looks for what is typed, page by page, off the window's thread."""
        self._pause.stop()
        self._stop()
        self._places, self._current = [], -1
        session, document, words = self._session, self._document, self.field.text().strip()
        if session is None or document is None or not words:
            self.count.clear()
            self.found.emit([], -1)
            return
        match_case, whole_words = self.case.isChecked(), self.whole.isChecked()

        def steps() -> Iterator[list[Place]]:
            yield from session.case.find_words(
                document, words, match_case=match_case, whole_words=whole_words
            )

        self._job = Job("find", steps, self)
        self._job.gave.connect(self._take)
        self._job.ended.connect(self._ended)
        self._job.start()

    def step(self, by: int) -> None:
        """Looks at the next place, or the one before."""
        if self._places:
            self._current = (self._current + by) % len(self._places)
            self._tell()

    def _take(self, places: list[Place]) -> None:
        if self.sender() is not self._job or not places or len(self._places) >= _MOST:
            return
        self._places += places
        if self._current < 0:
            near = (n for n, each in enumerate(self._places) if each.start[0] >= self._from_page)
            self._current = next(near, -1)
            if self._current >= 0:
                self._tell()
                if self._leaving:
                    self.leave()

    def _ended(self, _: bool) -> None:
        if self.sender() is self._job:
            self._job = None
            if self._places and self._current < 0:
                self._current = 0
            self._tell()
            if self._leaving:
                self.leave()

    def _tell(self) -> None:
        if self._places:
            self.count.setText(f"{self._current + 1} of {len(self._places):,}")
        else:
            self.count.setText("No such words")
        self.found.emit(self._places, self._current)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Enter goes on, Shift+Enter back, Escape closes."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                if self._pause.isActive():
                    self.search()
                else:
                    self.step(-1 if shift else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._escape()
                return True
        return super().eventFilter(watched, event)


def _switch(sign: str, words: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText(sign)
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
