"""What the tests of the window share: ways to wait, to point at words, to answer dialogs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QLabel,
    QMenu,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.model import Document, Link, Place
from ui.main_window import MainWindow
from ui.session import Session
from ui.viewer.page_view import PageView

#: Milliseconds in which what is waited for must have come, on a slow and busy machine.
PATIENCE = 90_000
_T = TypeVar("_T", bound=QWidget)
Left, None_ = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Control, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def wait(qtbot: QtBot, met: Callable[[], object]) -> None:
    """Waits until something holds."""
    qtbot.waitUntil(lambda: bool(met()), timeout=PATIENCE)


# --- cases and edits -------------------------------------------------------------------------


def place_of(case: Case, document: Document, words: str, occurrence: int | None = None) -> Place:
    """Where words stand in a document."""
    return case.find(document, words, occurrence=occurrence)


def settle(qtbot: QtBot, session: Session, act: Callable[[], object]) -> None:
    """Does something to a case and waits until it is acknowledged or refused."""
    with qtbot.waitSignal(session.settled, timeout=PATIENCE):
        act()


def links_on_disk(path: Path) -> list[Link]:
    """The links of a case that may be open elsewhere, read beside it."""
    with Case.open(path, by="Looker", readonly=True) as case:
        return case.evidence()


# --- the window ------------------------------------------------------------------------------


def show_case(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    """Opens a case and waits until what it shows first is there."""
    window.open_case(path)
    wait(qtbot, lambda: window.session is not None and window.session.case.path == path)
    assert window.session is not None
    if window.session.held.documents:
        wait(qtbot, lambda: text_is_there(window))
    wait(qtbot, lambda: not window._opening)


def text_is_there(window: MainWindow) -> bool:
    """True once the words of the document that is wanted can be selected."""
    pages = window.reader.pages
    wanted = window.reader.document
    return (
        wanted is not None
        and pages.document is not None
        and pages.document.id == wanted.id
        and pages.selection.text is not None
    )


def documents_of(window: MainWindow) -> dict[str, Document]:
    """The documents of the case by file name."""
    assert window.session is not None
    return {each.filename: each for each in window.session.held.documents.values()}


def show(qtbot: QtBot, window: MainWindow, filename: str, *, new_tab: bool = False) -> Document:
    """Chooses a document in the list and opens it with a key; waits until its words are there."""
    document = documents_of(window)[filename]
    window.documents.select(document.id)
    window.documents.view.setFocus()
    if new_tab:
        QTest.keyClick(window.documents.view, Qt.Key.Key_T, Control)
    else:
        QTest.keyClick(window.documents.view, Qt.Key.Key_Return)
    wait(qtbot, lambda: is_shown(window, filename))
    window.reader.pages.setFocus()
    return document


def is_shown(window: MainWindow, filename: str) -> bool:
    """True once a document is shown where the keys act, with its words."""
    wanted = window.reader.document
    return wanted is not None and wanted.filename == filename and text_is_there(window)


def settled(qtbot: QtBot, window: MainWindow) -> None:
    """Waits until all that was asked for is acknowledged or refused."""
    wait(qtbot, lambda: window.session is not None and not window.session.busy)


def said(window: MainWindow) -> str:
    """What the status bar says."""
    return window.statusBar().currentMessage()


def close(qtbot: QtBot, window: MainWindow) -> None:
    """Closes a window whatever goes on in it."""
    for job in window.jobs.running:
        job.cancel()
    wait(qtbot, lambda: not window.jobs.running)
    wait(qtbot, lambda: not window._opening)
    window.close()
    assert window.session is None
    window.deleteLater()
    QApplication.sendPostedEvents(window)
    QApplication.processEvents()


# --- pointing at words -----------------------------------------------------------------------


def point_of(pages: PageView, page: int, offset: int) -> QPoint:
    """Where the caret before a code point of a page stands in the viewport."""
    text = pages.selection.text
    assert text is not None
    box = text.lines(page).caret_box(offset)
    where = pages.rectangle(page, box)
    return QPointF(where.left(), where.center().y()).toPoint()


def point_on(pages: PageView, page: int, offset: int) -> QPoint:
    """The middle of a character of a page in the viewport."""
    text = pages.selection.text
    assert text is not None
    (box,) = text.quads(Place(((page, offset, offset + 1),)))[page]
    return pages.rectangle(page, box).center().toPoint()


def offset_of(pages: PageView, page: int, words: str) -> int:
    """Where words begin in the text of a page."""
    text = pages.selection.text
    assert text is not None
    return text.pages[page].text.index(words)


def click_on(pages: PageView, page: int, offset: int, held: Qt.KeyboardModifier = None_) -> None:
    """Clicks the middle of a character."""
    QTest.mouseClick(pages.viewport(), Left, held, point_on(pages, page, offset))


def drag(pages: PageView, start: QPoint, end: QPoint) -> None:
    """Drags with the left button from one point of the viewport to another."""
    viewport = pages.viewport()
    QTest.mousePress(viewport, Left, None_, start)
    middle = (start + end) / 2
    for point in (start + QPoint(12, 0), middle, end):
        move_held(viewport, point)
    QTest.mouseRelease(viewport, Left, None_, end)


def move_held(widget: QWidget, point: QPoint) -> None:
    """Moves the pointer with the left button held, which QTest.mouseMove cannot."""
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(point), QPointF(widget.mapToGlobal(point)),
        Qt.MouseButton.NoButton, Left, None_,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def wheel(pages: PageView, point: QPoint, notches: float, held: Qt.KeyboardModifier) -> None:
    """Turns the wheel over a point of the viewport, upwards where it is more than nothing."""
    viewport = pages.viewport()
    event = QWheelEvent(
        QPointF(point), QPointF(viewport.mapToGlobal(point)), QPoint(),
        QPoint(0, round(120 * notches)), Qt.MouseButton.NoButton, held,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def words_in(pages: PageView, page: int, words: str) -> tuple[QPoint, QPoint]:
    """Brings words of a page into view; where they begin and end in the viewport."""
    text = pages.selection.text
    assert text is not None
    start = offset_of(pages, page, words)
    pages.go_to(page, text.quads(Place(((page, start, start + len(words)),)))[page])
    return point_of(pages, page, start), point_of(pages, page, start + len(words))


def select_words(pages: PageView, page: int, words: str) -> None:
    """Brings words of one line into view and drags over them."""
    start = offset_of(pages, page, words)
    text = pages.selection.text
    assert text is not None
    pages.go_to(page, text.quads(Place(((page, start, start + len(words)),)))[page])
    drag(pages, point_of(pages, page, start), point_of(pages, page, start + len(words)))
    assert pages.selected_text() == words


# --- dialogs ---------------------------------------------------------------------------------


class Answer(QObject):
    """Answers the next modal dialogs, one after the other; ``told`` is what each of them said.

    It looks for them from the event loop, since the code that opens one waits for its end.
    """

    #: Those that wait for a dialog.
    waiting: ClassVar[list[Answer]] = []

    def __init__(self, *answers: Callable[[Any], object]) -> None:
        super().__init__()
        self._answers = list(answers)
        self._seen: QWidget | None = None
        self._timer = QTimer(self, interval=10)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @property
    def done(self) -> bool:
        """True once all have been answered."""
        return not self._answers

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None or dialog is self._seen:
            return
        self._seen = dialog
        if not self._answers:
            self._timer.stop()
            dialog.close()
            raise AssertionError(f"A dialog that nobody expected: {words_of(dialog)}")
        answer = self._answers.pop(0)
        try:
            answer(dialog)
        except BaseException:
            dialog.close()
            raise

    def __enter__(self) -> Self:
        self.waiting.append(self)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.waiting.remove(self)
        self._timer.stop()
        if kind is None:
            assert self.done, "A dialog that was expected did not come."


class Choose(QObject):
    """Answers the next menu by the entry that begins with some words; ``offered`` are all."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self.offered: list[str] = []
        self._timer = QTimer(self, interval=10)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            return
        self._timer.stop()
        self.offered = [each.text() for each in menu.actions() if each.text()]
        found = [each for each in menu.actions() if each.text().startswith(self._words)]
        if not found:
            menu.close()
            raise AssertionError(f"{self._words} is not offered: {self.offered}")
        QTest.mouseClick(menu, Left, None_, menu.actionGeometry(found[0]).center())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._timer.stop()
        if kind is None:
            assert self.offered, "A menu that was expected did not come."


