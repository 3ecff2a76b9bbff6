"""Text and Markdown: what they are interpreted as, and how they are set on pages."""

from __future__ import annotations

import ctypes
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cambs_evidence.documents.flow import Block, Flow, Kind, Style
from cambs_evidence.documents.layer import NO_TEXT, PageLayer, separators
from cambs_evidence.documents.plain import RULES_VERSION, Typeset, decode, interpret, typeset
from cambs_evidence.errors import DocumentRefused

ROOT = Path(__file__).resolve().parents[3]
FONTS = ROOT / "resources" / "fonts"
CORPUS = ROOT / ".." / "shared" / "corpus"


def blocks(source: str, *, markdown: bool = False) -> tuple[Block, ...]:
    return interpret(source, markdown).blocks


def shown(source: str, *, markdown: bool = False) -> list[str]:
    return [block.text for block in blocks(source, markdown=markdown)]


def kinds(source: str, *, markdown: bool = False) -> list[tuple[str, int, str]]:
    return [(str(b.kind), b.level, b.text) for b in blocks(source, markdown=markdown)]


def set_text(source: str, *, markdown: bool = False) -> Typeset:
    return typeset(interpret(source, markdown), FONTS, "A text")


class TestDecoding:
    @pytest.mark.parametrize(
        ("data", "name"),
        [
            ("Zoë – £5".encode(), "utf-8"),
            ("Zoë – £5".encode("utf-8-sig"), "utf-8-sig"),
            ("Zoë – £5".encode("utf-16"), "utf-16"),
            (b"\xfe\xff" + "Zoë – £5".encode("utf-16-be"), "utf-16"),
            ("Zoë – £5".encode("utf-16-le"), "utf-16-le"),
            ("Zoë – £5".encode("utf-16-be"), "utf-16-be"),
            ("Zoë – £5".encode("cp1252"), "cp1252"),
        ],
    )
    def test_text_comes_back_from_each_encoding(self, data: bytes, name: str) -> None:
        assert decode(data) == ("Zoë – £5", name)
        assert data.decode(name) == "Zoë – £5"

    def test_line_ends_stay_as_they_are(self) -> None:
        assert decode(b"one\r\ntwo\rthree") == ("one\r\ntwo\rthree", "utf-8")

    @pytest.mark.parametrize(
        "data",
        [
            b"some\x00thing",
            b"%PDF-1.7 text",
            b"PK\x03\x04 text",
            bytes(range(1, 256)) * 4,
            b"\xff\xfe\x00\xd8\x20",
        ],
    )
    def test_binary_content_is_refused(self, data: bytes) -> None:
        with pytest.raises(DocumentRefused) as refused:
            decode(data)
        assert refused.value.code == "format"

    def test_nothing_but_white_space_is_refused(self) -> None:
        for source in ("", " \r\n\t\n", "<p> </p>", "\u200b\n"):
            with pytest.raises(DocumentRefused, match="holds no text"):
                interpret(source, False)


