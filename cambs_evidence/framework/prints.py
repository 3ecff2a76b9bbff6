"""Prints of wordings: enough to know a wording again, too little to read it.

The program carries labels of its own and no sentence of the framework. So that a case which stands
on those labels can still tell whether a document words a criterion as the framework did, it
carries a print of each wording.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from cambs_evidence import paths
from cambs_evidence.framework.statements import folded

#: Hashes of pairs of words that are kept of a wording: likeness is told to about 15 of 100.
_KEPT = 32


def whole(wording: str) -> str:
    """The print that only the same wording has."""
    return _hash(folded(wording), 16)


def sample(wording: str) -> tuple[str, ...]:
    """The smallest hashes of its pairs of words, by which wordings are likened."""
    words = re.findall(r"\w+", wording.lower())
    pairs = {" ".join(words[at : at + 2]) for at in range(len(words) - 1)} or set(words)
    return tuple(sorted(_hash(each, 4) for each in pairs)[:_KEPT])


def likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How many pairs of words two wordings share, 0 to 100, told from their samples."""
    union = sorted({*one, *other})[:_KEPT]
    shared = set(one) & set(other)
    return 100.0 * sum(each in shared for each in union) / len(union) if union else 0.0


def _hash(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=size).hexdigest()


@cache
def bundled() -> dict[str, tuple[str, tuple[str, ...]]]:
    """The prints of the framework that comes with the program: whole and sample by code."""
    return read(paths.resources() / "framework-prints.json")


def read(path: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Prints from a file that :func:`write` made."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return {code: (each[0], tuple(each[1])) for code, each in told.items()}


def write(path: Path, wordings: dict[str, str]) -> None:
    """Writes the prints of wordings by code."""
    told = {code: [whole(each), sample(each)] for code, each in wordings.items()}
    lines = ",\n".join(f"{json.dumps(code)}:{json.dumps(each)}" for code, each in told.items())
    path.write_text("{\n" + lines.replace(" ", "") + "\n}\n", encoding="utf-8")
