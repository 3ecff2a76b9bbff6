"""A new version of a document: what moves, what waits, and that the old one stays provable."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.case import Case, verify_pack
from cambs_evidence.errors import EvidenceError, Refused, Unknown
from cambs_evidence.model import (
    Hold,
    Link,
    PackOptions,
    PackResult,
    Polarity,
    Problem,
    Progress,
    Replaced,
    Verification,
)
from tests.support import (
    IN_NOTES,
    ONCE_P1,
    ONCE_P2,
    ONCE_P3,
    REPORT,
    Files,
    assert_plain,
    make_pdf,
    take_in,
)

NEW_LINE = "This version has a line more."


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The report with a line more on its first page and others on its last."""
    first, second, _ = REPORT
    pages = ((first[0], "", NEW_LINE, *first[1:]), second, ("Nothing of it is left.",))
    return make_pdf(tmp_path / "report, final.pdf", pages)


def _tag(case: Case, quote: str, code: str = "1.1") -> Link:
    return case.tag(case.document("report.pdf"), quote, code, Polarity.STRENGTH)[0]


def _replaced(case: Case, name: str, path: Path) -> Replaced:
    *steps, last = case.replace(case.document(name), path)
    assert all(isinstance(each, Progress) for each in steps)
    assert isinstance(last, Replaced)
    return last


def _problems(case: Case) -> list[Problem]:
    return [each for each in case.check() if isinstance(each, Problem)]


@pytest.fixture
def tagged(case: Case) -> tuple[Link, Link, Link]:
    return _tag(case, ONCE_P1), _tag(case, ONCE_P2), _tag(case, ONCE_P3)


def _holds(case: Case) -> dict[str, Hold]:
    return {link.passage.anchor.quote: link.hold for link in case.evidence()}


def test_each_passage_is_exact_moved_or_lost(
    case: Case, newer: Path, tagged: tuple[Link, Link, Link]
) -> None:
    moved, exact, lost = tagged
    told = _replaced(case, "report.pdf", newer)
    assert [each.passage_id for each in told.exact] == [exact.passage.id]
    assert [each.passage_id for each in told.moved] == [moved.passage.id]
    assert [each.passage_id for each in told.lost] == [lost.passage.id]
    assert told.moved[0].old == moved.passage.anchor
    assert told.moved[0].new is not None
    assert told.moved[0].new.quote == ONCE_P1
    assert told.moved[0].new.spans != moved.passage.anchor.spans
    assert told.lost[0].new is None
    assert _holds(case) == {ONCE_P1: Hold.MOVED, ONCE_P2: Hold.EXACT, ONCE_P3: Hold.LOST}
    assert [each.passage_id for each in case.waiting()] == [moved.passage.id, lost.passage.id]
    assert _problems(case) == []


def test_nothing_moves_until_it_is_accepted(
    case: Case, newer: Path, tagged: tuple[Link, Link, Link]
) -> None:
    told = _replaced(case, "report.pdf", newer)
    before = case.link(tagged[0].id)
    assert before.passage.anchor == tagged[0].passage.anchor
    change = case.accept(told.moved[0].passage_id)
    after = case.link(tagged[0].id)
    assert after.passage.anchor == told.moved[0].new
    assert after.passage.document_id == told.document.id
    assert _holds(case)[ONCE_P1] is Hold.EXACT
    case.revert(change)
    assert case.link(tagged[0].id) == before
    assert [each.passage_id for each in case.waiting(told.document)] == [
        tagged[0].passage.id, tagged[2].passage.id
    ]  # fmt: skip


@pytest.mark.usefixtures("tagged")
def test_what_is_lost_or_stands_already_cannot_be_accepted(case: Case, newer: Path) -> None:
    told = _replaced(case, "report.pdf", newer)
    for passage in (told.lost[0].passage_id, told.exact[0].passage_id):
        with pytest.raises(Refused) as refused:
            case.accept(passage)
        assert_plain(refused.value.reason)
    with pytest.raises(Unknown):
        case.accept("nothing")


