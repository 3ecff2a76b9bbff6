"""Finding words on pages as a reader types them.

Unless told otherwise capitals, accents, ligatures, the shape of quotation marks and the way lines
are broken make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: What is typed beyond this finds nothing better.
LONGEST = 400

_ALIKE = str.maketrans(dict.fromkeys("‘’‚‛ʼ′`´", "'") | dict.fromkeys("“”„‟″", '"')
                       | dict.fromkeys("‐‑", "-") | {"\u00a0": " "})  # fmt: skip
#: A word may be divided at a line's end.
_DIVIDED = r"(?:-?[ \t]*\n\s*)?"


# What is taken for the same letter beside its own large and small form.
_ALSO = dict.fromkeys("iI", "ı")
_OTHER = re.compile(r"[^\x00-\x7f]+")

#: A text without accents, ligatures and what cannot be seen (soft hyphens and the like), and the
#: place in the text of each character, None where all are where they were.
Plain = tuple[str, list[int] | None]


class Wanted:
    """What is sought, made ready once for many pages."""

    def __init__(self, query: str, *, match_case: bool = False, whole_words: bool = False) -> None:
        words = plain(query[:LONGEST])[0].split()
        self.empty = not words
        # What was typed beyond goes on, maybe within the word.
        end = r"(?!\w)" if whole_words and len(query) <= LONGEST else ""
        pattern = r"\s+".join(map(_word, words)) + end
        first = words[0][0] if words else ""
        if first.isascii() and not match_case and not self.empty:
            # Where a page may match is found much sooner by a set of signs than by one whose
            # case is left open.
            signs = f"[{re.escape(first.lower())}{re.escape(first.upper())}{_ALSO.get(first, '')}]"
            before = rf"(?<!\w{signs})" if whole_words else ""
            rest = pattern.removeprefix(re.escape(first))
            self._pattern = re.compile(f"{signs}{before}(?i:{rest})")
            return
        begin = r"(?<!\w)" if whole_words else ""
        self._pattern = re.compile(begin + pattern, re.NOFLAG if match_case else re.IGNORECASE)

    def on(self, text: str) -> list[tuple[int, int]]:
        """Where it stands in a page's text: ranges of code points."""
        return self.within(plain(text))

    def within(self, page: Plain) -> list[tuple[int, int]]:
        """The same in a page's text that is plain already."""
        if self.empty:
            return []
        text, places = page
        found = [match.span() for match in self._pattern.finditer(text)]
        if places is None:
            return found
        ranges: list[tuple[int, int]] = []
        for start, end in found:
            # With the accents that stand behind it; several matches in one ligature are one.
            if not ranges or places[start] >= ranges[-1][1]:
                ranges.append((places[start], max(places[end - 1] + 1, places[end])))
        return ranges


def _word(word: str) -> str:
    return _DIVIDED.join(re.escape(letter) for letter in word)


def plain(text: str) -> Plain:
    """A text in which words are sought, made once for many of them."""
    if text.isascii():
        return text, None
    pieces: list[str] = []
    places: list[int] = []
    same = True
    at = 0
    for match in _OTHER.finditer(text):
        start, end = match.span()
        pieces.append(text[at:start])
        folded = [_folded(letter) for letter in match[0]]
        pieces += folded
        if same and any(len(each) != 1 for each in folded):
            same = False
            places.extend(range(at))
        if not same:
            places.extend(range(at, start))
            for place, each in enumerate(folded, start):
                places.extend([place] * len(each))
        at = end
    pieces.append(text[at:])
    if not same:
        places.extend(range(at, len(text) + 1))
    return "".join(pieces), None if same else places


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
