"""What a case holds as the window shows it, how it is read, and what is told when it changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cambs_evidence.model import (
    Action,
    CaseFacts,
    Coverage,
    Document,
    Framework,
    Judgement,
    Limits,
    Link,
    SectionProgress,
)
from cambs_evidence.review import Bundle, Finding, Review
from cambs_evidence.summaries import progress

if TYPE_CHECKING:
    from cambs_evidence.case import Case

#: Links up to which a case is read whole before it is shown: that takes a tenth of a second.
AT_ONCE = 4_000
#: Links of the table of evidence that are read first: more than fit on a screen.
FIRST = 200


@dataclass(frozen=True, slots=True)
class News:
    """What has changed: links by what became of them, and which other things.

    ``were`` are the altered links as they were before, ``reviews`` the ids of links of which
    something else was said, or whose decisions are outdated now.
    """

    added: tuple[Link, ...] = ()
    altered: tuple[Link, ...] = ()
    gone: tuple[Link, ...] = ()
    documents: bool = False
    facts: bool = False
    framework: bool = False
    judgements: bool = False
    actions: bool = False
    were: tuple[Link, ...] = ()
    reviews: tuple[str, ...] = ()
    findings: bool = False
    sign_offs: bool = False

    @property
    def links(self) -> tuple[Link, ...]:
        """All links that are not as they were."""
        return self.added + self.altered + self.gone


@dataclass(slots=True)
class Held:
    """All that the window shows of a case; ``versions`` are the older ones of its documents.

    ``source`` is name and SHA-256 of the file that the framework was read from. Judgements go by
    the code of their block, reviews by the id of their link. ``bundle`` is what a file for review
    says of itself.

    Of a large case ``links`` are those of some documents at first; ``coming`` are the ids of all
    versions of the others, by the id of the newest, ``counted`` is how many links there are in all,
    and ``first`` those that stand first in the order of the framework. All else is whole.
    """

    framework: Framework
    facts: CaseFacts
    limits: Limits
    source: tuple[str, str] | None
    documents: dict[str, Document]
    versions: dict[str, Document]
    links: dict[str, Link]
    coverage: Coverage
    judgements: dict[str, Judgement] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    bundle: Bundle | None = None
    coming: dict[str, tuple[str, ...]] = field(default_factory=dict)
    first: tuple[Link, ...] = ()
    counted: int = 0

    @property
    def number(self) -> int:
        """How many links there are, whether or not they have been read."""
        return self.counted if self.coming else len(self.links)

    def review(self, link_id: str) -> Review:
        """What was said of a link."""
        return self.reviews.get(link_id) or Review(link_id)

    def progress(self) -> tuple[SectionProgress, ...]:
        """How far each section is judged."""
        return progress(self.framework, self.judgements.values(), self.coverage)


def load(case: Case, shown: Collection[str] | None = None) -> Held:
    """Reads what the window shows; takes its time, and is called in a thread.

    With ``shown``, the ids of the documents that are to be seen first (of none of them: the first
    of the case), the links of the others of a large case are left to be read later; see
    :class:`Held`. A file for review is read whole: its queue is what is seen first.
    """
    known, coverage = case.documents_and_coverage()
    documents, older = {each.id: each for each in known}, versions(case)
    counted = sum(each.links for each in known)
    coming: dict[str, tuple[str, ...]] = {}
    first: list[Link] = []
    if shown is None or counted <= AT_ONCE or case.review_mode:
        links = case.evidence()
    else:
        bearing = {each.id: [each.id] for each in known if each.links}
        for each in older.values():
            if each.replaced_by in bearing:
                bearing[each.replaced_by].append(each.id)
        wanted = {older[each].replaced_by if each in older else each for each in shown}
        wanted = wanted & documents.keys() or set(list(documents)[:1])
        coming = {key: tuple(ids) for key, ids in bearing.items() if key not in wanted}
        now = [each for key, ids in bearing.items() if key in wanted for each in ids]
        links = [link for some in case.links_in(now) for link in some]
        first = case.first_links(FIRST)
    return Held(
        framework=case.framework(),
        facts=case.facts(),
        limits=case.limits(),
        source=case.framework_source(),
        documents=documents,
        versions=older,
        links={each.id: each for each in links},
        coverage=coverage,
        judgements={each.code: each for each in case.judgements()},
        actions={each.id: each for each in case.actions()},
        reviews=reviews(case, [*links, *first]),
        findings={each.id: each for each in case.findings()},
        bundle=case.bundle(),
        coming=coming,
        first=tuple(first),
        counted=counted,
    )


def reviews(case: Case, links: Sequence[Link]) -> dict[str, Review]:
    """What was said of some links, by their ids; of most nothing."""
    if not case.is_reviewed():
        return {}
    return {each.link: each for each in case.reviews(links) if each.thread}


def versions(case: Case) -> dict[str, Document]:
    """The older versions of documents; their titles say that they are."""
    return {
        each.id: replace(each, title=f"{each.title} (version {each.version})")
        for each in case.versions()
    }
