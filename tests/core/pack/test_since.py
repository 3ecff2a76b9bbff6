"""What has changed since an earlier pack: told, marked, the same each time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from cambs_evidence.case import Case
from cambs_evidence.errors import CannotOpen, EvidenceError, Refused
from cambs_evidence.model import Grade, PackOptions, Polarity
from cambs_evidence.pack.changes import Changes
from cambs_evidence.review import Verdict
from tests.support import Run, assert_plain, edit

from .conftest import DATE, SAMPLE, build
from .forging import manifest, rewritten
from .test_verify import verified

EARLIER = PackOptions(date=DATE, annex="none")
GAP = "3.1"


@pytest.fixture(scope="module")
def before(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An earlier pack of the sample case; not to be changed."""
    path = tmp_path_factory.mktemp("before") / "before.pdf"
    with Case.open(sample_file, by="officer", readonly=True) as case:
        build(case, path, EARLIER)
    return path


def since(case: Case, target: Path, earlier: Path, **options: Any) -> str:
    """Builds a pack that compares itself with an earlier one; its text."""
    build(case, target, PackOptions(date="2025-09-01", annex="none", since_pack=str(earlier),
                                    **options))  # fmt: skip
    document = pypdfium2.PdfDocument(target)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return " ".join(text.split())


def changes(case: Case, earlier: Path) -> Changes:
    """What differs, past the print."""
    from cambs_evidence.pack.build import contents_of  # noqa: PLC0415
    from cambs_evidence.pack.changes import compared  # noqa: PLC0415
    from cambs_evidence.pack.verify import opened  # noqa: PLC0415

    material = case._material(case.limits())
    contents = contents_of(material, EARLIER, case.limits())
    _, told = opened(earlier)
    found = compared(contents, told, "0" * 64, material.links, material.documents).changes
    assert found is not None
    return found


def test_without_a_change_it_is_said_that_nothing_has_changed(
    sample: Case, before: Path, tmp_path: Path
) -> None:
    text = since(sample, tmp_path / "new.pdf", before)
    number = manifest(before)["number"]
    assert f"What has changed Since pack {number} of 1 April 2025" in text
    assert "Nothing has changed." in text
    assert "new since" not in text
    assert manifest(tmp_path / "new.pdf")["number"] != number


def test_what_is_not_compared_says_nothing_of_it(before: Path) -> None:
    assert manifest(before)["since"] is None


def test_new_changed_and_gone_are_told_marked_and_proved(
    sample: Case, before: Path, tmp_path: Path
) -> None:
    was = {each["link"]: each for each in manifest(before)["excerpts"]}
    first, second, third, fourth = sample.evidence()[:4]
    sample.untag(first.id)
    sample.amend(second.id, note="Another note")
    other = next(each for each in Polarity if each is not third.polarity)
    sample.amend(third.id, polarity=other)
    sample.decide(fourth.id, Verdict.QUERY, "Which year?")
    document = sample.document("youth-survey-2018.pdf")
    [*_, layer] = sample.text(document).pages
    words = layer.text[layer.body[0] : layer.body[0] + 50].strip()
    sample.tag(document, words, GAP, Polarity.STRENGTH)
    block = next(section.blocks[0] for section in sample.framework().sections)
    sample.judge(block[0], summary="Judged anew.", grade=Grade.AMBER)
    target = tmp_path / "new.pdf"
    text = since(sample, target, before)
    told = manifest(target)
    news = {each["link"]: each["news"] for each in told["excerpts"]}
    assert news[second.id] == news[third.id] == news[fourth.id] == "changed since 1 April 2025"
    assert sorted(news.values()).count("new since 1 April 2025") == 1
    assert text.count("· new since 1 April 2025") == 1
    assert text.count("· changed since 1 April 2025") == 3
    found = changes(sample, before)
    assert [each.excerpt.link.id for each in found.altered] == [
        each["link"] for each in told["excerpts"] if each["news"].startswith("changed")
    ]
    what = {each.excerpt.link.id: each.what for each in found.altered}
    assert what[second.id] == ("note",) if second.note else ("note added",)
    assert what[third.id] == (f"polarity, was {third.polarity.value}",)
    assert what[fourth.id] == ("decision, was undecided",)
    [gone] = found.gone
    assert (gone.was, gone.why) == (was[first.id]["reference"], "taken away")
    # The words of what was taken away may be why it was.
    assert (
        " ".join(first.passage.anchor.quote.split())[:50] not in text.partition("Gone: 1")[2][:900]
    )
    assert any(each.name == GAP and "Gap closed" in each.what for each in found.states or ())
    assert any("judged" in each.what or "amber" in each.what for each in found.judgements or ())
    assert f"{GAP} Gap closed" in text
    for against in ({"case": sample.path}, {"sources": SAMPLE / "documents"}):
        result = verified(target, **against)
        assert (result.verified, result.failures) == (result.excerpts, ())
        assert manifest(before)["number"] in result.since


