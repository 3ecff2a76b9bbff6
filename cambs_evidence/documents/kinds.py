"""What a file is, told by its content and not by its name."""

from __future__ import annotations

import re
from pathlib import PurePath

from cambs_evidence.documents import containers, mail, webpage
from cambs_evidence.errors import DocumentRefused

PDF, TEXT, MARKDOWN, HTML, MAIL = "pdf", "text", "markdown", "html", "mail"
PNG, JPEG, TIFF = "png", "jpeg", "tiff"
PICTURES = frozenset({PNG, JPEG, TIFF})

_HAS_OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")
_MARKDOWN = {".md", ".markdown", ".mdown"}
_HTML = {".html", ".htm", ".xhtml"}
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
#: Beginnings of formats that are told apart so that the refusal can name them.
_OTHERS = (
    (b"GIF8", "a GIF picture"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a file of an old Office program"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3\x00", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)


def kind_of(data: bytes, name: str) -> str:
    """One of the names above or in ``containers.OFFICES``; raises DocumentRefused for all else.

    A PDF may begin with some bytes of rubbish, as readers allow: the mark is sought in the first
    1,024 bytes.
    """
    if not data:
        raise DocumentRefused("it is empty", code="empty")
    if data.startswith(b"%PDF-") or (b"%PDF-" in data[:1024] and _HAS_OBJECT.search(data)):
        return PDF
    suffix = PurePath(name).suffix.lower()
    found = containers.office(data)
    if found is not None:
        return found.name
    if data[:4] == b"PK\x03\x04":
        raise DocumentRefused("it is a ZIP archive; take out what it holds first", code="format")
    for beginning, picture in _PICTURES:
        if data.startswith(beginning):
            return picture
    for beginning, what in _OTHERS:
        # Some beginnings are words too; what holds no zero byte is text.
        wordy = beginning.isalnum() or beginning == b"Rar!"
        if data.startswith(beginning) and not (wordy and b"\x00" not in data[:4096]):
            raise DocumentRefused(f"it is {what}, not a PDF or text", code="format")
    if suffix == ".pdf":
        raise DocumentRefused("it is called .pdf but holds no PDF", code="format")
    if webpage.is_webpage(data, named=suffix in _HTML):
        return HTML
    if mail.is_mail(data, named=suffix == ".eml"):
        return MAIL
    return MARKDOWN if suffix in _MARKDOWN else TEXT
