"""The command line, to the letter of what scripts and nightly jobs rely on."""

from __future__ import annotations

import getpass
import json
import os
import re
import subprocess
import sys
import uuid
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from cambs_evidence import command_line, paths
from cambs_evidence.case import Case
from cambs_evidence.model import Limits, Polarity
from tests.support import (
    IN_LETTER,
    IN_NOTES,
    ONCE_P1,
    ONCE_P2,
    ONCE_P3,
    OVER_PAGES,
    REPEATED,
    REPORT,
    Files,
    Run,
    assert_error,
    assert_plain,
    beside,
    edit,
    make_pdf,
    rows,
    run_program,
    take_in,
)

#: The shape of a value: a type, a choice of types, a list of one shape, an object of shapes, or
#: the very words that are allowed.
TEXT_OR_NONE = (str, type(None))


def assert_shape(value: Any, shape: Any) -> None:
    """Exactly these keys, each of its type; whole numbers are no truth values."""
    if isinstance(shape, dict):
        assert isinstance(value, dict)
        assert set(value) == set(shape)
        for key, inner in shape.items():
            assert_shape(value[key], inner)
    elif isinstance(shape, list):
        assert isinstance(value, list)
        for each in value:
            assert_shape(each, shape[0])
    elif isinstance(shape, set):
        assert value in shape
    elif shape is int:
        assert type(value) is int
    else:
        assert isinstance(value, shape)


ABOUT = {"title": str, "authority": TEXT_OR_NONE, "period": TEXT_OR_NONE, "author": TEXT_OR_NONE,
         "status": TEXT_OR_NONE, "marking": TEXT_OR_NONE, "framework": str}  # fmt: skip
IMPORT = {"results": [{"path": str, "status": {"imported", "duplicate", "refused"},
                       "document": TEXT_OR_NONE, "title": TEXT_OR_NONE,
                       "pages": (int, type(None)), "reason": TEXT_OR_NONE}]}  # fmt: skip
DOCUMENTS = {"documents": [{"id": str, "title": str, "filename": str, "media_type": str,
                            "sha256": str, "pages": int, "date": TEXT_OR_NONE,
                            "links": int}]}  # fmt: skip
TEXT = {"document": str, "pages": [{"page": int, "label": TEXT_OR_NONE, "text": str}]}
TABLES = {"tables": [{"page": int, "rows": [[str]]}]}
FRAMEWORK = {
    "name": str, "version": str,
    "sections": [{"number": int, "title": str,
                  "criteria": [{"code": str, "label": str, "statement": TEXT_OR_NONE,
                                "marked": bool}],
                  "blocks": [[str]]}],
}  # fmt: skip
SEARCH = {"query": str, "total": int, "hits": [{"document": str, "page": int, "snippet": str}]}
TAG = {"link": str, "passage": str, "document": str, "page": int, "quote": str,
       "criterion": str, "polarity": {"strength", "development", "neutral"}}  # fmt: skip
TAGS = {"results": [{"index": int, "status": {"tagged", "refused"}, "link": TEXT_OR_NONE,
                     "reason": TEXT_OR_NONE}]}  # fmt: skip
EVIDENCE = {"links": [{
    "id": str, "document": str, "filename": str, "page": int, "page_end": int,
    "page_label": TEXT_OR_NONE, "paragraph": TEXT_OR_NONE, "quote": str, "criterion": str,
    "polarity": {"strength", "development", "neutral"}, "note": TEXT_OR_NONE, "by": str,
    "at": str, "anchor": {"exact", "moved", "lost"}, "decision": TEXT_OR_NONE,
}]}  # fmt: skip
COVERAGE = {
    "criteria": [{"code": str, "marked": bool, "strength": int, "development": int,
                  "neutral": int, "documents": int, "latest": TEXT_OR_NONE,
                  "state": {"none", "thin", "old", "covered", "not applicable"}}],
    "sections": [{"number": int, "criteria": int, "covered": int, "gaps": int}],
}  # fmt: skip
PACK = {"pack": str, "pages": int, "excerpts": int, "sha256": str}
VERIFY = {"pack": str, "excerpts": int, "verified": int,
          "documents": [{"filename": str, "status": {"same", "changed", "missing"}}],
          "failures": [{"link": str, "document": str, "quote": str, "reason": str}]}  # fmt: skip
CHECK = {"ok": bool, "problems": [{"what": str, "where": str, "mend": str}]}
LOG = {"events": [{"at": str, "by": str, "what": str, "subject": str}], "intact": bool}


@pytest.fixture
def ids(case_path: Path) -> dict[str, str]:
    """The ids of the documents by file name."""
    return dict(rows(case_path, "SELECT filename, id FROM document"))


def tag_words(
    quote: str = ONCE_P1, document: str = "report.pdf", criterion: str = "1.1",
    polarity: str = "strength",
) -> list[str]:  # fmt: skip
    return ["--document", document, "--quote", quote, "--criterion", criterion,
            "--polarity", polarity]  # fmt: skip


