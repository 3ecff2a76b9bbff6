"""Sheets of the pack: what is to be drawn where, kept until all pages are known, then drawn.

Lengths are points, ``y`` grows upwards from the foot of the page, pages are 0-based. Nothing is
drawn before the whole pack is laid out; so contents lists and links know their pages in one pass.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from cambs_evidence.model import Box
from cambs_evidence.pack import cutting
from cambs_evidence.pack.tags import Content, Element, Tags
from cambs_evidence.typography import (
    NO_SUMS,
    Face,
    Fragment,
    Lettering,
    Line,
    Placed,
    Run,
    break_lines,
    draw_code,
    one_line,
)

WIDTH, HEIGHT = 595.28, 841.89
LEFT, RIGHT = 60.0, 56.0
TOP, FOOT = 82.0, 74.0
MEASURE = WIDTH - LEFT - RIGHT
#: The highest baseline area and the lowest.
CEILING, FLOOR = HEIGHT - TOP, FOOT

INK = (0.11, 0.14, 0.18)
SOFT = (0.36, 0.40, 0.45)
LINE = (0.76, 0.79, 0.82)
SHADE = (0.945, 0.955, 0.965)
DEEP = (0.08, 0.26, 0.36)

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text is set: face, size, distance from line to line, colour."""

    face: Face
    size: float
    leading: float
    colour: Colour = INK


TITLE = Style(Face.HEADING_BOLD, 27, 33, DEEP)
H1 = Style(Face.HEADING_BOLD, 17, 22, DEEP)
H2 = Style(Face.HEADING_BOLD, 9, 12, SOFT)
H3 = Style(Face.HEADING_BOLD, 11.5, 15.5)
BODY = Style(Face.TEXT, 10, 15)
QUOTE = Style(Face.TEXT, 10.5, 15.5)
NOTE = Style(Face.TEXT_ITALIC, 9.5, 13.5)
SMALL = Style(Face.HEADING, 8.2, 11.5, SOFT)
CITE = Style(Face.HEADING, 8.6, 12, INK)
STRONG = Style(Face.HEADING_BOLD, 8.6, 12, INK)
CELL = Style(Face.HEADING, 8.4, 11.2)
CELL_BOLD = Style(Face.HEADING_BOLD, 8.4, 11.2)
CELL_SMALL = Style(Face.HEADING, 7.4, 11.2)
BAND = Style(Face.HEADING_BOLD, 9.4, 15, DEEP)


@dataclass(slots=True, eq=False)
class Jump:
    """A box that leads to a named place, with words that say where; ``element`` is its tag.

    ``key`` is its own in the parent tree, once all sheets are known.
    """

    sheet: Sheet
    box: Box
    target: str
    words: str
    element: Element
    key: int = 0


class Image(NamedTuple):
    """What fills a box of a sheet: what it is told by, and the box, if it is cut out of a page."""

    key: Hashable
    cut: Box | None


#: What colours as a marker does, by its name on a sheet.
SHINE = "/Shine"
#: How the content of a sheet that no element holds begins, by what it is.
_FURNITURE, ADORNMENT = "/Artifact <</Type /Pagination>> BDC", "/Artifact <</Type /Layout>> BDC"


