"""A case with some evidence, and files for review made from it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cambs_evidence.case import Case
from cambs_evidence.model import Change, Polarity
from cambs_evidence.review import Exported, Merged
from tests.support import ONCE_P1, ONCE_P2, ONCE_P3


def export(case: Case, path: Path, pages: str = "cited") -> Path:
    """Writes a file for review."""
    made = list(case.review_export(path, pages=pages))[-1]
    assert isinstance(made, Exported)
    return path


def merge(case: Case, path: Path) -> Merged:
    """Merges a file."""
    done = list(case.merge(path))[-1]
    assert isinstance(done, Merged)
    return done


def merge_into(case: Path, path: Path, by: str = "Author") -> Merged:
    """Merges a file into a closed case."""
    with Case.open(case, by=by) as opened:
        return merge(opened, path)


def copy(path: Path, name: str) -> Path:
    """A copy of a file beside it."""
    return Path(shutil.copyfile(path, path.with_name(name)))


@pytest.fixture(scope="session")
def _tagged(_prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed case with three links: to 1.1 (page 1), 2.1 (page 3), 3.1 (page 2)."""
    path = Path(shutil.copyfile(_prepared, tmp_path_factory.mktemp("tagged") / "tagged.cambs"))
    with Case.open(path, by="Author") as case:
        report = case.document("report.pdf")
        case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH)
        case.tag(report, ONCE_P3, "2.1", Polarity.DEVELOPMENT)
        case.tag(report, ONCE_P2, "3.1", Polarity.STRENGTH, note="a note")
        export(case, path.with_name("cited.cambsreview"))
        export(case, path.with_name("all.cambsreview"), "all")
    return path


@pytest.fixture
def tagged(_tagged: Path, tmp_path: Path) -> Path:
    """A closed case of its own with three links."""
    return Path(shutil.copyfile(_tagged, tmp_path / "case.cambs"))


@pytest.fixture
def bundle(_tagged: Path, tmp_path: Path) -> Path:
    """A file for review of that case, with the cited pages."""
    return Path(
        shutil.copyfile(_tagged.with_name("cited.cambsreview"), tmp_path / "out.cambsreview")
    )


@pytest.fixture
def whole(_tagged: Path, tmp_path: Path) -> Path:
    """A file for review of that case, with all pages."""
    return Path(
        shutil.copyfile(_tagged.with_name("all.cambsreview"), tmp_path / "whole.cambsreview")
    )


def ids(case: Case) -> dict[str, str]:
    """The ids of links by their codes."""
    return {link.code: link.id for link in case.evidence()}


def rows_of(change: Change, table: str) -> int:
    """How many rows of a table a change has."""
    return sum(row.table == table for row in change.rows)
