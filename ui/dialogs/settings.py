"""What the person at this computer has chosen, and the limits of the case that is open."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QGroupBox,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from cambs_evidence.model import Limits
from cambs_evidence.settings import PAGE_MEMORY, Settings, person
from ui.dialogs import parts

_THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))


class SettingsDialog(QDialog):
    """Asks who acts, for the theme and the annex; with a case open also for its limits."""

    def __init__(
        self, chosen: Settings, limits: Limits | None, parent: QWidget | None, *, readonly: bool
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setMinimumWidth(500)
        self.name = QLineEdit(chosen.name)
        self.name.setAccessibleName("Who I am")
        self.name.setPlaceholderText(person(Settings()))
        self.theme = _box("Theme", _THEMES, chosen.theme)
        self.annex = _box("Annex of a pack", parts.ANNEXES, chosen.annex)
        mine = QGroupBox("At this computer")
        form = QFormLayout(mine)
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&Who I am", self.name)
        form.addRow("&Theme", self.theme)
        form.addRow("Usual &annex", self.annex)
        self.memory = QSpinBox()
        self.memory.setAccessibleName("Memory for pages")
        self.memory.setToolTip("Painted pages kept at most; from the next case that is opened")
        self.memory.setRange(*PAGE_MEMORY)
        self.memory.setSingleStep(64)
        self.memory.setSuffix(" MB")
        self.memory.setValue(chosen.page_memory)
        form.addRow("&Memory for pages", self.memory)
        self._limits = limits
        usual = limits or Limits()
        self.years = _number("Evidence is old after", usual.old_after_years, "year", "years")
        self.documents = _number(
            "Evidence is thin below", usual.thin_below_documents, "document", "documents"
        )
        case = QGroupBox("In this case")
        rows = QFormLayout(case)
        rows.setSpacing(8)
        rows.addRow("Evidence is &old after", self.years)
        rows.addRow("Evidence is th&in below", self.documents)
        told = parts.muted(
            "These limits belong to the case, so that it gives the same pack wherever it is "
            "opened; changing them can be undone."
            if limits
            else "These limits belong to a case; open one to change them."
        )
        rows.addRow(told)
        for box in (self.years, self.documents):
            box.setEnabled(limits is not None and not readonly)
        buttons, _ = parts.answers(self, "Keep")
        parts.stack(self, mine, case, buttons)

    def settings(self) -> Settings:
        """What was chosen for this computer."""
        return Settings(
            self.name.text().strip(),
            self.theme.currentData(),
            self.annex.currentData(),
            self.memory.value(),
        )

    def limits(self) -> Limits | None:
        """What was chosen for the case, None where none is open."""
        if self._limits is None:
            return None
        return Limits(self.years.value(), self.documents.value())


def _box(name: str, choices: tuple[tuple[str, str], ...], chosen: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for value, words in choices:
        box.addItem(words, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    return box


def _number(name: str, value: int, one: str, many: str) -> QSpinBox:
    box = QSpinBox()
    box.setAccessibleName(name)
    box.setRange(1, 50)
    box.setSuffix(f" {one if value == 1 else many}")
    box.valueChanged.connect(lambda now: box.setSuffix(f" {one if now == 1 else many}"))
    box.setValue(value)
    return box
