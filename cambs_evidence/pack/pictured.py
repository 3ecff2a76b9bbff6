"""Coverage as a picture, drawn: sections and criteria by documents, or over time.

Each page of it is one figure whose words say what it shows. It is never wider than a sheet and
never turned: where there are many documents, time takes their place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from cambs_evidence.model import Polarity, State
from cambs_evidence.pack import shapes
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Contents, counted
from cambs_evidence.pack.digest import LETTERS, Counts, Line, Matrix, in_counts, in_states, matrix
from cambs_evidence.pack.press import cut
from cambs_evidence.pack.sheet import Column, Sheet
from cambs_evidence.typography import Face, measure
from cambs_evidence.wording import POLARITIES, STATES

#: Points: code and mark, state, the least and most that a column of cells is wide.
_CODE, _MARK, _STATE = 21.0, 13.5, 19.0
_NARROW, _WIDE = 25.5, 44.0
#: The height of a row: as much as the pages allow, within this.
_LOW, _HIGH = 10.4, 14.0
#: Points that a name of a document may run upwards, and the height of heads of periods.
_UPRIGHT, _PERIOD = 128.0, 17.0
#: Points of a sign, and of the room left and right in a cell.
_SHAPE, _RIM = 3.8, 1.8
_NAME = s.Style(Face.HEADING, 6.8, 8.4)
_BOLD = s.Style(Face.HEADING_BOLD, 6.8, 8.4)
_FAINT = s.Style(Face.HEADING, 6.8, 8.4, s.SOFT)
_BAND = s.Style(Face.HEADING_BOLD, 7.0, 8.4, s.DEEP)
_MANY = s.Style(Face.HEADING_BOLD, 5.6, 8.4)
_DATE = s.Style(Face.HEADING, 6.2, 7.6, s.SOFT)
_KEY = s.Style(Face.HEADING, 8.0, 12.0)


def coverage_picture(column: Column, contents: Contents) -> None:
    """Sets the picture where the column stands, over as many pages as it takes."""
    told = matrix(contents)
    _legend(column, told)
    drawn = _Drawn(contents, told)
    rows = list(told.lines)
    goes_on = False
    while rows:
        if column.room < drawn.top + 4 * _HIGH:
            column.turn()
        whole = s.CEILING - s.FLOOR - drawn.top
        rooms = (column.room - drawn.top, whole)
        height = _row_height(sum(map(drawn.units, rows)), rooms)
        count = _fitting(rows, [drawn.units(each) * height for each in rows], rooms[0])
        drawn.put(column, rows[:count], height, goes_on=goes_on)
        del rows[:count]
        goes_on = True
        if rows:
            column.turn()


def _row_height(units: float, rooms: tuple[float, float]) -> float:
    """The most that a row may take without another page than the lowest rows need.

    ``rooms`` are of the page that is begun and of each that follows.
    """
    first, whole = rooms

    def pages(height: float) -> int:
        # On each page some room may be left over by what must not stand at its foot.
        left = units - max(first / height - 2, 0)
        return 1 + math.ceil(max(left, 0) / (whole / height - 2))

    if units * _LOW <= first:
        return max(min(first / units, _HIGH), _LOW)
    height, fewest = _LOW, pages(_LOW)
    while height + 0.2 <= _HIGH and pages(height + 0.2) <= fewest:
        height += 0.2
    return height


def _fitting(rows: Sequence[Line], heights: Sequence[float], room: float) -> int:
    """How many rows go onto a page: a section's name is not left alone at its foot."""
    count, taken = 0, 0.0
    while count < len(rows) and taken + heights[count] <= room + 0.01:
        taken += heights[count]
        count += 1
    if count == len(rows):
        return count
    while count > 1 and rows[count - 1].chapter is None:
        count -= 1
    return max(count, 1)


