"""The parts of a Word document that say nothing of its contents: styles, settings, lists."""

from __future__ import annotations

from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: By this a document is known that nobody has gone on writing in.
PROGRAM = "cambs-evidence"
#: Twips that a line of text is wide, on A4 with margins of 20 mm.
MEASURE = 9638

_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
CONTENT_TYPES = (
    f'{HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    '+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    + "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_MAIN}.{kind}+xml"/>'
        for name, kind in (
            ("document", "document.main"), ("styles", "styles"), ("settings", "settings"),
            ("numbering", "numbering"), ("header1", "header"), ("footer1", "footer"),
        )
    )
    + '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-'
    'package.core-properties+xml"/><Override PartName="/docProps/app.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>'
)  # fmt: skip
RELATIONS = (
    f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{R}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/>'
    f'<Relationship Id="rId3" Type="{R}/extended-properties" Target="docProps/app.xml"/>'
    "</Relationships>"
)
APP = (
    f'{HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    f'extended-properties"><Application>{PROGRAM}</Application></Properties>'
)
SETTINGS = (
    f'{HEAD}<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
    'w:val="15"/></w:compat><w:themeFontLang w:val="en-GB"/></w:settings>'
)


def core(title: str, day: str) -> str:
    """Title, language and day of a document; who made it stays out of it."""
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{day}T00:00:00Z</dcterms:created>'
        "<dc:language>en-GB</dc:language>"
        f"<dc:title>{escape(title)}</dc:title></cp:coreProperties>"
    )


def relations(pictures: int) -> str:
    """What the text refers to: its parts, and as many pictures."""
    names = ("styles", "settings", "numbering", "header1", "footer1")
    told = [
        f'<Relationship Id="{kind}" Type="{R}/{kind}" Target="{name}.xml"/>'
        for name in names
        for kind in [name.removesuffix("1")]
    ]
    told += [
        f'<Relationship Id="picture{n}" Type="{R}/image" Target="media/picture{n}.png"/>'
        for n in range(1, pictures + 1)
    ]
    return f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(told)}</Relationships>'


def numbering(starts: list[int]) -> str:
    """Lists: the first with bullets, then numbered ones that begin where they are said to."""

    def level(kind: str, text: str) -> str:
        return (
            f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
            f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
            '<w:pPr><w:ind w:left="454" w:hanging="340"/></w:pPr></w:lvl>'
        )

    kinds = [("bullet", "•"), ("decimal", "%1.")]
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/>'
        f"{level(*kind)}</w:abstractNum>"
        for number, kind in enumerate(kinds)
    )
    used = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>' + "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
        f'<w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
        for number, start in enumerate(starts, 2)
    )
    return f'{HEAD}<w:numbering xmlns:w="{W}">{abstract}{used}</w:numbering>'


_OWN = frozenset({"Facts", "Excerpt", "Citation", "Note", "Small", "Gap", "TableText"})


def _style(
    name: str,
    key: str,
    paragraph: str = "",
    run: str = "",
    *,
    after: str = "",
    base: str = "Normal",
    offered: bool = True,
) -> str:
    own = ' w:customStyle="1"' if key in _OWN else ""
    return (
        f'<w:style w:type="paragraph"{own} w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{base}"/>'
        + (f'<w:next w:val="{after}"/>' if after else "")
        + ("<w:qFormat/>" if offered else "")
        + (f"<w:pPr>{paragraph}</w:pPr>" if paragraph else "")
        + (f"<w:rPr>{run}</w:rPr>" if run else "")
        + "</w:style>"
    )  # fmt: skip


def _spacing(before: int, after: int) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}"/>'


_SANS = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/>'
_DEEP, _SOFT = '<w:color w:val="17375E"/>', '<w:color w:val="4A5563"/>'
_NEXT = "<w:keepNext/><w:keepLines/>"


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


