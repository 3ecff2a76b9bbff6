"""How a text is set: faces and sizes, and lines one below the other."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cambs_evidence.documents.flow import Note, Style, Styled
from cambs_evidence.documents.layer import IntArray
from cambs_evidence.documents.pages import MEASURE, Press, SmallLine
from cambs_evidence.typography import Face, Line, Run, extent, iterate_lines

#: Superior and inferior figures: share of the size, rise in em.
_SMALL, _SUPERIOR, _INFERIOR = 0.65, 0.35, -0.15


@dataclass(frozen=True, slots=True)
class Look:
    """How a block is set, in points: upright face, size and distance of baselines."""

    face: Face
    size: float
    leading: float

    def drop(self) -> float:
        """From the top of a line to its baseline."""
        ascent, descent = extent(self.face, self.size)
        return (self.leading - ascent + descent) / 2 + ascent


TEXT = Look(Face.TEXT, 10.5, 15.0)
NOTE = Look(Face.TEXT, 8.5, 11.5)
RUNNING = Look(Face.HEADING, 8.0, 10.5)


#: A space behind a hyphen; a line that ended there would look like one word divided.
_BEHIND_HYPHEN = re.compile(r"(?<=\w[-‐]) (?=\w)")


def runs_of(text: Styled, look: Look) -> list[Run]:
    """The text in runs of one style each, as long as the text."""
    shown = text.text
    if "- " in shown or "‐ " in shown:
        shown = _BEHIND_HYPHEN.sub("\xa0", shown)
    runs, at = [], 0
    for start, end, style in text.spans:
        if at < start:
            runs.append(Run(shown[at:start], look.face, look.size))
        runs.append(_styled_run(shown[start:end], style, look))
        at = end
    if at < len(shown):
        runs.append(Run(shown[at:], look.face, look.size))
    return runs


def _styled_run(text: str, style: Style, look: Look) -> Run:
    face = look.face
    if face is Face.TEXT and style & Style.BOLD:
        face = Face.TEXT_BOLD
    elif face is Face.TEXT and style & Style.ITALIC:
        face = Face.TEXT_ITALIC
    size, rise = look.size, 0.0
    if style & (Style.SUPERIOR | Style.INFERIOR):
        rise = (_SUPERIOR if style & Style.SUPERIOR else _INFERIOR) * size
        size *= _SMALL
    return Run(text, face, size, bool(style & Style.UNDERLINE), rise)


def small_lines(texts: Iterable[Styled], look: Look) -> list[SmallLine]:
    """The lines of notes, or of what runs on each page."""
    drop = look.drop()
    found = []
    for text in texts:
        source = text.source()
        for line in iterate_lines(runs_of(text, look), MEASURE, at_spaces_only=True):
            first = line.start == 0
            found.append(SmallLine(line, text.text, source, look.leading, drop, first))
    return found


def notes_on(notes: Sequence[Note], line: Line) -> list[SmallLine]:
    """The lines of the notes whose marks stand on a line of the text that refers to them."""
    return small_lines([note.text for note in notes if line.start < note.at <= line.end], NOTE)


def set_lines(
    press: Press,
    lines: Iterable[Line],
    text: str,
    source: IntArray,
    look: Look,
    x: float,
    notes: Sequence[Note] = (),
) -> None:
    """Sets the lines of a text from ``press.y`` down, over as many pages as it takes.

    Args:
        press: where to.
        lines: lines of ``text``.
        text: the text.
        source: for each of its characters the offset in the source, or -1.
        look: how it is set.
        x: left edge of the measure, in points.
        notes: the notes that the text refers to.
    """
    drop = look.drop()
    alone = True
    for line, following in with_following(lines):
        small = notes_on(notes, line) if notes else []
        needed = look.leading + press.room_for(small)
        last_that_fits = press.room < needed + look.leading
        # The last two lines stay together, so that no page begins with the end of a paragraph.
        if press.room < needed or (last_that_fits and following == 1 and not alone):
            press.turn()
        alone = False
        press.put(line, text, source, x, press.y - drop)
        press.y -= look.leading
        press.annotate(small)


def with_following(lines: Iterable[Line]) -> Iterator[tuple[Line, int]]:
    """Each line with the number of lines that follow it: 0, 1, or 2 for any more."""
    waiting: deque[Line] = deque()
    for line in lines:
        if len(waiting) == 2:
            yield waiting.popleft(), 2
        waiting.append(line)
    while waiting:
        yield waiting.popleft(), len(waiting)
