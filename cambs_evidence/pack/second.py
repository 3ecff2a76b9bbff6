"""The second engine: what pdfplumber sees in the boxes of quotes.

Its own lists of everything on a page are passed by, since they take twice as long as reading it:
the letters are taken from the layout that they are made of.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import numpy.typing as npt
from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTContainer
from pdfminer.pdfinterp import PDFPageInterpreter

from cambs_evidence.documents import fields
from cambs_evidence.documents.folding import Key, likeness, search_key
from cambs_evidence.documents.tables import user_space
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import Box
from cambs_evidence.pack.asked import Quote, Seen

#: How far a character's middle may stand outside the anchor's box, along and across, in points.
ALONG, ACROSS = 0.4, 1.5


def seen(connection: Connection, data: bytes, quotes: Sequence[Quote]) -> list[Seen]:
    """What the second engine sees in the boxes of quotes."""
    import pdfplumber  # noqa: PLC0415

    answers: list[Seen] = []
    if not quotes:
        return answers
    try:
        document = pdfplumber.open(io.BytesIO(data))
    except Exception as error:
        raise DocumentRefused(
            f"the second reader cannot open it ({type(error).__name__})"
        ) from error
    with document:
        pages: dict[int, _Page] = {}
        for quote in sorted(quotes, key=lambda each: each.spans[0][0]):
            for old in [number for number in pages if number < quote.spans[0][0]]:
                del pages[old]
            for number, *_ in quote.spans:
                if number not in pages:
                    connection.send(("page",))
                    pages[number] = _Page(document, number)
            text = _within(pages, quote)
            if (
                likeness(text, quote.quote) is not None
                or likeness(_within(pages, quote, drawn=True), quote.quote) is not None
                or _holds(pages, quote)
            ):
                answers.append(Seen(quote.item, True, ""))
            else:
                shown = " ".join(text.split())[:120]
                reason = (
                    f"the second reader sees “{shown}” in its place"
                    if shown
                    else ("the second reader sees no words in its place")
                )
                answers.append(Seen(quote.item, False, reason))
    return answers


def _within(pages: dict[int, _Page], quote: Quote, *, drawn: bool = False) -> str:
    return "\n".join(pages[page].within(quads, drawn=drawn) for page, _, _, quads in quote.spans)


def _holds(pages: dict[int, _Page], quote: Quote) -> bool:
    """True where the file's own order of the characters in the boxes holds the quote.

    Words that lie under others are in the boxes too, though nobody sees them.
    """
    text = "\n".join(pages[number].as_written(quads) for number, _, _, quads in quote.spans)
    key, wanted = Key(text), search_key(quote.quote)
    at = key.text.find(wanted) if wanted else -1
    while at >= 0:
        start, end = int(key.places[at]), int(key.places[at + len(wanted) - 1]) + 1
        if likeness(text[start:end], quote.quote.strip("-‐ ")) is not None:
            return True
        at = key.text.find(wanted, at + 1)
    return False


class _Letters(PDFPageAggregator):  # type: ignore[misc] # pdfminer has no types for us
    """Keeps letters alone: lines and pictures take longest, and nobody asks for them."""

    def paint_path(self, *_: Any) -> None:
        """Passes a line by."""

    def render_image(self, *_: Any) -> None:
        """Passes a picture by."""


def _chars(document: Any, page: Any) -> Iterator[Any]:
    """The letters of a page, those within figures too, in the file's own order."""
    device = _Letters(document.rsrcmgr, pageno=page.page_number)
    PDFPageInterpreter(document.rsrcmgr, device).process_page(page.page_obj)
    waiting = [iter(device.get_result())]
    while waiting:
        for each in waiting[-1]:
            if isinstance(each, LTContainer):
                waiting.append(iter(each))
                break
            if isinstance(each, LTChar):
                yield each
        else:
            waiting.pop()


