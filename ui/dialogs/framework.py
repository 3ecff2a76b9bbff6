"""Taking a framework from a document: first what was read, then what moving to it means."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from cambs_evidence.model import Comparison, Framework, Proposal
from ui.dialogs import parts
from ui.dialogs.framework_changes import ChangesPage
from ui.dialogs.framework_read import ReadPage


class FrameworkDialog(QDialog):
    """Two steps over one another; for a new case the first alone. It stays beside the window.

    Signals:
        compare_wanted: the first step is done; the proposal to be compared.
        adopt_wanted: the proposal, and the answers, new codes by old ones.
    """

    compare_wanted = Signal(object)
    adopt_wanted = Signal(object, object)

    def __init__(
        self, proposal: Proposal, parent: QWidget | None, *, new_case: bool = False
    ) -> None:
        super().__init__(parent)
        self._new_case = new_case
        self._compared: Proposal | None = None
        self._comparison: Comparison | None = None
        self._stands_on = ""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=not new_case)
        self.setWindowTitle("The framework that was read")
        self.read = ReadPage(proposal)
        self.changes = ChangesPage()
        self.steps = QStackedWidget()
        self.steps.addWidget(self.read)
        self.steps.addWidget(self.changes)
        self._told = QLabel()
        self._told.setWordWrap(True)
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._told.setMinimumHeight(self.fontMetrics().height())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        role = QDialogButtonBox.ButtonRole
        self.back = QPushButton("&Back to what was read")
        self.doubt = QPushButton("Ne&xt doubt")
        self.go_on = QPushButton()
        for button, kind in (
            (self.doubt, role.ActionRole), (self.back, role.ActionRole),
            (self.go_on, role.ActionRole),
        ):  # fmt: skip
            button.setAutoDefault(False)
            buttons.addButton(button, kind)
        self.go_on.setDefault(True)
        self.back.clicked.connect(self._go_back)
        self.doubt.clicked.connect(self.read.next_doubt)
        self.go_on.clicked.connect(self._go_on)
        buttons.rejected.connect(self.reject)
        self.read.changed.connect(self._judge)
        self.changes.answered.connect(self._judge)
        parts.stack(self, self.steps, self._told, buttons)
        layout = self.layout()
        if layout is not None:
            layout.setStretch(0, 1)  # type: ignore[attr-defined]
        self.resize(980, 680)
        self.read.tree.setFocus()
        self._judge()

    @property
    def proposal(self) -> Proposal:
        """What was read, with all that was mended."""
        return self.read.proposal

    @property
    def compares(self) -> bool:
        """True while the second step is shown."""
        return self.steps.currentWidget() is self.changes

    def take(self, comparison: Comparison, present: Framework) -> None:
        """What moving to the proposal means has been found: the second step is shown."""
        if self._compared != self.proposal:
            return  # it was mended meanwhile
        self._comparison = comparison
        self._stands_on = present.version
        self.changes.take(comparison, present, self.proposal)
        if not self.compares:
            self.steps.setCurrentWidget(self.changes)
            self.changes.list.setFocus()
        self._judge()

    def wait(self) -> None:
        """The work goes on elsewhere: nothing can be pressed twice."""
        self.go_on.setEnabled(False)

    def again(self) -> None:
        """What was wanted was not done: it can be tried again."""
        self._judge()

    def _go_back(self) -> None:
        self.steps.setCurrentWidget(self.read)
        self.read.tree.setFocus()
        self._judge()

    def _go_on(self) -> None:
        if self.compares:
            self.wait()
            self.adopt_wanted.emit(self.proposal, self.changes.answers())
        elif self._new_case:
            self.accept()
        else:
            self._compared = self.proposal
            self.wait()
            self.compare_wanted.emit(self.proposal)

    def _judge(self) -> None:
        """Which buttons there are, and what stands against going on."""
        first = not self.compares
        self.back.setVisible(not first)
        self.doubt.setVisible(first)
        self.doubt.setEnabled(first and bool(self.proposal.doubts))
        why = ""
        if first:
            self.go_on.setText("Make the case" if self._new_case else "&Go on: what changes")
            why = self.read.trouble()
        elif self._comparison is not None:
            version = self._comparison.version
            self.go_on.setText(
                "&Take it over" if version == self._stands_on else f"&Move the case to {version}"
            )
            left = self.changes.open_questions()
            if not self._comparison.changes:
                why = "There is nothing to change."
            elif left:
                why = f"{left} {'question is' if left == 1 else 'questions are'} not answered yet."
        self._told.setText(why)
        self.go_on.setEnabled(not why)
