"""Passages and links: every change has its exact inverse."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cambs_evidence.case import Case
from cambs_evidence.errors import EvidenceError, Refused, Unknown
from cambs_evidence.model import Change, Hold, Limits, Link, Polarity
from tests.support import (
    IN_LETTER,
    IN_NOTES,
    ONCE_P1,
    ONCE_P2,
    ONCE_P3,
    OVER_PAGES,
    edit,
    problems,
    rows,
    take_in,
)

TABLES = ("fact", "section", "criterion", "blob", "document", "page", "page_words", "passage",
          "link")  # fmt: skip
Tables = dict[str, list[tuple[Any, ...]]]


def tables(case: Case) -> Tables:
    """Every row of the case but the log's."""
    with case._store.reading() as connection:
        return {
            name: sorted(
                (tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")),
                key=repr,
            )
            for name in TABLES
        }


def _tag(case: Case, name: str = "report.pdf", quote: str = ONCE_P1, code: str = "1.1") -> Link:
    return case.tag(case.document(name), quote, code, Polarity.STRENGTH, note="why")[0]


def _tag_fresh(case: Case) -> Change:
    return case.tag(case.document("report.pdf"), ONCE_P2, "1.1", Polarity.NEUTRAL)[1]


def _tag_shared(case: Case) -> Change:
    return case.tag(case.document("report.pdf"), ONCE_P1, "1.2", Polarity.NEUTRAL)[1]


def _untag_last(case: Case) -> Change:
    return case.untag(case.evidence(code="2.1")[0].id)


def _untag_shared(case: Case) -> Change:
    return case.untag(case.evidence(code="1.1")[0].id)


def _describe(case: Case) -> Change:
    return case.describe(
        case.document("letter.txt"), title="A letter", date="2024-02", kind="letter", issuer="DfE"
    )


def _facts_new(case: Case) -> Change:
    return case.set_facts(author="A", period_from="2023", period_until="2024-03-31")


def _limits_new(case: Case) -> Change:
    return case.set_limits(Limits(old_after_years=5))


def _facts_changed(case: Case) -> Change:
    return case.set_facts(title="Another", status=None)


def _remove_bare(case: Case) -> Change:
    return case.remove(case.document("notes.md"))[1]


def _remove_with_links(case: Case) -> Change:
    return case.remove(case.document("report.pdf"), with_links=True)[1]


def _amend_all(case: Case) -> Change:
    link = case.evidence(code="2.1")[0]
    return case.amend(link.id, code="18", polarity=Polarity.NEUTRAL, note="weaker")[1]


def _amend_note_away(case: Case) -> Change:
    return case.amend(case.evidence(code="2.1")[0].id, note=" ")[1]


CHANGES = [_tag_fresh, _tag_shared, _amend_all, _amend_note_away, _untag_last, _untag_shared,
           _describe, _facts_new, _limits_new, _facts_changed, _remove_bare,
           _remove_with_links]  # fmt: skip


@pytest.fixture
def worked(case: Case) -> Case:
    """A case where one passage has three links and another document has one."""
    for code, polarity in (("1.1", Polarity.STRENGTH), ("1.3", Polarity.DEVELOPMENT)):
        case.tag(case.document("report.pdf"), ONCE_P1, code, polarity)
    case.tag(case.document("report.pdf"), OVER_PAGES, "18", Polarity.NEUTRAL, note="both")
    _tag(case, "letter.txt", IN_LETTER, "2.1")
    case.set_facts(status="draft")
    return case


@pytest.mark.parametrize("make", CHANGES, ids=lambda make: make.__name__.strip("_"))
def test_a_change_is_undone_and_redone_exactly(
    worked: Case, make: Callable[[Case], Change]
) -> None:
    before = tables(worked)
    change = make(worked)
    after = tables(worked)
    assert after != before
    undone = worked.revert(change)
    assert tables(worked) == before
    redone = worked.revert(undone)
    assert tables(worked) == after
    worked.revert(redone)
    assert tables(worked) == before
    assert worked.log_is_intact()
    assert [each.what for each in worked.events()[-3:]] == [
        f"undo {change.what}", change.what, f"undo {change.what}",
    ]  # fmt: skip


@pytest.mark.parametrize("make", CHANGES, ids=lambda make: make.__name__.strip("_"))
def test_a_change_tells_exactly_the_rows_it_changed(
    worked: Case, make: Callable[[Case], Change]
) -> None:
    def of(name: str) -> dict[str, dict[str, object]]:
        with worked._store.reading() as connection:
            found = connection.exec_driver_sql(f"SELECT * FROM {name}").mappings()
            return {str(row["id"]): dict(row) for row in found}

    names = ("fact", "document", "passage", "link")
    before = {name: of(name) for name in names}
    change = make(worked)
    after = {name: of(name) for name in names}
    told = {(row.table, row.key) for row in change.rows}
    differ = {
        (name, key)
        for name in names
        for key in before[name].keys() | after[name].keys()
        if before[name].get(key) != after[name].get(key)
    }
    assert told == differ
    for row in change.rows:
        assert row.before == before[row.table].get(row.key)
        assert row.after == after[row.table].get(row.key)


def test_undo_brings_the_same_identities_back(worked: Case) -> None:
    links = worked.evidence()
    documents = worked.documents()
    _, change = worked.remove(worked.document("report.pdf"), with_links=True)
    assert len(worked.evidence()) == 1
    worked.revert(change)
    assert worked.evidence() == links
    assert worked.documents() == documents
    assert worked.text(worked.document("report.pdf")).find(ONCE_P3)


def test_what_was_changed_since_is_not_undone(worked: Case) -> None:
    letter = worked.document("letter.txt")
    first = worked.describe(letter, title="First")
    second = worked.describe(letter, title="Second")
    before, events = tables(worked), worked.events()
    with pytest.raises(Refused) as caught:
        worked.revert(first)
    assert caught.value.code == "changed-since"
    assert (tables(worked), worked.events()) == (before, events)
    worked.revert(second)
    worked.revert(first)
    assert worked.document("letter.txt").title == letter.title


def test_the_same_change_is_not_undone_twice(worked: Case) -> None:
    for make in CHANGES:
        before = tables(worked)
        change = make(worked)
        worked.revert(change)
        with pytest.raises(EvidenceError):
            worked.revert(change)
        assert tables(worked) == before


def test_a_tag_whose_passage_is_shared_since_is_not_undone_by_half(case: Case) -> None:
    _, first = case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)
    case.tag(case.document("report.pdf"), ONCE_P1, "1.2", Polarity.STRENGTH)
    before, events = tables(case), case.events()
    with pytest.raises(EvidenceError):
        case.revert(first)
    assert (tables(case), case.events()) == (before, events)


