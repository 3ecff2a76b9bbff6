"""The change log of the case: who did what and when, of all, of a link or of a document."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Event
from cambs_evidence.wording import quote_in_words
from ui.session import Session
from ui.theme import plain

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_COLUMNS = ("Number", "When", "Who", "What", "About")
#: What a subject looks like that is a mere id: nothing to be read.
_ID = re.compile(r"[0-9a-f-]{32,}(:.*)?")
#: Characters of a value that the differences show, and of a quote.
_VALUE, _QUOTE = 300, 80


class _Model(QAbstractTableModel):
    """Entries, the newest first."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.events: Sequence[Event] = ()

    def take(self, events: Sequence[Event]) -> None:
        self.beginResetModel()
        self.events = events
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - the name is Qt's
        return 0 if parent.isValid() else len(self.events)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return _COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        event = self.events[index.row()]
        words = (
            str(event.seq), _moment(event.at), event.by, event.what,
            about(self._session, event.subject),
        )[index.column()]  # fmt: skip
        return plain(words) if role == Qt.ItemDataRole.ToolTipRole else words


class ChangesDialog(QDialog):
    """Stays open beside the window; filters by person, by what was done, by link or document."""

    def __init__(
        self,
        session: Session,
        parent: QWidget | None,
        *,
        link: str | None = None,
        document: str | None = None,
    ) -> None:
        """``link`` and ``document`` are the ids of what the log is asked for."""
        super().__init__(parent)
        self._session, self._link, self._document = session, link, document
        self._events: list[Event] = []
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Change log")
        self.resize(980, 600)
        self.intact = QLabel("Reading the log…", self)
        self.intact.setProperty("title", True)
        self.intact.setWordWrap(True)
        self.scope = QLabel(self)
        self.scope.setProperty("muted", True)
        self.scope.setWordWrap(True)
        self.scope.setTextFormat(Qt.TextFormat.PlainText)
        self.whole = QPushButton("&Whole case", self)
        self.whole.setAutoDefault(False)
        self.whole.clicked.connect(lambda _=False: self._widen())
        self.person = QComboBox(self)
        self.person.setAccessibleName("Who")
        self.person.addItem("Everybody", None)
        self.person.currentIndexChanged.connect(lambda _: self._filter())
        self.words = QLineEdit(self)
        self.words.setPlaceholderText("What was done or about what, such as tag or 4.1")
        self.words.setAccessibleName("Words")
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(lambda _: self._filter())
        self.since, self.until = QLineEdit(self), QLineEdit(self)
        width = self.fontMetrics().horizontalAdvance("2025-03-31") + 24
        for field, name in ((self.since, "From"), (self.until, "Until")):
            field.setAccessibleName(f"{name}, as 2025-03-31")
            field.setPlaceholderText(f"{name} day")
            field.setToolTip("A day, month or year, as 2025-03-31, 2025-03 or 2025")
            field.setFixedWidth(width)
            field.textChanged.connect(lambda _: self._filter())
        self.model = _Model(session, self)
        self.table = QTableView(self)
        self.table.setAccessibleName("Entries of the log")
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        header = self.table.horizontalHeader()
        letter = self.fontMetrics().averageCharWidth()
        for column, letters in enumerate((9, 20, 20, 26)):
            self.table.setColumnWidth(column, letter * letters)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._tell())
        self.detail = QPlainTextEdit(self)
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setAccessibleName("Before and after")
        self.detail.setPlaceholderText("Choose an entry to see what was before and after.")
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 3)
        split.setSizes([340, 140])
        split.setChildrenCollapsible(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        fields = QHBoxLayout()
        fields.addWidget(self.person)
        fields.addWidget(self.words, 1)
        fields.addWidget(self.since)
        fields.addWidget(self.until)
        scope = QHBoxLayout()
        scope.addWidget(self.scope, 1)
        scope.addWidget(self.whole)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(20, 18, 20, 16)
        column_.setSpacing(10)
        column_.addWidget(self.intact)
        column_.addLayout(scope)
        column_.addLayout(fields)
        column_.addWidget(split, 1)
        column_.addWidget(buttons)
        self._left = False
        self.finished.connect(self._leave)
        session.changed.connect(self._read)
        self._read()
        self.table.setFocus()

    def _leave(self) -> None:
        self._left = True

    def _widen(self) -> None:
        self._link = self._document = None
        self._read()

    def _read(self, _: object = None) -> None:
        session, link, key = self._session, self._link, self._document
        document = session.document(key) if key is not None else None
        narrow = link is not None or document is not None
        self.whole.setVisible(narrow)
        self.scope.setVisible(narrow)
        if narrow:
            self.scope.setText(f"Only what is about {about(session, link or key or '')}")

        def look() -> tuple[list[Event], bool]:
            found = session.case.history(link=link, document=document)
            return found, session.case.log_is_intact()

        # It may be closed before the log has been read.
        session.read(look, lambda found: None if self._left else self._take(found))

    def _take(self, found: tuple[list[Event], bool]) -> None:
        events, intact = found
        self._events = events[::-1]
        self.intact.setText(
            "✓ The log is intact: every entry fits the one before it."
            if intact
            else "✗ The log was changed outside the program: entries do not fit one another. Run "
            "“Check the case”."
        )
        chosen = self.person.currentData()
        self.person.blockSignals(True)
        self.person.clear()
        self.person.addItem("Everybody", None)
        for name in sorted({each.by for each in events}, key=str.lower):
            self.person.addItem(name, name)
        self.person.setCurrentIndex(max(self.person.findData(chosen), 0))
        self.person.blockSignals(False)
        self._filter()

    def _filter(self) -> None:
        person = self.person.currentData()
        words = self.words.text().lower().split()
        since, until = self.since.text().strip(), self.until.text().strip()
        self.model.take([
            each
            for each in self._events
            if (person is None or each.by == person)
            and (not since or each.at[: len(since)] >= since)
            and (not until or each.at[: len(until)] <= until)
            and (not words or self._has(each, words))
        ])  # fmt: skip
        self._tell()

    def _has(self, event: Event, words: Sequence[str]) -> bool:
        text = f"{event.what} {about(self._session, event.subject)}".lower()
        return all(word in text for word in words)

    def _tell(self) -> None:
        row = self.table.currentIndex().row()
        known = 0 <= row < len(self.model.events)
        words = ""
        if known:
            event = self.model.events[row]
            words = f"{event.what} by {event.by}, {_moment(event.at)}\n"
            words += "".join(f"{each}\n" for each in [about(self._session, event.subject)] if each)
            words += differences(event)
        self.detail.setPlainText(words)


def about(session: Session, subject: str) -> str:
    """What an entry is about, as people know it."""
    held = session.held
    link = held.links.get(subject)
    if link is not None:
        document = session.document(link.passage.document_id)
        where = f"{document.title}, " if document is not None else ""
        return f"{link.code}, {where}page {link.passage.page + 1}: “{_brief(link.passage.anchor)}”"
    document = session.document(subject)
    if document is not None:
        return document.title
    found = held.findings.get(subject)
    if found is not None:
        return f"{found.code}, {found.filename}: “{_brief(found.anchor)}”"
    return "" if _ID.fullmatch(subject) else subject


def _brief(anchor: Any) -> str:
    words = " ".join(quote_in_words(anchor).split())
    return words if len(words) <= _QUOTE else f"{words[:_QUOTE].rsplit(' ', 1)[0]} …"


def differences(event: Event) -> str:
    """What an entry changed, one line for each value that differs."""
    before = {(table, key): row for table, key, row in json.loads(event.before)}
    after = {(table, key): row for table, key, row in json.loads(event.after)}
    lines: list[str] = []
    for place in dict.fromkeys([*before, *after]):
        old, new = before.get(place), after.get(place)
        verb = "added" if not old else "taken away" if not new else "changed"
        lines.append(f"{place[0].replace('_', ' ')} {verb} ({place[1]})")
        for name in dict.fromkeys([*(old or {}), *(new or {})]):
            one, other = (old or {}).get(name), (new or {}).get(name)
            if one == other or name == "id":
                continue
            said = _value(other) if not old else _value(one)
            said = f"{_value(one)} → {_value(other)}" if old and new else said
            lines.append(f"    {name.replace('_', ' ')}: {said}")
    lines.append(f"hash {event.hash}")
    return "\n".join(lines)


def _value(value: object) -> str:
    words = "nothing" if value is None else " ".join(str(value).split())
    return words if len(words) <= _VALUE else f"{words[:_VALUE]}…"


def _moment(at: str) -> str:
    """A moment as it was here."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
