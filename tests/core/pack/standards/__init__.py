"""What a machine can check of PDF/UA-1 and PDF/A-2b, read from a file alone.

It shares nothing with what writes packs. The conditions of PDF/UA-1 are those that the Matterhorn
Protocol 1.02 calls checkable by a machine, told by their numbers; those of PDF/A-2b are told by
their clauses in ISO 19005-2. What packs never hold (forms, sound, composite fonts) is refused.
"""

from __future__ import annotations

from pathlib import Path

import pikepdf

from .access import Access
from .archive import Archive


def failures(path: Path) -> list[str]:
    """What is wrong with a file by either standard, empty where a machine finds nothing."""
    with pikepdf.open(path) as document:
        return sorted({*Archive(document, path.read_bytes()).run(), *Access(document).run()})
