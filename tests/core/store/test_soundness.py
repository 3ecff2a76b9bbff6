"""Checks find what is wrong; copies are verified before they bear a name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cambs_evidence.case import Case, restore
from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Polarity, Problem
from tests.support import (
    IN_LETTER,
    ONCE_P1,
    ONCE_P2,
    Files,
    Run,
    assert_error,
    assert_plain,
    beside,
    edit,
    problems,
    rows,
    run_program,
)


@pytest.fixture
def worked(case_path: Path) -> Path:
    """A closed case with two links."""
    with Case.open(case_path, by="A") as case:
        case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)
        case.tag(case.document("letter.txt"), IN_LETTER, "1.2", Polarity.DEVELOPMENT)
    return case_path


def flip(path: Path, inside: bytes, at: int = 0) -> None:
    """Turns one bit of some bytes of a file."""
    data = bytearray(path.read_bytes())
    place = data.find(inside)
    assert place >= 0
    data[place + at] ^= 0x01
    path.write_bytes(data)


def test_a_sound_case_has_no_problems(worked: Path) -> None:
    assert problems(worked) == []


def test_a_flipped_byte_of_a_document_is_found(worked: Path, files: Files, cli: Run) -> None:
    flip(worked, files.letter.read_bytes())
    status, data = cli("check", worked)
    assert (status, data["ok"]) == (1, False)
    (problem,) = data["problems"]
    assert set(problem) == {"what", "where", "mend"}
    assert problem["where"] == "letter.txt"
    assert "bytes" in problem["what"]


def test_a_flipped_byte_of_a_rendition_is_found(worked: Path) -> None:
    flip(worked, b"%PDF-", 7)  # either the report itself or the pages of another one
    assert any("bytes" in what for what in problems(worked))


def test_text_changed_under_an_anchor_is_found(worked: Path, cli: Run) -> None:
    edit(worked, f"UPDATE page SET text = replace(text, '{ONCE_P1}', '{ONCE_P1.swapcase()}')")
    _, data = cli("check", worked)
    assert [each["where"] for each in data["problems"]] == ["report.pdf, page 1"]
    assert "quote" in data["problems"][0]["what"]


def test_a_problem_says_where_it_is(worked: Path, files: Files) -> None:
    with Case.open(worked, by="A", readonly=True) as case:
        letter, report = case.document("letter.txt"), case.document("report.pdf")
        (link,) = case.evidence(document=report)
    flip(worked, files.letter.read_bytes())
    edit(worked, "UPDATE page SET layer = x'00' WHERE number = 1")
    edit(worked, "DELETE FROM page WHERE number = 2")
    edit(worked, f"UPDATE passage SET quote = 'Other' WHERE id = '{link.passage.id}'")
    edit(worked, "UPDATE event SET subject = subject || '.' WHERE seq = 2")
    with Case.open(worked, by="A", readonly=True) as case:
        found = [each for each in case.check() if isinstance(each, Problem)]
    places = {each.what.split()[-1]: (each.document, each.page, each.link) for each in found}
    assert places == {
        "imported": (letter.id, None, None),
        "damaged": (report.id, 1, None),
        "missing": (report.id, None, None),
        "points": (report.id, 0, link.id),
        "it": (None, None, None),
    }


def test_text_shortened_under_its_boxes_is_found(worked: Path) -> None:
    edit(worked, "UPDATE page SET text = substr(text, 1, length(text) - 1) WHERE number = 2")
    assert any("layer" in what for what in problems(worked))


def test_a_layer_that_cannot_be_read_is_found(worked: Path) -> None:
    edit(worked, "UPDATE page SET layer = x'00' WHERE number = 1")
    assert any("layer" in what for what in problems(worked))


def test_a_page_that_is_missing_is_found(worked: Path) -> None:
    edit(worked, "DELETE FROM page WHERE number = 1")
    assert any("missing" in what for what in problems(worked))


def test_an_edited_quote_is_found(worked: Path) -> None:
    edit(worked, "UPDATE passage SET quote = 'Something else' WHERE page_label IS NULL")
    assert sum("quote" in what for what in problems(worked)) == 2


def test_pages_missing_from_the_index_are_found(worked: Path) -> None:
    edit(worked, "DELETE FROM page_words WHERE rowid IN (SELECT id FROM page WHERE number = 1)")
    assert any("index" in what for what in problems(worked))


def test_an_edited_log_is_found(worked: Path) -> None:
    edit(worked, "UPDATE event SET subject = subject || '.' WHERE seq = 2")
    assert any("log" in what for what in problems(worked))


def test_a_row_that_points_nowhere_is_found(worked: Path) -> None:
    edit(worked, "UPDATE link SET passage_id = 'nowhere' WHERE polarity = 'strength'")
    assert any("points at" in what for what in problems(worked))


def test_a_page_of_the_file_that_is_rubbish_is_found(worked: Path) -> None:
    data = bytearray(worked.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\x5a" * 4096
    worked.write_bytes(data)
    assert problems(worked) != []


def test_every_problem_is_told_in_words_for_people(worked: Path, files: Files) -> None:
    flip(worked, files.letter.read_bytes())
    edit(worked, "UPDATE event SET subject = subject || '.' WHERE seq = 2")
    edit(worked, "DELETE FROM page_words WHERE rowid = 1")
    with Case.open(worked, by="A", readonly=True) as case:
        found = [each for each in case.check() if isinstance(each, Problem)]
    assert len(found) == 3
    for each in found:
        assert_plain(each.mend)
        assert each.where
        assert "\n" not in each.what


def test_a_check_changes_nothing(worked: Path, files: Files) -> None:
    flip(worked, files.letter.read_bytes())
    before = worked.read_bytes(), worked.stat().st_mtime_ns
    problems(worked)
    assert (worked.read_bytes(), worked.stat().st_mtime_ns) == before
    assert beside(worked) == ["case.cambs"]


# --- copies ----------------------------------------------------------------------------------


def _all(path: Path) -> list[object]:
    names = ("fact", "criterion", "document", "page", "passage", "link", "event")
    return [rows(path, f"SELECT * FROM {name} ORDER BY 1") for name in names]


def test_an_open_case_is_backed_up_while_it_is_changed(worked: Path, tmp_path: Path) -> None:
    target = tmp_path / "copies"
    target.mkdir()
    with Case.open(worked, by="A") as case:
        case.set_facts(author="Before")
        made = case.backup(target / "copy.cambs")
        case.set_facts(author="After")
        # Another process makes one too, of what is acknowledged.
        done = run_program("backup", worked, "-o", target / "other.cambs")
        assert done.returncode == 0
    assert made == target / "copy.cambs"
    assert beside(made) == ["copy.cambs", "other.cambs"]
    for path, author in ((made, "Before"), (target / "other.cambs", "After")):
        assert problems(path) == []
        assert rows(path, "PRAGMA journal_mode") == [("delete",)]
        with Case.open(path, by="B", readonly=True) as copy:
            assert copy.facts().author == author
            assert len(copy.evidence()) == 2


def test_a_backup_without_a_name_lies_beside_the_case(worked: Path, cli: Run) -> None:
    status, data = cli("backup", worked)
    made = Path(data["backup"])
    assert (status, data) == (0, {"case": str(worked), "backup": str(made)})
    assert made.parent == worked.parent
    assert beside(worked) == sorted(["case.cambs", made.name])
    assert _all(made) == _all(worked)


def test_a_backup_overwrites_nothing(worked: Path, tmp_path: Path, cli: Run) -> None:
    taken = tmp_path / "taken.cambs"
    taken.write_bytes(b"mine")
    for target in (taken, worked):
        before = target.read_bytes()
        status, data = cli("backup", worked, "-o", target)
        assert status == 1
        assert_error(data, "exists")
        assert target.read_bytes() == before


def test_a_backup_into_no_folder_is_refused(worked: Path, tmp_path: Path, cli: Run) -> None:
    status, data = cli("backup", worked, "-o", tmp_path / "none" / "copy.cambs")
    assert status == 1
    assert_error(data, "unwritable")


def test_a_damaged_case_is_not_copied(worked: Path, files: Files, cli: Run) -> None:
    flip(worked, files.letter.read_bytes())
    status, data = cli("backup", worked, "-o", worked.with_name("copy.cambs"))
    assert status != 0
    assert_error(data, "damaged")
    assert beside(worked) == ["case.cambs"]


def test_a_backup_is_restored_whole(worked: Path, cli: Run) -> None:
    backup, again = worked.with_name("backup.cambs"), worked.with_name("again.cambs")
    assert cli("backup", worked, "-o", backup)[0] == 0
    before = backup.read_bytes(), backup.stat().st_mtime_ns
    worked.unlink()
    status, data = cli("restore", backup, "-o", again)
    assert (status, data) == (0, {"case": str(again), "backup": str(backup)})
    assert _all(again) == _all(backup)
    assert (backup.read_bytes(), backup.stat().st_mtime_ns) == before
    assert beside(backup) == ["again.cambs", "backup.cambs"]
    with Case.open(again, by="A") as case:
        case.tag(case.document("report.pdf"), ONCE_P2, "1.1", Polarity.STRENGTH)
    assert problems(again) == []


def test_a_backup_takes_nobodys_place(worked: Path, tmp_path: Path, cli: Run) -> None:
    backup = Path(shutil.copyfile(worked, tmp_path / "backup.cambs"))
    before = worked.read_bytes()
    status, data = cli("restore", backup, "-o", worked)
    assert status == 1
    assert_error(data, "exists")
    assert worked.read_bytes() == before


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_damaged_backup_is_refused_and_left(worked: Path, cli: Run, part: float) -> None:
    data = bytearray(worked.read_bytes())
    place = int(len(data) * part) // 4096 * 4096
    data[place : place + 4096] = bytes(each ^ 0xFF for each in data[place : place + 4096])
    worked.write_bytes(data)
    before = worked.read_bytes(), worked.stat().st_mtime_ns
    status, told = cli("restore", worked, "-o", worked.with_name("again.cambs"))
    assert status == 3
    assert_error(told, "damaged")
    assert beside(worked) == ["case.cambs"]
    assert (worked.read_bytes(), worked.stat().st_mtime_ns) == before


def test_one_flipped_bit_of_a_document_is_enough_to_refuse_a_backup(
    worked: Path, files: Files
) -> None:
    flip(worked, files.letter.read_bytes(), 30)
    with pytest.raises(EvidenceError) as caught:
        restore(worked, worked.with_name("again.cambs"))
    assert_plain(caught.value.reason)
    assert beside(worked) == ["case.cambs"]


@pytest.mark.parametrize("what", ["missing", "text", "folder"])
def test_what_is_no_backup_is_refused(tmp_path: Path, cli: Run, what: str) -> None:
    source = tmp_path / "source"
    if what == "text":
        source.write_text("Not a case. " * 20, encoding="utf-8")
    elif what == "folder":
        source.mkdir()
    status, data = cli("restore", source, "-o", tmp_path / "again.cambs")
    assert status == 3
    assert_error(data)
    assert not (tmp_path / "again.cambs").exists()
