"""Long work off the window's thread: progress, time left, cancel, error.

A job runs a generator of the core in a thread. The same thread closes it when asked to cancel, so
that the generator's own clean-up runs where it ran.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, Signal

from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Progress

_log = logging.getLogger(__name__)
#: What is done to a pack, stage by stage: its name in words, and its share of the time it takes.
_STAGES = {
    "contents": ("Reading the case", 0.05),
    "earlier": ("Reading the earlier pack", 0.0),
    "layout": ("Laying out the pages", 0.15),
    "drawing": ("Drawing the pages", 0.25),
    "painting": ("Painting the passages", 0.15),
    "annex": ("Bringing in the documents’ pages", 0.3),
    "writing": ("Writing the file", 0.1),
    "reading": ("Reading the pack", 0.2),
    "proving": ("Finding the quotes again", 0.8),
}
#: The stages of proving a pack; the others are those of building it.
_PROVING = ("reading", "proving")
#: Seconds between two words of progress, at least; and before time left is guessed.
_SAY, _KNOWN_AFTER = 0.05, 1.5


class Job(QObject):
    """One long piece of work. ``ended`` comes once, after the last of the others.

    Signals:
        progressed: a :class:`Progress` and the seconds left, or None while they are not known.
        gave: what the generator yielded that is no progress.
        failed: the error.
        ended: True when it ran to its end, False when it failed or was cancelled.
    """

    progressed = Signal(object, object)
    gave = Signal(object)
    failed = Signal(object)
    ended = Signal(bool)

    def __init__(self, name: str, make: Callable[[], Iterator[Any]], parent: QObject) -> None:
        super().__init__(parent)
        self.name = name
        self._make = make
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"job {name}", daemon=True)
        self.ended.connect(self._dispose)

    @property
    def cancelled(self) -> bool:
        """True once it was asked to stop."""
        return self._cancelled.is_set()

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def cancel(self) -> None:
        """Asks it to stop at its next word; what it has finished is kept."""
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Waits for its end; False where it goes on."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _dispose(self, _: bool) -> None:
        """It has ended: whoever was told needs it no more, once its thread has let go of it."""
        self._thread.join()
        self.deleteLater()

    def _run(self) -> None:
        steps: Iterator[Any] | None = None
        done = False
        try:
            steps = self._make()
            self._follow(steps)
            done = not self._cancelled.is_set()
        except EvidenceError as error:
            self.failed.emit(error)
        except Exception as error:  # noqa: BLE001 - a bug: logged here, told by the window
            _log.exception("%s failed", self.name)
            self.failed.emit(error)
        finally:
            if steps is not None and hasattr(steps, "close"):
                try:
                    steps.close()
                except Exception:  # noqa: BLE001 - a bug: logged
                    _log.exception("%s could not be ended", self.name)
            self.ended.emit(done)

    def _follow(self, steps: Iterator[Any]) -> None:
        begun = said = time.monotonic()
        stage = ""
        for step in steps:
            if step is not None and not isinstance(step, Progress):
                self.gave.emit(step)  # it is done, whether or not the rest is wanted
            if self._cancelled.is_set():
                return
            if not isinstance(step, Progress):
                continue
            now = time.monotonic()
            if step.stage != stage:
                stage, begun = step.stage, now
            elif now - said < _SAY and step.done < step.total:
                continue
            said = now
            self.progressed.emit(step, _left(step, now - begun))


def _left(step: Progress, spent: float) -> float | None:
    """Seconds left, if the rest goes as what is done went."""
    done = step.done + step.part
    if spent < _KNOWN_AFTER or not done or not step.total:
        return None
    return spent / done * (step.total - done)


def stage_in_words(step: Progress) -> str:
    """What is being done, and how much of it is done, as people say it."""
    words, _ = _STAGES.get(step.stage, (step.stage.capitalize(), 0.0))
    return f"{words}: {step.done:,} of {step.total:,}" if step.total > 1 else words


def share(step: Progress) -> float:
    """About how much of the whole work is done, 0 to 1, of a pack that is built or proved."""
    if step.stage not in _STAGES:
        return 0.0
    stages = [each for each in _STAGES if (each in _PROVING) == (step.stage in _PROVING)]
    before = sum(_STAGES[each][1] for each in stages[: stages.index(step.stage)])
    within = (step.done + step.part) / step.total if step.total else 0.0
    return min(before + _STAGES[step.stage][1] * min(within, 1.0), 1.0)


def in_words(seconds: float | None) -> str:
    """Time left as people say it; empty while it is not known."""
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10} seconds left"
    return f"about {round(seconds / 60)} minutes left"
