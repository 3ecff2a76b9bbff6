"""Links counted by what they are tagged to, their polarity and their document."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from cambs_evidence.model import Link, Polarity, Tally

#: The place of each polarity in :attr:`Counts.links`.
POLARITY_PLACES = {each: place for place, each in enumerate(Polarity)}


class Counts:
    """How many links each document bears for each criterion, as one array of whole numbers.

    ``links[row, polarity, column]``: rows are ``codes`` (criteria, and sections without any, such
    as ``"18"``), polarities as in :data:`POLARITY_PLACES`, columns are ``documents`` by the ids of
    their newest versions. Of 50,000 links that is a thousandth of the work that objects make.
    """

    __slots__ = ("codes", "documents", "links")

    def __init__(
        self,
        codes: Sequence[str],
        documents: Sequence[str],
        keys: Sequence[int],
        *,
        beyond: int = 0,
    ) -> None:
        """``keys`` are those of the links, see :meth:`strides`; O(links + codes × documents).

        So many columns ``beyond`` those of ``documents`` are counted into and left out.
        """
        self.codes, self.documents = tuple(codes), tuple(documents)
        shape = (len(self.codes), len(Polarity), len(self.documents) + beyond)
        flat = np.bincount(np.array(keys, np.int64), minlength=shape[0] * shape[1] * shape[2])
        self.links: npt.NDArray[np.int64] = flat.reshape(shape)[:, :, : len(self.documents)]

    def with_rows(self, codes: Collection[str], others: Counts) -> Counts:
        """The same, with the rows of some codes as they are in ``others``.

        Those have to be of the same codes and documents.
        """
        if (others.codes, others.documents) != (self.codes, self.documents):
            raise ValueError("These counts are of another framework or of other documents.")
        found = Counts.__new__(Counts)
        found.codes, found.documents, found.links = self.codes, self.documents, self.links.copy()
        rows = [row for row, code in enumerate(self.codes) if code in codes]
        found.links[rows] = others.links[rows]
        return found

    @staticmethod
    def strides(documents: int) -> tuple[int, int]:
        """By how much rows and polarities lie apart: a key is row × a + polarity × b + column."""
        return len(Polarity) * documents, documents

    def by_document(self) -> dict[str, int]:
        """How many links each document bears in all."""
        return dict(zip(self.documents, self.links.sum(axis=(0, 1)).tolist(), strict=True))

    def by_code(self) -> dict[str, int]:
        """How many links there are for each code in all."""
        return dict(zip(self.codes, self.links.sum(axis=(1, 2)).tolist(), strict=True))

    def tallies(self) -> list[Tally]:
        """The same one by one, without those that are 0."""
        polarities = list(Polarity)
        rows, kinds, columns = np.nonzero(self.links)
        found = self.links[rows, kinds, columns]
        return [
            Tally(self.codes[row], polarities[kind], self.documents[column], count)
            for row, kind, column, count in zip(
                rows.tolist(), kinds.tolist(), columns.tolist(), found.tolist(), strict=True
            )
        ]


def tallied(links: Iterable[Link]) -> Counts:
    """Links in hand counted, whatever version of their document they stand in."""
    every = [(link.code, link.polarity, link.newest or link.passage.document_id) for link in links]
    rows = {code: place for place, code in enumerate(dict.fromkeys(each[0] for each in every))}
    columns = {key: place for place, key in enumerate(dict.fromkeys(each[2] for each in every))}
    per_row, per_polarity = Counts.strides(len(columns))
    keys = [
        rows[code] * per_row + POLARITY_PLACES[polarity] * per_polarity + columns[document]
        for code, polarity, document in every
    ]
    return Counts(tuple(rows), tuple(columns), keys)