class TestInline:
    def test_emphasis_and_tags_become_styles(self) -> None:
        [block] = blocks("a **b c** *d* <u>e</u> x<sup>2</sup>")
        [cell] = block.cells
        assert cell.text == "a b c d e x2"
        assert [(cell.text[s:e], style) for s, e, style in cell.spans] == [
            ("b c", Style.BOLD),
            ("d", Style.ITALIC),
            ("e", Style.UNDERLINE),
            ("2", Style.SUPERIOR),
        ]

    def test_emphasis_may_run_over_lines_that_stay_apart(self) -> None:
        first, second = blocks("*one two\nthree*")
        assert (first.text, second.text) == ("one two", "three")
        assert first.cells[0].spans == ((0, 7, Style.ITALIC),)
        assert second.cells[0].spans == ((0, 5, Style.ITALIC),)

    @pytest.mark.parametrize(
        "text",
        [
            "p < 0.05 and <18 years",
            "grades A*-C and A* to C",
            "2 * 3 * 4 ** 5",
            "*(Source : a table)",
            "a **b",
            "AT&T; R&D &unknown; &",
            "write to <name@host.org>",
            "where x <y and z> w",
            "snake_case_name",
            "**** redacted ****",
            "a | b",
        ],
    )
    def test_what_only_looks_like_markup_stays(self, text: str) -> None:
        assert shown(text) == [text]
        assert shown(text, markdown=True) == [text]

    def test_tags_do_nothing_and_their_text_stays(self) -> None:
        assert shown("a<script>alert(1)</script> <made-up x='1'>b <o:p></o:p>c") == [
            "aalert(1) <made-up x='1'>b c"
        ]

    def test_entities_carry_the_offset_of_their_ampersand(self) -> None:
        [block] = blocks("a &amp; b&nbsp;c &#8211; &lt;p&gt;")
        assert block.text == "a & b c – <p>"
        assert block.source().tolist() == [0, 1, 2, 7, 8, 9, 15, 16, 17, 24, 25, 29, 30]

    def test_private_use_bullets_become_bullets(self) -> None:
        assert shown("\uf0b7 one\n\uf0d8 two") == ["• one", "• two"]

    def test_markdown_has_more_markup(self) -> None:
        source = r"_a_ `**b** <u>` [c d](http://x.y) \*e\* <!-- hidden --> <https://z.org>"
        assert shown(source, markdown=True) == ["a **b** <u> c d *e* https://z.org"]

    def test_control_characters_never_reach_the_text(self) -> None:
        assert shown("a\x07b\u200bc \x1b\u202e d") == ["abc d"]


