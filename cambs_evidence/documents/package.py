"""Documents that are ZIP archives of XML (OOXML, OpenDocument), taken apart without trust.

Nothing is ever unpacked to disk and nothing is followed. What an archive says of its sizes is not
believed beyond the limits below, and XML that brings definitions of its own is refused.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from typing import Any, NamedTuple
from urllib.parse import unquote

from lxml import etree

from cambs_evidence.errors import DocumentRefused

#: Parts in an archive, bytes in all of them and in one part of XML, elements in one part.
MOST_PARTS = 10_000
MOST_BYTES = 256 * 1024**2
MOST_XML = 64 * 1024**2
MOST_ELEMENTS = 1_500_000
#: How many times larger than packed a part of this many bytes may be; text shrinks to a fortieth.
MOST_RATIO, RATIO_FROM = 250, 4 * 1024**2

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DOCTYPE = re.compile(rb"<\x00?!\x00?D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E")
#: The names that strict OOXML has for what all others call otherwise.
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/",
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/",
        b"http://schemas.openxmlformats.org/drawingml/2006/",
    ),
)
_HARM = "it was packed so as to do harm; ask for it again as a PDF"
_DAMAGED = "it is damaged; open it in the program it was made with, and save it anew or as a PDF"


class Target(NamedTuple):
    """Where a relationship of a part leads: kind (the last word of its type), name or address."""

    kind: str
    name: str
    external: bool


class Package:
    """The parts of an archive by name, without a leading slash.

    Raises DocumentRefused, here and wherever a part is read, for what is damaged or goes beyond a
    limit.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            parts = self._archive.infolist()
        except (
            zipfile.BadZipFile,
            ValueError,
            struct.error,
            OSError,
            NotImplementedError,
        ) as error:
            raise DocumentRefused(_DAMAGED, code="damaged") from error
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
            raise DocumentRefused(_HARM, code="unsafe")
        for part in parts:
            if part.flag_bits & 1:
                raise DocumentRefused(
                    "it is protected with a password; save it anew without one", code="encrypted"
                )
            swollen = part.file_size > MOST_RATIO * max(part.compress_size, 1)
            if swollen and part.file_size > RATIO_FROM:
                raise DocumentRefused(_HARM, code="unsafe")
        self._parts = {part.filename.lstrip("/").lower(): part for part in reversed(parts)}

    @property
    def names(self) -> list[str]:
        """The names of all parts, as they are written."""
        return [part.filename.lstrip("/") for part in self._parts.values()]

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def read(self, name: str) -> bytes:
        """The bytes of a part; raises DocumentRefused where it is not there or damaged."""
        part = self._parts.get(name.lower())
        if part is None:
            raise DocumentRefused(_DAMAGED, code="damaged")
        try:
            with self._archive.open(part) as file:
                # No more than the archive said, whatever it holds.
                return file.read(part.file_size + 1)[: part.file_size]
        except (
            zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error,
            NotImplementedError, RuntimeError,
        ) as error:  # fmt: skip
            raise DocumentRefused(_DAMAGED, code="damaged") from error

    def xml(self, name: str) -> Any:
        """The root element of a part of XML; see :func:`parsed`."""
        part = self._parts.get(name.lower())
        if part is not None and part.file_size > MOST_XML:
            raise DocumentRefused(
                "it holds more text than any document; split it", code="too-large"
            )
        data = self.read(name)
        if b"purl.oclc.org" in data:
            for strict, usual in _STRICT:
                data = data.replace(strict, usual)
        return parsed(data)

    def targets(self, name: str) -> dict[str, Target]:
        """Where the relationships of a part of OOXML lead, by their ids; empty for none."""
        folder, file = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if rels not in self:
            return {}
        found = {}
        for each in self.xml(rels).iter(_RELATIONSHIP):
            external = each.get("TargetMode", "").lower() == "external"
            target = each.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip(
                    "/"
                )
            kind = each.get("Type", "").rsplit("/", 1)[-1]
            found[each.get("Id", "")] = Target(kind, target, external)
        return found


def parsed(data: bytes) -> Any:
    """The root element of some XML, without comments and processing instructions.

    Raises DocumentRefused for XML that is not well formed, defines entities or a document type,
    or is nested or large beyond reason.
    """
    if _DOCTYPE.search(data):
        raise DocumentRefused(
            "it brings definitions of its own, as files made to do harm do; save it as a PDF",
            code="unsafe",
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentRefused(_DAMAGED, code="damaged") from error
    if root.getroottree().docinfo.doctype:
        raise DocumentRefused(_HARM, code="unsafe")
    for count, _ in enumerate(root.iter()):
        if count > MOST_ELEMENTS:
            raise DocumentRefused(
                "it holds more than any document that can be cited; split it", code="too-large"
            )
    return root
