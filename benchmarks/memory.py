"""What the window holds: its bitmaps whatever one does, and what documents leave when closed.

Each is measured in a process of its own, in which nothing else was held before.
"""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil

from benchmarks import invented, stage
from cambs_evidence.documents.painter import SLOT

_MB = 1024 * 1024
#: Documents opened and closed; after how many of them what is held is looked at first.
_DOCUMENTS, _FIRST = 200, 20
#: MB by which memory may still settle between the two looks; it does not go on growing.
_LEVEL = 8
#: Bytes of bitmaps kept meanwhile: full before the first look.
_CAP = 24 * _MB


def cache(files: list[Path]) -> Iterator[str]:
    """The bitmaps held while scrolling, zooming, turning, at night, on two sides."""
    yield from _apart(_cache, files)


def tabs(files: list[Path]) -> Iterator[str]:
    """What is held after some documents and after many, each opened in a tab and closed."""
    yield from _apart(_tabs, files)


def _apart(work: Callable[[list[Path]], list[str]], files: list[Path]) -> list[str]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, files).result()


# --- bitmaps ---------------------------------------------------------------------------------


def _cache(files: list[Path]) -> list[str]:
    with stage.Window([*files, stage.long_document()]) as (window, _):
        desk, process = window.desk, psutil.Process()
        window.docks.reveal("pages")
        for document in _longest(window):
            stage.show(window, document)  # some texts are kept beside the bitmaps
        before = process.memory_info().rss - desk.bitmaps.size
        held, resident = [0], [before]

        def look() -> None:
            held[0] = max(held[0], desk.bitmaps.size)
            resident[0] = max(resident[0], process.memory_info().rss)

        desk.bitmaps.arrived.connect(look)
        _do_all(window)
        desk.bitmaps.arrived.disconnect(look)
        cap = desk.cap
    most, whole, more = held[0] / _MB, cap / _MB, (resident[0] - before) / _MB
    # Besides: two bitmaps in the memory shared with the painter, and two on their way from it.
    room = 4 * SLOT // _MB
    return [
        stage.beyond("bitmaps held, at most", most, whole, "MB", "their cap (≤ 0 more)"),
        stage.beyond("memory taken for them, at most", more, whole, "MB", f"it (≤ {room} more)"),
    ]


def _do_all(window: Any) -> None:
    """Looks at documents on two sides at every zoom, upright and turned, by day and at night."""
    from ui.viewer.geometry import STEPS

    desk = window.desk
    documents = _longest(window)
    stage.show(window, documents[0])
    desk.set_beside(on=True)
    stage.show(window, documents[1])
    for number, zoom in enumerate([*STEPS, *reversed(STEPS)]):
        for side in (0, 1):
            desk.activate(side)
            pages = desk.pages
            if number % len(STEPS) == 0:
                stage.show(window, documents[(number // len(STEPS) * 2 + side) % len(documents)])
            pages.set_zoom(zoom)
            for share in (0.1, 0.5, 0.9):
                pages.go_to_share(share)
                stage.until(lambda pages=pages: pages.painted)
            pages.set_turn(pages.turn + 90)
            stage.until(lambda pages=pages: pages.painted)
            pages.set_night(night=not pages.night)
            stage.until(lambda pages=pages: pages.painted)


def _longest(window: Any) -> list[Any]:
    return sorted(window.session.held.documents.values(), key=lambda each: -each.pages)


# --- what is left ----------------------------------------------------------------------------


def _tabs(_: list[Path]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        files = invented.short_documents(Path(folder), _DOCUMENTS + 1)
        with stage.Window(files, cap=_CAP) as (window, _home):
            first, *others = window.session.held.documents.values()
            stage.show(window, first)
            early: dict[str, float] = {}
            for count, document in enumerate(others, 1):
                _open_and_close(window, document, first)
                if count == _FIRST:
                    early = _held()
            late = _held()
    lines = []
    for what in late:
        unit, aim = (
            ("MB", f"≤ {_LEVEL} more") if what in {"memory", "painter's"} else ("", "no more")
        )
        against = f"after {_FIRST} of {_DOCUMENTS} opened and closed ({aim})"
        lines.append(stage.beyond(f"left by tabs: {what}", late[what], early[what], unit, against))
    return lines


def _open_and_close(window: Any, document: Any, first: Any) -> None:
    """Reads a document in a tab of its own and closes that: the first one is shown again."""
    pages = window.reader.pages
    window.show_document(document, new_tab=True)
    for each in (document, first):
        stage.until(
            lambda each=each: (
                pages.document is not None and pages.document.id == each.id and stage.shown(pages)
            )
        )
        if each is document:
            window.desk.close_tab()


def _held() -> dict[str, float]:
    """What the process holds now, once it is at rest."""
    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QApplication

    stage.rest(300)
    gc.collect()
    process = psutil.Process()
    children = process.children(recursive=True)
    return {
        "memory": process.memory_info().rss / _MB,
        "painter's": sum(each.memory_info().rss for each in children) / _MB,
        "threads": process.num_threads(),
        "processes": len(children),
        "objects": sum(len(each.findChildren(QObject)) for each in QApplication.topLevelWidgets()),
        "handles": process.num_fds() if hasattr(process, "num_fds") else process.num_handles(),
    }


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {"cache": cache, "tabs": tabs}
