"""What a document's text says of it, offered below the field that it would fill."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from cambs_evidence.model import Suggestion
from cambs_evidence.wording import suggestion_in_words
from ui.theme import Theme, plain


class Offer(QWidget):
    """One suggestion: a quiet line that takes it, and a small button that shows where it stands.

    Signals:
        taken: the suggestion is to be taken.
        shown: its words are to be shown on their page.
    """

    taken = Signal()
    shown = Signal()

    def __init__(
        self, theme: Theme, name: str, suggestion: Suggestion, where: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        value = suggestion_in_words(name, suggestion.value)
        self._words = f"{value} – page {suggestion.page + 1}"
        self.take = QPushButton(self)
        self.take.setFlat(True)
        self.take.setIcon(theme.icon("plus"))
        self.take.setIconSize(QSize(12, 12))
        self.take.setStyleSheet(
            f"QPushButton {{ text-align: left; padding: 1px 4px; color: {theme.colours.muted}; }}"
        )
        self.take.setToolTip(plain(f"Take “{value}”\nRead on {where}"))
        self.take.setAccessibleName(f"Take {self._words}")
        self.take.setAutoDefault(False)
        self.take.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.take.clicked.connect(self.taken)
        self.see = QToolButton(self)
        self.see.setIcon(theme.icon("crosshair"))
        self.see.setIconSize(QSize(14, 14))
        self.see.setAutoRaise(True)
        self.see.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.see.setToolTip(plain(f"Show where it was read\n{where}"))
        self.see.setAccessibleName(f"Show where {value} was read")
        self.see.clicked.connect(self.shown)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.take, 1)
        row.addWidget(self.see)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Fits the room there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.take.width() - 30, 40)
        fitting = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideMiddle, room)
        self.take.setText(fitting.replace("&", "&&"))


class ImportOffer(QWidget):
    """A line that offers to take what is suggested of several documents; it can be put away.

    Signals:
        taken: all of it is to be taken.
    """

    taken = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.take = QPushButton(self)
        self.take.setToolTip(
            "Title, date, period, kind and issuer as each document's text says, where nobody has "
            "said it. One step, which can be undone."
        )
        self.take.clicked.connect(self.hide)
        self.take.clicked.connect(self.taken)
        self.leave = QToolButton(self)
        self.leave.setAutoRaise(True)
        self.leave.setToolTip("Leave it")
        self.leave.setAccessibleName("Leave the suggestions")
        self.leave.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.take)
        row.addWidget(self.leave)
        theme.changed.connect(self._paint)
        self._paint()
        self.hide()

    def _paint(self) -> None:
        self.leave.setIcon(self._theme.icon("x"))

    def offer(self, words: str) -> None:
        """Offers it in these words."""
        self.take.setText(words)
        self.show()
