"""What a report says at a glance: coverage as a table, each section in brief, the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cambs_evidence.exchange.pieces import Grid, Heading, Piece, Run, Runs, Words, said
from cambs_evidence.model import Polarity, State
from cambs_evidence.pack.contents import Chapter, Contents, Excerpt, Part, counted
from cambs_evidence.pack.digest import (
    LETTERS,
    Counts,
    Digest,
    Line,
    about_document,
    digest,
    index,
    matrix,
    signed_in_words,
    sources_in_words,
    stands_in_words,
)
from cambs_evidence.wording import POLARITIES, STATES, page_in_words, quote_in_words

#: Code points of a quote that the index repeats.
_FIRST = 60
_ORDER = (State.COVERED, State.THIN, State.OLD, State.NONE, State.NOT_APPLICABLE)


def place(chapter: Chapter) -> str:
    """The name of the place where a criterion stands, or a section without criteria."""
    kind = "criterion" if chapter.criterion else "section"
    return f"{kind}-{chapter.code}"


# --- coverage --------------------------------------------------------------------------------


def picture(contents: Contents) -> Iterator[Piece]:
    """The pack's picture of coverage as a table with the same signs."""
    told = matrix(contents)
    if not told.columns:
        return
    names = [each.title for each in told.columns]
    by = f"{told.by} of the documents’ dates"
    states = ", ".join(_letter(each) + f" {STATES[each][1].lower()}" for each in _ORDER)
    words = f"State: {states}."
    if told.by == "document":  # titles are too long to head a column
        names = [str(number) for number in range(1, len(told.columns) + 1)]
        by = "document"
        named = "; ".join(
            f"{name}: {each.title}, {each.date}{', old' if each.old else ''}"
            for name, each in zip(names, told.columns, strict=True)
        )
        words += f" Documents, oldest first: {named}."
    yield Words(said(words), "lead")
    bands = frozenset(n for n, each in enumerate(told.lines) if each.chapter is None)
    signs = ", ".join(f"{POLARITIES[each][0]} {each.value}" for each in Polarity)
    yield Grid(
        caption=f"Quotes here by {by}: {signs}",
        head=("Code", "Criterion", "State", "All", *names),
        rows=tuple(_line(each) for each in told.lines),
        widths=(34, 148, 34, 50, *[42] * len(names)),
        bands=bands,
    )


def _line(line: Line) -> tuple[Runs, ...]:
    if line.chapter is None:
        title = f"{line.part.number}  {line.part.title}"
        total = f", {_signs(line.total)}" if any(line.total) else ""
        return ((*said(title, f"section-{line.part.number}"), Run(total)),)
    criterion, state = line.chapter.criterion, line.chapter.coverage.state
    return (
        said(line.chapter.code, place(line.chapter)),
        said(criterion.label if criterion else line.part.title),
        said(_letter(state), strong=state is State.NONE),
        *(said(_signs(each)) for each in (line.total, *line.cells)),
    )


def _letter(state: State) -> str:
    return f"{STATES[state][0]} {LETTERS[state]}".rstrip()


def _signs(counts: Counts) -> str:
    told = zip(counts, Polarity, strict=True)
    return " ".join(f"{POLARITIES[polarity][0]}{count}" for count, polarity in told if count)


# --- a section -------------------------------------------------------------------------------


def section(contents: Contents, part: Part) -> Grid:
    """A section in brief: states, quotes, grades, gaps, conflicts, actions, review, sign-off."""
    told = digest(contents, part)
    return Grid(
        caption=f"Section {part.number} at a glance",
        head=("What", "How it stands"),
        rows=tuple((said(name), words) for name, words in _facts(contents, told)),
        widths=(22, 78),
    )


def _facts(contents: Contents, told: Digest) -> Iterator[tuple[str, Runs]]:
    part = told.part
    if not told.whole:
        yield "Criteria", said(", ".join(_states(told)))
    signs = [
        f"{POLARITIES[polarity][0]} {count} {polarity.value}"
        for count, polarity in zip(told.counts, Polarity, strict=True)
        if count
    ]
    sources = sources_in_words(told)
    yield "Quotes", said(", ".join([*signs, sources] if sources else ["none"]))
    if contents.judged:
        yield "Grades", tuple(_joined(_grades(part), "; "))
    for state in (State.NONE, State.OLD, State.THIN):
        weak = [each for each in told.weak if each.coverage.state is state]
        if weak:
            yield " ".join(STATES[state]), tuple(_joined(map(_named, weak), "; "))
    if told.conflicting:
        yield "≠ Conflicting", tuple(_joined(map(_named, told.conflicting), "; "))
    if told.actions:
        done = sum(each.done is not None for each in told.actions)
        yield "Actions", said(f"{len(told.actions) - done} open, {done} done")
    if contents.reviewed and any(told.counts):
        yield "Review", said(stands_in_words(told))
    yield "Sign-off", said(signed_in_words(contents, part))


def _states(told: Digest) -> Iterator[str]:
    for state in _ORDER:
        if told.states.get(state):
            sign, word = STATES[state]
            yield f"{sign} {told.states[state]} {word.lower()}"


def _grades(part: Part) -> Iterator[Runs]:
    for block in part.blocks:
        judged = block.judgement
        grade = "not judged yet" if judged is None else "no grade yet"
        if judged is not None and judged.grade is not None:
            grade = judged.grade.value.capitalize()
        whole = block.chapters[0].criterion is None
        yield said(grade if whole else f"{block.name} {grade}")


def _named(chapter: Chapter) -> Runs:
    label = f" {chapter.criterion.label}" if chapter.criterion else ""
    return (Run(chapter.code, place(chapter)), Run(label))


def _joined(several: Iterable[Runs], between: str) -> Iterator[Run]:
    for number, runs in enumerate(several):
        if number:
            yield Run(between)
        yield from runs


# --- the index -------------------------------------------------------------------------------


def by_document(contents: Contents) -> Iterator[Piece]:
    """The index at the end: what is quoted of each document, in its order."""
    if not contents.excerpts:
        return
    yield Heading(1, "Index by document", "index")
    for each in index(contents):
        about = f"{about_document(each.document)} · {counted(each.excerpts, 'quote')}"
        yield Grid(
            caption=f"{each.document.title} · {about}",
            head=("Page", "First words", "Criterion, polarity, reference"),
            rows=tuple(map(_passage, each.passages)),
            widths=(18, 52, 30),
        )


def _passage(excerpts: Sequence[Excerpt]) -> tuple[Runs, ...]:
    passage = excerpts[0].link.passage
    where = page_in_words(passage.page, passage.page_end, None)
    where += f", paragraph {passage.paragraph}" if passage.paragraph else ""
    words = " ".join(passage.anchor.quote[:_FIRST].split()) or quote_in_words(passage.anchor)
    if len(passage.anchor.quote) > _FIRST:
        words = words.rsplit(" ", 1)[0] + " …"
    return said(where), said(words), tuple(_joined(map(_tagged, excerpts), "; "))


def _tagged(excerpt: Excerpt) -> Runs:
    sign, word = POLARITIES[excerpt.link.polarity]
    begin = f"{excerpt.link.code} {sign} {word.lower()} "
    return (Run(begin), Run(excerpt.reference, excerpt.reference))
