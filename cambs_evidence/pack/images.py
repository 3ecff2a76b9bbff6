"""Pictures in the form in which a PDF takes them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

#: Of JPEG; letters stay sharp, and their colour is kept for each pixel.
_QUALITY = 88
#: What a step of sixteen stands for, of 255.
_STEP = 17
#: Of zlib: to make it a fourteenth smaller still takes twice the time.
_EFFORT = 3


class Image(NamedTuple):
    """A picture: its pixels across and down, the entries of its dictionary, and its bytes."""

    width: int
    height: int
    said: str
    data: bytes

    @property
    def dictionary(self) -> str:
        """The dictionary of the stream, but for its length."""
        size = f"/Width {self.width} /Height {self.height}"
        return f"/Type /XObject /Subtype /Image {size} {self.said}"


_JPEG = "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"


def _as_in_png(colours: int, width: int) -> str:
    space = "/DeviceRGB" if colours == 3 else "/DeviceGray"
    parameters = f"/Predictor 15 /Colors {colours} /BitsPerComponent 8 /Columns {width}"
    how = f"/Filter /FlateDecode /DecodeParms <<{parameters}>>"
    return f"/ColorSpace {space} /BitsPerComponent 8 {how}"


def whole(pixels: Pixels) -> Image:
    """A page ``(height, width, 3)``: grey where there is no colour, otherwise a JPEG."""
    from PIL import Image as Pictures  # noqa: PLC0415 - heavy

    height, width, _ = pixels.shape
    out = io.BytesIO()
    if _is_grey(pixels):
        Pictures.fromarray(np.ascontiguousarray(pixels[:, :, 0])).save(out, "PNG")
        return Image(width, height, _as_in_png(1, width), b"".join(_data(out.getvalue())))
    Pictures.fromarray(pixels).save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return Image(width, height, _JPEG, out.getvalue())


def small(pixels: Pixels) -> Image:
    """A part of a page, as small as it can be: in sixteen greys, or in few colours.

    ``pixels`` are blue, green, red and nothing, ``(height, width, 4)``. What has many colours, such
    as a photograph, is kept as a JPEG.
    """
    height, width, _ = pixels.shape
    first = pixels[:, :, 0]
    if np.array_equal(first, pixels[:, :, 1]) and np.array_equal(first, pixels[:, :, 2]):
        if width % 2:
            first = np.pad(first, ((0, 0), (0, 1)))
        pairs = np.frombuffer(first.tobytes().translate(_STEPS), "<u2")
        packed = ((pairs << 4) | (pairs >> 8)).astype(np.uint8)
        said = "/ColorSpace /DeviceGray /BitsPerComponent 4 /Filter /FlateDecode"
        return Image(width, height, said, zlib.compress(packed.data, _EFFORT))
    steps = np.frombuffer(pixels.tobytes().translate(_STEPS), "<u4")
    codes = ((steps >> 8) & 0xF00) | ((steps >> 4) & 0x0F0) | (steps & 0x00F)
    there = np.flatnonzero(np.bincount(codes, minlength=1 << 12))
    if len(there) > 1 << 8:
        return whole(np.ascontiguousarray(pixels[:, :, 2::-1]))
    places = np.zeros(1 << 12, np.uint8)
    places[there] = np.arange(len(there), dtype=np.uint8)
    colours = "".join(
        f"{_STEP * (code >> 8):02x}{_STEP * (code >> 4 & 15):02x}{_STEP * (code & 15):02x}"
        for code in there.tolist()
    )
    said = (
        f"/ColorSpace [/Indexed /DeviceRGB {len(there) - 1} <{colours}>] /BitsPerComponent 8 "
        "/Filter /FlateDecode"
    )
    return Image(width, height, said, zlib.compress(places[codes], _EFFORT))


#: The step of each value.
_STEPS = bytes((value + _STEP // 2) // _STEP for value in range(256))


def pixels(image: Image) -> Pixels:
    """Red, green and blue ``(height, width, 3)`` of what :func:`small` gave."""
    from PIL import Image as Pictures  # noqa: PLC0415

    width, height, said, data = image
    if "/DCTDecode" in said:
        with Pictures.open(io.BytesIO(data), formats=["JPEG"]) as picture:
            return np.asarray(picture.convert("RGB"), np.uint8)
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, -1)
    if "/Indexed" in said:
        told = bytes.fromhex(said[said.index("<") + 1 : said.index(">")])
        return np.frombuffer(told, np.uint8).reshape(-1, 3)[rows]
    steps = np.stack([rows >> 4, rows & 15], axis=2).reshape(height, -1)[:, :width]
    return np.repeat((steps * np.uint8(_STEP))[:, :, None], 3, axis=2)


def of_png(png: bytes) -> Image:
    """The picture of a PNG, not unpacked where a PDF takes it as it is."""
    width, height, bits, kind, _, _, woven = struct.unpack(">IIBBBBB", png[16:29])
    colours = {0: 1, 2: 3}.get(kind, 0)
    if bits == 8 and colours and not woven:
        return Image(width, height, _as_in_png(colours, width), b"".join(_data(png)))
    from PIL import Image as Pictures  # noqa: PLC0415

    with Pictures.open(io.BytesIO(png), formats=["PNG"]) as image:
        rows = np.asarray(image.convert("RGB"), np.uint8)
    said = "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
    return Image(width, height, said, zlib.compress(rows.tobytes(), _EFFORT))


def _is_grey(pixels: Pixels) -> bool:
    first = pixels[:, :, 0]
    return np.array_equal(first, pixels[:, :, 1]) and np.array_equal(first, pixels[:, :, 2])


def _data(png: bytes) -> Iterator[bytes]:
    """What a PNG holds of pixels, chunk by chunk."""
    at = 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            yield png[at + 8 : at + 8 + size]
        at += size + 12
