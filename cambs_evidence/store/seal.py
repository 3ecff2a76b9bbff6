"""What keeps a file for review as it is: what can be written in it, and its seal.

Its last bytes are the hash of all before them, once it is closed.

A database has bytes that mean nothing, in which a change would be seen by nobody; the seal covers
them too. While the file is open for writing it has no seal; a program that breaks off then leaves
it so, and what it holds is still proved by its manifest and its log.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import struct
from pathlib import Path

from cambs_evidence.errors import CannotOpen

#: All that can be written to: what reviewers say, the pictures they take, and their log.
_REVIEWERS = {"decision", "message", "finding", "sign_off", "blob", "event"}
_WRITES = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
_NEVER = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_ALTER_TABLE}
_MARK = b"CAMBSEAL"
LENGTH = len(_MARK) + 32
#: A file for review is no larger than this many bytes.
LARGEST = 8 * 1024**3
_AT_ONCE = 1024 * 1024


def for_reviewers(action: int, table: str | None, *_: object) -> int:
    """What the database lets happen to a file for review, as its own numbers say."""
    if (action, table) == (sqlite3.SQLITE_UPDATE, "sqlite_master"):
        return sqlite3.SQLITE_OK  # the index of words declares itself so when it is first read
    # To make or drop something is to write to the schema, which is none of theirs.
    if action in _NEVER or (action in _WRITES and table not in _REVIEWERS):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def put(path: Path) -> None:
    """Seals a closed file, durably."""
    digest, _ = _digest(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(_MARK + digest)
        file.flush()
        os.fsync(file.fileno())


def is_journalled(path: Path) -> bool:
    """True while changes of a file may lie in a journal beside it: such a one is not closed."""
    with path.open("rb") as file:
        return file.read(20)[18:] != b"\x01\x01" or Path(f"{path}-wal").exists()


def take_off(path: Path) -> None:
    """Opens the seal, so that the file can be written; one that has none is left as it is."""
    length = _whole(path)
    if path.stat().st_size > length:
        with path.open("rb+") as file:
            file.truncate(length)


def prove(path: Path) -> None:
    """Raises CannotOpen where a file is not as it was when it was sealed.

    One without a seal passes: it was open for writing when its program broke off, or still is.
    """
    size, length = path.stat().st_size, _whole(path)
    if size > LARGEST:
        raise CannotOpen(
            f"{path.name} is larger than any file for review; ask for a new one.", code="too-large"
        )
    if size <= length:
        return
    digest, rest = _digest(path, length)
    if rest != _MARK + digest:
        raise tampered(path)


def tampered(path: Path) -> CannotOpen:
    """The error for a file of others that is not as it was written."""
    return CannotOpen(
        f"{path.name} was damaged or changed outside the program, so nothing of it was used; ask "
        "for the file again.",
        code="tampered",
    )


def _whole(path: Path) -> int:
    """The bytes that the database says it has."""
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100:
        raise tampered(path)
    unit, count = struct.unpack(">H", head[16:18])[0], struct.unpack(">I", head[28:32])[0]
    return int((65536 if unit == 1 else unit) * count)


def _digest(path: Path, length: int) -> tuple[bytes, bytes]:
    """The SHA-256 of the first bytes of a file, and what stands behind them."""
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        left = length
        while left:
            some = file.read(min(left, _AT_ONCE))
            if not some:
                break
            hashed.update(some)
            left -= len(some)
        return hashed.digest(), file.read(LENGTH + 1)
