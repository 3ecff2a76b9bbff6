"""Another program at work: what goes beyond its limits is ended with all that it began."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil
import pytest

from cambs_evidence.documents import programs
from tests.support import children, until

_HAS_IT_DONE = (
    "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'while True: pass']).wait()"
)


def run(folder: Path, code: str, **limits: float) -> list[None]:
    told: list[None] = []
    programs.run(
        [sys.executable, "-c", code], folder, dict(os.environ),
        memory=int(limits.get("memory", 1024**3)), cpu=limits.get("cpu", 30),
        longest=limits.get("longest", 60), tell=lambda: told.append(None),
    )  # fmt: skip
    return told


def test_a_program_works_in_its_folder_and_is_waited_for(tmp_path: Path) -> None:
    run(tmp_path, "import time; time.sleep(1.3); open('made', 'w').close()")
    assert (tmp_path / "made").is_file()


def test_whoever_waits_is_told_that_it_goes_on(tmp_path: Path) -> None:
    assert run(tmp_path, "import time; time.sleep(2.5)")


@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("x = bytearray(400 * 1024**2); import time; time.sleep(60)", {"memory": 200 * 1024**2}),
        ("while True: pass", {"cpu": 1.0}),
        ("import time; time.sleep(60)", {"longest": 0.5}),
        (_HAS_IT_DONE, {"cpu": 1.0}),
    ],
)
def test_a_program_that_goes_too_far_is_ended(
    tmp_path: Path, code: str, limits: dict[str, float]
) -> None:
    before = children()
    with pytest.raises(programs.Beyond):
        run(tmp_path, code, **limits)
    assert until(lambda: children() <= before)


def test_what_a_program_leaves_behind_is_ended_too(tmp_path: Path) -> None:
    leaves = (
        "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', "
        "'import time; time.sleep(600)']); open('pid', 'w').write(str(child.pid)); time.sleep(1)"
    )
    run(tmp_path, leaves)
    pid = int((tmp_path / "pid").read_text())
    assert until(lambda: not psutil.pid_exists(pid) or _is_dead(pid))


def _is_dead(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True
