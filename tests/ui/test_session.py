"""Session and commands: what is shown is on disk, and every edit has its exact inverse."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.errors import EvidenceError, Refused
from cambs_evidence.model import Change, Document, Imported, Limits, Link, Polarity, State
from tests.support import IN_LETTER, ONCE_P1, ONCE_P2, OVER_PAGES, Files, assert_plain, problems
from tests.ui.support import PATIENCE, links_on_disk, place_of, settle, wait
from ui import commands
from ui.jobs import Job
from ui.session import News, Session, load


class Heard(QObject):
    """All that a session says, and in which threads."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.news: list[News] = []
        self.said: list[str] = []
        self.errors: list[Exception] = []
        self.threads: set[threading.Thread] = set()
        session.changed.connect(lambda news: self._hear(self.news, news))
        session.said.connect(lambda words: self._hear(self.said, words))
        session.failed.connect(lambda error: self._hear(self.errors, error))

    def _hear(self, into: list, what: object) -> None:  # type: ignore[type-arg]
        into.append(what)
        self.threads.add(threading.current_thread())


@pytest.fixture
def heard(session: Session) -> Iterator[Heard]:
    made = Heard(session)
    yield made
    assert made.threads <= {threading.current_thread()}


def _opened(path: Path, *, readonly: bool = False) -> Session:
    case = Case.open(path, by="Tester", readonly=readonly)
    return Session(case, load(case))


def _document(session: Session, filename: str = "report.pdf") -> Document:
    return next(each for each in session.held.documents.values() if each.filename == filename)


def _tag(
    qtbot: QtBot,
    session: Session,
    words: str = ONCE_P1,
    codes: str = "12.4",
    polarity: Polarity = Polarity.STRENGTH,
    note: str | None = None,
    filename: str = "report.pdf",
) -> list[Link]:
    before = set(session.held.links)
    document = _document(session, filename)
    place = place_of(session.case, document, words)
    targets = [session.case.target(code) for code in codes.split()]
    settle(qtbot, session, lambda: commands.tag(session, document, place, targets, polarity, note))
    return [link for key, link in session.held.links.items() if key not in before]


def _undo(qtbot: QtBot, session: Session) -> None:
    assert session.undo_stack.canUndo()
    settle(qtbot, session, session.undo)


def _redo(qtbot: QtBot, session: Session) -> None:
    assert session.undo_stack.canRedo()
    settle(qtbot, session, session.redo)


def _agrees(session: Session) -> None:
    """What is shown is what stands in the file, read by somebody else."""
    with Case.open(session.case.path, by="Looker", readonly=True) as case:
        assert session.held.links == {link.id: link for link in case.evidence()}
        assert list(session.held.documents.values()) == case.documents()
        assert session.held.coverage == case.coverage()
        assert session.held.facts == case.facts()
        assert session.held.limits == case.limits()


# --- on disk when it is told -----------------------------------------------------------------


def test_a_tag_is_on_disk_when_it_is_told(session: Session, heard: Heard, qtbot: QtBot) -> None:
    seen: list[list[str]] = []
    path = session.case.path
    session.changed.connect(lambda _: seen.append([link.id for link in links_on_disk(path)]))
    (link,) = _tag(qtbot, session, note="first")
    assert seen == [[link.id]]
    (news,) = heard.news
    assert news.added == (link,)
    assert (news.altered, news.gone) == ((), ())
    assert (link.code, link.polarity, link.note, link.by) == (
        "12.4", Polarity.STRENGTH, "first", "Tester",
    )  # fmt: skip
    assert link.passage.anchor.quote == ONCE_P1
    assert heard.said == ["Tagged 12.4 as strength."]
    _agrees(session)


