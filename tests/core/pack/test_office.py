"""Packs with quotes from office documents: proved against the file's own words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cambs_evidence.case import Case
from cambs_evidence.documents import office
from cambs_evidence.model import Document, Polarity, Verification
from tests.core.documents import offices
from tests.core.documents.offices import level, lists, p, row, table
from tests.support import take_in

from .conftest import build
from .forging import rewritten
from .test_verify import verified

PLANS = "Plans are reviewed every month"
CELLS = "Visits on time\t2023\t71%"
NOTE = "From the audit of March."
DECIMAL = level(0, "decimal", "%1.")

needs_libreoffice = pytest.mark.skipif(
    offices.without_libreoffice(), reason="LibreOffice is not installed"
)


def report(words: str = PLANS) -> bytes:
    return offices.docx(
        p("Leadership", style="Heading1"),
        p(words, '<w:r><w:footnoteReference w:id="2"/></w:r>', " by managers.", num=(0, 1)),
        p("The board listens to children and acts.", num=(0, 1)),
        table(row("Measure", "Year", "Share"), row("Visits on time", "2023", "71%")),
        numbering=lists(DECIMAL),
        footnotes=f'<w:footnote w:id="2">{p(NOTE)}</w:footnote>',
    )


Made = Callable[..., tuple[Path, Path, Path]]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Makes a case with a document, its pack, and the folder of its source."""

    def make(data: bytes, name: str, quotes: tuple[str, ...]) -> tuple[Path, Path, Path]:
        folder = tmp_path / "sources"
        folder.mkdir()
        (folder / name).write_bytes(data)
        path = tmp_path / "a.cambs"
        with Case.create(path, by="officer", title="Camshire") as case:
            [taken] = take_in(case, folder / name)
            assert taken.reason is None
            assert taken.document is not None
            for quote in quotes:
                case.tag(taken.document, quote, "1.1", Polarity.STRENGTH)
            build(case, tmp_path / "pack.pdf")
        return tmp_path / "pack.pdf", path, folder

    return make


def document_of(case: Path) -> Document:
    with Case.open(case, by="officer", readonly=True) as opened:
        [document] = opened.documents()
        return document


def assert_sound(result: Verification, quotes: int) -> None:
    assert [each.reason for each in result.failures] == []
    assert (result.verified, result.excerpts) == (quotes, quotes)


def test_quotes_of_a_document_that_we_typeset_are_proved_against_its_file(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(office.VARIABLE, "none")
    quotes = (PLANS, CELLS, NOTE, "1. Plans are", "by managers.\n2. The board listens")
    pack, case, folder = made(report(), "report.docx", quotes)
    assert document_of(case).made_by == "this program"
    assert_sound(verified(pack, sources=folder), len(quotes))
    assert_sound(verified(pack, case=case), len(quotes))


def test_a_word_that_changed_in_the_file_fails_the_quote_that_holds_it(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(office.VARIABLE, "none")
    pack, _, folder = made(report(), "report.docx", (PLANS, CELLS))
    (folder / "report.docx").write_bytes(report(PLANS.replace("every", "any")))
    result = verified(pack, sources=folder)
    assert [each.quote for each in result.failures] == [PLANS]
    assert [each.status for each in result.documents] == ["changed"]


@needs_libreoffice
def test_quotes_of_a_document_that_libreoffice_made_pages_of_are_proved(made: Made) -> None:
    quotes = (PLANS, CELLS, "The board listens to children and acts.")
    pack, case, folder = made(report(), "report.docx", quotes)
    assert (document_of(case).made_by or "").startswith("LibreOffice")
    assert_sound(verified(pack, case=case), len(quotes))
    assert_sound(verified(pack, sources=folder), len(quotes))


@needs_libreoffice
def test_a_quote_that_the_file_does_not_hold_fails(made: Made, tmp_path: Path) -> None:
    pack, case, folder = made(report(), "report.docx", (PLANS,))
    forged = rewritten(pack, tmp_path / "forged.pdf", _forge)
    assert verified(forged, sources=folder).verified == 0
    assert verified(forged, case=case).verified == 0


def _forge(told: dict[str, list[dict[str, str]]]) -> None:
    for each in told["excerpts"]:
        each["quote"] = each["quote"].replace("every", "any")


@needs_libreoffice
def test_other_pages_than_those_that_were_tagged_prove_nothing(made: Made, tmp_path: Path) -> None:
    pack, case, _ = made(report(), "report.docx", (PLANS,))

    def other(told: dict[str, list[dict[str, str]]]) -> None:
        told["documents"][0]["rendition_sha256"] = "0" * 64

    [failure] = verified(rewritten(pack, tmp_path / "other.pdf", other), case=case).failures
    assert "pages" in failure.reason


@needs_libreoffice
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("letter.odt", offices.odt("The director wrote.", f"{PLANS} by all.")),
        ("letter.rtf", f"{{\\rtf1\\ansi The director wrote.\\par {PLANS} by all.}}".encode()),
    ],
)
def test_quotes_of_other_office_documents_are_proved(made: Made, name: str, data: bytes) -> None:
    pack, case, folder = made(data, name, (PLANS,))
    assert_sound(verified(pack, case=case), 1)
    assert_sound(verified(pack, sources=folder), 1)
