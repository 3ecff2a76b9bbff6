"""The links as a table that can be sorted and filtered, fluid with tens of thousands of them."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from cambs_evidence.model import Hold, Link, Polarity
from cambs_evidence.wording import (
    POLARITIES,
    in_words,
    moment_in_words,
    page_in_words,
    quote_in_words,
)
from ui.models.dragging import LINKS_MIME, links_as_data
from ui.session import News, Session
from ui.theme import plain

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
LINK = Qt.ItemDataRole.UserRole
COLUMNS = ("Criterion", "Polarity", "Quote", "Note", "Document", "Page", "Date", "Tagged by")
CRITERION, POLARITY, QUOTE, NOTE, DOCUMENT, PAGE, DATE, BY = range(8)


#: What is said of a passage that stands in an older version of its document.
HELD = {
    Hold.MOVED: "Moved: the passage stands elsewhere in the new version, or is worded otherwise. "
    "Look at it under Document, “What moved”.",
    Hold.LOST: "Lost: the passage was not found in the new version of its document, so it is still "
    "quoted from the old one.",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What is shown; None or empty where it does not matter."""

    section: int | None = None
    code: str | None = None
    polarity: Polarity | None = None
    document: str | None = None
    text: str = ""

    @property
    def active(self) -> bool:
        """True where something may be hidden."""
        return self != Filter()


class EvidenceModel(QAbstractTableModel):
    """The links that pass the filter, in the order of the framework unless sorted otherwise."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._filter = Filter()
        self._sort: tuple[int, bool] = (CRITERION, False)
        self._order = {
            code: place
            for place, code in enumerate(
                code
                for section in session.held.framework.sections
                for code in ([each.code for each in section.criteria] or [str(section.number)])
            )
        }
        self._places, self._dates = _places(session), _dates(session)
        self._links: list[Link] = []
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

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column; links that are alike there stay in the framework's order."""
        self._sort = (column, order is Qt.SortOrder.DescendingOrder)
        self._sort_anew()

    def _sort_anew(self) -> None:
        """Puts the rows that there are in order."""
        self.layoutAboutToBeChanged.emit()
        before = [self._links[index.row()].id for index in self.persistentIndexList()]
        self._take_in(self._links)
        rows = {link.id: row for row, link in enumerate(self._links)}
        after = [
            self.index(rows[link_id], index.column())
            for link_id, index in zip(before, self.persistentIndexList(), strict=True)
        ]
        self.changePersistentIndexList(self.persistentIndexList(), after)
        self.layoutChanged.emit()

    def _fill(self) -> None:
        passes = self._passing()
        self._take_in([link for link in self._session.held.links.values() if passes(link)])

    def _take_in(self, links: Sequence[Link]) -> None:
        self._links = sorted(links, key=self._key())
        if self._sort[1]:
            self._links.reverse()

    def _passing(self) -> Callable[[Link], bool]:
        wanted = self._filter
        words = wanted.text.lower().split()
        sections = {each.id: each.number for each in self._session.held.framework.sections}

        def passes(link: Link) -> bool:
            if wanted.code is not None and link.code != wanted.code:
                return False
            if wanted.section is not None and sections.get(link.section_id) != wanted.section:
                return False
            if wanted.polarity is not None and link.polarity is not wanted.polarity:
                return False
            if wanted.document is not None and link.newest != wanted.document:
                return False
            if not words:
                return True
            text = f"{link.passage.anchor.quote} {link.note or ''} {link.code} {link.by}".lower()
            return all(word in text for word in words)

        return passes

    def _key(self) -> Callable[[Link], Any]:
        column = self._sort[0]
        order, places = self._order, self._places

        def usual(link: Link) -> tuple[Any, ...]:
            passage = link.passage
            return (
                order.get(link.code, 999), places.get(link.newest, 0), passage.page,
                passage.anchor.spans[0].start, link.at, link.id,
            )  # fmt: skip

        dates = self._dates

        first: dict[int, Callable[[Link], Any]] = {
            POLARITY: lambda link: list(Polarity).index(link.polarity),
            QUOTE: lambda link: link.passage.anchor.quote.lower(),
            DOCUMENT: lambda link: places.get(link.newest, 0),
            PAGE: lambda link: link.passage.page,
            DATE: lambda link: dates.get(link.newest) or "",
            NOTE: lambda link: (link.note or "").lower(),
            BY: lambda link: (link.by.lower(), link.at),
        }
        if column not in first:
            return usual
        leading = first[column]
        return lambda link: (leading(link), usual(link))

    # --- news ----------------------------------------------------------------------------

    def _hear(self, news: News) -> None:
        moved = news.documents and self._documents_moved()
        if len(news.added) + len(news.altered) + len(news.gone) > 50:
            self.beginResetModel()
            self._fill()
            self.endResetModel()
            return
        for link in [*news.gone, *news.altered]:
            self._take_out(link.id)
        if moved:
            self._sort_anew()
        if news.documents and self._links:
            self.dataChanged.emit(self.index(0, DOCUMENT), self.index(len(self._links) - 1, DATE))
        passes = self._passing()
        for link in [*news.added, *news.altered]:
            if passes(link):
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
        """Links can be dragged into a summary."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:  # noqa: N802
        """Links are dragged as what they are, and as their quotes."""
        return [LINKS_MIME, "text/plain"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """The links of some rows, each once."""
        rows = sorted({index.row() for index in indexes})
        return links_as_data([self._links[row] for row in rows])

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
