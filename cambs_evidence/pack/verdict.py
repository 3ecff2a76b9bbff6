"""What verifying a pack comes to: sources that are found, requests to witnesses, verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.watched import Asked
from cambs_evidence.model import Document
from cambs_evidence.pack import images
from cambs_evidence.pack.images import Image
from cambs_evidence.pack.likeness import alike, alike_pixels


@dataclass(frozen=True, slots=True)
class Found:
    """A source that was found: its bytes as received, and the PDF its pages are shown by.

    ``recognised`` are the text layers of the pages that were recognised by machine, by 0-based
    number; None where only the file is there. ``document`` is what the case says of it.
    """

    status: str
    data: bytes | None = None
    pages: bytes | None = None
    recognised: Mapping[int, PageLayer] | None = None
    document: Document | None = None


@dataclass(slots=True)
class Task(Asked):
    """One request to a witness; ``items`` are the quotes that it is about, where it is of some."""

    items: Sequence[int] = ()


@dataclass(slots=True)
class Judged:
    """Why quotes are not verified, by their number in the manifest.

    ``printed`` and ``taken`` are their pictures as the pack shows them, and as the source does,
    ``shown`` and ``crops`` their crops.
    """

    reasons: dict[int, str] = field(default_factory=dict)
    unproved: set[int] = field(default_factory=set)
    strangers: list[str] = field(default_factory=list)
    remarks: dict[int, str] = field(default_factory=dict)
    printed: dict[int, bytes] = field(default_factory=dict)
    taken: dict[int, bytes] = field(default_factory=dict)
    shown: dict[int, tuple[Image | None, ...]] = field(default_factory=dict)
    crops: dict[int, tuple[Image, ...]] = field(default_factory=dict)

    def fail(self, item: int, reason: str) -> None:
        """A quote is not verified; of several reasons the first is told."""
        self.reasons.setdefault(item, reason)


def judge_pictures(judged: Judged) -> None:
    """What the pack shows must be what the source shows."""
    for item, taken in judged.taken.items():
        if item not in judged.printed:
            continue  # said already
        if not alike(judged.printed[item], taken):
            judged.fail(item, "the picture that the pack prints is not what its page shows there")
    for item, crops in judged.crops.items():
        for printed, seen in zip(judged.shown.get(item, ()), crops, strict=False):
            if printed is None or not alike_pixels(images.pixels(printed), images.pixels(seen)):
                judged.fail(item, "the crop that the pack shows is not what its page shows there")
