"""Many links changed together: one transaction, one entry in the log, one exact inverse."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Connection

from cambs_evidence.errors import Refused, Unknown
from cambs_evidence.model import Amended, Change, Polarity, RowChange, Target
from cambs_evidence.store import log, reading
from cambs_evidence.store.engine import Store

_Row = dict[str, object]
#: What a link says of its passage: section, criterion, polarity.
Said = tuple[object, object, object]


def said(row: _Row) -> Said:
    """What a link's row says of its passage; no two of a passage say the same."""
    return row["section_id"], row["criterion_id"], row["polarity"]


def _known(connection: Connection, link_ids: Sequence[str]) -> list[_Row]:
    """The rows of links in the order asked for; raises Unknown for one that is not there."""
    ids = list(dict.fromkeys(link_ids))
    found = reading.table_rows(connection, "link", ids)
    for each in ids:
        if each not in found:
            raise Unknown(
                f"There is no link {each}; the evidence command lists them.", code="unknown-link"
            )
    return [found[each] for each in ids]


def _said_of(connection: Connection, rows: Sequence[_Row]) -> dict[str, dict[Said, str]]:
    """By passage: what its links say, and which link says it."""
    told: dict[str, dict[Said, str]] = {}
    for row in reading.link_rows(connection, {str(row["passage_id"]) for row in rows}):
        told.setdefault(str(row["passage_id"]), {})[said(row)] = str(row["id"])
    return told


def amend(
    store: Store,
    link_ids: Sequence[str],
    *,
    target: Target | None,
    polarity: Polarity | None,
    note: str | None,
    by: str,
) -> Amended:
    """Changes criterion, polarity or note of many links.

    None leaves each as it is, an empty note takes the notes away. A link stays as it was where
    another one of its passage says already what it would say. Raises Unknown, and Refused where
    all of them stay for that reason.
    """
    rows: list[RowChange] = []
    left: list[str] = []
    with store.writing() as connection:
        known = _known(connection, link_ids)
        told = _said_of(connection, known)
        for before in known:
            after = dict(before)
            if target is not None:
                after |= {"section_id": target.section_id, "criterion_id": target.criterion_id}
            if polarity is not None:
                after["polarity"] = polarity.value
            if note is not None:
                after["note"] = note or None
            of_passage, key = told[str(before["passage_id"])], str(before["id"])
            if of_passage.get(said(after), key) != key:
                left.append(key)
                continue
            del of_passage[said(before)]
            of_passage[said(after)] = key
            if after != before:
                rows.append(RowChange("link", key, before, after))
        if left and not rows:
            raise Refused(
                "Their passages are tagged so already, so nothing was changed.",
                code="already-tagged",
            )
        change = _kept(store, connection, "change", rows, len(rows), by)
    return Amended(tuple(row.key for row in rows), tuple(left), change)


def add(store: Store, link_ids: Sequence[str], target: Target, by: str) -> Amended:
    """Tags the passages of links to one more criterion, each with its link's polarity.

    Notes are not copied: they were written for another criterion. ``changed`` are the new links;
    ``left`` those whose passage is tagged so already. Raises as :func:`amend`.
    """
    at = log.now()
    rows: list[RowChange] = []
    left: list[str] = []
    with store.writing() as connection:
        known = _known(connection, link_ids)
        told = _said_of(connection, known)
        for row in known:
            key = str(uuid.uuid4())
            new: _Row = row | {
                "id": key, "section_id": target.section_id, "criterion_id": target.criterion_id,
                "note": None, "by": by, "at": at,
            }  # fmt: skip
            of_passage = told[str(row["passage_id"])]
            if of_passage.setdefault(said(new), key) != key:
                left.append(str(row["id"]))
            else:
                rows.append(RowChange("link", key, None, new))
        if left and not rows:
            raise Refused(
                f"These passages are tagged to {target.code} already.", code="already-tagged"
            )
        change = _kept(store, connection, f"tag {target.code}", rows, len(rows), by)
    return Amended(tuple(row.key for row in rows), tuple(left), change)


def untag(store: Store, link_ids: Sequence[str], by: str) -> Change:
    """Takes links away, and each passage that no other link holds. Raises Unknown."""
    with store.writing() as connection:
        known = _known(connection, link_ids)
        gone = {row["id"] for row in known}
        held = {str(row["passage_id"]): False for row in known}
        for row in reading.link_rows(connection, held):
            if row["id"] not in gone:
                held[str(row["passage_id"])] = True
        free = [key for key, is_held in held.items() if not is_held]
        spare = reading.table_rows(connection, "passage", free)
        rows = [RowChange("link", str(row["id"]), row, None) for row in known]
        rows += [RowChange("passage", key, spare[key], None) for key in free]
        return _kept(store, connection, "untag", rows, len(known), by)


def _kept(
    store: Store, connection: Connection, verb: str, rows: Sequence[RowChange], count: int, by: str
) -> Change:
    """Carries out and logs, where there is anything to do."""
    words = f"{count} link{'s' if count != 1 else ''}"
    what = f"{verb} {words}" if " " not in verb else verb
    if rows:
        store.carry_out(connection, rows)
        log.append(connection, by, what, words, rows, log.now())
    return Change(what, words, tuple(rows))
