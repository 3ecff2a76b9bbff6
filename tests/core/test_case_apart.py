"""Pack, verifying and checking in processes of their own, through the door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cambs_evidence import apart
from cambs_evidence.case import Case, verify_apart, verify_pack
from cambs_evidence.errors import EvidenceError, Refused, Unwritable
from cambs_evidence.model import Limits, PackOptions, PackResult, Polarity, Problem, Progress
from tests.support import ONCE_P1, Files, beside, children, edit, rows

OPTIONS = PackOptions(date="2025-04-01")


@pytest.fixture
def worked(case: Case) -> Case:
    case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)
    return case


def said(steps: Iterator[object]) -> list[object]:
    return [each for each in steps if each is not None]


def test_the_pack_is_the_same_as_built_here_and_is_recorded(worked: Case, tmp_path: Path) -> None:
    worked.set_limits(Limits(old_after_years=7))
    here = list(worked.build_pack(tmp_path / "here.pdf", OPTIONS))[-1]
    *told, there = said(worked.export_pack(tmp_path / "there.pdf", OPTIONS))
    assert isinstance(here, PackResult)
    assert isinstance(there, PackResult)
    assert all(isinstance(each, Progress) for each in told)
    assert told
    assert (there.sha256, there.pages, there.path) == (
        here.sha256, here.pages, str(tmp_path / "there.pdf"),
    )  # fmt: skip
    worked.close()
    assert [row[0] for row in rows(worked.path, "SELECT sha256 FROM pack")] == [here.sha256] * 2


def test_a_pack_that_cannot_be_built_is_told_as_here(worked: Case, tmp_path: Path) -> None:
    with pytest.raises(Unwritable):
        said(worked.export_pack(tmp_path / "none" / "pack.pdf", OPTIONS))
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear director", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        said(worked.export_pack(letter, OPTIONS))
    assert caught.value.code == "exists"


@pytest.mark.parametrize("grace", [5.0, 0.0])
def test_a_pack_that_is_stopped_leaves_nothing_behind(
    worked: Case, tmp_path: Path, grace: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "GRACE", grace)
    folder = tmp_path / "packs"
    folder.mkdir()
    target = folder / "pack [1].pdf"
    other = folder / ".pack [1].pdf.00000000.part"
    other.touch()  # somebody else writes there
    before = children()
    steps = worked.export_pack(target, OPTIONS)
    assert next(each for each in steps if each is not None)
    # As it would lie there when the process is killed while it writes.
    (folder / ".pack [1].pdf.deadbeef.part").touch()
    steps.close()  # type: ignore[attr-defined]
    assert children() <= before
    assert beside(target) == [other.name]


def test_a_pack_is_verified_as_here(worked: Case, files: Files, tmp_path: Path) -> None:
    pack = tmp_path / "pack.pdf"
    list(worked.build_pack(pack, OPTIONS))
    for words in ({"case": worked.path}, {"sources": files.report.parent}):
        here = list(verify_pack(pack, by="A", **words))[-1]
        assert said(verify_apart(pack, by="A", **words))[-1] == here
    with pytest.raises(EvidenceError) as caught:
        said(verify_apart(worked.path, by="A"))
    with pytest.raises(type(caught.value)) as expected:
        list(verify_pack(worked.path, by="A"))
    assert (caught.value.reason, caught.value.code) == (
        expected.value.reason, expected.value.code,
    )  # fmt: skip


def test_a_case_is_checked_as_here(worked: Case) -> None:
    assert [each for each in worked.check_apart() if isinstance(each, Problem)] == []
    path = worked.path
    worked.close()
    edit(path, "UPDATE page SET layer = x'00' WHERE number = 1")
    with Case.open(path, by="A") as opened:
        expected = [each for each in opened.check() if isinstance(each, Problem)]
        found = [each for each in opened.check_apart() if isinstance(each, Problem)]
    assert found == expected
    assert found
