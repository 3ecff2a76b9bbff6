"""The file that a pack or an export is written into before it bears its name."""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from cambs_evidence.errors import Unwritable


def fresh(target: Path) -> Path:
    """A path beside a pack that nothing else has."""
    return target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")


#: How the names of unfinished files end; a database has others beside it.
_UNFINISHED = tuple(f".part{each}" for each in ("", "-lock", "-wal", "-shm", "-journal"))


def lying_by(target: Path) -> set[Path]:
    """What lies beside a pack or a file for review and was never finished."""
    start = f".{target.name}."
    try:
        return {
            each
            for each in target.parent.iterdir()
            if each.name.startswith(start) and each.name.endswith(_UNFINISHED)
        }
    except OSError:
        return set()


@contextlib.contextmanager
def cleared(*targets: Path) -> Iterator[None]:
    """Takes away what another process meanwhile began to write and, being killed, left behind."""
    before = set[Path]().union(*map(lying_by, targets))
    try:
        yield
    finally:
        for left in set[Path]().union(*map(lying_by, targets)) - before:
            with contextlib.suppress(OSError):
                left.unlink()


@contextlib.contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A path to write to, which at the end is synced and takes the place of the target.

    Where the writing does not come to its end, the target stays as it was. Raises Unwritable.
    """
    part = fresh(target)
    try:
        with writing(target):
            yield part
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(target)
    finally:
        with contextlib.suppress(OSError):  # what could not be made need not be taken away
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(target: Path) -> Iterator[None]:
    """Tells of what the system refuses while something is written for a target: Unwritable."""
    try:
        yield
    except OSError as error:
        full = error.errno == errno.ENOSPC
        raise Unwritable(
            f"{target} was not written: the disk is full; make room and try again."
            if full
            else f"{target} cannot be written; choose another place, or close it elsewhere.",
            code="disk-full" if full else "unwritable",
        ) from error
