"""The file that a pack is written into before it bears its name."""

from __future__ import annotations

import uuid
from pathlib import Path


def fresh(target: Path) -> Path:
    """A path beside a pack that nothing else has."""
    return target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")


def lying_by(target: Path) -> set[Path]:
    """What lies beside a pack and was never finished."""
    start, end = f".{target.name}.", ".part"
    try:
        return {
            each
            for each in target.parent.iterdir()
            if each.name.startswith(start) and each.name.endswith(end)
        }
    except OSError:
        return set()