class TestBlocks:
    def test_one_line_html_becomes_headings_and_lists(self) -> None:
        source = (
            '<p>Good things</p> <ul style="x"> ▪ The first. ▪ The second.\n'
            "<p>Bad things</p> <ul> ▪ The third."
        )
        assert kinds(source) == [
            ("heading", 2, "Good things"),
            ("item", 0, "▪ The first."),
            ("item", 0, "▪ The second."),
            ("heading", 2, "Bad things"),
            ("item", 0, "▪ The third."),
        ]

    def test_html_lists_and_tables(self) -> None:
        source = (
            "<h2>Title</h2>\n<ul>\n<li>one\nmore</li><li>two<ol><li>deep</li></ol></li></ul>\n"
            "<table><tr><th>a</th><th>b</th></tr>\n<tr><td>c<br>d</td><td></td></tr></table>"
        )
        assert kinds(source) == [
            ("heading", 2, "Title"),
            ("item", 0, "• one more"),
            ("item", 0, "• two"),
            ("item", 1, "1. deep"),
            ("row", 0, "a\tb"),
            ("row", 0, "c d\t"),
        ]

    def test_dashes_and_indents_make_lists(self) -> None:
        assert kinds("- one\n - deeper\n- two\n\n– three\n* four") == [
            ("item", 0, "• one"),
            ("item", 1, "• deeper"),
            ("item", 0, "• two"),
            ("item", 0, "• three"),
            ("item", 0, "• four"),
        ]

    def test_a_printed_number_is_kept_and_the_dash_before_it_dropped(self) -> None:
        [first, second, third] = blocks("- 12. Text here.\n7.3 ) A code.\na) An item.")
        assert (first.kind, first.text) == (Kind.PARAGRAPH, "12. Text here.")
        assert first.source().tolist() == list(range(2, 16))
        assert (second.kind, second.text) == (Kind.PARAGRAPH, "7.3 ) A code.")
        assert (third.kind, third.text) == (Kind.ITEM, "a) An item.")

    def test_tabs_make_rows_with_all_their_cells(self) -> None:
        found = blocks("\tone\ttwo\nA\t\tB\nlast\t")
        assert [[cell.text for cell in row.cells] for row in found] == [
            ["", "one", "two"],
            ["A", "", "B"],
            ["last", ""],
        ]
        assert [row.tight for row in found] == [False, True, True]

    def test_a_tab_behind_a_marker_or_at_a_line_start_makes_no_row(self) -> None:
        assert kinds("1.\tText\n\uf0b7\tItem\n\tIndented") == [
            ("paragraph", 0, "1. Text"),
            ("item", 0, "• Item"),
            ("paragraph", 0, "Indented"),
        ]

    @pytest.mark.parametrize("markdown", [False, True])
    def test_pipe_tables(self, markdown: bool) -> None:
        head, row = blocks("| a | **b** |\n|---|:-:|\n| c || \n", markdown=markdown)[:2]
        assert [cell.text for cell in head.cells] == ["a", "b"]
        assert head.header
        assert [cell.text for cell in row.cells] == ["c", ""]

    def test_markdown_headings(self) -> None:
        source = "# One #\n\nTwo\n---\n\nThree\n===\n***\n```\n# no *heading*\n```\n> quoted"
        assert kinds(source, markdown=True) == [
            ("heading", 1, "One"),
            ("heading", 2, "Two"),
            ("heading", 1, "Three"),
            ("paragraph", 0, "# no *heading*"),
            ("paragraph", 0, "quoted"),
        ]

    def test_a_short_line_alone_above_a_text_is_a_heading(self) -> None:
        long = "This paragraph goes on for long enough to be one that a heading stands above. " * 2
        assert kinds(f"Main part\n\nA detail\n\n{long}\n\nDear Sir\n\n{long}")[:2] == [
            ("heading", 2, "Main part"),
            ("heading", 2, "A detail"),
        ]
        assert kinds(f"Dear Sir\n\n{long}")[0][0] == "paragraph"

    def test_each_line_of_a_text_that_is_not_wrapped_stays_apart(self) -> None:
        source = "Some House\n3 Some Road\nSome Town\n\n" + "A long paragraph. " * 30
        assert shown(source)[:3] == ["Some House", "3 Some Road", "Some Town"]
        assert [block.tight for block in blocks(source)] == [False, True, True, False]

    def test_wrapped_lines_are_joined_at_the_offset_of_the_line_end(self) -> None:
        line = "The words of this line reach as far as all the others of the text do, and on"
        source = f"{line} \r\n{line}\nto an end.\nA new line\n\nnext\n" + f"{line}\n" * 9
        first, second, third, *_ = blocks(source)
        assert first.text == f"{line} {line} to an end."
        assert first.source()[len(line)] == source.index("\r")
        assert second.text == "A new line"
        assert third.continues
        assert not second.continues

    def test_wrapped_items_numbers_and_addresses(self) -> None:
        line = "The words of this line reach as far as all the others of the text do, and on"
        filler = f"{line}\n" * 9
        source = (
            f"{filler}\n\uf0b7 An item in a narrow \nColumn \n\n{line} section\n12. and more\n"
            f"2.1) A code\n2.2) Another\nhttp://one.org/{'x' * 70}\nhttp://two.org/{'x' * 70}\n"
        )
        found = shown(source)[1:]
        assert found[0] == "• An item in a narrow Column"
        assert found[1] == f"{line} section 12. and more"
        assert found[2:4] == ["2.1) A code", "2.2) Another"]
        assert [text[:14] for text in found[4:]] == ["http://one.org", "http://two.org"]

    def test_rules_have_a_version(self) -> None:
        assert interpret("x", False).rules == RULES_VERSION == "plain-1"


#: Text without anything that could be markup: letters, figures, marks and white space.
PLAIN = st.text(alphabet="abcXYZ019 ,.;:?!()'\"\n\r\té’½€中", min_size=1, max_size=300)
ANY = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab 1.\n\t\r*_<>/&;#-|`[]()\\•▪\uf0b7\x0c\x00\u200b😀\u0301"),
        st.sampled_from(["<p>", "</td>", "<td>", "<li>", "<ul>", "**", "&amp;", "- ", "12. "]).map(
            lambda word: word[0]
        ),
        st.characters(codec="utf-8"),
    ),
    max_size=200,
)
TAGGED = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<td>", "</td>", "<tr>", "<table>", "<li>", "<ul>", "<ol>", "<h1>", "<b>",
         "</b>", "**", "*", "&amp;", "- ", "12. ", "word", " ", "\n", "\t", "| a |", "|-|-|", "```",
         "# ", "[a](b)", "<!--", "-->", "a", "\uf0b7 ", "==="]
    ),
    max_size=40,
).map("".join)  # fmt: skip