def test_the_same_quote_for_the_same_criterion_is_refused_twice(case: Case) -> None:
    _tag(case)
    before, events = tables(case), case.events()
    with pytest.raises(Refused) as caught:
        _tag(case)
    assert caught.value.code == "already-tagged"
    assert (tables(case), case.events()) == (before, events)


def test_an_amended_link_is_the_same_link_of_the_same_passage(worked: Case) -> None:
    before = worked.evidence(code="2.1")[0]
    after, change = worked.amend(before.id, code="12.4", polarity=Polarity.DEVELOPMENT, note="")
    assert change.what == "change link 12.4"
    assert change.subject == before.id
    assert (after.code, after.polarity, after.note) == ("12.4", Polarity.DEVELOPMENT, None)
    assert (after.id, after.passage, after.by, after.at, after.hold) == (
        before.id, before.passage, before.by, before.at, Hold.EXACT,
    )  # fmt: skip
    assert worked.evidence(code="12.4") == [after]
    assert worked.evidence(code="2.1") == []
    assert worked.events()[-1].what == change.what
    worked.revert(change)
    assert worked.evidence(code="2.1") == [before]


def test_what_is_not_named_is_left_as_it_is(worked: Case) -> None:
    link = worked.evidence(code="2.1")[0]
    assert worked.amend(link.id, polarity=Polarity.NEUTRAL)[0].note == "why"
    assert worked.amend(link.id, code="2.2")[0].polarity is Polarity.NEUTRAL
    assert worked.amend(link.id, note=" anew ")[0].code == "2.2"
    assert worked.link(link.id).note == "anew"


