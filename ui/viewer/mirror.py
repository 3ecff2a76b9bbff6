"""The text of the page in view in a text widget that is never shown, for screen readers to ask.

Qt hands a selection and the bounds of words and lines to screen readers through functions of
``QAccessibleTextInterface`` that Python cannot override: what C++ asks of one written in Python is
answered with whatever was in memory. A text widget brings one of Qt's own, so the page view lends
out that of this widget, in which every line lies where the page shows it.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QAccessible,
    QAccessibleTextInterface,
    QFont,
    QFontMetricsF,
    QPainter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrame,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

#: What a text document would take out or make an end of a block of, one space for each.
_SPACES = dict.fromkeys([0, 0x0D, 0x2028, 0x2029, 0xFDD0, 0xFDD1, 0xFFFE, 0xFFFF], " ")
#: Half characters, which are none.
_SPACES |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
#: Logical pixels: fonts are measured at this size, and none is smaller than the other.
_MEASURED, _LEAST = 100, 2.0
#: Times that the length of a line is put right; letters that join make it longer than asked.
_TRIES = 4


class Units:
    """From code points of a text to the UTF-16 units that Qt counts in, and back.

    A unit in the middle of a character is the character's beginning.
    """

    def __init__(self, text: str) -> None:
        self._points = [n for n, each in enumerate(text) if each > "\uffff"]
        self._units = [place + n for n, place in enumerate(self._points)]
        self.points = len(text)
        self.units = len(text) + len(self._points)

    def to_units(self, point: int) -> int:
        """The unit at which a code point begins."""
        return point + bisect.bisect_left(self._points, point)

    def to_points(self, unit: int) -> int:
        """The code point that a unit belongs to."""
        return unit - bisect.bisect_left(self._units, unit)


class _Placed(QAbstractTextDocumentLayout):
    """Lines that lie where they were put; ``hit`` tells the unit at a point, -1 where none is."""

    def __init__(self, document: QTextDocument, hit: Callable[[QPointF], int]) -> None:
        super().__init__(document)
        self._hit = hit

    def hitTest(self, point: QPointF, _: Qt.HitTestAccuracy) -> int:  # type: ignore[override] # noqa: N802
        """The unit at a point."""
        return self._hit(point)

    def draw(self, painter: QPainter, context: object) -> None:
        """Nothing is ever drawn."""

    def pageCount(self) -> int:  # noqa: N802
        """It is one page."""
        return 1

    def documentSize(self) -> QSizeF:  # noqa: N802
        """It never scrolls."""
        return QSizeF(0, 0)

    def frameBoundingRect(self, frame: QTextFrame) -> QRectF:  # noqa: ARG002, N802
        """Nobody looks."""
        return QRectF()

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:  # noqa: ARG002, N802
        """Nobody looks."""
        return QRectF()

    def documentChanged(self, at: int, removed: int, added: int) -> None:  # noqa: N802
        """Lines are laid by the one who writes them."""


class PageMirror(QTextEdit):
    """Text, caret and selection of one page; offsets are code points.

    Signals:
        chosen: anchor and caret that a screen reader has set.
    """

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget, hit: Callable[[QPointF], int]) -> None:
        super().__init__(parent)
        self.hide()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("border: 0; padding: 0; margin: 0")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(0)
        self._layout = _Placed(self.document(), lambda point: self._unit_at(hit, point))
        self.document().setDocumentLayout(self._layout)
        self._units = Units("")
        self._ends = (0, 0)
        self.cursorPositionChanged.connect(self._moved)
        self.selectionChanged.connect(self._moved)

    def write(self, text: str, lines: Sequence[tuple[int, int, QRectF]]) -> None:
        """Takes the text of a page; ``lines`` are ranges of it and where each lies.

        Rectangles are in logical pixels of this widget. A line ends where the next begins.
        """
        text = text.translate(_SPACES)
        self._units = Units(text)
        with QSignalBlocker(self):
            self.document().clear()
            cursor = QTextCursor(self.document())
            cursor.beginEditBlock()
            laid = list(_blocks(text, lines))
            for number, pieces in enumerate(laid):
                if number:
                    cursor.insertBlock()
                for words, where in pieces:
                    cursor.insertText(words, self._format(words, where))
            cursor.endEditBlock()
            block = self.document().firstBlock()
            for pieces in laid:
                _lay(block, pieces)
                block = block.next()
        self._ends = (0, 0)

    def select(self, anchor: int, caret: int) -> None:
        """Selects from the anchor to the caret; nothing where they are the same."""
        self._ends = (anchor, caret)
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._units.to_units(anchor))
        cursor.setPosition(self._units.to_units(caret), QTextCursor.MoveMode.KeepAnchor)
        with QSignalBlocker(self):
            self.setTextCursor(cursor)

    def units(self, point: int) -> int:
        """The UTF-16 unit at which a code point of the text begins."""
        return self._units.to_units(point)

    def interface(self) -> QAccessibleTextInterface | None:
        """What Qt tells a screen reader of this widget's text."""
        whole = QAccessible.queryAccessibleInterface(self)
        return whole.textInterface() if whole is not None else None

    def _unit_at(self, hit: Callable[[QPointF], int], point: QPointF) -> int:
        found = hit(point + QPointF(self.pos()))
        return self._units.to_units(found) if found >= 0 else -1

    def _moved(self) -> None:
        cursor = self.textCursor()
        ends = (self._units.to_points(cursor.anchor()), self._units.to_points(cursor.position()))
        if ends != self._ends:
            self._ends = ends
            self.chosen.emit(*ends)

    def _format(self, words: str, where: QRectF) -> QTextCharFormat:
        """A font in which words are as high and as wide as the page shows them."""
        font = QFont(self.font().family())
        font.setPixelSize(_MEASURED)
        measured = QFontMetricsF(font)
        size = max(where.height() / measured.height() * _MEASURED, _LEAST)
        spare = where.width() - measured.horizontalAdvance(words.rstrip("\t ")) * size / _MEASURED
        font.setPointSizeF(size * 72 / self.logicalDpiY())
        if words:
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spare / len(words))
        made = QTextCharFormat()
        made.setFont(font)
        return made


