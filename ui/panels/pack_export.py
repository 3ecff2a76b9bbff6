"""Where a pack is written, how far it is, and what can be done with it then."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import PackResult, Polarity, Progress
from ui.dialogs import parts
from ui.jobs import Job, in_words, share, stage_in_words
from ui.theme import Theme

_SUFFIX = ".pdf"
#: Seconds after which it is said how long the rest takes.
_KNOWN_AFTER = 1.5


class ExportBar(QFrame):
    """The file and a button; while it is written the progress; then what became of it.

    Signals:
        export_wanted: the pack is to be written.
        verify_wanted: the pack at this :class:`Path` is to be proved.
        others_wanted: the evidence is wanted in another format.
        changed: another file is named.
    """

    export_wanted = Signal()
    verify_wanted = Signal(object)
    others_wanted = Signal()
    changed = Signal()

    def __init__(self, theme: Theme, target: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._job: Job | None = None
        self._begun = 0.0
        self._pack: Path | None = None
        self._good = True
        self.setProperty("panel", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(8)
        column.addWidget(self._outcome_row())
        self.stack = QStackedWidget()
        self.stack.addWidget(self._file_row(target))
        self.stack.addWidget(self._progress_row())
        column.addWidget(self.stack)
        theme.changed.connect(self._paint)
        self._paint()

    # --- building ------------------------------------------------------------------------

    def _file_row(self, target: Path) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        label = QLabel("&Save as")
        self.where = QLineEdit(str(target))
        self.where.setAccessibleName("File of the pack")
        self.where.setMinimumWidth(120)
        self.where.textChanged.connect(lambda _: self.changed.emit())
        label.setBuddy(self.where)
        browse = QPushButton("&Browse…")
        browse.clicked.connect(lambda _: self._browse())
        self.others = QPushButton("Other formats…")
        self.others.setToolTip("The evidence as a Word document, a web page or tables (Ctrl+E)")
        self.others.clicked.connect(lambda _: self.others_wanted.emit())
        self.export = QPushButton("&Export")
        self.export.setProperty("primary", True)
        self.export.setToolTip("Write the pack (Ctrl+Enter)")
        self.export.clicked.connect(lambda _: self.export_wanted.emit())
        row.addWidget(label)
        row.addWidget(self.where, 1)
        row.addWidget(browse)
        row.addWidget(self.others)
        row.addWidget(self.export)
        return made

    def _progress_row(self) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the export")
        self.bar.setMinimumWidth(80)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(lambda _: self._cancel())
        row.addWidget(self.words)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        return made

    def _outcome_row(self) -> QFrame:
        self.outcome = QFrame()
        row = QHBoxLayout(self.outcome)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.icon = QLabel()
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open_it = QPushButton("Open")
        self.open_it.clicked.connect(lambda _: self._show(self._pack))
        self.folder = QPushButton("S&how in folder")
        self.folder.clicked.connect(lambda _: self._show(self._pack and self._pack.parent))
        self.verify = QPushButton("&Verify")
        self.verify.setToolTip("Find every quote again in its source and compare it with the case")
        self.verify.clicked.connect(lambda _: self.verify_wanted.emit(self._pack))
        self.done = QToolButton()
        self.done.setToolTip("Close")
        self.done.setAccessibleName("Close what became of it")
        self.done.clicked.connect(lambda _: self.outcome.hide())
        row.addWidget(self.icon)
        row.addWidget(self.said, 1)
        for button in (self.open_it, self.folder, self.verify, self.done):
            row.addWidget(button)
        self.outcome.hide()
        return self.outcome

    def _paint(self) -> None:
        good, warn = (self._theme.colour(x) for x in (Polarity.STRENGTH, Polarity.DEVELOPMENT))
        name, colour = ("circle-check", good) if self._good else ("circle-alert", warn)
        self.icon.setPixmap(self._theme.icon(name, colour.name()).pixmap(20, 20))
        self.done.setIcon(self._theme.icon("x"))

    # --- the file ------------------------------------------------------------------------

    @property
    def path(self) -> Path | None:
        """Where the pack goes; None where no file is named."""
        return parts.typed_path(self.where, _SUFFIX)

    def fault(self) -> str:
        """Why nothing can be written there, in one sentence."""
        path = self.path
        if path is None:
            return "Say in which file to write the pack."
        if not path.parent.is_dir():
            return f"The folder {path.parent} does not exist."
        return ""

    def _browse(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Export the evidence pack", str(self.path or ""), "Evidence packs (*.pdf)",
            options=QFileDialog.Option.DontConfirmOverwrite,  # asked when it is written
        )  # fmt: skip
        if path:
            self.where.setText(path)

    # --- progress ------------------------------------------------------------------------

    def follow(self, job: Job, what: str) -> None:
        """Shows how far a job is until it ends."""
        self._job, self._begun = job, time.monotonic()
        self.outcome.hide()
        self.words.setText(f"{what}…")
        self.bar.setRange(0, 0)  # its process has yet to begin
        self.cancel.setEnabled(True)
        self.stack.setCurrentIndex(1)
        self.cancel.setFocus()
        # Methods of its own are let go of with it, where the window is closed before the job ends.
        job.progressed.connect(self._hear)
        job.ended.connect(self._ended)

    @property
    def busy(self) -> bool:
        """True while a pack is written or proved."""
        return self._job is not None

    def _hear(self, step: Progress, _: object) -> None:
        job = self._job
        if job is None or self.sender() is not job or job.cancelled:
            return
        done, spent = share(step), time.monotonic() - self._begun
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * done))
        left = spent / done * (1 - done) if done > 0.05 and spent > _KNOWN_AFTER else None
        said = stage_in_words(step)
        words = in_words(left)
        self.words.setText(f"{said}, {words}" if words else said)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self.cancel.setEnabled(False)
            self.words.setText("Stopping…")

    def _ended(self, _: bool) -> None:
        if self.sender() is self._job:
            self._job = None
            self.stack.setCurrentIndex(0)
            shown = self.outcome.isVisible() and self.open_it.isVisible()
            (self.open_it if shown else self.export).setFocus()

    # --- what became of it ---------------------------------------------------------------

    def tell(self, words: str, *, good: bool, pack: Path | None = None) -> None:
        """Says what became of it; ``pack`` can be opened and proved."""
        self._good, self._pack = good, pack
        self.said.setText(words)
        self.said.setToolTip("")
        for button in (self.open_it, self.folder, self.verify):
            button.setVisible(pack is not None)
        self._paint()
        self.outcome.show()

    def tell_written(self, result: PackResult) -> None:
        """Says that a pack is written."""
        path = Path(result.path)
        pages = f"{result.pages:,} page{'s' if result.pages != 1 else ''}"
        quotes = f"{result.excerpts:,} quote{'s' if result.excerpts != 1 else ''}"
        self.tell(f"{path.name} is written: {pages}, {quotes}.", good=True, pack=path)
        self.said.setToolTip(f"SHA-256 {result.sha256}")

    def _show(self, path: Path | None) -> None:
        if path is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.tell(f"Nothing on this computer opens {path}.", good=False, pack=self._pack)
