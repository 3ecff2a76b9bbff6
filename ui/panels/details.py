"""What is known of the passage or document that is chosen; most of it can be changed in place."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPixmap, QResizeEvent, QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QCompleter,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from cambs_evidence.model import Document, Hold, Link, Place, Polarity, Suggestion
from cambs_evidence.wording import (
    DOCUMENT_KINDS,
    POLARITIES,
    citation,
    meta_words,
    moment_in_words,
    read_at,
    region_in_words,
)
from ui import commands
from ui.chain import put_behind
from ui.models.evidence import HELD
from ui.panels.offers import Offer
from ui.panels.thread import Thread
from ui.session import News, Session
from ui.stands import STANDS, own_view, stand_of
from ui.theme import Theme

#: Logical pixels of height that the picture of a part of a page takes at most.
TALLEST = 260


class PolarityButtons(QWidget):
    """Three buttons, one of which is down.

    Signals:
        chosen: a polarity that was pressed by a person.
    """

    chosen = Signal(object)

    def __init__(
        self, theme: Theme, polarity: Polarity, parent: QWidget | None = None, *, keys: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._buttons: dict[Polarity, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for each in Polarity:
            sign, word = POLARITIES[each]
            button = QPushButton(f"{sign} {'&' if keys else ''}{word}", self)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setAccessibleName(word)
            button.setAutoDefault(False)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, told=each: self.chosen.emit(told))
            self._buttons[each] = button
            row.addWidget(button)
        self.set(polarity)
        self._paint()
        theme.changed.connect(self._paint)

    def _paint(self) -> None:
        for each, button in self._buttons.items():
            colour = self._theme.colours.polarity[each]
            button.setStyleSheet(
                f"QPushButton {{ padding: 4px 6px; color: {colour}; }}"
                f"QPushButton:focus {{ text-decoration: underline; }}"
                f"QPushButton:checked {{ border: 2px solid {colour}; padding: 3px 5px; }}"
            )

    @property
    def chosen_button(self) -> QPushButton:
        """The button that is down."""
        return self._buttons[self.polarity]

    @property
    def polarity(self) -> Polarity:
        """The one that is down."""
        return next(each for each, button in self._buttons.items() if button.isChecked())

    def set(self, polarity: Polarity) -> None:
        """Presses one."""
        self._buttons[polarity].setChecked(True)


class NoteEdit(QPlainTextEdit):
    """A note that is kept when it is left.

    Signals:
        left: what it says, if that was changed.
    """

    left = Signal(str)

    def __init__(self, link_id: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.link_id = link_id
        self._before = text
        #: Where the keys were before a key led here; they go back there.
        self.back: QWidget | None = None
        self.setTabChangesFocus(True)
        self.setPlaceholderText("Note")
        self.setAccessibleName("Note")
        self.setFixedHeight(self.fontMetrics().lineSpacing() * 3 + 14)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Esc and Ctrl+Enter leave, and what was typed is kept."""
        entered = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() != Qt.Key.Key_Escape and not (entered and control):
            super().keyPressEvent(event)
        elif self.back is not None and isValid(self.back) and self.back.isVisible():
            self.back.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.focusNextChild()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - the name is Qt's
        """Keeps what was typed."""
        super().focusOutEvent(event)
        self.keep()

    @property
    def unsaved(self) -> bool:
        """True while it says something else than what is kept."""
        return self.toPlainText().strip() != self._before

    def keep(self) -> None:
        """Says what was typed, if anything."""
        text = self.toPlainText().strip()
        if text != self._before:
            self._before = text
            self.left.emit(text)


@dataclass(slots=True)
class _Typed:
    """What was typed and not kept yet: of which passage or document, and where the cursor is."""

    of: str | None
    notes: dict[str, str]
    fields: dict[str, str]
    focus: str
    cursor: int
    answering: bool = False


