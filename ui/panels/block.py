"""What a block's author has before them: its criteria with their evidence, and its actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Action, Link
from cambs_evidence.summaries import Block
from cambs_evidence.wording import (
    POLARITIES,
    STATES,
    citation,
    in_words,
    last_day,
    page_in_words,
    quote_in_words,
)
from ui.carried import carried
from ui.panels.delegates import Plain
from ui.session import Session
from ui.theme import Theme, plain

#: Links listed for one criterion at most; the table of evidence has them all.
MOST = 100
_HELD = Qt.ItemDataRole.UserRole


class BlockEvidence(QTreeWidget):
    """The criteria of a block with their states, and below each its evidence.

    Signals:
        chosen: a link to be shown on its page.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName("Criteria and evidence of the block")
        self.setHeaderHidden(True)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setItemDelegate(Plain(theme, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self._actions = list(actions)
        self._documents: list[str] = []
        self.itemClicked.connect(self._go)
        self.itemActivated.connect(self._go)

    def fill(self, session: Session, block: Block) -> int:
        """Shows the evidence of a block; how many links it has."""
        before = [link.id for link in self.links()]
        self.clear()
        codes = set(block.targets)
        links: dict[str, list[Link]] = {}
        for link in session.held.links.values():
            if link.code in codes:
                links.setdefault(link.code, []).append(link)
        self._documents = list(
            dict.fromkeys(x.passage.document_id for each in links.values() for x in each)
        )
        order = {each: place for place, each in enumerate(session.held.documents)}
        section = next(x for x in session.held.framework.sections if x.id == block.section_id)
        criteria = {each.code: each for each in section.criteria}
        states = {each.code: each for each in session.held.coverage.criteria}
        states |= {x.itself.code: x.itself for x in session.held.coverage.sections if x.itself}
        for code in block.targets:
            criterion = criteria.get(code)
            label = (criterion.statement or criterion.label) if criterion else section.title
            mark = " (M)" if criterion and criterion.marked else ""
            sign, word = STATES[states[code].state]
            head = QTreeWidgetItem([f"{code}{mark}  {sign} {word}  {label}"])
            head.setToolTip(0, plain(f"{code}{mark}  {label}\n{word}"))
            head.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{code}{mark}, {word}: {label}")
            font = QFont(self.font())
            font.setWeight(QFont.Weight.DemiBold)
            head.setFont(0, font)
            self.addTopLevelItem(head)
            found = links.get(code, [])
            found.sort(key=lambda x: (order.get(x.newest, 0), x.passage.page, x.at))
            for link in found[:MOST]:
                head.addChild(self._line(session, link, selected=link.id in before))
            if len(found) > MOST:
                head.addChild(QTreeWidgetItem([f"{len(found) - MOST} more in the evidence panel"]))
        self.expandAll()
        return sum(map(len, links.values()))

    def _line(self, session: Session, link: Link, *, selected: bool) -> QTreeWidgetItem:
        sign, word = POLARITIES[link.polarity]
        document = session.document(link.passage.document_id)
        passage = link.passage
        quote = " ".join(quote_in_words(passage.anchor).split())
        where = citation(link, document) if document else link.filename
        page = page_in_words(passage.page, passage.page_end, passage.page_label)
        item = QTreeWidgetItem([f"{sign}  {quote}"])
        note = f"\n{link.note}" if link.note else ""
        item.setToolTip(0, plain(f"{word}, {page}\n{quote}\n{where}{note}"))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{word}: {quote}. {where}")
        item.setForeground(0, self._theme.colour(link.polarity))
        item.setData(0, _HELD, link)
        item.setSelected(selected)
        return item

    def choose(self, code: str) -> None:
        """Brings a criterion into view."""
        for row in range(self.topLevelItemCount()):
            item = self.topLevelItem(row)
            if item is not None and item.text(0).split(" ", 1)[0] == code:
                self.scrollToItem(item, QAbstractItemView.ScrollHint.PositionAtTop)

    def told_of(self, session: Session) -> list[tuple[str, str | None]]:
        """Title and date of the documents that its evidence is from."""
        found = (session.document(each) for each in self._documents)
        return [(each.title, each.date) for each in found if each is not None]

    def links(self) -> list[Link]:
        """The links that are chosen, in their order."""
        chosen = [each.data(0, _HELD) for each in self.selectedItems()]
        return [each for each in chosen if each is not None]

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:  # noqa: N802 - the name is Qt's
        """Links are dragged as what they are, and as their quotes."""
        links = [each.data(0, _HELD) for each in items if each.data(0, _HELD) is not None]
        return carried(links)

    def _go(self, item: QTreeWidgetItem) -> None:
        link = item.data(0, _HELD)
        if link is not None:
            self.chosen.emit(link)

    def _menu(self, where: QPoint) -> None:
        if self.links():
            menu = QMenu(self)
            menu.addActions(self._actions)
            menu.exec(self.viewport().mapToGlobal(where))


class BlockActions(QWidget):
    """What is to be done about a block.

    Signals:
        add_wanted: a new action.
        edit_wanted: the action that is to be changed.
        remove_wanted: the action that is to be taken away.
        ticked: an action, and whether it is done.
    """

    add_wanted = Signal()
    edit_wanted = Signal(object)
    remove_wanted = Signal(object)
    ticked = Signal(object, bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._filling = False
        self.list = _List(self)
        self.list.setAccessibleName("Actions of the block")
        self.list.setItemDelegate(Plain(theme, self.list))
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._changed)
        self.list.itemActivated.connect(self._ask)
        self.list.currentItemChanged.connect(lambda *_: self._allow())
        self.add = self._button("Add…", "Add an action", self.add_wanted.emit)
        self.change = self._button(
            "Change…", "Change the action", lambda: self._ask(self.list.currentItem())
        )
        self.remove = self._button("Remove", "Take the action away", self.take_away)
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 4)
        for button in (self.add, self.change, self.remove):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        self._may = True

    def _button(self, words: str, told: str, act: object) -> QToolButton:
        button = QToolButton(self)
        button.setText(words)
        button.setToolTip(told)
        button.setAccessibleName(told)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(act)
        return button

    def fill(self, actions: Sequence[Action], *, readonly: bool) -> None:
        """Shows actions."""
        current = self.current()
        self._filling = True
        self.list.clear()
        self._may = not readonly
        for each in actions:
            due = in_words(each.due) if each.due else "no date"
            late = not each.done and each.due and last_day(each.due) < date.today()  # noqa: DTZ011 - the day on the wall
            due = f"{due} (overdue)" if late else due
            done = f"Done {in_words(each.done)}" if each.done else due
            owner = each.owner or "nobody named"
            item = QListWidgetItem(f"{each.code}  {each.text}\n{owner}  ·  {done}")
            item.setData(_HELD, each)
            item.setCheckState(Qt.CheckState.Checked if each.done else Qt.CheckState.Unchecked)
            if readonly:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            self.list.addItem(item)
            if current is not None and each.id == current.id:
                self.list.setCurrentItem(item)
        self._filling = False
        self.list.hint = (
            "Nothing is to be done yet."
            if readonly
            else "Nothing is to be done yet. Add an action, or choose an area for development "
            "and press D."
        )
        self._allow()

    def current(self) -> Action | None:
        """The action that is chosen."""
        item = self.list.currentItem()
        found: Action | None = item.data(_HELD) if item is not None else None
        return found

    def take_away(self) -> None:
        """Wants the chosen action taken away."""
        action = self.current()
        if action is not None and self._may:
            self.remove_wanted.emit(action)

    def _ask(self, item: QListWidgetItem | None) -> None:
        if item is not None and self._may:
            self.edit_wanted.emit(item.data(_HELD))

    def _changed(self, item: QListWidgetItem) -> None:
        action: Action | None = item.data(_HELD)
        done = item.checkState() is Qt.CheckState.Checked
        if not self._filling and action is not None and done != bool(action.done):
            self.ticked.emit(action, done)

    def _allow(self) -> None:
        self.add.setEnabled(self._may)
        for button in (self.change, self.remove):
            button.setEnabled(self._may and self.current() is not None)


class _List(QListWidget):
    """A list that says what to do while it is empty."""

    hint = ""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - the name is Qt's
        """Says what to do where there is nothing."""
        super().paintEvent(event)
        if self.hint and not self.count():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(12, 4, -12, -4), flags, self.hint)
            painter.end()
