"""The picture of coverage with 300 documents and 50,000 links: painted, scrolled, changed."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks import invented, stage

#: Documents and links of the case.
DOCUMENTS, LINKS = 300, 50_000
#: Milliseconds between two steps of scrolling, and pixels of a step.
_STEP, _BY = 16, 40


@cache
def case_of(documents: int, links: int = LINKS) -> Path:
    """A case with so many documents of three pages, dated over ten years, and so many links.

    The links are put in as rows: what is measured is how they are shown, not how they are made.
    """
    from cambs_evidence.case import Case
    from cambs_evidence.model import Place, Polarity, RowChange
    from cambs_evidence.store import log, passages

    folder = Path(tempfile.mkdtemp(dir=stage.home()))
    path = folder / "case.cambs"
    chance = random.Random(50)  # noqa: S311 - always the same case
    with Case.create(path, by="benchmark") as case:
        list(case.import_files(invented.short_documents(folder, documents)))
        known = case.documents()
        targets = [case.target(c.code) for s in case.framework().sections for c in s.criteria]
        polarities = list(Polarity)
        each, rows, at = links // documents + 1, [], log.now()
        with case.together():
            for number, document in enumerate(known):
                case.describe(document, date=f"{2014 + number % 10}-{1 + number % 12:02}")
        for document in known:
            text = case.text(document)
            for part in range(each):
                layer = text.pages[part % len(text.pages)]
                start = layer.body[0] + part // len(text.pages) * 20
                anchor = text.anchor(Place(((layer.index, start, start + 60),)))
                passage, link = str(uuid.uuid4()), str(uuid.uuid4())
                extent = passages.extent(anchor, None, None)
                row = {"id": passage, "document_id": document.id, **extent, "rehold": None}
                target = chance.choice(targets)
                told = {
                    "id": link, "passage_id": passage, "section_id": target.section_id,
                    "criterion_id": target.criterion_id, "note": None, "by": "benchmark", "at": at,
                    "polarity": chance.choice(polarities).value,
                }  # fmt: skip
                rows.append(RowChange("passage", passage, None, row))
                rows.append(RowChange("link", link, None, told))
        case._store.commit("benchmark", "tag many", "", rows)  # noqa: SLF001 - see above
    return path


def covering(_: list[Path]) -> Iterator[str]:
    """Scrolling the picture from corner to corner, and what a tag costs in it."""
    from cambs_evidence.model import Polarity
    from ui import commands

    with stage.Window([], case=case_of(DOCUMENTS)) as (window, _folder):
        panel = window.coverage
        begun = time.perf_counter()
        window.docks.reveal("coverage")
        stage.until(lambda: panel.model is not None and panel.model.loaded)
        panel.grid.viewport().repaint()
        first = (time.perf_counter() - begun) * 1000
        panel.large.setChecked(True)
        stage.rest(500)
        grid = panel.grid
        links = len(window.session.held.links)
        still = stage.idle()
        across, down = grid.horizontalScrollBar(), grid.verticalScrollBar()
        ways: list[tuple[Any, int]] = [(across, 1), (down, 1), (across, -1), (down, -1)]

        def on() -> None:
            bar, way = ways[0]
            bar.setValue(bar.value() + way * _BY)
            if bar.value() == (bar.maximum() if way > 0 else bar.minimum()):
                ways.pop(0)

        with stage.every(_STEP, lambda: on() if ways else None):
            busy = stage.watched(lambda: not ways)
        whole = []
        for _each in range(20):
            begun = time.perf_counter()
            grid.viewport().repaint()
            whole.append((time.perf_counter() - begun) * 1000)
        took = []
        link = next(iter(window.session.held.links.values()))
        for number in range(20):
            polarity = list(Polarity)[number % 3]
            now = window.session.held.links[link.id]
            if now.polarity is polarity:
                continue
            begin = time.perf_counter()

            def amend(now: Any = now, polarity: Any = polarity) -> None:
                commands.amend(window.session, now, polarity=polarity)

            stage.signalled(amend, window.session.changed)
            grid.viewport().repaint()
            took.append((time.perf_counter() - begin) * 1000)
    yield from _counted(links)
    yield stage.alone("its picture, 300 documents", first, "ms", "from its tab to the screen")
    yield from stage.held("coverage scrolled", busy, still)
    yield stage.alone("coverage painted whole", statistics.median(whole), "ms", "median (≤ 16)")
    yield stage.alone("a change in it, to the screen", statistics.median(took), "ms",
                      f"median (≤ 50), at most {max(took):.1f}")  # fmt: skip


def _counted(links: int) -> Iterator[str]:
    """Full coverage of a case that was just opened, by the clock and by the processor's time.

    The second figure is what others who use the processor at the same time do not add to.
    """
    from cambs_evidence.case import Case

    clock, processor, again = [], [], []
    for _each in range(7):
        with Case.open(case_of(DOCUMENTS), by="benchmark", readonly=True) as case:
            case.framework()
            begin, busy = time.perf_counter(), time.thread_time()
            case.coverage()
            clock.append((time.perf_counter() - begin) * 1000)
            processor.append((time.thread_time() - busy) * 1000)
            begin = time.perf_counter()
            case.coverage()
            again.append((time.perf_counter() - begin) * 1000)
    yield stage.alone(f"coverage of {links:,} links", min(clock), "ms",
                      f"counted whole (≤ 100), {min(processor):.1f} of the processor")  # fmt: skip
    yield stage.alone("", min(again), "ms", "asked again, nothing having changed")


ALL: dict[str, Callable[[list[Path]], Iterator[str]]] = {"covering": covering}
