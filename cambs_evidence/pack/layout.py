"""Contents → sheets → PDF, with reportlab, in one pass."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from cambs_evidence.model import Box, CriterionCoverage, Polarity, Progress, State
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack import changed, structure
from cambs_evidence.pack.contents import (
    AnnexPage,
    Block,
    Chapter,
    Contents,
    Excerpt,
    Part,
    counted,
)
from cambs_evidence.pack.figures import Figure, marked
from cambs_evidence.pack.judged import judged, opening
from cambs_evidence.pack.reviewed import reviewed, signatures
from cambs_evidence.pack.sheet import Cell, Column, Sheet
from cambs_evidence.pack.tags import Element, Tags
from cambs_evidence.typography import Line, measure, new_canvas, register
from cambs_evidence.wording import POLARITIES, in_words, meta_words, printed_quote
from cambs_evidence.wording import STATES as STATE_WORDS

#: How each polarity is told, without colour: sign, word, and the rule beside the quote.
SIGNS = {
    polarity: (*POLARITIES[polarity], ink, dash)
    for polarity, ink, dash in (
        (Polarity.STRENGTH, (0.10, 0.42, 0.24), ()),
        (Polarity.DEVELOPMENT, (0.62, 0.34, 0.0), (6.0, 2.5)),
        (Polarity.NEUTRAL, (0.36, 0.40, 0.45), (1.2, 2.2)),
    )
}
STATES = {state: " ".join(words) for state, words in STATE_WORDS.items()}
#: Where a source page stands on a sheet of the annex: left, foot, right, top.
FRAME: Box = (62.0, 70.0, 490.0, 752.0)
_GUTTER = 18.0
#: Points: from the rule to the words, for the link beside the heading, under quote and excerpt.
_INDENT, _ASIDE, _AFTER_QUOTE, _AFTER_EXCERPT = 14.0, 74.0, 3.0, 14.0
#: Points over and under a figure.
_AROUND = 5.0
_HEAD_LEADING = 14.0
#: Points that a figure takes down the page at most, so that what belongs to it stands with it.
_TALLEST = s.CEILING - s.FLOOR - 120.0
#: Of its own size, what a figure is scaled down to at most where it could stand alone.
_SMALLEST = 0.6
_OPPOSITE = [Polarity.STRENGTH, Polarity.DEVELOPMENT]


@dataclass(slots=True)
class Printed:
    """Where the parts of an excerpt stand in the pack: ``(page, box)`` for each stretch."""

    head: list[tuple[int, Box]] = field(default_factory=list)
    picture: list[tuple[int, Box]] = field(default_factory=list)
    quote: list[tuple[int, Box]] = field(default_factory=list)
    citation: list[tuple[int, Box]] = field(default_factory=list)
    note: list[tuple[int, Box]] = field(default_factory=list)
    meta: list[tuple[int, Box]] = field(default_factory=list)


@dataclass(slots=True)
class LaidOut:
    """A pack without the sources' pages: its bytes, and where everything stands in it.

    ``tree`` is the number of the object that the tree of tags begins with. Of each sheet of the
    annex is told its page, and the operator that begins a source's page there.
    """

    pdf: bytes
    tree: int
    pages: int
    printed: dict[str, Printed]
    annex: list[tuple[int, AnnexPage, str]]


def lay_out(
    contents: Contents, geometry: Geometry, figures: Mapping[str, Figure], fonts: Path
) -> Iterator[Progress | LaidOut]:
    """Lays the pack out and draws it; yields progress, and at last what was laid out.

    ``geometry`` gives for a document id and 0-based page its visible box and rotation, ``figures``
    the pictures by the reference of their excerpts.
    """
    register(fonts)
    press = _Press(contents, geometry, figures)
    yield from press.run()


_Matrix = tuple[float, float, float, float, float, float]


class Geometry:
    """Visible boxes, rotations and words of the sources' pages."""

    def __init__(self, pages: dict[tuple[str, int], tuple[Box, int, str]]) -> None:
        self._pages = pages
        self._matrices: dict[tuple[str, int], _Matrix] = {}

    def of(self, page: AnnexPage) -> tuple[Box, int]:
        """Visible box in user space, and clockwise rotation."""
        return self._pages[page.document.id, page.page][:2]

    def words(self, page: AnnexPage) -> str:
        """What is written on the page."""
        return self._pages[page.document.id, page.page][2]

    def matrix(self, page: AnnexPage) -> _Matrix:
        """Source user space → sheet: fitted into the frame, upright, never enlarged."""
        (x0, y0, x1, y1), rotation = self.of(page)
        width, height = x1 - x0, y1 - y0
        turned = rotation % 180 == 90
        shown = (height, width) if turned else (width, height)
        left, foot, right, top = FRAME
        scale = min((right - left) / shown[0], (top - foot) / shown[1], 1.0)
        tx = left + (right - left - shown[0] * scale) / 2
        ty = top - shown[1] * scale
        k = scale
        return {
            0: (k, 0.0, 0.0, k, tx - k * x0, ty - k * y0),
            90: (0.0, -k, k, 0.0, tx - k * y0, ty + k * x1),
            180: (-k, 0.0, 0.0, -k, tx + k * x1, ty + k * y1),
            270: (0.0, k, -k, 0.0, tx + k * y1, ty - k * x0),
        }[rotation % 360]

    def on_sheet(self, page: AnnexPage, box: Box) -> Box:
        """A box of the source page on the sheet."""
        key = (page.document.id, page.page)
        if key not in self._matrices:
            self._matrices[key] = self.matrix(page)
        a, b, c, d, e, f = self._matrices[key]
        # Pages are turned by right angles only: two corners tell.
        x0, y0 = a * box[0] + c * box[1] + e, b * box[0] + d * box[1] + f
        x1, y1 = a * box[2] + c * box[3] + e, b * box[2] + d * box[3] + f
        return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


