"""What the contents of a pack come to: coverage as a picture, a section in figures, the index.

Pure, as the contents are; the pack, a web page and Word take what they say of it from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cambs_evidence.mapping.coverage import is_old, old_before
from cambs_evidence.model import Action, Document, Polarity, State
from cambs_evidence.pack.contents import Chapter, Contents, Excerpt, Part, counted
from cambs_evidence.periods import UNDATED, By, period_of, span
from cambs_evidence.review import Stand
from cambs_evidence.wording import STATES, in_words, last_day

#: Quotes of strength, of development, and neutral ones.
Counts = tuple[int, int, int]
NOTHING: Counts = (0, 0, 0)
#: Columns that a sheet has room for, beside that of all evidence together.
MOST = 8
#: The letter that stands beside the sign of each state.
LETTERS = {State.NONE: "N", State.OLD: "O", State.THIN: "T", State.COVERED: "C",
           State.NOT_APPLICABLE: ""}  # fmt: skip
#: What is to be looked at first.
_WEAKEST = (State.NONE, State.OLD, State.THIN)


# --- coverage as a picture -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the picture: a document with its date, or a period without one."""

    title: str
    date: str
    old: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the picture; ``chapter`` is None for a section with all of its criteria.

    ``total`` counts the quotes in the pack, ``cells`` those of each column.
    """

    part: Part
    chapter: Chapter | None
    total: Counts
    cells: tuple[Counts, ...]

    @property
    def state(self) -> State | None:
        """The state of a criterion, or of a section without any."""
        return self.chapter.coverage.state if self.chapter is not None else None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Sections and criteria by documents, or by time where there are many of them.

    ``by`` is ``document``, ``quarter`` or ``year``; columns run from the oldest to the newest,
    undated evidence comes last.
    """

    by: str
    columns: tuple[Heading, ...]
    lines: tuple[Line, ...]

    @property
    def limit(self) -> int:
        """How many columns from the first on are old, 0 where that parts nothing."""
        old = 0
        for each in self.columns:
            if not each.old or UNDATED in {each.title, each.date}:
                break
            old += 1
        return old if old < len(self.columns) else 0


def matrix(contents: Contents) -> Matrix:
    """The quotes of a pack counted for its picture of coverage."""
    identities = {each.identity for each in contents.documents}
    if len(identities) <= MOST:
        by, keys, columns = _documents(contents)
    else:
        by, keys, columns = _periods(contents)
    lines: list[Line] = []
    for part in contents.parts:
        whole: list[list[Counts]] = []
        own: list[Line] = []
        for chapter in part.chapters:
            cells = [NOTHING] * len(columns)
            for excerpt in chapter.excerpts:
                place = keys[excerpt.document.id]
                cells[place] = _more(cells[place], excerpt.link.polarity)
            whole.append(cells)
            own.append(Line(part, chapter, _sum(cells), tuple(cells)))
        if own[0].chapter is not None and own[0].chapter.criterion is None:
            lines += own
            continue
        together = tuple(_sum(each) for each in zip(*whole, strict=True))
        lines.append(Line(part, None, _sum(together), together))
        lines += own
    return Matrix(by, columns, tuple(lines))


_Columns = tuple[str, dict[str, int], tuple[Heading, ...]]


def _documents(contents: Contents) -> _Columns:
    newest: dict[str, Document] = {}
    for each in contents.documents:
        known = newest.get(each.identity)
        if known is None or known.version < each.version:
            newest[each.identity] = each
    shown = sorted(newest.values(), key=lambda each: _day(each.date))
    places = {each.identity: place for place, each in enumerate(shown)}
    columns = tuple(
        Heading(each.title, in_words(each.date), _old(contents, each.date)) for each in shown
    )
    return "document", {each.id: places[each.identity] for each in contents.documents}, columns


