"""Tables that spreadsheets open: CSV in which no cell is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from cambs_evidence.pack import part as parts

#: What begins a formula or a command in one spreadsheet or another.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def tame(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that could be gets an apostrophe."""
    # Some pass over blanks and invisible signs in front before they look.
    begin = text.lstrip(" \u00a0\u200b\ufeff\x00")
    full_width = begin[:1] in "＝＋－＠" if begin else False
    return f"'{text}" if begin.startswith(_STARTS) or full_width else text


def write(path: Path, rows: Iterable[Sequence[str | int]]) -> None:
    """Writes a table, whole or not at all: UTF-8 with the mark that Excel knows it by.

    Numbers stay numbers. Raises Unwritable.
    """
    with parts.whole(path) as part:
        put(part, rows)


def put(path: Path, rows: Iterable[Sequence[str | int]]) -> None:
    """Writes a table as :func:`write` does, straight away."""
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow([each if isinstance(each, int) else tame(each) for each in row])
