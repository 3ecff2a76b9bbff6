"""How the window looks: colours, signs and faces for light and dark, in this one file.

Nothing is told by colour alone: each polarity and state has a sign, a word and a line of its own,
the same as in the pack.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory

from cambs_evidence import paths
from cambs_evidence.model import Polarity, State
from cambs_evidence.wording import POLARITIES

#: Sign, word and dash pattern of each polarity; the pack draws the same.
SIGNS: dict[Polarity, tuple[str, str, tuple[float, ...]]] = {
    Polarity.STRENGTH: (*POLARITIES[Polarity.STRENGTH], ()),
    Polarity.DEVELOPMENT: (*POLARITIES[Polarity.DEVELOPMENT], (4.0, 2.0)),
    Polarity.NEUTRAL: (*POLARITIES[Polarity.NEUTRAL], (1.0, 1.8)),
}


@dataclass(frozen=True, slots=True)
class Colours:
    """One set of colours, as ``#rrggbb``."""

    window: str
    base: str
    raised: str
    text: str
    muted: str
    border: str
    accent: str
    on_accent: str
    soft: str
    canvas: str
    notice: str
    on_notice: str
    polarity: dict[Polarity, str]
    state: dict[State, str]


LIGHT = Colours(
    window="#f4f5f7",
    base="#ffffff",
    raised="#fbfbfc",
    text="#1a2230",
    muted="#566173",
    border="#d3d8e0",
    accent="#1d5fa6",
    on_accent="#ffffff",
    soft="#e3edf8",
    canvas="#dfe3e9",
    notice="#fff4d6",
    on_notice="#5c4300",
    polarity={
        Polarity.STRENGTH: "#1a6b3d",
        Polarity.DEVELOPMENT: "#9a5600",
        Polarity.NEUTRAL: "#556070",
    },
    state={
        State.NONE: "#b3261e",
        State.OLD: "#8a5200",
        State.THIN: "#6b5a00",
        State.COVERED: "#1a6b3d",
        State.NOT_APPLICABLE: "#566173",
    },
)
DARK = Colours(
    window="#1d2126",
    base="#15181c",
    raised="#22272e",
    text="#e7eaef",
    muted="#a3adba",
    border="#3a414b",
    accent="#74b3ff",
    on_accent="#0b1420",
    soft="#24364a",
    canvas="#0f1114",
    notice="#413612",
    on_notice="#ffe6a3",
    polarity={
        Polarity.STRENGTH: "#7fd6a4",
        Polarity.DEVELOPMENT: "#f2b866",
        Polarity.NEUTRAL: "#b0bac7",
    },
    state={
        State.NONE: "#ff9a92",
        State.OLD: "#f2b866",
        State.THIN: "#e4d06a",
        State.COVERED: "#7fd6a4",
        State.NOT_APPLICABLE: "#a3adba",
    },
)


@dataclass(frozen=True, slots=True)
class Paper:
    """The colours on the page itself, which is paper in either theme.

    ``tint`` is laid over the words of a highlight, ``ink`` draws its line. Where ``dark``, what is
    laid over light words lightens the paper; otherwise it darkens it.
    """

    dark: bool
    sheet: QColor
    tint: dict[Polarity, QColor]
    ink: dict[Polarity, QColor]
    selected: QColor
    hit: QColor
    current_hit: QColor
    mark: QColor


DAY = Paper(
    dark=False,
    sheet=QColor(255, 255, 255),
    tint={
        Polarity.STRENGTH: QColor(204, 240, 178),
        Polarity.DEVELOPMENT: QColor(255, 226, 160),
        Polarity.NEUTRAL: QColor(216, 224, 238),
    },
    ink={
        Polarity.STRENGTH: QColor(26, 107, 61),
        Polarity.DEVELOPMENT: QColor(154, 86, 0),
        Polarity.NEUTRAL: QColor(85, 96, 112),
    },
    selected=QColor(150, 198, 255),
    hit=QColor(255, 240, 120),
    current_hit=QColor(255, 176, 64),
    mark=QColor(29, 95, 166),
)
NIGHT = Paper(
    dark=True,
    sheet=QColor(28, 28, 30),
    tint={
        Polarity.STRENGTH: QColor(12, 66, 30),
        Polarity.DEVELOPMENT: QColor(84, 54, 0),
        Polarity.NEUTRAL: QColor(46, 54, 72),
    },
    ink={polarity: QColor(colour) for polarity, colour in DARK.polarity.items()},
    selected=QColor(20, 66, 128),
    hit=QColor(92, 84, 0),
    current_hit=QColor(150, 80, 0),
    mark=QColor(116, 179, 255),
)
#: What is drawn on paper by day, for places that know no other.
HIGHLIGHT = {each: (DAY.tint[each], DAY.ink[each]) for each in Polarity}
SELECTED, HIT = DAY.selected, DAY.hit