# --- the window ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], (None, None)),
        (["--by", " Zoë "], (None, "Zoë")),
        (["--by", " "], (None, None)),
        (["open", "a.cambs"], (Path("a.cambs"), None)),
        (["--by", "Ann", "open", "a.cambs"], (Path("a.cambs"), "Ann")),
        (["--by", "Ann", "open", "a.cambs", "--by", "Zoë"], (Path("a.cambs"), "Zoë")),
    ],
)
def test_no_words_and_open_open_the_window(
    words: list[str], expected: tuple[Path | None, str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    calls = []

    def window(case: Path | None, by: str | None) -> int:
        calls.append((case, by))
        return 5

    assert command_line.run(words, window) == 5
    assert calls == [expected]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["--json"], 2, "usage"),
        (["open", "a.cambs", "--json"], 2, "usage"),
        (["--json", "open", "a.cambs"], 2, "usage"),
        (["open", "--json"], 2, "usage"),
    ],
)
def test_the_window_is_not_for_scripts(
    words: list[str], status: int, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def window(case: Path | None, by: str | None) -> int:
        raise AssertionError((case, by))

    assert command_line.run(words, window) == status
    assert_error(json.loads(capsys.readouterr().out), code)


@pytest.mark.parametrize("words", [[], ["open", "a.cambs"]])
def test_without_a_window_that_is_said(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.run(words) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert_plain(told.err.removesuffix("\n"))


def _program_with(window: str, folder: Path, *words: str, screen: str) -> tuple[int, str, str]:
    """Runs the program with a window of these lines; status, output and errors."""
    package = folder / "ui"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "app.py").write_text(window, encoding="utf-8")
    root = Path(command_line.__file__).parents[1]
    env = {name: value for name, value in os.environ.items()
           if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}  # fmt: skip
    env |= {"PYTHONPATH": os.pathsep.join((str(folder), str(root))), "QT_QPA_PLATFORM": screen}
    done = run_program(*words, env=env, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def test_the_program_finds_the_window(tmp_path: Path) -> None:
    window = "def main(case, by):\n    print(case, by)\n    return 7\n"
    words = ("open", "a.cambs", "--by", "Ann")
    assert _program_with(window, tmp_path, *words, screen="offscreen") == (7, "a.cambs Ann\n", "")


@pytest.mark.parametrize(
    ("window", "screen"),
    [
        ("raise ModuleNotFoundError('No module named PySide6', name='PySide6')", "offscreen"),
        ("raise ImportError('libEGL.so.1: cannot open shared object file')", "offscreen"),
        pytest.param(
            "def main(case, by):\n    return 0\n", "xcb",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="always has a screen"),
        ),
    ],
)  # fmt: skip
def test_a_window_that_cannot_be_opened_is_told_in_one_sentence(
    window: str, screen: str, tmp_path: Path
) -> None:
    status, out, err = _program_with(window, tmp_path, screen=screen)
    assert (status, out) == (1, "")
    assert_plain(err.removesuffix("\n"))
    assert "mistake" not in err


def test_a_mistake_in_the_window_is_told_as_that(tmp_path: Path) -> None:
    window = "from ui import nothing_of_the_kind"
    status, out, err = _program_with(window, tmp_path, screen="offscreen")
    assert (status, out) == (1, "")
    assert "mistake" in err
    assert_plain(err.removesuffix("\n"))


# --- the case --------------------------------------------------------------------------------


def test_new_makes_a_case_and_names_it(tmp_path: Path, cli: Run) -> None:
    path = tmp_path / "Camshire.cambs"
    assert cli("new", path) == (0, {"case": str(path)})
    assert beside(path) == ["Camshire.cambs"]
    status, data = cli("about", path)
    assert status == 0
    assert_shape(data, ABOUT)
    assert data["title"] == "Camshire"
    assert [data[name] for name in ("authority", "period", "author", "status", "marking")] == [
        None
    ] * 5
    other = tmp_path / "other.cambs"
    assert cli("new", other, "--title", "Ünder review")[0] == 0
    assert cli("about", other)[1]["title"] == "Ünder review"


def test_about_sets_the_limits_of_coverage(
    case_path: Path, cli: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    before = cli("about", case_path)
    assert cli("about", case_path, "--old-after", 5) == before
    assert cli("about", case_path, "--thin-below", 1, "--old-after", 5) == before
    with Case.open(case_path, by="A", readonly=True) as case:
        assert case.limits() == Limits(old_after_years=5, thin_below_documents=1)
    assert command_line.run(["about", str(case_path)]) == 0
    shown = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "old after (years) 5" in shown
    assert "thin below (documents) 1" in shown
    for words in (["--old-after", 0], ["--old-after", 51], ["--thin-below", "few"]):
        status, data = cli("about", case_path, *words, "--author", "X")
        assert status == 2
        assert_error(data, "usage")
    assert cli("about", case_path) == before


def test_new_refuses_a_name_that_is_taken(case_path: Path, cli: Run) -> None:
    before = case_path.read_bytes()
    status, data = cli("new", case_path)
    assert status == 1
    assert_error(data, "exists")
    assert case_path.read_bytes() == before


def test_new_needs_a_folder(tmp_path: Path, cli: Run) -> None:
    status, data = cli("new", tmp_path / "none" / "case.cambs")
    assert status == 1
    assert_error(data, "unwritable")
    assert list(tmp_path.iterdir()) == []


def test_about_sets_what_is_given_and_shows_all(case_path: Path, cli: Run) -> None:
    given = ["--title", "T", "--authority", "Camshire", "--period", "2023-04-01..2024-03-31",
             "--author", "A", "--status", "draft", "--marking", "OFFICIAL"]  # fmt: skip
    status, data = cli("about", case_path, *given)
    assert status == 0
    assert_shape(data, ABOUT)
    assert {key: value for key, value in data.items() if key != "framework"} == {
        "title": "T", "authority": "Camshire", "period": "2023-04-01..2024-03-31",
        "author": "A", "status": "draft", "marking": "OFFICIAL",
    }  # fmt: skip
    assert cli("about", case_path) == (0, data)
    assert cli("about", case_path, "--author", "B") == (0, data | {"author": "B"})
    assert cli("about", case_path, "--author", "") == (0, data | {"author": None})
    assert cli("about", case_path, "--period", "")[1]["period"] is None


@pytest.mark.parametrize("period", ["2023..", "..2024-03-31", "2023-04..2024", "2024..2024"])
def test_a_period_may_be_open_or_partial(case_path: Path, cli: Run, period: str) -> None:
    status, data = cli("about", case_path, "--period", period)
    assert (status, data["period"]) == (0, period)


@pytest.mark.parametrize(
    "period", ["2024", "2024-04-01 to 2025", "x..y", "2024..2023", "2024-13..2025", "..x", "a.b"]
)
def test_what_is_no_period_is_refused(case_path: Path, cli: Run, period: str) -> None:
    before = case_path.read_bytes()
    status, data = cli("about", case_path, "--period", period)
    assert status == 2
    assert_error(data, "usage")
    assert cli("about", case_path)[1]["period"] is None
    assert rows(case_path, "SELECT count(*) FROM event") == [(4,)]
    assert len(case_path.read_bytes()) == len(before)


def test_a_case_keeps_its_title(case_path: Path, cli: Run) -> None:
    status, data = cli("about", case_path, "--title", "  ")
    assert status == 2
    assert_error(data, "usage")
    assert cli("about", case_path)[1]["title"] == "Camshire 2024"


# --- documents -------------------------------------------------------------------------------


def test_import_answers_for_each_path(
    blank_path: Path, files: Files, tmp_path: Path, cli: Run
) -> None:
    missing = tmp_path / "missing.pdf"
    status, data = cli("import", blank_path, *files.all(), missing)
    assert status == 1
    assert_shape(data, IMPORT)
    assert {each["path"]: each["status"] for each in data["results"]} == {
        **{str(path): "imported" for path in files.all()}, str(missing): "refused",
    }  # fmt: skip
    for each in data["results"]:
        if each["status"] == "imported":
            assert uuid.UUID(each["document"])
            assert each["pages"] >= 1
            assert each["title"]
            assert each["reason"] is None
        else:
            assert (each["document"], each["title"], each["pages"]) == (None, None, None)
            assert_plain(each["reason"])
    status, data = cli("import", blank_path, *files.all())
    assert (status, [each["status"] for each in data["results"]]) == (0, ["duplicate"] * 3)
    known = {row[0] for row in rows(blank_path, "SELECT id FROM document")}
    assert {each["document"] for each in data["results"]} == known
    for each in data["results"]:
        assert_plain(each["reason"])


def test_import_of_a_folder_goes_deeper_only_when_told(
    blank_path: Path, tmp_path: Path, cli: Run
) -> None:
    folder = tmp_path / "docs"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("First words.\n", encoding="utf-8")
    (folder / "deep" / "b.txt").write_text("Second words.\n", encoding="utf-8")
    status, data = cli("import", blank_path, folder)
    assert status == 0
    assert [each["path"] for each in data["results"]] == [str(folder / "a.txt")]
    status, data = cli("import", blank_path, folder, "--recursive")
    assert status == 0
    assert {(Path(each["path"]).name, each["status"]) for each in data["results"]} == {
        ("a.txt", "duplicate"), ("b.txt", "imported"),
    }  # fmt: skip


def test_documents_are_listed_as_they_came(
    case_path: Path, files: Files, cli: Run, ids: dict[str, str]
) -> None:
    cli("tag", case_path, *tag_words())
    cli("describe", case_path, "report.pdf", "--date", "2024-02")
    status, data = cli("documents", case_path)
    assert status == 0
    assert_shape(data, DOCUMENTS)
    assert data["documents"] == [
        {"id": ids[path.name], "title": path.stem.capitalize(), "filename": path.name,
         "media_type": kind, "sha256": sha256(path.read_bytes()).hexdigest(), "pages": pages,
         "date": date, "links": links}
        for path, kind, pages, date, links in (
            (files.report, "application/pdf", 3, "2024-02", 1),
            (files.letter, "text/plain", 1, None, 0),
            (files.notes, "text/markdown", 1, None, 0),
        )
    ]  # fmt: skip


def test_describe_sets_what_is_given(case_path: Path, cli: Run, ids: dict[str, str]) -> None:
    done = cli("describe", case_path, "letter.txt", "--title", "Letter of May", "--date",
               "2024-05-01", "--kind", "letter", "--issuer", "Ofsted")  # fmt: skip
    assert done == (0, {"document": ids["letter.txt"]})
    done = cli("describe", case_path, ids["letter.txt"], "--date", "")
    assert done == (0, {"document": ids["letter.txt"]})
    assert rows(
        case_path, "SELECT title, date, kind, issuer FROM document WHERE filename = 'letter.txt'"
    ) == [("Letter of May", None, "letter", "Ofsted")]


@pytest.mark.parametrize("words", [[], ["--date", "soon"], ["--title", " "], ["--colour", "red"]])
def test_describe_with_words_that_are_off_sets_nothing(
    case_path: Path, cli: Run, words: list[str]
) -> None:
    before = rows(case_path, "SELECT * FROM document")
    status, data = cli("describe", case_path, "letter.txt", *words)
    assert status == 2
    assert_error(data, "usage")
    assert rows(case_path, "SELECT * FROM document") == before


def test_describe_takes_what_is_suggested_and_not_set(blank_path: Path, cli: Run) -> None:
    source = blank_path.with_name("scan_17.md")
    source.write_text("# Audit of visits\n\nDate: 4 May 2016\n\nWealdshire County Council\n")
    cli("import", blank_path, source)
    (before,) = cli("documents", blank_path)[1]["documents"]
    assert (before["title"], before["date"]) == ("Scan 17", None)
    done = cli("describe", blank_path, "scan_17.md", "--suggested", "--issuer", "Weald Trust")
    assert done == (0, {"document": before["id"]})
    assert rows(blank_path, "SELECT title, date, kind, issuer FROM document") == [
        ("Audit of visits", "2016-05-04", "Audit", "Weald Trust")
    ]
    assert cli("describe", blank_path, "scan_17.md", "--suggested") == done


def test_describe_without_words_shows_facts_and_suggestions(
    blank_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = blank_path.with_name("scan_17.md")
    source.write_text("# Audit of visits\n\nDate: 4 May 2016\n")
    command_line.run(["import", str(blank_path), str(source)])
    capsys.readouterr()
    assert command_line.run(["describe", str(blank_path), "scan_17.md"]) == 0
    told = capsys.readouterr().out
    assert "Scan 17" in told
    assert "page 1: “4 May 2016”" in told
    assert rows(blank_path, "SELECT title, date FROM document") == [("Scan 17", None)]


def test_remove_spares_what_is_tagged_unless_told(
    case_path: Path, cli: Run, ids: dict[str, str]
) -> None:
    for criterion in ("1.1", "1.2"):
        cli("tag", case_path, *tag_words(criterion=criterion))
    status, data = cli("remove", case_path, "report.pdf")
    assert status == 1
    assert_error(data, "has-links")
    assert len(cli("documents", case_path)[1]["documents"]) == 3
    done = cli("remove", case_path, "report.pdf", "--with-links")
    assert done == (0, {"document": ids["report.pdf"], "links": 2})
    assert cli("remove", case_path, "notes.md") == (0, {"document": ids["notes.md"], "links": 0})
    assert [each["filename"] for each in cli("documents", case_path)[1]["documents"]] == [
        "letter.txt"
    ]
    assert cli("evidence", case_path) == (0, {"links": []})


def test_text_gives_each_page_counted_from_one(
    case_path: Path, cli: Run, ids: dict[str, str]
) -> None:
    status, data = cli("text", case_path, "report.pdf")
    assert status == 0
    assert_shape(data, TEXT)
    assert data["document"] == ids["report.pdf"]
    assert [each["page"] for each in data["pages"]] == [1, 2, 3]
    for page, quote in enumerate((ONCE_P1, ONCE_P2, ONCE_P3)):
        assert quote in data["pages"][page]["text"]
    status, one = cli("text", case_path, ids["report.pdf"], "--page", 2)
    assert (status, one) == (0, {"document": ids["report.pdf"], "pages": data["pages"][1:2]})


@pytest.mark.parametrize(
    ("page", "status"), [("0", 2), ("-1", 2), ("one", 2), ("1.5", 2), ("4", 1), ("999", 1)]
)
def test_text_has_no_other_pages(case_path: Path, cli: Run, page: str, status: int) -> None:
    found, data = cli("text", case_path, "report.pdf", "--page", page)
    assert found == status
    assert_error(data, "usage" if status == 2 else "unknown-page")


@pytest.fixture
def charted(case_path: Path, tmp_path: Path) -> Path:
    """A closed case with a document more, whose second page holds a table and a drawing."""
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    canvas = Canvas(str(tmp_path / "charts.pdf"), invariant=True)
    canvas.drawString(72, 700, "Nothing to see on this page.")
    canvas.showPage()
    canvas.grid([72, 172, 272], [600, 620, 640])
    for x, y, text in ((78, 626, "Team"), (178, 626, "Visits"), (78, 606, "North")):
        canvas.drawString(x, y, text)
    canvas.circle(150, 300, 60, fill=1)
    canvas.save()
    with Case.open(case_path, by="A") as case:
        take_in(case, tmp_path / "charts.pdf")
    return case_path


def test_tables_are_told_row_by_row(charted: Path, cli: Run) -> None:
    wanted = [{"page": 2, "rows": [["Team", "Visits"], ["North", ""]]}]
    for words in ([], ["--page", 2]):
        status, data = cli("tables", charted, "charts.pdf", *words)
        assert_shape(data, TABLES)
        assert (status, data) == (0, {"tables": wanted})
    assert cli("tables", charted, "charts.pdf", "--page", 1) == (0, {"tables": []})
    assert cli("tables", charted, "notes.md") == (0, {"tables": []})


def test_tables_of_no_such_page_are_refused(charted: Path, cli: Run) -> None:
    status, data = cli("tables", charted, "charts.pdf", "--page", 3)
    assert status == 1
    assert_error(data, "unknown-page")


def test_evidence_names_an_area_to_people_and_keeps_its_quote_for_scripts(
    charted: Path, cli: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with Case.open(charted, by="A") as case:
        document = case.document("charts.pdf")
        drawing = case.area(document, 1, (80, 230, 220, 370))
        case.tag_anchor(document, drawing, case.target("1.1"), Polarity.STRENGTH)
    status, data = cli("evidence", charted)
    assert status == 0
    assert_shape(data, EVIDENCE)
    (link,) = data["links"]
    assert (link["quote"], link["page"], link["anchor"]) == ("", 2, "exact")
    assert command_line.run(["evidence", str(charted)]) == 0
    assert "[Area of page 2]" in capsys.readouterr().out
    assert command_line.run(["check", str(charted)]) == 0


def test_framework_is_the_whole_tree(case_path: Path, cli: Run) -> None:
    status, data = cli("framework", case_path)
    assert status == 0
    assert_shape(data, FRAMEWORK)
    assert [each["number"] for each in data["sections"]] == list(range(1, 19))
    criteria = [each for section in data["sections"] for each in section["criteria"]]
    assert len(criteria) == 82
    assert sum(each["marked"] for each in criteria) == 34
    for section in data["sections"]:
        codes = [each["code"] for each in section["criteria"]]
        assert [code for block in section["blocks"] for code in block] == codes
    last = data["sections"][-1]
    assert (last["criteria"], last["blocks"]) == ([], [[]])


# --- search ----------------------------------------------------------------------------------


def test_search_gives_pages_counted_from_one(
    case_path: Path, cli: Run, ids: dict[str, str]
) -> None:
    status, data = cli("search", case_path, "supervision recorded")
    assert status == 0
    assert_shape(data, SEARCH)
    assert (data["query"], data["total"]) == ("supervision recorded", 1)
    (hit,) = data["hits"]
    assert (hit["document"], hit["page"]) == (ids["report.pdf"], 2)
    assert "Supervision is recorded" in hit["snippet"]
    assert cli("search", case_path, "nowhere") == (
        0, {"query": "nowhere", "total": 0, "hits": []},
    )  # fmt: skip


@pytest.mark.parametrize(
    "query",
    ['"', '""', '"open', "a AND", "OR", "NOT x", "NEAR(a b", "(((", ")", "*", "**", "a*b*",
     "^a", "words:a", "{a b}: c", "a + b", "🙂", "👩‍👧 family", "\\", "'; DROP TABLE link; --",
     "%", "_", "\t\n", "“”", "œ ß İ", "supervision " * 900, "x" * 10_000,
     '"' + "a b " * 2_500 + '"', "(" * 10_000, " ".join(f"w{n}" for n in range(2_000))],
    ids=lambda query: query[:12],
)  # fmt: skip
def test_no_query_is_a_fault(case_path: Path, cli: Run, query: str) -> None:
    status, data = cli("search", case_path, query)
    assert status == 0
    assert_shape(data, SEARCH)
    assert data["query"] == query


# --- evidence --------------------------------------------------------------------------------


def test_tag_gives_link_and_passage(case_path: Path, cli: Run, ids: dict[str, str]) -> None:
    status, data = cli("tag", case_path, *tag_words(), "--note", "Seen twice")
    assert status == 0
    assert_shape(data, TAG)
    assert uuid.UUID(data["link"])
    assert uuid.UUID(data["passage"])
    assert {key: data[key] for key in set(data) - {"link", "passage"}} == {
        "document": ids["report.pdf"], "page": 1, "quote": ONCE_P1, "criterion": "1.1",
        "polarity": "strength",
    }  # fmt: skip
    status, again = cli("tag", case_path, *tag_words(document=ids["report.pdf"], criterion="18"))
    assert (status, again["passage"], again["criterion"]) == (0, data["passage"], "18")
    assert again["link"] != data["link"]


def test_tag_takes_page_and_occurrence(case_path: Path, cli: Run) -> None:
    def where(*words: object) -> int:
        status, data = cli("tag", case_path, *tag_words(REPEATED, criterion="1.2"), *words)
        assert status == 0
        page = data["page"]
        assert cli("untag", case_path, data["link"])[0] == 0
        assert type(page) is int
        return page

    assert where("--page", 1) == 1
    assert where("--occurrence", 1) == 1
    assert where("--occurrence", 2) == 3
    assert where("--page", 3, "--occurrence", 2) == 3
    for words in (["--page", 2], ["--page", 1, "--occurrence", 2], ["--occurrence", 4]):
        status, data = cli("tag", case_path, *tag_words(REPEATED), *words)
        assert status == 1
        assert_error(data, "quote-absent")
    status, data = cli("tag", case_path, *tag_words(REPEATED), "--page", 4)
    assert status == 1
    assert_error(data, "unknown-page")


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (tag_words("Nobody wrote this."), 1, "quote-absent"),
        (tag_words(""), 1, "quote-absent"),
        (tag_words(REPEATED), 1, "quote-ambiguous"),
        ([*tag_words(REPEATED), "--page", "3"], 1, "quote-ambiguous"),
        (tag_words(document="none.pdf"), 1, "unknown-document"),
        (tag_words(document=""), 1, "unknown-document"),
        (tag_words(criterion="99.9"), 1, "unknown-criterion"),
        (tag_words(criterion="12"), 1, "unknown-criterion"),
        (tag_words(criterion=""), 1, "unknown-criterion"),
        (tag_words(polarity="weakness"), 2, "usage"),
        (tag_words(polarity="Strength "), 2, "usage"),
        (tag_words()[:-2], 2, "usage"),
        ([], 2, "usage"),
        ([*tag_words(), "--page", "0"], 2, "usage"),
        ([*tag_words(), "--occurrence", "0"], 2, "usage"),
        ([*tag_words(), "--occurrence", "x"], 2, "usage"),
        ([*tag_words(), "--colour", "red"], 2, "usage"),
        ([*tag_words(), "extra"], 2, "usage"),
        ([*tag_words(), "--from", "list.json"], 2, "usage"),
    ],
)
def test_tag_refuses_and_leaves_nothing(
    case_path: Path, cli: Run, words: list[str], status: int, code: str
) -> None:
    found, data = cli("tag", case_path, *words)
    assert found == status
    assert_error(data, code)
    assert rows(case_path, "SELECT (SELECT count(*) FROM passage), count(*) FROM event") == [(0, 4)]


def test_tag_twice_is_refused(case_path: Path, cli: Run) -> None:
    assert cli("tag", case_path, *tag_words())[0] == 0
    status, data = cli("tag", case_path, *tag_words())
    assert status == 1
    assert_error(data, "already-tagged")
    assert rows(case_path, "SELECT count(*) FROM link") == [(1,)]


def _list(path: Path, data: object) -> Path:
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def one(**other: object) -> dict[str, object]:
    given = {"document": "report.pdf", "quote": ONCE_P1, "criterion": "1.1",
             "polarity": "strength"}  # fmt: skip
    return given | other


def test_tag_from_a_list_answers_for_each_in_its_order(
    case_path: Path, tmp_path: Path, cli: Run, ids: dict[str, str]
) -> None:
    wanted = [
        one(),
        one(document="letter.txt", quote=IN_LETTER, note="why"),
        one(quote="Nobody wrote this."),
        one(document=ids["report.pdf"], quote=REPEATED, page=3, occurrence=2, note=None),
        one(quote=REPEATED),
        one(document="none.pdf"),
        one(criterion="99.1"),
        one(),
        one(criterion="18", polarity="neutral", page=None, occurrence=None),
    ]
    status, data = cli("tag", case_path, "--from", _list(tmp_path / "list.json", wanted))
    assert status == 1
    assert_shape(data, TAGS)
    assert [each["index"] for each in data["results"]] == list(range(len(wanted)))
    tagged = {0, 1, 3, 8}
    for each in data["results"]:
        if each["index"] in tagged:
            assert (each["status"], each["reason"]) == ("tagged", None)
            assert uuid.UUID(each["link"])
        else:
            assert (each["status"], each["link"]) == ("refused", None)
            assert_plain(each["reason"])
    links = {each["id"]: each for each in cli("evidence", case_path)[1]["links"]}
    assert set(links) == {each["link"] for each in data["results"]} - {None}
    assert links[data["results"][1]["link"]]["note"] == "why"
    assert links[data["results"][3]["link"]]["page"] == 3


def test_tag_from_a_list_that_is_all_tagged_is_done(
    case_path: Path, tmp_path: Path, cli: Run
) -> None:
    source = tmp_path / "list.json"
    source.write_bytes(b"\xef\xbb\xbf" + json.dumps([one()]).encode())
    assert cli("tag", case_path, "--from", source)[0] == 0
    assert cli("tag", case_path, "--from", _list(source, [])) == (0, {"results": []})


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[", b"[1]", b"{}", b"null", b'"text"', b"[null]", b"[[]]", b"\xff\xfe\x00",
        b"[" * 100_000, b"not json at all", b"[{}]",
        json.dumps([one(), "x"]).encode(),
        json.dumps([one(polarity="weakness")]).encode(),
        json.dumps([one(page=0)]).encode(),
        json.dumps([one(page="1")]).encode(),
        json.dumps([one(page=True)]).encode(),
        json.dumps([one(page=1.0)]).encode(),
        json.dumps([one(occurrence=-1)]).encode(),
        json.dumps([one(page=10**30)]).encode(),
        json.dumps([one(note=7)]).encode(),
        json.dumps([one(quote=None)]).encode(),
        json.dumps([one(criterion=1.1)]).encode(),
        json.dumps([one(colour="red")]).encode(),
        b'[{"document": "report.pdf", "quote": "x", "criterion": "1.1"}]',
    ],
    ids=lambda data: repr(data[:60]),
)  # fmt: skip
def test_a_list_that_does_not_parse_tags_nothing(
    case_path: Path, tmp_path: Path, cli: Run, data: bytes
) -> None:
    source = tmp_path / "list.json"
    source.write_bytes(data)
    status, told = cli("tag", case_path, "--from", source)
    assert status == 2
    assert_error(told, "usage")
    assert rows(case_path, "SELECT count(*) FROM event") == [(4,)]


def test_a_list_that_cannot_be_read_is_told(case_path: Path, tmp_path: Path, cli: Run) -> None:
    for source in (tmp_path / "none.json", tmp_path):
        status, data = cli("tag", case_path, "--from", source)
        assert status == 1
        assert_error(data, "unreadable")


def test_half_a_character_in_a_list_is_refused_by_itself(
    case_path: Path, tmp_path: Path, cli: Run
) -> None:
    source = tmp_path / "list.json"
    source.write_text(
        '[{"document": "report.pdf", "quote": "\\ud800", "criterion": "1.1", '
        '"polarity": "strength"}, {"document": "\\ud800", "quote": "x", "criterion": "1.1", '
        f'"polarity": "strength"}}, {json.dumps(one(note="NOTE"))}, {json.dumps(one())}]'.replace(
            "NOTE", "\\ud800"
        ),
        encoding="utf-8",
    )
    status, data = cli("tag", case_path, "--from", source)
    assert status == 1
    assert_shape(data, TAGS)
    assert [each["status"] for each in data["results"]] == ["refused"] * 3 + ["tagged"]


def test_amend_changes_what_a_link_says(case_path: Path, cli: Run) -> None:
    link = cli("tag", case_path, *tag_words(), "--note", "why")[1]["link"]
    told = {"link": link, "criterion": "1.1", "polarity": "neutral", "note": "why"}
    assert cli("amend", case_path, link, "--polarity", "neutral") == (0, told)
    told |= {"criterion": "18", "note": None}
    assert cli("amend", case_path, link, "--criterion", "18", "--note", "") == (0, told)
    assert cli("amend", case_path, link, "--criterion", "18") == (0, told)
    (listed,) = cli("evidence", case_path)[1]["links"]
    assert (listed["id"], listed["criterion"], listed["note"]) == (link, "18", None)
    cli("tag", case_path, *tag_words())
    for words, status, code in (
        ([link, "--criterion", "1.1", "--polarity", "strength"], 1, "already-tagged"),
        ([link, "--criterion", "1.99"], 1, "unknown-criterion"),
        (["nobody", "--note", "x"], 1, "unknown-link"),
        ([link], 2, "usage"),
        ([link, "--polarity", "good"], 2, "usage"),
    ):
        found, data = cli("amend", case_path, *words)
        assert found == status
        assert_error(data, code)


def test_untag_takes_one_link_away(case_path: Path, cli: Run) -> None:
    link = cli("tag", case_path, *tag_words())[1]["link"]
    assert cli("untag", case_path, link) == (0, {"link": link})
    assert cli("evidence", case_path) == (0, {"links": []})
    for unknown in (link, "nobody", ""):
        status, data = cli("untag", case_path, unknown)
        assert status == 1
        assert_error(data, "unknown-link")


def test_several_links_are_changed_and_taken_away_in_one_step(case_path: Path, cli: Run) -> None:
    ids = [
        cli("tag", case_path, *tag_words(quote, criterion=code))[1]["link"]
        for quote, code in ((ONCE_P1, "1.1"), (ONCE_P2, "1.2"), (ONCE_P2, "2.1"))
    ]
    told = cli("amend", case_path, *ids, "--criterion", "2.1", "--note", "all")
    assert told == (1, {"links": [ids[0], ids[2]], "left": [ids[1]]})
    assert cli("amend", case_path, *ids[::2], "--note", "x") == (
        0, {"links": ids[::2], "left": []},
    )  # fmt: skip
    status, data = cli("untag", case_path, *ids, "nobody")
    assert status == 1
    assert_error(data, "unknown-link")
    assert len(cli("evidence", case_path)[1]["links"]) == 3
    assert cli("untag", case_path, *ids) == (0, {"links": ids})
    assert cli("evidence", case_path) == (0, {"links": []})
    assert cli("log", case_path)[1]["events"][-1]["what"] == "untag 3 links"


def test_a_passage_is_split_before_words_and_merged_again(case_path: Path, cli: Run) -> None:
    whole = f"{ONCE_P1} and see them often."
    link = cli("tag", case_path, *tag_words(whole))[1]["link"]
    status, data = cli("split", case_path, link, "--before", "and see")
    assert status == 0
    first, second = data["passages"]
    assert (first["quote"], second["quote"]) == (ONCE_P1, "and see them often.")
    assert (first["page"], first["links"]) == (1, [link])
    for words, code in (
        ("nowhere", "quote-absent"),
        ("Visits", "quote-absent"),
        ("and", "not-inside"),
    ):
        status, refused = cli("split", case_path, second["links"][0], "--before", words)
        assert status == 1
        assert_error(refused, code)
    status, data = cli("merge", case_path, link, second["links"][0])
    assert status == 0
    assert [each["quote"] for each in data["passages"]] == [whole]
    assert data["passages"][0]["links"] == [link]
    status, data = cli("merge", case_path, link)
    assert status == 2
    assert_error(data, "usage")


def test_conflicts_lists_both_sides(case_path: Path, cli: Run) -> None:
    assert cli("conflicts", case_path) == (0, {"conflicts": []})
    one = cli("tag", case_path, *tag_words())[1]["link"]
    other = cli("tag", case_path, *tag_words(IN_LETTER, "letter.txt", polarity="development"))[1]
    status, data = cli("conflicts", case_path)
    assert status == 0
    (found,) = data["conflicts"]
    assert found["criterion"] == "1.1"
    assert [each["id"] for each in found["strengths"]] == [one]
    assert [each["id"] for each in found["developments"]] == [other["link"]]
    for name, date in (("report.pdf", "2024"), ("letter.txt", "2019")):
        cli("describe", case_path, name, "--date", date)
    assert cli("conflicts", case_path) == (0, {"conflicts": []})


def test_evidence_lists_each_link_in_full(case_path: Path, cli: Run, ids: dict[str, str]) -> None:
    a = cli("tag", case_path, *tag_words(OVER_PAGES, criterion="2.1"), "--by", "Zoë")[1]["link"]
    b = cli(
        "tag", case_path, *tag_words(IN_LETTER, "letter.txt", "1.2", "development"),
        "--note", "Ask again", "--by", "Ann",
    )[1]["link"]  # fmt: skip
    status, data = cli("evidence", case_path)
    assert status == 0
    assert_shape(data, EVIDENCE)
    second, first = data["links"]
    assert (first["id"], second["id"]) == (a, b)
    assert {key: first[key] for key in set(first) - {"at", "paragraph"}} == {
        "id": a, "document": ids["report.pdf"], "filename": "report.pdf", "page": 1,
        "page_end": 2, "page_label": None, "quote": OVER_PAGES, "criterion": "2.1",
        "polarity": "strength", "note": None, "by": "Zoë", "anchor": "exact", "decision": None,
    }  # fmt: skip
    assert (second["note"], second["by"], second["page"], second["page_end"]) == (
        "Ask again", "Ann", 1, 1,
    )  # fmt: skip
    for each in (first, second):
        assert datetime.fromisoformat(each["at"]).utcoffset() is not None


def test_evidence_is_filtered(case_path: Path, cli: Run, ids: dict[str, str]) -> None:
    made = [
        cli("tag", case_path, *tag_words(*words))[1]["link"]
        for words in (
            (ONCE_P1, "report.pdf", "1.1", "strength"),
            (ONCE_P2, "report.pdf", "2.1", "development"),
            (IN_LETTER, "letter.txt", "1.1", "neutral"),
            (IN_NOTES, "notes.md", "18", "strength"),
        )
    ]

    def found(*words: object) -> list[int]:
        status, data = cli("evidence", case_path, *words)
        assert status == 0
        return sorted(made.index(each["id"]) for each in data["links"])

    assert found() == [0, 1, 2, 3]
    assert found("--criterion", "1.1") == [0, 2]
    assert found("--criterion", "18") == [3]
    assert found("--section", 1) == [0, 2]
    assert found("--section", 18) == [3]
    assert found("--section", 3) == []
    assert found("--polarity", "strength") == [0, 3]
    assert found("--document", "report.pdf") == [0, 1]
    assert found("--document", ids["report.pdf"], "--section", 2) == [1]
    assert found("--criterion", "1.1", "--polarity", "neutral", "--document", "letter.txt") == [2]
    for words, status in (
        (["--criterion", "99.9"], 1), (["--criterion", ""], 1), (["--section", "19"], 1),
        (["--document", "none.pdf"], 1), (["--document", ""], 1),
        (["--polarity", "weak"], 2), (["--section", "one"], 2),
    ):  # fmt: skip
        ended, data = cli("evidence", case_path, *words)
        assert (words, ended) == (words, status)
        assert_error(data)


def test_an_anchor_that_lost_its_words_is_told(case_path: Path, cli: Run) -> None:
    cli("tag", case_path, *tag_words())
    edit(case_path, f"UPDATE page SET text = replace(text, '{ONCE_P1}', '{ONCE_P1.swapcase()}')")
    status, data = cli("evidence", case_path)
    assert (status, [each["anchor"] for each in data["links"]]) == (0, ["lost"])


def test_coverage_tells_the_state_of_each_criterion(case_path: Path, cli: Run) -> None:
    cli("describe", case_path, "report.pdf", "--date", "2024-03-31")
    cli("describe", case_path, "letter.txt", "--date", "2020")
    cli("about", case_path, "--period", "2023-04-01..2024-03-31")
    for words in ((ONCE_P1, "report.pdf", "1.3"), (IN_LETTER, "letter.txt", "1.3", "development"),
                  (ONCE_P2, "report.pdf", "1.4"), (IN_LETTER, "letter.txt", "1.5", "neutral"),
                  (IN_NOTES, "notes.md", "18")):  # fmt: skip
        assert cli("tag", case_path, *tag_words(*words))[0] == 0
    status, data = cli("coverage", case_path)
    assert status == 0
    assert_shape(data, COVERAGE)
    assert len(data["criteria"]) == 82
    by_code = {each["code"]: each for each in data["criteria"]}
    assert by_code["1.3"] == {
        "code": "1.3", "marked": True, "strength": 1, "development": 1, "neutral": 0,
        "documents": 2, "latest": "2024-03-31", "state": "covered",
    }  # fmt: skip
    assert [by_code[f"1.{n}"]["state"] for n in (4, 5, 6)] == ["thin", "old", "none"]
    assert data["sections"][0] == {"number": 1, "criteria": 7, "covered": 1, "gaps": 4}
    assert data["sections"][17] == {"number": 18, "criteria": 0, "covered": 0, "gaps": 0}
    assert sum(each["gaps"] for each in data["sections"]) == 79


# --- pack, check, copies, log ----------------------------------------------------------------


def test_a_pack_is_built_and_verified(
    case_path: Path, files: Files, tmp_path: Path, cli: Run
) -> None:
    for words in ((ONCE_P1,), (OVER_PAGES,), (IN_LETTER, "letter.txt"), (IN_NOTES, "notes.md")):
        assert cli("tag", case_path, *tag_words(*words))[0] == 0
    pack = tmp_path / "pack.pdf"
    status, data = cli("pack", case_path, "-o", pack, "--date", "2024-06-01")
    assert status == 0
    assert_shape(data, PACK)
    assert (data["pack"], data["excerpts"]) == (str(pack), 4)
    assert data["sha256"] == sha256(pack.read_bytes()).hexdigest()
    assert data["pages"] >= 1
    names = ["report.pdf", "letter.txt", "notes.md"]
    pictured = tmp_path / "pictured.pdf"
    assert cli("pack", case_path, "-o", pictured, "--annex", "pictures", "--crops")[0] == 0
    for which, *words in (
        (pack, "--case", case_path),
        (pictured, "--sources", files.report.parent),
    ):
        status, told = cli("verify", which, *words)
        assert_shape(told, VERIFY)
        assert (status, told["failures"]) == (0, [])
        assert (told["pack"], told["excerpts"], told["verified"]) == (str(which), 4, 4)
        assert sorted(each["filename"] for each in told["documents"]) == sorted(names)
        assert {each["status"] for each in told["documents"]} == {"same"}
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "letter.txt").write_bytes(files.letter.read_bytes().replace(b"Zo", b"Jo"))
    (sources / "notes.md").write_bytes(files.notes.read_bytes())
    status, told = cli("verify", pack, "--sources", sources)
    assert status == 1
    assert_shape(told, VERIFY)
    assert {each["filename"]: each["status"] for each in told["documents"]} == {
        "report.pdf": "missing", "letter.txt": "changed", "notes.md": "same",
    }  # fmt: skip
    assert [each["quote"] for each in told["failures"]] == [IN_LETTER]
    assert [each["document"] for each in told["failures"]] == ["letter.txt"]
    assert told["verified"] == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [(["--date", "soon"], 2), (["--annex", "some"], 2), (["--polarity", "weak"], 2),
     (["--section", "x"], 2), (["--section", "19"], 1), (["--section", "0"], 1)],
)  # fmt: skip
def test_a_pack_of_what_there_is_not_is_refused(
    case_path: Path, tmp_path: Path, cli: Run, words: list[str], status: int
) -> None:
    ended, data = cli("pack", case_path, "-o", tmp_path / "pack.pdf", *words)
    assert ended == status
    assert_error(data)
    assert not (tmp_path / "pack.pdf").exists()


