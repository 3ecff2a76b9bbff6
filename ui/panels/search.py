"""Search over all documents: hits in context, grouped by document; a click goes there."""

from __future__ import annotations

import html

from PySide6.QtCore import (
    QEvent,
    QMetaObject,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QTextDocument
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QLineEdit,
    QMenu,
    QStyle,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cambs_evidence.documents.sought import understood
from cambs_evidence.model import Hit
from ui.panels.delegates import Plain
from ui.session import News, Session
from ui.theme import Theme, plain

Index = QModelIndex | QPersistentModelIndex
HIT = Qt.ItemDataRole.UserRole
_PAUSE = 250
#: Stands behind the page of a hit that is in a passage.
_TAGGED = " · tagged"


class SearchPanel(QWidget):
    """Finds words in all documents.

    Signals:
        chosen: a hit, and the words that were sought.
        tag_wanted: a hit whose paragraph is to be tagged, and the words that were sought.
    """

    chosen = Signal(object, str)
    tag_wanted = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._heard: QMetaObject.Connection | None = None
        self._asked = ""
        self.field = QLineEdit(self)
        self.field.setPlaceholderText('Words, "a phrase", a beginning*, one NEAR another')
        self.field.setToolTip(
            'Words that must all stand on a page; "a phrase"; a beginning*; one NEAR another, or '
            "NEAR/5 for five words between them at most; -word for one that must not be there"
        )
        self.field.setAccessibleName("Search all documents")
        self.field.setClearButtonEnabled(True)
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self._pause.timeout.connect(self.search)
        self.field.textChanged.connect(lambda _: self._pause.start())
        self.field.returnPressed.connect(self._enter)
        self.untagged = QCheckBox("&Not yet tagged", self)
        self.untagged.setToolTip("Leave out pages on which the words stand in passages already")
        self.untagged.toggled.connect(lambda _: self.search())
        self.told = QLabel(self)
        self.told.setProperty("muted", True)
        self.told.setWordWrap(True)
        self.told.setContentsMargins(10, 0, 10, 6)
        self.view = _Hits(self)
        self.view.setAccessibleName("Search results")
        self.view.setHeaderHidden(True)
        self.view.setIndentation(10)
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = _HitDelegate(theme, self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.itemClicked.connect(self._go)
        self.view.itemActivated.connect(self._go)
        self.view.tag_keyed.connect(self._tag)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._menu)
        top = QVBoxLayout()
        top.setContentsMargins(8, 6, 8, 6)
        top.setSpacing(6)
        top.addWidget(self.field)
        top.addWidget(self.untagged)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.told)
        column.addWidget(self.view, 1)
        self._hint()

    def use(self, session: Session | None) -> None:
        """Searches in a case from here on."""
        if self._heard is not None:
            QObject.disconnect(self._heard)
            self._heard = None
        self._session = session
        if session is not None:
            self._heard = session.changed.connect(self._hear)
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
        untagged = self.untagged.isChecked()
        session.read(
            lambda: session.case.search(query, untagged=untagged),
            lambda found: self._show(query, *found),
        )

    def _hear(self, news: News) -> None:
        if self._asked and (news.added or news.gone or news.documents):
            self._pause.start()

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
        current = _hit_of(self.view.currentItem())
        self.view.clear()
        self._delegate.sought = query
        groups: dict[str, QTreeWidgetItem] = {}
        again: QTreeWidgetItem | None = None
        for hit in hits:
            group = groups.get(hit.document.id)
            if group is None:
                group = groups[hit.document.id] = QTreeWidgetItem([hit.document.title])
                group.setToolTip(0, plain(hit.document.title))
                self.view.addTopLevelItem(group)
            item = QTreeWidgetItem([f"Page {hit.page + 1}: {hit.snippet}"])
            item.setData(0, HIT, hit)
            item.setToolTip(0, "Tagged already" if hit.tagged else "")
            group.addChild(item)
            if current is not None and _same(current, hit):
                again = item
        for group in groups.values():
            count = group.childCount()
            group.setText(0, f"{group.text(0)}  ·  {count} page{'s' if count != 1 else ''}")
            group.setExpanded(True)
        if again is not None:
            self.view.setCurrentItem(again)
        shown = f", the best {len(hits)} of them shown" if len(hits) < total else ""
        where = f"in {len(groups)} document{'s' if len(groups) != 1 else ''}" if groups else ""
        self.told.setText(
            f"{total:,} page{'s' if total != 1 else ''} {where}{shown}" if total else self._none()
        )

    def _none(self) -> str:
        if self.untagged.isChecked():
            return "No page holds these words outside of passages."
        return (
            "No page holds these words. Every word must stand on the page; end one with * to find "
            "all words that begin so."
        )

    def _go(self, item: QTreeWidgetItem) -> None:
        hit = item.data(0, HIT)
        if hit is not None:
            self.chosen.emit(hit, self._asked)
        else:
            item.setExpanded(not item.isExpanded())

    def _tag(self) -> None:
        hit = _hit_of(self.view.currentItem())
        if hit is not None and hit.place is not None:
            self.tag_wanted.emit(hit, self._asked)

    def _menu(self, at: QPoint) -> None:
        item = self.view.itemAt(at)
        hit = _hit_of(item)
        if item is None or hit is None:
            return
        self.view.setCurrentItem(item)
        menu = QMenu(self)
        menu.addAction("&Go there").triggered.connect(lambda: self._go(item))
        tag = menu.addAction("&Tag its paragraph…\tT")
        tag.setEnabled(hit.place is not None)
        tag.triggered.connect(self._tag)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(at))


class _Hits(QTreeWidget):
    """Signals: ``tag_keyed``: the hit that is current is to be tagged."""

    tag_keyed = Signal()

    def event(self, event: QEvent) -> bool:
        """The key that tags what is selected on a page tags the hit here."""
        if event.type() is QEvent.Type.ShortcutOverride and _is_tag(event):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - the name is Qt's
        """T tags the paragraph of the hit."""
        if _is_tag(event):
            self.tag_keyed.emit()
        else:
            super().keyPressEvent(event)


def _is_tag(event: QEvent) -> bool:
    return (
        isinstance(event, QKeyEvent)
        and event.key() == Qt.Key.Key_T
        and event.modifiers() == Qt.KeyboardModifier.NoModifier
    )


def _hit_of(item: QTreeWidgetItem | None) -> Hit | None:
    hit = item.data(0, HIT) if item is not None else None
    return hit if isinstance(hit, Hit) else None


def _same(one: Hit, other: Hit) -> bool:
    return (one.document.id, one.page) == (other.document.id, other.page)


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
        where = f"Page {hit.page + 1}{_TAGGED if hit.tagged else ''}"
        for start, end in understood(self.sought).on(words):
            parts += [html.escape(words[at:start]), f"<b>{html.escape(words[start:end])}</b>"]
            at = end
        parts.append(html.escape(words[at:]))
        text.setHtml(
            f"<span style='color:{colours.muted}'>{where}</span>&nbsp; "
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
