"""Tables for spreadsheets: nothing in them is a formula, and they are whole or not there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence.case import Case
from cambs_evidence.errors import Unwritable
from cambs_evidence.exchange import spreadsheet
from cambs_evidence.model import Polarity
from tests.support import IN_LETTER, ONCE_P1, ONCE_P2, Run


def _read(path: Path) -> list[list[str]]:
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")  # by which Excel knows UTF-8
    return list(csv.reader(data.decode("utf-8-sig").splitlines()))


@given(st.text())
def test_no_text_begins_as_a_formula(text: str) -> None:
    tamed = spreadsheet.tame(text)
    assert tamed in {text, f"'{text}"}
    assert not tamed.strip(" \u00a0").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-5", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_what_could_be_one_is_told_as_text(text: str) -> None:
    assert spreadsheet.tame(text) == f"'{text}"


def test_coverage_is_written_criteria_by_documents(
    cli: Run, case: Case, case_path: Path, tmp_path: Path
) -> None:
    report, letter, notes = case.documents()
    case.describe(report, title="=HYPERLINK(“x”)", date="2023-05")
    case.describe(letter, date="2024-01-31")
    case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH)
    case.tag(report, ONCE_P2, "1.1", Polarity.STRENGTH)
    case.tag(letter, IN_LETTER, "1.1", Polarity.DEVELOPMENT)
    case.tag(letter, IN_LETTER, "18", Polarity.NEUTRAL)
    case.set_not_applicable("1.2", "-none")
    case.close()
    target = tmp_path / "coverage.csv"
    assert cli("coverage", case_path, "--csv", target)[0] == 0
    head, *rows = _read(target)
    assert head[-3:] == [
        f"{letter.title} (31 January 2024)", "'=HYPERLINK(“x”) (May 2023)",
        f"{notes.title} (undated)",
    ]  # fmt: skip
    assert len(rows) == 83
    first, second, *_, last = rows
    assert (first[2], first[5], first[7:13]) == (
        "1.1", "covered", ["2", "1", "0", "2", "2023-05", "2024-01-31"],
    )  # fmt: skip
    assert first[-3:] == ["▼1", "▲2", ""]
    assert second[5:7] == ["not applicable", "'-none"]
    assert (last[0], last[2], last[-3]) == ("18", "18", "◆1")
    assert list(tmp_path.glob("*.part")) == []


def test_a_place_that_cannot_be_written_to_is_told(case: Case, tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="choose another place"):
        case.write_coverage(tmp_path / "nowhere" / "coverage.csv")
