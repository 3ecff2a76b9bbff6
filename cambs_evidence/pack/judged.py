"""The author's part of a block in print: grade, summary with its references, actions."""

from __future__ import annotations

from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Block, Contents, Excerpt
from cambs_evidence.pack.sheet import Cell, Column
from cambs_evidence.summaries import GONE, Paragraph, paragraphs
from cambs_evidence.typography import Line, Run, break_lines
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
        for paragraph in paragraphs(told.summary):
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
    leading_to: list[tuple[int, int, str]] = []
    length = 0
    for piece in paragraph.pieces:
        said = [(piece, "")] if isinstance(piece, str) else _reference(contents, piece.link)
        for words, name in said:
            face = s.BODY.face if isinstance(piece, str) else s.NOTE.face
            runs.append(Run(words, face, s.BODY.size, underline=bool(name)))
            if name:
                leading_to.append((length, length + len(words), name))
            length += len(words)
    x = s.LEFT + (_HANGING if paragraph.marker else 0.0)
    lines = break_lines(runs, s.WIDTH - s.RIGHT - x)
    if paragraph.marker:
        column.need(s.BODY.leading * min(len(lines), 2))
        y = column.y - 0.72 * s.BODY.leading
        column.sheet.write(paragraph.marker, s.LEFT, y, s.BODY)
    waiting = list(lines)
    for sheet, (_, foot, _, top) in column.lines(lines, s.BODY, x=x):
        for row in range(round((top - foot) / s.BODY.leading)):
            line, high = waiting.pop(0), top - row * s.BODY.leading
            for start, end, name in leading_to:
                left, right = _across(line, start, end)
                if left < right:
                    box = (x + left, high - s.BODY.leading, x + right, high)
                    sheet.links.append((box, name))


def _across(line: Line, start: int, end: int) -> tuple[float, float]:
    """From where to where on a line a stretch of the text goes, nothing where it is not on it."""
    edges = line.edges
    last = len(edges) - 1
    begin, close = (min(max(each - line.start, 0), last) for each in (start, end))
    return float(edges[begin]), float(edges[close])


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
    head = [Cell(each, s.CELL_BOLD) for each in ("Action", "", "Owner", "Due", "Done")]
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
