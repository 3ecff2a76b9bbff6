"""Witnesses: each reads one file again, in a watched process, and says what it saw.

The print of the pack is read with PDFium, the sources with pdfplumber, which is another engine
than the one that made the text layer, so that no engine is judge in its own cause.

Pictures are painted with PDFium from the print and from the source, and compared by whoever asked.

Requests are ``("print", data, boxes, pictures, crops)``, ``("pdf", data, same, quotes, version)``,
``("plain", data, media_type, same, quotes, version)``,
``("office", data, pages, media_type, same, quotes, version)`` and
``("picture", data, same, quotes, version)``, the version being that of the text layer; the answers
``("page",)`` as a sign of life, then ``("done", result)`` or ``("unread", reason)``.
"""

from __future__ import annotations

import io
import re
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import numpy.typing as npt

from cambs_evidence import apart, paths
from cambs_evidence.documents import watched
from cambs_evidence.documents.anchors import DocumentText, quads
from cambs_evidence.documents.folding import Key, likeness, search_key
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.numbering import Numbering, numbering, openings
from cambs_evidence.documents.regions import ranges
from cambs_evidence.errors import DocumentRefused
from cambs_evidence.model import MADE_BY, Anchor, Box, PageSpan
from cambs_evidence.pack import images, second
from cambs_evidence.pack.asked import Quote, Seen
from cambs_evidence.pack.images import Image
from cambs_evidence.pack.retaken import CHANGED, celled, pictured


def serve(connection: Connection) -> None:
    """Answers requests until the other end is closed."""
    apart.step_back()
    watched.serve(connection, _answer)


def _answer(connection: Connection, what: str, *request: Any) -> None:
    from cambs_evidence.documents import pdfium  # noqa: PLC0415 - in such processes only

    pdfium.begin_anew()  # what was painted of others must not move a letter
    try:
        result = _TESTIMONIES[what](connection, *request)
    except DocumentRefused as error:
        connection.send(("unread", error.reason))
    except Exception as error:  # noqa: BLE001 - told to the parent, which logs it
        connection.send(("fault", type(error).__name__, traceback.format_exc()))
    else:
        connection.send(("done", result))


# --- the print of the pack -------------------------------------------------------------------


def _print(
    connection: Connection,
    data: bytes,
    boxes: Sequence[tuple[int, Box]],
    pictures: Sequence[tuple[int, Box, tuple[int, int]]],
    cut_out: Sequence[tuple[int, Box, tuple[int, int]]],
) -> tuple[list[str], list[str], list[bytes], list[Image | None], list[str], list[tuple[int, str]]]:
    """The words printed within each box ``(page, box)``, the references of all headings, what
    is to be seen in each picture ``(page, box, pixels)``, as a PNG, empty where nothing can be, the
    same of crops, None where nothing can be, the prints of all pages, and what notes lie on them.
    """
    from cambs_evidence.documents import crops, pdfium  # noqa: PLC0415

    document = pdfium.open_pdf(data)
    wanted: dict[int, list[int]] = {}
    for place, (page, _) in enumerate(boxes):
        wanted.setdefault(page, []).append(place)
    found = [""] * len(boxes)
    references: list[str] = []
    for page in range(len(document)):
        raw = pdfium.page(document, page, spaces=page in wanted)
        seen = raw.boxes[:, 3] > raw.boxes[:, 1]
        for place in wanted.get(page, []):
            found[place] = _within(raw.codes, raw.boxes, boxes[place][1], seen)
        everything = raw.codes.astype("<u4").tobytes().decode("utf-32-le", "replace")
        references += _HEADING.findall(everything)
        if page % 20 == 0:
            connection.send(("page",))
    painted = []
    for picture in pictures:
        connection.send(("page",))
        pixels = _seen(document, *picture)
        painted.append(b"" if pixels is None else crops.png(pixels[:, :, 2::-1]))
    cropped: list[Image | None] = []
    for each in cut_out:
        connection.send(("page",))
        pixels = _seen(document, *each)
        cropped.append(None if pixels is None else images.small(pixels))
    document.close()
    return found, references, painted, cropped, *_sheets(connection, data)


