"""Packs of all files of a folder, in every kind of annex, scanned for what must not be in them.

Usage: ``python -m tests.tools.scanning FOLDER``. Of each document one passage is tagged, or an area
where it has no words. Prints what was found, or that nothing was.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from cambs_evidence.case import Case
from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Document, Imported, PackOptions, Polarity
from tests.core.pack.scan import unwanted

KINDS = ("none", "pictures", "cited", "full")


def tagged(case: Case, document: Document) -> bool:
    """Tags some words of a document, or an area; False where neither can be."""
    target = case.target("1.1")
    try:
        text = case.text(document)
        for layer in text.pages:
            words = layer.text[layer.body[0] : layer.body[0] + 60].strip()
            place = text.find(words) if len(words) > 8 else None
            if place:
                case.tag_anchor(document, text.anchor(place[0]), target, Polarity.STRENGTH)
                return True
        x0, y0, x1, y1 = text.pages[0].media
        area = (x0, y0, (x0 + x1) / 2, (y0 + y1) / 2)
        case.tag_anchor(document, case.area(document, 0, area), target, Polarity.NEUTRAL)
    except EvidenceError as error:
        print(f"{document.filename}: not tagged: {error.reason}")
        return False
    return True


def main() -> int:
    """Makes the packs and scans them; 1 where something was found."""
    folder = Path(sys.argv[1])
    found = 0
    with (
        tempfile.TemporaryDirectory() as name,
        Case.create(Path(name) / "case.cambs", by="officer", title="Scanned") as case,
    ):
        files = sorted(each for each in folder.iterdir() if each.suffix in {".pdf", ".docx"})
        taken = [each for each in case.import_files(files) if isinstance(each, Imported)]
        count = sum(tagged(case, each) for each in case.documents())
        refused = sum(each.status == "refused" for each in taken)
        print(f"{len(files)} files, {refused} refused, {count} documents tagged", flush=True)
        for kind in KINDS:
            path = Path(name) / f"{kind}.pdf"
            *_, result = case.build_pack(path, PackOptions(date="2025-04-01", annex=kind))
            for warning in getattr(result, "warnings", ()):
                if "carried" in warning:
                    print(f"  {warning[:150]}")
            odd = list(unwanted(path))
            found += len(odd)
            print(f"{kind}: {getattr(result, 'pages', 0)} pages, {len(odd)} unwanted", *odd[:9],
                  sep="\n  ", flush=True)  # fmt: skip
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
