"""Processes that are watched: what one of them does costs its own job and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psutil
import pytest

from cambs_evidence.documents import watched
from cambs_evidence.documents.watched import Pool
from tests.core.documents import servers


@dataclass
class Task:
    """A job that says what its process is to do, and keeps what became of it."""

    what: str
    pages: int = 0
    weight: int = 0
    pid: int | None = None
    child: int | None = None
    reasons: list[str] = field(default_factory=list)
    signs: int = 0

    @property
    def request(self) -> tuple[str]:
        return (self.what,)

    @property
    def ended(self) -> bool:
        return self.pid is not None

    def take(self, message: tuple[Any, ...]) -> None:
        if message[0] == "done":
            self.pid = message[1]
        elif message[0] == "child":
            self.child = message[1]
        else:
            self.signs += 1

    def fail(self, reason: str) -> None:
        self.reasons.append(reason)


@pytest.fixture
def pool() -> Iterator[Pool[Task]]:
    with Pool[Task](servers.serve) as made:
        yield made


def _run(pool: Pool[Task], *whats: str) -> list[Task]:
    """Runs tasks to their end; gives them in the order they were asked for."""
    tasks = [Task(what) for what in whats]
    ended = [task for task in pool.run(tasks) if task is not None]
    assert len(ended) == len(tasks)
    assert {id(task) for task in ended} == {id(task) for task in tasks}
    return tasks


def _is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def _assert_others_went_on(tasks: list[Task], bad: str) -> None:
    for task in tasks:
        if task.what == bad:
            assert task.pid is None
            assert len(task.reasons) == 1
            assert task.reasons[0].strip()
            assert "\n" not in task.reasons[0]
        else:
            assert task.pid is not None
            assert not task.reasons


def test_jobs_are_shared_between_two_processes_that_stay(pool: Pool[Task]) -> None:
    tasks = _run(pool, *["fine"] * 7)
    assert all(task.pid and task.signs == 1 and not task.reasons for task in tasks)
    assert 1 <= len({task.pid for task in tasks}) <= 2
    again = _run(pool, "fine", "fine")
    assert {task.pid for task in again} <= {task.pid for task in tasks}


def test_no_job_is_no_work(pool: Pool[Task]) -> None:
    assert _run(pool) == []


def test_a_process_that_eats_memory_is_ended_and_the_others_go_on(
    pool: Pool[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "MEMORY", 300 * 1024**2)
    tasks = _run(pool, "fine", "eat", "fine", "fine")
    _assert_others_went_on(tasks, "eat")
    assert "memory" in tasks[1].reasons[0]


def test_memory_that_a_child_process_holds_counts(
    pool: Pool[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "MEMORY", 300 * 1024**2)
    [task] = _run(pool, "child eats")
    assert "memory" in task.reasons[0]


def test_memory_for_what_was_handed_over_is_not_held_against_a_process(
    pool: Pool[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "MEMORY", 1)
    task = Task("fine", weight=500 * 1024**2)
    assert [each for each in pool.run([task]) if each] == [task]
    assert not task.reasons


def test_a_process_that_loops_is_ended_and_the_others_go_on(
    pool: Pool[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "PATIENCE", 2.0)
    tasks = _run(pool, "loop", "fine", "fine", "fine")
    _assert_others_went_on(tasks, "loop")
    assert "too long" in tasks[0].reasons[0]


def test_signs_of_life_do_not_lengthen_a_job_for_ever(
    pool: Pool[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "BEGINNING", 1.0)
    task = Task("busy", pages=1)
    assert [each for each in pool.run([task]) if each] == [task]
    assert task.signs > 0
    assert "too long" in task.reasons[0]


def test_a_process_that_waits_for_ever_is_ended(
    pool: Pool[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "LONGEST_SILENCE", 0.5)
    [task] = _run(pool, "wait")
    assert len(task.reasons) == 1
    monkeypatch.undo()
    assert _run(pool, "fine")[0].pid


@pytest.mark.parametrize("death", ["die", "abort"])
def test_a_process_that_dies_fails_its_own_job_alone(pool: Pool[Task], death: str) -> None:
    tasks = _run(pool, death, "fine", "fine", death, "fine")
    _assert_others_went_on(tasks, death)
    assert "broke off" in tasks[0].reasons[0]


def test_a_job_that_was_done_before_its_process_died_is_done(pool: Pool[Task]) -> None:
    tasks = _run(pool, "done, then die")
    assert tasks[0].pid
    assert not tasks[0].reasons


def test_a_process_that_dies_between_two_jobs_is_not_held_against_the_next(
    pool: Pool[Task],
) -> None:
    for _ in range(3):
        first = _run(pool, "done, then die")
        assert first[0].pid
        psutil.wait_procs([psutil.Process(pid) for pid in [first[0].pid] if not _is_gone(pid)], 5)
        [innocent] = _run(pool, "fine")
        assert innocent.reasons == []


def test_processes_that_cannot_even_begin_fail_every_job_and_none_waits() -> None:
    with Pool[Task](servers.serve_nothing) as pool:
        tasks = _run(pool, "fine", "fine", "fine")
    assert all(len(task.reasons) == 1 for task in tasks)


def test_a_process_is_ended_with_its_children(
    pool: Pool[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "PATIENCE", 1.5)
    [task] = _run(pool, "child")
    assert task.reasons
    assert task.child is not None
    psutil.wait_procs([psutil.Process(task.child)] if not _is_gone(task.child) else [], 5)
    assert _is_gone(task.child)


def test_leaving_the_pool_ends_its_processes_whatever_they_are_at() -> None:
    with Pool[Task](servers.serve) as pool:
        done = _run(pool, "fine")
        looping = Task("child")
        for _ in pool.run([looping]):
            if looping.child is not None:
                break
    pids = [done[0].pid, looping.child]
    assert all(pid is not None for pid in pids)
    left = [psutil.Process(pid) for pid in pids if pid is not None and not _is_gone(pid)]
    psutil.wait_procs(left, 5)
    assert all(pid is not None and _is_gone(pid) for pid in pids)
