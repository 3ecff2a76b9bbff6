"""Taking the framework from a document: read in a job, shown, compared, and moved to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit

from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Comparison, Framework, Progress, Proposal
from ui import commands
from ui.dialogs import parts
from ui.jobs import Job
from ui.theme import plain

if TYPE_CHECKING:
    from ui.dialogs.framework import FrameworkDialog
    from ui.main_window import MainWindow
    from ui.session import News, Session


class Adopting(QObject):
    """Asks for the document, follows the job, and leads through the dialog."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: FrameworkDialog | None = None

    def ask(self) -> None:
        """Asks for the document that holds the framework."""
        session = self._window.session
        if session is None or session.readonly:
            return
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            "Read the framework from",
            str(self._window.memory.folder()),
            parts.SELF_ASSESSMENTS,
        )
        if path:
            self.read(Path(path))

    def read(self, path: Path) -> None:
        """Reads a document and shows the framework in it, to be compared with the present one."""
        session = self._window.session
        if session is not None and not session.readonly:
            self._read(path, session.held.framework, lambda told: self._show(session, told))

    def begin(self, path: Path, then: Callable[[Proposal], None]) -> None:
        """Reads and shows the framework that a new case is to begin with."""

        def show(told: Proposal) -> None:
            from ui.dialogs.framework import FrameworkDialog  # noqa: PLC0415 - when it is needed

            dialog = FrameworkDialog(told, self._window, new_case=True)
            if dialog.exec():
                then(dialog.proposal)

        self._read(path, None, show)

    def _read(
        self,
        path: Path,
        known: Framework | None,
        then: Callable[[Proposal], None],
        password: str | None = None,
    ) -> None:
        def steps() -> Iterator[Progress | Proposal | None]:
            from cambs_evidence.case import read_framework  # noqa: PLC0415 - heavy, in a thread

            return read_framework(path, known=known, password=password)

        job = Job("Reading the framework", steps, self._window)

        def failed(error: Exception) -> None:
            if isinstance(error, EvidenceError) and error.code == "encrypted":
                word, given = QInputDialog.getText(
                    self._window, "Password", plain(f"Password of {path.name} (it is not kept):"),
                    QLineEdit.EchoMode.Password,
                )  # fmt: skip
                if given and word:
                    self._read(path, known, then, word)
            else:
                self._window.tell(error)

        job.gave.connect(then)
        job.failed.connect(failed)
        self._window.jobs.follow(job)

    # --- the dialog -----------------------------------------------------------------------------

    def _show(self, session: Session, told: Proposal) -> None:
        from ui.dialogs.framework import FrameworkDialog  # noqa: PLC0415 - when it is needed

        if self._window.session is not session:
            return  # another case is open by now
        self.close()
        dialog = self.dialog = FrameworkDialog(told, self._window)
        dialog.compare_wanted.connect(lambda some: self._compare(session, some))
        dialog.adopt_wanted.connect(lambda some, answers: self._adopt(session, some, answers))
        dialog.finished.connect(self._forget)
        dialog.show()
        dialog.activateWindow()

    def hear(self, news: News) -> None:
        """The case has changed: what moving it means is found anew where it is shown."""
        session, dialog = self._window.session, self.dialog
        if session is None or dialog is None or not dialog.compares:
            return
        if news.links or news.framework:
            self._compare(session, dialog.proposal)

    def _compare(self, session: Session, proposal: Proposal) -> None:
        dialog = self.dialog

        def take(found: Comparison) -> None:
            if self.dialog is dialog and dialog is not None:
                dialog.take(found, session.held.framework)

        session.read(lambda: session.case.compare_framework(proposal), take)

    def _adopt(self, session: Session, proposal: Proposal, answers: dict[str, str]) -> None:
        commands.adopt(session, proposal, answers, then=self.close)

    def hear_failure(self) -> None:
        """An edit was not done: where the dialog waits for it, it can be tried again."""
        if self.dialog is not None:
            self.dialog.again()

    def close(self) -> None:
        """The dialog is done with, or the case is closed."""
        if self.dialog is not None:
            self.dialog.close()
            self.dialog = None

    def _forget(self) -> None:
        self.dialog = None
