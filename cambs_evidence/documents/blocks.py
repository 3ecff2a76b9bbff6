"""Pieces into blocks: headings, paragraphs, list items and table rows.

What was wrapped at a line width is joined again, what stands on lines of its own stays apart. The
rules are guesses about what the writer meant; they may set a line as a block of its own, but never
drop, add or reorder a letter, figure or punctuation mark other than markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, zip_longest

from cambs_evidence.documents import inline
from cambs_evidence.documents.flow import Block, Kind, Segment, Styled
from cambs_evidence.documents.guesses import Draft, promote_headings, wrap_width
from cambs_evidence.documents.lines import BULLETS, Cutter, Gap, Piece, Range, is_html, trimmed
from cambs_evidence.errors import DocumentRefused

#: More lines than this are not read.
MOST_LINES = 1_000_000
#: More blocks than this are no document that anybody cites; some 10,000 pages.
MOST_BLOCKS = 400_000
#: More cells in a line than this are no table.
MOST_CELLS = 256
DEEPEST_LIST = 5

_BLANK = " \t\r\xa0\ufeff\u200b"
_ITEM = re.compile(rf"(?:[-–*](?=[ \t\xa0])|o(?=\t)|[{BULLETS}\ue000-\uf8ff])[ \t\xa0]*(?=\S)")
_MARKDOWN_ITEM = re.compile(r"\+[ \t]+(?=\S)")
#: A printed number: of a paragraph (``12.``, ``2.3)``, ``7.3 )``) or of an item (``a)``, ``(iv)``).
_NUMBER = re.compile(
    r"(?P<paragraph>\d{1,3}(?:\.\d{1,3}){0,4}\.|\d{1,2}(?:\.\d{1,3}){1,3}[ ]?\))[ \t\xa0]+(?=\S)"
    r"|(?P<item>\(?(?:\d{1,3}|[a-z]|[ivx]{2,5})\)|[A-Z]\))[ \t\xa0]+(?=\S)"
)
_CODE = re.compile(r"\d{1,2}\.\d{1,2}[ ]?\)")
_HASHES = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_PLAIN_HASHES = re.compile(r"(#{1,6})[ ]+(?=[A-Z0-9])")
_UNDERLINES = re.compile(r"(?:=+|-{2,})[ \t]*")
_RULE = re.compile(r"(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}")
_QUOTED = re.compile(r"(?:>[ \t]?)+")
_FENCE = re.compile(r"```|~~~")
_DELIMITERS = re.compile(r"\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?)?")
_PIPE = re.compile(r"(?<!\\)\|")
_WORD = re.compile(r"\S{1,80}")
_ADDRESS = re.compile(r"\S*(?:://|@|www\.)\S*")
_SENTENCE_ENDS = ".:;?!"
_MARKER_MAY_FOLLOW = ".:;?!)"
_CLOSING = "\"')]’”*_ "
_LEADS_ON = frozenset(
    {
        "a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "our", "that",
        "the", "their", "to", "which", "who", "with",
    }
)  # fmt: skip

#: Share of the wrap width from which on a line counts as full.
_FULL = 0.86
#: A line with hashes in plain text is a heading up to this length.
_LONGEST_LINE_WITH_HASHES = 100
_LONGEST_UNDERLINE = 200


def interpret(source: str, *, markdown: bool) -> Iterator[Block]:
    """The blocks of a decoded source in order.

    Raises:
        DocumentRefused: for more than :data:`MOST_LINES` or :data:`MOST_BLOCKS`.
    """
    html = is_html(source)
    pieces = list(islice(Cutter(source, html=html).pieces(), MOST_LINES + 1))
    builder = _Builder(source, markdown=markdown, html=html)
    drafts = builder.drafts(pieces)
    if len(pieces) > MOST_LINES or len(drafts) > MOST_BLOCKS:
        raise DocumentRefused(
            "it has more lines than any document that can be cited; split it", code="too-large"
        )
    if not markdown:  # which has signs of its own for headings
        promote_headings(source, drafts, wrapped=builder.width > 0)
    return _finished(source, drafts, markdown=markdown, html=html)


class _Builder:
    """Decides what each piece is, and whether it goes on with the one before."""

    def __init__(self, source: str, *, markdown: bool, html: bool) -> None:
        self._source = source
        self._markdown = markdown
        self._html = html
        self.width = 0 if html or markdown else wrap_width(source)
        self._drafts: list[Draft] = []
        self._indents: list[int] = []  # of the list items around
        self._fence = ""
        self._in_pipes = False

    def drafts(self, pieces: list[Piece]) -> list[Draft]:
        """The blocks of these pieces."""
        taken = False
        for piece, following in zip_longest(pieces, islice(pieces, 1, None)):
            taken = not taken and self._take(piece, following)
        return self._drafts

    def _take(self, piece: Piece, following: Piece | None) -> bool:
        """Adds one piece; True if the following is done with too."""
        if piece.cells:
            self._row(piece, piece.cells, header=piece.header)
            return False
        if self._markdown and self._is_fenced(piece):
            return False
        cells = self._tabbed(piece)
        if cells:
            self._row(piece, cells)
            return False
        if self._is_pipes(piece, following):
            begins = not self._in_pipes
            self._in_pipes = True
            self._row(piece, self._piped(piece), header=begins)
            return begins
        self._in_pipes = False
        if not (self._markdown and self._is_underline(piece)):
            self._line(piece)
        return False

    # Tables

    def _row(self, piece: Piece, cells: tuple[Range, ...], *, header: bool = False) -> None:
        draft = Draft(Kind.ROW, piece.start, piece.end, piece.gap, cells=cells, header=header)
        self._drafts.append(draft)

    def _tabbed(self, piece: Piece) -> tuple[Range, ...]:
        """The cells of a line with tabs; none if the tabs mean something else."""
        line = self._source[piece.start : piece.end]
        tabs = line.count("\t")
        if not tabs or tabs >= MOST_CELLS or self._html:
            return ()
        if "\t" not in line.lstrip("\t "):  # an indent, unless other rows show it is a cell
            previous = self._previous(piece)
            if previous is None or previous.kind is not Kind.ROW:
                return ()
        sign = _ITEM.match(line) or _NUMBER.match(line)
        if sign and "\t" in sign[0] and "\t" not in line[sign.end() :]:
            return ()
        cells, at = [], piece.start
        for cell in line.split("\t"):
            cells.append(trimmed(self._source, at, at + len(cell)))
            at += len(cell) + 1
        return tuple(cells)

    def _is_pipes(self, piece: Piece, following: Piece | None) -> bool:
        if "|" not in self._source[piece.start : piece.end]:
            return False
        if self._in_pipes and piece.gap is Gap.LINE:
            return True
        self._in_pipes = False
        if following is None or following.gap is not Gap.LINE:
            return False
        below = self._source[following.start : following.end].strip()
        return "|" in below and _DELIMITERS.fullmatch(below) is not None

    def _piped(self, piece: Piece) -> tuple[Range, ...]:
        start, end = trimmed(self._source, piece.start, piece.end, _BLANK)
        cuts = [match.start() for match in _PIPE.finditer(self._source, start, end)]
        if cuts and cuts[0] == start:
            cuts, start = cuts[1:], start + 1
        if cuts and cuts[-1] == end - 1:
            cuts, end = cuts[:-1], end - 1
        edges = [start, *(cut + 1 for cut in cuts[: MOST_CELLS - 1])]
        ends = [*cuts[: MOST_CELLS - 1], end]
        return tuple(
            trimmed(self._source, low, high, _BLANK) for low, high in zip(edges, ends, strict=True)
        )

    # Markdown

    def _is_fenced(self, piece: Piece) -> bool:
        """Takes fences and what they enclose."""
        start, end = trimmed(self._source, piece.start, piece.end, _BLANK)
        fence = _FENCE.match(self._source, start, end)
        if fence and self._fence in {"", fence[0]}:
            self._fence = "" if self._fence else fence[0]
            return True
        if self._fence:
            self._drafts.append(Draft(Kind.PARAGRAPH, start, end, piece.gap, literal=True))
        return bool(self._fence)

    def _is_underline(self, piece: Piece) -> bool:
        """Takes the line under a heading, and rules."""
        if piece.end - piece.start > _LONGEST_UNDERLINE:
            return False
        line = self._source[piece.start : piece.end]
        previous = self._previous(piece)
        if (
            previous is not None
            and previous.kind is Kind.PARAGRAPH
            and not previous.literal
            and _UNDERLINES.fullmatch(line)
        ):
            previous.kind, previous.level = Kind.HEADING, 1 if line[0] == "=" else 2
            return True
        return _RULE.fullmatch(line) is not None

    # Lines

    def _previous(self, piece: Piece) -> Draft | None:
        """The block a piece could go on with: no empty line or block tag stands between."""
        return self._drafts[-1] if self._drafts and piece.gap is Gap.LINE else None

    def _line(self, piece: Piece) -> None:
        start, end = trimmed(self._source, piece.start, piece.end, _BLANK)
        quoted = _QUOTED.match(self._source, start, end) if self._markdown else None
        if quoted:
            start = quoted.end()
        indent = piece.indent + start - piece.start
        heading = self._heading(piece, start, end)
        if heading is not None:
            self._drafts.append(heading)
            return
        new = self._marked(piece, start, end)
        previous = self._previous(piece)
        if previous is not None and not quoted and self._goes_on(previous, new, indent):
            previous.end, previous.last_line = end, start
            return
        if new.kind is Kind.ITEM:
            new.level = piece.depth - 1 if piece.depth else self._level(new, indent)
        else:
            self._indents.clear()
        self._drafts.append(new)

    def _heading(self, piece: Piece, start: int, end: int) -> Draft | None:
        hashes = (_HASHES if self._markdown else _PLAIN_HASHES).match(self._source, start, end)
        if hashes and (self._markdown or end - start <= _LONGEST_LINE_WITH_HASHES):
            text = self._source[hashes.end() : end]
            bare = text.rstrip("#")
            if bare.endswith((" ", "\t")):
                text = bare.rstrip()
            level, start = len(hashes[1]), hashes.end()
            return Draft(Kind.HEADING, start, start + len(text), piece.gap, level)
        if piece.heading:
            return Draft(Kind.HEADING, start, end, piece.gap, piece.heading)
        return None

    def _marked(self, piece: Piece, start: int, end: int) -> Draft:
        """A paragraph or item with its marker, if it has one."""
        sign = _ITEM.match(self._source, start, end)
        if sign is None and self._markdown:
            sign = _MARKDOWN_ITEM.match(self._source, start, end)
        dash = sign is not None and self._source[start] in "-–*+"
        number = None
        if sign is None or dash:
            number = _NUMBER.match(self._source, sign.end() if sign else start, end)
        if number:
            kind = Kind.ITEM if number["item"] else Kind.PARAGRAPH
            group = "item" if number["item"] else "paragraph"
            low, high = number.span(group)
            [marker] = inline.interpret(self._source, [(low, high)], literal=True)
            begin, space = number.end(), Segment(1, high)
        elif sign:
            kind, begin = Kind.ITEM, sign.end()
            shown = self._source[start] if self._source[start] in f"{BULLETS}o" else inline.BULLET
            marker = Styled(shown, (Segment(1, start),))
            space = Segment(1, start + 1 if begin > start + 1 else -1)
        elif piece.marker:
            kind, begin = Kind.ITEM, start
            marker, space = Styled(piece.marker, (Segment(len(piece.marker), -1),)), Segment(1, -1)
        else:
            return Draft(Kind.PARAGRAPH, start, end, piece.gap, last_line=start)
        return Draft(
            kind, begin, end, piece.gap, marker=marker, space=space, last_line=start, dash=dash
        )

    def _level(self, item: Draft, indent: int) -> int:
        if not self._drafts or self._drafts[-1].kind is not Kind.ITEM:
            self._indents.clear()
        step = 1 if item.dash else 2
        while self._indents and indent < self._indents[-1]:
            self._indents.pop()
        if not self._indents or indent >= self._indents[-1] + step:
            self._indents.append(indent)
        return min(len(self._indents) - 1, DEEPEST_LIST)

    # What goes on with the line before

    def _goes_on(self, previous: Draft, new: Draft, indent: int) -> bool:
        if previous.literal or previous.kind in {Kind.ROW, Kind.HEADING}:
            return False
        if new.marker.text:
            return self.width > 0 and self._is_within_sentence(previous, new)
        if self._markdown:
            return not self._breaks_hard(previous)
        if self.width:
            return not _CODE.match(self._source, new.start, new.end) and self._is_wrapped(
                previous, new.start, new.end
            )
        return previous.kind is Kind.ITEM and indent >= 2

    def _breaks_hard(self, previous: Draft) -> bool:
        if self._source[previous.end - 1] == "\\":
            previous.end -= 1
            return True
        return self._source.startswith("  ", previous.end)

    def _is_within_sentence(self, previous: Draft, new: Draft) -> bool:
        """Whether what looks like a marker is only a word that came to stand at a line start."""
        if not new.dash and not new.marker.text[0].isalnum():
            return False
        if _CODE.fullmatch(new.marker.text) or (new.dash and previous.dash):
            return False
        ended = self._source[previous.end - 1] in _MARKER_MAY_FOLLOW
        return not ended and self._is_full(previous, new.last_line)

    def _is_full(self, previous: Draft, start: int) -> bool:
        """Whether the word at ``start`` would not have fitted on the line before."""
        word = _WORD.match(self._source, start)
        length = previous.end - previous.last_line + 1 + (len(word[0]) if word else 0)
        return length > _FULL * self.width

    def _is_wrapped(self, previous: Draft, start: int, end: int) -> bool:
        line = self._source[previous.last_line : previous.end]
        if _ADDRESS.fullmatch(line) or _ADDRESS.fullmatch(self._source, start, end):
            return False
        if self._is_full(previous, start):
            return True
        last = line[-80:].rsplit(None, 1)[-1]
        word = _WORD.match(self._source, start)
        if _ADDRESS.fullmatch(last) or (word and _ADDRESS.fullmatch(word[0])):
            return False
        if last.rstrip(_CLOSING)[-1:] in set(_SENTENCE_ENDS):
            return False
        if previous.kind is Kind.ITEM or self._source[start].islower():
            return True
        return last.lower() in _LEADS_ON


def _finished(source: str, drafts: list[Draft], *, markdown: bool, html: bool) -> Iterator[Block]:
    """The blocks, with their text interpreted."""
    before: Draft | None = None
    for group in _groups(drafts):
        for draft, cells in zip(group, _texts(source, group, markdown=markdown), strict=True):
            if draft.marker.text or any(cell.text for cell in cells):
                yield Block(
                    draft.kind,
                    cells,
                    draft.level,
                    draft.marker,
                    draft.space,
                    tight=before is not None and draft.gap is Gap.LINE,
                    continues=not html and _continues(source, before, draft),
                    header=draft.header,
                )
                before = draft


def _texts(source: str, group: list[Draft], *, markdown: bool) -> list[tuple[Styled, ...]]:
    """The cells of each block of a group."""
    first = group[0]
    if first.kind is Kind.ROW:
        found = [inline.interpret(source, [cell], markdown=markdown)[0] for cell in first.cells]
        return [tuple(found)]
    ranges = [(draft.start, draft.end) for draft in group]
    texts = inline.interpret(source, ranges, markdown=markdown, literal=first.literal)
    return [(text,) for text in texts]


def _groups(drafts: list[Draft]) -> Iterator[list[Draft]]:
    """Blocks through which emphasis may run: lines of one paragraph that were kept apart."""
    group: list[Draft] = []
    for draft in drafts:
        joins = (
            group
            and draft.gap is Gap.LINE
            and draft.kind is group[-1].kind is Kind.PARAGRAPH
            and not draft.marker.text
            and not draft.literal
            and not group[-1].literal
        )
        if not joins and group:
            yield group
            group = []
        group.append(draft)
    if group:
        yield group


def _continues(source: str, before: Draft | None, draft: Draft) -> bool:
    """Whether a paragraph is the second half of one that the end of a page cut in two."""
    if before is None or draft.gap is not Gap.BLOCK or before.literal or draft.literal:
        return False
    if draft.kind is not Kind.PARAGRAPH or draft.marker.text or not source[draft.start].islower():
        return False
    if before.kind not in {Kind.PARAGRAPH, Kind.ITEM}:
        return False
    last = source[max(before.start, before.end - 20) : before.end].rstrip(_CLOSING)[-1:]
    return last not in set(_SENTENCE_ENDS)
