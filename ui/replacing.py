"""Replacing a document by a new version, and what is then to be looked at by a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit

from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Change, Document, Hold, Rehold, Replaced
from ui import commands
from ui.dialogs.moved import MovedDialog
from ui.jobs import Job
from ui.session import Session
from ui.theme import plain

if TYPE_CHECKING:
    from cambs_evidence.case import Case
    from ui.main_window import MainWindow


class Replacing(QObject):
    """Asks, follows the job, and keeps the list of what waits."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: MovedDialog | None = None

    def ask(self) -> None:
        """Asks for the new version of the document that is chosen."""
        session, document = self._window.session, self._window.chosen_document()
        if session is None or session.readonly or document is None:
            return
        path, _ = QFileDialog.getOpenFileName(
            self._window, plain(f"New version of {document.title}"),
            str(self._window.memory.folder()),
        )  # fmt: skip
        if path:
            self.replace(document, Path(path))

    def replace(self, document: Document, path: Path, password: str | None = None) -> None:
        """Reads a new version as a job, then has it take the document's place."""
        session = self._window.session
        if session is None:
            return
        job = Job(
            "Replacing",
            lambda: session.case.prepare_replacement(document, path, password=password),
            self._window,
        )

        def failed(error: Exception) -> None:
            if isinstance(error, EvidenceError) and error.code == "encrypted":
                self._ask_password(document, path)
            else:
                self._window.tell(error)

        job.gave.connect(lambda prepared: self._take_over(session, document, prepared))
        job.failed.connect(failed)
        self._window.jobs.follow(job)

    def _ask_password(self, document: Document, path: Path) -> None:
        word, given = QInputDialog.getText(
            self._window, "Password", plain(f"Password of {path.name} (it is not kept):"),
            QLineEdit.EchoMode.Password,
        )  # fmt: skip
        if given and word:
            self.replace(document, path, word)

    def _take_over(self, session: Session, document: Document, prepared: object) -> None:
        done: list[Replaced] = []

        def work(case: Case) -> list[Change]:
            done.append(case.carry_out_replacement(prepared))  # type: ignore[arg-type]
            return [done[0].change]

        def then() -> None:
            told = done[0]
            self._window.say(
                f"Replaced {document.title}: {len(told.exact)} exact, {len(told.moved)} moved, "
                f"{len(told.lost)} lost."
            )
            if told.moved or told.lost:
                self.show()

        session.edit(f"replace {document.title}", work, then=then)

    # --- what moved ----------------------------------------------------------------------

    def show(self) -> None:
        """Shows the passages that wait to be confirmed."""
        session = self._window.session
        if session is None:
            return
        if self.dialog is None:
            dialog = self.dialog = MovedDialog(self._window.theme, session, self._window)
            dialog.shown.connect(self._show_on_page)
            dialog.accepted_one.connect(lambda each: commands.accept(session, each.passage_id))
            dialog.untagged.connect(
                lambda each: commands.untag(session, session.links_of_passage(each.passage_id))
            )
            dialog.finished.connect(self._forget)
        self.dialog.show()
        self.dialog.activateWindow()
        self.hear()

    def hear(self) -> None:
        """The case has changed: what waits is read anew where it is shown."""
        session, dialog = self._window.session, self.dialog
        if session is None or dialog is None:
            return

        def take(found: list[Rehold]) -> None:
            if self.dialog is dialog:
                dialog.take(found)

        session.read(session.case.waiting, take)

    def close(self) -> None:
        """The case is closed."""
        if self.dialog is not None:
            self.dialog.close()
            self.dialog = None

    def _forget(self) -> None:
        self.dialog = None

    def _show_on_page(self, each: Rehold) -> None:
        """Shows where a passage stands in the new version; a lost one in the old."""
        window = self._window
        links = window.session.links_of_passage(each.passage_id) if window.session else []
        if window.session is None or not links:
            return
        document = window.session.document(links[0].newest)
        if each.hold is Hold.MOVED and each.new is not None and document is not None:
            page, words = each.new.spans[0].page, each.new.quote
            window.show_document(document, then=lambda: window.reader.go_to_words(page, words))
        else:
            window.go_to_link(links[0])
