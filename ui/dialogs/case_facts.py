"""The facts of a case: asked once when it is made, changed whenever they change."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QWidget,
)

from cambs_evidence.model import CaseFacts
from cambs_evidence.wording import as_iso, last_day
from ui.dialogs import parts

_FIELDS = (
    ("title", "&Title", "Children’s services self-assessment 2024–25"),
    ("authority", "&Authority", "The authority that assesses itself"),
    ("period_from", "Period &from", "2024-04-01"),
    ("period_until", "Period &until", "2025-03-31"),
    ("author", "Auth&or", "Who writes it"),
    ("status", "&Status", "Draft"),
    ("marking", "Protective &marking", "OFFICIAL – SENSITIVE"),
)


class CaseDialog(QDialog):
    """Asks for the facts of a case; for a new one also where it is kept."""

    def __init__(
        self,
        facts: CaseFacts,
        parent: QWidget | None,
        *,
        folder: Path | None = None,
        stands: str = "",
    ) -> None:
        super().__init__(parent)
        self._new = folder is not None
        self.setWindowTitle("New case" if self._new else "About this case")
        self.setMinimumWidth(520)
        form = parts.form()
        self._fields: dict[str, QLineEdit] = {}
        for name, label, hint in _FIELDS:
            field = QLineEdit(getattr(facts, name) or "")
            field.setPlaceholderText(hint)
            field.setAccessibleName(label.replace("&", ""))
            field.textChanged.connect(self._judge)
            self._fields[name] = field
            form.addRow(label, field)
        self.where = QLineEdit(self)
        self.where.setAccessibleName("File")
        self.source = QLineEdit(self)
        self.source.setAccessibleName("Framework from the file")
        if folder is not None:
            self.where.setText(str(_free(folder / "self-assessment.cambs")))
            self.where.textChanged.connect(self._judge)
            row = parts.browsed(self.where, "&Browse…", self._browse)
            parts.add_row(form, "Kept in the fi&le", row, self.where)
            self.source.setPlaceholderText("The one that comes with the program")
            self.source.textChanged.connect(self._judge)
            read = parts.browsed(self.source, "Bro&wse…", self._browse_source)
            parts.add_row(form, "Framewor&k from", read, self.source)
        else:
            self.where.hide()
            self.source.hide()
            if stands:
                standing = QLabel(stands)
                standing.setWordWrap(True)
                standing.setTextFormat(Qt.TextFormat.PlainText)
                form.addRow("Framework", standing)
        self._told = QLabel()
        self._told.setWordWrap(True)
        self._told.setMinimumHeight(self.fontMetrics().height())
        words = parts.muted(
            "All of this can be changed later; it is printed on the cover of the pack. Dates are "
            "written 31 March 2024 or 2024-03-31, or 2024-03 or 2024 where the day is not known. "
            "The state of the evidence is taken at the end of the period."
        )
        buttons, self._ok = parts.answers(self, "Make the case" if self._new else "Keep")
        parts.stack(self, words, form, self._told, buttons)
        QWidget.setTabOrder(self._fields["marking"], self.where)
        QWidget.setTabOrder(self.where, self.source)
        self._judge()
        self._fields["title"].setFocus()

    def facts(self) -> dict[str, str | None]:
        """What was typed, by the names of :class:`CaseFacts`; None for what is empty."""
        return {name: field.text().strip() or None for name, field in self._fields.items()}

    def path(self) -> Path:
        """Where a new case is kept."""
        return parts.typed_path(self.where, ".cambs") or Path()

    def framework(self) -> Path | None:
        """The self-assessment that the framework of a new case is read from, None for ours."""
        return parts.typed_path(self.source, "")

    def lock(self) -> None:
        """Shows the facts of a case in which nothing can be changed."""
        for field in self._fields.values():
            field.setReadOnly(True)
        self._ok.hide()

    def _browse(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Where to keep the case", str(self.path()), "Cases (*.cambs)"
        )
        if path:
            self.where.setText(path)

    def _browse_source(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Read the framework from", str(self.path().parent), parts.SELF_ASSESSMENTS
        )
        if path:
            self.source.setText(path)

    def _judge(self) -> None:
        """Says what is missing before anything is asked of the disk."""
        known = self.facts()
        why = ""
        if not known["title"]:
            why = "A case needs a title."
        why = why or _period_trouble(known["period_from"], known["period_until"])
        if self._new and not why:
            path = parts.typed_path(self.where, ".cambs")
            if path is None:
                why = "Say in which file to keep the case."
            elif path.exists():
                why = f"{path.name} is there already; choose another name."
            elif not path.parent.is_dir():
                why = f"The folder {path.parent} does not exist."
            elif self.source.text().strip():
                source = self.framework()
                if source is None or not source.is_file():
                    why = "There is no such self-assessment to read the framework from."
        self._told.setText(why)
        self._ok.setEnabled(not why)


def _period_trouble(start: str | None, until: str | None) -> str:
    """What is wrong with a period, or nothing."""
    ends = []
    for typed in (start, until):
        iso = as_iso(typed) if typed else None
        if typed and iso is None:
            return f"{typed} is no date; write 31 March 2024, or 2024-03-31, 2024-03 or 2024."
        ends.append(last_day(iso) if iso else None)
    if ends[0] and ends[1] and ends[1] < ends[0]:
        return "The period ends before it begins."
    return ""


def _free(path: Path) -> Path:
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found
