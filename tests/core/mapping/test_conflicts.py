"""Conflicts: strength and development of the same period on one criterion, wherever it is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence.case import Case
from cambs_evidence.mapping.conflicts import conflicts, is_conflict, opposed, told_of
from cambs_evidence.model import PackOptions, Polarity
from tests.core.mapping.test_coverage import document, link
from tests.support import IN_LETTER, IN_NOTES, ONCE_P1, ONCE_P2

FOR, AGAINST, NEITHER = Polarity


def test_strength_and_development_on_one_criterion_are_a_conflict() -> None:
    documents = [document("a", "2024"), document("b", "2024")]
    links = [link("1.1", "a", FOR), link("1.2", "a", AGAINST), link("1.1", "a", NEITHER)]
    assert conflicts(links, documents) == []
    links.append(link("1.1", "b", AGAINST))
    (found,) = conflicts(links, documents)
    assert (found.code, found.strengths, found.developments) == ("1.1", (links[0],), (links[3],))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2024-03-31", "2025-03-31", True),  # a year to the day
        ("2024-03-31", "2025-04-01", False),
        ("2024", "2025-12", True),  # any day of 2024
        ("2023", "2025", False),
        ("2024-02-29", "2025-02-28", True),
        ("2024-02-29", "2025-03-01", False),
        (None, "1999", True),  # what is undated could be of any time
        (None, None, True),
        ("9999-12", "9999-12", True),
    ],
)
def test_documents_no_more_than_a_year_apart_are_of_the_same_period(
    one: str | None, other: str | None, same: bool
) -> None:
    pair = document("a", one), document("b", other)
    for first, second in (pair, pair[::-1]):
        assert is_conflict([(FOR, first), (AGAINST, second)]) is same


def test_a_document_is_of_the_period_it_tells_of_rather_than_of_its_date() -> None:
    review = replace(document("a", "2024-06"), period="2019-04..2020-03")
    assert not is_conflict([(FOR, review), (AGAINST, document("b", "2024-06"))])
    assert is_conflict([(FOR, review), (AGAINST, document("b", "2018-05"))])


def test_what_nothing_speaks_against_in_its_period_is_left_out() -> None:
    documents = [document("old", "2015"), document("new", "2024"), document("odd", "2024-05")]
    links = [link("1.1", "old"), link("1.1", "new"), link("1.1", "odd", AGAINST)]
    (found,) = conflicts(links, documents)
    assert found.strengths == (links[1],)


_DAYS = st.none() | st.tuples(st.integers(700_000, 703_000), st.integers(0, 900)).map(
    lambda each: (each[0], each[0] + each[1])
)


@given(ours=st.lists(_DAYS, max_size=6), theirs=st.lists(_DAYS, max_size=6))
def test_each_side_is_in_conflict_just_where_the_other_answers_it(
    ours: list[tuple[int, int] | None], theirs: list[tuple[int, int] | None]
) -> None:
    one, other = dict(enumerate(ours)), dict(enumerate(theirs))
    strengths, developments = opposed(one, other)
    met = {
        (n, m) for n, first in one.items() for m, second in other.items()
        if opposed({n: first}, {m: second})[0]
    }  # fmt: skip
    assert strengths == {n for n, _ in met}
    assert developments == {m for _, m in met}


def test_case_coverage_and_pack_tell_the_same_conflicts(case: Case) -> None:
    report, letter, notes = (case.document(x) for x in ("report.pdf", "letter.txt", "notes.md"))
    case.describe(report, date="2024-03")
    case.describe(letter, date="2020-01")
    case.describe(notes, date="2024-09")
    case.tag(report, ONCE_P1, "1.1", FOR)
    _, change = case.tag(letter, IN_LETTER, "1.1", AGAINST)
    case.tag(report, ONCE_P2, "18", FOR)

    def told() -> list[str]:
        coverage = case.coverage()
        every = [*coverage.criteria, *(x.itself for x in coverage.sections if x.itself)]
        chapters = case.pack_contents(PackOptions()).chapters
        codes = [each.code for each in case.conflicts()]
        assert codes == [each.code for each in every if each.conflict]
        assert codes == [each.code for each in chapters if each.conflicting]
        return codes

    assert told() == []
    before = case.coverage()
    second = case.tag(notes, IN_NOTES, "1.1", AGAINST)[1]
    assert case.coverage_after(before, [second]) == case.coverage()
    third = case.tag(notes, IN_NOTES, "18", AGAINST)[1]
    assert told() == ["1.1", "18"]
    assert told_of(case.document("letter.txt")) is not None
    (first, _) = case.conflicts()
    assert [len(first.strengths), len(first.developments)] == [1, 1]
    for each in (third, second):
        case.revert(each)
    assert told() == []
    case.revert(change)
