"""What stands in the summary of a block: paragraphs, simple lists, references to evidence.

A summary is plain text. Each line is a paragraph; one that begins with ``- `` or a number and a
dot is an item of a list. ``[[link:ID]]`` refers to a link of the case. Nothing else means anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cambs_evidence.errors import Refused, Unknown
from cambs_evidence.model import Coverage, Framework, Judgement, SectionProgress

#: Characters of a summary at most; the longest of the self-assessments seen has a tenth of them.
LONGEST = 100_000
#: Said where a reference leads to a link that the case no longer has.
GONE = "a passage that is no longer tagged"

_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_REFERENCE = re.compile(rf"\[\[link:({_ID})\]\]")
_ITEM = re.compile(r"\s*(?:([-•*–])|([0-9]{1,3}[.)]))\s+(?=\S)")
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffc]")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a link, by its id."""

    link: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of a summary; ``marker`` is what stands before an item of a list, else empty."""

    marker: str
    pieces: tuple[str | Reference, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The criteria that share one summary; ``place`` is 0-based in the section.

    ``code`` names it: its first criterion, or a section without criteria, which has no ``codes``.
    """

    code: str
    section_id: str
    section: int
    place: int
    codes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Such as ``4.1–4.6``."""
        return self.code if len(self.codes) < 2 else f"{self.codes[0]}–{self.codes[-1]}"

    @property
    def targets(self) -> tuple[str, ...]:
        """The codes of all that can be tagged in it."""
        return self.codes or (self.code,)


def token(link_id: str) -> str:
    """How a reference to a link stands in a summary."""
    return f"[[link:{link_id}]]"


def cleaned(text: str) -> str:
    """A summary as it is kept: line ends alike, nothing unseen, no white space at its ends.

    Raises Refused where it is longer than any summary.
    """
    text = _UNSEEN.sub("", _LINE_END.sub("\n", text)).strip()
    if len(text) > LONGEST:
        raise Refused(
            f"A summary has at most {LONGEST:,} characters, and this one {len(text):,}; "
            "shorten it.",
            code="too-long",
        )
    return text


def pieces(line: str) -> tuple[str | Reference, ...]:
    """Words and references of one line, in their order."""
    found: list[str | Reference] = []
    done = 0
    for each in _REFERENCE.finditer(line):
        if each.start() > done:
            found.append(line[done : each.start()])
        found.append(Reference(each[1]))
        done = each.end()
    if done < len(line):
        found.append(line[done:])
    return tuple(found)


def paragraphs(summary: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a summary; empty lines part them and are none themselves."""
    found = []
    for line in summary.split("\n"):
        if not line.strip():
            continue
        item = _ITEM.match(line)
        marker = (item[2] or "•") if item else ""
        found.append(Paragraph(marker, pieces(line[item.end() :] if item else line.strip())))
    return tuple(found)


def references(summary: str) -> tuple[str, ...]:
    """The ids of the links that a summary refers to, each once."""
    return tuple(dict.fromkeys(each[1] for each in _REFERENCE.finditer(summary)))


def in_plain_words(summary: str, said: Mapping[str, str]) -> str:
    """A summary for reading: each reference in the words given for its link, or said to be gone."""
    return _REFERENCE.sub(lambda each: f"[{said.get(each[1], GONE)}]", summary)


def blocks(framework: Framework) -> tuple[Block, ...]:
    """All blocks in the order of the framework."""
    return tuple(
        Block(codes[0] if codes else str(section.number), section.id, section.number, place, codes)
        for section in framework.sections
        for place, codes in enumerate(section.blocks)
    )


def block_of(framework: Framework, code: str) -> Block | None:
    """The block that a criterion or section belongs to: of a section, its first one."""
    known = blocks(framework)
    within = (each for each in known if code in each.targets)
    return next(within, next((each for each in known if code == str(each.section)), None))


def block(framework: Framework, code: str) -> Block:
    """The block of this name; raises Unknown, with the right name where there is one."""
    wanted = re.sub(r"[\s)(]+", "", code)
    found = block_of(framework, wanted)
    if found is None:
        raise Unknown(
            f"There is no block {code!r} in {framework.name} {framework.version}; name it by its "
            "first criterion.",
            code="unknown-block",
        )
    if found.code == wanted:
        return found
    if wanted in found.codes:
        raise Unknown(
            f"{wanted} is not the first criterion of its block; name the block {found.code}.",
            code="unknown-block",
        )
    names = [each.code for each in blocks(framework) if each.section == found.section]
    several = (
        f"one of its blocks: {', '.join(names)}" if len(names) > 1 else f"its block {names[0]}"
    )
    raise Unknown(f"Section {wanted} has criteria; name {several}.", code="unknown-block")


def progress(
    framework: Framework, judgements: Iterable[Judgement], coverage: Coverage
) -> tuple[SectionProgress, ...]:
    """How far each section is judged, in the order of the framework."""
    known = {each.code: each for each in judgements}
    gaps = {each.number: each.gaps for each in coverage.sections}
    within: dict[int, list[Judgement | None]] = {}
    for each in blocks(framework):
        within.setdefault(each.section, []).append(known.get(each.code))
    return tuple(
        SectionProgress(
            section.number,
            len(within[section.number]),
            sum(bool(each and each.summary) for each in within[section.number]),
            sum(bool(each and each.grade) for each in within[section.number]),
            gaps.get(section.number, 0),
        )
        for section in framework.sections
    )


def counted(progress: Iterable[SectionProgress]) -> tuple[int, int, int]:
    """Blocks, those with a summary and those with a grade, of some sections."""
    told = list(progress)
    return (
        sum(each.blocks for each in told),
        sum(each.judged for each in told),
        sum(each.graded for each in told),
    )
