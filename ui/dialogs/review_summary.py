"""The review in figures, as an auditor reports it: to be read, copied or kept as a file."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Coverage, Link, State
from cambs_evidence.review import Review, Stand, Summary
from cambs_evidence.wording import STATES, quote_in_words
from ui.models.queue import OUTCOMES
from ui.session import Session
from ui.stands import STANDS, remark_in_words

_LINK = "link:"
#: States of coverage that are counted, in this order.
_STATES = (State.COVERED, State.THIN, State.OLD, State.NONE)


class SummaryDialog(QDialog):
    """Coverage as reviewed, agreement, progress by section, and the list of queries.

    Signals:
        shown: the id of a link that is to be shown.
    """

    shown = Signal(str)

    def __init__(
        self, session: Session, told: Summary, person: str, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._path = session.case.path
        self.setWindowTitle("Summary of the review")
        self.resize(760, 600)
        self.page = QTextBrowser(self)
        self.page.setAccessibleName("Summary of the review")
        self.page.setOpenLinks(False)
        self.page.anchorClicked.connect(self._clicked)
        self.page.setHtml(as_html(session, told, person))
        self._said = QLabel(self)
        self._said.setProperty("muted", True)
        self._said.setWordWrap(True)
        self._said.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("C&opy", QDialogButtonBox.ButtonRole.ActionRole)
        save = buttons.addButton("&Save…", QDialogButtonBox.ButtonRole.ActionRole)
        for button in (copy, save):
            button.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        save.clicked.connect(self._ask)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.page, 1)
        column.addWidget(self._said)
        column.addWidget(buttons)

    def _clicked(self, url: QUrl) -> None:
        text = url.toString()
        if text.startswith(_LINK):
            self.shown.emit(text.removeprefix(_LINK))
            self.accept()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.page.toPlainText())
        self._tell("Copied as text.")

    def _ask(self) -> None:
        usual = self._path.with_name(f"{self._path.stem}-review.html")
        path, _ = QFileDialog.getSaveFileName(
            self, "Save the summary", str(usual), "Web page (*.html);;Text (*.txt)"
        )
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Keeps the summary as a file: text for ``.txt``, else a page for browsers."""
        text = path.suffix.lower() == ".txt"
        try:
            path.write_text(self.page.toPlainText() if text else self.page.toHtml(), "utf-8")
        except OSError as error:
            self._tell(f"{path.name} could not be written: {error.strerror}.")
        else:
            self._tell(f"Saved as {path}.")

    def _tell(self, words: str) -> None:
        self._said.setText(words)
        self._said.show()


def as_html(session: Session, told: Summary, person: str) -> str:
    """The summary as a page."""
    facts = session.held.facts
    tried = told.tried
    parts = [f"<h2>Review of {_text(facts.title)}</h2>"]
    reviewers = ", ".join(told.reviewers) or "nobody yet"
    lines = [
        f"Reviewed by {reviewers}. This page was made for {person}.",
        f"{tried.decided:,} of {tried.total:,} links decided; {tried.seen:,} seen on their page.",
    ]
    if tried.outdated:
        lines.append(f"{tried.outdated:,} decisions are on links that were changed since.")
    if told.gone:
        lines.append(f"{told.gone:,} decisions are on links that have been taken away since.")
    lines.append(_share(told.accepted, "of the links decided on are accepted by all reviewers"))
    lines.append(_share(told.agreement, "of the links with several reviewers are agreed on"))
    parts += [f"<p>{_text(line)}</p>" for line in lines if line]
    heads = ("Section", "Links", "Decided", *(STANDS[each][1] for each in list(Stand)[1:]))
    titles = {each.number: each.title for each in session.held.framework.sections}
    rows = [
        (f"{number} {titles.get(number, '')}", str(each.total), str(each.decided),
         *(str(each.stands.get(stand, 0)) for stand in list(Stand)[1:]))
        for number, each in told.sections
        if each.total
    ]  # fmt: skip
    parts += ["<h3>By section</h3>", _table(heads, rows)]
    parts.append("<h3>Coverage</h3><p>By all evidence, and by what all reviewers accepted.</p>")
    rows = [
        (STATES[state][1].capitalize(), str(_count(told.claimed, state)),
         str(_count(told.reviewed, state)))
        for state in _STATES
    ]  # fmt: skip
    parts.append(_table(("Criteria", "As claimed", "As reviewed"), rows))
    parts.append(f"<h3>Queries and disagreements ({len(told.queries):,})</h3>")
    parts += [_query(session, *each) for each in told.queries] or ["<p>There are none.</p>"]
    parts.append(f"<h3>Passages noted as missing ({len(told.findings):,})</h3>")
    for found in told.findings:
        word = OUTCOMES[found.outcome][1].lower()
        page = found.anchor.spans[0].page + 1
        said = f"{found.code}, {found.filename}, page {page}, noted by {found.by}: {word}"
        quote = " ".join(quote_in_words(found.anchor).split())
        more = "".join(f"<br>{_text(each)}" for each in (found.comment, found.reason) if each)
        parts.append(f"<p><b>{_text(said)}</b><br>“{_text(quote)}”{more}</p>")
    if not told.findings:
        parts.append("<p>There are none.</p>")
    return "".join(parts)


def _query(session: Session, link: Link, review: Review) -> str:
    document = session.document(link.passage.document_id)
    where = document.title if document is not None else ""
    sign, word = STANDS[review.stand]
    head = f"{sign} {word}: {link.code}, {where}, page {link.passage.page + 1}"
    quote = " ".join(quote_in_words(link.passage.anchor).split())
    said = "".join(
        f"<br>{_text(remark_in_words(each))}{': ' + _text(each.text) if each.text else ''}"
        for each in review.thread
    )
    return f'<p><a href="{_LINK}{link.id}">{_text(head)}</a><br>“{_text(quote)}”{said}</p>'


def _share(share: float | None, words: str) -> str:
    return f"{share:.0%} {words}." if share is not None else ""


def _count(coverage: Coverage, state: State) -> int:
    return sum(each.state is state for each in coverage.criteria)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th align="left">{_text(each)}</th>' for each in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f'<table cellpadding="4" border="1" cellspacing="0"><tr>{top}</tr>{body}</table>'


def _text(words: str) -> str:
    return html.escape(words, quote=False).replace("\n", "<br>")
