"""The evidence in other formats: all of it, readable by everyone, and nothing in it acts."""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from cambs_evidence.case import Case
from cambs_evidence.documents import office
from cambs_evidence.errors import Refused, Unwritable
from cambs_evidence.exchange import web
from cambs_evidence.exchange.pieces import legible
from cambs_evidence.exchange.tables import fitting
from cambs_evidence.model import ExportResult, PackOptions, Polarity
from tests.support import ONCE_P1, Run, assert_error, assert_plain, take_in

DATE = "2025-04-01"
FORMULA = '=HYPERLINK("http://example.invalid","click")'
MARKUP = "If a < b & c > d then <script>alert(1)</script> <img src=x onerror=alert(2)> ]]> it is"
HEBREW = "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd"
LONG = " ".join(f"Sentence {number} of a long report." for number in range(360))
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def _hostile(tmp_path_factory: pytest.TempPathFactory, _prepared: Path) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    path = Path(shutil.copyfile(_prepared, folder / "hostile.cambs"))
    source = folder / "hostile.html"
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in (FORMULA, MARKUP, HEBREW, LONG))
    source.write_text(f"<!DOCTYPE html><title>Notes</title>{paragraphs}", encoding="utf-8")
    with Case.open(path, by="=cmd|' /C calc'!A1") as case:
        case.set_facts(title=f"A case {MARKUP}", marking="OFFICIAL", author="Somebody")
        take_in(case, source)
        hostile, report = case.document("hostile.html"), case.document("report.pdf")
        case.describe(report, title=f"{FORMULA} {MARKUP}", date="2024-03-31", issuer="+441223")
        notes = ("-1+1", "@SUM(A1)\x01\x0b\ufffe\u202e", "\t=1\r\nline two", None)
        for quote, note in zip((FORMULA, MARKUP, HEBREW, LONG), notes, strict=True):
            case.tag(hostile, quote, "12.4", Polarity.DEVELOPMENT, note=note)
        first, _ = case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH, note="=1+1")
        area = case.area(report, 0, (60, 700, 400, 780))
        case.tag_anchor(report, area, case.target("18"), Polarity.NEUTRAL)
        case.judge("1.1", summary=f"{MARKUP}\n- one [[link:{first.id}]]\n- two\n1. a\n2. b",
                   grade="good")  # fmt: skip
        case.add_action("1.1", FORMULA, owner="=1", due="2025-01-01", link=first.id)
        case.set_not_applicable("1.2", MARKUP)
    return path


@pytest.fixture
def hostile(_hostile: Path, tmp_path: Path) -> Iterator[Case]:
    """A case full of what would like to act, in a copy of the test's own."""
    with Case.open(Path(shutil.copyfile(_hostile, tmp_path / "case.cambs")), by="Tester") as case:
        yield case


def _export(case: Case, path: Path, kind: str, **options: object) -> ExportResult:
    told = PackOptions(date=DATE, **options)  # type: ignore[arg-type]
    result = list(case.export(path, kind, told))[-1]
    assert isinstance(result, ExportResult)
    assert result.files[0] == str(path)
    assert [each for each in path.parent.iterdir() if each.suffix == ".part"] == []
    return result


def _quotes(case: Case) -> set[str]:
    return {link.passage.anchor.quote for link in case.evidence()}


# --- tables ----------------------------------------------------------------------------------


def _sheet(archive: zipfile.ZipFile, number: int) -> list[dict[str, tuple[str, str]]]:
    """Rows of a sheet: for each column letter what kind of cell it is, and what it says."""
    strings = [
        "".join(each.itertext()) for each in etree.fromstring(archive.read("xl/sharedStrings.xml"))
    ]
    root = etree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
    assert not list(root.iter(f"{S}f", f"{S}hyperlink"))
    assert root.find(f".//{S}pane").get("state") == "frozen"
    assert root.find(f"{S}autoFilter") is not None
    rows = []
    for row in root.iter(f"{S}row"):
        cells = {}
        for cell in row:
            said = cell.findtext(f"{S}v") or ""
            kind = cell.get("t") or "n"
            name = re.sub(r"\d", "", cell.get("r"))
            cells[name] = (kind, strings[int(said)] if kind == "s" else said)
        rows.append(cells)
    return rows


