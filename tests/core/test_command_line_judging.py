"""The commands for judgements and actions: their JSON to the letter, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from cambs_evidence.case import Case
from tests.support import Run, assert_error

NOBODY = "0a1b2c3d-0000-4000-8000-0123456789ab"


@pytest.fixture
def summary(tmp_path: Path) -> Path:
    made = tmp_path / "summary.txt"
    made.write_bytes(b"\xef\xbb\xbfIt is so.\r\n- really\r\n")
    return made


def test_judge_and_judgements(blank_path: Path, summary: Path, cli: Run) -> None:
    words = ("judge", blank_path, "4.1", "--summary-file", summary, "--grade", "good")
    assert cli(*words, "--by", "Ann") == (0, {"code": "4.1"})
    assert cli("judge", blank_path, "18", "--grade", "amber") == (0, {"code": "18"})
    status, data = cli("judgements", blank_path)
    assert (status, set(data)) == (0, {"judgements", "sections"})
    assert len(data["judgements"]) == 34
    told = {each["code"]: each for each in data["judgements"]}
    assert set(told["4.1"]) == {"code", "criteria", "summary", "grade", "by", "at"}
    assert told["4.1"]["criteria"] == ["4.1", "4.2", "4.3", "4.4", "4.5", "4.6"]
    assert (told["4.1"]["summary"], told["4.1"]["by"]) == ("It is so.\n- really", "Ann")
    assert (told["18"]["criteria"], told["18"]["summary"], told["18"]["grade"]) == (
        [], None, "amber",
    )  # fmt: skip
    assert told["4.7"]["at"] is None
    assert data["sections"][3] == {
        "number": 4, "blocks": 2, "judged": 1, "graded": 1, "gaps": 7,
    }  # fmt: skip
    assert cli("judge", blank_path, "4.1", "--grade", "none")[0] == 0
    _, data = cli("judgement-history", blank_path, "4.1")
    assert [(each["what"], each["grade"]) for each in data["history"]] == [
        ("judge 4.1", None), ("judge 4.1", "good"),
    ]  # fmt: skip
    assert set(data["history"][0]) == {"at", "by", "what", "summary", "grade"}


def test_what_cannot_be_judged_is_refused(blank_path: Path, tmp_path: Path, cli: Run) -> None:
    odd = tmp_path / "odd.txt"
    odd.write_bytes(b"\xff\xfe\xff")
    for words, status, code in (
        (("4.2", "--grade", "good"), 1, "unknown-block"),
        (("99", "--grade", "good"), 1, "unknown-block"),
        (("4.1",), 2, "usage"),
        (("4.1", "--grade", "splendid"), 2, "usage"),
        (("4.1", "--summary-file", tmp_path / "absent"), 1, "unreadable"),
        (("4.1", "--summary-file", tmp_path), 1, "unreadable"),
        (("4.1", "--summary-file", odd), 1, "unreadable"),
    ):
        told, data = cli("judge", blank_path, *words)
        assert told == status, words
        assert_error(data, code)
    with Case.open(blank_path, by="A", readonly=True) as case:
        assert case.judgements() == []


def test_actions_come_change_and_go(blank_path: Path, cli: Run) -> None:
    status, data = cli(
        "add-action", blank_path, "4.4", "--text", "Train managers", "--due", "June 2025"
    )
    assert (status, set(data)) == (0, {"action"})
    action = data["action"]
    changed = cli("change-action", blank_path, action, "--owner", "Head", "--done", "2025-07-01")
    assert changed == (0, {"action": action})
    _, listed = cli("actions", blank_path, "--section", 4)
    (told,) = listed["actions"]
    assert told | {"by": "", "at": ""} == {
        "id": action, "criterion": "4.4", "text": "Train managers", "owner": "Head",
        "due": "2025-06", "done": "2025-07-01", "link": None, "by": "", "at": "",
    }  # fmt: skip
    assert cli("actions", blank_path, "--section", 5) == (0, {"actions": []})
    assert cli("remove-action", blank_path, action) == (0, {"action": action})
    for words, code in (
        (("remove-action", blank_path, action), "unknown-action"),
        (("change-action", blank_path, action, "--text", "x"), "unknown-action"),
        (("add-action", blank_path, "4.4", "--text", "x", "--link", NOBODY), "unknown-link"),
        (("actions", blank_path, "--section", 19), "unknown-section"),
    ):
        status, data = cli(*words)
        assert status == 1
        assert_error(data, code)
    assert cli("change-action", blank_path, action)[0] == 2
    assert cli("add-action", blank_path, "4.4", "--text", "x", "--due", "soon")[0] == 2
