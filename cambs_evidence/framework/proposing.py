"""From what was found in a document to a proposal: titles, labels, name, version, doubts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from cambs_evidence.documents.folding import search_key
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.errors import Refused
from cambs_evidence.framework import bundled, comparing, prints, reader, statements
from cambs_evidence.framework.lines import Line
from cambs_evidence.framework.reader import FoundBlock, FoundSection, Outcome
from cambs_evidence.model import (
    Doubt,
    Framework,
    Proposal,
    ReadBlock,
    ReadCriterion,
    ReadSection,
)
from cambs_evidence.wording import title_of

#: Likeness of two wordings from which a criterion keeps its label though it was reworded.
_ALIKE = 45.0
#: A year that is mentioned more seldom than this part of the most frequent is not the document's.
_SELDOM = 0.1
UNDATED = "undated"

_YEAR = re.compile(r"(?<![\w£$€.,/-])((?:19|20)\d\d)(?:[/–-](\d\d|\d{4}))?(?![\w%])")


def proposed(
    pages: Sequence[PageLayer], *, known: Framework, filename: str, sha256: str
) -> Proposal:
    """The framework that stands in a document's pages; titles and labels as ``known`` has them.

    Raises Refused for a document without one.
    """
    outcome = reader.found_in(pages)
    if outcome is None:
        raise Refused(
            f"No framework was found in {filename}: it holds no numbered sections with criteria "
            "such as 1.1) below them; choose the self-assessment document.",
            code="no-framework",
        )
    maker = _Maker(outcome, known, pages)
    sections = tuple(maker.section(each) for each in outcome.sections)
    version = _version(pages, filename)
    doubts = [*maker.doubts, *_missing(sections)]
    if not any(block.told for each in outcome.sections for block in each.blocks):
        doubts.insert(0, Doubt(
            "No “Summary” stands below the criteria, so each section was taken for one block."
        ))  # fmt: skip
    if version == UNDATED:
        doubts.insert(0, Doubt("The document names no year; give the framework its version."))
    return Proposal(
        name=_name(sections, known, filename),
        version=version,
        sections=_labelled(sections, known),
        doubts=tuple(doubts),
        filename=filename,
        sha256=sha256,
    )


class _Maker:
    """Makes read sections of found ones, and gathers doubts in the order of the document."""

    def __init__(self, outcome: Outcome, known: Framework, pages: Sequence[PageLayer]) -> None:
        self._joined = outcome.joined
        self._titles = {_key(each.title): each.title for each in known.sections}
        self._spelling = _spelling(pages)
        self._found = outcome.doubts
        self.doubts: list[Doubt] = []

    def section(self, found: FoundSection) -> ReadSection:
        number = str(found.number)
        self._take(number)
        if found.note and any(block.criteria for block in found.blocks):
            self._say(
                f"What stands between the heading of section {number} and its first criterion "
                "was left out.",
                number,
                found.note,
            )
        blocks = tuple(self._block(found, block) for block in found.blocks or [FoundBlock()])
        title = self._title(self._joined(found.texts)) if found.texts else f"Section {number}"
        return ReadSection(found.number, title, blocks, reader.place(found.title))

    def _block(self, section: FoundSection, found: FoundBlock) -> ReadBlock:
        criteria = []
        for each in found.criteria:
            self._take(each.code)
            told = statements.statement(each.texts, self._joined)
            if told.partly:
                self._say(
                    f"The mark (M) stands within {each.code} or at a part of it; the whole "
                    "criterion was taken as marked.",
                    each.code,
                    each.lines,
                )
            if told.remark:
                self._say(
                    f"“{told.remark}” behind {each.code} was not taken for its wording.",
                    each.code,
                    each.lines,
                )
            if not told.text:
                self._say(f"{each.code} has no wording; write it.", each.code, each.lines)
            criteria.append(
                ReadCriterion(each.code, "", told.text, told.marked, reader.place(each.lines))
            )
        narrative = found.narrative
        if not criteria and not found.told:
            self._say(
                f"Section {section.number} has neither criteria nor a “Summary”.",
                str(section.number),
                section.title,
            )
            narrative = narrative or section.note
        said = reader.paragraphs(narrative, self._joined)
        return ReadBlock(tuple(criteria), "\n\n".join(said))

    def _take(self, code: str) -> None:
        """The reader's doubts about a code, where it comes."""
        self.doubts += [each for each in self._found if each.code == code]
        self._found = [each for each in self._found if each.code != code]

    def _say(self, what: str, code: str, lines: Sequence[Line]) -> None:
        self.doubts.append(Doubt(what, code, reader.place(lines)))

    def _title(self, said: str) -> str:
        """A title as it is known; one in capitals as a sentence is written."""
        same = self._titles.get(_key(said))
        if same is not None:
            return same
        if not said.isupper():
            return said
        words = re.sub(r"\w+(?:[’']\w+)?", lambda each: self._spelling(each.group()), said)
        return words[:1].upper() + words[1:]


