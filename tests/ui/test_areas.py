"""Parts of a page as passages: an area that is drawn, a cell, a row or a table that is chosen."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.documents import regions
from cambs_evidence.model import Cell, Link, Polarity, Region, Table
from tests.support import take_in
from tests.ui.support import (
    Control,
    Left,
    None_,
    Shift,
    click_on,
    drag,
    links_on_disk,
    offset_of,
    only,
    said,
    settled,
    wait,
)
from tests.ui.typeset import CAPTION, CELLS, CHART, tables
from ui.main_window import MainWindow
from ui.pieces import Piece, cell_at
from ui.viewer.page_view import PageView

Key = Qt.Key


@pytest.fixture(scope="module")
def _with_tables(tmp_path_factory: pytest.TempPathFactory, _blank: Path) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    path = Path(shutil.copyfile(_blank, folder / "tables.cambs"))
    with Case.open(path, by="Maker") as case:
        take_in(case, tables(folder / "tables.pdf"))
    return path


@pytest.fixture
def case_path(_with_tables: Path, tmp_path: Path) -> Path:
    """A case with one document: a ruled table, a chart below it, and a page of prose."""
    return Path(shutil.copyfile(_with_tables, tmp_path / "case.cambs"))


@pytest.fixture
def pages(window: MainWindow) -> PageView:
    window.reader.pages.setFocus()
    return window.reader.pages


def _corners(pages: PageView) -> tuple[QPoint, QPoint]:
    """Where the chart lies in the viewport."""
    pages.go_to(0, (CHART,))
    where = pages.rectangle(0, CHART)
    return where.topLeft().toPoint(), where.bottomRight().toPoint()


def _press(pages: PageView, *keys: Qt.Key, held: Qt.KeyboardModifier = None_) -> None:
    for key in keys:
        QTest.keyClick(pages, key, held)


def _tag(qtbot: QtBot, window: MainWindow, code: str, polarity: str = "") -> Link:
    """Answers the palette that is open; the link that is made, as it is on disk."""
    session, palette = window.session, window.tagging.palette
    assert session is not None
    assert palette.isVisible()
    known = set(session.held.links)
    QTest.keyClicks(palette.field, code)
    if polarity:
        QTest.keyClick(palette.field, Key[f"Key_{polarity}"], Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(palette.field, Key.Key_Return)
    wait(qtbot, lambda: set(session.held.links) - known)
    settled(qtbot, window)
    made = [each for each in links_on_disk(session.case.path) if each.id not in known]
    return only(made)


def _region(link: Link) -> Region:
    assert link.passage.anchor.region is not None
    return link.passage.anchor.region


def _picture(window: MainWindow, link: Link) -> QImage:
    """The stored picture, which is the one that the passage names."""
    assert window.session is not None
    data = window.session.case.picture(link.passage.id)
    assert hashlib.sha256(data).hexdigest() == _region(link).picture_sha256
    image = QImage.fromData(data, "PNG")  # type: ignore[call-overload]
    assert not image.isNull()
    return image


# --- areas -----------------------------------------------------------------------------------


def test_an_area_is_drawn_tagged_kept_with_its_picture_and_undone(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    first, last = _corners(pages)
    _press(pages, Key.Key_A)
    assert window.actions_.named["area"].isChecked()
    assert "Drag round an area" in said(window)
    QTest.mouseMove(pages.viewport(), last + QPoint(60, 30))
    assert pages.viewport().cursor().shape() is Qt.CursorShape.CrossCursor
    drag(pages, last, first)  # from whichever corner
    assert not pages.drawing_area
    assert not window.actions_.named["area"].isChecked()
    assert pages.piece is not None
    assert pages.piece.box == pytest.approx(CHART, abs=1)
    assert pages.selected_text() == "[Area of page 1]"
    assert pages.selection.place is None
    chosen = pages.piece.box
    _press(pages, Key.Key_T)
    link = _tag(qtbot, window, "3.1", "D")
    assert pages.piece is None
    region = _region(link)
    assert (region.kind, region.cells, link.polarity) == ("area", (), Polarity.DEVELOPMENT)
    assert region.box == pytest.approx(chosen, abs=0.01)
    assert link.passage.anchor.quote == CAPTION
    image = _picture(window, link)
    wide, high = CHART[2] - CHART[0], CHART[3] - CHART[1]
    assert image.width() / image.height() == pytest.approx(wide / high, abs=0.02)
    teal = sum(
        image.pixelColor(x, y).name() == "#008080"
        for x in range(0, image.width(), 4)
        for y in range(0, image.height(), 4)
    )
    assert teal > 50  # the bars of the chart are in it
    assert pages.active == link.passage.id
    _press(pages, Key.Key_Z, held=Control)
    settled(qtbot, window)
    wait(qtbot, lambda: not pages.marks_of(0))
    assert window.session is not None
    assert links_on_disk(window.session.case.path) == []
    _press(pages, Key.Key_Y, held=Control)
    wait(qtbot, lambda: pages.marks_of(0))
    settled(qtbot, window)
    again = only(links_on_disk(window.session.case.path))
    assert (again.id, again.passage) == (link.id, link.passage)
    _picture(window, again)


def test_an_area_is_drawn_and_tagged_by_keys_alone(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    _press(pages, Key.Key_A)
    piece = pages.piece
    assert piece is not None  # one to begin with, in the middle of what is seen
    middle = pages.rectangle(0, piece.box).center()
    assert pages.viewport().rect().contains(middle.toPoint())
    _press(pages, Key.Key_Left, Key.Key_Left, Key.Key_Up)
    moved = pages.rectangle(0, pages.piece.box).center() - middle  # type: ignore[union-attr]
    assert (moved.x(), moved.y()) == pytest.approx((-24, -12), abs=1)
    _press(pages, Key.Key_Right, Key.Key_Down, held=Shift)
    assert pages.piece is not None
    chosen = pages.piece.box
    _press(pages, Key.Key_Return)
    link = _tag(qtbot, window, "3.1")
    assert _region(link).box == pytest.approx(chosen, abs=0.01)
    _picture(window, link)
    assert pages.hasFocus()
    # What was begun with A is over: a drag selects words again.
    assert not pages.drawing_area
    assert not window.actions_.named["area"].isChecked()


def test_an_area_without_words_is_a_passage_all_the_same(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    pages.go_to(0, (CHART,))
    where = pages.rectangle(0, (115.0, 195.0, 275.0, 290.0))
    _press(pages, Key.Key_A)
    drag(pages, where.topLeft().toPoint(), where.bottomRight().toPoint())
    _press(pages, Key.Key_C, held=Control)
    wait(qtbot, lambda: said(window) == "There are no words in this area.")
    _press(pages, Key.Key_T)
    link = _tag(qtbot, window, "3.1")
    assert link.passage.anchor.quote == ""
    _picture(window, link)
    _press(pages, Key.Key_C, held=Control | Shift)
    wait(qtbot, lambda: said(window) == "Copied with its citation.")
    assert "page 1" in QGuiApplication.clipboard().text()


def test_a_and_escape_leave_the_drawing(window: MainWindow, pages: PageView) -> None:
    first, last = _corners(pages)
    _press(pages, Key.Key_A, Key.Key_A)
    assert not pages.drawing_area
    assert pages.piece is None
    _press(pages, Key.Key_A)
    _press(pages, Key.Key_Escape)
    assert not pages.drawing_area
    assert not window.actions_.named["area"].isChecked()
    _press(pages, Key.Key_Escape)
    assert pages.chosen is None
    drag(pages, first, last)
    assert pages.piece is None
    assert CAPTION in pages.selected_text()


def test_an_area_has_a_size_and_ends_at_the_edge_of_its_page(pages: PageView) -> None:
    first, _ = _corners(pages)
    _press(pages, Key.Key_A)
    QTest.mouseClick(pages.viewport(), Left, None_, first)
    assert pages.piece is None
    drag(pages, first, first + QPoint(200, 1))
    assert pages.piece is None
    _press(pages, Key.Key_Escape)
    pages.set_fit("page")
    sheet = pages.sheet(0)
    _press(pages, Key.Key_A)
    drag(pages, QPoint(round(sheet.left()) - 8, 300), QPoint(round(sheet.right()) + 30, 400))
    assert pages.piece is not None
    x0, _, x1, _ = pages.shapes[0].media
    assert (pages.piece.box[0], pages.piece.box[2]) == pytest.approx((x0, x1), abs=0.01)


def test_an_area_on_a_page_that_one_has_turned_is_the_one_that_was_drawn(pages: PageView) -> None:
    for turn in (90, 180, 270):
        _press(pages, Key.Key_R, held=Control)
        assert pages.turn == turn
        first, last = _corners(pages)
        _press(pages, Key.Key_A)
        drag(pages, first, last)
        assert pages.piece is not None
        assert pages.piece.box == pytest.approx(CHART, abs=1)


# --- tables ----------------------------------------------------------------------------------


def _kind(pages: PageView) -> str:
    return pages.piece.kind if pages.piece is not None else ""


def test_shift_a_chooses_cell_then_row_then_table_and_each_can_be_tagged(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    expected: dict[str, tuple[tuple[str, ...], ...]] = {
        "cell": (("388",),), "row": (CELLS[2],), "table": CELLS,
    }  # fmt: skip
    for number, (kind, cells) in enumerate(expected.items()):
        _press(pages, Key.Key_Escape, Key.Key_F7)
        click_on(pages, 0, offset_of(pages, 0, "388") + 1)
        for _ in range(number + 1):
            _press(pages, Key.Key_A, held=Shift)
            wait(qtbot, lambda: pages.piece is not None)
        assert _kind(pages) == kind
        assert f"Selected the {kind}" in said(window)
        assert pages.selected_text() == f"[{kind.capitalize()} of page 1]"
        assert pages.grips() == []
        _press(pages, Key.Key_C, held=Control)
        copied = "\n".join("\t".join(row) for row in cells)
        wait(qtbot, lambda told=copied: QGuiApplication.clipboard().text() == told)
        assert pages.piece is not None
        chosen = pages.piece.box
        _press(pages, Key.Key_Return)
        link = _tag(qtbot, window, f"3.{number + 1}")
        region = _region(link)
        assert (region.kind, region.cells) == (kind, cells)
        assert region.box == pytest.approx(chosen, abs=0.01)
        assert link.passage.anchor.quote.split() == [
            word for row in cells for word in " ".join(row).split()
        ]
        _picture(window, link)
        _press(pages, Key.Key_F7)
    assert len({each.passage.id for each in _links(window)}) == 3


def _links(window: MainWindow) -> list[Link]:
    assert window.session is not None
    return links_on_disk(window.session.case.path)


def test_the_whole_table_stays_chosen_and_a_page_without_one_says_so(
    qtbot: QtBot, window: MainWindow, pages: PageView
) -> None:
    _press(pages, Key.Key_F7)
    click_on(pages, 0, offset_of(pages, 0, "North"))
    for kind in ("cell", "row", "table", "table"):
        _press(pages, Key.Key_A, held=Shift)
        wait(qtbot, lambda told=kind: _kind(pages) == told)
    _press(pages, Key.Key_Escape)
    assert pages.piece is None
    _press(pages, Key.Key_F7)
    pages.go_to(1)
    _press(pages, Key.Key_F7)
    click_on(pages, 1, 1)
    _press(pages, Key.Key_A, held=Shift)
    wait(qtbot, lambda: said(window) == "No table was found on page 2.")
    assert pages.chosen is None


def test_the_cell_that_is_pointed_at_is_chosen_without_a_caret(
    qtbot: QtBot, pages: PageView
) -> None:
    text = pages.selection.text
    assert text is not None
    x, y = text.lines(0).point(offset_of(pages, 0, "94%") + 1)
    where = pages.rectangle(0, (x, y, x, y)).topLeft().toPoint()
    QCursor.setPos(pages.viewport().mapToGlobal(where))
    _press(pages, Key.Key_A, held=Shift)
    wait(qtbot, lambda: pages.piece is not None)
    assert pages.piece is not None
    assert (pages.piece.row, pages.piece.column) == (3, 2)


# --- without a window ------------------------------------------------------------------------


def _table(merged: bool = False) -> Table:
    """Two rows of two cells; the first column merged downwards if told."""
    rows = []
    for row in range(2):
        cells = [
            Cell((x, 100 - 20 * row, x + 50, 120 - 20 * row), f"{row}{x}") for x in (10.0, 60.0)
        ]
        rows.append(cells)
    if merged:
        rows[0][0] = Cell((10, 80, 60, 120), "both")
        rows[1][0] = Cell(None, "")
    return Table(3, (10, 80, 110, 120), tuple(tuple(row) for row in rows))


def test_a_cell_is_found_and_widened_to_its_row_and_its_table() -> None:
    table = _table()
    piece = cell_at([table], 70, 85)
    assert piece == Piece(3, (60, 80, 110, 100), table, 1, 1)
    row = piece.wider()
    assert (row.kind, row.box, row.row, row.column) == ("row", (10, 80, 110, 100), 1, None)
    whole = row.wider()
    assert (whole.kind, whole.box) == ("table", table.box)
    assert whole.wider() == whole
    assert cell_at([table], 5, 85) is None
    assert cell_at([], 70, 85) is None


@pytest.mark.parametrize("row", [0, 1])
def test_a_row_with_a_merged_cell_is_shown_as_it_will_be_stored(row: int) -> None:
    table = _table(merged=True)
    box = table.rows[row][1].box
    assert box is not None
    piece = Piece(3, box, table, row, 1).wider()
    assert piece.box == regions.part(table, row, None, 0).box


def test_between_cells_the_table_itself_is_meant() -> None:
    table = Table(0, (0, 0, 100, 100), ((Cell((0, 60, 100, 100), "upper"),),))
    assert cell_at([table], 50, 30) == Piece(0, table.box, table)
    assert Piece(0, (1, 2, 3, 4)).kind == "area"
