"""What a pack holds and in which order: pure, without a thought of pages or ink."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cambs_evidence.errors import Unknown, WordsOff
from cambs_evidence.mapping.conflicts import is_conflict
from cambs_evidence.mapping.coverage import is_old
from cambs_evidence.model import (
    Action,
    CaseFacts,
    Coverage,
    Criterion,
    CriterionCoverage,
    Document,
    Framework,
    Hold,
    Judgement,
    Limits,
    Link,
    PackOptions,
    Polarity,
)
from cambs_evidence.pack.changes import Changes
from cambs_evidence.review import Finding, Review, SignOff
from cambs_evidence.summaries import references
from cambs_evidence.wording import as_iso, citation, first_day, in_words, last_day, within


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One quote as it stands in the pack; ``reference`` is its name there, such as ``E17``.

    ``version`` says which version of its document it is quoted from, empty where there is but one;
    ``news`` that it is new or changed since an earlier pack, empty where nothing is compared.
    """

    reference: str
    link: Link
    document: Document
    old: bool
    version: str = ""
    news: str = ""

    @property
    def quote(self) -> str:
        return self.link.passage.anchor.quote

    @property
    def citation(self) -> str:
        return citation(self.link, self.document)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One criterion, or a section without criteria, with its excerpts."""

    code: str
    criterion: Criterion | None
    coverage: CriterionCoverage
    excerpts: tuple[Excerpt, ...]

    @property
    def not_applicable(self) -> str | None:
        """Why the criterion does not apply, None where it does."""
        return self.criterion.not_applicable if self.criterion is not None else None

    @property
    def conflicting(self) -> bool:
        return is_conflict((each.link.polarity, each.document) for each in self.excerpts)


@dataclass(frozen=True, slots=True)
class Block:
    """The criteria that share one summary, what was judged of them and what is to be done."""

    chapters: tuple[Chapter, ...]
    judgement: Judgement | None = None
    actions: tuple[Action, ...] = ()

    @property
    def name(self) -> str:
        codes = [chapter.code for chapter in self.chapters]
        return codes[0] if len(codes) == 1 else f"{codes[0]}–{codes[-1]}"


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the framework."""

    number: int
    title: str
    blocks: tuple[Block, ...]

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        return tuple(chapter for block in self.blocks for chapter in block.chapters)


