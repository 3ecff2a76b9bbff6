"""Tables under the pointer and links that lead out of the program, as a person meets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.model import PageLink
from tests.support import take_in
from tests.ui.support import (
    Answer,
    Browser,
    Shift,
    both,
    click_on,
    documents_of,
    keep_words,
    press,
    show,
    wait,
)
from ui.main_window import MainWindow
from ui.viewer.page_view import PageView

Key = Qt.Key


@pytest.fixture
def pages(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> PageView:
    """Two pages, each with a line of words and a ruled table of its own."""
    canvas = Canvas(str(tmp_path / "tables.pdf"), pagesize=A4, invariant=True)
    for page in (1, 2):
        canvas.drawString(72, 780, f"Visits made in quarter {page}.")
        canvas.grid([72, 200, 330], [700, 720, 740])
        for place, words in enumerate(("Team", "Visits", "North", f"{page}0")):
            canvas.drawString(80 + 128 * (place % 2), 726 - 20 * (place // 2), words)
        canvas.showPage()
    canvas.save()
    session = window.session
    assert session is not None
    take_in(session.case, tmp_path / "tables.pdf")
    session.refresh_documents()
    wait(qtbot, lambda: "tables.pdf" in documents_of(window))
    show(qtbot, window, "tables.pdf")
    window.reader.pages.setFocus()
    return window.reader.pages


def test_the_table_that_is_pointed_at_is_chosen_not_one_clicked_beside_before(
    qtbot: QtBot, pages: PageView
) -> None:
    click_on(pages, 0, 3)
    pages.go_to(1)
    cell = pages.rectangle(1, (75.0, 702.0, 195.0, 718.0)).center().toPoint()
    QCursor.setPos(pages.viewport().mapToGlobal(cell))
    QTest.keyClick(pages, Key.Key_A, Shift)
    wait(qtbot, lambda: pages.piece is not None)
    assert pages.piece is not None
    assert (pages.piece.page, pages.piece.kind, pages.piece.row) == (1, "cell", 1)


def test_the_table_at_the_caret_is_chosen_and_brought_into_view(
    qtbot: QtBot, pages: PageView
) -> None:
    pages.set_caret(on=True)
    pages.selection.put((1, 3))  # the words above the table: the first of the page is meant
    pages.set_zoom(4)
    pages.go_to(0)
    QTest.keyClick(pages, Key.Key_A, Shift)
    wait(qtbot, lambda: pages.piece is not None)
    assert pages.piece is not None
    assert (pages.piece.page, pages.piece.kind) == (1, "table")
    assert 1 in pages.in_view()


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://county.example@elsewhere.example/login", "elsewhere.example"),
        ("https://b\u0430nk.example/", "xn--bnk-6cd.example"),
    ],
)
def test_a_link_that_leads_out_names_the_site_it_really_leads_to(
    window: MainWindow, browser: Browser, address: str, site: str
) -> None:
    told: list[str] = []
    with Answer(both(keep_words(told), press("Cancel"))):
        window.desk.followed.emit(PageLink((0.0, 0.0, 1.0, 1.0), address))
    assert address in told[0]
    assert f"at {site}." in told[0]
    assert browser.opened == []
