"""Reading a framework out of a self-assessment, whatever it was written with."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence import paths
from cambs_evidence.documents import plain, written
from cambs_evidence.errors import Refused
from cambs_evidence.framework import bundled, prints, reading
from cambs_evidence.model import Proposal
from tests.core.documents.offices import docx, level, lists, p, row, table
from tests.e2e.shared import CORPUS, needs

from .assessments import TEXT, criteria, pages, proposed, read, shape

OURS = proposed(TEXT)
REAL = CORPUS / "004_3bd3e336db90537c.txt"


def test_sections_criteria_marks_and_blocks_are_read() -> None:
    assert [(each.number, each.title) for each in OURS.sections] == [
        (1, "Gardens and greenhouses"),
        (2, "Fruit, nuts and other good things for the kitchen"),
        (3, "Bees and hives"),
    ]
    assert [[[c.code for c in b.criteria] for b in s.blocks] for s in OURS.sections] == [
        [["1.1", "1.2", "1.3"], ["1.4"]],
        [["2.1", "2.2", "2.3"], ["2.4", "2.5"]],
        [[]],
    ]
    marked = [code for code, each in criteria(OURS).items() if each.marked]
    assert marked == ["1.1", "1.2", "2.3", "2.4"]
    assert (OURS.name, OURS.version) == ("Ours", "2032")


def test_the_full_wording_stands_without_mark_remark_and_furniture() -> None:
    said = {code: each.statement for code, each in criteria(OURS).items()}
    assert said["1.1"] == "The beds are weeded each week, and somebody looks whether they were."
    assert said["1.2"] == "Watering follows the weather. Rain is measured every day."
    assert said["1.3"] == "Tools are cleaned before they are put away."
    assert said["2.3"] == "There are enough baskets for: a) apples b) pears (M) and for nuts."
    assert said["2.4"] == "Cellars are aired, and what is in them is turned."
    assert said["2.5"] == "Jam is labelled with its year."
    assert "SPRING" in said["2.1"]
    assert "AUTUMN" in said["2.2"]


def test_what_is_said_below_each_block_is_kept_for_it() -> None:
    told = [block.narrative for section in OURS.sections for block in section.blocks]
    assert told[0].startswith("The beds were weeded in 2031 and in 2032.\n\nOver the year 91.7%")
    assert "\n\n2. No gate was found open.\n\n" in told[0]
    assert told[0].endswith("A rota of 2032 is kept in the shed.")
    assert told[1:] == [
        "A list of growers is kept. It names",
        "Baskets were bought. A new one is on its way.",
        "Jam of 2032 is labelled.",
        "Hives were counted in 2032.",
    ]


def test_labels_are_short_and_tell_criteria_apart_that_differ_at_their_end() -> None:
    labels = {code: each.label for code, each in criteria(OURS).items()}
    assert labels["1.2"] == "Watering follows the weather"
    assert labels["2.1"].endswith("in SPRING")
    assert labels["2.2"].endswith("in AUTUMN")
    assert len(set(labels.values())) == len(labels)
    assert max(map(len, labels.values())) <= 60


def test_doubts_say_what_and_where() -> None:
    assert [each.code for each in OURS.doubts] == ["2", "2.3", "2.5"]
    said = {each.code: each.what for each in OURS.doubts}
    assert "left out" in said["2"]
    assert "(M)" in said["2.3"]
    assert "NEW" in said["2.5"]
    shown = pages(TEXT)
    for each in OURS.doubts:
        assert each.place is not None
        [(page, start, end)] = each.place.spans
        words = shown[page].text[start:end]
        assert words.startswith(each.code if "." in each.code else "The statements")


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (("1.2)  W", "1.5)  W"), "1.5", "follows on 1.1"),
        (("2. FRUIT", "FRUIT"), "2", "no heading"),
        (("\n 3. BEES", "\n 4. BEES"), "3", "no section 3"),
        (("they\nwere. (M)\n\nA r", "it was so.\n\nA r"), "1.1", "again"),
        (("1.4) Seeds are bought from growers nearby.", "1.4)"), "1.4", "no wording"),
        (("Summary and evidence:\n\nA l", "They are paid.\n\nSummary:\n\nA l"), "1.4", "part of"),
    ],
)  # fmt: skip
def test_what_is_not_sure_is_a_doubt(change: tuple[str, str], code: str, said: str) -> None:
    assert change[0] in TEXT
    told = proposed(TEXT.replace(*change))
    assert [each.what for each in told.doubts if each.code == code and said in each.what]


def test_evidence_without_a_summary_above_it_is_told_from_the_wording() -> None:
    evidence = "\n\n".join(f"In year {n} the growers were seen and paid well." for n in range(20))
    told = proposed(TEXT.replace("Summary and evidence:\n\nA list", f"{evidence}\n\nA list"))
    assert criteria(told)["1.4"].statement == "Seeds are bought from growers nearby."
    assert told.sections[0].blocks[1].narrative.startswith("In year 0")
    assert any(each.code == "1.4" and "No “Summary”" in each.what for each in told.doubts)


def test_a_form_without_evidence_is_a_framework_of_one_block_for_each_section() -> None:
    said = [
        line
        for section in OURS.sections
        for line in (
            f"{section.number}. {section.title.upper()}",
            *(f"{c.code}) {c.statement}" for b in section.blocks for c in b.criteria),
        )
    ]
    told = proposed("\n\n".join(said), "form.txt")
    assert [len(each.blocks) for each in told.sections] == [1, 1, 1]
    assert [c.statement for c in criteria(told).values()] == [
        c.statement for c in criteria(OURS).values()
    ]
    assert [each.what[:12] for each in told.doubts] == [
        "The document", "No “Summary”", "The mark (M)", "Section 3 ha",
    ]  # fmt: skip


def test_line_ends_that_were_lost_and_addresses_that_were_broken_change_nothing() -> None:
    assert shape(proposed(re.sub(r"\n\s*\n+", "\n", TEXT))) == shape(OURS)
    broken = TEXT.replace("example.org/baskets", "example.org/bask\nets/in-summer")
    assert shape(proposed(_line_by_line(broken), "ours.pdf")) == shape(OURS)


def test_codes_without_brackets_are_read_where_summaries_stand_below_them() -> None:
    plainly = re.sub(r"^ ?(\d\.\d) ?\)", r"\1", TEXT, flags=re.MULTILINE)
    assert ")  W" not in plainly
    assert shape(proposed(plainly)) == shape(OURS)


@pytest.mark.parametrize(
    "text",
    [
        "Dear director,\n\nall is well.\n",
        "1. Means\n\n1.1 Money came in.\n1.2 Money went out.\n\n2. Ends\n\n2.1 Roads were built.\n",
        "\n".join(f"{n}) Point number {n} of a list." for n in range(1, 30)),
        "1.1) One point alone under nothing.\n",
    ],
)
def test_a_document_without_a_framework_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(Refused) as caught:
        proposed(text, "letter.txt")
    assert caught.value.code == "no-framework"
    assert caught.value.reason.startswith("No framework was found in letter.txt")


@settings(deadline=None)
@given(st.lists(st.sampled_from([
    "1. FIRST", "2. SECOND", "1.1) One.", "1.2) Two (M)", "2.1) Three.", "Summary:", "Said.", "",
    "9.9) Far.", "91.7% of all", "(M)", "NEW", "\uf0b7 a bullet", "12", "3.",
]), max_size=24))  # fmt: skip
def test_whatever_stands_in_it_codes_are_unique_and_blocks_hold_each_once(lines: list[str]) -> None:
    try:
        told = proposed("\n".join(["x", *lines]))
    except Refused:
        return
    codes = [c.code for s in told.sections for b in s.blocks for c in b.criteria]
    assert len(codes) == len(set(codes))
    assert [s.number for s in told.sections] == sorted({s.number for s in told.sections})
    for section in told.sections:
        assert section.blocks
        for block in section.blocks:
            assert all(each.code.split(".")[0] == str(section.number) for each in block.criteria)


# --- the same document, written with other programs ---------------------------------------------


def _as_pdf(text: str) -> bytes:
    """As the program sets it; the reader of PDFs makes other layers of it than the typesetter."""
    return plain.typeset(written.read(text.encode(), written.TEXT).flow, paths.fonts(), "x").pdf


def _line_by_line(text: str) -> bytes:
    """A PDF with each line where it stands in the text, numbered pages and nothing else."""
    pdfmetrics.registerFont(TTFont("Face", str(paths.fonts() / "NotoSans-Regular.ttf")))
    out = io.BytesIO()
    canvas = Canvas(out)
    lines = text.split("\n")
    for number, start in enumerate(range(0, len(lines), 57), 1):
        canvas.setFont("Face", 10)
        for place, line in enumerate(lines[start : start + 57]):
            canvas.drawString(50, 800 - 13 * place, line.replace("\uf0b7", "•").rstrip())
        canvas.drawCentredString(300, 30, f"Page {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _as_docx(text: str) -> bytes:
    """One paragraph for what stands together, as somebody would have typed it."""
    paragraphs = re.split(r"\n\s*\n|\n(?=\s*\d+\.(?:\d+ ?\)|\s+[A-Z]{2})|[a-z]\))", text)
    return docx(*(p(_escaped(" ".join(each.split()))) for each in paragraphs if each.strip()))


def _lines_as_docx(text: str) -> bytes:
    """One paragraph for each line, as what was pasted out of a message."""
    return docx(*(p(_escaped(line.strip())) for line in text.split("\n")))


def _same_everywhere(text: str) -> dict[str, Proposal]:
    files = {
        "lines.pdf": _line_by_line(text),
        "set.pdf": _as_pdf(text),
        "typed.docx": _as_docx(text),
        "pasted.docx": _lines_as_docx(text),
    }
    return {name: proposed(data, name) for name, data in files.items()}


def test_pdf_and_word_documents_give_the_same_tree() -> None:
    for name, told in _same_everywhere(TEXT).items():
        assert shape(told) == shape(OURS), name
        assert [each.code for each in told.doubts] == ["2", "2.3", "2.5"], name


def test_headings_numbered_by_word_and_criteria_in_tables_are_read(tmp_path: Path) -> None:
    path = tmp_path / "table 2033.docx"
    path.write_bytes(
        docx(
            p("Gardens", num=(0, 1), style="Heading1"),
            table(row("1.1", "Beds are weeded each week.", "(M)"), row("1.2", "Rain is measured.")),
            p("Summary and evidence"),
            p("They were weeded."),
            p("Kitchen", num=(0, 1), style="Heading1"),
            table(row("2.1", "Jam is labelled."), row("Summary: It is labelled well.")),
            numbering=lists(level(0, "decimal", "%1.")),
        )
    )
    told = read(path)
    assert told.sections[0].title == "Gardens"
    assert (told.filename, len(told.sha256)) == (path.name, 64)
    assert {code: each.statement for code, each in criteria(told).items()} == {
        "1.1": "Beds are weeded each week.",
        "1.2": "Rain is measured.",
        "2.1": "Jam is labelled.",
    }
    assert criteria(told)["1.1"].marked
    assert told.version == "2033"
    assert told.sections[1].blocks[0].narrative == "It is labelled well."


@needs(CORPUS)
def test_the_real_self_assessment_gives_the_tree_that_the_program_carries() -> None:
    known = bundled.came_with_it()
    text = REAL.read_text(encoding="utf-8")
    told = {"text": proposed(text, REAL.name), **_same_everywhere(text)}
    for name, each in told.items():
        assert (each.name, each.version) == (known.name, known.version), name
        assert [(s.number, s.title) for s in each.sections] == [
            (s.number, s.title) for s in known.sections
        ], name
        assert [tuple(tuple(c.code for c in b.criteria) for b in s.blocks) for s in each.sections] \
            == [s.blocks for s in known.sections], name  # fmt: skip
        ours = [c for s in known.sections for c in s.criteria]
        theirs = criteria(each)
        assert [(c.code, c.label, c.marked) for c in ours] == [
            (c.code, c.label, c.marked) for c in theirs.values()
        ], name
        assert len(theirs) == 82
        assert sum(c.marked for c in theirs.values()) == 34
        sure = {"4.1", "8", "13.4"}
        assert sure <= {d.code for d in each.doubts}, name
        if name != "pasted.docx":  # where a paragraph ends, nothing tells there
            assert sure == {d.code for d in each.doubts}, name
        assert shape(each) == shape(told["text"]), name
        for code, (whole, _) in prints.bundled().items():
            assert prints.whole(theirs[code].statement) == whole, (name, code)
    # Each word of a wording stands in the document, in its order.
    flat = " ".join(re.sub(r"[\ue000-\uf8ff]", " ", text).split())
    for one in criteria(told["text"]).values():
        assert one.statement.rstrip(".")[:-4] in flat or one.code == "8.2", one.code
    narratives = [b.narrative for s in told["text"].sections for b in s.blocks]
    assert min(map(len, narratives)) > 1000
    assert "http" not in " ".join(narratives)[:4000]


@needs(CORPUS)
@pytest.mark.parametrize("begins", ["000", "001", "002", "003"])
def test_real_reports_have_no_framework(begins: str) -> None:
    [path] = CORPUS.glob(f"{begins}_*.txt")
    with pytest.raises(Refused, match="No framework was found"):
        proposed(path.read_text(encoding="utf-8"), path.name)


# --- files that are none ------------------------------------------------------------------------


def test_damaged_missing_and_empty_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 rubbish")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "letter.txt").write_text("All is well.\n")
    for name in ("broken.pdf", "empty.txt", "missing.docx", "letter.txt"):
        with pytest.raises(Refused) as caught:
            list(reading.read(tmp_path / name, bundled.came_with_it(), None))
        assert name in caught.value.reason
        assert caught.value.reason.endswith(".")
    with pytest.raises(Refused, match="folder"):
        list(reading.read(tmp_path, bundled.came_with_it(), None))


def test_prints_tell_the_same_wording_and_no_other(tmp_path: Path) -> None:
    said = {code: each.statement for code, each in criteria(OURS).items()}
    prints.write(tmp_path / "prints.json", said)
    told = prints.read(tmp_path / "prints.json")
    for code, wording in said.items():
        assert [each for each in told if told[each][0] == prints.whole(wording)] == [code]
        assert prints.likeness(told[code][1], prints.sample(wording)) == 100
    assert prints.likeness(told["1.1"][1], told["2.4"][1]) < 20
    assert 40 < prints.likeness(told["2.1"][1], told["2.2"][1]) < 100
    assert not set(" ".join(said.values()).split()) & set(
        (tmp_path / "prints.json").read_text().split('"')
    )
