"""The same thing under two ids: made on both sides of a case that was copied.

What is the same is told by what it is: documents by their bytes, passages by where they stand,
links by passage, criterion and polarity, judgements by their block.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from cambs_evidence.audit.bundle import rows_of
from cambs_evidence.store import log, reading

Row = dict[str, Any]
Key = tuple[str, str]

#: Columns that name other rows, by table.
REFERENCES: dict[str, tuple[tuple[str, str], ...]] = {
    "criterion": (("section_id", "section"),),
    "narrative": (("section_id", "section"),),
    "judgement": (("section_id", "section"),),
    "document": (("identity", "document"), ("replaced_by", "document")),
    "passage": (("document_id", "document"),),
    "link": (
        ("passage_id", "passage"), ("section_id", "section"), ("criterion_id", "criterion"),
    ),
    "action": (
        ("section_id", "section"), ("criterion_id", "criterion"), ("link_id", "link"),
    ),
    "decision": (("link_id", "link"),),
    "message": (("link_id", "link"),),
    "finding": (
        ("document_id", "document"), ("section_id", "section"), ("criterion_id", "criterion"),
        ("link_id", "link"),
    ),
    "sign_off": (("section_id", "section"),),
}  # fmt: skip
#: Tables whose rows are the same where these columns are.
_NATURAL = {
    "section": ("number",),
    "criterion": ("code",),
    "narrative": ("section_id", "block"),
    "judgement": ("section_id", "block"),
    "link": ("passage_id", "section_id", "criterion_id", "polarity"),
}
#: In this order, what is named comes before what names it.
_ORDER = ("section", "criterion", "narrative", "judgement", "document", "passage", "link")


class Twins:
    """The ids that our side has for things of the other.

    ``changed`` are the rows that the other side changed since both logs part: what it knew and took
    away is no twin of what it made anew.
    """

    def __init__(self, ours: Connection, theirs: Connection, changed: Collection[Key]) -> None:
        self._ids: dict[Key, str] = {}
        self._theirs: dict[Key, str] = {}
        for name in _ORDER:
            here = {str(row["id"]): row for row in rows_of(ours, name)}
            there = {str(row["id"]): row for row in rows_of(theirs, name)}
            known = {self._sameness(name, row): key for key, row in here.items() if _counts(row)}
            for key, row in there.items():
                same = known.get(self._sameness(name, self.mapped(name, row)))
                # What both sides know under one id is itself, whatever became of it.
                if key in here or same is None or same in there or (name, same) in changed:
                    continue
                if _counts(row):
                    self._ids[name, key] = same
                    self._theirs[name, same] = key

    def own(self, key: Key) -> Key:
        """Our key of a row of the other side."""
        return key[0], self._ids.get(key, key[1])

    def other(self, key: Key) -> str:
        """The other side's id of a row of ours."""
        return self._theirs.get(key, key[1])

    @property
    def keys(self) -> Mapping[Key, Key]:
        """Our keys of the rows that the other side knows by another id."""
        return {key: (key[0], own) for key, own in self._ids.items()}

    def mapped(self, name: str, row: Row) -> Row:
        """A row of the other side in our own ids."""
        found = dict(row)
        if "id" in found:
            found["id"] = self._ids.get((name, found["id"]), found["id"])
        for column, other in REFERENCES.get(name, ()):
            if named := found.get(column):
                found[column] = self._ids.get((other, named), named)
        if name == "passage" and found.get("rehold"):
            told = json.loads(found["rehold"])
            told["document_id"] = self._ids.get(
                ("document", told["document_id"]), told["document_id"]
            )
            found["rehold"] = log.canonical(told)
        return found

    @staticmethod
    def _sameness(name: str, row: Row) -> tuple[object, ...]:
        if name == "document":
            return (row["sha256"],)
        if name == "passage":
            region = reading.region(row["region"]) if row["region"] else None
            outline = region and (region.kind, region.box)
            return (row["document_id"], row["spans"], outline)
        return tuple(row[column] for column in _NATURAL[name])


def _counts(row: Row) -> bool:
    """False for a document that has been removed."""
    return not row.get("removed")