@pytest.mark.parametrize("what", ["untag", "amend", "describe", "remove", "facts", "limits"])
def test_every_other_edit_is_on_disk_when_it_is_told(
    session: Session, qtbot: QtBot, what: str
) -> None:
    (link,) = _tag(qtbot, session)
    report = _document(session)
    edits: dict[str, Callable[[], None]] = {
        "untag": lambda: commands.untag(session, [link]),
        "amend": lambda: commands.amend(session, link, code="1.1", note="anew"),
        "describe": lambda: commands.describe(session, report, title="Anew", date="2016"),
        "remove": lambda: commands.remove(session, report),
        "facts": lambda: commands.set_facts(session, authority="Camshire", status="Draft"),
        "limits": lambda: commands.set_limits(session, Limits(5, 3)),
    }
    agreed: list[bool] = []

    def look(_: News) -> None:
        _agrees(session)
        agreed.append(True)

    session.changed.connect(look)
    settle(qtbot, session, edits[what])
    assert agreed == [True]
    _undo(qtbot, session)
    assert agreed == [True, True]


def test_a_closed_case_is_sound_after_all_kinds_of_edits(
    nothing_left: None,  # noqa: ARG001
    qtbot: QtBot,
    case_path: Path,
) -> None:
    session = _opened(case_path)
    (link, _) = _tag(qtbot, session, codes="12.4 18")
    settle(qtbot, session, lambda: commands.amend(session, link, polarity=Polarity.NEUTRAL))
    settle(qtbot, session, lambda: commands.remove(session, _document(session)))
    _undo(qtbot, session)
    _undo(qtbot, session)
    session.close()
    session.deleteLater()
    assert problems(case_path) == []
    assert len(links_on_disk(case_path)) == 2


# --- undo and redo ---------------------------------------------------------------------------


def test_undoing_a_tag_takes_it_away_and_redoing_brings_the_same_link_back(
    session: Session, heard: Heard, qtbot: QtBot
) -> None:
    (link,) = _tag(qtbot, session, note="kept")
    assert session.undo_stack.undoText() == "tag 12.4"
    _undo(qtbot, session)
    assert session.held.links == {}
    assert heard.news[-1].gone == (link,)
    assert heard.said[-1] == "Undone: tag 12.4"
    assert links_on_disk(session.case.path) == []
    assert session.undo_stack.redoText() == "tag 12.4"
    _redo(qtbot, session)
    assert session.held.links == {link.id: link}
    assert heard.news[-1].added == (link,)
    assert heard.said[-1] == "Redone: tag 12.4"
    _agrees(session)


def test_several_criteria_are_one_edit(session: Session, heard: Heard, qtbot: QtBot) -> None:
    links = _tag(qtbot, session, codes="12.4 12.5 18")
    assert [link.code for link in links] == ["12.4", "12.5", "18"]
    assert len({link.passage.id for link in links}) == 1
    assert [each.code for each in heard.news[0].added] == ["12.4", "12.5", "18"]
    assert session.undo_stack.count() == 1
    assert session.undo_stack.undoText() == "tag 12.4, 12.5, 18"
    before = dict(session.held.links)
    _undo(qtbot, session)
    assert session.held.links == {}
    _redo(qtbot, session)
    assert session.held.links == before
    _agrees(session)


def test_untagging_is_undone_with_polarity_note_and_id(session: Session, qtbot: QtBot) -> None:
    (link,) = _tag(qtbot, session, polarity=Polarity.DEVELOPMENT, note="look again")
    settle(qtbot, session, lambda: commands.untag(session, [link]))
    assert session.undo_stack.undoText() == "untag 12.4"
    assert session.held.links == {}
    _undo(qtbot, session)
    assert session.held.links == {link.id: link}
    _redo(qtbot, session)
    assert session.held.links == {}
    _agrees(session)


def test_untagging_several_links_is_one_edit(session: Session, qtbot: QtBot) -> None:
    links = [*_tag(qtbot, session, codes="12.4 1.1"), *_tag(qtbot, session, ONCE_P2, "2.1")]
    before = dict(session.held.links)
    settle(qtbot, session, lambda: commands.untag(session, links))
    assert session.undo_stack.undoText() == "untag 3 links"
    assert session.held.links == {}
    _undo(qtbot, session)
    assert session.held.links == before


