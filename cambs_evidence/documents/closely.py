"""Looking closely at single pages, in a watched process: their tables, and pictures of their parts.

The parent sends ``("tables", data, [(page, bands)…])``, answered for each page by
``("tables", page, tables)``, or ``("picture", data, page, box)``, answered by ``("picture", png)``;
at the end comes ``("done",)``, ``("unread", reason)``, or ``("fault", kind, trace)``.
"""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from cambs_evidence import apart
from cambs_evidence.documents import watched
from cambs_evidence.documents.watched import Asked, Pool
from cambs_evidence.errors import DocumentRefused, EvidenceError, Refused
from cambs_evidence.model import Box, Table

#: A page may take as much CPU time to be searched for tables as so many pages to be read.
_HEAVY = 6


@dataclass(slots=True)
class _Look(Asked):
    """One request, and what it was answered so far."""

    answers: list[tuple[Any, ...]] = field(default_factory=list)

    def hear(self, message: tuple[Any, ...]) -> None:
        self.answers.append(message)


def tables(
    data: bytes, pages: Sequence[tuple[int, list[Box]]], name: str
) -> Generator[tuple[int, list[Table]] | None, None, None]:
    """The tables of some pages (0-based) of a PDF, page by page, and None meanwhile.

    With each page go the boxes where its text layer saw rows; ``name`` is the document's. Raises
    Refused where a page cannot be read.
    """
    look = _Look(("tables", data, list(pages)), 4 * len(data), _HEAVY * len(pages))
    given = 0
    with Pool[_Look](serve) as pool:
        for _ in pool.run([look]):
            while given < len(look.answers):
                _, page, found = look.answers[given]
                given += 1
                yield page, found
            if look.trouble is None:
                yield None
    if look.trouble is not None:
        number = pages[min(given, len(pages) - 1)][0] + 1
        raise Refused(
            f"Page {number} of {name} cannot be searched for tables: {look.trouble}.",
            code="unreadable",
        )


def picture(data: bytes, page: int, box: Box, name: str) -> bytes:
    """A box of a page (0-based, user space) as a PNG; raises Refused where it cannot be painted."""
    look = _Look(("picture", data, page, box), 2 * len(data), 1)
    with Pool[_Look](serve) as pool:
        for _ in pool.run([look]):
            pass
    if look.trouble is not None:
        raise Refused(
            f"No picture of page {page + 1} of {name} can be taken: {look.trouble}.",
            code="unreadable",
        )
    return bytes(look.answers[0][1])


# --- in the watched process ------------------------------------------------------------------


def serve(connection: Connection) -> None:
    """Answers requests until the other end is closed."""
    watched.serve(connection, _answer)


def _answer(connection: Connection, what: str, *request: Any) -> None:
    try:
        if what == "tables":
            _tables(connection, *request)
        else:
            _picture(connection, *request)
        connection.send(("done",))
    except EvidenceError as error:
        connection.send(("unread", error.reason))
    except MemoryError:
        connection.send(("unread", "it needs more memory than a file may take"))
    except Exception as error:  # noqa: BLE001 - told to the parent, which logs it
        connection.send(("fault", type(error).__name__, traceback.format_exc()))


def _tables(connection: Connection, data: bytes, pages: Sequence[tuple[int, list[Box]]]) -> None:
    import warnings  # noqa: PLC0415

    import pdfplumber  # noqa: PLC0415

    from cambs_evidence.documents.tables import found  # noqa: PLC0415

    apart.step_back()
    warnings.simplefilter("ignore")
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    for number, bands in pages:
        try:
            # One page at a time: what is kept of a page is let go with its document.
            with pdfplumber.open(io.BytesIO(data), pages=[number + 1]) as document:
                seen = [list(found(page, number, bands)) for page in document.pages]
        except Exception as error:
            raise DocumentRefused(
                f"the reader that finds tables gave up on it ({type(error).__name__})"
            ) from error
        connection.send(("tables", number, seen[0] if seen else []))


def _picture(connection: Connection, data: bytes, page: int, box: Box) -> None:
    from cambs_evidence.documents import crops, pdfium  # noqa: PLC0415

    document = pdfium.open_pdf(data)
    document.init_forms()  # what is filled in stands in the fields
    connection.send(("picture", crops.png(crops.painted(document, page, box))))
