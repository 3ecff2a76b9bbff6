"""From a file to the framework in it: read in a watched process, then understood in another."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from pathlib import Path

from cambs_evidence import apart, paths
from cambs_evidence.documents.intake import Readers, Reading, digest
from cambs_evidence.documents.layer import PageLayer
from cambs_evidence.documents.worker import LARGEST_PDF, LARGEST_TEXT, largest
from cambs_evidence.errors import Refused
from cambs_evidence.framework import bundled, proposing
from cambs_evidence.model import Framework, Progress, Proposal

#: Seconds between two words of progress, at most.
_SAY = 0.1


def read_apart(
    path: Path, *, known: Framework | None = None, password: str | None = None
) -> Generator[Progress | Proposal | None, None, None]:
    """Reads a framework out of a document, in processes of its own, and changes nothing.

    Yields progress, None meanwhile, and at last the proposal; titles and labels are those of
    ``known``, without it of the framework that comes with the program, where the wording is the
    same. Raises Refused for a file that cannot be read, and for one without a framework.
    """
    return apart.run(read, path.absolute(), known or bundled.came_with_it(), password)


def read(path: Path, known: Framework, password: str | None) -> Iterator[Progress | Proposal]:
    """As :func:`read_apart`, in this process but for the document itself."""
    taken = Reading(path, _bytes(path), password=password, shown=str(path))
    taken.sha256 = digest(taken.data)
    said = 0.0
    with Readers(paths.fonts()) as readers:
        for _ in readers.read([taken]):
            if time.monotonic() - said > _SAY:
                said = time.monotonic()
                yield Progress("reading", len(taken.read), taken.pages, path.name)
    if taken.facts is None:
        raise _refused(path, taken.reason or "it cannot be read", taken.code)
    layers = [PageLayer.unpack(page.text, page.layer) for page in taken.read]
    if layers and not any(page.text.strip() for page in layers):
        raise _refused(
            path, "it holds no text but pictures; have its text recognised first", "no-text"
        )
    yield proposing.proposed(layers, known=known, filename=path.name, sha256=taken.sha256)


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise _refused(path, "it is a folder; choose a file", "unreadable")
    try:
        if path.stat().st_size > LARGEST_PDF:
            raise _too_large(path, LARGEST_PDF)
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise _refused(path, "there is no such file; check the name", "missing") from error
    except OSError as error:
        raise _refused(
            path, "it cannot be read; check that you may open it", "unreadable"
        ) from error
    most = largest(data, path.name) if len(data) > LARGEST_TEXT else LARGEST_TEXT
    if len(data) > most:
        raise _too_large(path, most)
    return data


def _too_large(path: Path, most: int) -> Refused:
    return _refused(path, f"it is larger than {most // 1024**2} MB; split it first", "too-large")


def _refused(path: Path, why: str, code: str | None) -> Refused:
    return Refused(f"{path.name} was refused: {why}.", code=code)
