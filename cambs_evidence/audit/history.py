"""The change log of one thing: of a link, of a document, by a person, of a kind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from cambs_evidence.model import Event

#: Columns by which a row belongs to a link or to a document.
_LINK, _DOCUMENT = "link_id", "document_id"


def filtered(
    events: Iterable[Event],
    *,
    link: str | None = None,
    documents: frozenset[str] | None = None,
    pages: frozenset[str] = frozenset(),
    by: str | None = None,
    what: str | None = None,
) -> Iterator[Event]:
    """Those entries that match all that is given, in their order; nothing given, all.

    ``documents`` are the ids of all versions of one document and ``pages`` those of its pages: its
    passages and their links are of it too. ``by`` is a name as it stands, ``what`` a part of what
    was done, both in any case.
    """
    about = _About(link, documents, pages)
    for event in events:
        if about.tells_of(event) and _said(event, by, what):
            yield event


def _said(event: Event, by: str | None, what: str | None) -> bool:
    named = by is None or event.by.casefold() == by.strip().casefold()
    return named and (what is None or what.strip().casefold() in event.what.casefold())


class _About:
    """Learns from the log itself which passages and links belong to what is asked for."""

    def __init__(
        self, link: str | None, documents: frozenset[str] | None, pages: frozenset[str]
    ) -> None:
        self._links = {link} if link is not None else None
        self._documents, self._pages = documents, pages
        self._passages: set[str] = set()
        self._hanging: set[str] = set()

    def tells_of(self, event: Event) -> bool:
        if self._links is None and self._documents is None:
            return True
        images = [*json.loads(event.before), *json.loads(event.after)]
        # A passage comes to be known by its link, and a link by its passage, in one entry.
        of_link = [self._of_link(*image) for image in images]
        of_document = [self._of_document(*image) for image in images]
        of_document += [self._of_document(*image) for image in images]
        return any(of_link) and any(of_document)

    def _of_link(self, table: str, key: str, row: dict[str, Any] | None) -> bool:
        if self._links is None:
            return True
        if table == "link":
            return key in self._links
        return bool(row) and row is not None and row.get(_LINK) in self._links

    def _of_document(self, table: str, key: str, row: dict[str, Any] | None) -> bool:
        if self._documents is None:
            return True
        if table == "document":
            return key in self._documents
        if table == "page":
            return key in self._pages
        row = row or {}
        if table == "passage":
            if row.get(_DOCUMENT) in self._documents:
                self._passages.add(key)
            return key in self._passages
        if table == "link":
            if row.get("passage_id") in self._passages:
                self._hanging.add(key)
            return key in self._hanging
        return row.get(_DOCUMENT) in self._documents or row.get(_LINK) in self._hanging
