"""The work of another officer on a copy of this case, row by row against what both began with.

A row that only one side changed is taken from that side. One that both changed, each otherwise, is
a conflict: ours stays, and a person is told. What hangs together is kept together: a link brings
its passage, a passage that a link still holds stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection

from cambs_evidence.audit import ancestry, sound
from cambs_evidence.audit.ancestry import MERGE, Key, Row, Touched
from cambs_evidence.audit.arriving import Arrivals
from cambs_evidence.audit.bundle import rows_of, table
from cambs_evidence.audit.plan import Plan
from cambs_evidence.audit.telling import Teller
from cambs_evidence.audit.twins import REFERENCES, Twins
from cambs_evidence.errors import Refused
from cambs_evidence.model import RowChange
from cambs_evidence.review import Conflict, Incoming
from cambs_evidence.store import log, reading, seal, soundness

__all__ = ["MERGE", "planned"]

#: In this order, what is named comes before what names it.
_ORDER = (
    "fact", "section", "criterion", "narrative", "judgement", "document", "passage", "link",
    "action", "decision", "message", "finding", "sign_off",
)  # fmt: skip
#: What the log says of a case that moved to another framework, and back.
_MOVED = {"adopt framework", "undo adopt framework"}
#: Columns that say where something stands in a list, or what the program worked out.
_OWN = {"document": {"position", "numbering"}}
#: What may differ of a thing that both sides made: who made it and when.
_MADE = {"id", "by", "at", "added_at", "added_by", "position", "numbering"}
#: What is known of a document, which is taken where the other side knows more.
_FACTS = ("title", "date", "kind", "issuer", "period")


def planned(ours: Connection, theirs: Connection, path: Path) -> Plan:
    """What merging a copy would do.

    Raises Refused where it is no copy of this case, CannotOpen where it was changed outside the
    program.
    """
    own, other = list(log.events(ours)), list(log.events(theirs))
    if log.first_break(own) is not None:
        raise Refused(
            "The log of this case was changed outside the program; run check on it, and restore a "
            "backup before anything is merged.",
            code="tampered",
        )
    if log.first_break(other) is not None or soundness.stray(theirs, other) is not None:
        raise seal.tampered(path)
    common = ancestry.parting(own, other)
    if common == 0:
        raise Refused(
            f"{path.name} is another case and no copy of this one; merge copies of one case.",
            code="other-case",
        )
    plan = Plan(str(path), False, f"{len(other)}:{other[-1].hash}")
    changed = {key for event in other[common:] for key, _, _ in ancestry.images(event)}
    twins = Twins(ours, theirs, changed)
    touched = ancestry.touched(own, other, common, twins.keys)
    for (name, _), each in touched.items():
        if name != "page" and each.now is not None and sound.odd(name, each.now):
            raise seal.tampered(path)
    if touched:
        mine = {event.hash for event in own}
        plan.people = {event.by for event in other[common:] if event.hash not in mine}
        merger = _Merger(ours, theirs, twins, touched, plan)
        for event in other[common:]:
            merger.who |= {
                twins.keys.get(key, key): event.by for key, _, _ in ancestry.images(event)
            }
        merger.run()
        torn = any(each.kind in {"section", "criterion"} for each in plan.conflicts)
        moved = any(each.what in _MOVED for each in (*own[common:], *other[common:]))
        if torn and moved:  # half of one framework and half of another would be none
            raise Refused(
                f"{path.name} and this case stand on different frameworks by now; move both to the "
                "same one, then merge.",
                code="other-framework",
            )
    return plan


def _alike(name: str, one: Row | None, other: Row | None, but: Iterable[str] = ()) -> bool:
    """True where two rows say the same; a column that an older log does not know counts as none."""
    if one is None or other is None:
        return one is other
    left_out = {*but, *_OWN.get(name, ())}
    columns = [each.name for each in table(name).columns if each.name not in left_out]
    return all(one.get(each) == other.get(each) for each in columns)


class _Merger:
    """Works out the rows of one merge."""

    def __init__(
        self,
        ours: Connection,
        theirs: Connection,
        twins: Twins,
        touched: dict[Key, Touched],
        plan: Plan,
    ) -> None:
        self._ours, self._theirs, self._twins, self._plan = ours, theirs, twins, plan
        self._touched = touched
        self._now: dict[str, dict[str, Row]] = {
            name: {str(row["id"]): row for row in rows_of(ours, name)} for name in _ORDER
        }
        self._before = {name: dict(rows) for name, rows in self._now.items()}
        self._tell = Teller(ours, theirs, twins)
        self._arrivals = Arrivals(ours, theirs, twins, plan)
        self._found: dict[tuple[object, ...], set[str]] = {}
        for name in _UNIQUE:
            for key, row in self._now[name].items():
                self._index(name, key, row)
        self._rows: dict[Key, RowChange] = {}
        self._refused: set[Key] = set()
        #: Who touched a row last on the other side.
        self.who: dict[Key, str] = {}

    def run(self) -> None:
        """Fills the plan."""
        self._arrivals.pages(self._touched)
        for name in _ORDER:
            for key, each in self._touched.items():
                if key[0] == name:
                    self._judge(key, each)
        self._settle_passages()
        for key, change in self._rows.items():
            self._told(key, change)
        self._plan.rows = self._in_order()

    # --- one row -------------------------------------------------------------------------------

    def _judge(self, key: Key, each: Touched) -> None:
        name, own = self._twins.own(key)
        now = self._twins.mapped(name, each.now) if each.now is not None else None
        base = each.base
        if base is not None and not each.ours:
            base = self._twins.mapped(name, base)
        here = self._now[name].get(own)
        if own != key[1]:
            self._meet(name, here or {}, now)
        elif _alike(name, now, base) or _alike(name, here, now) or self._gone(name, here, now):
            return
        elif not _alike(name, here, base) and not self._gone(name, here, base):
            self._conflict(name, own, self._tell.both(name, here, now))
        elif now is None:
            self._take_away(name, own, here)
        elif self._fits(name, now, new=here is None):
            self._put(name, own, here, now)

    @staticmethod
    def _gone(name: str, here: Row | None, other: Row | None) -> bool:
        """True where a document is gone on both sides, though only one still has its row."""
        return name == "document" and all(row is None or row["removed"] for row in (here, other))

    def _meet(self, name: str, here: Row, now: Row | None) -> None:
        """A thing that both sides made: what one knows more of is added, what differs is told."""
        if now is None:
            return
        if name in {"document", "link"}:
            facts = _FACTS if name == "document" else ("note",)
            more = {each: now[each] for each in facts if here[each] is None}
            if any(now[each] not in {None, here[each]} for each in facts if here[each] is not None):
                self._conflict(name, here["id"], self._tell.otherwise(name, here, now))
            if any(value is not None for value in more.values()):
                self._put(name, here["id"], here, here | more)
        elif name != "passage" and not _alike(name, here, now, _MADE):
            self._conflict(name, here["id"], self._tell.otherwise(name, here, now))

    def _fits(self, name: str, now: Row, *, new: bool) -> bool:
        """True where what a row names is there; a passage that a link needs is brought back."""
        own = str(now["id"])
        for column, other in REFERENCES.get(name, ()):
            wanted = now.get(column)
            if wanted is None or (name, column) in _LOOSE or self._is_there(other, wanted):
                continue
            if other == "passage" and self._bring_back(wanted):
                continue
            # A passage is told of by its link, and what a refused document holds by that.
            if name == "link" or (name != "passage" and (other, wanted) not in self._refused):
                self._conflict(name, own, self._tell.missing(name, now, other))
            self._refused.add((name, own))
            return False
        reason = self._stands_ill(name, now, new=new)
        if reason is not None:
            self._conflict(name, own, reason)
            self._refused.add((name, own))
        return reason is None

    def _is_there(self, name: str, key: str) -> bool:
        row = self._now[name].get(key)
        return row is not None and not row.get("removed")

    def _bring_back(self, key: str) -> bool:
        """A passage that we took away and they tagged anew; it is theirs as it stands."""
        row = reading.table_row(self._theirs, "passage", key)
        if row is None or ("passage", key) in self._refused:
            return False
        row = self._twins.mapped("passage", row)
        there = self._is_there("document", str(row["document_id"]))
        if not there or self._stands_ill("passage", row, new=True) is not None:
            return False
        self._put("passage", key, None, row)
        return True

    def _stands_ill(self, name: str, now: Row, *, new: bool) -> str | None:
        """Why a row cannot be here as it is there; None where it can."""
        if name == "document" and new and now["identity"] is not None:
            return self._replaced_twice(now)
        if name == "passage" and not self._arrivals.reads_alike(now):
            return self._tell.read_otherwise(now)
        for key in sorted(self._found.get(_place(name, now), ())):
            other = self._now[name].get(key)
            if other is None or key == now["id"] or _place(name, other) != _place(name, now):
                continue
            if self._will_leave(name, key, now):
                continue
            if name == "passage":
                return self._tell.elsewhere()
            if name == "link":
                return self._tell.said_already(other)
            return self._tell.place_taken(name, other)
        return None

    def _will_leave(self, name: str, key: str, now: Row) -> bool:
        """True where the other side moved or took away what stands in a row's place."""
        each = self._touched.get((name, key))
        if each is None or (name, key) in self._refused:
            return False
        if each.now is None:
            return True
        return _place(name, self._twins.mapped(name, each.now)) != _place(name, now)

    def _replaced_twice(self, now: Row) -> str | None:
        """Why a new version cannot come: this case has another one of the same document."""
        family = {now["identity"]}
        for key, row in self._before["document"].items():
            if row["identity"] in family or key in family:
                each = self._touched.get(("document", key))
                newest = row["replaced_by"] is None and not row["removed"]
                if newest and (each is None or not self._takes_over(each, row)):
                    return self._tell.replaced_twice(row)
        return None

    def _takes_over(self, each: Touched, here: Row) -> bool:
        base = (
            each.base
            if each.ours or each.base is None
            else self._twins.mapped("document", each.base)
        )
        return _alike("document", here, base) or _alike("document", here, each.now)

    def _put(self, name: str, key: str, here: Row | None, now: Row) -> None:
        if name == "document" and here is None:
            now = self._arrivals.document(now)
            here = now | {"removed": True}
        elif name == "document" and here is not None:
            now = now | {each: here[each] for each in _OWN["document"]}
        if name in {"passage", "finding"}:
            self._arrivals.picture(now)
        first = self._rows[name, key].before if (name, key) in self._rows else here
        self._rows[name, key] = RowChange(name, key, first, now)
        self._now[name][key] = now
        self._index(name, key, now)

    def _index(self, name: str, key: str, row: Row) -> None:
        if name in _UNIQUE:
            self._found.setdefault(_place(name, row), set()).add(key)

    def _take_away(self, name: str, key: str, here: Row | None) -> None:
        if here is None:
            return
        if name == "passage":
            return  # it goes when no link holds it any more
        held = self._holder(name, key)
        if held is not None:
            self._conflict(name, key, self._tell.held(name, here, held))
            return
        self._rows[name, key] = RowChange(name, key, here, None)
        del self._now[name][key]

    def _holder(self, name: str, key: str) -> str | None:
        """What still names a row that is to go; what reviewers said may outlive it."""
        for other, columns in REFERENCES.items():
            if other in {"decision", "message", "finding", "sign_off"}:
                continue
            for column, kind in columns:
                if kind != name or (other, column) in _LOOSE:
                    continue
                for row in self._now[other].values():
                    going = self._touched.get((other, str(row["id"])))
                    if row[column] == key and not (going is not None and going.now is None):
                        return self._tell.named(other, row)
        return None

    # --- what hangs together -------------------------------------------------------------------

    def _settle_passages(self) -> None:
        """Passages that no link holds any more go; those of a replaced document are sought."""
        held = {row["passage_id"] for row in self._now["link"].values()}
        held_before = {row["passage_id"] for row in self._before["link"].values()}
        for key, row in list(self._now["passage"].items()):
            known = self._before["passage"].get(key)
            if key in held:
                document = self._now["document"].get(row["document_id"])
                if document is not None and document["replaced_by"] and not row["rehold"]:
                    waiting = self._arrivals.sought(row, document["replaced_by"])
                    self._put("passage", key, known, waiting)
                    self._conflict("passage", key, self._tell.waits(row))
            elif known is None:
                del self._now["passage"][key], self._rows["passage", key]
            elif key in held_before:
                del self._now["passage"][key]
                self._rows["passage", key] = RowChange("passage", key, known, None)
        self._settle_documents()

    def _settle_documents(self) -> None:
        """A document in which something stands by now is not removed."""
        standing: dict[str, int] = {}
        for row in self._now["passage"].values():
            standing[row["document_id"]] = standing.get(row["document_id"], 0) + 1
        for (name, key), change in list(self._rows.items()):
            if name != "document" or not (change.after or {}).get("removed") or not change.before:
                continue
            identity = change.before["identity"] or key
            family = [
                each for each, row in self._now["document"].items()
                if (row["identity"] or each) == identity
            ]  # fmt: skip
            count = sum(standing.get(each, 0) for each in family)
            if count and not change.before["removed"]:
                del self._rows[name, key]
                self._now["document"][key] = change.before
                reason = self._tell.still_holds(change.before, count)
                self._conflict("document", key, reason)

    # --- telling and order ---------------------------------------------------------------------

    def _conflict(self, kind: str, key: str, reason: str) -> None:
        link = key if kind == "link" else None
        self._plan.conflicts.append(Conflict(kind, key, reason, link))

    def _told(self, key: Key, change: RowChange) -> None:
        name, own = key
        row = change.after or change.before or {}
        new = change.before is None or (name == "document" and change.before["removed"])
        if name == "passage" and (new or change.after is None):
            return  # its link tells of it
        words = self._tell.of_change(name, change)
        link = own if name == "link" else row.get("link_id")
        by = row.get("by") if new else self.who.get(key, row.get("by"))
        self._plan.incoming.append(
            Incoming(
                name, own, words, str(by) if by else None, not new, str(link) if link else None
            )
        )

    def _in_order(self) -> list[RowChange]:
        """What is named is put before what names it, and goes after it."""
        place = {name: number for number, name in enumerate(_ORDER)}
        puts = [each for each in self._rows.values() if each.after is not None]
        goes = [each for each in self._rows.values() if each.after is None]
        puts.sort(key=lambda each: place[each.table])
        goes.sort(key=lambda each: -place[each.table])
        # A link that moves from one passage to another lets the first go only then.
        return [*puts, *goes]


def _place(name: str, row: Row) -> tuple[object, ...]:
    """What no other row of a table has."""
    return (name, *(row[column] for column in _UNIQUE.get(name, ("id",))))


#: What no two rows of a table have in common.
_UNIQUE: dict[str, tuple[str, ...]] = {
    "section": ("number",),
    "criterion": ("code",),
    "narrative": ("section_id", "block"),
    "judgement": ("section_id", "block"),
    "passage": ("document_id", "spans", "region"),
    "link": ("passage_id", "section_id", "criterion_id", "polarity"),
}
#: References that may name what is gone.
_LOOSE = {
    ("action", "link_id"), ("decision", "link_id"), ("message", "link_id"),
    ("finding", "link_id"), ("finding", "document_id"), ("finding", "section_id"),
    ("finding", "criterion_id"), ("sign_off", "section_id"), ("document", "identity"),
    ("document", "replaced_by"),
}  # fmt: skip