def plain(text: str) -> str:
    """A text for a tooltip, which Qt would else take for markup if it looks like that."""
    if "<" not in text:
        return text
    return "<span>" + html.escape(text).replace("\n", "<br>") + "</span>"


class Theme(QObject):
    """The colours in force; ``changed`` is emitted when the system or the person changes them."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._wanted = "system"
        self.colours = LIGHT
        application.setStyle(QStyleFactory.create("Fusion"))
        _load_faces(application)
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def dark(self) -> bool:
        """True where light words stand on dark ground."""
        return self.colours is DARK

    def choose(self, wanted: str) -> None:
        """``system``, ``light`` or ``dark``."""
        self._wanted = wanted
        self._apply()

    def _apply(self) -> None:
        hints = QGuiApplication.styleHints()
        system = hints.colorScheme() is Qt.ColorScheme.Dark
        dark = self._wanted == "dark" or (self._wanted == "system" and system)
        self.colours = DARK if dark else LIGHT
        _icon.cache_clear()
        self._application.setPalette(_palette(self.colours))
        self._application.setStyleSheet(_sheet(self.colours))
        self.changed.emit()

    def colour(self, kind: Polarity | State) -> QColor:
        """The colour of a polarity or a state."""
        told = self.colours.polarity if isinstance(kind, Polarity) else self.colours.state
        return QColor(told[kind])  # type: ignore[index]

    def icon(self, name: str, colour: str | None = None) -> QIcon:
        """A picture of the one family, in the colour of text unless told."""
        return _icon(name, colour or self.colours.text, self.colours.muted)


@lru_cache(maxsize=256)
def _icon(name: str, colour: str, faint: str) -> QIcon:
    source = (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    icon = QIcon()
    faded = QColor(faint)
    faded.setAlphaF(0.45)
    for mode, ink in (
        (QIcon.Mode.Normal, colour),
        (QIcon.Mode.Disabled, faded.name(QColor.NameFormat.HexArgb)),
    ):
        opacity = "0.4" if mode is QIcon.Mode.Disabled else "1"
        solid = QColor(ink).name()
        drawn = source.replace("currentColor", solid).replace(
            'stroke-width="2"', f'stroke-width="1.8" opacity="{opacity}"'
        )
        renderer = QSvgRenderer(QByteArray(drawn.encode()))
        for size in (16, 20, 24, 32, 48, 64):
            picture = QPixmap(QSize(size, size))
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            renderer.render(painter, QRectF(0, 0, size, size))
            painter.end()
            icon.addPixmap(picture, mode)
    return icon


def _load_faces(application: QApplication) -> None:
    """The pack's own face, so that the window looks alike on every system."""
    for name in ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "DejaVuSans.ttf"):
        QFontDatabase.addApplicationFont(str(paths.fonts() / name))
    font = QFont(["Noto Sans", "DejaVu Sans"])
    size = application.font().pointSizeF()
    font.setPointSizeF(min(max(size, 9.5), 14.0))
    application.setFont(font)


def _palette(told: Colours) -> QPalette:
    palette = QPalette()
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    for which, colour in (
        (role.Window, told.window),
        (role.WindowText, told.text),
        (role.Base, told.base),
        (role.AlternateBase, told.raised),
        (role.ToolTipBase, told.raised),
        (role.ToolTipText, told.text),
        (role.Text, told.text),
        (role.Button, told.raised),
        (role.ButtonText, told.text),
        (role.BrightText, told.state[State.NONE]),
        (role.Link, told.accent),
        (role.LinkVisited, told.accent),
        (role.Highlight, told.accent),
        (role.HighlightedText, told.on_accent),
        (role.PlaceholderText, told.muted),
        (role.Light, told.raised),
        (role.Midlight, told.window),
        (role.Mid, told.border),
        (role.Dark, told.border),
        (role.Shadow, told.border),
    ):
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, which, QColor(told.muted))
    palette.setColor(group.Inactive, role.Highlight, QColor(told.soft))
    palette.setColor(group.Inactive, role.HighlightedText, QColor(told.text))
    return palette


