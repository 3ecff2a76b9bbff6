"""Two versions of a framework side by side: what is the same, and what only a person can tell.

Certain is one thing alone: the same wording. Whatever is reworded, however little, split or gone
is asked about, with what is likeliest as a suggestion; criteria may differ in their last word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cambs_evidence.framework import prints, statements
from cambs_evidence.model import (
    Criterion,
    Fate,
    Framework,
    Pairing,
    Proposal,
    ReadCriterion,
)

#: Likeness from which a wording is taken for another's, reworded, if no other is as like.
ALIKE = 60.0
#: What the same code adds where wordings are about as like.
_SAME_CODE = 8.0
#: Likeness of a part to the whole that it was split from, and how much shorter it must be.
_WITHIN, _SHORTER = 85.0, 0.8
#: How much of the whole its parts must make up together.
_MOST_OF_IT = 0.6
#: What is suggested at most.
CHOICES = 5


@dataclass(frozen=True, slots=True)
class Old:
    """A criterion, or a section without criteria (``section_only``), of the present framework."""

    code: str
    id: str
    section_id: str
    key: str | None
    wording: str
    sample: tuple[str, ...] = ()
    section_only: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class New:
    """The same of the other framework."""

    code: str
    key: str | None
    wording: str
    section_only: bool = False
    label: str = ""


@dataclass(slots=True)
class Match:
    """Both, and what belongs together: ``certain`` and ``likely`` are new codes by old ones."""

    old: dict[str, Old]
    new: dict[str, New]
    certain: dict[str, str] = field(default_factory=dict)
    likely: dict[str, tuple[str, float]] = field(default_factory=dict)
    split: dict[str, tuple[str, ...]] = field(default_factory=dict)
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)


def match(framework: Framework, proposal: Proposal, came_with: Framework) -> Match:
    """What belongs together; prints stand for the wording of what ``came_with`` the program."""
    result = Match(
        {each.code: each for each in olds(framework, came_with)},
        {each.code: each for each in _new(proposal)},
    )
    _certain(result)
    rest = [each for code, each in result.old.items() if code not in result.certain]
    taken = set(result.certain.values())
    fresh = [each for code, each in result.new.items() if code not in taken]
    everything = list(result.new.values())
    likeness = _likeness(rest, everything)
    _split(result, rest, fresh)
    _likely(result, likeness, taken)
    for one in rest:
        scores = dict(likeness.get(one.code, ()))
        ranked = sorted(
            everything,
            key=lambda each: (-_score(one, each, scores.get(each.code, 0.0)), each.code),
        )
        likely = [each.code for each in ranked if scores.get(each.code, 0.0) >= ALIKE / 2]
        first = result.likely.get(one.code)
        parts = result.split.get(one.code, ())
        named = [*([first[0]] if first else ()), *parts, *likely]
        result.choices[one.code] = tuple(dict.fromkeys(named))[:CHOICES]
    return result


def olds(framework: Framework, came_with: Framework) -> Iterator[Old]:
    """What a framework has; prints stand for the wording of what ``came_with`` the program."""
    known = {each.code: each.label for section in came_with.sections for each in section.criteria}
    told = prints.bundled()
    for section in framework.sections:
        for each in section.criteria:
            key: str | None = None
            sample: tuple[str, ...] = ()
            if each.statement:
                key, sample = prints.whole(each.statement), prints.sample(each.statement)
            elif framework.version == came_with.version and known.get(each.code) == each.label:
                key, sample = told.get(each.code, (None, ()))
            yield Old(
                each.code, each.id, section.id, key, each.statement or "", sample, False, each.label
            )
        if not section.criteria:
            number = str(section.number)
            key = "section " + statements.folded(section.title)
            yield Old(number, section.id, section.id, key, section.title, (), True, section.title)


def _new(proposal: Proposal) -> Iterator[New]:
    for section in proposal.sections:
        bare = True
        for block in section.blocks:
            for each in block.criteria:
                bare = False
                key = prints.whole(each.statement) if each.statement else None
                yield New(each.code, key, each.statement, False, each.label)
        if bare:
            key = "section " + statements.folded(section.title)
            yield New(str(section.number), key, section.title, True, section.title)


def _certain(result: Match) -> None:
    """The same wording, once in each; where it stands more than once, at the same code."""
    here = Counter(each.key for each in result.old.values())
    there = Counter(each.key for each in result.new.values())
    by_key = {each.key: each.code for each in result.new.values()}
    for code, one in result.old.items():
        if one.key is None or one.key not in by_key:
            continue
        twin = result.new.get(code)
        if twin is not None and twin.key == one.key:
            result.certain[code] = code
        elif here[one.key] == there[one.key] == 1:
            result.certain[code] = by_key[one.key]


def _score(one: Old, each: New, likeness: float) -> float:
    return likeness + (_SAME_CODE if one.code == each.code else 0.0)


def _likeness(rest: Sequence[Old], fresh: Sequence[New]) -> dict[str, list[tuple[str, float]]]:
    """How like the wordings of what is left are, 0 to 100, by old code."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - not needed where all is the same

    words = {each.code: each.wording.casefold() for each in fresh}
    samples = {each.code: prints.sample(each.wording) for each in fresh}
    result: dict[str, list[tuple[str, float]]] = {}
    for one in rest:
        said = one.wording.casefold()
        for each in fresh:
            if one.section_only != each.section_only:
                likeness = 0.0
            elif said:
                likeness = fuzz.ratio(said, words[each.code])
            elif one.sample:
                likeness = prints.likeness(one.sample, samples[each.code])
            else:  # nothing but a label is known of it
                likeness = fuzz.token_set_ratio(one.label.casefold(), words[each.code])
                likeness = max(likeness, ALIKE) if one.code == each.code else likeness
            result.setdefault(one.code, []).append((each.code, likeness))
    return result


