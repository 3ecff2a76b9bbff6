"""Simple TrueType fonts, as PDF/A-2 and PDF/UA-1 ask for them; others are refused."""

from __future__ import annotations

import re
import struct
from typing import Any

import pikepdf

from .reading import fonts_used


class Fonts:
    """The fonts of a file."""

    def __init__(self, document: pikepdf.Pdf, fail: Any) -> None:
        self.document = document
        self.fail = fail

    def run(self) -> None:
        used: dict[tuple[int, int], set[int]] = {}
        fonts: dict[tuple[int, int], Any] = {}
        for page in self.document.pages:
            for font, string in fonts_used(page, page.Resources):
                fonts[font.objgen] = font
                used.setdefault(font.objgen, set()).update(string)
        for key, font in fonts.items():
            self._font(font, used[key])

    def _font(self, font: Any, used: set[int]) -> None:
        name = str(font.get("/BaseFont", ""))
        if font.Subtype != "/TrueType" or "/FontDescriptor" not in font:
            self.fail("6.2.11.2", f"{name} is no embedded TrueType font")
            return
        descriptor = font.FontDescriptor
        if "/FontFile2" not in descriptor:
            self.fail("6.2.11.4", f"{name} is not embedded")
            return
        if not re.match(r"/[A-Z]{6}\+", name) or descriptor.FontName != font.BaseFont:
            self.fail("6.2.11.4", f"{name} is no name of a subset")
        if not int(descriptor.Flags) & 4 or "/Encoding" in font:
            self.fail("6.2.11.6", f"{name}: symbolic fonts alone, without an encoding")
        tables = _tables(descriptor.FontFile2.read_bytes())
        glyphs = _glyphs(tables)
        if glyphs is None:
            self.fail("6.2.11.6", f"{name} has other than one table of characters")
            return
        told = _to_unicode(font)
        for code in sorted(used):
            if not glyphs.get(code):
                self.fail("6.2.11.8", f"{name} {code} has no glyph")
                continue
            said = float(font.Widths[code - int(font.FirstChar)])
            if abs(said - _advance(tables, glyphs[code])) > 1:
                self.fail("6.2.11.5", f"{name} {code} is not as wide as it says")
            if not told.get(code):
                self.fail("UA 10-001", f"{name} {code} has no meaning")
        bad = {0, 0xFEFF, 0xFFFE} & {ord(sign) for text in told.values() for sign in text}
        if bad:
            self.fail("UA 31-028", f"{name} maps to {bad}")


def _to_unicode(font: Any) -> dict[int, str]:
    if "/ToUnicode" not in font:
        return {}
    text = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for count, block in re.findall(r"(\d+) beginbfchar(.*?)endbfchar", text, re.DOTALL):
        pairs = re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block)
        if len(pairs) != int(count) or len(pairs) > 100:
            return {}
        found |= {
            int(code, 16): bytes.fromhex(sign).decode("utf-16-be", "replace")
            for code, sign in pairs
        }
    return found


def _tables(data: bytes) -> dict[bytes, bytes]:
    count = struct.unpack(">H", data[4:6])[0]
    entries = [struct.unpack(">4sIII", data[12 + 16 * n : 28 + 16 * n]) for n in range(count)]
    return {tag: data[start : start + size] for tag, _, start, size in entries}


def _glyphs(tables: dict[bytes, bytes]) -> dict[int, int] | None:
    """Glyphs by code, of a font with one table of characters."""
    cmap = tables[b"cmap"]
    if struct.unpack(">H", cmap[2:4])[0] != 1:
        return None
    start = struct.unpack(">I", cmap[8:12])[0]
    kind = struct.unpack(">H", cmap[start : start + 2])[0]
    if kind == 0:
        return dict(enumerate(cmap[start + 6 : start + 262]))
    if kind == 6:
        first, count = struct.unpack(">HH", cmap[start + 6 : start + 10])
        numbers = struct.unpack(f">{count}H", cmap[start + 10 : start + 10 + 2 * count])
        return {first + n: glyph for n, glyph in enumerate(numbers)}
    return None


def _advance(tables: dict[bytes, bytes], glyph: int) -> float:
    em = struct.unpack(">H", tables[b"head"][18:20])[0]
    count = struct.unpack(">H", tables[b"hhea"][34:36])[0]
    at = 4 * min(glyph, count - 1)
    return float(struct.unpack(">H", tables[b"hmtx"][at : at + 2])[0] * 1000 / em)