def test_a_pack_needs_a_place(case_path: Path, tmp_path: Path, cli: Run) -> None:
    assert cli("pack", case_path)[0] == 2
    before = case_path.read_bytes()
    for target in (tmp_path / "none" / "pack.pdf", tmp_path, case_path):
        status, data = cli("pack", case_path, "-o", target)
        assert status == 1
        assert_error(data)
    assert len(case_path.read_bytes()) == len(before)
    assert beside(case_path) == ["case.cambs"]


def test_what_is_no_pack_is_not_verified(
    case_path: Path, files: Files, tmp_path: Path, cli: Run
) -> None:
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")
    for pack in (files.report, files.letter, empty, case_path, tmp_path, tmp_path / "none.pdf"):
        status, data = cli("verify", pack, "--sources", tmp_path)
        assert (pack.name, status) == (pack.name, 3)
        assert_error(data)


def test_verifying_against_what_is_not_there_is_refused(
    case_path: Path, files: Files, tmp_path: Path, cli: Run
) -> None:
    pack = tmp_path / "pack.pdf"
    assert cli("pack", case_path, "-o", pack)[0] == 0
    status, data = cli("verify", pack, "--case", tmp_path / "none.cambs")
    assert status == 3
    assert_error(data)
    status, data = cli("verify", pack, "--case", case_path, "--sources", files.report.parent)
    assert status == 2
    assert_error(data, "usage")
    status, data = cli("verify", pack, "--sources", tmp_path / "none")
    assert status == 1
    assert_error(data, "unreadable")