def test_untagging_nothing_is_no_edit(session: Session, heard: Heard) -> None:
    commands.untag(session, [])
    assert not session.busy
    assert session.undo_stack.count() == 0
    assert heard.news == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"code": "1.1"}, "change link 1.1"),
        ({"polarity": Polarity.NEUTRAL}, "change link 12.4"),
        ({"note": "Other words"}, "change link 12.4"),
        ({"note": ""}, "change link 12.4"),
        (
            {"code": "18", "polarity": Polarity.DEVELOPMENT, "note": "All of it"},
            "change link 18",
        ),
    ],
)
def test_amending_a_link_is_undone_and_it_stays_the_same_link(
    session: Session, heard: Heard, qtbot: QtBot, change: dict[str, object], name: str
) -> None:
    (link,) = _tag(qtbot, session, note="before")
    settle(qtbot, session, lambda: commands.amend(session, link, **change))  # type: ignore[arg-type]
    assert session.undo_stack.undoText() == name
    amended = session.held.links[link.id]
    for fact, value in change.items():
        assert getattr(amended, fact) == (value or None)
    assert heard.news[-1].altered == (amended,)
    assert (heard.news[-1].added, heard.news[-1].gone) == ((), ())
    _undo(qtbot, session)
    assert session.held.links[link.id] == link
    _redo(qtbot, session)
    assert session.held.links[link.id] == amended
    _agrees(session)


def test_describing_a_document_is_undone_by_its_name(
    session: Session, heard: Heard, qtbot: QtBot
) -> None:
    letter = _document(session, "letter.txt")
    settle(qtbot, session, lambda: commands.describe(session, letter, title="A letter"))
    assert session.undo_stack.undoText() == f"rename {letter.title}"
    assert heard.news[-1].documents
    settle(
        qtbot,
        session,
        lambda: commands.describe(
            session, session.held.documents[letter.id], date="2016-05", kind="Letter"
        ),
    )
    assert session.undo_stack.undoText() == "describe A letter"
    _undo(qtbot, session)
    _undo(qtbot, session)
    assert session.held.documents[letter.id] == letter
    _redo(qtbot, session)
    assert session.held.documents[letter.id].title == "A letter"
    _agrees(session)


def test_describing_a_document_as_it_is_already_is_no_edit(session: Session) -> None:
    letter = _document(session, "letter.txt")
    commands.describe(session, letter, title=letter.title, date=None)
    assert not session.busy
    assert session.undo_stack.count() == 0


def test_a_date_changes_the_state_of_evidence_from_that_document(
    session: Session, qtbot: QtBot
) -> None:
    _tag(qtbot, session)
    settle(qtbot, session, lambda: commands.set_facts(session, period_until="2017-03-31"))
    state = {each.code: each.state for each in session.held.coverage.criteria}
    assert state["12.4"] is State.OLD
    report = _document(session)
    settle(qtbot, session, lambda: commands.describe(session, report, date="2016"))
    state = {each.code: each.state for each in session.held.coverage.criteria}
    assert state["12.4"] is State.THIN


def test_removing_a_document_takes_its_links_and_undoing_brings_all_back(
    session: Session, heard: Heard, qtbot: QtBot
) -> None:
    _tag(qtbot, session, codes="12.4 18", note="kept")
    _tag(qtbot, session, OVER_PAGES, "1.1")
    _tag(qtbot, session, IN_LETTER, "1.1", filename="letter.txt")
    before, order = dict(session.held.links), list(session.held.documents)
    report = _document(session)
    settle(qtbot, session, lambda: commands.remove(session, report))
    assert session.undo_stack.undoText() == f"remove {report.title}"
    assert {link.filename for link in session.held.links.values()} == {"letter.txt"}
    assert len(heard.news[-1].gone) == 3
    assert report.id not in session.held.documents
    _agrees(session)
    _undo(qtbot, session)
    assert session.held.links == before
    assert list(session.held.documents) == order
    assert session.held.documents[report.id] == report
    _agrees(session)


