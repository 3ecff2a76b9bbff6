"""The strip beside the pages: where evidence lies in the whole document, and a way there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from cambs_evidence.model import Document, Polarity
from tests.support import ONCE_P1, ONCE_P2, ONCE_P3
from tests.ui.beside import colours_in, long_document, report_of, show, tag, view_of
from tests.ui.support import Left, None_, place_of, wait
from ui.session import Session
from ui.theme import Theme
from ui.viewer.page_view import PageView
from ui.viewer.strip import Strip

#: Columns of the strip's lanes: strength, development, neutral, found.
FULL, HOLLOW, DOTS, LINES = range(1, 4), range(5, 9), range(10, 13), range(14, 18)


@pytest.fixture
def view(qtbot: QtBot, session: Session, theme: Theme) -> Iterator[PageView]:
    with view_of(session, theme, report_of(session)) as made:
        pane = QWidget()
        pane.resize(520, 600)
        row = QHBoxLayout(pane)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(made)
        row.addWidget(Strip(theme, made, pane))
        with qtbot.waitExposed(pane):
            pane.show()
        yield made
        made.setParent(None)
        pane.close()
        pane.deleteLater()
        QApplication.sendPostedEvents(pane)


@pytest.fixture
def strip(view: PageView) -> Strip:
    (found,) = view.parentWidget().findChildren(Strip)
    return found


@pytest.fixture
def long(session: Session, view: PageView, tmp_path: Path) -> Document:
    """A document of 120 pages, which is then shown."""
    made = long_document(session, tmp_path, 120)
    show(session, view, made)
    return made


def _y(strip: Strip, view: PageView, page: int, height: float) -> int:
    return round(view.share_of(page, height) * strip.height())


def _ink(strip: Strip, theme: Theme, columns: range, y: int, kind: Polarity) -> set[int]:
    """The columns in which a polarity's colour is found near a height."""
    wanted = theme.colour(kind).name()
    return {x for x in columns if wanted in colours_in(strip, [x], range(y - 3, y + 4))}


def test_each_polarity_has_a_lane_and_a_shape_of_its_own(
    session: Session, view: PageView, strip: Strip, theme: Theme
) -> None:
    given = {
        Polarity.STRENGTH: (ONCE_P1, FULL),
        Polarity.DEVELOPMENT: (ONCE_P2, HOLLOW),
        Polarity.NEUTRAL: (ONCE_P3, DOTS),
    }
    for polarity, (quote, columns) in given.items():
        link = tag(session, view, quote, polarity)
        (span,) = link.passage.anchor.spans
        y = _y(strip, view, span.page, (span.quads[0][1] + span.quads[0][3]) / 2)
        assert _ink(strip, theme, columns, y, polarity) == set(columns)
        others = {x for x in range(1, 18) if x not in columns}
        assert not _ink(strip, theme, range(1, 18), y, polarity) & others
    image = strip.grab().toImage()
    row = [image.pixelColor(HOLLOW.start + 1, y).name() for y in range(image.height())]
    assert row.count(theme.colour(Polarity.DEVELOPMENT).name()) == 2  # upper and lower edge


def test_what_was_found_is_a_thin_line(
    session: Session, view: PageView, strip: Strip, theme: Theme
) -> None:
    place = place_of(session.case, report_of(session), ONCE_P2)
    accent = theme.colours.accent
    assert accent not in colours_in(strip, LINES, range(strip.height()))
    view.show_hits([place])
    image = strip.grab().toImage()
    rows = [y for y in range(image.height()) if image.pixelColor(15, y).name() == accent]
    (box,) = session.case.text(report_of(session)).quads(place)[1]
    assert len(rows) == 2
    assert abs(rows[0] - _y(strip, view, 1, (box[1] + box[3]) / 2)) <= 2
    view.show_hits([])
    assert accent not in colours_in(strip, LINES, range(strip.height()))


