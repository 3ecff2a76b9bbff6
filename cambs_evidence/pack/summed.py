"""The page at the head of each section: all that an inspector wants to know of it at once.

Always one sheet. What has no room is shortened, and leads to where it stands in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cambs_evidence.model import Action, Grade, Polarity, State
from cambs_evidence.pack import shapes
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Block, Chapter, Contents, Excerpt, counted
from cambs_evidence.pack.digest import (
    Digest,
    evidence_in_words,
    signed_in_words,
    stands_in_words,
)
from cambs_evidence.pack.sheet import Cell, Column, Leading
from cambs_evidence.summaries import GONE, Paragraph, paragraphs
from cambs_evidence.typography import Face, Line, Run, break_lines, measure
from cambs_evidence.wording import GRADES, POLARITIES, STATES, in_words, quote_in_words

_LABEL = s.Style(Face.HEADING_BOLD, 8.2, 11.6, s.DEEP)
_TEXT = s.Style(Face.TEXT, 9.2, 13.0)
_FACT = s.Style(Face.HEADING, 8.2, 11.2)
_FACT_BOLD = s.Style(Face.HEADING_BOLD, 8.2, 11.2)
_FACT_SOFT = s.Style(Face.HEADING, 8.2, 11.2, s.SOFT)
_GUTTER = 22.0
#: The share of the measure that what was judged takes; the rest tells what is to be done.
_LEFT = 282.0
_RIGHT = s.MEASURE - _LEFT - _GUTTER
#: Points: down a bar, of the words beside it, the hang of an item of a list.
_BAR, _BESIDE, _HANG = 9.0, 62.0, 12.0
#: Rows of criteria at most, and points that must be left under them.
_ROWS, _LEAST = 14, 210.0


def summed(column: Column, contents: Contents, told: Digest) -> None:
    """Sets the page under its heading, on the sheet where the column stands."""
    _bars(column, told)
    _criteria(column, contents, told)
    column.y -= 14
    _columns(column, contents, told)


# --- figures ---------------------------------------------------------------------------------


def _bars(column: Column, told: Digest) -> None:
    """Two bars: criteria by state, and quotes by polarity, each with its words."""
    states = [
        (told.states.get(state, 0), " ".join(STATES[state]).lower(), _state_bar(state))
        for state in (State.COVERED, State.THIN, State.OLD, State.NONE, State.NOT_APPLICABLE)
    ]
    signs = [
        (count, f"{POLARITIES[polarity][0]} {polarity.value}", _polarity_bar(polarity))
        for polarity, count in zip(Polarity, told.counts, strict=True)
    ]
    with column.tags.open("L"):
        what = "This section" if told.whole else counted(told.total, "criterion")
        _bar(column, what.replace("criterions", "criteria").capitalize(), states, "")
        _bar(column, "Evidence", signs, evidence_in_words(told))


_Filling = Callable[[tuple[float, float, float, float]], str]


def _state_bar(state: State) -> _Filling:
    return lambda box: shapes.of_state(state, box)


def _polarity_bar(polarity: Polarity) -> _Filling:
    return lambda box: shapes.of_polarity(polarity, box)


def _bar(
    column: Column, name: str, shares: Sequence[tuple[int, str, _Filling]], after: str
) -> None:
    """A bar of shares; the words under it say as much, so it is an adornment."""
    sheet, left = column.sheet, s.LEFT + _BESIDE
    top = column.y
    total = sum(count for count, _, _ in shares)
    x, room = left, s.WIDTH - s.RIGHT - left
    for count, _, filling in shares:
        if count:
            wide = room * count / total
            sheet.marks.append(f"q {filling((x, top - _BAR, x + wide - 1.2, top))} Q")
            x += wide
    if not total:
        sheet.area((left, top - _BAR, left + room, top), s.LINE, framed=True)
    words = "     ".join(f"{count} {word}" for count, word, _ in shares if count)
    words = f"{words}     {after}" if words and after else words or after
    with column.tags.open("LI"):
        with column.tags.open("Lbl"):
            sheet.write(name, s.LEFT, top - _BAR + 1.6, _FACT_BOLD)
        with column.tags.open("LBody"):
            column.y = top - _BAR - 2
            column.text(words, _FACT, x=left)
    column.y -= 8


def _criteria(column: Column, contents: Contents, told: Digest) -> None:
    """The criteria in a table, those without evidence shaded; the weakest where there are many."""
    chapters: Sequence[Chapter] = told.part.chapters
    left = 0
    if len(chapters) > _ROWS:
        kept = sorted(chapters, key=lambda each: each not in told.weak)[:_ROWS]
        left = len(chapters) - len(kept)
        chapters = [each for each in chapters if each in kept]
    widths = [30, 24, s.MEASURE - 260, 22, 22, 22, 72, 68]
    right = "right"
    head = [
        Cell("Code", s.CELL_BOLD), Cell("", s.CELL_BOLD, said="Marked (M)"),
        Cell("Criterion", s.CELL_BOLD), Cell("▲", s.CELL_BOLD, right, said="Strength"),
        Cell("▼", s.CELL_BOLD, right, said="Development"),
        Cell("◆", s.CELL_BOLD, right, said="Neutral"),
        Cell("Newest", s.CELL_BOLD), Cell("State", s.CELL_BOLD),
    ]  # fmt: skip
    rows = [_row(each) for each in chapters]
    empty = {n for n, each in enumerate(chapters) if each.coverage.state is State.NONE}
    column.y -= 2
    s.table(column, widths, head, rows, shaded=empty.__contains__, pad=2.6)
    if left:
        column.y -= 2
        rest = counted(left, "criterion").replace("criterions", "criteria")
        column.text(f"And {rest} more, in “Coverage at a glance”.", _FACT_SOFT)


def _row(chapter: Chapter) -> list[Cell]:
    told, criterion = chapter.coverage, chapter.criterion
    counts = [
        sum(each.link.polarity is polarity for each in chapter.excerpts) for polarity in Polarity
    ]
    gap = told.state is State.NONE
    label = criterion.label if criterion else "The section as a whole"
    dates = [each.document.date for each in chapter.excerpts if each.document.date]
    style = s.CELL_BOLD if gap else s.CELL
    sign, word = STATES[told.state]
    return [
        Cell(chapter.code, s.CELL_BOLD, link=f"criterion-{chapter.code}" if criterion else None),
        Cell("(M)" if told.marked else ""),
        Cell(label, style, heads=True),
        *(Cell(str(count) if count else "–", align="right") for count in counts),
        Cell(_month(max(dates)) if dates else "–"),
        Cell(f"{sign} {word}{' ≠' if chapter.conflicting else ''}", style),
    ]


def _month(when: str) -> str:
    return in_words(when[:7])
