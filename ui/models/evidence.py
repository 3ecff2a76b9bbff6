"""The links as a table that can be sorted and filtered, fluid with tens of thousands of them."""

from __future__ import annotations

import bisect
import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from cambs_evidence.model import Hold, Link, Polarity
from cambs_evidence.review import Stand
from cambs_evidence.wording import (
    POLARITIES,
    in_words,
    moment_in_words,
    page_in_words,
    quote_in_words,
)
from ui.carried import LINKS_MIME, carried
from ui.models.filters import Filter, passing
from ui.session import News, Session
from ui.stands import STANDS, stand_of
from ui.theme import plain

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
LINK = Qt.ItemDataRole.UserRole
COLUMNS = (
    "Criterion", "Polarity", "Quote", "Note", "Document", "Page", "Date", "Tagged by", "State",
    "Decision",
)  # fmt: skip
CRITERION, POLARITY, QUOTE, NOTE, DOCUMENT, PAGE, DATE, BY, STATE, DECISION = range(10)
#: Links that are filtered and sorted at once, links of a step, and seconds for some steps.
_AT_ONCE, _STEP, _SLICE = 4000, 1000, 0.006
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

    def __init__(
        self, session: Session, parent: QObject | None = None, at_once: int = _AT_ONCE
    ) -> None:
        """More links than ``at_once`` are filtered and sorted in steps, from the event loop."""
        super().__init__(parent)
        self._at_once = at_once
        self._session = session
        self._filter = Filter()
        self._sort: tuple[int, bool] = (CRITERION, False)
        self._order = _order(session)
        self._places, self._dates = _places(session), _dates(session)
        #: All links in the order of the framework, and the words of each in lower case.
        self._every: list[Link] = []
        self._words: dict[str, tuple[Link, str]] = {}
        #: How links stood with their reviewers when rows were put where they are.
        self._stands: dict[str, Stand] = {}
        self._person = session.case.by
        #: Links that are still to be put among all, in parts that are each in order; others that
        #: are to be put into such parts first; and the ids of those to be taken out before.
        self._coming: list[list[Link]] = []
        self._unordered: list[Link] = []
        self._leaving: set[str] = set()
        self._keys: dict[str, tuple[Link, tuple[Any, ...]]] = {}
        self._links: list[Link] = []
        #: How far filtering and sorting have come, and whether rows come or go by it.
        self._steps: Iterator[list[Link] | None] | None = None
        self._anew = False
        self._later = QTimer(self, interval=0)
        self._later.timeout.connect(self._go_on)
        if session.whole:
            self._arrange()
            self._fill()
        else:
            self._take_part(list(session.held.links.values()))
            self._preview()
            session.arrived.connect(self._take_part)
            session.filled.connect(lambda: self._begin(anew=True))
        session.changed.connect(self._hear)

    # --- filtering and sorting -----------------------------------------------------------

    @property
    def filter(self) -> Filter:
        """What is shown."""
        return self._filter

    def choose(self, wanted: Filter) -> None:
        """Shows what passes a filter; of many links some moments later."""
        if wanted != self._filter:
            self._filter = wanted
            if self._session.whole:
                self._begin(anew=True)
            else:
                self.beginResetModel()
                self._preview()
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
            if self._session.whole:
                self._begin(anew=False)
            else:
                self.beginResetModel()
                self._preview()
                self.endResetModel()

    def _preview(self) -> None:
        """While links are still being read: those that stand first, where that is known."""
        plain = not self._filter.active and self._sort == (CRITERION, False)
        self._links = sorted(self._session.held.first, key=self._usual) if plain else []

    def _take_part(self, links: Sequence[Link]) -> None:
        """Links that have been read; they are shown once all are there."""
        self._coming.append(sorted(links, key=self._usual))

    def _begin(self, *, anew: bool) -> None:
        """Has the rows put together; in steps, so that the window is never held up."""
        self._anew = self._anew or anew
        self._steps = self._ordered()
        waiting = len(self._unordered) + sum(map(len, self._coming))
        if len(self._every) + waiting <= self._at_once:
            self.finish()
        else:
            self._later.start()

    @property
    def settled(self) -> bool:
        """False while rows are being put together."""
        return self._steps is None and self._session.whole

    def _go_on(self) -> None:
        end = time.perf_counter() + _SLICE
        while self._steps is not None and time.perf_counter() < end:
            found = next(self._steps)
            if found is not None:
                self._show(found)

    def finish(self) -> None:
        """Does at once what is still to be done of filtering and sorting."""
        while self._steps is not None:
            found = next(self._steps)
            if found is not None:
                self._show(found)

    def _show(self, found: list[Link]) -> None:
        """Shows rows that have been put together."""
        self._later.stop()
        anew, self._anew, self._steps = self._anew, False, None
        shown = self._links
        if anew and shown and found[: len(shown)] == shown:
            # What stood first was there already: it stays where it is, chosen or not.
            if len(found) > len(shown):
                self.beginInsertRows(QModelIndex(), len(shown), len(found) - 1)
                self._links = found
                self.endInsertRows()
            return
        if anew:
            self.beginResetModel()
            self._links = found
            self.endResetModel()
            return
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        before = [self._links[index.row()].id for index in kept]
        self._links = found
        wanted = set(before)
        rows = {link.id: row for row, link in enumerate(found) if link.id in wanted}
        after = [
            self.index(rows[link_id], index.column())
            for link_id, index in zip(before, kept, strict=True)
        ]
        self.changePersistentIndexList(kept, after)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        """Puts all links in the order of the framework, which every other order begins with."""
        self._every = sorted(self._session.held.links.values(), key=self._usual)
        self._coming, self._unordered, self._leaving = [], [], set()

    def _fill(self) -> None:
        """Puts the rows together at once; telling of it is left to whoever asks."""
        self._later.stop()
        self._steps, self._anew = None, False
        self._links = next(found for found in self._ordered() if found is not None)

    def _ordered(self) -> Iterator[list[Link] | None]:
        """Filters and sorts in small steps: None after each of them, at last the links."""
        if self._leaving:
            stay: list[Link] = []
            for start in range(0, len(self._every), 4 * _STEP):
                part = self._every[start : start + 4 * _STEP]
                stay += [link for link in part if link.id not in self._leaving]
                yield None
            self._every, self._leaving = stay, set()
        while self._unordered:
            part, self._unordered = self._unordered[:_STEP], self._unordered[_STEP:]
            self._take_part(part)
            yield None
        if self._coming:
            every: list[Link] = []
            both = heapq.merge(self._every, *self._coming, key=self._usual)
            while some := list(islice(both, _STEP)):
                every += some
                yield None
            self._every, self._coming = every, []
        leading = self._leading()
        parts: list[list[Link]] = []
        for start in range(0, len(self._every), _STEP):
            part = self._pass(self._every[start : start + _STEP])
            # Sorting leaves what is alike as it stood: no key needs the usual order in it.
            parts.append(sorted(part, key=leading) if leading is not None else part)
            yield None
        found: list[Link] = []
        merged = iter(chain(*parts) if leading is None else heapq.merge(*parts, key=leading))
        while some := list(islice(merged, _STEP)):
            found += some
            yield None
        if self._sort[1]:
            found.reverse()
        yield found

    def _pass(self, links: list[Link]) -> list[Link]:
        held = self._session.held
        return passing(
            self._filter, links, held.framework, held.documents, self._words_of, self.stand
        )

    def stand(self, link: Link) -> Stand:
        """How a link stands with its reviewers, in a file for review for the one at work."""
        known = self._stands.get(link.id)
        if known is None:
            review = self._session.held.review(link.id)
            known = self._stands[link.id] = stand_of(self._session, review, self._person)
        return known

    def name_person(self, person: str) -> None:
        """Another person acts from here on."""
        if person != self._person:
            self._person = person
            self._stands.clear()
            self._begin(anew=True)

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
        known = self._keys.get(link.id)
        if known is None or known[0] is not link:
            passage = link.passage
            known = self._keys[link.id] = (link, (
                self._order.get(link.code, 999), self._places.get(link.newest, 0), passage.page,
                passage.anchor.spans[0].start, link.at, link.id,
            ))  # fmt: skip
        return known[1]

    def _leading(self) -> Callable[[Link], Any] | None:
        """What the column that is sorted by means; None for the order of the framework."""
        places, dates, words = self._places, self._dates, self._words_of
        polarities = {each: place for place, each in enumerate(Polarity)}
        holds = {each: place for place, each in enumerate(Hold)}
        stands = {each: place for place, each in enumerate(Stand)}
        known: dict[int, Callable[[Link], Any]] = {
            POLARITY: lambda link: polarities[link.polarity],
            QUOTE: lambda link: words(link).partition("\n")[0],
            DOCUMENT: lambda link: places.get(link.newest, 0),
            PAGE: lambda link: link.passage.page,
            DATE: lambda link: dates.get(link.newest) or "",
            NOTE: lambda link: (link.note or "").lower(),
            BY: lambda link: (link.by.lower(), link.at),
            STATE: lambda link: holds[link.hold],
            DECISION: lambda link: stands[self.stand(link)],
        }
        return known.get(self._sort[0])

    def _key(self) -> Callable[[Link], Any]:
        usual, leading = self._usual, self._leading()
        return usual if leading is None else lambda link: (leading(link), usual(link))

    # --- news ----------------------------------------------------------------------------

    def _hear(self, news: News) -> None:
        # What is being put together would have to be finished first: it is begun again instead.
        under_way = self._steps is not None and bool(news.links or news.documents)
        if not under_way:
            self.finish()
        order = _order(self._session) if news.framework else self._order
        reordered, self._order = order != self._order, order
        if reordered:
            self._keys.clear()
        if news.altered:
            self.changing.emit()
        if len(news.links) > _ONE_BY_ONE or reordered or under_way:
            self._take_all_in(news, again=reordered)
            return
        for link in [*news.gone, *news.altered]:
            self._take_out(link.id)  # where it stood, as the documents were
            self._stands.pop(link.id, None)
        if news.documents and self._documents_moved():
            self._every.sort(key=self._usual)
            self._anew, self._steps = True, self._ordered()
            self.finish()
        if news.documents and self._links:
            self.dataChanged.emit(self.index(0, DOCUMENT), self.index(len(self._links) - 1, DATE))
        for link in [*news.added, *news.altered]:
            bisect.insort(self._every, link, key=self._usual)
            if self._pass([link]):
                self._put_in(link)

    def _take_all_in(self, news: News, *, again: bool) -> None:
        """What is gone goes at once; where the rest belongs is found out in steps.

        ``again`` says that all links have another order now.
        """
        again |= news.documents and self._documents_moved()
        fresh, gone = {link.id: link for link in news.altered}, {link.id for link in news.gone}
        self._stands.clear()
        self.beginResetModel()
        if gone:
            self._links = [link for link in self._links if link.id not in gone]
        if fresh:
            self._links = [fresh.get(link.id, link) for link in self._links]
        if again:
            self._arrange()
        else:
            touched = gone | fresh.keys()
            self._leaving |= touched
            self._coming = [[x for x in part if x.id not in touched] for part in self._coming]
            self._unordered = [x for x in self._unordered if x.id not in touched]
            self._unordered += [*news.added, *news.altered]
        self.endResetModel()
        self._begin(anew=True)

    def _documents_moved(self) -> bool:
        """Takes note of order and dates of the documents; True where links lie otherwise now.

        A document that came or went leaves the others as they lay, though it moves their numbers.
        """
        before, dates = self._places, self._dates
        self._places, self._dates = _places(self._session), _dates(self._session)
        stayed = [each for each in before if each in self._places]
        again = [each for each in self._places if each in before]
        if before != self._places:
            self._keys.clear()
        return stayed != again or any(dates[each] != self._dates[each] for each in stayed)

    def _take_out(self, link_id: str) -> None:
        row = self.row_of(link_id)
        if row >= 0:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._links[row]
            self.endRemoveRows()
        known = self._keys.get(link_id)
        if known is not None:
            place = _place_in(self._every, known[0], self._usual)
            if place >= 0:
                del self._every[place]
                return
        self._every = [link for link in self._every if link.id != link_id]

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
        known = self._keys.get(link_id)
        if known is not None and self.settled:
            # It stands where its key says: thousands of rows need not be looked through.
            row = _place_in(self._links[::-1] if self._sort[1] else self._links, known[0],
                            self._key())  # fmt: skip
            if row >= 0:
                return len(self._links) - 1 - row if self._sort[1] else row
            if not self._pass([known[0]]):
                return -1
        return next((row for row, link in enumerate(self._links) if link.id == link_id), -1)

    def rows_of(self, ids: set[str]) -> list[int]:
        """The rows of those of some links that are shown, in order.

        Few are looked up one by one, O(log n) each; of many all rows are gone through once.
        """
        if len(ids) <= _ONE_BY_ONE:
            return sorted(row for row in map(self.row_of, ids) if row >= 0)
        return [row for row, link in enumerate(self._links) if link.id in ids]

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
            return " ".join(STANDS[self.stand(link)])
        return f"{link.by}, {moment_in_words(link.at)}"

    def _tip(self, link: Link, column: int) -> str:
        if link.newest != link.passage.document_id:
            return HELD[link.hold]
        if link.hold is not Hold.EXACT:
            return f"The passage is {link.hold.value}: its quote no longer stands where it was."
        return self._shown(link, column)


def _place_in(links: list[Link], link: Link, key: Callable[[Link], Any]) -> int:
    """Where a link stands in a sorted list, -1 where it is not where its key says."""
    place = bisect.bisect_left(links, key(link), key=key)
    return place if place < len(links) and links[place].id == link.id else -1


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
