"""The tree of a pack and its links into its file, once that is written with all its pages.

There are a dozen elements and four links for each quote. They are written as text, behind the file
(see the module behind): a library that holds them all as objects takes as long for them as for all
pages, and twice the room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFObject

from cambs_evidence.model import Box
from cambs_evidence.pack import seal
from cambs_evidence.pack.sheet import Jump, Sheet
from cambs_evidence.pack.tags import Content, Element

#: Bytes of the longest string that PDF/A allows, less the mark of its encoding.
LONGEST = 32_767 - 2
#: Entries of the parent tree that stand in one object.
_LEAF = 256
_ESCAPES = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)", "\r": "\\r", "\n": "\\n"})


class _Seen(dict[int, str]):
    """What can be read out as it is, anything else as a space; each sign is looked at once."""

    def __missing__(self, code: int) -> str:
        each = chr(code)
        self[code] = said = each if each.isprintable() or each == "\n" else " "
        return said


_SEEN = _Seen()


class _Raw(PDFObject):  # type: ignore[misc] # reportlab has no types
    """An object whose bytes are made when the file is written."""

    __RefOnly__ = 1

    def __init__(self, made: Callable[[], str]) -> None:
        self._made = made

    def format(self, _document: Any) -> bytes:
        return self._made().encode("latin-1")


def said(text: str) -> str:
    """A text as it is read back from a file, shortened where it would be too long.

    What nobody could read out, such as a sign of a font's own, is a space.
    """
    if not text.replace("\n", "").isprintable():
        text = text.translate(_SEEN)
    if text.isascii() and len(text) <= LONGEST:
        return text
    encoded = text.encode("utf-16-be", "replace")
    if len(encoded) > LONGEST:
        shorter = encoded[: LONGEST - 4].decode("utf-16-be", "ignore")
        return f"{shorter}…"
    return encoded.decode("utf-16-be")


def text_string(text: str) -> str:
    """A text string as it stands in a file, see :func:`said`."""
    text = said(text)
    if text.isascii():
        return f"({text.translate(_ESCAPES)})"
    return f"<feff{text.encode('utf-16-be').hex()}>"


def number(sheets: Sequence[Sheet]) -> None:
    """Gives all jumps their keys in the parent tree, behind those of the sheets."""
    jumps = (jump for each in sheets for jump in each.jumps)
    for key, jump in enumerate(jumps, start=len(sheets)):
        jump.key = key


#: The pages (0-based) and heights of all places.
Tops = Mapping[str, tuple[int, float]]


def draw_jumps(canvas: Any, sheet: Sheet, tops: Tops) -> None:
    """Puts the jumps of a sheet onto the canvas's current page."""
    document = canvas._doc  # noqa: SLF001 - what reportlab offers has no place for a tag
    for jump in sheet.jumps:
        canvas._addAnnotation(_Raw(partial(_drawn_jump, document, jump, tops)))  # noqa: SLF001


