"""What can be done while reading: moving, turning, tabs, finding, copying, areas, links."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QCursor, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu, QWidget

from cambs_evidence.model import Anchor, Document, Heading, Link, PageLink, Passage, Place, Table
from ui import commands
from ui.actions import Actions, Tools
from ui.dialogs.told import ask
from ui.memory import Memory
from ui.panels.contents import ContentsPanel
from ui.panels.thumbnails import ThumbnailsPanel
from ui.pieces import Piece, cell_at
from ui.session import Session
from ui.viewer.desk import Desk
from ui.viewer.mouse import leads_to
from ui.viewer.page_view import PageView
from ui.viewer.reader import Reader

#: Pages whose tables are kept once they have been found.
_TABLES = 200
#: Milliseconds by which the list of contents may be behind the page while one scrolls.
_BEHIND = 60
_MENU: tuple[str | None, ...] = (
    "tag", "note", "extent", "untag", None, "copy", "copy-cited", None, "area", "table",
    "select-page", None, "find", "search",
)  # fmt: skip


class Reading(QObject):
    """Leads between a desk and what stands round it: tools, contents, thumbnails.

    Signals:
        said: a line for the status bar.
        link_wanted: a link of the case that is to be gone to.
    """

    said = Signal(str)
    link_wanted = Signal(object)

    def __init__(
        self,
        desk: Desk,
        contents: ContentsPanel,
        thumbnails: ThumbnailsPanel,
        memory: Memory,
        over: QWidget,
    ) -> None:
        super().__init__(over)
        self._desk = desk
        self._contents, self._thumbnails = contents, thumbnails
        self._memory = memory
        self._over = over
        self._session: Session | None = None
        self._tools: Tools | None = None
        self._actions: Actions | None = None
        self._tables: dict[tuple[str, int], list[Table]] = {}
        self._headings_of: str | None = None
        self._behind = QTimer(self, interval=_BEHIND, singleShot=True)
        self._behind.timeout.connect(self._mark_heading)
        desk.shown.connect(self._shown)
        desk.moved.connect(self.tell_page)
        desk.trail_changed.connect(self._tell_trail)
        desk.caret_switched.connect(self._tell_modes)
        desk.stretched.connect(self._stretch)
        desk.followed.connect(self.follow)
        desk.menu_wanted.connect(self._menu)
        desk.back_wanted.connect(desk.go)
        contents.chosen.connect(self._go_to_heading)
        contents.seen.connect(self._read_headings)
        thumbnails.chosen.connect(self._go_to_page)
        for side in desk.sides:
            side.reader.pages.set_night(night=memory.night)

    def slots(self) -> dict[str, Callable[[], object]]:
        """What each action does."""
        desk = self._desk
        return {
            "copy": self.copy, "copy-cited": self.copy_cited,
            "select-page": self.select_all,
            "find": partial(self._on_reader, Reader.ask),
            "find-next": lambda: desk.reader.find_bar.step(1),
            "find-back": lambda: desk.reader.find_bar.step(-1),
            "extent": self.change_extent, "next-mark": partial(self.step_mark, 1),
            "previous-mark": partial(self.step_mark, -1),
            "caret": self.switch_caret, "sentence": self.select_sentence,
            "area": self.switch_area, "table": self.choose_table,
            "links": self.list_links, "filter": partial(self._on_reader, Reader.choose_shown),
            "back": partial(desk.go, -1), "forward": partial(desk.go, 1),
            "close-tab": desk.close_tab, "next-tab": partial(desk.step_tab, 1),
            "previous-tab": partial(desk.step_tab, -1),
            "beside": lambda: desk.set_beside(on=not desk.beside),
            "zoom-in": lambda: desk.pages.zoom_step(larger=True),
            "zoom-out": lambda: desk.pages.zoom_step(larger=False),
            "zoom-100": lambda: desk.pages.set_zoom(1.0),
            "fit-width": lambda: desk.pages.set_fit("width"),
            "fit-page": lambda: desk.pages.set_fit("page"),
            "turn-right": partial(self.turn, 90), "turn-left": partial(self.turn, -90),
            "night": self.switch_night, "go-page": self.ask_page,
        }  # fmt: skip

    def _on_pages(self, act: Callable[[PageView], object]) -> None:
        act(self._desk.pages)

    def _on_reader(self, act: Callable[[Reader], object]) -> None:
        act(self._desk.reader)

    def attach(self, actions: Actions, tools: Tools) -> None:
        """Takes the actions whose state it keeps, and the field for the page."""
        self._actions, self._tools = actions, tools
        tools.page.returnPressed.connect(self._page_typed)
        self._tell_trail()
        self._tell_modes()

    def use(self, session: Session | None) -> None:
        """Reads in a case from here on; the desk has taken it already."""
        self._session = session
        self._tables.clear()
        self._headings_of = None
        self._contents.clear()
        self._thumbnails.use(self._desk.bitmaps)
        self._shown()

    # --- where one is --------------------------------------------------------------------

    def _shown(self) -> None:
        pages = self._desk.pages
        self._thumbnails.follow(pages if pages.document is not None else None)
        self._read_headings()
        self.tell_page()

    def tell_page(self) -> None:
        """Shows page and zoom where the keys act."""
        pages, tools = self._desk.pages, self._tools
        if not self._behind.isActive():
            self._behind.start()
        if tools is None:
            return
        tools.zoom.setText(f"{round(pages.zoom * 100)} %")
        shape = pages.shape_in_view
        if shape is None:
            tools.page.clear()
            tools.count.clear()
            return
        number = str(pages.page + 1)
        if not tools.page.hasFocus():
            tools.page.setText(number)
        printed = f"  (printed {shape.label})" if shape.label not in {None, number} else ""
        tools.count.setText(f"of {pages.pages:,}{printed}")

    def _mark_heading(self) -> None:
        self._contents.follow(*self._heading_place())

    def _heading_place(self) -> tuple[int, float | None]:
        """The page in view, and the height on it (user space) at which reading goes on."""
        pages = self._desk.pages
        if not pages.shapes or pages.turn or pages.shapes[pages.page].rotation:
            return pages.page, None
        point = QPointF(pages.viewport().width() / 2, pages.viewport().height() * 0.4)
        page, _, y = pages.point_on_page(point)
        return page, y

    def _tell_trail(self) -> None:
        if self._actions is not None:
            back, forward = self._desk.can_go
            self._actions.enable(("back",), back)
            self._actions.enable(("forward",), forward)

    def _tell_modes(self) -> None:
        if self._actions is not None:
            pages = self._desk.pages
            for name, on in (
                ("caret", pages.caret_on), ("area", pages.drawing_area), ("night", pages.night),
                ("beside", self._desk.beside),
            ):  # fmt: skip
                self._actions.named[name].setChecked(on)

    def ask_page(self) -> None:
        """Puts the cursor into the field for the page."""
        if self._tools is not None:
            self._tools.page.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._tools.page.selectAll()

    def _page_typed(self) -> None:
        assert self._tools is not None  # noqa: S101 - it was typed there
        typed = self._tools.page.text().strip()
        page = self._desk.pages.page_named(typed)
        self._desk.pages.setFocus()
        if page is None:
            self.said.emit(f"There is no page {typed}.")
            self.tell_page()
        else:
            self._go_to_page(page)

    def _go_to_page(self, page: int) -> None:
        self._desk.leave_here()
        self._desk.pages.go_to(page)

    def zoom_to(self, zoom: float) -> None:
        """Zooms the pages where the keys act; 1 at 96 dots to the inch."""
        self._desk.pages.set_zoom(zoom)

    def turn(self, by: int) -> None:
        """Turns the pages clockwise by so many degrees."""
        self._desk.pages.set_turn((self._desk.pages.turn + by) % 360)

    def switch_night(self) -> None:
        """Shows all pages light on dark, or as they are."""
        night = not self._desk.pages.night
        for side in self._desk.sides:
            side.reader.pages.set_night(night=night)
        self._memory.set_night(night=night)
        self._tell_modes()

    # --- contents ------------------------------------------------------------------------

    def _read_headings(self) -> None:
        """Reads the contents of the document that is shown, if they can be seen."""
        session, document, bitmaps = self._session, self._desk.pages.document, self._desk.bitmaps
        if session is None or document is None or bitmaps is None:
            self._headings_of = None
            self._contents.clear()
            return
        if self._headings_of == document.id or not self._contents.isVisible():
            return
        self._headings_of = document.id
        self._contents.show_headings(None)

        def take(found: list[Heading]) -> None:
            if self._headings_of == document.id and self._session is session:
                self._contents.show_headings(found)
                self.tell_page()

        def outlined(found: list[Heading]) -> None:
            if any(each.page is not None for each in found):
                take(found)
            elif self._session is session:
                session.read(lambda: session.case.headings(document), take)

        bitmaps.outline(document.rendition_sha256 or document.sha256, outlined)

    def _go_to_heading(self, heading: Heading) -> None:
        if heading.page is not None:
            self._desk.leave_here()
            self._go_to_point(heading.page, heading.y)

    def _go_to_point(self, page: int, y: float | None) -> None:
        pages = self._desk.pages
        if not 0 <= page < pages.pages:
            return
        pages.go_to(page)
        if y is not None:
            x0, y0, x1, y1 = pages.shapes[page].media
            pages.bring_to_top(page, (x0, min(max(y, y0), y1), x1, min(max(y, y0), y1)))

    # --- links in a document -------------------------------------------------------------

    def follow(self, link: PageLink) -> None:
        """Goes where a link in the document leads; to the outside only after showing where."""
        if link.page is not None:
            self._desk.leave_here()
            self._go_to_point(link.page, link.y)
            return
        address = link.uri or ""
        url = QUrl(address, QUrl.ParsingMode.StrictMode)
        if url.scheme() not in {"http", "https"} or not url.isValid() or not url.host():
            self.said.emit(
                f"Only web addresses are opened, and this is none: {address[:200] or 'it is empty'}"
            )
        elif ask(
            self._over,
            "A link in the document",
            f"This link leads out of the program, to\n\n{address}\n\n"
            f"Your browser would open it at {_site(url)}.",
            "Open it",
        ):
            QDesktopServices.openUrl(url)

    def list_links(self) -> None:
        """Offers the links on the page in view."""
        pages = self._desk.pages
        found = pages.links_on(pages.page)
        if not found:
            self.said.emit(f"There are no links on page {pages.page + 1}.")
            return
        menu = QMenu(self._over)
        for link in found[:40]:
            text = pages.selection.text
            place = text.within(pages.page, link.box) if text is not None else None
            words = text.quote(place)[:60] if text is not None and place is not None else ""
            action = menu.addAction(
                f"{words}: {leads_to(link)[:90]}".lstrip(": ").replace("&", "&&")
            )
            action.triggered.connect(partial(self.follow, link))
        middle = pages.viewport().mapToGlobal(QPoint(pages.viewport().width() // 3, 80))
        menu.exec(middle)
        menu.deleteLater()

    # --- passages and parts of pages -----------------------------------------------------

    def _may_change(self) -> bool:
        if not self._desk.pages.may_change:
            self.said.emit(self._session.why_readonly if self._session else "")
        return self._desk.pages.may_change

    def change_extent(self) -> None:
        """Has keys and mouse change what the framed passage holds; again for its other end."""
        pages = self._desk.pages
        if pages.stretching.passage is not None:
            if pages.piece is None:
                pages.selection.swap()
                pages.show_caret()
            return
        passage = pages.active_passage()
        if not self._may_change():
            return
        if passage is None:
            self.said.emit("Click a highlight first: then E changes where it begins and ends.")
        elif not pages.stretching.begin(passage):
            self.said.emit("A table is changed by choosing another one: untag it first.")
        else:
            pages.setFocus()
            words = passage.anchor.region is None
            self.said.emit(
                "Shift and arrows move its end, E takes the other one; Enter keeps, Esc leaves."
                if words
                else "Arrows move it, Shift and arrows change its size; Enter keeps, Esc leaves."
            )

    def _stretch(self, passage: Passage, chosen: Place | Piece) -> None:
        document = self._desk.pages.document
        if self._session is not None and document is not None:
            commands.stretch(self._session, document, passage, chosen)

    def step_mark(self, by: int) -> None:
        """Goes to the next highlight of the document, or the one before."""
        session, pages = self._session, self._desk.pages
        found = pages.passages()
        if session is None or not found:
            self.said.emit("No passage of this document is highlighted.")
            return
        ids = [each.id for each in found]
        if pages.active in ids:
            target = found[(ids.index(pages.active) + by) % len(found)]
        else:
            after = [each for each in found if each.page >= pages.page]
            before = [each for each in found if each.page <= pages.page]
            near = (after or found)[0] if by > 0 else (before or found)[-1]
            target = near
        links: list[Link] = session.links_of_passage(target.id)
        if links:
            self.link_wanted.emit(links[0])

    def switch_caret(self) -> None:
        """Has arrows move a caret in the text, or the pages again."""
        pages = self._desk.pages
        pages.set_caret(on=not pages.caret_on)
        pages.setFocus()
        self.said.emit(
            "Arrows move the caret in the text, Shift selects, Enter tags; F7 or Esc leaves it."
            if pages.caret_on
            else "Arrows move the pages again."
        )
        if not pages.caret_on:
            self._tell_modes()

    def select_sentence(self) -> None:
        """Selects the sentence at the caret, else in view; again the paragraph it stands in."""
        pages = self._desk.pages
        selection = pages.selection
        if selection.text is None:
            return
        pages.set_caret(on=True)
        grew = selection.grow()
        pages.setFocus()
        pages.show_caret()
        if selection.place is not None:
            self.said.emit(
                "Selected the sentence; P again selects the paragraph. T tags it."
                if grew
                else "Selected the paragraph. T tags it."
            )

    def switch_area(self) -> None:
        """Has a drag draw an area of a page, or select words again."""
        pages = self._desk.pages
        pages.draw_area(on=not pages.drawing_area)
        pages.setFocus()
        if pages.drawing_area:
            self.said.emit(
                "Drag round an area; or move it with arrows, size it with Shift and arrows."
                + (" Enter tags it." if pages.may_change else " Ctrl+C copies its words.")
            )
        else:
            pages.select_piece(None)

    def choose_table(self) -> None:
        """Selects the cell of a table at the pointer or caret; again its row, then the table."""
        session, pages = self._session, self._desk.pages
        document = pages.document
        piece = pages.piece
        if piece is not None and piece.table is not None:
            turned = pages.shapes[piece.page].rotation - pages.turn
            pages.select_piece(piece.wider(turned % 360))
            self._say_piece()
            return
        if session is None or document is None:
            return
        page, x, y = self._point_meant()
        known = self._tables.get((document.id, page))
        if known is not None:
            self._choose_cell(document, page, x, y, known)
            return
        self.said.emit(f"Looking for tables on page {page + 1}…")

        def found(tables: list[Table]) -> None:
            while len(self._tables) >= _TABLES:
                self._tables.pop(next(iter(self._tables)))
            self._tables[document.id, page] = tables
            self._choose_cell(document, page, x, y, tables)

        session.read(lambda: session.case.tables_on(document, page), found)

    def _point_meant(self) -> tuple[int, float, float]:
        """Where a caret or a selection is shown, else what is pointed at, else mid-view."""
        pages = self._desk.pages
        head, text = pages.selection.head, pages.selection.text
        pointer = QPointF(pages.viewport().mapFromGlobal(QCursor.pos()))
        # A click leaves a caret too, that nobody sees: what was clicked need not be in view.
        shown = pages.caret_on or pages.selection.place is not None
        if shown and head is not None and text is not None:
            return head[0], *text.lines(head[0]).point(head[1])
        if pages.viewport().rect().contains(pointer.toPoint()):
            return pages.point_on_page(pointer)
        return pages.point_on_page(QPointF(pages.viewport().rect().center()))

    def _choose_cell(
        self, document: Document, page: int, x: float, y: float, tables: list[Table]
    ) -> None:
        pages = self._desk.pages
        if pages.document is None or pages.document.id != document.id:
            return
        if not tables:
            self.said.emit(f"No table was found on page {page + 1}.")
            return
        first = tables[0]
        piece = cell_at(tables, x, y) or Piece(page, first.box, first)
        pages.select_piece(piece)
        pages.go_to(page, (piece.box,))
        pages.setFocus()
        self._say_piece()

    def _say_piece(self) -> None:
        piece = self._desk.pages.piece
        if piece is not None:
            more = {
                "cell": "; Shift+A selects its row", "row": "; Shift+A selects the whole table",
            }.get(piece.kind, "")  # fmt: skip
            self.said.emit(f"Selected the {piece.kind}{more}. T tags it.")

    # --- copying -------------------------------------------------------------------------

    def copy(self) -> None:
        """Copies what is selected, where the cursor is."""
        focus = QApplication.focusWidget()
        pages = self._desk.pages
        if focus is not None and focus is not pages and hasattr(focus, "copy"):
            focus.copy()
        elif pages.piece is not None or pages.long:
            self._copy_anchored(cited=False)
        elif pages.selected_text():
            pages.copy()
            self.said.emit("Copied.")

    def select_all(self) -> None:
        """Selects the words of the page; where the keys act in a table, all of its rows."""
        focus = QApplication.focusWidget()
        several = QAbstractItemView.SelectionMode.ExtendedSelection
        if isinstance(focus, QAbstractItemView) and focus.selectionMode() is several:
            focus.selectAll()
        else:
            self._desk.pages.select_page()

    def copy_cited(self) -> None:
        """Copies what is selected, or the framed passage, with where it stands."""
        self._copy_anchored(cited=True)

    def _copy_anchored(self, *, cited: bool) -> None:
        session, pages = self._session, self._desk.pages
        document, chosen, passage = pages.document, pages.chosen, pages.active_passage()
        if session is None or document is None:
            return
        if chosen is None and passage is None:
            self.said.emit("Select words on the page first, or click a highlight.")
            return

        def look() -> str:
            held: Anchor | Place
            if isinstance(chosen, Piece):
                held = chosen.anchored(session.case, document)
            elif chosen is not None:
                held = chosen
            else:
                assert passage is not None  # noqa: S101 - one of the two is there
                held = passage.anchor
            if cited:
                return session.case.cited(document, held)
            if isinstance(held, Anchor) and held.region is not None and held.region.cells:
                return "\n".join("\t".join(row) for row in held.region.cells)
            if isinstance(held, Place):
                return session.case.text(document).quote(held)
            return held.quote

        def take(words: str) -> None:
            if words:
                QGuiApplication.clipboard().setText(words)
                self.said.emit("Copied with its citation." if cited else "Copied.")
            else:
                self.said.emit("There are no words in this area.")

        session.read(look, take)

    # --- the menu ------------------------------------------------------------------------

    def _menu(self, where: QPoint) -> None:
        if self._actions is None:
            return
        menu = QMenu(self._over)
        actions: list[QAction | None] = [
            self._actions.named[name] if name is not None else None for name in _MENU
        ]
        for action in actions:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        menu.exec(where)
        menu.deleteLater()


def _site(url: QUrl) -> str:
    """The host of an address, in letters that cannot be taken for others."""
    return url.host(QUrl.ComponentFormattingOption.FullyEncoded)
