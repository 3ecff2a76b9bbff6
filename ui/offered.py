"""How suggestions are drawn in lists: what is offered, and below it the words that speak for it."""

from __future__ import annotations

import html
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QTextDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
OFFER = Qt.ItemDataRole.UserRole + 1
#: Pixels to the left and right of what is drawn, above and below it.
_BESIDE, _ABOVE = 5, 4


class Offer(NamedTuple):
    """One suggestion: its headline, the words of a passage if it is one, what speaks for it."""

    headline: str
    quote: str
    because: tuple[str, ...]

    @property
    def why(self) -> str:
        """The words that speak for it, as they are told."""
        return "Likely: " + " · ".join(f"“{words}”" for words in self.because)

    @property
    def said(self) -> str:
        """All of it in lines, as a screen reader says it."""
        return "\n".join(each for each in (self.headline, self.quote, self.why) if each)


class OfferDelegate(QStyledItemDelegate):
    """Draws offers as paragraphs, and other lines the style's way."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def _laid_out(self, offer: Offer, option: QStyleOptionViewItem, width: int) -> QTextDocument:
        colours = self._theme.colours
        text = QTextDocument()
        text.setDefaultFont(option.font)
        text.setDocumentMargin(0)
        text.setTextWidth(width)
        passage = bool(offer.quote)
        headline, why = html.escape(offer.headline), html.escape(offer.why)
        colour = colours.muted if passage else colours.text
        headline = headline.replace("  ", "&nbsp; ")
        parts = [f"<div style='color:{colour}'>{headline}</div>"]
        if passage:
            parts.append(f"<div style='color:{colours.text}'>{html.escape(offer.quote)}</div>")
        parts.append(f"<div style='color:{colours.muted}; margin-left:18px'>{why}</div>")
        text.setHtml("".join(parts))
        return text

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Words keep their colour where a line is highlighted."""
        super().initStyleOption(option, index)
        palette: QPalette = option.palette
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(
                group, QPalette.ColorRole.HighlightedText, QColor(self._theme.colours.text)
            )
            palette.setColor(group, QPalette.ColorRole.Highlight, QColor(self._theme.colours.soft))
        option.palette = palette

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one line."""
        offer = index.data(OFFER)
        if not isinstance(offer, Offer):
            super().paint(painter, option, index)
            return
        rect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(self._theme.colours.soft))
            painter.fillRect(rect.adjusted(0, 0, 3 - rect.width(), 0), self._theme.colours.accent)
        painter.translate(rect.left() + _BESIDE, rect.top() + _ABOVE)
        width = rect.width() - 2 * _BESIDE
        self._laid_out(offer, option, width).drawContents(painter)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """As high as its words need."""
        offer = index.data(OFFER)
        if not isinstance(offer, Offer):
            return super().sizeHint(option, index)
        inside = self._view.viewport()
        width = (inside.width() if isinstance(inside, QWidget) else 300) - 2 * _BESIDE - 6
        text = self._laid_out(offer, option, max(width, 120))
        return QSize(120, round(text.size().height()) + 2 * _ABOVE)
