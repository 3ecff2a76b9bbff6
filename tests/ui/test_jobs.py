"""Jobs: what they say, in which order, and that they end once whatever becomes of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cambs_evidence.errors import Refused
from cambs_evidence.model import Progress
from tests.ui.support import PATIENCE, Answer, keep_words, press, wait
from ui.jobs import Job, _left, in_words
from ui.panels.jobs import JobsBar
from ui.theme import Theme

pytestmark = pytest.mark.usefixtures("nothing_left")


class Heard:
    """All that a job said, in the order it came, and in which thread it came."""

    def __init__(self, job: Job) -> None:
        self.all: list[tuple[str, object]] = []
        self.threads: set[threading.Thread] = set()
        self._receiver = QObject()
        job.progressed.connect(lambda step, _: self._hear("progressed", step))
        job.gave.connect(lambda what: self._hear("gave", what))
        job.failed.connect(lambda error: self._hear("failed", error))
        job.ended.connect(lambda done: self._hear("ended", done))

    def _hear(self, kind: str, what: object) -> None:
        self.all.append((kind, what))
        self.threads.add(threading.current_thread())

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.all]


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def _run(qtbot: QtBot, parent: QObject, make: Callable[[], Iterator[object]]) -> tuple[Job, Heard]:
    job = Job("Working", make, parent)
    heard = Heard(job)
    with qtbot.waitSignal(job.ended, timeout=PATIENCE):
        job.start()
    assert job.wait(10)
    return job, heard


def test_what_a_job_gives_comes_in_order_and_its_end_last(qtbot: QtBot, parent: QWidget) -> None:
    def steps() -> Iterator[object]:
        yield Progress("read", 1, 2)
        yield "one"
        yield None
        yield Progress("read", 2, 2)
        yield "two"

    _, heard = _run(qtbot, parent, steps)
    assert heard.all == [
        ("progressed", Progress("read", 1, 2)),
        ("gave", "one"),
        ("progressed", Progress("read", 2, 2)),
        ("gave", "two"),
        ("ended", True),
    ]


def test_a_job_works_in_a_thread_of_its_own_and_speaks_in_the_windows(
    qtbot: QtBot, parent: QWidget
) -> None:
    worked: list[threading.Thread] = []

    def steps() -> Iterator[object]:
        worked.append(threading.current_thread())
        yield "something"

    _, heard = _run(qtbot, parent, steps)
    assert worked != [threading.current_thread()]
    assert heard.threads == {threading.current_thread()}


def test_words_of_progress_that_follow_at_once_are_not_all_said_but_the_last_is(
    qtbot: QtBot, parent: QWidget
) -> None:
    _, heard = _run(qtbot, parent, lambda: (Progress("read", n, 5000) for n in range(1, 5001)))
    said = [what for kind, what in heard.all if kind == "progressed"]
    assert said[0] == Progress("read", 1, 5000)
    assert said[-1] == Progress("read", 5000, 5000)
    assert len(said) < 2500


def test_each_stage_is_said(qtbot: QtBot, parent: QWidget) -> None:
    stages = ("lay out", "annex", "sign")
    _, heard = _run(qtbot, parent, lambda: (Progress(each, 0, 9) for each in stages))
    assert [what.stage for kind, what in heard.all if kind == "progressed"] == list(stages)


def test_cancelling_closes_the_generator_in_the_thread_that_ran_it(
    qtbot: QtBot, parent: QWidget
) -> None:
    ran: list[threading.Thread] = []
    closed: list[threading.Thread] = []

    def steps() -> Iterator[object]:
        ran.append(threading.current_thread())
        try:
            while True:
                yield None
        finally:
            closed.append(threading.current_thread())

    job = Job("Working", steps, parent)
    heard = Heard(job)
    job.start()
    wait(qtbot, lambda: ran)
    with qtbot.waitSignal(job.ended, timeout=PATIENCE):
        job.cancel()
    assert job.cancelled
    assert heard.all == [("ended", False)]
    assert closed == ran


def test_what_is_done_when_it_is_cancelled_is_told_and_nothing_more_is_begun(
    qtbot: QtBot, parent: QWidget
) -> None:
    gate = threading.Event()

    def steps() -> Iterator[object]:
        yield "finished"
        gate.wait(20)
        yield "under way when it was cancelled"
        yield "never begun"

    job = Job("Working", steps, parent)
    heard = Heard(job)
    job.start()
    wait(qtbot, lambda: heard.all)
    job.cancel()
    with qtbot.waitSignal(job.ended, timeout=PATIENCE):
        gate.set()
    assert heard.all == [
        ("gave", "finished"),
        ("gave", "under way when it was cancelled"),
        ("ended", False),
    ]


def test_what_a_person_can_act_on_is_told_and_not_logged(
    qtbot: QtBot, parent: QWidget, caplog: pytest.LogCaptureFixture
) -> None:
    refusal = Refused("The disk is full; make room.")

    def steps() -> Iterator[object]:
        yield "before"
        raise refusal

    _, heard = _run(qtbot, parent, steps)
    assert heard.all == [("gave", "before"), ("failed", refusal), ("ended", False)]
    assert not caplog.records


def test_a_mistake_is_told_and_logged_with_its_traceback(
    qtbot: QtBot, parent: QWidget, caplog: pytest.LogCaptureFixture
) -> None:
    def steps() -> Iterator[object]:
        yield 1 // 0

    with caplog.at_level(logging.ERROR):
        _, heard = _run(qtbot, parent, steps)
    assert heard.kinds() == ["failed", "ended"]
    assert isinstance(heard.all[0][1], ZeroDivisionError)
    assert heard.all[1] == ("ended", False)
    (record,) = caplog.records
    assert record.exc_info is not None


def test_a_job_that_fails_before_its_first_step_ends_too(qtbot: QtBot, parent: QWidget) -> None:
    def steps() -> Iterator[object]:
        raise Refused("It cannot begin.")

    _, heard = _run(qtbot, parent, steps)
    assert heard.kinds() == ["failed", "ended"]


def test_a_job_whose_clean_up_fails_ends_once_all_the_same(
    qtbot: QtBot, parent: QWidget, caplog: pytest.LogCaptureFixture
) -> None:
    begun = threading.Event()

    def steps() -> Iterator[object]:
        try:
            while True:
                begun.set()
                yield None
        finally:
            raise OSError("the folder is gone")

    job = Job("Working", steps, parent)
    heard = Heard(job)
    job.start()
    wait(qtbot, begun.is_set)
    with qtbot.waitSignal(job.ended, timeout=PATIENCE), caplog.at_level(logging.ERROR):
        job.cancel()
    assert heard.all == [("ended", False)]
    assert "could not be ended" in caplog.text


# --- time left -------------------------------------------------------------------------------


def test_time_left_is_not_guessed_before_there_is_something_to_guess_from() -> None:
    assert _left(Progress("read", 0, 10), 60.0) is None
    assert _left(Progress("read", 3, 0), 60.0) is None
    assert _left(Progress("read", 5, 10), 0.5) is None


@given(
    done=some.integers(1, 10_000),
    rest=some.integers(0, 10_000),
    spent=some.floats(2, 100_000, allow_nan=False),
)
def test_the_rest_takes_as_long_for_each_as_what_is_done(
    done: int, rest: int, spent: float
) -> None:
    left = _left(Progress("read", done, done + rest), spent)
    assert left == pytest.approx(spent / done * rest)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0.0, "a few seconds left"),
        (9.9, "a few seconds left"),
        (12.0, "about 10 seconds left"),
        (47.0, "about 50 seconds left"),
        (89.0, "about 90 seconds left"),
        (120.0, "about 2 minutes left"),
        (1790.0, "about 30 minutes left"),
    ],
)
def test_time_left_is_said_as_people_say_it(seconds: float | None, words: str) -> None:
    assert in_words(seconds) == words


@given(some.floats(10, 100_000, allow_nan=False))
def test_no_words_for_time_left_say_nothing_or_one_minutes(seconds: float) -> None:
    words = in_words(seconds)
    assert words.endswith(" left")
    assert " 0 " not in words
    assert "about 1 minutes" not in words


# --- the bar ---------------------------------------------------------------------------------


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme, parent: QWidget) -> JobsBar:
    parent.resize(700, 60)
    made = JobsBar(theme, parent)
    made.resize(700, 40)
    with qtbot.waitExposed(parent):
        parent.show()
    return made


def _endless(gate: threading.Event, *first: object) -> Callable[[], Iterator[object]]:
    def steps() -> Iterator[object]:
        yield from first
        while not gate.wait(0.01):
            yield None

    return steps


def test_a_job_of_one_thing_shows_how_far_that_is(
    qtbot: QtBot, bar: JobsBar, parent: QWidget
) -> None:
    gate = threading.Event()
    job = Job("Importing", _endless(gate, Progress("import", 0, 1, part=0.25)), parent)
    bar.follow(job)
    wait(qtbot, lambda: bar.bar.maximum() > 0)
    assert bar.bar.value() / bar.bar.maximum() == 0.25
    assert _left(Progress("import", 0, 1, part=0.25), 20.0) == 60.0
    gate.set()
    wait(qtbot, bar.isHidden)


def test_the_bar_shows_how_far_a_job_is_and_goes_when_it_ends(
    qtbot: QtBot, bar: JobsBar, parent: QWidget
) -> None:
    gate = threading.Event()
    job = Job("Importing", _endless(gate, Progress("import", 3, 12, "letter.pdf")), parent)
    assert bar.isHidden()
    bar.follow(job)
    assert bar.isVisible()
    wait(qtbot, lambda: bar.words.text() == "Importing: 3 of 12, letter.pdf")
    assert bar.bar.value() / bar.bar.maximum() == 3 / 12
    gate.set()
    wait(qtbot, bar.isHidden)
    assert bar.running == []


def test_the_newest_job_is_shown_and_the_one_before_comes_back(
    qtbot: QtBot, bar: JobsBar, parent: QWidget
) -> None:
    gates = threading.Event(), threading.Event()
    bar.follow(Job("Importing", _endless(gates[0], Progress("import", 1, 9)), parent))
    wait(qtbot, lambda: bar.words.text() == "Importing: 1 of 9")
    bar.follow(Job("Exporting", _endless(gates[1]), parent))
    assert bar.words.text() == "Exporting (and 1 more)"
    gates[1].set()
    wait(qtbot, lambda: bar.words.text() == "Importing: 1 of 9")
    gates[0].set()
    wait(qtbot, bar.isHidden)


def test_cancel_in_the_bar_stops_the_job_that_is_shown(
    qtbot: QtBot, bar: JobsBar, parent: QWidget
) -> None:
    gate = threading.Event()
    job = Job("Importing", _endless(gate), parent)
    bar.follow(job)
    qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    assert job.cancelled
    wait(qtbot, bar.isHidden)


def test_closing_asks_while_a_job_goes_on_and_not_otherwise(
    qtbot: QtBot, bar: JobsBar, parent: QWidget
) -> None:
    assert bar.may_stop(parent)
    gate = threading.Event()
    bar.follow(Job("Importing", _endless(gate), parent))
    said: list[str] = []
    with Answer(lambda box: (keep_words(said)(box), press("Go on")(box))):
        assert not bar.may_stop(parent)
    assert "importing" in said[0]
    assert "kept" in said[0]
    with Answer(press("Stop it and close")):
        assert bar.may_stop(parent)
    bar.stop()
    wait(qtbot, lambda: not bar.running)
    assert bar.isHidden()
