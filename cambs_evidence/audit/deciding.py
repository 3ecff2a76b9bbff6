"""What reviewers and authors write: decisions, answers, passages found missing, sign-off."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from cambs_evidence.audit import remarks, sections
from cambs_evidence.audit.states import link_state
from cambs_evidence.errors import Refused, Unknown, WordsOff
from cambs_evidence.model import Anchor, Change, Document, Link, Polarity, RowChange, Target
from cambs_evidence.review import Decision, Finding, Message, Verdict
from cambs_evidence.store import evidence, log, passages, reading
from cambs_evidence.store.engine import Store

#: A comment of a person is no longer than this many characters.
LONGEST = 20_000


def decide(
    store: Store, link_id: str, verdict: Verdict, comment: str | None, *, seen: bool, by: str
) -> tuple[Decision, Change]:
    """Keeps what a reviewer says of a link; what was said before stays in its thread.

    Raises Unknown. Where the same reviewer says the same again, nothing is written.
    """
    said = checked(comment)
    with store.writing() as connection:
        link = _known(connection, link_id)
        what, state = f"{verdict.value} {link.code}", link_state(link)
        [review] = remarks.reviews(connection, [link])
        last = review.of(by)
        if last is not None and (last.verdict, last.comment, last.state, last.seen or not seen) == (
            verdict, said, state, True,
        ):  # fmt: skip
            return last, Change(what, link_id, ())
        made = Decision(str(uuid.uuid4()), link_id, verdict, said, seen, state, by, _later(last))
        row: dict[str, object] = {
            "id": made.id,
            "link_id": link_id,
            "verdict": verdict.value,
            "comment": said,
            "seen": seen,
            "state": state,
            "by": by,
            "at": made.at,
        }
        change = _kept(
            store, connection, by, what, link_id, RowChange("decision", made.id, None, row)
        )
    return made, change


def _later(last: Decision | None) -> str:
    """The moment, but after the reviewer's last word, whatever the clock says."""
    at = log.now()
    if last is None or at > last.at:
        return at
    next_to_it = datetime.fromisoformat(last.at) + timedelta(milliseconds=1)
    return next_to_it.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def answer(store: Store, link_id: str, text: str, by: str) -> tuple[Message, Change]:
    """Puts an answer into the thread of a link; raises Unknown, WordsOff for an empty one."""
    said = checked(text)
    if said is None:
        raise WordsOff("An answer needs words; type what you want to say.")
    with store.writing() as connection:
        link = _known(connection, link_id)
        made = Message(str(uuid.uuid4()), link_id, said, by, log.now())
        row: dict[str, object] = {
            "id": made.id,
            "link_id": link_id,
            "text": said,
            "by": by,
            "at": made.at,
        }
        what = f"answer {link.code}"
        change = _kept(
            store, connection, by, what, link_id, RowChange("message", made.id, None, row)
        )
    return made, change


def find(
    store: Store,
    document: Document,
    anchor: Anchor,
    target: Target,
    polarity: Polarity,
    comment: str | None,
    *,
    page_label: str | None,
    paragraph: str | None,
    by: str,
) -> tuple[Finding, Change]:
    """Keeps a passage that a reviewer found missing.

    Raises Refused where the passage is tagged so already, or was found by the same reviewer.
    """
    said = checked(comment)
    extent = passages.extent(anchor, page_label, paragraph)
    with store.writing() as connection:
        evidence.present(connection, document)
        there = reading.passage_at(connection, document.id, extent)
        if there is not None:
            for link in reading.links(connection, passage_id=there):
                if (link.code, link.polarity) == (target.code, polarity):
                    raise Refused(
                        f"This passage of {document.filename} is tagged to {target.code} as "
                        f"{polarity.value} already.",
                        code="already-tagged",
                    )
        for other in remarks.findings(connection, document_id=document.id):
            if (other.by, other.code, other.polarity, other.anchor.spans) == (
                by, target.code, polarity, anchor.spans,
            ):  # fmt: skip
                raise Refused(
                    f"You have noted this passage for {target.code} already.", code="already-noted"
                )
        passages.keep_picture(connection, anchor.region)
        row: dict[str, object] = {
            "id": str(uuid.uuid4()),
            "document_id": document.id,
            "extent": log.canonical(extent),
            "section_id": target.section_id,
            "criterion_id": target.criterion_id,
            "polarity": polarity.value,
            "comment": said,
            "by": by,
            "at": log.now(),
            **_UNANSWERED,
        }
        key = str(row["id"])
        what = f"note as missing for {target.code}"
        change = _kept(store, connection, by, what, key, RowChange("finding", key, None, row))
        return finding(connection, key), change


_UNANSWERED: dict[str, object] = dict.fromkeys(
    ("outcome", "link_id", "reason", "answered_by", "answered_at")
)


