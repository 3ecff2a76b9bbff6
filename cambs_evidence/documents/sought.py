"""What a search over all documents asks for, in the words of a person.

Words that must all stand on a page, ``"phrases"``, beginnings``*``, ``one NEAR another`` (within so
many words, ``NEAR/5``), and ``-words`` that must not stand there.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from functools import lru_cache

from cambs_evidence.documents.finding import Plain, Wanted, plain

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

_Range = tuple[int, int]


@lru_cache(maxsize=64)
def _wanted(words: str, whole_words: bool) -> Wanted:
    """Made once for all pages that a search has found."""
    return Wanted(words, whole_words=whole_words)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase; ``begins`` where its last word is but the beginning of one."""

    words: str
    begins: bool = False

    def within(self, page: Plain) -> list[_Range]:
        """Where it stands in a plain text, as ranges of code points of the text itself."""
        return _wanted(self.words, not self.begins).within(page)


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that stand together: one alone, or several with few ``words`` between them."""

    terms: tuple[Term, ...]
    words: int = NEAR

    def within(self, text: str, page: Plain) -> list[_Range]:
        """Where its terms stand in a text that is plain also; of several, those near each other."""
        places = [term.within(page) for term in self.terms]
        if len(places) == 1:
            return places[0]
        starts = [match.start() for match in _WORD.finditer(text)]
        counted = [[(_count(starts, place[0]), place) for place in found] for found in places]
        kept: list[_Range] = []
        for which, mine in enumerate(counted):
            others = [each for number, each in enumerate(counted) if number != which]
            kept += [
                place
                for at, place in mine
                if all(any(abs(at - there) <= self.words + 1 for there, _ in each)
                       for each in others)
            ]  # fmt: skip
        return kept


def _count(starts: list[int], offset: int) -> int:
    """How many words begin before an offset."""
    return bisect.bisect_left(starts, offset)


@dataclass(frozen=True, slots=True)
class Sought:
    """A query that was understood: ``groups`` must all stand on a page, ``without`` none."""

    groups: tuple[Group, ...]
    without: tuple[Term, ...] = ()

    def on(self, text: str) -> list[_Range]:
        """Where the words stand in a text, in order.

        Where plain words stand there one after the other, they are meant as a phrase.
        """
        page = plain(text)
        terms = [term for group in self.groups for term in group.terms]
        if len(terms) > 1 and all(len(group.terms) == 1 for group in self.groups):
            phrase = " ".join(term.words for term in terms)
            if found := _wanted(phrase, not terms[-1].begins).within(page):
                return found
        return sorted({place for group in self.groups for place in group.within(text, page)})

    @property
    def phrase(self) -> str:
        """Its words one after the other: pages that hold them so come first."""
        return " ".join(term.words for group in self.groups for term in group.terms)


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
