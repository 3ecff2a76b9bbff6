"""Decisions, threads, passages noted as missing, sampling and sign-off, in a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from cambs_evidence.case import Case
from cambs_evidence.errors import Refused, Unknown, WordsOff
from cambs_evidence.model import Polarity
from cambs_evidence.review import Stand, Verdict
from tests.core.audit.conftest import ids
from tests.support import ONCE_P1, Run, make_pdf, problems


def test_each_reviewer_decides_apart_and_the_newest_word_of_each_counts(tagged: Path) -> None:
    with Case.open(tagged, by="Ann") as case:
        link = ids(case)["1.1"]
        _, first = case.decide(link, Verdict.QUERY, "  Which team?  ")
        case.decide(link, Verdict.ACCEPT, seen=True)
        again, change = case.decide(link, Verdict.ACCEPT)
        assert (change.rows, again.seen) == ((), True), "what was said already is not said again"
    with Case.open(tagged, by="Ben") as case:
        assert case.review_of(link).stand is Stand.ACCEPTED
        case.decide(link, Verdict.REJECT)
        told = case.review_of(link)
        assert told.stand is Stand.CONFLICTING
        assert [(each.by, each.verdict.value) for each in told.decisions] == [
            ("Ann", "accept"), ("Ben", "reject"),
        ]  # fmt: skip
        assert [each.text for each in told.thread] == ["Which team?", "", ""]
        assert case.link(link).decision == "reject", "of several, the gravest"
        assert told.by_one("Ann").stand is Stand.ACCEPTED
        case.revert(first)
        assert [each.verdict for each in case.review_of(link).thread] == ["accept", "reject"]


def test_a_query_is_answered_in_its_thread_and_asked_again(tagged: Path) -> None:
    with Case.open(tagged, by="Ann") as case:
        link = ids(case)["2.1"]
        case.decide(link, Verdict.QUERY, "Since when?")
    with Case.open(tagged, by="Author") as case:
        with pytest.raises(WordsOff):
            case.answer(link, "   ")
        _, change = case.answer(link, "Since May.")
        assert case.review_of(link).stand is Stand.ANSWERED
        case.revert(case.revert(change))
        assert [each.text for each in case.review_of(link).thread] == ["Since when?", "Since May."]
    with Case.open(tagged, by="Ann") as case:
        case.decide(link, Verdict.QUERY, "Of which year?")
        assert case.review_of(link).stand is Stand.QUERIED
        assert [each.what for each in case.history(link=link)] == [
            "tag 2.1", "query 2.1", "answer 2.1", "undo answer 2.1", "answer 2.1", "query 2.1",
        ]  # fmt: skip
    assert problems(tagged) == []


def test_a_thread_goes_along_where_its_link_becomes_part_of_another(tagged: Path) -> None:
    with Case.open(tagged, by="Ann") as case:
        report = case.document("report.pdf")
        first = case.link(ids(case)["1.1"])
        second, _ = case.tag(report, "and see them often", "1.1", Polarity.STRENGTH)
        case.decide(second.id, Verdict.QUERY, "How often?")
        _, change = case.merge_passages([first.passage.id, second.passage.id])
        [told] = [each for each in case.reviews() if each.thread]
        assert (told.link, told.thread[0].text) == (first.id, "How often?")
        case.revert(change)
        assert case.review_of(second.id).thread[0].text == "How often?"
    assert problems(tagged) == []


def test_a_decision_on_a_link_that_was_changed_since_is_known(tagged: Path) -> None:
    with Case.open(tagged, by="Ann") as case:
        link = ids(case)["3.1"]
        case.decide(link, Verdict.ACCEPT)
        _, change = case.amend(link, note="another note")
        assert case.review_of(link).outdated == ("Ann",)
        case.revert(change)
        assert case.review_of(link).outdated == ()
        case.untag(link)
        assert case.review_summary().gone == 1
        with pytest.raises(Unknown):
            case.decide(link, Verdict.ACCEPT)


def test_what_is_noted_as_missing_is_no_evidence_before_it_is_taken(tagged: Path) -> None:
    with Case.open(tagged, by="Ann") as case:
        report = case.document("report.pdf")
        anchor = case.anchor(report, case.find(report, "Records are kept"))
        target, before = case.target("1.2"), case.coverage()
        found, change = case.note_missing(report, anchor, target, Polarity.STRENGTH, "see this")
        assert case.coverage() == before
        assert len(case.evidence()) == 3
        assert [each.outcome for each in case.findings(report)] == [None]
        with pytest.raises(Refused):
            case.note_missing(report, anchor, target, Polarity.STRENGTH)
        case.revert(case.revert(change))
        link = ids(case)["1.1"]
        with pytest.raises(Refused):  # what is tagged so is not missing
            case.note_missing(
                report, case.link(link).passage.anchor, case.target("1.1"), Polarity.STRENGTH
            )
    with Case.open(tagged, by="Author") as case:
        with pytest.raises(Refused):
            case.take_back_missing(found.id)
        taken, change = case.take_missing(found.id)
        assert (taken.id, taken.code, taken.note) == (found.id, "1.2", "see this")
        assert case.findings()[0].outcome == "taken"
        with pytest.raises(Refused):
            case.decline_missing(found.id, "no")
        case.revert(change)
        assert len(case.evidence()) == 3
        case.decline_missing(found.id, "It is of another county.")
        assert case.findings()[0].reason == "It is of another county."
    assert problems(tagged) == []


def test_a_passage_noted_in_a_version_that_was_replaced_is_taken_in_the_new_one(
    tagged: Path, tmp_path: Path
) -> None:
    with Case.open(tagged, by="Ann") as case:
        report = case.document("report.pdf")
        anchor = case.anchor(report, case.find(report, "Records are kept"))
        found, _ = case.note_missing(report, anchor, case.target("1.2"), Polarity.STRENGTH)
        new = make_pdf(tmp_path / "new.pdf", (("A new page.",), ("Records are kept in order.",)))
        list(case.replace(report, new))
        link, _ = case.take_missing(found.id)
        assert (link.passage.page, link.passage.anchor.quote) == (1, "Records are kept")
        assert link.passage.document_id == case.document(report.id).id != report.id


def test_a_sample_is_all_marked_and_the_same_few_of_the_others(tagged: Path) -> None:
    with Case.open(tagged, by="Ann") as case:
        report, words = case.document("report.pdf"), ["Inspection", "county", "often", "Practice"]
        for word in words:
            case.tag(report, word, "1.2", Polarity.NEUTRAL, occurrence=1)
        chosen = case.sample(2, "a seed")
        assert chosen == case.sample(2, "a seed")
        codes = [case.link(each).code for each in chosen]
        assert codes.count("2.1") == 1, "marked (M)"
        assert sum(code.startswith("1.") for code in codes) == 2
        samples = {tuple(case.sample(2, str(seed))) for seed in range(20)}
        assert len(samples) > 1
        assert case.sample(0, "x", marked=False) == []


def test_figures_of_a_review(tagged: Path) -> None:
    for name, verdict in (("Ann", Verdict.ACCEPT), ("Ben", Verdict.QUERY)):
        with Case.open(tagged, by=name) as case:
            links = ids(case)
            case.decide(links["1.1"], Verdict.ACCEPT, seen=True)
            case.decide(links["2.1"], verdict)
    with Case.open(tagged, by="Ann", readonly=True) as case:
        told = case.review_summary()
        assert (told.accepted, told.agreement, told.reviewers) == (0.5, 0.5, ("Ann", "Ben"))
        assert (told.tried.total, told.tried.decided, told.tried.seen) == (3, 2, 1)
        assert [(link.code, each.stand) for link, each in told.queries] == [
            ("2.1", Stand.CONFLICTING)
        ]
        claimed, reviewed = (
            {each.code: each.strength for each in some.criteria}
            for some in (told.claimed, told.reviewed)
        )
        assert (claimed["3.1"], reviewed["3.1"], reviewed["1.1"]) == (1, 0, 1)
        assert case.tried(by="Ann").stands[Stand.ACCEPTED] == 2


def test_a_sign_off_is_reopened_by_what_changes_its_section_and_by_nothing_else(
    tagged: Path,
) -> None:
    with Case.open(tagged, by="Head") as case:
        links = ids(case)
        case.sign_off(1, "2024-06-30")
        with pytest.raises(Refused):
            case.sign_off(1)
        for call, error in ((lambda: case.sign_off(99), Unknown),
                            (lambda: case.sign_off(2, "soon"), WordsOff)):  # fmt: skip
            with pytest.raises(error):
                call()
        case.amend(links["2.1"], note="elsewhere")
        assert [each.reopened for each in case.sign_offs()] == [False]
        _, change = case.amend(links["1.1"], note="here")
        [told] = case.sign_offs()
        assert (told.section, told.by, told.date, told.reopened) == (1, "Head", "2024-06-30", True)
        assert [each.what for each in told.since] == ["change link 1.1"]
        case.revert(change)
        assert [each.reopened for each in case.sign_offs()] == [False]
        case.decide(links["1.1"], Verdict.QUERY, "Is it?")
        case.untag(links["1.1"])
        assert [each.what for each in case.sign_offs()[0].since][-2:] == ["query 1.1", "untag 1.1"]
        case.sign_off(1)
        case.take_back_sign_off(case.sign_offs()[0].id)
        assert [each.reopened for each in case.sign_offs()] == [False]


def test_the_log_of_one_thing(tagged: Path, cli: Run) -> None:
    with Case.open(tagged, by="Ann") as case:
        link = ids(case)["1.1"]
        case.decide(link, Verdict.ACCEPT)
        letter = case.document("letter.txt")
        case.describe(letter, date="2024-01-01")
        whats = {
            "document": [each.what for each in case.history(document=letter)],
            "person": [each.what for each in case.history(by="ann")],
            "what": [each.what for each in case.history(what="TAG")],
        }
        report = case.history(document=case.document("report.pdf"))
    assert whats == {
        "document": ["import document", "describe document"],
        "person": ["accept 1.1", "describe document"],
        "what": ["tag 1.1", "tag 2.1", "tag 3.1"],
    }
    assert [each.what for each in report] == [
        "import document", "tag 1.1", "tag 2.1", "tag 3.1", "accept 1.1",
    ]  # fmt: skip
    status, data = cli("log", tagged, "--link", link, "--person", "Ann")
    assert (status, [each["what"] for each in data["events"]]) == (0, ["accept 1.1"])
    assert data["intact"] is True


def test_the_review_on_the_command_line(tagged: Path, cli: Run) -> None:
    links = {each["criterion"]: each["id"] for each in cli("evidence", tagged)[1]["links"]}
    one = links["1.1"]
    assert cli("decide", tagged, one, "query", "--comment", "Why?", "--by", "Ann") == (
        0, {"link": one, "decision": "query"},
    )  # fmt: skip
    shown = {each["criterion"]: each["decision"] for each in cli("evidence", tagged)[1]["links"]}
    assert shown == {"1.1": "query", "2.1": None, "3.1": None}
    assert cli("answer", tagged, one, "Because.")[0] == 0
    status, data = cli("review", tagged, "--state", "answered")
    assert (status, [each["link"] for each in data["links"]]) == (0, [one])
    assert [each["text"] for each in data["links"][0]["thread"]] == ["Why?", "Because."]
    assert (data["decided"], data["total"], data["states"]["open"]) == (1, 3, 2)
    status, data = cli(
        "note-missing", tagged, "--document", "report.pdf", "--quote", "Records are kept",
        "--criterion", "1.2", "--polarity", "strength",
    )  # fmt: skip
    assert status == 0
    assert cli("take-missing", tagged, data["id"]) == (0, {"id": data["id"], "link": data["id"]})
    assert cli("decline-missing", tagged, data["id"], "--reason", "late")[0] == 1
    assert links["2.1"] in cli("sample", tagged, "--per-section", "0")[1]["links"]
    assert cli("sign-off", tagged, "1", "--by", "Head", "--date", "2024-01-31")[0] == 0
    assert cli("decide", tagged, one, "accept")[0] == 0
    [told] = cli("sign-offs", tagged)[1]["sign_offs"]
    assert (told["reopened"], [each["what"] for each in told["since"]]) == (True, ["accept 1.1"])
    assert cli("decide", tagged, "nothing", "accept")[0] == 1
    assert cli("decide", tagged, one, "perhaps")[0] == 2
    assert ONCE_P1 in str(cli("evidence", tagged)[1])
