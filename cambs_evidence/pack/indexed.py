"""The index at the back: of each document its passages in the pack, and where they are printed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Contents, Excerpt, counted
from cambs_evidence.pack.digest import Indexed, about_document, index
from cambs_evidence.pack.press import cut
from cambs_evidence.pack.sheet import Column, Sheet
from cambs_evidence.pack.tags import Element, Kid
from cambs_evidence.typography import NO_SUMS, Face, Fragment, Line, Run, iterate_lines, measure
from cambs_evidence.wording import POLARITIES, page_in_words, quote_in_words

_GUTTER = 20.0
_WIDTH = (s.MEASURE - _GUTTER) / 2
#: Points of a code, of a sign, between two of what stands beside each other.
_CODE, _SIGN, _APART = 22.0, 11.0, 8.0
_LINE = 11.6
_PLAIN = s.Style(Face.HEADING, 7.4, _LINE)
_BOLD = s.Style(Face.HEADING_BOLD, 7.4, _LINE)
_SOFT = s.Style(Face.HEADING, 7.4, _LINE, s.SOFT)
_TITLE = s.Style(Face.HEADING_BOLD, 9.2, 12.4)
_HEAD = s.Style(Face.HEADING, 6.6, 8.0, s.SOFT)
_ABOUT = s.Style(Face.HEADING, 7.8, 10.8, s.SOFT)
#: Code points of a quote that are looked at for its first words.
_FIRST = 80


def indexed(column: Column, contents: Contents, page_of: Mapping[str, int]) -> None:
    """Sets the index from where the column stands; ``page_of`` gives 1-based pages by reference."""
    setting = _Setting(column, page_of)
    for each in index(contents):
        setting.document(each)
    setting.end()


class _Setting:
    """Two columns side by side on each sheet, filled one after the other."""

    def __init__(self, column: Column, page_of: Mapping[str, int]) -> None:
        self._column = column
        self._page_of = page_of
        #: Points from the right: to the end of the references, and to that of the words.
        digits = len(str(max(page_of.values(), default=0)))
        wide = measure("0" * digits, _BOLD.face, _BOLD.size) + _APART
        self._page = max(wide, measure("page", _HEAD.face, _HEAD.size) + _APART / 2)
        references = (each for each in page_of if each[1:].isdigit() and each[0] == "E")
        longest = max(map(len, references), default=1)
        self._leads = self._page + measure("0" * longest, _PLAIN.face, _PLAIN.size) + _APART
        self._side = 0
        self._top = self._y = column.y
        self._begin = 0.0
        self._listed: list[Kid] = []
        self._named()

    @property
    def _sheet(self) -> Sheet:
        return self._column.sheet

    @property
    def _x(self) -> float:
        return s.LEFT + self._side * (_WIDTH + _GUTTER)

    def _next(self) -> None:
        """Goes to the top of the next column."""
        if self._side:
            self._column.turn()
            self._side, self._top = 0, self._column.y
        else:
            self._side = 1
        self._y = self._top
        self._named()

    def _named(self) -> None:
        """What stands at the right of a column, over it."""
        with self._column.tags.artefact():
            right, y = self._x + _WIDTH, self._top + 2
            quote, page = (_known(each, _HEAD) for each in ("quote", "page"))
            found: list[Fragment] = []
            _add(found, quote, right - self._page, left=False)
            _add(found, page, right, left=False)
            line = Line(0, 0, 0, tuple(found), False, 0.0, right, NO_SUMS)
            self._sheet.put(line, 0, y, _HEAD.colour)

    def _room(self, height: float) -> bool:
        return self._y - height >= s.FLOOR

    def end(self) -> None:
        """Leaves the column of the pack under what was set."""
        self._column.y = min(self._y, s.FLOOR + 1 if self._side else self._y)

    def document(self, told: Indexed) -> None:
        """One document: its title, what is known of it, its passages."""
        tags = self._column.tags
        title = s.broken(told.document.title, _TITLE, _WIDTH)
        count = counted(told.excerpts, "quote")
        about = s.broken(f"{about_document(told.document)} · {count}", _ABOUT, _WIDTH)
        if self._y < self._top:
            self._y -= 12
        least = len(title) * _TITLE.leading + len(about) * _ABOUT.leading + 2 * _LINE + 6
        if not self._room(least):
            self._next()
        with tags.open("H3"):
            self._lines(title, _TITLE)
        with tags.open("P"):
            self._lines(about, _ABOUT)
        self._y -= 3
        self._sheet.rule(self._x, self._y, self._x + _WIDTH, self._y, width=0.5, colour=s.SOFT)
        listed = Element("L")
        current = tags.current
        if current is not None:
            current.kids.append(listed)
        self._begin = _APART + max(_measured(_where(each[0])) for each in told.passages)
        self._listed = listed.kids
        for passage in told.passages:
            self._passage(passage, told.document.title)

    def _lines(self, lines: list[Line], style: s.Style) -> None:
        for line in lines:
            self._y -= style.leading
            self._sheet.put(line, self._x, self._y + 0.28 * style.leading, style.colour)

    def _passage(self, excerpts: tuple[Excerpt, ...], title: str) -> None:
        for number, excerpt in enumerate(excerpts):
            if not self._room(_LINE):
                self._next()
                self._continued(title)
            self._entry(excerpt, first=number == 0)

    def _continued(self, title: str) -> None:
        with self._column.tags.artefact():
            words = cut(title, _BOLD, _WIDTH - 50)
            self._y -= _LINE
            wide = self._sheet.write(words, self._x, self._y + 0.28 * _LINE, _BOLD)
            self._sheet.write(" continued", self._x + wide, self._y + 0.28 * _LINE, _SOFT)
        self._y -= 2
        self._sheet.rule(self._x, self._y, self._x + _WIDTH, self._y, width=0.5, colour=s.SOFT)

    def _entry(self, excerpt: Excerpt, *, first: bool) -> None:
        link, right = excerpt.link, _WIDTH
        top = self._y
        self._y -= _LINE
        sign, word = POLARITIES[link.polarity]
        page = str(self._page_of.get(excerpt.reference, 0) or "–")
        found: list[Fragment] = []
        if first:
            _add(found, _known(_where(excerpt), _PLAIN), 0.0)
        x = self._begin
        _add(found, _known(link.code, _BOLD), x)
        _add(found, _known(sign, _PLAIN), x + _CODE)
        x += _CODE + _SIGN
        if first:
            _first_words(found, excerpt, x, right - self._leads)
        else:
            _add(found, _known("the same passage", _PLAIN), x)
        reference = s.single(excerpt.reference, _PLAIN.face, _PLAIN.size)
        _add(found, reference, right - self._page, left=False)
        _add(found, _known(page, _BOLD), right, left=False)
        line = Line(0, 0, 0, tuple(found), False, 0.0, right, NO_SUMS)
        leads = Element("Link")
        self._listed.append(Element("LI", [Element("LBody", [leads])]))
        with self._column.tags.within(leads):
            self._sheet.put(line, self._x, self._y + 0.3 * _LINE, _PLAIN.colour)
            said = f"{excerpt.reference}, {word.lower()}, {link.code}, on page {page}"
            box = (self._x, self._y, self._x + right, top)
            self._sheet.jump(box, excerpt.reference, said)


def _add(to: list[Fragment], line: Line | None, x: float, *, left: bool = True) -> None:
    """What stands on a line, from a place on or up to it; a space parts it from what follows."""
    if line is None:
        return
    x -= 0.0 if left else line.width
    *before, last = line.fragments
    to += [each._replace(x=each.x + x) for each in before]
    to.append(last._replace(x=last.x + x, text=f"{last.text} "))


@lru_cache(maxsize=4096)
def _known(words: str, style: s.Style) -> Line | None:
    return s.single(words, style.face, style.size)


def _first_words(to: list[Fragment], excerpt: Excerpt, x: float, end: float) -> None:
    """The first words of a quote that there is room for, and a sign that they go on."""
    anchor = excerpt.link.passage.anchor
    words = " ".join(anchor.quote[:_FIRST].split()) or quote_in_words(anchor).strip("[]")
    line = next(iterate_lines([Run(words, _PLAIN.face, _PLAIN.size)], end - x), None)
    if line is None:  # a passage without a word, as a broken file may have it
        return
    _add(to, line, x)
    if line.end < len(words):
        _add(to, _known("…", _PLAIN), x + line.width + 1)


@lru_cache(maxsize=4096)
def _measured(words: str) -> float:
    return measure(words, _PLAIN.face, _PLAIN.size)


def _where(excerpt: Excerpt) -> str:
    passage = excerpt.link.passage
    words = page_in_words(passage.page, passage.page_end, None)
    words = words.replace("pages ", "pp. ").replace("page ", "p. ")
    return f"{words} §{passage.paragraph}" if passage.paragraph else words
