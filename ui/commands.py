"""What can be done to the case, each a call of its door that can be undone under its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import (
    Action,
    Amended,
    Anchor,
    Change,
    Document,
    Limits,
    Link,
    Passage,
    Place,
    Polarity,
    Proposal,
    Target,
)
from cambs_evidence.review import Finding, SignOff, Verdict
from ui.pieces import Piece
from ui.session import Session

if TYPE_CHECKING:
    from cambs_evidence.case import Case

Then = Callable[[], None] | None


def tag(
    session: Session,
    document: Document,
    chosen: Place | Piece,
    targets: Sequence[Target],
    polarity: Polarity,
    note: str | None = None,
    then: Then = None,
) -> None:
    """Tags a passage to one criterion or several, in one step."""
    codes = ", ".join(each.code for each in targets)

    def work(case: Case) -> list[Change]:
        anchor = _anchored(case, document, chosen)
        changes: list[Change] = []
        refused: EvidenceError | None = None
        for target in targets:
            try:
                changes.append(case.tag_anchor(document, anchor, target, polarity, note=note)[1])
            except EvidenceError as error:
                refused = error
        if refused is not None and not changes:
            raise refused
        return changes

    session.edit(f"tag {codes}", work, said=f"Tagged {codes} as {polarity.value}.", then=then)


def stretch(session: Session, document: Document, passage: Passage, chosen: Place | Piece) -> None:
    """Has a passage hold other words, or another part of its page; its links stay."""
    session.edit(
        "change a passage",
        lambda case: [case.move_passage(passage.id, _anchored(case, document, chosen))],
        said="Changed what the passage holds.",
    )


def _anchored(case: Case, document: Document, chosen: Place | Piece) -> Anchor:
    if isinstance(chosen, Piece):
        return chosen.anchored(case, document)
    return case.anchor(document, chosen)


def untag(session: Session, links: Sequence[Link]) -> None:
    """Takes links away, all in one step."""
    if not links:
        return
    name = f"untag {links[0].code}" if len(links) == 1 else f"untag {len(links)} links"
    ids = [each.id for each in links]
    session.edit(
        name,
        lambda case: [case.untag_many(ids) if len(ids) > 1 else case.untag(ids[0])],
        said=f"Untagged {name.removeprefix('untag ')}.",
    )


def amend_many(
    session: Session,
    links: Sequence[Link],
    *,
    code: str | None = None,
    polarity: Polarity | None = None,
    note: str | None = None,
) -> None:
    """Changes criterion, polarity or note of many links in one step."""
    if len(links) == 1:
        amend(session, links[0], code=code, polarity=polarity, note=note)
    elif links:
        ids = [each.id for each in links]
        what = f" to {code}" if code else f" to {polarity.value}" if polarity else ": note"
        _together(
            session,
            f"change {len(ids)} links{what}",
            lambda case: case.amend_many(ids, code=code, polarity=polarity, note=note),
            lambda count: f"Changed {_links(count)}.",
        )


def tag_also(session: Session, links: Sequence[Link], code: str) -> None:
    """Tags the passages of links to one more criterion, all in one step."""
    ids = [each.id for each in links]
    if ids:
        _together(
            session,
            f"tag {code}" if len(ids) == 1 else f"tag {len(ids)} passages to {code}",
            lambda case: case.tag_also(ids, code),
            lambda count: f"Tagged {count} passage{'s' if count != 1 else ''} to {code}.",
        )


def _together(
    session: Session,
    name: str,
    work: Callable[[Case], Amended],
    said: Callable[[int], str],
) -> None:
    """One step of which some may be left as it was, which is told."""
    done: list[Amended] = []

    def carry_out(case: Case) -> list[Change]:
        done.append(work(case))
        return [done[0].change]

    def told() -> None:
        changed, left = len(done[0].changed), len(done[0].left)
        if not changed:
            session.said.emit("Nothing was to be changed.")
            return
        are = "is" if left == 1 else "are"
        rest = f" {left} {are} left: their passages are tagged so already." if left else ""
        session.said.emit(said(changed) + rest)

    session.edit(name, carry_out, then=told)


def _links(count: int) -> str:
    return f"{count:,} link{'s' if count != 1 else ''}"


def split(session: Session, passage: Passage, cuts: Sequence[tuple[int, int]]) -> None:
    """Makes a passage into several, all with its links."""
    session.edit(
        "split a passage",
        lambda case: [case.split_passage(passage.id, cuts)[1]],
        said="Split the passage; each part keeps its links.",
    )


def merge(session: Session, passages: Sequence[str], then: Callable[[str], None]) -> None:
    """Makes one passage of several; ``then`` is told its id."""
    made: list[str] = []

    def work(case: Case) -> list[Change]:
        key, change = case.merge_passages(passages)
        made.append(key)
        return [change]

    session.edit(
        f"merge {len(passages)} passages",
        work,
        said=f"Merged {len(passages)} passages; their links are those of one now.",
        then=lambda: then(made[0]),
    )


def keep_filter(session: Session, name: str, told: Mapping[str, Any] | None) -> None:
    """Keeps a filter of the evidence with the case, or forgets it."""
    verb = "save" if told is not None else "forget"
    session.edit(
        f"{verb} the filter {name}",
        lambda case: [case.keep_filter(name, told)],
        said=f"{'Saved' if told is not None else 'Forgot'} the filter “{name}”.",
    )


def amend(
    session: Session,
    link: Link,
    *,
    code: str | None = None,
    polarity: Polarity | None = None,
    note: str | None = None,
) -> None:
    """Changes criterion, polarity or note of a link; an empty note takes the note away."""
    session.edit(
        f"change link {code or link.code}",
        lambda case: [case.amend(link.id, code=code, polarity=polarity, note=note)[1]],
        said=f"Changed the link to {code or link.code}.",
    )


def describe(session: Session, document: Document, **facts: str | None) -> None:
    """Sets what is known of a document."""
    known = {name: value for name, value in facts.items() if getattr(document, name) != value}
    if known:
        what = "rename" if set(known) == {"title"} else "describe"
        session.edit(f"{what} {document.title}", lambda case: [case.describe(document, **known)])


def take_suggestions(session: Session, documents: Sequence[Document]) -> None:
    """Sets what their texts say of documents where nobody has said it, all in one step."""
    if not documents:
        return
    of = documents[0].title if len(documents) == 1 else f"{len(documents)} documents"
    taken: list[Change] = []

    def work(case: Case) -> list[Change]:
        with case.together():
            for each in documents:
                change = case.take_suggestions(each)
                if change is not None:
                    taken.append(change)
        return taken

    def told() -> None:
        count = len(taken)
        words = f"Took what the text of {count} document{'s' if count != 1 else ''} says of it."
        session.said.emit(words if count else "Nothing is suggested that is not set already.")

    session.edit(f"take suggestions for {of}", work, then=told)


def accept(session: Session, passage_id: str) -> None:
    """Moves a passage to where it was found in the new version of its document."""
    session.edit(
        "accept a passage",
        lambda case: [case.accept(passage_id)],
        said="Accepted where the passage stands now.",
    )


def remove(session: Session, document: Document) -> None:
    """Takes a document away with its links."""
    session.edit(
        f"remove {document.title}",
        lambda case: [case.remove(document, with_links=True)[1]],
    )


def adopt(session: Session, proposal: Proposal, answers: dict[str, str], then: Then = None) -> None:
    """Moves the case to another framework, with all that hangs on the old one."""
    carried: list[int] = []

    def work(case: Case) -> list[Change]:
        done = case.adopt(proposal, answers)
        carried.append(done.carried)
        return [done.change]

    def told() -> None:
        version = session.held.framework.version
        session.said.emit(f"The case stands on {version}: {carried[0]} links went along.")
        if then is not None:
            then()

    session.edit(f"move to {proposal.name} {proposal.version}", work, then=told)


def set_facts(session: Session, **facts: str | None) -> None:
    """Sets facts of the case."""
    known = {
        name: value for name, value in facts.items() if getattr(session.held.facts, name) != value
    }
    if known:
        session.edit("describe the case", lambda case: [case.set_facts(**known)])


def set_limits(session: Session, limits: Limits) -> None:
    """Sets the limits of coverage."""
    if limits != session.held.limits:
        session.edit("set limits of coverage", lambda case: [case.set_limits(limits)])


def judge(
    session: Session,
    code: str,
    *,
    summary: str | None = None,
    grade: str | None = None,
    merge: str = "",
    then: Then = None,
    otherwise: Then = None,
) -> None:
    """Sets summary or grade of a block; edits in a row that ``merge`` are undone in one step."""
    session.edit(
        f"judge {code}",
        lambda case: [case.judge(code, summary=summary, grade=grade)],
        said=f"Judged block {code}.",
        then=then,
        otherwise=otherwise,
        merge=merge,
    )


def add_action(
    session: Session, code: str, text: str, *, link: str | None = None, **facts: str | None
) -> None:
    """Adds what is to be done about a criterion, or about what a link says."""
    session.edit(
        f"add an action to {code}",
        lambda case: [case.add_action(code, text, link=link, **facts)[1]],
        said=f"Added an action to {code}.",
    )


def change_action(session: Session, action: Action, **facts: str | None) -> None:
    """Changes text, owner, dates or criterion of an action."""
    session.edit(
        f"change an action of {action.code}",
        lambda case: [case.change_action(action.id, **facts)[1]],
    )


def remove_action(session: Session, action: Action) -> None:
    """Takes an action away."""
    session.edit(
        f"remove an action of {action.code}",
        lambda case: [case.remove_action(action.id)],
    )


def set_not_applicable(session: Session, code: str, reason: str | None) -> None:
    """Says why a criterion does not apply, or with None that it does."""
    said = f"{code} {'applies again' if reason is None else 'is not applicable'}."
    name = f"set {code} {'applicable' if reason is None else 'not applicable'}"
    session.edit(name, lambda case: [case.set_not_applicable(code, reason)], said=said)


# --- the review ------------------------------------------------------------------------------

_SAID = {Verdict.ACCEPT: "Accepted", Verdict.QUERY: "Queried", Verdict.REJECT: "Rejected"}


def decide(
    session: Session, link: Link, verdict: Verdict, comment: str | None, *, seen: bool
) -> None:
    """Keeps what a reviewer says of a link."""
    session.edit(
        f"{verdict.value} {link.code}",
        lambda case: [case.decide(link.id, verdict, comment, seen=seen)[1]],
        said=f"{_SAID[verdict]} {link.code}.",
    )


def answer(session: Session, link: Link, text: str) -> None:
    """Answers in the thread of a link."""
    session.edit(
        f"answer on {link.code}",
        lambda case: [case.answer(link.id, text)[1]],
        said=f"Answered on {link.code}.",
    )


def note_missing(
    session: Session,
    document: Document,
    chosen: Place | Piece,
    targets: Sequence[Target],
    polarity: Polarity,
    comment: str | None = None,
    then: Then = None,
) -> None:
    """Notes a passage as missing for one criterion or several, in one step."""
    codes = ", ".join(each.code for each in targets)

    def work(case: Case) -> list[Change]:
        anchor = _anchored(case, document, chosen)
        with case.together():
            return [
                case.note_missing(document, anchor, target, polarity, comment)[1]
                for target in targets
            ]

    session.edit(
        f"note a passage for {codes}", work, said=f"Noted as missing for {codes}.", then=then
    )


def take_back_missing(session: Session, found: Finding) -> None:
    """Takes back what the person who acts noted as missing."""
    session.edit(
        f"take back the passage for {found.code}",
        lambda case: [case.take_back_missing(found.id)],
        said=f"Took back the passage for {found.code}.",
    )


def take_missing(session: Session, found: Finding) -> None:
    """Makes evidence of a passage that a reviewer noted."""
    session.edit(
        f"take the passage for {found.code}",
        lambda case: [case.take_missing(found.id)[1]],
        said=f"Tagged {found.code} as {found.polarity.value}.",
    )


def decline_missing(session: Session, found: Finding, reason: str) -> None:
    """Says why a passage that a reviewer noted is not taken."""
    session.edit(
        f"decline the passage for {found.code}",
        lambda case: [case.decline_missing(found.id, reason)],
        said=f"Declined the passage for {found.code}.",
    )


def sign_off(session: Session, section: int, date: str | None) -> None:
    """Puts the name of the person who acts under a section."""
    session.edit(
        f"sign off section {section}",
        lambda case: [case.sign_off(section, date)],
        said=f"Signed section {section} off.",
    )


def take_back_sign_off(session: Session, signed: SignOff) -> None:
    """Takes a sign-off back; the log keeps that it was."""
    session.edit(
        f"take back the sign-off of section {signed.section}",
        lambda case: [case.take_back_sign_off(signed.id)],
        said=f"Took the sign-off of section {signed.section} back.",
    )
