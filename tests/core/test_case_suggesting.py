"""What an open case suggests: learnt from its links, offered and never applied, found again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cambs_evidence.case import Case
from cambs_evidence.errors import Unknown
from cambs_evidence.model import Polarity
from tests.support import ONCE_P2, ONCE_P3, Run, rows, take_in

TWICE = "Return interviews are offered to every child who has been missing from home."
FIRST = "Every child who goes missing is offered a return home interview within 72 hours."
LATER = "Reasons for running away are asked for in return interviews and patterns are mapped."
CASELOADS = "Caseloads are manageable, and no case waits for an allocated social worker."
OVER = "Foster carers told us that they are well supported by their supervising social workers"
TEXT = f"""# Missing children

Contents

Missing children and return interviews ........ 2

Enquiries about return interviews: 01234 567890, missing@example.gov.uk

1. {FIRST}

{CASELOADS}

- {TWICE}

{LATER}

Dentists see most children in care twice a year.

15.2) Children who go missing have return interviews and safety plans.

{OVER}

- {TWICE}
"""


@pytest.fixture(scope="module")
def _missing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("missing")
    made = folder / "missing.md"
    made.write_text(TEXT, encoding="utf-8")
    with Case.create(folder / "missing.cambs", by="Maker") as case:
        assert [each.status for each in take_in(case, made)] == ["imported"]
    return folder / "missing.cambs"


@pytest.fixture
def missing_path(_missing: Path, tmp_path: Path) -> Path:
    """A closed case with one document about missing children."""
    return Path(shutil.copyfile(_missing, tmp_path / "missing.cambs"))


@pytest.fixture
def missing(missing_path: Path) -> Iterator[Case]:
    with Case.open(missing_path, by="Tester") as opened:
        yield opened


def test_passages_that_may_be_evidence_come_with_quotes_that_can_be_tagged(missing: Case) -> None:
    found = missing.find_evidence("15.2")
    assert [each.quote for each in found] == [FIRST, LATER]
    for each in found:
        assert all(words in each.quote for words in each.because)
        link, _ = missing.tag(each.document, each.quote, "15.2", Polarity.STRENGTH)
        assert link.passage.anchor.quote == each.quote
        spans = [(span.page, span.start, span.end) for span in link.passage.anchor.spans]
        assert tuple(spans) == each.place.spans


def test_what_somebody_has_tagged_is_offered_no_more_until_it_is_untagged(missing: Case) -> None:
    document = missing.documents()[0]
    # To another criterion, and a part of it only.
    _, change = missing.tag(document, FIRST[6:40], "15.1", Polarity.NEUTRAL)
    assert [each.quote for each in missing.find_evidence("15.2")] == [LATER]
    missing.revert(change)
    assert [each.quote for each in missing.find_evidence("15.2")] == [FIRST, LATER]


def test_no_more_are_given_than_asked_for_and_nothing_changes(missing_path: Path) -> None:
    before = rows(missing_path, "SELECT count(*), max(seq) FROM event")
    with Case.open(missing_path, by="Reader", readonly=True) as case:
        assert [each.quote for each in case.find_evidence("15.2", 1)] == [FIRST]
        assert [each.quote for each in case.find_evidence("4.5")] == [CASELOADS]
        assert [each.quote for each in case.find_evidence("12.3")] == [OVER]
        assert case.find_evidence("18") == []
        with pytest.raises(Unknown):
            case.find_evidence("99.9")
    assert rows(missing_path, "SELECT count(*), max(seq) FROM event") == before


def test_removed_documents_hold_no_candidates(missing: Case) -> None:
    document = missing.documents()[0]
    assert missing.find_evidence("4.5")
    _, change = missing.remove(document)
    assert missing.find_evidence("4.5") == []
    missing.revert(change)
    assert missing.find_evidence("4.5")


def test_the_links_made_so_far_teach_and_taking_one_away_takes_it_back(case: Case) -> None:
    text = "Managers change, and then things drift."
    before = case.suggest(text, 3)
    report = case.documents()[0]
    _, change = case.tag(report, ONCE_P3, "7.6", Polarity.DEVELOPMENT)
    after = {each.code: each.score for each in case.suggest(text, 80)}
    assert after["7.6"] > {each.code: each.score for each in before}.get("7.6", 0.0)
    case.revert(change)
    assert case.suggest(text, 3) == before


def test_what_a_text_stands_in_is_listened_to_as_long_as_it_is_in_the_case(missing: Case) -> None:
    def share() -> float:
        found = {each.code: each for each in missing.suggest("and patterns are mapped", 80)}
        return found["15.2"].score if "15.2" in found else 0.0

    within = share()
    _, change = missing.remove(missing.documents()[0])
    assert share() < within
    missing.revert(change)
    assert share() == within


def test_what_is_learnt_step_by_step_is_what_is_learnt_at_once(case_path: Path) -> None:
    text = "Care plans drift, supervision is recorded on every file."
    with Case.open(case_path, by="A") as case:
        report = case.documents()[0]
        case.suggest(text)
        link, _ = case.tag(report, ONCE_P2, "1.4", Polarity.STRENGTH)
        case.tag(report, ONCE_P3, "3.3", Polarity.STRENGTH)
        case.amend(link.id, code="16.3")
        case.untag(case.tag(report, "Records are kept.", "2.2", Polarity.NEUTRAL)[0].id)
        step_by_step = case.suggest(text, 10)
    with Case.open(case_path, by="B", readonly=True) as case:
        assert case.suggest(text, 10) == step_by_step


def test_a_script_gets_what_it_relies_on(missing_path: Path, cli: Run) -> None:
    status, data = cli("suggest", missing_path, "--text", FIRST, "--top", "2")
    assert status == 0
    assert [each["criterion"] for each in data["suggestions"]] == ["15.2", "15.1"]
    for each in data["suggestions"]:
        assert set(each) == {"criterion", "score", "because"}
        assert all(words in FIRST for words in each["because"])
    assert cli("suggest", missing_path, "--text", "") == (0, {"suggestions": []})

    status, data = cli("find-evidence", missing_path, "--criterion", "15.2")
    assert status == 0
    assert [set(each) for each in data["candidates"]] == [
        {"document", "page", "quote", "score"}
    ] * 2
    first = data["candidates"][0]
    assert (first["quote"], first["page"]) == (FIRST, 1)
    tagged = cli(
        "tag", missing_path, "--document", first["document"], "--quote", first["quote"],
        "--criterion", "15.2", "--polarity", "strength",
    )  # fmt: skip
    assert tagged[0] == 0
    assert len(cli("find-evidence", missing_path, "--criterion", "15.2")[1]["candidates"]) == 1
    status, data = cli("find-evidence", missing_path, "--criterion", "99.9")
    assert (status, data["error"]["code"]) == (1, "unknown-criterion")
    assert cli("suggest", missing_path)[0] == 2
