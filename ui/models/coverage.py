"""Coverage as a picture: sections and criteria by documents, fluid with 50,000 links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cambs_evidence.model import Document, Link, Polarity, State, Tally
from cambs_evidence.wording import POLARITIES, in_words, last_day
from ui.models.framework import Row, told
from ui.session import News, Session
from ui.theme import plain

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
#: Links of strength, of development, and neutral ones.
Counts = tuple[int, int, int]
NOTHING: Counts = (0, 0, 0)
_PLACES = {polarity: place for place, polarity in enumerate(Polarity)}
_WORDS = tuple(each.value for each in Polarity)
_SIGNS = tuple(POLARITIES[each][0] for each in Polarity)
#: So many links that change at once are taken up as a whole.
_MANY = 50


class Show(StrEnum):
    """Which criteria are shown."""

    ALL = "Every criterion"
    GAPS = "○ Gaps only"
    WEAK = "○ ◔ ◑ Gaps, old, thin"


_SHOWN = {
    Show.GAPS: {State.NONE},
    Show.WEAK: {State.NONE, State.OLD, State.THIN},
}


class Order(StrEnum):
    """How the documents lie."""

    NEWEST = "Newest first"
    OLDEST = "Oldest first"
    MOST = "Most evidence first"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a section or a criterion; ``key`` is its number or code."""

    row: Row
    key: str
    section: int
    whole: bool
    folded: bool