def test_check_backup_restore_and_log_say_what_they_did(case_path: Path, cli: Run) -> None:
    copy, again = case_path.with_name("copy.cambs"), case_path.with_name("again.cambs")
    status, data = cli("check", case_path)
    assert_shape(data, CHECK)
    assert (status, data) == (0, {"ok": True, "problems": []})
    assert cli("backup", case_path, "-o", copy) == (
        0, {"case": str(case_path), "backup": str(copy)},
    )  # fmt: skip
    assert cli("restore", copy, "-o", again) == (0, {"case": str(again), "backup": str(copy)})
    status, data = cli("log", again)
    assert status == 0
    assert_shape(data, LOG)
    assert data["intact"] is True
    assert [(each["by"], each["what"], each["subject"]) for each in data["events"]] == [
        ("Maker", "make case", "Camshire 2024"),
        *(("Maker", "import document", name) for name in ("report.pdf", "letter.txt", "notes.md")),
    ]
    edit(again, "UPDATE event SET by = 'Nobody' WHERE seq = 2")
    for command, shape in (("check", CHECK), ("log", LOG)):
        status, data = cli(command, again)
        assert status == 1
        assert_shape(data, shape)
        assert data.get("ok", data.get("intact")) is False


# --- what holds for all ----------------------------------------------------------------------

