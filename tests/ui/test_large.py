"""A large case is shown before all of it is read: what is seen is right, and what is done waits."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

import ui.held
import ui.session
from cambs_evidence.case import Case
from cambs_evidence.errors import CannotOpen
from cambs_evidence.model import Polarity
from cambs_evidence.review import Verdict
from tests.support import IN_LETTER, IN_NOTES, ONCE_P1, ONCE_P2, ONCE_P3
from tests.ui.support import documents_of, settle, show, show_case, wait
from ui import commands
from ui.main_window import MainWindow
from ui.models.evidence import DOCUMENT, EvidenceModel
from ui.models.filters import Filter
from ui.models.queue import QueueModel
from ui.session import News, Session, load

STRENGTH, NEUTRAL = Polarity.STRENGTH, Polarity.NEUTRAL


@pytest.fixture
def large(case_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case that counts as large, of which the rest is read only once somebody waits for it."""
    monkeypatch.setattr(ui.held, "AT_ONCE", 0)
    monkeypatch.setattr(ui.held, "FIRST", 3)
    monkeypatch.setattr(ui.session, "_SOON", 1_000_000)
    with Case.open(case_path, by="Tester") as case:
        for words, name in (
            (ONCE_P1, "report.pdf"), (ONCE_P2, "report.pdf"), (ONCE_P3, "report.pdf"),
            (IN_LETTER, "letter.txt"), (IN_NOTES, "notes.md"),
        ):  # fmt: skip
            for code in ("1.1", "12.4", "18"):
                case.tag(case.document(name), words, code, STRENGTH)
        link = case.evidence(document=case.document("notes.md"))[0]
        case.decide(link.id, Verdict.QUERY, "why?")
    return case_path


@pytest.fixture
def session(nothing_left: None, qtbot: QtBot, large: Path) -> Iterator[Session]:  # noqa: ARG001
    """The case as a window sees it that shows its first document."""
    case = Case.open(large, by="Tester")
    made = Session(case, load(case, []))
    yield made
    qtbot.waitUntil(lambda: not made.busy)
    made.close()
    made.deleteLater()


def _whole(qtbot: QtBot, session: Session) -> None:
    session.when_whole(lambda: None)
    wait(qtbot, lambda: session.whole)


def test_what_is_shown_at_first_is_as_it_is_in_the_end(qtbot: QtBot, session: Session) -> None:
    held, case = session.held, session.case
    assert not session.whole
    assert held.number == 15
    assert held.coverage == case.coverage()
    assert list(held.documents.values()) == case.documents()
    report = case.document("report.pdf")
    assert {x.id for x in session.links_of_document(report.id)} == set(held.links)
    assert [link.code for link in held.first] == ["1.1"] * 3
    assert held.review(held.first[-1].id) == case.review_of(held.first[-1].id)
    _whole(qtbot, session)
    assert session.held == load(case)
    assert [each.thread[0].text for each in session.held.reviews.values()] == ["why?"]
    for link in case.evidence():
        assert link in session.links_of_passage(link.passage.id)
        assert link in session.links_of_document(link.passage.document_id)


def test_the_documents_that_were_shown_last_are_read_first(large: Path) -> None:
    with Case.open(large, by="Tester") as case:
        letter, notes = case.document("letter.txt"), case.document("notes.md")
        held = load(case, [notes.id, letter.id, "a document that is gone"])
        assert {link.filename for link in held.links.values()} == {"letter.txt", "notes.md"}
        assert list(held.coming) == [case.document("report.pdf").id]


def test_the_table_begins_with_the_first_rows_and_the_rest_comes_below(
    qtbot: QtBot, session: Session
) -> None:
    model = EvidenceModel(session, at_once=4)
    kept = model.index(1, 0)
    first = model.every()
    assert first == session.case.evidence()[:3]
    assert not model.settled
    model.choose(Filter(code="12.4"))  # who knows which pass?
    assert model.rowCount() == 0
    model.choose(Filter())
    model.sort(DOCUMENT, Qt.SortOrder.DescendingOrder)
    assert model.rowCount() == 0
    model.sort(0)
    assert model.every() == first
    with qtbot.waitSignal(model.rowsInserted, timeout=90_000) as told:
        _whole(qtbot, session)
    assert told.args[1:] == [3, 14]
    wait(qtbot, lambda: model.settled)
    assert model.every() == session.case.evidence()
    assert model.link(kept.row()) == first[1]


def test_a_filter_and_an_order_hold_once_all_links_are_there(
    qtbot: QtBot, session: Session
) -> None:
    model = EvidenceModel(session, at_once=4)
    model.choose(Filter(code="18"))
    model.sort(DOCUMENT, Qt.SortOrder.DescendingOrder)
    _whole(qtbot, session)
    wait(qtbot, lambda: model.settled)
    anew = EvidenceModel(session)
    anew.choose(Filter(code="18"))
    anew.sort(DOCUMENT, Qt.SortOrder.DescendingOrder)
    assert [link.filename for link in model.every()][:2] == ["notes.md", "letter.txt"]
    assert model.every() == anew.every()


