"""What a pack claims, held against what the case says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cambs_evidence.model import Box, Document, Link
from cambs_evidence.pack.grids import cells_of
from cambs_evidence.pack.manifest import Claimed, Manifest, Source

#: Called with the number of a quote in the manifest and why it fails.
Fail = Callable[[int, str], None]


def of_links(claims: Manifest, links: Mapping[str, Link], fail: Fail) -> None:
    """Links as the case holds them: criterion, polarity, note, decision, place, who and when."""
    for item, each in enumerate(claims.excerpts):
        link = links.get(each.link)
        if link is None:
            fail(item, "the case holds no such link any more")
            continue
        source = claims.sources[each.document]
        for name, claimed, held in (
            ("criterion", each.criterion, link.code),
            ("polarity", each.polarity, link.polarity.value),
            ("note", each.note, link.note),
            ("quote", each.quote, link.passage.anchor.quote),
            ("page", each.page, link.passage.page),
            ("last page", each.page_end, link.passage.page_end),
            ("printed page", each.page_label, link.passage.page_label),
            ("paragraph", each.paragraph, link.passage.paragraph),
            ("officer", each.by, link.by),
            ("moment", each.at, link.at),
            ("document", source.sha256, link.passage.anchor.document_sha256),
            ("part of the page", _part_claimed(each), _part_held(link)),
            ("cells", *_cells(each, link)),
            ("place", _place(each.spans, each.source), _place_held(link)),
            ("words before", each.prefix, link.passage.anchor.prefix),
            ("words after", each.suffix, link.passage.anchor.suffix),
            ("decision", each.decision, link.decision if each.says_decision else None),
        ):
            if claimed != held:
                fail(item, f"the case says “{held}” as its {name}, the pack “{claimed}”")


def _place(
    spans: Sequence[tuple[int, int, int, tuple[Box, ...]]], source: tuple[int, int] | None
) -> str:
    """Where words stand, so that two places can be told apart."""
    said = [
        f"page {page + 1} {start}–{end} within "
        + "; ".join(", ".join(str(float(value)) for value in box) for box in boxes)
        for page, start, end, boxes in spans
    ]
    return " and ".join([*said, *([f"{source[0]}–{source[1]} of the source"] if source else [])])


def _place_held(link: Link) -> str:
    anchor = link.passage.anchor
    spans = [(span.page, span.start, span.end, span.quads) for span in anchor.spans]
    return _place(spans, anchor.source)


def _part_claimed(each: Claimed) -> str:
    return (
        _part_words(each.region.kind, each.region.box, each.region.picture) if each.region else ""
    )


def _part_held(link: Link) -> str:
    region = link.passage.anchor.region
    return _part_words(region.kind, region.box, region.picture_sha256) if region else ""


def _cells(each: Claimed, link: Link) -> tuple[str, str]:
    """The cells that are claimed and that the case has, where they are printed."""
    claimed = each.region.cells if each.region is not None else ()
    held = cells_of(link.passage.anchor.region) if claimed else ()
    first, second = (" | ".join(" / ".join(row) for row in rows) for rows in (claimed, held))
    return first, second


def _part_words(kind: str, box: Box, picture: str | None) -> str:
    """A part of a page, so that two of them can be told apart."""
    edges = ", ".join(str(float(value)) for value in box)
    return f"{kind} {edges}, picture {picture or 'none'}"


def of_document(source: Source, items: Sequence[int], held: Document, fail: Fail) -> None:
    """What a case says of a document: its title and date are cited, the rest is registered."""
    for name, claimed, told in (
        ("title", source.title, held.title),
        ("date", source.date, held.date),
        ("file name", source.filename, held.filename),
        ("count of pages", source.pages, held.pages),
        ("kind of file", source.media_type, held.media_type),
        ("way of reading", source.layer_version, held.layer_version),
        ("rendition", source.rendition_sha256, held.rendition_sha256),
    ):
        if claimed != told:
            for item in items:
                where = f"{name} of its document"
                fail(item, f"the case says “{told}” as the {where}, the pack “{claimed}”")
