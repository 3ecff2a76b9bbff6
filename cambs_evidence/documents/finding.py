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


class Wanted:
    """What is sought, made ready once for many pages."""

    def __init__(self, query: str, *, match_case: bool = False, whole_words: bool = False) -> None:
        plain = _plain(query[:LONGEST])[0]
        words = plain.split()
        self.empty = not words
        pattern = r"\s+".join(_word(word) for word in words)
        if whole_words:
            # What was typed beyond goes on, maybe within the word.
            pattern = rf"(?<!\w){pattern}" + (r"(?!\w)" if len(query) <= LONGEST else "")
        self._pattern = re.compile(pattern, re.NOFLAG if match_case else re.IGNORECASE)

    def on(self, text: str) -> list[tuple[int, int]]:
        """Where it stands in a page's text: ranges of code points."""
        if self.empty:
            return []
        plain, places = _plain(text)
        found = [match.span() for match in self._pattern.finditer(plain)]
        if places is None:
            return found
        ranges: list[tuple[int, int]] = []
        places.append(len(text))
        for start, end in found:
            # With the accents that stand behind it; several matches in one ligature are one.
            if not ranges or places[start] >= ranges[-1][1]:
                ranges.append((places[start], max(places[end - 1] + 1, places[end])))
        return ranges


def _word(word: str) -> str:
    return _DIVIDED.join(re.escape(letter) for letter in word)


def _plain(text: str) -> tuple[str, list[int] | None]:
    """A text without accents, ligatures and what cannot be seen (soft hyphens and the like).

    With it the place in the text of each character, None where all are where they were.
    """
    if text.isascii():
        return text, None
    alike = text.translate(_ALIKE)
    if alike.isascii():
        return alike, None
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(alike):
        folded = letter if letter < "\x80" else _folded(letter)
        letters.append(folded)
        places.extend([place] * len(folded))
    return "".join(letters), places


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    parts = unicodedata.normalize("NFKD", letter)
    kept = (
        each
        for each in parts
        if not unicodedata.combining(each) and unicodedata.category(each) != "Cf"
    )
    return "".join(kept).translate(_ALIKE)
