"""The runs of a Word paragraph: what is printed of them, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cambs_evidence.documents.flow import LINE_END, NOTHING, Segment, Span, Style, Styled
from cambs_evidence.documents.inline import BULLET, HIDDEN, PRIVATE_BULLETS
from cambs_evidence.documents.wordml import Styles, child, counted, local, on, value, whole

#: Points to a unit of drawings.
_EMU = 1 / 12_700
_THROUGH = frozenset({
    "hyperlink", "ins", "moveTo", "smartTag", "sdt", "sdtContent", "customXml", "dir", "bdo",
    "fldSimple", "Fallback", "Choice", "oMath", "oMathPara", "ruby", "rubyBase",
})  # fmt: skip
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SHOWN = {"tab": " ", "ptab": " ", "br": LINE_END, "cr": LINE_END, "noBreakHyphen": "-"}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_STYLES = {"b": Style.BOLD, "i": Style.ITALIC}
_RAISED = {"superscript": Style.SUPERIOR, "subscript": Style.INFERIOR}
_PAGES = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b", re.IGNORECASE)
_WHITE = re.compile(r"[^\S\xa0\u202f\u2007]+")
_POINTS = re.compile(r"(width|height)\s*:\s*([\d.]{1,8})(pt|in|px)")
_UNITS = {"pt": 1.0, "in": 72.0, "px": 0.75}
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Mark(NamedTuple):
    """The mark of a note: kind and id of the note, and what is printed."""

    kind: str
    id: str
    text: str


class Piece(NamedTuple):
    """Text in one style; what ends in a mark of a note has that too."""

    text: str
    style: Style = Style(0)
    mark: Mark | None = None


class Drawing(NamedTuple):
    """A picture that a paragraph shows: the id of where it is kept, width and height in points."""

    id: str
    size: tuple[float, float] | None


@dataclass(slots=True)
class Phrase:
    """What a paragraph prints, and what is drawn beside it."""

    pieces: list[Piece] = field(default_factory=list)
    insets: list[Drawing] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)

    @property
    def says(self) -> bool:
        """Whether anything is printed but white space."""
        return any(piece.text.strip() for piece in self.pieces)


@dataclass(slots=True)
class Fields:
    """The fields that are open as a story is read; they may run over paragraphs.

    Without ``paged``, numbers of pages are left out: those of Word are no pages of ours.
    """

    paged: bool = True
    _open: list[list[str]] = field(default_factory=list)

    @property
    def hide(self) -> bool:
        """Whether what stands here is not printed: instructions, and numbers that are left out."""
        return any(state == "told" or self._left_out(told) for state, told in self._open)

    def _left_out(self, told: str) -> bool:
        return not self.paged and _PAGES.match(told) is not None

    def turn(self, kind: str | None) -> None:
        """A field begins, its result begins, or it ends."""
        if kind == "begin":
            self._open.append(["told", ""])
        elif kind == "separate" and self._open:
            self._open[-1][0] = "shown"
        elif kind == "end" and self._open:
            self._open.pop()

    def tell(self, words: str) -> None:
        """A part of the instruction of the innermost field."""
        if self._open and self._open[-1][0] == "told":
            self._open[-1][1] += words[:100]

    def simple(self, told: str) -> bool:
        """Whether the result of a field with this instruction is left out."""
        return self._left_out(told)


class Phrases:
    """Reads paragraphs one after the other; notes are numbered as their marks come."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._numbers = {"footnotes": 0, "endnotes": 0}

    def of(self, paragraph: Any, fields: Fields) -> Phrase:
        """What a paragraph prints."""
        found = Phrase()
        usual = self._styles.runs(paragraph)
        said: list[Any] = []
        style, caps, hidden = Style(0), False, False
        for element in _inlines(paragraph, fields):
            name = local(element)
            if name == "r":
                said = [*self._styles.run(child(element, "rPr")), *usual]
                hidden = on(said, "vanish")
                style, caps = _style(said), on(said, "caps")
            elif name == "fldChar":
                fields.turn(value(element, "fldCharType"))
            elif name == "instrText":
                fields.tell(element.text or "")
            elif hidden or fields.hide:
                continue
            elif name in _NOTES:
                found.pieces.append(self._mark(element, _NOTES[name]))
            elif name in {"blip", "imagedata"}:
                drawing = _drawing(element)
                if drawing is not None:
                    found.insets.append(drawing)
            elif name == "txbxContent":
                found.boxes.append(element)
            else:
                shown = _shown(element, name)
                if shown:
                    found.pieces.append(Piece(shown.upper() if caps else shown, style))
        return found

    def _mark(self, element: Any, kind: str) -> Piece:
        text = ""
        if value(element, "customMarkFollows") not in {"1", "true"}:
            self._numbers[kind] += 1
            way = "decimal" if kind == "footnotes" else "lowerRoman"
            text = counted(self._numbers[kind], way)
        return Piece(text, Style.SUPERIOR, Mark(kind, value(element, "id") or "", text))


def _inlines(paragraph: Any, fields: Fields) -> Iterator[Any]:
    """Runs, then what stands in each, in order; in drawings only pictures and boxes of text."""
    stack = [iter(paragraph)]
    while stack:
        each = next(stack[-1], None)
        if each is None:
            stack.pop()
            continue
        name = local(each)
        if name == "AlternateContent":
            kept = [part for part in each if local(part) in {"Choice", "Fallback"}][:1]
            stack.append(iter(kept))
        elif name == "r":
            yield each
            stack.append(iter(each))
        elif name in {"drawing", "pict", "object"}:
            yield from _drawn(each)
        elif name == "fldSimple" and fields.simple(value(each, "instr") or ""):
            continue
        elif name in _THROUGH or str(each.tag).startswith(_MATHS):
            if name == "t":
                yield each
            stack.append(iter(each))
        else:
            yield each


