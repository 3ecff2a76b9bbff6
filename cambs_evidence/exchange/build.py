"""Writing the evidence in other formats: contents → one file, or a few, or none."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cambs_evidence.errors import Refused, Unwritable, WordsOff
from cambs_evidence.exchange import record, report, spreadsheet, web, word
from cambs_evidence.exchange.tables import Cell, fitting, tables
from cambs_evidence.model import ExportResult, Progress
from cambs_evidence.pack import part as parts
from cambs_evidence.pack.contents import Contents
from cambs_evidence.pack.figures import figures

#: Bytes that are written between two words of progress, about.
_STEP = 1 << 16
#: Characters in a cell of a table that Excel reads from text.
_MOST_IN_CELL = 32_767


@dataclass(frozen=True, slots=True)
class _Task:
    contents: Contents
    picture: Callable[[str], bytes]
    target: Path


def export(
    picture: Callable[[str], bytes], contents: Contents, target: Path, kind: str
) -> Iterator[Progress | ExportResult]:
    """Writes the evidence; yields progress, and at last the result.

    ``picture`` gives the PNG with a SHA-256, empty where the case does not hold it. A file appears
    under its name when it is whole. ``kind`` is one of :data:`KINDS`. Of ``csv``
    three files come: ``target`` holds the evidence, those beside it coverage and sources; where
    it is a folder, all come into it. Raises Unwritable, and Refused where something else than an
    earlier export has the name.
    """
    if kind not in KINDS:
        raise WordsOff(f"{kind!r} is no format; say {', '.join(KINDS)}.")
    targets = named(target, kind)
    for each in targets:
        if not each.parent.is_dir():
            raise Unwritable(f"The folder {each.parent} does not exist; make it first.")
        _refuse_other(each, kind)
    yield Progress("contents", 0, 1)
    yield from KINDS[kind](_Task(contents, picture, target))
    warnings = []
    if not contents.excerpts:
        warnings.append("It holds no quotes: nothing is tagged, or nothing passes the filters.")
    if contents.facts.marking:
        marking = contents.facts.marking
        warnings.append(f"It is marked {marking} and must be handled as that.")
    yield ExportResult(tuple(map(str, targets)), len(contents.excerpts), tuple(warnings))


def named(target: Path, kind: str) -> tuple[Path, ...]:
    """The files that an export writes."""
    if kind != "csv":
        return (target,)
    if target.is_dir():
        return tuple(target / f"{name}.csv" for name in ("evidence", "coverage", "register"))
    suffix = target.suffix or ".csv"
    beside = (
        target.with_name(f"{target.stem}-{name}{suffix}") for name in ("coverage", "register")
    )
    return (target, *beside)


def _web(task: _Task) -> Iterator[Progress]:
    told = report.compose(task.contents, figures(task.contents, task.picture))
    total = len(told.pieces)
    with parts.whole(task.target) as part, part.open("wb") as file:
        for number, each in enumerate(web.write(told)):
            # What no text can hold was told already by a sign that can be seen.
            file.write(each.encode("utf-8"))
            if number % 100 == 0:
                yield Progress("writing", min(number, total), total)


def _word(task: _Task) -> Iterator[Progress]:
    told = report.compose(task.contents, figures(task.contents, task.picture))
    total = len(told.pieces)
    with parts.whole(task.target) as part:
        for number in word.write(part, told, task.contents.date):
            if number % 100 == 0:
                yield Progress("writing", number, total)


def _workbook(task: _Task) -> Iterator[Progress]:
    from cambs_evidence.exchange import workbook  # noqa: PLC0415 - a library for it alone

    made = tables(task.contents)
    total = sum(len(each.rows) for each in made)
    title = f"Evidence: {task.contents.facts.title}"
    with parts.whole(task.target) as part:
        for done in workbook.write(part, made, title, task.contents.date):
            yield Progress("writing", done, total)


def _csv(task: _Task) -> Iterator[Progress]:
    made = tables(task.contents)
    paths = named(task.target, "csv")
    # All of them take their places when the last is whole.
    with contextlib.ExitStack() as stack:
        for number, (path, table) in enumerate(zip(paths, made, strict=True)):
            yield Progress("writing", number, len(made))
            part = stack.enter_context(parts.whole(path))
            spreadsheet.put(part, [table.heads, *map(_plain, table.rows)])


def _plain(row: Sequence[Cell]) -> list[str | int]:
    return [
        each if isinstance(each, int)
        else fitting(each, _MOST_IN_CELL) if isinstance(each, str)
        else each.isoformat() if each is not None else ""
        for each in row
    ]  # fmt: skip


def _record(task: _Task) -> Iterator[Progress]:
    waiting, size = 0, 0
    with parts.whole(task.target) as part, part.open("wb") as file:
        for each in record.write(task.contents):
            file.write(each)
            size += len(each)
            if size >= waiting:
                waiting = size + _STEP
                yield Progress("writing", 0, 0)


#: The formats, each with what writes it.
KINDS: dict[str, Callable[[_Task], Iterator[Progress]]] = {
    "csv": _csv,
    "xlsx": _workbook,
    "json": _record,
    "html": _web,
    "docx": _word,
}
_BEGINNINGS = {"csv": b"\xef\xbb\xbf", "json": b"{", "html": b"<!DOCTYPE html>", "xlsx": b"PK"}


def _refuse_other(target: Path, kind: str) -> None:
    """An export may take the place of an earlier one, never of a case or of an author's work."""
    if not target.exists():
        return
    if not target.is_file():
        raise Unwritable(f"{target} is no file; choose another name.")
    if target.stat().st_size == 0:
        return
    if kind == "docx":
        if not word.is_untouched(target):
            raise Refused(
                f"{target} exists and is no export, or somebody has gone on writing in it; choose "
                "another name.",
                code="exists",
            )
        return
    with target.open("rb") as file:
        head = file.read(64)
    fits = head.startswith(_BEGINNINGS[kind])
    if fits and kind == "xlsx":
        fits = zipfile.is_zipfile(target) and _is_workbook(target)
    if not fits:
        raise Refused(
            f"{target} exists and is no {kind.upper()} file; choose another name.", code="exists"
        )


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False
