"""The open case as the window sees it: what it holds, one signal when that changes, undo.

Nothing here waits for the disk. Reading and writing happen in threads: changes in one of them, one
after the other, in the order they were asked for; what is shown is what has been acknowledged.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from cambs_evidence.errors import EvidenceError
from cambs_evidence.model import (
    Action,
    CaseFacts,
    Change,
    Coverage,
    Document,
    Framework,
    Judgement,
    Limits,
    Link,
    RowChange,
)
from cambs_evidence.review import Finding, Review
from ui import garbage
from ui.filling import Filling
from ui.held import Held, News, load, versions

if TYPE_CHECKING:
    from cambs_evidence.case import Case

__all__ = ["Edit", "Held", "News", "Session", "load"]

_log = logging.getLogger(__name__)
#: Tables of what is said of links.
_SAID = {"decision", "message"}
#: Milliseconds from showing a large case to reading the rest: what is in view is painted first.
_SOON = 150


@dataclass(slots=True)
class _Fresh:
    """What was read anew after a change."""

    links: dict[str, Link | None] = field(default_factory=dict)
    documents: dict[str, Document] | None = None
    versions: dict[str, Document] | None = None
    facts: CaseFacts | None = None
    limits: Limits | None = None
    framework: Framework | None = None
    source: tuple[str, str] | None = None
    coverage: Coverage | None = None
    judgements: dict[str, Judgement] | None = None
    actions: dict[str, Action] | None = None
    reviews: dict[str, Review] = field(default_factory=dict)
    findings: dict[str, Finding] | None = None
    sign_offs: bool = False


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What has been asked for and not begun."""

    act: Callable[[], None]
    is_edit: bool


class Edit(QUndoCommand):
    """One acknowledged edit on the undo stack; undoing it asks the door for its exact inverse.

    Edits one after the other that ``merge`` under the same name are one step.
    """

    def __init__(self, session: Session, text: str, changes: list[Change], merge: str = "") -> None:
        super().__init__(text)
        self.merge = merge
        self._session = session
        self.changes = changes
        self._carried_out = True

    def redo(self) -> None:
        """Carries it out again; the first time it has been carried out already."""
        if self._carried_out:
            self._carried_out = False
            return
        self._session.turn_back(self, f"Redone: {self.text()}")

    def undo(self) -> None:
        """Takes it back."""
        self._session.turn_back(self, f"Undone: {self.text()}")

    def id(self) -> int:
        """The same for all that may be merged."""
        return 1 if self.merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - the name is Qt's
        """Takes in what was changed next, where that is the same row and the same name."""
        if not isinstance(other, Edit) or other.merge != self.merge:
            return False
        rows = [row for each in (*self.changes, *other.changes) for row in each.rows]
        if len(rows) != 2 or rows[0].key != rows[1].key or rows[0].after != rows[1].before:
            return False
        last = other.changes[-1]
        row = RowChange(rows[0].table, rows[0].key, rows[0].before, rows[1].after)
        self.changes = [replace(last, rows=(row,))]
        return True

    def turn(self, case: Case) -> list[Change]:
        """Carries out the inverse of what was done last; called where changes are made."""
        with case.together():
            turned = [case.revert(change) for change in reversed(self.changes)]
        self.changes = turned
        return turned


