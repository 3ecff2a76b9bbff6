"""What a document's own text says of it: documents of an invented county, and the shared ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.documents.facts import PAGES, suggest
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.plain import interpret, typeset
from cambs_evidence.documents.times import dates_in, periods_in
from cambs_evidence.model import Suggestion, Suggestions
from cambs_evidence.wording import DOCUMENT_KINDS
from tests.core.documents.sheets import HEIGHT, REPORTS, SHARED, Painter, column, layers, painted
from tests.support import take_in

NAMES = ("title", "date", "period", "kind", "issuer")
PROSE = (
    "The service listens to children and changes what it does because of what they say. Carers "
    "told us that the telephone is answered at night, and that the same worker stays with them. "
    "On 9 March 1999 the county opened its first centre, and in June 2001 it opened another one."
)


def values(told: Suggestions) -> dict[str, str]:
    found = {name: getattr(told, name) for name in NAMES}
    return {name: each.value for name, each in found.items() if each is not None}


def read(text: str, *, markdown: bool = False) -> Suggestions:
    made = typeset(interpret(text, markdown), paths.fonts(), "A text")
    return suggest([*made.layers[:PAGES], *made.layers[PAGES:][-1:]])


def said(*lines: str) -> dict[str, str]:
    return values(read("\n\n".join([*lines, PROSE])))


def set_in_sizes(*pages: Sequence[tuple[str, float]]) -> list[PageLayer]:
    """A PDF whose lines have sizes; each page ends in text."""

    def page(lines: Sequence[tuple[str, float]]) -> Painter:
        def paint(canvas: Canvas) -> None:
            y = HEIGHT - 90
            for words, size in lines:
                canvas.setFont("Helvetica", size)
                canvas.drawString(72, y, words)
                y -= size * 1.3 + (0 if size > 15 else 14)
            canvas.setFont("Helvetica", 10)
            column(canvas, [PROSE[at : at + 85] for at in range(0, len(PROSE), 85)], 72, y - 40)

        return paint

    return layers(painted(*map(page, pages)))


# --- the whole -----------------------------------------------------------------------------


def test_a_report_tells_what_it_is() -> None:
    assert said(
        "Inspection of fostering in Wealdshire",
        "Inspection dates: 3 to 25 June 2014",
        "Report published: 8 August 2014",
        "Website: www.ofsted.gov.uk",
    ) == {
        "title": "Inspection of fostering in Wealdshire",
        "date": "2014-08-08",
        "period": "2014-06-03..2014-06-25",
        "kind": "Inspection report",
        "issuer": "Ofsted",
    }


def test_a_letter_tells_what_it_is() -> None:
    told = said(
        "Wealdshire Health Trust", "4 Mill Lane", "17 December 2018", "Ms A Carter",
        "Wealdshire County Council", "Dear Ms Carter", "Visits to children at Mill House",
    )  # fmt: skip
    assert told == {
        "title": "Visits to children at Mill House",
        "date": "2018-12-17",
        "kind": "Letter",
        "issuer": "Wealdshire Health Trust",
    }


def test_each_suggestion_is_read_where_it_says() -> None:
    text = f"# Survey of carers\n\nReport by Weald Research Unit\n\nDate: 4 May 2016\n\n{PROSE}"
    (page,) = typeset(interpret(text, markdown=True), paths.fonts(), "A text").layers
    told = suggest([page])
    read_at = {
        name: page.text[each.start : each.end]
        for name in NAMES
        if (each := getattr(told, name)) is not None
    }
    assert read_at == {"title": "Survey of carers", "date": "4 May 2016", "kind": "Survey",
                       "issuer": "Weald Research Unit"}  # fmt: skip


def test_text_that_says_nothing_of_itself_is_not_guessed_at() -> None:
    assert values(read(PROSE)) == {}
    assert values(suggest([])) == {}


# --- title ---------------------------------------------------------------------------------


def test_the_largest_type_of_a_cover_is_its_title() -> None:
    cover = [("Weald Unit, spring", 11), ("Needs assessment of young", 26),
             ("carers in Wealdshire", 26), ("May 2016", 16)]  # fmt: skip
    told = values(suggest(set_in_sizes(cover)))
    assert told["title"] == "Needs assessment of young carers in Wealdshire"
    assert (told["kind"], told["date"]) == ("Needs assessment", "2016-05")


def test_a_page_in_one_size_has_no_title() -> None:
    assert "title" not in values(suggest(set_in_sizes([("Figures of the quarter", 10)])))


@pytest.mark.parametrize(
    "first", ["Contents", "Part A: About the county", "1. Key people", "Introduction"]
)
def test_a_chapter_is_no_title(first: str) -> None:
    assert "title" not in values(read(f"# {first}\n\n{PROSE}", markdown=True))


def test_the_subject_of_a_letter_goes_without_its_label() -> None:
    assert said("4 May 2016", "Dear Sir", "Re: Places at Mill House")["title"] == (
        "Places at Mill House"
    )


def test_a_first_sentence_of_a_letter_is_no_subject() -> None:
    assert "title" not in said("4 May 2016", "Dear Sir", "Thank you for the tea.")


# --- date ----------------------------------------------------------------------------------


def test_a_date_of_publication_goes_before_any_other() -> None:
    told = said("Review of visits", "Date: 2 May 2016", "Published: 9 June 2016")
    assert told["date"] == "2016-06-09"


@pytest.mark.parametrize(
    "line",
    ["Date of next meeting: 4 May 2016", "Inspection date: 4 May 2016", "Review date 4 May 2016",
     "Anna Carter, born 4 May 2016", "Visited between 4 May 2016 and 9 May 2016",
     "Plan 2015-2016"],
)  # fmt: skip
def test_the_date_of_something_else_is_none(line: str) -> None:
    assert "date" not in said("Review of visits", line)


def test_a_large_line_may_end_in_the_date() -> None:
    cover = [("Survey of carers in Wealdshire", 18), ("Key results, 24 June 2015", 16)]
    assert values(suggest(set_in_sizes(cover)))["date"] == "2015-06-24"
    cover = [("Survey of carers in Wealdshire", 18), ("To be reviewed by 24 June 2015", 16)]
    assert "date" not in values(suggest(set_in_sizes(cover)))


def test_dates_on_a_cover_that_disagree_are_none() -> None:
    assert "date" not in said("Review of visits", "May 2016", "June 2016")


def test_a_day_within_the_month_of_a_date_is_more_exact() -> None:
    told = said("Review of visits", "Date: June 2014", "Version revised 6th June 2014")
    assert told["date"] == "2014-06-06"
    told = said("Review of visits", "Date: June 2014", "Version revised 6th July 2015")
    assert told["date"] == "2014-06"


def test_a_copyright_is_better_than_nothing() -> None:
    assert said("Review of visits", "© Crown copyright 2007")["date"] == "2007"
    assert said("Review of visits", "© Crown copyright 2007", "May 2006")["date"] == "2006-05"


@pytest.mark.parametrize(
    ("words", "value"),
    [("Monday 8th of August 2014", "2014-08-08"), ("8/8/2014", "2014-08-08"),
     ("2014-08-08", "2014-08-08"), ("AUGUST 2014", "2014-08"), ("8 Aug. 2014", "2014-08-08"),
     ("1 st August 2014", "2014-08-01")],
)  # fmt: skip
def test_dates_are_understood_as_they_are_written(words: str, value: str) -> None:
    (found,) = dates_in(f"seen {words}, noted")
    assert (found.value, f"seen {words}, noted"[found.start : found.end]) == (value, words)


@pytest.mark.parametrize("words", ["31 June 2014", "8/13/2014", "in 2014", "may 14 people", "12.5"])
def test_what_is_no_date_is_none(words: str) -> None:
    assert [each.value for each in dates_in(words)] in ([], ["2014-06"])


# --- period --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "value"),
    [("April 2009 to March 2010", "2009-04..2010-03"), ("3 June 2014 - 25 June 2014",
     "2014-06-03..2014-06-25"), ("3 to 25 June 2014", "2014-06-03..2014-06-25"),
     ("April to June 2014", "2014-04..2014-06"), ("2016/17", "2016..2017"),
     ("2013-2015", "2013..2015"), ("2013–15", "2013..2015")],
)  # fmt: skip
def test_periods_are_understood_as_they_are_written(words: str, value: str) -> None:
    text = f"Audit, {words} (all teams)"
    (found,) = periods_in(text)
    assert (found.value, text[found.start : found.end]) == (value, words)
    assert list(dates_in(text)) == []


@pytest.mark.parametrize(
    "words", ["2015-2013", "1990-2015", "2001-07", "2016/19.5", "01-2013-2015"]
)
def test_what_is_no_period_is_none(words: str) -> None:
    assert list(periods_in(words)) == []


def test_fieldwork_in_one_month_is_a_period() -> None:
    assert said("Review of visits", "Fieldwork: June 2014")["period"] == "2014-06..2014-06"


def test_the_period_of_a_strategy_that_is_named_is_not_its_own() -> None:
    assert "period" not in said("Review of visits", "Seen beside the Workforce Plan 2009-2012")


# --- kind and issuer -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "kind"),
    [("Minutes of the carers' board", "Minutes"), ("Self-assessment of the county",
     "Self-assessment"), ("Audit of case files", "Audit"), ("Survey about needs assessments",
     "Survey"), ("Progress report on visits", "Progress review"), ("Notes about visits", None),
     ("Response to the inspection report", None), ("Guidance for audits", None)],
)  # fmt: skip
def test_the_kind_is_what_the_title_calls_it(title: str, kind: str | None) -> None:
    assert said(title).get("kind") == kind
    assert kind is None or kind in DOCUMENT_KINDS


def test_the_council_on_an_inspection_report_did_not_issue_it() -> None:
    told = said("Wealdshire County Council", "Inspection of fostering services")
    assert "issuer" not in told
    assert told["title"] == "Inspection of fostering services"


@pytest.mark.parametrize(
    ("lines", "issuer"),
    [
        (("Report by the", "Weald Research Unit", "Wealdshire County Council", "1 Mill Lane"),
         "Weald Research Unit, Wealdshire County Council"),
        (("The Weald Research Unit, Wealdshire County Council, produced this for all.",),
         "Weald Research Unit, Wealdshire County Council"),
        (("Wealdshire County Council",), "Wealdshire County Council"),
        (("© Wealdshire County Council 2016",), "Wealdshire County Council"),
        (("Weald Trust", "May 2016", "Wealdshire County Council"), None),
        (("Seen by Wealdshire County Council",), None),
    ],
)  # fmt: skip
def test_the_issuer_is_the_one_body_that_says_so(
    lines: tuple[str, ...], issuer: str | None
) -> None:
    assert said("Review of visits to children", *lines).get("issuer") == issuer


def test_a_letter_without_a_head_is_of_the_body_below_its_signature() -> None:
    told = values(
        read(
            f"4 May 2016\n\nMs A Carter\n\nWealdshire County Council\n\nDear Ms Carter\n\n{PROSE}"
            "\n\nYours sincerely\n\nB Mason\n\nWeald Health Board\n"
        )
    )
    assert told["issuer"] == "Weald Health Board"


@given(
    st.lists(
        st.sampled_from(
            ["Dear", "Date:", "©", "2014", "May", "3", "to", "Report by the", "Council", "County",
             "(", "-", "/", "www.ofsted.gov.uk", "\n\n", "# ", "1.", "this", "survey", "\t", "é"]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_whatever_the_text_each_place_is_within_its_page(words: list[str]) -> None:
    made = typeset(interpret(" ".join(words) + " end", markdown=True), paths.fonts(), "A text")
    told = suggest(made.layers)
    for each in (getattr(told, name) for name in NAMES):
        if each is not None:
            assert isinstance(each, Suggestion)
            assert 0 <= each.start < each.end <= len(made.layers[each.page].text)
            assert each.value.strip() == each.value != ""


# --- the shared documents ------------------------------------------------------------------

#: What was judged right by eye, without the titles, which are the documents' own words.
JUDGED = {
    "000": ("2007", None, "Inspection report", "Ofsted"),
    "001": ("2014-08-08", "2014-06-03..2014-06-25", "Inspection report", "Ofsted"),
    "002": ("2008-12-17", None, "Letter", "Ofsted"),
    "003": ("2010-04", None, "Progress review", None),
    "004": (None, None, "Self-assessment", None),
    "Briefing": ("2016-05", None, "Briefing", "Unit, County Council"),
    "SEND-Infographic": (None, None, None, None),
    "SEND-Survey": ("2015-06-24", None, "Survey", None),
    "TCNA": ("2016-05", None, "Needs assessment", "Unit, County Council"),
    "West-Sussex-Early": ("2016-01", None, "Needs assessment", "Unit, County Council"),
    "West-Sussex-Suicide": ("2017-03", "2013..2015", "Audit", "Unit, County Council"),
    "carers": ("2009-08", None, "Data report", None),
    "child_disability": ("2012-11", None, "Survey", "Unit, County Council"),
    "evidence": ("2014-07", None, "Needs assessment", "Unit, County Council"),
    "needs": ("2008-09", None, "Needs assessment", "County Council"),
    "quality": ("2013-04", None, None, "Unit"),
    "west_sussex": ("2014-06-06", None, "Needs assessment", "Unit, County Council"),
}
UNTITLED = {"004", "SEND-Infographic", "carers"}


@pytest.mark.skipif(not REPORTS.is_dir(), reason="../shared is not here")
def test_the_shared_documents_tell_what_was_judged_right(tmp_path: Path) -> None:
    given_ = [*sorted((SHARED / "corpus").glob("*.txt")), *sorted(REPORTS.glob("*.pdf"))]
    with Case.create(tmp_path / "all.cambs", by="A") as case:
        take_in(case, *given_)
        seen = set()
        for document in case.documents():
            name = max((each for each in JUDGED if document.filename.startswith(each)), key=len)
            seen.add(name)
            told = values(case.suggestions(document))
            *others, issuer = JUDGED[name]
            assert [told.get(each) for each in ("date", "period", "kind")] == others, name
            if issuer is None or issuer == "Ofsted":
                assert told.get("issuer") == issuer, name
            else:
                ends = [each.strip() for each in issuer.split(",")]
                bodies = told["issuer"].split(", ")
                assert len(bodies) == len(ends), name
                pairs = zip(bodies, ends, strict=True)
                assert all(body.endswith(end) for body, end in pairs), name
            assert ("title" in told) is (name not in UNTITLED), name
        assert seen == set(JUDGED)
