"""Importing: every path is answered, what is refused leaves nothing, no process stays behind."""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import psutil
import pytest

from cambs_evidence.case import Case
from cambs_evidence.model import Imported, Progress
from tests.support import Files, assert_plain, beside, make_pdf, problems, rows, take_in, until


@pytest.fixture
def blank(blank_path: Path) -> Case:
    with Case.open(blank_path, by="Importer") as opened:
        yield opened


def test_documents_are_taken_in_with_their_pages(blank: Case, files: Files) -> None:
    results = take_in(blank, *files.all())
    assert [(each.path, each.status, each.reason) for each in results] == [
        (str(path), "imported", None) for path in files.all()
    ]
    known = blank.documents()
    assert [each.document for each in results] == known
    assert [each.filename for each in known] == ["report.pdf", "letter.txt", "notes.md"]
    assert [each.pages for each in known] == [3, 1, 1]
    assert [each.media_type for each in known] == [
        "application/pdf", "text/plain", "text/markdown",
    ]  # fmt: skip
    assert [each.size for each in known] == [path.stat().st_size for path in files.all()]
    assert {each.added_by for each in known} == {"Importer"}
    assert [each.rendition_sha256 is None for each in known] == [True, False, False]


def test_a_title_is_made_of_the_file_name(blank: Case, tmp_path: Path) -> None:
    names = {
        "annual_conversation-letter_2024.txt": "Annual conversation-letter 2024",
        "plan-review-2024.txt": "Plan review 2024",
        "Übersicht.txt": "Übersicht",
    }
    for number, name in enumerate(names):
        (tmp_path / name).write_text(f"Words number {number}.\n", encoding="utf-8")
    results = take_in(blank, *(tmp_path / name for name in names))
    assert {each.document.filename: each.document.title for each in results if each.document} == (
        names
    )


def test_the_same_bytes_come_in_once(blank: Case, files: Files, tmp_path: Path) -> None:
    (first,) = take_in(blank, files.report)
    copy = tmp_path / "copy of the report.pdf"
    copy.write_bytes(files.report.read_bytes())
    for path in (files.report, copy):
        (again,) = take_in(blank, path)
        assert (again.path, again.status, again.document) == (
            str(path),
            "duplicate",
            first.document,
        )
        assert "report.pdf" in (again.reason or "")
    assert len(blank.documents()) == 1


