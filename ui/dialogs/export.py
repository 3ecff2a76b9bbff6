"""As what the evidence is exported, beside the pack, and where it goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QLabel, QLineEdit, QWidget

from cambs_evidence.model import Link, PackOptions
from cambs_evidence.wording import EXPORTS, within
from ui.dialogs import parts
from ui.dialogs.pack_options import PackForm
from ui.session import Session


class ExportDialog(QDialog):
    """Asks what is exported and how, and says how many quotes that is."""

    def __init__(self, session: Session, target: Path, parent: QWidget | None) -> None:
        """``target`` is the file that is offered, whatever its suffix."""
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("Export the evidence")
        self.setMinimumWidth(560)
        self.kind = QComboBox()
        self.kind.setAccessibleName("Kind of file")
        for kind, words in EXPORTS.items():
            self.kind.addItem(words, kind)
        self.kind.currentIndexChanged.connect(self._change_kind)
        self.where = QLineEdit(str(target.with_suffix(f".{self.chosen()}")))
        self.where.setAccessibleName("File that is written")
        self.where.textChanged.connect(self._judge)
        row = parts.browsed(self.where, "&Browse…", self._browse)
        self.form = PackForm(session.held, "none", pack=False)
        self.form.changed.connect(self._judge)
        head = parts.form()
        head.addRow("&Kind", self.kind)
        parts.add_row(head, "Fil&e", row, self.where)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setMinimumHeight(self.fontMetrics().height() * 3)
        buttons, self._ok = parts.answers(self, "Export")
        parts.stack(self, head, self.form, self.told, buttons)
        self._judge()

    def path(self) -> Path:
        """Where it goes."""
        return parts.typed_path(self.where, f".{self.chosen()}") or Path()

    def chosen(self) -> str:
        """The kind of export: one of :data:`EXPORTS`."""
        return str(self.kind.currentData())

    def options(self) -> PackOptions:
        """What goes into it."""
        return self.form.options()

    def _change_kind(self) -> None:
        """The name goes on as it is, but for what tells its kind."""
        path = Path(self.where.text().strip())
        if path.suffix.lower().removeprefix(".") in EXPORTS:
            self.where.setText(str(path.with_suffix(f".{self.chosen()}")))
        self._judge()

    def _browse(self) -> None:
        words = self.kind.currentText().partition(",")[0]
        path, _ = QFileDialog.getSaveFileName(
            self, "Export the evidence", str(self.path()), f"{words} (*.{self.chosen()})"
        )
        if path:
            self.where.setText(path)

    def _judge(self) -> None:
        why = self.form.fault()
        path = parts.typed_path(self.where, f".{self.chosen()}")
        if path is None:
            why = "Say in which file to write it."
        elif not path.parent.is_dir():
            why = f"The folder {path.parent} does not exist."
        self._ok.setEnabled(not why)
        self.told.setText(why or self._in_words(path))

    def _in_words(self, path: Path | None) -> str:
        quotes = self._quotes()
        documents = len({link.passage.document_id for link in quotes})
        told = (
            f"{len(quotes):,} quote{'s' if len(quotes) != 1 else ''} from {documents} "
            f"document{'s' if documents != 1 else ''}; gaps are shown."
        )
        if self.chosen() == "csv" and path is not None:
            told += f" Coverage and register come beside it, as {path.stem}-coverage.csv and so on."
        return told

    def _quotes(self) -> list[Link]:
        """The links that pass what is chosen."""
        options, held = self.options(), self._session.held
        there = [x for x in held.framework.sections if not options.sections
                 or x.number in options.sections]  # fmt: skip
        sections = {each.id for each in there}
        marked = {each.id for section in there for each in section.criteria if each.marked}

        def dated(link: Link) -> bool:
            document = self._session.document(link.passage.document_id)
            return within(document.date if document else None, options.since, options.until)

        return [
            link
            for link in held.links.values()
            if link.section_id in sections
            and (not options.marked_only or link.criterion_id in marked)
            and options.polarity in {None, link.polarity}
            and (not options.documents or link.document in options.documents)
            and dated(link)
        ]
