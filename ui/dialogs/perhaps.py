"""For one criterion the passages that may be evidence and that nobody has tagged yet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
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

from cambs_evidence.model import Candidate, Target
from ui.dialogs.parts import add_criteria, muted
from ui.offered import OFFER, Offer, OfferDelegate
from ui.theme import Theme, plain

_EACH = Qt.ItemDataRole.UserRole


class PerhapsDialog(QDialog):
    """Stays open beside the window; what is chosen in it is shown there, ready to be tagged.

    Signals:
        wanted: the code of the criterion that passages are wanted for.
        shown: a :class:`Candidate` to be shown on its page.
    """

    wanted = Signal(str)
    shown = Signal(object)

    def __init__(
        self, theme: Theme, targets: Sequence[Target], code: str, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Perhaps evidence")
        self.resize(640, 560)
        self.criterion = QComboBox()
        self.criterion.setAccessibleName("Criterion")
        self.criterion.setMinimumContentsLength(24)
        #: What can be asked about.
        self.targets = list(targets)
        add_criteria(self.criterion, targets)
        label = QLabel("&Criterion")
        label.setBuddy(self.criterion)
        self.told = muted("")
        self.list = QListWidget()
        self.list.setAccessibleName("Passages that may be evidence")
        self.list.setItemDelegate(OfferDelegate(theme, self.list))
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemDoubleClicked.connect(lambda _: self._show())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.show_it = QPushButton("&Show on the page")
        self.show_it.setDefault(True)  # Enter in the list shows
        self.show_it.clicked.connect(self._show)
        self.buttons.addButton(self.show_it, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.buttons.rejected.connect(self.close)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.criterion, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addLayout(row)
        column.addWidget(self.told)
        column.addWidget(self.list, 1)
        column.addWidget(self.buttons)
        self.choose(code)
        self.criterion.currentIndexChanged.connect(lambda _: self._want())
        self.list.setFocus()
        self._about = ""
        self.wait()

    @property
    def code(self) -> str:
        """The code of the criterion that is asked about."""
        return str(self.criterion.currentData())

    def choose(self, code: str) -> None:
        """Asks about another criterion; nobody is told."""
        self.criterion.blockSignals(True)
        self.criterion.setCurrentIndex(max(self.criterion.findData(code), 0))
        self.criterion.blockSignals(False)

    def wait(self) -> None:
        """Says that it is being looked for."""
        self.told.setText("Looking through the documents…")

    def take(self, found: Sequence[Candidate]) -> None:
        """Shows what was found, the likeliest first.

        The place in the list is kept as long as it is about the same criterion.
        """
        row = max(self.list.currentRow(), 0) if self._about == self.code else 0
        self._about = self.code
        self.list.clear()
        for each in found:
            where = f"{each.document.title}, page {each.place.start[0] + 1}"
            offer = Offer(where, each.quote, each.because)
            item = QListWidgetItem(offer.said)
            item.setData(_EACH, each)
            item.setData(OFFER, offer)
            item.setToolTip(plain(where))
            self.list.addItem(item)
        self.list.setCurrentRow(min(row, len(found) - 1))
        self.list.scheduleDelayedItemsLayout()  # a bar at the side takes room from the words
        self.show_it.setEnabled(bool(found))
        self.told.setText(
            "Nobody has tagged these passages; the likeliest come first. Enter shows one on its "
            "page, selected, and T tags it there."
            if found
            else "No passage that nobody has tagged speaks for this criterion. Take in more "
            "documents (Ctrl+I), or choose another criterion."
        )

    def chosen(self) -> Candidate | None:
        """The passage that is chosen."""
        item = self.list.currentItem()
        found = item.data(_EACH) if item is not None else None
        return found if isinstance(found, Candidate) else None

    def sizeHint(self) -> QSize:  # noqa: N802 - the name is Qt's
        """Room for some passages."""
        return QSize(640, 560)

    def _want(self) -> None:
        self.list.clear()
        self.show_it.setEnabled(False)
        self.wait()
        self.wanted.emit(self.code)

    def _show(self) -> None:
        each = self.chosen()
        if each is not None:
            self.shown.emit(each)
