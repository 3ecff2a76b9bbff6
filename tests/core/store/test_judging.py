"""Judgements and actions: what is kept, what it was before, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cambs_evidence import summaries
from cambs_evidence.case import Case
from cambs_evidence.errors import EvidenceError, Refused, Unknown, WordsOff
from cambs_evidence.model import Change, Grade, RowChange
from cambs_evidence.store import reading
from tests.support import assert_plain, problems


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "county.cambs", by="Ann") as made:
        yield made


def _told(case: Case, code: str) -> tuple[str, Grade | None] | None:
    found = {each.code: each for each in case.judgements()}
    return (found[code].summary, found[code].grade) if code in found else None


def test_a_block_is_judged_and_each_change_undone_exactly(case: Case, tmp_path: Path) -> None:
    first = case.judge("4.1", summary="One.\r\n\r\n- two\x00\x07 \n", grade="good")
    assert _told(case, "4.1") == ("One.\n\n- two", Grade.GOOD)
    before = case.judgements()
    case.by = "Bea"
    second = case.judge("4.1", grade="amber")
    assert _told(case, "4.1") == ("One.\n\n- two", Grade.AMBER)
    assert case.judgements()[0].by == "Bea"
    assert case.judge("4.1", summary="One.\n\n- two", grade="amber") == Change(
        "judge 4.1", "4.1", ()
    )
    back = case.revert(second)
    assert case.judgements() == before
    case.revert(back)
    assert _told(case, "4.1") == ("One.\n\n- two", Grade.AMBER)
    gone = case.judge("4.1", summary="", grade="")
    assert case.judgements() == []
    case.revert(gone)
    assert case.judgements()[0].id == before[0].id
    assert [each.what for each in case.events()][-6:] == [
        "judge 4.1", "judge 4.1", "undo judge 4.1", "judge 4.1", "judge 4.1", "undo judge 4.1",
    ]  # fmt: skip
    assert case.log_is_intact()
    with pytest.raises(Refused):
        case.revert(first)
    case.judge("18", grade="red")
    assert [each.code for each in case.judgements()] == ["4.1", "18"]
    case.close()
    assert problems(tmp_path / "county.cambs") == []


def test_the_history_tells_who_wrote_what_and_when(case: Case) -> None:
    case.judge("2.3", summary="One", grade="good")
    case.by = "Bea"
    change = case.judge("2.3", summary="Two")
    case.judge("2.1", summary="Of another block")
    case.revert(change)
    case.judge("2.3", summary="", grade="")
    told = [
        (each.by, each.what, each.summary, each.grade) for each in case.judgement_history("2.3")
    ]
    assert told == [
        ("Bea", "judge 2.3", "", None),
        ("Bea", "undo judge 2.3", "One", Grade.GOOD),
        ("Bea", "judge 2.3", "Two", Grade.GOOD),
        ("Ann", "judge 2.3", "One", Grade.GOOD),
    ]
    assert case.judgement_history("18") == []


def test_the_history_goes_along_to_another_framework(case: Case) -> None:
    case.judge("4.1", summary="One")
    case.judge("4.1", summary="Two")
    case.judge("4.7", summary="Of another block")
    case.judge("4.7", summary="")
    judgement = case.judgements()[0]
    before = reading_row(case, judgement.id)
    moved = RowChange("judgement", judgement.id, before, {**before, "block": 1})
    case._store.commit("Bea", "adopt framework", "2018", [moved])
    told = [(each.by, each.what, each.summary) for each in case.judgement_history("4.7")]
    assert told[0] == ("Bea", "adopt framework", "Two")
    assert ("Ann", "judge 4.1", "One") in told
    assert [each.summary for each in case.judgement_history("4.1")] == ["Two", "One"]


def reading_row(case: Case, key: str) -> dict[str, object]:
    """The row of a judgement as it stands."""
    with case._store.reading() as connection:
        return reading.table_row(connection, "judgement", key) or {}


@pytest.mark.parametrize(
    ("code", "said"),
    [("4.2", "4.1"), ("8.6", "8.5"), ("4", "4.1, 4.7"), ("1", "1.1"), ("99", "99"), ("", "first")],
)
def test_a_block_goes_by_its_first_criterion(case: Case, code: str, said: str) -> None:
    with pytest.raises(Unknown) as caught:
        case.judge(code, grade="good")
    assert_plain(caught.value.reason)
    assert said in caught.value.reason
    assert case.judgements() == []


def test_what_cannot_be_kept_is_refused(case: Case) -> None:
    for act, kind in (
        (lambda: case.judge("4.1", grade="splendid"), WordsOff),
        (lambda: case.judge("4.1", summary="x" * (summaries.LONGEST + 1)), Refused),
        (lambda: case.judge("4.1", summary="half \ud800"), WordsOff),
        (lambda: case.add_action("4.1", " \n "), WordsOff),
        (lambda: case.add_action("4.1", "Do it", due="soon"), WordsOff),
        (lambda: case.add_action("4", "Do it"), Unknown),
        (lambda: case.add_action("4.1", "Do it", link="nobody"), Unknown),
        (lambda: case.change_action("nobody", text="Do it"), Unknown),
        (lambda: case.remove_action("nobody"), Unknown),
    ):
        with pytest.raises(EvidenceError) as caught:
            act()
        assert type(caught.value) is kind
        assert_plain(caught.value.reason)
    assert len(case.events()) == 1


def test_actions_are_added_changed_done_and_taken_away(case: Case) -> None:
    action, added = case.add_action("4.4", " Train \n managers ", owner="Head", due="June 2025")
    assert (action.text, action.owner, action.due, action.done) == (
        "Train managers", "Head", "2025-06", None,
    )  # fmt: skip
    other, _ = case.add_action("1.1", "Meet")
    assert [each.id for each in case.actions()] == [other.id, action.id]
    assert case.actions(section=4) == [action]
    changed, change = case.change_action(action.id, code="4.7", owner="", done="31/3/2025")
    assert (changed.code, changed.owner, changed.done, changed.due) == (
        "4.7", None, "2025-03-31", "2025-06",
    )  # fmt: skip
    assert not case.change_action(action.id, code="4.7")[1].rows
    case.revert(change)
    assert case.actions(section=4) == [action]
    removed = case.remove_action(action.id)
    assert case.actions() == [other]
    case.revert(removed)
    assert case.actions(section=4) == [action]
    case.revert(added)
    assert case.actions() == [other]
    assert case.log_is_intact()


def test_progress_counts_summaries_grades_and_gaps(case: Case) -> None:
    case.judge("4.1", summary="Words")
    case.judge("4.7", grade="good")
    case.judge("18", summary="Words", grade="red")
    told = {each.number: each for each in case.progress()}
    assert sum(each.blocks for each in told.values()) == 34
    assert (told[4].blocks, told[4].judged, told[4].graded, told[4].gaps) == (2, 1, 1, 7)
    assert (told[18].blocks, told[18].judged, told[18].graded) == (1, 1, 1)
    assert (told[5].judged, told[5].graded) == (0, 0)


def test_a_judgement_leaves_coverage_as_it_is(case: Case) -> None:
    before = case.coverage()
    assert case.coverage_after(before, [case.judge("4.1", grade="good")]) is before


def test_a_summary_is_paragraphs_lists_and_references() -> None:
    link = "0a1b2c3d-0000-4000-8000-0123456789ab"
    text = f"Plain <b>& words [[link:x]]\n\n- one {summaries.token(link)}\n12. two\n-5 is no item"
    told = summaries.paragraphs(text)
    reference = summaries.Reference(link)
    assert [(each.marker, each.pieces) for each in told] == [
        ("", ("Plain <b>& words [[link:x]]",)),
        ("•", ("one ", reference)),
        ("12.", ("two",)),
        ("", ("-5 is no item",)),
    ]
    assert summaries.references(text * 2) == (link,)
    assert f"one [{summaries.GONE}]" in summaries.in_plain_words(text, {})
    assert "one [Report, page 3]" in summaries.in_plain_words(text, {link: "Report, page 3"})
