"""What the links made so far teach beyond what was known without them.

A link teaches as far as it surprises: words of a passage that was expected to be tagged as it was
change nothing. So a few links, of which each says much in passing, do not drown out the wording,
and many that agree overrule it. Figures are kept as whole numbers, so that links can be taken in
and forgotten in any order and leave no trace.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int32]

#: How much it counts that all passages with a word were tagged otherwise than expected, and to how
#: many passages without a surprise what is not yet known of a word comes.
_SURPRISE, _DOUBT = 2.0, 1.0
#: Parts in which worths and surprises are counted.
_UNIT = 4096


class Taught:
    """For each feature and each of ``rows`` criteria how far links surprised."""

    def __init__(self, rows: int) -> None:
        self._surprises = np.zeros((0, rows), np.int32)
        self._often = np.zeros(0, np.int32)

    def take(self, numbers: Indices, worths: Array, surprise: Array, sign: int) -> None:
        """Takes in a passage, or with -1 forgets it.

        ``numbers`` are of its features, none twice, ``worths`` what these are worth, ``surprise``
        is how much more each criterion was tagged than expected.
        """
        self._make_room(int(numbers.max(initial=-1)) + 1)
        told = np.rint(np.outer(worths, surprise) * _UNIT).astype(np.int32)
        self._surprises[numbers] += sign * told
        self._often[numbers] += sign * np.rint(worths**2 * _UNIT).astype(np.int32)

    def weights(self, numbers: Indices) -> Array:
        """How much some features speak for each criterion, or against: criteria × features."""
        kept = np.flatnonzero(numbers < len(self._often))
        weights = np.zeros((self._surprises.shape[1], len(numbers)), np.float32)
        often = _DOUBT * _UNIT + self._often[numbers[kept]]
        weights[:, kept] = _SURPRISE * self._surprises[numbers[kept]].T / often
        return weights

    def _make_room(self, size: int) -> None:
        have, rows = self._surprises.shape
        if size > have:
            more = max(size, 2 * have) - have
            self._surprises = np.vstack((self._surprises, np.zeros((more, rows), np.int32)))
            self._often = np.concatenate((self._often, np.zeros(more, np.int32)))
