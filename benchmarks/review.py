"""What a review costs on its way out and back: ten thousand links, a decision on each."""

from __future__ import annotations

import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measures import Figure, _tag_many
from cambs_evidence.case import Case
from cambs_evidence.model import Change, Imported
from cambs_evidence.review import Merged, Verdict

#: Links and decisions.
MANY = 10_000


def merging(files: list[Path]) -> Iterator[Figure]:
    """A file for review with ten thousand decisions, from the command to the case on disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, sent = folder / "case.cambs", folder / "out.cambsreview"
        with Case.create(path, by="Author") as case:
            taken = [each for each in case.import_files(files) if isinstance(each, Imported)]
            assert all(each.status == "imported" for each in taken)
            _tag_many(case, MANY)
            begin = time.perf_counter()
            list(case.review_export(sent))
            out = time.perf_counter() - begin
        yield Figure("10,000 links written for review", out, _copied(path), "a copy of the file")
        _decide_all(sent)
        with Case.open(path, by="Author") as case:
            begin = time.perf_counter()
            done = list(case.merge(sent))[-1]
            back = time.perf_counter() - begin
            assert isinstance(done, Merged)
            assert done.merging.added == MANY
            bare = _bare(folder, done.change)
            yield Figure("10,000 decisions merged", back, bare, "a bare executemany (≤ 10 s)")
            begin = time.perf_counter()
            assert not case.merging(sent).incoming
            again = time.perf_counter() - begin
            yield Figure("10,000 decisions compared", again, bare, "a bare executemany")
            begin = time.perf_counter()
            case.revert(done.change)
            undone = time.perf_counter() - begin
            yield Figure("10,000 decisions undone", undone, bare, "a bare executemany")


def _decide_all(path: Path) -> None:
    with Case.open(path, by="Auditor") as review, review.together():
        for link in review.evidence():
            review.decide(link.id, Verdict.ACCEPT, "seen where it stands", seen=True)


def _copied(path: Path) -> float:
    target = path.with_name(f"{uuid.uuid4().hex}.copy")
    begin = time.perf_counter()
    target.write_bytes(path.read_bytes())
    return time.perf_counter() - begin


def _bare(folder: Path, change: Change) -> float:
    """The same rows into an empty database, with nothing proved, copied or logged."""
    rows = [row.after or {} for row in change.rows]
    names = list(rows[0])
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    columns = ", ".join(f'"{name}"' for name in names)
    connection.execute(f"CREATE TABLE decision ({columns}, PRIMARY KEY (id))")
    marks = ", ".join("?" * len(names))
    begin = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(  # the names are those of the rows
        f"INSERT INTO decision VALUES ({marks})",  # noqa: S608
        [tuple(row[name] for name in names) for row in rows],
    )
    connection.execute("COMMIT")
    took = time.perf_counter() - begin
    connection.close()
    return took


ALL: dict[str, Callable[[list[Path]], Iterator[Figure]]] = {"review": merging}