def _blocks(text: str, lines: Sequence[tuple[int, int, QRectF]]) -> list[list[tuple[str, QRectF]]]:
    """The text cut at its line ends, and each piece of it cut where one of the lines begins."""
    starts = [start for start, _, _ in lines]
    found: list[list[tuple[str, QRectF]]] = []
    where, begin = QRectF(), 0
    for row in text.split("\n"):
        end = begin + len(row)
        here = lines[bisect.bisect_left(starts, begin) : bisect.bisect_left(starts, end)]
        if here:
            edges = [begin, *(start for start, _, _ in here[1:]), end]
            found.append(
                [(text[a:b], each[2]) for (a, b), each in zip(pairwise(edges), here, strict=True)]
            )
            where = here[-1][2]
        else:
            found.append([(row, where)])
        begin = end + 1
    return found


def _lay(block: QTextBlock, pieces: list[tuple[str, QRectF]]) -> None:
    """Puts each piece of a block on a line of its own, where it belongs."""
    layout = block.layout()
    option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    option.setWrapMode(QTextOption.WrapMode.WrapAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    for words, where in pieces:
        line = layout.createLine()
        if not line.isValid():
            break
        wanted = columns = Units(words).units
        for _ in range(_TRIES):
            line.setNumColumns(max(columns, 1))
            off = line.textLength() - wanted
            if not off:
                break
            columns -= off
        line.setPosition(where.topLeft())
    while (line := layout.createLine()).isValid():
        line.setPosition(pieces[-1][1].topLeft())
    layout.endLayout()
