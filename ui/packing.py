"""From the case to a pack: the preview that follows every change, the export, the proof."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from cambs_evidence import settings
from cambs_evidence.model import PackPreview, PackResult, Progress, Verification
from ui.dialogs.told import ask, sentence
from ui.jobs import Job, share, stage_in_words
from ui.session import News, Session

if TYPE_CHECKING:
    from cambs_evidence.previews import Previews
    from ui.main_window import MainWindow
    from ui.panels.pack import PackWindow

#: Milliseconds of rest after an option was changed, and after the case was, before it is built.
_OPTION, _CASE = 350, 900


class Packing(QObject):
    """Keeps the window of the pack up to date, and has packs written and proved."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        #: The window of the pack, while it is open.
        self.view: PackWindow | None = None
        self._session: Session | None = None
        self._previews: Previews | None = None
        self._job: Job | None = None
        self._again = self._stale = self._whole = self._refused = self._begun = False
        self._ending: list[threading.Thread] = []
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._build)

    def slots(self) -> dict[str, Callable[[], object]]:
        """What its actions do."""
        return {"pack": self.open}

    # --- opening and closing -------------------------------------------------------------

    def open(self) -> None:
        """Shows the window of the pack."""
        window, session = self._window, self._window.session
        if session is None:
            return
        if self.view is None:
            self._make(session)
        view = self.view
        assert view is not None  # noqa: S101 - it has just been made
        view.show()
        view.activateWindow()
        window.details.keep()
        window.judging.keep()

    def _make(self, session: Session) -> None:
        from cambs_evidence.previews import Previews  # noqa: PLC0415 - when it is needed
        from ui.panels.pack import PackWindow  # noqa: PLC0415

        path = session.case.path
        kept = self._window.memory.pack(path)
        usual = path.with_name(f"{path.stem}-evidence-pack.pdf")
        target = Path(str(kept.get("file") or usual))
        view = PackWindow(self._window.theme, session.held, settings.read().annex, target)
        view.setWindowIcon(self._window.windowIcon())
        view.form.put(kept)
        view.changed.connect(self._chosen)
        view.closed.connect(self._leave)
        view.shown_again.connect(self._catch_up)
        view.preview.whole_wanted.connect(self._show_whole)
        view.export.export_wanted.connect(self.export)
        view.export.verify_wanted.connect(self.verify)
        view.export.others_wanted.connect(self._window.export)
        self._session, self._previews = session, Previews(path, self._window.person)
        self.view = view
        self._whole, self._begun = False, False
        self._soon.start(0)

    def close(self) -> None:
        """The case is closed: nothing of a preview may be at work on it any more."""
        self._leave()
        while self._ending:
            self._ending.pop().join()

    def _leave(self) -> None:
        """Closes the window of the pack; nothing of the preview stays."""
        view, previews, session = self.view, self._previews, self._session
        self.view = self._previews = self._session = None
        self._soon.stop()
        if self._job is not None:
            self._job.cancel()
            self._again = False
        if view is None or previews is None or session is None:
            return
        self._remember(view, session)
        view.hide()
        view.preview.use(None)
        # The process is waited for, and the window is not to be held up by that.
        ending = threading.Thread(target=previews.close, name="job ending previews")
        self._ending = [each for each in self._ending if each.is_alive()] + [ending]
        ending.start()
        view.close()
        view.deleteLater()

    def _remember(self, view: PackWindow, session: Session) -> None:
        told = view.form.told()
        file = view.export.path
        if file is not None:
            told["file"] = str(file)
        self._window.memory.set_pack(session.case.path, told)

    # --- the preview ---------------------------------------------------------------------

    def _chosen(self) -> None:
        self._whole = False
        self._soon.start(_OPTION)

    def hear(self, news: News) -> None:
        """The case has changed: so has its pack."""
        view, session = self.view, self._session
        if view is None or session is None:
            return
        view.form.refill(session.held)
        if news.facts:
            view.name(session.held)
        self._soon.start(_CASE)

    def _catch_up(self) -> None:
        if self._stale:
            self._soon.start(0)

    def _show_whole(self) -> None:
        self._whole = True
        self._soon.start(0)

    def _build(self) -> None:
        """Has the preview made; one that is being made already is ended first."""
        view, previews, session = self.view, self._previews, self._session
        if view is None or previews is None or session is None:
            return
        self._stale = not view.isVisible() or view.isMinimized()
        if self._stale:
            return
        if not self._begun:  # once the window is there to be looked at
            self._begun = True
            view.preview.use(previews)
        if self._job is not None:
            self._job.cancel()
            self._again = True
            return
        fault = view.form.fault()
        if fault:
            view.preview.say(fault)
            return
        self._remember(view, session)
        options, whole = view.form.options(), self._whole

        def steps() -> Iterator[Progress | PackPreview | None]:
            return previews.build(options, whole=whole)

        self._refused = False
        job = self._job = Job("Preview", steps, self)
        job.gave.connect(lambda made: self._take(job, made))
        job.progressed.connect(lambda step, _: self._tell(job, step))
        job.failed.connect(lambda error: self._failed(job, error))
        job.ended.connect(lambda _: self._ended(job))
        view.preview.tell("Making the preview…", 0.0)
        job.start()

    def _take(self, job: Job, made: PackPreview) -> None:
        if self.view is not None and job is self._job and not job.cancelled:
            self.view.preview.take(made)

    def _tell(self, job: Job, step: Progress) -> None:
        if self.view is not None and job is self._job and not job.cancelled:
            self.view.preview.tell(f"{stage_in_words(replace(step, total=0))}…", share(step))

    def _failed(self, job: Job, error: BaseException) -> None:
        if self.view is not None and job is self._job and not job.cancelled:
            self._refused = True
            self.view.preview.say(sentence(error))

    def _ended(self, job: Job) -> None:
        if job is not self._job:
            return
        self._job = None
        if self._again:
            self._again = False
            self._build()
        elif self.view is not None and not self._refused:
            self.view.preview.tell("")

    # --- the export ----------------------------------------------------------------------

    def export(self) -> None:
        """Writes the pack, as a job; the file that is there already only after asking."""
        view, session = self.view, self._session
        if view is None or session is None or view.export.busy:
            return
        target, options = view.export.path, view.form.options()
        if target is None:
            return
        if target.exists() and not ask(
            view, "Export the evidence pack", f"{target.name} is there already.",
            "Put the new one there",
        ):  # fmt: skip
            return
        self._window.details.keep()
        self._window.judging.keep()
        self._remember(view, session)
        case = session.case
        job = Job("Exporting", lambda: case.export_pack(target, options), self._window)
        job.gave.connect(self._exported)
        job.failed.connect(self._export_failed)
        job.ended.connect(lambda done: self._export_ended(job, done=done))
        view.export.follow(job, "Exporting")
        self._window.jobs.follow(job)

    def _exported(self, result: object) -> None:
        if not isinstance(result, PackResult):
            return
        self._window.results.pack = Path(result.path)
        if self.view is not None:
            self.view.export.tell_written(result)
        else:
            self._window.results.tell_pack(result)

    def _export_failed(self, error: BaseException) -> None:
        if self.view is not None:
            self.view.export.tell(sentence(error), good=False)
        else:
            self._window.tell(error)

    def _export_ended(self, job: Job, *, done: bool) -> None:
        if done or not job.cancelled:
            return
        words = "The export was stopped; nothing was written."
        if self.view is not None:
            self.view.export.tell(words, good=False)
        else:
            self._window.say(words)

    # --- the proof -----------------------------------------------------------------------

    def verify(self, pack: Path) -> None:
        """Proves a pack against the case, as a job."""
        view, session = self.view, self._session
        if view is None or session is None or view.export.busy:
            return
        case, by = session.case.path, self._window.person

        def steps() -> Iterator[Progress | Verification | None]:
            from cambs_evidence.case import verify_apart  # noqa: PLC0415 - heavy

            return verify_apart(pack, by=by, case=case)

        job = Job("Verifying", steps, self._window)
        job.gave.connect(lambda result: self._verified(pack, result))
        job.failed.connect(self._export_failed)
        view.export.follow(job, "Verifying")
        self._window.jobs.follow(job)

    def _verified(self, pack: Path, result: object) -> None:
        if not isinstance(result, Verification):
            return
        results = self._window.results
        headline, sound = results.verdict(result)
        if self.view is not None:
            self.view.export.tell(headline, good=sound, pack=pack)
        if self.view is None or not sound:
            results.tell_verification(result)
