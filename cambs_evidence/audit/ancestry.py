"""Two logs of one case: where they part, and what each row was when both sides last agreed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cambs_evidence.model import Event

Row = dict[str, Any]
Key = tuple[str, str]
#: What the log says when a copy of the case was merged; its subject is ``NUMBER:HASH`` of the
#: newest entry of the copy's log.
MERGE = "merge copy"


@dataclass(frozen=True, slots=True)
class Touched:
    """A row that the other side changed: what it was when both agreed, and what it is there.

    ``ours`` where ``base`` is told in our own ids, since it came from us or went to us.
    """

    base: Row | None
    now: Row | None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What a row was after a merge, and the newest entries of both logs by then."""

    own: int
    other: int
    row: Row | None


def parting(ours: Sequence[Event], theirs: Sequence[Event]) -> int:
    """How many entries two logs have in common; each is chained, so one comparison tells all."""
    low, high = 0, min(len(ours), len(theirs))
    while low < high:
        middle = (low + high + 1) // 2
        if ours[middle - 1].hash == theirs[middle - 1].hash:
            low = middle
        else:
            high = middle - 1
    return low


def images(event: Event) -> list[tuple[Key, Row | None, Row | None]]:
    """The rows that an entry of the log changed: table and id, before, after."""
    before = json.loads(event.before)
    after = {(table, key): row for table, key, row in json.loads(event.after)}
    return [((table, key), row, after[table, key]) for table, key, row in before]


def touched(
    ours: Sequence[Event], theirs: Sequence[Event], common: int, own_keys: Mapping[Key, Key]
) -> dict[Key, Touched]:
    """The rows that the other side changed since the logs part, in the order of its log.

    A row that one side took over from the other in a merge is judged from there. ``own_keys`` are
    our keys of rows that the other side knows by another.
    """
    since: dict[Key, tuple[Row | None, Row | None]] = {}
    for event in theirs[common:]:
        for key, before, after in images(event):
            first = since[key][0] if key in since else before
            since[key] = (first, after)
    taken = _agreed(ours, theirs, common)
    given = _agreed(theirs, ours, common)
    found: dict[Key, Touched] = {}
    for key, (base, now) in since.items():
        here, there = taken.get(own_keys.get(key, key)), given.get(key)
        if here is not None and (there is None or there.own <= here.other):
            found[key] = Touched(here.row, now, ours=True)
        elif there is not None:
            found[key] = Touched(there.row, now)
        else:
            found[key] = Touched(base, now)
    return found


def _agreed(own: Sequence[Event], other: Sequence[Event], common: int) -> dict[Key, _Agreed]:
    """The rows that one side took over from the other, as they were after its last merge."""
    merges: dict[str, dict[Key, _Agreed]] = {}
    for event in own[common:]:
        if event.what == f"undo {MERGE}":
            merges.pop(event.subject, None)
        seq = _known(event.subject, other) if event.what == MERGE else None
        if seq is not None:
            merges.pop(event.subject, None)  # one that was undone and done again is the later one
            merges[event.subject] = {
                key: _Agreed(event.seq, seq, after) for key, _, after in images(event)
            }
    found: dict[Key, _Agreed] = {}
    for rows in merges.values():
        found |= rows
    return found


def _known(subject: str, other: Sequence[Event]) -> int | None:
    """The number of the entry that a merge names, where it is of this log."""
    number, _, digest = subject.partition(":")
    seq = int(number) if number.isdecimal() else 0
    return seq if 0 < seq <= len(other) and other[seq - 1].hash == digest else None