#: Each command with words that are enough; CASE, REPORT and OUT stand for paths.
COMMANDS = {
    "about": ["CASE"],
    "import": ["CASE", "REPORT"],
    "documents": ["CASE"],
    "describe": ["CASE", "report.pdf", "--title", "T"],
    "remove": ["CASE", "report.pdf"],
    "text": ["CASE", "report.pdf"],
    "tables": ["CASE", "report.pdf"],
    "framework": ["CASE"],
    "search": ["CASE", "county"],
    "tag": ["CASE", *tag_words()],
    "amend": ["CASE", "LINK", "--note", "Seen again"],
    "untag": ["CASE", "LINK"],
    "evidence": ["CASE"],
    "coverage": ["CASE"],
    "pack": ["CASE", "-o", "OUT"],
    "check": ["CASE"],
    "backup": ["CASE", "-o", "OUT"],
    "restore": ["CASE", "-o", "OUT"],
    "log": ["CASE"],
}  # fmt: skip
#: Those that work on a document named by its second word.
OF_A_DOCUMENT = ("describe", "remove", "text", "tables")


def words_of(command: str, case: Path, files: Files, link: str = "LINK") -> list[str]:
    places = {"CASE": str(case), "REPORT": str(files.report), "LINK": link,
              "OUT": str(case.with_name("out.pdf"))}  # fmt: skip
    return [command, *(places.get(word, word) for word in COMMANDS[command])]