def _sheets(connection: Connection, data: bytes) -> tuple[list[str], list[tuple[int, str]]]:
    import pikepdf  # noqa: PLC0415 - in such processes only

    from cambs_evidence.pack import seal  # noqa: PLC0415

    try:
        with pikepdf.open(io.BytesIO(data)) as pack:
            prints = []
            for each in seal.prints(pack):
                prints.append(each)
                if len(prints) % 20 == 0:
                    connection.send(("page",))
            return prints, list(seal.strangers(pack))
    except (
        pikepdf.PdfError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        RuntimeError,
    ) as e:
        raise DocumentRefused("its pages are not made as those of a pack are") from e


def _seen(document: Any, page: int, box: Box, pixels: tuple[int, int]) -> images.Pixels | None:
    from cambs_evidence.documents import crops  # noqa: PLC0415

    across, down = box[2] - box[0], box[3] - box[1]
    # Much finer than any pack prints a picture, a page would be of no size that can be painted.
    if not (0 <= page < len(document) and across > 0 and down > 0):
        return None
    if max(pixels[0] / across, pixels[1] / down) > _FINEST:
        return None
    try:
        return crops.painted_to(document, page, box, pixels)
    except DocumentRefused:
        return None


#: Pixels to a point of a printed picture, at most.
_FINEST = 40


_HEADING = re.compile(r"(?:Strength|Development|Neutral) · \d+(?:\.\d+)? · (E\d+)")


def _within(
    codes: npt.NDArray[np.uint32],
    boxes: npt.NDArray[np.float32],
    box: Box,
    seen: npt.NDArray[np.bool_],
) -> str:
    x = (boxes[:, 0] + boxes[:, 2]) / 2
    y = (boxes[:, 1] + boxes[:, 3]) / 2
    inside = seen & (x > box[0] - 1) & (x < box[2] + 1) & (y > box[1]) & (y < box[3])
    chosen = np.flatnonzero(inside)
    if len(chosen) == 0:
        return ""
    points = codes[chosen]
    points[(points == 0x02) | (points == 0xFFFE)] = 0x2D
    points[(points >= 0xD800) & (points < 0xE000)] = 0xFFFD
    # A line's characters follow each other; a step down is a line's end.
    steps = np.flatnonzero(np.diff(y[chosen]) < -4) + 1
    return np.insert(points, steps, 0x0A).astype("<u4").tobytes().decode("utf-32-le", "replace")


# --- PDF sources -----------------------------------------------------------------------------


def _pdf(
    connection: Connection, data: bytes, same: bool, quotes: Sequence[Quote], version: str
) -> list[Seen]:
    import logging  # noqa: PLC0415
    import warnings  # noqa: PLC0415

    from cambs_evidence.documents import pdf  # noqa: PLC0415

    warnings.simplefilter("ignore")
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    answers: list[Seen] = []
    asked = quotes
    layers = None
    if not same:
        answers, quotes = _moved(data, quotes)
    elif version == pdf.LAYER_VERSION:
        layers = list(pdf.layers(data))
        answers, quotes = _placed(layers, quotes)
    connection.send(("page",))
    answers += [Seen(quote.item, True, "") for quote in quotes if not quote.quote]
    answers += second.seen(connection, data, [quote for quote in quotes if quote.quote])
    answers = celled(connection, data, layers, answers, asked)
    return pictured(connection, data, answers, asked, same=same)


def _placed(layers: Sequence[PageLayer], quotes: Sequence[Quote]) -> tuple[list[Seen], list[Quote]]:
    """Proves where quotes say they stand: text, boxes, printed page and paragraph, anew.

    What fails is answered for, the rest goes on to the second engine.
    """
    numbers = numbering(openings(layers))
    seen: list[Seen] = []
    rest: list[Quote] = []
    for quote in quotes:
        reason = None if quote.recognised else _wrong(layers, numbers, quote)
        if reason is None:
            rest.append(quote)
        else:
            seen.append(Seen(quote.item, False, reason))
    return seen, rest