def _periods(contents: Contents) -> _Columns:
    dates = [each.date for each in contents.documents]
    by = By.QUARTER
    names = span(dates, by)
    if len(names) > MOST:
        by = By.YEAR
        names = span(dates, by)
    dated = [each for each in names if each != UNDATED]
    undated = names[len(dated) :]
    room = MOST - len(undated)
    early = dated[: max(len(dated) - room + 1, 0)] if len(dated) > room else []
    shown = [f"to {early[-1]}", *dated[len(early) :]] if early else dated
    day = old_before(contents.reference, contents.limits)
    limit = period_of(day.isoformat(), by) if day else None
    columns = [
        Heading(name, "", limit is not None and name.removeprefix("to ") < limit) for name in shown
    ]
    columns += [Heading(UNDATED, UNDATED, old=True) for _ in undated]
    places = dict.fromkeys(early, 0)
    places |= {name: place for place, name in enumerate(shown)}
    places |= {name: len(shown) for name in undated}
    keys = {each.id: places[period_of(each.date, by)] for each in contents.documents}
    return by.value, keys, tuple(columns)


def _end(when: str) -> tuple[str, str]:
    """For sorting dates that may be of a month or a year: by their last day."""
    return last_day(when).isoformat(), when


def _day(when: str | None) -> tuple[bool, str]:
    """For sorting: undated evidence comes last."""
    return when is None, last_day(when).isoformat() if when is not None else ""


def _old(contents: Contents, when: str | None) -> bool:
    return is_old(when, contents.reference, contents.limits)


def _more(counts: Counts, polarity: Polarity) -> Counts:
    strength, development, neutral = counts
    if polarity is Polarity.STRENGTH:
        return strength + 1, development, neutral
    if polarity is Polarity.DEVELOPMENT:
        return strength, development + 1, neutral
    return strength, development, neutral + 1


def _sum(several: Iterable[Counts]) -> Counts:
    strength = development = neutral = 0
    for one, two, three in several:
        strength, development, neutral = strength + one, development + two, neutral + three
    return strength, development, neutral


def in_counts(counts: Counts) -> str:
    """Quotes by polarity, such as "3 strength, 1 development"; "no quotes" where there are none."""
    told = [
        f"{count} {polarity.value}"
        for count, polarity in zip(counts, Polarity, strict=True)
        if count
    ]
    return ", ".join(told) or "no quotes"


def in_states(chapters: Iterable[Chapter]) -> str:
    """How many criteria are in which state, and which of them have no evidence."""
    chapters = list(chapters)
    states = Counter(each.coverage.state for each in chapters)
    told = [
        f"{states[state]} {STATES[state][1].lower()}"
        for state in (State.COVERED, State.THIN, State.OLD, State.NONE, State.NOT_APPLICABLE)
        if states[state]
    ]
    gaps = [each.code for each in chapters if each.coverage.state is State.NONE]
    words = ", ".join(told)
    return f"{words}. Without evidence: {', '.join(gaps)}" if gaps else words


