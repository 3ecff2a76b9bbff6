"""Work that goes on, in the status line: what, how far, how long yet, and a way to stop it."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QEventLoop, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from cambs_evidence.model import Progress
from ui.dialogs.told import ask
from ui.jobs import Job, in_words
from ui.theme import Theme

#: Seconds to wait for jobs that were asked to stop; milliseconds between looks at them.
_LONGEST, _LOOK = 20.0, 20
#: Steps of the bar for each thing that is to be done.
_FINE = 100


class JobsBar(QWidget):
    """Shows the newest job; those before it go on and come into view again."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []
        self._told: dict[Job, tuple[Progress, float | None]] = {}
        self.words = QLabel(self)
        self.words.setProperty("muted", True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(140)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.cancel = QToolButton(self)
        self.cancel.setIcon(theme.icon("x"))
        self.cancel.setAccessibleName("Cancel")
        self.cancel.clicked.connect(self._cancel)
        theme.changed.connect(lambda: self.cancel.setIcon(theme.icon("x")))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 2)
        for widget in (self.words, self.bar, self.cancel):
            row.addWidget(widget)
        self.hide()

    @property
    def running(self) -> list[Job]:
        """The jobs that go on."""
        return list(self._jobs)

    def follow(self, job: Job) -> None:
        """Starts a job and shows it until it ends."""
        self._jobs.append(job)
        job.progressed.connect(lambda step, left: self._hear(job, step, left))
        job.ended.connect(lambda _: self._ended(job))
        job.start()
        self._show()

    def may_stop(self, parent: QWidget) -> bool:
        """Asks before jobs are cancelled; True where there are none, or they may be."""
        if not self._jobs:
            return True
        names = ", ".join(dict.fromkeys(job.name.lower() for job in self._jobs))
        return ask(
            parent, "Work goes on",
            f"This goes on: {names}. If you close now it is stopped; what it has finished so far "
            "is kept.", "Stop it and close", "Go on",
        )  # fmt: skip

    def stop(self) -> None:
        """Cancels all jobs and waits for their end."""
        for job in self._jobs:
            job.cancel()
        self._show()
        until = time.monotonic() + _LONGEST
        while self._jobs and time.monotonic() < until:
            # The window goes on being painted, but nothing new can be begun.
            QCoreApplication.processEvents(
                QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, _LOOK
            )
            time.sleep(_LOOK / 1000)
        self._jobs.clear()
        self._told.clear()
        self.hide()

    def _hear(self, job: Job, step: Progress, left: float | None) -> None:
        self._told[job] = (step, left)
        if self._jobs and self._jobs[-1] is job:
            self._show()

    def _ended(self, job: Job) -> None:
        self._told.pop(job, None)
        if job in self._jobs:
            self._jobs.remove(job)
        self._show()

    def _cancel(self) -> None:
        if self._jobs:
            self._jobs[-1].cancel()
            self._show()

    def _show(self) -> None:
        if not self._jobs:
            self.hide()
            return
        job = self._jobs[-1]
        others = f" (and {len(self._jobs) - 1} more)" if len(self._jobs) > 1 else ""
        step, left = self._told.get(job, (None, None))
        said = "Stopping…" if job.cancelled else f"{job.name}{others}"
        if step is not None and not job.cancelled:
            if step.total > 1:
                said += f": {step.done:,} of {step.total:,}"
            if step.detail:
                detail = step.detail if len(step.detail) <= 32 else f"{step.detail[:31]}…"
                said += f", {detail}"
            words = in_words(left)
            said += f", {words}" if words else ""
            known = step.total > 1 or step.part > 0
            self.bar.setRange(0, _FINE * step.total if known else 0)
            self.bar.setValue(round(_FINE * (step.done + step.part)))
        else:
            self.bar.setRange(0, 0)
        self.words.setText(said)
        self.cancel.setToolTip(f"Cancel {job.name.lower()}; what is finished is kept")
        self.cancel.setEnabled(not job.cancelled)
        self.show()
