"""Taking documents in: files and folders → stored bytes, pages, text layers and index."""

from __future__ import annotations

import time
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, text

from cambs_evidence import paths as places
from cambs_evidence.documents.intake import Readers, Reading, ReadPage, digest
from cambs_evidence.documents.worker import LARGEST_PDF, LARGEST_TEXT, largest
from cambs_evidence.errors import EvidenceError, Refused
from cambs_evidence.model import Document, Imported, Progress, RowChange
from cambs_evidence.store import log, reading
from cambs_evidence.store.engine import Store
from cambs_evidence.store.tables import BlobRow, DocumentRow, PageRow
from cambs_evidence.wording import title_of

#: Seconds between two words of progress, at most.
_SAY = 0.1
#: Bytes of files held in memory at once while they are read.
_IN_HAND = 64 * 1024 * 1024
#: Messages within one another, at most.
MOST_WITHIN = 4
#: What stands between the name of a message and of what it encloses.
_INSIDE = " › "
_LONGEST_TITLE = 200

_Twin = tuple[Path, str]
_Twins = dict[str, list[_Twin]]


def import_files(
    store: Store, given: Sequence[Path], *, by: str, recursive: bool, password: str | None
) -> Iterator[Progress | Imported]:
    """Imports files and the files of folders; yields progress, and what became of each path.

    What has been yielded as imported is on disk. Closing the generator keeps it and leaves
    nothing of the rest behind.
    """
    files = list(_files(given, recursive, store.path))
    done, total = 0, len(files)
    said = 0.0
    with Readers(places.fonts()) as readers:
        for some in _handfuls(files):
            fresh: list[Reading] = []
            twins: _Twins = {}
            for path, shown, refusal in some:
                outcome = refusal or _begin(store, path, shown, fresh, twins, password)
                if outcome is not None:
                    done += 1
                    yield outcome
            while fresh:
                within: list[Reading] = []
                for ended in readers.read(fresh):
                    if ended is not None:
                        for outcome in _outcomes(store, ended, twins.get(ended.sha256, []), by):
                            done += 1
                            yield outcome
                            if outcome.document is not None and outcome.status == "imported":
                                total += len(ended.enclosed)
                                within += _within(ended, outcome.document)
                        yield Progress("import", done, total, ended.path.name)
                    elif time.monotonic() - said > _SAY:
                        said = time.monotonic()
                        yield Progress("import", done, total, part=_under_way(fresh))
                fresh, twins = [], {}
                for inner in within:
                    outcome = _begin_within(store, inner, fresh, twins)
                    if outcome is not None:
                        done += 1
                        yield outcome


def _under_way(fresh: Sequence[Reading]) -> float:
    """How much of the documents that are being read is done, in documents."""
    return sum(len(each.read) / each.pages for each in fresh if each.pages and not each.ended)


def _within(outer: Reading, document: Document) -> Iterator[Reading]:
    """What a document encloses, to be read; what cannot be has its reason."""
    for each in outer.enclosed:
        inner = Reading(
            Path(each.name),
            each.data,
            digest(each.data),
            outer.password,
            reason=each.reason,
            shown=f"{outer.shown}{_INSIDE}{each.name}",
            within=(*outer.within, document.title),
        )
        if len(inner.within) > MOST_WITHIN and inner.reason is None:
            inner.reason = (
                f"it is enclosed {len(inner.within)} messages deep; save it by itself first"
            )
        yield inner
    outer.enclosed = []


def _begin_within(
    store: Store, inner: Reading, fresh: list[Reading], twins: _Twins
) -> Imported | None:
    """Has what was enclosed be read, unless it is known already, too large or refused."""
    path, shown = inner.path, inner.shown
    if inner.reason is not None:
        return _refused(path, inner.reason, "enclosed", shown)
    return _too_large(path, inner.data, shown) or _fresh(store, inner, fresh, twins)


def _files(
    given: Sequence[Path], recursive: bool, case: Path
) -> Iterator[tuple[Path, str, Imported | None]]:
    """Each file with the path as it was given or found, or why a path gives none."""
    for path in given:
        if path.is_dir():
            try:
                found = sorted(path.rglob("*") if recursive else path.iterdir())
            except OSError:
                yield (
                    path,
                    str(path),
                    _refused(path, "the folder cannot be read; check that you may", "unreadable"),
                )
                continue
            for each in found:
                if each.is_file() and not _is_no_document(each, case):
                    yield each, str(each), None
        elif path.is_file():
            yield path, str(path), None
        elif path.exists():
            why = "it is no file; choose a file or a folder"
            yield path, str(path), _refused(path, why, "unreadable")
        else:
            why = "there is no such file; check the name"
            yield path, str(path), _refused(path, why, "missing")


