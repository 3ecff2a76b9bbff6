"""The tree of a pack into its file, once all pages are drawn.

Objects are written as text: there are a dozen for each quote.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, BinaryIO

from reportlab.pdfbase.pdfdoc import PDFObject

from cambs_evidence.pack.sheet import Jump, Sheet
from cambs_evidence.pack.tags import Content, Element

#: Bytes of the longest string that PDF/A allows, less the mark of its encoding.
LONGEST = 32_767 - 2
#: Entries of the parent tree that stand in one object.
_LEAF = 256
_ESCAPES = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)", "\r": "\\r", "\n": "\\n"})


class _Raw(PDFObject):  # type: ignore[misc] # reportlab has no types
    """An object whose bytes are made when the file is written."""

    __RefOnly__ = 1

    def __init__(self, made: Callable[[], str]) -> None:
        self._made = made

    def format(self, _document: Any) -> bytes:
        return self._made().encode("latin-1")


def text_string(text: str) -> str:
    """A text string as it stands in a file, shortened where it would be too long.

    What nobody could read out, such as a sign of a font's own, is a space.
    """
    if not text.isprintable():
        text = "".join(each if each.isprintable() or each == "\n" else " " for each in text)
    if text.isascii() and len(text) <= LONGEST:
        return f"({text.translate(_ESCAPES)})"
    encoded = text.encode("utf-16-be", "replace")
    if len(encoded) > LONGEST:
        shorter = encoded[: LONGEST - 4].decode("utf-16-be", "ignore")
        encoded = f"{shorter}…".encode("utf-16-be")
    return f"<feff{encoded.hex()}>"


def draw_jumps(canvas: Any, sheet: Sheet, tops: dict[str, tuple[int, float]], pages: int) -> None:
    """Puts the jumps of a sheet onto the canvas's current page.

    ``tops`` are the pages (0-based) and heights of all places, ``pages`` how many sheets there
    are. To be called for all sheets in turn.
    """
    document = canvas._doc  # noqa: SLF001 - what reportlab offers has no place for a tag
    for jump in sheet.jumps:
        canvas._addAnnotation(_Raw(partial(_jump, document, jump, tops, pages)))  # noqa: SLF001
        jump.number = document.objectcounter


def append(out: BinaryIO, canvas: Any, root: Element, sheets: Sequence[Sheet]) -> int:
    """Writes the tree of all that the sheets hold behind the file of a canvas that was saved.

    The number of the tree's object, for the catalogue to name. The key of a page in the parent tree
    is its number, that of a jump the number of its object and the count of pages.
    """
    document = canvas._doc  # noqa: SLF001
    _prune(root)
    kept = list(_elements(root))
    top: int = document.objectcounter + 1
    first = top
    for number, (each, _) in enumerate(kept, start=first + 1):
        each.number = number
    keys: list[tuple[int, Callable[[], str]]] = [
        (each.index, partial(_array, each)) for each in sheets if each.contents
    ]
    keys += [
        (jump.number + len(sheets), partial(_holder, jump))
        for each in sheets
        for jump in each.jumps
    ]
    leaves = [keys[begin : begin + _LEAF] for begin in range(0, len(keys), _LEAF)]
    tree = first + 1 + len(kept)
    kids = " ".join(f"{tree + 1 + number} 0 R" for number in range(len(leaves)))

    def objects() -> Iterator[str]:
        yield f"<</Type /StructTreeRoot /K [{root.number} 0 R] /ParentTree {tree} 0 R>>"
        for each, parent in kept:
            yield _element(document, each, parent, top)
        yield f"<</Kids [{kids}]>>"
        for leaf in leaves:
            yield _leaf(leaf)

    _append(out, first, objects())
    # Nothing is to hold itself any more, so that all of it can go at once.
    for each, _ in kept:
        each.kids = []
    document.idToObject.clear()
    document.Pages.pages.clear()
    return top


def _append(out: BinaryIO, first: int, objects: Iterator[str]) -> None:
    """Objects from a number on behind a file, as PDF has it for what is added later.

    reportlab holds all it is given until it writes, which for so many takes too much room.
    """
    size = out.seek(0, io.SEEK_END)
    out.seek(max(size - 2048, 0))
    end = out.read()
    roots, starts = re.findall(rb"/Root (\d+) 0 R", end), re.findall(rb"startxref\s+(\d+)", end)
    places = []
    for number, text in enumerate(objects, start=first):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1"))
    start = out.tell()
    out.write(f"xref\n{first} {len(places)}\n".encode())
    out.writelines(f"{place:010d} 00000 n \n".encode() for place in places)
    last = f"/Size {first + len(places)} /Root {roots[-1].decode()} 0 R /Prev {starts[-1].decode()}"
    out.write(f"trailer\n<<{last}>>\nstartxref\n{start}\n%%EOF\n".encode())


def _jump(document: Any, jump: Jump, tops: dict[str, tuple[int, float]], pages: int) -> str:
    page, top = tops[jump.target]
    box = " ".join(f"{value:.2f}" for value in jump.box)
    return (
        f"<</Type /Annot /Subtype /Link /Rect [{box}] /Border [0 0 0] /F 4 "
        f"/Contents {text_string(jump.words)} /StructParent {jump.number + pages} "
        f"/Dest [{_page(document, page)} /XYZ 0 {top:.2f} 0]>>"
    )


def _page(document: Any, index: int) -> str:
    number, _ = document.idToObjectNumberAndVersion[f"Page{index + 1}"]
    return f"{number} 0 R"


def _prune(element: Element) -> bool:
    """Takes out what holds nothing; True where the element itself does not."""
    element.kids = [kid for kid in element.kids if not (isinstance(kid, Element) and _prune(kid))]
    return not element.kids and element.role not in {"TH", "TD"}


def _elements(root: Element) -> Iterator[tuple[Element, Element | None]]:
    """Elements with what they stand in, in reading order."""
    waiting: list[tuple[Element, Element | None]] = [(root, None)]
    while waiting:
        element, parent = waiting.pop()
        yield element, parent
        kids = [(kid, element) for kid in element.kids if isinstance(kid, Element)]
        waiting.extend(reversed(kids))


def _element(document: Any, element: Element, parent: Element | None, top: int) -> str:
    said = [f"<</Type /StructElem /S /{element.role} /P {parent.number if parent else top} 0 R"]
    pages = {kid.sheet.index for kid in element.kids if not isinstance(kid, Element)}
    page = min(pages, default=None)
    if page is not None:
        said.append(f"/Pg {_page(document, page)}")
    kids = [_kid(document, kid, page) for kid in element.kids]
    if kids:
        said.append(f"/K [{' '.join(kids)}]")
    if element.alternative:
        said.append(f"/Alt {text_string(element.alternative)}")
    if element.actual:
        said.append(f"/ActualText {text_string(element.actual)}")
    if element.attributes:
        said.append(f"/A {element.attributes}")
    return " ".join(said) + ">>"


def _kid(document: Any, kid: Element | Content | Jump, page: int | None) -> str:
    if isinstance(kid, Element):
        return f"{kid.number} 0 R"
    where = "" if kid.sheet.index == page else f" /Pg {_page(document, kid.sheet.index)}"
    if isinstance(kid, Content):
        return f"<</Type /MCR{where} /MCID {kid.mcid}>>" if where else str(kid.mcid)
    return f"<</Type /OBJR{where} /Obj {kid.number} 0 R>>"


def _array(sheet: Sheet) -> str:
    return f"[{' '.join(f'{each.number} 0 R' for each in sheet.contents)}]"


def _holder(jump: Jump) -> str:
    return f"{jump.element.number} 0 R"


def _leaf(keys: Sequence[tuple[int, Callable[[], str]]]) -> str:
    entries = " ".join(f"{key} {value()}" for key, value in keys)
    return f"<</Limits [{keys[0][0]} {keys[-1][0]}] /Nums [{entries}]>>"
