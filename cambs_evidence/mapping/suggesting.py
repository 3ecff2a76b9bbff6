"""Which criteria a text may be evidence for, and by which of its words.

What is said of a criterion comes from its wording, from the words of the field (``vocabulary``)
and from the self-assessment's own narrative under its block. A word speaks for a criterion as far
as it is said of it more than of the others; links correct that where it was wrong (``taught``).
What a text begins with counts more than its end, and what it stands in counts a little too. Nothing
leaves the machine, nothing is applied by itself.

The figures were found by trying on passages that were labelled by hand
(``benchmarks/suggestions.py``); none of them is critical.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cambs_evidence.mapping.boilerplate import is_boilerplate
from cambs_evidence.mapping.features import Feature, Same
from cambs_evidence.mapping.likeness import Likeness
from cambs_evidence.mapping.said import PAIR, Said, Taggable, Told, groups, taggables, topic_worths
from cambs_evidence.mapping.taught import Array, Indices, Taught
from cambs_evidence.mapping.vocabulary import Vocabulary, vocabulary
from cambs_evidence.model import Framework, Likely

#: How much is said by the label, the full wording, the section's title and a narrative; by a core
#: word of the field it is 4, by another 1.5 (``said``).
_LABEL, _STATEMENT, _TITLE, _NARRATIVE = 0.5, 0.2, 0.8, 0.3
#: What two words together are worth in the text that is asked about, how much less the end of a
#: text counts than its beginning, and how much each text that stands around it counts.
_PAIR_ASKED, _FADES, _AROUND = 0.5, 0.4, 0.2
#: How much it counts that a text repeats what is written under a criterion.
_LIKENESS = 1.0
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
_NOTHING, _LITTLE = 0.7, 0.25
#: Likeness of a wording to a topic below which it is none of those that are known.
_UNLIKE = 0.025
#: Words that speak for a suggestion, at most, and how little is not worth telling.
_BECAUSE, _SLIGHT = 4, 0.2


class Asked(NamedTuple):
    """A text by its features: their numbers and what each is worth."""

    numbers: Indices
    worths: Array


class Linked(NamedTuple):
    """The words of a passage, and the code of what it is tagged to."""

    text: str
    code: str


class Suggester:
    """What has been learnt; it learns by :func:`training`, and later link by link."""

    def __init__(self, places: Sequence[Taggable], words: Vocabulary | None = None) -> None:
        self._words = words or vocabulary()
        self._same: Same = self._words.same
        self._places = list(places)
        self._row = {each.code: row for row, each in enumerate(self._places)}
        self._names: dict[str, int] = {}
        self._single: list[bool] = []
        #: What each feature is worth by itself.
        self._own: list[float] = []
        self._groups = groups(self._places)
        #: What is said by wording and words of the field, and by the latter and the label alone.
        self._said, self._short = Said(), Said()
        #: The rows of criteria that the field has known words for.
        self._known: list[int] = []
        self._narrated: list[Told] = []
        #: All that is written under each criterion.
        self._written = [f"{each.label} {each.statement} {each.section[1]}" for each in places]
        self._taught = Taught(len(self._places))
        #: How much each feature speaks for each criterion without links, and with them.
        self._base: Array | None = None
        self._likeness = Likeness(())
        self._weights = np.zeros((len(self._places), 0), np.float32)
        #: Features of which links have said something since.
        self._stale: set[int] = set()

    # --- learning ------------------------------------------------------------------------

    def take_wording(self) -> Iterator[None]:
        """Takes in the framework's wording and the words of the field; yields after each bit."""
        topics = []
        for topic in self._words.topics:
            topics.append(topic_worths(topic, self._same))
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
                    own = worth * (1.0 if self._single[number] else PAIR)
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
            for row in rows:
                self._written[row] += f" {text}"
            for paragraph in text.split("\n\n") if rows else ():
                names, worths = self._counted(self._same.features(paragraph), new=True)
                old = names < known
                scores = weights[rows][:, names[old]] @ worths[old]
                shares = _softmax(_SURE * scores / max(len(names), 1) ** 0.3)
                shares = (1 - _SHARED) * shares + _SHARED / len(rows)
                self._narrated.append(Told(rows, shares, names, worths))
                yield
        self._base = None

    def learn(self, link: Linked, sign: int = 1) -> None:
        """Takes a link in, or with -1 forgets it.

        Links are learnt last: what narratives say is known by then.
        """
        row = self._row.get(link.code)
        if row is None:
            return
        base = self._knows()
        # Pairs are too many to be kept: only those count that are known without links.
        counts = dict.fromkeys(
            self._number(each.name, each.single)
            for each in self._same.features(link.text)
            if each.single or each.name in self._names
        )
        numbers = np.fromiter(counts, np.int32, len(counts))
        asked = self._of_pairs(numbers)
        old = numbers < base.shape[1]
        expected = _softmax(base[:, numbers[old]] @ asked[old])
        expected[row] -= 1.0
        self._taught.take(numbers, asked * self._worths(numbers), -expected, sign)
        self._stale.update(counts)

    def _table(self, said: Said) -> Array:
        """What is said, criteria × features."""
        table = np.zeros((len(self._places), len(self._single)), np.float32)
        for row, names in said.rows.items():
            table[row, list(names)] = list(names.values())
        return table

    def _knows(self) -> Array:
        """How much each feature speaks for each criterion without links."""
        if self._base is None:
            table, short = self._table(self._said), self._table(self._short)
            if self._narrated:
                told = np.zeros_like(table)
                for rows, shares, names, worths in self._narrated:
                    for row, share in zip(rows, shares, strict=True):
                        told[row, names] += share * worths
                much = told.sum(axis=1, keepdims=True)
                told /= np.maximum(much / much[much > 0].mean(), 1e-6) ** _LONG_NARRATIVE
                table += _NARRATIVE * np.log1p(told)
            self._base = self._weighed(table)
            # Long texts say much in passing: the words of the field are heard by themselves too.
            known = self._known
            self._base[known] *= 1 - _BY_ITSELF
            self._base[known] += _BY_ITSELF * self._weighed(short)[known]
            self._weights = self._base.copy()
            self._likeness = Likeness(self._written)
        return self._base

    def _trained(self) -> Array:
        """How much each feature speaks for each criterion, what links taught included."""
        base = self._knows()
        if self._stale:
            self._renew(base, np.fromiter(sorted(self._stale), np.int32, len(self._stale)))
            self._stale.clear()
        return self._weights

    def _renew(self, base: Array, numbers: Indices) -> None:
        """Adds what links taught of some features to what is known of them without."""
        rows, size = self._weights.shape
        if len(self._single) > size:
            more = max(len(self._single), 2 * size) - size
            self._weights = np.hstack((self._weights, np.zeros((rows, more), np.float32)))
        old = numbers[numbers < base.shape[1]]
        self._weights[:, numbers] = self._taught.weights(numbers)
        self._weights[:, old] += base[:, old]

    def _weighed(self, table: Array) -> Array:
        """How much each feature speaks for each criterion, never below 0."""
        said = table.copy()
        for rows, share in self._groups:
            said[rows] += share * table[rows].mean(axis=0)
        worths = np.array(self._own, np.float32)
        much = np.maximum((said * worths).sum(axis=1, keepdims=True), 1e-6)
        usual = float(much.mean())
        said /= (much / usual) ** _LENGTH * usual
        background = said.mean(axis=0, keepdims=True)
        rare = _RARE / max(len(worths), 1)
        weights = np.log1p(said / (_BACKGROUND * background + rare)) * worths
        return np.asarray(weights, np.float32)

    def _worths(self, numbers: Indices) -> Array:
        """What some features are worth by themselves."""
        return np.fromiter(map(self._own.__getitem__, numbers), np.float32, len(numbers))

    def _worth_of(self, word: str) -> float:
        """What a word is worth by itself: a common one little, a figure nothing."""
        if word.isdigit():
            return 0.0
        often = self._words.common.get(word)
        worth = 1.0 if often is None else min(1.0, math.log(1000 / often) / _UNCOMMON) ** _COMMON
        return worth * (_WEAK if word in self._words.weak else 1.0)

    def _of_pairs(self, numbers: Indices) -> Array:
        """What features are worth as single words or pairs in a text that is asked about."""
        single = np.fromiter(map(self._single.__getitem__, numbers), bool, len(numbers))
        return np.where(single, np.float32(1.0), np.float32(_PAIR_ASKED))

    # --- features by number --------------------------------------------------------------

    def _number(self, name: str, single: bool) -> int:
        number = self._names.get(name)
        if number is None:
            number = self._names[name] = len(self._single)
            self._single.append(single)
            self._own.append(1.0 if not single else self._worth_of(name))
        return number

    def _named(self, features: Iterable[Feature]) -> list[int]:
        return [self._number(each.name, each.single) for each in features]

    def _counted(self, features: Iterable[Feature], *, new: bool = False) -> tuple[Indices, Array]:
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

    def suggest(self, text: str, top: int = 5, around: Sequence[str] = ()) -> list[Likely]:
        """The likeliest criteria for a text, the best first; none for boilerplate.

        ``around`` is what the text stands in, if that is known: its paragraph, its heading.
        """
        if is_boilerplate(text):
            return []
        heard = self._heard(text, around)
        if heard.max() < _NOTHING:
            return []
        scores = heard + _LIKENESS * self._likeness.of(text)
        shares = _softmax(scores)
        order = np.argsort(-scores, kind="stable")[:top]
        return [
            Likely(
                self._places[row].code,
                round(float(shares[row]), 4),
                next(filter(None, (self.because(self._places[row].code, each)
                                   for each in (text, *around))), ()),
            )
            for row in map(int, order)
            if heard[row] >= _LITTLE
        ]  # fmt: skip

    def because(self, code: str, text: str) -> tuple[str, ...]:
        """The words of a text that speak for what a code names, the strongest first."""
        return self._because(text, self._same.features(text), self._row[code])

    def read(self, text: str) -> Asked | None:
        """A text made ready for :meth:`speaks`; None for boilerplate and where nothing speaks.

        It stays good when links come and go: what these may teach of its words is listened to.
        """
        if is_boilerplate(text):
            return None
        self._knows()
        features = self._same.features(text)
        self._stale.update(
            self._number(each.name, each.single)
            for each in features
            if each.single and each.name not in self._names
        )
        asked = Asked(*self._asked(features, fades=0.0))
        return asked if len(asked.numbers) else None

    def speaks(self, code: str, asked: Sequence[Asked]) -> list[tuple[float, float]]:
        """How much of each text speaks for what a code names, and its share of all that does."""
        row, weights = self._row[code], self._trained()
        told = _sums(weights[row : row + 1], asked)[0]
        # The others are only listened to where enough is said.
        heard = np.flatnonzero(told >= _NOTHING)
        scores = _sums(weights, [asked[int(each)] for each in heard])
        raised = np.exp(scores - scores.max(axis=0, initial=0.0))
        found = [(0.0, 0.0)] * len(asked)
        for place, score, share in zip(
            heard, scores[row], raised[row] / raised.sum(axis=0), strict=True
        ):
            found[place] = (float(score), float(share))
        return found

    def sought(self, code: str, most: int) -> list[str]:
        """What speaks for what a code names, the strongest first: names of single features."""
        weights = self._trained()[self._row[code], : len(self._single)]
        weights = np.where(np.array(self._single), weights, 0.0)
        names = list(self._names)
        return [names[each] for each in np.argsort(-weights)[:most] if weights[each] > 0]

    def judged(self, text: str, around: Sequence[str] = ()) -> tuple[Array, Array]:
        """For each criterion what speaks for it in a text, and its share of the whole."""
        scores = self._heard(text, around) + _LIKENESS * self._likeness.of(text)
        return scores, _softmax(scores)

    def _heard(self, text: str, around: Sequence[str]) -> Array:
        """How much the words of a text, and of what it stands in, speak for each criterion."""
        scores = self._scored(self._same.features(text))
        for each in around:
            scores += _AROUND * self._scored(self._same.features(each))
        return scores

    def _scored(self, features: Sequence[Feature]) -> Array:
        numbers, worths = self._asked(features)
        return np.asarray(self._trained()[:, numbers] @ worths, np.float32)

    def _asked(self, features: Sequence[Feature], fades: float = _FADES) -> tuple[Indices, Array]:
        self._trained()
        places: dict[int, list[int]] = {}
        for each in features:
            number = self._names.get(each.name)
            if number is not None:
                places.setdefault(number, []).append(each.start)
        numbers = np.fromiter(places, np.int32, len(places))
        often = np.fromiter(map(len, places.values()), np.float32, len(places))
        worths = np.log1p(often)
        if fades:
            first = np.fromiter((each[0] for each in places.values()), np.float32, len(places))
            length = max((each.end for each in features), default=1)
            worths = worths * (1 - fades * first / length)
        worths = worths * self._of_pairs(numbers)
        return numbers, np.asarray(worths, np.float32)

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


def _of_topics(places: Sequence[Taggable], words: Vocabulary) -> Generator[None, None, Array]:
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


def _sums(weights: Array, asked: Sequence[Asked]) -> Array:
    """How much of each text speaks for each criterion, by what each feature does."""
    if not asked:
        return np.zeros((len(weights), 0), np.float32)
    numbers = np.concatenate([each.numbers for each in asked])
    worths = np.concatenate([each.worths for each in asked])
    begins = np.cumsum([0, *(len(each.numbers) for each in asked[:-1])])
    return np.asarray(np.add.reduceat(weights[:, numbers] * worths, begins, axis=1), np.float32)


def _softmax(scores: Array) -> Array:
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum(), np.float32)
