"""Recognition: what a machine read is kept page by page, named as that, and moves no passage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from cambs_evidence.case import Case
from cambs_evidence.documents import tesseract
from cambs_evidence.documents.anchors import quads
from cambs_evidence.documents.layer import NO_TEXT, NONSENSE, RECOGNISED
from cambs_evidence.errors import Refused, Unknown
from cambs_evidence.model import Document, Hold, Polarity, Progress, Recognised
from tests.support import Files, Run, assert_plain, make_scan, problems, take_in, until
from tests.ui.typeset import nonsense

PAGES = (
    (
        "Review of the Alder Valley service",
        "",
        "Managers read each record within five days and",
        "say what must change before the next visit.",
    ),
    ("Supervision is recorded on every file in the valley.",),
    ("Partners speak well of the front door in the county.",),
)
QUOTE = "Managers read each record within five days"

needs_tesseract = pytest.mark.skipif(
    tesseract.found() is None, reason="Tesseract is not installed here"
)


@pytest.fixture
def case(blank_path: Path) -> Iterator[Case]:
    with Case.open(blank_path, by="Reader") as opened:
        yield opened


@pytest.fixture
def scan(case: Case, tmp_path: Path) -> Document:
    (result,) = take_in(case, make_scan(tmp_path / "scan.tif", PAGES))
    assert result.document is not None
    return result.document


def _recognised(case: Case, document: Document, *pages: int) -> dict[int, Recognised]:
    steps = case.recognise(document, pages or None)
    return {each.page: each for each in steps if isinstance(each, Recognised)}


@needs_tesseract
def test_pages_whose_text_is_nonsense_are_recognised_unasked(case: Case, tmp_path: Path) -> None:
    (result,) = take_in(case, nonsense(tmp_path / "nonsense.pdf"))
    document = result.document
    assert document is not None
    assert [shape.quality for shape in case.shapes(document)] == [NONSENSE]
    found = _recognised(case, document)
    assert found[0].words > 50
    assert [shape.quality for shape in case.shapes(document)] == [RECOGNISED]
    assert case.text(document).find("came too late for many of them")


@needs_tesseract
def test_a_scan_becomes_text_that_can_be_found_and_quoted(case: Case, scan: Document) -> None:
    assert [shape.quality for shape in case.shapes(scan)] == [NO_TEXT] * 3
    assert case.text(scan).find(QUOTE) == []
    found = _recognised(case, scan)
    assert sorted(found) == [0, 1, 2]
    assert all(each.reason is None and each.words >= 8 for each in found.values())
    assert [shape.quality for shape in case.shapes(scan)] == [RECOGNISED] * 3
    assert all((shape.confidence or 0) > 80 for shape in case.shapes(scan))
    for page, lines in enumerate(PAGES):
        assert case.page(scan, page).text.split() == " ".join(lines).split()
    place = case.find(scan, QUOTE)
    anchor = case.anchor(scan, place)
    assert anchor.layer_version == f"tesseract-{case.can_recognise()}"
    assert case.cited(scan, anchor) == f"“{QUOTE}” (Scan, undated, page 1, recognised text)"
    assert case.search("Partners")[0] == 1


@needs_tesseract
def test_recognised_words_have_their_boxes_where_they_are_printed(
    case: Case, scan: Document
) -> None:
    _recognised(case, scan, 0)
    layer = case.page(scan, 0)
    start = layer.text.index("Managers")
    [(x0, y0, x1, y1)] = quads(layer, start, start + len("Managers"))
    ends = 72 + stringWidth("Managers", "Helvetica", 11)
    assert (x0, x1) == pytest.approx((72, ends), abs=3)
    assert y0 < 760 - 30 < y1  # the line it is drawn on
    assert y1 - y0 < 18


@needs_tesseract
def test_recognition_is_logged_and_the_case_stays_sound(case: Case, scan: Document) -> None:
    _recognised(case, scan)
    told = [event for event in case.events() if event.what == "recognise page"]
    assert sorted(event.subject for event in told) == [f"scan.tif, page {n}" for n in (1, 2, 3)]
    assert case.log_is_intact()
    assert problems(case.path) == []


@needs_tesseract
def test_what_was_finished_is_kept_when_it_is_stopped(case: Case, scan: Document) -> None:
    steps = case.recognise(scan)
    first = next(step for step in steps if isinstance(step, Recognised))
    steps.close()
    qualities = [shape.quality for shape in case.shapes(scan)]
    assert qualities[first.page] == RECOGNISED
    until(lambda: not _children())
    assert _recognised(case, scan).keys() == {
        page for page, quality in enumerate(qualities) if quality == NO_TEXT
    }


def _children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process(os.getpid()).children(recursive=True)
        if "tesseract" in child.name()
    ]


@needs_tesseract
def test_an_area_marked_before_stays_what_it_was(case: Case, scan: Document) -> None:
    area = case.area(scan, 0, (60, 700, 400, 740))
    link, _ = case.tag_anchor(scan, area, case.target("1.1"), Polarity.STRENGTH)
    assert _recognised(case, scan, 0)[0].reason is None
    [kept] = case.evidence()
    assert kept.passage == link.passage
    assert kept.hold is Hold.EXACT
    assert problems(case.path) == []


@needs_tesseract
def test_a_page_with_tagged_words_is_left_alone(case: Case, scan: Document) -> None:
    _recognised(case, scan, 0)
    case.tag(scan, QUOTE, "1.1", Polarity.STRENGTH)
    before = case.page(scan, 0).text
    told = _recognised(case, scan, 0)[0]
    assert "passages" in (told.reason or "")
    assert case.page(scan, 0).text == before
    assert case.evidence()[0].hold is Hold.EXACT


@needs_tesseract
def test_a_page_with_text_of_its_own_is_left_alone(case: Case, files: Files) -> None:
    (result,) = take_in(case, files.report)
    assert result.document is not None
    assert list(case.recognise(result.document)) == [Progress("recognise", 0, 0)]
    told = _recognised(case, result.document, 1)[1]
    assert (told.words, told.confidence) == (0, None)
    assert "text of its own" in (told.reason or "")


def test_a_page_that_is_not_there_is_named(case: Case, scan: Document) -> None:
    with pytest.raises(Unknown, match="no page 9"):
        list(case.recognise(scan, [8]))


def test_where_tesseract_is_not_installed_it_is_said_how_to_get_it(
    case: Case, scan: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tesseract, "_folders", lambda: iter(()))
    assert case.can_recognise() is None
    with pytest.raises(Refused, match="install") as refused:
        list(case.recognise(scan))
    assert refused.value.code == "no-tesseract"
    assert_plain(refused.value.reason)


def test_a_program_in_the_folder_at_hand_is_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tesseract").write_text("#!/bin/sh\ntouch ran\necho tesseract 9.9.9\n")
    (tmp_path / "tesseract").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", "no/such"]))
    engine = tesseract.found()
    assert engine is None or engine.version != "9.9.9"
    assert not (tmp_path / "ran").exists()


@needs_tesseract
def test_the_command_tells_what_became_of_each_page(
    blank_path: Path, tmp_path: Path, cli: Run
) -> None:
    scan = make_scan(tmp_path / "scan.tif", PAGES[:2])
    assert cli("import", blank_path, scan)[0] == 0
    status, told = cli("recognise", blank_path, "scan.tif", "--page", 2)
    assert status == 0
    [page] = told["pages"]
    assert (page["page"], page["words"]) == (2, 9)
    assert page["confidence"] > 80
    status, told = cli("recognise", blank_path, "scan.tif")
    assert (status, [each["page"] for each in told["pages"]]) == (0, [1])
