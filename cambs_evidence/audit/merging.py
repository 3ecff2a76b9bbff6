"""Bringing another file's work into a case: shown before anything is done, then all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Self

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from cambs_evidence.audit import bundle, copies, returning
from cambs_evidence.audit.plan import Plan
from cambs_evidence.errors import Refused
from cambs_evidence.model import Change, Progress
from cambs_evidence.review import Merged, Merging
from cambs_evidence.store import log, reading, soundness
from cambs_evidence.store.engine import Store, open_store

#: What the log says was done.
REVIEW, COPY = "merge review", copies.MERGE


def shown(store: Store, path: Path) -> Merging:
    """What a merge would do; nothing is done. Raises as :func:`merge`."""
    with _opened(store, path) as other, store.reading() as ours, other.store.reading() as theirs:
        return other.planned(ours, theirs).merging()


def merge(
    store: Store, path: Path, *, by: str, expected: Merging | None = None
) -> Iterator[Progress | Merged]:
    """Merges a file for review, or a copy of the case; yields progress, at last what it did.

    A verified backup is made first, beside the case. Where the file brings nothing, nothing is
    written at all. With ``expected``, what :func:`shown` gave, anything else is refused. Raises
    Refused for a file of another case, CannotOpen for one that is damaged or was changed outside
    the program.
    """
    if store.review:
        raise Refused(
            f"{store.path.name} is a file for review; merge into the case itself.",
            code="review-only",
        )
    with _opened(store, path) as other, other.store.reading() as theirs:
        yield Progress("comparing", 0, 3)
        with store.reading() as ours:
            plan, head = other.planned(ours, theirs), log.head(ours)
        told = plan.merging()
        _as_expected(told, expected)
        if not told.incoming:
            yield Merged(told, None, Change(other.what, "", ()))
            return
        yield Progress("backup", 1, 3)
        backup = soundness.backup(store, None)
        yield Progress("merging", 2, 3)
        with store.writing() as ours:
            if log.head(ours) != head:
                plan = other.planned(ours, theirs)
                _as_expected(plan.merging(), told)
            for step in plan.first:
                step(ours, by)
            try:
                store.carry_out(ours, plan.rows)
            except IntegrityError as error:
                raise Refused(
                    f"What {path.name} brings does not fit the case as it is; nothing was merged.",
                    code="does-not-fit",
                ) from error
            _look_whether_whole(ours, path)
            log.append(ours, by, other.what, plan.subject, plan.rows, log.now())
        yield Merged(told, backup, Change(other.what, plan.subject, tuple(plan.rows)))


def _as_expected(told: Merging, expected: Merging | None) -> None:
    if expected is not None and told != expected:
        raise Refused(
            "The case or the file was changed since this was shown; look at it again.",
            code="changed-since",
        )


def _look_whether_whole(connection: Connection, path: Path) -> None:
    """A merge that left evidence on nothing would be worse than none."""
    if reading.hangs_on_removed(connection):
        raise Refused(
            f"What {path.name} brings stands in documents that are gone; nothing was merged.",
            code="does-not-fit",
        )


class _opened:  # noqa: N801 - used as a function is
    """Another file, proved, to be merged; closed at the end."""

    def __init__(self, store: Store, path: Path) -> None:
        if path.exists() and path.samefile(store.path):
            raise Refused(f"{path.name} is this case itself; choose another file.", code="itself")
        self.path = path
        self.store = open_store(path, readonly=True)
        self.what = REVIEW if self.store.review else COPY
        try:
            self._manifest = bundle.prove(self.store) if self.store.review else None
        except BaseException:
            self.store.close()
            raise

    def planned(self, ours: Connection, theirs: Connection) -> Plan:
        """What merging it would do."""
        if self._manifest is not None:
            return returning.planned(ours, theirs, self._manifest, str(self.path))
        return copies.planned(ours, theirs, self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()
