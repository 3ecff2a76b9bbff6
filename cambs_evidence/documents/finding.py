"""Finding words on pages as a reader types them.

Unless told otherwise capitals, accents, ligatures, the shape of quotation marks and the way lines
are broken make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

#: What is typed beyond this finds nothing better.
LONGEST = 400

_ALIKE = str.maketrans(dict.fromkeys("‘’‚‛ʼ′`´", "'") | dict.fromkeys("“”„‟″", '"')
                       | dict.fromkeys("‐‑", "-") | {"\u00a0": " "})  # fmt: skip
#: A word may be divided at a line's end.
_DIVIDED = r"(?:-?[ \t]*\n\s*)?"

_ASCII = bytes(range(128))
_CONTINUED = bytes(range(0x80, 0xC0))  # what follows the first byte of a sign in UTF-8
_ANY = "surrogatepass"
_NOTHING = rb"(?!)"
# Of what is white space in a text, these alone are none to a pattern of bytes.
_SMALL = bytes(range(256)).lower().translate(bytes.maketrans(b"\x1c\x1d\x1e\x1f", b"\v" * 4))


class Plain:
    """A text in which words are sought, made ready once for many of them.

    It may be given as it is stored, in UTF-8.
    """

    __slots__ = ("_data", "_folded", "_letters", "_looked", "_text")

    def __init__(self, text: str | bytes) -> None:
        self._text = text if isinstance(text, str) else None
        self._data = text.encode(errors=_ANY) if isinstance(text, str) else text
        self._folded: Folded | None = None
        self._letters: bytes | None = None
        self._looked = False

    @property
    def letters(self) -> bytes | None:
        """The text in small letters of ASCII with one byte for each other sign.

        None where one of these may be part of a word, part two or be lost: then it must be folded.
        """
        if not self._looked:
            self._letters, self._looked = _letters(self._data), True
        return self._letters

    @property
    def text(self) -> str:
        """The text itself."""
        if self._text is None:
            self._text = self._data.decode()
        return self._text

    @property
    def folded(self) -> Folded:
        """The same without accents and what else makes no difference."""
        if self._folded is None:
            self._folded = _fold(self.text)
        return self._folded


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without accents, ligatures and what cannot be seen (soft hyphens and the like).

    ``places`` is the place of each of its characters in the text it was made of, None where all
    are where they were. ``small`` is the same in small letters of ASCII with a question mark for
    each other sign, None where one of these is part of a word or parts two.
    """

    text: str
    places: list[int] | None
    small: bytes | None


