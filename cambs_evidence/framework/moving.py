"""Which identity each part of another framework has, and where what hangs on the old one goes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cambs_evidence.errors import Unknown
from cambs_evidence.framework import bundled, prints
from cambs_evidence.framework.comparing import Match, Old
from cambs_evidence.model import (
    Criterion,
    Fate,
    Framework,
    Held,
    Pairing,
    Proposal,
    Question,
    ReadSection,
    Section,
)

_NUMBERED = re.compile(r"(.*) \((\d+)\)")


@dataclass(frozen=True, slots=True)
class Plan:
    """The tree a case moves to, and for each old code the new one that it goes to.

    ``goes`` holds what is certain or was answered, ``likely`` what is no more than likely.
    """

    framework: Framework
    goes: Mapping[str, str]
    likely: Mapping[str, str]

    def home(self, old: str) -> str | None:
        """The new code of an old one, be it likely alone, or None."""
        return self.goes.get(old, self.likely.get(old))


def planned(
    found: Match, framework: Framework, proposal: Proposal, answers: Mapping[str, str], version: str
) -> Plan:
    """The plan by what is certain and by some answers, new codes by old ones. Raises Unknown."""
    for old, new in answers.items():
        _checked(old, found.old, "the framework of the case")
        _checked(new, found.new, proposal.filename or "the new framework")
    goes = found.certain | dict(answers)
    likely = {old: new for old, (new, _) in found.likely.items() if old not in goes}
    keeps = _keeps(found, goes, likely)
    sections = _sections(found, framework, proposal, keeps, goes, version)
    taken = {each.id for each in found.old.values()}
    tree = []
    for section in proposal.sections:
        criteria = []
        for block in section.blocks:
            for each in block.criteria:
                kept = keeps.get(each.code)
                before = _criterion(framework, kept.id) if kept is not None else None
                criteria.append(
                    Criterion(
                        before.id
                        if before is not None
                        else fresh(version, each.code, each.statement, taken),
                        each.code,
                        each.label,
                        each.marked,
                        each.statement or None,
                        before.not_applicable if before is not None else None,
                    )
                )
        tree.append(
            Section(
                sections[section.number],
                section.number,
                section.title,
                tuple(criteria),
                tuple(tuple(each.code for each in block.criteria) for block in section.blocks),
            )
        )
    return Plan(Framework(proposal.name, version, tuple(tree)), goes, likely)


def _checked(code: str, known: Collection[str], where: str) -> None:
    if code not in known:
        raise Unknown(
            f"There is no criterion {code!r} in {where}; a code is written 12.4, or 18 for a "
            "section without criteria.",
            code="unknown-criterion",
        )


def _keeps(found: Match, goes: Mapping[str, str], likely: Mapping[str, str]) -> dict[str, Old]:
    """The old criterion whose identity a new one has, by new code; each at most once."""
    result: dict[str, Old] = {}
    used: set[str] = set()
    certain = {old: new for old, new in found.certain.items() if goes.get(old) == new}
    first = {old: new for old, new in goes.items() if found.likely.get(old, ("",))[0] == new}
    for some in (certain, likely, first, goes):
        for old, new in some.items():
            one = found.old[old]
            plain = not one.section_only and not found.new[new].section_only
            if plain and new not in result and old not in used:
                result[new] = one
                used.add(old)
    return result


def _sections(
    found: Match,
    framework: Framework,
    proposal: Proposal,
    keeps: Mapping[str, Old],
    goes: Mapping[str, str],
    version: str,
) -> dict[int, str]:
    """The identity of each new section by its number: that of the old one it goes on with."""
    votes: Counter[tuple[int, str]] = Counter()
    for section in proposal.sections:
        for block in section.blocks:
            for each in block.criteria:
                if each.code in keeps:
                    votes[section.number, keeps[each.code].section_id] += 2
        for old in framework.sections:
            same = old.title.casefold() == section.title.casefold()
            alike = old.number == section.number and bool(old.criteria) == _has_criteria(section)
            votes[section.number, old.id] += 100 * same + alike
    for code, one in found.old.items():
        if one.section_only and goes.get(code, "").isdecimal():
            votes[int(goes[code]), one.section_id] += 1000
    result: dict[int, str] = {}
    for (number, old_id), count in sorted(votes.items(), key=lambda each: (-each[1], each[0])):
        if count > 0 and number not in result and old_id not in result.values():
            result[number] = old_id
    taken = {each.id for each in framework.sections}
    for section in proposal.sections:
        if section.number not in result:
            result[section.number] = fresh(version, str(section.number), section.title, taken)
    return result


def _has_criteria(section: ReadSection) -> bool:
    return any(block.criteria for block in section.blocks)


def _criterion(framework: Framework, criterion_id: str) -> Criterion:
    return next(c for s in framework.sections for c in s.criteria if c.id == criterion_id)


def fresh(version: str, code: str, wording: str, taken: Collection[str] = ()) -> str:
    """The identity of a criterion or section that is new: the same in each case that takes it."""
    plain = bundled.identity(version, code)
    return (
        plain
        if plain not in taken
        else bundled.identity(version, f"{code}/{prints.whole(wording)}")
    )


def tree(proposal: Proposal) -> Framework:
    """A proposal as the framework of a case that begins with it."""
    sections = []
    for each in proposal.sections:
        criteria = tuple(
            Criterion(
                bundled.identity(proposal.version, one.code),
                one.code,
                one.label,
                one.marked,
                one.statement or None,
            )
            for block in each.blocks
            for one in block.criteria
        )
        blocks = tuple(tuple(one.code for one in block.criteria) for block in each.blocks)
        identity = bundled.identity(proposal.version, str(each.number))
        sections.append(Section(identity, each.number, each.title, criteria, blocks))
    return Framework(proposal.name, proposal.version, tuple(sections))


def named(framework: Framework, proposal: Proposal, pairings: Collection[Pairing]) -> str:
    """What the other version is called: its own name, numbered where the case's has the same."""
    differs = any(each.fate is not Fate.UNCHANGED or each.remark for each in pairings)
    differs = differs or _outline(framework) != _outline(tree(proposal))
    base = proposal.version
    found = _NUMBERED.fullmatch(framework.version)
    now, number = (found.group(1), int(found.group(2))) if found else (framework.version, 1)
    if base in {framework.version, now}:
        return f"{now} ({number + 1})" if differs else framework.version
    return base


