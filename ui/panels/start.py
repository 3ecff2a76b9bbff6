"""The start page: what this is, and every way to begin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui.memory import is_there
from ui.theme import Theme, plain

_STEPS = (
    ("import", "Take documents in", "Reports, letters, audits: PDF, Word, e-mail, web, scans."),
    ("tag", "Tag what they say", "Highlight a passage, press T, type a code or a few words."),
    ("crosshair", "See the gaps", "The framework shows what is covered, thin, old or missing."),
    ("shield-check", "Make the pack", "Every quote in it can be checked without a network."),
)


class StartPage(QScrollArea):
    """Shown while no case is open.

    Signals:
        new_wanted, open_wanted, sample_wanted, verify_wanted: what was pressed.
        recent_wanted: the path of a case that was open before.
    """

    new_wanted = Signal()
    open_wanted = Signal()
    sample_wanted = Signal()
    verify_wanted = Signal()
    recent_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons: list[tuple[QLabel, str]] = []
        self._buttons: list[tuple[QPushButton, str, bool]] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its buttons are there for the keys
        self.setAccessibleName("Start page")
        body = QWidget()
        page = QVBoxLayout(body)
        page.setContentsMargins(40, 32, 40, 32)
        page.addStretch(1)
        middle = QVBoxLayout()
        middle.setSpacing(8)
        title = QLabel("Evidence mapped, gaps in view, every quote provable")
        title.setProperty("heading", True)
        title.setWordWrap(True)
        middle.addWidget(title)
        below = QLabel(
            "Map what reports and letters say to the self-assessment framework. "
            "Nothing leaves this computer."
        )
        below.setProperty("muted", True)
        below.setWordWrap(True)
        middle.addWidget(below)
        middle.addSpacing(14)
        steps = QHBoxLayout()
        steps.setSpacing(12)
        for number, (icon, head, words) in enumerate(_STEPS, 1):
            steps.addWidget(self._step(number, icon, head, words), 1)
        middle.addLayout(steps)
        middle.addSpacing(18)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addLayout(self._ways(), 2)
        columns.addLayout(self._recents(), 3)
        middle.addLayout(columns, 1)
        inner = QWidget()
        inner.setLayout(middle)
        inner.setMaximumWidth(980)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(inner, 20)
        row.addStretch(1)
        page.addLayout(row, 8)
        page.addStretch(2)
        self.setWidget(body)
        theme.changed.connect(self._paint_icons)
        self._paint_icons()

    def _step(self, number: int, icon: str, head: str, words: str) -> QWidget:
        card = QFrame()
        card.setProperty("card", True)
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 14, 14, 14)
        picture = QLabel()
        self._icons.append((picture, icon))
        title = QLabel(f"{number}. {head}")
        title.setProperty("title", True)
        title.setWordWrap(True)
        told = QLabel(words)
        told.setWordWrap(True)
        told.setProperty("muted", True)
        for widget in (picture, title, told):
            column.addWidget(widget)
        column.addStretch(1)
        return card

    def _ways(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        head = QLabel("Begin")
        head.setProperty("title", True)
        column.addWidget(head)
        for icon, words, signal, primary in (
            ("file-plus", "New case…", self.new_wanted, True),
            ("folder-open", "Open a case…", self.open_wanted, False),
            ("book-open", "Look at the sample case", self.sample_wanted, False),
            ("shield-check", "Verify a pack…", self.verify_wanted, False),
        ):
            button = QPushButton(words)
            button.setIconSize(QSize(18, 18))
            button.setProperty("primary", primary)
            button.setStyleSheet("text-align: left; padding: 9px 14px;")
            button.clicked.connect(signal)
            self._buttons.append((button, icon, primary))
            column.addWidget(button)
        column.addStretch(1)
        return column

    def _recents(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        head = QLabel("Recent cases")
        head.setProperty("title", True)
        column.addWidget(head)
        self.recent = QListWidget()
        self.recent.setAccessibleName("Recent cases")
        self.recent.setMinimumHeight(self.fontMetrics().height() * 12)
        self.recent.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.recent.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.recent.setStyleSheet("QListWidget { border-radius: 8px; padding: 4px; }")
        self.recent.itemActivated.connect(self._choose)
        self.recent.itemClicked.connect(self._choose)
        self._none = QLabel("Cases that you open will be listed here.")
        self._none.setProperty("muted", True)
        self._none.setWordWrap(True)
        column.addWidget(self.recent)
        column.addWidget(self._none)
        column.addStretch(1)
        return column

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - the name is Qt's
        """The keys are on what one would press first."""
        super().showEvent(event)
        first = self.recent if self.recent.count() else self._buttons[0][0]
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, item: QListWidgetItem) -> None:
        path = item.data(Qt.ItemDataRole.UserRole)
        if path:
            self.recent_wanted.emit(path)

    def show_recent(self, cases: Sequence[tuple[str, str]]) -> None:
        """Lists cases by path and title, the last one first."""
        self.recent.clear()
        for path, title in cases:
            there = is_there(Path(path))
            item = QListWidgetItem(f"{title or Path(path).stem}\n{path}")
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setToolTip(plain(path if there else f"{path} is not there any more"))
            if not there:
                item.setText(f"{title or Path(path).stem} (not found)\n{path}")
                item.setForeground(self.palette().placeholderText())
            self.recent.addItem(item)
        self.recent.setCurrentRow(0)
        self.recent.setVisible(bool(cases))
        self._none.setVisible(not cases)

    def _paint_icons(self) -> None:
        colours = self._theme.colours
        for label, name in self._icons:
            ratio = self.devicePixelRatioF()
            label.setPixmap(self._theme.icon(name, colours.accent).pixmap(QSize(26, 26), ratio))
        for button, name, primary in self._buttons:
            button.setIcon(self._theme.icon(name, colours.on_accent if primary else colours.text))