def _drawn(drawing: Any) -> Iterator[Any]:
    """Pictures and boxes of text within a drawing; where it is said twice, the first time only."""
    stack = [iter((drawing,))]
    while stack:
        each = next(stack[-1], None)
        if each is None:
            stack.pop()
            continue
        name = local(each)
        if name in {"blip", "imagedata", "txbxContent"}:
            yield each
        elif name == "AlternateContent":
            stack.append(iter([part for part in each if local(part) in {"Choice", "Fallback"}][:1]))
        else:
            stack.append(iter(each))


def _style(said: list[Any]) -> Style:
    style = Style(0)
    for name, one in _STYLES.items():
        if on(said, name):
            style |= one
    for each in said:
        line = child(each, "u")
        if line is not None:
            style |= Style.UNDERLINE if value(line) not in {"none", None} else Style(0)
            break
    for each in said:
        raised = value(child(each, "vertAlign"))
        if raised is not None:
            style |= _RAISED.get(raised, Style(0))
            break
    return style


def _shown(element: Any, name: str) -> str:
    if name == "t":
        return element.text or ""
    if name == "sym":
        code = _character(value(element, "char"))
        sign = chr(code) if code else ""
        private = "\ue000" <= sign <= "\uf8ff"
        return BULLET if private else sign
    return _SHOWN.get(name, "")


def _character(text: str | None) -> int | None:
    """A character's number in hexadecimal, or None where it is none that can be printed."""
    try:
        code = int(text or "", 16)
    except ValueError:
        return None
    return code if 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else None


def _drawing(element: Any) -> Drawing | None:
    """A picture with its size; None where it is kept elsewhere than in the document."""
    kept = element.get(_RELATION + "embed") or element.get(_RELATION + "id")
    if not kept:
        return None
    size = None
    for above in element.iterancestors():
        name = local(above)
        if name in {"inline", "anchor"}:
            extent = next((each for each in above if local(each) == "extent"), None)
            if extent is not None:
                width, height = whole(extent.get("cx")), whole(extent.get("cy"))
                if width and height:
                    size = (width * _EMU, height * _EMU)
            break
        if name == "shape":
            said = {one: float(much) * _UNITS[unit] for one, much, unit in _lengths(above)}
            if said.get("width") and said.get("height"):
                size = (said["width"], said["height"])
            break
    return Drawing(kept, size)


def _lengths(shape: Any) -> list[tuple[str, str, str]]:
    return [
        each for each in _POINTS.findall(shape.get("style", "")) if each[1].count(".") <= 1
        and each[1] != "."
    ]  # fmt: skip


class Writer:
    """Writes the decoded source as the blocks of a document come."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(self._parts)

    def separate(self, separator: str) -> None:
        """Something between two texts."""
        self._parts.append(separator)
        self._length += len(separator)

    def written(self, text: str, end: str = "\n") -> Styled:
        """A text as it is."""
        start = self._length
        self.separate(text + end)
        return Styled(text, (Segment(len(text), start),)) if text else NOTHING

    def take(self, pieces: list[Piece], end: str = "\n") -> tuple[Styled, list[tuple[int, Mark]]]:
        """The text of some pieces, and the marks in it with the offset behind each.

        White space is folded, what has no shape left out.
        """
        parts: list[str] = []
        spans: list[Span] = []
        marks: list[tuple[int, Mark]] = []
        length, last = 0, LINE_END
        for text, style, mark in pieces:
            shown = _folded(text, last)
            if shown.startswith(LINE_END) and last == " ":
                parts[-1] = parts[-1][:-1]
                length -= 1
            if shown:
                parts.append(shown)
                if style and spans and (spans[-1].end, spans[-1].style) == (length, style):
                    spans[-1] = spans[-1]._replace(end=length + len(shown))
                elif style:
                    spans.append(Span(length, length + len(shown), style))
                length += len(shown)
                last = shown[-1]
            if mark is not None:
                marks.append((length, mark))
        text = "".join(parts).rstrip(f" {LINE_END}")
        if not text:
            return NOTHING, marks
        start = self._length
        self.separate(text + end)
        return Styled(text, (Segment(len(text), start),), _within(spans, len(text))), marks


def _within(spans: list[Span], length: int) -> tuple[Span, ...]:
    """Spans without overlap, none beyond the end; a space that went may have shortened one."""
    kept: list[Span] = []
    for place, span in enumerate(spans):
        after = spans[place + 1].start if place + 1 < len(spans) else length
        end = min(span.end, after, length)
        if span.start < end:
            kept.append(span._replace(end=end))
    return tuple(kept)


def _folded(text: str, last: str) -> str:
    """A piece with white space folded, as it goes on after a character."""
    if not text.isascii() or not text.isprintable():
        text = HIDDEN.sub("", text)
        text = text.translate(_BULLETS)
        text = LINE_END.join(_WHITE.sub(" ", line) for line in text.split(LINE_END))
        text = re.sub(f" ?{LINE_END} ?", LINE_END, text)
    elif "  " in text:
        text = _WHITE.sub(" ", text)
    if last in {" ", LINE_END}:
        text = text.removeprefix(" ")
    return text


_BULLETS = dict.fromkeys(map(ord, PRIVATE_BULLETS), BULLET)
