"""Rows → what was said: decisions, threads, findings, read in few queries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from cambs_evidence.audit.states import link_state
from cambs_evidence.model import Link, Polarity
from cambs_evidence.review import Decision, Finding, Message, Remark, Review, Verdict
from cambs_evidence.store import reading
from cambs_evidence.store.tables import (
    CriterionRow,
    DecisionRow,
    DocumentRow,
    FindingRow,
    MessageRow,
    SectionRow,
)

_DECISION = DecisionRow.__table__.c
_MESSAGE = MessageRow.__table__.c
_FINDING = FindingRow.__table__.c
#: Up to so many links are asked for by name; beyond, everything is read at once.
_BY_NAME = 400


def decisions(connection: Connection, links: Sequence[str] | None = None) -> list[Decision]:
    """All decisions on some links, or on all, oldest first."""
    query = select(DecisionRow.__table__).order_by(_DECISION.at, _DECISION.id)
    if links is not None and len(links) <= _BY_NAME:
        query = query.where(_DECISION.link_id.in_(links))
    wanted = None if links is None else set(links)
    return [
        Decision(row.id, row.link_id, Verdict(row.verdict), row.comment, row.seen, row.state,
                 row.by, row.at)
        for row in connection.execute(query)
        if wanted is None or row.link_id in wanted
    ]  # fmt: skip


def messages(connection: Connection, links: Sequence[str] | None = None) -> list[Message]:
    """All answers in the threads of some links, or of all, oldest first."""
    query = select(MessageRow.__table__).order_by(_MESSAGE.at, _MESSAGE.id)
    if links is not None and len(links) <= _BY_NAME:
        query = query.where(_MESSAGE.link_id.in_(links))
    wanted = None if links is None else set(links)
    return [
        Message(row.id, row.link_id, row.text, row.by, row.at)
        for row in connection.execute(query)
        if wanted is None or row.link_id in wanted
    ]


def any_said(connection: Connection) -> bool:
    """True where there is a decision or an answer."""
    return any(
        connection.execute(select(column).limit(1)).first() is not None
        for column in (_DECISION.id, _MESSAGE.id)
    )


def reviews(connection: Connection, links: Sequence[Link]) -> list[Review]:
    """What was said of each of some links, in their order."""
    ids = [each.id for each in links]
    said: dict[str, list[Decision]] = {}
    for decision in decisions(connection, ids):
        said.setdefault(decision.link, []).append(decision)
    answers: dict[str, list[Message]] = {}
    for message in messages(connection, ids):
        answers.setdefault(message.link, []).append(message)
    return [_review(link, said.get(link.id, ()), answers.get(link.id, ())) for link in links]


def _review(link: Link, said: Sequence[Decision], answers: Sequence[Message]) -> Review:
    if not said and not answers:
        return Review(link.id)
    newest = {each.by: each for each in said}  # they come oldest first
    now = link_state(link)
    thread = [Remark(each.id, each.by, each.at, each.verdict, each.comment or "") for each in said]
    thread += [Remark(each.id, each.by, each.at, None, each.text) for each in answers]
    return Review(
        link.id,
        tuple(sorted(newest.values(), key=lambda each: (each.by, each.id))),
        tuple(sorted(thread, key=lambda each: (each.at, each.id))),
        tuple(sorted(name for name, each in newest.items() if each.state != now)),
    )


def findings(
    connection: Connection, *, document_id: str | None = None, finding_id: str | None = None
) -> Iterator[Finding]:
    """What reviewers found missing in documents that are there, in the order of the framework."""
    query = (
        select(
            FindingRow.__table__,
            DocumentRow.filename,
            func.coalesce(CriterionRow.code, SectionRow.number).label("code"),
        )
        .join(DocumentRow, DocumentRow.id == _FINDING.document_id)
        .join(SectionRow, SectionRow.id == _FINDING.section_id)
        .outerjoin(CriterionRow, CriterionRow.id == _FINDING.criterion_id)
        .where(DocumentRow.removed.is_(False))
        .order_by(
            SectionRow.number, func.coalesce(CriterionRow.position, 0), _FINDING.at, _FINDING.id
        )
    )
    if document_id is not None:
        query = query.where(_FINDING.document_id == document_id)
    if finding_id is not None:
        query = query.where(_FINDING.id == finding_id)
    for row in connection.execute(query).mappings():
        extent: dict[str, Any] = json.loads(row["extent"])
        yield Finding(
            id=row["id"],
            document_id=row["document_id"],
            filename=row["filename"],
            anchor=reading.anchor(extent),
            page_label=extent["page_label"],
            paragraph=extent["paragraph"],
            code=str(row["code"]),
            polarity=Polarity(row["polarity"]),
            comment=row["comment"],
            by=row["by"],
            at=row["at"],
            outcome=row["outcome"],
            link=row["link_id"],
            reason=row["reason"],
            answered_by=row["answered_by"],
            answered_at=row["answered_at"],
        )


def orphans(connection: Connection, links: Iterable[Link]) -> int:
    """How many decisions are on none of ``links``, which are all that there are."""
    there = {each.id for each in links}
    return sum(each.link not in there for each in decisions(connection))
