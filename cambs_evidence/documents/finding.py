"""Finding words on pages as a reader types them.

Unless told otherwise capitals, accents, ligatures, the shape of quotation marks and the way lines
are broken make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

#: What is typed beyond this finds nothing better.
LONGEST = 400

_ALIKE = str.maketrans(dict.fromkeys("‘’‚‛ʼ′`´", "'") | dict.fromkeys("“”„‟″", '"')
                       | dict.fromkeys("‐‑", "-") | {"\u00a0": " "})  # fmt: skip
#: A word may be divided at a line's end.
_DIVIDED = r"(?:-?[ \t]*\n\s*)?"


# White space, hyphens, and what stands for all that is not ASCII: what may part a word's letters.
_PARTING = dict.fromkeys(map(ord, " \t\n\v\f\r\x1c\x1d\x1e\x1f-?"))


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in which words are sought, made ready once for many of them.

    ``text`` is without accents, ligatures and what cannot be seen (soft hyphens and the like),
    ``places`` the place of each of its characters in the text it was made of, None where all are
    where they were. ``small`` is the same in small letters and in ASCII, and ``joined`` that
    without anything that may part the letters of a word.
    """

    text: str
    places: list[int] | None
    small: str
    joined: str


class Wanted:
    """What is sought, made ready once for many pages."""

    def __init__(self, query: str, *, match_case: bool = False, whole_words: bool = False) -> None:
        words = _folded_text(query[:LONGEST])[0].split()
        self.empty = not words
        self._whole = whole_words
        # What was typed beyond goes on, maybe within the word.
        self._ends = whole_words and len(query) <= LONGEST
        pattern = r"\s+".join(map(_word, words)) + (r"(?!\w)" if self._ends else "")
        begin = r"(?<!\w)" if whole_words else ""
        self._pattern = re.compile(begin + pattern, re.NOFLAG if match_case else re.IGNORECASE)
        said = "".join(words).lower()
        quick = said.isascii() and "?" not in said and not match_case
        self._joined = said.translate(_PARTING) if quick else ""
        alone = len(words) == 1 and not _overlaps(self._joined)
        self._alone = said if self._joined and alone else ""

    def on(self, text: str) -> list[tuple[int, int]]:
        """Where it stands in a page's text: ranges of code points."""
        return self.within(plain(text))

    def within(self, page: Plain) -> list[tuple[int, int]]:
        """The same in a page's text that was made ready before."""
        if self.empty:
            return []
        found = self._spans(page)
        places = page.places
        if places is None:
            return found
        ranges: list[tuple[int, int]] = []
        for start, end in found:
            # With the accents that stand behind it; several matches in one ligature are one.
            if not ranges or places[start] >= ranges[-1][1]:
                ranges.append((places[start], max(places[end - 1] + 1, places[end])))
        return ranges

    def _spans(self, page: Plain) -> list[tuple[int, int]]:
        """Where it stands in the plain text.

        Counting is so much quicker than a pattern that allows a break between any two letters that
        it is asked first whether such a break is there at all. A sign that no ASCII letter is but
        that patterns take for one, the i without a dot, is left to them.
        """
        if self._joined and "ı" not in page.text:
            count = page.joined.count(self._joined)
            if count == 0:
                return []
            if self._alone and page.small.count(self._alone) == count:
                return list(self._undivided(page))
        return [match.span() for match in self._pattern.finditer(page.text)]

    def _undivided(self, page: Plain) -> Iterator[tuple[int, int]]:
        text, word = page.text, self._alone
        at = page.small.find(word)
        while at >= 0:
            end = at + len(word)
            inside = self._whole and at > 0 and _is_of_word(text[at - 1])
            if not inside and not (self._ends and end < len(text) and _is_of_word(text[end])):
                yield at, end
            at = page.small.find(word, end)


def _word(word: str) -> str:
    return _DIVIDED.join(re.escape(letter) for letter in word)


def _is_of_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _overlaps(word: str) -> bool:
    """True for a word that can begin within itself, such as "onion"."""
    return any(word.endswith(word[:length]) for length in range(1, len(word)))


def plain(text: str) -> Plain:
    """A page's text made ready for :meth:`Wanted.within`."""
    folded, places = _folded_text(text)
    small = folded.encode("ascii", "replace").decode("ascii").lower()
    return Plain(folded, places, small, small.translate(_PARTING))


def _folded_text(text: str) -> tuple[str, list[int] | None]:
    if text.isascii():
        return text, None
    pieces: list[str] = []
    places: list[int] | None = None
    # Each sign that is not ASCII is a question mark here: those are found at once.
    marked = text.encode("ascii", "replace")
    at, mark = 0, marked.find(b"?")
    while mark >= 0:
        folded = _folded(text[mark])
        pieces += (text[at:mark], folded)
        if places is None and len(folded) != 1:
            places = list(range(at))
        if places is not None:
            places += range(at, mark)
            places += [mark] * len(folded)
        at = mark + 1
        mark = marked.find(b"?", at)
    pieces.append(text[at:])
    if places is not None:
        places += range(at, len(text) + 1)
    return "".join(pieces), places


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    alike = letter.translate(_ALIKE)
    if alike.isascii():
        return alike
    parts = unicodedata.normalize("NFKD", alike)
    kept = (
        each
        for each in parts
        if not unicodedata.combining(each) and unicodedata.category(each) != "Cf"
    )
    return "".join(kept).translate(_ALIKE)
