"""Anchors: finding a quote in a document, holding it in its place, and finding it again.

A document is searched as the words flow: the bodies of its pages one after the other, so that a
sentence goes on over a page's end with no footnote, header or page number in it; then footnotes
and furniture, page by page.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from cambs_evidence.documents import regions, wholes
from cambs_evidence.documents.folding import Key, likeness, readable, search_key
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.numbering import Numbering
from cambs_evidence.documents.selecting import Caret, Lines, paragraph_at, step, word_at
from cambs_evidence.errors import QuoteAmbiguous, QuoteNotFound
from cambs_evidence.model import Anchor, Box, Hold, PageSpan, Place

#: Code points of context kept on either side of a quote.
CONTEXT = 32
#: Shortest piece of a quote that may stand alone at its beginning, and after what interrupts it.
SHORTEST_PIECE, SHORTEST_REST = 8, 4
#: Letters from one piece to the next at most, and pieces tried before giving up.
FARTHEST, MOST_STEPS = 12_000, 60
#: Errors allowed when a changed quote is sought again, by its length in code points.
LOOSE_FROM, LOOSE, STRICT, NEVER_ALONE = 40, 0.25, 0.20, 20
#: Pages whose lines are kept ready to be pointed at.
_LINES_KEPT = 128
#: Code points of context that can speak for a place.
LEAST_CONTEXT = 8

_PARTED = "\x00"
_BULLET = re.compile(r"\s*[•▪●◦○■□➢✓‣∙·\uf0b7\uf0a7]\s+")
_LIST_SIGN = re.compile(r"\s*[-–*•▪\uf0b7]\s+")


@dataclass(frozen=True, slots=True)
class Resolution:
    """How an anchor holds in a text, and where it would stand now."""

    hold: Hold
    place: Place | None


class DocumentText:
    """The text layers of one document, made searchable."""

    def __init__(
        self, sha256: str, layer_version: str, pages: Sequence[PageLayer], numbering: Numbering
    ) -> None:
        self.sha256 = sha256
        self.layer_version = layer_version
        self.pages = pages
        self.numbering = numbering
        self._lines: dict[int, Lines] = {}

    @cached_property
    def _flowing(self) -> tuple[str, list[int], list[tuple[int, int]]]:
        """The flow; where each piece of page text begins in it; its page and its offset there."""
        parts: list[str] = []
        begins: list[int] = []
        pieces: list[tuple[int, int]] = []
        length = 0

        def add(page: int, text: str, start: int, end: int, after: str) -> None:
            nonlocal length
            begins.append(length)
            pieces.append((page, start))
            parts.extend((text[start:end], after))
            length += end - start + len(after)

        for page, layer in enumerate(self.pages):
            add(page, layer.text, *layer.body, "\n")
        for page, layer in enumerate(self.pages):
            for start, end in (layer.notes, (0, layer.body[0]), (layer.notes[1], len(layer.text))):
                if end > start:
                    parts.append(_PARTED)
                    length += 1
                    add(page, layer.text, start, end, _PARTED)
        return "".join(parts), begins, pieces

    @property
    def _flow(self) -> str:
        return self._flowing[0]

    @property
    def _begins(self) -> list[int]:
        return self._flowing[1]

    @property
    def _pieces(self) -> list[tuple[int, int]]:
        return self._flowing[2]

    @cached_property
    def _key(self) -> Key:
        return Key(self._flow)

    # --- letters -------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """All letters of the document as they flow, in the form in which they are searched."""
        return self._key.text

    def letters(self, place: Place) -> tuple[int, int]:
        """The stretch of :attr:`key` from the first letter of a place to its last."""
        page, start = place.start
        last, _, end = place.spans[-1]
        ends = [self._in_flow(page, start), self._in_flow(last, end - 1) + 1]
        # Of the same type, or all places would be converted each time.
        low, high = np.searchsorted(self._key.places, np.array(ends, np.int32))
        return int(low), int(high)

    def stretch(self, low: int, high: int) -> Place:
        """The place of a stretch of :attr:`key` that is not empty."""
        places = self._key.places
        return Place(self._spans(int(places[low]), int(places[high - 1]) + 1))

    def _in_flow(self, page: int, offset: int) -> int:
        """Where a code point of a page stands in the flow."""
        piece = max(
            (each for each in self._pieces_of[page] if self._pieces[each][1] <= offset),
            key=lambda each: self._pieces[each][1],
        )
        return self._begins[piece] + offset - self._pieces[piece][1]

    @cached_property
    def _pieces_of(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for piece, (page, _) in enumerate(self._pieces):
            found.setdefault(page, []).append(piece)
        return found

    # --- finding -------------------------------------------------------------------------

    def find(self, quote: str) -> list[Place]:
        """Every place where the quote stands, in reading order.

        Places with the same spacing are preferred; only where there is none are places taken that
        differ in spacing alone, then a passage that something interrupts (a figure, a note that
        was not told apart).
        """
        found = list(self._exact(quote))
        if not found and (listed := _LIST_SIGN.match(quote)):
            # Copied with the dash that made it an item of a list, which is shown as a bullet.
            quote = quote[listed.end() :]
            found = list(self._exact(quote))
        closest = [place for place in found if place.spacing == 0]
        places = closest or found or list(self._from_source(quote)) or self._interrupted(quote)
        return sorted(places, key=lambda place: place.start)

    def _exact(self, quote: str) -> Iterator[Place]:
        wanted = search_key(quote)
        if not wanted:
            return
        at = self._key.text.find(wanted)
        while at >= 0:
            start = int(self._key.places[at])
            end = int(self._key.places[at + len(wanted) - 1]) + 1
            start, end = self._with_marks(start, end, quote)
            spacing = likeness(self._flow[start:end], quote)
            if spacing is not None:
                yield Place(self._spans(start, end), spacing)
            at = self._key.text.find(wanted, at + 1)

    def _with_marks(self, start: int, end: int, quote: str) -> tuple[int, int]:
        """Takes hyphens in at either end, which the key leaves out but the quote holds."""
        stripped = quote.strip()
        if stripped.endswith(("-", "‐", "‑")) and self._flow[end : end + 1] in {"-", "‐", "‑"}:
            end += 1
        if stripped[:1] in {"-", "‐", "‑"}:
            before = self._flow[:start].rstrip() if stripped[1:2] == " " else self._flow[:start]
            if before[-1:] in {"-", "‐", "‑"}:
                start = len(before) - 1
        return start, end

    def _spans(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        spans = []
        piece = bisect.bisect_right(self._begins, start) - 1
        while piece < len(self._begins) and self._begins[piece] < end:
            begin = self._begins[piece]
            after = self._begins[piece + 1] if piece + 1 < len(self._begins) else len(self._flow)
            page, offset = self._pieces[piece]
            low, high = max(start, begin), min(end, after)
            text = self._flow[low:high].rstrip("\n" + _PARTED)
            blank = len(text) - len(text.lstrip())
            low, high = low + blank, low + len(text.rstrip())
            if high > low:
                spans.append((page, offset + low - begin, offset + high - begin))
            piece += 1
        return tuple(spans)

    def _from_source(self, quote: str) -> Iterator[Place]:
        """A quote copied with its markup out of the file itself, for pages we typeset."""
        if not self.pages or self.pages[0].source is None or not re.search(r"[<*_&#]", quote):
            return
        plain = re.sub(r"</?[A-Za-z][^>]*>|\*+", " ", quote)
        if search_key(plain) and plain != quote:
            yield from self._exact(plain)

    def _interrupted(self, quote: str) -> list[Place]:
        """A quote in pieces, each ending a line, the next beginning a later one.

        What comes between is a figure, a table or a note that belongs elsewhere, or the lines of
        the box beside it.
        """
        wanted = search_key(quote)
        if len(wanted) < 4 * SHORTEST_PIECE:
            return []
        places: list[Place] = []
        at = self._key.text.find(wanted[:SHORTEST_PIECE])
        while at >= 0:
            pieces = self._pieces_from(at, wanted, [MOST_STEPS], SHORTEST_PIECE)
            place = self._joined(pieces, quote) if pieces else None
            if place is not None:
                places.append(place)
            at = self._key.text.find(wanted[:SHORTEST_PIECE], at + 1)
        return places

    def _pieces_from(
        self, at: int, wanted: str, steps: list[int], shortest: int
    ) -> list[tuple[int, int]]:
        """Pieces ``(place in the key, length)`` that make up the wanted key, or none."""
        text = self._key.text
        steps[0] -= 1
        if steps[0] < 0:
            return []
        length = 0
        while length < len(wanted) and text[at + length : at + length + 1] == wanted[length]:
            length += 1
        if length == len(wanted):
            return [(at, length)]
        # What is alike may run a few letters too far by chance: step back to a line's end.
        for cut in range(length, max(length - 12, shortest - 1), -1):
            if not self._ends_line(at + cut - 1):
                continue
            rest = wanted[cut:]
            again = text.find(rest[:SHORTEST_REST], at + cut, at + cut + FARTHEST)
            while again >= 0:
                if self._begins_line(again):
                    more = self._pieces_from(again, rest, steps, SHORTEST_REST)
                    if more:
                        return [(at, cut), *more]
                again = text.find(rest[:SHORTEST_REST], again + 1, at + cut + FARTHEST)
        return []

    def _joined(self, pieces: list[tuple[int, int]], quote: str) -> Place | None:
        """The place of pieces, if they say the quote and could be read on from one another."""
        places = self._key.places
        ranges = []
        for at, length in pieces:
            start, end = int(places[at]), int(places[at + length - 1]) + 1
            if self._flow[end : end + 1] in {"-", "‐"}:
                end += 1
            ranges.append((start, end))
        joined = "\n".join(self._flow[start:end] for start, end in ranges)
        if likeness(joined, quote) is None:
            return None
        parts = [self._spans(start, end) for start, end in ranges]
        if len(parts) > 2 and not all(self._below(a[-1], b[0]) for a, b in pairwise(parts)):
            return None
        spans = tuple(span for part in parts for span in part)
        return Place(spans, 0) if spans[-1][0] - spans[0][0] <= 1 else None

    def _below(self, one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
        """True when a span stands under another in the same column, or on a later page."""
        if one[0] != other[0]:
            return one[0] < other[0]
        if self.pages[one[0]].rotation:
            return True
        upper, lower = quads(self.pages[one[0]], *one[1:]), quads(self.pages[one[0]], *other[1:])
        if not upper or not lower:
            return False
        beside = min(upper[-1][2], lower[0][2]) - max(upper[-1][0], lower[0][0])
        return lower[0][3] <= upper[-1][3] and beside > 0

    def _ends_line(self, item: int) -> bool:
        end = int(self._key.places[item]) + 1
        after = self._flow[end : end + 4]
        return re.match(r"[-‐]?[ \t]*(\n|\Z)", after) is not None

    def _begins_line(self, item: int) -> bool:
        start = int(self._key.places[item])
        return (
            re.search(r"(\A|[\n\t])[^\w\n]{0,3}\Z", self._flow[max(start - 5, 0) : start])
            is not None
        )

    # --- selecting -----------------------------------------------------------------------

    def lines(self, page: int) -> Lines:
        """The lines of a page (0-based), to be pointed at."""
        found = self._lines.get(page)
        if found is None:
            while len(self._lines) >= _LINES_KEPT:
                self._lines.pop(next(iter(self._lines)))
            found = self._lines.setdefault(page, Lines(self.pages[page]))
        return found

    def word_around(self, page: int, offset: int) -> tuple[Caret, Caret]:
        """The word at an offset of a page, from caret to caret."""
        start, end = word_at(self.pages[page].text, offset)
        return (page, start), (page, end)

    def paragraph_around(self, page: int, offset: int) -> tuple[Caret, Caret]:
        """The paragraph of its page that an offset stands in, from caret to caret.

        The sign before an item of a list is no part of what it says.
        """
        start, end = paragraph_at(self.pages[page], offset, self.lines(page))
        sign = _BULLET.match(self.pages[page].text, start, end)
        start = sign.end() if sign else start
        return (page, start), (page, end)

    def whole_paragraph(self, caret: Caret) -> tuple[Caret, Caret]:
        """The paragraph that a caret stands in, with what of it stands on the pages beside."""
        return wholes.paragraph(self, caret)

    def grown(self, low: Caret, high: Caret) -> tuple[Caret, Caret]:
        """Of a stretch or a caret the sentences that it touches; of whole ones the paragraphs."""
        return wholes.grown(self, low, high)

    def paragraph_beside(self, caret: Caret, *, back: bool) -> Caret:
        """The beginning of the next paragraph, or back to that of this one or the one before."""
        return wholes.beside(self, caret, back=back)

    def step(self, caret: Caret, *, words: bool, back: bool) -> Caret:
        """The next caret by a character or a word, over page ends; itself at either end.

        From the body of a page it goes on to the next one's body, as the words are read.
        """
        page, offset = caret
        text = self.pages[page].text
        begin, end = (self.edge(page, back=each)[1] for each in (False, True))
        if offset < begin:
            low, high = 0, begin
        elif offset > end:
            low, high = end, len(text)
        else:
            low, high = begin, end
        found = step(text[low:high], offset - low, words=words, back=back)
        if found is not None:
            return page, low + found
        if offset < begin and not back:
            return page, begin
        if offset > end and back:
            return page, end
        other = page + (-1 if back else 1)
        return self.edge(other, back=back) if 0 <= other < len(self.pages) else caret

    def edge(self, page: int, *, back: bool) -> Caret:
        """The caret before the first word of a page's body, or (going back) behind its last."""
        layer = self.pages[page]
        low, high = layer.body
        return page, low + len(layer.text[low:high].rstrip()) if back else low

    def between(self, one: Caret, other: Caret) -> Place | None:
        """The words from one caret to another, as they are read; None where there are none.

        Over a page's end what belongs to the page alone is left out: running headers and
        footers, and footnotes unless an end of the selection stands in them.
        """
        first, last = sorted((one, other))
        if first[0] == last[0]:
            ranges = [(first[0], first[1], last[1])]
        else:
            ranges = [(first[0], *self._rest_of(*first))]
            ranges += [(page, *self.pages[page].body) for page in range(first[0] + 1, last[0])]
            layer = self.pages[last[0]]
            end = last[1] if last[1] <= layer.notes[1] else layer.body[1]
            ranges.append((last[0], layer.body[0], end))
        spans = []
        for page, start, end in ranges:
            text = self.pages[page].text[start:end]
            blank = len(text) - len(text.lstrip())
            if text.strip():
                spans.append((page, start + blank, start + len(text.rstrip())))
        return Place(tuple(spans)) if spans else None

    def within(self, page: int, box: Box) -> Place | None:
        """The words of a page (0-based) that stand in a box; None where there are none."""
        ranges = regions.ranges(self.pages[page], box)
        return Place(tuple((page, start, end) for start, end in ranges)) if ranges else None

    def _rest_of(self, page: int, offset: int) -> tuple[int, int]:
        """From an offset to the end of the zone of its page that it stands in."""
        layer = self.pages[page]
        if offset <= self.edge(page, back=True)[1]:
            return max(offset, layer.body[0]), layer.body[1]
        return offset, max(layer.notes[1], offset)

    def quads(self, place: Place) -> dict[int, tuple[Box, ...]]:
        """Boxes of a place by page (0-based), one for each line, in user space."""
        found: dict[int, tuple[Box, ...]] = {}
        for page, start, end in place.spans:
            found[page] = found.get(page, ()) + quads(self.pages[page], start, end)
        return found

    # --- making and resolving anchors ----------------------------------------------------

    def anchor(self, place: Place, like: str | None = None) -> Anchor:
        """The anchor of a place; ``like`` settles line-end hyphens as it writes them."""
        spans = tuple(
            PageSpan(page, start, end, quads(self.pages[page], start, end))
            for page, start, end in place.spans
        )
        before, after = self._context(place)
        return Anchor(
            document_sha256=self.sha256,
            layer_version=self._made_by(place),
            spans=spans,
            quote=self.quote(place, like),
            prefix=before,
            suffix=after,
            source=self._source_range(place),
        )

    def _made_by(self, place: Place) -> str:
        """What made the text of a place; where a machine recognised any of it, that is named."""
        for page, _, _ in place.spans:
            recognition = self.pages[page].recognition
            if recognition is not None:
                return recognition.made_by
        return self.layer_version

    def quote(self, place: Place, like: str | None = None) -> str:
        """The words of a place as they are quoted."""
        raw = "\n".join(self.pages[page].text[start:end] for page, start, end in place.spans)
        squeezed = None
        if like is not None:
            squeezed = "".join(like.replace("‐", "-").replace("‑", "-").split())

        def keeps(left: str, right: str) -> bool:
            if squeezed is not None:
                if f"{left}-{right}" in squeezed:
                    return True
                if f"{left}{right}" in squeezed:
                    return False
            words = self._words
            left, right = left.lower(), right.lower()
            return f"{left}-{right}" in words and f"{left}{right}" not in words

        return readable(raw, keeps)

    @cached_property
    def _words(self) -> frozenset[str]:
        """The words of the document, which say whether a hyphen at a line's end belongs to one.

        Page by page, so that a thread of a window does it without holding the window up.
        """
        words: set[str] = set()
        for layer in self.pages:
            words.update(re.findall(r"\w+(?:-\w+)*", layer.text.lower().replace("‐", "-")))
        return frozenset(words)

    def warm(self) -> None:
        """Does beforehand what the first quote would wait for."""
        _ = self._words

    def _context(self, place: Place) -> tuple[str, str]:
        page, start, _ = place.spans[0]
        last, _, end = place.spans[-1]
        body = self.pages[page].body
        low = body[0] if start >= body[0] else 0
        before = " ".join(self.pages[page].text[low:start].split())
        if len(before) < CONTEXT and page > 0 and low == body[0]:
            earlier = self.pages[page - 1]
            before = " ".join([earlier.text[slice(*earlier.body)], before])
        high = self.pages[last].body[1] if end <= self.pages[last].body[1] else None
        after = " ".join(self.pages[last].text[end:high].split())
        if len(after) < CONTEXT and last + 1 < len(self.pages) and high is not None:
            later = self.pages[last + 1]
            after = " ".join([after, later.text[slice(*later.body)]])
        return " ".join(before.split())[-CONTEXT:], " ".join(after.split())[:CONTEXT]

    def _source_range(self, place: Place) -> tuple[int, int] | None:
        found: list[int] = []
        for page, start, end in place.spans:
            source = self.pages[page].source
            if source is None:
                return None
            offsets = source[start:end]
            found.extend(int(value) for value in offsets[offsets >= 0])
        return (min(found), max(found) + 1) if found else None

    def label(self, page: int) -> str | None:
        """The printed label of a page (0-based)."""
        return self.pages[page].label

    def paragraph(self, place: Place) -> str | None:
        """The printed number of the paragraph where a place begins."""
        return self.numbering.at(*place.start)

    def resolve(self, anchor: Anchor) -> Resolution:
        """Finds an anchor again: by position, else by its quote, else by likeness.

        What is found by likeness alone is *moved*: a person has to confirm it.
        """
        place = Place(tuple((span.page, span.start, span.end) for span in anchor.spans), 0)
        if not anchor.quote:  # a part of a page without words
            same = anchor.document_sha256 == self.sha256 and place.start[0] < len(self.pages)
            return Resolution(Hold.EXACT, place) if same else Resolution(Hold.LOST, None)
        if self.holds(place, anchor.quote):
            return Resolution(Hold.EXACT, place)
        candidates = self.find(anchor.quote)
        if candidates:
            return Resolution(Hold.MOVED, self._nearest(candidates, anchor))
        likely = self.likely(anchor)
        return Resolution(Hold.MOVED, likely) if likely else Resolution(Hold.LOST, None)

    def holds(self, place: Place, quote: str) -> bool:
        """True where a quote stands just at a place."""
        if any(page >= len(self.pages) for page, _, _ in place.spans):
            return False
        raw = "\n".join(self.pages[page].text[start:end] for page, start, end in place.spans)
        return likeness(raw, quote) is not None

    def _nearest(self, candidates: list[Place], anchor: Anchor) -> Place:
        first = anchor.spans[0]

        def distance(place: Place) -> tuple[float, int, int]:
            before, after = self._context(place)
            agree = fuzz.ratio(before, anchor.prefix) + fuzz.ratio(after, anchor.suffix)
            page, start = place.start
            return (-agree, abs(page - first.page), abs(start - first.start))

        return min(candidates, key=distance)

    def likely(self, anchor: Anchor, *, alone: bool = False) -> Place | None:
        """The one place most like a quote; a short one needs its context, unless ``alone``."""
        wanted = search_key(anchor.quote)
        length = len(anchor.quote)
        scored = self.alike(wanted, allowed_errors(length))
        if not scored:
            return None
        best = max(score for score, _, _ in scored)
        tops = sorted({(low, high) for score, low, high in scored if score >= best - 0.5})
        distinct = [one for one, other in zip(tops, [*tops[1:], None], strict=True)
                    if other is None or other[0] >= one[1]]  # fmt: skip
        places = [self.stretch(low, high) for low, high in distinct]
        if length < LOOSE_FROM and not alone:
            places = [place for place in places if self.context_agrees(place, anchor)]
        return places[0] if len(places) == 1 else None

    def alike(self, wanted: str, allowed: float) -> list[tuple[float, int, int]]:
        """Stretches of :attr:`key` like a key that is sought: likeness of 100, start, end.

        ``allowed`` is the share of its letters that may be others.
        """
        text = self._key.text
        if not wanted or not text or len(wanted) > len(text) * 2:
            return []
        scored = []
        stretches = list(self._windows(wanted))
        while stretches:
            start, end = stretches.pop()
            match = fuzz.partial_ratio_alignment(wanted, text[start:end])
            if match is None or match.dest_end <= match.dest_start:
                continue
            # The whole quote must be there, not a piece of it: what the match leaves out counts.
            low = max(start + match.dest_start - match.src_start, start)
            high = min(start + match.dest_end + len(wanted) - match.src_end, end)
            errors, low, high = _fewest_errors(wanted, text, low, high)
            if errors <= allowed * len(wanted):
                scored.append((100 * (1 - errors / len(wanted)), low, high))
                # Another like it may stand right beside it.
                beside = [(start, min(low, end)), (max(high, start), end)]
                # The best may lie off the stretch: what is beside must be less, or it never ends.
                stretches += [(a, b) for a, b in beside if len(wanted) // 2 <= b - a < end - start]
        return scored

    def _windows(self, wanted: str) -> Iterator[tuple[int, int]]:
        """Stretches of the text that hold some stretch of the wanted one."""
        text, size = self._key.text, max(len(wanted) // 6, 5)
        seen: set[int] = set()
        for piece in range(0, len(wanted) - size + 1, size):
            at = text.find(wanted[piece : piece + size])
            while at >= 0:
                start = max(at - piece - len(wanted) // 2, 0)
                bucket = start // max(len(wanted), 1)
                if bucket not in seen:
                    seen.add(bucket)
                    yield start, min(start + 3 * len(wanted), len(text))
                at = text.find(wanted[piece : piece + size], at + 1)

    def context_agrees(self, place: Place, anchor: Anchor) -> bool:
        """True where the words before or after a place are like those kept with an anchor."""
        before, after = self._context(place)
        pairs = ((before, anchor.prefix), (after, anchor.suffix))
        return any(
            len(then) >= LEAST_CONTEXT and fuzz.ratio(now, then) >= 80 for now, then in pairs
        )

    def nearest_words(self, quote: str) -> tuple[int, str] | None:
        """The page (0-based) and the words most like an absent quote, where any are."""
        length = len(quote)
        if length < NEVER_ALONE:
            return None
        sought = Anchor(self.sha256, self.layer_version, (PageSpan(0, 0, 0, ()),), quote, "", "")
        place = self.likely(sought, alone=True)
        return None if place is None else (place.start[0], self.quote(place))


def allowed_errors(length: int) -> float:
    """The share of the letters of a quote, so many code points long, that may be others."""
    return LOOSE if length >= LOOSE_FROM else STRICT


def _fewest_errors(wanted: str, text: str, low: int, high: int) -> tuple[int, int, int]:
    """The stretch near ``low`` to ``high`` that takes the fewest edits, and how many."""
    best = (Levenshtein.distance(wanted, text[low:high]), low, high)
    for _ in range(2):
        for start in range(max(best[1] - 3, 0), best[1] + 4):
            best = min(best, (Levenshtein.distance(wanted, text[start : best[2]]), start, best[2]))
        for end in range(max(best[2] - 3, best[1] + 1), best[2] + 4):
            best = min(best, (Levenshtein.distance(wanted, text[best[1] : end]), best[1], end))
    errors, low, high = best
    return errors, low, min(high, len(text))


def choose(
    places: Sequence[Place], quote: str, filename: str, *, page: int | None, occurrence: int | None
) -> Place:
    """The one place meant; ``page`` is 0-based, ``occurrence`` counts from 1 within it.

    Raises QuoteNotFound or QuoteAmbiguous.
    """
    shown = quote if len(quote) <= 60 else f"{quote[:57]}…"
    if page is not None:
        on_page = [place for place in places if place.start[0] == page]
        if places and not on_page:
            where = ", ".join(str(p + 1) for p in sorted({place.start[0] for place in places})[:6])
            raise QuoteNotFound(
                f"The quote “{shown}” does not start on page {page + 1} of {filename}; "
                f"it stands on page {where}."
            )
        places = on_page
    if not places:
        raise QuoteNotFound(f"The quote “{shown}” does not stand in {filename}.")
    if occurrence is not None:
        if not 1 <= occurrence <= len(places):
            raise QuoteNotFound(
                f"The quote “{shown}” stands {len(places)} times in {filename}; "
                f"there is no occurrence {occurrence}."
            )
        return places[occurrence - 1]
    if len(places) > 1:
        where = ", ".join(str(place.start[0] + 1) for place in places[:8])
        raise QuoteAmbiguous(
            f"The quote “{shown}” stands {len(places)} times in {filename} (page {where}); "
            "say which with --page or --occurrence."
        )
    return places[0]


def quads(layer: PageLayer, start: int, end: int) -> tuple[Box, ...]:
    """Boxes of a stretch of a page's text, one for each line, in user space."""
    boxes = layer.boxes[start:end]
    places = np.flatnonzero(~np.isnan(boxes[:, 0]))
    if len(places) == 0:
        return ()
    real = boxes[places].astype(np.float64)
    middle = (real[:, :2] + real[:, 2:]) / 2
    steps = np.abs(np.diff(middle, axis=0))
    lying = len(steps) > 1 and bool((steps[:, 1] > steps[:, 0]).mean() > 0.5)
    across, along = (0, 1) if lying else (1, 0)
    low, high = real[:, across], real[:, across + 2]
    height = np.maximum(high - low, 0.1)[:-1]
    shared = np.minimum(high[1:], high[:-1]) - np.maximum(low[1:], low[:-1])
    up = np.abs(np.diff(low + high)) / 2
    on = np.abs(np.diff(real[:, along] + real[:, along + 2])) / 2
    # Letters set one above the other share height but do not get on: each has its own box.
    stacked = (up > 0.25 * height) & (on < 0.2 * height)
    apart = (np.diff(places) > 1) | (shared <= 0) | stacked
    edges = [0, *(np.flatnonzero(apart) + 1).tolist(), len(places)]
    found = []
    for first, last in pairwise(edges):
        part = real[first:last]
        least, most = part.min(axis=0).round(2).tolist(), part.max(axis=0).round(2).tolist()
        found.append((least[0], least[1], most[2], most[3]))
    return tuple(found)
