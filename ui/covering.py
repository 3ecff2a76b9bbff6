"""From coverage to what is to be done about it: gaps, evidence of a cell, what does not apply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from cambs_evidence.model import Coverage, CriterionCoverage, State
from cambs_evidence.wording import in_words
from ui import commands
from ui.dialogs.not_applicable import NotApplicableDialog
from ui.dialogs.told import ask
from ui.jobs import Job
from ui.models.filters import Filter

if TYPE_CHECKING:
    from ui.main_window import MainWindow

#: What is wanting, in the order in which it is gone through.
WANTING = (State.NONE, State.OLD, State.THIN)
_FILES = {
    "PNG picture (*.png)": ".png",
    "SVG picture (*.svg)": ".svg",
    "PDF (*.pdf)": ".pdf",
    "Table for spreadsheets (*.csv)": ".csv",
}


def next_gap(
    coverage: Coverage, current: str, *, back: bool = False, was: State | None = None
) -> CriterionCoverage | None:
    """The criterion that wants evidence next: those without any first, then old, then thin.

    Each group is gone through in the order of the framework, and after the last it begins anew.
    From a criterion that wants nothing, or a section (its number), it goes to the next one without
    evidence below it. None where nothing is wanting. ``was`` is the state for which the current one
    was gone to: where it is another now, for something was tagged, it goes on with that group.
    """
    places = {each.code: place for place, each in enumerate(coverage.criteria)}
    wanting = [each for state in WANTING for each in coverage.criteria if each.state is state]
    if not wanting:
        return None
    states = {each.code: each.state for each in wanting}
    codes = list(states)
    if current in codes and was in {None, states[current]}:
        return wanting[(codes.index(current) + (-1 if back else 1)) % len(wanting)]
    here = places.get(current)
    if here is None:  # a section, or nothing: from before its first criterion
        within = (places[each] for each in places if each.partition(".")[0] == current)
        here = next(within, 0) - (0 if back else 1)
    first = was if was in states.values() else wanting[0].state
    group = [each for each in wanting if each.state is first]
    if back:
        before = [each for each in group if places[each.code] < here]
        return before[-1] if before else wanting[-1]
    return next((each for each in group if places[each.code] > here), group[0])


def in_short(found: CriterionCoverage) -> str:
    """What is wanting of a criterion."""
    if found.state is State.NONE:
        return f"No evidence yet for {found.code}"
    if found.state is State.OLD:
        newest = f"the newest is of {in_words(found.latest)}" if found.latest else "undated"
        return f"Old evidence for {found.code}, {newest}"
    documents = f"{found.documents} document{'s' if found.documents != 1 else ''}"
    return f"Thin evidence for {found.code}, from {documents}"


class Covering(QObject):
    """Leads from coverage to evidence and back."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._led_to: tuple[str, State] | None = None  # the gap that a key led to last

    def attach(self) -> None:
        """Listens to the panels, once they are there."""
        panel = self._window.coverage
        panel.opened.connect(self.open)
        panel.chosen.connect(self.choose)
        panel.document_chosen.connect(self._window.evidence.show_document)
        panel.limits_wanted.connect(self._set_limits)
        panel.export_wanted.connect(self.export)
        panel.large_wanted.connect(self._enlarge)
        self._window.docks.enlarged.connect(panel.large.setChecked)

    def enlarge(self) -> None:
        """Has coverage fill the window, or no longer."""
        self._window.coverage.large.toggle()

    def _enlarge(self, large: bool) -> None:
        panel = self._window.coverage
        self._window.docks.enlarge(large=large)
        if large:
            panel.shown.setFocus()
        else:
            self._window.docks.reveal("coverage")

    # --- gaps ----------------------------------------------------------------------------

    def go_on(self, *, back: bool = False) -> None:
        """Goes to the next criterion that wants evidence, or to the one before."""
        window = self._window
        if window.session is None:
            return
        seen = window.coverage.shown.hasFocus() and window.docks.in_view(window.coverage)
        current = window.coverage.current_key() if seen else window.framework.current_key()
        was = self._led_to[1] if self._led_to and self._led_to[0] == current else None
        found = next_gap(window.session.held.coverage, current, back=back, was=was)
        if found is None:
            window.say("Every criterion has evidence, none of it old or thin.")
            return
        self._led_to = found.code, found.state
        if not seen:
            window.docks.reveal("framework")
        window.framework.go_to(found.code)
        if window.coverage.isVisible():
            window.coverage.select(found.code)
        window.say(f"{in_short(found)}: {window.session.case.target(found.code).label}")

    def set_not_applicable(self) -> None:
        """Asks why the chosen criterion does not apply, or whether it does again."""
        window = self._window
        session = window.session
        if session is None or session.readonly:
            return
        panel = window.coverage
        seen = panel.shown is panel.grid and panel.grid.hasFocus()
        key = panel.current_key() if seen else window.framework.current_key()
        criteria = {
            each.code: each
            for section in session.held.framework.sections
            for each in section.criteria
        }
        criterion = criteria.get(key)
        if criterion is None:
            window.say("Choose a criterion in the framework first; then say why it does not apply.")
            return
        words = criterion.statement or criterion.label
        dialog = NotApplicableDialog(key, words, criterion.not_applicable, window)
        if dialog.exec():
            commands.set_not_applicable(session, key, dialog.answer())

    # --- from a cell ---------------------------------------------------------------------

    def choose(self, wanted: Filter) -> None:
        """Filters the evidence by a cell; a panel that is behind another stays there."""
        self._window.framework.select(wanted.code or str(wanted.section))
        self._window.evidence.show_filter(wanted)

    def open(self, wanted: Filter) -> None:
        """Shows the evidence of a cell; one passage alone on its page, else the document."""
        window = self._window
        session = window.session
        if session is None:
            return
        self.choose(wanted)
        window.docks.reveal("evidence")
        document = session.document(wanted.document) if wanted.document else None
        if document is None or window.docks.large:  # the evidence is seen below
            return
        links = window.evidence.shown()
        if len(links) == 1:
            window.go_to_link(links[0])
        elif not links:
            window.show_document(document)
            key = wanted.code or f"section {wanted.section}"
            window.say(f"No evidence for {key} in {document.title} yet; the document is shown.")

    def _set_limits(self) -> None:
        self._window.edit_settings(limits=True)

    # --- files ---------------------------------------------------------------------------

    def export(self) -> None:
        """Asks for a file and has the picture drawn into it, or the table written, as a job."""
        window = self._window
        session = window.session
        if session is None:
            return
        usual = session.case.path.with_name(f"{session.case.path.stem}-coverage.png")
        chosen, kind = QFileDialog.getSaveFileName(
            window, "Export coverage", str(usual), ";;".join(_FILES)
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() not in _FILES.values():
            path = path.with_name(path.name + _FILES.get(kind, ".png"))
            words = f"{path.name} is there already."
            if path.exists() and not ask(window, "Export coverage", words, "Put the new one there"):
                return
        self.save(path)

    def save(self, path: Path) -> None:
        """Keeps coverage in a file: a table where its name ends so, otherwise the picture."""
        window = self._window
        session = window.session
        if session is None:
            return
        case = session.case
        if path.suffix.lower() != ".csv":
            window.coverage.prepared(lambda: self._draw(path))
            return

        def write() -> Iterator[Path]:
            case.write_coverage(path)
            yield path

        self._follow(Job("Writing the table", write, window))

    def _draw(self, path: Path) -> None:
        from ui.panels import coverage_picture as picture  # noqa: PLC0415 - when it is needed

        window, panel = self._window, self._window.coverage
        session = window.session
        if session is None or panel.model is None or panel.timeline is None:
            return
        font = picture.face(window.font())
        title, below = session.held.facts.title, panel.below()
        if panel.shown is panel.grid:
            shot = picture.of_coverage(panel.model, font, f"Coverage: {title}", below)
        else:
            shot = picture.of_timeline(panel.timeline, font, f"Evidence over time: {title}", below)
        self._follow(Job("Drawing the picture", lambda: picture.save(shot, path, font), window))

    def _follow(self, job: Job) -> None:
        window = self._window
        job.gave.connect(lambda made: window.say(f"Wrote {made}."))
        job.failed.connect(window.tell)
        window.jobs.follow(job)