def test_where_nothing_differs_nothing_is_changed_or_logged(worked: Case) -> None:
    link = worked.evidence(code="2.1")[0]
    before, events = tables(worked), worked.events()
    same, change = worked.amend(link.id, code="2.1", polarity=link.polarity, note="why")
    assert (same, change.rows) == (link, ())
    assert worked.amend(link.id)[1].rows == ()
    assert (tables(worked), worked.events()) == (before, events)


def test_a_link_is_not_amended_into_what_another_says_already(worked: Case) -> None:
    link = worked.evidence(code="1.3")[0]
    worked.amend(link.id, code="1.1")  # the same criterion, but another polarity
    before, events = tables(worked), worked.events()
    with pytest.raises(Refused) as caught:
        worked.amend(link.id, polarity=Polarity.STRENGTH)
    assert caught.value.code == "already-tagged"
    for words in ({"code": "1.99"}, {"code": ""}):
        with pytest.raises(Unknown):
            worked.amend(link.id, **words)
    with pytest.raises(Unknown) as unknown:
        worked.amend("nobody", note="x")
    assert unknown.value.code == "unknown-link"
    assert (tables(worked), worked.events()) == (before, events)


def test_undo_never_says_the_same_of_a_passage_twice(worked: Case) -> None:
    letter, link = worked.document("letter.txt"), worked.evidence(code="2.1")[0]
    _, amended = worked.amend(link.id, code="2.2")
    _tag(worked, "letter.txt", IN_LETTER, "2.1")
    untagged = worked.untag(link.id)
    worked.tag(letter, IN_LETTER, "2.2", Polarity.STRENGTH)
    for change in (untagged, amended):
        before, events = tables(worked), worked.events()
        with pytest.raises(Refused) as caught:
            worked.revert(change)
        assert caught.value.code == "changed-since"
        assert (tables(worked), worked.events()) == (before, events)


def test_links_are_had_by_their_ids_in_the_order_asked_for(worked: Case) -> None:
    links = list(reversed(worked.evidence()))
    ids = [each.id for each in links]
    assert worked.links_by_id(ids) == links
    assert worked.links_by_id([]) == []
    many = [*(f"nobody {number}" for number in range(1200)), *ids, ids[0]]
    assert worked.links_by_id(many) == links
    worked.untag(ids[0])
    assert worked.links_by_id(ids) == worked.links_by_id(ids[1:])


def test_several_criteria_share_one_passage(case: Case) -> None:
    links = [_tag(case, code=code) for code in ("1.1", "1.2", "18")]
    assert len({link.id for link in links}) == 3
    assert len({link.passage.id for link in links}) == 1
    assert len(tables(case)["passage"]) == 1
    assert [link.code for link in case.evidence()] == ["1.1", "1.2", "18"]


def test_the_last_link_takes_its_passage_along(case: Case) -> None:
    first, second = _tag(case, code="1.1"), _tag(case, code="1.2")
    case.untag(first.id)
    assert len(tables(case)["passage"]) == 1
    case.untag(second.id)
    assert tables(case)["passage"] == []
    assert case.evidence() == []


def test_an_unknown_link_is_not_taken_away(case: Case) -> None:
    link = _tag(case)
    case.untag(link.id)
    for each in (link.id, "", "nobody"):
        with pytest.raises(Unknown):
            case.untag(each)
        with pytest.raises(Unknown):
            case.link(each)


