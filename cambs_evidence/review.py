"""What reviewers and authors say of links to one another: frozen records for all rooms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cambs_evidence.model import Anchor, Change, Coverage, Event, Link, Polarity


class Verdict(StrEnum):
    """What a reviewer says of a link."""

    ACCEPT = "accept"
    QUERY = "query"
    REJECT = "reject"


class Stand(StrEnum):
    """How a link stands with its reviewers; answered is a query that somebody has answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    QUERIED = "queried"
    ANSWERED = "answered"
    REJECTED = "rejected"
    CONFLICTING = "conflicting"


#: Whoever asks for one decision of several reviewers is given the gravest.
_GRAVEST = (Verdict.REJECT, Verdict.QUERY, Verdict.ACCEPT)
_STANDS = {
    Verdict.ACCEPT: Stand.ACCEPTED,
    Verdict.QUERY: Stand.QUERIED,
    Verdict.REJECT: Stand.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What one reviewer said of a link at one time.

    ``seen`` where it was looked at in its place on the page; ``state`` is the SHA-256 of what the
    link said then, see :func:`cambs_evidence.audit.states.link_state`.
    """

    id: str
    link: str
    verdict: Verdict
    comment: str | None
    seen: bool
    state: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Message:
    """An answer in the thread of a link."""

    id: str
    link: str
    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One entry of a thread; ``verdict`` is None for an answer, ``text`` empty without a comment.

    ``id`` is that of the decision or message.
    """

    id: str
    by: str
    at: str
    verdict: Verdict | None
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """All that was said of one link.

    ``decisions`` holds the newest of each reviewer, ``thread`` everything, oldest first.
    ``outdated`` are the reviewers whose decision is of an earlier state of the link.
    """

    link: str
    decisions: tuple[Decision, ...] = ()
    thread: tuple[Remark, ...] = ()
    outdated: tuple[str, ...] = ()

    @property
    def stand(self) -> Stand:
        """How the link stands."""
        verdicts = {each.verdict for each in self.decisions}
        if not verdicts:
            return Stand.OPEN
        if len(verdicts) > 1:
            return Stand.CONFLICTING
        [verdict] = verdicts
        if verdict is Verdict.QUERY and not self.waits:
            return Stand.ANSWERED
        return _STANDS[verdict]

    @property
    def waits(self) -> bool:
        """True while somebody's query has no answer, whatever other reviewers decided."""
        asked = [each.at for each in self.decisions if each.verdict is Verdict.QUERY]
        answers = [each.at for each in self.thread if each.verdict is None]
        return bool(asked) and not any(each >= max(asked) for each in answers)

    @property
    def verdict(self) -> Verdict | None:
        """The one decision, where reviewers differ the gravest; None where there is none."""
        return gravest(each.verdict for each in self.decisions)

    def of(self, reviewer: str) -> Decision | None:
        """What a reviewer says of it now."""
        return next((each for each in self.decisions if each.by == reviewer), None)

    def by_one(self, reviewer: str) -> Review:
        """The same with the decisions of one reviewer alone."""
        own = tuple(each for each in self.decisions if each.by == reviewer)
        late = tuple(each for each in self.outdated if each == reviewer)
        return Review(self.link, own, self.thread, late)


def gravest(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The gravest of some verdicts: reject before query before accept; None where there is none."""
    known = set(verdicts)
    return next((each for each in _GRAVEST if each in known), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """A passage that a reviewer found missing: no evidence before the author takes it.

    ``document_id`` is the version that it stands in. ``outcome`` is ``taken`` or ``declined``, None
    while it waits for the author; ``link`` is the link that it became, ``reason`` why it was
    declined.
    """

    id: str
    document_id: str
    filename: str
    anchor: Anchor
    page_label: str | None
    paragraph: str | None
    code: str
    polarity: Polarity
    comment: str | None
    by: str
    at: str
    outcome: str | None = None
    link: str | None = None
    reason: str | None = None
    answered_by: str | None = None
    answered_at: str | None = None


@dataclass(frozen=True, slots=True)
class SignOff:
    """Somebody's name under a section.

    ``date`` is the ISO text of a day. ``reopened`` where the section is no longer as it was;
    ``since`` are the changes that did it, oldest first, empty where none is in the log.
    """

    id: str
    section: int
    by: str
    date: str
    at: str
    reopened: bool = False
    since: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """How far a review is: links by how they stand.

    ``outdated`` of the decided ones were changed since, ``seen`` were looked at on their page.
    """

    total: int
    stands: dict[Stand, int]
    outdated: int
    seen: int

    @property
    def decided(self) -> int:
        """Links that somebody has decided on."""
        return self.total - self.stands.get(Stand.OPEN, 0)


@dataclass(frozen=True, slots=True)
class Summary:
    """A review in figures.

    ``claimed`` is coverage by all links, ``reviewed`` by those that were accepted alone.
    ``accepted`` is the share (0 to 1) of the links decided on that all their reviewers accept,
    ``agreement`` the share of those with several reviewers on which they agree; each None where
    there are none. ``queries`` are the links that are queried, answered or conflicting, with what
    was said of them, in the order of the framework. ``gone`` counts decisions on links that have
    been taken away since.
    """

    tried: Tried
    sections: tuple[tuple[int, Tried], ...]
    reviewers: tuple[str, ...]
    claimed: Coverage
    reviewed: Coverage
    accepted: float | None
    agreement: float | None
    queries: tuple[tuple[Link, Review], ...]
    findings: tuple[Finding, ...]
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a file for review says of itself.

    ``pages`` is ``cited`` or ``all``; ``head`` the number and hash of the newest entry of the
    case's log when it was made, ``case`` the hash of the first, by which a case is known.
    """

    title: str
    by: str
    at: str
    pages: str
    case: str
    head: tuple[int, str]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file for review that was written, with how many links, documents and pages."""

    path: str
    links: int
    documents: int
    pages: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a merge brings.

    ``kind`` is the name of the table it goes to, such as ``decision``, ``link``; ``words`` say what
    it is, in one line. ``changes`` where it takes the place of what the case has now. ``link`` is
    the link it is about, None for others.
    """

    kind: str
    id: str
    words: str
    by: str | None
    changes: bool
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a merge leaves to a person: a plain sentence, and what it is about."""

    kind: str
    id: str
    reason: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Merging:
    """What a merge would do; ``review`` where the file is one for review, else a copy of the case.

    ``people`` are those whose work it brings.
    """

    path: str
    review: bool
    people: tuple[str, ...]
    incoming: tuple[Incoming, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def added(self) -> int:
        """How many things are new to the case."""
        return sum(not each.changes for each in self.incoming)

    @property
    def changed(self) -> int:
        """How many take the place of what the case has now."""
        return sum(each.changes for each in self.incoming)


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did; ``backup`` is None and ``change`` has no rows where it brought nothing."""

    merging: Merging
    backup: Path | None
    change: Change
