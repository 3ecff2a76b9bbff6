"""Errors a person can act on. Anything else that is raised is a bug."""

from __future__ import annotations


class EvidenceError(Exception):
    """One plain sentence: what happened, where, and what to do.

    ``code`` is stable and meant for scripts, ``status`` is the exit status of a command that
    could do nothing because of it.
    """

    code = "refused"
    status = 1

    def __init__(self, reason: str, *, code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        if code is not None:
            self.code = code


class Refused(EvidenceError):
    """Something that was asked for cannot be done."""


class Unknown(EvidenceError):
    """A document, criterion or link that the case does not have."""

    code = "unknown"


class QuoteNotFound(EvidenceError):
    """The quote does not stand in the document."""

    code = "quote-absent"


class QuoteAmbiguous(EvidenceError):
    """The quote stands in the document more than once."""

    code = "quote-ambiguous"


class Unreadable(EvidenceError):
    """A path that cannot be read."""

    code = "unreadable"


class Unwritable(EvidenceError):
    """A place that cannot be written to, or a disk that is full."""

    code = "unwritable"


class WordsOff(EvidenceError):
    """Options or a list that do not parse."""

    code = "usage"
    status = 2


class CannotOpen(EvidenceError):
    """A case, pack or bundle that cannot be opened."""

    code = "cannot-open"
    status = 3


class InUse(CannotOpen):
    """The case is open for writing elsewhere."""

    code = "in-use"


class DocumentRefused(EvidenceError):
    """A file that cannot become a document."""

    code = "document-refused"
