"""A review in figures: progress, agreement, and coverage by what was accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cambs_evidence.counts import tallied
from cambs_evidence.mapping import coverage as mapping
from cambs_evidence.model import CaseFacts, Document, Framework, Limits, Link
from cambs_evidence.review import Finding, Review, Stand, Summary, Tried

#: How a link stands that the author has to see to.
OPEN_QUESTIONS = (Stand.QUERIED, Stand.ANSWERED, Stand.CONFLICTING)


def tried(reviews: Sequence[Review]) -> Tried:
    """How far the review of some links is."""
    stands = Counter(each.stand for each in reviews)
    return Tried(
        total=len(reviews),
        stands={each: stands[each] for each in Stand},
        outdated=sum(bool(each.outdated) for each in reviews),
        seen=sum(any(said.seen for said in each.decisions) for each in reviews),
    )


def summary(
    framework: Framework,
    links: Sequence[Link],
    reviews: Sequence[Review],
    findings: Sequence[Finding],
    documents: Sequence[Document],
    facts: CaseFacts,
    limits: Limits,
    gone: int,
) -> Summary:
    """A review as an auditor reports it; ``reviews`` are those of ``links``, in their order."""
    by_section: dict[str, list[Review]] = {}
    for link, review in zip(links, reviews, strict=True):
        by_section.setdefault(link.section_id, []).append(review)
    accepted = [
        link for link, review in zip(links, reviews, strict=True) if review.stand is Stand.ACCEPTED
    ]
    claimed, reviewed = (
        mapping.coverage(framework, tallied(some), list(documents), facts, limits)
        for some in (links, accepted)
    )
    decided = [each for each in reviews if each.decisions]
    several = [each for each in decided if len(each.decisions) > 1]
    alike = sum(each.stand is not Stand.CONFLICTING for each in several)
    return Summary(
        tried=tried(reviews),
        sections=tuple(
            (section.number, tried(by_section.get(section.id, ())))
            for section in framework.sections
        ),
        reviewers=tuple(sorted({said.by for each in decided for said in each.decisions})),
        claimed=claimed,
        reviewed=reviewed,
        accepted=len(accepted) / len(decided) if decided else None,
        agreement=alike / len(several) if several else None,
        queries=tuple(
            (link, review)
            for link, review in zip(links, reviews, strict=True)
            if review.stand in OPEN_QUESTIONS
        ),
        findings=tuple(findings),
        gone=gone,
    )
