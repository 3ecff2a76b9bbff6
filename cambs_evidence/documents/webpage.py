"""HTML: from bytes to an interpreted text, for the same typesetting as text and Markdown.

What a page says in words is kept: headings, paragraphs, lists, tables as rows and cells,
quotations and, of pictures, the alternative text. Nothing is run, fetched or filled in: scripts,
styles, the controls of forms, frames and embedded objects are left out, and so is what the source
itself hides.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

from cambs_evidence.documents import decoding
from cambs_evidence.documents.blocks import DEEPEST_LIST, MOST_BLOCKS, MOST_CELLS
from cambs_evidence.documents.flow import Block, Flow, Kind, Segment, Span, Style, Styled
from cambs_evidence.documents.inline import (
    BLOCK_TAGS,
    BULLET,
    INVISIBLE,
    PRIVATE_BULLETS,
    STYLES,
)
from cambs_evidence.errors import DocumentRefused

#: Stored with each text layer; changes whenever any source could come out differently.
RULES_VERSION = "html-1"
#: Elements that stand in one another, at most.
DEEPEST = 1000
#: Rows that one cell may reach down.
_TALLEST = 1000
#: Bytes in which the encoding is declared.
_HEAD = 4096

_LEFT_OUT = frozenset({
    "applet", "audio", "button", "canvas", "datalist", "embed", "frame", "frameset", "iframe",
    "input", "noembed", "noframes", "object", "script", "select", "style", "svg", "template",
    "textarea", "title", "video",
})  # fmt: skip
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
})  # fmt: skip
_BLOCKS = BLOCK_TAGS | {"dir", "menu", "search"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "dir", "menu"})
#: What the beginning of an element closes, and where looking for that ends.
_CLOSES = {
    "li": ({"li"}, {"ul", "ol", "dir", "menu", "td", "th", "table"}),
    "dt": ({"dt", "dd"}, {"dl", "td", "th", "table"}),
    "dd": ({"dt", "dd"}, {"dl", "td", "th", "table"}),
    "td": ({"td", "th"}, {"tr", "table"}),
    "th": ({"td", "th"}, {"tr", "table"}),
    "tr": ({"tr"}, {"table"}),
    "tbody": ({"tr", "tbody", "thead", "tfoot", "caption"}, {"table"}),
    "thead": ({"tr", "tbody", "thead", "tfoot", "caption"}, {"table"}),
    "tfoot": ({"tr", "tbody", "thead", "tfoot", "caption"}, {"table"}),
}
_OF_TABLES = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"})
_HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ODD = re.compile(rf"(?P<white>\s+)|(?P<bullet>[{PRIVATE_BULLETS}])|(?P<hidden>{INVISIBLE})")
_REFERENCE = re.compile(r"&#?\w{1,40};?")
_META = re.compile(rb"<meta\b[^>]{0,400}?\bcharset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_BEGINS = re.compile(
    r"(?:\s|<\?xml[^>]{0,400}>|<!--(?:[^-]|-(?!->)){0,2000}-->)*"
    r"<(?:!doctype\s+html|html|head|body|title|meta)\b",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"</?(?:p|div|span|h[1-6]|table|ul|ol|li|br|body|a|b|i|strong|em)\b[^<>]*>", re.IGNORECASE
)
#: Encodings that may be declared; others are told as text files are.
_ENCODINGS = re.compile(
    r"utf-8|cp125\d|iso8859-\d+|koi8-[ru]|mac-roman|shift_jis|euc_(?:jp|kr)|gb(?:k|18030|2312)|big5"
)


def is_webpage(data: bytes, *, named: bool) -> bool:
    """Whether a file is HTML; one that is ``named`` so needs to hold some markup only."""
    head = data[:_HEAD]
    if head[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} or b"\x00" in head[:4]:
        head = head.replace(b"\x00", b"")
    text = head.decode("latin-1").lstrip("\xff\xfe\xef\xbb\xbf")
    return bool(_BEGINS.match(text)) or (named and _TAG.search(text) is not None)


def decode(data: bytes) -> tuple[str, str]:
    """The text of an HTML file and the name of its encoding.

    A byte order mark counts first, then what the file declares, then as
    :func:`cambs_evidence.documents.decoding.decode`; raises as that does.
    """
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decoding.decode(data)
    declared = _XML.search(data[:_HEAD]) or _META.search(data[:_HEAD])
    if declared is None:
        return decoding.decode(data)
    try:
        encoding = codecs.lookup(declared[1].decode("ascii")).name
    except LookupError:
        return decoding.decode(data)
    # By ASCII and Latin-1 everybody means Windows-1252.
    encoding = {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(encoding, encoding)
    if not _ENCODINGS.fullmatch(encoding):
        return decoding.decode(data)
    text = data.decode(encoding, "replace")
    if "\x00" in text:
        raise DocumentRefused("it is not a text file: it holds binary data", code="format")
    return text, encoding


def interpret(source: str) -> tuple[Flow, str]:
    """What decoded HTML says, and its title; raises DocumentRefused where it says nothing."""
    blocks, title = read(source)
    if not blocks:
        raise DocumentRefused("it holds no text", code="empty")
    return Flow(tuple(blocks), RULES_VERSION), title


def read(source: str) -> tuple[list[Block], str]:
    """The blocks of decoded HTML, and the title in its head, empty where it has none.

    Raises DocumentRefused where it is nested too deeply or too long.
    """
    reader = _Reader(source)
    reader.feed(source)
    reader.close()
    return reader.finished()


# --- text ------------------------------------------------------------------------------------


class _Words:
    """The text of a block that is being put together."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._segments: list[Segment] = []
        self._spans: list[Span] = []
        self._length = 0

    @property
    def _is_spaced(self) -> bool:
        return not self._parts or self._parts[-1].endswith(" ")

    def add(self, text: str, origin: int, style: Style) -> None:
        """Text as it stands in the source from ``origin`` on, its white space folded."""
        at = 0
        for match in _ODD.finditer(text):
            self._put(text[at : match.start()], origin + at, style)
            at = match.end()
            if match["white"]:
                if not self._is_spaced:
                    self._put(" ", origin + match.start(), style)
            elif match["bullet"]:
                self._put(BULLET, origin + match.start(), style)
        self._put(text[at:], origin + at, style)

    def sign(self, text: str, origin: int, style: Style) -> None:
        """Text that something at ``origin`` stands for."""
        for letter in text:
            self.add(letter, origin, style)

    def _put(self, text: str, origin: int, style: Style) -> None:
        if not text:
            return
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        if self._segments and sum(self._segments[-1]) == origin:
            length, before = self._segments[-1]
            self._segments[-1] = Segment(length + len(text), before)
        else:
            self._segments.append(Segment(len(text), origin))
        if style:
            if self._spans and self._spans[-1][1:] == (start, style):
                start = self._spans.pop().start
            self._spans.append(Span(start, self._length, style))

    def taken(self) -> Styled | None:
        """The text so far, None where there is none; the next one begins."""
        text = "".join(self._parts)
        segments, spans = self._segments, self._spans
        self._parts, self._segments, self._spans, self._length = [], [], [], 0
        if text.endswith(" "):
            text = text[:-1]
            length, origin = segments.pop()
            if length > 1:
                segments.append(Segment(length - 1, origin))
        if not text:
            return None
        kept = [Span(a, min(b, len(text)), style) for a, b, style in spans if a < len(text)]
        return Styled(text, tuple(segments), tuple(kept))


