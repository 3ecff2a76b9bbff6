"""The words every room speaks: frozen records of the field, without behaviour.

Offsets are code points into a page's text; boxes and quads are PDF user-space points
``(x0, y0, x1, y1)`` with the origin at the lower left, unrotated; page indices are 0-based
here and become 1-based only where a person or a script reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

Box = tuple[float, float, float, float]
#: How the versions of text layers begin that were recognised by machine.
RECOGNISED_BY = "tesseract-"
#: Stands in the versions of text layers before the program that made the pages of a document.
MADE_BY = "/"


class Polarity(StrEnum):
    """What a passage says about its criterion."""

    STRENGTH = "strength"
    DEVELOPMENT = "development"
    NEUTRAL = "neutral"


class State(StrEnum):
    """The state of the evidence for one criterion; the first that applies, in this order."""

    NOT_APPLICABLE = "not applicable"
    NONE = "none"
    OLD = "old"
    THIN = "thin"
    COVERED = "covered"


class Hold(StrEnum):
    """How well an anchor still holds its passage."""

    EXACT = "exact"
    MOVED = "moved"
    LOST = "lost"


class Grade(StrEnum):
    """How a block is judged: in four grades, or red, amber and green for those who use them."""

    OUTSTANDING = "outstanding"
    GOOD = "good"
    ADEQUATE = "adequate"
    INADEQUATE = "inadequate"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion; ``statement`` is its full wording, None until read from a self-assessment.

    ``not_applicable`` is the reason why it does not apply, None where it does.
    """

    id: str
    code: str
    label: str
    marked: bool
    statement: str | None = None
    not_applicable: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One section; ``blocks`` are the groups of criterion codes that share one summary."""

    id: str
    number: int
    title: str
    criteria: tuple[Criterion, ...]
    blocks: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """The tree that passages are tagged to."""

    name: str
    version: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """What a link points at: a criterion, or a section that has no criteria.

    ``code`` is ``"12.4"`` or ``"18"``.
    """

    code: str
    section_id: str
    criterion_id: str | None
    label: str


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is known of the self-assessment itself; dates are ISO text."""

    title: str
    authority: str | None = None
    period_from: str | None = None
    period_until: str | None = None
    author: str | None = None
    status: str | None = None
    marking: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A source as it was received.

    ``date`` is ISO text of a day, month or year (``2014-08-08``, ``2014-08``, ``2014``), ``period``
    two of them that it tells of, ``FROM..UNTIL``.
    ``rendition_sha256`` names the PDF that is shown where the source itself is not shown as it is;
    ``made_by`` the program that made its pages, such as ``LibreOffice 7.4``, where it came without.
    Each version of a document has an ``id`` of its own, which ever names the same bytes;
    ``identity`` is the id of the first one, by which people and scripts know the document whatever
    its version. ``version`` counts from 1; ``replaced_by`` is the id of the newest version, None
    in that one itself.
    """

    id: str
    sha256: str
    filename: str
    media_type: str
    size: int
    title: str
    date: str | None
    kind: str | None
    issuer: str | None
    pages: int
    rendition_sha256: str | None
    layer_version: str
    added_at: str
    added_by: str
    links: int = 0
    made_by: str | None = None
    identity: str = ""
    version: int = 1
    replaced_by: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a document's own text says of it, read at code points of a page (0-based)."""

    value: str
    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What may be known of a document, for a person to take; each None where nothing is sure.

    ``date`` is ISO text of a day, month or year, ``period`` two of them, ``FROM..UNTIL``.
    """

    title: Suggestion | None = None
    date: Suggestion | None = None
    period: Suggestion | None = None
    kind: Suggestion | None = None
    issuer: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class Likely:
    """A criterion that a text may be evidence for, for a person to decide.

    ``score`` is its share of all that speaks in the text, 0 to 1; ``because`` are the words that
    speak for it, as they stand in the text, the strongest first, or where none does, in the
    paragraph or the heading that it stands in.
    """

    code: str
    score: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may be evidence for a criterion and that nobody has tagged yet.

    ``place`` stands on one page (0-based); ``score`` is as in :class:`Likely`.
    """

    document: Document
    place: Place
    quote: str
    score: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageShape:
    """What a page looks like before it is drawn.

    ``media`` is its visible area in user space, ``rotation`` the clockwise degrees by which it is
    shown turned, ``label`` the printed page number, ``quality`` what its text is worth: ``text``,
    ``none``, ``nonsense`` or ``recognised``. Where it was recognised by machine, ``confidence`` is
    the mean over its words, 0 to 100, and ``doubtful`` the share of words that it is not sure of.
    """

    media: Box
    rotation: int
    label: str | None
    quality: str
    confidence: float | None = None
    doubtful: float = 0.0


