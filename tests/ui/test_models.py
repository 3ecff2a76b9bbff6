"""Models: sound in Qt's own terms, and in step with the case after every edit."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.model import Document, Hold, Link, Polarity, State
from cambs_evidence.review import Stand
from tests.support import IN_LETTER, IN_NOTES, ONCE_P1, ONCE_P2, ONCE_P3
from tests.ui.support import place_of, settle
from ui import commands
from ui.models import documents as of_documents
from ui.models import evidence as of_evidence
from ui.models import filters
from ui.models import framework as of_framework
from ui.models.documents import DocumentsModel, below
from ui.models.evidence import EvidenceModel
from ui.models.filters import Filter
from ui.models.framework import FrameworkFilter, FrameworkModel
from ui.session import Held, News, Session, load

Down = Qt.SortOrder.DescendingOrder
Up = Qt.SortOrder.AscendingOrder


def _named(session: Session, filename: str) -> Document:
    return next(each for each in session.held.documents.values() if each.filename == filename)


@pytest.fixture
def tag(qtbot: QtBot, session: Session) -> Callable[..., Link]:
    """Tags words of a document in the case of the session, and waits for it."""

    def call(
        words: str,
        codes: str,
        polarity: Polarity = Polarity.STRENGTH,
        filename: str = "report.pdf",
        note: str | None = None,
    ) -> Link:
        before = set(session.held.links)
        document = _named(session, filename)
        place = place_of(session.case, document, words)
        targets = [session.case.target(code) for code in codes.split()]
        settle(
            qtbot,
            session,
            lambda: commands.tag(session, document, place, targets, polarity, note),
        )
        made = [link for key, link in session.held.links.items() if key not in before]
        return made[0]

    return call


Tag = Callable[..., Link]


# --- documents -------------------------------------------------------------------------------


def _titles(model: DocumentsModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def test_the_list_of_documents_is_a_sound_model(
    session: Session, tag: Tag, qtmodeltester: ModelTester
) -> None:
    model = DocumentsModel(session)
    qtmodeltester.check(model)
    tag(ONCE_P1, "1.1")
    qtmodeltester.check(model)


def test_documents_stand_in_the_order_they_came_with_what_is_known_of_them(
    session: Session,
) -> None:
    model = DocumentsModel(session)
    assert [model.document(row).filename for row in range(3)] == [  # type: ignore[union-attr]
        "report.pdf", "letter.txt", "notes.md",
    ]  # fmt: skip
    first = model.index(0)
    assert first.data(of_documents.BELOW) == "undated  ·  3 pages  ·  0 links"
    assert first.data(of_documents.DOCUMENT).filename == "report.pdf"
    assert "report.pdf" in first.data(Qt.ItemDataRole.ToolTipRole)
    assert "3 pages" in first.data(Qt.ItemDataRole.AccessibleTextRole)
    assert model.document(3) is None
    assert model.document(-1) is None
    assert model.row_of("nobody") == -1


def test_a_tag_changes_the_count_of_its_document_in_place(
    qtbot: QtBot, session: Session, tag: Tag
) -> None:
    model = DocumentsModel(session)
    with qtbot.waitSignal(model.dataChanged), qtbot.assertNotEmitted(model.modelReset):
        tag(IN_LETTER, "1.1", filename="letter.txt")
    assert below(model.document(1)) == "undated  ·  1 page  ·  1 link"  # type: ignore[arg-type]
    with qtbot.waitSignal(model.dataChanged):
        session.undo_stack.undo()
    assert model.index(1).data(of_documents.BELOW).endswith("0 links")


def test_describing_a_document_renames_it_in_place(qtbot: QtBot, session: Session) -> None:
    model = DocumentsModel(session)
    letter = _named(session, "letter.txt")
    settle(
        qtbot, session, lambda: commands.describe(session, letter, title="A letter", date="2016-05")
    )
    assert _titles(model)[1] == "A letter"
    assert model.index(1).data(of_documents.BELOW).startswith("May 2016")


def test_a_document_that_is_removed_goes_and_comes_back_in_its_place(
    qtbot: QtBot, session: Session
) -> None:
    model = DocumentsModel(session)
    before = _titles(model)
    settle(qtbot, session, lambda: commands.remove(session, _named(session, "letter.txt")))
    assert _titles(model) == [before[0], before[2]]
    settle(qtbot, session, session.undo_stack.undo)
    assert _titles(model) == before


# --- framework -------------------------------------------------------------------------------


def _line(model: FrameworkModel, code: str) -> list[str]:
    index = model.index_of(code)
    return [index.siblingAtColumn(column).data() for column in range(model.columnCount())]


def _shown(proxy: QSortFilterProxyModel) -> dict[str, list[str]]:
    """The codes that a filter lets through, by the number of their section."""
    found = {}
    for place in range(proxy.rowCount()):
        section = proxy.index(place, 0)
        number = str(section.data(of_framework.ROW).section.number)
        codes = [
            proxy.index(row, 0, section).data(of_framework.CODE)
            for row in range(proxy.rowCount(section))
        ]
        found[number] = codes
    return found


def test_the_framework_is_a_sound_model_with_its_filter(
    session: Session, tag: Tag, qtmodeltester: ModelTester
) -> None:
    model = FrameworkModel(session)
    proxy = FrameworkFilter()
    proxy.setSourceModel(model)
    qtmodeltester.check(model)
    qtmodeltester.check(proxy)
    tag(ONCE_P1, "1.1")
    proxy.choose("foster", gaps=True)
    qtmodeltester.check(model)
    qtmodeltester.check(proxy)


def test_the_framework_holds_every_section_and_criterion_of_the_case(session: Session) -> None:
    model = FrameworkModel(session)
    tree = session.held.framework
    assert model.rowCount() == len(tree.sections) == 18
    for place, section in enumerate(tree.sections):
        index = model.index(place, 0)
        assert index.data().startswith(f"{section.number}  {section.title}")
        assert model.rowCount(index) == len(section.criteria)
        for row, criterion in enumerate(section.criteria):
            assert model.index(row, 0, index).data(of_framework.CODE) == criterion.code
            assert model.index_of(criterion.code) == model.index(row, 0, index)
    assert not model.index_of("99.9").isValid()


def test_marked_criteria_bear_their_mark(session: Session) -> None:
    model = FrameworkModel(session)
    marked = {
        each.code: each.marked for section in session.held.framework.sections
        for each in section.criteria
    }  # fmt: skip
    assert any(marked.values())
    for code, is_marked in marked.items():
        assert ("(M)" in _line(model, code)[0]) is is_marked


def test_a_tag_changes_count_and_state_of_its_criterion_and_undoing_it_puts_them_back(
    qtbot: QtBot, session: Session, tag: Tag
) -> None:
    model = FrameworkModel(session)
    before = _line(model, "12.4")
    assert before[1:] == ["·", "·", "·", "○ None"]
    section = model.index_of("12.4").parent()
    gaps = int(section.siblingAtColumn(4).data().split()[0])
    tag(ONCE_P1, "12.4", Polarity.DEVELOPMENT)
    assert _line(model, "12.4")[1:] == ["·", "1", "·", "◔ Old"]
    assert section.siblingAtColumn(4).data() == f"{gaps - 1} gaps"
    tag(IN_LETTER, "12.4", filename="letter.txt")
    assert _line(model, "12.4")[1:4] == ["1", "1", "·"]
    settle(qtbot, session, session.undo_stack.undo)
    settle(qtbot, session, session.undo_stack.undo)
    assert _line(model, "12.4") == before


def test_counts_of_all_lines_are_those_of_the_links(session: Session, tag: Tag) -> None:
    model = FrameworkModel(session)
    tag(ONCE_P1, "1.1 12.4 18", Polarity.STRENGTH)
    tag(ONCE_P2, "1.1", Polarity.DEVELOPMENT)
    tag(ONCE_P3, "1.1", Polarity.NEUTRAL)
    for coverage in session.held.coverage.criteria:
        expected = [
            sum(
                link.code == coverage.code and link.polarity is each
                for link in session.held.links.values()
            )
            for each in Polarity
        ]
        assert _line(model, coverage.code)[1:4] == [str(count or "·") for count in expected]


def test_a_section_without_criteria_is_tagged_and_counted_itself(
    session: Session, tag: Tag
) -> None:
    model = FrameworkModel(session)
    assert model.index_of("18").data(of_framework.CODE) == "18"
    assert model.index_of("18").parent() == QModelIndex()
    tag(ONCE_P1, "18", Polarity.NEUTRAL)
    assert _line(model, "18")[1:4] == ["·", "·", "1"]
    assert model.index(0, 0).data(of_framework.CODE) is None


def test_every_line_says_in_words_what_its_signs_say(session: Session, tag: Tag) -> None:
    model = FrameworkModel(session)
    said = Qt.ItemDataRole.AccessibleTextRole
    assert "No evidence: a gap." in model.index_of("1.1").data(said)
    tag(ONCE_P1, "1.1")
    words = model.index_of("1.1").data(said)
    assert "1 strength, 0 development, 0 neutral, from 1 document, undated" in words
    assert "without evidence" in model.index(0, 0).data(said)


def test_only_what_can_be_tagged_takes_a_passage(session: Session) -> None:
    model = FrameworkModel(session)
    takes = Qt.ItemFlag.ItemIsDropEnabled
    assert model.index_of("1.1").flags() & takes
    assert model.index_of("18").flags() & takes
    assert not model.index(0, 0).flags() & takes


def test_without_words_everything_is_shown(session: Session) -> None:
    model, proxy = FrameworkModel(session), FrameworkFilter()
    proxy.setSourceModel(model)
    proxy.choose("", gaps=False)
    assert _shown(proxy) == {
        str(section.number): [each.code for each in section.criteria]
        for section in session.held.framework.sections
    }


def test_words_show_the_lines_that_hold_them_all_under_their_sections(session: Session) -> None:
    model, proxy = FrameworkModel(session), FrameworkFilter()
    proxy.setSourceModel(model)
    proxy.choose("FOSTER carers", gaps=False)
    found = _shown(proxy)
    assert found["12"]
    for codes in found.values():
        for code in codes:
            row = model.row(model.index_of(code))
            words = f"{row.words} {row.section.title}".lower()
            assert "foster" in words
            assert "carers" in words
    proxy.choose("12.4", gaps=False)
    assert _shown(proxy) == {"12": ["12.4"]}
    proxy.choose("radicalisation", gaps=False)
    assert _shown(proxy) == {"18": []}
    proxy.choose("no such words", gaps=False)
    assert _shown(proxy) == {}


def test_gaps_only_are_the_criteria_without_evidence_and_change_with_it(
    qtbot: QtBot, session: Session, tag: Tag
) -> None:
    model, proxy = FrameworkModel(session), FrameworkFilter()
    proxy.setSourceModel(model)
    proxy.choose("", gaps=True)

    def gaps() -> set[str]:
        shown = _shown(proxy)
        return {code for codes in shown.values() for code in codes} | shown.keys() & {"18"}

    def without_evidence() -> set[str]:
        told = session.held.coverage
        lines = [*told.criteria, *(each.itself for each in told.sections if each.itself)]
        return {each.code for each in lines if each.state is State.NONE}

    assert gaps() == without_evidence()
    tag(ONCE_P1, "12.4 18")
    proxy.choose("", gaps=True)
    assert gaps() == without_evidence()
    assert "12.4" not in gaps()
    settle(qtbot, session, session.undo_stack.undo)
    proxy.choose("", gaps=True)
    assert "12.4" in gaps()


# --- evidence --------------------------------------------------------------------------------


def _rows(model: EvidenceModel) -> list[str]:
    return [link.id for link in _links(model)]


def _links(model: EvidenceModel) -> list[Link]:
    found = [model.link(row) for row in range(model.rowCount())]
    return [link for link in found if link is not None]


def _cells(model: EvidenceModel, row: int) -> list[str]:
    return [model.index(row, column).data() for column in range(model.columnCount())]


@pytest.fixture(scope="module")
def _tagged(tmp_path_factory: pytest.TempPathFactory, _prepared: Path) -> Path:
    path = Path(shutil.copyfile(_prepared, tmp_path_factory.mktemp("tagged") / "tagged.cambs"))
    with Case.open(path, by="Tester") as case:
        for words, codes, polarity, name, note in (
            (ONCE_P3, "12.4 1.1", Polarity.DEVELOPMENT, "report.pdf", "Look again"),
            (ONCE_P1, "1.1", Polarity.STRENGTH, "report.pdf", None),
            (IN_LETTER, "12.4", Polarity.NEUTRAL, "letter.txt", "Zoë's own words"),
            (IN_NOTES, "2.1 18", Polarity.STRENGTH, "notes.md", None),
            (ONCE_P2, "10.1", Polarity.DEVELOPMENT, "report.pdf", None),
        ):
            for code in codes.split():
                case.tag(case.document(name), words, code, polarity, note=note)
    return path


@pytest.fixture
def _tagged_case(_tagged: Path, case_path: Path) -> None:
    shutil.copyfile(_tagged, case_path)


@pytest.fixture
def tagged(_tagged_case: None, session: Session) -> Session:
    """A case with links of several criteria, polarities and documents."""
    return session


def test_the_table_of_evidence_is_a_sound_model(
    tagged: Session, tag: Tag, qtmodeltester: ModelTester
) -> None:
    model = EvidenceModel(tagged)
    qtmodeltester.check(model)
    model.sort(of_evidence.DATE, Down)
    tag(ONCE_P1, "3.1")
    model.choose(Filter(section=1))
    qtmodeltester.check(model)


def test_links_stand_in_the_order_of_the_framework_and_of_the_pages(tagged: Session) -> None:
    model = EvidenceModel(tagged)
    assert [link.code for link in _links(model)] == [
        "1.1", "1.1", "2.1", "10.1", "12.4", "12.4", "18",
    ]  # fmt: skip
    assert [link.passage.page for link in _links(model)][:2] == [0, 2]
    assert [link.filename for link in _links(model)][4:6] == ["report.pdf", "letter.txt"]


def test_a_row_says_all_there_is_to_a_link(tagged: Session) -> None:
    model = EvidenceModel(tagged)
    title = _named(tagged, "report.pdf").title
    cells = _cells(model, 1)
    assert cells[:7] == ["1.1", "▼ Development", ONCE_P3, "Look again", title, "3", "undated"]
    assert cells[7].startswith("Tester, ")
    said = model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == f"1.1, development: {ONCE_P3}"


def test_a_link_that_no_longer_holds_says_so(tagged: Session) -> None:
    link = next(iter(tagged.held.links.values()))
    tagged.held.links[link.id] = replace(link, hold=Hold.LOST)
    model = EvidenceModel(tagged)
    tip = model.index(model.row_of(link.id), 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "lost" in tip


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        (Filter(code="1.1"), lambda link: link.code == "1.1"),
        (Filter(section=12), lambda link: link.code == "12.4"),
        (Filter(section=18), lambda link: link.code == "18"),
        (Filter(section=7), lambda _: False),
        (Filter(polarity=Polarity.NEUTRAL), lambda link: link.polarity is Polarity.NEUTRAL),
        (
            Filter(section=1, polarity=Polarity.DEVELOPMENT),
            lambda link: link.code == "1.1" and link.polarity is Polarity.DEVELOPMENT,
        ),
        (Filter(text="look AGAIN"), lambda link: link.note == "Look again"),
        (Filter(text="café zoë"), lambda link: link.filename == "letter.txt"),
        (Filter(text="10.1"), lambda link: link.code == "10.1"),
        (Filter(text="again zoë"), lambda _: False),
        (Filter(person="Tester"), lambda _: True),
        (Filter(person="Nobody"), lambda _: False),
        (Filter(note=True), lambda link: link.note is not None),
        (
            Filter(note=False, polarity=Polarity.STRENGTH),
            lambda link: link.note is None and link.polarity is Polarity.STRENGTH,
        ),
        (Filter(hold=Hold.EXACT), lambda _: True),
        (Filter(hold=Hold.LOST), lambda _: False),
        (Filter(decision="none"), lambda _: True),
        (Filter(decision="accept"), lambda _: False),
        (Filter(since="2000"), lambda _: False),  # an undated document is of no time
    ],
)
def test_a_filter_shows_the_links_that_pass_it_and_no_others(
    tagged: Session, wanted: Filter, passes: Callable[[Link], bool]
) -> None:
    model = EvidenceModel(tagged)
    everything = _rows(model)
    model.choose(wanted)
    assert wanted.active
    expected = [each for each in everything if passes(tagged.held.links[each])]
    assert _rows(model) == expected
    model.choose(Filter())
    assert _rows(model) == everything


def test_many_links_are_filtered_and_sorted_in_steps_and_edits_meanwhile_are_shown(
    qtbot: QtBot, tagged: Session, tag: Tag
) -> None:
    many, few = EvidenceModel(tagged, at_once=0), EvidenceModel(tagged)
    before = _rows(many)
    for model in (many, few):
        model.sort(of_evidence.QUOTE, Down)
        model.choose(Filter(polarity=Polarity.DEVELOPMENT))
    assert not many.settled
    assert _rows(many) == before  # until it is done, what was there stays
    with qtbot.waitSignal(many.modelReset):
        pass
    assert many.settled
    assert _rows(many) == _rows(few)
    assert len(_rows(many)) < len(before)
    for model in (many, few):
        model.choose(Filter())
    made = tag("Practice is strong where", "1.1")
    assert many.settled
    assert made.id in _rows(many)
    assert _rows(many) == _rows(few)
    kept = QPersistentModelIndex(many.index(1, of_evidence.QUOTE))
    link = kept.data(of_evidence.LINK)
    with qtbot.waitSignal(many.layoutChanged):
        many.sort(of_evidence.PAGE, Up)
    assert kept.data(of_evidence.LINK) == link


@pytest.mark.parametrize("at_once", [0, 4000])
def test_many_edits_in_one_step_leave_the_rows_where_a_full_sort_puts_them(
    qtbot: QtBot, tagged: Session, at_once: int
) -> None:
    model = EvidenceModel(tagged, at_once=at_once)
    model.sort(of_evidence.POLARITY, Down)
    model.choose(Filter(text="e"))
    held = tagged.held.links
    codes = ("1.1", "2.1", "10.1", "12.4", "18")
    known = list(held.values())

    def same() -> None:
        qtbot.waitUntil(lambda: model.settled)
        anew = EvidenceModel(tagged)
        anew.sort(of_evidence.POLARITY, Down)
        anew.choose(Filter(text="e"))
        assert _rows(model) == _rows(anew)
        anew.deleteLater()

    made = [
        replace(known[n % len(known)], id=f"made {n:03}", code=codes[n % 5]) for n in range(120)
    ]
    held.update({each.id: each for each in made})
    tagged.changed.emit(News(added=tuple(made)))
    same()
    gone, changed = made[:60], [replace(x, polarity=Polarity.NEUTRAL) for x in made[60:]]
    for each in gone:
        del held[each.id]
    held.update({each.id: each for each in changed})
    tagged.changed.emit(News(altered=tuple(changed), gone=tuple(gone)))
    # What comes before that is done finds it done.
    del held[changed[0].id]
    tagged.changed.emit(News(gone=(changed[0],)))
    same()
    tagged.changed.disconnect(model._hear)
    for each in changed[1:]:
        del held[each.id]


def test_a_filter_by_document_shows_its_links(tagged: Session) -> None:
    model = EvidenceModel(tagged)
    model.choose(Filter(document=_named(tagged, "letter.txt").id))
    assert [link.filename for link in _links(model)] == ["letter.txt"]


@pytest.mark.parametrize(
    ("since", "until", "shown"),
    [
        (None, "2014", ["report.pdf"]),
        ("2014-03", "2014-03", ["report.pdf"]),  # it may be of any day of 2014
        ("2015", None, ["letter.txt"]),
        ("2014", "2016", ["report.pdf", "letter.txt"]),
        ("2016-05-05", None, []),
    ],
)
def test_a_filter_by_dates_shows_what_may_be_of_that_time(
    qtbot: QtBot, tagged: Session, since: str | None, until: str | None, shown: list[str]
) -> None:
    for name, date in (("report.pdf", "2014"), ("letter.txt", "2016-05-04")):
        document = _named(tagged, name)
        settle(qtbot, tagged, lambda of=document, on=date: commands.describe(tagged, of, date=on))  # type: ignore[misc]
    model = EvidenceModel(tagged)
    model.choose(Filter(since=since, until=until))
    assert {link.filename for link in _links(model)} == set(shown)


def test_a_filter_comes_back_from_the_case_as_it_was_kept(qtbot: QtBot, tagged: Session) -> None:
    documents = tagged.held.documents
    report = _named(tagged, "report.pdf")
    for wanted in (
        Filter(),
        Filter(section=12, polarity=Polarity.NEUTRAL, document=report.id, text="a b"),
        Filter(code="1.1", person="Tester", since="2014-02", until="2015", note=False,
               hold=Hold.MOVED, decision="query"),
    ):  # fmt: skip
        told = filters.as_kept(wanted, documents)
        settle(qtbot, tagged, lambda told=told: commands.keep_filter(tagged, "Mine  own", told))  # type: ignore[misc]
        assert filters.as_used(tagged.case.filters()["Mine own"], documents) == wanted
    settle(qtbot, tagged, lambda: commands.keep_filter(tagged, "Mine own", None))
    assert tagged.case.filters() == {}
    settle(qtbot, tagged, tagged.undo_stack.undo)
    assert list(tagged.case.filters()) == ["Mine own"]
    assert tagged.case.log_is_intact()
    odd = {"polarity": 7, "since": [], "note": "no", "section": "x", "hold": "?", "more": 1}
    assert filters.as_used(odd, documents) == Filter()


def test_what_is_tagged_while_a_filter_hides_it_stays_hidden(tagged: Session, tag: Tag) -> None:
    model = EvidenceModel(tagged)
    model.choose(Filter(code="1.1"))
    hidden = tag(ONCE_P1, "5.1")
    assert model.row_of(hidden.id) == -1
    shown = tag(ONCE_P2, "1.1")
    assert model.row_of(shown.id) >= 0


def test_a_link_that_is_changed_leaves_a_filter_it_no_longer_passes(
    qtbot: QtBot, tagged: Session
) -> None:
    model = EvidenceModel(tagged)
    model.choose(Filter(polarity=Polarity.NEUTRAL))
    (link,) = _links(model)
    settle(qtbot, tagged, lambda: commands.amend(tagged, link, polarity=Polarity.STRENGTH))
    assert _rows(model) == []
    settle(qtbot, tagged, tagged.undo_stack.undo)
    assert _rows(model) == [link.id]


_VALUES: dict[int, Callable[[Session, Link], object]] = {
    of_evidence.POLARITY: lambda _, link: list(Polarity).index(link.polarity),
    of_evidence.QUOTE: lambda _, link: link.passage.anchor.quote.lower(),
    of_evidence.NOTE: lambda _, link: (link.note or "").lower(),
    of_evidence.DOCUMENT: lambda session, link: list(session.held.documents).index(
        link.passage.document_id
    ),
    of_evidence.PAGE: lambda _, link: link.passage.page,
    of_evidence.DATE: lambda session, link: (
        session.held.documents[link.passage.document_id].date or ""
    ),
    of_evidence.BY: lambda _, link: (link.by, link.at),
    of_evidence.STATE: lambda _, link: list(Hold).index(link.hold),
    of_evidence.DECISION: lambda session, link: list(Stand).index(
        session.held.review(link.id).stand
    ),
}


@pytest.mark.parametrize("order", [Up, Down])
@pytest.mark.parametrize("column", _VALUES)
def test_sorting_by_a_column_sorts_by_what_it_means(
    qtbot: QtBot, tagged: Session, column: int, order: Qt.SortOrder
) -> None:
    letter = _named(tagged, "letter.txt")
    settle(qtbot, tagged, lambda: commands.describe(tagged, letter, date="2015"))
    model = EvidenceModel(tagged)
    model.sort(column, order)
    values = [_VALUES[column](tagged, link) for link in _links(model)]
    assert values == sorted(values, reverse=order is Down)  # type: ignore[type-var]
    model.sort(of_evidence.CRITERION, Up)
    assert _links(model)[0].code == "1.1"


def test_what_is_chosen_stays_chosen_while_the_table_is_sorted(tagged: Session) -> None:
    model = EvidenceModel(tagged)
    link = model.link(2)
    assert link is not None
    kept = QPersistentModelIndex(model.index(2, of_evidence.QUOTE))
    for column in range(model.columnCount()):
        for order in (Down, Up):
            model.sort(column, order)
            assert kept.isValid()
            assert kept.data(of_evidence.LINK) == link


def test_an_edit_touches_its_own_rows_alone(qtbot: QtBot, tagged: Session, tag: Tag) -> None:
    model = EvidenceModel(tagged)
    others = {
        link_id: QPersistentModelIndex(model.index(model.row_of(link_id), 0))
        for link_id in _rows(model)
    }
    with qtbot.assertNotEmitted(model.modelReset):
        made = tag(ONCE_P2, "4.1")
        settle(qtbot, tagged, lambda: commands.amend(tagged, made, note="anew"))
        settle(qtbot, tagged, lambda: commands.untag(tagged, [made]))
    assert all(index.data(of_evidence.LINK).id == key for key, index in others.items())


def test_a_changed_title_and_date_are_shown_at_once(qtbot: QtBot, tagged: Session) -> None:
    model = EvidenceModel(tagged)
    notes = _named(tagged, "notes.md")
    row = next(n for n, link in enumerate(_links(model)) if link.filename == "notes.md")
    with qtbot.waitSignal(model.dataChanged):
        commands.describe(tagged, notes, title="Minutes of May", date="2016-05-04")
    assert _cells(model, row)[4] == "Minutes of May"
    assert _cells(model, row)[6] == "4 May 2016"


def test_sorted_by_date_the_table_stays_sorted_when_a_date_is_changed(
    qtbot: QtBot, tagged: Session
) -> None:
    model = EvidenceModel(tagged)
    model.sort(of_evidence.DATE, Up)
    report = _named(tagged, "report.pdf")
    settle(qtbot, tagged, lambda: commands.describe(tagged, report, date="2016"))
    dates = [tagged.held.documents[link.passage.document_id].date or "" for link in _links(model)]
    assert dates == sorted(dates)


def test_removing_a_document_takes_its_rows_and_undoing_it_brings_them_back(
    qtbot: QtBot, tagged: Session
) -> None:
    model = EvidenceModel(tagged)
    before = _rows(model)
    settle(qtbot, tagged, lambda: commands.remove(tagged, _named(tagged, "report.pdf")))
    assert {link.filename for link in _links(model)} == {"letter.txt", "notes.md"}
    settle(qtbot, tagged, tagged.undo_stack.undo)
    assert _rows(model) == before


def test_after_documents_went_and_came_rows_still_stand_in_the_order_of_pages(
    qtbot: QtBot, session: Session, tag: Tag
) -> None:
    model = EvidenceModel(session)
    tag("Minutes", "1.1", filename="notes.md")
    settle(qtbot, session, lambda: commands.remove(session, _named(session, "letter.txt")))
    # The notes are the second document now.
    tag(IN_NOTES, "1.1", filename="notes.md")
    assert [link.passage.anchor.quote for link in _links(model)] == ["Minutes", IN_NOTES]


# --- in whatever order edits come ------------------------------------------------------------


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory, _prepared: Path) -> tuple[Held, list[Link]]:
    """What a case holds, and many links of it that have been made."""
    path = Path(shutil.copyfile(_prepared, tmp_path_factory.mktemp("many") / "many.cambs"))
    with Case.open(path, by="Tester") as case:
        for words, name in (
            (ONCE_P1, "report.pdf"), (ONCE_P2, "report.pdf"), (ONCE_P3, "report.pdf"),
            (IN_LETTER, "letter.txt"), (IN_NOTES, "notes.md"),
        ):  # fmt: skip
            for code in ("1.1", "2.1", "12.4", "18"):
                case.tag(case.document(name), words, code, Polarity.STRENGTH)
        held = load(case)
    return held, list(held.links.values())


_EDITS = some.lists(
    some.tuples(
        some.sampled_from(["tag", "untag", "amend", "sort", "filter"]),
        some.integers(0, 19),
        some.integers(0, 7),
        some.booleans(),
    ),
    max_size=40,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(edits=_EDITS)
def test_rows_that_came_one_by_one_stand_where_a_full_sort_puts_them(
    session: Session, links: tuple[Held, list[Link]], edits: Sequence[tuple[str, int, int, bool]]
) -> None:
    held, known = links
    session.held = _without_links(held)
    model = EvidenceModel(session)
    codes = [each.code for each in held.framework.sections[1].criteria]
    for what, one, other, flag in edits:
        link = known[one]
        present = session.held.links
        news = News()
        if what == "tag" and link.id not in present:
            present[link.id] = link
            news = News(added=(link,))
        elif what == "untag" and link.id in present:
            news = News(gone=(present.pop(link.id),))
        elif what == "amend" and link.id in present:
            polarity = list(Polarity)[other % 3]
            code = codes[other % len(codes)]
            present[link.id] = replace(
                present[link.id], polarity=polarity, code=code, note=f"note {other}" * flag or None,
                section_id=held.framework.sections[1].id,
            )  # fmt: skip
            news = News(altered=(present[link.id],))
        elif what == "sort":
            model.sort(other, Down if flag else Up)
        elif what == "filter":
            model.choose(Filter(polarity=list(Polarity)[other % 3]) if flag else Filter())
        session.changed.emit(news)
        anew = EvidenceModel(session)
        anew.choose(model.filter)
        anew.sort(*_sorting(model))
        assert _rows(model) == _rows(anew)
        anew.deleteLater()
        session.changed.disconnect(anew._hear)
    session.changed.disconnect(model._hear)


def _sorting(model: EvidenceModel) -> tuple[int, Qt.SortOrder]:
    column, down = model._sort
    return column, Down if down else Up


def _without_links(held: Held) -> Held:
    """The same case without a link."""
    return replace(held, links={}, documents=dict(held.documents))
