"""Words of a text as suggestions compare them: stems, pairs of stems, and what means the same.

A feature is a stem (``adopt``), two that follow each other (``care plan``), or a group of words
that mean the same (``=looked after``), each with where it stands in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cambs_evidence.mapping.stemming import stem

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
#: Words that say nothing of what a text is about.
_EMPTY = frozenset(
    """a about above after again all almost already also although always am among an and any are as
    at be because been before being below between both but by can cannot could did do does doing
    down during each either else ever every few for from further had has have having he her here
    hers him his how however i if in into is it its itself just less made make makes making many
    may me might more most much must my neither no nor not now of off often on once one only or
    other our ours out over own per quite rather s same she should since so some such t than that
    the their theirs them themselves then there therefore these they this those though through
    thus to too under until up upon us very was we well were what when where whether which while
    who whom whose why will with within without would yet you your yours across including
    cambridgeshire peterborough council local authority county example ensure ensures ensuring
    ensured et etc e.g i.e good better best effective effectively new number numbers use used uses
    using provide provides provided providing based particular particularly range appropriate
    appropriately area areas place year years whose work works working
    """.split()
)


class Feature(NamedTuple):
    """One feature and the range of code points that it was read from."""

    name: str
    start: int
    end: int


def words(text: str) -> Iterator[Feature]:
    """The stems of a text in order; a word without meaning gives an empty one."""
    for match in _WORD.finditer(text):
        word = re.sub(r"['’].*", "", match.group().lower())
        yield Feature("" if word in _EMPTY else stem(word), match.start(), match.end())


class Same:
    """Groups of words that mean the same."""

    def __init__(self, groups: Iterable[Iterable[str]] = ()) -> None:
        self._ends: dict[tuple[str, ...], str] = {}
        self._longest = 1
        for group in groups:
            named = ""
            for each in group:
                key = tuple(found.name or raw for found, raw in _raw(each))
                if not key:
                    continue
                named = named or "=" + " ".join(key)
                self._ends[key] = named
                self._longest = max(self._longest, len(key))

    def features(self, text: str) -> list[Feature]:
        """What a text is compared by, in order of where it begins."""
        found: list[Feature] = []
        told = [(each.name or raw, each) for each, raw in _raw(text)]
        before: Feature | None = None
        skip = 0
        for place, (_, each) in enumerate(told):
            group = None if skip else self._group(told, place)
            if group is not None:
                named, length = group
                whole = Feature(named, each.start, told[place + length - 1][1].end)
                found.append(whole)
                if before is not None:
                    found.append(Feature(f"{before.name} {named}", before.start, whole.end))
                before, skip = whole, length
            if skip:
                skip -= 1
                continue
            if not each.name:
                continue
            found.append(each)
            if before is not None:
                found.append(Feature(f"{before.name} {each.name}", before.start, each.end))
            before = each
        return found

    def _group(self, told: list[tuple[str, Feature]], place: int) -> tuple[str, int] | None:
        for length in range(min(self._longest, len(told) - place), 0, -1):
            named = self._ends.get(tuple(key for key, _ in told[place : place + length]))
            if named is not None:
                return named, length
        return None


def _raw(text: str) -> list[tuple[Feature, str]]:
    return [(each, text[each.start : each.end].lower()) for each in words(text)]
