"""Where the panels are: which there are, how they lie at first, shown and hidden together."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QWidget

from ui.memory import STATE

_AREA = Qt.DockWidgetArea
#: Name, title and side of each panel.
PANELS = (
    ("documents", "Documents", _AREA.LeftDockWidgetArea),
    ("search", "Search", _AREA.LeftDockWidgetArea),
    ("framework", "Framework", _AREA.RightDockWidgetArea),
    ("details", "Details", _AREA.RightDockWidgetArea),
    ("evidence", "Evidence", _AREA.BottomDockWidgetArea),
    ("contents", "Contents", _AREA.LeftDockWidgetArea),
    ("pages", "Pages", _AREA.LeftDockWidgetArea),
    ("judgement", "Judgement", _AREA.BottomDockWidgetArea),
    ("coverage", "Coverage", _AREA.BottomDockWidgetArea),
    ("review", "Review", _AREA.RightDockWidgetArea),
)


#: What fills the window when it is large: the first above the second.
_LARGE = ("coverage", "evidence")


class Docks(QObject):
    """The panels of a window, each in a dock that can be moved, hidden and floated.

    Signals:
        enlarged: coverage fills the window with its evidence, or does not any longer.
        covered: a panel that was brought to the front hides the one where the keys act.
    """

    enlarged = Signal(bool)
    covered = Signal(str)

    def __init__(self, window: QMainWindow, panels: Mapping[str, QWidget]) -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._shown = True
        self._unsized = True
        self._hidden: set[str] = set()
        #: Where everything was before all was hidden, until it is shown again.
        self._kept: QByteArray | None = None
        #: Where everything was before coverage filled the window.
        self._before: QByteArray | None = None
        self._naming = QTimer(self, interval=0, singleShot=True)
        self._naming.timeout.connect(self._name_tabs)
        for number, (name, title, side) in enumerate(PANELS, 1):
            dock = QDockWidget(title, window)
            dock.visibilityChanged.connect(lambda _: self._naming.start())
            dock.setObjectName(name)
            dock.setWidget(panels[name])
            dock.setAllowedAreas(_AREA.AllDockWidgetAreas)
            dock.toggleViewAction().setText(f"&{number % 10} {title}")
            window.addDockWidget(side, dock)
            self._docks[name] = dock
        window.setCorner(Qt.Corner.BottomRightCorner, _AREA.RightDockWidgetArea)
        window.setCorner(Qt.Corner.BottomLeftCorner, _AREA.LeftDockWidgetArea)
        for one, other in (("documents", "contents"), ("framework", "details")):
            window.splitDockWidget(self._docks[one], self._docks[other], Qt.Orientation.Vertical)
        for one, other in (
            ("documents", "search"), ("contents", "pages"), ("evidence", "judgement"),
            ("evidence", "coverage"), ("framework", "review"),
        ):  # fmt: skip
            window.tabifyDockWidget(self._docks[one], self._docks[other])
            self._docks[one].raise_()
        self._first = window.saveState()

    def toggles(self) -> list[QAction]:
        """An action for each panel that shows or hides it."""
        return [dock.toggleViewAction() for dock in self._docks.values()]

    def names(self) -> list[tuple[str, str]]:
        """Name and title of each panel."""
        return [(name, dock.windowTitle()) for name, dock in self._docks.items()]

    def reset(self) -> None:
        """Puts all panels where they are at first."""
        self.enlarge(large=False)
        # Taken apart and put together piece by piece they would leave tabs of no use behind.
        self._window.restoreState(self._first)
        for dock in self._docks.values():
            dock.setVisible(self._shown)
        self._hidden.clear()
        self._unsized, self._kept = True, None
        self._put_away_tabs()
        if self._shown and self._window.isVisible():
            self._size()

    def _put_away_tabs(self) -> None:
        """Hides tabs that Qt left behind while nothing was shown; those in use come back."""
        if not self._window.isVisible():
            for tabs in self._window.findChildren(
                QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly
            ):
                tabs.hide()

    def _size(self) -> None:
        """Gives each panel its room; hidden ones would take no notice."""
        docks, window = self._docks, self._window
        self._unsized = False
        letter = window.fontMetrics().averageCharWidth()
        width, height = max(window.width(), 1000), window.height()
        window.resizeDocks(
            [docks["documents"], docks["framework"]],
            [min(letter * 34, width // 5), min(letter * 68, width * 34 // 100)],
            Qt.Orientation.Horizontal,
        )
        window.resizeDocks(
            [docks["documents"], docks["contents"]],
            [height * 55 // 100, height * 45 // 100],
            Qt.Orientation.Vertical,
        )
        window.resizeDocks(
            [docks["framework"], docks["details"], docks["evidence"]],
            [height * 58 // 100, height * 42 // 100, height * 27 // 100],
            Qt.Orientation.Vertical,
        )

    def enlarge(self, *, large: bool) -> None:
        """Has coverage fill the window with its evidence below, or puts all back as it was."""
        if large == self.large:
            return
        window, middle = self._window, self._window.centralWidget()
        assert middle is not None  # noqa: S101 - panels stand round it
        if self._before is not None:
            middle.show()
            window.restoreState(self._before, STATE)
            self._before = None
        else:
            self._before = window.saveState(STATE)
            middle.hide()
            for name, dock in self._docks.items():
                dock.setVisible(name in _LARGE)
            above, below = (self._docks[name] for name in _LARGE)
            above.setFloating(False)
            below.setFloating(False)
            window.addDockWidget(_AREA.TopDockWidgetArea, above)
            window.addDockWidget(_AREA.BottomDockWidgetArea, below)
            high = window.height()
            window.resizeDocks(
                [above, below], [high * 7 // 10, high * 3 // 10], Qt.Orientation.Vertical
            )
        self.enlarged.emit(large)

    def state(self) -> QByteArray:
        """Where the panels are, for the next start; coverage does not fill the window then."""
        return self._window.saveState(STATE) if self._before is None else self._before

    @property
    def large(self) -> bool:
        """True while coverage fills the window."""
        return self._before is not None

    def reveal(self, name: str) -> None:
        """Brings a panel to the front."""
        if name not in _LARGE:
            self.enlarge(large=False)
        dock, high = self._docks[name], self._window.height()
        dock.show()
        dock.raise_()
        QTimer.singleShot(0, self, lambda: self._look_after_keys(name))
        # A picture of which nothing can be seen is no picture.
        if name == _LARGE[0] and not dock.isFloating() and dock.height() < high * 3 // 10:
            self._window.resizeDocks([dock], [high * 45 // 100], Qt.Orientation.Vertical)

    def _look_after_keys(self, name: str) -> None:
        """Keys never act on what a panel that was brought to the front hides."""
        focus = self._window.focusWidget()
        if focus is not None and self._window.isAncestorOf(focus) and not self.in_view(focus):
            self.covered.emit(name)

    def give_room(self, name: str, height: int) -> None:
        """Makes a panel at the foot that many logical pixels high, if it is lower."""
        dock = self._docks[name]
        if dock.isVisible() and not dock.isFloating() and dock.height() < height:
            tabs = 2 * self._window.fontMetrics().lineSpacing()  # are counted in
            self._window.resizeDocks([dock], [height + tabs], Qt.Orientation.Vertical)

    def give_share(self, name: str, share: float) -> None:
        """Gives a panel that share of the window's height, once all have been laid out."""

        def give() -> None:
            dock, window = self._docks[name], self._window
            if not dock.isVisible() or dock.isFloating():
                return
            # Unless the others are told as well, Qt takes only a part of it from them.
            area = window.dockWidgetArea(dock)
            others = [
                each
                for each in self._docks.values()
                if each is not dock
                and window.dockWidgetArea(each) is area
                and not each.isFloating()
                and self.in_view(each)
            ]
            height = round(window.height() * share)
            there = sum(each.height() for each in others)
            left = max(there + dock.height() - height, 1)
            heights = [max(left * each.height() // there, 1) for each in others if there]
            window.resizeDocks([dock, *others], [height, *heights], Qt.Orientation.Vertical)

        QTimer.singleShot(0, self, give)

    def holds(self, name: str, widget: QWidget) -> bool:
        """True where a widget is part of a panel."""
        return self._docks[name].isAncestorOf(widget)

    def of(self, widget: QWidget) -> QWidget:
        """The panel that a widget is part of, else the widget itself."""
        found = (dock for dock in self._docks.values() if dock.isAncestorOf(widget))
        return next(found, widget)

    def in_view(self, widget: QWidget) -> bool:
        """True for a widget that a person can see; Qt calls one behind another's tab visible."""
        panel = self.of(widget)
        place = QRect(panel.mapTo(panel.window(), QPoint()), panel.size())
        return widget.isVisible() and panel.window().rect().intersects(place)

    def _name_tabs(self) -> None:
        """Gives the tabs of panels that share a place a name for those who hear it."""
        for tabs in self._window.findChildren(
            QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly
        ):
            titles = [tabs.tabText(place) for place in range(tabs.count())]
            tabs.setAccessibleName(f"Panels: {', '.join(titles)}")

    def show_all(self, shown: bool) -> None:
        """Panels are there while a case is; those that a person has hidden stay hidden."""
        if shown == self._shown:
            return
        self.enlarge(large=False)
        if not shown:
            self._hidden = {name for name, dock in self._docks.items() if dock.isHidden()}
            self._kept = self._kept or (None if self._unsized else self._window.saveState(STATE))
        self._shown = shown
        for name, dock in self._docks.items():
            dock.setVisible(shown and name not in self._hidden)
            dock.toggleViewAction().setEnabled(shown)
        if shown and self._unsized:
            QTimer.singleShot(0, self, self._size)  # once they have been laid out
        elif shown and self._kept is not None:
            # Shown one after the other they share the room anew, and not as a person left it.
            self._window.restoreState(self._kept, STATE)
            self._kept = None

    def restored(self, state: QByteArray) -> None:
        """Called after the window has put panels back: takes note of those that are hidden.

        ``state`` is what they were put back by.
        """
        self._hidden = {name for name, dock in self._docks.items() if dock.isHidden()}
        self._kept = state
        self._shown = True
        self._unsized = False
        self._put_away_tabs()
