"""A document's own contents list as a tree, and the part of it that holds some words."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from cambs_evidence.model import Heading
from ui.theme import plain

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
#: Gives the :class:`Heading` of a line; True for the line that is marked.
HEADING, MARKED = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
#: Levels below which headings stand side by side: Qt walks trees by calling itself.
_DEEPEST = 24
#: Code points of a title that are shown.
_LONGEST = 300


class ContentsModel(QAbstractItemModel):
    """Headings below each other by their levels; a level that is left out is not missed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headings: Sequence[Heading] = ()
        self._titles: list[str] = []
        self._sought: list[str] = []
        self._starts: list[tuple[int, float, int]] = []
        self._parents: list[int] = []
        self._words: list[str] = []
        self._marked: int | None = None
        # Of what is shown, by heading: its row, and the headings below it; -1 is the root.
        self._rows: dict[int, int] = {}
        self._below: dict[int, list[int]] = {-1: []}

    def show(self, headings: Sequence[Heading]) -> None:
        """Shows the headings of a document, in the order of its contents list."""
        self.beginResetModel()
        self._headings = headings
        self._titles = [_shown(each.title) for each in headings]
        self._sought = [each.casefold() for each in self._titles]
        # Some contents lists do not follow the pages. From user space, y falls down the page.
        self._starts = sorted(
            (each.page, float("-inf") if each.y is None else -each.y, number)
            for number, each in enumerate(headings)
            if each.page is not None
        )
        self._parents = _parents(headings)
        self._words, self._marked = [], None
        self._choose()
        self.endResetModel()

    def choose(self, words: str) -> None:
        """Shows the headings that hold all these words, and those above them."""
        sought = words.casefold().split()
        if sought != self._words:
            self.beginResetModel()
            self._words = sought
            self._choose()
            self.endResetModel()

    @property
    def shown(self) -> int:
        """How many headings are shown or folded away below one that is."""
        return len(self._rows)

    def _choose(self) -> None:
        shown = range(len(self._headings)) if not self._words else sorted(self._holding())
        self._rows, self._below = {}, {-1: []}
        for number in shown:
            siblings = self._below.setdefault(self._parents[number], [])
            self._rows[number] = len(siblings)
            siblings.append(number)

    def _holding(self) -> set[int]:
        found: set[int] = set()
        for number, title in enumerate(self._sought):
            if all(word in title for word in self._words):
                above = number
                while above >= 0 and above not in found:
                    found.add(above)
                    above = self._parents[above]
        return found

    # --- which one is meant ----------------------------------------------------------------

    def holds(self, index: Index) -> bool:
        """True for a line that holds the words itself."""
        title = self._sought[index.internalId()]
        return all(word in title for word in self._words)

    def at(self, page: int, y: float | None = None) -> QModelIndex:
        """The last heading that begins at or above a height of a page (0-based), in user space.

        Without a height it is the first that begins on the page, else the last before it. Not
        valid before the first heading, and where it is not shown. Of several on the page whose
        height is not known, it is the first.
        """
        if y is not None:
            place = bisect.bisect_right(self._starts, (page, -y, len(self._headings))) - 1
            unknown = (page, float("-inf"))
            if place >= 0 and self._starts[place][:2] == unknown:
                place = bisect.bisect_left(self._starts, (*unknown, -1))
        else:
            place = bisect.bisect_left(self._starts, (page, float("-inf"), -1))
            if place == len(self._starts) or self._starts[place][0] != page:
                place -= 1
        return self._index_of(self._starts[place][2]) if place >= 0 else QModelIndex()

    def marked(self) -> QModelIndex:
        """The line that is marked, if it is shown."""
        return self._index_of(self._marked) if self._marked is not None else QModelIndex()

    def mark(self, index: Index) -> bool:
        """Marks one line, or none; True where it is another than before."""
        marked = int(index.internalId()) if index.isValid() else None
        if marked == self._marked:
            return False
        before, self._marked = self._marked, marked
        for number in (before, marked):
            if number is not None and number in self._rows:
                line = self._index_of(number)
                self.dataChanged.emit(line, line.siblingAtColumn(1))
        return True

    def _index_of(self, number: int) -> QModelIndex:
        row = self._rows.get(number)
        return self.createIndex(row, 0, number) if row is not None else QModelIndex()

    # --- what Qt asks for: an index carries the number of its heading ------------------------

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """The index of a line."""
        below = self._below_of(parent)
        if 0 <= row < len(below) and 0 <= column <= 1:
            return self.createIndex(row, column, below[row])
        return QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        """The heading above."""
        return self._index_of(self._parents[index.internalId()]) if index.isValid() else _NOWHERE

    def _below_of(self, parent: Index) -> list[int]:
        if not parent.isValid():
            return self._below[-1]
        return [] if parent.column() else self._below.get(parent.internalId(), [])

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - the name is Qt's
        """How many headings stand below one."""
        return len(self._below_of(parent))

    def hasChildren(self, parent: Index = _NOWHERE) -> bool:  # noqa: N802
        """True where some stand below one."""
        return bool(self._below_of(parent))

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: ARG002, N802
        """Title and page."""
        return 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Title and page, and the heading itself."""
        if not index.isValid():
            return None
        number = int(index.internalId())
        heading, title = self._headings[number], self._titles[number]
        if role == HEADING:
            return heading
        if role == MARKED:
            return number == self._marked
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == 0:
                return title
            return str(heading.page + 1) if heading.page is not None else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(f"{title}\n{_leads(heading)}")
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            here = ", the page in view" if number == self._marked else ""
            return f"{title}, {_leads(heading).lower()}{here}"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and number == self._marked:
            font = QFont()
            font.setBold(True)
            return font
        return None


def _shown(title: str) -> str:
    """A title on one line."""
    words = " ".join(title.split())
    return (words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…") or "(without a title)"


def _leads(heading: Heading) -> str:
    return f"Page {heading.page + 1}" if heading.page is not None else "Leads to no page"


def _parents(headings: Sequence[Heading]) -> list[int]:
    """Of each heading, the number of the last one before it that is of a higher level, else -1."""
    parents: list[int] = []
    above: list[tuple[int, int]] = []
    for number, heading in enumerate(headings):
        while above and above[-1][0] >= heading.level:
            above.pop()
        del above[_DEEPEST:]
        parents.append(above[-1][1] if above else -1)
        above.append((heading.level, number))
    return parents
