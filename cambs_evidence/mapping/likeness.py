"""How alike a text and what is written under each criterion are, word for word.

This is the plain TF-IDF that suggestions are measured against. By itself it finds less than the
words of the field do, yet it sees what these overlook: a text that repeats what was written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from cambs_evidence.mapping.features import SAY_NOTHING
from cambs_evidence.mapping.taught import Array

_WORD = re.compile(r"[a-z0-9]{2,}")


class Likeness:
    """Compares texts with ``written``, what is written under each criterion."""

    def __init__(self, written: Sequence[str]) -> None:
        counts = [Counter(_words(each)) for each in written]
        self._number: dict[str, int] = {}
        for each in counts:
            for word in each:
                self._number.setdefault(word, len(self._number))
        table = np.zeros((len(counts), len(self._number)), np.float32)
        for row, each in enumerate(counts):
            table[row, [self._number[word] for word in each]] = list(each.values())
        held = (table > 0).sum(axis=0)
        self._rare = np.asarray(np.log((1 + len(counts)) / (1 + held)) + 1, np.float32)
        table *= self._rare
        table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
        self._table = table

    def of(self, text: str) -> Array:
        """How alike a text is to what is written under each criterion, 1 where it is most."""
        counts = Counter(word for word in _words(text) if word in self._number)
        numbers = [self._number[word] for word in counts]
        worths = np.fromiter(counts.values(), np.float32, len(counts)) * self._rare[numbers]
        alike = self._table[:, numbers] @ worths
        return np.asarray(alike / max(float(alike.max(initial=0.0)), 1e-9), np.float32)


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in SAY_NOTHING]
