"""Verifying a pack: nothing in it is trusted.

What is printed and what the manifest claims must agree; then each quote is found again in its
source, by another engine than the one that placed it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from cambs_evidence.documents.watched import Pool
from cambs_evidence.errors import CannotOpen, Unreadable
from cambs_evidence.model import (
    Failure,
    Link,
    Progress,
    SourceStatus,
    Verification,
)
from cambs_evidence.pack import against_case as proof
from cambs_evidence.pack import manifest, witness
from cambs_evidence.pack.against_print import judge_print, print_task
from cambs_evidence.pack.against_source import (
    judge_made,
    judge_recognised,
    judge_source,
    shares,
    source_task,
)
from cambs_evidence.pack.manifest import Manifest, Source
from cambs_evidence.pack.verdict import Found, Judged, Task, judge_pictures
from cambs_evidence.wording import in_words


def verify(
    pack: Path, find: Callable[[Source], Found], links: dict[str, Link] | None
) -> Iterator[Progress | Verification]:
    """Verifies a pack; yields progress, and at last what became of it.

    Args:
        pack: the file.
        find: finds a source that the manifest names.
        links: the links of the case by id, where criterion, polarity and note are to be proved
            too; otherwise None.

    Raises CannotOpen for a file that is no pack.
    """
    data, claims = opened(pack)
    judged = Judged()
    statuses: list[SourceStatus] = []
    total = len(claims.sources) + 1
    yield Progress("reading", 0, total)
    of_print = print_task(data, claims)
    tasks = [of_print]
    for place, source in enumerate(claims.sources):
        found = find(source)
        statuses.append(SourceStatus(source.filename, found.status))
        items = [n for n, each in enumerate(claims.excerpts) if each.document == place]
        if found.status == "missing" or found.data is None:
            judged.unproved.update(items)
            continue
        judge_recognised(claims, place, items, found, judged)
        judge_made(source, items, found, judged)
        if found.document is not None and found.status == "same":
            proof.of_document(source, items, found.document, judged.fail)
        tasks += [source_task(claims, place, some, found) for some in shares(claims, items, source)]
    # The longest first, so that no process waits for another at the end.
    tasks.sort(key=lambda task: -task.pages)
    with Pool[Task](witness.serve) as pool:
        for count, _ in enumerate(each for each in pool.run(tasks) if each is not None):
            yield Progress("proving", count + 1, len(tasks))
    # Whichever ended first, the print speaks first: of several reasons the first is told.
    judge_print(claims, of_print, judged)
    for task in tasks:
        if task is not of_print:
            judge_source(claims, task, judged)
    judge_pictures(judged)
    if links is not None:
        proof.of_links(claims, links, judged.fail)
    failures = _told(claims, judged.reasons)
    failures += tuple(Failure("", "", "", reason) for reason in judged.strangers)
    verified = len(claims.excerpts) - len(set(judged.reasons) | judged.unproved)
    remarks = _told(claims, judged.remarks)
    since = ""
    if claims.before is not None:
        since = (
            f"It says what has changed since pack {claims.before.number} of "
            f"{in_words(claims.before.date)}, a file with the SHA-256 {claims.before.sha256}."
        )
    yield Verification(
        str(pack), len(claims.excerpts), verified, tuple(statuses), failures, remarks, since
    )


def _told(claims: Manifest, reasons: Mapping[int, str]) -> tuple[Failure, ...]:
    return tuple(
        Failure(
            claims.excerpts[item].link,
            claims.sources[claims.excerpts[item].document].filename,
            claims.excerpts[item].quote,
            reason,
        )
        for item, reason in sorted(reasons.items())
    )


def printed_otherwise(data: bytes, claims: Manifest) -> Iterator[Progress | tuple[str, ...]]:
    """Why print and manifest of a pack are not of one mind, if they are not; progress before."""
    judged = Judged()
    task = print_task(data, claims)
    yield Progress("earlier", 0, 1)
    with Pool[Task](witness.serve) as pool:
        for each in pool.run([task]):
            if each is not None:
                judge_print(claims, task, judged)
    yield (*judged.reasons.values(), *judged.strangers)


def opened(pack: Path) -> tuple[bytes, Manifest]:
    """The bytes of a pack and what it claims; raises CannotOpen for a file that is none."""
    import pikepdf  # noqa: PLC0415 - heavy, and only needed here

    from cambs_evidence.pack import description  # noqa: PLC0415

    if pack.exists() and not pack.is_file():
        raise CannotOpen(f"{pack.name} is no file; choose an evidence pack.", code="not-a-pack")
    try:
        data = pack.read_bytes()
    except FileNotFoundError as error:
        raise CannotOpen(f"There is no pack {pack}; check the name.", code="missing") from error
    except OSError as error:
        raise CannotOpen(f"{pack} cannot be read; check that you may open it.") from error
    try:
        told = description.enclosed(data)
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, ValueError) as error:
        raise CannotOpen(
            f"{pack.name} is damaged or no PDF; ask for the pack again.", code="damaged"
        ) from error
    if told is None:
        raise CannotOpen(
            f"{pack.name} is no evidence pack of this program: it holds no manifest.",
            code="not-a-pack",
        )
    return data, manifest.read(told, pack.name)


def in_folder(folder: Path) -> Callable[[Source], Found]:
    """Finds sources in a folder and the folders within: by SHA-256, failing that by name."""
    if not folder.is_dir():
        raise Unreadable(f"There is no folder {folder}; check the name.")
    by_hash: dict[str, Path] = {}
    by_name: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        try:
            if not path.is_file():
                continue
            by_name.setdefault(path.name, path)
            with path.open("rb") as file:
                by_hash.setdefault(hashlib.file_digest(file, "sha256").hexdigest(), path)
        except OSError:
            continue  # what cannot be read is as good as not there: reported as missing

    def find(source: Source) -> Found:
        path = by_hash.get(source.sha256)
        status = "same"
        if path is None:
            path, status = by_name.get(source.filename), "changed"
        if path is None:
            return Found("missing")
        try:
            return Found(status, path.read_bytes())
        except OSError:
            return Found("missing")

    return find
