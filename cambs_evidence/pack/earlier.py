"""An earlier pack that a new one is compared with: a file, and trusted no more than any other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cambs_evidence.errors import CannotOpen, Refused
from cambs_evidence.model import Link, Progress
from cambs_evidence.pack import verify
from cambs_evidence.pack.manifest import Manifest

_NUMBER = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}")


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier pack claims, its print and its manifest being of one mind; its SHA-256."""

    manifest: Manifest
    sha256: str


def read(
    path: Path, links: tuple[Link, ...], logged: Callable[[str], bool]
) -> Iterator[Progress | Earlier]:
    """Reads an earlier pack and looks whether it is one; yields progress, and at last what it says.

    Args:
        path: the file.
        links: all of the case.
        logged: tells of a hash whether the log of the case has such an entry.

    Raises CannotOpen for what is no pack or was changed, Refused for a pack of another case.
    """
    data, told = verify.opened(path)
    changed = CannotOpen(
        f"{path.name} is not as it was made: what it prints and what its manifest says differ; ask "
        "for the earlier pack again, or build this one without comparing.",
        code="damaged",
    )
    if not told.unbroken or not _NUMBER.fullmatch(told.number):
        raise changed
    # The log of a case goes on from where it was when the pack was made; a copy that went its own
    # way since still holds links of the same identity.
    own = {each.id for each in links}
    if not (logged(told.log_head) or any(each.link in own for each in told.excerpts)):
        raise Refused(
            f"{path.name} is a pack of another case (“{told.title}”), so there is nothing to "
            "compare; choose an earlier pack of this case.",
            code="other-case",
        )
    for step in verify.printed_otherwise(data, told):
        if isinstance(step, Progress):
            yield step
        elif step:
            raise changed
    yield Earlier(told, hashlib.sha256(data).hexdigest())
