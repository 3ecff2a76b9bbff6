"""Setting text: measuring, breaking into lines, boxes of characters, drawing.

What typesets documents and what lays out the pack both stand on this. All lengths are points,
all offsets code points; widths of glyphs are held as thousandths of the em. ``y`` grows upwards,
as in PDF user space.

A character that its face lacks is set in DejaVu Sans. One that DejaVu Sans lacks too, or that
stands beyond the Basic Multilingual Plane (reportlab writes its code wrongly, so that it would be
copied from the PDF as another), is *drawn* as U+FFFD, while every text that callers hand in or get
back keeps the real character: only :attr:`Fragment.text`, which is what goes onto the page, holds
the substitute. Control and other invisible characters are measured as nothing and never drawn.
"""

from __future__ import annotations

import math
import re
import threading
import weakref
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

Floats = npt.NDArray[np.float64]

#: What a character that no face has is drawn as.
UNKNOWN = "\ufffd"
#: Lines are looked for in windows of this many characters, so that a line of millions of
#: characters takes no more memory at once than any other.
_WINDOW = 1 << 15
#: Two lengths this close are the same: rounding must not push a word onto the next line.
_SLACK = 1e-6
_BMP = 0x10000
_RULE = 0.05  # thickness of an underline, in em
_UNDER = 0.12  # depth of an underline below the baseline, in em


