"""What a witness is asked of a quote, and what it says."""

from __future__ import annotations

from typing import NamedTuple

from cambs_evidence.model import Box


class Quote(NamedTuple):
    """What is to be found again: its number, words, spans, context, place in the source.

    Of what was ``recognised`` by machine no reader finds the words: only its picture is taken.
    """

    item: int
    quote: str
    spans: tuple[tuple[int, int, int, tuple[Box, ...]], ...]
    prefix: str
    suffix: str
    source: tuple[int, int] | None
    paragraph: str | None
    label: str | None
    part: Box | None = None
    pictured: bool = False
    recognised: bool = False


class Seen(NamedTuple):
    """What a witness says: found in its place or not, and why not; its picture as a PNG."""

    item: int
    found: bool
    reason: str
    picture: bytes = b""