@pytest.mark.usefixtures("tagged")
def test_a_passage_is_not_accepted_onto_another_one(case: Case, newer: Path) -> None:
    told = _replaced(case, "report.pdf", newer)
    case.tag(told.document, ONCE_P1, "2.1", Polarity.STRENGTH)
    with pytest.raises(Refused, match="stands exactly there"):
        case.accept(told.moved[0].passage_id)


@pytest.mark.usefixtures("tagged")
def test_undone_everything_is_as_it_was_and_done_again_as_it_became(
    case: Case, newer: Path
) -> None:
    documents, links = case.documents(), case.evidence()
    told = _replaced(case, "report.pdf", newer)
    became = (case.documents(), case.evidence())
    back = case.revert(told.change)
    assert (case.documents(), case.evidence()) == (documents, links)
    assert case.versions() == []
    again = case.revert(back)
    assert (case.documents(), case.evidence()) == became
    case.revert(again)
    case.close()
    with Case.open(case.path, by="Tester") as opened:  # closed, the new version is gone for good
        assert opened.documents() == documents
        assert _problems(opened) == []
        assert opened.log_is_intact()
    assert hashlib.sha256(newer.read_bytes()).hexdigest() not in _blobs(case.path)


def _blobs(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as raw:
        return {row[0] for row in raw.execute("SELECT sha256 FROM blob")}


def test_what_was_tagged_in_the_new_version_keeps_the_replacing_from_being_undone(
    case: Case, newer: Path
) -> None:
    told = _replaced(case, "report.pdf", newer)
    case.tag(told.document, NEW_LINE, "1.1", Polarity.STRENGTH)
    with pytest.raises(Refused, match="changed since"):
        case.revert(told.change)


@pytest.mark.usefixtures("tagged")
def test_the_document_stays_the_same_to_those_who_know_it(case: Case, newer: Path) -> None:
    old = case.document("report.pdf")
    case.describe(old, title="Inspection of Camshire", date="2024-05", issuer="The county")
    place = [each.filename for each in case.documents()].index("report.pdf")
    new = _replaced(case, "report.pdf", newer).document
    assert case.documents()[place] == new
    assert (new.identity, new.version, new.filename) == (old.id, 2, newer.name)
    assert (new.title, new.date, new.issuer) == ("Inspection of Camshire", "2024-05", "The county")
    assert new.links == 3
    assert case.document(old.id) == new
    assert {link.document for link in case.evidence(document=new)} == {old.id}


def test_the_old_version_can_still_be_read_and_is_found_by_no_search(
    case: Case, newer: Path, files: Files, tagged: tuple[Link, Link, Link]
) -> None:
    _replaced(case, "report.pdf", newer)
    [old] = case.versions()
    assert case.document_bytes(old) == files.report.read_bytes()
    assert case.text(old).quote(case.text(old).find(ONCE_P3)[0]) == ONCE_P3
    assert case.search(f'"{ONCE_P3}"')[0] == 0
    assert case.search(f'"{NEW_LINE}"')[0] == 1
    with pytest.raises(Refused, match="older version"):
        case.tag_anchor(old, tagged[0].passage.anchor, case.target("3.1"), Polarity.NEUTRAL)
    with pytest.raises(Refused, match="waits"):
        case.move_passage(
            tagged[0].passage.id, case.text(old).anchor(case.text(old).find(ONCE_P2)[0])
        )


@pytest.mark.usefixtures("tagged")
def test_two_versions_count_as_one_document(case: Case, newer: Path) -> None:
    before = case.coverage()
    _replaced(case, "report.pdf", newer)
    assert case.coverage() == before


def test_versions_follow_one_another(
    case: Case, newer: Path, tmp_path: Path, tagged: tuple[Link, Link, Link]
) -> None:
    second = _replaced(case, "report.pdf", newer).document
    fourth = (*REPORT, ("An annex.",))
    third = make_pdf(tmp_path / "third.pdf", fourth)
    told = _replaced(case, second.id, third)
    # What stands again as it stood at first is there again, and needs nobody.
    assert {each.passage_id for each in told.exact} == {link.passage.id for link in tagged}
    assert [each.version for each in case.versions()] == [2, 1]
    assert {each.replaced_by for each in case.versions()} == {told.document.id}
    assert told.document.identity == tagged[0].passage.document_id
    assert case.document(second.id) == told.document
    assert _problems(case) == []


@pytest.mark.usefixtures("tagged")
def test_removed_a_document_goes_with_all_its_versions(
    case: Case, newer: Path, files: Files
) -> None:
    new = _replaced(case, "report.pdf", newer).document
    with pytest.raises(Refused, match="3 tagged"):
        case.remove(new)
    links, change = case.remove(new, with_links=True)
    assert links == 3
    assert case.versions() == []
    case.revert(change)
    assert len(case.evidence()) == 3
    case.remove(new, with_links=True)
    case.close()
    assert not _blobs(case.path) & {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in (newer, files.report)
    }


def test_the_same_bytes_are_no_new_version(case: Case, files: Files, newer: Path) -> None:
    for path in (files.report, files.letter):
        with pytest.raises(Refused, match="holds the same bytes") as refused:
            _replaced(case, "report.pdf", path)
        assert_plain(refused.value.reason)
    _replaced(case, "report.pdf", newer)
    assert [each.status for each in take_in(case, files.report)] == ["duplicate"]


@pytest.mark.parametrize("name", ["missing.pdf", "broken.pdf", "folder"])
def test_a_file_that_cannot_be_taken_in_leaves_all_as_it_was(
    case: Case, tmp_path: Path, name: str
) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    (tmp_path / "folder").mkdir()
    before = (case.documents(), case.events())
    with pytest.raises(EvidenceError) as refused:
        _replaced(case, "report.pdf", tmp_path / name)
    assert_plain(refused.value.reason)
    assert (case.documents(), case.events()) == before


@pytest.mark.usefixtures("tagged")
def test_closed_before_its_end_it_leaves_nothing(case: Case, newer: Path) -> None:
    before = (case.documents(), case.events(), case.evidence())
    steps: Iterator[object] = case.replace(case.document("report.pdf"), newer)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert (case.documents(), case.events(), case.evidence()) == before
    assert hashlib.sha256(newer.read_bytes()).hexdigest() not in _blobs(case.path)


@pytest.mark.usefixtures("tagged")
def test_passages_that_change_meanwhile_are_not_overlooked(case: Case, newer: Path) -> None:
    steps = case.prepare_replacement(case.document("report.pdf"), newer)
    prepared = [each for each in steps if each is not None and not isinstance(each, Progress)]
    _tag(case, "Thresholds are understood by partners")
    with pytest.raises(Refused, match="meanwhile"):
        case.carry_out_replacement(prepared[0])
    assert case.versions() == []


def test_a_version_may_be_of_another_format(case: Case, tmp_path: Path) -> None:
    link, _ = case.tag(case.document("notes.md"), IN_NOTES, "1.1", Polarity.NEUTRAL)
    path = tmp_path / "minutes.txt"
    path.write_text(f"Minutes\n\n{IN_NOTES}.\n\nCaseloads fell to fourteen.\n", encoding="utf-8")
    told = _replaced(case, "notes.md", path)
    assert [each.passage_id for each in (*told.exact, *told.moved)] == [link.passage.id]
    assert case.text(told.document).find(IN_NOTES)


# --- parts of pages --------------------------------------------------------------------------


def _charted(path: Path, *, down: float = 0, more: str = "") -> Path:
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, 760, "Chart of visits")
    canvas.rect(72, 600 - down, 120, 90, fill=1)
    canvas.drawString(210, 640 - down, "Visits rose through the year")
    canvas.drawString(72, 300, more)
    canvas.showPage()
    canvas.save()
    return path