@dataclass(frozen=True, slots=True)
class _Set:
    """An excerpt broken to lines: heading with its style, parts, height in points.

    ``picture`` is how far its figure goes across and down, nothing where it has none.
    """

    head: list[Line]
    style: s.Style
    texts: list[tuple[str, list[Line], s.Style]]
    height: float
    picture: tuple[float, float]


class _Press:
    def __init__(
        self, contents: Contents, geometry: Geometry, figures: Mapping[str, Figure]
    ) -> None:
        self.contents = contents
        self.geometry = geometry
        self.figures = figures
        self.sheets: list[Sheet] = []
        self.tags = Tags()
        self.running = ""
        self.printed: dict[str, Printed] = {}
        self._broken: dict[tuple[str, float], _Set] = {}
        self.placed: dict[str, int] = {}
        self.annex: list[tuple[int, AnnexPage]] = []
        self.first_annex = {
            (entry.document.id, entry.page): f"annex-{number}"
            for number, entry in enumerate(contents.annex, start=1)
        }

    # --- the whole -----------------------------------------------------------------------

    def run(self) -> Iterator[Progress | LaidOut]:
        contents = self.contents
        total = len(contents.chapters) + len(contents.annex) + 10
        front = self._front()
        self.sheets = []
        opening = Element("Sect")
        self.tags.root.kids.append(opening)
        self._coverage()
        self._changes()
        done = 0
        column = self._column("Evidence")
        for part in contents.parts:
            self._part(column, part)
            done += len(part.chapters)
            yield Progress("layout", done, total)
        self._review()
        self._register()
        self._sign_off()
        with self.tags.open("Sect"):
            if contents.annex:
                self._annex_opening()
            for number, page in enumerate(contents.annex, start=1):
                with self.tags.open("Sect"):
                    self._annex_page(number, page)
                if number % 50 == 0:
                    yield Progress("layout", done + number, total)
        body = self.sheets
        # The contents list is as long with its true pages as with none: laid out twice.
        where = {name: page + front for name, page in self._places(body).items()}
        self.sheets = []
        with self.tags.within(opening):
            self._cover()
            self._contents_list(where)
        while len(self.sheets) < front:
            self.sheets.append(Sheet(plain=True, tags=self.tags))
        sheets = [*self.sheets, *body]
        for index, each in enumerate(sheets):
            each.index = index
        self._number()
        tops = {
            name: (each.index, min(y + 14, s.HEIGHT)) for each in sheets for name, y in each.places
        }
        yield Progress("drawing", 0, len(sheets))
        out = io.BytesIO()
        title = f"Evidence pack: {contents.facts.title}"
        canvas = new_canvas(out, title, (s.WIDTH, s.HEIGHT))
        canvas.setViewerPreference("DisplayDocTitle", "true")
        for index, each in enumerate(sheets):
            with self.tags.artefact():
                self._furniture(each, index, len(sheets))
            each.draw(canvas)
            structure.draw_jumps(canvas, each, tops, len(sheets))
            canvas.showPage()
            if index % 100 == 99:
                yield Progress("drawing", index + 1, len(sheets))
        canvas.showOutline()
        canvas.save()
        tree = structure.append(out, canvas, self.tags.root, sheets)
        yield LaidOut(
            out.getvalue(),
            tree,
            len(sheets),
            self.printed,
            [(each.index, page, begin) for each, page, begin in self._annex_sheets],
        )

    def _turn(self) -> Sheet:
        made = Sheet(running=self.running, tags=self.tags)
        self.sheets.append(made)
        return made

    def _column(self, running: str) -> Column:
        self.running = running
        return Column(self._turn)

    @staticmethod
    def _places(sheets: list[Sheet]) -> dict[str, int]:
        return {name: index for index, each in enumerate(sheets) for name, _ in each.places}

    def _number(self) -> None:
        """Turns the sheets of printed excerpts into page numbers."""
        for printed, stretches in self._stretches:
            printed.extend((each.index, box) for each, box in stretches)

    def _furniture(self, sheet: Sheet, index: int, count: int) -> None:
        contents = self.contents
        marking = contents.facts.marking
        if marking:
            for y in (s.HEIGHT - 34, 26):
                sheet.write(marking, s.WIDTH / 2, y, _MARKING, align="centre")
        if sheet.plain:
            return
        title = _cut(contents.facts.title, s.SMALL, s.MEASURE * 0.5)
        sheet.write(title, s.LEFT, s.HEIGHT - 54, s.SMALL)
        running = _cut(sheet.running, s.SMALL, s.MEASURE * 0.46)
        sheet.write(running, s.WIDTH - s.RIGHT, s.HEIGHT - 54, s.SMALL, align="right")
        sheet.rule(s.LEFT, s.HEIGHT - 60, s.WIDTH - s.RIGHT, s.HEIGHT - 60, width=0.4)
        sheet.write(f"Evidence pack {contents.number}", s.LEFT, 44, s.SMALL)
        page = f"Page {index + 1} of {count}"
        sheet.write(page, s.WIDTH - s.RIGHT, 44, s.SMALL, align="right")

    # --- front matter --------------------------------------------------------------------

    def _front(self) -> int:
        """How many pages cover and contents list take."""
        self._stretches: list[tuple[list[tuple[int, Box]], list[tuple[Sheet, Box]]]] = []
        self._annex_sheets: list[tuple[Sheet, AnnexPage, str]] = []
        self.sheets = []
        with self.tags.within(Element("Sect")):  # set for its length alone
            self._cover()
            self._contents_list({})
        return len(self.sheets)

    def _cover(self) -> None:
        contents, facts = self.contents, self.contents.facts
        column = self._column("")
        cover = column.sheet
        cover.plain = True
        cover.area((0, s.HEIGHT - 14, s.WIDTH, s.HEIGHT), s.DEEP)
        column.y = s.HEIGHT - 150
        if facts.authority:
            column.text(facts.authority, s.Style(s.H3.face, 12, 17, s.SOFT))
            column.y -= 10
        with self.tags.open("H1"):
            column.text("Evidence pack", s.TITLE)
            column.y -= 4
            column.text(facts.title, s.Style(s.BODY.face, 17, 24))
        column.y -= 30
        period = " to ".join(
            in_words(each) for each in (facts.period_from, facts.period_until) if each
        )
        count = len(contents.excerpts)
        told = [
            ("Period", period),
            ("Author", facts.author or ""),
            ("Status", facts.status or ""),
            ("Protective marking", facts.marking or ""),
            ("Framework", f"{contents.framework_name}, {contents.framework_version}"),
            ("Date of the pack", in_words(contents.date)),
            ("Pack number", contents.number),
            (
                "Holds",
                f"{counted(count, 'excerpt')} from {counted(len(contents.documents), 'document')}",
            ),
            ("Filters", "; ".join(contents.filters)),
        ]
        with self.tags.open("Table"):
            for name, value in told:
                if value:
                    self._fact(column, name, value)
        cover.places.append(("cover", s.HEIGHT))
        cover.outline.append((0, "Cover", "cover"))
        column.y = min(column.y - 26, 190)
        column.text(
            "Every quote in this pack stands word for word in the document it names. Each is "
            "linked to its page in the annex, where the annex is included, and the pack can be "
            "checked against the sources without a network: see “How to check this pack”.",
            s.Style(s.BODY.face, 9, 13.5, s.SOFT),
        )

    def _fact(self, column: Column, name: str, value: str) -> None:
        """One fact on the cover: its name, and beside it what it is."""
        with self.tags.open("TR"):
            with self.tags.open("TH", attributes="<</O /Table /Scope /Row>>"):
                column.sheet.write(name, s.LEFT, column.y - s.BODY.leading * 0.72, s.STRONG)
            with self.tags.open("TD"):
                column.text(value, s.BODY, x=s.LEFT + 140)
        column.y -= 6
        column.sheet.rule(s.LEFT, column.y + 2, s.WIDTH - s.RIGHT, column.y + 2, width=0.4)

    def _contents_list(self, where: dict[str, int]) -> None:
        column = self._column("Contents")
        self._heading(column, "Contents", "contents", outline=0)
        column.space(6)
        with self.tags.open("TOC"):
            self._entries(column, where)

    def _entries(self, column: Column, where: dict[str, int]) -> None:
        with self.tags.open("TOCI"):
            self._entry(column, "Coverage at a glance", "coverage", where, s.STRONG, 0)
        if self.contents.changes is not None:
            with self.tags.open("TOCI"):
                words = f"{changed.TITLE} {changed.since(self.contents.changes)}"
                self._entry(column, words, "changes", where, s.STRONG, 0)
        for part in self.contents.parts:
            column.space(5)
            column.need(40)
            title = f"{part.number}  {part.title}"
            with self.tags.open("TOCI"):
                self._entry(column, title, f"section-{part.number}", where, s.STRONG, 0)
                with self.tags.open("TOC"):
                    for chapter in part.chapters:
                        if chapter.criterion is None:
                            continue
                        title = f"{chapter.code}  {chapter.criterion.label}"
                        name = f"criterion-{chapter.code}"
                        with self.tags.open("TOCI"):
                            self._entry(column, title, name, where, s.CITE, 14)
        column.space(5)
        closing = [("What reviewers said", "review")] if self.contents.reviewed else []
        closing += [("Register of sources", "register"), ("How to check this pack", "checking"),
                   ("Sign-off", "sign-off")]  # fmt: skip
        if self.contents.annex:
            closing.append(("Annex: pages of the sources", "annex"))
        for title, name in closing:
            with self.tags.open("TOCI"):
                self._entry(column, title, name, where, s.STRONG, 0)

    def _entry(
        self,
        column: Column,
        title: str,
        name: str,
        where: dict[str, int],
        style: s.Style,
        indent: float,
    ) -> None:
        height = style.leading + 2.2
        column.need(height)
        top = column.y
        column.y -= height
        y = column.y + 0.32 * height
        page = str(where[name] + 1) if name in where else "000"
        right = s.WIDTH - s.RIGHT
        with self.tags.open("Reference"), self.tags.open("Link"):
            words = _cut(title, style, s.MEASURE - indent - 60)
            end = s.LEFT + indent + column.sheet.write(words, s.LEFT + indent, y, style)
            begin = right - column.sheet.write(page, right, y, style, align="right")
            box = (s.LEFT + indent, column.y, right, top)
            column.sheet.jump(box, name, f"{title}, page {page}")
        if begin - end > 14:
            column.sheet.rule(end + 6, y + 1, begin - 6, y + 1, width=0.5, dash=(0.6, 2.6))

    def _heading(self, column: Column, text: str, name: str, *, outline: int) -> None:
        column.sheet.places.append((name, column.y))
        column.sheet.outline.append((outline, text, name))
        with self.tags.open("H2"):
            column.text(text, s.H1, keep=1)
        column.y -= 8

    # --- coverage ------------------------------------------------------------------------

    def _coverage(self) -> None:
        contents = self.contents
        column = self._column("Coverage at a glance")
        self._heading(column, "Coverage at a glance", "coverage", outline=0)
        chapters = contents.chapters
        criteria = [chapter for chapter in chapters if chapter.criterion is not None]
        gaps = sum(chapter.coverage.state is State.NONE for chapter in criteria)
        apart = sum(chapter.not_applicable is not None for chapter in criteria)
        excepted = f", {apart} {'does' if apart == 1 else 'do'} not apply" if apart else ""
        limits = contents.limits
        years = counted(limits.old_after_years, "year")
        fewest = counted(limits.thin_below_documents, "document")
        reference = in_words(contents.reference) if contents.reference else "not known"
        column.text(
            f"{gaps} of {len(criteria)} criteria have no evidence{excepted}. "
            f"Reference date: {reference}. "
            f"“Old” means that the newest evidence is more than {years} older than that or "
            f"undated; “thin” means evidence from fewer than {fewest}. The counts are "
            "of all evidence in the case, whatever the filters of this pack.",
            s.BODY,
        )
        column.space(6)
        column.text(
            "▲ strength    ▼ development (area for development)    ◆ neutral    "
            "≠ evidence of strength and of development for the same criterion",
            s.CITE,
        )
        column.space(10)
        widths = [30, 25, s.MEASURE - 292, 19, 19, 19, 31, 74, 75]
        right = "right"
        head = [
            Cell("Code", s.CELL_BOLD), Cell("", s.CELL_BOLD, said="Marked (M)"),
            Cell("Criterion", s.CELL_BOLD), Cell("▲", s.CELL_BOLD, right, said="Strength"),
            Cell("▼", s.CELL_BOLD, right, said="Development"),
            Cell("◆", s.CELL_BOLD, right, said="Neutral"),
            Cell("Docs", s.CELL_BOLD, right, said="Documents"),
            Cell("Oldest – newest", s.CELL_BOLD), Cell("State", s.CELL_BOLD),
        ]  # fmt: skip
        rows: list[list[Cell]] = []
        empty: set[int] = set()
        for part in contents.parts:
            title = f"{part.number}  {part.title}"
            rows.append([Cell(title, s.BAND, link=f"section-{part.number}")])
            for chapter in part.chapters:
                if chapter.coverage.state is State.NONE:
                    empty.add(len(rows))
                rows.append(self._coverage_row(chapter))
        s.table(column, widths, head, rows, shaded=empty.__contains__)

    @staticmethod
    def _coverage_row(chapter: Chapter) -> list[Cell]:
        told = chapter.coverage
        criterion = chapter.criterion
        link = f"criterion-{chapter.code}" if criterion else f"section-{chapter.code}"
        counts = [told.strength, told.development, told.neutral, told.documents]
        style = s.CELL_BOLD if told.state is State.NONE else s.CELL
        label = criterion.label if criterion else "The section as a whole"
        if chapter.not_applicable is not None:
            label = f"{label} – {_not_applicable(chapter.not_applicable)}"
        return [
            Cell(chapter.code, s.CELL_BOLD, link=link),
            Cell("(M)" if told.marked else ""),
            Cell(label, link=link, heads=True),
            *(Cell(str(count) if count else "–", align="right") for count in counts),
            Cell(_years(told), s.CELL_SMALL),
            Cell(STATES[told.state] + (" ≠" if chapter.conflicting else ""), style),
        ]

    # --- evidence ------------------------------------------------------------------------

    def _part(self, column: Column, part: Part) -> None:
        self.running = f"Section {part.number}: {part.title}"
        # A section begins on a page of its own unless there is room for it to unfold.
        column.space(34)
        column.need(0.45 * (s.CEILING - s.FLOOR))
        if column.fresh:
            column.sheet.running = self.running
        else:
            y = column.y + 16
            column.sheet.rule(s.LEFT, y, s.WIDTH - s.RIGHT, y, width=1.4, colour=s.DEEP)
        with self.tags.open("Sect"):
            self._section(column, part)

    def _section(self, column: Column, part: Part) -> None:
        name = f"section-{part.number}"
        title = f"{part.number}  {part.title}"
        self._heading(column, title, name, outline=0)
        criteria = [chapter for chapter in part.chapters if chapter.criterion is not None]
        covered = sum(chapter.coverage.state is State.COVERED for chapter in criteria)
        gaps = sum(chapter.coverage.state is State.NONE for chapter in criteria)
        apart = sum(chapter.not_applicable is not None for chapter in criteria)
        if criteria:
            excepted = f", {apart} not applicable" if apart else ""
            column.text(
                f"{covered} of {len(criteria)} criteria covered, {gaps} without evidence"
                f"{excepted}.",
                s.CITE,
            )
        for block in part.blocks:
            self._block(column, part, block)

    def _block(self, column: Column, part: Part, block: Block) -> None:
        column.space(20)
        first = opening(self.contents, block) or self._opening(block.chapters[0])
        column.need(s.H2.leading + 16 + first)
        if part.chapters[0].criterion is not None:
            name = f"block-{block.chapters[0].code}"
            column.sheet.places.append((name, column.y))
            column.sheet.outline.append((1, f"Block {block.name}", name))
            with self.tags.open("H3"):
                column.text(f"BLOCK {block.name}", s.H2, keep=1)
            column.sheet.rule(s.LEFT, column.y, s.WIDTH - s.RIGHT, column.y, width=0.9,
                              colour=s.DEEP)  # fmt: skip
        judged(column, self.contents, block)
        for chapter in block.chapters:
            self._chapter(column, chapter)

    def _chapter(self, column: Column, chapter: Chapter) -> None:
        criterion = chapter.criterion
        column.space(16)
        column.need(self._opening(chapter))
        if criterion is not None:
            name = f"criterion-{chapter.code}"
            column.sheet.places.append((name, column.y))
            column.sheet.outline.append((2, f"{chapter.code} {criterion.label}", name))
            mark = "  (M)" if criterion.marked else ""
            words = criterion.statement or criterion.label
            top = column.y
            with self.tags.open("H4"):
                column.sheet.write(chapter.code, s.LEFT, top - 0.72 * s.H3.leading, s.H3)
                column.text(f"{words}{mark}", s.H3, x=s.LEFT + 40, keep=1)
        told = chapter.coverage
        column.text(_summary(told), s.SMALL, x=s.LEFT + 40 if criterion else s.LEFT, keep=1)
        if chapter.not_applicable is not None:
            column.space(4)
            why = _not_applicable(chapter.not_applicable)
            column.text(why, s.BODY, x=s.LEFT + 40, keep=1)
        column.space(6)
        if not chapter.excerpts:
            if told.state is not State.NOT_APPLICABLE or _counted(told):
                self._gap(column, told)
        elif chapter.conflicting:
            self._side_by_side(column, chapter)
        else:
            for excerpt in chapter.excerpts:
                self._excerpt(column, excerpt, s.LEFT, s.MEASURE)

    def _opening(self, chapter: Chapter) -> float:
        """Points for a criterion's heading with what must stand on the same page below it."""
        head = 2 * s.H3.leading + s.SMALL.leading + 10
        if not chapter.excerpts:
            return head + 30
        if chapter.conflicting:
            width = (s.MEASURE - _GUTTER) / 2
            pair = list(chapter.excerpts[:2])
            tall = self._taller(pair, width)
            most = 0.6 * (s.CEILING - s.FLOOR)
            if any(each.reference in self.figures for each in pair):
                most = s.CEILING - s.FLOOR - head - 20  # a figure is in one piece
            if tall <= most and self._legible(pair, width):
                return head + s.STRONG.leading + tall
        first = self._set(chapter.excerpts[0], s.MEASURE)
        return head + min(first.height, 130 + first.picture[1])

    @staticmethod
    def _gap(column: Column, told: CriterionCoverage) -> None:
        column.need(30)
        top = column.y
        empty = told.state is State.NONE
        words = (
            "○  No evidence: this is a gap."
            if empty
            else "No evidence passes the filters of this pack; the case holds some."
        )
        column.y -= 26
        column.sheet.area((s.LEFT, column.y, s.WIDTH - s.RIGHT, top), s.SOFT, framed=True)
        column.sheet.write(words, s.LEFT + 12, column.y + 9.5, s.STRONG)

    def _side_by_side(self, column: Column, chapter: Chapter) -> None:
        column.text(
            "Conflicting evidence: strength and development side by side.", s.STRONG, keep=1
        )
        column.space(4)
        width = (s.MEASURE - _GUTTER) / 2
        waiting = list(chapter.excerpts)
        while waiting:
            pair = waiting[:2]
            apart = [each.link.polarity for each in pair] == _OPPOSITE
            fits = self._taller(pair, width) <= s.CEILING - s.FLOOR
            if not (apart and fits and self._legible(pair, width)):
                self._excerpt(column, waiting.pop(0), s.LEFT, s.MEASURE)
                continue
            del waiting[:2]
            column.need(self._taller(pair, width))
            top = column.y
            self._excerpt(column, pair[0], s.LEFT, width)
            low = column.y
            column.y = top
            self._excerpt(column, pair[1], s.LEFT + width + _GUTTER, width)
            column.y = min(low, column.y)

    def _legible(self, pair: list[Excerpt], width: float) -> bool:
        """True where no figure is made so small that its letters cannot be read."""
        return all(
            self._set(each, width).picture[0] >= _SMALLEST * self.figures[each.reference].size[0]
            for each in pair
            if each.reference in self.figures
        )

    def _taller(self, excerpts: list[Excerpt], width: float) -> float:
        return max(self._height(each, width) for each in excerpts)

    def _set(self, excerpt: Excerpt, width: float) -> _Set:
        """The lines of an excerpt at a width; broken once, though asked for twice."""
        key = (excerpt.reference, width)
        if key not in self._broken:
            sign, _, colour, _ = SIGNS[excerpt.link.polarity]
            inner = width - _INDENT
            style = s.Style(s.STRONG.face, s.STRONG.size, _HEAD_LEADING, colour)
            head = s.broken(f"{sign}  {head_words(excerpt)}", style, inner - _ASIDE)
            texts = [
                (part, s.broken(text, style, inner), style) for part, text, style in _texts(excerpt)
            ]
            height = len(head) * _HEAD_LEADING + _AFTER_QUOTE + _AFTER_EXCERPT + 2
            height += sum(len(lines) * style.leading for _, lines, style in texts)
            picture = (0.0, 0.0)
            if excerpt.reference in self.figures:
                picture = self.figures[excerpt.reference].fitted(inner - 1, _TALLEST)
                height += picture[1] + 2 * _AROUND
            self._broken[key] = _Set(head, style, texts, height, picture)
        return self._broken[key]

    def _height(self, excerpt: Excerpt, width: float) -> float:
        """Points that an excerpt takes, all on one page."""
        return self._set(excerpt, width).height

    def _excerpt(self, column: Column, excerpt: Excerpt, left: float, width: float) -> None:
        _, _, colour, dash = SIGNS[excerpt.link.polarity]
        x = left + _INDENT
        made = self._set(excerpt, width)
        texts = made.texts
        opening = min(len(texts[0][1]), 3) * s.QUOTE.leading + 30
        column.need(len(made.head) * _HEAD_LEADING + made.picture[1] + opening)
        printed = self.printed.setdefault(excerpt.reference, Printed())
        column.sheet.places.append((excerpt.reference, column.y))

        def bar(sheet: Sheet, top: float, bottom: float) -> None:
            sheet.rule(left + 3, top, left + 3, bottom, width=2.2, colour=colour, dash=dash)

        # A section without criteria has no headings of blocks and criteria.
        with self.tags.open("H5" if "." in excerpt.link.code else "H3"):
            boxes = column.lines(made.head, made.style, x=x, keep=len(made.head), beside=bar)
        self._stretches.append((printed.head, boxes))
        sheet, box = boxes[0]
        target = self.first_annex.get((excerpt.document.id, excerpt.link.passage.page))
        leads = f"See {excerpt.reference} on its page in the annex"
        if target is not None:
            right = left + width
            with self.tags.text(), self.tags.open("Link"):
                wide = sheet.write("see its page →", right, box[3] - 9.3, s.SMALL, align="right")
                sheet.jump((right - wide, box[3] - 13, right, box[3]), target, leads)
        if excerpt.reference in self.figures:
            with self.tags.text(), _link(self.tags, target):
                sheet, box = self._figure(column, excerpt.reference, made.picture, x)
                if target is not None:
                    sheet.jump(box, target, leads)
            bar(sheet, box[3] + _AROUND, box[1] - _AROUND)
            self._stretches.append((printed.picture, [(sheet, box)]))
        for part, lines, style in texts:
            # Only a quote may be parted by a page's end; what says where it stands may not.
            keep = 2 if part == "quote" else len(lines)
            quoted = part == "quote"
            with (
                self.tags.open("BlockQuote") if quoted else nullcontext(),
                self.tags.text(),
                _link(self.tags, target if quoted else None),
            ):
                boxes = column.lines(lines, style, x=x, keep=keep, beside=bar)
                # The whole measure is told, so that words added behind a line are seen too.
                boxes = [(each, (x, box[1], left + width, box[3])) for each, box in boxes]
                if quoted and target is not None:
                    for each, box in boxes:
                        each.jump(box, target, leads)
            self._stretches.append((getattr(printed, part), boxes))
            if quoted and not column.fresh:
                bar(column.sheet, column.y, column.y - _AFTER_QUOTE)
                column.y -= _AFTER_QUOTE
        column.space(_AFTER_EXCERPT)
        for measure_ in (s.MEASURE, width, (s.MEASURE - _GUTTER) / 2):
            self._broken.pop((excerpt.reference, measure_), None)  # it is on its sheets now

    def _figure(
        self, column: Column, reference: str, size: tuple[float, float], x: float
    ) -> tuple[Sheet, Box]:
        """Puts a figure down in one piece; where it stands."""
        figure = self.figures[reference]
        across, down = size
        column.need(down + 2 * _AROUND)
        top = round(column.y - _AROUND, 2)
        box = (x, round(top - down, 2), round(x + across, 2), top)
        column.y = box[1] - _AROUND
        column.sheet.picture(box, figure.png, figure.alternative)
        round_it = (box[0] - 0.6, box[1] - 0.6, box[2] + 0.6, box[3] + 0.6)
        column.sheet.area(round_it, s.LINE, framed=True)
        return column.sheet, box

    # --- closing matter ------------------------------------------------------------------

    def _changes(self) -> None:
        changes = self.contents.changes
        if changes is None:
            return
        with self.tags.open("Sect"):
            column = self._column(changed.TITLE)
            self._heading(column, changed.TITLE, "changes", outline=0)
            changed.changed(column, self.contents, changes)

    def _review(self) -> None:
        if not self.contents.reviewed:
            return
        with self.tags.open("Sect"):
            column = self._column("What reviewers said")
            self._heading(column, "What reviewers said", "review", outline=0)
            reviewed(column, self.contents)

    def _register(self) -> None:
        with self.tags.open("Sect"):
            self._register_of_sources()

    def _register_of_sources(self) -> None:
        contents = self.contents
        column = self._column("Register of sources")
        self._heading(column, "Register of sources", "register", outline=0)
        column.text(
            "The documents that this pack quotes, each told by the SHA-256 of its bytes as they "
            "were received.",
            s.BODY,
        )
        column.space(10)
        widths = [150, 66, 40, 44, s.MEASURE - 300]
        head = [
            Cell("Document", s.CELL_BOLD), Cell("Date", s.CELL_BOLD),
            Cell("Pages", s.CELL_BOLD, "right"), Cell("Quotes", s.CELL_BOLD, "right"),
            Cell("File and SHA-256", s.CELL_BOLD),
        ]  # fmt: skip
        rows = []
        for document in contents.documents:
            quotes = sum(each.document.id == document.id for each in contents.excerpts)
            about = [document.title]
            about += [each for each in (document.kind, document.issuer) if each]
            if document.version > 1 or document.replaced_by:
                replaced = ", replaced since" if document.replaced_by else ""
                about.append(f"version {document.version}{replaced}")
            rows.append(
                [
                    Cell("; ".join(about)),
                    Cell(in_words(document.date)),
                    Cell(str(document.pages), align="right"),
                    Cell(str(quotes), align="right"),
                    Cell(f"{document.filename} {document.sha256[:32]} {document.sha256[32:]}"),
                ]
            )
        s.table(column, widths, head, rows)
        column.space(26)
        column.need(150)
        self._heading(column, "How to check this pack", "checking", outline=0)
        column.text(
            "Inside this file lies a manifest that programs read: for each quote its document, "
            "place and words. With the program, “Verify a pack” (or the command verify) reads "
            "the print, the manifest and the sources again and says of each quote whether it "
            "stands where it is said to stand. No network is needed, and nobody has to be "
            "trusted: the sources are told by their SHA-256, which any computer can work out.",
            s.BODY,
        )

    def _sign_off(self) -> None:
        column = self._column("Sign-off")
        self._heading(column, "Sign-off", "sign-off", outline=0)
        column.text("Signed for each section by the person who answers for it.", s.BODY)
        column.space(10)
        widths = [s.MEASURE - 262, 110, 66, 86]
        head = [Cell(each, s.CELL_BOLD) for each in ("Section", "Name", "Date", "Signature")]
        rows = [
            [Cell(f"{part.number}  {part.title}"), *signatures(self.contents, part)]
            for part in self.contents.parts
        ]
        s.table(column, widths, head, rows)

    # --- annex ---------------------------------------------------------------------------

    def _annex_opening(self) -> None:
        contents = self.contents
        column = self._column("Annex")
        self._heading(column, "Annex: pages of the sources", "annex", outline=0)
        top = column.y
        column.y -= 10
        with self.tags.open("H3"):
            column.text("Before you pass this annex on", s.H3, x=s.LEFT + 16, keep=1)
        column.text(annex_warning(contents), s.BODY, x=s.LEFT + 16, width=s.MEASURE - 32)
        column.y -= 12
        column.sheet.area((s.LEFT, column.y, s.WIDTH - s.RIGHT, top), s.INK, framed=True)
        column.space(18)
        column.text(
            "Pages stand as they were printed, scaled to fit. Quoted passages are marked: strength "
            "by a solid frame, development by a dashed one, neutral by a dotted one. The reference "
            "in the margin leads back to the quote.",
            s.BODY,
        )
        column.space(10)
        widths = [s.MEASURE - 90, 90]
        head = [Cell("Document", s.CELL_BOLD), Cell("Pages here", s.CELL_BOLD, "right")]
        rows = []
        for document in contents.documents:
            pages = [each for each in contents.annex if each.document.id == document.id]
            if pages:
                link = self.first_annex[document.id, pages[0].page]
                count = f"{len(pages)} of {document.pages}"
                rows.append([Cell(document.title, link=link), Cell(count, align="right")])
        s.table(column, widths, head, rows)

    def _annex_page(self, number: int, page: AnnexPage) -> None:
        self.running = "Annex"
        sheet = self._turn()
        name = f"annex-{number}"
        sheet.places.append((name, s.HEIGHT))
        label = f", printed {page.label}" if page.label and page.label != str(page.page + 1) else ""
        where = f"page {page.page + 1} of {page.document.pages}{label}"
        sheet.outline.append((1, f"{page.document.title}, {where}", name))
        title = _cut(page.document.title, s.STRONG, s.MEASURE - 150)
        with self.tags.open("H3"):
            sheet.write(title, s.LEFT, s.HEIGHT - 76, s.STRONG)
            sheet.write(where, s.WIDTH - s.RIGHT, s.HEIGHT - 76, s.CITE, align="right")
        box = self.geometry.on_sheet(page, self.geometry.of(page)[0])
        said = f"{page.document.title}, {where}: {self.geometry.words(page)}"
        with self.tags.open("Figure", alternative=said, attributes=s.placed_at(box)):
            self._annex_sheets.append((sheet, page, sheet.begin(sheet.content())))
        taken: list[float] = []
        for excerpt in page.excerpts:
            self._mark(sheet, page, excerpt, taken)

    def _mark(
        self,
        sheet: Sheet,
        page: AnnexPage,
        excerpt: Excerpt,
        taken: list[float],
    ) -> None:
        """The reference in the margin beside a passage, linked back to its quote."""
        sign, _, colour, _ = SIGNS[excerpt.link.polarity]
        quads = marked(excerpt.link.passage.anchor, page.page)
        boxes = [self.geometry.on_sheet(page, quad) for quad in quads]
        left, right = FRAME[2] + 8, s.WIDTH - 18
        y = (boxes[0][3] if boxes else FRAME[3]) - 9
        while (near := next((each for each in taken if abs(y - each) < 23), None)) is not None:
            y = near - 23.5
        taken.append(y)
        style = s.Style(s.STRONG.face, 7.6, 10, colour)
        small = s.Style(s.SMALL.face, 7.2, 9, s.SOFT)
        with self.tags.text(), self.tags.open("Link"):
            sheet.write(f"{sign} {excerpt.reference} ↑", left, y, style)
            sheet.write(f"{excerpt.link.code}, back to quote", left, y - 9, small)
            box = (left, y - 12, right, y + 9)
            sheet.jump(box, excerpt.reference, f"Back to quote {excerpt.reference}")