def test_facts_of_the_case_are_undone(session: Session, heard: Heard, qtbot: QtBot) -> None:
    before = session.held.facts
    settle(
        qtbot,
        session,
        lambda: commands.set_facts(session, title="Camshire", period_until="2017-03-31"),
    )
    assert session.undo_stack.undoText() == "describe the case"
    assert heard.news[-1].facts
    assert session.held.facts.title == "Camshire"
    assert session.held.coverage.reference == "2017-03-31"
    _undo(qtbot, session)
    assert session.held.facts == before
    _agrees(session)


def test_facts_that_are_so_already_are_no_edit(session: Session) -> None:
    commands.set_facts(session, title=session.held.facts.title, authority=None)
    assert not session.busy
    assert session.undo_stack.count() == 0


def test_limits_of_coverage_are_undone_and_judged_by(session: Session, qtbot: QtBot) -> None:
    settle(qtbot, session, lambda: commands.set_facts(session, period_until="2017-03-31"))
    report = _document(session)
    settle(qtbot, session, lambda: commands.describe(session, report, date="2012"))
    _tag(qtbot, session)

    def state() -> State:
        return next(e.state for e in session.held.coverage.criteria if e.code == "12.4")

    assert state() is State.OLD
    settle(qtbot, session, lambda: commands.set_limits(session, Limits(9, 1)))
    assert session.undo_stack.undoText() == "set limits of coverage"
    assert session.held.limits == Limits(9, 1)
    assert state() is State.COVERED
    _undo(qtbot, session)
    assert session.held.limits == Limits()
    assert state() is State.OLD
    commands.set_limits(session, Limits())
    assert not session.busy


def test_many_edits_are_undone_to_the_first_and_redone_to_the_last(
    session: Session, qtbot: QtBot
) -> None:
    (one,) = _tag(qtbot, session)
    settle(qtbot, session, lambda: commands.amend(session, one, code="1.1"))
    _tag(qtbot, session, ONCE_P2, "2.1")
    settle(qtbot, session, lambda: commands.untag(session, [session.held.links[one.id]]))
    settle(qtbot, session, lambda: commands.remove(session, _document(session)))
    last = dict(session.held.links), dict(session.held.documents)
    for _ in range(5):
        session.undo()  # as fast as keys come, not one after the other
    wait(qtbot, lambda: not session.busy)
    assert session.held.links == {}
    assert len(session.held.documents) == 3
    _agrees(session)
    for _ in range(5):
        session.redo()
    wait(qtbot, lambda: not session.busy)
    assert (session.held.links, session.held.documents) == last
    _agrees(session)


def test_edits_asked_for_at_once_are_carried_out_in_that_order(
    session: Session, heard: Heard, qtbot: QtBot
) -> None:
    (link,) = _tag(qtbot, session)
    for note in ("one", "two", "three"):
        commands.amend(session, link, note=note)
    assert session.busy
    wait(qtbot, lambda: not session.busy)
    assert [news.altered[0].note for news in heard.news[1:]] == ["one", "two", "three"]
    assert session.held.links[link.id].note == "three"
    assert [session.undo_stack.text(n) for n in range(1, 4)] == ["change link 12.4"] * 3
    _undo(qtbot, session)
    assert session.held.links[link.id].note == "two"


def test_undo_that_comes_before_an_edit_is_acknowledged_undoes_that_edit(
    session: Session, heard: Heard, qtbot: QtBot
) -> None:
    (link,) = _tag(qtbot, session)
    commands.amend(session, link, note="one")
    session.undo()
    commands.amend(session, link, note="two")
    session.undo()
    session.redo()
    assert session.busy
    wait(qtbot, lambda: not session.busy)
    assert heard.errors == []
    assert [news.altered[0].note for news in heard.news[1:]] == ["one", None, "two", None, "two"]
    assert session.held.links[link.id].note == "two"
    assert session.undo_stack.count() == 2
    _agrees(session)


def test_what_was_asked_for_after_an_undo_that_waits_is_kept_when_the_case_is_closed(
    nothing_left: None,  # noqa: ARG001
    qtbot: QtBot,
    case_path: Path,
) -> None:
    session = _opened(case_path)
    (link,) = _tag(qtbot, session)
    commands.amend(session, link, polarity=Polarity.NEUTRAL)
    session.undo()
    commands.amend(session, link, note="kept")
    session.close()
    session.deleteLater()
    assert [each.note for each in links_on_disk(case_path)] == ["kept"]


