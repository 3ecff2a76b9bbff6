"""What a search asks for: words, phrases, beginnings, nearness, and what must not be there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence.documents.sought import MOST, Group, Term, understood

TEXT = "Foster carers spoke of training. The training of new carers came late; carers said so."


def marked(query: str) -> list[str]:
    return [TEXT[start:end] for start, end in understood(query).on(TEXT)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("carers", ["carers", "carers", "carers"]),
        ("carer", []),
        ("care*", ["care", "care", "care"]),
        ("foster carers", ["Foster carers"]),
        ("carers foster", ["Foster", "carers", "carers", "carers"]),
        ('"of training"', ["of training"]),
        ("foster NEAR training", ["Foster", "training", "training"]),
        ("foster NEAR/3 training", ["Foster", "training"]),
        ("late NEAR/1 carers", ["carers", "late", "carers"]),
        ("late NEAR/0 said", []),
        ("late -training", ["late"]),
        ("NEAR", []),
        ("-carers", []),
        ("", []),
    ],
)
def test_words_are_marked_where_they_are_meant(query: str, words: list[str]) -> None:
    assert marked(query) == words


def test_what_is_typed_is_understood_as_it_is_told() -> None:
    query = understood('one "two  three" four* NEAR/5 five -six -"seven eight" “nine ten”')
    assert query.groups == (
        Group((Term("one"),)),
        Group((Term("two three"),)),
        Group((Term("four", begins=True), Term("five")), 5),
        Group((Term("nine ten"),)),
    )
    assert query.without == (Term("six"), Term("seven eight"))


@given(st.text(alphabet='ab"*- N/NEAR1', max_size=60))
def test_whatever_is_typed_is_understood_somehow(query: str) -> None:
    found = understood(query)
    assert sum(len(group.terms) for group in found.groups) + len(found.without) <= MOST
    for start, end in found.on(TEXT):
        assert 0 <= start < end <= len(TEXT)
