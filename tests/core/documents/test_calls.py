"""The engine's functions as they are bound for speed, against the same called one by one."""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from pypdfium2 import raw
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence import paths
from cambs_evidence.documents import calls, codepoints, pdfium
from cambs_evidence.documents.drawings import drawings
from tests.core.documents.sheets import column, painted

OWN = sorted((paths.resources() / "sample" / "documents").glob("*.pdf"))


def _box(text: object, index: int) -> list[float]:
    found = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text, index, ctypes.byref(found))
    return [found.left, found.bottom, found.right, found.top]


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_characters_have_the_code_and_the_box_that_the_engine_tells_one_by_one(path: Path) -> None:
    document = pdfium.open_pdf(path.read_bytes())
    for index in range(min(len(document), 3)):
        page = raw.FPDF_LoadPage(document.raw, index)
        text = raw.FPDFText_LoadPage(page)
        seen = pdfium.page(document, index, spaces=True)
        count = raw.FPDFText_CountChars(text)
        told = np.array([raw.FPDFText_GetUnicode(text, at) for at in range(count)], np.uint32)
        # A hyphen at a line's end is told in two ways.
        assert (codepoints.as_meant(seen.codes) == codepoints.as_meant(told)).all()
        wanted = np.array([_box(text, at) for at in range(count)], np.float32)
        assert (seen.boxes == wanted).all()
        raw.FPDFText_ClosePage(text)
        raw.FPDF_ClosePage(page)


def test_more_characters_than_the_engine_writes_at_once_have_their_boxes() -> None:
    lines = ["never a word that is not in its place"] * 60
    many = painted(lambda canvas: [column(canvas, lines, x, 820) for x in (30, 230, 430)])
    document = pdfium.open_pdf(many)
    seen = pdfium.page(document, 0, spaces=True)
    page = raw.FPDF_LoadPage(document.raw, 0)
    text = raw.FPDFText_LoadPage(page)
    assert len(seen.codes) > len(pdfium._BOXES.places)
    for at in (0, len(pdfium._BOXES.places) - 1, len(pdfium._BOXES.places), len(seen.codes) - 1):
        assert seen.boxes[at].tolist() == _box(text, at)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_without_spaces_all_else_is_the_same(path: Path) -> None:
    document = pdfium.open_pdf(path.read_bytes())
    for index in range(min(len(document), 3)):
        whole, page = pdfium.page(document, index, spaces=True), pdfium.page(document, index)
        inked = whole.codes > 32
        assert (page.codes == whole.codes).all()
        assert (page.boxes[inked] == whole.boxes[inked]).all()
        assert not page.boxes[~inked].any()


def test_lines_frames_areas_and_paths_come_in_the_order_of_painting() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setLineWidth(0.1)
        canvas.line(50, 100, 250, 100)
        canvas.setFillColorRGB(1, 0, 0)
        canvas.rect(50, 200, 100, 40, stroke=0, fill=1)
        path = canvas.beginPath()
        path.moveTo(300, 300)
        for x, y in ((400, 300), (400, 340), (380, 340), (380, 360), (300, 360)):
            path.lineTo(x, y)
        path.close()
        canvas.drawPath(path)
        canvas.line(60, 500, 60, 700)

    document = pypdfium2.PdfDocument(painted(paint))
    page = document[0]
    found = drawings(calls.address(page.raw))
    rulings = [[round(edge) for edge in box] for box in found.rulings.tolist()]
    assert rulings == [
        [50, 100, 250, 100],
        [300, 300, 400, 300],
        [400, 300, 400, 340],
        [380, 340, 400, 340],
        [380, 340, 380, 360],
        [300, 360, 380, 360],
        [300, 300, 300, 360],
        [300, 300, 300, 300],  # where the path was closed already
        [60, 500, 60, 700],
    ]
    assert [round(value) for value in found.areas[0].tolist()] == [50, 200, 150, 240, 0xFF0000]
    assert [cover[:4] for cover in found.covers] == [(50.0, 200.0, 150.0, 240.0)]
    assert len(found.objects) == 4
    page.close()
    document.close()
