"""What a witness sees in a source beside the words: pictures, crops, the cells of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.regions import FINEST, shown
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.pack import images, recut
from cambs_evidence.pack.asked import Quote, Seen
from cambs_evidence.pack.cells import Claim, found_again, of_quote
from cambs_evidence.pack.crops import Frame, marked
from cambs_evidence.pack.images import Image


def celled(
    connection: Connection,
    data: bytes,
    layers: Sequence[PageLayer] | None,
    answers: Sequence[Seen],
    quotes: Sequence[Quote],
) -> list[Seen]:
    """The answers, with what the tables of the pages say of those that are printed as tables.

    Without ``layers`` they are not sought: then the words of the cells are at least its own.
    """
    asked = {quote.item: quote for quote in quotes if quote.cells and quote.part is not None}
    if not asked:
        return list(answers)
    claims = {
        answer.item: Claim(quote.spans[0][0], quote.kind, quote.part, quote.cells)
        for answer in answers
        if answer.found and (quote := asked.get(answer.item)) and quote.part is not None
    }
    judged: dict[int, bool | None] = dict.fromkeys(claims)
    if layers is not None:
        some = list(claims.values())
        told = found_again(data, layers, some, lambda: connection.send(("page",)))
        judged = dict(zip(claims, told, strict=True))
    seen = []
    for answer in answers:
        if answer.item not in judged or judged[answer.item]:
            seen.append(answer)
        elif judged[answer.item] is None and (
            asked[answer.item].recognised
            or of_quote(asked[answer.item].cells, asked[answer.item].quote)
        ):
            seen.append(answer._replace(remark=_NOT_SOUGHT))
        else:
            other = "the table on its page has other cells than the pack prints"
            seen.append(Seen(answer.item, False, other))
    return seen


_NOT_SOUGHT = (
    "its words stand in the document, but no table was found again there to tell in which cells; "
    "its picture shows it"
)


def pictured(
    connection: Connection,
    data: bytes,
    answers: Sequence[Seen],
    quotes: Sequence[Quote],
    *,
    same: bool = True,
) -> list[Seen]:
    """The answers, with pictures of the parts of pages that were found, taken anew."""
    from cambs_evidence.documents import crops, pdfium  # noqa: PLC0415

    asked = {quote.item: quote for quote in quotes if quote.pictured or quote.crops}
    if not asked:
        return list(answers)
    document = pdfium.open_pdf(data)
    document.init_forms()
    seen: list[Seen] = []
    cropped: dict[int, list[Image | recut.Cut]] = {}
    for answer in answers:
        quote = asked.get(answer.item)
        if quote is None or not answer.found:
            seen.append(answer)
            continue
        connection.send(("page",))
        if quote.crops:
            if not same:
                seen.append(answer._replace(remark=CHANGED))
                continue
            taken = _cropped(document, answer, quote)
            if isinstance(taken, list):
                cropped[len(seen)] = taken
                taken = answer
            seen.append(taken)
            continue
        if quote.part is None or not quote.pictured:
            seen.append(answer)
            continue
        try:
            picture = crops.png(crops.painted(document, quote.spans[0][0], quote.part))
            seen.append(answer._replace(picture=picture))
        except DocumentRefused as error:
            seen.append(Seen(answer.item, False, f"no picture of it can be taken: {error.reason}"))
    document.close()
    for place, crops_ in _recut(connection, data, cropped).items():
        answer = seen[place]
        seen[place] = (
            Seen(answer.item, False, "no picture of it can be taken: its page is damaged")
            if crops_ is None
            else answer._replace(crops=crops_)
        )
    return seen


CHANGED = "its document changed since, so that its crop could not be held against its page"


def _cropped(document: Any, answer: Seen, quote: Quote) -> Seen | list[Image | recut.Cut]:
    """What its page shows where the pack has its crops, the words marked; or why it does not.

    What the pack has cut out of the page is to be cut out anew.
    """
    from cambs_evidence.documents import crops  # noqa: PLC0415

    taken: list[Image | recut.Cut] = []
    try:
        for page, frame, box in quote.crops:
            words = [box for span in quote.spans if span[0] == page for box in span[3]]
            turned, media = crops.turned(document, page)
            marks = marked(frame, [shown(box, media, turned) for box in words])
            if not marks:
                return Seen(answer.item, False, "the pack shows another part of its page")
            if box is not None:
                taken.append(recut.Cut(page, frame, box, marks, quote.marker, (media, turned)))
                continue
            [pixels] = crops.painted_frames(document, page, [frame], FINEST)
            for x, y, across, down in _parted(marks):
                part = pixels[y : y + down, x : x + across, 2::-1]  # red, green, blue
                part[:] = np.rint(part * np.array(quote.marker)).astype(np.uint8)
            taken.append(images.small(pixels))
    except DocumentRefused as error:
        return Seen(answer.item, False, f"no picture of it can be taken: {error.reason}")
    return taken


def _recut(
    connection: Connection, data: bytes, taken: Mapping[int, list[Image | recut.Cut]]
) -> dict[int, tuple[Image, ...] | None]:
    """The crops of some answers, those that are to be cut out anew as they come out; None where
    one cannot be.
    """
    cuts = [each for some in taken.values() for each in some if isinstance(each, recut.Cut)]
    cuts.sort(key=lambda cut: cut.page)
    painted = recut.painted(data, cuts, lambda: connection.send(("page",)))
    made = {
        id(cut): None if pixels is None else images.small(pixels)
        for cut, pixels in zip(cuts, painted, strict=True)
    }
    found: dict[int, tuple[Image, ...] | None] = {}
    for place, some in taken.items():
        told = [made[id(each)] if isinstance(each, recut.Cut) else each for each in some]
        whole = tuple(each for each in told if each is not None)
        found[place] = whole if len(whole) == len(told) else None
    return found


def _parted(marks: Sequence[Frame]) -> list[Frame]:
    """The same pixels, none of them twice: strips along the rows."""
    strips = []
    edges = sorted({edge for _, y, _, down in marks for edge in (y, y + down)})
    for top, foot in pairwise(edges):
        spans = sorted((x, x + across) for x, y, across, down in marks if y <= top < y + down)
        done = -1
        for start, end in spans:
            start = max(start, done)  # noqa: PLW2901 - what is left of it
            if end > start:
                strips.append((start, top, end - start, foot - top))
                done = end
    return strips
