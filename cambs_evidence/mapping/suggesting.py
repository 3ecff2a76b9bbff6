"""Which criteria a text may be evidence for, and by which of its words.

What is said of a criterion comes from its wording, from the words of the field (``vocabulary``),
from the self-assessment's own narrative under its block, and from the passages linked to it so far,
which weigh the more the more they are. A word speaks for a criterion as far as it is said of it
more than of the others. Nothing leaves the machine, nothing is applied by itself.

The figures were found by trying on passages that were labelled by hand
(``benchmarks/suggestions.py``); none of them is critical.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cambs_evidence.mapping.boilerplate import is_boilerplate
from cambs_evidence.mapping.features import Feature, Same
from cambs_evidence.mapping.vocabulary import Topic, Vocabulary, vocabulary
from cambs_evidence.model import Framework, Likely

_Array = npt.NDArray[np.float32]
_Indices = npt.NDArray[np.int32]

#: How much is said by a core word, another word of the field, the label, the full wording, the
#: section's title, a narrative and links.
_CORE, _TERM, _LABEL, _STATEMENT, _TITLE, _NARRATIVE, _LINK = 4.0, 1.5, 0.5, 0.2, 0.8, 0.3, 1.0
#: What one word of a phrase of several is worth, and two together.
_OF_PHRASE, _PAIR = 0.15, 1.0
#: How much of what is said of its block and its section is said of a criterion too.
_OF_BLOCK, _OF_SECTION = 0.15, 0.1
#: What two words together are worth in the text that is asked about.
_PAIR_ASKED = 0.5
#: How far a criterion of which much is said is held back, and rare words are.
_LENGTH, _RARE = 0.5, 1.0
#: How much the words of the field count by themselves, without wording and narratives.
_BY_ITSELF = 0.3
#: How much what is said of all criteria counts against a word.
_BACKGROUND = 2.0
#: What words that weigh or compare are worth, and how quickly common words lose their worth.
_WEAK, _COMMON, _UNCOMMON = 0.4, 0.5, 4.6
#: How much of a narrative's paragraph all criteria of its block share alike.
_SHARED = 0.5
#: How far a long narrative is held back.
_LONG_NARRATIVE = 0.5
#: How surely the narrative's paragraphs are given to the criteria of their block.
_SURE = 2.0
#: Below this, next to nothing in a text speaks for any criterion, and for another one.
_NOTHING, _LITTLE = 1.0, 0.3
#: Likeness of a wording to a topic below which it is none of those that are known.
_UNLIKE = 0.025
#: Words that speak for a suggestion, at most, and how little is not worth telling.
_BECAUSE, _SLIGHT = 4, 0.2


class Taggable(NamedTuple):
    """What a passage can be tagged to; ``section`` is its number and title."""

    code: str
    label: str
    statement: str
    section: tuple[int, str]
    block: int


class Asked(NamedTuple):
    """A text by its features: their numbers and what each is worth."""

    numbers: _Indices
    worths: _Array


class Linked(NamedTuple):
    """The words of a passage, and the code of what it is tagged to."""

    text: str
    code: str


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


class Suggester:
    """What has been learnt; it learns by :func:`training`, and later link by link."""

    def __init__(self, places: Sequence[Taggable], words: Vocabulary | None = None) -> None:
        self._words = words or vocabulary()
        self._same: Same = self._words.same
        self._places = list(places)
        self._row = {each.code: row for row, each in enumerate(self._places)}
        self._names: dict[str, int] = {}
        self._single: list[bool] = []
        self._groups = _groups(self._places)
        #: What is said by wording and words of the field, and by the latter and the label alone.
        self._said, self._short = _Said(), _Said()
        #: The rows of criteria that the field has known words for.
        self._known: list[int] = []
        self._narrated: list[_Told] = []
        self._linked: dict[int, Counter[int]] = defaultdict(Counter)
        #: Pairs of words that one link has and nothing else so far.
        self._once: set[str] = set()
        self._weights: _Array | None = None

    # --- learning ------------------------------------------------------------------------

    def take_wording(self) -> Iterator[None]:
        """Takes in the framework's wording and the words of the field; yields after each bit."""
        topics = []
        for topic in self._words.topics:
            topics.append(_topic_worths(topic, self._same))
            yield
        attached = yield from _attached(self._places, self._words)
        for row, (place, about) in enumerate(zip(self._places, attached, strict=True)):
            for (name, single), worth in topics[about].items() if about is not None else ():
                number = self._number(name, single)
                self._said.add(row, number, worth)
                self._short.add(row, number, worth)
            if about is not None:
                self._known.append(row)
            for text, worth in (
                (place.label, _LABEL), (place.statement, _STATEMENT), (place.section[1], _TITLE)
            ):  # fmt: skip
                for number in dict.fromkeys(self._named(self._same.features(text))):
                    own = worth * (1.0 if self._single[number] else _PAIR)
                    self._said.add(row, number, own)
                    if text != place.statement:
                        self._short.add(row, number, own)
            yield

    def take_narratives(self, narratives: Mapping[tuple[int, int], str]) -> Iterator[None]:
        """Takes in what stands under the blocks; yields after each paragraph.

        Each paragraph is given to the criteria of its block that the wording says it is about.
        """
        weights = self._weighed(self._table(self._said))
        known = len(self._single)
        for (section, block), text in narratives.items():
            rows = [
                row for row, each in enumerate(self._places)
                if each.section[0] == section and each.block == block
            ]  # fmt: skip
            for paragraph in text.split("\n\n") if rows else ():
                names, worths = self._counted(self._same.features(paragraph), new=True)
                old = names < known
                scores = weights[rows][:, names[old]] @ worths[old]
                shares = _softmax(_SURE * scores / max(len(names), 1) ** 0.3)
                shares = (1 - _SHARED) * shares + _SHARED / len(rows)
                self._narrated.append(_Told(rows, shares, names, worths))
                yield
        self._weights = None

    def learn(self, link: Linked, sign: int = 1) -> None:
        """Takes a link in, or with -1 forgets it."""
        row = self._row.get(link.code)
        if row is None:
            return
        counts = self._linked[row]
        features = self._same.features(link.text)
        pairs = {each.name for each in features if not (each.single or each.name in self._names)}
        seen_once = pairs - self._once
        if sign > 0:
            self._once |= pairs
        # What a single passage says in passing teaches nothing and would take room.
        known = [each for each in features if each.name not in seen_once]
        names, worths = self._counted(known, new=sign > 0)
        for name, worth in zip(names.tolist(), worths.tolist(), strict=True):
            counts[name] += sign * worth
        self._weights = None

    def _table(self, said: _Said) -> _Array:
        """What is said, criteria × features."""
        table = np.zeros((len(self._places), len(self._single)), np.float32)
        for row, names in said.rows.items():
            table[row, list(names)] = list(names.values())
        return table

    def _trained(self) -> _Array:
        if self._weights is None:
            table, short = self._table(self._said), self._table(self._short)
            if self._narrated:
                told = np.zeros_like(table)
                for rows, shares, names, worths in self._narrated:
                    for row, share in zip(rows, shares, strict=True):
                        told[row, names] += share * worths
                much = told.sum(axis=1, keepdims=True)
                told /= np.maximum(much / much[much > 0].mean(), 1e-6) ** _LONG_NARRATIVE
                table += _NARRATIVE * np.log1p(told)
            for row, counts in self._linked.items():
                names = np.fromiter(counts, np.int32, len(counts))
                linked = np.fromiter(counts.values(), np.float32, len(counts))
                taught = _LINK * np.log1p(np.maximum(linked, 0.0))
                table[row, names] += taught
                short[row, names] += taught
            self._weights = self._weighed(table)
            # Long texts say much in passing: the words of the field are heard by themselves too.
            known = self._known
            self._weights[known] *= 1 - _BY_ITSELF
            self._weights[known] += _BY_ITSELF * self._weighed(short)[known]
        return self._weights

    def _weighed(self, table: _Array) -> _Array:
        """How much each feature speaks for each criterion, never below 0."""
        said = table.copy()
        for rows, share in self._groups:
            said[rows] += share * table[rows].mean(axis=0)
        worths = self._worths()
        much = np.maximum((said * worths).sum(axis=1, keepdims=True), 1e-6)
        usual = float(much.mean())
        said /= (much / usual) ** _LENGTH * usual
        background = said.mean(axis=0, keepdims=True)
        rare = _RARE / max(len(worths), 1)
        weights = np.log1p(said / (_BACKGROUND * background + rare)) * worths
        return np.asarray(weights, np.float32)

    def _worths(self) -> _Array:
        """What each feature is worth by itself: common words little, figures nothing."""
        worths = np.ones(len(self._single), np.float32)
        common, weak = self._words.common, self._words.weak
        for name, number in self._names.items():
            if not self._single[number]:
                continue
            if name.isdigit():
                worths[number] = 0.0
                continue
            if name in common:
                often = math.log(1000 / common[name]) / _UNCOMMON
                worths[number] = min(1.0, often) ** _COMMON
            if name in weak:
                worths[number] *= _WEAK
        return worths

    # --- features by number --------------------------------------------------------------

    def _number(self, name: str, single: bool) -> int:
        number = self._names.get(name)
        if number is None:
            number = self._names[name] = len(self._single)
            self._single.append(single)
        return number

    def _named(self, features: Iterable[Feature]) -> list[int]:
        return [self._number(each.name, each.single) for each in features]

    def _counted(
        self, features: Iterable[Feature], *, new: bool = False
    ) -> tuple[_Indices, _Array]:
        """The numbers of features and what their counts are worth; those not known are ``new``."""
        counts: Counter[int] = Counter()
        for each in features:
            number = self._names.get(each.name)
            if number is None and new:
                number = self._number(each.name, each.single)
            if number is not None:
                counts[number] += 1
        numbers = np.fromiter(counts, np.int32, len(counts))
        return numbers, np.log1p(np.fromiter(counts.values(), np.float32, len(counts)))

    # --- answering -----------------------------------------------------------------------

    def suggest(self, text: str, top: int = 5) -> list[Likely]:
        """The likeliest criteria for a text, the best first; none for boilerplate."""
        if is_boilerplate(text):
            return []
        features = self._same.features(text)
        scores, shares = self._judged(features)
        order = np.argsort(-scores, kind="stable")[:top]
        return [
            Likely(
                self._places[row].code,
                round(float(shares[row]), 4),
                self._because(text, features, row),
            )
            for row in map(int, order)
            if scores.max() >= _NOTHING and scores[row] >= _LITTLE
        ]

    def because(self, code: str, text: str) -> tuple[str, ...]:
        """The words of a text that speak for what a code names, the strongest first."""
        return self._because(text, self._same.features(text), self._row[code])

    def read(self, text: str) -> Asked | None:
        """A text made ready for :meth:`speaks`; None for boilerplate and where nothing speaks."""
        if is_boilerplate(text):
            return None
        features = self._same.features(text)
        asked = Asked(*self._asked(features))
        return asked if len(asked.numbers) else None

    def speaks(self, code: str, asked: Sequence[Asked]) -> list[tuple[float, float]]:
        """How much of each text speaks for what a code names, and its share of all that does."""
        if not asked:
            return []
        numbers = np.concatenate([each.numbers for each in asked])
        worths = np.concatenate([each.worths for each in asked])
        begins = np.cumsum([0, *(len(each.numbers) for each in asked[:-1])])
        scores = np.add.reduceat(self._trained()[:, numbers] * worths, begins, axis=1)
        raised = np.exp(scores - scores.max(axis=0))
        row = self._row[code]
        shares = raised[row] / raised.sum(axis=0)
        return [
            (float(score), float(share)) if score >= _NOTHING else (0.0, 0.0)
            for score, share in zip(scores[row], shares, strict=True)
        ]

    def sought(self, code: str, most: int) -> list[str]:
        """What speaks for what a code names, the strongest first: names of single features."""
        weights = self._trained()[self._row[code]]
        single = [(name, number) for name, number in self._names.items() if self._single[number]]
        single.sort(key=lambda each: -weights[each[1]])
        return [name for name, number in single[:most] if weights[number] > 0]

    def judged(self, text: str) -> tuple[_Array, _Array]:
        """For each criterion what speaks for it in a text, and its share of the whole."""
        return self._judged(self._same.features(text))

    def _judged(self, features: Sequence[Feature]) -> tuple[_Array, _Array]:
        numbers, worths = self._asked(features)
        scores = self._trained()[:, numbers] @ worths
        return scores, _softmax(scores)

    def _asked(self, features: Sequence[Feature]) -> tuple[_Indices, _Array]:
        numbers, worths = self._counted(features)
        pairs = np.array([not self._single[each] for each in numbers], bool)
        worths[pairs] *= _PAIR_ASKED
        return numbers, worths

    def _because(self, text: str, features: Sequence[Feature], row: int) -> tuple[str, ...]:
        """The words of a text that speak for a criterion more than for others, as they stand."""
        weights = self._trained()
        spoken = []
        for each in features:
            number = self._names.get(each.name)
            if number is None:
                continue
            worth = float(weights[row, number] - weights[:, number].mean())
            spoken.append((worth * (1.0 if each.single else 1.01), each))
        spoken.sort(key=lambda each: -each[0])
        chosen: list[str] = []
        for worth, each in spoken:
            if worth <= _SLIGHT or len(chosen) == _BECAUSE:
                break
            words = " ".join(text[each.start : each.end].split())
            told = words.lower()
            if not any(told in other.lower() or other.lower() in told for other in chosen):
                chosen.append(words)
        return tuple(chosen)


