"""The table of evidence with 50,000 links: sorted, filtered and changed, with the loop watched."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from benchmarks import stage
from benchmarks.window import tag_to_screen

#: Links of the case, passages that they hang on, and links that are changed at once.
LINKS, PASSAGES, AT_ONCE = 50_000, 2_000, 5_000
#: Milliseconds of rest after each act, in which the loop is watched too.
_REST = 120


@cache
def case_of_many(files: tuple[Path, ...]) -> Path:
    """A case in which many passages are tagged to many criteria each; made once."""
    from cambs_evidence.case import Case
    from cambs_evidence.model import Polarity

    path = Path(tempfile.mkdtemp(dir=stage.home())) / "many.cambs"
    shutil.copyfile(stage.case_with(files, PASSAGES), path)
    with Case.open(path, by="benchmark") as case:
        links = case.evidence()
        passages = list(dict.fromkeys(link.passage.id for link in links))
        said = {(link.passage.id, link.criterion_id, link.polarity.value) for link in links}
        sections = case.framework().sections
        criteria = [(section.id, each.id) for section in sections for each in section.criteria]
    people = ("Ada", "Ben", "Cleo")
    rows = []
    for number in count():
        passage, polarity = passages[number % len(passages)], list(Polarity)[number % 2].value
        section, criterion = criteria[(number // len(passages) * 7 + number) % len(criteria)]
        if (passage, criterion, polarity) not in said:
            said.add((passage, criterion, polarity))
            rows.append((
                str(uuid.uuid4()), passage, section, criterion, polarity,
                f"Note {number}" if number % 4 == 0 else None,
                people[number % 3], f"2024-05-{1 + number % 28:02}T10:00:00.000Z",
            ))  # fmt: skip
        if len(rows) == LINKS - len(links):
            break
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.executemany("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return path


def evidence(files: list[Path]) -> Iterator[str]:
    """From a click on a head, a key in a filter or a change of many rows until it is painted."""
    from cambs_evidence.model import Polarity
    from ui.models import evidence as model
    from ui.models.filters import Filter

    with stage.Window(files, case=case_of_many(tuple(files))) as (window, _):
        window.docks.reveal("evidence")
        panel = window.evidence
        still = stage.idle()
        acts: dict[str, list[Callable[[], object]]] = {
            "sorted": [
                partial(panel.table.sortByColumn, column, order)
                for column in range(len(model.COLUMNS))
                for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder)
            ],
            "filtered": [
                partial(panel.show_filter, wanted)
                for wanted in (
                    Filter(polarity=Polarity.STRENGTH), Filter(text="the"), Filter(text="note 12"),
                    Filter(section=12), Filter(person="Ada", note=True), Filter(since="2000"),
                    Filter(text="nothing has these words"), Filter(),
                )
            ],
            "all chosen": [panel.table.selectAll, panel.table.clearSelection] * 3,
        }  # fmt: skip
        for what, each in acts.items():
            took: list[float] = []
            yield from stage.held(what, _watched(each, panel, took), still)
            yield stage.alone("", max(took) * 1000, "ms", f"until painted, of {len(took)} at most")
        took = tag_to_screen(window)
        middle = statistics.median(took) * 1000
        yield stage.alone(f"tag to screen with {LINKS:,} links", middle, "ms", "median (≤ 50)")
        yield stage.alone("", max(took) * 1000, "ms", f"of {len(took)} at most")
        yield from _changed(window, still)


def _watched(
    acts: list[Callable[[], object]], panel: Any, took: list[float]
) -> tuple[float, float]:
    """How long the loop is held while things are done one after the other."""
    waiting = list(acts)
    begun, free = 0.0, 0.0

    def go() -> bool:
        nonlocal begun, free
        now = time.perf_counter()
        if begun and panel.settled:
            panel.table.viewport().repaint()
            took.append(time.perf_counter() - begun)
            begun, free = 0.0, time.perf_counter() + _REST / 1000
        elif not begun and waiting and now > free:
            begun = now
            waiting.pop(0)()
        return not waiting and not begun and now > free

    return stage.watched(go)


def _changed(window: Any, still: tuple[float, float]) -> Iterator[str]:
    """Many rows changed in one step, that undone, and all of them taken away."""
    from cambs_evidence.model import Polarity
    from ui import commands

    session, panel = window.session, window.evidence
    links = panel.shown()[:AT_ONCE]
    steps: dict[str, Callable[[], object]] = {
        "changed": partial(commands.amend_many, session, links, polarity=Polarity.NEUTRAL),
        "undone": session.undo,
        "untagged": partial(commands.untag, session, links),
        "brought back": session.undo,
    }
    for what, act in steps.items():
        begun = time.perf_counter()
        act()
        held, own = stage.watched_closely(lambda: not session.busy and panel.settled)
        panel.table.viewport().repaint()
        taken = time.perf_counter() - begun
        yield from stage.held(f"{AT_ONCE:,} links {what}", held, still)
        yield stage.alone("", own, "ms", "at most of the window's own work (≤ 50)")
        yield stage.alone("", taken * 1000, "ms", "until it is on disk and painted")


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {"evidence": evidence}
