"""The words of office documents as their own XML has them, to hold a rendition against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cambs_evidence.documents import docx, plain
from cambs_evidence.documents.containers import DOCX, ODP, ODT, PPTX
from cambs_evidence.documents.package import Package
from cambs_evidence.documents.wordml import local

_SLIDE = re.compile(r"ppt/slides/slide(\d{1,5})\.xml")
_UNSEEN = frozenset({
    "tracked-changes", "annotation", "notes", "settings", "forms", "title", "desc",
})  # fmt: skip
_SIGNS = {"s": " ", "tab": "\t", "line-break": "\n"}


def texts(data: bytes, media_type: str) -> list[str] | None:
    """What a document prints: its text, and what stands beside it.

    None for kinds whose words are not told from what is shown of them, such as sheets of figures.
    Raises DocumentRefused for a damaged file.
    """
    if media_type == DOCX.media_type:
        _, flow = docx.read(data)
        return [plain.flowing(flow)[0], plain.aside(flow)[0]]
    if media_type in {ODT.media_type, ODP.media_type}:
        package = Package(data)
        parts = [name for name in ("content.xml", "styles.xml") if name in package]
        return ["\n".join(_lines(package.xml(name))) for name in parts]
    if media_type == PPTX.media_type:
        package = Package(data)
        found = {int(match[1]): name for name in package.names if (match := _SLIDE.match(name))}
        return ["\n".join(_lines(package.xml(found[number]))) for number in sorted(found)]
    return None


def _lines(root: Any) -> Iterator[str]:
    """The paragraphs within an element, each whole, whatever frames and notes it holds."""
    for each in root.iter():
        if local(each) in {"p", "h"} and not _is_unseen(each):
            yield "".join(_shown(each))


def _is_unseen(element: Any) -> bool:
    return any(local(above) in _UNSEEN for above in element.iterancestors())


def _shown(paragraph: Any) -> Iterator[str]:
    """What a paragraph prints itself: that of paragraphs within it comes with those."""
    yield paragraph.text or ""
    stack = [iter(paragraph)]
    open_elements: list[Any] = []
    while stack:
        each = next(stack[-1], None)
        if each is None:
            stack.pop()
            if open_elements:
                yield open_elements.pop().tail or ""
            continue
        name = local(each)
        if name in {"p", "h"} or name in _UNSEEN:
            yield each.tail or ""
            continue
        yield _SIGNS.get(name, "\n" if name == "br" else "")
        yield each.text or ""
        open_elements.append(each)
        stack.append(iter(each))
