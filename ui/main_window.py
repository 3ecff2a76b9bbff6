"""The main window: panels, menus, and what leads from one to the other. No logic of the field."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QMimeData, QRect, QSettings, QSize, Qt, QUrl
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence import paths, settings
from cambs_evidence.errors import EvidenceError, InUse, Unwritable
from cambs_evidence.model import (
    CaseFacts,
    Document,
    Hit,
    Link,
    PackResult,
    PageShape,
    Place,
    Polarity,
    State,
    Target,
)
from ui import commands
from ui.dialogs.told import ask, tell
from ui.jobs import Job
from ui.panels.details import DetailsPanel
from ui.panels.documents import DocumentsPanel
from ui.panels.evidence import EvidencePanel
from ui.panels.framework import FrameworkPanel, gaps_in_words
from ui.panels.jobs import JobsBar
from ui.panels.search import SearchPanel
from ui.panels.start import StartPage
from ui.panels.tagging import TagPalette
from ui.results import Results
from ui.session import News, Session
from ui.theme import Theme
from ui.viewer.page_view import PASSAGE_MIME
from ui.viewer.reader import Reader

_log = logging.getLogger(__name__)
#: Version of where panels are; another one is not put back.
_STATE = 1
_RECENT = 8
_SUFFIX = ".cambs"


class MainWindow(QMainWindow):
    """One window, one case or none."""

    def __init__(self, theme: Theme, by: str | None = None) -> None:
        super().__init__()
        self.theme = theme
        self.by = by
        self.session: Session | None = None
        self._bitmaps: Any = None
        self._document: Document | None = None
        self._returning: tuple[int, float] | None = None
        self._pending: Callable[[], None] | None = None
        self._retagged: Link | None = None
        self._opening = False
        self._docks_shown: bool | None = None
        self._hidden: set[str] = set()
        self._state = QSettings(str(paths.state_file()), QSettings.Format.IniFormat)
        self.setWindowTitle("cambs-evidence")
        self.setMinimumSize(760, 480)
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
        )
        self.actions_by_name: dict[str, QAction] = {}
        self.results = Results(self)
        self._make_actions()
        self._make_middle()
        self._make_docks()
        self._make_menus()
        self._make_toolbar()
        self._make_status()
        self._set_enabled()
        self._restore_layout()
        theme.changed.connect(self._paint_icons)
        self._paint_icons()
        self._show_recent()

    # --- building ------------------------------------------------------------------------

    def _action(
        self,
        name: str,
        text: str,
        slot: Callable[..., object],
        keys: str | Sequence[str] | QKeySequence.StandardKey = (),
        tip: str = "",
        *,
        checkable: bool = False,
    ) -> QAction:
        action = QAction(text, self)
        if isinstance(keys, QKeySequence.StandardKey):
            action.setShortcuts(keys)
        elif keys:
            several = [keys] if isinstance(keys, str) else list(keys)
            action.setShortcuts([QKeySequence(each) for each in several])
        action.setCheckable(checkable)
        plain = text.replace("&", "").rstrip("…")
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip or plain} ({shown})" if shown else tip or plain)
        action.setStatusTip(tip)
        (action.toggled if checkable else action.triggered).connect(slot)
        self.actions_by_name[name] = action
        self.addAction(action)
        return action

    def _make_actions(self) -> None:
        act = self._action
        standard = QKeySequence.StandardKey
        act("new", "&New case…", self.new_case, standard.New)
        act("open", "&Open a case…", self.choose_case, standard.Open)
        act("sample", "Open the &sample case", self.open_sample)
        act("close", "&Close the case", self.close_case, "Ctrl+W")
        act("facts", "&About this case…", self.edit_facts)
        act("import", "&Import files…", self.choose_files, "Ctrl+I", "Take documents in")
        act("import-folder", "Import a &folder…", self.choose_folder, "Ctrl+Shift+I")
        act("export", "&Export the pack…", self.export, "Ctrl+E", "Export the evidence pack")
        act("verify", "&Verify a pack…", self.verify_pack, "Ctrl+Shift+V")
        act("check", "C&heck the case", self.check)
        act("backup", "&Back up the case", self.backup)
        act("settings", "Se&ttings…", self.edit_settings, "Ctrl+,")
        act("quit", "&Quit", self.close, standard.Quit)
        act("copy", "&Copy", self.copy, standard.Copy)
        act("find", "&Find in this document…", self.find_words, standard.Find)
        act("find-next", "Find ne&xt", lambda: self.reader.find_bar.step(1), "F3")
        act("find-back", "Find the one be&fore", lambda: self.reader.find_bar.step(-1), "Shift+F3")
        act("search", "&Search all documents", self.search, "Ctrl+Shift+F")
        act("tag", "&Tag the selection…", self.tag_selection, "T", "Tag what is selected")
        act("untag", "&Untag", self.untag_chosen, "Del", "Take the chosen links away")
        act("retag", "Tag to &another criterion…", self.retag_chosen, "Shift+T")
        act("note", "Edit the n&ote", self.edit_note, "N")
        act(
            "next-gap", "Next &gap", self.next_gap, "G", "Go to the next criterion without evidence"
        )
        act("rename", "Re&name the document", self.rename_document, "F2")
        act("remove", "Remo&ve the document…", self.remove_document)
        act("show-document", "O&pen the document", self.open_chosen_document)
        act("only-document", "Show its &evidence", self.show_its_evidence)
        act("zoom-in", "Zoom &in", lambda: self.reader.pages.zoom_step(larger=True),
            ("Ctrl++", "Ctrl+="))  # fmt: skip
        act("zoom-out", "Zoom &out", lambda: self.reader.pages.zoom_step(larger=False), "Ctrl+-")
        act("zoom-100", "&Actual size", lambda: self.reader.pages.set_zoom(1.0), "Ctrl+0")
        act("fit-width", "Fit &width", lambda: self.reader.pages.set_fit("width"), "Ctrl+1")
        act("fit-page", "Fit &page", lambda: self.reader.pages.set_fit("page"), "Ctrl+2")
        act("go-page", "&Go to page…", self.go_to_page, "Ctrl+G")
        act("next-document", "Ne&xt document", partial(self.step_document, 1), "Ctrl+Tab")
        act("previous-document", "Pre&vious document", partial(self.step_document, -1),
            "Ctrl+Shift+Tab")  # fmt: skip
        act("reload", "&Reload", self.reload, "F5", "Read the case anew")
        act("panes", "Next pa&ne", partial(self.step_pane, 1), "F6")
        act("panes-back", "Previous pane", partial(self.step_pane, -1), "Shift+F6")
        act("reset-panes", "Put panels &back", self.reset_panes)
        act("keys", "&Keys", self.show_keys, ("F1", "Ctrl+?"))
        act("log-folder", "Open the &log folder", self.open_log_folder)
        act("log", "Show the l&og", self.show_log)
        act("about", "&About cambs-evidence", self.show_about)

    def _make_middle(self) -> None:
        self.start = StartPage(self.theme, self)
        self.start.new_wanted.connect(self.new_case)
        self.start.open_wanted.connect(self.choose_case)
        self.start.sample_wanted.connect(self.open_sample)
        self.start.verify_wanted.connect(self.verify_pack)
        self.start.recent_wanted.connect(lambda path: self.open_case(Path(path)))
        self.reader = Reader(self.theme, self)
        self.reader.pages.selection_changed.connect(self._selection_changed)
        self.reader.pages.link_chosen.connect(self._choose_on_page)
        self.reader.pages.tag_wanted.connect(self.tag_selection)
        self.reader.pages.moved.connect(self._tell_page)
        self.notice = QFrame(self)
        self.notice.setProperty("notice", True)
        self.notice_words = QLabel(self.notice)
        self.notice_words.setWordWrap(True)
        again = QPushButton("Try again", self.notice)
        again.clicked.connect(self.reload)
        row = QHBoxLayout(self.notice)
        row.setContentsMargins(14, 7, 10, 7)
        row.addWidget(self.notice_words, 1)
        row.addWidget(again)
        self.notice.hide()
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.reader, 1)
        self._case_page = middle
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.start)
        self._pages.addWidget(middle)
        self.setCentralWidget(self._pages)
        self.palette_ = TagPalette(self.theme, self)
        self.palette_.accepted.connect(self._tag)
        self.palette_.closed.connect(self._palette_closed)

    def _make_docks(self) -> None:
        named = self.actions_by_name
        self.documents = DocumentsPanel(
            self.theme,
            [named["show-document"], named["only-document"], named["rename"], named["remove"]],
            self,
        )
        self.documents.opened.connect(self.show_document)
        self.documents.import_wanted.connect(self.choose_files)
        self.search_panel = SearchPanel(self.theme, self)
        self.search_panel.chosen.connect(self._go_to_hit)
        self.framework = FrameworkPanel(self.theme, self)
        self.framework.chosen.connect(self._filter_evidence)
        self.framework.tag_wanted.connect(self.tag_to)
        self.details = DetailsPanel(self.theme, self)
        self.details.untag_wanted.connect(lambda link: self._untag([link]))
        self.details.retag_wanted.connect(self._retag)
        self.evidence = EvidencePanel(
            self.theme, [named["note"], named["retag"], named["untag"]], self
        )
        self.evidence.chosen.connect(self.go_to_link)
        area = Qt.DockWidgetArea
        self._docks: dict[str, QDockWidget] = {}
        for name, title, widget, where in (
            ("documents", "Documents", self.documents, area.LeftDockWidgetArea),
            ("search", "Search", self.search_panel, area.LeftDockWidgetArea),
            ("framework", "Framework", self.framework, area.RightDockWidgetArea),
            ("details", "Details", self.details, area.RightDockWidgetArea),
            ("evidence", "Evidence", self.evidence, area.BottomDockWidgetArea),
        ):
            dock = QDockWidget(title, self)
            dock.setObjectName(name)
            dock.setWidget(widget)
            dock.setAllowedAreas(area.AllDockWidgetAreas)
            self._docks[name] = dock
            self.addDockWidget(where, dock)
        self.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)
        self._default_docks()

    def _default_docks(self) -> None:
        docks = self._docks
        area = Qt.DockWidgetArea
        for name, where in (
            ("documents", area.LeftDockWidgetArea), ("search", area.LeftDockWidgetArea),
            ("framework", area.RightDockWidgetArea), ("details", area.RightDockWidgetArea),
            ("evidence", area.BottomDockWidgetArea),
        ):  # fmt: skip
            docks[name].setFloating(False)
            self.addDockWidget(where, docks[name])
        self.tabifyDockWidget(docks["documents"], docks["search"])
        docks["documents"].raise_()
        self.splitDockWidget(docks["framework"], docks["details"], Qt.Orientation.Vertical)
        em = self.fontMetrics().averageCharWidth()
        width = max(self.width(), 1000)
        self.resizeDocks(
            [docks["documents"], docks["framework"]],
            [min(em * 34, width // 5), min(em * 62, width * 3 // 10)],
            Qt.Orientation.Horizontal,
        )
        self.resizeDocks(
            [docks["framework"], docks["details"], docks["evidence"]],
            [self.height() * 6 // 10, self.height() * 4 // 10, self.height() * 28 // 100],
            Qt.Orientation.Vertical,
        )

    def _make_menus(self) -> None:
        bar, named = self.menuBar(), self.actions_by_name
        self.recent_menu = QMenu("Open &recent", self)

        def menu(title: str, *entries: str | QMenu | None) -> QMenu:
            made = bar.addMenu(title)
            for entry in entries:
                if entry is None:
                    made.addSeparator()
                elif isinstance(entry, QMenu):
                    made.addMenu(entry)
                else:
                    made.addAction(named[entry])
            return made

        menu("&Case", "new", "open", self.recent_menu, "sample", None, "facts", "import",
             "import-folder", None, "export", "verify", None, "check", "backup", None,
             "settings", None, "close", "quit")  # fmt: skip
        self._edit_menu = menu("&Edit", None, "copy", "find", "find-next", "find-back", "search")
        menu("E&vidence", "tag", "retag", "untag", "note", None, "next-gap")
        menu("&Document", "show-document", "only-document", "rename", "remove", None,
             "next-document", "previous-document")  # fmt: skip
        view = menu("Vie&w", "zoom-in", "zoom-out", "zoom-100", "fit-width", "fit-page", "go-page",
                    None, "reload", None)  # fmt: skip
        for number, (name, dock) in enumerate(self._docks.items(), 1):
            action = dock.toggleViewAction()
            action.setText(f"&{number} {dock.windowTitle()}")
            view.addAction(action)
            show = self._action(
                f"go-{name}", f"Go to {dock.windowTitle().lower()}",
                partial(self._focus_dock, name), f"Alt+{number}",
            )  # fmt: skip
            del show
        view.addSeparator()
        for name in ("panes", "panes-back", "reset-panes"):
            view.addAction(named[name])
        menu("&Help", "keys", None, "log", "log-folder", None, "about")
        self.recent_menu.aboutToShow.connect(self._fill_recent_menu)
        self._undo: QAction | None = None
        self._redo: QAction | None = None

    def _make_toolbar(self) -> None:
        bar = QToolBar("Tools", self)
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        self.addToolBar(bar)
        self._tools = bar
        self._undo_button, self._redo_button = QToolButton(self), QToolButton(self)
        named = self.actions_by_name

        def add(*names: str, words: bool = False) -> None:
            for name in names:
                bar.addAction(named[name])
                if words:
                    button = bar.widgetForAction(named[name])
                    if isinstance(button, QToolButton):
                        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

        for name, short in (("import", "Import"), ("export", "Export"), ("tag", "Tag"),
                            ("next-gap", "Next gap")):  # fmt: skip
            named[name].setIconText(short)
        add("import", "export", words=True)
        bar.addSeparator()
        bar.addWidget(self._undo_button)
        bar.addWidget(self._redo_button)
        bar.addSeparator()
        add("tag", "next-gap", words=True)
        bar.addSeparator()
        add("find", "search")
        bar.addSeparator()
        add("zoom-out")
        self.zoom_label = QToolButton(self)
        self.zoom_label.setAccessibleName("Zoom")
        self.zoom_label.setToolTip("Zoom; click for the usual ones")
        self.zoom_label.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.zoom_label.setMinimumWidth(self.fontMetrics().horizontalAdvance("1600 %") + 22)
        zooms = QMenu(self)
        for name in ("fit-width", "fit-page", "zoom-100"):
            zooms.addAction(named[name])
        for percent in (50, 75, 125, 150, 200, 400):
            zooms.addAction(f"{percent} %", partial(self.reader.pages.set_zoom, percent / 100))
        self.zoom_label.setMenu(zooms)
        bar.addWidget(self.zoom_label)
        add("zoom-in", "fit-width", "fit-page")
        bar.addSeparator()
        self.page_field = QLineEdit(self)
        self.page_field.setAccessibleName("Page")
        self.page_field.setToolTip("Type a page or a printed page number, then Enter (Ctrl+G)")
        self.page_field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.page_field.setFixedWidth(self.fontMetrics().horizontalAdvance("00000") + 22)
        self.page_field.returnPressed.connect(self._page_typed)
        bar.addWidget(self.page_field)
        self.page_count = QLabel(self)
        self.page_count.setContentsMargins(6, 0, 0, 0)
        bar.addWidget(self.page_count)

    def _make_status(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self.jobs = JobsBar(self.theme, self)
        self.gaps = QToolButton(self)
        self.gaps.setToolTip("Criteria without evidence; click for the next one")
        self.gaps.clicked.connect(self.next_gap)
        self.gaps.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.who = QLabel(self)
        self.who.setProperty("muted", True)
        self.who.setContentsMargins(6, 0, 8, 0)
        bar.addPermanentWidget(self.jobs)
        bar.addPermanentWidget(self.gaps)
        bar.addPermanentWidget(self.who)

    def _paint_icons(self) -> None:
        for name, icon in (
            ("new", "file-plus"), ("open", "folder-open"), ("sample", "book-open"),
            ("import", "import"), ("import-folder", "folder-plus"), ("export", "file-output"),
            ("verify", "shield-check"), ("check", "clipboard-check"), ("settings", "settings"),
            ("copy", "copy"), ("find", "text-search"), ("search", "search"), ("tag", "tag"),
            ("untag", "trash-2"), ("retag", "pencil"), ("next-gap", "crosshair"),
            ("rename", "pencil"), ("remove", "trash-2"), ("zoom-in", "zoom-in"),
            ("zoom-out", "zoom-out"), ("fit-width", "move-horizontal"), ("fit-page", "maximize"),
            ("reload", "refresh-cw"), ("keys", "keyboard"), ("log", "scroll-text"),
            ("log-folder", "folder-open"), ("about", "info"), ("show-document", "file-text"),
        ):  # fmt: skip
            self.actions_by_name[name].setIcon(self.theme.icon(icon))
        for action, icon in ((self._undo, "undo-2"), (self._redo, "redo-2")):
            if action is not None:
                action.setIcon(self.theme.icon(icon))
        for button, icon in ((self._undo_button, "undo-2"), (self._redo_button, "redo-2")):
            button.setIcon(self.theme.icon(icon))
        colour = self.theme.colours.state[State.NONE]
        self.gaps.setStyleSheet(f"color: {colour}; font-weight: 600;")

    # --- opening and closing a case ------------------------------------------------------

    @property
    def person(self) -> str:
        """Who is acting."""
        return self.by or settings.person()

    def new_case(self) -> None:
        """Asks for the facts of a case and makes it."""
        from ui.dialogs.case_facts import CaseDialog  # noqa: PLC0415 - when it is needed

        dialog = CaseDialog(
            CaseFacts("", author=self.person, status="Draft"), self, folder=self._folder()
        )
        if dialog.exec():
            path, facts = dialog.path(), dialog.facts()
            self._open(path, lambda: _make(path, self.person, facts))

    def choose_case(self) -> None:
        """Asks for a case and opens it."""
        path, _ = QFileDialog.getOpenFileName(
            self, "Open a case", str(self._folder()), "Cases (*.cambs)"
        )
        if path:
            self.open_case(Path(path))

    def open_case(self, path: Path) -> None:
        """Opens a case; where it is in use, for reading only, and says why."""
        self._open(path, lambda: _opened(path, self.person))

    def open_sample(self) -> None:
        """Opens the sample case, built when it is first asked for."""
        path = paths.samples() / f"wealdshire{_SUFFIX}"
        if path.exists():
            self.open_case(path)
            return
        by = self.person

        def steps() -> Any:
            from cambs_evidence import apart, sample  # noqa: PLC0415 - when it is needed

            return apart.run(sample.build, path, by)

        job = Job("Building the sample case", steps, self)
        job.gave.connect(self.open_case)
        job.failed.connect(self.tell)
        self.jobs.follow(job)

    def _open(self, path: Path, work: Callable[[], tuple[Any, Any, str]]) -> None:
        """Opens a case in a thread; the window stays as it is until the case is there."""
        if self._opening or not self.close_case():
            return
        self._opening = True
        self.statusBar().showMessage(f"Opening {path.name}…")

        def steps() -> Any:
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
            self._show_recent()

    def _opened(self, path: Path, case: Any, held: Any, why: str) -> None:
        from ui.viewer.bitmaps import Bitmaps  # noqa: PLC0415 - numpy and the like come with it

        self.session = Session(case, held, self)
        session = self.session
        session.changed.connect(self._hear)
        session.said.connect(lambda words: self.statusBar().showMessage(words, 8000))
        session.failed.connect(self._edit_failed)
        self._bitmaps = Bitmaps(case, self)
        self.reader.pages.use(self._bitmaps)
        for panel in (
            self.documents, self.framework, self.evidence, self.details, self.search_panel,
        ):  # fmt: skip
            panel.use(session)
        self._make_undo(session)
        self.notice_words.setText(why)
        self.notice.setVisible(bool(why))
        self._pages.setCurrentWidget(self._case_page)
        self._remember(path)
        self._set_enabled()
        self._say_title()
        self._say_gaps()
        self.who.setText(f"{'Reading only, ' if session.readonly else ''}{self.person}")
        self.statusBar().showMessage(f"Opened {path.name}.", 5000)
        self._come_back()

    def _make_undo(self, session: Session) -> None:
        for old in (self._undo, self._redo):
            if old is not None:
                self._edit_menu.removeAction(old)
                self.removeAction(old)
                old.deleteLater()
        stack = session.undo_stack
        self._undo = stack.createUndoAction(self, "&Undo")
        self._undo.setShortcuts(QKeySequence.StandardKey.Undo)
        self._redo = stack.createRedoAction(self, "&Redo")
        self._redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        assert self._undo is not None and self._redo is not None  # noqa: S101, PT018
        first = self._edit_menu.actions()[0]
        self._edit_menu.insertAction(first, self._undo)
        self._edit_menu.insertAction(first, self._redo)
        self._undo_button.setDefaultAction(self._undo)
        self._redo_button.setDefaultAction(self._redo)
        self._paint_icons()

    def close_case(self) -> bool:
        """Closes the case and comes back to the start page; False where work goes on instead."""
        session = self.session
        if session is None:
            return True
        if not self.jobs.may_stop(self):
            return False
        self.details.keep()
        self.palette_.leave()
        self._remember_place()
        self.jobs.stop()
        for panel in (
            self.documents, self.framework, self.evidence, self.details, self.search_panel,
        ):  # fmt: skip
            panel.use(None)
        self.reader.find_bar.use(None, None)
        self.reader.pages.use(None)
        self.reader.show_pages(False)
        self._document = None
        self.session = None
        if self._bitmaps is not None:
            self._bitmaps.close()
            self._bitmaps.deleteLater()
            self._bitmaps = None
        if self._undo is not None and self._redo is not None:
            self._undo.setEnabled(False)
            self._redo.setEnabled(False)
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            session.close()
        except EvidenceError as error:
            self.tell(error)
        finally:
            QApplication.restoreOverrideCursor()
            session.deleteLater()
        self.notice.hide()
        self._pages.setCurrentWidget(self.start)
        self.setWindowTitle("cambs-evidence")
        self.gaps.hide()
        self.who.clear()
        self._set_enabled()
        self._show_recent()
        return True

    def reload(self) -> None:
        """Reads the case anew; one that was open for reading only is tried for writing."""
        if self.session is not None:
            self.open_case(self.session.case.path)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - the name is Qt's
        """Keeps everything; what was open comes back at the next start."""
        path = self.session.case.path if self.session is not None else None
        if not self.close_case():
            event.ignore()
            return
        self._state.setValue("last", str(path.absolute()) if path else "")
        self._state.setValue("geometry", self.saveGeometry())
        self._state.setValue("docks", self.saveState(_STATE))
        self._state.sync()
        self.jobs.stop()
        event.accept()

    # --- what is remembered --------------------------------------------------------------

    def last_case(self) -> Path | None:
        """The case that was open when the window was closed last, if it is still there."""
        told = str(self._state.value("last") or "")
        return Path(told) if told and Path(told).is_file() else None

    def _restore_layout(self) -> None:
        geometry = self._state.value("geometry")
        if isinstance(geometry, QByteArray) and self.restoreGeometry(geometry):
            docks = self._state.value("docks")
            if isinstance(docks, QByteArray):
                self.restoreState(docks, _STATE)
            return
        room = self.screen().availableGeometry()
        self.resize(min(1480, room.width() * 94 // 100), min(940, room.height() * 92 // 100))
        self._default_docks()

    def reset_panes(self) -> None:
        """Puts all panels where they were at the first start."""
        for dock in self._docks.values():
            dock.show()
        self._default_docks()

    def _recent(self) -> list[tuple[str, str]]:
        told = self._state.value("recent") or []
        rows = [told] if isinstance(told, str) else list(told)
        found = [str(row).split("\t", 1) for row in rows if "\t" in str(row)]
        return [(path, title) for path, title in found]

    def _remember(self, path: Path) -> None:
        assert self.session is not None  # noqa: S101 - it has just been opened
        place = str(path.absolute())
        rest = [each for each in self._recent() if each[0] != place]
        title = self.session.held.facts.title.replace("\t", " ")
        rows = [(place, title), *rest][:_RECENT]
        self._state.setValue("recent", [f"{where}\t{name}" for where, name in rows])

    def _show_recent(self) -> None:
        self.start.show_recent(self._recent())

    def _fill_recent_menu(self) -> None:
        self.recent_menu.clear()
        for place, title in self._recent():
            action = self.recent_menu.addAction(f"{title} ({place})")
            action.triggered.connect(partial(self.open_case, Path(place)))
        if self.recent_menu.isEmpty():
            self.recent_menu.addAction("No case has been open yet").setEnabled(False)

    def _key(self, name: str) -> str:
        assert self.session is not None  # noqa: S101 - asked only while a case is open
        place = str(self.session.case.path.absolute())
        return f"places/{place.encode().hex()}/{name}"

    def _remember_place(self) -> None:
        if self.session is None or self._document is None:
            return
        page, share = self.reader.pages.position()
        pages = self.reader.pages
        self._state.setValue(self._key("document"), self._document.id)
        self._state.setValue(self._key("position"), f"{page} {share:.4f}")
        self._state.setValue(self._key("zoom"), pages.fit or f"{pages.zoom:.4f}")

    def _come_back(self) -> None:
        """To the same page of the same document, or to the first one."""
        assert self.session is not None  # noqa: S101 - it has just been opened
        documents = self.session.held.documents
        known = documents.get(str(self._state.value(self._key("document")) or ""))
        position = str(self._state.value(self._key("position")) or "0 0").split()
        zoom = str(self._state.value(self._key("zoom")) or "width")
        if zoom in {"width", "page"}:
            self.reader.pages.set_fit(zoom)
        else:
            self.reader.pages.set_zoom(_number(zoom, 1.0))
        document = known or next(iter(documents.values()), None)
        if document is None:
            self._show_nothing()
            return
        back = (int(_number(position[0], 0)), _number(position[-1], 0)) if known else None
        self.show_document(document, back=back)

    def _folder(self) -> Path:
        recent = self._recent()
        folder = Path(recent[0][0]).parent if recent else Path.home()
        return folder if folder.is_dir() else Path.home()

    # --- documents and pages -------------------------------------------------------------

    def show_document(
        self,
        document: Document,
        *,
        back: tuple[int, float] | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Shows a document; ``then`` is called once its pages and its text are there."""
        session = self.session
        if session is None:
            return
        self._pending = then
        self.documents.select(document.id)
        if self._document is not None and self._document.id == document.id:
            self._run_pending()
            if then is None:
                self.details.show_document(document)
            return
        self._document = document
        self._returning = back
        if then is None:
            self.details.show_document(document)

        def look() -> tuple[Document, list[PageShape]]:
            return document, session.case.shapes(document)

        session.read(look, lambda found: self._show_pages(*found))

    def _show_pages(self, document: Document, shapes: list[PageShape]) -> None:
        session = self.session
        if session is None or self._document is None or self._document.id != document.id:
            return
        pages = self.reader.pages
        self.reader.show_pages(True)
        pages.show_document(document, shapes)
        self._show_marks()
        if self._returning is not None:
            pages.restore(*self._returning)
            self._returning = None
        self.reader.find_bar.use(session, document)
        self._set_enabled()
        self._tell_page()

        def look() -> Any:
            text = session.case.text(document)
            text.warm()
            return text

        def read(text: Any) -> None:
            if self._document is not None and self._document.id == document.id:
                pages.read(text)
                self._run_pending()

        session.read(look, read)

    def _run_pending(self) -> None:
        then = self._pending
        if then is not None and self.reader.pages.selection.text is not None:
            self._pending = None
            then()

    def _show_nothing(self) -> None:
        self._document = None
        readonly = self.session is not None and self.session.readonly
        self.reader.show_pages(
            False,
            "This case holds no documents."
            if readonly
            else "Drop files or folders here, or press Ctrl+I to take documents in.\n\n"
            "Then select words on a page and press T to tag them to a criterion.",
        )
        self._set_enabled()
        self._tell_page()

    def _show_marks(self) -> None:
        if self.session is not None and self._document is not None:
            self.reader.pages.show_links(
                [
                    link
                    for link in self.session.held.links.values()
                    if link.passage.document_id == self._document.id
                ]
            )

    def go_to_link(self, link: Link | None) -> None:
        """Shows a passage on its page, flashing."""
        session = self.session
        document = session.document(link.passage.document_id) if session and link else None
        if link is None or document is None:
            return
        self.details.show_link(link)

        def go() -> None:
            pages = self.reader.pages
            pages.set_active(link.passage.id)
            spans = link.passage.anchor.spans
            pages.go_to(spans[0].page, spans[0].quads)
            boxes: dict[int, tuple[Any, ...]] = {}
            for span in spans:
                boxes[span.page] = boxes.get(span.page, ()) + span.quads
            pages.flash(boxes)

        self.show_document(document, then=go)

    def go_to_place(self, document_id: str, page: int) -> None:
        """Shows a page (0-based) of a document."""
        document = self.session.document(document_id) if self.session else None
        if document is not None:
            self.show_document(document, then=lambda: self.reader.pages.go_to(page))

    def _go_to_hit(self, hit: Hit, words: str) -> None:
        session = self.session
        document = session.document(hit.document.id) if session else None
        if session is None or document is None:
            return

        def go() -> None:
            from cambs_evidence.documents.finding import Wanted  # noqa: PLC0415

            pages = self.reader.pages
            text = pages.selection.text
            places = []
            if text is not None:
                for part in _parts(words):
                    places += [
                        Place(((hit.page, start, end),))
                        for start, end in Wanted(part).on(text.pages[hit.page].text)
                    ]
            places.sort(key=lambda place: place.start)
            pages.show_hits(places)
            if places:
                pages.show_hit(places[0])
            else:
                pages.go_to(hit.page)

        self.show_document(document, then=go)

    def open_chosen_document(self) -> None:
        """Shows the document that is chosen in the list."""
        document = self.documents.current()
        if document is not None:
            self.show_document(document)

    def step_document(self, by: int) -> None:
        """Shows the next document, or the one before."""
        if self.session is None or not self.session.held.documents:
            return
        known = list(self.session.held.documents.values())
        ids = [each.id for each in known]
        here = ids.index(self._document.id) if self._document and self._document.id in ids else 0
        self.show_document(known[(here + by) % len(known)])

    def rename_document(self) -> None:
        """Puts the cursor into the title of the document."""
        document = self.documents.current() or self._document
        if document is not None and self.session is not None:
            self.details.show_document(self.session.document(document.id))
            self._reveal("details")
            self.details.edit_title()

    def remove_document(self) -> None:
        """Takes a document away; with its links only after asking."""
        session = self.session
        document = self.documents.current() or self._document
        if session is None or document is None or session.readonly:
            return
        document = session.document(document.id) or document
        count = document.links
        if count and not ask(
            self,
            "Remove a document",
            f"“{document.title}” holds {count} link{'s' if count != 1 else ''}, which "
            "go with it. This can be undone until the case is closed.",
            "Remove it",
        ):
            return
        commands.remove(session, document)

    def show_its_evidence(self) -> None:
        """Shows the evidence of the document that is chosen."""
        document = self.documents.current() or self._document
        if document is not None:
            self.evidence.show_all()
            self.evidence.document.setCurrentIndex(
                max(self.evidence.document.findData(document.id), 0)
            )
            self._reveal("evidence")

    def go_to_page(self) -> None:
        """Puts the cursor into the field for the page."""
        self.page_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.page_field.selectAll()

    def _page_typed(self) -> None:
        pages = self.reader.pages
        typed = self.page_field.text().strip()
        page = pages.page_named(typed)
        if page is None:
            self.statusBar().showMessage(f"There is no page {typed}.", 5000)
            self._tell_page()
        else:
            pages.go_to(page)
        pages.setFocus()

    def _tell_page(self) -> None:
        pages = self.reader.pages
        self.zoom_label.setText(f"{round(pages.zoom * 100)} %")
        shape = pages.shape_in_view
        if shape is None or self._document is None:
            self.page_field.clear()
            self.page_count.clear()
            return
        if not self.page_field.hasFocus():
            self.page_field.setText(str(pages.page + 1))
        printed = shape.label
        label = f"  (printed {printed})" if printed and printed != str(pages.page + 1) else ""
        self.page_count.setText(f"of {pages.pages:,}{label}")

    # --- evidence ------------------------------------------------------------------------

    def _selection_changed(self) -> None:
        has = self.reader.pages.selection.place is not None
        may = has and self.session is not None and not self.session.readonly
        self.framework.offer_tag(may)
        self.actions_by_name["tag"].setEnabled(may)
        self.actions_by_name["copy"].setEnabled(True)

    def tag_selection(self) -> None:
        """Asks what the selected words are evidence for."""
        self.tag_to(None)

    def tag_to(self, code: str | None) -> None:
        """Asks for polarity and note, with a criterion chosen already if one is named."""
        session, pages = self.session, self.reader.pages
        if session is None or session.readonly or self._document is None:
            return
        if pages.selection.place is None:
            self.statusBar().showMessage("Select words on the page first, then tag them.", 6000)
            return
        self._retagged = None
        self.palette_.open_for(session, pages.selected_text(), self._near_selection(), code=code)

    def _near_selection(self) -> QRect:
        pages = self.reader.pages
        where = pages.selection_rectangle()
        viewport = pages.viewport()
        if where is None:
            return QRect(viewport.mapTo(self, viewport.rect().center()), QSize(1, 1))
        rect = where.toRect().intersected(viewport.rect())
        return QRect(viewport.mapTo(self, rect.topLeft()), rect.size())

    def _tag(self, targets: list[Target], polarity: Polarity, note: str) -> None:
        session, pages = self.session, self.reader.pages
        if session is None:
            return
        if self._retagged is not None:
            commands.amend(
                session, self._retagged, code=targets[0].code, polarity=polarity, note=note
            )
            self._retagged = None
            return
        place, document = pages.selection.place, self._document
        if place is not None and document is not None:
            pages.selection.clear()
            commands.tag(session, document, place, targets, polarity, note or None)

    def _palette_closed(self) -> None:
        self.reader.pages.setFocus()

    def retag_chosen(self) -> None:
        """Asks for another criterion for the chosen link."""
        links = self._chosen_links()
        if links:
            self._retag(links[0])

    def _retag(self, link: Link) -> None:
        session = self.session
        if session is None or session.readonly:
            return
        self.details.keep()
        self._retagged = link
        self.palette_.open_for(
            session, link.passage.anchor.quote, QRect(self.rect().center(), QSize(1, 1)),
            code=link.code, polarity=link.polarity, note=link.note, retag=True,
        )  # fmt: skip

    def untag_chosen(self) -> None:
        """Takes the chosen links away."""
        self._untag(self._chosen_links())

    def _untag(self, links: list[Link]) -> None:
        if self.session is not None and not self.session.readonly:
            commands.untag(self.session, links)

    def _chosen_links(self) -> list[Link]:
        """What is chosen in the table, else the link that the details show."""
        links = self.evidence.links()
        session, passage = self.session, self.details.passage_id
        if not links and session is not None and passage is not None:
            links = session.links_of_passage(passage)[:1]
        return links

    def edit_note(self) -> None:
        """Puts the cursor into the note of the chosen link."""
        links = self._chosen_links()
        if links:
            self.details.show_link(links[0])
            self._reveal("details")
            self.details.edit_note()

    def _choose_on_page(self, link: Link) -> None:
        self.reader.pages.set_active(link.passage.id)
        self.details.show_link(link)
        self._reveal("details", focus=False)
        self.evidence.select(link.id)

    def _filter_evidence(self, code: str) -> None:
        self.evidence.show_for(code)

    def next_gap(self) -> None:
        """Goes to the next criterion without evidence."""
        if self.session is None:
            return
        self._reveal("framework", focus=False)
        code = self.framework.next_gap()
        if code is None:
            self.statusBar().showMessage("Every criterion has evidence.", 5000)
        else:
            label = self.session.case.target(code).label
            self.statusBar().showMessage(f"No evidence yet for {code}: {label}", 8000)

    def _hear(self, news: News) -> None:
        """Something of the case has changed."""
        session = self.session
        if session is None:
            return
        touched = [*news.added, *news.altered]
        if self._document is not None and session.document(self._document.id) is None:
            following = next(iter(session.held.documents.values()), None)
            self._document = None
            if following is not None:
                self.show_document(following)
            else:
                self._show_nothing()
        elif touched or news.gone:
            self._show_marks()
        if self._document is None and session.held.documents:
            self.show_document(next(iter(session.held.documents.values())))
        if news.added and len(news.added) <= 9:
            self.reader.pages.set_active(news.added[0].passage.id)
            self.details.show_link(news.added[0])
            self.evidence.select(news.added[0].id)
        if news.facts:
            self._say_title()
        self._say_gaps()
        self._set_enabled()

    def _say_title(self) -> None:
        if self.session is not None:
            title = self.session.held.facts.title
            reading = " (reading only)" if self.session.readonly else ""
            self.setWindowTitle(f"{title}{reading} – cambs-evidence")

    def _say_gaps(self) -> None:
        if self.session is None:
            return
        gaps = sum(each.state is State.NONE for each in self.session.held.coverage.criteria)
        self.gaps.setText(f"○ {gaps} gap{'s' if gaps != 1 else ''}")
        self.gaps.setAccessibleName(gaps_in_words(self.session))
        self.gaps.show()

    # --- finding -------------------------------------------------------------------------

    def find_words(self) -> None:
        """Finds words in the document that is shown."""
        pages = self.reader.pages
        if self._document is not None:
            words = pages.selected_text()
            self.reader.find_bar.open(words if len(words) <= 80 else "", pages.page)

    def search(self) -> None:
        """Searches all documents."""
        words = self.reader.pages.selected_text()
        self._reveal("search")
        if words and len(words) <= 80:
            self.search_panel.field.setText(f'"{words}"')
        self.search_panel.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_panel.field.selectAll()

    def copy(self) -> None:
        """Copies what is selected, where the cursor is."""
        focus = QApplication.focusWidget()
        if focus is not None and focus is not self.reader.pages and hasattr(focus, "copy"):
            focus.copy()
        else:
            self.reader.pages.copy()
            if self.reader.pages.selected_text():
                self.statusBar().showMessage("Copied.", 3000)

    # --- jobs ----------------------------------------------------------------------------

    def choose_files(self) -> None:
        """Asks for files and takes them in."""
        if self._may_write():
            files, _ = QFileDialog.getOpenFileNames(
                self, "Import files", str(self._folder()),
                "Documents (*.pdf *.txt *.md *.markdown);;All files (*)",
            )  # fmt: skip
            if files:
                self.import_files([Path(each) for each in files])

    def choose_folder(self) -> None:
        """Asks for a folder and takes its files in, with those of the folders within."""
        if self._may_write():
            folder = QFileDialog.getExistingDirectory(self, "Import a folder", str(self._folder()))
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
        self.jobs.follow(job)

    def ask_password(self, files: list[Path]) -> None:
        """Asks for the password of protected files, and tries them again."""
        names = ", ".join(path.name for path in files[:3]) + ("…" if len(files) > 3 else "")
        word, given = QInputDialog.getText(
            self, "Password", f"Password of {names} (it is not kept):",
            QLineEdit.EchoMode.Password,
        )  # fmt: skip
        if given and word:
            self.import_files(files, word)

    def export(self) -> None:
        """Asks for the options of a pack and builds it, as a job."""
        from ui.dialogs.export import ExportDialog  # noqa: PLC0415 - when it is needed

        session = self.session
        if session is None:
            return
        self.details.keep()
        path = session.case.path
        target = path.with_name(f"{path.stem}-evidence-pack.pdf")
        dialog = ExportDialog(session, settings.read().annex, target, self)
        if not dialog.exec():
            return
        target, options = dialog.path(), dialog.options()
        if target.exists() and not ask(
            self, "Export the pack", f"{target.name} is there already.", "Put the new one there"
        ):
            return
        job = Job("Exporting", lambda: session.case.export_pack(target, options), self)
        self.results.exporting(job)
        self.jobs.follow(job)

    def verify_pack(self) -> None:
        """Asks for a pack and proves it."""
        self.verify(None)

    def verify(self, pack: Path | None) -> None:
        """Asks against what to prove a pack, and proves it, as a job."""
        from ui.dialogs.verify import VerifyDialog  # noqa: PLC0415 - when it is needed

        session = self.session
        title = session.held.facts.title if session else None
        dialog = VerifyDialog(title, pack, self)
        if not dialog.exec():
            return
        chosen, against_case, sources = dialog.chosen()
        case = session.case.path if session and against_case else None
        by = self.person

        def steps() -> Any:
            from cambs_evidence.case import verify_apart  # noqa: PLC0415 - heavy

            return verify_apart(chosen, by=by, case=case, sources=sources)

        job = Job("Verifying", steps, self)
        self.results.verifying(job)
        self.jobs.follow(job)

    def check(self) -> None:
        """Looks whether storage, anchors and log are sound, as a job."""
        session = self.session
        if session is not None:
            job = Job("Checking", session.case.check_apart, self)
            self.results.checking(job, session.case.path.name)
            self.jobs.follow(job)

    def backup(self) -> None:
        """Makes a verified copy beside the case, as a job."""
        session = self.session
        if session is None:
            return

        def steps() -> Any:
            yield session.case.backup()

        job = Job("Backing up", steps, self)
        job.gave.connect(lambda made: self.statusBar().showMessage(f"Backed up to {made}.", 12000))
        job.failed.connect(self.tell)
        self.jobs.follow(job)

    def pack_made(self, result: PackResult) -> None:
        """Opens what was exported with the system's own viewer."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(result.path))

    def _may_write(self) -> bool:
        if self.session is None:
            return False
        if self.session.readonly:
            self.statusBar().showMessage("This case is open for reading only.", 6000)
            return False
        return True

    # --- settings and help ---------------------------------------------------------------

    def edit_facts(self) -> None:
        """Shows and changes the facts of the case."""
        from ui.dialogs.case_facts import CaseDialog  # noqa: PLC0415 - when it is needed

        session = self.session
        if session is None:
            return
        dialog = CaseDialog(session.held.facts, self)
        if session.readonly:
            dialog.lock()
        if dialog.exec() and not session.readonly:
            commands.set_facts(session, **dialog.facts())

    def edit_settings(self) -> None:
        """Asks who acts, for theme, annex and limits."""
        from ui.dialogs.settings import SettingsDialog  # noqa: PLC0415 - when it is needed

        session = self.session
        dialog = SettingsDialog(
            settings.read(), session.held.limits if session else None, self,
            readonly=session is not None and session.readonly,
        )  # fmt: skip
        if not dialog.exec():
            return
        chosen = dialog.settings()
        try:
            settings.write(chosen)
        except EvidenceError as error:
            self.tell(error)
            return
        self.theme.choose(chosen.theme)
        limits = dialog.limits()
        if session is not None:
            session.case.by = self.person
            reading = "Reading only, " if session.readonly else ""
            self.who.setText(f"{reading}{self.person}")
            if limits is not None and not session.readonly:
                commands.set_limits(session, limits)

    def show_keys(self) -> None:
        """Lists all keys."""
        from ui.dialogs.help import KeysDialog  # noqa: PLC0415 - when it is needed

        undo = [each for each in (self._undo, self._redo) if each is not None]
        KeysDialog([*self.actions_by_name.values(), *undo], self).exec()

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
        from ui.dialogs.told import open_log_folder  # noqa: PLC0415 - when it is needed

        open_log_folder()

    def tell(self, error: BaseException) -> None:
        """Tells a person of an error."""
        tell(self.theme, error, self)

    def _edit_failed(self, error: BaseException) -> None:
        self.details.put_back()
        self.tell(error)

    # --- panels and focus ----------------------------------------------------------------

    def _reveal(self, name: str, *, focus: bool = True) -> None:
        dock = self._docks[name]
        dock.show()
        dock.raise_()
        if focus:
            dock.activateWindow() if dock.isFloating() else None

    def _focus_dock(self, name: str) -> None:
        self._reveal(name)
        for widget in self._stops():
            if self._docks[name].isAncestorOf(widget):
                widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def _stops(self) -> list[QWidget]:
        return [
            self.documents.view, self.search_panel.field, self.reader.pages, self.framework.tree,
            self.details, self.evidence.table,
        ]  # fmt: skip

    def step_pane(self, by: int) -> None:
        """Gives the keys to the next part of the window."""
        stops = [each for each in self._stops() if each.isVisible()]
        if not stops:
            self.start.setFocus()
            return
        focus = QApplication.focusWidget()
        here = -1 if by > 0 else 0
        for place, stop in enumerate(stops):
            dock = next((d for d in self._docks.values() if d.isAncestorOf(stop)), stop)
            if focus is not None and (focus is stop or dock.isAncestorOf(focus)):
                here = place
        stops[(here + by) % len(stops)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _set_enabled(self) -> None:
        session = self.session
        has = session is not None
        may = session is not None and not session.readonly
        shown = has and self._document is not None
        for name in ("close", "facts", "export", "check", "backup", "search", "next-gap", "reload",
                     "reset-panes", "panes", "panes-back"):  # fmt: skip
            self.actions_by_name[name].setEnabled(has)
        for name in ("import", "import-folder", "untag", "retag", "rename", "remove"):
            self.actions_by_name[name].setEnabled(may)
        for name in ("find", "find-next", "find-back", "zoom-in", "zoom-out", "zoom-100",
                     "fit-width", "fit-page", "go-page", "show-document", "only-document",
                     "next-document", "previous-document", "note"):  # fmt: skip
            self.actions_by_name[name].setEnabled(shown)
        self.page_field.setEnabled(shown)
        self.zoom_label.setEnabled(shown)
        self._selection_changed()
        for dock in self._docks.values():
            dock.toggleViewAction().setEnabled(has)
        if not has:
            self.gaps.hide()
        self._show_docks(has)

    def _show_docks(self, shown: bool) -> None:
        """Panels are there while a case is; those that a person has hidden stay hidden."""
        if shown == self._docks_shown:
            return
        if shown:
            for name, dock in self._docks.items():
                dock.setVisible(name not in self._hidden)
        else:
            if self._docks_shown:
                self._hidden = {name for name, dock in self._docks.items() if dock.isHidden()}
            for dock in self._docks.values():
                dock.hide()
        self._tools.setVisible(shown)
        self._docks_shown = shown

    # --- dropping ------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - the name is Qt's
        """Files and folders can be dropped anywhere."""
        if _dropped(event.mimeData()) and not event.mimeData().hasFormat(PASSAGE_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """A case is opened, anything else is taken in."""
        given = _dropped(event.mimeData())
        event.acceptProposedAction()
        cases = [path for path in given if path.suffix == _SUFFIX]
        if cases and (self.session is None or len(given) == 1):
            self.open_case(cases[0])
        elif self.session is None:
            self.statusBar().showMessage("Open or make a case first, then drop files on it.", 8000)
        else:
            self.import_files(given)


def _dropped(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _parts(words: str) -> list[str]:
    """Phrases and words of a search, without its signs."""
    plain = words.replace("“", '"').replace("”", '"').split('"')
    found = []
    for place, part in enumerate(plain):
        if place % 2:
            found.append(part.strip())
        else:
            found += [word.rstrip("*") for word in part.split()]
    return [part for part in found if part]


def _number(text: str, otherwise: float) -> float:
    try:
        return float(text)
    except ValueError:
        return otherwise


def _opened(path: Path, by: str) -> tuple[Any, Any, str]:
    """An open case, what it holds, and why it is open for reading only if it is."""
    from cambs_evidence.case import Case  # noqa: PLC0415 - heavy, and this is a thread
    from ui.session import load  # noqa: PLC0415

    why = ""
    try:
        case = Case.open(path, by=by, patience=0)
    except InUse:
        case = Case.open(path, by=by, readonly=True)
        why = (
            f"{path.name} is open for writing in another window or program. You can read "
            "everything here; nothing can be changed until it is closed there."
        )
    except Unwritable as error:
        case = Case.open(path, by=by, readonly=True)
        why = f"You can read everything here, but change nothing: {error.reason}"
    try:
        return case, load(case), why
    except BaseException:
        case.close()
        raise


def _make(path: Path, by: str, facts: dict[str, str | None]) -> tuple[Any, Any, str]:
    from cambs_evidence.case import Case  # noqa: PLC0415 - heavy, and this is a thread
    from ui.session import load  # noqa: PLC0415

    case = Case.create(path, by=by, title=facts["title"])
    try:
        given = {name: value for name, value in facts.items() if name != "title" and value}
        if given:
            case.set_facts(**given)
        return case, load(case), ""
    except BaseException:
        case.close()
        path.unlink(missing_ok=True)
        raise
