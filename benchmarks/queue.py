"""The queue of the review with 50,000 links in view: what a decision and a tag cost in it."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks import covering, stage
from benchmarks.window import tag_to_screen

#: Documents of the case, and how often something is done.
DOCUMENTS, _TIMES = 500, 20
_AT = "2024-05-01T10:00:00.000Z"


def queue(_: list[Path]) -> Iterator[str]:
    """From a decision until it is on disk, and it and the next link are painted; and a tag."""
    from cambs_evidence.review import Verdict

    with stage.Window([], case=_decided()) as (window, _folder):
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


def _decided() -> Path:
    """A case of 50,000 links that somebody has decided on, each of them; put in as rows."""
    path = Path(tempfile.mkdtemp(dir=stage.home())) / "decided.cambs"
    shutil.copyfile(covering.case_of(DOCUMENTS), path)
    with closing(sqlite3.connect(path)) as raw, raw:
        links = raw.execute("SELECT id FROM link").fetchall()
        verdicts = ("accept", "accept", "query", "reject")
        rows = [
            (str(uuid.uuid4()), link, verdicts[number % 4], None, True, "", "Ben", _AT)
            for number, (link,) in enumerate(links)
        ]
        raw.executemany("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return path


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {"queue": queue}