def _outline(framework: Framework) -> list[tuple[int, str, tuple[tuple[str, ...], ...]]]:
    return [(each.number, each.title, each.blocks) for each in framework.sections]


# --- questions ----------------------------------------------------------------------------------


def questions(
    found: Match, held: Mapping[str, Held], answers: Mapping[str, str]
) -> tuple[Question, ...]:
    """What only a person can say, in the order of the old tree."""
    result = []
    for code in found.old:
        has = held.get(code, Held())
        if code in found.certain or code in answers or not has:
            continue
        choices = found.choices.get(code, ())
        likely = found.likely.get(code)
        if likely is None and code not in found.split and has == Held(excluded=True):
            continue  # what does not apply and is gone holds nothing
        suggested = likely[0] if likely else next(iter(found.split.get(code, ())), None)
        result.append(Question(code, has, _because(found, code), suggested, choices))
    return tuple(result)


def _because(found: Match, code: str) -> str:
    if code in found.split:
        return f"{code} was split into {_listed(found.split[code])}."
    if code in found.likely:
        new, likeness = found.likely[code]
        if found.old[code].section_only:
            return f"Section {code} has another title."
        if not found.old[code].wording and not found.old[code].sample:
            return f"The wording of {code} was not known so far."
        moved = "" if new == code else f" and is {new} now"
        return f"{code} was reworded{moved}; {likeness:.0f} % of its wording is the same."
    return f"{code} is not in the new framework."


def _listed(codes: tuple[str, ...]) -> str:
    return f"{', '.join(codes[:-1])} and {codes[-1]}"
