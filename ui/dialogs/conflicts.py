"""Conflicts: what speaks for a criterion and what speaks against it, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Conflict, Link, Polarity
from cambs_evidence.wording import POLARITIES, citation, quote_in_words
from ui.dialogs.parts import muted, stack
from ui.session import Session
from ui.theme import Theme, plain

_EACH = Qt.ItemDataRole.UserRole
#: Characters of a quote that are shown; the page shows all of it.
_LONGEST = 400
_RULE = (
    "Strength and development of the same period: what the documents tell of, otherwise their "
    "dates, overlaps or lies no more than a year apart. Undated documents are taken to be of any "
    "time. Enter or a click shows the page."
)


class _Wrapped(QListWidget):
    """A list whose lines are as high as their words need.

    Signals:
        wanted: a line was clicked, or Enter pressed on it.
    """

    wanted = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setWordWrap(True)
        self.setSpacing(3)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.itemClicked.connect(self._say)

    def _say(self, item: QListWidgetItem) -> None:
        self.wanted.emit(item.data(_EACH))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Enter shows the line that keys act on, and presses no button."""
        item = self.currentItem()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and item is not None:
            self._say(item)
            event.accept()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Breaks the words anew."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Gives each line the height of its words."""
        width = self.viewport().width() - 2 * self.spacing() - 20
        flags = int(Qt.TextFlag.TextWordWrap)
        for row in range(self.count()):
            item = self.item(row)
            box = self.fontMetrics().boundingRect(0, 0, max(width, 40), 10**6, flags, item.text())
            item.setSizeHint(QSize(0, box.height() + 16))


class ConflictsDialog(QDialog):
    """Stays open beside the window.

    Signals:
        shown: a link that is to be shown on its page.
    """

    shown = Signal(object)

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme, self._session = theme, session
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Conflicts")
        self.resize(940, 580)
        self.headline = QLabel()
        self.headline.setProperty("title", True)
        self.headline.setWordWrap(True)
        self.list = _Wrapped("Criteria in conflict")
        self.list.currentRowChanged.connect(lambda _: self._show())
        self.list.installEventFilter(self)
        self.sides = {
            each: _Wrapped(f"{words} of the criterion")
            for each, words in (
                (Polarity.STRENGTH, "Strengths"), (Polarity.DEVELOPMENT, "Areas for development"),
            )
        }  # fmt: skip
        self._heads = {each: QLabel() for each in self.sides}
        right = QWidget()
        grid = QGridLayout(right)
        grid.setContentsMargins(6, 0, 0, 0)
        for column, (polarity, side) in enumerate(self.sides.items()):
            self._heads[polarity].setWordWrap(True)
            grid.addWidget(self._heads[polarity], 0, column)
            grid.addWidget(side, 1, column)
            grid.setColumnStretch(column, 1)
            side.wanted.connect(self.shown)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(right)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 5)
        split.setSizes([260, 650])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        stack(self, self.headline, split, muted(_RULE), buttons)
        column_ = self.layout()
        if isinstance(column_, QVBoxLayout):
            column_.setStretchFactor(split, 1)
        theme.changed.connect(self._paint)
        self._paint()
        self.list.setFocus()
        self.take([])

    def _paint(self) -> None:
        for polarity, head in self._heads.items():
            head.setStyleSheet(
                f"color: {self._theme.colours.polarity[polarity]}; font-weight: 600;"
            )

    # --- what is shown -------------------------------------------------------------------

    def take(self, found: Sequence[Conflict], code: str | None = None) -> None:
        """Shows the conflicts there are now, ``code`` or the one that was shown."""
        current = self.list.currentItem()
        wanted = code or (current.data(_EACH).code if current is not None else None)
        self.list.blockSignals(True)
        self.list.clear()
        for each in found:
            target = self._session.case.target(each.code)
            counts = f"{len(each.strengths)} ▲   {len(each.developments)} ▼"
            item = QListWidgetItem(f"{each.code}  {target.label}\n{counts}")
            item.setData(_EACH, each)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.list.fit()
        codes = [each.code for each in found]
        self.headline.setText(
            "One criterion has evidence that speaks for and against it."
            if len(found) == 1
            else f"{len(found)} criteria have evidence that speaks for and against them."
            if found
            else "No conflicts: no criterion has strength and development of the same period."
        )
        self.list.setCurrentRow(codes.index(wanted) if wanted in codes else 0 if found else -1)
        self._show()

    def _show(self) -> None:
        item = self.list.currentItem()
        conflict: Conflict | None = item.data(_EACH) if item is not None else None
        for polarity, side in self.sides.items():
            links: tuple[Link, ...] = ()
            if conflict is not None:
                strong = polarity is Polarity.STRENGTH
                links = conflict.strengths if strong else conflict.developments
            sign, word = POLARITIES[polarity]
            self._heads[polarity].setText(f"{sign} {word} ({len(links)})")
            side.clear()
            for link in links:
                line = QListWidgetItem(self._said(link))
                line.setData(_EACH, link)
                line.setToolTip(plain(link.passage.anchor.quote[:2000]))
                side.addItem(line)
            side.fit()

    def _said(self, link: Link) -> str:
        quote = " ".join(quote_in_words(link.passage.anchor).split())
        quote = quote if len(quote) <= _LONGEST else f"{quote[: _LONGEST - 1].rstrip()}…"
        document = self._session.document(link.passage.document_id)
        where = citation(link, document) if document is not None else link.filename
        note = f"\nNote: {link.note}" if link.note else ""
        return f"“{quote}”\n{where}{note}"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The right arrow leads from the criteria to what speaks for them."""
        pressed = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress
        if pressed and event.key() == Qt.Key.Key_Right:  # type: ignore[attr-defined]  # a key
            first = self.sides[Polarity.STRENGTH]
            first.setFocus(Qt.FocusReason.TabFocusReason)
            if first.currentRow() < 0:
                first.setCurrentRow(0)
            return True
        return super().eventFilter(watched, event)
