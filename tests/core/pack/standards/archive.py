"""PDF/A-2b."""

from __future__ import annotations

import re
import struct
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from .fonts import Fonts
from .reading import NS, PAINTS, RDF, packet_of, said

_OPERATORS = PAINTS | {
    *[
        "q",
        "Q",
        "cm",
        "w",
        "J",
        "j",
        "M",
        "d",
        "ri",
        "i",
        "gs",
        "m",
        "l",
        "c",
        "v",
        "y",
        "h",
        "re",
        "n",
        "W",
        "W*",
        "BT",
        "ET",
        "Tc",
        "Tw",
        "Tz",
        "TL",
        "Tf",
        "Tr",
        "Ts",
        "Td",
        "TD",
        "Tm",
        "T*",
    ],
    *[
        "CS",
        "cs",
        "SC",
        "SCN",
        "sc",
        "scn",
        "G",
        "g",
        "RG",
        "rg",
        "K",
        "k",
        "MP",
        "DP",
        "BMC",
        "BDC",
        "EMC",
        "d0",
        "d1",
        "BX",
        "EX",
    ],
}
_ACTIVE = {
    "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState",
    "/Rendition", "/Trans", "/GoTo3DView", "/JavaScript", "/SubmitForm",
}  # fmt: skip
_BLENDS = {
    "/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten",
    "/ColorDodge", "/ColorBurn", "/HardLight", "/SoftLight", "/Difference", "/Exclusion", "/Hue",
    "/Saturation", "/Color", "/Luminosity",
}  # fmt: skip


