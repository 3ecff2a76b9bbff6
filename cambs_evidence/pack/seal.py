"""Prints of what is drawn on each page of a pack, kept in its manifest, and the manifest's own.

They tell that a page or the manifest is no longer what it was when the pack was made. They prove
nothing against somebody who works them out anew: that is what print, sources and case are for.
What a reader adds beside the pages (a signature, its own catalogue) changes no print.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pikepdf

from cambs_evidence.pack.images import Image

#: Where the manifest keeps its own print, and those of the pages.
SEAL, SHEETS = "seal", "prints"
_SEALED = b',"seal":"%s"}'
#: The ways back, and what says how the bytes of a stream are packed.
_PASSED_OVER = frozenset({
    "/DecodeParms", "/Filter", "/Length", "/Parent", "/StructParent", "/StructParents",
})  # fmt: skip
#: Strings, which are left as they are; ways back; what stands in an object of its own.
_PARTS = re.compile(
    rb"\((?:\\.|[^\\()])*\)|<[0-9a-fA-F]*>"
    rb"| /Parent \d+ \d+ R| /StructParents? -?\d+"
    rb"|(?<![^ \[])(\d+) (\d+) R(?![^ \]])",
    re.DOTALL,
)
#: What no link of a pack has: a look of its own, and what acts.
_FOREIGN = frozenset({"/A", "/AA", "/AP"})
#: What decides how a page is shown, beside its content.
_FRAME = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group")
#: Things within things, further than any page goes.
_DEEPEST = 60


def sealed(told: dict[str, Any]) -> bytes:
    """A manifest as UTF-8 JSON that ends with its own print."""
    out = io.BytesIO()  # gives what it holds away without a copy
    seen = hashlib.sha256()

    def write(text: bytes) -> None:
        out.write(text)
        seen.update(text)

    before = b"{"
    for name, value in told.items():
        if name == SEAL:
            continue
        write(before + _json(name) + b":")
        before = b","
        if isinstance(value, list):  # quote by quote: the whole of them as a string takes much room
            for number, each in enumerate(value):
                write((b"," if number else b"[") + _json(each))
            write(b"]" if value else b"[]")
        else:
            write(_json(value))
    seen.update(b"}")
    out.write(_SEALED % seen.hexdigest().encode())
    return out.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def unbroken(data: bytes, told: dict[str, Any]) -> bool:
    """True where a manifest is as it was sealed; of one made before there were seals, too."""
    if SEAL not in told and not {SHEETS, "sheets", "criteria", "since"} & set(told):
        return True
    text = data[: -len(_SEALED % (b"0" * 64))] + b"}"
    return data == text[:-1] + _SEALED % hashlib.sha256(text).hexdigest().encode()


def of_image(image: Image) -> bytes:
    """The print of a picture, as it is in a pack that holds it."""
    with pikepdf.new() as pack:
        return _of(pack, in_file(pack, image), {}, 0)


def in_file(pack: pikepdf.Pdf, image: Image) -> pikepdf.Stream:
    """A picture as an object of a file."""
    stream = pikepdf.Stream(pack, image.data)
    entries = pikepdf.Object.parse(f"<<{image.dictionary}>>".encode())
    for key, value in entries.items():
        stream[key] = value
    return stream


def prints(
    pack: pikepdf.Pdf,
    before: Mapping[tuple[int, int], bytes] | None = None,
    links: Sequence[Sequence[bytes]] | None = None,
) -> Iterator[str]:
    """The print of each page in turn: of all that is drawn on it, and of where its links lead.

    ``before`` are prints of objects that are not in the file yet, by their numbers, ``links`` what
    is :func:`led` from each page, where that is not in the file yet.
    """
    known = dict(before or {})
    pages = [page.obj for page in pack.pages]
    numbers = {page.objgen: number for number, page in enumerate(pages)}
    for place, page in enumerate(pages):
        found = hashlib.sha256()
        for name in _FRAME:
            found.update(_of(pack, _inherited(page, name), known, 0))
        found.update(_drawn(page.get("/Contents")))
        found.update(_of(pack, _inherited(page, "/Resources"), known, 0))
        for note in page.get("/Annots", []):
            found.update(_link(note, numbers))
        for led in links[place] if links else ():
            found.update(led)
        yield found.hexdigest()


def strangers(pack: pikepdf.Pdf) -> Iterator[tuple[int, str]]:
    """Pages (0-based) with a note that no pack has: what lies over a page could show other words.

    With each its kind, such as ``FreeText``.
    """
    for number, page in enumerate(pack.pages):
        for note in page.obj.get("/Annots", []):
            kind = str(note.get("/Subtype", "/?"))[1:]
            if kind != "Link" or not _FOREIGN.isdisjoint(note.keys()):
                yield number, kind


def _inherited(page: Any, name: str) -> Any:
    node = page
    for _ in range(_DEEPEST):
        if name in node:
            return node[name]
        if "/Parent" not in node:
            break
        node = node["/Parent"]
    return None


def _drawn(contents: Any) -> bytes:
    """Of the operators of a page, however many streams they lie in."""
    found = hashlib.sha256()
    for each in contents if isinstance(contents, pikepdf.Array) else [contents]:
        if isinstance(each, pikepdf.Stream):
            found.update(_data(each) + b"\n")
    return found.digest()


def _data(stream: Any) -> bytes:
    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError:  # a picture in a form of its own, or damaged where it came from
        return bytes(stream.read_raw_bytes())


def _link(note: Any, numbers: dict[tuple[int, int], int]) -> bytes:
    where = note.get("/Dest")
    page, how = None, []
    if isinstance(where, pikepdf.Array) and len(where):
        page = numbers.get(getattr(where[0], "objgen", (0, 0)), -1)
        how = [str(each) for each in list(where)[1:]]
    box = note.get("/Rect")
    around = box.unparse().decode("latin-1") if isinstance(box, pikepdf.Object) else ""
    return led(around, str(note.get("/Contents", "")), page, how)


def led(around: str, words: str, page: int | None, how: Sequence[str]) -> bytes:
    """What is told of a link: the box it lies on, its words, where it leads and how that is shown.

    ``page`` is 0-based, None for a link that leads to no page.
    """
    leads = "-" if page is None else f"{page} {list(how)}"
    return "\n".join([around, words, leads]).encode("utf-8", "surrogatepass")


def _of(pack: pikepdf.Pdf, each: Any, known: dict[tuple[int, int], bytes], depth: int) -> bytes:
    """The print of anything a page reaches."""
    key = each.objgen if isinstance(each, pikepdf.Object) else (0, 0)
    if key in known:
        return known[key]
    if depth > _DEEPEST:
        return b"deep"  # not kept: on another way it may lie less deep
    if key != (0, 0):
        known[key] = b"open"  # what holds itself is told by where it begins
    found = hashlib.sha256()
    if isinstance(each, pikepdf.Stream):
        for name in sorted(set(each.keys()) - _PASSED_OVER):
            found.update(name.encode() + b" ")
            found.update(_of(pack, each[name], known, depth + 1))
        found.update(_data(each))
    elif isinstance(each, pikepdf.Object):
        found.update(_told(pack, each.unparse(resolved=True), known, depth))
    else:
        found.update(str(each).encode())
    if key != (0, 0):
        known[key] = found.digest()
    return found.digest()


def _told(pack: pikepdf.Pdf, text: bytes, known: dict[tuple[int, int], bytes], depth: int) -> bytes:
    """An object as it is written; what it leads to is told by its print, not by its number."""

    def put(match: re.Match[bytes]) -> bytes:
        if match[1] is not None:
            other = pack.get_object(int(match[1]), int(match[2]))
            return _of(pack, other, known, depth + 1)
        return b"" if match[0].startswith(b" /") else match[0]

    return _PARTS.sub(put, text)
