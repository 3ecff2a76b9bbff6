"""What is to be known of a pack before it is passed on: figures, and what to look at."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import PackPreview
from ui.theme import Theme

#: Logical pixels of the window from which what is to be known is unfolded unless told.
_TALL = 760


class Facts(QFrame):
    """How much a pack holds, and below it one sentence for each thing to be known.

    Signals:
        whole_wanted: the pages of documents are to be shown that were left out.
    """

    whole_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._asked: bool | None = None
        self._remarks: tuple[str, ...] = ()
        self.setProperty("panel", True)
        self.figures = QLabel()
        self.figures.setProperty("title", True)
        self.figures.setTextFormat(Qt.TextFormat.PlainText)
        self.figures.setWordWrap(True)
        self.more = QToolButton()
        self.more.setCheckable(True)
        self.more.setAccessibleName("What is to be known of the pack")
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.clicked.connect(self._toggle)
        head = QHBoxLayout()
        head.addWidget(self.figures, 1)
        head.addWidget(self.more)
        self.below = QWidget()
        self._grid = QGridLayout(self.below)
        self._grid.setContentsMargins(0, 2, 0, 2)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.left_out = QLabel()
        self.left_out.setWordWrap(True)
        self.left_out.setTextFormat(Qt.TextFormat.PlainText)
        self.whole = QPushButton("Show &them")
        self.whole.clicked.connect(lambda _: self.whole_wanted.emit())
        self.left_out_row = QWidget()
        row = QHBoxLayout(self.left_out_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.left_out, 1)
        row.addWidget(self.whole)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 10, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.left_out_row)
        column.addWidget(self.below)
        theme.changed.connect(self._paint)
        self.hide()

    def show_preview(self, preview: PackPreview) -> None:
        """Tells of a preview."""
        documents = _many(preview.documents, "document")
        self.figures.setText(
            f"{_many(preview.pages, 'page')}, {_many(preview.excerpts, 'quote')} from {documents}, "
            f"{_many(preview.gaps, 'gap')} shown"
        )
        left = len(preview.left_out) if not preview.unfinished else 0
        self.left_out_row.setVisible(left > 0)
        self.left_out.setText(
            f"The preview leaves the {left:,} pages of the documents out; the pack has them."
        )
        if preview.remarks != self._remarks:
            self._remarks = preview.remarks
            self._fill()
        self.more.setVisible(bool(self._remarks))
        self.show()
        self._fold()

    def _fill(self) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for row, words in enumerate(self._remarks):
            icon, said = QLabel(), QLabel(words)
            said.setWordWrap(True)
            said.setTextFormat(Qt.TextFormat.PlainText)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(icon, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(said, row, 1)
        self._paint()

    def _paint(self) -> None:
        warn = self._theme.colours.on_notice
        for row in range(len(self._remarks)):
            item = self._grid.itemAtPosition(row, 0)
            icon = item.widget() if item is not None else None
            if isinstance(icon, QLabel):
                icon.setPixmap(self._theme.icon("triangle-alert", warn).pixmap(16, 16))
        self.more.setIcon(self._theme.icon("triangle-alert", warn))

    def _toggle(self) -> None:
        self._asked = self.more.isChecked()
        self._fold()

    def _fold(self) -> None:
        shown = self.window().height() >= _TALL if self._asked is None else self._asked
        self.below.setVisible(shown and bool(self._remarks))
        self.more.setChecked(shown)
        count = len(self._remarks)
        self.more.setText(f"{count} to know")
        self.more.setToolTip("Hide what is to be known" if shown else "Show what is to be known")
        self.more.setAccessibleName(f"{_many(count, 'thing')} to be known of the pack")
        self.more.setAccessibleDescription(" ".join(self._remarks))


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"