def test_places_lie_where_they_lie_on_turned_pages(
    session: Session, view: PageView, strip: Strip, theme: Theme
) -> None:
    tag(session, view, ONCE_P1, Polarity.STRENGTH)
    ink = theme.colour(Polarity.STRENGTH).name()

    def where() -> float:
        image = strip.grab().toImage()
        rows = [y for y in range(image.height()) if image.pixelColor(2, y).name() == ink]
        return sum(rows) / len(rows) / image.height()

    assert where() < 0.1  # the words stand near the page's upper edge
    view.set_turn(180)
    assert 0.25 < where() < 1 / 3
    # On their side the words of a line go down the page, from its left margin on.
    view.set_turn(90)
    (box,) = view.marks_of(0)[0].boxes
    middle = (view.share_of(0, box[0]) + view.share_of(0, box[2])) / 2
    assert abs(where() - middle) < 0.01


def test_another_document_has_places_of_its_own(
    session: Session, view: PageView, strip: Strip, theme: Theme
) -> None:
    tag(session, view, ONCE_P1, Polarity.STRENGTH)
    ink = theme.colour(Polarity.STRENGTH).name()
    assert ink in colours_in(strip, FULL, range(strip.height()))
    letter = next(each for each in session.case.documents() if each.filename == "letter.txt")
    show(session, view, letter)
    assert ink not in colours_in(strip, FULL, range(strip.height()))
    view.show_document(None, ())
    shades = {theme.colours.window, theme.colours.border}
    assert colours_in(strip, range(18), range(strip.height())) == shades
    assert strip.words_at(100) == ""
    QTest.mouseClick(strip, Left, None_, QPoint(5, 100))


def test_the_passage_that_is_framed_is_framed_here_as_well(
    qtbot: QtBot, session: Session, view: PageView, strip: Strip, theme: Theme
) -> None:
    link = tag(session, view, ONCE_P2, Polarity.STRENGTH)
    y = _y(strip, view, 1, 755.0)
    text = theme.colours.text
    assert text not in colours_in(strip, range(18), range(strip.height()))
    painted: list[bool] = []
    strip.installEventFilter(painted_watch := _Painted(strip, painted))
    view.set_active(link.passage.id)
    wait(qtbot, lambda: painted)
    strip.removeEventFilter(painted_watch)
    assert text in colours_in(strip, [6], range(y - 8, y))
    assert text in colours_in(strip, [6], range(y, y + 8))


class _Painted(QWidget):
    """Notes that a widget was painted."""

    def __init__(self, parent: QWidget, into: list[bool]) -> None:
        super().__init__(parent)
        self._into = into

    def eventFilter(self, _: object, event: QEvent) -> bool:  # noqa: N802 - the name is Qt's
        if event.type() is QEvent.Type.Paint:
            self._into.append(True)
        return False


def test_the_part_in_view_is_a_band(long: Document, view: PageView, strip: Strip) -> None:
    assert long.pages == 120

    def band() -> tuple[int, int]:
        image = strip.grab().toImage()
        edge = strip._theme.colours.muted
        rows = [y for y in range(image.height()) if image.pixelColor(9, y).name() == edge]
        return rows[0], rows[-1]

    first = band()
    assert first[0] == 0
    assert first[1] - first[0] >= 5  # however little of the document is in view
    view.go_to(60)
    top, foot = view.span_in_view()
    begins, ends = band()
    assert begins - 1 <= top * strip.height() <= foot * strip.height() <= ends + 1


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_what_lies_under_the_pointer_is_told(
    session: Session, long: Document, view: PageView, strip: Strip
) -> None:
    for page, polarity in ((11, Polarity.STRENGTH), (11, Polarity.DEVELOPMENT)):
        tag(session, view, f"Visit {page + 1} was made on time.", polarity)
    tag(session, view, "Record 12 was kept.", Polarity.STRENGTH)
    y = _y(strip, view, 11, 420.0)
    said = "Page 12: 2 highlights (2 strength, 1 development)"
    assert strip.words_at(y) == said
    place = place_of(session.case, long, "Record 12 was kept.")
    view.show_hits([place])
    assert strip.words_at(y) == f"{said}, something found"
    assert strip.words_at(_y(strip, view, 80, 420.0)) == "Page 81"
    tag(session, view, "Record 13 was kept.", Polarity.NEUTRAL)
    assert strip.words_at(y + 3).startswith("Pages 12 to 13: 3 highlights")
    point = QPoint(8, y)
    event = QHelpEvent(QEvent.Type.ToolTip, point, strip.mapToGlobal(point))
    QApplication.sendEvent(strip, event)
    assert QToolTip.text() == strip.words_at(y)
    QToolTip.hideText()


