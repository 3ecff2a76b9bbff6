"""Reading a framework out of a self-assessment: sections, criteria, marks, blocks, narrative.

Codes stand for criteria where they count on within the section whose heading came last; a code
that comes again is a sub-heading of the evidence. A block ends where the next criterion begins
after a "Summary". What could be read otherwise is told as a doubt, with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.framework import signs, statements
from cambs_evidence.framework.lines import Line, is_page_number, lines_of
from cambs_evidence.framework.signs import Code, Signs, Title
from cambs_evidence.model import Doubt, Place

#: Lines between a heading and its first criterion, at most.
_FAR = 60
#: Lines between a heading and the "Summary" of a section without criteria, at most.
_NEAR = 5
#: Lines between the wording of a criterion and the "Summary" below it, at most.
_WITHIN = 15
#: Places where the framework may begin that are tried, at most.
_MOST_BEGINS = 40
#: A document has a framework from so many criteria on.
FEWEST = 2

Joined = Callable[[Iterable[str]], str]


@dataclass(slots=True)
class Found:
    """A criterion in the making: its lines, the first without its code."""

    code: str
    lines: list[Line]
    texts: list[str]


@dataclass(slots=True)
class FoundBlock:
    """A block in the making; ``told`` where a "Summary" stands below its criteria."""

    criteria: list[Found] = field(default_factory=list)
    narrative: list[Line] = field(default_factory=list)
    told: bool = False


@dataclass(slots=True)
class FoundSection:
    """A section in the making; ``title`` is empty where it has no heading."""

    number: int
    title: list[Line]
    texts: list[str]
    blocks: list[FoundBlock] = field(default_factory=list)
    note: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found in the lines of a document."""

    sections: list[FoundSection]
    doubts: list[Doubt]
    joined: Joined

    @property
    def criteria(self) -> int:
        """How many criteria were found."""
        return sum(len(block.criteria) for each in self.sections for block in each.blocks)


def found_in(pages: Iterable[PageLayer]) -> Outcome | None:
    """The framework that stands in the pages of a document, or None where there is none."""
    lines = lines_of(pages)
    joined = statements.joiner(lines)
    bracketed = _Walk(lines, Signs(), joined).outcome()
    if _is_framework(bracketed):
        return bracketed
    plain = Signs(bracketed=False)
    # Without brackets other parts of the document count in the same way: the longest is meant.
    begins = [at for at, line in enumerate(lines) if _may_begin(plain, line)][:_MOST_BEGINS]
    outcomes = [_Walk(lines[at:], plain, joined).outcome() for at in reversed(begins)]
    outcomes = [each for each in outcomes if _is_framework(each) and _is_told(each)]
    return max(outcomes, key=lambda each: each.criteria - len(each.doubts), default=None)


def _may_begin(plain: Signs, line: Line) -> bool:
    title = plain.title(line)
    return title is not None and title.number == 1


def _is_framework(outcome: Outcome) -> bool:
    headed = sum(bool(each.title) for each in outcome.sections)
    return outcome.criteria >= FEWEST and 2 * headed >= len(outcome.sections)


def _is_told(outcome: Outcome) -> bool:
    """True where most sections have a "Summary": what has none is a numbered report."""
    told = sum(any(block.told for block in each.blocks) for each in outcome.sections)
    return 2 * told > len(outcome.sections)


