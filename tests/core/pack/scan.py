"""Looks at every object of a pack for what acts, leads out, or carries what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

#: Keys, kinds of action and kinds of object that no pack may hold, whoever brought them.
ACTING = frozenset({
    "/AA", "/AcroForm", "/Alternates", "/Collection", "/DPart", "/FFilter", "/GoTo3DView",
    "/GoToE", "/GoToR", "/Hide", "/ImportData", "/JS", "/JavaScript", "/Launch", "/Movie", "/Named",
    "/OPI", "/OpenAction", "/PS", "/Ref", "/Rendition", "/ResetForm", "/RichMedia",
    "/RichMediaContent", "/RichMediaExecute", "/Sound", "/SubmitForm", "/Thread", "/URI",
    "/URLS", "/Widget", "/XFA", "/Screen", "/3D", "/FileAttachment", "/SetOCGState",
})  # fmt: skip
#: What holds things by names of somebody's own choice.
_NAMED = frozenset({"/XObject", "/Font", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading",
                    "/Properties", "/CharProcs", "/Colorants"})  # fmt: skip
_ROOT = frozenset({
    "/Type", "/Pages", "/Outlines", "/Names", "/Dests", "/PageMode", "/PageLayout", "/Metadata",
    "/Lang", "/MarkInfo", "/StructTreeRoot", "/ViewerPreferences", "/OutputIntents", "/PieceInfo",
    "/OCProperties", "/AF", "/Version", "/Extensions",
})  # fmt: skip


def unwanted(path: Path) -> Iterator[str]:
    """What a pack holds that it may not, each as a few words."""
    with pikepdf.open(path) as document:
        root = document.Root
        if odd := set(root.keys()) - _ROOT:
            yield f"the catalogue says {sorted(odd)}"
        if odd := set(root.get("/Names", {}).keys()) - {"/EmbeddedFiles", "/Dests"}:
            yield f"there are names for {sorted(odd)}"
        if odd := set(document.attachments) - {"manifest.json"}:
            yield f"there are attachments {sorted(odd)}"
        if "/Encrypt" in document.trailer:
            yield "it is encrypted"
        names = {kid.objgen for each in document.objects for kid in _names_of(each)}
        for each in document.objects:
            if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
                yield from _in(each, each.objgen in names)


def _names_of(each: Any) -> Iterator[Any]:
    if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
        for key in set(each.keys()) & _NAMED:
            kid = each[key]
            if isinstance(kid, pikepdf.Dictionary) and kid.is_indirect:
                yield kid


def _in(each: Any, only_names: bool, depth: int = 0) -> Iterator[str]:
    """Of one object and all that lies in it directly."""
    if depth > 40:
        yield "things within things without end"
        return
    if isinstance(each, pikepdf.Array):
        for kid in each:
            if _lies_here(kid):
                yield from _in(kid, False, depth + 1)
        return
    keys = set(each.keys())
    if not only_names:
        kinds = {str(each.get("/S", "")), str(each.get("/Subtype", "")), str(each.get("/Type", ""))}
        for odd in sorted(ACTING & (keys | kinds)):
            yield f"{odd} in object {each.objgen}"
        if each.get("/Type") == "/Annot" and (each.Subtype != "/Link" or {"/A", "/AP"} & keys):
            yield f"a note {each.Subtype} in object {each.objgen}"
        if isinstance(each, pikepdf.Stream) and "/F" in keys:
            yield f"a stream of another file in object {each.objgen}"
        if "/EF" in keys and str(each.get("/UF", each.get("/F"))) != "manifest.json":
            yield f"a file {each.get('/F')} in object {each.objgen}"
    for key in keys:
        if _lies_here(each[key]):
            yield from _in(each[key], key in _NAMED, depth + 1)


def _lies_here(kid: Any) -> bool:
    held = isinstance(kid, pikepdf.Dictionary | pikepdf.Array)
    return held and not kid.is_indirect
