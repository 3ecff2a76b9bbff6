"""What a merge would do, shown before it does anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from cambs_evidence.review import Merging
from ui.dialogs import parts


class MergeDialog(QDialog):
    """Lists what will be added, what will be changed, and what stays since it is in conflict."""

    def __init__(self, told: Merging, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.told = told
        self.setWindowTitle("Merge a review or a copy")
        self.setMinimumWidth(560)
        if told.incoming or told.conflicts:
            self.resize(720, 520)
        self.headline = QLabel(headline(told))
        self.headline.setWordWrap(True)
        self.headline.setProperty("title", True)
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.list = QListWidget(self)
        self.list.setAccessibleName("What the merge would do")
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)  # or a wrapped line may be cut
        self.list.setSpacing(2)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Thousands of lines are laid out a few at a time.
        self.list.setLayoutMode(QListView.LayoutMode.Batched)
        self.list.setBatchSize(200)
        self._fill("In conflict; each stays as it is here", [x.reason for x in told.conflicts])
        self._fill("Changed", [_line(x.words, x.by) for x in told.incoming if x.changes])
        self._fill("Added", [_line(x.words, x.by) for x in told.incoming if not x.changes])
        below = parts.muted(
            "A copy of the case is made first. The merge is one step, which can be undone. What is "
            "in conflict is left as it is here; change it by hand afterwards where the other side "
            "is right."
            if told.incoming
            else "Nothing will be done."
        )
        buttons, self.merge = parts.answers(self, "&Merge")
        self.merge.setEnabled(bool(told.incoming))
        parts.stack(self, self.headline, self.list, below, buttons)
        self.list.setVisible(bool(told.incoming or told.conflicts))
        self.list.setFocus()

    def _fill(self, title: str, lines: Sequence[str]) -> None:
        if not lines:
            return
        group = QListWidgetItem(f"{title} ({len(lines):,})")
        font = group.font()
        font.setBold(True)
        group.setFont(font)
        self.list.addItem(group)
        self.list.addItems(list(lines))


def headline(told: Merging) -> str:
    """What a file is and how much it brings."""
    name = Path(told.path).name
    what = "a review" if told.review else "a copy of this case"
    by = f" by {_listed(told.people)}" if told.people else ""
    if not told.incoming:
        more = f"; {_many(len(told.conflicts), 'conflict')}" if told.conflicts else ""
        return f"{name} is {what}{by}. It brings nothing that is not here already{more}."
    return (
        f"{name} is {what}{by}: {told.added:,} added, {told.changed:,} changed, "
        f"{len(told.conflicts):,} in conflict. Nothing has been done yet."
    )


def _line(words: str, by: str | None) -> str:
    said = words[:1].upper() + words[1:]
    return f"{said} (by {by})" if by and by not in words else said


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"
