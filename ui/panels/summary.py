"""The field a summary is written in: plain text, in which references to evidence are chips."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPyTextObject,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QTextEdit, QToolTip, QWidget

from cambs_evidence.summaries import Reference, cleaned, in_plain_words, pieces, references, token
from ui.carried import LINKS_MIME, links_in
from ui.theme import Theme, plain
from ui.viewer.mouse import PASSAGE_MIME

_TOKENS_MIME = "application/x-cambs-summary"
#: The character that stands for a chip, which nobody can type.
_CHIP = "\ufffc"
_KIND = QTextFormat.ObjectTypes.UserObject.value + 1
_LINK = QTextFormat.Property.UserProperty.value + 1
_ITEM = re.compile(r"(\s*)([-•*]|([0-9]{1,3})([.)]))(\s+)")
#: Logical pixels within a chip beside its words, above and below them, and beside the chip.
_WITHIN, _OVER, _BESIDE = 6.0, 1.0, 1.0


@dataclass(frozen=True, slots=True)
class Cited:
    """What a chip says: the words on it, its colour, all that is to be known of it.

    ``known`` is False where the link is gone.
    """

    words: str
    colour: str
    told: str
    known: bool = True


class _Chip(QPyTextObject):
    """Draws the references of a field."""

    def __init__(self, field: SummaryEdit) -> None:
        super().__init__(field)
        self._field = field

    def _words(self, form: QTextFormat) -> tuple[str, QFontMetricsF]:
        metrics = QFontMetricsF(self._field.font())
        room = self._field.viewport().width() - 2 * (_WITHIN + _BESIDE) - 14
        words = self._field.cited(str(form.property(_LINK))).words
        return metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, max(room, 60)), metrics

    def intrinsicSize(self, doc: QTextDocument, pos: int, form: QTextFormat) -> QSizeF:  # noqa: ARG002, N802
        """The room that a chip takes."""
        words, metrics = self._words(form)
        width = metrics.horizontalAdvance(words) + 2 * (_WITHIN + _BESIDE)
        return QSizeF(width, metrics.height() + 2 * _OVER)

    def drawObject(  # noqa: N802 - the name is Qt's
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,  # noqa: ARG002
        pos: int,  # noqa: ARG002
        form: QTextFormat,
    ) -> None:
        """A frame with words; dashed where what it refers to is gone."""
        words, _ = self._words(form)
        rect = QRectF(rect)
        cited = self._field.cited(str(form.property(_LINK)))
        colours = self._field.theme.colours
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(cited.colour), 1)
        if not cited.known:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(rect.adjusted(_BESIDE, 0.5, -_BESIDE, -0.5), 5, 5)
        painter.setFont(self._field.font())
        painter.setPen(QColor(cited.colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()


class SummaryEdit(QTextEdit):
    """A summary, without any style but its references.

    Signals:
        typed: something was changed by a person.
        left: the keys go elsewhere.
        reference_chosen: the id of the link whose chip was clicked, or stands before the cursor
            where Ctrl+Enter was pressed.
        passage_dropped: what is selected on the page was dropped here.
    """

    typed = Signal()
    left = Signal()
    reference_chosen = Signal(str)
    passage_dropped = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.cite: Callable[[str], Cited] | None = None
        self._filling = False
        #: Said while nothing is written; Qt's own words for that do not go on to a second line.
        self.hint = ""
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setMouseTracking(True)
        self._chip = _Chip(self)
        self.document().documentLayout().registerHandler(_KIND, self._chip)
        self.textChanged.connect(self._changed)
        theme.changed.connect(self.draw_anew)

    # --- what it says --------------------------------------------------------------------

    def summary(self) -> str:
        """What it says, references as they are kept."""
        return self._text_of(0, self.document().characterCount() - 1)

    def set_summary(self, text: str) -> None:
        """Says something else, which cannot be undone here."""
        self._filling = True
        self.document().setUndoRedoEnabled(False)
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        self._write(cursor, text)
        cursor.endEditBlock()
        self.document().setUndoRedoEnabled(True)
        self._filling = False
        self._tell()

    def lock(self, *, readonly: bool) -> None:
        """Whether nothing can be typed; it can be read by keys all the same."""
        self.setReadOnly(readonly)
        if readonly:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )

    def insert_references(self, links: Sequence[str]) -> None:
        """Puts references where the cursor is."""
        cursor = self.textCursor()
        cursor.beginEditBlock()
        at = cursor.selectionStart()
        before = self.document().characterAt(at - 1) if at else "\u2029"
        self._write(cursor, ("" if before.isspace() else " ") + " ".join(map(token, links)))
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def cited(self, link: str) -> Cited:
        """What the chip of a link says."""
        if self.cite is None:
            return Cited("…", self.theme.colours.muted, "", known=False)
        return self.cite(link)

    def draw_anew(self) -> None:
        """What chips say may be otherwise now."""
        self.document().markContentsDirty(0, self.document().characterCount())
        self._tell()

    def _write(self, cursor: QTextCursor, text: str) -> None:
        bare = QTextCharFormat()
        for number, line in enumerate(text.split("\n")):
            if number:
                cursor.insertBlock()
            for piece in pieces(line):
                if isinstance(piece, Reference):
                    form = QTextCharFormat()
                    form.setObjectType(_KIND)
                    form.setProperty(_LINK, piece.link)
                    form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
                    cursor.insertText(_CHIP, form)
                else:
                    cursor.insertText(piece, bare)
        cursor.setCharFormat(bare)

    def _text_of(self, start: int, end: int) -> str:
        """A stretch of the text, references as they are kept."""
        said = []
        block = self.document().findBlock(start)
        while block.isValid() and block.position() <= end:
            if block.position() > start:
                said.append("\n")
            walk = block.begin()
            while not walk.atEnd():
                fragment = walk.fragment()
                place, text = fragment.position(), fragment.text()
                if start <= place and place + fragment.length() <= end and _CHIP not in text:
                    said.append(text)
                    text = ""
                link = fragment.charFormat().property(_LINK)
                for letter in text:
                    if start <= place < end:
                        said.append(token(str(link)) if letter == _CHIP and link else letter)
                    place += 2 if ord(letter) > 0xFFFF else 1  # Qt counts in UTF-16
                walk += 1
            block = block.next()
        return "".join(said).replace("\u2028", "\n").replace(_CHIP, "")

    def _changed(self) -> None:
        if not self._filling:
            self._tell()
            self.typed.emit()

    def _tell(self) -> None:
        """Says aloud what the chips refer to, which stand in the text as one sign each."""
        told = [self.cited(each).told for each in references(self.summary())]
        self.setAccessibleDescription("; ".join(("It refers to", *told)) if told else "")

    # --- taking in and giving out --------------------------------------------------------

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802 - the name is Qt's
        """Words, evidence, and what is selected on the page."""
        return any(map(source.hasFormat, (LINKS_MIME, PASSAGE_MIME))) or source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        """Evidence becomes references, all else mere words."""
        if source.hasFormat(LINKS_MIME):
            if links := links_in(source):
                self.insert_references(links)
        elif source.hasFormat(PASSAGE_MIME):
            self.passage_dropped.emit()
        elif source.hasFormat(_TOKENS_MIME):
            self._paste(bytes(source.data(_TOKENS_MIME).data()).decode())
        elif source.hasText():
            self._paste(source.text())

    def _paste(self, text: str) -> None:
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        ends = text[:1].isspace(), text[-1:].isspace()
        kept = cleaned(text[:LONGEST_PASTED])
        self._write(cursor, f"{' ' * ends[0]}{kept}{' ' * ends[1]}" if kept else " " * ends[0])
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def createMimeDataFromSelection(self) -> QMimeData:  # noqa: N802
        """References for fields like this one, for others what they say."""
        cursor = self.textCursor()
        text = self._text_of(cursor.selectionStart(), cursor.selectionEnd())
        data = QMimeData()
        data.setData(_TOKENS_MIME, text.encode("utf-8", "replace"))
        said = {each: self.cited(each).told for each in references(text)}
        data.setText(in_plain_words(text, said))
        return data

    # --- keys and mouse ------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """Enter goes on with a list, Ctrl+Enter shows what is referred to, Esc leaves."""
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if event.key() == Qt.Key.Key_Escape:
            self.focusNextChild()
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._choose_near(self.textCursor().position())
        elif enter and not self.isReadOnly() and self._go_on_with_list():
            pass
        else:
            super().keyPressEvent(event)

    def _go_on_with_list(self) -> bool:
        """Begins the next item of a list; leaves the list where the item is empty."""
        cursor = self.textCursor()
        line = cursor.block().text()
        item = _ITEM.match(line)
        if item is None or cursor.hasSelection() or cursor.positionInBlock() < item.end():
            return False
        if not line[item.end() :].strip():
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            cursor.beginEditBlock()
            first = cursor.selectionStart() == 0
            cursor.removeSelectedText()
            if not first:
                cursor.insertBlock()
            cursor.endEditBlock()
        else:
            marker = f"{int(item[3]) + 1}{item[4]}" if item[3] else item[2]
            cursor.insertText(f"\n{item[1]}{marker}{item[5]}")
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        return True

    def _link_at(self, position: int) -> str | None:
        if self.document().characterAt(position) != _CHIP:
            return None
        cursor = QTextCursor(self.document())
        cursor.setPosition(position + 1)
        link = cursor.charFormat().property(_LINK)
        return str(link) if link else None

    def _choose_near(self, position: int) -> None:
        link = self._link_at(position - 1) or self._link_at(position)
        if link is not None:
            self.reference_chosen.emit(link)

    def _link_under(self, point: QPointF) -> str | None:
        inside = point + QPointF(
            self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        )
        place = self.document().documentLayout().hitTest(inside, Qt.HitTestAccuracy.ExactHit)
        return self._link_at(place) if place >= 0 else None

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click on a chip shows what it refers to."""
        link = self._link_under(event.position())
        if link is not None and event.button() is Qt.MouseButton.LeftButton:
            self.reference_chosen.emit(link)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Shows what can be clicked."""
        super().mouseMoveEvent(event)
        over = self._link_under(event.position()) is not None
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """Says all of a chip where the pointer rests."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            link = self._link_under(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain(self.cited(link).told) if link else "", self)
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Says what to do while nothing is written."""
        super().paintEvent(event)
        if self.hint and self.document().isEmpty():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            room = self.viewport().rect().adjusted(4, 4, -4, -4)
            painter.drawText(room, Qt.TextFlag.TextWordWrap, self.hint)
            painter.end()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Says that it is left."""
        super().focusOutEvent(event)
        self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Chips have as much room as the field."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.document().markContentsDirty(0, self.document().characterCount())


#: Characters taken from a clipboard at most.
LONGEST_PASTED = 50_000
