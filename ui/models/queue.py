"""What is to be reviewed, in the order of the framework: links, or passages noted as missing."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cambs_evidence.model import Link
from cambs_evidence.review import Finding, Stand
from cambs_evidence.wording import POLARITIES, quote_in_words
from ui.session import Session
from ui.stands import STANDS, own_view, stand_of

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
        self.person = person
        self.wanted = Wanted()
        self.sample: frozenset[str] = frozenset()
        self._rows: list[Link | Finding] = []
        self._ordered: list[Link] = []
        self._stands: dict[str, Stand] = {}
        self._usual: Callable[[Link], tuple[Any, ...]] = lambda link: (link.id,)

    # --- what it holds -------------------------------------------------------------------

    def choose(self, wanted: Wanted) -> None:
        """Shows what is wanted."""
        self.wanted = wanted
        self.beginResetModel()
        self._fill()
        self.endResetModel()

    def choose_sample(self, ids: Collection[str]) -> None:
        """Shows a sample alone."""
        self.sample = frozenset(ids)
        self.choose(Wanted(SAMPLE))

    def again(self, moved: Collection[str] | None, touched: Collection[str] = ()) -> None:
        """Something has changed.

        ``moved`` are the ids of the links that came or went or lie otherwise, ``touched`` of those
        of which something else was said. None for ``moved``: all is looked at anew.
        """
        if moved is None or len(moved) > _ONE_BY_ONE:
            self._arrange()
        else:
            self._move(frozenset(moved))
            self._judge([*moved, *touched])
        rows = self._found()
        if [each.id for each in rows] == [each.id for each in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def _arrange(self) -> None:
        held = self._session.held
        codes = (
            code
            for section in held.framework.sections
            for code in ([each.code for each in section.criteria] or [str(section.number)])
        )
        order = {code: place for place, code in enumerate(codes)}
        places = {each: place for place, each in enumerate(held.documents)}

        def usual(link: Link) -> tuple[Any, ...]:
            passage = link.passage
            start = passage.anchor.spans[0].start
            return (
                order.get(link.code, len(order)), places.get(link.newest, 0), passage.page, start,
                link.at, link.id,
            )  # fmt: skip

        self._usual = usual
        self._ordered = sorted(held.links.values(), key=usual)
        self._stands.clear()
        self._judge(held.links)

    def _move(self, moved: frozenset[str]) -> None:
        """Puts links to where they lie now: of many others, none is looked at."""
        if not moved:
            return
        links = self._session.held.links
        self._ordered = [each for each in self._ordered if each.id not in moved]
        for key in moved:
            link = links.get(key)
            if link is None:
                self._stands.pop(key, None)
            else:
                bisect.insort(self._ordered, link, key=self._usual)

    def _judge(self, ids: Iterable[str]) -> None:
        held = self._session.held
        for each in ids:
            if each in held.links:
                self._stands[each] = stand_of(self._session, held.review(each), self.person)

    def _fill(self) -> None:
        self._rows = self._found()

    def _found(self) -> list[Link | Finding]:
        held, wanted = self._session.held, self.wanted
        sections = {each.id: each.number for each in held.framework.sections}
        if wanted.kind == MISSING:
            return [
                each
                for each in held.findings.values()
                if wanted.section is None or each.code.partition(".")[0] == str(wanted.section)
            ]
        return [
            link
            for link in self._ordered
            if self._is_wanted(link)
            and (wanted.section is None or sections.get(link.section_id) == wanted.section)
        ]

    def _is_wanted(self, link: Link) -> bool:
        kind = self.wanted.kind
        if kind == ALL:
            return True
        if kind == SAMPLE:
            return link.id in self.sample
        if kind == CHANGED:
            seen = own_view(self._session, self._session.held.review(link.id), self.person)
            return bool(seen.outdated)
        return self._stands[link.id].value == kind

    def stand(self, link_id: str) -> Stand:
        """How a link stands for the person."""
        return self._stands.get(link_id, Stand.OPEN)

    def counts(self) -> dict[str, int]:
        """How many there are of each kind, in all sections."""
        held, known = self._session.held, {link.id for link in self._ordered}
        stands = Counter(self._stands[each] for each in known)
        seen = (own_view(self._session, each, self.person) for each in held.reviews.values())
        return {
            ALL: len(known),
            **{each.value: stands[each] for each in Stand},
            CHANGED: sum(bool(each.outdated) for each in seen if each.link in known),
            SAMPLE: len(self.sample & known),
            MISSING: len(held.findings),
        }

    def decided(self) -> dict[int | None, tuple[int, int]]:
        """How many links have a decision, of how many: by section, and of all under None."""
        ids = {each.id: each.number for each in self._session.held.framework.sections}
        there: Counter[int | None] = Counter(ids.get(each.section_id) for each in self._ordered)
        done: Counter[int | None] = Counter(
            ids.get(each.section_id)
            for each in self._ordered
            if self._stands[each.id] is not Stand.OPEN
        )
        told = {each: (done[each], there[each]) for each in there}
        return told | {None: (done.total(), there.total())}

    # --- going through it ----------------------------------------------------------------

    def row(self, place: int) -> Link | Finding | None:
        """What stands in a row."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place(self, key: str | None) -> int:
        """The row of a link or a finding, -1 where it is not shown."""
        return next((n for n, each in enumerate(self._rows) if each.id == key), -1)

    def after(self, key: str | None, *, is_open: bool) -> Link | Finding | None:
        """The next one, from the top after the last; with ``is_open`` one without a decision."""
        here = self.place(key) + 1
        for each in (*self._rows[here:], *self._rows[: max(here - 1, 0)]):
            if not is_open or (isinstance(each, Link) and self.stand(each.id) is Stand.OPEN):
                return each
        return None

    # --- Qt ------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - the name is Qt's
        """How many are wanted."""
        return 0 if parent.isValid() else len(self._rows)

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
