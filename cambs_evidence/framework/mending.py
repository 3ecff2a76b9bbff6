"""Mending by hand what was read: each line can be other, and what cannot be taken is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from cambs_evidence.errors import WordsOff
from cambs_evidence.framework import statements
from cambs_evidence.model import Doubt, Proposal, ReadBlock, ReadCriterion, ReadSection

_CODE = re.compile(r"(\d{1,3})\.(\d{1,3})")
#: Sections are numbered up to here.
_MOST = 999


def checked(proposal: Proposal) -> Proposal:
    """The proposal, sections in order; raises WordsOff for one that no case can stand on."""
    if not proposal.version.strip():
        raise WordsOff("The framework needs a version, such as the year it is for.")
    if not proposal.name.strip():
        raise WordsOff("The framework needs a name.")
    if not proposal.sections:
        raise WordsOff("The framework has no section; add one.")
    numbers: set[int] = set()
    codes: set[str] = set()
    for section in proposal.sections:
        if not 1 <= section.number <= _MOST or section.number in numbers:
            raise WordsOff(f"Section {section.number} stands twice or cannot be; number it anew.")
        numbers.add(section.number)
        if not section.title.strip():
            raise WordsOff(f"Section {section.number} has no title; write it.")
        for block in section.blocks:
            for each in block.criteria:
                _check(each, section.number, codes)
                codes.add(each.code)
    return replace(
        proposal,
        name=proposal.name.strip(),
        version=proposal.version.strip(),
        sections=tuple(
            replace(each, title=each.title.strip(), blocks=_blocks(each.blocks))
            for each in sorted(proposal.sections, key=lambda each: each.number)
        ),
    )


def _check(criterion: ReadCriterion, number: int, codes: set[str]) -> None:
    found = _CODE.fullmatch(criterion.code)
    if found is None or int(found.group(1)) != number:
        raise WordsOff(
            f"{criterion.code!r} is no code of section {number}; write one such as {number}.1."
        )
    if criterion.code in codes:
        raise WordsOff(f"{criterion.code} stands twice; give one of them another code.")
    if not criterion.statement.strip() and not criterion.label.strip():
        raise WordsOff(f"{criterion.code} has no wording; write it, or take the criterion away.")


def _blocks(blocks: tuple[ReadBlock, ...]) -> tuple[ReadBlock, ...]:
    """Blocks without empty ones, save where nothing else is."""
    kept = tuple(
        replace(block, criteria=tuple(map(_tidied, block.criteria)))
        for block in blocks
        if block.criteria
    )
    said = "\n\n".join(each.narrative for each in blocks if each.narrative)
    return kept or (ReadBlock((), said),)


def _tidied(each: ReadCriterion) -> ReadCriterion:
    statement = " ".join(each.statement.split())
    label = each.label.strip() or statements.label(statement)
    return replace(each, statement=statement, label=label)


# --- one thing after the other ------------------------------------------------------------------


def named(proposal: Proposal, *, name: str | None = None, version: str | None = None) -> Proposal:
    """The proposal under another name or version."""
    return replace(
        proposal,
        name=proposal.name if name is None else name,
        version=proposal.version if version is None else version,
    )


def titled(proposal: Proposal, number: int, title: str) -> Proposal:
    """The proposal with another title for a section; what was doubtful of it is settled."""
    told = _settled(proposal, str(number))
    return replace(told, sections=tuple(
        replace(each, title=title) if each.number == number else each for each in told.sections
    ))  # fmt: skip


def reworded(proposal: Proposal, code: str, statement: str) -> Proposal:
    """The proposal with another wording of a criterion.

    A label that was made of the wording goes with it.
    """

    def change(each: ReadCriterion) -> ReadCriterion:
        own = each.label == statements.label(each.statement)
        label = statements.label(statement) if own else each.label
        return replace(each, statement=statement, label=label)

    return _with(_settled(proposal, code), code, change)


def labelled(proposal: Proposal, code: str, label: str) -> Proposal:
    """The proposal with another short label of a criterion."""
    return _with(proposal, code, lambda each: replace(each, label=label))


def marked(proposal: Proposal, code: str, on: bool) -> Proposal:
    """The proposal with a criterion marked, or not."""
    return _with(_settled(proposal, code), code, lambda each: replace(each, marked=on))


def recoded(proposal: Proposal, code: str, other: str) -> Proposal:
    """The proposal with another code of a criterion, in the place where it stands."""
    return _with(_settled(proposal, code), code, lambda each: replace(each, code=other))


def split_block(proposal: Proposal, code: str) -> Proposal:
    """The proposal with a block that begins at a criterion.

    What was said below both stays with the second, where the summary stood.
    """
    return _blocks_of(proposal, code, _split_at)


def join_block(proposal: Proposal, code: str) -> Proposal:
    """The proposal with the block of a criterion joined to the one before it."""
    return _blocks_of(proposal, code, _joined_at)


def removed(proposal: Proposal, code: str) -> Proposal:
    """The proposal without a criterion, or without a section, named by its number."""
    if code.isdecimal():
        rest = tuple(each for each in proposal.sections if str(each.number) != code)
        gone = [each for each in proposal.sections if str(each.number) == code]
        within = {one.code for s in gone for block in s.blocks for one in block.criteria}
        return replace(
            proposal,
            sections=rest,
            doubts=tuple(each for each in proposal.doubts if each.code not in {code, *within}),
        )

    def without(blocks: tuple[ReadBlock, ...], code: str) -> tuple[ReadBlock, ...]:
        some = tuple(
            replace(block, criteria=tuple(each for each in block.criteria if each.code != code))
            for block in blocks
        )
        return _blocks(some)

    return _settled(_blocks_of(proposal, code, without), code)


def added(proposal: Proposal, number: int) -> tuple[Proposal, str]:
    """The proposal with one more criterion at the end of a section, and its code."""
    section = next(each for each in proposal.sections if each.number == number)
    places = [
        int(found.group(2))
        for block in section.blocks
        for each in block.criteria
        if (found := _CODE.fullmatch(each.code))
    ]
    code = f"{number}.{max(places, default=0) + 1}"
    fresh = ReadCriterion(code, "", "", False)
    *before, last = section.blocks
    more = (*before, replace(last, criteria=(*last.criteria, fresh)))
    sections = tuple(
        replace(each, blocks=more) if each.number == number else each for each in proposal.sections
    )
    return replace(proposal, sections=sections), code


def added_section(proposal: Proposal) -> tuple[Proposal, str]:
    """The proposal with one more section at the end, and its number."""
    number = max((each.number for each in proposal.sections), default=0) + 1
    fresh = ReadSection(number, f"Section {number}", (ReadBlock(()),))
    return replace(proposal, sections=(*proposal.sections, fresh)), str(number)


def settled(proposal: Proposal, doubt: Doubt) -> Proposal:
    """The proposal with a doubt that somebody looked at, and found as it should be."""
    rest = list(proposal.doubts)
    rest.remove(doubt)
    return replace(proposal, doubts=tuple(rest))


def _settled(proposal: Proposal, code: str) -> Proposal:
    return replace(proposal, doubts=tuple(each for each in proposal.doubts if each.code != code))


def _with(
    proposal: Proposal, code: str, change: Callable[[ReadCriterion], ReadCriterion]
) -> Proposal:
    return replace(
        proposal,
        sections=tuple(
            replace(
                section,
                blocks=tuple(
                    replace(
                        block,
                        criteria=tuple(
                            change(each) if each.code == code else each for each in block.criteria
                        ),
                    )
                    for block in section.blocks
                ),
            )
            for section in proposal.sections
        ),
    )


def _blocks_of(
    proposal: Proposal,
    code: str,
    change: Callable[[tuple[ReadBlock, ...], str], tuple[ReadBlock, ...]],
) -> Proposal:
    return replace(
        proposal,
        sections=tuple(
            replace(each, blocks=change(each.blocks, code))
            if any(one.code == code for block in each.blocks for one in block.criteria)
            else each
            for each in proposal.sections
        ),
    )


def _split_at(blocks: tuple[ReadBlock, ...], code: str) -> tuple[ReadBlock, ...]:
    result: list[ReadBlock] = []
    for block in blocks:
        at = next((n for n, each in enumerate(block.criteria) if each.code == code), 0)
        if at:
            result.append(ReadBlock(block.criteria[:at]))
        result.append(replace(block, criteria=block.criteria[at:]))
    return tuple(result)


def _joined_at(blocks: tuple[ReadBlock, ...], code: str) -> tuple[ReadBlock, ...]:
    result: list[ReadBlock] = []
    for block in blocks:
        if result and any(each.code == code for each in block.criteria):
            before = result.pop()
            said = "\n\n".join(each for each in (before.narrative, block.narrative) if each)
            result.append(ReadBlock((*before.criteria, *block.criteria), said))
        else:
            result.append(block)
    return tuple(result)
