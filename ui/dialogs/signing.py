"""Who signed which section off, what changed since, and the next signature."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Framework
from cambs_evidence.review import SignOff
from cambs_evidence.wording import in_words, moment_in_words
from ui.dialogs import parts
from ui.theme import plain

_SECTION, _SIGNED = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
#: Changes since that are listed, at most.
_MOST = 200


class SigningDialog(QDialog):
    """Sections with their signatures; stays open while they are signed one after the other.

    Signals:
        signed: the number of a section and a date, ISO text or None for today.
        taken_back: a :class:`SignOff`.
    """

    signed = Signal(int, object)
    taken_back = Signal(object)

    def __init__(
        self, framework: Framework, person: str, parent: QWidget | None, *, readonly: bool
    ) -> None:
        super().__init__(parent)
        self._framework, self._person, self._readonly = framework, person, readonly
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Sign-off")
        self.resize(820, 540)
        told = parts.muted(
            "Whoever signs a section off stands for it as it is now: its criteria, evidence, "
            "judgements, actions and what reviewers said. A later change reopens it."
        )
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName("Sections")
        self.tree.setHeaderLabels(["Section", "Signed off"])
        self.tree.setWordWrap(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.currentItemChanged.connect(lambda *_: self._judge())
        today = datetime.date.today().isoformat()  # noqa: DTZ011 - the day where the person is
        self.date = QLineEdit(today, self)
        self.date.setAccessibleName("Date, as 2025-03-31")
        self.date.setFixedWidth(self.fontMetrics().horizontalAdvance("2025-03-31") + 28)
        self.date.textChanged.connect(lambda _: self._judge())
        self.sign = QPushButton(f"&Sign off as {person}".replace("&&", "&"), self)
        self.sign.setProperty("primary", True)
        self.sign.clicked.connect(lambda _=False: self._sign())
        self.back = QPushButton("&Take back", self)
        self.back.clicked.connect(lambda _=False: self._take_back())
        for button in (self.sign, self.back):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        named = QLabel("&Date")
        named.setBuddy(self.date)
        row.addWidget(named)
        row.addWidget(self.date)
        row.addWidget(self.sign)
        row.addStretch(1)
        row.addWidget(self.back)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(told)
        column.addWidget(self.tree, 1)
        column.addLayout(row)
        column.addWidget(buttons)
        self.take([])
        self.tree.setFocus()

    def take(self, found: Sequence[SignOff], section: int | None = None) -> None:
        """Shows the signatures; the chosen section is kept, or is the one given."""
        chosen = section or self.section() or 1
        self.tree.blockSignals(True)
        self.tree.clear()
        for each in self._framework.sections:
            mine = [x for x in found if x.section == each.number]
            item = QTreeWidgetItem([f"{each.number}  {each.title}", section_in_words(mine)])
            item.setData(0, _SECTION, each.number)
            item.setToolTip(0, plain(each.title))
            self.tree.addTopLevelItem(item)
            for signed in mine:
                below = QTreeWidgetItem([f"{signed.by}, {in_words(signed.date)}", state(signed)])
                below.setData(0, _SECTION, each.number)
                below.setData(0, _SIGNED, signed)
                item.addChild(below)
                for event in signed.since[-_MOST:][::-1]:
                    said = f"{event.what} by {event.by}"
                    line = QTreeWidgetItem([said, moment_in_words(event.at)])
                    line.setData(0, _SECTION, each.number)
                    below.addChild(line)
            item.setExpanded(bool(mine))
            if each.number == chosen:
                self.tree.setCurrentItem(item)
        self.tree.blockSignals(False)
        self._judge()

    def section(self) -> int | None:
        """The section that is chosen."""
        item = self.tree.currentItem()
        number = item.data(0, _SECTION) if item is not None else None
        return number if isinstance(number, int) else None

    def _chosen(self) -> SignOff | None:
        """The person's own signature of what is chosen."""
        item = self.tree.currentItem()
        if item is None:
            return None
        below = (item.child(n) for n in range(item.childCount()))
        found = [x.data(0, _SIGNED) for x in (item, *below) if x is not None]
        return next((x for x in found if isinstance(x, SignOff) and x.by == self._person), None)

    def _judge(self) -> None:
        try:
            day = bool(datetime.date.fromisoformat(self.date.text().strip()))
        except ValueError:
            day = False
        may = not self._readonly and self.section() is not None
        self.sign.setEnabled(may and day)
        self.sign.setToolTip("" if day else "Write the date as 2025-03-31.")
        self.back.setEnabled(not self._readonly and self._chosen() is not None)
        self.back.setToolTip("Take your own sign-off of the section back; the log keeps it")

    def _sign(self) -> None:
        section = self.section()
        if section is not None:
            self.signed.emit(section, self.date.text().strip() or None)

    def _take_back(self) -> None:
        signed = self._chosen()
        if signed is not None:
            self.taken_back.emit(signed)


def state(signed: SignOff) -> str:
    """Whether a section is as it was signed."""
    if not signed.reopened:
        return "✓ As it was signed"
    count = len(signed.since)
    since = f": {count:,} change{'s' if count != 1 else ''} since" if count else ""
    return f"↻ Reopened{since}"


def section_in_words(signed: Sequence[SignOff]) -> str:
    """How a section stands with those who signed it."""
    if not signed:
        return "○ Not signed off"
    good = [each for each in signed if not each.reopened]
    if good:
        return f"✓ Signed off by {' and '.join(dict.fromkeys(each.by for each in good))}"
    return "↻ Changed since it was signed off"
