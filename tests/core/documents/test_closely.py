"""Single pages looked at in a watched process: what comes back, and what cannot be read."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.documents import closely, watched
from cambs_evidence.errors import Refused
from tests.support import assert_plain, children, until

from .sheets import SHARED, painted


def _page(canvas: Canvas) -> None:
    canvas.grid([100, 200, 300], [600, 620, 640])
    for x, y, text in ((106, 626, "a"), (206, 626, "b"), (106, 606, "c"), (206, 606, "d")):
        canvas.drawString(x, y, text)


def test_the_tables_of_each_page_come_page_by_page() -> None:
    data = painted(_page, lambda _: None, _page)
    steps = closely.tables(data, [(0, []), (1, []), (2, [])], "a.pdf")
    seen = [step for step in steps if step is not None]
    assert [(page, len(found)) for page, found in seen] == [(0, 1), (1, 0), (2, 1)]
    assert [[cell.text for cell in row] for row in seen[2][1][0].rows] == [["a", "b"], ["c", "d"]]
    assert seen[2][1][0].page == 2


def test_a_window_can_stop_and_no_process_stays() -> None:
    before = children()
    steps = closely.tables(painted(*[_page] * 200), [(n, []) for n in range(200)], "a.pdf")
    while next(steps) is None:
        pass
    assert children() - before
    steps.close()
    assert until(lambda: not children() - before)


def test_a_picture_comes_as_a_png() -> None:
    png = closely.picture(painted(_page), 0, (100, 600, 300, 640), "a.pdf")
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == pytest.approx((417, 84), abs=1)


@pytest.mark.parametrize("data", [b"%PDF-1.4 no more", b"", painted(_page)[:400]])
def test_what_is_damaged_is_told_in_one_sentence(data: bytes) -> None:
    with pytest.raises(Refused) as told:
        list(closely.tables(data, [(6, [])], "broken.pdf"))
    assert_plain(told.value.reason)
    assert "Page 7 of broken.pdf" in told.value.reason
    with pytest.raises(Refused) as told:
        closely.picture(data, 6, (0, 0, 50, 50), "broken.pdf")
    assert_plain(told.value.reason)


def test_a_page_that_takes_too_long_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "PATIENCE", 0.5)

    def endless(canvas: Canvas) -> None:
        for n in range(60_000):
            canvas.line(n % 500, n // 500, n % 500 + 40, n // 500)

    before = children()
    with pytest.raises(Refused) as told:
        list(closely.tables(painted(_page, endless), [(0, []), (1, [])], "slow.pdf"))
    assert_plain(told.value.reason)
    assert "Page 2 of slow.pdf" in told.value.reason
    assert "too long" in told.value.reason
    assert until(lambda: not children() - before)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
def test_a_page_made_to_do_harm_is_ended() -> None:
    data = (SHARED / "samples" / "014_bomb_giant.pdf").read_bytes()
    before = children()
    try:
        closely.picture(data, 0, (0, 0, 200, 200), "bomb.pdf")
    except Refused as error:
        assert_plain(error.reason)
    assert until(lambda: not children() - before)