class Wanted:
    """What is sought, made ready once for many pages."""

    def __init__(self, query: str, *, match_case: bool = False, whole_words: bool = False) -> None:
        self._words = _folded_text(query[:LONGEST])[0].split()
        self.empty = not self._words
        self._case, self._whole = match_case, whole_words
        # What was typed beyond goes on, maybe within the word.
        self._ends = whole_words and len(query) <= LONGEST
        said = "".join(self._words)
        self._is_small = said.isascii() and "?" not in said and not match_case
        self._is_letters = self._is_small and said.isalnum()

    def on(self, text: str) -> list[tuple[int, int]]:
        """Where it stands in a page's text: ranges of code points."""
        return self.within(Plain(text))

    def within(self, page: Plain, *, divided: bool | None = None) -> list[tuple[int, int]]:
        """The same in a page's text that was made ready before.

        ``divided`` where it is known whether words may be divided there, by :func:`line_begins`.
        """
        if self.empty:
            return []
        if self._is_letters and (letters := page.letters) is not None:
            if divided is None:
                divided = self._line_begins.search(letters) is not None
            pattern = self._small if divided else self._undivided
            return [match.span() for match in pattern.finditer(letters)]
        found = self._spans(page.folded)
        places = page.folded.places
        if places is None:
            return found
        ranges: list[tuple[int, int]] = []
        for start, end in found:
            # With the accents that stand behind it; several matches in one ligature are one.
            if not ranges or places[start] >= ranges[-1][1]:
                ranges.append((places[start], max(places[end - 1] + 1, places[end])))
        return ranges

    def _spans(self, page: Folded) -> list[tuple[int, int]]:
        if page.small is not None and self._is_small:
            return [match.span() for match in self._small.finditer(page.small)]
        return [match.span() for match in self._pattern.finditer(page.text)]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        flags = re.NOFLAG if self._case else re.IGNORECASE
        begin, end = r"(?<!\w)" if self._whole else "", r"(?!\w)" if self._ends else ""
        return re.compile(begin + r"\s+".join(map(_word, self._words)) + end, flags)

    @cached_property
    def _small(self) -> re.Pattern[bytes]:
        """The same for small letters of ASCII, in which it is found several times as fast."""
        return self._in_bytes(_word, 1)

    @cached_property
    def _undivided(self) -> re.Pattern[bytes]:
        """The same where no word is divided."""
        return self._in_bytes(re.escape, len(self._words[0]))

    def _in_bytes(self, as_pattern: Callable[[str], str], sure: int) -> re.Pattern[bytes]:
        """A pattern that begins with so many letters of the first word.

        What stands before these is looked at behind them: a pattern leaps to letters that it
        begins with.
        """
        first, *others = (word.lower() for word in self._words)
        begin = re.escape(first[:sure])
        before = rf"(?<!\w{begin})" if self._whole else ""
        pattern = r"\s+".join(map(as_pattern, (first, *others))) + (r"(?!\w)" if self._ends else "")
        return re.compile((begin + before + pattern.removeprefix(begin)).encode())

    @cached_property
    def _line_begins(self) -> re.Pattern[bytes]:
        return line_begins([self])

    def rests(self) -> Iterator[tuple[str, bool]]:
        """What a line may begin with where a word of letters is divided; True where it ends so."""
        if self._is_letters:
            for number, word in enumerate(self._words, 1):
                ends = self._ends or number < len(self._words)
                yield from ((word[at:].lower(), ends) for at in range(1, len(word)))


def line_begins(wanted: Iterable[Wanted]) -> re.Pattern[bytes]:
    """Lines that begin with the rest of a word that is sought.

    Without such a line none is divided, and what is not divided is found several times as fast.
    """
    rests = sorted({each for one in wanted for each in one.rests()})
    ended, begun = (
        "|".join(rest for rest, ends in rests if ends is which) for which in (True, False)
    )
    ways = [f"(?:{ended})" + r"(?!\w)"] * bool(ended) + [begun] * bool(begun)
    return re.compile(rf"\n\s*+(?:{'|'.join(ways)})".encode() if ways else _NOTHING)


def _word(word: str) -> str:
    return _DIVIDED.join(re.escape(letter) for letter in word)


def _is_of_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _signs(data: bytes) -> set[str]:
    """The signs in a text that are not ASCII."""
    return set(data.translate(None, _ASCII).decode(errors=_ANY))


def _letters(data: bytes) -> bytes | None:
    if data.isascii():
        return data.translate(_SMALL)
    for sign in _signs(data):
        instead = _instead(sign)
        if instead is None:
            return None
        if instead:
            data = data.replace(sign.encode(errors=_ANY), instead)
    return data.translate(_SMALL, _CONTINUED)


@lru_cache(maxsize=4096)
def _instead(sign: str) -> bytes | None:
    """The sign of ASCII that another is as good as, among letters.

    Empty for one that stands between words as such, None where no one sign will do.
    """
    folded = _folded(sign)
    if len(folded) == 1 and folded.isascii() and _is_of_word(folded) == _is_of_word(sign):
        return folded.encode() if folded.isalnum() or folded in " -" else b""
    parts = any(_is_of_word(each) or each.isspace() or each == "-" for each in (sign, *folded))
    return None if parts or not folded else b""


def _fold(text: str) -> Folded:
    places = None
    signs = {each: _folded(each) for each in _signs(text.encode(errors=_ANY))}
    if all(len(folded) == 1 for folded in signs.values()):
        for each, folded in signs.items():
            text = text.replace(each, folded)
    else:
        text, places = _folded_text(text)
    left = {each for folded in signs.values() for each in folded if not each.isascii()}
    small = None
    if not any(each.isalnum() or each.isspace() for each in left):
        small = text.encode("ascii", "replace").translate(_SMALL)
    return Folded(text, places, small)


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
