"""Coverage at a glance: every criterion, what evidence it has, and the gaps."""

from __future__ import annotations

from cambs_evidence.model import State
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Chapter, counted
from cambs_evidence.pack.pictured import coverage_picture
from cambs_evidence.pack.press import Press
from cambs_evidence.pack.sheet import Cell
from cambs_evidence.pack.words import STATES, not_applicable, years
from cambs_evidence.wording import in_words


def put_coverage(press: Press) -> None:
    """Sets the table of coverage, with what its signs mean."""
    contents = press.contents
    column = press.column("Coverage at a glance")
    press.heading(column, "Coverage at a glance", "coverage", outline=0)
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
        f"undated; “thin” means evidence from fewer than {fewest}.",
        s.BODY,
    )
    coverage_picture(column, contents)
    if column.room < 160:
        column.turn()
    else:
        column.space(26)
    column.sheet.places.append(("coverage-table", column.y))
    column.sheet.outline.append((1, "Criterion by criterion", "coverage-table"))
    with column.tags.open("H3"):
        column.text("Criterion by criterion", s.H3, keep=1)
    column.space(2)
    column.text(
        "The counts are of all evidence in the case, whatever the filters of this pack: "
        "▲ strength, ▼ development (area for development), ◆ neutral. ≠ marks evidence of strength "
        "and of development for the same criterion.",
        s.SMALL,
    )
    column.space(4)
    widths = [30, 24, s.MEASURE - 286, 18, 18, 18, 28, 75, 75]
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
            rows.append(_coverage_row(chapter))
    s.table(column, widths, head, rows, shaded=empty.__contains__, pad=2.8)


def _coverage_row(chapter: Chapter) -> list[Cell]:
    told = chapter.coverage
    criterion = chapter.criterion
    link = f"criterion-{chapter.code}" if criterion else f"section-{chapter.code}"
    counts = [told.strength, told.development, told.neutral, told.documents]
    style = s.CELL_BOLD if told.state is State.NONE else s.CELL
    label = criterion.label if criterion else "The section as a whole"
    if chapter.not_applicable is not None:
        label = f"{label} – {not_applicable(chapter.not_applicable)}"
    return [
        Cell(chapter.code, s.CELL_BOLD, link=link),
        Cell("(M)" if told.marked else ""),
        Cell(label, link=link, heads=True),
        *(Cell(str(count) if count else "–", align="right") for count in counts),
        Cell(years(told), s.CELL_SMALL),
        Cell(STATES[told.state] + (" ≠" if chapter.conflicting else ""), style),
    ]
