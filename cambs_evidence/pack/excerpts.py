"""The excerpts of a pack: heading, picture, quote, citation, note, and the rule beside them."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache

from cambs_evidence.model import Box
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Excerpt
from cambs_evidence.pack.crops import Crop
from cambs_evidence.pack.grids import Grid, cells_of, grid
from cambs_evidence.pack.press import Press, Printed
from cambs_evidence.pack.sheet import Column, Sheet
from cambs_evidence.pack.words import MARKERS, SIGNS, head_words, note_words
from cambs_evidence.typography import Line
from cambs_evidence.wording import meta_words, printed_quote

GUTTER = 18.0
#: The width of one of two excerpts side by side.
HALF = (s.MEASURE - GUTTER) / 2
#: Points: from the rule to the words, for the link beside the heading, under quote and excerpt.
_INDENT, _ASIDE, _AFTER_QUOTE, _AFTER_EXCERPT = 14.0, 74.0, 3.0, 14.0
#: Points over and under a figure.
_AROUND = 5.0
_HEAD_LEADING = 14.0
#: Points that a figure takes down the page at most, so that what belongs to it stands with it.
_TALLEST = s.CEILING - s.FLOOR - 200.0
#: Of its own size, what a figure is scaled down to at most where it could stand alone.
_SMALLEST = 0.6
#: Points left of a crop for the mark at its edge, round it, and over its caption.
_EDGE, _RIM, _UNDER = 7.0, 3.0, 2.0


@dataclass(frozen=True, slots=True)
class Set:
    """An excerpt broken to lines: heading with its style, parts, height in points.

    ``picture`` is how far its figure goes across and down, nothing where it has none; ``grid`` the
    table that it is.
    """

    head: list[Line]
    style: s.Style
    texts: list[tuple[str, list[Line], s.Style]]
    height: float
    picture: tuple[float, float]
    grid: Grid | None


#: A crop, how far it goes across and down, and its caption.
_Cropped = tuple[Crop, tuple[float, float], list[Line]]


class _Beside:
    """The rule beside an excerpt, which tells its polarity; called with sheet, top and bottom."""

    __slots__ = ("_colour", "_dash", "_x")

    def __init__(self, excerpt: Excerpt, x: float) -> None:
        _, _, self._colour, self._dash = SIGNS[excerpt.link.polarity]
        self._x = x

    def __call__(self, sheet: Sheet, top: float, bottom: float) -> None:
        sheet.rule(self._x, top, self._x, bottom, width=2.2, colour=self._colour, dash=self._dash)


class Excerpts:
    """Breaks excerpts to lines, and puts them down."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self._figures = press.figures
        self._broken: dict[tuple[str, float], Set] = {}

    def legible(self, pair: list[Excerpt], width: float) -> bool:
        """True where no figure or table is made so small that it cannot be read."""
        for each in pair:
            made = self.set(each, width)
            if made.grid is not None and not made.grid.legible:
                return False
            figure = self._figures.get(each.reference)
            if figure is not None and made.picture[0] < _SMALLEST * figure.size[0]:
                return False
        return True

    def taller(self, excerpts: list[Excerpt], width: float) -> float:
        """Points that the taller of some excerpts takes, all on one page, without crops."""
        return max(self.set(each, width).height for each in excerpts)

    def opening(self, excerpt: Excerpt) -> float:
        """Points that the beginning of an excerpt takes, which nothing may part."""
        made, crops = self.set(excerpt, s.MEASURE), self._cropped(excerpt, s.MEASURE)
        height = made.height + sum(_crop_height(*each) for each in crops)
        return min(height, _opening(made, crops))

    def set(self, excerpt: Excerpt, width: float) -> Set:
        """The lines of an excerpt at a width; broken once, though asked for twice."""
        key = (excerpt.reference, width)
        if key not in self._broken:
            self._broken[key] = self._set(excerpt, width)
        return self._broken[key]

    def _set(self, excerpt: Excerpt, width: float) -> Set:
        sign, _, colour, _ = SIGNS[excerpt.link.polarity]
        inner = width - _INDENT
        style = s.Style(s.STRONG.face, s.STRONG.size, _HEAD_LEADING, colour)
        head = s.broken(f"{sign}  {head_words(excerpt)}", style, inner - _ASIDE)
        region = excerpt.link.passage.anchor.region
        cells = cells_of(region)
        table = grid(cells, region.kind, inner) if region is not None and cells else None
        texts = [
            (part, (_often if part == "meta" else s.broken)(text, style, inner), style)
            for part, text, style in _texts(excerpt)
            if part != "quote" or table is None
        ]
        height = len(head) * _HEAD_LEADING + _AFTER_QUOTE + _AFTER_EXCERPT + 2
        height += sum(len(lines) * style.leading for _, lines, style in texts)
        picture = (0.0, 0.0)
        if excerpt.reference in self._figures:
            picture = self._figures[excerpt.reference].fitted(inner - 1, _TALLEST)
            height += picture[1] + 2 * _AROUND
        height += table.height if table else 0.0
        return Set(head, style, texts, height, picture, table)

    def _cropped(self, excerpt: Excerpt, width: float) -> list[_Cropped]:
        inner = width - _INDENT
        across = inner - _EDGE - 2 * _RIM
        return [
            # A line that runs up a large page is taller than any sheet.
            (crop, crop.fitted(across, _TALLEST), _often(crop.caption, s.SMALL, inner))
            for crop in self.press.crops.get(excerpt.reference, ())
        ]

    def put(
        self,
        column: Column,
        excerpt: Excerpt,
        left: float,
        width: float,
        *,
        with_crops: bool = True,
    ) -> None:
        """Puts an excerpt down, from some edge and with some width."""
        press = self.press
        tags = press.tags
        x = left + _INDENT
        made = self.set(excerpt, width)
        column.need(_opening(made, self._cropped(excerpt, width) if with_crops else []))
        printed = press.printed.setdefault(excerpt.reference, Printed())
        column.sheet.places.append((excerpt.reference, column.y))
        bar = _Beside(excerpt, left + 3)
        # A section without criteria has no headings of blocks and criteria.
        with tags.open("H5" if "." in excerpt.link.code else "H3"):
            boxes = column.lines(made.head, made.style, x=x, keep=len(made.head), beside=bar)
        press.stands(printed.head, boxes)
        sheet, box = boxes[0]
        target = press.first_annex.get((excerpt.document.id, excerpt.link.passage.page))
        leads = f"See {excerpt.reference} on its page in the annex"
        if target is not None:
            right = left + width
            with tags.text(), tags.open("Link"):
                wide = sheet.write("see its page →", right, box[3] - 9.3, s.SMALL, align="right")
                sheet.jump((right - wide, box[3] - 13, right, box[3]), target, leads)
        if excerpt.reference in self._figures:
            with tags.text(), press.link(target):
                sheet, box = self._figure(column, excerpt.reference, made.picture, x)
                if target is not None:
                    sheet.jump(box, target, leads)
            bar(sheet, box[3] + _AROUND, box[1] - _AROUND)
            press.stands(printed.picture, [(sheet, box)])
        if made.grid is not None:
            for stretches in made.grid.put(column, x, bar):
                printed.cells.append([])
                press.stands(printed.cells[-1], stretches)
        for part, lines, style in made.texts:
            if part == "citation" and with_crops:
                self._put_crops(column, excerpt, left, width)
            # Only a quote may be parted by a page's end; what says where it stands may not.
            keep = 2 if part == "quote" else len(lines)
            quoted = part == "quote"
            with (
                tags.open("BlockQuote") if quoted else nullcontext(),
                tags.text(),
                press.link(target if quoted else None),
            ):
                boxes = column.lines(lines, style, x=x, keep=keep, beside=bar)
                # The whole measure is told, so that words added behind a line are seen too.
                boxes = [(each, (x, box[1], left + width, box[3])) for each, box in boxes]
                if quoted and target is not None:
                    for each, box in boxes:
                        each.jump(box, target, leads)
            press.stands(getattr(printed, part), boxes)
            if quoted and not column.fresh:
                bar(column.sheet, column.y, column.y - _AFTER_QUOTE)
                column.y -= _AFTER_QUOTE
        column.space(_AFTER_EXCERPT)
        if with_crops:
            self._forget(excerpt)

    def put_crops_below(self, column: Column, excerpt: Excerpt) -> None:
        """Puts the crops of an excerpt down after it, with its reference."""
        if excerpt.reference in self.press.crops:
            self._put_crops(column, excerpt, s.LEFT, s.MEASURE, named=True)
            column.space(_AFTER_EXCERPT)
        self._forget(excerpt)

    def _forget(self, excerpt: Excerpt) -> None:
        """It is on its sheets now."""
        for measure in (s.MEASURE, HALF):
            self._broken.pop((excerpt.reference, measure), None)

    def _put_crops(
        self, column: Column, excerpt: Excerpt, left: float, width: float, *, named: bool = False
    ) -> None:
        """Puts the crops of an excerpt down, each in one piece with its caption."""
        bar = _Beside(excerpt, left + 3)
        printed = self.press.printed[excerpt.reference]
        x = left + _INDENT
        for crop, size, lines in self._cropped(excerpt, width):
            column.need(_crop_height(crop, size, lines))
            sheet, box = self._crop(column, excerpt, crop, size, x)
            bar(sheet, box[3] + _RIM + _AROUND, column.y)
            self.press.stands(printed.crops, [(sheet, box)])
            caption = lines
            if named:
                caption = s.broken(f"{excerpt.reference}: {crop.caption}", s.SMALL, width - _INDENT)
            column.lines(caption, s.SMALL, x=x, keep=len(caption), beside=bar)
            if not column.fresh:
                bar(sheet, column.y, column.y - _AFTER_QUOTE)
                column.y -= _AFTER_QUOTE

    def _crop(
        self, column: Column, excerpt: Excerpt, crop: Crop, size: tuple[float, float], x: float
    ) -> tuple[Sheet, Box]:
        """One crop: framed, its words marked, and the lines that they stand in at its edge."""
        sheet = column.sheet
        across, down = size
        left, top = round(x + _EDGE, 2), round(column.y - _AROUND - _RIM, 2)
        box = (left, round(top - down, 2), round(left + across, 2), top)
        column.y = box[1] - _RIM - _UNDER
        scale = (box[3] - box[1]) / crop.frame[3]
        polarity = excerpt.link.polarity
        image = (excerpt.document.id, crop.page, crop.frame)
        cut = self.press.contents.carries_pages
        marks = crop.marks_on(box)
        sheet.picture(box, image, crop.alternative, marks, MARKERS[polarity], cut=cut)
        rim = (box[0] - _EDGE + 0.4, box[1] - _RIM, box[2] + _RIM, box[3] + _RIM)
        sheet.area(rim, s.LINE, framed=True)
        _, _, ink, dash = SIGNS[polarity]
        for begin, end in crop.runs():
            edge = box[0] - _RIM
            sheet.rule(edge, box[3] - begin * scale, edge, box[3] - end * scale,
                       width=1.8, colour=ink, dash=dash)  # fmt: skip
        return sheet, box

    def _figure(
        self, column: Column, reference: str, size: tuple[float, float], x: float
    ) -> tuple[Sheet, Box]:
        """Puts a figure down in one piece; where it stands."""
        figure = self._figures[reference]
        across, down = size
        column.need(down + 2 * _AROUND)
        top = round(column.y - _AROUND, 2)
        box = (x, round(top - down, 2), round(x + across, 2), top)
        column.y = box[1] - _AROUND
        column.sheet.picture(box, figure.sha256, figure.alternative)
        round_it = (box[0] - 0.6, box[1] - 0.6, box[2] + 0.6, box[3] + 0.6)
        column.sheet.area(round_it, s.LINE, framed=True)
        return column.sheet, box


def _opening(made: Set, crops: list[_Cropped]) -> float:
    """Points that must be left on a page for an excerpt to begin there."""
    need = len(made.head) * _HEAD_LEADING + 30
    need += made.picture[1] + (2 * _AROUND if made.picture[1] else 0.0)
    if made.grid is not None:
        return need + made.grid.opening
    part, lines, _ = made.texts[0]
    need += min(len(lines), 3) * s.QUOTE.leading
    if part == "quote" and crops and len(lines) <= 3:
        # A short quote does not stand alone at a page's foot, its crop on the next.
        need += _crop_height(*crops[0])
    return need


@lru_cache(maxsize=2048)
def _often(text: str, style: s.Style, width: float) -> list[Line]:
    """What is said under many quotes is broken to lines once; not to be changed."""
    return s.broken(text, style, width)


def _crop_height(_: Crop, size: tuple[float, float], caption: list[Line]) -> float:
    return size[1] + _AROUND + 2 * _RIM + _UNDER + len(caption) * s.SMALL.leading + _AFTER_QUOTE


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