_MARKING = s.Style(s.STRONG.face, 8.6, 11, s.INK)


def _link(tags: Tags, target: str | None) -> AbstractContextManager[None]:
    """Where what leads somewhere is put down."""
    return nullcontext() if target is None else tags.open("Link")


def annex_warning(contents: Contents) -> str:
    """What must be known before whole pages of sources are passed on."""
    pages = len(contents.annex)
    marking = contents.facts.marking
    handled = f" It is marked {marking} and must be handled as that." if marking else ""
    return (
        f"This annex carries {counted(pages, 'whole page')} of "
        f"{counted(len(contents.documents), 'document')}, not only the passages quoted. Such pages "
        "concern children and may name or describe them, their families and staff."
        f"{handled} Read them before you send the pack; a pack without the annex holds the quotes "
        "alone."
    )


def head_words(excerpt: Excerpt) -> str:
    """The line over a quote: polarity, criterion, reference, if it is old, its version, news."""
    _, word, _, _ = SIGNS[excerpt.link.polarity]
    old = " · old evidence" if excerpt.old else ""
    version = f" · {excerpt.version}" if excerpt.version else ""
    news = f" · {excerpt.news}" if excerpt.news else ""
    return f"{word} · {excerpt.link.code} · {excerpt.reference}{old}{version}{news}"


