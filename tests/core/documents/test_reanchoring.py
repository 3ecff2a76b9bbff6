"""A new version: a passage stays with its own sentence, or is said to be lost."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cambs_evidence.documents.anchors import DocumentText
from cambs_evidence.documents.numbering import Numbering
from cambs_evidence.documents.reanchoring import Successor
from cambs_evidence.model import Anchor, Hold, Place
from tests.core.documents.sheets import SHARED, WORDS, flat_layer, sentence

CORPUS = SHARED / "corpus"


@dataclass(frozen=True)
class Said:
    """One sentence of a version; the same ``name`` is the same sentence, however it is worded."""

    name: int
    words: str
    made_after: int | None = None


class Laid:
    """Sentences laid out on pages, so many on each, and where each of them stands."""

    def __init__(self, said: Sequence[Said], on_page: int = 7, in_paragraph: int = 3) -> None:
        self.said = list(said)
        pages, self.places = [], []
        for first in range(0, len(said), on_page):
            text = ""
            for item, each in enumerate(said[first : first + on_page]):
                text += "" if not item else "\n\n" if item % in_paragraph == 0 else " "
                self.places.append((first // on_page, len(text), len(text) + len(each.words)))
                text += each.words
            pages.append(flat_layer(text, index=len(pages)))
        self.text = DocumentText("0" * 64, "test-1", pages or [flat_layer("")], Numbering())

    def anchor(self, item: int) -> Anchor:
        return self.text.anchor(Place((self.places[item],)))

    def under(self, place: Place) -> Counter[int]:
        """How many characters of a place stand on each sentence, by its number in the version."""
        found: Counter[int] = Counter()
        for page, start, end in place.spans:
            for item, (there, low, high) in enumerate(self.places):
                if there == page and min(end, high) > max(start, low):
                    found[item] += min(end, high) - max(start, low)
        return found


def _like(words: str, chance: random.Random, changes: int = 1) -> str:
    """Another sentence that differs in a word or two."""
    made = words.split()
    for _ in range(changes):
        at = chance.randrange(len(made))
        made[at] = chance.choice([each for each in WORDS if each != made[at].lower()])
    return " ".join(made)


def _edited(old: Sequence[Said], chance: random.Random, edits: int) -> list[Said]:
    """A version of some sentences, some of them edited, gone, new or elsewhere."""
    new, names = list(old), len(old) + 1000
    often = Counter(each.words for each in old)
    for _ in range(edits):
        kind = chance.choice(("take out", "put in", "look-alike", "reword", "move", "range"))
        at = chance.randrange(len(new)) if new else 0
        # Sentences are told apart by most of their words, and edited once.
        worded = bool(new) and new[at] in old and len(new[at].words.split()) >= 5
        names += 1
        if kind == "put in" or not new:
            new.insert(at, Said(names, sentence(chance, chance.randint(2, 16))))
        elif kind == "take out":
            del new[at]
        elif kind == "range":
            del new[at : at + chance.randint(2, 4)]
        elif kind == "look-alike" and worded:
            there = chance.randrange(len(new) + 1)
            new.insert(there, Said(names, _like(new[at].words, chance), new[at].name))
        elif kind == "reword" and worded:
            count = chance.randint(1, len(new[at].words.split()) // 4)
            new[at] = Said(new[at].name, _like(new[at].words, chance, count))
        elif kind == "move" and often[new[at].words] < 2:  # of twins none can be told to have moved
            moved = new.pop(at)
            new.insert(chance.randrange(len(new) + 1), moved)
    return new


def _takes_its_place(old: Laid, new: Laid, item: int, found: Said) -> bool:
    """True where a sentence reads like one that is gone, and stands beside its neighbour.

    That is what rewording is; nobody could tell the two apart.
    """
    own = old.said[item]
    if own in new.said:
        return False
    if found.made_after != own.name and found.words != own.words:
        return False
    at = new.said.index(found)
    return bool(_beside(old.said, item) & _beside(new.said, at))


def _beside(said: Sequence[Said], item: int) -> set[tuple[str, str]]:
    before = ("before", said[item - 1].words if item else "")
    after = ("after", said[item + 1].words if item + 1 < len(said) else "")
    return {before, after}


def _hold_to(old: Laid, new: Laid) -> Counter[Hold]:
    """Asserts that no sentence was taken for another; how many held how."""
    successor = Successor(old.text, new.text)
    told: Counter[Hold] = Counter()
    for item, each in enumerate(old.said):
        resolved = successor.resolve(old.anchor(item))
        told[resolved.hold] += 1
        if resolved.place is None:
            continue
        under = new.under(resolved.place)
        found = new.said[under.most_common(1)[0][0]]
        own = found.name == each.name or _takes_its_place(old, new, item, found)
        assert own, (each.words, found.words, resolved.hold)
        if resolved.hold is Hold.EXACT:
            assert resolved.place.spans == (old.places[item],)
            assert found.words == each.words
        others = under.total() - under[under.most_common(1)[0][0]]
        assert others <= 0.25 * under.total()
    return told


@st.composite
def _versions(draw: st.DrawFn) -> tuple[Laid, Laid]:
    """A text in which sentences are alike or the same, and another version of it."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    said: list[Said] = []
    for name in range(draw(st.integers(3, 30))):
        kind = draw(st.integers(0, 9))
        if said and kind < 2:
            words = chance.choice(said).words
        elif said and kind < 5:
            words = _like(chance.choice(said).words, chance, chance.randint(1, 2))
        else:
            words = sentence(chance, chance.choice((1, 2, 4, 8, 14)))
        said.append(Said(name, words))
    edited = _edited(said, chance, draw(st.integers(0, 8)))
    on_page = draw(st.integers(2, 12))
    return Laid(said, on_page), Laid(edited, draw(st.sampled_from((on_page, on_page, 5))))


