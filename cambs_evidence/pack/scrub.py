"""What must not come along with a page of a source: what acts, leads out, or tells of people.

A page is carried as a form XObject. Everything that it reaches is looked at once.
"""

from __future__ import annotations

from typing import Any

import pikepdf

#: Entries that act, lead out of the file, carry other files, or say who made what with what.
_UNWANTED = frozenset({
    "/A", "/AA", "/AF", "/Alternates", "/Annots", "/B", "/EF", "/Info", "/JS", "/JavaScript",
    "/Launch", "/LastModified", "/Measure", "/Metadata", "/Next", "/OPI", "/OpenAction",
    "/PieceInfo", "/PtData", "/Ref", "/SpiderInfo", "/StructParent", "/StructParents", "/URI",
})  # fmt: skip
#: What holds things by names of the source's own choice, which may be any of those above.
_NAMED = frozenset({
    "/CharProcs", "/ColorSpace", "/Colorants", "/ExtGState", "/Font", "/Pattern", "/Properties",
    "/Shading", "/XObject",
})  # fmt: skip
#: What tells of a layer where it was made.
_LAYER = frozenset({"/CreatorInfo", "/Usage"})
#: Entries of numbers and names alone, and ways back.
_PLAIN = frozenset({
    "/BBox", "/Decode", "/Differences", "/Domain", "/FontBBox", "/Length", "/Matrix", "/Parent",
    "/Range", "/W", "/W2", "/Widths",
})  # fmt: skip


def scrub(form: pikepdf.Object, seen: set[tuple[int, int]]) -> None:
    """Takes out of a form XObject, and of all that it reaches, what must not come along.

    ``seen`` are the objects of its file that were looked at before; it grows.
    """
    waiting: list[tuple[Any, bool]] = [(form, False)]
    while waiting:
        each, names = waiting.pop()
        if isinstance(each, pikepdf.Array):
            waiting.extend((kid, False) for kid in each if _holds(kid, seen))
            continue
        keys = set(each.keys())
        if not names:
            for key in keys & _UNWANTED:
                del each[key]
            keys -= _UNWANTED
            if each.get("/Type") == "/OCG":
                for key in keys & _LAYER:
                    del each[key]
                keys -= _LAYER
            if isinstance(each, pikepdf.Stream) and (
                "/F" in keys or each.get("/Subtype") == "/PS" or each.get("/Subtype2") == "/PS"
            ):
                _empty(each)
                continue
        for key in sorted(keys - _PLAIN):
            kid = each[key]
            if _holds(kid, seen):
                waiting.append((kid, key in _NAMED))


def _empty(stream: Any) -> None:
    """What a stream shows lies in another file, or is a program for a printer: nothing is left."""
    for key in list(stream.keys()):
        if key != "/Length":
            del stream[key]
    stream.write(b"")
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    stream.BBox = pikepdf.Array([0, 0, 0, 0])


def _holds(each: object, seen: set[tuple[int, int]]) -> bool:
    """True for what holds others and was not looked at yet."""
    if not isinstance(each, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
        return False
    if each.objgen != (0, 0):
        if each.objgen in seen:
            return False
        seen.add(each.objgen)
    return True
