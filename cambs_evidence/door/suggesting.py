"""Suggestions: for a text the likeliest criteria, for a criterion the likeliest passages.

They are offered and never applied; the case is not changed by them.
"""

from __future__ import annotations

import re
import struct
import threading
import time
import zlib
from collections import Counter, OrderedDict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from cambs_evidence.documents.folding import search_key
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.door.mapping import Mapping
from cambs_evidence.mapping import suggesting
from cambs_evidence.mapping.passages import Stretch, passages, standing_in
from cambs_evidence.mapping.said import taggables
from cambs_evidence.mapping.suggesting import Asked, Linked, Suggester
from cambs_evidence.model import Candidate, Likely, Place
from cambs_evidence.store import learning, reading
from cambs_evidence.store.engine import Store

_Step = TypeVar("_Step")
#: Links of one criterion that are learnt from, the newest: more teach nothing new.
_MOST_LINKS = 100
#: Entries of the log that are followed one by one.
_FOLLOWED = 500
#: Pages that are looked through for one criterion, and words by which they are chosen.
_PAGES, _WORDS = 100, 24
#: Pages whose passages are kept ready.
_KEPT = 600
#: Pages on which a heading is looked for, up from where a text stands.
_HEADED = 5
#: Words by which is told whether a passage stands in one place alone: a few, then more.
_RARE, _PHRASE = 4, 24
#: Passages that are looked at for one that is given: of a document that repeats itself few are.
_LOOKED_AT = 5
#: Share of all that speaks in a passage below which it is no candidate.
_LEAST = 0.15
#: Seconds of work after which other threads get their turn, and how long they have.
_BUSY, _REST = 0.003, 0.001
#: What changes what there is to learn besides links.
_WORDING = frozenset({"section", "criterion", "narrative"})
_ELSEWHERE = frozenset({"passage", "document"})


class _Read(NamedTuple):
    """A passage of a page, ready to be asked about."""

    stretch: Stretch
    asked: Asked


class _Page:
    """The text of a page and its passages."""

    def __init__(self, text: str, found: list[_Read]) -> None:
        self.text = text
        self.passages = found
        #: Whether a passage stands in one place of its document alone, as far as that was asked.
        self.alone: dict[Stretch, bool] = {}

    @cached_property
    def key(self) -> str:
        """The text as it is searched."""
        return search_key(self.text)


class _Found(NamedTuple):
    """A passage that may be evidence: how likely, how much speaks for it, and where it stands."""

    share: float
    score: float
    page: learning.FoundPage
    read: _Page
    stretch: Stretch


