"""The evidence of a pack: sections, blocks, criteria, and what stands under each."""

from __future__ import annotations

from cambs_evidence.model import CriterionCoverage, Polarity, State
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Block, Chapter, Part
from cambs_evidence.pack.digest import digest
from cambs_evidence.pack.excerpts import GUTTER, HALF, Excerpts
from cambs_evidence.pack.judged import judged, opening
from cambs_evidence.pack.sheet import Column
from cambs_evidence.pack.summed import summed
from cambs_evidence.pack.words import not_applicable, summary
from cambs_evidence.wording import mark_behind

OPPOSITE = [Polarity.STRENGTH, Polarity.DEVELOPMENT]


def put_part(excerpts: Excerpts, column: Column, part: Part) -> None:
    """Sets one section with all its evidence."""
    press = excerpts.press
    press.running = f"Section {part.number}: {part.title}"
    if not column.fresh:
        column.turn()
    column.sheet.running = press.running
    with press.tags.open("Sect"):
        _section(excerpts, column, part)


def _section(excerpts: Excerpts, column: Column, part: Part) -> None:
    name = f"section-{part.number}"
    title = f"{part.number}  {part.title}"
    excerpts.press.heading(column, title, name, outline=0)
    summed(column, excerpts.press.contents, digest(excerpts.press.contents, part))
    column.turn()
    for block in part.blocks:
        _block(excerpts, column, part, block)


def _block(excerpts: Excerpts, column: Column, part: Part, block: Block) -> None:
    column.space(20)
    first = opening(excerpts.press.contents, block) or _opening(excerpts, block.chapters[0])
    if block.judgement is None and not block.actions:  # a line at most says so
        first = 42 + _opening(excerpts, block.chapters[0])
    column.need(s.H2.leading + 16 + first)
    whole = part.chapters[0].criterion is None
    name = f"block-{block.chapters[0].code}"
    title = "The section as a whole" if whole else f"Block {block.name}"
    column.sheet.places.append((name, column.y))
    column.sheet.outline.append((1, title, name))
    with excerpts.press.tags.open("H3"):
        column.text(title.upper(), s.H2, keep=1)
    column.sheet.rule(s.LEFT, column.y, s.WIDTH - s.RIGHT, column.y, width=0.9, colour=s.DEEP)
    judged(column, excerpts.press.contents, block)
    for chapter in block.chapters:
        _chapter(excerpts, column, chapter)


def _chapter(excerpts: Excerpts, column: Column, chapter: Chapter) -> None:
    criterion = chapter.criterion
    column.space(16)
    column.need(_opening(excerpts, chapter))
    if criterion is not None:
        name = f"criterion-{chapter.code}"
        column.sheet.places.append((name, column.y))
        column.sheet.outline.append((2, f"{chapter.code} {criterion.label}", name))
        words = criterion.statement or criterion.label
        mark = mark_behind(words, marked=criterion.marked)
        top = column.y
        with excerpts.press.tags.open("H4"):
            column.sheet.write(chapter.code, s.LEFT, top - 0.72 * s.H3.leading, s.H3)
            column.text(f"{words}  {mark}".rstrip(), s.H3, x=s.LEFT + 40, keep=1)
    told = chapter.coverage
    column.text(summary(told), s.SMALL, x=s.LEFT + 40 if criterion else s.LEFT, keep=1)
    if chapter.not_applicable is not None:
        column.space(4)
        why = not_applicable(chapter.not_applicable)
        column.text(why, s.BODY, x=s.LEFT + 40, keep=1)
    column.space(6)
    if not chapter.excerpts:
        if told.state is not State.NOT_APPLICABLE or _counted(told):
            _gap(column, told)
    elif chapter.conflicting:
        _side_by_side(excerpts, column, chapter)
    else:
        for excerpt in chapter.excerpts:
            excerpts.put(column, excerpt, s.LEFT, s.MEASURE)


def _opening(excerpts: Excerpts, chapter: Chapter) -> float:
    """Points for a criterion's heading with what must stand on the same page below it."""
    criterion = chapter.criterion
    words = (criterion.statement or criterion.label) if criterion else ""
    lines = len(s.broken(f"{words}  (M)", s.H3, s.MEASURE - 40))
    head = max(2, lines) * s.H3.leading + s.SMALL.leading + 10
    if not chapter.excerpts:
        return head + 30
    if chapter.conflicting:
        pair = list(chapter.excerpts[:2])
        tall = excerpts.taller(pair, HALF)
        most = 0.6 * (s.CEILING - s.FLOOR)
        if any(each.reference in excerpts.press.figures for each in pair):
            most = s.CEILING - s.FLOOR - head - 20  # a figure is in one piece
        if tall <= most and excerpts.legible(pair, HALF):
            return head + s.STRONG.leading + tall
    return head + excerpts.opening(chapter.excerpts[0])


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


def _side_by_side(excerpts: Excerpts, column: Column, chapter: Chapter) -> None:
    column.text("Conflicting evidence: strength and development side by side.", s.STRONG, keep=1)
    column.space(4)
    waiting = list(chapter.excerpts)
    while waiting:
        pair = waiting[:2]
        apart = [each.link.polarity for each in pair] == OPPOSITE
        fits = excerpts.taller(pair, HALF) <= s.CEILING - s.FLOOR
        if not (apart and fits and excerpts.legible(pair, HALF)):
            excerpts.put(column, waiting.pop(0), s.LEFT, s.MEASURE)
            continue
        del waiting[:2]
        column.need(excerpts.taller(pair, HALF))
        top = column.y
        excerpts.put(column, pair[0], s.LEFT, HALF, with_crops=False)
        low = column.y
        column.y = top
        excerpts.put(column, pair[1], s.LEFT + HALF + GUTTER, HALF, with_crops=False)
        column.y = min(low, column.y)
        for each in pair:  # half the measure is too narrow for them
            excerpts.put_crops_below(column, each)


def _counted(told: CriterionCoverage) -> int:
    """The links of a criterion, whether the filters of the pack let them pass or not."""
    return told.strength + told.development + told.neutral
