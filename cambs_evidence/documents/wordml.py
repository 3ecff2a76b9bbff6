"""What Word documents say of styles and lists: how a paragraph looks, and the number before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cambs_evidence.documents.inline import BULLET

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Levels a list may have, and styles that may stand on one another.
LEVELS = 9
_DEEPEST_STYLE = 20
_MOST_LETTERS = 6
_OFF = frozenset({"0", "false", "off", "none"})
#: Signs that fonts of signs print as bullets, though they are letters.
_SIGN_FONTS = ("symbol", "wingdings", "webdings", "courier")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def value(element: Any, name: str = "val") -> str | None:
    """An attribute of Word's own, or None; also where there is no element."""
    return None if element is None else element.get(W + name)


def child(element: Any, *path: str) -> Any:
    """The first element along a path of Word's names, or None."""
    for name in path:
        if element is None:
            return None
        element = element.find(W + name)
    return element


def switch(properties: Any, name: str) -> bool | None:
    """Whether a property is on or off; None where nothing says."""
    found = child(properties, name)
    return None if found is None else (value(found) or "1").lower() not in _OFF


def whole(text: str | None) -> int | None:
    """A whole number of a sensible size, or None."""
    try:
        number = int(text or "")
    except ValueError:
        return None
    return number if abs(number) < 10**9 else None


class Styles:
    """The styles of a document, each with those it is based on."""

    def __init__(self, root: Any = None) -> None:
        self._styles: dict[str, Any] = {}
        self._standard: str | None = None
        for style in () if root is None else root.iter(W + "style"):
            name = value(style, "styleId")
            if name is None:
                continue
            self._styles.setdefault(name, style)
            if value(style, "type") == "paragraph" and value(style, "default") in {"1", "true"}:
                self._standard = name

    def chain(self, name: str | None) -> Iterator[Any]:
        """A style and, one by one, those it is based on; the standard one for None."""
        name = name or self._standard
        for _ in range(_DEEPEST_STYLE):
            style = self._styles.get(name or "")
            if style is None:
                return
            yield style
            name = value(child(style, "basedOn"))

    def heading(self, paragraph: Any) -> int:
        """The level of a heading from 1 on, 0 for what is none."""
        properties = child(paragraph, "pPr")
        said = whole(value(child(properties, "outlineLvl")))
        if said is not None:
            return said + 1 if 0 <= said < LEVELS else 0
        for style in self.chain(value(child(properties, "pStyle"))):
            named = (value(child(style, "name")) or "").lower()
            if named == "title":
                return 1
            if named.startswith("heading ") and (level := whole(named[8:])):
                return min(max(level, 1), LEVELS)
            said = whole(value(child(style, "pPr", "outlineLvl")))
            if said is not None:
                return said + 1 if 0 <= said < LEVELS else 0
        return 0

    def list_of(self, paragraph: Any) -> tuple[str | None, int | None]:
        """Number of the list that a paragraph is in, and its level, as far as either is said."""
        properties = child(paragraph, "pPr")
        styles = self.chain(value(child(properties, "pStyle")))
        level = None
        for said in (properties, *(child(style, "pPr") for style in styles)):
            listed = child(said, "numPr")
            if level is None:
                level = whole(value(child(listed, "ilvl")))
            if (number := value(child(listed, "numId"))) is not None:
                return number, level
        return None, None

    def of_style(self, name: str) -> str | None:
        """The number of the list that a style of lists stands for."""
        for style in self.chain(name):
            if (number := value(child(style, "pPr", "numPr", "numId"))) is not None:
                return number
        return None

    def runs(self, paragraph: Any) -> list[Any]:
        """What the style of a paragraph says of its runs, nearest first."""
        name = value(child(paragraph, "pPr", "pStyle"))
        found = (child(style, "rPr") for style in self.chain(name))
        return [each for each in found if each is not None]

    def run(self, properties: Any) -> list[Any]:
        """What a run says of itself, and what its own style does, nearest first."""
        if properties is None:
            return []
        name = value(child(properties, "rStyle"))
        found = (child(style, "rPr") for style in self.chain(name)) if name else ()
        return [properties, *(each for each in found if each is not None)]


def on(properties: Iterable[Any], name: str) -> bool:
    """Whether a property is on by the first that says so."""
    return next((said for each in properties if (said := switch(each, name)) is not None), False)


@dataclass(slots=True)
class _List:
    levels: dict[int, Any] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Marker:
    """What is printed before an item, and its level from 0 on."""

    text: str
    level: int
    bullet: bool


