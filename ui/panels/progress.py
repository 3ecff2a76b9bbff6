"""How far the framework is judged, in words and with a bar for each section."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from cambs_evidence.model import SectionProgress
from cambs_evidence.summaries import counted
from ui.models.framework import progress_in_words
from ui.theme import Theme

#: Logical pixels: the width of a bar, from one to the next, their height, room round all of it.
_BAR, _STEP, _HEIGHT, _ROUND = 4, 6, 14, 8
#: Logical pixels of the window from which there is room for the bars.
_ROOM = 1100


class ProgressButton(QToolButton):
    """Says how many blocks have a summary; each bar is a section, filled as far as it is judged."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._told: tuple[SectionProgress, ...] = ()
        self._words = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_progress(self, told: tuple[SectionProgress, ...]) -> None:
        """Shows how far each section is."""
        self._told = told
        there, judged, graded = counted(told)
        words = f"{judged} of {there} blocks judged"
        self._words = words
        lines = [f"{words}, {graded} graded; click for the next one (J)", ""]
        lines += [f"Section {each.number}: {progress_in_words(each)}" for each in told]
        self.setToolTip("\n".join(lines))
        self.setAccessibleName(f"{words}, {graded} graded")
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The words that it shows."""
        return self._words

    @property
    def _bars(self) -> int:
        """The width of the bars, nothing where there is no room for them."""
        return len(self._told) * _STEP if self.window().width() >= _ROOM else 0

    def sizeHint(self) -> QSize:  # noqa: N802 - the name is Qt's
        """Room for bars and words."""
        metrics = self.fontMetrics()
        bars = self._bars
        width = metrics.horizontalAdvance(self._words) + 2 * _ROUND + (bars + _ROUND if bars else 0)
        return QSize(width, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Bars, then words."""
        # The style draws ground and frame, which tell of pointer and keys; it has no words to draw.
        super().paintEvent(event)
        colours = self._theme.colours
        painter = QPainter(self)
        x = float(_ROUND)
        if self._bars:
            for each in self._told:
                box = QRectF(x, (self.height() - _HEIGHT) / 2, _BAR, _HEIGHT)
                painter.fillRect(box, QColor(colours.border))
                full = _HEIGHT * each.judged / max(each.blocks, 1)
                painter.fillRect(QRectF(x, box.bottom() - full, _BAR, full), QColor(colours.accent))
                x += _STEP
            x += _ROUND
        painter.setPen(QColor(colours.text))
        rect = QRectF(x, 0, self.width() - x, self.height())
        painter.drawText(
            rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._words
        )
        painter.end()
