"""What the window remembers from one start to the next; nothing of a case's contents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from cambs_evidence import paths

_RECENT = 8
#: Version of where panels are; another one is not put back.
STATE = 1
#: Ways of fitting pages into the view, kept in place of a zoom.
FITS = ("width", "page")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person was in a case: document, page (0-based), share of it above the view, zoom."""

    document: str
    page: int
    share: float
    zoom: str


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
        told = str(self._kept.value(_key(case)) or "").split("\t")
        try:
            document, page, share, zoom = told
            known = Place(document, int(page), float(share), zoom)
            sound = 0 <= known.page < 10**6 and -1 <= known.share <= 2  # what is no number is not
            return known if sound and (zoom in FITS or 0 < float(zoom) < 100) else None
        except ValueError:
            return None

    def set_place(self, case: Path, place: Place) -> None:
        """Keeps where a person is."""
        words = f"{place.document}\t{place.page}\t{place.share:.4f}\t{place.zoom}"
        self._kept.setValue(_key(case), words)

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

    def save(self) -> None:
        """Writes all of it to the disk."""
        self._kept.sync()


def is_there(path: Path) -> bool:
    """True where there is something; what cannot be looked at is as good as not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _key(case: Path) -> str:
    return f"places/{str(case.absolute()).encode('utf-8', 'surrogateescape').hex()}"
