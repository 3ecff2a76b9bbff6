"""Screen readers: what they are told of the pages, and what they can do there."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleTextInterface
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.case import Case
from cambs_evidence.model import Document, Link, Place, Polarity
from cambs_evidence.wording import moment_in_words
from tests.support import ONCE_P1, ONCE_P2, REPEATED, take_in
from tests.ui.support import offset_of, place_of, point_on, select_words, wait
from ui import commands
from ui.session import Session
from ui.theme import Theme
from ui.viewer import accessible
from ui.viewer.desk import Desk
from ui.viewer.mirror import PageMirror, Units
from ui.viewer.page_view import PageView
from ui.viewer.reader import Reader

#: Letters beyond U+FFFF, right to left, and joined to accents.
ASTRAL, HEBREW, ACCENTED = "Teams 𝔸𝔹 are stable", "שלום עולם ושלום לכל", "Cafe\u0301 words"
_NOTE = "seen twice"


@pytest.fixture
def case_path(case_path: Path, tmp_path: Path) -> Path:
    """A case with more documents, and two links on the report's first page."""
    odd = tmp_path / "odd.txt"
    odd.write_text(f"{ASTRAL} today.\n\n{HEBREW}\n\n{ACCENTED}\n", encoding="utf-8")
    picture = Canvas(str(tmp_path / "picture.pdf"), invariant=True)
    picture.rect(100, 100, 200, 200, fill=1)
    picture.showPage()
    picture.save()
    with Case.open(case_path, by="Jane Doe") as case:
        take_in(case, odd, tmp_path / "picture.pdf")
        report = next(each for each in case.documents() if each.filename == "report.pdf")
        case.tag(report, ONCE_P1, "12.4", Polarity.STRENGTH, note=_NOTE)
        case.tag(report, REPEATED, "12.5", Polarity.DEVELOPMENT, page=0)
    return case_path


@pytest.fixture
def reader(qtbot: QtBot, theme: Theme, session: Session) -> Iterator[Reader]:
    """A reader that shows the report, with its text."""
    accessible.install()
    desk = Desk(theme)
    desk.resize(820, 620)
    with qtbot.waitExposed(desk):
        desk.show()
    desk.use(session)
    made = desk.reader
    _show(qtbot, made, _document(session))
    made.pages.setFocus()
    yield made
    desk.use(None)
    desk.close()
    desk.deleteLater()


@pytest.fixture
def pages(reader: Reader) -> PageView:
    return reader.pages


def _document(session: Session, filename: str = "report.pdf") -> Document:
    return next(each for each in session.held.documents.values() if each.filename == filename)


def _show(qtbot: QtBot, reader: Reader, document: Document) -> None:
    done: list[bool] = []
    reader.show_document(document, then=lambda: done.append(True))
    wait(qtbot, lambda: done)


def _whole(pages: PageView) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(pages)


def _text(pages: PageView) -> QAccessibleTextInterface:
    return _whole(pages).textInterface()


def _words(pages: PageView) -> str:
    text = _text(pages)
    return text.text(0, text.characterCount())


def _links(pages: PageView) -> list[QAccessibleInterface]:
    whole = _whole(pages)
    return [whole.child(n) for n in range(whole.childCount())]


def _name(told: QAccessibleInterface) -> str:
    return told.text(QAccessible.Text.Name)


def _selected(pages: PageView) -> str:
    """What a screen reader is told is selected."""
    text = _text(pages)
    cursor = pages.findChild(PageMirror).textCursor()
    assert text.selectionCount() == int(cursor.hasSelection())
    return text.text(cursor.selectionStart(), cursor.selectionEnd())


# --- text ------------------------------------------------------------------------------------


def test_the_pages_are_a_document_named_by_title_and_page(pages: PageView) -> None:
    told = _whole(pages)
    assert told.role() is QAccessible.Role.Document
    assert _name(told) == "Report, page 1 of 3"
    pages.go_to(2)
    assert _name(told) == "Report, page 3 of 3"
    assert told.state().focused
    assert told.state().readOnly
    told.actionInterface().doAction("SetFocus")
    assert pages.hasFocus()


