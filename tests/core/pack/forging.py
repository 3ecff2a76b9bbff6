"""Packs and sources with one thing changed, as a forger or a fault would change it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf

from cambs_evidence.pack import seal

_OURS = pikepdf.Name("/CambsEvidence")


def enclosed(document: pikepdf.Pdf) -> dict[str, Any]:
    """The manifest of a pack that is open."""
    if "manifest.json" in document.attachments:
        data = document.attachments["manifest.json"].get_file().read_bytes()
    else:
        data = document.Root.PieceInfo[_OURS].Private.read_bytes()
    told = json.loads(data)
    assert isinstance(told, dict)
    return told


def put(document: pikepdf.Pdf, told: bytes) -> None:
    """Another manifest into a pack that is open."""
    if "manifest.json" in document.attachments:
        document.attachments["manifest.json"] = pikepdf.AttachedFileSpec(
            document, told, filename="manifest.json"
        )
    else:
        document.Root.PieceInfo[_OURS].Private.write(told)


def manifest(pack: Path) -> dict[str, Any]:
    """What a pack claims."""
    with pikepdf.open(pack) as document:
        return enclosed(document)


def rewritten(
    pack: Path, target: Path, change: Callable[[dict[str, Any]], object], *, sealed: bool = True
) -> Path:
    """A copy of a pack whose manifest was changed, sealed anew as a forger would."""
    with pikepdf.open(pack) as document:
        told = enclosed(document)
        change(told)
        put(document, seal.sealed(told) if sealed else json.dumps(told).encode())
        document.save(target)
    return target


def resealed(document: pikepdf.Pdf) -> None:
    """Has the manifest of a pack that is open tell of its pages as they are now."""
    told = enclosed(document)
    put(document, seal.sealed(told | {seal.SHEETS: list(seal.prints(document))}))


class Glyph(NamedTuple):
    """One code shown on a page: which operator and string of it, and which byte."""

    instruction: int
    operand: int
    part: int
    byte: int
    font: str


class Page:
    """The operators of a page, in which one glyph can become another."""

    def __init__(self, document: pikepdf.Pdf, number: int) -> None:
        self._document = document
        self._page = document.pages[number]
        self._instructions = list(pikepdf.parse_content_stream(self._page))

    def glyphs(self) -> Iterator[Glyph]:
        """All codes of one byte that are shown, in the order of the file."""
        font = ""
        wide: dict[str, bool] = {}
        for number, each in enumerate(self._instructions):
            operator = str(each.operator)
            if operator == "Tf":
                font = str(each.operands[0])
                if font not in wide:
                    known = self._page.resources.get("/Font", {}).get(font, {})
                    wide[font] = known.get("/Subtype") == "/Type0"
            if operator not in {"Tj", "'", '"', "TJ"} or wide.get(font, True):
                continue
            place = len(each.operands) - 1
            shown = each.operands[place]
            strings = enumerate(shown) if operator == "TJ" else [(-1, shown)]
            for part, string in strings:
                if isinstance(string, pikepdf.String):
                    for byte in range(len(bytes(string))):
                        yield Glyph(number, place, part, byte, font)

    def code(self, glyph: Glyph) -> int:
        """The byte that is shown."""
        return bytes(self._string(glyph))[glyph.byte]

    def _string(self, glyph: Glyph) -> Any:
        shown = self._instructions[glyph.instruction].operands[glyph.operand]
        return shown if glyph.part < 0 else shown[glyph.part]

    def set(self, glyph: Glyph, code: int) -> None:
        """Shows another code there."""
        each = self._instructions[glyph.instruction]
        data = bytearray(bytes(self._string(glyph)))
        data[glyph.byte] = code
        operands = list(each.operands)
        if glyph.part < 0:
            operands[glyph.operand] = pikepdf.String(bytes(data))
        else:
            shown = list(operands[glyph.operand])
            shown[glyph.part] = pikepdf.String(bytes(data))
            operands[glyph.operand] = pikepdf.Array(shown)
        self._instructions[glyph.instruction] = pikepdf.ContentStreamInstruction(
            operands, each.operator
        )

    def write(self) -> None:
        """Puts the operators back."""
        data = pikepdf.unparse_content_stream(self._instructions)
        self._page.Contents = self._document.make_stream(data)