@dataclass(frozen=True, slots=True)
class Heading:
    """One entry of a document's contents.

    ``level`` is its depth, from 0; ``page`` is None where it leads nowhere in the document, ``y``
    the height on the page (user space), None where only the page is known.
    """

    title: str
    level: int
    page: int | None
    y: float | None = None


@dataclass(frozen=True, slots=True)
class PageLink:
    """A place on a page that leads to an address, or to another place in its document.

    ``uri`` is the address as the file has it, of whatever kind: whoever follows it looks at it
    first. Otherwise ``page`` is where it leads to, ``x`` and ``y`` (user space) the point there,
    None where it is not said. A link that is broken over lines comes once for each.
    """

    box: Box
    uri: str | None = None
    page: int | None = None
    y: float | None = None
    x: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand: spans ``(page, start, end)`` in reading order, pages 0-based.

    ``spacing`` is 1 where they were found although they differ in spacing.
    """

    spans: tuple[tuple[int, int, int], ...]
    spacing: int = 0

    @property
    def start(self) -> tuple[int, int]:
        """Page (0-based) and code point where it begins."""
        return self.spans[0][:2]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that was not sure when a framework was read: a plain sentence, and where.

    ``code`` is the criterion or section that it is about, empty for the whole; ``place`` is None
    where the document does not hold what is missing.
    """

    what: str
    code: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ReadCriterion:
    """A criterion as it was read from a self-assessment, with its full wording and its place."""

    code: str
    label: str
    statement: str
    marked: bool
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """The criteria that share one summary, and what the document says under them.

    Paragraphs of ``narrative`` are parted by an empty line; it is empty where there is none.
    """

    criteria: tuple[ReadCriterion, ...]
    narrative: str = ""


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section as it was read; one without criteria has a single block without criteria."""

    number: int
    title: str
    blocks: tuple[ReadBlock, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A framework as it was read from a document, before a case stands on it.

    ``filename`` and ``sha256`` name the document, both empty where a tree came otherwise.
    """

    name: str
    version: str
    sections: tuple[ReadSection, ...]
    doubts: tuple[Doubt, ...] = ()
    filename: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PageSpan:
    """The part of a passage that stands on one page."""

    page: int
    start: int
    end: int
    quads: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; its ``box`` is None where it is merged into another."""

    box: Box | None
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands on one page (0-based), row by row from the top."""

    page: int
    box: Box
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Region:
    """The part of a page that a passage is, where it is more than its words.

    ``kind`` is ``area``, ``table``, ``row`` or ``cell``. ``cells`` is the text of the rows of
    cells, empty for an area. ``picture`` is the PNG of the box when it was freshly taken, and
    empty when it was read from a case, which keeps it under ``picture_sha256``.
    """

    kind: str
    box: Box
    cells: tuple[tuple[str, ...], ...] = ()
    picture_sha256: str | None = None
    picture: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Anchor:
    """What holds a passage in its place.

    ``source`` is the range of code points in the decoded source, for documents that the program
    typeset itself; None for documents that came with pages. A passage with a ``region`` has the
    spans of the words in its box; where there are none, one empty span with the box itself.
    """

    document_sha256: str
    layer_version: str
    spans: tuple[PageSpan, ...]
    quote: str
    prefix: str
    suffix: str
    source: tuple[int, int] | None = None
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A highlighted stretch of text or part of a page; ``page``, ``page_end`` are 0-based."""

    id: str
    document_id: str
    anchor: Anchor
    page: int
    page_end: int
    page_label: str | None
    paragraph: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """One passage tagged to one criterion, or to a section without criteria.

    ``document`` is the :attr:`Document.identity` of its document, ``newest`` the id of that one's
    newest version. ``hold`` is moved or lost while the passage stands in an older version.
    """

    id: str
    passage: Passage
    section_id: str
    criterion_id: str | None
    code: str
    polarity: Polarity
    note: str | None
    by: str
    at: str
    filename: str
    hold: Hold = Hold.EXACT
    decision: str | None = None
    document: str = ""
    newest: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The author's summary and grade for a block, named by its first criterion (or ``"18"``).

    ``block`` is the 0-based place of the block in its section. The summary is plain text;
    :mod:`cambs_evidence.summaries` says what lines and references in it mean.
    """

    id: str
    section_id: str
    block: int
    code: str
    summary: str
    grade: Grade | None
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A judgement as it was left by one change of it; ``what`` is the log's word for that."""

    at: str
    by: str
    what: str
    summary: str
    grade: Grade | None


