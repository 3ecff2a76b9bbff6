"""Judgements of blocks and actions: reading and changing, each change with its exact inverse."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, func, or_, select

from cambs_evidence.errors import Unknown
from cambs_evidence.model import Action, Change, Grade, Judgement, Revision, RowChange, Target
from cambs_evidence.store import log, reading
from cambs_evidence.store.engine import Store
from cambs_evidence.store.tables import (
    ActionRow,
    CriterionRow,
    EventRow,
    JudgementRow,
    SectionRow,
)
from cambs_evidence.summaries import Block

_JUDGEMENT = JudgementRow.__table__.c
_ACTION = ActionRow.__table__.c
_EVENT = EventRow.__table__.c
_ACTIONS = (
    select(*_ACTION, func.coalesce(CriterionRow.code, SectionRow.number).label("code"))
    .join(SectionRow, SectionRow.id == _ACTION.section_id)
    .outerjoin(CriterionRow, CriterionRow.id == _ACTION.criterion_id)
    .order_by(SectionRow.number, func.coalesce(CriterionRow.position, 0), _ACTION.at, _ACTION.id)
)


def judgements(connection: Connection, names: Mapping[tuple[str, int], str]) -> list[Judgement]:
    """All judgements; ``names`` gives for a section's id and a block's place the block's code."""
    found = []
    for row in connection.execute(select(*_JUDGEMENT)).mappings():
        code = names.get((row["section_id"], row["block"]))
        if code is not None:
            found.append(
                Judgement(
                    row["id"], row["section_id"], row["block"], code, row["summary"],
                    Grade(row["grade"]) if row["grade"] else None, row["by"], row["at"],
                )
            )  # fmt: skip
    order = {code: place for place, code in enumerate(names.values())}
    return sorted(found, key=lambda each: order[each.code])


def judge(
    store: Store, block: Block, *, summary: str | None, grade: Grade | str | None, by: str
) -> Change:
    """Sets summary and grade of a block; None leaves each as it is, an empty text takes it away.

    Where nothing differs, the change has no rows and the log no entry.
    """
    what = f"judge {block.code}"
    with store.writing() as connection:
        here = (_JUDGEMENT.section_id == block.section_id) & (_JUDGEMENT.block == block.place)
        found = connection.execute(select(*_JUDGEMENT).where(here)).mappings().first()
        before: dict[str, object] | None = dict(found) if found else None
        known = before or {"summary": "", "grade": None}
        wanted: dict[str, object] = {
            "summary": known["summary"] if summary is None else summary,
            "grade": known["grade"] if grade is None else (str(grade) or None),
        }
        if all(known[name] == value for name, value in wanted.items()):
            return Change(what, block.code, ())
        key = str(before["id"]) if before else str(uuid.uuid4())
        after: dict[str, object] | None = None
        if wanted["summary"] or wanted["grade"]:
            after = {
                "id": key, "section_id": block.section_id, "block": block.place, **wanted,
                "by": by, "at": log.now(),
            }  # fmt: skip
        rows = (RowChange("judgement", key, before, after),)
        store.carry_out(connection, rows)
        log.append(connection, by, what, block.code, rows, log.now())
    return Change(what, block.code, rows)


def history(connection: Connection, block: Block) -> list[Revision]:
    """What each change left of a block's judgement, the newest first, as the log tells it.

    A judgement that came along from another framework is followed back there.
    """
    here = (_JUDGEMENT.section_id == block.section_id) & (_JUDGEMENT.block == block.place)
    known = set(connection.execute(select(JudgementRow.id).where(here)).scalars())
    named = or_(_EVENT.what.like("judge %"), _EVENT.what.like("undo judge %"))
    wanted: list[ColumnElement[bool]] = [named & (_EVENT.subject == block.code)]
    wanted += [_EVENT.after.like(f'%["judgement","{key}",%') for key in known]
    query = select(*_EVENT).where(or_(*wanted)).order_by(_EVENT.seq.desc())
    found = []
    for event in connection.execute(query):
        before = {key: row for _, key, row in json.loads(event.before)}
        for table, key, row in json.loads(event.after):
            told = row or before[key]
            if table != "judgement" or not (
                key in known
                or (told["section_id"], told["block"]) == (block.section_id, block.place)
            ):
                continue
            summary = row["summary"] if row else ""
            grade = Grade(row["grade"]) if row and row["grade"] else None
            found.append(Revision(event.at, event.by, event.what, summary, grade))
    return found


def actions(connection: Connection, action_id: str | None = None) -> list[Action]:
    """All actions in the order of the framework, or the one with this id."""
    query = _ACTIONS if action_id is None else _ACTIONS.where(_ACTION.id == action_id)
    return [
        Action(
            row["id"], row["section_id"], row["criterion_id"], str(row["code"]), row["text"],
            row["owner"], row["due"], row["done"], row["link_id"], row["by"], row["at"],
        )
        for row in connection.execute(query).mappings()
    ]  # fmt: skip


def add_action(
    store: Store, target: Target, facts: Mapping[str, str | None], by: str
) -> tuple[Action, Change]:
    """Adds an action; ``facts`` are text, owner, due, done and link_id."""
    key = str(uuid.uuid4())
    what = f"add action {target.code}"
    after: dict[str, object] = {
        "id": key, "section_id": target.section_id, "criterion_id": target.criterion_id, **facts,
        "by": by, "at": log.now(),
    }  # fmt: skip
    rows = (RowChange("action", key, None, after),)
    with store.writing() as connection:
        store.carry_out(connection, rows)
        log.append(connection, by, what, key, rows, log.now())
        return actions(connection, key)[0], Change(what, key, rows)


def change_action(
    store: Store, action_id: str, target: Target | None, facts: Mapping[str, str | None], by: str
) -> tuple[Action, Change]:
    """Sets what is given of an action; without rows where nothing differs. Raises Unknown."""
    with store.writing() as connection:
        action = _known(connection, action_id)
        before = reading.table_row(connection, "action", action_id) or {}
        after: dict[str, object] = {**before, **facts}
        if target is not None:
            after |= {"section_id": target.section_id, "criterion_id": target.criterion_id}
        what = f"change action {action.code if target is None else target.code}"
        if after == before:
            return action, Change(what, action_id, ())
        rows = (RowChange("action", action_id, before, after),)
        store.carry_out(connection, rows)
        log.append(connection, by, what, action_id, rows, log.now())
        return _known(connection, action_id), Change(what, action_id, rows)


def remove_action(store: Store, action_id: str, by: str) -> Change:
    """Takes an action away. Raises Unknown."""
    with store.writing() as connection:
        action = _known(connection, action_id)
        before = reading.table_row(connection, "action", action_id)
        rows = (RowChange("action", action_id, before, None),)
        store.carry_out(connection, rows)
        what = f"remove action {action.code}"
        log.append(connection, by, what, action_id, rows, log.now())
    return Change(what, action_id, rows)


def _known(connection: Connection, action_id: str) -> Action:
    for action in actions(connection, action_id):
        return action
    raise Unknown(
        f"There is no action {action_id}; the actions command lists them.", code="unknown-action"
    )
