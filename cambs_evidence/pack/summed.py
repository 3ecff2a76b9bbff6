"""The page at the head of each section: all that an inspector wants to know of it at once.

Always one sheet. What has no room is shortened, and leads to where it stands in full.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import accumulate, groupby

from cambs_evidence.model import Action, Grade, Polarity, State
from cambs_evidence.pack import shapes
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Block, Chapter, Contents, Excerpt, counted
from cambs_evidence.pack.digest import (
    Digest,
    signed_in_words,
    sources_in_words,
    stands_in_words,
)
from cambs_evidence.pack.sheet import Cell, Column, Leading
from cambs_evidence.summaries import GONE, Paragraph, paragraphs
from cambs_evidence.typography import Face, Line, Run, break_lines
from cambs_evidence.wording import GRADES, POLARITIES, STATES, in_words, last_day, quote_in_words

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
#: Points between two blocks.
_APART = 10.0
#: Of the table of criteria the widths of its columns and the room round what stands in a cell;
#: points that must be left under it, and codes at most that are listed as conflicting.
_WIDTHS = (30.0, 23.0, s.MEASURE - 255, 20.0, 20.0, 20.0, 56.0, 86.0)
_PAD, _LEAST, _CODES = 2.6, 270.0, 24


def summed(column: Column, contents: Contents, told: Digest) -> None:
    """Sets the page under its heading, on the sheet where the column stands."""
    _bars(column, told)
    _criteria(column, told)
    column.y -= 14
    _columns(column, contents, told)


# --- figures ---------------------------------------------------------------------------------


def _bars(column: Column, told: Digest) -> None:
    """Two bars: criteria by state, and quotes by polarity, each with its words."""
    states = [
        (told.states.get(state, 0), *STATES[state], _state_bar(state))
        for state in (State.COVERED, State.THIN, State.OLD, State.NONE, State.NOT_APPLICABLE)
    ]
    signs = [
        (count, *POLARITIES[polarity], _polarity_bar(polarity))
        for polarity, count in zip(Polarity, told.counts, strict=True)
    ]
    with column.tags.open("L"):
        what = "State" if told.whole else counted(told.total, "criterion")
        _bar(column, what.replace("criterions", "criteria"), states, "")
        _bar(column, counted(sum(told.counts), "quote"), signs, sources_in_words(told))


_Filling = Callable[[tuple[float, float, float, float]], str]


def _state_bar(state: State) -> _Filling:
    return lambda box: shapes.of_state(state, box)


def _polarity_bar(polarity: Polarity) -> _Filling:
    return lambda box: shapes.of_polarity(polarity, box)


def _bar(
    column: Column, name: str, shares: Sequence[tuple[int, str, str, _Filling]], after: str
) -> None:
    """A bar of shares; the words under it say as much, so it is an adornment."""
    sheet, left = column.sheet, s.LEFT + _BESIDE
    top = column.y
    total = sum(count for count, _, _, _ in shares)
    x, room = left, s.WIDTH - s.RIGHT - left
    for count, _, _, filling in shares:
        if count:
            wide = room * count / total
            sheet.marks.append(f"q {filling((x, top - _BAR, x + wide - 1.2, top))} Q")
            x += wide
    if not total:
        sheet.area((left, top - _BAR, left + room, top), s.LINE, framed=True)
    words = "     ".join(
        f"{sign} {count} {word.lower()}" for count, sign, word, _ in shares if count
    )
    words = f"{words}     {after}" if words and after else words or after
    with column.tags.open("LI"):
        with column.tags.open("Lbl"):
            sheet.write(name, s.LEFT, top - _BAR + 1.6, _FACT_BOLD)
        with column.tags.open("LBody"):
            column.y = top - _BAR - 2
            column.text(words, _FACT, x=left)
    column.y -= 8


def _criteria(column: Column, told: Digest) -> None:
    """The criteria in a table, those without evidence shaded; the weakest where there are many."""
    chapters, left = _fitting(told, column.room - _LEAST)
    right = "right"
    head = [
        Cell("Code", s.CELL_BOLD), Cell("", s.CELL_BOLD, said="Marked (M)"),
        Cell("Criterion", s.CELL_BOLD), Cell("▲", s.CELL_BOLD, right, said="Strength"),
        Cell("▼", s.CELL_BOLD, right, said="Development"),
        Cell("◆", s.CELL_BOLD, right, said="Neutral"),
        Cell("Newest", s.CELL_BOLD, right), Cell("State", s.CELL_BOLD),
    ]  # fmt: skip
    rows = [_row(each) for each in chapters]
    empty = {n for n, each in enumerate(chapters) if each.coverage.state is State.NONE}
    column.y -= 2
    s.table(column, _WIDTHS, head, rows, shaded=empty.__contains__, pad=_PAD)
    if left:
        column.y -= 2
        rest = counted(left, "criterion").replace("criterions", "criteria")
        column.text(f"And {rest} more, in “Coverage at a glance”.", _FACT_SOFT)


def _fitting(told: Digest, room: float) -> tuple[list[Chapter], int]:
    """The criteria that there is room for, the weakest before others, and how many are left out."""
    kept: set[str] = set()
    chapters = told.part.chapters
    room -= s.CELL.leading + 2 * _PAD
    for each in sorted(chapters, key=lambda chapter: chapter not in told.weak):
        label = each.criterion.label if each.criterion else ""
        lines = len(s.broken(label, s.CELL, _WIDTHS[2] - 8))
        room -= max(lines, 1) * s.CELL.leading + 2 * _PAD
        if room < 0:
            break
        kept.add(each.code)
    return [each for each in chapters if each.code in kept], len(chapters) - len(kept)


def _row(chapter: Chapter) -> list[Cell]:
    told, criterion = chapter.coverage, chapter.criterion
    polarities = Counter(each.link.polarity for each in chapter.excerpts)
    counts = [polarities[polarity] for polarity in Polarity]
    gap = told.state is State.NONE
    label = criterion.label if criterion else "The section as a whole"
    dates = {each.document.date for each in chapter.excerpts if each.document.date}
    style = s.CELL_BOLD if gap else s.CELL
    sign, word = STATES[told.state]
    return [
        Cell(chapter.code, s.CELL_BOLD, link=f"criterion-{chapter.code}" if criterion else None),
        Cell("(M)" if told.marked else ""),
        Cell(label, heads=True),
        *(Cell(str(count) if count else "–", align="right") for count in counts),
        Cell(
            _month(max(dates, key=lambda each: (last_day(each), each))) if dates else "–",
            align="right",
        ),
        Cell(f"{sign} {word}{' ≠' if chapter.conflicting else ''}", style),
    ]


def _month(when: str) -> str:
    """Such as "Dec 2015"."""
    *month, year = in_words(when[:7]).split()
    return " ".join([*(each[:3] for each in month), year])


# --- what was judged, and what is to be done --------------------------------------------------


@dataclass(slots=True)
class _Stretch:
    """Lines in one style with what leads elsewhere; ``hang`` is the room of a list's marker."""

    lines: list[Line]
    style: s.Style
    leading: tuple[Leading, ...] = ()
    marker: str = ""
    gap: float = 0.0

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.leading + self.gap


