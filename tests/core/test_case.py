"""The door: what it gives, what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from cambs_evidence.case import Case
from cambs_evidence.errors import (
    CannotOpen,
    EvidenceError,
    QuoteAmbiguous,
    QuoteNotFound,
    Refused,
    Unknown,
    WordsOff,
)
from cambs_evidence.model import (
    Document,
    Hold,
    PackOptions,
    PageShape,
    Place,
    Polarity,
    Progress,
    Table,
)
from tests.support import (
    IN_LETTER,
    IN_NOTES,
    ONCE_P1,
    ONCE_P2,
    ONCE_P3,
    OVER_PAGES,
    REPEATED,
    Files,
    assert_plain,
    beside,
    edit,
    make_pdf,
    problems,
    take_in,
)


def test_a_new_case_is_one_file_named_by_its_title(tmp_path: Path) -> None:
    with Case.create(tmp_path / "Camshire.cambs", by="A") as made:
        assert made.facts().title == "Camshire"
        assert made.documents() == []
        assert made.evidence() == []
    assert beside(tmp_path / "Camshire.cambs") == ["Camshire.cambs"]


def test_a_name_that_is_taken_is_refused_and_left(tmp_path: Path) -> None:
    taken = tmp_path / "notes.cambs"
    taken.write_bytes(b"mine")
    with pytest.raises(Refused):
        Case.create(taken, by="A")
    assert taken.read_bytes() == b"mine"
    assert beside(taken) == ["notes.cambs"]


@pytest.mark.parametrize(
    "name",
    ["Überprüfung № 5.cambs", "50% done.cambs", "a#b.cambs", "who? me.cambs", "a&b=c;d.cambs",
     "%41.cambs", "it's \"quoted\".cambs", "no-suffix", "-dash.cambs"],
)  # fmt: skip
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    Case.create(path, by="A", title="Kept").close()
    assert beside(path) == [name]
    with Case.open(path, by="A") as opened:
        opened.set_facts(author="B")
    with Case.open(path, by="A", readonly=True) as opened:
        assert (opened.facts().title, opened.facts().author) == ("Kept", "B")
        copy = opened.backup(tmp_path / f"copy of {name}")
    assert beside(path) == sorted([name, copy.name])
    assert problems(path) == []


def test_facts_are_kept_and_taken_away(case_path: Path) -> None:
    with Case.open(case_path, by="A") as opened:
        opened.set_facts(authority="Camshire", period_from="2023-04", period_until="2024-03-31")
        opened.set_facts(authority=None)
    with Case.open(case_path, by="A", readonly=True) as opened:
        facts = opened.facts()
    assert (facts.authority, facts.period_from, facts.period_until) == (
        None, "2023-04", "2024-03-31",
    )  # fmt: skip


@pytest.mark.parametrize("until", ["2022", "2023-03", "2023-03-31"])
def test_a_period_that_ends_before_it_begins_is_refused(case: Case, until: str) -> None:
    case.set_facts(period_from="2023-04-01")
    with pytest.raises(WordsOff):
        case.set_facts(period_until=until)
    assert case.facts().period_until is None


@pytest.mark.parametrize("date", ["2014", "2014-08", "2014-08-08", "2012-02-29", " 2014 "])
def test_dates_of_day_month_or_year_are_taken(case: Case, date: str) -> None:
    document = case.documents()[0]
    case.describe(document, date=date)
    assert case.documents()[0].date == date.strip()


@pytest.mark.parametrize(
    "date",
    ["", "yesterday", "2014-13", "2014-02-30", "2013-02-29", "08/13/2014", "31 Juvember 2014", "14",
     "2014-8-8", "0000", "2014-08-08T10:00", "٢٠١٤", "２０２４-０１-０１"],
)  # fmt: skip
def test_what_is_no_date_is_refused(case: Case, date: str) -> None:
    with pytest.raises(WordsOff):
        case.describe(case.documents()[0], date=date)
    assert case.documents()[0].date is None


def test_a_document_is_known_by_id_and_by_file_name(case: Case) -> None:
    for document in case.documents():
        assert case.document(document.id) == document
        assert case.document(document.filename) == document
    with pytest.raises(Unknown) as caught:
        case.document("report")
    assert caught.value.code == "unknown-document"


def test_a_name_that_several_documents_bear_names_none(case: Case, tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Another letter altogether.\n", encoding="utf-8")
    take_in(case, other)
    with pytest.raises(Unknown) as caught:
        case.document("letter.txt")
    ids = [each.id for each in case.documents() if each.filename == "letter.txt"]
    assert all(each in caught.value.reason for each in ids)
    assert case.document(ids[1]).id == ids[1]


def test_bytes_are_kept_as_they_were_received(case: Case, files: Files) -> None:
    for path in files.all():
        assert case.document_bytes(case.document(path.name)) == path.read_bytes()
    assert case.page_bytes(case.document("letter.txt")).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("name", "quote", "page"),
    [("report.pdf", ONCE_P1, 0), ("report.pdf", ONCE_P2, 1), ("report.pdf", ONCE_P3, 2),
     ("letter.txt", IN_LETTER, 0), ("notes.md", IN_NOTES, 0)],
)  # fmt: skip
def test_a_quote_is_anchored_where_it_stands(case: Case, name: str, quote: str, page: int) -> None:
    document = case.document(name)
    link, _ = case.tag(document, quote, "1.1", Polarity.STRENGTH, note="seen twice")
    anchor = link.passage.anchor
    assert (link.passage.page, link.passage.page_end, anchor.quote) == (page, page, quote)
    assert anchor.document_sha256 == document.sha256
    span = anchor.spans[0]
    assert " ".join(case.page(document, page).text[span.start : span.end].split()) == quote
    assert all(x0 < x1 and y0 < y1 for x0, y0, x1, y1 in span.quads)
    assert (link.code, link.polarity, link.note, link.by) == (
        "1.1", Polarity.STRENGTH, "seen twice", "Tester",
    )  # fmt: skip


def test_a_quote_runs_over_the_end_of_a_page(case: Case) -> None:
    link, _ = case.tag(case.document("report.pdf"), OVER_PAGES, "1.1", Polarity.NEUTRAL)
    assert (link.passage.page, link.passage.page_end) == (0, 1)
    assert [span.page for span in link.passage.anchor.spans] == [0, 1]
    assert link.passage.anchor.quote == OVER_PAGES


@pytest.mark.parametrize("quote", ["", "  \n", "Nobody wrote this anywhere.", "zzz", "\x00"])
def test_an_absent_quote_is_refused_and_leaves_nothing(case: Case, quote: str) -> None:
    before = case.events()
    with pytest.raises(QuoteNotFound):
        case.tag(case.document("report.pdf"), quote, "1.1", Polarity.STRENGTH)
    assert case.evidence() == []
    assert case.events() == before


def test_a_quote_in_several_places_is_refused_unless_told_which(case: Case) -> None:
    report = case.document("report.pdf")
    with pytest.raises(QuoteAmbiguous):
        case.tag(report, REPEATED, "1.1", Polarity.STRENGTH)
    with pytest.raises(QuoteAmbiguous):
        case.tag(report, REPEATED, "1.1", Polarity.STRENGTH, page=2)
    places = [
        case.tag(report, REPEATED, "1.1", Polarity.STRENGTH, page=page, occurrence=occurrence)[0]
        for page, occurrence in ((None, 1), (2, 1), (None, 3))
    ]
    assert [each.passage.page for each in places] == [0, 2, 2]
    starts = [each.passage.anchor.spans[0].start for each in places]
    assert starts[1] < starts[2]
    for page, occurrence in ((0, 2), (2, 3), (None, 4), (1, None)):
        with pytest.raises(QuoteNotFound):
            case.tag(report, REPEATED, "1.2", Polarity.NEUTRAL, page=page, occurrence=occurrence)


@pytest.mark.parametrize("page", [-1, 3, 99])
def test_a_page_that_the_document_lacks_is_unknown(case: Case, page: int) -> None:
    report = case.document("report.pdf")
    with pytest.raises(Unknown):
        case.page(report, page)
    with pytest.raises(Unknown):
        case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH, page=page)


@pytest.mark.parametrize("code", ["", "0", "1", "19", "1.99", "1.1.1", "eighteen", "18.1", "12.4x"])
def test_a_code_that_names_no_criterion_is_unknown(case: Case, code: str) -> None:
    with pytest.raises(Unknown) as caught:
        case.tag(case.document("report.pdf"), ONCE_P1, code, Polarity.STRENGTH)
    assert caught.value.code == "unknown-criterion"
    assert case.evidence() == []


def test_a_section_without_criteria_is_tagged_itself(case: Case) -> None:
    link, _ = case.tag(case.document("report.pdf"), ONCE_P1, "18", Polarity.NEUTRAL)
    assert (link.code, link.criterion_id) == ("18", None)
    assert [each.id for each in case.evidence(code="18")] == [link.id]
    assert [each.id for each in case.evidence(section=18)] == [link.id]


def test_evidence_is_filtered_by_all_that_is_given(case: Case) -> None:
    report, letter = case.document("report.pdf"), case.document("letter.txt")
    a, _ = case.tag(report, ONCE_P1, "2.1", Polarity.STRENGTH)
    b, _ = case.tag(report, ONCE_P2, "1.2", Polarity.DEVELOPMENT)
    c, _ = case.tag(letter, IN_LETTER, "1.2", Polarity.STRENGTH)
    ids = [a.id, b.id, c.id]
    assert [each.id for each in case.evidence()] == [ids[1], ids[2], ids[0]]
    assert [each.id for each in case.evidence(code="1.2")] == [b.id, c.id]
    assert [each.id for each in case.evidence(section=2)] == [a.id]
    assert [each.id for each in case.evidence(polarity=Polarity.STRENGTH)] == [c.id, a.id]
    assert [each.id for each in case.evidence(document=report)] == [b.id, a.id]
    assert case.evidence(section=2, document=letter) == []
    assert case.evidence(code="18", section=1) == []
    with pytest.raises(Unknown):
        case.evidence(section=19)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("supervision", ["report.pdf"]),
        ("SUPERVISION recorded", ["report.pdf"]),
        ("recorded supervision", ["report.pdf"]),
        ('"supervision is recorded"', ["report.pdf"]),
        ('"recorded supervision"', []),
        ("superv*", ["report.pdf"]),
        ("superv", []),
        ("naive resume zoe cafe", ["letter.txt"]),
        ("naïve", ["letter.txt"]),
        ("NAÏVE", ["letter.txt"]),
        ("nai\u0308ve", ["letter.txt"]),
        ("safeguarding", ["report.pdf"]),
        ("“principal social worker”", ["notes.md"]),
        ("fourteen", ["notes.md"]),
        ("supervision nowhere", []),
        ("or", []),
        ("", []),
    ],
)
def test_search_finds_words_phrases_and_beginnings(
    case: Case, query: str, names: list[str]
) -> None:
    total, hits = case.search(query)
    assert [hit.document.filename for hit in hits] == names
    assert total == len(names)


def test_what_is_tagged_can_be_left_out_of_a_search(case: Case) -> None:
    report = case.document("report.pdf")
    (whole, hits), (_, free) = case.search(REPEATED), case.search(REPEATED, untagged=True)
    assert [hit.tagged for hit in hits] == [False] * whole
    assert free == hits
    for occurrence in (1, 2):
        case.tag(report, REPEATED, "1.1", Polarity.STRENGTH, occurrence=occurrence)
    total, hits = case.search(REPEATED, untagged=True)
    text = case.text(report)
    assert total == len(hits) == 1
    assert not hits[0].tagged
    assert hits[0].place is not None
    assert text.quote(hits[0].place) == REPEATED
    case.tag(report, REPEATED, "1.1", Polarity.STRENGTH, occurrence=3)
    assert case.search(REPEATED, untagged=True) == (0, [])
    assert {hit.tagged for hit in case.search(REPEATED)[1]} == {True}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("principal NEAR/1 worker", 1),
        ("principal NEAR/0 worker", 0),
        ("worker NEAR social", 1),
        ("principal -worker", 0),
        ("principal -nowhere", 1),
        ("princ* NEAR work*", 1),
    ],
)
def test_words_are_sought_near_each_other_and_without_others(
    case: Case, query: str, count: int
) -> None:
    assert case.search(query)[0] == count


def test_words_are_found_page_by_page_where_they_stand(case: Case) -> None:
    report = case.document("report.pdf")
    pages = list(case.find_words(report, "visits ARE made"))
    assert [len(places) for places in pages] == [1, 0, 2]
    for page, places in enumerate(pages):
        text = case.page(report, page).text
        for place in places:
            [(number, start, end)] = place.spans
            assert number == page
            assert text[start:end] == "Visits are made"
    assert list(case.find_words(report, "visits ARE made", match_case=True)) == [[], [], []]
    assert [len(each) for each in case.find_words(report, "visit", whole_words=True)] == [0, 0, 0]
    assert [len(each) for each in case.find_words(report, "safeguarding")] == [1, 0, 0]
    assert list(case.find_words(report, "nowhere at all")) == [[], [], []]
    assert list(case.find_words(report, " ")) == []


@pytest.mark.parametrize(("query", "count"), [("resume of zoe", 1), ("Naïve", 1), ("zoé", 1)])
def test_words_are_found_without_their_accents(case: Case, query: str, count: int) -> None:
    [places] = case.find_words(case.document("letter.txt"), query)
    assert len(places) == count


def test_words_that_were_found_can_be_tagged(case: Case) -> None:
    report = case.document("report.pdf")
    places = [each for page in case.find_words(report, REPEATED) for each in page]
    assert len(places) == 3
    for place in places:
        anchor = case.anchor(report, place)
        assert anchor.quote == REPEATED
        link, _ = case.tag_anchor(report, anchor, case.target("1.1"), Polarity.STRENGTH)
        assert link.passage.page == place.start[0]
    assert [each.hold for each in case.evidence()] == [Hold.EXACT] * 3
    assert len({each.passage.id for each in case.evidence()}) == 3


def test_an_anchor_of_a_selection_is_that_of_the_same_words_quoted(case: Case) -> None:
    report = case.document("report.pdf")
    for quote in (ONCE_P1, OVER_PAGES, ONCE_P3):
        found = case.find(report, quote)
        text = case.text(report)
        first, last = found.spans[0], found.spans[-1]
        selected = text.between((last[0], last[2]), (first[0], first[1]))
        assert selected == Place(found.spans)
        assert case.anchor(report, selected) == text.anchor(found, like=quote)
        assert case.anchor(report, selected).quote == quote


def test_pages_are_known_by_their_shapes_before_they_are_read(case: Case, tmp_path: Path) -> None:
    for document in case.documents():
        layers = [case.page(document, page) for page in range(document.pages)]
        assert case.shapes(document) == [
            PageShape(each.media, each.rotation, each.label, each.quality) for each in layers
        ]
    take_in(case, make_pdf(tmp_path / "blank.pdf", ((), ("Some words on the second page.",))))
    assert [each.quality for each in case.shapes(case.document("blank.pdf"))] == ["none", "text"]


def test_a_damaged_page_is_told_as_damage_and_its_words_are_found_all_the_same(
    case_path: Path,
) -> None:
    edit(
        case_path,
        "UPDATE page SET layer = substr(layer, 1, 20) WHERE number = 1 AND document_id = "
        "(SELECT id FROM document WHERE filename = 'report.pdf')",
    )
    with Case.open(case_path, by="A", readonly=True) as opened:
        report = opened.document("report.pdf")
        assert [len(each) for each in opened.find_words(report, ONCE_P2)] == [0, 1, 0]
        text = opened.text(report)
        assert text.pages[0].text.startswith("Inspection")
        for look in (
            lambda: opened.shapes(report),
            lambda: text.pages[1],
            lambda: opened.anchor(report, Place(((1, 0, 4),))),
        ):
            with pytest.raises(CannotOpen) as caught:
                look()
            assert caught.value.code == "damaged"


def test_a_removed_document_is_not_found(case: Case) -> None:
    letter = case.document("letter.txt")
    _, change = case.remove(letter)
    assert case.search("naive") == (0, [])
    case.revert(change)
    assert case.search("naive")[0] == 1


def test_a_search_names_the_page_and_shows_the_words(case: Case) -> None:
    total, (hit,) = case.search("Thresholds")
    assert (total, hit.page) == (1, 1)
    assert "Thresholds are understood" in hit.snippet


def test_the_pages_of_a_search_are_counted_beyond_the_limit(case: Case) -> None:
    total, hits = case.search("county", limit=1)
    assert (total, len(hits)) == (2, 1)


def test_pages_that_are_all_as_good_are_found_in_the_order_of_the_document(
    case: Case, tmp_path: Path
) -> None:
    path = tmp_path / "register.txt"
    path.write_text("Nothing but ostriches.\n\n" * 2000)
    list(case.import_files([path]))
    total, every = case.search("ostriches", limit=1000)
    assert len(every) == total > 50
    assert {hit.page for hit in every} == set(range(total))
    for limit in (1, 3, total - 1):
        assert case.search("ostriches", limit=limit) == (total, every[:limit])


def test_what_is_found_tells_of_its_document_what_is_known_by_now(case: Case) -> None:
    _, before = case.search("Thresholds")
    change = case.describe(before[0].document, title="Another title")
    _, after = case.search("Thresholds")
    assert (after[0].document.title, after[0].snippet) == ("Another title", before[0].snippet)
    case.revert(change)
    assert case.search("Thresholds") == (1, before)


def test_a_pack_never_takes_the_place_of_a_case(case_path: Path) -> None:
    before = case_path.read_bytes()
    with (
        Case.open(case_path, by="A", readonly=True) as opened,
        pytest.raises(EvidenceError),
    ):
        list(opened.build_pack(case_path, PackOptions()))
    assert case_path.read_bytes() == before


def test_what_hangs_on_a_removed_document_cannot_come_back_without_it(case_path: Path) -> None:
    with Case.open(case_path, by="A") as opened:
        report = opened.document("report.pdf")
        link, _ = opened.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH)
        gone = opened.untag(link.id)
        opened.remove(report)
        with pytest.raises(EvidenceError):
            opened.revert(gone)
        assert opened.evidence() == []
    assert problems(case_path) == []


def test_nothing_is_tagged_in_a_document_that_was_removed(case_path: Path) -> None:
    with Case.open(case_path, by="A") as opened:
        report = opened.document("report.pdf")
        opened.remove(report)
        events = opened.events()
        with pytest.raises(EvidenceError):
            opened.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH)
        assert opened.events() == events
    assert problems(case_path) == []


def test_a_document_that_was_removed_cannot_be_removed_again(case: Case) -> None:
    report = case.document("report.pdf")
    case.remove(report)
    events = case.events()
    with pytest.raises(EvidenceError):
        case.remove(report)
    assert case.events() == events


def test_a_document_that_was_removed_cannot_be_described(case: Case) -> None:
    report = case.document("report.pdf")
    case.remove(report)
    events = case.events()
    with pytest.raises(EvidenceError):
        case.describe(report, title="Ghost")
    assert case.events() == events


def test_a_title_is_never_empty(case: Case) -> None:
    for title in ("", "  ", None):
        with pytest.raises(WordsOff):
            case.describe(case.documents()[0], title=title)


def test_text_that_no_file_can_hold_is_refused_as_words_and_not_as_a_fault(case: Case) -> None:
    report = case.document("report.pdf")
    for call in (
        lambda: case.describe(report, title="half \ud800 a pair"),
        lambda: case.set_facts(author="half \ud800 a pair"),
        lambda: case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH, note="half \ud800 a pair"),
    ):
        events = case.events()
        with pytest.raises(EvidenceError):
            call()
        assert case.events() == events


# --- parts of pages --------------------------------------------------------------------------


def test_an_area_has_the_words_in_its_box(case: Case) -> None:
    report = case.document("report.pdf")
    first = case.find(report, ONCE_P1)
    ((x0, y0, x1, y1),) = case.anchor(report, first).spans[0].quads
    anchor = case.area(report, 0, (x0 - 2, y0 - 2, x1 + 2, y1 + 2))
    assert anchor.quote == ONCE_P1
    assert case.text(report).within(0, (x0, y0, x1, y1)) == Place(first.spans)


def test_an_area_of_a_text_document_is_one_of_its_pages(case: Case) -> None:
    letter = case.document("letter.txt")
    anchor = case.area(letter, 0, (0, 0, 600, 850))
    assert IN_LETTER in anchor.quote
    assert anchor.source is not None
    assert anchor.region is not None
    assert anchor.region.picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("page", "box", "kind"),
    [
        (0, (10, 10, 12, 300), WordsOff),
        (0, (900, 10, 990, 300), Refused),
        (3, (10, 10, 300, 300), Unknown),
    ],
)
def test_an_area_that_cannot_be_is_refused_in_one_sentence(
    case: Case, page: int, box: tuple[float, float, float, float], kind: type[EvidenceError]
) -> None:
    with pytest.raises(EvidenceError) as told:
        case.area(case.document("report.pdf"), page, box)
    assert type(told.value) is kind
    assert_plain(told.value.reason)


@pytest.fixture
def minutes(case: Case, tmp_path: Path) -> Case:
    """The case with a Markdown document more, that holds a table."""
    path = tmp_path / "table.md"
    path.write_text(
        "# Visits\n\n| Team | Visits |\n|---|---|\n| North | 412 |\n| South | 388 |\n",
        encoding="utf-8",
    )
    take_in(case, path)
    return case


def test_tables_of_a_text_document_are_found_on_its_pages(minutes: Case) -> None:
    document = minutes.document("table.md")
    steps = list(minutes.tables(document))
    (table,) = [step for step in steps if isinstance(step, Table)]
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Team", "Visits"], ["North", "412"], ["South", "388"],
    ]  # fmt: skip
    assert [step.done for step in steps if isinstance(step, Progress)] == [1]
    assert minutes.tables_on(document, 0) == [table]
    row = minutes.table_anchor(document, table, 1)
    cell = minutes.table_anchor(document, table, 2, 1)
    assert (row.quote, cell.quote) == ("North 412", "388")
    assert row.region is not None
    assert (row.region.kind, row.region.cells) == ("row", (("North", "412"),))
    with pytest.raises(WordsOff):
        minutes.table_anchor(document, table, 3)


def test_what_is_copied_says_where_it_stands(case: Case) -> None:
    report = case.document("report.pdf")
    case.describe(report, title="Inspection", date="2014-08-08")
    report = case.document("report.pdf")
    place = case.find(report, ONCE_P2)
    wanted = f"“{ONCE_P2}” (Inspection, 8 August 2014, page 2)"
    assert case.cited(report, place) == wanted
    assert case.cited(report, case.anchor(report, place)) == wanted
    empty = case.area(report, 2, (60, 100, 200, 200))
    assert case.cited(report, empty) == "[Area of page 3] (Inspection, 8 August 2014, page 3)"


def test_links_of_passages_are_those_and_no_other(case: Case) -> None:
    report = case.document("report.pdf")
    one, _ = case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH)
    two, _ = case.tag(report, ONCE_P1, "1.2", Polarity.STRENGTH)
    case.tag(report, ONCE_P2, "1.2", Polarity.STRENGTH)
    found = case.links_of_passages([one.passage.id, "none"])
    assert [each.id for each in found] == [one.id, two.id]
    assert {each.hold for each in found} == {Hold.EXACT}


# --- what documents say of themselves ---------------------------------------------------------

COVER = (
    "# Survey of carers in Wealdshire\n\nReport by Weald Research Unit\n\nDate: 4 May 2016\n\n"
    "Period covered: 2014/15\n"
)


@pytest.fixture
def survey(case: Case, tmp_path: Path) -> Document:
    path = tmp_path / "scan_17.md"
    path.write_text(COVER)
    (told,) = take_in(case, path)
    assert told.document is not None
    return told.document


def test_what_a_document_says_of_itself_is_only_suggested(case: Case, survey: Document) -> None:
    told = case.suggestions(survey)
    found = {name: each.value for name, each in case.untaken(survey).items()}
    assert found == {"title": "Survey of carers in Wealdshire", "date": "2016-05-04",
                     "period": "2014..2015", "kind": "Survey",
                     "issuer": "Weald Research Unit"}  # fmt: skip
    assert told.date is not None
    assert case.page(survey, told.date.page).text[told.date.start : told.date.end] == "4 May 2016"
    kept = case.document(survey.id)
    assert (kept.title, kept.date, kept.period, kept.kind) == ("Scan 17", None, None, None)


def test_suggestions_are_taken_for_what_nobody_has_set(case: Case, survey: Document) -> None:
    case.describe(survey, title="Carers", date="2015")
    change = case.take_suggestions(survey)  # which is the document as it was before
    kept = case.document(survey.id)
    assert (kept.title, kept.date, kept.period) == ("Carers", "2015", "2014..2015")
    assert (kept.kind, kept.issuer) == ("Survey", "Weald Research Unit")
    assert case.take_suggestions(survey) is None
    assert change is not None
    case.revert(change)
    assert case.document(survey.id).kind is None


def test_a_period_is_kept_as_two_dates(case: Case) -> None:
    report = case.document("report.pdf")
    case.describe(report, period="April 2009 to March 2010")
    assert case.document("report.pdf").period == "2009-04..2010-03"
    with pytest.raises(WordsOff) as refused:
        case.describe(report, period="soon")
    assert_plain(refused.value.reason)
    case.describe(report, period=None)
    assert case.document("report.pdf").period is None
