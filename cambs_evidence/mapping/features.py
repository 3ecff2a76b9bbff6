"""What texts are compared by: stems, pairs of stems, and groups of words that mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from cambs_evidence.mapping.stemming import stem

_WORD = re.compile(r"(?:(?:co|re|pre)[-‐‑](?=[^\W\d_]))?[^\W_]+(?:['’][^\W\d_]+)?", re.IGNORECASE)
#: Ends what belongs together.
_STOPS = re.compile(r"[.:;!?()\[\]“”\t]|\n\s*\n")
#: Characters between two words that belong together, at most.
_NEAR = 14
_EMPTY = """
a about above after again all almost already also although always am among an and any are as at
be because been before being below between beyond both but by can cannot could did do does doing
down during each either else ever every few for from further had has have having he her here
hers him his how however i if in into is it its itself just less made make makes making many may
me might more most much must my neither no nor not now of off often on once one only or other
our ours out over own per quite rather s same she should since so some such t than that the
their theirs them themselves then there therefore these they this those though through thus to
too under until up upon us very was we well were what when where whether which while who whom
whose why will with within without would yet you your yours across including council councils
local authority county example ensure ensures ensuring ensured et etc e.g i.e good better best
effective effectively new number numbers use used uses using provide provides provided providing
based particular particularly range appropriate appropriately area areas place year years work
works working cambridgeshire peterborough
"""
#: Words that say nothing of what a text is about; names of the authority are among them.
SAY_NOTHING = frozenset(_EMPTY.split())


class Feature(NamedTuple):
    """One feature and the range of code points that it was read from.

    ``name`` is a stem, two stems that follow each other parted by a space, or ``=`` and the first
    words of a group that mean the same. ``single`` is False for two that follow each other.
    """

    name: str
    start: int
    end: int
    single: bool


class Same:
    """Groups of words that mean the same; each is written in whatever words a person would use."""

    def __init__(self, groups: Iterable[Iterable[str]] = ()) -> None:
        self._named: dict[tuple[str, ...], str] = {}
        #: How many words the longest has that begins so.
        self._longest: dict[str, int] = {}
        for group in groups:
            named = ""
            for each in group:
                key = tuple(stem_of for stem_of, *_ in _stems(each))
                named = named or "=" + " ".join(key)
                self._named[key] = named
                self._longest[key[0]] = max(self._longest.get(key[0], 1), len(key))

    def features(self, text: str) -> list[Feature]:
        """What a text is compared by, in the order in which it stands there."""
        found: list[Feature] = []
        told = _stems(text)
        longest = self._longest
        last, ended, began = "", 0, 0
        place = 0
        while place < len(told):
            name, says, start, end = told[place]
            place += 1
            if name in longest:
                named, length = self._group(told, place - 1)
                if named:
                    place += length - 1
                    name, says, end = named, True, told[place - 1][3]
            if not says:
                continue
            found.append(Feature(name, start, end, True))
            between = text[ended:start]
            if last and (between == " " or _goes_on(between)):
                found.append(Feature(f"{last} {name}", began, end, False))
            last, began, ended = name, start, end
        return found

    def _group(self, told: list[tuple[str, bool, int, int]], place: int) -> tuple[str, int]:
        """The group that stands at a place and how many words it takes; the longest there is."""
        most = min(self._longest[told[place][0]], len(told) - place)
        for length in range(most, 0, -1):
            named = self._named.get(tuple(each[0] for each in told[place : place + length]))
            if named:
                return named, length
        return "", 1


def _goes_on(between: str) -> bool:
    """Whether two words belong together: few empty ones are between them, and no sentence ends."""
    return len(between) <= _NEAR and not _STOPS.search(between)


def _stems(text: str) -> list[tuple[str, bool, int, int]]:
    """Stem, whether it says something, and range, of each word of a text."""
    return [(*_stem(match[0]), *match.span()) for match in _WORD.finditer(text)]


@lru_cache(maxsize=60_000)
def _stem(word: str) -> tuple[str, bool]:
    word = re.sub(r"['’].*|[-‐‑]", "", word.lower())
    return (word, False) if word in SAY_NOTHING else (stem(word), True)
