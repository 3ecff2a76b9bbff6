"""Where the window begins: application, theme, log of faults, first case."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QLocale, QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from cambs_evidence import previews, settings
from ui.dialogs.told import tell
from ui.main_window import MainWindow
from ui.theme import Theme
from ui.viewer import accessible

_log = logging.getLogger(__name__)
#: Milliseconds between looks at signals.
_SIGNALS = 300


def main(case: Path | None = None, by: str | None = None) -> int:
    """Opens the window, on a case, else on the one that was open last; its exit status."""
    application = make_application()
    accessible.install()
    theme = Theme(application)
    theme.choose(settings.read().theme)
    window = MainWindow(theme, by)
    _log_faults(window)
    _end_by_signal(window)
    window.show()
    threading.Thread(target=previews.clear_left, name="tidying", daemon=True).start()
    first = case or window.memory.last
    if first is not None:
        QTimer.singleShot(0, window, lambda: window.open_case(first))
    return application.exec()


def make_application() -> QApplication:
    """The application with its names; one that is there already is taken as it is."""
    known = QApplication.instance()
    if isinstance(known, QApplication):
        return known
    application = QApplication(sys.argv[:1])
    application.setApplicationName("cambs-evidence")
    application.setApplicationDisplayName("cambs-evidence")
    application.setDesktopFileName("cambs-evidence")
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    return application


def _end_by_signal(window: MainWindow) -> None:
    """Ctrl+C in the terminal, and the system's shutting down, close the window properly."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _close(window))
    # Python looks at signals when it runs, and in Qt's loop it runs when a timer calls it.
    pulse = QTimer(window, interval=_SIGNALS)
    pulse.timeout.connect(lambda: None)
    pulse.start()


def _close(window: MainWindow) -> None:
    window.asks = False
    window.close()


def _log_faults(window: MainWindow) -> None:
    """Faults go to the log with their traceback and are told in one sentence."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        _log.critical("The window made a mistake", exc_info=(kind, error, trace))
        QTimer.singleShot(0, window, lambda: tell(window.theme, error, window))

    sys.excepthook = hook
    levels = {
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }

    def message(kind: QtMsgType, _: QMessageLogContext, words: str) -> None:
        _log.log(levels.get(kind, logging.INFO), "Qt: %s", words)

    qInstallMessageHandler(message)
