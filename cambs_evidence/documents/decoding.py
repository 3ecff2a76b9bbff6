"""Bytes into text: which encoding a text file is in.

Offsets into a decoded source are code points of the string given here: without byte order mark,
with its line ends as they are.
"""

from __future__ import annotations

import codecs
import re

from cambs_evidence.errors import DocumentRefused

_NO_TEXT = "it is not a text file: it holds binary data"
#: How files begin that are something else, even where every byte could be read as a character.
_OTHER_FORMATS = (
    b"%PDF-",
    b"PK\x03\x04",
    b"{\\rtf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
#: More control characters than one in so many are taken for binary data.
_FEW = 200
#: So many are overlooked in any file.
_STRAY = 2
#: How much of a file is looked at to tell UTF-16 without a byte order mark.
_SAMPLE = 1 << 16


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding.

    UTF-8 and UTF-16 with or without byte order mark, else Windows-1252, in which the five bytes
    that stand for nothing become U+FFFD.

    Returns:
        The text, and the name under which Python's ``bytes.decode`` gives the same text again
        (Windows-1252 with ``errors="replace"``, and without the mark of UTF-8).

    Raises:
        DocumentRefused: for binary content.
    """
    if data.startswith(_OTHER_FORMATS):
        raise DocumentRefused("it is not a text file, although it is named like one", code="format")
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _checked(text, encoding), encoding
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DocumentRefused("it is marked as UTF-16 but cannot be read as such", code="format")
    data = data.removeprefix(codecs.BOM_UTF8)  # a mark is never read as letters
    return _checked(data.decode("cp1252", "replace"), "cp1252"), "cp1252"


def _candidates(data: bytes) -> list[str]:
    if data.startswith(codecs.BOM_UTF8):
        return ["utf-8-sig"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half and len(data) % 2 == 0:
        if odd > 0.3 * half and even < 0.02 * half:
            return ["utf-16-le"]
        if even > 0.3 * half and odd < 0.02 * half:
            return ["utf-16-be"]
    return ["utf-8"]


def _checked(text: str, encoding: str) -> str:
    """The text, if it is one; raises DocumentRefused for what only looks like one."""
    if "\x00" in text:
        raise DocumentRefused(_NO_TEXT, code="format")
    strange = sum(1 for _ in _CONTROLS.finditer(text))
    if encoding == "cp1252":
        strange += text.count("\ufffd")
    if strange > _STRAY and strange * _FEW > len(text):
        raise DocumentRefused(_NO_TEXT, code="format")
    return text
