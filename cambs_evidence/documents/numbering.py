"""Printed paragraph numbers: which number each paragraph of a document carries.

A document numbers its paragraphs when figures at the start of paragraphs count up through it.
Lists inside paragraphs, years, grade tables and headings also begin with figures; they are told
apart because they break the count.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from cambs_evidence.documents.layer import PageLayer

#: Fewer numbered paragraphs than this are a list, not a numbered document.
FEWEST = 12
#: Fewer than this are no list either.
FEWEST_OF_LIST = 3
#: Fewer nested numbers than this are headings.
FEWEST_NESTED = 8
#: Numbers that may be missing in a row without ending the count.
MOST_MISSING = 3
_NOT_COUNTED = frozenset({"note", "furniture", "row", "contents"})
#: Paragraphs from one number to the next, at most; and in a short list.
NEAR, NEAR_IN_LIST = 60, 14
#: A paragraph is text from this many characters on; shorter ones look like headings.
TEXT_LENGTH = 60

_LEADERS = re.compile(r"(?:[.…_·] ?){5}|\t[ivxlc\d]+\s*\Z")
_PLAIN = re.compile(r"(?:[-–•▪]\s*)?(\d{1,3})(?:[.)](?!\d)|(?=\s))\s*(?=\S)")
_NESTED = re.compile(r"(?:[-–•▪]\s*)?(\d{1,2}(?:\.\d{1,3}){1,3})[.)]?\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a paragraph: where (0-based page, code point), what kind, its text.

    ``titled`` says that its first line is short, as a title before the text is, or that it does
    not end as a sentence does.
    """

    page: int
    offset: int
    kind: str
    text: str
    length: int
    titled: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    item: int
    number: int
    length: int
    page: int


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


def openings(pages: Iterable[PageLayer]) -> list[Opening]:
    """The paragraphs of a document, as far as their numbering needs them."""
    found = []
    for layer in pages:
        ends = [*(start.offset for start in layer.starts), len(layer.text)][1:]
        for start, end in zip(layer.starts, ends, strict=True):
            text = layer.text[start.offset : min(start.offset + 200, end)]
            kind = "contents" if _LEADERS.search(text) else start.kind
            title = len(text.split("\n", 1)[0]) < TEXT_LENGTH and "\n" in text.rstrip()
            ending = layer.text[max(end - 8, start.offset) : end].rstrip()[-2:]
            title = title or not any(mark in ending for mark in ".:;?!")
            found.append(
                Opening(layer.index, start.offset, kind, text[:40], end - start.offset, title)
            )
    return found


def numbering(paragraphs: Sequence[Opening]) -> Numbering:
    """Which printed number is in force where; empty where no paragraph carries one.

    In a document that counts its paragraphs throughout, a number holds for what follows it up to
    the next number or heading. A shorter count (a list of recommendations) holds for the
    paragraphs that carry it alone.
    """
    long = _chains(paragraphs, FEWEST)
    numbered = {item: number for chain in long for item, number in chain}
    numbered = numbered or _nested(paragraphs)
    inside = [(chain[0][0], chain[-1][0]) for chain in long]
    if not numbered or long:
        for chain in _chains(paragraphs, FEWEST_OF_LIST):
            if not any(low <= chain[0][0] <= high for low, high in inside):
                numbered.update(chain)
    counting = sorted(numbered)
    places: list[tuple[int, int]] = []
    numbers: list[str | None] = []
    current: str | None = None
    for item, opening in enumerate(paragraphs):
        if item in numbered:
            current = numbered[item]
        elif opening.kind in {"note", "furniture"}:
            continue
        elif opening.kind in {"heading", "contents"} or (
            _stands_alone(opening) and not _goes_on(counting, item, numbered)
        ):
            current = None
        if not numbers or numbers[-1] != current:
            places.append((opening.page, opening.offset))
            numbers.append(current)
    return Numbering(tuple(places), tuple(numbers))


def merged(known: Numbering, own: Numbering, pages: Collection[int]) -> Numbering:
    """The numbering of a document some of whose pages are counted by themselves.

    On ``pages`` (0-based) that of ``own`` is in force, on all others what was known: the numbers
    of pages with text of their own stay what their file says.
    """
    found: dict[tuple[int, int], str | None] = {}
    for page in pages:
        found[page, 0] = own.at(page, 0)
        if page + 1 not in pages:
            found[page + 1, 0] = known.at(page + 1, 0)
    for numbers, inside in ((known, False), (own, True)):
        every = zip(numbers.places, numbers.numbers, strict=True)
        found |= {place: number for place, number in every if (place[0] in pages) is inside}
    places = sorted(found)
    return Numbering(tuple(places), tuple(found[place] for place in places))


