"""A case file: making, opening, upgrading and closing it; one transaction for each change.

This is the one place that knows the file is SQLite.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import psutil
from sqlalchemy import (
    Connection,
    Delete,
    Engine,
    Update,
    bindparam,
    create_engine,
    delete,
    event,
    insert,
    text,
    update,
)
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import QueuePool

from cambs_evidence import paths
from cambs_evidence.errors import CannotOpen, InUse, Refused, Unwritable, WordsOff
from cambs_evidence.model import Change, RowChange
from cambs_evidence.store import log, seal
from cambs_evidence.store.lock import WriterLock
from cambs_evidence.store.tables import Base

#: ``application_id`` of a case file, the letters CAMB.
APPLICATION_ID = 0x43414D42
#: ``application_id`` of a file for review, the letters CAMR.
REVIEW_ID = 0x43414D52
#: Version of the schema; each migration raises it by one.
SCHEMA = 7

_SQLITE = b"SQLite format 3\x00"
_NETWORK = {"nfs", "nfs4", "cifs", "smbfs", "smb3", "9p", "fuse.sshfs", "afpfs", "davfs"}
#: Milliseconds to wait for another connection's transaction.
_BUSY = 5000

_TABLES = {table.name: table for table in Base.metadata.sorted_tables}
#: What is unique of rows that may change places, and what it is meanwhile.
_ASIDE: tuple[tuple[str, str, Callable[[int], str | int]], ...] = (
    ("section", "number", lambda number: -number),
    ("criterion", "code", lambda number: f"~{number}"),
    ("judgement", "block", lambda number: -number),
    ("narrative", "block", lambda number: -number),
)
_INSERTS = {name: insert(table) for name, table in _TABLES.items()}


def _what_is_done(row: RowChange) -> tuple[str, bool, bool]:
    """Table and kind of a change: what is alike, one after the other, is done in one go."""
    return row.table, row.before is None, row.after is None


class Store:
    """An open case file, or with ``review`` an open file for review, whose case is closed to all.

    In that one only what reviewers say can be written; the database itself refuses the rest.
    """

    def __init__(
        self, path: Path, *, readonly: bool, lock: WriterLock | None, review: bool = False
    ) -> None:
        self.path = path
        self.readonly = readonly
        self.review = review
        self._lock = lock
        self._writing = threading.RLock()
        self._joined: Connection | None = None
        # On another computer's disk a file may have no lasting number.
        self._place = None if _on_network(path) else _place(path)
        self._engine = _engine(path, "ro" if readonly else "rw")

        @event.listens_for(self._engine, "connect")
        def _prepare(connection: sqlite3.Connection, _record: object) -> None:
            # The driver's own transactions begin too late; ours are begun below.
            connection.isolation_level = None
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute(f"PRAGMA busy_timeout={_BUSY}")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA secure_delete=ON")
            if review:
                connection.execute("PRAGMA trusted_schema=OFF")
                connection.set_authorizer(seal.for_reviewers)

        if not readonly:
            if review:
                seal.take_off(path)
            journal = "DELETE" if _on_network(path) else "WAL"
            with self._told(), self._engine.connect() as connection:
                connection.exec_driver_sql(f"PRAGMA journal_mode={journal}")

    # --- reading and writing -------------------------------------------------------------

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with."""
        with self._told(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                with contextlib.suppress(DatabaseError):  # a fault may have ended it already
                    connection.exec_driver_sql("ROLLBACK")

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, committed durably at the end; one at a time, whatever the thread."""
        if self.readonly:
            raise Refused(
                f"{self.path.name} is open for reading only; close it where it is open for "
                "writing, or copy it to a place that can be written to.",
                code="read-only",
            )
        with self._writing:
            if self._joined is not None:  # part of a larger whole, see below
                yield self._joined
                return
            with self._told(), self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                try:
                    yield connection
                    self._look_whether_there()
                    connection.exec_driver_sql("COMMIT")
                except BaseException:
                    with contextlib.suppress(DatabaseError):
                        connection.exec_driver_sql("ROLLBACK")
                    raise

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """All that this thread writes meanwhile is one transaction: all of it or nothing."""
        with self.writing() as connection:
            self._joined = connection
            try:
                yield
            finally:
                self._joined = None

    def _look_whether_there(self) -> None:
        """Raises Unwritable where the file was moved, replaced or removed while it was open.

        The system would go on writing into a file that nobody finds again.
        """
        if self._place is not None and _place(self.path) != self._place:
            raise Unwritable(
                f"{self.path.name} was moved, replaced or removed while it was open, so nothing "
                "more can be kept in it; put it back where it was, or close it and open it where "
                "it is now.",
                code="gone",
            )

    def commit(
        self, by: str, what: str, subject: str, rows: Sequence[RowChange], at: str | None = None
    ) -> Change:
        """Carries a change out and logs it, in one transaction."""
        with self.writing() as connection:
            self.carry_out(connection, rows)
            log.append(connection, by, what, subject, rows, at or log.now())
        return Change(what, subject, tuple(rows))

    @staticmethod
    def carry_out(connection: Connection, rows: Sequence[RowChange]) -> None:
        """Inserts, updates and deletes rows as a change says."""
        _put_aside(connection, rows)
        for (name, is_new, is_gone), group in groupby(rows, _what_is_done):
            some = list(group)
            if is_new and not is_gone:
                connection.execute(_INSERTS[name], [row.after or {} for row in some])
                continue
            table = _TABLES[name]
            key = table.c.id == bindparam("the_key")
            if is_gone:
                statement: Delete | Update = delete(table).where(key)
            else:
                statement = update(table).where(key)
                columns = some[0].after or {}
                statement = statement.values({each: bindparam(each) for each in columns})
            told = [{"the_key": row.key, **(row.after or {})} for row in some]
            if connection.execute(statement, told).rowcount != len(some):
                raise Refused(
                    "What this would change is no longer there; nothing was changed.",
                    code="gone",
                )

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turns what the file system and the database report into what a person can act on."""
        try:
            yield
        except IntegrityError:
            raise  # the program's own fault, never the file's
        except UnicodeEncodeError as error:
            raise WordsOff(
                "A text holds half a character, which no file can keep; type it again."
            ) from error
        except (DatabaseError, sqlite3.DatabaseError, OSError) as error:
            raise told(error, self.path) from error
        except (struct.error, zlib.error, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise _damaged(self.path) from error

    def damaged(self) -> CannotOpen:
        """The error to raise where something in the file cannot be what was written."""
        return _damaged(self.path)

    # --- closing -------------------------------------------------------------------------

    def close(self) -> None:
        """Folds the journal back, so that the closed case is one file, and lets go of it."""
        try:
            if not self.readonly:
                # A connection that lies idle would keep the journal.
                self._engine.dispose()
                # What cannot be folded stays in the journal, which the next opening reads.
                with (
                    self._writing,
                    contextlib.suppress(DatabaseError),
                    self._engine.connect() as connection,
                ):
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                    connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        finally:
            self._engine.dispose()
            if self._lock is not None:
                if self.review:
                    self._seal()
                self._lock.release()
            elif Path(f"{self.path}-wal").exists():
                self._fold()

    def _seal(self) -> None:
        """A file that cannot be sealed stays open to be read: its manifest and log prove it."""
        with contextlib.suppress(OSError):
            if not seal.is_journalled(self.path):
                seal.put(self.path)

    def _fold(self) -> None:
        """The last to read a case that was closed meanwhile makes it one file."""
        lock = WriterLock(self.path)
        try:
            lock.take(0)
        except (InUse, OSError):
            return  # it is still being written, or nothing can be written here
        try:
            with contextlib.closing(sqlite3.connect(self.path, timeout=0)) as raw:
                raw.execute("PRAGMA journal_mode=DELETE")
            if self.review:
                self._seal()
        except sqlite3.Error:
            return  # somebody else reads it; the next one will
        finally:
            lock.release()

    def shrink(self) -> None:
        """Gives room that is no longer used back to the disk."""
        with self._writing, self._told(), contextlib.closing(self._engine.raw_connection()) as raw:
            cursor = raw.cursor()
            cursor.execute("PRAGMA incremental_vacuum")
            cursor.fetchall()
            cursor.close()

    def copy_to(self, target: Path) -> None:
        """A consistent copy of the case into a new file, also while it is being written."""
        with self._told():
            source = self._engine.raw_connection()
            try:
                with contextlib.closing(sqlite3.connect(target)) as copy:
                    source.driver_connection.backup(copy)  # type: ignore[union-attr]
                    copy.execute("PRAGMA journal_mode=DELETE")
            finally:
                source.close()


def _put_aside(connection: Connection, rows: Sequence[RowChange]) -> None:
    """Takes rows that change places with others out of the way of those, to be set right after.

    What is unique must be so at each step: a code that goes from one criterion to another would
    stand twice in between.
    """
    for table_name, name, aside in _ASIDE:
        some = [row for row in rows if row.table == table_name]
        if not any(row.after for row in some) or len(some) < 2:
            continue
        table = _TABLES[table_name]
        for number, row in enumerate(some, 1):
            leaves = row.before is not None and (
                row.after is None or row.after.get(name, row.before[name]) != row.before[name]
            )
            if leaves:
                there = update(table).where(table.c.id == row.key)
                connection.execute(there.values({name: aside(number)}))


def _place(path: Path) -> tuple[int, int] | None:
    """Which file a path names, None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def told(error: Exception, path: Path) -> Exception:
    """The sentence for a fault of the file or the disk; the fault itself where it is none."""
    words = str(getattr(error, "orig", None) or error).lower()
    name = path.name
    full = any(each in words for each in ("disk is full", "no space left", "file too large"))
    if full or ("disk i/o" in words and _is_full(path.parent)):
        return Unwritable(
            f"The disk is full, so nothing was written to {name}; make room and try again.",
            code="disk-full",
        )
    if "disk i/o" in words:
        return Unwritable(
            f"The disk reported a fault at {name}; make room or check the disk, then try again.",
            code="disk-fault",
        )
    if "not authorized" in words or "prohibited" in words:
        return Refused(
            f"{name} is a file for review: what the author made cannot be changed in it; decide, "
            "comment, or note a passage that is missing.",
            code="review-only",
        )
    if "locked" in words or "busy" in words:
        return InUse(f"{name} is busy in another program; try again when it is done.")
    if "readonly" in words or "read-only" in words or "permission" in words:
        return Unwritable(f"{name} or its folder cannot be written to; copy it elsewhere first.")
    if any(each in words for each in ("malformed", "not a database", "could not decode")):
        return _damaged(path)
    if "unable to open" in words:
        return CannotOpen(f"{name} cannot be opened where it lies; copy it to another folder.")
    return error


def _is_full(folder: Path) -> bool:
    """True where there is no room left; a full disk can show itself as a fault of reading."""
    try:
        return shutil.disk_usage(folder).free < 256 * 1024
    except OSError:
        return False


def _damaged(path: Path) -> CannotOpen:
    return CannotOpen(
        f"{path.name} is damaged; run check on it, or restore a backup.", code="damaged"
    )


def _engine(path: Path, mode: str) -> Engine:
    """An engine on a file, whatever signs its name holds."""
    place = path.resolve().as_uri()
    if not place.startswith("file:///"):  # on another computer: the server belongs to the path
        place = "file:////" + place.removeprefix("file://")
    place = f"{place}?mode={mode}"
    return create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(place, uri=True, check_same_thread=False),
        poolclass=QueuePool,
    )


def create(path: Path) -> Store:
    """Makes an empty case file; refuses a name that is taken."""
    if path.exists():
        raise Refused(f"{path} exists already; choose another name.", code="exists")
    if not path.parent.is_dir():
        raise Unwritable(f"The folder {path.parent} does not exist; make it first.")
    lock = WriterLock(path)
    try:
        lock.take(0)
    except OSError as error:
        raise Unwritable(
            f"No case can be made in {path.parent}: the folder cannot be written to."
        ) from error
    try:
        with contextlib.closing(sqlite3.connect(path)) as raw:
            raw.execute(f"PRAGMA application_id={APPLICATION_ID}")
            raw.execute("PRAGMA auto_vacuum=INCREMENTAL")
            raw.execute("VACUUM")
        _migrate(path)
        return Store(path, readonly=False, lock=lock)
    except BaseException as error:
        path.unlink(missing_ok=True)
        lock.release()
        if isinstance(error, (DatabaseError, sqlite3.DatabaseError, OSError)):
            raise told(error, path) from error
        raise


def open_store(path: Path, *, readonly: bool = False, patience: float = 5.0) -> Store:
    """Opens a case file; what is no case, or of a newer version, is refused untouched.

    An older one is copied beside itself first, and the copy checked, before it is upgraded.
    Waits up to ``patience`` seconds for another writer.
    """
    review = is_review(path)
    if review:
        seal.prove(path)
    version = _version(path)
    if review and version != SCHEMA:
        raise CannotOpen(
            f"{path.name} was made by another version of this program; ask for a file that was "
            "made with this one.",
            code="other-version",
        )
    if version > SCHEMA:
        raise CannotOpen(
            f"{path.name} was made by a newer version of this program; install that version.",
            code="newer",
        )
    if version < SCHEMA and readonly:
        # Reading needs today's tables; the upgrade is the same whoever asks.
        open_store(path, patience=patience).close()
    if readonly:
        return Store(path, readonly=True, lock=None, review=review)
    lock = WriterLock(path)
    try:
        lock.take(patience)
    except OSError as error:
        raise Unwritable(
            f"{path.name} cannot be changed: its folder cannot be written to; copy it elsewhere."
        ) from error
    try:
        if _version(path) < SCHEMA:
            _upgrade(path)
        return Store(path, readonly=False, lock=lock, review=review)
    except BaseException:
        lock.release()
        raise


def is_review(path: Path) -> bool:
    """True for a file for review, by its first bytes alone; False for what cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(72)[68:] == struct.pack(">I", REVIEW_ID)
    except OSError:
        return False


def _version(path: Path) -> int:
    """The schema of a case file, read from its first bytes alone."""
    if path.exists() and not path.is_file():
        raise CannotOpen(f"{path.name} is no file; choose a case made by this program.")
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError as error:
        raise CannotOpen(f"There is no case {path}; check the name.", code="missing") from error
    except OSError as error:
        raise CannotOpen(f"{path} cannot be read; check that you may open it.") from error
    if len(head) < 100 or head[:16] != _SQLITE:
        raise CannotOpen(f"{path.name} is not a case; choose a file made by this program.")
    version, application = struct.unpack(">I", head[60:64])[0], struct.unpack(">I", head[68:72])[0]
    if application not in {APPLICATION_ID, REVIEW_ID}:
        raise CannotOpen(f"{path.name} is not a case; choose a file made by this program.")
    if version == 0:
        raise CannotOpen(
            f"{path.name} was never finished; delete it and make the case anew.", code="unfinished"
        )
    unit, count = struct.unpack(">H", head[16:18])[0], struct.unpack(">I", head[28:32])[0]
    whole = (65536 if unit == 1 else unit) * count  # bytes the file says it has
    if path.stat().st_size < whole and not Path(f"{path}-wal").exists():
        again = "ask for the file again" if application == REVIEW_ID else "restore a backup"
        raise CannotOpen(f"{path.name} is cut off and cannot be opened; {again}.", code="damaged")
    return int(version)


def _upgrade(path: Path) -> None:
    """Brings an older case up to date, a checked copy of the old one kept beside it."""
    old = _version(path)
    backup = path.with_name(f"{path.stem}.version-{old}{path.suffix}")
    number = 1
    while backup.exists():
        number += 1
        backup = path.with_name(f"{path.stem}.version-{old}-{number}{path.suffix}")
    try:
        with contextlib.closing(sqlite3.connect(path)) as source:
            sound = source.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            with contextlib.closing(sqlite3.connect(backup)) as copy:
                source.backup(copy)
                sound = sound and copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        if not sound:
            backup.unlink(missing_ok=True)
            raise CannotOpen(
                f"{path.name} is damaged and was left as it is; restore a backup.", code="damaged"
            )
        _migrate(path)
    except (DatabaseError, sqlite3.DatabaseError, OSError) as error:
        # The migrations run in one transaction: the case is as it was, the copy not needed.
        backup.unlink(missing_ok=True)
        known = told(error, path)
        if known is error:
            known = CannotOpen(
                f"{path.name} could not be brought up to date and was left as it is; restore a "
                "backup.",
                code="damaged",
            )
        raise known from error


def _migrate(path: Path) -> None:
    # Alembic is heavy and seldom needed.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(paths.migrations()))
    config.set_main_option("path_separator", "os")
    engine = _engine(path, "rw")

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver would commit before a change of the schema; one transaction holds it all.
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.execute(text(f"PRAGMA user_version={SCHEMA}"))
    finally:
        engine.dispose()


def _on_network(path: Path) -> bool:
    """True where the journal's shared memory would not work: on a disk of another computer."""
    resolved = str(path.resolve())
    best = ""
    kind = ""
    for part in psutil.disk_partitions(all=True):
        if resolved.startswith(part.mountpoint) and len(part.mountpoint) > len(best):
            best, kind = part.mountpoint, part.fstype.lower()
    return kind in _NETWORK or resolved.startswith("\\\\")
