"""The tree of a pack into its file, once that is written with all its pages.

There are a dozen elements for each quote. They are written as text, in compressed streams, behind
the file, as PDF has it for what comes later: a library that holds them all as objects takes as
long for them as for all pages, and twice the room.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, BinaryIO

import pikepdf
from reportlab.pdfbase.pdfdoc import PDFObject

from cambs_evidence.pack.sheet import Jump, Sheet
from cambs_evidence.pack.tags import Content, Element

#: Bytes of the longest string that PDF/A allows, less the mark of its encoding.
LONGEST = 32_767 - 2
#: Entries of the parent tree that stand in one object.
_LEAF = 256
#: Objects of one stream, and how hard they are compressed: more gains nothing.
_TOGETHER, _EFFORT = 200, 4
#: Bytes at the end of a file in which its last table of objects is named.
_END = 64
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


def text_string(text: str) -> str:
    """A text string as it stands in a file, shortened where it would be too long.

    What nobody could read out, such as a sign of a font's own, is a space.
    """
    if not text.replace("\n", "").isprintable():
        text = text.translate(_SEEN)
    if text.isascii() and len(text) <= LONGEST:
        return f"({text.translate(_ESCAPES)})"
    encoded = text.encode("utf-16-be", "replace")
    if len(encoded) > LONGEST:
        shorter = encoded[: LONGEST - 4].decode("utf-16-be", "ignore")
        encoded = f"{shorter}…".encode("utf-16-be")
    return f"<feff{encoded.hex()}>"


def number(sheets: Sequence[Sheet]) -> None:
    """Gives all jumps their keys in the parent tree, behind those of the sheets."""
    jumps = (jump for each in sheets for jump in each.jumps)
    for key, jump in enumerate(jumps, start=len(sheets)):
        jump.key = key


def draw_jumps(canvas: Any, sheet: Sheet, tops: dict[str, tuple[int, float]]) -> None:
    """Puts the jumps of a sheet onto the canvas's current page.

    ``tops`` are the pages (0-based) and heights of all places.
    """
    document = canvas._doc  # noqa: SLF001 - what reportlab offers has no place for a tag
    for jump in sheet.jumps:
        canvas._addAnnotation(_Raw(partial(_jump, document, jump, tops)))  # noqa: SLF001


class Tree:
    """The tree of all that some sheets hold, which are the pages of a file in their order."""

    def __init__(self, root: Element, sheets: Sequence[Sheet]) -> None:
        self._root, self._sheets = root, sheets

    def add(self, out: BinaryIO) -> None:
        """Adds the tree behind the file of a pack that was saved, which may be read and written.

        It takes the place of the file's catalogue with one that names the tree.
        """
        out.seek(0)
        with pikepdf.open(out, access_mode=pikepdf.AccessMode.stream) as pack:
            pages = [page.obj for page in pack.pages]
            self._pages = [page.objgen[0] for page in pages]
            self._notes = {
                jump.key: note.objgen[0]
                for sheet, page in zip(self._sheets, pages, strict=True)
                if sheet.jumps
                for jump, note in zip(sheet.jumps, page.Annots, strict=True)
            }
            first = int(pack.trailer.Size)
            kept = {name: pack.trailer[name].unparse() for name in _TRAILER if name in pack.trailer}
            catalogue = pack.Root.objgen[0]
            told = pack.Root.unparse(resolved=True).removesuffix(b">>")
        size = out.seek(0, 2)
        out.seek(max(size - _END, 0))
        before = int(out.read().rsplit(b"startxref", 1)[1].split()[0])
        root = b"%s /StructTreeRoot %d 0 R >>" % (told, first)
        places = {catalogue: out.tell()}
        out.write(b"%d 0 obj\n%s\nendobj\n" % (catalogue, root))
        entries = _streams(out, first, self._objects(first))
        _table(out, places, first, entries, kept, before)
        for each, _ in _elements(self._root):
            each.kids = []  # nothing is to hold itself any more, so that all of it can go at once

    def _objects(self, top: int) -> Iterator[str]:
        """The objects of the tree in the order of their numbers, which begin with ``top``."""
        _prune(self._root)
        kept = list(_elements(self._root))
        for number, (each, _) in enumerate(kept, start=top + 1):
            each.number = number
        keys: list[tuple[int, Callable[[], str]]] = [
            (each.index, partial(_array, each)) for each in self._sheets if each.contents
        ]
        keys += [(jump.key, partial(_holder, jump)) for each in self._sheets for jump in each.jumps]
        leaves = [keys[begin : begin + _LEAF] for begin in range(0, len(keys), _LEAF)]
        tree = top + 1 + len(kept)
        kids = " ".join(f"{tree + 1 + number} 0 R" for number in range(len(leaves)))
        yield f"<</Type /StructTreeRoot /K [{self._root.number} 0 R] /ParentTree {tree} 0 R>>"
        for each, parent in kept:
            yield self._element(each, parent.number if parent else top)
        yield f"<</Kids [{kids}]>>"
        for leaf in leaves:
            yield _leaf(leaf)

    def _element(self, element: Element, parent: int) -> str:
        said = [f"<</Type /StructElem /S /{element.role} /P {parent} 0 R"]
        pages = {kid.sheet.index for kid in element.kids if not isinstance(kid, Element)}
        page = min(pages, default=None)
        if page is not None:
            said.append(f"/Pg {self._pages[page]} 0 R")
        kids = [self._kid(kid, page) for kid in element.kids]
        if kids:
            said.append(f"/K [{' '.join(kids)}]")
        if element.alternative:
            said.append(f"/Alt {text_string(element.alternative)}")
        if element.actual:
            said.append(f"/ActualText {text_string(element.actual)}")
        if element.attributes:
            said.append(f"/A {element.attributes}")
        return " ".join(said) + ">>"

    def _kid(self, kid: Element | Content | Jump, page: int | None) -> str:
        if isinstance(kid, Element):
            return f"{kid.number} 0 R"
        where = "" if kid.sheet.index == page else f" /Pg {self._pages[kid.sheet.index]} 0 R"
        if isinstance(kid, Content):
            return f"<</Type /MCR{where} /MCID {kid.mcid}>>" if where else str(kid.mcid)
        return f"<</Type /OBJR{where} /Obj {self._notes[kid.key]} 0 R>>"


#: What a new end of a file keeps of the one before.
_TRAILER = ("/Root", "/Info", "/ID")


def _streams(out: BinaryIO, first: int, objects: Iterator[str]) -> list[bytes]:
    """Writes objects from a number on in streams, themselves numbered behind; their places."""
    chunks: list[tuple[int, bytes, int]] = []
    waiting: list[bytes] = []
    count = 0
    entries: list[bytes] = []

    def close() -> None:
        heads, at = [], 0
        for number, each in enumerate(waiting, start=first + count - len(waiting)):
            heads.append(b"%d %d" % (number, at))
            at += len(each) + 1
        head = b" ".join(heads) + b"\n"
        chunks.append((len(waiting), zlib.compress(head + b"\n".join(waiting), _EFFORT), len(head)))
        waiting.clear()

    for text in objects:
        waiting.append(text.encode("latin-1"))
        count += 1
        if len(waiting) == _TOGETHER:
            close()
    if waiting:
        close()
    own: list[bytes] = []
    for number, (held, data, begin) in enumerate(chunks, start=first + count):
        entries += [_entry(2, number, place) for place in range(held)]
        own.append(_entry(1, out.tell(), 0))
        out.write(
            b"%d 0 obj\n<</Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d>>\n"
            b"stream\n%s\nendstream\nendobj\n" % (number, held, begin, len(data), data)
        )
    return entries + own


def _entry(kind: int, one: int, two: int) -> bytes:
    return kind.to_bytes(1, "big") + one.to_bytes(8, "big") + two.to_bytes(2, "big")


def _table(
    out: BinaryIO,
    places: dict[int, int],
    first: int,
    entries: list[bytes],
    kept: dict[str, bytes],
    before: int,
) -> None:
    """Writes the table of the objects that were added, and the new end of the file."""
    start, number = out.tell(), first + len(entries)
    parts = [(each, [_entry(1, place, 0)]) for each, place in sorted(places.items())]
    parts.append((first, [*entries, _entry(1, start, 0)]))
    index = " ".join(f"{begin} {len(some)}" for begin, some in parts)
    data = zlib.compress(b"".join(each for _, some in parts for each in some), _EFFORT)
    rest = b" ".join(name.encode() + b" " + value for name, value in kept.items())
    out.write(
        b"%d 0 obj\n<</Type /XRef /Size %d /Index [%s] /W [1 8 2] /Prev %d %s "
        b"/Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream\nendobj\n"
        b"startxref\n%d\n%%%%EOF\n"
        % (number, number + 1, index.encode(), before, rest, len(data), data, start)
    )


def _jump(document: Any, jump: Jump, tops: dict[str, tuple[int, float]]) -> str:
    page, top = tops[jump.target]
    box = " ".join(f"{value:.2f}" for value in jump.box)
    return (
        f"<</Type /Annot /Subtype /Link /Rect [{box}] /Border [0 0 0] /F 4 "
        f"/Contents {text_string(jump.words)} /StructParent {jump.key} "
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


def _array(sheet: Sheet) -> str:
    return f"[{' '.join(f'{each.number} 0 R' for each in sheet.contents)}]"


def _holder(jump: Jump) -> str:
    return f"{jump.element.number} 0 R"


def _leaf(keys: Sequence[tuple[int, Callable[[], str]]]) -> str:
    entries = " ".join(f"{key} {value()}" for key, value in keys)
    return f"<</Limits [{keys[0][0]} {keys[-1][0]}] /Nums [{entries}]>>"
