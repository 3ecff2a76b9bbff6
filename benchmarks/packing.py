"""The window while a pack is put together: the loop watched, and how soon a change is seen."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import stage

#: Links of the case: as many as a large authority's.
LINKS = 2_000
#: How often an option is changed; seconds of rest after the window is closed.
_TIMES, _REST = 4, 0.5


def pack_window(files: list[Path]) -> Iterator[str]:
    """A pack of a large case: previewed again and again, scrolled, exported, all in one loop."""
    with stage.Window(files, LINKS) as (window, folder):
        still = stage.idle()
        begun = time.perf_counter()
        window.packing.open()
        view, opened = window.packing.view, (time.perf_counter() - begun) * 1000
        yield stage.alone("window of the pack opened", opened, "ms", "held once, as by any dialog")
        held = stage.watched(lambda: bool(_is_seen(window)))
        yield from stage.held("first preview made", held, still)
        yield stage.alone("", (time.perf_counter() - begun) * 1000, "ms", "until it is seen")
        bar = view.preview.pages.verticalScrollBar()

        def on() -> None:
            bar.setValue(0 if bar.value() == bar.maximum() else bar.value() + 60)

        changes = _Changes(window)
        with stage.every(16, on):
            held = stage.watched(changes.done)
        yield from stage.held("previews made while scrolling", held, still)
        for took, what in ((changes.first, "its first pages"), (changes.whole, "all of it")):
            middle = statistics.median(took) * 1000
            yield stage.alone("", middle, "ms", f"from a change to {what}, median of {len(took)}")
        view.export.where.setText(str(folder / "pack.pdf"))
        view.export.export.click()
        with stage.every(16, on):
            held = stage.watched(lambda: not view.export.busy)
        yield from stage.held("exported while scrolling", held, still)
        view.close()
        end = time.perf_counter() + _REST
        held = stage.watched(lambda: time.perf_counter() > end)
        yield from stage.held("closed", held, still)


def _is_seen(window: Any) -> bool:
    """True once what is chosen now is what is seen."""
    packing = window.packing
    current = packing.view.preview.current
    return current and packing._job is None and not packing._soon.isActive()  # noqa: SLF001


class _Changes:
    """Changes an option, waits until it is seen, and so on.

    Of each change, the seconds until its first preview is shown and until the last one is.
    """

    def __init__(self, window: Any) -> None:
        self._window = window
        self._pages = window.packing.view.preview.pages
        self._tick = window.packing.view.form.fields["marked_only"]
        self._begun, self._old, self._is_first = 0.0, self._pages.source, False
        self.first: list[float] = []
        self.whole: list[float] = []

    def done(self) -> bool:
        """True when that was often enough."""
        if len(self.whole) == _TIMES:
            return True
        now = time.perf_counter()
        if self._is_first and self._pages.source != self._old:
            self.first.append(now - self._begun)
            self._is_first = False
        if not _is_seen(self._window):
            return False
        if self._begun:
            self.whole.append(now - self._begun)
        if len(self.whole) == _TIMES:
            return True
        self._begun, self._old, self._is_first = now, self._pages.source, True
        self._tick.click()
        return False


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {"pack-window": pack_window}
