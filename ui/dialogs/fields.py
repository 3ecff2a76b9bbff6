"""What an option is chosen with: each field has a value that can be read, set and remembered."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.wording import as_iso
from ui.choice import Choice as Box
from ui.dialogs import parts

_KEY = Qt.ItemDataRole.UserRole


class Field(Protocol):
    """A field: ``changed`` is emitted when its value may be another."""

    changed: SignalInstance

    def value(self) -> Any:
        """What is chosen, as a pack takes it."""

    def put(self, value: Any) -> None:
        """Chooses something; what cannot be chosen is left as if nothing was."""

    def fault(self) -> str:
        """What is wrong with what was typed, empty where nothing is."""


class Tick(QCheckBox):
    """Something that is so or not."""

    changed = Signal()

    def __init__(self, words: str, tip: str = "") -> None:
        super().__init__(words)
        self.setToolTip(tip)
        self.toggled.connect(lambda _: self.changed.emit())

    def value(self) -> bool:
        """True where it is so."""
        return self.isChecked()

    def put(self, value: object) -> None:
        """Sets it."""
        self.setChecked(value is True)

    def fault(self) -> str:
        """Nothing can be wrong."""
        return ""


class Choice(Box):
    """One of several; each is a value, as plain text or None, with its words."""

    changed = Signal()

    def __init__(self, name: str, choices: Sequence[tuple[str | None, str]]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for value, words in choices:
            self.addItem(words, value)
        self.currentIndexChanged.connect(lambda _: self.changed.emit())

    def value(self) -> str | None:
        """The value that is chosen."""
        chosen = self.currentData()
        return None if chosen is None else str(chosen)

    def put(self, value: object) -> None:
        """Chooses a value, the first where it is none of these."""
        self.setCurrentIndex(max(self.findData(value), 0))

    def fault(self) -> str:
        """Nothing can be wrong."""
        return ""


class Radios(QWidget):
    """One of a few, each explained in plain words: value, words, explanation."""

    changed = Signal()

    def __init__(self, name: str, choices: Sequence[tuple[str, str, str]], usual: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._usual = usual
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(1)
        grid.setColumnMinimumWidth(0, 23)  # as wide as a button is, so that words stand below words
        grid.setColumnStretch(1, 1)
        for row, (value, words, explained) in enumerate(choices):
            button = self.buttons[value] = QRadioButton(words)
            button.setAccessibleDescription(explained)
            self._group.addButton(button)
            grid.addWidget(button, 2 * row, 0, 1, 2)
            grid.addWidget(parts.muted(explained), 2 * row + 1, 1)
        self.put(usual)
        # Of the two that change, the one that is chosen now tells.
        self._group.buttonToggled.connect(lambda _, on: self.changed.emit() if on else None)
        self.setFocusProxy(self.buttons[usual])

    def value(self) -> str:
        """The value that is chosen."""
        return next(each for each, button in self.buttons.items() if button.isChecked())

    def put(self, value: object) -> None:
        """Chooses a value, the usual one where it is none of these."""
        button = self.buttons.get(value) if isinstance(value, str) else None
        button = button or self.buttons[self._usual]
        button.setChecked(True)
        self.setFocusProxy(button)

    def fault(self) -> str:
        """Nothing can be wrong."""
        return ""


class When(QLineEdit):
    """A day, a month or a year, or none; only a day where ``day``."""

    changed = Signal()

    def __init__(self, name: str, *, day: bool = False, empty: str = "any date") -> None:
        super().__init__()
        self._day = day
        self.setAccessibleName(name)
        self.setPlaceholderText(empty)
        self.setClearButtonEnabled(True)
        self.setToolTip(
            "A day, such as 2025-03-31"
            if day
            else "A day, a month or a year, such as 31 March 2024, 2024-03 or 2024; empty for any"
        )
        self.textChanged.connect(lambda _: self.changed.emit())

    def value(self) -> str | None:
        """ISO text, or None where nothing is typed."""
        typed = self.text().strip()
        return (typed or None) if self._day else as_iso(typed)

    def put(self, value: object) -> None:
        """Shows ISO text, or nothing."""
        self.setText(value if isinstance(value, str) else "")

    def fault(self) -> str:
        """Why what is typed is no date."""
        typed = self.text().strip()
        name = self.accessibleName()
        if not typed:
            return ""
        if self._day:
            return "" if is_day(typed) else f"{name}: write a day as 2025-03-31."
        return "" if as_iso(typed) else f"{name}: write a date as 2024-03-31, 2024-03 or 2024."


class EarlierFile(QWidget):
    """A file that is there already, or none."""

    changed = Signal()

    def __init__(self, name: str, filters: str, button: str) -> None:
        super().__init__()
        self._name, self._filters = name, filters
        self.field = QLineEdit()
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText("none")
        self.field.setMinimumWidth(80)
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda _: self.changed.emit())
        row = parts.browsed(self.field, button, self._browse)
        row.setContentsMargins(0, 0, 0, 0)
        self.setLayout(row)
        self.setFocusProxy(self.field)

    def value(self) -> str | None:
        """Its path, or None where none is named."""
        typed = self.field.text().strip()
        return str(Path(typed).expanduser()) if typed else None

    def put(self, value: object) -> None:
        """Names a file, or none."""
        self.field.setText(value if isinstance(value, str) else "")

    def fault(self) -> str:
        """Why the file cannot be taken."""
        path = self.value()
        there = path is None or is_file(Path(path))
        return "" if there else f"{self._name}: there is no file {path}."

    def _browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self._name, self.field.text(), self._filters)
        if path:
            self.field.setText(path)


class Checks(QWidget):
    """Any of many, each with a tick; none of them is a fault.

    A value is a tuple of keys, empty for all of them. ``named`` tells when the words that say how
    many are chosen are others.
    """

    changed = Signal()
    named = Signal(str)

    def __init__(self, name: str, one: str, every: str, none: str) -> None:
        """``one`` is what one of them is called, ``every`` and ``none`` are the buttons' words."""
        super().__init__()
        self._name, self._one = name, one
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setWordWrap(True)
        self.list.setSpacing(1)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.itemChanged.connect(lambda _: self._tell())
        self.every, self.none = QPushButton(every), QPushButton(none)
        self.count = QLabel()
        self.count.setProperty("muted", True)
        row = QHBoxLayout()
        row.addWidget(self.every)
        row.addWidget(self.none)
        row.addStretch(1)
        row.addWidget(self.count)
        for button, state in (
            (self.every, Qt.CheckState.Checked),
            (self.none, Qt.CheckState.Unchecked),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, to=state: self._check_all(to))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        self.setFocusProxy(self.list)

    def fill(self, rows: Sequence[tuple[object, str]]) -> None:
        """Shows these: key and words; what was chosen stays so.

        What is new is chosen where all were.
        """
        known = {item.data(_KEY): item for item in self._items()}
        if [*known] == [key for key, _ in rows]:
            for item, (_, words) in zip(self._items(), rows, strict=True):
                if item.text() != words:
                    with QSignalBlocker(self.list):
                        item.setText(words)
            return
        off = {key for key, item in known.items() if item.checkState() is Qt.CheckState.Unchecked}
        with QSignalBlocker(self.list):
            self.list.clear()
            for key, words in rows:
                item = QListWidgetItem(words)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setData(_KEY, key)
                on = key not in off if key in known else not off
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
                self.list.addItem(item)
        self._tell()

    def value(self) -> tuple[Any, ...]:
        """The keys that are chosen; empty where all of them are."""
        chosen = self.chosen()
        return () if len(chosen) == self.list.count() else tuple(chosen)

    def put(self, value: object) -> None:
        """Chooses keys; all of them where none of these is there."""
        wanted = set(value) if isinstance(value, (list, tuple)) else set()
        keys = {item.data(_KEY) for item in self._items()}
        wanted = wanted & keys or keys
        with QSignalBlocker(self.list):
            for item in self._items():
                on = item.data(_KEY) in wanted
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        first = next((x for x in self._items() if x.data(_KEY) in wanted), None)
        if first is not None:
            self.list.scrollToItem(first)
        self._tell()

    def fault(self) -> str:
        """None is too few."""
        few = self.list.count() and not self.chosen()
        return f"Choose at least one {self._one}." if few else ""

    def chosen(self) -> list[Any]:
        """The keys that are chosen."""
        return [x.data(_KEY) for x in self._items() if x.checkState() is Qt.CheckState.Checked]

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _check_all(self, state: Qt.CheckState) -> None:
        with QSignalBlocker(self.list):
            for item in self._items():
                item.setCheckState(state)
        self.list.viewport().update()
        self._tell()

    def _tell(self) -> None:
        chosen, there = len(self.chosen()), self.list.count()
        self.count.setText(f"all {there}" if chosen == there else f"{chosen} of {there}")
        self.named.emit(self._name if chosen == there else f"{self._name}: {chosen} of {there}")
        self.changed.emit()


def is_file(path: Path) -> bool:
    """True for a file; what cannot be looked at is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_day(text: str) -> bool:
    """True for the ISO text of a day."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def today() -> str:
    """ISO text of the day here."""
    return datetime.date.today().isoformat()  # noqa: DTZ011 - the day of the person here
