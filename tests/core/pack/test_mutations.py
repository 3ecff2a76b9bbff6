"""A few random changes of one letter, digit or mark; ``tests.tools.mutations`` makes hundreds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from cambs_evidence.pack import verify
from tests.tools import mutations


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[mutations.Prepared]:
    """The sample case with a review and its pack, and processes that go on from one to the next."""
    with pytest.MonkeyPatch.context() as patch, mutations.kept() as pool:
        patch.setattr(verify, "Pool", pool)
        yield mutations.prepared(tmp_path_factory.mktemp("mutations"))


@pytest.mark.parametrize("kind", mutations.KINDS)
def test_one_changed_letter_digit_or_mark_is_found(made: mutations.Prepared, kind: str) -> None:
    mutation = mutations.drawn(made, kind, random.Random(f"{kind} 4"))
    assert mutation is not None
    assert mutations.escaped(mutation) is None, mutation.what


@pytest.mark.parametrize("against", ["sources", "case"])
def test_nothing_is_found_where_nothing_was_changed(made: mutations.Prepared, against: str) -> None:
    where: Path = getattr(made, against)
    assert mutations.unsound(made.pack, {against: where}) is None
