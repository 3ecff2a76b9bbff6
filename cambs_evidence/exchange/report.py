"""The evidence as a report, composed of pieces that a web page and Word are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from cambs_evidence.exchange.glance import by_document, picture, place, section
from cambs_evidence.exchange.pieces import (
    Entry,
    Grid,
    Heading,
    Piece,
    Quoted,
    Report,
    Run,
    Runs,
    Words,
    said,
)
from cambs_evidence.model import CriterionCoverage, Document, State
from cambs_evidence.pack.contents import Block, Chapter, Contents, Excerpt, Part, counted
from cambs_evidence.pack.figures import Figure
from cambs_evidence.pack.words import in_figures
from cambs_evidence.summaries import GONE, Paragraph, paragraphs
from cambs_evidence.wording import (
    POLARITIES,
    STATES,
    in_words,
    mark_behind,
    meta_words,
    printed_quote,
    region_in_words,
)

#: Code points of a quote that a summary repeats; the excerpt itself has it whole.
_LONGEST = 280


def compose(contents: Contents, figures: Mapping[str, Figure]) -> Report:
    """What a report of some contents says; ``figures`` are by the reference of their excerpts."""
    pieces = [*_opening(contents)]
    for part in contents.parts:
        pieces += _part(contents, part, figures)
    pieces += _closing(contents)
    facts = contents.facts
    return Report(
        title=f"Evidence: {facts.title}",
        authority=facts.authority or "",
        marking=facts.marking or "",
        facts=tuple((name, value) for name, value in _facts(contents) if value),
        entries=tuple(
            Entry(each.level, each.text, each.name)
            for each in pieces
            if isinstance(each, Heading) and each.level <= 2
        ),
        pieces=tuple(pieces),
    )


def _facts(contents: Contents) -> Iterator[tuple[str, str]]:
    facts = contents.facts
    yield (
        "Period",
        " to ".join(in_words(each) for each in (facts.period_from, facts.period_until) if each),
    )
    yield "Author", facts.author or ""
    yield "Status", facts.status or ""
    yield "Protective marking", facts.marking or ""
    yield "Framework", f"{contents.framework_name}, {contents.framework_version}"
    yield "Date", in_words(contents.date)
    quotes = counted(len(contents.excerpts), "quote")
    yield "Holds", f"{quotes} from {counted(len(contents.documents), 'document')}"
    yield "Filters", "; ".join(contents.filters)


def _opening(contents: Contents) -> Iterator[Piece]:
    yield Heading(1, "Coverage at a glance", "coverage")
    criteria = [each for each in contents.chapters if each.criterion is not None]
    gaps = sum(each.coverage.state is State.NONE for each in criteria)
    apart = sum(each.not_applicable is not None for each in criteria)
    excepted = f", {apart} {'does' if apart == 1 else 'do'} not apply" if apart else ""
    limits = contents.limits
    reference = in_words(contents.reference) if contents.reference else "not known"
    yield Words(
        said(
            f"{gaps} of {len(criteria)} criteria have no evidence{excepted}. "
            f"Reference date: {reference}. “Old” means that the newest evidence is more than "
            f"{counted(limits.old_after_years, 'year')} older than that or undated; “thin” means "
            f"evidence from fewer than {counted(limits.thin_below_documents, 'document')}. The "
            "first table counts the quotes that stand here, the second all evidence in the case, "
            "whatever the filters. ≠ marks evidence of strength and of development for the same "
            "criterion."
        )
    )
    yield from picture(contents)
    rows: list[tuple[Runs, ...]] = []
    bands = set()
    for part in contents.parts:
        bands.add(len(rows))
        rows.append((said(f"{part.number}  {part.title}", f"section-{part.number}"),))
        rows += [_coverage_row(each) for each in part.chapters]
    yield Grid(
        caption="Coverage of each criterion; (M) is the framework’s own mark",
        head=("Code", "(M)", "Criterion", "Strength", "Development", "Neutral", "Docs",
              "Oldest – newest", "State"),
        rows=tuple(rows),
        widths=(32, 26, 122, 46, 64, 42, 32, 52, 66),
        numbers=frozenset({3, 4, 5, 6}),
        bands=frozenset(bands),
    )  # fmt: skip


def _coverage_row(chapter: Chapter) -> tuple[Runs, ...]:
    told, criterion = chapter.coverage, chapter.criterion
    label = criterion.label if criterion else "The section as a whole"
    if chapter.not_applicable is not None:
        label = f"{label} – {_not_applicable(chapter.not_applicable)}"
    sign, word = STATES[told.state]
    conflict = " ≠" if chapter.conflicting else ""
    return (
        said(chapter.code, place(chapter)),
        said("(M)" if told.marked else ""),
        said(label),
        *(said(str(n)) for n in (told.strength, told.development, told.neutral, told.documents)),
        said(_years(told)),
        said(f"{sign} {word}{conflict}", strong=told.state is State.NONE),
    )


def _years(told: CriterionCoverage) -> str:
    """From which month to which the evidence is."""
    oldest, newest = (told.oldest or "")[:7], (told.latest or "")[:7]
    return f"{oldest} – {newest}" if oldest != newest else oldest or "–"


def _part(contents: Contents, part: Part, figures: Mapping[str, Figure]) -> Iterator[Piece]:
    yield Heading(1, f"{part.number}  {part.title}", f"section-{part.number}")
    yield section(contents, part)
    for block in part.blocks:
        if block.chapters[0].criterion is not None:
            yield Heading(2, f"Block {block.name}", f"block-{block.chapters[0].code}")
        yield from _judged(contents, block)
        for chapter in block.chapters:
            yield from _chapter(chapter, figures)


def _judged(contents: Contents, block: Block) -> Iterator[Piece]:
    told = block.judgement
    if told is not None:
        grade = told.grade.value.capitalize() if told.grade else "not given yet"
        yield Words(said(f"Grade: {grade}", strong=True))
        for paragraph in paragraphs(told.summary):
            yield Words(tuple(_summary_runs(contents, paragraph)), marker=paragraph.marker)
        if not told.summary:
            yield Words(said("No summary has been written."), "small")
        yield Words(said(f"Judged {meta_words(told.by, told.at).removeprefix('Tagged ')}"), "small")
    elif contents.judged:
        yield Words(said("Not judged yet: no summary, no grade."), "small")
    if block.actions:
        rows = []
        for each in block.actions:
            excerpt = contents.cited.get(each.link or "")
            reference = excerpt.reference if excerpt else ""
            come_from = (Run(" ("), Run(reference, reference), Run(")")) if reference else ()
            rows.append(
                (
                    said(each.code),
                    (Run(each.text), *come_from),
                    said(each.owner or "nobody named"),
                    said(in_words(each.due) if each.due else "no date"),
                    said(in_words(each.done) if each.done else "not yet"),
                )
            )
        yield Grid(
            caption=f"Actions for block {block.name}",
            head=("Criterion", "Action", "Owner", "Due", "Done"),
            rows=tuple(rows),
            widths=(11, 41, 18, 15, 15),
        )


def _summary_runs(contents: Contents, paragraph: Paragraph) -> Iterator[Run]:
    for piece in paragraph.pieces:
        if isinstance(piece, str):
            yield Run(piece)
            continue
        excerpt = contents.cited.get(piece.link)
        if excerpt is None:
            yield Run(f"[{GONE}]")
            continue
        region = excerpt.link.passage.anchor.region
        quote = " ".join(excerpt.quote.split())
        if len(quote) > _LONGEST:
            quote = quote[:_LONGEST].rsplit(" ", 1)[0] + " …"
        words = printed_quote(quote, region.kind if region else None)
        begin = f"{words} ({excerpt.citation}".lstrip()
        if excerpt.reference:
            yield Run(f"{begin}, ")
            yield Run(excerpt.reference, excerpt.reference)
            yield Run(")")
        else:
            yield Run(f"{begin})")


def _chapter(chapter: Chapter, figures: Mapping[str, Figure]) -> Iterator[Piece]:
    criterion, told = chapter.criterion, chapter.coverage
    if criterion is not None:
        words = criterion.statement or criterion.label
        mark = mark_behind(words, marked=criterion.marked)
        yield Heading(3, f"{chapter.code}  {words} {mark}".rstrip(), place(chapter))
    yield Words(said(" · ".join(in_figures(told))), "lead")
    if chapter.not_applicable is not None:
        yield Words(said(_not_applicable(chapter.not_applicable)))
    if not chapter.excerpts:
        tagged = told.strength + told.development + told.neutral
        if told.state is State.NONE:
            yield Words(said("○ No evidence: this is a gap.", strong=True), "gap")
        elif tagged:
            yield Words(said("No evidence passes the filters; the case holds some."), "gap")
        return
    if chapter.conflicting:
        yield Words(said("Conflicting evidence: strength and development in turn.", strong=True))
    for excerpt in chapter.excerpts:
        yield _quoted(excerpt, figures.get(excerpt.reference))


def _not_applicable(reason: str) -> str:
    words = f"Not applicable: {' '.join(reason.split())}"
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _quoted(excerpt: Excerpt, picture: Figure | None) -> Quoted:
    link = excerpt.link
    anchor = link.passage.anchor
    region = anchor.region
    head = [excerpt.reference, " ".join(POLARITIES[link.polarity]), f"criterion {link.code}"]
    if link.criterion_id is None:
        head[-1] = f"section {link.code}"
    head += ["old evidence"] if excerpt.old else []
    head += [excerpt.version] if excerpt.version else []
    table = None
    if region is not None and region.cells:
        across = max(len(row) for row in region.cells)
        rows = tuple(
            tuple(said(cell) for cell in (*row, *[""] * (across - len(row))))
            for row in region.cells
        )
        where = region_in_words(region, anchor.spans[0].page)
        table = Grid(f"{where} of {excerpt.document.title}", (), rows, (1,) * across, heads=False)
    about = [("citation", excerpt.citation)]
    about += [("note", f"Note: {link.note}")] if link.note else []
    about.append(("meta", meta_words(link.by, link.at)))
    return Quoted(
        name=excerpt.reference,
        polarity=link.polarity,
        head=" · ".join(head),
        quote=excerpt.quote,
        printed=printed_quote(excerpt.quote, region.kind if region else None),
        picture=picture,
        table=table,
        about=tuple(about),
    )


def _closing(contents: Contents) -> Iterator[Piece]:
    yield Heading(1, "Register of sources", "register")
    yield Words(
        said(
            "The documents that are quoted, each told by the SHA-256 of its bytes as they were "
            "received."
        )
    )
    quotes = Counter(each.document.id for each in contents.excerpts)
    yield Grid(
        caption="Register of sources",
        head=("Document", "Date", "Pages", "Quotes", "File and SHA-256"),
        rows=tuple(_source(each, quotes[each.id]) for each in contents.documents),
        widths=(30, 14, 8, 9, 39),
        numbers=frozenset({2, 3}),
    )
    yield from by_document(contents)
    yield Heading(1, "How to check this", "checking")
    yield Words(
        said(
            "Every quote stands word for word in the document it names. This file can be changed "
            "by whoever has it, and proves nothing by itself: the evidence pack (PDF) of the same "
            "case is proved quote by quote against the sources, without a network, by “Verify a "
            "pack” or the command verify."
        )
    )


def _source(document: Document, quotes: int) -> tuple[Runs, ...]:
    about = [document.title]
    about += [each for each in (document.kind, document.issuer) if each]
    if document.version > 1 or document.replaced_by:
        replaced = ", replaced since" if document.replaced_by else ""
        about.append(f"version {document.version}{replaced}")
    return (
        said("; ".join(about)),
        said(in_words(document.date)),
        said(str(document.pages)),
        said(str(quotes)),
        said(f"{document.filename} {document.sha256[:32]} {document.sha256[32:]}"),
    )
