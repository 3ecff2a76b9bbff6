"""HTML: what it says is kept in order, what it does or hides is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence import paths
from cambs_evidence.documents import plain, webpage
from cambs_evidence.documents.flow import Kind, Style
from cambs_evidence.errors import DocumentRefused


def _blocks(source: str) -> list[tuple[str, int, str]]:
    flow, _ = webpage.interpret(source)
    return [(block.kind.value, block.level, block.text) for block in flow.blocks]


def test_headings_paragraphs_and_lists_keep_their_order() -> None:
    source = """<!doctype html><title>Review</title><h1>Alder House</h1><p>First   words
        go on.<p>Second<ul><li>one<li>two<ol start=3><li>inner<p>more of it</ol><li>last</ul>
        <blockquote>Quoted by <i>Ann</i></blockquote>"""
    assert _blocks(source) == [
        ("heading", 1, "Alder House"),
        ("paragraph", 0, "First words go on."),
        ("paragraph", 0, "Second"),
        ("item", 0, "• one"),
        ("item", 0, "• two"),
        ("item", 1, "3. inner"),
        ("paragraph", 0, "more of it"),
        ("item", 0, "• last"),
        ("paragraph", 1, "Quoted by Ann"),
    ]


def test_the_title_is_told_and_not_printed() -> None:
    flow, title = webpage.interpret("<html><title>Fine &amp; good</title><p>Words</p>")
    assert (title, flow.text) == ("Fine & good", "Words")


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>if (a < b) document.write('<p>no</p>')</script>",
        "<style>p { content: 'no' }</style>",
        "<p hidden>no</p>",
        "<div style='color:red; DISPLAY : none'>no<div>no</div>no</div>",
        "<span style=visibility:hidden>no</span>",
        "<iframe src='http://far.example'>no</iframe>",
        "<select><option>no<option>no</select><textarea>no</textarea><input value=no>",
        "<object data=x>no<object>no</object>no</object>",
        "<svg><text>no</text></svg><template>no</template><button>no</button>",
        "<!-- no --><![if !no]><![endif]><?no no?>",
        "<img src='http://far.example/no.png'>",
    ],
)
def test_what_is_run_filled_in_fetched_or_hidden_is_left_out(hidden: str) -> None:
    assert _blocks(f"<p>Before</p>{hidden}<p>After</p>") == [
        ("paragraph", 0, "Before"),
        ("paragraph", 0, "After"),
    ]


def test_a_paragraph_hidden_without_an_end_hides_no_more_than_itself() -> None:
    assert _blocks("<p hidden>no<p>After")[0][2] == "After"


def test_a_table_comes_as_rows_and_cells_empty_ones_included() -> None:
    source = """<table><caption>Grades</caption><tr><th>Area<th>2023<th>2024
        <tr><td>Help<td>Good<td rowspan=2>Both<tr><td>Care<td>
        <tr><td colspan=2>Whole service<td><ul><li>x<li>y</ul></table>"""
    flow, _ = webpage.interpret(source)
    caption, *rows = flow.blocks
    assert caption.text == "Grades"
    assert [row.kind for row in rows] == [Kind.ROW] * 4
    assert [[cell.text for cell in row.cells] for row in rows] == [
        ["Area", "2023", "2024"],
        ["Help", "Good", "Both"],
        ["Care", "", ""],
        ["Whole service", "", "• x • y"],
    ]
    assert [(row.header, row.tight) for row in rows] == [
        (True, False), (False, True), (False, True), (False, True),
    ]  # fmt: skip


def test_a_table_that_only_lays_out_is_no_table() -> None:
    source = """<table><tr><td><h2>Left</h2><p>words</p></td><td>right</td></tr></table>
        <table><tr><td>outer<table><tr><td>a<td>b</table></table>"""
    assert _blocks(source) == [
        ("heading", 2, "Left"),
        ("paragraph", 0, "words"),
        ("paragraph", 0, "right"),
        ("paragraph", 0, "outer"),
        ("row", 0, "a\tb"),
    ]


def test_pictures_leave_their_alternative_text() -> None:
    flow, _ = webpage.interpret("<p>See <img src=x alt='a chart of &lt;visits>'> here")
    [block] = flow.blocks
    assert block.text == "See a chart of <visits> here"
    assert block.cells[0].spans[0].style is Style.ITALIC


def test_entities_come_as_what_they_stand_for() -> None:
    source = "<p>Caf&eacute; &#8211; &#x201C;r&amp;d&#8221; &nbsp; &unknown; &amp 5 &lt;b&gt;"
    assert _blocks(source)[0][2] == "Café – “r&d” &unknown; & 5 <b>"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("<meta charset=utf-8><p>Zoë €".encode(), "utf-8"),
        ("<meta http-equiv=x content='text/html; charset=windows-1252'><p>Zoë €".encode("cp1252"),
         "cp1252"),
        ("<meta charset='iso-8859-1'><p>Zoë €".encode("cp1252"), "cp1252"),
        ("<meta charset=iso-8859-15><p>Zoë €".encode("iso8859-15"), "iso8859-15"),
        ("<meta charset=utf-7><p>Zoë €".encode(), "utf-8"),
        ("\ufeff<meta charset=koi8-r><p>Zoë €".encode(), "utf-8-sig"),
        ("<meta charset=utf-8><p>Zoë €".encode("utf-16"), "utf-16"),
        ("<p>Zoë €".encode("cp1252"), "cp1252"),
    ],
)  # fmt: skip
def test_the_encoding_is_told_by_mark_then_by_what_is_declared(data: bytes, encoding: str) -> None:
    source, told = webpage.decode(data)
    assert told == encoding
    assert _blocks(source)[0][2] == "Zoë €"


def test_too_deep_a_nesting_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="deep"):
        webpage.interpret("<div>" * (webpage.DEEPEST + 1) + "words")


@pytest.mark.parametrize("source", ["", "<html><body></body></html>", "<script>x</script>"])
def test_a_page_that_says_nothing_is_refused(source: str) -> None:
    with pytest.raises(DocumentRefused, match="no text"):
        webpage.interpret(source)


_PIECES = st.sampled_from(
    ["<p>", "</p>", "<li>", "<ul>", "</ul>", "<table>", "<tr>", "<td rowspan=3>", "<th>", "</td>",
     "</table>", "<div>", "</div>", "<b>", "</b>", "<br>", "<h2>", "</h2>", "<pre>", "</pre>",
     "<blockquote>", "<!--", "-->", "<![x", "&amp;", "&#65;", "&x", "<", ">", "\n", " ", "words ",
     "Zoë", "\uf0b7", "\u200b", "<script>", "</script>", "<td hidden>", "<img alt=a>"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=60).map("".join))
def test_every_character_stands_in_the_source_or_is_made_by_a_list(source: str) -> None:
    blocks, _ = webpage.read(source)
    for block in blocks:
        origins = block.source()
        assert len(origins) == len(block.text)
        for letter, origin in zip(block.text, origins.tolist(), strict=True):
            if origin < 0:
                assert letter in "•0123456789. \t"
            else:
                assert 0 <= origin < len(source)
                there = source[origin]
                assert letter == there or there in "&\uf0b7" or (letter == " " and there.isspace())


def test_a_page_is_typeset_with_its_places_in_the_source() -> None:
    source = "<h1>Visits</h1><p>Children are seen <b>on time</b>.</p>"
    flow, _ = webpage.interpret(source)
    [layer] = plain.typeset(flow, paths.fonts(), "x").layers
    assert layer.text == "Visits\n\nChildren are seen on time."
    assert layer.source is not None
    at = layer.text.index("seen")
    assert source[int(layer.source[at]) :].startswith("seen <b>")
