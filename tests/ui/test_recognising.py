"""Pages that are pictures, read by machine from the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from pytestqt.qtbot import QtBot

from cambs_evidence import paths
from cambs_evidence.documents import tesseract
from tests.ui.support import show_case, text_is_there, wait
from ui.main_window import MainWindow

LINES = ("Every child is seen alone at each visit", "and reviews are held on time in the county.")


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A page as a scanner gives it."""
    sheet = Image.new("L", (1240, 1754), 255)
    face = ImageFont.truetype(str(paths.fonts() / "NotoSerif-Regular.ttf"), 34)
    for number, line in enumerate(LINES):
        ImageDraw.Draw(sheet).text((150, 200 + 60 * number), line, font=face, fill=0)
    path = tmp_path / "scan.png"
    sheet.save(path, dpi=(150, 150))
    return path


def test_a_scanned_page_is_read_and_its_words_can_be_tagged(
    qtbot: QtBot, empty_window: MainWindow, blank_path: Path, scan: Path
) -> None:
    if tesseract.found() is None:
        pytest.skip("Tesseract is not installed here.")
    window = empty_window
    show_case(qtbot, window, blank_path)
    window.import_files([scan])
    wait(qtbot, lambda: window.session is not None and window.session.held.documents)
    wait(qtbot, lambda: text_is_there(window))
    pages = window.reader.pages
    assert pages.quality(0) == "none"
    window.actions_.named["recognise"].trigger()
    wait(qtbot, lambda: text_is_there(window) and pages.quality(0) == "recognised")
    wait(qtbot, lambda: not window.jobs.running)
    pages.select_page()
    assert pages.selected_text().split() == " ".join(LINES).split()
    window.actions_.named["recognise"].trigger()
    wait(qtbot, lambda: "nothing to recognise" in window.statusBar().currentMessage())
