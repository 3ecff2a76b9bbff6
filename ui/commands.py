"""What can be done to the case, each a call of its door that can be undone under its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import (
    Anchor,
    Change,
    Document,
    Limits,
    Link,
    Passage,
    Place,
    Polarity,
    Target,
)
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
    """Takes links away."""
    if not links:
        return
    name = f"untag {links[0].code}" if len(links) == 1 else f"untag {len(links)} links"
    session.edit(
        name,
        lambda case: [case.untag(each.id) for each in links],
        said=f"Untagged {name.removeprefix('untag ')}.",
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


def set_not_applicable(session: Session, code: str, reason: str | None) -> None:
    """Says why a criterion does not apply, or with None that it does."""
    said = f"{code} {'applies again' if reason is None else 'is not applicable'}."
    name = f"set {code} {'applicable' if reason is None else 'not applicable'}"
    session.edit(name, lambda case: [case.set_not_applicable(code, reason)], said=said)
