"""What a search over all documents asks for, in the words of a person.

Words that must all stand on a page, ``"phrases"``, beginnings``*``, ``one NEAR another`` (within so
many words, ``NEAR/5``), and ``-words`` that must not stand there.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cambs_evidence.documents.finding import Plain, Wanted, line_begins

#: What is read of a query: characters, and words or phrases.
LONGEST, MOST = 1000, 32
#: How many words may stand between two that are near each other, unless it is said.
NEAR = 10
#: As far as words can be near each other at all.
_FAR = 100

_SIGNS = str.maketrans({0: " ", 0x201C: '"', 0x201D: '"', 0x201E: '"'})
_PART = re.compile(r'-?"([^"]*)(?:"|\Z)|[^\s"]+')
_NEAR = re.compile(r"NEAR(?:/(\d{1,4}))?")
_WORD = re.compile(r"\w+")
#: Small letters in ASCII with nothing but spaces between words.
_SPACE = 32
_SPACED = bytes(
    each if each < 128 and (chr(each).isalnum() or each == 95) else 32 for each in range(256)
)

_Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase; ``begins`` where its last word is but the beginning of one."""

    words: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that stand together: one alone, or several with few ``words`` between them."""

    terms: tuple[Term, ...]
    words: int = NEAR


@dataclass(frozen=True, slots=True)
class Sought:
    """A query that was understood: ``groups`` must all stand on a page, ``without`` none."""

    groups: tuple[Group, ...]
    without: tuple[Term, ...] = ()

    def on(self, text: str) -> list[_Range]:
        """Where the words stand in a text, in order.

        Where plain words stand there one after the other, they are meant as a phrase.
        """
        return seeker(self).within(Plain(text))

    @property
    def phrase(self) -> str:
        """Its words one after the other: pages that hold them so come first."""
        return " ".join(term.words for group in self.groups for term in group.terms)


class Seeker:
    """A query made ready for many texts."""

    def __init__(self, sought: Sought) -> None:
        terms = [term for group in sought.groups for term in group.terms]
        self._groups = [
            ([Wanted(term.words, whole_words=not term.begins) for term in group.terms], group.words)
            for group in sought.groups
        ]
        self._line_begins = line_begins(each for wanted, _ in self._groups for each in wanted)
        self._phrase: Wanted | None = None
        if len(terms) > 1 and len(terms) == len(sought.groups):
            self._phrase = Wanted(sought.phrase, whole_words=not terms[-1].begins)

    def within(self, page: Plain) -> list[_Range]:
        """As :meth:`Sought.on`, in a text made ready."""
        divided = page.letters is None or self._line_begins.search(page.letters) is not None
        if self._phrase is not None and (found := self._phrase.within(page, divided=divided)):
            return found
        groups = [
            wanted[0].within(page, divided=divided)
            if len(wanted) == 1
            else _near([each.within(page, divided=divided) for each in wanted], words, page)
            for wanted, words in self._groups
        ]
        # Each is in order already: so they are sorted sooner than a set would be.
        return list(dict.fromkeys(sorted(itertools.chain(*groups))))


@lru_cache(maxsize=64)
def seeker(sought: Sought) -> Seeker:
    """Made once for all texts in which a query is sought."""
    return Seeker(sought)


def _near(places: Sequence[list[_Range]], words: int, page: Plain) -> list[_Range]:
    """Of the places of several terms those with so many words at most to one of each other."""
    if not all(places):
        return []
    counts = _words_before(sorted({start for found in places for start, _ in found}), page)
    kept: set[_Range] = set()
    for which, mine in enumerate(places):
        near = mine
        for number, others in enumerate(places):
            if number != which:
                theirs = [counts[start] for start, _ in others]
                near = [place for place in near if _has_near(theirs, counts[place[0]], words + 1)]
        kept.update(near)
    return sorted(kept)


def _words_before(offsets: Sequence[int], page: Plain) -> dict[int, int]:
    """How many words begin before each of some offsets that rise, counted from the first of them.

    Among letters of ASCII words are counted some ten times as fast.
    """
    letters = page.letters and page.letters.translate(_SPACED)
    count, counts = 0, {offsets[0]: 0}
    for last, offset in itertools.pairwise(offsets):
        # The rest of a word is none that begins here.
        if letters is not None:
            count += len(letters[last:offset].split())
            within = letters[last] != _SPACE and letters[last - 1] != _SPACE
        else:
            count += len(_WORD.findall(page.text, last, offset))
            within = _WORD.fullmatch(page.text, last - 1, last + 1) is not None
        counts[offset] = count = count - (within and last > 0)
    return counts


def _has_near(counts: Sequence[int], count: int, most: int) -> bool:
    """True where one of some numbers that rise differs by so much at most."""
    at = bisect.bisect_left(counts, count - most)
    return at < len(counts) and counts[at] <= count + most


def understood(query: str) -> Sought:
    """Reads a query; one without words has no groups."""
    groups: list[Group] = []
    without: list[Term] = []
    nearness: int | None = None
    seen = 0
    for part in _PART.finditer(query[:LONGEST].translate(_SIGNS)):
        near = _NEAR.fullmatch(part[0])
        if near and groups:
            nearness = min(int(near[1] or NEAR), _FAR)
            continue
        term = _term(part)
        if term is None or seen >= MOST:
            continue
        seen += 1
        if part[0].startswith("-"):
            without.append(term)
        elif nearness is not None:
            last = groups.pop()
            groups.append(Group((*last.terms, term), nearness))
        else:
            groups.append(Group((term,)))
        nearness = None
    return Sought(tuple(dict.fromkeys(groups)), tuple(dict.fromkeys(without)))


def _term(part: re.Match[str]) -> Term | None:
    """A word or phrase as it was typed; None where no letter or figure is in it."""
    if part[1] is not None:
        words, begins = " ".join(part[1].split()), False
    else:
        typed = part[0].removeprefix("-")
        words, begins = typed.rstrip("*"), typed.endswith("*")
    return Term(words, begins) if any(each.isalnum() for each in words) else None
