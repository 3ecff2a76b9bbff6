"""What reviewers said stands in the pack, with who signed off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2

from cambs_evidence.case import Case, verify_pack
from cambs_evidence.model import PackOptions, PackResult, Polarity, Verification
from cambs_evidence.review import Verdict
from tests.core.audit.conftest import ids
from tests.core.pack.forging import rewritten


def _built(case: Case, path: Path) -> tuple[PackResult, str]:
    made = list(case.build_pack(path, PackOptions(annex="none", date="2025-01-01")))[-1]
    assert isinstance(made, PackResult)
    document = pypdfium2.PdfDocument(path)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return made, " ".join(text.split())


def test_decisions_threads_and_sign_off_stand_in_the_pack(tagged: Path, tmp_path: Path) -> None:
    with Case.open(tagged, by="Ann") as case:
        plain, text = _built(case, tmp_path / "plain.pdf")
        assert "What reviewers said" not in text
        links = ids(case)
        case.decide(links["1.1"], Verdict.ACCEPT)
        case.decide(links["2.1"], Verdict.QUERY, "Since which month?")
        report = case.document("report.pdf")
        place = case.anchor(report, case.find(report, "Records are kept"))
        case.note_missing(report, place, case.target("1.2"), Polarity.NEUTRAL, "Take this too.")
        case.sign_off(3, "2024-05-06")
        case.sign_off(1, "2024-05-07")
        case.amend(links["1.1"], note="later")
        case.by = "Author"
        case.answer(links["2.1"], "Since May.")
        path = tmp_path / "reviewed.pdf"
        made, text = _built(case, path)
        assert made.sha256 == _built(case, tmp_path / "again.pdf")[0].sha256
    assert made.sha256 != plain.sha256
    for said in (
        "Reviewed by Ann.", "2.1: answered", "Ann queries", "Since which month?",
        "Author answers", "Since May.", "1.1: accepted, changed since it was reviewed",
        "Passages that reviewers noted as missing", "Take this too.", "Not answered yet.",
        "6 May 2024 signed in the case", "reopened: changed since",
    ):  # fmt: skip
        assert said in text, said
    proof = list(verify_pack(path, by="A", case=tagged))[-1]
    assert isinstance(proof, Verification)
    assert (proof.verified, proof.failures) == (3, ())

    def accepted(told: dict[str, Any]) -> None:
        [asked] = [each for each in told["excerpts"] if each["stand"] == "answered"]
        asked["stand"], asked["decision"] = "accepted", "accept"

    forged = rewritten(path, tmp_path / "forged.pdf", accepted)
    *_, proof = verify_pack(forged, by="A", case=tagged)
    assert isinstance(proof, Verification)
    assert [each.link for each in proof.failures] == [links["2.1"]]
    assert "as its decision" in proof.failures[0].reason