def interpreted(source: str, *, markdown: bool) -> Flow | None:
    try:
        return interpret(source, markdown)
    except DocumentRefused:
        return None


@settings(deadline=None)
@given(PLAIN)
def test_every_letter_and_mark_survives_in_order_with_its_offset(source: str) -> None:
    flow = interpreted(source, markdown=False)
    if flow is None:
        assert not source.strip()
        return
    found = "".join(block.text for block in flow.blocks)
    assert "".join(found.split()) == "".join(source.split())
    for block in flow.blocks:
        offsets = block.source()
        assert len(offsets) == len(block.text)
        for character, offset in zip(block.text, offsets, strict=True):
            if character.isspace():
                assert offset < 0 or source[offset].isspace()
            else:
                assert character == source[offset]


@settings(deadline=None)
@given(st.one_of(ANY, TAGGED), st.booleans())
def test_whatever_a_source_holds_offsets_ascend_and_lie_within_it(
    source: str, markdown: bool
) -> None:
    flow = interpreted(source, markdown=markdown)
    if flow is None:
        return
    last = -1
    for block in flow.blocks:
        offsets = block.source()
        assert len(offsets) == len(block.text)
        for cell in block.cells:
            assert "  " not in cell.text or markdown
            assert cell.text == cell.text.strip()
            assert all(span.start < span.end <= len(cell.text) for span in cell.spans)
            assert all(one.end <= other.start for one, other in pairwise(cell.spans))
        real = offsets[offsets >= 0]
        assert (np.diff(real) >= 0).all()
        if len(real):
            assert last <= real[0]
            assert real[-1] < len(source)
            last = int(real[-1])


def check_layer(layer: PageLayer, source: str) -> None:
    text = layer.text
    assert layer.source is not None
    assert len(text) == len(layer.boxes) == len(layer.source)
    nowhere = separators(text)
    assert (np.isnan(layer.boxes).any(axis=1) == nowhere).all()
    real = layer.boxes[~nowhere]
    x0, y0, x1, y1 = layer.media
    assert (real[:, 0] >= x0).all()
    assert (real[:, 2] <= x1).all()
    assert (real[:, 1] >= y0).all()
    assert (real[:, 3] <= y1).all()
    assert (real[:, 0] <= real[:, 2]).all()
    assert (real[:, 1] < real[:, 3]).all()
    assert text == text.strip("\n ")
    assert layer.body == (0, len(text))
    assert layer.notes == (len(text), len(text))
    offsets = [start.offset for start in layer.starts]
    assert offsets == sorted(set(offsets))
    for character, offset in zip(text, layer.source, strict=True):
        if offset >= 0 and not character.isspace():
            assert character in {source[offset], "•"} or source[offset] == "&"


@settings(deadline=None, max_examples=60)
@given(st.one_of(ANY, TAGGED), st.booleans())
def test_every_character_has_a_box_on_its_page(source: str, markdown: bool) -> None:
    flow = interpreted(source, markdown=markdown)
    if flow is None:
        return
    layers = typeset(flow, FONTS, "x").layers
    for layer in layers:
        check_layer(layer, source)
    assert sum(len(layer.starts) for layer in layers) == len(flow.blocks)
    everything = "".join("".join(layer.text.split()) for layer in layers)
    assert everything == "".join(flow.text.split())