class Picture(QLabel):
    """A picture as wide as there is room, never larger than it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = QPixmap()
        self.setAccessibleName("The part of the page")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def take(self, png: bytes) -> None:
        """Shows a picture."""
        self._whole.loadFromData(png)
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull() or self.width() < 2:
            return
        ratio = self.devicePixelRatioF()
        # It was taken at 150 dots to the inch, the screen counts 96.
        usual = self._whole.size() * (96 / 150)
        room = QSize(self.width(), TALLEST)
        size = usual.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        size = size if size.width() < usual.width() else usual
        shown = self._whole.scaled(
            size * ratio, Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
        shown.setDevicePixelRatio(ratio)
        self.setPixmap(shown)
        self.setFixedHeight(size.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - the name is Qt's
        """Fits the room there is."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()


class DetailsPanel(QScrollArea):
    """A passage with all its links, or a document, or a hint.

    Signals:
        link_chosen: a link to be shown on its page.
        untag_wanted: a link to be taken away.
        retag_wanted: a link to be tagged to another criterion.
        tag_wanted: the passage is to be tagged to one more criterion.
        place_wanted: a document's id and a place in it that is to be shown.
    """

    link_chosen = Signal(object)
    place_wanted = Signal(str, object)
    untag_wanted = Signal(object)
    retag_wanted = Signal(object)
    tag_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session: Session | None = None
        self._passage: str | None = None
        self._document: str | None = None
        self._active: str | None = None
        self._notes: list[NoteEdit] = []
        self._fields: dict[str, QLineEdit] = {}
        self._slots: dict[str, QVBoxLayout] = {}
        #: What is offered below the fields, by the facts they would set.
        self.offers: dict[str, Offer] = {}
        #: Answers that are being typed, by the links they are about, and their fields.
        self._drafts: dict[str, str] = {}
        self._answers: dict[str, QLineEdit] = {}
        self._built: str | None = None  # the passage or document that is shown
        self._told_of: Document | None = None  # the document as it is shown
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Details")
        theme.changed.connect(self._show)
        self._show()

    def use(self, session: Session | None) -> None:
        """Takes a case, of which nothing is chosen."""
        self.keep()
        self._session = session
        self._passage = self._document = None
        self._drafts.clear()
        if session is not None:
            session.changed.connect(self._hear)
            session.arrived.connect(self._arrived)
        self._show()

    def _arrived(self, links: Sequence[Link]) -> None:
        """Links of a large case have been read: some may be of the passage that is shown."""
        if any(link.passage.id == self._passage for link in links):
            self._show()

    def show_link(self, link: Link) -> None:
        """Shows a passage and, first among its links, this one."""
        self.keep()
        self._passage, self._active, self._document = link.passage.id, link.id, None
        self._show()

    def show_document(self, document: Document | None) -> None:
        """Shows what is known of a document."""
        self.keep()
        self._passage, self._document = None, document.id if document else None
        self._show()

    def active_link(self) -> Link | None:
        """The link that is shown first."""
        if self._session is None or self._passage is None:
            return None
        links = self._session.links_of_passage(self._passage)
        return next((link for link in links if link.id == self._active), next(iter(links), None))

    def keep(self) -> None:
        """Keeps what has been typed and not yet left."""
        for note in self._notes:
            note.keep()
        for name in list(self._fields):
            self._keep_field(name)

    def edit_title(self) -> None:
        """Puts the cursor into the title of the document that is shown."""
        field = self._fields.get("title")
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            field.selectAll()

    def edit_note(self) -> None:
        """Puts the cursor into the first note that is shown."""
        focus = QApplication.focusWidget()
        if self._notes:
            within = focus is not None and self.isAncestorOf(focus)
            self._notes[0].back = None if within else focus
            self._notes[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._notes[0].moveCursor(QTextCursor.MoveOperation.End)
            QTimer.singleShot(0, self, self._show_focus)  # once all is laid out

    def _show_focus(self) -> None:
        """What is being typed into is in view, whole."""
        focus = self.focusWidget()
        if focus is not None:
            self.ensureWidgetVisible(focus, 0, 12)

    # --- building ------------------------------------------------------------------------

    def _hear(self, news: News) -> None:
        session = self._session
        if session is None:
            return
        if self._passage is not None:
            touched = [*news.added, *news.altered]
            ours = any(link.passage.id == self._passage for link in touched)
            ours = ours or any(
                each.id in news.reviews for each in session.links_of_passage(self._passage)
            )
            if ours or news.gone or news.framework:
                if not session.links_of_passage(self._passage):
                    self._passage = None
                self._show()
        elif self._document is not None and news.documents:
            document = session.document(self._document)
            if document is None:
                self._document = None
            if document is None or document != self._told_of:  # others came, one after the other
                self._show()

    def _show(self) -> None:
        typed = self._let_go()
        self._notes, self._fields = [], {}
        self._slots, self.offers, self._answers = {}, {}, {}
        body = QWidget()
        body.setAutoFillBackground(False)
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        session = self._session
        if session is not None and self._passage is not None:
            self._build_passage(session, column)
        elif session is not None and self._document is not None:
            document = session.document(self._document)
            if document is not None:
                self._build_document(session, document, column)
        else:
            hint = QLabel(
                "Choose a highlighted passage, a line of the evidence or a document to see what "
                "is known of it."
            )
            hint.setWordWrap(True)
            hint.setProperty("muted", True)
            column.addWidget(hint)
        column.addStretch(1)
        old = self.takeWidget()
        self.setWidget(body)
        put_behind(self, body)
        if old is not None:
            old.deleteLater()
        self._put_in(typed)

    def _let_go(self) -> _Typed:
        """What is being typed and where, as everything is about to be built anew."""
        notes = {note.link_id: note.toPlainText() for note in self._notes if note.unsaved}
        fields = {name: field.text() for name, field in self._fields.items() if field.isModified()}
        typed = _Typed(self._built, notes, fields, "", 0)
        for note in self._notes:
            if note.hasFocus():
                typed.focus, typed.cursor = note.link_id, note.textCursor().position()
            note.blockSignals(True)  # losing the focus to nothing is not leaving it
        for name, field in self._fields.items():
            if field.hasFocus():
                typed.focus, typed.cursor = name, field.cursorPosition()
            field.blockSignals(True)
        for link_id, answer in self._answers.items():
            if answer.hasFocus():
                typed.focus, typed.cursor = link_id, answer.cursorPosition()
                typed.answering = True
        self._built = self._passage or self._document
        return typed

    def _put_in(self, typed: _Typed) -> None:
        """Lets a person who was typing go on, if the same is shown as before."""
        if typed.of != self._built:
            return
        for note in self._notes:
            if note.link_id in typed.notes:
                note.setPlainText(typed.notes[note.link_id])
            if note.link_id == typed.focus and not typed.answering:
                cursor = note.textCursor()
                cursor.setPosition(min(typed.cursor, len(note.toPlainText())))
                note.setTextCursor(cursor)
                note.setFocus(Qt.FocusReason.OtherFocusReason)
        answer = self._answers.get(typed.focus)
        if answer is not None and typed.answering:
            answer.setFocus(Qt.FocusReason.OtherFocusReason)
            answer.setCursorPosition(typed.cursor)
        for name, field in self._fields.items():
            if name in typed.fields:
                field.setText(typed.fields[name])
                field.setModified(True)
            if name == typed.focus:
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                field.setCursorPosition(typed.cursor)

    def _build_passage(self, session: Session, column: QVBoxLayout) -> None:
        links = session.links_of_passage(self._passage or "")
        if not links:
            return
        links.sort(key=lambda link: link.id != self._active)
        passage = links[0].passage
        region = passage.anchor.region
        if region is not None:
            column.addWidget(_muted(region_in_words(region, passage.page)))
            column.addWidget(self._picture_of(session, passage.id))
        quote = QLabel(f"“{passage.anchor.quote}”")
        quote.setTextFormat(Qt.TextFormat.PlainText)
        quote.setWordWrap(True)
        quote.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        if passage.anchor.quote:
            column.addWidget(quote)
        document = session.document(passage.document_id)
        if document is not None:
            where = _muted(citation(links[0], document))
            column.addWidget(where)
        if links[0].newest != passage.document_id and links[0].hold in HELD:
            column.addWidget(_muted(HELD[links[0].hold]))
        elif links[0].hold is not Hold.EXACT:
            column.addWidget(
                _muted(f"This passage is {links[0].hold.value}: untag it and tag it again.")
            )
        if len(links) > 1:
            column.addWidget(_muted(f"Tagged {len(links)} times:"))
        for link in links:
            column.addWidget(self._link_card(session, link))
        if not session.readonly and links[0].newest == passage.document_id:
            more = QPushButton("Tag to one more criterion… (T)")
            more.clicked.connect(lambda _=False: self.tag_wanted.emit())
            column.addWidget(more)

    def _picture_of(self, session: Session, passage_id: str) -> QLabel:
        """What a part of a page looks like, as it was kept; it comes when it has been read."""
        picture = Picture(self)
        there = weakref.ref(picture)

        def take(data: bytes) -> None:
            shown = there()
            if shown is not None and isValid(shown):
                shown.take(data)

        session.read(lambda: session.case.picture(passage_id), take)
        return picture

    def _link_card(self, session: Session, link: Link) -> QWidget:
        card = QFrame()
        card.setProperty("card", True)
        column = QVBoxLayout(card)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(6)
        target = session.case.target(link.code)
        head = QHBoxLayout()
        title = QLabel(f"{link.code}  {target.label}")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setProperty("title", True)
        title.setWordWrap(True)
        head.addWidget(title, 1)
        if not session.readonly:
            retag = self._tool("pencil", f"Tag to another criterion than {link.code}")
            retag.clicked.connect(lambda: self.retag_wanted.emit(link))
            untag = self._tool("trash-2", f"Untag {link.code}")
            untag.clicked.connect(lambda: self.untag_wanted.emit(link))
            head.addWidget(retag, 0, Qt.AlignmentFlag.AlignTop)
            head.addWidget(untag, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        wording = _statement(session, link)
        if wording:
            words = _muted(wording)
            words.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(words)
        buttons = PolarityButtons(self._theme, link.polarity)
        buttons.setEnabled(not session.readonly)
        buttons.chosen.connect(lambda polarity: self._repolarise(link, polarity))
        column.addWidget(buttons)
        note = NoteEdit(link.id, link.note or "")
        note.setReadOnly(session.readonly)
        note.left.connect(lambda text: commands.amend(session, link, note=text))
        self._notes.append(note)
        column.addWidget(note)
        column.addWidget(_muted(meta_words(link.by, link.at)))
        self._add_thread(session, link, column)
        return card

    def _add_thread(self, session: Session, link: Link, column: QVBoxLayout) -> None:
        """What reviewers said of a link, how it stands, and a field for the answer."""
        review = own_view(session, session.held.review(link.id), session.case.by)
        if not review.thread:
            return
        column.addWidget(QLabel(" ".join(STANDS[stand_of(session, review, session.case.by)])))
        thread = Thread(
            review,
            may_answer=session.may_say and not session.reviewing,
            draft=self._drafts.get(link.id, ""),
            drafted=lambda text: self._drafts.__setitem__(link.id, text),
        )
        thread.answered.connect(lambda text: commands.answer(session, link, text))
        column.addWidget(thread)
        if thread.field is not None:
            self._answers[link.id] = thread.field

    def _repolarise(self, link: Link, polarity: Polarity) -> None:
        if self._session is not None and polarity is not link.polarity:
            self.keep()
            commands.amend(self._session, link, polarity=polarity)

    def _build_document(self, session: Session, document: Document, column: QVBoxLayout) -> None:
        self._told_of = document
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setSpacing(7)
        for name, label, tip in (
            ("title", "Tit&le", "As it is cited"),
            ("date", "Da&te", "2024-03-31, or 2024-03 or 2024 where the day is not known"),
            ("period", "Peri&od", "What it tells of, such as April 2024 to March 2025 or 2024/25"),
            ("kind", "&Kind", "Such as inspection report or letter"),
            ("issuer", "&Issued by", "The body that issued it"),
        ):
            field = QLineEdit(getattr(document, name) or "")
            field.setAccessibleName(label.replace("&", ""))
            field.setToolTip(tip)
            field.setPlaceholderText("undated" if name == "date" else "")
            field.setReadOnly(session.readonly or document.replaced_by is not None)
            field.setCursorPosition(0)
            if name == "kind":
                completer = QCompleter(DOCUMENT_KINDS, field)
                completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
                field.setCompleter(completer)
            field.editingFinished.connect(self._keeper(name))
            self._fields[name] = field
            slot = self._slots[name] = QVBoxLayout()
            slot.setSpacing(1)
            slot.addWidget(field)
            form.addRow(label, slot)
            named = form.labelForField(slot)
            if isinstance(named, QLabel):
                named.setBuddy(field)
        column.addLayout(form)
        made = f"\nPages made by {document.made_by}" if document.made_by else ""
        facts = (
            f"{document.filename}\n{_many(document.pages, 'page')}, {_size(document.size)}, "
            f"{_many(document.links, 'link')}\nTaken in by {document.added_by}, "
            f"{moment_in_words(document.added_at)}{made}\nSHA-256 {document.sha256}"
        )
        told = _muted(facts)
        told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        told.setText(facts.replace(document.sha256, _broken(document.sha256)))
        column.addWidget(told)

        if not session.readonly:
            self._ask_for_offers(session, document)

    def _ask_for_offers(self, session: Session, document: Document) -> None:
        """Has the text be looked at; what it says comes while the document is still shown."""

        def look() -> dict[str, tuple[Suggestion, str]]:
            return {
                name: (each, read_at(each, session.case.page(document, each.page).text))
                for name, each in session.case.untaken(document).items()
            }

        def take(found: dict[str, tuple[Suggestion, str]]) -> None:
            if session is self._session and session.document(document.id) is not None:
                self._offer(document, found)

        session.read(look, take)

    def _offer(self, document: Document, found: dict[str, tuple[Suggestion, str]]) -> None:
        if self._built != document.id:
            return
        for name, (suggestion, where) in found.items():
            slot, field = self._slots.get(name), self._fields.get(name)
            if slot is None or field is None or name in self.offers:
                continue
            offer = Offer(self._theme, name, suggestion, where, field.parentWidget() or self)
            offer.taken.connect(partial(self._take, document.id, name, suggestion.value))
            place = Place(((suggestion.page, suggestion.start, suggestion.end),))
            offer.shown.connect(partial(self.place_wanted.emit, document.id, place))
            slot.addWidget(offer)
            self.offers[name] = offer
        self._order_tabs()

    def _order_tabs(self) -> None:
        """From each field to what is offered for it, then to the next field."""
        stops: list[QWidget] = []
        for name, field in self._fields.items():
            stops.append(field)
            if name in self.offers:
                stops += [self.offers[name].take, self.offers[name].see]
        for one, next_ in pairwise(stops):
            QWidget.setTabOrder(one, next_)

    def _take(self, document_id: str, name: str, value: str) -> None:
        session, field = self._session, self._fields.get(name)
        document = session.document(document_id) if session is not None else None
        if session is None or document is None or field is None:
            return
        field.setFocus(Qt.FocusReason.OtherFocusReason)  # the offer goes, and what was typed too
        field.setText(value)
        field.setProperty("asked", value)
        field.setModified(False)
        commands.describe(session, document, **{name: value})

    def _keeper(self, name: str) -> Callable[[], None]:
        return lambda: self._keep_field(name)

    def _keep_field(self, name: str) -> None:
        session, field = self._session, self._fields.get(name)
        document = session.document(self._document or "") if session else None
        if session is None or field is None or document is None or session.readonly:
            return
        value = field.text().strip() or None
        if value != getattr(document, name) and field.property("asked") != (value or ""):
            field.setProperty("asked", value or "")  # once, though leaving it says so twice
            field.setModified(False)
            commands.describe(session, document, **{name: value})

    def put_back(self) -> None:
        """Shows what is kept, after something that was typed has been refused."""
        self._show()

    def _tool(self, icon: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(self._theme.icon(icon))
        button.setToolTip(words)
        button.setAccessibleName(words)
        return button


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("muted", True)
    label.setWordWrap(True)
    return label


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(count // 1000, 1)} KB"


def _broken(digest: str) -> str:
    """A long hash in pieces that a narrow panel can break."""
    return " ".join(digest[at : at + 16] for at in range(0, len(digest), 16))


def _statement(session: Session, link: Link) -> str:
    """The full wording of a link's criterion, empty where the case has none."""
    criteria = (each for section in session.held.framework.sections for each in section.criteria)
    found = next((each for each in criteria if each.id == link.criterion_id), None)
    return (found.statement or "") if found is not None else ""