def test_the_same_comparison_gives_the_same_bytes(
    sample: Case, before: Path, tmp_path: Path
) -> None:
    sample.untag(sample.evidence()[0].id)
    elsewhere = Path(shutil.copy(before, tmp_path / "renamed.pdf"))
    since(sample, tmp_path / "one.pdf", before)
    since(sample, tmp_path / "two.pdf", elsewhere)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_tagged_again_at_the_same_place_is_the_same(sample: Case, before: Path) -> None:
    link = sample.evidence()[0]
    sample.untag(link.id)
    document = sample.document(link.filename)
    sample.tag_anchor(document, link.passage.anchor, sample.target(link.code), link.polarity,
                      note=link.note)  # fmt: skip
    assert changes(sample, before).nothing


def test_other_filters_are_said_plainly(sample: Case, before: Path, tmp_path: Path) -> None:
    text = since(sample, tmp_path / "new.pdf", before, sections=(1, 2))
    assert "made with other filters (then: none; now: Sections 1, 2 only)" in text
    assert "left out by the filters of this pack" in text


def test_a_document_that_is_quoted_no_more_and_one_that_is_new_are_named(
    sample: Case, before: Path, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("The board met in May and agreed a plan.\n", encoding="utf-8")
    list(sample.import_files([notes]))
    sample.tag(sample.document("notes.txt"), "agreed a plan", "1.1", Polarity.NEUTRAL)
    survey = sample.document("youth-survey-2018.pdf")
    sample.remove(survey, with_links=True)
    told = {each.name: each.what for each in changes(sample, before).documents}
    assert told["Notes"] == "quoted for the first time since"
    assert told[survey.title].startswith("no longer")


def test_an_older_pack_that_does_not_say_so_much_is_compared_as_far_as_it_goes(
    sample: Case, before: Path, tmp_path: Path
) -> None:
    def older(told: dict[str, Any]) -> None:
        for name in ("criteria", "judgements", "since", "prints", "seal"):
            told.pop(name)

    old = rewritten(before, tmp_path / "old.pdf", older, sealed=False)
    sample.untag(sample.evidence()[0].id)
    text = since(sample, tmp_path / "new.pdf", old)
    assert "not compared" in text
    assert "does not say in what state its criteria were" in text


def _letter(told: dict[str, Any]) -> None:
    told["excerpts"][0]["note"] = "Never said"


def _other_title(told: dict[str, Any]) -> None:
    told["title"] = "Another title"


@pytest.mark.parametrize(
    ("change", "sealed"), [(_letter, True), (_letter, False), (_other_title, False)]
)
def test_an_earlier_pack_that_was_changed_is_refused(
    sample: Case, before: Path, tmp_path: Path, change: Callable[..., None], sealed: bool
) -> None:
    forged = rewritten(before, tmp_path / "forged.pdf", change, sealed=sealed)
    with pytest.raises(CannotOpen) as caught:
        since(sample, tmp_path / "new.pdf", forged)
    assert_plain(caught.value.reason)
    assert "forged.pdf" in caught.value.reason
    assert not (tmp_path / "new.pdf").exists()


def test_what_is_no_pack_or_of_another_case_or_the_target_is_refused(
    sample: Case, before: Path, tmp_path: Path, cli: Run
) -> None:
    with Case.create(tmp_path / "other.cambs", by="officer", title="Another") as other:
        build(other, tmp_path / "other.pdf", EARLIER)
    own = Path(shutil.copy(before, tmp_path / "own.pdf"))
    for earlier, target, kind in (
        (SAMPLE / "documents" / "youth-survey-2018.pdf", "new.pdf", CannotOpen),
        (tmp_path / "absent.pdf", "new.pdf", CannotOpen),
        (tmp_path / "other.pdf", "new.pdf", Refused),
        (own, "own.pdf", Refused),
    ):
        with pytest.raises(kind) as caught:
            since(sample, tmp_path / target, earlier)
        assert isinstance(caught.value, EvidenceError)
        assert_plain(caught.value.reason)
    assert own.read_bytes() == before.read_bytes()
    sample.close()
    status, data = cli("pack", sample.path, "-o", tmp_path / "c.pdf", "--since-pack",
                       tmp_path / "other.pdf")  # fmt: skip
    assert (status, data["error"]["code"]) == (1, "other-case")
    assert cli("pack", sample.path, "-o", tmp_path / "c.pdf", "--since-pack", own)[0] == 0


def test_where_the_earlier_pack_lay_is_told_to_nobody(
    sample: Case, before: Path, tmp_path: Path
) -> None:
    since(sample, tmp_path / "new.pdf", before)
    assert str(before.parent) not in json.dumps(manifest(tmp_path / "new.pdf"))
    sample.close()
    edit(sample.path, "UPDATE pack SET by = by WHERE options NOT LIKE ?", (f"%{before.parent}%",))
