"""The links as a table that can be sorted and filtered, fluid with tens of thousands of them."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from cambs_evidence.model import Hold, Link, Polarity
from cambs_evidence.wording import (
    POLARITIES,
    in_words,
    moment_in_words,
    page_in_words,
    quote_in_words,
)
from ui.carried import LINKS_MIME, carried
from ui.models.filters import Filter, decision_in_words, passing
from ui.session import News, Session
from ui.theme import plain

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
LINK = Qt.ItemDataRole.UserRole
COLUMNS = (
    "Criterion", "Polarity", "Quote", "Note", "Document", "Page", "Date", "Tagged by", "State",
    "Decision",
)  # fmt: skip
CRITERION, POLARITY, QUOTE, NOTE, DOCUMENT, PAGE, DATE, BY, STATE, DECISION = range(10)
#: Edits of more links than this are taken in all at once.
_ONE_BY_ONE = 50

#: What is said of a passage that stands in an older version of its document.
HELD = {
    Hold.MOVED: "Moved: the passage stands elsewhere in the new version, or is worded otherwise. "
    "Look at it under Document, “What moved”.",
    Hold.LOST: "Lost: the passage was not found in the new version of its document, so it is still "
    "quoted from the old one.",
}


class EvidenceModel(QAbstractTableModel):
    """The links that pass the filter, in the order of the framework unless sorted otherwise.

    Signals:
        changing: rows are about to be taken out and put in again, since their links were changed.
    """

    changing = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._filter = Filter()
        self._sort: tuple[int, bool] = (CRITERION, False)
        self._order = _order(session)
        self._places, self._dates = _places(session), _dates(session)
        #: All links in the order of the framework, and the words of each in lower case.
        self._every: list[Link] = []
        self._words: dict[str, tuple[Link, str]] = {}
        self._links: list[Link] = []
        self._arrange()
        self._fill()
        session.changed.connect(self._hear)

    # --- filtering and sorting -----------------------------------------------------------

    @property
    def filter(self) -> Filter:
        """What is shown."""
        return self._filter

    def choose(self, wanted: Filter) -> None:
        """Shows what passes a filter."""
        if wanted != self._filter:
            self.beginResetModel()
            self._filter = wanted
            self._fill()
            self.endResetModel()

    @property
    def sorting(self) -> tuple[int, bool]:
        """The column that is sorted by, and whether its last comes first."""
        return self._sort

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column; links that are alike there stay in the framework's order."""
        if not 0 <= column < len(COLUMNS):
            return
        wanted = (column, order is Qt.SortOrder.DescendingOrder)
        if wanted != self._sort:
            self._sort = wanted
            self._sort_anew()

    def _sort_anew(self) -> None:
        """Puts the rows that there are in order."""
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        before = [self._links[index.row()].id for index in kept]
        self._fill()
        rows = {link.id: row for row, link in enumerate(self._links)} if kept else {}
        after = [
            self.index(rows[link_id], index.column())
            for link_id, index in zip(before, kept, strict=True)
        ]
        self.changePersistentIndexList(kept, after)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        """Puts all links in the order of the framework, which every other order begins with."""
        self._every = sorted(self._session.held.links.values(), key=self._usual)

    def _fill(self) -> None:
        found = self._pass(self._every)
        leading = self._leading()
        # Sorting leaves what is alike as it stood: no key needs the usual order in it.
        self._links = sorted(found, key=leading) if leading is not None else list(found)
        if self._sort[1]:
            self._links.reverse()

    def _pass(self, links: list[Link]) -> list[Link]:
        held = self._session.held
        return passing(self._filter, links, held.framework, held.documents, self._words_of)

    def _words_of(self, link: Link) -> str:
        """The words of a link in lower case, put together when they are first asked for."""
        known = self._words.get(link.id)
        if known is None or known[0] is not link:
            quote, note = link.passage.anchor.quote, link.note or ""
            known = self._words[link.id] = (
                link, f"{quote}\n{note}\n{link.code}\n{link.by}".lower(),
            )  # fmt: skip
        return known[1]

    def _usual(self, link: Link) -> tuple[Any, ...]:
        """What stands for a link in the order of the framework and of the pages."""
        passage = link.passage
        return (
            self._order.get(link.code, 999), self._places.get(link.newest, 0), passage.page,
            passage.anchor.spans[0].start, link.at, link.id,
        )  # fmt: skip

    def _leading(self) -> Callable[[Link], Any] | None:
        """What the column that is sorted by means; None for the order of the framework."""
        places, dates, words = self._places, self._dates, self._words_of
        polarities = {each: place for place, each in enumerate(Polarity)}
        holds = {each: place for place, each in enumerate(Hold)}
        known: dict[int, Callable[[Link], Any]] = {
            POLARITY: lambda link: polarities[link.polarity],
            QUOTE: lambda link: words(link).partition("\n")[0],
            DOCUMENT: lambda link: places.get(link.newest, 0),
            PAGE: lambda link: link.passage.page,
            DATE: lambda link: dates.get(link.newest) or "",
            NOTE: lambda link: (link.note or "").lower(),
            BY: lambda link: (link.by.lower(), link.at),
            STATE: lambda link: holds[link.hold],
            DECISION: lambda link: link.decision or "",
        }
        return known.get(self._sort[0])

    def _key(self) -> Callable[[Link], Any]:
        usual, leading = self._usual, self._leading()
        return usual if leading is None else lambda link: (leading(link), usual(link))

    # --- news ----------------------------------------------------------------------------

    def _hear(self, news: News) -> None:
        moved = news.documents and self._documents_moved()
        order = _order(self._session) if news.framework else self._order
        reordered, self._order = order != self._order, order
        if news.altered:
            self.changing.emit()
        changed = len(news.added) + len(news.altered) + len(news.gone)
        if changed > _ONE_BY_ONE or reordered:
            self.beginResetModel()
            self._arrange()
            self._fill()
            self.endResetModel()
            return
        touched = {link.id for link in news.links}
        self._every = [link for link in self._every if link.id not in touched]
        for link in [*news.gone, *news.altered]:
            self._take_out(link.id)
        if moved:
            self._every.sort(key=self._usual)
            self._sort_anew()
        if news.documents and self._links:
            self.dataChanged.emit(self.index(0, DOCUMENT), self.index(len(self._links) - 1, DATE))
        for link in [*news.added, *news.altered]:
            bisect.insort(self._every, link, key=self._usual)
            if self._pass([link]):
                self._put_in(link)

    def _documents_moved(self) -> bool:
        """Takes note of order and dates of the documents; True where links lie otherwise now.

        A document that came or went leaves the others as they lay, though it moves their numbers.
        """
        before, dates = self._places, self._dates
        self._places, self._dates = _places(self._session), _dates(self._session)
        stayed = [each for each in before if each in self._places]
        again = [each for each in self._places if each in before]
        return stayed != again or any(dates[each] != self._dates[each] for each in stayed)

    def _take_out(self, link_id: str) -> None:
        row = self.row_of(link_id)
        if row >= 0:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._links[row]
            self.endRemoveRows()

    def _put_in(self, link: Link) -> None:
        key = self._key()
        if self._sort[1]:
            row = len(self._links) - bisect.bisect_left(self._links[::-1], key(link), key=key)
        else:
            row = bisect.bisect_left(self._links, key(link), key=key)
        self.beginInsertRows(QModelIndex(), row, row)
        self._links.insert(row, link)
        self.endInsertRows()

    # --- Qt ------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - the name is Qt's
        """How many links pass."""
        return 0 if parent.isValid() else len(self._links)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """As many as there are heads."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Heads of the columns."""
        shown = role == Qt.ItemDataRole.DisplayRole
        if shown and orientation is Qt.Orientation.Horizontal and 0 <= section < len(COLUMNS):
            return COLUMNS[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be dragged onto the framework, or into a summary."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:  # noqa: N802
        """Links are dragged by their ids."""
        return [LINKS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """What is dragged of some rows."""
        rows = dict.fromkeys(index.row() for index in indexes)
        return carried([self._links[row] for row in rows])

    def every(self) -> list[Link]:
        """The links that pass, in the order they are shown."""
        return list(self._links)

    def link(self, row: int) -> Link | None:
        """The link of a row."""
        return self._links[row] if 0 <= row < len(self._links) else None

    def row_of(self, link_id: str) -> int:
        """The row of a link, -1 where it is not shown."""
        return next((row for row, link in enumerate(self._links) if link.id == link_id), -1)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What stands in a cell, and the link itself."""
        if not index.isValid():
            return None
        link = self._links[index.row()]
        if role == LINK:
            return link
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(link, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(self._tip(link, index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == CRITERION:
            return f"{link.code}, {link.polarity.value}: {quote_in_words(link.passage.anchor)}"
        return None

    def _shown(self, link: Link, column: int) -> str:
        passage = link.passage
        document = self._session.document(passage.document_id)
        if column == CRITERION:
            return link.code
        if column == POLARITY:
            return " ".join(POLARITIES[link.polarity])
        if column == QUOTE:
            return quote_in_words(passage.anchor)
        if column == DOCUMENT:
            title = document.title if document else link.filename
            return title if link.hold is Hold.EXACT else f"{title}, {link.hold.value}"
        if column == PAGE:
            return page_in_words(passage.page, passage.page_end, passage.page_label).split(" ", 1)[
                1
            ]
        if column == DATE:
            return in_words(document.date if document else None)
        if column == NOTE:
            return link.note or ""
        if column == STATE:
            return link.hold.value.capitalize()
        if column == DECISION:
            return decision_in_words(link.decision)
        return f"{link.by}, {moment_in_words(link.at)}"

    def _tip(self, link: Link, column: int) -> str:
        if link.newest != link.passage.document_id:
            return HELD[link.hold]
        if link.hold is not Hold.EXACT:
            return f"The passage is {link.hold.value}: its quote no longer stands where it was."
        return self._shown(link, column)


def _places(session: Session) -> dict[str, int]:
    return {document_id: place for place, document_id in enumerate(session.held.documents)}


def _dates(session: Session) -> dict[str, str | None]:
    return {document.id: document.date for document in session.held.documents.values()}


def _order(session: Session) -> dict[str, int]:
    """The place of each code in the framework."""
    codes = (
        code
        for section in session.held.framework.sections
        for code in ([each.code for each in section.criteria] or [str(section.number)])
    )
    return {code: place for place, code in enumerate(codes)}