def _key(title: str) -> str:
    return search_key(title).casefold()


class _Spelling:
    """How a document writes a word where it is not in capitals."""

    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts

    def __call__(self, word: str) -> str:
        low = word.lower()
        forms = (word, word.capitalize(), low)
        # Ties go to the last: a word that is written nowhere else is no name.
        return max(reversed(forms), key=lambda each: self._counts[each])


def _spelling(pages: Iterable[PageLayer]) -> _Spelling:
    counts: Counter[str] = Counter()
    for page in pages:
        for line in page.text.split("\n"):
            if not line.isupper():
                # A word that begins a sentence says nothing of how it is written within one.
                counts.update(re.findall(r"(?<=[^\W\d_] )\w+(?:[’']\w+)?", line))
    return _Spelling(counts)


def _missing(sections: Sequence[ReadSection]) -> list[Doubt]:
    numbers = [each.number for each in sections]
    return [
        Doubt(f"There is no section {number}.", str(number))
        for number in range(1, max(numbers, default=0))
        if number not in numbers
    ]


def _name(sections: Sequence[ReadSection], known: Framework, filename: str) -> str:
    titles = {each.title for each in known.sections}
    shared = sum(each.title in titles for each in sections)
    return known.name if 2 * shared >= len(sections) else title_of(filename)


def _version(pages: Iterable[PageLayer], filename: str) -> str:
    """The year in the file's name, else the latest that the document mentions often."""
    named = re.findall(r"(?<![0-9A-Za-z])20\d\d(?![0-9A-Za-z])", Path(filename).stem)
    if len(set(named)) == 1:
        return str(named[0])
    years: Counter[str] = Counter()
    for page in pages:
        for first, last in _YEAR.findall(page.text):
            years[first] += 1
            if last:
                years[last if len(last) == 4 else first[:2] + last] += 1
    most = max(years.values(), default=0)
    often = [year for year, count in years.items() if count >= _SELDOM * most]
    return max(often, default=UNDATED)


# --- labels -------------------------------------------------------------------------------------


def _labelled(sections: Sequence[ReadSection], known: Framework) -> tuple[ReadSection, ...]:
    """Each criterion with its short label: that of the framework it is known from, or its own."""
    read = [each for section in sections for block in section.blocks for each in block.criteria]
    kept = known_labels(read, known)
    fresh = [each for each in read if each.code not in kept]
    own = statements.labels([each.statement for each in fresh], kept.values())
    kept |= {each.code: label or each.code for each, label in zip(fresh, own, strict=True)}
    return tuple(
        replace(
            section,
            blocks=tuple(
                replace(
                    block,
                    criteria=tuple(replace(each, label=kept[each.code]) for each in block.criteria),
                )
                for block in section.blocks
            ),
        )
        for section in sections
    )


def known_labels(read: Sequence[ReadCriterion], known: Framework) -> dict[str, str]:
    """The labels of criteria by their code, as far as their wordings are known."""
    before = {each.code: each for each in comparing.olds(known, bundled.came_with_it())}
    whole = {each.key: each for each in before.values() if each.key is not None}
    found: dict[str, str] = {}
    for each in read:
        same = whole.get(prints.whole(each.statement))
        if same is not None and same.label not in found.values():
            found[each.code] = same.label
    for each in read:
        one = before.get(each.code)
        taken = each.code in found or one is None or one.label in found.values()
        if one is None or taken or not one.sample:
            continue
        if prints.likeness(prints.sample(each.statement), one.sample) >= _ALIKE:
            found[each.code] = one.label
    return found
