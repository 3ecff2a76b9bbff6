"""Why a criterion does not apply."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QWidget

from ui.dialogs import parts


class NotApplicableDialog(QDialog):
    """Asks for the reason; one that was given can be changed or taken back."""

    def __init__(self, code: str, words: str, reason: str | None, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Not applicable")
        self.setMinimumWidth(480)
        self._clears = False
        named = QLabel(f"{code}  {words}")
        named.setTextFormat(Qt.TextFormat.PlainText)
        named.setWordWrap(True)
        named.setProperty("title", True)
        told = parts.muted(
            "A criterion that does not apply is no gap. The reason is shown here and printed in "
            "the pack; evidence that it has stays as it is."
        )
        self.reason = parts.Lines(reason or "")
        self.reason.setAccessibleName("Why it does not apply")
        self.reason.setPlaceholderText("Why it does not apply, then Enter")
        self.reason.setFixedHeight(self.fontMetrics().height() * 6)
        self.reason.textChanged.connect(self._judge)
        buttons, self._accept = parts.answers(self, "&Not applicable")
        self.clear = buttons.addButton("It &applies", QDialogButtonBox.ButtonRole.ResetRole)
        self.clear.setVisible(reason is not None)
        self.clear.setAutoDefault(False)
        self.clear.clicked.connect(self._clear)
        self.reason.entered.connect(self._accept.click)
        self.reason.left.connect(self.reject)
        parts.stack(self, named, told, self.reason, buttons)
        self.reason.setFocus()
        self.reason.selectAll()
        self._judge()

    def answer(self) -> str | None:
        """The reason, None where the criterion applies."""
        return None if self._clears else self.reason.toPlainText().strip()

    def _judge(self) -> None:
        self._accept.setEnabled(bool(self.reason.toPlainText().strip()))

    def _clear(self) -> None:
        self._clears = True
        self.accept()
