"""Areas and tables in a pack: printed as they stand on their page, and proved."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.case import Case, verify_pack
from cambs_evidence.errors import CannotOpen
from cambs_evidence.model import Anchor, PackOptions, Polarity, Verification
from cambs_evidence.pack.likeness import alike
from cambs_evidence.pack.manifest import PARTS
from tests.support import assert_plain, edit, take_in

from .conftest import build
from .forging import manifest, resealed, rewritten

DATE = "2025-04-01"
OPTIONS = PackOptions(date=DATE, sections=(1,))
CHART = (80, 500, 420, 720)
SIGNATURE = (80, 300, 300, 360)
ROWS = (("Team", "On time"), ("North", "93%"), ("South", "84%"))


def draw(path: Path, figure: str = "38") -> Path:
    """A page with a chart whose tallest bar bears a figure, a table, and a signature."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.setFont("Helvetica", 8)
    canvas.drawString(80, 740, "Children seen within five days, by quarter, in Camshire.")
    for n, height in enumerate((60, 90, 120, 150)):
        canvas.setFillColorRGB(0.6, 0.75, 0.9)
        canvas.rect(100 + 70 * n, 520, 40, height, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(112 + 70 * n, 525 + height, figure if n == 3 else str(20 + n))
    canvas.bezier(90, 320, 150, 380, 200, 290, 280, 340)
    canvas.grid([80, 180, 280], [400, 420, 440, 460])
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            canvas.drawString(86 + 100 * c, 446 - 20 * r, text)
    canvas.showPage()
    canvas.drawString(80, 700, "Nothing more is said.")
    canvas.save()
    return path


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A closed case with areas and tables, its pack, and the folder of its sources."""
    folder = tmp_path_factory.mktemp("drawn")
    sources = folder / "sources"
    sources.mkdir()
    notes = sources / "minutes.txt"
    notes.write_text("Minutes of the board\n\nThe board was told of the audit.\n", encoding="utf-8")
    path = folder / "drawn.cambs"
    with Case.create(path, by="officer", title="Camshire 2024") as case:
        take_in(case, draw(sources / "chart.pdf"), notes)
        chart, minutes = case.documents()
        (table,) = case.tables_on(chart, 0)
        strength, development = Polarity.STRENGTH, Polarity.DEVELOPMENT

        def tag(anchor: Anchor, code: str, polarity: Polarity = strength) -> None:
            document = minutes if anchor.document_sha256 == minutes.sha256 else chart
            case.tag_anchor(document, anchor, case.target(code), polarity, note="seen")

        tag(case.area(chart, 0, CHART), "1.1")
        tag(case.area(chart, 0, SIGNATURE), "1.2")
        tag(case.table_anchor(chart, table), "1.3")
        tag(case.table_anchor(chart, table, 1), "1.4")
        tag(case.table_anchor(chart, table, 1, 1), "1.4", development)
        tag(case.area(minutes, 0, (60, 600, 400, 790)), "1.5")
        case.tag(chart, "Nothing more is said", "1.6", strength)
    pack = folder / "pack.pdf"
    with Case.open(path, by="officer", readonly=True) as case:
        build(case, pack, OPTIONS)
    return path, pack, sources


def verified(pack: Path, **against: Path) -> Verification:
    result = list(verify_pack(pack, by="auditor", **against))[-1]
    assert isinstance(result, Verification)
    return result


def drawing(page: pikepdf.Page) -> bytes:
    """The operators that draw a page."""
    page.contents_coalesce()
    return page.Contents.read_bytes()


def claim(told: dict[str, Any], code: str) -> dict[str, Any]:
    (found, *_) = [each for each in told["excerpts"] if each["criterion"] == code]
    assert isinstance(found, dict)
    return found


# --- printing --------------------------------------------------------------------------------


def test_each_part_of_a_page_is_printed_once_in_one_piece(drawn: tuple[Path, Path, Path]) -> None:
    told = manifest(drawn[1])
    assert told["version"] == 4
    for each in told["excerpts"]:
        assert len(each["print"]["picture"]) == (0 if each["region"] is None else 1)
        assert set(each["print"]) == set(PARTS)


def test_a_picture_is_never_larger_than_on_its_page(drawn: tuple[Path, Path, Path]) -> None:
    for each in manifest(drawn[1])["excerpts"]:
        if each["region"] is not None:
            (_, (x0, y0, x1, y1)), (a, b, c, d) = each["print"]["picture"][0], each["region"]["box"]
            assert x1 - x0 <= c - a + 1
            assert y1 - y0 <= d - b + 1
            assert (x1 - x0) / (y1 - y0) == pytest.approx((c - a) / (d - b), rel=0.05)


def test_words_of_an_area_are_labelled_and_those_of_a_table_are_cells(
    drawn: tuple[Path, Path, Path],
) -> None:
    import pypdfium2  # noqa: PLC0415

    with pypdfium2.PdfDocument(drawn[1]) as document:
        text = "\n".join(
            document[number].get_textpage().get_text_range() for number in range(len(document))
        )
    said = " ".join(text.split())
    assert said.count("Text in the picture: “") == 2  # the signature has none
    assert "“Team" not in said
    assert "Team On time North 93% South 84%" in said


def test_a_picture_has_words_in_its_place(drawn: tuple[Path, Path, Path]) -> None:
    with pikepdf.open(drawn[1]) as document:
        found = {
            str(each.Alt)
            for each in document.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
        }
    assert "Area of page 1 of Chart" in found
    assert "Table, page 1 of Chart; its cells follow as a table." in found


def test_the_annex_marks_the_box_of_an_area(drawn: tuple[Path, Path, Path]) -> None:
    with pikepdf.open(drawn[1]) as document:
        codes = [drawing(page) for page in document.pages]
    across = CHART[2] - CHART[0]
    down = CHART[3] - CHART[1]
    frames = [
        (float(w), float(h))
        for code in codes
        for w, h in re.findall(rb"[\d.]+ [\d.]+ ([\d.]+) ([\d.]+) re S", code)
    ]
    assert any(
        w / h == pytest.approx(across / down, rel=0.01) and 0.6 * across < w <= across
        for w, h in frames
    )


def test_the_same_case_gives_the_same_pack(drawn: tuple[Path, Path, Path], tmp_path: Path) -> None:
    with Case.open(drawn[0], by="officer", readonly=True) as case:
        build(case, tmp_path / "again.pdf", OPTIONS)
    assert (tmp_path / "again.pdf").read_bytes() == drawn[1].read_bytes()


def test_a_picture_as_tall_as_its_page_fits_on_one_of_the_pack(
    drawn: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    path = Path(shutil.copyfile(drawn[0], tmp_path / "tall.cambs"))
    with Case.open(path, by="officer") as case:
        chart = case.documents()[0]
        whole = case.area(chart, 0, (0, 0, 600, 850))
        for polarity in (Polarity.STRENGTH, Polarity.DEVELOPMENT):
            case.tag_anchor(chart, whole, case.target("1.7"), polarity)
        build(case, tmp_path / "tall.pdf", OPTIONS)
    boxes = [
        each["print"]["picture"][0][1]
        for each in manifest(tmp_path / "tall.pdf")["excerpts"]
        if each["criterion"] == "1.7"
    ]
    assert len(boxes) == 2
    assert all(70 < y0 < y1 < 770 for _, y0, _, y1 in boxes)
    assert verified(tmp_path / "tall.pdf", sources=drawn[2]).failures == ()


@pytest.mark.parametrize(
    "harm", ["DELETE FROM blob WHERE {}", "UPDATE blob SET data = x'89504e47' WHERE {}"]
)
def test_a_picture_that_is_damaged_is_told_and_no_pack_is_made(
    drawn: tuple[Path, Path, Path], tmp_path: Path, harm: str
) -> None:
    path = Path(shutil.copyfile(drawn[0], tmp_path / "harmed.cambs"))
    edit(path, harm.format("sha256 IN (SELECT json_extract(region, '$.picture') FROM passage)"))
    with (
        Case.open(path, by="officer", readonly=True) as case,
        pytest.raises(CannotOpen) as told,
    ):
        build(case, tmp_path / "none.pdf", OPTIONS)
    assert_plain(told.value.reason)
    assert "page 1 of chart.pdf" in told.value.reason
    assert not (tmp_path / "none.pdf").exists()


# --- proving ---------------------------------------------------------------------------------


def test_every_picture_is_proved(drawn: tuple[Path, Path, Path]) -> None:
    case, pack, sources = drawn
    for against in ({"sources": sources}, {"case": case}):
        result = verified(pack, **against)
        assert result.failures == ()
        assert result.verified == result.excerpts == 7
        assert {each.status for each in result.documents} == {"same"}


@pytest.mark.parametrize("figure", ["36", "33", "88", "3.8"])
def test_an_altered_picture_in_the_print_is_found(
    drawn: tuple[Path, Path, Path], tmp_path: Path, figure: str
) -> None:
    """One figure of the chart is another, the manifest and the text are left as they were."""
    from cambs_evidence.documents import closely  # noqa: PLC0415

    told = manifest(drawn[1])
    chart = claim(told, "1.1")
    other = closely.picture(draw(tmp_path / "other.pdf", figure).read_bytes(), 0, CHART, "x")
    with Image.open(io.BytesIO(other)) as image:
        size, pixels = list(image.size), image.convert("RGB").tobytes()
    assert size == chart["region"]["pixels"]
    forged = tmp_path / "forged.pdf"
    with pikepdf.open(drawn[1]) as document:
        page = document.pages[chart["print"]["picture"][0][0]]
        drawings = page.Resources.XObject
        (shown,) = [
            each
            for each in (drawings[name] for name in drawings)
            if "/Width" in each and [int(each.Width), int(each.Height)] == size
        ]
        shown.write(pixels)
        resealed(document)
        document.save(forged)
    result = verified(forged, sources=drawn[2])
    assert {each.link for each in result.failures} == {chart["link"]}
    assert "picture" in result.failures[0].reason


def test_something_drawn_over_a_picture_is_found(
    drawn: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    signature = claim(manifest(drawn[1]), "1.2")
    page, (x0, y0, _, _) = signature["print"]["picture"][0]
    forged = tmp_path / "forged.pdf"
    with pikepdf.open(drawn[1]) as document:
        document.pages[page].contents_add(f"q {x0 + 9} {y0 + 9} 30 3 re f Q".encode())
        resealed(document)
        document.save(forged)
    assert {each.link for each in verified(forged, sources=drawn[2]).failures} == {
        signature["link"]
    }


@pytest.mark.parametrize("code", ["1.1", "1.2", "1.3", "1.5"])
def test_an_altered_box_in_the_manifest_is_found(
    drawn: tuple[Path, Path, Path], tmp_path: Path, code: str
) -> None:
    def change(told: dict[str, Any]) -> None:
        box = claim(told, code)["region"]["box"]
        box[0], box[2] = box[0] + 4, box[2] + 4
        if code == "1.2":
            claim(told, code)["spans"][0][3] = [box]

    forged = rewritten(drawn[1], tmp_path / "forged.pdf", change)
    link = claim(manifest(forged), code)["link"]
    assert {each.link for each in verified(forged, sources=drawn[2]).failures} == {link}
    assert link in {each.link for each in verified(forged, case=drawn[0]).failures}


def test_a_part_that_is_said_to_have_no_words_has_none(
    drawn: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    def change(told: dict[str, Any]) -> None:
        chart = claim(told, "1.1")
        chart["quote"], chart["spans"] = "", [[0, 0, 0, [chart["region"]["box"]]]]
        chart["print"]["quote"] = []

    forged = rewritten(drawn[1], tmp_path / "forged.pdf", change)
    assert len(verified(forged, sources=drawn[2]).failures) == 1


@pytest.mark.parametrize(
    ("code", "name", "value"), [("1.1", "picture", "0" * 64), ("1.4", "kind", "table")]
)
def test_another_picture_or_kind_contradicts_the_case(
    drawn: tuple[Path, Path, Path], tmp_path: Path, code: str, name: str, value: str
) -> None:
    def change(told: dict[str, Any]) -> None:
        claim(told, code)["region"][name] = value

    forged = rewritten(drawn[1], tmp_path / "forged.pdf", change)
    result = verified(forged, case=drawn[0])
    assert {each.link for each in result.failures} == {claim(manifest(forged), code)["link"]}
    assert "part of the page" in result.failures[0].reason


@pytest.mark.parametrize("way", ["gone", "elsewhere", "tiny"])
def test_a_picture_that_is_not_printed_where_it_is_said_is_found(
    drawn: tuple[Path, Path, Path], tmp_path: Path, way: str
) -> None:
    def change(told: dict[str, Any]) -> None:
        printed = claim(told, "1.2")["print"]
        page, (x0, y0, x1, y1) = printed["picture"][0]
        printed["picture"] = {
            "gone": [],
            "elsewhere": [[page, [x0, y0 + 40, x1, y1 + 40]]],
            "tiny": [[page, [x0, y0, x0 + 1e-6, y1]]],
        }[way]

    forged = rewritten(drawn[1], tmp_path / "forged.pdf", change)
    assert len(verified(forged, sources=drawn[2]).failures) == 1


@pytest.mark.parametrize(("figure", "count"), [("36", 1), ("38", 0)])
def test_a_changed_source_fails_the_pictures_that_show_the_change(
    drawn: tuple[Path, Path, Path], tmp_path: Path, figure: str, count: int
) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(drawn[2], sources)
    path = draw(sources / "chart.pdf", figure)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.docinfo["/Note"] = "another file"
        document.save(path)
    result = verified(drawn[1], sources=sources)
    assert [each.status for each in result.documents] == ["changed", "same"]
    assert len(result.failures) == count


def test_a_changed_line_without_words_fails_its_picture(
    drawn: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(drawn[2], sources)
    path = sources / "chart.pdf"
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[0].contents_add(b"90 340 m 280 310 l S")
        document.save(path)
    signature = claim(manifest(drawn[1]), "1.2")["link"]
    assert {each.link for each in verified(drawn[1], sources=sources).failures} == {signature}


@pytest.mark.parametrize("harm", ["kind", "pixels", "box"])
def test_a_region_that_cannot_be_is_a_damaged_manifest(
    drawn: tuple[Path, Path, Path], tmp_path: Path, harm: str
) -> None:
    def change(told: dict[str, Any]) -> None:
        wrong = {"kind": "piece", "pixels": [100_000, 100_000], "box": [9, 9, 9, 9]}
        claim(told, "1.1")["region"][harm] = wrong[harm]

    forged = rewritten(drawn[1], tmp_path / "forged.pdf", change)
    with pytest.raises(CannotOpen):
        verified(forged, sources=drawn[2])


# --- likeness --------------------------------------------------------------------------------


def _png(pixels: np.ndarray[Any, Any]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def test_edges_that_are_a_shade_lighter_are_alike() -> None:
    page = np.random.default_rng(1).integers(0, 255, (90, 120, 3))
    shade = np.random.default_rng(2).integers(-30, 30, page.shape)
    assert alike(_png(page), _png(np.clip(page + shade, 0, 255)))


def test_a_small_spot_that_differs_is_no_likeness() -> None:
    page = np.full((90, 120, 3), 255)
    spotted = page.copy()
    spotted[40:42, 50] = 120
    assert not alike(_png(page), _png(spotted))


@pytest.mark.parametrize("other", [b"", _png(np.full((90, 119, 3), 255))])
def test_another_size_or_no_picture_is_no_likeness(other: bytes) -> None:
    assert not alike(_png(np.full((90, 120, 3), 255)), other)
