"""Rows that come from other people's files: whether this program could have written them.

Hashes prove that a file is as it was written, not who wrote it: whoever knows how can write one
that is proved and yet holds what would break a case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Integer, String

from cambs_evidence.audit.deciding import LONGEST
from cambs_evidence.model import Grade, Polarity
from cambs_evidence.review import Verdict
from cambs_evidence.store import reading
from cambs_evidence.store.tables import Base

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
#: Characters of a text that nobody limits otherwise, and of a name.
_MOST, _LONGEST_NAME = 10_000_000, 1000
_CHOICES = {
    "verdict": {each.value for each in Verdict},
    "polarity": {each.value for each in Polarity},
    "grade": {each.value for each in Grade},
    "outcome": {"taken", "declined"},
}
_REMARKS = {"decision", "message", "finding"}


def odd(name: str, row: Mapping[str, Any]) -> str | None:
    """The column of a row that this program would not have written so; None where all is well."""
    table = Base.metadata.tables[name]
    if not set(row) <= {each.name for each in table.columns}:
        return "columns"
    for column in table.columns:
        value = row.get(column.name)
        if value is None:
            if not column.nullable and column.name in row:
                return column.name
        elif not _fits(name, column.name, column.type, value):
            return column.name
    try:
        if name == "finding":
            reading.anchor(json.loads(row["extent"]))
        elif name == "passage":
            reading.anchor(row)
            reading.rehold({"rehold": row.get("rehold")})
    except (ValueError, TypeError, KeyError, AttributeError):
        return "extent"
    return None


def _fits(table: str, name: str, kind: object, value: object) -> bool:
    if isinstance(kind, Boolean):
        return isinstance(value, bool)
    if isinstance(kind, Integer):
        return type(value) is int and abs(value) < 2**31
    if not isinstance(value, str):
        return False
    if name in _CHOICES:
        return value in _CHOICES[name]
    if (name == "id" and table != "fact") or name.endswith("_id"):
        return _UUID.fullmatch(value) is not None
    if name in {"state", "document_sha256"} or name.endswith("sha256"):
        return _SHA256.fullmatch(value) is not None
    if name == "at" or name.endswith("_at"):
        return _is_moment(value)
    if name == "by" or name.endswith("_by"):
        return name == "replaced_by" or 0 < len(value.strip()) <= _LONGEST_NAME
    if table in _REMARKS and name in {"comment", "text", "reason"}:
        return len(value) <= LONGEST
    length = kind.length if isinstance(kind, String) else None
    return len(value) <= (length or _MOST)


def _is_moment(value: str) -> bool:
    try:
        return value.endswith("Z") and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
