"""What verifying costs: ten thousand quotes on all pages of the reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import stage
from benchmarks.measures import Figure
from cambs_evidence.case import Case, verify_apart
from cambs_evidence.model import PackOptions, Verification

#: Quotes.
MANY = 10_000
_EVERY = 5


def proving(files: list[Path]) -> Iterator[Figure]:
    """By the clock, on the processes that it takes itself."""
    import tempfile

    path = stage.case_with(tuple(files), MANY)
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "pack.pdf"
        with Case.open(path, by="benchmark", readonly=True) as case:
            list(case.build_pack(pack, PackOptions(date="2025-01-01")))
            pages = {
                (link.filename, span.page)
                for link in case.evidence()
                for span in link.passage.anchor.spans
            }
        characters = _characters(files)
        for against in ({"case": path}, {"sources": files[0].parent}):
            begin = time.perf_counter()
            *_, result = verify_apart(pack, by="benchmark", **against)
            taken = time.perf_counter() - begin
            assert isinstance(result, Verification)
            # Of a hundred quotes that are cut out anywhere, one stands in a drawing or on its side.
            assert result.verified > 0.98 * result.excerpts, result.failures[:3]
            what = f"verified: {result.excerpts:,}, {len(pages)} pages, {next(iter(against))}"
            yield Figure(what, taken, characters, "pdfplumber's characters of all pages (≤ 30 s)")


def _characters(files: list[Path]) -> float:
    """Seconds of pdfplumber for the characters of all pages, worked out from every fifth."""
    import pdfplumber

    seen = total = 0
    begin = time.perf_counter()
    for path in files:
        with pdfplumber.open(path) as document:
            total += len(document.pages)
            for page in document.pages[::_EVERY]:
                assert page.chars is not None
                page.close()
                seen += 1
    return (time.perf_counter() - begin) * total / seen


ALL: dict[str, Callable[[list[Path]], Iterator[Figure]]] = {"verify": proving}
