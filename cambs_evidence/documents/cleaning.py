"""Office documents without what another program could run, follow or show unasked.

What comes out is for that program alone and never stored: links to elsewhere, macros, embedded
files and parts in other formats are gone, and tracked changes are settled, so that what was struck
out as deleted is not printed.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import Any

from lxml import etree

from cambs_evidence.documents.containers import DOCX, ODP, ODS, ODT, PPTX, XLSX, Office
from cambs_evidence.documents.package import Package
from cambs_evidence.documents.wordml import W, local

_OOXML = frozenset({DOCX, XLSX, PPTX})
_ODF = frozenset({ODT, ODS, ODP})
#: Parts that are left out, by the beginning of their names or of their files' names.
_LEFT_OUT = re.compile(
    r"(?i)(?:.*/)?(?:vbaproject|vbadata|activex|embeddings/|afchunk|externallinks/|connections\.xml"
    r"|customui|webextensions?/|querytables/|ctrlprops/)|basic/|scripts/|meta-inf/documentsign"
)
_DROPPED_KINDS = frozenset({
    "aFChunk", "attachedTemplate", "control", "externalLink", "externalLinkPath", "mailMergeSource",
    "oleObject", "package", "subDocument", "vbaProject", "frame", "connections", "queryTable",
})  # fmt: skip
_FETCHING = re.compile(r"(?i)\s*(?:DDE|DDEAUTO|INCLUDE\w*|IMPORT|LINK|AUTOTEXT\w*|DATABASE|RD)\b")
_HREF = "{http://www.w3.org/1999/xlink}href"
_ANCHORS = frozenset({"a"})
_OF_SCRIPTS = frozenset({
    "scripts", "event-listeners", "dde-connection-decls", "dde-connection", "section-source",
    "table-source", "dde-source", "cell-range-source", "database-ranges", "applet", "plugin",
    "floating-frame", "tracked-changes", "change", "change-start", "change-end",
})  # fmt: skip


def harmless(data: bytes, kind: Office) -> bytes:
    """The document as another program may be given it.

    Raises DocumentRefused for one that is damaged or made to do harm. Kinds that are no archives
    come back as they are.
    """
    if kind not in _OOXML | _ODF:
        return data
    package = Package(data)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in sorted(package.names, key=lambda each: (each != "mimetype", each)):
            if name.endswith("/") or _LEFT_OUT.match(name):
                continue
            content = package.read(name)
            if name.lower().endswith((".xml", ".rels")):
                root = package.xml(name)
                _clean(root, name, kind)
                content = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, stored)
    return out.getvalue()


def _clean(root: Any, name: str, kind: Office) -> None:
    if kind in _ODF:
        _clean_odf(root)
    elif name.lower().endswith(".rels"):
        _take(each for each in root if _leads_out(each))
    elif name.lower() == "[content_types].xml":
        # Documents with macros are opened as what they are without them.
        for each in root:
            said = each.get("ContentType", "")
            each.set("ContentType", said.replace("macroEnabled.main+xml", "main+xml"))
        _take(each for each in root if _LEFT_OUT.match(each.get("PartName", "").lstrip("/")))
    elif kind is DOCX:
        _settle(root)


def _leads_out(relationship: Any) -> bool:
    kind = posixpath.basename(relationship.get("Type", ""))
    external = relationship.get("TargetMode", "").lower() == "external"
    return kind in _DROPPED_KINDS or (external and kind != "hyperlink")


def _settle(root: Any) -> None:
    """Takes out deletions, and the instructions of fields that fetch something."""
    names = ("del", "moveFrom", "altChunk", "attachedTemplate", "subDoc", "control", "OLEObject")
    doomed = [each for each in root.iter() if local(each) in names]
    rows = [row for row in root.iter(W + "tr") if row.find(f"{W}trPr/{W}del") is not None]
    _take([*doomed, *rows])
    for each in root.iter(W + "instrText"):
        if _FETCHING.match(each.text or ""):
            each.text = " QUOTE "
    for each in root.iter(W + "fldSimple"):
        if _FETCHING.match(each.get(W + "instr", "")):
            each.set(W + "instr", " QUOTE ")


def _clean_odf(root: Any) -> None:
    _take([each for each in root.iter() if local(each) in _OF_SCRIPTS])
    for each in root.iter():
        href = each.get(_HREF)
        if href and local(each) not in _ANCHORS and _is_elsewhere(href):
            del each.attrib[_HREF]


def _is_elsewhere(href: str) -> bool:
    return ":" in href or href.startswith(("/", "\\", "..", "//"))


def _take(elements: Any) -> None:
    """Takes elements out of their tree; the text behind each stays."""
    for each in list(elements):
        above = each.getparent()
        if above is None:
            continue
        if each.tail:
            before = each.getprevious()
            if before is not None:
                before.tail = (before.tail or "") + each.tail
            else:
                above.text = (above.text or "") + each.tail
        above.remove(each)
