"""The queue of the review with 50,000 links in view: what a decision and a tag cost in it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import covering, stage
from benchmarks.window import tag_to_screen

#: Documents of the case, and how often something is done.
DOCUMENTS, _TIMES = 500, 20


def queue(_: list[Path]) -> Iterator[str]:
    """From a decision until it is on disk, and it and the next link are painted; and a tag."""
    from cambs_evidence.review import Verdict

    with stage.Window([], case=covering.case_of(DOCUMENTS)) as (window, _folder):
        stage.until(lambda: window.session.whole and window.evidence.settled)
        for name in ("evidence", "review"):
            window.docks.reveal(name)
        session, panel = window.session, window.review
        links = len(session.held.links)
        stage.until(lambda: panel.list.model().rowCount() == links)
        panel.step()
        stage.rest(500)
        took, used = [], []
        for number in range(_TIMES):
            verdict = list(Verdict)[number % 3]
            begun, busy = time.perf_counter(), time.thread_time()
            stage.signalled(lambda told=verdict: panel.decided.emit(told, "so"), session.changed)
            for view in (panel.list.viewport(), panel.card, panel.progress):
                view.repaint()
            window.evidence.table.viewport().repaint()
            took.append((time.perf_counter() - begun) * 1000)
            used.append((time.thread_time() - busy) * 1000)
            stage.rest(100)  # the page of the next one is painted meanwhile
        stage.show(window, next(iter(session.held.documents.values())))
        tagged = [each * 1000 for each in tag_to_screen(window, panel.list)]
    yield stage.alone(f"a decision, {links:,} in the queue", statistics.median(took), "ms",
                      f"median (≤ 50), at most {max(took):.1f}; "
                      f"{statistics.median(used):.1f} of the window's thread")  # fmt: skip
    yield stage.alone("a tag with the queue in view", statistics.median(tagged), "ms",
                      f"median (≤ 50), at most {max(tagged):.1f}")  # fmt: skip


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {"queue": queue}