def training(
    suggester: Suggester,
    narratives: Mapping[tuple[int, int], str],
    links: Iterable[Linked],
) -> Iterator[None]:
    """Has a suggester learn all that there is; yields often, so that others can do something.

    ``narratives`` are by number of the section and place of the block in it; an empty line parts
    their paragraphs.
    """
    yield from suggester.take_wording()
    yield from suggester.take_narratives(narratives)
    for link in links:
        suggester.learn(link)
        yield


def train(
    framework: Framework,
    narratives: Mapping[tuple[int, int], str] | None = None,
    links: Iterable[Linked] = (),
) -> Suggester:
    """A suggester that has learnt all that there is, without a pause."""
    made = Suggester(taggables(framework))
    for _ in training(made, narratives or {}, links):
        pass
    return made


class _Told(NamedTuple):
    """A paragraph of a narrative: the rows of its criteria, the share of each, its features."""

    rows: list[int]
    shares: _Array
    names: _Indices
    worths: _Array


class _Said:
    """What is said of each criterion, by row and number of the feature."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[int, float]] = defaultdict(dict)

    def add(self, row: int, name: int, worth: float) -> None:
        said = self.rows[row]
        said[name] = said.get(name, 0.0) + worth


def _topic_worths(topic: Topic, same: Same) -> dict[tuple[str, bool], float]:
    """What the words of a topic are worth, by feature and whether it is a single one."""
    both: dict[tuple[str, bool], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for which, (phrases, worth) in enumerate(((topic.core, _CORE), (topic.terms, _TERM))):
        for phrase in phrases:
            features = same.features(phrase)
            alone = sum(each.single for each in features) == 1
            for each in features:
                own = (1.0 if alone else _OF_PHRASE) if each.single else _PAIR
                worths = both[each.name, each.single]
                worths[which] = max(worths[which], worth * own)
    return {key: max(worths) + min(worths) / 4 for key, worths in both.items()}


def _attached(
    places: Sequence[Taggable], words: Vocabulary
) -> Generator[None, None, list[int | None]]:
    """For each criterion the topic that it is about, if it is one of those that are known.

    One that has the label of a topic is about that. The wording of others is taken as a text, and
    each topic goes to the one that it is likeliest for, so that another framework or next year's
    finds its words too.
    """
    known = {topic.label: place for place, topic in enumerate(words.topics)}
    found = [known.get(each.label) for each in places]
    free = [row for row, topic in enumerate(found) if topic is None]
    if not free:
        return found
    taken = [topic for topic in found if topic is not None]
    shares = yield from _of_topics([places[row] for row in free], words)
    shares[:, taken] = 0.0
    for _ in free:
        at, topic = divmod(int(shares.argmax()), shares.shape[1])
        if shares[at, topic] < _UNLIKE:
            break
        found[free[at]] = topic
        shares[at, :] = 0.0
        shares[:, topic] = 0.0
    return found


def _of_topics(places: Sequence[Taggable], words: Vocabulary) -> Generator[None, None, _Array]:
    """How likely wordings are about each topic, wordings × topics."""
    topics = [
        Taggable(each.label, each.label, "", (place, ""), 0)
        for place, each in enumerate(words.topics)
    ]
    knows = Suggester(topics, words)
    yield from knows.take_wording()
    shares = []
    for each in places:
        text = ". ".join(dict.fromkeys((each.statement, each.label, each.section[1])))
        shares.append(knows.judged(text)[1])
        yield
    return np.stack(shares)


def _groups(places: Sequence[Taggable]) -> list[tuple[list[int], float]]:
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


def _softmax(scores: _Array) -> _Array:
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum(), np.float32)
