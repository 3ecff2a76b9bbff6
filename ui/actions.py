"""Everything that can be done from menus, tools and keys, with its words and its picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QLineEdit, QMainWindow, QMenu, QToolBar, QToolButton

from ui.session import Session
from ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Told:
    """One action: its words, its keys, what its tip says beside the words, its picture.

    A ``switch`` is on or off.
    """

    text: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    icon: str = ""
    short: str = ""
    switch: bool = False


ACTIONS: dict[str, Told] = {
    "new": Told("&New case…", ("Ctrl+N",), icon="file-plus"),
    "open": Told("&Open a case…", ("Ctrl+O",), icon="folder-open"),
    "sample": Told("Open the &sample case", icon="book-open"),
    "close": Told("&Close the case", ("Ctrl+Shift+W",)),
    "facts": Told("&About this case…", icon="file-text"),
    "framework": Told("Read the fra&mework from a document…", icon="list-tree",
                      tip="Full wording, marks and blocks out of a self-assessment"),
    "import": Told("&Import files…", ("Ctrl+I",), "Take documents in", "import", "Import"),
    "import-folder": Told("Import a &folder…", ("Ctrl+Shift+I",), icon="folder-plus"),
    "pack": Told("Evi&dence pack…", ("Ctrl+P",), "Put the evidence pack together and see it",
                 "book-open", "Pack"),
    "export": Told("&Export in other formats…", ("Ctrl+E",),
                   "As a Word document, a web page or tables", "file-output"),
    "verify": Told("&Verify a pack…", ("Ctrl+Shift+V",), icon="shield-check"),
    "check": Told("C&heck the case", icon="clipboard-check"),
    "backup": Told("&Back up the case", tip="A verified copy beside the case"),
    "settings": Told("Se&ttings…", ("Ctrl+,",), icon="settings"),
    "quit": Told("&Quit", ("Ctrl+Q",)),
    "copy": Told("&Copy", ("Ctrl+C",), icon="copy"),
    "copy-cited": Told("Copy with c&itation", ("Ctrl+Shift+C",),
                       "Copy quote, document, date, page and paragraph", "quote"),
    "select-page": Told("Select the &page", ("Ctrl+A",)),
    "caret": Told("Care&t in the text", ("F7",), "Arrows move a caret in the text", "text-cursor",
                  switch=True),
    "sentence": Told("Select the s&entence", ("P",),
                     "The sentence at the caret, again: its paragraph"),
    "find": Told("&Find in this document…", ("Ctrl+F",), icon="text-search"),
    "find-next": Told("Find ne&xt", ("F3",)),
    "find-back": Told("Find the one &before", ("Shift+F3",)),
    "search": Told("&Search all documents", ("Ctrl+Shift+F",), icon="search"),
    "tag": Told("&Tag the selection…", ("T",), "Tag what is selected", "tag", "Tag"),
    "retag": Told("Tag to &another criterion…", ("Shift+T",), icon="pencil"),
    "untag": Told("&Untag", ("Del",), "Take the chosen links away", "trash-2"),
    "note": Told("Edit the n&ote", ("N",)),
    "split": Told("Spl&it the passage", ("S",),
                  "At the caret, or so that the selected words are a passage of their own"),
    "merge": Told("&Merge passages", ("M",),
                  "Those selected over, or chosen in the evidence, become one"),
    "find-evidence": Told("&Filter the evidence…", ("Ctrl+Shift+E",),
                          "By criterion, date, person and more", "funnel"),
    "conflicts": Told("Conf&licts…", ("X",),
                      "Strength and development of the same period, side by side"),
    "area": Told("Select an ar&ea…", ("A",), "Draw round a chart or a signature", "square-dashed",
                 switch=True),
    "table": Told("Select a ta&ble, row or cell", ("Shift+A",),
                  "The cell at the pointer or caret; again its row, then the table", "table-2"),
    "extent": Told("Change what a passage &holds", ("E",),
                   "Move the ends of the framed passage; again for the other end", "pencil"),
    "next-mark": Told("Ne&xt highlight", ("Alt+Down",)),
    "previous-mark": Told("Highlight befo&re", ("Alt+Up",)),
    "next-gap": Told("Next &gap", ("G",),
                     "Go to the next criterion without evidence, then with old, then with thin",
                     "crosshair", "Next gap"),
    "perhaps": Told("Perhaps evi&dence…", ("Ctrl+Shift+P",),
                    "Passages that may be evidence for the chosen criterion, not tagged yet",
                    "text-search"),
    "to-summary": Told("Put into the &summary", ("R",),
                       "Refer to the chosen evidence in the summary of the block", "quote"),
    "to-action": Told("Ma&ke it an action…", ("D",),
                      "What is to be done about the chosen evidence", "clipboard-check"),
    "next-block": Told("Next block to &judge", ("J",), "Go to the next block without a summary"),
    "history": Told("Histor&y of the judgement…"),
    "review-export": Told("Ex&port for review…", icon="file-output",
                          tip="A file that a reviewer opens elsewhere, without a network"),
    "review-merge": Told("Mer&ge a review or a copy…", icon="import",
                         tip="Shows what it brings before anything is done"),
    "changes": Told("Change &log…", icon="scroll-text",
                    tip="Who changed what, and when; whether the log is intact"),
    "link-changes": Told("&What became of the link…", tip="What the log says of the chosen link"),
    "document-changes": Told("What beca&me of the document…",
                             tip="What the log says of the document and its evidence"),
    "sign-off": Told("Sign a section &off…", icon="clipboard-check",
                     tip="Name and date under a section; later changes reopen it"),
    "accept": Told("&Accept", ("Y",), "The link is right; on to the next"),
    "query": Told("&Query", ("Q",), "Ask the author about the link"),
    "reject": Told("&Reject", ("W",), "The link is not right"),
    "comment": Told("&Comment", ("C",), "Type what goes with the decision"),
    "next-review": Told("&Next in the queue", ("K",)),
    "previous-review": Told("&Back in the queue", ("Shift+K",), "What was shown before"),
    "sample-review": Told("Choose a &sample…", tip="Links at random, and all marked (M)"),
    "review-summary": Told("S&ummary of the review…", tip="Progress, agreement and queries"),
    "send-back": Told("Sen&d it back…", tip="How what you decided gets to the author"),
    "previous-gap": Told("Pre&vious gap", ("Shift+G",), "Go to the gap before"),
    "not-applicable": Told("&Not applicable…", ("Shift+N",), "Say why a criterion does not apply"),
    "large-coverage": Told("&Coverage fills the window", ("Ctrl+Shift+M",),
                           "Coverage and its evidence alone, or with the rest again"),
    "export-coverage": Told("E&xport coverage…", tip="Coverage as a picture or a table"),
    "show-document": Told("O&pen the document", icon="file-text"),
    "new-tab": Told("Open in a new &tab", ("Ctrl+T",)),
    "close-tab": Told("&Close the tab", ("Ctrl+W", "Ctrl+F4")),
    "next-tab": Told("Next ta&b", ("Ctrl+Tab",)),
    "previous-tab": Told("Tab be&fore", ("Ctrl+Shift+Tab",)),
    "beside": Told("Two &side by side", ("Ctrl+\\",), "A second document beside this one",
                   "columns-2", switch=True),
    "links": Told("&Links on this page…", ("Ctrl+L",)),
    "only-document": Told("Show its &evidence"),
    "suggestions": Told("Ta&ke all suggestions", (),
                        "Title, date, period, kind and issuer as its text says, where not set"),
    "recognise": Told("Reco&gnise the text of pages", (),
                      "Have a machine read pages that are pictures, or whose text is nonsense",
                      "scan-text"),
    "rename": Told("Re&name or date the document", ("F2",), icon="pencil"),
    "replace": Told("Repl&ace with a new version…", tip="Its passages are found again"),
    "moved": Told("&What moved…", tip="Passages to be confirmed in the new versions of documents"),
    "remove": Told("Remo&ve the document…", icon="trash-2"),
    "next-document": Told("Ne&xt document", ("Alt+PgDown",)),
    "previous-document": Told("Previ&ous document", ("Alt+PgUp",)),
    "zoom-in": Told("Zoom &in", ("Ctrl++", "Ctrl+="), icon="zoom-in"),
    "zoom-out": Told("Zoom &out", ("Ctrl+-",), icon="zoom-out"),
    "zoom-100": Told("&Actual size", ("Ctrl+0",)),
    "fit-width": Told("Fit &width", ("Ctrl+1",), icon="move-horizontal"),
    "fit-page": Told("Fit &page", ("Ctrl+2",), icon="maximize"),
    "turn-right": Told("T&urn right", ("Ctrl+R",), icon="rotate-cw"),
    "turn-left": Told("Turn &left", ("Ctrl+Shift+R",), icon="rotate-ccw"),
    "night": Told("Night page&s", ("Ctrl+Shift+N",), "Light words on dark paper", "moon",
                  switch=True),
    "filter": Told("Choose &highlights…", ("Ctrl+Shift+H",),
                   "Which highlights are shown: by criterion, polarity, person", "funnel"),
    "back": Told("Bac&k", ("Alt+Left",), "Back to where you were", "arrow-left"),
    "forward": Told("&Forward", ("Alt+Right",), "Forward again", "arrow-right"),
    "go-page": Told("&Go to page…", ("Ctrl+G",)),
    "reload": Told("&Reload", ("F5",), "Read the case anew", "refresh-cw"),
    "panes": Told("Next pa&ne", ("F6",)),
    "panes-back": Told("Previous pane", ("Shift+F6",)),
    "reset-panes": Told("Put panels &back"),
    "keys": Told("&Keys", ("F1", "Ctrl+?"), icon="keyboard"),
    "log": Told("Show the l&og", icon="scroll-text"),
    "log-folder": Told("Open the &log folder", icon="folder-open"),
    "about": Told("&About cambs-evidence", icon="info"),
}  # fmt: skip
#: Menus with their actions; None parts them, a dot begins what the window fills in itself.
MENUS: dict[str, tuple[str | None, ...]] = {
    "&Case": ("new", "open", ".recent", "sample", None, "facts", "framework", None,
              "import", "import-folder", None,
              "pack", "verify", "export", "export-coverage", None,
              "review-export", "review-merge", None, "changes", "check", "backup", None,
              "settings", None, "close", "quit"),
    "&Edit": (".undo", None, "copy", "copy-cited", "sentence", "select-page", "caret",
              None, "find", "find-next", "find-back", "search"),
    "E&vidence": ("tag", ".recent-criteria", "retag", "untag", "note", None, "split", "merge", None,
                  "find-evidence", "conflicts", None, "area", "table", "extent", None,
                  "next-mark", "previous-mark", "next-gap", "previous-gap", "not-applicable",
                  "perhaps", None, "to-summary", "to-action", "next-block", "history",
                  "link-changes"),
    "&Document": ("show-document", "new-tab", "close-tab", "beside", None, "only-document",
                  "rename", "suggestions", "recognise", "replace", "moved", "remove", None,
                  "next-tab", "previous-tab", "next-document",
                  "previous-document", None, "links", "document-changes"),
    "Vie&w": ("zoom-in", "zoom-out", "zoom-100", "fit-width", "fit-page", None, "turn-right",
              "turn-left", "night", "filter", None, "go-page", "back", "forward", None, "reload",
              None, ".panels", None, "large-coverage", "panes", "panes-back", "reset-panes"),
    "&Review": ("accept", "query", "reject", "comment", None, "next-review", "previous-review",
                None, "sample-review", "review-summary", "send-back", None, "sign-off"),
    "&Help": ("keys", None, "log", "log-folder", None, "about"),
}  # fmt: skip
#: What needs a case, a case that can be changed, a document that is shown.
WITH_CASE = ("next-review", "previous-review", "sample-review", "review-summary", "changes",
             "link-changes", "document-changes", "sign-off", "next-block", "history",
             "conflicts", "find-evidence", "moved", "close", "facts",
             "pack", "export", "check", "backup", "search", "next-gap", "previous-gap",
             "large-coverage", "export-coverage", "perhaps", "reload", "reset-panes", "panes",
             "panes-back", "new-tab", "close-tab", "next-tab", "previous-tab")  # fmt: skip
WITH_PEN = ("review-merge", "to-summary", "to-action", "not-applicable", "framework", "split",
            "merge", "replace",
            "import", "import-folder", "untag", "retag",
            "rename", "remove", "recognise", "suggestions")  # fmt: skip
WITH_DOCUMENT = ("find", "find-next", "find-back", "zoom-in", "zoom-out", "zoom-100", "fit-width",
                 "fit-page", "go-page", "show-document", "only-document", "next-document",
                 "previous-document", "note", "copy", "copy-cited", "sentence", "select-page",
                 "caret", "area", "table", "extent", "next-mark", "previous-mark", "beside",
                 "links", "turn-right", "turn-left", "night", "filter")  # fmt: skip


class Actions:
    """The actions of a window, with the undo and redo of the case that is open."""

    def __init__(
        self, window: QMainWindow, theme: Theme, slots: Mapping[str, Callable[[], object]]
    ) -> None:
        self._window = window
        self._theme = theme
        self.named: dict[str, QAction] = {}
        self.undo: QAction | None = None
        self.redo: QAction | None = None
        self.undo_button, self.redo_button = QToolButton(window), QToolButton(window)
        for name, told in ACTIONS.items():
            self.named[name] = self.add(told, slots[name])
        for name in ("zoom-in", "zoom-out", "find-next", "find-back"):
            self.named[name].setAutoRepeat(True)
        self.recent = QMenu("Open &recent", window)
        self._undo_place: QAction | None = None
        self._edit_menu: QMenu | None = None
        theme.changed.connect(self.paint)

    def add(self, told: Told, slot: Callable[[], object]) -> QAction:
        """One more action of the window."""
        action = QAction(told.text, self._window)
        action.setShortcuts([QKeySequence(keys) for keys in told.keys])
        plain = told.tip or told.text.replace("&", "").rstrip("…")
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{plain} ({shown})" if shown else plain)
        if told.short:
            action.setIconText(told.short)
        action.setAutoRepeat(False)
        action.setCheckable(told.switch)
        action.triggered.connect(lambda _=False: slot())
        self._window.addAction(action)
        return action

    def enable(self, names: Sequence[str], enabled: bool) -> None:
        """Allows actions, or not."""
        for name in names:
            self.named[name].setEnabled(enabled)

    def every(self) -> list[QAction]:
        """All actions, undo and redo with them."""
        extra = [each for each in (self.undo, self.redo) if each is not None]
        return [*self.named.values(), *extra]

    def fill_menus(self, panels: Sequence[QAction], criteria: QMenu) -> None:
        """Puts the actions into menus.

        ``panels`` show and hide panels, ``criteria`` are those that were used last.
        """
        for title, entries in MENUS.items():
            menu = self._window.menuBar().addMenu(title)
            for entry in entries:
                if entry is None:
                    menu.addSeparator()
                elif entry == ".recent":
                    menu.addMenu(self.recent)
                elif entry == ".recent-criteria":
                    menu.addMenu(criteria)
                elif entry == ".panels":
                    menu.addActions(list(panels))
                elif entry == ".undo":
                    self._edit_menu = menu
                else:
                    menu.addAction(self.named[entry])

    def use_session(self, session: Session | None) -> None:
        """Undoes and redoes what has been done to a case from here on."""
        for old in (self.undo, self.redo):
            if old is not None:
                self._window.removeAction(old)
                old.deleteLater()
        self.undo = self.redo = None
        if session is None or self._edit_menu is None:
            self.undo_button.setEnabled(False)
            self.redo_button.setEnabled(False)
            return
        stack = session.undo_stack
        undo = stack.createUndoAction(self._window, "&Undo")
        undo.setShortcut(QKeySequence("Ctrl+Z"))
        redo = stack.createRedoAction(self._window, "&Redo")
        redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        # The session knows of edits that are under way, which the stack does not.
        for action, turn in ((undo, session.undo), (redo, session.redo)):
            action.triggered.disconnect()
            action.triggered.connect(turn)
        first = self._edit_menu.actions()[0]
        for action, button in ((undo, self.undo_button), (redo, self.redo_button)):
            self._window.addAction(action)
            self._edit_menu.insertAction(first, action)
            button.setEnabled(True)
            button.setDefaultAction(action)
        self.undo, self.redo = undo, redo
        self.paint()

    def paint(self) -> None:
        """Draws the pictures in the colours in force."""
        for name, told in ACTIONS.items():
            if told.icon:
                self.named[name].setIcon(self._theme.icon(told.icon))
        for action, button, icon in (
            (self.undo, self.undo_button, "undo-2"),
            (self.redo, self.redo_button, "redo-2"),
        ):
            if action is not None:
                action.setIcon(self._theme.icon(icon))
            else:
                button.setIcon(self._theme.icon(icon))


class Tools(QToolBar):
    """The bar below the menus: the actions of every day, zoom and page."""

    def __init__(
        self, window: QMainWindow, actions: Actions, zoom_to: Callable[[float], None]
    ) -> None:
        super().__init__("Tools", window)
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QSize(18, 18))
        self._actions = actions
        self._add("import", "pack", words=True)
        self.addSeparator()
        self.addWidget(actions.undo_button)
        self.addWidget(actions.redo_button)
        self.addSeparator()
        self._add("tag", "next-gap", words=True)
        self.addSeparator()
        self._add("find", "search", "filter")
        self.addSeparator()
        self._add("area", "beside", "night")
        self.addSeparator()
        self._add("zoom-out")
        self.zoom = QToolButton(self)
        self.zoom.setAccessibleName("Zoom")
        self.zoom.setToolTip("Zoom; click for the usual ones")
        self.zoom.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("1600 %") + 22)
        zooms = QMenu(self.zoom)
        for name in ("fit-width", "fit-page", "zoom-100"):
            zooms.addAction(actions.named[name])
        for percent in (50, 75, 125, 150, 200, 400):
            action = zooms.addAction(f"{percent} %")
            action.triggered.connect(lambda _=False, to=percent: zoom_to(to / 100))
        self.zoom.setMenu(zooms)
        self.addWidget(self.zoom)
        self._add("zoom-in", "fit-width", "fit-page")
        self.addSeparator()
        self._add("back", "forward")
        self.page = QLineEdit(self)
        self.page.setAccessibleName("Page")
        self.page.setToolTip("Type a page or a printed page number, then Enter (Ctrl+G)")
        self.page.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.page.setFixedWidth(self.fontMetrics().horizontalAdvance("00000") + 22)
        self.addWidget(self.page)
        self.count = QLabel(self)
        self.count.setContentsMargins(6, 0, 0, 0)
        self.addWidget(self.count)

        # What does not fit is behind this button, which Qt shows without a picture of ours.
        self._more = self.findChild(QToolButton, "qt_toolbar_ext_button")
        if self._more is not None:
            self._more.setAccessibleName("More tools")
            self._more.setToolTip("More tools")

    def offer_recent(self, criteria: QMenu) -> None:
        """Puts the criteria that were used last beside “Tag”."""
        button = self.widgetForAction(self._actions.named["tag"])
        if isinstance(button, QToolButton):
            button.setMenu(criteria)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)

    def paint(self, theme: Theme) -> None:
        """Draws the pictures in the colours in force."""
        if self._more is not None:
            self._more.setIcon(theme.icon("chevron-right"))

    def _add(self, *names: str, words: bool = False) -> None:
        for name in names:
            self.addAction(self._actions.named[name])
            button = self.widgetForAction(self._actions.named[name])
            if words and isinstance(button, QToolButton):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
