"""Sign-off in the window: its state beside the judgement, its dialog, and the change log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QToolButton

from cambs_evidence.review import SignOff
from ui import commands
from ui.dialogs.changes import ChangesDialog
from ui.dialogs.signing import SigningDialog, section_in_words
from ui.session import News, Session

if TYPE_CHECKING:
    from ui.main_window import MainWindow

#: Milliseconds after a change before it is looked whether it reopened a section.
_PAUSE = 400


class Signing(QObject):
    """Reads sign-offs after changes have come to rest, and shows how the section stands."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session: Session | None = None
        #: All sign-offs as they were read last.
        self.found: list[SignOff] = []
        self.dialog: SigningDialog | None = None
        self.log: ChangesDialog | None = None
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self._pause.timeout.connect(self._read)
        self.button = QToolButton(window)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setToolTip("Sign the section off, or see what changed since")
        self.button.setAccessibleName("Sign-off of the section")
        self.button.clicked.connect(lambda _=False: self.show(self._section()))

    def attach(self) -> None:
        """Puts the state beside the block that is judged."""
        self._window.judgement.put_beside(self.button)
        self._window.judgement.block_shown.connect(self.tell)

    def slots(self) -> dict[str, Callable[[], object]]:
        """What the actions of the window do here."""
        return {
            "sign-off": lambda: self.show(self._section()),
            "changes": self.show_log,
            "link-changes": self.show_link_log,
            "document-changes": self.show_document_log,
        }

    def use(self, session: Session | None) -> None:
        """Takes a case, or none."""
        self._pause.stop()
        for dialog in (self.dialog, self.log):
            if dialog is not None:
                dialog.close()
        self._session, self.found = session, []
        if session is not None:
            session.changed.connect(self._hear)
            self._read()
        self.tell()

    def _hear(self, news: News) -> None:
        if self.found or news.sign_offs or self.dialog is not None:
            self._pause.start(0 if news.sign_offs else _PAUSE)

    def _read(self) -> None:
        session = self._session
        if session is None:
            return

        def take(found: list[SignOff]) -> None:
            if session is self._session:
                self.found = found
                self.tell()
                if self.dialog is not None:
                    self.dialog.take(found)

        session.read(session.case.sign_offs, take)

    def _section(self) -> int | None:
        block = self._window.judgement.block
        return int(block.code.partition(".")[0]) if block is not None else None

    def tell(self) -> None:
        """Says how the section of the block that is shown stands."""
        number = self._section() if self._session is not None else None
        self.button.setVisible(number is not None)
        if number is not None:
            words = section_in_words([each for each in self.found if each.section == number])
            self.button.setText(f"{words[:1]} §{number}")
            told = f"Section {number}: {words[2:]}"
            self.button.setAccessibleName(told)
            self.button.setToolTip(f"{told}. Click to sign it off, or to see what changed since.")

    def show(self, section: int | None = None) -> None:
        """Shows who signed which section off."""
        session, window = self._session, self._window
        if session is None:
            return
        window.details.keep()
        window.judging.keep()
        if self.dialog is None:
            dialog = self.dialog = SigningDialog(
                session.held.framework, session.case.by, window,
                readonly=not session.may_say,
            )  # fmt: skip
            dialog.signed.connect(lambda number, date: commands.sign_off(session, number, date))
            dialog.taken_back.connect(lambda each: commands.take_back_sign_off(session, each))
            dialog.finished.connect(self._forget)
        self.dialog.take(self.found, section)
        self.dialog.show()
        self.dialog.activateWindow()
        self._pause.start(0)

    def _forget(self) -> None:
        self.dialog = None

    # --- the log -------------------------------------------------------------------------

    def show_log(self, link: str | None = None, document: str | None = None) -> None:
        """Shows the change log: of the whole case, of a link or of a document."""
        session = self._session
        if session is None:
            return
        if not session.whole:  # each entry is told by what it is about
            session.when_whole(lambda: self.show_log(link, document))
            return
        if self.log is not None:
            self.log.close()
        dialog = self.log = ChangesDialog(session, self._window, link=link, document=document)
        dialog.finished.connect(lambda: self._forget_log(dialog))
        dialog.show()

    def _forget_log(self, dialog: ChangesDialog) -> None:
        if self.log is dialog:
            self.log = None

    def show_link_log(self) -> None:
        """Shows what the log says of the chosen link."""
        links = self._window.judging.chosen_links()
        if links:
            self.show_log(link=links[0].id)
        else:
            self._window.say("Choose a link in the evidence or on the page first.")

    def show_document_log(self) -> None:
        """Shows what the log says of the chosen document."""
        document = self._window.chosen_document()
        if document is not None:
            self.show_log(document=document.id)
        else:
            self._window.say("Choose a document first.")