class CoverageModel(QAbstractTableModel):
    """Rows are sections and criteria, columns all documents together and then each of them.

    It holds nothing before :meth:`load` has been called, for a picture that nobody looks at.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked = False
        self._waiting: list[Callable[[], None]] = []
        #: True once the links have been counted.
        self.loaded = False
        self._cells: dict[str, dict[str, Counts]] = {}
        self.documents: list[Document] = []
        self._columns: dict[str, int] = {}
        self.lines: list[Line] = []
        self._folded: set[int] = set()
        self._show, self._marked, self._order = Show.ALL, False, Order.NEWEST
        self._section_of = self._sections()
        self.lines = self._lined()
        self._arrange()
        session.changed.connect(self._hear)

    # --- reading -------------------------------------------------------------------------

    def load(self) -> None:
        """Has the links counted, once."""
        if not self._asked:
            self._count()

    def ready(self, then: Callable[[], None]) -> None:
        """Calls back once the links have been counted: at once where they have."""
        if self.loaded:
            then()
        else:
            self._waiting.append(then)
            self.load()

    def _count(self) -> None:
        self._asked, self.loaded = True, False
        self._section_of = self._sections()
        case, sections = self._session.case, self._section_of
        self._session.between(lambda: _tallied(case.tallies(), sections), self._take)

    def _take(self, cells: dict[str, dict[str, Counts]]) -> None:
        self.beginResetModel()
        self.loaded = True
        self._cells = cells
        self.lines = self._lined()
        self._arrange()
        self.endResetModel()
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each()

    def _sections(self) -> dict[str, str]:
        """The key of its section by the code of a criterion; of a section without any, its own."""
        sections = self._session.held.framework.sections
        found = {each.code: str(s.number) for s in sections for each in s.criteria}
        return found | {str(s.number): str(s.number) for s in sections}

    def _lined(self) -> list[Line]:
        held = self._session.held
        by_code = {each.code: each for each in held.coverage.criteria}
        shown = _SHOWN.get(self._show)
        lines: list[Line] = []
        for section, whole, far in zip(
            held.framework.sections, held.coverage.sections, held.progress(), strict=True
        ):
            rows = [Row(section, each, by_code[each.code], whole, far) for each in section.criteria]
            chosen = [
                row
                for row in rows
                if row.coverage is not None
                and (shown is None or row.coverage.state in shown)
                and (row.coverage.marked or not self._marked)
            ]
            alone = whole.itself is not None and not self._marked and (
                shown is None or whole.itself.state in shown
            )  # fmt: skip
            if not chosen and not alone:
                continue
            folded = section.number in self._folded and bool(rows)
            head = Row(section, None, whole.itself, whole, far)
            number = section.number
            lines.append(Line(head, str(number), number, whole=True, folded=folded))
            if not folded:
                lines += [
                    Line(row, str(row.code), number, whole=False, folded=False) for row in chosen
                ]
        return lines

    def _arrange(self) -> None:
        documents = list(self._session.held.documents.values())
        if self._order is Order.MOST:
            documents.sort(key=lambda each: -each.links)
        else:
            newest = self._order is Order.NEWEST
            dated = [each for each in documents if each.date is not None]
            dated.sort(key=lambda each: last_day(each.date or ""), reverse=newest)
            documents = [*dated, *(each for each in documents if each.date is None)]
        self.documents = documents
        self._columns = {each.id: column for column, each in enumerate(documents, 1)}

    # --- choosing ------------------------------------------------------------------------

    @property
    def filtered(self) -> bool:
        """True where criteria may be hidden."""
        return self._marked or self._show is not Show.ALL

    def choose(self, show: Show, order: Order, *, marked: bool) -> None:
        """Which criteria are shown, those marked (M) alone or not, and how documents lie."""
        if (show, order, marked) != (self._show, self._order, self._marked):
            self.beginResetModel()
            self._show, self._order, self._marked = show, order, marked
            self.lines = self._lined()
            self._arrange()
            self.endResetModel()

    def fold(self, section: int, *, folded: bool) -> None:
        """Folds the criteria of a section away, or unfolds them."""
        lines = {line.section: row for row, line in enumerate(self.lines) if line.whole}
        here = lines.get(section)
        if here is None or folded == (section in self._folded):
            return
        self._folded ^= {section}
        after = self._lined()
        count = abs(len(after) - len(self.lines))
        if count and folded:
            self.beginRemoveRows(QModelIndex(), here + 1, here + count)
        elif count:
            self.beginInsertRows(QModelIndex(), here + 1, here + count)
        self.lines = after
        if count and folded:
            self.endRemoveRows()
        elif count:
            self.endInsertRows()
        self.headerDataChanged.emit(Qt.Orientation.Vertical, here, here)

    def fold_all(self, *, folded: bool) -> None:
        """Folds every section, or none."""
        self.beginResetModel()
        sections = self._session.held.framework.sections
        self._folded = {each.number for each in sections} if folded else set()
        self.lines = self._lined()
        self.endResetModel()

    # --- asking --------------------------------------------------------------------------

    def counts(self, row: int, column: int) -> Counts:
        """The links of a cell by polarity; column 0 is all documents together."""
        found = self._cells.get(self.lines[row].key)
        if not found:
            return NOTHING
        return found.get(self.documents[column - 1].id if column else "", NOTHING)

    def of(self, key: str) -> dict[str, Counts]:
        """The counts of a section (its number as text) or criterion by document; ``""`` for all."""
        return self._cells.get(key, {})

    def row_of(self, key: str) -> int:
        """The row of a criterion or section, -1 where it is not shown."""
        return next((row for row, line in enumerate(self.lines) if line.key == key), -1)

    def section_of(self, code: str) -> int | None:
        """The number of the section of a criterion."""
        found = self._section_of.get(code)
        return int(found) if found is not None else None

    def column_of(self, document_id: str | None) -> int:
        """The column of a document, 0 for all or one that is not there."""
        return self._columns.get(document_id or "", 0)

    def document(self, column: int) -> Document | None:
        """The document of a column, None for all together."""
        return self.documents[column - 1] if 0 < column <= len(self.documents) else None

    @property
    def old_before(self) -> str | None:
        """The first day of which evidence is not old (ISO text), where there is one."""
        return self._session.held.coverage.old_before

    def is_old(self, document: Document) -> bool:
        """True where evidence from a document counts as old; undated ones never count as new."""
        limit = self.old_before
        if document.date is None:
            return True
        return limit is not None and last_day(document.date) < last_day(limit)

    # --- news ----------------------------------------------------------------------------

    def _hear(self, news: News) -> None:
        if not self._asked:
            return  # nobody has looked at it yet: it is made anew then
        sections = self._sections() if news.framework else self._section_of
        moved = sections != self._section_of
        self._section_of = sections
        known = [(each.id, each.title, each.date) for each in self.documents]
        documents = self._session.held.documents
        now = {each.id: (each.id, each.title, each.date) for each in documents.values()}
        if moved or (news.documents and set(known) != set(now.values())):
            self.beginResetModel()
            self.lines = self._lined()
            self._arrange()
            self.endResetModel()
            if self._asked and (moved or {each[0] for each in known} != set(now)):
                self._count()
            return
        touched = self._add(news) if self.loaded else set()
        lines = self._lined()
        if [line.key for line in lines] != [line.key for line in self.lines]:
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()
            return
        changed = [row for row, line in enumerate(lines) if line != self.lines[row]]
        self.lines = lines
        if changed:
            self.headerDataChanged.emit(Qt.Orientation.Vertical, changed[0], changed[-1])
        if len(touched) > _MANY:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        rows = {line.key: row for row, line in enumerate(lines)}
        for key, document in touched:
            row = rows.get(key)
            if row is not None:
                index = self.index(row, self.column_of(document))
                self.dataChanged.emit(index, index)

    def _add(self, news: News) -> set[tuple[str, str]]:
        """Counts what came and went; the cells (key, document) that are not as they were."""
        touched: set[tuple[str, str]] = set()
        for links, by in ((news.gone + news.were, -1), (news.added + news.altered, 1)):
            for link in links:
                for key in self._keys(link):
                    row = self._cells.setdefault(key, {})
                    for document in (link.newest or link.passage.document_id, ""):
                        row[document] = _more(row.get(document, NOTHING), link.polarity, by)
                        if row[document] == NOTHING:
                            del row[document]
                        touched.add((key, document))
        return touched

    def _keys(self, link: Link) -> set[str]:
        return {link.code, self._section_of.get(link.code, link.code)}

    # --- Qt ------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - the name is Qt's
        """How many lines are shown."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """All documents together, then each."""
        return 0 if parent.isValid() else len(self.documents) + 1

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of documents, and of criteria with their states."""
        roles = {
            Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        }  # fmt: skip
        if role not in roles:
            return None
        if orientation is Qt.Orientation.Vertical:
            if not 0 <= section < len(self.lines):
                return None
            row = self.lines[section].row
            words = f"{row.words}. {told(row)}"
            shown = row.words if role == Qt.ItemDataRole.DisplayRole else words
        else:
            if not 0 <= section <= len(self.documents):
                return None
            shown = self._named(section)
        return plain(shown) if role == Qt.ItemDataRole.ToolTipRole else shown

    def _named(self, column: int) -> str:
        document = self.document(column)
        if document is None:
            return "All documents"
        if document.date is None:
            return f"{document.title}, undated"
        return f"{document.title}, {in_words(document.date)}" + (
            ", old" if self.is_old(document) else ""
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The links of a cell, in signs and in words."""
        if not index.isValid():
            return None
        counts = self.counts(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return in_signs(counts)
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            line = self.lines[index.row()]
            code = line.key if not line.whole else f"Section {line.key}"
            words = f"{code}, {self._named(index.column())}: {in_counts(counts)}."
            return words if role == Qt.ItemDataRole.AccessibleTextRole else plain(words)
        return None


def in_signs(counts: Sequence[int]) -> str:
    """``▲2 ▼1``; empty where there is nothing."""
    return " ".join(f"{sign}{n}" for sign, n in zip(_SIGNS, counts, strict=True) if n)


def in_counts(counts: Sequence[int]) -> str:
    """``2 strength, 1 development``."""
    said = [f"{n} {word}" for word, n in zip(_WORDS, counts, strict=True) if n]
    return ", ".join(said) or "no evidence"


def _tallied(tallies: Iterable[Tally], sections: dict[str, str]) -> dict[str, dict[str, Counts]]:
    """Tallies by code and document, with those of sections and of all documents.

    It takes its time, and is called in a thread.
    """
    cells: dict[str, dict[str, Counts]] = {}
    for each in tallies:
        for key in {each.code, sections.get(each.code, each.code)}:
            row = cells.setdefault(key, {})
            for document in (each.document_id, ""):
                row[document] = _more(row.get(document, NOTHING), each.polarity, each.links)
    return cells


def _more(counts: Counts, polarity: Polarity, by: int) -> Counts:
    found = list(counts)
    found[_PLACES[polarity]] += by
    return found[0], found[1], found[2]
