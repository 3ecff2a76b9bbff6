"""What is filled in on a form: its words, and where they stand in their field.

Engines tell the value of a field and its rectangle, but not where each letter is. Both readers of a
page lay the value out by the same plain rule, so that they agree on what stands where.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cambs_evidence.model import Box

#: Characters of one field that are taken in.
LONGEST = 20_000
#: Points from the edge of a field to its text, largest size of that, and heights from line to line.
_EDGE, _LARGEST, _LEADING = 2.0, 12.0, 1.15
#: Widths of letters as shares of their height.
_NARROW, _USUAL, _WIDE = 0.28, 0.5, 0.78
_THIN, _BROAD = frozenset("iljtfI.,;:!|'’‘()[] 1"), frozenset("mwMW—…@%")


def laid(field: Box, value: str, *, several_lines: bool) -> tuple[str, npt.NDArray[np.float32]]:
    """The words of a field and a box for each character, ``(n, 4)`` in user space.

    Args:
        field: its rectangle in user space.
        value: what is filled in.
        several_lines: whether it is a field of several lines.
    """
    x0, y0, x1, y1 = field
    value = value[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").strip()
    room = max(x1 - x0 - 2 * _EDGE, 1.0)
    size = min(_LARGEST, max(0.7 * (y1 - y0), 1.0))
    lines = value.split("\n")
    if several_lines:
        size = min(_LARGEST, max(y1 - y0 - 2 * _EDGE, 1.0) / _LEADING)
        lines = [part for line in lines for part in _wrapped(line, room / size)]
        size = min(size, (y1 - y0) / (_LEADING * max(len(lines), 1)))
    text: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    top = y1 - _EDGE / 2 if several_lines else (y0 + y1 + size) / 2
    for number, line in enumerate(lines):
        if number:
            text.append("\n")
            boxes.append((0.0, 0.0, 0.0, 0.0))
        widths = [_width(letter) for letter in line]
        scale = min(size, room / max(sum(widths), 1e-3))
        at = x0 + _EDGE
        for letter, width in zip(line, widths, strict=True):
            text.append(letter)
            boxes.append((at, top - size, at + width * scale, top))
            at += width * scale
        top -= _LEADING * size
    return "".join(text), np.array(boxes, np.float32).reshape(-1, 4)


def _width(letter: str) -> float:
    return _NARROW if letter in _THIN else _WIDE if letter in _BROAD else _USUAL


def _wrapped(line: str, room: float) -> list[str]:
    """A line in pieces that fit a width, given in heights of its letters."""
    lines: list[str] = []
    current, used = "", 0.0
    for word in line.split(" "):
        width = sum(map(_width, word))
        if current and used + _NARROW + width > room:
            lines.append(current)
            current, used = word, width
        else:
            used += width + (_NARROW if current else 0.0)
            current = f"{current} {word}" if current else word
    return [*lines, current]
