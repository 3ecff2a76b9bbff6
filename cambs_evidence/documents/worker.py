"""The process in which a document is read: nothing a file does can harm the program itself.

The parent sends ``(path, password, data)``, the bytes where they do not lie on the disk, and gets
back ``("pages", n)``, then batches ``("layers", [(text, layer, label, quality, words)…])``, for
each file that is enclosed ``("enclosed", name, bytes, reason)``, every second that another program
is at work on the document ``("elsewhere",)``, and at the end ``("done", facts)`` or
``("refused", code, reason)``. A worker reads one document after another until it is ended.
"""

from __future__ import annotations

import gc
import hashlib
import io
import traceback
import unicodedata
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cambs_evidence import apart
from cambs_evidence.documents import watched
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import MADE_BY

#: Pages sent at once.
BATCH = 16
#: The largest file taken in, in bytes; more does not fit beside others in one case.
LARGEST_PDF = 500 * 1024 * 1024
LARGEST_TEXT = 16 * 1024 * 1024
LARGEST_MAIL = LARGEST_PICTURE = LARGEST_OFFICE = 100 * 1024 * 1024
#: A document with more pages is split first, or lies about them.
MOST_PAGES = 20_000


def serve(connection: Connection, fonts: str) -> None:
    """Reads documents until the other end is closed."""
    # Pages in hand are many objects and hardly a cycle: looking for those so often finds nothing.
    gc.set_threshold(50_000, 20, 20)
    apart.step_back(apart.Behind.READING)
    watched.serve(connection, lambda to, *request: _answer(to, Path(fonts), *request))


def _answer(
    connection: Connection, fonts: Path, path: str, password: str | None, data: bytes | None
) -> None:
    try:
        _read(connection, Path(path), password, data, fonts)
    except DocumentRefused as error:
        connection.send(("refused", error.code, error.reason))
    except MemoryError:
        connection.send(("refused", "too-large", "it needs more memory than a file may take"))
    except OSError:
        connection.send(("refused", "unreadable", "it cannot be read; check that you may open it"))
    except Exception as error:  # noqa: BLE001 - told to the parent, which logs it
        connection.send(("fault", type(error).__name__, traceback.format_exc()))


def largest(data: bytes, name: str) -> int:
    """How many bytes a file that begins like this may hold."""
    from cambs_evidence.documents import containers, kinds  # noqa: PLC0415

    if containers.is_office(data):
        return LARGEST_OFFICE
    try:
        kind = kinds.kind_of(data[:65536], name)
    except DocumentRefused:
        return LARGEST_PDF  # whoever reads it says what it is
    if kind == kinds.PDF:
        return LARGEST_PDF
    if kind == kinds.MAIL:
        return LARGEST_MAIL
    return LARGEST_PICTURE if kind in kinds.PICTURES else LARGEST_TEXT


def _read(
    connection: Connection, path: Path, password: str | None, data: bytes | None, fonts: Path
) -> None:
    from cambs_evidence.documents import containers, kinds, written  # noqa: PLC0415

    if data is None:
        data = path.read_bytes()
    kind = kinds.kind_of(data, path.name)
    if kind == kinds.PDF:
        _read_pdf(connection, data, password)
    elif kind in kinds.PICTURES:
        _read_picture(connection, data, f"image/{kind}")
    elif kind in containers.OFFICES:
        _read_office(connection, data, path, fonts, containers.OFFICES[kind])
    else:
        media_types = {
            kinds.MARKDOWN: written.MARKDOWN, kinds.HTML: written.HTML, kinds.MAIL: written.MAIL,
        }  # fmt: skip
        _read_text(connection, data, path, fonts, media_types.get(kind, written.TEXT))


def _read_pdf(connection: Connection, data: bytes, password: str | None) -> None:
    from cambs_evidence.documents import pdf, pdfium  # noqa: PLC0415

    rendition: bytes | None = None
    try:
        document = pdfium.open_pdf(data)
        password = None  # it needs none, whatever was given
    except DocumentRefused as error:
        if error.code == "encrypted":
            document = pdfium.open_pdf(data, password)
            # The password is kept nowhere: what is shown is a copy that needs none.
            rendition = _repaired(data, password)
        else:
            # What the reader gives up on, a repair of the file's structure may still bring back.
            rendition = _repaired(data, password)
            if rendition is None:
                raise
            document = pdfium.open_pdf(rendition)
    count = len(document)
    document.close()
    if count == 0:
        raise DocumentRefused("it has no pages")
    if count > MOST_PAGES:
        raise DocumentRefused(
            f"it says it has {count:,} pages, more than {MOST_PAGES:,}; split it first"
        )
    numbers = _send_layers(connection, rendition or data, None if rendition else password, count)
    facts = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "media_type": "application/pdf",
        "pages": count,
        "layer_version": pdf.LAYER_VERSION,
        "numbering": numbers,
        "rendition": rendition,
    }
    connection.send(("done", facts))


