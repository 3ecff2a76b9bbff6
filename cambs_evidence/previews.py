"""Packs that a window shows while they are put together, in files that go with the window."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from cambs_evidence import apart, paths
from cambs_evidence.errors import Unwritable
from cambs_evidence.model import PackOptions, PackPreview, Progress

if TYPE_CHECKING:
    from cambs_evidence.documents.rendering import Deliver, Renderer, Wish


class Previews:
    """Lays packs of one case out, one after the other, in a process that stands ready.

    The files lie in a folder that nobody else may look into. They stay until :meth:`keep` leaves
    them out, and go with :meth:`close`.
    """

    def __init__(self, case: Path, by: str) -> None:
        self._case, self._by = case.absolute(), by
        self._folder: Path | None = None
        self._lock = threading.Lock()
        self._kept: frozenset[str] = frozenset()
        self._bench = apart.Workbench()
        self._closed = False

    def build(
        self, options: PackOptions, *, whole: bool = False
    ) -> Generator[Progress | PackPreview | None, None, None]:
        """Lays a pack out; yields progress and previews, and None meanwhile.

        Of many pages that documents have in it, those are shown only if ``whole``. Raises as
        :meth:`Case.build_pack`, and Unwritable where a preview cannot be kept.
        """
        folder = self._there()
        if folder is not None:
            self._tidy(folder)
            yield from self._bench.run(_preview, self._case, self._by, folder, options, whole)

    def renderer(
        self,
        deliver: Deliver,
        begun: Callable[[Wish], None] = lambda _: None,
        rested: Callable[[], None] = lambda: None,
    ) -> Renderer:
        """Paints pages of previews, which are asked for by their names."""
        from cambs_evidence.documents.rendering import Renderer  # noqa: PLC0415 - for windows

        return Renderer(self._path, deliver, begun, rested)

    def keep(self, *names: str) -> None:
        """Previews that are still looked at; the files of others may go."""
        self._kept = frozenset(names)

    def close(self) -> None:
        """Ends the process and takes the files away; what paints them is closed before."""
        self._closed = True
        self._bench.close()
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None

    def _path(self, name: str) -> Path:
        folder = self._folder
        if folder is None:
            raise Unwritable("The preview has been taken away; open it again.")
        return folder / name

    def _there(self) -> Path | None:
        """The folder, made when it is first needed; None once they are closed."""
        with self._lock:
            if self._folder is None and not self._closed:
                clear_left()
                try:
                    room = paths.previews()
                    room.mkdir(parents=True, exist_ok=True, mode=0o700)
                    self._folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=room))
                except OSError as error:
                    raise Unwritable(
                        f"There is no place for the preview in {paths.previews()}; make room there."
                    ) from error
            return self._folder

    def _tidy(self, folder: Path) -> None:
        for path in folder.iterdir():
            if path.name not in self._kept:
                with contextlib.suppress(OSError):  # it is open still: later
                    path.unlink()


def clear_left() -> None:
    """Takes away what programs left behind that are no more, as when the power went off."""
    with contextlib.suppress(OSError):
        for folder in paths.previews().iterdir():
            number = folder.name.partition("-")[0]
            if number.isdecimal() and not psutil.pid_exists(int(number)):
                shutil.rmtree(folder, ignore_errors=True)


def _preview(
    case: Path, by: str, folder: Path, options: PackOptions, whole: bool
) -> Iterator[Progress | PackPreview]:
    from cambs_evidence.case import Case  # noqa: PLC0415 - a window is up before it is needed

    with Case.open(case, by=by, readonly=True) as opened:
        yield from opened.preview_pack(folder, options, whole=whole)
