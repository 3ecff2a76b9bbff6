"""Judgements and actions in a pack: printed in words, references linked to their excerpts."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from cambs_evidence.case import Case, verify_pack
from cambs_evidence.model import PackOptions, Polarity, Verification
from cambs_evidence.summaries import GONE, token

from .conftest import DATE, build
from .standards import failures

OPTIONS = PackOptions(date=DATE, sections=(4,), annex="none")
MARKUP = "<b>bold</b> & [[link:x]] {\\pard} %PDF"


@pytest.fixture(scope="module")
def judged(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A judged case, closed, and a pack of its fourth section."""
    folder = tmp_path_factory.mktemp("judged")
    path, pack = folder / "judged.cambs", folder / "pack.pdf"
    shutil.copyfile(sample_file, path)
    with Case.open(path, by="Author") as case:
        here = case.evidence(code="4.1")[0]
        elsewhere = case.evidence(code="12.4")[0]
        gone = "0a1b2c3d-0000-4000-8000-0123456789ab"
        summary = (
            f"{MARKUP}\n\n- As told: {token(here.id)}\n2. And there: {token(elsewhere.id)}\n"
            f"{token(gone)}\n" + "Long. " * 3000
        )
        case.judge("4.1", summary=summary, grade="adequate")
        case.add_action(
            "4.4", "Train managers", owner="Head of service", due="2025-06", link=here.id
        )
        case.add_action("4.4", "Meet")
        build(case, pack, OPTIONS)
    return path, pack


def _pages(pack: Path) -> list[str]:
    with pypdfium2.PdfDocument(pack) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return [re.sub(r"\s+", " ", each.replace("\ufffe", "-")) for each in pages]


def _text(pack: Path) -> str:
    return " ".join(_pages(pack))


def test_summary_grade_and_actions_are_printed_in_words(judged: tuple[Path, Path]) -> None:
    text = _text(judged[1])
    assert "Grade: Adequate" in text
    assert MARKUP in text
    assert "Judged by Author" in text
    in_full = text[text.index("BLOCK 4.1–4.6") :]
    assert in_full.count("Long.") == 3000
    assert f"[{GONE}]" in in_full
    # A quote within the pack is told by its reference, one that the filters leave out without.
    assert re.search(r"• As told: “[^”]+” \([^)]+, E1\)", text)
    assert re.search(r"2\. And there: “[^”]+” \([^)]+, page \d+[^)]*\)", text)
    assert "Train managers (E1) Head of service June 2025 not yet" in text
    assert "Meet nobody named no date not yet" in text
    assert "Not judged yet: no summary, no grade." in text


def test_a_reference_leads_to_its_excerpt_and_the_pack_is_proved(
    judged: tuple[Path, Path],
) -> None:
    path, pack = judged
    pages = _pages(pack)
    judged_on = next(n for n, text in enumerate(pages) if "As told" in text)
    printed_on = next(n for n, text in enumerate(pages) if "Strength · 4.1 · E1" in text)
    with pikepdf.open(pack) as pdf:
        order = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        leading = [order[each.Dest[0].objgen] for each in pdf.pages[judged_on].Annots.as_list()]
    assert printed_on in leading
    *_, result = verify_pack(pack, by="A", case=path)
    assert isinstance(result, Verification)
    assert not result.failures
    assert result.verified == result.excerpts > 0


def test_a_judged_pack_holds_to_the_standards(judged: tuple[Path, Path]) -> None:
    assert failures(judged[1]) == []
    with pikepdf.open(judged[1]) as pdf:
        roles = [str(each.S) for each in pdf.objects if isinstance(each, pikepdf.Dictionary)
                 and "/S" in each]  # fmt: skip
    # The two items of the summary, on the section's own page and in full, and its two bars.
    assert roles.count("/Lbl") == 2 + 2 + 2


def test_a_case_that_nobody_has_judged_has_the_pack_that_it_had(sample: Case) -> None:
    options = PackOptions(date=DATE)
    before = sample.pack_contents(options)
    assert not before.judged
    change = sample.judge("4.1", grade="good")
    told = sample.pack_contents(options)
    assert told.number != before.number
    marked = replace(options, marked_only=True, polarity=Polarity.STRENGTH)
    assert sample.pack_contents(marked).judged
    sample.revert(change)
    action, _ = sample.add_action("18", "Meet")
    todo = [each for part in sample.pack_contents(options).parts for each in part.blocks[0].actions]
    assert todo == [action]
    sample.remove_action(action.id)
    assert sample.pack_contents(options).number == before.number
