"""How a text is set: faces and sizes, and lines one below the other."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cambs_evidence.documents.flow import Style, Styled
from cambs_evidence.documents.layer import IntArray
from cambs_evidence.documents.pages import Press
from cambs_evidence.typography import Face, Line, Run, extent

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


def set_lines(
    press: Press, lines: Iterable[Line], text: str, source: IntArray, look: Look, x: float
) -> None:
    """Sets the lines of a text from ``press.y`` down, over as many pages as it takes.

    Args:
        press: where to.
        lines: lines of ``text``.
        text: the text.
        source: for each of its characters the offset in the source, or -1.
        look: how it is set.
        x: left edge of the measure, in points.
    """
    drop = look.drop()
    alone = True
    for line, following in with_following(lines):
        last_that_fits = press.room < 2 * look.leading
        # The last two lines stay together, so that no page begins with the end of a paragraph.
        if press.room < look.leading or (last_that_fits and following == 1 and not alone):
            press.turn()
        alone = False
        press.put(line, text, source, x, press.y - drop)
        press.y -= look.leading


def with_following(lines: Iterable[Line]) -> Iterator[tuple[Line, int]]:
    """Each line with the number of lines that follow it: 0, 1, or 2 for any more."""
    waiting: deque[Line] = deque()
    for line in lines:
        if len(waiting) == 2:
            yield waiting.popleft(), 2
        waiting.append(line)
    while waiting:
        yield waiting.popleft(), len(waiting)
