"""Search over all documents: hits in context, grouped by document; a click goes there."""

from __future__ import annotations

import html

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QTextDocument
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.model import Hit
from ui.panels.delegates import Plain
from ui.session import Session
from ui.theme import Theme, plain
from ui.viewer.reader import found_words

Index = QModelIndex | QPersistentModelIndex
HIT = Qt.ItemDataRole.UserRole
_PAUSE = 250


class SearchPanel(QWidget):
    """Finds words in all documents.

    Signals:
        chosen: a hit, and the words that were sought.
    """

    chosen = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._asked = ""
        self.field = QLineEdit(self)
        self.field.setPlaceholderText('Words, "a phrase", or a beginning*')
        self.field.setAccessibleName("Search all documents")
        self.field.setClearButtonEnabled(True)
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self._pause.timeout.connect(self.search)
        self.field.textChanged.connect(lambda _: self._pause.start())
        self.field.returnPressed.connect(self._enter)
        self.told = QLabel(self)
        self.told.setProperty("muted", True)
        self.told.setWordWrap(True)
        self.told.setContentsMargins(10, 0, 10, 6)
        self.view = QTreeWidget(self)
        self.view.setAccessibleName("Search results")
        self.view.setHeaderHidden(True)
        self.view.setIndentation(10)
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = _HitDelegate(theme, self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.itemClicked.connect(self._go)
        self.view.itemActivated.connect(self._go)
        top = QVBoxLayout()
        top.setContentsMargins(8, 6, 8, 6)
        top.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.told)
        column.addWidget(self.view, 1)
        self._hint()

    def use(self, session: Session | None) -> None:
        """Searches in a case from here on."""
        self._session = session
        self.field.clear()
        self.view.clear()
        self._hint()

    def _hint(self) -> None:
        self.told.setText("Finds words in every page of every document of the case.")

    def ask(self, words: str) -> None:
        """Puts the cursor into the field, and words into it if there are some."""
        if words:
            self.field.setText(words)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def search(self) -> None:
        """Looks for what is typed."""
        self._pause.stop()
        query = self.field.text().strip()
        session = self._session
        if session is None:
            return
        self._asked = query
        if not query:
            self.view.clear()
            self._hint()
            return
        session.read(lambda: session.case.search(query), lambda found: self._show(query, *found))

    def _enter(self) -> None:
        if self.field.text().strip() == self._asked and self.view.topLevelItemCount():
            self.view.setFocus()
            first = self.view.topLevelItem(0)
            hit = first.child(0) if first is not None else None
            if hit is not None:
                self.view.setCurrentItem(hit)
        else:
            self.search()

    def _show(self, query: str, total: int, hits: list[Hit]) -> None:
        if query != self._asked:
            return  # something else has been typed since
        self.view.clear()
        self._delegate.sought = query
        groups: dict[str, QTreeWidgetItem] = {}
        for hit in hits:
            group = groups.get(hit.document.id)
            if group is None:
                group = groups[hit.document.id] = QTreeWidgetItem([hit.document.title])
                group.setToolTip(0, plain(hit.document.title))
                self.view.addTopLevelItem(group)
            item = QTreeWidgetItem([f"Page {hit.page + 1}: {hit.snippet}"])
            item.setData(0, HIT, hit)
            group.addChild(item)
        for group in groups.values():
            count = group.childCount()
            group.setText(0, f"{group.text(0)}  ·  {count} page{'s' if count != 1 else ''}")
            group.setExpanded(True)
        shown = f", the best {len(hits)} of them shown" if len(hits) < total else ""
        where = f"in {len(groups)} document{'s' if len(groups) != 1 else ''}" if groups else ""
        self.told.setText(
            f"{total:,} page{'s' if total != 1 else ''} {where}{shown}"
            if total
            else "No page holds these words. Every word must stand on the page; end one with * "
            "to find all words that begin so."
        )

    def _go(self, item: QTreeWidgetItem) -> None:
        hit = item.data(0, HIT)
        if hit is not None:
            self.chosen.emit(hit, self._asked)
        else:
            item.setExpanded(not item.isExpanded())


class _HitDelegate(Plain):
    """A page and its words, those that were sought in bold."""

    sought = ""

    def _rich(self, option: QStyleOptionViewItem, index: Index, width: int) -> QTextDocument:
        text = QTextDocument()
        text.setDefaultFont(option.font)
        text.setDocumentMargin(0)
        text.setTextWidth(width)
        hit = index.data(HIT)
        colours = self._theme.colours
        if hit is None:
            text.setHtml(
                f"<span style='color:{colours.text}'><b>{html.escape(index.data())}</b></span>"
            )
            return text
        words, at, parts = hit.snippet, 0, []
        for start, end in found_words(self.sought, words):
            parts += [html.escape(words[at:start]), f"<b>{html.escape(words[start:end])}</b>"]
            at = end
        parts.append(html.escape(words[at:]))
        text.setHtml(
            f"<span style='color:{colours.muted}'>Page {hit.page + 1}</span>&nbsp; "
            f"<span style='color:{colours.text}'>{''.join(parts)}</span>"
        )
        return text

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one hit."""
        selected = option.state & QStyle.StateFlag.State_Selected
        if selected:
            painter.fillRect(option.rect, QColor(self._theme.colours.soft))
        painter.save()
        rect = option.rect.adjusted(4, 4, -8, -4)
        painter.translate(rect.topLeft())
        self._rich(option, index, rect.width()).drawContents(painter)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """As high as its words need."""
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QTreeWidget) else 200
        text = self._rich(option, index, max(width - 40, 80))
        return QSize(80, round(text.size().height()) + 9)
