"""PDFs that the tests of this room typeset themselves, and layers made without a PDF."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from cambs_evidence import paths
from cambs_evidence.documents import pdf
from cambs_evidence.documents.layer import PageLayer, Start, separators

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT / ".." / "shared"
REPORTS = SHARED / "samples" / "reports"
WIDTH, HEIGHT = A4

Painter = Callable[[Canvas], object]

#: Words that sentences are made of; none of them is part of another.
WORDS = tuple(
    word
    for line in (
        "the county sends trained visitors every autumn because foster carers asked whether young",
        "people could choose their own review dates while managers recorded what changed after",
        "each meeting and nobody had measured how long families wait before support begins",
        "although three teams share one telephone number which makes progress hard to follow",
        "between school holidays",
    )
    for word in line.split()
)


def painted(*pages: Painter, size: tuple[float, float] = A4) -> bytes:
    """A PDF with one page for each painter."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size, invariant=1)
    for paint in pages:
        canvas.setFont("Helvetica", 10)
        paint(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def altered(data: bytes, change: Callable[[pikepdf.Page], None]) -> bytes:
    """The same PDF with each of its page objects changed."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        for page in document.pages:
            change(page)
        document.save(out, deterministic_id=True)
    return out.getvalue()


def layers(data: bytes) -> list[PageLayer]:
    return list(pdf.layers(data))


def wide_face() -> str:
    """The name of a face with ligatures, Greek, Cyrillic and Hebrew, known to reportlab."""
    if "Wide" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Wide", str(paths.fonts() / "DejaVuSans.ttf")))
    return "Wide"


def sentence(chance: random.Random, words: int = 14) -> str:
    """A sentence of the given number of words; like print, it begins large and ends in a stop."""
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def sentences(seed: int, count: int, words: int = 14) -> list[str]:
    chance = random.Random(seed)
    return [sentence(chance, words) for _ in range(count)]


def broken(text: str, width: int) -> list[str]:
    """Text in lines of at most so many characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def column(
    canvas: Canvas, lines: Sequence[str], x: float, y: float, leading: float = 13.0
) -> float:
    """Draws lines one below the other; gives where the next would stand."""
    for line in lines:
        canvas.drawString(x, y, line)
        y -= leading
    return y


def words_of(text: str) -> list[str]:
    return text.split()


def inked(layer: PageLayer) -> Iterator[int]:
    """Indices of the characters that stand on the page."""
    return (item for item, letter in enumerate(layer.text) if not letter.isspace())


def flat_layer(
    body: str, *, index: int = 0, header: str = "", notes: str = "", footer: str = ""
) -> PageLayer:
    """A page whose text is known: every character six points wide, lines twelve points apart."""
    zones = [header, body, notes, footer]
    text, edges = "", []
    for zone in zones:
        if text and zone:
            text += "\n\n"
        edges.append(len(text))
        text += zone
    boxes = np.full((len(text), 4), np.nan, np.float32)
    x, y = 72.0, 770.0
    for item, letter in enumerate(text):
        if letter == "\n":
            x, y = 72.0, y - 12
            continue
        boxes[item] = (x, y, x + 6, y + 10)
        x += 6
    boxes[separators(text)] = np.nan
    starts = [0] if text else []
    at = text.find("\n\n")
    while at >= 0:
        starts.append(at + 2)
        at = text.find("\n\n", at + 2)
    return PageLayer(
        index=index,
        media=(0.0, 0.0, WIDTH, HEIGHT),
        rotation=0,
        text=text,
        boxes=boxes,
        body=(edges[1], edges[2] if notes else edges[3] if footer else len(text)),
        notes=(edges[2] if notes else edges[3], edges[3] if footer else len(text)),
        starts=tuple(Start(offset, "paragraph") for offset in starts),
        label=None,
    )