class Browser(QObject):
    """Takes the place of the system that opens addresses; ``opened`` are those it was given."""

    SCHEMES = ("http", "https", "file", "javascript", "mailto", "ftp")

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        for scheme in self.SCHEMES:
            QDesktopServices.setUrlHandler(scheme, self, "take")

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """Notes what would have been opened."""
        self.opened.append(url.toString())

    def stop(self) -> None:
        """Gives the addresses back to the system."""
        for scheme in self.SCHEMES:
            QDesktopServices.unsetUrlHandler(scheme)
        self.deleteLater()


class Surprises(QObject):
    """Closes modal dialogs that nobody waits for, which would stop everything, and notes them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._timer = QTimer(self, interval=50)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is not None and not Answer.waiting:
            self.seen.append(words_of(dialog))
            dialog.close()

    def stop(self) -> None:
        """Looks no more."""
        self._timer.stop()
        self.deleteLater()


def words_of(dialog: QWidget) -> str:
    """All that a dialog says."""
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.text())


def press(words: str) -> Callable[[QWidget], None]:
    """Presses the button of a dialog that says some words."""

    def act(dialog: QWidget) -> None:
        buttons = dialog.findChildren(QPushButton)
        found = [each for each in buttons if each.text().replace("&", "") == words]
        assert found, [each.text() for each in buttons]
        assert found[0].isEnabled(), words_of(dialog)
        QTest.mouseClick(found[0], Left)

    return act


def both(*acts: Callable[[Any], object]) -> Callable[[Any], None]:
    """Several things done to one dialog."""

    def act(dialog: Any) -> None:
        for each in acts:
            each(dialog)

    return act


def keep_words(into: list[str]) -> Callable[[QWidget], None]:
    """Notes what a dialog says."""
    return lambda dialog: into.append(words_of(dialog))


def ok(dialog: QWidget) -> None:
    """Presses the OK of a dialog."""
    (box,) = dialog.findChildren(QDialogButtonBox)
    accept = QDialogButtonBox.ButtonRole.AcceptRole
    QTest.mouseClick(next(each for each in box.buttons() if box.buttonRole(each) is accept), Left)


def only(found: Sequence[_T]) -> _T:
    """The one there is."""
    (one,) = found
    return one


# --- drag and drop ---------------------------------------------------------------------------


def drop(on: QWidget, data: QMimeData, point: QPoint) -> bool:
    """Drags something into a widget and lets it go there; True where it was taken."""
    where, held = QPointF(point), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(point, held, data, Left, None_)
    QApplication.sendEvent(on, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(on, QDragMoveEvent(point, held, data, Left, None_))
    let_go = QDropEvent(where, held, data, Left, None_)
    QApplication.sendEvent(on, let_go)
    return let_go.isAccepted()


def files_as_data(*paths: Path) -> QMimeData:
    """Files as a file manager drags them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data
