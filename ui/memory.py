"""What the window remembers from one start to the next; nothing of a case's contents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from cambs_evidence import paths
from ui.viewer.trail import Stand

_RECENT = 8
#: Version of where panels are; another one is not put back.
STATE = 5
#: Ways of fitting pages into the view, kept in place of a zoom.
FITS = ("width", "page")
#: Sides that can be kept, and documents whose place is.
_SIDES, _STANDS = 2, 500


@dataclass(frozen=True, slots=True)
class Side:
    """One of the sides at which documents are read: ids of its tabs, the one shown, its zoom.

    ``zoom`` is a number, 1 at 96 dots to the inch, or one of :data:`FITS`.
    """

    tabs: tuple[str, ...]
    shown: str
    zoom: str = "width"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person was in a case: one side or two, the one in use, how documents were left."""

    sides: tuple[Side, ...]
    active: int = 0
    stands: Mapping[str, Stand] = field(default_factory=dict)


class Memory:
    """Recent cases, places in them, and where the panels are."""

    def __init__(self) -> None:
        self._kept = QSettings(str(paths.state_file()), QSettings.Format.IniFormat)

    # --- cases ---------------------------------------------------------------------------

    def recent(self) -> list[tuple[str, str]]:
        """Cases by path and title, the last one first."""
        told = self._kept.value("recent") or []
        rows = told if isinstance(told, list) else [told]
        pairs = [str(row).split("\t", 1) for row in rows if "\t" in str(row)]
        return [(path, title) for path, title in pairs]

    def opened(self, path: Path, title: str) -> None:
        """A case has been opened."""
        place = str(path.resolve())
        rest = [each for each in self.recent() if each[0] != place]
        rows = [(place, title.replace("\t", " ")), *rest][:_RECENT]
        self._kept.setValue("recent", [f"{where}\t{name}" for where, name in rows])

    def folder(self) -> Path:
        """Where to look for files first."""
        usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        own = (paths.samples().resolve(), paths.resources().parent.resolve())
        for place, _ in self.recent():
            folder = Path(place).parent
            # The sample lies where nobody looks for files, and with the program it would go.
            if is_there(folder) and not any(folder.resolve().is_relative_to(x) for x in own):
                return folder
        return Path(usual) if usual and Path(usual).is_dir() else Path.home()

    @property
    def last(self) -> Path | None:
        """The case that was open when the window was closed last, if it is still there."""
        told = str(self._kept.value("last") or "")
        return Path(told) if told and is_there(Path(told)) else None

    def set_last(self, path: Path | None) -> None:
        """The window is closed on a case, or on none."""
        self._kept.setValue("last", str(path.absolute()) if path else "")

    # --- places --------------------------------------------------------------------------

    def place(self, case: Path) -> Place | None:
        """Where a person was in a case."""
        try:
            told = json.loads(str(self._kept.value(_key(case)) or ""))
            sides = tuple(_side(each) for each in told["sides"])
            stands = {str(name): _stand(*each) for name, each in told["stands"].items()}
            known = Place(sides, int(told["active"]), stands)
            return known if 0 <= known.active < len(sides) <= _SIDES else None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            return None  # what was kept is not what is kept now, or rubbish

    def set_place(self, case: Path, place: Place) -> None:
        """Keeps where a person is; of documents left long ago not where."""
        last = list(place.stands.items())[-_STANDS:]
        told = {
            "sides": [asdict(side) for side in place.sides],
            "active": place.active,
            "stands": {name: [x.page, round(x.share, 4), x.turn] for name, x in last},
        }
        self._kept.setValue(_key(case), json.dumps(told))

    # --- how pages are read --------------------------------------------------------------

    @property
    def night(self) -> bool:
        """True where pages are read light on dark."""
        return str(self._kept.value("night") or "") == "true"

    def set_night(self, *, night: bool) -> None:
        """Keeps whether pages are read light on dark."""
        self._kept.setValue("night", "true" if night else "")

    # --- the window ----------------------------------------------------------------------

    def layout(self) -> tuple[QByteArray, QByteArray] | None:
        """Where window and panels were."""
        geometry, panels = self._kept.value("geometry"), self._kept.value("panels")
        if isinstance(geometry, QByteArray) and isinstance(panels, QByteArray):
            return geometry, panels
        return None

    def set_layout(self, geometry: QByteArray, panels: QByteArray) -> None:
        """Keeps where window and panels are."""
        self._kept.setValue("geometry", geometry)
        self._kept.setValue("panels", panels)

    def columns(self) -> QByteArray | None:
        """Which columns of the evidence were shown, in which order and how wide."""
        kept = self._kept.value("columns")
        return kept if isinstance(kept, QByteArray) and not kept.isEmpty() else None

    def set_columns(self, columns: QByteArray) -> None:
        """Keeps which columns of the evidence are shown."""
        self._kept.setValue("columns", columns)

    # --- packs ---------------------------------------------------------------------------

    def pack(self, case: Path) -> dict[str, Any]:
        """What was chosen for the pack of a case, and the file it went to; nothing at first."""
        try:
            told = json.loads(str(self._kept.value(_key(case, "packs")) or "{}"))
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}

    def set_pack(self, case: Path, told: Mapping[str, Any]) -> None:
        """Keeps what is chosen for the pack of a case."""
        self._kept.setValue(_key(case, "packs"), json.dumps(dict(told)))

    # --- criteria ------------------------------------------------------------------------

    def recent_codes(self, case: Path) -> tuple[list[str], list[str]]:
        """The criteria on the keys 1 to 9 of a case, and the same from the one used last."""
        told = str(self._kept.value(_key(case, "recent-codes")) or "|")
        slots, _, used = told.partition("|")
        return slots.split(), used.split()

    def set_recent_codes(self, case: Path, slots: list[str], used: list[str]) -> None:
        """Keeps the criteria on the keys 1 to 9 of a case."""
        self._kept.setValue(_key(case, "recent-codes"), f"{' '.join(slots)}|{' '.join(used)}")

    def save(self) -> None:
        """Writes all of it to the disk."""
        self._kept.sync()


def _side(told: Mapping[str, object]) -> Side:
    tabs, zoom = told["tabs"], str(told["zoom"])
    if not isinstance(tabs, list) or not (zoom in FITS or 0 < float(zoom) < 100):
        raise ValueError(told)
    return Side(tuple(str(each) for each in tabs), str(told["shown"]), zoom)


def _stand(page: object, share: object, turn: object) -> Stand:
    made = Stand(int(str(page)), float(str(share)), int(str(turn)))
    if not (0 <= made.page < 10**6 and -1 <= made.share <= 2 and made.turn in {0, 90, 180, 270}):
        raise ValueError(made)
    return made


def is_there(path: Path) -> bool:
    """True where there is something; what cannot be looked at is as good as not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _key(case: Path, what: str = "places") -> str:
    return f"{what}/{str(case.absolute()).encode('utf-8', 'surrogateescape').hex()}"