def test_no_cell_of_a_workbook_is_a_formula_and_whole_days_are_days(
    hostile: Case, tmp_path: Path
) -> None:
    path = tmp_path / "evidence.xlsx"
    result = _export(hostile, path, "xlsx")
    assert result.excerpts == 6
    with zipfile.ZipFile(path) as archive:
        names = re.findall(r'<sheet name="(\w+)"', archive.read("xl/workbook.xml").decode())
        assert names == ["Evidence", "Coverage", "Register"]
        evidence, coverage, register = (_sheet(archive, number) for number in (1, 2, 3))
        core = archive.read("docProps/core.xml").decode()
    assert "<dc:creator></dc:creator>" in core
    heads = {said: column for column, (_, said) in evidence[0].items()}
    quotes = {row[heads["Quote"]] for row in evidence[1:] if heads["Quote"] in row}
    assert quotes >= {("s", each) for each in (FORMULA, MARKUP, HEBREW, LONG, ONCE_P1)}
    notes = {row[heads["Note"]] for row in evidence[1:] if heads["Note"] in row}
    assert {("s", "=1+1"), ("s", "-1+1"), ("s", "@SUM(A1)\ufffd\ufffd\ufffd\ufffd")} <= notes
    assert {
        row[heads["Document date"]] for row in evidence[1:] if heads["Document date"] in row
    } == {
        ("n", "45382")  # 31 March 2024, as spreadsheets count days
    }
    assert len(coverage) == 84
    assert ("n", "45382") in register[1].values()
    before = path.read_bytes()
    _export(hostile, path, "xlsx")
    assert path.read_bytes() == before


def test_what_a_cell_cannot_hold_is_cut_and_said_to_be() -> None:
    for text in ("x" * 32_768, "\U0001f9ea" * 20_000):
        told = fitting(text, 32_767)
        assert len(told.encode("utf-16-le")) // 2 <= 32_767
        assert told.endswith(
            f"[cut here; {len(text):,} characters in all, the rest is in the case]"
        )
    assert fitting("x" * 32_767, 32_767) == "x" * 32_767


