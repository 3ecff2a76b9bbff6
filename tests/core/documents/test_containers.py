"""Which office document a file is, whatever it is called."""

from __future__ import annotations

import pytest

from cambs_evidence.documents import containers
from cambs_evidence.documents.kinds import kind_of
from cambs_evidence.errors import DocumentRefused
from tests.core.documents import offices

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
TYPES = {"[Content_Types].xml": b"<Types/>"}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (offices.docx(offices.p("x")), containers.DOCX),
        (offices.zipped(TYPES | {"xl/workbook.xml": b""}), containers.XLSX),
        (offices.zipped(TYPES | {"ppt/presentation.xml": b""}), containers.PPTX),
        (offices.odt("x"), containers.ODT),
        (b"{\\rtf1\\ansi Words}", containers.RTF),
        (OLD + "WordDocument\0".encode("utf-16-le"), containers.DOC),
        (OLD + "Workbook\0".encode("utf-16-le"), containers.XLS),
    ],
)
@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.docx", "a"])
def test_an_office_document_is_told_by_what_it_holds(
    data: bytes, kind: containers.Office, name: str
) -> None:
    assert kind_of(data, name) == kind.name


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (offices.zipped({"a.txt": b"x"}), "format"),
        (offices.zipped({"word/document.xml": b"x"}), "format"),
        (offices.docx(offices.p("x"))[:-40], "damaged"),
        (OLD, "format"),
        (OLD + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_what_is_none_is_refused_for_what_it_is(data: bytes, code: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        kind_of(data, "a.docx")
    assert refused.value.code == code
