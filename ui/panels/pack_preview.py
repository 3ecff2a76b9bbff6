"""The preview of a pack: its pages, its bookmarks, what is to be known of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.documents.rendering import Wish
from cambs_evidence.model import Heading, PackPreview, PageLink
from ui.panels.contents import ContentsPanel
from ui.panels.pack_facts import Facts
from ui.theme import Theme
from ui.viewer.bitmaps import Bitmaps
from ui.viewer.pack_pages import PackPages

if TYPE_CHECKING:
    from cambs_evidence.previews import Previews

#: Bytes of bitmaps kept of previews.
_CAP = 128 * 1024 * 1024
#: Milliseconds for which the pages of a new preview are waited for before it is shown without.
_LONGEST = 1500
#: Logical pixels of the preview from which its bookmarks stand beside it unless told.
_ROOMY = 720
#: Logical pixels beside what is said over the pages.
_ROUND = 14
_ZOOMS = (50, 75, 100, 125, 150, 200)


class _State(QFrame):
    """Says over the pages what goes on, so that nothing moves when it comes and goes."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("floating", True)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setFixedWidth(110)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the preview")
        row = QHBoxLayout(self)
        row.setContentsMargins(_ROUND, 7, _ROUND, 7)
        row.setSpacing(12)
        row.addWidget(self.words)
        row.addWidget(self.bar)
        over.installEventFilter(self)
        self.hide()

    def tell(self, words: str, share: float | None = None) -> None:
        """Says something, with a bar where ``share`` is known; nothing is said by no words."""
        self.words.setText(words)
        self.bar.setVisible(share is not None)
        self.bar.setValue(round(1000 * (share or 0.0)))
        self.setVisible(bool(words))
        self._place()

    def _place(self) -> None:
        over = self._over
        beside = self.bar.width() + 12 if self.bar.isVisibleTo(self) else 0
        room = over.width() - 40 - 2 * _ROUND - beside
        words = self.words.fontMetrics().horizontalAdvance(self.words.text()) + 8
        self.words.setFixedWidth(max(min(words, room), 80))
        self.adjustSize()
        self.move((over.width() - self.width()) // 2, over.height() - self.height() - 18)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keeps its place while the pages take another size."""
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)


