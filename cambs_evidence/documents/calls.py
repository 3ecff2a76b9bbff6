"""PDFium's functions that are called for each character and each drawn object, bound for speed.

Half of what such a call costs from Python is the conversion of its arguments. Most functions here
declare none: handles and the places where they write are converted once, by :func:`argument` and
:class:`Rows`, and given again and again. What is not converted would be cut to 32 bits: nothing but
small integers may be given as it is.

PDFium is not thread-safe and a document is untrusted: this module is imported in worker processes
only. They have one thread: nothing is gained by releasing the interpreter's lock in each call.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

_HANDLE, _INT = ctypes.c_void_p, ctypes.c_int

#: A handle (an integer) as an argument of the functions that declare none.
argument: Callable[[int], Any] = _HANDLE.from_param


def address(pointer: object) -> int:
    """The handle that a pointer of pypdfium2 holds."""
    return ctypes.cast(pointer, _HANDLE).value or 0  # type: ignore[arg-type]


def _bound(function: object, result: object = _INT, *arguments: object) -> Callable[..., int]:
    """The engine's function; with ``arguments`` declared it takes plain integers for handles."""
    return ctypes.PYFUNCTYPE(result, *arguments)(address(function))  # type: ignore[arg-type]


box_of = _bound(pdfium.FPDFText_GetLooseCharBox)
unicode_of = _bound(pdfium.FPDFText_GetUnicode, ctypes.c_uint)
text_of = _bound(pdfium.FPDFText_GetText)
object_of = _bound(pdfium.FPDFText_GetTextObject, _HANDLE)
count_on = _bound(pdfium.FPDFPage_CountObjects)
drawn_on = _bound(pdfium.FPDFPage_GetObject, _HANDLE)
kind_of = _bound(pdfium.FPDFPageObj_GetType, _INT, _HANDLE)
bounds_of = _bound(pdfium.FPDFPageObj_GetBounds)
matrix_of = _bound(pdfium.FPDFPageObj_GetMatrix)
transparent = _bound(pdfium.FPDFPageObj_HasTransparency)
fill_of = _bound(pdfium.FPDFPageObj_GetFillColor)
mode_of = _bound(pdfium.FPDFPath_GetDrawMode)
segments_of = _bound(pdfium.FPDFPath_CountSegments)
segment_of = _bound(pdfium.FPDFPath_GetPathSegment, _HANDLE)
point_of = _bound(pdfium.FPDFPathSegment_GetPoint)
segment_kind = _bound(pdfium.FPDFPathSegment_GetType)
closes = _bound(pdfium.FPDFPathSegment_GetClose)
count_in = _bound(pdfium.FPDFFormObj_CountObjects)
drawn_in = _bound(pdfium.FPDFFormObj_GetObject, _HANDLE, _HANDLE, ctypes.c_ulong)


class Rows:
    """Rows of numbers that the engine writes.

    Attributes:
        values: the rows, an array ``(count, width)``.
        places: for each row the argument that says where it is.
    """

    def __init__(self, count: int, width: int, kind: type = np.float32) -> None:
        self.values: npt.NDArray[Any] = np.zeros((count, width), kind)
        memory = (ctypes.c_char * self.values.nbytes).from_buffer(self.values.data)
        step = self.values.itemsize * width
        self.places = [ctypes.byref(memory, step * row) for row in range(count)]
