"""LibreOffice, where it is installed: an office document becomes a PDF.

It works in a folder and with a profile that are thrown away, sees no network where the system can
see to that, and is given the document without anything that it could run or follow.
"""

from __future__ import annotations

import contextlib
import getpass
import io
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from cambs_evidence.documents import cleaning, programs
from cambs_evidence.documents.containers import Office
from cambs_evidence.documents.watched import ELSEWHERE
from cambs_evidence.errors import DocumentRefused

#: Names LibreOffice's program, for a computer where it lies somewhere unusual; ``none`` for none.
VARIABLE = "CAMBS_EVIDENCE_LIBREOFFICE"
#: Seconds of CPU it may use, and for each MB of the document; as many times more may pass.
_CPU, _CPU_EACH_MB, _SLOWER = 20.0, 2.0, 3.0
#: Bytes of a PDF that is taken from it.
_LARGEST = 500 * 1024**2
_WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "LOCALAPPDATA")
_LINUX = ("/usr/bin", "/usr/local/bin", "/usr/lib/libreoffice/program", "/snap/bin")
_KEPT = ("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "LANG", "LC_ALL")
_VERSION = re.compile(r"LibreOffice \d{1,3}(?:\.\d{1,3}){0,2}")
_CLOSED_PORT = "http://127.0.0.1:9"

_SETTINGS = (
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableOLEAutomation", "true"),
    ("org.openoffice.Office.Common/Save/Document", "CreateBackup", "false"),
    ("org.openoffice.Office.Common/Misc", "FirstRun", "false"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("org.openoffice.Office.WriterWeb/Content/Update", "Link", "0"),
    ("org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("org.openoffice.Office.Update/Update", "Enabled", "false"),
    ("org.openoffice.Inet/Settings", "ooInetProxyType", "2"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


class Rendition(NamedTuple):
    """A PDF made of a document, and the program that made it with its version."""

    pdf: bytes
    made_by: str


class Failed(Exception):
    """LibreOffice made no PDF of a document; ``beyond`` where it went beyond its limits."""

    def __init__(self, *, beyond: bool) -> None:
        super().__init__()
        self.beyond = beyond


def program() -> Path | None:
    """LibreOffice's program on this computer, or None."""
    said = os.environ.get(VARIABLE)
    if said:
        return Path(said) if said != "none" and Path(said).is_file() else None
    for each in _candidates():
        if each.is_file():
            return each
    return None


def _candidates() -> Iterator[Path]:
    if sys.platform == "win32":
        for name in _WINDOWS_FOLDERS:
            folder = os.environ.get(name)
            if folder:
                # The .com waits until the work is done, the .exe does not.
                for file in ("soffice.com", "soffice.exe"):
                    yield Path(folder, "LibreOffice", "program", file)
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found:
            yield Path(found)
    for folder in _LINUX:
        yield Path(folder, "soffice")
    yield from sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True)


def rendition(data: bytes, kind: Office, tell: Callable[[], None]) -> Rendition:
    """A PDF of an office document; one at a time, whoever else asks.

    ``tell`` is called every second while it is made. Raises DocumentRefused for a document that is
    damaged or made to do harm, and Failed where LibreOffice is not there or makes nothing of it.
    """
    found = program()
    if found is None:
        raise Failed(beyond=False)
    given = cleaning.harmless(data, kind)
    tell()
    with (
        _alone(tell),
        tempfile.TemporaryDirectory(prefix="cambs-evidence-", ignore_cleanup_errors=True) as name,
    ):
        folder = Path(name)
        source = folder / f"document.{kind.name}"
        source.write_bytes(given)
        _write_profile(folder / "profile" / "user")
        command = [
            *programs.without_network(),
            str(found),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless", "--invisible", "--norestore", "--nolockcheck", "--nodefault", "--nologo",
            "--convert-to", "pdf", "--outdir", str(folder / "out"), str(source),
        ]  # fmt: skip
        cpu = _CPU + _CPU_EACH_MB * len(data) / 1024**2
        try:
            programs.run(
                command, folder, _environment(folder),
                memory=ELSEWHERE, cpu=cpu, longest=_SLOWER * cpu, tell=tell,
            )  # fmt: skip
        except programs.Beyond as error:
            raise Failed(beyond=True) from error
        except OSError as error:
            raise Failed(beyond=False) from error
        made = folder / "out" / "document.pdf"
        if not made.is_file() or not 0 < made.stat().st_size <= _LARGEST:
            raise Failed(beyond=False)
        pdf = made.read_bytes()
    return Rendition(pdf, _made_by(pdf))


def refusal(kind: Office, error: Failed | None) -> DocumentRefused:
    """Why a document that only LibreOffice opens is not taken in, and what to do."""
    if error is not None and error.beyond:
        return DocumentRefused(
            f"it is {kind.what} that takes LibreOffice too long or too much memory; "
            "save it as a PDF and import that",
            code="unsafe",
        )
    if error is not None and program() is not None:
        return DocumentRefused(
            f"it is {kind.what} that LibreOffice cannot open; save it as a PDF and import that",
            code="damaged",
        )
    return DocumentRefused(
        f"it is {kind.what}, which needs LibreOffice (free, from libreoffice.org) to be installed; "
        "install it and import again, or save the document as a PDF",
        code="needs-libreoffice",
    )


def _made_by(pdf: bytes) -> str:
    """What made a PDF, as it says itself; such as ``LibreOffice 7.4``."""
    import pikepdf  # noqa: PLC0415

    with contextlib.suppress(pikepdf.PdfError, ValueError, RuntimeError):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            said = " ".join(str(document.docinfo.get("/Producer", "")).split())
        version = _VERSION.match(said)
        if version:
            return version[0]
    return "LibreOffice"


def _write_profile(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value>'
        "</prop></item>"
        for path, name, value in _SETTINGS
    )
    folder.mkdir(parents=True)
    (folder / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>',
        encoding="utf-8",
    )


def _environment(folder: Path) -> dict[str, str]:
    """An environment of its own: nothing of the person's, and a way out that leads nowhere."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    own = dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TMP", "TEMP", "TMPDIR"),
                        str(folder))  # fmt: skip
    closed = {f"{name}_proxy": _CLOSED_PORT for name in ("http", "https", "ftp", "all")}
    return kept | own | closed | {"SAL_USE_VCLPLUGIN": "svp"}


@contextlib.contextmanager
def _alone(tell: Callable[[], None]) -> Iterator[None]:
    """Waits until no other conversion of this person's is going on; a lock dies with its holder."""
    path = Path(tempfile.gettempdir(), f"cambs-evidence-office-{getpass.getuser()}.lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        while not _locked(descriptor):
            time.sleep(0.5)
            tell()
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _locked(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
