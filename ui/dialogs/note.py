"""One note for several links."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from ui.dialogs import parts


class NoteDialog(QDialog):
    """Asks for the note of several links; Enter answers."""

    def __init__(self, count: int, usual: str, parent: QWidget | None = None) -> None:
        """``usual`` is the note that they have in common."""
        super().__init__(parent)
        self.setWindowTitle("Note")
        self.resize(460, 0)
        told = parts.muted(f"The note of all {count:,} links; left empty, they have none.")
        self.note = parts.Lines(usual)
        self.note.setAccessibleName("Note")
        self.note.setPlaceholderText("What is to be said of them, then Enter")
        self.note.setFixedHeight(self.fontMetrics().height() * 6)
        buttons, keep = parts.answers(self, "&Give it to all")
        self.note.entered.connect(keep.click)
        self.note.left.connect(self.reject)
        parts.stack(self, told, self.note, buttons)
        self.note.setFocus()
        self.note.selectAll()

    def answer(self) -> str:
        """What was typed."""
        return self.note.toPlainText().strip()
