"""Where the program begins; kept light, since every worker process passes through here too."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path


def main() -> None:
    """Runs the command line, which knows here how to open the window, and ends with its status."""
    multiprocessing.freeze_support()
    from cambs_evidence.command_line import run  # noqa: PLC0415

    sys.exit(run(sys.argv[1:], _window))


def _window(case: Path | None, by: str | None) -> int:
    """Opens the window, on a case if there is one; the exit status once it is closed."""
    import importlib  # noqa: PLC0415

    from cambs_evidence.errors import Refused  # noqa: PLC0415

    if not _has_screen():
        raise Refused(
            "There is no screen to open the window on; cambs-evidence --help lists the commands.",
            code="no-window",
        )
    try:
        # By its name, since the core runs without the window and without Qt, on servers and in
        # nightly jobs; nothing of it is imported unless the window is asked for.
        app = importlib.import_module("ui.app")
    except ImportError as error:
        if not _is_missing(error):
            raise  # a mistake of this program
        raise Refused(
            f"The window cannot be opened, since something that it needs is not installed "
            f"({' '.join(str(error).split())}); cambs-evidence --help lists the commands.",
            code="no-window",
        ) from error
    return int(app.main(case, by))


def _is_missing(error: ImportError) -> bool:
    """True where Qt, a library that Qt needs, or the window itself is not there."""
    package = (error.name or "").partition(".")[0]
    if package == "ui":
        return isinstance(error, ModuleNotFoundError) and error.name in {"ui", "ui.app"}
    return package in {"PySide6", "shiboken6"} or ".so" in str(error) or "DLL" in str(error)


def _has_screen() -> bool:
    """False where Qt would end the program without a word, for want of a display."""
    import os  # noqa: PLC0415

    if sys.platform in {"win32", "darwin"}:
        return True
    # Plugins such as offscreen and vnc need none.
    plugin = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if plugin not in {"", "xcb", "wayland", "wayland-egl"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    main()