def test_the_text_is_that_of_the_page_in_view(pages: PageView) -> None:
    text = pages.selection.text
    assert text is not None
    for page in (0, 2, 1):
        pages.go_to(page)
        assert _words(pages) == text.pages[page].text


def test_what_is_selected_is_told_as_far_as_it_stands_on_the_page(pages: PageView) -> None:
    assert _selected(pages) == ""
    select_words(pages, 0, ONCE_P1)
    assert _selected(pages) == ONCE_P1
    assert _text(pages).cursorPosition() == offset_of(pages, 0, ONCE_P1) + len(ONCE_P1)
    start, end = offset_of(pages, 0, REPEATED), offset_of(pages, 1, ONCE_P2)
    pages.selection.take(Place(((0, start, start + 5), (1, end, end + 11))))
    pages.go_to(1)
    assert _selected(pages) == _words(pages)[: end + 11]
    pages.go_to(0)
    assert _selected(pages).startswith(REPEATED)
    pages.go_to(2)
    assert _selected(pages) == ""


def test_a_screen_reader_selects_and_sets_the_caret(pages: PageView) -> None:
    start = offset_of(pages, 0, ONCE_P1)
    _text(pages).setSelection(0, start, start + 14)
    assert pages.selected_text() == ONCE_P1[:14]
    assert pages.selection.head == (0, start + 14)
    _text(pages).setCursorPosition(start + 3)
    assert pages.selected_text() == ""
    assert pages.selection.head == (0, start + 3)
    assert _text(pages).cursorPosition() == start + 3


def test_letters_beyond_the_basic_plane_count_twice_for_qt_alone(
    qtbot: QtBot, reader: Reader, session: Session
) -> None:
    _show(qtbot, reader, _document(session, "odd.txt"))
    pages = reader.pages
    start = offset_of(pages, 0, "are")
    assert _text(pages).text(start + 2, start + 5) == "are"
    _text(pages).setSelection(0, start + 2, start + 5)
    assert pages.selected_text() == "are"
    select_words(pages, 0, "𝔸𝔹 are")
    assert _selected(pages) == "𝔸𝔹 are"
    _text(pages).setCursorPosition(offset_of(pages, 0, "𝔹") + 2)  # the middle of a letter
    assert pages.selection.head == (0, offset_of(pages, 0, "𝔹"))


@given(some.text())
def test_units_and_code_points_lead_to_one_another(text: str) -> None:
    units = Units(text)
    for point in range(len(text) + 1):
        unit = len(text[:point].encode("utf-16-le", "surrogatepass")) // 2
        assert units.to_units(point) == unit
        assert units.to_points(unit) == point
        if text[point : point + 1] > "\uffff":
            assert units.to_points(unit + 1) == point
    assert units.units == units.to_units(len(text))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=some.text(some.characters(exclude_characters="\n"), max_size=40))
@pytest.mark.usefixtures("qapp")
def test_every_character_keeps_its_place_whatever_it_is(text: str) -> None:
    over = QWidget()
    mirror = PageMirror(over, lambda _: -1)
    mirror.write(f"a{text}\nz", [(0, len(text) + 1, QRectF(0, 0, 90, 12))])
    told = mirror.interface()
    assert told is not None
    assert told.characterCount() == Units(text).units + 3
    assert told.text(0, 1) + told.text(Units(text).units + 1, told.characterCount()) == "a\nz"
    over.deleteLater()
    QApplication.sendPostedEvents(over)


# --- where it lies ---------------------------------------------------------------------------


def _on_screen(pages: PageView, page: int, offset: int) -> QRect:
    text = pages.selection.text
    assert text is not None
    (box,) = text.quads(Place(((page, offset, offset + 1),)))[page]
    where = pages.rectangle_of(page, (box,)).toAlignedRect()
    return QRect(pages.viewport().mapToGlobal(where.topLeft()), where.size())


