"""Files read in watched processes: each becomes pages, or is refused in one plain sentence."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence import paths
from cambs_evidence.documents import containers, docx, office, pdf, plain, watched
from cambs_evidence.documents.intake import Readers, Reading, digest
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.numbering import Numbering
from cambs_evidence.documents.worker import words
from tests.core.documents import offices
from tests.core.documents.sheets import SHARED, column, painted, sentences

USER, OWNER = "7-Xq", "9-Zw"


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(paths.fonts()) as made:
        yield made


def _letter(pages: int = 1) -> bytes:
    def paint(canvas: Canvas) -> None:
        column(canvas, sentences(canvas.getPageNumber(), 6, 9), 72, 700)

    return painted(*[paint] * pages)


def _encrypted(data: bytes, user: str, owner: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, encryption=pikepdf.Encryption(owner=owner, user=user))
    return out.getvalue()


def _read(readers: Readers, *files: Path, password: str | None = None) -> list[Reading]:
    readings = [Reading(path, password=password) for path in files]
    return [reading for reading in readers.read(readings) if reading is not None]


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _assert_refused(reading: Reading) -> None:
    """Refused for what the file is, in one plain sentence; nothing of it is kept as facts."""
    assert reading.ended
    assert reading.facts is None
    assert reading.code not in {None, "fault"}
    assert reading.reason is not None
    assert 10 < len(reading.reason) < 160
    assert "\n" not in reading.reason
    assert "Error" not in reading.reason
    assert "Traceback" not in reading.reason
    assert not reading.reason.endswith(" ")


def test_readings_come_in_the_order_of_the_files(readers: Readers, tmp_path: Path) -> None:
    files = [
        _file(tmp_path, "long.pdf", _letter(60)),
        _file(tmp_path, "short.pdf", _letter()),
        _file(tmp_path, "broken.pdf", b"%PDF-1.7 and no more"),
        _file(tmp_path, "words.txt", b"Words.\n"),
        tmp_path / "absent.pdf",
        _file(tmp_path, "longer.pdf", _letter(90)),
        _file(tmp_path, "empty.txt", b""),
    ]
    readings = _read(readers, *files)
    assert [reading.path for reading in readings] == files
    assert [len(reading.read) for reading in readings] == [60, 1, 0, 1, 0, 90, 0]


def test_a_pdf_gives_its_pages_facts_and_words(readers: Readers, tmp_path: Path) -> None:
    data = _letter(20)
    [reading] = _read(readers, _file(tmp_path, "a.pdf", data))
    assert reading.code is None
    assert reading.facts is not None
    assert reading.facts["sha256"] == digest(data)
    assert reading.facts["media_type"] == "application/pdf"
    assert reading.facts["layer_version"] == pdf.LAYER_VERSION
    assert reading.facts["rendition"] is None
    assert reading.pages == reading.facts["pages"] == len(reading.read) == 20
    assert Numbering.load(reading.facts["numbering"]).at(0, 0) is None
    directly = list(pdf.layers(data))
    for index, page in enumerate(reading.read):
        layer = PageLayer.unpack(page.text, page.layer)
        assert layer.index == index
        assert page.text == directly[index].text
        assert page.quality == "text"
        assert page.words.split() == page.text.split()


@pytest.mark.parametrize(("name", "kind"), [("a.txt", "text/plain"), ("a.md", "text/markdown")])
def test_a_text_gives_pages_and_the_rendition_that_shows_them(
    readers: Readers, tmp_path: Path, name: str, kind: str
) -> None:
    source = "\n\n".join(sentences(4, 150, 30))
    [reading] = _read(readers, _file(tmp_path, name, source.encode()))
    assert reading.facts is not None
    assert reading.facts["media_type"] == kind
    assert reading.facts["layer_version"] == plain.RULES_VERSION
    shown = pypdfium2.PdfDocument(reading.facts["rendition"])
    assert len(shown) == reading.pages == len(reading.read) > 1
    shown.close()
    assert " ".join(page.text for page in reading.read).split() == source.split()


def test_a_pdf_called_txt_is_read_as_what_it_is(readers: Readers, tmp_path: Path) -> None:
    [reading] = _read(readers, _file(tmp_path, "a.txt", _letter()))
    assert reading.facts is not None
    assert reading.facts["media_type"] == "application/pdf"


def test_an_encrypted_file_is_refused_and_then_read_with_its_password(
    readers: Readers, tmp_path: Path
) -> None:
    clear = _letter(2)
    path = _file(tmp_path, "a.pdf", _encrypted(clear, USER, OWNER))
    [without] = _read(readers, path)
    _assert_refused(without)
    assert without.code == "encrypted"
    assert "password" in str(without.reason)
    [wrong] = _read(readers, path, password="no" + USER)
    _assert_refused(wrong)
    assert wrong.code == "encrypted"
    assert wrong.reason != without.reason
    [right] = _read(readers, path, password=USER)
    assert right.facts is not None
    assert [page.text for page in right.read] == [layer.text for layer in pdf.layers(clear)]
    assert right.facts["sha256"] == digest(path.read_bytes())


def test_the_copy_shown_of_an_encrypted_file_needs_no_password(
    readers: Readers, tmp_path: Path
) -> None:
    path = _file(tmp_path, "a.pdf", _encrypted(_letter(2), USER, OWNER))
    [reading] = _read(readers, path, password=USER)
    assert reading.facts is not None
    rendition = reading.facts["rendition"]
    assert USER.encode() not in rendition
    with pikepdf.open(io.BytesIO(rendition)) as copy:
        assert not copy.is_encrypted
        assert len(copy.pages) == 2


def test_the_owner_password_opens_a_file_too(readers: Readers, tmp_path: Path) -> None:
    path = _file(tmp_path, "a.pdf", _encrypted(_letter(), USER, OWNER))
    [reading] = _read(readers, path, password=OWNER)
    assert reading.facts is not None
    assert len(reading.read) == 1


def test_a_file_protected_against_changes_alone_is_read_without_asking(
    readers: Readers, tmp_path: Path
) -> None:
    path = _file(tmp_path, "a.pdf", _encrypted(_letter(), "", OWNER))
    [reading] = _read(readers, path)
    assert reading.facts is not None
    [again] = _read(readers, path, password=USER)
    assert again.facts is not None


def test_a_password_does_no_harm_to_files_that_need_none(readers: Readers, tmp_path: Path) -> None:
    files = [_file(tmp_path, "a.pdf", _letter()), _file(tmp_path, "b.txt", b"Words.\n")]
    readings = _read(readers, *files, password=USER)
    assert all(reading.facts for reading in readings)
    assert readings[0].facts is not None
    assert readings[0].facts["rendition"] is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.pdf", b""),
        ("empty.txt", b""),
        ("blank.txt", b" \n\t\r\n"),
        ("blank.md", b"<p> </p>\n"),
        ("words.pdf", b"only words"),
        ("broken.pdf", b"%PDF-1.7\n" + b"\x00\xff" * 500),
        ("mark.pdf", b"%PDF-1.4"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100),
        ("letter.txt", b"PK\x03\x04" + b"\x00" * 100),
        ("zeros.txt", b"\x00" * 1000),
        ("noise.txt", bytes(range(256)) * 8),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_plain_sentence(
    readers: Readers, tmp_path: Path, name: str, data: bytes
) -> None:
    [reading] = _read(readers, _file(tmp_path, name, data))
    _assert_refused(reading)


def test_what_is_not_there_or_no_file_is_refused(readers: Readers, tmp_path: Path) -> None:
    for reading in _read(readers, tmp_path / "absent.pdf", tmp_path):
        _assert_refused(reading)
        assert reading.code == "unreadable"


def test_a_pdf_without_pages_is_refused(readers: Readers, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pikepdf.new() as document:
        document.save(path)
    [reading] = _read(readers, path)
    _assert_refused(reading)


def test_a_truncated_pdf_is_read_as_far_as_it_goes_or_refused(
    readers: Readers, tmp_path: Path
) -> None:
    data = _letter(8)
    files = [_file(tmp_path, f"{cut}.pdf", data[: len(data) * cut // 20]) for cut in range(1, 20)]
    for reading in _read(readers, *files):
        if reading.facts is None:
            _assert_refused(reading)
        else:
            assert 1 <= reading.pages == len(reading.read) <= 8


def test_a_pdf_that_cannot_be_repaired_is_refused_as_damaged(
    readers: Readers, tmp_path: Path
) -> None:
    path = tmp_path / "torn.pdf"
    path.write_bytes(
        b"%PDF-1.7\n1 0 obj\n<</Pages 2 0 R/Type/Catalog>>\nendobj\n2 0 obj\n<</Co\xeent 1/Kids[\n"
        b"\xf4   3 0 R]/Type/Pages>>\nendobj\n3 0 obj\n<<<Contents 4 0 R/MediaBox[0 0 612 792]"
        b"/Parent 2 0 R/Type/Page>>\nendobj\ntrailer\n<</Root 1 0 R/Size 4>>\nstartxref\n9\n%%EOF\n"
    )
    (read,) = _read(readers, path)
    assert read.reason == "it is damaged and cannot be opened as a PDF"


def test_a_pdf_whose_table_of_objects_is_lost_is_repaired(readers: Readers, tmp_path: Path) -> None:
    data = _letter(3)
    at = data.rindex(b"startxref")
    [reading] = _read(readers, _file(tmp_path, "a.pdf", data[:at] + b"startxref\n99\n%%EOF"))
    assert reading.facts is not None
    assert [page.text for page in reading.read] == [layer.text for layer in pdf.layers(data)]


def test_limits_that_are_passed_end_each_reading_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [_file(tmp_path, f"{place}.pdf", _letter()) for place in range(3)]
    monkeypatch.setattr(watched, "MEMORY", 1)
    with Readers(paths.fonts()) as limited:
        readings = _read(limited, *files)
    assert [reading.path for reading in readings] == files
    for reading in readings:
        if reading.facts is None:  # a look comes every tenth of a second: one may slip through
            _assert_refused(reading)
            assert reading.code == "unsafe"
    assert any(reading.code == "unsafe" for reading in readings)


def test_other_peoples_encrypted_file_is_refused_as_encrypted(readers: Readers) -> None:
    path = SHARED / "samples" / "084_aes-256-m.pdf"
    if not path.is_file():
        pytest.skip("the shared sample files are absent")
    [reading] = _read(readers, path)
    _assert_refused(reading)
    assert reading.code == "encrypted"


def test_words_are_indexed_whole_where_a_line_end_cuts_them() -> None:
    assert words("long-\nterm ﬁve") == "longterm five"
    assert words("plain words") == "plain words"


def test_an_office_document_gives_pages_and_says_what_made_them(
    readers: Readers, tmp_path: Path
) -> None:
    data = offices.docx(offices.p("Leadership", style="Heading1"), offices.p("Words."))
    [reading] = _read(readers, _file(tmp_path, "report.bin", data))
    assert reading.facts is not None
    assert reading.facts["media_type"] == containers.DOCX.media_type
    version = reading.facts["layer_version"]
    if offices.without_libreoffice():
        assert version == docx.RULES_VERSION
    else:
        assert version.startswith(f"{pdf.LAYER_VERSION}/LibreOffice")
    assert reading.read[0].text.split() == ["Leadership", "Words."]
    assert len(pypdfium2.PdfDocument(reading.facts["rendition"])) == reading.facts["pages"] == 1


@pytest.mark.parametrize(
    "data", [offices.odt("x"), b"{\\rtf1 Words}", offices.docx(offices.p("x"))]
)
def test_without_libreoffice_word_documents_alone_are_taken_in(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(office.VARIABLE, "none")
    with Readers(paths.fonts()) as readers:
        [reading] = _read(readers, _file(tmp_path, "a", data))
    if b"word/document.xml" in data:
        assert reading.facts is not None
        assert reading.facts["layer_version"] == docx.RULES_VERSION
    else:
        _assert_refused(reading)
        assert reading.code == "needs-libreoffice"


@pytest.mark.parametrize(
    "data",
    [
        offices.docx(offices.p("x"), extra={"word/a.xml": b"<a/>" * 6_000_000}),
        offices.docx(offices.p("&x;"), head='<!DOCTYPE a [<!ENTITY x "y">]>'),
        offices.docx(offices.p("x"))[:-50],
        offices.odt("x")[:-50],
    ],
)
def test_a_hostile_or_damaged_office_document_is_refused(
    readers: Readers, data: bytes, tmp_path: Path
) -> None:
    [reading] = _read(readers, _file(tmp_path, "a.docx", data))
    _assert_refused(reading)
