"""Ruled cells out of drawn lines and shaded areas."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence.documents.grid import MOST_LINES, MOST_POSITIONS, grids

WIDTH, HEIGHT = 595.0, 842.0
NO_LINES = np.zeros((0, 4), np.float32)
NO_AREAS = np.zeros((0, 5), np.float32)
Lines = list[tuple[float, float, float, float]]


def _ruled(xs: list[float], ys: list[float]) -> Lines:
    across = [(xs[0], y, xs[-1], y) for y in ys]
    down = [(x, ys[0], x, ys[-1]) for x in xs]
    return across + down


def _cells(
    lines: Sequence[tuple[float, ...]], areas: np.ndarray = NO_AREAS
) -> list[list[tuple[float, ...]]]:
    found = grids(np.array(lines, np.float32).reshape(-1, 4), areas, WIDTH, HEIGHT)
    return [[tuple(round(edge) for edge in cell) for cell in grid.cells] for grid in found]


edges = st.lists(st.integers(2, 55), min_size=2, max_size=8, unique=True).map(
    lambda steps: [10.0 * step for step in sorted(steps)]
)


@given(edges, edges)
def test_a_full_raster_gives_each_of_its_cells_row_by_row(xs: list[float], ys: list[float]) -> None:
    wanted = [
        (left, top, right, bottom) for top, bottom in pairwise(ys) for left, right in pairwise(xs)
    ]
    assert _cells(_ruled(xs, ys)) == [wanted]


@given(edges, edges, st.randoms(use_true_random=False))
def test_lines_in_pieces_and_in_any_order_give_the_same_cells(
    xs: list[float], ys: list[float], chance: object
) -> None:
    whole = _ruled(xs, ys)
    pieces: Lines = []
    for x0, y0, x1, y1 in whole:
        middle = ((x0 + x1) / 2, (y0 + y1) / 2)
        pieces += [(x0, y0, *middle), (*middle, x1, y1)]
    chance.shuffle(pieces)  # type: ignore[attr-defined]
    assert _cells(pieces) == _cells(whole)


def test_a_cell_over_two_columns_is_one() -> None:
    lines = [
        (100, 100, 300, 100), (100, 150, 300, 150), (100, 200, 300, 200),
        (100, 100, 100, 200), (300, 100, 300, 200), (200, 150, 200, 200),
    ]  # fmt: skip
    assert _cells(lines) == [[(100, 100, 300, 150), (100, 150, 200, 200), (200, 150, 300, 200)]]


def test_cells_that_are_open_to_a_side_are_none() -> None:
    lines = [
        (100, 100, 300, 100), (100, 150, 300, 150), (100, 200, 300, 200),
        (100, 100, 100, 200), (200, 100, 200, 200),
    ]  # fmt: skip
    assert _cells(lines) == [[(100, 100, 200, 150), (100, 150, 200, 200)]]


def test_two_tables_apart_are_two_from_top_to_bottom() -> None:
    lower, upper = _ruled([50, 100], [500, 550]), _ruled([200, 300], [100, 150])
    assert _cells(lower + upper) == [[(200, 100, 300, 150)], [(50, 500, 100, 550)]]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [(100, 100, 300, 100)],
        [(100, 100, 300, 100), (100, 200, 300, 200)],
        [(100, 100, 100, 300), (200, 100, 200, 300)],
        [(100, 100, 103, 100), (100, 100, 100, 103)],
        [(100, 100, 300, 100), (100, 200, 300, 200), (400, 300, 400, 400), (450, 300, 450, 400)],
    ],
)
def test_lines_that_enclose_nothing_make_no_table(lines: Lines) -> None:
    assert _cells(lines) == []


def test_a_thick_line_is_a_line() -> None:
    lines = [
        (100, 99, 300, 101), (100, 149, 300, 151), (99, 100, 101, 150), (299, 100, 301, 150),
    ]  # fmt: skip
    assert _cells([*lines]) == [[(100, 100, 300, 150)]]


def test_a_shaded_area_is_a_cell() -> None:
    areas = np.array([[100, 100, 300, 150, 5]], np.float32)
    assert _cells([], areas) == [[(100, 100, 300, 150)]]


def test_shading_in_stripes_of_one_colour_is_one_cell() -> None:
    areas = np.array(
        [[100, 100, 300, 113, 5], [100, 113, 300, 126, 5], [100, 126, 300, 139, 5]], np.float32
    )
    assert _cells([], areas) == [[(100, 100, 300, 139)]]


def test_stripes_of_two_colours_are_cells_of_their_own() -> None:
    areas = np.array([[100, 100, 300, 120, 5], [100, 120, 300, 140, 6]], np.float32)
    assert _cells([], areas) == [[(100, 100, 300, 120), (100, 120, 300, 140)]]


def test_the_colour_of_the_whole_page_is_no_table() -> None:
    areas = np.array([[0, 0, WIDTH, HEIGHT, 5]], np.float32)
    assert _cells([], areas) == []


def test_a_drawing_with_thousands_of_lines_is_no_table() -> None:
    steps = [3.5 * step for step in range(MOST_POSITIONS + 20)]
    assert _cells(_ruled(steps, steps)) == []
    chance = np.random.default_rng(1)
    at = chance.uniform(0, 500, (MOST_LINES + 100, 2)).astype(np.float32)
    many = np.column_stack([at, at[:, :1] + 30, at[:, 1:]])
    assert len(grids(np.concatenate([many, many[:, [1, 0, 3, 2]]]), NO_AREAS, 600, 600)) <= 1
