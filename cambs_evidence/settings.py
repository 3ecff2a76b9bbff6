"""The settings of the person at this computer, and the log of faults."""

from __future__ import annotations

import contextlib
import getpass
import json
import logging
import logging.handlers
import os
import tomllib
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from cambs_evidence import paths
from cambs_evidence.errors import Unwritable, WordsOff

THEMES = ("system", "light", "dark")
ANNEXES = ("none", "pictures", "cited", "full")
#: Megabytes of painted pages that can be chosen, from and to.
PAGE_MEMORY = (64, 2048)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the person at this computer has chosen.

    ``name`` is who acts, empty for the login name; ``theme`` is one of :data:`THEMES`, ``annex``
    the one of :data:`ANNEXES` that is offered first for a pack, ``page_memory`` how many megabytes
    of painted pages the window keeps, within :data:`PAGE_MEMORY`.
    """

    name: str = ""
    theme: str = "system"
    annex: str = "cited"
    page_memory: int = 256


def read() -> Settings:
    """The settings; what is missing, of no use or of another version is as if never chosen."""
    usual = Settings()
    try:
        data = tomllib.loads(paths.settings_file().read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return usual
    name, theme, annex = (data.get(each) for each in ("name", "theme", "annex"))
    memory = data.get("page_memory")
    if type(memory) is not int or not PAGE_MEMORY[0] <= memory <= PAGE_MEMORY[1]:
        memory = usual.page_memory
    return Settings(
        name=name.strip() if isinstance(name, str) else usual.name,
        theme=theme if theme in THEMES else usual.theme,
        annex=annex if annex in ANNEXES else usual.annex,
        page_memory=memory,
    )


def write(chosen: Settings) -> None:
    """Keeps the settings: all of them or, where that fails, those from before.

    Raises Unwritable where they cannot be kept, WordsOff for a name that no file can hold.
    """
    path = paths.settings_file()
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    lines = (f"{name} = {_quoted(value)}\n" for name, value in asdict(chosen).items())
    try:
        data = "".join(lines).encode("utf-8")
    except UnicodeEncodeError as error:
        raise WordsOff("The name holds half a character; type it again.") from error
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise Unwritable(
            f"The settings cannot be kept in {path}; check that you may write there and that the "
            "disk has room."
        ) from error
    finally:
        with contextlib.suppress(OSError):  # what could not be made need not be taken away
            part.unlink(missing_ok=True)


def _quoted(value: str | int) -> str:
    """A basic string of TOML, which is one of JSON but for the one control sign JSON leaves."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def person(chosen: Settings | None = None) -> str:
    """Who is acting unless told: the name in the settings, else the login name."""
    name = (chosen or read()).name.strip()
    if name:
        return name
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
