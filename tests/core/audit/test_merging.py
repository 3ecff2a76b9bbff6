"""The way back: reviewers' files and copies of a case, whatever became of both meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from cambs_evidence.case import Case
from cambs_evidence.errors import CannotOpen, Refused
from cambs_evidence.model import (
    Framework,
    Hold,
    Polarity,
    Proposal,
    ReadBlock,
    ReadCriterion,
    ReadSection,
)
from cambs_evidence.review import Stand, Verdict
from tests.core.audit.conftest import copy, export, ids, merge, merge_into, rows_of
from tests.support import (
    ONCE_P1,
    ONCE_P2,
    REPORT,
    Run,
    assert_error,
    assert_plain,
    beside,
    edit,
    make_pdf,
    problems,
    rows,
    take_in,
)


def _said(path: Path, by: str, **verdicts: Verdict) -> Path:
    """Has a reviewer decide on links by their codes, ``c1_1`` for 1.1."""
    with Case.open(path, by=by) as review:
        links = ids(review)
        for name, verdict in verdicts.items():
            review.decide(links[name[1:].replace("_", ".")], verdict, f"{by} says so")
    return path


def _told(path: Path) -> dict[str, list[tuple[str, str]]]:
    """What reviewers say of each link now, by its code."""
    with Case.open(path, by="A", readonly=True) as case:
        links = case.evidence()
        return {
            link.code: [(each.by, each.verdict.value) for each in told.decisions]
            for link, told in zip(links, case.reviews(links), strict=True)
        }


def _log(path: Path) -> list[tuple[str]]:
    """The hashes of a case's log, which nothing that is written leaves as they were."""
    return rows(path, "SELECT hash FROM event ORDER BY seq")


# --- reviewers' files ------------------------------------------------------------------------


def test_two_auditors_come_back_in_whatever_order_and_twice_brings_nothing(
    tagged: Path, bundle: Path, whole: Path, cli: Run
) -> None:
    _said(bundle, "Ann", c1_1=Verdict.ACCEPT, c2_1=Verdict.QUERY)
    _said(whole, "Ben", c1_1=Verdict.ACCEPT, c2_1=Verdict.REJECT)
    other = copy(tagged, "other.cambs")
    shown = cli("review-merge", tagged, bundle, "--dry-run")
    assert shown == (0, {"added": 2, "changed": 0, "conflicts": []})
    assert _told(tagged)["1.1"] == [], "shown, not done"
    assert cli("review-merge", tagged, bundle) == shown
    for path, case in ((whole, tagged), (whole, other), (bundle, other)):
        assert merge_into(case, path).merging.added == 2
    assert _told(tagged) == _told(other)
    assert _told(tagged)["2.1"] == [("Ann", "query"), ("Ben", "reject")]
    before = _log(tagged)
    for path in (bundle, whole, bundle):
        done = merge_into(tagged, path)
        assert (done.merging.added, done.merging.changed, done.backup) == (0, 0, None)
    assert _log(tagged) == before
    assert problems(tagged) == []


def test_a_merge_makes_a_verified_backup_first_and_is_undone_as_one_step(
    tagged: Path, bundle: Path
) -> None:
    _said(bundle, "Ann", c1_1=Verdict.ACCEPT, c3_1=Verdict.REJECT)
    with Case.open(bundle, by="Ann") as review:
        report = review.document("report.pdf")
        area = review.area(report, 0, (60.0, 700.0, 300.0, 780.0))
        review.note_missing(report, area, review.target("1.3"), Polarity.NEUTRAL, "this too")
        review.answer(ids(review)["3.1"], "see page 2")
        review.sign_off(4)
    with Case.open(tagged, by="Author") as case:
        shown = case.merging(bundle)
        assert (shown.added, shown.people, shown.review) == (5, ("Ann",), True)
        for each in shown.incoming:
            assert each.words
        done = list(case.merge(bundle, shown))[-1]
        assert done.backup is not None
        assert problems(done.backup) == []
        assert len(case.findings()) == len(case.sign_offs()) == 1
        undone = case.revert(done.change)
        assert (case.findings(), case.sign_offs(), _stands(case)) == ([], [], {Stand.OPEN})
        assert case.merging(bundle) == shown
        case.revert(undone)
        assert _stands(case) == {Stand.OPEN, Stand.ACCEPTED, Stand.REJECTED}
        link, _ = case.take_missing(case.findings()[0].id)
        assert case.picture(link.passage.id)
        assert case.merging(bundle).added == 0, "an answer to it does not bring it anew"
    assert _told(done.backup) == {"1.1": [], "2.1": [], "3.1": []}
    assert problems(tagged) == []