def _wrong(layers: Sequence[PageLayer], numbers: Numbering, quote: Quote) -> str | None:
    if any(page >= len(layers) for page, _, _, _ in quote.spans):
        return "the document has no such page"
    text = "\n".join(layers[page].text[start:end] for page, start, end, _ in quote.spans)
    if likeness(text, quote.quote) is None:
        return "other words stand at its place in the document"
    if quote.part is not None and not _fills(layers[quote.spans[0][0]], quote.part, quote):
        return "the part of the page that its manifest names holds other words"
    if not quote.quote:
        page = quote.spans[0][0]
        if quote.spans[0][3] != (quote.part,):
            return "its place on the page is not the one its manifest names"
        return _misprinted(layers[page].label, None, quote)
    for page, start, end, claimed in quote.spans:
        boxes = quads(layers[page], start, end)
        if len(boxes) != len(claimed) or any(
            abs(one - other) > 1
            for box, told in zip(boxes, claimed, strict=True)
            for one, other in zip(box, told, strict=True)
        ):
            return "its place on the page is not the one its manifest names"
    page, start, _, _ = quote.spans[0]
    return _misprinted(layers[page].label, numbers.at(page, start), quote)


def _misprinted(label: str | None, paragraph: str | None, quote: Quote) -> str | None:
    """What is wrong with the printed page and paragraph that are cited."""
    if label != quote.label:
        return f"the page prints “{label}”, the pack cites “{quote.label}”"
    if paragraph != quote.paragraph:
        return f"it stands in paragraph {paragraph}, the pack cites {quote.paragraph}"
    return None


def _fills(layer: PageLayer, box: Box, quote: Quote) -> bool:
    """True where the words of a part of a page are those in its box; its edge may touch letters."""
    x0, y0, x1, y1 = box
    least = ranges(layer, (x0 + _EDGE, y0 + _EDGE, x1 - _EDGE, y1 - _EDGE))
    most = ranges(layer, (x0 - _EDGE, y0 - _EDGE, x1 + _EDGE, y1 + _EDGE))
    page = layer.index
    claimed = [(start, end) for number, start, end, _ in quote.spans if number == page]
    if len(claimed) < len(quote.spans):
        return False
    claimed = [(start, end) for start, end in claimed if end > start]
    return _covers(claimed, least) and _covers(most, claimed)


def _covers(wide: Sequence[tuple[int, int]], narrow: Sequence[tuple[int, int]]) -> bool:
    return all(any(a <= start and end <= b for a, b in wide) for start, end in narrow)


#: Points by which the text layer, which is stored in steps, may differ from the page read anew.
_EDGE = 0.1


def _moved(data: bytes, quotes: Sequence[Quote]) -> tuple[list[Seen], list[Quote]]:
    """For a changed file: what is gone or stands elsewhere, and the rest at its new boxes."""
    from cambs_evidence.documents import pdf  # noqa: PLC0415

    layers = list(pdf.layers(data))
    text = DocumentText("", "", layers, numbering(openings(layers)))
    seen: list[Seen] = []
    rest: list[Quote] = []
    for quote in quotes:
        if not quote.quote:  # its picture alone tells
            rest.append(quote)
            continue
        answer = _replaced(text, quote)
        if isinstance(answer, Seen):
            seen.append(answer)
            continue
        spans = tuple(
            (page, start, end, quads(layers[page], start, end)) for page, start, end in answer
        )
        rest.append(quote._replace(spans=spans))
    return seen, rest


