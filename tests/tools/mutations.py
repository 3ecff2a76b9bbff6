"""One thing changed in a pack, in a source or in the case, at random: does ``verify`` find it?

Usage: ``python -m tests.tools.mutations [--count N] [--seed S] [--reports FOLDER] [--kind KIND]``.
Each change is one letter, digit or mark. Kinds:

- ``print``: anything printed on a page of the pack;
- ``forged-print``: within quote, citation, note, heading or line of who tagged it, the pack's
  prints being worked out anew, as a forger would: the very quote must be named;
- ``manifest``: anything in the manifest;
- ``forged-manifest``: the same in what is claimed of quotes and documents, sealed anew;
- ``text``, ``pdf``: within a quote, in a source; the very quotes must be named;
- ``case``: a link, its passage, its decision or its document in the database of the case.

``--reports`` takes the reports of a folder in place of the sample case. Prints what escaped.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import string
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf

from cambs_evidence.case import verify_pack
from cambs_evidence.documents import pdfium
from cambs_evidence.documents.folding import likeness
from cambs_evidence.documents.pdf import layers
from cambs_evidence.documents.watched import Pool
from cambs_evidence.errors import CannotOpen
from cambs_evidence.model import Verification
from cambs_evidence.pack import seal, verify, witness
from tests.core.pack.forging import Page, enclosed, put, resealed
from tests.tools.preparing import Prepared, prepared

#: Parts of a quote's entry that its print or its source tells of; the rest only a case can.
_TOLD = (
    "quote", "head", "note", "criterion", "polarity", "page", "page_end", "page_label", "paragraph",
    "spans", "source", "by", "reference", "document",
)  # fmt: skip


@dataclass
class Mutation:
    """One change: what it is, what is verified against what, and which links must be named."""

    what: str
    pack: Path
    against: dict[str, Path]
    links: set[str] = field(default_factory=set)


class Retry(Exception):
    """The change that was drawn changes nothing that anybody could see."""


# --- one letter, digit or mark ---------------------------------------------------------------

_MARKS = ".,;:!?()%&/"


def other(letter: str, chance: random.Random) -> str:
    """Another letter, digit or mark of its kind."""
    if letter.isdigit():
        pool = string.digits
    elif letter.isalpha():
        pool = string.ascii_uppercase if letter.isupper() else string.ascii_lowercase
    else:
        pool = _MARKS
    return chance.choice([each for each in pool if each != letter])


def changed(text: str, chance: random.Random) -> str:
    """A text with one letter, digit or mark changed."""
    places = [n for n, each in enumerate(text) if not each.isspace()]
    if not places:
        raise Retry
    at = chance.choice(places)
    made = text[:at] + other(text[at], chance) + text[at + 1 :]
    if likeness(text, made) is not None:
        raise Retry
    return made


def _changed_value(value: Any, chance: random.Random) -> Any:
    if isinstance(value, bool) or value is None:
        return "x" if value is None else not value
    if isinstance(value, int | float):
        made = changed(str(value), chance).lstrip("+")
        try:
            number = type(value)(made)
        except ValueError:
            raise Retry from None
        # Where something stands on a page is read anew, to a point.
        if isinstance(value, float) and abs(number - value) <= 1:
            raise Retry
        return number
    return changed(str(value), chance)


def _leaves(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, kid in value.items():
            yield from _leaves(kid, (*way, key))
    elif isinstance(value, list):
        for key, kid in enumerate(value):
            yield from _leaves(kid, (*way, key))
    else:
        yield way


def _change_at(told: Any, way: tuple[Any, ...], chance: random.Random) -> str:
    for key in way[:-1]:
        told = told[key]
    before = told[way[-1]]
    told[way[-1]] = _changed_value(before, chance)
    if told[way[-1]] == before:
        raise Retry
    return f"{'/'.join(map(str, way))}: {str(before)[:60]!r} → {str(told[way[-1]])[:60]!r}"


# --- the kinds -------------------------------------------------------------------------------


def of_print(made: Prepared, chance: random.Random) -> Mutation:
    """Anything printed."""
    return _printed(made, chance, forged=False)


def of_forged_print(made: Prepared, chance: random.Random) -> Mutation:
    """What is printed of a quote, all prints worked out anew."""
    return _printed(made, chance, forged=True)


def _printed(made: Prepared, chance: random.Random, *, forged: bool) -> Mutation:
    target = made.scratch / "forged.pdf"
    claims = made.claims["excerpts"]
    with pikepdf.open(made.pack) as document:
        number = chance.randrange(len(document.pages))
        if forged:
            number = chance.choice(claims)["print"][
                chance.choice(["quote", "quote", "quote", "meta", "stand"])
            ]
            if not number:
                raise Retry
            number = number[0][0]
        page = Page(document, number)
        glyphs = list(page.glyphs())
        if not glyphs:
            raise Retry
        glyph = chance.choice(glyphs)
        was = page.code(glyph)
        codes = {page.code(each) for each in glyphs if each.font == glyph.font} - {was, 0x20}
        if was == 0x20 or not codes:
            raise Retry
        page.set(glyph, chance.choice(sorted(codes)))
        page.write()
        if forged:
            resealed(document)
        document.save(target)
    links = _changed_quotes(made, target, number, claims) if forged else set()
    if not links if forged else _text(made.pack, number) == _text(target, number):
        raise Retry
    return Mutation(
        f"page {number + 1}, {glyph}, was {was}", target, {"sources": made.sources}, links
    )


def _changed_quotes(
    made: Prepared, target: Path, number: int, claims: list[dict[str, Any]]
) -> set[str]:
    """The links of which something else can be read on a page."""
    before, after = _words(made.pack, number), _words(target, number)
    return {
        each["link"]
        for each in claims
        for part in ("head", "quote", "citation", "note", "meta", "stand")
        for there, box in each["print"][part]
        if there == number and _differ(before, after, tuple(box))
    }


def _words(path: Path, number: int) -> Any:
    document = pdfium.open_pdf(path.read_bytes())
    raw = pdfium.page(document, number)
    document.close()
    return raw


def _differ(before: Any, after: Any, box: Any) -> bool:
    texts = [
        witness._within(raw.codes, raw.boxes, box, raw.boxes[:, 3] > raw.boxes[:, 1])
        for raw in (before, after)
    ]
    signs = dict.fromkeys(map(ord, "▲▼◆·"))
    return likeness(*(each.translate(signs) for each in texts)) is None


def _text(path: Path, number: int) -> bytes:
    return bytes(_words(path, number).codes.tobytes())


def of_manifest(made: Prepared, chance: random.Random) -> Mutation:
    """Anything in the manifest."""
    target = made.scratch / "forged.pdf"
    with pikepdf.open(made.pack) as document:
        told = enclosed(document)
        what = _change_at(told, chance.choice(list(_leaves(told))), chance)
        put(document, json.dumps(told).encode())
        document.save(target)
    return Mutation(what, target, {"sources": made.sources})


def of_forged_manifest(made: Prepared, chance: random.Random) -> Mutation:
    """What is claimed of a quote or a document, sealed anew."""
    target = made.scratch / "forged.pdf"
    with pikepdf.open(made.pack) as document:
        told = enclosed(document)
        against_case = chance.random() < 0.5
        ways = [
            way
            for way in _leaves(told)
            if (way[0] == "excerpts" and ((against_case and way[2] != "print") or way[2] in _TOLD))
            or (way[0] == "documents" and (against_case or way[2] in {"title", "date", "sha256"}))
        ]
        what = _change_at(told, chance.choice(ways), chance)
        put(document, seal.sealed(told))
        document.save(target)
    against = {"case": made.case} if against_case else {"sources": made.sources}
    return Mutation(what, target, against)


def _copied(made: Prepared) -> Path:
    folder = made.scratch / "sources"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for each in made.sources.iterdir():
        if each.is_file():
            (folder / each.name).symlink_to(each)
    return folder


def _own(path: Path) -> Path:
    """A file of its own in place of a link to it."""
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)
    return path


def of_text(made: Prepared, chance: random.Random) -> Mutation:
    """One character of a quote in a text."""
    folder = _copied(made)
    links = [each for each in made.links if each.passage.anchor.source]
    if not links:
        raise Retry
    link = chance.choice(links)
    path = _own(folder / link.filename)
    text = path.read_bytes().decode()
    start, end = link.passage.anchor.source or (0, 0)
    at = chance.randrange(start, end)
    if text[at].isspace() or (not text[at].isalnum() and text[at] in "*_-•`#>"):
        raise Retry
    letter = other(text[at], chance)
    if likeness(text[start:end], text[start:at] + letter + text[at + 1 : end]) is not None:
        raise Retry
    path.write_bytes((text[:at] + letter + text[at + 1 :]).encode())
    holding = {
        each.id
        for each in links
        if each.filename == link.filename
        for source in (each.passage.anchor.source or (0, 0),)
        if source[0] <= at < source[1]
    }
    what = f"{link.filename} at {at}: {text[at]!r} → {letter!r}"
    return Mutation(what, made.pack, {"sources": folder}, holding)


def of_pdf(made: Prepared, chance: random.Random) -> Mutation:
    """One glyph of a quote in a PDF."""
    folder = _copied(made)
    links = [each for each in made.links if each.filename.endswith(".pdf")]
    link = chance.choice(links)
    number = chance.choice(link.passage.anchor.spans).page
    path = _own(folder / link.filename)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        page = Page(document, number)
        glyphs = list(page.glyphs())
        if not glyphs:
            raise Retry
        glyph = chance.choice(glyphs)
        was = page.code(glyph)
        codes = {page.code(each) for each in glyphs if each.font == glyph.font} - {was, 0x20}
        if was == 0x20 or not codes:
            raise Retry
        page.set(glyph, chance.choice(sorted(codes)))
        page.write()
        document.save(path)
    if link.filename not in made.read:
        made.read[link.filename] = list(layers((made.sources / link.filename).read_bytes()))
    before = made.read[link.filename][number]
    after = list(layers(path.read_bytes()))[number]
    if len(before.text) != len(after.text):
        raise Retry
    places = [n for n, (a, b) in enumerate(zip(before.text, after.text, strict=True))
              if likeness(a, b) is None]  # fmt: skip
    holding = {
        each.id
        for each in links
        if each.filename == link.filename
        for span in each.passage.anchor.spans
        if span.page == number and any(span.start <= at < span.end for at in places)
    }
    if len(places) != 1 or not holding:
        raise Retry
    [at] = places
    what = f"{link.filename} page {number + 1} at {at}: {before.text[at]!r} → {after.text[at]!r}"
    return Mutation(what, made.pack, {"sources": folder}, holding)


_FIELDS = (
    ("link", "polarity"), ("link", "note"), ("link", "by"), ("link", "at"),
    ("link", "criterion_id"), ("passage", "quote"), ("passage", "page_label"),
    ("passage", "paragraph"), ("passage", "prefix"), ("passage", "suffix"), ("passage", "spans"),
    ("passage", "page"), ("decision", "verdict"), ("document", "title"), ("document", "date"),
    ("document", "filename"),
)  # fmt: skip


def of_case(made: Prepared, chance: random.Random) -> Mutation:
    """One field of one row that a link hangs on."""
    path = made.scratch / "changed.cambs"
    shutil.copyfile(made.case, path)
    table, name = chance.choice(_FIELDS)
    with closing(sqlite3.connect(path)) as raw, raw:
        rows = list(raw.execute(f'SELECT id, "{name}" FROM "{table}"'))
        key, value = chance.choice(rows)
        links = _hanging(raw, table, key)
        if not links:
            raise Retry
        if name == "polarity":
            made_of = chance.choice([x for x in ("strength", "development", "neutral")
                                     if x != value])  # fmt: skip
        elif name == "verdict":
            made_of = chance.choice([x for x in ("accept", "query", "reject") if x != value])
        elif name == "criterion_id":
            ids = [x for (x,) in raw.execute("SELECT id FROM criterion")]
            made_of = chance.choice([x for x in ids if x != value])
        elif name == "page":
            made_of = value + 1
        elif name == "at":
            made_of = value[:-2] + other(value[-2], chance) + value[-1]
        else:
            made_of = _changed_value(value, chance)
        raw.execute(f'UPDATE "{table}" SET "{name}" = ? WHERE id = ?', (made_of, key))
    what = f"{table}.{name}: {str(value)[:50]!r} → {str(made_of)[:50]!r}"
    return Mutation(what, made.pack, {"case": path}, links)


def _hanging(raw: sqlite3.Connection, table: str, key: str) -> set[str]:
    query = {
        "link": "SELECT id FROM link WHERE id = ?",
        "passage": "SELECT id FROM link WHERE passage_id = ?",
        "decision": "SELECT link_id FROM decision WHERE id = ?",
        "document": "SELECT link.id FROM link JOIN passage ON passage.id = passage_id "
        "WHERE document_id = ?",
    }[table]
    return {each for (each,) in raw.execute(query, (key,))}


KINDS: dict[str, Callable[[Prepared, random.Random], Mutation]] = {
    "print": of_print,
    "forged-print": of_forged_print,
    "manifest": of_manifest,
    "forged-manifest": of_forged_manifest,
    "text": of_text,
    "pdf": of_pdf,
    "case": of_case,
}


# --- found or not ----------------------------------------------------------------------------


class _Kept:
    """The processes of the first verifying go on for the rest: they take longest to begin."""

    def __init__(self) -> None:
        self._pool: Pool[Any] | None = None

    def __getitem__(self, _: Any) -> _Kept:
        return self

    def __call__(self, serve: Any) -> _Kept:
        self._pool = self._pool or Pool(serve)
        return self

    def __enter__(self) -> Pool[Any]:
        assert self._pool is not None
        return self._pool

    def __exit__(self, *_: object) -> None: ...

    def end(self) -> None:
        """Ends the processes."""
        if self._pool is not None:
            self._pool.__exit__()


@contextmanager
def kept() -> Iterator[Any]:
    """What takes the place of the pool in which packs are verified."""
    made = _Kept()
    try:
        yield made
    finally:
        made.end()


def escaped(mutation: Mutation) -> str | None:
    """Why a mutation was not found as it must be; None where it was."""
    try:
        *_, result = verify_pack(mutation.pack, by="auditor", **mutation.against)
    except CannotOpen:
        return None
    assert isinstance(result, Verification)
    named = {each.link for each in result.failures}
    if mutation.links - named:
        return f"{len(mutation.links - named)} of {len(mutation.links)} quotes not named"
    same = all(each.status == "same" for each in result.documents)
    return None if result.failures or not same else "nothing found"


def unsound(pack: Path, against: dict[str, Path]) -> str | None:
    """What is found in a pack that nobody changed; None where it is nothing."""
    *_, clean = verify_pack(pack, by="auditor", **against)
    assert isinstance(clean, Verification)
    if not clean.failures and clean.verified == clean.excerpts:
        return None
    return f"unchanged, against {[*against]}: {clean.failures[:3]}"


def drawn(made: Prepared, kind: str, chance: random.Random) -> Mutation | None:
    """A mutation of a kind; None where there is nothing to change."""
    for _ in range(60):
        try:
            return KINDS[kind](made, chance)
        except Retry:
            continue
    return None


def main() -> int:
    """Runs the whole; 1 where something escaped."""
    words = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    words.add_argument("--count", type=int, default=500)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--reports", type=Path)
    words.add_argument("--kind", choices=list(KINDS), action="append")
    given = words.parse_args()
    chance = random.Random(given.seed)
    tried: Counter[str] = Counter()
    misses: list[str] = []
    with tempfile.TemporaryDirectory() as folder, kept() as pool:
        verify.Pool = pool
        made = prepared(Path(folder), given.reports)
        for against in ({"sources": made.sources}, {"case": made.case}):
            if (found := unsound(made.pack, against)) is not None:
                misses.append(found)
                print(found, flush=True)
        kinds = given.kind or list(KINDS)
        for number in range(given.count):
            kind = kinds[number % len(kinds)]
            mutation = drawn(made, kind, chance)
            if mutation is None:
                tried[f"{kind} (nothing to change)"] += 1
                continue
            tried[kind] += 1
            why = escaped(mutation)
            if why is not None:
                misses.append(f"{kind}: {mutation.what}: {why}")
                print(misses[-1], flush=True)
    for kind, count in sorted(tried.items()):
        print(f"{kind:<32}{count:>6}")
    print(f"{len(misses)} escaped")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
