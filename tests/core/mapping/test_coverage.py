"""Coverage: how much evidence each criterion has, and how old it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.counts import tallied
from cambs_evidence.errors import WordsOff
from cambs_evidence.framework import bundled
from cambs_evidence.mapping import conflicts
from cambs_evidence.mapping.coverage import coverage, is_old, old_before
from cambs_evidence.model import (
    Anchor,
    CaseFacts,
    Change,
    Coverage,
    CriterionCoverage,
    Document,
    Framework,
    Limits,
    Link,
    Passage,
    Polarity,
    SectionCoverage,
    State,
    Tally,
)
from cambs_evidence.store import reading
from cambs_evidence.wording import last_day
from tests.support import IN_LETTER, IN_NOTES, ONCE_P1, ONCE_P2, problems

TREE = bundled.read(paths.resources() / "framework.toml")
LIMITS = Limits()


def document(name: str, dated: str | None) -> Document:
    return Document(
        id=name, sha256=name, filename=f"{name}.pdf", media_type="application/pdf", size=1,
        title=name, date=dated, kind=None, issuer=None, pages=1, rendition_sha256=None,
        layer_version="x", added_at="", added_by="",
    )  # fmt: skip


def link(code: str, name: str, polarity: Polarity = Polarity.STRENGTH) -> Link:
    target = bundled.target(TREE, code)
    anchor = Anchor(name, "x", (), "quote", "", "")
    passage = Passage(f"{name} {code}", name, anchor, 0, 0, None, None)
    return Link(
        f"{name} {code} {polarity}", passage, target.section_id, target.criterion_id, code,
        polarity, None, "", "", f"{name}.pdf",
    )  # fmt: skip


def of(
    dates: list[str | None], until: str | None = None, others: list[str | None] | None = None
) -> CriterionCoverage:
    """The coverage of 1.1 with one link to each of some documents; others bear no link."""
    linked = [document(f"d{number}", dated) for number, dated in enumerate(dates)]
    more = [document(f"o{number}", dated) for number, dated in enumerate(others or [])]
    facts = CaseFacts("T", period_until=until)
    links = [link("1.1", each.id) for each in linked]
    return coverage(TREE, tallied(links), [*linked, *more], facts, LIMITS).criteria[0]


@pytest.mark.parametrize(
    ("dates", "until", "state"),
    [
        ([], "2024-03-31", State.NONE),
        (["2024-01-01"], "2024-03-31", State.THIN),
        (["2024-01-01", "2024-01-01"], "2024-03-31", State.COVERED),
        (["2024-01-01", "2015"], "2024-03-31", State.COVERED),
        (["2021-03-31", "2021-03-31"], "2024-03-31", State.COVERED),
        (["2021-03-30", "2021-03-30"], "2024-03-31", State.OLD),
        (["2021-03-31"], "2024-03-31", State.THIN),
        (["2021-03-30"], "2024-03-31", State.OLD),
        (["2025-06-01"], "2024-03-31", State.THIN),
        ([None], "2024-03-31", State.OLD),
        ([None, None, None], "2024-03-31", State.OLD),
        ([None, "2020"], "2024-03-31", State.OLD),
        ([None, "2024"], "2024-03-31", State.COVERED),
        ([None], None, State.OLD),
        (["2014"], None, State.THIN),
        (["2014-08"], "2017-08-31", State.THIN),
        (["2014-08"], "2017-08-15", State.THIN),
        (["2014-08"], "2017-09-01", State.OLD),
        (["2014"], "2017-12-31", State.THIN),
        (["2014"], "2018-01-01", State.OLD),
        (["2014"], "2018", State.OLD),
        (["2014"], "2017", State.THIN),
        (["2014-12"], "2017", State.THIN),
        (["2014-11"], "2017", State.OLD),
        (["2021-02-28"], "2024-02-29", State.THIN),
        (["2021-02-27"], "2024-02-29", State.OLD),
        (["2020-02-29"], "2023-02-28", State.THIN),
        (["2020-02-29"], "2023-03-01", State.OLD),
        (["2020-02"], "2023-02", State.THIN),
    ],
)
def test_the_state_at_the_end_of_the_period(
    dates: list[str | None], until: str | None, state: State
) -> None:
    assert of(dates, until).state is state


@pytest.mark.parametrize(
    ("others", "state"),
    [([], State.THIN), (["2024-01-01"], State.THIN), (["2024-01-02"], State.OLD),
     (["2024"], State.OLD), (["2024-01"], State.OLD), ([None], State.THIN)],
)  # fmt: skip
def test_without_a_period_the_newest_document_dates_the_case(
    others: list[str | None], state: State
) -> None:
    assert of(["2021-01-01"], None, others).state is state


def test_the_newest_of_partial_dates_is_the_one_that_ends_last() -> None:
    for dates in (["2014", "2014-08"], ["2014-08", "2014"]):
        documents = [document(f"d{n}", dated) for n, dated in enumerate(dates)]
        links = [link("1.1", each.id) for each in documents]
        found = coverage(TREE, tallied(links), documents, CaseFacts("T"), LIMITS)
        assert found.reference == "2014"
        assert (found.criteria[0].latest, found.criteria[0].oldest) == ("2014", "2014-08")
        # By 31 October 2017 August 2014 is old, but the document of 2014 may be of December.
        late = coverage(
            TREE, tallied(links), documents, CaseFacts("T", period_until="2017-10-31"), LIMITS
        )
        assert late.criteria[0].state is State.COVERED


def test_a_period_without_end_is_dated_by_the_newest_document() -> None:
    facts = CaseFacts("T", period_from="2000-01-01")
    found = coverage(TREE, tallied([]), [document("d", "2020-05-06")], facts, LIMITS)
    assert found.reference == "2020-05-06"
    assert coverage(TREE, tallied([]), [document("d", None)], facts, LIMITS).reference is None


def test_counts_are_of_links_and_of_documents() -> None:
    documents = [document("a", "2023-05"), document("b", "2024-01-31"), document("c", None)]
    links = [
        link("1.1", "a", Polarity.STRENGTH), link("1.1", "a", Polarity.DEVELOPMENT),
        link("1.1", "b", Polarity.STRENGTH), link("1.1", "c", Polarity.NEUTRAL),
        link("1.2", "a", Polarity.NEUTRAL), link("18", "b", Polarity.DEVELOPMENT),
    ]  # fmt: skip
    found = coverage(TREE, tallied(links), documents, CaseFacts("T", period_until="2024"), LIMITS)
    first, second, third = found.criteria[:3]
    assert (first.strength, first.development, first.neutral, first.documents) == (2, 1, 1, 3)
    assert (first.latest, first.oldest, first.state) == ("2024-01-31", "2023-05", State.COVERED)
    assert (second.neutral, second.documents, second.state) == (1, 1, State.THIN)
    assert (third.strength, third.documents, third.latest, third.state) == (
        0, 0, None, State.NONE,
    )  # fmt: skip
    section = found.sections[0]
    assert (section.number, section.criteria, section.covered, section.gaps) == (1, 7, 1, 5)
    last = found.sections[-1]
    assert (last.number, last.criteria, last.covered, last.gaps) == (18, 0, 0, 0)
    assert last.itself is not None
    assert (last.itself.development, last.itself.state) == (1, State.THIN)


def test_an_empty_case_is_all_gaps() -> None:
    found = coverage(TREE, tallied([]), [], CaseFacts("T"), LIMITS)
    assert found.reference is None
    assert [each.code for each in found.criteria] == [
        criterion.code for section in TREE.sections for criterion in section.criteria
    ]
    assert {each.state for each in found.criteria} == {State.NONE}
    assert sum(each.marked for each in found.criteria) == 34
    assert all(each.gaps == each.criteria and not each.covered for each in found.sections)


def test_the_limits_can_be_set() -> None:
    documents = [document("a", "2023-03-31")]
    links = [link("1.1", "a")]
    facts = CaseFacts("T", period_until="2024-04-01")

    def state(limits: Limits) -> State:
        return coverage(TREE, tallied(links), documents, facts, limits).criteria[0].state

    assert state(Limits(old_after_years=1)) is State.OLD
    assert state(Limits(old_after_years=2)) is State.THIN
    assert state(Limits(thin_below_documents=1)) is State.COVERED


def test_a_case_is_dated_by_its_documents_never_by_today(case: Case) -> None:
    report, letter = case.document("report.pdf"), case.document("letter.txt")
    case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH)
    case.tag(letter, IN_LETTER, "1.1", Polarity.DEVELOPMENT)
    case.tag(report, ONCE_P2, "1.2", Polarity.STRENGTH)
    assert _states(case)[:3] == [State.OLD, State.OLD, State.NONE]
    case.describe(report, date="1990-01-01")
    assert _states(case)[:3] == [State.COVERED, State.THIN, State.NONE]
    case.describe(letter, date="1993-01-01")
    assert _states(case)[:2] == [State.COVERED, State.THIN]
    case.describe(letter, date="1993-01-02")
    assert _states(case)[:2] == [State.COVERED, State.OLD]
    case.set_facts(period_until="1990")
    assert _states(case)[:2] == [State.COVERED, State.THIN]
    link_, _ = case.tag(case.document("notes.md"), IN_NOTES, "1.3", Polarity.NEUTRAL)
    assert _states(case)[2] is State.OLD
    case.untag(link_.id)
    assert _states(case)[2] is State.NONE


def test_the_limits_of_a_case_stay_with_it(case_path: Path) -> None:
    with Case.open(case_path, by="A") as case:
        assert case.limits() == Limits()
        case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)
        case.describe(case.document("report.pdf"), date="2022")
        case.set_facts(period_until="2024")
        facts, (criterion, *_) = case.facts(), case.coverage().criteria
        assert criterion.state is State.THIN
        change = case.set_limits(Limits(old_after_years=1))
        assert (change.what, case.events()[-1].what) == ("set limits of coverage",) * 2
        assert _states(case)[0] is State.OLD
        assert case.set_limits(Limits(2, 1)).what == change.what
        assert case.facts() == facts
    with Case.open(case_path, by="A") as case:
        assert case.limits() == Limits(2, 1)
        assert _states(case)[0] is State.COVERED
        assert case.coverage(Limits()).criteria[0].state is State.THIN
        assert case.log_is_intact()
    assert problems(case_path) == []


def test_limits_that_are_so_already_are_not_set_again(case: Case) -> None:
    for limits in (Limits(), Limits(5, 3)):
        case.set_limits(limits)
        events = case.events()
        assert case.set_limits(limits).rows == ()
        assert case.events() == events
    case.set_limits(Limits())
    assert case.limits() == Limits()


@pytest.mark.parametrize("limits", [Limits(0, 2), Limits(51, 2), Limits(3, 0), Limits(3, -1)])
def test_limits_that_measure_nothing_are_refused(case: Case, limits: Limits) -> None:
    events = case.events()
    with pytest.raises(WordsOff):
        case.set_limits(limits)
    assert (case.limits(), case.events()) == (Limits(), events)


def _states(case: Case) -> list[State]:
    return [each.state for each in case.coverage().criteria]


def test_links_are_counted_alike_in_the_store_and_in_hand(case: Case) -> None:
    report, letter = case.document("report.pdf"), case.document("letter.txt")
    for code, polarity in (("1.1", Polarity.STRENGTH), ("1.1", Polarity.NEUTRAL),
                           ("1.2", Polarity.STRENGTH), ("18", Polarity.DEVELOPMENT)):  # fmt: skip
        case.tag(report, ONCE_P1, code, polarity)
    case.tag(report, ONCE_P2, "1.1", Polarity.STRENGTH)
    case.tag(letter, IN_LETTER, "1.1", Polarity.STRENGTH)
    expected = tallied(case.evidence()).tallies()
    assert sum(each.links for each in expected) == 6
    assert sorted(map(str, case.tallies())) == sorted(map(str, expected))
    places = [case.target(code).criterion_id for code in ("1.1", "1.2")]
    with case._store.reading() as connection:
        some = reading.counts(connection, [place for place in places if place]).tallies()
    assert sorted(map(str, some)) == sorted(str(each) for each in expected if each.code != "18")
    case.remove(report, with_links=True)
    assert case.tallies() == [Tally("1.1", Polarity.STRENGTH, letter.id, 1)]


def test_after_whatever_was_done_coverage_is_what_the_evidence_says(case: Case) -> None:
    report, letter = case.document("report.pdf"), case.document("letter.txt")
    case.describe(report, date="2023")
    told = case.coverage()

    def agrees(*changes: Change) -> None:
        """What is told from change to change, and at once, is what is counted by hand."""
        nonlocal told
        told = case.coverage_after(told, changes)
        plain = plainly(
            case.framework(), case.evidence(), case.documents(), case.facts(), case.limits()
        )
        assert told == case.coverage() == plain
        known = {each.id: each.links for each in case.documents()}
        assert {each.id: each.links for each in case.documents_and_coverage()[0]} == known

    first, change = case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH)
    agrees(change)
    second, change = case.tag(letter, IN_LETTER, "1.1", Polarity.DEVELOPMENT)
    _, another = case.tag(report, ONCE_P2, "18", Polarity.NEUTRAL)
    agrees(change, another)
    agrees(case.amend(first.id, code="1.2")[1])
    gone = case.untag(second.id)
    agrees(gone)
    back = case.revert(gone)
    agrees(back)
    agrees(case.amend_many([first.id, second.id], polarity=Polarity.STRENGTH).change)
    agrees(case.describe(letter, date="2001-02"))
    agrees(case.set_not_applicable("1.2", "Not here."))
    agrees(case.untag(second.id))
    agrees(case.describe(letter, date=None))
    with Case.open(case.path, by="B", readonly=True) as other:  # it counts for itself
        before = other.coverage()
        change = case.amend(first.id, polarity=Polarity.DEVELOPMENT)[1]
        assert other.coverage() == case.coverage() != before
    agrees(change, case.remove(report, with_links=True)[1])


def plainly(
    framework: Framework,
    links: list[Link],
    documents: list[Document],
    facts: CaseFacts,
    limits: Limits,
) -> Coverage:
    """Coverage link by link, as it is defined."""
    known = {each.id: each for each in documents}
    dated = [(last_day(each.date), each.date) for each in documents if each.date]
    reference = facts.period_until or max(dated, default=(None, None))[1]

    def of_one(code: str, marked: bool, applies: bool) -> CriterionCoverage:
        mine = [each for each in links if each.code == code]
        ids = {each.newest or each.passage.document_id for each in mine}
        dates = [known[each].date for each in ids if each in known]
        days = sorted((last_day(each), each) for each in dates if each)
        latest = days[-1][1] if days else None
        count = {kind: sum(each.polarity is kind for each in mine) for kind in Polarity}
        state = (
            State.NOT_APPLICABLE if not applies
            else State.NONE if not mine
            else State.OLD if is_old(latest, reference, limits)
            else State.THIN if len(ids) < limits.thin_below_documents
            else State.COVERED
        )  # fmt: skip
        sides = (
            {each.newest or each.passage.document_id for each in mine if each.polarity is kind}
            for kind in (Polarity.STRENGTH, Polarity.DEVELOPMENT)
        )
        told = ({each: conflicts.told_of(known.get(each)) for each in side} for side in sides)
        return CriterionCoverage(
            code, marked, count[Polarity.STRENGTH], count[Polarity.DEVELOPMENT],
            count[Polarity.NEUTRAL], len(ids), latest, days[0][1] if days else None, state,
            bool(conflicts.opposed(*told)[0]),
        )  # fmt: skip

    sections = []
    for section in framework.sections:
        own = [
            of_one(each.code, each.marked, each.not_applicable is None) for each in section.criteria
        ]
        sections.append((section.number, own))
    states = {number: [each.state for each in own] for number, own in sections}
    day = old_before(reference, limits)
    return Coverage(
        reference,
        tuple(each for _, own in sections for each in own),
        tuple(
            SectionCoverage(
                number, len(own), states[number].count(State.COVERED),
                states[number].count(State.NONE),
                None if own else of_one(str(number), False, True),
                states[number].count(State.NOT_APPLICABLE),
            )
            for number, own in sections
        ),
        day.isoformat() if day else None,
    )  # fmt: skip


# --- shapes ----------------------------------------------------------------------------------

DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
PARTIAL = st.tuples(DAYS, st.sampled_from([4, 7, 10])).map(
    lambda pair: pair[0].isoformat()[: pair[1]]
)


@given(PARTIAL)
def test_the_last_day_is_the_last_that_the_text_can_mean(when: str) -> None:
    end = last_day(when)
    assert end.isoformat().startswith(when)
    if end < date.max:
        after = (end + timedelta(days=1)).isoformat()
        assert not after.startswith(when)


@example("0001", "0002", 3)
@example("2020-02-29", "2024-02-29", 4)
@example("2021", "2024-02-29", 3)
@given(PARTIAL, PARTIAL, st.integers(0, 10))
def test_age_has_one_boundary(when: str, reference: str, years: int) -> None:
    limits = Limits(old_after_years=years)
    old = is_old(when, reference, limits)
    end, at = last_day(when), last_day(reference)
    if at.year - years >= 1:
        # Anniversaries compare as month and day; 29 February has its on the 28th.
        day = 28 if (at.month, at.day) == (2, 29) and not _leap(at.year - years) else at.day
        assert old == (end < date(at.year - years, at.month, day))
    else:
        assert not old
    if not old and end < date.max:
        assert not is_old((end + timedelta(days=1)).isoformat(), reference, limits)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


CODES = st.sampled_from(["1.1", "1.2", "12.4", "18"])


@given(
    st.lists(st.none() | PARTIAL, min_size=1, max_size=4),
    st.lists(st.tuples(CODES, st.integers(0, 3), st.sampled_from(list(Polarity))), max_size=10),
    st.none() | PARTIAL,
)
def test_states_follow_from_links_and_dates(
    dates: list[str | None], tagged: list[tuple[str, int, Polarity]], until: str | None
) -> None:
    documents = [document(f"d{number}", dated) for number, dated in enumerate(dates)]
    links = [
        replace(link(code, f"d{n % len(dates)}", polarity), id=str(place))
        for place, (code, n, polarity) in enumerate(tagged)
    ]
    facts = CaseFacts("T", period_until=until)
    found = coverage(TREE, tallied(links), documents, facts, LIMITS)
    assert found == plainly(TREE, links, documents, facts, LIMITS)
    known = {each.id: each.date for each in documents}
    all_of = [*found.criteria, *(each.itself for each in found.sections if each.itself)]
    assert sum(each.strength + each.development + each.neutral for each in all_of) == len(links)
    for each in all_of:
        mine = [one for one in links if one.code == each.code]
        held = {one.passage.document_id for one in mine}
        assert each.documents == len(held)
        if not mine:
            assert each.state is State.NONE
        elif all(is_old(known[name], found.reference, LIMITS) for name in held):
            assert each.state is State.OLD
        else:
            assert each.state is (State.THIN if len(held) < 2 else State.COVERED)
    _sections_agree(found)


def _sections_agree(found: Coverage) -> None:
    by_code = {each.code: each.state for each in found.criteria}
    for section, told in zip(TREE.sections, found.sections, strict=True):
        states = [by_code[each.code] for each in section.criteria]
        assert (told.number, told.criteria) == (section.number, len(states))
        assert told.covered == states.count(State.COVERED)
        assert told.gaps == states.count(State.NONE)