def _columns(column: Column, contents: Contents, told: Digest) -> None:
    top = column.y
    column.sheet.rule(s.LEFT, top + 4, s.WIDTH - s.RIGHT, top + 4, width=0.9, colour=s.DEEP)
    _judgements(column, contents, told)
    column.y = top
    _aside(column, contents, told)


def _label(column: Column, words: str, x: float) -> None:
    with column.tags.open("H3"):
        column.y -= _LABEL.leading
        column.sheet.write(words, x, column.y + 0.28 * _LABEL.leading, _LABEL)
    column.y -= 3


def _judgements(column: Column, contents: Contents, told: Digest) -> None:
    """Each block with its grade, and as much of its summary as there is room for."""
    blocks = told.part.blocks
    x = s.LEFT
    _label(column, "Judgement", x)
    texts = [_summary(contents, each) for each in blocks]
    # A block whose summary is shortened says so on a line of its own.
    least = [_FACT_BOLD.leading + 2 + _APART + (_FACT.leading if text else 0.0) for text in texts]
    room = column.room
    shown = blocks
    if sum(least) > room:
        heights = accumulate(least)
        shown = blocks[: sum(height <= room - _FACT.leading for height in heights)]
    spare = room - sum(least[: len(shown)]) - (_FACT.leading if len(shown) < len(blocks) else 0)
    wanted = [round(sum(each.height for each in text)) + 1 for text in texts[: len(shown)]]
    most = _shared(wanted, max(int(spare), 0))
    for number, block in enumerate(shown):
        if number:
            column.y -= _APART
        _head(column, block, told)
        column.y -= 2
        _shortened(column, block, texts[number], most[number])
    if len(shown) < len(blocks):
        more = counted(len(blocks) - len(shown), "block")
        column.text(f"And {more} more on the pages that follow.", _FACT_SOFT, x=x, width=_LEFT)