def _stands(case: Case) -> set[Stand]:
    return {each.stand for each in case.reviews()}


def test_a_reviewer_who_sends_more_later_changes_what_they_said(tagged: Path, bundle: Path) -> None:
    _said(bundle, "Ann", c1_1=Verdict.QUERY)
    early = copy(bundle, "early.cambsreview")
    _said(bundle, "Ann", c1_1=Verdict.ACCEPT, c2_1=Verdict.ACCEPT)
    other = copy(tagged, "other.cambs")
    merge_into(tagged, early)
    told = merge_into(tagged, bundle).merging
    assert (told.added, told.changed) == (1, 1)
    merge_into(other, bundle)
    assert merge_into(other, early).merging.incoming == ()
    assert _told(tagged) == _told(other)
    assert _told(tagged)["1.1"] == [("Ann", "accept")]


def test_a_case_that_has_moved_on_takes_everything_and_tells_what_to_look_at_again(
    tagged: Path, bundle: Path, tmp_path: Path
) -> None:
    every = {"c1_1": Verdict.ACCEPT, "c2_1": Verdict.QUERY, "c3_1": Verdict.REJECT}
    _said(bundle, "Ann", **every)
    with Case.open(bundle, by="Ann") as review:
        report = review.document("report.pdf")
        place = review.anchor(report, review.find(report, "Records are kept"))
        review.note_missing(report, place, review.target("1.2"), Polarity.NEUTRAL)
    with Case.open(tagged, by="Author") as case:
        links = ids(case)
        case.untag(links["3.1"])
        case.amend(links["2.1"], note="clearer now")
        new = make_pdf(tmp_path / "new.pdf", (*REPORT, ("A page more.",)))
        list(case.replace(case.document("report.pdf"), new))
        done = merge(case, bundle)
        assert done.merging.added == 4
        reasons = {each.link: each.reason for each in done.merging.conflicts}
        assert set(reasons) == {links["1.1"], links["2.1"], links["3.1"]}
        assert "replaced" in reasons[links["1.1"]]
        assert "taken away" in reasons[links["3.1"]]
        for reason in reasons.values():
            assert_plain(reason)
        assert [each.outdated for each in case.reviews()] == [("Ann",), ("Ann",)]
        assert case.review_summary().gone == 1
        again = merge(case, bundle)
        assert (again.merging.incoming, again.merging.conflicts) == ((), done.merging.conflicts)
        assert case.take_missing(case.findings()[0].id)[0].passage.anchor.quote
    assert problems(tagged) == []


def test_a_document_that_was_removed_takes_its_decisions_along_in_the_log_alone(
    tagged: Path, bundle: Path
) -> None:
    _said(bundle, "Ann", c1_1=Verdict.ACCEPT)
    with Case.open(tagged, by="Author") as case:
        case.remove(case.document("report.pdf"), with_links=True)
    done = merge_into(tagged, bundle)
    assert (done.merging.added, len(done.merging.conflicts)) == (1, 1)
    assert problems(tagged) == []


