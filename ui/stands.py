"""How links stand with their reviewers, for the person who looks, in signs and words."""

from __future__ import annotations

from collections.abc import Mapping

from cambs_evidence.review import Remark, Review, Stand, Verdict
from cambs_evidence.wording import moment_in_words
from ui.session import Session

#: Sign and word of how a link stands; none is told by a colour.
STANDS: Mapping[Stand, tuple[str, str]] = {
    Stand.OPEN: ("○", "Open"),
    Stand.ACCEPTED: ("✓", "Accepted"),
    Stand.QUERIED: ("?", "Queried"),
    Stand.ANSWERED: ("↩", "Answered"),
    Stand.REJECTED: ("✗", "Rejected"),
    Stand.CONFLICTING: ("≠", "Conflicting"),
}
VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.ACCEPT: STANDS[Stand.ACCEPTED],
    Verdict.QUERY: STANDS[Stand.QUERIED],
    Verdict.REJECT: STANDS[Stand.REJECTED],
}


def remark_in_words(remark: Remark) -> str:
    """Who said what, and when."""
    sign, word = VERDICTS[remark.verdict] if remark.verdict else ("↩", "Answered")
    return f"{sign} {word} by {remark.by}, {moment_in_words(remark.at)}"


def own_view(session: Session, review: Review, person: str) -> Review:
    """What a person is shown of a review.

    In a file for review others' decisions are shown on a link once the person has made their own,
    so that it is theirs; what was asked and answered before it went out is in any case.
    """
    if not session.reviewing or review.of(person) is not None:
        return review
    thread = tuple(each for each in review.thread if each.verdict is None or each.by == person)
    own = review.by_one(person)
    return Review(review.link, own.decisions, thread, own.outdated)


def stand_of(session: Session, review: Review, person: str) -> Stand:
    """How a link stands for a person: in a file for review by what they say themselves.

    Where they differ from another it is conflicting in either.
    """
    seen = own_view(session, review, person)
    if not session.reviewing or seen.stand is Stand.CONFLICTING:
        return seen.stand
    return seen.by_one(person).stand


def said_in_words(session: Session, link_id: str) -> str:
    """How a link stands for whoever is at work, empty while nobody has said anything."""
    if link_id not in session.held.reviews:
        return ""
    stand = stand_of(session, session.held.review(link_id), session.case.by)
    return "" if stand is Stand.OPEN else STANDS[stand][1]