@dataclass(frozen=True, slots=True)
class AnnexPage:
    """One page of a source in the annex (0-based), with the excerpts that stand on it."""

    document: Document
    page: int
    label: str | None
    excerpts: tuple[Excerpt, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a pack says."""

    facts: CaseFacts
    framework_name: str
    framework_version: str
    date: str
    filters: tuple[str, ...]
    reference: str | None
    limits: Limits
    parts: tuple[Part, ...]
    documents: tuple[Document, ...]
    annex: tuple[AnnexPage, ...]
    annex_kind: str
    number: str
    #: True where each passage is shown as it stands on its page, too.
    crops: bool = False
    #: What summaries and actions refer to, by the id of the link; what the filters leave out has
    #: no reference.
    cited: Mapping[str, Excerpt] = field(default_factory=dict)
    #: What reviewers said of the links that are printed, by their ids.
    reviews: Mapping[str, Review] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    #: What differs from an earlier pack, None where none was named.
    changes: Changes | None = None

    @property
    def carries_pages(self) -> bool:
        """True where pages of the sources go with the pack as they are.

        Without them it holds to PDF/UA-1 and PDF/A-2b: it carries nothing of others' making.
        """
        return self.annex_kind not in {"none", "pictures"}

    @property
    def reviewed(self) -> bool:
        """True where a reviewer has said something."""
        return bool(self.reviews or self.findings)

    def review(self, excerpt: Excerpt) -> Review:
        """What was said of a link, nothing where nobody has."""
        return self.reviews.get(excerpt.link.id) or Review(excerpt.link.id)

    @property
    def judged(self) -> bool:
        """True where a block has been judged: then it is told which have not."""
        return any(block.judgement for part in self.parts for block in part.blocks)

    @property
    def excerpts(self) -> tuple[Excerpt, ...]:
        return tuple(
            excerpt
            for part in self.parts
            for chapter in part.chapters
            for excerpt in chapter.excerpts
        )

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        return tuple(chapter for part in self.parts for chapter in part.chapters)


@dataclass(frozen=True, slots=True)
class Said:
    """What reviewers said, and who signed which section off."""

    reviews: tuple[Review, ...] = ()
    findings: tuple[Finding, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()


def compose(
    facts: CaseFacts,
    framework: Framework,
    links: Iterable[Link],
    documents: Sequence[Document],
    coverage: Coverage,
    labels: dict[tuple[str, int], str | None],
    options: PackOptions,
    limits: Limits,
    judgements: Iterable[Judgement] = (),
    actions: Sequence[Action] = (),
    said: Said | None = None,
) -> Contents:
    """Puts the evidence in the order of the framework and applies the filters.

    Args:
        labels: printed page labels by document id and 0-based page, for the annex.
    """
    when = _checked_day(options.date) if options.date else date.today().isoformat()  # noqa: DTZ011
    numbers = {section.number for section in framework.sections}
    if unknown := sorted(set(options.sections) - numbers):
        raise Unknown(f"There is no section {unknown[0]}.", code="unknown-section")
    known = {document.id: document for document in documents}
    versions = Counter(document.identity for document in documents)
    by_code: dict[str, list[Link]] = {}
    links = list(links)
    judged = {each.code: each for each in judgements}
    passes = _sieve(options, known)
    for link in links:
        if passes(link):
            by_code.setdefault(link.code, []).append(link)
    states = {each.code: each for each in coverage.criteria}
    states |= {each.itself.code: each.itself for each in coverage.sections if each.itself}
    count = 0
    parts: list[Part] = []
    used: set[str] = set()
    for section in framework.sections:
        if options.sections and section.number not in options.sections:
            continue
        criteria: dict[str, Criterion | None] = {each.code: each for each in section.criteria}
        blocks: list[Block] = []
        for codes in section.blocks:
            chapters: list[Chapter] = []
            for code in codes or (str(section.number),):
                criterion = criteria.get(code)
                if options.marked_only and not (criterion and criterion.marked):
                    continue
                excerpts = []
                for link in _in_print_order(by_code.get(code, []), known):
                    count += 1
                    document = known[link.passage.document_id]
                    used.add(document.id)
                    old = is_old(document.date, coverage.reference, limits)
                    version = _version(link, document, versions[document.identity])
                    excerpts.append(Excerpt(f"E{count}", link, document, old, version))
                chapters.append(Chapter(code, criterion, states[code], tuple(excerpts)))
            if chapters:
                within = {*codes, str(section.number)}
                todo = tuple(each for each in actions if each.code in within)
                name = codes[0] if codes else str(section.number)
                blocks.append(Block(tuple(chapters), judged.get(name), todo))
        if blocks:
            parts.append(Part(section.number, section.title, tuple(blocks)))
    cited = tuple(document for document in documents if document.id in used)
    said = said or Said()
    shown = {
        excerpt.link.id
        for part in parts
        for chapter in part.chapters
        for excerpt in chapter.excerpts
    }
    there = {part.number for part in parts}
    within_it = {chapter.code for part in parts for chapter in part.chapters}
    found = Contents(
        facts=facts,
        framework_name=framework.name,
        framework_version=framework.version,
        date=when,
        filters=_filters(options, documents),
        reference=coverage.reference,
        limits=limits,
        parts=tuple(parts),
        documents=cited,
        annex=(),
        annex_kind=options.annex,
        crops=options.crops,
        number="",
        cited=_cited(parts, links, known),
        reviews={each.link: each for each in said.reviews if each.thread and each.link in shown},
        findings=tuple(each for each in said.findings if each.code in within_it),
        sign_offs=tuple(each for each in said.sign_offs if each.section in there),
    )
    return _finished(found, labels)


def _cited(
    parts: Iterable[Part], links: Iterable[Link], known: Mapping[str, Document]
) -> dict[str, Excerpt]:
    """What the summaries and actions of a pack refer to, by the id of the link."""
    blocks = [block for part in parts for block in part.blocks]
    wanted = {x for each in blocks if each.judgement for x in references(each.judgement.summary)}
    wanted |= {action.link for each in blocks for action in each.actions if action.link}
    found = {
        link.id: Excerpt("", link, known[link.passage.document_id], old=False)
        for link in links
        if link.id in wanted
    }
    printed = {
        each.link.id: each
        for block in blocks
        for chapter in block.chapters
        for each in chapter.excerpts
        if each.link.id in wanted
    }
    return found | printed


def _version(link: Link, document: Document, versions: int) -> str:
    """Which of several versions of its document a quote is from, and that it waits, if it does."""
    words = f"version {document.version} of {in_words(document.added_at[:10])}"
    if link.hold is Hold.MOVED:
        return f"quoted from {words}, not confirmed in the new version"
    if link.hold is Hold.LOST:
        return f"quoted from {words}, not found in the new version"
    return words if versions > 1 else ""


def _in_print_order(links: list[Link], documents: Mapping[str, Document]) -> list[Link]:
    """Strength and development in pairs where they conflict, then what is left, then neutral."""
    if not is_conflict((each.polarity, documents[each.passage.document_id]) for each in links):
        return links
    sides = {
        side: [link for link in links if link.polarity is side]
        for side in (Polarity.STRENGTH, Polarity.DEVELOPMENT)
    }
    strengths, developments = sides.values()
    paired = min(len(strengths), len(developments))
    pairs = [link for pair in zip(strengths, developments, strict=False) for link in pair]
    neutral = [link for link in links if link.polarity is Polarity.NEUTRAL]
    return [*pairs, *strengths[paired:], *developments[paired:], *neutral]


def _finished(found: Contents, labels: dict[tuple[str, int], str | None]) -> Contents:
    from dataclasses import replace  # noqa: PLC0415

    annex = tuple(_annex(found, labels))
    # Usual limits go unnamed, so that packs keep the number they had before limits could be set.
    limits = [] if found.limits == Limits() else [str(found.limits)]
    told = json.dumps(
        [
            str(found.facts), found.framework_version, found.date, found.filters, found.reference,
            found.annex_kind, [document.sha256 for document in found.documents],
            [_identity(each.link) for each in found.excerpts],
            [str(chapter.coverage) for chapter in found.chapters], *limits,
            *(each.not_applicable for each in found.chapters if each.not_applicable),
            *(each.version for each in found.excerpts if each.version),
            *(str(each) for part in found.parts for block in part.blocks
              for each in (block.judgement, *block.actions) if each is not None),
            *(["crops"] if found.crops else []),
            *map(str, (*found.reviews.values(), *found.findings, *found.sign_offs)),
        ],
        ensure_ascii=False,
    )  # fmt: skip
    digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
    number = f"{digest[:4]}-{digest[4:8]}-{digest[8:12]}".upper()
    return replace(found, annex=annex, number=number)


def _identity(link: Link) -> list[object]:
    """All of a link that a pack prints or proves."""
    passage = link.passage
    spans = [[span.page, span.start, span.end] for span in passage.anchor.spans]
    region = passage.anchor.region
    part = [] if region is None else [region.kind, region.box, region.picture_sha256]
    return [
        link.id,
        link.code,
        link.polarity.value,
        link.note,
        link.by,
        link.at,
        passage.anchor.quote,
        passage.anchor.document_sha256,
        spans,
        *part,
    ]


def _annex(found: Contents, labels: dict[tuple[str, int], str | None]) -> Iterable[AnnexPage]:
    if found.annex_kind == "none":
        return
    for document in found.documents:
        on_page: dict[int, list[Excerpt]] = {}
        for excerpt in found.excerpts:
            if excerpt.document.id == document.id:
                for page in dict.fromkeys(span.page for span in excerpt.link.passage.anchor.spans):
                    on_page.setdefault(page, []).append(excerpt)
        pages = range(document.pages) if found.annex_kind == "full" else sorted(on_page)
        for page in pages:
            label = labels.get((document.id, page))
            yield AnnexPage(document, page, label, tuple(on_page.get(page, [])))


def _sieve(options: PackOptions, known: Mapping[str, Document]) -> Callable[[Link], bool]:
    """Which links the filters let pass."""
    since = _checked_date(options.since) if options.since is not None else None
    until = _checked_date(options.until) if options.until is not None else None
    if since and until and last_day(until) < first_day(since):
        raise WordsOff(f"The period {options.since}..{options.until} ends before it begins.")

    def passes(link: Link) -> bool:
        document = known[link.passage.document_id]
        return (
            options.polarity in {None, link.polarity}
            and (not options.documents or document.identity in options.documents)
            and within(document.date, since, until)
        )

    return passes


def _filters(options: PackOptions, documents: Sequence[Document]) -> tuple[str, ...]:
    said = []
    if options.sections:
        plural = "s" if len(options.sections) > 1 else ""
        said.append(f"Section{plural} {', '.join(map(str, sorted(set(options.sections))))} only")
    if options.marked_only:
        said.append("Criteria marked (M) only")
    if options.polarity:
        said.append(f"Evidence of polarity “{options.polarity.value}” only")
    ends = [
        f"{word} {in_words(_checked_date(when))}"
        for word, when in (("from", options.since), ("until", options.until))
        if when is not None
    ]
    if ends:
        said.append(f"Documents dated {' '.join(ends)} only")
    if options.documents:
        titles = [each.title for each in documents if each.identity in options.documents
                  and each.replaced_by is None]  # fmt: skip
        plural = "s" if len(titles) > 1 else ""
        said.append(f"Document{plural} {', '.join(f'“{each}”' for each in titles)} only")
    return tuple(said)


def _checked_date(value: str) -> str:
    """ISO text of a day, month or year."""
    iso = as_iso(value)
    if iso is None:
        raise WordsOff(f"{value!r} is no date; write it as 2024-03-31, 2024-03 or 2024.")
    return iso


def _checked_day(value: str) -> str:
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError as error:
        raise WordsOff(f"{value!r} is no date; write it as 2024-03-31.") from error


def counted(number: int, name: str) -> str:
    """A number of things, as people say it."""
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