@given(_versions())
@settings(max_examples=300, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_a_passage_is_never_put_on_another_sentence(versions: tuple[Laid, Laid]) -> None:
    _hold_to(*versions)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus is not here")
@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.txt")), ids=lambda path: path.name[:3])
@pytest.mark.parametrize("seed", range(3))
def test_nor_in_real_reports_edited_at_random(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    text = path.read_text(encoding="utf-8", errors="replace")
    words = [" ".join(each.split()) for each in re.split(r"(?<=[.!?])\s+|\n\s*\n", text)]
    kept = [each for each in words if len(each.split()) > 2][:400]
    said = [Said(name, each) for name, each in enumerate(kept)]
    told = _hold_to(Laid(said, 12), Laid(_edited(said, chance, len(said) // 16), 12))
    assert told[Hold.LOST] < 0.25 * len(said)


# --- what becomes of one passage -------------------------------------------------------------

FIRST = "Social workers visit every child in the valley once a week."
SECOND = "Managers read a sample of records and write down what they found."
THIRD = "Families wait eleven days for a first answer to their letters."
FOURTH = "The board has met in the old town hall since the spring."


def _resolved(old: Sequence[str], new: Sequence[str], item: int = 1) -> tuple[Hold, str | None]:
    before = Laid([Said(number, words) for number, words in enumerate(old)])
    after = Laid([Said(number, words) for number, words in enumerate(new)])
    found = Successor(before.text, after.text).resolve(before.anchor(item))
    return found.hold, after.text.quote(found.place) if found.place else None


def test_what_stands_where_it_stood_is_exact_though_the_next_sentence_is_another() -> None:
    assert _resolved([FIRST, SECOND, THIRD], [FIRST, SECOND, FOURTH]) == (Hold.EXACT, SECOND)


def test_the_same_words_elsewhere_are_moved() -> None:
    old = [FIRST, SECOND, THIRD]
    assert _resolved(old, [FOURTH, *old]) == (Hold.MOVED, SECOND)
    assert _resolved(old, [FIRST, THIRD, FOURTH, SECOND]) == (Hold.MOVED, SECOND)


def test_a_sentence_worded_otherwise_is_moved() -> None:
    reworded = SECOND.replace("sample", "tenth")
    assert _resolved([FIRST, SECOND, THIRD], [FIRST, reworded, THIRD]) == (Hold.MOVED, reworded)


def test_a_sentence_that_is_gone_is_lost_though_one_like_it_stays() -> None:
    like = SECOND.replace("sample", "tenth")
    assert _resolved([FIRST, SECOND, THIRD, like, FOURTH], [FIRST, THIRD, like, FOURTH]) == (
        Hold.LOST,
        None,
    )


def test_of_two_equal_sentences_each_keeps_its_own_place() -> None:
    old = [FIRST, SECOND, THIRD, SECOND, FOURTH]
    assert _resolved(old, old, 3) == (Hold.EXACT, SECOND)
    assert _resolved(old, [FIRST, THIRD, SECOND, FOURTH], 1) == (Hold.LOST, None)
    assert _resolved(old, [FIRST, THIRD, SECOND, FOURTH], 3) == (Hold.MOVED, SECOND)


def test_one_of_several_in_a_row_that_nobody_can_tell_apart_is_lost() -> None:
    row = ["Good."] * 6
    assert _resolved([FIRST, *row, FOURTH], [FIRST, *row[1:], FOURTH], 3) == (Hold.LOST, None)


def test_a_copy_elsewhere_of_a_sentence_that_was_reworded_is_not_taken_for_it() -> None:
    reworded = SECOND.replace("sample", "tenth")
    new = [FIRST, reworded, THIRD, FOURTH, SECOND]
    assert _resolved([FIRST, SECOND, THIRD, FOURTH], new) == (Hold.LOST, None)


def test_a_short_passage_needs_its_surroundings() -> None:
    assert _resolved([FIRST, "Good.", THIRD], [FIRST, "Good.", THIRD]) == (Hold.EXACT, "Good.")
    assert _resolved([FIRST, "Good.", THIRD], [SECOND, "Good.", FOURTH]) == (Hold.LOST, None)
