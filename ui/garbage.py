"""Python's collector of cycles, kept to the window's thread and out of the way of painting.

Left to itself it runs in whatever thread allocates: one that reads or writes would destroy widgets,
which Qt does not survive, and a pass over all that a large case holds stops painting for a fifth of
a second. So it runs here alone, in small passes, and what lives as long as the case is set aside.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QObject, QTimer

#: Milliseconds from one look to the next, and looks from one whole pass to the next.
_LOOK, _WHOLE = 500, 60
#: New objects from which a small pass is worth while.
_NEW = 5_000


class _Collector(QObject):
    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        self._looks = 0
        gc.disable()
        self._timer = QTimer(self, interval=_LOOK)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self.destroyed.connect(gc.enable)

    def _look(self) -> None:
        self._looks += 1
        if self._looks % _WHOLE == 0:
            gc.collect()
        elif gc.get_count()[0] > _NEW:
            gc.collect(1)


_collectors: list[_Collector] = []


def keep_to_this_thread() -> None:
    """From here on cycles are collected in the thread of the application alone."""
    application = QCoreApplication.instance()
    if application is not None and not _collectors:
        _collectors.append(_Collector(application))


def set_aside() -> None:
    """What is held now stays: it is not looked at again until :func:`take_back`.

    What is garbage already stays with it: to find that out takes the better part of a second in
    a large case, just when its window is to be painted.
    """
    gc.freeze()


def take_back() -> None:
    """What was set aside is done with."""
    gc.unfreeze()
    gc.collect()
