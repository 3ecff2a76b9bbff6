"""What people of the field say of each criterion of the framework that comes with the program."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cambs_evidence import paths
from cambs_evidence.mapping.features import Same


@dataclass(frozen=True, slots=True)
class Topic:
    """What is said of one criterion: ``core`` hardly means anything else, ``terms`` may."""

    label: str
    core: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Topics and words of the field.

    Attributes:
        topics: one for each criterion that is known.
        same: groups of words that mean the same.
        common: by stem, how many of a thousand passages hold it, for the commonest.
        weak: stems of words that weigh, compare or praise.
    """

    topics: tuple[Topic, ...]
    same: Same
    common: dict[str, int]
    weak: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """The words that come with the program."""
    return read(paths.resources() / "vocabulary.toml")


def read(path: Path) -> Vocabulary:
    """Reads topics and words out of a TOML file; words are parted by commas."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    same = Same(_parted(group["words"]) for group in data["same"])
    topics = tuple(
        Topic(each["label"], _parted(each["core"]), _parted(each["terms"]))
        for each in data["topic"]
    )
    common: dict[str, int] = {}
    for often, words in data["common"].items():
        for each in same.features(words):
            if each.single:
                common.setdefault(each.name, int(often))
    weak = frozenset(each.name for each in same.features(data["weak"]["words"]) if each.single)
    return Vocabulary(topics, same, common, weak)


def _parted(words: str) -> tuple[str, ...]:
    return tuple(each for each in re.split(r"\s*,\s*", " ".join(words.split())) if each)
