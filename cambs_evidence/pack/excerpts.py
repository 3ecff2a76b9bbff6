"""The excerpts of a pack: heading, picture, quote, citation, note, and the rule beside them."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from cambs_evidence.model import Box
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Excerpt
from cambs_evidence.pack.press import Press, Printed
from cambs_evidence.pack.sheet import Column, Sheet
from cambs_evidence.pack.words import SIGNS, head_words, note_words
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
_TALLEST = s.CEILING - s.FLOOR - 120.0
#: Of its own size, what a figure is scaled down to at most where it could stand alone.
_SMALLEST = 0.6


@dataclass(frozen=True, slots=True)
class Set:
    """An excerpt broken to lines: heading with its style, parts, height in points.

    ``picture`` is how far its figure goes across and down, nothing where it has none.
    """

    head: list[Line]
    style: s.Style
    texts: list[tuple[str, list[Line], s.Style]]
    height: float
    picture: tuple[float, float]


class Excerpts:
    """Breaks excerpts to lines, and puts them down."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self._figures = press.figures
        self._broken: dict[tuple[str, float], Set] = {}

    def legible(self, pair: list[Excerpt], width: float) -> bool:
        """True where no figure is made so small that its letters cannot be read."""
        return all(
            self.set(each, width).picture[0] >= _SMALLEST * self._figures[each.reference].size[0]
            for each in pair
            if each.reference in self._figures
        )

    def taller(self, excerpts: list[Excerpt], width: float) -> float:
        """Points that the taller of some excerpts takes, all on one page."""
        return max(self.set(each, width).height for each in excerpts)

    def set(self, excerpt: Excerpt, width: float) -> Set:
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
            if excerpt.reference in self._figures:
                picture = self._figures[excerpt.reference].fitted(inner - 1, _TALLEST)
                height += picture[1] + 2 * _AROUND
            self._broken[key] = Set(head, style, texts, height, picture)
        return self._broken[key]

    def put(self, column: Column, excerpt: Excerpt, left: float, width: float) -> None:
        """Puts an excerpt down, from some edge and with some width."""
        press = self.press
        tags = press.tags
        _, _, colour, dash = SIGNS[excerpt.link.polarity]
        x = left + _INDENT
        made = self.set(excerpt, width)
        texts = made.texts
        opening = min(len(texts[0][1]), 3) * s.QUOTE.leading + 30
        column.need(len(made.head) * _HEAD_LEADING + made.picture[1] + opening)
        printed = press.printed.setdefault(excerpt.reference, Printed())
        column.sheet.places.append((excerpt.reference, column.y))

        def bar(sheet: Sheet, top: float, bottom: float) -> None:
            sheet.rule(left + 3, top, left + 3, bottom, width=2.2, colour=colour, dash=dash)

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
        for part, lines, style in texts:
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
        for measure in (s.MEASURE, width, HALF):
            self._broken.pop((excerpt.reference, measure), None)  # it is on its sheets now

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
        column.sheet.picture(box, figure.png, figure.alternative)
        round_it = (box[0] - 0.6, box[1] - 0.6, box[2] + 0.6, box[3] + 0.6)
        column.sheet.area(round_it, s.LINE, framed=True)
        return column.sheet, box


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
