"""Forms: what is filled in and to be seen is part of the page's text."""

from __future__ import annotations

import io

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.documents import fields, pdf
from cambs_evidence.documents.anchors import quads


def _form(value: str, *, shown: str | None = None, flags: str = "", note: str = "") -> bytes:
    """A page with a label and a field beside it; ``shown`` is what the field is drawn with."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 300), invariant=True)
    canvas.drawString(40, 205, "Lead officer:")
    canvas.acroForm.textfield(
        name="lead", value=shown or value, x=120, y=200, width=200, height=18, fontSize=11,
        borderStyle="solid", fieldFlags=flags,
    )  # fmt: skip
    canvas.drawString(40, 160, "Signed in the county of Wealdshire.")
    canvas.save()
    with pikepdf.open(io.BytesIO(out.getvalue())) as document:
        page = document.pages[0]
        page.Annots[0].V = value
        if note:
            page.Annots[0].F = int(note)
        changed = io.BytesIO()
        document.save(changed)
    return changed.getvalue()


def test_what_is_filled_in_stands_in_its_place() -> None:
    [layer] = pdf.layers(_form("Ann Carter"))
    assert layer.text.split("\n")[0].split() == ["Lead", "officer:", "Ann", "Carter"]
    start = layer.text.index("Ann")
    [(x0, y0, x1, y1)] = quads(layer, start, start + len("Ann Carter"))
    assert 120 <= x0 < x1 <= 320
    assert 200 <= y0 < y1 <= 218


def test_a_field_that_shows_something_else_than_its_value_is_not_taken_at_its_word() -> None:
    [layer] = pdf.layers(_form("Ann Carter", shown="Somebody else"))
    assert "Ann" not in layer.text


@pytest.mark.parametrize("flags", ["2", "32"])
def test_a_field_that_nobody_sees_is_left_out(flags: str) -> None:
    [layer] = pdf.layers(_form("Ann Carter", note=flags))
    assert "Ann" not in layer.text


def test_a_password_is_left_out() -> None:
    [layer] = pdf.layers(_form("secret words", flags="password"))
    assert "secret" not in layer.text


@pytest.mark.parametrize("several_lines", [True, False])
@pytest.mark.parametrize(
    "value", ["Ann", "A longer value that does not fit the room there is", "one\rtwo\nthree", ""]
)
def test_letters_are_laid_within_their_field(value: str, several_lines: bool) -> None:
    text, boxes = fields.laid((50, 60, 150, 120), value, several_lines=several_lines)
    assert text.split() == value.split()
    assert len(boxes) == len(text)
    for letter, (x0, y0, x1, y1) in zip(text, boxes.tolist(), strict=True):
        if letter != "\n" and several_lines:
            assert 50 <= x0 < x1 <= 150
            assert 59 <= y0 < y1 <= 121
