"""The whole job on real documents, by the commands a script would use."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from cambs_evidence.command_line import run

from .shared import CORPUS, REPORTS, SAMPLES, needs


class Commands:
    """Runs commands with ``--json``."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: object, status: int | None = 0) -> dict[str, Any]:
        self._capsys.readouterr()
        ended = run([*map(str, words), "--json"])
        out = self._capsys.readouterr().out
        if status is not None:
            assert ended == status, out[:2000]
        return json.loads(out)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


def codes_of(command: Commands, case: Path) -> list[str]:
    tree = command("framework", case)
    codes = [each["code"] for section in tree["sections"] for each in section["criteria"]]
    return [*codes, "18"]


def tag_all(
    command: Commands, case: Path, quotes: list[tuple[str, str, int | None]], folder: Path
) -> list[dict[str, Any]]:
    """Tags quotes ``(document, words, page)`` to all criteria in turn; the links."""
    codes = codes_of(command, case)
    polarities = ("strength", "development", "neutral")
    wanted = [
        {
            "document": document,
            "quote": quote,
            "criterion": codes[(number * 5) % len(codes)],
            "polarity": polarities[number % 3],
            "occurrence": 1,
        }
        | ({"page": page} if page else {})
        for number, (document, quote, page) in enumerate(quotes)
    ]
    listed = folder / "tags.json"
    listed.write_text(json.dumps(wanted), encoding="utf-8")
    results = command("tag", case, "--from", listed)["results"]
    assert [each["reason"] for each in results if each["status"] != "tagged"] == []
    links: list[dict[str, Any]] = command("evidence", case)["links"]
    assert len(links) == len(quotes)
    assert {link["anchor"] for link in links} == {"exact"}
    return links


def squeezed(text: str) -> str:
    return re.sub(r"[^\w]", "", text)


@needs(CORPUS)
def test_corpus_from_folder_to_verified_pack(command: Commands, tmp_path: Path) -> None:
    case, pack, sources = tmp_path / "c.cambs", tmp_path / "pack.pdf", tmp_path / "sources"
    sources.mkdir()
    for path in CORPUS.glob("0*.txt"):
        shutil.copyfile(path, sources / path.name)
    command("new", case)
    imported = command("import", case, sources)["results"]
    assert {each["status"] for each in imported} == {"imported"}
    chosen = random.Random(7)
    quotes = []
    for path in sorted(sources.iterdir()):
        lines = [
            line
            for line in path.read_text(encoding="utf-8").split("\n")
            if len(line) > 90 and not re.search(r"[<*\t]", line)
        ]
        for line in chosen.sample(lines, 16):
            start = line.find(" ", chosen.randrange(0, len(line) - 80)) + 1
            quotes.append((path.name, line[start : start + chosen.randrange(45, 75)].strip(), None))
    links = tag_all(command, case, quotes, tmp_path)
    assert len({link["criterion"].split(".")[0] for link in links}) >= 14
    assert len(links) >= 60
    for (_, quote, _), link in zip(sorted(quotes), sorted_by_place(links, quotes), strict=True):
        assert squeezed(link["quote"]) == squeezed(quote)
    result = command("pack", case, "-o", pack, "--date", "2025-01-01")
    assert result["excerpts"] == len(links)
    told = command("verify", pack, "--sources", sources)
    assert told["verified"] == len(links)

    # One letter of one source changes: that document is changed, and just its quotes fail.
    link = links[0]
    path = sources / link["filename"]
    text = path.read_text(encoding="utf-8")
    begin = text.index(link["quote"])
    at = next(n for n in range(begin + 3, begin + 40) if text[n].isalpha())
    letter = "q" if text[at] != "q" else "j"
    path.write_text(text[:at] + letter + text[at + 1 :], encoding="utf-8")
    holding = {
        each["id"]
        for each in links
        if each["filename"] == path.name
        and (place := text.find(each["quote"])) >= 0
        and place <= at < place + len(each["quote"])
    }
    told = command("verify", pack, "--sources", sources, status=1)
    assert [each["filename"] for each in told["documents"] if each["status"] == "changed"] == [
        path.name
    ]
    assert {each["link"] for each in told["failures"]} == holding


def sorted_by_place(
    links: list[dict[str, Any]], quotes: list[tuple[str, str, int | None]]
) -> list[dict[str, Any]]:
    """The links in the order of the sorted quotes they were made from."""
    by_words = {(link["filename"], squeezed(link["quote"])): link for link in links}
    return [by_words[document, squeezed(quote)] for document, quote, _ in sorted(quotes)]


@needs(REPORTS)
def test_reports_from_folder_to_verified_pack(command: Commands, tmp_path: Path) -> None:
    """Quotes in columns, tables, notes and over page ends, proved by the second engine."""
    case, pack = tmp_path / "r.cambs", tmp_path / "pack.pdf"
    command("new", case)
    imported = command("import", case, REPORTS)["results"]
    assert {each["status"] for each in imported} == {"imported"}
    chosen = random.Random(11)
    quotes: list[tuple[str, str, int | None]] = []
    for document in command("documents", case)["documents"]:
        pages = command("text", case, document["id"])["pages"]
        filled = [page for page in pages if len(page["text"]) > 900]
        for page in chosen.sample(filled, min(len(filled), 6)):
            text = page["text"]
            for _ in range(2):
                start = text.find(" ", chosen.randrange(200, len(text) - 500)) + 1
                end = text.find(" ", start + chosen.randrange(50, 220))
                quotes.append((document["filename"], text[start:end], page["page"]))
    quotes = [each for each in dict.fromkeys(quotes) if len(squeezed(each[1])) > 30]
    assert len(quotes) >= 120
    links = tag_all(command, case, quotes, tmp_path)
    labels = {(link["filename"], link["page"]): link["page_label"] for link in links}
    assert any(label not in {None, str(page)} for (_, page), label in labels.items())
    command("pack", case, "-o", pack, "--date", "2025-01-01")
    told = command("verify", pack, "--sources", REPORTS)
    assert told["failures"] == []
    assert told["verified"] == told["excerpts"] == len(links)


@needs(SAMPLES)
def test_all_samples_are_taken_in_or_refused_with_a_reason(
    command: Commands, tmp_path: Path
) -> None:
    case = tmp_path / "s.cambs"
    command("new", case)
    results = command("import", case, SAMPLES, "--recursive", status=1)["results"]
    status = {Path(each["path"]).name: each["status"] for each in results}
    for line in (SAMPLES / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, _, expected, *_ = line.split("\t")
        if name.endswith(".pdf") and expected.startswith("opens"):
            assert status[name] == "imported", name
        elif expected == "encrypted":
            assert status[name] == "refused", name
    for each in results:
        if each["status"] == "refused":
            assert each["reason"].endswith(".")
            assert "Traceback" not in each["reason"]
    assert command("check", case)["ok"]