def test_csv_comes_as_three_tables_without_formulas(hostile: Case, tmp_path: Path) -> None:
    result = _export(hostile, tmp_path / "out.csv", "csv")
    assert [Path(each).name for each in result.files] == [
        "out.csv", "out-coverage.csv", "out-register.csv",
    ]  # fmt: skip
    tables = []
    for each in map(Path, result.files):
        data = each.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert b"\r\n" in data
        with each.open(encoding="utf-8-sig", newline="") as file:
            tables.append(list(csv.DictReader(file)))
    cells = [cell for table in tables for row in table for cell in row.values()]
    assert not [cell for cell in cells if cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@"))]
    evidence, coverage, register = tables
    assert {f"'{FORMULA}", MARKUP, HEBREW, LONG} <= {row["Quote"] for row in evidence}
    assert len(coverage) == 83
    assert {row["Date"] for row in register} == {"2024-03-31", ""}
    folder = tmp_path / "folder"
    folder.mkdir()
    told = list(hostile.export(folder, "csv", PackOptions()))[-1]
    assert isinstance(told, ExportResult)
    assert {Path(each).name for each in told.files} == {
        "evidence.csv", "coverage.csv", "register.csv",
    }  # fmt: skip


# --- for programs ----------------------------------------------------------------------------


def test_json_holds_every_link_word_for_word(hostile: Case, cli: Run, tmp_path: Path) -> None:
    links = {link.id: link for link in hostile.evidence()}
    path = hostile.path
    hostile.close()
    out = tmp_path / "out.json"
    status, told = cli("export", path, "--as", "json", "-o", out, "--date", DATE)
    assert (status, told) == (0, {"files": [str(out)]})
    data = json.loads(out.read_text(encoding="utf-8"))
    blocks = [block for section in data["sections"] for block in section["blocks"]]
    criteria = [each for block in blocks for each in block["criteria"]]
    found = {each["id"]: each for criterion in criteria for each in criterion["evidence"]}
    assert set(found) == set(links)
    for key, link in links.items():
        told = found[key]
        assert (told["quote"], told["note"], told["polarity"], told["criterion"]) == (
            link.passage.anchor.quote, link.note, link.polarity.value, link.code,
        )  # fmt: skip
        spans = [(each["page"] - 1, each["start"], each["end"]) for each in told["place"]["spans"]]
        assert spans == [(each.page, each.start, each.end) for each in link.passage.anchor.spans]
    assert len(criteria) == 83
    assert blocks[0]["judgement"]["grade"] == "good"
    assert blocks[0]["actions"][0]["text"] == FORMULA
    assert {each["sha256"] for each in data["documents"]} == {
        each["sha256"] for each in found.values()
    }


# --- web page --------------------------------------------------------------------------------

_VOID = frozenset({"meta", "img", "br", "link", "input", "base", "hr"})


@dataclass
class _Element:
    name: str
    attributes: dict[str, str | None]


class _Page(HTMLParser):
    """All elements of a page, and the text of each blockquote; faults where they do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[_Element] = []
        self.quotes: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(_Element(tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "blockquote":
            self.quotes.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "blockquote" in self.open:
            self.quotes[-1] += data

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [each.attributes for each in self.elements if each.name in names]


def test_a_web_page_stands_by_itself_and_nothing_in_it_acts(hostile: Case, tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    _export(hostile, path, "html")
    page = _Page(path.read_text(encoding="utf-8"))
    assert not page.named("script", "link", "base", "iframe", "object", "embed", "form")
    assert not [n for each in page.elements for n in each.attributes if n.startswith("on")]
    assert not [n for each in page.elements for n in each.attributes if n == "style"]
    policy = [each["content"] for each in page.named("meta") if "http-equiv" in each]
    assert policy
    assert str(policy[0]).startswith("default-src 'none'; style-src 'sha256-")
    for image in page.named("img"):
        assert str(image["src"]).startswith("data:image/png;base64,")
        assert str(image["alt"]).startswith("Area of page 1")
    assert len(page.named("img")) == 1
    names = [each.attributes["id"] for each in page.elements if "id" in each.attributes]
    assert len(names) == len(set(names))
    for link in page.named("a"):
        assert str(link["href"]).removeprefix("#") in names
    assert _quotes(hostile) <= {each.removeprefix("Text in the picture: ").strip("“”").rstrip()
                                for each in page.quotes}  # fmt: skip


def test_a_web_page_can_be_found_through_by_those_who_hear_it(
    hostile: Case, tmp_path: Path
) -> None:
    path = tmp_path / "out.html"
    _export(hostile, path, "html")
    page = _Page(path.read_text(encoding="utf-8"))
    assert page.named("html") == [{"lang": "en-GB"}]
    assert len(page.named("h1", "main", "header", "footer", "nav", "title")) == 6
    levels = [int(each.name[1]) for each in page.elements if re.fullmatch(r"h[1-6]", each.name)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tables = page.named("table")
    assert tables
    assert len(page.named("caption")) == len(tables)
    # What is too wide for a screen is moved by keys, and says what it is.
    moved = [each for each in page.named("div") if each.get("class") == "scroll"]
    assert len(moved) == len(tables)
    assert all(each["tabindex"] == "0" and each["aria-label"] for each in moved)
    assert {each.get("scope") for each in page.named("th")} == {"col", "row", "colgroup"}
    skip = next(each for each in page.elements if each.name == "a")
    assert skip.attributes == {"class": "skip", "href": "#main"}


def _light(colour: str) -> float:
    digits = colour * 2 if len(colour) == 3 else colour
    if len(colour) == 3:
        digits = "".join(each * 2 for each in colour)
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_words_stand_out_from_their_ground_by_day_by_night_and_on_paper() -> None:
    sets = re.findall(r":root\{([^}]*)\}", web._STYLE)
    assert len(sets) == 3
    for each in sets:
        colours = dict(re.findall(r"--(\w+):#([0-9a-f]{3,6})", each))
        for ink in ("ink", "soft", "deep", "strength", "development", "neutral", "rule"):
            for ground in ("ground", "band"):
                dark, bright = sorted((_light(colours[ink]), _light(colours[ground])))
                least = 3.0 if ink == "rule" and ground == "ground" else 4.5
                if not (ink == "rule" and ground == "band"):
                    assert (bright + 0.05) / (dark + 0.05) >= least, (ink, ground, each)


# --- Word ------------------------------------------------------------------------------------


def test_a_word_document_has_words_own_styles_and_says_nothing_of_who_made_it(
    hostile: Case, tmp_path: Path
) -> None:
    path = tmp_path / "out.docx"
    _export(hostile, path, "docx")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
                assert b"TargetMode" not in archive.read(name)
        root = etree.fromstring(archive.read("word/document.xml"))
        styles = archive.read("word/styles.xml").decode()
        core = archive.read("docProps/core.xml").decode()
        assert len([name for name in archive.namelist() if name.endswith(".png")]) == 1
    assert "creator" not in core
    assert "lastModifiedBy" not in core
    assert "<dc:language>en-GB</dc:language>" in core
    used = {each.get(f"{W}val") for each in root.iter(f"{W}pStyle")}
    assert {"Title", "Heading1", "Heading2", "Heading3", "Quote", "Caption"} <= used
    assert used <= set(re.findall(r'w:styleId="(\w+)"', styles))
    marks = {each.get(f"{W}name") for each in root.iter(f"{W}bookmarkStart")}
    leads = {each.get(f"{W}anchor") for each in root.iter(f"{W}hyperlink")}
    assert leads <= marks
    heads = [table.find(f"{W}tr/{W}trPr/{W}tblHeader") for table in root.iter(f"{W}tbl")]
    assert heads
    assert None not in heads
    told = [e.get("descr") for e in root.iter() if etree.QName(e).localname == "docPr"]
    assert str(told[0]).startswith("Area of page 1")
    quotes = [
        "".join(each.itertext(f"{W}t"))
        for each in root.iter(f"{W}p")
        if (style := each.find(f"{W}pPr/{W}pStyle")) is not None and style.get(f"{W}val") == "Quote"
    ]
    assert {f"“{each}”" for each in (FORMULA, MARKUP, HEBREW, LONG, ONCE_P1)} <= set(quotes)
    before = path.read_bytes()
    _export(hostile, path, "docx")
    assert path.read_bytes() == before


def test_quotes_are_found_again_in_a_word_document_that_is_taken_in(
    hostile: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(office.VARIABLE, "none")  # read by the program itself
    path = tmp_path / "out.docx"
    _export(hostile, path, "docx", sections=(1, 12))
    assert [each.status for each in take_in(hostile, path)] == ["imported"]
    document = hostile.document("out.docx")
    for quote in (ONCE_P1, HEBREW, LONG, MARKUP, FORMULA):
        assert hostile.find(document, quote, occurrence=1)


def test_what_an_author_wrote_on_in_is_never_replaced(hostile: Case, tmp_path: Path) -> None:
    path = tmp_path / "out.docx"
    _export(hostile, path, "docx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["docProps/app.xml"] = parts["docProps/app.xml"].replace(b"cambs-evidence", b"A writer")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    before = path.read_bytes()
    with pytest.raises(Refused, match="gone on writing") as caught:
        _export(hostile, path, "docx")
    assert_plain(caught.value.reason)
    assert path.read_bytes() == before


# --- whatever the format ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "html", "docx"])
def test_an_export_never_takes_the_place_of_something_else(
    hostile: Case, tmp_path: Path, kind: str
) -> None:
    dear = tmp_path / "dear.txt"
    dear.write_bytes(b"something dear")
    for target, error in (
        (dear, Refused), (hostile.path, Refused), (tmp_path / "nowhere" / "x", Unwritable),
    ):  # fmt: skip
        with pytest.raises(error) as caught:
            list(hostile.export(target, kind, PackOptions()))
        assert_plain(caught.value.reason)
    assert dear.read_bytes() == b"something dear"


@pytest.mark.parametrize("kind", ["csv", "json", "html", "docx"])
def test_an_export_that_is_stopped_leaves_what_was_there(
    hostile: Case, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"out.{kind}"
    _export(hostile, path, kind)
    there = {each: each.read_bytes() for each in tmp_path.glob("out*")}
    hostile.untag(next(iter(hostile.evidence())).id)
    with closing(hostile.export(path, kind, PackOptions(date=DATE))) as steps:  # type: ignore[type-var]
        for step in steps:
            if getattr(step, "stage", "") == "writing":
                break
    assert {each: each.read_bytes() for each in tmp_path.glob("out*")} == there
    assert list(tmp_path.glob(".*.part")) == []


def test_filters_of_a_pack_are_those_of_an_export(hostile: Case, cli: Run, tmp_path: Path) -> None:
    path = hostile.path
    hostile.close()

    def links(*words: str) -> list[str]:
        out = tmp_path / "out.json"
        assert cli("export", path, "--as", "json", "-o", out, *words)[0] == 0
        data = json.loads(out.read_text(encoding="utf-8"))
        assert bool(data["filters"]) == bool(words)
        return [each["criterion"] for section in data["sections"] for block in section["blocks"]
                for criterion in block["criteria"] for each in criterion["evidence"]]  # fmt: skip

    assert links() == ["1.1", *["12.4"] * 4, "18"]
    assert links("--section", "12") == ["12.4"] * 4
    assert links("--polarity", "strength") == ["1.1"]
    assert links("--document", "hostile.html") == ["12.4"] * 4
    assert links("--since", "2024") == ["1.1", "18"]
    assert links("--since", "2024-03", "--until", "31 March 2024") == ["1.1", "18"]
    assert links("--until", "2024-02") == []
    for words in (("--since", "soon"), ("--since", "2025", "--until", "2024"), ("--since", "")):
        status, told = cli("export", path, "--as", "json", "-o", tmp_path / "x.json", *words)
        assert status == 2
        assert_error(told)
    pack = ("pack", path, "-o", tmp_path / "pack.pdf", "--annex", "none", "--date", DATE)
    assert cli(*pack, "--since", "2024", "--document", "report.pdf")[1]["excerpts"] == 2
    for kind in ("qdpx", "qdc", "annotations", "pdf"):  # not there
        status, told = cli("export", path, "--as", kind, "-o", tmp_path / "x")
        assert status == 2
        assert_error(told)


def test_what_no_format_can_hold_is_seen_to_have_been_there() -> None:
    assert legible("a\x00b\x1bc\ud800d\ufffee\u202ef\r\ng\th") == "a�b�c�d�e�f\ng\th"
    assert legible("naïve \u05e9\u200f 🧪\u00a0\u00ad") == "naïve \u05e9\u200f 🧪\u00a0\u00ad"
