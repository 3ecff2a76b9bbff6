"""What another program is given of an office document: nothing that it could run or follow."""

from __future__ import annotations

import io
import zipfile

from cambs_evidence.documents import cleaning, containers
from tests.core.documents import offices
from tests.core.documents.offices import R, p, r


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


def relation(name: str, kind: str, target: str, *, external: bool = True) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="{name}" Type="{R}/{kind}" Target="{target}"{mode}/>'


def test_what_leads_out_of_a_word_document_is_gone_but_links_that_people_follow() -> None:
    data = offices.docx(
        p("Words"),
        rels=relation("a", "image", "http://camshire.invalid/a.png")
        + relation("b", "hyperlink", "http://camshire.invalid/report")
        + relation("c", "attachedTemplate", "http://camshire.invalid/t.dotm")
        + relation("d", "aFChunk", "afchunk.htm", external=False)
        + relation("e", "oleObject", "embeddings/o.bin", external=False),
        extra={
            "word/afchunk.htm": b"<script>", "word/embeddings/o.bin": b"MZ",
            "word/vbaProject.bin": b"Sub AutoOpen", "word/activeX/activeX1.bin": b"x",
        },
    )  # fmt: skip
    found = parts(cleaning.harmless(data, containers.DOCX))
    rels = found["word/_rels/document.xml.rels"]
    assert [f'Id="{name}"' in rels for name in "abcde"] == [False, True, False, False, False]
    assert not [name for name in found if name.endswith((".bin", ".htm"))]


def test_deletions_are_settled_and_fields_that_fetch_are_told_nothing() -> None:
    data = offices.docx(
        p(r("kept"), f"<w:del>{r('gone')}</w:del>", f"<w:moveFrom>{r('moved')}</w:moveFrom>"),
        p('<w:r><w:instrText> DDEAUTO c:\\\\a "b"</w:instrText></w:r>'),
        p('<w:fldSimple w:instr=" INCLUDETEXT http://camshire.invalid/x "/>'),
        p("<w:r><w:instrText> PAGEREF a</w:instrText></w:r>"),
    )
    text = parts(cleaning.harmless(data, containers.DOCX))["word/document.xml"]
    assert "kept" in text
    assert "PAGEREF" in text
    for gone in ("gone", "moved", "DDEAUTO", "INCLUDETEXT"):
        assert gone not in text


def test_what_leads_out_of_an_opendocument_text_is_gone() -> None:
    image = '<draw:image xlink:href="http://camshire.invalid/a.png"/>'
    link = '<text:a xlink:href="http://camshire.invalid/report">Report</text:a>'
    kept = '<draw:image xlink:href="Pictures/a.png"/>'
    found = parts(cleaning.harmless(offices.odt(image + link + kept), containers.ODT))
    text = found["content.xml"]
    assert text.count("camshire.invalid") == 1
    assert "Pictures/a.png" in text
    assert next(iter(found)) == "mimetype"


def test_text_behind_what_is_taken_out_stays() -> None:
    data = offices.odt('One <text:change text:change-id="c"/>two<text:change-start/> three')
    assert "One two three" in parts(cleaning.harmless(data, containers.ODT))["content.xml"]


def test_kinds_that_are_no_archives_pass_as_they_are() -> None:
    assert cleaning.harmless(b"{\\rtf1 x}", containers.RTF) == b"{\\rtf1 x}"