class _Walk:
    """One walk through the lines."""

    def __init__(self, lines: Sequence[Line], kind: Signs, joined: Joined) -> None:
        self._lines = lines
        self._joined = joined
        self._codes: list[Code | None] = [kind.code(each) for each in lines]
        self._titles: list[Title | None] = [
            None if code else kind.title(each)
            for code, each in zip(self._codes, lines, strict=True)
        ]
        self._summaries = [signs.summary(each) for each in lines]
        self._sections: list[FoundSection] = []
        self._known: dict[str, Found] = {}
        self._again: Found | None = None  # what is repeated as a sub-heading of the evidence
        self._repeated: list[tuple[str, Found]] = []
        self._doubts: list[Doubt] = []
        self._zone = ""
        at = 0
        while at < len(lines):
            at += self._step(at)

    def outcome(self) -> Outcome:
        """What was found."""
        for code, again in self._repeated:
            first = self._joined(self._known[code].texts)
            if not statements.same(first, self._joined(again.texts)):
                self._doubt(
                    f"{code} stands here again, with other words; those at its first place "
                    "were taken.",
                    code,
                    again.lines,
                )
        return Outcome(self._sections, self._doubts, self._joined)

    def _doubt(self, what: str, code: str, lines: Sequence[Line]) -> None:
        self._doubts.append(Doubt(what, code, place(lines)))

    # --- one line after the other ---------------------------------------------------------------

    def _step(self, at: int) -> int:
        """Takes in the line at a place; how many lines were taken in."""
        line, code, title = self._lines[at], self._codes[at], self._titles[at]
        if self._again is not None and self._is_text(at) and self._repeats(self._again, line):
            return 1
        if title is not None and self._heads(at, title.number):
            return self._begin_section(at, title)
        if code is not None and self._take_code(line, code):
            return 1
        if not self._sections:
            return 1
        rest = self._summaries[at]
        if rest is not None and code is None:
            self._begin_narrative(line, rest)
        elif self._zone == "heading":
            self._sections[-1].note.append(line)
        elif self._zone == "criteria":
            self._go_on(at, line)
        else:
            self._sections[-1].blocks[-1].narrative.append(line)
        return 1

    def _is_text(self, at: int) -> bool:
        return self._codes[at] is None and self._summaries[at] is None

    def _repeats(self, again: Found, line: Line) -> bool:
        """True where a line goes on with a wording that is said again, which is then taken in."""
        texts = [*again.texts, line.text]
        first, before, said = (
            statements.folded(self._joined(each))
            for each in (self._known[again.code].texts, again.texts, texts)
        )
        ends = before == first or (line.opens and not first.startswith(said))
        if ends and not statements.is_mark(line.text):
            self._again = None
            return False
        again.lines.append(line)
        again.texts.append(line.text)
        return True

    def _heads(self, at: int, number: int) -> bool:
        """True where a line that may be the heading of a section is it."""
        current = self._sections[-1].number if self._sections else 0
        if number <= current:
            return False
        said = self._lines[at].text
        goes_on = True
        for ahead in range(at + 1, min(at + 1 + _FAR, len(self._lines))):
            code, title = self._codes[ahead], self._titles[ahead]
            if code is not None and str(code) not in self._known:
                return code.section == number
            if title is not None and title.number == number:
                return False  # the one nearer to the criteria is meant
            if self._summaries[ahead] is not None:
                return goes_on and ahead - at <= _NEAR
            goes_on = goes_on and signs.goes_on(said, self._lines[ahead])
            said = self._lines[ahead].text
        line = self._lines[at]
        return bool(self._sections) and number == current + 1 and line.text.isupper() and line.opens

    def _begin_section(self, at: int, title: Title) -> int:
        self._end_narrative()
        lines, texts, said = [self._lines[at]], [title.rest], title.rest
        while at + len(lines) < len(self._lines):
            following = at + len(lines)
            line = self._lines[following]
            if self._codes[following] or self._titles[following] or len(lines) > 2:
                break
            if self._summaries[following] is not None or not signs.goes_on(said, line):
                break
            lines.append(line)
            texts.append(line.text)
        self._sections.append(FoundSection(title.number, lines, texts))
        self._zone = "heading"
        return len(lines)

    def _end_narrative(self) -> None:
        """Takes a heading that stands over the next section out of what was said before it."""
        if self._zone == "narrative":
            narrative = self._sections[-1].blocks[-1].narrative
            while narrative and narrative[-1].opens and narrative[-1].text.isupper():
                narrative.pop()

    def _take_code(self, line: Line, code: Code) -> bool:
        """Takes in a line that begins with a code; False where it is text like any other."""
        current = self._sections[-1] if self._sections else None
        if str(code) in self._known:
            if self._zone == "narrative" or not line.opens:
                self._again = Found(str(code), [line], [code.rest])
                self._repeated.append((str(code), self._again))
                return True
            return False
        if current is None or code.section != current.number:
            is_next = current is None or code.section > current.number
            if not (is_next and code.place == 1 and line.opens):
                return False
            current = self._unheaded(line, code)
        elif self._zone == "narrative" and not line.opens and code.place != self._last() + 1:
            return False
        if self._zone != "criteria":
            current.blocks.append(FoundBlock())
        self._tell_gap(line, code)
        found = Found(str(code), [line], [code.rest])
        self._known[str(code)] = found
        current.blocks[-1].criteria.append(found)
        self._zone = "criteria"
        return True

    def _unheaded(self, line: Line, code: Code) -> FoundSection:
        section = FoundSection(code.section, [], [])
        self._sections.append(section)
        self._zone = "heading"
        self._doubt(
            f"Section {code.section} has no heading; give it its title.",
            str(code.section),
            [line],
        )
        return section

    def _last(self) -> int:
        """The place of the last criterion of the section, 0 for none."""
        criteria = [each for block in self._sections[-1].blocks for each in block.criteria]
        return int(criteria[-1].code.split(".")[1]) if criteria else 0

    def _tell_gap(self, line: Line, code: Code) -> None:
        last = self._last()
        if code.place == last + 1:
            return
        before = f"{code.section}.{last}" if last else f"the heading of section {code.section}"
        self._doubt(
            f"{code} follows on {before}; look whether something is missing or out of order.",
            str(code),
            [line],
        )

    def _begin_narrative(self, line: Line, rest: str) -> None:
        section = self._sections[-1]
        if self._zone == "heading":
            section.blocks.append(FoundBlock())
        section.blocks[-1].told = True
        self._zone, self._again = "narrative", None
        if rest:
            start = line.end - len(rest)
            section.blocks[-1].narrative.append(
                Line(rest, line.page, start, line.end, opens=True, apart=line.apart)
            )

    def _go_on(self, at: int, line: Line) -> None:
        """Takes in a line below a criterion: more of its wording, or the narrative's first."""
        block = self._sections[-1].blocks[-1]
        criterion = block.criteria[-1]
        if line.opens and is_page_number(line.text):
            return
        said = criterion.texts[-1].rstrip()
        whole = said.endswith((".", "!", "?", ")", "”"))
        broken = line.text[:1].islower() or not whole
        below = statements.is_part(line) or statements.is_mark(line.text)
        if not line.opens or below or broken or self._is_told_soon(at):
            if line.opens and not (below or broken):
                self._doubt(
                    f"This paragraph below {criterion.code} was taken for a part of its wording.",
                    criterion.code,
                    [line],
                )
            criterion.lines.append(line)
            criterion.texts.append(line.text)
            return
        self._doubt(
            f"No “Summary” stands below {criterion.code}; from here on it was taken for evidence.",
            criterion.code,
            [line],
        )
        block.narrative.append(line)
        self._zone = "narrative"

    def _is_told_soon(self, at: int) -> bool:
        """True where another criterion or a "Summary" follows after few lines."""
        for ahead in range(at + 1, min(at + 1 + _WITHIN, len(self._lines))):
            if self._titles[ahead] and self._heads(ahead, self._titles[ahead].number):  # type: ignore[union-attr]
                return False
            if self._codes[ahead] or self._summaries[ahead] is not None:
                return True
        return False


def place(lines: Sequence[Line]) -> Place | None:
    """Where some lines stand: from the first to the last of them on each page."""
    spans: dict[int, tuple[int, int]] = {}
    for line in lines:
        start, _ = spans.get(line.page, (line.start, line.end))
        spans[line.page] = (start, line.end)
    return Place(tuple((page, *span) for page, span in spans.items())) if spans else None


def paragraphs(lines: Sequence[Line], joined: Joined) -> list[str]:
    """The paragraphs that lines make; one that was cut by the end of a page is put together."""
    groups: list[list[str]] = []
    for line in lines:
        cut = groups and line.text[:1].islower() and groups[-1][-1][-1:] not in ".!?:;"
        if groups and (not line.opens or (cut and not line.item)):
            groups[-1].append(line.text)
        else:
            groups.append([line.text])
    return [text for group in groups if (text := joined(group))]
