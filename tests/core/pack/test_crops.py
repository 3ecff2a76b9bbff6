"""Crops of passages, and tables as real ones: as they stand on their pages, tagged and proved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.case import Case, verify_pack
from cambs_evidence.documents import pdf
from cambs_evidence.documents.anchors import quads
from cambs_evidence.model import Anchor, PackOptions, PageSpan, Place, Polarity, Table, Verification
from cambs_evidence.pack import seal
from cambs_evidence.pack.cells import Claim, found_again
from cambs_evidence.pack.crops import Crop, Page, of_passage
from tests.support import make_scan, take_in

from .conftest import DATE, build
from .standards import failures
from .test_pictures import claim, drawn, manifest, rewritten  # noqa: F401 - a fixture

OPTIONS = PackOptions(date=DATE, sections=(1, 2), annex="none", crops=True)
_WORDS = ["visits", "plans", "homes", "school", "audit", "review", "notes", "carers"]


def said(page: int, column: int, line: int) -> str:
    """A line of a column, unlike any other."""
    some = [_WORDS[(7 * page + 5 * column + 3 * line + n * (line + 1)) % 8] for n in range(5)]
    return f"{'abcdefgh'[line % 8]}{page}{column} {' '.join(some)} of part {line}"


def write(path: Path) -> Path:
    """An upright page in two columns, one turned by a right angle, one that is cut smaller."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for page in range(3):
        canvas.setFont("Helvetica", 9)
        for line in range(54):
            canvas.drawString(60, 780 - 12 * line, said(page, 0, line))
            canvas.drawString(330, 774 - 12 * line, said(page, 1, line))
        canvas.showPage()
    canvas.save()
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[1].Rotate = 90
        document.pages[2].CropBox = [40, 55, 560, 810]
        document.save(path)
    return path