@pytest.fixture
def linked(case_path: Path) -> tuple[Path, str]:
    """A closed case with one link in the letter, and the link."""
    with Case.open(case_path, by="A") as case:
        letter = case.document("letter.txt")
        link, _ = case.tag(letter, IN_LETTER, "1.2", Polarity.STRENGTH)
    return case_path, link.id


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_one_object_on_standard_output_and_nothing_else(
    command: str, linked: tuple[Path, str], files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    path, link = linked
    for before, after in ((["--json"], []), ([], ["--json"])):
        words = [*before, *words_of(command, path, files, link), *after]
        status = command_line.run(words)
        told = capsys.readouterr()
        assert isinstance(json.loads(told.out), dict)
        assert told.out.count("\n") == 1
        assert (status in {0, 1}, told.out.endswith("\n")) == (True, True)
        path.with_name("out.pdf").unlink(missing_ok=True)


@pytest.mark.parametrize("command", COMMANDS)
def test_people_get_the_same_as_words(
    command: str, linked: tuple[Path, str], files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    path, link = linked
    assert command_line.run(words_of(command, path, files, link)) == 0
    told = capsys.readouterr().out
    assert told.strip()
    assert not told.lstrip().startswith("{")
    assert "Traceback" not in told


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("what", ["missing", "text", "empty", "folder"])
def test_a_case_that_cannot_be_opened_is_status_3(
    command: str, what: str, files: Files, tmp_path: Path, cli: Run
) -> None:
    path = tmp_path / "other.cambs"
    if what == "folder":
        path.mkdir()
    elif what != "missing":
        path.write_bytes(b"Nothing of the kind. " * 9 if what == "text" else b"")
    before = path.read_bytes() if path.is_file() else None
    status, data = cli(*words_of(command, path, files))
    assert status == 3
    assert_error(data)
    assert beside(path) == ([] if what == "missing" else ["other.cambs"])
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize("command", OF_A_DOCUMENT)
@pytest.mark.parametrize("name", ["none.pdf", "", "Report.pdf", "../report.pdf", "🙂"])
def test_an_unknown_document_is_status_1(
    command: str, name: str, case_path: Path, files: Files, cli: Run
) -> None:
    words = [name if word == "report.pdf" else word for word in words_of(command, case_path, files)]
    before = rows(case_path, "SELECT * FROM document")
    status, data = cli(*words)
    assert status == 1
    assert_error(data, "unknown-document")
    assert rows(case_path, "SELECT * FROM document") == before


@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "search"])
def test_an_unknown_option_is_status_2(
    command: str, case_path: Path, files: Files, cli: Run
) -> None:
    before = case_path.read_bytes()
    status, data = cli(*words_of(command, case_path, files), "--frobnicate")
    assert status == 2
    assert_error(data, "usage")
    assert case_path.read_bytes() == before