@pytest.mark.parametrize(("filename", "zoom"), [("report.pdf", 1.0), ("odd.txt", 1.2)])
def test_characters_are_where_they_are_shown(
    qtbot: QtBot, reader: Reader, session: Session, filename: str, zoom: float
) -> None:
    _show(qtbot, reader, _document(session, filename))
    pages = reader.pages
    pages.set_zoom(zoom)
    pages.go_to(0)
    words = pages.selection.text.pages[0].text  # type: ignore[union-attr]
    units, text = Units(words), _text(pages)
    seen = 0
    for offset, letter in enumerate(words):
        shown = _on_screen(pages, 0, offset) if letter.strip() else QRect()
        if pages.viewport().rect().contains(pages.viewport().mapFromGlobal(shown.center())):
            seen += 1
            told = text.characterRect(units.to_units(offset))
            em = shown.height()
            assert abs(told.center().y() - shown.center().y()) <= 0.3 * em, letter
            if letter not in HEBREW:
                assert abs(told.center().x() - shown.center().x()) <= 2 * em, letter
            found = text.offsetAtPoint(shown.center())
            assert abs(units.to_points(found) - offset) <= 1, letter  # accents share a box
    assert seen > 30
    assert text.offsetAtPoint(pages.viewport().mapToGlobal(QPoint(1, 1))) == -1


def test_words_from_right_to_left_lie_so(qtbot: QtBot, reader: Reader, session: Session) -> None:
    _show(qtbot, reader, _document(session, "odd.txt"))
    pages = reader.pages
    words = pages.selection.text.pages[0].text  # type: ignore[union-attr]
    start = words.index(HEBREW)
    text, units = _text(pages), Units(words)
    first, last = (units.to_units(start), units.to_units(start + len(HEBREW) - 1))
    assert text.text(first, last + 1) == HEBREW
    assert text.characterRect(first).left() > text.characterRect(last).right()
    text.setSelection(0, first, first + 4)
    assert pages.selected_text() == HEBREW[:4]


def test_a_place_is_told_anew_when_the_page_has_moved(pages: PageView) -> None:
    offset = offset_of(pages, 0, REPEATED)
    before = _text(pages).characterRect(offset)
    pages.verticalScrollBar().setValue(pages.verticalScrollBar().value() + 30)
    assert _text(pages).characterRect(offset) == before.translated(0, -30)


# --- pages without text ----------------------------------------------------------------------


def test_a_page_that_is_a_picture_says_so(qtbot: QtBot, reader: Reader, session: Session) -> None:
    _show(qtbot, reader, _document(session, "picture.pdf"))
    assert "picture" in _words(reader.pages)
    _text(reader.pages).setSelection(0, 2, 5)
    assert reader.pages.selected_text() == ""
    assert _text(reader.pages).selectionCount() == 0
    assert _text(reader.pages).offsetAtPoint(QPoint(300, 300)) == -1


def test_a_page_of_nonsense_says_so(pages: PageView) -> None:
    document, shape = pages.document, pages.shape_in_view
    assert shape is not None
    pages.show_document(document, [replace(shape, quality="nonsense")])
    assert "nonsense" in _words(pages)


def test_before_its_text_is_there_a_page_says_so(pages: PageView) -> None:
    assert pages.shape_in_view is not None
    pages.show_document(pages.document, [pages.shape_in_view])
    assert "being read" in _words(pages)
    pages.show_document(None, ())
    assert _words(pages) == ""
    assert _name(_whole(pages)) == "No document is shown"


# --- highlights ------------------------------------------------------------------------------


def test_highlights_are_named_by_all_that_is_said_of_them(
    pages: PageView, session: Session
) -> None:
    day = moment_in_words(next(iter(session.held.links.values())).at)
    one, other = (session.case.target(code).label for code in ("12.4", "12.5"))
    assert [_name(each) for each in _links(pages)] == [
        f"Strength, 12.4 {one}: {ONCE_P1}; {_NOTE}; by Jane Doe, {day}",
        f"Development, 12.5 {other}: {REPEATED}; by Jane Doe, {day}",
    ]


def test_highlights_lie_where_they_are_shown(pages: PageView) -> None:
    for link, words in zip(_links(pages), (ONCE_P1, REPEATED), strict=True):
        point = pages.viewport().mapToGlobal(point_on(pages, 0, offset_of(pages, 0, words) + 3))
        assert link.rect().contains(point)
        assert _whole(pages).childAt(point.x(), point.y()) is link
        assert link.role() is QAccessible.Role.Link
        assert not link.state().offscreen
    pages.go_to(2)
    assert all(link.state().offscreen for link in _links(pages))


