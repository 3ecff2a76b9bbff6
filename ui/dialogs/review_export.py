"""What goes into a file for review, and where it goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs import parts

SUFFIX = ".cambsreview"


class ReviewExportDialog(QDialog):
    """Asks for the file, and whether documents go along whole or with the cited pages alone."""

    def __init__(self, links: int, target: Path, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._links = links
        self.setWindowTitle("Export for review")
        self.setMinimumWidth(560)
        self.where = QLineEdit(str(target))
        self.where.setAccessibleName("File for review")
        self.where.textChanged.connect(lambda _: self._judge())
        row = parts.browsed(self.where, "&Browse…", self._browse)
        self.cited = QRadioButton("Only the pages that passages stand on (&cited pages)")
        self.all = QRadioButton("&All pages")
        self.cited.setChecked(True)
        self.all.toggled.connect(lambda _: self._judge())
        pages = QVBoxLayout()
        pages.addWidget(self.cited)
        pages.addWidget(self.all)
        form = parts.form()
        parts.add_row(form, "&File", row, self.where)
        parts.add_row(form, "&Documents", pages, self.cited)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setMinimumHeight(self.fontMetrics().height() * 4)
        buttons, self._ok = parts.answers(self, "Export")
        parts.stack(self, form, self.told, buttons)
        self._judge()

    def path(self) -> Path:
        """Where the file goes."""
        return parts.typed_path(self.where, SUFFIX) or Path()

    def pages(self) -> str:
        """Which pages go along: ``cited`` or ``all``."""
        return "all" if self.all.isChecked() else "cited"

    def _browse(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Export for review", str(self.path()), f"Files for review (*{SUFFIX})"
        )
        if path:
            self.where.setText(path)

    def _judge(self) -> None:
        path, why = parts.typed_path(self.where, SUFFIX), ""
        if path is None:
            why = "Say in which file to write it."
        elif not path.parent.is_dir():
            why = f"The folder {path.parent} does not exist."
        elif path.exists():
            why = f"{path.name} is there already; choose another name."
        self._ok.setEnabled(not why)
        names = (
            "Whole documents go with it" if self.all.isChecked() else "The cited pages go with it"
        )
        self.told.setText(
            why
            or f"{self._links:,} link{'s' if self._links != 1 else ''} with framework, judgements "
            f"and threads. {names}: read them for names before you pass the file on. The reviewer "
            "opens it with this program, without a network, and sends it back; then choose "
            "“Merge a review or a copy”."
        )
