"""The window in which a pack is put together: options, preview, export."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs.pack_options import PackForm
from ui.held import Held
from ui.panels.pack_export import ExportBar
from ui.panels.pack_preview import PackPreviewPane
from ui.theme import Theme

#: Logical pixels: what the options take at least and at first, the window at first.
_LEAST, _USUAL, _SIZE = 300, 340, (1280, 860)


class PackWindow(QWidget):
    """A window beside the case: whatever changes in either, the preview follows.

    Signals:
        changed: the options are others.
        closed: it was closed.
        shown_again: it was hidden or minimised, and is not any more.
    """

    changed = Signal()
    closed = Signal()
    shown_again = Signal()

    def __init__(self, theme: Theme, held: Held, annex: str, target: Path) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.form = PackForm(held, annex)
        self.form.changed.connect(self._judge)
        self.preview = PackPreviewPane(theme, self)
        self.export = ExportBar(theme, target, self)
        self.export.changed.connect(self._judge_export)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 12, 14, 12)
        self.fault = QLabel()
        self.fault.setWordWrap(True)
        self.fault.setProperty("warning", True)
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        self.fault.hide()
        column.addWidget(self.fault)
        column.addWidget(self.form, 1)
        self.options = QScrollArea()
        self.options.setWidget(inner)
        self.options.setWidgetResizable(True)
        self.options.setFrameShape(QFrame.Shape.NoFrame)
        self.options.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.options.setMinimumWidth(_LEAST)
        self.options.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.options.setAccessibleName("Options of the pack")
        self.splitter = QSplitter()
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.options)
        self.splitter.addWidget(self.preview)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([_USUAL, _SIZE[0] - _USUAL])
        line = QFrame()
        line.setFixedHeight(1)
        line.setStyleSheet("background: palette(mid);")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.splitter, 1)
        whole.addWidget(line)
        whole.addWidget(self.export)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.export.export.click)
        QShortcut(QKeySequence("F6"), self, lambda: self._step(1))
        QShortcut(QKeySequence("Shift+F6"), self, lambda: self._step(-1))
        for keys in ("Esc", "Ctrl+W"):
            QShortcut(QKeySequence(keys), self, self._leave)
        room = self.screen().availableGeometry()
        width, height = _SIZE
        self.resize(min(width, room.width() * 95 // 100), min(height, room.height() * 93 // 100))
        self.name(held)
        self.form.sections.list.setFocus()
        self._judge()

    def name(self, held: Held) -> None:
        """Takes the case's title for the window's."""
        self.setWindowTitle(f"Evidence pack: {held.facts.title} – cambs-evidence")

    # --- judging -------------------------------------------------------------------------

    def _judge(self) -> None:
        self._judge_export()
        self.changed.emit()

    def _judge_export(self) -> None:
        why = self.form.fault() or self.export.fault()
        if not why and self.export.path == Path(self.form.options().since_pack or ""):
            why = "The new pack would take the place of the earlier one; choose another file."
        self.fault.setText(why)
        self.fault.setVisible(bool(why))
        self.export.export.setEnabled(not why)

    # --- keys and closing ----------------------------------------------------------------

    def _step(self, by: int) -> None:
        """Gives the keys to the next part: options, bookmarks, pages, file."""
        preview = self.preview
        stops: list[tuple[QWidget, QWidget]] = [
            (self.options, self.form.tabs.currentWidget()),
            (preview.contents, preview.contents.tree),
            (preview.pages, preview.pages),
            (self.export, self.export.where),
        ]
        stops = [each for each in stops if each[1].isVisible()]
        focus = QApplication.focusWidget()
        here = -1 if by > 0 else 0
        for place, (part, _) in enumerate(stops):
            if focus is not None and (focus is part or part.isAncestorOf(focus)):
                here = place
        if stops:
            stops[(here + by) % len(stops)][1].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _leave(self) -> None:
        self.close()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - the name is Qt's
        """What was left alone while nobody could see it is done now."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange and not self.isMinimized():
            self.shown_again.emit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Tells that it is closed."""
        event.accept()
        self.closed.emit()
