"""Which links of a review are looked at: so many of each section, chosen by a seed."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QSpinBox, QWidget

from ui.dialogs import parts


class SampleDialog(QDialog):
    """Asks how many, by which seed, and whether with all criteria marked (M)."""

    def __init__(self, each: int, seed: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose a sample")
        self.setMinimumWidth(440)
        self.each = QSpinBox()
        self.each.setRange(0, 100_000)
        self.each.setValue(each)
        self.each.setAccessibleName("Links of each section")
        self.seed = QLineEdit(seed)
        self.seed.setAccessibleName("Seed")
        self.seed.textChanged.connect(lambda _: self._judge())
        self.marked = QCheckBox("And all of the criteria &marked (M)")
        self.marked.setChecked(True)
        form = parts.form()
        form.addRow("&Links of each section", self.each)
        form.addRow("&Seed", self.seed)
        form.addRow("", self.marked)
        told = parts.muted(
            "The links are chosen at random by the seed: whoever takes the same seed in the same "
            "file sees the same links, so a sample can be repeated and proved."
        )
        buttons, self._ok = parts.answers(self, "Choose")
        parts.stack(self, form, told, buttons)

    def _judge(self) -> None:
        self._ok.setEnabled(bool(self.seed.text().strip()))
