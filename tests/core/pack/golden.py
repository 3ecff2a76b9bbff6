"""What the pack of the sample case says, page by page and element by element, as text to keep.

``python -m tests.core.pack.golden`` writes it anew, to be looked at with ``git diff`` before it is
committed. What differs from run to run (the number of the pack, the day of tagging) is left out.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf

from cambs_evidence import sample
from cambs_evidence.case import Case
from cambs_evidence.model import PackOptions

FOLDER = Path(__file__).with_name("golden")
PAGES, TREE = FOLDER / "sample-pages.txt", FOLDER / "sample-tree.txt"
#: Characters of an element's words that are kept: pages of the annex have all theirs in one.
_LONGEST = 160


def pack(folder: Path) -> Path:
    """The pack of the sample case, made in a folder."""
    case, target = folder / "sample.cambs", folder / "sample.pdf"
    list(sample.build(case, "officer"))
    with Case.open(case, by="officer", readonly=True) as opened:
        list(opened.build_pack(target, PackOptions(date="2025-04-01")))
    return target


def told(path: Path) -> dict[Path, str]:
    """What a pack says, by the file that it is kept in."""
    with pdfplumber.open(path) as document, pikepdf.open(path) as tagged:
        words: dict[tuple[int, int], list[str]] = defaultdict(list)
        pages = []
        for number, page in enumerate(document.pages):
            for char in page.chars:
                if char["mcid"] is not None:
                    words[number, char["mcid"]].append(char["text"])
            pages += [f"--- page {number + 1} ---", page.extract_text(), ""]
            page.close()
        numbers = {page.obj.objgen: number for number, page in enumerate(tagged.pages)}
        tree = list(_elements(tagged.Root.StructTreeRoot.K[0], numbers, words, None, 0))
    return {PAGES: _kept("\n".join(pages)), TREE: _kept("\n".join([*tree, ""]))}


def _elements(
    element: Any,
    numbers: dict[tuple[int, int], int],
    words: dict[tuple[int, int], list[str]],
    page: int | None,
    depth: int,
) -> Iterator[str]:
    """An element on a line of its own with the words that it holds itself, then its kids."""
    if "/Pg" in element:
        page = numbers[element.Pg.objgen]
    said, kids, links = [], [], 0
    for kid in element.get("/K", []):
        if isinstance(kid, int):
            said += words[page or 0, kid]
        elif kid.get("/Type") == "/MCR":
            there = numbers[kid.Pg.objgen] if "/Pg" in kid else page or 0
            said += words[there, int(kid.MCID)]
        elif kid.get("/Type") == "/OBJR":
            links += 1
        else:
            kids.append(kid)
    line = [str(element.S)[1:], "".join(said)]
    line += [
        f"[{name[1:]}: {element[name]}]" for name in ("/Alt", "/ActualText") if name in element
    ]
    line += [f"[{links} to follow]"] if links else []
    text = " ".join(" ".join(line).split())
    yield "  " * depth + (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
    for kid in kids:
        yield from _elements(kid, numbers, words, page, depth + 1)


def _kept(text: str) -> str:
    """Without what another run would say otherwise."""
    text = re.sub(r"\b[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}\b", "NUMBER", text)
    return re.sub(r"((?:Tagged|Judged) by officer, )\d{1,2} \w+ \d{4}", r"\1DAY", text)


def main() -> None:
    """Writes anew what is kept."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for path, text in told(pack(Path(folder))).items():
            path.write_text(text, encoding="utf-8", newline="\n")
            sys.stdout.write(f"{path.name}: {len(text.splitlines())} lines\n")


if __name__ == "__main__":
    main()
