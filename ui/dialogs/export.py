"""What goes into a pack, and where the pack goes."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import PackOptions, Polarity
from cambs_evidence.wording import POLARITIES
from ui.dialogs import parts
from ui.session import Session


class ExportDialog(QDialog):
    """Asks for the options of a pack, and says how many quotes it will hold."""

    def __init__(self, session: Session, annex: str, target: Path, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("Export the evidence pack")
        self.setMinimumWidth(560)
        self.where = QLineEdit(str(target))
        self.where.setAccessibleName("File of the pack")
        self.where.textChanged.connect(self._judge)
        row = parts.browsed(self.where, "&Browse…", self._browse)
        self.sections = QListWidget()
        self.sections.setAccessibleName("Sections")
        self.sections.setMinimumHeight(self.fontMetrics().height() * 9)
        self.sections.setStyleSheet("QListWidget { border-radius: 5px; }")
        self.sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        counts: dict[str, int] = {}
        for link in session.held.links.values():
            counts[link.section_id] = counts.get(link.section_id, 0) + 1
        for section in session.held.framework.sections:
            count = counts.get(section.id, 0)
            item = QListWidgetItem(
                f"{section.number}  {section.title}  ({count} link{'s' if count != 1 else ''})"
            )
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            item.setData(Qt.ItemDataRole.UserRole, section.number)
            self.sections.addItem(item)
        self.sections.itemChanged.connect(self._judge)
        every, none = QPushButton("&All"), QPushButton("&None")
        for button, state in ((every, Qt.CheckState.Checked), (none, Qt.CheckState.Unchecked)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, to=state: self._check_all(to))
        beside = QVBoxLayout()
        beside.addWidget(every)
        beside.addWidget(none)
        beside.addStretch(1)
        middle = QHBoxLayout()
        middle.addWidget(self.sections, 1)
        middle.addLayout(beside)
        self.marked = QCheckBox("Only criteria &marked (M)")
        self.marked.toggled.connect(self._judge)
        self.polarity = QComboBox()
        self.polarity.setAccessibleName("Polarity")
        self.polarity.addItem("Every polarity", None)
        for polarity in Polarity:
            self.polarity.addItem(" ".join(POLARITIES[polarity]), polarity)
        self.polarity.currentIndexChanged.connect(self._judge)
        self.annex = QComboBox()
        self.annex.setAccessibleName("Annex")
        for kind, words in parts.ANNEXES:
            self.annex.addItem(words, kind)
        self.annex.setCurrentIndex(max(self.annex.findData(annex), 0))
        self.annex.currentIndexChanged.connect(self._judge)
        self.date = QLineEdit(datetime.date.today().isoformat())  # noqa: DTZ011 - the day here
        self.date.setAccessibleName("Date of the pack")
        self.date.textChanged.connect(self._judge)
        form = parts.form()
        parts.add_row(form, "&File", row, self.where)
        parts.add_row(form, "&Sections", middle, self.sections)
        form.addRow("", self.marked)
        form.addRow("&Polarity", self.polarity)
        form.addRow("Anne&x", self.annex)
        form.addRow("&Date", self.date)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setMinimumHeight(self.fontMetrics().height() * 3)
        buttons, self._ok = parts.answers(self, "Export")
        parts.stack(self, form, self.told, buttons)
        self._judge()

    def path(self) -> Path:
        """Where the pack goes."""
        return parts.typed_path(self.where, ".pdf") or Path()

    def options(self) -> PackOptions:
        """What goes into it."""
        numbers = self._numbers()
        every = len(numbers) == self.sections.count()
        return PackOptions(
            sections=() if every else tuple(numbers),
            marked_only=self.marked.isChecked(),
            polarity=self._polarity(),
            annex=self.annex.currentData(),
            date=self.date.text().strip() or None,
        )

    def _polarity(self) -> Polarity | None:
        chosen = self.polarity.currentData()
        return Polarity(chosen) if chosen else None  # the box gives it back as mere text

    def _numbers(self) -> list[int]:
        items = [self.sections.item(row) for row in range(self.sections.count())]
        return [
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        ]

    def _check_all(self, state: Qt.CheckState) -> None:
        self.sections.blockSignals(True)
        for row in range(self.sections.count()):
            self.sections.item(row).setCheckState(state)
        self.sections.blockSignals(False)
        self._judge()

    def _browse(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Export the evidence pack", str(self.path()), "Evidence packs (*.pdf)"
        )
        if path:
            self.where.setText(path)

    def _judge(self) -> None:
        tree = self._session.held.framework
        numbers = set(self._numbers())
        sections = {each.id for each in tree.sections if each.number in numbers}
        marked = {each.id for section in tree.sections for each in section.criteria if each.marked}
        polarity = self._polarity()
        quotes = [
            link
            for link in self._session.held.links.values()
            if link.section_id in sections
            and (not self.marked.isChecked() or link.criterion_id in marked)
            and (polarity is None or link.polarity is polarity)
        ]
        why = ""
        path = parts.typed_path(self.where, ".pdf")
        if path is None:
            why = "Say in which file to write the pack."
        elif not path.parent.is_dir():
            why = f"The folder {path.parent} does not exist."
        elif not numbers:
            why = "Choose at least one section."
        elif not _is_day(self.date.text().strip()):
            why = "Write the date of the pack as 2025-03-31."
        self._ok.setEnabled(not why)
        documents = len({link.passage.document_id for link in quotes})
        told = (
            f"{len(quotes):,} quote{'s' if len(quotes) != 1 else ''} from {documents} "
            f"document{'s' if documents != 1 else ''}; gaps are shown."
        )
        if quotes and self.annex.currentData() != "none":
            told += " Whole pages go with it: read them for names before you pass it on."
        if self.annex.currentData() in parts.BY_STANDARD:
            told += (
                " The file can be read by everyone and archived (PDF/\u2060UA-1, PDF/\u2060A-2b)."
            )
        self.told.setText(why or told)


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return not text
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