@pytest.mark.parametrize(
    ("options", "hold"),
    [({}, Hold.EXACT), ({"more": "A line"}, Hold.MOVED), ({"down": 40.0}, Hold.MOVED)],
)
def test_an_area_is_exact_on_a_page_that_looks_the_same_else_moved_with_its_words(
    case: Case, tmp_path: Path, options: dict[str, float], hold: Hold
) -> None:
    take_in(case, _charted(tmp_path / "chart.pdf"))
    document = case.document("chart.pdf")
    anchor = case.area(document, 0, (60, 590, 420, 700))
    link, _ = case.tag_anchor(document, anchor, case.target("1.1"), Polarity.STRENGTH)
    other = tmp_path / "another.pdf"
    _charted(other, **options)  # type: ignore[arg-type]
    if not options:
        other.write_bytes(other.read_bytes() + b"\n% other bytes, the same page\n")
    told = _replaced(case, "chart.pdf", other)
    [found] = (*told.exact, *told.moved)
    assert found.hold is hold
    assert found.new is not None
    assert found.new.region is not None
    assert found.new.region.box[1] == pytest.approx(590 - options.get("down", 0), abs=0.1)
    if hold is Hold.MOVED:
        case.accept(link.passage.id)
    assert case.picture(link.passage.id).startswith(b"\x89PNG")
    assert _problems(case) == []


