"""Evidence over time: sections by quarters or years of the documents' dates."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cambs_evidence.periods import UNDATED, By, period_of, span
from ui.models.coverage import NOTHING, Counts, CoverageModel, in_counts, in_signs
from ui.session import Session
from ui.theme import plain

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class TimelineModel(QAbstractTableModel):
    """Rows are sections, columns periods; counted anew from what the picture of coverage holds."""

    def __init__(
        self, session: Session, coverage: CoverageModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._coverage = coverage
        self._by = By.QUARTER
        self.periods: list[str] = []
        self._cells: list[dict[str, Counts]] = []
        #: The most links that a period of a section has to one side, 1 at least.
        self.most = 1
        self.read()

    def choose(self, by: By) -> None:
        """How long a period is."""
        self._by = by
        self.read()

    def read(self) -> None:
        """Counts anew."""
        self.beginResetModel()
        held = self._session.held
        dates = {each.id: each.date for each in held.documents.values()}
        cells: list[dict[str, Counts]] = []
        used: set[str] = set()
        for section in held.framework.sections:
            row: dict[str, Counts] = {}
            for document, counts in self._coverage.of(str(section.number)).items():
                if document in dates:
                    used.add(document)
                    period = period_of(dates[document], self._by)
                    before = row.get(period, NOTHING)
                    row[period] = tuple(map(sum, zip(before, counts, strict=True)))  # type: ignore[assignment]
            cells.append(row)
        self._cells = cells
        self.periods = span((dates[each] for each in used), self._by)
        every = [counts for row in cells for counts in row.values()]
        self.most = max((max(c[0] + c[2], c[1]) for c in every), default=1)
        self.endResetModel()

    @property
    def old_before(self) -> str | None:
        """The period in which evidence ceases to be old, where there is one."""
        limit = self._session.held.coverage.old_before
        return period_of(limit, self._by) if limit is not None else None

    def is_old(self, column: int) -> bool:
        """True for a period all evidence of which is old."""
        limit = self.old_before
        period = self.periods[column]
        return period == UNDATED or (limit is not None and period < limit)

    def counts(self, row: int, column: int) -> Counts:
        """The links of a section whose documents are of a period."""
        return self._cells[row].get(self.periods[column], NOTHING)

    def key(self, row: int) -> str:
        """The number of a section as text."""
        return str(self._session.held.framework.sections[row].number)

    def title(self, row: int) -> str:
        """Number and title of a section."""
        section = self._session.held.framework.sections[row]
        return f"{section.number}  {section.title}"

    # --- Qt ------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - the name is Qt's
        """The sections."""
        return 0 if parent.isValid() else len(self._cells)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """The periods."""
        return 0 if parent.isValid() else len(self.periods)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles of sections, names of periods."""
        roles = {
            Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        }  # fmt: skip
        if role not in roles:
            return None
        if orientation is Qt.Orientation.Vertical:
            if not 0 <= section < len(self._cells):
                return None
            shown = self.title(section)
        else:
            if not 0 <= section < len(self.periods):
                return None
            old = ", old" if self.is_old(section) else ""
            shown = self.periods[section] + (
                old if role != Qt.ItemDataRole.DisplayRole else ""
            )  # fmt: skip
        return plain(shown) if role == Qt.ItemDataRole.ToolTipRole else shown

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The links of a cell, in signs and in words."""
        if not index.isValid():
            return None
        counts = self.counts(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return in_signs(counts)
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            when = self.periods[index.column()]
            old = ", old" if self.is_old(index.column()) else ""
            words = f"Section {self.key(index.row())}, {when}{old}: {in_counts(counts)}."
            return words if role == Qt.ItemDataRole.AccessibleTextRole else plain(words)
        return None
