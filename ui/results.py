"""What becomes of jobs, told in plain words with a way to each finding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from cambs_evidence.model import (
    Document,
    ExportResult,
    Failure,
    Imported,
    PackResult,
    Problem,
    Recognised,
    Verification,
)
from ui import commands
from ui.dialogs.findings import Finding, FindingsDialog
from ui.jobs import Job
from ui.panels.offers import ImportOffer
from ui.session import Session

if TYPE_CHECKING:
    from ui.main_window import MainWindow

#: Failures listed at most; a pack with more is not read line by line.
_MOST = 500
#: Of 100, how sure a machine is of the words of a page that need not be looked at.
_SURE = 70


class Results(QObject):
    """Follows the jobs of a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        #: The pack that was exported last.
        self.pack: Path | None = None
        #: The result shown last.
        self.dialog: FindingsDialog | None = None
        #: Offers to take what several documents say of themselves, after an import.
        self.offer: ImportOffer | None = None
        self._new: list[Document] = []

    # --- importing -----------------------------------------------------------------------

    def importing(self, job: Job, session: Session) -> None:
        """Shows documents as they come; tells at the end of those that did not."""
        outcomes: list[Imported] = []

        def gave(outcome: Imported) -> None:
            outcomes.append(outcome)
            if outcome.status == "imported" and not session.busy:
                session.refresh_documents()

        def ended(_: bool) -> None:
            if self._window.session is session:
                session.refresh_documents()
                self._tell_import(outcomes, cancelled=job.cancelled)

        job.gave.connect(gave)
        job.ended.connect(ended)

    def _tell_import(self, outcomes: list[Imported], *, cancelled: bool) -> None:
        count = {
            status: sum(each.status == status for each in outcomes)
            for status in ("imported", "duplicate", "refused")
        }
        said = [f"{_many(count['imported'], 'document')} taken in"]
        if count["duplicate"]:
            said.append(f"{count['duplicate']} there already")
        if count["refused"]:
            said.append(f"{count['refused']} refused")
        words = ", ".join(said) + (", then stopped." if cancelled else ".")
        self._window.statusBar().showMessage(words, 10_000)
        self._new = [
            each.document for each in outcomes if each.status == "imported" and each.document
        ]
        self._offer_suggestions()
        others = [each for each in outcomes if each.status != "imported"]
        if not others:
            return
        findings = [
            Finding(
                _reason(each),
                str(Path(each.path).parent),
                ("document", each.document.id) if each.document else None,
                good=each.status == "duplicate",
            )
            for each in sorted(others, key=lambda each: each.status != "refused")
        ]
        dialog = self.tell("Import", words, findings, good=not count["refused"])
        locked = [Path(each.path) for each in others if each.code == "encrypted"]
        if locked:
            button = dialog.add_button("Give the password…")
            button.clicked.connect(dialog.close)
            button.clicked.connect(lambda: self._window.ask_password(locked))

    # --- recognising ---------------------------------------------------------------------

    def recognising(self, job: Job, session: Session, document: Document) -> None:
        """Shows what was read; tells at the end how much, and of pages left as they were."""
        read: list[Recognised] = []

        def gave(page: object) -> None:
            if isinstance(page, Recognised):
                read.append(page)

        def ended(done: bool) -> None:
            if self._window.session is session and (read or done):
                self._window.read_again(document)
                self._tell_recognised(document, read)

        job.gave.connect(gave)
        job.ended.connect(ended)

    def _tell_recognised(self, document: Document, read: list[Recognised]) -> None:
        good = [each for each in read if each.reason is None]
        left = [each for each in read if each.reason is not None]
        if not read:
            words = f"Every page of {document.title} has text; there was nothing to recognise."
        else:
            words = f"{_many(len(good), 'page')} of {document.title} read by machine."
        self._window.statusBar().showMessage(words, 10_000)
        unsure = [each for each in good if each.confidence is not None and each.confidence < _SURE]
        findings = [
            Finding(
                f"Page {each.page + 1} was left as it was: {each.reason}.",
                "",
                ("document", document.id, each.page),
            )
            for each in left
        ]
        findings += [
            Finding(
                f"Page {each.page + 1} is uncertain: {round(each.confidence or 0)} of 100.",
                "Compare each quote with the picture.", ("document", document.id, each.page),
            )
            for each in unsure
        ]  # fmt: skip
        if findings:
            self.tell("Recognition", words, findings, good=not left)

    def _offer_suggestions(self) -> None:
        """One alone is offered its suggestions where its facts are shown."""
        if self.offer is None:
            self.offer = ImportOffer(self._window.theme, self._window)
            self.offer.taken.connect(self._take_suggestions)
            self._window.statusBar().insertPermanentWidget(0, self.offer)
        if len(self._new) > 1:
            self.offer.offer(f"Take suggestions for {len(self._new):,} new documents")
        else:
            self.offer.hide()

    def _take_suggestions(self) -> None:
        session = self._window.session
        if session is not None and not session.readonly:
            known = [session.document(each.id) for each in self._new]
            commands.take_suggestions(session, [each for each in known if each is not None])

    def forget(self) -> None:
        """Takes leave of a case: what was found in it is shown no longer."""
        if self.dialog is not None:
            self.dialog.close()
        if self.offer is not None:
            self.offer.hide()
        self._new = []

    # --- exporting -----------------------------------------------------------------------

    def exporting(self, job: Job) -> None:
        """Tells where an export is."""
        made: list[object] = []

        def gave(result: object) -> None:
            made.append(result)
            if isinstance(result, ExportResult):
                self._tell_export(result)

        def ended(done: bool) -> None:
            if not done and job.cancelled and not made:
                self._window.statusBar().showMessage(
                    "The export was stopped; nothing was written.", 8000
                )

        job.gave.connect(gave)
        job.ended.connect(ended)

    def tell_pack(self, result: PackResult) -> None:
        """Tells that a pack is written, with what to look at before it is passed on."""
        path = self.pack = Path(result.path)
        dialog = self.tell(
            "Evidence pack",
            f"{path.name} is written: {_many(result.pages, 'page')}, "
            f"{_many(result.excerpts, 'quote')}.",
            [Finding(each, "") for each in result.warnings],
            good=True,
            below=f"{path.parent}\nSHA-256 {result.sha256}",
        )
        opened = dialog.add_button("Open it")
        opened.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(result.path)))
        proved = dialog.add_button("Verify it…")
        proved.clicked.connect(dialog.close)
        proved.clicked.connect(lambda: self._window.verify(path))

    def _tell_export(self, result: ExportResult) -> None:
        first, *others = (Path(each) for each in result.files)
        beside = f", with {' and '.join(each.name for each in others)}" if others else ""
        dialog = self.tell(
            "Evidence",
            f"{first.name} is written{beside}: {_many(result.excerpts, 'quote')}.",
            [Finding(each, "") for each in result.warnings],
            good=True,
            below=str(first.parent),
        )
        for words, path in (("Open it", first), ("Open the folder", first.parent)):
            button = dialog.add_button(words)
            address = QUrl.fromLocalFile(str(path))
            button.clicked.connect(lambda _=False, to=address: QDesktopServices.openUrl(to))

    # --- verifying -----------------------------------------------------------------------

    def verifying(self, job: Job) -> None:
        """Tells what was proved, what failed, and which sources are missing."""

        def gave(result: object) -> None:
            if isinstance(result, Verification):
                self.tell_verification(result)

        job.gave.connect(gave)

    @staticmethod
    def verdict(result: Verification) -> tuple[str, bool]:
        """What was proved, in one sentence, and whether it is all that could be."""
        sound = (
            result.verified == result.excerpts
            and not result.failures
            and not result.remarks
            and all(each.status == "same" for each in result.documents)
        )
        name = Path(result.pack).name
        quotes = _many(result.excerpts, "quote")
        headline = f"{result.verified} of {quotes} of {name} verified."
        if sound:
            headline = f"All {quotes} of {name} stand in their sources, word for word."
        elif result.remarks and not result.failures:
            headline = (
                f"{result.verified} of {quotes} of {name} verified; {len(result.remarks)} were "
                "recognised by machine, which is said of each below."
            )
        elif result.verified == result.excerpts and not result.failures:
            headline = (
                f"All {quotes} of {name} stand in the sources that were found, but not all of "
                "these are the very files that the pack names."
            )
        elif result.verified == result.excerpts:
            headline = f"All {quotes} of {name} verified, but the pack is not as it was made."
        return headline, sound

    def tell_verification(self, result: Verification) -> None:
        """Tells what was proved and what was not, each finding one click from its place."""
        headline, sound = self.verdict(result)
        findings = [self._failure(each) for each in result.failures[:_MOST]]
        if len(result.failures) > _MOST:
            findings.append(Finding(f"and {len(result.failures) - _MOST:,} more", ""))
        findings += [self._failure(each) for each in result.remarks[:_MOST]]
        for each in result.documents:
            words = {
                "same": "is the very file that the pack names",
                "changed": "is another version than the one that the pack names",
                "missing": "was not found, so its quotes could not be proved",
            }[each.status]
            findings.append(Finding(f"{each.filename} {words}.", "", good=each.status == "same"))
        if result.since:
            findings.append(Finding(result.since, "", good=True))
        self.tell("Verification", headline, findings, good=sound)

    def _failure(self, failure: Failure) -> Finding:
        quote = failure.quote if len(failure.quote) <= 140 else f"{failure.quote[:139]}…"
        what = f"“{quote}”" if quote else "The pack itself"
        session = self._window.session
        known = session is not None and failure.link in session.held.links
        where = f"{failure.document}: {failure.reason}" if failure.document else failure.reason
        return Finding(what, where, ("link", failure.link) if known else None)

    # --- checking ------------------------------------------------------------------------

    def checking(self, job: Job, name: str) -> None:
        """Tells whether the case is sound, else where it is not and what to do."""
        problems: list[Problem] = []

        def gave(found: object) -> None:
            if isinstance(found, Problem):
                problems.append(found)

        def ended(done: bool) -> None:
            if done:
                self._tell_check(name, problems)

        job.gave.connect(gave)
        job.ended.connect(ended)

    def _tell_check(self, name: str, problems: list[Problem]) -> None:
        findings = []
        for each in problems:
            target: tuple[Any, ...] | None = None
            if each.link:
                target = ("link", each.link)
            elif each.document:
                target = ("document", each.document, each.page or 0)
            findings.append(Finding(f"{each.what}.", f"{each.where}. {each.mend}", target))
        self.tell(
            "Check",
            f"{name} is sound: storage, pages, anchors and log."
            if not problems
            else f"{_many(len(problems), 'problem')} found in {name}.",
            findings,
            good=not problems,
        )

    # --- showing -------------------------------------------------------------------------

    def tell(
        self, title: str, headline: str, findings: list[Finding], *, good: bool, below: str = ""
    ) -> FindingsDialog:
        """Shows what became of something long, beside the window."""
        dialog = FindingsDialog(
            self._window.theme, title, headline, findings, self._window, good=good, below=below
        )
        dialog.chosen.connect(self._go)
        dialog.destroyed.connect(lambda: self._forget(dialog))
        self.dialog = dialog
        dialog.show()
        return dialog

    def _forget(self, dialog: FindingsDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None

    def _go(self, target: tuple[Any, ...]) -> None:
        session = self._window.session
        if session is None:
            return
        what, key, *rest = target
        if what == "link" and key in session.held.links:
            self._window.go_to_link(session.held.links[key])
        elif what == "document":
            self._window.go_to_place(key, rest[0] if rest else 0)


def _reason(outcome: Imported) -> str:
    if outcome.code == "encrypted":
        return f"{Path(outcome.path).name} is protected by a password."
    return outcome.reason or outcome.status


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"
