"""Tagging at speed: one field for codes or words, polarity and note in the same breath."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import CriterionCoverage, Likely, Polarity, Target
from cambs_evidence.wording import STATES
from ui.offered import OFFER, Offer, OfferDelegate
from ui.panels.details import PolarityButtons
from ui.panels.evidence import polarity_of
from ui.session import Session
from ui.theme import Theme, plain

TARGET = Qt.ItemDataRole.UserRole
#: Criteria that are offered as likely, at most.
_LIKELY = 3
#: Share of all that speaks in a passage below which a criterion is not offered.
_LEAST = 0.06
_WIDTH = 520
#: A blank as wide as a figure.
_FIGURE = "\u2007"


class TagPalette(QFrame):
    """Floats over the pages until a passage is tagged or left alone.

    Signals:
        accepted: targets, polarity and note.
        closed: it is gone, whatever became of it.
    """

    accepted = Signal(object, object, str)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session: Session | None = None
        self._chosen: list[Target] = []
        self._retag = False
        #: The criteria on the keys 1 to 9, which come first while nothing is typed.
        self.recent: list[Target] = []
        #: What the passage is likely evidence for, shown above all else while nothing is typed.
        self.likely: list[Likely] = []
        self._asked: object = None
        self._help = ""
        self.setProperty("card", True)
        self.setAutoFillBackground(True)
        self.setAccessibleName("Tag this passage")
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(28)
        shadow.setOffset(0, 6)
        shadow.setColor(QColor(0, 0, 0, 90))
        self.setGraphicsEffect(shadow)

        self._quote = QLabel(self)
        self._quote.setProperty("muted", True)
        self._quote.setTextFormat(Qt.TextFormat.PlainText)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("12.4, or a few words of the criterion")
        self.field.setAccessibleName("Criterion")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda _: self._look())
        self.list = QListWidget(self)
        self.list.setAccessibleName("Criteria")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # arrows lead through it from the fields
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setItemDelegate(OfferDelegate(theme, self.list))
        self.list.itemActivated.connect(lambda _: self._accept())
        self.list.itemDoubleClicked.connect(lambda _: self._accept())
        self._also = QLabel(self)
        self._also.setWordWrap(True)
        self._also.hide()
        self._warning = QLabel(self)
        self._warning.setProperty("warning", True)
        self._warning.hide()
        self.polarity = PolarityButtons(theme, Polarity.STRENGTH, self, keys=True)
        self.note = QLineEdit(self)
        self.note.setPlaceholderText("Note, if there is something to say")
        self.note.setAccessibleName("Note")
        self._hint = QLabel(
            "Enter tags · Ctrl+Enter adds another criterion first · Esc leaves", self
        )
        self._hint.setProperty("muted", True)
        self._hint.setWordWrap(True)
        self.tag_button = QPushButton("Tag", self)
        self.tag_button.setProperty("primary", True)
        self.tag_button.clicked.connect(self._accept)
        for widget in (self.field, self.list, self.note):
            widget.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

        foot = QHBoxLayout()
        foot.addWidget(self._hint, 1)
        foot.addWidget(self.tag_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(self._quote)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)
        column.addWidget(self._also)
        column.addWidget(self._warning)
        column.addWidget(self.polarity)
        column.addWidget(self.note)
        column.addLayout(foot)
        self.hide()

    # --- opening and closing -------------------------------------------------------------

    def open_for(
        self,
        session: Session,
        quote: str,
        near: QRect,
        *,
        code: str | None = None,
        polarity: Polarity | None = None,
        note: str | None = None,
        retag: bool = False,
        many: int = 1,
    ) -> None:
        """Asks what a passage is evidence for, beside ``near`` (in the parent's pixels).

        For ``many`` links that are to be tagged to another criterion nothing else is asked.
        """
        self._session = session
        self._chosen = []
        if polarity is not None:
            self.polarity.set(polarity)
        words = self._quote.fontMetrics().elidedText(
            f"“{quote}”" if many == 1 else quote, Qt.TextElideMode.ElideMiddle, _WIDTH - 34
        )
        self._quote.setText(words)
        self.note.setText(note or "")
        self.tag_button.setText("Change" if retag else "Note" if session.reviewing else "Tag")
        if many > 1:
            hint = "Enter changes all of them · Esc leaves them as they are"
        elif retag:
            hint = "Enter changes · Esc leaves it as it is"
        elif session.reviewing:
            hint = (
                "Enter notes the passage as missing, for the author to take or decline · "
                "Ctrl+Enter adds another criterion first · Esc leaves"
            )
        else:
            hint = "Enter tags · Ctrl+Enter adds another criterion first · Esc leaves"
        if self.recent:
            last = f" to Alt+{len(self.recent)}" if len(self.recent) > 1 else ""
            hint += f" · Alt+1{last} take the numbered ones at once"
        self._help = hint
        self.polarity.setVisible(many == 1)
        self.note.setVisible(many == 1)
        self._retag = retag
        self._say_also()
        self.likely = []
        self.field.setText(code or "")
        self._look()
        self._ask_likely(session, quote if many == 1 else "")
        self._place(near)
        self.show()
        self.raise_()
        if code and not retag:
            self.note.setFocus(Qt.FocusReason.PopupFocusReason)
        else:
            self.field.setFocus(Qt.FocusReason.PopupFocusReason)
            self.field.selectAll()

    def _place(self, near: QRect) -> None:
        parent = self.parentWidget() or self
        room = parent.rect().adjusted(8, 8, -8, -8)
        line = self.fontMetrics().height()
        height = min(line * 19 + 120, room.height())
        self.resize(min(_WIDTH, room.width()), height)
        x = min(
            max(near.center().x() - self.width() // 2, room.left()), room.right() - self.width()
        )
        below, above = near.bottom() + 10, near.top() - self.height() - 10
        y = below
        if below + self.height() > room.bottom():
            y = above if above >= room.top() else room.bottom() - self.height()
        self.move(QPoint(x, max(y, room.top())))

    def leave(self) -> None:
        """Closes without tagging."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    # --- choosing ------------------------------------------------------------------------

    def _ask_likely(self, session: Session, quote: str) -> None:
        """Has it looked up, off the window's thread, what a passage is likely evidence for."""
        asked = self._asked = object()

        def take(found: list[Likely]) -> None:
            found = [each for each in found if each.score >= _LEAST]
            if self._asked is asked and self.isVisible() and found:
                self.likely = found
                if not self.field.text().strip():
                    # What is highlighted stays so: Enter never changes its meaning by itself.
                    current = self.list.currentItem()
                    self._look(current.data(TARGET) if current is not None else None)

        if quote.strip():
            session.read(lambda: session.case.suggest(quote, _LIKELY), take)

    def _look(self, kept: Target | None = None) -> None:
        self.list.clear()
        session = self._session
        if session is None:
            return
        coverage = session.held.coverage
        states = {each.code: each for each in coverage.criteria}
        states |= {each.itself.code: each.itself for each in coverage.sections if each.itself}
        typed = self.field.text()
        found = session.case.matching(typed)
        up = self.likely and not typed.strip()
        self._hint.setText(f"{self._help} · ↑ leads to the likeliest" if up else self._help)
        if not typed.strip():
            known = {each.code: each for each in found}
            recent = [known[each.code] for each in self.recent if each.code in known]
            found = [*recent, *(each for each in found if each not in recent)]
            self._add_likely(known, states)
        numbered = 0 if typed.strip() else len(self.recent)
        for number, target in enumerate(found, 1):
            key = str(number) if number <= numbered else ""
            # As wide as a figure, so that codes stand below one another.
            lead = f"{key or _FIGURE}  " if numbered else ""
            self._add_line(target, states[target.code], key, lead)
        if self.list.count():
            self._highlight(kept, typed=bool(typed.strip()))
        else:
            nothing = QListWidgetItem("No criterion has these words; try others, or a code.")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nothing)
        first = bool(self.targets_shown())
        self.tag_button.setEnabled(first or bool(self._chosen))
        unknown = [each for each in re.findall(r"\d+\.\d+", typed) if each not in states]
        self._warning.setText(
            f"There is no {', '.join(unknown)} in the framework." if unknown and first else ""
        )
        self._warning.setVisible(bool(self._warning.text()))

    def _add_likely(self, known: dict[str, Target], states: dict[str, CriterionCoverage]) -> None:
        """What the passage is likely evidence for, with the words that speak for it."""
        for each in self.likely:
            target, told = known[each.code], states[each.code]
            mark = " (M)" if told.marked else ""
            line = f"{STATES[told.state][0]}  {target.code}{mark}  {target.label}"
            offer = Offer(line, "", each.because)
            item = QListWidgetItem(offer.said)
            item.setData(TARGET, target)
            item.setData(OFFER, offer)
            item.setToolTip(plain(f"{target.code} {target.label}\n{offer.why}"))
            self.list.addItem(item)
        if self.likely:
            parting = QListWidgetItem("All criteria")
            parting.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(parting)

    def _highlight(self, kept: Target | None, *, typed: bool) -> None:
        """Highlights what Enter means; what is only likely has to be chosen by a person."""
        below = self.likely and not typed
        first = len(self.likely) + 1 if below else 0
        rows = range(first, self.list.count())
        row = next((each for each in rows if self.list.item(each).data(TARGET) == kept), first)
        self.list.setCurrentRow(row)
        self.list.scrollToTop()
        self.list.scrollToItem(self.list.currentItem())

    def _add_line(self, target: Target, told: CriterionCoverage, key: str, lead: str) -> None:
        """One criterion in the list, with the key that leads to it if there is one."""
        sign, state = STATES[told.state]
        mark = " (M)" if told.marked else ""
        item = QListWidgetItem(f"{lead}{sign}  {target.code}{mark}  {target.label}")
        item.setData(TARGET, target)
        also = f"; Alt+{key} tags to it at once" if key else ""
        item.setToolTip(f"{target.code} {target.label}: {state.lower()}{also}")
        self.list.addItem(item)

    def _targets(self) -> list[Target]:
        """What is chosen: what was added, and what the field means now."""
        session, typed = self._session, self.field.text().strip()
        found = list(self._chosen)
        if session is None:
            return found
        meant = session.case.matching(typed)
        several = "," in typed or len(typed.split()) > 1
        codes = {part for part in typed.replace(",", " ").split() if part}
        if several and meant and {each.code for each in meant} == codes:
            found += meant
        else:
            item = self.list.currentItem()
            # With criteria added and an empty field nothing more is meant.
            target = item.data(TARGET) if item is not None else None
            if target is not None and (typed or not found):
                found.append(target)
        return list(dict.fromkeys(found))

    def _add(self) -> None:
        if self._retag:
            return
        self._chosen = self._targets()
        self.field.clear()
        self._say_also()
        self.field.setFocus()

    def _say_also(self) -> None:
        self._also.setText(
            "Also to " + ", ".join(f"{each.code} {each.label}" for each in self._chosen)
        )
        self._also.setVisible(bool(self._chosen))

    def accept_recent(self, number: int) -> None:
        """Tags to the criterion on a key (1 to 9), and to those that were added."""
        if 0 < number <= len(self.recent):
            chosen = [*self._chosen, self.recent[number - 1]]
            self._say(list(dict.fromkeys(chosen)))

    def _accept(self) -> None:
        targets = self._targets()
        if targets:
            self._say(targets)

    def _say(self, targets: list[Target]) -> None:
        self.hide()
        self.accepted.emit(
            targets[:1] if self._retag else targets,
            self.polarity.polarity,
            self.note.text().strip(),
        )
        self.closed.emit()

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        """Whoever goes on elsewhere in the window leaves the palette."""
        if now is None or not self.isVisible() or self.isAncestorOf(now):
            return
        if now.window() is self.window():
            self.leave()

    # --- keys ----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows move in the list and Enter tags, wherever the cursor is."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            if self._chooses(event):
                return True
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if key == Qt.Key.Key_Escape:
                self.leave()
                return True
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                if control:
                    self._add()
                else:
                    self._accept()
                return True
            moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8,
                     Qt.Key.Key_PageDown: 8}  # fmt: skip
            if watched is not self.list and key in moves:
                self._step(moves[Qt.Key(key)])
                return True
        return super().eventFilter(watched, event)

    def _step(self, by: int) -> None:
        """Highlights another criterion, so many lines below; lines between are passed over.

        From the first of all criteria it goes up to the likeliest, which is meant most often.
        """
        last, here = self.list.count() - 1, self.list.currentRow()
        likely = self.likely and not self.field.text().strip()
        top = likely and by < 0 and here == len(self.likely) + 1
        row = 0 if top else min(max(here + by, 0), last)
        while 0 < row < last and self.list.item(row).data(TARGET) is None:
            row += 1 if by > 0 else -1
        self.list.setCurrentRow(row)

    def event(self, event: QEvent) -> bool:
        """Alt and a letter or a figure choose here, and lead to no menu and no panel."""
        if isinstance(event, QKeyEvent) and (polarity_of(event) or _number_of(event)):
            event.accept()
            return event.type() is QEvent.Type.ShortcutOverride or super().event(event)
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's own
        """Tab goes round in the palette."""
        stops = [
            self.field, self.note, self.polarity.chosen_button, self.tag_button,
        ]  # fmt: skip
        stops = [each for each in stops if not each.isHidden()]
        focus = QApplication.focusWidget()
        here = next((n for n, each in enumerate(stops) if each is focus), 0)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(here + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def _chooses(self, event: QKeyEvent) -> bool:
        """Takes what Alt and a key mean; False where they mean nothing."""
        polarity, number = polarity_of(event), _number_of(event)
        if polarity is not None and not self.polarity.isHidden():
            self.polarity.set(polarity)
        elif number:
            self.accept_recent(number)
        return polarity is not None or number > 0

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape leaves from anywhere in it; nothing else goes through to the pages."""
        if self._chooses(event):
            pass
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            focus = QApplication.focusWidget()
            if isinstance(focus, QPushButton):
                focus.click()
            else:
                self._accept()
        event.accept()

    def targets_shown(self) -> Sequence[Target]:
        """The criteria in the list, in order."""
        shown = (self.list.item(row).data(TARGET) for row in range(self.list.count()))
        return [target for target in shown if target is not None]


def _number_of(event: QKeyEvent) -> int:
    """The figure pressed with Alt, 0 for none."""
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if plain != Qt.KeyboardModifier.AltModifier:
        return 0
    return max(event.key() - Qt.Key.Key_0, 0) if event.key() <= Qt.Key.Key_9 else 0
