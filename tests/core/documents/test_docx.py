"""Word documents read by the program itself: what stands in them, as Word would print it."""

from __future__ import annotations

import io
import re
import zipfile

import numpy as np
import pdfplumber
import pytest

from cambs_evidence import paths
from cambs_evidence.documents import docx, plain
from cambs_evidence.documents.flow import Block, Flow, Kind, Style
from cambs_evidence.documents.numbering import numbering, openings
from cambs_evidence.documents.typesetting import Typeset, typeset
from cambs_evidence.errors import DocumentRefused
from tests.core.documents import offices
from tests.core.documents.offices import cell, level, lists, p, picture, r, row, table
from tests.core.documents.sheets import SHARED

DECIMAL = (
    level(0, "decimal", "%1.") + level(1, "lowerLetter", "%2)") + level(2, "lowerRoman", "%3.")
)
NESTED = level(0, "decimal", "%1") + level(1, "decimal", "%1.%2")
SYMBOLS = '<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr>'
BULLETS = (
    f'<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/>{SYMBOLS}</w:lvl>'
)


def flow_of(*body: str, **parts: str) -> Flow:
    return docx.read(offices.docx(*body, **parts))[1]


def said(*body: str, **parts: str) -> list[str]:
    return [block.text for block in flow_of(*body, **parts).blocks]


def pages(data: bytes) -> Typeset:
    return typeset(docx.read(data)[1], paths.fonts(), "A title")


def test_headings_are_told_by_style_by_what_it_stands_on_and_by_the_paragraph_itself() -> None:
    blocks = flow_of(
        p("Annual report of Camshire", style="Title"),
        p("Leadership", style="Heading1"),
        p("Supervision", style="Heading2"),
        p("Caseloads", style="Ours"),
        p("Set by hand", more='<w:outlineLvl w:val="2"/>'),
        p("Body text", style="Heading1", more='<w:outlineLvl w:val="9"/>'),
        p("Words."),
    ).blocks
    assert [(block.kind, block.level) for block in blocks] == [
        (Kind.HEADING, 1), (Kind.HEADING, 1), (Kind.HEADING, 2), (Kind.HEADING, 2),
        (Kind.HEADING, 3), (Kind.PARAGRAPH, 0), (Kind.PARAGRAPH, 0),
    ]  # fmt: skip


def test_lists_are_counted_as_they_are_shown() -> None:
    body = [
        p("One", num=(0, 1)), p("Sub", num=(1, 1)), p("Sub", num=(1, 1)), p("Deep", num=(2, 1)),
        p("Between"),
        p("Two", num=(0, 1)), p("Sub again", num=(1, 1)),
        p("Other list", num=(0, 2)), p("Nested", num=(1, 2)), p("Nested", num=(1, 2)),
        p("Dot", num=(0, 3)), p("By its style", style="Numbered"), p("None", num=(0, 0)),
    ]  # fmt: skip
    assert said(*body, numbering=lists(DECIMAL, NESTED, BULLETS)) == [
        "1. One", "a) Sub", "b) Sub", "i. Deep", "Between", "2. Two", "a) Sub again",
        "1 Other list", "1.1 Nested", "1.2 Nested", "• Dot", "3. By its style", "None",
    ]  # fmt: skip


def test_a_list_that_starts_anew_counts_anew_once() -> None:
    again = (
        '<w:num w:numId="5"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="4"/></w:lvlOverride></w:num>'
    )
    body = [p("x", num=(0, 1)), p("x", num=(0, 5)), p("x", num=(0, 5)), p("x", num=(0, 1))]
    assert said(*body, numbering=lists(DECIMAL, more=again)) == ["1. x", "4. x", "5. x", "6. x"]


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        ("decimalZero", ["01", "02"]),
        ("upperLetter", ["A", "B"]),
        ("upperRoman", ["I", "II"]),
        ("ordinal", ["1st", "2nd"]),
    ],
)
def test_numbers_are_printed_in_the_form_of_their_list(form: str, numbers: list[str]) -> None:
    body = [p("x", num=(0, 1)) for _ in numbers]
    found = said(*body, numbering=lists(level(0, form, "%1")))
    assert found == [f"{number} x" for number in numbers]


def test_a_numbered_paragraph_is_cited_by_its_number() -> None:
    words = "Children are seen within the time that was agreed with their families each month."
    typeset = pages(
        offices.docx(*[p(words, num=(0, 1)) for _ in range(14)], numbering=lists(DECIMAL))
    )
    at = typeset.layers[0].text.index("7. Children") + 5
    assert numbering(openings(typeset.layers)).at(0, at) == "7"