def _send_layers(connection: Connection, data: bytes, password: str | None, count: int) -> str:
    """Sends the layers of a PDF's pages; returns their numbering."""
    from cambs_evidence.documents import pdf  # noqa: PLC0415
    from cambs_evidence.documents.numbering import numbering, openings  # noqa: PLC0415

    connection.send(("pages", count))
    paragraphs = []
    batch = []
    for layer in pdf.layers(data, password):
        paragraphs.extend(openings([layer]))
        batch.append(packed(layer))
        if len(batch) >= BATCH:
            connection.send(("layers", batch))
            batch = []
    connection.send(("layers", batch))
    return numbering(paragraphs).dump()


def _read_office(connection: Connection, data: bytes, path: Path, fonts: Path, kind: Any) -> None:
    """By LibreOffice where it is installed; Word documents by our own typesetting otherwise."""
    from cambs_evidence.documents import containers, office, pdf, pdfium  # noqa: PLC0415

    try:
        made = office.rendition(data, kind, lambda: connection.send(("elsewhere",)))
    except office.Failed as error:
        if kind is not containers.DOCX:
            raise office.refusal(kind, error) from error
        _read_text(connection, data, path, fonts, kind.media_type)
        return
    document = pdfium.open_pdf(made.pdf)
    count = len(document)
    document.close()
    if count > MOST_PAGES:
        raise DocumentRefused(f"it has {count:,} pages, more than {MOST_PAGES:,}; split it first")
    numbers = _send_layers(connection, made.pdf, None, count)
    facts = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "media_type": kind.media_type,
        "pages": count,
        "layer_version": f"{pdf.LAYER_VERSION}{MADE_BY}{made.made_by}",
        "numbering": numbers,
        "rendition": made.pdf,
    }
    connection.send(("done", facts))


def _repaired(data: bytes, password: str | None) -> bytes | None:
    """The file with its structure rebuilt and no protection, or None where that is impossible."""
    import pikepdf  # noqa: PLC0415

    try:
        with pikepdf.open(io.BytesIO(data), password=password or "") as document:
            if len(document.pages) == 0:
                return None
            out = io.BytesIO()
            document.save(out, deterministic_id=True)
            return out.getvalue()
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, ValueError):
        return None


def _read_text(
    connection: Connection, data: bytes, path: Path, fonts: Path, media_type: str
) -> None:
    from cambs_evidence.documents import plain, written  # noqa: PLC0415
    from cambs_evidence.documents.numbering import numbering, openings  # noqa: PLC0415

    said = written.read(data, media_type)
    for each in said.enclosed:
        connection.send(("enclosed", each.name, each.data, each.reason))
    title = path.stem.encode("utf-8", "replace").decode("utf-8")
    typeset = plain.typeset(said.flow, fonts, title)
    connection.send(("pages", len(typeset.layers)))
    for start in range(0, len(typeset.layers), BATCH):
        connection.send(
            ("layers", [packed(layer) for layer in typeset.layers[start : start + BATCH]])
        )
    facts = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "media_type": media_type,
        "pages": len(typeset.layers),
        "layer_version": said.flow.rules,
        "numbering": numbering(openings(typeset.layers)).dump(),
        "rendition": typeset.pdf,
        "title": said.title,
        "date": said.date,
    }
    connection.send(("done", facts))


def _read_picture(connection: Connection, data: bytes, media_type: str) -> None:
    from cambs_evidence.documents import pictures  # noqa: PLC0415
    from cambs_evidence.documents.numbering import Numbering  # noqa: PLC0415

    count = pictures.count(data)
    connection.send(("pages", count))
    rendition = pictures.rendition(data, lambda: connection.send(("layers", [])))
    layers = pictures.layers(rendition)
    connection.send(("layers", [packed(layer) for layer in layers]))
    facts = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "media_type": media_type,
        "pages": count,
        "layer_version": pictures.RULES_VERSION,
        "numbering": Numbering().dump(),
        "rendition": rendition,
    }
    connection.send(("done", facts))


def packed(layer: Any) -> tuple[str, bytes, str | None, str, str]:
    """A page as it is sent and stored: text, packed layer, label, quality, words to index."""
    return layer.text, layer.pack(), layer.label, layer.quality, words(layer.text)


def words(text: str) -> str:
    """A page's text as it is indexed: line-end hyphens joined, compatibility forms folded."""
    from cambs_evidence.documents.folding import readable  # noqa: PLC0415

    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if "-\n" in text:
        text = readable(text, lambda _left, _right: False)
    return text