class TestTypesetting:
    def test_the_text_of_a_page(self) -> None:
        source = "# Head\n\nOne **two**\n\n- item\n- other\n\nA\tB\nC\t\n\nend"
        [layer] = set_text(source, markdown=True).layers
        assert layer.text == "Head\n\nOne two\n\n• item\n\n• other\n\nA\tB\nC\t\n\nend"
        assert [(start.kind, layer.text[start.offset]) for start in layer.starts] == [
            ("heading", "H"),
            ("paragraph", "O"),
            ("item", "•"),
            ("item", "•"),
            ("row", "A"),
            ("row", "C"),
            ("paragraph", "e"),
        ]
        check_layer(layer, source)

    def test_a_line_end_takes_the_place_and_the_offset_of_the_space(self) -> None:
        source = "wordy " * 40
        [layer] = set_text(source).layers
        assert layer.source is not None
        assert layer.text.split("\n") != [layer.text]
        assert layer.text.replace("\n", " ") == source.strip()
        assert layer.source.tolist() == list(range(len(layer.text)))

    def test_a_word_wider_than_the_measure_stays_whole_in_the_text(self) -> None:
        source = "see " + "x" * 300 + " there"
        [layer] = set_text(source).layers
        assert "x" * 300 in layer.text
        assert len(set(layer.boxes[4:304, 1])) > 3

    def test_no_line_ends_behind_a_hyphen(self) -> None:
        [layer] = set_text("pre- and post-natal " * 60).layers
        assert "-\n" not in layer.text

    def test_a_paragraph_that_runs_over_pages_starts_once(self) -> None:
        source = "word " * 3000
        layers = set_text(source).layers
        assert len(layers) > 3
        assert [len(layer.starts) for layer in layers] == [1] + [0] * (len(layers) - 1)
        assert " ".join(layer.text.replace("\n", " ") for layer in layers) == source.strip()
        for layer in layers:
            check_layer(layer, source)

    def test_a_row_higher_than_a_page_is_cut_and_its_cells_stay_together(self) -> None:
        source = "left " * 60 + "\t" + "right " * 2000 + "\tend"
        layers = set_text(source).layers
        assert len(layers) > 1
        for layer in layers:
            check_layer(layer, source)
            assert layer.text.count("\t") == 2
        first, second, third = layers[0].text.split("\t")
        assert set(first.split()) == {"left"}
        assert set(second.split()) == {"right"}
        assert third == "end"
        assert layers[1].text.startswith("\tright")
        assert sum(len(layer.starts) for layer in layers) == 1

    @pytest.mark.parametrize("columns", [1, 2, 5, 12, 20, 21, 255, 300])
    def test_tables_of_any_width_stay_on_the_page(self, columns: int) -> None:
        row = "\t".join(f"cell {column}" for column in range(columns))
        source = f"{row}\nx\t\n{row}"
        for layer in set_text(source).layers:
            check_layer(layer, source)

    def test_the_longest_word_of_a_narrow_column_may_be_broken(self) -> None:
        source = "\t".join("w" * 60 for _ in range(10))
        [layer] = set_text(source).layers
        check_layer(layer, source)
        assert layer.text.split("\t") == ["w" * 60] * 10

    def test_a_page_without_letters_has_no_text(self) -> None:
        [layer] = set_text("– …").layers
        assert layer.quality == NO_TEXT

    def test_the_same_source_gives_the_same_bytes(self) -> None:
        assert set_text("a\tb\n\nc <u>d</u>").pdf == set_text("a\tb\n\nc <u>d</u>").pdf

    def test_all_fonts_are_embedded(self) -> None:
        pdf = set_text("plain ▪ **bold** *italic*").pdf
        assert b"Helvetica" not in pdf
        assert pdf.count(b"/FontFile2") >= 4

    def test_a_layer_survives_storage(self) -> None:
        [layer] = set_text("one\ttwo\n\nthree").layers
        again = PageLayer.unpack(layer.text, layer.pack())
        assert again.source is not None
        assert layer.source is not None
        assert (again.source == layer.source).all()