def test_tables_keep_their_cells_the_empty_and_merged_ones_too() -> None:
    flow = flow_of(
        table(
            row("Measure", "2023", "2024", more="<w:tblHeader/>"),
            row(cell(p("Plans"), '<w:gridSpan w:val="2"/>'), "90%"),
            row(cell(p("Visits"), '<w:vMerge w:val="restart"/>'), "", "71%"),
            row(cell(p(""), "<w:vMerge/>"), cell(p("first") + p("second")), "x"),
        ),
        p("After."),
    )
    rows = [[cell.text for cell in block.cells] for block in flow.blocks[:4]]
    assert rows == [
        ["Measure", "2023", "2024"], ["Plans", "", "90%"], ["Visits", "", "71%"],
        ["", "first\u2028second", "x"],
    ]  # fmt: skip
    assert [block.header for block in flow.blocks[:4]] == [True, False, False, False]


def test_a_frame_of_one_cell_is_read_as_what_stands_in_it() -> None:
    inner = p("Leadership", style="Heading1") + table(row("a", "b"))
    blocks = flow_of(table(row(cell(inner)))).blocks
    assert [block.kind for block in blocks] == [Kind.HEADING, Kind.ROW]


def test_deleted_hidden_and_told_text_is_not_printed_and_inserted_text_is() -> None:
    text = p(
        r("We "),
        "<w:del><w:r><w:delText>never </w:delText></w:r></w:del>",
        f"<w:ins>{r('always ')}</w:ins>",
        f"<w:moveFrom>{r('moved ')}</w:moveFrom>",
        r("secretly ", "<w:vanish/>"),
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + r("on 3 May ")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        f'<w:hyperlink r:id="no">{r("listen")}</w:hyperlink>',
        '<w:r><w:t xml:space="preserve">  to </w:t><w:noBreakHyphen/><w:tab/><w:br/></w:r>',
        r("them", "<w:caps/>"),
    )  # fmt: skip
    assert said(text) == ["We always on 3 May listen to -\u2028THEM"]


def test_styles_of_letters_are_kept() -> None:
    [block] = flow_of(p(r("plain "), r("bold", "<w:b/>"), r(" not", '<w:b w:val="0"/>'))).blocks
    [text] = block.cells
    assert [(text.text[a:b], style) for a, b, style in text.spans] == [("bold", Style.BOLD)]


def test_what_is_said_twice_for_older_programs_is_read_once() -> None:
    inner = f"<w:txbxContent>{p('In the box')}</w:txbxContent>"
    box = f"<w:r><w:pict><v:textbox>{inner}</v:textbox></w:pict></w:r>"
    both = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert said(p("Beside", both)) == ["Beside", "In the box"]


NOTES = (
    '<w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
    f'<w:footnote w:id="2">{p("From the audit of March.")}</w:footnote>'
)
REFERENCE = '<w:r><w:footnoteReference w:id="2"/></w:r>'


def test_a_footnote_stands_at_the_foot_of_the_page_that_refers_to_it() -> None:
    body = [p("Filler words here.") for _ in range(80)]
    body[60] = p("Plans are late", REFERENCE, ".")
    typeset = pages(offices.docx(*body, footnotes=NOTES))
    [holder] = [layer for layer in typeset.layers if "Plans are late" in layer.text]
    low, high = holder.notes
    assert holder.text[low:high].strip() == "1 From the audit of March."
    assert "Plans are late1." in holder.text[slice(*holder.body)]
    lowest = np.nanmin(holder.boxes[slice(*holder.body)][:, 1])
    assert np.nanmax(holder.boxes[low:high][:, 3]) < lowest
    assert all(
        "From the audit" not in layer.text for layer in typeset.layers if layer is not holder
    )


def test_a_footnote_longer_than_a_page_goes_on_at_the_foot_of_the_next() -> None:
    words = " ".join(f"word{number}" for number in range(3000))
    notes = f'<w:footnote w:id="2">{p(words)}</w:footnote>'
    typeset = pages(offices.docx(p("Here", REFERENCE), p("End."), footnotes=notes))
    found = " ".join(layer.text[slice(*layer.notes)] for layer in typeset.layers)
    assert found.split() == ["1", *words.split()]
    for layer in typeset.layers:
        assert np.nanmin(layer.boxes[:, 1]) > 0


def test_a_note_that_is_referred_to_again_and_again_is_printed_once() -> None:
    source, _ = docx.read(offices.docx(p("Here", *[REFERENCE] * 50), footnotes=NOTES))
    assert source.count("From the audit") == 1


def test_endnotes_come_at_the_end_and_are_no_numbered_paragraphs() -> None:
    flow = flow_of(
        p("Here", '<w:r><w:endnoteReference w:id="3"/></w:r>'),
        p("Last words."),
        endnotes=f'<w:endnote w:id="3">{p("As reported.")}</w:endnote>',
    )
    assert [block.text for block in flow.blocks] == ["Herei", "Last words.", "i As reported."]
    assert flow.blocks[-1].kind is Kind.NOTE


