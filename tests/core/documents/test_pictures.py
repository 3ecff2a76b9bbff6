"""Pictures as pages: whole, upright, of a size that makes sense, and never a bomb."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from cambs_evidence.documents import pictures
from cambs_evidence.documents.layer import NO_TEXT
from cambs_evidence.errors import DocumentRefused


def _picture(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """White, with a dark stripe along its upper edge and a grey square at its lower left."""
    picture = Image.new("RGB", size, "white")
    picture.paste((20, 20, 20), (0, 0, size[0], 6))
    picture.paste((120, 120, 120), (0, size[1] - 10, 10, size[1]))
    return picture.convert(mode)


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _made(data: bytes) -> bytes:
    return pictures.rendition(data, lambda: None)


def _shown(pdf: bytes, page: int = 0, width: int = 60) -> np.ndarray:
    document = pypdfium2.PdfDocument(pdf)
    scale = width / document[page].get_width()
    return np.asarray(document[page].render(scale=scale).to_pil().convert("L"))


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "LA", "P"])
def test_a_png_is_kept_without_loss(mode: str) -> None:
    picture = _picture(mode)
    with pikepdf.open(io.BytesIO(_made(_saved(picture, "PNG")))) as document:
        kept = pikepdf.PdfImage(document.pages[0].Resources.XObject.P).as_pil_image()
    assert np.array_equal(np.asarray(kept.convert("RGB")), np.asarray(picture.convert("RGB")))


def test_what_shows_through_is_white() -> None:
    shown = _shown(_made(_saved(Image.new("RGBA", (60, 40), (0, 0, 0, 0)), "PNG")))
    assert int(shown.min()) == 255


def test_a_jpeg_goes_in_as_it_is() -> None:
    data = _saved(_picture(), "JPEG")
    with pikepdf.open(io.BytesIO(_made(data))) as document:
        assert document.pages[0].Resources.XObject.P.read_raw_bytes() == data


def test_a_jpeg_in_four_inks_is_shown_in_its_colours() -> None:
    shown = _shown(_made(_saved(_picture("CMYK"), "JPEG", quality=95)))
    assert shown[3, 30] < 80
    assert shown[20, 40] > 240


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_is_shown_as_it_was_meant_to_be_held(turned: int) -> None:
    upright = _picture("L", (64, 40))
    back = {2: [0], 3: [3], 4: [1], 5: [5], 6: [2], 7: [6], 8: [4]}
    held = upright
    for step in back.get(turned, []):
        held = held.transpose(Image.Transpose(step))
    exif = Image.Exif()
    exif[0x0112] = turned
    shown = _shown(_made(_saved(held, "JPEG", quality=98, exif=exif)), width=64)
    assert shown.shape == (40, 64)
    assert shown[2, 30] < 80  # the stripe is above
    assert 80 < shown[36, 4] < 160  # the square is at the lower left
    assert shown[36, 40] > 230


@pytest.mark.parametrize(
    ("size", "dpi", "points"),
    [
        ((1654, 2339), (200, 200), (595.44, 842.04)),
        ((204, 98), (204, 98), (72.0, 72.0)),  # a fax has other dots across than down
        ((4000, 3000), (72, 72), (793.7, 595.276)),  # what cameras say of every picture
        ((4000, 3000), None, (793.7, 595.276)),
        ((400, 300), (1, 1), (300.0, 225.0)),
        ((7016, 9933), (300, 300), (1683.84, 2383.92)),  # A1
    ],
)
def test_the_size_of_a_page_makes_sense(
    size: tuple[int, int], dpi: tuple[int, int] | None, points: tuple[float, float]
) -> None:
    options = {"dpi": dpi} if dpi else {}
    data = _saved(Image.new("1", size, 1), "TIFF", compression="group4", **options)
    [layer] = pictures.layers(_made(data))
    assert layer.media == pytest.approx((0, 0, *points), abs=0.5)


def test_every_page_of_a_tiff_is_a_page_without_text() -> None:
    pages = [_picture(mode) for mode in ("1", "L", "RGB")]
    data = _saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert pictures.count(data) == 3
    rendition = _made(data)
    layers = list(pictures.layers(rendition))
    assert [(each.index, each.text, each.quality) for each in layers] == [
        (0, "", NO_TEXT), (1, "", NO_TEXT), (2, "", NO_TEXT),
    ]  # fmt: skip
    for number in range(3):
        shown = _shown(rendition, number)
        assert float(shown[1:5].mean()) < 60
        assert float(shown[12:28, 20:].mean()) > 250


def test_the_same_picture_gives_the_same_pages() -> None:
    data = _saved(_picture(), "PNG")
    assert _made(data) == _made(data)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + sum_

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1000))
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    with pytest.raises(DocumentRefused, match="pixels"):
        _made(_png(50_000, 50_000))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_picture_that_is_cut_off_is_refused(kind: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (90, 90, 3), np.uint8))
    data = _saved(noise, kind)
    with pytest.raises(DocumentRefused, match="damaged"):
        _made(data[: len(data) // 2])