def _sheet(c: Colours) -> str:
    # The style's own arrow is gone once a box is given a frame of ours.
    shade = "dark" if c is DARK else "light"
    icons = (paths.resources() / "icons").as_posix()
    arrow, up = f"{icons}/arrow-{shade}.svg", f"{icons}/arrow-up-{shade}.svg"
    tick = f"{icons}/tick-{shade}.svg"
    close, free = f"{icons}/close-{shade}.svg", f"{icons}/float-{shade}.svg"
    return f"""
QMainWindow::separator {{ background: {c.border}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {c.accent}; }}
QToolBar {{ background: {c.raised}; border: 0; border-bottom: 1px solid {c.border};
    spacing: 2px; padding: 4px 6px; }}
QToolBar::separator {{ background: {c.border}; width: 1px; margin: 5px 6px; }}
QToolButton {{ border: 1px solid transparent; border-radius: 5px; padding: 4px 7px; }}
QToolButton[chip="true"] {{ border-color: {c.border}; background: {c.raised}; }}
QToolButton:hover {{ background: {c.soft}; }}
QToolButton:checked, QToolButton:pressed {{ background: {c.soft}; border-color: {c.accent}; }}
QToolButton:focus {{ border-color: {c.accent}; }}
QToolButton::menu-indicator {{ image: none; }}
QToolButton#qt_toolbar_ext_button {{ padding: 0; min-width: 18px; }}
QMenuBar {{ background: {c.raised}; }}
QMenuBar::item {{ padding: 4px 9px; background: transparent; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {c.soft}; color: {c.text}; }}
QMenu {{ background: {c.base}; border: 1px solid {c.border}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 10px; border-radius: 4px; }}
QMenu::icon {{ padding-left: 6px; }}
QMenu::item:selected {{ background: {c.soft}; color: {c.text}; }}
QMenu::item:disabled {{ color: {c.muted}; }}
QMenu::separator {{ height: 1px; background: {c.border}; margin: 4px 8px; }}
QDockWidget::title {{ background: {c.window}; padding: 7px 10px 5px 10px; text-align: left; }}
QDockWidget {{ font-weight: 600; titlebar-close-icon: url("{close}");
    titlebar-normal-icon: url("{free}"); }}
QDockWidget > QWidget {{ font-weight: 400; }}
QTreeView, QTableView, QListView {{ border: 1px solid transparent; background: {c.base};
    outline: 0; }}
QTreeView {{ show-decoration-selected: 0; }}
QTreeView:focus, QTableView:focus, QListView:focus, QScrollArea:focus {{
    border: 1px solid {c.accent}; }}
QScrollArea {{ border: 1px solid transparent; }}
QHeaderView::section {{ background: {c.raised}; color: {c.muted}; border: 0;
    border-bottom: 1px solid {c.border}; padding: 5px 8px; }}
QTabBar::tab {{ padding: 6px 12px; border: 0; color: {c.muted}; background: transparent; }}
QTabBar::tab:selected {{ color: {c.text}; border-bottom: 2px solid {c.accent}; }}
QTabBar::tab:hover {{ color: {c.text}; }}
QTabBar::tab:focus {{ background: {c.soft}; }}
QTabBar::close-button {{ image: url("{close}"); subcontrol-position: right; padding: 2px; }}
QTabBar::close-button:hover {{ background: {c.soft}; border-radius: 4px; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {c.border}; }}
QStatusBar {{ background: {c.raised}; border-top: 1px solid {c.border}; }}
QStatusBar::item {{ border: 0; }}
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox {{
    background: {c.base}; border: 1px solid {c.border}; border-radius: 5px; padding: 4px 7px;
    selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QLineEdit, QComboBox {{ min-height: 1.4em; padding: 2px 7px 3px 7px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus {{
    border: 1px solid {c.accent}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QLineEdit:read-only {{
    background: {c.window}; color: {c.muted}; }}
QComboBox::drop-down {{ border: 0; width: 22px; }}
QComboBox::down-arrow {{ image: url("{arrow}"); width: 14px; height: 14px; }}
QSpinBox {{ background: {c.base}; border: 1px solid {c.border}; border-radius: 5px;
    min-height: 1.4em; padding: 2px 22px 3px 7px; selection-background-color: {c.accent};
    selection-color: {c.on_accent}; }}
QSpinBox:focus {{ border: 1px solid {c.accent}; }}
QSpinBox:disabled {{ background: {c.window}; color: {c.muted}; }}
QSpinBox::up-button, QSpinBox::down-button {{ subcontrol-origin: border; width: 20px; border: 0; }}
QSpinBox::up-button {{ subcontrol-position: top right; }}
QSpinBox::down-button {{ subcontrol-position: bottom right; }}
QSpinBox::up-arrow {{ image: url("{up}"); width: 12px; height: 12px; }}
QSpinBox::down-arrow {{ image: url("{arrow}"); width: 12px; height: 12px; }}
QCheckBox::indicator, QListView::indicator, QRadioButton::indicator {{ width: 14px; height: 14px;
    border: 1px solid {c.muted}; border-radius: 4px; background: {c.base}; }}
QRadioButton::indicator {{ border-radius: 8px; }}
QCheckBox::indicator:checked, QListView::indicator:checked {{ background: {c.accent};
    border-color: {c.accent}; image: url("{tick}"); }}
QRadioButton::indicator:checked {{ background: {c.base}; border: 5px solid {c.accent};
    width: 6px; height: 6px; }}
QCheckBox:focus, QRadioButton:focus {{ color: {c.accent}; }}
QRadioButton:disabled, QCheckBox:disabled {{ color: {c.muted}; }}
QComboBox QAbstractItemView {{ background: {c.base}; border: 1px solid {c.border};
    selection-background-color: {c.soft}; selection-color: {c.text}; }}
QPushButton {{ background: {c.raised}; border: 1px solid {c.border}; border-radius: 5px;
    padding: 6px 14px; }}
QPushButton:hover {{ background: {c.soft}; }}
QPushButton:focus {{ border: 1px solid {c.accent}; }}
QPushButton:default, QPushButton[primary="true"] {{ background: {c.accent}; color: {c.on_accent};
    border-color: {c.accent}; }}
QPushButton:default:hover, QPushButton[primary="true"]:hover {{ background: {c.accent}; }}
QPushButton:default:focus, QPushButton[primary="true"]:focus {{ border: 2px solid {c.text};
    padding: 5px 13px; }}
QPushButton:disabled {{ color: {c.muted}; background: {c.window}; border-color: {c.border}; }}
QPushButton[flat="true"] {{ border-color: transparent; background: transparent; }}
QPushButton:checked {{ background: {c.soft}; border-color: {c.accent}; color: {c.text}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QProgressBar {{ border: 1px solid {c.border}; border-radius: 4px; background: {c.base};
    text-align: center; min-height: 12px; }}
QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.border};
    padding: 4px 6px; }}
QScrollBar:vertical {{ background: {c.window}; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: {c.window}; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {c.border}; border-radius: 4px; margin: 2px; min-height: 28px;
    min-width: 28px; }}
QScrollBar::handle:hover {{ background: {c.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: none; border: 0; width: 0; height: 0; }}
QLabel[muted="true"] {{ color: {c.muted}; padding-bottom: 2px; qproperty-indent: 0; }}
QLabel[warning="true"] {{ color: {c.state[State.NONE]}; }}
QLabel[heading="true"] {{ font-size: 15pt; font-weight: 600; }}
QLabel[title="true"] {{ font-weight: 600; }}
QFrame[notice="true"] {{ background: {c.notice}; border: 0; border-bottom: 1px solid {c.border}; }}
QFrame[notice="true"] QLabel {{ color: {c.on_notice}; }}
QFrame[floating="true"] {{ background: {c.notice}; border: 1px solid {c.border};
    border-radius: 8px; }}
QFrame[floating="true"] QLabel {{ color: {c.on_notice}; }}
QFrame[card="true"] {{ background: {c.base}; border: 1px solid {c.border}; border-radius: 8px; }}
QFrame[panel="true"] {{ background: {c.base}; border: 0; }}
"""
