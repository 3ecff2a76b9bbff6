"""What the keys do to pages: move, put a caret in the text, select, shape an area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent

from ui.pieces import Piece

if TYPE_CHECKING:
    from ui.viewer.page_view import PageView

_KEY = Qt.Key
_ARROWS = {
    _KEY.Key_Left: (-1, 0), _KEY.Key_Right: (1, 0), _KEY.Key_Up: (0, -1), _KEY.Key_Down: (0, 1),
}  # fmt: skip
_TEXT = {*_ARROWS, _KEY.Key_Home, _KEY.Key_End}
#: Logical pixels that an area moves or grows by with an arrow, and with Ctrl and an arrow.
_STEP, _FINE = 12, 1


class Keys:
    """The keys of a view."""

    def __init__(self, view: PageView) -> None:
        self._view = view

    def press(self, event: QKeyEvent) -> bool:
        """Does what a key means; False where it means nothing here."""
        view, key, held = self._view, event.key(), event.modifiers()
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        if held & Qt.KeyboardModifier.AltModifier:
            return False
        if key in {_KEY.Key_Return, _KEY.Key_Enter}:
            return self._accept()
        if key == _KEY.Key_Escape:
            return self._leave()
        if view.piece is not None and view.piece.kind == "area" and key in _ARROWS:
            self._shape(key, grow=shift, fine=control)
        elif (shift or view.caret_on) and key in _TEXT:
            self._in_text(key, control=control, select=shift)
        elif view.caret_on and key in {_KEY.Key_PageUp, _KEY.Key_PageDown} and not control:
            self._view_on(1 if key == _KEY.Key_PageDown else -1, select=shift)
        else:
            return view.move_by_key(key, shift=shift, control=control)
        return True

    def _accept(self) -> bool:
        view = self._view
        if view.stretching.passage is not None:
            view.stretching.keep()
        elif view.chosen is not None:
            view.tag_wanted.emit()
        else:
            return False
        return True

    def _leave(self) -> bool:
        view = self._view
        if view.stretching.leave():
            return True
        if view.drawing_area:
            view.draw_area(on=False)
        elif view.chosen is not None or (view.selection.head is not None and not view.caret_on):
            view.select_nothing()
        elif view.caret_on:
            view.set_caret(on=False)
        else:
            return False
        return True

    def _shape(self, key: int, *, grow: bool, fine: bool) -> None:
        """Moves an area, or moves its lower right corner."""
        view, piece = self._view, self._view.piece
        assert piece is not None  # noqa: S101 - asked only where there is one
        across, down = (each * (_FINE if fine else _STEP) for each in _ARROWS[_KEY(key)])
        where = view.rectangle(piece.page, piece.box)
        sheet = view.sheet(piece.page)
        if grow:
            where.adjust(0, 0, across, down)
            if where.width() < _STEP or where.height() < _STEP:
                return
        else:
            where.translate(across, down)
            if not sheet.contains(where):
                return
        box = view.box_of(piece.page, QRectF(where))
        view.select_piece(Piece(piece.page, box))
        view.go_to(piece.page, (box,))

    def _in_text(self, key: int, *, control: bool, select: bool) -> None:
        view, selection = self._view, self._view.selection
        if selection.text is None:
            return
        if selection.head is None:
            view.put_caret_in_view()
        page = selection.head[0] if selection.head is not None else view.page
        end = key == _KEY.Key_End
        if key in {_KEY.Key_Home, _KEY.Key_End} and control:
            page = len(selection.text.pages) - 1 if end else 0
            selection.page_edge(page, back=not end, on=select)
        elif key in {_KEY.Key_Home, _KEY.Key_End}:
            selection.line_edge(end=end, on=select)
        elif key in {_KEY.Key_Up, _KEY.Key_Down} and control:
            selection.paragraph(back=key == _KEY.Key_Up, on=select)
        elif key in {_KEY.Key_Up, _KEY.Key_Down}:
            selection.line(1 if key == _KEY.Key_Down else -1, on=select)
        else:
            # Arrows go where they point, also in words that are read from right to left.
            offset = selection.head[1] if selection.head is not None else 0
            back = (key == _KEY.Key_Left) != selection.text.lines(page).leftwards(offset)
            selection.step(words=control, back=back, on=select)
        view.show_caret()

    def _view_on(self, by: int, *, select: bool) -> None:
        """Moves the caret by what is in view."""
        view, selection = self._view, self._view.selection
        if selection.text is None:
            return
        if selection.head is None:
            view.put_caret_in_view()
        for _ in range(20):
            selection.line(by, on=select)
        view.show_caret()
