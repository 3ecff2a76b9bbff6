"""What may be evidence for a criterion: asking, keeping the list fresh, leading to the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cambs_evidence.model import Candidate
from ui.dialogs.parts import put_aside
from ui.dialogs.perhaps import PerhapsDialog
from ui.session import News

if TYPE_CHECKING:
    from ui.main_window import MainWindow

#: Passages that are offered, at most.
_MOST = 20


class Perhaps(QObject):
    """Asks the case off the window's thread, and shows what is chosen, ready to be tagged."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: PerhapsDialog | None = None

    def show(self) -> None:
        """Shows what may be evidence for the criterion that is chosen in the framework."""
        session = self._window.session
        if session is None:
            return
        code = self._window.framework.code() or ""
        if self.dialog is None:
            targets = session.case.matching("")
            self.dialog = PerhapsDialog(self._window.theme, targets, code, self._window)
            self.dialog.wanted.connect(lambda _: self.hear())
            self.dialog.shown.connect(self._show_on_page)
            self.dialog.finished.connect(self._forget)
            put_aside(self.dialog, self._window)
        elif code:
            self.dialog.choose(code)
        self.dialog.show()
        self.dialog.activateWindow()
        self.hear()

    def hear(self, news: News | None = None) -> None:
        """The case has changed, or another criterion was chosen: it is looked for anew.

        With another framework the criteria are others: the dialog is closed.
        """
        session, dialog = self._window.session, self.dialog
        if session is None or dialog is None:
            return
        if news is not None and news.framework and dialog.targets != session.case.matching(""):
            self.close()
            return
        code = dialog.code

        def take(found: list[Candidate]) -> None:
            if self.dialog is dialog and dialog.code == code:
                dialog.take(found)

        session.read(lambda: session.case.find_evidence(code, _MOST), take)

    def close(self) -> None:
        """The case is closed."""
        if self.dialog is not None:
            self.dialog.close()
            self.dialog = None

    def _forget(self) -> None:
        self.dialog = None

    def _show_on_page(self, each: Candidate) -> None:
        window = self._window
        document = window.session.document(each.document.id) if window.session else None
        if document is None or self.dialog is None:
            return
        code = self.dialog.code

        def then() -> None:
            window.reader.go_to_stretch(each.place)
            window.reader.pages.selection.take(each.place)
            window.tagging.expect(each.place, code)
            window.activateWindow()
            window.reader.pages.setFocus()

        window.show_document(document, then=then)
