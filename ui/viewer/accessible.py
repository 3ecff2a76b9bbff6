"""What screen readers are told of the pages: text, caret, selection and highlights.

Qt asks through :class:`_Pages`, which is made when something first asks for it: without a screen
reader nothing of this exists. Its text is that of the page in view, lent out by
:class:`ui.viewer.mirror.PageMirror`; its children are the links tagged on that page.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
    QAccessibleTextCursorEvent,
    QAccessibleTextInterface,
    QAccessibleTextSelectionEvent,
    QAccessibleTextUpdateEvent,
)
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import VoidPtr

from cambs_evidence.model import Box, Link, Place
from cambs_evidence.wording import POLARITIES, moment_in_words, quote_in_words
from ui.viewer.mirror import PageMirror
from ui.viewer.page_view import PageView
from ui.viewer.painting import SAYS

if TYPE_CHECKING:
    from cambs_evidence.documents.selecting import Lines

_log = logging.getLogger(__name__)
#: Milliseconds of rest before a page is told of: of pages scrolled past nobody wants to hear.
_REST = 100
#: Characters of a quote that a highlight is named by.
_QUOTED = 120
_HOW = (
    "F7 puts a caret in the text, Shift and the arrow keys select words, P the sentence, "
    "Enter tags them."
)
_COMING = "The text of this page is being read."
_BLANK = "There is no text on this page."

Event, Kind, Role, Text = (
    QAccessible.Event,
    QAccessible.InterfaceType,
    QAccessible.Role,
    QAccessible.Text,
)
#: "No such interface". Anything else that is no pointer, None and 0 too, ends the program.
_NONE = VoidPtr(0)

_installed: list[bool] = []


def install() -> None:
    """From here on Qt asks here about page views; once for the whole program."""
    if not _installed:
        QAccessible.installFactory(_made_for)
        _installed.append(True)


def _made_for(_: str, thing: QObject) -> QAccessibleInterface | None:
    return _Pages(thing) if isinstance(thing, PageView) else None


def name_of(link: Link, label: str = "") -> str:
    """What a highlight is called: what it says of which criterion, its words, its note, by whom.

    ``label`` is the criterion's, in short words.
    """
    words = " ".join(quote_in_words(link.passage.anchor).split())
    if len(words) > _QUOTED:
        words = f"{words[:_QUOTED].rstrip()}…"
    said = [f"{POLARITIES[link.polarity][1]}, {f'{link.code} {label}'.strip()}: {words}"]
    said += [link.note] if link.note else []
    return "; ".join([*said, f"by {link.by}, {moment_in_words(link.at)}"])


class _Action(QAccessibleActionInterface):
    """The one thing that can be done with something."""

    def __init__(self, name: str, act: Callable[[], object]) -> None:
        super().__init__()
        self._name = name
        self._act = act

    def actionNames(self) -> list[str]:  # noqa: N802 - the names are Qt's
        """Its name."""
        return [self._name]

    def doAction(self, name: str) -> None:  # noqa: N802
        """Does it."""
        if name == self._name:
            self._act()

    def keyBindingsForAction(self, name: str) -> list[str]:  # noqa: ARG002, N802
        """No keys of its own."""
        return []


class _Pages(QAccessibleWidget):
    """A page view as Qt asks about it.

    It is kept until the program ends, so it holds nothing of the view but weakly.
    """

    def __init__(self, view: PageView) -> None:
        super().__init__(view, Role.Document, "")
        self._known: weakref.ref[_Voice] | None = None
        self._making = False
        self._focus = _Action(QAccessibleActionInterface.setFocusAction(), self._take_focus)

    def _voice(self) -> _Voice | None:
        """What knows the view, made when it is first asked; None while it is made, and at the end.

        While this is itself made Qt does not yet know it, and each widget that is made asks for it.
        """
        if self._known is None and not self._making:
            self._making = True
            view = self.widget()
            assert isinstance(view, PageView)  # noqa: S101 - it is made for one
            self._known = weakref.ref(_Voice(view))
            self._making = False
        return self._known() if self._known is not None else None

    def _take_focus(self) -> None:
        self.widget().setFocus()

    def text(self, kind: QAccessible.Text) -> str:
        """Document and page; how words are selected and what is highlighted."""
        voice = self._voice()
        if voice is None:
            return ""
        return {Text.Name: voice.name, Text.Description: voice.description}.get(kind, "")

    def state(self) -> QAccessible.State:
        """A text to be read."""
        state = super().state()
        state.readOnly = state.multiLine = state.selectableText = 1
        return state

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        """Text and focus."""
        if kind is Kind.ActionInterface:
            return self._focus
        voice = self._voice()
        if kind is not Kind.TextInterface or voice is None:
            return _NONE
        try:
            return voice.text_interface() or _NONE
        except Exception:  # noqa: BLE001 - C++ waits for a pointer: an error would end the program
            _log.exception("The page could not be told")
            return _NONE

    def _links(self) -> list[_LinkVoice]:
        voice = self._voice()
        return voice.links if voice is not None else []

    def childCount(self) -> int:  # noqa: N802
        """How many links there are on the page in view."""
        return len(self._links())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """A link on the page."""
        links = self._links()
        return links[index] if 0 <= index < len(links) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802
        """Which link it is, -1 for none."""
        return next((n for n, each in enumerate(self._links()) if each is child), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: N802
        """The link at a point of the screen."""
        return next((each for each in self._links() if each.rect().contains(x, y)), None)

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: N802
        """The keys act on the pages as a whole."""
        return None


class _LinkVoice(QAccessibleInterface):
    """A link tagged on the page in view."""

    def __init__(self, voice: _Voice, link: Link, page: int, boxes: tuple[Box, ...]) -> None:
        super().__init__()
        self.tells = (link, page, boxes)
        self._voice = weakref.ref(voice)
        self._press = _Action(
            QAccessibleActionInterface.pressAction(), partial(_press, self._voice, link)
        )
        self.id = QAccessible.registerAccessibleInterface(self)

    def isValid(self) -> bool:  # noqa: N802 - the names are Qt's
        """True while the pages are there."""
        return self._voice() is not None

    def object(self) -> QObject | None:  # type: ignore[override]
        """No widget."""
        return None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The pages."""
        voice = self._voice()
        return QAccessible.queryAccessibleInterface(voice.view) if voice is not None else None

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: ARG002
        """It has none."""
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: ARG002, N802
        """It has none."""
        return None

    def childCount(self) -> int:  # noqa: N802
        """It has none."""
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: ARG002, N802
        """It has none."""
        return -1

    def role(self) -> QAccessible.Role:
        """Something that is followed."""
        return Role.Link

    def state(self) -> QAccessible.State:
        """Out of view where its page is scrolled so."""
        state = QAccessible.State()
        state.linked = 1
        voice = self._voice()
        if voice is None or not voice.in_view(self.rect()):
            state.offscreen = 1
        return state

    def rect(self) -> QRect:
        """Where its words lie, on the screen."""
        voice = self._voice()
        return voice.on_screen(*self.tells[1:]) if voice is not None else QRect()

    def text(self, kind: QAccessible.Text) -> str:
        """Its name."""
        voice = self._voice()
        if kind is not Text.Name or voice is None:
            return ""
        return name_of(self.tells[0], voice.view.label_of(self.tells[0].code))

    def setText(self, kind: QAccessible.Text, text: str) -> None:  # noqa: N802
        """It is not renamed so."""

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        """It can be pressed."""
        return self._press if kind is Kind.ActionInterface else _NONE


