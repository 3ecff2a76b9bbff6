"""Criteria as an officer types them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.framework import bundled, lookup
from cambs_evidence.model import Target

TREE = bundled.read(paths.resources() / "framework.toml")
ALL = lookup.targets(TREE)
CODES = [each.code for each in ALL]


def _codes(typed: str) -> list[str]:
    return [each.code for each in lookup.matching(TREE, typed)]


def test_all_criteria_can_be_tagged_and_the_section_that_has_none() -> None:
    criteria = [each for section in TREE.sections for each in section.criteria]
    assert len(ALL) == len(criteria) + 1
    assert [each.criterion_id for each in ALL[:-1]] == [each.id for each in criteria]
    assert ALL[-1] == Target("18", TREE.sections[17].id, None, TREE.sections[17].title)
    for target in ALL:
        assert bundled.target(TREE, target.code) == target


@pytest.mark.parametrize("typed", ["", " ", "\n", ",", "?!", "…", ".", "..."])
def test_where_no_word_is_typed_everything_is_offered(typed: str) -> None:
    assert _codes(typed) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_found_first(code: str) -> None:
    for typed in (code, f" {code} ", f"{code}."):
        assert _codes(typed)[0] == code


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("12.", [f"12.{n}" for n in range(1, 8)]),
        ("12", [f"12.{n}" for n in range(1, 8)]),
        ("1.", [f"1.{n}" for n in range(1, 8)]),
        ("2", ["2.1", "2.2", "2.3"]),
        ("12.4", ["12.4"]),
        ("18", ["18"]),
        ("18.", ["18"]),
        ("17", ["17.1"]),
        ("19", []),
        ("0", []),
        ("12.9", []),
        ("99.99", []),
    ],
)
def test_the_beginning_of_a_code_finds_what_begins_so(typed: str, codes: list[str]) -> None:
    assert _codes(typed) == codes


def test_the_sections_own_criteria_come_before_those_of_sections_that_begin_alike() -> None:
    found = _codes("1")
    assert found[:7] == [f"1.{n}" for n in range(1, 8)]
    assert found == [*found[:7], *(each for each in CODES if re.match(r"1\d", each))]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("supervision", "4.4"),
        ("SUPERVISION", "4.4"),
        ("superv", "4.4"),
        ("supervison", "4.4"),
        ("regular supervision", "4.4"),
        ("supervision regular", "4.4"),
        ("caseload", "4.5"),
        ("caselaods", "4.5"),
        ("neet", "7.7"),
        ("post-16", "7.6"),
        ("foster carers", "12.1"),
        ("adoption scorecard", "12.5"),
        ("adpotion scorecard", "12.5"),
        ("children's wishes", "11.5"),
        ("children’s wishes", "11.5"),
        ("radicalisation", "18"),
        ("radicalisaton", "18"),
        ("extremism", "18"),
        ("money", "2.2"),
        ("value for money.", "2.2"),
        ("good use of data.", "5.2"),
        ("(data)", "5.2"),
        ("money.", "2.2"),
        ("scorecard... adoption", "12.5"),
        ("domestic abuse", "17.1"),
        ("12.4 permanence", "12.4"),
        ("permanence 12.4.", "12.4"),
    ],
)
def test_words_find_the_criterion_they_are_of(typed: str, first: str) -> None:
    assert _codes(typed)[0] == first


def test_words_of_the_sections_title_find_its_criteria_behind_those_that_say_so() -> None:
    found = _codes("thresholds")
    assert found[0] == "9.1"
    assert set(found) == {"9.1", "9.2", "9.3"}
    assert _codes("youth offending") == ["14.1", "14.2"]
    commissioning = _codes("commissioning")
    assert commissioning == ["2.1", "2.2", "2.3"]


def test_where_some_meet_every_word_those_that_meet_fewer_are_left_out() -> None:
    for code in _codes("foster carers"):
        target = next(each for each in ALL if each.code == code)
        section = next(each for each in TREE.sections if each.id == target.section_id)
        said = f"{target.label} {section.title}".lower()
        assert "foster" in said
        assert "carer" in said


def test_where_none_meets_every_word_those_that_meet_most_come_first() -> None:
    assert _codes("supervision zzzz")[0] == "4.4"
    assert _codes("regular supervision zzzz")[0] == "4.4"


@pytest.mark.parametrize("typed", ["zzzz", "qqqqqqqq xxxxxxxx", "٣", "12.4x"])
def test_nonsense_finds_nothing(typed: str) -> None:
    assert _codes(typed) == []


def test_a_slip_in_a_short_word_is_no_slip() -> None:
    assert _codes("tham") == []


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("12.4, 12.5", ["12.4", "12.5"]),
        ("12.5 12.4", ["12.5", "12.4"]),
        ("12.4;18,1.1", ["12.4", "18", "1.1"]),
        (" 12.4 ,, 12.5, ", ["12.4", "12.5"]),
        ("12.4\n12.5", ["12.4", "12.5"]),
        ("12.4 12.4", ["12.4"]),
        ("12.4", ["12.4"]),
        ("12.4, 99.9", []),
        ("12.4 adoption", []),
        ("12, 13", []),
        ("", []),
        (" , ", []),
    ],
)
def test_several_codes_are_those_and_no_others(typed: str, codes: list[str]) -> None:
    assert [each.code for each in lookup.listed(TREE, typed)] == codes


@given(st.lists(st.sampled_from(CODES), min_size=1, max_size=6), st.sampled_from([" ", ",", "; "]))
def test_any_codes_are_listed_once_in_the_order_typed(codes: list[str], between: str) -> None:
    found = [each.code for each in lookup.listed(TREE, between.join(codes))]
    assert found == list(dict.fromkeys(codes))


@given(st.text(max_size=30))
def test_whatever_is_typed_is_answered_with_targets_that_are_there_once(typed: str) -> None:
    found = lookup.matching(TREE, typed)
    assert len(found) == len(set(found))
    assert set(found) <= set(ALL)


@given(st.sampled_from(ALL), st.data())
def test_any_whole_words_of_a_criterion_find_it(target: Target, data: st.DataObject) -> None:
    words = re.findall(r"[^\W\d]+", target.label)
    some = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=4, unique=True))
    assert target in lookup.matching(TREE, " ".join(some))


@given(st.sampled_from(ALL), st.data())
def test_a_slip_of_one_letter_in_a_long_word_is_forgiven(
    target: Target, data: st.DataObject
) -> None:
    long = [each for each in re.findall(r"[a-z]+", target.label.lower()) if len(each) >= 7]
    if not long:
        return
    word = data.draw(st.sampled_from(long))
    at = data.draw(st.integers(1, len(word) - 2))
    kind = data.draw(st.sampled_from(["left out", "twice", "swapped"]))
    slip = {
        "left out": word[:at] + word[at + 1 :],
        "twice": word[:at] + word[at] + word[at:],
        "swapped": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    }[kind]
    assert target in lookup.matching(TREE, slip)


def test_the_more_is_typed_of_a_word_the_fewer_are_meant() -> None:
    found = [_codes("supervision"[:length]) for length in range(5, 12)]
    for less, more in pairwise(found):
        assert set(more) <= set(less)


# --- through the door ----------------------------------------------------------------------


def test_the_case_finds_codes_words_and_several_codes(case: Case) -> None:
    def codes(typed: str) -> list[str]:
        return [each.code for each in case.matching(typed)]

    assert codes("") == CODES
    assert codes("12.5, 12.4") == ["12.5", "12.4"]
    assert codes("18 1.1") == ["18", "1.1"]
    assert codes("12.4") == ["12.4"]
    assert codes("12.4, 12.4") == ["12.4"]
    assert codes("12.")[0] == "12.1"
    assert codes("12.4, 99.9") == ["12.4"]
    assert codes("supervison")[0] == "4.4"
    assert codes("extremism") == ["18"]
    assert codes("zzzz") == []
    for target in case.matching("12.4, 18"):
        assert case.target(target.code) == target
