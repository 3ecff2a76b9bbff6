"""Which pack to verify, and against what."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs import parts
from ui.memory import is_there


class VerifyDialog(QDialog):
    """Asks for a pack and for what its quotes are to be found in."""

    def __init__(self, case: str | None, pack: Path | None, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Verify a pack")
        self.setMinimumWidth(540)
        words = parts.muted(
            "Every quote of the pack is found again in its source, by another reader than the one "
            "that placed it. Nothing that the pack says of itself is trusted."
        )
        self.pack = QLineEdit(str(pack) if pack else "")
        self.pack.setAccessibleName("Pack")
        self.pack.setPlaceholderText("The evidence pack, a PDF")
        row = parts.browsed(self.pack, "&Browse…", self._browse_pack)
        self.case = QRadioButton(f"This &case ({case})" if case else "This &case")
        self.case.setEnabled(case is not None)
        self.case.setToolTip("Proves criterion, polarity and note too")
        self.beside = QRadioButton("Source files that lie be&side the pack")
        self.folder = QRadioButton("Source files in a &folder:")
        group = QButtonGroup(self)
        for button in (self.case, self.beside, self.folder):
            group.addButton(button)
            button.toggled.connect(self._judge)
        (self.case if case else self.beside).setChecked(True)
        self.sources = QLineEdit()
        self.sources.setAccessibleName("Folder of the sources")
        folder = parts.browsed(self.sources, "B&rowse…", self._browse_folder)
        folder.insertWidget(0, self.folder)
        against = QVBoxLayout()
        against.addWidget(self.case)
        against.addWidget(self.beside)
        against.addLayout(folder)
        form = parts.form()
        parts.add_row(form, "&Pack", row, self.pack)
        form.addRow("Against", against)
        self._told = QLabel()
        self._told.setWordWrap(True)
        buttons, self._ok = parts.answers(self, "Verify")
        parts.stack(self, words, form, self._told, buttons)
        self.pack.textChanged.connect(self._judge)
        self.sources.textChanged.connect(self._judge)
        self._judge()

    def chosen(self) -> tuple[Path, bool, Path | None]:
        """The pack, whether against the open case, and the folder of the sources if named."""
        folder = Path(self.sources.text().strip()) if self.folder.isChecked() else None
        pack = parts.typed_path(self.pack, "") or Path()
        return pack, self.case.isChecked(), folder

    def _browse_pack(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "The pack to verify", self.pack.text(), "Evidence packs (*.pdf)"
        )
        if path:
            self.pack.setText(path)

    def _browse_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Folder of the sources", self.sources.text())
        if path:
            self.folder.setChecked(True)
            self.sources.setText(path)

    def _judge(self) -> None:
        if not hasattr(self, "_ok"):
            return
        pack, _, folder = self.chosen()
        why = ""
        if not self.pack.text().strip():
            why = "Choose the pack."
        elif not pack.is_file():
            why = f"There is no file {self.pack.text().strip()}."
        elif folder is not None and not (self.sources.text().strip() and is_there(folder)):
            why = "Choose the folder of the sources."
        self._told.setText(why)
        self._ok.setEnabled(not why)
