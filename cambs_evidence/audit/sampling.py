"""Which links a reviewer looks at: a random few of each section, and all that are marked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cambs_evidence.model import Framework, Link


def sample(
    framework: Framework,
    links: Sequence[Link],
    per_section: int,
    seed: str,
    *,
    marked: bool = True,
) -> list[str]:
    """The ids of the links to look at, in the order given.

    ``per_section`` of each section are chosen by ``seed`` among those that are not chosen anyway:
    with ``marked``, all links of criteria marked (M). The same seed chooses the same of the same
    links on every computer; a link that is added displaces one at most.
    """
    always = {
        criterion.id
        for section in framework.sections
        for criterion in section.criteria
        if marked and criterion.marked
    }
    chosen = {link.id for link in links if link.criterion_id in always}
    others: dict[str, list[str]] = {}
    for link in links:
        if link.id not in chosen:
            others.setdefault(link.section_id, []).append(link.id)
    for ids in others.values():
        chosen.update(sorted(ids, key=lambda each: _lot(seed, each))[: max(per_section, 0)])
    return [link.id for link in links if link.id in chosen]


def _lot(seed: str, link_id: str) -> str:
    return hashlib.sha256(f"{seed}\n{link_id}".encode("utf-8", "surrogatepass")).hexdigest()
