"""Light turned into dark, colours kept."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence.documents.night import INK, PAPER, darken

_PART = st.integers(0, 255)


def _pixel(red: int, green: int, blue: int, rest: int = 0xFF) -> int:
    return rest << 24 | red << 16 | green << 8 | blue


def _after(*pixels: int) -> list[tuple[int, int, int]]:
    """Red, green and blue of pixels after they were turned."""
    turned = np.array(pixels, np.uint32)
    darken(turned)
    assert (turned >> 24 == 0xFF).all()
    return [(each >> 16 & 255, each >> 8 & 255, each & 255) for each in turned.tolist()]


def test_paper_is_a_soft_dark_and_print_is_light() -> None:
    assert _after(_pixel(255, 255, 255), _pixel(0, 0, 0)) == [PAPER[::-1], INK[::-1]]
    assert _after(_pixel(255, 255, 255, rest=0)) == [PAPER[::-1]]


@given(st.lists(_PART, min_size=2, max_size=9))
def test_the_darker_a_grey_was_the_lighter_it_becomes(greys: list[int]) -> None:
    turned = [red for red, _, _ in _after(*[_pixel(each, each, each) for each in sorted(greys)])]
    assert turned == sorted(turned, reverse=True)


@given(_PART, _PART, _PART)
def test_what_is_strongly_coloured_keeps_its_hue(red: int, green: int, blue: int) -> None:
    before = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    [turned] = _after(_pixel(red, green, blue))
    after = colorsys.rgb_to_hsv(*(part / 255 for part in turned))
    if before[1] > 0.5 and after[1] > 0.3:
        apart = abs(before[0] - after[0])
        # A colour that can become no lighter or darker is shifted a little.
        assert min(apart, 1 - apart) < 0.13


@pytest.mark.parametrize("colour", [(0, 0, 255), (0, 0, 128), (192, 0, 0), (0, 96, 0)])
def test_what_was_easy_to_read_on_white_is_easy_to_read_at_night(
    colour: tuple[int, int, int],
) -> None:
    def light(red: int, green: int, blue: int) -> float:
        parts = [(part / 255) ** 2.2 for part in (red, green, blue)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    [turned] = _after(_pixel(*colour))
    assert (light(*turned) + 0.05) / (light(*PAPER[::-1]) + 0.05) > 4.5


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.9, 1.0])
def test_a_pixel_becomes_the_same_whatever_stands_around_it(share: float) -> None:
    chance = np.random.default_rng(7)
    pixels = np.full(200_001, 0xFFFFFFFF, np.uint32)
    inked = chance.random(len(pixels)) < share
    pixels[inked] = chance.integers(0, 1 << 24, int(inked.sum()), np.uint32) | 0xFF000000
    alone = {each: _after(each)[0] for each in pixels[::997].tolist()}
    before = pixels.copy()
    darken(pixels)
    for was, now in zip(before[::997].tolist(), pixels[::997].tolist(), strict=True):
        assert (now >> 16 & 255, now >> 8 & 255, now & 255) == alone[was]