def test_coverage_is_whole_after_edits_that_were_asked_for_at_once(
    session: Session, qtbot: QtBot
) -> None:
    document = _document(session)
    for words, code in ((ONCE_P1, "1.1"), (ONCE_P2, "2.1"), (ONCE_P1, "18")):
        place = place_of(session.case, document, words)
        commands.tag(session, document, place, [session.case.target(code)], Polarity.STRENGTH)
    # All of them are carried out before the window comes to hear of the first.
    session._writer.submit(lambda: None).result()
    wait(qtbot, lambda: not session.busy)
    _agrees(session)
    session.undo()
    session.undo()
    session.redo()
    wait(qtbot, lambda: not session.busy)
    _agrees(session)


# --- refused ---------------------------------------------------------------------------------


def test_an_edit_that_is_refused_is_told_and_changes_nothing(
    session: Session, heard: Heard, qtbot: QtBot
) -> None:
    _tag(qtbot, session)
    before, told = dict(session.held.links), len(heard.news)
    _tag(qtbot, session)
    (error,) = heard.errors
    assert isinstance(error, EvidenceError)
    assert_plain(error.reason)
    assert session.held.links == before
    assert len(heard.news) == told
    assert session.undo_stack.count() == 1
    assert session.undo_stack.undoText() == "tag 12.4"
    assert not session.busy
    _agrees(session)


def test_of_several_criteria_those_that_are_new_are_tagged(
    session: Session, heard: Heard, qtbot: QtBot
) -> None:
    _tag(qtbot, session)
    (link,) = _tag(qtbot, session, codes="12.4 12.5")
    assert link.code == "12.5"
    assert heard.errors == []
    _undo(qtbot, session)
    assert [each.code for each in session.held.links.values()] == ["12.4"]
    _agrees(session)


@pytest.mark.parametrize("what", ["date", "title", "period", "amend"])
def test_what_cannot_be_is_refused_in_one_plain_sentence(
    session: Session, heard: Heard, qtbot: QtBot, what: str
) -> None:
    links = _tag(qtbot, session, codes="12.4 1.1")
    report = _document(session)
    edits: dict[str, Callable[[], None]] = {
        "date": lambda: commands.describe(session, report, date="31.13.2024"),
        "title": lambda: commands.describe(session, report, title=None),
        "period": lambda: commands.set_facts(
            session, period_from="2017-04-01", period_until="2016-03-31"
        ),
        "amend": lambda: commands.amend(session, links[0], code="1.1"),
    }
    settle(qtbot, session, edits[what])
    (error,) = heard.errors
    assert isinstance(error, EvidenceError)
    assert_plain(error.reason)
    assert session.undo_stack.count() == 1
    _agrees(session)


def test_a_refusal_leaves_the_edits_that_follow_it_alone(
    session: Session, heard: Heard, qtbot: QtBot
) -> None:
    (link,) = _tag(qtbot, session)
    report = _document(session)
    commands.describe(session, report, date="never")
    commands.amend(session, link, note="kept")
    wait(qtbot, lambda: not session.busy)
    assert len(heard.errors) == 1
    assert session.held.links[link.id].note == "kept"


def test_what_is_done_after_an_edit_is_done_once_it_is_shown(
    session: Session, qtbot: QtBot
) -> None:
    document = _document(session)
    place = place_of(session.case, document, ONCE_P1)
    seen: list[int] = []
    commands.tag(
        session, document, place, [session.case.target("1.1")], Polarity.STRENGTH,
        then=lambda: seen.append(len(session.held.links)),
    )  # fmt: skip
    wait(qtbot, lambda: seen)
    assert seen == [1]


# --- reading, importing, closing -------------------------------------------------------------