def _replaced(text: Any, quote: Quote) -> Seen | tuple[tuple[int, int, int], ...]:
    """Where a quote stands in a changed text, or that it is gone or elsewhere."""
    anchor = Anchor(
        "", "", tuple(PageSpan(*span) for span in quote.spans), quote.quote, quote.prefix,
        quote.suffix, quote.source,
    )  # fmt: skip
    found = text.resolve(anchor)
    if found.hold == "exact":
        return tuple(found.place.spans)
    places = text.find(quote.quote)
    if not places:
        return Seen(quote.item, False, "it no longer stands in the document")
    # Words before it that came or went shift it on its page; its citation still holds.
    pages = [span[0] for span in quote.spans]
    for place in places:
        near = abs(place.start[1] - quote.spans[0][1]) <= _NEAR
        cited = text.numbering.at(*place.start) == quote.paragraph
        if near and cited and [span[0] for span in place.spans] == pages:
            return tuple(place.spans)
    where = places[0].start[0] + 1
    return Seen(quote.item, False, f"it stands at another place now, on page {where}")


_NEAR = 400


# --- sources that the program typeset --------------------------------------------------------


def _plain(
    connection: Connection,
    data: bytes,
    media_type: str,
    same: bool,
    quotes: Sequence[Quote],
    version: str,
) -> list[Seen]:
    """Proves quotes of text documents against the decoded source, under its rules."""
    from cambs_evidence.documents import plain, written  # noqa: PLC0415

    flow = written.read(data, media_type).flow
    texts = (plain.flowing(flow), plain.aside(flow))
    answers: list[Seen] = []
    asked = quotes
    typeset = None
    if version == flow.rules and (same or any(quote.pictured for quote in quotes)):
        # The pages are set again under the same rules: page and paragraph must come out alike.
        typeset = plain.typeset(flow, paths.fonts(), "")
        if same:
            answers, quotes = _placed(typeset.layers, quotes)
    answers += [
        _in_source(texts, quote, same=same) if quote.quote else Seen(quote.item, True, "")
        for quote in quotes
    ]
    if typeset is not None:
        layers = typeset.layers if same else None
        answers = celled(connection, typeset.pdf, layers, answers, asked)
        return pictured(connection, typeset.pdf, answers, asked, same=same)
    with_picture = {quote.item for quote in asked if quote.pictured}
    other = "its page was set by other rules than this program has, so its picture is not proved"
    cropped = {quote.item for quote in asked if quote.crops}
    return [
        Seen(each.item, False, other)
        if each.item in with_picture
        else each._replace(remark=CHANGED if not same else _OTHER_RULES)
        if each.item in cropped and each.found
        else each
        for each in answers
    ]


_OTHER_RULES = "its page was set by other rules than this program has, so its crop is not proved"


_Origins = npt.NDArray[np.int32]


def _in_source(texts: Sequence[tuple[str, _Origins]], quote: Quote, *, same: bool) -> Seen:
    """Whether a quote stands at its place in one of the texts of its source."""
    if quote.source is None:
        return Seen(quote.item, False, "the manifest names no place in the source")
    seen = [_in_text(text, origin, quote, quote.source, same=same) for text, origin in texts]
    return next((each for each in seen if each.found), seen[0])


def _in_text(
    text: str, origin: _Origins, quote: Quote, place: tuple[int, int], *, same: bool
) -> Seen:
    start, end = place
    inside = np.flatnonzero((origin >= start) & (origin < end))
    if len(inside):
        words = text[int(inside[0]) : int(inside[-1]) + 1]
        if likeness(words, quote.quote) is not None:
            return Seen(quote.item, True, "")
    if same:
        return Seen(quote.item, False, "other words stand at its place in the source")
    key, wanted = Key(text), search_key(quote.quote)
    at = key.text.find(wanted) if wanted else -1
    elsewhere = False
    while at >= 0:
        first, last = int(key.places[at]), int(key.places[at + len(wanted) - 1]) + 1
        if likeness(text[first:last], quote.quote) is not None:
            elsewhere = True
            if abs(int(origin[first]) - start) <= _NEAR:
                return Seen(quote.item, True, "")
        at = key.text.find(wanted, at + 1)
    if elsewhere:
        return Seen(quote.item, False, "it stands at another place in the source now")
    return Seen(quote.item, False, "it no longer stands in the document")


# --- office documents that another program made pages of ---------------------------------------


