"""Suggestions: how often the right criterion comes first, how quickly, against a plain TF-IDF.

``passages.json`` holds no words of anybody: each entry is a file below ``../shared``, a line (a
page of a PDF) from 1, the first of the passage's words there and how many, its criteria by hand
(the one meant first, then others that a person could choose), 1 where it was held back from the
search for the figures in ``suggesting.py``. The last of them (``_BY_ITSELF``, ``_SHARED``) were
settled with a look at both halves, so what was held back flatters a little too.
"""

from __future__ import annotations

import json
import math
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cambs_evidence import paths
from cambs_evidence.framework import bundled, reading
from cambs_evidence.mapping import suggesting
from cambs_evidence.mapping.said import taggables
from cambs_evidence.model import Framework, Proposal

_HERE = Path(__file__).resolve().parent
_SHARED = _HERE.parent.parent / "shared"
_ASSESSMENT = "corpus/004_3bd3e336db90537c.txt"
#: Links that are learnt from in the measure of speed, and phrases of the field in each.
_LINKS, _PHRASES = 5_000, 25
#: Paragraphs of narratives shorter than this, in characters, say too little to be measured by.
_SAYS_SOMETHING = 120

Narratives = dict[tuple[int, int], str]
Rank = Callable[[str], Sequence[str]]


class Labelled(NamedTuple):
    """A passage with the codes of its criteria, the one that is meant first."""

    text: str
    codes: tuple[str, ...]
    held_back: bool


def suggestions(_: object) -> Iterator[str]:
    """Accuracy on passages labelled by hand and on narratives left out, then speed."""
    tree = bundled.read(paths.resources() / "framework.toml")
    if not (_SHARED / _ASSESSMENT).exists():
        yield "suggestions: ../shared is not here, so only their speed is measured"
        yield from _speed(tree, {})
        return
    tree, narratives = _read()
    passages = list(_labelled())
    clean = _without(narratives, passages)
    yield "suggestions, right criterion first / among the first three / block of the first:"
    for name, chosen in (
        ("labelled by hand, held back", [each for each in passages if each.held_back]),
        ("labelled by hand, all", passages),
        ("of these, one criterion fits", [each for each in passages if len(each.codes) == 1]),
    ):
        yield _line(f"{name}, plain TF-IDF", tree, _plain(tree, clean), chosen)
        yield _line(f"{name}, ours", tree, _ours(tree, clean), chosen)
        labels = bundled.read(paths.resources() / "framework.toml")
        yield _line(f"{name}, ours, labels alone", tree, _ours(labels, {}), chosen)
    whole = [each for each in passages if each.text in _wording(narratives)]
    yield _line("standing in the narrative, plain TF-IDF", tree, _plain(tree, narratives), whole)
    yield _line("standing in the narrative, ours", tree, _ours(tree, narratives), whole)
    yield from _left_out(tree, narratives)
    yield from _speed(tree, narratives)


ALL: dict[str, Callable[[Any], Iterator[str]]] = {"suggestions": suggestions}


# --- what is measured on ---------------------------------------------------------------------


@cache
def _read() -> tuple[Framework, Narratives]:
    """The framework of the self-assessment and its narratives, as a case made from it has them."""
    known = bundled.read(paths.resources() / "framework.toml")
    steps = reading.read(_SHARED / _ASSESSMENT, known, None)
    found = next(each for each in steps if isinstance(each, Proposal))
    read = {
        each.code: each for section in found.sections for block in section.blocks
        for each in block.criteria
    }  # fmt: skip
    sections = []
    for section in known.sections:
        criteria = tuple(
            type(each)(each.id, each.code, each.label, each.marked, read[each.code].statement)
            for each in section.criteria
        )
        kept = (section.id, section.number, section.title, criteria, section.blocks)
        sections.append(type(section)(*kept))
    narratives = {
        (section.number, place): block.narrative
        for section in found.sections
        for place, block in enumerate(section.blocks)
    }
    return Framework(known.name, known.version, tuple(sections)), narratives


def _labelled() -> Iterator[Labelled]:
    for name, line, first, count, codes, held in json.loads(
        (_HERE / "passages.json").read_text(encoding="utf-8")
    ):
        words = _words_at(name, line)[first : first + count]
        yield Labelled(" ".join(words), tuple(codes.split()), bool(held))


def _words_at(name: str, line: int) -> list[str]:
    if name.endswith(".pdf"):
        return _page(name, line).split()
    lines = _lines(name)
    text = lines[line - 1]
    if name == _ASSESSMENT:  # hard-wrapped: a paragraph ends at an empty line
        after = line
        while after < len(lines) and lines[after].strip():
            text += " " + lines[after]
            after += 1
    text = re.sub(r"<[^>]+>|\*\*", "", text)
    return text.replace("\uf0b7", "•").replace("\uf0d8", "•").split()


@cache
def _lines(name: str) -> list[str]:
    return (_SHARED / name).read_text(encoding="utf-8").split("\n")


@cache
def _page(name: str, number: int) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(_SHARED / name)
    return str(document[number - 1].get_textpage().get_text_range()).replace("\r", "")


def _wording(narratives: Narratives) -> str:
    return " ".join(" ".join(text.split()) for text in narratives.values())


