"""Passages split and merged, many links changed at once; each brought back exactly by undo."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cambs_evidence.case import Case
from cambs_evidence.errors import EvidenceError, Refused, Unknown, WordsOff
from cambs_evidence.model import Change, Hold, Link, Polarity
from tests.core.store.test_evidence import tables
from tests.support import (
    IN_LETTER,
    IN_NOTES,
    ONCE_P1,
    ONCE_P2,
    OVER_PAGES,
    REPEATED,
    assert_plain,
    problems,
)

BOTH = f"{ONCE_P1} and see them often. {REPEATED}"
FIRST = f"{ONCE_P1} and see them often."


def _tag(
    case: Case,
    quote: str,
    code: str = "1.1",
    polarity: Polarity = Polarity.STRENGTH,
    name: str = "report.pdf",
    **more: Any,
) -> Link:
    return case.tag(case.document(name), quote, code, polarity, **more)[0]


def _quotes(case: Case) -> dict[str, list[str]]:
    """The codes that each passage is tagged to, by its quote."""
    found: dict[str, list[str]] = {}
    for link in case.evidence():
        found.setdefault(link.passage.anchor.quote, []).append(link.code)
    return found


def _cut(case: Case, link: Link, before: str) -> tuple[int, int]:
    """The caret before words of a passage."""
    text = case.text(case.document(link.filename))
    page, start = case.find(case.document(link.filename), link.passage.anchor.quote).start
    return page, text.pages[page].text.index(before, start)


# --- splitting -------------------------------------------------------------------------------


def test_a_passage_is_split_and_both_parts_keep_its_links(case: Case) -> None:
    link = _tag(case, BOTH, note="why")
    other = _tag(case, BOTH, "1.2", Polarity.DEVELOPMENT)
    before = tables(case)
    ids, change = case.split_passage(link.passage.id, [_cut(case, link, REPEATED)])
    assert _quotes(case) == {FIRST: ["1.1", "1.2"], REPEATED: ["1.1", "1.2"]}
    links = case.evidence()
    assert {each.id for each in links if each.passage.id == ids[0]} == {link.id, other.id}
    assert ids[0] == link.passage.id
    assert {(each.by, each.at) for each in links} == {(link.by, link.at), (other.by, other.at)}
    assert [each.note for each in links if each.code == "1.1"] == ["why", "why"]
    assert all(each.hold is Hold.EXACT for each in links)
    case.revert(change)
    assert tables(case) == before


def test_a_caret_within_a_word_cuts_before_it_and_two_carets_make_three(case: Case) -> None:
    link = _tag(case, FIRST)
    page, at = _cut(case, link, "know")
    ids, _ = case.split_passage(link.passage.id, [(page, at + 2), (page, at + len("know their"))])
    assert len(ids) == 3
    assert list(_quotes(case)) == [
        "Social workers",
        "know their",
        "children well and see them often.",
    ]


def test_a_passage_over_pages_is_split_at_the_pages_end(case: Case) -> None:
    link = _tag(case, OVER_PAGES)
    case.split_passage(link.passage.id, [(1, 0)])
    assert list(_quotes(case)) == [
        "The board meets every month and its decisions are", "carried out without delay.",
    ]  # fmt: skip


def test_a_part_that_is_a_passage_already_takes_the_links_it_has_not(case: Case) -> None:
    there = _tag(case, REPEATED, "1.1", occurrence=1)
    link = _tag(case, BOTH, "1.1", note="kept")
    _tag(case, BOTH, "2.1")
    before = tables(case)
    ids, change = case.split_passage(link.passage.id, [_cut(case, link, REPEATED)])
    assert ids == (link.passage.id, there.passage.id)
    assert _quotes(case) == {FIRST: ["1.1", "2.1"], REPEATED: ["1.1", "2.1"]}
    case.revert(change)
    assert tables(case) == before
    _tag(case, FIRST, "3.1")
    before = tables(case)
    ids, change = case.split_passage(link.passage.id, [_cut(case, link, REPEATED)])
    assert link.passage.id not in ids  # both parts were there: they have all of its links
    assert _quotes(case) == {FIRST: ["1.1", "2.1", "3.1"], REPEATED: ["1.1", "2.1"]}
    case.revert(change)
    assert tables(case) == before


def test_what_cannot_be_split_is_refused_and_nothing_changes(case: Case) -> None:
    link = _tag(case, FIRST)
    document = case.document("report.pdf")
    area, _ = case.tag_anchor(
        document, case.area(document, 0, (60, 740, 540, 775)), case.target("1.1"),
        Polarity.NEUTRAL,
    )  # fmt: skip
    before = tables(case)
    for passage, cuts in ((link, [(0, 0)]), (link, []), (link, [(2, 5)]), (area, [(0, 10)])):
        with pytest.raises(Refused) as told:
            case.split_passage(passage.passage.id, cuts)
        assert_plain(told.value.reason)
    with pytest.raises(Unknown):
        case.split_passage("nowhere", [(0, 5)])
    assert tables(case) == before


# --- merging ---------------------------------------------------------------------------------


def test_neighbours_become_one_passage_with_the_links_of_both(case: Case) -> None:
    second = _tag(case, REPEATED, "1.1", occurrence=1, note="twice")
    first = _tag(case, FIRST, "1.1", note="once")
    other = _tag(case, REPEATED, "2.1", occurrence=1)
    before = tables(case)
    key, change = case.merge_passages([second.passage.id, first.passage.id])
    assert key == first.passage.id
    assert _quotes(case) == {BOTH: ["1.1", "2.1"]}
    links = {each.code: each for each in case.evidence()}
    assert links["1.1"].id == second.id  # the oldest of those that say the same
    assert links["1.1"].note == "twice\nonce"
    assert links["2.1"].id == other.id
    assert links["1.1"].hold is Hold.EXACT
    case.revert(change)
    assert tables(case) == before


def test_overlapping_passages_and_those_over_a_pages_end_are_merged(case: Case) -> None:
    one = _tag(case, "Social workers know their children")
    two = _tag(case, "children well and see them often.", "1.2")
    three = _tag(case, REPEATED, "1.3", occurrence=1)
    case.merge_passages([one.passage.id, two.passage.id, three.passage.id])
    assert _quotes(case) == {BOTH: ["1.1", "1.2", "1.3"]}
    head = _tag(case, "its decisions are", "2.1")
    foot = _tag(case, "carried out without delay.", "2.1")
    key, _ = case.merge_passages([foot.passage.id, head.passage.id])
    (link,) = case.evidence(code="2.1")
    assert link.passage.id == key
    assert link.passage.anchor.quote == "its decisions are carried out without delay."
    assert (link.passage.page, link.passage.page_end) == (0, 1)


def test_merging_into_what_is_a_passage_already_takes_that_in(case: Case) -> None:
    whole = _tag(case, BOTH, "3.1")
    first, second = _tag(case, FIRST), _tag(case, REPEATED, "1.2", occurrence=1)
    before = tables(case)
    _, change = case.merge_passages([first.passage.id, second.passage.id])
    assert _quotes(case) == {BOTH: ["1.1", "1.2", "3.1"]}
    assert case.link(whole.id).passage.id == first.passage.id
    case.revert(change)
    assert tables(case) == before


def test_what_cannot_be_merged_is_refused_and_nothing_changes(case: Case) -> None:
    first, far = _tag(case, FIRST), _tag(case, ONCE_P2)
    letter = _tag(case, IN_LETTER, name="letter.txt")
    before = tables(case)
    for others in ([far], [letter]):
        with pytest.raises(Refused) as told:
            case.merge_passages([first.passage.id, *(each.passage.id for each in others)])
        assert_plain(told.value.reason)
    with pytest.raises(WordsOff):
        case.merge_passages([first.passage.id, first.passage.id])
    assert tables(case) == before


def test_what_was_split_is_merged_again(case: Case) -> None:
    link = _tag(case, BOTH)
    _tag(case, BOTH, "2.1")
    quote = link.passage.anchor
    ids, _ = case.split_passage(link.passage.id, [_cut(case, link, "and")])
    case.merge_passages(ids)
    links = case.evidence()
    assert [each.code for each in links] == ["1.1", "2.1"]
    assert links[0].id == link.id
    assert links[0].passage.anchor == quote


# --- many at once ----------------------------------------------------------------------------


def test_many_links_change_in_one_entry_of_the_log(case: Case) -> None:
    links = [_tag(case, ONCE_P1, "1.1"), _tag(case, ONCE_P2, "1.2", note="why")]
    links.append(_tag(case, ONCE_P2, "2.1"))
    ids = [each.id for each in links]
    before, events = tables(case), len(case.events())
    told = case.amend_many(ids, code="2.1", note="")
    assert told.changed == (ids[0],)
    assert told.left == (ids[1],)  # its passage is tagged to 2.1 as strength already
    assert len(case.events()) == events + 1
    assert {case.link(each).code for each in (ids[0], ids[2])} == {"2.1"}
    assert case.link(ids[1]) == links[1]
    case.revert(told.change)
    assert tables(case) == before
    told = case.amend_many(ids, polarity=Polarity.DEVELOPMENT, note="all")
    assert {(each.polarity, each.note) for each in case.evidence()} == {
        (Polarity.DEVELOPMENT, "all")
    }
    assert (told.left, len(told.changed)) == ((), 3)
    assert case.amend_many(ids, polarity=Polarity.DEVELOPMENT).change.rows == ()
    case.revert(told.change)
    change = case.untag_many(ids)
    assert case.evidence() == []
    assert [event.what for event in case.events()][-1] == "untag 3 links"
    case.revert(change)
    assert tables(case) == before


def test_passages_are_tagged_to_one_more_criterion_together(case: Case) -> None:
    one = _tag(case, ONCE_P1, "1.1", Polarity.DEVELOPMENT, note="of 1.1")
    two = _tag(case, ONCE_P2, "3.1")
    told = case.tag_also([one.id, two.id], "3.1")
    assert told.left == (two.id,)
    (made,) = told.changed
    new = case.link(made)
    assert (new.passage.id, new.code, new.polarity, new.note) == (
        one.passage.id, "3.1", Polarity.DEVELOPMENT, None,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        case.tag_also([one.id, two.id], "3.1")
    assert_plain(refused.value.reason)


def test_a_link_that_is_not_there_stops_all_of_them(case: Case) -> None:
    link = _tag(case, ONCE_P1)
    before = tables(case)
    with pytest.raises(Unknown):
        case.untag_many([link.id, "nowhere"])
    with pytest.raises(Unknown):
        case.amend_many([link.id, "nowhere"], code="2.1")
    assert tables(case) == before


# --- whatever is done ------------------------------------------------------------------------

_QUOTES = (
    ("report.pdf", FIRST), ("report.pdf", BOTH), ("report.pdf", ONCE_P1),
    ("report.pdf", OVER_PAGES), ("notes.md", IN_NOTES),
)  # fmt: skip
_NUMBER = st.integers(0, 10**6)
_STEP = st.one_of(
    st.tuples(st.just("tag"), st.sampled_from(_QUOTES), st.sampled_from(["1.1", "1.2", "2.1"])),
    st.tuples(st.just("split"), _NUMBER, _NUMBER),
    st.tuples(st.just("merge"), _NUMBER, _NUMBER),
    st.tuples(st.just("retag"), st.lists(_NUMBER, min_size=1, max_size=4),
              st.sampled_from(["1.1", "1.2", "18"])),
    st.tuples(st.just("polarity"), st.lists(_NUMBER, min_size=1, max_size=4),
              st.sampled_from(list(Polarity))),
    st.tuples(st.just("also"), st.lists(_NUMBER, min_size=1, max_size=3),
              st.sampled_from(["2.1", "3.1"])),
    st.tuples(st.just("untag"), st.lists(_NUMBER, min_size=1, max_size=3), st.none()),
    st.tuples(st.just("undo"), st.none(), st.none()),
    st.tuples(st.just("redo"), st.none(), st.none()),
)  # fmt: skip


def _carried_out(case: Case, step: tuple[Any, Any, Any]) -> Change | None:
    """Does one thing to whatever there is; None where it is refused or there is nothing."""
    kind, one, two = step
    if kind == "tag":
        name, quote = one
        return case.tag(case.document(name), quote, two, Polarity.STRENGTH)[1]
    links = case.evidence()
    if not links:
        return None
    if kind == "split":
        anchor = links[one % len(links)].passage.anchor
        span = anchor.spans[two % len(anchor.spans)]
        at = span.start + two % max(span.end - span.start, 1)
        return case.split_passage(links[one % len(links)].passage.id, [(span.page, at)])[1]
    if kind == "merge":
        passages = [links[each % len(links)].passage.id for each in (one, two)]
        return case.merge_passages(passages)[1]
    ids = [links[each % len(links)].id for each in one]
    if kind == "untag":
        return case.untag_many(ids)
    if kind == "also":
        return case.tag_also(ids, two).change
    if kind == "retag":
        return case.amend_many(ids, code=two).change
    return case.amend_many(ids, polarity=two).change


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(_STEP, min_size=4, max_size=14))
def test_undo_and_redo_bring_back_the_very_same_links_and_passages(
    _prepared: Path, steps: list[tuple[Any, Any, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copyfile(_prepared, Path(folder) / "case.cambs"))
        with Case.open(path, by="Tester") as case:
            states = [tables(case)]  # what there is after each change that can be undone
            undo: list[Change] = []
            redo: list[tuple[Change, Any]] = []
            for step in steps:
                if step[0] == "undo":
                    if undo:
                        redo.append((case.revert(undo.pop()), states.pop()))
                elif step[0] == "redo":
                    if redo:
                        change, state = redo.pop()
                        undo.append(case.revert(change))
                        states.append(state)
                else:
                    try:
                        made = _carried_out(case, step)
                    except EvidenceError:
                        made = None
                    if made is not None and made.rows:
                        undo.append(made)
                        states.append(tables(case))
                        redo.clear()
                assert tables(case) == states[-1]
                said = [(x.passage.id, x.code, x.polarity) for x in case.evidence()]
                assert len(said) == len(set(said))
                assert all(x.hold is Hold.EXACT for x in case.evidence())
            while undo:
                assert tables(case) == states.pop()
                case.revert(undo.pop())
            assert tables(case) == states.pop()
            assert case.log_is_intact()
        assert problems(path) == []