def _joined(blocks: Sequence[Block]) -> Styled:
    """Blocks as the text of one cell."""
    text, segments, spans = "", [], []
    for block in blocks:
        if text:
            text += " "
            segments.append(Segment(1, -1))
        if block.marker.text:
            text += f"{block.marker.text} "
            segments += [*block.marker.segments, block.gap]
        [cell] = block.cells
        spans += [Span(a + len(text), b + len(text), style) for a, b, style in cell.spans]
        text += cell.text
        segments += cell.segments
    return Styled(text, tuple(segments), tuple(spans))


# --- structure -------------------------------------------------------------------------------


class _Element(NamedTuple):
    """An open element; the style is that of its text."""

    name: str
    style: Style


@dataclass(slots=True)
class _List:
    """An open list; ``number`` is that of its last item, None where items have bullets."""

    number: int | None
    sign: str
    marker: str = ""
    begun: bool = False  # something of its item has been set


@dataclass(slots=True)
class _Table:
    """An open table; each cell is the blocks in it."""

    layout: bool
    rows: list[list[list[Block]]] = field(default_factory=list)
    headers: list[bool] = field(default_factory=list)
    row: list[list[Block]] | None = None
    cell: list[Block] | None = None
    is_header: bool = True
    across: int = 1
    down: int = 1
    hanging: dict[int, int] = field(default_factory=dict)  # rows that a cell above still covers


