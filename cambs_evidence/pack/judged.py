"""The author's part of a block in print: grade, summary with its references, actions."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import groupby

from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Block, Contents, Excerpt
from cambs_evidence.pack.sheet import Cell, Column, Leading
from cambs_evidence.summaries import GONE, Paragraph, paragraphs
from cambs_evidence.typography import Run, break_lines
from cambs_evidence.wording import in_words, moment_in_words, printed_quote

#: Characters of a quote that a summary repeats; the excerpt itself has it whole.
_LONGEST = 280
#: Points: from the marker of an item of a list to its words, between two paragraphs.
_HANGING, _BETWEEN = 16.0, 4.0


def opening(contents: Contents, block: Block) -> float:
    """Points that must be left where a block's judgement begins; none where it has none."""
    if block.judgement is None and not block.actions and not contents.judged:
        return 0.0
    return s.STRONG.leading + s.BODY.leading * 3 + 20


def judged(column: Column, contents: Contents, block: Block) -> None:
    """Sets what was judged of a block, and what is to be done.

    Where nothing has been judged in the whole pack, nothing is said of it.
    """
    told = block.judgement
    if not opening(contents, block):
        return
    column.space(10)
    if told is None:
        column.text("Not judged yet: no summary, no grade.", s.CITE)
    else:
        grade = told.grade.value.capitalize() if told.grade else "not given yet"
        column.text(f"Grade: {grade}", s.STRONG, keep=1)
        column.space(4)
        for listed, some in groupby(paragraphs(told.summary), key=lambda each: bool(each.marker)):
            with column.tags.open("L") if listed else nullcontext():
                for paragraph in some:
                    _paragraph(column, contents, paragraph)
                    column.space(_BETWEEN)
        if not told.summary:
            column.text("No summary has been written.", s.CITE)
        column.text(f"Judged by {told.by}, {moment_in_words(told.at)}", s.SMALL)
    if block.actions:
        column.space(10)
        _actions(column, contents, block)


def _paragraph(column: Column, contents: Contents, paragraph: Paragraph) -> None:
    runs: list[Run] = []
    leading: list[Leading] = []
    length = 0
    for piece in paragraph.pieces:
        said = [(piece, "")] if isinstance(piece, str) else _reference(contents, piece.link)
        for words, name in said:
            face = s.BODY.face if isinstance(piece, str) else s.NOTE.face
            runs.append(Run(words, face, s.BODY.size, underline=bool(name)))
            if name:
                leading.append(Leading(length, length + len(words), name, f"See quote {name}"))
            length += len(words)
    x = s.LEFT + (_HANGING if paragraph.marker else 0.0)
    lines = break_lines(runs, s.WIDTH - s.RIGHT - x)
    if not paragraph.marker:
        column.lines(lines, s.BODY, x=x, leading=leading)
        return
    column.need(s.BODY.leading * min(len(lines), 2))
    with column.tags.open("LI"):
        with column.tags.open("Lbl"):
            y = column.y - 0.72 * s.BODY.leading
            column.sheet.write(paragraph.marker, s.LEFT, y, s.BODY)
        with column.tags.open("LBody"):
            column.lines(lines, s.BODY, x=x, leading=leading)


def _reference(contents: Contents, link: str) -> list[tuple[str, str]]:
    """What a reference says: words, each with the place that they lead to, if any."""
    excerpt = contents.cited.get(link)
    if excerpt is None:
        return [(f"[{GONE}]", "")]
    said = f"{_quoted(excerpt)} ({excerpt.citation}".lstrip()
    if not excerpt.reference:
        return [(f"{said})", "")]
    return [(f"{said}, ", ""), (excerpt.reference, excerpt.reference), (")", "")]


def _quoted(excerpt: Excerpt) -> str:
    region = excerpt.link.passage.anchor.region
    quote = " ".join(excerpt.quote.split())
    if len(quote) > _LONGEST:
        quote = quote[:_LONGEST].rsplit(" ", 1)[0] + " …"
    return printed_quote(quote, region.kind if region else None)


def _actions(column: Column, contents: Contents, block: Block) -> None:
    widths = [40, s.MEASURE - 40 - 128 - 84 - 84, 128, 84, 84]
    head = [
        Cell("Action", s.CELL_BOLD), Cell("", s.CELL_BOLD, said="What is to be done"),
        *(Cell(each, s.CELL_BOLD) for each in ("Owner", "Due", "Done")),
    ]  # fmt: skip
    rows = []
    for each in block.actions:
        excerpt = contents.cited.get(each.link or "")
        come_from = excerpt.reference if excerpt else ""
        rows.append(
            [
                Cell(each.code, s.CELL_BOLD),
                Cell(f"{each.text} ({come_from})" if come_from else each.text, link=come_from),
                Cell(each.owner or "nobody named"),
                Cell(in_words(each.due) if each.due else "no date"),
                Cell(in_words(each.done) if each.done else "not yet"),
            ]
        )
    s.table(column, widths, head, rows)
