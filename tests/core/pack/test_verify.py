"""Verifying: what is sound is verified, and what was changed is found and named."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from cambs_evidence.case import Case, verify_pack
from cambs_evidence.errors import CannotOpen
from cambs_evidence.model import Verification

from .conftest import SAMPLE
from .forging import manifest, resealed, rewritten


def verified(pack: Path, **against: Path) -> Verification:
    result = list(verify_pack(pack, by="auditor", **against))[-1]
    assert isinstance(result, Verification)
    return result


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    shutil.copytree(SAMPLE / "documents", folder)
    return folder


def test_every_quote_of_the_sample_is_verified_against_sources(
    sample_pack: Path, sources: Path
) -> None:
    result = verified(sample_pack, sources=sources)
    assert result.verified == result.excerpts > 30
    assert not result.failures
    assert {each.status for each in result.documents} == {"same"}


def test_every_quote_is_verified_against_the_case(sample_pack: Path, sample_file: Path) -> None:
    result = verified(sample_pack, case=sample_file)
    assert result.verified == result.excerpts
    assert not result.failures


def test_sources_are_told_by_content_and_not_by_name(sample_pack: Path, sources: Path) -> None:
    for number, path in enumerate(sorted(sources.iterdir())):
        path.rename(sources / f"{number}.bin")
    assert {each.status for each in verified(sample_pack, sources=sources).documents} == {"same"}


def test_a_missing_source_is_named_and_fails_no_quote(sample_pack: Path, sources: Path) -> None:
    (sources / "youth-survey-2018.pdf").unlink()
    result = verified(sample_pack, sources=sources)
    missing = [each.filename for each in result.documents if each.status == "missing"]
    assert missing == ["youth-survey-2018.pdf"]
    assert not result.failures
    assert result.verified < result.excerpts


def test_one_changed_letter_fails_just_the_quotes_that_hold_it(
    sample_pack: Path, sources: Path, sample: Case
) -> None:
    path = sources / "improvement-board-minutes-2023.txt"
    links = sample.evidence(document=sample.document(path.name))
    text = path.read_text(encoding="utf-8")
    start, _ = links[0].passage.anchor.source or (0, 0)
    at = next(n for n in range(start + 5, start + 60) if text[n].isalpha())
    changed = "z" if text[at] != "z" else "y"
    path.write_text(text[:at] + changed + text[at + 1 :], encoding="utf-8")
    holding = {
        link.id
        for link in links
        for source in (link.passage.anchor.source or (0, 0),)
        if source[0] <= at < source[1]
    }
    result = verified(sample_pack, sources=sources)
    assert [each.filename for each in result.documents if each.status == "changed"] == [path.name]
    assert {each.link for each in result.failures} == holding
    assert result.verified == result.excerpts - len(holding)


def test_a_change_outside_all_quotes_fails_none(sample_pack: Path, sources: Path) -> None:
    path = sources / "improvement-board-minutes-2023.txt"
    path.write_text(path.read_text(encoding="utf-8") + "\nOne line more.\n", encoding="utf-8")
    result = verified(sample_pack, sources=sources)
    assert [each.status for each in result.documents].count("changed") == 1
    assert not result.failures
    assert result.verified == result.excerpts


def test_a_changed_pdf_fails_the_quotes_that_are_gone(
    sample_pack: Path, sources: Path, sample: Case
) -> None:
    path = sources / "inspection-report-2023.pdf"
    links = sample.evidence(document=sample.document(path.name))
    page = links[0].passage.page
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        blank = document.pages[page]
        blank.obj.Contents = document.make_stream(b"")
        document.save(path)
    gone = {
        link.id for link in links if any(span.page == page for span in link.passage.anchor.spans)
    }
    result = verified(sample_pack, sources=sources)
    assert {each.link for each in result.failures} == gone
    assert all(each.document == path.name for each in result.failures)


@pytest.mark.parametrize(
    "part", ["quote", "note", "criterion", "polarity", "reference", "by", "page_label"]
)
def test_a_changed_claim_contradicts_the_print(
    sample_pack: Path, sources: Path, tmp_path: Path, part: str
) -> None:
    wanted = {
        "criterion": "1.2", "polarity": "neutral", "reference": "E999", "page_label": "977",
    }  # fmt: skip

    def change(told: dict[str, Any]) -> None:
        claim = next(
            each
            for each in told["excerpts"]
            if each["note"] and each["criterion"] != "1.2" and each["polarity"] != "neutral"
        )
        claim[part] = wanted.get(part) or claim[part][:-2] + "x" + claim[part][-1]
        told["changed"] = claim["link"]

    forged = rewritten(sample_pack, tmp_path / "forged.pdf", change)
    result = verified(forged, sources=sources)
    named = [each for each in result.failures if each.link]
    assert len(named) == 1
    assert "prints" in named[0].reason


def test_an_excerpt_that_the_manifest_leaves_out_is_found(
    sample_pack: Path, sources: Path, tmp_path: Path
) -> None:
    forged = rewritten(sample_pack, tmp_path / "forged.pdf", lambda told: told["excerpts"].pop(4))
    result = verified(forged, sources=sources)
    assert ["E5" in each.reason for each in result.failures] == [True]


@pytest.mark.parametrize("part", ["offset", "box", "paragraph"])
def test_a_place_that_is_not_the_quotes_own_is_found(
    sample_pack: Path, sources: Path, tmp_path: Path, part: str
) -> None:
    def change(told: dict[str, Any]) -> None:
        span = told["excerpts"][0]["spans"][0]
        if part == "offset":
            span[1], span[2] = span[1] + 40, span[2] + 40
        elif part == "box":
            span[3] = [[0, 0, 595, 842]]
        else:
            told["excerpts"][0]["paragraph"] = "999"

    result = verified(rewritten(sample_pack, tmp_path / "forged.pdf", change), sources=sources)
    assert len(result.failures) == 1


def test_a_changed_print_contradicts_the_claim(
    sample_pack: Path, sources: Path, tmp_path: Path
) -> None:
    forged = tmp_path / "forged.pdf"
    claim = next(each for each in manifest(sample_pack)["excerpts"] if "council" in each["quote"])
    with pikepdf.open(sample_pack) as document:
        page = document.pages[claim["print"]["quote"][0][0]]
        code = page.Contents.read_bytes()
        assert b"council" in code
        page.Contents = document.make_stream(code.replace(b"council", b"counsel"))
        resealed(document)
        document.save(forged)
    result = verified(forged, sources=sources)
    assert claim["link"] in {each.link for each in result.failures}


def test_a_consistent_forgery_fails_against_the_source(
    sample_pack: Path, sources: Path, tmp_path: Path
) -> None:
    """Print and manifest agree, but the source says something else."""

    def change(told: dict[str, Any]) -> None:
        one, other = told["excerpts"][0], told["excerpts"][1]
        one["spans"], one["source"] = other["spans"], other["source"]
        one["document"] = other["document"]

    result = verified(rewritten(sample_pack, tmp_path / "forged.pdf", change), sources=sources)
    assert len(result.failures) == 1


def test_a_case_that_moved_on_contradicts_the_pack(sample_pack: Path, sample: Case) -> None:
    first, second = sample.evidence()[:2]
    sample.untag(first.id)
    sample.close()
    result = verified(sample_pack, case=sample.path)
    assert {each.link for each in result.failures} == {first.id}
    assert second.id not in {each.link for each in result.failures}


def test_without_case_or_folder_the_sources_beside_the_pack_are_taken(
    sample_pack: Path, sources: Path
) -> None:
    beside = sources / "pack.pdf"
    shutil.copyfile(sample_pack, beside)
    assert verified(beside).verified == verified(beside).excerpts


@pytest.mark.parametrize("name", ["youth-survey-2018.pdf", "improvement-board-minutes-2023.txt"])
def test_what_is_no_pack_is_refused(name: str, sources: Path) -> None:
    with pytest.raises(CannotOpen):
        verified(sources / name, sources=sources)


@pytest.mark.parametrize("harm", ["gone", "twice", "endless", "nowhere"])
def test_a_damaged_manifest_is_refused(
    sample_pack: Path, sources: Path, tmp_path: Path, harm: str
) -> None:
    def change(told: dict[str, Any]) -> None:
        first = told["excerpts"][0]
        if harm == "gone":
            del first["spans"]
        elif harm == "twice":
            told["excerpts"].append(first)
        elif harm == "endless":
            first["page"] = float("inf")
        else:
            first["spans"][0][3] = [[float("nan")] * 4]

    forged = rewritten(sample_pack, tmp_path / "forged.pdf", change)
    with pytest.raises(CannotOpen):
        verified(forged, sources=sources)
