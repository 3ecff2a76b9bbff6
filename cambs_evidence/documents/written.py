"""Sources that are words and markup and get their pages from us: by which rules each is read."""

from __future__ import annotations

from dataclasses import dataclass

from cambs_evidence.documents import docx, mail, plain, webpage
from cambs_evidence.documents.containers import DOCX
from cambs_evidence.documents.flow import Flow
from cambs_evidence.documents.mail import Enclosed

TEXT, MARKDOWN, HTML, MAIL = "text/plain", "text/markdown", "text/html", "message/rfc822"
#: The media types that are read here.
MEDIA_TYPES = frozenset({TEXT, MARKDOWN, HTML, MAIL, DOCX.media_type})


@dataclass(frozen=True, slots=True)
class Written:
    """What a source says, what it calls itself and of which day it is, and what it encloses.

    ``flow.rules`` is the version of the rules it was read by. The title is empty and the date
    None where the source has none.
    """

    flow: Flow
    title: str = ""
    date: str | None = None
    enclosed: tuple[Enclosed, ...] = ()


def read(data: bytes, media_type: str) -> Written:
    """Reads a source of one of :data:`MEDIA_TYPES`; raises DocumentRefused with the reason."""
    if media_type == MAIL:
        letter = mail.read(data)
        return Written(letter.flow, letter.subject, letter.date, letter.enclosed)
    if media_type == DOCX.media_type:
        return Written(docx.read(data)[1])
    if media_type == HTML:
        source, _ = webpage.decode(data)
        return Written(*webpage.interpret(source))
    source, _ = plain.decode(data)
    return Written(plain.interpret(source, media_type == MARKDOWN))
