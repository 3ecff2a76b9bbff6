"""The pictures of passages that are parts of pages, as a pack prints them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from cambs_evidence.documents.intake import digest
from cambs_evidence.documents.regions import scale_of
from cambs_evidence.errors import CannotOpen
from cambs_evidence.model import Anchor, Box
from cambs_evidence.pack.contents import Contents
from cambs_evidence.wording import region_in_words

#: Code points of a picture's words that are told in its place.
_TOLD = 600


@dataclass(frozen=True, slots=True)
class Figure:
    """One picture: its PNG, its pixels, its points on its own page, and words in its place.

    ``sha256`` is that of the PNG.
    """

    png: bytes
    pixels: tuple[int, int]
    size: tuple[float, float]
    alternative: str
    sha256: str = ""

    def fitted(self, width: float, height: float) -> tuple[float, float]:
        """Points across and down within some room; never more than on its own page."""
        scale = min(width / self.size[0], height / self.size[1], 1.0)
        return self.size[0] * scale, self.size[1] * scale


def figures(contents: Contents, picture: Callable[[str], bytes]) -> dict[str, Figure]:
    """The figures of a pack by the reference of their excerpts.

    ``picture`` gives the PNG with a SHA-256, or nothing where the case does not hold it. Raises
    CannotOpen where that is not the one that was taken.
    """
    found = {}
    for excerpt in contents.excerpts:
        anchor = excerpt.link.passage.anchor
        if anchor.region is None or anchor.region.picture_sha256 is None:
            continue
        png = picture(anchor.region.picture_sha256)
        if digest(png) != anchor.region.picture_sha256:
            page = excerpt.link.passage.page + 1
            raise CannotOpen(
                f"The picture of a passage on page {page} of {excerpt.document.filename} is "
                "damaged in the case; run check on it, then mark that part of the page again.",
                code="damaged",
            )
        found[excerpt.reference] = _figure(png, anchor, excerpt.document.title)
    return found


def _figure(png: bytes, anchor: Anchor, title: str) -> Figure:
    assert anchor.region is not None  # noqa: S101 - only such have a picture
    # A PNG says its size in the first chunk, right after its signature.
    width, height = struct.unpack(">II", png[16:24])
    scale = scale_of(anchor.region.box)
    said = region_in_words(anchor.region, anchor.spans[0].page)
    words = f"{said} of {title}"
    if anchor.region.cells:
        words = f"{words}; its cells follow as a table."
    elif anchor.quote:
        words = f"{words}: {anchor.quote[:_TOLD]}"
    return Figure(png, (width, height), (width / scale, height / scale), words,
                  anchor.region.picture_sha256 or "")  # fmt: skip


def marked(anchor: Anchor, page: int) -> tuple[Box, ...]:
    """The boxes that mark a passage on a page (0-based): its region, or its words line by line."""
    on_page = [span for span in anchor.spans if span.page == page]
    if anchor.region is not None:
        return (anchor.region.box,) if on_page else ()
    return tuple(quad for span in on_page for quad in span.quads)
