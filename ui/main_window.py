"""The main window: what leads from one part to the other. No logic of the field."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QIcon
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence import paths, settings
from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import (
    CaseFacts,
    Document,
    Hit,
    Link,
    Progress,
    Proposal,
    State,
    Verification,
)
from cambs_evidence.model import Place as Stretch
from ui import commands, garbage
from ui.actions import WITH_CASE, WITH_DOCUMENT, WITH_PEN, Actions, Told, Tools
from ui.adopting import Adopting
from ui.bringing import Bringing
from ui.conflicting import Conflicting
from ui.covering import Covering
from ui.dialogs.told import ask, tell
from ui.jobs import Job
from ui.judging import Judging
from ui.memory import FITS, STATE, Memory, Place, Side
from ui.opening import Opened, make_case, open_case
from ui.packing import Packing
from ui.panels.contents import ContentsPanel
from ui.panels.coverage import CoveragePanel
from ui.panels.details import DetailsPanel
from ui.panels.docks import Docks
from ui.panels.documents import DocumentsPanel
from ui.panels.evidence import EvidencePanel
from ui.panels.framework import FrameworkPanel, gaps_in_words, stands_in_words
from ui.panels.jobs import JobsBar
from ui.panels.search import SearchPanel
from ui.panels.start import StartPage
from ui.panels.thumbnails import ThumbnailsPanel
from ui.perhaps import Perhaps
from ui.pressing import Pressing
from ui.reading import Reading
from ui.replacing import Replacing
from ui.results import Results
from ui.retagging import Retagging
from ui.reviewing import DECIDING, Reviewing
from ui.session import News, Session
from ui.signing import Signing
from ui.tagging import Tagging
from ui.theme import Theme, plain
from ui.viewer.desk import Desk
from ui.viewer.mouse import PASSAGE_MIME
from ui.viewer.reader import LONGEST_QUOTED, Reader

if TYPE_CHECKING:
    from cambs_evidence.case import Case

_log = logging.getLogger(__name__)
_SUFFIX = ".cambs"
#: What the window opens: cases, and files for review.
_SUFFIXES = (_SUFFIX, ".cambsreview")
#: Milliseconds that a line stays in the status bar.
_SAID = 8000
#: Milliseconds after which it is kept where a person is.
_KEEP = 5000


class MainWindow(QMainWindow):
    """One window, one case or none."""

    def __init__(self, theme: Theme, by: str | None = None) -> None:
        super().__init__()
        garbage.keep_to_this_thread()
        self.theme = theme
        self.by = by
        self.session: Session | None = None
        self.memory = Memory()
        self.results = Results(self)
        self.replacing = Replacing(self)
        self.judging = Judging(self)
        self.perhaps = Perhaps(self)
        self.covering = Covering(self)
        self.conflicting = Conflicting(self)
        self.adopting = Adopting(self)
        self.reviewing = Reviewing(self)
        self.bringing = Bringing(self)
        self.signing = Signing(self)
        self.packing = Packing(self)
        self.pressing = Pressing(self)
        #: False while nobody is there to answer, as when the system shuts down.
        self.asks = True
        self._opening = False
        self._empty = False  # the case holds no document that could be shown
        self._keeper = QTimer(self, interval=_KEEP)
        self._keeper.timeout.connect(self._keep_place)
        self._keeper.start()
        self.setWindowTitle("cambs-evidence")
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks
        )
        self._make_middle()
        self.actions_ = Actions(
            self,
            theme,
            self._slots()
            | self.reading.slots()
            | self.judging.slots()
            | self.reviewing.slots()
            | self.bringing.slots()
            | self.signing.slots()
            | self.packing.slots(),
        )
        self._make_panels()
        self.tools = Tools(self, self.actions_, self.reading.zoom_to)
        self.reading.attach(self.actions_, self.tools)
        self.addToolBar(self.tools)
        self.actions_.fill_menus(self.docks.toggles(), self.retagging.recent.menu)
        self.tools.offer_recent(self.retagging.recent.menu)
        self.actions_.recent.aboutToShow.connect(self._fill_recent)
        self._make_status()
        self._restore_layout()
        theme.changed.connect(self._paint)
        self._paint()
        self.actions_.paint()
        self.start.show_recent(self.memory.recent())
        self._set_enabled()

    # --- building ------------------------------------------------------------------------

    def _slots(self) -> dict[str, Callable[[], object]]:
        """What each action does."""
        return {
            "new": self.new_case, "open": self.choose_case, "sample": self.open_sample,
            "close": self.close_case, "facts": self.edit_facts, "import": self.choose_files,
            "import-folder": self.choose_folder, "export": self.export,
            "verify": self.verify_pack, "check": self.check, "backup": self.backup,
            "settings": self.edit_settings, "quit": self.close,
            "search": self.search, "tag": self.tagging.ask,
            "retag": self.retagging.retag, "untag": self.retagging.untag,
            "note": self.retagging.edit_note, "split": self.retagging.split,
            "merge": self.retagging.merge, "conflicts": self.conflicting.show,
            "find-evidence": self.filter_evidence,
            "next-gap": self.covering.go_on,
            "previous-gap": partial(self.covering.go_on, back=True),
            "not-applicable": self.covering.set_not_applicable,
            "large-coverage": self.covering.enlarge, "export-coverage": self.covering.export,
            "show-document": self.open_chosen_document,
            "new-tab": partial(self.open_chosen_document, new_tab=True),
            "only-document": self.show_its_evidence, "rename": self.rename_document,
            "remove": self.remove_document, "recognise": self.recognise,
            "suggestions": self.take_suggestions,
            "perhaps": self.perhaps.show,
            "replace": self.replacing.ask, "moved": self.replacing.show,
            "framework": self.adopting.ask,
            "next-document": partial(self.step_document, 1),
            "previous-document": partial(self.step_document, -1),
            "reload": self.reload,
            "panes": partial(self.step_pane, 1), "panes-back": partial(self.step_pane, -1),
            "reset-panes": self.reset_panels, "keys": self.show_keys,
            "log": self.show_log, "log-folder": self.open_log_folder, "about": self.show_about,
        }  # fmt: skip

    @property
    def reader(self) -> Reader:
        """The reader where the keys act."""
        return self.desk.reader

    def _make_middle(self) -> None:
        self.start = StartPage(self.theme, self)
        self.start.new_wanted.connect(self.new_case)
        self.start.open_wanted.connect(self.choose_case)
        self.start.sample_wanted.connect(self.open_sample)
        self.start.verify_wanted.connect(self.verify_pack)
        self.start.recent_wanted.connect(lambda path: self.open_case(Path(path)))
        self.desk = Desk(self.theme, self)
        self.desk.cap = settings.read().page_memory * 1024 * 1024
        self.desk.shown.connect(self._document_shown)
        self.desk.selection_changed.connect(self._selection_changed)
        self.desk.link_chosen.connect(self.choose_link)
        self.desk.wanted.connect(self._tab_chosen)
        self.contents = ContentsPanel(self.theme, self)
        self.thumbnails = ThumbnailsPanel(self.theme, self)
        self.reading = Reading(self.desk, self.contents, self.thumbnails, self.memory, self)
        self.reading.said.connect(self.say)
        self.reading.link_wanted.connect(self._go_on_page)
        self.tagging = Tagging(self.theme, self.desk, self)
        self.tagging.said.connect(self.say)
        self.retagging = Retagging(self)
        self.desk.criterion_dropped.connect(self.retagging.drop_criterion)
        self.desk.tag_wanted.connect(self.tagging.ask)
        self.notice = QFrame(self)
        self.notice.setProperty("notice", True)
        self._notice_words = QLabel(self.notice)
        self._notice_words.setWordWrap(True)
        self._notice_words.setTextFormat(Qt.TextFormat.PlainText)
        again = QPushButton("Try again", self.notice)
        again.clicked.connect(self.reload)
        row = QHBoxLayout(self.notice)
        row.setContentsMargins(14, 7, 10, 7)
        row.addWidget(self._notice_words, 1)
        row.addWidget(again)
        self.notice.hide()
        self._case_page = QWidget(self)
        column = QVBoxLayout(self._case_page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.reviewing.build_bar(self._case_page))
        column.addWidget(self.desk, 1)
        self._middle = QStackedWidget(self)
        self._middle.addWidget(self.start)
        self._middle.addWidget(self._case_page)
        self.setCentralWidget(self._middle)

    def _make_panels(self) -> None:
        named = self.actions_.named
        self.documents = DocumentsPanel(
            self.theme,
            [
                named["show-document"],
                named["new-tab"],
                named["only-document"],
                named["rename"],
                named["remove"],
                named["document-changes"],
            ],
            self,
        )
        self.documents.opened.connect(self.show_document)
        self.documents.import_wanted.connect(self.choose_files)
        self.search_panel = SearchPanel(self.theme, self)
        self.search_panel.chosen.connect(self._go_to_hit)
        self.search_panel.tag_wanted.connect(self._tag_hit)
        self.framework = FrameworkPanel(self.theme, self)
        self.framework.tag_wanted.connect(self.tagging.ask)
        self.framework.dropped.connect(self.tagging.at_once)
        self.framework.links_dropped.connect(
            lambda code, ids, copied: self.retagging.drop_links(code, ids, copy=copied)
        )
        self.details = DetailsPanel(self.theme, self)
        self.details.untag_wanted.connect(lambda link: self.retagging.untag_links([link]))
        self.details.retag_wanted.connect(lambda link: self.retagging.retag_links([link]))
        self.details.tag_wanted.connect(self.tagging.ask)
        self.details.place_wanted.connect(self._go_to_stretch)
        self.evidence = EvidencePanel(
            self.theme,
            [
                named["note"],
                named["retag"],
                named["to-summary"],
                named["to-action"],
                named["untag"],
                None,
                named["merge"],
                named["link-changes"],
                None,
            ],
            self.memory,
            self,
        )
        self.evidence.chosen.connect(self.go_to_link)
        self.evidence.polarity_wanted.connect(self.retagging.polarise)
        self.framework.chosen.connect(self.evidence.show_for)
        self.judgement = self.judging.build([named["to-summary"], named["to-action"]])
        self.framework.chosen.connect(self.judgement.show_for)
        self.coverage = CoveragePanel(self.theme, self)
        self.review = self.reviewing.build()
        for view in (self.framework.tree, self.coverage.grid):
            view.addAction(named["not-applicable"])
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.docks = Docks(
            self,
            {
                "documents": self.documents, "search": self.search_panel,
                "framework": self.framework, "details": self.details, "evidence": self.evidence,
                "contents": self.contents, "pages": self.thumbnails,
                "judgement": self.judgement, "coverage": self.coverage, "review": self.review,
            },
        )  # fmt: skip
        self.docks.covered.connect(self._focus_panel)
        self.covering.attach()
        self.signing.attach()
        for number, (name, title) in enumerate(self.docks.names(), 1):
            told = Told(f"Go to {title.lower()}", (f"Alt+{number % 10}",))
            action = self.actions_.add(told, partial(self._focus_panel, name))
            self.actions_.named[f"go-{name}"] = action

    def _make_status(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self.jobs = JobsBar(self.theme, self)
        self.gaps = QToolButton(self)
        self.gaps.setToolTip("Criteria without evidence; click for the next one (G)")
        self.gaps.clicked.connect(lambda _: self.covering.go_on())
        self.gaps.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.who = QLabel(self)
        self.who.setProperty("muted", True)
        self.who.setTextFormat(Qt.TextFormat.PlainText)
        self.who.setContentsMargins(6, 0, 8, 0)
        parts = (
            self.jobs, self.judging.progress, self.reviewing.button, self.conflicting.button,
            self.gaps, self.who,
        )  # fmt: skip
        for before, widget in zip((None, *parts), parts, strict=False):
            bar.addPermanentWidget(widget)
            if before is not None:
                self.setTabOrder(before, widget)

    def _paint(self) -> None:
        self.tools.paint(self.theme)
        self.gaps.setStyleSheet(f"color: {self.theme.colours.state[State.NONE]}; font-weight: 600;")
        self.setWindowIcon(QIcon(str(paths.resources() / "icons" / "cambs-evidence.svg")))

    @property
    def _panels(self) -> tuple[Any, ...]:
        """All that takes a case."""
        return (
            self.documents, self.framework, self.evidence, self.details, self.coverage,
            self.search_panel, self.tagging, self.retagging, self.desk, self.reading,
            self.judging, self.reviewing, self.signing,
        )  # fmt: skip

    def say(self, words: str) -> None:
        """Says something in the status bar."""
        self.statusBar().showMessage(words, _SAID)

    def tell(self, error: BaseException) -> None:
        """Tells a person of an error."""
        tell(self.theme, error, self)

    @property
    def person(self) -> str:
        """Who is acting."""
        return self.by or settings.person()

    # --- opening and closing a case ------------------------------------------------------

    def new_case(self) -> None:
        """Asks for the facts of a case and makes it."""
        from ui.dialogs.case_facts import CaseDialog  # noqa: PLC0415 - when it is needed

        facts = CaseFacts("", author=self.person, status="Draft")
        dialog = CaseDialog(facts, self, folder=self.memory.folder())
        if dialog.exec():
            path, told = dialog.path(), dialog.facts()

            def make(framework: Proposal | None = None) -> None:
                self._open(path, lambda: make_case(path, self.person, told, framework))

            source = dialog.framework()
            if source is None:
                make()
            else:
                self.adopting.begin(source, make)

    def choose_case(self) -> None:
        """Asks for a case and opens it."""
        path, _ = QFileDialog.getOpenFileName(
            self,
            "Open a case",
            str(self.memory.folder()),
            "Cases and files for review (*.cambs *.cambsreview)",
        )
        if path:
            self.open_case(Path(path))

    def open_case(self, path: Path) -> None:
        """Opens a case; where it is in use, for reading only, and says why."""
        place, by = self.memory.place(path), self.person
        shown = [side.shown for side in place.sides] if place is not None else []
        self._open(path, lambda: open_case(path, by, shown))

    def open_sample(self) -> None:
        """Opens the sample case, built when it is first asked for."""
        path = paths.samples() / f"wealdshire{_SUFFIX}"
        if path.exists():
            self.open_case(path)
            return
        by = self.person

        def steps() -> Iterator[Progress | Path | None]:
            from cambs_evidence import apart, sample  # noqa: PLC0415 - when it is needed

            return apart.run(sample.build, path, by)

        job = Job("Building the sample case", steps, self)
        self._follow(job)
        job.ended.connect(lambda done: self.open_case(path) if done else None)

    def _open(self, path: Path, work: Callable[[], Opened]) -> None:
        """Opens a case in a thread; the window stays as it is until the case is there.

        The case that is open stays open if that fails; only to be read anew it is closed first.
        """
        again = self.session is not None and _is_same(self.session.case.path, path)
        if self._opening or (again and not self.close_case()):
            return
        self._opening = True
        self.say(f"Opening {path.name}…")

        def steps() -> Iterator[Opened]:
            yield work()

        job = Job(f"Opening {path.name}", steps, self)
        job.gave.connect(lambda made: self._opened(path, *made))
        job.failed.connect(self.tell)
        job.ended.connect(lambda _: self._opening_ended())
        job.start()

    def _opening_ended(self) -> None:
        self._opening = False
        if self.session is None:
            self.statusBar().clearMessage()
            self.start.show_recent(self.memory.recent())

    def _opened(self, path: Path, case: Case, held: Any, why: str) -> None:
        if not self.close_case():  # work goes on in the case that is open
            case.close()
            return
        session = self.session = Session(case, held, self)
        session.said.connect(self.say)
        session.failed.connect(self._edit_failed)
        session.arrived.connect(self.desk.show_links)
        session.cut_short.connect(self._cut_short)
        for panel in self._panels:
            panel.use(session)
        session.changed.connect(self._hear)  # after the panels, which it leads to what is new
        self.actions_.use_session(session)
        self._notice_words.setText(why)
        self.notice.setVisible(bool(why))
        self._middle.setCurrentWidget(self._case_page)
        self.memory.opened(path, held.facts.title)
        self.memory.set_last(path)  # now, so that it comes back after a power cut too
        self._set_enabled()
        self._say_title()
        self._say_gaps()
        self.conflicting.hear()
        self.say(why or f"Opened {path.name}.")
        self._come_back()
        self.reviewing.begin()
        QTimer.singleShot(0, self, self._show_keys)
        garbage.set_aside()

    def _show_keys(self) -> None:
        """The keys of an opened case act on what can be seen, and in no field to type in."""
        focus = self.focusWidget()
        fit = focus is not None and self.docks.in_view(focus) and not isinstance(focus, QLineEdit)
        if self.session is not None and not fit:
            self.reader.pages.setFocus()

    def _come_back(self) -> None:
        """To the same page of the same document, or to the first one."""
        assert self.session is not None  # noqa: S101 - it has just been opened
        documents = self.session.held.documents
        place = self.memory.place(self.session.case.path)
        if place is None:
            self.reader.pages.set_fit("width")
            self._show_first()
            return
        self.desk.remember(place.stands)
        for number, side in enumerate(place.sides):
            if number and not any(each in documents for each in side.tabs):
                continue
            self.desk.set_beside(on=number > 0, empty=True)
            self.desk.open_tabs(number, [documents[x] for x in side.tabs if x in documents])
            self.desk.activate(number)
            if side.zoom in FITS:
                self.reader.pages.set_fit(side.zoom)
            else:
                self.reader.pages.set_zoom(float(side.zoom))
            if side.shown in documents:
                self.show_document(documents[side.shown])
            elif number == 0:
                self._show_first()
        if place.active < len(self.desk.sides):
            self.desk.activate(place.active)

    def _keep_place(self) -> None:
        if self.session is None or self.reader.pages.document is None:
            return
        stands = self.desk.stands()
        sides = []
        for side in self.desk.sides:
            pages, shown = side.reader.pages, side.reader.document
            zoom = pages.fit or f"{pages.zoom:.4f}"
            sides.append(Side(tuple(side.documents()), shown.id if shown else "", zoom))
        self.memory.set_place(self.session.case.path, Place(tuple(sides), self.desk.active, stands))
        self.memory.set_layout(self.saveGeometry(), self.docks.state())

    def close_case(self, *, leaving: bool = False) -> bool:
        """Closes the case and comes back to the start page; False where work goes on instead.

        ``leaving`` hides the window first, since it is closed as well.
        """
        session = self.session
        if session is None:
            return True
        if self.asks and not self.jobs.may_stop(self):
            return False
        self.details.keep()
        self.judging.keep()
        self._keep_place()
        self.jobs.stop()
        if leaving:
            self.hide()
        self.session = None
        for panel in self._panels:
            panel.use(None)
        self.actions_.use_session(None)
        self.results.forget()
        self.replacing.close()
        self.perhaps.close()
        self.conflicting.close()
        self.adopting.close()
        self.packing.close()
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        failed: list[Exception] = []
        try:
            failed = session.close()
        except Exception as error:  # noqa: BLE001 - the window has to be closed all the same
            if not isinstance(error, EvidenceError):
                _log.exception("The case could not be closed properly")
            failed = [error]
        finally:
            QApplication.restoreOverrideCursor()
            session.deleteLater()
            garbage.take_back()
        for each in failed:
            self.tell(each)
        self.memory.set_last(None)
        self.notice.hide()
        self._middle.setCurrentWidget(self.start)
        self.setWindowTitle("cambs-evidence")
        self._set_enabled()
        self.start.show_recent(self.memory.recent())
        return True

    def reload(self) -> None:
        """Reads the case anew; one that was open for reading only is tried for writing."""
        if self.session is not None:
            self.open_case(self.session.case.path)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - the name is Qt's
        """Keeps everything; what was open comes back at the next start."""
        if self._opening:  # the case that is being opened has to be closed again
            event.ignore()
            QTimer.singleShot(50, self, self.close)
            return
        path = self.session.case.path if self.session is not None else None
        if not self.close_case(leaving=True):
            event.ignore()
            return
        self.jobs.stop()
        self.memory.set_last(path)
        self.memory.save()
        event.accept()

    def _restore_layout(self) -> None:
        kept = self.memory.layout()
        if kept is not None and self.restoreGeometry(kept[0]) and self.restoreState(kept[1], STATE):
            self.docks.restored(kept[1])
            return
        room = self.screen().availableGeometry()
        self.resize(min(1520, room.width() * 95 // 100), min(960, room.height() * 93 // 100))
        self.docks.reset()

    def _fill_recent(self) -> None:
        menu = self.actions_.recent
        menu.clear()
        for place, title in self.memory.recent():
            action = menu.addAction(f"{title}  ({place})".replace("&", "&&"))
            action.triggered.connect(lambda _=False, to=place: self.open_case(Path(to)))
        if menu.isEmpty():
            menu.addAction("No case has been open yet").setEnabled(False)

    # --- documents and pages -------------------------------------------------------------

    def show_document(
        self,
        document: Document,
        *,
        back: tuple[int, float] | None = None,
        then: Callable[[], None] | None = None,
        new_tab: bool = False,
    ) -> None:
        """Shows a document; ``then`` is called once its pages and its text are there."""
        self.docks.enlarge(large=False)  # the pages are to be seen
        self.documents.select(document.id)
        if then is None:
            self.details.show_document(document)
        self.desk.show_document(document, back=back, then=then, new_tab=new_tab)

    def _tab_chosen(self, document_id: str) -> None:
        document = self.session.document(document_id) if self.session else None
        if document is not None:
            self.show_document(document)

    def _show_first(self) -> None:
        """Shows the first document, or how to get one."""
        assert self.session is not None  # noqa: S101 - asked only while a case is open
        first = next(iter(self.session.held.documents.values()), None)
        self._empty = first is None
        if first is not None:
            self.show_document(first)
        elif self.session.readonly:
            self.desk.show_words("This case holds no documents.")
        else:
            self.desk.show_words(
                "Drop files or folders here, or press Ctrl+I to take documents in.\n\n"
                "Then select words on a page and press T to tag them to a criterion."
            )

    def _document_shown(self) -> None:
        """What is renamed or taken away from the list is what is being read."""
        if self.reader.document is not None:
            self.documents.select(self.reader.document.id)
        self._set_enabled()

    def go_to_link(self, link: Link | None) -> None:
        """Shows a passage on its page, flashing."""
        document = (
            self.session.document(link.passage.document_id) if self.session and link else None
        )
        if link is not None and document is not None:
            self.details.show_link(link)
            self.show_document(document, then=lambda: self.reader.go_to_link(link))

    def read_again(self, document: Document) -> None:
        """Shows pages and text of a document as they are now, where it is shown."""
        for side in self.desk.sides:
            side.reader.read_again(document)

    def go_to_place(self, document_id: str, page: int) -> None:
        """Shows a page (0-based) of a document."""
        document = self.session.document(document_id) if self.session else None
        if document is not None:
            self.details.show_document(document)
            self.show_document(document, then=lambda: self.reader.pages.go_to(page))

    def _go_to_stretch(self, document_id: str, place: Stretch) -> None:
        document = self.session.document(document_id) if self.session else None
        if document is not None:
            self.show_document(document, then=lambda: self.reader.go_to_stretch(place))

    def _go_to_hit(self, hit: Hit, words: str) -> None:
        document = self.session.document(hit.document.id) if self.session else None
        if document is not None:
            self.details.show_document(document)
            self.show_document(
                document, then=lambda: self.reader.go_to_words(hit.page, words, hit.snippet)
            )

    def _tag_hit(self, hit: Hit, words: str) -> None:
        def tag() -> None:
            self.reader.go_to_words(hit.page, words, hit.snippet)
            if hit.place is not None:
                self.reader.select_round(hit.place)
                self.tagging.ask()

        document = self.session.document(hit.document.id) if self.session else None
        if document is not None:
            self.details.show_document(document)
            self.show_document(document, then=tag)

    def chosen_document(self) -> Document | None:
        """The document that is chosen in the list, else the one that is shown."""
        chosen = self.documents.current() or self.reader.document
        return self.session.document(chosen.id) if self.session and chosen else None

    def open_chosen_document(self, *, new_tab: bool = False) -> None:
        """Shows the document that is chosen in the list, in a new tab if told."""
        document = self.chosen_document()
        if document is not None:
            self.show_document(document, new_tab=new_tab)

    def step_document(self, by: int) -> None:
        """Shows the next document, or the one before."""
        if self.session is None or not self.session.held.documents:
            return
        known = list(self.session.held.documents.values())
        ids = [each.id for each in known]
        shown = self.reader.document
        here = ids.index(shown.id) if shown is not None and shown.id in ids else 0
        self.show_document(known[(here + by) % len(known)])

    def rename_document(self) -> None:
        """Puts the cursor into the title of the document."""
        document = self.chosen_document()
        if document is not None:
            self.details.show_document(document)
            self.docks.reveal("details")
            self.details.edit_title()

    def take_suggestions(self) -> None:
        """Sets what the text of the chosen document says of it, where nobody has said it."""
        session, document = self.session, self.chosen_document()
        if session is not None and document is not None and not session.readonly:
            self.details.keep()
            commands.take_suggestions(session, [document])

    def remove_document(self) -> None:
        """Takes a document away; with its links only after asking."""
        session, document = self.session, self.chosen_document()
        if session is None or document is None or session.readonly:
            return
        count = document.links
        words = (
            f"“{document.title}” holds {count} link{'s' if count != 1 else ''}, which go with it. "
            "This can be undone until the case is closed."
        )
        if not count or ask(self, "Remove a document", words, "Remove it"):
            commands.remove(session, document)

    def show_its_evidence(self) -> None:
        """Shows the evidence of the document that is chosen."""
        document = self.chosen_document()
        if document is not None:
            self.evidence.show_document(document.id)
            self.docks.reveal("evidence")

    # --- evidence ------------------------------------------------------------------------

    def _selection_changed(self) -> None:
        self.framework.offer_tag(self.tagging.possible)
        # Without words selected it tags the passage that is framed once more, or says what to do.
        may = self.session is not None and self.session.may_say
        self.actions_.enable(("tag",), may and self.reader.document is not None)

    def filter_evidence(self) -> None:
        """Opens what the evidence can be filtered by."""
        self.docks.reveal("evidence")
        self.evidence.open_filters()

    def choose_link(self, link: Link) -> None:
        """Frames a passage of the document that is shown, and shows what is known of it."""
        self.reader.pages.set_active(link.passage.id)
        self.details.show_link(link)
        self.docks.reveal("details")
        self.evidence.select(link.id)

    def _go_on_page(self, link: Link) -> None:
        """Goes to another highlight of the document that is shown; the keys stay on the page."""
        self.choose_link(link)
        self.reader.go_to_link(link)
        self.reader.pages.setFocus()

    def _hear(self, news: News) -> None:
        """Something of the case has changed."""
        session = self.session
        if session is None:
            return
        kept = not news.documents or self.desk.take_documents(session.held.documents)
        if not kept or (self._empty and session.held.documents):
            self._show_first()
        elif news.links:
            self.desk.show_links(news.links)
        if news.added and len(news.added) < 10:
            self.reader.pages.set_active(news.added[0].passage.id)
            self.details.show_link(news.added[0])
            self.evidence.select(news.added[0].id)
        active = self.reader.pages.active
        again = [link for link in news.altered if link.passage.id == active]
        if again and not self.evidence.links():  # its line was taken out and put in again
            self.evidence.select(again[0].id)
        if news.facts:
            self._say_title()
        self._say_gaps()
        self.conflicting.hear()
        self.replacing.hear()
        self.perhaps.hear(news)
        self.adopting.hear(news)
        self.packing.hear(news)

    def _edit_failed(self, error: BaseException) -> None:
        self.details.put_back()
        self.adopting.hear_failure()
        self.tell(error)

    def _cut_short(self, error: BaseException) -> None:
        """The case cannot be read to its end: what is half there is not shown."""
        self.close_case()
        self.tell(error)

    def _say_title(self) -> None:
        if self.session is not None:
            reading = " (reading only)" if self.session.case.readonly else ""
            reading = " (review)" + reading if self.session.reviewing else reading
            self.setWindowTitle(f"{self.session.held.facts.title}{reading} – cambs-evidence")
            only = "Reading only, " if self.session.case.readonly else ""
            only = only or ("Reviewing, " if self.session.reviewing else "")
            self.who.setText(only + self.person)
            self.reviewing.name_person()

    def _say_gaps(self) -> None:
        if self.session is not None:
            criteria = self.session.held.coverage.criteria
            gaps = sum(each.state is State.NONE for each in criteria)
            self.gaps.setText(f"○ {gaps} gap{'s' if gaps != 1 else ''}")
            self.gaps.setAccessibleName(gaps_in_words(self.session))

    # --- finding -------------------------------------------------------------------------

    def search(self) -> None:
        """Searches all documents, for what is selected if that is short."""
        words = self.reader.pages.brief_text()
        self.docks.reveal("search")
        self.search_panel.ask(f'"{words}"' if words and len(words) <= LONGEST_QUOTED else "")

    # --- jobs ----------------------------------------------------------------------------

    def _follow(self, job: Job) -> None:
        job.failed.connect(self.tell)
        self.jobs.follow(job)

    def choose_files(self) -> None:
        """Asks for files and takes them in."""
        if self._may_write():
            files, _ = QFileDialog.getOpenFileNames(
                self, "Import files", str(self.memory.folder()),
                "Documents (*.pdf *.docx *.docm *.doc *.odt *.rtf *.pptx *.ppt *.odp *.xlsx *.xls "
                "*.ods *.txt *.md *.markdown *.html *.htm *.eml *.png *.jpg *.jpeg "
                "*.tif *.tiff);;All files (*)",
            )  # fmt: skip
            if files:
                self.import_files([Path(each) for each in files])

    def choose_folder(self) -> None:
        """Asks for a folder and takes its files in, with those of the folders within."""
        if self._may_write():
            folder = QFileDialog.getExistingDirectory(
                self, "Import a folder", str(self.memory.folder())
            )
            if folder:
                self.import_files([Path(folder)])

    def import_files(self, given: list[Path], password: str | None = None) -> None:
        """Takes files and folders in, as a job."""
        session = self.session
        if session is None or not self._may_write():
            return
        job = Job(
            "Importing",
            lambda: session.case.import_files(given, recursive=True, password=password),
            self,
        )
        self.results.importing(job, session)
        self._follow(job)

    def ask_password(self, files: list[Path]) -> None:
        """Asks for the password of protected files, and tries them again."""
        names = ", ".join(path.name for path in files[:3]) + ("…" if len(files) > 3 else "")
        word, given = QInputDialog.getText(
            self, "Password", plain(f"Password of {names} (it is not kept):"),
            QLineEdit.EchoMode.Password,
        )  # fmt: skip
        if given and word:
            self.import_files(files, word)

    def recognise(self) -> None:
        """Has a machine read the pages of a document that have no text, as a job."""
        session, document = self.session, self.chosen_document()
        if session is None or document is None or not self._may_write():
            return
        job = Job(f"Recognising {document.title}", lambda: session.case.recognise(document), self)
        self.results.recognising(job, session, document)
        self._follow(job)

    def export(self) -> None:
        """Asks as what to export the evidence beside the pack, and writes it, as a job."""
        from ui.dialogs.export import ExportDialog  # noqa: PLC0415 - when it is needed

        session = self.session
        if session is None:
            return
        if not session.whole:  # it is asked what there is to filter by
            session.when_whole(self.export)
            return
        self.details.keep()
        self.judging.keep()
        path = session.case.path
        usual = path.with_name(f"{path.stem}-evidence")
        dialog = ExportDialog(session, usual, QApplication.activeWindow() or self)
        if not dialog.exec():
            return
        target, kind, options = dialog.path(), dialog.chosen(), dialog.options()
        case = session.case
        names = case.export_files(target, kind)
        there = ", ".join(each.name for each in names if each.exists())
        words = f"There already: {there}."
        if there and not ask(self, "Export the evidence", words, "Put the new one there"):
            return
        job = Job("Exporting", lambda: case.export_apart(target, kind, options), self)
        self.results.exporting(job)
        self._follow(job)

    def verify_pack(self) -> None:
        """Asks for a pack and proves it; the one that was exported last is offered."""
        self.verify(self.results.pack)

    def verify(self, pack: Path | None) -> None:
        """Asks against what to prove a pack, and proves it, as a job."""
        from ui.dialogs.verify import VerifyDialog  # noqa: PLC0415 - when it is needed

        session = self.session
        dialog = VerifyDialog(session.held.facts.title if session else None, pack, self)
        if not dialog.exec():
            return
        chosen, against_case, sources = dialog.chosen()
        case = session.case.path if session and against_case else None
        by = self.person

        def steps() -> Iterator[Progress | Verification | None]:
            from cambs_evidence.case import verify_apart  # noqa: PLC0415 - heavy

            return verify_apart(chosen, by=by, case=case, sources=sources)

        job = Job("Verifying", steps, self)
        self.results.verifying(job)
        self._follow(job)

    def check(self) -> None:
        """Looks whether storage, anchors and log are sound, as a job."""
        session = self.session
        if session is not None:
            job = Job("Checking", session.case.check_apart, self)
            self.results.checking(job, session.case.path.name)
            self._follow(job)

    def backup(self) -> None:
        """Makes a verified copy beside the case, as a job."""
        session = self.session
        if session is None:
            return

        def steps() -> Iterator[Path]:
            yield session.case.backup()

        job = Job("Backing up", steps, self)
        job.gave.connect(lambda made: self.say(f"Backed up to {made}."))
        self._follow(job)

    def _may_write(self) -> bool:
        if self.session is not None and self.session.readonly:
            self.say(self.session.why_readonly)
        return self.session is not None and not self.session.readonly

    # --- settings and help ---------------------------------------------------------------

    def edit_facts(self) -> None:
        """Shows and changes the facts of the case."""
        from ui.dialogs.case_facts import CaseDialog  # noqa: PLC0415 - when it is needed

        session = self.session
        if session is None:
            return
        dialog = CaseDialog(session.held.facts, self, stands=stands_in_words(session.held))
        if session.readonly:
            dialog.lock()
        if dialog.exec() and not session.readonly:
            commands.set_facts(session, **dialog.facts())

    def edit_settings(self, *, limits: bool = False) -> None:
        """Asks who acts, for theme, annex and limits; the keys are on these if told."""
        from ui.dialogs.settings import SettingsDialog  # noqa: PLC0415 - when it is needed

        session = self.session
        dialog = SettingsDialog(
            settings.read(), session.held.limits if session else None, self,
            readonly=session is not None and session.readonly,
        )  # fmt: skip
        if limits:
            dialog.years.setFocus()
        if not dialog.exec():
            return
        chosen = dialog.settings()
        try:
            settings.write(chosen)
        except EvidenceError as error:
            self.tell(error)
            return
        self.theme.choose(chosen.theme)
        self.desk.cap = chosen.page_memory * 1024 * 1024
        wanted = dialog.limits()
        if session is not None:
            session.case.by = self.person
            self._say_title()
            if wanted is not None and not session.readonly:
                commands.set_limits(session, wanted)

    def show_keys(self) -> None:
        """Lists all keys."""
        from ui.dialogs.help import KeysDialog  # noqa: PLC0415 - when it is needed

        KeysDialog(self.actions_.every(), self).exec()

    def show_about(self) -> None:
        """Says what this is."""
        from ui.dialogs.help import AboutDialog  # noqa: PLC0415 - when it is needed

        AboutDialog(self.theme, self).exec()

    def show_log(self) -> None:
        """Shows the log of faults."""
        from ui.dialogs.told import LogDialog  # noqa: PLC0415 - when it is needed

        LogDialog(self).exec()

    def open_log_folder(self) -> None:
        """Shows the log's folder in the file manager."""
        folder = paths.log_file().parent
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    # --- panels and focus ----------------------------------------------------------------

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - the name is Qt's
        """Tab leads to what can be seen; Qt would go through panels behind another's tab too."""
        past: list[QWidget] = []
        while super().focusNextPrevChild(forward):
            found = self.focusWidget()
            if found is None or found in past or self.docks.in_view(found):
                return True
            past.append(found)
        return False

    def reset_panels(self) -> None:
        """Puts all panels where they are at first."""
        self.docks.reset()

    def _focus_panel(self, name: str) -> None:
        if self.session is None:
            return
        self.docks.reveal(name)
        if name == "judgement":
            self.judging.reveal()
        for widget in self._stops():
            if self.docks.holds(name, widget):
                widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def _stops(self) -> list[QWidget]:
        return [
            self.documents.view, self.search_panel.field, self.contents.tree,
            self.thumbnails.list, *(side.reader.pages for side in self.desk.sides),
            self.framework.tree, self.details, self.evidence.table, self.judgement.edit,
            self.coverage.shown, self.review.list, *self._status_stop(),
        ]  # fmt: skip

    def _status_stop(self) -> list[QWidget]:
        """Where the keys are in the status bar, else its first button."""
        focus, bar = QApplication.focusWidget(), self.statusBar()
        if focus is not None and bar.isAncestorOf(focus):
            return [focus]
        there = [each for each in bar.findChildren(QAbstractButton) if each.isVisible()]
        return [min(there, key=lambda each: each.mapTo(bar, QPoint()).x())] if there else []

    def step_pane(self, by: int) -> None:
        """Gives the keys to the next part of the window."""
        stops = [each for each in self._stops() if self.docks.in_view(each)]
        focus = QApplication.focusWidget()
        here = -1 if by > 0 else 0
        for place, stop in enumerate(stops):
            part: QObject = self.docks.of(stop)
            if focus is not None and (focus is stop or _within(focus, part)):
                here = place
        if stops:
            stops[(here + by) % len(stops)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _set_enabled(self) -> None:
        session = self.session
        has = session is not None
        shown = has and self.reader.document is not None
        self.actions_.enable(WITH_CASE, has)
        self.actions_.enable(WITH_PEN, session is not None and not session.readonly)
        self.actions_.enable(WITH_DOCUMENT, shown)
        reviewing = session is not None and session.reviewing
        self.actions_.enable(DECIDING, reviewing and session is not None and session.may_say)
        self.actions_.enable(("pack", "export", "backup", "review-export"), has and not reviewing)
        self.tools.page.setEnabled(shown)
        self.tools.zoom.setEnabled(shown)
        self._selection_changed()
        self.docks.show_all(has)
        self.tools.setVisible(has)
        self.gaps.setVisible(has)
        self.judging.progress.setVisible(has)
        self.who.setVisible(has)

    # --- dropping ------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - the name is Qt's
        """Files and folders can be dropped anywhere."""
        if _dropped(event.mimeData()) and not event.mimeData().hasFormat(PASSAGE_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """A case is opened, anything else is taken in."""
        given = _dropped(event.mimeData())
        event.acceptProposedAction()
        cases = [path for path in given if path.suffix in _SUFFIXES]
        if cases and (self.session is None or len(given) == 1):
            self.open_case(cases[0])
        elif self.session is None:
            self.say("Open or make a case first, then drop files on it.")
        else:
            self.import_files(given)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one.absolute() == other.absolute()


def _dropped(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _within(widget: QWidget, part: QObject) -> bool:
    return isinstance(part, QWidget) and part.isAncestorOf(widget)
