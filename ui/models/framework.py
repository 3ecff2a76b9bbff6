"""The framework as a tree: sections, their criteria, and what evidence there is for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
)

from cambs_evidence.model import (
    Criterion,
    CriterionCoverage,
    Framework,
    Section,
    SectionCoverage,
    SectionProgress,
    State,
)
from cambs_evidence.wording import STATES, in_words
from ui import carried
from ui.models.branches import Branches, Index
from ui.session import News, Session
from ui.theme import plain
from ui.viewer.page_view import PASSAGE_MIME

CODE = Qt.ItemDataRole.UserRole
#: :class:`Row` of an index.
ROW = Qt.ItemDataRole.UserRole + 1
COLUMNS = ("Criterion", "▲", "▼", "◆", "State")
#: Sign and word of each state where there is little room.
SHORT = {state: f"{sign} {state.value.capitalize()}" for state, (sign, _) in STATES.items()}
SHORT[State.NOT_APPLICABLE] = f"{STATES[State.NOT_APPLICABLE][0]} N/A"
_HEADS = (
    "Section or criterion; (M) is the mark the framework gives it",
    "Strengths", "Areas for development", "Neutral evidence", "State of the evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree; a section without criteria can be tagged itself."""

    section: Section
    criterion: Criterion | None
    coverage: CriterionCoverage | None
    whole: SectionCoverage
    progress: SectionProgress

    @property
    def code(self) -> str | None:
        """What can be tagged here, None for a section that has criteria."""
        if self.criterion is not None:
            return self.criterion.code
        return None if self.section.criteria else str(self.section.number)

    @property
    def words(self) -> str:
        """Number and name."""
        if self.criterion is None:
            return f"{self.section.number}  {self.section.title}"
        mark = " (M)" if self.criterion.marked else ""
        return f"{self.criterion.code}{mark}  {self.criterion.statement or self.criterion.label}"

    @property
    def not_applicable(self) -> str | None:
        """Why a criterion does not apply, None where it does."""
        return self.criterion.not_applicable if self.criterion is not None else None


