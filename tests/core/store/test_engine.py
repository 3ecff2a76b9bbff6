"""Case files: what is opened, what is refused untouched, what survives a fault."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.errors import CannotOpen, EvidenceError, InUse, Refused, Unwritable
from cambs_evidence.model import Polarity, RowChange
from cambs_evidence.store import engine
from tests.support import (
    IN_LETTER,
    ONCE_P1,
    ONCE_P2,
    ONCE_P3,
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

#: What reads, and what writes; each must leave alone what it cannot open.
READS = ("about",)
WRITES = ("about", "--author", "X")


def state(path: Path) -> tuple[bytes, int, list[str]]:
    """All that an untouched file keeps: its bytes, its time, what lies beside it."""
    return path.read_bytes(), path.stat().st_mtime_ns, beside(path)


def older(path: Path) -> Path:
    """A case of the first version at this place, with facts of its own."""
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA application_id={engine.APPLICATION_ID}")
        raw.execute("PRAGMA auto_vacuum=INCREMENTAL")
        raw.execute("VACUUM")
    config = Config()
    config.set_main_option("script_location", str(paths.migrations()))
    config.set_main_option("path_separator", "os")
    made = create_engine("sqlite://", creator=lambda: sqlite3.connect(path))
    with made.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql("PRAGMA user_version=1")
        connection.exec_driver_sql("INSERT INTO fact VALUES ('title', 'Kept since version 1')")
        connection.exec_driver_sql(
            "INSERT INTO section VALUES ('5d1f8a52-0000-0000-0000-000000000001', 1, 'First')"
        )
    made.dispose()
    return path


# --- what is refused -------------------------------------------------------------------------


def _empty(path: Path, _case: Path, _report: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path, _case: Path, _report: Path) -> None:
    path.write_text("Not a case at all. " * 20, encoding="utf-8")


def _pdf(path: Path, _case: Path, report: Path) -> None:
    shutil.copyfile(report, path)


def _database(path: Path, _case: Path, _report: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE fact (id TEXT PRIMARY KEY, value TEXT)")


def _head_alone(path: Path, case: Path, _report: Path) -> None:
    path.write_bytes(case.read_bytes()[:60])


def _first_bytes(path: Path, case: Path, _report: Path) -> None:
    path.write_bytes(case.read_bytes()[:150])


def _unfinished(path: Path, _case: Path, _report: Path) -> None:
    """What making a case leaves when it is killed before its tables are made."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA application_id={engine.APPLICATION_ID}")
        raw.execute("VACUUM")


def _half(path: Path, case: Path, _report: Path) -> None:
    data = case.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _last_page_cut(path: Path, case: Path, _report: Path) -> None:
    path.write_bytes(case.read_bytes()[:-2000])


NO_CASES = [_empty, _text, _pdf, _database, _unfinished, _head_alone, _first_bytes, _half,
            _last_page_cut]  # fmt: skip


