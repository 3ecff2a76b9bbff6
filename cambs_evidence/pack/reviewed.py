"""What reviewers said, in print: how far they are, what was queried and answered, who signed."""

from __future__ import annotations

from collections.abc import Iterator

from cambs_evidence.model import Box
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Contents, Excerpt, Part, counted
from cambs_evidence.pack.sheet import Cell, Column, Leading, Sheet
from cambs_evidence.review import Remark, Review, Stand
from cambs_evidence.typography import Run, break_lines
from cambs_evidence.wording import in_words, moment_in_words, printed_quote

#: Characters of a quote that a reviewer noted, which the source has whole.
_LONGEST = 280
_INDENT = 16.0
_VERBS = {"accept": "accepts", "query": "queries", "reject": "rejects"}


#: Where the heading of a thread stands, by the reference of its quote.
Stood = dict[str, list[tuple[Sheet, Box]]]


def reviewed(column: Column, contents: Contents) -> Stood:
    """Sets the whole of it: figures by section, then each thread, then what was found missing.

    Gives where it says how each quote stands.
    """
    stood: Stood = {}
    names = sorted({each.by for told in contents.reviews.values() for each in told.decisions})
    if names:
        column.text(f"Reviewed by {', '.join(names)}.", s.BODY)
    column.space(10)
    _figures(column, contents)
    for part in contents.parts:
        _part(column, contents, part, stood)
    if contents.findings:
        _findings(column, contents)
    return stood


def stand_words(contents: Contents, excerpt: Excerpt) -> str:
    """How a quote stands, as its thread says it; empty where it has none of its own."""
    review = contents.review(excerpt)
    if not review.thread or _is_plain(review):
        return ""
    late = ", changed since it was reviewed" if review.outdated else ""
    return f"{review.stand.value}{late}"


def _figures(column: Column, contents: Contents) -> None:
    shown = [each for each in Stand if each is not Stand.OPEN]
    widths = [s.MEASURE - 49 * (len(shown) + 1), *[49.0] * (len(shown) + 1)]
    names = [each.value.capitalize() for each in shown]
    head = [Cell("Section", s.CELL_BOLD)]
    head += [Cell(each, s.CELL_SMALL, "right") for each in (*names, "Open")]
    rows = []
    for part in contents.parts:
        stands = [contents.review(each).stand for each in _excerpts(part)]
        figures = [stands.count(each) for each in (*shown, Stand.OPEN)]
        rows.append(
            [
                Cell(f"{part.number}  {part.title}", link=f"section-{part.number}"),
                *(Cell(str(each) if each else "–", align="right") for each in figures),
            ]
        )
    s.table(column, widths, head, rows)


def _excerpts(part: Part) -> Iterator[Excerpt]:
    for chapter in part.chapters:
        yield from chapter.excerpts


def _part(column: Column, contents: Contents, part: Part, stood: Stood) -> None:
    told = [(each, contents.review(each)) for each in _excerpts(part)]
    told = [(excerpt, review) for excerpt, review in told if review.thread]
    if not told:
        return
    column.space(16)
    column.need(2 * s.H3.leading + s.STRONG.leading + 2 * s.BODY.leading)
    with column.tags.open("H3"):
        column.text(f"{part.number}  {part.title}", s.H3, keep=2)
    plain = [excerpt for excerpt, review in told if _is_plain(review)]
    if plain:
        names = sorted({each.by for one in plain for each in contents.review(one).decisions})
        column.space(4)
        said = f"Accepted without a remark by {', '.join(names)}: "
        _leading(column, said, [each.reference for each in plain])
    for excerpt, review in told:
        if not _is_plain(review):
            stood[excerpt.reference] = _thread(column, contents, excerpt, review)


def _is_plain(review: Review) -> bool:
    """True where everybody accepts it, nobody says more, and nothing was changed since."""
    accepted = review.stand is Stand.ACCEPTED and not review.outdated
    return accepted and not any(each.text for each in review.thread)


