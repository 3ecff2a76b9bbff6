"""Which highlights are shown: by criterion, polarity and person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from cambs_evidence.model import Link, Polarity
from ui.choice import Choice
from ui.theme import SIGNS, Theme


@dataclass(frozen=True, slots=True)
class Shown:
    """What a link has to be for its highlight to be shown; None lets every one through."""

    polarities: frozenset[Polarity] = frozenset(Polarity)
    code: str | None = None
    person: str | None = None

    @property
    def everything(self) -> bool:
        """True where no highlight is hidden."""
        return self == Shown()

    def lets(self, link: Link) -> bool:
        """True for a link whose highlight is shown."""
        return (
            link.polarity in self.polarities
            and self.code in {None, link.code}
            and self.person in {None, link.by}
        )


class ShownBar(QFrame):
    """Asks which highlights are shown; in sight as long as some are hidden.

    Signals:
        chosen: a :class:`Shown`.
        closed: the bar is no longer there, and every highlight is shown.
    """

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.shown = Shown()
        self.setProperty("panel", True)
        self.polarities: dict[Polarity, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.addWidget(QLabel("Highlights:", self))
        for polarity in Polarity:
            sign, word, _ = SIGNS[polarity]
            button = QToolButton(self)
            button.setText(f"{sign} {word}")
            button.setToolTip(f"Show or hide: {word.lower()}")
            button.setCheckable(True)
            button.setChecked(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.toggled.connect(lambda _: self._choose())
            self.polarities[polarity] = button
            row.addWidget(button)
        self.codes, self.people = Choice(self), Choice(self)
        for box, name in ((self.codes, "Criterion"), (self.people, "Tagged by")):
            box.setAccessibleName(name)
            box.setToolTip(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _: self._choose())
            row.addWidget(box)
        self.count = QLabel(self)
        self.count.setProperty("muted", True)
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(self.count, 1)
        self.all = QToolButton(self)
        self.all.setText("Show all")
        self.all.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.all.clicked.connect(self.show_all)
        row.addWidget(self.all)
        self._done = QToolButton(self)
        self._done.setToolTip("Show all and close (Esc)")
        self._done.setAccessibleName("Show all and close")
        self._done.clicked.connect(self.leave)
        row.addWidget(self._done)
        theme.changed.connect(self._paint)
        self._paint()
        self.hide()

    def _paint(self) -> None:
        self._done.setIcon(self._theme.icon("x"))

    def offer(self, links: Sequence[Link]) -> None:
        """Offers the criteria and people of a document's links, and counts those shown."""
        codes = sorted({link.code for link in links} | {self.shown.code or ""} - {""}, key=_order)
        people = sorted({link.by for link in links} | {self.shown.person or ""} - {""})
        _fill(self.codes, "All criteria", codes, self.shown.code)
        _fill(self.people, "Everyone", people, self.shown.person)
        seen = sum(self.shown.lets(link) for link in links)
        self.count.setText(f"{seen:,} of {len(links):,} shown")
        self.all.setEnabled(not self.shown.everything)

    def open(self) -> None:
        """Shows the bar and gives it the keys."""
        self.show()
        self.polarities[Polarity.STRENGTH].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave(self) -> None:
        """Shows every highlight and closes the bar."""
        self.show_all()
        self.hide()
        self.closed.emit()

    def show_all(self) -> None:
        """Hides no highlight any more."""
        for button in self.polarities.values():
            button.blockSignals(True)
            button.setChecked(True)
            button.blockSignals(False)
        self.codes.setCurrentIndex(0)
        self.people.setCurrentIndex(0)
        self._choose()

    def _choose(self) -> None:
        self.shown = Shown(
            frozenset(each for each, button in self.polarities.items() if button.isChecked()),
            self.codes.currentData(),
            self.people.currentData(),
        )
        self.chosen.emit(self.shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Escape shows every highlight and closes the bar."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)


def _order(code: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in code.split(".")]


def _fill(box: QComboBox, everything: str, known: Sequence[str], chosen: str | None) -> None:
    wanted = [(everything, None), *((each, each) for each in known)]
    if [(box.itemText(n), box.itemData(n)) for n in range(box.count())] != wanted:
        box.clear()
        for words, value in wanted:
            box.addItem(words, value)
    box.setCurrentIndex(max(box.findData(chosen), 0) if chosen is not None else 0)
