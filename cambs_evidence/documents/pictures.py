"""Pictures as pages: PNG, JPEG and TIFF, each page of them a page of a PDF.

A JPEG goes into the PDF as it is; everything else without loss. The size of a page is the picture's
by its dots per inch, where those make sense; how it was turned when it was taken is respected.
Imported in worker processes only: a picture is untrusted.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image, ImageFile, ImageSequence, UnidentifiedImageError

from cambs_evidence.documents.layer import NO_TEXT, PageLayer
from cambs_evidence.errors import DocumentRefused

#: Stored with each text layer; changes whenever any picture could come out differently.
RULES_VERSION = "picture-1"
#: Pixels of one page; A3 at 600 dpi has 70 million.
MOST_PIXELS = 100_000_000
MOST_PAGES = 2_000
#: Bytes of all pages together.
LARGEST = 500 * 1024 * 1024
#: Points: A4 and A3 (long side), and the sides a page may have at most and at least.
_A4 = (595.276, 841.89)
_A3, _WIDEST, _NARROWEST = 1190.55, 14_400.0, 36.0
#: Dots per inch that are believed, and from which on a page may be larger than A3.
_COARSEST, _FINEST, _MEANT = 30.0, 4800.0, 150.0
_FORMATS = ("PNG", "JPEG", "TIFF")
_TURNED = 0x0112

# For each way a picture can be turned (EXIF): a, b, c, d, e, f that lay the unit square on it.
_LAID: dict[int, tuple[int, ...]] = {
    1: (1, 0, 0, 1, 0, 0), 2: (-1, 0, 0, 1, 1, 0), 3: (-1, 0, 0, -1, 1, 1), 4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1), 6: (0, -1, 1, 0, 0, 1), 7: (0, 1, 1, 0, 0, 0), 8: (0, 1, -1, 0, 1, 0),
}  # fmt: skip
# What cannot be opened or decoded is told by these; anything else is our mistake.
_TROUBLE = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error, KeyError,
    IndexError, TypeError, OverflowError, ZeroDivisionError, Image.DecompressionBombError,
)  # fmt: skip


def count(data: bytes) -> int:
    """How many pages a picture has; raises DocumentRefused where it is none, or too many."""
    with _opened(data) as picture:
        if picture.format != "TIFF":
            return 1
        try:
            pages = int(getattr(picture, "n_frames", 1))
        except _TROUBLE as error:
            raise _damaged() from error
    if pages > MOST_PAGES:
        raise DocumentRefused(f"it has more than {MOST_PAGES:,} pages; split it first")
    return pages


def rendition(data: bytes, alive: Callable[[], None]) -> bytes:
    """The PDF of a picture's pages; ``alive`` is called after each.

    Raises DocumentRefused where the picture is damaged or too large.
    """
    import pikepdf  # noqa: PLC0415 - heavy

    document = pikepdf.new()
    size = 0
    with _opened(data) as picture:
        try:
            for number, page in enumerate(_pages(picture)):
                if page.width * page.height > MOST_PIXELS:
                    raise DocumentRefused(
                        f"page {number + 1} of it has {page.width:,} × {page.height:,} pixels, "
                        "more than can be shown; scan it with fewer dots per inch",
                        code="too-large",
                    )
                turned = _turned(page)
                is_jpeg = page.format in {"JPEG", "MPO"} and page.mode in {"L", "RGB"}
                made = _as_it_is if is_jpeg else _without_loss
                stream = made(document, page, data)
                size += len(stream.read_raw_bytes())
                if size > LARGEST:
                    raise DocumentRefused("its pages hold too much; split it first")
                _add(document, stream, (page.width, page.height), _dpi(page), turned)
                alive()
        except _TROUBLE as error:
            raise _damaged() from error
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def layers(rendition: bytes) -> Iterator[PageLayer]:
    """The text layers of the pages of a rendition: nothing is read on them yet."""
    import pikepdf  # noqa: PLC0415 - heavy

    with pikepdf.open(io.BytesIO(rendition)) as document:
        for index, page in enumerate(document.pages):
            x0, y0, x1, y1 = (float(edge) for edge in page.mediabox)
            yield PageLayer(
                index=index,
                media=(x0, y0, x1, y1),
                rotation=0,
                text="",
                boxes=np.zeros((0, 4), np.float32),
                body=(0, 0),
                notes=(0, 0),
                quality=NO_TEXT,
            )


def _opened(data: bytes) -> Image.Image:
    # Ours is the limit; the library's own would warn below it.
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except _TROUBLE as error:
        raise _damaged() from error


def _damaged() -> DocumentRefused:
    return DocumentRefused("it is damaged and cannot be opened as a picture", code="format")


def _pages(picture: Image.Image) -> Iterator[Image.Image]:
    """The pages of a TIFF; the first picture of any other file."""
    if picture.format == "TIFF":
        yield from ImageSequence.Iterator(picture)
    else:
        yield picture


def _turned(page: Image.Image) -> int:
    try:
        turned = page.getexif().get(_TURNED, 1)
    except _TROUBLE:
        return 1  # what a camera notes beside the picture may be damaged; the picture is not
    return turned if turned in _LAID else 1


def _dpi(page: Image.Image) -> tuple[float, float]:
    """Dots per inch across and down; zeros where they are not said or make no sense."""
    try:
        across, down = (float(value) for value in page.info.get("dpi", (0, 0)))
    except (TypeError, ValueError, ZeroDivisionError):
        return (0.0, 0.0)
    if not all(_COARSEST <= value <= _FINEST for value in (across, down)):
        return (0.0, 0.0)
    return across, down


def _size(pixels: tuple[int, int], dpi: tuple[float, float]) -> tuple[float, float]:
    """Width and height of a page in points.

    What is said of a picture's dots is believed unless it is what cameras and programs say of
    every picture; then it is shown as large as fits on A4.
    """
    if dpi[0] and dpi[1]:
        across, down = 72 * pixels[0] / dpi[0], 72 * pixels[1] / dpi[1]
        meant = max(across, down) <= _A3 or min(dpi) >= _MEANT
        if meant and max(across, down) <= _WIDEST and min(across, down) >= _NARROWEST:
            return across, down
    wide = pixels[0] > pixels[1]
    room = _A4[::-1] if wide else _A4
    fits = min(room[0] / pixels[0], room[1] / pixels[1])
    scale = min(fits, max(72 / 96, _NARROWEST / min(pixels)))
    # A hair of a picture is drawn wider than it is: no reader shows a page below three points.
    return max(pixels[0] * scale, 3.0), max(pixels[1] * scale, 3.0)


def _add(
    document: Any, stream: Any, pixels: tuple[int, int], dpi: tuple[float, float], turned: int
) -> None:
    import pikepdf  # noqa: PLC0415

    width, height = _size(pixels, dpi)
    if turned >= 5:
        width, height = height, width
    a, b, c, d, e, f = _LAID[turned]
    laid = (a * width, b * height, c * width, d * height, e * width, f * height)
    page = document.add_blank_page(page_size=(round(width, 3), round(height, 3)))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=stream))
    matrix = " ".join(f"{value:.4f}" for value in laid)
    page.Contents = document.make_stream(f"q {matrix} cm /P Do Q".encode())


def _as_it_is(document: Any, page: Image.Image, data: bytes) -> Any:
    """The JPEG itself; in grey or in three colours every reader shows it alike."""
    import pikepdf  # noqa: PLC0415

    page.load()  # it must be whole
    colours = pikepdf.Name.DeviceGray if page.mode == "L" else pikepdf.Name.DeviceRGB
    return _image(document, data, page.size, colours, 8, Filter=pikepdf.Name.DCTDecode)


def _without_loss(document: Any, page: Image.Image, _data: bytes) -> Any:
    """The pixels of a page, packed as a PNG packs them."""
    import pikepdf  # noqa: PLC0415

    page.load()
    flat = _flat(page)
    out = io.BytesIO()
    flat.save(out, "PNG", compress_level=4)
    colours = 3 if flat.mode == "RGB" else 1
    bits = 1 if flat.mode == "1" else 8
    parameters = pikepdf.Dictionary(
        Predictor=15, Colors=colours, BitsPerComponent=bits, Columns=flat.width
    )
    space = pikepdf.Name.DeviceRGB if colours == 3 else pikepdf.Name.DeviceGray
    return _image(
        document, _packed(out.getvalue()), flat.size, space, bits,
        Filter=pikepdf.Name.FlateDecode, DecodeParms=parameters,
    )  # fmt: skip


def _flat(page: Image.Image) -> Image.Image:
    """A page in black and white, grey or red, green and blue; what shows through is white."""
    if page.mode in {"1", "L", "RGB"} and "transparency" not in page.info:
        return page
    if page.mode.startswith("I") or page.mode == "F":
        values = np.asarray(page, np.float64)
        low, high = float(values.min()), float(values.max())
        top = 65535.0 if page.mode.startswith("I;16") or high > 255 else max(high, 1.0)
        return Image.fromarray((np.clip(values - min(low, 0), 0, top) * 255 / top).astype(np.uint8))
    if page.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in page.info:
        over = page.convert("RGBA")
        white = Image.new("RGBA", over.size, "white")
        return Image.alpha_composite(white, over).convert("RGB")
    return page.convert("RGB")


def _packed(png: bytes) -> bytes:
    """The packed pixels of a PNG that was just made."""
    at, pieces = 8, []
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        if png[at + 4 : at + 8] == b"IDAT":
            pieces.append(png[at + 8 : at + 8 + length])
        at += length + 12
    return b"".join(pieces)


def _image(
    document: Any, data: bytes, size: tuple[int, int], space: Any, bits: int, **facts: Any
) -> Any:
    import pikepdf  # noqa: PLC0415

    return pikepdf.Stream(
        document,
        data,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=size[0],
        Height=size[1],
        ColorSpace=space,
        BitsPerComponent=bits,
        **facts,
    )