class Archive:
    def __init__(self, document: pikepdf.Pdf, data: bytes) -> None:
        self.document = document
        self.data = data
        self.found: list[str] = []

    def fail(self, clause: str, what: str) -> None:
        self.found.append(f"{clause} {what}" if clause.startswith("UA") else f"A {clause} {what}")

    def run(self) -> list[str]:
        self._file()
        self._metadata()
        self._catalog()
        for each in self.document.objects:
            self._object(each)
        for number, page in enumerate(self.document.pages, start=1):
            self._page(number, page)
        Fonts(self.document, self.fail).run()
        return self.found

    def _file(self) -> None:
        if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", self.data):
            self.fail("6.1.2", "header")
        if self.document.is_encrypted or "/Encrypt" in self.document.trailer:
            self.fail("6.1.3", "encrypted")
        if "/ID" not in self.document.trailer:
            self.fail("6.1.3", "no ID")
        if not re.search(rb"%%EOF\r?\n?$", self.data):
            self.fail("6.1.3", "something follows the end")

    def _metadata(self) -> None:
        packet = packet_of(self.document)
        if packet is None:
            self.fail("6.6.2", "no XMP")
            return
        if said(packet, "pdfaid:part") != "2" or said(packet, "pdfaid:conformance") != "B":
            self.fail("6.6.4", "not said to be PDF/A-2b")
        info = self.document.docinfo
        for key, name in (
            ("/Title", "dc:title"), ("/Author", "dc:creator"), ("/Subject", "dc:description"),
            ("/Keywords", "pdf:Keywords"), ("/Creator", "xmp:CreatorTool"),
            ("/Producer", "pdf:Producer"), ("/CreationDate", "xmp:CreateDate"),
            ("/ModDate", "xmp:ModifyDate"),
        ):  # fmt: skip
            told = str(info[key]) if key in info else None
            if told is not None and key.endswith("Date"):
                told = re.sub(
                    r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z", r"\1-\2-\3T\4:\5:\6Z", told
                )
            if told != said(packet, name):
                self.fail("6.6.3", f"{key} and {name} differ: {told!r}, {said(packet, name)!r}")
        known = {NS[name] for name in ("dc", "pdf", "xmp", "pdfaid", "ext", "schema", "property")}
        described = {each.text for each in packet.iter(f"{{{NS['schema']}}}namespaceURI")}
        for about in packet.iter(f"{RDF}Description"):
            for each in about:
                space = each.tag[1:].split("}")[0]
                if space not in known | described:
                    self.fail("6.6.2.3", f"{each.tag} is not described")

    def _catalog(self) -> None:
        root = self.document.Root
        for key in ("/AA", "/OpenAction", "/Requirements", "/NeedsRendering", "/AcroForm"):
            if key in root:
                self.fail("6.5", f"catalog has {key}")
        names = root.get("/Names", {})
        for key in ("/JavaScript", "/EmbeddedFiles", "/AlternatePresentations"):
            if key in names:
                self.fail("6.5", f"names has {key}")
        if "/OCProperties" in root and "/Name" not in root.OCProperties.D:
            self.fail("6.9", "layers without a name")
        intents = [
            each for each in root.get("/OutputIntents", []) if each.get("/S") == "/GTS_PDFA1"
        ]
        if len(intents) != 1 or "/DestOutputProfile" not in intents[0]:
            self.fail("6.2.3", "no output intent")
            return
        stream = intents[0].DestOutputProfile
        profile = stream.read_bytes()
        size, version, kind, space = struct.unpack(">I4xBxxx4s4s", profile[:20])
        sound = size == len(profile) and version < 5 and profile[36:40] == b"acsp"
        if not sound or kind not in {b"mntr", b"prtr"} or (space, stream.N) != (b"RGB ", 3):
            self.fail("6.2.3", "output intent's profile")

    def _object(self, each: Any) -> None:
        if isinstance(each, Stream):
            keys = set(each.keys())
            if keys & {"/F", "/FFilter", "/FDecodeParms"}:
                self.fail("6.1.7", "a stream lies elsewhere")
            filters = each.get("/Filter", [])
            filters = filters if isinstance(filters, Array) else [filters]
            if {str(name) for name in filters} & {"/LZWDecode", "/Crypt"}:
                self.fail("6.1.7", "filter")
            self._stream(each)
        if isinstance(each, Dictionary | Stream):
            keys = set(each.keys())
            if keys & {"/EF", "/AF"}:
                self.fail("6.8", "a file within")
            if str(each.get("/S", "")) in _ACTIVE:
                self.fail("6.5.1", f"action {each.S}")
            if keys & {"/AA", "/JS", "/XFA", "/PresSteps"}:
                self.fail("6.5.2", "something active")
            for key in keys:
                if len(key.encode()) > 128:
                    self.fail("6.1.13", "a name too long")
            if each.get("/Type") == "/ExtGState":
                self._state(each)
        self._limits(each, 0)

    def _limits(self, each: Any, depth: int) -> None:
        if isinstance(each, pikepdf.String) and len(bytes(each)) > 32_767:
            self.fail("6.1.13", "a string too long")
        if isinstance(each, int) and not -(2**31) <= each < 2**31:
            self.fail("6.1.13", "a number too large")
        if depth and getattr(each, "objgen", (0, 0)) != (0, 0):
            return
        if isinstance(each, Array):
            for kid in each:
                self._limits(kid, depth + 1)
        elif isinstance(each, Dictionary | Stream):
            for kid in each.values():
                self._limits(kid, depth + 1)

    def _stream(self, each: Any) -> None:
        kind = each.get("/Subtype")
        if kind == "/Image":
            if {"/Alternates", "/OPI"} & set(each.keys()) or each.get("/Interpolate"):
                self.fail("6.2.8", "an image with alternates, OPI or interpolation")
            if each.get("/ImageMask"):
                return
            if each.BitsPerComponent not in {1, 2, 4, 8, 16} or each.get("/Filter") == "/JPXDecode":
                self.fail("6.2.8", "an image's depth or filter")
            space = each.ColorSpace
            while isinstance(space, Array):
                if space[0] not in {"/Indexed", "/ICCBased", "/CalRGB", "/CalGray", "/Lab"}:
                    break
                space = space[1] if space[0] == "/Indexed" else "/DeviceRGB"
            if space not in {"/DeviceRGB", "/DeviceGray"}:
                self.fail("6.2.4.3", f"an image's colours {space}")
        elif kind == "/Form" and {"/OPI", "/Ref", "/PS", "/Subtype2"} & set(each.keys()):
            self.fail("6.2.9", "a form that leads elsewhere")
        elif kind == "/PS":
            self.fail("6.2.9", "PostScript")

    def _state(self, each: Any) -> None:
        if {"/TR", "/HTP", "/HTO"} & set(each.keys()) or each.get("/TR2", "/Default") != "/Default":
            self.fail("6.2.5", "a transfer function")
        modes = each.get("/BM", Name.Normal)
        for mode in modes if isinstance(modes, Array) else [modes]:
            if str(mode) not in _BLENDS:
                self.fail("6.2.10", "an unknown blend mode")

    def _page(self, number: int, page: pikepdf.Page) -> None:
        for box in ("/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
            if box in page:
                x0, y0, x1, y1 = (float(value) for value in page[box])
                if not all(3 <= side <= 14_400 for side in (x1 - x0, y1 - y0)):
                    self.fail("6.1.13", f"page {number} is of no size")
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(page):
            sign = str(operator)
            depth += (sign == "q") - (sign == "Q")
            if depth > 28:
                self.fail("6.1.13", "too many saved states")
            if sign not in _OPERATORS:
                self.fail("6.2.2", f"operator {sign}")
            if sign in {"K", "k"} or (
                sign in {"CS", "cs"} and operands[0] not in {"/DeviceRGB", "/DeviceGray"}
            ):
                self.fail("6.2.4.3", "colours that the output intent does not tell")
        for each in page.get("/Annots", []):
            if each.Subtype in {"/3D", "/Sound", "/Screen", "/Movie", "/RichMedia", "/Widget"}:
                self.fail("6.3.1", f"annotation {each.Subtype}")
            flags = int(each.get("/F", 0))
            if each.Subtype != "/Popup" and (not flags & 4 or flags & (1 | 2 | 32 | 256)):
                self.fail("6.3.2", f"page {number}: an annotation that is not printed")
            if each.Subtype not in {"/Popup", "/Link"} and "/AP" not in each:
                self.fail("6.3.3", "an annotation without an appearance")
