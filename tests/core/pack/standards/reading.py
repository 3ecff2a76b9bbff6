"""What both standards ask about: the packet of metadata, and the text on pages."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
NS = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "ext": "http://www.aiim.org/pdfa/ns/extension/",
    "schema": "http://www.aiim.org/pdfa/ns/schema#",
    "property": "http://www.aiim.org/pdfa/ns/property#",
}
SHOWS_TEXT = {"Tj", "TJ", "'", '"'}
PAINTS = SHOWS_TEXT | {
    *["f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "EI", "INLINE", "IMAGE"]
}


def packet_of(document: pikepdf.Pdf) -> ET.Element | None:
    metadata = document.Root.get("/Metadata")
    if metadata is None or metadata.get("/Subtype") != "/XML":
        return None
    text = metadata.read_bytes().decode("utf-8")
    return ET.fromstring(re.sub(r"<\?xpacket.*?\?>", "", text))  # noqa: S314 - of our own making


def said(packet: ET.Element | None, name: str) -> str | None:
    """One value of the packet, such as ``dc:title``."""
    if packet is None:
        return None
    prefix, local = name.split(":")
    tag = f"{{{NS[prefix]}}}{local}"
    for about in packet.iter(f"{RDF}Description"):
        if tag in about.attrib:
            return about.attrib[tag]
    found = packet.find(f".//{tag}")
    if found is None:
        return None
    items = found.findall(f".//{RDF}li")
    return ", ".join(item.text or "" for item in items) if items else found.text


def fonts_used(
    page: Any, resources: Any, seen: set[tuple[int, int]] | None = None
) -> Iterator[tuple[Any, bytes]]:
    """Fonts with the strings set in them, on a page and in the forms it draws."""
    seen = set() if seen is None else seen
    font = None
    for operands, operator in pikepdf.parse_content_stream(page):
        sign = str(operator)
        if sign == "Tf":
            font = resources.Font[operands[0]]
        elif sign in SHOWS_TEXT:
            parts = operands[0] if isinstance(operands[0], Array) else [operands[-1]]
            for part in parts:
                if isinstance(part, pikepdf.String):
                    yield font, bytes(part)
        elif sign == "Do":
            drawn = resources.XObject[operands[0]]
            if drawn.Subtype == "/Form" and drawn.objgen not in seen:
                seen.add(drawn.objgen)
                yield from fonts_used(drawn, drawn.get("/Resources", resources), seen)
