"""What the pack is made of, handed over by the door: records and a few questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.model import (
    Action,
    CaseFacts,
    Coverage,
    Document,
    Framework,
    Judgement,
    Link,
    PageShape,
)
from cambs_evidence.pack.contents import Said


@dataclass(frozen=True, slots=True)
class Material:
    """All that a pack is built from.

    Attributes:
        labels: printed page labels by document id and 0-based page.
        layers: the text layers of some pages (0-based) of a document.
        faces: how some pages (0-based) of a document are shown, and their texts.
        page_bytes: the PDF that shows a document's pages.
        picture: the PNG with a SHA-256, empty where the case does not hold it.
        logged: tells of a hash whether an entry of the case's log has it.
    """

    facts: CaseFacts
    framework: Framework
    links: tuple[Link, ...]
    documents: tuple[Document, ...]
    coverage: Coverage
    labels: dict[tuple[str, int], str | None]
    log_head: str
    layers: Callable[[Document, Sequence[int]], dict[int, PageLayer]]
    faces: Callable[[Document, Sequence[int]], dict[int, tuple[PageShape, str]]]
    page_bytes: Callable[[Document], bytes]
    picture: Callable[[str], bytes]
    logged: Callable[[str], bool]
    judgements: tuple[Judgement, ...] = ()
    actions: tuple[Action, ...] = ()
    said: Said = field(default_factory=Said)