def test_a_document_with_links_is_kept_unless_told(case: Case) -> None:
    _tag(case, code="1.1")
    _tag(case, code="1.2")
    report = case.document("report.pdf")
    before, events = tables(case), case.events()
    with pytest.raises(Refused) as caught:
        case.remove(report)
    assert caught.value.code == "has-links"
    assert (tables(case), case.events()) == (before, events)
    links, _ = case.remove(report, with_links=True)
    assert links == 2
    assert (case.evidence(), tables(case)["passage"]) == ([], [])


def test_an_anchor_over_changed_text_is_lost(case_path: Path) -> None:
    with Case.open(case_path, by="A") as case:
        link = _tag(case)
        other = _tag(case, quote=ONCE_P2)
        assert {each.hold for each in case.evidence()} == {Hold.EXACT}
    edit(case_path, f"UPDATE page SET text = replace(text, '{ONCE_P1}', '{ONCE_P1[::-1]}')")
    with Case.open(case_path, by="A", readonly=True) as case:
        holds = {each.id: each.hold for each in case.evidence()}
    assert holds == {link.id: Hold.LOST, other.id: Hold.EXACT}


# --- gone for good ---------------------------------------------------------------------------

MARKER = b"Quokkasentinel"


def _holds(path: Path, word: bytes = MARKER) -> bool:
    data = path.read_bytes().lower()
    return any(form.lower() in data for form in (word, word[1:], word.decode().encode("utf-16-le")))


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_bytes(
        b"Public words stand here. "
        + b"More public words. " * 9
        + MARKER
        + b" was seen at home.\n" * 9
    )
    return path


def test_a_removed_document_is_gone_for_good_once_the_case_is_closed(
    case_path: Path, marked: Path
) -> None:
    size = case_path.stat().st_size
    with Case.open(case_path, by="A") as case:
        take_in(case, marked)
        _tag(case, "secret.txt", "Public words stand here")
    assert _holds(case_path)
    with Case.open(case_path, by="A") as case:
        document = case.document("secret.txt")
        case.remove(document, with_links=True)
    assert not _holds(case_path)
    assert rows(case_path, f"SELECT count(*) FROM blob WHERE sha256 = '{document.sha256}'") == [
        (0,)
    ]
    assert rows(case_path, "SELECT count(*) FROM document WHERE removed") == [(0,)]
    assert problems(case_path) == []
    assert case_path.stat().st_size < size + 100_000
    assert [each.name for each in case_path.parent.iterdir() if _holds(each)] == ["secret.txt"]


def test_a_removed_document_is_gone_after_its_removal_was_undone_and_redone(
    case_path: Path, marked: Path
) -> None:
    with Case.open(case_path, by="A") as case:
        take_in(case, marked)
        _, change = case.remove(case.document("secret.txt"))
        back = case.revert(change)
        assert case.search("quokkasentinel")[0] == 1
        case.revert(back)
    assert not _holds(case_path)


def test_a_removal_that_was_undone_keeps_all(case_path: Path, marked: Path) -> None:
    with Case.open(case_path, by="A") as case:
        take_in(case, marked)
        _, change = case.remove(case.document("secret.txt"))
        case.revert(change)
    with Case.open(case_path, by="A", readonly=True) as case:
        assert case.document_bytes(case.document("secret.txt")) == marked.read_bytes()
        assert case.search("quokkasentinel")[0] == 1
    assert problems(case_path) == []


def test_a_document_removed_and_imported_again_stays(case_path: Path, marked: Path) -> None:
    with Case.open(case_path, by="A") as case:
        take_in(case, marked)
        case.remove(case.document("secret.txt"))
        (again,) = take_in(case, marked)
        assert again.status == "imported"
    with Case.open(case_path, by="A", readonly=True) as case:
        assert case.document_bytes(case.document("secret.txt")) == marked.read_bytes()
        assert case.search("quokkasentinel")[0] == 1
        assert len(case.documents()) == 4
    assert problems(case_path) == []


