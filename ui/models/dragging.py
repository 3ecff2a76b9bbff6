"""Evidence as it is dragged from one part of the window to another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData

from cambs_evidence.model import Link
from cambs_evidence.wording import quote_in_words

#: What dragged links are known by: their ids, a line for each.
LINKS_MIME = "application/x-cambs-links"


def links_as_data(links: Sequence[Link]) -> QMimeData:
    """Links by their ids, and for other programs their quotes."""
    data = QMimeData()
    if links:
        data.setData(LINKS_MIME, "\n".join(link.id for link in links).encode())
        data.setText("\n".join(quote_in_words(link.passage.anchor) for link in links))
    return data


def dragged_links(data: QMimeData) -> list[str]:
    """The ids of the links that are dragged."""
    return bytes(data.data(LINKS_MIME).data()).decode("utf-8", "replace").split()