# --- a section in figures --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Digest:
    """What one section comes to.

    ``states`` counts its criteria, or the section itself where it has none; they are of all
    evidence in the case. ``counts`` and what follows are of the quotes in the pack. ``oldest`` and
    ``newest`` are dates of documents, ISO text. ``actions`` that are done come last.
    """

    part: Part
    states: Mapping[State, int]
    counts: Counts
    documents: int
    oldest: str | None
    newest: str | None
    weak: tuple[Chapter, ...]
    conflicting: tuple[Chapter, ...]
    developments: tuple[Excerpt, ...]
    actions: tuple[Action, ...]
    stands: Mapping[Stand, int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """True where the section has no criteria."""
        return self.part.chapters[0].criterion is None

    @property
    def total(self) -> int:
        """Its criteria, 1 for a section without any."""
        return len(self.part.chapters)


def digest(contents: Contents, part: Part) -> Digest:
    """A section of a pack in figures."""
    chapters = part.chapters
    excerpts = [each for chapter in chapters for each in chapter.excerpts]
    counts = Counter(each.link.polarity for each in excerpts)
    dates = sorted({each.document.date for each in excerpts if each.document.date}, key=_end)
    weak = [each for each in chapters if each.coverage.state in _WEAKEST]
    weak.sort(key=lambda each: _WEAKEST.index(each.coverage.state))
    actions = [each for block in part.blocks for each in block.actions]
    actions.sort(key=lambda each: (each.done is not None, _day(each.due)))
    return Digest(
        part=part,
        states=Counter(each.coverage.state for each in chapters),
        counts=(
            counts[Polarity.STRENGTH], counts[Polarity.DEVELOPMENT], counts[Polarity.NEUTRAL]
        ),
        documents=len({each.document.identity for each in excerpts}),
        oldest=dates[0] if dates else None,
        newest=dates[-1] if dates else None,
        weak=tuple(weak),
        conflicting=tuple(each for each in chapters if each.conflicting),
        developments=tuple(
            each for each in excerpts if each.link.polarity is Polarity.DEVELOPMENT
        ),
        actions=tuple(dict.fromkeys(actions)),
        stands=Counter(contents.review(each).stand for each in excerpts),
    )  # fmt: skip


def dates_in_words(told: Digest) -> str:
    """From when to when the documents of a section's quotes are, empty where none is dated."""
    if told.oldest is None or told.newest is None:
        return ""
    oldest, newest = in_words(told.oldest[:7]), in_words(told.newest[:7])
    return newest if oldest == newest else f"{oldest} to {newest}"


def sources_in_words(told: Digest) -> str:
    """From how many documents of which months the quotes are, empty where there are none."""
    if not any(told.counts):
        return ""
    dates = dates_in_words(told)
    words = f"from {counted(told.documents, 'document')}"
    return f"{words}, {dates}" if dates else words


def stands_in_words(told: Digest) -> str:
    """How far reviewers are, such as "4 accepted, 1 queried, 3 open"."""
    order = [*(each for each in Stand if each is not Stand.OPEN), Stand.OPEN]
    return ", ".join(f"{told.stands[each]} {each.value}" for each in order if told.stands.get(each))


def signed_in_words(contents: Contents, part: Part) -> str:
    """Who signed a section off, and whether it was changed since."""
    own = [each for each in contents.sign_offs if each.section == part.number]
    if not own:
        return "Not signed off."
    now = [each for each in own if not each.reopened]
    names = "; ".join(f"{each.by}, {in_words(each.date)}" for each in now or own[-1:])
    return f"Signed off by {names}." if now else f"Signed off by {names}; changed since."


# --- the index by document -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document with its passages in their order, each with all its excerpts in the pack."""

    document: Document
    passages: tuple[tuple[Excerpt, ...], ...]

    @property
    def excerpts(self) -> int:
        """How many there are of it."""
        return sum(map(len, self.passages))


def index(contents: Contents) -> tuple[Indexed, ...]:
    """The quotes of a pack by document and place."""
    found: dict[str, dict[str, list[Excerpt]]] = {each.id: {} for each in contents.documents}
    for excerpt in contents.excerpts:
        passage = excerpt.link.passage
        found[excerpt.document.id].setdefault(passage.id, []).append(excerpt)
    return tuple(
        Indexed(document, tuple(map(tuple, sorted(found[document.id].values(), key=_place))))
        for document in contents.documents
    )


def _place(excerpts: list[Excerpt]) -> tuple[int, int]:
    span = excerpts[0].link.passage.anchor.spans[0]
    return span.page, span.start


def about_document(document: Document) -> str:
    """Date, kind, issuing body and version of a document, as far as they are known."""
    told = [in_words(document.date), document.kind or "", document.issuer or ""]
    if document.version > 1 or document.replaced_by:
        replaced = ", replaced since" if document.replaced_by else ""
        told.append(f"version {document.version}{replaced}")
    return " · ".join(each for each in told if each)
