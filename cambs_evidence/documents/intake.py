"""Reading documents in watched processes: limits, crashes and hangs cost one file each."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cambs_evidence.documents import worker
from cambs_evidence.documents.watched import ELSEWHERE, Pool

_log = logging.getLogger(__name__)

#: Processes that read documents at once; one writes what they have read.
AT_ONCE = 2


@dataclass(slots=True)
class ReadPage:
    """One page as it is stored: its text, the packed layer, label, quality, words to index."""

    text: str
    layer: bytes
    label: str | None
    quality: str
    words: str


@dataclass(slots=True)
class Enclosed:
    """A file within a document: its bytes, or the reason why it cannot be taken out."""

    name: str
    data: bytes
    reason: str | None


@dataclass(slots=True)
class Reading:
    """What becomes of one file: its pages and facts, or the reason why it was refused.

    ``shown`` is how its place is told to people. What lies ``within`` other documents, named from
    the outermost, is no file on the disk. ``elsewhere`` while another program is at work on it,
    which is watched where it was begun.
    """

    path: Path
    data: bytes = b""
    sha256: str = ""
    password: str | None = None
    read: list[ReadPage] = field(default_factory=list)
    pages: int = 0
    facts: dict[str, Any] | None = None
    code: str | None = None
    reason: str | None = None
    shown: str = ""
    within: tuple[str, ...] = ()
    enclosed: list[Enclosed] = field(default_factory=list)
    elsewhere: bool = False

    @property
    def request(self) -> tuple[str, str | None, bytes | None]:
        return str(self.path), self.password, self.data if self.within else None

    @property
    def weight(self) -> int:
        return 2 * len(self.data) + (ELSEWHERE if self.elsewhere else 0)

    @property
    def ended(self) -> bool:
        return self.facts is not None or self.reason is not None

    def take(self, message: tuple[Any, ...]) -> None:
        """Takes in one message of :mod:`cambs_evidence.documents.worker`."""
        what, *rest = message
        self.elsewhere = what == "elsewhere"
        if what == "elsewhere":
            return
        if what == "pages":
            self.pages = rest[0]
        elif what == "layers":
            self.read.extend(ReadPage(*page) for page in rest[0])
        elif what == "enclosed":
            self.enclosed.append(Enclosed(*rest))
        elif what == "done":
            self.facts = rest[0]
        elif what == "refused":
            self.code, self.reason = rest
        else:
            kind, trace = rest
            _log.error("Reading %s failed with %s\n%s", self.path.name, kind, trace)
            self.code = "fault"
            self.reason = "it could not be read because of a fault in this program; it was logged"

    def fail(self, reason: str) -> None:
        """The process had to be ended."""
        self.code, self.reason = "unsafe", reason


class Readers(Pool[Reading]):
    """The processes of one import."""

    def __init__(self, fonts: Path) -> None:
        super().__init__(worker.serve, (str(fonts),), AT_ONCE)

    def read(self, files: Sequence[Reading]) -> Iterator[Reading | None]:
        """Yields the readings in the order of the files, and None while waiting."""
        ended: dict[int, Reading] = {}
        following = 0
        places = {id(reading): place for place, reading in enumerate(files)}
        for reading in self.run(files):
            if reading is None:
                yield None
                continue
            ended[places[id(reading)]] = reading
            while following in ended:
                yield ended.pop(following)
                following += 1


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
