"""The file for review: what is in it, what can be done in it, and that nothing in it can change."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest

from cambs_evidence.case import Case, export_review_apart
from cambs_evidence.errors import CannotOpen, EvidenceError, Refused
from cambs_evidence.model import Hold, PackOptions, Polarity, Progress, RowChange
from cambs_evidence.review import Exported, Stand, Verdict
from cambs_evidence.store import log, seal
from tests.core.audit.conftest import export, ids, merge_into
from tests.support import IN_LETTER, ONCE_P1, OVER_PAGES, Run, assert_error, beside, problems, rows


def test_a_file_of_cited_pages_holds_these_and_nothing_else_of_any_document(
    bundle: Path, tagged: Path
) -> None:
    with Case.open(bundle, by="Auditor") as review, Case.open(tagged, by="A") as case:
        assert review.review_mode
        told = review.bundle()
        assert told is not None
        assert (told.title, told.by, told.pages) == ("Camshire 2024", "Author", "cited")
        report = review.document("report.pdf")
        assert [each.filename for each in review.documents()] == ["report.pdf"]
        assert [each.hold for each in review.evidence()] == [Hold.EXACT] * 3
        assert review.evidence() == case.evidence()
        assert review.framework() == case.framework()
        assert (report.sha256, report.pages) == (case.document("report.pdf").sha256, 3)
        assert review.document_bytes(report) == b""
        assert review.coverage() == case.coverage()
    data = bundle.read_bytes()
    assert IN_LETTER.encode() not in data
    assert problems(bundle) == []


def test_pages_that_nobody_cites_are_blank_and_keep_their_place(tagged: Path) -> None:
    path = tagged.with_name("less.cambsreview")
    with Case.open(tagged, by="Author") as case:
        case.untag(ids(case)["3.1"])  # what stood on page 2
        shapes = case.shapes(case.document("report.pdf"))
        export(case, path)
    with Case.open(path, by="Auditor") as review:
        report = review.document("report.pdf")
        assert [(each.media, each.rotation) for each in review.shapes(report)] == [
            (each.media, each.rotation) for each in shapes
        ]
        assert [each.quality for each in review.shapes(report)] == ["text", "none", "text"]
        assert (review.search("Thresholds")[0], review.search("Social")[0]) == (0, 1)
        shown = pypdfium2.PdfDocument(review.page_bytes(report))
        texts = [page.get_textpage().get_text_range() for page in shown]
        shown.close()
    assert ONCE_P1 in texts[0]
    assert texts[1] == ""
    assert b"partners across" not in path.read_bytes(), "nor in the context of a passage"


def test_a_file_of_all_pages_holds_the_documents_as_they_were_received(
    whole: Path, tagged: Path
) -> None:
    with Case.open(whole, by="Auditor") as review, Case.open(tagged, by="A") as case:
        for document in case.documents():
            there = review.document(document.id)
            assert review.document_bytes(there) == case.document_bytes(document)
            assert review.page_bytes(there) == case.page_bytes(document)
        assert review.search("résumé")[0] == 1
    assert problems(whole) == []


def test_reviewers_write_what_they_say_and_nothing_of_the_authors(
    bundle: Path, files: object, tmp_path: Path
) -> None:
    del files
    with Case.open(bundle, by="Auditor") as review:
        links = ids(review)
        _, change = review.decide(links["1.1"], Verdict.ACCEPT, seen=True)
        review.revert(review.revert(change))
        report = review.document("report.pdf")
        place = review.anchor(report, review.find(report, "Records are kept"))
        found, _ = review.note_missing(report, place, review.target("1.2"), Polarity.NEUTRAL)
        area = review.area(report, 0, (60.0, 700.0, 300.0, 780.0))
        review.note_missing(report, area, review.target("1.3"), Polarity.NEUTRAL)
        review.sign_off(1)
        before = review.evidence()
        for call in (
            lambda: review.untag(links["2.1"]),
            lambda: review.amend(links["2.1"], note="mine"),
            lambda: review.tag(report, ONCE_P1, "1.4", Polarity.STRENGTH),
            lambda: review.set_facts(title="Mine"),
            lambda: review.describe(report, date="2024-01-01"),
            lambda: review.remove(report, with_links=True),
            lambda: review.take_missing(found.id),
            lambda: review.decline_missing(found.id, "no"),
            lambda: list(review.build_pack(tmp_path / "pack.pdf", PackOptions())),
            lambda: list(review.review_export(tmp_path / "again.cambsreview")),
            lambda: list(review.merge(bundle)),
            review.backup,
        ):
            with pytest.raises(Refused):
                call()
        assert review.evidence() == before
    with Case.open(bundle, by="Auditor", readonly=True) as review:
        assert review.review_of(links["1.1"]).decisions[0].seen
        assert review.log_is_intact()
    assert problems(bundle) == []


def test_a_name_that_is_taken_is_refused_and_what_is_stopped_leaves_nothing(
    tagged: Path, bundle: Path, cli: Run
) -> None:
    kept = bundle.read_bytes()
    status, data = cli("review-export", tagged, "-o", bundle)
    assert status == 1
    assert_error(data, "exists")
    assert bundle.read_bytes() == kept
    with Case.open(tagged, by="A") as case:
        steps = case.review_export(tagged.with_name("stopped.cambsreview"))
        assert isinstance(next(steps), Progress)
        steps.close()
    assert beside(tagged) == ["case.cambs", "out.cambsreview"]
    status, data = cli("review-export", tagged, "-o", tagged.with_name("b.cambsreview"))
    assert (status, data["links"], data["documents"], data["pages"]) == (0, 3, 1, 3)


def test_a_window_has_it_written_in_a_process_of_its_own(tagged: Path) -> None:
    path = tagged.with_name("apart.cambsreview")
    made = [each for each in export_review_apart(tagged, path, by="A", pages="all") if each][-1]
    assert isinstance(made, Exported)
    with Case.open(path, by="B", readonly=True) as review:
        assert len(review.evidence()) == 3


def test_a_file_that_was_never_closed_is_proved_by_its_manifest_and_log(
    bundle: Path, tagged: Path
) -> None:
    with Case.open(bundle, by="Auditor") as review:
        link = ids(review)["1.1"]
        review.decide(link, Verdict.ACCEPT)
    seal.take_off(bundle)
    assert merge_into(tagged, bundle).merging.added == 1
    with closing(sqlite3.connect(bundle)) as raw, raw:
        raw.execute("UPDATE decision SET verdict = 'reject'")
    with pytest.raises(CannotOpen):
        merge_into(tagged, bundle)


EDITS = [
    "UPDATE link SET polarity = 'neutral'",
    "UPDATE passage SET quote = quote || '.' WHERE page = 0",
    "UPDATE criterion SET label = 'x' WHERE code = '1.1'",
    "UPDATE document SET title = 'x'",
    "UPDATE page SET text = replace(text, 'well', 'ill')",
    "UPDATE blob SET data = x'00' WHERE length(data) > 0",
    "DELETE FROM blob WHERE sha256 NOT IN (SELECT sha256 FROM document)",
    "UPDATE decision SET verdict = 'reject'",
    "UPDATE decision SET by = 'Another'",
    "DELETE FROM decision",
    "INSERT INTO decision SELECT 'x', link_id, verdict, comment, seen, state, by, at FROM decision",
    "UPDATE event SET by = 'Another' WHERE seq = 2",
    "DELETE FROM event WHERE seq = 2",
    "DELETE FROM event",
    "UPDATE bundle SET manifest = replace(manifest, 'Camshire', 'Wealdshire')",
    "DELETE FROM bundle",
    "INSERT INTO fact VALUES ('author', 'Somebody')",
    "CREATE TRIGGER t AFTER INSERT ON message BEGIN DELETE FROM decision; END",
    "CREATE VIEW v AS SELECT 1",
    "DELETE FROM page_words",
]


def test_every_edit_of_a_file_for_review_is_found(bundle: Path, tagged: Path, cli: Run) -> None:
    with Case.open(bundle, by="Auditor") as review:
        review.decide(ids(review)["1.1"], Verdict.ACCEPT, "yes")
    seal.take_off(bundle)
    data = bundle.read_bytes()
    for edit in EDITS:
        bundle.write_bytes(data)
        with closing(sqlite3.connect(bundle)) as raw, raw:
            raw.execute("PRAGMA foreign_keys=OFF")
            raw.execute(edit)
        seal.put(bundle)  # as one would do who knows how files are sealed
        with pytest.raises(CannotOpen):
            Case.open(bundle, by="Auditor", readonly=True)
    status, told = cli("review-merge", tagged, bundle)
    assert status == 3
    assert_error(told, "tampered")
    assert rows(tagged, "SELECT count(*) FROM decision") == [(0,)]
    assert beside(tagged) == ["case.cambs", "out.cambsreview"], "no backup, nothing left"


def test_a_thousand_random_tamperings_are_found(bundle: Path) -> None:
    """Bytes changed, taken out, put in, cut off: whatever it is, the file is refused."""
    with Case.open(bundle, by="Auditor") as review:
        for link in review.evidence():
            review.decide(link.id, Verdict.QUERY, "why?")
    data, chance = bundle.read_bytes(), random.Random(8)
    for number in range(1000):
        tampered = bytearray(data)
        place = chance.randrange(len(data))
        match number % 10:
            case 0:
                del tampered[place : place + chance.randint(1, 50)]
            case 1:
                tampered[place:place] = chance.randbytes(chance.randint(1, 50))
            case 2:
                del tampered[place:]
            case _:
                tampered[place] ^= 1 << chance.randrange(8)
        bundle.write_bytes(tampered)
        with pytest.raises(EvidenceError):
            Case.open(bundle, by="Auditor", readonly=True)
    bundle.write_bytes(data)
    with Case.open(bundle, by="Auditor", readonly=True) as review:
        assert {each.stand for each in review.reviews()} == {Stand.QUERIED}


def test_a_passage_over_pages_brings_both(tagged: Path) -> None:
    path = tagged.with_name("over.cambsreview")
    with Case.open(tagged, by="Author") as case:
        for link in case.evidence():
            case.untag(link.id)
        case.tag(case.document("report.pdf"), OVER_PAGES, "1.1", Polarity.STRENGTH)
        made = export(case, path)
    with Case.open(made, by="Auditor", readonly=True) as review:
        qualities = [each.quality for each in review.shapes(review.document("report.pdf"))]
    assert qualities == ["text", "text", "none"]


def test_a_file_is_sealed_however_many_connections_it_had(bundle: Path, tagged: Path) -> None:
    with Case.open(bundle, by="Auditor") as review, review.together():
        for link in review.evidence():  # read beside what is being written
            review.decide(link.id, Verdict.ACCEPT)
    kept = bundle.read_bytes()
    assert not seal.is_journalled(bundle)
    for _ in range(2):
        merge_into(tagged, bundle)
    assert bundle.read_bytes() == kept
    assert beside(bundle)[-1] == "out.cambsreview"


ODD = [
    {"verdict": "perhaps"},
    {"by": ""},
    {"by": "x" * 5000},
    {"comment": "x" * 100_000},
    {"comment": 5},
    {"link_id": "../../etc"},
    {"state": "x"},
    {"at": "soon"},
    {"seen": "yes"},
]


@pytest.mark.parametrize("change", ODD, ids=str)
def test_what_this_program_would_not_have_written_is_refused_though_it_is_proved(
    bundle: Path, tagged: Path, change: dict[str, object]
) -> None:
    """A file that was made with all its hashes right, by whoever wants to break a case."""
    with Case.open(bundle, by="Auditor") as review:
        made, done = review.decide(ids(review)["1.1"], Verdict.ACCEPT)
        review.revert(done)
        [row] = done.rows
        forged = (row.after or {}) | change
        with review._store.writing() as connection:
            names = ", ".join(f'"{name}"' for name in forged)
            marks = ", ".join("?" * len(forged))
            connection.exec_driver_sql(
                f"INSERT INTO decision ({names}) VALUES ({marks})", tuple(forged.values())
            )
            kept = [RowChange("decision", made.id, None, forged)]
            log.append(connection, "Auditor", "accept", made.id, kept, log.now())
    with pytest.raises(CannotOpen):
        merge_into(tagged, bundle)
    assert rows(tagged, "SELECT count(*) FROM decision") == [(0,)]
