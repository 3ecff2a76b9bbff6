"""What goes into a pack or an export, with every option in one form."""

from __future__ import annotations

from typing import Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Coverage, PackOptions, Polarity
from cambs_evidence.wording import POLARITIES, first_day, last_day
from ui.dialogs import parts
from ui.dialogs.fields import Checks, Choice, EarlierFile, Field, Radios, Tick, When, today
from ui.held import Held

_F = TypeVar("_F", bound=Field)
_KEEPS = "Holds to PDF/\u2060UA-1 and PDF/\u2060A-2b: for every reader, and for the archive."
#: Kinds of annex with what each carries.
ANNEXES = (
    ("cited", "The pages that are &cited",
     "Each original page that a quote stands on, the quote marked on it, linked there and back."),
    ("full", "All &pages of the cited documents",
     "Every page of every document that is quoted, marked and linked the same way."),
    ("pictures", "Pict&ures of the pages that are cited",
     f"The cited pages as pictures, their words kept for screen readers. {_KEEPS}"),
    ("none", "No pa&ges", f"The quotes with their citations alone. {_KEEPS}"),
)  # fmt: skip
_POLARITIES: tuple[tuple[str | None, str], ...] = (
    (None, "Every polarity"),
    *((each.value, " ".join(POLARITIES[each])) for each in Polarity),
)
_CROPS = "Show passages as they stand on their pages"
_CROPS_TIP = (
    "Under each quote the part of its page, the words marked: for a pack that is read on paper, or "
    "goes without an annex. It takes more pages and some time."
)
#: What is never remembered: a pack bears the day it is made and compares itself with none unless
#: told.
_OF_THE_DAY = frozenset({"date", "since_pack"})


class PackForm(QWidget):
    """All options of a pack, each a field under the name that :class:`PackOptions` has for it.

    Signals:
        changed: something else is chosen.
    """

    changed = Signal()

    def __init__(self, held: Held, annex: str, *, pack: bool = True) -> None:
        """``annex`` is the usual kind; without ``pack`` what only a pack has is left out."""
        super().__init__()
        self.fields: dict[str, Field] = {}
        self._quiet = False
        self.sections = self._add("sections", Checks("Sections", "section", "&All", "&None"))
        self.documents = self._add("documents", Checks("Documents", "document", "A&ll", "N&one"))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName("Sections and documents")
        self.tabs.tabBar().setAccessibleName("Sections or documents")
        for number, field in enumerate((self.sections, self.documents)):
            self.tabs.addTab(field, "")
            field.named.connect(lambda words, at=number: self.tabs.setTabText(at, words))
        self.tabs.setMinimumHeight(self.fontMetrics().height() * 13)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.tabs, 1)
        column.addWidget(self._add("marked_only", Tick("Only criteria &marked (M)")))
        form = parts.form()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.addRow("Pola&rity", self._add("polarity", Choice("Polarity", _POLARITIES)))
        since = self._add("since", When("Documents dated from"))
        until = self._add("until", When("Documents dated until"))
        row = QHBoxLayout()
        row.addWidget(since, 1)
        words = QLabel("unt&il")
        words.setBuddy(until)
        row.addWidget(words)
        row.addWidget(until, 1)
        parts.add_row(form, "Dated &from", row, since)
        column.addLayout(form)
        if pack:
            column.addWidget(_title("Annex"))
            column.addWidget(self._add("annex", Radios("Annex", ANNEXES, annex)))
            column.addWidget(self._add("crops", Tick(_CROPS, _CROPS_TIP)))
        last = parts.form()
        last.addRow(
            "&Date of the pack",
            self._add("date", When("Date that it bears", day=True, empty=today())),
        )
        if pack:
            last.addRow(
                "Compared &with",
                self._add(
                    "since_pack",
                    EarlierFile("An earlier pack", "Evidence packs (*.pdf)", "Choose…"),
                ),
            )
        column.addLayout(last)
        self.reset_button = QPushButton("Reset")
        self.reset_button.setAutoDefault(False)
        self.reset_button.setToolTip("Everything goes in again, with the usual annex and date")
        self.reset_button.clicked.connect(lambda _: self.reset())
        last_row = QHBoxLayout()
        last_row.addWidget(self.reset_button)
        last_row.addStretch(1)
        column.addLayout(last_row)
        self._annex = annex
        self.refill(held)
        self.reset()

    def _add(self, name: str, field: _F) -> _F:
        self.fields[name] = field
        field.changed.connect(self._hear)
        return field

    def refill(self, held: Held) -> None:
        """Shows the sections and documents that there are now; what is chosen stays so."""
        counts = _counts(held.coverage)
        sections = held.framework.sections
        self.sections.fill(
            [(x.number, f"{x.number}  {x.title}  ({_links(counts.get(x.number, 0))})")
             for x in sections]
        )  # fmt: skip
        self.documents.fill(
            [(each.identity, f"{each.title}  ({_links(each.links)})")
             for each in held.documents.values()]
        )  # fmt: skip

    def options(self) -> PackOptions:
        """What goes in."""
        told = {name: field.value() for name, field in self.fields.items()}
        if told["polarity"] is not None:
            told["polarity"] = Polarity(told["polarity"])
        return PackOptions(**told)

    def fault(self) -> str:
        """What is wrong with what is chosen, in one sentence; empty where nothing is."""
        for field in self.fields.values():
            if found := field.fault():
                return found
        since, until = (self.fields[each].value() for each in ("since", "until"))
        if since and until and last_day(until) < first_day(since):
            return "The documents are to be dated from a day that is after the last one."
        return ""

    def told(self) -> dict[str, Any]:
        """What is chosen, to be remembered."""
        return {name: each.value() for name, each in self.fields.items() if name not in _OF_THE_DAY}

    def put(self, told: dict[str, Any]) -> None:
        """Chooses what was remembered; what is not among it is as it is."""
        self._quiet = True
        for name, field in self.fields.items():
            if name in told:
                field.put(told[name])
        self._quiet = False
        self.changed.emit()

    def reset(self) -> None:
        """Chooses all, with the usual annex and the date of today."""
        usual: dict[str, Any] = dict.fromkeys(self.fields)
        self.put(usual | {"annex": self._annex, "date": today()})

    def _hear(self) -> None:
        if not self._quiet:
            self.changed.emit()


def _title(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("title", True)
    return label


def _links(count: int) -> str:
    return f"{count:,}\u00a0link{'s' if count != 1 else ''}"


def _counts(coverage: Coverage) -> dict[int, int]:
    """How many links there are in each section."""
    found: dict[int, int] = {}
    own = [each.itself for each in coverage.sections if each.itself is not None]
    for each in (*coverage.criteria, *own):
        number = int(each.code.partition(".")[0])
        found[number] = found.get(number, 0) + each.strength + each.development + each.neutral
    return found
