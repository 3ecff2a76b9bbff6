"""A criterion that is dragged out of the framework and dropped on a passage of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from cambs_evidence.model import Passage
from ui.carried import CRITERION_MIME, criterion_in

if TYPE_CHECKING:
    from ui.viewer.page_view import PageView


class Dropping:
    """What is dropped on a view."""

    def __init__(self, view: PageView) -> None:
        self._view = view
        #: What was framed before something was dragged over the pages.
        self._before: str | None = None
        self._over = False

    def takes(self, event: QDropEvent) -> bool:
        """True for a criterion, where the case can be changed."""
        return event.mimeData().hasFormat(CRITERION_MIME) and self._view.may_change

    def enter(self, event: QDragMoveEvent) -> bool:
        """A criterion comes over the pages."""
        if not self.takes(event):
            return False
        self._before, self._over = self._view.active, True
        event.accept()
        return True

    def move(self, event: QDragMoveEvent) -> bool:
        """Frames the passage that it would be dropped on."""
        if not self.takes(event):
            return False
        passage, selected = self._at(event.position())
        self._view.set_active(passage.id if passage is not None else self._before)
        event.acceptProposedAction() if passage is not None or selected else event.ignore()
        return True

    def leave(self) -> None:
        """It is carried on elsewhere."""
        if self._over:
            self._over = False
            self._view.set_active(self._before)

    def drop(self, event: QDropEvent) -> tuple[str, Passage | None] | None:
        """The criterion that was dropped and its passage, None for what is selected."""
        if not self.takes(event):
            return None
        self._over = False
        passage, selected = self._at(event.position())
        if passage is None and not selected:
            self._view.set_active(self._before)
            event.ignore()
            return None
        event.acceptProposedAction()
        return criterion_in(event.mimeData()), passage

    def _at(self, position: QPointF) -> tuple[Passage | None, bool]:
        """The passage at a point, and whether something selected is there rather."""
        view = self._view
        if not view.shapes:
            return None, False
        if view.selected_at(position):
            return None, True
        mark, tag = view.mark_at(position), view.tag_at(position)
        links = mark.links if mark is not None else (tag.link,) if tag is not None else ()
        return (links[0].passage if links else None), False
