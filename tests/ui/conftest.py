"""A window on a case of its own, and what it leaves behind when it is closed: nothing."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cambs_evidence.case import Case
from cambs_evidence.model import Polarity
from tests.support import IN_LETTER, IN_NOTES, ONCE_P1, ONCE_P3, children, until
from tests.ui.support import Browser, Surprises, close, show_case
from ui.app import make_application
from ui.main_window import MainWindow
from ui.session import Session, load
from ui.theme import Theme

OpenWindow = Callable[..., MainWindow]


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application as the program makes it."""
    return make_application()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """A theme, which in the program lives as long as its window."""
    made = Theme(qapp)
    assert not made.dark  # without a screen there is no system to ask for another
    yield made
    made.deleteLater()
    QApplication.sendPostedEvents(made)


@pytest.fixture(autouse=True)
def _own_home(_own_settings: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test begins with settings and a memory of its own, in which there is nothing."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home" / name.lower()))


@pytest.fixture(autouse=True)
def _no_surprises(qapp: QApplication) -> Iterator[None]:  # noqa: ARG001
    """A dialog that a test does not answer fails it."""
    surprises = Surprises()
    yield
    surprises.stop()
    assert surprises.seen == []


def _left_behind() -> list[str]:
    """Threads of ours, processes and shared memory that are still there."""
    ours = ("writer", "reader", "renderer", "job ")
    found = [each.name for each in threading.enumerate() if each.name.startswith(ours)]
    found += [str(each) for each in children()]
    maps = Path("/proc/self/maps")
    if maps.exists():
        found += [line for line in maps.read_text().splitlines() if "/psm_" in line]
    return found


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """Holds at the end of a test that no thread, process or shared memory is left."""
    yield
    assert until(lambda: not _left_behind()), _left_behind()


@pytest.fixture
def empty_window(nothing_left: None, qtbot: QtBot, theme: Theme) -> Iterator[MainWindow]:  # noqa: ARG001
    """A window on its start page."""
    made = MainWindow(theme)
    made.resize(1400, 900)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    close(qtbot, made)


@pytest.fixture
def window(qtbot: QtBot, empty_window: MainWindow, case_path: Path) -> MainWindow:
    """A window on a case of three documents; the report and its text are there."""
    show_case(qtbot, empty_window, case_path)
    return empty_window


@pytest.fixture
def session(nothing_left: None, qtbot: QtBot, case_path: Path) -> Iterator[Session]:  # noqa: ARG001
    """An open case as a window sees it, without a window."""
    case = Case.open(case_path, by="Tester")
    made = Session(case, load(case))
    yield made
    qtbot.waitUntil(lambda: not made.busy)
    made.close()
    made.deleteLater()


Open = Callable[[], MainWindow]


@pytest.fixture
def another(nothing_left: None, qtbot: QtBot, theme: Theme) -> Iterator[Open]:  # noqa: ARG001
    """Opens more windows."""
    made: list[MainWindow] = []

    def call() -> MainWindow:
        made.append(MainWindow(theme))
        made[-1].resize(1400, 900)
        with qtbot.waitActive(made[-1]):
            made[-1].show()
            made[-1].activateWindow()
        return made[-1]

    yield call
    for each in made:
        close(qtbot, each)


@pytest.fixture
def browser(qapp: QApplication) -> Iterator[Browser]:  # noqa: ARG001
    """What would open an address outside of the program, and opens nothing."""
    made = Browser()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def _tagged(tmp_path_factory: pytest.TempPathFactory, _prepared: Path) -> Path:
    """A closed case with four links, not to be changed."""
    path = Path(shutil.copyfile(_prepared, tmp_path_factory.mktemp("tagged") / "tagged.cambs"))
    with Case.open(path, by="Tester") as case:
        for words, code, polarity, name in (
            (ONCE_P1, "12.4", Polarity.STRENGTH, "report.pdf"),
            (ONCE_P3, "1.1", Polarity.DEVELOPMENT, "report.pdf"),
            (IN_LETTER, "12.4", Polarity.NEUTRAL, "letter.txt"),
            (IN_NOTES, "2.1", Polarity.STRENGTH, "notes.md"),
        ):
            case.tag(case.document(name), words, code, polarity)
    return path