class Suggesting(Mapping):
    """What an open case suggests."""

    def __init__(self, store: Store, by: str) -> None:
        super().__init__(store, by)
        self._learning = threading.Lock()
        self._suggester: Suggester | None = None
        self._learnt = 0
        self._counted: dict[str, Linked] = {}
        self._pages: OrderedDict[int, _Page] = OrderedDict()

    def suggest(self, text: str, top: int = 5) -> list[Likely]:
        """The criteria that a text may be evidence for, the likeliest first; none for boilerplate.

        Where the text stands in a document of the case, its paragraph and its heading are listened
        to as well. Learns first what there is to learn anew; the first time that takes a moment, in
        which other threads get their turn.
        """
        with self._learning:
            return self._up_to_date().suggest(text, top, self._around(text))

    def find_evidence(self, code: str, top: int = 10) -> list[Candidate]:
        """Passages that may be evidence for what a code names and that nobody has tagged.

        The likeliest first; each can be found by its quote alone. Raises Unknown.
        """
        target = self.target(code)
        with self._learning:
            suggester = self._up_to_date()
            found = self._candidates(suggester, target.code)
            return self._unlike(suggester, target.code, found, top)

    def _around(self, text: str) -> tuple[str, ...]:
        """The paragraph and the heading that a text stands in; nothing where it stands nowhere."""
        words = re.findall(r"\w+", text)
        if len(words) < _RARE:
            return ()
        some = _rarest(words)
        with self._store.reading() as connection:
            page = learning.page_holding(connection, " ".join(some))
            if page is None:
                return ()
            before = list(learning.pages_before(connection, page, _HEADED))
        layers = (self._unpacked(*each) for each in before)
        return standing_in(layers, some)

    # --- learning --------------------------------------------------------------------------

    def _up_to_date(self) -> Suggester:
        with self._store.reading() as connection:
            now = learning.newest_event(connection)
            if self._suggester is not None and now == self._learnt:
                return self._suggester
            touched = learning.touched(connection, self._learnt, _FOLLOWED)
            anew = self._suggester is None or touched is None or bool(touched.keys() & _WORDING)
            if anew or touched is None:
                tree = reading.framework(connection)
                told = learning.narratives(connection)
            everything = anew or touched is None or bool(touched.keys() & _ELSEWHERE)
            ids = None if everything or touched is None else touched.get("link", set())
            links = {
                each.id: Linked(each.quote, each.code) for each in learning.tagged(connection, ids)
            }
        if self._suggester is None or anew or touched is None:
            made = Suggester(taggables(tree))
            chosen = _newest(links)
            for _ in _gently(suggesting.training(made, told, chosen.values())):
                pass
            self._suggester, self._counted = made, chosen
            self._pages.clear()
        else:
            self._follow(self._suggester, links, None if everything else touched.get("link", set()))
        self._learnt = now
        return self._suggester

    def _follow(self, knows: Suggester, links: dict[str, Linked], ids: set[str] | None) -> None:
        """Learns links that came or changed and forgets those that went; all, or those with ids."""
        before = self._counted
        wanted = _newest(links) if ids is None else links
        looked_at = set(before) | set(wanted) if ids is None else ids
        often = Counter(each.code for each in before.values())
        for each in sorted(looked_at):
            old, new = before.get(each), wanted.get(each)
            if old == new:
                continue
            if old is not None:
                knows.learn(before.pop(each), -1)
                often[old.code] -= 1
            if new is not None and often[new.code] < _MOST_LINKS:
                before[each] = new
                knows.learn(new)
                often[new.code] += 1

    # --- seeking ---------------------------------------------------------------------------

    def _candidates(self, knows: Suggester, code: str) -> list[_Found]:
        """Untagged passages that speak for a code, the best first."""
        words = {name: None for each in knows.sought(code, _WORDS) for name in _beginnings(each)}
        codes = {each.code for section in self.framework().sections for each in section.criteria}
        with self._store.reading() as connection:
            pages = learning.pages_with(connection, list(words), _PAGES)
            taken = learning.tagged_stretches(connection, {page.document_id for page in pages})
            stretches = [
                (page, read, each)
                for page, read in _gently(self._read(connection, knows, pages))
                for each in read.passages
            ]
        told = knows.speaks(code, [each.asked for _, _, each in stretches])
        found = []
        for (page, read, (stretch, _)), (score, share) in zip(stretches, told, strict=True):
            start, end = stretch.start, stretch.end
            tagged = taken.get((page.document_id, page.number), ())
            if (
                share >= _LEAST
                # A self-assessment's own heading for a criterion is evidence for nothing.
                and stretch.code not in codes
                and not any(low < end and start < high for low, high in tagged)
            ):
                found.append(_Found(share, score, page, read, stretch))
        # Of many that are as likely, those come first in which more is said.
        found.sort(key=lambda each: (-round(each.share, 1), -each.score, each.page.id))
        return found

    def _read(
        self, connection: Connection, knows: Suggester, pages: list[learning.FoundPage]
    ) -> Iterator[tuple[learning.FoundPage, _Page]]:
        """The pages with their passages; those looked at last are kept ready."""
        for page in pages:
            read = self._pages.pop(page.id, None)
            if read is None:
                layer = self._unpacked(*learning.layer(connection, page.id))
                both = ((each, knows.read(each.quote)) for each in passages(layer))
                asked = [_Read(each, asked) for each, asked in both if asked is not None]
                read = _Page(layer.text, asked)
            self._pages[page.id] = read
            while len(self._pages) > _KEPT:
                self._pages.popitem(last=False)
            yield page, read

    def _unpacked(self, text: str, packed: bytes) -> PageLayer:
        try:
            return PageLayer.unpack(text, packed)
        except (struct.error, zlib.error, ValueError, KeyError) as error:
            raise self._store.damaged() from error

    def _unlike(
        self, knows: Suggester, code: str, found: list[_Found], top: int
    ) -> list[Candidate]:
        """The best of some passages that stand in one place of their document alone."""
        looked_at = found[: top * _LOOKED_AT]
        with self._store.reading() as connection:
            some = reading.documents(connection, only={each.page.document_id for each in looked_at})
        documents = {each.id: each for each in some}
        candidates: list[Candidate] = []
        seen: set[str] = set()
        for each in looked_at:
            if len(candidates) == top:
                break
            page, stretch = each.page, each.stretch
            key = search_key(stretch.quote)
            if stretch not in each.read.alone:
                each.read.alone[stretch] = self._stands_once(each, key)
            if key in seen or not each.read.alone[stretch]:
                continue
            seen.add(key)
            candidates.append(
                Candidate(
                    documents[page.document_id],
                    Place(((page.number, stretch.start, stretch.end),)),
                    stretch.quote,
                    round(each.share, 4),
                    knows.because(code, stretch.quote),
                )
            )
        return candidates

    def _stands_once(self, found: _Found, key: str) -> bool:
        """Whether a document holds these words in this place alone."""
        if found.read.key.count(key) != 1:
            return False
        stretch, document_id = found.stretch, found.page.document_id
        words = re.findall(r"\w+", found.read.text[stretch.start : stretch.end])
        with self._store.reading() as connection:
            return any(
                learning.stands_on(connection, document_id, " ".join(some)) == 1
                for some in (_rarest(words), words[:_PHRASE])
            )


def _rarest(words: list[str]) -> list[str]:
    """Of words that follow each other some that are likely rare: long ones."""
    starts = range(max(len(words) - _RARE + 1, 1))
    best = max(starts, key=lambda start: sum(map(len, words[start : start + _RARE])))
    return words[best : best + _RARE]


def _newest(links: dict[str, Linked]) -> dict[str, Linked]:
    """Of each criterion the first links, which are the newest, as many as are learnt from."""
    often: Counter[str] = Counter()
    chosen = {}
    for each, link in links.items():
        often[link.code] += 1
        if often[link.code] <= _MOST_LINKS:
            chosen[each] = link
    return chosen


def _beginnings(name: str) -> list[str]:
    """How words begin that have a stem; of a group that means the same, each of its words."""
    stems = name.removeprefix("=").split(" ")
    return [stem.removesuffix("i") for stem in stems if len(stem) > 2]


def _gently(steps: Iterator[_Step]) -> Iterator[_Step]:
    """Steps of work, with rests in which other threads get their turn, as painting does."""
    begun = time.monotonic()
    for step in steps:
        yield step
        if time.monotonic() - begun > _BUSY:
            time.sleep(_REST)
            begun = time.monotonic()
