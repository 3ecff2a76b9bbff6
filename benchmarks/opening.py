"""A large case opened: from the empty window until all that is in view is painted, and after."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import covering, stage

#: Documents of the case, and how often it is opened; the smallest figure is the least disturbed.
DOCUMENTS, _TIMES = 500, 5


def opening(_: list[Path]) -> Iterator[str]:
    """Seconds from asking for the case until its first screen is there, and how it goes on."""
    with stage.Window([], case=covering.case_of(5, 50)) as (window, folder):
        path = folder / "large.cambs"
        path.write_bytes(covering.case_of(DOCUMENTS).read_bytes())
        still = stage.idle(1)
        took, whole, busy, held, worked = [], [], [], [], []
        for _each in range(_TIMES):
            window.close_case()
            stage.rest(300)
            begun, used = time.perf_counter(), time.process_time()
            window.open_case(path)
            stage.until(partial(_on_screen, window))
            took.append((time.perf_counter() - begun) * 1000)
            busy.append((time.process_time() - used) * 1000)
            seen, own = stage.watched_closely(
                lambda: window.session.whole and window.evidence.settled
            )
            held.append(seen)
            worked.append(own)
            whole.append((time.perf_counter() - begun) * 1000)
        links = len(window.session.held.links)
    yield stage.alone(f"{DOCUMENTS} documents, {links:,} links", min(took), "ms",
                      f"on screen (≤ 1000), median {statistics.median(took):.0f}; "
                      f"{min(busy):.0f} of the processor")  # fmt: skip
    yield stage.alone("", min(whole), "ms", "until all links are there")
    best = min(held, key=lambda each: each[1])
    yield from stage.held("while the rest comes in", best, still)
    yield stage.alone("", max(worked), "ms", "at most of the window's own work (≤ 50)")


def _on_screen(window: Any) -> bool:
    """True once everything that is in view is there and painted."""
    session = window.session
    if session is None or not stage.shown(window.reader.pages):
        return False
    views = (window.documents.view, window.framework.tree, window.evidence.table)
    there = all(view.model() is not None and view.model().rowCount() for view in views)
    if there and window.reader.pages.marked_pages():
        for view in (*views, window.reader.pages):
            view.viewport().repaint()
        return True
    return False


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {"opening": opening}