class _Reader(HTMLParser):
    """Goes through a source once and puts blocks together."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self._source = source
        self._lines = [0, *(match.end() for match in re.finditer("\n", source))]
        self._stack: list[_Element] = []
        self._left_out = ""
        self._left_out_depth = 0
        self._title: list[str] = []
        self._words = _Words()
        self._sinks: list[list[Block]] = [[]]
        self._lists: list[_List] = []
        self._tables: list[_Table] = []
        self._heading = self._quoted = self._literal = 0
        self._tight = False
        self._count = 0

    def finished(self) -> tuple[list[Block], str]:
        """The blocks and the title, once all was fed."""
        self._pop_to(0)
        self._flush()
        return self._sinks[0], " ".join("".join(self._title).split())

    @property
    def _at(self) -> int:
        """Where in the source what is handled begins."""
        line, column = self.getpos()
        return self._lines[line - 1] + column

    @property
    def _style(self) -> Style:
        return self._stack[-1].style if self._stack else Style(0)

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002 - as inherited
        """Takes ``<![…>`` for a comment, as browsers do, whatever it holds."""
        end = self.rawdata.find(">", i)
        return end + 1 if end >= 0 else -1

    # What comes in

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens an element."""
        if self._left_out and not (self._left_out == "p" and tag in _BLOCKS):
            self._left_out_depth += tag == self._left_out and tag not in _VOID
            return
        self._left_out = ""
        facts = {name: value or "" for name, value in attrs}
        self._close_before(tag)
        hidden = "hidden" in facts or _HIDES.search(facts.get("style", ""))
        if tag in _LEFT_OUT or hidden:
            if tag not in _VOID:
                self._left_out, self._left_out_depth = tag, 1
            return
        if tag in _VOID:
            self._void(tag, facts)
            return
        if tag in _BLOCKS:
            self._flush()
        if len(self._stack) >= DEEPEST:
            raise DocumentRefused(
                f"its elements are nested more than {DEEPEST:,} deep; it may be made to do harm"
            )
        self._stack.append(_Element(tag, self._style | STYLES.get(tag, Style(0))))
        self._open(tag, facts)

    def handle_endtag(self, tag: str) -> None:
        """Closes an element, with what is still open in it."""
        if self._left_out:
            self._left_out_depth -= tag == self._left_out
            if not self._left_out_depth:
                self._left_out = ""
            return
        if tag == "br":
            self._void(tag, {})
            return
        for place in range(len(self._stack) - 1, -1, -1):
            name = self._stack[place].name
            if name == tag:
                self._pop_to(place)
                return
            if name in _OF_TABLES and tag not in _OF_TABLES:
                return

    def handle_data(self, data: str) -> None:
        """Takes text in."""
        if self._left_out:
            if self._left_out == "title" and not self._stack_holds("body"):
                self._title.append(data)
            return
        if not self._literal:
            self._words.add(data, self._at, self._style)
            return
        at = self._at
        for place, line in enumerate(data.split("\n")):
            if place:
                self._flush()
                self._tight = True
            self._words.add(line, at, self._style)
            at += len(line) + 1

    def handle_charref(self, name: str) -> None:
        """Takes a character in that is written as a number."""
        self._reference(name)

    def handle_entityref(self, name: str) -> None:
        """Takes a character in that is written as a name."""
        self._reference(name)

    def _reference(self, name: str) -> None:
        at = self._at
        found = _REFERENCE.match(self._source, at)
        written = found[0] if found else f"&{name}"
        shown = html.unescape(written)
        if self._left_out:
            if self._left_out == "title":
                self._title.append(shown)
        elif shown == written:
            self._words.add(written, at, self._style)
        else:
            # What follows a reference without a semicolon is told apart by the parser.
            self._words.sign(html.unescape(f"&{'#' * (written[1] == '#')}{name};"), at, self._style)

    def _void(self, tag: str, facts: dict[str, str]) -> None:
        if tag == "br":
            self._flush()
            self._tight = True
        elif tag == "hr":
            self._flush()
        elif tag == "img" and facts.get("alt", "").strip():
            at = self._at
            alt = facts["alt"]
            tag_text = self.get_starttag_text() or ""
            inside = tag_text.find(alt)
            style = self._style | Style.ITALIC
            if inside >= 0:
                self._words.add(alt, at + inside, style)
            else:
                self._words.sign(alt, at, style)

    # Opening and closing

    def _stack_holds(self, name: str) -> bool:
        return any(each.name == name for each in self._stack)

    def _close_before(self, tag: str) -> None:
        """Closes what cannot hold an element that begins."""
        if tag in _BLOCKS:
            for place in range(len(self._stack) - 1, -1, -1):
                name = self._stack[place].name
                if name == "p":
                    self._pop_to(place)
                if name in _BLOCKS:
                    break
        closes, ends = _CLOSES.get(tag, (frozenset[str](), frozenset[str]()))
        if closes:
            for place in range(len(self._stack) - 1, -1, -1):
                name = self._stack[place].name
                if name in ends:
                    break
                if name in closes:
                    self._pop_to(place)

    def _open(self, tag: str, facts: dict[str, str]) -> None:
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in _LISTS:
            start = _whole(facts.get("start", ""), 1, 0, 10**6)
            number = start - 1 if tag == "ol" else None
            self._lists.append(_List(number, facts.get("type", "1")))
        elif tag == "li":
            self._begin_item(facts)
        elif tag == "blockquote":
            self._quoted += 1
        elif tag == "pre":
            self._literal += 1
        elif tag in _OF_TABLES:
            self._open_in_table(tag, facts)

    def _pop_to(self, place: int) -> None:
        """Closes the element at a place of the stack, and what is open in it."""
        while len(self._stack) > place:
            name = self._stack.pop().name
            if name in _BLOCKS:
                self._flush()
            if name in _HEADINGS:
                self._heading = 0
            elif name in _LISTS:
                if self._lists:
                    self._lists.pop()
            elif name == "li" and self._lists:
                self._lists[-1].marker, self._lists[-1].begun = "", False
            elif name == "blockquote":
                self._quoted -= 1
            elif name == "pre":
                self._literal -= 1
            elif name in {"td", "th"}:
                self._end_cell()
            elif name == "tr":
                self._end_row()
            elif name == "table":
                self._end_table()

    def _begin_item(self, facts: dict[str, str]) -> None:
        if not self._lists:
            self._lists.append(_List(None, ""))
        inner = self._lists[-1]
        inner.begun = False
        if inner.number is None:
            inner.marker = BULLET
        else:
            inner.number = _whole(facts.get("value", ""), inner.number + 1, 0, 10**6)
            inner.marker = f"{_numeral(inner.number, inner.sign)}."

    def _flush(self) -> None:
        """Ends the block that is being put together."""
        text = self._words.taken()
        tight, self._tight = self._tight, False
        if text is None:
            return
        self._count += 1
        if self._count > MOST_BLOCKS:
            raise DocumentRefused(
                "it has more lines than any document that can be cited; split it", code="too-large"
            )
        inner = self._lists[-1] if self._lists else None
        if self._heading:
            block = Block(Kind.HEADING, (text,), self._heading)
        elif inner is not None and inner.marker:
            marker = Styled(inner.marker, (Segment(len(inner.marker), -1),))
            level = min(len(self._lists) - 1, DEEPEST_LIST)
            block = Block(Kind.ITEM, (text,), level, marker)
            inner.marker, inner.begun = "", True
        else:
            continues = inner is not None and inner.begun
            level = min(self._quoted, DEEPEST_LIST)
            block = Block(Kind.PARAGRAPH, (text,), level, tight=tight, continues=continues)
        self._sinks[-1].append(block)

    # Tables

    def _open_in_table(self, tag: str, facts: dict[str, str]) -> None:
        if tag == "table":
            for table in self._tables[-1:]:
                table.layout = True
            is_layout = facts.get("role", "").lower() in {"presentation", "none"}
            self._tables.append(_Table(is_layout))
            return
        if not self._tables:
            return
        table = self._tables[-1]
        if tag == "tr" or (tag in {"td", "th"} and table.row is None):
            table.row, table.is_header = [], True
        if tag in {"td", "th"} and table.row is not None:
            self._fill(table)
            table.across = _whole(facts.get("colspan", ""), 1, 1, MOST_CELLS)
            table.down = _whole(facts.get("rowspan", ""), 1, 1, _TALLEST)
            table.is_header &= tag == "th"
            table.cell = []
            self._sinks.append(table.cell)

    @staticmethod
    def _fill(table: _Table) -> None:
        """Empty cells where cells of rows above reach down."""
        row = table.row
        while row is not None and table.hanging.get(len(row), 0) > 0:
            table.hanging[len(row)] -= 1
            row.append([])

    def _end_cell(self) -> None:
        table = self._tables[-1] if self._tables else None
        if table is None or table.cell is None or table.row is None:
            return
        self._sinks.pop()
        for place in range(table.across):
            table.hanging[len(table.row)] = table.down - 1
            table.row.append([] if place else table.cell)
        table.cell = None

    def _end_row(self) -> None:
        table = self._tables[-1] if self._tables else None
        if table is None or table.row is None:
            return
        self._fill(table)
        table.rows.append(table.row)
        table.headers.append(table.is_header)
        table.row = None

    def _end_table(self) -> None:
        if self._tables and self._tables[-1].row is not None:
            self._end_row()
        table = self._tables.pop()
        sink = self._sinks[-1]
        widest = max(map(len, table.rows), default=0)
        if table.layout or not 1 < widest <= MOST_CELLS or _is_laid_out(table.rows):
            sink.extend(block for row in table.rows for cell in row for block in cell)
            return
        tight = False
        for cells, header in zip(table.rows, table.headers, strict=True):
            if any(cells):
                texts = tuple(map(_joined, cells))
                sink.append(Block(Kind.ROW, texts, tight=tight, header=header))
                tight = True


def _is_laid_out(rows: Sequence[Sequence[Sequence[Block]]]) -> bool:
    """True for a table that only sets texts beside one another: a cell has a heading and more."""
    return any(
        len(cell) > 1 and any(block.kind is Kind.HEADING for block in cell)
        for row in rows
        for cell in row
    )


def _whole(written: str, usual: int, least: int, most: int) -> int:
    """A whole number of an attribute, within bounds; ``usual`` where it is none."""
    written = written.strip()
    if not re.fullmatch(r"[0-9]{1,9}", written):
        return usual
    return min(max(int(written), least), most)


_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def _numeral(number: int, sign: str) -> str:
    """A number as a list prints it; ``sign`` is the kind of numeral in HTML."""
    if sign in {"a", "A"} and 0 < number <= 26 * 27:
        first, last = divmod(number - 1, 26)
        shown = (chr(96 + first) if first else "") + chr(97 + last)
    elif sign in {"i", "I"} and 0 < number < 4000:
        shown = ""
        for value, letters in _ROMAN:
            times, number = divmod(number, value)
            shown += letters * times
    else:
        return str(number)
    return shown.upper() if sign.isupper() else shown