@pytest.mark.parametrize("words", [READS, WRITES], ids=["read", "write"])
@pytest.mark.parametrize("make", NO_CASES, ids=lambda make: make.__name__.strip("_"))
def test_what_is_no_whole_case_is_refused_untouched(
    make: object, words: tuple[str, ...], case_path: Path, files: Files, cli: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    path = folder / "other.cambs"
    assert callable(make)
    make(path, case_path, files.report)
    before = state(path)
    status, data = cli(words[0], path, *words[1:])
    assert status == 3
    assert_error(data)
    assert state(path) == before


def test_what_is_not_there_is_not_made(tmp_path: Path, cli: Run) -> None:
    for words in (READS, WRITES):
        status, data = cli(words[0], tmp_path / "none.cambs", *words[1:])
        assert status == 3
        assert_error(data)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_case(tmp_path: Path, cli: Run) -> None:
    status, data = cli("about", tmp_path)
    assert status == 3
    assert_error(data)


@pytest.mark.parametrize("words", [READS, WRITES], ids=["read", "write"])
@pytest.mark.parametrize("version", [engine.SCHEMA + 1, 2**31 - 1])
def test_a_newer_case_is_refused_untouched(
    case_path: Path, cli: Run, version: int, words: tuple[str, ...]
) -> None:
    with closing(sqlite3.connect(case_path)) as raw:
        raw.execute(f"PRAGMA user_version={version}")
    before = state(case_path)
    status, data = cli(words[0], case_path, *words[1:])
    assert status == 3
    assert "newer" in assert_error(data, "newer")
    assert state(case_path) == before


# --- what is older ---------------------------------------------------------------------------


@pytest.mark.parametrize("readonly", [False, True])
def test_an_older_case_is_copied_and_then_upgraded(tmp_path: Path, readonly: bool) -> None:
    path = older(tmp_path / "old.cambs")
    with Case.open(path, by="A", readonly=readonly) as opened:
        assert opened.facts().title == "Kept since version 1"
        assert [each.title for each in opened.framework().sections] == ["First"]
        assert opened.documents() == []
    assert beside(path) == ["old.cambs", "old.version-1.cambs"]
    assert rows(path, "PRAGMA user_version") == [(engine.SCHEMA,)]
    assert rows(path, "SELECT count(*) FROM pack") == [(0,)]
    copy = path.with_name("old.version-1.cambs")
    assert rows(copy, "PRAGMA user_version") == [(1,)]
    assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
    assert rows(copy, "SELECT value FROM fact") == [("Kept since version 1",)]


def test_an_upgraded_case_is_written_to(tmp_path: Path) -> None:
    path = older(tmp_path / "old.cambs")
    with Case.open(path, by="A") as opened:
        opened.set_facts(author="B")
    with Case.open(path, by="A") as opened:
        assert opened.facts().author == "B"
        assert opened.log_is_intact()
    assert problems(path) == []
    assert beside(path) == ["old.cambs", "old.version-1.cambs"]


def test_the_copy_of_an_older_case_overwrites_nothing(tmp_path: Path) -> None:
    path = older(tmp_path / "old.cambs")
    taken = tmp_path / "old.version-1.cambs"
    taken.write_bytes(b"mine")
    Case.open(path, by="A").close()
    assert taken.read_bytes() == b"mine"
    assert beside(path) == ["old.cambs", "old.version-1-2.cambs", "old.version-1.cambs"]


def _rubbish_inside(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[8192:12288] = b"\xa5" * 4096
    path.write_bytes(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:30_000])


@pytest.mark.parametrize("harm", [_rubbish_inside, _cut], ids=["rubbish", "cut"])
def test_a_damaged_older_case_is_refused_and_left(tmp_path: Path, cli: Run, harm: object) -> None:
    path = older(tmp_path / "old.cambs")
    assert callable(harm)
    harm(path)
    before = state(path)
    status, data = cli("about", path, "--author", "B")
    assert status == 3
    assert_error(data, "damaged")
    assert state(path) == before


def test_an_older_case_that_cannot_be_upgraded_is_left_as_it_was(tmp_path: Path, cli: Run) -> None:
    path = older(tmp_path / "old.cambs")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE pack (id TEXT)")  # stands in the way of the second version
    held = list(closing_dump(path))
    status, data = cli("about", path)
    assert status == 3
    assert_error(data)
    assert list(closing_dump(path)) == held
    assert rows(path, "PRAGMA user_version") == [(1,)]


def closing_dump(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(path)) as raw:
        for name, sql in raw.execute("SELECT name, sql FROM sqlite_master ORDER BY name"):
            yield f"{name} {sql}"
        yield from map(repr, raw.execute("SELECT * FROM fact"))


# --- open and closed -------------------------------------------------------------------------


def test_while_open_each_connection_is_strict_and_durable(case: Case) -> None:
    wanted = {
        "foreign_keys": 1,
        "synchronous": 2,
        "journal_mode": "wal",
        "application_id": engine.APPLICATION_ID,
        "user_version": engine.SCHEMA,
    }
    for session in (case._store.reading, case._store.writing):
        with session() as connection:
            for name, value in wanted.items():
                found = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                assert (name, found) == (name, value)


def test_a_closed_case_is_one_file(case_path: Path) -> None:
    with Case.open(case_path, by="A") as opened:
        opened.set_facts(author="B")
        assert len(beside(case_path)) > 1
    assert beside(case_path) == ["case.cambs"]
    assert rows(case_path, "PRAGMA journal_mode") == [("delete",)]
    with Case.open(case_path, by="A", readonly=True) as opened:
        assert opened.facts().author == "B"
    assert beside(case_path) == ["case.cambs"]


def test_reading_changes_nothing(case_path: Path, cli: Run) -> None:
    before = state(case_path)
    for words in (["documents"], ["evidence"], ["coverage"], ["log"], ["check"], ["framework"]):
        status, _ = cli(words[0], case_path)
        assert status == 0
    assert state(case_path) == before


def test_a_case_that_was_read_while_it_was_closed_is_one_file_too(case_path: Path) -> None:
    writer = Case.open(case_path, by="A")
    reader = Case.open(case_path, by="B", readonly=True)
    writer.set_facts(author="C")
    assert reader.facts().author == "C"
    writer.close()
    assert reader.facts().author == "C"
    reader.close()
    assert beside(case_path) == ["case.cambs"]
    assert rows(case_path, "PRAGMA journal_mode") == [("delete",)]


def test_a_case_open_for_reading_cannot_be_changed(case_path: Path) -> None:
    with Case.open(case_path, by="A", readonly=True) as opened:
        assert opened.readonly
        with pytest.raises(Refused) as caught:
            opened.set_facts(author="B")
        assert_plain(caught.value.reason)
        with pytest.raises(EvidenceError):
            opened.tag(opened.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)


def test_a_row_that_points_nowhere_is_refused_by_the_database(case: Case) -> None:
    from sqlalchemy.exc import IntegrityError  # noqa: PLC0415

    with pytest.raises(IntegrityError), case._store.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO link VALUES ('l', 'no passage', 'no section', NULL, 'strength', NULL, "
            "'A', '2024')"
        )
    assert case.evidence() == []


def test_a_change_that_fails_half_way_leaves_nothing(case: Case) -> None:
    events = case.events()
    fresh: dict[str, object] = {"id": "status", "value": "draft"}
    gone: dict[str, object] = {"id": "none", "value": "x"}
    rows = [RowChange("fact", "status", None, fresh), RowChange("fact", "none", gone, gone)]
    with pytest.raises(Refused):
        case._store.commit("A", "break", "half way", rows)
    assert case.facts().status is None
    assert case.events() == events


# --- a stick that is read-only ---------------------------------------------------------------

_IN_READONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'


def in_readonly(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Runs the program where a folder is mounted read-only; skips where that cannot be done."""
    base = ["unshare", "-Urm", "sh", "-c", _IN_READONLY, "sh", str(folder)]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*base, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this system lets nobody mount a folder read-only")
    return subprocess.run(
        [*base, sys.executable, "-m", "cambs_evidence", *map(str, words)],
        capture_output=True, encoding="utf-8", check=False, timeout=180,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does")
def test_a_closed_case_is_read_from_a_stick_that_is_read_only(case_path: Path) -> None:
    for words in (["check"], ["search", "supervision"]):
        done = in_readonly(case_path.parent, words[0], case_path, *words[1:], "--json")
        assert (done.returncode, done.stderr) == (0, "")
    assert beside(case_path) == ["case.cambs"]


@pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does")
def test_a_pack_is_built_from_a_stick_that_is_read_only(
    case_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    target = tmp_path_factory.mktemp("out") / "pack.pdf"
    done = in_readonly(case_path.parent, "pack", case_path, "-o", target, "--json")
    assert done.returncode == 0
    assert target.read_bytes().startswith(b"%PDF-")


@pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does")
def test_writing_to_a_stick_that_is_read_only_is_refused_in_one_sentence(
    case_path: Path,
) -> None:
    before = state(case_path)
    done = in_readonly(case_path.parent, "about", case_path, "--author", "B")
    assert done.returncode == 1
    assert done.stdout == ""
    assert_plain(done.stderr.rstrip("\n"))
    assert state(case_path) == before
    done = in_readonly(case_path.parent, "new", case_path.parent / "other.cambs")
    assert done.returncode == 1
    assert_plain(done.stderr.rstrip("\n"))


# --- several at once -------------------------------------------------------------------------


def test_a_second_writer_is_refused_while_readers_read(case_path: Path) -> None:
    with Case.open(case_path, by="A") as first:
        first.set_facts(author="B")
        with pytest.raises(InUse) as caught:
            Case.open(case_path, by="C", patience=0)
        assert_plain(caught.value.reason)
        with Case.open(case_path, by="C", readonly=True) as reader:
            assert reader.facts().author == "B"
            first.set_facts(author="D")
            assert reader.facts().author == "D"
    Case.open(case_path, by="C", patience=0).close()


def test_a_second_process_is_refused_in_one_sentence(case_path: Path) -> None:
    with Case.open(case_path, by="A") as first:
        done = run_program("about", case_path, "--author", "B")
        assert (done.returncode, done.stdout) == (3, "")
        assert_plain(done.stderr.rstrip("\n"))
        assert first.facts().author is None


def test_one_case_under_two_names_has_one_writer(case_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    link = folder / "shortcut.cambs"
    link.symlink_to(case_path)
    with Case.open(case_path, by="A"), pytest.raises(InUse):
        Case.open(link, by="B", patience=0)
    with Case.open(link, by="A"), pytest.raises(InUse):
        Case.open(case_path, by="B", patience=0)
    assert beside(link) == ["shortcut.cambs"]


def test_a_writer_that_failed_to_open_leaves_the_case_free(case_path: Path) -> None:
    _half(case_path, case_path, case_path)
    for _ in range(2):
        with pytest.raises(CannotOpen) as caught:
            Case.open(case_path, by="A", patience=0)
        assert caught.value.code == "damaged"


@contextmanager
def process(script: str, *words: object) -> Iterator[subprocess.Popen[str]]:
    """A Python process that runs a script; ended at the end."""
    started = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, words)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


_HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_case_that_another_program_holds_is_said_to_be_busy(case_path: Path, cli: Run) -> None:
    def read() -> str:
        with pytest.raises(InUse) as caught, Case.open(case_path, by="A", readonly=True) as opened:
            opened.facts()
        return caught.value.reason

    before = case_path.read_bytes()
    with process(_HOLDER, case_path) as holder, ThreadPoolExecutor() as threads:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        reading = threads.submit(read)  # both wait at the same time
        status, data = cli("about", case_path, "--author", "B")
        assert status == 3
        for reason in (assert_error(data, "in-use"), reading.result()):
            assert_plain(reason)
            assert "busy" in reason
    assert case_path.read_bytes() == before
    assert cli("about", case_path, "--author", "B")[0] == 0
    assert beside(case_path) == ["case.cambs"]


# --- killed ----------------------------------------------------------------------------------

_WRITER = """
import sys
from pathlib import Path
from cambs_evidence.case import Case
from cambs_evidence.model import Polarity, RowChange
case = Case.open(Path(sys.argv[1]), by="Killed")
report = case.document("report.pdf")
for quote in sys.argv[2:]:
    link, _ = case.tag(report, quote, "1.1", Polarity.STRENGTH)
    print(link.id, flush=True)
with case._store.writing() as connection:
    connection.exec_driver_sql("PRAGMA cache_size=1")
    connection.exec_driver_sql("UPDATE link SET note = 'never acknowledged'")
    connection.exec_driver_sql("UPDATE page SET text = text || text")
    connection.exec_driver_sql("DELETE FROM event")
    print("in the middle", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize("again", ["read", "write"])
def test_a_killed_writer_leaves_all_that_was_acknowledged_and_no_more(
    case_path: Path, again: str
) -> None:
    with process(_WRITER, case_path, ONCE_P1, ONCE_P2, ONCE_P3) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline().strip() for _ in range(4)]
        assert said[3] == "in the middle"
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    with Case.open(case_path, by="A", readonly=again == "read", patience=0) as opened:
        links = opened.evidence()
        assert {link.id for link in links} == set(said[:3])
        assert {link.note for link in links} == {None}
        assert {link.hold.value for link in links} == {"exact"}
        assert opened.log_is_intact()
        assert [event.what for event in opened.events()][-3:] == ["tag 1.1"] * 3
    assert problems(case_path) == []
    Case.open(case_path, by="A", patience=0).close()
    assert beside(case_path) == ["case.cambs"]
    assert problems(case_path) == []


# --- a disk that is full ---------------------------------------------------------------------

#: Runs within a file system of its own that holds the case and little more: each command is run
#: with all room taken, and then with room again.
_FULL = """
import contextlib, io, json, shutil, sys
from pathlib import Path
from cambs_evidence.command_line import run
source, folder, given = sys.argv[1:]
folder = Path(folder)
case = Path(shutil.copyfile(source, folder / "case.cambs"))
room = Path(folder / "room")

def ran(*words):
    printed, aside = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(aside):
        status = run([*words, "--json"])
    return [status, json.loads(printed.getvalue()), aside.getvalue()]

told = []
for spare, command in json.load(sys.stdin):
    words = [each.replace("CASE", str(case)).replace("GIVEN", given).replace("DIR", str(folder))
             for each in command]
    with room.open("wb", buffering=0) as file:
        size = 1 << 20
        while size >= 512:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
        file.truncate(file.tell() - spare)
    full = ran(*words)
    left = sorted(each.name for each in folder.iterdir()
                  if not each.name.startswith("case.cambs-"))  # folded back when there is room
    room.unlink()
    told.append({"full": full, "left": left, "check": ran("check", str(case)),
                 "log": ran("log", str(case)), "again": ran(*words)})
print(json.dumps(told))
"""
_IN_SMALL = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"'


@pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does")
def test_a_full_disk_is_told_in_one_sentence_and_nothing_is_half_done(
    case_path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    big = tmp_path / "big.txt"
    big.write_bytes(b"A long letter that says little. " * 8000)
    size = case_path.stat().st_size * 2 + (8 << 20)
    base = ["unshare", "-Urm", "sh", "-c", _IN_SMALL, "sh", str(size), str(folder)]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*base, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this system lets nobody mount a small file system")
    wanted: list[tuple[int, list[str]]] = [
        (0, ["about", "CASE", "--author", "A" * 100_000]),
        (65_536, ["about", "CASE", "--author", "B" * 100_000]),
        (65_536, ["tag", "CASE", "--document", "report.pdf", "--quote", ONCE_P1, "--criterion",
                  "1.1", "--polarity", "strength", "--note", "n" * 90_000]),
        (65_536, ["backup", "CASE", "-o", "DIR/backup.cambs"]),
        (16_384, ["pack", "CASE", "-o", "DIR/pack.pdf"]),
        (4_096, ["pack", "CASE", "-o", "DIR/crops.pdf", "--crops"]),
        (65_536, ["new", "DIR/new.cambs"]),
        (131_072, ["import", "CASE", "GIVEN"]),
    ]  # fmt: skip
    done = subprocess.run(
        [*base, sys.executable, "-c", _FULL, str(case_path), str(folder), str(big)],
        input=json.dumps(wanted), capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    assert done.stderr == ""
    events = 4  # making the case, three imports
    made: set[str] = set()
    for (_, words), told in zip(wanted, json.loads(done.stdout), strict=True):
        status, data, aside = told["full"]
        assert (words[0], status, aside) == (words[0], 1, "")
        if "results" in data:
            (result,) = data["results"]
            assert (words[0], result["status"]) == ("import", "refused")
            assert_plain(result["reason"])
            assert "full" in result["reason"]
        else:
            assert "full" in assert_error(data, "disk-full")
        assert (words[0], told["left"]) == (words[0], sorted({"case.cambs", "room", *made}))
        assert told["check"] == [0, {"ok": True, "problems": []}, ""]
        assert (words[0], len(told["log"][1]["events"])) == (words[0], events)
        assert (words[0], told["again"][0]) == (words[0], 0)
        events += words[0] in {"about", "tag", "import"}
        made |= {each.removeprefix("DIR/") for each in words if each.startswith("DIR/")}


_LIMITED = """
import resource, sys
from cambs_evidence.command_line import run
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_file_that_may_not_grow_is_not_called_damaged(case_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(40_000), "about", str(case_path),
         "--author", "A" * 100_000],
        capture_output=True, encoding="utf-8", check=False, timeout=180,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert_plain(done.stderr.rstrip("\n"))
    assert "damaged" not in done.stderr
    assert problems(case_path) == []
    assert rows(case_path, "SELECT count(*) FROM event") == [(4,)]
    Case.open(case_path, by="A").close()
    assert beside(case_path) == ["case.cambs"]


# --- what is damaged inside ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE page SET layer = x'0011'", ("text", "report.pdf")),
        ("UPDATE page SET layer = x'0011'", ("text", "report.pdf", "--page", "1")),
        ("UPDATE page SET text = CAST(x'fffe41' AS TEXT)", ("text", "report.pdf")),
        ("UPDATE fact SET value = CAST(x'fffe41' AS TEXT)", ("about",)),
        ("UPDATE document SET numbering = '{'", ("text", "report.pdf")),
    ],
)
def test_what_is_damaged_is_not_called_a_mistake_of_the_program(
    case_path: Path, cli: Run, statement: str, words: tuple[str, ...]
) -> None:
    edit(case_path, statement)
    status, data = cli(words[0], case_path, *words[1:])
    assert status == 3
    assert_error(data, "damaged")


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unwritable):
        Case.create(tmp_path / "none" / "new.cambs", by="A")


def test_letters_outside_english_are_kept(case_path: Path) -> None:
    with Case.open(case_path, by="Zoë 张伟 🙂") as opened:
        link, _ = opened.tag(
            opened.document("letter.txt"), IN_LETTER, "1.1", Polarity.NEUTRAL, note="Ünïcode 🙂"
        )
    with Case.open(case_path, by="A", readonly=True) as opened:
        kept = opened.link(link.id)
        assert (kept.by, kept.note) == ("Zoë 张伟 🙂", "Ünïcode 🙂")
        assert kept.passage.anchor.quote == IN_LETTER
    assert os.fsencode("Zoë").decode() in "".join(
        r[0] for r in rows(case_path, "SELECT by FROM link")
    )


def test_what_is_done_together_is_done_as_a_whole_or_not_at_all(case: Case) -> None:
    report = case.document("report.pdf")
    kept, _ = case.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH)
    events = len(case.events())

    def begin_and_fail() -> None:
        with case.together():
            case.tag(report, ONCE_P2, "1.2", Polarity.STRENGTH)
            case.untag(kept.id)
            case.untag("there is no such link")

    with pytest.raises(EvidenceError):
        begin_and_fail()
    assert [link.id for link in case.evidence()] == [kept.id]
    assert len(case.events()) == events
    with case.together():
        changes = [case.untag(kept.id), case.tag(report, ONCE_P2, "1.2", Polarity.STRENGTH)[1]]
    assert [link.code for link in case.evidence()] == ["1.2"]
    with case.together():
        for change in reversed(changes):
            case.revert(change)
    assert [link.id for link in case.evidence()] == [kept.id]
    assert case.log_is_intact()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be replaced there")
@pytest.mark.parametrize("what", ["removed", "replaced", "moved"])
def test_nothing_is_acknowledged_once_the_file_is_no_longer_there(
    case_path: Path, blank_path: Path, what: str
) -> None:
    with Case.open(case_path, by="A") as opened:
        report = opened.document("report.pdf")
        opened.tag(report, ONCE_P1, "1.1", Polarity.STRENGTH)
        if what == "replaced":
            os.replace(blank_path, case_path)  # noqa: PTH105 - as a program that syncs does it
        elif what == "moved":
            case_path.rename(case_path.with_name("elsewhere.cambs"))
        else:
            case_path.unlink()
        with pytest.raises(Unwritable) as refused:
            opened.tag(report, ONCE_P2, "1.2", Polarity.STRENGTH)
        assert_plain(refused.value.reason)
        assert [link.code for link in opened.evidence()] == ["1.1"]
    assert not case_path.with_name(f"{case_path.name}-lock").exists()
