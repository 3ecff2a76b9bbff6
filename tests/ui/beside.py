"""A page view on a document of a case, for the tests of what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence.model import Document, Link, Polarity
from tests.support import take_in
from ui.session import Session
from ui.theme import Theme
from ui.viewer.bitmaps import Bitmaps
from ui.viewer.page_view import PageView


@contextmanager
def view_of(session: Session, theme: Theme, document: Document) -> Iterator[PageView]:
    """A page view that shows a document with its text; it paints on behalf of the session."""
    bitmaps = Bitmaps(session.case)
    view = PageView(theme)
    view.resize(500, 600)
    view.use(bitmaps)
    show(session, view, document)
    yield view
    view.use(None)
    view.close()
    view.deleteLater()
    bitmaps.close()
    bitmaps.deleteLater()


def show(session: Session, view: PageView, document: Document) -> None:
    """Shows a document in a view, with its text and its highlights."""
    view.show_document(document, session.case.shapes(document))
    view.read(session.case.text(document))
    view.show_links(links_of(session, document))


def links_of(session: Session, document: Document) -> list[Link]:
    """The links of a document as they are in the case."""
    return [each for each in session.case.evidence() if each.passage.document_id == document.id]


def tag(
    session: Session, view: PageView, quote: str, polarity: Polarity, page: int | None = None
) -> Link:
    """Tags a quote of the document shown, whose view then shows the highlight."""
    assert view.document is not None
    link, _ = session.case.tag(view.document, quote, "1.1", polarity, page=page)
    view.show_links(links_of(session, view.document))
    return link


def report_of(session: Session) -> Document:
    """The report of three pages."""
    return next(each for each in session.case.documents() if each.filename == "report.pdf")


def long_document(session: Session, folder: Path, pages: int) -> Document:
    """A document of many pages, each with two lines: one near its upper edge, one at its foot."""
    canvas = Canvas(str(folder / "long.pdf"), pagesize=A4, invariant=True)
    for page in range(1, pages + 1):
        canvas.drawString(72, 790, f"Visit {page} was made on time.")
        canvas.drawString(72, 40, f"Record {page} was kept.")
        canvas.showPage()
    canvas.save()
    (taken,) = take_in(session.case, folder / "long.pdf")
    assert taken.document is not None
    return taken.document


def colours_in(widget: QWidget, columns: Sequence[int], rows: range) -> set[str]:
    """The colours of a part of a widget, in logical pixels."""
    image: QImage = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in columns for y in rows}
