"""How the picture of coverage is drawn, in the window and into files: heat, shapes, heads.

Heat tells how many, and the number stands beside it; the shape tells the polarity.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from cambs_evidence.model import Document, Polarity, State
from cambs_evidence.wording import in_words
from ui.models.coverage import Counts, Line
from ui.models.framework import state_shown
from ui.theme import Colours

#: Links from which a cell is warmer, and how much of the accent is laid over its ground then.
HEAT = ((1, 0.07), (2, 0.14), (4, 0.22), (8, 0.31), (16, 0.40))
#: Logical pixels of a shape, and round what stands in a cell.
_SHAPE, _PAD = 9, 4
#: The least height of heads of columns at which they are written upwards.
UPRIGHT = 84
#: Width of a bar, and what it is filled with: on paper without colours they differ too.
_BAR = 16
_PATTERNS = {
    Polarity.STRENGTH: Qt.BrushStyle.SolidPattern,
    Polarity.DEVELOPMENT: Qt.BrushStyle.BDiagPattern,
    Polarity.NEUTRAL: Qt.BrushStyle.Dense6Pattern,
}
_AlignLeft = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_AlignRight = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


def level(links: int) -> int:
    """How warm a cell with so many links is, from 0."""
    return sum(links >= least for least, _ in HEAT)


class Drawing:
    """Draws parts of the picture in some colours and a face."""

    def __init__(self, colours: Colours, font: QFont) -> None:
        self.colours = colours
        self.font = QFont(font)
        self.bold = QFont(font)
        self.bold.setWeight(QFont.Weight.DemiBold)
        self.small = sized(font, 0.9)
        self.metrics = QFontMetrics(self.font)
        self.strong = QFontMetrics(self.bold)
        self._ink = {each: QColor(colours.polarity[each]) for each in Polarity}
        self._heat = [QColor(colours.base), *(self._mixed(share) for _, share in HEAT)]
        self.row_height = self.metrics.height() + 10
        self.cell_width = 3 * _SHAPE + 3 * _PAD + self.strong.horizontalAdvance("000")
        #: Height of three lines that stand upright.
        self.column_least = 3 * self.metrics.height()
        self.column_width = max(self.cell_width, self.column_least + 4)
        self._codes = self.strong.horizontalAdvance("18.88") + 8
        self._mark = self.metrics.horizontalAdvance("(M)") + 8
        self._state = self.strong.horizontalAdvance("● Covered ≠") + 10

    def _mixed(self, share: float) -> QColor:
        ground, accent = QColor(self.colours.base), QColor(self.colours.accent)
        parts = (
            round(g + (a - g) * share)
            for g, a in zip(ground.getRgb()[:3], accent.getRgb()[:3], strict=True)  # type: ignore[index]
        )
        return QColor(*parts)

    # --- cells ---------------------------------------------------------------------------

    def cell(self, painter: QPainter, rect: QRect, counts: Counts, *, whole: bool) -> None:
        """Heat, shapes of the polarities that are there, and how many links; ``whole`` is bold."""
        total = sum(counts)
        ground = self._heat[level(total)]
        if whole and not total:
            ground = QColor(self.colours.raised)
        painter.fillRect(rect, ground)
        if not total:
            return
        x = rect.left() + _PAD
        for polarity, count in zip(Polarity, counts, strict=True):
            if count:
                at = QRectF(x, rect.center().y() + 0.5 - _SHAPE / 2, _SHAPE, _SHAPE)
                self.shape(painter, at, polarity)
                x += _SHAPE + 1
        painter.setFont(self.bold if whole else self.font)
        painter.setPen(QColor(self.colours.text))
        painter.drawText(rect.adjusted(0, 0, -_PAD, 0), _AlignRight, _short(total))

    def shape(self, painter: QPainter, at: QRectF, polarity: Polarity) -> None:
        """▲ for strength, ▼ for development, ◆ for neutral."""
        middle = at.center()
        if polarity is Polarity.STRENGTH:
            corners = [QPointF(middle.x(), at.top()), at.bottomRight(), at.bottomLeft()]
        elif polarity is Polarity.DEVELOPMENT:
            corners = [at.topLeft(), at.topRight(), QPointF(middle.x(), at.bottom())]
        else:
            corners = [
                QPointF(middle.x(), at.top()), QPointF(at.right(), middle.y()),
                QPointF(middle.x(), at.bottom()), QPointF(at.left(), middle.y()),
            ]  # fmt: skip
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ink[polarity])
        painter.drawPolygon(QPolygonF(corners))

    def grid(self, painter: QPainter, xs: Sequence[int], ys: Sequence[int]) -> None:
        """Thin lines between cells, at the edges that are given."""
        if len(xs) < 2 or len(ys) < 2:
            return
        painter.setPen(QPen(QColor(self.colours.border), 1))
        lines = [QLineF(x - 0.5, ys[0], x - 0.5, ys[-1]) for x in xs[1:]]
        lines += [QLineF(xs[0], y - 0.5, xs[-1], y - 0.5) for y in ys[1:]]
        painter.drawLines(lines)

    # --- heads ---------------------------------------------------------------------------

    def heads_width(self, room: int) -> int:
        """The width of the heads of lines where so much room is left for all."""
        least = self._codes + self._mark + self._state + 90
        return max(least, min(460, room * 48 // 100))

    def heads_needed(self, lines: Sequence[Line]) -> int:
        """The width at which no name of a line is cut."""
        names = (
            (self.strong if line.whole else self.metrics).horizontalAdvance(_name(line))
            + (0 if line.whole else self._mark)
            for line in lines
        )
        return self._codes + max(names, default=0) + self._state + 40

    def row_head(self, painter: QPainter, rect: QRect, line: Line, *, current: bool) -> None:
        """Code, mark, name and state of a line; a section begins with a sign for folding."""
        row, colours = line.row, self.colours
        ground = colours.soft if current else colours.raised if line.whole else colours.base
        painter.fillRect(rect, QColor(ground))
        inner = rect.adjusted(6, 0, -6, 0)
        if line.whole and row.section.criteria:
            self._chevron(painter, inner, folded=line.folded)
        font = self.bold if line.whole else self.font
        metrics = self.strong if line.whole else self.metrics
        faint = row.not_applicable is not None
        ink = QColor(colours.muted if faint else colours.text)
        code = inner.adjusted(14, 0, 0, 0)
        painter.setFont(self.bold)
        painter.setPen(ink)
        painter.drawText(code, _AlignLeft, line.key)
        label = code.adjusted(self._codes, 0, -self._state, 0)
        painter.setFont(font)
        if not line.whole:
            if row.criterion is not None and row.criterion.marked:
                painter.drawText(label, _AlignLeft, "(M)")
            label.setLeft(label.left() + self._mark)
        painter.drawText(label, _AlignLeft, _cut(metrics, _name(line), label.width() - 8))
        state = inner.adjusted(inner.width() - self._state + 4, 0, 0, 0)
        if row.coverage is None:
            painter.setFont(self.font)
            painter.setPen(QColor(colours.muted))
        else:
            gap = row.coverage.state is State.NONE
            painter.setFont(self.bold if gap else self.font)
            painter.setPen(QColor(colours.state[row.coverage.state]))
        painter.drawText(state, _AlignLeft, state_shown(row))

    def _chevron(self, painter: QPainter, rect: QRect, *, folded: bool) -> None:
        x, y = rect.left() + 4.0, rect.center().y() + 0.5
        corners = (
            [QPointF(x - 2, y - 4), QPointF(x + 3, y), QPointF(x - 2, y + 4)]
            if folded
            else [QPointF(x - 4, y - 2), QPointF(x, y + 3), QPointF(x + 4, y - 2)]
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.colours.muted), 1.6))
        painter.drawPolyline(QPolygonF(corners))
        painter.restore()

    def column_head(
        self,
        painter: QPainter,
        rect: QRect,
        document: Document | None,
        *,
        old: bool,
        current: bool,
    ) -> None:
        """Title and date of a document, written upwards; None is all documents together."""
        colours = self.colours
        painter.fillRect(rect, QColor(colours.soft if current else colours.raised))
        title = document.title if document is not None else "All documents"
        date = ""
        if document is not None:
            date = f"{'◔ ' if old else ''}{in_words(document.date)}"
        ink = colours.state[State.OLD] if old else colours.muted
        if rect.height() < UPRIGHT:
            self._lying(painter, rect, title, document, old=old)
            return
        painter.save()
        painter.translate(rect.left(), rect.bottom() + 1)
        painter.rotate(-90)
        long, height = rect.height() - 10, self.metrics.height()
        lines = _two_lines(self.metrics, title, long)
        if document is None and self.strong.horizontalAdvance(title) > long:
            lines = ["All"]
        if date and QFontMetrics(self.small).horizontalAdvance(date) > long:
            date = f"{'◔ ' if old else ''}{document.date if document else ''}"
        face = self.bold if document is None else self.font
        words = [(each, face, colours.text) for each in lines]
        if date:
            words.append((date, self.small, ink))
        top = (rect.width() - height * len(words)) // 2
        for place, (said, font, colour) in enumerate(words):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            at = QRect(6, top + place * height, long, height)
            painter.drawText(at, _AlignLeft, _cut(QFontMetrics(font), said, long))
        painter.restore()

    def _lying(
        self, painter: QPainter, rect: QRect, title: str, document: Document | None, *, old: bool
    ) -> None:
        """Where heads are low: the beginning of the title, and the month."""
        inner = rect.adjusted(4, 3, -3, -3)
        half = inner.height() // 2
        painter.setFont(self.bold if document is None else self.font)
        painter.setPen(QColor(self.colours.text))
        words = "All" if document is None else title
        shown = _cut(self.metrics, words, inner.width())
        painter.drawText(inner.adjusted(0, 0, 0, -half), _AlignLeft, shown)
        painter.setFont(self.small)
        painter.setPen(QColor(self.colours.state[State.OLD] if old else self.colours.muted))
        when = "" if document is None else (document.date or "undated")[:7]
        when = f"◔{when}" if old else when
        painter.drawText(inner.adjusted(0, half, 0, 0), _AlignLeft, when)

    def legend(self, painter: QPainter, rect: QRect) -> None:
        """What shapes and heat mean."""
        colours = self.colours
        painter.fillRect(rect, QColor(colours.raised))
        height = self.metrics.height() + 2
        inner = rect.adjusted(10, 6, -6, -5)
        painter.setFont(self.small)
        metrics = QFontMetrics(self.small)
        x, y = inner.left(), inner.top()
        for polarity in Polarity:
            word = polarity.value
            wide = _SHAPE + 4 + metrics.horizontalAdvance(word) + 12
            if x + wide > inner.right() and x > inner.left():
                x, y = inner.left(), y + height
            self.shape(painter, QRectF(x, y + (height - _SHAPE) / 2, _SHAPE, _SHAPE), polarity)
            painter.setPen(QColor(colours.muted))
            painter.drawText(QRect(x + _SHAPE + 4, y, wide, height), _AlignLeft, word)
            x += wide
        y += height
        if y + height > inner.bottom() + 4:
            return
        x = inner.left()
        painter.drawText(QRect(x, y, inner.width(), height), _AlignLeft, "Links")
        x += metrics.horizontalAdvance("Links") + 8
        for number, (least, _) in enumerate(HEAT, 1):
            following = HEAT[number][0] - 1 if number < len(HEAT) else None
            word = f"{least}+" if following is None else str(least)
            if following is not None and following > least:
                word = f"{least}–{following}"
            wide = metrics.horizontalAdvance(word) + 10
            swatch = QRect(x, y + 1, wide, height - 2)
            painter.fillRect(swatch, self._heat[number])
            painter.setPen(QColor(colours.text))
            painter.drawText(swatch, Qt.AlignmentFlag.AlignCenter, word)
            x += wide + 2

    # --- over time -----------------------------------------------------------------------

    def bars(self, painter: QPainter, rect: QRect, counts: Counts, most: int) -> None:
        """Strength upwards and solid, neutral above it and dotted, development down and hatched.

        ``most`` is what the highest bar of the picture stands for.
        """
        strength, development, neutral = counts
        middle = rect.center().y()
        painter.setPen(QPen(QColor(self.colours.border), 1))
        painter.drawLine(rect.left(), middle, rect.right(), middle)
        if not any(counts):
            return
        room = rect.height() / 2 - 4
        x, y = rect.left() + 5, float(middle)
        tall = room * strength / most
        self._bar(painter, QRectF(x, y - tall, _BAR, tall), Polarity.STRENGTH)
        y -= tall
        tall = room * neutral / most
        self._bar(painter, QRectF(x, y - tall, _BAR, tall), Polarity.NEUTRAL)
        tall = room * development / most
        self._bar(painter, QRectF(x, middle + 1, _BAR, tall), Polarity.DEVELOPMENT)
        painter.setFont(self.small)
        painter.setPen(QColor(self.colours.text))
        upper = QRect(x + _BAR, rect.top(), rect.right() - x - _BAR - 2, middle - rect.top())
        for count, at in (
            (strength + neutral, upper),
            (development, upper.translated(0, middle - rect.top() + 1)),
        ):
            if count:
                painter.drawText(at, _AlignRight, _short(count))

    def _bar(self, painter: QPainter, at: QRectF, polarity: Polarity) -> None:
        """A bar in the pattern of its polarity."""
        if at.height() <= 0:
            return
        ink = self._ink[polarity]
        painter.setPen(QPen(ink, 1))
        painter.setBrush(QBrush(ink, _PATTERNS[polarity]))
        painter.drawRect(at.adjusted(0.5, 0.5, -0.5, -0.5))

    def legend_over_time(self, painter: QPainter, rect: QRect) -> None:
        """What the bars mean."""
        painter.fillRect(rect, QColor(self.colours.raised))
        height = self.metrics.height()
        inner = rect.adjusted(10, 5, -6, -4)
        metrics = QFontMetrics(self.small)
        painter.setFont(self.small)
        x, y = inner.left(), inner.top()
        for polarity, way in (
            (Polarity.STRENGTH, "up"),
            (Polarity.NEUTRAL, "above it"),
            (Polarity.DEVELOPMENT, "down"),
        ):
            words = f"{polarity.value}, {way}"
            wide = _BAR + 5 + metrics.horizontalAdvance(words) + 12
            if x + wide > inner.right() and x > inner.left():
                x, y = inner.left(), y + height
            self._bar(painter, QRectF(x, y + 3, _BAR, height - 6), polarity)
            painter.setPen(QColor(self.colours.muted))
            painter.drawText(QRect(x + _BAR + 5, y, wide, height), _AlignLeft, words)
            x += wide

    @property
    def period_size(self) -> tuple[int, int]:
        """Width and height of a cell of the picture over time."""
        wide = _BAR + 10 + QFontMetrics(self.small).horizontalAdvance("000")
        return max(wide, self.strong.horizontalAdvance("2024") + 8), 2 * self.metrics.height() + 20

    @property
    def period_head(self) -> int:
        """The height of the heads of periods."""
        return 2 * self.metrics.height() + 14

    def section_head(self, painter: QPainter, rect: QRect, title: str, *, current: bool) -> None:
        """Number and title of a section, on two lines where they are long."""
        colours = self.colours
        painter.fillRect(rect, QColor(colours.soft if current else colours.raised))
        painter.setFont(self.bold)
        painter.setPen(QColor(colours.text))
        inner = rect.adjusted(10, 0, -8, 0)
        height = self.metrics.height()
        lines = _two_lines(self.strong, title, inner.width())
        top = inner.center().y() - height * len(lines) // 2
        for place, words in enumerate(lines):
            at = QRect(inner.left(), top + place * height, inner.width(), height)
            painter.drawText(at, _AlignLeft, _cut(self.strong, words, inner.width()))

    def period_head_of(
        self, painter: QPainter, rect: QRect, period: str, *, old: bool, current: bool
    ) -> None:
        """A year with its quarter; a sign where all of it is old."""
        colours = self.colours
        painter.fillRect(rect, QColor(colours.soft if current else colours.raised))
        year, _, quarter = period.partition(" ")
        middle = rect.adjusted(0, 3, 0, -3)
        half = middle.height() // 2
        painter.setFont(self.bold if year.isdigit() else self.small)
        painter.setPen(QColor(colours.text))
        shown = year if year.isdigit() else "none"
        painter.drawText(middle.adjusted(0, 0, 0, -half), Qt.AlignmentFlag.AlignCenter, shown)
        painter.setFont(self.small)
        painter.setPen(QColor(colours.state[State.OLD] if old else colours.muted))
        below = f"{'◔ ' if old else ''}{quarter}" if year.isdigit() else "date"
        painter.drawText(middle.adjusted(0, half, 0, 0), Qt.AlignmentFlag.AlignCenter, below)

    def limit(self, painter: QPainter, x: int, top: int, bottom: int) -> None:
        """The line before which evidence is old."""
        pen = QPen(QColor(self.colours.state[State.OLD]), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(x, top, x, bottom)


def _short(count: int) -> str:
    """A number in three letters; in full it is told where it is pointed at."""
    return str(count) if count < 1000 else f"{round(count / 1000)}k"


def _name(line: Line) -> str:
    criterion = line.row.criterion
    if criterion is None:
        return line.row.section.title
    name = criterion.statement or criterion.label
    return name if criterion.not_applicable is None else f"{name} – {criterion.not_applicable}"


def sized(font: QFont, by: float) -> QFont:
    """A face so many times as large, whichever way its size is given."""
    made = QFont(font)
    if font.pixelSize() > 0:
        made.setPixelSize(round(font.pixelSize() * by))
    else:
        made.setPointSizeF(font.pointSizeF() * by)
    return made


def _cut(metrics: QFontMetrics, words: str, width: int) -> str:
    return metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)


def _two_lines(metrics: QFontMetrics, words: str, width: int) -> list[str]:
    """Words on one line, or on two; what is left over goes with the second."""
    words = " ".join(words.split())
    if metrics.horizontalAdvance(words) <= width:
        return [words]
    first = ""
    rest = words.split()
    while rest and metrics.horizontalAdvance(f"{first} {rest[0]}".strip()) <= width:
        first = f"{first} {rest.pop(0)}".strip()
    return [first, " ".join(rest)] if first and rest else [words]