def finding(connection: Connection, finding_id: str) -> Finding:
    """One finding; raises Unknown."""
    for found in remarks.findings(connection, finding_id=finding_id):
        return found
    raise Unknown(
        f"There is no passage {finding_id} that a reviewer noted; the review command lists them.",
        code="unknown-finding",
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a passage that was noted stands now, and what it is to be tagged to."""

    document: Document
    anchor: Anchor
    target: Target
    page_label: str | None
    paragraph: str | None


def take(store: Store, finding_id: str, now: Standing, by: str) -> tuple[Link, Change]:
    """Makes a link of what a reviewer found missing, with the same id; one change.

    Raises Unknown, and Refused where it was answered already or
    the passage is tagged so by now.
    """
    with store.together(), store.writing() as connection:
        found = _unanswered(connection, finding_id)
        before = reading.table_row(connection, "finding", finding_id) or {}
        link, tagged = evidence.tag(
            store, now.document, now.anchor, now.target, found.polarity, note=found.comment,
            page_label=now.page_label, paragraph=now.paragraph, by=by, link_id=finding_id,
        )  # fmt: skip
        after = before | {
            "outcome": "taken", "link_id": link.id, "answered_by": by, "answered_at": log.now(),
        }  # fmt: skip
        row = RowChange("finding", finding_id, before, after)
        what = f"take passage for {found.code}"
        _kept(store, connection, by, what, finding_id, row)
    return link, Change(what, finding_id, (*tagged.rows, row))


def decline(store: Store, finding_id: str, reason: str, by: str) -> Change:
    """Says why a passage that a reviewer found missing is not taken; raises as :func:`take`."""
    said = checked(reason)
    if said is None:
        raise WordsOff("Say why the passage is not taken.")
    with store.writing() as connection:
        found = _unanswered(connection, finding_id)
        before = reading.table_row(connection, "finding", finding_id) or {}
        after = before | {
            "outcome": "declined", "reason": said, "answered_by": by, "answered_at": log.now(),
        }  # fmt: skip
        row = RowChange("finding", finding_id, before, after)
        what = f"decline passage for {found.code}"
        return _kept(store, connection, by, what, finding_id, row)


def withdraw(store: Store, finding_id: str, by: str) -> Change:
    """Takes back what a reviewer noted as missing; only they can, and only before the answer."""
    with store.writing() as connection:
        found = _unanswered(connection, finding_id)
        if found.by != by:
            raise Refused(
                f"{found.by} noted this passage; only they can take it back.", code="not-yours"
            )
        row = RowChange(
            "finding", finding_id, reading.table_row(connection, "finding", finding_id), None
        )
        what = f"take back passage for {found.code}"
        return _kept(store, connection, by, what, finding_id, row)


def _unanswered(connection: Connection, finding_id: str) -> Finding:
    found = finding(connection, finding_id)
    if found.outcome is not None:
        raise Refused(f"This passage was {found.outcome} already.", code="answered")
    return found


def sign_off(store: Store, section: int, when: str | None, by: str) -> Change:
    """Puts a name and a date under a section as it is now.

    Raises Unknown for a section that is not there, WordsOff for what is no day, Refused where the
    same person has signed it off as it is.
    """
    day = _day(when)
    with store.writing() as connection:
        section_id = sections.id_of(connection, section)
        state = sections.states(connection, [section_id])[section_id]
        for known in sections.sign_offs(connection):
            if (known.section, known.by, known.reopened) == (section, by, False):
                raise Refused(
                    f"{by} has signed section {section} off already, on {known.date}.",
                    code="signed-off",
                )
        key = str(uuid.uuid4())
        row: dict[str, object] = {
            "id": key, "section_id": section_id, "date": day, "state": state, "by": by,
            "at": log.now(),
        }  # fmt: skip
        what = f"sign off section {section}"
        return _kept(store, connection, by, what, key, RowChange("sign_off", key, None, row))


def take_back(store: Store, sign_off_id: str, by: str) -> Change:
    """Takes a sign-off back; the log keeps that it was. Raises Unknown."""
    with store.writing() as connection:
        before = reading.table_row(connection, "sign_off", sign_off_id)
        if before is None:
            raise Unknown("This sign-off is no longer there.", code="unknown-sign-off")
        row = RowChange("sign_off", sign_off_id, before, None)
        return _kept(store, connection, by, "take back sign-off", sign_off_id, row)


def _day(when: str | None) -> str:
    if when is None:
        return date.today().isoformat()  # noqa: DTZ011 - the day where the person is
    try:
        return date.fromisoformat(when.strip()).isoformat()
    except ValueError as error:
        raise WordsOff(f"{when!r} is no date; write it as 2024-03-31.") from error


def checked(said: str | None) -> str | None:
    """A comment without space round it, None for an empty one; raises WordsOff for a very long."""
    words = (said or "").strip()
    if len(words) > LONGEST:
        raise WordsOff(f"A comment holds at most {LONGEST} characters; say it in fewer.")
    return words or None


def _known(connection: Connection, link_id: str) -> Link:
    for link in reading.links(connection, link_id=link_id):
        return link
    raise Unknown(
        f"There is no link {link_id}; the evidence command lists them.", code="unknown-link"
    )


def _kept(
    store: Store, connection: Connection, by: str, what: str, subject: str, row: RowChange
) -> Change:
    store.carry_out(connection, [row])
    log.append(connection, by, what, subject, [row], log.now())
    return Change(what, subject, (row,))
