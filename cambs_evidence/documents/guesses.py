"""Guesses about a whole text: at which width it was wrapped, which lines are headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from cambs_evidence.documents.flow import NOTHING, Kind, Segment, Styled
from cambs_evidence.documents.lines import Gap, Range

#: Longest heading that is recognised by its looks, in characters.
_LONGEST_HEADING = 72
#: A paragraph from this length on is one that a heading may stand above.
_SUBSTANTIAL = 80
#: Headings recognised by their looks that may follow each other.
_MOST_IN_A_ROW = 3
_NAMED_PART = re.compile(r"(?:Annex|Appendix|Chapter|Part|Priority|Section)\b")
_OPENS_LETTER = re.compile(r"(?:Dear|Yours|Kind|From|To|Tel|Telephone|Date)\b")
#: How a text wrapped by hand looks: its width, and what share of its lines are full.
_NARROWEST, _WIDEST = 50, 160
_LONG = 200


@dataclass(slots=True)
class Draft:
    """A block that is being put together; offsets are into the source.

    ``last_line`` is where its last line begins, ``dash`` whether its marker is a dash, ``literal``
    that nothing in it is interpreted; the others are those of ``Block``.
    """

    kind: Kind
    start: int
    end: int
    gap: Gap
    level: int = 0
    marker: Styled = NOTHING
    space: Segment = field(default=Segment(1, -1))
    cells: tuple[Range, ...] = ()
    header: bool = False
    literal: bool = False
    last_line: int = 0
    dash: bool = False


def wrap_width(source: str) -> int:
    """The width in characters at which a text was hard-wrapped, or 0 if it was not."""
    lengths = [len(line.strip()) for line in source.splitlines()]
    filled = sorted(length for length in lengths if length)
    if len(filled) < 2:
        return 0
    width = filled[int(0.95 * (len(filled) - 1))]
    if not _NARROWEST <= width <= _WIDEST:
        return 0
    if sum(length for length in filled if length > _LONG) > 0.05 * sum(filled):
        return 0
    followed = [one for one, following in pairwise(lengths) if one and following]
    full = sum(1 for length in followed if length > 0.75 * width)
    return width if full and full > 0.25 * len(followed) else 0


def promote_headings(source: str, drafts: list[Draft], *, wrapped: bool) -> None:
    """Makes headings of short lines that stand alone above what they could be the heading of.

    Where the text was wrapped (``wrapped``), lines that hold figures are left alone: they are more
    often cells of a table that lost its columns.
    """
    in_a_row = 0
    for draft, following in reversed(list(pairwise(drafts))):
        if (
            draft.gap is Gap.BLOCK
            and (following.gap is Gap.BLOCK or _is_numbered_in_capitals(source, draft))
            and (_is_substantial(following) or 0 < in_a_row < _MOST_IN_A_ROW)
            and _looks_like_heading(source, draft, wrapped=wrapped)
        ):
            capitals = source[draft.start : draft.end].isupper()
            draft.kind, draft.level = Kind.HEADING, 1 if capitals else 2
            in_a_row += 1
        else:
            in_a_row = 0


def _is_numbered_in_capitals(source: str, draft: Draft) -> bool:
    return bool(draft.marker.text) and source[draft.start : draft.end].isupper()


def _is_substantial(draft: Draft) -> bool:
    return (
        draft.kind in {Kind.ITEM, Kind.ROW}
        or bool(draft.marker.text)
        or draft.end - draft.start > _SUBSTANTIAL
    )


def _looks_like_heading(source: str, draft: Draft, *, wrapped: bool) -> bool:
    if draft.kind is not Kind.PARAGRAPH or draft.literal:
        return False
    if draft.end - draft.start > _LONGEST_HEADING:
        return False
    text = source[draft.start : draft.end]
    if (
        not text[0].isupper()
        or text[-1] in ".,:;!-–"
        or sum(character.isalpha() for character in text) <= 2
        or any(sign in text for sign in ("@", "www.", "://", "|", "\t"))
        or _OPENS_LETTER.match(text)
    ):
        return False
    if text.isupper():
        return True
    if draft.marker.text or (":" in text and not _NAMED_PART.match(text)):
        return False  # a short numbered paragraph, or a name with what belongs to it
    return not (wrapped and any(map(str.isdigit, text)))