class Session(QObject):
    """An open case with its undo stack.

    Signals:
        changed: :class:`News`.
        said: a line for the status bar.
        failed: an error that ended an edit or a look-up.
        arrived: links of a large case that were read after it was shown.
        filled: all of them have been read.
        cut_short: an error that ended the reading: the case cannot be shown.
        turning: before anything is undone or redone: what was typed is to be kept first.
        settled: after each edit that was asked for, whatever became of it.
    """

    changed = Signal(object)
    said = Signal(str)
    failed = Signal(object)
    settled = Signal()
    turning = Signal()
    arrived = Signal(object)
    filled = Signal()
    cut_short = Signal(object)
    _ready = Signal(object, object)

    def __init__(self, case: Case, held: Held, parent: QObject | None = None) -> None:
        super().__init__(parent)
        garbage.keep_to_this_thread()
        self.case = case
        self.held = held
        self.undo_stack = QUndoStack(self)
        self._writer = ThreadPoolExecutor(1, "writer")
        self._readers = ThreadPoolExecutor(2, "reader")
        self._pending = 0
        #: Edits that are not on the stack yet, and what waits until they are.
        self._edits = 0
        self._waiting: deque[_Waiting] = deque()
        self._closed = False
        self._failed_late: list[Exception] = []
        #: As the writer's thread read it last: what is shown may be some edits behind.
        self._coverage = held.coverage
        self._by_passage: dict[str, dict[str, Link]] = {}
        self._by_document: dict[str, dict[str, Link]] = {}
        for link in held.links.values():
            self._index(link)
        #: Reads the links that are not there yet, None once all are; and what waits for them.
        self._filling: Filling | None = None
        self._awaiting: list[Callable[[], None]] = []
        if held.coming:
            numbers = {key: held.documents[key].links for key in held.coming}
            self._filling = Filling(case, held.coming, numbers)
            self._filling.came.connect(self._take_in)
            self._filling.ended.connect(self._filled)
            QTimer.singleShot(_SOON, self, self._fill)
        # What is done at once is handed over later too: whoever asked is not called back meanwhile.
        self._ready.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    # --- asking --------------------------------------------------------------------------

    @property
    def readonly(self) -> bool:
        """True when nothing of the author's can be changed."""
        return self.case.readonly or self.case.review_mode

    @property
    def reviewing(self) -> bool:
        """True where a file for review is open."""
        return self.case.review_mode

    @property
    def may_say(self) -> bool:
        """True where what people say of the evidence can be kept."""
        return not self.case.readonly

    @property
    def why_readonly(self) -> str:
        """Why nothing of the author's can be changed, for the status bar."""
        if self.case.review_mode:
            return "This is a file for review: what the author made cannot be changed in it."
        return "This case is open for reading only."

    @property
    def whole(self) -> bool:
        """True once all links are there; until then nothing is edited, and edits wait."""
        return self._filling is None

    def when_whole(self, then: Callable[[], None]) -> None:
        """Calls back once all links are there: at once where they are."""
        if self._filling is None:
            then()
        else:
            self._awaiting.append(then)
            self._filling.hurry()

    def want(self, document_id: str) -> None:
        """The links of this document are to be seen: where they are not there, they come next."""
        document = self.document(document_id)
        newest = (document.replaced_by or document.id) if document is not None else document_id
        if self._filling is not None and newest in self.held.coming:
            self._filling.want(newest)

    @property
    def busy(self) -> bool:
        """True while an edit is under way."""
        return self._pending > 0 or bool(self._waiting)

    def document(self, document_id: str) -> Document | None:
        """The document with this id, as it is shown, or the older version with it."""
        return self.held.documents.get(document_id) or self.held.versions.get(document_id)

    def links_of_passage(self, passage_id: str) -> list[Link]:
        """All links of one passage, in the order they were made."""
        found = self._by_passage.get(passage_id, {}).values()
        return sorted(found, key=lambda each: (each.at, each.id))

    def links_of_document(self, document_id: str) -> list[Link]:
        """All links of one document, in no order."""
        return list(self._by_document.get(document_id, {}).values())

    def read(self, look: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Looks something up in a thread and hands the answer over in the window's."""
        if self._closed:
            return
        self._deliver(self._readers.submit(look), then)

    def between(self, look: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """As :meth:`read`, in turn with edits: what is handed over is as old as what is shown.

        Whoever looks so, and follows the news from then on, misses none and counts none twice.
        """
        if not self._closed:
            self._deliver(self._writer.submit(look), then)

    # --- changing ------------------------------------------------------------------------

    def edit(
        self,
        text: str,
        work: Callable[[Case], Sequence[Change]],
        *,
        said: str | None = None,
        then: Callable[[], None] | None = None,
        otherwise: Callable[[], None] | None = None,
        merge: str = "",
    ) -> None:
        """Has an edit carried out; on the undo stack once it is on disk, named by ``text``.

        ``otherwise`` is called where it was refused. Edits in a row with the same ``merge`` are
        undone in one step, and nothing is said of them.
        """

        def carried(result: tuple[list[Change], _Fresh]) -> None:
            changes, fresh = result
            changes = [change for change in changes if change.rows]
            self._show(fresh)
            if changes:
                self.undo_stack.push(Edit(self, text, changes, merge))
                if not merge:
                    self.said.emit(said or f"{text[:1].upper()}{text[1:]}.")
            self._edits -= 1
            if then is not None:
                then()

        def failed(_: Exception) -> None:
            self._edits -= 1
            if otherwise is not None:
                otherwise()

        def begin() -> None:
            self._edits += 1
            self._change(lambda: list(work(self.case)), carried, failed)

        if self._waiting or not self.whole:
            self._waiting.append(_Waiting(begin, is_edit=True))
            self.when_whole(lambda: None)
        elif not self._closed:
            begin()

    def undo(self) -> None:
        """Takes back what was asked for last, also where that is still under way."""
        self.turning.emit()
        self._turn(self.undo_stack.undo)

    def redo(self) -> None:
        """Carries out again what was taken back last."""
        self.turning.emit()
        self._turn(self.undo_stack.redo)

    def _turn(self, act: Callable[[], None]) -> None:
        # An edit under way is not on the stack yet: the one below it is not what is meant.
        if self._edits or self._waiting or not self.whole:
            self._waiting.append(_Waiting(act, is_edit=False))
        else:
            act()

    def _go_on(self) -> None:
        """Has that begun which waited for edits to be acknowledged."""
        while self.whole and self._waiting and (self._waiting[0].is_edit or not self._edits):
            self._waiting.popleft().act()

    def turn_back(self, edit: Edit, said: str) -> None:
        """Undoes or redoes an edit; one that cannot be turned back any more leaves the stack."""

        def carried(result: tuple[list[Change], _Fresh]) -> None:
            self._show(result[1])
            self.said.emit(said)

        def failed(_: Exception) -> None:
            edit.setObsolete(True)

        self._change(lambda: edit.turn(self.case), carried, failed)

    def refresh_documents(self) -> None:
        """Reads the list of documents and what follows from it anew, as after an import."""
        if not self.whole:
            self._waiting.append(_Waiting(self.refresh_documents, is_edit=False))
            self.when_whole(lambda: None)
            return
        fresh = _Fresh()

        def look() -> _Fresh:
            documents, fresh.coverage = self.case.documents_and_coverage()
            fresh.documents = {each.id: each for each in documents}
            fresh.versions = versions(self.case)
            self._coverage = fresh.coverage
            return fresh

        if self._closed:
            return
        # Where edits are made: what is read is not older than an edit shown meanwhile.
        self._deliver(self._writer.submit(look), self._show)

    def close(self) -> list[Exception]:
        """Waits for what was asked for and closes the case; why some of it was not done."""
        if self._filling is not None:
            self._filling.stop()
        self._awaiting.clear()
        for each in self._waiting:
            if each.is_edit:
                each.act()
        self._waiting.clear()
        self._closed = True
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True, cancel_futures=True)
        self.case.close()
        return list(self._failed_late)

    # --- how it is done ------------------------------------------------------------------

    def _change(
        self,
        work: Callable[[], list[Change]],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        if self._closed:
            return
        self._pending += 1

        def carry_out() -> tuple[list[Change], _Fresh]:
            changes = work()
            return changes, self._look_anew(changes)

        def settle(result: Any) -> None:
            self._pending -= 1
            try:
                if isinstance(result, Exception):
                    if failed is not None:
                        failed(result)
                    self.failed.emit(result)
                else:
                    then(result)
            finally:
                self._go_on()
                self.settled.emit()

        self._deliver(self._writer.submit(carry_out), settle, errors=True)

    def _look_anew(self, changes: Sequence[Change]) -> _Fresh:
        """Reads what the changed rows show; called in the writer's thread."""
        rows = [row for change in changes for row in change.rows]
        tables = {row.table for row in rows}
        fresh = _Fresh()
        if not rows:
            return fresh
        said = [(row.after or row.before or {}) for row in rows if row.table in _SAID]
        ids = [row.key for row in rows if row.table == "link"]
        ids = list(dict.fromkeys([*ids, *(str(each["link_id"]) for each in said)]))
        present = {link.id: link for link in self.case.links_by_id(ids)} if ids else {}
        fresh.links = {each: present.get(each) for each in ids}
        moved = [row.key for row in rows if row.table == "passage" and row.before and row.after]
        if moved:
            fresh.links |= {link.id: link for link in self.case.links_of_passages(moved)}
        there = [link for link in fresh.links.values() if link is not None]
        if there:
            fresh.reviews = {each.link: each for each in self.case.reviews(there)}
        if tables & {"finding", "document", "section", "criterion"}:
            fresh.findings = {each.id: each for each in self.case.findings()}
        fresh.sign_offs = "sign_off" in tables
        if "document" in tables:
            fresh.documents = {each.id: each for each in self.case.documents()}
            fresh.versions = versions(self.case)
        if "fact" in tables:
            fresh.facts = self.case.facts()
            fresh.limits = self.case.limits()
            fresh.source = self.case.framework_source()
        if tables & {"section", "criterion"}:
            fresh.framework = self.case.framework(anew=True)
        if tables & {"judgement", "section", "criterion"}:
            fresh.judgements = {each.code: each for each in self.case.judgements()}
        if tables & {"action", "section", "criterion"}:
            fresh.actions = {each.id: each for each in self.case.actions()}
        self._coverage = fresh.coverage = self.case.coverage_after(self._coverage, changes)
        return fresh

    def _show(self, fresh: _Fresh) -> None:
        held = self.held
        added: list[Link] = []
        altered: list[Link] = []
        were: list[Link] = []
        gone: list[Link] = []
        if fresh.framework is not None:
            fresh.links = _recoded(held.links, fresh.framework) | fresh.links
        for link_id, link in fresh.links.items():
            old = held.links.get(link_id)
            if link is None:
                if old is not None:
                    self._unlink(old)
                    gone.append(old)
                continue
            if old is None:
                added.append(link)
                self._link(link)
                continue
            altered.append(link)
            were.append(old)
            before, now = old.passage, link.passage
            if before.id == now.id and before.document_id == now.document_id:
                # It is found where it was: of thousands this is most, and nothing is moved.
                self._by_passage[now.id][link_id] = link
                self._by_document[now.document_id][link_id] = link
                held.links[link_id] = link
            else:
                self._unlink(old)
                self._link(link)
        if fresh.documents is not None:
            held.documents = fresh.documents
        elif added or gone:
            self._count(added, gone)
        if fresh.versions is not None:
            held.versions = fresh.versions
        held.source = fresh.source if fresh.facts is not None else held.source
        held.facts = fresh.facts or held.facts
        held.framework = fresh.framework or held.framework
        held.limits = fresh.limits or held.limits
        held.coverage = fresh.coverage or held.coverage
        if fresh.judgements is not None:
            held.judgements = fresh.judgements
        if fresh.actions is not None:
            held.actions = fresh.actions
        said = self._take_reviews(fresh, gone)
        self.changed.emit(
            News(
                tuple(added), tuple(altered), tuple(gone),
                fresh.documents is not None or bool(added or gone), fresh.facts is not None,
                fresh.framework is not None, fresh.judgements is not None,
                fresh.actions is not None, tuple(were), said, fresh.findings is not None,
                fresh.sign_offs,
            )
        )  # fmt: skip

    def _take_reviews(self, fresh: _Fresh, gone: Sequence[Link]) -> tuple[str, ...]:
        """Takes what was said anew; the ids of the links where something differs."""
        if fresh.findings is not None:
            self.held.findings = fresh.findings
        known = self.held.reviews
        said = {key: each for key, each in fresh.reviews.items()
                if each.thread or key in known}  # fmt: skip
        differs = [key for key, each in said.items() if known.get(key) != each]
        known.update(said)
        differs += [link.id for link in gone if known.pop(link.id, None) is not None]
        return tuple(differs)

    # --- the rest of a large case --------------------------------------------------------

    def _fill(self) -> None:
        if self._filling is not None:
            self._filling.start()

    def _take_in(
        self, documents: tuple[str, ...], links: list[Link], said: dict[str, Review]
    ) -> None:
        if self._closed:
            return
        for link in links:
            self._link(link)
        self.held.reviews.update(said)
        for each in documents:
            self.held.coming.pop(each, None)
        self.arrived.emit(links)
        # It stays as long as the case, with all that was made of it; a pass over it would stop
        # painting.
        garbage.set_aside()

    def _filled(self, error: Exception | None) -> None:
        if self._closed or self._filling is None:
            return
        if error is not None:
            self.cut_short.emit(error)
            return
        self._filling.stop()
        self._filling, self.held.first = None, ()
        self.filled.emit()
        awaiting, self._awaiting = self._awaiting, []
        for then in awaiting:
            then()
        self._go_on()

    def _index(self, link: Link) -> None:
        self._by_passage.setdefault(link.passage.id, {})[link.id] = link
        self._by_document.setdefault(link.passage.document_id, {})[link.id] = link

    def _link(self, link: Link) -> None:
        self.held.links[link.id] = link
        self._index(link)

    def _unlink(self, link: Link) -> None:
        del self.held.links[link.id]
        del self._by_passage[link.passage.id][link.id]
        del self._by_document[link.passage.document_id][link.id]

    def _count(self, added: Sequence[Link], gone: Sequence[Link]) -> None:
        """Counts the links of documents anew where some came or went."""
        documents = dict(self.held.documents)
        for document_id in {link.newest for link in (*added, *gone)}:
            document = documents.get(document_id)
            if document is not None:
                older = [each.id for each in self.held.versions.values()
                         if each.replaced_by == document_id]  # fmt: skip
                count = sum(len(self._by_document.get(each, ())) for each in (document_id, *older))
                documents[document_id] = replace(document, links=count)
        self.held.documents = documents

    def _deliver(
        self, future: Future[Any], then: Callable[[Any], None], *, errors: bool = False
    ) -> None:
        def done(ended: Future[Any]) -> None:
            if ended.cancelled():
                return
            error = ended.exception()
            if error is not None and not isinstance(error, EvidenceError):
                _log.error("An edit or a look-up failed", exc_info=error)
            try:
                if error is None:
                    self._ready.emit(then, ended.result())
                elif errors:
                    if self._closed:  # nobody is told by a signal any more
                        self._failed_late.append(cast("Exception", error))
                    self._ready.emit(then, error)
                else:
                    self._ready.emit(self.failed.emit, error)
            except RuntimeError:
                _log.warning("An answer came after the window was gone.")

        future.add_done_callback(done)

    def _hand_over(self, then: Callable[[Any], None], result: Any) -> None:
        if not self._closed:
            then(result)


def _recoded(links: dict[str, Link], tree: Framework) -> dict[str, Link | None]:
    """Links that have another code now that their criterion has one."""
    codes = {each.id: each.code for section in tree.sections for each in section.criteria}
    codes |= {section.id: str(section.number) for section in tree.sections}
    result: dict[str, Link | None] = {}
    for key, link in links.items():
        code = codes.get(link.criterion_id or link.section_id, link.code)
        if code != link.code:
            result[key] = replace(link, code=code)
    return result