def test_twins_in_one_import_come_in_once_and_name_the_document(
    blank: Case, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("The very same words.\n", encoding="utf-8")
    results = take_in(blank, tmp_path / "a.txt", tmp_path / "b.txt")
    (document,) = blank.documents()
    by_path = {Path(each.path).name: each for each in results}
    assert {name: each.status for name, each in by_path.items()} == {
        "a.txt": "imported", "b.txt": "duplicate",
    }  # fmt: skip
    assert by_path["b.txt"].document is not None
    assert by_path["b.txt"].document.id == document.id


def test_twins_of_a_file_that_is_refused_are_refused_too(blank: Case, tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(b"%PDF-1.4\nnothing else")
    results = take_in(blank, tmp_path / "a.pdf", tmp_path / "b.pdf")
    assert [(each.status, each.code) for each in results] == [("refused", "document-refused")] * 2
    assert blank.documents() == []


def _encrypted(path: Path, source: Path, password: str) -> Path:
    with pikepdf.open(source) as document:
        document.save(path, encryption=pikepdf.Encryption(user=password, owner=f"{password}x"))
    return path


def test_each_path_is_answered_and_what_is_refused_leaves_nothing(
    blank: Case, files: Files, tmp_path: Path
) -> None:
    bad = {
        "empty.txt": b"",
        "cut.pdf": files.report.read_bytes()[:300],
        "named.pdf": b"This is no PDF.",
        "binary.txt": bytes(range(256)) * 20,
        "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "office.docx": b"PK\x03\x04" + b"word/document.xml" * 10,
        "blank.md": b" \n\n\t\n",
    }
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    locked = _encrypted(tmp_path / "locked.pdf", files.report, "sesame")
    paths = [tmp_path / name for name in bad]
    paths += [locked, tmp_path / "missing.pdf", files.letter]
    before = _counts(blank)
    results = take_in(blank, *paths)
    assert sorted(each.path for each in results) == sorted(map(str, paths))
    for each in results:
        if each.path == str(files.letter):
            assert each.status == "imported"
            continue
        assert (each.path, each.status, each.document) == (each.path, "refused", None)
        assert_plain(each.reason)
        assert Path(each.path).name in (each.reason or "")
    assert {Path(each.path).name: each.code for each in results} == {
        "empty.txt": "empty", "cut.pdf": "document-refused", "named.pdf": "format",
        "binary.txt": "format", "picture.png": "format", "office.docx": "damaged",
        "blank.md": "empty", "locked.pdf": "encrypted", "missing.pdf": "missing",
        "letter.txt": None,
    }  # fmt: skip
    after = _counts(blank)
    assert after == {"blob": before["blob"] + 2, "document": 1, "page": 1, "page_words": 1,
                     "event": before["event"] + 1}  # fmt: skip


def _counts(case: Case) -> dict[str, int]:
    with case._store.reading() as connection:
        return {
            name: int(connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one())
            for name in ("blob", "document", "page", "page_words", "event")
        }


def test_a_password_opens_a_protected_file_and_is_kept_nowhere(
    blank_path: Path, files: Files, tmp_path: Path
) -> None:
    locked = _encrypted(tmp_path / "locked.pdf", files.report, "Sesame-4711")
    with Case.open(blank_path, by="A") as case:
        assert [each.status for each in take_in(case, locked)] == ["refused"]
        assert [each.status for each in take_in(case, locked, password="wrong")] == ["refused"]
        (done,) = take_in(case, locked, password="Sesame-4711")
        assert (done.status, done.document and done.document.pages) == ("imported", 3)
        document = case.documents()[0]
        assert case.document_bytes(document) == locked.read_bytes()
        assert "Supervision" in case.text(document).pages[1].text
        with pikepdf.open(io.BytesIO(case.page_bytes(document))) as shown:
            assert len(shown.pages) == 3
    assert b"Sesame-4711" not in blank_path.read_bytes()
    assert problems(blank_path) == []


def test_folders_give_their_files_and_on_demand_those_of_folders_within(
    blank: Case, tmp_path: Path
) -> None:
    inner = tmp_path / "docs" / "inner"
    inner.mkdir(parents=True)
    for path in (tmp_path / "docs" / "b.txt", tmp_path / "docs" / "a.txt", inner / "c.txt"):
        path.write_text(f"Words of {path.name}.\n", encoding="utf-8")
    (tmp_path / "docs" / ".DS_Store").write_bytes(b"\x00\x01")
    (tmp_path / "docs" / "~$a.docx").write_bytes(b"\x00\x01")
    flat = take_in(blank, tmp_path / "docs")
    assert [(Path(each.path).name, each.status) for each in flat] == [
        ("a.txt", "imported"), ("b.txt", "imported"),
    ]  # fmt: skip
    deep = take_in(blank, tmp_path / "docs", recursive=True)
    assert [(Path(each.path).name, each.status) for each in deep if each.status == "imported"] == [
        ("c.txt", "imported")
    ]
    assert [each.status for each in deep].count("duplicate") == 2


def test_an_empty_folder_gives_nothing(blank: Case, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    assert take_in(blank, tmp_path / "none") == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_what_is_no_file_is_refused_and_not_waited_for(blank: Case, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (result,) = take_in(blank, tmp_path / "pipe.txt")
    assert result.status == "refused"
    assert_plain(result.reason)


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
def test_a_file_name_that_is_no_text_is_taken_in(blank_path: Path, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/odd-\xff.txt"))
    path.write_bytes(b"Plain words.\n")
    done = subprocess.run(
        [sys.executable, "-m", "cambs_evidence", "import", blank_path, path, "--json"],
        capture_output=True, check=False, timeout=180,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert rows(blank_path, "SELECT count(*) FROM document") == [(1,)]
    assert problems(blank_path) == []


def test_progress_is_told_and_grows(blank: Case, files: Files) -> None:
    told = [each for each in blank.import_files(files.all()) if isinstance(each, Progress)]
    assert told
    assert {each.total for each in told} == {3}
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert told[-1].done == 3
    assert all(0 <= each.done + each.part <= each.total for each in told)


def test_stopping_keeps_what_was_said_and_leaves_nothing_of_the_rest(
    blank_path: Path, files: Files, tmp_path: Path
) -> None:
    more = [make_pdf(tmp_path / f"more-{n}.pdf", ((f"Words number {n}.",),) * 5) for n in range(6)]
    others = set(multiprocessing.active_children())
    with Case.open(blank_path, by="A") as case:
        steps = case.import_files([files.letter, *more])
        said = next(each for each in steps if isinstance(each, Imported))
        steps.close()
        assert [each.id for each in case.documents()] == [said.document and said.document.id]
        assert until(lambda: not set(multiprocessing.active_children()) - others)
        assert len(take_in(case, *more)) == 6
        assert len(case.documents()) == 7
    assert problems(blank_path) == []
    assert beside(blank_path) == sorted(["blank.cambs", *(path.name for path in more)])


_IMPORTER = """
import sys
from email.message import EmailMessage
from pathlib import Path
from cambs_evidence.case import Case
from cambs_evidence.model import Imported
if __name__ == "__main__":
    case = Case.open(Path(sys.argv[1]), by="Killed")
    for each in case.import_files([Path(path) for path in sys.argv[2:]]):
        if isinstance(each, Imported):
            print(each.document.id, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes end otherwise there")
def test_a_killed_import_keeps_what_was_acknowledged_and_ends_its_processes(
    blank_path: Path, files: Files, tmp_path: Path
) -> None:
    more = [
        make_pdf(tmp_path / f"more-{n}.pdf", ((f"Words number {n} of many.",),) * 20)
        for n in range(5)
    ]
    with subprocess.Popen(
        [sys.executable, "-c", _IMPORTER, str(blank_path), *map(str, [files.letter, *more])],
        stdout=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        said = {process.stdout.readline().strip() for _ in range(3)}
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        said |= {line.strip() for line in process.stdout.read().splitlines()}
    with Case.open(blank_path, by="A", patience=0) as case:
        known = {each.id for each in case.documents()}
        assert said <= known
        assert len(known) <= len(said) + 1
        assert case.log_is_intact()
    assert problems(blank_path) == []
    assert until(lambda: not any(each.is_running() for each in children))


def test_files_of_one_name_are_both_kept(blank: Case, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "letter.txt").write_text(f"Letter {folder}.\n", encoding="utf-8")
    results = take_in(blank, tmp_path / "one" / "letter.txt", tmp_path / "two" / "letter.txt")
    assert [each.status for each in results] == ["imported", "imported"]
    assert [each.filename for each in blank.documents()] == ["letter.txt", "letter.txt"]


def test_the_case_does_not_import_itself(case_path: Path) -> None:
    with Case.open(case_path, by="A") as case:
        results = take_in(case, case_path.parent)
    assert [each for each in results if each.status == "refused"] == []


def _letter(subject: str, *enclosed: tuple[str, bytes] | EmailMessage) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@wealdshire.example", subject
    message["Date"] = "Fri, 08 Aug 2014 10:12:00 +0100"
    message.set_content(f"Words of {subject}.\n")
    for each in enclosed:
        if isinstance(each, EmailMessage):
            message.add_attachment(each)
        else:
            name, data = each
            message.add_attachment(data, maintype="application", subtype="x", filename=name)
    return message


def test_what_a_message_encloses_becomes_documents_of_their_own(
    blank: Case, files: Files, tmp_path: Path
) -> None:
    report = files.report.read_bytes()
    inner = _letter("Inner", ("copy.pdf", report), ("nothing.bin", b"\x00\x01\x02"))
    outer = _letter("Outer", ("report.pdf", report), ("notes.txt", b"Enclosed words.\n"), inner)
    path = tmp_path / "mail.eml"
    path.write_bytes(outer.as_bytes())
    results = take_in(blank, path)
    shown = str(path)
    assert [(each.path, each.status) for each in results] == [
        (shown, "imported"),
        (f"{shown} › report.pdf", "imported"),
        (f"{shown} › notes.txt", "imported"),
        (f"{shown} › Inner.eml", "imported"),
        (f"{shown} › Inner.eml › copy.pdf", "duplicate"),
        (f"{shown} › Inner.eml › nothing.bin", "refused"),
    ]
    mail, pdf, notes, within = blank.documents()
    assert (mail.title, mail.date, mail.media_type) == ("Outer", "2014-08-08", "message/rfc822")
    assert (pdf.title, pdf.filename) == ("Attachment of “Outer”: Report", "report.pdf")
    assert blank.document_bytes(pdf) == report
    assert "Enclosed words." in blank.page(notes, 0).text
    assert within.title == "Attachment of “Outer”: Inner"
    for each in results:
        if each.reason:
            assert_plain(each.reason)
    assert problems(blank.path) == []


def test_messages_within_messages_come_to_an_end(blank: Case, tmp_path: Path) -> None:
    message = _letter("0")
    for number in range(1, 8):
        message = _letter(str(number), message)
    path = tmp_path / "nest.eml"
    path.write_bytes(message.as_bytes())
    *taken, last = take_in(blank, path)
    assert [each.status for each in taken] == ["imported"] * 5
    assert last.status == "refused"
    assert "messages deep" in (last.reason or "")


def test_nothing_of_a_message_is_written_to_disk(
    blank: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    path = tmp_path / "mail.eml"
    path.write_bytes(_letter("Visit", ("../../escape.txt", b"Enclosed words.\n")).as_bytes())
    (_, enclosed) = take_in(blank, path)
    assert enclosed.document is not None
    assert enclosed.document.filename == "escape.txt"
    assert list(scratch.iterdir()) == []
    assert [found for found in tmp_path.parent.rglob("escape.txt") if found.is_file()] == []
