"""What a link says, as a hash: a decision is of that and of nothing that came later."""

from __future__ import annotations

from cambs_evidence.documents.intake import digest
from cambs_evidence.model import Link
from cambs_evidence.store import log


def link_state(link: Link) -> str:
    """The SHA-256 of all that a reviewer judges: what it is tagged to and how, and its passage."""
    anchor = link.passage.anchor
    region = anchor.region and [anchor.region.kind, anchor.region.box, anchor.region.picture_sha256]
    told = log.canonical(
        [
            link.section_id,
            link.criterion_id,
            link.polarity.value,
            link.note,
            anchor.document_sha256,
            [[span.page, span.start, span.end] for span in anchor.spans],
            anchor.quote,
            region,
        ]
    )
    return digest(told.encode("utf-8", "surrogatepass"))
