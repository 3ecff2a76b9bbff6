"""Facts of the field in words."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence import wording
from cambs_evidence.case import Case
from cambs_evidence.model import Anchor, PageSpan, Polarity, Region, State
from tests.support import ONCE_P1, OVER_PAGES


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (None, "undated"),
        ("2014", "2014"),
        ("2014-08", "August 2014"),
        ("2014-08-08", "8 August 2014"),
        ("2012-02-29", "29 February 2012"),
        ("2014-12-31", "31 December 2014"),
    ],
)
def test_a_date_is_said_as_exactly_as_it_is_known(when: str | None, said: str) -> None:
    assert wording.in_words(when) == said


@given(st.dates())
def test_the_last_day_is_the_last_that_can_be_meant(day: date) -> None:
    assert wording.last_day(day.isoformat()) == day
    month, year = wording.last_day(day.isoformat()[:7]), wording.last_day(day.isoformat()[:4])
    assert day <= month <= year == date(day.year, 12, 31)
    assert (month.year, month.month) == (day.year, day.month)
    if month < date.max:
        assert (month + timedelta(1)).day == 1


@pytest.mark.parametrize("when", ["2013-02-29", "2014-13", "2014-00", "yesterday", ""])
def test_a_day_that_never_was_has_no_last_day(when: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        wording.last_day(when)


def test_every_polarity_and_state_has_a_sign_and_a_word_of_its_own() -> None:
    for known, kind in ((wording.POLARITIES, Polarity), (wording.STATES, State)):
        assert list(known) == list(kind) or set(known) == set(kind)
        signs, words = zip(*known.values(), strict=True)
        assert len(set(signs)) == len(set(words)) == len(known)
        assert all(len(sign) == 1 for sign in signs)


@pytest.mark.parametrize(
    ("page", "last", "label", "said"),
    [
        (0, 0, None, "page 1"),
        (0, 0, "1", "page 1"),
        (0, 0, "", "page 1"),
        (4, 4, "iii", "page 5 (printed iii)"),
        (4, 6, None, "pages 5–7"),
        (4, 5, "3", "pages 5–6 (printed 3)"),
    ],
)
def test_a_page_is_named_by_its_place_and_by_what_is_printed_on_it(
    page: int, last: int, label: str | None, said: str
) -> None:
    assert wording.page_in_words(page, last, label) == said


def test_a_citation_names_document_date_page_and_paragraph(case: Case) -> None:
    case.describe(case.document("report.pdf"), title="Inspection report", date="2014-08")
    report = case.document("report.pdf")
    one, _ = case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH)
    two, _ = case.tag(report, OVER_PAGES, "1.1", Polarity.STRENGTH)
    assert wording.citation(one, report) == "Inspection report, August 2014, page 1"
    assert wording.citation(two, report) == "Inspection report, August 2014, pages 1–2"
    numbered = dataclasses.replace(one.passage, paragraph="12", page_label="9")
    assert wording.citation(dataclasses.replace(one, passage=numbered), report) == (
        "Inspection report, August 2014, page 1 (printed 9), paragraph 12"
    )
    undated = dataclasses.replace(report, date=None)
    assert wording.citation(one, undated) == "Inspection report, undated, page 1"


def test_who_tagged_a_passage_and_when_is_said_by_the_day(case: Case) -> None:
    link, _ = case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)
    said = wording.meta_words(link.by, link.at)
    assert said == f"Tagged by Tester, {wording.in_words(link.at[:10])}"
    assert wording.moment_in_words("2024-03-01T23:59:59+00:00") == "1 March 2024"
    assert wording.moment_in_words("2024-03-01T23:59:59Z") == "1 March 2024"


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("2024-03-31", "2024-03-31"), ("2024-03", "2024-03"), ("2024", "2024"),
        ("31/3/2024", "2024-03-31"), ("01/04/2024", "2024-04-01"), ("31.3.2024", "2024-03-31"),
        ("31 March 2024", "2024-03-31"), ("1st Apr 2024", "2024-04-01"), (" May 2024 ", "2024-05"),
        ("29/2/2023", None), ("31/13/2024", None), ("31 Marble 2024", None), ("Mar", None),
        ("2024-3-1", None), ("３１/３/２０２４", None), ("12", None), ("", None),
    ],
)  # fmt: skip
def test_dates_are_understood_as_people_write_them(typed: str, iso: str | None) -> None:
    assert wording.as_iso(typed) == iso
    if iso is not None:
        assert wording.as_iso(wording.in_words(iso)) == iso


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("area", "Area of page 3"),
        ("table", "Table, page 3"),
        ("row", "Table row, page 3"),
        ("cell", "Table cell, page 3"),
    ],
)
def test_a_part_of_a_page_is_named_by_what_it_is(kind: str, said: str) -> None:
    region = Region(kind, (0, 0, 9, 9))
    assert wording.region_in_words(region, 2) == said
    span = PageSpan(2, 0, 0, ((0, 0, 9, 9),))
    anchor = Anchor("", "", (span,), "", "", "", region=region)
    assert wording.quote_in_words(anchor) == f"[{said}]"
    worded = dataclasses.replace(anchor, quote="Twelve")
    assert wording.quote_in_words(worded) == f"[{said}] Twelve"
    assert wording.quote_in_words(dataclasses.replace(worded, region=None)) == "Twelve"


def test_the_words_of_a_chart_are_labelled_in_print() -> None:
    assert wording.printed_quote("a", None) == wording.printed_quote("a", "table") == "“a”"
    assert wording.printed_quote("a", "area") == "Text in the picture: “a”"
    assert wording.printed_quote("", "area") == wording.printed_quote("", "row") == ""


@pytest.mark.parametrize(
    ("typed", "period", "said"),
    [
        ("2009-04..2010-03", "2009-04..2010-03", "April 2009 to March 2010"),
        ("April 2009 to March 2010", "2009-04..2010-03", "April 2009 to March 2010"),
        ("3 June 2014 - 25 June 2014", "2014-06-03..2014-06-25", "3 June 2014 to 25 June 2014"),
        (" 2016/17 ", "2016..2017", "2016 to 2017"),
        ("2013-2015", "2013..2015", "2013 to 2015"),
        ("June 2014", "2014-06..2014-06", "June 2014"),
    ],
)
def test_a_period_is_understood_and_said(typed: str, period: str, said: str) -> None:
    assert wording.as_period(typed) == period
    assert wording.period_in_words(period) == said
    assert wording.as_period(period) == period


@pytest.mark.parametrize("typed", ["", "soon", "2015..2013", "2014..", "..2014", "May to June"])
def test_what_is_no_period_is_not_understood(typed: str) -> None:
    assert wording.as_period(typed) is None