def test_an_edit_waits_until_all_links_are_there(qtbot: QtBot, session: Session) -> None:
    notes = session.case.document("notes.md")
    link = session.case.evidence(document=notes)[0]
    assert link.id not in session.held.links
    settle(qtbot, session, lambda: commands.amend(session, link, polarity=NEUTRAL))
    assert session.whole
    assert session.held.links[link.id].polarity is NEUTRAL
    assert session.held.documents[notes.id].links == 3
    settle(qtbot, session, session.undo)
    assert session.held.links[link.id] == link
    assert session.held.coverage == session.case.coverage()


def test_edits_that_come_while_rows_are_put_together_are_among_them(
    qtbot: QtBot, session: Session
) -> None:
    model = EvidenceModel(session, at_once=4)
    notes = session.case.document("notes.md")
    links = session.case.evidence(document=notes)
    model.sort(DOCUMENT)
    heard: list[bool] = []
    session.changed.connect(lambda _: heard.append(model.settled))
    commands.amend(session, links[0], polarity=NEUTRAL)
    commands.untag(session, [links[1]])
    session.undo()
    wait(qtbot, lambda: len(heard) == 3 and not session.busy and model.settled)
    anew = EvidenceModel(session)
    anew.sort(DOCUMENT)
    assert model.every() == anew.every()
    assert {link.id for link in model.every()} == {link.id for link in session.case.evidence()}
    assert [x.polarity for x in model.every() if x.id == links[0].id] == [NEUTRAL]


def test_links_arrive_while_many_are_taken_in(qtbot: QtBot, session: Session) -> None:
    _whole(qtbot, session)
    model = EvidenceModel(session, at_once=4)
    known = list(session.held.links.values())
    for number in range(3):  # each comes before the one before it is put together
        some = [replace(x, note=f"{number}") for x in known[number * 4 : number * 4 + 8]]
        session.held.links |= {x.id: x for x in some}
        model._begin(anew=True)
        session.changed.emit(News(altered=tuple(some)))
        assert not model.settled
    gone = known[5]
    del session.held.links[gone.id]
    session.changed.emit(News(gone=(gone,)))
    assert gone not in model.every()
    wait(qtbot, lambda: model.settled)
    anew = EvidenceModel(session)
    assert model.every() == anew.every()
    assert len(model.every()) == 14


def test_what_is_asked_for_before_it_is_closed_is_done_all_the_same(
    nothing_left: None,  # noqa: ARG001
    qtbot: QtBot,  # noqa: ARG001
    large: Path,
) -> None:
    case = Case.open(large, by="Tester")
    session = Session(case, load(case, []))
    link = case.evidence()[-1]
    commands.amend(session, link, polarity=NEUTRAL)
    assert session.close() == []
    session.deleteLater()
    with Case.open(large, by="Tester") as again:
        assert again.link(link.id).polarity is NEUTRAL


def test_a_case_that_cannot_be_read_to_its_end_is_not_shown_by_halves(
    nothing_left: None,  # noqa: ARG001
    qtbot: QtBot,
    large: Path,
) -> None:
    bad = Path(shutil.copyfile(large, large.with_name("bad.cambs")))
    with closing(sqlite3.connect(bad)) as raw, raw:
        raw.execute(
            "UPDATE passage SET spans = 'rubbish' WHERE document_id = "
            "(SELECT id FROM document WHERE filename = 'notes.md')"
        )
    case = Case.open(bad, by="Tester")
    session = Session(case, load(case, []))
    with qtbot.waitSignal(session.cut_short, timeout=90_000) as told:
        session.when_whole(lambda: None)
    assert isinstance(told.args[0], CannotOpen)
    session.close()
    session.deleteLater()


def test_the_queue_of_the_review_is_there_once_the_links_are(
    qtbot: QtBot, session: Session
) -> None:
    _whole(qtbot, session)
    model = QueueModel(session, "Tester")
    model.again(None)
    assert model.rowCount() == 15
    assert model.counts()["queried"] == 1


def test_a_window_shows_what_it_knows_and_says_that_more_is_coming(
    qtbot: QtBot, empty_window: MainWindow, large: Path
) -> None:
    window = empty_window
    show_case(qtbot, window, large)
    session = window.session
    assert session is not None
    assert not session.whole
    assert window.evidence.table.model().rowCount() == 3
    assert window.evidence.count.accessibleName() == "first 3 of 15 links, being read…"
    assert window.reader.pages.marked_pages()
    window.evidence.show_filter(Filter(code="18"))
    assert "being read" in window.evidence.table.hint
    assert window.evidence.count.accessibleName() == "15 links, being read…"
    show(qtbot, window, "notes.md")  # its links come before the others
    wait(qtbot, window.reader.pages.marked_pages)
    notes = documents_of(window)["notes.md"]
    assert len(session.links_of_document(notes.id)) == 3
    wait(qtbot, lambda: session.whole and window.evidence.settled)
    assert window.evidence.table.model().rowCount() == 5
    assert window.evidence.count.accessibleName() == "5 of 15 links"
    assert window.reviewing.button.text() == "? 1 query"