def test_the_strip_is_told_in_words(session: Session, view: PageView, strip: Strip) -> None:
    tag(session, view, ONCE_P1, Polarity.STRENGTH)
    view.show_hits([place_of(session.case, report_of(session), ONCE_P2)])
    strip.grab()
    said = "1 highlight (1 strength); something found on 1 page"
    assert strip.accessibleDescription() == said


def test_a_click_goes_to_what_is_marked_nearby(
    session: Session, long: Document, view: PageView, strip: Strip
) -> None:
    assert long.pages == 120
    tag(session, view, "Visit 91 was made on time.", Polarity.STRENGTH)
    strip.grab()
    y = _y(strip, view, 90, 793.0)
    for off in (-2, 2):
        view.go_to(0)
        QTest.mouseClick(strip, Left, None_, QPoint(2, y + off))
        (mark,) = view.marks_of(90)
        where = view.rectangle(90, mark.boxes[0])
        assert view.viewport().rect().contains(where.center().toPoint())
    QTest.mouseClick(strip, Left, None_, QPoint(2, _y(strip, view, 30, 420.0)))
    assert abs(view.page - 30) <= 1


def test_a_drag_goes_along(long: Document, view: PageView, strip: Strip) -> None:
    QTest.mousePress(strip, Left, None_, QPoint(5, 10))
    seen = []
    for share in (0.25, 0.5, 0.75, 2.0):
        point = QPointF(5, share * strip.height())
        event = QMouseEvent(
            QEvent.Type.MouseMove, point, QPointF(strip.mapToGlobal(point)),
            Qt.MouseButton.NoButton, Left, None_,
        )  # fmt: skip
        QApplication.sendEvent(strip, event)
        seen.append(view.page)
    QTest.mouseRelease(strip, Left, None_, QPoint(5, 10))
    assert [abs(page - wanted) <= 1 for page, wanted in zip(seen, (30, 60, 90, 119), strict=True)]
    assert seen == sorted(set(seen))
    assert seen[-1] == long.pages - 1


def test_the_wheel_turns_the_pages(view: PageView, strip: Strip) -> None:
    before = view.verticalScrollBar().value()
    point = QPointF(5, 100)
    event = QWheelEvent(
        point, QPointF(strip.mapToGlobal(point)), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, None_, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(strip, event)
    assert view.verticalScrollBar().value() > before


def test_nothing_is_worked_out_while_pages_are_scrolled(
    session: Session, long: Document, view: PageView, strip: Strip
) -> None:
    link = tag(session, view, "Visit 1 was made on time.", Polarity.STRENGTH)
    (span,) = link.passage.anchor.spans
    many = []
    for number in range(3000):
        page = number % long.pages
        anchor = replace(link.passage.anchor, spans=(replace(span, page=page),))
        passage = replace(link.passage, id=f"p{number}", anchor=anchor, page=page, page_end=page)
        many.append(replace(link, id=f"l{number}", passage=passage))
    view.show_links(many)
    strip.repaint()
    picture = strip._picture
    for step in range(50):
        view.go_to_share(step / 50)
        strip.repaint()
        assert strip._picture is picture
    view.show_links(many[:-1], {many[-1].passage.page})
    strip.repaint()
    assert strip._picture is not picture
    assert strip.accessibleDescription().startswith("2999 highlights")


@pytest.mark.parametrize("dark", [False, True])
def test_places_stand_out_in_either_light(
    session: Session, view: PageView, strip: Strip, theme: Theme, dark: bool
) -> None:
    theme.choose("dark" if dark else "light")
    tag(session, view, ONCE_P1, Polarity.STRENGTH)
    ink = theme.colour(Polarity.STRENGTH).name()
    assert ink in colours_in(strip, FULL, range(strip.height()))
    theme.choose("light")
