"""What is exported of the evidence, as what, and where it goes."""

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

from cambs_evidence.model import Link, PackOptions, Polarity
from cambs_evidence.wording import EXPORTS, POLARITIES, as_iso, first_day, last_day, within
from ui.dialogs import parts
from ui.session import Session

#: The kind of an export that is the pack.
PACK = "pdf"
_PACK_WORDS = "Evidence pack (PDF), which can be verified"


class ExportDialog(QDialog):
    """Asks what is exported and how, and says how many quotes that is."""

    def __init__(self, session: Session, annex: str, target: Path, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("Export the evidence")
        self.setMinimumWidth(700)
        self.kind = QComboBox()
        self.kind.setAccessibleName("Kind of file")
        for kind, words in {PACK: _PACK_WORDS, **EXPORTS}.items():
            self.kind.addItem(words, kind)
        self.kind.currentIndexChanged.connect(self._change_kind)
        self.where = QLineEdit(str(target))
        self.where.setAccessibleName("File that is written")
        self.where.textChanged.connect(self._judge)
        row = parts.browsed(self.where, "&Browse…", self._browse)
        self.sections = QListWidget()
        self.sections.setAccessibleName("Sections")
        self.sections.setMinimumHeight(self.fontMetrics().height() * 6)
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
        self.since, self.until = QLineEdit(), QLineEdit()
        for end, name in ((self.since, "Documents dated from"), (self.until, "until")):
            end.setAccessibleName(name if end is self.since else "Documents dated until")
            end.setPlaceholderText("any date")
            end.setToolTip("A day, a month or a year, such as 31 March 2024, 2024-03 or 2024")
            end.textChanged.connect(self._judge)
        period = QHBoxLayout()
        period.addWidget(self.since, 1)
        until = QLabel("&until")
        until.setBuddy(self.until)
        period.addWidget(until)
        period.addWidget(self.until, 1)
        self.document = QComboBox()
        self.document.setAccessibleName("Document")
        self.document.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.document.addItem("Every document", None)
        for document in session.held.documents.values():
            self.document.addItem(document.title, document.identity)
        self.document.currentIndexChanged.connect(self._judge)
        self.annex = QComboBox()
        self.annex.setAccessibleName("Annex")
        for kind, words in parts.ANNEXES:
            self.annex.addItem(words, kind)
        self.annex.setCurrentIndex(max(self.annex.findData(annex), 0))
        self.annex.currentIndexChanged.connect(self._judge)
        self.crops = QCheckBox("Show each passage as it stands on its pa&ge, too")
        self.crops.setToolTip(
            "Under each quote the part of its page, the words marked: for a pack that is read on "
            "paper, or goes without an annex. It takes more pages and some time."
        )
        self.crops.toggled.connect(self._judge)
        self.date = QLineEdit(datetime.date.today().isoformat())  # noqa: DTZ011 - the day here
        self.date.setAccessibleName("Date that it bears")
        self.date.textChanged.connect(self._judge)
        self.earlier = QLineEdit()
        self.earlier.setAccessibleName("Compare with an earlier pack")
        self.earlier.setPlaceholderText("None; choose one to tell what has changed since")
        self.earlier.setToolTip(
            "Tells and marks what has changed since; its words are not repeated in the new one"
        )
        self.earlier.textChanged.connect(self._judge)
        self._since = parts.browsed(self.earlier, "Choos&e…", self._browse_earlier)
        form = parts.form()
        form.addRow("&Kind", self.kind)
        parts.add_row(form, "&File", row, self.where)
        parts.add_row(form, "&Sections", middle, self.sections)
        form.addRow("", self.marked)
        form.addRow("&Polarity", self.polarity)
        parts.add_row(form, "Dated fr&om", period, self.since)
        form.addRow("Do&cument", self.document)
        form.addRow("Anne&x", self.annex)
        form.addRow("", self.crops)
        self._form = form
        form.addRow("&Date", self.date)
        parts.add_row(form, "Ea&rlier pack", self._since, self.earlier)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setMinimumHeight(self.fontMetrics().height() * 3)
        buttons, self._ok = parts.answers(self, "Export")
        parts.stack(self, form, self.told, buttons)
        self._judge()

    def path(self) -> Path:
        """Where it goes."""
        return parts.typed_path(self.where, f".{self.chosen()}") or Path()

    def chosen(self) -> str:
        """The kind of export: :data:`PACK`, or one of :data:`EXPORTS`."""
        return str(self.kind.currentData())

    def options(self) -> PackOptions:
        """What goes into it."""
        numbers = self._numbers()
        every = len(numbers) == self.sections.count()
        return PackOptions(
            sections=() if every else tuple(numbers),
            marked_only=self.marked.isChecked(),
            polarity=self._polarity(),
            annex=self.annex.currentData(),
            crops=self.crops.isChecked() and self.chosen() == PACK,
            date=self.date.text().strip() or None,
            since=as_iso(self.since.text()),
            until=as_iso(self.until.text()),
            documents=tuple(filter(None, [self.document.currentData()])),
            since_pack=str(parts.typed_path(self.earlier, "") or "") or None
            if self.chosen() == PACK
            else None,
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

    def _change_kind(self) -> None:
        """The name goes on as it is, but for what tells its kind."""
        kind = self.chosen()
        path = Path(self.where.text().strip())
        if path.suffix.lower().removeprefix(".") in {PACK, *EXPORTS}:
            stem = path.stem.removesuffix("-pack") if kind != PACK else path.stem
            if kind == PACK and stem.endswith("-evidence"):
                stem += "-pack"
            self.where.setText(str(path.with_name(f"{stem}.{kind}")))
        for field in (self.annex, self.crops, self._since):
            self._form.setRowVisible(field, kind == PACK)
        self._judge()

    def _browse(self) -> None:
        words = self.kind.currentText().partition(",")[0]
        path, _ = QFileDialog.getSaveFileName(
            self, "Export the evidence", str(self.path()), f"{words} (*.{self.chosen()})"
        )
        if path:
            self.where.setText(path)

    def _browse_earlier(self) -> None:
        usual = self.earlier.text().strip() or str(self.path().parent)
        path, _ = QFileDialog.getOpenFileName(
            self, "The earlier pack to compare with", usual, "Evidence packs (*.pdf)"
        )
        if path:
            self.earlier.setText(path)

    def _earlier_fault(self, target: Path | None) -> str:
        """What is wrong with the earlier pack, if anything is and one is named."""
        typed = self.earlier.text().strip()
        path = parts.typed_path(self.earlier, "")
        if not typed or self.chosen() != PACK:
            return ""
        if path is None or not path.is_file():
            return f"There is no earlier pack {typed}; choose it, or leave the field empty."
        if path == target:
            return "The new pack would take the place of the earlier one; choose another file."
        return ""

    def _period_fault(self) -> str:
        """What is wrong with the dates between which documents are to be, if anything is."""
        ends = []
        for field in (self.since, self.until):
            iso = as_iso(field.text())
            if field.text().strip() and iso is None:
                return "Write a date as 2024-03-31, 2024-03 or 2024."
            ends.append(iso)
        since, until = ends
        if since and until and last_day(until) < first_day(since):
            return "The documents are to be dated from a day that is after the last one."
        return ""

    def _dated(self, link: Link) -> bool:
        document = self._session.document(link.passage.document_id)
        since, until = as_iso(self.since.text()), as_iso(self.until.text())
        return within(document.date if document else None, since, until)

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
            and self.document.currentData() in {None, link.document}
            and self._dated(link)
        ]
        pack = self.chosen() == PACK
        why = ""
        path = parts.typed_path(self.where, f".{self.chosen()}")
        if path is None:
            why = "Say in which file to write it."
        elif not path.parent.is_dir():
            why = f"The folder {path.parent} does not exist."
        elif not numbers:
            why = "Choose at least one section."
        elif not _is_day(self.date.text().strip()):
            why = f"Write the date of the {'pack' if pack else 'export'} as 2025-03-31."
        else:
            why = self._period_fault() or self._earlier_fault(path)
        self._ok.setEnabled(not why)
        documents = len({link.passage.document_id for link in quotes})
        told = (
            f"{len(quotes):,} quote{'s' if len(quotes) != 1 else ''} from {documents} "
            f"document{'s' if documents != 1 else ''}; gaps are shown."
        )
        if self.chosen() == "csv" and path is not None:
            told += f" Coverage and register come beside it, as {path.stem}-coverage.csv and so on."
        if pack and quotes and self.annex.currentData() != "none":
            told += " Whole pages go with it: read them for names before you pass it on."
        if pack and self.annex.currentData() in parts.BY_STANDARD:
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
