"""Documents of an invented county, as many pages as are wanted."""

from __future__ import annotations

import random
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

#: Pages of the long document.
LONG = 1000
_LINES, _FONT, _SIZE, _LEADING, _LEFT = 44, "Times-Roman", 11, 15, 64
_CHAPTER, _PART = 25, 5
_WHO = ("The partnership", "Each team", "The board", "A family worker", "The school", "The clinic")
_DID = (
    "reviews", "has agreed", "writes down", "reports on", "asks for", "has not yet finished",
    "shares", "keeps to",
)  # fmt: skip
_WHAT = (
    "the plan of each child", "waiting times in the northern towns", "what parents have said",
    "the visits that were missed", "the training of new staff", "how money was spent",
    "the advice given at the first meeting", "a register of what was decided",
)  # fmt: skip
_WHEN = (
    "every quarter", "within ten working days", "since the spring", "before the winter term",
    "in most of the county", "as the strategy asks", "with one exception", "for the second year",
)  # fmt: skip


def long_document(path: Path, pages: int = LONG) -> Path:
    """A report with a heading and some forty lines on each page, and an outline."""
    chance = random.Random(7)  # noqa: S311 - always the same text
    canvas = Canvas(str(path), pagesize=A4, pageCompression=1)
    canvas.setTitle("Wealdshire annual account")
    for page in range(pages):
        _outline(canvas, page)
        _page(canvas, page, chance)
    canvas.save()
    return path


def short_documents(folder: Path, count: int) -> list[Path]:
    """Letters of three pages, each with other words."""
    made = []
    for number in range(count):
        chance = random.Random(number)  # noqa: S311 - always the same text
        made.append(folder / f"letter-{number:03}.pdf")
        canvas = Canvas(str(made[-1]), pagesize=A4, pageCompression=1)
        canvas.setTitle(f"Letter {number + 1}")
        for page in range(3):
            _page(canvas, page, chance)
        canvas.save()
    return made


def _outline(canvas: Canvas, page: int) -> None:
    for level, every, word in ((0, _CHAPTER, "Chapter"), (1, _PART, "Part")):
        if page % every == 0:
            key = f"{word}{page}"
            canvas.bookmarkPage(key)
            canvas.addOutlineEntry(f"{word} {page // every + 1}", key, level)


def _page(canvas: Canvas, page: int, chance: random.Random) -> None:
    canvas.setFont("Times-Bold", 14)
    canvas.drawString(_LEFT, 780, f"{page + 1}. What was found in Wealdshire")
    canvas.setFont(_FONT, _SIZE)
    text = canvas.beginText(_LEFT, 750)
    text.setLeading(_LEADING)
    for _ in range(_LINES):
        parts = (chance.choice(each) for each in (_WHO, _DID, _WHAT, _WHEN))
        text.textLine(f"{' '.join(parts)}.")
    canvas.drawText(text)
    canvas.showPage()
