"""Opening and making cases, away from the window's thread."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from cambs_evidence.errors import InUse, Unwritable

if TYPE_CHECKING:
    from cambs_evidence.case import Case
    from cambs_evidence.model import Proposal
    from ui.session import Held

#: An open case, what it holds, and why it is open for reading only if it is.
Opened = tuple["Case", "Held", str]


def open_case(path: Path, by: str, shown: Collection[str]) -> Opened:
    """Opens a case; where it is in use or cannot be written to, for reading only.

    ``shown`` are the ids of the documents that are to be seen first; see :func:`ui.held.load`.
    Raises CannotOpen.
    """
    from cambs_evidence.case import Case  # noqa: PLC0415 - heavy, and this is a thread

    why = ""
    try:
        case = Case.open(path, by=by, patience=0)
    except InUse:
        case = Case.open(path, by=by, readonly=True)
        why = (
            f"{path.name} is open for writing in another window or program. You can read "
            "everything here; nothing can be changed until it is closed there."
        )
    except Unwritable as error:
        case = Case.open(path, by=by, readonly=True)
        why = f"You can read everything here, but change nothing: {error.reason}"
    return _loaded(case, why, shown)


def make_case(
    path: Path, by: str, facts: dict[str, str | None], framework: Proposal | None = None
) -> Opened:
    """Makes a case with its facts; where that fails nothing is left of it.

    It begins with a framework that was read, or with the one that comes with the program.
    """
    from cambs_evidence.case import Case  # noqa: PLC0415 - heavy, and this is a thread

    case = Case.create(path, by=by, title=facts["title"], framework=framework)
    try:
        given = {name: value for name, value in facts.items() if name != "title" and value}
        if given:
            case.set_facts(**given)
    except BaseException:
        case.close()
        path.unlink(missing_ok=True)
        raise
    return _loaded(case, "", ())


def _loaded(case: Case, why: str, shown: Collection[str]) -> Opened:
    from ui.session import load  # noqa: PLC0415 - heavy, and this is a thread

    try:
        return case, load(case, shown), why
    except BaseException:
        case.close()
        raise
