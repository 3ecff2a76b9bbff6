"""What crops that are cut out of their pages must look like: cut out of the source anew.

They are laid on sheets as in the pack, and painted as those are, so that the painter has no reason
to paint them otherwise; what they show and what is marked comes from the source alone.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pikepdf

from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import Box
from cambs_evidence.pack import annex, cutting
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.crops import Frame, on_sheet

#: Sheets of one file, which is held meanwhile.
_TOGETHER = 64


class Cut(NamedTuple):
    """A part of a page (0-based), where it lies on a sheet, and what is marked in which colour.

    ``frame`` and ``marks`` are pixels of the page as it is shown and of the part, ``shape`` is
    what is seen of the page, in its user space, and how it is turned.
    """

    page: int
    frame: Frame
    box: Box
    marks: Sequence[Frame]
    marker: tuple[float, float, float]
    shape: tuple[Box, int]


def painted(
    data: bytes, cuts: Sequence[Cut], sign: Callable[[], None]
) -> Iterator[npt.NDArray[np.uint8] | None]:
    """Parts of pages of a PDF as :func:`crops.painted_to` gives them, None where one cannot be cut.

    ``sign`` is called for each as a sign of life.
    """
    for begin in range(0, len(cuts), _TOGETHER):
        some = cuts[begin : begin + _TOGETHER]
        try:
            sheets = _sheets(data, some)
        except DocumentRefused:
            yield from (None for _ in some)
        else:
            yield from _painted(sheets, some, sign)


def _painted(
    sheets: bytes, cuts: Sequence[Cut], sign: Callable[[], None]
) -> Iterator[npt.NDArray[np.uint8] | None]:
    from cambs_evidence.documents import crops, pdfium  # noqa: PLC0415 - in such processes only

    document = pdfium.open_pdf(sheets)
    try:
        for number, each in enumerate(cuts):
            sign()
            try:
                yield crops.painted_to(document, number, each.box, each.frame[2:])
            except DocumentRefused:
                yield None
    finally:
        document.close()


def _sheets(data: bytes, cuts: Sequence[Cut]) -> bytes:
    out = io.BytesIO()
    try:
        with annex.opened(data) as original, pikepdf.new() as sheets:
            seen: set[tuple[int, int]] = set()
            annex.keep_hidden(sheets, original, seen)
            forms: dict[int, pikepdf.Object] = {}
            shine = sheets.make_indirect(
                pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, BM=pikepdf.Name.Multiply)
            )
            for each in cuts:
                if each.page not in forms:
                    forms[each.page] = annex.carry(sheets, original, each.page, each.shape[0], seen)
                _lay(sheets, each, forms[each.page], shine)
            sheets.save(out, compress_streams=False)
    except annex.TROUBLE as error:
        raise DocumentRefused("its pages cannot be carried") from error
    return out.getvalue()


def _lay(sheets: pikepdf.Pdf, cut: Cut, form: pikepdf.Object, shine: pikepdf.Object) -> None:
    name = s.image_name(0)
    sheet = sheets.add_blank_page(page_size=(s.WIDTH, s.HEIGHT)).obj
    made = cutting.pattern(sheets, form, cut.frame, cut.box, cut.shape)
    sheet.Resources = pikepdf.Dictionary(
        Pattern=pikepdf.Dictionary({name: made}), ExtGState=pikepdf.Dictionary({s.SHINE: shine})
    )
    over = s.shine(on_sheet(cut.frame, cut.marks, cut.box), cut.marker)
    sheet.Contents = sheets.make_stream(f"{cutting.operators(name, cut.box)}\n{over}".encode())
