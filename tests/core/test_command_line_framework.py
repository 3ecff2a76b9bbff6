"""The commands that read, compare and take another framework."""

from __future__ import annotations

from pathlib import Path

import pytest

from cambs_evidence import command_line
from cambs_evidence.case import Case
from cambs_evidence.model import Polarity
from tests.core.framework.assessments import TEXT
from tests.support import ONCE_P1, Run, assert_error, assert_plain


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    path = tmp_path / "ours.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_framework_is_read_changes_nothing_and_looks_as_that_of_a_case_made_of_it(
    ours: Path, tmp_path: Path, cli: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.run(["framework-from", str(ours)]) == 0
    told = capsys.readouterr()
    assert "To look at (page " in told.err
    assert "Gardens and greenhouses" in told.out
    status, read = cli("framework-from", ours)
    assert status == 0
    assert sorted(read) == ["name", "sections", "version"]
    assert read["sections"][2] == {
        "number": 3, "title": "Bees and hives", "criteria": [], "blocks": [[]],
    }  # fmt: skip
    assert read["sections"][0]["criteria"][1]["statement"].startswith("Watering follows")
    made = tmp_path / "made.cambs"
    assert cli("new", made, "--framework", ours) == (0, {"case": str(made)})
    assert cli("framework", made) == (0, read)
    assert cli("about", made)[1]["framework"] == "Ours 2032"
    assert command_line.run(["framework", str(made)]) == 0
    assert "read from ours.txt" in capsys.readouterr().out


def test_adopting_is_tried_asked_answered_and_done_once(
    case_path: Path, ours: Path, cli: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with Case.open(case_path, by="A") as case:
        link, _ = case.tag(case.document("report.pdf"), ONCE_P1, "18", Polarity.STRENGTH)
    status, tried = cli("framework-adopt", case_path, ours, "--dry-run")
    assert status == 0
    assert sorted(tried) == ["added", "asked", "carried", "removed"]
    assert (tried["carried"], len(tried["added"]), len(tried["removed"])) == (0, 10, 83)
    [asked] = tried["asked"]
    assert (asked["criterion"], asked["links"], asked["suggested"]) == ("18", 1, None)
    assert_plain(asked["reason"])
    status, stopped = cli("framework-adopt", case_path, ours, "--as-suggested")
    assert status == 1
    assert_error({"error": stopped["error"]}, "asked")
    assert (stopped["asked"], stopped["carried"]) == (tried["asked"], 0)
    assert len(cli("framework", case_path)[1]["sections"]) == 18
    assert command_line.run(["framework-adopt", str(case_path), str(ours)]) == 1
    told = capsys.readouterr()
    assert "To be answered" in told.out
    assert "Nothing was changed" in told.err
    status, done = cli("framework-adopt", case_path, ours, "--map", "18=3")
    assert (status, done["carried"], done["asked"]) == (0, 1, [])
    assert [each["id"] for each in cli("evidence", case_path)[1]["links"]] == [link.id]
    assert cli("evidence", case_path, "--criterion", "3")[1]["links"]
    events = cli("log", case_path)[1]["events"]
    assert events[-1]["what"] == "adopt framework"
    again = cli("framework-adopt", case_path, ours)
    assert again == (0, {"carried": 1, "asked": [], "added": [], "removed": []})
    assert cli("log", case_path)[1]["events"] == events
    assert cli("check", case_path)[1]["ok"]


def test_what_is_no_framework_no_case_or_no_answer_is_refused(
    case_path: Path, ours: Path, tmp_path: Path, cli: Run
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("All is well.\n", encoding="utf-8")
    before = cli("framework", case_path)
    for words, status, code in (
        (("framework-from", letter), 1, "no-framework"),
        (("framework-from", tmp_path / "none.pdf"), 1, "missing"),
        (("framework-adopt", case_path, letter), 1, "no-framework"),
        (("framework-adopt", case_path, ours, "--map", "18"), 2, "usage"),
        (("framework-adopt", case_path, ours, "--map", "99=3"), 1, "unknown-criterion"),
        (("framework-adopt", tmp_path / "no.cambs", ours), 3, None),
        (("new", tmp_path / "n.cambs", "--framework", letter), 1, "no-framework"),
    ):
        ended, data = cli(*words)
        assert ended == status, words
        assert_plain(assert_error(data, code))
    assert not (tmp_path / "n.cambs").exists()
    assert cli("framework", case_path) == before