def printed(page: pypdfium2.PdfPage) -> list[tuple[str, float, float]]:
    """The characters PDFium finds on a page, each with the middle of its tight box."""
    text = pdfium.FPDFText_LoadPage(page.raw)
    found = []
    for index in range(pdfium.FPDFText_CountChars(text)):
        character = chr(pdfium.FPDFText_GetUnicode(text, index))
        if character.isspace() or pdfium.FPDFText_IsGenerated(text, index):
            continue
        edges = [ctypes.c_double() for _ in range(4)]
        pdfium.FPDFText_GetCharBox(text, index, *edges)
        left, right, bottom, top = (edge.value for edge in edges)
        found.append((character, (left + right) / 2, (bottom + top) / 2))
    pdfium.FPDFText_ClosePage(text)
    return found


def check_printed(result: Typeset) -> None:
    """What a reader of the PDF sees stands where the layer says it stands."""
    for page, layer in zip(pypdfium2.PdfDocument(result.pdf), result.layers, strict=True):
        places = [place for place, one in enumerate(layer.text) if not one.isspace()]
        boxes = layer.boxes[places]
        found = printed(page)
        assert len(found) == len(places)
        for character, x, y in found:
            inside = (boxes[:, 0] - 0.5 <= x) & (x <= boxes[:, 2] + 0.5)
            inside &= (boxes[:, 1] <= y) & (y <= boxes[:, 3])
            there = {layer.text[places[place]] for place in np.flatnonzero(inside)}
            assert character in there or (character in "\x02\ufffe" and "-" in there)


def test_the_pdf_shows_each_character_within_its_box() -> None:
    check_printed(
        set_text(
            "A short heading\n\n"
            + "Some **bold** and *italic* “words” – ▪ ✓ ½ 2<sup>nd</sup>. " * 90
            + "\n\n- 12. A paragraph.\n - An item\n\nA\t**B** b\tC\n\t\tx\nA row that spans\t\t"
        )
    )


def corpus() -> list[Path]:
    return sorted(CORPUS.glob("*.txt"))


@pytest.fixture(params=["000", "001", "002", "003", "004"])
def document(request: pytest.FixtureRequest) -> str:
    found = [path for path in corpus() if path.name.startswith(request.param)]
    if not found:
        pytest.skip("the corpus is not beside the repository")
    return decode(found[0].read_bytes())[0]


def test_nothing_of_the_corpus_is_lost_and_all_of_it_stands_in_its_place(document: str) -> None:
    flow = interpret(document, False)
    result = typeset(flow, FONTS, "x")
    for layer in result.layers:
        check_layer(layer, document)
    check_printed(result)
    without_markup = re.sub(
        r"</?[a-z]+(?: style=\"[^\"]*\")?>|(?m:^ ?- )|[\uf0b7\uf0d8•▪]", "", document
    )
    on_pages = "".join(layer.text for layer in result.layers)

    def bare(text: str) -> str:
        return re.sub(r"[\s•▪*]", "", text)

    assert bare(on_pages) == bare(without_markup)


def test_the_blocks_of_the_corpus() -> None:
    found = corpus()
    if not found:
        pytest.skip("the corpus is not beside the repository")
    flows = [interpret(decode(path.read_bytes())[0], False).blocks for path in found]
    numbers = [
        [b.marker.text for b in flow if re.fullmatch(r"\d+\.", b.marker.text)] for flow in flows
    ]
    assert [f"{number}." for number in range(1, 99)] == numbers[0][:98]
    assert [f"{number}." for number in range(1, 159)] == numbers[1]
    assert sum(block.kind is Kind.ITEM for block in flows[2]) == 35
    ratings = [b for b in flows[3] if b.kind is Kind.ROW and len(b.cells) == 3]
    assert sum(block.cells[-1].text in {"R", "A", "G"} for block in ratings) >= 80
    assert all("\uf0b7" not in block.text for block in flows[4])
    assert sum(block.continues for flow in flows for block in flow) >= 15
