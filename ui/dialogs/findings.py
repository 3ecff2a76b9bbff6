"""The result of a long piece of work in plain words, with a click to each finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.theme import Theme

PAYLOAD = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: what, where, and what a click leads to (None for nothing)."""

    what: str
    where: str
    target: object = None
    good: bool = False


class FindingsDialog(QDialog):
    """Stays open beside the window while its findings are looked at.

    Signals:
        chosen: the target of a finding.
    """

    chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        title: str,
        headline: str,
        findings: Sequence[Finding],
        parent: QWidget | None,
        *,
        good: bool,
        below: str = "",
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        colours = theme.colours
        icon = QLabel()
        name = "circle-check" if good else "circle-alert"
        strength, warn = list(colours.polarity.values())[:2]
        icon.setPixmap(theme.icon(name, strength if good else warn).pixmap(32, 32))
        self.headline = QLabel(headline)
        self.headline.setWordWrap(True)
        self.headline.setProperty("title", True)
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(icon)
        words = QVBoxLayout()
        words.addWidget(self.headline)
        if below:
            told = QLabel(below)
            told.setWordWrap(True)
            told.setProperty("muted", True)
            told.setTextFormat(Qt.TextFormat.PlainText)
            told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(told)
        head.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addLayout(head)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Findings")
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setSpacing(2)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setIconSize(QSize(18, 18))
        for each in findings:
            item = QListWidgetItem(
                theme.icon("circle-check", strength) if each.good
                else theme.icon("circle-alert", warn),
                f"{each.what}\n{each.where}" if each.where else each.what,
            )  # fmt: skip
            item.setData(PAYLOAD, each.target)
            if each.target is not None:
                item.setToolTip("Click to go there")
            self.list.addItem(item)
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        if findings:
            line = self.fontMetrics().height()
            self.list.setMinimumHeight(min((2 * line + 14) * len(findings) + 12, 20 * line))
            column.addWidget(self.list, 1)
        else:
            self.list.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.close)
        column.addWidget(self.buttons)
        self.setMinimumWidth(560)
        self.adjustSize()

    def add_button(self, words: str) -> QPushButton:
        """One more thing to do with the result."""
        button = QPushButton(words)
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return button

    def _go(self, item: QListWidgetItem) -> None:
        target = item.data(PAYLOAD)
        if target is not None:
            self.chosen.emit(target)
