"""What reviewers said in a file for review, on its way back into the case.

Rows are only ever added: what a reviewer said once stays said. So the same file twice brings
nothing, and files of several reviewers bring the same in whatever order they come.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Connection, insert, select

from cambs_evidence.audit import bundle, remarks
from cambs_evidence.audit.bundle import Manifest, Row
from cambs_evidence.audit.plan import Plan
from cambs_evidence.audit.states import link_state
from cambs_evidence.documents.intake import digest
from cambs_evidence.errors import Refused
from cambs_evidence.model import Link, RowChange
from cambs_evidence.review import Conflict, Decision, Incoming
from cambs_evidence.store import log, reading
from cambs_evidence.store.tables import BlobRow, DocumentRow, EventRow

#: Columns that the author's side fills: the answer to a finding, and the link that a thread hangs
#: on, since links become part of others.
_ANSWER = {"outcome", "link_id", "reason", "answered_by", "answered_at"}


def planned(ours: Connection, theirs: Connection, manifest: Manifest, path: str) -> Plan:
    """What merging a proved bundle would do; raises Refused where it is of another case."""
    name = path.replace("\\", "/").rpartition("/")[2]
    begun = ours.execute(select(EventRow.hash).where(EventRow.seq == 1)).scalar_one_or_none()
    if begun != manifest.about.case:
        raise Refused(
            f"{name} was made from another case, “{manifest.about.title}”; merge it there.",
            code="other-case",
        )
    plan = Plan(path, True, f"{name} {log.head(theirs)[:16]}")
    returned = _Returned(ours, theirs, manifest, plan)
    returned.decisions()
    returned.messages()
    returned.findings()
    returned.sign_offs()
    return plan


class _Returned:
    """Goes through what reviewers added to a bundle."""

    def __init__(
        self, ours: Connection, theirs: Connection, manifest: Manifest, plan: Plan
    ) -> None:
        self._ours, self._theirs, self._manifest, self._plan = ours, theirs, manifest, plan
        self._links = {each.id: each for each in reading.links(ours)}
        numbers = select(bundle.table("section").c.id, bundle.table("section").c.number)
        self._sections = {row.id: row.number for row in theirs.execute(numbers)}

    @cached_property
    def _sent(self) -> dict[str, Link]:
        """The links as they were sent; asked for where the case has other ones."""
        return {each.id: each for each in reading.links(self._theirs)}

    def _new(self, name: str, mapped: Mapping[str, Row] | None = None) -> list[Row]:
        """The rows that reviewers added and the case does not have; others are told of."""
        found = []
        kept = {str(row["id"]): row for row in bundle.rows_of(self._ours, name)}
        for sent in bundle.rows_of(self._theirs, name):
            key = str(sent["id"])
            if key in self._manifest.given[name]:
                continue
            row = (mapped or {}).get(key, sent)
            self._plan.people.add(str(row["by"]))
            if key not in kept:
                found.append(row)
            elif _said(kept[key]) != _said(row):
                self._conflict(name, key, "The case has this with other words; both cannot be so.")
        return sorted(found, key=lambda row: (row["at"], row["id"]))

    def _conflict(self, kind: str, key: str, reason: str, link: str | None = None) -> None:
        self._plan.conflicts.append(Conflict(kind, key, reason, link))

    def _add(
        self, name: str, row: Row, words: str, *, changes: bool = False, link: str | None = None
    ) -> None:
        key = str(row["id"])
        self._plan.rows.append(RowChange(name, key, None, row))
        self._plan.incoming.append(Incoming(name, key, words, str(row["by"]), changes, link))

    # --- decisions -----------------------------------------------------------------------------

    def decisions(self) -> None:
        """Each reviewer's own; the newest of them counts."""
        before = {(each.link, each.by) for each in remarks.decisions(self._ours)}
        for row in self._new("decision"):
            link = str(row["link_id"])
            said = f": {_short(row['comment'])}" if row["comment"] else ""
            words = f"{row['by']}: {row['verdict']} {self._named(link)}{said}"
            self._add("decision", row, words, changes=(link, row["by"]) in before, link=link)
        newest: dict[tuple[str, str], Decision] = {}
        for decision in remarks.decisions(self._theirs):
            newest[decision.link, decision.by] = decision
        for decision in newest.values():
            if decision.id not in self._manifest.given["decision"]:
                self._look_at(decision)

    def _look_at(self, decision: Decision) -> None:
        """Tells where a decision is of a link that is no longer what the reviewer saw."""
        link, who = decision.link, f"{decision.by} decided to {decision.verdict.value}"
        now = self._links.get(link)
        if now is None:
            reason = f"{who} {self._named(link)}, which has been taken away since."
        elif link_state(now) != decision.state:
            reason = f"{who} {self._named(link)} before it was changed; look at it again."
            sent = self._sent.get(link)
            if sent is not None and now.filename != sent.filename:
                reason = (
                    f"{who} {self._named(link)} while it stood in {sent.filename}, which has been "
                    "replaced; look at it again."
                )
            elif now.passage.anchor.document_sha256 != self._shown(link):
                reason = (
                    f"{who} {self._named(link)} before {now.filename} was replaced; look at it "
                    "again."
                )
        else:
            return
        self._conflict("decision", decision.id, reason, link)

    def _shown(self, link: str) -> str | None:
        sent = self._sent.get(link)
        return sent.passage.anchor.document_sha256 if sent else None

    def _named(self, link_id: str) -> str:
        link: Link | None = self._links.get(link_id) or self._sent.get(link_id)
        if link is None:
            return "a link that was never in the file"
        return f"{link.code} in {link.filename}, page {link.passage.page + 1}"

    # --- the rest ------------------------------------------------------------------------------

    def messages(self) -> None:
        """Answers in threads."""
        for row in self._new("message"):
            link = str(row["link_id"])
            words = f"{row['by']} on {self._named(link)}: {_short(row['text'])}"
            self._add("message", row, words, link=link)
            if link not in self._links:
                reason = f"{row['by']} wrote about {self._named(link)}, which has been taken away."
                self._conflict("message", str(row["id"]), reason, link)

    def findings(self) -> None:
        """Passages that were noted as missing, in the case's own documents."""
        documents = self._documents()
        theirs = {str(row["id"]): row for row in bundle.rows_of(self._theirs, "finding")}
        mapped = {
            key: row | {"document_id": documents.get(row["document_id"], row["document_id"])}
            for key, row in theirs.items()
        }
        there = set(self._ours.execute(select(DocumentRow.id)).scalars())
        criteria = set(self._ours.execute(select(bundle.table("criterion").c.id)).scalars())
        for row in self._new("finding", mapped):
            section = self._sections.get(row["section_id"], "?")
            quote = _short(json.loads(row["extent"])["quote"])
            self._add("finding", row, f"{row['by']} misses in section {section}: {quote}")
            _keep_picture_first(self._plan, self._ours, self._theirs, row)
        for key, row in mapped.items():
            if key in self._manifest.given["finding"]:
                continue
            if row["document_id"] not in there:
                gone = "stands in a document that the case no longer has"
            elif row["criterion_id"] is not None and row["criterion_id"] not in criteria:
                gone = "is for a criterion that the case no longer has"
            else:
                continue
            self._conflict("finding", key, f"A passage that {row['by']} noted {gone}.")
        for key in self._manifest.given["finding"].keys() - theirs.keys():
            mine = reading.table_row(self._ours, "finding", key)
            if mine is not None and mine["outcome"] is None:
                reason = f"{mine['by']} takes back a passage that they noted; decline it here."
                self._conflict("finding", key, reason)

    def _documents(self) -> dict[str, str]:
        """The case's own ids of documents that it has under another, by their bytes."""
        query = select(DocumentRow.id, DocumentRow.sha256).where(DocumentRow.removed.is_(False))
        ours = {row.id: row.sha256 for row in self._ours.execute(query)}
        by_bytes = {sha256: key for key, sha256 in ours.items()}
        return {
            row.id: by_bytes[row.sha256]
            for row in self._theirs.execute(query)
            if row.id not in ours and row.sha256 in by_bytes
        }

    def sign_offs(self) -> None:
        """Names under sections."""
        for row in self._new("sign_off"):
            section = self._sections.get(row["section_id"], "?")
            self._add("sign_off", row, f"{row['by']} signs off section {section} on {row['date']}")


def _keep_picture_first(plan: Plan, ours: Connection, theirs: Connection, row: Row) -> None:
    """The picture of a noted part of a page goes along with it."""
    told = json.loads(row["extent"])["region"]
    sha256 = reading.region(told).picture_sha256 if told else None
    if sha256 is None or reading.blob(ours, sha256) is not None:
        return
    data = reading.blob(theirs, sha256) or b""
    if digest(data) == sha256:
        kept = {"sha256": sha256, "size": len(data), "data": data}
        plan.first.append(partial(_keep, kept))


def _keep(kept: dict[str, Any], ours: Connection, _by: str) -> None:
    if reading.blob(ours, kept["sha256"]) is None:
        ours.execute(insert(BlobRow), kept)


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a reviewer wrote of a row, without what the author did with it."""
    return {name: value for name, value in row.items() if name not in _ANSWER}


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return f"“{plain}”" if len(plain) <= 80 else f"“{plain[:79]}…”"
