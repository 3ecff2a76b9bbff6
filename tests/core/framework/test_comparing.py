"""Two versions of a framework: what is certain, and what only a person can tell."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cambs_evidence.framework import bundled, comparing, moving, prints
from cambs_evidence.framework.comparing import Match
from cambs_evidence.model import (
    Fate,
    Framework,
    Held,
    Pairing,
    Proposal,
    ReadBlock,
    ReadCriterion,
    ReadSection,
)

from .assessments import TEXT, proposed

OURS = proposed(TEXT)
BUNDLED = bundled.came_with_it()

_Wordings = list[list[str]]


def made(wordings: _Wordings, version: str = "2040") -> Proposal:
    """A framework of sections of wordings, coded in their order."""
    return Proposal(
        "Ours",
        version,
        tuple(
            ReadSection(
                number,
                f"Section of {number}",
                (
                    ReadBlock(
                        tuple(
                            ReadCriterion(f"{number}.{place}", f"{number}.{place}", each, False)
                            for place, each in enumerate(some, 1)
                        )
                    ),
                ),
            )
            for number, some in enumerate(wordings, 1)
        ),
    )


def compared(before: Proposal, after: Proposal) -> tuple[Match, tuple[Pairing, ...]]:
    tree = moving.tree(before)
    found = comparing.match(tree, after, BUNDLED)
    return found, comparing.pairings(found, tree, after)


def fates(before: str, after: str) -> dict[str, tuple[Fate, str | None]]:
    """What becomes of our criteria when words of the text are others, by new or old code."""
    assert before in TEXT
    _, told = compared(OURS, proposed(TEXT.replace(before, after)))
    return {
        each.new or each.old or "": (each.fate, each.old)
        for each in told
        if each.fate is not Fate.UNCHANGED
    }


def test_the_same_framework_is_unchanged_whatever_its_spacing_and_marks() -> None:
    _, told = compared(OURS, proposed(TEXT.replace("Rain is\nmeasured", "Rain  is measured")))
    assert {each.fate for each in told} == {Fate.UNCHANGED}
    _, told = compared(OURS, proposed(TEXT.replace("every day (M).", "every day.")))
    assert [each.remark for each in told if each.remark] == ["no longer marked (M)"]
    assert {each.fate for each in told} == {Fate.UNCHANGED}


def test_what_is_new_moves_the_others() -> None:
    text = TEXT.replace("1.4)", "1.5)").replace("1.3 )", "1.4 )")
    _, told = compared(OURS, proposed(text.replace("1.2)  W", "1.2) Paths are swept.\n\n1.3)  W")))
    assert [(each.fate, each.old, each.new) for each in told][:5] == [
        (Fate.UNCHANGED, "1.1", "1.1"),
        (Fate.NEW, None, "1.2"),
        (Fate.MOVED, "1.2", "1.3"),
        (Fate.MOVED, "1.3", "1.4"),
        (Fate.MOVED, "1.4", "1.5"),
    ]


def test_criteria_that_change_places_are_told_by_their_words() -> None:
    text = TEXT.replace("in SPRING", "in X").replace("in AUTUMN", "in SPRING")
    _, told = compared(OURS, proposed(text.replace("in X", "in AUTUMN")))
    assert {(each.old, each.new): each.fate for each in told if each.old != each.new} == {
        ("2.2", "2.1"): Fate.MOVED,
        ("2.1", "2.2"): Fate.MOVED,
    }


def test_a_last_word_that_is_other_is_a_rewording_and_never_the_neighbour() -> None:
    assert fates("in SPRING", "in WINTER") == {"2.1": (Fate.REWORDED, "2.1")}
    told = fates("in AUTUMN\n", "in WINTER\n")
    assert told == {"2.2": (Fate.REWORDED, "2.2")}


def test_gone_and_split_are_told() -> None:
    assert fates("1.4) Seeds are bought from growers nearby.", "") == {"1.4": (Fate.GONE, "1.4")}
    long = "Cellars are aired, and what is in them\nis turned.\n(M)\n\n2.5)"
    parted = "Cellars are aired.\n\n2.5) What is in them is turned. (M)\n\n2.6)"
    told = fates(long, parted)
    assert told["2.4"] == (Fate.SPLIT, "2.4")
    assert told["2.6"] == (Fate.MOVED, "2.5")
    assert "2.5" not in told


def test_the_bundled_framework_is_known_by_its_prints_alone() -> None:
    """Whoever reworded nothing is certain, though no case holds the wording."""
    code = "10.2"
    found = comparing.match(BUNDLED, made([["x", "y"]]), BUNDLED)
    assert found.certain == {}
    assert {each.key for each in found.old.values() if not each.section_only} == {
        whole for whole, _ in prints.bundled().values()
    }
    other = replace(BUNDLED, version="2001")
    assert comparing.match(other, OURS, BUNDLED).old[code].key is None


def test_of_a_framework_without_wording_nothing_is_certain_but_the_code_is_suggested() -> None:
    tree = moving.tree(OURS)
    bare = Framework("Ours", "1", tuple(
        replace(s, criteria=tuple(replace(c, statement=None) for c in s.criteria))
        for s in tree.sections
    ))  # fmt: skip
    found = comparing.match(bare, OURS, BUNDLED)
    assert set(found.certain) == {"3"}
    held = {each.code: Held(links=1) for s in bare.sections for each in s.criteria}
    asked = moving.questions(found, held, {})
    assert [(each.old, each.suggested) for each in asked] == [(c, c) for c in held]


def test_what_holds_nothing_is_not_asked_about() -> None:
    found, _ = compared(OURS, proposed(TEXT.replace("in SPRING", "in WINTER")))
    assert moving.questions(found, {}, {}) == ()
    [asked] = moving.questions(found, {"2.1": Held(links=2), "2.2": Held(links=1)}, {})
    assert (asked.old, asked.suggested, asked.choices[:2]) == ("2.1", "2.1", ("2.1", "2.2"))
    assert moving.questions(found, {"2.1": Held(links=2)}, {"2.1": "2.2"}) == ()


@pytest.mark.parametrize(
    ("now", "then", "same", "named"),
    [("2039", "2040", False, "2040"), ("2040", "2040", True, "2040"),
     ("2040", "2040", False, "2040 (2)"), ("2040 (2)", "2040", False, "2040 (3)"),
     ("2040 (2)", "2040", True, "2040 (2)")],
)  # fmt: skip
def test_another_framework_never_has_the_name_of_the_one_before(
    now: str, then: str, same: bool, named: str
) -> None:
    before = made([["One thing."]], now)
    after = made([["One thing."] if same else ["One thing.", "Two."]], then)
    _, told = compared(before, after)
    assert moving.named(moving.tree(before), after, told) == named


# --- whatever is changed ------------------------------------------------------------------------

_WORDS = ("every", "child", "fulfils", "their", "potential", "in", "early", "years", "plans",
          "are", "kept", "well", "spring", "autumn", "no", "matter", "where")  # fmt: skip
_STATEMENTS = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=9).map(" ".join)
_TREES = st.lists(st.lists(_STATEMENTS, min_size=1, max_size=4), min_size=1, max_size=3)


def _edited(wordings: _Wordings, chance: random.Random) -> _Wordings:
    result = [list(some) for some in wordings]
    for _ in range(chance.randint(0, 6)):
        some = chance.choice(result)
        kind = chance.randrange(6)
        if kind == 0:
            some.insert(chance.randint(0, len(some)), " ".join(chance.choices(_WORDS, k=4)))
        elif kind == 1 and len(some) > 1:
            some.pop(chance.randrange(len(some)))
        elif kind == 2:
            at = chance.randrange(len(some))
            words = some[at].split()
            words[chance.randrange(len(words))] = chance.choice(_WORDS)
            some[at] = " ".join(words)
        elif kind == 3:
            chance.shuffle(some)
        elif kind == 4:
            other = chance.choice(result)
            other.append(some[chance.randrange(len(some))])
        else:
            at = chance.randrange(len(some))
            words = some[at].split()
            if len(words) > 1:
                some[at : at + 1] = [" ".join(words[:1]), " ".join(words[1:])]
    return result


@settings(deadline=None)
@given(_TREES, st.integers())
def test_nothing_is_certain_but_the_same_wording(wordings: _Wordings, seed: int) -> None:
    before = made(wordings)
    after = made(_edited(wordings, random.Random(seed)), "2041")
    found, told = compared(before, after)
    for old, new in found.certain.items():
        assert found.old[old].wording == found.new[new].wording
    assert len(set(found.certain.values())) == len(found.certain)
    # Each criterion has one fate, before and after.
    assert sorted(each.old for each in told if each.old) == sorted(found.old)
    after_codes = [code for each in told for code in (each.parts or (each.new,)) if code]
    assert sorted(after_codes) == sorted(found.new)


@settings(deadline=None)
@given(_TREES, st.integers())
def test_each_identity_is_given_once_and_goes_with_its_wording(
    wordings: _Wordings, seed: int
) -> None:
    chance = random.Random(seed)
    before = made(wordings)
    after = made(_edited(wordings, chance), "2041")
    tree = moving.tree(before)
    found = comparing.match(tree, after, BUNDLED)
    answers = {old: chance.choice(list(found.new)) for old in found.old if chance.random() < 0.3}
    plan = moving.planned(found, tree, after, answers, "2041")
    ids = [c.id for s in plan.framework.sections for c in s.criteria]
    assert len(ids) == len(set(ids))
    assert len({s.id for s in plan.framework.sections}) == len(plan.framework.sections)
    now = {c.code: c for s in plan.framework.sections for c in s.criteria}
    said = {c.id: c.statement for s in tree.sections for c in s.criteria}
    for old, new in found.certain.items():
        if old not in answers and new not in answers.values():
            assert said[now[new].id] == now[new].statement