def test_a_removal_cannot_be_undone_once_the_case_was_closed(case_path: Path) -> None:
    with Case.open(case_path, by="A") as case:
        _, change = case.remove(case.document("notes.md"))
    with Case.open(case_path, by="A") as case:
        with pytest.raises(Refused):
            case.revert(change)
        assert len(case.documents()) == 2


# --- any order of changes --------------------------------------------------------------------

QUOTES = [("report.pdf", ONCE_P1), ("report.pdf", ONCE_P2), ("report.pdf", OVER_PAGES),
          ("letter.txt", IN_LETTER), ("notes.md", IN_NOTES)]  # fmt: skip
STEPS = st.one_of(
    st.tuples(
        st.just("tag"), st.sampled_from(QUOTES), st.sampled_from(["1.1", "1.2", "18"]),
        st.sampled_from(list(Polarity)), st.none() | st.text(max_size=5).map(str.strip),
    ),
    st.tuples(st.just("untag"), st.integers(0, 9)),
    st.tuples(
        st.just("amend"), st.integers(0, 9), st.none() | st.sampled_from(["1.1", "1.2", "18"]),
        st.none() | st.sampled_from(list(Polarity)), st.none() | st.text(max_size=5),
    ),
    st.tuples(
        st.just("describe"), st.sampled_from(QUOTES),
        st.fixed_dictionaries(
            {}, optional={"title": st.sampled_from("abc"), "kind": st.sampled_from("abc"),
                          "date": st.sampled_from(["2014", "2014-08", None])},
        ),
    ),
    st.tuples(
        st.just("facts"),
        st.dictionaries(
            st.sampled_from(["author", "status", "marking"]),
            st.none() | st.sampled_from("ab"), max_size=3,
        ),
    ),
    st.tuples(st.just("remove"), st.sampled_from(QUOTES), st.booleans()),
    st.tuples(st.just("revert"), st.integers(0, 9)),
)  # fmt: skip


def _step(case: Case, step: tuple[Any, ...], made: list[Change]) -> Change | None:
    what, *rest = step
    if what == "tag":
        (name, quote), code, polarity, note = rest
        return case.tag(case.document(name), quote, code, polarity, note=note)[1]
    if what == "untag":
        links = case.evidence()
        return case.untag(links[rest[0] % len(links)].id) if links else None
    if what == "amend":
        links, (place, code, polarity, note) = case.evidence(), rest
        if not links:
            return None
        link_id = links[place % len(links)].id
        change = case.amend(link_id, code=code, polarity=polarity, note=note)[1]
        return change if change.rows else None
    if what == "describe":
        return case.describe(case.document(rest[0][0]), **rest[1])
    if what == "facts":
        return case.set_facts(**rest[0])
    if what == "remove":
        return case.remove(case.document(rest[0][0]), with_links=rest[1])[1]
    return case.revert(made[rest[0] % len(made)]) if made else None


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=12))
def test_any_row_of_changes_is_undone_back_to_the_beginning(
    _prepared: Path, tmp_path: Path, steps: list[tuple[Any, ...]]
) -> None:
    path = Path(shutil.copyfile(_prepared, tmp_path / "any.cambs"))
    with Case.open(path, by="A") as case:
        states = [tables(case)]
        made: list[Change] = []
        for step in steps:
            entries = len(case.events())
            try:
                change = _step(case, step, made)
            except EvidenceError:
                change = None
                assert len(case.events()) == entries
            if change is None:
                assert tables(case) == states[-1]
                continue
            assert len(case.events()) == entries + 1
            made.append(change)
            states.append(tables(case))
        last = states[-1]
        undone = []
        for change in reversed(made):
            assert tables(case) == states.pop()
            undone.append(case.revert(change))
        assert tables(case) == states.pop()
        for change in reversed(undone):
            case.revert(change)
        assert tables(case) == last
        assert case.log_is_intact()
    assert problems(path) == []
    path.unlink()
