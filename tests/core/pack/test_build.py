"""The pack as a file: whole, linked, marked, the same each time, nothing unwanted in it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from cambs_evidence.case import Case
from cambs_evidence.errors import Unwritable
from cambs_evidence.model import PackOptions

from .conftest import DATE, SAMPLE, build


def _texts(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return texts


def test_result_says_what_the_file_is(sample: Case, tmp_path: Path) -> None:
    path = tmp_path / "pack.pdf"
    result = build(sample, path)
    assert result.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert result.pages == len(_texts(path))
    assert result.excerpts == len(sample.evidence())
    assert any("concern children" in warning for warning in result.warnings)


def test_the_same_case_gives_the_same_bytes(sample: Case, tmp_path: Path) -> None:
    one, other = tmp_path / "one.pdf", tmp_path / "other.pdf"
    build(sample, one)
    build(sample, other)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("room", [10_000, 100_000])
def test_where_there_is_no_room_for_it_nothing_is_left_and_the_old_pack_stays(
    sample: Case, tmp_path: Path, room: int
) -> None:
    """A limit on the size of files stands for the full disk: the system refuses the same way."""
    resource = pytest.importorskip("resource", reason="such limits are of POSIX systems")
    target = tmp_path / "packs" / "pack.pdf"
    target.parent.mkdir()
    target.write_bytes(b"%PDF-1.7 earlier")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(Unwritable):
            build(sample, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(target.parent.iterdir()) == [target]
    assert target.read_bytes() == b"%PDF-1.7 earlier"


def test_every_quote_and_every_criterion_is_printed(sample_pack: Path, sample: Case) -> None:
    printed = re.sub(r"[\s\x02\ufffe-]", "", "".join(_texts(sample_pack)))
    for link in sample.evidence():
        quote = re.sub(r"[\s-]", "", link.passage.anchor.quote)
        assert quote[:60] in printed
    for section in sample.framework().sections:
        for criterion in section.criteria:
            assert re.sub(r"[\s-]", "", criterion.label) in printed
    assert printed.count("Noevidence:thisisagap.") == sum(
        each.state.value == "none" for each in sample.coverage().criteria
    )


def test_the_marking_is_on_every_page(sample_pack: Path, sample: Case) -> None:
    marking = sample.facts().marking or ""
    assert marking
    assert all(text.count(marking) >= 2 for text in _texts(sample_pack))


def test_the_warning_stands_before_the_first_page_of_a_source(sample_pack: Path) -> None:
    texts = _texts(sample_pack)
    warning = next(n for n, text in enumerate(texts) if "Before you pass this annex on" in text)
    first = next(n for n, text in enumerate(texts) if "back to quote" in text)
    assert warning == first - 1


def test_without_annex_there_are_no_pages_of_sources(sample: Case, tmp_path: Path) -> None:
    result = build(sample, tmp_path / "pack.pdf", PackOptions(date=DATE, annex="none"))
    assert not result.warnings
    assert not any("back to quote" in text for text in _texts(tmp_path / "pack.pdf"))


def test_each_quote_links_to_its_page_and_the_page_back(sample_pack: Path) -> None:
    manifest = _manifest(sample_pack)
    with pikepdf.open(sample_pack) as pack:
        pages = {page.objgen: number for number, page in enumerate(p.obj for p in pack.pages)}
        links = [
            (number, each.Dest[0])
            for number, page in enumerate(pack.pages)
            for each in page.get("/Annots", [])
        ]
        targets = {(number, pages[target.objgen]) for number, target in links}
    texts = _texts(sample_pack)
    for each in manifest["excerpts"]:
        quoted = each["print"]["quote"][0][0]
        annex = {there for here, there in targets if here == quoted}
        shown = [n for n in annex if re.search(rf"\b{each['reference']}\b", texts[n])]
        assert shown, each["reference"]
        assert any((n, each["print"]["head"][0][0]) in targets for n in shown)


def _manifest(path: Path) -> dict[str, object]:
    with pikepdf.open(path) as pack:
        return json.loads(pack.attachments["manifest.json"].get_file().read_bytes())


def test_bookmarks_name_section_block_and_criterion(sample_pack: Path) -> None:
    with pikepdf.open(sample_pack) as pack, pack.open_outline() as outline:
        section = next(item for item in outline.root if item.title.startswith("12  "))
        assert [block.title for block in section.children] == [
            "Block 12.1–12.3",
            "Block 12.4–12.6",
            "Block 12.7",
        ]
        assert [item.title[:4] for item in section.children[1].children] == ["12.4", "12.5", "12.6"]


def test_all_fonts_are_embedded(sample_pack: Path) -> None:
    with pikepdf.open(sample_pack) as pack:
        for item in pack.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(item.keys())
        bare = [
            item
            for item in pack.objects
            if isinstance(item, pikepdf.Dictionary)
            and item.get("/Type") == "/Font"
            and item.get("/Subtype") in {"/TrueType", "/Type1"}
            and "/FontDescriptor" not in item
        ]
        assert not bare


def test_title_and_language_are_told(sample_pack: Path, sample: Case) -> None:
    with pikepdf.open(sample_pack) as pack:
        assert str(pack.Root.Lang) == "en-GB"
        assert bool(pack.Root.ViewerPreferences.DisplayDocTitle)
        assert sample.facts().title in str(pack.docinfo["/Title"])
        assert not str(pack.docinfo.get("/Author", ""))


def test_nothing_active_of_a_source_goes_in(tmp_path: Path) -> None:
    source = tmp_path / "active.pdf"
    with pikepdf.open(SAMPLE / "documents" / "youth-survey-2018.pdf") as document:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        document.Root.OpenAction = document.make_indirect(script)
        document.Root.Names = pikepdf.Dictionary(
            JavaScript=pikepdf.Dictionary(Names=["x", document.make_indirect(script)])
        )
        document.attachments["evil.bin"] = b"payload"
        page = document.pages[0]
        page.obj.AA = pikepdf.Dictionary(O=script)
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
        page.obj.Annots = pikepdf.Array(
            [
                document.make_indirect(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Annot,
                        Subtype=pikepdf.Name.Link,
                        Rect=[0, 0, 100, 100],
                        A=launch,
                    )
                )
            ]
        )
        document.save(source)
    path = tmp_path / "case.cambs"
    with Case.create(path, by="officer") as case:
        list(case.import_files([source]))
        document_ = case.documents()[0]
        quote = case.text(document_).pages[0].text[:200].split("\n")[0]
        from cambs_evidence.model import Polarity  # noqa: PLC0415

        case.tag(document_, quote, "1.1", Polarity.NEUTRAL, occurrence=1)
        build(case, tmp_path / "pack.pdf", PackOptions(date=DATE, annex="full"))
    with pikepdf.open(tmp_path / "pack.pdf") as pack:
        assert list(pack.attachments) == ["manifest.json"]
        names = {"/JavaScript", "/JS", "/Launch", "/AA", "/OpenAction"}
        for item in pack.objects:
            if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                keys = set(item.keys()) | {str(item.get("/S", ""))}
                assert not names & keys


def test_a_place_that_cannot_be_written_leaves_nothing(sample: Case, tmp_path: Path) -> None:
    with pytest.raises(Unwritable):
        build(sample, tmp_path / "nowhere" / "pack.pdf")
    (tmp_path / "taken").mkdir()
    with pytest.raises(Unwritable):
        build(sample, tmp_path / "taken")
    assert not list(tmp_path.glob(".*part"))


def test_an_empty_case_gives_a_pack_of_gaps(tmp_path: Path) -> None:
    with Case.create(tmp_path / "empty.cambs", by="officer") as case:
        result = build(case, tmp_path / "pack.pdf")
    assert result.excerpts == 0
    assert result.warnings
    assert "82 of 82 criteria have no evidence" in " ".join(
        "".join(_texts(tmp_path / "pack.pdf")).split()
    )
