"""A framework as it was read from a document, as a tree whose lines can be mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt

from cambs_evidence.model import Doubt, Proposal, ReadCriterion, ReadSection
from ui.models.branches import Branches, Index
from ui.theme import plain

#: The code of a line: of a criterion, or the number of a section.
KEY = Qt.ItemDataRole.UserRole
COLUMNS = ("Section or criterion", "Block", "To look at")
_HEADS = (
    "Section or criterion; (M) is the mark the framework gives it",
    "Criteria of one block share one summary",
    "What was not sure when it was read",
)
#: Sign and word of a line that somebody should look at.
DOUBT = "⚠"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a section, or a criterion with the place of its block in it (0-based)."""

    section: ReadSection
    criterion: ReadCriterion | None
    block: int
    doubts: tuple[Doubt, ...]

    @property
    def key(self) -> str:
        """Its code, or the number of the section."""
        return self.criterion.code if self.criterion is not None else str(self.section.number)

    @property
    def words(self) -> str:
        """Number and name, or code, mark and wording."""
        if self.criterion is None:
            return f"{self.section.number}  {self.section.title}"
        mark = " (M)" if self.criterion.marked else ""
        said = self.criterion.statement or self.criterion.label or "(no wording yet)"
        return f"{self.criterion.code}{mark}  {said}"


class ProposalModel(Branches[Line]):
    """Sections with their criteria; a mend gives it another proposal."""

    columns, heads = COLUMNS, _HEADS

    def __init__(self, proposal: Proposal, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.proposal = proposal
        self._rows = _lines(proposal)

    def take(self, proposal: Proposal) -> bool:
        """Shows another proposal; True where lines came, went or changed places."""
        before, rows = self._rows, _lines(proposal)
        if _keys(before) == _keys(rows):
            self.proposal, self._rows = proposal, rows
            self._tell_of(before)
            return False
        self.beginResetModel()
        self.proposal, self._rows = proposal, rows
        self.endResetModel()
        return True

    def line(self, index: Index) -> Line | None:
        """The line of an index."""
        return self.row(index) if index.isValid() else None

    def index_of(self, key: str) -> QModelIndex:
        """The line of a code or section number; none where there is none."""
        for place, (section, criteria) in enumerate(self._rows):
            if section.key == key:
                return self.index(place, 0)
            for row, criterion in enumerate(criteria):
                if criterion.key == key:
                    return self.index(row, 0, self.index(place, 0))
        return QModelIndex()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What stands in a line."""
        line = self.line(index)
        if line is None:
            return None
        if role == KEY:
            return line.key
        doubts = " ".join(each.what for each in line.doubts)
        if role == Qt.ItemDataRole.DisplayRole:
            block = f"{line.block + 1}" if line.criterion is not None else ""
            return (line.words, block, f"{DOUBT} Doubt" if doubts else "")[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(f"{line.words}\n{doubts}" if doubts else line.words)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            block = f". Block {line.block + 1}" if line.criterion is not None else ""
            return f"{line.words}{block}{f'. Doubt: {doubts}' if doubts else ''}"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return int(Qt.AlignmentFlag.AlignCenter)
        return None


def _lines(proposal: Proposal) -> list[tuple[Line, list[Line]]]:
    rows = []
    for section in proposal.sections:
        criteria = [
            Line(section, each, place, _doubts(proposal, each.code))
            for place, block in enumerate(section.blocks)
            for each in block.criteria
        ]
        rows.append((Line(section, None, 0, _doubts(proposal, str(section.number))), criteria))
    return rows


def _doubts(proposal: Proposal, key: str) -> tuple[Doubt, ...]:
    return tuple(each for each in proposal.doubts if each.code == key)


def _keys(rows: list[tuple[Line, list[Line]]]) -> list[tuple[str, list[str]]]:
    return [(section.key, [each.key for each in criteria]) for section, criteria in rows]
