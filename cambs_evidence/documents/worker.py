"""The process in which a document is read: nothing a file does can harm the program itself.

The parent sends ``(path, password, fonts)`` and gets back ``("pages", n)``, then batches
``("layers", [(text, layer, label, quality, words)…])``, and at the end ``("done", facts)`` or
``("refused", code, reason)``. A worker reads one document after another until it is ended.
"""

from __future__ import annotations

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

#: Pages sent at once.
BATCH = 16
#: The largest file taken in, in bytes; more does not fit beside others in one case.
LARGEST_PDF = 500 * 1024 * 1024
LARGEST_TEXT = 16 * 1024 * 1024
#: A document with more pages is split first, or lies about them.
MOST_PAGES = 20_000


def serve(connection: Connection, fonts: str) -> None:
    """Reads documents until the other end is closed."""
    apart.step_back()
    watched.serve(connection, lambda to, path, password: _answer(to, path, password, Path(fonts)))


def _answer(connection: Connection, path: str, password: str | None, fonts: Path) -> None:
    try:
        _read(connection, Path(path), password, fonts)
    except DocumentRefused as error:
        connection.send(("refused", error.code, error.reason))
    except MemoryError:
        connection.send(("refused", "too-large", "it needs more memory than a file may take"))
    except OSError:
        connection.send(("refused", "unreadable", "it cannot be read; check that you may open it"))
    except Exception as error:  # noqa: BLE001 - told to the parent, which logs it
        connection.send(("fault", type(error).__name__, traceback.format_exc()))


def _read(connection: Connection, path: Path, password: str | None, fonts: Path) -> None:
    from cambs_evidence.documents import kinds  # noqa: PLC0415

    data = path.read_bytes()
    kind = kinds.kind_of(data, path.name)
    if kind == kinds.PDF:
        _read_pdf(connection, data, password)
    else:
        _read_text(connection, data, path, fonts, markdown=kind == kinds.MARKDOWN)


def _read_pdf(connection: Connection, data: bytes, password: str | None) -> None:
    from cambs_evidence.documents import pdf, pdfium  # noqa: PLC0415
    from cambs_evidence.documents.numbering import numbering, openings  # noqa: PLC0415

    sha256 = hashlib.sha256(data).hexdigest()
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
    connection.send(("pages", count))
    paragraphs = []
    batch = []
    for layer in pdf.layers(rendition or data, None if rendition else password):
        paragraphs.extend(openings([layer]))
        batch.append(_packed(layer))
        if len(batch) >= BATCH:
            connection.send(("layers", batch))
            batch = []
    connection.send(("layers", batch))
    facts = {
        "sha256": sha256,
        "media_type": "application/pdf",
        "pages": count,
        "layer_version": pdf.LAYER_VERSION,
        "numbering": numbering(paragraphs).dump(),
        "rendition": rendition,
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
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RecursionError):
        return None


def _read_text(
    connection: Connection, data: bytes, path: Path, fonts: Path, *, markdown: bool
) -> None:
    from cambs_evidence.documents import plain  # noqa: PLC0415
    from cambs_evidence.documents.numbering import numbering, openings  # noqa: PLC0415

    source, _ = plain.decode(data)
    flow = plain.interpret(source, markdown)
    title = path.stem.encode("utf-8", "replace").decode("utf-8")
    typeset = plain.typeset(flow, fonts, title)
    connection.send(("pages", len(typeset.layers)))
    for start in range(0, len(typeset.layers), BATCH):
        connection.send(
            ("layers", [_packed(layer) for layer in typeset.layers[start : start + BATCH]])
        )
    facts = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "media_type": "text/markdown" if markdown else "text/plain",
        "pages": len(typeset.layers),
        "layer_version": plain.RULES_VERSION,
        "numbering": numbering(openings(typeset.layers)).dump(),
        "rendition": typeset.pdf,
    }
    connection.send(("done", facts))


def _packed(layer: Any) -> tuple[str, bytes, str | None, str, str]:
    return layer.text, layer.pack(), layer.label, layer.quality, words(layer.text)


def words(text: str) -> str:
    """A page's text as it is indexed: line-end hyphens joined, compatibility forms folded."""
    from cambs_evidence.documents.folding import readable  # noqa: PLC0415

    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if "-\n" in text:
        text = readable(text, lambda _left, _right: False)
    return text
