"""Moving a case to another framework: what hangs on the old one goes along, or is asked about."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cambs_evidence.case import Case, read_framework
from cambs_evidence.errors import Refused, Unknown, WordsOff
from cambs_evidence.framework import mending
from cambs_evidence.model import Document, Fate, Polarity, Proposal, ReadSection, RowChange
from tests.core.framework.assessments import TEXT, proposed, read
from tests.e2e.shared import CORPUS, needs
from tests.support import IN_LETTER, ONCE_P1, ONCE_P2, ONCE_P3, problems, rows

OURS = proposed(TEXT)
REAL = CORPUS / "004_3bd3e336db90537c.txt"
STRENGTH, DEVELOPMENT = Polarity.STRENGTH, Polarity.DEVELOPMENT
_ALL = ("fact", "section", "criterion", "link", "passage", "judgement", "action", "narrative")


@pytest.fixture
def case(case_path: Path) -> Iterator[Case]:
    with Case.open(case_path, by="Ann") as opened:
        opened.adopt(OURS)
        yield opened


def contents(case: Case) -> dict[str, list[tuple[object, ...]]]:
    """All that the case says, table by table."""
    return {name: rows(case.path, f"SELECT * FROM {name} ORDER BY id") for name in _ALL}


def events(case: Case) -> int:
    return len(case.events())


def changed(*changes: tuple[str, str]) -> Proposal:
    """Our framework with other words."""
    text = TEXT
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return proposed(text)


def report(case: Case) -> Document:
    return case.documents()[0]


def put(case: Case, table: str, key: str, **columns: object) -> None:
    """A row that another part of the program makes."""
    row = {"id": key, **columns}
    case._store.commit("Ann", f"put {table}", key, [RowChange(table, key, None, row)])


def placed(case: Case) -> dict[str, str]:
    """The quote of each link by its code."""
    return {link.code: link.passage.anchor.quote for link in case.evidence()}


def numbered(section: ReadSection, number: int) -> ReadSection:
    """A section with another number, and with it the codes of its criteria."""
    return replace(
        section,
        number=number,
        blocks=tuple(
            replace(
                block,
                criteria=tuple(
                    replace(each, code=f"{number}.{each.code.split('.')[1]}")
                    for each in block.criteria
                ),
            )
            for block in section.blocks
        ),
    )


NO_SPRING = (("in SPRING", "in WINTER"),)
SWAPPED = (("in SPRING", "in X"), ("in AUTUMN", "in SPRING"), ("in X", "in AUTUMN"))
NO_SEEDS = (("1.4) Seeds are bought from growers nearby.\n\nSummary and evidence:", ""),)


def test_a_case_says_which_version_it_stands_on_and_where_it_was_read(case: Case) -> None:
    assert (case.framework().name, case.framework().version) == ("Ours", "2032")
    assert case.framework_source() == ("ours.txt", "0" * 64)
    statements = {c.code: c.statement for s in case.framework().sections for c in s.criteria}
    assert statements["1.3"] == "Tools are cleaned before they are put away."
    assert [row[3] for row in rows(case.path, "SELECT * FROM narrative ORDER BY section_id, block")]
    assert problems(case.path) == []


def test_the_same_framework_once_more_changes_nothing(case: Case) -> None:
    before, said = contents(case), events(case)
    assert not case.compare_framework(OURS).changes
    done = case.adopt(OURS)
    assert (done.change.rows, done.added, done.removed) == ((), (), ())
    assert contents(case) == before
    assert events(case) == said


def test_adopting_is_one_change_whose_undo_brings_back_the_very_same(case_path: Path) -> None:
    with Case.open(case_path, by="Ann") as case:
        before, said = contents(case), events(case)
        tree = case.framework()
        done = case.adopt(OURS)
        assert events(case) == said + 1
        after = contents(case)
        back = case.revert(done.change)
        assert contents(case) == before
        assert case.framework() == tree
        case.revert(back)
        assert contents(case) == after
        assert case.log_is_intact()
    assert problems(case_path) == []


def test_links_go_with_their_wording_when_codes_change_places(case: Case) -> None:
    spring, _ = case.tag(report(case), ONCE_P1, "2.1", STRENGTH)
    autumn, _ = case.tag(report(case), ONCE_P2, "2.2", STRENGTH, note="Seen.")
    before = contents(case)
    told = case.compare_framework(changed(*SWAPPED))
    assert (told.carried, told.questions) == (2, ())
    assert contents(case) == before
    done = case.adopt(changed(*SWAPPED))
    assert done.carried == 2
    now = {link.id: link for link in case.evidence()}
    assert (now[spring.id].code, now[autumn.id].code) == ("2.2", "2.1")
    assert now[autumn.id].note == "Seen."
    assert now[spring.id].criterion_id == spring.criterion_id
    case.revert(done.change)
    assert contents(case) == before
    assert problems(case.path) == []


def test_what_was_reworded_is_asked_about_and_nothing_changes_before(case: Case) -> None:
    link, _ = case.tag(report(case), ONCE_P1, "2.1", STRENGTH)
    before, said = contents(case), events(case)
    told = case.compare_framework(changed(*NO_SPRING))
    [asked] = told.questions
    assert (asked.old, asked.held.links, asked.suggested) == ("2.1", 1, "2.1")
    assert told.carried == 0
    with pytest.raises(Refused) as caught:
        case.adopt(changed(*NO_SPRING))
    assert caught.value.code == "asked"
    assert "2.1" in caught.value.reason
    assert contents(case) == before
    assert events(case) == said
    done = case.adopt(changed(*NO_SPRING), {"2.1": "2.1"})
    assert done.carried == 1
    assert [(each.id, each.code) for each in case.evidence()] == [(link.id, "2.1")]


def test_links_of_what_is_gone_go_where_a_person_says(case: Case) -> None:
    case.tag(report(case), ONCE_P1, "1.4", STRENGTH)
    gone = changed(*NO_SEEDS)
    [asked] = case.compare_framework(gone).questions
    assert (asked.old, asked.suggested) == ("1.4", None)
    before = contents(case)
    done = case.adopt(gone, {"1.4": "2.5"})
    assert (done.removed, placed(case)) == (("1.4",), {"2.5": ONCE_P1})
    case.revert(done.change)
    assert contents(case) == before


def test_an_answer_may_name_a_section_without_criteria_and_one_may_be_asked_about(
    case: Case,
) -> None:
    case.tag(report(case), ONCE_P1, "1.4", STRENGTH)
    case.tag(report(case), ONCE_P2, "3", DEVELOPMENT)
    other = changed(*NO_SEEDS, (" 3. BEES AND\nHIVES\n", " 3. WASPS\n\n3.1) Nests are left.\n"))
    assert [each.old for each in case.compare_framework(other).questions] == ["1.4", "3"]
    done = case.adopt(other, {"1.4": "2.4", "3": "3.1"})
    assert placed(case) == {"2.4": ONCE_P1, "3.1": ONCE_P2}
    case.revert(done.change)
    case.adopt(changed(*NO_SEEDS), {"1.4": "3"})
    assert sorted(link.code for link in case.evidence()) == ["3", "3"]


def test_a_passage_that_would_say_the_same_twice_says_it_once_with_both_notes(case: Case) -> None:
    first, _ = case.tag(report(case), ONCE_P1, "1.4", STRENGTH, note="Here.")
    second, _ = case.tag(report(case), ONCE_P1, "1.3", STRENGTH, note="There.")
    put(case, "judgement", "j1", section_id=first.section_id, block=0, grade=None, by="Ann",
        at="2040", summary=f"See [[link:{second.id}]].")  # fmt: skip
    case.tag(report(case), ONCE_P1, "1.2", DEVELOPMENT)
    before = contents(case)
    done = case.adopt(changed(*NO_SEEDS), {"1.4": "1.3"})
    strength = [link for link in case.evidence() if link.polarity is STRENGTH]
    assert [(each.id, each.code, each.note) for each in strength] == [
        (first.id, "1.3", "Here. · There.")
    ]
    assert rows(case.path, "SELECT summary FROM judgement") == [(f"See [[link:{first.id}]].",)]
    case.revert(done.change)
    assert contents(case) == before


def test_judgements_actions_and_reasons_go_along(case: Case) -> None:
    tree = case.framework()
    one, two = tree.sections[0], tree.sections[1]
    spring = two.criteria[0]
    at = {"by": "Ann", "at": "2040-01-01T00:00:00.000Z"}
    put(case, "judgement", "j1", section_id=two.id, block=0, summary="Good.", grade="good", **at)
    put(case, "judgement", "j2", section_id=one.id, block=1, summary="Fair.", grade=None, **at)
    put(case, "action", "a1", section_id=two.id, criterion_id=spring.id, link_id=None,
        text="Pick.", owner=None, due=None, done=None, **at)  # fmt: skip
    row = dict(zip(
        ("id", "section_id", "code", "position", "block", "label", "statement", "marked",
         "not_applicable"),
        rows(case.path, f"SELECT * FROM criterion WHERE id = '{two.criteria[4].id}'")[0],
        strict=True,
    ))  # fmt: skip
    case._store.commit("Ann", "not applicable", "2.5", [
        RowChange("criterion", row["id"], row, row | {"not_applicable": "No jam."})
    ])  # fmt: skip
    case._framework = None
    before = contents(case)
    swapped = replace(OURS, sections=tuple(
        numbered(section, number)
        for section, number in zip(OURS.sections, (2, 1, 3), strict=True)
    ))  # fmt: skip
    told = case.compare_framework(swapped)
    assert told.questions == ()
    assert told.count(Fate.MOVED) == 9
    done = case.adopt(swapped)
    sections = {each.number: each.id for each in case.framework().sections}
    assert (sections[1], sections[2]) == (two.id, one.id)
    now = contents(case)
    assert [each[0:3] for each in now["judgement"]] == [("j1", two.id, 0), ("j2", one.id, 1)]
    assert now["action"] == before["action"]
    reasons = {c.code: c.not_applicable for s in case.framework().sections for c in s.criteria}
    assert {code for code, why in reasons.items() if why} == {"1.5"}
    case.revert(done.change)
    assert contents(case) == before


def test_judgements_of_blocks_that_become_one_are_joined_and_of_a_gone_one_asked(
    case: Case,
) -> None:
    one, two, _ = case.framework().sections
    at = {"by": "Ann", "at": "2040-01-01T00:00:00.000Z"}
    put(case, "judgement", "j1", section_id=two.id, block=0, summary="Good.", grade="good", **at)
    put(case, "judgement", "j2", section_id=two.id, block=1, summary="Fair.", grade="good", **at)
    put(case, "judgement", "j3", section_id=one.id, block=1, summary="Seeds.", grade=None, **at)
    before = contents(case)
    joined = mending.join_block(OURS, "2.4")
    done = case.adopt(joined)
    told = rows(case.path, f"SELECT summary, grade FROM judgement WHERE section_id = '{two.id}'")
    assert told == [("Good.\n\nFair.", "good")]
    case.revert(done.change)
    assert contents(case) == before
    gone = changed(*NO_SEEDS)
    [asked] = case.compare_framework(gone).questions
    assert (asked.old, asked.held.judged) == ("1.4", True)
    done = case.adopt(gone, {"1.4": "1.1"})
    told = rows(case.path, f"SELECT block, summary FROM judgement WHERE section_id = '{one.id}'")
    assert told == [(0, "Seeds.")]
    case.revert(done.change)
    assert contents(case) == before


def test_whatever_is_changed_no_link_is_lost_and_undo_brings_all_back(case: Case) -> None:
    quotes = (ONCE_P1, ONCE_P2, ONCE_P3)
    codes = ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4", "2.5", "3"]
    for code in codes:
        for quote in quotes[:2]:
            case.tag(report(case), quote, code, STRENGTH)
    links = {link.id: link for link in case.evidence()}
    said = {c.id: c.statement for s in case.framework().sections for c in s.criteria}
    for seed in range(12):
        chance = random.Random(seed)
        some = OURS
        for _ in range(chance.randint(1, 5)):
            known = [c.code for s in some.sections for b in s.blocks for c in b.criteria]
            code = chance.choice(known)
            kind = chance.randrange(5)
            if kind == 0:
                some = mending.removed(some, code)
            elif kind == 1:
                some = mending.reworded(some, code, f"Wholly other words of {seed}.")
            elif kind == 2:
                some, fresh = mending.added(some, int(code.split(".")[0]))
                some = mending.reworded(some, fresh, f"What is new in {seed}.")
            elif kind == 3:
                some = mending.split_block(some, code)
            else:
                other = chance.choice(known)
                if code.split(".")[0] == other.split(".")[0]:
                    some = mending.recoded(some, code, "x")
                    some = mending.recoded(some, other, code) if other != code else some
                    some = mending.recoded(some, "x", other)
        before = contents(case)
        asked = case.compare_framework(some).questions
        known = [c.code for s in some.sections for b in s.blocks for c in b.criteria]
        answers = {each.old: each.suggested or chance.choice(known) for each in asked}
        done = case.adopt(some, answers)
        now = {link.id: link for link in case.evidence()}
        both = {(link.passage.id, link.code) for link in now.values()}
        assert len(both) == len(now)
        criteria = {c.id: c for s in case.framework().sections for c in s.criteria}
        for key, link in links.items():
            if key in now and link.criterion_id is not None and link.code not in answers:
                assert criteria[now[key].criterion_id or ""].statement == said[link.criterion_id]
        assert {link.passage.id for link in now.values()} == {
            link.passage.id for link in links.values()
        }
        case.revert(done.change)
        assert contents(case) == before
    assert case.log_is_intact()


def test_what_cannot_be_taken_is_refused_in_words(case: Case, tmp_path: Path) -> None:
    before = contents(case)
    for bad in (
        mending.named(OURS, version=" "),
        mending.recoded(OURS, "1.2", "1.1"),
        mending.recoded(OURS, "1.2", "3.1"),
        mending.titled(OURS, 1, ""),
        mending.added(OURS, 1)[0],
    ):
        with pytest.raises(WordsOff):
            case.adopt(bad)
        with pytest.raises(WordsOff):
            Case.create(tmp_path / "none.cambs", by="Ann", framework=bad)
    for answers in ({"9.9": "1.1"}, {"1.1": "9.9"}, {"1.1": "1"}):
        with pytest.raises(Unknown):
            case.adopt(OURS, answers)
    assert contents(case) == before
    assert not (tmp_path / "none.cambs").exists()


def test_a_new_case_may_begin_with_a_framework_that_was_read(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with Case.create(tmp_path / f"{name}.cambs", by="Ann", framework=OURS) as case:
            assert case.framework().version == "2032"
            assert case.framework_source() == ("ours.txt", "0" * 64)
            assert not case.compare_framework(OURS).changes
    one, two = (
        rows(tmp_path / f"{name}.cambs", "SELECT * FROM criterion ORDER BY id")
        for name in ("one", "two")
    )
    assert one == two
    assert len(rows(tmp_path / "one.cambs", "SELECT * FROM narrative")) == 5


def test_reading_and_mending_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "ours.txt"
    path.write_text(TEXT, encoding="utf-8")
    told = [each for each in read_framework(path) if isinstance(each, Proposal)]
    [some] = told
    assert some.sections == OURS.sections
    assert [each.code for each in some.doubts] == ["2", "2.3", "2.5"]
    assert [d.code for d in mending.reworded(some, "2.3", "Baskets.").doubts] == ["2", "2.5"]
    assert [d.code for d in mending.settled(some, some.doubts[0]).doubts] == ["2.3", "2.5"]
    assert [d.code for d in mending.removed(some, "2").doubts] == []
    parted = mending.split_block(some, "1.3")
    blocks = [[c.code for c in b.criteria] for b in parted.sections[0].blocks]
    assert blocks == [["1.1", "1.2"], ["1.3"], ["1.4"]]
    assert mending.join_block(parted, "1.3").sections == some.sections
    more, number = mending.added_section(some)
    more, code = mending.added(more, int(number))
    assert (number, code) == ("4", "4.1")
    done = mending.checked(mending.reworded(more, code, "  Wasps  are left\nalone. "))
    assert done.sections[3].blocks[0].criteria[0].statement == "Wasps are left alone."


@needs(CORPUS)
def test_a_case_made_on_the_bundled_framework_takes_the_wording_of_the_real_one(
    case_path: Path,
) -> None:
    with Case.open(case_path, by="Ann") as case:
        letter = case.documents()[1]
        ids = [
            case.tag(report(case), ONCE_P1, "7.2", STRENGTH)[0].id,
            case.tag(letter, IN_LETTER, "18", STRENGTH)[0].id,
            case.tag(report(case), ONCE_P2, "12.4", DEVELOPMENT)[0].id,
        ]
        before = contents(case)
        tree = case.framework()
        real = read(REAL)
        told = case.compare_framework(real)
        assert (told.carried, told.questions, told.version) == (3, (), "2017")
        assert told.count(Fate.UNCHANGED) == 83
        done = case.adopt(real)
        assert (done.carried, done.added, done.removed) == (3, (), ())
        now = case.framework()
        assert [c.id for s in now.sections for c in s.criteria] == [
            c.id for s in tree.sections for c in s.criteria
        ]
        assert all(c.statement for s in now.sections for c in s.criteria)
        assert sorted(each.id for each in case.evidence()) == sorted(ids)
        assert len(rows(case.path, "SELECT * FROM narrative")) == 34
        case.revert(done.change)
        assert contents(case) == before


def test_an_older_case_without_notes_of_its_source_is_told_apart(case_path: Path) -> None:
    with Case.open(case_path, by="Ann", readonly=True) as case:
        assert case.framework_source() is None
        assert case.compare_framework(OURS).changes
