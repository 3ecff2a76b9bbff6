"""What a file is, told by its content."""

from __future__ import annotations

import io
import zipfile

import pytest

from cambs_evidence.documents.kinds import (
    HTML,
    JPEG,
    MAIL,
    MARKDOWN,
    PDF,
    PNG,
    TEXT,
    TIFF,
    kind_of,
)
from cambs_evidence.errors import DocumentRefused


def _zip(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize("name", ["a.pdf", "a.PDF", "a.txt", "a.md", "a", "a.docx"])
def test_a_pdf_is_one_whatever_it_is_called(name: str) -> None:
    assert kind_of(b"%PDF-1.7\n%\xe2\xe3", name) == PDF


@pytest.mark.parametrize("before", [0, 1, 7, 500, 1024 - 5])
def test_rubbish_before_the_mark_of_a_pdf_is_allowed(before: int) -> None:
    assert kind_of(b"\x00" * before + b"%PDF-1.4\n1 0 obj\n", "a.pdf") == PDF


def test_a_mark_too_far_into_the_file_makes_no_pdf() -> None:
    with pytest.raises(DocumentRefused):
        kind_of(b"\x00" * 1024 + b"%PDF-1.4\n1 0 obj\n", "a.pdf")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", TEXT),
        ("a.TXT", TEXT),
        ("a", TEXT),
        ("a.log", TEXT),
        ("a.md", MARKDOWN),
        ("a.MD", MARKDOWN),
        ("a.markdown", MARKDOWN),
        ("a.md.txt", TEXT),
    ],
)
def test_text_is_markdown_by_its_ending_alone(name: str, kind: str) -> None:
    assert kind_of(b"# words", name) == kind


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.md"])
def test_an_empty_file_is_refused_as_empty(name: str) -> None:
    with pytest.raises(DocumentRefused, match="empty") as refused:
        kind_of(b"", name)
    assert refused.value.code == "empty"


def test_text_that_calls_itself_pdf_is_refused() -> None:
    with pytest.raises(DocumentRefused, match=r"\.pdf") as refused:
        kind_of(b"only words", "a.pdf")
    assert refused.value.code == "format"


@pytest.mark.parametrize(
    "names", [("a.txt",), ("xl/workbook.xml",), ("[Content_Types].xml", "a/b.xml")]
)
@pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a.txt"])
def test_an_archive_that_is_no_office_document_is_refused(
    names: tuple[str, ...], name: str
) -> None:
    with pytest.raises(DocumentRefused, match="ZIP") as refused:
        kind_of(_zip(*names), name)
    assert refused.value.code == "format"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"GIF89a", "GIF"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"SQLite format 3\x00", "database"),
        (b"\x7fELF", "program"),
    ],
)
@pytest.mark.parametrize("name", ["a.pdf", "a.txt"])
def test_other_formats_are_refused_by_name(data: bytes, what: str, name: str) -> None:
    with pytest.raises(DocumentRefused, match=what):
        kind_of(data + b"\x00" * 40, name)


@pytest.mark.parametrize("beginning", ["MZ", "Rar!", "GIF8"])
def test_a_text_that_happens_to_begin_like_a_program_is_text(beginning: str) -> None:
    text = f"{beginning} are the initials of the reviewer.\n"
    assert kind_of(text.encode(), "a.txt") == TEXT


def test_a_note_about_the_format_is_no_pdf() -> None:
    text = b"Each such file begins with the mark %PDF-1.4, we were told."
    assert kind_of(text, "a.txt") == TEXT


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", PNG),
        (b"\xff\xd8\xff\xe0", JPEG),
        (b"II*\x00", TIFF),
        (b"MM\x00*", TIFF),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><p>Words", HTML),
        (b"<?xml version='1.0'?><!-- a - b --><html><p>Words", HTML),
        ("<html><p>Words".encode("utf-16"), HTML),
        (b"From: a@b.example\r\nReceived: by c;\r\n\tday\r\nSubject: Words\r\n\r\nWords", MAIL),
        (b"Return-Path: <a@b.example>\nFrom: a@b.example\n\nWords", MAIL),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a", "a.md", "a.dat"])
def test_what_a_file_is_stands_in_it(data: bytes, kind: str, name: str) -> None:
    assert kind_of(data, name) == kind


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("<p>Words of a fragment</p>", "a.html", HTML),
        ("<p>Words of a fragment</p>", "a.txt", TEXT),
        ("No markup at all: a < b.", "a.html", TEXT),
        ("We wrote <html> in the middle.", "a.txt", TEXT),
        ("From: Ann\nTo: Bob\nDate: 1 May\n\nA memo.", "a.txt", TEXT),
        ("From: Ann\nSubject: Memo\n\nA message that was saved.", "a.eml", MAIL),
        ("Dear Ann,\nFrom: where I stand, MIME-Version: matters not.\n", "a.eml", TEXT),
    ],
)
def test_a_name_counts_only_where_the_content_leaves_it_open(
    text: str, name: str, kind: str
) -> None:
    assert kind_of(text.encode(), name) == kind
