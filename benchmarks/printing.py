"""What a pack costs: two thousand quotes with crops and a thousand pages, against bare drawing.

The reference draws the very same lines of text on as many pages, letter for letter where ours has
them, with reportlab's own ``drawString``, and merges the very same pages of the sources with
pikepdf: no line is broken, no page turned, no crop painted, nothing tagged, linked or proved.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf

from benchmarks import stage
from benchmarks.measures import Figure, least
from cambs_evidence import paths
from cambs_evidence.case import Case
from cambs_evidence.model import Box, PackOptions
from cambs_evidence.pack import layout
from cambs_evidence.pack import sheet as s
from cambs_evidence.pack.contents import Contents
from cambs_evidence.pack.geometry import Geometry
from cambs_evidence.pack.press import Press
from cambs_evidence.typography import Face, register

#: Quotes of the two cases.
SOME, MANY = 2_000, 10_000
_DATE = "2025-01-01"
#: A fragment: its left edge, baseline, face, size and letters.
_Fragment = tuple[float, float, Face, float, str]


def printing(files: list[Path]) -> Iterator[Figure]:
    """CPU seconds of all processes, then seconds by the clock; the memory in MB at last."""
    with tempfile.TemporaryDirectory() as folder:
        twice = (*files, *stage.copies(files, Path(folder)))
        path = stage.case_with(twice, SOME)
        out = Path(folder) / "pack.pdf"
        with Case.open(path, by="benchmark", readonly=True) as case:
            plain = PackOptions(date=_DATE)
            bare = _reference(case, plain)
            for words, options in (
                ("2,000 quotes", plain),
                ("2,000 quotes with crops", PackOptions(date=_DATE, crops=True)),
            ):
                for clock, how in ((None, "CPU"), (time.perf_counter, "clock")):
                    clocks = {} if clock is None else {"clock": clock}
                    ours = least(partial(_built, case, out, options), **clocks)
                    theirs = least(bare, **clocks)
                    yield Figure(f"pack, {words}, {how}", ours, theirs, "bare drawing (≤ 1.5)")
        many = stage.case_with(tuple(files), MANY)
        fewer = stage.case_with(tuple(files), SOME)
        for crops in (False, True):
            (large, peak), (small, _) = (_apart(each, crops=crops) for each in (many, fewer))
            what = f"pack, 10,000 quotes{' with crops' if crops else ''}"
            yield Figure(what, large, small, f"2,000 (≤ 5.5); {peak:.0f} MB at most (≤ 400)")


def _built(case: Case, out: Path, options: PackOptions) -> None:
    for _ in case.build_pack(out, options):
        pass


def _reference(case: Case, options: PackOptions) -> Callable[[], None]:
    contents = case.pack_contents(options)
    pages = _lines(case, contents)
    sources = {document.id: case.page_bytes(document) for document in contents.documents}
    wanted = [(each.document.id, each.page) for each in contents.annex]

    def work() -> None:
        drawn = _draw(pages)
        with pikepdf.open(drawn) as pack:
            opened = {key: pikepdf.open(io.BytesIO(data)) for key, data in sources.items()}
            for key, page in wanted:
                pack.pages.append(opened[key].pages[page])
            pack.save(io.BytesIO())
            for each in opened.values():
                each.close()

    return work


def _lines(case: Case, contents: Contents) -> list[list[_Fragment]]:
    """The fragments of text of each page of the pack."""
    register(paths.fonts())
    seen: dict[tuple[str, int], tuple[Box, int, str]] = {}
    for entry in contents.annex:
        layer = case.page(entry.document, entry.page)
        seen[entry.document.id, entry.page] = (layer.media, layer.rotation, layer.text)
    press = Press(contents, Geometry(seen), {}, {})
    list(layout._body(press, 0))  # noqa: SLF001 - the lines that are drawn
    return [
        [
            (placed.x + each.x, placed.y, each.face, each.size, each.text)
            for placed, _, _ in sheet.texts
            for each in placed.line.fragments
        ]
        for sheet in press.sheets
    ]


def _draw(pages: list[list[_Fragment]]) -> io.BytesIO:
    from cambs_evidence.typography import new_canvas

    out = io.BytesIO()
    canvas: Any = new_canvas(out, "Bare", (s.WIDTH, s.HEIGHT))
    for fragments in pages:
        for x, y, face, size, text in fragments:
            canvas.setFont(face.value, size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    out.seek(0)
    return out


_BUILD = """
import resource, sys, time
from pathlib import Path
from cambs_evidence.case import Case
from cambs_evidence.model import PackOptions

def main():
    with Case.open(Path(sys.argv[1]), by="benchmark", readonly=True) as case:
        begin = time.process_time()
        options = PackOptions(date="2025-01-01", annex="none", crops=sys.argv[3] == "crops")
        for _ in case.build_pack(Path(sys.argv[2]), options):
            pass
        taken = time.process_time() - begin
    taken += sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    # What rusage tells begins with what the process held that this one was started from.
    status = Path("/proc/self/status")
    if status.exists():
        held = int(status.read_text().split("VmHWM:")[1].split()[0])
    else:
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(taken, held / 1024)

if __name__ == "__main__":
    main()
"""


def _apart(path: Path, *, crops: bool) -> tuple[float, float]:
    """CPU seconds and MB of a pack that is built in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "build.py"
        script.write_text(_BUILD, encoding="utf-8")
        command = [sys.executable, str(script), str(path), str(Path(folder) / "pack.pdf")]
        told = subprocess.run(
            [*command, "crops" if crops else "plain"], check=True, capture_output=True, text=True
        )
    seconds, memory = told.stdout.split()
    return float(seconds), float(memory)


ALL: dict[str, Callable[[list[Path]], Iterator[Figure]]] = {"printing": printing}
