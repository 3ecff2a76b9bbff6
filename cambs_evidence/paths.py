"""The one place that finds what lies beside the program: from source, installed and frozen."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs

_NAME = "cambs-evidence"


def _root() -> Path:
    """The folder that holds ``resources`` and ``migrations``."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:
        return Path(frozen)
    return Path(__file__).resolve().parent.parent


def resources() -> Path:
    """Fonts, framework, sample case."""
    return _root() / "resources"


def fonts() -> Path:
    """The fonts that pages and packs are set in."""
    return resources() / "fonts"


def migrations() -> Path:
    """The Alembic environment."""
    return _root() / "migrations"


def settings_file() -> Path:
    """The settings of the person at this computer."""
    return Path(platformdirs.user_config_dir(_NAME, appauthor=False)) / "settings.toml"


def state_file() -> Path:
    """Where the window keeps its sizes and places, which are no settings."""
    return settings_file().with_name("window.ini")


def samples() -> Path:
    """The folder that the sample case is built into when somebody asks to see it."""
    return Path(platformdirs.user_data_dir(_NAME, appauthor=False)) / "sample"


def previews() -> Path:
    """Where packs lie that are only looked at; what a window has in it goes with the window."""
    return Path(platformdirs.user_cache_dir(_NAME, appauthor=False)) / "previews"


def log_file() -> Path:
    """Where faults are written with their traceback; the folder is made when first written."""
    return Path(platformdirs.user_log_dir(_NAME, appauthor=False)) / "faults.log"