class Face(StrEnum):
    """The faces; each value is the name of its file and its name within reportlab."""

    TEXT = "NotoSerif-Regular"
    TEXT_BOLD = "NotoSerif-Bold"
    TEXT_ITALIC = "NotoSerif-Italic"
    HEADING = "NotoSans-Regular"
    HEADING_BOLD = "NotoSans-Bold"
    FALLBACK = "DejaVuSans"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style.

    Attributes:
        text: code points; line ends and tabs in it are set as spaces.
        face: the face asked for.
        size: in points.
        underline: whether a line is drawn under it.
        rise: points above the baseline, for superior figures; negative for inferior ones.
    """

    text: str
    face: Face
    size: float
    underline: bool = False
    rise: float = 0.0


class Fragment(NamedTuple):
    """A stretch of one line in one face, as it is drawn.

    ``text`` is what is drawn (see the module), ``start`` and ``end`` its range in the text given
    to :func:`break_lines`, ``x`` its distance in points from the left edge of the measure, and
    ``width`` its width in points.
    """

    text: str
    face: Face
    size: float
    x: float
    width: float
    start: int
    end: int
    underline: bool = False
    rise: float = 0.0


class Line(NamedTuple):
    """One line of set text.

    Attributes:
        start: offset of its first character in the text given to :func:`break_lines`.
        shown: offset behind its last character that is drawn.
        end: offset behind its last character; spaces at the end of a line belong to it, have no
            width and are not drawn.
        fragments: what is drawn, from left to right.
        hard: whether the line ends inside a word, without a space and without a hyphen or slash.
        indent: points from the left edge of the measure to the first character.
        width: points from the left edge of the measure to the end of what is drawn.
        sums: running sum of widths in points, from the character before the first on; shared
            with other lines.
    """

    start: int
    shown: int
    end: int
    fragments: tuple[Fragment, ...]
    hard: bool
    indent: float
    width: float
    sums: Floats

    @property
    def edges(self) -> Floats:
        """Points from the left edge of the measure, ``end - start + 1`` of them.

        Character ``start + i`` stands between ``edges[i]`` and ``edges[i + 1]``.
        """
        edges: Floats = self.sums[: self.end - self.start + 1] + (self.indent - self.sums[0])
        if self.shown < self.end:
            edges[self.shown - self.start :] = self.width
        return edges


class Placed(NamedTuple):
    """A line at its place: left edge of its measure and baseline, in points on the page."""

    line: Line
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class _Metrics:
    """Widths of one face for the Basic Multilingual Plane, with what is to be drawn.

    ``kind`` is 0 where the face itself has the character, 1 where the fallback has it, 2 where
    nothing has it and 3 where nothing is to be drawn; ``unknown`` is the width of what is drawn
    where nothing has the character.
    """

    widths: npt.NDArray[np.float32]
    kind: npt.NDArray[np.uint8]
    unknown: float
    ascent: float
    descent: float


_OWN, _OTHER, _ABSENT, _NOTHING = 0, 1, 2, 3
_lock = threading.Lock()
#: Characters without a shape of their own: controls, soft hyphen, joiners, marks of direction.
_INVISIBLE = (
    (0x00, 0x20), (0x7F, 0xA0), (0xAD, 0xAE), (0x200B, 0x2010), (0x202A, 0x202F),
    (0x2060, 0x2070), (0xD800, 0xE000), (0xFE00, 0xFE10), (0xFEFF, 0xFF00), (0xFFF9, 0xFFFC),
)  # fmt: skip
#: All spaces are as wide as the common one; those not named here hold two words together.
_SPACES = (
    "\t\n\v\f\r \x85\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a"
    "\u2028\u2029\u205f\u3000"
)
_LINE_END = "\u2028"
_AS_SPACE = {ord(space): " " for space in _SPACES}
_HYPHENS = "-/\u2013\u2014\u2010\u2012"
#: A hyphen with its neighbours, where a line may end behind it.
_WITHIN_WORD = re.compile(r"[^\s][-/\u2010\u2012-\u2014][^\s0-9\-/\u2010\u2012-\u2014]")


def register(folder: Path) -> None:
    """Makes the faces in ``folder`` known; may be called any number of times, from any thread.

    Raises reportlab's ``TTFError`` if a file is missing or is no font: the program is then not
    installed as it should be.
    """
    with _lock:
        known = set(pdfmetrics.getRegisteredFontNames())
        for face in Face:
            if face.value not in known:
                font = TTFont(
                    face.value,
                    str(folder / f"{face.value}.ttf"),
                    asciiReadable=True,
                    shapable=False,
                )
                pdfmetrics.registerFont(font)


@cache
def _metrics(face: Face) -> _Metrics:
    own = pdfmetrics.getFont(face.value).face
    other = pdfmetrics.getFont(Face.FALLBACK.value).face
    unknown = float(other.charWidths[ord(UNKNOWN)])
    widths = np.full(_BMP, unknown, np.float32)
    kind = np.full(_BMP, _ABSENT, np.uint8)
    for source, mark in ((other, _OTHER), (own, _OWN)):
        for code, width in source.charWidths.items():
            if code < _BMP and code in source.charToGlyph:
                widths[code], kind[code] = width, mark
    if face is Face.FALLBACK:
        kind[kind == _OTHER] = _OWN
    for first, last in _INVISIBLE:
        widths[first:last], kind[first:last] = 0.0, _NOTHING
    for space in (*_SPACES, "\xa0", "\u2007", "\u202f"):
        widths[ord(space)], kind[ord(space)] = own.charWidths[0x20], _OWN
    return _Metrics(widths, kind, unknown, float(own.ascent), float(own.descent))


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _measured(text: str, face: Face) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """For each character its width in thousandths of the em and what draws it."""
    metrics = _metrics(face)
    codes = _codes(text)
    if text.isascii() or int(codes.max(initial=0)) < _BMP:
        return metrics.widths[codes], metrics.kind[codes]
    beyond = codes >= _BMP
    codes = np.where(beyond, 0, codes)
    widths, kind = metrics.widths[codes], metrics.kind[codes]
    widths[beyond], kind[beyond] = metrics.unknown, _ABSENT
    return widths, kind


def measure(text: str, face: Face, size: float) -> float:
    """The width of ``text`` on one line, in points."""
    return float(_measured(text, face)[0].sum(dtype=np.float64)) * size / 1000.0


#: Of a line of which nobody asks where its letters stand.
NO_SUMS = np.zeros(0)


def one_line(text: str, face: Face, size: float, width: float = math.inf) -> Line | None:
    """Text that one face draws, on the one line it fits on; None where it is not as simple."""
    if not text.isprintable() or text[-1:] in {"", " "}:
        return None
    widths, kind = _measured(text, face)
    if kind.any():
        return None
    wide, end = float(widths.sum(dtype=np.float64)) * size / 1000.0, len(text)
    if wide > width:
        return None
    fragment = Fragment(text, face, size, 0.0, wide, 0, end)
    return Line(0, end, end, (fragment,), False, 0.0, wide, NO_SUMS)


def extent(face: Face, size: float) -> tuple[float, float]:
    """How far the face reaches above and (a negative figure) below its baseline, in points."""
    metrics = _metrics(face)
    return metrics.ascent * size / 1000.0, metrics.descent * size / 1000.0


def break_lines(
    runs: Sequence[Run],
    width: float,
    *,
    first: float = 0.0,
    hanging: float = 0.0,
    at_spaces_only: bool = False,
) -> list[Line]:
    """Breaks text into lines, ragged on the right.

    A line ends at a space, after a hyphen, dash or slash (never before a figure: ``2016-17``), or
    inside a word that is wider than the measure; and at each U+2028. Takes time in
    proportion to the text.

    Args:
        runs: the text; offsets in the lines count through all runs as if they were one string.
        width: the measure, in points. At least one character is set on each line.
        first: indent of the first line, in points.
        hanging: indent of all others, in points.
        at_spaces_only: do not break after hyphens, dashes and slashes, so that what stands on two
            lines can be joined by a space without altering a word.

    Returns:
        The lines; none for an empty text.
    """
    return list(iterate_lines(runs, width, first, hanging, at_spaces_only=at_spaces_only))


def iterate_lines(
    runs: Sequence[Run],
    width: float,
    first: float = 0.0,
    hanging: float = 0.0,
    *,
    at_spaces_only: bool = False,
) -> Iterator[Line]:
    """The lines of :func:`break_lines`, one after the other."""
    text = _Text([run for run in runs if run.text], at_spaces_only)
    indent, window, done = first, _Window(text, 0), 0
    while done < text.length:
        cut = window.cut(done, width - indent)
        if cut is None:  # the line may reach beyond what has been measured
            window = _Window(text, done)
            cut = window.cut(done, width - indent, final=True)
        assert cut is not None  # noqa: S101 - a final window holds at least one character
        shown, end, hard = cut
        yield window.line(done, shown, end, indent, hard)
        done, indent = end, hanging


class _Text:
    """The runs of a text and the offset each begins at."""

    __slots__ = ("at_spaces_only", "begins", "length", "runs")

    def __init__(self, runs: Sequence[Run], at_spaces_only: bool) -> None:
        self.runs = runs
        self.at_spaces_only = at_spaces_only
        *self.begins, self.length = accumulate((len(run.text) for run in runs), initial=0)

    def parts(self, start: int, room: int) -> Iterator[tuple[int, str, Run]]:
        """What stands within ``room`` characters from ``start``: offset, text and its run."""
        index = max(bisect_right(self.begins, start) - 1, 0)
        end = min(start + room, self.length)
        while index < len(self.runs) and self.begins[index] < end:
            begin, run = self.begins[index], self.runs[index]
            low = max(start - begin, 0)
            yield begin + low, run.text[low : end - begin], run
            index += 1


class _Window:
    """A stretch of the text, measured, with the places where a line may end."""

    __slots__ = (
         "_begins", "_edges", "_ends", "_hyphens",  "_kinds", "_last", "_parts", "_start", "_sums",
        "_text",
    )  # fmt: skip

    def __init__(self, text: _Text, start: int) -> None:
        self._start = start
        self._parts: list[tuple[int, int, Run]] = []
        texts = []
        for begin, piece, run in text.parts(start, _WINDOW):
            self._parts.append((begin - start, begin - start + len(piece), run))
            texts.append(piece)
        self._begins = [begin for begin, _, _ in self._parts]
        self._text = "".join(texts)
        self._last = start + len(self._text) >= text.length
        if self._text:
            self._measure()
        candidates = "" if text.at_spaces_only else _HYPHENS
        self._hyphens = [hyphen for hyphen in candidates if hyphen in self._text]
        self._ends: list[int] = []
        if not self._text.isprintable():
            if _LINE_END in self._text:
                self._ends = [at for at, sign in enumerate(self._text) if sign == _LINE_END]
            self._text = self._text.translate(_AS_SPACE)

    def _measure(self) -> None:
        advances, kinds = [], []
        for begin, end, run in self._parts:
            widths, kind = _measured(self._text[begin:end], run.face)
            advances.append(widths * (run.size / 1000.0))
            kinds.append(kind)
        joined = advances[0] if len(advances) == 1 else np.concatenate(advances)
        edges = np.zeros(len(joined) + 1)
        np.cumsum(joined, dtype=np.float64, out=edges[1:])
        self._sums = edges
        self._edges: list[float] = edges.tolist()  # single values are read faster from a list
        kind = kinds[0] if len(kinds) == 1 else np.concatenate(kinds)
        self._kinds: npt.NDArray[np.uint8] | None = kind if kind.any() else None

    def cut(self, start: int, room: float, *, final: bool = False) -> tuple[int, int, bool] | None:
        """Where the line that starts at ``start`` ends: shown, end, whether inside a word.

        None if what comes behind the window must be known, unless ``final``.
        """
        at, size, text = start - self._start, len(self._text), self._text
        fits = bisect_right(self._edges, self._edges[at] + room + _SLACK, lo=at + 1) - 1
        place = bisect_right(self._ends, at - 1)
        if place < len(self._ends) and self._ends[place] <= min(fits, size - 1):
            end = self._ends[place]
            return start + len(text[at:end].rstrip(" ")), self._start + end + 1, False
        if fits >= size:
            if self._last:
                return start + len(text[at:].rstrip(" ")), self._start + size, False
            if not final:
                return None
        space = text.rfind(" ", at, fits + 1)
        soft = self._soft_end(max(space, at) + 1, fits) if self._hyphens else 0
        if soft:
            return self._start + soft, self._start + soft, False
        if space > at:
            end = space + 1
            while end < size and text[end] == " ":
                end += 1
            if end < size or self._last or final:
                return start + len(text[at:space].rstrip(" ")), self._start + end, False
            return None
        end = self._start + max(fits, at + 1)
        return end, end, True

    def _soft_end(self, low: int, high: int) -> int:
        """The last place from ``low`` to ``high`` behind a hyphen within a word, or 0."""
        found = 0
        for hyphen in self._hyphens:
            at = self._text.rfind(hyphen, max(low - 1, found), high)
            while at >= 0:
                around = self._text[max(at - 1, 0) : at + 2]
                if _WITHIN_WORD.fullmatch(around):
                    found = at + 1
                    break
                at = self._text.rfind(hyphen, max(low - 1, found), at)
        return found

    def line(self, start: int, shown: int, end: int, indent: float, hard: bool) -> Line:
        """The line of these offsets, which must lie within the window."""
        first, visible = start - self._start, shown - self._start
        shift = indent - self._edges[first]
        fragments: list[Fragment] = []
        part = bisect_right(self._begins, first) - 1
        while part < len(self._parts) and self._begins[part] < visible:
            begin, stop, run = self._parts[part]
            low, high = max(begin, first), min(stop, visible)
            if low < high:
                self._add_fragments(fragments, low, high, run, shift)
            part += 1
        width = self._edges[visible] + shift
        return Line(start, shown, end, tuple(fragments), hard, indent, width, self._sums[first:])

    def _add_fragments(
        self, to: list[Fragment], low: int, high: int, run: Run, shift: float
    ) -> None:
        for begin, stop, kind in self._stretches(low, high):
            text, face = self._text[begin:stop], run.face
            if kind == _OTHER:
                face = Face.FALLBACK
            elif kind == _ABSENT:
                text, face = UNKNOWN * (stop - begin), Face.FALLBACK
            elif kind == _NOTHING:
                text = ""
            to.append(
                Fragment(
                    text,
                    face,
                    run.size,
                    self._edges[begin] + shift,
                    self._edges[stop] - self._edges[begin],
                    self._start + begin,
                    self._start + stop,
                    run.underline,
                    run.rise,
                )
            )

    def _stretches(self, low: int, high: int) -> Iterator[tuple[int, int, int]]:
        """The range cut where what draws the characters changes."""
        if self._kinds is None:
            yield low, high, _OWN
            return
        kinds = self._kinds[low:high]
        cuts = [low, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + low + 1).tolist(), high]
        for begin, stop in pairwise(cuts):
            yield begin, stop, int(self._kinds[begin])


def char_boxes(line: Line, x: float, y: float) -> npt.NDArray[np.float32]:
    """A box for each character of a line, those that are not drawn included.

    The boxes are loose: as high as the face reaches from descent to ascent.

    Args:
        line: the line.
        x: left edge of the measure it was broken for, in points.
        y: its baseline, in points.

    Returns:
        float32 of shape ``(line.end - line.start, 4)``: ``x0, y0, x1, y1``.
    """
    boxes = np.empty((line.end - line.start, 4), np.float32)
    boxes[:, 0] = line.edges[:-1] + x
    boxes[:, 2] = line.edges[1:] + x
    low, high = y, y
    for fragment in line.fragments:
        ascent, descent = extent(fragment.face, fragment.size)
        low, high = y + fragment.rise + descent, y + fragment.rise + ascent
        begin = fragment.start - line.start
        boxes[begin : fragment.end - line.start, 1] = low
        boxes[begin : fragment.end - line.start, 3] = high
    boxes[line.shown - line.start :, 1] = low
    boxes[line.shown - line.start :, 3] = high
    return boxes


def new_canvas(target: BinaryIO, title: str, page: tuple[float, float]) -> Any:
    """A reportlab canvas whose bytes depend on nothing but what is drawn.

    It starts with a face that gets embedded, so that no font is left to the reader's machine.

    Args:
        target: where the PDF goes when the canvas is saved.
        title: the title in the PDF's metadata.
        page: width and height in points.
    """
    rl_config.useA85 = 0  # streams as they are: smaller, and half of the time to write them
    canvas = Canvas(
        target,
        pagesize=page,
        invariant=1,
        pageCompression=1,
        initialFontName=Face.TEXT.value,
        lang="en-GB",
    )
    canvas.setTitle(title)
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("cambs-evidence")
    canvas.setProducer("cambs-evidence")
    return canvas


def draw(canvas: Any, lines: Iterable[Placed]) -> None:
    """Draws lines on a reportlab canvas as one text object, then their underlines.

    The colour is the canvas's fill colour; underlines take its stroke colour.
    """
    lettering = Lettering(canvas)
    for placed in lines:
        lettering.add(placed)
    lettering.draw()


class Lettering:
    """Lines for one text object on a reportlab canvas.

    Writes the operators itself: reportlab would measure each string anew and encode it character
    by character, which takes five times as long.
    """

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas
        # Subsets belong to the document, not the canvas.
        self._pens = _pens_of(canvas._doc)  # noqa: SLF001
        self._rules: list[tuple[float, float, float, float]] = []
        self._thickness = 0.0
        self._state: tuple[Face, int, float] | None = None
        #: The operators so far; callers may put in such as are allowed within a text object.
        self.code: list[str] = []

    def add(self, placed: Placed, *, spaced: bool = False) -> None:
        """One more line at its place.

        ``spaced`` if what follows is read on from it: where it does not end inside a word, a space
        is drawn after it, though nobody sees that.
        """
        code = self.code
        for fragment in placed.line.fragments:
            x, y = placed.x + fragment.x, placed.y + fragment.rise
            code.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm")
            self._set(fragment.text, fragment.face, fragment.size)
            if fragment.underline:
                low = placed.y - _UNDER * fragment.size
                self._rules.append((x, low, x + fragment.width, low))
                self._thickness = _RULE * fragment.size
        line = placed.line
        if spaced and line.fragments and not line.hard:
            last = line.fragments[-1]
            if line.shown == line.end and last.text.endswith(tuple(_HYPHENS)):
                return
            self._set(" ", last.face, last.size)

    def _set(self, text: str, face: Face, size: float) -> None:
        pen = self._pens[face]
        for subset, string in pen.strings(text):
            if self._state != (face, subset, size):
                self._state = (face, subset, size)
                self.code.append(f"{pen.name(subset)} {size:.3f} Tf")
            self.code.append(f"({string}) Tj")

    def draw(self, rules: tuple[str, str] = ("", "")) -> None:
        """Puts all of it onto the canvas; ``rules`` are operators before and after underlines."""
        if self.code:
            self._canvas.drawText(_Code(["BT", *self.code, "ET"]))
        if self._rules:
            before, after = ([each] if each else [] for each in rules)
            if before:
                draw_code(self._canvas, before)
            self._canvas.setLineWidth(self._thickness)
            self._canvas.lines(self._rules)
            if after:
                draw_code(self._canvas, after)


def draw_code(canvas: Any, code: list[str]) -> None:
    """Puts operators of a content stream onto a canvas as they are."""
    canvas.drawText(_Code(code))


def shown(text: str, face: Face) -> str:
    """The text as it can be read back from a page: what no face has is U+FFFD."""
    kinds = _measured(text, face)[1]
    if not bool((kinds == _ABSENT).any()):
        return text
    absent = (kinds == _ABSENT).tolist()
    return "".join(UNKNOWN if no else letter for letter, no in zip(text, absent, strict=True))


@dataclass(frozen=True, slots=True)
class _Code:
    """What ``drawText`` of a canvas asks for."""

    code: list[str]

    def getCode(self) -> str:  # noqa: N802 - reportlab's name
        return " ".join(self.code)


class _OtherSubset(Exception):
    """A character of a text stands in another subset than the first."""


class _Pen(dict[int, str]):
    """Encodes strings for one face of one document.

    A face is embedded in subsets of 256 characters, the first of which holds ASCII at its own
    codes. As a mapping it holds, for characters of that subset, what stands for them in a string of
    the content stream; ``str.translate`` then encodes at the speed of C.
    """

    def __init__(self, face: Face, document: Any) -> None:
        super().__init__()
        self._font: Any = pdfmetrics.getFont(face.value)
        self._document = weakref.ref(document)
        self._names: dict[int, str] = {}
        self._font.splitString(" ", document)  # makes the document's state in the font

    def __missing__(self, code: int) -> str:
        [(subset, encoded)] = self._font.splitString(chr(code), self._document())
        if subset:
            raise _OtherSubset
        self[code] = _escaped(encoded)
        return self[code]

    def strings(self, text: str) -> list[tuple[int, str]]:
        """Subsets and the strings set in them, in the order of the text."""
        if not text:
            return []
        try:
            return [(0, text.translate(self))]
        except _OtherSubset:
            split = self._font.splitString(text, self._document())
            return [(subset, _escaped(encoded)) for subset, encoded in split]

    def name(self, subset: int) -> str:
        """The name of a subset within the content stream."""
        if subset not in self._names:
            self._names[subset] = self._font.getSubsetInternalName(subset, self._document())
        return self._names[subset]


class _Pens(dict[Face, _Pen]):
    def __init__(self, document: Any) -> None:
        super().__init__()
        self._document = weakref.ref(document)

    def __missing__(self, face: Face) -> _Pen:
        self[face] = _Pen(face, self._document())
        return self[face]


_all_pens: weakref.WeakKeyDictionary[Any, _Pens] = weakref.WeakKeyDictionary()


def _pens_of(document: Any) -> _Pens:
    with _lock:
        return _all_pens.setdefault(document, _Pens(document))


_ESCAPES = {code: f"\\{code:03o}" for code in (*range(32), *range(127, 256))} | {
    ord(character): f"\\{character}" for character in "\\()"
}


def _escaped(encoded: bytes) -> str:
    return encoded.decode("latin-1").translate(_ESCAPES)
