"""The sample case, built once for all tests of the pack."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.model import Imported, PackOptions, PackResult, Polarity

SAMPLE = paths.resources() / "sample"
DATE = "2025-04-01"


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample case as a closed file; not to be changed."""
    told = json.loads((SAMPLE / "case.json").read_text(encoding="utf-8"))
    path = tmp_path_factory.mktemp("sample") / "sample.cambs"
    with Case.create(path, by="officer", title=told["facts"]["title"]) as case:
        facts = dict(told["facts"])
        facts["period_from"], facts["period_until"] = facts.pop("period").split("..")
        case.set_facts(**facts)
        results = list(case.import_files([SAMPLE / "documents"]))
        assert all(each.status == "imported" for each in results if isinstance(each, Imported))
        for facts in told["documents"]:
            name = facts.pop("filename")
            case.describe(case.document(name), **facts)
        for each in json.loads((SAMPLE / "links.json").read_text(encoding="utf-8")):
            case.tag(
                case.document(each["document"]),
                each["quote"],
                each["criterion"],
                Polarity(each["polarity"]),
                note=each.get("note"),
            )
    return path


@pytest.fixture
def sample(sample_file: Path, tmp_path: Path) -> Iterator[Case]:
    """The sample case, open, in a copy of the test's own."""
    copy = tmp_path / "sample.cambs"
    shutil.copyfile(sample_file, copy)
    with Case.open(copy, by="officer") as case:
        yield case


@pytest.fixture(scope="session")
def sample_pack(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of the whole sample case; not to be changed."""
    path = tmp_path_factory.mktemp("pack") / "pack.pdf"
    with Case.open(sample_file, by="officer", readonly=True) as case:
        build(case, path)
    return path


def build(case: Case, path: Path, options: PackOptions | None = None) -> PackResult:
    """Builds a pack; its result."""
    result = list(case.build_pack(path, options or PackOptions(date=DATE)))[-1]
    assert isinstance(result, PackResult)
    return result
