"""The command line to the letter: keys of the JSON, exit statuses, one sentence for each error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import IN_LETTER, ONCE_P1, Files, Run, assert_error


def _tag(cli: Run, case: Path, **more: object) -> dict[str, Any]:
    words: list[object] = ["tag", case, "--document", "report.pdf", "--quote", ONCE_P1]
    words += ["--criterion", "12.4", "--polarity", "strength"]
    for name, value in more.items():
        words += [f"--{name}", value]
    status, data = cli(*words)
    assert status == 0
    return data


# --- the keys --------------------------------------------------------------------------------


def test_new_and_about(cli: Run, tmp_path: Path) -> None:
    case = tmp_path / "new.cambs"
    assert cli("new", case, "--title", "T") == (0, {"case": str(case)})
    status, data = cli("about", case, "--period", "2024-04-01..2025-03-31", "--marking", "M")
    assert status == 0
    assert set(data) == {
        "title", "authority", "period", "author", "status", "marking", "framework",
    }  # fmt: skip
    assert (data["title"], data["period"]) == ("T", "2024-04-01..2025-03-31")
    assert data["author"] is None


def test_import_says_what_became_of_each_path(cli: Run, blank_path: Path, files: Files) -> None:
    absent = files.report.parent / "absent.pdf"
    status, data = cli("import", blank_path, files.report, files.report, absent)
    assert status == 1
    assert set(data) == {"results"}
    keys = {"path", "status", "document", "title", "pages", "reason"}
    assert all(set(each) == keys for each in data["results"])
    assert sorted(each["status"] for each in data["results"]) == [
        "duplicate", "imported", "refused",
    ]  # fmt: skip
    assert cli("import", blank_path, files.report)[0] == 0  # duplicates alone


def test_documents_describe_and_remove(cli: Run, case_path: Path) -> None:
    _, data = cli("documents", case_path)
    assert all(
        set(each) == {"id", "title", "filename", "media_type", "sha256", "pages", "date", "links"}
        for each in data["documents"]
    )
    known = {each["filename"]: each["id"] for each in data["documents"]}
    described = cli("describe", case_path, "letter.txt", "--date", "2024-11", "--kind", "letter")
    assert described == (0, {"document": known["letter.txt"]})
    _tag(cli, case_path)
    status, data = cli("remove", case_path, "report.pdf")
    assert status == 1
    assert_error(data, "has-links")
    removed = cli("remove", case_path, known["report.pdf"], "--with-links")
    assert removed == (0, {"document": known["report.pdf"], "links": 1})


def test_text_counts_pages_from_one(cli: Run, case_path: Path) -> None:
    _, data = cli("text", case_path, "report.pdf")
    assert set(data) == {"document", "pages"}
    assert all(set(page) == {"page", "label", "text"} for page in data["pages"])
    assert [page["page"] for page in data["pages"]] == list(range(1, len(data["pages"]) + 1))
    _, one = cli("text", case_path, "report.pdf", "--page", 1)
    assert one["pages"] == data["pages"][:1]


def test_framework_gives_the_tree(cli: Run, blank_path: Path) -> None:
    _, data = cli("framework", blank_path)
    assert set(data) == {"name", "version", "sections"}
    assert all(set(each) == {"number", "title", "criteria", "blocks"} for each in data["sections"])
    criteria = [each for section in data["sections"] for each in section["criteria"]]
    assert all(set(each) == {"code", "label", "statement", "marked"} for each in criteria)
    assert (len(data["sections"]), len(criteria)) == (18, 82)
    assert sum(each["marked"] for each in criteria) == 34
    assert sum(len(section["blocks"]) for section in data["sections"]) == 34
    assert (data["sections"][17]["criteria"], data["sections"][17]["blocks"]) == ([], [[]])


def test_search_gives_hits_in_context(cli: Run, case_path: Path) -> None:
    _, data = cli("search", case_path, IN_LETTER.split()[0])
    assert set(data) == {"query", "total", "hits"}
    assert data["total"] == len(data["hits"]) >= 1
    assert all(set(each) == {"document", "page", "snippet"} for each in data["hits"])


def test_tag_and_evidence(cli: Run, case_path: Path) -> None:
    data = _tag(cli, case_path, note="N", by="Officer")
    assert set(data) == {
        "link", "passage", "document", "page", "quote", "criterion", "polarity",
    }  # fmt: skip
    assert (data["quote"], data["criterion"], data["page"]) == (ONCE_P1, "12.4", 1)
    _, listed = cli("evidence", case_path)
    (link,) = listed["links"]
    assert set(link) == {
        "id", "document", "filename", "page", "page_end", "page_label", "paragraph", "quote",
        "criterion", "polarity", "note", "by", "at", "anchor", "decision",
    }  # fmt: skip
    assert (link["by"], link["note"], link["anchor"], link["decision"]) == (
        "Officer", "N", "exact", None,
    )  # fmt: skip
    assert cli("evidence", case_path, "--criterion", "12.5") == (0, {"links": []})
    assert cli("evidence", case_path, "--section", 12, "--polarity", "strength")[1] == listed
    assert cli("evidence", case_path, "--document", "letter.txt") == (0, {"links": []})
    assert cli("untag", case_path, link["id"]) == (0, {"link": link["id"]})


def test_tag_many_says_what_became_of_each(cli: Run, case_path: Path, tmp_path: Path) -> None:
    listed = tmp_path / "tags.json"
    good = {
        "document": "report.pdf", "quote": ONCE_P1, "criterion": "1.1", "polarity": "neutral",
    }  # fmt: skip
    listed.write_text(json.dumps([good, {**good, "criterion": "99"}]), encoding="utf-8")
    status, data = cli("tag", case_path, "--from", listed)
    assert status == 1
    assert all(set(each) == {"index", "status", "link", "reason"} for each in data["results"])
    assert [each["status"] for each in data["results"]] == ["tagged", "refused"]
    assert [each["index"] for each in data["results"]] == [0, 1]


def test_coverage_names_every_criterion(cli: Run, case_path: Path) -> None:
    _tag(cli, case_path)
    _, data = cli("coverage", case_path)
    keys = {
        "code", "marked", "strength", "development", "neutral", "documents", "latest", "state",
    }  # fmt: skip
    assert all(set(each) == keys for each in data["criteria"])
    assert all(set(each) == {"number", "criteria", "covered", "gaps"} for each in data["sections"])
    assert (len(data["criteria"]), len(data["sections"])) == (82, 18)
    told = {each["code"]: each for each in data["criteria"]}
    assert (told["12.4"]["strength"], told["12.4"]["state"]) == (1, "old")  # undated
    assert told["12.5"]["state"] == "none"


def test_pack_verify_check_backup_restore_log(cli: Run, case_path: Path, tmp_path: Path) -> None:
    _tag(cli, case_path)
    pack = tmp_path / "pack.pdf"
    _, built = cli("pack", case_path, "-o", pack, "--date", "2025-01-01", "--annex", "none")
    assert set(built) == {"pack", "pages", "excerpts", "sha256"}
    assert (built["pack"], built["excerpts"]) == (str(pack), 1)
    _, told = cli("verify", pack, "--case", case_path)
    assert set(told) == {"pack", "excerpts", "verified", "documents", "failures"}
    assert told["documents"] == [{"filename": "report.pdf", "status": "same"}]
    empty = tmp_path / "empty"
    empty.mkdir()
    status, told = cli("verify", pack, "--sources", empty)
    assert (status, told["verified"], told["failures"]) == (1, 0, [])
    assert told["documents"] == [{"filename": "report.pdf", "status": "missing"}]
    assert cli("check", case_path) == (0, {"ok": True, "problems": []})
    copy, again = tmp_path / "copy.cambs", tmp_path / "again.cambs"
    assert cli("backup", case_path, "-o", copy)[1] == {"case": str(case_path), "backup": str(copy)}
    assert cli("restore", copy, "-o", again)[1] == {"case": str(again), "backup": str(copy)}
    _, logged = cli("log", again)
    assert set(logged) == {"events", "intact"}
    assert logged["intact"] is True
    assert all(set(each) == {"at", "by", "what", "subject"} for each in logged["events"])


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (2, "usage", ["nonsense"]),
        (2, "usage", ["judge", "CASE", "1.1"]),
        (2, "usage", ["about", "CASE", "--nonsense"]),
        (2, "usage", ["tag", "CASE", "--quote", "x"]),
        (2, "usage", ["text", "CASE", "report.pdf", "--page", "0"]),
        (2, "usage", ["about", "CASE", "--period", "2025..2024"]),
        (2, "usage", ["describe", "CASE", "report.pdf", "--date", "2024-02-30"]),
        (3, "missing", ["documents", "none.cambs"]),
        (3, "missing", ["verify", "none.pdf"]),
        (1, "unknown-document", ["text", "CASE", "none.pdf"]),
        (1, "unknown-page", ["text", "CASE", "report.pdf", "--page", "99"]),
        (1, "unknown-criterion", ["evidence", "CASE", "--criterion", "12"]),
        (1, "unknown-link", ["untag", "CASE", "none"]),
        (1, "unreadable", ["tag", "CASE", "--from", "none.json"]),
        (1, "exists", ["new", "CASE"]),
    ],
)
def test_a_command_that_did_nothing_says_why(
    cli: Run, case_path: Path, status: int, code: str, words: list[str]
) -> None:
    ended, data = cli(*[str(case_path) if word == "CASE" else word for word in words])
    assert ended == status
    assert_error(data, code)


def test_a_quote_that_is_absent_or_ambiguous_is_refused(cli: Run, case_path: Path) -> None:
    words = ["--criterion", "1.1", "--polarity", "neutral"]
    absent = cli("tag", case_path, "--document", "report.pdf", "--quote", "never said", *words)
    assert absent[0] == 1
    assert_error(absent[1], "quote-absent")
    several = cli("tag", case_path, "--document", "report.pdf", "--quote", "e", *words)
    assert several[0] == 1
    assert_error(several[1], "quote-ambiguous")
    chosen = cli(
        "tag", case_path, "--document", "report.pdf", "--quote", "e", "--occurrence", "2", *words
    )
    assert chosen[0] == 0


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"document": "a"}]', "[" * 4000])
def test_a_list_that_does_not_parse_is_words_off(
    cli: Run, case_path: Path, tmp_path: Path, text: str
) -> None:
    listed = tmp_path / "tags.json"
    listed.write_text(text, encoding="utf-8")
    status, data = cli("tag", case_path, "--from", listed)
    assert status == 2
    assert_error(data, "usage")


def test_the_program_itself_prints_one_object_and_nothing_else(case_path: Path) -> None:
    words = [sys.executable, "-m", "cambs_evidence", "--json", "--by", "A", "documents"]
    done = subprocess.run([*words, case_path], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)["documents"]) == 3
    assert done.stdout.count("\n") == 1