@dataclass(slots=True, eq=False)
class Sheet:
    """One page as a list of things to draw, and the links and places on it.

    ``texts`` are lines with their colour and the number of their content, None for artefacts;
    ``pictures`` the number of the content, what draws it, and what is drawn over it; ``images``
    are what is drawn, named by their order; ``under`` operators that come before all else;
    ``drawings`` operators with the number of their content; ``upright`` lines that run upwards,
    with theirs. ``contents`` are the elements that hold the content of each number, ``index`` is
    the 0-based page, once it is known.
    """

    running: str = ""
    tags: Tags = field(default_factory=Tags)
    texts: list[tuple[Placed, Colour, int | None]] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    pictures: list[tuple[int | None, str, str]] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    shines: bool = False
    under: list[str] = field(default_factory=list)
    settled: bytes = b""
    drawings: list[tuple[list[str], int | None]] = field(default_factory=list)
    upright: list[tuple[Placed, Colour, int | None]] = field(default_factory=list)
    jumps: list[Jump] = field(default_factory=list)
    places: list[tuple[str, float]] = field(default_factory=list)
    outline: list[tuple[int, str, str]] = field(default_factory=list)
    contents: list[Element] = field(default_factory=list)
    plain: bool = False
    index: int = 0

    def content(self, *, alone: bool = False) -> int | None:
        """The number of what is put down next, in the element that is open.

        Text goes on with the number of the text before it, unless it is to stand ``alone``.
        """
        element = self.tags.current
        if element is None:
            return None
        last = len(self.contents) - 1
        goes_on = not alone and bool(self.texts) and self.texts[-1][2] == last and last >= 0
        if goes_on and element.kids and element.kids[-1] == Content(self, last):
            return last
        self.contents.append(element)
        element.kids.append(Content(self, last + 1))
        return last + 1

    def put(self, line: Line, x: float, y: float, colour: Colour) -> None:
        """A line with its left edge and baseline."""
        self.texts.append((Placed(line, x, y), colour, self.content()))

    def write(self, text: str, x: float, y: float, style: Style, *, align: str = "left") -> float:
        """Short text on one line; ``align`` is where ``x`` is: left, right or centre. Its width."""
        line = _one_line(text, style.face, style.size)
        if line is None:
            return 0.0
        shift = {"left": 0.0, "right": line.width, "centre": line.width / 2}[align]
        with self.tags.text():
            self.put(line, x - shift, y, style.colour)
        return line.width

    def picture(
        self,
        box: Box,
        image: Hashable,
        alternative: str,
        marks: Sequence[Box] = (),
        colour: Colour = INK,
        *,
        cut: bool = False,
    ) -> None:
        """A picture in a box, with words for those who cannot see it.

        ``image`` is what it is told by when it is put into the file; over ``marks`` a colour lies
        as that of a marker does. What is ``cut`` is no picture but the page that is there itself.
        """
        name = image_name(len(self.images))
        self.shines |= bool(marks)
        with self.tags.open("Figure", alternative=alternative, attributes=placed_at(box)):
            code = cutting.operators(name, box) if cut else _fills(name, box)
            self.pictures.append((self.content(), code, shine(marks, colour)))
            self.images.append(Image(image, box if cut else None))

    def drawing(self, code: list[str]) -> None:
        """Operators that draw part of the figure that is open; they lie under all texts."""
        self.drawings.append((code, self.content(alone=True)))

    def write_upwards(self, text: str, x: float, y: float, style: Style) -> None:
        """Short text on a line that runs upwards from a point of its baseline."""
        line = _one_line(text, style.face, style.size)
        if line is not None:
            with self.tags.text():
                number = self.content(alone=True)
                self.upright.append((Placed(line, x, y), style.colour, number))

    def jump(self, box: Box, target: str, words: str) -> None:
        """A box that leads to a place; ``words`` say where, for those who only hear of it.

        What it leads from is put down within an element ``Link`` that is open.
        """
        element = self.tags.current
        assert element is not None  # noqa: S101 - what repeats on pages leads nowhere
        if element.role != "Link":
            with self.tags.open("Link"):
                self.jump(box, target, words)
            return
        made = Jump(self, box, target, words, element)
        element.kids.append(made)
        self.jumps.append(made)

    def rule(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        *,
        width: float = 0.6,
        colour: Colour = LINE,
        dash: Sequence[float] = (),
    ) -> None:
        """A straight line."""
        dashes = " ".join(f"{value:g}" for value in dash)
        self.marks.append(
            f"q {_rgb(colour)} RG {width:g} w [{dashes}] 0 d "
            f"{x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l S Q"
        )

    def area(self, box: Box, colour: Colour = SHADE, *, framed: bool = False) -> None:
        """A filled rectangle, or an empty framed one."""
        x0, y0, x1, y1 = box
        how = f"{_rgb(colour)} RG 0.8 w" if framed else f"{_rgb(colour)} rg"
        paint = "S" if framed else "f"
        self.marks.append(f"q {how} {x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re {paint} Q")

    def settle(self, canvas: Any) -> None:
        """Turns everything so far into operators, which take far less room.

        Nothing that lies under any of it can be put down any more.
        """
        # What belongs to the canvas's current page waits meanwhile.
        waiting, canvas._code = canvas._code, []  # noqa: SLF001
        self.draw(canvas)
        settled = "\n".join(canvas._code)  # noqa: SLF001
        canvas._code = waiting  # noqa: SLF001
        self.settled = zlib.compress(settled.encode("latin-1"), 1)

    def draw(self, canvas: Any) -> None:
        """Draws everything on the canvas's current page, but for its jumps, and forgets it."""
        if self.settled:
            draw_code(canvas, [zlib.decompress(self.settled).decode("latin-1")])
            self.settled = b""
        if self.under:
            draw_code(canvas, self.under)
        if self.marks:
            draw_code(canvas, [ADORNMENT, *self.marks, "EMC"])
        for mcid, code, over in self.pictures:
            draw_code(canvas, [self.begin(mcid), code, "EMC", over])
        for operators, mcid in self.drawings:
            draw_code(canvas, [self.begin(mcid), "q", *operators, "Q", "EMC"])
        self._draw_texts(canvas)
        for placed, colour, mcid in self.upright:
            self._draw_upright(canvas, placed, colour, mcid)
        self.texts, self.marks, self.pictures, self.drawings, self.upright = [], [], [], [], []
        self.under = []

    def bookmark(self, canvas: Any) -> None:
        """Tells the canvas where on its current page all places are."""
        for name, y in self.places:
            canvas.bookmarkHorizontalAbsolute(name, min(y + 14, HEIGHT), fit="XYZ")
        for level, title, name in self.outline:
            canvas.addOutlineEntry(title, name, level=level, closed=level > 0)

    def begin(self, mcid: int | None) -> str:
        """The operator that begins the content of a number."""
        if mcid is None:
            return _FURNITURE
        return f"/{self.contents[mcid].role} <</MCID {mcid}>> BDC"

    def _draw_texts(self, canvas: Any) -> None:
        lettering = Lettering(canvas)
        code = lettering.code
        painted: Colour | None = None
        open_: tuple[int | None] | None = None
        for placed, colour, mcid in self.texts:
            if open_ != (mcid,):
                if open_ is not None:
                    code.append("EMC")
                code.append(self.begin(mcid))
                open_ = (mcid,)
            if colour != painted:
                code.append(f"{_rgb(colour)} rg")
                painted = colour
            lettering.add(placed, spaced=mcid is not None)
        if open_ is not None:
            code.append("EMC")
        lettering.draw(rules=(ADORNMENT, "EMC"))

    def _draw_upright(self, canvas: Any, placed: Placed, colour: Colour, mcid: int | None) -> None:
        turn = f"q 0 1 -1 0 {placed.x:.2f} {placed.y:.2f} cm {_rgb(colour)} rg"
        draw_code(canvas, [self.begin(mcid), turn])
        lettering = Lettering(canvas)
        lettering.add(placed._replace(x=0.0, y=0.0), spaced=mcid is not None)
        lettering.draw()
        draw_code(canvas, ["Q", "EMC"])


