"""Out to a reviewer and back: files for review are written, reviews and copies are merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from cambs_evidence.model import Change, Progress
from cambs_evidence.review import Exported, Merged, Merging
from ui.dialogs.findings import Finding
from ui.dialogs.merging import MergeDialog
from ui.dialogs.review_export import SUFFIX, ReviewExportDialog
from ui.jobs import Job
from ui.session import Session

if TYPE_CHECKING:
    from cambs_evidence.case import Case
    from ui.main_window import MainWindow

#: What needs a case of the author's own that can be written to.
BRINGING = ("review-merge",)


class Bringing(QObject):
    """Asks, follows the jobs, and tells what became of them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def slots(self) -> dict[str, Callable[[], object]]:
        """What the actions of the window do here."""
        return {"review-export": self.export, "review-merge": self.ask}

    # --- out -----------------------------------------------------------------------------

    def export(self) -> None:
        """Asks which pages go along and where to, and writes the file for review, as a job."""
        window, session = self._window, self._window.session
        if session is None or session.reviewing:
            return
        window.details.keep()
        window.judging.keep()
        usual = _free(session.case.path.with_suffix(SUFFIX))
        dialog = ReviewExportDialog(session.held.number, usual, window)
        if not dialog.exec():
            return
        self.write(session, dialog.path(), dialog.pages())

    def write(self, session: Session, target: Path, pages: str) -> None:
        """Writes a file for review, once all that was asked for is kept."""
        case, by = session.case.path, session.case.by

        def begin(_: object) -> None:
            def steps() -> Iterator[Progress | Exported | None]:
                from cambs_evidence.case import export_review_apart  # noqa: PLC0415 - heavy

                return export_review_apart(case, target, by=by, pages=pages)

            job = Job("Exporting for review", steps, self._window)
            job.gave.connect(self._tell_export)
            job.ended.connect(lambda done: self._tell_stopped(job) if not done else None)
            job.failed.connect(self._window.tell)
            self._window.jobs.follow(job)

        session.between(lambda: None, begin)

    def _tell_stopped(self, job: Job) -> None:
        if job.cancelled:
            self._window.say("The export was stopped; nothing was written.")

    def _tell_export(self, made: object) -> None:
        if isinstance(made, Exported):
            path = Path(made.path)
            self._window.results.tell(
                "Export for review",
                f"{path.name} is written: {_many(made.links, 'link')}, "
                f"{_many(made.documents, 'document')}, {_many(made.pages, 'page')}.",
                [Finding(
                    "Read the pages for names before you pass it on.",
                    "It holds what the reviewer reads, as it stands in the documents.",
                )],
                good=True, below=str(path),
            )  # fmt: skip

    # --- back ----------------------------------------------------------------------------

    def ask(self) -> None:
        """Asks for a file for review or a copy of the case, and shows what merging it would do."""
        session = self._window.session
        if session is None or session.readonly:
            return
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Merge a review or a copy", str(session.case.path.parent),
            "Files for review and copies of a case (*.cambsreview *.cambs)",
        )  # fmt: skip
        if path:
            self.compare(session, Path(path))

    def compare(self, session: Session, path: Path) -> None:
        """Works out what merging a file would do, as a job, and shows it."""
        window, path = self._window, path.absolute()
        window.details.keep()
        window.judging.keep()
        case, by = session.case.path, session.case.by

        def begin(_: object) -> None:
            def steps() -> Iterator[Progress | Merging | None]:
                from cambs_evidence.case import merging_apart  # noqa: PLC0415 - heavy

                return merging_apart(case, path, by=by)

            job = Job("Comparing", steps, window)
            job.gave.connect(lambda told: self._show(session, path, told))
            job.failed.connect(window.tell)
            window.jobs.follow(job)

        session.between(lambda: None, begin)

    def _show(self, session: Session, path: Path, told: object) -> None:
        if not isinstance(told, Merging) or self._window.session is not session:
            return
        if MergeDialog(told, self._window).exec():
            self.merge(session, path, told)

    def merge(self, session: Session, path: Path, expected: Merging) -> None:
        """Merges what was shown, as one step that can be undone."""
        done: list[Merged] = []

        def work(case: Case) -> list[Change]:
            done.extend(each for each in case.merge(path, expected) if isinstance(each, Merged))
            return [done[-1].change]

        self._window.say(f"Merging {path.name}…")
        session.edit(
            f"merge {path.name}", work, said=f"Merged {path.name}.",
            then=lambda: self._tell_merge(path, done[-1]),
        )  # fmt: skip

    def _tell_merge(self, path: Path, done: Merged) -> None:
        told = done.merging
        backup = f"The case as it was before: {done.backup}" if done.backup else ""
        self._window.results.tell(
            "Merge",
            f"{path.name} is merged: {told.added:,} added, {told.changed:,} changed, "
            f"{len(told.conflicts):,} left as here.",
            [Finding(each.reason, "", ("link", each.link) if each.link else None)
             for each in told.conflicts],
            good=not told.conflicts, below=backup,
        )  # fmt: skip


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"


def _free(path: Path) -> Path:
    """A name that is not taken yet."""
    number, found = 2, path
    while found.exists():
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return found
