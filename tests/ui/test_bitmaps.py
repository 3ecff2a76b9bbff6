"""Bitmaps: painted in another process, kept within bounds, and stood in for while they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.documents.rendering import LARGEST, Wish
from cambs_evidence.model import Document
from tests.support import make_pdf, take_in
from tests.ui.support import wait
from ui.viewer.bitmaps import PIECE, Bitmaps, wishes_for

Make = Callable[..., Bitmaps]


@pytest.fixture
def opened(nothing_left: None, case_path: Path) -> Iterator[Case]:  # noqa: ARG001
    with Case.open(case_path, by="Tester", readonly=True) as case:
        yield case


@pytest.fixture
def make(qtbot: QtBot, opened: Case) -> Iterator[Make]:  # noqa: ARG001
    made: list[Bitmaps] = []

    def call(**options: int) -> Bitmaps:
        made.append(Bitmaps(opened, **options))  # type: ignore[arg-type]
        return made[-1]

    yield call
    for each in made:
        each.close()


@pytest.fixture
def report(opened: Case) -> Document:
    return opened.document("report.pdf")


def _whole(document: Document, page: int, width: int = 60, height: int = 84) -> Wish:
    return Wish(document.sha256, page, width, height, (0, 0, width, height))


def _has_ink(image: QImage) -> bool:
    return any(
        image.pixelColor(x, y).lightness() < 200
        for y in range(image.height())
        for x in range(image.width())
    )


def test_what_is_wished_for_arrives_with_words_on_it(
    qtbot: QtBot, make: Make, report: Document
) -> None:
    bitmaps = make()
    wish = _whole(report, 0, 300, 424)
    assert bitmaps.get(wish) is None
    with qtbot.waitSignal(bitmaps.arrived, timeout=90_000) as signal:
        bitmaps.wish("test", [wish])
    assert signal.args == [wish]
    image = bitmaps.get(wish)
    assert image is not None
    assert (image.width(), image.height()) == (300, 424)
    assert _has_ink(image)
    assert image.pixelColor(2, 2).lightness() > 250
    assert bitmaps.size == image.sizeInBytes()


def test_the_most_wanted_comes_first_and_what_is_no_longer_wanted_does_not(
    qtbot: QtBot, make: Make, report: Document
) -> None:
    bitmaps = make()
    came: list[Wish] = []
    bitmaps.arrived.connect(came.append)
    wishes = [_whole(report, page) for page in (2, 0, 1)]
    bitmaps.wish("test", wishes)
    wait(qtbot, lambda: len(came) == 3)
    assert came == wishes
    bitmaps.wish("test", [_whole(report, 0, 70, 98)])
    wait(qtbot, lambda: len(came) == 4)
    assert bitmaps.get(_whole(report, 0, 70, 98)) is not None


def test_the_cache_stays_under_its_cap_and_keeps_what_was_used_last(
    qtbot: QtBot, make: Make, report: Document
) -> None:
    one = 4 * 60 * 84
    bitmaps = make(cap=3 * one)
    wishes = [_whole(report, page) for page in range(3)]
    bitmaps.wish("test", wishes)
    wait(qtbot, lambda: all(bitmaps.get(each) for each in wishes))
    assert bitmaps.size == 3 * one
    assert bitmaps.get(wishes[0]) is not None  # used last
    another = _whole(report, 0, 84, 60)
    bitmaps.wish("test", [another])
    wait(qtbot, lambda: bitmaps.get(another))
    assert bitmaps.size <= 3 * one
    assert bitmaps.get(wishes[0]) is not None
    assert bitmaps.get(wishes[1]) is None
    assert bitmaps.stand_in(_whole(report, 1)) is None


def test_one_bitmap_larger_than_the_cap_is_kept_alone(
    qtbot: QtBot, make: Make, report: Document
) -> None:
    bitmaps = make(cap=1000)
    for page in (0, 1):
        bitmaps.wish("test", [_whole(report, page)])
        wait(qtbot, lambda n=page: bitmaps.get(_whole(report, n)))
    assert bitmaps.get(_whole(report, 0)) is None
    assert bitmaps.size == 4 * 60 * 84


def test_a_page_painted_at_another_size_stands_in(
    qtbot: QtBot, make: Make, report: Document
) -> None:
    bitmaps = make()
    assert bitmaps.stand_in(_whole(report, 0)) is None
    for width in (60, 120):
        wish = _whole(report, 0, width, 84)
        bitmaps.wish("test", [wish])
        wait(qtbot, lambda w=wish: bitmaps.get(w))
    standing = bitmaps.stand_in(_whole(report, 0))
    assert standing is not None
    assert standing.width() == 120
    assert bitmaps.stand_in(_whole(report, 1)) is None


def test_what_two_parts_want_is_painted_for_both_what_is_in_view_first(
    qtbot: QtBot, make: Make, report: Document
) -> None:
    bitmaps = make()
    came: list[Wish] = []
    bitmaps.arrived.connect(came.append)
    first, second, third = (_whole(report, page) for page in range(3))
    bitmaps.wish("one", [first], [third])
    bitmaps.wish("other", [second])
    wait(qtbot, lambda: len(came) == 3)
    assert came in ([first, second, third], [first, third, second])  # it had begun
    bitmaps.wish("one", [_whole(report, 1, 60, 84)])
    bitmaps.wish("other", [])
    wait(qtbot, lambda: bitmaps.get(_whole(report, 1, 60, 84)))


def test_what_is_forgotten_is_gone_and_its_bytes_are_free(
    qtbot: QtBot, make: Make, report: Document
) -> None:
    bitmaps = make()
    wishes = [_whole(report, page) for page in range(3)]
    bitmaps.wish("test", wishes)
    wait(qtbot, lambda: all(bitmaps.get(each) for each in wishes))
    bitmaps.forget(report.sha256)
    assert bitmaps.size == 0
    assert bitmaps.stand_in(_whole(report, 0)) is None


def test_a_page_that_cannot_be_painted_says_why_and_is_not_tried_for_ever(
    qtbot: QtBot, make: Make, report: Document
) -> None:
    bitmaps = make()
    came: list[Wish] = []
    bitmaps.arrived.connect(came.append)
    missing = _whole(report, 99)
    bitmaps.wish("test", [missing])
    wait(qtbot, lambda: came)
    assert bitmaps.get(missing) is None
    assert bitmaps.why_not(report.sha256, 99)
    assert bitmaps.why_not(report.sha256, 0) is None
    good = _whole(report, 0)
    bitmaps.wish("test", [missing, good])
    wait(qtbot, lambda: bitmaps.get(good))
    assert came == [missing, good]


def test_pieces_of_a_page_are_painted_where_they_belong(
    qtbot: QtBot, make: Make, report: Document
) -> None:
    bitmaps = make()
    width, height = 300, 424
    whole = _whole(report, 0, width, height)
    piece = Wish(report.sha256, 0, width, height, (30, 20, 200, 100))
    bitmaps.wish("test", [whole, piece])
    wait(qtbot, lambda: bitmaps.get(whole) and bitmaps.get(piece))
    cut = bitmaps.get(whole).copy(30, 20, 200, 100)  # type: ignore[union-attr]
    painted = bitmaps.get(piece)
    assert painted is not None
    assert painted == cut
    assert _has_ink(painted)


@given(
    width=some.integers(1, 60_000),
    height=some.integers(1, 60_000),
    left=some.integers(-3000, 60_000),
    top=some.integers(-3000, 60_000),
    view=some.tuples(some.integers(1, 3000), some.integers(1, 2000)),
)
def test_what_is_wished_for_covers_what_is_in_view_in_pieces_that_can_be_painted(
    width: int, height: int, left: int, top: int, view: tuple[int, int]
) -> None:
    whole = Wish("x", 3, width, height, (0, 0, width, height))
    wishes = wishes_for(whole, lambda: (left, top, left + view[0], top + view[1]))
    for wish in wishes:
        x, y, across, down = wish.clip
        assert across * down <= LARGEST
        assert 0 <= x < x + across <= width
        assert 0 <= y < y + down <= height
    if width * height <= LARGEST:
        assert [wish.clip for wish in wishes] == [(0, 0, width, height)]
        return
    seen = (
        max(left, 0), max(top, 0), min(left + view[0], width), min(top + view[1], height),
    )  # fmt: skip
    if seen[0] < seen[2] and seen[1] < seen[3]:
        assert min(wish.clip[0] for wish in wishes) <= seen[0]
        assert min(wish.clip[1] for wish in wishes) <= seen[1]
        assert max(wish.clip[0] + wish.clip[2] for wish in wishes) >= seen[2]
        assert max(wish.clip[1] + wish.clip[3] for wish in wishes) >= seen[3]
        area = sum(wish.clip[2] * wish.clip[3] for wish in wishes)
        assert area >= (seen[2] - seen[0]) * (seen[3] - seen[1])
        assert len({wish.clip for wish in wishes}) == len(wishes)
        assert len(wishes) <= (view[0] // PIECE + 2) * (view[1] // PIECE + 2)


@pytest.mark.usefixtures("nothing_left")
def test_a_document_of_another_case_is_painted_too(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "other.cambs"
    with Case.create(path, by="Tester") as case:
        (outcome,) = take_in(case, make_pdf(tmp_path / "one.pdf", (("One page",),)))
        assert outcome.document is not None
        bitmaps = Bitmaps(case)
        wish = _whole(outcome.document, 0)
        bitmaps.wish("test", [wish])
        wait(qtbot, lambda: bitmaps.get(wish))
        bitmaps.close()
