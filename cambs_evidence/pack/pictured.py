"""Coverage as a picture, drawn: sections and criteria by documents, or over time.

Each page of it is one figure whose words say what it shows. It is never wider than a sheet and
never turned: where there are many documents, time takes their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cambs_evidence.model import Box, Polarity, State
from cambs_evidence.pack import shapes
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Contents, counted
from cambs_evidence.pack.digest import LETTERS, Counts, Line, Matrix, in_counts, in_states, matrix
from cambs_evidence.pack.sheet import Column, Sheet, cut
from cambs_evidence.typography import Face, measure
from cambs_evidence.wording import POLARITIES, STATES

#: Points: code and mark, state, the least and most that a column of cells is wide.
_CODE, _MARK, _STATE = 21.0, 13.5, 19.0
_NARROW, _WIDE = 23.0, 44.0
#: The height of a row: as much as the pages allow, within this.
_LOW, _HIGH = 10.4, 14.0
#: Points that a name of a document may run upwards, and the height of heads of periods.
_UPRIGHT, _PERIOD = 128.0, 17.0
_SHAPE = 4.2
_NAME = s.Style(Face.HEADING, 6.8, 8.4)
_BOLD = s.Style(Face.HEADING_BOLD, 6.8, 8.4)
_FAINT = s.Style(Face.HEADING, 6.8, 8.4, s.SOFT)
_BAND = s.Style(Face.HEADING_BOLD, 7.0, 8.4, s.DEEP)
_DATE = s.Style(Face.HEADING, 6.2, 7.6, s.SOFT)
_TOTAL, _NUMBER = _BOLD, _NAME


def coverage_picture(column: Column, contents: Contents) -> None:
    """Sets the picture where the column stands, over as many pages as it takes."""
    told = matrix(contents)
    _legend(column, told)
    drawn = _Drawn(contents, told)
    rows = list(told.lines)
    pages = 0
    while rows:
        if column.room < drawn.top + 4 * _HIGH:
            column.turn()
        whole = s.CEILING - s.FLOOR - drawn.top
        height = _row_height(len(rows), column.room - drawn.top, whole)
        fits = max(int((column.room - drawn.top + 0.01) / height), 1)
        count = _cut_off(rows, fits)
        drawn.put(column, rows[:count], height, goes_on=pages > 0)
        del rows[:count]
        pages += 1
        if rows:
            column.turn()


def _row_height(rows: int, first: float, whole: float) -> float:
    """The most that a row may take without another page than the lowest rows need."""

    def pages(height: float) -> int:
        left = rows - int(first / height)
        return 1 + max(-(-left // int(whole / height)), 0)

    height, fewest = _LOW, pages(_LOW)
    # A row more on a page than fits is what a band that must not stand last takes.
    while height < _HIGH and pages(height + 0.2) + 0 <= fewest:
        height += 0.2
    return round(height - 0.2, 2) if height > _LOW else _LOW


def _cut_off(rows: Sequence[Line], fits: int) -> int:
    """How many rows go onto a page: a section's name is not left alone at its foot."""
    if fits >= len(rows):
        return len(rows)
    count = fits
    while count > 1 and rows[count - 1].chapter is None:
        count -= 1
    return count