def _goes_on(counting: Sequence[int], item: int, numbered: dict[int, str]) -> bool:
    """True between two numbers of one count: what stands there belongs to the first of them."""
    place = bisect.bisect_left(counting, item)
    if not 0 < place < len(counting):
        return False
    before, after = numbered[counting[place - 1]], numbered[counting[place]]
    return after != "1" and len(before.split(".")) == len(after.split("."))


def _stands_alone(opening: Opening) -> bool:
    """True for a paragraph without number that is no continuation of the one before it."""
    if opening.kind != "paragraph":
        return False
    first = next((letter for letter in opening.text if letter.isalnum()), "")
    return first.isupper() and opening.length >= TEXT_LENGTH


def _chains(openings: Sequence[Opening], fewest: int) -> list[list[tuple[int, str]]]:
    """Counts 1, 2, 3 … of at least ``fewest`` paragraphs; each may begin again at 1.

    The longest way through the candidates is sought, where a step goes from a number to the next
    (a few may be missing); what is not on the way is a list, a year or a table.
    """
    candidates = []
    for item, opening in enumerate(openings):
        if opening.kind in _NOT_COUNTED:
            continue
        match = _PLAIN.match(opening.text)
        if match and not opening.text[match.end() :].startswith("%"):
            number = int(match.group(1))
            candidates.append(_Candidate(item, number, opening.length, opening.page))
    chains: list[list[tuple[int, str]]] = []
    waiting = [candidates]
    while waiting:
        rest = waiting.pop()
        if len(rest) < fewest:
            continue
        chain = _longest(rest, NEAR if fewest >= FEWEST else NEAR_IN_LIST)
        texts = sum(1 for each in chain if each.length >= TEXT_LENGTH)
        first, last = chain[0].item, chain[-1].item
        begins = chain[0].number <= (1 + MOST_MISSING if fewest >= FEWEST else 1)
        if len(chain) >= fewest and texts >= 0.6 * len(chain) and begins:
            chains.append([(each.item, str(each.number)) for each in chain])
        elif len(chain) < fewest:
            continue
        # Another count stands before or after this one, never inside it.
        waiting.append([each for each in rest if each.item < first])
        waiting.append([each for each in rest if each.item > last])
    return chains


def _longest(candidates: Sequence[_Candidate], near: int) -> list[_Candidate]:
    best: list[float] = []
    previous: list[int | None] = []
    by_number: dict[int, list[int]] = {}
    for place, candidate in enumerate(candidates):
        score, before = 0.0, None
        for missing in range(MOST_MISSING + 1):
            for earlier in by_number.get(candidate.number - 1 - missing, [])[-6:]:
                other = candidates[earlier]
                if candidate.item - other.item > near or candidate.page - other.page > 3:
                    continue
                if best[earlier] - 1.5 * missing > score:
                    score, before = best[earlier] - 1.5 * missing, earlier
        best.append(score + (1.0 if candidate.length >= TEXT_LENGTH else 0.5))
        previous.append(before)
        by_number.setdefault(candidate.number, []).append(place)
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
        if opening.kind in _NOT_COUNTED:
            continue
        match = _NESTED.match(opening.text)
        if not match:
            continue
        parts = tuple(int(part) for part in match.group(1).split("."))
        if last and not _follows(last, parts):
            continue
        last = parts
        found[item] = (match.group(1), opening.length >= TEXT_LENGTH and not opening.titled)
    texts = sum(is_text for _, is_text in found.values())
    if texts < FEWEST_NESTED or texts < 0.6 * len(found):
        return {}
    return {item: number for item, (number, is_text) in found.items() if is_text}


def _follows(last: tuple[int, ...], parts: tuple[int, ...]) -> bool:
    """True when ``parts`` is a next number after ``last``: 4.2 or 4.3 or 5.1 after 4.1."""
    if parts <= last:
        return False
    return parts[0] - last[0] <= 1 + MOST_MISSING
