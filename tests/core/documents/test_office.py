"""LibreOffice, where it is installed: documents become PDFs, and nothing in them acts."""

from __future__ import annotations

import io
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pdfplumber
import pytest

from cambs_evidence.documents import containers, office
from cambs_evidence.errors import DocumentRefused
from tests.core.documents import offices
from tests.core.documents.offices import R, p, r, row, table
from tests.support import children, until

needs_libreoffice = pytest.mark.skipif(
    offices.without_libreoffice(), reason="LibreOffice is not installed"
)


def words(data: bytes, kind: containers.Office) -> list[str]:
    made = office.rendition(data, kind, lambda: None)
    with pdfplumber.open(io.BytesIO(made.pdf)) as document:
        return [word for page in document.pages for word in page.extract_text().split()]


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and what it is asked for."""
    found: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", found
        server.shutdown()


@needs_libreoffice
def test_a_word_document_becomes_a_pdf_and_says_by_what() -> None:
    data = offices.docx(
        p("Leadership", style="Heading1"),
        p(r("Kept"), f"<w:del>{r('Struck')}</w:del>"),
        table(row("Plans", "90%")),
    )
    made = office.rendition(data, containers.DOCX, lambda: None)
    assert made.made_by.startswith("LibreOffice")
    assert words(data, containers.DOCX) == ["Leadership", "Kept", "Plans", "90%"]


@needs_libreoffice
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (offices.odt("Words of the board"), containers.ODT),
        (b"{\\rtf1\\ansi Words of the board}", containers.RTF),
    ],
)
def test_other_kinds_become_pdfs_too(data: bytes, kind: containers.Office) -> None:
    assert words(data, kind) == ["Words", "of", "the", "board"]


@needs_libreoffice
def test_nothing_is_fetched(asked: tuple[str, list[str]]) -> None:
    address, found = asked
    far = (
        f'<Relationship Id="far" Type="{R}/image" Target="{address}/a.png" TargetMode="External"/>'
        f'<Relationship Id="t" Type="{R}/attachedTemplate" Target="{address}/t.dotm" '
        'TargetMode="External"/>'
    )
    show = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDEPICTURE '
        f'"{address}/b.png"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    linked = offices.picture("far").replace("r:embed", "r:link")
    words(offices.docx(p("x", linked), p("y", show), rels=far), containers.DOCX)
    image = f'<draw:frame><draw:image xlink:href="{address}/c.png"/></draw:frame>'
    words(offices.odt(f"x{image}"), containers.ODT)
    field = f'{{\\field{{\\*\\fldinst INCLUDEPICTURE "{address}/d.png"}}{{\\fldrslt x}}}}'
    words(f"{{\\rtf1 Words {field}}}".encode(), containers.RTF)
    assert found == []


@needs_libreoffice
def test_nothing_is_left_behind() -> None:
    before = children()
    folders = set(Path(tempfile.gettempdir()).glob("cambs-evidence-*"))
    words(offices.odt("x"), containers.ODT)
    after = set(Path(tempfile.gettempdir()).glob("cambs-evidence-*")) - folders
    assert {each.suffix for each in after} <= {".lock"}
    assert until(lambda: children() <= before)


@needs_libreoffice
def test_what_it_cannot_open_fails() -> None:
    with pytest.raises(office.Failed):
        office.rendition(offices.zipped({"mimetype": b"x"}), containers.ODT, lambda: None)


def test_one_works_at_a_time() -> None:
    waited = threading.Event()
    entered = threading.Event()
    with office._alone(lambda: None):

        def other() -> None:
            with office._alone(waited.set):
                entered.set()

        thread = threading.Thread(target=other)
        thread.start()
        assert waited.wait(20)
        assert not entered.is_set()
    assert entered.wait(20)
    thread.join()


def test_a_computer_without_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(office.VARIABLE, "none")
    assert office.program() is None
    with pytest.raises(office.Failed) as failed:
        office.rendition(offices.odt("x"), containers.ODT, lambda: None)
    reason = office.refusal(containers.ODT, failed.value).reason
    assert "libreoffice.org" in reason
    assert "PDF" in reason


def test_a_document_made_to_do_harm_is_not_given_to_it() -> None:
    head = '<!DOCTYPE a [<!ENTITY x "y">]>'
    with pytest.raises((DocumentRefused, office.Failed)) as error:
        office.rendition(offices.docx(p("x"), head=head), containers.DOCX, lambda: None)
    if not offices.without_libreoffice():
        assert isinstance(error.value, DocumentRefused)