def note_words(excerpt: Excerpt) -> str:
    """The officer's note as it is printed."""
    return f"Note: {excerpt.link.note}"


def _texts(excerpt: Excerpt) -> list[tuple[str, str, s.Style]]:
    """What stands under the heading of an excerpt: the part, its words, its style."""
    region = excerpt.link.passage.anchor.region
    quote = printed_quote(excerpt.quote, region.kind if region else None)
    # What is written in a chart is told small: its picture says it better.
    style = s.SMALL if region is not None and region.kind == "area" else s.QUOTE
    texts = [("quote", quote, style)] if quote else []
    texts.append(("citation", excerpt.citation, s.CITE))
    if excerpt.link.note:
        texts.append(("note", note_words(excerpt), s.NOTE))
    texts.append(("meta", meta_words(excerpt.link.by, excerpt.link.at), s.SMALL))
    return texts


def _not_applicable(reason: str) -> str:
    words = f"Not applicable: {' '.join(reason.split())}"
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _counted(told: CriterionCoverage) -> int:
    """The links of a criterion, whether the filters of the pack let them pass or not."""
    return told.strength + told.development + told.neutral


def _summary(told: CriterionCoverage) -> str:
    counts = [
        f"{count} {word}"
        for count, word in (
            (told.strength, "strength"),
            (told.development, "development"),
            (told.neutral, "neutral"),
        )
        if count
    ]
    said = [STATES[told.state], *counts]
    if told.documents:
        plural = "s" if told.documents != 1 else ""
        said.append(f"{told.documents} document{plural}")
    if told.latest:
        said.append(f"newest {in_words(told.latest)}")
    return "  ·  ".join(said)


def _years(told: CriterionCoverage) -> str:
    oldest = (told.oldest or "")[:7]
    newest = (told.latest or "")[:7]
    return oldest if oldest == newest else f"{oldest} – {newest}"


def _cut(text: str, style: s.Style, width: float) -> str:
    """Text shortened to fit a width, with an ellipsis."""
    text = " ".join(text.split())
    if measure(text, style.face, style.size) <= width:
        return text
    while text and measure(f"{text}…", style.face, style.size) > width:
        text = text[: max(len(text) - 1 - len(text) // 20, 0)]
    return f"{text.rstrip()}…"