def _legend(column: Column, told: Matrix) -> None:
    """What shapes, letters and grounds mean; each with its word."""
    column.space(8)
    column.need(3 * _KEY.leading + 60)
    signs = [f"{POLARITIES[each][0]} {each.value}" for each in Polarity]
    states = [
        " ".join([STATES[state][0], LETTERS[state], STATES[state][1].lower()]).replace("  ", " ")
        for state in (State.COVERED, State.THIN, State.OLD, State.NONE, State.NOT_APPLICABLE)
    ]
    column.text("     ".join([*signs, *states]), _KEY, keep=1)
    column.space(2)
    by = "document" if told.by == "document" else f"{told.by} of the documents’ dates"
    top = column.y
    column.y -= _KEY.leading
    sheet, y = column.sheet, column.y + 0.28 * _KEY.leading
    low, high = column.y + 1.6, top - 0.8
    with column.tags.open("P"):
        x = s.LEFT
        for number, (least, _) in enumerate(shapes.HEAT, start=1):
            most = shapes.HEAT[number][0] - 1 if number < len(shapes.HEAT) else None
            words = (
                f"{least}+" if most is None else f"{least}–{most}" if most > least else str(most)
            )
            wide = measure(words, _KEY.face, _KEY.size) + 8
            sheet.area((x, low, x + wide, high), shapes.heat(least))
            sheet.write(words, x + wide / 2, y, _KEY, align="centre")
            x += wide
        x += 5 + sheet.write(f"quotes in this pack by {by}", x + 5, y, _KEY)
        x += 14
        sheet.marks.append(shapes.hatched((x, low, x + 18, high), s.SOFT))
        x += 23 + sheet.write("gap", x + 23, y, _KEY)
        if told.limit:
            x += 16
            sheet.rule(x, low - 1, x, high + 1, width=1.1, colour=s.INK, dash=(3, 2))
            sheet.write("old to the left of this line", x + 6, y, _KEY)
    column.space(8)


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Points from the left: where cells begin, how wide they are, where they end."""

    begin: float
    wide: float
    end: float


class _Placed(NamedTuple):
    """A row with its foot and top, in points of the page."""

    row: Line
    low: float
    high: float


class _Drawn:
    """Draws rows of the picture, page by page."""

    def __init__(self, contents: Contents, told: Matrix) -> None:
        self._contents = contents
        self._told = told
        count = len(told.columns) + 1
        names = max(measure(_name(each), *_face(_NAME)) for each in told.lines if each.state)
        heads = _CODE + _MARK + names + 8 + _STATE
        wide = min(max((s.MEASURE - heads) / count, _NARROW), _WIDE)
        begin = s.LEFT + s.MEASURE - count * wide
        self._at = _Sizes(begin, wide, s.LEFT + s.MEASURE)
        self._titles = [_two_lines(each.title) for each in told.columns]
        self._names = {id(each): self._broken(each) for each in told.lines}
        upright = told.by == "document" and bool(told.columns)
        self.top = self._upright() if upright else _PERIOD

    def _upright(self) -> float:
        lines = [line for each in self._titles for line in each]
        longest = max((measure(line, *_face(_NAME)) for line in lines), default=0.0)
        return min(max(longest, 52.0), _UPRIGHT) + 8

    def _broken(self, row: Line) -> list[str]:
        """The name of a row on one line, or on two."""
        style = _style(row)
        room = self._at.begin - s.LEFT - _CODE - 4
        room -= 0 if _is_whole(row) else _MARK
        room -= _STATE if row.state is not None else 0
        name = _name(row)
        first, *rest = s.broken(name, style, room)
        shown = [name[: first.shown]]
        return [*shown, cut(name[first.end :], style, room)] if rest else shown

    def units(self, row: Line) -> float:
        """How high a row is, in rows of one line."""
        return 1.0 if len(self._names[id(row)]) == 1 else 1.7

    def put(self, column: Column, rows: Sequence[Line], height: float, *, goes_on: bool) -> None:
        """One page of it."""
        sheet, top = column.sheet, column.y
        below = top - self.top
        placed: list[_Placed] = []
        foot = below
        for row in rows:
            high, foot = foot, foot - height * self.units(row)
            placed.append(_Placed(row, foot, high))
        box = (s.LEFT, foot, self._at.end, top)
        words = self._words(rows, goes_on=goes_on)
        with column.tags.open("Figure", alternative=words, attributes=s.placed_at(box)):
            sheet.drawing(self._ground(placed, top))
            self._heads(sheet, below)
            for each in placed:
                self._row(sheet, each)
        column.y = foot

    def _words(self, rows: Sequence[Line], *, goes_on: bool) -> str:
        """What a page of the picture shows, in a sentence with its numbers."""
        parts = list(dict.fromkeys(each.part.number for each in rows))
        which = f"section {parts[0]}" if len(parts) == 1 else f"sections {parts[0]} to {parts[-1]}"
        chapters = [each.chapter for each in rows if each.chapter is not None]
        among = [each for each in chapters if each.criterion is not None]
        criteria = counted(len(among), "criterion").replace("criterions", "criteria")
        if len(among) < len(chapters):
            criteria += " and a section without criteria"
        total: Counts = tuple(  # type: ignore[assignment]
            map(sum, zip(*(each.total for each in rows if each.chapter is not None), strict=True))
        ) or (0, 0, 0)  # fmt: skip
        columns = [
            f"{each.title}{', old' if each.old else ''}: {in_counts(counts)}"
            for place, each in enumerate(self._told.columns)
            if any(counts := _together(rows, place))
        ]
        by = f" By {self._told.by}: {'; '.join(columns)}." if columns else ""
        again = ", continued" if goes_on else ""
        return (
            f"Coverage of {which}{again}: {criteria}: {in_states(chapters)}. "
            f"Quotes: {in_counts(total)}.{by}"
        )

    # --- what lies under the words -------------------------------------------------------

    def _ground(self, placed: Sequence[_Placed], top: float) -> list[str]:
        at = self._at
        foot, below = placed[-1].low, placed[0].high
        code: list[str] = []
        for row, low, high in placed:
            if _is_whole(row):
                code.append(shapes.filled((s.LEFT, low, at.end, high), s.SHADE))
            for place, counts in enumerate((row.total, *row.cells)):
                if any(counts):
                    x = at.begin + place * at.wide
                    code.append(
                        shapes.filled((x, low, x + at.wide, high), shapes.heat(sum(counts)))
                    )
        # Neighbouring gaps are hatched as one.
        for gap, some in groupby(placed, key=lambda each: each.row.state is State.NONE):
            if gap:
                gaps = list(some)
                box = (at.begin, gaps[-1].low, at.end, gaps[0].high)
                code.append(shapes.hatched(box, s.SOFT))
        edges = [at.begin + at.wide * place for place in range(len(self._told.columns) + 2)]
        lines = [(s.LEFT, each.low, at.end, each.low) for each in placed]
        lines += [(x, foot, x, below) for x in edges]
        code.append(shapes.ruled(lines, s.LINE, 0.35))
        code.append(shapes.ruled([(s.LEFT, below, at.end, below)], s.SOFT, 0.9))
        if self._told.limit:
            x = at.begin + at.wide * (self._told.limit + 1)
            code.append(shapes.ruled([(x, foot, x, top)], s.INK, 1.1, "[3 2] 0 d"))
        for row, low, high in placed:
            for place, counts in enumerate((row.total, *row.cells)):
                if any(counts):
                    x = at.begin + place * at.wide + _RIM
                    number = measure(str(sum(counts)), *_face(self._number(row, place, counts)))
                    room = at.wide - 2 * _RIM - number - 1.2
                    code += _signs(counts, x, (low + high) / 2, room)
        return code

    @staticmethod
    def _number(row: Line, place: int, counts: Counts) -> s.Style:
        if sum(counts) >= 1000:
            return _MANY
        return _BOLD if place == 0 or _is_whole(row) else _NAME

    # --- words ---------------------------------------------------------------------------

    def _heads(self, sheet: Sheet, below: float) -> None:
        at = self._at
        sheet.write("Code", s.LEFT + 2, below + 4, _BOLD)
        sheet.write("Criterion", s.LEFT + _CODE + _MARK, below + 4, _BOLD)
        sheet.write("State", at.begin - 3, below + 4, _BOLD, align="right")
        sheet.write("All", at.begin + at.wide / 2, below + 4, _BOLD, align="centre")
        for place, (head, lines) in enumerate(
            zip(self._told.columns, self._titles, strict=True), start=1
        ):
            x = at.begin + place * at.wide
            old = f"{STATES[State.OLD][0]} " if head.old else ""
            if self._told.by != "document":
                name = head.title
                sheet.write(name, x + at.wide / 2, below + 4, _BOLD if name[0].isdigit() else _NAME,
                            align="centre")  # fmt: skip
                continue
            words = [*((line, _NAME) for line in lines), (f"{old}{head.date}", _DATE)]
            left = x + (at.wide - 7.4 * len(words)) / 2 + 5.6
            for number, (line, style) in enumerate(words):
                shown = cut(line, style, self.top - 8)
                sheet.write_upwards(shown, left + 7.4 * number, below + 5, style)

    def _row(self, sheet: Sheet, placed: _Placed) -> None:
        at, (row, low, high) = self._at, placed
        middle = (low + high) / 2 - _NAME.size / 2 + 1.2
        chapter, whole = row.chapter, _is_whole(row)
        code = str(row.part.number) if whole or chapter is None else chapter.code
        target = f"section-{code}" if whole else f"criterion-{code}"
        style, names = _style(row), self._names[id(row)]
        base = middle + _NAME.leading * (len(names) - 1) / 2
        with sheet.tags.open("Link"):
            sheet.write(code, s.LEFT + 2, base, _BAND if whole else _BOLD)
            x = s.LEFT + _CODE
            if not whole:
                if chapter is not None and chapter.coverage.marked:
                    sheet.write("(M)", x, base, style)
                x += _MARK
            for number, line in enumerate(names):
                sheet.write(line, x, base - _NAME.leading * number, style)
            sheet.jump((s.LEFT, low, at.begin - _STATE, high), target, f"{code} {_name(row)}")
        if row.state is not None:
            sign = f"{STATES[row.state][0]} {LETTERS[row.state]}".rstrip()
            strong = row.state is State.NONE
            sheet.write(sign, at.begin - _STATE + 2, middle, _BOLD if strong else _NAME)
        for place, counts in enumerate((row.total, *row.cells)):
            if any(counts):
                right = at.begin + (place + 1) * at.wide - _RIM
                style = self._number(row, place, counts)
                sheet.write(str(sum(counts)), right, middle, style, align="right")


def _is_whole(row: Line) -> bool:
    return row.chapter is None or row.chapter.criterion is None


def _style(row: Line) -> s.Style:
    if _is_whole(row):
        return _BAND
    return _FAINT if row.state is State.NOT_APPLICABLE else _NAME


def _face(style: s.Style) -> tuple[Face, float]:
    return style.face, style.size


def _signs(counts: Counts, x: float, middle: float, room: float) -> list[str]:
    """The signs of a cell, made smaller where a long number leaves them little room."""
    code = []
    size = min(_SHAPE, room / sum(map(bool, counts)) - 0.3)
    for polarity, count in zip(Polarity, counts, strict=True):
        if count:
            code.append(shapes.sign(polarity, x, middle - size / 2, size))
            x += size + 0.3
    return code


def _together(rows: Sequence[Line], place: int) -> Counts:
    told = [each.cells[place] for each in rows if each.chapter is not None]
    return sum(a for a, _, _ in told), sum(b for _, b, _ in told), sum(c for _, _, c in told)


def _name(row: Line) -> str:
    if row.chapter is None or row.chapter.criterion is None:
        return row.part.title
    return row.chapter.criterion.label


def _two_lines(title: str) -> list[str]:
    """A title on one line, or on two of about the same length where that is too long."""
    words = title.split()
    if measure(" ".join(words), *_face(_NAME)) <= 60 or len(words) < 2:
        return [" ".join(words)]

    def longer(place: int) -> float:
        return max(
            measure(" ".join(each), *_face(_NAME)) for each in (words[:place], words[place:])
        )

    best = min(range(1, len(words)), key=longer)
    return [" ".join(words[:best]), " ".join(words[best:])]
