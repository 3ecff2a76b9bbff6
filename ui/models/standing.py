"""How the links of a case stand for a person: in order and counted, kept up link by link."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from cambs_evidence.model import Link
from cambs_evidence.review import Stand
from ui.session import Session
from ui.stands import own_view, stand_of

#: Links up to which each is put to its place; for more the whole is put together anew.
_FEW = 50


class Standing:
    """All links in the order of the framework, how each stands, and how many stand so.

    What it holds is as old as the last :meth:`arrange` or :meth:`take`; nothing before the first.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.person = session.case.by
        self.ordered: list[Link] = []
        self.links: dict[str, Link] = {}
        #: Those without a decision, in the same order.
        self.open: list[Link] = []
        #: The links whose decision is of an earlier state.
        self.outdated: set[str] = set()
        #: The links with a query that waits for an answer, though reviewers differ on them.
        self.waiting: set[str] = set()
        self._stands: dict[str, Stand] = {}
        #: How many stand so, by the id of their section.
        self._counts: Counter[tuple[str, Stand]] = Counter()
        self._order: dict[str, int] = {}
        self._places: dict[str, int] = {}

    def arrange(self) -> None:
        """Looks at everything anew; O(n log n)."""
        held = self._session.held
        codes = (
            code
            for section in held.framework.sections
            for code in ([each.code for each in section.criteria] or [str(section.number)])
        )
        self._order = {code: place for place, code in enumerate(codes)}
        self._places = {each: place for place, each in enumerate(held.documents)}
        self.links = dict(held.links)
        self.ordered = sorted(self.links.values(), key=self.key)
        self.open.clear()
        self._stands.clear()
        self._counts.clear()
        self.outdated.clear()
        self.waiting.clear()
        self.judge(self.links)

    @property
    def in_order(self) -> bool:
        """False where the documents lie otherwise than when all was arranged."""
        return list(self._places) == list(self._session.held.documents)

    def key(self, link: Link) -> tuple[Any, ...]:
        """What stands for a link in the order of the framework and of the pages."""
        passage = link.passage
        return (
            self._order.get(link.code, len(self._order)), self._places.get(link.newest, 0),
            passage.page, passage.anchor.spans[0].start, link.at, link.id,
        )  # fmt: skip

    def take(self, link_id: str) -> None:
        """Takes a link as it is now, or that it is gone; of the others none is looked at.

        O(log n), but for moving what lies behind it in the list.
        """
        old, new = self.links.pop(link_id, None), self._session.held.links.get(link_id)
        if old is not None:
            del self.ordered[self.place_in(self.ordered, old)]
            stand = self._stands.pop(link_id)
            if stand is Stand.OPEN:
                del self.open[self.place_in(self.open, old)]
            self._counts[old.section_id, stand] -= 1
            self.outdated.discard(link_id)
            self.waiting.discard(link_id)
        if new is not None:
            self.links[link_id] = new
            bisect.insort(self.ordered, new, key=self.key)
            self.judge([link_id])

    def judge(self, ids: Collection[str]) -> None:
        """Looks at what was said of some links; O(log n) for each of few, O(n) for many."""
        held, few = self._session.held, len(ids) <= _FEW
        for each in ids:
            link = self.links.get(each)
            if link is None:
                continue
            before = self._stands.get(each)
            if before is not None:
                self._counts[link.section_id, before] -= 1
            review = held.review(each)
            stand = self._stands[each] = stand_of(self._session, review, self.person)
            self._counts[link.section_id, stand] += 1
            if few and stand is Stand.OPEN and before is not Stand.OPEN:
                bisect.insort(self.open, link, key=self.key)
            elif few and stand is not Stand.OPEN and before is Stand.OPEN:
                del self.open[self.place_in(self.open, link)]
            outdated = bool(own_view(self._session, review, self.person).outdated)
            waits = stand is Stand.CONFLICTING and review.waits
            for holds, known in ((outdated, self.outdated), (waits, self.waiting)):
                if holds:
                    known.add(each)
                else:
                    known.discard(each)
        if not few:
            self.open = [x for x in self.ordered if self._stands[x.id] is Stand.OPEN]

    def place_in(self, links: list[Link], link: Link) -> int:
        """Where a link stands in a list that is in this order, -1 where it is not; O(log n)."""
        place = bisect.bisect_left(links, self.key(link), key=self.key)
        return place if place < len(links) and links[place].id == link.id else -1

    def next_open(self, link_id: str | None) -> Link | None:
        """The next link without a decision, from the top after the last; O(log n)."""
        here = self.links.get(link_id or "")
        place = 0
        if here is not None:
            place = bisect.bisect_right(self.open, self.key(here), key=self.key)
        for each in (*self.open[place : place + 1], *self.open[:1]):
            if each.id != link_id:
                return each
        return None

    def of_code(self, code: str) -> list[Link]:
        """The links to a criterion, in order."""
        place = self._order.get(code, len(self._order))
        start = bisect.bisect_left(self.ordered, place, key=lambda link: self.key(link)[0])
        until = bisect.bisect_right(self.ordered, place, key=lambda link: self.key(link)[0])
        return self.ordered[start:until]

    def stand(self, link_id: str) -> Stand:
        """How a link stands for the person."""
        return self._stands.get(link_id, Stand.OPEN)

    def count(self, stand: Stand) -> int:
        """How many links stand so."""
        return sum(count for (_, told), count in self._counts.items() if told is stand)

    def decided(self) -> dict[str, tuple[int, int]]:
        """How many links have a decision, of how many, by the id of their section."""
        told: dict[str, tuple[int, int]] = {}
        for (section, stand), count in self._counts.items():
            done, there = told.get(section, (0, 0))
            told[section] = (done + (count if stand is not Stand.OPEN else 0), there + count)
        return told


class Remarked:
    """How many links reviewers said what of, for the author, kept up link by link.

    What it holds is as old as the last :meth:`take`.
    """

    def __init__(self, session: Session) -> None:
        """O(reviews)."""
        self._session = session
        self._known: dict[str, tuple[Stand, bool]] = {}
        self._stands: Counter[Stand] = Counter()
        #: How many have a query that waits for an answer.
        self.waiting = 0
        self.take(session.held.reviews)

    def take(self, ids: Iterable[str]) -> None:
        """Takes what is said of some links now; of the others none is looked at."""
        reviews = self._session.held.reviews
        for each in ids:
            before = self._known.pop(each, None)
            if before is not None:
                self._stands[before[0]] -= 1
                self.waiting -= before[1]
            review = reviews.get(each)
            if review is not None:
                now = self._known[each] = (review.stand, review.waits)
                self._stands[now[0]] += 1
                self.waiting += now[1]

    def count(self, stand: Stand) -> int:
        """How many links stand so."""
        return self._stands[stand]