def _split(result: Match, rest: Sequence[Old], fresh: Sequence[New]) -> None:
    from rapidfuzz import fuzz  # noqa: PLC0415

    taken: set[str] = set()
    for one in rest:
        said = one.wording.casefold()
        if not said or one.section_only:
            continue
        parts = [
            each
            for each in fresh
            if not each.section_only
            and each.code not in taken
            and 0 < len(each.wording) < _SHORTER * len(said)
            and fuzz.partial_ratio(each.wording.casefold(), said) >= _WITHIN
        ]
        if len(parts) > 1 and sum(len(each.wording) for each in parts) >= _MOST_OF_IT * len(said):
            result.split[one.code] = tuple(each.code for each in parts)
            taken.update(result.split[one.code])


def _likely(
    result: Match, likeness: Mapping[str, Sequence[tuple[str, float]]], certain: Collection[str]
) -> None:
    """Pairs of what is left, the likest first, each at most once."""
    taken = {code for parts in result.split.values() for code in parts} | set(certain)
    scored = sorted(
        (
            (-_score(result.old[old], result.new[new], like), old, new, like)
            for old, found in likeness.items()
            if old not in result.split
            for new, like in found
            if like >= ALIKE and new not in taken
        ),
    )
    for _, old, new, like in scored:
        if old not in result.likely and new not in taken:
            result.likely[old] = (new, like)
            taken.add(new)


# --- put into words -----------------------------------------------------------------------------


def pairings(found: Match, framework: Framework, proposal: Proposal) -> tuple[Pairing, ...]:
    """What becomes of each criterion: in the order of the new tree, what is gone at the end."""
    remarks = _remarks(found, framework, proposal)
    source = {new: old for old, new in found.certain.items()}
    source |= {new: old for old, (new, _) in found.likely.items()}
    part_of = {new: old for old, parts in found.split.items() for new in parts}
    result = []
    for code in found.new:
        old = source.get(code)
        if old is None:
            fate = Fate.SPLIT if code in part_of else Fate.NEW
            if fate is Fate.NEW:
                result.append(Pairing(fate, None, code))
            elif found.split[part_of[code]][0] == code:
                parts = found.split[part_of[code]]
                result.append(Pairing(fate, part_of[code], code, parts=parts))
            continue
        if old in found.certain:
            fate, like = (Fate.UNCHANGED if old == code else Fate.MOVED), 100.0
        else:
            fate, like = Fate.REWORDED, found.likely[old][1]
        result.append(Pairing(fate, old, code, like, remark=remarks.get(code, "")))
    kept = {*found.certain, *found.likely, *found.split}
    result += [Pairing(Fate.GONE, code, None) for code in found.old if code not in kept]
    return tuple(result)


def _remarks(found: Match, framework: Framework, proposal: Proposal) -> dict[str, str]:
    """What else is other of the criteria that go on, by their new code."""
    old: dict[str, Criterion] = {c.code: c for s in framework.sections for c in s.criteria}
    new: dict[str, ReadCriterion] = {
        c.code: c for s in proposal.sections for b in s.blocks for c in b.criteria
    }
    goes = found.certain | {code: each for code, (each, _) in found.likely.items()}
    result = {}
    for before, after in goes.items():
        if before in old and after in new and old[before].marked != new[after].marked:
            result[after] = "now marked (M)" if new[after].marked else "no longer marked (M)"
    return result
