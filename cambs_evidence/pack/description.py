"""What a pack says of itself, for programs: title, standards, and the manifest it encloses."""

from __future__ import annotations

import io
import re
import zlib
from typing import Any
from xml.sax.saxutils import escape

import pikepdf

from cambs_evidence.pack import colour
from cambs_evidence.pack.contents import Contents
from cambs_evidence.pack.manifest import NAME

_PROGRAM = "cambs-evidence"
#: Where the manifest is kept that may not be attached, as data of this program.
_OURS = pikepdf.Name("/CambsEvidence")

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>en-GB</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{program}</pdf:Producer>
<xmp:CreatorTool>{program}</xmp:CreatorTool>
<xmp:CreateDate>{date}T00:00:00Z</xmp:CreateDate>
<xmp:ModifyDate>{date}T00:00:00Z</xmp:ModifyDate>
</rdf:Description>
{standards}</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""

#: PDF/A asks that what it does not know itself is described.
_STANDARDS = """<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that is held to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


def title(contents: Contents) -> str:
    """The title of the file."""
    return f"Evidence pack: {contents.facts.title}"


def describe(pack: pikepdf.Pdf, contents: Contents, *, by_standard: bool) -> None:
    """Title, language and dates, said alike in both places that a file has for them.

    Nobody is named, and the only moment told is the date of the pack.
    """
    day = contents.date
    stamp = f"D:{day.replace('-', '')}000000Z"
    said = "".join(each if each.isprintable() else " " for each in title(contents))
    for name in list(pack.docinfo.keys()):
        del pack.docinfo[name]
    pack.docinfo["/Title"] = said
    pack.docinfo["/Creator"] = pack.docinfo["/Producer"] = _PROGRAM
    pack.docinfo["/CreationDate"] = pack.docinfo["/ModDate"] = stamp
    standards = _STANDARDS if by_standard else ""
    packet = _XMP.format(title=escape(said), program=_PROGRAM, date=day, standards=standards)
    stream = pikepdf.Stream(pack, packet.encode())
    stream.Type, stream.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
    root = pack.Root
    root.Metadata = pack.make_indirect(stream)
    root.Lang = "en-GB"
    root.PageMode = pikepdf.Name.UseOutlines
    root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)


def conform(pack: pikepdf.Pdf) -> None:
    """Says what the colours of a pack mean, as PDF/A asks."""
    profile = pikepdf.Stream(pack, colour.srgb())
    profile.N = 3
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier=colour.NAME,
        RegistryName="http://www.color.org",
        Info=colour.NAME,
        DestOutputProfile=pack.make_indirect(profile),
    )
    pack.Root.OutputIntents = pikepdf.Array([pack.make_indirect(intent)])


def attach(pack: pikepdf.Pdf, manifest: bytes) -> None:
    """Attaches the manifest."""
    pack.attachments[NAME] = spec = pikepdf.AttachedFileSpec(
        pack, manifest, filename=NAME, description="What this pack claims, to be verified",
        mime_type="application/json", relationship=pikepdf.Name.Data,
    )  # fmt: skip
    _packed(spec.obj.EF.F, manifest)


def _packed(stream: Any, data: bytes) -> Any:
    """A stream that holds some data packed, which is all that is kept of it until it is saved."""
    stream.write(zlib.compress(data), filter=pikepdf.Name.FlateDecode)
    return stream


def enclose(pack: pikepdf.Pdf, manifest: bytes, contents: Contents) -> None:
    """Encloses the manifest without an attachment: PDF/A-2 takes none but PDF/A files."""
    pack.Root.PieceInfo = pikepdf.Dictionary({
        str(_OURS): pikepdf.Dictionary(
            LastModified=f"D:{contents.date.replace('-', '')}000000Z",
            Private=_packed(pack.make_indirect(pikepdf.Stream(pack, b"")), manifest),
        )
    })  # fmt: skip


def enclosed(data: bytes) -> bytes | None:
    """The manifest in the bytes of a pack, None where there is none.

    Raises pikepdf's errors, ValueError and RecursionError where the file is damaged.
    """
    with pikepdf.open(io.BytesIO(data)) as pack:
        if NAME in pack.attachments:
            return bytes(pack.attachments[NAME].get_file().read_bytes())
        try:
            return bytes(pack.Root.PieceInfo[_OURS].Private.read_bytes())
        except (AttributeError, KeyError, TypeError):
            return None


_MEANINGS = re.compile(r"<([0-9A-Fa-f]{2})>\s*<([0-9A-Fa-f]{4,})>")
_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<00> <FF>
endcodespacerange
{entries}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def mean_letters(pack: pikepdf.Pdf) -> None:
    """Says anew what letter each code of a font means.

    reportlab says of codes that stand for nothing that they mean U+0000, in a list that is longer
    than it may be. To be called before pages of sources are carried: it is about our own fonts.
    """
    for font in pack.pages[0].Resources.Font.values():
        told = _MEANINGS.findall(font.ToUnicode.read_bytes().decode("latin-1"))
        pairs = [f"<{code}> <{letter}>" for code, letter in told if int(letter, 16)]
        entries = ""
        for begin in range(0, len(pairs), 100):
            some = pairs[begin : begin + 100]
            entries += "\n".join([f"{len(some)} beginbfchar", *some, "endbfchar", ""])
        font.ToUnicode = pikepdf.Stream(pack, _CMAP.format(entries=entries).encode())