@dataclass(frozen=True, slots=True)
class Action:
    """What is to be done about an area for development.

    ``code`` is its criterion, or a section without criteria. ``due`` and ``done`` are ISO text of
    a day, month or year; ``link`` is the link it was made from, which may be gone by now.
    """

    id: str
    section_id: str
    criterion_id: str | None
    code: str
    text: str
    owner: str | None
    due: str | None
    done: str | None
    link: str | None
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """How far a section is judged: blocks with a summary, blocks with a grade, and its gaps."""

    number: int
    blocks: int
    judged: int
    graded: int
    gaps: int


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row before and after a change; None where the row did or does not exist."""

    table: str
    key: str
    before: dict[str, object] | None
    after: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Change:
    """One acknowledged change of the case, with all that its exact inverse needs."""

    what: str
    subject: str
    rows: tuple[RowChange, ...]


@dataclass(frozen=True, slots=True)
class Amended:
    """What became of many links that were to be changed together; all are ids.

    ``left`` are those that stayed as they were, since another link of their passage says so
    already. ``change`` has no rows where nothing differs.
    """

    changed: tuple[str, ...]
    left: tuple[str, ...]
    change: Change


@dataclass(frozen=True, slots=True)
class Rehold:
    """What became of a passage when its document was replaced by a new version.

    ``new`` is where it would stand in that one: there already where ``hold`` is exact, waiting for
    a person where it is moved, None where it is lost.
    """

    passage_id: str
    hold: Hold
    old: Anchor
    new: Anchor | None


@dataclass(frozen=True, slots=True)
class Replaced:
    """A document that was replaced by a new version, and what became of its passages."""

    document: Document
    exact: tuple[Rehold, ...]
    moved: tuple[Rehold, ...]
    lost: tuple[Rehold, ...]
    change: Change


class Fate(StrEnum):
    """What becomes of a criterion between two versions of a framework."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    REWORDED = "reworded"
    SPLIT = "split"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Pairing:
    """A criterion, or a section without criteria, before and after.

    ``old`` and ``new`` are codes; None where there is none. One that was split has as many new
    codes in ``parts``. ``likeness`` of the wordings is 0 to 100. ``remark`` says what else is
    other: a mark, a block.
    """

    fate: Fate
    old: str | None
    new: str | None
    likeness: float = 0.0
    parts: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What hangs on a criterion, or a section without criteria: numbers of links and actions.

    ``judged`` where only it could tell where the judgement of its block goes; ``excluded`` where
    it does not apply.
    """

    links: int = 0
    actions: int = 0
    judged: bool = False
    excluded: bool = False

    def __bool__(self) -> bool:
        return bool(self.links or self.actions or self.judged or self.excluded)


@dataclass(frozen=True, slots=True)
class Question:
    """Where what hangs on an old criterion goes, which only a person can say.

    ``suggested`` is the likeliest new code, None where none is like it; ``choices`` are the
    likeliest, best first.
    """

    old: str
    held: Held
    because: str
    suggested: str | None
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The framework that a case stands on against one that it may move to.

    ``pairings`` come in the order of the new tree, what is gone at the end; ``version`` is what the
    new one will be called; ``carried`` how many links go along for certain. ``changes`` is False
    where the case stands on it already.
    """

    pairings: tuple[Pairing, ...]
    questions: tuple[Question, ...]
    version: str
    carried: int
    changes: bool

    def count(self, fate: Fate) -> int:
        """How many criteria have a fate."""
        return sum(each.fate is fate for each in self.pairings)


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of moving a case to another framework; ``added`` and ``removed`` are codes."""

    carried: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    change: Change


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the change log."""

    seq: int
    at: str
    by: str
    what: str
    subject: str
    before: str
    after: str
    previous: str
    hash: str


class Tally(NamedTuple):
    """How many links of one polarity a document bears for one criterion (or section, ``"18"``).

    There can be tens of thousands, and a dataclass takes ten times as long to be made.
    """

    code: str
    polarity: Polarity
    document_id: str
    links: int


@dataclass(frozen=True, slots=True)
class CriterionCoverage:
    """The evidence for one criterion, or for a section without criteria.

    ``conflict`` is True where strength and development of the same period are among it.
    """

    code: str
    marked: bool
    strength: int
    development: int
    neutral: int
    documents: int
    latest: str | None
    oldest: str | None
    state: State
    conflict: bool = field(default=False, repr=False)  # packs keep the numbers they had


