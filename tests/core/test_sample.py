"""The sample case: the same as from the command line, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cambs_evidence import apart, sample
from cambs_evidence.case import Case
from cambs_evidence.errors import Refused, Unwritable
from cambs_evidence.model import Progress
from cambs_evidence.summaries import references
from tests.support import Run, assert_plain, beside, problems

RESOURCES = Path(sample.__file__).parents[1] / "resources" / "sample"


def _said(path: Path) -> list[object]:
    """What a case says, but for ids and times."""
    with Case.open(path, by="A", readonly=True) as case:
        documents = [
            (each.filename, each.title, each.date, each.kind, each.issuer, each.sha256, each.links)
            for each in case.documents()
        ]
        links = [
            (each.code, each.polarity, each.note, each.by, each.filename, each.hold,
             each.passage.anchor, each.passage.page_label, each.passage.paragraph)
            for each in case.evidence()
        ]  # fmt: skip
        return [case.facts(), case.coverage(), sorted(documents, key=str), sorted(links, key=str)]


def test_the_sample_is_the_one_of_the_command_line(tmp_path: Path, cli: Run) -> None:
    path = tmp_path / "new folder" / "sample.cambs"
    *told, made = sample.build(path, "Ann")
    assert made == path
    assert beside(path) == ["sample.cambs"]
    assert all(isinstance(each, Progress) for each in told)
    done = [(each.done, each.total) for each in told if isinstance(each, Progress)]
    assert done == sorted(done)
    assert done[0][0] == 0
    assert done[-1][0] == done[-1][1]
    assert problems(path) == []

    other = tmp_path / "other.cambs"
    facts = sample._read(RESOURCES / "case.json")
    words = [f"--{name}={value}" for name, value in facts["facts"].items()]
    assert cli("new", other)[0] == 0
    assert cli("about", other, *words)[0] == 0
    assert cli("import", other, RESOURCES / "documents")[0] == 0
    for each in facts["documents"]:
        name = each.pop("filename")
        words = [f"--{name}={value}" for name, value in each.items()]
        assert cli("describe", other, name, *words)[0] == 0
    assert cli("tag", other, "--from", RESOURCES / "links.json", "--by", "Ann")[0] == 0
    assert _said(path) == _said(other)
    with Case.open(path, by="A", readonly=True) as case:
        assert (len(case.documents()), len(case.evidence())) == (6, 40)
        assert {each.by for each in case.events()} == {"Ann"}
        cited = [x for each in case.judgements() for x in references(each.summary)]
        assert len(case.links_by_id(cited)) == len(set(cited)) > 5
        assert len(case.actions()) == 5
        assert not any("[[" in each.summary.replace("[[link:", "") for each in case.judgements())


@pytest.mark.parametrize("steps", [1, 4, 30])
def test_a_sample_that_is_stopped_leaves_nothing(tmp_path: Path, steps: int) -> None:
    path = tmp_path / "sample.cambs"
    building = sample.build(path, "Ann")
    for _ in range(steps):
        next(building)
    building.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []


def test_a_sample_can_be_built_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "sample.cambs"
    *_, made = [each for each in apart.run(sample.build, path, "Ann") if each is not None]
    assert made == path
    assert problems(path) == []


def test_a_name_that_is_taken_and_a_place_of_no_use_are_refused(tmp_path: Path) -> None:
    taken = tmp_path / "taken.cambs"
    taken.write_bytes(b"mine")
    for path, kind in ((taken, Refused), (taken / "sample.cambs", Unwritable)):
        with pytest.raises(kind) as caught:
            list(sample.build(path, "Ann"))
        assert_plain(caught.value.reason)
    assert taken.read_bytes() == b"mine"
    assert beside(taken) == ["taken.cambs"]
