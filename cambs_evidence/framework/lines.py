"""The lines of a document, as a framework is read from them: no furniture, each with its place."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cambs_evidence.documents.layer import NO_TEXT, NONSENSE, PageLayer

#: A running foot that was taken for text is no longer than this.
_LONGEST_FOOT = 60

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_FOOT = re.compile(
    r"(?:page\s+)?(\d{1,4})\s+(?=\D)(.+)|(\D.*?)\s+(?:page\s+)?(\d{1,4})", re.IGNORECASE
)
# Where line ends are lost, a "Summary" stands behind the sentence that was above it.
_SUMMARY_BEHIND = re.compile(r"(?<=[.)!?”:]) (?=Summary(?: and evidence)? ?:)")
_NUMBER = re.compile(r"(?:page\s+)?\d{1,4}(?:\s+of\s+\d{1,4})?", re.IGNORECASE)
# Symbol fonts have their bullets among the private-use characters.
_BULLET = re.compile(r"\s*[\ue000-\uf8ff•▪●■○◦➢➤‣∙·\ufffd]\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page (0-based), ``start`` to ``end`` in its text.

    ``text`` is without a bullet at its beginning, which ``item`` tells of. ``opens`` where a
    paragraph begins, ``apart`` where an empty line stands before it; ``heading`` where the layer
    took it for one.
    """

    text: str
    page: int
    start: int
    end: int
    opens: bool = False
    apart: bool = False
    item: bool = False
    heading: bool = False


def lines_of(pages: Iterable[PageLayer]) -> list[Line]:
    """The lines of what pages say, in reading order, without furniture."""
    lines = [
        line for page in pages if page.quality not in {NO_TEXT, NONSENSE} for line in _of_page(page)
    ]
    feet = _feet(lines)
    return [line for line in _without_addresses(lines) if not _is_foot(line, feet)]


def _of_page(layer: PageLayer) -> Iterator[Line]:
    kinds = {start.offset: start.kind for start in layer.starts}
    first, last = layer.body
    current, apart, at = "paragraph", True, 0
    for raw in layer.text.split("\n"):
        begins = kinds.get(at)
        current = begins or current
        within = (first <= at < last and current != "furniture") or _tells_a_block(raw)
        bare = _BULLET.sub("", raw, count=1) if _BULLET.match(raw) else raw
        start = at + len(raw) - len(bare.lstrip())
        opens = apart or begins is not None
        for text in _SUMMARY_BEHIND.split(bare.strip()) if within else ():
            if text:
                yield Line(
                    text,
                    layer.index,
                    start,
                    start + len(text),
                    opens=opens,
                    apart=apart,
                    item=bare is not raw or current == "item",
                    heading=current == "heading",
                )
            start, opens = start + len(text) + 1, True
        apart = not raw.strip()
        at += len(raw) + 1


def _tells_a_block(raw: str) -> bool:
    """True for a line that comes so often that at the top of a page it passes for furniture."""
    return raw.strip(" :\t").lower() in {"summary", "summary and evidence", "evidence"}


def _without_addresses(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines that hold more than an address, or than the rest of one that was broken."""
    within = False
    for line in lines:
        whole = " " not in line.text
        within = whole and (_ADDRESS.match(line.text) is not None or (within and not line.opens))
        if not within:
            yield line


def _is_foot(line: Line, feet: set[str]) -> bool:
    told = _foot(line.text)
    return told is not None and told[0] in feet


def _foot(text: str) -> tuple[str, int] | None:
    """What a line says beside the number that it begins or ends with, and that number."""
    found = _FOOT.fullmatch(text) if len(text) <= _LONGEST_FOOT else None
    if found is None:
        return None
    before, after, first, last = found.groups()
    return (after, int(before)) if before else (first, int(last))


def _feet(lines: Sequence[Line]) -> set[str]:
    """What stands beside page numbers: the same words, in capitals, with ever higher numbers."""
    seen: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        told = _foot(line.text)
        if told is not None and told[0].isupper():
            seen[told[0]].append(told[1])
    return {
        words
        for words, numbers in seen.items()
        if len(numbers) > 1 and all(a < b for a, b in itertools.pairwise(numbers))
    }


def is_page_number(text: str) -> bool:
    """True for a line that holds nothing but a page number."""
    return _NUMBER.fullmatch(text) is not None
