"""The rest of a large case, read while its window is used already."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import Link
from cambs_evidence.review import Review
from ui.held import reviews

if TYPE_CHECKING:
    from cambs_evidence.case import Case

_log = logging.getLogger(__name__)
#: Links that are handed over to the window at once, about.
_PORTION = 1000
#: Seconds of rest after each few hundred links: a thread that is always busy stops painting.
_REST = 0.012
#: Links whose reviews are asked for at once: so many are looked up by name.
_ASKED = 400


class Filling(QObject):
    """Reads the links of documents, those that are wanted first before the others.

    Nothing is edited meanwhile, so what comes fits what is shown.

    Signals:
        came: ids of documents, their links, and what was said of those.
        ended: the error that ended it, None where all has come.
    """

    came = Signal(object, object, object)
    ended = Signal(object)

    def __init__(
        self, case: Case, coming: dict[str, tuple[str, ...]], links: dict[str, int]
    ) -> None:
        """``coming`` are the versions of each document, ``links`` how many links each bears."""
        super().__init__()
        self._case, self._links = case, links
        self._left = dict(coming)
        self._wanted: list[str] = []
        self._reviewed = True
        self._choosing = threading.Lock()
        self._stopped, self._hurried = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="filling", daemon=True)

    def start(self) -> None:
        """Begins, unless it has begun or was stopped before."""
        # It may have ended a moment ago, which nobody has been told of yet.
        if not self._stopped.is_set() and self._thread.ident is None:
            self._thread.start()

    def want(self, document_id: str) -> None:
        """Reads the links of a document next."""
        with self._choosing:
            self._wanted.append(document_id)
        self.start()

    def hurry(self) -> None:
        """Goes on without rests: somebody waits for the whole."""
        self._hurried.set()
        self.start()

    def stop(self) -> None:
        """Ends it, and waits until it has ended."""
        self._stopped.set()
        self._hurried.set()
        if self._thread.is_alive():
            self._thread.join()

    def _next(self) -> dict[str, tuple[str, ...]]:
        """The documents that are read next, with their versions; empty once there are none."""
        with self._choosing:
            some: dict[str, tuple[str, ...]] = {}
            wanted = [each for each in self._wanted if each in self._left]
            self._wanted.clear()
            count = 0
            for each in wanted or list(self._left):
                some[each] = self._left.pop(each)
                count += self._links.get(each, 0)
                if count >= _PORTION and not wanted:
                    break
            return some

    def _said_of(self, links: list[Link]) -> dict[str, Review]:
        said: dict[str, Review] = {}
        if self._reviewed:
            for start in range(0, len(links), _ASKED):
                said |= reviews(self._case, links[start : start + _ASKED])
                self._hurried.wait(_REST)
        return said

    def _run(self) -> None:
        error: Exception | None = None
        try:
            self._reviewed = self._case.is_reviewed()
            while not self._stopped.is_set() and (some := self._next()):
                links: list[Link] = []
                for portion in self._case.links_in([x for ids in some.values() for x in ids]):
                    links += portion
                    self._hurried.wait(_REST)
                    if self._stopped.is_set():
                        return
                self.came.emit(tuple(some), links, self._said_of(links))
        except Exception as raised:  # noqa: BLE001 - told by the window; a bug is logged too
            if not isinstance(raised, EvidenceError):
                _log.exception("The links could not be read")
            error = raised
        if not self._stopped.is_set():
            self.ended.emit(error)
