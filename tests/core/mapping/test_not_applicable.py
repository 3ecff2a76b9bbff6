"""Criteria that do not apply: no gaps, with a reason that the pack prints; and the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
import pytest

from cambs_evidence.case import Case
from cambs_evidence.errors import Refused, Unknown, WordsOff
from cambs_evidence.model import (
    Coverage,
    CriterionCoverage,
    PackOptions,
    PackResult,
    Polarity,
    State,
)
from tests.support import ONCE_P1, Run

REASON = "No unit of this kind is run here"


def _of(found: Coverage, code: str) -> CriterionCoverage:
    return next(each for each in found.criteria if each.code == code)


def test_what_does_not_apply_is_no_gap_whatever_evidence_it_has(case: Case) -> None:
    before = case.coverage()
    report = case.documents()[0]
    case.tag(report, ONCE_P1, "1.3", Polarity.STRENGTH)
    for code in ("1.2", "1.3"):
        case.set_not_applicable(code, f"  {REASON} ")
    found = case.coverage()
    assert [_of(found, code).state for code in ("1.2", "1.3")] == [State.NOT_APPLICABLE] * 2
    assert _of(found, "1.3").strength == 1
    first = found.sections[0]
    assert (first.criteria, first.covered, first.gaps, first.not_applicable) == (7, 0, 5, 2)
    assert found.sections[1:] == before.sections[1:]
    told = {each.code: each.not_applicable for each in case.framework().sections[0].criteria}
    assert (told["1.1"], told["1.2"]) == (None, REASON)


def test_it_is_undone_as_the_very_change_it_was(case: Case) -> None:
    change = case.set_not_applicable("1.2", REASON)
    again = case.set_not_applicable("1.2", "Another reason")
    assert case.set_not_applicable("1.2", "Another reason").rows == ()
    case.revert(again)
    assert case.framework().sections[0].criteria[1].not_applicable == REASON
    coverage = case.coverage_after(case.coverage(), [case.revert(change)])
    assert _of(coverage, "1.2").state is State.NONE
    assert case.framework().sections[0].criteria[1].not_applicable is None
    whats = [each.what for each in case.events()][-4:]
    assert whats == ["set 1.2 not applicable", "set 1.2 not applicable",
                     "undo set 1.2 not applicable", "undo set 1.2 not applicable"]  # fmt: skip
    assert case.log_is_intact()


def test_links_that_change_leave_it_as_it_is(case: Case) -> None:
    case.set_not_applicable("1.2", REASON)
    before = case.coverage()
    _, change = case.tag(case.documents()[0], ONCE_P1, "1.2", Polarity.STRENGTH)
    after = case.coverage_after(before, [change])
    assert _of(after, "1.2").state is State.NOT_APPLICABLE
    assert after == case.coverage()


@pytest.mark.parametrize(
    ("code", "reason", "refusal"),
    [("1.2", " \n", WordsOff), ("18", REASON, Refused), ("18", None, Refused),
     ("1.99", REASON, Unknown)],
)  # fmt: skip
def test_what_cannot_be_said_changes_nothing(
    case: Case, code: str, reason: str | None, refusal: type[Exception]
) -> None:
    before = len(case.events())
    with pytest.raises(refusal):
        case.set_not_applicable(code, reason)
    assert len(case.events()) == before


def test_the_command_says_it_and_takes_it_back(cli: Run, case_path: Path) -> None:
    assert cli("not-applicable", case_path, "1.2", "--reason", REASON) == (0, {"code": "1.2"})
    told = cli("coverage", case_path)[1]
    assert told["criteria"][1]["state"] == "not applicable"
    assert told["sections"][0] == {"number": 1, "criteria": 7, "covered": 0, "gaps": 6}
    assert cli("not-applicable", case_path, "1.2", "--clear") == (0, {"code": "1.2"})
    assert cli("coverage", case_path)[1]["sections"][0]["gaps"] == 7
    for words, status in (
        ((), 2), (("--reason", REASON, "--clear"), 2), (("--reason", " "), 2),
    ):  # fmt: skip
        found, data = cli("not-applicable", case_path, "1.2", *words)
        assert (found, set(data)) == (status, {"error"}), words
    assert cli("not-applicable", case_path, "18", "--reason", REASON)[0] == 1
    assert cli("not-applicable", case_path, "77.1", "--reason", REASON)[0] == 1
    found, told = cli("log", case_path)
    assert "not applicable" in json.dumps(told)
    assert told["intact"]


def test_the_pack_prints_the_reason_in_the_table_and_under_the_criterion(
    case: Case, tmp_path: Path
) -> None:
    options = PackOptions(sections=(1,), annex="none", date="2025-01-01")
    plain = case.pack_contents(options).number
    case.set_not_applicable("1.2", REASON)
    contents = case.pack_contents(options)
    case.set_not_applicable("1.2", "Another")
    assert len({plain, contents.number, case.pack_contents(options).number}) == 3
    case.set_not_applicable("1.2", REASON)
    target = tmp_path / "pack.pdf"
    made = list(case.build_pack(target, options))[-1]
    assert isinstance(made, PackResult)
    with pypdfium2.PdfDocument(target) as printed:
        words = " ".join(page.get_textpage().get_text_range() for page in printed)
    words = " ".join(words.split())
    assert words.count(f"Not applicable: {REASON}.") == 2
    assert "6 of 7 criteria have no evidence, 1 does not apply." in words
    assert words.count("this is a gap") == 6