@dataclass(frozen=True, slots=True)
class SectionCoverage:
    """How many criteria of a section are covered, and how many have no evidence at all.

    Those that do not apply are among the criteria, and neither covered nor gaps.
    """

    number: int
    criteria: int
    covered: int
    gaps: int
    itself: CriterionCoverage | None = None
    not_applicable: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The state of the whole framework at one reference date (ISO text, or None if unknown).

    Evidence of before the day ``old_before`` (ISO text) is old; None where there is no such day.
    """

    reference: str | None
    criteria: tuple[CriterionCoverage, ...]
    sections: tuple[SectionCoverage, ...]
    old_before: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """One criterion with evidence of the same period that speaks for and against it."""

    code: str
    strengths: tuple[Link, ...]
    developments: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One page that a search found; ``page`` is 0-based.

    ``place`` is where on it the words stand that the snippet shows first, None where that is not
    known; ``tagged`` where they stand in a passage already.
    """

    document: Document
    page: int
    snippet: str
    place: Place | None = None
    tagged: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """What a long piece of work says of itself; ``total`` is 0 while unknown.

    ``part`` is how much of what is under way is done besides, in the same unit: half of the only
    document is 0.5.
    """

    stage: str
    done: int
    total: int
    detail: str = ""
    part: float = 0.0


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one path given to an import.

    ``code`` says why one was refused, for programs: such as ``encrypted``, ``unsafe``, ``missing``.
    """

    path: str
    status: str
    document: Document | None = None
    reason: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Recognised:
    """What became of one page (0-based) that was to be recognised.

    ``words`` were found and are kept, with their mean ``confidence``, 0 to 100; None where there
    are none. ``reason`` says why a page was left as it was, otherwise it is None.
    """

    page: int
    words: int
    confidence: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a check found: what, where, and what a person can do about it.

    ``document`` and ``link`` are ids, ``page`` is 0-based; each is None where it is not known.
    """

    what: str
    where: str
    mend: str
    document: str | None = None
    page: int | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of coverage."""

    old_after_years: int = 3
    thin_below_documents: int = 2


@dataclass(frozen=True, slots=True)
class PackOptions:
    """What goes into a pack. ``date`` is ISO text; ``sections`` empty means all.

    ``since`` and ``until`` are ISO text of a day, month or year that the documents are of;
    ``documents`` are identities (:attr:`Document.identity`), empty for all. ``since_pack`` is the
    path of an earlier pack: what has changed since is told and marked. With ``crops`` each passage
    is shown as it stands on its page, too.
    """

    sections: tuple[int, ...] = ()
    marked_only: bool = False
    polarity: Polarity | None = None
    annex: str = "cited"
    date: str | None = None
    since: str | None = None
    until: str | None = None
    documents: tuple[str, ...] = ()
    since_pack: str | None = None
    crops: bool = False


@dataclass(frozen=True, slots=True)
class PackResult:
    """A pack that was written."""

    path: str
    pages: int
    excerpts: int
    sha256: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackPreview:
    """A pack that was laid out to be looked at: its pages are those of the pack itself.

    ``name`` is what its file is asked for by, ``size`` width and height of its pages in points.
    ``left_out`` are pages (0-based) on which a document's own page stands in the pack and not
    here, ``unpainted`` those with pictures that are not there yet; ``unfinished`` where another
    preview follows, in which all is there that is to be shown. ``gaps`` are the criteria
    without evidence that it shows, ``remarks`` what is to be known before it is passed on, one
    sentence each.
    """

    name: str
    pages: int
    size: tuple[float, float]
    excerpts: int
    documents: int
    gaps: int
    left_out: frozenset[int] = frozenset()
    unpainted: frozenset[int] = frozenset()
    unfinished: bool = False
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportResult:
    """An export that was written: the paths of its files, and how many quotes they hold."""

    files: tuple[str, ...]
    excerpts: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A quote that verification could not confirm."""

    link: str
    document: str
    quote: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What verification made of one source: same, changed or missing."""

    filename: str
    status: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of verifying a pack.

    ``remarks`` say of quotes that were recognised by machine how far they are proved; ``since``
    what the pack compares itself with, empty where it does not.
    """

    pack: str
    excerpts: int
    verified: int
    documents: tuple[SourceStatus, ...]
    failures: tuple[Failure, ...] = field(default=())
    remarks: tuple[Failure, ...] = field(default=())
    since: str = ""