def test_an_answer_comes_in_the_windows_thread_and_a_failure_is_told(
    session: Session, heard: Heard, qtbot: QtBot
) -> None:
    asked: list[threading.Thread] = []
    came: list[threading.Thread] = []

    def look() -> int:
        asked.append(threading.current_thread())
        return 7

    session.read(look, lambda _: came.append(threading.current_thread()))
    wait(qtbot, lambda: came)
    assert came == [threading.current_thread()]
    assert asked != came

    def fail() -> None:
        raise Refused("It cannot be read.")

    session.read(fail, lambda _: came.append(threading.current_thread()))
    wait(qtbot, lambda: heard.errors)
    assert len(came) == 1


def test_edits_are_carried_out_while_an_import_goes_on(
    session: Session, heard: Heard, qtbot: QtBot, tmp_path: Path, files: Files
) -> None:
    (link,) = _tag(qtbot, session)
    folder = tmp_path / "more"
    folder.mkdir()
    for number in range(12):
        text = f"Letter {number}\n\nThe team of area {number} meets each week.\n"
        (folder / f"letter-{number:02}.txt").write_text(text, encoding="utf-8")
    outcomes: list[Imported] = []
    job = Job("Importing", lambda: session.case.import_files([folder]), session)
    job.gave.connect(outcomes.append)

    def edit(_: object) -> None:
        if len(outcomes) == 2:
            commands.amend(session, link, note="meanwhile")
            session.undo()
            commands.amend(session, link, polarity=Polarity.NEUTRAL)
        elif not session.busy:
            session.refresh_documents()

    job.gave.connect(edit)
    with qtbot.waitSignal(job.ended, timeout=PATIENCE) as end:
        job.start()
    assert end.args == [True]
    wait(qtbot, lambda: not session.busy)
    assert [each.status for each in outcomes] == ["imported"] * 12
    assert heard.errors == []
    with qtbot.waitSignal(session.changed, timeout=PATIENCE):
        session.refresh_documents()
    assert len(session.held.documents) == 15
    now = session.held.links[link.id]
    assert (now.polarity, now.note) == (Polarity.NEUTRAL, None)
    _agrees(session)
    assert files.report.name in {each.filename for each in session.held.documents.values()}


def test_what_is_read_anew_after_an_import_is_read_after_the_edits_before_it(
    session: Session, heard: Heard, qtbot: QtBot
) -> None:
    gate = threading.Event()
    report = _document(session)

    def work(case: Case) -> list[Change]:
        gate.wait(20)
        return [case.describe(report, title="Anew")]

    titles: list[str] = []
    session.changed.connect(lambda _: titles.append(session.held.documents[report.id].title))
    session.edit("describe it", work)
    session.refresh_documents()
    for _ in range(2):  # there are two readers
        session.read(lambda: None, lambda _: gate.set())
    wait(qtbot, lambda: len(heard.news) == 2)
    assert titles == ["Anew", "Anew"]
    assert heard.said == ["Describe it."]
    _agrees(session)


def test_closing_waits_for_what_was_asked_for(
    nothing_left: None,  # noqa: ARG001
    qtbot: QtBot,
    case_path: Path,
) -> None:
    session = _opened(case_path)
    (link,) = _tag(qtbot, session)
    for number in range(5):
        commands.amend(session, link, note=f"note {number}")
    session.close()
    assert [each.note for each in links_on_disk(case_path)] == ["note 4"]
    session.read(lambda: 1, lambda _: pytest.fail("it is closed"))
    commands.amend(session, link, note="too late")
    assert [each.note for each in links_on_disk(case_path)] == ["note 4"]
    session.deleteLater()


def test_a_case_opened_for_reading_only_is_shown_and_refuses_edits(
    nothing_left: None,  # noqa: ARG001
    qtbot: QtBot,
    case_path: Path,
) -> None:
    with Case.open(case_path, by="Maker") as case:
        case.tag(case.document("report.pdf"), ONCE_P1, "1.1", Polarity.STRENGTH)
    session = _opened(case_path, readonly=True)
    heard = Heard(session)
    assert session.readonly
    assert len(session.held.links) == 1
    _tag(qtbot, session, ONCE_P2, "2.1")
    assert len(heard.errors) == 1
    assert len(session.held.links) == 1
    session.close()
    session.deleteLater()