@pytest.fixture(scope="module")
def cropped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A closed case with passages of all kinds, its pack with crops, the folder of its sources."""
    folder = tmp_path_factory.mktemp("cropped")
    sources = folder / "sources"
    sources.mkdir()
    notes = sources / "minutes.txt"
    notes.write_text("Minutes\n\nThe board was told of the audit.\n", encoding="utf-8")
    path = folder / "cropped.cambs"
    with Case.create(path, by="officer", title="Camshire 2024") as case:
        scan = make_scan(sources / "scan.pdf", (("Nobody reads this.",),))
        take_in(case, write(sources / "columns.pdf"), notes, scan)
        columns, minutes, scanned = case.documents()
        text = case.text(columns)

        def tag(code: str, *lines: tuple[int, int, int]) -> None:
            spans: dict[int, tuple[int, int, int]] = {}
            for page, column, line in lines:
                start = text.pages[page].text.index(said(page, column, line))
                end = start + len(said(page, column, line))
                spans[page] = (page, spans[page][1] if page in spans else start + 4, end)
            anchor = text.anchor(Place(tuple(spans.values())))
            case.tag_anchor(columns, anchor, case.target(code), Polarity.DEVELOPMENT)

        tag("1.1", (0, 0, 10), (0, 0, 12))
        tag("1.2", (1, 0, 3), (1, 0, 4))
        tag("1.3", (2, 0, 30), (2, 0, 31))
        tag("1.4", (1, 1, 52), (1, 1, 53), (2, 0, 0), (2, 0, 2))
        tag("1.5", (0, 0, 2), (0, 0, 50))
        case.tag(minutes, "The board was told of the audit.", "1.6", Polarity.STRENGTH)
        case.tag(columns, said(0, 0, 20), "1.6", Polarity.DEVELOPMENT)
        area = case.area(scanned, 0, (60, 600, 400, 780))
        case.tag_anchor(scanned, area, case.target("1.7"), Polarity.NEUTRAL)
        build(case, folder / "pack.pdf", OPTIONS)
    return path, folder / "pack.pdf", sources


def verified(pack: Path, **against: Any) -> Verification:
    result = list(verify_pack(pack, by="x", **against))[-1]
    assert isinstance(result, Verification)
    return result


def test_every_passage_is_shown_and_every_crop_is_proved(
    cropped: tuple[Path, Path, Path],
) -> None:
    case, pack, sources = cropped
    told = manifest_of(pack)
    shown = {each["criterion"]: [crop["page"] for crop in each["crops"]]
             for each in told["excerpts"] if "crops" in each}  # fmt: skip
    assert shown["1.1"] == [0]
    assert shown["1.2"] == [1]
    assert shown["1.3"] == [2]
    assert shown["1.4"] == [1, 2]  # over the page's end
    assert "1.7" not in shown  # an area is a picture
    for against in ({"sources": sources}, {"case": case}):
        result = verified(pack, **against)
        assert result.failures == result.remarks == ()
        assert result.verified == result.excerpts == 8


def test_a_crop_is_clipped_to_its_column_and_never_larger_than_on_its_page(
    cropped: tuple[Path, Path, Path],
) -> None:
    told = manifest_of(cropped[1])
    crop = claim(told, "1.1")["crops"][0]
    x, _, width, height = (value * 72 / 150 for value in crop["frame"])
    assert 50 < x < x + width < 331  # the other column begins at 330
    assert 5 * 11 < height < 6 * 13  # three lines, one before, one after
    for each in told["excerpts"]:
        for crop in each.get("crops", ()):
            x0, y0, x1, y1 = crop["print"][1]
            _, _, width, height = (value * 72 / 150 for value in crop["frame"])
            assert x1 - x0 <= width + 0.01
            assert (x1 - x0) / (y1 - y0) == pytest.approx(width / height, rel=0.01)


def test_a_long_passage_is_cut_short_and_said_to_be(cropped: tuple[Path, Path, Path]) -> None:
    (crop,) = claim(manifest_of(cropped[1]), "1.5")["crops"]
    assert crop["frame"][3] * 72 / 150 < 330
    import pypdfium2  # noqa: PLC0415

    with pypdfium2.PdfDocument(cropped[1]) as document:
        text = "\n".join(each.get_textpage().get_text_range() for each in document)
    assert "As it stands on page 1: the first 25 of its 49 lines there" in " ".join(text.split())


def test_a_pack_with_crops_and_tables_holds_to_the_standards(
    cropped: tuple[Path, Path, Path],
    drawn: tuple[Path, Path, Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    assert failures(cropped[1]) == []
    path = tmp_path / "pack.pdf"
    with Case.open(drawn[0], by="officer", readonly=True) as case:
        build(case, path, PackOptions(date=DATE, annex="pictures", sections=(1,), crops=True))
    assert failures(path) == []


def test_without_being_asked_for_no_passage_is_shown(
    cropped: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    with Case.open(cropped[0], by="officer", readonly=True) as case:
        build(case, tmp_path / "plain.pdf", PackOptions(date=DATE, sections=(1,), annex="none"))
        again = build(case, tmp_path / "again.pdf", OPTIONS)
    assert again.sha256
    assert (tmp_path / "again.pdf").read_bytes() == cropped[1].read_bytes()
    told = manifest_of(tmp_path / "plain.pdf")
    assert not any("crops" in each for each in told["excerpts"])
    assert told["number"] != manifest_of(cropped[1])["number"]


def test_what_is_drawn_over_a_crop_or_its_marks_is_found(
    cropped: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    told = manifest_of(cropped[1])
    excerpt = claim(told, "1.1")
    page, (x0, y0, _, _) = excerpt["crops"][0]["print"]
    forged = tmp_path / "forged.pdf"
    with pikepdf.open(cropped[1]) as document:
        document.pages[page].contents_add(f"q {x0 + 40} {y0 + 9} 12 4 re f Q".encode())
        document.save(forged)
    found = {each.link for each in verified(forged, sources=cropped[2]).failures if each.link}
    assert found == {excerpt["link"]}


def test_the_print_of_a_page_does_not_hang_on_the_numbers_of_its_objects() -> None:
    def printed(before: int) -> str:
        document = pikepdf.new()
        page = document.add_blank_page().obj
        for number in range(before):
            document.make_indirect(pikepdf.Dictionary(Number=number))
        named = document.make_indirect(pikepdf.Name("/DeviceGray"))
        page.Resources = pikepdf.Dictionary(ColorSpace=pikepdf.Dictionary(CS1=named))
        (found,) = seal.prints(document)
        return found

    assert printed(0) == printed(7)


def test_what_lies_deep_on_one_page_is_told_of_another_on_which_it_does_not() -> None:
    def printed(value: int) -> list[str]:
        document = pikepdf.new()
        last = inner = document.make_indirect(pikepdf.Dictionary(Value=value))
        for _ in range(70):
            inner = document.make_indirect(pikepdf.Dictionary(Within=inner))
        for within in (inner, last):
            page = document.add_blank_page().obj
            page.Resources = pikepdf.Dictionary(Properties=pikepdf.Dictionary(P=within))
        return list(seal.prints(document))

    assert printed(1)[1] != printed(2)[1]


def test_a_line_that_runs_up_a_large_page_is_made_small_enough_for_a_sheet() -> None:
    crop = Crop(0, (619, 84, 51, 1950), (), "", "")
    across, down = crop.fitted(450, 480)
    assert down == pytest.approx(480)
    assert across / down == pytest.approx(51 / 1950)
    assert Crop(0, (0, 0, 150, 75), (), "", "").fitted(450, 480) == (72, 36)


def manifest_of(pack: Path) -> dict[str, Any]:
    """The manifest of a pack that may not have attachments."""
    import json  # noqa: PLC0415

    from cambs_evidence.pack.description import enclosed  # noqa: PLC0415

    told = enclosed(pack.read_bytes())
    assert told is not None
    found = json.loads(told)
    assert isinstance(found, dict)
    return found


# --- cut out of the pages that are carried -----------------------------------------------------


@pytest.fixture(scope="module")
def cut(cropped: tuple[Path, Path, Path]) -> Path:
    """The pack of the same case that carries the cited pages."""
    path = cropped[1].with_name("cut.pdf")
    with Case.open(cropped[0], by="officer", readonly=True) as case:
        build(case, path, replace(OPTIONS, annex="cited"))
    return path


def test_a_crop_beside_its_page_is_the_page_itself_and_proved(
    cropped: tuple[Path, Path, Path], cut: Path
) -> None:
    told = manifest_of(cut)
    crops = [crop for each in told["excerpts"] for crop in each.get("crops", ())]
    assert len(crops) == 8
    assert all(crop["cut"] for crop in crops)
    with pikepdf.open(cut) as document:
        drawn = [page.Resources.get("/XObject", {}) for page in document.pages]
        carried = {each["/Source"].objgen for each in drawn if "/Source" in each}
        for crop in crops:
            patterns = document.pages[crop["print"][0]].Resources.Pattern
            for pattern in patterns.values():
                assert pattern.Resources.XObject["/Source"].objgen in carried
    for against in ({"sources": cropped[2]}, {"case": cropped[0]}):
        result = verified(cut, **against)
        assert result.failures == result.remarks == ()
        assert result.verified == result.excerpts == 8


def test_what_is_cut_looks_as_it_does_on_its_page_turned_or_cut_smaller(
    cropped: tuple[Path, Path, Path], cut: Path
) -> None:
    from cambs_evidence.documents import crops, pdfium  # noqa: PLC0415
    from cambs_evidence.documents.regions import FINEST  # noqa: PLC0415

    source = pdfium.open_pdf((cropped[2] / "columns.pdf").read_bytes())
    pack = pdfium.open_pdf(cut.read_bytes())
    told = manifest_of(cut)
    seen = set()
    for excerpt in told["excerpts"]:
        if told["documents"][excerpt["document"]]["filename"] != "columns.pdf":
            continue
        for crop in excerpt["crops"]:
            frame = tuple(crop["frame"])
            [there] = crops.painted_frames(source, crop["page"], [frame], FINEST)
            page, box = crop["print"]
            here = crops.painted_to(pack, page, tuple(box), frame[2:])
            # Dark is dark in both, on most pixels: edges of letters are painted otherwise.
            ink = [pixels[:, :, 0] < 128 for pixels in (there, here)]
            assert ink[0].any()
            assert (ink[0] & ink[1]).sum() > 0.6 * (ink[0] | ink[1]).sum()
            seen.add(crop["page"])
    assert seen == {0, 1, 2}


def test_the_words_of_a_page_are_found_once_not_again_under_each_crop(
    cropped: tuple[Path, Path, Path], cut: Path
) -> None:
    import pypdfium2  # noqa: PLC0415

    beside = said(2, 0, 32)  # shown under the lines of one crop, quoted by nobody
    with pypdfium2.PdfDocument(cut) as document:
        texts = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    assert sum(text.count(beside) for text in texts) == 1
    assert manifest_of(cropped[1])["number"] != manifest_of(cut)["number"]


@pytest.mark.parametrize("what", ["moved", "drawn over", "other words"])
def test_a_cut_that_shows_anything_else_is_found(
    cropped: tuple[Path, Path, Path], cut: Path, tmp_path: Path, what: str
) -> None:
    excerpt = claim(manifest_of(cut), "1.1")
    page, (x0, y0, _, _) = excerpt["crops"][0]["print"]
    forged = tmp_path / "forged.pdf"
    with pikepdf.open(cut) as document:
        sheet = document.pages[page]
        if what == "drawn over":
            sheet.contents_add(f"q {x0 + 40} {y0 + 9} 12 4 re f Q".encode())
        for name, pattern in sheet.Resources.Pattern.items():
            if what == "moved":
                pattern.Matrix[5] = float(pattern.Matrix[5]) + 12
            elif what == "other words":
                form = pattern.Resources.XObject["/Source"]
                changed = form.read_bytes().replace(b" Tj", b" Tj (0) Tj")
                sheet.Resources.Pattern[name].Resources = pikepdf.Dictionary(
                    XObject=pikepdf.Dictionary(Source=_like(document, form, changed))
                )
        document.save(forged)
    found = {each.link for each in verified(forged, sources=cropped[2]).failures if each.link}
    assert excerpt["link"] in found


@pytest.mark.parametrize("what", ["/A", "/AA", "/AP"])
def test_a_link_that_acts_is_no_link_of_a_pack(cut: Path, what: str) -> None:
    with pikepdf.open(cut) as document:
        assert list(seal.strangers(document)) == []
        place, link = next(
            (number, page.obj.Annots[0])
            for number, page in enumerate(document.pages)
            if "/Annots" in page.obj
        )
        link[what] = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org")
        assert list(seal.strangers(document)) == [(place, "Link")]


def _like(document: pikepdf.Pdf, form: Any, code: bytes) -> Any:
    made = document.make_stream(code)
    for name in ("/Type", "/Subtype", "/BBox", "/Resources"):
        made[name] = form[name]
    return made


# --- tables ----------------------------------------------------------------------------------


def test_a_table_is_tagged_as_one_with_its_heads(
    drawn: tuple[Path, Path, Path],  # noqa: F811
) -> None:
    (cells,) = {tuple(map(tuple, claim(manifest(drawn[1]), "1.3")["region"]["cells"]))}
    assert cells == (("Team", "On time"), ("North", "93%"), ("South", "84%"))
    with pikepdf.open(drawn[1]) as document:
        tables = [
            [str(kid.S) for row in _kids(table) for kid in row.K]
            for table in document.objects
            if isinstance(table, pikepdf.Dictionary) and table.get("/S") == "/Table"
        ]
    assert ["/TH", "/TH", "/TH", "/TD", "/TH", "/TD"] in tables


def _kids(table: Any) -> list[Any]:
    return [row for part in table.K if str(part.S) in {"/THead", "/TBody"} for row in part.K]


@pytest.mark.parametrize("where", ["manifest", "arrangement"])
def test_an_altered_cell_is_found(
    drawn: tuple[Path, Path, Path],  # noqa: F811
    tmp_path: Path,
    where: str,
) -> None:
    def change(told: dict[str, Any]) -> None:
        cells = claim(told, "1.3")["region"]["cells"]
        if where == "manifest":
            cells[1][1] = "98%"
        else:
            cells[1][1], cells[2][1] = cells[2][1], cells[1][1]

    forged = rewritten(drawn[1], tmp_path / "forged.pdf", change)
    result = verified(forged, sources=drawn[2])
    assert {each.link for each in result.failures} == {claim(manifest(forged), "1.3")["link"]}


def test_cells_that_changed_places_are_not_those_of_the_table(
    drawn: tuple[Path, Path, Path],  # noqa: F811
) -> None:
    """Also where print and manifest agree."""
    data = (drawn[2] / "chart.pdf").read_bytes()
    region = claim(manifest(drawn[1]), "1.3")["region"]
    box = tuple(region["box"])
    rows = tuple(map(tuple, region["cells"]))
    swapped = (rows[0], (rows[1][0], rows[2][1]), (rows[2][0], rows[1][1]))
    claims = [Claim(0, "table", box, told) for told in (rows, swapped)]
    elsewhere = Claim(0, "table", (1.0, 1.0, 9.0, 9.0), rows)
    layers = list(pdf.layers(data))
    assert found_again(data, layers, [*claims, elsewhere], lambda: None) == [True, False, None]


def test_a_long_table_goes_on_over_pages_under_its_head(tmp_path: Path) -> None:
    source = tmp_path / "long.pdf"
    canvas = Canvas(str(source), pagesize=A4, invariant=True)
    canvas.setFont("Helvetica", 6)
    down = [800 - 9 * n for n in range(81)]
    canvas.grid([60, 160, 220, 540], down)
    for row in range(80):
        words = ("Place", "Cases", "What was done") if row == 0 else (
            f"Place {row}", "" if row == 7 else str(row), "Seen and heard. " * 6)  # fmt: skip
        for x, word in zip((62, 162, 222), words, strict=True):
            canvas.drawString(x, down[row] - 7, word[:110])
    canvas.save()
    with Case.create(tmp_path / "long.cambs", by="officer") as case:
        take_in(case, source)
        document = case.documents()[0]
        (table,) = [each for each in case.tables_on(document, 0) if isinstance(each, Table)]
        anchor = case.table_anchor(document, table)
        case.tag_anchor(document, anchor, case.target("1.1"), Polarity.STRENGTH)
        build(case, tmp_path / "long-pack.pdf", OPTIONS)
    told = claim(manifest_of(tmp_path / "long-pack.pdf"), "1.1")["region"]
    pages = {stretch[0] for stretches in told["printed"] for stretch in stretches}
    assert len(pages) > 1
    assert told["cells"][7][1] == ""
    assert failures(tmp_path / "long-pack.pdf") == []
    result = verified(tmp_path / "long-pack.pdf", sources=tmp_path)
    assert result.failures == ()
    import pypdfium2  # noqa: PLC0415

    with pypdfium2.PdfDocument(tmp_path / "long-pack.pdf") as document:
        for page in pages:
            assert "What was done" in document[page].get_textpage().get_text_range()


def test_a_passage_that_reaches_beyond_the_text_of_its_page_is_shown_as_far_as_it_goes(
    tmp_path: Path,
) -> None:
    layer = next(iter(pdf.layers(write(tmp_path / "columns.pdf").read_bytes())))
    last = said(0, 1, 53)
    start, end = layer.text.index(last), len(layer.text) + 90
    span = PageSpan(0, start, end, quads(layer, start, len(layer.text)))
    anchor = Anchor("", "", (span,), last, "", "")
    (crop,) = of_passage(anchor, lambda _: Page(layer), "Columns")
    assert crop.marks
