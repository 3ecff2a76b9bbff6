"""Inline markup: tags, entities, emphasis and white space within a stretch of source.

Time grows with the length of the text, whatever it holds: every character is looked at by one
regular expression that cannot backtrack over more than one tag, and delimiters of emphasis are
matched with a stack.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from enum import Enum, auto
from html.entities import html5
from typing import NamedTuple

from cambs_evidence.documents.flow import NOTHING, Segment, Span, Style, Styled

#: Bullets of the Symbol and Wingdings fonts, which land in the private-use area.
PRIVATE_BULLETS = "\uf0a7\uf0a8\uf0b7\uf0d8\uf06e\uf06c\uf071\uf076\uf0fc\uf02d"
BULLET = "•"

#: Elements that stand on lines of their own; within a line they separate words.
BLOCK_TAGS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd",
    "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "legend", "li", "main", "nav",
    "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "title", "tr", "ul",
})  # fmt: skip
#: Elements that set their text in another style.
STYLES = {
    "b": Style.BOLD,
    "strong": Style.BOLD,
    "i": Style.ITALIC,
    "em": Style.ITALIC,
    "cite": Style.ITALIC,
    "u": Style.UNDERLINE,
    "ins": Style.UNDERLINE,
    "sup": Style.SUPERIOR,
    "sub": Style.INFERIOR,
}
_TAG = r"</?[A-Za-z][A-Za-z0-9:]{0,31}(?:\s[^<>]*|/)?>"
_ENTITY = r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
#: A pattern for characters that are never shown.
INVISIBLE = (
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufeff\ufff9-\ufffb]+"
)
_WHITE = r" \s+|[^\S ]\s*"
_COMMON = rf"(?P<tag>{_TAG})|(?P<entity>{_ENTITY})|(?P<stars>\*+)|(?P<hidden>{INVISIBLE})"
_BULLETS = rf"(?P<bullet>[{PRIVATE_BULLETS}])"
_LINK_END = r"\]\([^()\s<>]*(?:[ \t]\"[^\"\n]*\")?\)"
_MARKDOWN = (
    r"|(?P<escape>\\[!-/:-@\[-`{-~])|(?P<code>`[^`\n]+`)|(?P<lines>_+)|(?P<comment><!--)"
    rf"|(?P<link>!?\[(?=[^\[\]\n]*{_LINK_END}))|(?P<linkend>{_LINK_END})"
    r"|(?P<auto><(?:https?://|mailto:)[^\s<>]+>)"
)
_PLAIN_TOKEN = re.compile(rf"{_COMMON}|{_BULLETS}|(?P<white>{_WHITE})")
_MARKDOWN_TOKEN = re.compile(rf"{_COMMON}{_MARKDOWN}|{_BULLETS}|(?P<white>{_WHITE})")
_LITERAL_TOKEN = re.compile(rf"(?P<hidden>{INVISIBLE})|(?P<white>{_WHITE})")
#: What is never shown.
HIDDEN = re.compile(INVISIBLE)
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9:]*)\s*([^<>]*?)/?>")
_LINE_END = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")
#: Attributes that stand without a value.
_BARE_ATTRIBUTES = frozenset({
    "async", "autofocus", "checked", "compact", "controls", "defer", "disabled", "hidden",
    "ismap", "loop", "multiple", "muted", "noshade", "nowrap", "open", "readonly", "required",
    "reversed", "selected", "start",
})  # fmt: skip
#: More stars or underscores in a row are a rule, a gap to fill in or a redaction.
_LONGEST_EMPHASIS = 3


def tag_name(tag: str) -> str | None:
    """The name of a tag in lower case, with a slash before that of a closing one.

    None for what only looks like a tag: ``<y and z>`` has words where attributes would be.
    """
    match = _NAME.fullmatch(tag)
    if match is None:
        return None
    attributes = match[2]
    if attributes and "=" not in attributes:
        words = attributes.lower().replace("/", " ").split()
        if any(word not in _BARE_ATTRIBUTES for word in words):
            return None
    return ("/" if tag[1] == "/" else "") + match[1].lower()


class _Does(Enum):
    """What a token does to the text that is being put together."""

    SHOW = auto()
    SPACE = auto()
    OPEN = auto()
    CLOSE = auto()
    HIDE = auto()
    STAY = auto()


class _Token(NamedTuple):
    """A stretch of source that is not shown as it stands; ``origin`` is the offset to carry."""

    start: int
    end: int
    does: _Does
    text: str = ""
    origin: int = -1
    style: Style = Style(0)


class _Delimiter(NamedTuple):
    """Stars or underscores that may open or close emphasis, and their token in its list."""

    key: tuple[str, int]
    opens: bool
    closes: bool
    tokens: list[_Token]
    at: int


_EMPHASIS = {1: Style.ITALIC, 2: Style.BOLD, 3: Style.ITALIC | Style.BOLD}


def interpret(
    source: str,
    ranges: Sequence[tuple[int, int]],
    *,
    markdown: bool = False,
    literal: bool = False,
) -> list[Styled]:
    """The text of some ranges of the source, with inline markup interpreted.

    Emphasis and tags may open in one range and close in a later one; nothing reaches beyond the
    last.

    Args:
        source: the decoded source.
        ranges: start and end of each stretch, ascending.
        markdown: also interpret what is markup in Markdown only: escapes, code, links,
            underscores, comments.
        literal: interpret nothing but white space.
    """
    pattern = _LITERAL_TOKEN if literal else _MARKDOWN_TOKEN if markdown else _PLAIN_TOKEN
    if len(ranges) == 1 and pattern.search(source, *ranges[0]) is None:
        return [_as_it_stands(source, *ranges[0])]
    delimiters: list[_Delimiter] = []
    found = []
    for start, end in ranges:
        scanner = _Scanner(source, start, end, delimiters)
        scanner.scan(pattern)
        found.append(scanner.tokens)
    _pair(delimiters)
    active = _ActiveStyles()
    return [
        _Assembly(source, active).assemble(tokens, start, end)
        for tokens, (start, end) in zip(found, ranges, strict=True)
    ]


def _as_it_stands(source: str, start: int, end: int) -> Styled:
    text = source[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    return Styled(text, (Segment(len(text), start),)) if text else NOTHING


def _pair(delimiters: list[_Delimiter]) -> None:
    """Turns delimiters that pair into opening and closing tokens; the others stay text."""
    stack: list[_Delimiter] = []
    waiting: Counter[tuple[str, int]] = Counter()
    for delimiter in delimiters:
        if delimiter.closes and waiting[delimiter.key]:
            opener = stack.pop()
            waiting[opener.key] -= 1
            while opener.key != delimiter.key:
                opener = stack.pop()
                waiting[opener.key] -= 1
            style = _EMPHASIS[delimiter.key[1]]
            for one, does in ((opener, _Does.OPEN), (delimiter, _Does.CLOSE)):
                one.tokens[one.at] = one.tokens[one.at]._replace(does=does, style=style)
        elif delimiter.opens:
            stack.append(delimiter)
            waiting[delimiter.key] += 1


def _is_mark(character: str) -> bool:
    return not character.isalnum() and not character.isspace()


class _Scanner:
    """Finds the tokens of one range."""

    def __init__(self, source: str, start: int, end: int, delimiters: list[_Delimiter]) -> None:
        self.tokens: list[_Token] = []
        self._source = source
        self._start = start
        self._end = end
        self._delimiters = delimiters
        self._open_links = 0
        self._comments_end = True

    def scan(self, pattern: re.Pattern[str]) -> None:
        """Goes through the range once."""
        at, search = self._start, pattern.search
        while (match := search(self._source, at, self._end)) is not None:
            at = getattr(self, f"_{match.lastgroup}")(match)

    def _add(self, match: re.Match[str], does: _Does, text: str = "", origin: int = 0) -> int:
        start, end = match.span()
        self.tokens.append(_Token(start, end, does, text, start + origin))
        return end

    def _white(self, match: re.Match[str]) -> int:
        line_end = _LINE_END.search(match[0])
        return self._add(match, _Does.SPACE, " ", line_end.start() if line_end else 0)

    def _hidden(self, match: re.Match[str]) -> int:
        return self._add(match, _Does.HIDE)

    def _bullet(self, match: re.Match[str]) -> int:
        return self._add(match, _Does.SHOW, BULLET)

    def _entity(self, match: re.Match[str]) -> int:
        shown = _entity(match[0])
        if shown is None:
            return match.end()
        if not shown.strip():
            return self._add(match, _Does.SPACE if shown else _Does.HIDE, " ")
        return self._add(match, _Does.SHOW, shown)

    def _tag(self, match: re.Match[str]) -> int:
        name = tag_name(match[0])
        if name is None:
            return match.start() + 1
        closing, name = name.startswith("/"), name.removeprefix("/")
        if name in BLOCK_TAGS:
            return self._add(match, _Does.SPACE, " ")
        end = self._add(match, _Does.HIDE)
        if name in STYLES:
            does = _Does.CLOSE if closing else _Does.OPEN
            self.tokens[-1] = self.tokens[-1]._replace(does=does, style=STYLES[name])
        return end

    def _stars(self, match: re.Match[str]) -> int:
        start, end = match.span()
        count = end - start
        if count > _LONGEST_EMPHASIS:
            return end
        before = self._source[start - 1] if start > self._start else " "
        after = self._source[end] if end < self._end else " "
        opens = not after.isspace() and (not _is_mark(after) or not before.isalnum())
        closes = not before.isspace() and (not _is_mark(before) or not after.isalnum())
        sign = match[0][0]
        if count == 1 or sign == "_":  # 5*3, A*-C and snake_case are no emphasis
            opens, closes = opens and not before.isalnum(), closes and not after.isalnum()
        if opens or closes:
            index = len(self.tokens)
            self._delimiters.append(_Delimiter((sign, count), opens, closes, self.tokens, index))
            self._add(match, _Does.STAY)
        return end

    _lines = _stars

    def _escape(self, match: re.Match[str]) -> int:
        self.tokens.append(_Token(match.start(), match.start() + 1, _Does.HIDE))
        return match.end()

    def _code(self, match: re.Match[str]) -> int:
        """Signs on both sides that are not shown; what stands between is not interpreted."""
        start, end = match.span()
        self.tokens.append(_Token(start, start + 1, _Does.HIDE))
        for inner in _LITERAL_TOKEN.finditer(self._source, start + 1, end - 1):
            getattr(self, f"_{inner.lastgroup}")(inner)
        self.tokens.append(_Token(end - 1, end, _Does.HIDE))
        return end

    _auto = _code

    def _link(self, match: re.Match[str]) -> int:
        self._open_links += 1
        return self._add(match, _Does.HIDE)

    def _linkend(self, match: re.Match[str]) -> int:
        if not self._open_links:
            return match.start() + 1
        self._open_links -= 1
        return self._add(match, _Does.HIDE)

    def _comment(self, match: re.Match[str]) -> int:
        start, end = match.span()
        close = self._source.find("-->", end, self._end) if self._comments_end else -1
        if close < 0:
            self._comments_end = False
            return end
        self.tokens.append(_Token(start, close + 3, _Does.HIDE))
        return close + 3


def _entity(written: str) -> str | None:
    """What an entity stands for, without what cannot be shown; None if it is none."""
    if written[1] == "#":
        character = html.unescape(written)
    else:
        named = html5.get(written[1:])
        if named is None:
            return None
        character = named
    return "".join(
        BULLET if one in PRIVATE_BULLETS else one for one in character if not HIDDEN.fullmatch(one)
    )


class _ActiveStyles:
    """The styles in force, each as often as it was opened."""

    def __init__(self) -> None:
        self._open: Counter[Style] = Counter()

    def change(self, style: Style, by: int) -> None:
        for one in style:
            self._open[one] = max(self._open[one] + by, 0)

    def now(self) -> Style:
        style = Style(0)
        for one, times in self._open.items():
            if times:
                style |= one
        return style


class _Assembly:
    """Puts the text of one range together."""

    def __init__(self, source: str, active: _ActiveStyles) -> None:
        self._source = source
        self._active = active
        self._style = active.now()
        self._parts: list[str] = []
        self._segments: list[Segment] = []
        self._spans: list[Span] = []
        self._length = 0
        self._styled_from = 0
        self._spaced = True  # another space would be one too many

    def assemble(self, tokens: list[_Token], start: int, end: int) -> Styled:
        """The text from ``start`` to ``end``."""
        at = start
        for token in tokens:
            if token.does is _Does.STAY:
                continue
            self._copy(at, token.start)
            at = token.end
            if token.does is _Does.SHOW:
                for one in token.text:
                    self._append(one, token.origin)
                self._spaced = False
            elif token.does is _Does.SPACE:
                if not self._spaced:
                    self._append(" ", token.origin)
                    self._spaced = True
            elif token.does is not _Does.HIDE:
                self._restyle(token)
        self._copy(at, end)
        return self._finished()

    def _copy(self, start: int, end: int) -> None:
        if self._spaced and start < end and self._source[start] == " ":
            start += 1
        if start < end:
            self._append(self._source[start:end], start)
            self._spaced = self._source[end - 1] == " "

    def _append(self, text: str, origin: int) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self._segments:
            length, before = self._segments[-1]
            if before + length == origin:
                self._segments[-1] = Segment(length + len(text), before)
                return
        self._segments.append(Segment(len(text), origin))

    def _restyle(self, token: _Token) -> None:
        self._active.change(token.style, 1 if token.does is _Does.OPEN else -1)
        style = self._active.now()
        if style != self._style:
            self._close_span()
            self._style = style

    def _close_span(self) -> None:
        if self._style and self._styled_from < self._length:
            self._spans.append(Span(self._styled_from, self._length, self._style))
        self._styled_from = self._length

    def _finished(self) -> Styled:
        self._close_span()
        text = "".join(self._parts)
        if text.endswith(" "):
            text = text[:-1]
            length, origin = self._segments.pop()
            if length > 1:
                self._segments.append(Segment(length - 1, origin))
        if not text:
            return NOTHING
        spans = tuple(
            Span(start, min(end, len(text)), style)
            for start, end, style in self._spans
            if start < len(text)
        )
        return Styled(text, tuple(self._segments), spans)
