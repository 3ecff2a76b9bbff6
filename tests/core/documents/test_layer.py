"""Text layers as they are stored."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambs_evidence.documents.layer import (
    NO_TEXT,
    NONSENSE,
    TEXT,
    PackedLayers,
    PageLayer,
    Start,
    separators,
)
from cambs_evidence.errors import CannotOpen
from cambs_evidence.model import PageShape
from tests.core.documents.sheets import flat_layer

A4 = (0.0, 0.0, 595.276, 841.89)
#: What reading rubbish raises: struct.error where it is shorter than a layer's fixed head,
#: zlib.error where what is compressed is damaged, ValueError (and its kin) otherwise.
NO_LAYER = (ValueError, struct.error, zlib.error)

characters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t")
texts = st.text(characters, max_size=60)


@st.composite
def page_layers(draw: st.DrawFn, widest: float = 842.0) -> PageLayer:
    text = draw(texts)
    edge = st.floats(0, widest, width=32)
    boxes = np.full((len(text), 4), np.nan, np.float32)
    for item, lonely in enumerate(separators(text)):
        if not lonely:
            x, y, width, height = (draw(edge) for _ in range(4))
            boxes[item] = (x, y, min(x + width / 50, widest), min(y + height / 50, widest))
    cuts = sorted(draw(st.integers(0, len(text))) for _ in range(4))
    kinds = st.sampled_from(["heading", "paragraph", "item", "row", "note", "furniture"])
    offsets = draw(st.lists(st.integers(0, max(len(text) - 1, 0)), max_size=4, unique=True))
    origin = st.integers(-1, 2**31 - 2)
    source = draw(st.none() | st.lists(origin, min_size=len(text), max_size=len(text)))
    return PageLayer(
        index=draw(st.integers(0, 9999)),
        media=draw(st.sampled_from([A4, (-20.0, 36.5, 575.25, 800.0)])),
        rotation=draw(st.sampled_from([0, 90, 180, 270])),
        text=text,
        boxes=boxes,
        body=(cuts[0], cuts[1]),
        notes=(cuts[2], cuts[3]),
        starts=tuple(Start(offset, draw(kinds)) for offset in sorted(offsets)),
        label=draw(st.none() | st.text(max_size=6)),
        quality=draw(st.sampled_from([TEXT, NO_TEXT, NONSENSE])),
        source=None if source is None else np.array(source, np.int32),
    )


@given(page_layers())
def test_a_layer_comes_back_as_it_was_stored(layer: PageLayer) -> None:
    back = PageLayer.unpack(layer.text, layer.pack())
    for name in ("index", "media", "rotation", "text", "body", "notes", "starts", "label"):
        assert getattr(back, name) == getattr(layer, name)
    assert back.quality == layer.quality
    if layer.source is None:
        assert back.source is None
    else:
        assert back.source is not None
        assert back.source.tolist() == layer.source.tolist()


@given(page_layers())
def test_boxes_come_back_closer_than_can_be_seen(layer: PageLayer) -> None:
    back = PageLayer.unpack(layer.text, layer.pack()).boxes
    assert back.shape == (len(layer.text), 4)
    assert back.dtype == np.float32
    real = ~separators(layer.text)
    assert not np.isnan(back[real]).any()
    if real.any():
        assert float(np.abs(back[real] - layer.boxes[real]).max()) < 0.05


@given(page_layers())
def test_separators_have_no_box(layer: PageLayer) -> None:
    back = PageLayer.unpack(layer.text, layer.pack()).boxes
    marks = np.array([letter in "\n\t" for letter in layer.text], bool)
    assert (np.isnan(back).all(axis=1) == marks).all()


@given(page_layers())
def test_storing_twice_gives_the_same_bytes_and_loses_nothing_more(layer: PageLayer) -> None:
    packed = layer.pack()
    assert layer.pack() == packed
    once = PageLayer.unpack(layer.text, packed)
    twice = PageLayer.unpack(layer.text, once.pack())
    assert np.allclose(once.boxes, twice.boxes, atol=0.05, equal_nan=True)


@pytest.mark.parametrize("text", ["", "\n", "\n\t\n"])
def test_a_page_without_anything_on_it_is_stored(text: str) -> None:
    boxes = np.full((len(text), 4), np.nan, np.float32)
    layer = PageLayer(3, A4, 0, text, boxes, (0, len(text)), (len(text), len(text)))
    back = PageLayer.unpack(text, layer.pack())
    assert back.boxes.shape == (len(text), 4)
    assert np.isnan(back.boxes).all()


def test_one_character_alone_keeps_its_box() -> None:
    boxes = np.array([[100.25, 200.5, 105.75, 211.0]], np.float32)
    layer = PageLayer(0, A4, 0, "x", boxes, (0, 1), (1, 1))
    assert np.allclose(PageLayer.unpack("x", layer.pack()).boxes, boxes, atol=0.05)


def test_a_poster_keeps_its_boxes_to_a_tenth_of_a_point() -> None:
    boxes = np.array([[0, 0, 9, 9], [3360, 2370, 3370, 2380]], np.float32)
    layer = PageLayer(0, (0, 0, 3370, 2384), 0, "ab", boxes, (0, 2), (2, 2))
    assert np.allclose(PageLayer.unpack("ab", layer.pack()).boxes, boxes, atol=0.1)


def test_code_points_beyond_the_first_plane_count_once() -> None:
    text = "a😀b\n𝒳"
    boxes = np.arange(20, dtype=np.float32).reshape(5, 4)
    boxes[3] = np.nan
    layer = PageLayer(0, A4, 0, text, boxes, (0, 5), (5, 5))
    back = PageLayer.unpack(text, layer.pack())
    assert np.allclose(back.boxes, boxes, atol=0.05, equal_nan=True)


@given(st.binary(max_size=300))
def test_rubbish_is_no_layer(rubbish: bytes) -> None:
    with pytest.raises(NO_LAYER):
        PageLayer.unpack("abc", rubbish)


def _small() -> PageLayer:
    boxes = np.arange(12, dtype=np.float32).reshape(3, 4)
    return PageLayer(0, A4, 0, "abc", boxes, (0, 3), (3, 3), source=np.arange(3, dtype=np.int32))


def test_a_layer_that_was_cut_short_is_no_layer() -> None:
    packed = _small().pack()
    for length in range(len(packed)):
        with pytest.raises(NO_LAYER):
            PageLayer.unpack("abc", packed[:length])


@pytest.mark.parametrize("text", ["ab", "abcd", ""])
def test_a_layer_does_not_fit_another_text(text: str) -> None:
    with pytest.raises(NO_LAYER):
        PageLayer.unpack(text, _small().pack())


# --- the layers of a document --------------------------------------------------------------


def _damaged() -> CannotOpen:
    return CannotOpen("a.cambs is damaged; restore a backup.", code="damaged")


def _packed(pages: Sequence[PageLayer]) -> PackedLayers:
    return PackedLayers([(page.text, page.pack()) for page in pages], _damaged)


def _many(count: int) -> list[PageLayer]:
    return [flat_layer(f"page {index}", index=index) for index in range(count)]


@given(st.lists(page_layers(), max_size=5))
def test_pages_that_are_kept_packed_are_those_that_were_stored(pages: list[PageLayer]) -> None:
    packed = _packed(pages)
    assert len(packed) == len(pages)
    assert [layer.pack() for layer in packed] == [
        PageLayer.unpack(page.text, page.pack()).pack() for page in pages
    ]
    assert [packed.text(index) for index in range(len(pages))] == [page.text for page in pages]
    assert packed.shapes() == [
        PageShape(page.media, page.rotation, page.label, page.quality) for page in pages
    ]


@given(st.integers(0, 6), st.integers(-9, 9), st.slices(9))
def test_they_are_counted_as_those_of_a_list(count: int, index: int, part: slice) -> None:
    pages = _many(count)
    packed = _packed(pages)
    assert [layer.text for layer in packed[part]] == [page.text for page in pages[part]]
    if -count <= index < count:
        assert packed[index].text == pages[index].text
    else:
        with pytest.raises(IndexError):
            packed[index]


def test_a_page_that_was_looked_at_is_kept_and_a_thousand_are_not() -> None:
    packed = _packed(_many(1000))
    first = packed[0]
    assert packed[0] is first
    for layer in packed:
        assert layer.text == f"page {layer.index}"
    assert len(packed._unpacked) <= 256
    assert packed[0].text == first.text


@pytest.mark.parametrize("cut", [0, 3, 40, 120])
def test_a_damaged_page_is_told_when_it_is_looked_at_and_no_earlier(cut: int) -> None:
    pages = [(page.text, page.pack()) for page in _many(3)]
    pages[1] = (pages[1][0], pages[1][1][:cut])
    packed = PackedLayers(pages, _damaged)
    assert [packed[index].text for index in (0, 2, -1)] == ["page 0", "page 2", "page 2"]
    assert packed.text(1) == "page 1"
    for look in (lambda: packed[1], lambda: packed[:2], lambda: list(packed)):
        with pytest.raises(CannotOpen) as caught:
            look()
        assert caught.value.code == "damaged"
        assert caught.value.__cause__ is not None


def test_a_page_whose_head_is_damaged_has_no_shape() -> None:
    pages = [(page.text, page.pack()) for page in _many(2)]
    for wrong in (b"", b"CEL1", b"XXXX" + pages[1][1][4:], pages[1][1][:90]):
        with pytest.raises(CannotOpen):
            PackedLayers([pages[0], ("page 1", wrong)], _damaged).shapes()


def test_a_page_with_the_text_of_another_is_damaged() -> None:
    pages = [(page.text, page.pack()) for page in _many(2)]
    with pytest.raises(CannotOpen):
        PackedLayers([(pages[0][0] + "!", pages[0][1])], _damaged)[0]


def test_several_threads_look_at_the_same_pages() -> None:
    packed = _packed(_many(600))

    def look(seed: int) -> bool:
        order = np.random.default_rng(seed).permutation(600).tolist()
        return all(packed[index].index == index for index in order)

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(look, range(12)))
    assert len(packed._unpacked) <= 256