#: Level, twips above, half points, colour.
_HEADINGS = ((1, 480, 34, _DEEP), (2, 360, 26, _DEEP), (3, 280, 23, ""))
_QUOTE_BAR = '<w:left w:val="single" w:sz="18" w:space="10" w:color="3D4753"/>'
STYLES = (
    f'{HEAD}<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>'
    '<w:rFonts w:ascii="Cambria" w:hAnsi="Cambria" w:eastAsia="Cambria" w:cs="Times New Roman"/>'
    f'{_size(22)}<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
    '<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr>'
    "</w:pPrDefault></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    "<w:qFormat/></w:style>"
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
    '<w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
    '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
    '<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="8A94A1"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + "</w:tblBorders></w:tblPr></w:style>"
    '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr>'
    f'{_DEEP}<w:u w:val="single"/></w:rPr></w:style>'
    + _style("Title", "Title", _NEXT + _spacing(1200, 360), _SANS + "<w:b/>" + _DEEP + _size(52),
             after="Normal")
    + _style("Subtitle", "Subtitle", _spacing(600, 0), _SANS + _SOFT + _size(26), after="Normal")
    + _style("Facts", "Facts", '<w:tabs><w:tab w:val="left" w:pos="2835"/></w:tabs>'
             '<w:spacing w:before="40" w:after="40"/><w:ind w:left="2835" w:hanging="2835"/>')
    + "".join(
        _style(f"heading {level}", f"Heading{level}",
               f'{_NEXT}{_spacing(before, 120)}<w:outlineLvl w:val="{level - 1}"/>',
               f"{_SANS}<w:b/>{colour}{_size(size)}", after="Normal")
        for level, before, size, colour in _HEADINGS
    )
    + _style("TOC Heading", "TOCHeading", _NEXT + _spacing(720, 120),
             _SANS + "<w:b/>" + _DEEP + _size(28), after="Normal")
    + _style("toc 1", "TOC1", '<w:spacing w:before="60" w:after="20"/>', _SANS, offered=False)
    + _style("toc 2", "TOC2", '<w:spacing w:after="20"/><w:ind w:left="340"/>', _SANS,
             offered=False)
    + _style("Excerpt", "Excerpt", f"{_NEXT}{_spacing(280, 40)}", f"{_SANS}<w:b/>{_size(21)}",
             after="Quote")
    + _style("Quote", "Quote", f'<w:pBdr>{_QUOTE_BAR}</w:pBdr>{_spacing(60, 80)}'
             '<w:ind w:left="397"/>', after="Citation")
    + _style("Citation", "Citation", '<w:keepLines/><w:spacing w:after="20"/><w:ind w:left="397"/>',
             "<w:i/>" + _size(20))
    + _style("Note", "Note", '<w:spacing w:after="20"/><w:ind w:left="397"/>', _size(20))
    + _style("Small", "Small", _spacing(0, 80), _SOFT + _size(19))
    + _style("Gap", "Gap", "<w:pBdr>" + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="4" w:color="8A94A1"/>'
        for side in ("top", "left", "bottom", "right")
    ) + '</w:pBdr><w:shd w:val="clear" w:color="auto" w:fill="EEF1F5"/>' + _spacing(120, 120))
    + _style("caption", "Caption", _NEXT + _spacing(200, 80), _SANS + "<w:b/>" + _size(19),
             after="Normal")
    + _style("Table Text", "TableText",
             '<w:spacing w:before="30" w:after="30" w:line="240" w:lineRule="auto"/>',
             _SANS + _size(16))
    + _style("List Paragraph", "ListParagraph", "<w:contextualSpacing/>")
    + _style("header", "Header", run=_SANS + _SOFT + _size(17), offered=False)
    + _style("footer", "Footer", f'<w:tabs><w:tab w:val="right" w:pos="{MEASURE}"/></w:tabs>',
             _SANS + _SOFT + _size(17), offered=False)
    + "</w:styles>"
)  # fmt: skip