def _is_no_document(path: Path, case: Path) -> bool:
    """True for what the system keeps in a folder for itself, and for the case and its journal."""
    if path.name.startswith((".", "~$")):
        return True
    return path.name.startswith(case.name) and path.parent.resolve() == case.resolve().parent


def _handfuls(
    files: list[tuple[Path, str, Imported | None]],
) -> Iterator[list[tuple[Path, str, Imported | None]]]:
    """Files in groups whose bytes fit in memory together."""
    some: list[tuple[Path, str, Imported | None]] = []
    size = 0
    for each in files:
        try:
            weight = each[0].stat().st_size if each[2] is None else 0
        except OSError:
            weight = 0
        if some and (size + weight > _IN_HAND or len(some) >= 64):
            yield some
            some, size = [], 0
        some.append(each)
        size += weight
    if some:
        yield some


def _begin(
    store: Store,
    path: Path,
    shown: str,
    fresh: list[Reading],
    twins: _Twins,
    password: str | None,
) -> Imported | None:
    """Reads a file's bytes; what is known already or too large ends here."""
    try:
        size = path.stat().st_size
        if size > LARGEST_PDF:
            limit = LARGEST_PDF // 1024**2
            return _refused(path, f"it is larger than {limit} MB; split it first", "too-large")
        data = path.read_bytes()
    except OSError:
        return _refused(path, "it cannot be read; check that you may open it", "unreadable")
    reading = Reading(path, data, digest(data), password, shown=shown)
    return _too_large(path, data, shown) or _fresh(store, reading, fresh, twins)


def _too_large(path: Path, data: bytes, shown: str) -> Imported | None:
    most = largest(data, path.name) if len(data) > LARGEST_TEXT else LARGEST_TEXT
    if len(data) <= most:
        return None
    what = " of text" if most == LARGEST_TEXT else ""
    why = f"it holds more than {most // 1024**2} MB{what}; split it first"
    return _refused(path, why, "too-large", shown)


def _fresh(store: Store, new: Reading, fresh: list[Reading], twins: _Twins) -> Imported | None:
    """Has a file be read whose bytes are not known yet.

    A file with the same bytes as one that is still to be read waits for what becomes of that.
    """
    known = _known(store, new.sha256)
    if known is not None:
        return Imported(new.shown, "duplicate", known, _same(new.path, known))
    if any(other.sha256 == new.sha256 for other in fresh):
        twins.setdefault(new.sha256, []).append((new.path, new.shown))
    else:
        fresh.append(new)
    return None


def read_one(store: Store, path: Path, password: str | None) -> Iterator[Progress | Reading]:
    """Reads one file; yields progress, and at last its bytes, pages and facts.

    Raises Refused where it cannot be taken in, and where the case holds its bytes already.
    """
    fresh: list[Reading] = []
    if path.is_dir():
        refusal = _refused(path, "it is a folder; choose a file", "unreadable")
    else:
        [(path, shown, found)] = _files([path], False, store.path)
        refusal = found or _begin(store, path, shown, fresh, {}, password) or Imported(shown, "")
    if refusal.document is not None:
        raise Refused(
            f"{path.name} holds the same bytes as {refusal.document.filename}, which is in the "
            "case already; choose another file.",
            code="duplicate",
        )
    _stop_at(refusal)
    [ended] = fresh
    with Readers(places.fonts()) as readers:
        for step in readers.read(fresh):
            if step is None:
                yield Progress("reading", len(ended.read), ended.pages)
    if ended.facts is None:
        _stop_at(_refused(path, ended.reason or "it cannot be read", ended.code))
    elif ended.facts["sha256"] != ended.sha256:
        _stop_at(_refused(path, "it changed while it was read; try again", "changed"))
    yield ended


def _stop_at(outcome: Imported) -> None:
    """Raises Refused for a file that could not be taken in."""
    if outcome.reason is not None:
        raise Refused(outcome.reason, code=outcome.code)


def _outcomes(store: Store, ended: Reading, twins: Sequence[_Twin], by: str) -> Iterator[Imported]:
    """What becomes of a file that was read, and of those with the same bytes."""
    first = _take_in(store, ended, by)
    yield first
    for path, shown in twins:
        if first.document is None:
            reason = (first.reason or "").replace(ended.path.name, path.name, 1)
            yield Imported(shown, first.status, None, reason, first.code)
        else:
            yield Imported(shown, "duplicate", first.document, _same(path, first.document))


def _same(path: Path, document: Document) -> str:
    return f"{path.name} was not taken in again: {document.filename} holds the same bytes."