class Lists:
    """The lists of a document, which count as its paragraphs are gone through in order."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._nums: dict[str, Any] = {}
        self._abstract: dict[str, Any] = {}
        self._begun: set[tuple[str, int]] = set()
        for each in () if root is None else root:
            if local(each) == "num":
                self._nums.setdefault(value(each, "numId") or "", each)
            elif local(each) == "abstractNum":
                self._abstract.setdefault(value(each, "abstractNumId") or "", each)

    def marker(self, paragraph: Any) -> Marker | None:
        """What is printed before a paragraph; each call counts it."""
        number, said = self._styles.list_of(paragraph)
        if number is None or number == "0" or number not in self._nums:
            return None
        found = self._list(number)
        if found is None:
            return None
        level = self._level_by_style(found, paragraph) if said is None else said
        level = min(max(level, 0), LEVELS - 1)
        overrides = self._overrides(number)
        look = overrides.get(level, (None, None))[1]
        look = found.levels.get(level) if look is None else look
        if look is None:
            return None
        self._count(found, number, level, overrides)
        return self._printed(found, look, level)

    def _level_by_style(self, found: _List, paragraph: Any) -> int:
        """The level that belongs to the style of a paragraph, which itself names none."""
        name = value(child(paragraph, "pPr", "pStyle"))
        for level, look in found.levels.items():
            if name is not None and value(child(look, "pStyle")) == name:
                return level
        return 0

    def _list(self, number: str, depth: int = 0) -> _List | None:
        key = value(child(self._nums.get(number), "abstractNumId")) or ""
        abstract = self._abstract.get(key)
        if abstract is None:
            return None
        link = value(child(abstract, "numStyleLink"))
        if link is not None and depth < 2:
            other = self._styles.of_style(link)
            if other is not None and other != number:
                return self._list(other, depth + 1)
        if key not in self._lists:
            levels = {whole(value(each, "ilvl")): each for each in abstract.iter(W + "lvl")}
            self._lists[key] = _List({n: each for n, each in levels.items() if n is not None})
        return self._lists[key]

    def _overrides(self, number: str) -> dict[int, tuple[int | None, Any]]:
        """What one list says otherwise than its kind: for each level where it starts, its look."""
        found = {}
        for each in self._nums[number].iter(W + "lvlOverride"):
            level = whole(value(each, "ilvl"))
            if level is not None:
                start = whole(value(child(each, "startOverride")))
                found[level] = start, child(each, "lvl")
        return found

    def _count(
        self, found: _List, number: str, level: int, overrides: dict[int, tuple[int | None, Any]]
    ) -> None:
        for upper in range(level + 1):
            start = overrides.get(upper, (None, None))[0]
            if (number, upper) not in self._begun and start is not None:
                found.counts[upper] = start - 1 if upper == level else start
                self._begun.add((number, upper))
            elif upper not in found.counts:
                first = whole(value(child(found.levels.get(upper), "start")))
                first = 1 if first is None else first
                found.counts[upper] = first - 1 if upper == level else first
        found.counts[level] += 1
        for lower in [each for each in found.counts if each > level]:
            after = whole(value(child(found.levels.get(lower), "lvlRestart")))
            if after is None or (after != 0 and level < after):
                del found.counts[lower]

    def _printed(self, found: _List, look: Any, level: int) -> Marker | None:
        form = value(child(look, "numFmt")) or "decimal"
        text = value(child(look, "lvlText")) or ""
        if form == "bullet" or child(look, "lvlPicBulletId") is not None:
            return Marker(_bullet(text, child(look, "rPr", "rFonts")), level, bullet=True)
        plain = switch(look, "isLgl") or False
        for upper in range(LEVELS):
            if f"%{upper + 1}" in text:
                other = look if upper == level else found.levels.get(upper)
                way = "decimal" if plain else value(child(other, "numFmt")) or "decimal"
                text = text.replace(f"%{upper + 1}", counted(found.counts.get(upper, 1), way))
        text = " ".join(text.split())
        return Marker(text, level, bullet=False) if text else None


def _bullet(text: str, fonts: Any) -> str:
    names = " ".join(fonts.attrib.values()).lower() if fonts is not None else ""
    sign = text.strip()[:1]
    if not sign or not sign.isprintable() or any(each in names for each in _SIGN_FONTS):
        return BULLET
    return sign


def counted(number: int, way: str) -> str:
    """A number as a list prints it: ``decimal``, ``lowerLetter``, ``upperRoman`` and the like."""
    if way == "none":
        return ""
    if way in {"lowerLetter", "upperLetter"} and 0 < number <= 26 * _MOST_LETTERS:
        # After z comes aa, then bb.
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if way == "upperLetter" else letters
    if way in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        roman = ""
        for worth, sign in _ROMAN:
            roman += sign * (number // worth)
            number %= worth
        return roman.upper() if way == "upperRoman" else roman
    if way == "decimalZero":
        return f"{number:02}"
    if way == "ordinal":
        teen = 10 <= number % 100 <= 20
        return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
    return str(number)
