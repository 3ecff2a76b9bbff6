"""What is said of each criterion, before it is weighed: by words of the field, by its group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from cambs_evidence.mapping.features import Same
from cambs_evidence.mapping.taught import Array, Indices
from cambs_evidence.mapping.vocabulary import Topic
from cambs_evidence.model import Framework

#: How much is said by a core word and by another word of the field.
_CORE, _TERM = 4.0, 1.5
#: What one word of a phrase of several is worth, and two together.
_OF_PHRASE, PAIR = 0.15, 1.0
#: How much of what is said of its block and its section is said of a criterion too.
_OF_BLOCK, _OF_SECTION = 0.15, 0.1


class Taggable(NamedTuple):
    """What a passage can be tagged to; ``section`` is its number and title."""

    code: str
    label: str
    statement: str
    section: tuple[int, str]
    block: int


def taggables(framework: Framework) -> list[Taggable]:
    """All that can be tagged, in the order of the framework."""
    found = []
    for section in framework.sections:
        named = (section.number, section.title)
        block_of = {code: place for place, block in enumerate(section.blocks) for code in block}
        found += [
            Taggable(each.code, each.label, each.statement or "", named, block_of[each.code])
            for each in section.criteria
        ]
        if not section.criteria:
            found.append(Taggable(str(section.number), section.title, "", named, 0))
    return found


class Told(NamedTuple):
    """A paragraph of a narrative: the rows of its criteria, the share of each, its features."""

    rows: list[int]
    shares: Array
    names: Indices
    worths: Array


class Said:
    """What is said of each criterion, by row and number of the feature."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[int, float]] = defaultdict(dict)

    def add(self, row: int, name: int, worth: float) -> None:
        said = self.rows[row]
        said[name] = said.get(name, 0.0) + worth


def topic_worths(topic: Topic, same: Same) -> dict[tuple[str, bool], float]:
    """What the words of a topic are worth, by feature and whether it is a single one."""
    both: dict[tuple[str, bool], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for which, (phrases, worth) in enumerate(((topic.core, _CORE), (topic.terms, _TERM))):
        for phrase in phrases:
            features = same.features(phrase)
            alone = sum(each.single for each in features) == 1
            for each in features:
                own = (1.0 if alone else _OF_PHRASE) if each.single else PAIR
                worths = both[each.name, each.single]
                worths[which] = max(worths[which], worth * own)
    return {key: max(worths) + min(worths) / 4 for key, worths in both.items()}


def groups(places: Sequence[Taggable]) -> list[tuple[list[int], float]]:
    """The rows of each block and each section that has several, with what they share."""
    blocks: dict[tuple[int, int], list[int]] = defaultdict(list)
    sections: dict[int, list[int]] = defaultdict(list)
    for row, each in enumerate(places):
        blocks[each.section[0], each.block].append(row)
        sections[each.section[0]].append(row)
    return [
        (rows, share)
        for groups, share in ((blocks.values(), _OF_BLOCK), (sections.values(), _OF_SECTION))
        for rows in groups
        if len(rows) > 1
    ]