def _known(store: Store, sha256: str) -> Document | None:
    """The document that has these bytes, or had them before it was replaced."""
    with store.reading() as connection:
        query = select(DocumentRow.__table__).where(
            DocumentRow.sha256 == sha256, DocumentRow.removed.is_(False)
        )
        row = connection.execute(query.order_by(DocumentRow.replaced_by)).mappings().first()
        if row is not None and row["replaced_by"] is not None:
            row = (
                connection.execute(
                    select(DocumentRow.__table__).where(DocumentRow.id == row["replaced_by"])
                )
                .mappings()
                .first()
            )
        return reading.document(row) if row else None


def _take_in(store: Store, ended: Reading, by: str) -> Imported:
    if ended.facts is None:
        reason = ended.reason or "it cannot be read"
        return _refused(ended.path, reason, ended.code, ended.shown)
    if ended.facts["sha256"] != ended.sha256:
        why = "it changed while it was read; import it again"
        return _refused(ended.path, why, "changed", ended.shown)
    try:
        known = _known(store, ended.sha256)  # another import may have been quicker
        if known is not None:
            return Imported(ended.shown, "duplicate", known, _same(ended.path, known))
        document = _store(store, ended, by)
    except EvidenceError as error:
        return Imported(ended.shown, "refused", None, error.reason, error.code)
    ended.data = b""
    ended.read.clear()
    return Imported(ended.shown, "imported", document)


def _store(store: Store, ended: Reading, by: str) -> Document:
    with store.writing() as connection:
        document_id = keep(store, connection, ended, by, "import document")
    with store.reading() as connection:
        stored = select(DocumentRow.__table__).where(DocumentRow.id == document_id)
        return reading.document(connection.execute(stored).mappings().one())


def keep(
    store: Store, connection: Connection, ended: Reading, by: str, what: str, **instead: object
) -> str:
    """Keeps a file that was read, with its pages, and logs it as ``what``; the document's id.

    ``instead`` are columns of its row that are to be other than a new document's.
    """
    facts = ended.facts or {}
    rendition: bytes | None = facts["rendition"]
    rendition_sha256 = digest(rendition) if rendition is not None else None
    at = log.now()
    blobs = [(ended.sha256, ended.data)]
    if rendition is not None and rendition_sha256 is not None:
        blobs.append((rendition_sha256, rendition))
    for sha256, data in blobs:
        present = select(func.count()).where(BlobRow.sha256 == sha256)
        if not connection.execute(present).scalar_one():
            connection.execute(insert(BlobRow), {"sha256": sha256, "size": len(data), "data": data})
    last = connection.execute(select(func.max(DocumentRow.position))).scalar_one()
    name = unicodedata.normalize("NFC", ended.path.name).encode("utf-8", "replace").decode()
    row: dict[str, object] = {
        "id": str(uuid.uuid4()),
        "position": (last or 0) + 1,
        "sha256": ended.sha256,
        "rendition_sha256": rendition_sha256,
        "filename": name,
        "media_type": facts["media_type"],
        "size": len(ended.data),
        "title": _title(facts.get("title") or title_of(name), ended.within),
        "date": facts.get("date"),
        "kind": None,
        "issuer": None,
        "period": None,
        "pages": facts["pages"],
        "layer_version": facts["layer_version"],
        "numbering": facts["numbering"],
        "added_at": at,
        "added_by": by,
        "removed": False,
        "identity": None,
        "version": None,
        "replaced_by": None,
    } | instead
    change = RowChange("document", str(row["id"]), None, row)
    store.carry_out(connection, [change])
    _keep_pages(connection, str(row["id"]), ended.read)
    log.append(connection, by, what, name, [change], at)
    return str(row["id"])


def _keep_pages(connection: Connection, document_id: str, pages: Sequence[ReadPage]) -> None:
    """Stores pages with their text layers, and puts their words into the index."""
    first = (connection.execute(select(func.max(PageRow.id))).scalar_one() or 0) + 1
    connection.execute(
        insert(PageRow),
        [
            {
                "id": first + number,
                "document_id": document_id,
                "number": number,
                "label": page.label,
                "quality": page.quality,
                "text": page.text,
                "layer": page.layer,
            }
            for number, page in enumerate(pages)
        ],
    )
    connection.execute(
        text("INSERT INTO page_words (rowid, words) VALUES (:id, :words)"),
        [{"id": first + number, "words": page.words} for number, page in enumerate(pages)],
    )


def _title(said: str, within: Sequence[str]) -> str:
    """A title of bounded length, which names the message that a document came with."""
    title = said if len(said) <= _LONGEST_TITLE else f"{said[: _LONGEST_TITLE - 1].rstrip()}…"
    return f"Attachment of “{within[-1]}”: {title}" if within else title


def _refused(path: Path, why: str, code: str | None, shown: str | None = None) -> Imported:
    reason = f"{path.name} was refused: {why}."
    return Imported(shown or str(path), "refused", None, reason, code)
