"""What is dragged from one part of the window to another."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QMimeData

from cambs_evidence.model import Link

#: What dragged links are known by, and a criterion that is dragged out of the framework.
LINKS_MIME = "application/x-cambs-links"
CRITERION_MIME = "application/x-cambs-criterion"


def carried(links: Sequence[Link]) -> QMimeData:
    """Links on their way, by their ids; as text, their quotes."""
    data = QMimeData()
    data.setData(LINKS_MIME, json.dumps([each.id for each in links]).encode())
    data.setText("\n".join(each.passage.anchor.quote for each in links))
    return data


def links_in(data: QMimeData) -> list[str]:
    """The ids of the links that are dragged."""
    return list(json.loads(bytes(data.data(LINKS_MIME).data()) or b"[]"))


def criterion(code: str) -> QMimeData:
    """A criterion on its way."""
    data = QMimeData()
    data.setData(CRITERION_MIME, code.encode())
    data.setText(code)
    return data


def criterion_in(data: QMimeData) -> str:
    """The code of the criterion that is dragged."""
    return bytes(data.data(CRITERION_MIME).data()).decode()