def _office(
    connection: Connection,
    data: bytes,
    pages: bytes | None,
    media_type: str,
    same: bool,
    quotes: Sequence[Quote],
    version: str,
) -> list[Seen]:
    """Proves the words against the file itself, and their place on the pages that were kept.

    ``pages`` is the PDF that was kept, None where only the file is there. Where neither tells, the
    pages are made anew, if the program that makes them is installed.
    """
    from cambs_evidence.documents import own_words  # noqa: PLC0415

    texts = own_words.texts(data, media_type)
    connection.send(("page",))
    if pages is not None:
        seen = _pdf(connection, pages, same, quotes, version.partition(MADE_BY)[0])
        if texts is None:
            return seen
        keys = [Key(text).text.casefold() for text in texts]
        said = {quote.item for quote in quotes if _says(keys, quote.quote, by_lines=True)}
        return [
            each
            if not each.found or each.item in said
            else Seen(each.item, False, "the file itself holds no such words")
            for each in seen
        ]
    keys = [Key(text).text.casefold() for text in texts or ()]
    answers, rest = [], []
    for quote in quotes:
        if quote.quote and not quote.pictured and _says(keys, quote.quote, by_lines=False):
            answers.append(Seen(quote.item, True, ""))
        else:
            rest.append(quote)
    if not rest:
        return answers
    made = _made_anew(connection, data, media_type)
    if made is None:
        lost = (
            "its page is kept in the case alone; verify the pack with its case, or where "
            "LibreOffice is installed"
        )
        return [*answers, *(Seen(quote.item, False, lost) for quote in rest)]
    return [*answers, *_pdf(connection, made, False, rest, "")]


def _made_anew(connection: Connection, data: bytes, media_type: str) -> bytes | None:
    from cambs_evidence.documents import containers, office  # noqa: PLC0415

    kind = containers.BY_MEDIA_TYPE.get(media_type)
    if kind is None:
        return None
    try:
        return office.rendition(data, kind, lambda: connection.send(("elsewhere",))).pdf
    except office.Failed:
        return None


#: What may stand before the text of a list's item, which a program counts and no file holds.
_MARKERS = re.compile(
    r"(?m)^\s*(?:\(?(?:\d{1,3}|[A-Za-z]|[ivxlcIVXLC]{1,6})(?:\.\d{1,3})*[.)]|[•▪◦–-])\s+"
)


def _says(keys: Sequence[str], quote: str, *, by_lines: bool) -> bool:
    """Whether a text holds the words of a quote, capitals and the markers of lists aside.

    ``by_lines`` where the page proves their order: a table's cells may be read otherwise.
    """
    for words in (quote, _MARKERS.sub("", quote)):
        wanted = search_key(words).casefold()
        if any(wanted in key for key in keys):
            return True
    if not by_lines:
        return False
    lines = [search_key(line).casefold() for line in re.split(r"[\n\t]", _MARKERS.sub("", quote))]
    return all(any(line in key for key in keys) for line in lines)


# --- pictures --------------------------------------------------------------------------------


def _picture(
    connection: Connection, data: bytes, same: bool, quotes: Sequence[Quote], version: str
) -> list[Seen]:
    """Proves parts of pictures: the pages are made of the picture again, under its rules."""
    from cambs_evidence.documents import pictures  # noqa: PLC0415

    if version != pictures.RULES_VERSION:
        other = "its pages were made by other rules than this program has, so nothing is proved"
        return [Seen(quote.item, False, other) for quote in quotes]
    rendition = pictures.rendition(data, lambda: connection.send(("page",)))
    if same:
        answers, rest = _placed(list(pictures.layers(rendition)), quotes)
    else:  # what the picture shows there tells
        answers, rest = [], list(quotes)
    answers += [
        Seen(quote.item, not quote.quote, "the picture itself holds no text") for quote in rest
    ]
    return pictured(connection, rendition, answers, quotes, same=same)


_TESTIMONIES: dict[str, Callable[..., Any]] = {
    "print": _print,
    "pdf": _pdf,
    "plain": _plain,
    "office": _office,
    "picture": _picture,
}