def _shared(wanted: Sequence[int], room: int) -> list[int]:
    """Shares out points: who wants less than an even share leaves the rest to the others."""
    given = [0] * len(wanted)
    waiting = sorted(range(len(wanted)), key=lambda each: wanted[each])
    while waiting:
        number, *waiting = waiting
        given[number] = min(wanted[number], room // (len(waiting) + 1))
        room -= given[number]
    return given


def _head(column: Column, block: Block, told: Digest) -> None:
    """The name of a block with its grade: in steps, and in a word."""
    judged = block.judgement
    column.y -= _FACT_BOLD.leading
    y = column.y + 0.28 * _FACT_BOLD.leading
    sheet = column.sheet
    with column.tags.open("P"):
        name = "The section as a whole" if told.whole else f"Block {block.name}"
        x = s.LEFT + sheet.write(f"{name}  ", s.LEFT, y, _FACT_BOLD)
        if judged is None or judged.grade is None:
            words = "not judged yet" if judged is None else "no grade yet"
            sheet.write(words, x + 4, y, _FACT_SOFT)
            return
        filled, of = rank(judged.grade)
        wide = of * 7.6
        sheet.marks.append(f"q {' '.join(shapes.steps(filled, of, x + 4, y - 0.3))} Q")
        sheet.write(judged.grade.value.capitalize(), x + wide + 9, y, _FACT_BOLD)


def rank(grade: Grade) -> tuple[int, int]:
    """How many steps a grade is, and of how many: the best has all."""
    scale = next(each for each in GRADES if grade in each)
    return len(scale) - scale.index(grade), len(scale)


def _shortened(column: Column, block: Block, text: Sequence[_Stretch], most: int) -> None:
    """As much of a summary as was given to it, and where it stands in full."""
    left, shortened = float(most), False
    for listed, some in groupby(text, key=lambda each: bool(each.marker)):
        with column.tags.open("L") if listed else nullcontext():
            for stretch in some:
                count = min(len(stretch.lines), max(int(left / stretch.style.leading), 0))
                shortened = shortened or count < len(stretch.lines)
                left -= count * stretch.style.leading + stretch.gap
                if count:
                    _put(column, stretch, count, s.LEFT)
                    column.y -= stretch.gap
    if not shortened:
        return
    with column.tags.open("P"), column.tags.open("Link"):
        top = column.y
        column.y -= _FACT.leading
        y = column.y + 0.28 * _FACT.leading
        wide = column.sheet.write("… in full on the pages that follow →", s.LEFT, y, _FACT_SOFT)
        said = f"The whole summary of {block.name}"
        box = (s.LEFT, column.y, s.LEFT + wide, top)
        column.sheet.jump(box, f"block-{block.chapters[0].code}", said)


def _put(column: Column, stretch: _Stretch, count: int, x: float) -> None:
    """The first lines of a stretch; an item of a list behind its marker."""
    lines, style = stretch.lines[:count], stretch.style
    if not stretch.marker:
        column.lines(lines, style, x=x, keep=count, leading=stretch.leading)
        return
    with column.tags.open("LI"):
        with column.tags.open("Lbl"):
            column.sheet.write(stretch.marker, x, column.y - 0.72 * style.leading, style)
        with column.tags.open("LBody"):
            column.lines(lines, style, x=x + _HANG, keep=count, leading=stretch.leading)


def _summary(contents: Contents, block: Block) -> list[_Stretch]:
    if block.judgement is None:
        return []
    if not block.judgement.summary:
        lines = s.broken("No summary has been written.", _FACT_SOFT, _LEFT)
        return [_Stretch(lines, _FACT_SOFT)]
    found: list[_Stretch] = []
    tall = 0.0
    for each in paragraphs(block.judgement.summary):
        found.append(_paragraph(contents, each))
        tall += found[-1].height
        if tall > s.CEILING - s.FLOOR:  # more than any page holds
            break
    return found


def _paragraph(contents: Contents, paragraph: Paragraph) -> _Stretch:
    """A paragraph with its references told by their names alone, each of which leads there."""
    runs: list[Run] = []
    leading: list[Leading] = []
    length = 0
    for piece in paragraph.pieces:
        words, name = (piece, "") if isinstance(piece, str) else _reference(contents, piece.link)
        runs.append(Run(words, _TEXT.face, _TEXT.size))
        if name:
            leading.append(Leading(length, length + len(words), name, f"See quote {name}"))
        length += len(words)
    marker = paragraph.marker
    lines = break_lines(runs, _LEFT - (_HANG if marker else 0.0))
    return _Stretch(lines, _TEXT, tuple(leading), marker, 3.0)


def _reference(contents: Contents, link: str) -> tuple[str, str]:
    excerpt = contents.cited.get(link)
    if excerpt is None:
        return f"[{GONE}]", ""
    name = excerpt.reference
    return (f"({name})", name) if name else (f"({excerpt.citation})", "")


# --- beside it -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Group:
    """A label with what stands under it: items of a list, or a sentence where there are none."""

    label: str
    items: tuple[tuple[_Stretch, ...], ...]
    sentence: tuple[_Stretch, ...] = ()
    #: How many items there are in all: such as have no room are not even set.
    total: int = 0


#: Points of a label with the room over it, and under an item.
_OVER, _UNDER = _LABEL.leading + 3 + 9, 3.0
#: Code points of a quote that are looked at for its first words.
_FIRST = 160
#: Items of a group at most that a page has room for.
_ITEMS = 18


def _aside(column: Column, contents: Contents, told: Digest) -> None:
    """What is to be done, what speaks against each other, and how far review and sign-off are."""
    long = [_actions(told), _developments(told)]
    short = list(_short(contents, told))
    room = column.room - _OVER * (len(long) + len(short)) - sum(map(_tall, short))
    room -= _FACT.leading * len(long)  # each may have to say that there is more
    given = _shared([round(_tall(each)) + 1 for each in long], max(int(room), 0))
    x = s.LEFT + _LEFT + _GUTTER
    for number, group in enumerate([*long, *short]):
        if number:
            column.y -= 9
        _label(column, group.label, x)
        most = given[number] if number < len(long) else round(_tall(group)) + 1
        _grouped(column, group, most, x)


def _tall(group: _Group) -> float:
    items = sum(stretch.height for item in group.items for stretch in item)
    return items + _UNDER * len(group.items) + sum(each.height for each in group.sentence)


def _grouped(column: Column, group: _Group, most: float, x: float) -> None:
    for stretch in group.sentence:
        _put(column, stretch, len(stretch.lines), x)
    shown = 0
    with column.tags.open("L") if group.items else nullcontext():
        for item in group.items:
            most -= sum(stretch.height for stretch in item) + _UNDER
            if most < 0:
                break
            shown += 1
            with column.tags.open("LI"), column.tags.open("LBody"):
                for stretch in item:
                    _put(column, stretch, len(stretch.lines), x)
            column.y -= _UNDER
    if shown < group.total:
        rest = group.total - shown
        words = (
            f"And {rest} more on the pages that follow."
            if shown
            else f"{rest} in all; see the pages that follow."
        )
        column.text(words, _FACT_SOFT, x=x, width=_RIGHT, keep=1)


def _stretch(text: str, style: s.Style, bold: str = "", target: str = "") -> _Stretch:
    """A text after a bold beginning, which may lead somewhere."""
    runs = [Run(f"{bold}  ", _FACT_BOLD.face, style.size)] if bold else []
    runs.append(Run(text, style.face, style.size))
    leading = (Leading(0, len(bold), target, f"See {bold}"),) if target else ()
    return _Stretch(break_lines(runs, _RIGHT), style, leading)


def _actions(told: Digest) -> _Group:
    items = [(_stretch(each.text, _FACT, each.code), _stretch(_told(each), _FACT_SOFT))
             for each in told.actions[:_ITEMS]]  # fmt: skip
    total = len(told.actions)
    done = sum(each.done is not None for each in told.actions)
    label = f"Actions: {total - done} open, {done} done" if items else "Actions"
    sentence = () if items else (_stretch("None is noted.", _FACT),)
    return _Group(label, tuple(items), sentence, total)


def _told(action: Action) -> str:
    if action.done:
        when = f"done {in_words(action.done)}"
    else:
        when = f"due {in_words(action.due)}" if action.due else "no date"
    return f"{action.owner or 'nobody named'} · {when}"


def _developments(told: Digest) -> _Group:
    items = [(_first_words(each),) for each in told.developments[:_ITEMS]]
    total = len(told.developments)
    label = f"Areas for development: {total}" if items else "Areas for development"
    sentence = () if items else (_stretch("No quote speaks of one.", _FACT),)
    return _Group(label, tuple(items), sentence, total)


def _first_words(excerpt: Excerpt) -> _Stretch:
    """The reference of a quote, its criterion, and of its words what two lines hold."""
    anchor, name = excerpt.link.passage.anchor, excerpt.reference
    words = " ".join(anchor.quote[:_FIRST].split()) or quote_in_words(anchor)
    text = f"{excerpt.link.code}  {words}"
    made = _stretch(text, _FACT, name, name)
    if len(made.lines) <= 2 and len(anchor.quote) <= _FIRST:
        return made
    begin = len(name) + 2  # of the text, behind the reference
    end = made.lines[min(len(made.lines), 2) - 1].end - begin
    # A sign that it goes on takes the place of the last word, which may be cut.
    return _stretch(f"{text[:end].rstrip().rsplit(' ', 1)[0]} …", _FACT, name, name)


def _short(contents: Contents, told: Digest) -> Iterator[_Group]:
    if told.conflicting:
        yield _Group(
            "Conflicting evidence", (), (_codes([each.code for each in told.conflicting]),)
        )
    if contents.reviewed:
        stands = stands_in_words(told) or "No quote is there to be reviewed"
        yield _Group("Review", (), (_stretch(f"{stands}.".capitalize(), _FACT),))
    yield _Group("Sign-off", (), (_stretch(signed_in_words(contents, told.part), _FACT),))


def _codes(codes: Sequence[str]) -> _Stretch:
    """Codes of criteria, each of which leads to its own."""
    runs, leading, length = [], [], 0
    for number, code in enumerate(codes[:_CODES]):
        comma = ", " if number else ""
        runs.append(Run(f"{comma}{code}", _FACT.face, _FACT.size))
        start = length + len(comma)
        length = start + len(code)
        if "." in code:
            leading.append(Leading(start, length, f"criterion-{code}", f"Go to {code}"))
    if len(codes) > _CODES:
        runs.append(Run(f" and {len(codes) - _CODES} more", _FACT.face, _FACT.size))
    return _Stretch(break_lines(runs, _RIGHT), _FACT, tuple(leading))
