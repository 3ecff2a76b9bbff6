"""Archives of XML taken apart: what is made to do harm is refused before it does."""

from __future__ import annotations

import io
import zipfile

import pytest

from cambs_evidence.documents import docx
from cambs_evidence.documents.package import Package, parsed
from cambs_evidence.errors import DocumentRefused
from tests.core.documents import offices
from tests.core.documents.offices import p


def refused(data: bytes) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as error:
        docx.read(data)
    return error.value


def test_a_gigabyte_behind_a_megabyte_is_refused() -> None:
    big = b"<w:p/>" * (1024**2 * 70 // 6)
    data = offices.docx(p("x"), extra={f"word/media/{n}.xml": big for n in range(4)})
    assert len(data) < 2 * 1024**2
    assert refused(data).code == "unsafe"


def test_a_part_that_swells_is_refused_though_the_whole_is_small() -> None:
    data = offices.docx(p("x"), extra={"word/media/a.png": bytes(9 * 1024**2)})
    assert refused(data).code == "unsafe"


def test_very_many_parts_are_refused() -> None:
    data = offices.docx(p("x"), extra={f"word/media/{n}": b"" for n in range(10_001)})
    assert refused(data).code == "unsafe"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_definitions_of_entities_are_refused(encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
    )
    with pytest.raises(DocumentRefused) as error:
        parsed(text.encode(encoding))
    assert error.value.code == "unsafe"


def test_a_file_on_this_computer_is_not_read_into_a_document() -> None:
    head = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    assert refused(offices.docx(p("&x;"), head=head)).code == "unsafe"


def test_elements_within_elements_without_end_are_refused() -> None:
    deep = "<w:sdt>" * 5000 + "</w:sdt>" * 5000
    assert refused(offices.docx(deep, p("x"))).code == "damaged"


def test_a_part_with_a_password_is_refused_as_that() -> None:
    data = bytearray(offices.docx(p("x")))
    for sign, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(sign)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(sign, at + 4)
    assert refused(bytes(data)).code == "encrypted"


def test_a_part_whose_bytes_are_not_what_they_were_is_refused() -> None:
    data = offices.docx(p("Words. " * 50))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        at = archive.getinfo("word/document.xml").header_offset + 70
    broken = data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :]
    assert refused(broken).code == "damaged"


def test_a_relationship_never_leads_out_of_its_archive() -> None:
    rels = f'<Relationship Id="x" Type="{offices.R}/image" Target="../../../../etc/hostname"/>'
    package = Package(offices.docx(p("x"), rels=rels))
    assert package.targets("word/document.xml")["x"].name == "etc/hostname"
    assert "etc/hostname" not in package
