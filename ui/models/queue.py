"""What is to be reviewed, in the order of the framework: links, or passages noted as missing."""

from __future__ import annotations

import bisect
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cambs_evidence.model import Link
from cambs_evidence.review import Finding, Stand
from cambs_evidence.wording import POLARITIES, quote_in_words
from ui.models.standing import Standing
from ui.session import Session
from ui.stands import STANDS

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
#: What a passage that was noted as missing has become.
OUTCOMES = {None: ("+", "Waits"), "taken": ("✓", "Taken"), "declined": ("✗", "Declined")}
#: Kinds of the queue beside those that are how a link stands.
ALL, CHANGED, SAMPLE, MISSING = "all", "changed", "sample", "missing"
KINDS: Mapping[str, str] = {
    ALL: "All",
    **{each.value: word for each, (_, word) in STANDS.items()},
    CHANGED: "Changed since",
    SAMPLE: "Sample",
    MISSING: "Missed",
}
#: Words of a quote that a line shows, at most.
_BRIEF = 140
#: Links up to which each is put to its place; for more all are.
_ONE_BY_ONE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the queue holds: a kind of :data:`KINDS`, and the number of a section or None."""

    kind: str = ALL
    section: int | None = None


class QueueModel(QAbstractListModel):
    """The links that are wanted, or the passages that were noted as missing.

    It holds nothing before :meth:`again` has been called, for a queue that nobody looks at.
    """

    def __init__(self, session: Session, person: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._standing = Standing(session)
        self.person = person
        self.wanted = Wanted()
        self.sample: frozenset[str] = frozenset()
        self._rows: list[Link] = []
        #: What is shown instead of links where passages noted as missing are wanted.
        self._found: list[Finding] = []

    # --- what it holds -------------------------------------------------------------------

    @property
    def person(self) -> str:
        """For whom the links stand as they do."""
        return self._standing.person

    @person.setter
    def person(self, person: str) -> None:
        self._standing.person = person

    def choose(self, wanted: Wanted) -> None:
        """Shows what is wanted."""
        self.wanted = wanted
        self._fill()

    def choose_sample(self, ids: Collection[str]) -> None:
        """Shows a sample alone."""
        self.sample = frozenset(ids)
        self.choose(Wanted(SAMPLE))

    def again(self, moved: Collection[str] | None, touched: Collection[str] = ()) -> None:
        """Something has changed.

        ``moved`` are the ids of the links that came or went or lie otherwise, ``touched`` of those
        of which something else was said. None for ``moved``: all is looked at anew. Of few links
        each costs O(log n), and the others are not looked at.
        """
        if moved is None or len(moved) > _ONE_BY_ONE or not self._standing.in_order:
            self._standing.arrange()
            self._fill()
        elif len(touched) > _ONE_BY_ONE:
            for each in moved:
                self._standing.take(each)
            self._standing.judge(touched)
            self._fill()
        elif self.wanted.kind == MISSING:
            for each in {*moved, *touched}:
                self._standing.take(each)
            self._fill()
        else:
            for each in dict.fromkeys((*moved, *touched)):
                self._take(each)

    def _take(self, link_id: str) -> None:
        """Takes one link as it is now: its row stays, comes or goes."""
        standing = self._standing
        old = standing.links.get(link_id)
        row = standing.place_in(self._rows, old) if old is not None else -1
        standing.take(link_id)
        new = standing.links.get(link_id)
        wanted = new is not None and self._is_wanted(new, self._within())
        if row >= 0:
            if wanted and new is not None and old is not None and (
                standing.key(new) == standing.key(old)
            ):  # fmt: skip
                self._rows[row] = new
                self.dataChanged.emit(self.index(row), self.index(row))
                return
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._rows[row]
            self.endRemoveRows()
        if wanted and new is not None:
            row = bisect.bisect_left(self._rows, standing.key(new), key=standing.key)
            self.beginInsertRows(QModelIndex(), row, row)
            self._rows.insert(row, new)
            self.endInsertRows()

    def _fill(self) -> None:
        """Puts the rows together; where they are those that were, they are but painted anew."""
        rows, found = self._wanted_rows()
        before = [each.id for each in self._every()]
        now: Sequence[Link | Finding] = found or rows
        if [each.id for each in now] == before:
            self._rows, self._found = rows, found
            if before:
                self.dataChanged.emit(self.index(0), self.index(len(before) - 1))
            return
        self.beginResetModel()
        self._rows, self._found = rows, found
        self.endResetModel()

    def _every(self) -> Sequence[Link | Finding]:
        return self._found or self._rows

    def _wanted_rows(self) -> tuple[list[Link], list[Finding]]:
        section = self.wanted.section
        if self.wanted.kind == MISSING:
            number = None if section is None else str(section)
            noted = self._session.held.findings.values()
            return [], [
                each for each in noted if number in {None, each.code.partition(".")[0]}
            ]  # fmt: skip
        within = self._within()
        return [link for link in self._standing.ordered if self._is_wanted(link, within)], []

    def _within(self) -> str | None:
        """The id of the section that is wanted alone."""
        if self.wanted.section is None:
            return None
        numbers = self._section_ids()
        return next((key for key, number in numbers.items() if number == self.wanted.section), "")

    def _is_wanted(self, link: Link, within: str | None) -> bool:
        kind = self.wanted.kind
        if within is not None and link.section_id != within:
            return False
        if kind == ALL:
            return True
        if kind == SAMPLE:
            return link.id in self.sample
        if kind == CHANGED:
            return link.id in self._standing.outdated
        if kind == Stand.QUERIED.value and link.id in self._standing.waiting:
            return True
        return self.stand(link.id).value == kind

    def _section_ids(self) -> dict[str, int]:
        return {each.id: each.number for each in self._session.held.framework.sections}

    def stand(self, link_id: str) -> Stand:
        """How a link stands for the person."""
        return self._standing.stand(link_id)

    def of_code(self, code: str) -> list[Link]:
        """All links to a criterion, in order, whatever is wanted."""
        return self._standing.of_code(code)

    def counts(self) -> dict[str, int]:
        """How many there are of each kind, in all sections; O(sections + sample)."""
        standing = self._standing
        return {
            ALL: len(standing.links),
            **{each.value: standing.count(each) for each in Stand},
            Stand.QUERIED.value: standing.count(Stand.QUERIED) + len(standing.waiting),
            CHANGED: len(standing.outdated),
            SAMPLE: sum(each in standing.links for each in self.sample),
            MISSING: len(self._session.held.findings),
        }

    def decided(self) -> dict[int | None, tuple[int, int]]:
        """How many links have a decision, of how many: by section, and of all under None."""
        numbers, told = self._section_ids(), self._standing.decided()
        found: dict[int | None, tuple[int, int]] = {
            numbers.get(key): each for key, each in told.items() if each[1]
        }
        whole = (sum(done for done, _ in told.values()), sum(there for _, there in told.values()))
        return found | {None: whole}

    # --- going through it ----------------------------------------------------------------

    def row(self, place: int) -> Link | Finding | None:
        """What stands in a row."""
        rows = self._every()
        return rows[place] if 0 <= place < len(rows) else None

    def place(self, key: str | None) -> int:
        """The row of a link or a finding, -1 where it is not shown."""
        link = self._standing.links.get(key or "")
        if link is not None and not self._found:
            return self._standing.place_in(self._rows, link)
        return next((n for n, each in enumerate(self._found) if each.id == key), -1)

    def after(self, key: str | None, *, is_open: bool) -> Link | Finding | None:
        """The next one, from the top after the last; with ``is_open`` one without a decision."""
        if is_open and self.wanted == Wanted():
            return self._standing.next_open(key)
        rows, here = self._every(), self.place(key) + 1
        for place in chain(range(here, len(rows)), range(max(here - 1, 0))):
            each = rows[place]
            if not is_open or (isinstance(each, Link) and self.stand(each.id) is Stand.OPEN):
                return each
        return None

    # --- Qt ------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - the name is Qt's
        """How many are wanted."""
        return 0 if parent.isValid() else len(self._every())

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One line of words."""
        each = self.row(index.row())
        if each is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._line(each)
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._in_full(each)
        return None

    def _line(self, each: Link | Finding) -> str:
        sign, anchor, page = self._told(each)
        words = " ".join(quote_in_words(anchor).split())[:_BRIEF]
        polarity = POLARITIES[each.polarity][0]
        return f"{sign[0]}  {each.code} {polarity}  p. {page + 1}  {words}"

    def _in_full(self, each: Link | Finding) -> str:
        sign, anchor, page = self._told(each)
        words = " ".join(quote_in_words(anchor).split())[: 4 * _BRIEF]
        word = POLARITIES[each.polarity][1]
        return f"{sign[1]}: {each.code}, {word}, page {page + 1}\n{words}"

    def _told(self, each: Link | Finding) -> tuple[tuple[str, str], Any, int]:
        if isinstance(each, Finding):
            return OUTCOMES[each.outcome], each.anchor, each.anchor.spans[0].page
        return STANDS[self.stand(each.id)], each.passage.anchor, each.passage.page