def placed_at(box: Box) -> str:
    """The attributes of a picture: where it stands on its page."""
    return "<</O /Layout /Placement /Block /BBox [{:.2f} {:.2f} {:.2f} {:.2f}]>>".format(*box)


def image_name(number: int) -> str:
    """The name of a picture on its sheet, by its order."""
    return f"/Picture{number}"


def _fills(name: str, box: Box) -> str:
    x0, y0, x1, y1 = box
    return f"q {x1 - x0:.3f} 0 0 {y1 - y0:.3f} {x0:.3f} {y0:.3f} cm {name} Do Q"


def shine(marks: Sequence[Box], colour: Colour) -> str:
    """What draws a colour over parts of a sheet as a marker does."""
    if not marks:
        return ""
    # One path, so that where lines overlap nothing is marked twice.
    path = " ".join(f"{x0:.3f} {y0:.3f} {x1 - x0:.3f} {y1 - y0:.3f} re" for x0, y0, x1, y1 in marks)
    return f"{ADORNMENT} q {SHINE} gs {_rgb(colour)} rg {path} f Q EMC"


@lru_cache(maxsize=4096)
def _one_line(text: str, face: Face, size: float) -> Line | None:
    """Text on a line of its own; what stands on every page is measured once."""
    return single(text, face, size)


def single(text: str, face: Face, size: float) -> Line | None:
    """Text on a line of its own, None for an empty one."""
    line = one_line(text, face, size)
    if line is not None:
        return line
    lines = _light(break_lines([Run(text, face, size)], 1e6))
    return lines[0] if lines else None


def _light(lines: list[Line]) -> list[Line]:
    """Nobody asks where the letters of a pack stand; ten thousand quotes have millions."""
    return [line._replace(sums=NO_SUMS) for line in lines]


@cache
def _rgb(colour: Colour) -> str:
    return " ".join(f"{value:g}" for value in colour)


class Leading(NamedTuple):
    """A run of a text that leads to a place: where it starts and ends, and words that say where."""

    start: int
    end: int
    target: str
    words: str