def test_a_file_of_another_case_is_refused(blank_path: Path, bundle: Path, cli: Run) -> None:
    before = _log(blank_path)
    status, data = cli("review-merge", blank_path, bundle)
    assert status == 1
    assert_error(data, "other-case")
    assert _log(blank_path) == before
    with Case.open(blank_path, by="A") as case, pytest.raises(Refused):
        case.merging(blank_path)


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "text"])
def test_a_damaged_file_is_refused_before_anything_is_used(
    tagged: Path, bundle: Path, cli: Run, harm: str
) -> None:
    data = bytearray(_said(bundle, "Ann", c1_1=Verdict.ACCEPT).read_bytes())
    if harm == "cut":
        del data[len(data) // 2 :]
    elif harm == "flip":
        data[-1000] ^= 1
    else:
        data = bytearray(b"" if harm == "empty" else b"dear author, all is well" * 20)
    bundle.write_bytes(data)
    for words in (("review-merge", tagged, bundle), ("evidence", bundle)):
        status, told = cli(*words)
        assert status == 3
        assert_error(told)
    assert beside(tagged) == ["case.cambs", "out.cambsreview"]


def test_what_was_shown_is_what_is_done_or_nothing(tagged: Path, bundle: Path) -> None:
    _said(bundle, "Ann", c1_1=Verdict.ACCEPT)
    with Case.open(tagged, by="Author") as case:
        shown = case.merging(bundle)
        case.amend(ids(case)["1.1"], note="meanwhile")
        with pytest.raises(Refused):
            list(case.merge(bundle, shown))
        assert _stands(case) == {Stand.OPEN}


# --- copies ----------------------------------------------------------------------------------


def test_the_work_of_two_officers_on_copies_comes_together(tagged: Path, tmp_path: Path) -> None:
    other = copy(tagged, "other.cambs")
    new = tmp_path / "new.txt"
    new.write_text("The board was renewed in May. All was written down.\n", encoding="utf-8")
    extra = make_pdf(tmp_path / "extra.pdf", (("An extra page of theirs.",),))
    with Case.open(tagged, by="Author") as case:
        links = ids(case)
        take_in(case, new)
        case.tag(case.document("new.txt"), "renewed in May", "4.1", Polarity.STRENGTH)
        case.amend(links["1.1"], note="ours")
        case.untag(links["2.1"])
        case.set_facts(author="Author")
    with Case.open(other, by="Other") as case:
        take_in(case, new, extra)
        case.tag(case.document("new.txt"), "renewed in May", "4.1", Polarity.STRENGTH, note="n")
        case.tag(case.document("extra.pdf"), "extra page", "5.1", Polarity.NEUTRAL)
        case.tag(case.document("report.pdf"), ONCE_P2, "1.2", Polarity.STRENGTH)
        case.amend(links["3.1"], polarity=Polarity.NEUTRAL)
        case.decide(links["3.1"], Verdict.ACCEPT)
        case.describe(case.document("letter.txt"), date="2024-02-02")
        case.set_facts(authority="Camshire")
    with Case.open(tagged, by="Author") as case:
        done = merge(case, other)
        assert done.merging.conflicts == ()
        assert done.merging.people == ("Other",)
        found = {link.code: link for link in case.evidence()}
        assert sorted(found) == ["1.1", "1.2", "3.1", "4.1", "5.1"]
        assert (found["1.1"].note, found["4.1"].note, found["3.1"].polarity) == (
            "ours", "n", Polarity.NEUTRAL,
        )  # fmt: skip
        assert len({each.passage.id for each in (found["3.1"], found["1.2"])}) == 1
        assert (case.facts().author, case.facts().authority) == ("Author", "Camshire")
        assert case.document("letter.txt").date == "2024-02-02"
        assert [each.filename for each in case.documents()].count("new.txt") == 1
        assert case.search("extra")[0] == 1
        assert case.page_bytes(case.document("extra.pdf")) == extra.read_bytes()
        undone = case.revert(done.change)
        assert sorted(ids(case)) == ["1.1", "3.1", "4.1"]
        case.revert(undone)
    before = _log(tagged)
    assert merge_into(tagged, other).change.rows == ()
    assert _log(tagged) == before
    assert merge_into(other, tagged).merging.conflicts == ()
    assert merge_into(tagged, other).change.rows == ()
    for path in (tagged, other):
        assert problems(path) == []


def test_what_both_sides_changed_otherwise_is_told_until_they_agree(tagged: Path, cli: Run) -> None:
    other = copy(tagged, "other.cambs")
    with Case.open(tagged, by="Author") as case:
        links = ids(case)
        case.amend(links["1.1"], note="ours")
        case.amend(links["2.1"], note="ours")
        case.untag(links["3.1"])
    with Case.open(other, by="Other") as case:
        case.amend(links["1.1"], note="theirs")
        case.untag(links["2.1"])
        case.amend(links["3.1"], note="theirs")
    for _ in range(2):
        status, data = cli("review-merge", tagged, other)
        assert (status, data["added"], data["changed"]) == (1, 0, 0)
        assert {each["link"] for each in data["conflicts"]} == set(links.values())
    with Case.open(tagged, by="Author") as case:
        notes = {link.code: link.note for link in case.evidence()}
        assert notes == {"1.1": "ours", "2.1": "ours"}
        case.amend(links["1.1"], note="theirs")
        case.untag(links["2.1"])
        assert {each.link for each in case.merging(other).conflicts} == {links["3.1"]}


def test_sides_that_merge_again_and_again_know_what_they_took(tagged: Path) -> None:
    other = copy(tagged, "other.cambs")
    with Case.open(tagged, by="Author") as case:
        link = ids(case)["1.1"]
        case.amend(link, note="one")
    merge_into(other, tagged, "Other")
    with Case.open(other, by="Other") as case:
        case.amend(link, note="")
    with Case.open(tagged, by="Author") as case:
        done = merge(case, other)
        assert (done.merging.conflicts, case.link(link).note) == ((), None)
        case.amend(link, note="two")
        assert case.merging(other).incoming == (), "ours went on; theirs is what we had"
        case.untag(link)
    assert merge_into(other, tagged, "Other").merging.changed == 1
    assert "1.1" not in _told(other)


def test_a_passage_tagged_in_a_version_that_was_replaced_on_the_other_side_waits(
    tagged: Path, tmp_path: Path
) -> None:
    other = copy(tagged, "other.cambs")
    with Case.open(tagged, by="Author") as case:
        report = case.document("report.pdf")
        new = make_pdf(tmp_path / "new.pdf", (*REPORT, ("A page more.",)))
        list(case.replace(report, new))
    with Case.open(other, by="Other") as case:
        case.tag(report, "Records are kept", "1.2", Polarity.STRENGTH)
        back = copy(tagged, "back.cambs")
    for here, there in ((tagged, other), (other, back)):
        done = merge_into(here, there)
        assert len(done.merging.conflicts) == 1
        with Case.open(here, by="A") as case:
            assert {link.code: link.hold for link in case.evidence()} == {
                "1.1": Hold.EXACT, "1.2": Hold.MOVED, "2.1": Hold.EXACT, "3.1": Hold.EXACT,
            }  # fmt: skip
            [waiting] = case.waiting()
            case.accept(waiting.passage_id)
            assert all(link.hold is Hold.EXACT for link in case.evidence())
            assert case.link(ids(case)["1.2"]).passage.page == 2
        assert problems(here) == []


def test_a_document_replaced_by_other_files_on_both_sides_is_a_conflict(
    tagged: Path, tmp_path: Path
) -> None:
    other = copy(tagged, "other.cambs")
    for path, word in ((tagged, "ours"), (other, "theirs")):
        with Case.open(path, by=word) as case:
            new = make_pdf(tmp_path / f"{word}.pdf", (*REPORT, (f"The page of {word}.",)))
            list(case.replace(case.document("report.pdf"), new))
            document = case.documents()[0]
            case.tag(document, f"page of {word}", "6.1", Polarity.NEUTRAL)
    done = merge_into(tagged, other)
    assert done.change.rows == ()
    assert {each.kind for each in done.merging.conflicts} >= {"document", "link"}
    assert problems(tagged) == []


def test_a_document_removed_on_one_side_stays_where_something_new_stands_in_it(
    tagged: Path,
) -> None:
    other = copy(tagged, "other.cambs")
    with Case.open(other, by="Other") as case:
        case.remove(case.document("report.pdf"), with_links=True)
        case.remove(case.document("letter.txt"))
    with Case.open(tagged, by="Author") as case:
        case.tag(case.document("report.pdf"), "Records are kept", "1.2", Polarity.STRENGTH)
        back = copy(other, "back.cambs")
        done = merge(case, other)
        assert [each.kind for each in done.merging.conflicts] == ["document"]
        assert [link.code for link in case.evidence()] == ["1.2"]
        assert {each.filename for each in case.documents()} == {"report.pdf", "notes.md"}
        case.revert(done.change)
        assert len(case.evidence()) == 4
    done = merge_into(back, tagged)
    assert [each.kind for each in done.merging.conflicts] == ["link"]
    for path in (tagged, back):
        assert problems(path) == []


def test_a_copy_with_an_edited_log_or_row_is_refused(tagged: Path, cli: Run) -> None:
    other = copy(tagged, "other.cambs")
    with Case.open(other, by="Other") as case:
        case.amend(ids(case)["1.1"], note="theirs")
    for number, statement in enumerate((
        "UPDATE event SET by = 'X' WHERE seq = 2",
        "DELETE FROM event WHERE seq = (SELECT max(seq) - 1 FROM event)",
        "UPDATE link SET note = 'forged' WHERE note = 'theirs'",
    )):  # fmt: skip
        forged = copy(other, f"forged{number}.cambs")
        edit(forged, statement)
        with pytest.raises(CannotOpen):
            merge_into(tagged, forged)
        assert cli("review-merge", tagged, forged)[0] == 3
    edit(tagged, "UPDATE event SET by = 'X' WHERE seq = 2")
    with pytest.raises(Refused):
        merge_into(tagged, other)


def test_the_same_bundle_merged_into_both_copies_is_there_once(tagged: Path, bundle: Path) -> None:
    other = copy(tagged, "other.cambs")
    _said(bundle, "Ann", c1_1=Verdict.ACCEPT)
    for path in (tagged, other):
        assert rows_of(merge_into(path, bundle).change, "decision") == 1
    assert merge_into(tagged, other).change.rows == ()
    with Case.open(other, by="Other") as case:
        late = export(case, other.with_name("late.cambsreview"))
    _said(late, "Ann", c2_1=Verdict.REJECT)
    assert merge_into(tagged, late).merging.added == 1
    assert ONCE_P1 in {link.passage.anchor.quote for link in Case.open(tagged, by="A").evidence()}


def _without(framework: Framework, code: str) -> Proposal:
    """The framework of next year: as it is, without one criterion."""
    sections = []
    for section in framework.sections:
        known = {each.code: each for each in section.criteria}
        blocks = [
            ReadBlock(
                tuple(
                    ReadCriterion(each, known[each].label, f"{known[each].label}, in full.",
                                  known[each].marked)
                    for each in codes
                    if each != code
                )
            )
            for codes in section.blocks
        ]  # fmt: skip
        sections.append(ReadSection(section.number, section.title, tuple(blocks)))
    return Proposal("Next year's", "2031", tuple(sections))


def test_a_copy_that_moved_to_another_framework_comes_whole_or_not_at_all(tagged: Path) -> None:
    other, third = copy(tagged, "other.cambs"), copy(tagged, "third.cambs")
    with Case.open(other, by="Other") as case:
        codes = {each: each for each in ids(case)}
        case.adopt(_without(case.framework(), "1.2"), codes)
        moved = case.framework()
    with Case.open(tagged, by="Author") as case:
        case.amend(ids(case)["1.1"], note="ours")
        assert merge(case, other).merging.conflicts == ()
        assert case.framework() == moved
        assert {link.code: link.note for link in case.evidence()}["1.1"] == "ours"
    with Case.open(third, by="Third") as case:
        case.tag(case.document("report.pdf"), "Records are kept", "1.2", Polarity.STRENGTH)
        before = case.framework()
        with pytest.raises(Refused, match="frameworks"):
            merge(case, other)
        assert case.framework() == before
    for path in (tagged, other, third):
        assert problems(path) == []