class PackPreviewPane(QWidget):
    """Shows the preview that was made last; the one before stays until it can be seen.

    Signals:
        whole_wanted: the pages of documents are to be shown that were left out.
    """

    whole_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bitmaps: Bitmaps | None = None
        self._previews: Previews | None = None
        self._next: PackPreview | None = None
        self._headings: list[Heading] = []
        #: Of the next preview: its bookmarks, where the page in view stands in it, what of it is
        #: painted before it is shown.
        self._found: list[Heading] = []
        self._place = 0
        self._wanted: list[Wish] = []
        self._asked_for_contents: bool | None = None
        self._icons: list[tuple[QToolButton, str]] = []
        tools = self._tools()  # first, since Tab goes through things as they are made
        self.contents = ContentsPanel(theme, self)
        self.contents.tree.setAccessibleName("Bookmarks of the pack")
        self.contents.chosen.connect(self._go)
        self.pages = PackPages(theme, self)
        self.pages.moved.connect(self._moved)
        self.pages.links_wanted.connect(self._ask_links)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setProperty("muted", True)
        self.words.setContentsMargins(40, 20, 40, 20)
        self.middle = QStackedWidget()
        self.middle.addWidget(self.words)
        self.middle.addWidget(self.pages)
        self.state = _State(self.middle)
        self.splitter = QSplitter()
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.contents)
        self.splitter.addWidget(self.middle)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([230, 700])
        self.contents.setMinimumWidth(150)
        self.facts = Facts(theme, self)
        self.facts.whole_wanted.connect(self.whole_wanted)
        self._late = QTimer(self, interval=_LONGEST, singleShot=True)
        self._late.timeout.connect(self._switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(tools)
        column.addWidget(self.splitter, 1)
        column.addWidget(self.facts)
        self.setTabOrder(self.pages, self.facts.more)
        self.setTabOrder(self.facts.more, self.facts.whole)
        theme.changed.connect(self._paint)
        self._paint()
        self._moved()
        self.say("The preview is being made…")

    # --- building ------------------------------------------------------------------------

    def _tools(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("panel", True)
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 5, 8, 5)
        row.setSpacing(3)
        self.toggle = self._tool("list", "Bookmarks", "Ctrl+B", self._switch_contents)
        self.toggle.setCheckable(True)
        row.addWidget(self.toggle)
        row.addSpacing(6)
        self._button_row(
            row,
            ("chevron-up", "Previous page", "Ctrl+PgUp", lambda: self._step(-1)),
            ("chevron-down", "Next page", "Ctrl+PgDown", lambda: self._step(1)),
        )
        self.page = QLineEdit()
        self.page.setAccessibleName("Page")
        self.page.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.page.setFixedWidth(self.fontMetrics().horizontalAdvance("00000") + 22)
        self.page.setToolTip("Type a page, then Enter (Ctrl+G)")
        self.page.returnPressed.connect(self._typed)
        QShortcut(QKeySequence("Ctrl+G"), self, self._ask_page)
        row.addWidget(self.page)
        self.count = QLabel()
        self.count.setContentsMargins(4, 0, 8, 0)
        row.addWidget(self.count)
        self._button_row(row, ("zoom-out", "Zoom out", "Ctrl+-", lambda: self._zoom_step(-1)))
        self.zoom = QToolButton()
        self.zoom.setAccessibleName("Zoom")
        self.zoom.setToolTip("Zoom; click for the usual ones")
        self.zoom.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("1600 %") + 22)
        menu = QMenu(self.zoom)
        for percent in _ZOOMS:
            action = QAction(f"{percent} %", menu)
            action.triggered.connect(lambda _=False, to=percent: self.pages.set_zoom(to / 100))
            menu.addAction(action)
        self.zoom.setMenu(menu)
        row.addWidget(self.zoom)
        self._button_row(
            row,
            ("zoom-in", "Zoom in", "Ctrl++", lambda: self._zoom_step(1)),
            ("move-horizontal", "Fit width", "Ctrl+1", lambda: self.pages.set_fit("width")),
            ("maximize", "Fit page", "Ctrl+2", lambda: self.pages.set_fit("page")),
        )
        QShortcut(QKeySequence("Ctrl+="), self, lambda: self._zoom_step(1))
        QShortcut(QKeySequence("Ctrl+0"), self, lambda: self.pages.set_zoom(1.0))
        row.addStretch(1)
        return bar

    def _button_row(
        self, row: QHBoxLayout, *tools: tuple[str, str, str, Callable[[], object]]
    ) -> None:
        for icon, words, key, act in tools:
            row.addWidget(self._tool(icon, words, key, act))

    def _tool(self, icon: str, words: str, key: str, act: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setToolTip(f"{words} ({key})")
        button.setAccessibleName(words)
        button.clicked.connect(lambda _=False: act())
        QShortcut(QKeySequence(key), self, button.click)
        self._icons.append((button, icon))
        return button

    def _paint(self) -> None:
        for button, icon in self._icons:
            button.setIcon(self._theme.icon(icon))

    # --- previews ------------------------------------------------------------------------

    def use(self, previews: Previews | None) -> None:
        """Shows previews out of these from here on; None where the case is closed."""
        self._late.stop()
        self._next = None
        if self._bitmaps is not None:
            self.pages.show_preview(None)
            self.pages.use(None)
            self._bitmaps.close()
            self._bitmaps.deleteLater()
            self._bitmaps = None
        self._previews = previews
        if previews is not None:
            self._bitmaps = Bitmaps(previews, self, _CAP)
            self._bitmaps.arrived.connect(lambda _: self._look())
            self.pages.use(self._bitmaps)

    def take(self, preview: PackPreview) -> None:
        """Takes a new preview: its bookmarks are read, its pages painted, then it is shown."""
        if self._bitmaps is None or self._previews is None:
            return
        before, self._next = self._next, preview
        if before is not None:
            self._leave(before)
        self._keep()
        self._bitmaps.outline(preview.name, lambda found: self._prepare(preview, found))

    def _prepare(self, preview: PackPreview, headings: list[Heading]) -> None:
        """Has painted what will be in view; the place is kept by the heading it stands under."""
        if self._bitmaps is None or preview is not self._next:
            return
        self._place = self._where(headings)
        self._found = headings
        self._wanted = self.pages.wishes_before(preview, self._place)
        if not self._wanted:
            self._switch()
            return
        self._bitmaps.wish("next", self._wanted)
        self._late.start()
        self._look()

    def _where(self, headings: list[Heading]) -> int:
        """Where the page in view stands among other headings."""
        page = self.pages.page
        above = [each for each in self._headings if each.page is not None and each.page <= page]
        known = {each.title: each.page for each in reversed(headings)}
        for each in reversed(above):
            found = known.get(each.title)
            if found is not None and each.page is not None:
                return found + page - each.page
        return page

    def _look(self) -> None:
        """Shows the next preview once all that will be in view of it is there."""
        bitmaps, wanted = self._bitmaps, self._wanted
        if self._next is None or bitmaps is None or not wanted or not self._late.isActive():
            return
        if all(bitmaps.get(x) is not None or bitmaps.why_not(x.sha256, x.page) for x in wanted):
            self._switch()

    def _switch(self) -> None:
        preview, bitmaps = self._next, self._bitmaps
        if preview is None or bitmaps is None:
            return
        self._late.stop()
        self._next, self._wanted = None, []
        bitmaps.wish("next", ())
        old, self._headings = self.pages.shown, self._found
        last = max(preview.pages - 1, 0)
        self.pages.show_preview(preview, min(max(self._place, 0), last))
        self.contents.show_headings(self._headings)
        self.middle.setCurrentWidget(self.pages)
        self.facts.show_preview(preview)
        self._arrange()
        self._moved()
        if old is not None:
            # What is painted of it stands in until the new pages are there.
            QTimer.singleShot(_LONGEST, self, lambda: self._leave(old))
        self._keep()

    def _leave(self, preview: PackPreview) -> None:
        now = {each.name for each in (self.pages.shown, self._next) if each is not None}
        if self._bitmaps is not None and preview.name not in now:
            self._bitmaps.leave(preview.name)

    def _keep(self) -> None:
        if self._previews is not None:
            shown = [each.name for each in (self.pages.shown, self._next) if each is not None]
            self._previews.keep(*shown)

    def say(self, words: str) -> None:
        """Says something in place of pages where there are none yet, else beside them."""
        if self.pages.shown is None:
            self.words.setText(words)
            self.middle.setCurrentWidget(self.words)
            words = ""
        self.state.tell(words)

    def tell(self, words: str, share: float | None = None) -> None:
        """Says how far the next preview is, 0 to 1; None where none is being made."""
        self.state.tell(words, share)

    @property
    def current(self) -> bool:
        """True while the newest preview is the one that is shown."""
        return self._next is None and self.pages.shown is not None

    @property
    def settled(self) -> bool:
        """True while it is, and all of it in view is painted."""
        return self.current and self.pages.painted

    @property
    def headings(self) -> list[Heading]:
        """The bookmarks of the preview that is shown."""
        return self._headings

    # --- moving --------------------------------------------------------------------------

    def _go(self, heading: Heading) -> None:
        if heading.page is not None:
            self.pages.go_to_point(heading.page, heading.y)

    def _step(self, by: int) -> None:
        self.pages.go_to(self.pages.page + by)

    def _zoom_step(self, by: int) -> None:
        self.pages.zoom_step(larger=by > 0)

    def _ask_page(self) -> None:
        self.page.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.page.selectAll()

    def _typed(self) -> None:
        page = self.pages.page_named(self.page.text().strip())
        if page is not None:
            self.pages.go_to(page)
            self.pages.setFocus()
        else:
            self._moved()
            self.page.selectAll()

    def _moved(self) -> None:
        shown = self.pages.pages > 0
        self.page.setEnabled(shown)
        self.page.setText(str(self.pages.page + 1) if shown else "")
        self.count.setText(f"of {self.pages.pages:,}" if shown else "")
        self.zoom.setText(f"{round(self.pages.zoom * 100)} %")
        self.zoom.setEnabled(shown)
        if shown:
            self.contents.follow(self.pages.page)

    def _ask_links(self, page: int) -> None:
        if self._bitmaps is not None and self.pages.source is not None:
            source = self.pages.source

            def take(links: list[PageLink]) -> None:
                if self.pages.source == source:
                    self.pages.show_page_links(page, links)

            self._bitmaps.links(source, page, take)

    # --- bookmarks -----------------------------------------------------------------------

    def _switch_contents(self) -> None:
        self._asked_for_contents = self.toggle.isChecked()
        self._arrange()
        if self.contents.isVisible():
            self.contents.tree.setFocus()

    def _arrange(self) -> None:
        """Bookmarks stand beside the pages, if there are any, where there is room unless told."""
        asked, there = self._asked_for_contents, self.pages.shown is not None
        shown = self.width() >= _ROOMY if asked is None else asked
        self.toggle.setEnabled(there)
        self.toggle.setChecked(shown and there)
        self.contents.setVisible(shown and there)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Bookmarks come and go with the room."""
        super().resizeEvent(event)
        self._arrange()
