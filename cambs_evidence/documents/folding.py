"""What "the same text" means, everywhere in the program.

Two texts are equal when they hold the same letters, digits and punctuation in the same order.
White space is folded, a hyphen at a line end may be joined or kept, ligatures and compatibility
forms are folded (as by NFKC; letter by letter, so in the decomposed form NFKD), curly and straight
quotation marks are alike, and bullets, which each reader names differently, count for nothing.
Anything else is a difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

#: Stands for a hyphen at a line end, which may or may not belong to the word.
_BREAK = "\x01"
#: Stands for a bullet; a list dash typed in its place is the same.
_BULLET = "\x02"

_QUOTES = dict.fromkeys("‘’‚‛ʼ′`´", "'") | dict.fromkeys("“”„‟″", '"')
_HYPHENS = dict.fromkeys("‐‑", "-")
# U+FFFD is what is drawn for a sign that no face has.
_BULLETS = frozenset("•▪●◦○■□▫➢➤✓✔‣∙·⁃◆◊\ufffd")
_DASHES = frozenset("-–*o")
_LINE_END_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐‑\u00ad][ \t\r]*\n\s*(?=[^\W\d_])")
# Between figures, or a figure and a letter, a hyphen is never one of hyphenation: 2014-15.
_KEPT_HYPHEN = re.compile(r"(?<=\w)([-‐‑])[ \t\r]*\n\s*(?=\w)")
# Control characters, but for those that are white space.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SPACED_HYPHEN = re.compile(r"(?<=\w)- (?=[a-z])")


@lru_cache(maxsize=8192)
def _folded(letter: str) -> str:
    """One character as it is compared: nothing, a mark, or one or more characters."""
    if letter in _BULLETS:
        return _BULLET
    category = unicodedata.category(letter)
    if letter.isspace() or category == "Zs":
        return " "
    if category == "Co":
        return _BULLET
    if letter in {_BREAK, _BULLET}:
        return letter
    if category in {"Cc", "Cf", "Cs"}:
        return ""
    plain = "".join(
        _QUOTES.get(each) or _HYPHENS.get(each) or each
        for each in (_QUOTES.get(letter) or unicodedata.normalize("NFKD", letter))
    )
    return plain.replace(" ", "") if not letter.isspace() else " "


def _marked(text: str) -> str:
    return _KEPT_HYPHEN.sub(r"\1", _LINE_END_HYPHEN.sub(_BREAK, text))


def _compared(text: str) -> str:
    """The form in which :func:`same` walks through a text."""
    folded = "".join(map(_folded, _marked(text)))
    return " ".join(folded.split())


class Key:
    """A text reduced to what is searched: no white space, hyphens or bullets.

    ``text`` is the key, ``places`` the index in the original of each of its characters.
    """

    __slots__ = ("places", "text")

    def __init__(self, original: str) -> None:
        letters: list[str] = []
        places: list[int] = []
        for place, letter in enumerate(original):
            plain = _searched(letter)
            if plain:
                letters.append(plain)
                places.extend([place] * len(plain))
        self.text = "".join(letters)
        self.places: npt.NDArray[np.int32] = np.array(places, np.int32)


@lru_cache(maxsize=8192)
def _searched(letter: str) -> str:
    if letter == "\x00":
        return letter  # parts texts that must not be read as one
    plain = _folded(letter)
    return "".join(each for each in plain if each not in {" ", "-", _BULLET, _BREAK})


def search_key(quote: str) -> str:
    """The key of a quote, to be sought in :attr:`Key.text`."""
    return "".join(map(_searched, quote.replace("\x00", "")))


def same(source: str, quote: str) -> bool:
    """True when the two texts are equal; ``source`` keeps its line ends."""
    return likeness(source, quote) is not None


def likeness(source: str, quote: str) -> int | None:
    """0 where two texts are equal, 1 where they differ in spacing alone, None where they differ."""
    # Most quotes stand word for word; where a hyphen may end a line, it takes a closer look.
    if "-" not in source and source.split() == quote.split():
        return 0
    ours, theirs = _compared(source), _compared(quote)
    if ours == theirs:
        return 0
    result = _walk(ours, theirs)
    if result is None and "- " in theirs:
        result = _walk(ours, _SPACED_HYPHEN.sub(_BREAK, theirs))
    return result


def _walk(ours: str, theirs: str) -> int | None:
    spacing = 0
    i = j = 0
    while i < len(ours) or j < len(theirs):
        a = ours[i] if i < len(ours) else ""
        b = theirs[j] if j < len(theirs) else ""
        if a == b:
            i, j = i + 1, j + 1
        elif a in {_BREAK, _BULLET} and a:
            i += 1
            if b == "-" or (a == _BULLET and b in _DASHES and theirs[j + 1 : j + 2] in {"", " "}):
                j += 1
            if i < len(ours) and ours[i] == " " and a == _BULLET and theirs[j : j + 1] != " ":
                i += 1
        elif b in {_BREAK, _BULLET} and b:
            j += 1
            if a == "-":
                i += 1
            elif b == _BULLET and theirs[j : j + 1] == " " and a != " ":
                j += 1
        elif a == " ":
            spacing, i = 1, i + 1
        elif b == " ":
            spacing, j = 1, j + 1
        else:
            return None
    return spacing


def readable(text: str, keeps_hyphen: Callable[[str, str], bool]) -> str:
    """A stretch of page text as it is quoted: white space folded, line-end hyphens joined.

    ``keeps_hyphen`` is asked with the word's two halves whether the hyphen belongs to it.
    """

    def join(match: re.Match[str]) -> str:
        left = re.search(r"\w+$", text[: match.start()])
        right = re.match(r"\w+", text[match.end() :])
        halves = (left.group() if left else "", right.group() if right else "")
        hyphen = match.group()[0].replace("\u00ad", "-")
        return hyphen if keeps_hyphen(*halves) else ""

    joined = _KEPT_HYPHEN.sub(r"\1", _LINE_END_HYPHEN.sub(join, text))
    return " ".join(_CONTROL.sub("", joined).split())
