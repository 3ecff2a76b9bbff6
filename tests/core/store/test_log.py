"""The change log: one entry for each change, chained so that no field can be changed unseen."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence.case import Case
from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Event, Polarity, RowChange
from cambs_evidence.store import log
from tests.support import ONCE_P1, Run, assert_error, edit, problems, rows

FIELDS = ("seq", "at", "by", "what", "subject", "before", "after", "previous", "hash")


@pytest.fixture
def worked(case_path: Path) -> Path:
    """A closed case with a tag, an untag and two descriptions in its log."""
    with Case.open(case_path, by="Officer") as case:
        report = case.document("report.pdf")
        link, _ = case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH, note="a note")
        case.untag(link.id)
        case.describe(report, date="2024-03-01")
        case.set_facts(author="A. Author")
    return case_path


def test_each_change_writes_one_entry_with_what_was_and_what_is(worked: Path) -> None:
    with Case.open(worked, by="A", readonly=True) as case:
        events = case.events()
        report = case.document("report.pdf")
    assert [each.seq for each in events] == list(range(1, len(events) + 1))
    assert [each.what for each in events] == [
        "make case", *["import document"] * 3,
        "tag 1.1", "untag 1.1", "describe document", "describe case",
    ]  # fmt: skip
    assert [each.by for each in events] == ["Maker"] * 4 + ["Officer"] * 4
    tagged, untagged, described, about = events[-4:]
    assert [row[2] for row in json.loads(tagged.before)] == [None, None]
    passage, link = (row[2] for row in json.loads(tagged.after))
    assert (passage["quote"], link["note"], link["polarity"]) == (ONCE_P1, "a note", "strength")
    assert sorted(map(str, json.loads(untagged.before))) == sorted(
        map(str, json.loads(tagged.after))
    )
    (before,), (after,) = json.loads(described.before), json.loads(described.after)
    assert before[:2] == after[:2] == ["document", report.id]
    assert (before[2]["date"], after[2]["date"]) == (None, "2024-03-01")
    assert json.loads(about.after) == [["fact", "author", {"id": "author", "value": "A. Author"}]]


def test_times_are_utc_and_never_run_back(worked: Path) -> None:
    times = [at for (at,) in rows(worked, "SELECT at FROM event ORDER BY seq")]
    assert times == sorted(times)
    assert all(each.endswith("Z") and "T" in each for each in times)


def test_the_chain_is_intact_over_closing_and_opening(worked: Path) -> None:
    with Case.open(worked, by="Another") as case:
        case.set_facts(status="final")
    with Case.open(worked, by="A", readonly=True) as case:
        events = case.events()
        assert case.log_is_intact()
    assert events[0].previous == log.BEGINNING
    for before, after in pairwise(events):
        assert after.previous == before.hash


@pytest.mark.parametrize("field", FIELDS)
def test_a_changed_field_of_any_entry_breaks_the_chain(worked: Path, field: str) -> None:
    count = rows(worked, "SELECT count(*) FROM event")[0][0]
    for seq in range(1, count + 1):
        with closing(sqlite3.connect(worked)) as raw:
            # The change is never committed: each entry is tried from the same beginning.
            if field == "seq":
                raw.execute("UPDATE event SET seq = 1000 WHERE seq = ?", (seq,))
            else:
                changed = f'UPDATE event SET "{field}" = "{field}" || \'0\' WHERE seq = ?'
                raw.execute(changed, (seq,))
            found = [
                Event(*row) for row in raw.execute(f"SELECT {_COLUMNS} FROM event ORDER BY seq")
            ]
        assert log.first_break(found) is not None, (field, seq)


_COLUMNS = ", ".join(f'"{field}"' for field in FIELDS)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET by = 'Somebody else' WHERE seq = 5",
        "UPDATE event SET after = replace(after, 'strength', 'neutral') WHERE seq = 5",
        "DELETE FROM event WHERE seq = 1",
        "DELETE FROM event WHERE seq = 5",
        "UPDATE event SET seq = 100 + seq WHERE seq >= 5",
    ],
)
def test_a_log_that_was_edited_is_told_by_log_and_check(
    worked: Path, cli: Run, statement: str
) -> None:
    edit(worked, statement)
    status, data = cli("log", worked)
    assert (status, data["intact"]) == (1, False)
    assert any("log" in what for what in problems(worked))
    status, data = cli("check", worked)
    assert (status, data["ok"]) == (1, False)


def test_what_is_refused_is_not_logged(case: Case) -> None:
    before = case.events()
    report = case.document("report.pdf")
    for call in (
        lambda: case.tag(report, "Nobody said so.", "1.1", Polarity.NEUTRAL),
        lambda: case.tag(report, ONCE_P1, "99.9", Polarity.NEUTRAL),
        lambda: case.untag("no such link"),
        lambda: case.describe(report, date="soon"),
        lambda: case.set_facts(period_from="soon"),
    ):
        with pytest.raises(EvidenceError):
            call()
    assert case.events() == before


def test_entry_and_change_are_one_transaction(case: Case) -> None:
    """A log that cannot take the entry lets the change not happen."""
    with case._store.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TEMP TRIGGER stop BEFORE INSERT ON main.event "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        connection.exec_driver_sql("SELECT 1")
    facts = case.facts()
    change = RowChange("fact", "author", None, {"id": "author", "value": "X"})
    with pytest.raises(Exception, match="no"):
        case._store.commit("A", "describe case", "author", [change])
    assert case.facts() == facts


def test_building_a_pack_writes_no_entry(case_path: Path, tmp_path: Path, cli: Run) -> None:
    before = rows(case_path, "SELECT hash FROM event")
    assert cli("pack", case_path, "-o", tmp_path / "pack.pdf")[0] == 0
    assert rows(case_path, "SELECT hash FROM event") == before
    assert rows(case_path, "SELECT count(*) FROM pack") == [(1,)]


def test_the_log_of_what_is_no_case_is_refused(tmp_path: Path, cli: Run) -> None:
    path = tmp_path / "none.cambs"
    path.write_bytes(b"")
    status, data = cli("log", path)
    assert status == 3
    assert_error(data)


_TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


def _chain(words: list[tuple[str, ...]]) -> list[Event]:
    previous, events = log.BEGINNING, []
    for seq, (at, by, what, subject, before, after) in enumerate(words, 1):
        digest = log._digest(seq, at, by, what, subject, before, after, previous)
        events.append(Event(seq, at, by, what, subject, before, after, previous, digest))
        previous = digest
    return events


@given(st.lists(st.tuples(*[_TEXTS] * 6), min_size=1, max_size=5), st.data())
def test_no_single_field_can_be_changed_unseen(
    words: list[tuple[str, ...]], data: st.DataObject
) -> None:
    events = _chain(words)
    assert log.first_break(events) is None
    place = data.draw(st.integers(0, len(events) - 1))
    name = data.draw(st.sampled_from(FIELDS[1:]))
    old = getattr(events[place], name)
    new = data.draw(_TEXTS.filter(lambda text: text != old))
    events[place] = replace(events[place], **{name: new})
    assert log.first_break(events) is not None


@given(st.lists(st.tuples(*[_TEXTS] * 6), min_size=2, max_size=6), st.data())
def test_entries_cannot_be_taken_out_or_change_places(
    words: list[tuple[str, ...]], data: st.DataObject
) -> None:
    events = _chain(words)
    place = data.draw(st.integers(0, len(events) - 2))
    assert log.first_break(events[:place] + events[place + 1 :]) is not None
    events[place], events[place + 1] = events[place + 1], events[place]
    assert log.first_break(events) is not None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
        "DELETE FROM event WHERE seq > 4",
        "DELETE FROM event",
        "UPDATE document SET date = '2024-05-01' WHERE date IS NOT NULL",
        "UPDATE criterion SET marked = NOT marked WHERE code = '2.1'",
        "DELETE FROM fact WHERE id = 'author'",
    ],
)
def test_a_log_that_is_cut_short_or_passed_by_is_told(
    worked: Path, cli: Run, statement: str
) -> None:
    """Its chain is whole, but all its entries together do not make the case."""
    edit(worked, statement)
    assert cli("check", worked)[1]["ok"] is False
    assert cli("log", worked) == (1, {"events": ANY, "intact": False})


def test_a_thousand_random_tamperings_of_the_log_are_found(worked: Path) -> None:
    with Case.open(worked, by="A", readonly=True) as case:
        events = case.events()
    chance = random.Random(8)
    for _ in range(1000):
        changed = list(events)
        place = chance.randrange(len(events))
        match chance.randrange(4):
            case 0:
                del changed[place]
                if place == len(events) - 1:
                    continue  # told by the case itself, see above
            case 1:
                other = chance.choice([each for each in range(len(events)) if each != place])
                changed[place], changed[other] = changed[other], changed[place]
            case 2:
                changed.insert(place, changed[place])
            case _:
                name = chance.choice(FIELDS)
                old = str(getattr(events[place], name))
                at = chance.randrange(len(old) + 1)
                new = old[:at] + chance.choice('0123456789abcXYZ "{') + old[at + 1 :]
                if new == old:
                    new += "1"
                value = new if name != "seq" else events[place].seq + chance.randint(1, 9)
                changed[place] = replace(events[place], **{name: value})
        assert log.first_break(changed) is not None
