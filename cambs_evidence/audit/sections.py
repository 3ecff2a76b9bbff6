"""Sections as a whole: what they hold as a hash, who signed them off, and what came after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from cambs_evidence.errors import Unknown
from cambs_evidence.model import Event
from cambs_evidence.review import SignOff
from cambs_evidence.store import log
from cambs_evidence.store.tables import (
    ActionRow,
    CriterionRow,
    DecisionRow,
    FindingRow,
    JudgementRow,
    LinkRow,
    MessageRow,
    PassageRow,
    SectionRow,
    SignOffRow,
)

_SECTION = SectionRow.__table__.c
_SIGN_OFF = SignOffRow.__table__.c
#: Table, key and row, as an entry of the log holds them.
_Image = tuple[str, str, dict[str, Any] | None]
#: Tables whose rows bear the section that they belong to.
_OWN = (CriterionRow, JudgementRow, ActionRow, FindingRow, LinkRow)
#: Columns of a passage that a person does not see, or that only say where it is sought.
_UNSEEN = {"layer_version", "rehold", "prefix", "suffix"}


def id_of(connection: Connection, number: int) -> str:
    """The id of a section; raises Unknown."""
    found = connection.execute(select(_SECTION.id).where(_SECTION.number == number)).first()
    if found is None:
        raise Unknown(f"There is no section {number}.", code="unknown-section")
    return str(found.id)


def states(connection: Connection, section_ids: Collection[str]) -> dict[str, str]:
    """The SHA-256 of what each of some sections holds.

    Criteria, judgements, actions, links with their passages, what was said of them and what was
    found missing: all that somebody who signs it off answers for.
    """
    told: dict[str, list[str]] = {each: [] for each in section_ids}
    links: dict[str, str] = {}
    passages: dict[str, set[str]] = {}
    for table in _OWN:
        rows = table.__table__
        for row in connection.execute(select(rows).where(rows.c.section_id.in_(told))).mappings():
            told[row["section_id"]].append(_line(table.__tablename__, row))
            if table is LinkRow:
                links[row["id"]] = row["section_id"]
                passages.setdefault(row["passage_id"], set()).add(row["section_id"])
    if links:
        for row in connection.execute(select(PassageRow.__table__)).mappings():
            for section in passages.get(row["id"], ()):
                seen = {name: value for name, value in row.items() if name not in _UNSEEN}
                told[section].append(_line("passage", seen))
    for said in (DecisionRow, MessageRow):
        for row in connection.execute(select(said.__table__)).mappings():
            if row["link_id"] in links:
                told[links[row["link_id"]]].append(_line(said.__tablename__, row))
    whole = {section: "\n".join(sorted(lines)) for section, lines in told.items()}
    return {
        section: hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
        for section, words in whole.items()
    }


def _line(table: str, row: Mapping[Any, Any]) -> str:
    return log.canonical([table, dict(row)])


def sign_offs(connection: Connection) -> list[SignOff]:
    """All that were made, in the order of the sections, each with what came after it."""
    query = (
        select(SignOffRow.__table__, _SECTION.number)
        .join(SectionRow, _SECTION.id == _SIGN_OFF.section_id)
        .order_by(_SECTION.number, _SIGN_OFF.at, _SIGN_OFF.id)
    )
    found = list(connection.execute(query))
    now = states(connection, {row.section_id for row in found})
    late = {row.id: row.section_id for row in found if now[row.section_id] != row.state}
    since = _since(connection, late) if late else {}
    return [
        SignOff(row.id, row.number, row.by, row.date, row.at, row.id in late,
                tuple(since.get(row.id, ())))
        for row in found
    ]  # fmt: skip


def _since(connection: Connection, late: Mapping[str, str]) -> dict[str, list[Event]]:
    """The changes of a section after each of its sign-offs, by the id of the sign-off."""
    owners = _owners(connection, set(late.values()))
    open_since: dict[str, list[Event]] = {}
    for event in log.events(connection):
        images = [*json.loads(event.before), *json.loads(event.after)]
        touched = _touched(images, owners)
        for sign_off, events in open_since.items():
            if late[sign_off] in touched:
                events.append(event)
        for table, key, _ in images:
            if table == "sign_off" and key in late:
                open_since.setdefault(key, [])
    return open_since


def _owners(connection: Connection, section_ids: set[str]) -> dict[str, set[str]]:
    """The sections of links and passages by their ids; gone ones are learnt from the log."""
    owners: dict[str, set[str]] = {}
    links = LinkRow.__table__.c
    query = select(links.id, links.passage_id, links.section_id)
    for row in connection.execute(query.where(links.section_id.in_(section_ids))):
        owners.setdefault(row.id, set()).add(row.section_id)
        owners.setdefault(row.passage_id, set()).add(row.section_id)
    return owners


def _touched(images: Iterable[_Image], owners: dict[str, set[str]]) -> set[str]:
    """The sections whose rows are among some that an entry of the log tells of."""
    there = [(table, key, row) for table, key, row in images if row and table != "sign_off"]
    for table, key, row in there:
        if table == "link":
            for owner in (key, row["passage_id"]):
                owners.setdefault(owner, set()).add(row["section_id"])
    found: set[str] = set()
    for table, key, row in there:
        if table == "section":
            found.add(key)
        elif table == "passage":
            found |= owners.get(key, set())
        elif table in {"decision", "message"}:
            found |= owners.get(row["link_id"], set())
        elif "section_id" in row:
            found.add(row["section_id"])
    return found