class _Page:
    """One page as the second engine has it: characters and their middles in user space."""

    def __init__(self, document: Any, number: int) -> None:
        if not 0 <= number < len(document.pages):
            self._letters: list[str] = []
            self._boxes = np.zeros((0, 4))
            return
        page = document.pages[number]
        chars = list(_chars(document, page))
        self._letters = [each.get_text() for each in chars]
        # What the engine gives is turned as the page is shown; told as it tells it itself, with y
        # downwards from the top.
        left, top = (float(value) for value in page.mediabox[:2])
        height = float(page.height)
        self._boxes = user_space(
            page,
            [
                (each.x0 + left, height - each.y1 + top, each.x1 + left, height - each.y0 + top)
                for each in chars
            ],
        )
        for text, boxes in _filled_in(page):
            self._letters += text
            self._boxes = np.concatenate([self._boxes, boxes])
        page.close()

    def as_written(self, quads: Sequence[Box]) -> str:
        """The characters in the boxes in the file's own order."""
        x = (self._boxes[:, 0] + self._boxes[:, 2]) / 2
        y = (self._boxes[:, 1] + self._boxes[:, 3]) / 2
        inside = np.zeros(len(self._letters), bool)
        for x0, y0, x1, y1 in quads:
            near = (x > x0 - ACROSS) & (x < x1 + ACROSS)
            inside |= near & (y > y0 - ACROSS) & (y < y1 + ACROSS)
        chosen = np.flatnonzero(inside)
        down = np.diff(y[chosen], prepend=y[chosen[:1]])
        return "".join(
            ("\n" if abs(step) > 4 else "") + self._letters[place]
            for place, step in zip(chosen.tolist(), down.tolist(), strict=True)
        )

    def within(self, quads: Sequence[Box], *, drawn: bool = False) -> str:
        """The characters whose middles stand in the boxes, box by box, as they are written.

        With ``drawn`` a line runs the way the file draws it: the labels of charts run up, and on
        turned pages from right to left.
        """
        x = (self._boxes[:, 0] + self._boxes[:, 2]) / 2
        y = (self._boxes[:, 1] + self._boxes[:, 3]) / 2
        lines = []
        taken = np.zeros(len(self._letters), bool)
        for x0, y0, x1, y1 in quads:
            upright = (y1 - y0) > 3 * (x1 - x0)
            sideways, level = (ACROSS, ALONG) if upright else (ALONG, ACROSS)
            inside = ~taken & (x > x0 - sideways) & (x < x1 + sideways)
            inside &= (y > y0 - level) & (y < y1 + level)
            taken |= inside
            chosen = np.flatnonzero(inside)
            places = (-y if upright else x)[chosen]
            if drawn and np.sign(np.diff(places)).sum() < 0:
                places = -places
            along = np.argsort(places, kind="stable")
            lines.append("".join(self._letters[place] for place in chosen[along]))
        return "\n".join(lines)


def _filled_in(page: Any) -> list[tuple[list[str], npt.NDArray[np.float64]]]:
    """Letters and boxes of what the second engine sees filled in on forms."""
    from pdfminer.pdftypes import resolve1  # noqa: PLC0415
    from pdfminer.utils import decode_text  # noqa: PLC0415

    def of(field: Any, name: str) -> Any:
        for _ in range(_INHERITED):
            value = resolve1(field.get(name))
            if value is not None:
                return value
            field = resolve1(field.get("Parent")) or {}
        return None

    found = []
    try:
        notes = page.annots
    except Exception:  # noqa: BLE001 - whatever the reader gives up on: it sees no fields
        return []
    for note in notes:
        field = note["data"]
        value, kind = of(field, "V"), getattr(of(field, "FT"), "name", "")
        if not isinstance(value, bytes | str) or kind not in {"Tx", "Ch"}:
            continue
        words = decode_text(value) if isinstance(value, bytes) else value
        [box] = user_space(page, [(note["x0"], note["top"], note["x1"], note["bottom"])]).tolist()
        several_lines = kind == "Tx" and bool(int(of(field, "Ff") or 0) & 1 << 12)
        text, boxes = fields.laid(tuple(box), words, several_lines=several_lines)
        found.append((list(text), boxes.astype(np.float64)))
    return found


#: Fields within fields from which a value is taken over.
_INHERITED = 8