def _press(voice: weakref.ref[_Voice], link: Link) -> None:
    """Chooses a link once the one who asked has been answered: it may end what was asked."""
    there = voice()
    if there is not None:
        view = there.view
        QTimer.singleShot(0, view, lambda: view.link_chosen.emit(link))


class _Voice(QObject):
    """Follows a page view, keeps its mirror right and says what has changed."""

    def __init__(self, view: PageView) -> None:
        super().__init__(view)
        itself = weakref.ref(self)
        self._mirror = PageMirror(view.viewport(), lambda point: _offset_at(itself, point))
        self._mirror.chosen.connect(self._choose)
        self._written: object = None
        self._selected: object = None
        #: The links of the page, as they were told last; always this list.
        self.links: list[_LinkVoice] = []
        self._rest = QTimer(self, interval=_REST, singleShot=True)
        self._rest.timeout.connect(self._tell)
        view.moved.connect(self._rest.start)
        view.content_changed.connect(self._rest.start)
        view.selection_changed.connect(self._tell_selection)
        self.destroyed.connect(partial(_forget, self.links))
        self._renew_links(silent=True)
        self._told = (self.name, view.page, self._said()[0])
        self._told_ends = self._ends()

    @property
    def view(self) -> PageView:
        """The pages."""
        view = self.parent()
        assert isinstance(view, PageView)  # noqa: S101 - it is made as its child
        return view

    # --- what there is -------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Document and page."""
        return self.view.accessibleDescription()

    @property
    def description(self) -> str:
        """How words are selected, and how many links there are on the page."""
        if self.view.document is None:
            return ""
        count, noted = len(self.links), self.view.noting.on(self.view.page)
        said = f"{_HOW} {count or 'No'} highlight{'' if count == 1 else 's'} on this page."
        if not noted:
            return said
        codes = ", ".join(each.code for each in noted)
        return f"{said} Noted as missing on it, for: {codes}."

    def _said(self) -> tuple[str, Lines | None]:
        """The text of the page in view and its lines; words in its place where it has none."""
        view = self.view
        shape, text = view.shape_in_view, view.selection.text
        if view.document is None or shape is None:
            return "", None
        if shape.quality in SAYS:
            return SAYS[shape.quality], None
        if text is None:
            return _COMING, None
        lines = text.lines(view.page)
        return (lines.layer.text, lines) if lines.ranges else (_BLANK, None)

    def _ends(self) -> tuple[int, int]:
        """Anchor and caret of what is selected on the page in view; both 0 where nothing is."""
        selection, page = self.view.selection, self.view.page
        if self._said()[1] is None:
            return 0, 0
        spans = selection.place.spans if selection.place is not None else ()
        here = [span for span in spans if span[0] == page]
        head = selection.head
        if head is not None and head[0] == page:
            edges = (here[0][1], here[-1][2]) if here else (head[1], head[1])
            return max(edges, key=lambda edge: abs(edge - head[1])), head[1]
        return (here[0][1], here[-1][2]) if here else (0, 0)

    def text_interface(self) -> QAccessibleTextInterface | None:
        """Qt's own of the mirror, which is put right before anything is asked of it."""
        self._mirror_page()
        return self._mirror.interface()

    def _mirror_page(self) -> None:
        view = self.view
        text, lines = self._said()
        shape = view.shape_in_view
        sheet = view.rectangle_of(view.page, (shape.media,)) if shape is not None else QRectF()
        corner = sheet.topLeft().toPoint()
        written = (view.document, view.page, text, sheet.size())
        if written != self._written:
            self._written, self._selected = written, None
            laid = (
                [(0, len(text), sheet.translated(-corner))]
                if lines is None
                else [
                    (*each, view.rectangle_of(view.page, (tuple(box),)).translated(-corner))
                    for each, box in zip(lines.ranges, lines.boxes.tolist(), strict=True)
                ]
            )
            self._mirror.write(text, laid)
        if self._mirror.pos() != corner:
            self._mirror.move(corner)
        ends = self._ends()
        if ends != self._selected:
            self._selected = ends
            self._mirror.select(*ends)

    def on_screen(self, page: int, boxes: tuple[Box, ...]) -> QRect:
        """Where boxes lie on the screen; nowhere if their page is gone."""
        view = self.view
        if page >= view.pages:
            return QRect()
        where = view.rectangle_of(page, boxes).toRect()
        return QRect(view.viewport().mapToGlobal(where.topLeft()), where.size())

    def in_view(self, where: QRect) -> bool:
        """True for a rectangle of the screen of which something is in view."""
        viewport = self.view.viewport()
        seen = QRect(viewport.mapToGlobal(viewport.rect().topLeft()), viewport.size())
        return self.view.isVisible() and where.intersects(seen)

    def offset_at(self, point: QPointF) -> int:
        """The offset of the character at a point of the viewport, -1 where none of the page is."""
        view = self.view
        lines = self._said()[1]
        if lines is None:
            return -1
        page, x, y = view.point_on_page(point)
        found = lines.character(x, y) if page == view.page else None
        return -1 if found is None else found

    def _choose(self, anchor: int, caret: int) -> None:
        """Selects what a screen reader has selected, or puts the caret there."""
        view = self.view
        if self._said()[1] is None:
            self._selected = None
            return
        self._selected = (anchor, caret)
        view.selection.take(Place(((view.page, anchor, caret),)))

    # --- what has changed ----------------------------------------------------------------

    def _tell(self) -> None:
        """Says that page, text or highlights are others, once they have been left at rest."""
        self._rest.stop()
        view = self.view
        self._renew_links()
        before, self._told = self._told, (self.name, view.page, self._said()[0])
        if not QAccessible.isActive() or before == self._told:
            return
        name, page, text = self._told
        if name != before[0]:
            _send(QAccessibleEvent(view, Event.NameChanged))
        if text != before[2]:
            _send(QAccessibleTextUpdateEvent(view, 0, before[2], text))
        if page != before[1] and view.hasFocus():
            words = f"Page {page + 1} of {view.pages}"
            _send(QAccessibleAnnouncementEvent(view, words))
        self._tell_selection()

    def _tell_selection(self) -> None:
        """Says that the caret is elsewhere, or that other words are selected."""
        if not QAccessible.isActive():
            return
        if self._rest.isActive():
            self._tell()
        ends = self._ends()
        if ends == self._told_ends:
            return
        before, self._told_ends = self._told_ends, ends
        self._mirror_page()
        anchor, caret = (self._mirror.units(each) for each in ends)
        if ends[1] != before[1]:
            _send(QAccessibleTextCursorEvent(self.view, caret))
        if ends[0] != ends[1] or before[0] != before[1]:
            first, last = sorted((anchor, caret))
            _send(QAccessibleTextSelectionEvent(self.view, first, last))

    def _renew_links(self, *, silent: bool = False) -> None:
        """Takes the links of the page as they are now; those that stay keep their identity.

        It is never done while a question is answered: what is asked about must not go meanwhile.
        """
        view = self.view
        wanted = [
            (link, view.page, mark.boxes)
            for mark in view.marks_of(view.page)
            for link in mark.links
        ]
        kept = {each.tells: each for each in self.links if each.tells in wanted}
        gone = [each for each in self.links if each.tells not in kept]
        new = [_LinkVoice(self, *tells) for tells in wanted if tells not in kept]
        kept |= {each.tells: each for each in new}
        self.links[:] = [kept[tells] for tells in wanted]
        active = QAccessible.isActive() and not silent
        for each in gone:  # Qt says so itself
            QAccessible.deleteAccessibleInterface(each.id)
        if active:
            for each in new:
                _send(QAccessibleEvent(each, Event.ObjectCreated))
            if gone or new:
                _send(QAccessibleEvent(view, Event.DescriptionChanged))


def _offset_at(voice: weakref.ref[_Voice], point: QPointF) -> int:
    there = voice()
    return -1 if there is None else there.offset_at(point)


def _send(event: QAccessibleEvent) -> None:
    QAccessible.updateAccessibility(event)


def _forget(links: list[_LinkVoice], *_: object) -> None:
    """Takes back what was registered, which Qt would else keep beyond the pages."""
    for each in links:
        QAccessible.deleteAccessibleInterface(each.id)
    links.clear()