def test_an_area_without_words_is_lost_where_its_page_looks_otherwise(
    case: Case, tmp_path: Path
) -> None:
    take_in(case, _charted(tmp_path / "chart.pdf"))
    document = case.document("chart.pdf")
    anchor = case.area(document, 0, (70, 598, 194, 692))
    case.tag_anchor(document, anchor, case.target("1.1"), Polarity.STRENGTH)
    told = _replaced(case, "chart.pdf", _charted(tmp_path / "another.pdf", more="A line"))
    assert [each.hold for each in told.lost] == [Hold.LOST]
    assert _problems(case) == []


# --- pack and proof --------------------------------------------------------------------------


@pytest.mark.usefixtures("tagged")
def test_a_pack_says_which_version_a_quote_is_from_and_is_proved_against_both(
    case: Case, newer: Path, files: Files, tmp_path: Path
) -> None:
    _replaced(case, "report.pdf", newer)
    folder = tmp_path / "sources"
    folder.mkdir()
    for number, path in enumerate((newer, files.report)):  # by their bytes, whatever their names
        (folder / f"{number}.pdf").write_bytes(path.read_bytes())
    pack = tmp_path / "pack.pdf"
    contents = case.pack_contents(PackOptions(date="2026-01-01"))
    heads = {each.quote: each.version for each in contents.excerpts}
    assert heads[ONCE_P1].startswith("quoted from version 1 of ")
    assert heads[ONCE_P1].endswith("not confirmed in the new version")
    assert heads[ONCE_P2].startswith("version 2 of ")
    assert heads[ONCE_P3].endswith("not found in the new version")
    assert [each.version for each in contents.documents] == [2, 1]
    assert {each.document.version for each in contents.annex if each.page == 1} == {2}
    built = list(case.build_pack(pack, PackOptions(date="2026-01-01")))[-1]
    assert isinstance(built, PackResult)
    for against in ({"case": case.path}, {"sources": folder}):
        *_, proof = verify_pack(pack, by="Auditor", **against)
        assert isinstance(proof, Verification)
        assert proof.failures == ()
        assert proof.verified == proof.excerpts == 3
        assert [each.status for each in proof.documents] == ["same", "same"]


@pytest.mark.usefixtures("tagged")
def test_a_backup_holds_both_versions(case: Case, newer: Path, tmp_path: Path) -> None:
    _replaced(case, "report.pdf", newer)
    copy = case.backup(tmp_path / "copy.cambs")
    with Case.open(copy, by="Auditor", readonly=True) as opened:
        assert opened.versions() == case.versions()
        assert opened.evidence() == case.evidence()
