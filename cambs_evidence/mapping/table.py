"""Coverage as a table: a row for each criterion, a column for each document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cambs_evidence.model import (
    Coverage,
    Criterion,
    CriterionCoverage,
    Document,
    Framework,
    Polarity,
    Tally,
)
from cambs_evidence.wording import POLARITIES, in_words

_FACTS = (
    "Section", "Section title", "Code", "Mark", "Criterion", "State", "Why not applicable",
    "Strength", "Development", "Neutral", "Documents", "Oldest", "Newest",
)  # fmt: skip


def rows(
    framework: Framework,
    coverage: Coverage,
    tallies: Iterable[Tally],
    documents: Sequence[Document],
) -> Iterator[list[str | int]]:
    """The heads, then each criterion in the order of the framework.

    A cell of a document says how many links of which polarity it bears: ``▲2 ▼1``.
    """
    titles = [f"{each.title} ({in_words(each.date)})" for each in documents]
    yield [*_FACTS, *titles]
    cells: dict[tuple[str, str], dict[Polarity, int]] = {}
    for each in tallies:
        cell = cells.setdefault((each.code, each.document_id), dict.fromkeys(Polarity, 0))
        cell[each.polarity] += each.links
    states = {each.code: each for each in coverage.criteria}
    for section, whole in zip(framework.sections, coverage.sections, strict=True):
        head: list[str | int] = [section.number, section.title]
        told: list[tuple[Criterion | None, CriterionCoverage]] = [
            (each, states[each.code]) for each in section.criteria
        ]
        if whole.itself is not None:
            told.append((None, whole.itself))
        for criterion, state in told:
            facts = [*head, *_facts(criterion, state, section.title)]
            marks = [_marks(cells.get((state.code, each.id), {})) for each in documents]
            yield [*facts, *marks]


def _facts(criterion: Criterion | None, state: CriterionCoverage, title: str) -> list[str | int]:
    words = (criterion.statement or criterion.label) if criterion else title
    reason = criterion.not_applicable if criterion else None
    return [
        state.code, "(M)" if state.marked else "", words, state.state.value, reason or "",
        state.strength, state.development, state.neutral, state.documents,
        state.oldest or "", state.latest or "",
    ]  # fmt: skip


def _marks(counts: dict[Polarity, int]) -> str:
    return " ".join(f"{POLARITIES[each][0]}{n}" for each, n in counts.items() if n)
