"""Printed paragraph numbers: which number each paragraph of a document carries.

A document numbers its paragraphs when figures at the start of paragraphs count up through it.
Lists inside paragraphs, years, grade tables and headings also begin with figures; they are told
apart because they break the count.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Fewer numbered paragraphs than this are a list, not a numbered document.
FEWEST = 8
#: Numbers that may be missing in a row without ending the count.
MOST_MISSING = 3
#: A paragraph is text from this many characters on; shorter ones look like headings.
TEXT_LENGTH = 60

_PLAIN = re.compile(r"(?:[-–•▪]\s*)?(\d{1,3})(?:[.)]|(?=\s))\s*(?=\S)")
_NESTED = re.compile(r"(?:[-–•▪]\s*)?(\d{1,2}(?:\.\d{1,3}){1,3})[.)]?\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a paragraph: where (0-based page, code point), what kind, its text."""

    page: int
    offset: int
    kind: str
    text: str
    length: int


@dataclass(frozen=True, slots=True)
class Numbering:
    """The printed number in force from each place on, in order of places."""

    places: tuple[tuple[int, int], ...] = ()
    numbers: tuple[str | None, ...] = ()

    def at(self, page: int, offset: int) -> str | None:
        """The printed number of the paragraph that holds a character, or None."""
        index = bisect.bisect_right(self.places, (page, offset)) - 1
        return self.numbers[index] if index >= 0 else None

    def dump(self) -> str:
        """As JSON text, for storage."""
        return json.dumps([self.places, self.numbers], separators=(",", ":"))

    @staticmethod
    def load(text: str) -> Numbering:
        """The inverse of :meth:`dump`."""
        places, numbers = json.loads(text)
        return Numbering(tuple((page, offset) for page, offset in places), tuple(numbers))


def numbering(openings: Sequence[Opening]) -> Numbering:
    """Which printed number is in force where; empty for a document without numbered paragraphs."""
    chains = _plain_chains(openings)
    numbered = {item: number for chain in chains for item, number in chain}
    if not numbered:
        numbered = _nested(openings)
    if not numbered:
        return Numbering()
    places: list[tuple[int, int]] = []
    numbers: list[str | None] = []
    current: str | None = None
    for item, opening in enumerate(openings):
        if item in numbered:
            current = numbered[item]
        elif opening.kind == "heading" or opening.kind == "row":
            current = None
        elif opening.kind in {"note", "furniture"}:
            continue
        elif opening.kind == "paragraph" and current is not None and _stands_alone(opening):
            current = None
        if not numbers or numbers[-1] != current:
            places.append((opening.page, opening.offset))
            numbers.append(current)
    return Numbering(tuple(places), tuple(numbers))


def _stands_alone(opening: Opening) -> bool:
    """True for a paragraph without number that is no continuation of the one before it."""
    first = next((letter for letter in opening.text if letter.isalnum()), "")
    return first.isupper() and opening.length >= TEXT_LENGTH


def _plain_chains(openings: Sequence[Opening]) -> list[list[tuple[int, str]]]:
    """Counts 1, 2, 3 … through the document; each may begin again at 1.

    The longest way through the candidates is sought, where a step goes from a number to the next
    (a few may be missing); what is not on the way is a list, a year or a table.
    """
    candidates = []
    for item, opening in enumerate(openings):
        if opening.kind in {"note", "furniture", "row"}:
            continue
        match = _PLAIN.match(opening.text)
        if match and not opening.text[match.end() :].startswith("%"):
            candidates.append((item, int(match.group(1)), opening.length))
    chains = []
    rest = candidates
    while len(rest) >= FEWEST:
        chain = _longest(rest)
        texts = sum(1 for _, _, length in chain if length >= TEXT_LENGTH)
        if len(chain) < FEWEST or texts < 0.6 * len(chain) or chain[0][1] > 1 + MOST_MISSING:
            break
        chains.append([(item, str(number)) for item, number, _ in chain])
        first, last = chain[0][0], chain[-1][0]
        # Another count stands before or after this one, never inside it.
        before = [each for each in rest if each[0] < first]
        after = [each for each in rest if each[0] > last]
        rest = after if len(after) >= len(before) else before
    return chains


def _longest(candidates: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    best: list[float] = []
    previous: list[int | None] = []
    by_number: dict[int, int] = {}
    for place, (_, number, length) in enumerate(candidates):
        score, before = 0.0, None
        for missing in range(MOST_MISSING + 1):
            earlier = by_number.get(number - 1 - missing)
            if earlier is not None and best[earlier] - 1.5 * missing > score:
                score, before = best[earlier] - 1.5 * missing, earlier
        best.append(score + (1.0 if length >= TEXT_LENGTH else 0.5))
        previous.append(before)
        known = by_number.get(number)
        if known is None or best[place] >= best[known]:
            by_number[number] = place
    at: int | None = max(range(len(best)), key=best.__getitem__)
    chain = []
    while at is not None:
        chain.append(candidates[at])
        at = previous[at]
    chain.reverse()
    return chain


def _nested(openings: Sequence[Opening]) -> dict[int, str]:
    """Numbers such as 4.12, where most of them stand before text and not before headings."""
    found: dict[int, tuple[str, bool]] = {}
    last: tuple[int, ...] = ()
    for item, opening in enumerate(openings):
        if opening.kind in {"note", "furniture", "row"}:
            continue
        match = _NESTED.match(opening.text)
        if not match:
            continue
        parts = tuple(int(part) for part in match.group(1).split("."))
        if last and not _follows(last, parts):
            continue
        last = parts
        found[item] = (match.group(1), opening.length >= TEXT_LENGTH)
    texts = sum(is_text for _, is_text in found.values())
    if texts < FEWEST or texts < 0.6 * len(found):
        return {}
    return {item: number for item, (number, is_text) in found.items() if is_text}


def _follows(last: tuple[int, ...], parts: tuple[int, ...]) -> bool:
    """True when ``parts`` is a next number after ``last``: 4.2 or 4.3 or 5.1 after 4.1."""
    if parts <= last:
        return False
    return parts[0] - last[0] <= 1 + MOST_MISSING
