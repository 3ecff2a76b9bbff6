"""Suggestions: how often the right criterion comes first, how quickly, against a plain TF-IDF.

``passages.json`` holds no words of anybody: each entry is a file below ``../shared``, a line (a
page of a PDF) from 1, the first of the passage's words there and how many, its criteria by hand
(the one meant first, then others that a person could choose), its set, and the beginning of the
SHA-256 of its words. The sets, each labelled by reading and without a look at what is suggested:

- ``first``: chosen before all others; half of them were held back from the search for figures.
- ``chosen``: what an officer would tag who reads the documents.
- ``drawn``: sentences drawn by lot, of which those were kept that speak of some criterion. They
  came in four lots, each measured first and only then looked at for missing words.
- ``apart``: a last such lot, of which no passage was looked at. It settled one thing, that likeness
  word for word has a say (``_LIKENESS``).

For all but the last the words of the field know more of them than of what nobody has read yet.
"""

from __future__ import annotations

import hashlib
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
#: Words before and behind a passage that are taken for its paragraph, at most.
_NEAR = 150
#: How often a plain TF-IDF is to have the right criterion first, then among the first three, where
#: the aims are 70 % and 90 %.
_REFERENCE = (0.58, 0.78)
#: Paragraphs of narratives shorter than this, in characters, say too little to be measured by.
_SAYS_SOMETHING = 120

Narratives = dict[tuple[int, int], str]


class Labelled(NamedTuple):
    """A passage with the codes of its criteria, the one that is meant first.

    ``source`` is the number of its file, ``paragraph`` the paragraph that it stands in.
    """

    text: str
    codes: tuple[str, ...]
    kind: str
    source: str
    paragraph: str


Rank = Callable[[Labelled], Sequence[str]]


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
    labels = bundled.read(paths.resources() / "framework.toml")
    who = {
        "plain TF-IDF": _plain(tree, clean),
        "ours": _ours(tree, clean),
        "ours, with its paragraph": _ours(tree, clean, around=True),
        "ours, labels alone": _ours(labels, {}),
    }
    yield "suggestions, right criterion first / among the first three / block of the first:"
    kinds = dict.fromkeys(each.kind for each in passages)
    for name, chosen in (
        *((kind, [each for each in passages if each.kind == kind]) for kind in reversed(kinds)),
        ("one criterion fits", [each for each in passages if len(each.codes) == 1]),
    ):
        for by, rank in who.items():
            yield _line(f"{name}, {by}", tree, rank, chosen)
    for source in dict.fromkeys(each.source for each in passages):
        chosen = [each for each in passages if each.source == source]
        for by in ("plain TF-IDF", "ours"):
            yield _line(f"from {source}, {by}", tree, who[by], chosen)
    whole = [each for each in passages if each.text in _wording(narratives)]
    plain, ours = _plain(tree, narratives), _ours(tree, narratives)
    yield _line("standing in the narrative, plain TF-IDF", tree, plain, whole)
    yield _line("standing in the narrative, ours", tree, ours, whole)
    yield from _as_hard_as("all", passages, plain, ours)
    apart = [each for each in passages if each.kind == "apart"]
    yield from _as_hard_as("apart", apart, plain, ours)
    around = _ours(tree, narratives, around=True)
    yield from _as_hard_as("apart with its paragraph", apart, plain, around)
    yield from _taught(tree, clean, passages)
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
    for name, line, first, count, codes, kind, digest in json.loads(
        (_HERE / "passages.json").read_text(encoding="utf-8")
    ):
        words = _words_at(name, line)
        text = " ".join(words[first : first + count])
        if not hashlib.sha256(text.encode()).hexdigest().startswith(digest):
            raise ValueError(f"{name}, line {line}: these are not the words that were labelled")
        paragraph = " ".join(words[max(0, first - _NEAR) : first + count + _NEAR])
        source = Path(name).name[:3] if name.startswith("corpus") else "reports of others"
        yield Labelled(text, tuple(codes.split()), kind, source, paragraph)


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