def test_a_highlight_is_pressed(qtbot: QtBot, pages: PageView) -> None:
    chosen: list[Link] = []
    pages.link_chosen.connect(chosen.append)
    action = _links(pages)[1].actionInterface()
    assert action.actionNames() == ["Press"]
    action.doAction("Press")
    wait(qtbot, lambda: chosen)
    assert chosen[0].code == "12.5"


def test_highlights_come_and_go_and_what_stays_is_the_same(
    qtbot: QtBot, reader: Reader, session: Session
) -> None:
    pages = reader.pages
    first, second = _links(pages)
    gone = QAccessible.uniqueId(second)
    whole = _whole(pages)
    link = next(each for each in session.held.links.values() if each.code == "12.5")
    session.changed.connect(lambda _: reader.show_links(None))
    commands.untag(session, [link])
    wait(qtbot, lambda: whole.childCount() == 1)
    assert _links(pages) == [first]
    assert QAccessible.accessibleInterface(gone) is None
    assert whole.indexOfChild(first) == 0
    document = _document(session)
    place = place_of(session.case, document, "The board meets")
    commands.tag(session, document, place, [session.case.target("13.1")], Polarity.NEUTRAL)
    wait(qtbot, lambda: whole.childCount() == 2)
    assert _links(pages)[0] is first
    pages.go_to(1)
    wait(qtbot, lambda: whole.childCount() == 0)


# --- what is left ----------------------------------------------------------------------------


def test_a_view_that_has_gone_leaves_nothing(qtbot: QtBot, theme: Theme, session: Session) -> None:
    accessible.install()
    accessible.install()
    made = Desk(theme)
    made.use(session)
    _show(qtbot, made.reader, _document(session))
    pages = made.pages
    assert _words(pages)
    told = [QAccessible.uniqueId(each) for each in (_whole(pages), *_links(pages))]
    assert len(told) == 3
    held = weakref.ref(pages)
    pages.go_to(1)  # a view that goes while something is yet to be told
    made.use(None)
    made.deleteLater()
    QApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete.value)
    del made, pages
    QApplication.processEvents()
    gc.collect()
    assert held() is None
    assert [each for each in told if QAccessible.accessibleInterface(each) is not None] == []


# --- over the bus ----------------------------------------------------------------------------


@pytest.fixture
def screen() -> Iterator[str]:
    """The name of an X screen of its own."""
    needed = [
        each
        for each in ("Xvfb", "dbus-run-session", "dbus-monitor", "gdbus")
        if not shutil.which(each)
    ]
    launchers = ("libexec/at-spi-bus-launcher", "lib/at-spi2-core/at-spi-bus-launcher")
    if not any(Path("/usr", each).exists() for each in launchers):
        needed.append("at-spi2-core")
    if needed:
        pytest.skip(f"No bus for screen readers here: {', '.join(needed)} not installed.")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    if not number:
        server.wait()
        pytest.skip("No screen for a screen reader here: Xvfb did not start.")
    yield f":{number}"
    server.terminate()
    server.wait()


def test_another_process_hears_selects_and_presses(case_path: Path, screen: str) -> None:
    # Sockets have short names, and the bus puts its own where the session says.
    with tempfile.TemporaryDirectory(prefix="bus") as runtime:
        run = subprocess.run(
            [
                str(shutil.which("dbus-run-session")),
                "--",
                sys.executable,
                "-m",
                "tests.ui.heard",
                case_path,
                ONCE_P1,
            ],
            env={**os.environ, "DISPLAY": screen, "XDG_RUNTIME_DIR": runtime},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["name"] == "Report, page 1 of 3"
    assert told["text"].startswith("Inspection of the county of Camshire\n")
    assert told["selections"] == 1
    assert told["selected"] == ONCE_P1
    assert told["caret"] == told["text"].index(ONCE_P1) + len(ONCE_P1)
    assert told["line"] == f"{ONCE_P1} and see them often."
    assert told["heard"] == ["TextCaretMoved", "TextSelectionChanged"]
    assert [" ".join(each.split()[:2]) for each in told["links"]] == [
        "Strength, 12.4", "Development, 12.5"
    ]  # fmt: skip
    assert told["pressed"] == [True, True]
    assert told["status"] == 0