def _legend(column: Column, told: Matrix) -> None:
    """What shapes, letters and grounds mean; each sign with its word."""
    column.space(6)
    states = "    ".join(
        f"{STATES[state][0]} {LETTERS[state]} {STATES[state][1].lower()}".replace("  ", " ")
        for state in (State.COVERED, State.THIN, State.OLD, State.NONE, State.NOT_APPLICABLE)
    )
    signs = "    ".join(f"{POLARITIES[each][0]} {each.value}" for each in Polarity)
    by = "document" if told.by == "document" else f"{told.by} of the documents’ dates"
    column.text(
        f"{signs}    {states}. Columns: quotes in this pack by {by}, "
        f"oldest first; the darker, the more. A hatched row is a gap; what stands left of the "
        f"dashed line is old.",
        s.SMALL,
    )
    column.space(8)


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Points from the left: where cells begin, how wide they are, where they end."""

    begin: float
    wide: float
    end: float


class _Drawn:
    """Draws rows of the picture, page by page."""

    def __init__(self, contents: Contents, told: Matrix) -> None:
        self._contents = contents
        self._told = told
        count = len(told.columns) + 1
        names = max((measure(_name(each), _NAME.face, _NAME.size) for each in told.lines),
                    default=0.0)  # fmt: skip
        heads = _CODE + _MARK + names + 8 + _STATE
        wide = min(max((s.MEASURE - heads) / count, _NARROW), _WIDE)
        begin = s.LEFT + s.MEASURE - count * wide
        self._at = _Sizes(begin, wide, s.LEFT + s.MEASURE)
        self._titles = [_two_lines(each.title, wide) for each in told.columns]
        self.top = _PERIOD if told.by != "document" else self._upright()

    def _upright(self) -> float:
        longest = max((measure(line, _NAME.face, _NAME.size) for each in self._titles
                       for line in each), default=40.0)  # fmt: skip
        return min(max(longest, 52.0), _UPRIGHT) + 8

    def put(self, column: Column, rows: Sequence[Line], height: float, *, goes_on: bool) -> None:
        """One page of it."""
        sheet, top = column.sheet, column.y
        below = top - self.top
        foot = below - height * len(rows)
        box = (s.LEFT, foot, self._at.end, top)
        words = self._words(rows, goes_on=goes_on)
        with column.tags.open("Figure", alternative=words, attributes=s.placed_at(box)):
            sheet.drawing(list(self._ground(rows, top, below, height)))
            self._heads(sheet, top, below)
            for number, row in enumerate(rows):
                self._row(sheet, row, below - height * (number + 1), height)
        column.y = foot

    def _words(self, rows: Sequence[Line], *, goes_on: bool) -> str:
        """What a page of the picture shows, in a sentence with its numbers."""
        parts = list(dict.fromkeys(each.part.number for each in rows))
        which = f"section {parts[0]}" if len(parts) == 1 else f"sections {parts[0]} to {parts[-1]}"
        chapters = [each.chapter for each in rows if each.chapter is not None]
        criteria = counted(len(chapters), "criterion").replace("criterions", "criteria")
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

    def _ground(
        self, rows: Sequence[Line], top: float, below: float, height: float
    ) -> list[str]:
        at = self._at
        foot = below - height * len(rows)
        code: list[str] = []
        for number, row in enumerate(rows):
            y = below - height * (number + 1)
            if row.chapter is None or row.chapter.criterion is None:
                code.append(shapes.filled((s.LEFT, y, at.end, y + height), s.SHADE))
            for place, counts in enumerate((row.total, *row.cells)):
                if any(counts):
                    x = at.begin + place * at.wide
                    box = (x, y, x + at.wide, y + height)
                    code.append(shapes.filled(box, shapes.heat(sum(counts))))
        code += self._gaps(rows, below, height)
        edges = [at.begin + at.wide * place for place in range(len(self._told.columns) + 2)]
        across = [below - height * number for number in range(len(rows) + 1)]
        lines = [(s.LEFT, y, at.end, y) for y in across[1:]]
        lines += [(x, foot, x, below) for x in edges]
        code.append(shapes.ruled(lines, s.LINE, 0.35))
        code.append(shapes.ruled([(s.LEFT, below, at.end, below)], s.SOFT, 0.9))
        limit = self._told.limit
        if 0 < limit < len(self._told.columns):
            x = at.begin + at.wide * (limit + 1)
            code.append(shapes.ruled([(x, foot, x, top)], s.INK, 1.1, "[3 2] 0 d"))
        for number, row in enumerate(rows):
            middle = below - height * (number + 0.5)
            for place, counts in enumerate((row.total, *row.cells)):
                code += _signs(counts, at.begin + place * at.wide + 2.2, middle)
        return code

    def _gaps(self, rows: Sequence[Line], below: float, height: float) -> list[str]:
        """Neighbouring gaps are hatched as one."""
        code, number = [], 0
        for gap, some in groupby(rows, key=lambda each: each.state is State.NONE):
            count = len(list(some))
            if gap:
                high = below - height * number
                low = high - height * count
                code.append(shapes.hatched((self._at.begin, low, self._at.end, high), s.SOFT))
            number += count
        return code

    # --- words ---------------------------------------------------------------------------

    def _heads(self, sheet: Sheet, top: float, below: float) -> None:
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
                line = cut(line, style, self.top - 8)
                sheet.write_upwards(line, left + 7.4 * number, below + 5, style)

    def _row(self, sheet: Sheet, row: Line, y: float, height: float) -> None:
        at = self._at
        base = y + (height - _NAME.size) / 2 + 1.2
        chapter = row.chapter
        whole = chapter is None or chapter.criterion is None
        code = str(row.part.number) if whole or chapter is None else chapter.code
        target = f"section-{code}" if whole else f"criterion-{code}"
        name = _name(row)
        apart = row.state is State.NOT_APPLICABLE
        style = _BAND if whole else _FAINT if apart else _NAME
        box: Box = (s.LEFT, y, at.begin - _STATE, y + height)
        with sheet.tags.open("Link"):
            sheet.write(code, s.LEFT + 2, base, _BAND if whole else _BOLD)
            x = s.LEFT + _CODE
            if not whole:
                if chapter is not None and chapter.coverage.marked:
                    sheet.write("(M)", x, base, style)
                x += _MARK
            room = at.begin - x - 4 - (_STATE if row.state is not None else 0)
            sheet.write(cut(name, style, room), x, base, style)
            sheet.jump(box, target, f"{code} {name}")
        if row.state is not None:
            sign = f"{STATES[row.state][0]} {LETTERS[row.state]}".rstrip()
            strong = row.state is State.NONE
            sheet.write(sign, at.begin - _STATE + 2, base, _BOLD if strong else _NAME)
        for place, counts in enumerate((row.total, *row.cells)):
            if any(counts):
                right = at.begin + (place + 1) * at.wide - 2.4
                number = _TOTAL if place == 0 or whole else _NUMBER
                sheet.write(str(sum(counts)), right, base, number, align="right")


def _signs(counts: Counts, x: float, middle: float) -> list[str]:
    code = []
    for polarity, count in zip(Polarity, counts, strict=True):
        if count:
            code.append(shapes.sign(polarity, x, middle - _SHAPE / 2, _SHAPE))
            x += _SHAPE + 0.5
    return code


def _together(rows: Sequence[Line], place: int) -> Counts:
    told = [each.cells[place] for each in rows if each.chapter is not None]
    return sum(a for a, _, _ in told), sum(b for _, b, _ in told), sum(c for _, _, c in told)


def _name(row: Line) -> str:
    if row.chapter is None or row.chapter.criterion is None:
        return row.part.title
    return row.chapter.criterion.label


def _two_lines(title: str, wide: float) -> list[str]:
    """A title on one line, or on two of about the same length where that is too long."""
    title = " ".join(title.split())
    if measure(title, _NAME.face, _NAME.size) <= 60 or wide < 22:
        return [title]
    words = title.split()
    splits = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    if not splits:
        return [title]
    best = min(splits, key=lambda each: max(measure(part, _NAME.face, _NAME.size)
                                            for part in each))  # fmt: skip
    return list(best)
