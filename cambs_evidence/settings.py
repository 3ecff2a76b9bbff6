"""The settings of the person at this computer, and the log of faults."""

from __future__ import annotations

import getpass
import logging
import logging.handlers
import os
import tomllib
from pathlib import Path

from cambs_evidence import paths


def person() -> str:
    """Who is acting unless told: the name in the settings, else the login name."""
    try:
        data = tomllib.loads(paths.settings_file().read_text(encoding="utf-8"))
        name = str(data.get("name") or "").strip()
        if name:
            return name
    except (OSError, ValueError):
        pass  # no settings, or none that can be read: the login name will do
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return os.environ.get("USERNAME") or "unknown"


def log_faults() -> Path:
    """Writes faults with their traceback to the log file; its path."""
    path = paths.log_file()
    handler: logging.Handler
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            path,
            maxBytes=1_000_000,
            backupCount=2,
            encoding="utf-8",
            delay=True,
            errors="backslashreplace",
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setLevel(logging.ERROR)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)
    return path