class FrameworkModel(Branches[Row]):
    """18 sections with their criteria, counts by polarity and state."""

    columns, heads = COLUMNS, _HEADS

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._read()
        session.changed.connect(self._hear)

    def _read(self) -> None:
        coverage = self._session.held.coverage
        by_code = {each.code: each for each in coverage.criteria}
        self._rows = []
        held = self._session.held
        self._codes = _codes(held.framework)
        for section, whole, far in zip(
            held.framework.sections, coverage.sections, held.progress(), strict=True
        ):
            criteria = [
                Row(section, each, by_code[each.code], whole, far) for each in section.criteria
            ]
            self._rows.append((Row(section, None, whole.itself, whole, far), criteria))

    def _hear(self, news: News) -> None:
        if news.framework and _codes(self._session.held.framework) != self._codes:
            self.beginResetModel()
            self._read()
            self.endResetModel()
            return
        before = self._rows  # whatever it is, coverage may be another
        self._read()
        self._tell_of(before)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What stands in a line, and the line itself."""
        if not index.isValid():
            return None
        row = self.row(index)
        if role == ROW:
            return row
        if role == CODE:
            return row.code
        if role == Qt.ItemDataRole.DisplayRole:
            return _shown(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(f"{row.words}\n{told(row)}")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.words}. {told(row)}" if index.column() == 0 else None
        if role == Qt.ItemDataRole.TextAlignmentRole and 1 <= index.column() <= 3:
            return int(Qt.AlignmentFlag.AlignCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What can be tagged takes a passage that is dropped on it."""
        flags = super().flags(index)
        if index.isValid() and self.row(index).code is not None and not self._session.readonly:
            flags |= Qt.ItemFlag.ItemIsDropEnabled | Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def mimeTypes(self) -> list[str]:  # noqa: N802
        """Passages and links can be dropped."""
        return [PASSAGE_MIME, carried.LINKS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """A criterion can be dragged onto a passage."""
        codes = [code for index in indexes if (code := index.data(CODE)) is not None]
        return carried.criterion(codes[0]) if codes else QMimeData()

    def index_of(self, code: str) -> QModelIndex:
        """The line of a criterion, or of a section without criteria."""
        for place, (section, criteria) in enumerate(self._rows):
            if section.code == code:
                return self.index(place, 0)
            for row, criterion in enumerate(criteria):
                if criterion.code == code:
                    return self.index(row, 0, self.index(place, 0))
        return QModelIndex()


def _codes(tree: Framework) -> list[tuple[int, list[str]]]:
    """Which lines there are, in their order."""
    return [(each.number, [one.code for one in each.criteria]) for each in tree.sections]


def _shown(row: Row, column: int) -> str:
    if column == 0:
        return row.words if row.not_applicable is None else f"{row.words} – {row.not_applicable}"
    told_of = row.coverage
    if column == 4:
        return state_shown(row)
    if told_of is None:
        return ""
    count = (told_of.strength, told_of.development, told_of.neutral)[column - 1]
    return str(count) if count else "·"


def state_shown(row: Row) -> str:
    """Sign and word of a criterion's state; of a section how many gaps it has."""
    if row.coverage is not None:
        return SHORT[row.coverage.state] + (" ≠" if row.coverage.conflict else "")
    gaps = row.whole.gaps
    return f"{gaps} gap{'s' if gaps != 1 else ''}" if gaps else "no gap"


def told(row: Row) -> str:
    """The evidence of a line in words, and of a section how far it is judged."""
    if row.criterion is None:
        return f"{_evidence(row)} Blocks: {progress_in_words(row.progress)}."
    return _evidence(row)


def progress_in_words(told: SectionProgress) -> str:
    """How far one section is judged."""
    return f"{told.judged} of {told.blocks} judged, {told.graded} graded"


def _evidence(row: Row) -> str:
    found = row.coverage
    if found is None:
        gaps = f"{row.whole.gaps} without evidence" if row.whole.gaps else "no gaps"
        apart = row.whole.not_applicable
        excepted = f", {apart} not applicable" if apart else ""
        return f"{row.whole.covered} of {row.whole.criteria} criteria covered, {gaps}{excepted}."
    state = STATES[found.state][1]
    if row.not_applicable is not None:
        state = f"Not applicable: {row.not_applicable.rstrip('.')}"
        if not found.documents:
            return f"{state}."
        state += ". It has evidence"
    if found.state is State.NONE:
        return "No evidence: a gap."
    documents = f"{found.documents} document{'s' if found.documents != 1 else ''}"
    newest = f", newest {in_words(found.latest)}" if found.latest else ", undated"
    return (
        f"{state}: {found.strength} strength, {found.development} development, "
        f"{found.neutral} neutral, from {documents}{newest}."
        + (" In conflict: strength and development of the same period." if found.conflict else "")
    )


class FrameworkFilter(QSortFilterProxyModel):
    """The lines that hold some words, or the gaps alone; a section stays with its criteria."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self._gaps = False
        self.setRecursiveFilteringEnabled(True)
        self.setAutoAcceptChildRows(False)

    def choose(self, words: str, *, gaps: bool) -> None:
        """Shows lines with all these words; only those that are none, old or thin if ``gaps``."""
        self._words = words.lower().split()
        self._gaps = gaps
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802
        """True for a line that is shown for its own sake."""
        model = self.sourceModel()
        index = model.index(row, 0, parent)
        line = index.data(ROW)
        if not self._words and not self._gaps:
            return True
        if line.code is None:
            return False
        if self._gaps and (line.coverage is None or line.coverage.state is not State.NONE):
            return False
        text = f"{line.words} {line.section.title}".lower()
        return all(word in text for word in self._words)