class Tree:
    """The tree of all that some sheets hold, which are the pages of a file in their order.

    With it come their jumps.
    """

    def __init__(self, root: Element, sheets: Sequence[Sheet], tops: Tops) -> None:
        self._root, self._sheets, self._tops = root, sheets, tops

    def links(self) -> list[list[bytes]]:
        """What a page's print tells of each jump, page by page; see the module seal."""
        return [[self._led(jump) for jump in sheet.jumps] for sheet in self._sheets]

    def _led(self, jump: Jump) -> bytes:
        page, top = self._tops[jump.target]
        how = ("/XYZ", "0", _top(top), "0")
        return seal.led(_rectangle(jump.box), said(jump.words), page, how)

    def look(self, pages: Sequence[Any]) -> None:
        """Learns what the pages are in the file as it was saved."""
        self._pages = [page.objgen[0] for page in pages]
        self._texts = [
            page.unparse(resolved=True) if sheet.jumps else b""
            for sheet, page in zip(self._sheets, pages, strict=True)
        ]

    def forget(self) -> None:
        """Lets all of it go at once: nothing is to hold itself any more."""
        for each, _ in _elements(self._root):
            each.kids = []

    def begin(self, top: int) -> int:
        """Gives all objects that are new their numbers, from ``top`` on; the next free number."""
        _prune(self._root)
        self._top, free = top, top + 1
        for each, _ in _elements(self._root):
            each.number = free
            free += 1
        self._leaves = free + 1  # behind the tree of parents
        arrays = sum(bool(each.contents) for each in self._sheets)
        jumps = sum(len(each.jumps) for each in self._sheets)
        # The first key of a jump stands behind those of the sheets.
        self._first_note = self._leaves - (-(arrays + jumps) // _LEAF) - len(self._sheets)
        return self._first_note + len(self._sheets) + jumps

    def objects(self) -> Iterator[tuple[int, bytes]]:
        """The objects of the tree and of the jumps, and the pages that bear jumps, with numbers."""
        top, parents = self._top, self._leaves - 1
        root = f"<</Type /StructTreeRoot /K [{self._root.number} 0 R] /ParentTree {parents} 0 R>>"
        yield top, root.encode()
        for each, parent in _elements(self._root):
            yield each.number, self._element(each, parent.number if parent else top)
        keys = self._keys()
        number = self._leaves
        while leaf := list(islice(keys, _LEAF)):
            yield number, _leaf(leaf)
            number += 1
        kids = " ".join(f"{each} 0 R" for each in range(self._leaves, number))
        yield parents, f"<</Kids [{kids}]>>".encode()
        for sheet, page, text in zip(self._sheets, self._pages, self._texts, strict=True):
            for jump in sheet.jumps:
                where, height = self._tops[jump.target]
                yield self._note(jump), _jump(jump, self._pages[where], height).encode("latin-1")
            if sheet.jumps:
                notes = " ".join(f"{self._note(jump)} 0 R" for jump in sheet.jumps)
                yield page, b"%s /Annots [%s] >>" % (text.removesuffix(b">>"), notes.encode())

    def _keys(self) -> Iterator[tuple[int, str]]:
        """The entries of the tree of parents: of the content of each sheet, and of each jump."""
        for each in self._sheets:
            if each.contents:
                yield each.index, f"[{' '.join(f'{owner.number} 0 R' for owner in each.contents)}]"
        for each in self._sheets:
            for jump in each.jumps:
                yield jump.key, f"{jump.element.number} 0 R"

    def _note(self, jump: Jump) -> int:
        return self._first_note + jump.key

    def _element(self, element: Element, parent: int) -> bytes:
        told = [f"<</Type /StructElem /S /{element.role} /P {parent} 0 R"]
        pages = {kid.sheet.index for kid in element.kids if not isinstance(kid, Element)}
        page = min(pages, default=None)
        if page is not None:
            told.append(f"/Pg {self._pages[page]} 0 R")
        kids = [self._kid(kid, page) for kid in element.kids]
        if kids:
            told.append(f"/K [{' '.join(kids)}]")
        if element.alternative:
            told.append(f"/Alt {text_string(element.alternative)}")
        if element.actual:
            told.append(f"/ActualText {text_string(element.actual)}")
        if element.attributes:
            told.append(f"/A {element.attributes}")
        return (" ".join(told) + ">>").encode("latin-1")

    def _kid(self, kid: Element | Content | Jump, page: int | None) -> str:
        if isinstance(kid, Element):
            return f"{kid.number} 0 R"
        where = "" if kid.sheet.index == page else f" /Pg {self._pages[kid.sheet.index]} 0 R"
        if isinstance(kid, Content):
            return f"<</Type /MCR{where} /MCID {kid.mcid}>>" if where else str(kid.mcid)
        return f"<</Type /OBJR{where} /Obj {self._note(kid)} 0 R>>"


def _drawn_jump(document: Any, jump: Jump, tops: Tops) -> str:
    page, top = tops[jump.target]
    number, _ = document.idToObjectNumberAndVersion[f"Page{page + 1}"]
    return _jump(jump, number, top)


def _jump(jump: Jump, page: int, top: float) -> str:
    """A jump as it stands in a file in which its page has some number."""
    return (
        f"<</Type /Annot /Subtype /Link /Rect {_rectangle(jump.box)} /Border [0 0 0] /F 4 "
        f"/Contents {text_string(jump.words)} /StructParent {jump.key} "
        f"/Dest [{page} 0 R /XYZ 0 {_top(top)} 0]>>"
    )


def _rectangle(box: Box) -> str:
    return "[ {:.2f} {:.2f} {:.2f} {:.2f} ]".format(*box)


def _top(value: float) -> str:
    return f"{value:.2f}"


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


def _leaf(keys: Sequence[tuple[int, str]]) -> bytes:
    entries = " ".join(f"{key} {value}" for key, value in keys)
    return f"<</Limits [{keys[0][0]} {keys[-1][0]}] /Nums [{entries}]>>".encode()
