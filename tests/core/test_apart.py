"""Work in a process of its own: what it says arrives, and nothing of it stays behind."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cambs_evidence import apart, errors
from cambs_evidence.errors import EvidenceError, InUse, Refused
from tests.core import works
from tests.support import assert_plain, children, until

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="processes end otherwise there")


def said(steps: Iterator[object]) -> list[object]:
    return [each for each in steps if each is not None]


def ended(*ids: int) -> bool:
    """True when none of these processes runs any more."""
    for each in ids:
        try:
            if psutil.Process(each).status() != psutil.STATUS_ZOMBIE:
                return False
        except psutil.NoSuchProcess:
            continue
    return True


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time to clean up."""
    monkeypatch.setattr(apart, "GRACE", 0.0)


def test_what_the_work_yields_arrives_in_order() -> None:
    assert said(apart.run(works.count, 5, beginning=2)) == [2, 3, 4]
    assert said(apart.run(works.count, 0)) == []


def test_a_caller_that_waits_can_stop_or_go_on(tmp_path: Path) -> None:
    path = tmp_path / "there"
    steps = apart.run(works.wait_for, path)
    assert [next(steps) for _ in range(5)] == [None] * 5
    path.touch()
    assert said(steps) == ["there"]


def every_error(kind: type[EvidenceError] = EvidenceError) -> Iterator[type[EvidenceError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from every_error(each)


@pytest.mark.parametrize("kind", [*every_error()])
@pytest.mark.parametrize("code", [None, "very-own"])
def test_an_error_is_the_same_once_pickled(kind: type[EvidenceError], code: str | None) -> None:
    assert kind.__module__ == errors.__name__
    error = kind("It was not to be.", code=code)
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert type(back) is kind
    assert (back.reason, back.code, back.status, str(back)) == (
        error.reason, code or kind.code, kind.status, error.reason,
    )  # fmt: skip


@pytest.mark.parametrize("error", [Refused("No.", code="very-own"), InUse("Later.")])
def test_an_error_that_a_person_can_act_on_is_raised_here(error: EvidenceError) -> None:
    steps = apart.run(works.refuse, error)
    with pytest.raises(type(error)) as caught:
        said(steps)
    assert type(caught.value) is type(error)
    assert (caught.value.reason, caught.value.code) == (error.reason, error.code)


@pytest.mark.parametrize(
    ("work", "sign"), [(works.fail, "ZeroDivisionError"), (works.unpicklable, "pickle")]
)
def test_a_mistake_is_logged_here_with_its_traceback(
    work: object, sign: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(work)
    with pytest.raises(apart.Fault):
        said(apart.run(work))
    (record,) = caplog.records
    assert "Traceback" in record.message
    assert sign in record.message
    assert record.levelno == logging.ERROR


def test_what_is_printed_there_is_not_printed_here(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert said(apart.run(works.chatter)) == [0]
    assert capfd.readouterr().out == ""
    assert [(each.name, each.message) for each in caplog.records] == [("works", "something odd")]


def test_work_that_cannot_cross_over_is_a_fault_here_and_leaves_no_process() -> None:
    before = children()
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        said(apart.run(lambda: iter([1])))
    assert children() <= before


@pytest.mark.parametrize("work", [works.endless, works.flood])
def test_closing_lets_the_work_clean_up(work: object, tmp_path: Path) -> None:
    assert callable(work)
    before = children()
    mark = tmp_path / "closed"
    steps = apart.run(work, mark)
    while next(steps) is None:
        pass
    steps.close()
    assert mark.exists()
    assert children() <= before


def test_work_that_was_never_begun_starts_no_process(tmp_path: Path) -> None:
    before = children()
    apart.run(works.endless, tmp_path / "closed").close()
    assert children() <= before
    assert not (tmp_path / "closed").exists()


@pytest.mark.usefixtures("short")
def test_work_that_does_not_stop_is_killed_with_what_it_started() -> None:
    steps = apart.run(works.stubborn)
    (ids,) = [next(each for each in steps if each is not None)]
    assert not ended(*ids)
    steps.close()
    assert until(lambda: ended(*ids))


def test_work_that_dies_is_told_in_one_sentence() -> None:
    steps = apart.run(works.die)
    assert next(each for each in steps if each is not None) == 0
    with pytest.raises(EvidenceError) as caught:
        said(steps)
    assert caught.value.code == "broken-off"
    assert_plain(caught.value.reason)


@POSIX
def test_work_that_is_killed_is_told_in_one_sentence(tmp_path: Path) -> None:
    steps = apart.run(works.endless, tmp_path / "closed")
    process = next(each for each in steps if each is not None)
    os.kill(process, signal.SIGKILL)
    with pytest.raises(EvidenceError) as caught:
        said(steps)
    assert caught.value.code == "broken-off"
    assert ended(process)


_PARENT = """
import sys
from pathlib import Path
from cambs_evidence import apart
from tests.core import works
if __name__ == "__main__":
    steps = apart.run(works.endless, Path(sys.argv[1]))
    print(next(each for each in steps if each is not None), flush=True)
    if sys.argv[2] == "wait":
        list(steps)
"""


def _parent(mark: Path, what: str) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(mark), what], cwd=root, encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(root)}, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@POSIX
def test_an_orphan_cleans_up_and_ends(tmp_path: Path) -> None:
    with _parent(tmp_path / "closed", "wait") as parent:
        assert parent.stdout is not None
        process = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    assert until(lambda: ended(process))
    assert (tmp_path / "closed").exists()


def test_a_program_that_ends_does_not_wait_for_work_it_left(tmp_path: Path) -> None:
    with _parent(tmp_path / "closed", "leave") as parent:
        said, _ = parent.communicate(timeout=180)
    assert parent.returncode == 0
    assert until(lambda: ended(int(said)))
    assert (tmp_path / "closed").exists()


@POSIX
def test_ctrl_c_is_for_the_one_who_began_the_work(tmp_path: Path) -> None:
    with _parent(tmp_path / "closed", "wait") as parent:
        assert parent.stdout is not None
        process = int(parent.stdout.readline())
        os.killpg(parent.pid, signal.SIGINT)
        _, wrong = parent.communicate(timeout=180)
    assert wrong.count("KeyboardInterrupt") == 1
    assert ended(process)
    assert (tmp_path / "closed").exists()


# --- a process that stands ready -------------------------------------------------------------


@pytest.fixture
def bench() -> Iterator[apart.Workbench]:
    made = apart.Workbench()
    yield made
    made.close()
    assert until(lambda: not children())


def test_one_process_does_one_piece_of_work_after_the_other(
    bench: apart.Workbench, tmp_path: Path
) -> None:
    assert said(bench.run(works.count, 3)) == [0, 1, 2]
    (process,) = children()
    with pytest.raises(Refused):
        said(bench.run(works.refuse, Refused("It is not to be.")))
    with pytest.raises(apart.Fault):
        said(bench.run(works.fail))
    steps = bench.run(works.endless, tmp_path / "closed")
    next(each for each in steps if each is not None)
    steps.close()
    assert (tmp_path / "closed").exists()
    assert said(bench.run(works.count, 2)) == [0, 1]
    assert children() == {process}


def test_work_that_does_not_stop_is_killed_and_the_next_begins_anew(
    bench: apart.Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "SHORT_GRACE", 0.1)
    steps = bench.run(works.stubborn)
    ids = next(each for each in steps if each is not None)
    steps.close()
    assert until(lambda: ended(*ids))
    with pytest.raises(EvidenceError) as error:
        said(bench.run(works.die))
    assert error.value.code == "broken-off"
    assert said(bench.run(works.count, 2)) == [0, 1]


def test_a_bench_that_is_closed_begins_nothing(bench: apart.Workbench) -> None:
    bench.close()
    assert said(bench.run(works.count, 3)) == []
    assert children() == set()
