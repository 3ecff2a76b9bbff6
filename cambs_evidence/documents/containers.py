"""Which office document a file is, by what it holds."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import NamedTuple

from cambs_evidence.errors import DocumentRefused

_OOXML = "application/vnd.openxmlformats-officedocument."
_OASIS = "application/vnd.oasis.opendocument."


class Office(NamedTuple):
    """A kind of office document: name (also its usual ending), media type, what people call it."""

    name: str
    media_type: str
    what: str


DOCX = Office("docx", f"{_OOXML}wordprocessingml.document", "a Word document")
XLSX = Office("xlsx", f"{_OOXML}spreadsheetml.sheet", "an Excel workbook")
PPTX = Office("pptx", f"{_OOXML}presentationml.presentation", "a PowerPoint presentation")
ODT = Office("odt", f"{_OASIS}text", "an OpenDocument text")
ODS = Office("ods", f"{_OASIS}spreadsheet", "an OpenDocument spreadsheet")
ODP = Office("odp", f"{_OASIS}presentation", "an OpenDocument presentation")
RTF = Office("rtf", "application/rtf", "a rich-text document")
DOC = Office("doc", "application/msword", "an old Word document")
XLS = Office("xls", "application/vnd.ms-excel", "an old Excel workbook")
PPT = Office("ppt", "application/vnd.ms-powerpoint", "an old PowerPoint presentation")

OFFICES = {
    each.name: each for each in (DOCX, XLSX, PPTX, ODT, ODS, ODP, RTF, DOC, XLS, PPT)
}  # fmt: skip
BY_MEDIA_TYPE = {each.media_type: each for each in OFFICES.values()}

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS), ("PowerPoint Document", PPT))
_MAIN = (("word/document", DOCX), ("xl/workbook", XLSX), ("ppt/presentation", PPTX))
_PLACES = ((b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX), (b"opendocument", ODT))


def office(data: bytes) -> Office | None:
    """What office document some bytes are, or None.

    Raises DocumentRefused for one that is protected with a password, and for one whose archive is
    damaged.
    """
    if data.startswith(b"{\\rt"):
        return RTF
    if data.startswith(_OLD):
        return _old(data)
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    return None


def is_office(data: bytes) -> bool:
    """Whether some bytes begin as an office document does, whatever else they are."""
    return data.startswith((b"{\\rt", _OLD, b"PK\x03\x04"))


def _old(data: bytes) -> Office | None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise DocumentRefused(
            "it is protected with a password; save it anew without one", code="encrypted"
        )
    for stream, kind in _STREAMS:
        if f"{stream}\0".encode("utf-16-le") in data:
            return kind
    return None


def _zipped(data: bytes) -> Office | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.lstrip("/").lower() for name in archive.namelist()]
            if "[content_types].xml" in names:
                for start, kind in _MAIN:
                    if any(name.startswith(start) for name in names):
                        return kind
            elif "mimetype" in names:
                with archive.open("mimetype") as file:
                    said = file.read(100).decode("ascii", "replace").strip()
                return BY_MEDIA_TYPE.get(said.removesuffix("-template"))
            return None
    except (zipfile.BadZipFile, struct.error, OSError, ValueError, NotImplementedError, EOFError,
            KeyError, RuntimeError):  # fmt: skip
        for mark, kind in _PLACES:
            if mark in data[:65536] or mark in data[-65536:]:
                raise DocumentRefused(
                    f"it is {kind.what} that is damaged; ask for it again", code="damaged"
                ) from None
        return None
