"""What a person has to know of one link to decide on it, or of a passage noted as missing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from cambs_evidence.model import Link
from cambs_evidence.review import Finding
from cambs_evidence.wording import (
    POLARITIES,
    citation,
    meta_words,
    moment_in_words,
    page_in_words,
    quote_in_words,
)
from ui.models.queue import OUTCOMES
from ui.panels.thread import Thread
from ui.session import Session
from ui.stands import STANDS, own_view, stand_of
from ui.theme import Theme, plain

#: Neighbours that are named, at most; words of each.
_MOST, _BRIEF = 5, 70


class Card(QWidget):
    """One link with criterion, quote, place, note, neighbours and thread; or one noted passage.

    Signals:
        link_wanted: a neighbour that is to be shown.
        answered: the link and an answer.
        take_wanted, decline_wanted, back_wanted: the noted passage.
    """

    link_wanted = Signal(object)
    answered = Signal(object, str)
    take_wanted = Signal(object)
    decline_wanted = Signal(object)
    back_wanted = Signal(object)

    def __init__(
        self,
        theme: Theme,
        session: Session,
        each: Link | Finding | None,
        person: str,
        drafts: dict[str, str],
        of_code: Callable[[str], list[Link]],
    ) -> None:
        """``of_code`` gives the links to a criterion, in the order of the framework."""
        super().__init__()
        self._theme, self._session, self._person = theme, session, person
        #: Where an answer is typed, if one may be given.
        self.answer_field: QLineEdit | None = None
        self._drafts, self._of_code = drafts, of_code
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 8, 10, 10)
        self._column.setSpacing(6)
        if isinstance(each, Link):
            self._build_link(each)
        elif isinstance(each, Finding):
            self._build_finding(each)
        else:
            self._say("Choose a line above to see it with its criterion and on its page.", "muted")
        self._column.addStretch(1)

    def _say(self, text: str, kind: str = "") -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        if kind:
            label.setProperty(kind, True)
        self._column.addWidget(label)
        return label

    def _name(self, code: str) -> None:
        """The criterion with its wording."""
        target = self._session.case.target(code)
        tree = self._session.held.framework
        found = [x for s in tree.sections for x in s.criteria if x.id == target.criterion_id]
        mark = " (M)" if found and found[0].marked else ""
        self._say(f"{code}{mark}  {target.label}", "title")
        if found and found[0].statement:
            self._say(found[0].statement, "muted")

    def _build_link(self, link: Link) -> None:
        session = self._session
        review = session.held.review(link.id)
        sign, word = STANDS[stand_of(session, review, self._person)]
        self._name(link.code)
        self._say(f"{sign} {word}")
        self._say(f"{' '.join(POLARITIES[link.polarity])}: {_quoted(link)}")
        document = session.document(link.passage.document_id)
        if document is not None:
            self._say(citation(link, document), "muted")
        if link.note:
            self._say(f"Note: {link.note}")
        self._say(meta_words(link.by, link.at), "muted")
        shown = own_view(session, review, self._person)
        thread = Thread(
            shown,
            self,
            may_answer=session.may_say and not session.reviewing,
            draft=self._drafts.get(f"answer {link.id}", ""),
            drafted=lambda text: self._drafts.__setitem__(f"answer {link.id}", text),
        )
        self.answer_field = thread.field
        thread.answered.connect(lambda text: self.answered.emit(link, text))
        thread.setVisible(bool(shown.thread))
        self._column.addWidget(thread)
        if len(review.thread) > len(shown.thread):
            self._say("What others decided is shown once you have said yours.", "muted")
        self._build_neighbours(link)

    def _build_neighbours(self, link: Link) -> None:
        session = self._session
        here = [x for x in session.links_of_passage(link.passage.id) if x.id != link.id]
        there = [x for x in self._of_code(link.code) if x.passage.id != link.passage.id]
        self._offer("The same passage is tagged to:", here, by_code=True)
        self._offer(f"Other evidence for {link.code}:", there, by_code=False)

    def _offer(self, words: str, links: list[Link], *, by_code: bool) -> None:
        if not links:
            return
        self._say(words, "muted")
        for link in links[:_MOST]:
            sign = POLARITIES[link.polarity][0]
            passage = link.passage
            if by_code:
                said = f"{sign} {link.code}  {self._session.case.target(link.code).label}"
            else:
                where = page_in_words(passage.page, passage.page_end, None)
                said = f"{sign} {where}: {' '.join(quote_in_words(passage.anchor).split())}"
            brief = said if len(said) <= _BRIEF else f"{said[:_BRIEF].rsplit(' ', 1)[0]} …"
            button = _Neighbour(brief, said, self)
            button.clicked.connect(lambda _=False, to=link: self.link_wanted.emit(to))
            self._column.addWidget(button)
        if len(links) > _MOST:
            self._say(f"and {len(links) - _MOST:,} more", "muted")

    def _build_finding(self, found: Finding) -> None:
        session = self._session
        self._name(found.code)
        sign, word = OUTCOMES[found.outcome]
        self._say(f"{sign} {word}: noted as missing by {found.by}, {moment_in_words(found.at)}")
        words = quote_in_words(found.anchor)
        self._say(f"{' '.join(POLARITIES[found.polarity])}: “{words}”")
        spans = found.anchor.spans
        where = page_in_words(spans[0].page, spans[-1].page, found.page_label)
        self._say(f"{found.filename}, {where}", "muted")
        if found.comment:
            self._say(found.comment)
        if found.outcome is not None:
            said = f"{word} by {found.answered_by}"
            self._say(f"{said}: {found.reason}" if found.reason else f"{said}.", "muted")
            return
        row = QHBoxLayout()
        if session.reviewing:
            if session.may_say and found.by == self._person:
                row.addWidget(self._button("Take it back", self.back_wanted, found))
        elif session.may_say:
            row.addWidget(self._button("Take as evidence", self.take_wanted, found))
            row.addWidget(self._button("Decline…", self.decline_wanted, found))
        row.addStretch(1)
        self._column.addLayout(row)

    def _button(self, words: str, signal: object, found: Finding) -> QPushButton:
        button = QPushButton(words, self)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _=False: signal.emit(found))  # type: ignore[attr-defined]
        return button


class _Neighbour(QPushButton):
    """A link that stands near, in one line; the whole in its tip."""

    def __init__(self, brief: str, full: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._brief = brief
        self.setAccessibleName(full)
        self.setToolTip(plain(full if len(full) <= 600 else f"{full[:600]}…"))
        self.setAutoDefault(False)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Ignored)
        self.setSizePolicy(policy)
        self.setStyleSheet("text-align: left; padding: 3px 6px;")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Says as much as there is room for."""
        super().resizeEvent(event)
        room = self.width() - 16
        brief = self.fontMetrics().elidedText(self._brief, Qt.TextElideMode.ElideRight, room)
        self.setText(brief.replace("&", "&&"))


def _quoted(link: Link) -> str:
    words = quote_in_words(link.passage.anchor)
    return f"“{words}”" if link.passage.anchor.region is None else words
