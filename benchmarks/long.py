"""The window's measures with a document of a thousand pages and ten thousand highlights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks import stage

#: Highlights of the long document; and of the reports among which words are selected.
MANY, SOME = 10_000, 2_000
#: Milliseconds between two steps of scrolling, and steps from end to end.
_STEP, _STEPS = 16, 1000
#: How often the reports can be taken in again while the document is scrolled.
_AGAIN = 8
#: Pages that are selected over, and pixels that they move between two moves of the mouse.
_PAGES, _BY = 20, 90
#: Moves of the mouse from the upper part of the view to the lower.
_ROUND = 40


def scroll(files: list[Path]) -> Iterator[str]:
    """How long the loop is held while scrolling from end to end, with imports going on."""
    with stage.Window([stage.long_document()], MANY) as (window, folder):
        _show_all(window)
        waiting = [stage.copies(files, folder) for _ in range(_AGAIN)]
        still = stage.idle()
        bar = window.reader.pages.verticalScrollBar()
        step = max(bar.maximum() // _STEPS, 1)

        def on() -> None:
            if not window.jobs.running and waiting and bar.value() < bar.maximum():
                window.import_files(waiting.pop())
            bar.setValue(bar.value() + step)

        def done() -> bool:
            return bar.value() == bar.maximum() and not window.jobs.running

        with stage.every(_STEP, on):
            busy = stage.watched(done)
    yield from stage.held("1,000 pages scrolled", busy, still)


def _show_all(window: Any) -> None:
    """Puts every panel in sight; the pages in small do not share the place of the contents."""
    docks = window.docks
    panels = (
        window.documents, window.framework, window.details, window.evidence, window.contents,
        window.thumbnails,
    )  # fmt: skip
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, docks.of(window.thumbnails))
    for name in ("documents", "contents", "pages"):
        docks.reveal(name)
    stage.until(lambda: all(docks.in_view(each) for each in panels))
    assert window.reader.strip.isVisible()


def select(files: list[Path]) -> Iterator[str]:
    """From a move of the mouse to the selection painted, while it grows over twenty pages."""
    for what, sources, links in (
        ("reports", files, SOME),
        ("1,000 pages", [stage.long_document()], MANY),
    ):
        with stage.Window(sources, links) as (window, _):
            took: list[float] = []
            plain: list[float] = []
            for document in window.session.held.documents.values():
                if document.pages > _PAGES:
                    stage.show(window, document)
                    pages = window.reader.pages
                    pages.set_fit("width")
                    painted = stage.Painted(pages.viewport())
                    took += _drag(pages, painted)
                    plain += [painted.seconds(pages.viewport().update) for _each in range(50)]
        for share, aim in ((50, ""), (99, " (≤ 16 in all)"), (100, "")):
            said = f"{share}th of 100" if share < 100 else "at most"
            ours, theirs = (
                (stage.of_100(each, share) if share < 100 else max(each)) * 1000
                for each in (took, plain)
            )
            against = f"the same pages painted{aim}"
            yield stage.beyond(f"select, {what}, {said}", ours, theirs, "ms", against)


def _drag(pages: Any, painted: stage.Painted) -> list[float]:
    """Seconds for each move of a drag from the first page to the last one of some."""
    pages.go_to(0)
    stage.until(lambda: pages.painted)
    view, bar = pages.viewport(), pages.verticalScrollBar()
    text = pages.selection.text
    first = next(page for page in range(_PAGES) if len(text.lines(page).ranges))
    box = text.lines(first).caret_box(text.edge(first, back=False)[1])
    pages.go_to(first, [box])
    _mouse(pages, QEvent.Type.MouseButtonPress, pages.rectangle(first, box).center())
    took: list[float] = []
    where = QPointF()
    while (going := pages.point_on_page(_at(view, 0))[0] < _PAGES - 1) or len(took) % _ROUND:
        if going:
            bar.setValue(bar.value() + _BY)
        where = _at(view, len(took) % _ROUND)
        took.append(painted.seconds(partial(_mouse, pages, QEvent.Type.MouseMove, where)))
    spans = pages.selection.place.spans
    assert spans[-1][0] - spans[0][0] >= _PAGES - 2, "the drag did not get there"
    _mouse(pages, QEvent.Type.MouseButtonRelease, where)
    return took


def _at(view: QWidget, turn: int) -> QPointF:
    """Where the mouse is in its round over the view, down and to and fro."""
    across, down = 0.2 + 0.6 * (turn * 7 % 20) / 20, 0.3 + 0.6 * turn / _ROUND
    return QPointF(across * view.width(), down * view.height())


def _mouse(pages: Any, kind: QEvent.Type, where: QPointF) -> None:
    """Has the mouse act on pages as a window system would."""
    view = pages.viewport()
    moves = kind is QEvent.Type.MouseMove
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    held = none if kind is QEvent.Type.MouseButtonRelease else left
    event = QMouseEvent(
        kind, where, QPointF(view.mapToGlobal(where.toPoint())), none if moves else left, held,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {"scroll": scroll, "select": select}