def _without(narratives: Narratives, passages: Sequence[Labelled]) -> Narratives:
    """Narratives without the paragraphs that a labelled passage stands in."""
    keys = {_letters(each.text) for each in passages}
    kept = {}
    for place, text in narratives.items():
        paragraphs = [
            each for each in text.split("\n\n")
            if not any(key in _letters(each) or _letters(each) in key for key in keys)
        ]  # fmt: skip
        kept[place] = "\n\n".join(paragraphs)
    return kept


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())


# --- who is measured -------------------------------------------------------------------------


def _ours(tree: Framework, narratives: Narratives) -> Rank:
    made = suggesting.train(tree, narratives)
    codes = [each.code for each in taggables(tree)]

    def rank(text: str) -> list[str]:
        order = np.argsort(-made.judged(text)[0], kind="stable")
        return [codes[row] for row in order[:3]]

    return rank


def _plain(tree: Framework, narratives: Narratives) -> Rank:
    """The reference: the cosine of TF-IDF vectors of all words, a criterion a document."""
    places = taggables(tree)
    documents = [
        Counter(_tokens(f"{each.label} {each.statement} {each.section[1]} "
                        f"{narratives.get((each.section[0], each.block), '')}"))
        for each in places
    ]  # fmt: skip
    held = Counter(word for each in documents for word in each)
    idf = {word: math.log((1 + len(documents)) / (1 + often)) + 1 for word, often in held.items()}
    vectors = []
    for each in documents:
        vector = {word: count * idf[word] for word, count in each.items()}
        length = math.sqrt(sum(worth**2 for worth in vector.values())) or 1.0
        vectors.append({word: worth / length for word, worth in vector.items()})

    def rank(text: str) -> list[str]:
        asked = {word: n * idf[word] for word, n in Counter(_tokens(text)).items() if word in idf}
        scores = [
            sum(worth * each.get(word, 0) for word, worth in asked.items()) for each in vectors
        ]
        order = sorted(range(len(places)), key=lambda row: -scores[row])
        return [places[row].code for row in order[:3]]

    return rank


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


# --- measures --------------------------------------------------------------------------------


def _line(name: str, tree: Framework, rank: Rank, passages: Sequence[Labelled]) -> str:
    blocks = _blocks(tree)
    first = three = block = 0
    for each in passages:
        found = rank(each.text)
        first += found[0] == each.codes[0]
        three += each.codes[0] in found
        block += blocks[found[0]] == blocks[each.codes[0]]
    shares = " / ".join(f"{count / max(len(passages), 1):.0%}" for count in (first, three, block))
    return f"  {name:<58}{shares:>20}   of {len(passages)}"


def _blocks(tree: Framework) -> dict[str, tuple[int, int]]:
    return {each.code: (each.section[0], each.block) for each in taggables(tree)}


def _left_out(tree: Framework, narratives: Narratives) -> Iterator[str]:
    """Paragraphs of the narrative, each sought by what was learnt from the others.

    Ten parts of them are left out in turn, which comes to nearly the same as one at a time.
    """
    blocks = _blocks(tree)
    every = [
        (place, each) for place, text in narratives.items() for each in text.split("\n\n")
        if len(each) >= _SAYS_SOMETHING
    ]  # fmt: skip
    random.Random(4).shuffle(every)  # noqa: S311 - the same each time
    for who, make in (("plain TF-IDF", _plain), ("ours", _ours)):
        met = 0
        for part in range(10):
            learnt: dict[tuple[int, int], list[str]] = defaultdict(list)
            for number, (place, text) in enumerate(every):
                if number % 10 != part:
                    learnt[place].append(text)
            rank = make(tree, {place: "\n\n".join(texts) for place, texts in learnt.items()})
            met += sum(
                blocks[rank(text)[0]] == place
                for number, (place, text) in enumerate(every)
                if number % 10 == part
            )
        name = f"narrative left out, right block first, {who}"
        yield f"  {name:<58}{met / len(every):>20.0%}   of {len(every)}"


def _speed(tree: Framework, narratives: Narratives) -> Iterator[str]:
    """Training on invented links of words of the field, and one answer."""
    from cambs_evidence.mapping.vocabulary import vocabulary

    chance = random.Random(9)  # noqa: S311 - the same each time
    topics = vocabulary().topics
    codes = [each.code for each in taggables(tree)]
    links = [
        suggesting.Linked(
            " ".join(chance.choices(chance.choice(topics).terms, k=_PHRASES)), chance.choice(codes)
        )
        for _ in range(_LINKS)
    ]
    begun = time.process_time()
    made = suggesting.train(tree, narratives, links)
    made.suggest("Supervision is regular and recorded.")
    ours = time.process_time() - begun
    begun = time.process_time()
    told: dict[tuple[int, int], list[str]] = defaultdict(list)
    place = _blocks(tree)
    for text, code in links:
        told[place[code]].append(text)
    rank = _plain(tree, {each: " ".join([*texts, narratives.get(each, "")])
                         for each, texts in told.items()})  # fmt: skip
    reference = time.process_time() - begun
    yield (
        f"  training on {_LINKS:,} links: {ours:.2f} s, plain TF-IDF {reference:.2f} s, "
        f"ratio {ours / reference:.2f} (≤ 2 s)"
    )
    asked = links[0].text
    quickest, plain = (
        min(_timed(lambda work=work: work(asked)) for _ in range(5))
        for work in (made.suggest, rank)
    )  # fmt: skip
    yield (
        f"  an answer: {quickest * 1000:.1f} ms, plain TF-IDF {plain * 1000:.1f} ms, "
        f"ratio {quickest / plain:.2f} (≤ 50 ms)"
    )


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