def _ours(
    tree: Framework,
    narratives: Narratives,
    links: Sequence[suggesting.Linked] = (),
    *,
    around: bool = False,
) -> Rank:
    made = suggesting.train(tree, narratives, links)
    codes = [each.code for each in taggables(tree)]

    def rank(asked: Labelled) -> list[str]:
        scores, _ = made.judged(asked.text, (asked.paragraph,) if around else ())
        return [codes[row] for row in np.argsort(-scores, kind="stable")[:3]]

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

    def rank(passage: Labelled) -> list[str]:
        often = Counter(_tokens(passage.text))
        asked = {word: n * idf[word] for word, n in often.items() if word in idf}
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
        found = rank(each)
        first += found[0] == each.codes[0]
        three += each.codes[0] in found
        block += blocks[found[0]] == blocks[each.codes[0]]
    count = max(len(passages), 1)
    shares = " / ".join(f"{many / count:.0%}" for many in (first, three, block))
    likely = first / count
    spread = 1.96 * math.sqrt(likely * (1 - likely) / count)
    return f"  {name:<52}{shares:>20}   of {len(passages)}, first ± {spread:.0%}"


def _as_hard_as(of: str, passages: Sequence[Labelled], plain: Rank, ours: Rank) -> Iterator[str]:
    """What ours comes to where the passages are as hard for the reference as it is said.

    Passages are weighed by where the reference has the right criterion: first, then, beyond.
    """
    met: dict[int, list[tuple[bool, bool]]] = {0: [], 1: [], 2: []}
    for each in passages:
        right, found, told = each.codes[0], plain(each), ours(each)
        place = 0 if found[0] == right else 1 if right in found else 2
        met[place].append((told[0] == right, right in told))
    weights = (_REFERENCE[0], _REFERENCE[1] - _REFERENCE[0], 1 - _REFERENCE[1])
    means = [np.mean(each, axis=0) for each in met.values()]
    first, three = sum(weight * mean for weight, mean in zip(weights, means, strict=True))
    hard = " / ".join(f"{each:.0%}" for each in _REFERENCE)
    name = f"{of}, as hard as where TF-IDF has {hard}"
    yield f"  {name:<62}{f'{first:.0%} / {three:.0%}':>10}"


def _taught(tree: Framework, narratives: Narratives, passages: Sequence[Labelled]) -> Iterator[str]:
    """Passages by what the other four fifths teach that are tagged as they are labelled."""
    mixed = list({each.text: each for each in passages}.values())
    random.Random(7).shuffle(mixed)  # noqa: S311 - the same each time
    for name, known in (("", narratives), (", labels and words alone", {})):
        for by in ("without links", "with links"):
            first = three = 0
            for part in range(5):
                links = [
                    suggesting.Linked(each.text, each.codes[0])
                    for number, each in enumerate(mixed)
                    if number % 5 != part and by == "with links"
                ]
                rank = _ours(tree, known, links)
                for each in mixed[part::5]:
                    found = rank(each)
                    first += found[0] == each.codes[0]
                    three += each.codes[0] in found
            shares = f"{first / len(mixed):.0%} / {three / len(mixed):.0%}"
            yield f"  {f'all, {by}{name}':<52}{shares:>20}   of {len(mixed)}"


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
                blocks[rank(Labelled(text, (), "", "", ""))[0]] == place
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
    text = links[0].text
    quickest = min(_timed(lambda: made.suggest(text)) for _ in range(5))
    asked = Labelled(text, (), "", "", "")
    plain = min(_timed(lambda: rank(asked)) for _ in range(5))
    yield (
        f"  an answer: {quickest * 1000:.1f} ms, plain TF-IDF {plain * 1000:.1f} ms, "
        f"ratio {quickest / plain:.2f} (≤ 50 ms)"
    )


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
