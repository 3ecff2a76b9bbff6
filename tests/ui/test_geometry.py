"""Where pages lie: there and back, for every rotation, zoom and pixel ratio."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cambs_evidence.model import PageShape
from ui.viewer.geometry import (
    GAP,
    LARGEST,
    LEAST_ZOOM,
    MARGIN,
    MOST_ZOOM,
    STEPS,
    Column,
    PageMap,
    fitting,
    next_step,
    shrink,
    size,
)

_NUMBER = some.floats(-2000, 2000, allow_nan=False)
_SIDE = some.floats(1, 3000, allow_nan=False)
_ROTATION = some.sampled_from([0, 90, 180, 270])


@some.composite
def _media(draw: some.DrawFn) -> tuple[float, float, float, float]:
    x, y, width, height = draw(_NUMBER), draw(_NUMBER), draw(_SIDE), draw(_SIDE)
    return x, y, x + width, y + height


_SHAPES = some.builds(PageShape, _media(), _ROTATION, some.none(), some.just("text"))
_COLUMNS = some.builds(
    Column,
    some.lists(_SHAPES, min_size=1, max_size=12),
    some.floats(LEAST_ZOOM, MOST_ZOOM),
    some.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0]),
)


@given(_media(), _ROTATION, some.floats(0.01, 60), _NUMBER, _NUMBER)
def test_a_point_comes_back_from_pixels_for_every_rotation(
    media: tuple[float, float, float, float], rotation: int, scale: float, x: float, y: float
) -> None:
    there = PageMap(media, rotation, scale)
    assert there.to_user(*there.to_page(x, y)) == pytest.approx((x, y), abs=1e-6)
    assert there.to_page(*there.to_user(x, y)) == pytest.approx((x, y), abs=1e-6)


@given(_media(), _ROTATION, some.floats(0.01, 60))
def test_the_whole_page_is_the_whole_sheet(
    media: tuple[float, float, float, float], rotation: int, scale: float
) -> None:
    left, top, width, height = PageMap(media, rotation, scale).box(media)
    across, down = size(PageShape(media, rotation, None, "text"))
    assert (left, top) == pytest.approx((0, 0), abs=1e-6)
    assert (width, height) == pytest.approx((across * scale, down * scale), rel=1e-6)


@pytest.mark.parametrize(
    ("rotation", "corner"), [(0, (0, 0)), (90, (1, 0)), (180, (1, 1)), (270, (0, 1))]
)
def test_a_page_is_turned_clockwise(rotation: int, corner: tuple[int, int]) -> None:
    """Where the upper left corner of the unturned page is seen, in parts of the sheet."""
    media = (10.0, 20.0, 110.0, 220.0)
    there = PageMap(media, rotation, 2.0)
    across, down = size(PageShape(media, rotation, None, "text"))
    assert there.to_page(10.0, 220.0) == (corner[0] * across * 2, corner[1] * down * 2)


@given(_COLUMNS)
def test_pages_follow_one_another_with_room_between_them(column: Column) -> None:
    assert column.top(0) == round(MARGIN * column.ratio)
    for page in range(1, len(column.shapes)):
        foot = column.top(page - 1) + column.page_size(page - 1)[1]
        assert column.top(page) - foot == round(GAP * column.ratio)
    last = len(column.shapes) - 1
    foot = column.top(last) + column.page_size(last)[1]
    assert column.height * column.ratio == pytest.approx(foot + round(MARGIN * column.ratio))


@given(_COLUMNS, some.floats(0, 1), some.data())
def test_the_page_at_a_height_is_the_last_that_begins_above_it(
    column: Column, share: float, data: some.DataObject
) -> None:
    y = share * column.height * column.ratio
    expected = [page for page in range(len(column.shapes)) if column.top(page) <= y]
    assert column.at(y) == max(expected, default=0)
    page = data.draw(some.integers(0, len(column.shapes) - 1))
    assert column.at(column.top(page)) == page
    assert column.at(column.top(page) + column.page_size(page)[1] - 1) == page


@given(_COLUMNS, some.floats(-0.2, 1.2), some.floats(0, 1))
def test_the_pages_between_two_heights_are_those_with_a_part_there(
    column: Column, share: float, view: float
) -> None:
    whole = column.height * column.ratio
    top, foot = share * whole, (share + view) * whole
    seen = column.between(top, foot)
    for page in range(len(column.shapes)):
        begins, ends = column.top(page), column.top(page) + column.page_size(page)[1]
        if begins < foot and ends > top:
            assert page in seen
        if begins >= foot or ends < top:
            assert page not in seen


def test_where_there_is_no_page_none_is_seen() -> None:
    column = Column((), 1.0, 1.0)
    assert list(column.between(0, 1000)) == []
    assert column.height == 0


@given(_COLUMNS, some.floats(100, 4000))
def test_pages_stand_in_the_middle_and_never_past_the_left_edge(
    column: Column, view: float
) -> None:
    for page in range(len(column.shapes)):
        left, width = column.left(page, view), column.page_size(page)[0]
        room = (max(view, column.width) - column.gutter) * column.ratio
        assert left >= 0
        assert abs((room - width) / 2 - left) <= 1


@given(_SHAPES, some.floats(300, 4000), some.floats(300, 3000))
def test_a_page_that_fits_fits(shape: PageShape, width: float, height: float) -> None:
    for room, zoom in (
        (None, fitting(shape, width, None)),
        (height, fitting(shape, width, height)),
    ):
        assert LEAST_ZOOM <= zoom <= MOST_ZOOM
        column = Column([shape], zoom, 1.0)
        if zoom > LEAST_ZOOM:
            assert column.width <= width + 1
            assert room is None or column.height <= room + 1
        if LEAST_ZOOM < zoom < MOST_ZOOM:
            slack = [width - column.width]
            slack += [room - column.height] if room is not None else []
            assert min(slack) <= 1


@given(_SIDE, some.floats(1, 1e9))
def test_a_page_that_says_it_is_enormous_is_shown_at_a_size_that_can_be(
    width: float, height: float
) -> None:
    smaller = shrink(width, height)
    assert max(width, height) * smaller <= LARGEST * (1 + 1e-9)
    assert smaller == 1 or max(width, height) > LARGEST


@given(some.floats(LEAST_ZOOM, MOST_ZOOM))
def test_steps_of_zoom_go_up_and_down_and_end_at_the_ends(zoom: float) -> None:
    larger, smaller = next_step(zoom, larger=True), next_step(zoom, larger=False)
    assert larger in STEPS
    assert smaller in STEPS
    assert larger > zoom or larger == MOST_ZOOM
    assert smaller < zoom or smaller == LEAST_ZOOM
