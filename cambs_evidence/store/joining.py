"""Passages split and merged; their links go with them, each change with its exact inverse."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from cambs_evidence.errors import Refused, Unknown
from cambs_evidence.model import Anchor, Change, RowChange
from cambs_evidence.store import log, passages, reading, threads
from cambs_evidence.store.engine import Store
from cambs_evidence.store.many import Said, said

_Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Part:
    """Where a part of a passage stands, with its printed page label and paragraph."""

    anchor: Anchor
    page_label: str | None
    paragraph: str | None

    @property
    def extent(self) -> _Row:
        """The columns of a passage's row."""
        return passages.extent(self.anchor, self.page_label, self.paragraph)


def rows_of(connection: Connection, passage_ids: Sequence[str]) -> list[_Row]:
    """The rows of passages that can be split and merged, in the order asked for.

    Raises Unknown, and Refused for a part of a page and for one that waits to be found.
    """
    found = reading.table_rows(connection, "passage", passage_ids)
    for key in passage_ids:
        row = found.get(key)
        if row is None:
            raise Unknown(f"There is no passage {key}.", code="unknown-passage")
        if row["region"]:
            raise Refused(
                "An area or a part of a table is one piece of its page: it cannot be split or "
                "merged; change what it holds (E) instead.",
                code="region",
            )
        if row["rehold"]:
            raise Refused(
                "This passage waits to be found in the new version of its document; accept it "
                "there or untag it.",
                code="waiting",
            )
    return [found[key] for key in passage_ids]


def split(
    store: Store, seen: Mapping[str, object], parts: Sequence[Part], by: str
) -> tuple[tuple[str, ...], Change]:
    """Makes a passage into several, all of which keep its links; their ids in reading order.

    ``seen`` is the passage's row when the parts were worked out. The first part stays the same
    passage with the same links, the others get links of their own that tell who tagged them first.
    Where another passage stands exactly at a part, it takes the links that it has not got.
    """
    what, key = "split passage", str(seen["id"])
    with store.writing() as connection:
        [before] = rows_of(connection, [key])
        if before != seen:
            raise Refused("This passage was changed meanwhile; split it again.", code="changed")
        document = str(before["document_id"])
        extents = [part.extent for part in parts]
        there = [reading.passage_at(connection, document, each, but=key) for each in extents]
        links = list(reading.link_rows(connection, [key]))
        rows: list[RowChange] = []
        ids: list[str] = []
        if None in there:
            stays = there.index(None)
            rows.append(RowChange("passage", key, before, before | extents[stays]))
        else:
            stays = -1
        for place, (extent, twin) in enumerate(zip(extents, there, strict=True)):
            if place == stays:
                ids.append(key)
                continue
            onto = twin or str(uuid.uuid4())
            ids.append(onto)
            if twin is None:
                new = {"id": onto, "document_id": document, **extent, "rehold": None}
                rows.append(RowChange("passage", onto, None, new))
            if stays < 0 and place == 0:
                every = [*links, *reading.link_rows(connection, [onto])]
                rows += _united(connection, onto, every)
                rows.append(RowChange("passage", key, before, None))
                continue
            has = {said(each) for each in reading.link_rows(connection, [onto])}
            rows += [_copied(each, onto) for each in links if said(each) not in has]
        store.carry_out(connection, rows)
        log.append(connection, by, what, key, rows, log.now())
    return tuple(ids), Change(what, key, tuple(rows))


def _copied(link: _Row, onto: str) -> RowChange:
    new = link | {"id": str(uuid.uuid4()), "passage_id": onto}
    return RowChange("link", str(new["id"]), None, new)


def merge(store: Store, seen: Sequence[_Row], whole: Part, by: str) -> tuple[str, Change]:
    """Makes one passage of several of a document; its id.

    ``seen`` are their rows when ``whole`` was worked out. The first to be read stays and takes
    the links of all. Of links that say the same, the oldest stays, with the notes of the others.
    """
    what = "merge passages"
    with store.writing() as connection:
        ids = [str(row["id"]) for row in seen]
        if rows_of(connection, ids) != list(seen):
            raise Refused(
                "These passages were changed meanwhile; merge them again.", code="changed"
            )
        extent, document = whole.extent, str(seen[0]["document_id"])
        stays = min(seen, key=lambda row: (row["page"], row["start"], row["id"]))
        key = str(stays["id"])
        others = [row for row in seen if row is not stays]
        twin = reading.passage_at(connection, document, extent, but=key)
        if twin is not None and twin not in ids:
            others += rows_of(connection, [twin])
        every = [key, *(str(row["id"]) for row in others)]
        rows: list[RowChange] = []
        if stays | extent != stays:
            rows.append(RowChange("passage", key, stays, stays | extent))
        rows += _united(connection, key, reading.link_rows(connection, every))
        rows += [RowChange("passage", str(row["id"]), row, None) for row in others]
        store.carry_out(connection, rows)
        log.append(connection, by, what, key, rows, log.now())
    return key, Change(what, key, tuple(rows))


def _united(connection: Connection, onto: str, links: Sequence[_Row]) -> list[RowChange]:
    """What hangs links on one passage; of those that say the same the oldest stays.

    What was said of the others is said of that one then.
    """
    rows: list[RowChange] = []
    became: dict[str, str] = {}
    groups: dict[Said, list[_Row]] = {}
    # Parts of what was one passage are of the same moment: then the one that stays there.
    order = sorted(links, key=lambda each: (each["at"], each["passage_id"] != onto, each["id"]))
    for link in order:
        groups.setdefault(said(link), []).append(link)
    for first, *others in groups.values():
        rows += [RowChange("link", str(each["id"]), each, None) for each in others]
        became |= {str(each["id"]): str(first["id"]) for each in others}
        notes = [str(each["note"]) for each in (first, *others) if each["note"]]
        after = first | {"passage_id": onto, "note": "\n".join(dict.fromkeys(notes)) or None}
        if after != first:
            rows.append(RowChange("link", str(first["id"]), first, after))
    return [*rows, *threads.carried(connection, became)]
