"""Files that lie beside the checkout and belong to others; tests skip without them."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CORPUS = SHARED / "corpus"
SAMPLES = SHARED / "samples"
REPORTS = SAMPLES / "reports"


def needs(folder: Path) -> pytest.MarkDecorator:
    """Skips, saying so, where a folder is not there."""
    return pytest.mark.skipif(not folder.is_dir(), reason=f"../shared/{folder.name} is not here")
