"""Office documents that the tests make, part by part."""

from __future__ import annotations

import io
import zipfile
import zlib
from struct import pack

from cambs_evidence.documents import office

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = {
    "styles": "styles", "numbering": "numbering", "footnotes": "footnotes",
    "endnotes": "endnotes", "header1": "header", "header2": "header", "footer1": "footer",
}  # fmt: skip

STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{said}"/>{more}</w:style>'
    for name, said, more in (
        ("Title", "Title", ""),
        ("Heading1", "heading 1", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'),
        ("Heading2", "heading 2", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>'),
        ("Ours", "Our heading", '<w:basedOn w:val="Heading2"/>'),
        ("Numbered", "Numbered", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'),
    )
)  # fmt: skip


def p(*inner: str, style: str = "", num: tuple[int, int] | None = None, more: str = "") -> str:
    """A paragraph; ``num`` is level and list."""
    said = f'<w:pStyle w:val="{style}"/>' if style else ""
    if num is not None:
        said += f'<w:numPr><w:ilvl w:val="{num[0]}"/><w:numId w:val="{num[1]}"/></w:numPr>'
    runs = "".join(each if each.startswith("<") else r(each) for each in inner)
    return f"<w:p><w:pPr>{said}{more}</w:pPr>{runs}</w:p>"


def r(text: str, style: str = "") -> str:
    """A run."""
    return f'<w:r><w:rPr>{style}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def level(number: int, form: str, text: str, more: str = "") -> str:
    """A level of a list."""
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(*kinds: str, more: str = "") -> str:
    """The lists of a document, list n of kind n."""
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">{kind}</w:abstractNum>'
        for n, kind in enumerate(kinds, 1)
    )
    nums = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>'
        for n in range(1, len(kinds) + 1)
    )
    return abstract + nums + more


def table(*rows: str) -> str:
    """A table of rows."""
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def row(*cells: str, more: str = "") -> str:
    """A row of cells."""
    inner = "".join(each if each.startswith("<w:tc>") else cell(p(each)) for each in cells)
    return f"<w:tr><w:trPr>{more}</w:trPr>{inner}</w:tr>"


def cell(inner: str, more: str = "") -> str:
    """A cell."""
    return f"<w:tc><w:tcPr>{more}</w:tcPr>{inner}</w:tc>"


def picture(name: str, width: int = 100, height: int = 50) -> str:
    """A run that shows the picture of a relationship, its size in points."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{width * 12700}" cy="{height * 12700}"/>'
        f'<a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="{name}"/>'
        "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def docx(
    *body: str,
    rels: str = "",
    extra: dict[str, bytes] | None = None,
    head: str = "",
    **parts: str,
) -> bytes:
    """A Word document of body elements and parts; styles are those above unless given."""
    parts.setdefault("styles", STYLES)
    related = rels
    content = f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    files: dict[str, bytes] = {}
    for name, inner in parts.items():
        kind = _PARTS[name]
        related += f'<Relationship Id="{name}" Type="{R}/{kind}" Target="{name}.xml"/>'
        content += f'<Override PartName="/word/{name}.xml" ContentType="{_WORD}.{kind}+xml"/>'
        root = {"header": "hdr", "footer": "ftr"}.get(kind, kind)
        files[f"word/{name}.xml"] = f"<w:{root} {_SPACES}>{inner}</w:{root}>".encode()
    files["word/document.xml"] = (
        f"{head}<w:document {_SPACES}><w:body>{''.join(body)}</w:body></w:document>"
    ).encode()
    files["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{_RELS}">{related}</Relationships>'.encode()
    )
    files["_rels/.rels"] = (
        f'<Relationships xmlns="{_RELS}"><Relationship Id="a" Type="{R}/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    ).encode()
    files["[Content_Types].xml"] = (
        f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        f'<Default Extension="bin" ContentType="application/octet-stream"/>{content}</Types>'
    ).encode()
    return zipped(files | (extra or {}))


def odt(*paragraphs: str, more: str = "") -> bytes:
    """An OpenDocument text."""
    office_ns = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    spaces = (
        f'xmlns:office="{office_ns}" xmlns:text="{text}" '
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    inner = "".join(f"<text:p>{each}</text:p>" for each in paragraphs)
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    kind = "application/vnd.oasis.opendocument.text"
    return zipped({
        "mimetype": kind.encode(),
        "content.xml": (
            f'<office:document-content {spaces} office:version="1.2"><office:body><office:text>'
            f"{inner}{more}</office:text></office:body></office:document-content>"
        ).encode(),
        "META-INF/manifest.xml": (
            f'<manifest:manifest xmlns:manifest="{manifest}"><manifest:file-entry '
            f'manifest:full-path="/" manifest:media-type="{kind}"/><manifest:file-entry '
            'manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
        ).encode(),
    })  # fmt: skip


def zipped(files: dict[str, bytes]) -> bytes:
    """An archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def png(width: int = 4, height: int = 4) -> bytes:
    """A red picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + b"\xff\x00\x00" * width) * height
    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )  # fmt: skip


def without_libreoffice() -> bool:
    """Whether tests that need LibreOffice must be skipped."""
    return office.program() is None
