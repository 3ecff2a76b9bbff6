"""The framework that comes with the program, and what its codes name."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.errors import Unknown
from cambs_evidence.framework import bundled
from tests.support import rows

TREE = bundled.read(paths.resources() / "framework.toml")
CRITERIA = [each for section in TREE.sections for each in section.criteria]
COUNTS = {1: 7, 2: 3, 3: 3, 4: 7, 5: 8, 6: 5, 7: 7, 8: 7, 9: 3, 10: 4, 11: 8, 12: 7, 13: 4,
          14: 2, 15: 3, 16: 3, 17: 1, 18: 0}  # fmt: skip


def test_sections_criteria_marks_and_blocks_are_as_many_as_the_document_has() -> None:
    assert {each.number: len(each.criteria) for each in TREE.sections} == COUNTS
    assert len(TREE.sections) == 18
    assert len(CRITERIA) == 82
    assert sum(each.marked for each in CRITERIA) == 34
    assert sum(len(each.blocks) for each in TREE.sections) == 34


def test_sections_and_codes_stand_in_order() -> None:
    assert [each.number for each in TREE.sections] == list(range(1, 19))
    for section in TREE.sections:
        assert [each.code for each in section.criteria] == [
            f"{section.number}.{place}" for place in range(1, len(section.criteria) + 1)
        ]


def test_blocks_hold_each_criterion_once_in_order() -> None:
    for section in TREE.sections:
        assert [code for block in section.blocks for code in block] == [
            each.code for each in section.criteria
        ]
        assert section.criteria == () or all(section.blocks)
    assert TREE.sections[-1].blocks == ((),)


def test_labels_and_titles_are_each_of_their_own() -> None:
    for words in (
        [each.label for each in CRITERIA],
        [each.title for each in TREE.sections],
    ):
        assert len({each.casefold() for each in words}) == len(words)
        assert all(each.strip() == each and each for each in words)


def test_full_wording_waits_for_the_officers_own_document() -> None:
    assert {each.statement for each in CRITERIA} == {None}


def test_identities_are_the_same_in_every_case(tmp_path: Path) -> None:
    paths_of = [tmp_path / "one.cambs", tmp_path / "two.cambs"]
    for path in paths_of:
        Case.create(path, by="A").close()
    for name in ("section", "criterion"):
        one, two = (rows(path, f"SELECT * FROM {name} ORDER BY id") for path in paths_of)
        assert one == two
        assert len({row[0] for row in one}) == len(one)
        assert all(str(uuid.UUID(row[0])) == row[0] for row in one)


def test_a_case_gives_the_tree_back_as_it_was_read(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case.cambs", by="A") as case:
        assert case.framework() == TREE


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda each: each.code)
def test_a_code_names_its_criterion(criterion: object) -> None:
    code = criterion.code  # type: ignore[attr-defined]
    for written in (code, f"{code})", f" {code} ", f"({code})", code.replace(".", " . ")):
        found = bundled.target(TREE, written)
        assert (found.code, found.criterion_id) == (code, criterion.id)  # type: ignore[attr-defined]
    section = TREE.sections[int(code.split(".")[0]) - 1]
    assert bundled.target(TREE, code).section_id == section.id


def test_a_section_without_criteria_names_itself() -> None:
    found = bundled.target(TREE, "18")
    assert (found.code, found.criterion_id, found.section_id) == ("18", None, TREE.sections[17].id)


@pytest.mark.parametrize("number", range(1, 18))
def test_a_section_with_criteria_names_none(number: int) -> None:
    with pytest.raises(Unknown) as caught:
        bundled.target(TREE, str(number))
    assert caught.value.code == "unknown-criterion"
    assert f"{number}.1" in caught.value.reason


@given(st.text(max_size=10))
def test_no_other_words_name_anything(code: str) -> None:
    known = {each.code for each in CRITERIA} | {"18"}
    try:
        found = bundled.target(TREE, code)
    except Unknown as error:
        assert error.code == "unknown-criterion"
    else:
        assert found.code in known
        assert [letter for letter in code if letter in "0123456789."] == list(found.code)
