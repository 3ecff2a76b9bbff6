"""Shapes and fillings that tell polarity and state on paper, with colours or without.

All are operators of a content stream, in points of the page. The window has the same shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from cambs_evidence.model import Box, Polarity, State
from cambs_evidence.pack.sheet import DEEP, INK, LINE, SOFT, Colour
from cambs_evidence.pack.words import SIGNS

INKS = {polarity: ink for polarity, (_, _, ink, _) in SIGNS.items()}
#: Quotes from which a cell is darker, and how much of the ink is laid over white then.
HEAT = ((1, 0.06), (2, 0.11), (4, 0.17), (8, 0.24), (16, 0.31))
#: Points between two lines of a hatching.
_GAP = 3.2
WHITE: Colour = (1.0, 1.0, 1.0)


@lru_cache(maxsize=1024)
def paint(colour: Colour, *, stroke: bool = False) -> str:
    """The operator that sets a colour."""
    return f"{' '.join(f'{value:.3g}' for value in colour)} {'RG' if stroke else 'rg'}"


def heat(quotes: int) -> Colour:
    """The ground of a cell with so many quotes."""
    share = max((share for least, share in HEAT if quotes >= least), default=0.0)
    red, green, blue = (1 + (each - 1) * share for each in DEEP)
    return red, green, blue


def filled(box: Box, colour: Colour) -> str:
    """A filled rectangle."""
    x0, y0, x1, y1 = box
    return f"{paint(colour)} {x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f"


def framed(box: Box, colour: Colour, width: float = 0.6) -> str:
    """The outline of a rectangle."""
    x0, y0, x1, y1 = box
    return (
        f"{paint(colour, stroke=True)} {width:g} w "
        f"{x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re S"
    )


def ruled(
    lines: Iterable[tuple[float, float, float, float]],
    colour: Colour,
    width: float = 0.4,
    dash: str = "[] 0 d",
) -> str:
    """Straight lines, all at one go."""
    paths = " ".join(f"{x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l" for x0, y0, x1, y1 in lines)
    return f"{paint(colour, stroke=True)} {width:g} w {dash} {paths} S" if paths else ""


def sign(polarity: Polarity, x: float, y: float, size: float) -> str:
    """▲ for strength, ▼ for development, ◆ for neutral; ``x`` and ``y`` are its lower left."""
    half, right, top = x + size / 2, x + size, y + size
    if polarity is Polarity.STRENGTH:
        corners = [(x, y), (right, y), (half, top)]
    elif polarity is Polarity.DEVELOPMENT:
        corners = [(x, top), (right, top), (half, y)]
    else:
        middle = y + size / 2
        corners = [(half, y), (right, middle), (half, top), (x, middle)]
    first, *rest = (f"{a:.2f} {b:.2f}" for a, b in corners)
    return f"{paint(INKS[polarity])} {first} m {' '.join(f'{each} l' for each in rest)} h f"


def hatched(box: Box, colour: Colour, *, gap: float = _GAP, falling: bool = False) -> str:
    """A rectangle hatched aslant: rising to the right, or falling."""
    x0, y0, x1, y1 = box
    tall = y1 - y0
    paths = []
    x = x0 - tall + gap / 2
    while x < x1:
        # Programs that take pages apart to edit them draw a line in full, whatever cuts it off.
        begin, end = max(x, x0), min(x + tall, x1)
        low, high = y0 + begin - x, y0 + end - x
        ends = (begin, y0 + y1 - low, end, y0 + y1 - high) if falling else (begin, low, end, high)
        paths.append("{:.2f} {:.2f} m {:.2f} {:.2f} l".format(*ends))
        x += gap
    clip = f"{x0:.2f} {y0:.2f} {x1 - x0:.2f} {tall:.2f} re W n"
    lines = f"{paint(colour, stroke=True)} 0.5 w [] 0 d {' '.join(paths)} S"
    return f"q {clip} {lines} Q"


def dotted(box: Box, colour: Colour) -> str:
    """A rectangle filled with dots."""
    x0, y0, x1, y1 = box
    rows = max(round((y1 - y0) / 2.6), 1)
    step = (y1 - y0) / rows
    lines = ((x0, y0 + step * (row + 0.5), x1, y0 + step * (row + 0.5)) for row in range(rows))
    clip = f"{x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re W n"
    return f"q {clip} {ruled(lines, colour, 0.9, '[0.9 1.7] 0 d')} Q"


def of_polarity(polarity: Polarity, box: Box) -> str:
    """The filling of a polarity: solid, hatched, dotted."""
    ink = INKS[polarity]
    if polarity is Polarity.STRENGTH:
        return filled(box, ink)
    make = hatched(box, ink, falling=True) if polarity is Polarity.DEVELOPMENT else dotted(box, ink)
    return f"{make} {framed(box, ink)}"


def of_state(state: State, box: Box) -> str:
    """The filling of a state: solid where it is covered, hatched where there is no evidence."""
    x0, y0, x1, y1 = box
    if state is State.COVERED:
        return filled(box, DEEP)
    if state is State.THIN:
        return f"{filled((x0, y0, x1, (y0 + y1) / 2), DEEP)} {framed(box, DEEP)}"
    if state is State.OLD:
        return f"{dotted(box, INK)} {framed(box, INK)}"
    if state is State.NONE:
        return f"{hatched(box, SOFT)} {framed(box, INK)}"
    return framed(box, LINE)


def steps(filled_ones: int, of: int, x: float, y: float, size: float = 6.0) -> Iterator[str]:
    """A grade as steps, so many of them filled."""
    for number in range(of):
        left = x + number * (size + 1.6)
        box = (left, y, left + size, y + size)
        yield filled(box, DEEP) if number < filled_ones else framed(box, SOFT, 0.7)
