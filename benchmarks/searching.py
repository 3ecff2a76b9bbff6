"""Searches of twenty thousand pages, against the same queries put to the full-text index alone.

The reference is what somebody would write with FTS5 and nothing else: as many pages, the best
first by the index's own rank, each with the index's own ``snippet()`` of about as many characters.
It knows no documents and pages, no total, no place in the page's own text, no passages, and does
not put pages first on which the words follow each other; ours has all of that in its figure.

The case is the reports again and again, each time with some other words, so that there are rare
words as well as common ones and hardly two pages come out even.
"""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache, partial
from pathlib import Path

from benchmarks import measures, stage
from cambs_evidence.case import Case
from cambs_evidence.documents import sought, worker

#: Pages in the case, at least; queries of each kind; pages that each may find.
_PAGES, _EACH, _FOUND = 20_000, 25, 200
#: Of 1,000 words so many are other words of the reports, and so many are words of no other page.
_OTHER, _OWN = 40, 3
_BARE = (
    "SELECT rowid, snippet(page_words, 0, '', '', '…', 30) FROM page_words "  # noqa: S608 - a figure
    f"WHERE page_words MATCH ? ORDER BY rank LIMIT {_FOUND}"
)
_AGAINST = "bare FTS5 query with snippets"
_WORD = re.compile("[A-Za-z]{3,}")

#: A query as it is typed, and as the index is asked.
_Query = tuple[str, str]


def searching(files: list[Path]) -> Iterator[str]:
    """Searches as they are made for the first time, and the reference in turn."""
    path = _large(tuple(files))
    taken: dict[str, list[tuple[float, float]]] = {}
    with Case.open(path, by="benchmark") as case, closing(sqlite3.connect(path)) as raw:
        for kind, (query, match) in _queries(raw):
            ask, bare = partial(case.search, query, _FOUND), partial(_bare, raw, match)
            rounds = [(_anew(ask), _seconds(bare)) for _ in range(measures.ROUNDS)]
            ours, theirs = zip(*rounds, strict=True)
            taken.setdefault(kind, []).append((min(ours), min(theirs)))
    every = [each for some in taken.values() for each in some]
    yield _figure("search, 95th of 100", every, lambda of: stage.of_100(of, 95), " (≤ 1.5)")
    yield _figure("search, median", every, statistics.median)
    for kind, some in taken.items():
        yield _figure(f"search, median of {kind}", some, statistics.median)


def _figure(
    what: str,
    pairs: list[tuple[float, float]],
    of: Callable[[list[float]], float],
    aim: str = "",
) -> str:
    ours, theirs = (of([pair[which] for pair in pairs]) for which in (0, 1))
    return measures.Figure(what, ours, theirs, _AGAINST + aim).line()


def _anew(work: Callable[[], object]) -> float:
    """What was made ready for a query is made again, as for one that nobody has asked before."""
    re.purge()
    sought.seeker.cache_clear()
    return _seconds(work)


def _bare(raw: sqlite3.Connection, match: str) -> object:
    return raw.execute(_BARE, (match,)).fetchall()


def _seconds(work: Callable[[], object]) -> float:
    return measures.seconds(work, time.process_time)


# --- queries ---------------------------------------------------------------------------------


