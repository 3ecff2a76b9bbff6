"""What was said of a link goes along where the link becomes part of another."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from cambs_evidence.model import RowChange
from cambs_evidence.store.tables import DecisionRow, MessageRow


def carried(connection: Connection, became: Mapping[str, str]) -> list[RowChange]:
    """The decisions and answers that move to the links that stay, by those that go."""
    if not became:
        return []
    found = []
    for table in (DecisionRow.__table__, MessageRow.__table__):
        for row in connection.execute(select(table)).mappings():
            stays = became.get(row["link_id"])
            if stays is not None:
                before = dict(row)
                after = before | {"link_id": stays}
                name = "decision" if "verdict" in before else "message"
                found.append(RowChange(name, str(row["id"]), before, after))
    return found
