"""Cases and documents that the tests make themselves; every part is real."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cambs_evidence import command_line
from cambs_evidence.case import Case
from tests.support import IN_LETTER, IN_NOTES, REPORT, Files, Run, make_pdf, take_in


@pytest.fixture(autouse=True)
def _own_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Settings and fault log of the person at this computer stay out of the tests."""
    home = tmp_path_factory.getbasetemp() / "home"
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    for handler in [each for each in root.handlers if each not in before]:
        root.removeHandler(handler)
        handler.close()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("documents")
    letter = folder / "letter.txt"
    letter.write_text(
        f"Dear director,\n\n{IN_LETTER} on Monday.\n\nYours faithfully\n", encoding="utf-8"
    )
    notes = folder / "notes.md"
    notes.write_text(
        f"# Minutes\n\n{IN_NOTES}.\n\n- Caseloads fell to *fourteen*\n- Agency staff left\n",
        encoding="utf-8",
    )
    return Files(make_pdf(folder / "report.pdf", REPORT), letter, notes)


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory: pytest.TempPathFactory, files: Files) -> Path:
    """A closed case that holds the three documents and no evidence."""
    path = tmp_path_factory.mktemp("prepared") / "prepared.cambs"
    with Case.create(path, by="Maker", title="Camshire 2024") as case:
        results = take_in(case, *files.all())
    assert [each.status for each in results] == ["imported"] * 3
    return path


@pytest.fixture(scope="session")
def _blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "blank.cambs"
    Case.create(path, by="Maker", title="Blank").close()
    return path


@pytest.fixture
def case_path(_prepared: Path, tmp_path: Path) -> Path:
    """A closed case of its own with three documents."""
    return Path(shutil.copyfile(_prepared, tmp_path / "case.cambs"))


@pytest.fixture
def blank_path(_blank: Path, tmp_path: Path) -> Path:
    """A closed case of its own without documents."""
    return Path(shutil.copyfile(_blank, tmp_path / "blank.cambs"))


@pytest.fixture
def case(case_path: Path) -> Iterator[Case]:
    """An open case with three documents."""
    with Case.open(case_path, by="Tester") as opened:
        yield opened


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with ``--json``; its exit status and its one object."""

    def call(*words: object) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        status = command_line.run([*map(str, words), "--json"])
        printed = capsys.readouterr().out
        assert printed.endswith("\n")
        data = json.loads(printed)
        assert isinstance(data, dict)
        return status, data

    return call