def _leads(fragment: Fragment, leading: Sequence[Leading]) -> Leading | None:
    return next((each for each in leading if each.start <= fragment.start < each.end), None)


class Column:
    """Writes down a run of sheets from the top, and turns the page when it is full."""

    def __init__(self, turn: Callable[[], Sheet], ceiling: float = CEILING) -> None:
        self._turn = turn
        self._ceiling = ceiling
        self.sheet = turn()
        self.page = 0
        self.y = ceiling

    @property
    def tags(self) -> Tags:
        """The tree that is recorded."""
        return self.sheet.tags

    @property
    def room(self) -> float:
        """Points left on the page."""
        return self.y - FLOOR

    @property
    def fresh(self) -> bool:
        """True at the top of a page."""
        return self.y >= self._ceiling - 0.01

    def turn(self) -> None:
        """Goes to the top of the next page."""
        self.sheet = self._turn()
        self.page += 1
        self.y = self._ceiling

    def need(self, height: float) -> None:
        """Turns the page unless so much room is left."""
        if self.room < height and not self.fresh:
            self.turn()

    def space(self, height: float) -> None:
        """Leaves room, but none at the top of a page."""
        if not self.fresh:
            self.y -= height

    def lines(
        self,
        lines: Sequence[Line],
        style: Style,
        *,
        x: float = LEFT,
        keep: int = 2,
        beside: Callable[[Sheet, float, float], None] | None = None,
        leading: Sequence[Leading] = (),
    ) -> list[tuple[Sheet, Box]]:
        """Sets lines one under the other; the boxes they take, sheet by sheet.

        ``keep`` lines stay together at either side of a page's end. ``beside`` is called for each
        stretch with its sheet, top and bottom. ``leading`` are runs that lead elsewhere.
        """
        with self.tags.text():
            return self._lines(lines, style, x, keep, beside, leading)

    def _lines(
        self,
        lines: Sequence[Line],
        style: Style,
        x: float,
        keep: int,
        beside: Callable[[Sheet, float, float], None] | None,
        leading: Sequence[Leading],
    ) -> list[tuple[Sheet, Box]]:
        boxes: list[tuple[Sheet, Box]] = []
        done = 0
        while done < len(lines):
            left = len(lines) - done
            fits = int(max(self.room + 0.01, 0) // style.leading)
            if fits < min(left, keep) and not self.fresh:
                self.turn()
                continue
            count = max(min(left, fits), 1)
            if 0 < left - count < keep and count > keep:
                count = left - keep
            top = self.y
            right = x
            for line in lines[done : done + count]:
                self.y -= style.leading
                self._line(line, style, x, leading)
                right = max(right, x + line.width)
            boxes.append((self.sheet, (x, self.y, right, top)))
            if beside is not None:
                beside(self.sheet, top, self.y)
            done += count
            if done < len(lines):
                self.turn()
        return boxes

    def _line(self, line: Line, style: Style, x: float, leading: Sequence[Leading]) -> None:
        """A line with its foot where the column stands."""
        y = self.y + 0.28 * style.leading
        if not leading:
            self.sheet.put(line, x, y, style.colour)
            return
        runs = groupby(line.fragments, key=lambda each: _leads(each, leading))
        pieces = [(there, tuple(fragments)) for there, fragments in runs]
        for number, (there, fragments) in enumerate(pieces, start=1):
            # A line is read on where it was cut.
            hard = line.hard or number < len(pieces)
            piece = line._replace(fragments=fragments, hard=hard)
            if there is None:
                self.sheet.put(piece, x, y, style.colour)
                continue
            last = fragments[-1]
            top = self.y + style.leading
            box = (x + fragments[0].x, self.y, x + last.x + last.width, top)
            with self.tags.open("Link"):
                self.sheet.put(piece, x, y, style.colour)
                self.sheet.jump(box, there.target, there.words)

    def text(
        self, text: str, style: Style, *, x: float = LEFT, width: float | None = None, keep: int = 2
    ) -> list[tuple[Sheet, Box]]:
        """Breaks text to the measure and sets it."""
        lines = broken(text, style, width if width is not None else WIDTH - RIGHT - x)
        return self.lines(lines, style, x=x, keep=keep)


def broken(text: str, style: Style, width: float) -> list[Line]:
    """Text broken to lines in one style."""
    if len(text) > _SHORT:
        return _light(break_lines([Run(text, style.face, style.size)], width))
    return list(_broken(text, style, width))


#: Code points up to which a text may fit on one line; what cells say is said again and again.
_SHORT = 120


@lru_cache(maxsize=4096)
def _broken(text: str, style: Style, width: float) -> tuple[Line, ...]:
    line = one_line(text, style.face, style.size, width)
    if line is not None:
        return (line,)
    return tuple(_light(break_lines([Run(text, style.face, style.size)], width)))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its text, style and where its lines begin: left, right or centre.

    ``link`` is a place it leads to, ``heads`` whether it heads its row, ``said`` what is read out
    where the text is a sign.
    """

    text: str
    style: Style = CELL
    align: str = "left"
    link: str | None = None
    heads: bool = False
    said: str = ""


def table(
    column: Column,
    widths: Sequence[float],
    head: Sequence[Cell],
    rows: Iterable[Sequence[Cell]],
    *,
    shaded: Callable[[int], bool] | None = None,
    pad: float = 4.0,
) -> None:
    """A table over as many pages as it takes, its head repeated on each.

    A row of one cell goes right across and keeps with the row that follows it. Without a cell that
    heads it, a row is headed by its first. ``pad`` is the room round what stands in a cell.
    """
    tags = column.tags
    heading = _Row(widths, head, scope="Column", pad=pad)

    def begin() -> None:
        heading.put(column, None)
        column.sheet.rule(LEFT, column.y, LEFT + sum(widths), column.y, width=0.9, colour=SOFT)

    column.need(heading.height + 40)
    with tags.open("Table"):
        with tags.open("THead"):
            begin()
        with tags.open("TBody"):
            for number, cells in enumerate(rows):
                across = len(cells) == 1 and len(widths) > 1
                spans = len(widths) if across else 1
                row = _Row(
                    [sum(widths)] if across else widths, cells, scope="Row", spans=spans, pad=pad
                )
                if column.room < row.height + (34 if across else 0):
                    column.turn()
                    with tags.artefact():  # it was said when the table began
                        begin()
                row.put(column, SHADE if shaded is not None and shaded(number) else None)
                column.sheet.rule(LEFT, column.y, LEFT + sum(widths), column.y, width=0.4)


class _Row:
    _PAD = 4.0

    def __init__(
        self,
        widths: Sequence[float],
        cells: Sequence[Cell],
        *,
        scope: str,
        spans: int = 1,
        pad: float = _PAD,
    ) -> None:
        self._above = pad
        self._cells = cells
        self._widths = widths
        self._lines = [
            broken(cell.text, cell.style, width - 2 * self._PAD)
            for cell, width in zip(cells, widths, strict=True)
        ]
        self.height = 2 * pad + max(
            len(lines) * cell.style.leading for lines, cell in zip(self._lines, cells, strict=True)
        )
        span = f" /ColSpan {spans}" if spans > 1 else ""
        self._heading = f"<</O /Table /Scope /{scope}{span}>>"
        heads = [number for number, cell in enumerate(cells) if cell.heads] or [0]
        self._heads = range(len(cells)) if scope == "Column" else heads

    def put(self, column: Column, shade: Colour | None) -> None:
        top = column.y
        column.y -= self.height
        if shade is not None:
            right = LEFT + sum(self._widths)
            column.sheet.area((LEFT, column.y, right, top), shade)
            column.sheet.rule(LEFT, top, right, top, width=0.4)  # it was covered
        x = LEFT
        tags = column.tags
        with tags.open("TR"):
            for number, cell in enumerate(self._cells):
                heads = number in self._heads
                with tags.open(
                    "TH" if heads else "TD",
                    actual=cell.said,
                    attributes=self._heading if heads else "",
                ):
                    self._put_cell(column, number, x, top)
                x += self._widths[number]

    def _put_cell(self, column: Column, number: int, x: float, top: float) -> None:
        cell, width, sheet = self._cells[number], self._widths[number], column.sheet
        with column.tags.open("Link") if cell.link else contextlib.nullcontext():
            y = top - self._above
            for line in self._lines[number]:
                y -= cell.style.leading
                spare = width - 2 * self._PAD - line.width
                shift = {"left": 0.0, "right": spare, "centre": spare / 2}[cell.align]
                place = (x + self._PAD + shift, y + 0.28 * cell.style.leading)
                sheet.put(line, *place, cell.style.colour)
            if cell.link:
                sheet.jump((x, column.y, x + width, top), cell.link, f"Go to {cell.text}")
