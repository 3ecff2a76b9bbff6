"""Passages that a reviewer noted as missing: no evidence yet, so framed, and never tinted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from cambs_evidence.model import Box
from cambs_evidence.review import Finding
from cambs_evidence.wording import moment_in_words
from ui.viewer.marks import joined

if TYPE_CHECKING:
    from ui.viewer.page_view import PageView

#: Lengths of the broken line round what is noted, in widths of the line.
_DASHES = (5.0, 2.0, 1.0, 2.0)


class Noting:
    """What is noted on the pages of a view and waits for the author."""

    def __init__(self, view: PageView) -> None:
        self._view = view
        self._by_page: dict[int, list[tuple[Finding, tuple[Box, ...], bool]]] = {}

    def take(self, found: Iterable[Finding]) -> None:
        """Shows what was noted of the document that is shown."""
        self._by_page = {}
        for each in found:
            region = each.anchor.region
            for place, span in enumerate(each.anchor.spans):
                if region is None or place == 0:
                    boxes = (region.box,) if region is not None else span.quads
                    self._by_page.setdefault(span.page, []).append((each, boxes, place == 0))

    def on(self, page: int) -> list[Finding]:
        """What is noted on a page (0-based)."""
        return [each for each, _, _ in self._by_page.get(page, ())]

    def at(self, position: QPointF) -> Finding | None:
        """What is noted at a point of the viewport."""
        for page in self._view.in_view():
            for each, boxes, _ in self._by_page.get(page, ()):
                if any(self._view.rectangle(page, box).contains(position) for box in boxes):
                    return each
        return None

    def draw(self, painter: QPainter, page: int, sheet: QRectF) -> None:
        """Draws a broken line round what is noted, with its criterion on the margin before it."""
        found = self._by_page.get(page)
        if not found:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QPen(self._view.paper.mark, 1.4)
        line.setDashPattern(_DASHES)
        metrics = QFontMetricsF(painter.font())
        for each, boxes, first in found:
            where = joined([self._view.rectangle(page, box) for box in boxes])
            painter.setPen(line)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for rectangle in where:
                painter.drawRoundedRect(rectangle.adjusted(-2, -1.5, 2, 1.5), 2, 2)
            if not first or not where:
                continue
            words = f"+ {each.code}"
            width, height = metrics.horizontalAdvance(words) + 12, metrics.height() + 4
            # The sign of a list's item stands there as well.
            left = max(where[0].left() - width - 1.5 * height, sheet.left() + 2)
            sign = QRectF(left, where[0].center().y() - height / 2, width, height)
            painter.setBrush(self._view.paper.sheet)
            painter.drawRoundedRect(sign, 4, 4)
            painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()


def noted_in_words(found: Finding, label: str) -> str:
    """What such a passage says when it is pointed at."""
    head = f"{found.code} {label}".strip()
    polarity = found.polarity.value.capitalize()
    said = f"{head}\n{polarity}, noted as missing by {found.by}, {moment_in_words(found.at)}"
    return f"{said}\n{found.comment}" if found.comment else said