@pytest.mark.parametrize("command", [*COMMANDS, "new", "verify"])
def test_a_command_without_its_words_is_status_2(command: str, cli: Run) -> None:
    status, data = cli(command)
    assert status == 2
    assert_error(data, "usage")


@pytest.mark.parametrize("command", ["judge", "frobnicate", "Import", "impor", "--frobnicate", ""])
def test_an_unknown_command_is_status_2(
    command: str, case_path: Path, cli: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    status, data = cli(command, case_path)
    assert status == 2
    assert_error(data, "usage")
    assert command_line.run([command, str(case_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert_plain(told.err.removesuffix("\n"))


def test_without_json_a_reason_goes_to_standard_error(
    case_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, status in (
        (["text", str(case_path), "none.pdf"], 1),
        (["text", str(case_path), "report.pdf", "--page", "x"], 2),
        (["text", str(case_path.with_name("none.cambs")), "report.pdf"], 3),
    ):
        assert command_line.run(words) == status
        told = capsys.readouterr()
        assert told.out == ""
        assert_plain(told.err.removesuffix("\n"))


@pytest.mark.parametrize(
    ("command", "event"),
    [("about", "describe case"), ("import", "import document"), ("describe", "describe document"),
     ("remove", "remove document"), ("tag", "tag 1.1"), ("amend", "change link 1.2"),
     ("untag", "untag 1.2")],
)  # fmt: skip
def test_who_is_acting_stands_in_the_log(
    command: str, event: str, linked: tuple[Path, str], files: Files, tmp_path: Path, cli: Run
) -> None:
    path, link = linked
    words = words_of(command, path, files, link)
    if command == "about":
        words += ["--author", "X"]
    if command == "import":
        fresh = tmp_path / "fresh.txt"
        fresh.write_text("Fresh words.\n", encoding="utf-8")
        words[-1] = str(fresh)
    assert cli(*words, "--by", " Zoë 张 ")[0] == 0
    last = cli("log", path)[1]["events"][-1]
    assert (last["by"], last["what"]) == ("Zoë 张", event)


def test_without_a_name_the_settings_and_then_the_login_say_who_acts(
    blank_path: Path, cli: Run
) -> None:
    def by(*words: str) -> str:
        assert cli("about", blank_path, "--author", "X", *words)[0] == 0
        name = cli("log", blank_path)[1]["events"][-1]["by"]
        assert isinstance(name, str)
        return name

    login = getpass.getuser()
    assert by() == login
    assert by("--by", "  ") == login
    settings = paths.settings_file()
    settings.parent.mkdir(parents=True, exist_ok=True)
    try:
        settings.write_text('name = "Quality Officer"\n', encoding="utf-8")
        assert by() == "Quality Officer"
        assert by("--by", "Ann") == "Ann"
        for broken in (b"name = ", b'name = ""\n', b'name = "\xff\xfe"\n', b"\x00\x01"):
            settings.write_bytes(broken)
            assert by() == login
    finally:
        settings.unlink()


def test_by_stands_before_or_after_the_command(blank_path: Path, cli: Run) -> None:
    assert cli("--by", "Ann", "about", blank_path, "--author", "X")[0] == 0
    assert cli("--by", "Ann", "about", blank_path, "--author", "Y", "--by", "Ben")[0] == 0
    assert [each["by"] for each in cli("log", blank_path)[1]["events"][-2:]] == ["Ann", "Ben"]


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["tag", "--help"]])
def test_help_and_version_are_no_errors(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.run(words) == 0
    told = capsys.readouterr()
    assert told.out.strip()
    assert told.err == ""


def test_control_characters_of_a_document_never_reach_the_terminal(
    blank_path: Path, tmp_path: Path, cli: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "evil.txt"
    source.write_bytes(b"Before \x1b[31mred\x1b[0m after [bold]markup[/bold].\n" + b"word " * 400)
    assert cli("import", blank_path, source)[0] == 0
    assert cli("describe", blank_path, "evil.txt", "--title", "A \x1b[2J [red]title[/red]")[0] == 0
    for words in (["text", "evil.txt"], ["documents"], ["search", "after"], ["log"], ["check"]):
        assert command_line.run([words[0], str(blank_path), *words[1:]]) == 0
        told = capsys.readouterr()
        assert "\x1b" not in told.out + told.err
    assert command_line.run(["documents", str(blank_path)]) == 0
    assert "[red]title[/red]" in re.sub(r"\s+", " ", capsys.readouterr().out)


# --- the program as a process ----------------------------------------------------------------


def test_the_program_works_as_a_process_from_new_to_log(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "Prüfung.cambs"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}

    def told(*words: object, status: int = 0) -> dict[str, Any]:
        done = run_program(*words, "--json", env=environment)
        assert (done.returncode, done.stderr) == (status, "")
        data = json.loads(done.stdout)
        assert isinstance(data, dict)
        return data

    assert told("new", path) == {"case": str(path)}
    data = told("import", path, files.letter)
    assert [each["status"] for each in data["results"]] == ["imported"]
    data = told("tag", path, *tag_words(IN_LETTER, "letter.txt"), "--by", "Zoë")
    assert data["quote"] == IN_LETTER
    assert told("log", path)["events"][-1]["by"] == "Zoë"
    assert_error(told("untag", path, "nobody", status=1), "unknown-link")
    assert_error(told("log", tmp_path / "none.cambs", status=3), "missing")
    assert beside(path) == ["Prüfung.cambs"]


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe ends otherwise there")
def test_a_reader_that_goes_away_is_no_fault(case_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "cambs_evidence", "framework", str(case_path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 0


#: A byte that is no text, as the system hands it over.
STRAY = os.fsdecode(b"\xff")


@pytest.mark.skipif(sys.platform == "win32", reason="words are text there")
@pytest.mark.parametrize(
    "words",
    [["search", "CASE", STRAY], ["search", "CASE", f"county{STRAY}"],
     ["text", "CASE", f"{STRAY}.pdf"], ["about", "CASE", "--author", STRAY],
     ["about", "CASE", "--period", f"{STRAY}..2024"], ["untag", "CASE", STRAY],
     ["tag", "CASE", *tag_words(), "--note", STRAY], ["tag", "CASE", *tag_words(STRAY)],
     ["tag", "CASE", *tag_words(), "--by", STRAY], ["evidence", "CASE", "--criterion", STRAY],
     ["describe", "CASE", "report.pdf", "--title", STRAY], ["log", f"{STRAY}.cambs"],
     ["import", "CASE", f"/{STRAY}/none.pdf"], ["pack", "CASE", "-o", f"/{STRAY}/p.pdf"],
     ["verify", f"{STRAY}.pdf"], [STRAY]],
    ids=lambda words: repr(words[:3]),
)  # fmt: skip
def test_words_that_are_no_text_are_no_fault(case_path: Path, cli: Run, words: list[str]) -> None:
    status, data = cli(*(str(case_path) if word == "CASE" else word for word in words))
    assert status in {0, 1, 2, 3}
    if "error" in data:
        assert_error(data)


@pytest.mark.skipif(sys.platform == "win32", reason="words are text there")
def test_a_process_is_given_words_that_are_no_text(case_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cambs_evidence", "search", case_path, b"\xff", "--json"],
        capture_output=True, check=False, timeout=180,
    )  # fmt: skip
    assert (done.returncode in {0, 1, 2}, done.stderr) == (True, b"")
    data = json.loads(done.stdout.decode("utf-8"))
    assert data.get("error", {}).get("code") != "fault"


# --- a new version ---------------------------------------------------------------------------


def test_replace_says_what_is_exact_moved_and_lost(
    case_path: Path, cli: Run, tmp_path: Path
) -> None:
    first, second, _ = REPORT
    newer = make_pdf(tmp_path / "newer.pdf", (("One line more.", "", *first), second))
    _, listed = cli("documents", case_path)
    [known] = [each["id"] for each in listed["documents"] if each["filename"] == "report.pdf"]
    links = {}
    for quote in (ONCE_P1, ONCE_P2, ONCE_P3):
        _, told = cli("tag", case_path, "--document", "report.pdf", "--quote", quote,
                      "--criterion", "1.1", "--polarity", "strength")  # fmt: skip
        links[quote] = told
    status, told = cli("replace", case_path, "report.pdf", newer)
    assert status == 0
    assert told == {
        "exact": 1,
        "moved": [
            {
                "passage": links[ONCE_P1]["passage"], "links": [links[ONCE_P1]["link"]],
                "page": 1, "quote": ONCE_P1, "new_page": 1, "new_quote": ONCE_P1,
            }
        ],
        "lost": [
            {
                "passage": links[ONCE_P3]["passage"], "links": [links[ONCE_P3]["link"]],
                "page": 3, "quote": ONCE_P3, "new_page": None, "new_quote": None,
            }
        ],
    }  # fmt: skip
    _, told = cli("evidence", case_path, "--document", known)
    assert {each["quote"]: each["anchor"] for each in told["links"]} == {
        ONCE_P1: "moved", ONCE_P2: "exact", ONCE_P3: "lost",
    }  # fmt: skip
    assert {each["document"] for each in told["links"]} == {known}
    status, told = cli("accept", case_path, links[ONCE_P1]["passage"])
    assert (status, told) == (0, {"passage": links[ONCE_P1]["passage"]})
    _, told = cli("documents", case_path)
    [now] = [each for each in told["documents"] if each["id"] == known]
    assert (now["filename"], now["links"], now["pages"]) == ("newer.pdf", 3, 2)
    assert cli("check", case_path)[1]["ok"]


def test_replace_refuses_the_same_bytes_and_what_is_not_there(
    case_path: Path, files: Files, cli: Run, tmp_path: Path
) -> None:
    for file, code in ((files.report, "duplicate"), (tmp_path / "none.pdf", "missing")):
        status, told = cli("replace", case_path, "report.pdf", file)
        assert status == 1
        assert_plain(assert_error(told, code))
    status, told = cli("replace", case_path, "another.pdf", files.report)
    assert status == 1
    assert_error(told, "unknown-document")


def test_accept_refuses_a_passage_that_waits_for_nothing(case_path: Path, cli: Run) -> None:
    status, told = cli("accept", case_path, "nothing")
    assert status == 1
    assert_error(told, "unknown-passage")
