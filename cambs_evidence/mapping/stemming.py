"""English words without their endings, by the rules that M. F. Porter published in 1980."""

from __future__ import annotations

import re
from functools import lru_cache

_TURNS = re.compile(r"[aeiouy]+[^aeiouy]+")
_VOWEL = re.compile(r"[aeiouy]")
_SHORT = re.compile(r"[^aeiou][aeiouy][^aeiouwxy]$")
_DOUBLE = re.compile(r"([^aeiouylsz])\1$")
#: Endings with what takes their place, the longest first, where a turn of vowel and consonant
#: stands before them.
_SECOND = (
    ("ational", "ate"), ("isation", "ise"), ("ization", "ize"), ("fulness", "ful"),
    ("ousness", "ous"), ("iveness", "ive"), ("tional", "tion"), ("biliti", "ble"),
    ("entli", "ent"), ("ousli", "ous"), ("ation", "ate"), ("alism", "al"), ("aliti", "al"),
    ("iviti", "ive"), ("enci", "ence"), ("anci", "ance"), ("ator", "ate"), ("alli", "al"),
    ("iser", "ise"), ("izer", "ize"), ("abli", "able"), ("eli", "e"),
)  # fmt: skip
_THIRD = (
    ("icate", "ic"), ("ative", ""), ("alise", "al"), ("alize", "al"), ("iciti", "ic"),
    ("ical", "ic"), ("ness", ""), ("ful", ""),
)  # fmt: skip
#: Endings that go altogether where two such turns stand before them.
_FOURTH = (
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous",
    "ive", "ise", "ize", "ion", "al", "er", "or", "ic",
)  # fmt: skip
#: Words that the rules would lead astray, and plurals that they do not know.
_KNOWN = {
    "children": "child", "people": "person", "women": "woman", "men": "man",
    "councillor": "councillor", "councillors": "councillor", "universal": "universal",
    "universally": "universal", "operation": "operation", "operations": "operation",
    "relative": "relative", "relatives": "relative", "policing": "police", "police": "police",
    "community": "community", "communities": "community", "academy": "academy",
    "academies": "academy", "ran": "run", "taught": "teach", "met": "meet", "sought": "seek",
    "fell": "fall", "risen": "rise", "rose": "rise", "organisation": "organisation",
    "organisations": "organisation", "generally": "generally", "national": "national",
    "nationally": "national",
}  # fmt: skip


@lru_cache(maxsize=60_000)
def stem(word: str) -> str:
    """A word in small letters without its ending (``adoptive``, ``adopters``: ``adopt``)."""
    if word in _KNOWN:
        return _KNOWN[word]
    if len(word) <= 3 or not word.isalpha():
        return word
    word = _past(_plural(word))
    if word.endswith("y") and _VOWEL.search(word[:-1]):
        word = f"{word[:-1]}i"
    word = _replaced(word, _SECOND)
    word = _replaced(word, _THIRD)
    return _last(_derived(word))


def _turns(beginning: str) -> int:
    return len(_TURNS.findall(beginning))


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _turns(word[:-3]) else word
    for ending in ("ed", "ing"):
        beginning = word.removesuffix(ending)
        if beginning == word or not _VOWEL.search(beginning):
            continue
        if beginning.endswith(("at", "bl", "iz", "is")):
            return f"{beginning}e"
        if _DOUBLE.search(beginning):
            return beginning[:-1]
        return f"{beginning}e" if _turns(beginning) == 1 and _SHORT.search(beginning) else beginning
    return word


def _replaced(word: str, endings: tuple[tuple[str, str], ...]) -> str:
    for ending, instead in endings:
        if word.endswith(ending):
            beginning = word[: -len(ending)]
            return beginning + instead if _turns(beginning) else word
    return word


def _derived(word: str) -> str:
    for ending in _FOURTH:
        if word.endswith(ending):
            beginning = word[: -len(ending)]
            whole = ending == "ion" and not beginning.endswith(("s", "t"))
            return beginning if _turns(beginning) > 1 and not whole else word
    return word


def _last(word: str) -> str:
    if word.endswith("e"):
        beginning = word[:-1]
        turns = _turns(beginning)
        if turns > 1 or (turns == 1 and not _SHORT.search(beginning)):
            word = beginning
    return word[:-1] if word.endswith("ll") and _turns(word) > 1 else word
