"""The filters of the evidence: the card they are chosen on, and what is chosen in words."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Hold, Polarity
from cambs_evidence.wording import POLARITIES, as_iso, in_words
from ui.choice import Choice
from ui.dialogs.parts import form
from ui.models import filters
from ui.models.filters import Filter
from ui.session import Session
from ui.stands import STANDS
from ui.theme import plain

#: Milliseconds after the last key before a date is looked at.
_PAUSE = 400
#: Logical pixels left and right of what is chosen, and between its parts.
_EDGE, _GAP = 8, 6


class FilterCard(QFrame):
    """Everything that the evidence can be filtered by but its words; acts at once.

    Signals:
        changed: something else is chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self.setProperty("card", True)
        self.setAutoFillBackground(True)
        self.setAccessibleName("Filter the evidence")
        self._setting = False
        self._from: QWidget | None = None
        self.criterion = self._box("Section or criterion")
        self.polarity = self._box("Polarity")
        self.document = self._box("Document")
        self.person = self._box("Tagged by")
        self.note = self._box("Note")
        self.hold = self._box("State")
        self.decision = self._box("Decision")
        self.since, self.until = self._date("Dated from"), self._date("Dated until")
        self._doubt = QLabel(self)
        self._doubt.setProperty("warning", True)
        self._doubt.setWordWrap(True)
        self._doubt.hide()
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self._pause.timeout.connect(self._say)
        rows = form()
        for label, field in (
            ("Criterion", self.criterion), ("Polarity", self.polarity),
            ("Document", self.document), ("Dated from", self.since),
            ("Dated until", self.until), ("Tagged by", self.person), ("Note", self.note),
            ("State", self.hold), ("Decision", self.decision),
        ):  # fmt: skip
            rows.addRow(label, field)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addLayout(rows)
        column.addWidget(self._doubt)
        self._fill_fixed()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def _box(self, name: str) -> QComboBox:
        box = Choice(self)
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(26)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.currentIndexChanged.connect(lambda _: self._say())
        return box

    def _date(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setAccessibleName(name)
        field.setPlaceholderText("31 March 2024, 2024-03 or 2024")
        field.setClearButtonEnabled(True)
        field.textChanged.connect(lambda _: self._setting or self._pause.start())
        field.editingFinished.connect(self._say)
        return field

    def _fill_fixed(self) -> None:
        self._setting = True
        for box, everything, choices in (
            (self.polarity, "Any polarity",
             [(" ".join(POLARITIES[each]), each.value) for each in Polarity]),
            (self.note, "With or without a note", [("With a note", True),
                                                   ("Without a note", False)]),
            (self.hold, "Any state",
             [(each.value.capitalize(), each.value) for each in Hold]),
            (self.decision, "Any decision",
             [(" ".join(STANDS[stand]), each) for each, stand in filters.DECISIONS.items()]),
        ):  # fmt: skip
            box.addItem(everything, None)
            for words, data in choices:
                box.addItem(words, data)
        self._setting = False

    # --- what can be chosen --------------------------------------------------------------

    def use(self, session: Session | None) -> None:
        """Offers what a case has."""
        self._setting = True
        self.criterion.clear()
        self.criterion.addItem("All criteria", None)
        for section in session.held.framework.sections if session else ():
            self.criterion.addItem(f"{section.number}  {section.title}", str(section.number))
            for each in section.criteria:
                label = each.statement or each.label
                self.criterion.addItem(f"{each.code}  {label[:80]}", each.code)
        self.criterion.view().setMinimumWidth(self.fontMetrics().horizontalAdvance("x" * 56))
        self._setting = False
        self.offer_documents(session)
        self.offer_people(session)
        self.show_filter(Filter())

    def offer_documents(self, session: Session | None) -> bool:
        """Offers the documents there are now; False where they are those offered already."""
        documents = session.held.documents.values() if session else ()
        return self._offer(
            self.document, "All documents", [(each.title, each.id) for each in documents]
        )

    def offer_people(self, session: Session | None) -> None:
        """Offers those who have tagged anything."""
        people = filters.people(session.held.links.values()) if session else []
        self._offer(self.person, "Anybody", [(each, each) for each in people])

    def _offer(self, box: QComboBox, everything: str, choices: list[tuple[str, str]]) -> bool:
        """Fills a box; what is chosen in it stays if it is there."""
        before = [(box.itemText(row), box.itemData(row)) for row in range(1, box.count())]
        if before == choices and box.count():
            return False
        self._setting = True
        chosen = box.currentData()
        box.clear()
        box.addItem(everything, None)
        for words, data in choices:
            box.addItem(words, data)
        box.setCurrentIndex(max(box.findData(chosen), 0))
        self._setting = False
        return True

    # --- what is chosen ------------------------------------------------------------------

    def chosen(self) -> Filter:
        """What is chosen, without words."""
        code = self.criterion.currentData()
        section = int(code) if code is not None and "." not in code else None
        # A box gives what is both text and a kind back as mere text.
        polarity, hold = self.polarity.currentData(), self.hold.currentData()
        return Filter(
            section=section,
            code=code if section is None else None,
            polarity=Polarity(polarity) if polarity else None,
            document=self.document.currentData(),
            person=self.person.currentData(),
            since=as_iso(self.since.text()),
            until=as_iso(self.until.text()),
            note=self.note.currentData(),
            hold=Hold(hold) if hold else None,
            decision=self.decision.currentData(),
        )

    def show_filter(self, wanted: Filter) -> None:
        """Chooses what a filter asks for; says nothing of it."""
        self._setting = True
        if wanted.person is not None and self.person.findData(wanted.person) < 0:
            self.person.addItem(wanted.person, wanted.person)
        code = wanted.code or (str(wanted.section) if wanted.section is not None else None)
        for box, data in (
            (self.criterion, code), (self.document, wanted.document),
            (self.polarity, wanted.polarity.value if wanted.polarity else None),
            (self.person, wanted.person), (self.note, wanted.note),
            (self.hold, wanted.hold.value if wanted.hold else None),
            (self.decision, wanted.decision),
        ):  # fmt: skip
            box.setCurrentIndex(max(box.findData(data), 0))
        for field, date in ((self.since, wanted.since), (self.until, wanted.until)):
            if as_iso(field.text()) != date:
                field.setText(in_words(date) if date else "")
        self._setting = False
        self._doubt.hide()

    def _say(self) -> None:
        self._pause.stop()
        if self._setting:
            return
        odd = [
            each.text().strip() for each in (self.since, self.until)
            if each.text().strip() and as_iso(each.text()) is None
        ]  # fmt: skip
        self._doubt.setText(f"“{odd[0]}” is no date yet." if odd else "")
        self._doubt.setVisible(bool(odd))
        self.changed.emit()

    # --- opening -------------------------------------------------------------------------

    def open_by(self, button: QWidget) -> None:
        """Opens over the window beside a button, where there is room."""
        window = button.window()
        self.setParent(window)
        self.adjustSize()
        room = window.rect().adjusted(8, 8, -8, -8)
        width, height = min(self.width(), room.width()), min(self.height(), room.height())
        corner = button.mapTo(window, QPoint(0, button.height() + 2))
        if corner.y() + height > room.bottom():
            corner.setY(button.mapTo(window, QPoint()).y() - height - 2)
        x, y = min(corner.x(), room.right() - width), min(corner.y(), room.bottom() - height)
        self.setGeometry(max(x, room.left()), max(y, room.top()), width, height)
        self._from = button
        self.show()
        self.raise_()
        self.criterion.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Closes; what is chosen stays chosen."""
        self.hide()
        if self._from is not None:
            self._from.setFocus(Qt.FocusReason.PopupFocusReason)

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        """Whoever goes on elsewhere in the window leaves it."""
        if now is None or not self.isVisible() or self.isAncestorOf(now):
            return
        if now.window() is self.window():
            self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Enter and Escape close; what is chosen stays chosen."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}:
            self.leave()
        else:
            super().keyPressEvent(event)
        event.accept()  # nothing goes through to what lies below


class Chips(QWidget):
    """What is asked for, each part in words on a button that takes it away.

    Signals:
        changed: the :class:`Filter` that is left.
        cleared: all of it is to go.
        opened: it is to be looked at, since there is no room for all of it.
    """

    changed = Signal(object)
    cleared = Signal()
    opened = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown: list[tuple[str, Filter]] = []
        self._parts: list[QToolButton] = []
        self.everything = QToolButton(self)
        self.everything.setText("Show all")
        self.everything.setToolTip("Take the filters away")
        self.everything.setEnabled(False)
        self.everything.clicked.connect(self.cleared)
        #: Stands for all parts where they have no room beside one another.
        self.summary = QToolButton(self)
        self.summary.setAccessibleName("Filters")
        self.summary.setToolTip("What is asked for; click to change it")
        self.summary.clicked.connect(self.opened)
        for each in (self.everything, self.summary):
            each.setProperty("chip", True)

    def show_filter(self, wanted: Filter, session: Session | None) -> None:
        """Says what is asked for."""
        self.everything.setEnabled(wanted.active)
        self.setVisible(wanted.active)
        parts = filters.in_parts(wanted, session.held.documents if session else {})
        if parts == self._shown:
            return
        self._shown = parts
        for each in self._parts:
            each.hide()
            each.deleteLater()
        self._parts = []
        longest = self.fontMetrics().averageCharWidth() * 30
        before: QWidget = self
        for words, left in parts:
            button = QToolButton(self)
            cut = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, longest)
            button.setText(f"{cut}  ✕".replace("&", "&&"))
            button.setProperty("chip", True)
            button.setAccessibleName(f"Filter {words}, press to take it away")
            button.setToolTip(plain(f"{words}: click to take it away"))
            button.clicked.connect(lambda _=False, rest=left: self.changed.emit(rest))
            self._parts.append(button)
            if before is not self:
                QWidget.setTabOrder(before, button)
            before = button
        if before is not self:
            QWidget.setTabOrder(before, self.everything)
        said = ", ".join(words for words, _ in parts)
        self.summary.setAccessibleName(f"Filters: {said}; press to change them")
        self._lay()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Where there is no room for all parts, one button says what they are."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay()

    def _lay(self) -> None:
        """One line, whatever room there is: the table below needs the rest."""
        last = self.everything.sizeHint().width()
        room = self.width() - 2 * _EDGE - last - _GAP
        fits = sum(each.sizeHint().width() + _GAP for each in self._parts) <= room
        for each in self._parts:
            each.setVisible(fits)
        self.summary.setVisible(bool(self._parts) and not fits)
        if not fits:
            said = ", ".join(words for words, _ in self._shown)
            shown = self.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, room - 30)
            self.summary.setText(shown.replace("&", "&&"))
        x, height = _EDGE, self.everything.sizeHint().height()
        for button in (*(self._parts if fits else [self.summary]), self.everything):
            if button.isHidden() and button is not self.everything:
                continue
            width = button.sizeHint().width()
            width = min(width, max(room, 40)) if button is self.summary else width
            button.setGeometry(x, 0, width, height)
            x += width + _GAP
        self.setFixedHeight(height + _GAP)

    def words(self) -> list[str]:
        """What is said."""
        return [each.accessibleName() for each in self._parts]


def with_words(wanted: Filter, words: str) -> Filter:
    """A filter with other words."""
    return replace(wanted, text=words.strip())
