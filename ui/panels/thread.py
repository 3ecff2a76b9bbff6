"""What was said of a link: who, when, in which words; and what is answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from cambs_evidence.review import Review
from ui.stands import remark_in_words


def outdated_in_words(review: Review) -> str:
    """Whose decision is of an earlier state of the link; empty where none is."""
    if not review.outdated:
        return ""
    return f"Changed since {' and '.join(review.outdated)} decided."


class Thread(QWidget):
    """The remarks on one link, oldest first, with a field for the answer where one may be given.

    Signals:
        answered: what was typed as an answer.
    """

    answered = Signal(str)

    def __init__(
        self,
        review: Review,
        parent: QWidget | None = None,
        *,
        may_answer: bool,
        draft: str = "",
        drafted: Callable[[str], None] | None = None,
    ) -> None:
        """``draft`` is what was typed before and not sent; ``drafted`` is told of each change."""
        super().__init__(parent)
        self.setAccessibleName("What reviewers said")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        for remark in review.thread:
            column.addWidget(_words(remark_in_words(remark), "muted"))
            if remark.text:
                column.addWidget(_words(remark.text))
        late = outdated_in_words(review)
        if late:
            column.addWidget(_words(late, "warning"))
        self.field: QLineEdit | None = None
        if may_answer and review.thread:
            field = self.field = QLineEdit(draft, self)
            field.setPlaceholderText("Answer, then Enter")
            field.setAccessibleName("Answer")
            field.returnPressed.connect(self._answer)
            if drafted is not None:
                field.textChanged.connect(drafted)
            send = QPushButton("Answer", self)
            send.setAutoDefault(False)
            send.clicked.connect(self._answer)
            row = QHBoxLayout()
            row.addWidget(field, 1)
            row.addWidget(send)
            column.addLayout(row)

    def _answer(self) -> None:
        words = self.field.text().strip() if self.field is not None else ""
        if words and self.field is not None:
            self.field.clear()
            self.answered.emit(words)


def _words(text: str, kind: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if kind:
        label.setProperty(kind, True)
    return label