def test_a_header_runs_on_every_page_as_furniture_without_numbers_of_pages() -> None:
    number = '<w:fldSimple w:instr=" PAGE ">' + r("7") + "</w:fldSimple>"
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="header1"/>'
        '<w:headerReference w:type="first" r:id="header2"/>'
        '<w:footerReference w:type="default" r:id="footer1"/><w:titlePg/></w:sectPr>'
    )
    typeset = pages(
        offices.docx(
            *[p("Filler words here.") for _ in range(80)], section,
            header1=p("Camshire council"), header2=p("Cover of the report"),
            footer1=p("Page ", number),
        )
    )  # fmt: skip
    heads = [layer.text[: layer.body[0]].strip() for layer in typeset.layers]
    assert heads == ["Cover of the report"] + ["Camshire council"] * (len(heads) - 1)
    assert [layer.text[layer.notes[1] :] for layer in typeset.layers[1:]] == ["Page"] * (
        len(heads) - 1
    )
    assert all("Camshire" not in layer.text[slice(*layer.body)] for layer in typeset.layers)


def test_pictures_are_drawn_in_their_size_and_what_cannot_be_shown_has_a_frame() -> None:
    rels = "".join(
        f'<Relationship Id="{name}" Type="{offices.R}/image" Target="media/{name}.png"/>'
        for name in ("good", "bad")
    )
    data = offices.docx(
        p("Before"), p(picture("good", 120, 60)), p(picture("bad", 90, 30)), p("After"),
        rels=rels,
        extra={"word/media/good.png": offices.png(), "word/media/bad.png": b"GIF89a" + bytes(50)},
    )  # fmt: skip
    with pdfplumber.open(io.BytesIO(pages(data).pdf)) as document:
        [page] = document.pages
        [image] = page.images
        [frame] = page.rects
    assert (round(image["width"]), round(image["height"])) == (120, 60)
    assert (round(frame["width"]), round(frame["height"])) == (90, 30)
    assert "Before" in pages(data).layers[0].text


def test_a_picture_that_is_kept_elsewhere_is_not_looked_for() -> None:
    rels = (
        f'<Relationship Id="far" Type="{offices.R}/image" Target="http://127.0.0.1:9/a.png" '
        'TargetMode="External"/>'
    )
    blocks = flow_of(p("Words", picture("far")), rels=rels).blocks
    assert [block.inset.data for block in blocks if block.inset] == [b""]


def test_every_character_of_a_page_stands_at_its_place_in_the_decoded_source() -> None:
    data = offices.docx(
        p("Leadership", style="Heading1"),
        p("One  two", REFERENCE, num=(0, 1)),
        table(row("a", cell(p("b") + p("c")), "d"), row("e", "f", "g")),
        p("Naïve — “quoted” " * 90),
        footnotes=NOTES, numbering=lists(DECIMAL),
    )  # fmt: skip
    source, flow = docx.read(data)
    for layer in typeset(flow, paths.fonts(), "").layers:
        assert layer.source is not None
        for letter, place in zip(layer.text, layer.source.tolist(), strict=True):
            assert place < 0 or source[place] in {letter, "\u2028", " "}
    text, origin = plain.flowing(flow)
    assert all(source[at] == text[n] for n, at in enumerate(origin.tolist()) if at >= 0)


def test_the_same_file_always_gives_the_same_pages() -> None:
    data = offices.docx(p("Words", REFERENCE), footnotes=NOTES)
    assert pages(data).pdf == pages(data).pdf


def test_strict_documents_are_read_too() -> None:
    data = offices.docx(p("Strict words."))
    out = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            out[name] = (
                archive.read(name)
                .replace(offices.W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")
                .replace(
                    offices.R.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships"
                )
            )
    assert [block.text for block in docx.read(offices.zipped(out))[1].blocks] == ["Strict words."]


@pytest.mark.parametrize(
    "data",
    [
        offices.docx(),
        offices.docx(p("  ")),
        offices.docx(p("x"))[:-60],
        offices.zipped({"word/document.xml": b"<a"}),
        offices.zipped({"word/document.xml": b"<a/>"}),
        offices.zipped({"[Content_Types].xml": b"<a/>"}),
    ],
)
def test_what_holds_no_document_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(DocumentRefused) as refused:
        docx.read(data)
    assert re.fullmatch(r"[a-z][^\n]+", refused.value.reason)


def test_an_item_is_a_list_and_a_numbered_paragraph_is_not() -> None:
    blocks: tuple[Block, ...] = flow_of(
        p("x", num=(0, 1)), p("x", num=(1, 1)), p("x", num=(0, 2)),
        numbering=lists(DECIMAL, BULLETS),
    ).blocks  # fmt: skip
    assert [block.kind for block in blocks] == [Kind.PARAGRAPH, Kind.ITEM, Kind.ITEM]


def test_every_sample_is_read_or_refused_in_plain_words() -> None:
    folder = SHARED / "samples"
    if not folder.is_dir():
        pytest.skip("the shared samples are not here")
    read = 0
    for path in sorted(folder.glob("*.docx")):
        try:
            typeset = pages(path.read_bytes())
        except DocumentRefused as error:
            assert "\n" not in error.reason
        else:
            read += 1
            assert typeset.layers
    assert read == 22