def _queries(raw: sqlite3.Connection) -> Iterator[tuple[str, _Query]]:
    """Queries of each kind, always the same, made of words as they stand on the pages."""
    chance = random.Random(3)  # noqa: S311 - always the same
    raw.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, page_words, row)")
    counts = [
        (word, count)
        for word, count in raw.execute("SELECT term, doc FROM temp.vocabulary ORDER BY term")
        if _WORD.fullmatch(word)
    ]
    known = {
        "rare words": [word for word, count in counts if count <= 5],
        "words": [word for word, count in counts if 50 <= count <= 1000],
        "common words": [word for word, count in counts if count >= 2000],
    }
    pages = [row[0] for row in raw.execute("SELECT words FROM page_words WHERE rowid % 9 = 0")]
    worded = [words for words in map(_WORD.findall, pages) if words[15:]]
    for _ in range(_EACH):
        for kind, words in known.items():
            word = chance.choice(words)
            yield kind, (word, f'"{word}"')
        words = chance.choice(worded)
        at = chance.randrange(len(words) - 12)
        one, two, far = *words[at : at + 2], words[at + chance.randrange(3, 11)]
        yield "two words", (f"{one} {far}", f'"{one}" AND "{far}"')
        yield "three words", (f"{one} {two} {far}", f'"{one}" AND "{two}" AND "{far}"')
        yield "beginnings", (f"{one[:4]}*", f'"{one[:4]}" *')
        yield "phrases", (f'"{one} {two}"', f'"{one} {two}"')
        yield "near words", (f"{one} NEAR {far}", f'NEAR("{one}" "{far}", {sought.NEAR})')
        yield "exclusions", (f"{two} -{far}", f'"{two}" NOT "{far}"')
        yield "no hit", (f"{one} zyzzyva", f'"{one}" AND "zyzzyva"')


# --- the case --------------------------------------------------------------------------------


@cache
def _large(files: tuple[Path, ...]) -> Path:
    """A case of so many pages, made once: the rows of what was imported put in again."""
    path = Path(stage.home()) / "searched.cambs"
    shutil.copyfile(stage.case_with(files, 0), path)
    chance = random.Random(5)  # noqa: S311 - always the same
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        documents = raw.execute("SELECT * FROM document ORDER BY position").fetchall()
        names = [each[0] for each in raw.execute("SELECT * FROM document").description]
        pages = {
            document[0]: raw.execute(
                "SELECT number, label, quality, text, layer FROM page WHERE document_id = ?",
                document[:1],
            ).fetchall()
            for document in documents
        }
        number = count = sum(map(len, pages.values()))
        variant = _Variant([page[3] for some in pages.values() for page in some], chance)
        for copy in range(1, -(-_PAGES // count)):
            for document in documents:
                row = dict(zip(names, document, strict=True))
                row |= {"id": str(uuid.UUID(int=chance.getrandbits(128))),
                        "sha256": f"{chance.getrandbits(256):064x}",
                        "position": row["position"] + copy * len(documents)}  # fmt: skip
                some = [
                    (at, row["id"], *page[:3], variant.of(page[3]), page[4])
                    for at, page in enumerate(pages[document[0]], number + 1)
                ]
                number += len(some)
                # One after the other, as an import writes them: so the index grows.
                raw.execute("BEGIN")
                raw.execute(
                    f"INSERT INTO document VALUES ({', '.join('?' * len(row))})",  # noqa: S608
                    [*row.values()],
                )
                raw.executemany(
                    "INSERT INTO page (id, document_id, number, label, quality, text, layer) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    some,
                )
                raw.executemany(
                    "INSERT INTO page_words (rowid, words) VALUES (?, ?)",
                    [(page[0], worker.words(page[5])) for page in some],
                )
                raw.execute("COMMIT")
    return path


class _Variant:
    """Texts of the same length with some words changed for others of their length."""

    def __init__(self, texts: list[str], chance: random.Random) -> None:
        self._chance = chance
        self._words: dict[int, list[str]] = {}
        for word in _WORD.findall("\n".join(texts)):
            self._words.setdefault(len(word), []).append(word)

    def of(self, text: str) -> str:
        """Another text like this one."""
        return _WORD.sub(self._changed, text)

    def _changed(self, match: re.Match[str]) -> str:
        word, drawn = match[0], self._chance.random() * 1000
        if drawn < _OTHER:
            return self._chance.choice(self._words[len(word)])
        if drawn < _OTHER + _OWN:
            return "".join(self._chance.sample(word, len(word)))
        return word


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {"search": searching}