def _leading(column: Column, said: str, references: list[str]) -> None:
    """Words and a list of references, each of which leads to its quote."""
    runs, leading, length = [Run(said, s.BODY.face, s.BODY.size)], [], len(said)
    for number, name in enumerate(references):
        comma = ", " if number else ""
        runs.append(Run(f"{comma}{name}", s.BODY.face, s.BODY.size))
        start = length + len(comma)
        length = start + len(name)
        leading.append(Leading(start, length, name, f"See quote {name}"))
    lines = break_lines(runs, s.MEASURE)
    column.lines(lines, s.BODY, x=s.LEFT, leading=leading)


def _thread(
    column: Column, contents: Contents, excerpt: Excerpt, review: Review
) -> list[tuple[Sheet, Box]]:
    column.space(8)
    name = excerpt.reference
    words = f"{name}  {excerpt.link.code}: {stand_words(contents, excerpt)}"
    lines = break_lines([Run(words, s.STRONG.face, s.STRONG.size)], s.MEASURE)
    # A heading never stands alone at the foot of a page.
    column.need(len(lines) * s.STRONG.leading + 2 * s.BODY.leading)
    with column.tags.open("H4"):
        leading = [Leading(0, len(name), name, f"See quote {name}")]
        boxes = column.lines(lines, s.STRONG, x=s.LEFT, leading=leading, keep=len(lines))
    for remark in review.thread:
        column.text(_remark(remark), s.BODY, x=s.LEFT + _INDENT, width=s.MEASURE - _INDENT)
    # The whole measure is told, so that words added behind a line are seen too.
    return [(sheet, (x, y, s.WIDTH - s.RIGHT, top)) for sheet, (x, y, _, top) in boxes]


def _remark(remark: Remark) -> str:
    done = _VERBS[remark.verdict.value] if remark.verdict is not None else "answers"
    said = f": {remark.text}" if remark.text else ""
    return f"{remark.by} {done}, {moment_in_words(remark.at)}{said}"


def _findings(column: Column, contents: Contents) -> None:
    column.space(16)
    with column.tags.open("H3"):
        column.text("Passages that reviewers noted as missing", s.H3, keep=2)
    column.text(
        f"{counted(len(contents.findings), 'passage')}; none is evidence unless it was taken.",
        s.CITE,
    )
    for each in contents.findings:
        column.space(6)
        region = each.anchor.region
        quote = " ".join(each.anchor.quote.split())
        if len(quote) > _LONGEST:
            quote = quote[:_LONGEST].rsplit(" ", 1)[0] + " …"
        said = printed_quote(quote, region.kind if region else None)
        page = each.anchor.spans[0].page + 1
        column.text(f"{each.code}: {said} ({each.filename}, page {page})", s.BODY, keep=2)
        words = f"Noted by {each.by}, {moment_in_words(each.at)}"
        words += f": {each.comment}" if each.comment else ""
        column.text(words, s.CITE, x=s.LEFT + _INDENT, width=s.MEASURE - _INDENT)
        if each.outcome is None:
            answer = "Not answered yet."
        else:
            reason = f": {each.reason}" if each.reason else ""
            answer = f"{each.outcome.capitalize()} by {each.answered_by}{reason}"
        column.text(answer, s.CITE, x=s.LEFT + _INDENT, width=s.MEASURE - _INDENT)


def signatures(contents: Contents, part: Part) -> list[Cell]:
    """Name, date and state of a section's sign-offs, empty to be signed on paper."""
    own = [each for each in contents.sign_offs if each.section == part.number]
    if not own:
        return [Cell(""), Cell(""), Cell("")]
    now = [each for each in own if not each.reopened]
    shown = now or own[-1:]
    state = "signed in the case" if now else "reopened: changed since"
    return [
        Cell("; ".join(each.by for each in shown)),
        Cell("; ".join(in_words(each.date) for each in shown)),
        Cell(state),
    ]
