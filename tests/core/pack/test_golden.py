"""The sample case's pack says what it said, page by page and element by element."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from . import golden


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    return golden.told(golden.pack(tmp_path_factory.mktemp("golden")))


@pytest.mark.parametrize("kept", [golden.PAGES, golden.TREE], ids=["pages", "tree"])
def test_the_pack_of_the_sample_says_what_it_said(told: dict[Path, str], kept: Path) -> None:
    before, now = kept.read_text(encoding="utf-8").splitlines(), told[kept].splitlines()
    differing = list(difflib.unified_diff(before, now, kept.name, "now", n=1, lineterm=""))
    assert not differing, "\n".join(
        ["If it is meant: python -m tests.core.pack.golden", *differing[:120]]
    )
