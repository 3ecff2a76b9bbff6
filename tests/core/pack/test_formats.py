"""Quotes of every format are proved again, and what cannot be proved is said to be so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from cambs_evidence.case import Case
from cambs_evidence.documents import tesseract
from cambs_evidence.model import PackOptions, Polarity
from tests.core.documents.test_fields import _form
from tests.support import make_scan, take_in

from .test_verify import rewritten, verified

IN_PAGE = "Children are seen on time in Alder Valley"
IN_MAIL = "The visit to the home went well"
ENCLOSED = "Notes were written the same day"
IN_SCAN = "Managers read each record within five days"

needs_tesseract = pytest.mark.skipif(
    tesseract.found() is None, reason="Tesseract is not installed here"
)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("formats")
    (folder / "page.html").write_text(
        f"<!doctype html><title>Page</title><h1>Review</h1><p>{IN_PAGE} <b>and well</b>.",
        encoding="utf-8",
    )
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@wealdshire.example", "Visit"
    message["Date"] = "Fri, 08 Aug 2014 10:12:00 +0100"
    message.set_content(f"Dear Bob,\n\n{IN_MAIL}.\n")
    message.add_attachment(f"{ENCLOSED}.\n", filename="notes.txt")
    (folder / "mail.eml").write_bytes(message.as_bytes())
    (folder / "form.pdf").write_bytes(_form("Ann Carter"))
    picture = Image.new("RGB", (400, 300), "white")
    ImageDraw.Draw(picture).rectangle((100, 100, 200, 180), fill="navy")
    picture.save(folder / "photo.png")
    make_scan(folder / "scan.tif", ((f"{IN_SCAN} of a visit.",), ("Another page.",)))
    return folder


def _packed(case: Case, folder: Path) -> Path:
    pack = folder / "pack.pdf"
    list(case.build_pack(pack, PackOptions(date="2025-04-01")))
    return pack


def _tag(case: Case, name: str, quote: str) -> None:
    case.tag(case.document(name), quote, "1.1", Polarity.STRENGTH)


@pytest.fixture
def folder(blank_path: Path, sources: Path) -> Path:
    """A case with all of them taken in, and nothing tagged."""
    with Case.open(blank_path, by="officer") as case:
        assert {each.status for each in take_in(case, sources)} == {"imported"}
    return blank_path


def test_quotes_of_pages_messages_forms_and_pictures_are_proved_by_their_files(
    folder: Path, sources: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text(f"{ENCLOSED}.\n", encoding="utf-8")
    shutil.copytree(sources, tmp_path / "sources")
    shutil.move(tmp_path / "notes.txt", tmp_path / "sources")
    with Case.open(folder, by="officer") as case:
        _tag(case, "page.html", f"{IN_PAGE} and well")
        _tag(case, "mail.eml", IN_MAIL)
        _tag(case, "mail.eml", "From: ann@wealdshire.example")
        _tag(case, "notes.txt", ENCLOSED)
        _tag(case, "form.pdf", "Ann Carter")
        photo = case.document("photo.png")
        area = case.area(photo, 0, (60, 70, 160, 160))
        case.tag_anchor(photo, area, case.target("1.1"), Polarity.NEUTRAL)
        pack = _packed(case, tmp_path)
    for against in ({"sources": tmp_path / "sources"}, {"case": folder}):
        result = verified(pack, **against)
        assert [each.reason for each in result.failures] == []
        assert (result.excerpts, result.verified, result.remarks) == (6, 6, ())


def test_one_changed_letter_of_a_page_is_found(folder: Path, sources: Path, tmp_path: Path) -> None:
    with Case.open(folder, by="officer") as case:
        _tag(case, "page.html", IN_PAGE)
        pack = _packed(case, tmp_path)
    shutil.copytree(sources, tmp_path / "sources")
    page = tmp_path / "sources" / "page.html"
    page.write_text(page.read_text(encoding="utf-8").replace("on time", "on tine"), "utf-8")
    result = verified(pack, sources=tmp_path / "sources")
    assert [each.status for each in result.documents] == ["changed"]
    assert (result.verified, len(result.failures)) == (0, 1)


@pytest.fixture(scope="module")
def scanned(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed case with quotes of a scan; not to be changed."""
    path = tmp_path_factory.mktemp("scanned") / "scanned.cambs"
    with Case.create(path, by="officer") as case:
        take_in(case, sources / "scan.tif")
        scan = case.document("scan.tif")
        list(case.recognise(scan))
        _tag(case, "scan.tif", IN_SCAN)
        area = case.area(scan, 0, (60, 740, 300, 780))
        case.tag_anchor(scan, area, case.target("1.2"), Polarity.NEUTRAL)
        _packed(case, path.parent)
    return path


@pytest.fixture
def recognised(scanned: Path) -> Path:
    return scanned.with_name("pack.pdf")


@needs_tesseract
def test_recognised_words_are_proved_by_their_case_alone(
    recognised: Path, scanned: Path, sources: Path
) -> None:
    result = verified(recognised, case=scanned)
    assert [each.reason for each in result.failures] == []
    assert result.verified == 2
    assert all("no second reader" in each.reason for each in result.remarks)
    result = verified(recognised, sources=sources)
    assert (result.excerpts, result.verified, result.failures) == (2, 0, ())
    assert [each.status for each in result.documents] == ["same"]
    assert all("recognised by machine (tesseract" in each.reason for each in result.remarks)
    assert len(result.remarks) == 2


def _say(told: dict[str, Any]) -> None:
    told["excerpts"][0]["quote"] = told["excerpts"][0]["quote"].replace("five", "nine")


def _shift(told: dict[str, Any]) -> None:
    told["excerpts"][0]["spans"][0][3][0][0] += 20


def _deny(told: dict[str, Any]) -> None:
    told["excerpts"][0]["recognised"] = None


def _rename(told: dict[str, Any]) -> None:
    told["excerpts"][0]["recognised"] = "tesseract-0.1"


@needs_tesseract
@pytest.mark.parametrize("change", [_say, _shift, _deny, _rename])
def test_a_changed_claim_about_recognised_words_is_found(
    change: Callable[[dict[str, Any]], None], recognised: Path, scanned: Path, tmp_path: Path
) -> None:
    pack = rewritten(recognised, tmp_path / "changed.pdf", change)
    result = verified(pack, case=scanned)
    assert len({each.link for each in result.failures}) == 1
    assert result.verified == 1


@needs_tesseract
def test_a_quote_cannot_escape_proof_by_calling_itself_recognised(
    folder: Path, tmp_path: Path, sources: Path
) -> None:
    with Case.open(folder, by="officer") as case:
        _tag(case, "form.pdf", "Signed in the county")
        pack = _packed(case, tmp_path)

    def call(told: dict[str, Any]) -> None:
        told["excerpts"][0]["recognised"] = "tesseract-5.0"

    pack = rewritten(pack, tmp_path / "changed.pdf", call)
    assert verified(pack, case=folder).failures
    assert verified(pack, sources=sources).verified == 0
