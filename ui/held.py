"""What a case holds as the window shows it, how it is read, and what is told when it changes."""

from __future__ import annotations

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

    def review(self, link_id: str) -> Review:
        """What was said of a link."""
        return self.reviews.get(link_id) or Review(link_id)

    def progress(self) -> tuple[SectionProgress, ...]:
        """How far each section is judged."""
        return progress(self.framework, self.judgements.values(), self.coverage)


def load(case: Case) -> Held:
    """Reads what the window shows; takes its time, and is called in a thread."""
    links = case.evidence()
    return Held(
        framework=case.framework(),
        facts=case.facts(),
        limits=case.limits(),
        source=case.framework_source(),
        documents={each.id: each for each in case.documents()},
        versions=versions(case),
        links={each.id: each for each in links},
        coverage=case.coverage(),
        judgements={each.code: each for each in case.judgements()},
        actions={each.id: each for each in case.actions()},
        reviews={each.link: each for each in case.reviews(links) if each.thread},
        findings={each.id: each for each in case.findings()},
        bundle=case.bundle(),
    )


def versions(case: Case) -> dict[str, Document]:
    """The older versions of documents; their titles say that they are."""
    return {
        each.id: replace(each, title=f"{each.title} (version {each.version})")
        for each in case.versions()
    }
