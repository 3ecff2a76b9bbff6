"""Quarters and years that dates fall into."""

from __future__ import annotations

import pytest

from cambs_evidence.periods import UNDATED, By, bounds, period_of, span


@pytest.mark.parametrize(
    ("when", "quarter", "year"),
    [
        ("2014-01-01", "2014 Q1", "2014"),
        ("2014-03-31", "2014 Q1", "2014"),
        ("2014-04", "2014 Q2", "2014"),
        ("2014", "2014 Q4", "2014"),
        (None, UNDATED, UNDATED),
    ],
)
def test_a_date_counts_from_its_last_day(when: str | None, quarter: str, year: str) -> None:
    assert period_of(when, By.QUARTER) == quarter
    assert period_of(when, By.YEAR) == year


def test_periods_without_evidence_are_shown_between_those_with_some() -> None:
    dates = ["2015-02", "2014-06-30", None, "2014-07"]
    assert span(dates, By.QUARTER) == ["2014 Q2", "2014 Q3", "2014 Q4", "2015 Q1", UNDATED]
    assert span(dates, By.YEAR) == ["2014", "2015", UNDATED]
    assert span([None], By.YEAR) == [UNDATED]
    assert span([], By.QUARTER) == []


def test_a_period_begins_and_ends() -> None:
    found = [bounds(each) for each in ("2014 Q1", "2014 Q4", "2014", UNDATED)]
    assert found == [("2014-01", "2014-03"), ("2014-10", "2014-12"), ("2014", "2014"), None]
