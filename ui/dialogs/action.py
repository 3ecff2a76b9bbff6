"""What is to be done, who answers for it, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from cambs_evidence.model import Action, Target
from cambs_evidence.wording import as_iso, in_words
from ui.dialogs import parts


class ActionDialog(QDialog):
    """Asks for an action, a new one or one that is there.

    ``targets`` are the criteria it may be about; ``said`` is what it comes from, shown above.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        parent: QWidget | None = None,
        *,
        code: str | None = None,
        action: Action | None = None,
        said: str = "",
    ) -> None:
        super().__init__(parent)
        self._action = action
        self.setWindowTitle("Change an action" if action else "Add an action")
        self.text = QPlainTextEdit(action.text if action else "", self)
        self.text.setAccessibleName("What is to be done")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.fontMetrics().lineSpacing() * 3 + 16)
        self.criterion = QComboBox(self)
        self.criterion.setAccessibleName("Criterion")
        self.criterion.setMinimumContentsLength(44)
        parts.add_criteria(self.criterion, targets)
        wanted = self.criterion.findData(action.code if action else code)
        self.criterion.setCurrentIndex(max(wanted, 0))
        self.owner = QLineEdit(action.owner or "" if action else "", self)
        self.owner.setAccessibleName("Owner")
        self.owner.setPlaceholderText("Who answers for it")
        self.due = QLineEdit(in_words(action.due) if action and action.due else "", self)
        self.due.setAccessibleName("Due")
        self.due.setPlaceholderText("30 June 2025, 2025-06-30 or June 2025")
        done = action.done if action else None
        self.ticked = QCheckBox(f"Done ({in_words(done)})" if done else "Done", self)
        self.ticked.setChecked(done is not None)
        self.wrong = QLabel(self)
        self.wrong.setProperty("warning", True)
        self.wrong.setWordWrap(True)
        form = parts.form()
        if said:
            source = QLabel(said, self)
            source.setTextFormat(Qt.TextFormat.PlainText)
            source.setWordWrap(True)
            source.setProperty("muted", True)
            form.addRow("From", source)
        form.addRow("&Action", self.text)
        form.addRow("&Criterion", self.criterion)
        form.addRow("&Owner", self.owner)
        form.addRow("D&ue", self.due)
        form.addRow("", self.ticked)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        parts.stack(self, form, self.wrong, buttons)
        self.wrong.hide()
        self.setMinimumWidth(520)
        self.adjustSize()

    def facts(self) -> dict[str, str | None]:
        """What was said: code, text, owner, due and done; empty where nothing was."""
        before = self._action.done if self._action else None
        done = (before or date.today().isoformat()) if self.ticked.isChecked() else ""  # noqa: DTZ011 - the day on the wall
        return {
            "code": self.criterion.currentData(),
            "text": self.text.toPlainText(),
            "owner": self.owner.text(),
            "due": as_iso(self.due.text()) or "",
            "done": done,
        }

    def _accept(self) -> None:
        wrong, field = "", self.text
        if not self.text.toPlainText().strip():
            wrong = "Say what is to be done."
        elif self.due.text().strip() and as_iso(self.due.text()) is None:
            wrong = "This is no date; write 30 June 2025, 2025-06-30, June 2025 or 2025."
            field = self.due  # type: ignore[assignment]
        if not wrong:
            self.accept()
            return
        self.wrong.setText(wrong)
        self.wrong.show()
        self.adjustSize()
        field.setFocus()
