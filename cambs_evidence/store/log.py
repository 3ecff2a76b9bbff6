"""The change log: append-only, each entry chained to the one before by SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from cambs_evidence.model import Event, RowChange
from cambs_evidence.store.tables import EventRow

#: What the first entry is chained to.
BEGINNING = "0" * 64

_EVENTS = EventRow.__table__
_INSERT = insert(EventRow)
_LAST = select(_EVENTS.c.seq, _EVENTS.c.hash).order_by(_EVENTS.c.seq.desc()).limit(1)


def now() -> str:
    """The moment, UTC, ISO text to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def canonical(value: object) -> str:
    """JSON text that is the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def append(
    connection: Connection, by: str, what: str, subject: str, rows: Iterable[RowChange], at: str
) -> None:
    """Writes one entry, in the transaction of the change it tells of."""
    rows = list(rows)
    before = canonical([[row.table, row.key, row.before] for row in rows])
    after = canonical([[row.table, row.key, row.after] for row in rows])
    newest, previous = last(connection)
    seq = newest + 1
    connection.execute(
        _INSERT,
        {
            "seq": seq,
            "at": at,
            "by": by,
            "what": what,
            "subject": subject,
            "before": before,
            "after": after,
            "previous": previous,
            "hash": _digest(seq, at, by, what, subject, before, after, previous),
        },
    )


def head(connection: Connection) -> str:
    """The hash of the newest entry, which stands for the whole log."""
    return last(connection)[1]


def last(connection: Connection) -> tuple[int, str]:
    """Number and hash of the newest entry."""
    found = connection.execute(_LAST).first()
    return (int(found.seq), str(found.hash)) if found else (0, BEGINNING)


def holds(connection: Connection, entry: str) -> bool:
    """True where an entry has this hash."""
    wanted = select(_EVENTS.c.seq).where(_EVENTS.c.hash == entry).limit(1)
    return connection.execute(wanted).first() is not None


def events(connection: Connection) -> Iterator[Event]:
    """All entries, oldest first."""
    for row in connection.execute(select(_EVENTS).order_by(_EVENTS.c.seq)):
        yield Event(*row)


def first_break(entries: Iterable[Event]) -> int | None:
    """The number of the first entry that does not fit the chain, or None where it is intact."""
    previous, expected = BEGINNING, 1
    for event in entries:
        digest = _digest(
            event.seq, event.at, event.by, event.what, event.subject, event.before, event.after,
            event.previous,
        )  # fmt: skip
        if event.seq != expected or event.previous != previous or event.hash != digest:
            return event.seq
        previous, expected = event.hash, expected + 1
    return None


def _digest(*fields: object) -> str:
    return hashlib.sha256(canonical(list(fields)).encode("utf-8", "surrogatepass")).hexdigest()
