"""What moved: the passages that wait to be confirmed in the new version of their document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Anchor, Hold, Rehold
from cambs_evidence.wording import quote_in_words
from ui.session import Session
from ui.theme import Theme

_EACH = Qt.ItemDataRole.UserRole
#: Letters of a quote that a line shows, at most.
_BRIEF = 90
_STATES = {Hold.MOVED: "Moved", Hold.LOST: "Lost"}


def differences(one: str, other: str) -> Iterator[tuple[str, bool]]:
    """The words of one text in stretches, each with whether the other text has them there too."""
    words, others = one.split(), other.split()
    for what, low, high, _, _ in SequenceMatcher(None, words, others, False).get_opcodes():
        if high > low:
            yield " ".join(words[low:high]), what == "equal"


class MovedDialog(QDialog):
    """Stays open beside the window; old and new stand side by side.

    Signals:
        accepted_one: a :class:`Rehold` whose new place is right.
        untagged: one whose links are to go.
        shown: one to be shown on its page.
    """

    accepted_one = Signal(object)
    untagged = Signal(object)
    shown = Signal(object)

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme, self._session = theme, session
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("What moved")
        self.resize(860, 520)
        self.headline = QLabel()
        self.headline.setProperty("title", True)
        self.headline.setWordWrap(True)
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.list = QListWidget()
        self.list.setAccessibleName("Passages that wait")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(lambda _: self._show())
        self.old, self.old_place = _pane("Old version"), QLabel()
        self.new, self.new_place = _pane("New version"), QLabel()
        sides = QGridLayout()
        for column, (place, pane) in enumerate(
            ((self.old_place, self.old), (self.new_place, self.new))
        ):
            place.setTextFormat(Qt.TextFormat.PlainText)
            place.setProperty("muted", True)
            sides.addWidget(place, 0, column)
            sides.addWidget(pane, 1, column)
            sides.setColumnStretch(column, 1)
        row = QHBoxLayout()
        row.addWidget(self.list, 2)
        row.addLayout(sides, 3)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.accept_it = self._button("&Accept")
        self.accept_it.setDefault(True)
        self.accept_it.clicked.connect(lambda: self._say(self.accepted_one))
        self.show_it = self._button("&Show on the page")
        self.show_it.clicked.connect(lambda: self._say(self.shown))
        self.untag_it = self._button("&Untag")
        self.untag_it.clicked.connect(lambda: self._say(self.untagged))
        self.buttons.rejected.connect(self.close)
        close = self.buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(20, 18, 20, 16)
        column_.setSpacing(12)
        column_.addWidget(self.headline)
        column_.addLayout(row, 1)
        column_.addWidget(self.buttons)
        self.list.setFocus()
        self.take([])

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)  # Enter accepts, wherever the keys are
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return button

    # --- what is shown -------------------------------------------------------------------

    def take(self, waiting: Sequence[Rehold]) -> None:
        """Shows what waits now, moved ones first; the place in the list is kept."""
        row = max(self.list.currentRow(), 0)
        self.list.blockSignals(True)
        self.list.clear()
        ordered = sorted(waiting, key=lambda each: each.hold is not Hold.MOVED)
        for each in ordered:
            item = QListWidgetItem(self._line(each))
            item.setData(_EACH, each)
            self.list.addItem(item)
        self.list.setCurrentRow(min(row, len(ordered) - 1))
        self.list.blockSignals(False)
        moved = sum(each.hold is Hold.MOVED for each in waiting)
        lost = len(waiting) - moved
        self.headline.setText(
            f"{moved} moved, {lost} lost. Nothing moves until you accept it."
            if waiting
            else "No passage waits to be confirmed."
        )
        self._show()

    def _line(self, each: Rehold) -> str:
        links = self._session.links_of_passage(each.passage_id)
        codes = ", ".join(dict.fromkeys(link.code for link in links))
        page = each.old.spans[0].page + 1
        return f"{_STATES[each.hold]} · page {page} · {codes}\n{_brief(quote_in_words(each.old))}"

    def chosen(self) -> Rehold | None:
        """The passage that is shown."""
        item = self.list.currentItem()
        found = item.data(_EACH) if item is not None else None
        return found if isinstance(found, Rehold) else None

    def _show(self) -> None:
        each = self.chosen()
        may = each is not None and not self._session.readonly
        self.accept_it.setEnabled(may and each is not None and each.new is not None)
        self.untag_it.setEnabled(may)
        self.show_it.setEnabled(each is not None)
        for pane in (self.old, self.new):
            pane.clear()
        self.old_place.setText(_place("Old version", each.old) if each else "")
        self.new_place.setText("")
        if each is None:
            return
        new = each.new.quote if each.new is not None else ""
        self._fill(self.old, each.old, new or each.old.quote)
        if each.new is not None:
            self.new_place.setText(_place("New version", each.new))
            self._fill(self.new, each.new, each.old.quote)
        else:
            self.new_place.setText("New version")
            self.new.setPlainText(
                "It was not found: its words are gone, or stand in several places that cannot be "
                "told apart. It is still quoted from the old version."
            )

    def _fill(self, pane: QTextEdit, anchor: Anchor, other: str) -> None:
        """The words with what stands around them; what the other has not is bold, underlined."""
        cursor = QTextCursor(pane.document())
        plain, pale, differs = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        pale.setForeground(pane.palette().placeholderText())
        differs.setFontWeight(QFont.Weight.Bold)
        differs.setFontUnderline(True)
        cursor.insertText(f"…{anchor.prefix} " if anchor.prefix else "", pale)
        for words, same in differences(anchor.quote or quote_in_words(anchor), other):
            cursor.insertText(words, plain if same else differs)
            cursor.insertText(" ", plain)
        cursor.insertText(f"{anchor.suffix}…" if anchor.suffix else "", pale)

    def _say(self, signal: object) -> None:
        each = self.chosen()
        if each is not None:
            signal.emit(each)  # type: ignore[attr-defined]
            self.list.setFocus()


def _pane(name: str) -> QTextEdit:
    pane = QTextEdit()
    pane.setReadOnly(True)
    pane.setTabChangesFocus(True)
    pane.setAccessibleName(name)
    return pane


def _place(version: str, anchor: Anchor) -> str:
    first, last = anchor.spans[0].page + 1, anchor.spans[-1].page + 1
    return f"{version}, page {first}" if first == last else f"{version}, pages {first}–{last}"


def _brief(words: str) -> str:
    """The beginning of a quote, cut between words."""
    return words if len(words) <= _BRIEF else f"{words[:_BRIEF].rsplit(' ', 1)[0]} …"
